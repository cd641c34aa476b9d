"""Figures on the web: what stands under each of them, the files beside it, and the pages of the maps."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from ecosystems import tables
from ecosystems.editions import imprint
from ecosystems.editions.pictures import picture_svg, pictures_png
from ecosystems.svg import themed
from ecosystems.words import address, listing

__all__ = ["citation", "exhibit_html", "explorer_html", "map_page", "metadata", "write"]


def _svg(text: str, kind: str, alt: str) -> str:
    return themed(text).replace("<svg ", f'<svg class="{kind}" role="img" aria-label="{escape(alt)}" ', 1)


def licences(payload: dict) -> list[str]:
    """The licence of the drawing and the words, and those of the figure's sources."""
    return list(dict.fromkeys([tables.read().licence, *(s["licence"] for s in payload["source"] if s["licence"])]))


def citation(payload: dict, number: str, place: str) -> tuple[str, str]:
    """How to cite a figure: one line, and BibTeX; `place` is its address, or where in the book it stands."""
    data = tables.read()
    year, book, licence = data.package["created"][:4], imprint.edition(data), ", ".join(licences(payload))
    line = f"{listing(data.authors)} ({year}). {payload['finding']} [{number.lower()}]. In {book}. {place}. {licence}."
    title = re.sub(r"[{}\\]", "", payload["finding"])
    bibtex = (
        f"@misc{{ecosystems-{payload['slug']},\n  author = {{{' and '.join(f'{{{a}}}' for a in data.authors)}}},\n  title = {{{{{title}}}}},\n"
        f"  year = {{{year}}},\n  note = {{{number} in {book}. {licence}}},\n  howpublished = {{{place}}}\n}}"
    )
    return line, bibtex


def _table(payload: dict) -> str:
    """The numbers of a figure as a table; addresses are links."""
    heads = "".join(f'<th scope="col" class="{c["type"]}">{escape(c["title"])}</th>' for c in payload["columns"])

    def cell(value: str, column: dict) -> str:
        web = address(value) if value.startswith(("http://", "https://")) else ""
        return (
            f'<td class="{column["type"]}">'
            + (f'<a href="{escape(web)}">{escape(urlsplit(web).netloc)}</a>' if web else escape(value))
            + "</td>"
        )

    rows = "".join("<tr>" + "".join(map(cell, row, payload["columns"])) + "</tr>" for row in payload["rows"])
    part = (
        f" The first {len(payload['rows']):,} of {payload['of']:,} rows; all are in the CSV." if "of" in payload else ""
    )
    return f"<table><caption>{escape(payload['finding'])}{part}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def exhibit_html(payload: dict, label: str, number: str, up: str, place: str) -> str:
    """One exhibit: finding, drawing or map, its limits and source, and what a reader can take along.

    Parameters
    ----------
    payload : dict
        Of :class:`ecosystems.figure.Figure`.
    label, number : str
        Its anchor, and "Figure 3".
    up : str
        The way from the page to the book's folder.
    place : str
        Its address, for citations.
    """
    text = {k: escape(payload[k]) for k in ("finding", "subtitle", "note", "alt", "slug")}
    file = f"{up}exhibits/{text['slug']}"
    source = "; ".join(
        (f'<a href="{escape(address(s["url"]))}">{escape(s["text"])}</a>' if address(s["url"]) else escape(s["text"]))
        + (f" ({escape(s['licence'])})" if s["licence"] else "")
        for s in payload["source"]
    )
    frame = (
        f'<iframe src="{up}maps/{text["slug"]}.html" title="Map: {text["finding"]}" loading="lazy"></iframe>'
        if payload["map"]
        else ""
    )
    line, bibtex = citation(payload, number, place)
    code = payload["code"]
    return f"""<figure class="exhibit{" map" if frame else ""}" id="{label}">
<figcaption><a class="number" href="#{label}">{number}</a>{text["finding"]}</figcaption>
<p class="subtitle">{text["subtitle"]}</p>
<div class="drawing">{_svg(payload["svg"], "w", payload["alt"])}{_svg(payload["svg_narrow"], "n", payload["alt"])}</div>{frame}
{f'<p class="small">{text["note"]}</p>' if payload["note"] else ""}<p class="small">Source: {source}.</p>
<div class="tools">
<span>Data <a href="{file}.csv" download>CSV</a> <a href="{file}.json" download>JSON</a></span><span>Image <a href="{file}.svg" download>SVG</a> <a href="{file}.png" download>PNG</a></span>
<details><summary>Table</summary><div class="scroll" role="region" tabindex="0" aria-label="Table: {text["finding"]}">{_table(payload)}</div></details>
<details><summary>Code</summary><p>{escape(code["path"])}, lines {code["first"]} to {code["last"]}, version {escape(tables.read().package["version"])}</p><pre tabindex="0"><code>{escape(code["text"])}</code></pre></details>
<details><summary>Cite</summary><p>{escape(line)}</p><pre tabindex="0"><code>{escape(bibtex)}</code></pre></details>
</div>
</figure>
"""


def explorer_html(explorer: dict, up: str, map_title: str) -> str:
    """What stands above the table in which a reader searches: fields to choose by, and the map that follows them. Only shown where scripts run."""

    def field(facet: dict) -> str:
        name, title = escape(facet["name"]), escape(facet["title"])
        values = [escape(v) for v in facet["values"]]
        if facet["many"]:
            boxes = "".join(f'<label><input type="checkbox" name="{name}" value="{v}"> {v}</label>' for v in values)
            return f"<fieldset><legend>{title}</legend>{boxes}</fieldset>"
        return f'<label>{title} <select name="{name}"><option value="">all</option>{"".join(f"<option>{v}</option>" for v in values)}</select></label>'

    long = f' data-rows="{explorer["of"]}" data-parts="{up}explorer/"' if "of" in explorer else ""
    whole = f' <a href="{up}{escape(explorer["whole"])}" download>All as CSV</a>' if long else ""
    return f"""<form class="choose" data-explorer{long}>
<label class="words">Words <input type="search" name="q" autocomplete="off"></label>{"".join(map(field, explorer["facets"]))}
<p class="said" role="status"></p>
<p class="acts"><button type="reset">Show all</button> <button type="button" data-csv>Download these as CSV</button>{whole}</p>
<iframe src="{up}maps/{escape(explorer["map"])}.html" title="{escape(map_title)}" loading="lazy"></iframe>
</form>
<script src="{up}_static/explorer.js" defer></script>
"""


def metadata(payload: dict) -> dict:
    """What a reader of the CSV must know, as a Data Resource of the Data Package standard (version 2)."""
    package = tables.read().package
    return {
        "name": payload["slug"],
        "title": payload["finding"],
        "description": payload["subtitle"],
        "limits": payload["note"],
        "alt": payload["alt"],
        "version": package["version"],
        "created": package["created"],
        "sources": [{"title": s["text"], "path": s["url"], "licence": s["licence"]} for s in payload["source"]],
        "licenses": [{"title": name} for name in licences(payload)],
        "path": f"{payload['slug']}.csv",
        "schema": {
            "fields": [
                {
                    "name": c["name"],
                    "type": c["type"],
                    "description": c["title"],
                    **({"unit": c["unit"]} if "unit" in c else {}),
                }
                for c in payload["columns"]
            ],
            "missingValues": [""],
        },
        "code": {k: payload["code"][k] for k in ("path", "first", "last")},
    }


def map_page(slug: str, document: str) -> tuple[str, str]:
    """A folium document without inline script or style: page and script. The style sheet that all maps share says what folium's styles say."""
    scripts = re.findall(r"<script>(.*?)</script>", document, flags=re.S)
    page = re.sub(r"<(script|style)>.*?</\1>", "", document, flags=re.S)
    page = page.replace(
        "</head>",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'\">\n"
        '<link rel="icon" href="../_static/icon.svg" type="image/svg+xml"></head>',
    )
    page = page.replace("</body>", f'<script src="{slug}.js"></script></body>')
    return "\n".join(line for line in page.splitlines() if line.strip()) + "\n", "\n".join(scripts)


def write(figures: Sequence[dict], others: Mapping[str, str], out: Path) -> dict[str, str]:
    """Write the files of figures: data, metadata, pictures and maps, in ``exhibits/`` and ``maps/`` of the folder `out`.

    Parameters
    ----------
    figures : sequence of dict
        Payloads.
    others : mapping
        Figures whose files are there and stay: slug to the name of the picture. Files of all others go.

    Returns
    -------
    dict
        The same for `figures`.
    """
    from ecosystems import atlas  # it loads folium, which no other edition needs

    (out / "exhibits").mkdir(exist_ok=True)
    (out / "maps").mkdir(exist_ok=True)
    pictures = dict(
        zip([f["slug"] for f in figures], pictures_png(figures, out.parent / "pictures", others.values()), strict=True)
    )
    for figure in figures:
        file = out / "exhibits" / figure["slug"]
        file.with_suffix(".csv").write_text(figure["csv"], "utf-8")
        file.with_suffix(".json").write_text(json.dumps(metadata(figure), indent=1, ensure_ascii=False) + "\n", "utf-8")
        file.with_suffix(".svg").write_text(picture_svg(figure), "utf-8")
        shutil.copyfile(pictures[figure["slug"]], file.with_suffix(".png"))
        if figure["map"]:
            for suffix, text in zip((".html", ".js"), map_page(figure["slug"], figure["map"]), strict=True):
                (out / "maps" / figure["slug"]).with_suffix(suffix).write_text(text, "utf-8")
    slugs = {*pictures, *others, "land"}
    for path in [*(out / "exhibits").iterdir(), *(out / "maps").iterdir()]:
        if path.name.partition(".")[0] not in slugs or path.suffix == ".css":  # of figures that are no more
            path.unlink()
    (out / "maps" / "land.js").write_text(atlas.land_script(tables.read()), "utf-8")
    (out / "maps" / "map.css").write_text(atlas.style_sheet(), "utf-8")
    return {slug: path.name for slug, path in pictures.items()}
