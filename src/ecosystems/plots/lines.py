"""Lines over years: in one plot, or a panel for each measure."""

from dataclasses import dataclass

from ecosystems import style
from ecosystems.plots.common import Plot, name, some, tell
from ecosystems.words import agree, capital, count, number


@dataclass(frozen=True)
class Lines(Plot):
    """One line for each value of a column, named at its end, its first and last value beside it.

    Parameters
    ----------
    year, value, line : str
        Columns with the year, the height and the name of the line.
    tints : dict of str to str
        Name of the line to name of a colour.
    """

    year: str
    value: str
    line: str
    tints: dict[str, str]

    def _draw(self, table, layout):
        at = table.pivot(index=self.line, columns=self.year, values=self.value)
        first, last, top = at.columns[0], at.columns[-1], at.max().max()
        drawing, ax = style.axes(layout, 2.9)
        gap, off = top * (0.1 if layout.narrow else 0.085), 1.5 if layout.narrow else 0.7
        heights, below = {}, -1e9
        for line in at[last].sort_values(kind="stable").index:  # names at the end keep their distance
            below = heights[line] = max(at.at[line, last], below + gap)
        starts, above = {}, 1e9
        for line in at[first].sort_values(ascending=False, kind="stable").index:
            above = starts[line] = min(at.at[line, first], above - gap * 0.8)
        for line, row in at.iterrows():
            ax.plot(at.columns, row, color=style.colour(self.tints[line]), linewidth=2.4, marker="o", markersize=4)
            text = f"{number(row[last])}  {name(line, layout, 40)}"
            ax.text(last + off, heights[line], text, va="center", fontsize=layout.size - layout.narrow)
            ax.text(first - off, starts[line], number(row[first]), va="center", ha="right")
        ax.set_xlim(first - (5.5 if layout.narrow else 2.5), last + (23 if layout.narrow else 12.5))
        ax.set_ylim(0, top * 1.08)
        near = last - (8 if layout.narrow else 4)
        ax.set_xticks(sorted({first, last} | {y for y in at.columns if y % 10 == 0 and first < y < near}))
        ax.set_yticks([])
        return drawing

    def describe(self, table, units):
        at, unit = table.pivot(index=self.line, columns=self.year, values=self.value), units.get(self.value)
        first = unit if unit == "percent" else ""  # 4% to 2%, but 357 to 601 million
        ends = some(f"{line} {tell(row.iloc[0], first)} to {tell(row.iloc[-1], unit)}" for line, row in at.iterrows())
        return f"{agree(len(at), 'A line', 'Lines')} from {at.columns[0]} to {at.columns[-1]}: {ends}."


@dataclass(frozen=True)
class LinePanels(Plot):
    """A panel for each measure, in it a line for each group with its last value, in percent.

    Parameters
    ----------
    year, value, line, panel : str
        Columns with the year, the height, the name of the line and of the panel.
    tints : dict of str to str
        Name of the line to name of a colour.
    panels : tuple of str
        The panels in order.
    short : dict of str to str
        Name of the line to what stands at its end.
    """

    year: str
    value: str
    line: str
    panel: str
    tints: dict[str, str]
    panels: tuple[str, ...]
    short: dict[str, str]

    def _draw(self, table, layout):
        count = len(self.panels)
        down, across = (count, 1) if layout.narrow else (1, count)
        drawing = style.canvas(layout, 1.75 * down if layout.narrow else 2.3)
        axes = drawing.subplots(down, across, sharey=True, squeeze=False).flat
        last, top = int(table[self.year].max()), float(table[self.value].max())
        for ax, panel in zip(axes, self.panels, strict=True):
            named = layout.narrow or panel == self.panels[-1]
            part = table[table[self.panel] == panel].sort_values(self.year, kind="stable")
            if part.empty:
                ax.text(2001, 1, "no value", va="bottom", color=style.colour("quiet"))
            self._panel(ax, part, last, layout, named)
            ax.set_title(panel)
            ax.set_xlim(2000, last + (17 if layout.narrow else 22 if named else 7))
            ax.set_xticks([2000, 2010, 2020])
            ax.set_ylim(0, top * 1.02)
            ax.set_yticks([])
            ax.spines["bottom"].set_visible(True)
        return drawing

    def _panel(self, ax, part, last: int, layout, named: bool) -> None:
        ends = []
        for line, values in part.groupby(self.line):
            ax.plot(values[self.year], values[self.value], color=style.colour(self.tints[line]))
            ends.append((values[self.value].iloc[-1], line))
        below = None
        for value, line in sorted(ends):  # labels keep their distance
            below = max(value, 1 if below is None else below + (8 if layout.narrow else 5.5))
            text = f"{number(value)}%" + (f" {self.short[line]}" if named else "")
            ax.text(last + 0.8, below, text, va="center", fontsize=layout.size - 1)

    def describe(self, table, units):
        ends = table.sort_values(self.year, kind="stable").groupby([self.panel, self.line])[self.value].last()
        told = []
        for panel in (p for p in self.panels if p in ends.index):
            lines = ends[panel].sort_values(kind="stable", ascending=False)
            lines = lines.iloc[sorted({0, len(lines) - 1})]
            told.append(f"{panel.lower()}, " + ", ".join(f"{line} {number(v)}%" for line, v in lines.items()))
        panels = f"{capital(count(len(self.panels)))} panels with a line for each group"
        return f"{panels}. The highest and the lowest in {table[self.year].max()}: {'; '.join(told)}."
