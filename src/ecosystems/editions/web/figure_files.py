"""Files beside the pages: data, metadata and pictures of each figure, and the pages of the maps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ecosystems.editions.imprint import Imprint
from ecosystems.editions.run import digest_of_environment
from ecosystems.editions.web import pictures
from ecosystems.editions.web.exhibits import licences
from ecosystems.editions.web.hosting import MAP_CSP
from ecosystems.editions.web.pictures import figure_pngs, figure_svg
from ecosystems.tables import Tables
from typstbook.store import Store, digest


def metadata(figure: Mapping, imprint: Imprint) -> dict:
    """What a reader of a figure's CSV must know, as a Data Resource of the Data Package standard (version 2)."""
    fields = [
        {
            "name": c["name"],
            "type": c["type"],
            "description": c["title"],
            **({"unit": c["unit"]} if "unit" in c else {}),
        }
        for c in figure["columns"]
    ]
    return {
        "name": figure["slug"],
        "title": figure["finding"],
        "description": figure["subtitle"],
        "limits": figure["note"],
        "alt": figure["alt"],
        "version": imprint.version,
        "created": imprint.created,
        "sources": [{"title": s["text"], "path": s["url"], "licence": s["licence"]} for s in figure["source"]],
        "licenses": [{"title": name} for name in licences(figure, imprint)],
        "path": f"{figure['slug']}.csv",
        "schema": {"fields": fields, "missingValues": [""]},
        "code": {k: figure["code"][k] for k in ("path", "first", "last")},
    }


def map_page(slug: str, document: str) -> tuple[str, str]:
    """A folium document as a page without inline script and style, and its script.

    The document is taken apart as text, because folium renders it as a whole; in Jupyter it is shown so. The style
    sheet that all maps share says what folium's styles say.
    """
    scripts = re.findall(r"<script>(.*?)</script>", document, flags=re.S)
    page = re.sub(r"<(script|style)>.*?</\1>", "", document, flags=re.S)
    page = page.replace(
        "</head>",
        f'<meta http-equiv="Content-Security-Policy" content="{MAP_CSP}">\n'
        '<link rel="icon" href="../_static/icon.svg" type="image/svg+xml"></head>',
    )
    page = page.replace("</body>", f'<script src="{slug}.js"></script></body>')
    return "\n".join(line for line in page.splitlines() if line.strip()) + "\n", "\n".join(scripts)


def write_figures(figures: Sequence[Mapping], imprint: Imprint, data: Tables, store: Store, out: Path) -> None:
    """Write the files of all figures (payloads) into ``exhibits/`` and ``maps/`` of `out`; files of others go."""
    from ecosystems import atlas  # it loads folium, which no other edition needs

    written = set()

    def write(name: str, content: str | bytes) -> None:
        path = out / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        written.add(path)

    # Outlines of the words of all figures take 3 s, three quarters of a build after one sentence has changed.
    code = digest(digest_of_environment(), Path(pictures.__file__))
    svgs = [
        store.get("svg", digest(code, figure), lambda f=figure: figure_svg(f).encode()).decode() for figure in figures
    ]
    for figure, svg, png in zip(figures, svgs, figure_pngs(svgs, store), strict=True):
        slug = figure["slug"]
        write(f"exhibits/{slug}.csv", "\ufeff" + figure["csv"])  # by this mark spreadsheets know UTF-8
        write(f"exhibits/{slug}.json", json.dumps(metadata(figure, imprint), indent=1, ensure_ascii=False) + "\n")
        write(f"exhibits/{slug}.svg", svg)
        write(f"exhibits/{slug}.png", png)
        if figure["map"]:
            page, script = map_page(slug, figure["map"])
            write(f"maps/{slug}.html", page)
            write(f"maps/{slug}.js", script)
    write("maps/land.js", atlas.land_script(data))
    write("maps/map.css", atlas.style_sheet())
    for path in {*(out / "exhibits").glob("*"), *(out / "maps").glob("*")} - written:
        path.unlink()
