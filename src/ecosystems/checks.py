"""Checks of the tables: what ``datapackage.json`` says (by frictionless), and what a descriptor cannot say.

Each problem is one sentence: table, row, column, value, what would be right.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.path import Path as Outline

from ecosystems.maps import world
from ecosystems.tables import Tables

__all__ = ["Problem", "check"]

NEAR = 1.5  # degrees: many islands have no outline at 1:110m, and some countries only that of their greatest
REGIONS = ("Africa", "Asia and the Pacific", "Latin America and the Caribbean")
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!]")
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Problem(NamedTuple):
    """One thing that is wrong."""

    table: str
    row: str
    column: str
    value: str
    right: str

    def __str__(self) -> str:
        place = f"{self.table}.csv" if self.table != "datapackage" else "datapackage.json"
        value = "" if self.value == "" and not self.column else f" is empty;" if self.value == "" else f" is {_short(self.value)!r};"
        return f"{place}{f', {self.row}' if self.row else ''}{f', column {self.column}' if self.column else ''}{value if self.column else ':'} {self.right}."


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def check(path: Path) -> list[Problem]:
    """All problems of the tables in the folder `path`; an empty list if there are none."""
    path = Path(path)
    try:
        package = json.loads((path / "datapackage.json").read_text("utf-8"))
        resources = {r["name"]: r for r in package["resources"]}
    except FileNotFoundError:
        return [Problem("datapackage", "", "", "", f"the file is missing in {path}; it describes every table")]
    except (ValueError, KeyError, TypeError) as error:
        return [Problem("datapackage", "", "", "", f"it cannot be read as JSON with a list of resources ({error})")]
    problems = [*_files(path, resources)]
    if not problems:
        problems = list(dict.fromkeys(_described(path, resources)))
    if not problems:
        data = Tables(path)
        for rule in (_texts, _places, _years, _sources, _links, _twins):
            problems += rule(data)
    return problems


def _files(path: Path, resources: dict) -> Iterator[Problem]:
    """Files are there, readable, with the columns that are described."""
    for name, resource in resources.items():
        file = path / resource["path"]
        if not file.exists():
            yield Problem(name, "", "", "", f"the file {resource['path']} is missing")
            continue
        try:
            text = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            yield Problem(name, f"line {line}", "", "", "the text is not UTF-8; save the table as CSV in UTF-8")
            continue
        if "schema" not in resource:
            continue
        header = text.partition("\n")[0].rstrip("\r").split(",")
        wanted = [f["name"] for f in resource["schema"]["fields"]]
        if header != wanted:
            missing, unknown = [c for c in wanted if c not in header], [c for c in header if c not in wanted]
            said = [f"the column {c} is missing" for c in missing] + [f"the column {c!r} is not described" for c in unknown]
            yield Problem(name, "line 1", "", "", "; ".join(said) or f"the columns must stand in this order: {', '.join(wanted)}")
            continue
        for line, cells in enumerate(csv.reader(text.splitlines(keepends=True)), 1):
            if len(cells) != len(wanted):
                yield Problem(name, f"line {line}", "", "", f"the row has {len(cells)} cells instead of {len(wanted)}; look for a missing comma or quote")


def _described(path: Path, resources: dict) -> Iterator[Problem]:
    """What frictionless finds with the descriptor, said in plain words."""
    import frictionless

    frictionless.system.trusted = True
    report = frictionless.Package(str(path / "datapackage.json")).validate()
    for task in report.tasks:
        fields = {f["name"]: f for f in resources[task.name].get("schema", {}).get("fields", [])} if task.name in resources else {}
        for error in task.errors:
            if error.type in ("hash-count", "byte-count", "row-count"):
                yield Problem(task.name, "", "", "", "the table was changed since it was described; run make describe")
                continue
            row = f"line {error.row_number}" if getattr(error, "row_number", None) else ""
            column = getattr(error, "field_name", "") or ""
            value = getattr(error, "cell", "") or ""
            yield Problem(task.name, row, column, value, _right(error, fields.get(column, {})))
    if not report.tasks and report.errors:
        for error in report.errors:
            yield Problem("datapackage", "", "", "", error.message.rstrip("."))


def _right(error, field: dict) -> str:
    constraints = field.get("constraints", {})
    note = error.note or ""
    match error.type:
        case "type-error":
            return f"it must be {_article(field.get('type', 'another type'))}"
        case "primary-key":
            return "this key stands in the table already; keys are unique"
        case "unique-error":
            return "this value stands in the column already; it must be unique"
        case "foreign-key":
            found = re.search(r'for "([^"]+)": values "([^"]+)" not found in the lookup table "([^"]+)" as "([^"]+)"', note)
            return f"{found[1]} {found[2]!r} is not a key of {found[3]}.csv" if found else f"a key is not in the table that it points to ({note})"
        case "constraint-error":
            if "required" in note:
                return "a value is needed here"
            for name, said in (("enum", "one of: {}"), ("pattern", "of the form {}"), ("minimum", "at least {}"), ("maximum", "at most {}")):
                if f'"{name}"' in note and name in constraints:
                    limit = constraints[name]
                    return "it must be " + said.format(", ".join(map(str, limit)) if isinstance(limit, list) else limit)
    return error.message.rstrip(".")


def _article(kind: str) -> str:
    return {"integer": "a whole number", "number": "a number", "year": "a year of four digits", "string": "text", "boolean": "true or false"}.get(kind, kind)


def _row(table: pd.DataFrame, index: int) -> str:
    key = table.iloc[index, 0]
    return f"line {index + 2} ({key})"


def _tables(data: Tables) -> Iterator[tuple[str, pd.DataFrame]]:
    for resource in data.package["resources"]:
        if "schema" in resource:
            yield resource["name"], getattr(data, resource["name"])


def _texts(data: Tables) -> Iterator[Problem]:
    """No text may act as a formula, as markup, or hide characters; summaries are short."""
    for name, table in _tables(data):
        for column in table.columns:
            if not pd.api.types.is_string_dtype(table[column]) or column in ("url", "website"):
                continue
            for i, value in enumerate(table[column]):
                if not isinstance(value, str):
                    continue
                if _FORMULA.search(value):
                    yield Problem(name, _row(table, i), column, value, "a spreadsheet would run it as a formula; it must not begin with = + - @ or a tab")
                elif _MARKUP.search(value):
                    yield Problem(name, _row(table, i), column, value, "it looks like HTML; write plain text")
                elif _HIDDEN.search(value):
                    yield Problem(name, _row(table, i), column, value, "it holds an invisible character; type the text again")
                elif value != value.strip():
                    yield Problem(name, _row(table, i), column, value, "it begins or ends with a space")
                elif column == "summary" and len(value) > 300:
                    yield Problem(name, _row(table, i), column, value, f"it has {len(value)} characters; a summary has at most 300")


def _distance(x: float, y: float, rings: list[np.ndarray]) -> float:
    """Degrees from a point to the nearest border of a country; 0 inside it."""
    nearest = np.inf
    for ring in rings:
        if Outline(ring).contains_point((x, y)):
            return 0.0
        a, b = ring[:-1], ring[1:]
        d = b - a
        length = (d**2).sum(axis=1)
        t = np.clip((((x, y) - a) * d).sum(axis=1) / np.where(length == 0, 1, length), 0, 1)
        nearest = min(nearest, float(np.hypot(*((a + t[:, None] * d) - (x, y)).T).min()))
    return nearest


def _places(data: Tables) -> Iterator[Problem]:
    """Points lie in their country or its waters; only places have points; the scan's countries lie in its three regions."""
    shapes = world(data)
    capitals = data.countries.set_index("iso3")[["capital_longitude", "capital_latitude"]]
    regions = data.countries.set_index("iso3")["region"]
    for name in ("initiatives", "ecosystems"):
        table = getattr(data, name)
        for i, r in enumerate(table.itertuples()):
            point = not pd.isna(r.latitude), not pd.isna(r.longitude)
            if regions.get(r.iso3) not in REGIONS:
                yield Problem(name, _row(table, i), "iso3", r.iso3, f"the scan looks at {REGIONS[0]}, {REGIONS[1]}, and {REGIONS[2]} only")
            if point[0] != point[1]:
                yield Problem(name, _row(table, i), "longitude" if point[0] else "latitude", "", "a point needs both latitude and longitude")
            elif point[0] and r.precision == "country":
                yield Problem(name, _row(table, i), "latitude", r.latitude, "with the precision 'country' the coordinates stay empty")
            elif not point[0] and r.precision != "country":
                yield Problem(name, _row(table, i), "latitude", "", f"the precision {r.precision!r} needs coordinates; use 'country' if only the country is known")
            elif point[0]:
                if rings := shapes.get(r.iso3):
                    off = _distance(r.longitude, r.latitude, rings)
                else:
                    off = float(np.hypot(*(capitals.loc[r.iso3].to_numpy() - (r.longitude, r.latitude)))) - 2.5
                if off > NEAR:
                    yield Problem(name, _row(table, i), "latitude", f"{r.latitude}, {r.longitude}", f"the point lies about {off:.1f} degrees outside {r.iso3}; check sign and order")


def _years(data: Tables) -> Iterator[Problem]:
    """Years are in order, and not after the tables were made."""
    today = int(data.package["created"][:4])
    for name in ("initiatives", "ecosystems"):
        table = getattr(data, name)
        for i, r in enumerate(table.itertuples()):
            ended = getattr(r, "ended", pd.NA)
            if not pd.isna(r.founded) and pd.isna(r.founded_of):
                yield Problem(name, _row(table, i), "founded_of", "", "say whether the year is the initiative's, the organisation's or unclear")
            for column, later in (("ended", ended), ("reach_year", r.reach_year)):
                if not pd.isna(later) and not pd.isna(r.founded) and later < r.founded and (column == "ended" or r.founded_of == "initiative"):
                    yield Problem(name, _row(table, i), column, later, f"it lies before the founding in {r.founded}")
            for column, year in (("founded", r.founded), ("ended", ended), ("reach_year", r.reach_year)):
                if not pd.isna(year) and year > today:
                    yield Problem(name, _row(table, i), column, year, f"it lies after {today}, when the tables were made")
            if not pd.isna(r.reach) and pd.isna(r.reach_basis):
                yield Problem(name, _row(table, i), "reach_basis", "", "say what the count means, or 'not stated'")
            if pd.isna(r.reach) and not pd.isna(r.reach_year):
                yield Problem(name, _row(table, i), "reach", "", f"a year of the count ({r.reach_year}) needs the count")


def _sources(data: Tables) -> Iterator[Problem]:
    """Every initiative and ecosystem has a page, and every page is used."""
    for name, link, column in (("initiatives", data.initiative_sources, "initiative_id"), ("ecosystems", data.ecosystem_sources, "ecosystem_id")):
        table = getattr(data, name)
        for i, key in enumerate(table["id"]):
            if key not in set(link[column]):
                yield Problem(name, _row(table, i), "id", key, f"no page supports it; add a row to {name[:-1]}_sources.csv")
    used: set[str] = set()
    for name, table in _tables(data):
        for column in table.columns:
            if column.endswith("source_id"):
                used |= set(table[column].dropna())
    for i, key in enumerate(data.sources["id"]):
        if key not in used:
            yield Problem("sources", _row(data.sources, i), "id", key, "no row stands on this page; remove it, or cite it")


def _links(data: Tables) -> Iterator[Problem]:
    """Links that keys between tables cannot say."""
    areas = set(data.countries["iso3"]) | set(data.areas["code"])
    for name in ("country_figures", "country_figures_unesco"):
        table = getattr(data, name)
        for i in np.flatnonzero(~table["iso3"].isin(areas)):
            yield Problem(name, _row(table, i), "iso3", table["iso3"].iloc[i], "it is neither a country of countries.csv nor a group of areas.csv")
    subjects = {"programme", *data.ecosystems["id"]}
    for name in ("contradictions", "unknowns"):
        table = getattr(data, name)
        for i in np.flatnonzero(~table["about"].isin(subjects)):
            yield Problem(name, _row(table, i), "about", table["about"].iloc[i], "it must be 'programme' or the id of an ecosystem")
    twice = data.ecosystems["initiative_id"].duplicated()
    for i in np.flatnonzero(twice):
        yield Problem("ecosystems", _row(data.ecosystems, i), "initiative_id", data.ecosystems["initiative_id"].iloc[i], "another ecosystem is this initiative already")


def _plain(text: object) -> str:
    letters = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
    return " ".join(sorted(set(re.findall(r"[a-z0-9]+", letters)) - {"the", "of", "and", "for", "in"}))


def _twins(data: Tables) -> Iterator[Problem]:
    """No initiative stands twice, and no partner under two spellings."""
    table = data.initiatives
    seen: dict[tuple, str] = {}
    for i, r in enumerate(table.itertuples()):
        key = (r.iso3, _plain(r.name))
        if key in seen:
            yield Problem("initiatives", _row(table, i), "name", r.name, f"{seen[key]} has the same name in the same country; keep one of them")
        seen.setdefault(key, r.id)
    spelled: dict[str, str] = {}
    for i, name in enumerate(data.partners["name"]):
        if spelled.setdefault(_plain(name), name) != name:
            yield Problem("partners", _row(data.partners, i), "name", name, f"another row spells it {spelled[_plain(name)]!r}; use one spelling")
