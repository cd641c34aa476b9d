"""The online book: a light theme of its own, exhibits that a reader can check and keep, no other host."""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import os_path
from sphinx.writers.html5 import HTML5Translator

from ecosystems import maps, tables
from ecosystems.editions.pictures import picture_svg, pictures_png
from ecosystems.svg import themed
from ecosystems.words import day

__all__ = ["Builder", "Translator", "setup"]

FOLDER = "book/"  # chapters live there; in addresses it says nothing
EDITION = "Exploring local learning ecosystems in the Global South, open edition"
ROWS = 60  # of a figure's table shown in place; the file has all
OURS = {"ecosystems.css", "ecosystems.js", "icon.svg", "fonts", "vendor", "pygments.css"}


class Builder(StandaloneHTMLBuilder):
    """Sphinx's HTML builder with addresses of our own and without its search files."""

    name = "html"
    search = False

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return super().get_target_uri(docname.removeprefix(FOLDER), typ)

    def get_outfilename(self, pagename: str) -> str:
        return str(Path(self.outdir) / (os_path(pagename.removeprefix(FOLDER)) + self.out_suffix))


class Translator(HTML5Translator):
    """HTML for exhibits and tables; no inline style anywhere, so that the page's security policy can refuse it."""

    def visit_colspec(self, node):
        node.parent.stubs.append(node.get("stub"))
        raise nodes.SkipNode  # docutils would write widths as styles

    def visit_table(self, node):
        title = node.next_node(nodes.title)
        name = escape(title.astext() if title else "Table")
        self.body.append(f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">\n')
        super().visit_table(node)

    def depart_table(self, node):
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_entry(self, node):
        """On phones a row becomes a card, and each cell says what it is."""
        start = len(self.body)
        super().visit_entry(node)
        head = node.parent.parent.parent.next_node(nodes.thead)
        if head is not None and isinstance(node.parent.parent, nodes.tbody):
            titles = [e.astext() for e in head.next_node(nodes.row).children]
            place = node.parent.index(node)
            if place < len(titles):
                self.body[start] = self.body[start].replace("<td", f'<td role="cell" data-label="{escape(titles[place])}"', 1)

    def visit_row(self, node):
        super().visit_row(node)
        self.body[-1] = self.body[-1].replace("<tr", '<tr role="row"', 1)

    def visit_figure(self, node):
        if "exhibit" not in node:
            return super().visit_figure(node)
        payload = node["exhibit"]
        docname = self.builder.current_docname
        number = self.builder.fignumbers.get("figure", {}).get(node["ids"][0])
        up = "../" * docname.removeprefix(FOLDER).count("/")
        self.builder.exhibits[payload["slug"]] = payload
        self.body.append(exhibit_html(payload, node["ids"][0], f"Figure {'.'.join(map(str, number))}" if number else "Figure", up))
        raise nodes.SkipNode


def _svg(text: str, kind: str, alt: str) -> str:
    return themed(text).replace("<svg ", f'<svg class="{kind}" role="img" aria-label="{escape(alt)}" ', 1)


def citation(payload: dict, number: str) -> tuple[str, str]:
    """How to cite a figure: one line, and BibTeX."""
    package = tables.read().package
    year, version = package["created"][:4], package["version"]
    line = f"Contributors to the open edition ({year}). {payload['finding']} [{number.lower()}]. In {EDITION}, version {version}. CC BY 4.0."
    bibtex = (
        f"@misc{{ecosystems-{payload['slug']},\n  author = {{{{Contributors to the open edition}}}},\n  title = {{{payload['finding']}}},\n"
        f"  year = {{{year}}},\n  note = {{{number} in {EDITION}, version {version}}}\n}}"
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


def _begin(app):
    """Silence the extensions that Jupyter Book loads for features that these pages do not have."""
    if app.builder.name == "html":
        app.builder.exhibits = {}
        for listener in [*app.events.listeners["html-page-context"], *app.events.listeners["doctree-resolved"]]:
            if listener.handler.__module__.partition(".")[0] in ("pydata_sphinx_theme", "sphinx_book_theme", "sphinx_copybutton", "sphinx_thebe", "sphinx_togglebutton"):
                app.disconnect(listener.id)


def _page(app, pagename, templatename, context, doctree):
    context["script_files"], context["css_files"] = [], []
    package = tables.read().package
    context.update(version=package["version"], data_date=day(package["created"][:10]), description="", pdf_name=app.config.edition_pdf)
    if doctree is not None:
        texts = [p.astext() for p in doctree.findall(nodes.paragraph)]
        leading = [t for t in texts if len(t) > 80]
        context["description"] = " ".join(leading[0].split())[:300] if leading else ""
        context["display_toc"] = len(list(doctree.findall(nodes.section))) > 2


def _search_page(app):
    if app.builder.name == "html":
        yield "search", {"title": "Search", "display_toc": False}, "search.html"


def _search_index(app) -> list[dict]:
    """Every section of every chapter: t chapter, s section, u address, x text."""
    parts = []
    for docname in sorted(app.env.found_docs):
        doctree = app.env.get_doctree(docname)
        chapter = app.env.titles[docname].astext()
        for section in doctree.findall(nodes.section):
            title = section.next_node(nodes.title).astext()
            texts = []
            for node in section.children:
                if isinstance(node, nodes.section | nodes.title):
                    continue
                for text in node.findall(nodes.TextElement):
                    if isinstance(text, nodes.paragraph | nodes.caption | nodes.title | nodes.term) and text.astext():
                        texts.append(" ".join(text.astext().split()))
            anchor = "" if title == chapter else f"#{section['ids'][0]}"
            parts.append({"t": chapter, "s": title, "u": app.builder.get_target_uri(docname) + anchor, "x": " · ".join(texts)})
    return parts


def _finish(app, exception):
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    (out / "exhibits").mkdir(exist_ok=True)
    (out / "maps").mkdir(exist_ok=True)
    figures = [app.builder.exhibits[slug] for slug in sorted(app.builder.exhibits)]
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
    index = json.dumps(_search_index(app), ensure_ascii=False, separators=(",", ":"))
    (out / "search-index.js").write_text(f"window.SEARCH={index};\n", "utf-8")
    # Pages of chapters that are no more.
    pages = {Path(app.builder.get_outfilename(d)) for d in [*app.env.found_docs, "search"]}
    for path in out.rglob("*.html"):
        if path not in pages and path.parent.name != "maps":
            path.unlink()
    # Other extensions bring files for features that these pages do not have.
    for path in (out / "_static").iterdir():
        if path.name not in OURS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app):
    """Sphinx's entry."""
    app.add_config_value("edition_pdf", "learning-ecosystems.pdf", "html")
    app.add_html_theme("ecosystems", str(Path(__file__).parent / "theme"))
    app.add_builder(Builder, override=True)
    app.set_translator("html", Translator, override=True)
    app.connect("builder-inited", _begin)
    app.connect("html-page-context", _page, priority=990)
    app.connect("html-collect-pages", _search_page)
    app.connect("build-finished", _finish, priority=990)
    return {"version": "1", "parallel_read_safe": True}
