"""Problems: one sentence each, collected so that a million of one kind are told in eleven."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

__all__ = ["Collector", "Frames", "Problem", "cell", "row_label", "shorten"]

ALIKE = 10  # problems of one kind that are listed one by one
MOST = 450  # characters of what would be right
Frames = dict[str, pd.DataFrame]
"""Tables by name. The index is the line in the file; a cell that is empty or of a wrong type is missing."""


class Problem(NamedTuple):
    """One thing that is wrong; `value` is None where no single value is."""

    table: str
    row: str
    column: str
    value: str | None
    right: str

    def __str__(self) -> str:
        table = self.table if "." in self.table else f"{self.table}.csv"
        column = "key" if table.endswith("json") else "column"
        place = ", ".join(filter(None, [table, self.row, self.column and f"{column} {self.column}"]))
        value = ":" if self.value is None else " is empty;" if self.value == "" else f" is {shorten(self.value)!r};"
        right = self.right if len(self.right) <= MOST else f"{self.right[:MOST]}..."
        return "".join(c if c.isprintable() else "?" for c in f"{place}{value} {right.removesuffix('.')}.")


@lru_cache(1000)
def _kind(right: str) -> str:
    return re.sub(r"'.*?'|[0-9.]+", "", right)


class Collector:
    """Problems as they are found. Of one kind in one column the first `ALIKE` are kept and the others only counted."""

    def __init__(self):
        self._found: dict[Problem, None] = {}
        self._count: Counter = Counter()
        self.rows: set[int] = set()

    def add(self, problems: Iterable[Problem], skip: frozenset[int] = frozenset()) -> None:
        """Add `problems`, but not those in rows that `skip` names (as :attr:`rows` does)."""
        for p in problems:
            row, kind = hash((p.table, p.row)), (p.table, p.column, _kind(p.right))
            if row in skip or p in self._found:
                continue
            self.rows.add(row)
            self._count[kind] += 1
            if self._count[kind] <= ALIKE:
                self._found[p] = None

    def problems(self) -> list[Problem]:
        """The problems kept, and how many more of each kind there are."""
        more = [
            Problem(t, "", c, None, f"{n - ALIKE:,} more rows have the last problem of this kind")
            for (t, c, _), n in self._count.items()
            if n > ALIKE
        ]
        return [*self._found, *more]


def shorten(value: object) -> str:
    """At most 60 characters of a value."""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def cell(value: object) -> str:
    """A value of a table as it stands in the file."""
    return f"{value:g}" if isinstance(value, float | int | np.number) else str(value)


def row_label(table: pd.DataFrame, line: int) -> str:
    """Where a row is: its line in the file and its first cell."""
    return f"line {line} ({shorten(table.iat[table.index.get_loc(line), 0])})"
