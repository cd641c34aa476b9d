"""Rules on what stands twice: an initiative, a page, a row pasted under another id, a name in two spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.addresses import same_page
from ecosystems.checks.problems import Frames, Problem, row_key, row_label, shorten

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


def _letters(text: object) -> str:
    """The words of a name without order, accents, case and small words."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", str(text).casefold()) if not unicodedata.combining(c))
    return " ".join(sorted(set(re.findall(r"\w+", letters)) - {"the", "of", "and", "for", "in"}))


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
                key = (_letters(values[0]) if columns[0] == "name" else same_page(values[0]), *values[1:])
                if key in seen:
                    right = f"{seen[key]} has {said}; keep one of them"
                    yield Problem(name, row_label(table, i), columns[0], values[0], right, row_key(table, i))
                seen.setdefault(key, table.at[i, "id"])


def _spelling(data: Frames, name: str) -> Iterator[Problem]:
    """One partner has one name."""
    spelled: dict[str, str] = {}
    for i, partner in data[name]["name"].dropna().items():
        if (first := spelled.setdefault(_letters(partner), partner)) != partner:
            right, key = f"another row spells it {first!r}; use one spelling", row_key(data[name], i)
            yield Problem(name, row_label(data[name], i), "name", partner, right, key)


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
    (_spelling, "partners"),
    (_pages, "sources"),
)
