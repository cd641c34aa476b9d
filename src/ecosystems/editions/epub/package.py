"""The book around the chapters: cover, title page, contents, parts, figures in numbers, metadata, one file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sphinx.errors import SphinxError

from ecosystems.editions.imprint import Imprint
from ecosystems.editions.pages import html

TEMPLATES = Path(__file__).parent / "templates"
_TYPES = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ncx": "application/x-dtbncx+xml",
}
_COMPRESSED = (".png", ".jpg", ".woff", ".woff2")
_JINJA = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_JINJA.filters["bdi"] = lambda text: Markup(html(text))

Entry = tuple[str, str, list]
"""Of the contents: title, path, entries below it."""


class EpubProblem(SphinxError):
    """A page that a strict reading application would refuse."""

    category = "EPUB"


def _key(path: str) -> str:
    """The id of a file in the package."""
    return re.sub(r"\W+", "-", path)


def _flat(tree: list[Entry]) -> list[Entry]:
    return [entry for node in tree for entry in (node, *_flat(node[2]))]


class Package:
    """Files of the book, by their path.

    Parameters
    ----------
    imprint : Imprint
    language : str
        Of the book, such as ``en``.
    """

    def __init__(self, imprint: Imprint, language: str):
        self.imprint, self.language = imprint, language
        self.files: dict[str, bytes] = {}

    def render(self, template: str, **values) -> str:
        """Render one of the templates."""
        return _JINJA.get_template(template).render(imprint=self.imprint, language=self.language, **values)

    def page(self, path: str, template: str, title: str, **values) -> bytes:
        """A page, if it is well-formed and its ids are unique.

        Raises
        ------
        EpubProblem
            Names the place.
        """
        text = self.render(f"{template}.xhtml", title=title, **{"up": "", **values})
        # XHTML names a language twice; docutils and Markdown write it once.
        text = re.sub(r'(?<=\s)lang="([\w-]+)"(?! xml:lang)', r'lang="\1" xml:lang="\1"', text)
        try:
            tree = ET.fromstring(text)
        except ET.ParseError as problem:
            line, column = problem.position
            near = text.splitlines()[line - 1][max(0, column - 60) : column + 20].strip()
            raise EpubProblem(
                f"{path} is not well-formed XML: {problem} ({near}). Raw HTML in a chapter must be written as XML."
            ) from None
        ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise EpubProblem(f"{path}: the id {twice[0]} stands twice.")
        return text.encode()

    def add_page(self, path: str, template: str, title: str, **values) -> None:
        """Add :meth:`page`."""
        self.files[path] = self.page(path, template, title, **values)

    def add_numbers(self, figures: list, names: Mapping[str, str], address: Callable[[str], str]) -> list[Entry]:
        """Add the annex: the numbers of the figures of each chapter on a page; returns its entry in the contents.

        Parameters
        ----------
        figures : list of Exhibit
            In the order of the book.
        names : mapping
            Chapter to its name in the contents.
        address : callable
            Gives the path of a chapter.
        """
        pages = [(page, list(found)) for page, found in groupby((f for f in figures if f.page), key=lambda f: f.page)]
        entries = []
        for path, found in pages:
            title = f"Numbers: {found[0].chapter}"
            self.add_page(path, "numbers", title, figures=found, up="../", address=address)
            entries.append((names[found[0].docname], path, []))
        if not entries:
            return []
        title, path = "The figures in numbers", "numbers.xhtml"
        chapters = [(name, page, "") for name, page, _ in entries]
        self.add_page(path, "part", title, kicker="Annex", chapters=chapters)
        return [(title, path, entries)]

    def add_front(
        self, cover: bytes, contents: list[Entry], figures: list, address: Callable[[str], str], annex: list[str]
    ) -> None:
        """Add cover, title page, contents in both forms, and metadata; last, for they list all files.

        The title page names the chapters of the data annex, `annex`, which this book does not hold.
        """
        title = self.imprint.title
        self.files["cover.png"] = cover
        self.add_page("cover.xhtml", "cover", title)
        self.add_page("title.xhtml", "title", title, annex=annex)
        self.add_page("contents.xhtml", "contents", "Contents", contents=contents, figures=figures, address=address)
        front = ["cover.xhtml", "title.xhtml", "contents.xhtml"]
        identifier = f"urn:uuid:{uuid5(NAMESPACE_URL, f'{title}, {self.imprint.description}')}"
        self.files["toc.ncx"] = self.render("toc.ncx", contents=contents, identifier=identifier, key=_key).encode()
        self.files["package.opf"] = self.render(
            "package.opf",
            entries=dict(self.imprint.front + self.imprint.closing),
            identifier=identifier,
            spine=[*front, *(path for _, path, _ in _flat(contents) if "#" not in path)],
            key=_key,
            files=[(path, _TYPES[Path(path).suffix], self._properties(path)) for path in sorted(self.files)],
        ).encode()

    def _properties(self, path: str) -> str:
        """What a reading application must know of a file before it opens it."""
        named = {"contents.xhtml": "nav", "cover.png": "cover-image"}
        return named.get(path, "mathml" if path.endswith(".xhtml") and b"<math" in self.files[path] else "")

    def write(self, file: Path) -> None:
        """Write one zip file, the same bytes for the same files."""
        content = {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": (TEMPLATES / "container.xml").read_bytes(),
            **{f"EPUB/{path}": data for path, data in sorted(self.files.items())},
        }
        with ZipFile(file, "w") as archive:
            for path, data in content.items():
                entry = ZipInfo(path)  # of 1 January 1980
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                stored = path == "mimetype" or path.endswith(_COMPRESSED)
                archive.writestr(entry, data, ZIP_STORED if stored else ZIP_DEFLATED, 9)
