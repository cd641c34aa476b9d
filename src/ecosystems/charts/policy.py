"""From practice to policy: what works inside public systems, and what states spend."""

from __future__ import annotations

import pandas as pd

from ecosystems import style
from ecosystems.analysis import SINCE, recent
from ecosystems.charts.context import CLASSES, class_strips, span
from ecosystems.charts.selection import INTERVAL, not_absent
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import BarPanels, DotPanels, Dots, LogPoints
from ecosystems.words import FEW, count, listing, number, part, plural, ratio

ENOUGH = 5  # initiatives on each side of a comparison
SETTINGS = {"in school": "In school only", "both": "In and out of school", "out of school": "Out of school only"}
SHOWS = {k: v for k, v in INTERVAL.items() if k not in ("characteristic", "seen")}


def _most_and_least(whole: pd.DataFrame, percent: pd.Series) -> str:
    """In which setting work with the public system is seen most, and in which least; settings as their titles."""
    most, least = percent.idxmax(), percent.idxmin()
    if percent[most] == percent[least]:
        some = part(int(whole["seen"].sum()), int(whole["of"].sum()), "initiatives")
        return f"Work with the public system is seen in {some}{', whatever the setting' if len(whole) > 1 else ''}"
    many = whole["of"].min() >= FEW
    high, low = (
        f"{number(percent[s])}% of" if many else ratio(whole.at[s, "seen"], whole.at[s, "of"]) for s in (most, least)
    )
    return (
        f"Work with the public system is seen in {high} initiatives that teach {SETTINGS[most].lower()}, "
        f"and in {low}{' those' if many else ''} {SETTINGS[least].lower()}"
    )


@exhibit(
    empty="No initiative is in the scan",
    cite=["codings", "initiatives"],
    columns={
        "setting": "Where learning takes place",
        "region": "Region",
        "seen": "Initiatives in which a page shows work with the public system, count",
        **SHOWS,
    },
)
def public_by_setting(data, table) -> Figure:
    """Where work with the public system is seen."""
    whole = table.groupby("setting")[["seen", "of"]].sum().reindex([s for s in SETTINGS if s in set(table["setting"])])
    percent = 100 * whole["seen"] / whole["of"]
    tints = {r: tint for r, tint in style.regions(data).items() if r in set(table["region"])}
    top = table.loc[table["percent"].idxmax()]
    each = listing(f"{SETTINGS[s].lower()} {number(v)}%" for s, v in percent.items())
    return Figure(
        table,
        DotPanels("region", "setting", tints, {s: f"{SETTINGS[s]}: {number(v)}%" for s, v in percent.items()}),
        finding=_most_and_least(whole, percent),
        subtitle="Share of initiatives in which a page shows work with the public system, by setting and region; "
        f"{plural(int(table['of'].sum()), 'initiative')}, 95% intervals",
        note=not_absent(data),
        alt=f"Dots with lines for their intervals, a panel for each setting and a row for each region. Of all regions: "
        f"{each}. Highest: {SETTINGS[top.setting].lower()} in {top.region}, {number(top.percent)}%.",
    )


def _together(gap: pd.Series, inside: int, outside: int) -> str:
    """What is seen more, and what less often with the public system; `gap` in points, the largest first."""
    if min(inside, outside) < ENOUGH:
        return (
            "Too few initiatives to tell what is seen together with the public system: "
            f"{number(inside)} with it, {number(outside)} without"
        )
    if gap.iloc[0] > 0 > gap.iloc[-1]:
        return (
            f"Together with the public system a page shows “{gap.index[0].lower()}” more often "
            f"({number(gap.iloc[0])} points) and “{gap.index[-1].lower()}” less often ({number(-gap.iloc[-1])})"
        )
    most = gap.abs().idxmax().lower()
    return (
        f"Whether work with the public system is seen makes most difference for “{most}”: "
        f"{number(gap.abs().max())} points"
    )


@exhibit(
    empty="There are not two groups to compare",
    cite=["codings", "initiatives"],
    columns={
        "group": "Whether work with the public system is seen",
        "characteristic": "Characteristic",
        "seen": INTERVAL["seen"],
        **SHOWS,
    },
)
def public_and_other_characteristics(data, table) -> Figure:
    """What else is seen where the public system takes part."""
    a, b = (table[table["group"] == g].set_index("characteristic") for g in ("seen", "not seen"))
    gap, inside, outside = a["percent"] - b["percent"], int(a["of"].iloc[0]), int(b["of"].iloc[0])
    return Figure(
        table,
        Dots(
            "characteristic",
            "group",
            {"seen": "main", "not seen": "quiet"},
            {"seen": f"public system seen ({inside})", "not seen": f"not seen ({outside})"},
            columns=(2, 1),
        ),
        finding=_together(gap, inside, outside),
        subtitle=f"Share of initiatives in which a page shows the characteristic, {number(inside)} with and "
        f"{number(outside)} without a page that shows work with the public system; 95% intervals",
        note=not_absent(data),
        alt=f"Two dots for each of {len(gap)} characteristics. Where the public system is seen the dot lies farthest "
        f"right of the other for {gap.index[0]} and farthest left for {gap.index[-1]}.",
    )


def _times(middle: pd.Series) -> str:
    """How the two medians compare."""
    if len(middle) < 2:
        return "Only one group has counts of learners"
    times, start = middle["seen"] / middle["not seen"], "Where work with the public system is seen, the middle count"
    if times >= 1.5:
        return f"{start} of learners is {number(times)} times that of the others"
    if times <= 1 / 1.5:
        return f"{start} of learners is smaller than that of the others"
    return "Counts of learners are much the same with and without the public system"


@exhibit(
    empty="No page counts the learners of an initiative",
    cite=["codings", "initiatives"],
    columns={
        "name": "Initiative",
        "group": "Whether work with the public system is seen",
        "reach": "Learners reached as a page counts them, count",
        "reach_year": "Year of the count",
    },
)
def public_and_reach(data, table) -> Figure:
    """How many learners pages count, with and without the public system."""
    size = table["group"].value_counts()
    groups = [g for g in ("seen", "not seen") if g in size]
    middle = table.groupby("group")["reach"].median()[groups]
    both = len(groups) == 2
    beyond = 100 * (table.loc[table["group"] == "not seen", "reach"] > middle.iloc[0]).mean()
    medians = listing(f"{number(middle[g])} where work with the public system is {g}" for g in groups)
    return Figure(
        table,
        LogPoints(
            "reach",
            "group",
            {"seen": "main", "not seen": "quiet"},
            {g: f"public system {g} ({int(size[g])})" for g in groups},
            medians=True,
        ),
        finding=_times(middle),
        subtitle=f"Learners reached as a page counts them, log scale; {plural(len(table), 'initiative')} with a count, "
        "line: median",
        note="Counts are yearly, cumulative, planned or indirect, and not of the same year: a difference of a few "
        "times can come from that alone. It does not show that the system made them large.",
        alt=f"{'Two clouds' if both else 'A cloud'} of points on a log scale. {'Medians' if both else 'Median'}: "
        f"{medians}."
        + (f" {number(beyond)}% of the points without lie right of the median of those with." if both else ""),
    )


@exhibit(
    empty="No country of the ecosystems has a value",
    cite=["edu_exp_gdp", "edu_exp_gov"],
    columns={
        "country": "Country",
        "of_gdp": "Public spending on education, percent of GDP",
        "gdp_year": "Year",
        "of_budget": "Education in public spending, percent",
        "budget_year": "Year of that share",
    },
)
def public_money(data, table) -> Figure:
    """What states spend on education."""
    known, gdp, budget = table.dropna(subset=["of_gdp"]), recent(data, "edu_exp_gdp"), recent(data, "edu_exp_gov")
    middle, high, low = float(gdp["value"].median()), known.iloc[0], known.iloc[-1]
    above = int((known["of_gdp"] > middle).sum())
    several = len(known) > 1
    over = f"{count(above)} of {count(len(known))} lie above it"
    over = over if several else f"{high.country} lies {'above' if above else 'below'} it"
    finding = f"{high.country} spends {number(high.of_gdp, 1)}% of its GDP on education"
    if several and low.of_gdp > 0:
        finding = (
            f"From {number(low.of_gdp, 1)}% of GDP in {low.country} to {number(high.of_gdp, 1)}% in {high.country}: "
        )
        finding += f"public money for education differs {number(high.of_gdp / low.of_gdp, 1)} times"
    told = listing(f"{r.country} {number(r.of_gdp, 1)}%" for r in known.head(5).itertuples())
    down = f", down to {low.country} with {number(low.of_gdp, 1)}%" if len(known) > 5 else ""
    panels = (
        ("of_gdp", "gdp_year", "Percent of GDP", middle),
        ("of_budget", "budget_year", "Percent of public spending", float(budget["value"].median())),
    )
    return Figure(
        table,
        BarPanels("country", panels, f"no value since {SINCE}"),
        finding=finding,
        subtitle=f"Public spending on education, latest value since {SINCE}, in "
        f"{plural(len(table), 'country', 'countries')} "
        f"of the ecosystems; dashed: median of {len(gdp)} (GDP) and {len(budget)} (public spending) countries of the "
        "Global South",
        note="Years differ, and stand beside each value. Money spent by families, companies and donors is not in it.",
        alt=f"Two panels of bars. Of GDP: {told}{down}. A dashed line marks the median, {number(middle, 1)}%; {over}.",
    )


def _goes_with(rank: float) -> str:
    """How strongly and in which direction spending goes with learning poverty, by rank correlation."""
    if rank != rank:
        return "Too few countries have both values to see whether money goes with reading"
    start, end = "The share of GDP that states spend on education", f"(rank correlation {number(rank, 2)})"
    if abs(rank) < 0.2:
        return f"{start} hardly goes with whether ten-year-olds read {end}"
    how = "goes weakly" if abs(rank) < 0.4 else "goes"
    return f"{start} {how} with {'less' if rank < 0 else 'more'} learning poverty {end}"


@exhibit(
    empty="No country has both values",
    cite=["learning_poverty", "edu_exp_gdp"],
    columns={
        **CLASSES,
        "group": "Class of public spending on education",
        "other": "Public spending on education, percent of GDP",
        "other_year": "Year of the spending",
    },
)
def money_and_reading(data, table) -> Figure:
    """Public money for education and whether children read."""
    plot, classes = class_strips(data, table, "{}")
    rank = float(table["other"].rank().corr(table["value"].rank())) if len(table) > 2 else float("nan")
    medians = [
        f"{number(r['median'])}% at {c} ({plural(int(r['size']), 'country', 'countries')})"
        for c, r in classes.iterrows()
    ]
    return Figure(
        table,
        plot,
        finding=_goes_with(rank),
        subtitle="Learning poverty, percent, by public spending on education; "
        f"{plural(len(table), 'country', 'countries')} "
        "of the Global South (strokes; long: median), latest values, "
        f"{span(table['year'])}; points: with an ecosystem",
        note="A share of GDP is not an amount: the same share buys much less for a child in a poor country with many "
        "children. Years of the two values differ.",
        alt=f"A strip of strokes for each class of spending. Medians of learning poverty: {listing(medians)}.",
    )
