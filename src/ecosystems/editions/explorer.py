"""The explorer of a long table: files that a page loads part by part, as scripts, so that it also works from a folder.

``columns.js`` holds what rows are chosen by, one character or digit a row; ``w…js`` the rows of each word, by the word's first two letters; ``r…js`` the rows
themselves. A visit loads what it asks for, however long the table is.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import unicodedata
import zlib
from collections import defaultdict
from pathlib import Path

from ecosystems.words import address

__all__ = ["ROWS", "write"]

ROWS = 50  # of a part


def plain(text: str) -> str:
    """Lower case, without accents; explorer.js does the same."""
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", text.lower()))


def _cell(value) -> str | list:
    """A text, or pairs of text and address."""
    if isinstance(value, str):
        return value
    links = value if isinstance(value, list) else [value]
    return [[a["text"], re.sub(r"^doc:book/(.*)", r"\1.html", a["url"]) if a["url"].startswith("doc:") else address(a["url"])] for a in links]


def _text(cells: list) -> str:
    return " ".join(c if isinstance(c, str) else " ".join(text for text, _ in c) for c in cells)


def _gaps(rows: list[int]) -> str:
    return ",".join(str(b - a) for a, b in zip([-1, *rows], rows, strict=False))


def write(rest: str, digest: str, folder: Path) -> None:
    """Write the parts into `folder`, if they are not those of the same rows."""
    mark = folder / "columns.js"
    if mark.is_file() and digest in mark.read_text("utf-8")[:200]:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    content = json.loads(zlib.decompress(base64.b64decode(rest)))
    words: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    part: list[list] = []

    def put(name: str, value) -> None:
        (folder / f"{name}.js").write_text(f"EXPLORER({json.dumps(name)},{json.dumps(value, ensure_ascii=False, separators=(',', ':'))});\n", "utf-8")

    for i, (key, cells) in enumerate(zip(content["ids"], content["rows"], strict=True)):
        part.append([key, *map(_cell, cells)])
        for word in {f"#{key}", *(w for w in re.findall(r"[^\W_]+", plain(_text(part[-1][1:]))) if len(w) > 1)}:
            words[plain(word.removeprefix("#"))[:2]][word].append(i)
        if len(part) == ROWS or i + 1 == len(content["ids"]):
            put(f"r{i // ROWS}", part)
            part = []
    for start, found in words.items():
        put("w" + "".join(f"{ord(c):x}-" for c in start), [[word, _gaps(rows)] for word, rows in sorted(found.items())])
    facets = {}
    for name, values in content["facets"].items():
        kinds = sorted({v for row in values for v in row})
        if all(len(row) == 1 for row in values):
            place = {v: chr(48 + n) for n, v in enumerate(kinds)}
            facets[name] = {"values": kinds, "rows": "".join(place[row[0]] for row in values)}
        else:
            facets[name] = {"values": kinds, "shown": ["".join("01"[v in row] for row in map(set, values)) for v in kinds]}
    kinds = sorted(set(content["cells"]))
    place = {v: chr(48 + n) for n, v in enumerate(kinds)}
    put("columns", {"of": digest, "facets": facets, "cells": {"values": kinds, "rows": "".join(place[v] for v in content["cells"])}, "starts": sorted(words)})
