"""Rules of the tables' content that no description can say: years, counts, pages, regions."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.fields import RESERVED
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, rule, told
from ecosystems.tables import cited

STARTED = "The rows of this scan are examples"  # so begins the description of a scan that has just been started
NAME = 80  # characters
PLANNED = 10  # years in which an event that is planned may lie


def examples(data: Frames, package: dict) -> Iterator[Problem]:
    """A scan of one's own rows does not call them the examples with which it began."""
    text, rows = str(package.get("description")), data.get("initiatives", pd.DataFrame(columns=["name"]))
    if text.startswith(STARTED) and not all(name in text for name in rows["name"].dropna()):
        right = "it is still that of the example rows; say in a sentence what your scan is about"
        yield Problem("datapackage.json", "", "description", text, right)


def future(data: Frames, package: dict) -> Iterator[Problem]:
    """No year after the tables were made, but of what is planned; no event so late that nobody plans it."""
    year = re.match("[0-9]{4}", str(package.get("created")))
    made = int(year[0]) if year else datetime.date.today().year
    for name, table in data.items():
        yield from told(name, table, _late(table, made))


def _late(table: pd.DataFrame, made: int) -> Iterator[Fault]:
    if {"date", "date_end"} <= set(table):
        for column in ("date", "date_end"):
            late = table[column].str[:4] > str(made + PLANNED)
            yield late, column, f"it lies more than {PLANNED} years after {made}"
    planned = (table["certainty"] == "planned") if "certainty" in table else False
    for column in ("founded", "ended", "reach_year", "year"):
        if column in table and pd.api.types.is_numeric_dtype(table[column]):
            yield (table[column] > made) & ~planned, column, f"it lies after {made}, when the tables were made"


def unused(data: Frames, package: dict) -> Iterator[Problem]:
    """Every page is used, as far as all tables can be read."""
    if "sources" in data and data.keys() >= {r["name"] for r in package["resources"] if "schema" in r}:
        right = "no row stands on this page; remove it, or cite it"
        yield from told("sources", data["sources"], [(~data["sources"]["id"].isin(cited(data.values())), "id", right)])


_EFFECT = "an effect needs its unit and what it is the effect of"
_COUNTED = (
    ("founded", "founded_of", "say whether the year is the initiative's, the organisation's or unclear"),
    ("founded_of", "founded", "founded_of is given and needs the year"),
    ("reach", "reach_basis", "say what the count means, or 'not stated'"),
    *((c, "reach", f"{c} is given and needs the count") for c in ("reach_about", "reach_year", "reach_basis")),
)
_UNIT = (
    ("value", "unit", "a value needs its unit; write both, or none", ASKED),
    ("unit", "value", "a unit needs its value; write both, or none", ASKED),
)


@rule("initiatives", needs=_COUNTED)
@rule("ecosystems", needs=_COUNTED)
@rule("facts", needs=_UNIT)
@rule("studies", needs=(("effect", "effect_unit", _EFFECT), ("effect", "effect_of", _EFFECT)))
def _needs(table: pd.DataFrame, needs: tuple) -> Iterator[Fault]:
    """What means nothing alone stands with what it needs."""
    for one, other, *right in needs:
        if one in table and other in table:
            yield table[one].notna() & table[other].isna(), other, *right


@rule("ecosystems", column="now_iso3", first="iso3")
@rule("events")
@rule("facts")
@rule("organisations")
@rule("people")
@rule("quoted_figures", first="where_source_id")
def _again(table: pd.DataFrame, column: str = "also_source_id", first: str = "source_id") -> Iterator[Fault]:
    """A second page or country is another one than the first."""
    if column in table:
        yield table[column] == table[first], column, f"it is the same as {first}; name another, or leave it empty"


@rule("initiatives")
@rule("ecosystems")
def _years(table: pd.DataFrame) -> Iterator[Fault]:
    """Years are in order, and none is what spreadsheets make of an empty cell."""
    founded, counted = table["founded"], table["reach_year"]
    if "ended" in table:
        yield table["ended"] < founded, "ended", "it lies before the founding"
        yield counted > table["ended"], "reach_year", "it lies after the end; nobody was reached then"
    early = (counted < founded) & (table["founded_of"] == "initiative")
    yield early, "reach_year", "it lies before the founding"
    yield founded == 1900, "founded", "spreadsheets write this year for an empty cell; look it up", ASKED
    yield founded == 1905, "founded", "spreadsheets make it of years that they take for days; look it up", ASKED


@rule("events")
def _dates(events: pd.DataFrame) -> Iterator[Fault]:
    """Dates are days of the calendar, and an end does not come before its beginning."""
    for column in ("date", "date_end"):
        for line, value in events[column].dropna().items():
            try:
                datetime.date.fromisoformat((value + "-01-01")[:10])
            except ValueError:
                yield line, column, "there is no such date"
    end = events["date_end"]
    yield end.notna() & ~(end >= events["date"]), "date_end", "it lies before the date"


@rule("studies", "study_sources", links="study_sources")
@rule("initiatives", "initiative_sources", links="initiative_sources")
@rule("ecosystems", "ecosystem_sources", links="ecosystem_sources")
@rule("contradictions", "claims", links="claims", what="no claim answers")
def _supported(
    table: pd.DataFrame, linked: pd.DataFrame, links: str, what: str = "no page supports"
) -> Iterator[Fault]:
    """Every initiative, ecosystem and study has a page, and every question an answer that a page gives."""
    of = next(c for c in linked if c.endswith("_id"))
    yield ~table["id"].isin(linked[of]), "id", f"{what} it; add a row to {links}.csv"


@rule("contradictions", "ecosystems")
@rule("unknowns", "ecosystems")
def _subjects(table: pd.DataFrame, ecosystems: pd.DataFrame) -> Iterator[Fault]:
    """Questions are about the programme or one of the ecosystems."""
    wrong = ~table["about"].isin({"programme", *ecosystems["id"]})
    yield wrong, "about", "it must be 'programme' or the id of an ecosystem"


@rule("ecosystems")
def _once(table: pd.DataFrame) -> Iterator[Fault]:
    """An ecosystem is one initiative, and its id one address, on disks that do not tell capitals too."""
    for column in ("initiative_id", "id"):
        same = table[column].str.lower()
        yield same.duplicated() & same.notna(), column, "another ecosystem has the same"
    ids, reserved = table["id"], RESERVED.pattern
    yield ids.str.fullmatch(reserved, flags=RESERVED.flags), "id", "Windows can have no file of this name"
    yield ids.str.len() > NAME, "id", f"files are named after it; at most {NAME} characters"
