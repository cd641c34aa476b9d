"""The builder that makes one EPUB 3 file of the chapters."""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MethodType

from docutils import nodes
from sphinx.builders.epub3 import Epub3Builder

from ecosystems import tables
from ecosystems.editions import typefaces
from ecosystems.editions.epub.drawings import cover
from ecosystems.editions.epub.notes import Notes
from ecosystems.editions.epub.package import TEMPLATES, Entry, Package
from ecosystems.editions.epub.translator import Exhibit, Translator
from ecosystems.editions.pages import PageBuilder, up
from ecosystems.words import listing
from typstbook.book import Place, places
from typstbook.store import Store

WELCOME = "Welcome"  # the first chapter has the title of the book


@dataclass
class Chapter:
    """What a chapter gives to the book.

    Attributes
    ----------
    pages : dict
        Path in the package to content: the chapter and its pictures.
    images : dict
        Pictures that the chapter names: path in the project to name.
    exhibits : list of Exhibit
    sections : list
        Title, address and nothing below, as the contents list them.
    question : str
        The sentence with which it opens.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    exhibits: list[Exhibit] = field(default_factory=list)
    sections: list[Entry] = field(default_factory=list)
    question: str = ""


class Builder(PageBuilder, Epub3Builder):
    """Sphinx's EPUB builder with pages, contents, metadata and packing of our own.

    Chapters are stored beside the output folder, and written again only if something in them has changed;
    writing all 27 takes 2 s.
    """

    name = "epub"

    def init(self) -> None:
        """See Sphinx."""
        super().init()
        self.tables = tables.read()
        self.package = Package(self.config.edition_imprint, self.config.language)
        self.chapters: dict[str, Chapter] = {}
        self.without = self.config.edition_epub_without
        self.elsewhere = {self.get_target_uri(docname): docname for docname in self.without}
        sources = self.tables.sources
        # Titles of pages in other languages are read aloud in their own: address to title and language.
        self.foreign = {
            s.url: (s.title, s.language)
            for s in sources[sources["language"] != self.config.language].dropna(subset=["language"]).itertuples()
        }

    def get_outdated_docs(self) -> str:
        """See Sphinx."""
        return "the whole book"

    def create_translator(self, *args) -> Translator:
        """See Sphinx."""
        translator = Translator(*args)
        # Other extensions bring methods for nodes of their own: app.add_node(..., html=(visit, depart)).
        for name, (visit, depart) in self.app.registry.translation_handlers.get("html", {}).items():
            if not hasattr(translator, f"visit_{name}"):
                setattr(translator, f"visit_{name}", MethodType(visit, translator))
                setattr(translator, f"depart_{name}", MethodType(depart, translator) if depart else _leave)
        return translator

    # -- chapters --------------------------------------------------------------------------------

    def write(self, build_docnames, updated_docnames, method="update") -> None:
        """Write the chapters that are not in the store, and a list of exhibits, which is made from all of them."""
        store = Store(Path(self.outdir).parent / "store")
        keys = self.page_keys(sorted(self.foreign.items()), self.without)
        for docname in self.without:
            keys.pop(docname, None)
        for docname, key in keys.items():
            if "exhibits" not in self.env.metadata[docname] and (stored := store.find("epub", key)):
                self.chapters[docname] = pickle.loads(stored.read_bytes())
        missing = [docname for docname in keys if docname not in self.chapters]
        super().write(missing, [], "specific")
        for docname in missing:
            store.put("epub", keys[docname], pickle.dumps(self.chapters[docname]))

    def prepare_writing(self, docnames: set[str]) -> None:
        """See Sphinx."""
        super().prepare_writing(docnames)
        self.notes = Notes(self)
        self.parts: list[tuple[str, list[Place]]] = []
        for place in places(self.env, self.config.root_doc):
            if place.part or not self.parts:
                self.parts.append((place.part, []))
            if place.docname not in self.without:
                self.parts[-1][1].append(place)
        self.parts = [(part, members) for part, members in self.parts if members]

    def write_doc_serialized(self, docname: str, doctree: nodes.document) -> None:
        """See Sphinx."""
        self.chapter = self.chapters[docname] = Chapter()
        self.images = self.chapter.images
        self.drop_drawings(doctree)
        super().write_doc_serialized(docname, doctree)

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """See Sphinx."""
        self.current_docname = docname
        chapter = doctree.next_node(nodes.section)
        self.chapter.sections = [
            (section.next_node(nodes.title).astext(), f"{self.get_target_uri(docname)}#{section['ids'][0]}", [])
            for section in chapter.children
            if isinstance(section, nodes.section)
        ]
        lead = next((n for n in chapter.findall(nodes.Element) if "lead" in n.get("classes", ())), None)
        if lead is not None:
            self.chapter.question = re.match(r".*?[.?!](?=\s|$)|.*", " ".join(lead.astext().split()))[0]
        self.notes.gather(doctree)
        super().write_doc(docname, doctree)

    def handle_page(self, pagename, addctx, templatename="page.html", outfilename=None, event_arg=None) -> None:
        """See Sphinx."""
        title, path = self.env.titles[pagename].astext(), self.get_target_uri(pagename)
        part = next((part for part, members in self.parts if any(m.docname == pagename for m in members)), "")
        kicker = part or WELCOME
        self.chapter.pages[path] = self.package.page(
            path,
            "chapter",
            title,
            kicker=kicker if kicker != title else "",
            body=addctx["body"],
            kind="chapter",
            up=up(pagename),
        )

    # -- the book --------------------------------------------------------------------------------

    def finish(self) -> None:
        """Put the book together."""
        files, imprint, source = self.package.files, self.config.edition_imprint, Path(self.srcdir)
        for chapter in self.chapters.values():
            files.update(chapter.pages)
            for image, name in chapter.images.items():
                files[f"{self.imagedir}/{name}"] = (source / image).read_bytes()
        for font in sorted((source / "book" / "_static" / "fonts").glob("*.woff2")):
            files[f"fonts/{font.name}"] = font.read_bytes()
        others = list(typefaces.faces(self.tables, source / "book", Store(Path(self.outdir).parent / "store")))
        files.update({f"fonts/{face.name}": face.content for face in others})
        files["book.css"] = (TEMPLATES / "book.css").read_bytes() + typefaces.style_sheet(others, "fonts").encode()
        order = [place.docname for _, members in self.parts for place in members]
        figures = [
            figure for docname in order if docname in self.chapters for figure in self.chapters[docname].exhibits
        ]
        names = {docname: self._title(docname) for docname in order}
        contents = [*self._contents(), *self.package.add_numbers(figures, names, self.get_target_uri)]
        picture = cover(imprint.title, imprint.subtitle, [listing(imprint.authors), *imprint.cover], self.tables)
        annex = [self.env.titles[docname].astext() for docname in self.without if docname in self.env.titles]
        self.package.add_front(picture, contents, figures, self.get_target_uri, annex)
        self.package.write(Path(self.outdir) / f"{imprint.filename}.epub")

    def _title(self, docname: str) -> str:
        """The name of a chapter in the contents."""
        return WELCOME if docname == self.config.root_doc else self.env.titles[docname].astext()

    def _contents(self) -> list[Entry]:
        """The tree of parts, chapters and sections; adds the pages of parts."""
        tree: list[Entry] = []
        for number, (part, members) in enumerate(self.parts):
            chapters: list[Entry] = []
            cards = []
            for place in members:
                chapter = self.chapters[place.docname]
                entry = (self._title(place.docname), self.get_target_uri(place.docname), chapter.sections)
                if place.depth and chapters:
                    chapters[-1][2].append(entry)
                else:
                    chapters.append(entry)
                    cards.append((*entry[:2], chapter.question))
            if not part:
                tree += chapters
                continue
            path = f"part-{number}.xhtml"
            self.package.add_page(path, "part", part, kicker=f"Part {number}", chapters=cards)
            tree.append((part, path, chapters))
        return tree


def _leave(node: nodes.Node) -> None:
    pass


def configure(app, config) -> None:
    """Settings that Sphinx asks for; what the book says of itself stands in package.opf."""
    config.epub_show_urls = "no"
    for name in ("description", "contributor", "copyright", "identifier", "uid"):
        setattr(config, f"epub_{name}", "book")
