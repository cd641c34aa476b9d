"""The selected learning ecosystems side by side."""

import pandas as pd

from ecosystems import style
from ecosystems.charts import popups
from ecosystems.charts.scan import region_legend
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Grid, PointMap, land
from ecosystems.words import agree, be, capital, count, every, listing, number, part, plural

EARLIEST = 2000  # where the axis of years begins; what is older stands at its edge, with its year


def _named(data, drawn: pd.DataFrame) -> str:
    """The points of the map by name and country; where that is too long for an alternative text, by country alone."""
    start = f"A world map with {plural(len(drawn), 'named point')}"
    named = f"{start}: {listing(f'{r.short_name} in {data.in_text(r.country)}' for r in drawn.itertuples())}."
    if len(named) <= 400:
        return named
    by = drawn["country"].value_counts()
    more = plural(len(by) - 12, "more country", "more countries")
    told = listing(f"{n} in {data.in_text(c)}" for c, n in by.head(12).items())
    return f"{start}: {told}; the others in {more}." if len(by) > 12 else f"{start}: {told}."


def _stand(data, table: pd.DataFrame) -> str:
    """In which regions and in how many countries the ecosystems are."""
    size, countries = len(table), table["country"].unique()
    if len(countries) == 1:
        stand = agree(size, "stands", "stand")
        return f"{capital(every(size, 'selected ecosystem'))} {stand} in {data.in_text(countries[0])}"
    (region, n), *others = table["region"].value_counts().items()
    parts = [f"{capital(count(n))} of the {size} {be(n)} in {region}"]
    parts += [f"{count(n)} in {r}" for r, n in others]
    return f"{listing(parts)}, in {plural(len(countries), 'country', 'countries')} altogether"


@exhibit(
    empty="No ecosystem has a known place",
    cite=["ecosystems"],
    columns={
        "short_name": "Short name",
        "name": "Ecosystem",
        "country": "Country",
        "region": "Region",
        "place": "Place",
        "precision": "How far the place is known",
        "latitude": "Latitude, degrees",
        "longitude": "Longitude, degrees",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    },
)
def eleven_map(data, table) -> Figure:
    """Where the selected ecosystems are, by name."""
    size, placed = len(table), table.dropna(subset=["latitude", "longitude"])
    without = listing(table.loc[table["latitude"].isna(), "short_name"])
    where = "Places of the selected ecosystems by region"
    where += f": {len(placed)} of {size}" if len(placed) < size else ""
    return Figure(
        table.join(popups.selected(data), on="id"),
        PointMap("region", style.regions(data), land(data), region_legend(data, placed["region"]), name="short_name"),
        finding=_stand(data, table),
        subtitle=(where if size > 1 else "The place of the selected ecosystem")
        + (f"; without a known place, and so without a point: {without}" if without else ""),
        note=data.reconstructed("The list of the selected is"),
        alt=_named(data, placed),
        map="Map of the selected learning ecosystems",
    )


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
        subtitle=f"Named events of each; what is older than {EARLIEST} stands at the left edge",
        alt=f"{plural(size, 'lane')} of years, each with its events below. At the top {old.ecosystem}, "
        f"with {old.event} in {old.year}; at the end of the last lane {table.iloc[-1].event} in {table.iloc[-1].year}.",
    )


@exhibit(
    empty="No partner is known",
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
    rare = f"; the rarest is {listing(rarest, 'or')}" if len(rarest) < kinds else ""
    finding = f"{capital(everywhere.index[0])} is the most widespread kind of partner, in {int(everywhere.iloc[0])} "
    finding += f"of {size} ecosystems{rare}"
    if everywhere.min() == everywhere.max():
        each = agree(kinds, "The one kind of partner is", "Each kind of partner is")
        finding = f"{each} found in {part(everywhere.iloc[0], size, 'ecosystem')}"
    rows = listing(f"{t} in {int(n)}" for t, n in everywhere.head(3).items())
    return Figure(
        table,
        Grid("ecosystem", "type", "partners"),
        finding=finding,
        values={"top": str(everywhere.index[0]), "most": int(everywhere.iloc[0]), "all": size},
        subtitle=f"Partners by ecosystem and kind, {number(table['partners'].sum())} partnerships: joint "
        "work, support, or an agreement that is planned",
        note="An empty place means that no page names one. Some pages list all partners, others only the largest.",
        alt=f"A grid of circles, {size} ecosystems by {kinds} kinds of partner, larger for more partners. "
        f"Filled in most rows: {rows}.",
    )
