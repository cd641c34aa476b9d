"""Points: shares with intervals, points on a log scale, on a time line, in a grid, in pairs."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.plots import common
from ecosystems.plots.common import Plot, legend, name, rows, some
from ecosystems.words import agree, capital, number, plural


def _dots(ax, places, table: pd.DataFrame, tint: str) -> None:
    """Shares as points, their intervals, if the table has them, as lines: columns percent, low, high."""
    if "low" in table:
        ax.hlines(places, table["low"], table["high"], color=style.colour(tint), linewidth=1.6, alpha=0.55)
    edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.6}
    ax.plot(table["percent"], places, "o", color=style.colour(tint), markersize=6.5, clip_on=False, **edge)


@dataclass(frozen=True)
class Dots(Plot):
    """A share a row, with its interval if there is one: columns ``percent``, ``low`` and ``high``.

    Parameters
    ----------
    label : str
        Column with the name of the row; rows stand as the table has them first.
    group : str
        Column that splits each row, if any; without it the share stands beside its point.
    tints : dict of str to str
        Group to name of a colour, from the top down.
    entries : dict of str to str
        Group to text in the legend.
    """

    label: str
    group: str = ""
    tints: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)

    def _draw(self, table, layout):
        order = table[self.label].unique()
        if not self.group:
            drawing, ax = style.axes(layout, 0.36 * len(order) + 0.4)
            _dots(ax, range(len(order)), table, "main")
            for i, r in enumerate(table.itertuples()):
                ax.text(r.high + 2, i, f"{number(r.percent)}%", va="center")
        else:
            drawing, ax = style.axes(layout, 0.5 * len(order) + 0.75)
            groups = [g for g in self.tints if g in set(table[self.group])]
            step = 0.24 if len(groups) > 2 else 0.29
            for k, group in enumerate(groups):
                part = table[table[self.group] == group].set_index(self.label).reindex(order)
                _dots(ax, np.arange(len(order)) + (k - (len(groups) - 1) / 2) * step, part, self.tints[group])
            looks = {g: {"marker": "o", "color": style.colour(self.tints[g])} for g in groups}
            entries = {self.entries.get(g) or name(g, layout, 40): look for g, look in looks.items()}
            legend(drawing, ax, entries, 1 if layout.narrow else 3)
        rows(ax, [name(n, layout, 17, 40) for n in order])
        ax.set_xlim(0, 100)
        ax.set_xticks(*common.PERCENT)
        ax.grid(axis="x")
        return drawing

    def describe(self, table, units):
        dots = f"Dots{' with lines for their intervals' * ('low' in table)}"
        groups = table[self.group].nunique() if self.group else 1
        if groups == 1:
            shares = zip(table[self.label], table["percent"], strict=True)
            return f"{dots}, from top to foot: {some(f'{label} {number(v)}%' for label, v in shares)}."
        by = table.groupby(self.label, sort=False)
        widest = (by["percent"].max() - by["percent"].min()).idxmax()
        at = table[table[self.label] == widest].set_index(self.group)["percent"]
        told = f"{dots} in {plural(len(by), 'row')}, one for each of {groups} groups. Widest apart in {widest}: "
        told += f"{some(f'{g} {number(v)}%' for g, v in at.items())}."
        if "low" in table:
            overlap = int((by["low"].max() <= by["high"].min()).sum())
            told += f" In {overlap if overlap < len(by) else 'all'} of {len(by)} rows all intervals overlap."
        return told


@dataclass(frozen=True)
class LogPoints(Plot):
    """Counts on a log scale, a row for each group; where they are too many for points, a band as wide as they are
    frequent.

    Parameters
    ----------
    value, group : str
        Columns with the count and the group.
    tints : dict of str to str
        Group to name of a colour, from the top down.
    labels : dict of str to str
        Group to what stands beside its row.
    sure : str
        Column that is missing for the counts drawn as empty circles, if any.
    medians : bool
        A median for each group, instead of one for all.
    """

    value: str
    group: str
    tints: dict[str, str]
    labels: dict[str, str] = field(default_factory=dict)
    sure: str = ""
    medians: bool = False

    def _draw(self, table, layout):
        groups = [g for g in self.tints if g in set(table[self.group])]
        drawing, ax = style.axes(layout, (0.85 if self.medians else 0.62) * len(groups) + 0.55)
        common.log_ticks(ax, table[self.value], layout, steps=True)
        table = table.assign(place=common.on_log(table[self.value])).sort_values("place", kind="stable")
        size = style.size(len(table), 4.4, 6)  # points
        for k, group in enumerate(groups):
            part = table[table[self.group] == group]
            if len(table) > common.MANY:
                self._band(ax, part["place"].to_numpy(float), k, style.colour(self.tints[group]))
            else:
                self._points(ax, part, k, size, layout)
            if self.medians and len(part) > 1:
                middle, at = self._median(part)
                ax.plot([at] * 2, [k - 0.36, k + 0.36], color=style.colour("ink"), linewidth=1.6)
                ax.text(at, k - 0.4, f"median {middle}", ha="center", va="bottom", weight=600)
        if not self.medians and len(table) > 1:
            middle, at = self._median(table)
            ax.axvline(at, color=style.colour("quiet"), linewidth=0.8)
            ax.text(at, -0.72, f" median {middle}", color=style.colour("quiet"), va="center")
        wrap = 15 if self.medians else 20
        rows(ax, [name(self.labels.get(g, g), layout, wrap, wrap) for g in groups], above=0.85)
        return drawing

    def _median(self, table: pd.DataFrame) -> tuple[str, float]:
        """The median of counts in words, and its place on the scale."""
        middle = float(table[self.value].median())
        return number(middle), middle or table["place"].min()

    def _band(self, ax, values: np.ndarray, k: int, tint: str) -> None:
        counts, edges = np.histogram(np.log10(values), bins=60)
        half = counts / counts.max() * 0.4
        ax.fill_between(10 ** ((edges[:-1] + edges[1:]) / 2), k - half, k + half, color=tint, alpha=0.8, linewidth=0)

    def _points(self, ax, part: pd.DataFrame, k: int, size: float, layout) -> None:
        values, tint = part["place"].to_numpy(float), style.colour(self.tints[part[self.group].iloc[0]])
        height, least = (0.62, 6) if self.medians else (0.9, 7)
        heights = k + _heaped(values, 8 if layout.narrow else 14, height, least)
        sure = part[self.sure].notna().to_numpy() if self.sure else np.ones(len(part), bool)
        ax.plot(values[sure], heights[sure], "o", markersize=size, color=tint, alpha=0.8, markeredgewidth=0)
        hollow = {"color": "none", "markeredgecolor": tint, "markeredgewidth": 1}
        ax.plot(values[~sure], heights[~sure], "o", markersize=size - 0.6, **hollow)

    def describe(self, table, units):
        found = table.groupby(self.group)[self.value].agg(["min", "max", "median"])
        found = found.loc[[g for g in self.tints if g in found.index]]
        marks = "Bands, higher where counts are more frequent," if len(table) > common.MANY else "Circles"
        where = f"{marks} on a log scale in {plural(len(found), 'row')}"
        if self.medians:
            return f"{where}; the median of each: {some(f'{g} {number(v)}' for g, v in found['median'].items())}."
        ends = found[["min", "max"]].map(number)
        told = some(f"{g} from {a} to {b}" if a != b else f"{g} {a}" for g, a, b in ends.itertuples())
        middle = f" A line marks the median, {number(table[self.value].median())}." if len(table) > 1 else ""
        return f"{where}: {told}.{middle}"


def _heaped(values: np.ndarray, steps: int, height: float, least: int) -> np.ndarray:
    """How far from the middle of its row each of the sorted values stands, so that neighbours on a log axis do not
    overlap: a factor of ten has so many `steps`, a full heap is `height` rows high and holds `least` points or more.
    """
    places = pd.Series(np.floor(np.log10(values) * steps))
    sizes = places.map(places.value_counts())
    return (places.groupby(places).cumcount() - (sizes - 1) / 2).to_numpy() * height / max(least, sizes.max())


@dataclass(frozen=True)
class Timeline(Plot):
    """Events on a time line, each in a row of its own with its name, the first at the top.

    Parameters
    ----------
    date, name : str
        Columns with dates of any precision (a bare year stands in its middle), in order, and with the names.
    """

    date: str
    name: str

    def years(self, table: pd.DataFrame) -> pd.Series:
        """The dates as decimal years."""
        parts = table[self.date].str.split("-", expand=True).reindex(columns=range(3)).apply(pd.to_numeric)
        return parts[0] + ((parts[1] - 1) / 12 + parts[2].fillna(15) / 372).fillna(0.5)

    def _draw(self, table, layout):
        at, size = self.years(table), 34 if layout.narrow else 62
        first, last = int(at.min()), int(at.max()) + 1
        drawing, ax = style.axes(layout, (0.4 if layout.narrow else 0.3) * len(table) + 0.5)
        for y, (x, text) in enumerate(zip(at, table[self.name], strict=True)):
            right = x > (first + last) / 2
            edge = last if right else first
            ax.plot([x, edge], [y, y], color=style.colour("rule"), linewidth=0.7, zorder=0)
            ax.plot(x, y, "o", ms=7, color=style.colour("main"))
            place = {"ha": "right" if right else "left", "va": "center", "textcoords": "offset points"}
            text = style.wrap(style.cut(text, 2 * size), size)
            paper = {"facecolor": style.colour("paper"), "edgecolor": "none", "pad": 0.6}
            ax.annotate(text, (x, y), (-8 if right else 8, 0), fontsize=layout.size - 0.5, bbox=paper, **place)
        ax.set_xlim(first - 0.2, last + 0.2)
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.set_yticks([])
        ticks = [y for y in range(first, last + 1) if (y - first) % (6 if layout.narrow else 3) == 0]
        ax.set_xticks(ticks, [str(y) for y in ticks])
        return drawing

    def describe(self, table, units):
        at, places = self.years(table).astype(int), sorted({0, len(table) // 2, len(table) - 1})
        told = some(f"{style.cut(table[self.name].iloc[i], 60)} ({at.iloc[i]})" for i in places)
        return f"{plural(len(table), 'event')} named on a line of years{', among them' * (len(table) > 3)}: {told}."


@dataclass(frozen=True)
class Grid(Plot):
    """A mark where a row and a column meet: of one of several forms, or a circle as large as a count.

    Parameters
    ----------
    row, column, value : str
        Columns with the name of the row and of the column, and with what stands where they meet.
    marks : dict of str to dict
        Value to the options of its mark; without it values are counts, and zero is left empty.
    peaks : bool
        Whether the largest counts of each column are dark, instead of all in the first.
    """

    row: str
    column: str
    value: str
    marks: dict[str, dict] = field(default_factory=dict)
    peaks: bool = False

    def _draw(self, table, layout):
        across, down = (list(table[c].unique()) for c in (self.column, self.row))
        labels = [name(n, layout, 22) for n in down]
        row = 0.4 if any("\n" in label for label in labels) else 0.305
        # At least as high as the names of the columns need when they stand aslant.
        drawing, ax = style.axes(layout, row * max(len(down), 4) + (1.4 if layout.narrow else 1.1))
        x, y = table[self.column].map(across.index), table[self.row].map(down.index)
        if self.marks:
            for value, look in self.marks.items():
                here = (table[self.value] == value).to_numpy()
                colours = {k: v if v == "none" else style.colour(v) for k, v in look.items() if "color" in k}
                ax.plot(x[here], y[here], linestyle="none", **{**look, **colours})
        else:
            counts = table[self.value]
            dark = counts == counts.groupby(table[self.column]).transform("max") if self.peaks else x == 0
            self._circles(ax, x, y, counts, dark, layout)
        ax.set_xlim(-0.6, len(across) - 0.4)
        rows(ax, labels, above=0.65)
        ax.xaxis.tick_top()
        turned = {"rotation": 59 if layout.narrow else 33, "ha": "left", "rotation_mode": "anchor"}
        ax.set_xticks(range(len(across)), across, **turned)
        return drawing

    def _circles(self, ax, x, y, counts: pd.Series, dark: pd.Series, layout) -> None:
        least, growth = (34, 165) if layout.narrow else (60, 330)
        largest = max(1, int(counts.max()) - 1)
        for i, j, n, strong in zip(x, y, counts, dark, strict=True):
            if n:
                tint = "main" if strong else "light"
                ax.scatter(i, j, s=least + growth * (n - 1) / largest, color=style.colour(tint))
                text = {"ha": "center", "va": "center", "fontsize": layout.size - 1.5, "color": style.on(tint)}
                ax.text(i, j, str(n), **text)

    def describe(self, table, units):
        size = (
            f"A grid of {plural(table[self.row].nunique(), 'row')} and {plural(table[self.column].nunique(), 'column')}"
        )
        if self.marks:  # the last of them is the one to look for
            main = list(self.marks)[-1]
            often = (table[self.value] == main).groupby(table[self.column], sort=False).sum()
            return f"{size}. {capital(main)}, by column: {some(f'{c} {n}' for c, n in often.items())}."
        size += " with circles, larger for more"
        if not self.peaks:
            filled = (table[self.value] > 0).groupby(table[self.column], sort=False).sum()
            return f"{size}. Rows with a circle, by column: {some(f'{c} {n}' for c, n in filled.items())}."
        most = table.loc[table.groupby(self.column, sort=False)[self.value].idxmax()]
        most = most[most[self.value] > 0]
        told = some(
            f"{column}: {row} {n}"
            for column, row, n in most[[self.column, self.row, self.value]].itertuples(index=False)
        )
        return f"{size}. The largest of each column: {told}."


@dataclass(frozen=True)
class Dumbbells(Plot):
    """Two circles joined by a bar a row, and above them the medians of the whole table.

    Parameters
    ----------
    label, low, high : str
        Columns with the name of the row, and with its full and its empty circle.
    shown : tuple of str
        Names of the rows that are drawn, from the top down.
    titles : pair of str
        What the full and the empty circle stand for.
    """

    label: str
    low: str
    high: str
    shown: tuple[str, ...]
    titles: tuple[str, str]

    def _draw(self, table, layout):
        drawn = table.set_index(self.label).loc[list(self.shown), [self.low, self.high]]
        pairs = [(table[self.low].median(), table[self.high].median()), *drawn.itertuples(index=False)]
        drawing, ax = style.axes(layout, 0.34 * len(pairs) + 0.65)
        off = 0.8 if layout.narrow else 0.3
        for i, (low, high) in enumerate(pairs):
            tint = style.colour("warm" if i else "quiet")
            ax.plot([low, high], [i, i], color=style.colour("rule"), linewidth=4, solid_capstyle="round", zorder=1)
            hollow = {"color": style.colour("paper"), "markeredgecolor": tint, "markeredgewidth": 1.7}
            ax.plot(high, i, "o", markersize=8, **hollow)
            ax.plot(low, i, "o", color=tint, markersize=8)
            ax.text(low - off, i, number(low, 1), ha="right", va="center")
            ax.text(high + off, i, number(high, 1), ha="left", va="center")
        rows(ax, ["Median of all", *self.shown], above=0.95)
        ax.set_xlim(0, max(high for _, high in pairs) + (4 if layout.narrow else 2))
        ax.set_xticks([])
        for x, title in zip(pairs[0], self.titles, strict=True):
            ax.text(x, -0.75, title, ha="center", color=style.colour("quiet"))
        return drawing

    def describe(self, table, units):
        drawn = table.set_index(self.label).loc[list(self.shown)]
        pairs = zip(
            ["median", *drawn.index], *([table[c].median(), *drawn[c]] for c in (self.high, self.low)), strict=True
        )
        told = some(f"{label} {number(high, 1)} and {number(low, 1)}" for label, high, low in pairs)
        return f"{agree(len(drawn) + 1, 'A pair', 'Pairs')} of circles joined by a bar: {told}."
