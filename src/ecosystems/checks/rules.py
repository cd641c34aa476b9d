"""Rules of the tables' content that no description can say: years, counts, pages, readings, figures, edits."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ecosystems.checks.fields import RESERVED, columns
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, by_id, rule, told
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


# -- readings ---------------------------------------------------------------------------------------------------------
# Tables of one reader alone, without the two columns or with both of them empty, are not judged by the rules on two.

_READERS = ["reader_1", "reader_2"]


@rule("codings")
def _readings(table: pd.DataFrame) -> Iterator[Fault]:
    """Both readers read every cell, the settled value is theirs if they agree, and only a difference has a reason."""
    value = table["present"]
    if not set(_READERS) <= set(table) or table[_READERS].isna().all(axis=None):
        right = "write 1 (a page shows it) or 0 (a page denies it); what is not seen has no row"
        yield value.isna(), "present", right
        return
    for reader in _READERS:
        yield table[reader].isna(), reader, "a coding needs two readings; write shown, denied or not seen"
    first, second = (table[reader].fillna("") for reader in _READERS)
    both, agree = (first != "") & (second != ""), (first == second) & (first != "")
    yield agree & (first == "not seen"), "reader_1", "neither reader saw it; leave the row out"
    for said, settled in (("shown", 1), ("denied", 0)):
        right = f"both readers say {said}; the settled value is then {settled}"
        yield agree & (first == said) & (value != settled), "present", right
    if "reason" in table:
        reason = table["reason"].notna()
        yield both & ~agree & ~reason, "reason", "the readers differ; say why it was settled so"
        yield agree & reason, "reason", "the readers agree; leave it empty"


@rule("agreement")
def _counted(table: pd.DataFrame) -> Iterator[Fault]:
    """The counts of agreement add up."""
    counts = ["both", "first_only", "second_only", "neither"]
    yield table[counts].sum(axis=1) != table["initiatives"], "initiatives", f"it must be the sum of {', '.join(counts)}"


# -- country figures --------------------------------------------------------------------------------------------------

# Units of indicators with the least and the largest value that they allow; others are not judged.
_UNITS = {
    **{"%": (0, 100), "0-1": (0, 1), "0-100": (0, 100), "score": (0, 1000), "years": (0, 120)},
    **dict.fromkeys(("intl$", "per100", "persons"), (0, np.inf)),
}


@rule("country_figures", "countries", "areas")
@rule("country_figures_unesco", "countries", "areas")
def _areas(table: pd.DataFrame, countries: pd.DataFrame, areas: pd.DataFrame) -> Iterator[Fault]:
    """Values stand for a country or a group of countries."""
    right = "it is neither a country of countries.csv nor a group of areas.csv"
    yield ~table["iso3"].isin({*countries["iso3"], *areas["code"]}), "iso3", right


@rule("country_figures", "indicators")
@rule("country_figures_unesco", "indicators")
def _limits(table: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Fault]:
    """No value is beyond what its unit allows."""
    unit, value = table["indicator_id"].map(by_id(indicators)["unit"]), table["value"]
    for known, (low, high) in _UNITS.items():
        limits = f"from {low} to {high}; what can be more has another unit" if high < np.inf else f"at least {low}"
        wrong = (unit == known) & value.notna() & ~value.between(low, high)
        yield wrong, "value", f"in the unit {known} of indicators.csv it must be {limits}"
    yield (unit == "persons") & (value % 1 > 0), "value", "persons are whole numbers; look for a separator of thousands"


@rule("country_figures", "country_figures_unesco", name="country_figures_unesco")
@rule("country_figures_unesco", "country_figures", name="country_figures")
def _apart(table: pd.DataFrame, other: pd.DataFrame, name: str) -> Iterator[Fault]:
    """All values of one indicator stand in one table, whose licence is theirs."""
    there = table["indicator_id"].map(other["indicator_id"].value_counts()).fillna(0)
    fewer = there >= table.groupby("indicator_id")["value"].transform("size")
    yield fewer, "indicator_id", f"{name}.csv has the values of this indicator; move the row there"


# -- edits ------------------------------------------------------------------------------------------------------------

ALIKE = 0.85  # so alike is a name that was mistyped; others may be words, or of rows that are gone
_ID = re.compile(r"(?<![\w-])\w+(?:-\w+)+(?![\w-])")
_COLUMN = re.compile(r"(?<![\w-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w-])|(?<=\(column )\w+|(?<=\(columns )\w+")


def edits(data: Frames, package: dict) -> Iterator[Fault]:
    """Edits name tables, columns and rows that are there, and lie before tomorrow and in no later version."""
    table, described = data["edits"], {r["name"]: r for r in package["resources"]}
    names = {*described, *(c for r in described.values() for c in columns(r))}
    ids = {n: [*frame["id"].dropna()] for n, frame in data.items() if "id" in frame}
    known = {id for of in ids.values() for id in of}
    known |= {i for what in table.loc[table["kind"] == "removal", "what"].dropna() for i in _ID.findall(what)}
    # The clock of an editor in the east is a day ahead.
    today = str(datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1))

    made = str(package.get("version"))
    own = made in set(table["version"])  # else it is the history of other tables, such as those that these began with
    for line, version, date, tables, what in table[["version", "date", "tables", "what"]].fillna("").itertuples():
        if own and _number(version) > _number(made):
            yield line, "version", f"datapackage.json has the version {made}; renew one of them"
        if date > max(today, str(package.get("created"))[:10]):
            yield line, "date", "it lies in the future"
        if version != made:
            continue  # of what older editions name much is gone
        named = tables.split("; ")
        for name in sorted({*named} - {"all", "", *described}):
            yield line, "tables", f"there is no table {name[:60]!r}; names are separated by '; '", ASKED
        for name in sorted({*_COLUMN.findall(what)} - names):
            yield line, "what", f"there is no column or table {name[:60]!r}", ASKED
        there = [id for name in named for id in ids.get(name, [])]
        for id in sorted({*_ID.findall(what)} - known):
            close = difflib.get_close_matches(id, there, 1, ALIKE)
            if close and close[0].rstrip("0123456789") != id.rstrip("0123456789"):
                yield line, "what", f"there is no row {id[:60]!r}; {close[0][:60]!r} is one", ASKED


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
