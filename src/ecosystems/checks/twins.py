"""Rules on what stands twice: an initiative, a page, a row pasted under another id, a name in two spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.addresses import same_page
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, row_label, rule, told
from ecosystems.checks.wording import unaccented, words

# Columns in which no two rows of a table are alike, however they are written; of a table that is not here, all
# columns but the id. Words alone make no twin: many initiatives fit one general sentence.
SAME = {
    "contradictions": [["question", "about"]],
    "ecosystems": [["name"], ["short_name"]],
    "events": [["title", "date"], ["summary", "url"]],
    "facts": [["statement", "ecosystem_id"]],
    "initiatives": [["name", "iso3"], ["website", "iso3", "place"], ["summary", "name"], ["summary", "website"]],
    "key_points": [["summary"]],
    "organisations": [["name"], ["summary", "website"]],
    "partners": [["name", "ecosystem_id"]],
    "people": [["name"]],
    "programme_page": [["summary", "section"]],
    "quoted_figures": [["figure"]],
    "sources": [["url"]],
    "unknowns": [["what", "about"]],
}


def _text(value: str) -> object:
    """A text without accents, case, spaces and signs."""
    return " ".join(re.findall(r"\w+", unaccented(value.casefold()))) or value


def _name(value: str) -> object:
    return frozenset(words(value)) or value


_FORMS = {"name": _name, "short_name": _name, "url": same_page, "website": same_page}


def pasted(data: Frames, package: dict) -> Iterator[Problem]:
    """No row stands twice under two ids; each is told once."""
    for resource in package["resources"]:
        name = resource["name"]
        if name in data and resource["schema"].get("primaryKey") == ["id"]:
            yield from told(name, data[name], _again(data[name], SAME.get(name)))


def _again(table: pd.DataFrame, sames: list[list[str]] | None) -> Iterator[Fault]:
    seen: set[int] = set()
    for columns in sames or [[c for c in table if c != "id"]]:
        if not columns or not set(columns) <= set(table):
            continue
        known, first = table[columns], {}
        column, same = "id", "cells in all other columns"
        if sames:
            known = known.dropna()
            known = known.assign(**{c: known[c].map(_FORMS.get(c, _text)) for c in columns})
            column, same = columns[0], " and ".join(columns)
        for line, *values in known.astype(object).fillna("").itertuples(name=None):
            if (other := first.setdefault(tuple(values), line)) != line and line not in seen:
                seen.add(line)
                yield line, column, f"{row_label(table, other)} has the same {same}; keep one of them", ASKED


@rule("partners")
def _one_partner(table: pd.DataFrame) -> Iterator[Fault]:
    """One partner has one name and one type."""
    first: dict = {}
    for line, partner, kind in table[["name", "type"]].dropna().itertuples():
        spelled, was, other = first.setdefault(_name(partner), (partner, kind, line))
        if spelled != partner:
            yield line, "name", f"another row spells it {spelled!r}; use one spelling", ASKED
        elif was != kind:
            yield line, "type", f"{row_label(table, other)} has the same partner as {was!r}; use one type", ASKED
