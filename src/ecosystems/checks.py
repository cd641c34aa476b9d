"""Checks of the tables: what ``datapackage.json`` says of them, and what a description cannot say.

Each problem is one sentence: table, line and key, column, value, what would be right. All problems are
told at once: a table that cannot be read hides only what depends on it.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from matplotlib.path import Path as Outline

from ecosystems.maps import world
from ecosystems.portraits import RULES_OF_PORTRAITS
from ecosystems.rules_of_ecosystems import RULES_OF_ECOSYSTEMS
from ecosystems.tables import OWN, Tables

__all__ = ["Problem", "check"]

NEAR = 1.5  # degrees: at 1:110m many islands have no outline, and some countries only that of their greatest island
ABROAD = 0.3  # degrees: so far may a point lie in a neighbouring country, whose border is drawn coarsely
SUMMARY, LONGEST, ALIKE = 300, 5000, 10  # characters, characters, problems of one kind that are told one by one
LARGEST = 100_000_000  # bytes of one file: a million rows of the scan's
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_MARKUP = re.compile(r"</?\s*[a-zA-Z!]")
_MISREAD = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd")
# Narrower than what Python reads as a number: pandas, R and spreadsheets agree on these.
_KINDS = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 1200, without separators"),
    "year": (re.compile(r"[0-9]{4}"), "a year of four digits"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?"), "a number such as 1234.5, without separators"),
}
Frames = dict[
    str, pd.DataFrame
]  # by table; the index is the line in the file; what is empty or of a wrong type is missing


class Problem(NamedTuple):
    """One thing that is wrong; `value` is None where no single value is."""

    table: str
    row: str
    column: str
    value: str | None
    right: str

    def __str__(self) -> str:
        place = ", ".join(
            filter(
                None,
                [
                    self.table if "." in self.table else f"{self.table}.csv",
                    self.row,
                    self.column and f"column {self.column}",
                ],
            )
        )
        value = ":" if self.value is None else " is empty;" if self.value == "" else f" is {_short(self.value)!r};"
        return "".join(c if c.isprintable() else "?" for c in f"{place}{value} {self.right}.")


def check(path: Path) -> list[Problem]:
    """All problems of the tables in the folder `path`; an empty list if there are none."""
    path = Path(path)
    try:
        package = json.loads((path / "datapackage.json").read_text("utf-8"))
        resources = _resources(package)
        made = int(package["created"][:4]) if package["title"] and package["version"] else 0
    except OSError:
        return [_package(f"the file is missing in {path}; it describes every table")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, re.error) as error:
        return [
            _package(
                f"it must be JSON with title, version, the date 'created' and a list of resources, each with name, path in this folder and fields ({_short(error)})"
            )
        ]
    told, frames = _Told(), {}
    for name, resource in resources.items():
        frames[name] = _read(path, resource, told)
    lent = {}
    if path.resolve() != OWN:  # what the folder leaves out and others of its tables refer to
        own = _resources(json.loads((OWN / "datapackage.json").read_text("utf-8")))
        lent = {
            n: r
            for n, r in own.items()
            if n in {"areas", "characteristics", "countries", "indicators"} - resources.keys()
        }
        frames |= {name: _read(OWN, resource, _Told()) for name, resource in lent.items()}
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    for name in resources.keys() & frames.keys():
        told.take(_keys(name, frames, resources[name]["schema"], lent))
    wrong = frozenset(told.rows)  # what is wrong already is not judged by what its values mean
    for rule, *needed in RULES:
        if set(needed) <= frames.keys():
            told.take(rule(frames, *needed), wrong)
    told.take(_texts({n: f for n, f in frames.items() if n in resources}))
    told.take(_future(frames, made), wrong)
    if frames.keys() >= {n for n, r in resources.items() if "schema" in r}:
        told.take(_unused(frames))
    told.take(_places(path, frames, package.get("regions")), wrong)
    return told.problems()


@lru_cache(1000)
def _general(right: str) -> str:
    return re.sub(r"'.*?'|[0-9.]+", "", right)


class _Told:
    """Problems as they are found: of one kind in one column `ALIKE` are kept, the others counted, however many there are."""

    def __init__(self):
        self.kept: dict[Problem, None] = {}
        self.count: Counter = Counter()
        self.rows: set[int] = set()

    def take(self, problems: Iterable[Problem], but: frozenset[int] = frozenset()) -> None:
        """Add `problems`, `but` not those of these rows."""
        for p in problems:
            row, kind = hash((p.table, p.row)), (p.table, p.column, _general(p.right))
            if row in but or p in self.kept:
                continue
            self.rows.add(row)
            self.count[kind] += 1
            if self.count[kind] <= ALIKE:
                self.kept[p] = None

    def problems(self) -> list[Problem]:
        """What is kept, and how many more there are."""
        more = [
            Problem(t, "", c, None, f"{n - ALIKE:,} more rows have the last problem of this kind")
            for (t, c, _), n in self.count.items()
            if n > ALIKE
        ]
        return [*self.kept, *more]


def _package(right: str) -> Problem:
    return Problem("datapackage.json", "", "", None, right)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


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
        schema, columns = resource.get("schema", {}), _columns(resource)
        if len(set(columns)) < len(columns) or ("schema" in resource and not columns):
            raise ValueError(f"{name} needs fields, each with a name of its own")
        for field in schema.get("fields", []):
            if field["type"] not in ("string", *_KINDS):
                raise ValueError(f"{name}, {field['name']}: the type {field['type']!r} is not known here")
            for limit, value in field.get("constraints", {}).items():
                if limit not in ("required", "unique", "enum", "pattern", "minimum", "maximum", "maxLength"):
                    raise ValueError(f"{name}, {field['name']}: the constraint {limit!r} is not known here")
                re.compile(value) if limit == "pattern" else float(value) if limit.startswith("m") else list(
                    value
                ) if limit == "enum" else bool(value)
        for keys in (schema.get("primaryKey", []), *(k["fields"] for k in schema.get("foreignKeys", []))):
            if not isinstance(keys, list) or not set(keys) <= set(columns):
                raise ValueError(f"{name}: the key {keys!r} is not a list of its columns")
        for key in schema.get("foreignKeys", []):
            other = resources.get(key["reference"]["resource"])
            if (
                other
                and not set(key["reference"]["fields"]) <= set(_columns(other))
                or len(key["fields"]) != 1
                or len(key["reference"]["fields"]) != 1
            ):
                raise ValueError(f"{name}: the key {key['fields']!r} must lead to one column of another table")
    return resources


def _columns(resource: dict) -> list[str]:
    return [f["name"] for f in resource.get("schema", {"fields": []})["fields"]]


def _row(table: pd.DataFrame, line: int) -> str:
    return f"line {line} ({_short(table.iat[table.index.get_loc(line), 0])})"


def _read(path: Path, resource: dict, told: _Told) -> pd.DataFrame | None:
    """Read one file and tell what is wrong with its form and its values; None if it is no table with the columns that are described."""
    name, columns, file = resource["name"], _columns(resource), path / resource["path"]

    def no(right: str, line: int = 0) -> None:
        told.take([Problem(resource["path"], f"line {line}" if line else "", "", None, right)])

    try:
        if file.stat().st_size > LARGEST:
            return no(f"the file has {file.stat().st_size:,} bytes; at most {LARGEST:,} are read")
        content = file.read_bytes()
    except FileNotFoundError:
        return no("the file is missing")
    except OSError as error:
        return no(f"the file cannot be read ({error.strerror})")
    if resource.get("hash") and resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
        no("the table was changed since it was described; run make describe")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return no("the text is not UTF-8; save the table as CSV in UTF-8", content[: error.start].count(b"\n") + 1)
    del content
    if not columns:
        return None
    if text.startswith("\ufeff"):
        return no("the file begins with an invisible mark (BOM); save it as UTF-8 without it", 1)
    csv.field_size_limit(LARGEST)  # a long cell is told below, with its column
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines, end, wrong = [], [], 0, 0
    try:
        header = next(reader, [])
        if header != columns:
            return no(_header(header, columns), 1)
        end = reader.line_num
        for cells in reader:
            if len(cells) == len(columns):
                rows.append([sys.intern(c) if len(c) < 30 else c for c in cells])
                lines.append(end + 1)
            else:
                wrong += 1
                right = (
                    f"the row has {len(cells)} cells instead of {len(columns)}; look for a missing comma or quote"
                    if cells
                    else "the line is empty; remove it"
                )
                told.take([Problem(name, f"line {end + 1}", "", None, right)])
            end = reader.line_num
    except csv.Error as error:
        return no(f"the row cannot be read ({error}); look for a quote that is not closed or not doubled", end + 1)
    if wrong:
        return None
    frame = {}
    keys = [_short(r[0]) for r in rows]
    for place, field in enumerate(resource["schema"]["fields"]):
        texts = [r[place] or None for r in rows]
        told.take(
            Problem(name, f"line {lines[i]} ({keys[i]})", field["name"], texts[i] or "", right)
            for i, right in _wrong(texts, field)
        )
        kind = _KINDS.get(field["type"])
        frame[field["name"]] = (
            [float(t) if t and kind[0].fullmatch(t) else np.nan for t in texts]
            if kind
            else pd.Series(texts, lines, object)
        )
    return pd.DataFrame(frame, index=lines)


def _wrong(texts: list[str | None], field: dict) -> Iterator[tuple[int, str]]:
    """What the description asks of the values of one column, as they stand in the file: which are wrong, and what would be right."""
    limits, (form, said) = field.get("constraints", {}), _KINDS.get(field["type"], (None, ""))
    low, high, longest = limits.get("minimum", -np.inf), limits.get("maximum", np.inf), limits.get("maxLength", np.inf)
    allowed, pattern, seen = (
        list(map(str, limits.get("enum", []))),
        re.compile(limits.get("pattern", ".*"), 0 if "pattern" in limits else re.DOTALL),
        set(),
    )
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
            yield (
                place,
                f"it must look like {field['example']!r}"
                if "example" in field
                else f"it must be of the form {limits['pattern']}",
            )
        elif limits.get("unique") and text in seen:
            yield place, "this value stands in the column already; it must be unique"
        else:
            seen.add(text)


def _keys(name: str, frames: Frames, schema: dict, lent: dict) -> Iterator[Problem]:
    """Keys are there and stand once; what refers to another table finds its row there."""
    table, own = frames[name], schema.get("primaryKey", [])
    fields = {f["name"]: f.get("constraints", {}) for f in schema["fields"]}
    if own and not (len(own) == 1 and fields[own[0]].get("unique")):
        for i in table.index[table.duplicated(own) & table[own].notna().all(axis=1)]:
            yield Problem(
                name,
                _row(table, i),
                ", ".join(own),
                ", ".join(_plain(table.at[i, k]) for k in own),
                "this key stands in the table already; keys are unique",
            )
    for column in own:
        for i in table.index[table[column].isna()] if not fields[column].get("required") else []:
            yield Problem(name, _row(table, i), column, "", "a key is needed")
    for key in schema.get("foreignKeys", []):
        (column,), other, (there,) = key["fields"], key["reference"]["resource"] or name, key["reference"]["fields"]
        if other in frames:
            of_own = (
                f"the project's {other}.csv; a {other}.csv of your own can hold it" if other in lent else f"{other}.csv"
            )
            for i in table.index[table[column].notna() & ~table[column].isin(frames[other][there])]:
                yield Problem(
                    name, _row(table, i), column, _plain(table.at[i, column]), f"there is no such row in {of_own}"
                )


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | int | np.number) else str(value)


def _header(header: list[str], columns: list[str]) -> str:
    if not header:
        return f"the file is empty; its first line must be {','.join(columns)}"
    if len(header) == 1 and len(columns) > 1 and (found := re.search(r"[;\t|]", header[0])):
        return f"the cells are separated by {found[0]!r}; save the table with commas"
    missing, unknown = [c for c in columns if c not in header], [_short(c) for c in header if c not in columns]
    twice = [c for c, n in Counter(header).items() if n > 1]
    if len(missing) == len(columns):
        return f"this is no header; the first line must be {','.join(columns)}"
    said = (
        [f"the column {c} is missing" for c in missing]
        + [f"the column {c!r} is not described" for c in unknown]
        + [f"the column {c!r} stands twice" for c in twice]
    )
    return "; ".join(said) or f"the columns must stand in this order: {', '.join(columns)}"


def _texts(data: Frames) -> Iterator[Problem]:
    """No text may act as a formula or as markup, hide characters, or be misread; an address leads to a host."""
    for name, table in data.items():
        for column in table.columns[table.dtypes == object]:  # noqa: E721 (a column of dtypes)
            texts, address = table[column].dropna(), column in ("url", "website")
            tests = [
                (lambda t: not t.isprintable(), "it holds an invisible character or a line break; type the text again"),
                (_MISREAD.search, "it looks like text read in a wrong encoding; type the text again"),
                (lambda t: len(t) > LONGEST, f"it has more than {LONGEST:,} characters; look for a missing quote"),
            ]
            if address:
                tests += [
                    (lambda t: not _leads_somewhere(t), "it must be an address on a public host, without a user name")
                ]
            else:
                tests += [
                    (
                        _FORMULA.match,
                        "a spreadsheet would run it as a formula; it must not begin with = + - @ or a tab",
                    ),
                    (_MARKUP.search, "it looks like HTML; write plain text"),
                    (lambda t: t != t.strip(), "it begins or ends with a space"),
                ]
            if column == "summary":
                tests += [(lambda t: len(t) > SUMMARY, f"it has more than {SUMMARY} characters; make it shorter")]
            for line, text in texts.items():
                for found, right in tests:
                    if found(text):
                        yield Problem(name, _row(table, line), column, text, right)
                        break


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(re.fullmatch(r"[^.]+(\.[^.]+)+", parts.hostname or "")) and parts.username is None
    except ValueError:
        return False


def _distance(points: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Degrees from each point to the nearest border of a country; 0 inside it."""
    nearest = np.full(len(points), np.inf)
    drawn = []
    for ring in rings:
        if ring[:, 0].max() > 180:  # drawn on beyond the date line
            points = np.where([[True, False]] & (points < 0), points + [360, 0], points)
        drawn.append((points, ring))
        nearest[Outline(ring).contains_points(points)] = 0
    for points, ring in drawn:
        a, d = ring[:-1], np.diff(ring, axis=0)
        length = np.maximum((d**2).sum(axis=1), 1e-12)
        for i in np.flatnonzero(nearest > 0):
            t = np.clip(((points[i] - a) * d).sum(axis=1) / length, 0, 1)
            nearest[i] = min(nearest[i], np.hypot(*(a + t[:, None] * d - points[i]).T).min())
    return nearest


def _places(path: Path, data: Frames, scope: list[str] | None) -> Iterator[Problem]:
    """Points lie in their country or its waters; only places have points; the scan keeps to its regions."""
    try:
        shapes = world(Tables(path))
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        yield Problem(
            "world.geojson",
            "",
            "",
            None,
            f"it must be GeoJSON, each feature a polygon with the property iso3 ({_short(error)})",
        )
        return
    if "countries" not in data:
        return
    countries = data["countries"].drop_duplicates("iso3").set_index("iso3")
    for name in {"initiatives", "ecosystems"} & data.keys():
        table = data[name]
        table = table[table["iso3"].isin(countries.index)]
        has, only_country = table[["latitude", "longitude"]].notna(), table["precision"] == "country"
        if scope:
            yield from _each(
                name,
                table,
                ~table["iso3"].map(countries["region"]).isin(scope),
                "iso3",
                f"the scan looks at {'; '.join(map(str, scope))} only",
            )
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            yield from _each(name, table, has[one] & ~has[other], other, "a point needs both latitude and longitude")
        yield from _each(
            name,
            table,
            has["latitude"] & only_country,
            "latitude",
            "with the precision 'country' the coordinates stay empty",
        )
        yield from _each(
            name,
            table,
            ~has["latitude"] & ~has["longitude"] & ~only_country,
            "latitude",
            "a precision other than 'country' needs coordinates; use 'country' if only the country is known",
        )
        for iso3, group in table[has.all(axis=1)].groupby("iso3"):
            points = group[["longitude", "latitude"]].to_numpy(float)
            if iso3 in shapes:
                off = _distance(points, shapes[iso3])
            else:  # too small to be drawn
                capital = countries.loc[iso3, ["capital_longitude", "capital_latitude"]].to_numpy(float)
                off = np.nan_to_num(np.maximum(np.hypot(*(points - capital).T) - 2.5, 0))
            for i in np.flatnonzero(off > ABROAD):
                line, where = group.index[i], f"{points[i][1]:g}, {points[i][0]:g}"
                if other := next(
                    (c for c, s in shapes.items() if c != iso3 and _distance(points[i : i + 1], s)[0] == 0), None
                ):
                    yield Problem(
                        name,
                        _row(table, line),
                        "latitude",
                        where,
                        f"the point lies in {other}, not in {iso3}; check sign, order and country",
                    )
                elif off[i] > NEAR:
                    yield Problem(
                        name,
                        _row(table, line),
                        "latitude",
                        where,
                        f"the point lies about {off[i]:.1f} degrees outside {iso3}; check sign, order and country",
                    )


def _each(name: str, table: pd.DataFrame, wrong: pd.Series, column: str, right: str) -> Iterator[Problem]:
    """One problem for each row that is `wrong`."""
    for i in table.index[wrong.fillna(False).astype(bool)]:
        value = table.at[i, column]
        yield Problem(name, _row(table, i), column, "" if pd.isna(value) else _plain(value), right)


def _counts(data: Frames, name: str) -> Iterator[Problem]:
    """Years are in order; a year of founding and a count say what they mean."""
    table = data[name]
    founded, has = table["founded"], table.notna()
    yield from _each(
        name,
        table,
        has["founded"] & ~has["founded_of"],
        "founded_of",
        "say whether the year is the initiative's, the organisation's or unclear",
    )
    if "ended" in table:
        yield from _each(name, table, table["ended"] < founded, "ended", "it lies before the founding")
    yield from _each(
        name,
        table,
        (table["reach_year"] < founded) & (table["founded_of"] == "initiative"),
        "reach_year",
        "it lies before the founding",
    )
    yield from _each(
        name, table, has["reach"] & ~has["reach_basis"], "reach_basis", "say what the count means, or 'not stated'"
    )
    for column in ("reach_year", "reach_basis"):
        yield from _each(name, table, ~has["reach"] & has[column], "reach", f"{column} is given and needs the count")


def _future(data: Frames, made: int) -> Iterator[Problem]:
    """No year after the tables were made, but of what is planned."""
    for name, table in data.items():
        planned = (table["certainty"] == "planned") if "certainty" in table else pd.Series(False, table.index)
        for column in ("founded", "ended", "reach_year", "year"):
            if column in table and pd.api.types.is_numeric_dtype(table[column]):
                yield from _each(
                    name,
                    table,
                    (table[column] > made) & ~planned,
                    column,
                    f"it lies after {made}, when the tables were made",
                )


def _dates(data: Frames, name: str) -> Iterator[Problem]:
    """Dates are days of the calendar, and an end does not come before its beginning."""
    for i, r in data[name].iterrows():
        for column in ("date", "date_end"):
            if pd.notna(r[column]):
                try:
                    datetime.date.fromisoformat((r[column] + "-01-01")[:10])
                except ValueError:
                    yield Problem(name, _row(data[name], i), column, r[column], "there is no such date")
        if pd.notna(r.date_end) and (pd.isna(r.date) or r.date_end < r.date):
            yield Problem(name, _row(data[name], i), "date_end", r.date_end, "it lies before the date")


def _supported(data: Frames, name: str, links: str) -> Iterator[Problem]:
    """Every initiative and every ecosystem has a page."""
    table = data[name]
    for i in table.index[~table["id"].isin(data[links].iloc[:, 0])]:
        yield Problem(name, _row(table, i), "id", table.at[i, "id"], f"no page supports it; add a row to {links}.csv")


def _unused(data: Frames) -> Iterator[Problem]:
    """Every page is used."""
    pages = data.get("sources", pd.DataFrame(columns=["id"]))
    used = {
        key
        for table in data.values()
        for column in table
        if column.endswith("source_id")
        for key in table[column].dropna()
    }
    for i in pages.index[~pages["id"].isin(used)]:
        yield Problem(
            "sources", _row(pages, i), "id", pages.at[i, "id"], "no row stands on this page; remove it, or cite it"
        )


def _figures(data: Frames, name: str, *areas: str) -> Iterator[Problem]:
    """Values stand for a country or a group of countries."""
    table, known = data[name], {code for area in areas for code in data[area].iloc[:, 0]}
    for i in table.index[~table["iso3"].isin(known)]:
        yield Problem(
            name,
            _row(table, i),
            "iso3",
            table.at[i, "iso3"],
            "it is neither a country of countries.csv nor a group of areas.csv",
        )


def _subjects(data: Frames, name: str, ecosystems: str) -> Iterator[Problem]:
    """Questions are about the programme or one of the ecosystems."""
    table = data[name]
    for i in table.index[~table["about"].isin({"programme", *data[ecosystems]["id"]})]:
        yield Problem(
            name, _row(table, i), "about", table.at[i, "about"], "it must be 'programme' or the id of an ecosystem"
        )


def _once(data: Frames, name: str) -> Iterator[Problem]:
    """An ecosystem is one initiative, and its id one address, on disks that do not tell capitals too."""
    table = data[name]
    for column, values in (("initiative_id", table["initiative_id"]), ("id", table["id"].str.lower())):
        for i in table.index[values.duplicated() & values.notna()]:
            yield Problem(name, _row(table, i), column, table.at[i, column], "another ecosystem has the same")


def _letters(text: object) -> str:
    """The words of a name without order, accents, case and small words."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", str(text).casefold()) if not unicodedata.combining(c))
    return " ".join(sorted(set(re.findall(r"\w+", letters)) - {"the", "of", "and", "for", "in"}))


def _twins(data: Frames, name: str) -> Iterator[Problem]:
    """No initiative stands twice."""
    table = data[name]
    for columns, said in (
        (["name", "iso3"], "the same name in the same country"),
        (["website", "place", "iso3"], "the same website and place"),
    ):
        seen: dict[tuple, str] = {}
        for i, values in zip(table.index, table[columns].itertuples(index=False), strict=True):
            if not any(map(pd.isna, values)):
                key = (_letters(values[0]) if columns[0] == "name" else values[0].rstrip("/"), *values[1:])
                if key in seen:
                    yield Problem(
                        name, _row(table, i), columns[0], values[0], f"{seen[key]} has {said}; keep one of them"
                    )
                seen.setdefault(key, table.at[i, "id"])


def _spelling(data: Frames, name: str) -> Iterator[Problem]:
    """One partner has one name."""
    spelled: dict[str, str] = {}
    for i, partner in data[name]["name"].dropna().items():
        if (first := spelled.setdefault(_letters(partner), partner)) != partner:
            yield Problem(
                name, _row(data[name], i), "name", partner, f"another row spells it {first!r}; use one spelling"
            )


def _sentences(rule):
    """The faults that a rule finds, as problems; a rule tells table, line, column and what would be right."""

    def problems(data: Frames, *names: str) -> Iterator[Problem]:
        for name, line, column, right in rule(data, *names):
            value = data[name].at[line, column]
            yield Problem(name, _row(data[name], line), column, "" if pd.isna(value) else _plain(value), right)

    return problems


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    *((_sentences(rule), *tables) for rule, *tables in (*RULES_OF_ECOSYSTEMS, *RULES_OF_PORTRAITS)),
    (_supported, "studies", "study_sources"),
    (_counts, "initiatives"),
    (_counts, "ecosystems"),
    (_dates, "events"),
    (_supported, "initiatives", "initiative_sources"),
    (_supported, "ecosystems", "ecosystem_sources"),
    (_figures, "country_figures", "countries", "areas"),
    (_figures, "country_figures_unesco", "countries", "areas"),
    (_subjects, "contradictions", "ecosystems"),
    (_subjects, "unknowns", "ecosystems"),
    (_once, "ecosystems"),
    (_twins, "initiatives"),
    (_spelling, "partners"),
)
