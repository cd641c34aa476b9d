"""Files of a long table in which readers search: parts that a page loads as scripts, so that it works from a folder.

``columns.js`` holds what rows are chosen by, one character or digit a row; ``w…js`` the rows of each word, by the
word's first two letters; ``r…js`` the rows themselves. A visit loads what it asks for, however long the table is.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import sys
import unicodedata
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ecosystems import letters
from ecosystems.words import address

ROWS = 50  # in a part


def plain(text: str) -> str:
    """Lower case, without accents and joiners; explorer.js does the same."""
    return re.sub(r"[\u0300-\u036f\u200c\u200d]", "", unicodedata.normalize("NFD", text.lower()))


def _words(text: str) -> Iterator[str]:
    """Words of a plain text: letters with the marks that belong to them, and numbers.

    Where a script sets no spaces between words, what begins with each of its letters is a word, too.
    """
    if text.isascii():
        yield from re.findall(r"[^\W_]+", text)
        return
    for word in "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split():
        yield word
        if letters.unspaced(word):
            yield from (word[i:] for i in range(1, len(word)) if word[i].isalpha())


def _cell(value) -> str | list:
    """A text, or pairs of text and address."""
    if isinstance(value, str):
        return value
    links = value if isinstance(value, list) else [value]
    return [
        [
            a["text"],
            re.sub(r"^doc:book/(.*)", r"\1.html", a["url"]) if a["url"].startswith("doc:") else address(a["url"]),
        ]
        for a in links
    ]


def _text(cells: list) -> str:
    return " ".join(c if isinstance(c, str) else " ".join(text for text, _ in c) for c in cells)


def _gaps(rows: array) -> str:
    return ",".join(str(b - a) for a, b in zip([-1, *rows], rows, strict=False))


def _lines(packed: bytes) -> Iterator[bytes]:
    """The lines of a compressed text, one after the other: all rows at once would need too much memory."""
    unpack, left = zlib.decompressobj(), b""
    for i in range(0, len(packed), 1 << 16):
        *lines, left = (left + unpack.decompress(packed[i : i + (1 << 16)])).split(b"\n")
        yield from lines


def _write_part(folder: Path, name: str, value) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (folder / f"{name}.js").write_text(f"EXPLORER({json.dumps(name)},{text});\n", "utf-8")


def _column(values: list[str]) -> dict:
    """A column with one value a row, as one character a row."""
    kinds = sorted(set(values))
    code = {v: chr(48 + n) for n, v in enumerate(kinds)}
    return {"values": kinds, "rows": "".join(code[v] for v in values)}


def _facet(values: list[tuple[str, ...]]) -> dict:
    """A facet: one character a row if each has one value, else one digit a row for each value."""
    if all(len(row) == 1 for row in values):
        return _column([row[0] for row in values])
    kinds = sorted({v for row in values for v in row})
    return {"values": kinds, "shown": ["".join("01"[v in row] for row in map(set, values)) for v in kinds]}


def write(rows: str, digest: str, folder: Path) -> None:
    """Write the parts into `folder`, if they are not those of the same rows.

    Parameters
    ----------
    rows : str
        All rows, as :class:`ecosystems.figure.Explorer` packs them.
    digest : str
        Of `rows`.
    """
    mark = folder / "columns.js"
    if mark.is_file() and digest in mark.read_text("utf-8")[:200]:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words: dict[str, dict[str, array]] = defaultdict(lambda: defaultdict(lambda: array("I")))
    part: list[list] = []
    cells, facets = [], []
    lines = _lines(base64.b64decode(rows))
    names = json.loads(next(lines))
    for i, line in enumerate(lines):
        key, row, cell, values = json.loads(line)
        part.append([key, *map(_cell, row)])
        cells.append(sys.intern(cell))
        facets.append([tuple(map(sys.intern, value)) for value in values])
        for word in {f"#{key}", *(w for w in _words(plain(_text(part[-1][1:]))) if len(w) > 1)}:
            words[plain(word.removeprefix("#"))[:2]][word].append(i)
        if len(part) == ROWS:
            _write_part(folder, f"r{i // ROWS}", part)
            part = []
    if part:
        _write_part(folder, f"r{i // ROWS}", part)
    for start, found in words.items():
        name = "w" + "".join(f"{ord(c):x}-" for c in start)
        _write_part(folder, name, [[word, _gaps(rows)] for word, rows in sorted(found.items())])
    columns = {
        "of": digest,
        "facets": {name: _facet(values) for name, values in zip(names, zip(*facets, strict=True), strict=True)},
        "cells": _column(cells),
        "starts": sorted(words),
    }
    _write_part(folder, "columns", columns)
