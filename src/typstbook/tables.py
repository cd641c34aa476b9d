"""How wide the columns of a table are, and how small its type, from what is in the cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Layout", "lay_out"]

SIZES = (8.6, 8, 7.4)
# The mean width of a letter of the label type, in parts of its size, and the space left and right of a cell's text.
LETTER, INSET = 0.5, 10.0


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


def _needs(cells: list[list[str]], size: float) -> tuple[list[float], list[float], list[float]]:
    """For each column: the width of its longest word, of its longest cell, and its weight."""
    least, most, weight = [], [], []
    for column in zip(*cells, strict=True):
        # Words longer than this are broken (see escape.markup).
        word = max((min(len(w), 22) for text in column for w in re.split(r"[\s/\u200b-]+", text)), default=1)
        longest = max(map(len, column))
        least.append(max(word, 3) * LETTER * size * 1.08 + INSET)
        most.append(max(least[-1], longest * LETTER * size + INSET))
        weight.append(sum(map(len, column)) / len(column))
    return least, most, weight


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
    for landscape, available in ((False, width), (True, turned)):
        for size in SIZES:
            least, most, weight = _needs(cells, size)
            if sum(least) <= available:
                return Layout(*_share(least, most, weight, available), size, landscape)
    # Hopeless: shrink in proportion, words will break.
    return Layout(tuple(round(w / sum(least), 4) for w in least), 1, SIZES[-1], True)


def _share(least: list[float], most: list[float], weight: list[float], available: float) -> tuple[tuple[float, ...], float]:
    """Widths as shares of the table, and the table's share of the text's width."""
    if sum(most) <= available:
        # Everything fits on one line. A few short columns across the whole page are hard to follow with the eye.
        total = min(available, max(sum(most) * 1.1, available * 0.6))
        widths = [m + (total - sum(most)) / len(most) for m in most]
        if total > available * 0.85:
            total = available
    else:
        # Short columns first get what they want; the long ones share the rest by the root of what they want.
        widths, total, spare = list(least), available, available - sum(least)
        wants = [min(m - n, 4 * w * LETTER * SIZES[0]) for n, m, w in zip(least, most, weight, strict=True)]
        roots = sum(want**0.5 for want in wants)
        for i in sorted(range(len(wants)), key=wants.__getitem__):
            given = min(wants[i], spare * wants[i] ** 0.5 / roots) if roots else 0
            widths[i] += given
            spare, roots = spare - given, roots - wants[i] ** 0.5
    whole = sum(widths)
    return tuple(round(w / whole, 4) for w in widths), round(total / available, 3)
