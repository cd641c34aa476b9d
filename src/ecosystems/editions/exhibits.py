"""Figures on the web: what stands under each of them, the files beside it, and the pages of the maps."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ecosystems import maps, tables
from ecosystems.editions import imprint
from ecosystems.editions.pictures import picture_svg, pictures_png
from ecosystems.svg import themed
from ecosystems.words import listing

__all__ = ["citation", "exhibit_html", "map_page", "metadata", "write"]

ROWS = 60  # of a figure's table shown in place; the file has all


def _svg(text: str, kind: str, alt: str) -> str:
    return themed(text).replace("<svg ", f'<svg class="{kind}" role="img" aria-label="{escape(alt)}" ', 1)


def citation(payload: dict, number: str) -> tuple[str, str]:
    """How to cite a figure: one line, and BibTeX."""
    data = tables.read()
    year, book = data.package["created"][:4], imprint.edition(data)
    line = f"{listing(data.authors)} ({year}). {payload['finding']} [{number.lower()}]. In {book}. {data.licence}."
    bibtex = (
        f"@misc{{ecosystems-{payload['slug']},\n  author = {{{' and '.join(f'{{{a}}}' for a in data.authors)}}},\n  title = {{{payload['finding']}}},\n"
        f"  year = {{{year}}},\n  note = {{{number} in {book}}}\n}}"
    )
    return line, bibtex


def exhibit_html(payload: dict, label: str, number: str, up: str) -> str:
    """One exhibit: finding, drawing or map, its limits and source, and what a reader can take along."""
    text = {k: escape(payload[k]) for k in ("finding", "subtitle", "note", "alt", "slug")}
    file = f"{up}exhibits/{payload['slug']}"
    source = "; ".join(
        (f'<a href="{escape(s["url"])}">{escape(s["text"])}</a>' if s["url"] else escape(s["text"])) + (f" ({escape(s['licence'])})" if s["licence"] else "")
        for s in payload["source"]
    )
    frame = f'<iframe src="{up}maps/{text["slug"]}.html" title="Map: {text["finding"]}" loading="lazy"></iframe>' if payload["map"] else ""
    heads = "".join(f'<th scope="col" class="{c["type"]}">{escape(c["title"])}</th>' for c in payload["columns"])
    rows = "".join(
        "<tr>" + "".join(f'<td class="{c["type"]}">{escape(str(v))}</td>' for v, c in zip(row, payload["columns"], strict=True)) + "</tr>"
        for row in payload["rows"][:ROWS]
    )
    more = f"<p>{len(payload['rows']) - ROWS} more rows are in the file.</p>" if len(payload["rows"]) > ROWS else ""
    line, bibtex = citation(payload, number)
    code = payload["code"]
    return f"""<figure class="exhibit{' map' if frame else ''}" id="{label}">
<figcaption><span class="number">{number}</span>{text['finding']}</figcaption>
<p class="subtitle">{text['subtitle']}</p>
<div class="drawing">{_svg(payload['svg'], 'w', payload['alt'])}{_svg(payload['svg_narrow'], 'n', payload['alt'])}</div>{frame}
{f'<p class="small">{text["note"]}</p>' if payload['note'] else ''}<p class="small">Source: {source}.</p>
<div class="tools">
<a href="{file}.csv" download>Data</a><a href="{file}.json" download>Metadata</a><a href="{file}.svg" download>SVG</a><a href="{file}.png" download>PNG</a>
<details><summary>Table</summary><div class="scroll" role="region" tabindex="0" aria-label="Table: {text['finding']}"><table><caption>{text['finding']}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}</details>
<details><summary>Code</summary><p>{escape(code['path'])}, lines {code['first']} to {code['last']}</p><pre tabindex="0"><code>{escape(code['text'])}</code></pre></details>
<details><summary>Cite</summary><p>{escape(line)}</p><pre tabindex="0"><code>{escape(bibtex)}</code></pre></details>
</div>
</figure>
"""


def metadata(payload: dict) -> dict:
    """What a reader of the CSV must know."""
    package = tables.read().package
    return {
        "name": payload["slug"],
        "title": payload["finding"],
        "description": payload["subtitle"],
        "limits": payload["note"],
        "alt": payload["alt"],
        "version": package["version"],
        "created": package["created"],
        "sources": payload["source"],
        "path": f"{payload['slug']}.csv",
        "schema": {"fields": [{"name": c["name"], "type": c["type"], "description": c["title"]} for c in payload["columns"]], "missingValues": [""]},
        "code": {k: payload["code"][k] for k in ("path", "first", "last")},
    }


def map_page(slug: str, document: str) -> tuple[str, str, str]:
    """A folium document without inline script or style: page, script, style sheet."""
    scripts = re.findall(r"<script>(.*?)</script>", document, flags=re.S)
    styles = re.findall(r"<style>(.*?)</style>", document, flags=re.S)
    page = re.sub(r"<(script|style)>.*?</\1>", "", document, flags=re.S)
    page = page.replace(
        "</head>",
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src \'self\'; style-src \'self\'; img-src \'self\' data:; base-uri \'none\'">\n'
        f'<link rel="stylesheet" href="{slug}.css"></head>',
    )
    page = page.replace("</body>", f'<script src="{slug}.js"></script></body>')
    return "\n".join(line for line in page.splitlines() if line.strip()) + "\n", "\n".join(scripts), "\n".join(styles)


def write(figures: Sequence[dict], out: Path) -> None:
    """The files of all figures: data, metadata, pictures and maps, in ``exhibits/`` and ``maps/`` of the folder `out`."""
    (out / "exhibits").mkdir(exist_ok=True)
    (out / "maps").mkdir(exist_ok=True)
    for figure, png in zip(figures, pictures_png(figures), strict=True):
        file = out / "exhibits" / figure["slug"]
        file.with_suffix(".csv").write_text(figure["csv"], "utf-8")
        file.with_suffix(".json").write_text(json.dumps(metadata(figure), indent=1, ensure_ascii=False) + "\n", "utf-8")
        file.with_suffix(".svg").write_text(picture_svg(figure), "utf-8")
        file.with_suffix(".png").write_bytes(png)
        if figure["map"]:
            for suffix, text in zip((".html", ".js", ".css"), map_page(figure["slug"], figure["map"]), strict=True):
                (out / "maps" / figure["slug"]).with_suffix(suffix).write_text(text, "utf-8")
    (out / "maps" / "land.js").write_text(maps.land_script(tables.read()), "utf-8")
