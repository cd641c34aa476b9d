"""Binding: gatherings of pages, each a tagged PDF, become one.

Libraries that join PDFs forget what makes them accessible. Here the structure with its parent tree and ids, the bookmarks, the page labels, and the links from
one gathering to another are joined as well (ISO 32000-1, 12.3, 12.4.2, 12.5.6.5 and 14.7). Nothing here needs Sphinx.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, OutlineItem, Page, Pdf, String

__all__ = ["Binding"]

#: Begins the address of a link that is finished here.
LINK = "typstbook:"
# Typst's links lead to a little above their place.
ABOVE = 10.0


class Binding:
    """One PDF of several, which are added in the order of their pages."""

    def __init__(self):
        self._book: Pdf | None = None
        (
            self._elements,
            self._parents,
            self._ids,
            self._titles,
            self._labels,
            self._metadata,
            self._roles,
            self._number,
        ) = [], [], [], [], [], b"", {}, 0

    def add(self, path: str, gone: int) -> None:
        """Add a PDF that Typst made, without its first pages; `gone` says how many. What belongs to no page, like title and colours, is that of the first one."""
        own = Path(path).with_suffix(".own")  # a file, because qpdf reads one much faster than memory
        own.write_bytes(_own_ids(Path(path).read_bytes(), self._number))
        with Pdf.open(own) as source:
            own.unlink()  # it stays open
            self._titles += _titles(source, gone, len(self._labels))
            self._labels += _labels(source)[gone:]
            self._metadata += source.Root.Metadata.read_bytes()
            if self._book is None:
                self._book = book = Pdf.open(path)
                tree, first = book.Root.StructTreeRoot, 0
                del book.pages[:gone]
            else:
                book = self._book
                first = len(book.pages)
                book.pages.extend(source.pages[gone:])
                tree = book.copy_foreign(source.Root.StructTreeRoot)
        pages = book.pages[first:]
        kept = {p.obj.objgen for p in pages}
        self._elements += [e for e in _document(tree).K if _page_of(e) in kept]
        self._parents += _parents(tree, pages, len(self._parents) // 2)
        if "/IDTree" in tree:
            self._ids += [element for element in tree.IDTree.Names if isinstance(element, Dictionary)]
        self._roles |= dict(tree.get("/RoleMap", {}).items())
        self._number += 1

    def finish(
        self, output: str, places: Mapping[str, tuple[int, float, float]] = MappingProxyType({}), page: str = "page"
    ) -> None:
        """Write what was added.

        Parameters
        ----------
        output : str
            The PDF to write; it may be one of those that were added.
        places : mapping
            Where the links that begin with ``typstbook:`` lead: name to (page from 1, points from the left, points from the top).
        page : str
            What such a link says of itself, before the number of its page.
        """
        book, ids = self._book, self._ids
        root = book.Root.StructTreeRoot
        document = _document(root)
        for element in self._elements:
            element.P = document
        document.K = Array(self._elements)
        root.ParentTree = book.make_indirect(Dictionary(Nums=Array(self._parents)))
        root.ParentTreeNextKey = len(self._parents) // 2
        root.RoleMap = Dictionary(self._roles)
        if len({bytes(element.ID) for element in ids}) < len(ids):
            raise ValueError("Two elements have the same id: Typst writes ids in another way than is known here.")
        if ids:
            root.IDTree = Dictionary(
                Names=Array(
                    [
                        part
                        for element in sorted(ids, key=lambda element: bytes(element.ID))
                        for part in (element.ID, element)
                    ]
                )
            )
        _finish_links(list(book.pages), places, page)
        with book.open_outline() as outline:
            outline.root[:] = _nested(book, self._titles)
        book.Root.PageLabels = Dictionary(
            Nums=Array([part for n, label in enumerate(self._labels) for part in (n, Dictionary(label))])
        )
        if "/Names" in book.Root and "/Dests" in book.Root.Names:
            del book.Root.Names.Dests  # of the first gathering only
        book.Root.Metadata.write(_metadata(book.Root.Metadata.read_bytes(), self._metadata, len(self._labels)))
        # Typst writes the structure for assistive technology as it is; packed, it is a fifth of that.
        packed = Path(output).with_suffix(".packed")
        book.save(packed, object_stream_mode=ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
        book.close()
        packed.replace(output)


def _document(root: Object) -> Object:
    """The one element that holds all others."""
    return root.K[0] if isinstance(root.K, Array) else root.K


def _page_of(element: object) -> tuple[int, int] | None:
    """The page on which an element of the structure begins."""
    if not isinstance(element, Dictionary):
        return None
    if "/Pg" in element:
        return element.Pg.objgen
    kids = element.get("/K", [])
    return next((found for kid in (kids if isinstance(kids, Array) else [kids]) if (found := _page_of(kid))), None)


def _annotations(page: Page) -> Iterable[Object]:
    return page.get("/Annots", [])


def _parents(tree: Object, pages: list[Page], first: int) -> Iterator[Object | int]:
    """The entries of the parent tree that pages and their annotations refer to, numbered from `first` on."""
    numbers = list(tree.ParentTree.Nums) if "/ParentTree" in tree else []  # pages may be empty
    known = {int(number): entry for number, entry in zip(numbers[::2], numbers[1::2], strict=True)}
    for page in pages:
        for thing, name in ((page.obj, Name.StructParents), *((a, Name.StructParent) for a in _annotations(page))):
            if name in thing:
                yield from (first, known[int(thing[name])])
                thing[name] = first
                first += 1


def _own_ids(pdf: bytes, number: int) -> bytes:
    """The same PDF, in which the ids of elements are other ones than in any other gathering, also where cells name their heads.

    Typst counts in each, ``U1x0y0`` for heads of tables and ``Note 1``. Other letters in the same places leave all else where it is, and no cell of thousands need be opened.
    """
    letters = bytes(ord("a") + number // 26**power % 26 for power in (2, 1, 0))
    others = bytes.maketrans(b"UxyNot", 2 * letters)
    return re.sub(rb"/ID\((?:U|Note )[^)]*\)|/Headers\[\(U[^\]]*\]", lambda found: found[0].translate(others), pdf)


def _finish_links(pages: list[Page], places: Mapping[str, tuple[int, float, float]], word: str) -> None:
    for page in pages:
        for note in _annotations(page):
            action = note.get("/A")
            if action is None or "/URI" not in action:
                continue
            address = bytes(action.URI).decode()
            if address.startswith(LINK):
                number, x, y = places[address.removeprefix(LINK)]
                there = pages[number - 1].obj
                del note.A
                note.Dest = Array([there, Name.XYZ, x, round(float(there.MediaBox[3]) - max(y - ABOVE, 0), 3), 0])
                note.Contents = String(f"{word} {number}")


def _titles(source: Pdf, gone: int, before: int) -> list[tuple[int, str, list, bool]]:
    """The bookmarks as (level, title, destination, whether closed); a page of the destination is its index among all."""
    index = {p.obj.objgen: n for n, p in enumerate(source.pages)}

    def walk(items: list[OutlineItem], level: int) -> Iterator[tuple[int, str, list, bool]]:
        for item in items:
            page, *where = item.destination
            if index[page.objgen] >= gone:
                yield level, item.title, [index[page.objgen] - gone + before, *where], item.is_closed
            yield from walk(item.children, level + 1)

    with source.open_outline() as outline:
        return list(walk(outline.root, 1))


def _nested(book: Pdf, titles: list[tuple[int, str, list, bool]]) -> list[OutlineItem]:
    """The bookmarks of all gatherings, each below the last one of a lower level."""
    top = OutlineItem("")
    above = [(0, top)]
    for level, title, (page, *where), closed in titles:
        item = OutlineItem(title, Array([book.pages[page].obj, *where]))
        item.is_closed = closed
        while above[-1][0] >= level:
            above.pop()
        above[-1][1].children.append(item)
        above.append((level, item))
    return top.children


def _labels(source: Pdf) -> list[dict]:
    """The label of each page; one holds for the pages after it too, and counts on."""
    given = list(source.Root.PageLabels.Nums)
    starts = {int(number): dict(label.items()) for number, label in zip(given[::2], given[1::2], strict=True)}
    found: list[dict] = []
    for n in range(len(source.pages)):
        found.append(starts.get(n) or {**found[-1], "/St": int(found[-1].get("/St", 1)) + 1})
    return found


def _metadata(xmp: bytes, all_of_them: bytes, pages: int) -> bytes:
    """The metadata of the first gathering, with the number of pages and a name of its own for what was bound."""
    name = base64.b64encode(hashlib.sha256(all_of_them).digest()[:16])
    return re.sub(
        rb"(<xmpMM:InstanceID>)[^<]*|(<xmpTPg:NPages>)[^<]*",
        lambda found: found[1] + name if found[1] else found[2] + str(pages).encode(), xmp,
    )  # fmt: skip
