"""Why local ecosystems, why the Global South: children, school, learning in country figures."""

import re

import pandas as pd

from ecosystems import maps, style
from ecosystems.analysis import SINCE
from ecosystems.analysis.countries import FULL_SCORE, placed, rank_correlation
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Bars, Choropleth, Dumbbells, LinePanels, Lines, Mark, Note, Scatter
from ecosystems.words import be, capital, day, listing, number, plural, share

REST = "Rest of the world"
INCOME_TINTS = {"Low-income": "s5", "Lower-middle-income": "s4", "Upper-middle-income": "s3", "High-income": "quiet"}
GROUPS = {"LIC": "Low-income", "LMC": "Lower-middle-income", "UMC": "Upper-middle-income", "HIC": "High-income"}


def span(years: pd.Series) -> str:
    """``2014 to 2022``, or the one year."""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}"


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
    without = len(data.south) - counted
    return Figure(
        table,
        Lines("year", "children", "region", tints={**style.regions(data), REST: "quiet"}),
        finding=f"{number(of_world)}% of the world's children live in the Global South"
        + (
            f", and the number grows only in {top}: {ends[top]}"
            if only
            else f"; in {top} their number went {ends[top]}"
        ),
        values={"share": float(of_world), "growing": top if only else "", "first": int(first)},
        subtitle=f"Children aged 0 to 14, million, {first} to {last}; sums of {counted} countries and areas",
        note=f"{_remark(data, 'pop_0_14')}The regions hold what the UN Statistics Division lists as "
        f"developing; {plural(without, 'country or area', 'countries and areas')} without a value count with the rest "
        "of the world.",
    )


LEVELS = {
    "oos_rate_primary": "Primary age",
    "oos_rate_lower_sec": "Lower secondary age",
    "oos_rate_upper_sec": "Upper secondary age",
}


@exhibit(
    empty="No rate of children out of school is known",
    cite=["oos_rate_primary", "oos_rate_lower_sec", "oos_rate_upper_sec"],
    columns={"level": "Age of", "group": "Income group", "year": "Year", "value": "Out of school, percent"},
)
def out_of_school_by_income(data, table) -> Figure:
    """Who is out of school, and since when."""
    last = int(table["year"].max())
    now = table[table["year"] == last].set_index(["level", "group"])["value"].sort_values(kind="stable")
    levels = [name for name in LEVELS.values() if name in now.index.get_level_values(0)]
    rates = now[levels[-1]]
    said = {g: f"{number(v)}% of young people of {levels[-1].lower()} are out of school" for g, v in rates.items()}
    least = f", in {rates.index[0].lower()} countries {number(rates.iloc[0])}%" if len(rates) > 1 else ""
    return Figure(
        table,
        LinePanels(
            "year",
            "value",
            "group",
            "level",
            tints=INCOME_TINTS,
            panels=tuple(LEVELS.values()),
            short={g: g.replace("-income", "").replace("-middle", " mid.") for g in GROUPS.values()},
        ),
        finding=f"In {rates.index[-1].lower()} countries {said[rates.index[-1]]}{least}",
        values={"ages": sum(now[level].index[-1] == "Low-income" for level in levels)},
        subtitle=f"Share out of school by age and income group, percent, {span(table['year'])}; "
        "groups as the source computed them",
        note=f"{_release(data, 'oos_rate_primary')}Rates of one release must not be set against numbers of another.",
    )


SHADES = {
    "iso3": "Country code, ISO 3166 alpha-3",
    "country": "Country",
    "region": "Region",
    "year": "Year of the value",
}


def _choropleth(data, table: pd.DataFrame, indicator: str, measure: str, edges: tuple, note: str, **words) -> Figure:
    """The map of a measure with what is told of each country; places too small to see are points."""
    told = [[r.country, f"{number(r.value, 1)}% ({r.year})"] for r in table.itertuples()]
    table, ground = table.assign(lines=told), maps.ground(data)
    unknown = data.south[~data.south["iso3"].isin(table["iso3"])].set_index("iso3")["name"].to_dict()
    small = placed(data, table[~table["iso3"].isin(ground.shapes)].merge(data.south, on="iso3"))
    tints = maps.bins(small["value"], list(edges))
    marks = tuple(
        Mark(r.capital_latitude, r.capital_longitude, tint, tuple(r.lines))
        for r, tint in zip(small.itertuples(), tints, strict=True)
    )
    older = len(data.latest(indicator)) - len(table)
    left_out = f" {capital(plural(older, 'value'))} from before {SINCE} {be(older)} left out." if older else ""
    return Figure(
        table,
        Choropleth("value", edges, ground, unknown, marks),
        subtitle=f"{measure}, percent, latest value of {len(table)} of {len(data.south)} countries and areas of the "
        f"Global South, {span(table['year'])}; circles: places too small to see",
        note=f"{note}{left_out}",
        map=f"Map: {measure.lower()}",
        **words,
    )


@exhibit(
    empty="No value is known: out of school at lower secondary age",
    cite=["oos_rate_lower_sec"],
    columns={**SHADES, "value": "Out of school at lower secondary age, percent"},
)
def out_of_school_map(data, table) -> Figure:
    """Where young adolescents are out of school."""
    many = table.loc[table["value"] >= 25, "region"].value_counts()
    finding = "In no country is one in four of lower secondary age out of school"
    if len(many):
        finding = f"In {many.sum()} of {len(table)} countries at least one in four of lower secondary age is out of "
        finding += f"school; {share(many.iloc[0], many.sum())} of these lie in {many.index[0]}"
    return _choropleth(
        data,
        table,
        "oos_rate_lower_sec",
        "Out of school at lower secondary age",
        (5, 10, 25, 40),
        "Survey and register years differ; a value of another year stands for another time.",
        finding=finding,
        values={"many": int(many.sum()), "countries": len(table)},
    )


@exhibit(
    empty="No value is known: learning poverty",
    cite=["learning_poverty"],
    columns={**SHADES, "value": "Learning poverty, percent"},
)
def learning_poverty_map(data, table) -> Figure:
    """Where children do not learn to read."""
    many = int((table["value"] >= 60).sum())
    return _choropleth(
        data,
        table,
        "learning_poverty",
        "Learning poverty",
        (20, 40, 60, 80),
        "Learning poverty: the share of ten-year-olds who cannot read and understand a simple text, those out of "
        "school included. Surveys are rare.",
        finding=f"In {many} of {number(len(table))} countries with a value, at least 60% of ten-year-olds cannot read "
        "and understand a simple text",
        values={"many": many, "countries": len(table)},
    )


@exhibit(
    empty="No number of children out of school is known",
    cite=["oos_children_primary_r2024"],
    columns={
        "country": "Country",
        "region": "Region",
        "year": "Year",
        "children": "Children of primary age out of school, million",
        "percent": "Share of all children counted here, percent",
    },
)
def out_of_school_children(data, table) -> Figure:
    """Where the children of primary age live who are out of school."""
    top, total, drawn = table.iloc[0], table["children"].sum(), table.head(12)
    first = data.in_text(top.country)
    return Figure(
        table,
        Bars("country", "children", "region", style.regions(data), top=12, digits=1, notes=_three(table)),
        finding=f"In {first} {number(top.children, 1)} million children of primary age are out of school",
        values={"first": first, "million": number(top.children, 1), "year": str(top.year)},
        subtitle="Children of primary age out of school, million, in "
        f"{plural(len(drawn), 'country')} with most of {number(len(table))} with a value, "
        f"{span(table['year'])}; {number(total)} million in all",
        note="Countries without a recent value are missing, Nigeria among them. Years differ.",
    )


def _three(table: pd.DataFrame) -> tuple[Note, ...]:
    """What the three longest of many bars are together; the note begins beyond the number of the third."""
    text = f"These three: {number(table['percent'].head(3).sum())}% of all children counted here"
    end = float(table["children"].head(3).min() + 0.08 * table["children"].max())
    return (Note(text, end, 2, 90, -14, phones=False, width=28),) if len(table) >= 12 else ()


@exhibit(
    empty="No country has both measures",
    cite=["lays", "hlo"],
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
    ours = table[table["iso3"].isin(data.ecosystems["iso3"])].sort_values("learned", ascending=False, kind="stable")
    wide, deep = table["expected"].median(), table["learned"].median()
    whose = f"{plural(len(ours), 'country')} of the ecosystems, and " if len(ours) else ""
    return Figure(
        table,
        Dumbbells("country", "learned", "expected", shown=tuple(ours["country"]), titles=("learned", "expected")),
        finding=f"In the median country {number(wide, 1)} years in school bring {number(deep, 1)} years of learning",
        values={"expected": float(wide), "learned": float(deep)},
        subtitle=f"Expected years of school (empty circle) and learning-adjusted years (full circle), "
        f"{span(table['year'])}; {whose}the median of {number(len(table))}",
        note=f"Both from one source. Expected years are its learning-adjusted years times {FULL_SCORE} over the "
        "country's test score.",
    )


def _orange(table: pd.DataFrame) -> str:
    """What an orange point is, if there is one."""
    return "; orange: with an ecosystem" if "yes" in set(table["ecosystem"]) else ""


READING = "Ten-year-olds who cannot read a simple text"
SCATTERED = {
    "country": "Country",
    "region": "Region",
    "value": "Learning poverty, percent",
    "year": "Year of the survey of reading",
    "ecosystem": "Whether an ecosystem works there",
}


def _beside_viet_nam(table: pd.DataFrame) -> tuple[Note, ...]:
    """Two countries that spend as much as Viet Nam or more, where far fewer children can read."""
    at = table.set_index("country")[["per_child", "value"]].astype(float)
    if not {"Viet Nam", "Philippines", "Panama"} <= set(at.index):
        return ()
    (low, few), (same, many), (more, most) = (at.loc[c].tolist() for c in ("Viet Nam", "Philippines", "Panama"))
    if not (0.8 < same / low < 1.2 and more > 1.5 * low and min(many, most) > 3 * few):
        return ()
    return (
        Note("about what the Philippines spend", low, few, 8, -32, phones=False),
        Note(f"{number(more / low, 1)} times the money of Viet Nam", more, most + 3, 10, 18, phones=False),
    )


@exhibit(
    empty="No country has both measures",
    cite=["learning_poverty", "edu_exp_gdp", "gni_pc_ppp", "pop_total", "pop_0_14"],
    columns={**SCATTERED, "per_child": "Public spending on education per child under 15, international dollars"},
)
def reading_by_spending(data, table) -> Figure:
    """Money for each child, and reading."""
    rank = rank_correlation(table["per_child"], table["value"])
    given = rank_correlation(table["per_child"], table["value"], table["income"])
    return Figure(
        table,
        Scatter(
            "per_child",
            "value",
            "country",
            "ecosystem",
            named=("Viet Nam", "Sri Lanka", "Panama", "Niger", "Philippines"),
            titles=("Public spending per child under 15, international dollars a year", READING),
            notes=_beside_viet_nam(table),
        ),
        finding=f"Spending per child and reading go together: rank correlation {number(rank, 2)}; among countries of "
        f"equal income {number(given, 2)}",
        values={"rank": rank, "given": given},
        subtitle="Learning poverty, percent, by public spending per child; "
        f"{plural(len(table), 'country')} of the Global South with both, {span(table['year'])}" + _orange(table),
        note=f"Rank correlation {number(rank, 2)}; with income held fixed {number(given, 2)}. Income per person stands "
        "for GDP per person.",
    )


@exhibit(
    empty="No country has both measures",
    cite=["learning_poverty", "gni_pc_ppp"],
    columns={
        **SCATTERED,
        "income": "Gross national income per person, international dollars",
        "expected": "Learning poverty by the line of income, percent",
        "beyond": "Distance from that line, percentage points",
    },
)
def reading_by_income(data, table) -> Figure:
    """Which countries teach more children to read than their income would lead one to expect."""
    ranked = table.sort_values(["beyond", "country"], ignore_index=True)
    best, worst = ranked.head(5), ranked.tail(5).iloc[::-1]
    low = [f"{data.in_text(r.country)} {number(r.beyond)}" for r in best.head(3).itertuples()]
    high = [f"{data.in_text(r.country)} +{number(r.beyond)}" for r in worst.head(3).itertuples()]
    first = [data.in_text(c) for c in sorted(best["country"].head(2))]
    return Figure(
        table,
        Scatter(
            "income",
            "value",
            "country",
            "ecosystem",
            named=(*best["country"], *worst["country"]),
            titles=("Income per person, international dollars", READING),
            line=True,
        ),
        finding=f"Furthest below the line of income: {listing(low)} points; furthest above: {listing(high)}",
        values={"best": listing(first), "gap": float(best["beyond"].head(2).max())},
        subtitle=f"Learning poverty, percent, by gross national income per person; "
        f"{plural(len(table), 'country')} of the Global South, {span(table['year'])}; below the line more "
        f"children read than income predicts{_orange(table)}",
    )
