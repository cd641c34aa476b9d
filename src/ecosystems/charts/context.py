"""Why local ecosystems, why the Global South: children, school, learning and connection in country figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import atlas, maps, style
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import Link, capital, count, listing, number, plural, share

__all__ = [
    "children_by_region",
    "in_school_not_reading",
    "learning_poverty_map",
    "online_at_school",
    "out_of_school_by_income",
    "out_of_school_map",
    "pace_of",
    "quoted_of",
    "schooling_and_learning",
    "share_of_south",
    "ten_among_the_south",
    "ten_over_time",
]

SINCE = 2014  # older values say little of today: they are left out, and counted where that matters

GROUPS = {"LIC": "Low-income", "LMC": "Lower-middle-income", "UMC": "Upper-middle-income", "HIC": "High-income"}


def _ten(data) -> list[str]:
    """Countries of the selected ecosystems."""
    return sorted(set(data.ecosystems["iso3"]))


def _recent(data, indicator: str) -> pd.DataFrame:
    """Latest values of the countries of the Global South, without those from before `SINCE`."""
    values = data.latest(indicator)
    return values[values["year"] >= SINCE]


def _span(years: pd.Series) -> str:
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}"


def _strip(ax, layout, part: pd.DataFrame, levels: int, tints: dict[str, str]) -> None:
    """One strip from 0 to 100: all countries as strokes, their median as a long one, those with an ecosystem as named points.

    `part` has the columns value, country, region and ecosystem (yes or no); names stand below in up to `levels` lines.
    """
    per_inch = 104 / (layout.width - 0.15)
    ax.plot(part["value"], [0] * len(part), "|", color=style.colour("coast"), markersize=11, markeredgewidth=0.8)
    if len(part):
        ax.plot([part["value"].median()] * 2, [-0.26, 0.26], color=style.colour("ink"), linewidth=1.6)
    lines: list[list[list]] = [[] for _ in range(levels)]  # names from left to right: left end, width, row
    for r in part[part["ecosystem"] == "yes"].sort_values("value", kind="stable").itertuples():
        wide = (0.073 * len(r.country) + 0.08) * per_inch
        left = min(max(r.value - wide / 2, -2), 102 - wide)
        free = [line[-1][0] + line[-1][1] if line else -2 for line in lines]
        level = next((k for k in range(levels) if free[k] <= left), int(np.argmin(free)))
        lines[level].append([max(left, free[level]), wide, r])
    for level, line in enumerate(lines):
        end = 103.0
        for place in reversed(line):  # what was pushed over the right end moves back
            end = place[0] = min(place[0], end - place[1])
        for left, wide, r in line:
            y = -0.55 - 0.42 * level
            ax.plot(
                r.value,
                0,
                "o",
                color=style.colour(tints[r.region]),
                markersize=7,
                markeredgecolor=style.colour("paper"),
                markeredgewidth=0.8,
                zorder=3,
            )
            ax.plot([r.value, left + wide / 2], [-0.12, y + 0.16], color=style.colour("rule"), linewidth=0.6, zorder=1)
            ax.text(
                left + wide / 2,
                y,
                r.country,
                ha="center",
                va="center",
                fontsize=layout.size - 1,
                bbox={"facecolor": style.colour("paper"), "edgecolor": "none", "pad": 0.3},
                zorder=2,
            )
    ax.set_xlim(-2, 102)
    ax.set_ylim(-0.65 - 0.42 * levels, 0.35)
    ax.set_yticks([])
    ax.tick_params(axis="x", pad=0)
    ax.spines[:].set_visible(False)


def _strips(layout, tints: dict[str, str], table: pd.DataFrame, by: str, titles: dict[str, str], levels: int):
    """A strip for each value of the column `by`, in the order of `titles`, over one scale from 0 to 100."""
    drawing, axes = style.panels(layout, len(titles), 0.62 + 0.16 * levels, wide=1)
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        _strip(ax, layout, table[table[by] == key], levels, tints)
        ax.set_title(title, fontsize=layout.size, pad=2)
        ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
        if ax is not axes[-1]:
            ax.set_xticks([])
    return drawing


def _classes(data, indicator: str, edges: list[float], labels: list[str]) -> pd.DataFrame:
    """Learning poverty of each country with the class of another measure, both since `SINCE`."""
    other = _recent(data, indicator).rename(columns={"value": "other", "year": "other_year", "name": "country"})
    table = other.merge(_recent(data, "learning_poverty")[["iso3", "value", "year"]], on="iso3")
    table["group"] = [labels[int(np.searchsorted(edges, v, side="right"))] for v in table["other"]]
    table["ecosystem"] = table["iso3"].isin(_ten(data)).map({True: "yes", False: "no"})
    return table[["country", "region", "group", "other", "other_year", "value", "year", "ecosystem"]].sort_values(
        "country", ignore_index=True, kind="stable"
    )


@exhibit
def children_by_region(data) -> Figure:
    """Where the world's children live."""
    source = data.cite("pop_0_14")
    columns = {
        "year": "Year",
        "region": "Region",
        "children": "Children aged 0 to 14, million",
        "percent": "Share of the world's children, percent",
    }
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_0_14"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures.merge(data.countries.loc[data.countries["global_south"] == 1, ["iso3", "region"]], on="iso3")
    table = south.groupby(["year", "region"], as_index=False)["value"].sum().rename(columns={"value": "children"})
    full = south.groupby("year")["iso3"].nunique()
    years = [y for y in full.index if full[y] == full.max() and y in world.index]
    table = table[table["year"].isin(years)]
    if table.empty:
        return nothing("No number of children is known", source, **columns)
    rest = pd.DataFrame({"year": years, "region": "Rest of the world"})
    rest["children"] = [world[y] - table.loc[table["year"] == y, "children"].sum() for y in years]
    table = pd.concat([table, rest], ignore_index=True)
    table["percent"] = [round(100 * c / world[y], 1) for c, y in zip(table["children"], table["year"], strict=True)]
    table["children"] = (table["children"] / 1e6).round(1)
    table = table.sort_values(["region", "year"], ignore_index=True)
    first, last = min(years), max(years)
    at = table.pivot(index="region", columns="year", values="children")
    of_world = 100 - float(
        table.loc[(table["region"] == "Rest of the world") & (table["year"] == last), "percent"].iloc[0]
    )
    tints = {**style.regions(data), "Rest of the world": "quiet"}

    def draw(layout):
        drawing, ax = style.axes(layout, 2.9)
        gap, below, off = at.max().max() * (0.1 if layout.narrow else 0.085), -1e9, 1.5 if layout.narrow else 0.7
        heights = {}
        for region in at[last].sort_values(kind="stable").index:
            below = heights[region] = max(at.at[region, last], below + gap)
        for region, row in at.iterrows():
            ax.plot(years, row[years], color=style.colour(tints[region]), linewidth=2.4, marker="o", markersize=4)
            name = (
                {"Latin America and the Caribbean": "Latin America", "Asia and the Pacific": "Asia, Pacific"}.get(
                    region, region
                )
                if layout.narrow
                else region
            )
            ax.text(
                last + off,
                heights[region],
                f"{number(row[last])}  {name}",
                va="center",
                fontsize=layout.size - (1 if layout.narrow else 0),
            )
            ax.text(
                first - off,
                row[first] - (gap / 3 if region.startswith("Latin") else 0),
                number(row[first]),
                va="center",
                ha="right",
            )
        ax.set_xlim(first - (5.5 if layout.narrow else 2.5), last + (23 if layout.narrow else 12.5))
        ax.set_ylim(0, at.max().max() * 1.08)
        ax.set_xticks(
            [first]
            + [y for y in years if y % 10 == 0 and first < y < last - (8 if layout.narrow else 4)]
            + ([last] if last > first else [])
        )
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        return drawing

    growth = at[last] - at[first]
    top = growth.drop("Rest of the world").idxmax()
    there = f"from {number(at.at[top, first])} to {number(at.at[top, last])} million"
    return Figure(
        data=table,
        columns=columns,
        finding=f"{number(of_world)}% of the world's children live in the Global South"
        + (
            f", and the number grows only in {top}: {there}"
            if (growth.drop(top) <= 0).all()
            else f"; in {top} their number went {there}"
        ),
        subtitle=f"Children aged 0 to 14, million, {first} to {last}; sums of {int(full.max())} countries and areas",
        source=source,
        note="From 2024 on a projection (medium variant). The regions hold what the UN Statistics Division lists as developing; "
        f"{plural(int((data.countries['global_south'] == 1).sum() - full.max()), 'country or area', 'countries and areas')} without a value count with the rest of the world.",
        alt=f"Lines from {first} to {last}: {listing(f'{r} from {number(row[first])} to {number(row[last])} million' for r, row in at.iterrows())}.",
        draw=draw,
    )


@exhibit
def out_of_school_by_income(data) -> Figure:
    """Who is out of school, and since when."""
    levels = {
        "oos_rate_primary": "Primary age",
        "oos_rate_lower_sec": "Lower secondary age",
        "oos_rate_upper_sec": "Upper secondary age",
    }
    source = data.cite("oos_rate_primary")
    columns = {"level": "Age of", "group": "Income group", "year": "Year", "value": "Out of school, percent"}
    figures = data.figures
    table = figures[figures["iso3"].isin(GROUPS) & figures["indicator_id"].isin(levels)]
    if table.empty:
        return nothing("No rate of children out of school is known", source, **columns)
    table = table.assign(
        level=table["indicator_id"].map(levels), group=table["iso3"].map(GROUPS), value=table["value"].round(1)
    )
    table = table.sort_values(["level", "group", "year"], ignore_index=True)[list(columns)]
    last = int(table["year"].max())
    now = table[table["year"] == last].set_index(["level", "group"])["value"]
    tints = dict(zip(GROUPS.values(), ("warm", "gold", "light", "main"), strict=True))
    names = list(levels.values())

    def draw(layout):
        drawing, axes = style.panels(layout, 3, 2.3 if not layout.narrow else 1.75, wide=3, sharey=True)
        for ax, level in zip(axes, names, strict=True):
            ends = []
            if not (table["level"] == level).any():
                ax.text(2001, 1, "no value", va="bottom", color=style.colour("quiet"))
            for group, part in table[table["level"] == level].groupby("group"):
                part = part.sort_values("year", kind="stable")
                ax.plot(part["year"], part["value"], color=style.colour(tints[group]))
                ends.append([part["value"].iloc[-1], group])
            ends.sort()
            for i, (value, group) in enumerate(ends):  # labels keep their distance
                at = max(value, ends[i - 1][2] + (8 if layout.narrow else 5.5)) if i else max(value, 1)
                ends[i].append(at)
                short = group.replace("-income", "").replace("-middle", " mid.")
                ax.text(
                    last + 0.8,
                    at,
                    f"{number(value)}%" + (f" {short}" if layout.narrow or level == names[-1] else ""),
                    va="center",
                    fontsize=layout.size - 1,
                )
            ax.set_title(level)
            ax.set_xlim(2000, last + (17 if layout.narrow else 22 if level == names[-1] else 7))
            ax.set_xticks([2000, 2010, 2020])
            ax.set_ylim(0, float(table["value"].max()) * 1.02)
            ax.set_yticks([])
            ax.spines[["left"]].set_visible(False)
        return drawing

    level = next(n for n in reversed(names) if n in now.index.get_level_values(0))
    rates = now[level].sort_values(kind="stable")
    ends = [
        f"{n.lower()} "
        + listing(
            f"{number(v)}% in {g.lower()} countries"
            for g, v in now[n].sort_values(ascending=False, kind="stable").iloc[[0, -1]].items()
        )
        for n in names
        if n in now.index.get_level_values(0)
    ]
    most = f"In {rates.index[-1].lower()} countries {number(rates.iloc[-1])}% of young people of {level.lower()} are out of school"
    return Figure(
        data=table,
        columns=columns,
        finding=f"{most}, in {rates.index[0].lower()} countries {number(rates.iloc[0])}%" if len(rates) > 1 else most,
        subtitle=f"Share out of school by age and income group, percent, {_span(table['year'])}; groups as the source computed them",
        source=source,
        note="Release of September 2024. Rates of one release must not be set against numbers of another.",
        alt=f"Three panels, one for each age, with a line for each income group. In {last}: {listing(ends)}.",
        draw=draw,
    )


def _choropleth(
    data, name: str, indicator: str, edges: list[float], labels: list[str], measure: str, finding, alt, note: str = ""
) -> Figure:
    values = _recent(data, indicator)
    older = len(data.latest(indicator)) - len(values)
    source = data.cite(indicator)
    columns = {
        "iso3": "Country code, ISO 3166 alpha-3",
        "country": "Country",
        "region": "Region",
        "year": "Year of the value",
        "value": f"{measure}, percent",
    }
    if values.empty:
        return nothing(f"No value is known: {measure.lower()}", source, **columns)
    south = data.countries[data.countries["global_south"] == 1]
    areas = south[["iso3", "name"]].merge(values[["iso3", "year", "value"]], on="iso3", how="left")
    areas["tint"] = maps.bins(areas["value"], edges)
    areas["lines"] = [
        [r.country, "no value" if pd.isna(r.value) else f"{number(r.value, 1)}% ({r.year})"]
        for r in areas.rename(columns={"name": "country"}).itertuples()
    ]
    ground = maps.ground(data)
    small = (
        south[~south["iso3"].isin(ground.shapes)]
        .merge(areas[["iso3", "tint", "lines"]], on="iso3")
        .dropna(subset=["tint", "capital_latitude"])
    )
    points = small.rename(columns={"capital_latitude": "latitude", "capital_longitude": "longitude"}).assign(
        size=22, links=[[] for _ in range(len(small))]
    )
    table = values.rename(columns={"name": "country"})[list(columns)].sort_values(
        "country", ignore_index=True, kind="stable"
    )
    legend = [*zip(maps.SCALE, labels, strict=True), ("none", "no value")]
    return Figure(
        data=table,
        columns=columns,
        finding=finding(values),
        subtitle=f"{measure}, percent, latest value of {number(len(values))} of {number(len(south))} countries and areas of the Global South, {_span(values['year'])}; circles: places too small to see",
        source=source,
        note=f"{note} {capital(plural(older, 'value'))} from before {SINCE} {'is' if older == 1 else 'are'} left out."
        if older
        else note,
        alt=alt(values),
        draw=lambda layout: maps.world_map(
            ground, layout, areas=areas, points=points.assign(size=9 if layout.narrow else 18), legend=legend
        ),
        map=lambda: atlas.document(name, f"Map: {measure.lower()}", areas=areas, points=points, legend=legend),
    )


@exhibit
def out_of_school_map(data) -> Figure:
    """Where young adolescents are out of school."""

    def finding(v):
        many = v[v["value"] >= 25]
        if many.empty:
            return "In no country is one in four of lower secondary age out of school"
        top = many["region"].value_counts()
        return f"In {number(len(many))} of {number(len(v))} countries at least one in four of lower secondary age is out of school; {share(top.iloc[0], len(many))} of these lie in {top.index[0]}"

    return _choropleth(
        data,
        "out_of_school_map",
        "oos_rate_lower_sec",
        [5, 10, 25, 40],
        ["under 5%", "5–10%", "10–25%", "25–40%", "40% or more"],
        "Out of school at lower secondary age",
        finding,
        lambda v: (
            f"A map in five shades. Darkest, 40% or more: {listing(v[v['value'] >= 40]['name'].tolist()[::-1][:6]) or 'no country'}. {number(int((v['value'] < 5).sum()))} countries lie under 5%; countries without a value are hatched."
        ),
        "Survey and register years differ; a value of another year stands for another time.",
    )


@exhibit
def learning_poverty_map(data) -> Figure:
    """Where children do not learn to read."""
    return _choropleth(
        data,
        "learning_poverty_map",
        "learning_poverty",
        [20, 40, 60, 80],
        ["under 20%", "20–40%", "40–60%", "60–80%", "80% or more"],
        "Learning poverty",
        lambda v: (
            f"In {number(int((v['value'] >= 60).sum()))} of {number(len(v))} countries with a value, at least 60% of ten-year-olds cannot read and understand a simple text"
        ),
        lambda v: (
            f"A map in five shades. The highest values: {listing(f'{r.name_} {number(r.value)}%' for r in v.rename(columns={'name': 'name_'}).iloc[::-1].head(4).itertuples())}; the lowest: {v['name'].iloc[0]} with {number(v['value'].iloc[0])}%. Countries without a value are hatched."
        ),
        "Learning poverty: the share of ten-year-olds who cannot read and understand a simple text, those out of school included. Surveys are rare.",
    )


@exhibit
def in_school_not_reading(data) -> Figure:
    """Being in school and being able to read."""
    source = data.cite("learning_poverty", "oos_rate_primary")
    columns = {
        "country": "Country",
        "region": "Region",
        "group": "Class of the out-of-school rate",
        "other": "Out of school at primary age, percent",
        "other_year": "Year of that rate",
        "value": "Learning poverty, percent",
        "year": "Year of the learning poverty",
        "ecosystem": "Whether an ecosystem works there",
    }
    labels = ["under 2%", "2 to 5%", "5 to 10%", "10% or more"]
    table = _classes(data, "oos_rate_primary", [2, 5, 10], labels)
    if table.empty:
        return nothing("No country has both values", source, **columns)
    groups = (
        table.groupby("group")["value"].agg(["size", "median"]).reindex([n for n in labels if n in set(table["group"])])
    )
    first = groups.index[0]
    medians = [
        f"{number(groups.at[n, 'median'])}% where {n} are out of school ({plural(int(groups.at[n, 'size']), 'country', 'countries')})"
        for n in groups.index
    ]

    tints = style.regions(data)
    return Figure(
        data=table.round(1),
        columns=columns,
        finding=f"Where {first} of children are out of primary school, {number(groups.at[first, 'median'])}% of ten-year-olds in the median country cannot read a simple text",
        subtitle=f"Learning poverty, percent, by the share of children out of primary school; {plural(len(table), 'country', 'countries')} of the Global South (strokes; long: median), latest values, {_span(table['year'])}; points: with an ecosystem",
        source=source,
        note="Learning poverty counts children out of school as not reading, so the two measures are tied from the start. Values of one country may be of different years.",
        alt=f"A strip of strokes for each class. Medians of learning poverty: {listing(medians)}.",
        draw=lambda layout: _strips(
            layout,
            tints,
            table,
            "group",
            {n: f"{capital(n)} out of school: median {number(groups.at[n, 'median'])}%" for n in groups.index},
            2,
        ),
    )


@exhibit
def schooling_and_learning(data) -> Figure:
    """Years in school, and years of learning."""
    source = data.cite("eys", "lays")
    columns = {
        "country": "Country",
        "region": "Region",
        "expected": "Expected schooling in 2022, years",
        "learned": "The same adjusted for what is learned, 2020, years",
        "lost": "Difference, years",
    }
    a, b = data.latest("eys"), data.latest("lays")
    table = a.merge(b[["iso3", "year", "value"]], on="iso3", suffixes=("", "_learned"))
    if table.empty:
        return nothing("No country has both measures", source, **columns)
    table = table.rename(columns={"name": "country", "value": "expected", "value_learned": "learned"})
    table["lost"] = (table["expected"] - table["learned"]).round(1)
    ten = table[table["iso3"].isin(_ten(data))].sort_values("learned", kind="stable")
    wide, deep = float(table["expected"].median()), float(table["learned"].median())
    shown = table.assign(expected=table["expected"].round(1), learned=table["learned"].round(1))[
        list(columns)
    ].sort_values("country", ignore_index=True, kind="stable")

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * (len(ten) + 1) + 0.65)
        rows = [
            ("Median of all", wide, deep),
            *((r.country, r.expected, r.learned) for r in ten.iloc[::-1].itertuples()),
        ]
        for i, (_, expected, learned) in enumerate(rows):
            tint = "quiet" if not i else "warm"
            ax.plot(
                [learned, expected], [i, i], color=style.colour("rule"), linewidth=4, solid_capstyle="round", zorder=1
            )
            ax.plot(
                expected,
                i,
                "o",
                color=style.colour("paper"),
                markeredgecolor=style.colour(tint),
                markeredgewidth=1.7,
                markersize=8,
            )
            ax.plot(learned, i, "o", color=style.colour(tint), markersize=8)
            off = 0.8 if layout.narrow else 0.3
            ax.text(learned - off, i, number(learned, 1), ha="right", va="center")
            ax.text(expected + off, i, number(expected, 1), ha="left", va="center")
        ax.set_yticks(range(len(rows)), [r[0] for r in rows])
        ax.set_ylim(len(rows) - 0.5, -0.95)
        ax.set_xlim(0, max(r[1] for r in rows) + (4 if layout.narrow else 2))
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        ax.text(rows[0][2], -0.75, "learned", ha="center", color=style.colour("quiet"))
        ax.text(rows[0][1], -0.75, "expected", ha="center", color=style.colour("quiet"))
        return drawing

    worst = ten.loc[ten["lost"].idxmax()] if len(ten) else table.loc[table["lost"].idxmax()]
    return Figure(
        data=shown,
        columns=columns,
        finding=f"{number(wide, 1)} expected years of school are worth {number(deep, 1)} years of learning in the median country; in {worst.country} {number(worst.expected, 1)} are worth {number(worst.learned, 1)}",
        subtitle=f"Expected years of schooling ({_span(table['year'])}, empty circle) and learning-adjusted years ({_span(table['year_learned'])}, full circle) in {plural(len(ten), 'country', 'countries')} of the ecosystems; median of {number(len(table))} countries above",
        source=source,
        note="Two sources with their own methods and years: the World Bank counts at most 14 years of school, UNDP up to 18. So a part of the gap is definition, not learning.",
        alt=f"Pairs of circles joined by a bar, one row for each country: {listing(f'{r.country} {number(r.expected, 1)} and {number(r.learned, 1)}' for r in ten.iloc[::-1].head(5).itertuples()) or 'none'}. The first row is the median: {number(wide, 1)} and {number(deep, 1)}.",
        draw=draw,
    )


# All in percent. The Gini index is not among them: surveys of income and of consumption cannot be compared.
STRIPS = {
    "pov_420": "Live on less than $4.20 a day",
    "preprimary_1yr": "In organised learning a year before school",
    "completion_lower_sec": "Complete lower secondary school",
    "oos_rate_upper_sec": "Out of school at upper secondary age",
    "internet_users": "Use the internet",
    "urban_share": "Live in towns and cities",
}


@exhibit
def ten_among_the_south(data) -> Figure:
    """Where the countries of the ecosystems stand among the Global South."""
    source = data.cite(*STRIPS)
    columns = {
        "measure": "Measure",
        "country": "Country",
        "region": "Region",
        "year": "Year of the value",
        "value": "Value, percent",
        "ecosystem": "Whether an ecosystem works there",
        "rank": "Place from the lowest value up, rank",
        "of": "Countries and areas with a value, count",
    }
    ten, parts = _ten(data), []
    for indicator, name in STRIPS.items():
        values = _recent(data, indicator).rename(columns={"name": "country"})
        values = values.assign(
            measure=name,
            ecosystem=values["iso3"].isin(ten).map({True: "yes", False: "no"}),
            rank=values["value"].rank(method="min").astype(int),
            of=len(values),
        )
        parts.append(values[list(columns)])
    table = pd.concat(parts, ignore_index=True)
    own = table[table["ecosystem"] == "yes"]
    if own.empty:
        return nothing("No country of the ecosystems has a value", source, **columns)
    measures = [n for n in STRIPS.values() if (own["measure"] == n).any()]
    middle = table.groupby("measure")["value"].median()
    both = [
        m
        for m in measures
        if own.loc[own["measure"] == m, "value"].min() < middle[m] < own.loc[own["measure"] == m, "value"].max()
    ]
    poor = data.countries[data.countries["income_group"] == "Low income"]
    low, all_low = int(poor["iso3"].isin(ten).sum()), int((poor["global_south"] == 1).sum())
    names = data.names
    lacking = [
        f"{listing(sorted(gone))} ({m[:1].lower()}{m[1:]})"
        for m in measures
        if (gone := {names[i] for i in ten} - set(own.loc[own["measure"] == m, "country"]))
    ]

    spread = (
        f"lie on both sides of the median in {'each' if len(both) == len(measures) else count(len(both))} of {plural(len(measures), 'measure')}"
        if both
        else f"lie on one side of the median in all of {plural(len(measures), 'measure')}"
    )
    online = own[own["measure"] == "Use the internet"].sort_values("value", kind="stable")
    tints = style.regions(data)
    return Figure(
        data=table.round(1),
        columns=columns,
        finding=f"The {number(len(ten))} countries {spread}; {count(low)} of them {'is' if low == 1 else 'are'} among the {number(all_low)} low-income countries"
        if len(ten) > 1
        else f"One country has an ecosystem: {names[ten[0]]}",
        subtitle=f"{plural(len(ten), 'country', 'countries')} of the ecosystems (coloured by region, named) among the countries of the Global South (grey strokes; long stroke: median), latest values since {SINCE}",
        source=source,
        note=(f"No value since {SINCE}: {'; '.join(lacking)}. " if lacking else "")
        + "Income groups: World Bank, in force from 1 July 2025. The ecosystems were not chosen to stand for countries.",
        alt=f"{capital(count(len(measures)))} strips of strokes from 0 to 100 with a point for {f'each of {len(ten)} countries' if len(ten) > 1 else names[ten[0]]}."
        + (
            f" Use of the internet: {'from ' if len(online) > 1 else ''}{listing((f'{r.country} with {number(r.value)}%' for r in online.iloc[sorted({0, len(online) - 1})].itertuples()), 'to')}; the median is {number(middle['Use the internet'])}%."
            if len(online)
            else ""
        ),
        draw=lambda layout: _strips(
            layout,
            tints,
            table,
            "measure",
            {m: f"{m}, {_span(table.loc[table['measure'] == m, 'year'])}" for m in measures},
            4 if layout.narrow else 3,
        ),
    )


@exhibit
def ten_over_time(data) -> Figure:
    """Out of school over time in each country of the ecosystems, with the years that have no value."""
    indicator, first, last = "oos_rate_lower_sec", 2000, 2023
    source = data.cite(indicator)
    columns = {"country": "Country", "year": "Year", "value": "Out of school at lower secondary age, percent"}
    known = data.figures
    known = known[
        (known["indicator_id"] == indicator) & known["iso3"].isin(_ten(data)) & known["year"].between(first, last)
    ]
    if known.empty:
        return nothing("No country of the ecosystems has a value", source, **columns)
    table = known.assign(country=known["iso3"].map(data.names))[list(columns)].sort_values(
        ["country", "year"], ignore_index=True
    )
    every = sorted(data.names[i] for i in _ten(data))
    ends = (
        table.groupby("country")
        .agg(
            start=("value", "first"),
            end=("value", "last"),
            since=("year", "first"),
            until=("year", "last"),
            years=("year", "size"),
        )
        .reindex(every)
    )
    two = ends[ends["years"] > 1]
    fell = two[two["end"] < two["start"]]
    most = (two["end"] - two["start"]).idxmin() if len(fell) else None
    fewest = ends["years"].fillna(0).idxmin()
    top = float(table["value"].max()) * 1.25

    def draw(layout):
        drawing, panels = style.panels(layout, len(every), 1.35, wide=5, narrow=2, sharex=True, sharey=True)
        for ax, country in zip(panels, every, strict=True):
            part = table[table["country"] == country].set_index("year")["value"].astype(float)
            missing = [y for y in range(first, last + 1) if y not in part.index]
            for y in missing:
                ax.add_patch(
                    style.Rectangle(
                        (y - 0.5, 0),
                        1,
                        top,
                        facecolor="none",
                        edgecolor=style.colour("rule"),
                        hatch="////",
                        linewidth=0,
                    )
                )
            line = part.reindex(range(first, last + 1))  # a missing year breaks the line
            ax.plot(line.index, line, color=style.colour("main"), marker="o", markersize=2.6, linewidth=1.4)
            for year in dict.fromkeys(part.index[[0, -1]] if len(part) else []):
                right = year > 2011
                near = (
                    part[(part.index >= year - 7) & (part.index <= year)]
                    if right
                    else part[(part.index >= year) & (part.index <= year + 7)]
                )
                ax.text(
                    year,
                    near.max() + top * 0.06,
                    f"{number(part[year])}%",
                    ha="right" if right else "left",
                    va="bottom",
                    fontsize=layout.size - 1,
                    weight=600,
                )
            ax.set_title(country, fontsize=layout.size)
            ax.set_xlim(first - 0.7, last + 0.7)
            ax.set_ylim(0, top)
            ax.set_yticks([])
            ax.set_xticks([first + 1, last - 1], [str(first), str(last)])
            ax.tick_params(axis="x", labelbottom=True)
            ax.spines[:].set_visible(False)
            ax.axhline(0, color=style.colour("rule"), linewidth=0.8)
        return drawing

    return Figure(
        data=table.round(1),
        columns=columns,
        finding=(
            f"Out of school at lower secondary age fell in {f'{number(len(fell))} of {len(two)} countries, most in ' if len(two) > 1 else ''}{most}{':' if len(two) > 1 else ''} from {number(two.at[most, 'start'])}% to {number(two.at[most, 'end'])}%"
            if most
            else "No country of the ecosystems has two values"
            if two.empty
            else "In no country of the ecosystems did the share out of school at lower secondary age fall"
        ),
        subtitle=f"Share out of school at lower secondary age, percent, {first} to {last}, in {plural(len(every), 'country', 'countries')} of the ecosystems; {number(len(table))} of {number(len(every) * (last - first + 1))} years have a value, the others are hatched",
        source=source,
        note="First and last known values stand in the drawing; they are of different years. Between them surveys and registers change, so a step can be one of method.",
        alt=f"{capital(count(len(every)))} small {'panel' if len(every) == 1 else 'panels with one scale'}, a line in each from the first known year to the last: "
        + listing(f"{c} {number(r.start)}% to {number(r.end)}%" for c, r in two.head(6).iterrows())
        + f"{' and others' if len(two) > 6 else ''}. Lines break where years are missing{f', most often in {fewest}' if len(every) > 1 else ''}.",
        draw=draw,
    )


@exhibit
def online_at_school(data) -> Figure:
    """People online, and schools online."""
    source = data.cite("internet_users", "schools_internet_primary")
    columns = {
        "country": "Country",
        "people": "People online, percent",
        "people_year": "Year",
        "schools": "Primary schools with internet for teaching, percent",
        "schools_year": "Year of the schools' value",
    }
    people, schools = (
        _recent(data, "internet_users").set_index("iso3"),
        _recent(data, "schools_internet_primary").set_index("iso3"),
    )
    names = data.names
    rows = [
        (
            names[i],
            *((people.at[i, "value"], people.at[i, "year"]) if i in people.index else (np.nan, pd.NA)),
            *((schools.at[i, "value"], schools.at[i, "year"]) if i in schools.index else (np.nan, pd.NA)),
        )
        for i in _ten(data)
    ]
    table = pd.DataFrame(rows, columns=list(columns)).sort_values(
        "people", ascending=False, ignore_index=True, kind="stable"
    )
    both = table.dropna(subset=["people", "schools"])
    if both.empty:
        return nothing("No country has both values", source, **columns)
    behind = both[both["schools"] < both["people"]]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * len(table) + 0.6)
        for i, r in enumerate(table.itertuples()):
            if r.schools == r.schools and r.people == r.people:
                ax.plot(
                    [r.people, r.schools],
                    [i, i],
                    color=style.colour("rule"),
                    linewidth=4,
                    solid_capstyle="round",
                    zorder=1,
                )
            if r.people == r.people:
                ax.plot(r.people, i, "o", color=style.colour("main"), markersize=8)
            if r.schools == r.schools:
                ax.plot(r.schools, i, "s", color=style.colour("gold"), markersize=7.5)
            else:
                ax.text(
                    1,
                    i,
                    "schools: no value",
                    va="center",
                    ha="left",
                    color=style.colour("quiet"),
                    fontsize=layout.size - 1,
                )
            if not layout.narrow:
                ax.text(
                    104,
                    i,
                    " / ".join("–" if pd.isna(y) else str(y) for y in (r.people_year, r.schools_year)),
                    va="center",
                    color=style.colour("quiet"),
                )
        ax.set_yticks(range(len(table)), table["country"])
        ax.set_ylim(len(table) - 0.5, -0.6)
        ax.set_xlim(0, 102 if layout.narrow else 119)
        ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        handles = [
            ax.plot([], [], m, color=style.colour(t), label=n)[0]
            for m, t, n in (("o", "main", "people online"), ("s", "gold", "primary schools online"))
        ]
        drawing.legend(handles=handles, loc="outside upper left", ncols=2, handletextpad=0.2, borderpad=0)
        return drawing

    far = both.loc[(both["people"] - both["schools"]).idxmax()]
    return Figure(
        data=table.round(1),
        columns=columns,
        finding=f"In {count(len(behind))} of {count(len(both))} countries a smaller share of primary schools is online than of people: in {far.country} {number(far.schools)}% and {number(far.people)}%"
        if len(behind) and len(both) > 1
        else f"In {far.country} {number(far.schools)}% of primary schools are online, and {number(far.people)}% of people"
        if len(both) == 1
        else f"In no country of {number(len(both))} is a smaller share of primary schools online than of people",
        subtitle=f"People online and primary schools with internet for teaching, percent, latest values of {_span(pd.concat([table['people_year'], table['schools_year']]).dropna())}, in {plural(len(table), 'country', 'countries')} of the ecosystems",
        source=source,
        note="Years differ: those of people and of schools stand beside the drawing or in its table. A school counts as online if it can use the internet for teaching, however slow.",
        alt=f"Two marks for each country, joined by a bar. {listing(f'{r.country} {number(r.people)}% of people and {number(r.schools)}% of schools' for r in both.head(4).itertuples())}. "
        + (
            f"{capital(plural(len(table) - len(both), 'country lacks', 'countries lack'))} one of the values."
            if len(table) > len(both)
            else "Each has both values."
        ),
        draw=draw,
    )


def pace_of(data) -> dict[str, object]:
    """Out-of-school rates of low-income countries at lower secondary age: at the start, in the middle and at the end of the series, with a judgement."""
    rates = (
        data.figures[(data.figures["iso3"] == "LIC") & (data.figures["indicator_id"] == "oos_rate_lower_sec")]
        .set_index("year")["value"]
        .sort_index()
    )
    if rates.empty:
        return dict.fromkeys(("x", "a", "y", "b", "z", "c"), "not known") | {
            "judgement": "Whether it gets better is not known."
        }
    (x, a), (y, b), (z, c) = ((rates.index[i], rates.iloc[i]) for i in (0, len(rates) // 2, -1))
    slower = (b - c) / max(z - y, 1) < (a - b) / max(y - x, 1) / 2
    judgement = (
        "It gets no better any more."
        if c >= b > 0 and a > b
        else "Progress has slowed."
        if slower and a > b
        else "Progress goes on."
        if a > b
        else "There is no progress."
    )
    return {
        "judgement": judgement,
        "x": str(x),
        "a": number(a),
        "y": str(y),
        "b": number(b),
        "z": str(z),
        "c": number(c),
    }


def share_of_south(data) -> dict[str, object]:
    """The share of the Global South in the world's people and children, percent, in the last year of the population table."""
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_total"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures[figures["iso3"].isin(data.countries.loc[data.countries["global_south"] == 1, "iso3"])]
    full = south.groupby("year")["iso3"].nunique()
    year = max(y for y in full.index if full[y] == full.max())
    rest = children_by_region(data).data.query("region == 'Rest of the world'")["percent"]
    return {
        "n": int(full[year]),
        "year": str(year),
        "people": number(100 * south.loc[south["year"] == year, "value"].sum() / world[year]),
        "children": number(100 - rest.iloc[-1]),
    }


def quoted_of(data) -> pd.DataFrame:
    """Figures quoted on pages about the report, with the page that quotes them and their origin."""
    pages = data.pages

    def link(i, text=None):
        return "" if pd.isna(i) else Link(text or pages[i].text, pages[i].url)

    table = data.quoted_figures
    return table.assign(
        where=pd.Series([link(i) for i in table["where_source_id"]], index=table.index, dtype=object),
        origin=pd.Series(
            [o if pd.isna(i) else link(i, o) for o, i in zip(table["origin"], table["origin_source_id"], strict=True)],
            index=table.index,
            dtype=object,
        ),
        remark=table["remark"].fillna(""),
    )
