"""Rules of the readings: two readers, a settled value that follows them, a reason for a difference, counts that add up.

A rule yields, for each fault, the table, the line in its file, the column and what would be right, as those of
:mod:`.ecosystems` do. Tables of one reader alone, without the two columns or with both of them empty, are not judged
by the rules on two.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.problems import Fault, Frames

_READERS = ["reader_1", "reader_2"]
_VALUES = {"shown": 1, "denied": 0}


def _read_by_two(table: pd.DataFrame) -> bool:
    return set(_READERS) <= set(table) and table[_READERS].notna().any(axis=None)


def _two_readers(data: Frames, name: str) -> Iterator[Fault]:
    """Where two readers read, both read every cell."""
    table = data[name]
    if _read_by_two(table):
        for reader in _READERS:
            for line in table.index[table[reader].isna()]:
                yield name, line, reader, "a coding needs two readings; write shown, denied or not seen"


def _settled(data: Frames, name: str) -> Iterator[Fault]:
    """A value is there, and follows two readers who agree."""
    table = data[name]
    if not _read_by_two(table):
        for line in table.index[table["present"].isna()]:
            yield (
                name,
                line,
                "present",
                "write 1 (a page shows it) or 0 (a page denies it); what is not seen has no row",
            )
        return
    first, second = (table[reader] for reader in _READERS)
    agree = (first == second).fillna(False).astype(bool)
    for line in table.index[agree & (first == "not seen")]:
        yield name, line, "reader_1", "neither reader saw it; leave the row out"
    value, right = table["present"].astype("float64"), first.map(_VALUES)
    for line in table.index[agree & right.notna() & (value != right)]:
        said = first[line]
        yield name, line, "present", f"both readers say {said}; the settled value is then {_VALUES[said]}"


def _reason(data: Frames, name: str) -> Iterator[Fault]:
    """A difference is settled with a reason, and only a difference has one."""
    table = data[name]
    if _read_by_two(table) and "reason" in table:
        read = table[_READERS].notna().all(axis=1)
        differ = (table["reader_1"] != table["reader_2"]).fillna(False).astype(bool)
        for line in table.index[read & differ & table["reason"].isna()]:
            yield name, line, "reason", "the readers differ; say why it was settled so"
        for line in table.index[read & ~differ & table["reason"].notna()]:
            yield name, line, "reason", "the readers agree; leave it empty"


def _counted(data: Frames, name: str) -> Iterator[Fault]:
    """The counts of agreement add up."""
    table, counts = data[name], ["both", "first_only", "second_only", "neither"]
    for line in table.index[table[counts].sum(axis=1) != table["initiatives"]]:
        yield name, line, "initiatives", f"it must be the sum of {', '.join(counts)}"


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    (_two_readers, "codings"),
    (_settled, "codings"),
    (_reason, "codings"),
    (_counted, "agreement"),
)
