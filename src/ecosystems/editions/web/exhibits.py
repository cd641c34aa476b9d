"""HTML of figures, and of the form above the table of all initiatives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from ecosystems.editions.imprint import Imprint
from ecosystems.editions.pages import html
from ecosystems.svg import themed
from ecosystems.words import address, listing

__all__ = ["citation", "exhibit_html", "explorer_html", "licences", "ornament"]


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


def _link(text: str, url: str) -> str:
    """A text with a link, if a reader may be sent to `url`."""
    target = address(url)
    return f'<a href="{escape(target)}">{html(text)}</a>' if target else html(text)


def _table(figure: Mapping) -> str:
    """The numbers of a figure as a table; addresses are links."""

    def cell(value: str, column: dict) -> str:
        web = address(value) if re.fullmatch(r"https?://\S+", value) else ""
        return f'<td class="{column["type"]}">{_link(urlsplit(web).netloc, web) if web else html(value)}</td>'

    heads = "".join(f'<th scope="col" class="{c["type"]}">{html(c["title"])}</th>' for c in figure["columns"])
    rows = "".join("<tr>" + "".join(map(cell, row, figure["columns"])) + "</tr>" for row in figure["rows"])
    caption = html(figure["finding"])
    if "of" in figure:
        caption += f" The first {len(figure['rows']):,} of {figure['of']:,} rows; all are in the CSV."
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _details(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>\n"


def _pre(code: str) -> str:
    return f'<pre tabindex="0"><code>{escape(code)}</code></pre>'


def _code(code: Mapping, imprint: Imprint) -> str:
    """The analysis as it stands in the chapter, and the function that makes a figure of it."""
    lines = f"{code['path']}, lines {code['first']} to {code['last']}, version {imprint.version}"
    chapter = (
        f'<p>The analysis, in the <a href="#notebook">notebook of this chapter</a></p>{_pre(code["analysis"])}'
        if code.get("analysis")
        else ""
    )
    table = f"<p>Its table</p>{_pre(code['table'])}" if code.get("table") else ""
    return f"{chapter}{table}<p>The figure, {escape(lines)}</p>{_pre(code['text'])}"


def _tools(figure: Mapping, number: str, up: str, place: str, imprint: Imprint) -> str:
    """What a reader can take along: data, image, table, code, citation."""
    name = escape(f"{up}exhibits/{figure['slug']}")
    data, image = (
        f"<span>{title} " + " ".join(f'<a href="{name}.{t.lower()}" download>{t}</a>' for t in types) + "</span>"
        for title, types in (("Data", ("CSV", "JSON")), ("Image", ("SVG", "PNG")))
    )
    scroll = f'<div class="scroll" role="region" tabindex="0" aria-label="Table: {escape(figure["finding"])}">'
    line, bibtex = citation(figure, number, place, imprint)
    return (
        f'<div class="tools">\n{data}{image}\n'
        + _details("Table", f"{scroll}{_table(figure)}</div>")
        + _details("Code", _code(figure["code"], imprint))
        + _details("Cite", f"<p>{html(line)}</p>{_pre(bibtex)}")
        + "</div>\n"
    )


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
    finding, note = html(figure["finding"]), html(figure["note"])
    wide = _drawing(figure["svg"], "w", figure["alt"])
    narrow = _drawing(figure["svg_narrow"], "n", figure["alt"])
    title = escape(f"Map: {figure['finding']}")
    frame = f'<iframe src="{up}maps/{figure["slug"]}.html" title="{title}" loading="lazy"></iframe>'
    source = "; ".join(
        _link(s["text"], s["url"]) + (f" ({escape(s['licence'])})" if s["licence"] else "") for s in figure["source"]
    )
    return (
        f'<figure class="exhibit{" map" if figure["map"] else ""}" id="{label}">\n'
        f'<figcaption><a class="number" href="#{label}">{number}</a>{finding}</figcaption>\n'
        f'<p class="subtitle">{html(figure["subtitle"])}</p>\n'
        f'<div class="drawing">{wide}{narrow}</div>{frame if figure["map"] else ""}\n'
        + '<div class="notes">'
        + (f'<p class="small">{note}</p>' if note else "")
        + f'<p class="small">Source: {source}.</p></div>\n{_tools(figure, number, up, place, imprint)}</figure>\n'
    )


def _field(facet: dict) -> str:
    """A field by which rows are chosen: boxes if a row may have several values, else a list."""
    name, title = escape(facet["name"]), escape(facet["title"])
    values = [escape(v) for v in facet["values"]]
    if facet["many"]:
        boxes = "".join(f'<label><input type="checkbox" name="{name}" value="{v}"> {v}</label>' for v in values)
        return f"<fieldset><legend>{title}</legend>{boxes}</fieldset>"
    options = "".join(f"<option>{v}</option>" for v in values)
    return f'<label>{title} <select name="{name}"><option value="">all</option>{options}</select></label>'


def explorer_html(explorer: dict, up: str, map_title: str) -> str:
    """The form above the table of all initiatives, with the map that follows it; only shown where scripts run."""
    long = f' data-rows="{explorer["of"]}" data-parts="{up}explorer/"' if "of" in explorer else ""
    whole = f' <a href="{up}{escape(explorer["whole"])}" download>All as CSV</a>' if long else ""
    words = '<label class="words">Words <input type="search" name="q" autocomplete="off"></label>'
    buttons = '<button type="reset">Show all</button> <button type="button" data-csv>Download these as CSV</button>'
    return f"""<form class="choose" data-explorer{long}>
{words}{"".join(map(_field, explorer["facets"]))}
<p class="said" role="status"></p>
<p class="acts">{buttons}{whole}</p>
<iframe src="{up}maps/{escape(explorer["map"])}.html" title="{escape(map_title)}" loading="lazy"></iframe>
</form>
<script src="{up}_static/explorer.js" defer></script>
"""
