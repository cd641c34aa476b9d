"""What the template knows of a book, from the settings of Sphinx."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.locale import _
from sphinx.util import logging

from typstbook import fonts
from typstbook.escape import clean

__all__ = ["COLOURS", "Geometry", "filename", "geometry", "settings", "title"]

log = logging.getLogger(__name__)

COLOURS = {
    "main": "#17495a",  # headings, links, cover
    "accent": "#c8501e",  # numbers, rules
    "second": "#e0a43a",  # warnings, decoration
    "ink": "#1f2a30",
    "grey": "#5d676c",
    "rule": "#c9cfd1",
    "paper": "#f5f2ea",  # behind cards and every other row
}
#: The first that is installed; the last of each is inside Typst.
FONTS = {
    "text": ("Source Serif 4", "Libertinus Serif"),
    "heading": ("Source Sans 3", "Libertinus Serif"),
    "mono": ("DejaVu Sans Mono",),
}
PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0), "a5": (419.53, 595.28), "iso-b5": (498.9, 708.66)}


@dataclass(frozen=True)
class Geometry:
    """The page in points: margins left and right, and how far wide things reach into the left margin."""

    width: float
    height: float
    margin: float
    outdent: float

    @property
    def full(self) -> float:
        """Width of what may use the margin."""
        return self.width - 2 * self.margin

    @property
    def text(self) -> float:
        """Width of running text."""
        return self.full - self.outdent

    @property
    def gutter(self) -> float:
        """Between two columns."""
        return round(self.width * 0.03, 1)

    @property
    def half(self) -> float:
        """Width of one of two columns."""
        return (self.full - self.gutter) / 2

    @property
    def turned(self) -> float:
        """Full width of a page on its side."""
        return self.height - 2 * self.margin


def geometry(config: Config) -> Geometry:
    """The page for ``typst_paper``."""
    if config.typst_paper not in PAPERS:
        raise ConfigError(f"typst_paper is {config.typst_paper!r}; it can be {', '.join(PAPERS)}.")
    width, height = PAPERS[config.typst_paper]
    return Geometry(width, height, round(width * 0.107, 1), round(width * 0.143, 1))


def title(config: Config) -> str:
    """The book's title."""
    web = getattr(config, "html_title", "")
    if web == _("%s %s documentation") % (config.project, config.release):  # Sphinx's own, when none is set
        web = ""
    return config.typst_title or web or config.project


def filename(config: Config) -> str:
    """Name of the first PDF, without its suffix."""
    name = config.typst_filename or re.sub(r"[^\w]+", "-", title(config).lower()).strip("-") or "book"
    return name.removesuffix(".pdf")


def settings(config: Config, folders: list[str], add_picture: Callable[[str], str], page: Geometry) -> dict:
    """All the template knows of the book.

    Parameters
    ----------
    config : sphinx.config.Config
    folders : list of str
        Where fonts are.
    add_picture : callable
        Copies the picture of the cover, given as in the settings, and returns its name.
    page : Geometry
    """
    language, _dash, region = (config.language or "en").replace("_", "-").partition("-")
    author = [config.author] if config.author and config.author != "unknown" else []
    return {
        "title": clean(title(config)),
        "subtitle": config.typst_subtitle,
        "authors": [clean(a) for a in config.typst_authors or author],
        "description": config.typst_description,
        "keywords": list(config.typst_keywords),
        "lang": language,
        "region": region,
        "cover": list(config.typst_cover),
        "cover-image": add_picture(config.typst_cover_image) if config.typst_cover_image else "",
        "imprint": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_imprint],
        "closing": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_closing],
        "colours": {**COLOURS, **config.typst_colours},
        "fonts": _fonts(config, fonts.families(folders)),
        "paper": config.typst_paper,
        "margin": page.margin,
        "outdent": page.outdent,
        "gutter": page.gutter,
        "words": _words(config),
        "online": config.typst_online,
        "contents-depth": config.typst_contents_depth,
    }


def _fonts(config: Config, there: list[str]) -> dict[str, list[str]]:
    """The families for each use; those of other scripts follow, for letters that the first one lacks."""
    names = {family.lower() for family in there}
    chosen = {use: [next(f for f in families if f.lower() in names)] for use, families in FONTS.items()}
    for use, family in config.typst_fonts.items():
        chosen[use] = [family] if isinstance(family, str) else list(family)
        for one in chosen[use]:
            if one.lower() not in names:
                log.warning(
                    "the font %r (typst_fonts: %s) is not there; pip install fontpkg-%s, or name its folder in "
                    "typst_font_paths",
                    one,
                    use,
                    one.lower().replace(" ", "-"),
                    type="typst",
                )
    others = [family for family in there if family.startswith("Noto ")]
    return {use: [*families, *others] for use, families in chosen.items()}


def _words(config: Config) -> dict[str, str]:
    words = {
        "contents": _("Contents"),
        "short-page": "p.",
        "part": _("Part"),
        "index": _("Index"),
        "notes": _("Notes"),
        "see-notes": _("Notes"),
        **config.typst_words,
    }
    return {name: str(word) for name, word in words.items()}
