"""Rules on what stands twice: an initiative, a page, a row pasted under another id, a name in two spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.addresses import same_page
from ecosystems.checks.problems import Frames, Problem, row_key, row_label, shorten
from ecosystems.checks.wording import words

__all__ = ["RULES", "pasted"]

# What makes a row of a table the same as another one, whatever its id and its other columns say.
SAME = {
    "contradictions": ["about", "question"],
    "events": ["date", "title"],
    "facts": ["ecosystem_id", "statement"],
    "key_points": ["text"],
    "organisations": ["name"],
    "partners": ["ecosystem_id", "name"],
    "people": ["name"],
    "quoted_figures": ["figure"],
    "unknowns": ["about", "what"],
}


def _plain(value: object) -> object:
    """A text without accents, case, spaces and signs; what is no text as it is."""
    if not isinstance(value, str):
        return None if pd.isna(value) else value
    letters = unicodedata.normalize("NFKD", value.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in letters if not unicodedata.combining(c)))) or value


def pasted(data: Frames, resources: dict[str, dict]) -> Iterator[Problem]:
    """No row stands twice under two ids."""
    for name, table in data.items():
        if resources.get(name, {}).get("schema", {}).get("primaryKey") != ["id"] or len(table.columns) < 2:
            continue
        columns = SAME.get(name, [])
        columns = columns if columns and set(columns) <= set(table.columns) else [c for c in table if c != "id"]
        seen: dict[tuple, int] = {}
        for line, values in zip(table.index, table[columns].itertuples(index=False), strict=True):
            key = tuple(map(_plain, values))
            if all(part is None for part in key):
                continue
            if (first := seen.setdefault(key, line)) != line and table.at[line, "id"] != table.at[first, "id"]:
                where = f"line {first} ({shorten(table.at[first, 'id'])})"
                right, key = f"{where} says the same under another id; keep one of them", row_key(table, line)
                yield Problem(name, row_label(table, line), "id", str(table.at[line, "id"]), right, key)


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
                key = (frozenset(words(values[0])) if columns[0] == "name" else same_page(values[0]), *values[1:])
                if key in seen:
                    right = f"{seen[key]} has {said}; keep one of them"
                    yield Problem(name, row_label(table, i), columns[0], values[0], right, row_key(table, i))
                seen.setdefault(key, table.at[i, "id"])


def _one_partner(data: Frames, name: str) -> Iterator[Problem]:
    """One partner has one name and one type."""
    table, first = data[name], {}
    for line, partner, kind in table[["name", "type"]].dropna().itertuples():
        spelled, was, other = first.setdefault(frozenset(words(partner)), (partner, kind, line))
        key = row_key(table, line)
        if spelled != partner:
            right = f"another row spells it {spelled!r}; use one spelling"
            yield Problem(name, row_label(table, line), "name", partner, right, key)
        elif was != kind:
            right = f"{row_label(table, other)} has the same partner as {was!r}; use one type"
            yield Problem(name, row_label(table, line), "type", kind, right, key)


def _filled(data: Frames, name: str) -> Iterator[Problem]:
    """No summary is that of another row."""
    table = data[name]
    first: dict[str, int] = {}
    for line, text in table["summary"].dropna().items():
        if (other := first.setdefault(text, line)) != line:
            right = f"{row_label(table, other)} has the same words; say what this row is"
            yield Problem(name, row_label(table, line), "summary", text, right, row_key(table, line))


def _pages(data: Frames, name: str) -> Iterator[Problem]:
    """A page has one address: with or without a slash at its end, and without tracking."""
    table, seen = data[name], {}
    for line, url in table["url"].dropna().items():
        first = seen.setdefault(same_page(url), line)
        if first != line and table.at[first, "url"] != url:
            where = f"line {first} ({shorten(table.at[first, 'id'])})"
            yield Problem(
                name,
                row_label(table, line),
                "url",
                url,
                f"{where} is the same page; keep one of them",
                row_key(table, line),
            )


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    (_twins, "initiatives"),
    (_one_partner, "partners"),
    *((_filled, name) for name in ("ecosystems", "events", "initiatives", "organisations", "programme_page")),
    (_pages, "sources"),
)
