"""Bars: from longest to shortest, stacked, side by side, as columns."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.plots.common import Plot, legend, name, rows, some, tell
from ecosystems.words import capital, number, plural

FEW_YEARS = 8  # of fewer years each is named, and no column is wider than if there were so many


@dataclass(frozen=True)
class Bars(Plot):
    """One bar a row of the table, in its order, with the value at its end.

    Parameters
    ----------
    label, value : str
        Columns with the name and the length of each bar.
    colour : str
        Column whose values `tints` gives colours; without it the first bar stands out if `first`.
    tints : dict of str to str
        Value to name of a colour, in the order of the legend.
    top : int
        Draw so many bars at most, and all that are as long as the last of them; all if 0.
    beside : pair of str
        A column with a count and its noun, told behind the value where there is room.
    row, rest : float
        Height of one bar, and of all else, in inches.
    size : int
        Characters in a name before it breaks into two lines.
    digits : int
        Decimals of the values.
    legend : bool
        Whether the colours are explained.
    """

    label: str
    value: str
    colour: str = ""
    tints: dict[str, str] = field(default_factory=dict)
    first: bool = False
    top: int = 0
    beside: tuple[str, str] | None = None
    row: float = 0.3
    rest: float = 0.15
    size: int = 30
    digits: int = 0
    legend: bool = True

    def shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows that are drawn: those with the same value are all in or all out."""
        if not self.top or len(table) <= self.top:
            return table
        return table[table[self.value] >= table[self.value].nlargest(self.top).iloc[-1]]

    def _draw(self, table, layout):
        drawn = self.shown(table)
        values, size = drawn[self.value].astype(float), 18 if layout.narrow else self.size
        names = [style.wrap(str(n), size) for n in drawn[self.label]]
        present = [v for v in self.tints if v in set(drawn[self.colour])] if self.colour and self.legend else []
        inside = len(drawn) > 5 and values.is_monotonic_decreasing  # the last bars leave room for the legend
        least = max(style.row_height(n, layout) for n in names) * len(names) + 0.1
        columns = 1 if layout.narrow else 3
        if present and not inside:  # the legend takes its lines from the height of the bars
            least = max(least, 0.7, 0.24 * -(-len(present) // columns) + 0.22 * len(drawn))
        height = max(self.row * len(drawn) + self.rest, least)
        drawing, ax = style.axes(layout, height)
        tints = ["main"] + ["light" if self.first else "main"] * (len(drawn) - 1)
        tints = [self.tints.get(v, "quiet") for v in drawn[self.colour]] if self.colour else tints
        ax.barh(range(len(drawn)), values, height=0.66, color=[style.colour(t) for t in tints])
        ax.set_yticks(range(len(drawn)), names)
        ax.set_xticks([])
        top = values.max() or 1
        ax.set_xlim(0, top * (1.22 if layout.narrow else 1.14))
        ax.set_ylim(len(drawn) - 0.45, -0.55)
        for i, (value, text) in enumerate(zip(values, self._labels(drawn, layout), strict=True)):
            ax.text(value + top * 0.012, i, text, va="center")
        if present:
            entries = {name(v, layout, 40): {"color": style.colour(self.tints[v])} for v in present}
            if inside:
                handles = [ax.barh([0], [0], label=text, **look) for text, look in entries.items()]
                ax.legend(handles=handles, loc="lower right", handlelength=0.8)
            else:
                legend(drawing, ax, entries, columns)
        return drawing

    def _labels(self, drawn: pd.DataFrame, layout) -> list[str]:
        """What stands at the end of each bar."""
        values = [number(float(v), self.digits) for v in drawn[self.value]]
        if not self.beside or layout.narrow:
            return values
        column, noun = self.beside
        return [f"{value}  ({plural(n, noun)})" for value, n in zip(values, drawn[column], strict=True)]

    def describe(self, table, units):
        drawn = self.shown(table).set_index(self.label)[self.value]
        told = some(f"{label} {tell(v, units.get(self.value), self.digits)}" for label, v in drawn.items())
        if len(drawn) == 1:
            return f"One bar, with its value at its end: {told}."
        order = "from longest to shortest" if drawn.is_monotonic_decreasing else "from top to foot"
        return f"Bars {order}: {told}."


@dataclass(frozen=True)
class StackedBars(Plot):
    """One bar for each value of a column, split by another into shares of 100%; rows as the table has them first.

    Parameters
    ----------
    label, part, value : str
        Columns with the name of the bar, the name of its part and its length in percent.
    tints : dict of str to str
        Part to name of a colour, in the order of the parts.
    least : pair of float
        Values from this one on are written in the bar: in the wide layout, in the narrow one.
    row : float
        Height of one bar, in inches.
    rest : pair of float
        Height of all else, in inches, wide and narrow.
    columns : pair of int
        Entries in a row of the legend, wide and narrow.
    wrap : int
        Characters in a line of a name in the narrow layout.
    """

    label: str
    part: str
    value: str
    tints: dict[str, str]
    least: tuple[float, float] = (8, 8)
    row: float = 0.36
    rest: tuple[float, float] = (0.5, 0.75)
    columns: tuple[int, int] = (4, 1)
    wrap: int = 17

    def _grid(self, table: pd.DataFrame) -> pd.DataFrame:
        parts = [p for p in self.tints if p in set(table[self.part])]
        grid = table.pivot(index=self.label, columns=self.part, values=self.value)
        return grid.loc[table[self.label].unique(), parts].fillna(0)

    def _draw(self, table, layout):
        grid = self._grid(table)
        drawing, ax = style.axes(layout, self.row * len(grid) + self.rest[layout.narrow])
        left = np.zeros(len(grid))
        for part in grid:
            values, tint = grid[part].to_numpy(float), self.tints[part]
            ax.barh(range(len(grid)), values, left=left, height=0.68, color=style.colour(tint))
            for i, (value, at) in enumerate(zip(values, left, strict=True)):
                if value >= self.least[layout.narrow]:
                    ax.text(at + value / 2, i, f"{number(value)}%", ha="center", va="center", color=style.on(tint))
            left += values
        rows(ax, [name(n, layout, self.wrap, 28) for n in grid.index])
        ax.set_xticks([])
        ax.set_xlim(0, 100)
        entries = {part: {"color": style.colour(self.tints[part])} for part in grid}
        legend(drawing, ax, entries, self.columns[layout.narrow])
        return drawing

    def describe(self, table, units):
        grid = self._grid(table)
        if len(grid) == 1:
            parts = some(f"{part} {number(v)}%" for part, v in grid.iloc[0].items())
            return f"One bar, for {grid.index[0]}, split into its parts: {parts}."
        first = grid.columns[0]
        told = some(f"{label} {number(v)}%" for label, v in grid[first].items())
        return f"{plural(len(grid), 'bar')}, each split into {some(grid.columns, 120)}. {capital(first)}: {told}."


@dataclass(frozen=True)
class Columns(Plot):
    """One column a year.

    Parameters
    ----------
    year, value : str
        Columns with the year and the height.
    open : int
        Year that stands for all before it, too, if any.
    """

    year: str
    value: str
    open: int = 0

    def _draw(self, table, layout):
        drawing, ax = style.axes(layout, 1.9)
        years, values = table[self.year], table[self.value]
        ax.bar(years, values, width=0.78, color=style.colour("main"))
        peak = values.idxmax()
        ax.text(years[peak], values[peak], f" {number(int(values[peak]))}", ha="center", va="bottom")
        first, last = int(years.min()), int(years.max())
        few = FEW_YEARS - (last - first)
        if few > 0:
            ax.set_xlim(first - 0.5 - few / 2, last + 0.5 + few / 2)
        ticks = [t for t in range(first, last + 1) if t % 5 == 0 or few > 0]
        ax.set_xticks(ticks, [f"{t} or\nbefore" if t == self.open else str(t) for t in ticks])
        ax.set_yticks([])
        ax.margins(y=0.14)
        return drawing

    def describe(self, table, units):
        peak = table.loc[table[self.value].idxmax()]
        first, last = int(table[self.year].min()), int(table[self.year].max())
        which = f"Columns from {first} to {last}, the highest" if first < last else "One column with its number:"
        return f"{which} in {peak[self.year]} with {number(peak[self.value])}."
