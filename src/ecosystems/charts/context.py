"""Why local ecosystems, why the Global South: children, school, learning in country figures."""

from __future__ import annotations

import re

import pandas as pd

from ecosystems import maps, style
from ecosystems.analysis import SINCE
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Choropleth, Dumbbells, LinePanels, Lines, Mark, Strips, YearPanels, land
from ecosystems.words import be, capital, count, day, listing, number, plural, share

REST = "Rest of the world"
GROUPS = {"LIC": "Low-income", "LMC": "Lower-middle-income", "UMC": "Upper-middle-income", "HIC": "High-income"}
CLASSES = {
    "country": "Country",
    "region": "Region",
    "group": "Class of the other measure",
    "other": "The other measure, percent",
    "other_year": "Year of that rate",
    "value": "Learning poverty, percent",
    "year": "Year of the learning poverty",
    "ecosystem": "Whether an ecosystem works there",
}


def span(years: pd.Series) -> str:
    """``2014 to 2022``, or the one year."""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}"


def countries_of(data) -> tuple[str, ...]:
    """Names of the countries that have a selected ecosystem."""
    return tuple(sorted(data.names[i] for i in set(data.ecosystems["iso3"])))


def _remark(data, indicator: str) -> str:
    """What the table of indicators notes about one of them, with a blank after it; empty if it notes nothing."""
    note = data.indicators.set_index("id")["note"].get(indicator)
    return f"{note} " if isinstance(note, str) else ""


def _release(data, indicator: str) -> str:
    """Which release of its dataset the values are from: a month in words, or as the table names it."""
    version = data.indicators.set_index("id")["version"].get(indicator)
    return f"Release of {day(version) if re.fullmatch(r'20[0-9]{2}-(0[1-9]|1[0-2])', str(version)) else version}. "


@exhibit(
    empty="No number of children is known",
    cite=["pop_0_14"],
    columns={
        "year": "Year",
        "region": "Region",
        "children": "Children aged 0 to 14, million",
        "percent": "Share of the world's children, percent",
    },
)
def children_by_region(data, table) -> Figure:
    """Where the world's children live."""
    at = table.pivot(index="region", columns="year", values="children")
    first, last = at.columns[0], at.columns[-1]
    ends = {r: f"from {number(row[first])} to {number(row[last])} million" for r, row in at.iterrows()}
    of_world = 100 - table.set_index(["region", "year"]).at[(REST, last), "percent"]
    growth = (at[last] - at[first]).drop(REST)
    top = growth.idxmax()
    only = (growth.drop(top) <= 0).all() and at.at[REST, last] <= at.at[REST, first]
    counted = int(table.loc[table["year"] == last, "countries"].sum())
    without = int((data.countries["global_south"] == 1).sum()) - counted
    return Figure(
        table,
        Lines("year", "children", "region", tints={**style.regions(data), REST: "quiet"}),
        finding=f"{number(of_world)}% of the world's children live in the Global South"
        + (
            f", and the number grows only in {top}: {ends[top]}"
            if only
            else f"; in {top} their number went {ends[top]}"
        ),
        subtitle=f"Children aged 0 to 14, million, {first} to {last}; sums of {counted} countries and areas",
        note=f"{_remark(data, 'pop_0_14')}The regions hold what the UN Statistics Division lists as "
        f"developing; {plural(without, 'country or area', 'countries and areas')} without a value count with the rest "
        "of the world.",
        alt=f"Lines from {first} to {last}: {listing(f'{region} {run}' for region, run in ends.items())}.",
    )


LEVELS = {
    "oos_rate_primary": "Primary age",
    "oos_rate_lower_sec": "Lower secondary age",
    "oos_rate_upper_sec": "Upper secondary age",
}


@exhibit(
    empty="No rate of children out of school is known",
    cite=["oos_rate_primary"],
    columns={"level": "Age of", "group": "Income group", "year": "Year", "value": "Out of school, percent"},
)
def out_of_school_by_income(data, table) -> Figure:
    """Who is out of school, and since when."""
    last = int(table["year"].max())
    now = table[table["year"] == last].set_index(["level", "group"])["value"].sort_values(kind="stable")
    levels = [name for name in LEVELS.values() if name in now.index.get_level_values(0)]
    rates = now[levels[-1]]
    said = {g: f"{number(v)}% of young people of {levels[-1].lower()} are out of school" for g, v in rates.items()}
    ends = [
        f"{level.lower()} "
        + listing(f"{number(v)}% in {g.lower()} countries" for g, v in now[level].iloc[[-1, 0]].items())
        for level in levels
    ]
    least = f", in {rates.index[0].lower()} countries {number(rates.iloc[0])}%" if len(rates) > 1 else ""
    return Figure(
        table,
        LinePanels(
            "year",
            "value",
            "group",
            "level",
            tints=dict(zip(GROUPS.values(), ("warm", "gold", "light", "main"), strict=True)),
            panels=tuple(LEVELS.values()),
            short={g: g.replace("-income", "").replace("-middle", " mid.") for g in GROUPS.values()},
        ),
        finding=f"In {rates.index[-1].lower()} countries {said[rates.index[-1]]}{least}",
        subtitle=f"Share out of school by age and income group, percent, {span(table['year'])}; "
        "groups as the source computed them",
        note=f"{_release(data, 'oos_rate_primary')}Rates of one release must not be set against numbers of another.",
        alt=f"Three panels, one for each age, with a line for each income group. In {last}: {listing(ends)}.",
    )


SHADES = {
    "iso3": "Country code, ISO 3166 alpha-3",
    "country": "Country",
    "region": "Region",
    "year": "Year of the value",
}


def _choropleth(data, table: pd.DataFrame, edges: tuple, labels: tuple[str, ...]) -> tuple[pd.DataFrame, Choropleth]:
    """The table with what is told of each country, and its map; places too small to see are points."""
    told = [[r.country, f"{number(r.value, 1)}% ({r.year})"] for r in table.itertuples()]
    table, ground = table.assign(lines=told), land(data)
    south = data.countries[data.countries["global_south"] == 1]
    unknown = south[~south["iso3"].isin(table["iso3"])].set_index("iso3")["name"].to_dict()
    small = table[~table["iso3"].isin(ground.shapes)].merge(south, on="iso3").dropna(subset=["capital_latitude"])
    tints = maps.bins(small["value"], list(edges))
    marks = tuple(
        Mark(r.capital_latitude, r.capital_longitude, tint, tuple(r.lines))
        for r, tint in zip(small.itertuples(), tints, strict=True)
    )
    more = (("none", "no value"),)
    return table, Choropleth("value", edges, labels, ground, unknown, marks, more=more)


def _of_the_south(data, table: pd.DataFrame, measure: str) -> str:
    """The subtitle of a map: of how many countries there is a value, and from when."""
    south = int((data.countries["global_south"] == 1).sum())
    return (
        f"{measure}, percent, latest value of {number(len(table))} of {number(south)} countries and areas of the "
        f"Global South, {span(table['year'])}; circles: places too small to see"
    )


def _left_out(data, indicator: str, table: pd.DataFrame) -> str:
    """How many older values are not drawn."""
    older = len(data.latest(indicator)) - len(table)
    return f" {capital(plural(older, 'value'))} from before {SINCE} {be(older)} left out." if older else ""


@exhibit(
    empty="No value is known: out of school at lower secondary age",
    cite=["oos_rate_lower_sec"],
    columns={**SHADES, "value": "Out of school at lower secondary age, percent"},
)
def out_of_school_map(data, table) -> Figure:
    """Where young adolescents are out of school."""
    measure = "Out of school at lower secondary age"
    labels = ("under 5%", "5–10%", "10–25%", "25–40%", "40% or more")
    drawn, plot = _choropleth(data, table, (5, 10, 25, 40), labels)
    many = table.loc[table["value"] >= 25, "region"].value_counts()
    darkest = table[table["value"] >= 40].sort_values(["value", "iso3"], ascending=False)["country"].tolist()
    finding = f"In {number(int(many.sum()))} of {number(len(table))} countries at least one in four of lower secondary "
    finding += (
        f"age is out of school; {share(many.iloc[0], many.sum())} of these lie in {many.index[0]}" if len(many) else ""
    )
    return Figure(
        drawn,
        plot,
        finding=finding if len(many) else "In no country is one in four of lower secondary age out of school",
        subtitle=_of_the_south(data, table, measure),
        note="Survey and register years differ; a value of another year stands for another time."
        + _left_out(data, "oos_rate_lower_sec", table),
        alt=f"A map in five shades. Darkest, 40% or more: {listing(darkest[:6]) or 'no country'}. "
        f"{number(int((table['value'] < 5).sum()))} countries lie under 5%; countries without a value are hatched.",
        map=f"Map: {measure.lower()}",
    )


@exhibit(
    empty="No value is known: learning poverty",
    cite=["learning_poverty"],
    columns={**SHADES, "value": "Learning poverty, percent"},
)
def learning_poverty_map(data, table) -> Figure:
    """Where children do not learn to read."""
    labels = ("under 20%", "20–40%", "40–60%", "60–80%", "80% or more")
    drawn, plot = _choropleth(data, table, (20, 40, 60, 80), labels)
    ranked = table.sort_values(["value", "iso3"], ascending=False)
    highest = listing(f"{r.country} {number(r.value)}%" for r in ranked.head(4).itertuples())
    lowest = ranked.iloc[-1]
    return Figure(
        drawn,
        plot,
        finding=f"In {number(int((table['value'] >= 60).sum()))} of {number(len(table))} countries with a value, at "
        "least 60% of ten-year-olds cannot read and understand a simple text",
        subtitle=_of_the_south(data, table, "Learning poverty"),
        note="Learning poverty: the share of ten-year-olds who cannot read and understand a simple text, those out of "
        f"school included. Surveys are rare.{_left_out(data, 'learning_poverty', table)}",
        alt=f"A map in five shades. The highest values: {highest}; the lowest: {lowest.country} with "
        f"{number(lowest.value)}%. Countries without a value are hatched.",
        map="Map: learning poverty",
    )


def class_strips(data, table: pd.DataFrame, title: str) -> tuple[Strips, pd.DataFrame]:
    """A strip of learning poverty for each class of another measure, and the size and median of each class.

    Parameters
    ----------
    title : str
        Of a strip, with ``{}`` for the class.
    """
    classes = table.sort_values("other", kind="stable").groupby("group", sort=False)["value"].agg(["size", "median"])
    titles = {c: f"{capital(title.format(c))}: median {number(classes.at[c, 'median'])}%" for c in classes.index}
    return Strips("value", "country", "group", titles, "ecosystem", "region", style.regions(data)), classes


@exhibit(
    empty="No country has both values",
    cite=["learning_poverty", "oos_rate_primary"],
    columns={**CLASSES, "group": "Class of the out-of-school rate", "other": "Out of school at primary age, percent"},
)
def in_school_not_reading(data, table) -> Figure:
    """Being in school and being able to read."""
    plot, classes = class_strips(data, table, "{} out of school")
    countries = {c: plural(int(n), "country", "countries") for c, n in classes["size"].items()}
    medians = [f"{number(m)}% where {c} are out of school ({countries[c]})" for c, m in classes["median"].items()]
    lowest = classes.iloc[0]
    return Figure(
        table,
        plot,
        finding=f"Where {classes.index[0]} of children are out of primary school, {number(lowest['median'])}% of "
        "ten-year-olds in the median country cannot read a simple text",
        subtitle="Learning poverty, percent, by the share of children out of primary school; "
        f"{plural(len(table), 'country', 'countries')} of the Global South (strokes; long: median), latest values, "
        f"{span(table['year'])}; points: with an ecosystem",
        note="Learning poverty counts children out of school as not reading, so the two measures are tied from the "
        "start. Values of one country may be of different years.",
        alt=f"A strip of strokes for each class. Medians of learning poverty: {listing(medians)}.",
    )


@exhibit(
    empty="No country has both measures",
    cite=["eys", "lays"],
    columns={
        "country": "Country",
        "region": "Region",
        "expected": "Expected schooling, years",
        "learned": "The same adjusted for what is learned, years",
        "lost": "Difference, years",
    },
)
def schooling_and_learning(data, table) -> Figure:
    """Years in school, and years of learning."""
    ten = table[table["iso3"].isin(data.ecosystems["iso3"])].sort_values("learned", ascending=False, kind="stable")
    wide, deep = number(table["expected"].median(), 1), number(table["learned"].median(), 1)
    worst = (ten if len(ten) else table).sort_values("lost", kind="stable").iloc[-1]
    pairs = [f"{r.country} {number(r.expected, 1)} and {number(r.learned, 1)}" for r in ten.head(5).itertuples()]
    years, learned = span(table["year"]), span(table["year_learned"])
    return Figure(
        table,
        Dumbbells("country", "learned", "expected", shown=tuple(ten["country"]), titles=("learned", "expected")),
        finding=f"{wide} expected years of school are worth {deep} years of learning in the median country; "
        f"in {worst.country} {number(worst.expected, 1)} are worth {number(worst.learned, 1)}",
        subtitle=f"Expected years of schooling ({years}, empty circle) and learning-adjusted years ({learned}, full "
        f"circle) in {plural(len(ten), 'country', 'countries')} of the ecosystems; median of {number(len(table))} "
        "countries above",
        note="Two sources with their own methods and years: the World Bank counts at most 14 years of school, UNDP up "
        "to 18. So a part of the gap is definition, not learning.",
        alt=f"Pairs of circles joined by a bar, one row for each country: {listing(pairs) or 'none'}. "
        f"The first row is the median: {wide} and {deep}.",
        columns={
            "country": "Country",
            "region": "Region",
            "expected": f"Expected schooling in {years}, years",
            "learned": f"The same adjusted for what is learned, {learned}, years",
            "lost": "Difference, years",
        },
    )


def _changes(two: pd.DataFrame) -> str:
    """In how many countries the share fell from the first value to the last, and where most."""
    if two.empty:
        return "No country of the ecosystems has two values"
    fell = two[two["end"] < two["start"]]
    if fell.empty:
        return "In no country of the ecosystems did the share out of school at lower secondary age fall"
    most = (two["end"] - two["start"]).idxmin()
    where = f"{number(len(fell))} of {len(two)} countries, most in {most}:" if len(two) > 1 else most
    ends = f"from {number(two.at[most, 'start'])}% to {number(two.at[most, 'end'])}%"
    return f"Out of school at lower secondary age fell in {where} {ends}"


@exhibit(
    empty="No country of the ecosystems has a value",
    cite=["oos_rate_lower_sec"],
    columns={"country": "Country", "year": "Year", "value": "Out of school at lower secondary age, percent"},
)
def ten_over_time(data, table) -> Figure:
    """Out of school over time in each country of the ecosystems, with the years that have no value."""
    every, first, last = countries_of(data), int(table["year"].min()), int(table["year"].max())
    ends = table.groupby("country").agg(start=("value", "first"), end=("value", "last"), years=("year", "size"))
    ends = ends.reindex(list(every))
    two = ends[ends["years"] > 1]
    told = listing(f"{c} {number(r.start)}% to {number(r.end)}%" for c, r in two.head(6).iterrows())
    rarest = f", most often in {ends['years'].fillna(0).idxmin()}" if len(every) > 1 else ""
    panels = "panel" if len(every) == 1 else "panels with one scale"
    return Figure(
        table,
        YearPanels("year", "value", "country", every),
        finding=_changes(two),
        subtitle=f"Share out of school at lower secondary age, percent, {first} to {last}, in "
        f"{plural(len(every), 'country', 'countries')} of the ecosystems; {number(len(table))} of "
        f"{number(len(every) * (last - first + 1))} years have a value, the others are hatched",
        note="First and last known values stand in the drawing; they are of different years. Between them surveys and "
        "registers change, so a step can be one of method.",
        alt=f"{capital(count(len(every)))} small {panels}, a line in each from the first known year to the last: {told}"
        f"{' and others' if len(two) > 6 else ''}. Lines break where years are missing{rarest}.",
    )
