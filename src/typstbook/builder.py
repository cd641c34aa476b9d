"""The builder: writes every document as Typst code, and has Typst set the volumes, chapters and extracts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util import logging
from sphinx.util.display import progress_message

from typstbook import extracts, fonts
from typstbook.assembly import Assembly, File, chapter_file, notes_file
from typstbook.book import Place, Volume, places, volumes
from typstbook.compiler import Compiler, TypstProblem
from typstbook.escape import literal
from typstbook.extracts import Piece
from typstbook.images import Pictures
from typstbook.settings import COLOURS, filename, geometry, settings
from typstbook.store import Store, digest
from typstbook.text import INTERNAL
from typstbook.writer import Translator, Written

__all__ = ["TypstBuilder"]

log = logging.getLogger(__name__)

LONG_TEXT = 60_000  # letters of code, some twelve pages
ROUNDS = 5  # in which the numbers of pages in other volumes must have settled
PRINTABLE = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"}


def _opening(document: nodes.document) -> list[nodes.Node]:
    """What a chapter's opening says."""
    lead = next((n for n in document.findall(nodes.Element) if "lead" in n["classes"]), None)
    return lead.children if lead is not None else []


def _count(pdf: Path, wanted: int | None) -> None:
    """Say if a PDF has more pages than are wanted; its words are in small type then already."""
    from pikepdf import Pdf

    with Pdf.open(pdf) as opened:
        if wanted and (there := len(opened.pages)) > wanted:
            log.info("note: %s has %d pages; wanted are at most %d. Shorten what it takes.", pdf.name, there, wanted)


class TypstBuilder(Builder):
    """Makes one PDF of each volume of the book, and on demand one of each chapter and short ones of what they say."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is in %(outdir)s."
    supported_image_types = ["image/svg+xml", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"]
    allow_parallel = False

    def init(self) -> None:
        self.colours = {**COLOURS, **self.config.typst_colours}
        self.geometry = geometry(self.config)
        self.pictures = Pictures(Path(self.outdir, "pictures"))

    def get_outdated_docs(self) -> str:
        return "all documents"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return INTERNAL + docname

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: Set[str]) -> None:
        pass

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        pass

    def picture(self, uri: str, path: Path) -> str | None:
        """Copy a picture to where Typst finds it; None if it cannot be printed."""
        if "://" in uri or not path.is_file() or path.suffix.lower() not in PRINTABLE:
            return None
        return self.pictures.add(path)

    # -- the book ------------------------------------------------------------------------------------------------

    def write(
        self, build_docnames: Iterable[str] | None, updated_docnames: Iterable[str], method: str = "update"
    ) -> None:
        """Write the documents, while those that are written are measured; then set the volumes."""
        out, config = Path(self.outdir), self.config
        (out / "chapters").mkdir(parents=True, exist_ok=True)
        order = places(self.env, config.root_doc)
        self.volumes = volumes(order, config.typst_volumes, filename(config))
        self.assembly = Assembly(self, order, self.volumes)
        self.resolved: dict[str, nodes.document] = {}  # those from which extracts will be made too
        folders = fonts.folders(list(config.typst_font_paths), Path(self.app.confdir))
        given = settings(config, folders, self._cover, self.geometry)
        store = Store(out / "store")
        inputs = digest(self._template(), *(p for f in folders for p in sorted(Path(f).rglob("*")) if p.is_file()))
        standards = list(config.typst_pdf_standards)
        self.compilers = {v.name: Compiler(v.name, out, folders, standards, store, given, inputs) for v in self.volumes}
        try:
            with progress_message("setting the book"):
                floats = self._write_documents()
                self._warn_of_lost_links()
                self._set(floats)
        finally:
            for compiler in self.compilers.values():
                compiler.close()
        store.clear()

    def _write_documents(self) -> dict[str, dict[str, str]]:
        """Write all documents, the longest first; what has to move in each volume."""
        assembly, waiting = self.assembly, []

        def size(place: Place) -> int:
            return Path(self.doctreedir, f"{place.docname}.doctree").stat().st_size

        def measure(volume: Volume, file: File, code: str) -> None:
            if "#movable(" in code or len(code) < LONG_TEXT:  # long tables are set as they come: 2 s of the annex's 11
                waiting.append((volume.name, self.compilers[volume.name].submit("moves", file)))

        own = {place.docname: place for volume in self.volumes for place in volume.places}
        for part in sorted(assembly.parts(), key=lambda part: -sum(map(size, part))):
            for place in sorted(part, key=lambda place: -size(place)):
                t = assembly.written[place.docname] = self._write(own[place.docname])
                measure(assembly.volume_of[t.docname], assembly.trial(t), t.code)
            for group in assembly.groups(part).values():
                measure(
                    assembly.notes_volume(group[0]), assembly.trial_of_notes(group), "".join(t.notes for t in group)
                )
        floats: dict[str, dict[str, str]] = {volume.name: {} for volume in self.volumes}
        for name, future in waiting:
            floats[name] |= future.result()
        for compiler in self.compilers.values():
            compiler.forget()
        return floats

    def _set(self, floats: dict[str, dict[str, str]]) -> None:
        """Set all PDFs; the volumes of the book first."""
        out, assembly = Path(self.outdir), self.assembly
        settled, pages = self._settled(floats)
        setting = [
            self.compilers[volume.name].submit("write", file, out / volume.filename)
            for volume, file in zip(self.volumes, settled, strict=True)
        ]
        parts = {}
        alone = self.config.typst_chapters  # whether chapters have PDFs of their own, or the volumes whose chapters do
        for t in assembly.written.values():
            volume = assembly.volume_of[t.docname]
            if alone is True or volume.name in (alone or ()):
                own = {name: form for name, form in floats[volume.name].items() if name.startswith(f"{t.docname}:")}
                parts[out / "parts" / f"{t.docname}.pdf"] = volume, assembly.chapter(t, own)
        for name, extract in self.config.typst_extracts.items():
            parts[out / "parts" / f"{name}.pdf"] = self.volumes[0], self._extract(name, extract, pages)
        setting += [
            self.compilers[volume.name].submit("write", file, output) for output, (volume, file) in parts.items()
        ]
        for compiler in self.compilers.values():
            compiler.forget()  # or the first volume's 300 MB would wait for the end of the last (measured)
        for future in setting:
            future.result()
        for name, extract in self.config.typst_extracts.items():
            _count(out / "parts" / f"{name}.pdf", extract.get("pages"))
        for path in {*(out / "parts").rglob("*.pdf")} - parts.keys():
            path.unlink()  # of a document that is no more
        for path in {*out.glob("*.pdf")} - {out / volume.filename for volume in self.volumes}:
            path.unlink()  # of a volume that is no more

    def _settled(self, floats: dict[str, dict[str, str]]) -> tuple[list[File], dict[str, dict[str, int]]]:
        """The volumes, each with the numbers of the pages that it names of the others; and those pages by volume.

        Such a number may move the volume's own pages. One volume names none.
        """
        pages: dict[str, dict[str, int]] = {}
        before: list[File] = []
        for _round in range(ROUNDS):
            found = [self.assembly.volume(volume, floats[volume.name], pages) for volume in self.volumes]
            if found == before or len(found) == 1:
                return found, pages
            asked = [self.compilers[v.name].submit("pages", file) for v, file in zip(self.volumes, found, strict=True)]
            pages = {volume.name: future.result() for volume, future in zip(self.volumes, asked, strict=True)}
            before = found
        log.warning("some page numbers may be wrong: the text does not settle around them", type="typst")
        return before, pages

    def _warn_of_lost_links(self) -> None:
        defined = self.assembly.defined()
        for t in self.assembly.written.values():
            for name, where in t.wanted.items():
                if name not in defined:
                    log.warning(
                        "a link leads to %r, which is not in the printed book; its text is kept",
                        name,
                        location=where,
                        type="typst",
                    )

    # -- documents -----------------------------------------------------------------------------------------------

    def kicker(self, place: Place) -> str:
        """The words over a document's title: its part, or the chapter it belongs to."""
        titles = self.env.titles
        words = titles[place.above[-1]].astext() if place.above else place.inside
        return words if words != titles[place.docname].astext() else ""

    def _write(self, place: Place) -> Written:
        """Write a document, and its endnotes."""
        translator = self._translator(self._resolved(place.docname), place)
        translator.document.walkabout(translator)
        written = translator.written
        written.code = "".join(translator.out) + translator.see_notes()
        head = '#import "../template.typ": *\n'
        tightened = f"#show: tightened.with({literal(place.docname)})\n"
        texts = {chapter_file(place.docname): head + tightened + written.code}
        if written.notes:
            texts[notes_file(place.docname)] = f"{head}#let notes(level, deeper: 0) = [\n{written.notes}\n]\n"
        for name, text in texts.items():
            Path(self.outdir, name).write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
        return written

    def _resolved(self, docname: str) -> nodes.document:
        """A document whose references lead somewhere; it is remembered if extracts take from it."""
        if docname not in self.resolved:
            doctree = self.env.get_doctree(docname)
            self.env.apply_post_transforms(doctree, docname)
            extracts = self.config.typst_extracts.values()
            if docname not in {name for extract in extracts for name, *_labels in extract["pieces"]}:
                return doctree
            self.resolved[docname] = doctree
        return self.resolved[docname]

    def _translator(self, doctree: nodes.document, place: Place) -> Translator:
        translator = Translator(doctree, self, place)
        # Other extensions may bring methods for nodes of their own: app.add_node(..., typst=(visit, depart)).
        for node, (visit, depart) in self.app.registry.translation_handlers.get(self.name, {}).items():
            setattr(translator, f"visit_{node}", visit.__get__(translator))
            if depart:
                setattr(translator, f"depart_{node}", depart.__get__(translator))
        return translator

    def _template(self) -> list[str]:
        """Write the template; a user's own comes on top, replacing any function of it. Gives the text of its files."""
        own = self.config.typst_template
        ours = files("typstbook").joinpath("template")
        texts = {f"template/{file.name}": file.read_text("utf-8") for file in ours.iterdir() if file.suffix == ".typ"}
        texts["template.typ"] = '#import "template/typstbook.typ": *\n'
        if own:
            texts["template.typ"] += Path(self.app.confdir, own).read_text("utf-8")
        for name, text in texts.items():
            Path(self.outdir, name).parent.mkdir(exist_ok=True)
            Path(self.outdir, name).write_text(text, encoding="utf-8")
        return sorted(texts.values())

    def _cover(self, image: str) -> str:
        """The name of the picture on the cover: copied from a file, or written from the text of an SVG."""
        if image.lstrip().startswith("<svg"):
            return self.pictures.write(".svg", image.encode())
        name = self.picture(image, Path(self.app.confdir, image))
        if not name:
            log.warning("typst_cover_image: %r is not there or cannot be printed", image, type="typst")
        return name or ""

    # -- extracts ------------------------------------------------------------------------------------------------

    def _extract(self, name: str, extract: dict, pages: dict[str, dict[str, int]]) -> File:
        """Words and exhibits of chapters, with the numbers of the book; a piece that the book lacks is left out.

        The words of an exhibit are its chapter's opening, or with ``sections: true`` those of its section; a piece may
        also be a box, or a section of steps. What an extract says of its pieces is left out if one of them is.
        """
        body, wanted, whole = "", set(), True
        for docname, *labels in extract["pieces"]:
            written = self.assembly.written.get(docname)
            document = self._resolved(docname) if written else nodes.document("", "")
            found = [n for label in labels for n in [self._labelled(document, docname, label)] if n is not None]
            if len(found) < len(labels) or not written:
                whole = False
                continue
            translator = self._translator(document, written.place)
            with translator.halved():
                body += f"  {self._set_piece(self._piece(docname, document, found, extract), translator)},\n"
            wanted |= set(translator.written.wanted)
        if not body:
            named = ", ".join(part for piece in extract["pieces"] for part in piece)
            raise TypstProblem(f"typst_extracts: nothing of what {name!r} names is in the book: {named}.")
        subtitle = extract.get("subtitle", "") if whole else ""
        body = f"#extract({literal(subtitle)},\n{body})\n"
        return self.assembly.extract(name, extract.get("title", name), body, wanted, pages)

    def _piece(self, docname: str, document: nodes.document, found: list[nodes.Element], extract: dict) -> Piece:
        if len(found) == 1 and isinstance(found[0], nodes.section):
            return extracts.steps(found[0])
        if len(found) == 1 and isinstance(found[0], nodes.Admonition):
            return extracts.box(found[0])
        opening = None if found and extract.get("sections") else (self.env.titles[docname].astext(), _opening(document))
        return extracts.message(found, opening)

    @staticmethod
    def _set_piece(piece: Piece, translator: Translator) -> str:
        """Typst code of a piece: a value that the template sets."""
        words, shown = translator.content(piece.words), translator.content(piece.shown)
        groups = "".join(f"({literal(title)}, {translator.content(body)}), " for title, body in piece.groups)
        return (
            f"(kind: {literal(piece.kind)}, title: {literal(piece.title)}, words: {words}, shown: {shown}, "
            f"groups: ({groups}))"
        )

    def _labelled(self, document: nodes.document, docname: str, label: str) -> nodes.Element | None:
        where, target = self.env.get_domain("std").anonlabels.get(label, (docname, label))
        if where != docname:
            return None
        return next((n for n in document.findall(nodes.Element) if target in n.get("ids", ())), None)
