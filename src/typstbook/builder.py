"""The builder: collects the book, writes Typst files, compiles them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Set
from concurrent.futures import Future, ThreadPoolExecutor
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
from typstbook.images import Pictures
from typstbook.press import press
from typstbook.writer import INTERNAL, Translator, key

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
PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0), "a5": (419.53, 595.28), "iso-b5": (498.9, 708.66)}
PRINTABLE = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"}


class TypstProblem(SphinxError):
    """Typst refuses the book."""

    category = "PDF"


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
        self.copied: dict[Path, str] = {}

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
        if path not in self.copied:
            self.copied[path] = self.pictures.add(path)
        return self.copied[path]

    def kicker(self, place: Place) -> str:
        """The words over a chapter's title: its part, or the chapter it belongs to."""
        return self.kickers.get(place.docname, "")

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self, build_docnames: Iterable[str] | None, updated_docnames: Iterable[str], method: str = "update") -> None:
        """Write the documents, each of which is set while the next is written; then set the book."""
        out = Path(self.outdir)
        (out / "chapters").mkdir(parents=True, exist_ok=True)
        self.order = places(self.env, self.config.root_doc)
        self.kickers = self._kickers()
        self._template(out)
        with progress_message("setting the book"), ThreadPoolExecutor(2) as presses:
            try:
                self._compile(presses)
            except BaseException:
                presses.shutdown(wait=False, cancel_futures=True)
                raise

    def _compile(self, presses: ThreadPoolExecutor) -> None:
        def begin(job: dict) -> tuple[dict, Future]:
            return job, presses.submit(self._set, job)

        by_name: dict[str, Translator] = {}
        setting = []
        # The longest first; each is set, and measured, while the next is written.
        for place in sorted(self.order, key=lambda p: -Path(self.doctreedir, f"{p.docname}.doctree").stat().st_size):
            t = by_name[place.docname] = self._translate(place)
            own = {"single": True, "shift": place.level - 1, "chapter-title": self.env.titles[place.docname].astext()}
            output = f"parts/{place.docname}.pdf" if self.config.typst_chapters else ""
            text = self._include(place) + (self._notes(t) if t.notes else "")
            job = self._job(f"part/{place.docname}", output, text + "#origin()\n", missing=set(t.wanted) - set(t.defined), **own)
            setting.append(begin(job))
        translators = [by_name[place.docname] for place in self.order]
        defined = {name for t in translators for name in t.defined}
        for translator in translators:
            for name, node in translator.wanted.items():
                if name not in defined:
                    translator.warn("a link leads to %r, which is not in the printed book; its text is kept", name, node=node)
        everywhere = {t for tr in translators for t in tr.wanted} - defined
        pieces, groups = self._pieces(translators)
        setting += [begin(self._job(f"notes-{i}", "", group, missing=everywhere)) for i, group in enumerate(groups)]
        body = "#cover()\n#imprint()\n#contents()\n" + pieces + self._index(defined) + "#closing()\n"
        book = self._job("book", self.filename, body, missing=everywhere)
        extracts = [self._extract(name, extract, by_name) for name, extract in self.config.typst_extracts.items()]
        floats = self._answers(setting)
        self._answers([begin({**job, "floats": floats}) for job in (book, *extracts)])
        Path(book["output"]).touch()

    def _kickers(self) -> dict[str, str]:
        kickers, part, above = {}, "", []
        for place in self.order:
            part = place.part or ("" if place.depth == 0 and place.level == 1 else part)
            above = above[: place.depth]
            words = self.env.titles[above[-1]].astext() if above else part
            kickers[place.docname] = words if words != self.env.titles[place.docname].astext() else ""
            above.append(place.docname)
        return kickers

    def _translate(self, place: Place) -> Translator:
        doctree = self.env.get_doctree(place.docname)
        self.env.apply_post_transforms(doctree, place.docname)
        translator = self._translator(doctree, place)
        doctree.walkabout(translator)
        see = translator.see_notes()
        for file, text in ((self._file(place), "".join(translator.out) + see), (self._file(place, "--notes"), f"#let notes(deeper: 0) = [\n{''.join(translator.notes)}\n]\n" if translator.notes else "")):
            if text:
                Path(self.outdir, file).write_text('#import "../template.typ": *\n' + re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
        return translator

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

    def _notes(self, *translators: Translator) -> str:
        """The notes of some documents."""
        first = translators[0].place
        text = "".join(f"#import {literal(self._file(t.place, '--notes'))} as notes-{i}\n" for i, t in enumerate(translators))
        chapters = ", ".join(f"({literal(key(t.docname, '@notes'))}, {literal(self.env.titles[t.docname].astext())}, notes-{i}.notes)" for i, t in enumerate(translators))
        return f"{text}#notes-of({first.level}, {first.depth}, {literal(self.kicker(first))}, {chapters})\n"

    def _pieces(self, translators: list[Translator]) -> tuple[str, list[str]]:
        """All documents in the whole book, and each group of notes, which stand behind the last neighbour."""
        text, groups, waiting = "", [], []
        for t in [*translators, None]:
            if waiting and (t is None or t.place.part or t.place.depth < waiting[0].place.depth):
                groups.append(self._notes(*waiting))
                text, waiting = text + groups[-1], []
            if t is not None:
                text += self._piece(t.place)
                waiting += [t] if t.notes else []
        return text, groups

    def _piece(self, place: Place) -> str:
        """A document in the whole book, the page of its part before it."""
        if not place.part:
            return self._include(place)
        i = self.order.index(place)
        ends = next((n for n, p in enumerate(self.order[i:]) if n and (p.part or (p.depth == 0 and p.level == 1))), None)
        names = [[key(p.docname), self.env.titles[p.docname].astext()] for p in self.order[i:][:ends] if p.depth == 0]
        return f"#part({literal(place.part)}, {value(names)})\n" + self._include(place)

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
        (out / "typstbook.typ").write_text(files("typstbook").joinpath("template.typ").read_text("utf-8"), encoding="utf-8")
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
        words = {"contents": _("Contents"), "page": _("page"), "short-page": "p.", "part": _("Part"), "index": _("Index"), "notes": _("Notes"), "see-notes": _("Notes"), **config.typst_words}
        return {
            "title": clean(self.title),
            "subtitle": config.typst_subtitle,
            "authors": [clean(a) for a in config.typst_authors or ([config.author] if config.author and config.author != "unknown" else [])],
            "description": config.typst_description,
            "keywords": list(config.typst_keywords),
            "lang": language,
            "region": region,
            "cover": list(config.typst_cover),
            "cover-image": self._cover(config.typst_cover_image),
            "imprint": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_imprint],
            "closing": [entry if isinstance(entry, str) else list(entry) for entry in config.typst_closing],
            "colours": self.colours,
            "fonts": {use: [family, *fallback] if isinstance(family, str) else [*family, *fallback] for use, family in chosen.items()},
            "paper": config.typst_paper,
            "margin": self.geometry.margin,
            "outdent": self.geometry.outdent,
            "gutter": self.geometry.gutter,
            "contents-depth": config.typst_contents_depth,
            "words": {k: str(v) for k, v in words.items()},
            "online": config.typst_online,
            "single": False,
            "shift": 0,
            "chapter-title": "",
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

    def _job(self, name: str, output: str, body: str, missing: set[str], **settings) -> dict:
        """Write the main file and the settings of one PDF."""
        out, stem = Path(self.outdir), name.replace("/", "--")
        text = json.dumps({**self._settings, "missing": sorted(missing), **settings}, ensure_ascii=False, indent=1)
        (out / f"{stem}.json").write_text(text, encoding="utf-8")
        (out / f"{stem}.typ").write_text('#import "template.typ": *\n#show: book\n' + body, encoding="utf-8")
        (out / output).parent.mkdir(parents=True, exist_ok=True)
        return {"main": f"{stem}.typ", "settings": f"{stem}.json", "output": str(out / output) if output else "", "name": output or name}

    def _set(self, job: dict) -> dict:
        """Have Typst set a PDF, unless it was set before from the same input."""
        given, stamp = self._input(job), os.environ.get("SOURCE_DATE_EPOCH", "")
        if (known := self._known(job, given)) is not None:
            return {"floats": known, "warnings": [], "error": ""}
        result = press(job, Path(self.outdir), self._fonts, list(self.config.typst_pdf_standards), int(stamp) if stamp.isdigit() else None)
        if not result["warnings"] and not result["error"] and stamp:  # without a date of its own, a PDF has that of today
            self._record(job).write_text(json.dumps([given, result["floats"]]), "utf-8")
        return result

    @staticmethod
    def _answers(setting: list[tuple[dict, Future]]) -> dict[str, str]:
        """Wait until all are set; what moved or became small in any."""
        answers = [(job, future.result()) for job, future in setting]
        for job, result in answers:
            for warning in result["warnings"]:
                log.warning("Typst, on %s: %s", job["name"], warning, type="typst")
        if problems := [f"Typst cannot make {job['name']}: {result['error']}" for job, result in answers if result["error"]]:
            raise TypstProblem("\n".join(problems))
        return {name: form for _job, result in answers for name, form in result["floats"].items()}

    def _record(self, job: dict) -> Path:
        return Path(self.outdir, job["main"]).with_suffix(".set")

    def _known(self, job: dict, given: str) -> dict[str, str] | None:
        """What moved in a PDF that was set from the same input; None if there is none, and no record of another."""
        record = self._record(job)
        if record.is_file() and (not job["output"] or Path(job["output"]).is_file()):
            before, floats = json.loads(record.read_text("utf-8"))
            if before == given:
                return floats
        record.unlink(missing_ok=True)
        return None

    def _input(self, job: dict) -> str:
        """One text that changes with all that Typst is given for a PDF. Pictures have names that tell their content."""
        out = Path(self.outdir)
        main = (out / job["main"]).read_text("utf-8")
        chapters = [p for p in sorted((out / "chapters").glob("*.typ")) if literal(f"chapters/{p.name}") in main]
        given = [main, *(p.read_text("utf-8") for p in (out / job["settings"], *chapters)), job.get("floats"), self._everywhere]
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _everywhere(self) -> list[str]:
        """What is given for each PDF: Typst, the date, the standards, the template and the fonts."""
        out = Path(self.outdir)
        texts = [p.read_text("utf-8") for p in (out / "typstbook.typ", out / "template.typ")]
        letters = [hashlib.sha256(p.read_bytes()).hexdigest() for folder in self._fonts for p in sorted(Path(folder).rglob("*")) if p.is_file()]
        return [version("typst"), os.environ.get("SOURCE_DATE_EPOCH", ""), *self.config.typst_pdf_standards, *texts, *letters]

    # -- what stands in no chapter -------------------------------------------------------------------------------

    def _index(self, defined: set[str]) -> str:
        """Sphinx's index of the whole book, or "" if nothing is indexed."""

        def places(links: list) -> list[str]:
            targets = [uri.removeprefix(INTERNAL).partition("#") for _main, uri in links if uri]
            return list(dict.fromkeys(key(docname, target) for docname, _, target in targets if key(docname, target) in defined))

        groups = []
        for letter, entries in IndexEntries(self.env).create_index(self):
            terms = [[clean(name), places(links), [[clean(n), places(ls)] for n, ls in subs]] for name, (links, subs, _key) in entries]
            terms = [[name, found, [sub for sub in subs if sub[1]]] for name, found, subs in terms]
            if terms := [t for t in terms if t[1] or t[2]]:
                groups.append([letter, terms])
        return f"#index-pages({value(groups)})\n" if groups else ""

    def _extract(self, name: str, extract: dict, translators: dict[str, Translator]) -> dict:
        """A short PDF from openings and exhibits of chapters, with the numbers they have in the book; a piece that the book lacks is left out."""
        body, wanted = "", set()
        for docname, *labels in extract["pieces"]:
            source = translators.get(docname)
            exhibits = [n for label in labels if source for n in [self._labelled(source.document, docname, label)] if n is not None]
            if len(exhibits) < len(labels) or source is None:
                continue
            translator = self._translator(source.document, source.place)
            lead = next((n for n in source.document.findall(nodes.Element) if "lead" in n["classes"]), None)
            with translator.no_pages(), translator.halved():
                words = translator.content(lead.children if lead is not None else [])
                shown = "".join(translator.content([n]) for n in exhibits)
            wanted |= set(translator.wanted)
            body += f"#abstract({literal(self.env.titles[docname].astext())}, {words}){shown}\n"
        if not body:
            raise TypstProblem(f"typst_extracts: nothing of what {name!r} names is in the book: {', '.join(p for piece in extract['pieces'] for p in piece)}.")
        body = f"#extract({literal(extract.get('subtitle', ''))})\n{body}"
        job = self._job(f"extract/{name}", f"parts/{name}.pdf", body + "#origin()\n", missing=wanted, single=True, extract=True, **{"chapter-title": extract.get("title", name)})
        return job

    def _labelled(self, document: nodes.document, docname: str, label: str) -> nodes.Element | None:
        where, target = self.env.get_domain("std").anonlabels.get(label, ("", ""))
        return next((n for n in document.findall(nodes.Element) if target in n.get("ids", ())), None) if where == docname else None

    def finish(self) -> None:
        pass
