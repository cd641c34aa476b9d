"""Checks of the tables: what ``datapackage.json`` says (by frictionless), and what a descriptor cannot say.

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
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from matplotlib.path import Path as Outline

from ecosystems.maps import world
from ecosystems.tables import OWN, Tables

__all__ = ["Problem", "check"]

NEAR = 1.5  # degrees: at 1:110m many islands have no outline, and some countries only that of their greatest island
ABROAD = 0.3  # degrees: so far may a point lie in a neighbouring country, whose border is drawn coarsely
SUMMARY, LONGEST, ALIKE = 300, 5000, 10  # characters, characters, problems of one kind that are told one by one
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_MARKUP = re.compile(r"</?\s*[a-zA-Z!]")
_HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_MISREAD = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd")
# Narrower than what Python reads as a number: pandas, R and spreadsheets agree on these.
_KINDS = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 1200, without separators"),
    "year": (re.compile(r"[0-9]{4}"), "a year of four digits"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?"), "a number such as 1234.5, without separators"),
}
Frames = dict[str, pd.DataFrame]  # by table; the index is the line in the file; what is empty or of a wrong type is missing


class Problem(NamedTuple):
    """One thing that is wrong; `value` is None where no single value is."""

    table: str
    row: str
    column: str
    value: str | None
    right: str

    def __str__(self) -> str:
        place = ", ".join(filter(None, [self.table if "." in self.table else f"{self.table}.csv", self.row, self.column and f"column {self.column}"]))
        value = ":" if self.value is None else " is empty;" if self.value == "" else f" is {_short(self.value)!r};"
        return f"{_HIDDEN.sub('?', place)}{value} {_HIDDEN.sub('?', self.right)}."


def check(path: Path) -> list[Problem]:
    """All problems of the tables in the folder `path`; an empty list if there are none."""
    path = Path(path)
    try:
        package = json.loads((path / "datapackage.json").read_text("utf-8"))
        resources = {r["name"]: r for r in package["resources"] if _plain_name(r["path"]) and _columns(r) is not None}
        made = int(package["created"][:4]) if package["title"] and package["version"] else 0
    except OSError:
        return [_package(f"the file is missing in {path}; it describes every table")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [_package(f"it must be JSON with title, version, the date 'created' and a list of resources, each with name, path in this folder and fields ({_short(error)})")]
    problems, frames = [], {}
    for name, resource in resources.items():
        found, frame = _read(path, resource)
        problems += found
        if frame is not None:
            frames[name] = frame
    problems += _described(path, package, frames)
    if path.resolve() != OWN:  # what the folder leaves out and others of its tables refer to
        own = json.loads((OWN / "datapackage.json").read_text("utf-8"))["resources"]
        lent = {r["name"]: r for r in own if r["name"] in {"areas", "characteristics", "countries", "indicators"} - resources.keys()}
        frames |= {name: _read(OWN, resource)[1] for name, resource in lent.items()}
        problems += _missing_keys(resources, lent, frames)
    wrong = {(p.table, p.row) for p in problems}
    for rule, *needed in RULES:
        if set(needed) <= frames.keys():
            problems += (p for p in rule(frames, *needed) if (p.table, p.row) not in wrong)
    problems += _texts(frames)
    problems += (p for p in _future(frames, made) if (p.table, p.row) not in wrong)
    if frames.keys() >= {n for n, r in resources.items() if "schema" in r}:
        problems += _unused(frames)
    problems += _places(path, frames, package.get("regions"), wrong)
    return _gathered(dict.fromkeys(problems))


def _package(right: str) -> Problem:
    return Problem("datapackage.json", "", "", None, right)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _plain_name(name: str) -> bool:
    if re.fullmatch(r"[\w-]+(\.[\w-]+)*", name):
        return True
    raise ValueError(f"{name!r} is not a plain file name")


def _columns(resource: dict) -> list[str]:
    return [f["name"] for f in resource.get("schema", {"fields": []})["fields"]]


def _row(table: pd.DataFrame, line: int) -> str:
    return f"line {line} ({_short(table.iat[table.index.get_loc(line), 0])})"


def _gathered(problems: dict[Problem, None]) -> list[Problem]:
    """The problems, those of one kind in one column told `ALIKE` times and then counted."""
    count, told = Counter(), []
    kinds = {p: (p.table, p.column, re.sub(r"'.*?'|[0-9.]+", "", p.right)) for p in problems}
    for problem in problems:
        count[kinds[problem]] += 1
        if count[kinds[problem]] <= ALIKE:
            told.append(problem)
    return told + [Problem(t, "", c, None, f"{n - ALIKE:,} more rows have the last problem of this kind") for (t, c, _), n in count.items() if n > ALIKE]


def _read(path: Path, resource: dict) -> tuple[list[Problem], pd.DataFrame | None]:
    """Read one file; None instead of a frame if it is no table with the columns that are described."""
    name, columns = resource["name"], _columns(resource)

    def no(right: str, row: str = "") -> tuple[list[Problem], None]:
        return [Problem(resource["path"], row, "", None, right)], None

    try:
        content = (path / resource["path"]).read_bytes()
    except FileNotFoundError:
        return no("the file is missing")
    except OSError as error:
        return no(f"the file cannot be read ({error.strerror})")
    problems = []
    if resource.get("hash") and resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
        problems.append(Problem(resource["path"], "", "", None, "the table was changed since it was described; run make describe"))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return no("the text is not UTF-8; save the table as CSV in UTF-8", f"line {line}")
    if not columns:
        return problems, None
    if text.startswith("\ufeff"):
        return no("the file begins with an invisible mark (BOM); save it as UTF-8 without it", "line 1")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], []
    try:
        header = next(reader, [])
        if header != columns:
            return no(_header(header, columns), "line 1")
        end = reader.line_num
        for cells in reader:
            if len(cells) == len(columns):
                rows.append(cells)
                lines.append(end + 1)
            else:
                right = f"the row has {len(cells)} cells instead of {len(columns)}; look for a missing comma or quote" if cells else "the line is empty; remove it"
                problems.append(Problem(name, f"line {end + 1}", "", None, right))
            end = reader.line_num
    except csv.Error as error:
        return no(f"the row cannot be read ({error}); look for a quote that is not closed or not doubled", f"line {end + 1}" if rows else "")
    frame = pd.DataFrame(rows, columns=columns, index=lines, dtype=object)
    if any(p.row for p in problems):
        return problems, None
    frame = frame.where(frame != "", None)
    for field in resource["schema"]["fields"]:
        column = field["name"]
        if kind := _KINDS.get(field["type"]):
            bad = frame[column].notna() & ~frame[column].str.fullmatch(kind[0]).fillna(False).astype(bool)
            problems += [Problem(name, _row(frame, i), column, frame.at[i, column], f"it must be {kind[1]}") for i in frame.index[bad]]
            frame[column] = pd.to_numeric(frame[column].mask(bad))
    return problems, frame


def _header(header: list[str], columns: list[str]) -> str:
    if not header:
        return f"the file is empty; its first line must be {','.join(columns)}"
    if len(header) == 1 and len(columns) > 1 and (found := re.search(r"[;\t|]", header[0])):
        return f"the cells are separated by {found[0]!r}; save the table with commas"
    missing, unknown = [c for c in columns if c not in header], [_short(c) for c in header if c not in columns]
    twice = [c for c, n in Counter(header).items() if n > 1]
    said = [f"the column {c} is missing" for c in missing] + [f"the column {c!r} is not described" for c in unknown] + [f"the column {c!r} stands twice" for c in twice]
    return "; ".join(said) or f"the columns must stand in this order: {', '.join(columns)}"


def _described(path: Path, package: dict, frames: Frames) -> Iterator[Problem]:
    """What frictionless finds with the descriptor in the readable tables, said in plain words."""
    import frictionless

    resources = []
    for resource in package["resources"]:
        if resource["name"] in frames:
            schema = resource["schema"]
            keys = [k for k in schema.get("foreignKeys", []) if k["reference"]["resource"] in frames]
            resources.append({k: v for k, v in resource.items() if k not in ("bytes", "hash", "rowCount")} | {"schema": schema | {"foreignKeys": keys}})
    if not resources:
        return
    try:
        report = frictionless.Package.from_descriptor({"name": "tables", "resources": resources}, basepath=str(path)).validate()
    except frictionless.FrictionlessException as error:
        yield _package(f"it is not a valid descriptor ({error.error.note})")
        return
    for error in report.errors:
        yield _package(f"it is not a valid descriptor ({error.note})")
    for task in report.tasks:
        frame = frames[task.name]
        schema = next(r["schema"] for r in resources if r["name"] == task.name)
        fields = {f["name"]: f for f in schema["fields"]}
        for error in task.errors:
            number = getattr(error, "row_number", None)
            if number is None:
                yield Problem(task.name, "", "", None, f"{error.message.rstrip('.')}")
                continue
            line = frame.index[number - 2]
            column, value = getattr(error, "field_name", "") or "", getattr(error, "cell", "") or ""
            if error.type == "unique-error" and [column] == schema.get("primaryKey"):
                continue  # the primary key says it too
            if error.type == "primary-key":
                column = ", ".join(schema["primaryKey"])
                value = ", ".join(error.cells[list(fields).index(k)] or "" for k in schema["primaryKey"])
            elif error.type == "foreign-key":
                column = ", ".join(error.field_names)
                value = ", ".join(error.field_cells)
            yield Problem(task.name, _row(frame, line), column, value, _right(error, fields.get(column, {})))


def _missing_keys(resources: dict[str, dict], lent: dict[str, dict], frames: Frames) -> Iterator[Problem]:
    """Keys into tables that are not in the folder; frictionless reads only what is."""
    for name in resources.keys() & frames.keys():
        for key in resources[name]["schema"].get("foreignKeys", []):
            if (table := key["reference"]["resource"]) in lent:
                column, known = key["fields"][0], set(frames[table][key["reference"]["fields"][0]])
                for i in frames[name].index[frames[name][column].notna() & ~frames[name][column].isin(known)]:
                    yield Problem(name, _row(frames[name], i), column, frames[name].at[i, column], f"there is no such row in the project's {table}.csv; a {table}.csv of your own can hold it")


def _right(error, field: dict) -> str:
    """What would be right instead of frictionless's `error`."""
    match error.type:
        case "type-error":
            return f"it must be {_KINDS[field['type']][1] if field.get('type') in _KINDS else 'of the type ' + field.get('type', '')}"
        case "primary-key":
            return "a key is needed" if not any(error.cells[:1]) else "this key stands in the table already; keys are unique"
        case "unique-error":
            return "this value stands in the column already; it must be unique"
        case "foreign-key":
            return f"there is no such row in {error.reference_name}.csv"
        case "constraint-error":
            constraints = field["constraints"]
            if '"required"' in error.note:
                return "a value is needed here"
            if '"enum"' in error.note:
                return f"it must be one of: {', '.join(map(str, constraints['enum']))}"
            if '"pattern"' in error.note:
                return f"it must look like {field['example']!r}" if "example" in field else f"it must be of the form {constraints['pattern']}"
            for name, said in (("minimum", "at least {}"), ("maximum", "at most {}"), ("maxLength", "at most {} characters long")):
                if f'"{name}"' in error.note:
                    return f"it must be {said.format(constraints[name])}"
    return error.message.rstrip(".")


def _texts(data: Frames) -> Iterator[Problem]:
    """No text may act as a formula or as markup, hide characters, or be misread; an address leads to a host."""
    for name, table in data.items():
        for column in table.columns[table.dtypes == object]:
            texts = table[column].dropna()
            address = column in ("url", "website")
            tests = [
                (texts.str.contains(_HIDDEN), "it holds an invisible character or a line break; type the text again"),
                (texts.str.contains(_MISREAD), "it looks like text read in a wrong encoding; type the text again"),
                (texts.str.len() > LONGEST, f"it has more than {LONGEST:,} characters; look for a missing quote"),
            ]
            if address:
                tests += [(~texts.map(_leads_somewhere), "it must be an address on a public host, without a user name")]
            else:
                tests += [
                    (texts.str.match(_FORMULA), "a spreadsheet would run it as a formula; it must not begin with = + - @ or a tab"),
                    (texts.str.contains(_MARKUP), "it looks like HTML; write plain text"),
                    (texts != texts.str.strip(), "it begins or ends with a space"),
                ]
            if column == "summary":
                tests += [(texts.str.len() > SUMMARY, f"it has more than {SUMMARY} characters; make it shorter")]
            seen: set[int] = set()
            for found, right in tests:
                for line in texts.index[found.astype(bool)]:
                    if line not in seen:
                        seen.add(line)
                        yield Problem(name, _row(table, line), column, texts[line], right)


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(re.fullmatch(r"[^.]+(\.[^.]+)+", parts.hostname or "")) and parts.username is None
    except ValueError:
        return False


def _distance(points: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Degrees from each point to the nearest border of a country; 0 inside it."""
    nearest = np.full(len(points), np.inf)
    for ring in rings:
        if ring[:, 0].max() > 180:  # drawn on beyond the date line
            points = np.where([[True, False]] & (points < 0), points + [360, 0], points)
        a, d = ring[:-1], np.diff(ring, axis=0)
        length = np.maximum((d**2).sum(axis=1), 1e-12)
        inside = Outline(ring).contains_points(points)
        nearest[inside] = 0
        for i in np.flatnonzero(nearest > 0):
            t = np.clip(((points[i] - a) * d).sum(axis=1) / length, 0, 1)
            nearest[i] = min(nearest[i], np.hypot(*(a + t[:, None] * d - points[i]).T).min())
    return nearest


def _places(path: Path, data: Frames, scope: list[str] | None, wrong: set) -> Iterator[Problem]:
    """Points lie in their country or its waters; only places have points; the scan keeps to its regions."""
    try:
        shapes = world(Tables(path))
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, IndexError) as error:
        yield Problem("world.geojson", "", "", None, f"it must be GeoJSON, each feature a polygon with the property iso3 ({_short(error)})")
        return
    if "countries" not in data:
        return
    countries = data["countries"].drop_duplicates("iso3").set_index("iso3")
    for name in ("initiatives", "ecosystems"):
        table = data.get(name, pd.DataFrame(columns=["iso3", "latitude", "longitude", "precision"]))
        table = table[[(name, _row(table, i)) not in wrong for i in table.index]]
        if scope:
            for i in table.index[~table["iso3"].map(countries["region"]).isin(scope)]:
                yield Problem(name, _row(table, i), "iso3", table.at[i, "iso3"], f"the scan looks at {'; '.join(scope)} only")
        has = table[["latitude", "longitude"]].notna()
        for i, r in table.iterrows():
            if has.at[i, "latitude"] != has.at[i, "longitude"]:
                yield Problem(name, _row(table, i), "longitude" if has.at[i, "latitude"] else "latitude", "", "a point needs both latitude and longitude")
            elif has.at[i, "latitude"] and r.precision == "country":
                yield Problem(name, _row(table, i), "latitude", r.latitude, "with the precision 'country' the coordinates stay empty")
            elif not has.at[i, "latitude"] and r.precision != "country":
                yield Problem(name, _row(table, i), "latitude", "", f"the precision {r.precision!r} needs coordinates; use 'country' if only the country is known")
        for iso3, group in table[has.all(axis=1)].groupby("iso3"):
            points = group[["longitude", "latitude"]].to_numpy(float)
            if iso3 in shapes:
                off = _distance(points, shapes[iso3])
            else:
                off = np.maximum(np.hypot(*(points - countries.loc[iso3, ["capital_longitude", "capital_latitude"]].to_numpy(float)).T) - 2.5, 0)
            for i, point, distance in zip(group.index, points, off, strict=True):
                where = f"{point[1]:g}, {point[0]:g}"
                other = next((c for c, s in shapes.items() if distance > ABROAD and c != iso3 and _distance(point[None], s)[0] == 0), None)
                if other:
                    yield Problem(name, _row(table, i), "latitude", where, f"the point lies in {other}, not in {iso3}; check sign, order and country")
                elif distance > NEAR or np.isnan(distance):
                    yield Problem(name, _row(table, i), "latitude", where, f"the point lies about {distance:.1f} degrees outside {iso3}; check sign, order and country")


def _counts(data: Frames, name: str) -> Iterator[Problem]:
    """Years are in order; a year of founding and a count say what they mean."""
    for i, r in data[name].iterrows():
        ended, year = r.get("ended"), r.founded
        if pd.notna(year) and pd.isna(r.founded_of):
            yield Problem(name, _row(data[name], i), "founded_of", "", "say whether the year is the initiative's, the organisation's or unclear")
        for column, later in (("ended", ended), ("reach_year", r.reach_year)):
            if pd.notna(later) and later < year and (column == "ended" or r.founded_of == "initiative"):
                yield Problem(name, _row(data[name], i), column, f"{later:.0f}", f"it lies before the founding in {year:.0f}")
        if pd.notna(r.reach) and pd.isna(r.reach_basis):
            yield Problem(name, _row(data[name], i), "reach_basis", "", "say what the count means, or 'not stated'")
        for column in ("reach_year", "reach_basis"):
            if pd.isna(r.reach) and pd.notna(r[column]):
                yield Problem(name, _row(data[name], i), "reach", "", f"{column} is given and needs the count")


def _future(data: Frames, made: int) -> Iterator[Problem]:
    """No year after the tables were made, but of what is planned."""
    for name, table in data.items():
        planned = (table["certainty"] == "planned") if "certainty" in table else pd.Series(False, table.index)
        for column in {"founded", "ended", "reach_year", "year"} & set(table.columns):
            for i in table.index[(table[column] > made) & ~planned]:
                yield Problem(name, _row(table, i), column, f"{table.at[i, column]:.0f}", f"it lies after {made}, when the tables were made")


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
    used = {key for table in data.values() for column in table if column.endswith("source_id") for key in table[column].dropna()}
    for i in pages.index[~pages["id"].isin(used)]:
        yield Problem("sources", _row(pages, i), "id", pages.at[i, "id"], "no row stands on this page; remove it, or cite it")


def _figures(data: Frames, name: str, *areas: str) -> Iterator[Problem]:
    """Values stand for a country or a group of countries."""
    table, known = data[name], {code for area in areas for code in data[area].iloc[:, 0]}
    for i in table.index[~table["iso3"].isin(known)]:
        yield Problem(name, _row(table, i), "iso3", table.at[i, "iso3"], "it is neither a country of countries.csv nor a group of areas.csv")


def _subjects(data: Frames, name: str, ecosystems: str) -> Iterator[Problem]:
    """Questions are about the programme or one of the ecosystems."""
    table = data[name]
    for i in table.index[~table["about"].isin({"programme", *data[ecosystems]["id"]})]:
        yield Problem(name, _row(table, i), "about", table.at[i, "about"], "it must be 'programme' or the id of an ecosystem")


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
    for columns, said in ((["name", "iso3"], "the same name in the same country"), (["website", "place", "iso3"], "the same website and place")):
        seen: dict[tuple, str] = {}
        for i, values in zip(table.index, table[columns].itertuples(index=False), strict=True):
            if not any(map(pd.isna, values)):
                key = (_letters(values[0]) if columns[0] == "name" else values[0].rstrip("/"), *values[1:])
                if key in seen:
                    yield Problem(name, _row(table, i), columns[0], values[0], f"{seen[key]} has {said}; keep one of them")
                seen.setdefault(key, table.at[i, "id"])


def _spelling(data: Frames, name: str) -> Iterator[Problem]:
    """One partner has one name."""
    spelled: dict[str, str] = {}
    for i, partner in data[name]["name"].dropna().items():
        if (first := spelled.setdefault(_letters(partner), partner)) != partner:
            yield Problem(name, _row(data[name], i), "name", partner, f"another row spells it {first!r}; use one spelling")


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
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
