"""The selected learning ecosystems side by side."""

from __future__ import annotations

import pandas as pd

from ecosystems import style
from ecosystems.charts import popups
from ecosystems.charts.scan import region_legend
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Grid, PointMap, land
from ecosystems.words import capital, count, have, listing, number, plural

EARLIEST = 2000  # where the axis of years begins; what is older stands at its edge, with its year


def _named(drawn: pd.DataFrame) -> str:
    """The points of the map by name and country; where that is too long for an alternative text, by country alone."""
    start = f"A world map with {plural(len(drawn), 'named point')}"
    named = f"{start}: {listing(f'{r.short_name} in {r.country}' for r in drawn.itertuples())}."
    if len(named) <= 400:
        return named
    by = drawn["country"].value_counts()
    more = plural(len(by) - 12, "more country", "more countries")
    told = listing(f"{n} in {c}" for c, n in by.head(12).items())
    return f"{start}: {told}; the others in {more}." if len(by) > 12 else f"{start}: {told}."


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
    by = table["region"].value_counts()
    parts = [f"{count(int(n))}{'' if i else ' is' if n == 1 else ' are'} in {r}" for i, (r, n) in enumerate(by.items())]
    stand = f"The {size} stand in {plural(table['country'].nunique(), 'country', 'countries')}: {listing(parts)}"
    where = f"Places of the selected ecosystems by region: {len(placed)} of {size}"
    return Figure(
        table.join(popups.selected(data), on="id"),
        PointMap("region", style.regions(data), land(data), region_legend(data, placed["region"]), name="short_name"),
        finding=stand if size > 1 else f"The one selected ecosystem stands in {table['country'].iloc[0]}",
        subtitle=(where if size > 1 else "The place of the selected ecosystem")
        + (f"; without a known place, and so without a point: {without}" if without else ""),
        note=data.reconstructed("The list of the selected is"),
        alt=_named(placed),
        map="Map of the selected learning ecosystems",
    )


def draw_since(table: pd.DataFrame, layout: style.Layout):
    """A row for each ecosystem: a circle at its founding, a bar over the years of its facts."""
    row = min(0.3, max(0.26, 3 / len(table))) if layout.narrow else 0.3
    drawing, ax = style.axes(layout, row * len(table) + 0.45)
    for i, r in enumerate(table.itertuples()):
        if not pd.isna(r.first):
            bar = {"color": style.colour("light"), "linewidth": 5, "solid_capstyle": "round", "zorder": 1}
            ax.plot([max(r.first, EARLIEST), r.last], [i, i], **bar)
        if not pd.isna(r.founded):
            tint = style.colour("warm" if r.founded_of == "initiative" else "paper")
            edge = {"markeredgecolor": style.colour("warm"), "markeredgewidth": 1.6, "markersize": 8, "zorder": 2}
            mark = "o" if r.founded >= EARLIEST else "<"
            ax.plot(max(r.founded, EARLIEST), i, mark, color=tint, **edge)
            if r.founded < EARLIEST:
                quiet = {"color": style.colour("quiet"), "fontsize": layout.size - 1.5}
                ax.text(EARLIEST + 0.5, i - 0.33, str(r.founded), va="center", **quiet)
    names = [style.wrap(n, 18) if layout.narrow else n for n in table["ecosystem"]]
    ax.set_yticks(range(len(table)), names)
    ax.set_ylim(len(table) - 0.5, -0.6)
    last = int(table[["founded", "last"]].max().max())
    ax.set_xlim(EARLIEST - 0.7, max(last, EARLIEST) + 0.7)
    ax.set_xticks(range(EARLIEST, last + 1, 10 if layout.narrow else 5))
    ax.grid(axis="x")
    ax.spines[:].set_visible(False)
    return drawing


RECENTLY = 2010


@exhibit(
    empty="No ecosystem has a year of founding",
    cite=["ecosystems", "facts"],
    columns={
        "ecosystem": "Ecosystem",
        "founded": "Year of founding",
        "founded_of": "Whose founding",
        "first": "First year of a dated fact",
        "last": "Last year of a dated fact",
    },
)
def eleven_since(data, table) -> Figure:
    """How old the selected ecosystems are, and when pages tell of them."""
    known = table.dropna(subset=["founded"])
    old, new, young = known.iloc[0], known.iloc[-1], int((known["founded"] >= RECENTLY).sum())
    some = f"{young} of the {len(known)}" if young < len(known) else f"All {len(known)}"
    finding = f"{some if young else f'None of the {len(known)}'} with a known year began in {RECENTLY} or later"
    ends = f"from {old.ecosystem} in {old.founded} to {new.ecosystem} in {new.founded}"
    years = f"; {len(known)} of {len(table)} {have(len(known))} a year" if len(table) > 1 else ""
    return Figure(
        table,
        draw=draw_since,
        finding=finding if len(known) > 1 else f"{old.ecosystem} began in {old.founded}",
        subtitle="Year of founding (full circle: of the initiative, empty: of its organisation) and the span of years "
        f"that dated facts speak of (bar){years}",
        note=data.reconstructed("The list of the selected is"),
        alt="One row for each ecosystem with a circle at its founding, "
        f"{ends if len(known) > 1 else f'for {old.ecosystem} in {old.founded}'}, and a bar for the years of its facts.",
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
    rows = listing(f"{t} in {int(n)}" for t, n in everywhere.head(3).items())
    return Figure(
        table,
        Grid("ecosystem", "type", "partners"),
        finding=f"{capital(everywhere.index[0])} is the most widespread kind of partner, in {int(everywhere.iloc[0])} "
        f"of {size} ecosystems{rare}",
        values={"top": str(everywhere.index[0]), "most": int(everywhere.iloc[0]), "all": size},
        subtitle=f"Partners by ecosystem and kind, counting {number(int(table['partners'].sum()))} with whom joint "
        "work or support is known",
        note="An empty place means that no page names one. Some pages list all partners, others only the largest.",
        alt=f"A grid of circles, {size} ecosystems by {kinds} kinds of partner, larger for more partners. "
        f"Filled in most rows: {rows}.",
    )
