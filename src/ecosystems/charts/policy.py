"""From practice to policy: what works inside public systems, and what states spend."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.charts.context import SINCE, _classes, _recent, _span, _strips
from ecosystems.charts.selection import _dots, _names, _percent_axis, _seen, _shares, not_absent, wilson
from ecosystems.figure import LONG, Figure, exhibit, nothing
from ecosystems.words import FEW, Link, Prose, capital, count, listing, number, part, plural, prose, ratio

__all__ = [
    "authorities_of",
    "money_and_reading",
    "policy_facts",
    "policy_in_short",
    "public_and_other_characteristics",
    "public_and_reach",
    "public_by_setting",
    "public_money",
]

SYSTEM = "public-system"
ENOUGH = 5  # initiatives on each side of a comparison
SETTINGS = {"in school": "In school only", "both": "In and out of school", "out of school": "Out of school only"}


@exhibit
def public_by_setting(data) -> Figure:
    """Where work with the public system is seen."""
    source = data.cite("codings", "initiatives")
    columns = {
        "setting": "Where learning takes place",
        "region": "Region",
        "seen": "Initiatives in which a page shows work with the public system, count",
        "of": "Initiatives looked at, count",
        "percent": "Share, a lower bound, percent",
        "low": "Lower end of the 95% interval, percent",
        "high": "Upper end of the 95% interval, percent",
    }
    seen = _seen(data)
    if seen.empty or SYSTEM not in seen:
        return nothing("No initiative is in the scan", source, **columns)
    seen = seen.assign(setting=seen.index.map(data.initiatives.set_index("id")["setting"])).dropna(
        subset=["setting", "region"]
    )
    table = seen.groupby(["setting", "region"])[SYSTEM].agg(seen="sum", of="size").reset_index()
    if table.empty:
        return nothing("No initiative has a known setting", source, **columns)
    low, high = wilson(table["seen"], table["of"])
    table = table.assign(
        percent=(100 * table["seen"] / table["of"]).round(1), low=np.round(low, 1), high=np.round(high, 1)
    )
    settings = [s for s in SETTINGS if s in set(table["setting"])]
    tints = {r: tint for r, tint in style.regions(data).items() if r in set(table["region"])}
    regions = list(tints)
    whole = seen.groupby("setting")[SYSTEM].agg(["sum", "size"])
    percent = {s: 100 * whole.at[s, "sum"] / whole.at[s, "size"] for s in settings}
    of = lambda s: (
        f"{number(percent[s])}%" if whole["size"].min() >= FEW else ratio(whole.at[s, "sum"], whole.at[s, "size"])
    )
    total = part(int(whole["sum"].sum()), int(whole["size"].sum()), "initiatives")

    def draw(layout):
        drawing, axes = style.panels(layout, len(settings), 0.27 * len(regions) + 0.42, wide=1)
        for ax, setting in zip(axes, settings, strict=True):
            part = table[table["setting"] == setting].set_index("region")
            for i, region in enumerate(regions):
                if region in part.index:
                    r = part.loc[region]
                    _dots(ax, [i], part.loc[[region]], tints[region])
                    ax.text(r["high"] + 1.5, i, f"{r['seen']} of {r['of']}", va="center", fontsize=layout.size - 1)
                else:
                    ax.text(1, i, "no initiative", va="center", color=style.colour("quiet"), fontsize=layout.size - 1)
            ax.set_title(f"{SETTINGS[setting]}: {number(percent[setting])}%", fontsize=layout.size, pad=2)
            _percent_axis(
                ax,
                [
                    {"Latin America and the Caribbean": "Latin America", "Asia and the Pacific": "Asia, Pacific"}.get(
                        r, r
                    )
                    if layout.narrow
                    else r
                    for r in regions
                ],
                layout,
            )
            ax.set_xlim(0, 106)
            if ax is not axes[-1]:
                ax.tick_params(labelbottom=False)
        return drawing

    most, least, top = (
        max(percent, key=percent.get),
        min(percent, key=percent.get),
        table.loc[table["percent"].idxmax()],
    )
    return Figure(
        data=table,
        columns=columns,
        finding=f"Work with the public system is seen in {of(most)}{' of' if '%' in of(most) else ''} initiatives that teach {SETTINGS[most].lower()}, and in {of(least)}{' of those' if '%' in of(least) else ''} {SETTINGS[least].lower()}"
        if percent[most] > percent[least]
        else f"Work with the public system is seen in {total}{', whatever the setting' if len(settings) > 1 else ''}",
        subtitle=f"Share of initiatives in which a page shows work with the public system, by setting and region; {plural(int(table['of'].sum()), 'initiative')}, 95% intervals",
        source=source,
        note=not_absent(data),
        alt=f"Dots with lines for their intervals, a panel for each setting and a row for each region. Of all regions: {listing(f'{SETTINGS[s].lower()} {number(percent[s])}%' for s in settings)}. "
        f"Highest: {SETTINGS.get(top.setting, top.setting).lower()} in {top.region}, {number(top.percent)}%.",
        draw=draw,
    )


@exhibit
def public_and_other_characteristics(data) -> Figure:
    """What else is seen where the public system takes part."""
    source = data.cite("codings", "initiatives")
    columns = {
        "group": "Whether work with the public system is seen",
        "characteristic": "Characteristic",
        "seen": "Initiatives in which a page shows it, count",
        "of": "Initiatives looked at, count",
        "percent": "Share, a lower bound, percent",
        "low": "Lower end of the 95% interval, percent",
        "high": "Upper end of the 95% interval, percent",
    }
    seen = _seen(data)
    if seen.empty or SYSTEM not in seen or seen[SYSTEM].nunique() < 2:
        return nothing("There are not two groups to compare", source, **columns)
    others = _names(data).drop(SYSTEM)
    inside, outside = seen[seen[SYSTEM]], seen[~seen[SYSTEM]]
    a, b = _shares(inside, others).assign(group="seen"), _shares(outside, others).assign(group="not seen")
    table = pd.concat([a, b], ignore_index=True)[list(columns)]
    gap = (a["percent"] - b["percent"]).set_axis(others.to_numpy()).sort_values(ascending=False, kind="stable")
    order = list(gap.index)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.48 * len(order) + 0.75)
        for group, tint, off in ((b, "quiet", 0.14), (a, "main", -0.14)):
            _dots(ax, np.arange(len(order)) + off, group.set_index("characteristic").loc[order].reset_index(), tint)
        _percent_axis(ax, order, layout)
        said = (("main", f"public system seen ({len(inside)})"), ("quiet", f"not seen ({len(outside)})"))
        handles = [ax.plot([], [], "o", color=style.colour(t), label=n)[0] for t, n in said]
        drawing.legend(
            handles=handles, loc="outside upper left", ncols=1 if layout.narrow else 2, handletextpad=0.2, borderpad=0
        )
        return drawing

    first, last = order[0], order[-1]
    return Figure(
        data=table,
        columns=columns,
        finding=f"Together with the public system a page shows “{first.lower()}” more often ({number(abs(gap.iloc[0]))} points) and “{last.lower()}” less often ({number(abs(gap.iloc[-1]))})"
        if gap.iloc[0] > 0 > gap.iloc[-1] and min(len(inside), len(outside)) >= ENOUGH
        else f"Too few initiatives to tell what is seen together with the public system: {number(len(inside))} with it, {number(len(outside))} without"
        if min(len(inside), len(outside)) < ENOUGH
        else f"Whether work with the public system is seen makes most difference for “{gap.abs().idxmax().lower()}”: {number(gap.abs().max())} points",
        subtitle=f"Share of initiatives in which a page shows the characteristic, {number(len(inside))} with and {number(len(outside))} without a page that shows work with the public system; 95% intervals",
        source=source,
        note=not_absent(data),
        alt=f"Two dots for each of {len(order)} characteristics. Where the public system is seen the dot lies farthest right of the other for {first} and farthest left for {last}.",
        draw=draw,
    )


@exhibit
def public_and_reach(data) -> Figure:
    """How many learners pages count, with and without the public system."""
    source = data.cite("codings", "initiatives")
    columns = {
        "name": "Initiative",
        "group": "Whether work with the public system is seen",
        "reach": "Learners reached as a page counts them, count",
        "reach_year": "Year of the count",
    }
    seen = _seen(data)
    scan = data.scan[data.scan["reach"].fillna(0) > 0]
    if scan.empty or SYSTEM not in seen:
        return nothing("No page counts the learners of an initiative", source, **columns)
    scan = scan.assign(
        reach=scan["reach"].astype(float), group=scan["id"].map(seen[SYSTEM]).map({True: "seen", False: "not seen"})
    )
    table = scan.sort_values(["group", "name"], ignore_index=True)[list(columns)]
    groups = [g for g in ("seen", "not seen") if (table["group"] == g).any()]
    middle = table.groupby("group")["reach"].median()
    size = table["group"].value_counts()

    def draw(layout):
        drawing, ax = style.axes(layout, 0.85 * len(groups) + 0.5)
        for k, group in enumerate(groups):
            values = np.sort(table.loc[table["group"] == group, "reach"].to_numpy())
            tint = "main" if group == "seen" else "quiet"
            steps = pd.Series(np.floor(np.log10(values) * (7 if layout.narrow else 13)))
            rank = steps.groupby(steps).cumcount() - steps.map(steps.value_counts()).sub(1) / 2
            if len(table) > LONG:
                style.swell(ax, values, k, style.colour(tint))
            else:
                ax.plot(
                    values,
                    k + rank.to_numpy() * (0.62 / max(6, steps.value_counts().max())),
                    "o",
                    markersize=4.2,
                    color=style.colour(tint),
                    alpha=0.7,
                    markeredgewidth=0,
                )
            ax.plot([middle[group]] * 2, [k - 0.36, k + 0.36], color=style.colour("ink"), linewidth=1.6)
            ax.text(middle[group], k - 0.4, f"median {number(middle[group])}", ha="center", va="bottom", weight=600)
        ax.set_xscale("log")
        ax.set_yticks(range(len(groups)), [style.wrap(f"public system {g} ({int(size[g])})", 15) for g in groups])
        ax.set_ylim(len(groups) - 0.5, -0.75)
        ticks = [10, 1_000, 100_000, 10_000_000]
        ax.set_xticks(ticks, ["10", "1,000", "100,000", "10 million"])
        ax.minorticks_off()
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        return drawing

    both = len(groups) == 2
    times = middle["seen"] / middle["not seen"] if both else np.nan
    beyond = float((table.loc[table["group"] == "not seen", "reach"] > middle["seen"]).mean()) * 100 if both else np.nan
    return Figure(
        data=table,
        columns=columns,
        finding=f"Where work with the public system is seen, the middle count of learners is {number(times)} times that of the others"
        if both and times >= 1.5
        else "Where work with the public system is seen, the middle count of learners is smaller than that of the others"
        if both and times <= 1 / 1.5
        else "Counts of learners are much the same with and without the public system"
        if both
        else "Only one group has counts of learners",
        subtitle=f"Learners reached as a page counts them, log scale; {plural(len(table), 'initiative')} with a count, line: median",
        source=source,
        note="Counts are yearly, cumulative, planned or indirect, and not of the same year: a difference of a few times can come from that alone. It does not show that the system made them large.",
        alt=f"{'Two clouds' if both else 'A cloud'} of points on a log scale. {'Medians' if both else 'Median'}: {listing(f'{number(middle[g])} where work with the public system is {g}' for g in groups)}."
        + (f" {number(beyond)}% of the points without lie right of the median of those with." if both else ""),
        draw=draw,
    )


@exhibit
def public_money(data) -> Figure:
    """What states spend on education."""
    source = data.cite("edu_exp_gdp", "edu_exp_gov")
    columns = {
        "country": "Country",
        "of_gdp": "Public spending on education, percent of GDP",
        "gdp_year": "Year",
        "of_budget": "Education in public spending, percent",
        "budget_year": "Year of that share",
    }
    a, b = _recent(data, "edu_exp_gdp"), _recent(data, "edu_exp_gov")
    ids = sorted(set(data.ecosystems["iso3"]))
    names = data.names
    one, two = a.set_index("iso3"), b.set_index("iso3")
    rows = [
        (names[i], *((t.at[i, "value"], t.at[i, "year"]) if i in t.index else (np.nan, pd.NA) for t in (one, two)))
        for i in ids
    ]
    table = pd.DataFrame([(n, *x, *y) for n, x, y in rows], columns=list(columns)).sort_values(
        "of_gdp", ascending=False, ignore_index=True, kind="stable"
    )
    known = table.dropna(subset=["of_gdp"])
    if known.empty:
        return nothing("No country of the ecosystems has a value", source, **columns)
    middle = {"of_gdp": float(a["value"].median()), "of_budget": float(b["value"].median())}
    above = int((known["of_gdp"] > middle["of_gdp"]).sum())

    def draw(layout):
        drawing, axes = style.panels(layout, 2, 0.31 * len(table) + 0.65, wide=2, sharey=not layout.narrow)
        for ax, column, year, title in zip(
            axes,
            ("of_gdp", "of_budget"),
            ("gdp_year", "budget_year"),
            ("Percent of GDP", "Percent of public spending"),
            strict=True,
        ):
            for i, r in table.iterrows():
                if pd.isna(r[column]):
                    ax.text(
                        0,
                        i,
                        f" no value since {SINCE}",
                        va="center",
                        color=style.colour("quiet"),
                        fontsize=layout.size - 1,
                    )
                    continue
                ax.plot([0, r[column]], [i, i], color=style.colour("light"), linewidth=5, solid_capstyle="butt")
                ax.text(
                    r[column],
                    i,
                    f" {number(r[column], 1)} ({r[year]})",
                    va="center",
                    fontsize=layout.size - 1,
                    bbox={"facecolor": style.colour("paper"), "edgecolor": "none", "pad": 0.4},
                )
            ax.plot(
                [middle[column]] * 2,
                [-0.55, len(table) - 0.5],
                color=style.colour("ink"),
                linewidth=0.9,
                linestyle=(0, (3, 2)),
                zorder=0,
            )
            ax.text(
                middle[column],
                -0.85,
                "median",
                ha="center",
                va="center",
                color=style.colour("quiet"),
                fontsize=layout.size - 1,
            )
            ax.set_title(title, pad=10)
            ax.set_yticks(range(len(table)), table["country"])
            ax.set_ylim(len(table) - 0.5, -1.1)
            ax.set_xlim(0, float(np.nanmax([*table[column], 1])) * 1.35)
            ax.set_xticks([])
            ax.spines[:].set_visible(False)
        return drawing

    low, high = known.iloc[-1], known.iloc[0]
    over = (
        f"{count(above)} of {count(len(known))} lie above it"
        if len(known) > 1
        else f"{high.country} lies {'above' if above else 'below'} it"
    )
    return Figure(
        data=table.round(1),
        columns=columns,
        finding=f"From {number(low.of_gdp, 1)}% of GDP in {low.country} to {number(high.of_gdp, 1)}% in {high.country}: public money for education differs {number(high.of_gdp / low.of_gdp, 1)} times"
        if len(known) > 1 and low.of_gdp > 0
        else f"{high.country} spends {number(high.of_gdp, 1)}% of its GDP on education",
        subtitle=f"Public spending on education, latest value since {SINCE}, in {plural(len(table), 'country', 'countries')} of the ecosystems; dashed: median of {len(a)} (GDP) and {len(b)} (public spending) countries of the Global South",
        source=source,
        note="Years differ, and stand beside each value. Money spent by families, companies and donors is not in it.",
        alt=f"Two panels of bars. Of GDP: {listing(f'{r.country} {number(r.of_gdp, 1)}%' for r in known.head(5).itertuples())}{f', down to {low.country} with {number(low.of_gdp, 1)}%' if len(known) > 5 else ''}. A dashed line marks the median, {number(middle['of_gdp'], 1)}%; {over}.",
        draw=draw,
    )


@exhibit
def money_and_reading(data) -> Figure:
    """Public money for education and whether children read."""
    source = data.cite("learning_poverty", "edu_exp_gdp")
    columns = {
        "country": "Country",
        "region": "Region",
        "group": "Class of public spending on education",
        "other": "Public spending on education, percent of GDP",
        "other_year": "Year of the spending",
        "value": "Learning poverty, percent",
        "year": "Year of the learning poverty",
        "ecosystem": "Whether an ecosystem works there",
    }
    labels = ["under 3% of GDP", "3 to 4% of GDP", "4 to 5% of GDP", "5% of GDP or more"]
    table = _classes(data, "edu_exp_gdp", [3, 4, 5], labels)
    if table.empty:
        return nothing("No country has both values", source, **columns)
    groups = (
        table.groupby("group")["value"].agg(["size", "median"]).reindex([n for n in labels if n in set(table["group"])])
    )
    rank = float(table["other"].rank().corr(table["value"].rank())) if len(table) > 2 else np.nan
    medians = [
        f"{number(groups.at[n, 'median'])}% at {n} ({plural(int(groups.at[n, 'size']), 'country', 'countries')})"
        for n in groups.index
    ]
    how = "hardly goes" if abs(rank) < 0.2 else "goes weakly" if abs(rank) < 0.4 else "goes"
    tints = style.regions(data)
    return Figure(
        data=table.round(2),
        columns=columns,
        finding=(
            f"The share of GDP that states spend on education {how} with {'less' if rank < 0 else 'more'} learning poverty"
            if abs(rank) >= 0.2
            else f"The share of GDP that states spend on education {how} with whether ten-year-olds read"
        )
        + f" (rank correlation {number(rank, 2)})"
        if rank == rank
        else "Too few countries have both values to see whether money goes with reading",
        subtitle=f"Learning poverty, percent, by public spending on education; {plural(len(table), 'country', 'countries')} of the Global South (strokes; long: median), latest values, {_span(table['year'])}; points: with an ecosystem",
        source=source,
        note="A share of GDP is not an amount: the same share buys much less for a child in a poor country with many children. Years of the two values differ.",
        alt=f"A strip of strokes for each class of spending. Medians of learning poverty: {listing(medians)}.",
        draw=lambda layout: _strips(
            layout,
            tints,
            table,
            "group",
            {n: f"{capital(n)}: median {number(groups.at[n, 'median'])}%" for n in groups.index},
            2,
        ),
    )


def authorities_of(data) -> pd.DataFrame:
    """Public authorities among the partners of the 11: ecosystem (linked), authority, what it does, page."""
    names = data.ecosystems.set_index("id")["short_name"]
    table = data.partners[data.partners["type"] == "government"]
    table = table.assign(short=table["ecosystem_id"].map(names)).sort_values(["short", "name"], ignore_index=True)
    first = ~table["ecosystem_id"].duplicated()
    return table.assign(
        ecosystem=pd.Series(
            [
                Link(n, f"doc:book/ecosystems/{i}") if f else ""
                for n, i, f in zip(table["short"], table["ecosystem_id"], first, strict=True)
            ],
            dtype=object,
        ),
        authority=table["name"],
        what=[
            r if t != "loose" else f"{r} (a loose tie)"
            for r, t in zip(table["relation"].fillna(""), table["tie"], strict=True)
        ],
        page=table["source_id"].map(data.pages),
    )


def policy_facts(data) -> pd.DataFrame:
    """Facts on policy, decisions and money of the 11: ecosystem (linked), year, fact, page."""
    names = data.ecosystems.set_index("id")["short_name"]
    facts = data.facts[data.facts["topic"].isin(["policy", "finance"])]
    facts = facts.assign(name=facts["ecosystem_id"].map(names)).sort_values(
        ["name", "year", "id"], na_position="last", ignore_index=True
    )
    first = ~facts["ecosystem_id"].duplicated()
    return facts.assign(
        ecosystem=pd.Series(
            [
                Link(n, f"doc:book/ecosystems/{i}") if f else ""
                for n, i, f in zip(facts["name"], facts["ecosystem_id"], first, strict=True)
            ],
            dtype=object,
        ),
        when=["" if pd.isna(y) else str(y) for y in facts["year"]],
        fact=[
            s if c == "reported" else f"{s} ({capital(c)}.)"
            for s, c in zip(facts["statement"], facts["certainty"], strict=True)
        ],
        page=facts["source_id"].map(data.pages),
    )


def policy_in_short(data) -> Prose:
    """The opening of the chapter: with how many of the selected public authorities work, and what is seen with the public system."""
    partners, n = data.partners, len(data.eleven)
    supported = partners.loc[
        (partners["type"] == "government") & (partners["tie"] != "loose"), "ecosystem_id"
    ].nunique()
    selected = (
        "the one selected"
        if n == 1
        else f"{count(supported)} of the {number(n)} selected"
        if supported
        else "the selected"
    )
    authorities = (
        f"Public authorities are among those who work with or support {selected}"
        if supported
        else f"No public authority is named among those who work with or support {selected}"
    )
    return prose(
        """:::{{div}} lead
Can local ecosystems be policy, and not only fine examples? {authorities}. What the evidence allows to say is narrower.
{setting}. {other}. None of this shows what causes what.
:::""",
        authorities=authorities,
        setting=public_by_setting(data).finding,
        other=public_and_other_characteristics(data).finding,
    )
