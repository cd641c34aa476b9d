"""Rules of the table portraits: every sentence has its fact, every number its source, no paragraph is too long.

As in :mod:`.ecosystems`, a rule yields table, line, column and what would be right for each fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

import pandas as pd

from ecosystems.checks.numbers import numbers, values
from ecosystems.checks.problems import Fault, Frames, shorten
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


class _Known:
    """What can support a portrait: the owner of each id, and the numbers that its row has."""

    def __init__(self, data: Frames):
        self.owner: dict[str, str] = {}
        self.numbers: dict[str, set[float]] = {}
        claims = data["claims"].groupby("contradiction_id")["claim"].agg(list)
        for table, owner, columns in (
            ("facts", "ecosystem_id", ["statement", "value", "year"]),
            ("contradictions", "about", ["question", "treatment"]),
            ("unknowns", "about", ["what"]),
            ("partners", "ecosystem_id", ["name", "relation"]),
        ):
            frame = data[table]
            for id, of, *cells in frame.reindex(columns=["id", owner, *columns]).itertuples(index=False):
                self.owner[id] = of
                self.numbers[id] = values([*cells, *claims.get(id, [])])
        self.columns = {f"ecosystem.{c}" for c in data["ecosystems"]}
        partners = data["partners"]["ecosystem_id"].value_counts()
        self.of_ecosystem = {
            r["id"]: values([*r.drop(["latitude", "longitude"], errors="ignore"), partners.get(r["id"], 0)])
            for _, r in data["ecosystems"].iterrows()
        }


def _supported(data: Frames, portraits: str, *_: str) -> Iterator[Fault]:
    """Each paragraph is supported by rows of its own ecosystem, which have every number that it says."""
    table, known = data[portraits].dropna(subset=["ecosystem_id", "part", "text"]), _Known(data)
    whole = table.groupby("ecosystem_id")["text"].agg(lambda texts: references(" ".join(texts)))
    for line, row in table.iterrows():
        ids, of = references(row["text"]), row["ecosystem_id"]
        for id in ids:
            if id not in known.owner and id not in known.columns:
                yield portraits, line, "text", f"there is no fact, contradiction, unknown or partner {id[:60]}"
            elif known.owner.get(id, of) != of:
                yield portraits, line, "text", f"{id} belongs to {known.owner[id]}; cite a fact of {of}"
        listed = [] if pd.isna(row["stands_on"]) else row["stands_on"].split()
        for marked, instead in zip_longest(ids, listed, fillvalue="nothing"):
            if marked != instead:
                right = f"it must list the ids that the text marks, in their order; it has {instead[:60]}"
                yield portraits, line, "stands_on", f"{right} where {marked[:60]} belongs"
                break
        if not ids and row["part"] not in _OWN_WORDS:
            yield portraits, line, "text", "no fact supports this paragraph; mark one, such as [kepler-rwanda-04]"
        allowed = known.of_ecosystem.get(of, set()).union(*(known.numbers.get(id, set()) for id in (ids or whole[of])))
        for number, meant in numbers(plain(row["text"])).items():
            if not meant & allowed:
                yield portraits, line, "text", f"none of its facts has the number {number[:30]}; cite the one that does"


def _length(data: Frames, portraits: str) -> Iterator[Fault]:
    """No paragraph and no portrait is too long; a portrait has one title, one line of place and three numbers."""
    table = data[portraits].dropna(subset=["ecosystem_id", "language", "part", "text"])
    for (of, _), rows in table.groupby(["ecosystem_id", "language"], sort=False):
        words, parts, of = 0, Counter(rows["part"]), shorten(of)
        for line, part, text in zip(rows.index, rows["part"], rows["text"], strict=True):
            count, most = len(plain(text).split()), LIMITS.get(part, WHOLE)
            if count > most:
                yield portraits, line, "text", f"it has {count} words; a paragraph of this part has at most {most}"
            words += count if part not in ("title", "where", "numbers", "event") else 0
            if part == "event" and not re.match(r"\d{4} \| \S", text):
                yield portraits, line, "text", "an event is a year and what happened, such as '2018 | A glossary [id]'"
        if words > WHOLE:
            right = f"with this paragraph the portrait of {of} has {words} words; at most {WHOLE} are read to the end"
            yield portraits, rows.index[-1], "text", right
        for part, needed in (("title", 1), ("where", 1), ("numbers", 3)):
            if parts[part] != needed:
                right = f"the portrait of {of} has {parts[part]} rows of the part {part}; it needs {needed}"
                yield portraits, rows.index[0], "part", right
        if parts["event"] and not EVENTS[0] <= parts["event"] <= EVENTS[1]:
            right = f"the portrait of {of} has {parts['event']} named events; it needs {EVENTS[0]} to {EVENTS[1]}"
            yield portraits, rows.index[-1], "part", right


def _copied(data: Frames, portraits: str, facts: str) -> Iterator[Fault]:
    """A portrait says facts in words of its own."""
    grams: dict[str, set[tuple[str, ...]]] = {}
    for of, statement in data[facts][["ecosystem_id", "statement"]].dropna().itertuples(index=False):
        grams.setdefault(of, set()).update(_grams(statement))
    copies: Counter = Counter()
    for line, row in data[portraits].dropna(subset=["ecosystem_id", "text"]).iterrows():
        before = False
        for gram in _grams(plain(row["text"])):
            copied = gram in grams.get(row["ecosystem_id"], ())
            if copied and not before:
                copies[row["ecosystem_id"]] += 1
                if copies[row["ecosystem_id"]] > COPIES:
                    yield (
                        portraits,
                        line,
                        "text",
                        f"a fact has the words '{' '.join(gram)[:90]}'; say it in other words",
                    )
            before = copied


def _grams(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return [tuple(words[i : i + COPIED]) for i in range(len(words) - COPIED + 1)]


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    (_supported, "portraits", "facts", "contradictions", "claims", "unknowns", "partners", "ecosystems"),
    (_length, "portraits"),
    (_copied, "portraits", "facts"),
)
