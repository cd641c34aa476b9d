"""Why local ecosystems, why the Global South: children, school, learning and connection in country figures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import maps, style
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import Link, count, listing, number, share

__all__ = ["children_by_region", "learning_poverty_map", "online_at_school", "out_of_school_by_income", "out_of_school_map", "quoted_of", "schooling_and_learning"]

GROUPS = {"LIC": "Low income", "LMC": "Lower middle income", "UMC": "Upper middle income", "HIC": "High income"}


def _ten(data) -> list[str]:
    """Countries of the selected ecosystems."""
    return sorted(set(data.ecosystems["iso3"]))


@exhibit
def children_by_region(data) -> Figure:
    """Where the world's children live."""
    source = data.cite("pop_0_14")
    columns = {"year": "Year", "region": "Region", "children": "Children aged 0 to 14, million", "percent": "Share of the world's children, percent"}
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
    of_world = 100 - float(table.loc[(table["region"] == "Rest of the world") & (table["year"] == last), "percent"].iloc[0])
    tints = {**style.REGIONS, "Rest of the world": "quiet"}

    def draw(layout):
        drawing, ax = style.axes(layout, 2.9)
        gap, below = at.max().max() * (0.1 if layout.narrow else 0.085), -1e9
        heights = {}
        for region in at[last].sort_values().index:
            below = heights[region] = max(at.at[region, last], below + gap)
        for region, row in at.iterrows():
            ax.plot(years, row[years], color=style.colour(tints[region]), linewidth=2.4, marker="o", markersize=4)
            name = {"Latin America and the Caribbean": "Latin America", "Asia and the Pacific": "Asia, Pacific"}.get(region, region) if layout.narrow else region
            ax.text(last + 0.7, heights[region], f"{number(row[last])}  {name}", va="center", fontsize=layout.size - (1.5 if layout.narrow else 0))
            ax.text(first - 0.7, row[first] - (gap / 3 if region.startswith("Latin") else 0), number(row[first]), va="center", ha="right")
        ax.set_xlim(first - (4.5 if layout.narrow else 2.5), last + (21 if layout.narrow else 12.5))
        ax.set_ylim(0, at.max().max() * 1.08)
        ax.set_xticks([y for y in years if y % 10 == 0] + ([last] if last % 10 else []))
        ax.set_yticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        return drawing

    africa = at.loc["Africa"] if "Africa" in at.index else at.iloc[0]
    return Figure(
        data=table,
        columns=columns,
        finding=f"{number(of_world)}% of the world's children live in the Global South, and the number grows only in Africa: from {number(africa[first])} to {number(africa[last])} million"
        if all(at.loc[r, last] <= at.loc[r, first] for r in at.index if r != "Africa")
        else f"{number(of_world)}% of the world's children live in the Global South; in Africa their number went from {number(africa[first])} to {number(africa[last])} million",
        subtitle=f"Children aged 0 to 14, million, {first} to {last}; sums of {int(full.max())} countries and areas",
        source=source,
        note="From 2024 on a projection (medium variant). Asia and the Pacific here: developing regions as the UN Statistics Division lists them.",
        alt=f"Lines from {first} to {last}: {listing(f'{r} from {number(row[first])} to {number(row[last])} million' for r, row in at.iterrows())}.",
        draw=draw,
    )


@exhibit
def out_of_school_by_income(data) -> Figure:
    """Who is out of school, and since when."""
    levels = {"oos_rate_primary": "Primary age", "oos_rate_lower_sec": "Lower secondary age", "oos_rate_upper_sec": "Upper secondary age"}
    source = data.cite("oos_rate_primary")
    columns = {"level": "Age of", "group": "Income group", "year": "Year", "value": "Out of school, percent"}
    figures = data.figures
    table = figures[figures["iso3"].isin(GROUPS) & figures["indicator_id"].isin(levels)]
    if table.empty:
        return nothing("No rate of children out of school is known", source, **columns)
    table = table.assign(level=table["indicator_id"].map(levels), group=table["iso3"].map(GROUPS), value=table["value"].round(1))
    table = table.sort_values(["level", "group", "year"], ignore_index=True)[list(columns)]
    last = int(table["year"].max())
    now = table[table["year"] == last].set_index(["level", "group"])["value"]
    tints = {"Low income": "warm", "Lower middle income": "gold", "Upper middle income": "light", "High income": "main"}
    names = list(levels.values())

    def draw(layout):
        drawing, axes = style.panels(layout, 3, 2.3 if not layout.narrow else 1.75, wide=3, sharey=True)
        for ax, level in zip(axes, names, strict=True):
            ends = []
            for group, part in table[table["level"] == level].groupby("group"):
                part = part.sort_values("year")
                ax.plot(part["year"], part["value"], color=style.colour(tints[group]))
                ends.append([part["value"].iloc[-1], group])
            ends.sort()
            for i, (value, group) in enumerate(ends):  # labels keep their distance
                at = max(value, ends[i - 1][2] + (8 if layout.narrow else 5.5)) if i else max(value, 1)
                ends[i].append(at)
                short = group.replace(" income", "").replace("Lower middle", "Lower mid.").replace("Upper middle", "Upper mid.")
                ax.text(last + 0.8, at, f"{number(value)}%" + (f" {short}" if layout.narrow or level == names[-1] else ""), va="center", fontsize=layout.size - 1)
            ax.set_title(level)
            ax.set_xlim(2000, last + (17 if layout.narrow else 22 if level == names[-1] else 7))
            ax.set_xticks([2000, 2010, 2020])
            ax.set_ylim(0, float(table["value"].max()) * 1.02)
            ax.set_yticks([])
            ax.spines[["left"]].set_visible(False)
        return drawing

    low, high = now[(names[-1], "Low income")], now[(names[-1], "High income")]
    return Figure(
        data=table,
        columns=columns,
        finding=f"In low-income countries {number(low)}% of young people of upper secondary age are out of school, in high-income countries {number(high)}%",
        subtitle=f"Share out of school by age and income group, percent, 2000 to {last}; groups as the source computed them",
        source=source,
        note="Release of September 2024. Rates of one release must not be set against numbers of another.",
        alt="Three panels with four lines each. In " + str(last) + ": " + listing(f"{level.lower()} {number(now[(level, 'Low income')])}% in low-income and {number(now[(level, 'High income')])}% in high-income countries" for level in names) + ".",
        draw=draw,
    )


def _choropleth(data, name: str, indicator: str, edges: list[float], labels: list[str], measure: str, finding, alt, note: str = "") -> Figure:
    values = data.latest(indicator)
    source = data.cite(indicator)
    columns = {"iso3": "Country code, ISO 3166 alpha-3", "country": "Country", "region": "Region", "year": "Year of the value", "value": f"{measure}, percent"}
    if values.empty:
        return nothing(f"No value is known: {measure.lower()}", source, **columns)
    south = data.countries[data.countries["global_south"] == 1]
    areas = south[["iso3", "name"]].merge(values[["iso3", "year", "value"]], on="iso3", how="left")
    areas["tint"] = maps.bins(areas["value"], edges)
    areas["lines"] = [[r.country, "no value" if pd.isna(r.value) else f"{number(r.value, 1)}% ({r.year})"] for r in areas.rename(columns={"name": "country"}).itertuples()]
    shapes = maps.world(data)
    small = south[~south["iso3"].isin(shapes)].merge(areas[["iso3", "tint", "lines"]], on="iso3").dropna(subset=["tint", "capital_latitude"])
    points = small.rename(columns={"capital_latitude": "latitude", "capital_longitude": "longitude"}).assign(size=22, url=None)
    table = values.rename(columns={"name": "country"})[list(columns)].sort_values("country", ignore_index=True)
    legend = [*zip(maps.SCALE, labels, strict=True), ("none", "no value")]
    years = f"{int(values['year'].min())} to {int(values['year'].max())}"
    return Figure(
        data=table,
        columns=columns,
        finding=finding(values),
        subtitle=f"{measure}, percent, latest value of {number(len(values))} of {number(len(south))} countries and areas of the Global South, {years}; circles: places too small to see",
        source=source,
        note=note,
        alt=alt(values),
        draw=lambda layout: maps.world_map(data, layout, areas=areas, points=points.assign(size=9 if layout.narrow else 18), legend=legend),
        map=lambda: maps.atlas(name, f"Map: {measure.lower()}", areas=areas, points=points, cluster=False),
    )


@exhibit
def out_of_school_map(data) -> Figure:
    """Where young adolescents are out of school."""

    def finding(v):
        many = v[v["value"] >= 25]
        return f"In {number(len(many))} of {number(len(v))} countries at least one in four of lower secondary age is out of school; {share((many['region'] == 'Africa').sum(), len(many))} of these lie in Africa" if len(many) else "In no country is one in four of lower secondary age out of school"

    return _choropleth(
        data, "out_of_school_map", "oos_rate_lower_sec", [5, 10, 25, 40], ["under 5%", "5–10%", "10–25%", "25–40%", "40% or more"], "Out of school at lower secondary age",
        finding,
        lambda v: f"A map in five shades. Darkest, 40% or more: {listing(v[v['value'] >= 40]['name'].tolist()[::-1][:6]) or 'no country'}. {number(int((v['value'] < 5).sum()))} countries lie under 5%; countries without a value are hatched.",
        "Survey and register years differ; a value of another year stands for another time.",
    )


@exhibit
def learning_poverty_map(data) -> Figure:
    """Where children do not learn to read."""
    return _choropleth(
        data, "learning_poverty_map", "learning_poverty", [20, 40, 60, 80], ["under 20%", "20–40%", "40–60%", "60–80%", "80% or more"], "Learning poverty",
        lambda v: f"In {number(int((v['value'] >= 60).sum()))} of {number(len(v))} countries with a value, at least six in ten children of ten cannot read a simple text",
        lambda v: f"A map in five shades, dark across sub-Saharan Africa and parts of Asia. Darkest: {listing(v['name'].tolist()[::-1][:5])}. Many countries are hatched: no value.",
        "Learning poverty: the share of ten-year-olds who cannot read and understand a simple text, those out of school included. Surveys are rare; the year is in the table.",
    )


@exhibit
def schooling_and_learning(data) -> Figure:
    """Years in school, and years of learning."""
    source = data.cite("eys", "lays")
    columns = {"country": "Country", "region": "Region", "expected": "Expected years of schooling, 2022", "learned": "The same adjusted for what is learned, years, 2020", "lost": "Difference, years"}
    a, b = data.latest("eys"), data.latest("lays")
    table = a.merge(b[["iso3", "value"]], on="iso3", suffixes=("", "_learned"))
    if table.empty:
        return nothing("No country has both measures", source, **columns)
    table = table.rename(columns={"name": "country", "value": "expected", "value_learned": "learned"})
    table["lost"] = (table["expected"] - table["learned"]).round(1)
    ten = table[table["iso3"].isin(_ten(data))].sort_values("learned")
    middle = float(table["lost"].median())
    shown = table.assign(expected=table["expected"].round(1), learned=table["learned"].round(1))[list(columns)].sort_values("country", ignore_index=True)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * (len(ten) + 1) + 0.65)
        rows = [("Median of all", float(table["expected"].median()), float(table["learned"].median())), *((r.country, r.expected, r.learned) for r in ten.iloc[::-1].itertuples())]
        for i, (name, expected, learned) in enumerate(rows):
            tint = "quiet" if not i else "warm"
            ax.plot([learned, expected], [i, i], color=style.colour("rule"), linewidth=4, solid_capstyle="round", zorder=1)
            ax.plot(expected, i, "o", color=style.colour("paper"), markeredgecolor=style.colour(tint), markeredgewidth=1.7, markersize=8)
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
        finding=f"Half of the countries lose at least {number(middle, 1)} of the expected years of schooling to poor learning; {worst.country} loses {number(worst.lost, 1)}",
        subtitle=f"Expected years of schooling (2022, empty circle) and learning-adjusted years (2020, full circle) in the {len(ten)} countries of the ecosystems; median of {len(table)} countries above",
        source=source,
        note="Two sources with their own methods and years; the gap is a sign, not a measure of schools.",
        alt=f"Pairs of circles joined by a bar, one row for each country: {listing(f'{r.country} {number(r.expected, 1)} and {number(r.learned, 1)}' for r in ten.iloc[::-1].head(5).itertuples())} and so on. Full circles lie far left of empty ones in every row.",
        draw=draw,
    )


@exhibit
def online_at_school(data) -> Figure:
    """People online, and schools online."""
    source = data.cite("internet_users", "schools_internet_primary")
    columns = {"country": "Country", "people": "People online, percent", "people_year": "Year", "schools": "Primary schools with internet for teaching, percent", "schools_year": "Year of the schools' value"}
    people, schools = data.latest("internet_users").set_index("iso3"), data.latest("schools_internet_primary").set_index("iso3")
    names = data.names
    rows = [
        (names[i], *((people.at[i, "value"], people.at[i, "year"]) if i in people.index else (np.nan, pd.NA)), *((schools.at[i, "value"], schools.at[i, "year"]) if i in schools.index else (np.nan, pd.NA)))
        for i in _ten(data)
    ]
    table = pd.DataFrame(rows, columns=list(columns)).sort_values("people", ascending=False, ignore_index=True)
    both = table.dropna(subset=["people", "schools"])
    if both.empty:
        return nothing("No country has both values", source, **columns)
    behind = both[both["schools"] < both["people"]]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * len(table) + 0.6)
        for i, r in enumerate(table.itertuples()):
            if r.schools == r.schools and r.people == r.people:
                ax.plot([r.people, r.schools], [i, i], color=style.colour("rule"), linewidth=4, solid_capstyle="round", zorder=1)
            if r.people == r.people:
                ax.plot(r.people, i, "o", color=style.colour("main"), markersize=8)
            if r.schools == r.schools:
                ax.plot(r.schools, i, "s", color=style.colour("gold"), markersize=7.5)
            else:
                ax.text(1, i, "schools: no value", va="center", ha="left", color=style.colour("quiet"), fontsize=layout.size - 1)
        ax.set_yticks(range(len(table)), table["country"])
        ax.set_ylim(len(table) - 0.5, -0.6)
        ax.set_xlim(0, 102)
        ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        handles = [ax.plot([], [], m, color=style.colour(t), label=n)[0] for m, t, n in (("o", "main", "people online"), ("s", "gold", "primary schools online"))]
        drawing.legend(handles=handles, loc="outside upper left", ncols=2, handletextpad=0.2, borderpad=0)
        return drawing

    far = both.loc[(both["people"] - both["schools"]).idxmax()]
    return Figure(
        data=table.round(1),
        columns=columns,
        finding=f"In {count(len(behind))} of {count(len(both))} countries with both values schools are behind the people around them: in {far.country} {number(far.people)}% of people are online, and {number(far.schools)}% of primary schools"
        if len(behind)
        else f"In all {count(len(both))} countries with both values schools are ahead of the people around them",
        subtitle=f"People online and primary schools with internet for teaching, percent, latest values, in the {len(table)} countries of the ecosystems",
        source=source,
        note="Years differ and stand in the table. A school counts as online if it can use the internet for teaching, however slow.",
        alt=f"Two marks for each country, joined by a bar. {listing(f'{r.country} {number(r.people)}% of people and {number(r.schools)}% of schools' for r in both.head(4).itertuples())}. {len(table) - len(both)} countries have no value for schools.",
        draw=draw,
    )


def quoted_of(data) -> pd.DataFrame:
    """Figures that the report or its authors quote, with the page that quotes them and their origin."""
    sources = data.sources.set_index("id")

    def link(i, text=None):
        return "" if pd.isna(i) else Link(text or sources.at[i, "publisher"], sources.at[i, "url"])

    table = data.quoted_figures
    return table.assign(
        where=pd.Series([link(i) for i in table["where_source_id"]], index=table.index, dtype=object),
        origin=pd.Series([o if pd.isna(i) else link(i, o) for o, i in zip(table["origin"], table["origin_source_id"], strict=True)], index=table.index, dtype=object),
        remark=table["remark"].fillna(""),
    )
