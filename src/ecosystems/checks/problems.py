"""Problems: one sentence each, collected so that a million of one kind are told in eleven; and the list of rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

ALIKE = 10  # problems of one kind that are listed one by one
MOST = 450  # characters of what would be right
Frames = dict[str, pd.DataFrame]
"""Tables by name. The index is the line in the file; a cell that is empty or of a wrong type is missing."""
ASKED = "asked"
Fault = tuple[int | pd.Series, str, str] | tuple[int | pd.Series, str, str, str]
"""A line, or which rows are wrong; column; what would be right; :data:`ASKED` if an answer may stand against it."""
RULES: list[tuple[Callable[..., Iterable[Fault]], tuple[str, ...]]] = []
"""Each rule with the tables that it takes: faults are of the first. Without one of them it does not apply."""


def rule(*tables: str, **options: object) -> Callable:
    """Add a function of these tables, and of `options`, to :data:`RULES`."""

    def added(judge: Callable) -> Callable:
        RULES.append((partial(judge, **options), tables))
        return judge

    return added


class Problem(NamedTuple):
    """One thing that is wrong; `value` is None where no single value is.

    What may be right all the same is a question: `asked` is the first cell of its row, and a row of ``answers.csv``
    with the table, that cell and the column answers it.
    """

    table: str
    row: str
    column: str
    value: str | None
    right: str
    asked: str = ""

    def __str__(self) -> str:
        table = self.table if "." in self.table else f"{self.table}.csv"
        column = "key" if table.endswith("json") else "column"
        place = ", ".join(filter(None, [table, self.row, self.column and f"{column} {self.column}"]))
        value = ":" if self.value is None else " is empty;" if self.value == "" else f" is {shorten(self.value)!r};"
        right = self.right if len(self.right) <= MOST else f"{self.right[:MOST]}..."
        if self.asked:
            right = f"{right.removesuffix('.')}, or say in answers.csv why it is right"
        return "".join(c if c.isprintable() else "?" for c in f"{place}{value} {right.removesuffix('.')}.")


class Unreadable(Exception):
    """A file cannot be read as what it should be: what would be right, and the line (0: the file)."""

    def __init__(self, right: str, line: int = 0):
        super().__init__(right)
        self.right, self.line = right, line

    def problem(self, path: str) -> Problem:
        """This of the file at `path`."""
        return Problem(path, f"line {self.line}" if self.line else "", "", None, self.right)


@lru_cache(1000)
def _kind(right: str) -> str:
    return re.sub(r"'.*?'|\(.*?\)|[0-9.,]+", "", right)


class Collector:
    """Problems as they are found. Of one kind in one column the first `ALIKE` are kept and the others only counted.

    Questions of which `answers` has table, first cell of the row and column are no problems.
    """

    def __init__(self):
        self._found: dict[Problem, None] = {}
        self._count: Counter = Counter()
        self._answered: set[tuple[str, str, str]] = set()
        self.rows: set[int] = set()
        self.answers: dict[tuple[str, str, str], int] = {}

    def add(self, problems: Iterable[Problem], skip: frozenset[int] = frozenset()) -> None:
        """Add `problems`, but not those in rows that `skip` names (as :attr:`rows` does)."""
        for p in problems:
            row, kind = hash((p.table, p.row)), (p.table, p.column, _kind(p.right))
            if row in skip or p in self._found:
                continue
            if p.asked and (key := (p.table, p.asked, p.column)) in self.answers:
                self._answered.add(key)
                continue
            self.rows.add(row)
            self._count[kind] += 1
            if self._count[kind] <= ALIKE:
                self._found[p] = None

    def unasked(self) -> list[int]:
        """Lines of answers to no question, if there is no problem: one may hide a question."""
        return [] if self._found else [line for key, line in self.answers.items() if key not in self._answered]

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
    return "" if pd.isna(value) else f"{value:.15g}" if isinstance(value, float | int | np.number) else str(value)


def row_label(table: pd.DataFrame, line: int) -> str:
    """Where a row is: its line in the file and its first cell."""
    return f"line {line} ({shorten(cell(table.at[line, table.columns[0]]))})"


def by_id(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table by their id, the first of each."""
    return table.dropna(subset="id").drop_duplicates("id").set_index("id")


def told(name: str, table: pd.DataFrame, faults: Iterable[Fault]) -> Iterator[Problem]:
    """The problems that faults of a table are."""
    for where, column, right, *asked in faults:
        lines = table.index[where.fillna(False).astype(bool)] if isinstance(where, pd.Series) else (where,)
        for line in lines:
            key = str(table.at[line, table.columns[0]]) if asked else ""
            yield Problem(name, row_label(table, line), column, cell(table.at[line, column]), right, key)
