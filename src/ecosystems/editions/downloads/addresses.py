"""The last step of a build: every address inside the edition leads somewhere.

Looked at are the pages with their frames, the page for what is not there, redirects, the index of the search, the
record of all files, the EPUB, and the zip; addresses of other hosts are not asked.
"""

from __future__ import annotations

import json
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html

_PAGES = {".epub": (".xhtml", ".ncx", ".opf", ".svg"), ".zip": ".html"}  # what is read of an archive
_REFRESH = re.compile(r"\d+;\s*url=(.+)", re.I)
_XLINK = "{http://www.w3.org/1999/xlink}href"


class _Page(NamedTuple):
    """What a page links to, with the line of each link, and the places in it that others may lead to."""

    links: list[tuple[str, int]]
    places: set[str]


def _read(content: bytes, name: str) -> _Page:
    """Links and places of a page of HTML or XML."""
    if name.endswith((".html", ".htm")):
        root = lxml.html.document_fromstring(content, parser=lxml.html.HTMLParser(encoding="utf-8"))
    else:
        root = lxml.etree.fromstring(content, lxml.etree.XMLParser(resolve_entities=False, no_network=True))
    links, places = [], {"", "top"}
    for element in root.iter(lxml.etree.Element):
        found = element.attrib
        places |= {found[a] for a in ("id", "name") if a in found}
        for attribute in ("href", "src", "action", "data-parts", "poster", _XLINK):
            if attribute in found:
                links.append((found[attribute], element.sourceline or 0))
        if found.get("http-equiv", "").lower() == "refresh" and (to := _REFRESH.match(found.get("content", ""))):
            links.append((to[1], element.sourceline or 0))
    return _Page(links, places)


class _Places:
    """Files among which addresses are resolved, with the pages that were read of them; `base` is where they are."""

    def __init__(self, files: Mapping[str, bytes | Path], base: str = ""):
        self.files, self.base, self.read = files, base, {}
        self.folders = {posixpath.dirname(name) for name in files}

    def page(self, name: str) -> _Page:
        """A page, read once."""
        if name not in self.read:
            content = self.files[name]
            self.read[name] = _read(content.read_bytes() if isinstance(content, Path) else content, name)
        return self.read[name]

    def target(self, page: str, link: str) -> tuple[str, str] | None:
        """File and place in it to which a link leads; None for one that leads to another host."""
        inside = bool(self.base) and link.startswith(self.base)
        parts = urlsplit(link.removeprefix(self.base) if inside else link)
        if not inside and (parts.scheme or parts.netloc):
            return None
        path, start = unquote(parts.path), posixpath.dirname(page)
        if path.startswith("/"):  # as on the page for what is not there
            path, start = path.removeprefix(urlsplit(self.base).path or "/").lstrip("/") or ".", ""
        elif inside:
            path, start = path or ".", ""
        if not path:
            return page, unquote(parts.fragment)
        target = posixpath.normpath(posixpath.join(start, path))
        return "index.html" if target == "." else target, unquote(parts.fragment)

    def dead(self, pages: Iterable[str]) -> Iterator[str]:
        """Sentences on the links of these pages that lead nowhere."""
        for name in pages:
            for link, line in self.page(name).links:
                target, place = self.target(name, link) or ("", "")
                if not target or target in self.folders and link.endswith("/"):
                    continue
                if target not in self.files:
                    yield f"{name}, line {line}: {link!r} leads to nothing; there is no file {target!r}."
                elif target.endswith((".html", ".xhtml")) and place not in self.page(target).places:
                    yield f"{name}, line {line}: {link!r} leads to no place; {target!r} has no id {place!r}."


def _named(edition: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """Sentences on files that the search or the record of the edition name, and that are not there."""
    index, record = edition / "search-index.js", edition / "ro-crate-metadata.json"
    named = {}
    if index.is_file():
        named[index.name] = re.findall(r'"u":\s*"([^"#]+)', index.read_text("utf-8"))
    if record.is_file():
        parts = json.loads(record.read_text("utf-8"))["@graph"]
        named[record.name] = [part["@id"] for part in parts if part["@type"] == "File"]
    for name, addresses in named.items():
        for address in sorted(set(addresses) - files.keys()):
            yield f"{name} names {address!r}, which is not there."


def dead_addresses(edition: Path, base: str = "") -> list[str]:
    """One sentence for each address inside the edition that leads nowhere.

    Parameters
    ----------
    edition : Path
        The finished edition, with its EPUB and zip.
    base : str
        Where it is published, with a slash at its end; empty if that is not known.
    """
    files = {p.relative_to(edition).as_posix(): p for p in sorted(edition.rglob("*")) if p.is_file()}
    whole = _Places(files, base)
    found = [*whole.dead(n for n in files if n.endswith(".html")), *_named(edition, files)]
    for name, path in files.items():
        if pages := _PAGES.get(path.suffix):
            with zipfile.ZipFile(path) as archive:
                packed = {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")}
            inside, address = packed, ""
            if path.suffix == ".zip":  # in a folder of its own
                inside, address = {n.partition("/")[2]: content for n, content in packed.items()}, base
            dead = _Places(inside, address).dead(n for n in inside if n.endswith(pages))
            found += (f"{name}: {problem}" for problem in dead)
    return found
