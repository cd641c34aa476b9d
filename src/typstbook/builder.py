"""The builder: collects the book, writes Typst files, compiles them."""

from __future__ import annotations

import atexit
import gc
import hashlib
import json
import os
import pickle
import re
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from sphinx.builders import Builder
from sphinx.environment.adapters.indexentries import IndexEntries
from sphinx.errors import SphinxError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.display import progress_message

from typstbook import fonts
from typstbook.book import Place, places
from typstbook.escape import clean, literal, value
from typstbook.gatherings import END, FULL, Gathering, Piece, gather, gone, numbers
from typstbook.images import Pictures
from typstbook.kept import keep, kept
from typstbook.press import Press
from typstbook.writer import INTERNAL, Translator, Written, key

__all__ = ["Geometry", "TypstBuilder", "TypstProblem"]

log = logging.getLogger(__name__)

COLOURS = {
    "main": "#17495a",  # headings, links, cover
    "accent": "#c8501e",  # numbers, rules
    "second": "#e0a43a",  # warnings, decoration
    "ink": "#1f2a30",
    "grey": "#5d676c",
    "rule": "#c9cfd1",
    "paper": "#f5f2ea",  # behind cards and every other row
}
FONTS = {"text": "Source Serif 4", "heading": "Source Sans 3", "mono": "DejaVu Sans Mono"}
INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0), "a5": (419.53, 595.28), "iso-b5": (498.9, 708.66)}
NOTES = 16  # notes of so many documents begin on a new page, for no piece may be as long as the book
LONG = 100_000  # letters of a long document; the press that has measured it waits to set it in the book, if it is a gathering of its own, because it knows most of it
OPEN = 2  # presses that wait
MANY = 60  # documents; in a book of more no press waits, and nothing is bound before all is set: much of its memory would be needed at once, to save little of its time
FEW = 4  # pieces, the first and last of the book among them, that are still measured when gatherings are set in advance
ROUNDS = 5  # in which page numbers must have settled
GUESS = 100  # a page number until it is known
PRINTABLE = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"}


class TypstProblem(SphinxError):
    """Typst refuses the book."""

    category = "PDF"


def told(value: object) -> str:
    """A value in words that are the same for the same content, in whatever order sets are and wherever objects lie in memory."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{told(k)}: {told(v)}' for k, v in value.items()))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(told, value))}]"
    if isinstance(value, Set):
        return f"{{{', '.join(sorted(map(told, value)))}}}"
    if isinstance(value, nodes.Node):
        return value.pformat()
    return (
        f"{type(value).__name__} {told(vars(value))}"
        if hasattr(value, "__dict__") and not isinstance(value, type)
        else repr(value)
    )


@dataclass(frozen=True)
class Geometry:
    """The page in points: margins left and right, and how far wide things reach into the left margin."""

    width: float
    height: float
    margin: float
    outdent: float

    @property
    def full(self) -> float:
        """Width of what may use the margin."""
        return self.width - 2 * self.margin

    @property
    def text(self) -> float:
        """Width of running text."""
        return self.full - self.outdent

    @property
    def gutter(self) -> float:
        """Between two columns."""
        return round(self.width * 0.03, 1)

    @property
    def half(self) -> float:
        """Width of one of two columns."""
        return (self.full - self.gutter) / 2

    @property
    def turned(self) -> float:
        """Full width of a page on its side."""
        return self.height - 2 * self.margin


class TypstBuilder(Builder):
    """Makes one PDF of the whole book, and on demand one of each chapter and short ones of what they say."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is in %(outdir)s."
    supported_image_types = ["image/svg+xml", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"]
    allow_parallel = False

    def init(self) -> None:
        self.colours = {**COLOURS, **self.config.typst_colours}
        if self.config.typst_paper not in PAPERS:
            raise TypstProblem(f"typst_paper is {self.config.typst_paper!r}; it can be {', '.join(PAPERS)}.")
        width, height = PAPERS[self.config.typst_paper]
        self.geometry = Geometry(width, height, round(width * 0.107, 1), round(width * 0.143, 1))
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

    # -- what the translator asks for ----------------------------------------------------------------------------

    def picture(self, uri: str, path: Path) -> str | None:
        """Copy a picture to where Typst finds it; None if it cannot be printed."""
        if "://" in uri or not path.is_file() or path.suffix.lower() not in PRINTABLE:
            return None
        return self.pictures.add(path)

    def kicker(self, place: Place) -> str:
        """The words over a chapter's title: its part, or the chapter it belongs to."""
        return self.kickers.get(place.docname, "")

    # -- writing -------------------------------------------------------------------------------------------------

    def write(
        self, build_docnames: Iterable[str] | None, updated_docnames: Iterable[str], method: str = "update"
    ) -> None:
        """Write the documents, each of which is set while the next is written; then set the book."""
        out = Path(self.outdir)
        (out / "chapters").mkdir(parents=True, exist_ok=True)
        self.order = places(self.env, self.config.root_doc)
        self.small = len(self.order) <= MANY
        self.updated = set(updated_docnames)
        self.kickers = self._kickers()
        self.open: dict[str, Press] = {}  # by the name of the piece that it has set and will set again in the book
        self.idle: list[Press] = []
        self.resolved: dict[str, nodes.document] = {}  # those from which extracts will be made too
        gc.freeze()  # all that was read stays; nobody need look through it meanwhile
        self._template(out)
        with progress_message("setting the book"):
            try:
                with ThreadPoolExecutor(2) as presses:
                    try:
                        self._compile(presses)
                    except BaseException:
                        presses.shutdown(wait=False, cancel_futures=True)
                        raise
            finally:
                for press in [*self.open.values(), *self.idle]:
                    press.close()
                gc.unfreeze()

    def _compile(self, presses: ThreadPoolExecutor) -> None:
        begun: dict[str, tuple[tuple[dict, ...], Future]] = {}
        before: dict[str, dict] = {}  # what the last build found

        def begin(*jobs: dict, **press) -> tuple[tuple[dict, ...], Future]:
            name = jobs[0]["name"]
            if name in begun:
                if begun[name][0] == jobs:
                    return begun[name]
                begun[name][1].result()  # it reads the files that are written now
            elif self._record(jobs[0]).is_file():
                before[name] = json.loads(self._record(jobs[0]).read_text("utf-8"))[1]
            for job in jobs:
                Path(self.outdir, job["main"]).write_text(job["text"], encoding="utf-8")
            begun[name] = jobs, presses.submit(self._set, jobs, **press)
            return begun[name]

        by_name: dict[str, Written] = {}
        documents: dict[str, Piece] = {}
        behind: dict[str, tuple[list[Written], list[Piece]]] = {}
        setting = []
        staying: set[str] = set()

        def size(place: Place) -> int:
            return Path(self.doctreedir, f"{place.docname}.doctree").stat().st_size

        def measure(piece: Piece, *jobs: dict, long: bool = False) -> None:
            stays = long and self.small and len(staying) < OPEN
            if stays:
                staying.add(piece.name)
            setting.append((piece, *begin(self._measuring(piece), *jobs, stay=stays)))

        # The longest first; each is measured, and set as a part, while the next is written. Notes can be long too: they follow when their part of the book is written.
        for part in sorted(self._parts(), key=lambda part: -sum(map(size, part))):
            for place in sorted(part, key=lambda place: -size(place)):
                t = by_name[place.docname] = self._translate(place)
                piece = documents[place.docname] = self._piece(t)
                long = Path(self.outdir, self._file(place)).stat().st_size > LONG
                measure(piece, *([self._part(t, piece)] if self.config.typst_chapters else []), long=long)
            for docname, noted in self._noted([by_name[place.docname] for place in part]).items():
                behind[docname] = (
                    noted,
                    [self._notes(noted[i : i + NOTES], first=not i) for i in range(0, len(noted), NOTES)],
                )
                for piece in behind[docname][1]:
                    measure(piece)
        written = [by_name[place.docname] for place in self.order]
        defined = {name for t in written for name in t.defined}
        for t in written:
            for name, where in t.wanted.items():
                if name not in defined:
                    log.warning(
                        "a link leads to %r, which is not in the printed book; its text is kept",
                        name,
                        location=where,
                        type="typst",
                    )
        pieces = self._pieces(written, documents, behind, defined)
        setting += [(piece, *begin(self._measuring(piece))) for piece in (pieces[0], pieces[-1])]
        missing = {name for t in written for name in t.wanted} - defined

        def gathered(told: Callable[[tuple[dict, ...], Future], dict]) -> tuple[list[Gathering], dict[str, str]]:
            floats = {}
            for piece, jobs, future in setting:
                measured = told(jobs, future)
                piece.places = self._counted(measured, piece.start)
                floats |= measured["floats"]
            return gather(pieces), floats

        def foreseen(jobs: tuple[dict, ...], future: Future) -> dict:
            return future.result()[0] if future.done() and not future.result()[0]["error"] else before[jobs[0]["name"]]

        # A small change seldom moves anything: while the last pieces are measured, gatherings are set as if these were as they were.
        pending = {piece.name for piece, _jobs, future in setting if not future.done()}
        if len(pending) <= FEW and all(jobs[0]["name"] in before for _piece, jobs, _future in setting):
            in_advance, floats = gathered(foreseen)
            self._begin_gatherings(begin, in_advance, missing, floats, pending & staying)
        extracts = [self._extract(name, extract) for name, extract in self.config.typst_extracts.items()]
        gatherings, floats = gathered(lambda jobs, future: self._answers(jobs, future)[0])
        for job in extracts:
            job["settings"]["this"]["floats"] = floats
        summaries = [begin(job) for job in extracts]
        book = self._gatherings(begin, gatherings, missing, floats)
        for jobs, future in summaries:
            self._answers(jobs, future)
        shorter = [
            self._unbound(job)
            for job in [*(job for _piece, jobs, _future in setting for job in jobs if job["output"]), *extracts]
        ]
        with Press() as binder:
            binding = [
                presses.submit(self._bind, *orders)
                for orders in (([book], self.open["@book"], self.small), (shorter, binder))
            ]
            for future in binding:
                future.result()
        for path in set(Path(self.outdir, "parts").rglob("*.pdf")) - {Path(order["output"]) for order in shorter}:
            path.unlink()  # of a document that is no more
        Path(book["output"]).touch()  # the newest, should the name have changed

    def _begin_gatherings(
        self,
        begin: Callable,
        gatherings: list[Gathering],
        missing: set[str],
        floats: dict[str, str],
        without: Set[str] = frozenset(),
    ) -> dict[int, tuple[tuple[dict, ...], Future]]:
        """Begin to set the gatherings, those first for which a press waits; but none that is one of the pieces `without`, for which a press will wait."""
        pages, setting = numbers(gatherings), {}
        alone = {i: g.pieces[0].name for i, g in enumerate(gatherings) if len(g.pieces) == 1}
        for i, g in sorted(enumerate(gatherings), key=lambda found: alone.get(found[0]) not in self.open):
            if alone.get(i) not in without:
                elsewhere = {name: pages[name] for name in g.elsewhere - missing}
                setting[i] = begin(
                    self._gathered(f"gathering/{i}", f"unbound/@{i}.pdf", g, elsewhere, missing, floats),
                    piece=alone.get(i, ""),
                )
        return setting

    def _gatherings(
        self, begin: Callable, gatherings: list[Gathering], missing: set[str], floats: dict[str, str]
    ) -> dict:
        """Set the gatherings, until each knows on which pages the others have their places; how they are bound. What is set goes to the press ``@book``, which will bind it."""
        for _round in range(ROUNDS):
            pages = numbers(gatherings)
            setting = self._begin_gatherings(begin, gatherings, missing, floats)
            if "@book" in self.open:
                self.open.pop("@book").close()
            self.open["@book"] = binder = Press()
            for i, g in enumerate(gatherings):
                g.places = self._counted(self._answers(*setting[i])[0], g.start)
                if self.small:
                    binder.add(setting[i][0][0]["output"], gone(g.start))
            if numbers(gatherings) == pages:
                break
        else:
            log.warning("some page numbers may be wrong: the text does not settle around them", type="typst")
        places = {name: (pages[name], *g.places[name][1:]) for g in gatherings for name in g.places if name != END}
        return {
            "gatherings": [(setting[i][0][0]["output"], gone(g.start)) for i, g in enumerate(gatherings)],
            "output": str(Path(self.outdir, self.filename)),
            "places": {
                name: places[name] for name in sorted({name for g in gatherings for name in g.elsewhere} - missing)
            },
            "page": self._settings["words"]["page"],
        }

    def _unbound(self, job: dict) -> dict:
        """How a short PDF is bound."""
        return {
            "gatherings": [(job["output"], job["gone"])],
            "output": str(Path(self.outdir, "parts", Path(job["output"]).relative_to(Path(self.outdir, "unbound")))),
        }

    def _bind(self, orders: list[dict], press: Press, added: bool = False) -> None:
        """Bind what is not yet bound from the same; the gatherings may be `added` already."""
        for order in orders:
            gatherings, output = order.pop("gatherings"), Path(order["output"])
            output.parent.mkdir(parents=True, exist_ok=True)
            given = hashlib.sha256(
                json.dumps(
                    [
                        order,
                        *((first, hashlib.sha256(Path(path).read_bytes()).hexdigest()) for path, first in gatherings),
                    ]
                ).encode()
            ).hexdigest()
            record = Path(self.outdir, "unbound", output.relative_to(self.outdir)).with_suffix(".kept")
            if kept(record, given) and output.is_file():
                continue
            for gathering in gatherings if not added else ():
                press.add(*gathering)
            if problem := press.bind(order):
                raise TypstProblem(f"The PDFs cannot be bound: {problem}")
            record.parent.mkdir(parents=True, exist_ok=True)
            keep(record, given, True)

    @staticmethod
    def _counted(measured: dict, start: int) -> dict[str, tuple[int, float, float]]:
        """Places, counted from the page that stays first."""
        return {name: (page - gone(start), x, y) for name, (page, x, y) in measured["places"].items()}

    def _measuring(self, piece: Piece) -> dict:
        """What is asked of a piece before it is known which pages it will have."""
        alone = Gathering([piece], piece.start, {})
        return self._gathered(f"piece/{piece.name}", "", alone, dict.fromkeys(alone.elsewhere, GUESS), set(), {})

    def _gathered(
        self,
        name: str,
        output: str,
        gathering: Gathering,
        elsewhere: dict[str, int],
        missing: set[str],
        floats: dict[str, str],
    ) -> dict:
        first = gathering.pieces[0]
        body = f"#begins({gathering.start}, {first.level}, {gone(gathering.start)}, spread: {value(first.spread)}, entries: {first.entries})\n"
        body += "".join(piece.text for piece in gathering.pieces)
        return self._job(name, output, body, missing, elsewhere=dict(sorted(elsewhere.items())), floats=floats)

    def _part(self, t: Written, piece: Piece) -> dict:
        """A document as a PDF of its own. As many pages stand before it as in its piece, and the same headings; so Typst, which has just set the piece, knows most of it."""
        own = {"single": True, "shift": t.place.level - 1, "chapter-title": self.env.titles[t.docname].astext()}
        before = gone(piece.start) + bool(t.place.part)
        text = (
            f"#begins(1, {piece.level}, {before})\n"
            + self._include(t.place)
            + (self._notes([t]).text if t.has_notes else "")
            + "#origin()\n"
        )
        return {
            **self._job(
                f"part/{t.docname}", f"unbound/{t.docname}.pdf", text, missing=set(t.wanted) - t.defined, **own
            ),
            "gone": before,
        }

    def _kickers(self) -> dict[str, str]:
        kickers, part, above = {}, "", []
        for place in self.order:
            part = place.part or ("" if place.depth == 0 and place.level == 1 else part)
            above = above[: place.depth]
            words = self.env.titles[above[-1]].astext() if above else part
            kickers[place.docname] = words if words != self.env.titles[place.docname].astext() else ""
            above.append(place.docname)
        return kickers

    def _translate(self, place: Place) -> Written:
        """Write a document to files, unless it was written before from the same."""
        record = Path(self.outdir, self._file(place)).with_suffix(".written")
        given = hashlib.sha256(
            f"{self._around} {place} {self.kicker(place)} ".encode()
            + Path(self.doctreedir, f"{place.docname}.doctree").read_bytes()
        ).hexdigest()
        written = kept(record, given)
        if (
            written
            and place.docname not in self.updated
            and all(self.pictures.holds(*picture) for picture in written.pictures.items())
        ):
            return written
        record.unlink(missing_ok=True)
        self.pictures.used, warnings = {}, self.app._warncount
        written = self._write(place)
        written.pictures = self.pictures.used
        if self.app._warncount == warnings:  # who is warned is warned again
            keep(record, given, written)
        return written

    @cached_property
    def _around(self) -> str:
        """Changes with all that a document is written from besides its own content: what references say, settings, and extensions, those that are not installed with all code of their package."""
        env, config = self.env, self.config
        book = told([env.titles, env.toc_secnumbers, env.toc_fignumbers, env.domaindata])
        code = [
            version("sphinx"),
            version("typst"),
            *sorted(f"{e.name} {e.version}" for e in self.app.extensions.values()),
        ]
        for package in sorted({name.partition(".")[0] for name in self.app.extensions} & set(sys.modules)):
            path = Path(getattr(sys.modules[package], "__file__", None) or INSTALLED[0])
            if not str(path).startswith(INSTALLED):
                code += [
                    hashlib.sha256(p.read_bytes()).hexdigest()
                    for p in (sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path])
                ]
        return hashlib.sha256(pickle.dumps([book, config, code])).hexdigest()

    def _write(self, place: Place) -> Written:
        translator = self._translator(self._resolved(place.docname), place)
        translator.document.walkabout(translator)
        see = translator.see_notes()
        for file, text in (
            (self._file(place), "".join(translator.out) + see),
            (
                self._file(place, "--notes"),
                f"#let notes(deeper: 0) = [\n{''.join(translator.notes)}\n]\n" if translator.notes else "",
            ),
        ):
            if text:
                Path(self.outdir, file).write_text(
                    '#import "../template.typ": *\n' + re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8"
                )
        return translator.written

    def _resolved(self, docname: str) -> nodes.document:
        if docname not in self.resolved:
            doctree = self.env.get_doctree(docname)
            self.env.apply_post_transforms(doctree, docname)
            if docname not in {
                name for extract in self.config.typst_extracts.values() for name, *_labels in extract["pieces"]
            }:
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

    @staticmethod
    def _file(place: Place, more: str = "") -> str:
        return f"chapters/{place.docname.replace('/', '--')}{more}.typ"

    def _include(self, place: Place) -> str:
        return f"#include {literal(self._file(place))}\n"

    def _parts(self) -> list[list[Place]]:
        """The documents, those of each part of the book together."""
        found: list[list[Place]] = [[]]
        for place in self.order:
            if place.part:
                found.append([])
            found[-1].append(place)
        return found

    @staticmethod
    def _noted(part: list[Written]) -> dict[str, list[Written]]:
        """Documents whose notes stand together, by the name of the one behind which they stand: the last of neighbours that are not above the first."""
        found, waiting, last = {}, [], ""
        for t in [*part, None]:
            if waiting and (t is None or t.place.depth < waiting[0].place.depth):
                found[last], waiting = waiting, []
            if t is not None:
                waiting, last = waiting + [t] * t.has_notes, t.docname
        return found

    def _pieces(
        self,
        written: list[Written],
        documents: dict[str, Piece],
        behind: dict[str, tuple[list[Written], list[Piece]]],
        defined: set[str],
    ) -> list[Piece]:
        """All that the book consists of, in order."""
        found, entries = [], []
        for t in written:
            noted, notes = behind.get(t.docname, ((), ()))
            found += [documents[t.docname], *notes]
            entries += self._entries(t) + (self._entries_of_notes(noted) if noted else [])
        index, indexed = self._index(defined)
        if index:
            entries.append(("chapter", 1, "@index", "", f"[#{literal(str(self._settings['words']['index']))}]"))
        code = f"({''.join(f'({literal(kind)}, {level}, {literal(name)}, {literal(number)}, {title}), ' for kind, level, name, number, title in entries)})"
        front = Piece(
            "@front", f"#cover()\n#imprint()\n#contents({code})\n", entries=code, wanted={entry[2] for entry in entries}
        )
        # A title may have links of its own.
        front.wanted |= {name for t in written for name in t.wanted if f"#xref({literal(name)}," in code}
        return [front, *found, Piece("@back", f"{index}#closing()\n", defined={"@index"}, wanted=indexed)]

    def _piece(self, t: Written) -> Piece:
        """A document in the whole book, the page of its part before it."""
        place = t.place
        piece = Piece(t.docname, self._include(place), place.level, t.spread, t.defined - t.behind, set(t.wanted))
        if t.has_notes:
            piece.wanted.add(key(t.docname, "@notes"))
        if place.part:
            i = self.order.index(place)
            ends = next(
                (n for n, p in enumerate(self.order[i:]) if n and (p.part or (p.depth == 0 and p.level == 1))), None
            )
            names = [
                [key(p.docname), self.env.titles[p.docname].astext()] for p in self.order[i:][:ends] if p.depth == 0
            ]
            piece.text = (
                f"#part({literal(place.part)}, {literal(key(place.docname, '@part'))}, {value(names)})\n" + piece.text
            )
            piece.level, piece.spread = 1, False
            piece.defined.add(key(place.docname, "@part"))
            piece.wanted |= {name for name, _title in names}
        return piece

    def _notes(self, written: list[Written], first: bool = True) -> Piece:
        """The notes of some documents; under their title, if these are the first."""
        place = written[0].place
        text = "".join(
            f"#import {literal(self._file(t.place, '--notes'))} as notes-{i}\n" for i, t in enumerate(written)
        )
        chapters = ", ".join(
            f"({literal(key(t.docname, '@notes'))}, {literal(self.env.titles[t.docname].astext())}, notes-{i}.notes, {t.before_notes})"
            for i, t in enumerate(written)
        )
        name = key(place.docname, "@all-notes")
        text += f"#notes-of({place.level}, {place.depth}, {literal(self.kicker(place))}, {literal(name) if first else 'none'}, {chapters})\n"
        places = {name, *(key(t.docname, "@notes") for t in written)}
        return Piece(
            f"{place.docname}@notes",
            text,
            place.level + (not first),
            defined=places.union(*(t.behind for t in written)),
            wanted={name for t in written for name in t.wanted},
        )

    def _entries(self, t: Written) -> list[tuple[str, int, str, str, str]]:
        """What the contents list of a document: (kind, level, place, number, title as Typst code)."""
        place, depth = t.place, self.config.typst_contents_depth
        found = [("part", 1, key(t.docname, "@part"), "", f"[#{literal(place.part)}]")] if place.part else []
        for rank, name, number, title in t.headings:
            if rank < depth if rank or place.depth else True:
                found.append(
                    (
                        f"section-{rank}" if rank else "page" if place.depth else "chapter",
                        place.level + rank,
                        name,
                        number,
                        title,
                    )
                )
        return found

    def _entries_of_notes(self, written: list[Written]) -> list[tuple[str, int, str, str, str]]:
        first, depth = written[0].place, self.config.typst_contents_depth
        found = []
        if depth > 0 or not first.depth:
            found.append(
                (
                    "page" if first.depth else "chapter",
                    first.level,
                    key(first.docname, "@all-notes"),
                    "",
                    f"[#{literal(str(self._settings['words']['notes']))}]",
                )
            )
        if depth > 1:
            found += [
                (
                    "section-1",
                    first.level + 1,
                    key(t.docname, "@notes"),
                    "",
                    f"[#{literal(self.env.titles[t.docname].astext())}]",
                )
                for t in written
            ]
        return found

    # -- compiling -----------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The book's title."""
        config = self.config
        web = getattr(config, "html_title", "")
        if web == _("%s %s documentation") % (config.project, config.release):  # Sphinx's own, when none is set
            web = ""
        return config.typst_title or web or config.project

    @property
    def filename(self) -> str:
        """Name of the PDF."""
        name = self.config.typst_filename or re.sub(r"[^\w]+", "-", self.title.lower()).strip("-") or "book"
        return name if name.endswith(".pdf") else name + ".pdf"

    def _template(self, out: Path) -> None:
        """The template as a file; a user's own comes on top and may replace any function of it."""
        (out / "typstbook.typ").write_text(
            files("typstbook").joinpath("template.typ").read_text("utf-8"), encoding="utf-8"
        )
        own = self.config.typst_template
        text = '#import "typstbook.typ": *\n'
        if own:
            text += Path(self.app.confdir, own).read_text("utf-8")
        (out / "template.typ").write_text(text, encoding="utf-8")

    @cached_property
    def _fonts(self) -> list[str]:
        return fonts.folders(list(self.config.typst_font_paths), Path(self.app.confdir))

    @cached_property
    def _settings(self) -> dict:
        """All the template knows of the book."""
        config = self.config
        there = fonts.families(self._fonts)
        chosen = {**FONTS, **config.typst_fonts}
        for use, family in chosen.items():
            if isinstance(family, str) and family.lower() not in {f.lower() for f in there}:
                log.warning("the font %r (typst_fonts: %s) is not there; pip install fontpkg-%s, or name its folder in typst_font_paths", family, use, family.lower().replace(" ", "-"), type="typst")  # fmt: skip
        fallback = [f for f in there if f.startswith("Noto ")]
        language, _dash, region = (config.language or "en").replace("_", "-").partition("-")
        words = {
            "contents": _("Contents"),
            "page": _("page"),
            "short-page": "p.",
            "part": _("Part"),
            "index": _("Index"),
            "notes": _("Notes"),
            "see-notes": _("Notes"),
            **config.typst_words,
        }
        return {
            "title": clean(self.title),
            "subtitle": config.typst_subtitle,
            "authors": [
                clean(a)
                for a in config.typst_authors
                or ([config.author] if config.author and config.author != "unknown" else [])
            ],
            "description": config.typst_description,
            "keywords": list(config.typst_keywords),
            "lang": language,
            "region": region,
            "cover": list(config.typst_cover),
            "cover-image": self._cover(config.typst_cover_image),
            "imprint": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_imprint],
            "closing": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_closing],
            "colours": self.colours,
            "fonts": {
                use: [family, *fallback] if isinstance(family, str) else [*family, *fallback]
                for use, family in chosen.items()
            },
            "paper": config.typst_paper,
            "margin": self.geometry.margin,
            "outdent": self.geometry.outdent,
            "gutter": self.geometry.gutter,
            "words": {k: str(v) for k, v in words.items()},
            "online": config.typst_online,
        }

    def _cover(self, image: str) -> str:
        """The name of the picture on the cover: copied from a file, or written from the text of an SVG."""
        if not image:
            return ""
        if image.lstrip().startswith("<svg"):
            return self.pictures.write(".svg", image.encode())
        name = self.picture(image, Path(self.app.confdir, image))
        if not name:
            log.warning("typst_cover_image: %r is not there or cannot be printed", image, type="typst")
        return name or ""

    def _job(self, name: str, output: str, body: str, missing: set[str], **this) -> dict:
        """What is asked of the press for one PDF, with the text of its main file."""
        out = Path(self.outdir)
        text = f'#import "template.typ": *\n#show: book\n{body}#ends()\n'
        (out / output).parent.mkdir(parents=True, exist_ok=True)
        this = {
            "missing": sorted(missing),
            "elsewhere": {},
            "floats": {},
            "single": False,
            "shift": 0,
            "chapter-title": "",
            "extract": False,
            **this,
        }
        return {
            "main": name.replace("/", "--") + ".typ",
            "text": text,
            "settings": {**self._settings, "this": this},
            "output": str(out / output) if output else "",
            "name": name,
        }

    def _set(self, jobs: tuple[dict, ...], piece: str = "", stay: bool = False) -> list[dict]:
        """Have Typst set some files, unless they were set before from the same input; what moves in the first moves in all.

        The press that has measured `piece` does so if it still waits; this one waits if it is to `stay`.
        """
        results: list[dict] = []
        waiting = list(jobs)
        opened = self.open.pop(piece, None)

        def with_floats(job: dict, floats: dict[str, str]) -> dict:
            return {**job, "settings": {**job["settings"], "this": {**job["settings"]["this"], "floats": floats}}}

        while waiting and (known := self._known(waiting[0], self._input(waiting[0]))) is not None:
            results.append(known)
            waiting = [with_floats(job, known["floats"]) for job in waiting[1:]]
        if waiting:
            opened = opened or self._press()
            made = opened.set(waiting)
            opened.pages += sum(result["places"][END][0] for result in made if result["places"])
            for i, (job, result) in enumerate(zip(waiting, made, strict=True)):
                if (
                    not result["warnings"] and not result["error"] and os.environ.get("SOURCE_DATE_EPOCH")
                ):  # without a date of its own, a PDF has that of today
                    self._record(job).write_text(
                        json.dumps([self._input(with_floats(job, made[0]["floats"]) if i else job), result]), "utf-8"
                    )
            results += made
        if opened and stay:
            self.open[jobs[0]["name"].removeprefix("piece/")] = opened
        elif opened and opened.pages < FULL:
            self.idle.append(opened)
        elif opened:
            opened.close()
        return results

    def _press(self) -> Press:
        """One that has set few pages and has nothing to do, or a new one."""
        with suppress(IndexError):
            return self.idle.pop()
        stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
        return Press(
            Path(self.outdir),
            self._fonts,
            list(self.config.typst_pdf_standards),
            int(stamp) if stamp.isdigit() else None,
        )

    @staticmethod
    def _answers(jobs: tuple[dict, ...], future: Future) -> list[dict]:
        """Wait until some files are set."""
        results = future.result()
        for job, result in zip(jobs, results, strict=True):
            for warning in result["warnings"]:
                log.warning("Typst, on %s: %s", job["name"], warning, type="typst")
        if problems := [
            f"Typst cannot make {job['name']}: {result['error']}"
            for job, result in zip(jobs, results, strict=True)
            if result["error"]
        ]:
            raise TypstProblem("\n".join(problems))
        return results

    def _record(self, job: dict) -> Path:
        return Path(self.outdir, job["main"]).with_suffix(".set")

    def _known(self, job: dict, given: str) -> dict | None:
        """The result of a file that was set from the same input; None if there is none, and no record of another."""
        record = self._record(job)
        if record.is_file() and (not job["output"] or Path(job["output"]).is_file()):
            before, result = json.loads(record.read_text("utf-8"))
            if before == given:
                return result
        record.unlink(missing_ok=True)
        return None

    def _input(self, job: dict) -> str:
        """One text that changes with all that Typst is given for a PDF. Pictures have names that tell their content."""
        chapters = [
            p
            for p in sorted(Path(self.outdir, "chapters").glob("*.typ"))
            if literal(f"chapters/{p.name}") in job["text"]
        ]
        given = [job["text"], *(p.read_text("utf-8") for p in chapters), job["settings"], self._everywhere]
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _everywhere(self) -> list[str]:
        """What is given for each PDF: Typst, the date, the standards, the template and the fonts."""
        out = Path(self.outdir)
        texts = [p.read_text("utf-8") for p in (out / "typstbook.typ", out / "template.typ")]
        letters = [
            hashlib.sha256(p.read_bytes()).hexdigest()
            for folder in self._fonts
            for p in sorted(Path(folder).rglob("*"))
            if p.is_file()
        ]
        return [
            version("typst"),
            os.environ.get("SOURCE_DATE_EPOCH", ""),
            *self.config.typst_pdf_standards,
            *texts,
            *letters,
        ]

    # -- what stands in no chapter -------------------------------------------------------------------------------

    def _index(self, defined: set[str]) -> tuple[str, set[str]]:
        """Sphinx's index of the whole book, or "" if nothing is indexed; and the places it names."""

        def places(links: list) -> list[str]:
            targets = [uri.removeprefix(INTERNAL).partition("#") for _main, uri in links if uri]
            return list(
                dict.fromkeys(key(docname, target) for docname, _, target in targets if key(docname, target) in defined)
            )

        groups = []
        for letter, entries in IndexEntries(self.env).create_index(self):
            terms = [
                [clean(name), places(links), [[clean(n), places(ls)] for n, ls in subs]]
                for name, (links, subs, _key) in entries
            ]
            terms = [[name, found, [sub for sub in subs if sub[1]]] for name, found, subs in terms]
            if terms := [t for t in terms if t[1] or t[2]]:
                groups.append([letter, terms])
        named = {
            place
            for _letter, terms in groups
            for _name, found, subs in terms
            for place in [*found, *(p for _sub, ps in subs for p in ps)]
        }
        return f"#index-pages({value(groups)})\n" if groups else "", named

    def _extract(self, name: str, extract: dict) -> dict:
        """A short PDF from openings and exhibits of chapters, with the numbers they have in the book; a piece that the book lacks is left out."""
        body, wanted = "", set()
        for docname, *labels in extract["pieces"]:
            place = next((p for p in self.order if p.docname == docname), None)
            document = self._resolved(docname) if place else nodes.document("", "")
            exhibits = [n for label in labels for n in [self._labelled(document, docname, label)] if n is not None]
            if len(exhibits) < len(labels) or place is None:
                continue
            translator = self._translator(document, place)
            lead = next((n for n in document.findall(nodes.Element) if "lead" in n["classes"]), None)
            with translator.no_pages(), translator.halved():
                words = translator.content(lead.children if lead is not None else [])
                shown = "".join(translator.content([n]) for n in exhibits)
            wanted |= set(translator.written.wanted)
            body += f"#abstract({literal(self.env.titles[docname].astext())}, {words}){shown}\n"
        if not body:
            raise TypstProblem(
                f"typst_extracts: nothing of what {name!r} names is in the book: {', '.join(p for piece in extract['pieces'] for p in piece)}."
            )
        body = f"#begins(1, 1, {gone(1)})\n#extract({literal(extract.get('subtitle', ''))})\n{body}#origin()\n"
        job = self._job(
            f"extract/{name}",
            f"unbound/{name}.pdf",
            body,
            missing=wanted,
            single=True,
            extract=True,
            **{"chapter-title": extract.get("title", name)},
        )
        return {**job, "gone": gone(1)}

    def _labelled(self, document: nodes.document, docname: str, label: str) -> nodes.Element | None:
        where, target = self.env.get_domain("std").anonlabels.get(label, ("", ""))
        return (
            next((n for n in document.findall(nodes.Element) if target in n.get("ids", ())), None)
            if where == docname
            else None
        )

    def finish(self) -> None:
        """When the process ends, nobody need look through all that the book consisted of, for what could be thrown away."""
        atexit.register(gc.freeze)
