"""The book for phones: a Sphinx builder that makes one EPUB 3 file of all chapters.

``jupyter-book build . --builder custom --custom-builder epub``. Pages stay plain: no script, nothing from
another host, no colour behind the text, so that a reader's own colours and sizes hold. What is too wide for
a phone (most tables) becomes a list when the book is made, and not by a rule that a reading application
may ignore.
"""

from __future__ import annotations

import pickle
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sphinx.builders.epub3 import Epub3Builder
from sphinx.errors import SphinxError
from sphinx.util.osutil import os_path
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform

from ecosystems import tables
from ecosystems.editions import unchanged
from ecosystems.editions.epub.drawings import cover, outlined
from ecosystems.words import address
from typstbook.book import Place, places
from typstbook.store import Store

__all__ = ["Builder", "Translator", "setup"]

FOLDER = "book/"  # chapters live there; in addresses it says nothing
WELCOME = "Welcome"  # the first chapter has the title of the book
ROWS = 60  # a figure's table with more rows than this is in its file alone
LINE, CELL = 42, 12  # characters of a table's row that fit a phone, and of a cell that is broken into lines
TYPES = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".woff2": "font/woff2",
    ".ncx": "application/x-dtbncx+xml",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class EpubProblem(SphinxError):
    """A page that a strict reading application would refuse."""

    category = "EPUB"


class Translator(HTML5Translator):
    """Pages as XHTML: figures as pictures, wide tables as lists, references as notes."""

    def _text(self, *parts) -> str:
        """Nodes as XHTML, a single paragraph without its own element."""
        start = len(self.body)
        for part in parts:
            for child in part.children if isinstance(part, nodes.paragraph | nodes.entry) else [part]:
                self.body.append(self._text(child)) if isinstance(child, nodes.paragraph) else child.walkabout(self)
        text = "".join(self.body[start:]).strip()
        del self.body[start:]
        return text

    def _number(self, node, kind: str) -> str:
        number = self.builder.fignumbers.get(kind, {}).get(node["ids"][0]) if node["ids"] else None
        return f"{kind.capitalize()} {'.'.join(map(str, number))}" if number else kind.capitalize()

    def visit_container(self, node):
        """A cell is no part of the book, only what it shows."""
        if {"cell", "cell_output"}.isdisjoint(node["classes"]):
            self.body.append(self.starttag(node, "div"))

    def depart_container(self, node):
        if {"cell", "cell_output"}.isdisjoint(node["classes"]):
            self.body.append("</div>\n")

    def visit_compound(self, node):
        if "toctree-wrapper" in node["classes"]:
            raise nodes.SkipNode  # the contents lead to the chapters
        super().visit_compound(node)

    def visit_figure(self, node):
        if "exhibit" not in node:
            return super().visit_figure(node)
        figure = Exhibit(node["exhibit"], self._number(node, "figure"), self.builder.current_docname, node["ids"][0])
        self.builder.chapter.exhibits.append(figure)
        self.builder.chapter.pages[figure.picture] = (
            outlined(figure.payload["svg_narrow"], figure.payload["alt"]) + "\n"
        ).encode()
        self.body.append(
            self.builder.render("figure.xhtml", figure=figure, up=up(self.builder.current_docname), address=address)
        )
        raise nodes.SkipNode

    def visit_colspec(self, node):
        node.parent.stubs.append(node.get("stub"))
        raise nodes.SkipNode

    def visit_entry(self, node):
        start = len(self.body)
        super().visit_entry(node)
        if isinstance(node.parent.parent, nodes.thead):
            self.body[start] = self.body[start].replace("<th", '<th scope="col"', 1)

    def visit_table(self, node):
        group = node.next_node(nodes.tgroup)
        heads = [e for row in group.findall(nodes.row) if isinstance(row.parent, nodes.thead) for e in row]
        rows = [list(row) for row in group.findall(nodes.row) if isinstance(row.parent, nodes.tbody)]
        if (
            not heads
            or any(len(row) != len(heads) for row in rows)
            or fits([[e.astext() for e in row] for row in [heads, *rows]])
        ):
            return super().visit_table(node)
        title = node.next_node(nodes.title)
        lines = [row for row in group.findall(nodes.row) if isinstance(row.parent, nodes.tbody)]
        groups = (
            [row["facets"]["country"][0] for row in lines]
            if all("country" in row.get("facets", {}) for row in lines)
            else None
        )
        self.body.append(
            self.builder.render(
                "records.xhtml",
                id=(node["ids"] or [""])[0],
                number=self._number(node, "table"),
                caption=self._text(*title) if title else "",
                groups=records(
                    [self._text(e) for e in heads],
                    [[self._text(e) for e in row] for row in rows],
                    groups,
                    [row["ids"] for row in lines],
                ),
                level=min(self.section_level + 1, 6),
            )
        )
        raise nodes.SkipNode

    def visit_reference(self, node):
        note = self.builder.note_of(node)
        if note is None:
            target = node.get("refuri") or f"#{node['refid']}"
            if "edition-file" in node["classes"]:  # a file beside the online book, which this book does not hold
                if not self.builder.config.html_baseurl:
                    self.body.append(escape(node.astext()))
                    raise nodes.SkipNode
                target = urljoin(self.builder.config.html_baseurl, target)
            title, language = self.builder.foreign.get(target, ("", ""))
            spoken = f' lang="{language}"' if title and node.astext()[:30] == title[:30] else ""
            self.body.append(f'<a{spoken} href="{escape(target)}">')
            return
        self.body.append(
            f'<a epub:type="noteref" role="doc-noteref" id="{note}-{self.builder.mark(note)}" href="#{note}">'
        )

    def depart_reference(self, node):
        self.body.append("</a>")

    def visit_citation(self, node):
        """Without docutils' roles, of which readers of today know one no longer."""
        self.body.append(self.starttag(node, "div", CLASS="citation"))

    def depart_citation(self, node):
        self.body.append("</div>\n")

    def visit_footnote_reference(self, node):
        note = node["refid"]
        self.body.append(
            f'<a epub:type="noteref" role="doc-noteref" class="mark" id="{note}-{self.builder.mark(note)}" href="#{note}">'
        )

    def depart_footnote_reference(self, node):
        self.body.append("</a>")

    def visit_footnote(self, node):
        # An <aside> would vanish from the page where notes pop up; a reader who turns to the end should find them.
        self.body.append(f'<div epub:type="footnote" role="doc-footnote" class="note" id="{node["ids"][0]}">')

    def depart_footnote(self, node):
        note = node["ids"][0]
        self.body.append(f'<p><a role="doc-backlink" href="#{note}-1">Back to the text</a></p></div>\n')

    def visit_label(self, node):
        if isinstance(node.parent, nodes.footnote):
            raise nodes.SkipNode
        super().visit_label(node)


class Exhibit:
    """A figure in its chapter, and its numbers as a table in the annex."""

    def __init__(self, payload: dict, number: str, docname: str, id: str):
        self.payload, self.number, self.docname, self.id = payload, number, docname, id
        self.picture = f"figures/{payload['slug']}.svg"
        self.page = f"numbers/{Path(docname).name}.xhtml" if 0 < len(payload["rows"]) <= ROWS else ""

    def table(self) -> dict:
        """The figure's table: heads with the columns' names, what they mean, and rows or records."""
        columns = self.payload["columns"]
        heads = [c["name"].replace("_", " ") for c in columns]
        table = [heads, *([str(v) for v in row] for row in self.payload["rows"])]
        if fits(table):
            return {"columns": columns, "heads": heads, "rows": table[1:], "groups": None}
        return {
            "columns": columns,
            "heads": heads,
            "rows": None,
            "groups": records(*[[escape(h) for h in heads], [[escape(v) for v in r] for r in table[1:]]]),
        }


def up(docname: str) -> str:
    """The way from a chapter's page to the folder of all pages."""
    return "../" * docname.removeprefix(FOLDER).count("/")


def fits(table: list[list[str]]) -> bool:
    """Whether a table can be read on a phone: no cell needs more than three lines there, or one of two columns is narrow."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if len(widths) <= 2:
        return min(widths) <= 34
    return max(widths) <= 3 * CELL and sum(min(w, CELL) + 1 for w in widths) <= LINE


def records(
    heads: list[str], rows: list[list[str]], groups: list[str] | None = None, ids: list[list[str]] | None = None
) -> list[tuple[str, list[dict]]]:
    """Rows of a wide table as groups of records.

    Parameters
    ----------
    heads, rows : list
        XHTML of the cells.
    groups : list of str, optional
        To which group each row belongs. Without it, rows are grouped by their first cell where neighbours share it.
    ids : list of list of str, optional
        The ids by which others link to each row.

    Returns
    -------
    list of (group, records)
        A record has a ``title`` (its first cell that says something), ``short`` cells that share a line and ``long`` ones,
        both as pairs of head and text; and ``ids``.
    """
    if (
        groups is None
        and len({row[0] for row in rows}) == len(list(groupby(rows, key=lambda row: row[0]))) < len(rows) * 0.8
    ):
        groups, heads, rows = [row[0] for row in rows], heads[1:], [row[1:] for row in rows]
    elif groups is not None:
        groups = [escape(g) for g in groups]
    brief = [max(len(re.sub("<.*?>", "", row[i])) for row in rows) <= 40 for i in range(len(heads))] if rows else []
    found = []
    for group, members in groupby(
        zip(groups or [""] * len(rows), rows, ids or [[]] * len(rows), strict=True), key=lambda pair: pair[0]
    ):
        made = []
        for _, row, names in members:
            filled = [i for i, cell in enumerate(row) if cell]
            if filled:
                rest = filled[1:]
                made.append(
                    {
                        "ids": names,
                        "title": row[filled[0]],
                        "short": [(heads[i], row[i]) for i in rest if brief[i]],
                        "long": [(heads[i], row[i]) for i in rest if not brief[i]],
                    }
                )
        found.append((group, made))
    return found


@dataclass
class Chapter:
    """What a chapter gives to the book; it is kept for the next build.

    Attributes
    ----------
    pages : dict
        Path in the package to content: the chapter and its pictures.
    images : dict
        Pictures that the chapter names: path in the project to name.
    exhibits : list of Exhibit
    sections : list
        Title, address and nothing below, as the contents list them.
    opening : str
        The question with which it opens.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    exhibits: list[Exhibit] = field(default_factory=list)
    sections: list[tuple[str, str, list]] = field(default_factory=list)
    opening: str = ""


class Builder(Epub3Builder):
    """Sphinx's EPUB builder with pages, contents, metadata and packing of our own."""

    name = "epub"

    def init(self) -> None:
        super().init()
        self.pages: dict[str, bytes] = {}  # path in the package -> content
        self.exhibits: list[Exhibit] = []
        self.cited: dict[str, nodes.Element] = {}  # address in the bibliography -> its note
        self.sections: dict[str, list] = {}
        self.openings: dict[str, str] = {}
        self._notes: dict[str, str] = {}  # id of a note -> address in the bibliography

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return super().get_target_uri(docname.removeprefix(FOLDER), typ)

    def get_outfilename(self, pagename: str) -> str:
        return str(Path(self.outdir) / (os_path(pagename.removeprefix(FOLDER)) + self.out_suffix))

    def create_translator(self, *args) -> Translator:
        return Translator(*args)

    def render(self, template: str, **values) -> str:
        """One of the templates beside this file."""
        return _TEMPLATES.get_template(template).render(config=self.config, **values)

    # -- chapters --------------------------------------------------------------------------------

    def prepare_writing(self, docnames: set[str]) -> None:
        super().prepare_writing(docnames)
        sources = tables.read().sources
        # Titles of pages in other languages are read aloud in their own.
        self.foreign = {
            s.url: (s.title, s.language)
            for s in sources[sources["language"] != self.config.language].dropna(subset=["language"]).itertuples()
        }
        self.places = places(self.env, self.config.root_doc)
        self.parts: list[tuple[str, list[Place]]] = []
        for place in self.places:
            if place.part or not self.parts:
                self.parts.append((place.part, []))
            self.parts[-1][1].append(place)
        if "cite" in self.env.domains:
            for citation in self.env.get_domain("cite").citations:
                note = nodes.footnote("", BibliographyTransform.backend.paragraph(citation.formatted_entry))
                node_text_transform(note)  # as in the bibliography: addresses become links
                self.cited[f"{self.get_target_uri(citation.bibliography_key.docname)}#{citation.citation_id}"] = note

    def _write_serial(self, docnames: Sequence[str]) -> None:
        """Write the chapters that are not kept from an earlier build; the list of exhibits is made from all of them, and always written."""
        elsewhere = unchanged.elsewhere(self, sorted(self.foreign.items()))
        store = Store(Path(self.outdir, "store"))
        found = {}
        for docname in docnames:
            made = unchanged.made_from(self, docname, elsewhere)
            stored = store.find("chapters", made)
            chapter = pickle.loads(stored.read_bytes()) if stored else None
            if not chapter or "exhibits" in self.env.metadata[docname]:
                self.chapter = chapter = Chapter()
                images, self.images = self.images, {}
                super()._write_serial([docname])
                chapter.images, self.images = self.images, images
                store.put("chapters", made, pickle.dumps(chapter))
            found[docname] = chapter
        for docname, chapter in found.items():
            self.pages |= chapter.pages
            self.images |= chapter.images
            self.exhibits += chapter.exhibits
            self.sections[docname], self.openings[docname] = chapter.sections, chapter.opening

    def write_doc_serialized(self, docname: str, doctree: nodes.document) -> None:
        for figure in doctree.findall(nodes.figure):
            if "exhibit" in figure:  # its picture is made from the exhibit
                figure.children = [c for c in figure if not isinstance(c, nodes.image)]
        super().write_doc_serialized(docname, doctree)

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        self.marks: dict[str, int] = {}
        self.current_docname = docname
        chapter = doctree.next_node(nodes.section)
        self.chapter.sections = [
            (section.next_node(nodes.title).astext(), f"{self.get_target_uri(docname)}#{section['ids'][0]}", [])
            for section in chapter.children
            if isinstance(section, nodes.section)
        ]
        lead = next((n for n in chapter.findall(nodes.Element) if "lead" in n.get("classes", ())), None)
        # The question with which a chapter opens.
        self.chapter.opening = (
            re.match(r".*?[.?!](?=\s|$)|.*", " ".join(lead.astext().split()))[0] if lead is not None else ""
        )
        self._gather_notes(doctree)
        super().write_doc(docname, doctree)

    def _gather_notes(self, doctree: nodes.document) -> None:
        """Footnotes, and the works that the chapter cites, at its end."""
        notes = list(doctree.findall(nodes.footnote))
        for note in notes:
            note.parent.remove(note)
        for line in list(doctree.findall(nodes.transition)):
            if "footnotes" in line["classes"]:
                line.parent.remove(line)
        for note in dict.fromkeys(filter(None, map(self.note_of, list(doctree.findall(nodes.reference))))):
            text = self.cited[self._notes[note]].deepcopy()
            text["ids"] = [note]
            notes.append(text)
        if notes:
            chapter = doctree.next_node(nodes.section)
            chapter += nodes.section("", nodes.title("", "Notes"), *notes, ids=["notes"], classes=["notes"])

    def note_of(self, reference: nodes.reference) -> str | None:
        """The id of the note that a reference to a cited work opens, or None."""
        target = reference.get("refuri", "")
        while target.startswith("../"):
            target = target[3:]
        if not reference.get("internal") or target not in self.cited:
            return None
        note = "note-" + re.sub(r"\W+", "-", target.partition("#")[2])
        self._notes[note] = target
        return note

    def mark(self, note: str) -> int:
        """How often a note has been referred to in this chapter, this time included."""
        self.marks[note] = self.marks.get(note, 0) + 1
        return self.marks[note]

    def handle_page(self, pagename, addctx, templatename="page.html", outfilename=None, event_arg=None) -> None:
        part = (
            next((name for name, members in self.parts if any(m.docname == pagename for m in members)), "") or WELCOME
        )
        title = self.env.titles[pagename].astext()
        path = self.get_target_uri(pagename)
        self._page(
            path,
            "chapter",
            title,
            kicker=part if part != title else "",
            body=addctx["body"],
            kind="chapter",
            up=up(pagename),
        )
        self.chapter.pages[path] = self.pages.pop(path)

    def _page(self, path: str, template: str, title: str, **values) -> None:
        """Make a page and keep it, if it is well-formed and its ids are its own."""
        text = self.render(f"{template}.xhtml", title=title, language=self.config.language, **{"up": "", **values})
        text = re.sub(r'(?<=\s)lang="([\w-]+)"(?! xml:lang)', r'lang="\1" xml:lang="\1"', text)
        try:
            tree = ET.fromstring(text)
        except ET.ParseError as problem:
            line = text.splitlines()[problem.position[0] - 1][
                max(0, problem.position[1] - 60) : problem.position[1] + 20
            ]
            raise EpubProblem(
                f"{path} is not well-formed XML: {problem} ({line.strip()}). Raw HTML in a chapter must be written as XML."
            ) from None
        ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise EpubProblem(f"{path}: the id {twice[0]} stands twice.")
        self.pages[path] = text.encode()

    # -- the book around the chapters -------------------------------------------------------------

    def finish(self) -> None:
        config, package = self.config, tables.read().package
        for image, name in self.images.items():
            self.pages[f"{self.imagedir}/{name}"] = (Path(self.srcdir) / image).read_bytes()
        for font in sorted((Path(self.srcdir) / "book" / "_static" / "fonts").glob("*.woff2")):
            self.pages[f"fonts/{font.name}"] = font.read_bytes()
        self.pages["book.css"] = (Path(__file__).parent / "book.css").read_bytes()
        self.pages["cover.png"] = cover(
            config.typst_title, config.typst_subtitle, [*config.typst_authors, *config.typst_cover]
        )
        self._page("cover.xhtml", "cover", config.typst_title)
        self._page("title.xhtml", "title", config.typst_title)
        contents = self._contents()
        self._page(
            "contents.xhtml",
            "contents",
            "Contents",
            contents=contents,
            figures=self._in_order(),
            address=self.get_target_uri,
        )
        spine = [
            "cover.xhtml",
            "title.xhtml",
            "contents.xhtml",
            *(path for _, path, _ in _flat(contents) if "#" not in path),
        ]
        self.pages["toc.ncx"] = self.render(
            "toc.ncx", contents=contents, identifier=self._identifier(), key=key
        ).encode()
        self.pages["package.opf"] = self.render(
            "package.opf",
            language=config.language,
            package=package,
            imprint=dict(config.typst_imprint + config.typst_closing),
            identifier=self._identifier(),
            spine=spine,
            key=key,
            files=[(path, TYPES[Path(path).suffix]) for path in sorted(self.pages)],
        ).encode()
        self._pack(Path(self.outdir) / f"{config.typst_filename}.epub")

    def _identifier(self) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self.config.typst_title}, {self.config.typst_description}')}"

    def _in_order(self) -> list[Exhibit]:
        order = [place.docname for place in self.places]
        return sorted(self.exhibits, key=lambda figure: order.index(figure.docname))

    def _contents(self) -> list[tuple[str, str, list]]:
        """The tree of the book, as (title, path, children); makes the pages of parts and of figures' numbers on the way."""
        tree: list = []
        for number, (part, members) in enumerate(self.parts):
            chapters: list = []
            for place in members:
                entry = (self._name(place.docname), self.get_target_uri(place.docname), self.sections[place.docname])
                (chapters[-1][2] if place.depth and chapters else chapters).append(entry)
            if not part:
                tree += chapters
                continue
            path = f"part-{number}.xhtml"
            opening = [
                (title, target, self.openings[place.docname])
                for place, (title, target, _) in zip((m for m in members if not m.depth), chapters, strict=True)
            ]
            self._page(path, "part", part, kicker=f"Part {number}", chapters=opening)
            tree.append((part, path, chapters))
        if numbers := [f for f in self._in_order() if f.page]:
            pages = [(page, list(figures)) for page, figures in groupby(numbers, key=lambda f: f.page)]
            for page, figures in pages:
                self._page(
                    page,
                    "numbers",
                    f"Numbers: {self.env.titles[figures[0].docname].astext()}",
                    figures=figures,
                    up="../",
                    address=self.get_target_uri,
                )
            tree.append(
                ("The figures in numbers", "numbers.xhtml", [(self._name(f[0].docname), page, []) for page, f in pages])
            )
            self._page(
                "numbers.xhtml",
                "part",
                "The figures in numbers",
                kicker="Annex",
                chapters=[(t, p, "") for t, p, _ in tree[-1][2]],
            )
        return tree

    def _name(self, docname: str) -> str:
        return WELCOME if docname == self.config.root_doc else self.env.titles[docname].astext()

    def _pack(self, file: Path) -> None:
        """One zip file, the same bytes for the same pages."""
        container = (Path(__file__).parent / "container.xml").read_bytes()
        content = {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container,
            **{f"EPUB/{p}": c for p, c in sorted(self.pages.items())},
        }
        with ZipFile(file, "w") as archive:
            for path, data in content.items():
                entry = ZipInfo(path)  # of 1 January 1980
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                archive.writestr(
                    entry,
                    data,
                    ZIP_STORED if path == "mimetype" or path.endswith((".png", ".jpg", ".woff2")) else ZIP_DEFLATED,
                    9,
                )


def key(path: str) -> str:
    """The id of a file in the package."""
    return re.sub(r"\W+", "-", path)


def _flat(tree: list) -> list:
    return [entry for node in tree for entry in (node, *_flat(node[2]))]


def _settings(app, config) -> None:
    config.version = config.version or tables.read().package["version"]
    config.epub_show_urls = "no"
    # Sphinx asks for these; what the book says of itself stands in package.opf.
    config.epub_description = config.epub_contributor = config.epub_copyright = config.epub_identifier = (
        config.epub_uid
    ) = "book"
    config.nb_mime_priority_overrides = [
        *(
            (Builder.name, mime, 10 * i)
            for i, mime in enumerate(("image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain"), 1)
        ),
        *(config.nb_mime_priority_overrides or ()),
    ]


def setup(app):
    """Sphinx's entry."""
    app.add_builder(Builder, override=True)
    app.connect("config-inited", _settings, priority=110)
    return {"version": "1", "parallel_read_safe": True}
