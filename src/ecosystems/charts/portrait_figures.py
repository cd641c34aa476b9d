"""The figures of a portrait: how it grew, its country, what is known of its results."""

import pandas as pd

from ecosystems import portraits, style
from ecosystems.analysis import SINCE, compare
from ecosystems.charts.profiles import one
from ecosystems.figure import Figure, exhibit
from ecosystems.words import capital, count, listing, number, plural


def draw_growth(table: pd.DataFrame, layout: style.Layout):
    """Events side by side, on phones one under the other, each with its year."""
    return _down(table, layout) if layout.narrow else _across(table, layout)


def _across(table: pd.DataFrame, layout: style.Layout):
    size = len(table)
    words = [style.wrap(e, int(112 / size)) for e in table["event"]]
    lines = max(w.count("\n") + 1 for w in words)
    drawing, ax = style.axes(layout, 0.56 + 0.15 * lines)
    ax.plot([0, size - 0.12], [0, 0], color=style.colour("light"), linewidth=4, solid_capstyle="round", zorder=1)
    for i, (year, text) in enumerate(zip(table["year"], words, strict=True)):
        ax.plot(i + 0.04, 0, "o", markersize=9, color=style.colour("warm"), markeredgecolor=style.colour("paper"))
        ax.text(i, 0.32, str(year), weight=600, fontsize=layout.size + 2, va="bottom")
        ax.text(i, -0.36, text, va="top", linespacing=0.98)
    ax.set_xlim(-0.02, size)
    ax.set_ylim(-0.5 - 0.47 * lines, 1)
    ax.set_axis_off()
    return drawing


def _down(table: pd.DataFrame, layout: style.Layout):
    words = [style.wrap(e, 36) for e in table["event"]]
    heights = [0.13 + 0.165 * (w.count("\n") + 1) for w in words]
    drawing, ax = style.axes(layout, sum(heights) + 0.05)
    at = 0.1
    ax.plot([0.09] * 2, [0.1, sum(heights) - heights[-1] + 0.1], color=style.colour("light"), linewidth=3, zorder=1)
    for year, text, height in zip(table["year"], words, heights, strict=True):
        ax.plot(0.09, at, "o", markersize=7.5, color=style.colour("warm"), markeredgecolor=style.colour("paper"))
        ax.text(0.24, at, str(year), weight=600, va="center_baseline")
        ax.text(0.66, at - 0.085, text, va="top", linespacing=1.12)
        at += height
    ax.set_xlim(0, layout.width)
    ax.set_ylim(sum(heights) + 0.05, 0)
    ax.set_axis_off()
    return drawing


@exhibit(
    empty="No event is named",
    cite=["facts"],
    columns={"year": "Year", "event": "What happened"},
    table=portraits.events,
)
def ecosystem_growth(data, table, id: str) -> Figure:
    """How one ecosystem grew, in four to six named events."""
    first, last, e = table.iloc[0], table.iloc[-1], one(data, id)
    told = "; ".join(f"{r.year}, {r.event}" for r in table.itertuples())
    return Figure(
        table,
        draw=draw_growth,
        finding=f"{e.short_name}, from {first.year} to {last.year}",
        subtitle=f"{capital(count(len(table)))} events that shaped it",
        alt=f"A line with {plural(len(table), 'event')}. {told}.",
    )


def draw_country(table: pd.DataFrame, layout: style.Layout):
    """A row for each measure from 0 to 100%: the country as a point, the typical country as a stroke."""
    drawing, ax = style.axes(layout, 0.39 * len(table) + 0.32)
    size = layout.size - 0.8 * layout.narrow
    for i, r in enumerate(table.itertuples()):
        ax.plot([0, 100], [i, i], color=style.colour("rule"), linewidth=3, solid_capstyle="round", zorder=1)
        ax.plot([r.typical] * 2, [i - 0.17, i + 0.17], color=style.colour("ink"), linewidth=1.8, zorder=2)
        said = "no survey" if layout.narrow else f"no survey since {SINCE}"
        if known := r.percent == r.percent:
            said = f"{number(r.percent)}% ({r.year})"
        ax.text(0, i - 0.3, r.measure, va="bottom", fontsize=size)
        ax.text(100, i - 0.3, said, va="bottom", ha="right", weight=600, fontsize=size)
        if known:
            ax.plot(r.percent, i, "o", markersize=9, color=style.colour("warm"), zorder=3)
    ax.set_xlim(-1.5, 101.5)
    ax.set_ylim(len(table) - 0.7, -0.85)
    ax.set_yticks([])
    ax.set_xticks([0, 50, 100], ["0", "50", "100%"])
    return drawing


@exhibit(
    empty="No measure of the country has a value",
    cite=list(compare.MEASURES),
    columns={
        "measure": "Measure",
        "percent": "The country, percent",
        "year": "Year",
        "typical": "Median of the Global South, percent",
    },
    table=lambda data, id: compare.country_measures(data, one(data, id).iso3),
)
def ecosystem_country(data, table, id: str) -> Figure:
    """Three measures of the country of one ecosystem, the same for all."""
    country = data.in_text(one(data, id).country)
    known = table.dropna(subset=["percent"]).set_index("measure")["percent"]
    told = [f"{measure.lower()} {number(share)}%" for measure, share in known.items()]
    online, school = (known.get(compare.MEASURES[i]) for i in ("internet_users", "oos_rate_lower_sec"))
    finding = f"{capital(country)} in three measures"
    if online is not None and school is not None:
        finding = f"In {country} {number(school)}% of young teenagers are in school, and "
        finding += f"{number(online)}% of people are online"
    return Figure(
        table,
        draw=draw_country,
        finding=finding,
        subtitle=f"Point: {country}, latest value. Stroke: the median of the Global South",
        alt=f"{plural(len(table), 'row')} from 0 to 100 percent with a point for {country}: {listing(told)}.",
    )


def draw_ladder(table: pd.DataFrame, layout: style.Layout):
    """A rung for each kind of evidence, the strongest at the top, with a point for each ecosystem."""
    rungs = list(compare.RUNGS.values())
    drawing, ax = style.axes(layout, 0.22 * len(rungs) + 0.1)
    ax.set_yticks(range(len(rungs)), rungs)
    edge = {"markeredgecolor": style.colour("paper"), "markeredgewidth": 0.8}
    for i, (rung, label) in enumerate(zip(rungs, ax.get_yticklabels(), strict=True)):
        own = table.loc[table["rung"] == rung, "this"].eq("yes").sort_values(ascending=False, kind="stable")
        label.set_fontweight(600 if own.any() else 400)
        ax.plot([0, 12.4], [i, i], color=style.colour("light" if own.any() else "rule"), linewidth=2.5, zorder=1)
        for k, this in enumerate(own):
            tint, size = ("warm", 10) if this else ("coast", 7.5)
            ax.plot(0.6 + k * 1.05, i, "o", markersize=size, color=style.colour(tint), **edge)
    ax.set_ylim(len(rungs) - 0.5, -0.5)
    ax.set_xlim(0, 12.5)
    ax.set_xticks([])
    return drawing


FOUND = {
    "outside study with comparison": "an outside study has compared it with others",
    "outside study without comparison": "outsiders have studied it, without a comparison",
    "official record": "an official record shows results, and no study of its own effect",
    "own count": "it counts its own results; we read no outside study of them",
    "own claim": "it claims results; we read no outside study of them",
    "no result seen": "no result has been published, as far as we could find",
}


def _ladder(data, id: str) -> pd.DataFrame:
    table = compare.evidence(data)
    return table.assign(this=(table["id"] == id).map({True: "yes", False: "no"}))


@exhibit(
    empty="Nothing is known of results",
    cite=["facts"],
    columns={"ecosystem": "Ecosystem", "rung": "Strongest evidence about it", "this": "Whether it is this one"},
    table=_ladder,
)
def ecosystem_evidence(data, table, id: str) -> Figure:
    """What kind of evidence there is of the results of one ecosystem."""
    e = one(data, id)
    by = table["rung"].value_counts()
    told = listing(f"{rung} {by[rung]}" for rung in compare.RUNGS.values() if rung in by)
    return Figure(
        table,
        draw=draw_ladder,
        finding=f"{e.short_name}: {FOUND[e.evidence]}"
        if isinstance(e.evidence, str)
        else "Nothing is known of results",
        subtitle="Strongest evidence about each; this one in orange",
        alt=f"A ladder of {count(len(compare.RUNGS))} kinds of evidence with a point for each ecosystem: {told}. "
        f"{e.short_name} is on the rung: {compare.RUNGS.get(e.evidence, 'none')}.",
    )
