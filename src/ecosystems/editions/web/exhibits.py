"""HTML of figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from ecosystems.editions.imprint import Imprint
from ecosystems.editions.web.templates import render
from ecosystems.svg import themed
from ecosystems.words import listing


def _with_attributes(svg: str, attributes: str) -> str:
    return svg.replace("<svg ", f"<svg {attributes} ", 1)


def ornament(svg: str, alt: str = "") -> str:
    """A drawing of :mod:`ecosystems.editions.art` in a page; without `alt`, screen readers pass over it."""
    seen = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true" focusable="false"'
    return _with_attributes(svg, f'class="art" {seen}')


def _drawing(svg: str, layout: str, alt: str) -> str:
    return _with_attributes(themed(svg), f'class="{layout}" role="img" aria-label="{escape(alt)}"')


def licences(figure: Mapping, imprint: Imprint) -> list[str]:
    """The licence of the drawing and the words, and those of the figure's sources."""
    return list(dict.fromkeys([imprint.licence, *(s["licence"] for s in figure["source"] if s["licence"])]))


def citation(figure: Mapping, number: str, place: str, imprint: Imprint) -> tuple[str, str]:
    """How to cite a figure: one line, and BibTeX; `place` is its address, or where in the book it stands."""
    finding, licence = figure["finding"], ", ".join(licences(figure, imprint))
    plain = re.sub(r"[{}\\]", "", finding)  # what BibTeX would read as markup
    line = (
        f"{listing(imprint.authors)} ({imprint.year}). {finding} [{number.lower()}]. In {imprint.edition}. "
        f"{place}. {licence}."
    )
    entries = {
        "author": " and ".join(f"{{{author}}}" for author in imprint.authors),
        "title": f"{{{plain}}}",
        "year": imprint.year,
        "note": f"{number} in {imprint.edition}. {licence}",
        "howpublished": place,
    }
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in entries.items())
    return line, f"@misc{{ecosystems-{figure['slug']},\n{fields}\n}}"


def exhibit_html(figure: Mapping, label: str, number: str, up: str, place: str, imprint: Imprint) -> str:
    """One figure: finding, drawing or map, its limits and source, and what a reader can take along.

    Parameters
    ----------
    figure : mapping
        Payload of :class:`ecosystems.figure.Figure`.
    label, number : str
        Its anchor, and "Figure 3".
    up : str
        The way from the page to the book's folder.
    place : str
        Its address, for citations.
    """
    code = {"analysis": "", "table": "", **figure["code"]}
    cited, bibtex = citation(figure, number, place, imprint)
    wide, narrow = (
        Markup(_drawing(figure[key], layout, figure["alt"])) for key, layout in (("svg", "w"), ("svg_narrow", "n"))
    )
    given = {"figure": figure, "label": label, "number": number, "up": up, "imprint": imprint}
    return render("figure.html", **given, code=code, wide=wide, narrow=narrow, cited=cited, bibtex=bibtex)
