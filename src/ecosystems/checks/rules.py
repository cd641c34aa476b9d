"""Rules of the tables' content that no description can say: years, counts, pages, regions."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pandas as pd

from ecosystems.checks import belonging, codings, ecosystems, figures, portraits, twins
from ecosystems.checks.fields import RESERVED
from ecosystems.checks.problems import Frames, Problem, cell, each, row_key, row_label
from ecosystems.checks.wording import words

STARTED = "The rows of this scan are examples"  # so begins the description of a scan that has just been started
NAME = 80  # characters
PLANNED = 10  # years in which an event that is planned may lie


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


def _counts(data: Frames, name: str) -> Iterator[Problem]:
    """Years are in order; a year of founding and a count say what they mean."""
    table = data[name]
    founded, has = table["founded"], table.notna()
    yield from each(
        name,
        table,
        has["founded"] & ~has["founded_of"],
        "founded_of",
        "say whether the year is the initiative's, the organisation's or unclear",
    )
    yield from each(
        name, table, ~has["founded"] & has["founded_of"], "founded", "founded_of is given and needs the year"
    )
    if "ended" in table:
        yield from each(name, table, table["ended"] < founded, "ended", "it lies before the founding")
        late = table["reach_year"] > table["ended"]
        yield from each(name, table, late, "reach_year", "it lies after the end; nobody was reached then")
    yield from each(
        name,
        table,
        (table["reach_year"] < founded) & (table["founded_of"] == "initiative"),
        "reach_year",
        "it lies before the founding",
    )
    yield from each(
        name, table, has["reach"] & ~has["reach_basis"], "reach_basis", "say what the count means, or 'not stated'"
    )
    for column in ("reach_year", "reach_basis"):
        yield from each(name, table, ~has["reach"] & has[column], "reach", f"{column} is given and needs the count")


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


def _dates(data: Frames, name: str) -> Iterator[Problem]:
    """Dates are days of the calendar, and an end does not come before its beginning."""
    for i, r in data[name].iterrows():
        for column in ("date", "date_end"):
            if pd.notna(r[column]):
                try:
                    datetime.date.fromisoformat((r[column] + "-01-01")[:10])
                except ValueError:
                    yield Problem(name, row_label(data[name], i), column, r[column], "there is no such date")
        if pd.notna(r.date_end) and (pd.isna(r.date) or r.date_end < r.date):
            yield Problem(name, row_label(data[name], i), "date_end", r.date_end, "it lies before the date")


def _supported(data: Frames, name: str, links: str) -> Iterator[Problem]:
    """Every initiative and every ecosystem has a page."""
    table = data[name]
    for i in table.index[~table["id"].isin(data[links].iloc[:, 0])]:
        yield Problem(
            name, row_label(table, i), "id", table.at[i, "id"], f"no page supports it; add a row to {links}.csv"
        )


def _claimed(data: Frames, name: str, claims: str) -> Iterator[Problem]:
    """Every question has an answer that a page gives."""
    table = data[name]
    without = ~table["id"].isin(data[claims]["contradiction_id"])
    yield from each(name, table, without, "id", f"no claim answers it; add rows to {claims}.csv")


def _second_page(data: Frames, name: str) -> Iterator[Problem]:
    """A second page is another one than the first."""
    table, first = data[name], "where_source_id" if name == "quoted_figures" else "source_id"
    if "also_source_id" in table:
        right = "it is the first page again; name another, or leave it empty"
        yield from each(name, table, table["also_source_id"] == table[first], "also_source_id", right)


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


def _subjects(data: Frames, name: str, ecosystems: str) -> Iterator[Problem]:
    """Questions are about the programme or one of the ecosystems."""
    table = data[name]
    for i in table.index[~table["about"].isin({"programme", *data[ecosystems]["id"]})]:
        yield Problem(
            name, row_label(table, i), "about", table.at[i, "about"], "it must be 'programme' or the id of an ecosystem"
        )


def _once(data: Frames, name: str) -> Iterator[Problem]:
    """An ecosystem is one initiative, and its id one address, on disks that do not tell capitals too."""
    table = data[name]
    named = {c: table[c].map(lambda name: " ".join(sorted(words(name))) or name) for c in ("name", "short_name")}
    for column, values in {"initiative_id": table["initiative_id"], "id": table["id"].str.lower(), **named}.items():
        for i in table.index[values.duplicated() & values.notna()]:
            yield Problem(name, row_label(table, i), column, table.at[i, column], "another ecosystem has the same")
    for wrong, right in (
        (table["id"].str.fullmatch(RESERVED.pattern, flags=RESERVED.flags), "Windows can have no file of this name"),
        (table["id"].str.len() > NAME, f"files are named after it; at most {NAME} characters"),
    ):
        yield from each(name, table, wrong, "id", right)


def _sentences(rule: Callable) -> Callable:
    """A rule that yields faults (table, line, column, what would be right) as one that yields problems."""

    def problems(data: Frames, *names: str) -> Iterator[Problem]:
        for name, line, column, right, *asked in rule(data, *names):
            table, value = data[name], data[name].at[line, column]
            key = row_key(table, line) if asked else ""
            yield Problem(name, row_label(table, line), column, "" if pd.isna(value) else cell(value), right, key)

    return problems


_FAULTS = (*codings.RULES, *ecosystems.RULES, *portraits.RULES, *belonging.RULES)
# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    *((_sentences(rule), *names) for rule, *names in _FAULTS),
    (_supported, "studies", "study_sources"),
    (_counts, "initiatives"),
    (_counts, "ecosystems"),
    (_dates, "events"),
    (_supported, "initiatives", "initiative_sources"),
    (_supported, "ecosystems", "ecosystem_sources"),
    (_claimed, "contradictions", "claims"),
    *((_second_page, name) for name in ("events", "facts", "organisations", "people", "quoted_figures")),
    (_subjects, "contradictions", "ecosystems"),
    (_subjects, "unknowns", "ecosystems"),
    (_once, "ecosystems"),
    *figures.RULES,
    *twins.RULES,
)
