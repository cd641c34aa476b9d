"""Portraits of the selected ecosystems: marks in a text, and how sure a fact is.

A mark is one or more ids in square brackets, right after the sentence or clause that they support:
``The teacher is a neighbour. [friendship-bangladesh-04]``. An id is that of a fact, a contradiction, an unknown or a
partner of the same ecosystem, or ``ecosystem.`` and a column of the table ecosystems, such as ``ecosystem.founded``.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from ecosystems.tables import in_order

LANGUAGE = "en"

_MARK = re.compile(r"\[([^\[\]]*)\]")


class Certainty(NamedTuple):
    """How sure a statement is: a mark to see, and words for those who do not see it."""

    mark: str
    words: str


_OPEN = {
    "claimed": "claimed, and checked by nobody else",
    "disputed": "disputed: sources differ",
    "inferred": "inferred from what sources say",
    "planned": "planned; it may not have been done",
}


def certainty(status: str, publishers: Iterable[str]) -> Certainty:
    """The mark of a fact: filled for two independent sources, open for what is not simply reported, none for the rest.

    One source that reports is the normal case and needs no mark; two pages of one publisher are one source.

    Raises
    ------
    ValueError
        If the status is none of the table's, or no page says so.
    """
    if not (names := {p for p in publishers if pd.notna(p)}):
        raise ValueError("a fact needs a page with a publisher")
    if status in _OPEN:
        return Certainty("○", _OPEN[status])
    if status != "reported":
        raise ValueError(f"{status!r} is no certainty; it must be reported, {', '.join(_OPEN)}")
    return Certainty("●", "confirmed by two sources") if len(names) > 1 else Certainty("", "from one source")


def clauses(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The text cut at its marks: each clause with the ids that support it; the last may have none."""
    parts = _MARK.split(text)  # clause, ids, clause, ids, ..., rest
    cut = [(parts[i].rstrip(), tuple(parts[i + 1].split())) for i in range(0, len(parts) - 1, 2)]
    return [*cut, (parts[-1], ())] if parts[-1].strip() else cut


def plain(text: str) -> str:
    """The text without its marks."""
    return "".join(clause for clause, _ in clauses(text))


def references(text: str) -> list[str]:
    """The ids in the marks of a text, in order, each once."""
    return list(dict.fromkeys(id for _, ids in clauses(text) for id in ids))


def paragraphs(data, id: str) -> pd.DataFrame:
    """The rows of the portrait of one ecosystem in their order; none if it has no portrait."""
    rows = data.portraits[(data.portraits["ecosystem_id"] == id) & (data.portraits["language"] == LANGUAGE)]
    return in_order(rows)


def texts(data, id: str, part: str) -> list[str]:
    """The texts of one part of a portrait, with their marks."""
    rows = paragraphs(data, id)
    return list(rows.loc[rows["part"] == part, "text"])


def events(data, id: str) -> pd.DataFrame:
    """The named events of a portrait.

    Returns
    -------
    DataFrame
        year, event; by year.
    """
    cut = [re.match(r"(\d{4}) \| (.+)", plain(text), re.S) for text in texts(data, id, "event")]  # others are refused
    table = pd.DataFrame([(int(m[1]), m[2].strip()) for m in cut if m], columns=["year", "event"])
    return table.sort_values("year", kind="stable", ignore_index=True)


def place(data, id: str) -> str:
    """Where an ecosystem works, in the words of its portrait; an empty text without one."""
    found = texts(data, id, "where")
    return plain(found[0]).split(" · ")[0].strip() if found else ""
