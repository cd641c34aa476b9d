"""The idea of a learning ecosystem: a place drawn from what the selected ecosystems do, and the argument to leap."""

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.patches import Circle, Ellipse, Polygon, Rectangle

from ecosystems import style
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Bars
from ecosystems.words import Link, listing, number, plural, quoted

# -- a place ---------------------------------------------------------------------------------------------------------


def _add(ax, patch, tint, zorder=3):
    patch.set(facecolor=style.colour(tint), edgecolor="none", zorder=zorder)
    ax.add_patch(patch)


def _box(ax, x, y, wide, high, tint):
    _add(ax, Rectangle((x, y), wide, high), tint)


def _roof(ax, x, y, wide, high, tint):
    _add(ax, Polygon([(x - 0.12, y), (x + wide + 0.12, y), (x + wide / 2, y + high)]), tint)


def _house(ax, x, y, wide, high, tint, roof, windows=1):
    _box(ax, x, y, wide, high, tint)
    _roof(ax, x, y + high, wide, high * 0.6, roof)
    for k in range(windows):
        step = wide / windows
        _box(ax, x + k * step + step * 0.3, y + high * 0.35, step * 0.4, high * 0.4, "paper")


def _home(ax, x, y):
    _house(ax, x - 0.45, y, 0.9, 0.6, "light", "main")


def _school(ax, x, y):
    _house(ax, x - 0.9, y, 1.8, 0.7, "main", "ink", 3)
    ax.plot([x, x], [y + 1.1, y + 1.65], color=style.colour("ink"), linewidth=1.2, zorder=3)
    _box(ax, x, y + 1.38, 0.4, 0.26, "gold")


def _hall(ax, x, y):
    _box(ax, x - 0.75, y, 1.5, 0.12, "ink")
    for k in range(4):
        _box(ax, x - 0.65 + k * 0.38, y + 0.12, 0.16, 0.6, "s3")
    _box(ax, x - 0.75, y + 0.72, 1.5, 0.12, "ink")
    _roof(ax, x - 0.63, y + 0.84, 1.26, 0.35, "s3")


def _workshop(ax, x, y):
    _box(ax, x - 0.7, y, 1.4, 0.55, "s3")
    for k in range(3):
        left = x - 0.7 + k * 0.467
        _add(ax, Polygon([(left, y + 0.55), (left + 0.467, y + 0.55), (left + 0.467, y + 0.85)]), "ink")
    _box(ax, x - 0.15, y, 0.3, 0.36, "paper")


def _tree(ax, x, y):
    _box(ax, x - 0.05, y, 0.1, 0.4, "ink")
    _add(ax, Circle((x, y + 0.7), 0.42), "s3")
    for dx in (-0.62, 0.62, 0.9):
        _person(ax, x + dx, y, 0.8)


def _person(ax, x, y, size=1.0, tint="ink"):
    ax.add_patch(Ellipse((x, y + 0.14 * size), 0.17 * size, 0.3 * size, facecolor=style.colour(tint), zorder=4))
    _add(ax, Circle((x, y + 0.37 * size), 0.085 * size), tint, 4)


def _lab(ax, x, y):
    _box(ax, x - 0.6, y + 0.16, 0.85, 0.5, "gold")
    _box(ax, x + 0.25, y + 0.16, 0.35, 0.32, "gold")
    _box(ax, x - 0.48, y + 0.36, 0.6, 0.2, "paper")
    for dx in (-0.35, 0.35):
        _add(ax, Circle((x + dx, y + 0.13), 0.13), "ink", 4)


def _mast(ax, x, y):
    tint = style.colour("ink")
    ax.plot([x - 0.22, x, x + 0.22], [y, y + 1.3, y], color=tint, linewidth=1.3, zorder=3)
    ax.plot([x - 0.13, x + 0.13], [y + 0.5, y + 0.5], color=tint, linewidth=1, zorder=3)
    for r in (0.22, 0.42):
        for side in (-1, 1):
            a = np.radians(np.linspace(-40, 40, 12))
            ax.plot(x + side * r * np.cos(a), y + 1.3 + r * np.sin(a), color=style.colour("main"), linewidth=1.2)


def _circle_of_people(ax, x, y):
    for a in np.radians(np.linspace(0, 360, 7)[:-1]):
        _person(ax, x + 0.55 * np.cos(a), y + 0.3 + 0.22 * np.sin(a), 0.8, "main" if a else "gold")


PARTS = {  # part of the place: what draws it, and where it stands in the wide drawing
    "home": (_home, 1.8, 3.1),
    "school": (_school, 5.6, 2.6),
    "town hall": (_hall, 9.9, 3.2),
    "village square": (_tree, 12.6, 2.3),
    "workshop": (_workshop, 2.6, 0.7),
    "laboratory on wheels": (_lab, 11.9, 0.5),
    "screen": (_mast, 7.9, 3.5),
    "youth club": (_circle_of_people, 7.6, 0.6),
}


def draw_place(table: pd.DataFrame, layout: style.Layout):
    """A landscape with a number at each part, and beside or below it what happens there."""
    rows = [r for r in table.itertuples() if r.part in PARTS]
    high, step, size = 5.6, 1.36 * layout.size / 72, 52 if layout.narrow else 57
    picture = layout.width * high / 14
    lines = [style.wrap(f"{i}  {r.does}", size) for i, r in enumerate(rows, 1)]
    per = len(lines) if layout.narrow else -(-len(lines) // 2)
    columns = [lines[k : k + per] for k in range(0, len(lines), per)]
    heights = [sum((text.count("\n") + 1) * step + 0.05 for text in column) for column in columns]
    below = max(heights) + 0.1
    drawing = style.canvas(layout, picture + below)
    drawing.set_layout_engine("none")
    ax = drawing.add_axes((0, below / (picture + below), 1, picture / (picture + below)))
    ax.set_xlim(0, 14)
    ax.set_ylim(0, high)
    ax.set_aspect("equal")
    ax.set_axis_off()
    _ground(ax)
    for i, r in enumerate(rows, 1):
        draw, x, y = PARTS[r.part]
        ax.plot([x, 5.6], [y + 0.2, 2.9], color=style.colour("coast"), linewidth=0.9, linestyle=(0, (2, 2)), zorder=2)
        draw(ax, x, y)
        look = {"facecolor": style.colour("paper"), "edgecolor": style.colour("ink"), "linewidth": 1, "zorder": 5}
        ax.add_patch(Circle((x - 1.05, y + 0.85), 0.42 if layout.narrow else 0.3, **look))
        ax.text(x - 1.05, y + 0.83, str(i), ha="center", va="center", weight=600, fontsize=layout.size - 0.5, zorder=6)
    for k, column in enumerate(columns):
        top = below - 0.06
        for text in column:
            at = k / len(columns) + 0.01, top / (picture + below)
            drawing.text(*at, text, va="top", fontsize=layout.size, linespacing=1.0)
            top -= (text.count("\n") + 1) * step + 0.05
    return drawing


def _ground(ax) -> None:
    """Hills, a river and the ground."""
    x = np.linspace(0, 14, 120)
    far = 3.6 + 0.9 * np.sin(x / 2.1 + 0.6) * np.exp(-(((x - 7) / 9) ** 2)) + 0.25 * np.sin(x * 1.3)
    ax.fill_between(x, 0, far, color=style.colour("wash"), linewidth=0)
    ax.fill_between(x, 0, 2.4 + 0.5 * np.sin(x / 2.6 + 2.4), color=style.colour("land"), linewidth=0)
    middle = 4.6 + 0.5 * np.sin(np.linspace(0, 5, 60))
    y = np.linspace(0, 2.2, 60)
    width = np.linspace(0.5, 0.16, 60)
    ax.fill_betweenx(y, middle - width, middle + width, color=style.colour("light"), linewidth=0)


@exhibit(
    empty="No part of a place is told",
    cite=["facts"],
    columns={
        "part": "Part of the place",
        "does": "What happens there",
        "ecosystem": "In which ecosystem",
        "fact": "The fact that says so",
    },
)
def one_place(data, table) -> Figure:
    """Eight things that the selected ecosystems do, drawn as if they happened in one place."""
    parts, where = listing(table["part"]), sorted(table["ecosystem"].unique(), key=str.casefold)
    return Figure(
        table,
        draw=draw_place,
        finding=f"In a learning ecosystem children learn at {parts}, and each knows of the others",
        values={"parts": len(table)},
        subtitle=f"{plural(len(table), 'thing')} that happen in {plural(len(where), 'ecosystem')}, drawn as one "
        f"valley; from {listing(where)}",
        alt=f"A drawn valley with {parts}, numbered and joined by dotted lines to the school in the middle; below it, "
        "what happens at each.",
    )


# -- examples --------------------------------------------------------------------------------------------------------

TELLING = {  # whose example tells most; of these eight each has one
    "thriving": "delhi-government",
    "community": "jacobs-foundation-ghana",
    "agency": "friendship-bangladesh",
    "beyond-school": "sociopreneur-indonesia",
    "equity": "university-of-venda",
    "public-system": "fundacion-taap",
    "alliances": "ensena-peru",
    "technology": "kepler-rwanda",
}


def examples(data) -> pd.DataFrame:
    """A real example of each characteristic from the selected ecosystems: the fact that shows it.

    That of :data:`TELLING`, else from a different one as far as possible: the rarest characteristic chooses first,
    among the ecosystems that gave the fewest examples so far.
    """
    shown = data.ecosystem_codings[data.ecosystem_codings["present"] == 1].sort_values("ecosystem_id", kind="stable")
    shown = shown.assign(told=shown["fact_id"].map(data.facts.set_index("id")["statement"]).fillna(shown["note"]))
    used, chosen = Counter(), {}
    for characteristic in shown["characteristic_id"].value_counts(ascending=True).index:
        rows = shown[shown["characteristic_id"] == characteristic]
        best = rows[rows["ecosystem_id"] == TELLING.get(characteristic)]
        rows = best if len(best) else rows
        row = rows.iloc[rows["ecosystem_id"].map(used.__getitem__).argmin()]
        used[row.ecosystem_id] += 1
        chosen[characteristic] = row
    table = data.characteristics.sort_values("order", ignore_index=True, kind="stable")
    table = table[table["id"].isin(chosen)].reset_index(drop=True)
    names = data.ecosystems.set_index("id")["short_name"]
    where = [chosen[i].ecosystem_id for i in table["id"]]
    links = [Link(names[e], f"doc:book/ecosystems/{e}") for e in where]
    return table.assign(example=[chosen[i].told for i in table["id"]], where=pd.Series(links, dtype=object))


# -- the argument ----------------------------------------------------------------------------------------------------


ARGUMENT = {
    "characteristic": "Characteristic",
    "seen": "Initiatives that show it, count",
    "of": "Initiatives, count",
    "percent": "Share of initiatives that show it, percent",
}


@exhibit(
    empty="No characteristic is seen",
    cite=["codings", "initiatives"],
    columns=ARGUMENT,
)
def leap_checked(data, table) -> Figure:
    """How often the initiatives of the scan show what the report's argument asks for."""
    rank = table["characteristic"].to_list()
    at = table.set_index("characteristic")["percent"]
    name = next((n for n in rank if n.startswith("Technology")), rank[-1])
    place = len(rank) - rank.index(name)
    first, last = table.iloc[0], table.iloc[-1]
    rarer = " but one" if place == 2 else ""
    return Figure(
        table.assign(tint=["technology" if n == name else "other" for n in rank]),
        Bars("characteristic", "percent", "tint", {"technology": "main", "other": "light"}, row=0.29, legend=False),
        finding=f"{quoted(first.characteristic)} is seen in {number(first.percent)}% of initiatives, "
        f"{quoted(last.characteristic)} in {number(last.percent)}%",
        values={"technology": float(at[name]), "place": place, "rarest": "the rarest characteristic" + rarer},
        subtitle=f"Share of {plural(table['of'].max(), 'initiative')} that show each characteristic, percent",
        columns={**ARGUMENT, "tint": "Whether it is the one that the argument names first"},
    )
