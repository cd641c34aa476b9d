"""Rules of the table portraits: every sentence has its fact, every number its source, no paragraph is too long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

import pandas as pd

from ecosystems.checks.numbers import numbers, values
from ecosystems.checks.problems import Fault, rule, shorten
from ecosystems.portraits import plain, references

LIMITS = {
    "title": 10,
    "where": 45,
    "numbers": 20,
    "event": 14,
    **dict.fromkeys(("opening", "problem", "how", "who", "growth", "money", "results", "take", "open"), 110),
}
"""Most words of one paragraph, by part."""
WHOLE = 600  # words of the story and what follows it
EVENTS = 4, 6  # named events of a portrait, if it has any
COPIED, COPIES = 8, 2  # a run of so many words of a statement is a copy; a portrait may have so many
_OWN_WORDS = ("title", "take", "open")  # parts that may stand without a fact


@rule("portraits", "facts", "contradictions", "claims", "unknowns", "partners", "ecosystems")
def _supported(table: pd.DataFrame, *others: pd.DataFrame) -> Iterator[Fault]:
    """Each paragraph is supported by rows of its own ecosystem, which have every number that it says."""
    owner, said, of_ecosystem = _known(*others)
    columns = {f"ecosystem.{c}" for c in others[-1]}
    table = table.dropna(subset=["ecosystem_id", "part", "text"])
    whole = table.groupby("ecosystem_id")["text"].agg(lambda texts: references(" ".join(texts)))
    for line, of, part, text, stands_on in table[["ecosystem_id", "part", "text", "stands_on"]].itertuples(name=None):
        ids = references(text)
        for id in ids:
            if id not in owner and id not in columns:
                yield line, "text", f"there is no fact, contradiction, unknown or partner {id[:60]}"
            elif owner.get(id, of) != of:
                yield line, "text", f"{id} belongs to {owner[id]}; cite a fact of {of}"
        listed = [] if pd.isna(stands_on) else stands_on.split()
        for marked, instead in zip_longest(ids, listed, fillvalue="nothing"):
            if marked != instead:
                right = f"it must list the ids that the text marks, in their order; it has {instead[:60]}"
                yield line, "stands_on", f"{right} where {marked[:60]} belongs"
                break
        if not ids and part not in _OWN_WORDS:
            yield line, "text", "no fact supports this paragraph; mark one, such as [kepler-rwanda-04]"
        allowed = of_ecosystem.get(of, set()).union(*(said.get(id, set()) for id in (ids or whole[of])))
        for number, meant in numbers(plain(text)).items():
            if not meant & allowed:
                yield line, "text", f"none of its facts has the number {number[:30]}; cite the one that does"


def _known(
    facts: pd.DataFrame,
    contradictions: pd.DataFrame,
    claims: pd.DataFrame,
    unknowns: pd.DataFrame,
    partners: pd.DataFrame,
    ecosystems: pd.DataFrame,
) -> tuple[dict[str, str], dict[str, set[float]], dict[str, set[float]]]:
    """What can support a portrait: the owner of each id, the numbers in its row, and those in an ecosystem's row."""
    owner, said = {}, {}
    claimed = claims.groupby("contradiction_id")["claim"].agg(list)
    for frame, columns in (
        (facts, ["id", "ecosystem_id", "statement", "value", "year"]),
        (contradictions, ["id", "about", "question", "treatment"]),
        (unknowns, ["id", "about", "what"]),
        (partners, ["id", "ecosystem_id", "name", "relation"]),
    ):
        for id, of, *cells in frame.reindex(columns=columns).itertuples(index=False):
            owner[id], said[id] = of, values([*cells, *claimed.get(id, [])])
    count = partners["ecosystem_id"].value_counts()
    rows = ecosystems.drop(columns=["latitude", "longitude"], errors="ignore").set_index("id", drop=False)
    return owner, said, {id: values([*row, count.get(id, 0)]) for id, *row in rows.itertuples(name=None)}


@rule("portraits")
def _length(table: pd.DataFrame) -> Iterator[Fault]:
    """No paragraph and no portrait is too long; a portrait has one title, one line of place and three numbers."""
    table = table.dropna(subset=["ecosystem_id", "language", "part", "text"])
    for (of, _), rows in table.groupby(["ecosystem_id", "language"], sort=False):
        words, parts, portrait = 0, Counter(rows["part"]), f"the portrait of {shorten(of)}"
        for line, part, text in rows[["part", "text"]].itertuples(name=None):
            count, most = len(plain(text).split()), LIMITS.get(part, WHOLE)
            if count > most:
                yield line, "text", f"it has {count} words; a paragraph of this part has at most {most}"
            words += count if part not in ("title", "where", "numbers", "event") else 0
            if part == "event" and not re.match(r"\d{4} \| \S", text):
                yield line, "text", "an event is a year and what happened, such as '2018 | A glossary [id]'"
        first, last = rows.index[[0, -1]]
        if words > WHOLE:
            right = f"with this paragraph {portrait} has {words} words; at most {WHOLE} are read to the end"
            yield last, "text", right
        for part, needed in (("title", 1), ("where", 1), ("numbers", 3)):
            if parts[part] != needed:
                yield first, "part", f"{portrait} has {parts[part]} rows of the part {part}; it needs {needed}"
        if parts["event"] and not EVENTS[0] <= parts["event"] <= EVENTS[1]:
            right = f"{portrait} has {parts['event']} named events; it needs {EVENTS[0]} to {EVENTS[1]}"
            yield last, "part", right


@rule("portraits", "facts")
def _copied(table: pd.DataFrame, facts: pd.DataFrame) -> Iterator[Fault]:
    """A portrait says facts in words of its own."""
    grams: dict[str, set[tuple[str, ...]]] = {}
    for of, statement in facts[["ecosystem_id", "statement"]].dropna().itertuples(index=False):
        grams.setdefault(of, set()).update(_grams(statement))
    copies: Counter = Counter()
    for line, of, text in table[["ecosystem_id", "text"]].dropna().itertuples(name=None):
        before = False
        for gram in _grams(plain(text)):
            copied = gram in grams.get(of, ())
            if copied and not before:
                copies[of] += 1
                if copies[of] > COPIES:
                    yield line, "text", f"a fact has the words '{' '.join(gram)[:90]}'; say it in other words"
            before = copied


def _grams(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return [tuple(words[i : i + COPIED]) for i in range(len(words) - COPIED + 1)]
