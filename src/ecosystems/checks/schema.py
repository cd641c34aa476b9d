"""Whether the tables keep to ``datapackage.json``: columns, types, limits, keys."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ecosystems.checks.fields import KINDS, columns
from ecosystems.checks.problems import Collector, Fault, Frames, Problem, Unreadable, cell, row_label, shorten, told
from ecosystems.checks.wording import decoded
from ecosystems.tables import as_committed

MANY = 20  # rows: a table that had so many and lost half of them was filtered or cut off
LARGEST = 100_000_000  # bytes of one file: a million rows of the scan's


def read(folder: Path, resource: dict, found: Collector) -> pd.DataFrame | None:
    """The table of one file; None if it is none with the columns that ``datapackage.json`` describes in `resource`.

    What is wrong with its form and its values goes to `found`.
    """
    name, described = resource["name"], columns(resource)
    try:
        content = content_of(folder / resource["path"])
        rows, lines, odd, extra = _parse(content, described)
    except FileNotFoundError:
        return None
    except Unreadable as error:
        found.add([error.problem(resource["path"])])
        return None
    before, count, right = resource.get("rowCount") or 0, len(rows), ""
    hashes = [f"sha256:{hashlib.sha256(text).hexdigest()}" for text in (content, as_committed(content))]
    if described and not odd and before and (not rows or MANY <= before > 2 * count):
        right = f"the table had {before:,} rows when it was described and has {f'{count:,}' if rows else 'none'} now"
        all_of_them = "that is all" if rows else "there are none"
        right = f"{right}; put them back, or set rowCount to {count} in datapackage.json if {all_of_them}"
    elif resource.get("hash", hashes[0]) not in hashes:
        right = "the table was changed since it was described; run make describe"
    found.add([Problem(resource["path"], "", "", None, right)] if right else [])
    found.add(Problem(name, f"line {line}", "", None, right) for line, right in [*extra, *odd])
    if odd or not described:
        return None
    table = pd.DataFrame([[text or None for text in row] for row in rows], lines, described, object)
    numbers = {}
    for field in resource["schema"]["fields"]:
        column = field["name"]
        found.add(told(name, table, ((line, column, right) for line, right in _wrong(table[column], field))))
        if kind := KINDS.get(field["type"]):
            numbers[column] = [float(t) if t and kind[0].fullmatch(t) else np.nan for t in table[column]]
    return table.assign(**numbers)


def content_of(file: Path) -> bytes:
    """The bytes of a file that is not too large."""
    try:
        if (size := file.stat().st_size) > LARGEST:
            raise Unreadable(f"the file has {size:,} bytes; at most {LARGEST:,} are read")
        return file.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"the file cannot be read ({error.strerror})") from None


Odd = list[tuple[int, str]]  # lines, and what would be right


def _parse(content: bytes, described: list[str]) -> tuple[list[list[str]], list[int], Odd, Odd]:
    """Rows with as many cells as are described, the line of each; lines that are no rows; lines that are too many."""
    text = decoded(content, "the table as CSV")
    rows, lines, odd, blank, again = [], [], [], [], []
    if not described:
        return rows, lines, odd, []
    csv.field_size_limit(LARGEST)  # a long cell is reported later, with its column
    text = unicodedata.normalize("NFC", text)  # one name, however its letters are composed
    reader, end = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    try:
        header = next(reader, [])
        if header != described:
            raise Unreadable(_header(header, described), 1)
        end = reader.line_num
        for cells in reader:
            if not any(map(str.strip, cells)):
                blank.append(end + 1)
            elif cells == described:
                again.append(end + 1)
            elif len(cells) == len(described):
                rows.append([sys.intern(c) if len(c) < 30 else c for c in cells])
                lines.append(end + 1)
            else:
                count = f"the row has {len(cells)} cells instead of {len(described)}"
                odd.append((end + 1, f"{count}; look for a missing comma or quote"))
            end = reader.line_num
    except csv.Error as error:
        odd.append((end + 1, f"the row cannot be read ({error}); look for a quote that is not closed or not doubled"))
    extra = _once(blank, "the line is empty or has nothing but commas")
    return rows, lines, odd, [*extra, *_once(again, "this is the header again")]


def _once(lines: list[int], said: str) -> Odd:
    """Lines of one kind as one problem, at the first of them."""
    if not lines:
        return []
    more = f", and so {'is' if len(lines) == 2 else 'are'} {len(lines) - 1:,} more" if len(lines) > 1 else ""
    return [(lines[0], f"{said}{more}; remove {'them' if more else 'it'}")]


def _header(header: list[str], columns: list[str]) -> str:
    if not header:
        return f"the file is empty; its first line must be {','.join(columns)}"
    if len(header) == 1 and len(columns) > 1 and (found := re.search(r"[;\t|]", header[0])):
        return f"the cells are separated by {found[0]!r}; save the table with commas"
    if "" in header and not set(columns) - set(header):
        count = header.count("")
        one = "a column has no name" if count == 1 else f"{count} columns have no name"
        return f"{one}; remove {'it' if count == 1 else 'them'}"
    missing = [c for c in columns if c not in header]
    if len(missing) == len(columns):
        return f"this is no header; the first line must be {','.join(columns)}"
    said = [
        *(f"the column {c} is missing" for c in missing),
        *(f"the column {shorten(c)!r} is not described" for c in header if c not in columns),
        *(f"the column {c!r} stands twice" for c, n in Counter(header).items() if n > 1),
    ]
    return "; ".join(said) or f"the columns must stand in this order: {', '.join(columns)}"


def _wrong(texts: pd.Series, field: dict) -> Iterator[tuple[int, str]]:
    """Values of one column, as texts of the file, that break its type or limits: line, and what would be right."""
    limits, (form, said) = field.get("constraints", {}), KINDS.get(field["type"], (None, ""))
    low, high, longest = limits.get("minimum", -np.inf), limits.get("maximum", np.inf), limits.get("maxLength", np.inf)
    allowed, seen = list(map(str, limits.get("enum", []))), {}
    pattern = re.compile(limits.get("pattern", ".*"), 0 if "pattern" in limits else re.DOTALL)
    example = f"look like {field['example']!r}" if "example" in field else f"be of the form {limits.get('pattern')}"
    for line, text in texts.items():
        if text is None:
            if limits.get("required"):
                yield line, "a value is needed here"
        elif allowed and text not in allowed:
            yield line, f"it must be one of: {', '.join(allowed)}"
        elif form and (not form.fullmatch(text) or np.isinf(float(text))):
            yield line, f"it must be {said}"
        elif form and not low <= float(text) <= high:
            yield line, f"it must be {f'at least {low}' if float(text) < low else f'at most {high}'}"
        elif len(text) > longest:
            yield line, f"it must be at most {longest} characters long"
        elif not pattern.fullmatch(text):
            yield line, f"it must {example}"
        elif limits.get("unique") and text in seen:
            yield line, f"this value stands in line {seen[text]} already; it must be unique"
        else:
            seen[text] = line


def keys(name: str, frames: Frames, schema: dict, lent: dict) -> Iterator[Problem]:
    """Keys of the table `name` that are missing or stand twice, and references to rows that are not there.

    `frames` are all tables that can be read; those in `lent` are the project's and not the folder's own.
    """
    table, own = frames[name], schema.get("primaryKey", [])
    fields = {f["name"]: f.get("constraints", {}) for f in schema["fields"]}
    if own and not (len(own) == 1 and fields[own[0]].get("unique")):
        first = table.index.to_series().groupby([table[k] for k in own], dropna=False).transform("first")
        for i in table.index[table.duplicated(own) & table[own].notna().all(axis=1)]:
            value, right = ", ".join(cell(table.at[i, k]) for k in own), f"this key stands in line {first[i]} already"
            yield Problem(name, row_label(table, i), ", ".join(own), value, f"{right}; keys are unique")
    yield from told(name, table, _lost(table, name, frames, schema, lent))


def _lost(table: pd.DataFrame, name: str, frames: Frames, schema: dict, lent: dict) -> Iterator[Fault]:
    """Keys that are missing, and references to rows that are not there."""
    fields = {f["name"]: f.get("constraints", {}) for f in schema["fields"]}
    for column in schema.get("primaryKey", []):
        if not fields[column].get("required"):
            yield table[column].isna(), column, "a key is needed"
    for key in schema.get("foreignKeys", []):
        (column,), other, (there,) = key["fields"], key["reference"]["resource"] or name, key["reference"]["fields"]
        if other not in frames:
            continue
        where = f"the project's {other}.csv; a {other}.csv of your own can hold it" if other in lent else f"{other}.csv"
        lost = table.loc[table[column].notna() & ~table[column].isin(frames[other][there]), column]
        named = _named(frames[other], there) if len(lost) else {}
        form = re.compile(fields[column].get("pattern", ".*"), re.DOTALL)
        for i, value in lost.map(cell).items():
            if (meant := named.get(value.strip().casefold())) is not None:
                yield i, column, f"write {meant!r}, its {there} in {other}.csv"
            elif form.fullmatch(value):  # what has not the form of a key is told already
                yield i, column, f"there is no such row in {where}"


def _named(table: pd.DataFrame, key: str) -> dict[str, str]:
    """Key of a row by its name and by its key, in small letters; of two rows with one name neither is meant."""
    found: dict[str, str] = {}
    for column in ("name", key) if "name" in table else (key,):
        texts = table.loc[table[key].notna(), column].dropna().astype(str).str.casefold()
        found |= {text: table.at[i, key] for i, text in texts.drop_duplicates(keep=False).items()}
    return found
