"""Rules on what stands twice: an initiative, a page, a row pasted under another id, a name in two spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecosystems.checks.addresses import same_page
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, row_key, row_label
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


def pasted(data: Frames, resources: dict[str, dict]) -> Iterator[Problem]:
    """No row stands twice under two ids; each is told once."""
    for name, table in data.items():
        if resources[name].get("schema", {}).get("primaryKey") != ["id"]:
            continue
        told: set[int] = set()
        for columns in SAME.get(name, [[c for c in table if c != "id"]]):
            if not columns or not set(columns) <= set(table):
                continue
            known, first = table[columns], {}
            if name in SAME:
                known = known.dropna()
                known = known.assign(**{c: known[c].map(_FORMS.get(c, _text)) for c in columns})
            same = " and ".join(columns) if name in SAME else "cells in all other columns"
            column = columns[0] if name in SAME else "id"
            for line, *values in known.astype(object).fillna("").itertuples(name=None):
                if (other := first.setdefault(tuple(values), line)) != line and line not in told:
                    told.add(line)
                    right = f"{row_label(table, other)} has the same {same}; keep one of them"
                    key = row_key(table, line)
                    yield Problem(name, row_label(table, line), column, str(table.at[line, column]), right, key)


def _one_partner(data: Frames, name: str) -> Iterator[Fault]:
    """One partner has one name and one type."""
    table, first = data[name], {}
    for line, partner, kind in table[["name", "type"]].dropna().itertuples():
        spelled, was, other = first.setdefault(_name(partner), (partner, kind, line))
        if spelled != partner:
            yield name, line, "name", f"another row spells it {spelled!r}; use one spelling", ASKED
        elif was != kind:
            right = f"{row_label(table, other)} has the same partner as {was!r}; use one type"
            yield name, line, "type", right, ASKED


# Each rule with the tables it needs; without one of them it does not apply.
RULES = ((_one_partner, "partners"),)
