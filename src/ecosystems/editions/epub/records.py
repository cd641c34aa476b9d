"""Wide tables as lists: a phone shows a row as a record, each value with the name of its column."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

LINE, CELL = 42, 12  # characters of a table's row that fit a phone, and of a cell that is broken into lines


def fits(table: list[list[str]]) -> bool:
    """Whether a table can be read on a phone: no cell needs more than three lines, or one of two columns is narrow."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if len(widths) <= 2:
        return min(widths) <= 34
    return max(widths) <= 3 * CELL and sum(min(w, CELL) + 1 for w in widths) <= LINE


def records(
    heads: list[str], rows: list[list[str]], groups: list[str] | None = None, ids: list[list[str]] | None = None
) -> list[tuple[str, list[dict]]]:
    """Rows of a wide table as groups of records.

    Parameters
    ----------
    heads, rows : list
        XHTML of the cells.
    groups : list of str, optional
        To which group each row belongs. Without it, rows are grouped by their first cell where neighbours share it.
    ids : list of list of str, optional
        The ids by which others link to each row.

    Returns
    -------
    list of (group, records)
        A record has a ``title`` (its first filled cell), ``short`` cells that share a line and ``long`` ones,
        both as pairs of head and text; and ``ids``.
    """
    if (
        groups is None
        and len({row[0] for row in rows}) == len(list(groupby(rows, key=lambda row: row[0]))) < len(rows) * 0.8
    ):
        groups, heads, rows = [row[0] for row in rows], heads[1:], [row[1:] for row in rows]
    elif groups is not None:
        groups = [escape(g) for g in groups]
    brief = [max(len(re.sub("<.*?>", "", row[i])) for row in rows) <= 40 for i in range(len(heads))] if rows else []
    found = []
    for group, members in groupby(
        zip(groups or [""] * len(rows), rows, ids or [[]] * len(rows), strict=True), key=lambda pair: pair[0]
    ):
        made = []
        for _, row, names in members:
            filled = [i for i, cell in enumerate(row) if cell]
            if filled:
                rest = filled[1:]
                made.append(
                    {
                        "ids": names,
                        "title": row[filled[0]],
                        "short": [(heads[i], row[i]) for i in rest if brief[i]],
                        "long": [(heads[i], row[i]) for i in rest if not brief[i]],
                    }
                )
        found.append((group, made))
    return found
