"""The selected learning ecosystems side by side."""

import pandas as pd

from ecosystems import style
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Grid
from ecosystems.words import agree, be, capital, listing, number, part, plural, quoted

EARLIEST = 2000  # where the axis of years begins; what is older stands at its edge, with its year


def draw_events(table: pd.DataFrame, layout: style.Layout):
    """A lane for each ecosystem from its first named event to its last, and below it what happened when."""
    narrow, lanes = layout.narrow, []
    for lane, own in table.groupby("ecosystem", sort=False):
        words = "  ·  ".join(f"{r.year} {r.event}" for r in own.itertuples())
        words = style.wrap(words, 60 if narrow else 132)
        lanes.append((lane, own["year"], words, 0.5 + 0.165 * (words.count("\n") + 1)))
    drawing, ax = style.axes(layout, sum(height for *_, height in lanes) + 0.3)
    first, last = int(table["year"].min()), int(table["year"].max())
    start = max(first, EARLIEST)
    top = 0.0
    for lane, years, words, height in lanes:
        years, y = years.clip(lower=start), top + 0.29
        ax.text(start, top + 0.1, lane, weight=600, va="center")
        ax.plot([years.min(), last], [y, y], color=style.colour("light"), linewidth=3, zorder=1)
        edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.7}
        ax.plot(years, [y] * len(years), "o", color=style.colour("warm"), markersize=7.5, zorder=2, **edge)
        small = {"fontsize": layout.size - 1.2, "color": style.colour("quiet"), "linespacing": 1.1}
        ax.text(start, top + 0.4, words, va="top", **small)
        top += height
    ax.set_xlim(start - 0.35, last + 0.35)
    ax.set_ylim(top, -0.05)
    ticks = [y for y in range(start, last + 1) if y % (10 if narrow else 5) == 0]
    ax.xaxis.tick_top()
    ax.set_xticks(ticks, [f"to {y}" if y == start and first < start else str(y) for y in ticks])
    ax.set_yticks([])
    return drawing


@exhibit(
    empty="No event is named",
    cite=["facts"],
    columns={"ecosystem": "Ecosystem", "year": "Year", "event": "What happened"},
)
def eleven_events(data, table) -> Figure:
    """Named events of the selected ecosystems, each in a lane of its own."""
    firsts = table.groupby("ecosystem")["year"].min()
    size, old = len(firsts), table.iloc[0]
    finding = f"The roots of the {size} go back to years between {firsts.min()} and {firsts.max()}"
    return Figure(
        table,
        draw=draw_events,
        finding=finding if size > 1 else f"{old.ecosystem} begins in {old.year}",
        values={"all": size, "last": int(firsts.max())},
        subtitle=f"Named events of each; what is older than {EARLIEST} stands at the left edge",
        alt=f"{plural(size, 'lane')} of years, each with its events below. At the top {old.ecosystem}, "
        f"with {old.event} in {old.year}; at the end of the last lane {table.iloc[-1].event} in {table.iloc[-1].year}.",
    )


@exhibit(
    empty="No partner is known to work with an ecosystem or to support it",
    cite=["partners"],
    columns={
        "ecosystem": "Ecosystem",
        "type": "Kind of partner",
        "partners": "Partners with whom joint work or support is known, count",
    },
)
def partners_by_type(data, table) -> Figure:
    """Kinds of partners of each ecosystem."""
    size, kinds = table["ecosystem"].nunique(), table["type"].nunique()
    everywhere = (table["partners"] > 0).groupby(table["type"], sort=False).sum()
    rarest = list(everywhere.index[everywhere == everywhere.min()])
    rare = f"; the rarest {be(len(rarest))} {listing(map(quoted, rarest))}" if len(rarest) < kinds else ""
    finding = f"{capital(everywhere.index[0])} is the most widespread kind of partner, in {int(everywhere.iloc[0])} "
    finding += f"of {size} ecosystems{rare}"
    if everywhere.min() == everywhere.max():
        each = agree(kinds, "The one kind of partner is", "Each kind of partner is")
        finding = f"{each} found in {part(everywhere.iloc[0], size, 'ecosystem')}"
    return Figure(
        table,
        Grid("ecosystem", "type", "partners"),
        finding=finding,
        values={"top": str(everywhere.index[0]), "most": int(everywhere.iloc[0]), "all": size},
        subtitle=f"Partners by ecosystem and kind, {number(table['partners'].sum())} partnerships: joint "
        "work, support, or an agreement that is planned",
        note="An empty place means that no page names one. Some pages list all partners, others only the largest.",
    )
