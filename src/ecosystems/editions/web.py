"""The online book: a light theme of its own, exhibits that a reader can check and keep, no other host."""

from __future__ import annotations

import json
import os
import re
import shutil
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ExtensionError
from sphinx.util.osutil import os_path
from sphinx.writers.html5 import HTML5Translator

from ecosystems import tables
from ecosystems.editions import art, exhibits, explorer, findable, hosting, imprint, unchanged
from ecosystems.editions.outputs import fill
from ecosystems.words import day

__all__ = ["Builder", "Translator", "setup"]

FOLDER = "book/"  # chapters live there; in addresses it says nothing
OURS = {"ecosystems.css", "ecosystems.js", "explorer.js", "icon.svg", "fonts", "previews", "vendor"}


chapters_read = None
"""An event of the online book: from now on all chapters are in the environment."""
waits_for = ()
"""Events for which another edition waits before it looks at them."""


class Place(NamedTuple):
    """Where a chapter stands: its part, the part's place in the book, and what is said above its title."""

    part: str
    order: int
    eyebrow: str


class Builder(StandaloneHTMLBuilder):
    """Sphinx's HTML builder with addresses of our own and without its search files."""

    name = "html"
    search = False

    @property
    def keys(self) -> Path:
        """The file that tells of each chapter what its page was made from, and what other files took from it."""
        return Path(self.outdir, ".pages.json")

    def get_outdated_docs(self):
        return [self.config.root_doc]  # asked before chapters are read; what must be written is decided after

    def outdated(self) -> list[str]:
        """Chapters whose page is not made from what is there now: their own content, and what a page takes from elsewhere."""
        known = json.loads(self.keys.read_text("utf-8")) if self.keys.is_file() else {}
        self.keys.unlink(missing_ok=True)  # pages that are half made count as none
        data = tables.read()
        self.cover, self.cards = (
            art.cover_art(data),
            {r.id: _drawn(art.place_art(data, r)) for r in data.eleven.itertuples()},
        )
        elsewhere = unchanged.elsewhere(self, self.cover, self.cards)
        self.made = {d: unchanged.made_from(self, d, elsewhere) for d in self.env.found_docs}
        self.told = {
            d: known[d]
            for d, made in self.made.items()
            if d in known and known[d]["made"] == made and Path(self.get_outfilename(d)).is_file()
        }
        return [d for d in self.made if d not in self.told]

    def write(self, build_docnames, updated_docnames, method="update"):
        """Other editions can begin now; then write the pages."""
        if chapters_read:
            chapters_read.set()
        super().write(self.outdated(), [], "specific")

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return super().get_target_uri(docname.removeprefix(FOLDER), typ)

    def get_outfilename(self, pagename: str) -> str:
        return str(Path(self.outdir) / (os_path(pagename.removeprefix(FOLDER)) + self.out_suffix))


class Translator(HTML5Translator):
    """HTML for exhibits and tables; no inline style anywhere, so that the page's security policy can refuse it."""

    def visit_container(self, node):
        if not {"cell", "cell_output"} & set(node["classes"]):  # the notebook's boxes say nothing to a reader
            super().visit_container(node)

    def depart_container(self, node):
        if not {"cell", "cell_output"} & set(node["classes"]):
            super().depart_container(node)

    def visit_colspec(self, node):
        node.parent.stubs.append(node.get("stub"))
        raise nodes.SkipNode  # docutils would write widths as styles

    def visit_table(self, node):
        title = node.next_node(nodes.title)
        name = escape(title.astext() if title else "Table")
        if "explorer" in node:
            self.body.append(
                exhibits.explorer_html(node["explorer"], self._up(), f"Map of what is chosen: {title.astext()}")
            )
        self.body.append(f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">\n')
        super().visit_table(node)

    def depart_table(self, node):
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_literal_block(self, node):
        """Code that is wider than a phone can be moved by keyboard."""
        start = len(self.body)
        try:
            super().visit_literal_block(node)
        finally:  # it raises SkipNode
            self.body[start:] = [part.replace("<pre>", '<pre tabindex="0">', 1) for part in self.body[start:]]

    def visit_citation(self, node):
        """An entry of a list, under the name that is not deprecated."""
        start = len(self.body)
        super().visit_citation(node)
        self.body[start:] = [part.replace('role="doc-biblioentry"', 'role="listitem"') for part in self.body[start:]]

    def visit_entry(self, node):
        """On phones a row becomes a card, and each cell says what it is."""
        start = len(self.body)
        super().visit_entry(node)
        head = node.parent.parent.parent.next_node(nodes.thead)
        if head is not None and isinstance(node.parent.parent, nodes.tbody):
            titles = [e.astext() for e in head.next_node(nodes.row).children]
            place = node.parent.index(node)
            if place < len(titles):
                self.body[start] = self.body[start].replace("<td", f'<td data-label="{escape(titles[place])}"', 1)
        link = node.next_node(nodes.reference)
        if link is not None and link.get("refuri") and "cards" in node.parent.parent.parent.parent["classes"]:
            self.body.append(self.builder.cards.get(Path(link["refuri"]).stem, ""))

    def visit_row(self, node):
        super().visit_row(node)
        facets = "".join(
            f' data-{name}="{escape("|".join(values))}"' for name, values in node.get("facets", {}).items()
        )
        self.body[-1] = self.body[-1].replace("<tr", f"<tr{facets}", 1)

    def _up(self) -> str:
        """The way from this page to the book's folder."""
        return "../" * self.builder.current_docname.removeprefix(FOLDER).count("/")

    def visit_figure(self, node):
        if "exhibit" not in node:
            return super().visit_figure(node)
        payload = node["exhibit"]
        docname = self.builder.current_docname
        number = self.builder.fignumbers.get("figure", {}).get(node["ids"][0])
        label = node["ids"][0]
        place = f"{self.config.html_baseurl}{self.builder.get_target_uri(docname)}#{label}"
        self.body.append(
            exhibits.exhibit_html(
                payload, label, f"Figure {'.'.join(map(str, number))}" if number else "Figure", self._up(), place
            )
        )
        raise nodes.SkipNode


def _drawn(svg: str, words: str = "") -> str:
    """An ornament in a page: with its words, or passed over by those who do not see it."""
    return svg.replace(
        "<svg ",
        f'<svg class="art" role="img" aria-label="{escape(words)}" '
        if words
        else '<svg class="art" aria-hidden="true" focusable="false" ',
        1,
    )


def _places(app) -> dict[str, Place]:
    """The place of every chapter, from the table of contents."""
    root = app.config.root_doc
    places, chapter = {root: Place("", 0, "An open, executable edition")}, 0
    toctrees = list(app.env.get_doctree(root).findall(addnodes.toctree))
    for order, toctree in enumerate(toctrees, 1):
        part = toctree["caption"] or ""
        last = order == len(toctrees)
        for n, (_, docname) in enumerate(toctree["entries"], 1):
            chapter += not last
            places[docname] = Place(part, order, f"{part} · {f'annex {n}' if last else f'chapter {chapter}'}")
            below = app.env.toctree_includes.get(docname, [])
            for m, inner in enumerate(below, 1):
                places[inner] = Place(part, order, f"{part} · {m} of {len(below)}")
    return places


def _begin(app):
    """Silence the extensions that Jupyter Book loads for features that the pages of web and EPUB do not have."""
    if app.builder.name == "html":
        app.builder.previews, app.builder.places = {}, {}
    if app.builder.format == "html":
        for listener in [*app.events.listeners["html-page-context"], *app.events.listeners["doctree-resolved"]]:
            if listener.handler.__module__.partition(".")[0] in (
                "pydata_sphinx_theme",
                "sphinx_book_theme",
                "sphinx_copybutton",
                "sphinx_thebe",
                "sphinx_togglebutton",
            ):
                app.disconnect(listener.id)


def _wait(app, config):
    """What is here comes before Sphinx reads what it knows of the chapters."""
    for event in waits_for:
        event.wait()


def _address(app, config):
    """``EDITION_URL`` tells a build on a host where the book will stand, before ``html_baseurl`` of _config.yml does."""
    config.html_baseurl = os.environ.get("EDITION_URL", config.html_baseurl).rstrip("/") + "/"
    if config.html_baseurl == "/":
        config.html_baseurl = ""


def _opening(body: str) -> tuple[dict, str]:
    """A chapter's title and lead, and the rest of its body. The lead's question stands on a line of its own."""
    start = re.match(r'(.*?<section id="[^"]+">)\s*<h1>(.*?)<a class="headerlink".*?</h1>', body, flags=re.S)
    rest = body[start.end() :]
    lead = re.search(r'<div class="lead docutils">\s*(.*?)\s*</div>', rest, flags=re.S)
    words = lead[1] if lead else ""
    if lead:
        rest = rest[: lead.start()] + rest[lead.end() :]
    words = re.sub(r"^<p>([^<]*?\?)\s", r'<p class="question">\1</p>\n<p>', words, count=1)
    return {"before": start[1], "title": start[2], "lead": words}, rest


def _page(app, pagename, templatename, context, doctree):
    builder, base, root = app.builder, app.config.html_baseurl, app.config.root_doc
    data = tables.read()
    package = data.package
    brand, *more = textwrap.wrap(package["title"].split(":")[0], 26)
    builder.places = builder.places or _places(app)
    address = builder.get_target_uri(pagename)
    place = builder.places.get(pagename, Place("", 0, ""))
    context["script_files"], context["css_files"] = [], []
    context.update(
        version=package["version"],
        data_date=day(package["created"][:10]),
        csp=hosting.CSP,
        place=place,
        description="",
        structured="",
        zip_name=hosting.ZIP,
        pdf_name=app.config.edition_pdf,
        annex_name=app.config.edition_pdf.replace(".pdf", "-annex.pdf"),
        pageurl=base + address.removesuffix("index.html") if base and doctree is not None else "",
        base=base,
        chapter=pagename.removeprefix(FOLDER),
        brand=brand,
        selected=imprint.called(data),
        brand_more=" ".join(more),
        said=imprint.said(data),
        licences=imprint.licences(data),
        explorer=f"{FOLDER}explorer" if f"{FOLDER}explorer" in app.env.found_docs else "",
    )
    toctree = context["toctree"]
    context["toctree"] = lambda **options: toctree(**options).replace(
        '<p class="caption" role="heading">', '<p class="caption">'
    )
    if pagename == "404":  # served for any address, so its own must be whole
        context["pathto"] = lambda target, resource=0: (
            f"{base or '/'}{target if resource else builder.get_target_uri(target)}"
        )
    if doctree is None:
        return
    context["opening"], context["body"] = _opening(context["body"])
    lead = next((p.astext() for p in doctree.findall(nodes.paragraph) if len(p.astext()) > 80), "")
    context["description"] = findable.described(lead)
    context["display_toc"] = len(list(doctree.findall(nodes.section))) > 2
    figures = [f["exhibit"] for f in doctree.findall(nodes.figure) if "exhibit" in f]
    kind = "Report" if pagename == root else "Dataset" if pagename == f"{FOLDER}data" else "Article"
    title = app.env.titles[pagename].astext()
    context["structured"] = findable.structured(kind, title, context["description"], address, data, figures, base)
    name = context["chapter"].replace("/", "-")
    builder.previews[name] = (place.eyebrow, title, findable.described(lead, 150))
    context["preview"] = f"_static/previews/{name}.png"
    if pagename == root:
        known = data.eleven[data.eleven["latitude"].notna()]
        context["art"] = _drawn(
            builder.cover,
            f"A map in dots: the countries of the scan are bright, and {len(known)} orange points mark the ecosystems with a known place.",
        )
    elif Path(pagename).name in builder.cards:
        context["art"] = builder.cards[Path(pagename).name]


def _search_page(app):
    if app.builder.name == "html":
        yield "search", {"title": "Search", "display_toc": False}, "search.html"
        yield "404", {"title": "There is no such page", "display_toc": False}, "404.html"


def _searched(text: nodes.TextElement) -> bool:
    """Whether a reader may look for this text: not for years and languages in cells, in a long table only for what heads each row, and in none that has a search of its own."""
    cell = text.parent
    if not isinstance(cell, nodes.entry):
        return bool(text.astext()) and not {"exhibit-source", "exhibit-files"} & set(text["classes"])
    rows = len(cell.parent.parent)
    return len(text.astext()) > 4 and (rows < 300 or cell.parent.index(cell) == 0 and rows < 5000)


def _sections(app, docname: str, doctree: nodes.document) -> Iterator[dict[str, str]]:
    """What the search needs of a chapter: every section as t chapter, s section, u address, x text."""
    chapter = app.env.titles[docname].astext()
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title).astext()
        texts = []
        for node in section.children:
            if isinstance(node, nodes.section | nodes.title):
                continue
            for text in node.findall(nodes.TextElement):
                if isinstance(text, nodes.paragraph | nodes.caption | nodes.title | nodes.term) and _searched(text):
                    texts.append(" ".join(text.astext().split()))
        anchor = "" if title == chapter else f"#{section['ids'][0]}"
        yield {"t": chapter, "s": title, "u": app.builder.get_target_uri(docname) + anchor, "x": " · ".join(texts)}


def _look(app) -> None:
    """Write the files of figures and of the explorer, and note what other files take from each chapter; only the chapters whose page is new are loaded, one by one, for together they are large."""
    told, out = app.builder.told, Path(app.outdir)
    others = {slug: picture for known in told.values() for slug, picture in known["figures"].items()}
    figures, new = {}, {}
    for docname in sorted(app.builder.made.keys() - told.keys()):
        doctree = app.env.get_doctree(docname)
        found = {f["exhibit"]["slug"]: f["exhibit"] for f in doctree.findall(nodes.figure) if "exhibit" in f}
        figures |= found
        rest = next((t["rest"] for t in doctree.findall(nodes.table) if "rest" in t), None)
        fill(doctree)
        new[docname] = {
            "made": app.builder.made[docname],
            "sections": list(_sections(app, docname, doctree)),
            "figures": dict.fromkeys(found),
            "rest": rest,
        }
    pictures = exhibits.write([figures[slug] for slug in sorted(figures)], others, out)
    for known in new.values():
        known["figures"] = {slug: pictures[slug] for slug in known["figures"]}
    told |= new
    if rest := next((known["rest"] for known in told.values() if known["rest"]), None):
        explorer.write(Path(app.srcdir, rest[0]).read_text("utf-8"), rest[1], out / "explorer")
    else:
        shutil.rmtree(out / "explorer", ignore_errors=True)


def _finish(app, exception):
    if exception or app.builder.name != "html":
        return
    out, told = Path(app.outdir), app.builder.told
    _look(app)
    index = json.dumps(
        [section for docname in sorted(told) for section in told[docname]["sections"]],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    (out / "search-index.js").write_text(f"window.SEARCH={index};\n", "utf-8")
    package = tables.read().package
    base, date = app.config.html_baseurl, package["created"][:10]
    addresses = [app.builder.get_target_uri(d) for d in sorted(app.env.found_docs)]
    (out / "robots.txt").write_text(findable.robots(base), "utf-8")
    (out / "_headers").write_text(hosting.HEADERS, "utf-8")
    (out / "sitemap.xml").write_text(findable.sitemap(base, addresses, date), "utf-8") if base else (
        out / "sitemap.xml"
    ).unlink(missing_ok=True)
    # The not-found page is served at any depth: what the table of contents gives it is made whole.
    lost = out / "404.html"
    lost.write_text(
        re.sub(r'(href|src|action)="(?!https?:|[#/])', rf'\1="{base or "/"}', lost.read_text("utf-8")), "utf-8"
    )
    # Pages of chapters that are no more, and those that lead from former addresses to present ones.
    pages = {Path(app.builder.get_outfilename(d)) for d in [*app.env.found_docs, "search", "404"]}
    for path in out.rglob("*.html"):
        if path not in pages and path.parent.name != "maps":
            path.unlink()
    for old, new in app.config.edition_redirects.items():
        if new not in addresses or old in addresses:
            raise ExtensionError(
                f"edition_redirects in _config.yml: {old} leads to {new}; wanted: a former address to an address of this book."
            )
        (out / old).parent.mkdir(parents=True, exist_ok=True)
        (out / old).write_text(findable.redirect_page(old, new, base), "utf-8")
    previews = out / "_static" / "previews"
    previews.mkdir(exist_ok=True)
    names = sorted(app.builder.previews)
    for name, png in zip(
        names,
        art.previews(package["title"].split(":")[0], app.builder.cover, [app.builder.previews[n] for n in names]),
        strict=True,
    ):
        (previews / f"{name}.png").write_bytes(png)
    there = {d.removeprefix(FOLDER).replace("/", "-") for d in app.env.found_docs}
    for path in [p for p in previews.iterdir() if p.stem not in there]:
        path.unlink()
    # What Sphinx and other extensions bring for features that these pages do not have.
    shutil.rmtree(out / "_images", ignore_errors=True)
    for path in (out / "_static").iterdir():
        if path.name not in OURS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    app.builder.keys.write_text(json.dumps(told), "utf-8")


def setup(app):
    """Sphinx's entry."""
    app.add_config_value("edition_pdf", "learning-ecosystems.pdf", "html")
    app.add_config_value("edition_redirects", {}, "html")
    app.add_html_theme("ecosystems", str(Path(__file__).parent / "theme"))
    app.add_builder(Builder, override=True)
    app.set_translator("html", Translator, override=True)
    app.connect("config-inited", _address)
    app.connect("config-inited", _wait, priority=999)
    app.connect("builder-inited", _begin)
    app.connect("html-page-context", _page, priority=990)
    app.connect("html-collect-pages", _search_page)
    app.connect("build-finished", _finish, priority=990)
    return {"version": "1", "parallel_read_safe": True}
