"""The selected learning ecosystems side by side."""

from __future__ import annotations

import pandas as pd

from ecosystems import style
from ecosystems.charts import popups
from ecosystems.charts.scan import region_legend
from ecosystems.compare import RUNGS
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Grid, PointMap, land
from ecosystems.plots.common import log_ticks
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


def draw_events(table: pd.DataFrame, layout: style.Layout):
    """A lane for each ecosystem from its first named event to its last, and below it what happened when."""
    narrow, names = layout.narrow, list(dict.fromkeys(table["ecosystem"]))
    told, heights = {}, []
    for lane in names:
        own = table[table["ecosystem"] == lane]
        words = "  ·  ".join(f"{r.year} {r.event}" for r in own.itertuples())
        told[lane] = style.wrap(words, 60 if narrow else 132)
        heights.append(0.5 + 0.165 * (told[lane].count("\n") + 1))
    drawing, ax = style.axes(layout, sum(heights) + 0.3)
    first, last = int(table["year"].min()), int(table["year"].max())
    start = max(first, EARLIEST)
    top = 0.0
    for lane, height in zip(names, heights, strict=True):
        years, y = table.loc[table["ecosystem"] == lane, "year"].clip(lower=start), top + 0.29
        ax.text(start, top + 0.1, lane, weight=600, va="center")
        ax.plot([years.min(), last], [y, y], color=style.colour("light"), linewidth=3, zorder=1)
        edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.7}
        ax.plot(years, [y] * len(years), "o", color=style.colour("warm"), markersize=7.5, zorder=2, **edge)
        small = {"fontsize": layout.size - 1.2, "color": style.colour("quiet"), "linespacing": 1.1}
        ax.text(start, top + 0.4, told[lane], va="top", **small)
        top += height
    ax.set_xlim(start - 0.35, last + 0.35)
    ax.set_ylim(top, -0.05)
    ticks = [y for y in range(start, last + 1) if y % (10 if narrow else 5) == 0]
    ax.xaxis.tick_top()
    ax.set_xticks(ticks, [f"to {y}" if y == start and first < start else str(y) for y in ticks])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
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
    finding = f"The first steps of the {size} lie between {firsts.min()} and {firsts.max()}"
    return Figure(
        table,
        draw=draw_events,
        finding=finding if size > 1 else f"{old.ecosystem} begins in {old.year}",
        subtitle=f"Four to six named events of each; what is older than {EARLIEST} stands at the left edge",
        alt=f"{plural(size, 'lane')} of years, each with its events below. At the top {old.ecosystem}, "
        f"with {old.event} in {old.year}; at the end of the last lane {table.iloc[-1].event} in {table.iloc[-1].year}.",
    )


def draw_rungs(table: pd.DataFrame, layout: style.Layout):
    """A rung for each kind of evidence, the strongest at the top, with a point and a name for each ecosystem."""
    narrow, left = layout.narrow, 0 if layout.narrow else 0.25
    names = {rung: list(table.loc[table["rung"] == rung, "ecosystem"]) for rung in RUNGS.values()}
    told = {rung: style.wrap("  ·  ".join(own), 56 if narrow else 100) for rung, own in names.items()}
    heights = [(0.62 if narrow else 0.4) + 0.165 * (told[rung].count("\n") + bool(own)) for rung, own in names.items()]
    drawing, ax = style.axes(layout, sum(heights))
    top = 0.0
    for (rung, own), height in zip(names.items(), heights, strict=True):
        ax.text(0, top + 0.14, capital(rung), weight=600, va="center")
        y = top + (0.36 if narrow else 0.14)
        ax.plot([left, 1], [y, y], color=style.colour("light" if own else "rule"), linewidth=3, zorder=1)
        edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.8}
        step = 0.055 if narrow else 0.035
        ax.plot([left + step * (k + 0.4) for k in range(len(own))], [y] * len(own), "o", markersize=10,
                color=style.colour("warm"), **edge)  # fmt: skip
        ax.text(left, y + 0.12, told[rung], va="top", linespacing=1.1, fontsize=layout.size - 0.5)
        top += height
    ax.set_xlim(-0.005, 1.005)
    ax.set_ylim(top, 0)
    ax.set_axis_off()
    return drawing


@exhibit(
    empty="Nothing is known of results",
    cite=["ecosystems", "facts"],
    columns={"ecosystem": "Ecosystem", "rung": "Strongest evidence about it"},
)
def evidence_ladder(data, table) -> Figure:
    """The strongest evidence about each ecosystem, as rungs of a ladder."""
    size, by = len(table), table["rung"].value_counts()
    compared = RUNGS["outside study with comparison"]
    weak = int(by.reindex(list(RUNGS.values())[3:5], fill_value=0).sum())
    best = list(table.loc[table["rung"] == compared, "ecosystem"])
    has = f"{have(len(best))} been compared with others by outsiders"
    finding = f"Only {listing(best)} {has}" if best else "Nobody has compared any of them with others"
    finding += f"; {count(weak)} of {size} offer counts or claims of their own" if 0 < weak < size else ""
    told = listing(f"{rung} {by[rung]}" for rung in RUNGS.values() if rung in by)
    return Figure(
        table,
        draw=draw_rungs,
        finding=finding,
        subtitle="Strongest evidence about the results of each ecosystem, the strongest kind at the top",
        note="A study of a rule or a method that an ecosystem only shares does not count here.",
        alt=f"A ladder of {count(len(RUNGS))} rungs with a named point for each of {size} ecosystems: {told}.",
    )


def draw_counts(table: pd.DataFrame, layout: style.Layout):
    """A row for each ecosystem: a point on a scale of powers of ten, and in words what it counts."""
    narrow, counts = layout.narrow, table["reach"].dropna().astype(float)
    drawing, ax = style.axes(layout, (0.8 if narrow else 0.54) * len(table) + 0.35)
    first, last = counts.min() / 2, counts.max() * 1.6
    for i, r in enumerate(table.itertuples()):
        ax.text(first, i - 0.26, r.ecosystem, weight=600, va="center")
        ax.plot([first, last], [i, i], color=style.colour("rule"), linewidth=2.5, zorder=1)
        if pd.notna(r.reach):
            ax.plot(float(r.reach), i, "o", markersize=9, color=style.colour("main"), zorder=2)
        said = style.wrap(r.said if pd.notna(r.reach) else "no count of learners seen", 52 if narrow else 120)
        small = {"fontsize": layout.size - 1, "color": style.colour("quiet"), "linespacing": 1.05}
        ax.text(first, i + (0.13 if narrow else 0.17), said, va="top", **small)
    log_ticks(ax, counts, layout)
    ax.set_xlim(first, last)
    ax.set_ylim(len(table) - 0.35, -0.55)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return drawing


@exhibit(
    empty="No count of learners is known",
    cite=["ecosystems"],
    columns={
        "ecosystem": "Ecosystem",
        "reach": "Learners or others reached, count",
        "said": "The count and what it counts",
    },
)
def one_count_each(data, table) -> Figure:
    """One count of each ecosystem, with what it counts."""
    known = table.dropna(subset=["reach"])
    most, least = known.iloc[0], known.iloc[-1]
    ends = f"from {number(int(least['reach']))} ({least.ecosystem}) to {number(int(most['reach']))} ({most.ecosystem})"
    return Figure(
        table.assign(said=[_count(r) for r in table.itertuples()]),
        draw=draw_counts,
        finding=f"Counts run {ends}, and no two count the same thing"
        if len(known) > 1
        else f"{most.ecosystem} counts {number(int(most['reach']))}",
        subtitle=f"One count each with what it counts; {len(known)} of {len(table)} have one. "
        "The scale goes in steps of ten times",
        note="These counts are not to be compared or added.",
        alt=f"{plural(len(known), 'point')} on a scale of powers of ten, each with what it counts, {ends}.",
    )


def _count(row) -> str:
    """A count in words, with what it counts and its year."""
    if pd.isna(row.reach):
        return "not known"
    about = f"{row.about} " if isinstance(row.about, str) else ""
    year = f" ({row.year})" if pd.notna(row.year) and str(row.year) not in str(row.basis) else ""
    return f"{about}{number(int(row.reach))}{f' {row.basis}' if isinstance(row.basis, str) else ''}{year}"


DOES = {"pays": "Pay", "teaches": "Teach", "governs": "Govern", "hosts": "Host", "studies": "Study", "links": "Link"}


@exhibit(
    empty="No partner is known",
    cite=["partners"],
    columns={"kind": "Kind of partner", "does": "What it does", "partners": "Partners of all ecosystems, count"},
)
def who_does_what(data, table) -> Figure:
    """What partners of each kind do, in all ecosystems together."""
    by = table.pivot(index="type", columns="role", values="partners")
    payers, teachers = (by[role].sort_values(ascending=False, kind="stable") for role in ("pays", "teaches"))
    total = int(table["partners"].sum())
    pay, teach = payers.index[0], teachers.index[0]
    said = f"Of those who pay, {PLURALS.get(pay, pay)} are the largest group ({payers.iloc[0]} of {payers.sum()})"
    said += f"; of those who teach, {PLURALS.get(teach, teach)} ({teachers.iloc[0]} of {teachers.sum()})"
    return Figure(
        table.assign(kind=table["type"].map(capital), does=table["role"].map(DOES)),
        Grid("kind", "does", "partners"),
        finding=said if payers.iloc[0] and teachers.iloc[0] else f"{plural(total, 'partner')} by what they do",
        subtitle=f"{number(total)} partners with whom joint work or support is known, by kind and by what they do",
        alt=f"A grid of circles, {len(by)} kinds of partner by {by.shape[1]} things that they do, larger for more. "
        + " ".join(f"{DOES[r]}: {int(by[r].sum())}." for r in DOES),
    )


PLURALS = {
    "government": "public authorities",
    "NGO": "NGOs",
    "foundation or fund": "foundations and funds",
    "university or research": "universities",
    "community": "communities",
    "company": "companies",
    "network": "networks",
    "school": "schools",
    "international organisation": "international organisations",
}


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
