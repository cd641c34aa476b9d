"""Two measures against each other, a point for each row, some of them named."""

from dataclasses import dataclass

import numpy as np

from ecosystems import style
from ecosystems.plots import common
from ecosystems.plots.common import Plot, name, some
from ecosystems.words import number, plural


@dataclass(frozen=True)
class Scatter(Plot):
    """Points over a log scale and a scale in percent.

    Parameters
    ----------
    x, y, label : str
        Columns with the place of a point (`x` above zero, `y` in percent) and with its name.
    marked : str
        Column that is ``yes`` for the points in orange, which all have a name.
    named : tuple of str
        Names of further points that are told.
    titles : pair of str
        What the two axes measure.
    line : bool
        Draw the least-squares line of `y` on the logarithm of `x`.
    """

    x: str
    y: str
    label: str
    marked: str
    named: tuple[str, ...] = ()
    titles: tuple[str, str] = ("", "")
    line: bool = False

    def _draw(self, table, layout):
        drawing, ax = style.axes(layout, 4.6 if layout.narrow else 3.6)
        common.log_ticks(ax, table[self.x], layout)
        if (line := self._line(table)) is not None:
            ends = np.array([table[self.x].min(), table[self.x].max()], float)
            ax.plot(ends, np.polyval(line, np.log(ends)), color=style.colour("coast"), linewidth=1.4, zorder=1)
        marked = table[self.marked] == "yes"
        told = marked | table[self.label].isin(self.named)
        edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.6}
        for rows, tint, size in ((~told, "coast", 5), (told & ~marked, "ink", 6), (marked, "warm", 7)):
            part = table[rows]
            ax.plot(part[self.x], part[self.y], "o", color=style.colour(tint), markersize=size, **edge)
        ax.set_ylim(0, 104)
        ax.set_yticks(*common.PERCENT)
        low, high = table[self.x].min(), table[self.x].max()
        ax.set_xlim(low / 1.25, high * (1.7 if layout.narrow else 1.35))
        ax.grid(axis="y")
        ax.set_title(self.titles[1], fontsize=layout.size, fontweight=400, color=style.colour("quiet"))
        ax.set_xlabel(style.wrap(self.titles[0], 36 if layout.narrow else 90))
        drawing.draw_without_rendering()  # where points lie is known once the axes have their size
        self._names(ax, table[told], table, layout)
        return drawing

    def _names(self, ax, told, table, layout) -> None:
        """Names beside their points, each at the first of eight places where it covers neither point nor name."""
        at = ax.transData.transform(table[[self.x, self.y]].to_numpy(float))
        dot, box = ax.figure.dpi / 72, ax.get_window_extent()
        taken = [(x - 3.2 * dot, x + 3.2 * dot, y - 3.2 * dot, y + 3.2 * dot) for x, y in at]
        size = layout.size - 0.5
        for _, row in told.sort_values([self.y, self.label]).iterrows():
            x, y = ax.transData.transform((float(row[self.x]), float(row[self.y])))
            text = name(row[self.label], layout, 40)
            width, height = 0.5 * size * len(text) * dot, 1.15 * size * dot
            spots = [(dx, dy) for dy in (0, 11, -11, 20, -20, 30, -30) for dx in (7, -7)]
            for dx, dy in spots:
                left = x + dx * dot - (width if dx < 0 else 0)
                here = (left, left + width, y + dy * dot - height / 2, y + dy * dot + height / 2)
                inside = box.x0 <= here[0] and here[1] <= box.x1 + 4 * dot and here[2] >= box.y0
                if inside and not any(
                    _meet(here, other) for other in taken if other[:2] != (x - 3.2 * dot, x + 3.2 * dot)
                ):
                    break
            else:
                dx, dy = spots[0]
                here = (x, x + width, y - height / 2, y + height / 2)
            taken.append(here)
            ax.annotate(
                text,
                (row[self.x], row[self.y]),
                (dx, dy),
                textcoords="offset points",
                ha="right" if dx < 0 else "left",
                va="center",
                fontsize=size,
                color=style.colour("warm" if row[self.marked] == "yes" else "ink"),
                arrowprops={"arrowstyle": "-", "lw": 0.6, "color": style.colour("quiet")} if abs(dy) > 11 else None,
            )

    def describe(self, table, units):
        ranked = table.sort_values(self.x, kind="stable")
        at = ranked.set_index(self.label)[[self.x, self.y]].astype(float)
        first, *_, last = [f"{c} ({number(x)}, {number(y, 1)}%)" for c, x, y in at.iloc[[0, -1]].itertuples()]
        if len(at) == 1:
            return f"One point between two scales: {first}."
        turn = "falling" if at[self.x].rank().corr(at[self.y]) < 0 else "rising"
        told = f"{plural(len(at), 'point')}, {turn} from {first} on the left to {last} on the right"
        if len(at) > 2 and (line := self._line(at)) is not None:
            beyond = (at[self.y] - np.polyval(line, np.log(at[self.x]))).sort_values(kind="stable")
            low, high = (
                some(f"{c} {'+' * (v > 0)}{number(v)}" for c, v in part.items())
                for part in (beyond[:3], beyond[:-4:-1])
            )
            return f"{told}. Furthest below the line: {low} points; furthest above: {high}."
        named = at[at.index.isin(self.named) | (ranked[self.marked] == "yes").to_numpy()].iloc[:, 1]
        named = some(f"{c} {number(y, 1)}%" for c, y in named.items())
        return f"{told}{f'. Named, with their heights: {named}' if named else ''}."

    def _line(self, table):
        """The least-squares line of `y` on the logarithm of `x`, as coefficients; None if there is none."""
        if not self.line or table[self.x].nunique() < 2:
            return None
        return np.polyfit(np.log(table[self.x].astype(float)), table[self.y], 1)


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes (left, right, bottom, top) overlap."""
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
