"""The online book: a light theme of its own, exhibits that a reader can check and keep, no other host."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.osutil import os_path
from sphinx.writers.html5 import HTML5Translator

from ecosystems import tables
from ecosystems.editions import exhibits
from ecosystems.words import day

__all__ = ["Builder", "Translator", "setup"]

FOLDER = "book/"  # chapters live there; in addresses it says nothing
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
        self.body.append(exhibits.exhibit_html(payload, node["ids"][0], f"Figure {'.'.join(map(str, number))}" if number else "Figure", up))
        raise nodes.SkipNode


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
    exhibits.write([app.builder.exhibits[slug] for slug in sorted(app.builder.exhibits)], out)
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
