"""From scan to selection: what pages show, and how the selected ecosystems differ from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.analysis import OWN_SITES
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Dots, Grid
from ecosystems.words import FEW, agree, be, capital, count, listing, number, part, plural, ratio, short_region

INTERVAL = {
    "characteristic": "Characteristic",
    "seen": "Initiatives in which a page shows it, count",
    "of": "Initiatives looked at, count",
    "percent": "Share, a lower bound, percent",
    "low": "Lower end of the 95% interval, percent",
    "high": "Upper end of the 95% interval, percent",
}


def not_absent(data) -> str:
    """What limits every share; how pages were read is known of our own scan only."""
    read = ": only the opening of each page was read" if data.report else ""
    return f"Not seen does not mean absent{read}, so every share is a lower bound."


def few(names) -> str:
    """Characteristics by name, or only how many if they are too many for a sentence."""
    return listing(n.lower() for n in names) if len(names) < 4 else f"{count(len(names))} characteristics"


def _often_and_seldom(table: pd.DataFrame) -> str:
    """Which characteristics are seen most and least often."""
    first, last = table.iloc[0], table.iloc[-1]
    share = part(first.seen, first.of, "initiatives")
    if last.seen == first.seen:
        return (
            f"Every characteristic is seen in {share}" if first.seen else "No characteristic is seen in any initiative"
        )
    often, seldom = (table.loc[table["seen"] == end.seen, "characteristic"] for end in (first, last))
    least = "at least " if first.seen < first.of else ""
    return (
        f"{capital(few(often))} {be(len(often))} seen most often, in {least}{share}; "
        f"{few(seldom)} least, in {ratio(last.seen, last.of) if last.seen else 'none'}"
    )


@exhibit(empty="No initiative is in the scan", cite=["codings", "initiatives"], columns=INTERVAL)
def characteristics_seen(data, table) -> Figure:
    """How often each characteristic is seen."""
    first, last = table.iloc[0], table.iloc[-1]
    denied = plural(int((data.codings["present"] == 0).sum()), "case")
    between = listing(f"{r.characteristic} {number(r.percent)}%" for r in table.iloc[1:4].itertuples())
    denials = (
        "No page denies a characteristic." if denied[0] == "0" else f"Pages deny a characteristic in {denied} only."
    )
    return Figure(
        table,
        Dots("characteristic"),
        finding=_often_and_seldom(table),
        subtitle=f"Share of {plural(int(first.of), 'initiative')} in which a page shows the characteristic, "
        "with 95% intervals",
        note=f"{not_absent(data)} {denials}",
        alt=f"Dots with lines for their intervals, from {first.characteristic} at {number(first.percent)}% down to "
        f"{last.characteristic} at {number(last.percent)}%; in between {between} and others.",
    )


def _widest(table: pd.DataFrame, regions: list[str], widest: str) -> str:
    """In which characteristic regions differ most."""
    if len(regions) == 1:
        return f"Only one region is in the scan: {regions[0]}"
    row = table[table["characteristic"] == widest].set_index("region")
    if row["percent"].max() == row["percent"].min():
        return "Regions do not differ in what is seen"
    many = row["of"].min() >= FEW
    at = {
        r.Index: f"{number(r.percent) + '%' if many else ratio(r.seen, r.of)} in {short_region(r.Index)}"
        for r in row.itertuples()
    }
    return (
        f"Regions differ most in: {widest.lower()}, seen in {at[row['percent'].idxmax()]} "
        f"and {at[row['percent'].idxmin()]}"
    )


@exhibit(
    empty="No initiative is in the scan",
    cite=["codings", "initiatives", "countries"],
    columns={"region": "Region", **INTERVAL},
)
def characteristics_by_region(data, table) -> Figure:
    """The same shares in each region."""
    tints = {r: tint for r, tint in style.regions(data).items() if r in set(table["region"])}
    sizes = table.groupby("region")["of"].first()
    by = table.groupby("characteristic", sort=False)
    names = list(data.characteristics.sort_values("order", kind="stable")["name"])
    widest = (by["percent"].max() - by["percent"].min()).reindex(names).idxmax()
    shares = table[table["characteristic"] == widest].set_index("region")["percent"]
    overlap = int((by["low"].max() <= by["high"].min()).sum())
    return Figure(
        table,
        Dots("characteristic", "region", tints),
        finding=_widest(table, list(tints), widest),
        subtitle="Share of initiatives in which a page shows the characteristic, by region, with 95% intervals; "
        f"n = {listing(f'{number(int(sizes[r]))} ({r})' for r in tints)}",
        note=f"{not_absent(data)} The comparison is of what pages say.",
        alt=f"{capital(plural(len(tints), 'dot'))} with lines for intervals in each row, one row a characteristic. "
        f"Widest apart in {widest}: {listing(f'{r} {number(shares[r])}%' for r in tints)}. In {overlap} of "
        f"{len(names)} rows all intervals overlap.",
    )


def _lead(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Where the selected lead the rest most, and whether intervals stand apart."""
    picked, rest = int(a["of"].iloc[0]), int(b["of"].iloc[0])
    top = (a["percent"] - b["percent"]).idxmax()
    if a.at[top, "percent"] <= b.at[top, "percent"]:
        who = agree(picked, "does the one selected", f"do the {picked} selected")
        return f"In no characteristic {who} lead the rest"
    here, there = int(a.at[top, "seen"]), int(b.at[top, "seen"])
    shares = f"{here} of {picked} against {ratio(there, rest)}"
    if picked == 1:
        shares = f"seen there and in {part(there, rest, 'others', 'the ')}"
    apart = list(a.index[(a["low"] > b["high"]) | (a["high"] < b["low"])])
    overlap = f"intervals stand apart in {few(apart)}" if apart else "but all intervals overlap"
    return (
        f"The widest lead of the {agree(picked, 'one selected', str(picked))} over the rest: {top.lower()}, "
        f"{shares}; {overlap}"
    )


@exhibit(
    empty="There are not two groups to compare",
    cite=["codings", "initiatives", "ecosystems"],
    columns={"group": "Group", **INTERVAL},
)
def eleven_and_the_rest(data, table) -> Figure:
    """How the selected ecosystems differ from the rest of the scan."""
    a, b = (table[table["group"] == g].set_index("characteristic") for g in ("the selected", "the rest"))
    picked, rest = int(a["of"].iloc[0]), int(b["of"].iloc[0])
    pages = data.scan["id"].map(data.initiative_sources["initiative_id"].value_counts()).fillna(0)
    read = [f"{pages[data.scan['selected'] == group].mean():.1f}" for group in (True, False)]
    cases = agree(
        picked, "One case tells little, so its interval is wide", f"{picked} cases are few, so their intervals are wide"
    )
    ends = [f"{n} {number(a.at[n, 'percent'])}% and {number(b.at[n, 'percent'])}%" for n in a.index[[0, 1, -1]]]
    others = agree(rest, "other", f"other {rest}")
    return Figure(
        table,
        Dots(
            "characteristic",
            "group",
            {"the selected": "warm", "the rest": "quiet"},
            {"the selected": f"the {agree(picked, 'one', str(picked))} selected", "the rest": f"the {others}"},
            columns=(2, 2),
        ),
        finding=_lead(a, b),
        subtitle="Share of initiatives in which a page shows the characteristic: "
        f"{picked} selected and {plural(rest, 'other')}, with 95% intervals",
        note=f"{not_absent(data)} {cases}. Pages read on average: {read[0]} for the selected, {read[1]} for the rest.",
        alt=f"Two dots for each characteristic, orange for the {agree(picked, 'one', str(picked))} selected, grey for "
        f"the {others}, with lines for intervals. From the top: {listing(ends)} at the foot.",
    )


READINGS = {
    "not seen": {"marker": "o", "color": "none", "markeredgecolor": "coast", "markersize": 9},
    "seen": {"marker": "o", "color": "main", "markersize": 9},
    "denied": {"marker": "x", "color": "warm", "markersize": 8, "markeredgewidth": 2},
}


def _most_and_fewest(table: pd.DataFrame, per: pd.Series) -> str:
    """Which characteristics most and fewest of the selected show."""
    size, names = table["ecosystem"].nunique(), table.loc[table["reading"] == "seen", "characteristic"]
    if size == 1:
        listed = f": {listing(n.lower() for n in names)}" if 0 < len(names) < 5 else ""
        shown = count(len(names)) if len(names) else "none"
        only = table["ecosystem"].iloc[0]
        return f"Pages show {shown} of the {count(len(per))} characteristics of {only}{listed}"
    most, least = int(per.max()), int(per.min())
    if most == least:
        return f"Of the {size} ecosystems, {most} show each of the characteristics"
    ends = f"most show: {few(per.index[per == most])} ({most}); fewest: {few(per.index[per == least])} ({least})"
    return f"Of the {size} ecosystems, {ends}"


@exhibit(
    empty="No ecosystem is selected",
    cite=["codings", "ecosystems"],
    columns={
        "ecosystem": "Ecosystem",
        "characteristic": "Characteristic",
        "reading": "Seen, denied by a page, or not seen",
    },
)
def eleven_characteristics(data, table) -> Figure:
    """What is seen in each of the selected ecosystems."""
    size = table["ecosystem"].nunique()
    per = (table["reading"] == "seen").groupby(table["characteristic"], sort=False).sum()
    fullest = per.sort_values(ascending=False, kind="stable").head(3)
    who = f"{size} selected ecosystems" if size > 1 else "selected ecosystem"
    return Figure(
        table,
        Grid("ecosystem", "characteristic", "reading", READINGS),
        finding=_most_and_fewest(table, per),
        subtitle=f"What pages show of the {who}: full circle seen, empty circle not seen, cross denied",
        note="Read from the scan's row of each ecosystem. Not seen does not mean absent.",
        alt=f"A grid of {plural(size, 'row')} and {len(per)} columns; {number(int(per.sum()))} of {len(table)} circles "
        f"are full. Fullest columns: {listing(f'{n} {v}' for n, v in fullest.items())}.",
    )


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "\N{MINUS SIGN}") if round(value) else "0"


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """One row a characteristic, one column a check, the whole first; rows as the table has them."""
    grid = table.pivot(index="characteristic", columns="check", values="gap")
    return grid.loc[list(dict.fromkeys(table["characteristic"])), list(dict.fromkeys(table["check"]))]


_CHECKS = {
    "rows below high confidence": ("s", "gold"),
    "ecosystems of medium confidence": ("D", "plum"),
    OWN_SITES: ("^", "main"),
}


def draw_gaps(table: pd.DataFrame, layout: style.Layout):
    """A row for each characteristic, in it a mark for each check, right of zero where the selected lead."""
    grid = _gaps(table)
    places = np.arange(len(grid))
    drawing, ax = style.axes(layout, 0.4 * len(grid) + (1.6 if layout.narrow else 0.9))
    ax.hlines(places, grid.min(axis=1), grid.max(axis=1), color=style.colour("rule"), linewidth=2)
    marks = {"markersize": 8, "zorder": 3}
    legend = {"nothing left out": ax.plot(grid["nothing"], places, "o", color=style.colour("warm"), **marks)[0]}
    for check in grid.columns.drop("nothing"):
        mark, tint = _CHECKS.get(check, ("|", "quiet"))
        region = mark == "|"
        look = {"markersize": 8, "markeredgewidth": 1.4, "zorder": 4} if region else {"markersize": 5.5, "zorder": 2}
        look = {"markeredgewidth": 0, "color": style.colour(tint), **look}
        handle = ax.plot(grid[check], places, mark, **look)[0]
        legend.setdefault("without one region" if region else f"without {check}", handle)
    ax.axvline(0, color=style.colour("quiet"), linewidth=0.8, zorder=0)
    ax.set_yticks(places, [style.wrap(n, 17) if layout.narrow else n for n in grid.index])
    ax.set_ylim(len(grid) - 0.5, -0.5)
    ax.set_xlabel("percentage points, selected minus rest")
    ax.grid(axis="x")
    ax.xaxis.set_major_formatter(lambda v, _: _signed(v))
    ax.spines[:].set_visible(False)
    spaces = {"handletextpad": 0.3, "columnspacing": 1.2, "borderpad": 0}
    columns = 1 if layout.narrow else 2
    drawing.legend(legend.values(), legend.keys(), loc="outside upper left", ncols=columns, **spaces)
    return drawing


def _holds(grid: pd.DataFrame) -> str:
    """What is more, and what less often seen in the selected, whatever is left out."""
    ahead, behind = (list(grid.index[side.all(axis=1)]) for side in (grid > 0, grid < 0))
    if not ahead and not behind:
        return "No difference between the selected and the rest holds whatever is left out"
    return (
        f"Whatever is left out, more often seen in the selected: {few(ahead) or 'nothing'}; "
        f"less often: {few(behind) or 'nothing'}"
    )


@exhibit(
    empty="There are not two groups to compare",
    cite=["codings", "initiatives", "ecosystems", "sources"],
    columns={
        "check": "What is left out",
        "characteristic": "Characteristic",
        "selected": "Selected ecosystems compared, count",
        "rest": "Other initiatives compared, count",
        "gap": "Share among the selected minus share among the rest, percentage points",
    },
)
def eleven_gap_checked(data, table) -> Figure:
    """Whether the difference between the selected and the rest survives when rows or pages are left out."""
    grid, checks = _gaps(table), table["check"].nunique() - 1
    picked, rest, smallest = int(table["selected"].iloc[0]), int(table["rest"].iloc[0]), int(table["selected"].min())
    remain = f"In the smallest check {smallest} of the selected remain"
    remain = remain if smallest > 1 else "One of the selected alone says little"
    whole, own = (_signed(grid[c].iloc[0]) if c in grid else "" for c in ("nothing", OWN_SITES))
    instead = f" Without {OWN_SITES} the lead in {grid.index[0].lower()} is {own} instead of {whole}."
    return Figure(
        table,
        draw=draw_gaps,
        finding=_holds(grid),
        subtitle=f"Gap between the {agree(picked, 'one', str(picked))} selected and the "
        f"{agree(rest, 'other', f'{number(rest)} others')} in percentage points, with all rows and in "
        f"{plural(checks, 'check')} that {agree(checks, 'leaves', 'leave')} some out",
        note=f"Not seen does not mean absent. {remain}: read the direction, not the size."
        + (instead if own and own != whole else ""),
        alt="One row for each characteristic with a mark for each check, right of zero where the selected lead. "
        f"With nothing left out: {listing(f'{n} {_signed(v)}' for n, v in grid['nothing'].items())}.",
    )
