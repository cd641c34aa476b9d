"""What ``datapackage.json`` says of the tables, and whether the files keep to it: columns, types, limits, keys."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

__all__ = [
    "LARGEST",
    "BadDescription",
    "Collector",
    "Description",
    "Frames",
    "Problem",
    "cell",
    "describe",
    "keys",
    "read",
    "row_label",
    "shorten",
]

ALIKE = 10  # problems of one kind that are listed one by one
LARGEST = 100_000_000  # bytes of one file: a million rows of the scan's
LIMITS = ("required", "unique", "enum", "pattern", "minimum", "maximum", "maxLength")
# Narrower than what Python reads as a number: pandas, R and spreadsheets agree on these.
KINDS = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 1200, without separators"),
    "year": (re.compile(r"[0-9]{4}"), "a year of four digits"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?"), "a number such as 1234.5, without separators"),
}
Frames = dict[str, pd.DataFrame]
"""Tables by name. The index is the line in the file; a cell that is empty or of a wrong type is missing."""


class Problem(NamedTuple):
    """One thing that is wrong; `value` is None where no single value is."""

    table: str
    row: str
    column: str
    value: str | None
    right: str

    def __str__(self) -> str:
        table = self.table if "." in self.table else f"{self.table}.csv"
        place = ", ".join(filter(None, [table, self.row, self.column and f"column {self.column}"]))
        value = ":" if self.value is None else " is empty;" if self.value == "" else f" is {shorten(self.value)!r};"
        return "".join(c if c.isprintable() else "?" for c in f"{place}{value} {self.right}.")


@lru_cache(1000)
def _kind(right: str) -> str:
    return re.sub(r"'.*?'|[0-9.]+", "", right)


class Collector:
    """Problems as they are found. Of one kind in one column the first `ALIKE` are kept and the others only counted."""

    def __init__(self):
        self._found: dict[Problem, None] = {}
        self._count: Counter = Counter()
        self.rows: set[int] = set()

    def add(self, problems: Iterable[Problem], skip: frozenset[int] = frozenset()) -> None:
        """Add `problems`, but not those in rows that `skip` names (as :attr:`rows` does)."""
        for p in problems:
            row, kind = hash((p.table, p.row)), (p.table, p.column, _kind(p.right))
            if row in skip or p in self._found:
                continue
            self.rows.add(row)
            self._count[kind] += 1
            if self._count[kind] <= ALIKE:
                self._found[p] = None

    def problems(self) -> list[Problem]:
        """The problems kept, and how many more of each kind there are."""
        more = [
            Problem(t, "", c, None, f"{n - ALIKE:,} more rows have the last problem of this kind")
            for (t, c, _), n in self._count.items()
            if n > ALIKE
        ]
        return [*self._found, *more]


class BadDescription(Exception):
    """``datapackage.json`` cannot be used; the text says why."""


class Description(NamedTuple):
    """What checks need of ``datapackage.json``: files by name, year of creation, regions of the scan."""

    resources: dict[str, dict]
    year: int
    regions: list[str] | None


def shorten(value: object) -> str:
    """At most 60 characters of a value."""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def cell(value: object) -> str:
    """A value of a table as it stands in the file."""
    return f"{value:g}" if isinstance(value, float | int | np.number) else str(value)


def row_label(table: pd.DataFrame, line: int) -> str:
    """Where a row is: its line in the file and its first cell."""
    return f"line {line} ({shorten(table.iat[table.index.get_loc(line), 0])})"


def describe(folder: Path) -> Description:
    """Read ``datapackage.json``.

    Raises
    ------
    BadDescription
        If it is missing, is no JSON, or does not hold together.
    """
    try:
        package = json.loads((folder / "datapackage.json").read_text("utf-8"))
        resources = _resources(package)
        year = int(package["created"][:4]) if package["title"] and package["version"] else 0
        return Description(resources, year, package.get("regions"))
    except OSError:
        raise BadDescription(f"the file is missing in {folder}; it describes every table") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, re.error) as error:
        raise BadDescription(
            "it must be JSON with title, version, the date 'created' and a list of resources, "
            f"each with name, path in this folder and fields ({shorten(error)})"
        ) from None


def _resources(package: dict) -> dict[str, dict]:
    """The described files by name; ValueError, KeyError or TypeError if the description does not hold together."""
    resources = {r["name"]: r for r in package["resources"]}
    if not resources:
        raise ValueError("no file is described")
    if len(resources) < len(package["resources"]):
        raise ValueError("two resources have the same name")
    for name, resource in resources.items():
        if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", resource["path"]):
            raise ValueError(f"{resource['path']!r} is not a plain file name")
        columns = _columns(resource)
        if len(set(columns)) < len(columns) or ("schema" in resource and not columns):
            raise ValueError(f"{name} needs fields, each with a name of its own")
        for field in resource.get("schema", {}).get("fields", []):
            _check_field(name, field)
        _check_keys(name, resource.get("schema", {}), columns, resources)
    return resources


def _check_field(name: str, field: dict) -> None:
    if field["type"] not in ("string", *KINDS):
        raise ValueError(f"{name}, {field['name']}: the type {field['type']!r} is not known here")
    for limit, value in field.get("constraints", {}).items():
        if limit not in LIMITS:
            raise ValueError(f"{name}, {field['name']}: the constraint {limit!r} is not known here")
        test = re.compile if limit == "pattern" else float if limit.startswith("m") else list
        (bool if limit in ("required", "unique") else test)(value)


def _check_keys(name: str, schema: dict, columns: list[str], resources: dict[str, dict]) -> None:
    foreign = schema.get("foreignKeys", [])
    for key in (schema.get("primaryKey", []), *(k["fields"] for k in foreign)):
        if not isinstance(key, list) or not set(key) <= set(columns):
            raise ValueError(f"{name}: the key {key!r} is not a list of its columns")
    for key in foreign:
        other, there = resources.get(key["reference"]["resource"]), key["reference"]["fields"]
        unknown = other and not set(there) <= set(_columns(other))
        if unknown or len(key["fields"]) != 1 or len(there) != 1:
            raise ValueError(f"{name}: the key {key['fields']!r} must lead to one column of another table")


def _columns(resource: dict) -> list[str]:
    return [f["name"] for f in resource.get("schema", {"fields": []})["fields"]]


class _Unreadable(Exception):
    """A file is no table with the columns that are described: what would be right, and the line (0: the file)."""

    def __init__(self, right: str, line: int = 0):
        super().__init__(right)
        self.right, self.line = right, line


def read(folder: Path, resource: dict, found: Collector) -> pd.DataFrame | None:
    """Read one file and report what is wrong with its form and its values.

    Parameters
    ----------
    folder : Path
    resource : dict
        What ``datapackage.json`` says of the file.
    found : Collector
        Gets the problems.

    Returns
    -------
    DataFrame or None
        None if the file is no table with the columns that are described.
    """

    def report(right: str, line: int = 0) -> None:
        found.add([Problem(resource["path"], f"line {line}" if line else "", "", None, right)])

    name, columns = resource["name"], _columns(resource)
    try:
        content = _content(folder / resource["path"])
        if resource.get("hash") and resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
            report("the table was changed since it was described; run make describe")
        rows, lines, odd = _parse(content, columns)
    except _Unreadable as error:
        report(error.right, error.line)
        return None
    for line, right in odd:
        found.add([Problem(name, f"line {line}", "", None, right)])
    if odd or not columns:
        return None
    frame = {}
    first = [shorten(r[0]) for r in rows]
    for place, field in enumerate(resource["schema"]["fields"]):
        texts = [r[place] or None for r in rows]
        found.add(
            Problem(name, f"line {lines[i]} ({first[i]})", field["name"], texts[i] or "", right)
            for i, right in _wrong(texts, field)
        )
        if kind := KINDS.get(field["type"]):
            frame[field["name"]] = [float(t) if t and kind[0].fullmatch(t) else np.nan for t in texts]
        else:
            frame[field["name"]] = pd.Series(texts, lines, object)
    return pd.DataFrame(frame, index=lines)


def _content(file: Path) -> bytes:
    try:
        if (size := file.stat().st_size) > LARGEST:
            raise _Unreadable(f"the file has {size:,} bytes; at most {LARGEST:,} are read")
        return file.read_bytes()
    except FileNotFoundError:
        raise _Unreadable("the file is missing") from None
    except OSError as error:
        raise _Unreadable(f"the file cannot be read ({error.strerror})") from None


def _parse(content: bytes, columns: list[str]) -> tuple[list[list[str]], list[int], list[tuple[int, str]]]:
    """Rows with as many cells as there are columns, the line of each, and (line, what would be right) of the others."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Unreadable("the text is not UTF-8; save the table as CSV in UTF-8", line) from None
    rows, lines, odd = [], [], []
    if not columns:
        return rows, lines, odd
    if text.startswith("\ufeff"):
        raise _Unreadable("the file begins with an invisible mark (BOM); save it as UTF-8 without it", 1)
    csv.field_size_limit(LARGEST)  # a long cell is reported later, with its column
    reader, end = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    try:
        header = next(reader, [])
        if header != columns:
            raise _Unreadable(_header(header, columns), 1)
        end = reader.line_num
        for cells in reader:
            if len(cells) == len(columns):
                rows.append([sys.intern(c) if len(c) < 30 else c for c in cells])
                lines.append(end + 1)
            elif cells:
                count = f"the row has {len(cells)} cells instead of {len(columns)}"
                odd.append((end + 1, f"{count}; look for a missing comma or quote"))
            else:
                odd.append((end + 1, "the line is empty; remove it"))
            end = reader.line_num
    except csv.Error as error:
        odd.append((end + 1, f"the row cannot be read ({error}); look for a quote that is not closed or not doubled"))
    return rows, lines, odd


def _header(header: list[str], columns: list[str]) -> str:
    if not header:
        return f"the file is empty; its first line must be {','.join(columns)}"
    if len(header) == 1 and len(columns) > 1 and (found := re.search(r"[;\t|]", header[0])):
        return f"the cells are separated by {found[0]!r}; save the table with commas"
    missing = [c for c in columns if c not in header]
    if len(missing) == len(columns):
        return f"this is no header; the first line must be {','.join(columns)}"
    said = [
        *(f"the column {c} is missing" for c in missing),
        *(f"the column {shorten(c)!r} is not described" for c in header if c not in columns),
        *(f"the column {c!r} stands twice" for c, n in Counter(header).items() if n > 1),
    ]
    return "; ".join(said) or f"the columns must stand in this order: {', '.join(columns)}"


def _wrong(texts: list[str | None], field: dict) -> Iterator[tuple[int, str]]:
    """Values of one column, as texts of the file, that break its type or limits: (place, what would be right)."""
    limits, (form, said) = field.get("constraints", {}), KINDS.get(field["type"], (None, ""))
    low, high, longest = limits.get("minimum", -np.inf), limits.get("maximum", np.inf), limits.get("maxLength", np.inf)
    allowed, seen = list(map(str, limits.get("enum", []))), set()
    pattern = re.compile(limits.get("pattern", ".*"), 0 if "pattern" in limits else re.DOTALL)
    example = f"look like {field['example']!r}" if "example" in field else f"be of the form {limits.get('pattern')}"
    for place, text in enumerate(texts):
        if text is None:
            if limits.get("required"):
                yield place, "a value is needed here"
        elif form and (not form.fullmatch(text) or np.isinf(float(text))):
            yield place, f"it must be {said}"
        elif form and float(text) < low:
            yield place, f"it must be at least {low}"
        elif form and float(text) > high:
            yield place, f"it must be at most {high}"
        elif len(text) > longest:
            yield place, f"it must be at most {longest} characters long"
        elif allowed and text not in allowed:
            yield place, f"it must be one of: {', '.join(allowed)}"
        elif not pattern.fullmatch(text):
            yield place, f"it must {example}"
        elif limits.get("unique") and text in seen:
            yield place, "this value stands in the column already; it must be unique"
        else:
            seen.add(text)


def keys(name: str, frames: Frames, schema: dict, lent: dict) -> Iterator[Problem]:
    """Keys that are missing or stand twice, and references to rows that are not there.

    Parameters
    ----------
    name : str
        The table.
    frames : Frames
        All tables that can be read.
    schema : dict
        What the description says of this table's columns and keys.
    lent : dict
        Tables that are the project's and not the folder's own.
    """
    table, own = frames[name], schema.get("primaryKey", [])
    fields = {f["name"]: f.get("constraints", {}) for f in schema["fields"]}
    if own and not (len(own) == 1 and fields[own[0]].get("unique")):
        for i in table.index[table.duplicated(own) & table[own].notna().all(axis=1)]:
            value, right = ", ".join(cell(table.at[i, k]) for k in own), "this key stands in the table already"
            yield Problem(name, row_label(table, i), ", ".join(own), value, f"{right}; keys are unique")
    for column in own:
        for i in table.index[table[column].isna()] if not fields[column].get("required") else []:
            yield Problem(name, row_label(table, i), column, "", "a key is needed")
    for key in schema.get("foreignKeys", []):
        (column,), other, (there,) = key["fields"], key["reference"]["resource"] or name, key["reference"]["fields"]
        if other in frames:
            where = f"{other}.csv"
            if other in lent:
                where = f"the project's {other}.csv; a {other}.csv of your own can hold it"
            for i in table.index[table[column].notna() & ~table[column].isin(frames[other][there])]:
                value = cell(table.at[i, column])
                yield Problem(name, row_label(table, i), column, value, f"there is no such row in {where}")
