"""What all kinds of plot have in common."""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure as Drawing

from ecosystems import style
from ecosystems.words import listing, number, short_region

MANY = 2000  # of more values a plot shows how many lie where, instead of a point each
PERCENT = [0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"]


class Note(NamedTuple):
    """A few words inside a plot, beside what they speak of.

    Attributes
    ----------
    text : str
    x, y : float
        What it speaks of, in the units of the axes; rows count from zero at the top.
    dx, dy : float
        From there to the words, in points.
    phones : bool
        Whether the narrow drawing has room for it.
    width : int
        Letters in a line.
    """

    text: str
    x: float
    y: float
    dx: float = 0.0
    dy: float = 0.0
    phones: bool = True
    width: int = 40


@dataclass(frozen=True)
class Plot:
    """A kind of plot; each is a frozen dataclass that draws and describes a table.

    Parameters
    ----------
    notes : tuple of Note
        One to three, where they help to read the plot.
    """

    notes: tuple[Note, ...] = field(default=(), kw_only=True)

    def draw(self, table: pd.DataFrame, layout: style.Layout) -> Drawing:
        """Draw the table for one layout.

        Parameters
        ----------
        table : pandas.DataFrame
            One row a mark, with at least one row.
        layout : ecosystems.style.Layout
            Width and type size.
        """
        drawing = self._draw(table, layout)
        for note in self.notes:
            if note.phones or not layout.narrow:
                drawing.axes[0].annotate(
                    style.wrap(note.text, min(20, note.width) if layout.narrow else note.width),
                    (note.x, note.y),
                    (note.dx, note.dy),
                    textcoords="offset points",
                    va="center",
                    ha="right" if note.dx < 0 else "left",
                    color=style.colour("quiet"),
                    fontsize=layout.size - 1,
                    arrowprops={"arrowstyle": "-", "lw": 0.6, "color": style.colour("quiet")},
                )
        return drawing

    def _draw(self, table: pd.DataFrame, layout: style.Layout) -> Drawing:
        """The drawing without its notes."""
        raise NotImplementedError

    def describe(self, table: pd.DataFrame, units: dict[str, str]) -> str:
        """What is seen, in a sentence or two: the alternative text of a figure that has no better one.

        `units` are those of the columns of numbers, as the figure's meanings of its columns end.
        """
        raise NotImplementedError


def some(items: Iterable[object], room: int = 290) -> str:
    """As many of the items as so many characters hold, as a list in words, and how many more there are."""
    items = [str(i) for i in items]
    fit = max(1, bisect(list(accumulate(len(i) + 2 for i in items)), room))
    return listing(items if fit >= len(items) else [*items[:fit], f"{len(items) - fit} more"])


def tell(value: float, unit: str = "", digits: int = 0) -> str:
    """A value in a sentence, with a unit that stands beside it: ``53%``, ``601 million``."""
    return number(float(value), digits) + {"percent": "%", "million": " million"}.get(unit, "")


def name(text: object, layout: style.Layout, narrow: int, wide: int = 0) -> str:
    """A label: on phones in its short form and broken at `narrow` characters, else at `wide` if that is given."""
    if layout.narrow:
        return style.wrap(short_region(str(text)), narrow)
    return style.wrap(str(text), wide) if wide else str(text)


def rows(ax, labels: list[str], above: float = 0.5) -> None:
    """One row a label, from the top down."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -above)


def legend(drawing, ax, entries: dict[str, dict], columns: int, **spaces) -> None:
    """A legend above the plot.

    Parameters
    ----------
    entries : dict of str to dict
        Text to the options of its mark: ``color`` alone for a bar, ``marker`` and others for a point.
    columns : int
        Entries in a row.
    **spaces
        Of the legend, other than the usual ones.
    """
    handles = [
        ax.plot([], [], linestyle="none", label=text, **look)[0]
        if "marker" in look
        else ax.barh([0], [0], label=text, **look)
        for text, look in entries.items()
    ]
    points = any("marker" in look for look in entries.values())
    usual = {"handletextpad": 0.2, "columnspacing": 2.0} if points else {"handlelength": 0.8, "columnspacing": 1.0}
    drawing.legend(handles=handles, loc="outside upper left", ncols=columns, **{**usual, **spaces})


def on_log(values: pd.Series) -> pd.Series:
    """Where counts stand on a log scale: zero, which has no place on it, to the left of all others."""
    above = values[values > 0]
    return values.where(values > 0, above.min() / 10 if len(above) else 1.0)


def log_ticks(ax, values: pd.Series, layout: style.Layout, steps: bool = False) -> None:
    """Powers of ten around the values as words on a log scale, every second one on phones; and zero, if there is one,
    where :func:`on_log` puts it. With `steps`, where fewer than two lie between the values, also twice and five times a
    power: one alone does not tell how far apart things are."""
    above = values[values > 0]
    ticks = [10**k for k in range(9) if above.min() / 3 < 10**k < above.max() * 3] if len(above) else []
    ticks = ticks[::2] if layout.narrow else ticks
    if steps and sum(above.min() <= t <= above.max() for t in ticks) < 2:
        inside = [t for k in range(9) for t in (10**k, 2 * 10**k, 5 * 10**k) if above.min() <= t <= above.max()]
        ticks = inside[:: -(-len(inside) // 4)] if len(inside) > 1 else ticks
    labels = [f"{t:,}" if t < 1_000_000 else f"{t // 1_000_000} million" for t in ticks]
    if len(above) < len(values):
        ticks, labels = [on_log(values).min(), *ticks], ["0", *labels]
    ax.set_xscale("log")
    ax.set_xticks(ticks, labels)
    ax.minorticks_off()
    ax.grid(axis="x")
