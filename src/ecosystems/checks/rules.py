"""Rules of the tables' content that no description can say: texts, points, years, sources, names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

import pandas as pd

from ecosystems import letters
from ecosystems.checks import codings, ecosystems, portraits, twins
from ecosystems.checks.addresses import public
from ecosystems.checks.fields import RESERVED
from ecosystems.checks.problems import Frames, Problem, cell, each, row_key, row_label
from ecosystems.checks.wording import (
    ENTITY,
    NO_VALUE,
    SPREADSHEET_ERROR,
    UNFINISHED,
    cut_off,
    lost_letter,
    misread,
    mixed_letters,
)

__all__ = ["RULES", "STARTED", "examples", "future", "regions", "texts", "unused"]

STARTED = "The rows of this scan are examples"  # so begins the description of a scan that has just been started
LOST = "a question mark stands in the place of a letter that was lost; type the text again"
NOTHING = "this is no value; what is not known stays empty"
MIXED = "a word mixes letters of two alphabets that look alike; type it again"
NOTE = "it looks like a note to oneself or the text of a template; finish it"
CUT = "the text was cut at 255 characters; write it out"
TAIL = "the sign at its end belongs to the text around it; remove it"
ASKED = {LOST, NOTHING, MIXED, NOTE, CUT, TAIL}  # what may be right all the same
NAME, SUMMARY, LONGEST = 80, 300, 5000  # characters
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_TWO_ADDRESSES, _ADDRESS_END = re.compile(r"[;,|]https?://"), re.compile(r"[,;]$")
_MARKUP = re.compile(r"</?\s*[a-zA-Z!]")


def texts(data: Frames, listed: set[tuple[str, str]]) -> Iterator[Problem]:
    """No text may act as a formula or as markup, hide characters, or be spoilt; an address leads to a host.

    Parameters
    ----------
    data : Frames
    listed : set of (table, column)
        Columns of which the description lists all values, such as ``null``.
    """
    for name, table in data.items():
        for column in table.columns[table.dtypes == object]:  # noqa: E721 (a column of dtypes)
            tests = _text_tests(column, (name, column) in listed)
            for line, text in table[column].dropna().items():
                right = next((right for found, right in tests if found(text)), "") or letters.lacking(text)
                if right:
                    asked = row_key(table, line) if right in ASKED else ""
                    yield Problem(name, row_label(table, line), column, text, right, asked)


def _text_tests(column: str, listed: bool) -> list[tuple[Callable[[str], object], str]]:
    """Tests of the texts in one column: what finds a fault, and what would be right."""
    tests = [
        (letters.hidden, "it holds an invisible character or a line break; type the text again"),
        (misread, "it looks like text read in a wrong encoding; type the text again"),
        (ENTITY.search, "it holds a character as HTML writes it, such as &amp;; type the character"),
        (lambda t: len(t) > LONGEST, f"it has more than {LONGEST:,} characters; look for a missing quote"),
    ]
    if column in ("url", "website"):
        tests += [
            (lambda t: not public(t), "it must be an address on a public host, without a user name"),
            (_TWO_ADDRESSES.search, "it holds two addresses; each page has a row of its own"),
            (_ADDRESS_END.search, TAIL),
        ]
    else:
        formula = "a spreadsheet would run it as a formula; it must not begin with = + - @ or a tab"
        tests += [
            (_FORMULA.match, formula),
            (_MARKUP.search, "it looks like HTML; write plain text"),
            (lambda t: t != t.strip(), "it begins or ends with a space"),
            (SPREADSHEET_ERROR.search, "a spreadsheet could not compute it; type the value"),
            (lost_letter, LOST),
            (lambda t: "  " in t, "it holds two spaces in a row; one is enough"),
            (mixed_letters, MIXED),
            (UNFINISHED.search, NOTE),
            (cut_off, CUT),
        ]
    if not listed:
        tests += [(NO_VALUE.fullmatch, NOTHING)]
    if column == "summary":
        tests += [(lambda t: len(t) > SUMMARY, f"it has more than {SUMMARY} characters; make it shorter")]
    return tests


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
    if "ended" in table:
        yield from each(name, table, table["ended"] < founded, "ended", "it lies before the founding")
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
    """No year after the tables were made, but of what is planned."""
    for name, table in data.items():
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


def _figures(data: Frames, name: str, *areas: str) -> Iterator[Problem]:
    """Values stand for a country or a group of countries."""
    table, known = data[name], {code for area in areas for code in data[area].iloc[:, 0]}
    for i in table.index[~table["iso3"].isin(known)]:
        yield Problem(
            name,
            row_label(table, i),
            "iso3",
            table.at[i, "iso3"],
            "it is neither a country of countries.csv nor a group of areas.csv",
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
    for column, values in (("initiative_id", table["initiative_id"]), ("id", table["id"].str.lower())):
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


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    *((_sentences(rule), *names) for rule, *names in (*codings.RULES, *ecosystems.RULES, *portraits.RULES)),
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
    *twins.RULES,
)
