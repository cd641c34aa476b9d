"""Rules of the readings: two readers, a settled value that follows them, a reason for a difference, counts that add up.

Tables of one reader alone, without the two columns or with both of them empty, are not judged by the rules on two.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.problems import Fault, rule

_READERS = ["reader_1", "reader_2"]


@rule("codings")
def _readings(table: pd.DataFrame) -> Iterator[Fault]:
    """Both readers read every cell, the settled value is theirs if they agree, and only a difference has a reason."""
    value = table["present"]
    if not set(_READERS) <= set(table) or table[_READERS].isna().all(axis=None):
        right = "write 1 (a page shows it) or 0 (a page denies it); what is not seen has no row"
        yield value.isna(), "present", right
        return
    for reader in _READERS:
        yield table[reader].isna(), reader, "a coding needs two readings; write shown, denied or not seen"
    first, second = (table[reader].fillna("") for reader in _READERS)
    both, agree = (first != "") & (second != ""), (first == second) & (first != "")
    yield agree & (first == "not seen"), "reader_1", "neither reader saw it; leave the row out"
    for said, settled in (("shown", 1), ("denied", 0)):
        right = f"both readers say {said}; the settled value is then {settled}"
        yield agree & (first == said) & (value != settled), "present", right
    if "reason" in table:
        reason = table["reason"].notna()
        yield both & ~agree & ~reason, "reason", "the readers differ; say why it was settled so"
        yield agree & reason, "reason", "the readers agree; leave it empty"


@rule("agreement")
def _counted(table: pd.DataFrame) -> Iterator[Fault]:
    """The counts of agreement add up."""
    counts = ["both", "first_only", "second_only", "neither"]
    yield table[counts].sum(axis=1) != table["initiatives"], "initiatives", f"it must be the sum of {', '.join(counts)}"
