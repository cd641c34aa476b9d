"""How wide the columns of a table are, and how small its type, from what is in the cells."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

__all__ = ["LONG", "Layout", "lay_out"]

SIZES = (8.6, 8, 7.4)
# Space left and right of a cell's text, in points; rows looked at, evenly taken from the whole table.
INSET, SAMPLE = 11.0, 150
# Width of a long word in parts of the type size: about 17 letters.
USUAL = 8.5
#: Rows from which on a table is a long one.
LONG = 60


class _Widths(dict):
    """Of letters, in parts of the type size; that of a usual one for all others."""

    def __missing__(self, letter: str) -> float:
        return 0.52


_WIDTHS = _Widths(
    {
        **dict.fromkeys("iljtfrI.,:;'|!()[]- \u200b", 0.32),
        **dict.fromkeys("mwMWQ@%&—", 0.85),
        **dict.fromkeys("ABCDEFGHKLNOPRSTUVXYZ", 0.6),
    }
)


@dataclass(frozen=True)
class Layout:
    """What the template needs to set a table.

    Attributes
    ----------
    columns : tuple of float
        Shares of the width.
    width : float
        Part of the text's width that the table takes, 0 to 1.
    size : float
        Type size in points.
    landscape : bool
        Whether the table needs a page turned on its side.
    """

    columns: tuple[float, ...]
    width: float
    size: float
    landscape: bool = False


def _measure(text: str) -> float:
    """Rough width of a text, in parts of the type size."""
    return math.fsum(map(_WIDTHS.__getitem__, text))  # sum() adds otherwise from Python 3.12 on


def lay_out(cells: list[list[str]], width: float, turned: float) -> Layout:
    """Lay out a table.

    Parameters
    ----------
    cells : list of list of str
        The text of every cell, heads included, all rows of equal length.
    width, turned : float
        Width of the text in points, on an upright page and on one turned on its side.

    Returns
    -------
    Layout
        The largest type at which every column can hold its longest word; if none can, the same on a turned page.
    """
    # Words longer than this are broken (see escape.markup). In a long table the few longest may be hyphenated, so that
    # they do not rule all rows.
    split = [[re.split(r"[\s/\u200b-]+", text) for text in column] for column in zip(*cells, strict=True)]
    longest_words = [sorted(max(_measure(w[:24]) for w in found) for found in column) for column in split]
    words = [column[-1 if len(column) <= LONG else int(0.9 * len(column))] for column in longest_words]
    # But short words and names with dots or underscores are not hyphenated: where there is room, they are whole in
    # every row.
    named = [
        max((_measure(w) for found in column for w in found if len(w) < 8 or re.search(r"\w[._]\w", w)), default=0)
        for column in split
    ]
    whole = [max(word, min(name, USUAL)) for word, name in zip(words, named, strict=True)]
    if sum(word * SIZES[0] * 1.05 + INSET for word in whole) <= width:
        words = whole
    rows = [[_measure(text) for text in row] for row in cells[:: max(1, len(cells) // SAMPLE)]]
    longest = [max(_measure(text) for text in column) for column in zip(*cells, strict=True)]
    for landscape, available in ((False, width), (True, turned)):
        for size in SIZES:
            least = [max(word, 1.5) * size * 1.05 + INSET for word in words]
            if sum(least) <= available:
                most = [max(n, text * size * 1.02 + INSET) for n, text in zip(least, longest, strict=True)]
                widths = _share(least, most, [[text * size for text in row] for row in rows], available)
                total = sum(widths)
                return Layout(
                    tuple(round(w / total, 4) for w in widths), round(min(1, total / available), 3), size, landscape
                )
    # Hopeless: shrink in proportion, words will break.
    return Layout(tuple(round(w / sum(words), 4) for w in words), 1, SIZES[-1], True)


def _share(least: list[float], most: list[float], rows: list[list[float]], available: float) -> list[float]:
    """Widths of the columns in points."""
    if sum(most) <= available:
        # All on one line. A few short columns across the whole page would be hard to follow with the eye.
        total = available if sum(most) > available * 0.8 else max(sum(most) * 1.1, available * 0.6)
        return [m * total / sum(most) for m in most]
    # Piece by piece to the column whose widening lowers the rows most. The fourth power stands for the highest cell of
    # each row.
    spare = available - math.fsum(least)
    widths, step = np.array(least), max(spare / 80, 0.5)
    texts = np.array(rows)
    for _step in range(int(spare / step + 1e-6)):
        room = widths - INSET
        heights = np.maximum(texts / room, 0.97) ** 4
        gains = np.where(texts > 0.97 * room, heights, 0) / room
        gain = (gains / heights.sum(axis=1, keepdims=True) ** 0.75).sum(axis=0)
        if not gain.any():
            break
        widths[np.round(gain / gain.max(), 9).argmax()] += step  # the last bits are not the same everywhere
    return list(widths + (available - widths.sum()) / len(widths))
