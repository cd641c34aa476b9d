"""Fonts for the letters that the page fonts lack, cut to what the book needs: a page loads only what it shows."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from fontTools import subset

from ecosystems import letters
from ecosystems.tables import Tables
from typstbook.store import Store, digest

FAMILY = "Letters"
"""Name of the family in style sheets."""
_CHAPTERS = ("*.ipynb", "*.md", "*.bib")
_WITH = {0x200C, 0x200D, 0x25CC}  # joiners, and the circle that carries a lone mark


class Face(NamedTuple):
    """A font as a file, and the characters for which it is used."""

    name: str
    content: bytes
    characters: list[int]


def _characters(data: Tables, book: Path) -> set[str]:
    """All characters in the tables and chapters, composed as pages show them."""
    described = [data.file(r["name"]) for r in data.package["resources"] if r["path"].endswith(".csv")]
    chapters = (path for pattern in _CHAPTERS for path in sorted(book.rglob(pattern)))
    texts = [json.dumps(data.package, ensure_ascii=False)]
    texts += [path.read_text("utf-8-sig") for path in (*described, *chapters) if path and path.is_file()]
    return {c for text in texts for c in set(unicodedata.normalize("NFC", text)) if not c.isascii()}


def faces(data: Tables, book: Path, store: Store) -> Iterator[Face]:
    """The fonts that a book needs besides those of its pages.

    Parameters
    ----------
    data : Tables
    book : Path
        The folder of the chapters.
    store : Store
        Keeps them: to cut a font takes up to a second.
    """
    used = _characters(data, book)
    marks = {ord(c) for c in used if unicodedata.combining(c)}
    for family, needed in letters.wanted("".join(sorted(used))).items():
        codes = {ord(c) for c in needed}
        if family == letters.TEXT:
            codes = {c for c in codes if any(c in part for part in letters.DRAWN_ONLY)}
        if family and codes:
            codes |= (marks | _WITH) & letters.characters(family)
            key = digest(letters.FAMILIES[family], sorted(codes))
            content = store.get("fonts", key, partial(_cut, family, codes))
            yield Face(f"{family.lower().replace(' ', '-')}-{digest(content)[:8]}.woff", content, sorted(codes))


def _cut(family: str, codes: set[int]) -> bytes:
    """A font with these characters only, and all that shaping makes of them."""
    out = io.BytesIO()
    with letters.opened(family) as font:
        worker = subset.Subsetter(subset.Options(layout_features=["*"], hinting=False, notdef_outline=True))
        worker.populate(unicodes=codes)
        worker.subset(font)
        font.flavor = "woff"  # what WOFF2 would spare is not worth another package
        font.save(out)
    return out.getvalue()


def _range(characters: list[int]) -> str:
    parts: list[list[int]] = []
    for code in characters:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return ", ".join(f"U+{a:X}" + (f"-{b:X}" if b > a else "") for a, b in parts)


def style_sheet(made: list[Face], folder: str) -> str:
    """The rules that name the fonts in `folder`."""
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{folder}/{face.name}") format("woff"); '
        f"font-weight: 400 700; font-display: swap; unicode-range: {_range(face.characters)}; }}\n"
        for face in made
    )
