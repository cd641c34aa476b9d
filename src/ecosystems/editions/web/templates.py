"""Templates of what is no page of Sphinx: figures, the form of the explorer, maps, redirects, the list of pages."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ecosystems.editions.pages import html
from ecosystems.words import address


def _host(value: str) -> str:
    """The host of a text that is a whole address, else an empty text."""
    return urlsplit(address(value)).netloc if re.fullmatch(r"https?://\S+", value) else ""


_JINJA = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "theme"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_JINJA.globals["address"] = address
_JINJA.filters |= {
    "bdi": lambda text: Markup(html(text)),
    # Entities as all else in a page has them; what no filter touches is escaped too.
    "e": lambda text: Markup(escape(str(text))),
    "host": _host,
}


def render(template: str, **values: object) -> str:
    """What a template of the theme makes of some values."""
    return _JINJA.get_template(template).render(values) + "\n"
