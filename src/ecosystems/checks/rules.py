"""Rules of the tables' content that no description can say: years, counts, pages, regions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

import pandas as pd

from ecosystems.checks import belonging, codings, ecosystems, figures, portraits, twins
from ecosystems.checks.fields import RESERVED
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, each, row_label, sentences

STARTED = "The rows of this scan are examples"  # so begins the description of a scan that has just been started
NAME = 80  # characters
PLANNED = 10  # years in which an event that is planned may lie
_EFFECT = "an effect needs its unit and what it is the effect of"
_COUNTED = (
    ("founded", "founded_of", "say whether the year is the initiative's, the organisation's or unclear"),
    ("founded_of", "founded", "founded_of is given and needs the year"),
    ("reach", "reach_basis", "say what the count means, or 'not stated'"),
    *((c, "reach", f"{c} is given and needs the count") for c in ("reach_about", "reach_year", "reach_basis")),
)
# Columns that need another one of their row, and what would be right in that one.
_NEEDS = {
    "initiatives": _COUNTED,
    "ecosystems": _COUNTED,
    "facts": [
        ("value", "unit", "a value needs its unit; write both, or none", ASKED),
        ("unit", "value", "a unit needs its value; write both, or none", ASKED),
    ],
    "studies": [("effect", c, _EFFECT) for c in ("effect_unit", "effect_of")],
}
# Columns that do not repeat another one of their row.
_AGAIN = (
    ("ecosystems", "now_iso3", "iso3"),
    *((name, "also_source_id", "source_id") for name in ("events", "facts", "organisations", "people")),
    ("quoted_figures", "also_source_id", "where_source_id"),
)


def regions(data: Frames, scope: list[str] | None) -> Iterator[Problem]:
    """The regions that ``datapackage.json`` lists are those of countries."""
    known = set(data["countries"]["region"].dropna()) if "countries" in data else set()
    for region in scope or []:
        if known and region not in known:
            right = f"no country of countries.csv lies in it; the regions are {', '.join(sorted(known))[:300]}"
            yield Problem("datapackage.json", "", "regions", region, right)


def examples(data: Frames, description: object) -> Iterator[Problem]:
    """A scan of one's own rows does not call them the examples with which it began."""
    text = str(description)
    if text.startswith(STARTED) and not all(name in text for name in data["initiatives"]["name"].dropna()):
        right = "it is still that of the example rows; say in a sentence what your scan is about"
        yield Problem("datapackage.json", "", "description", text, right)


def _needs(data: Frames, name: str) -> Iterator[Fault]:
    """What means nothing alone stands with what it needs."""
    table = data[name]
    for one, other, *right in _NEEDS[name]:
        if one in table and other in table:
            for line in table.index[table[one].notna() & table[other].isna()]:
                yield name, line, other, *right


def _again(data: Frames, name: str, column: str, first: str) -> Iterator[Fault]:
    """A second page or country is another one than the first."""
    table = data[name]
    for line in table.index[table[column] == table[first]] if column in table else ():
        yield name, line, column, f"it is the same as {first}; name another, or leave it empty"


def _years(data: Frames, name: str) -> Iterator[Fault]:
    """Years are in order, and none is what spreadsheets make of an empty cell."""
    table = data[name]
    founded, counted = table["founded"], table["reach_year"]
    ended = table["ended"] if "ended" in table else founded
    for column, wrong, *right in (
        ("ended", ended < founded, "it lies before the founding"),
        ("reach_year", (counted > ended) & ("ended" in table), "it lies after the end; nobody was reached then"),
        ("reach_year", (counted < founded) & (table["founded_of"] == "initiative"), "it lies before the founding"),
        ("founded", founded == 1900, "spreadsheets write this year for an empty cell; look it up", ASKED),
        ("founded", founded == 1905, "spreadsheets make it of years that they take for days; look it up", ASKED),
    ):
        for line in table.index[wrong]:
            yield name, line, column, *right


def future(data: Frames, made: int) -> Iterator[Problem]:
    """No year after the tables were made, but of what is planned; no event so late that nobody plans it."""
    for name, table in data.items():
        if name == "events":
            for column in ("date", "date_end"):
                late = table[column].str[:4] > str(made + PLANNED)
                yield from each(name, table, late, column, f"it lies more than {PLANNED} years after {made}")
        planned = (table["certainty"] == "planned") if "certainty" in table else pd.Series(False, table.index)
        for column in ("founded", "ended", "reach_year", "year"):
            if column in table and pd.api.types.is_numeric_dtype(table[column]):
                yield from each(
                    name,
                    table,
                    (table[column] > made) & ~planned,
                    column,
                    f"it lies after {made}, when the tables were made",
                )


def _dates(data: Frames, name: str) -> Iterator[Fault]:
    """Dates are days of the calendar, and an end does not come before its beginning."""
    for line, date, end in data[name][["date", "date_end"]].itertuples(name=None):
        for column, value in (("date", date), ("date_end", end)):
            if pd.notna(value):
                try:
                    datetime.date.fromisoformat((value + "-01-01")[:10])
                except ValueError:
                    yield name, line, column, "there is no such date"
        if pd.notna(end) and (pd.isna(date) or end < date):
            yield name, line, "date_end", "it lies before the date"


def _supported(data: Frames, name: str, links: str) -> Iterator[Fault]:
    """Every initiative, ecosystem and study has a page, and every question an answer that a page gives."""
    table, of = data[name], next(c for c in data[links] if c.endswith("_id"))
    for line in table.index[~table["id"].isin(data[links][of])]:
        what = "no claim answers" if links == "claims" else "no page supports"
        yield name, line, "id", f"{what} it; add a row to {links}.csv"


def unused(data: Frames) -> Iterator[Problem]:
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
            "sources", row_label(pages, i), "id", pages.at[i, "id"], "no row stands on this page; remove it, or cite it"
        )


def _subjects(data: Frames, name: str, ecosystems: str) -> Iterator[Fault]:
    """Questions are about the programme or one of the ecosystems."""
    table = data[name]
    for line in table.index[~table["about"].isin({"programme", *data[ecosystems]["id"]})]:
        yield name, line, "about", "it must be 'programme' or the id of an ecosystem"


def _once(data: Frames, name: str) -> Iterator[Fault]:
    """An ecosystem is one initiative, and its id one address, on disks that do not tell capitals too."""
    table, again, ids = data[name], "another ecosystem has the same", data[name]["id"]
    of, lower, reserved = table["initiative_id"], ids.str.lower(), RESERVED.pattern
    for column, wrong, right in (
        ("initiative_id", of.duplicated() & of.notna(), again),
        ("id", lower.duplicated() & ids.notna(), again),
        ("id", ids.str.fullmatch(reserved, flags=RESERVED.flags), "Windows can have no file of this name"),
        ("id", ids.str.len() > NAME, f"files are named after it; at most {NAME} characters"),
    ):
        for line in table.index[wrong.fillna(False).astype(bool)]:
            yield name, line, column, right


_FAULTS = (
    *((_needs, name) for name in _NEEDS),
    *((partial(_again, column=column, first=first), name) for name, column, first in _AGAIN),
    (_years, "initiatives"),
    (_years, "ecosystems"),
    (_dates, "events"),
    (_supported, "studies", "study_sources"),
    (_supported, "initiatives", "initiative_sources"),
    (_supported, "ecosystems", "ecosystem_sources"),
    (_supported, "contradictions", "claims"),
    (_subjects, "contradictions", "ecosystems"),
    (_subjects, "unknowns", "ecosystems"),
    (_once, "ecosystems"),
)
_MODULES = (codings, ecosystems, portraits, belonging, figures, twins)
# Each rule with the tables it needs; without one of them it does not apply.
RULES = tuple((sentences(r), *names) for r, *names in (*_FAULTS, *(f for m in _MODULES for f in m.RULES)))
