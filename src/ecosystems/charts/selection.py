"""From scan to selection: what pages show, how it goes together, and how the 11 differ."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.tables import cached
from ecosystems.words import FEW, Link, Prose, capital, count, listing, number, part, plural, prose, ratio

__all__ = [
    "basis_of",
    "characteristics_by_region",
    "characteristics_combined",
    "characteristics_per_initiative",
    "characteristics_seen",
    "characteristics_together",
    "eleven_and_the_rest",
    "eleven_characteristics",
    "eleven_gap_checked",
    "selection_in_short",
]


def not_absent(data) -> str:
    """What limits every share; how pages were read is known of our own scan only."""
    return f"Not seen does not mean absent{': only the opening of each page was read' if data.report else ''}, so every share is a lower bound."


def wilson(seen, total, z: float = 1.96):
    """95% interval of a share, in percent.

    Method: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    https://doi.org/10.1080/01621459.1927.10502953.
    """
    seen, total = np.asarray(seen, float), np.asarray(total, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = seen / total
        middle = (p + z * z / (2 * total)) / (1 + z * z / total)
        half = z * np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    return 100 * (middle - half), 100 * (middle + half)


def _names(data) -> pd.Series:
    return data.characteristics.sort_values("order", kind="stable").set_index("id")["name"]


@cached
def _seen(data) -> pd.DataFrame:
    """One row per initiative, one column per characteristic: True where a page shows it; with ``region`` and ``selected``."""
    shown = data.codings[data.codings["present"] == 1]
    table = pd.crosstab(shown["initiative_id"], shown["characteristic_id"]).astype(bool)
    scan = data.scan.set_index("id")[["region", "selected"]]
    return scan.join(
        table.reindex(index=scan.index, columns=_names(data).index, fill_value=False).fillna(False).astype(bool)
    )


def _shares(seen: pd.DataFrame, columns: pd.Series) -> pd.DataFrame:
    total = len(seen)
    table = pd.DataFrame(
        {"characteristic": columns.to_numpy(), "seen": [int(seen[c].sum()) for c in columns.index], "of": total}
    )
    low, high = wilson(table["seen"], table["of"])
    return table.assign(
        percent=(100 * table["seen"] / max(total, 1)).round(1), low=np.round(low, 1), high=np.round(high, 1)
    )


_INTERVAL = {
    "characteristic": "Characteristic",
    "seen": "Initiatives in which a page shows it, count",
    "of": "Initiatives looked at, count",
    "percent": "Share, a lower bound, percent",
    "low": "Lower end of the 95% interval, percent",
    "high": "Upper end of the 95% interval, percent",
}


def _few(names) -> str:
    """Characteristics by name, or only how many if they are too many for a sentence."""
    return listing(n.lower() for n in names) if len(names) < 4 else f"{count(len(names))} characteristics"


def _from(numbers: pd.Series) -> str:
    """``from 2 to 7``, or the one number."""
    return (
        f"from {int(numbers.min())} to {int(numbers.max())}"
        if numbers.min() < numbers.max()
        else str(int(numbers.min()))
    )


def _dots(ax, places, table: pd.DataFrame, tint: str) -> None:
    ax.hlines(places, table["low"], table["high"], color=style.colour(tint), linewidth=1.6, alpha=0.55)
    ax.plot(
        table["percent"],
        places,
        "o",
        color=style.colour(tint),
        markersize=6.5,
        markeredgecolor=style.colour("paper"),
        markeredgewidth=0.6,
    )


def _percent_axis(ax, names, layout, wrap: int = 17) -> None:
    ax.set_yticks(range(len(names)), [style.wrap(n, wrap if layout.narrow else 40) for n in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
    ax.grid(axis="x")
    ax.spines[:].set_visible(False)


@exhibit
def characteristics_seen(data) -> Figure:
    """How often each characteristic is seen."""
    source = data.cite("codings", "initiatives")
    seen = _seen(data)
    if seen.empty:
        return nothing("No initiative is in the scan", source, **_INTERVAL)
    table = _shares(seen, _names(data)).sort_values(
        ["percent", "characteristic"], ascending=[False, True], ignore_index=True
    )
    denied = data.codings[data.codings["present"] == 0]
    first, last = table.iloc[0], table.iloc[-1]
    often, seldom = (table.loc[table["seen"] == end.seen, "characteristic"] for end in (first, last))
    if last.seen == first.seen:
        finding = (
            f"Every characteristic is seen in {part(first.seen, first.of, 'initiatives')}"
            if first.seen
            else "No characteristic is seen in any initiative"
        )
    else:
        finding = (
            f"{capital(_few(often))} {'is' if len(often) == 1 else 'are'} seen most often, in {'at least ' if first.seen < first.of else ''}{part(first.seen, first.of, 'initiatives')}; "
            f"{_few(seldom)} least, in {ratio(last.seen, last.of) if last.seen else 'none'}"
        )

    def draw(layout):
        drawing, ax = style.axes(layout, 0.36 * len(table) + 0.4)
        _dots(ax, range(len(table)), table, "main")
        for i, r in enumerate(table.itertuples()):
            ax.text(r.high + 2, i, f"{number(r.percent)}%", va="center")
        _percent_axis(ax, table["characteristic"], layout)
        return drawing

    return Figure(
        data=table,
        columns=_INTERVAL,
        finding=finding,
        subtitle=f"Share of {plural(len(seen), 'initiative')} in which a page shows the characteristic, with 95% intervals",
        source=source,
        note=f"{not_absent(data)} "
        + (
            f"Pages deny a characteristic in {plural(len(denied), 'case')} only."
            if len(denied)
            else "No page denies a characteristic."
        ),
        alt=f"Dots with lines for their intervals, from {first.characteristic} at {number(first.percent)}% down to "
        f"{last.characteristic} at {number(last.percent)}%; in between {listing(f'{r.characteristic} {number(r.percent)}%' for r in table.iloc[1:4].itertuples())} and others.",
        draw=draw,
    )


@exhibit
def characteristics_by_region(data) -> Figure:
    """The same shares in each region."""
    source = data.cite("codings", "initiatives", "countries")
    seen = _seen(data)
    names = _names(data)
    columns = {"region": "Region", **_INTERVAL}
    if seen.empty:
        return nothing("No initiative is in the scan", source, **columns)
    parts = [_shares(group, names).assign(region=region) for region, group in seen.groupby("region")]
    table = pd.concat(parts, ignore_index=True)[list(columns)]
    wide = table.pivot(index="characteristic", columns="region", values="percent").reindex(names.to_numpy())
    spread = (wide.max(axis=1) - wide.min(axis=1)).fillna(0)
    widest = spread.idxmax()
    row = wide.loc[widest]
    counts = table[table["characteristic"] == widest].set_index("region")
    at = lambda r: (
        f"{f'{number(row[r])}%' if counts['of'].min() >= FEW else ratio(counts.at[r, 'seen'], counts.at[r, 'of'])} in {r}"
    )
    tints = {r: tint for r, tint in style.regions(data).items() if r in wide}
    regions = list(tints)
    ends = table.groupby("characteristic")[["low", "high"]].agg({"low": "max", "high": "min"})
    overlap = int((ends["low"] <= ends["high"]).sum())
    order = list(wide.mean(axis=1).sort_values(ascending=False, kind="stable").index)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.52 * len(names) + 0.75)
        for k, region in enumerate(regions):
            part = table[table["region"] == region].set_index("characteristic").loc[order].reset_index()
            _dots(ax, np.arange(len(order)) + (k - (len(regions) - 1) / 2) * 0.24, part, tints[region])
        _percent_axis(ax, order, layout)
        handles = [
            ax.plot(
                [],
                [],
                "o",
                color=style.colour(tints[r]),
                label="Latin America" if layout.narrow and r.startswith("Latin") else r,
            )[0]
            for r in regions
        ]
        drawing.legend(
            handles=handles, loc="outside upper left", ncols=1 if layout.narrow else 3, handletextpad=0.2, borderpad=0
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"Regions differ most in: {widest.lower()}, seen in {at(row.idxmax())} and {at(row.idxmin())}".replace(
            " and the Caribbean", ""
        )
        if len(regions) > 1 and spread.max() > 0
        else "Regions do not differ in what is seen"
        if len(regions) > 1
        else f"Only one region is in the scan: {listing(regions)}",
        subtitle=f"Share of initiatives in which a page shows the characteristic, by region, with 95% intervals; n = {listing(f'{number(int((seen.region == r).sum()))} ({r})' for r in regions)}",
        source=source,
        note=f"{not_absent(data)} The comparison is of what pages say.",
        alt=f"{capital(plural(len(regions), 'dot'))} with lines for intervals in each row, one row a characteristic. Widest apart in {widest}: {listing(f'{r} {number(row[r])}%' for r in regions)}. "
        f"In {overlap} of {len(names)} rows all intervals overlap.",
        draw=draw,
    )


@exhibit
def characteristics_per_initiative(data) -> Figure:
    """How many characteristics are seen in one initiative."""
    source = data.cite("codings", "initiatives")
    seen = _seen(data)
    columns = {
        "characteristics": "Characteristics seen in one initiative, count",
        "initiatives": "Initiatives, count",
        "selected": "Of which selected, count",
    }
    if seen.empty:
        return nothing("No initiative is in the scan", source, **columns)
    names = _names(data)
    per = seen[names.index].sum(axis=1)
    table = pd.DataFrame({"characteristics": range(len(names) + 1)})
    table["initiatives"] = [int((per == k).sum()) for k in table["characteristics"]]
    table["selected"] = [int(((per == k) & seen["selected"]).sum()) for k in table["characteristics"]]
    half = int((per >= len(names) / 2).sum())

    def draw(layout):
        drawing, ax = style.axes(layout, 2.3)
        ax.bar(table["characteristics"], table["initiatives"], width=0.74, color=style.colour("light"))
        ax.bar(table["characteristics"], table["selected"], width=0.74, color=style.colour("warm"))
        for r in table.itertuples():
            if r.initiatives:
                ax.text(r.characteristics, r.initiatives, number(r.initiatives), ha="center", va="bottom")
            if r.selected and r.initiatives > 0.2 * table["initiatives"].max():
                ax.text(r.characteristics, r.selected, number(r.selected), ha="center", va="bottom")
        ax.set_xticks(table["characteristics"])
        ax.set_xlabel("characteristics seen in one initiative")
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        ax.margins(y=0.12)
        ax.text(0.0, 0.9, "all initiatives", color=style.colour("quiet"), transform=ax.transAxes)
        ax.text(0.0, 0.78, "of which selected", color=style.colour("warm"), transform=ax.transAxes)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"In {part(half, len(seen), 'initiatives')} at least half of the {count(len(names))} characteristics are seen; all {count(len(names))} in {count(int((per == len(names)).sum())) if (per == len(names)).any() else 'none'}"
        if half
        else f"In no initiative are half of the {count(len(names))} characteristics seen",
        subtitle=f"Initiatives by the number of characteristics that pages show; {plural(len(seen), 'initiative')}",
        source=source,
        note=not_absent(data),
        alt=f"One column for each number of characteristics, {_from(per)}; the highest, at {int(table['initiatives'].idxmax())}, stands for {plural(int(table['initiatives'].max()), 'initiative')}. "
        f"Parts at the foot mark the selected ecosystems, {_from(per[seen['selected']]).removeprefix('from ')} characteristics each."
        if seen["selected"].any()
        else f"One column for each number of characteristics, {_from(per)}; none of the selected ecosystems is among them.",
        draw=draw,
    )


@exhibit
def characteristics_together(data) -> Figure:
    """Which characteristics are seen together."""
    source = data.cite("codings", "initiatives")
    seen = _seen(data)
    names = _names(data)
    columns = {
        "first": "Characteristic",
        "second": "Other characteristic",
        "both": "Initiatives in which both are seen, count",
        "expected": "The same if the two had nothing to do with each other, count",
        "ratio": "Seen together relative to that (1: as expected), ratio",
    }
    if seen.empty:
        return nothing("No initiative is in the scan", source, **columns)
    total = len(seen)
    rows = []
    for a, b in combinations(names.index, 2):
        expected = seen[a].sum() * seen[b].sum() / total
        both = int((seen[a] & seen[b]).sum())
        rows.append(
            (names[a], names[b], both, round(float(expected), 1), round(both / expected, 2) if expected else np.nan)
        )
    table = pd.DataFrame(rows, columns=list(columns))
    known = table.dropna(subset=["ratio"])
    strong = known[known["expected"] >= 5]
    best = strong.loc[strong["ratio"].idxmax()] if len(strong) else None
    least = strong.loc[strong["ratio"].idxmin()] if len(strong) else None

    def draw(layout):
        order = list(names)
        size = len(order)
        drawing, ax = style.axes(layout, 3.6 if layout.narrow else 3.9)
        for r in table.itertuples():
            i, j = order.index(r.second), order.index(r.first)
            if r.ratio != r.ratio:
                ax.add_patch(style.hatched(j, i))
                continue
            tint = "warm" if r.ratio >= 1.25 else "gold" if r.ratio >= 1.1 else "light" if r.ratio <= 0.9 else "wash"
            ax.add_patch(style.tile(j, i, tint))
            ax.text(j, i, f"{r.ratio:.2f}", ha="center", va="center", color=style.on(tint), fontsize=layout.size - 1)
        ax.set_xlim(-0.5, size - 1.5)
        ax.set_ylim(size - 0.5, 0.5)
        ax.set_yticks(range(1, size), [style.wrap(n, 16) if layout.narrow else n for n in order[1:]])
        ax.set_xticks(
            range(size - 1), order[:-1], rotation=40 if not layout.narrow else 60, ha="right", rotation_mode="anchor"
        )
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{best['first']} and {best['second'].lower()} go together most: {best['ratio']:.1f} times as often as chance would have it"
        if best is not None
        else "No two characteristics are seen together often enough to compare",
        subtitle=f"Pairs of characteristics seen in the same initiative, relative to what independence would give; {plural(total, 'initiative')}",
        source=source,
        note="Orange: 1.25 or more; yellow: 1.10 or more; blue-green: 0.90 or less. What is seen nearly everywhere cannot lie far above 1. Not seen does not mean absent.",
        alt=(
            f"A triangle of coloured squares, one for each of {len(table)} pairs. The highest is {best['first']} with {best['second']} at {best['ratio']:.2f}, the lowest {least['first']} with {least['second']} at {least['ratio']:.2f}; "
            if best is not None
            else "A triangle of pale squares; "
        )
        + f"{plural(int((known['ratio'] <= 0.9).sum()), 'pair')} at 0.90 or less.",
        draw=draw,
    )


@exhibit
def characteristics_combined(data) -> Figure:
    """Which combinations of characteristics are seen, each initiative counted once.

    Method: Lex and others (2014), "UpSet: Visualization of Intersecting Sets", https://doi.org/10.1109/TVCG.2014.2346248; here with rows for combinations.
    """
    source = data.cite("codings", "initiatives")
    seen, names = _seen(data), _names(data)
    columns = {
        "combination": "Characteristics that are seen, and no other",
        "size": "Characteristics in the combination, count",
        "initiatives": "Initiatives, count",
        "selected": "Of which selected ecosystems, count",
    }
    if seen.empty:
        return nothing("No initiative is in the scan", source, **columns)
    groups = seen.groupby([seen[c] for c in names.index])["selected"].agg(["size", "sum"]).reset_index()
    table = pd.DataFrame(
        {
            "combination": [", ".join(n for c, n in names.items() if r[c]) or "none" for _, r in groups.iterrows()],
            "size": groups[list(names.index)].sum(axis=1).astype(int),
            "initiatives": groups["size"].astype(int),
            "selected": groups["sum"].astype(int),
        }
    ).sort_values(["initiatives", "combination"], ascending=[False, True], ignore_index=True)
    # Combinations with the same count are all drawn or all left out.
    limit = min(15, len(table))
    drawn = table[table["initiatives"] >= table["initiatives"].iloc[limit - 1]]
    drawn = drawn if len(drawn) <= 20 else table[table["initiatives"] > table["initiatives"].iloc[limit - 1]]
    first, single = table.iloc[0], int((table["initiatives"] == 1).sum())
    order = list(seen[list(names.index)].sum().sort_values(ascending=False, kind="stable").index)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.27 * len(drawn) + (1.5 if layout.narrow else 1.3))
        step = (9.0 if layout.narrow else 16.0) / max(int(drawn["initiatives"].max()), 1)
        for i, r in enumerate(drawn.itertuples()):
            has = [names[c] in r.combination.split(", ") for c in order]
            at = [k for k, h in enumerate(has) if h]
            if at:
                ax.plot([at[0], at[-1]], [i, i], color=style.colour("main"), linewidth=1.4)
            ax.plot(
                [k for k, h in enumerate(has) if not h],
                [i] * (len(has) - len(at)),
                "o",
                markersize=5,
                color=style.colour("rule"),
            )
            ax.plot(at, [i] * len(at), "o", markersize=7, color=style.colour("main"))
            start = len(order) - 0.2
            ax.barh(i, r.initiatives * step, left=start, height=0.62, color=style.colour("light"))
            ax.barh(i, r.selected * step, left=start, height=0.62, color=style.colour("warm"))
            ax.text(
                start + r.initiatives * step + 0.15,
                i,
                number(r.initiatives) + (f" ({r.selected} selected)" if r.selected and not layout.narrow else ""),
                va="center",
            )
        ax.set_xlim(-0.5, len(order) + (10.5 if layout.narrow else 19.5))
        ax.set_ylim(len(drawn) - 0.5, -0.7)
        ax.xaxis.tick_top()
        ax.set_xticks(
            range(len(order)),
            [names[c] for c in order],
            rotation=60 if layout.narrow else 40,
            ha="left",
            rotation_mode="anchor",
        )
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{number(len(table))} different combinations are seen in {plural(len(seen), 'initiative')}; the most frequent stands for {ratio(first.initiatives, len(seen)) if len(seen) >= FEW else number(int(first.initiatives))} of them"
        if len(table) > 1 and first.initiatives > 1
        else f"Each of the {number(len(seen))} initiatives shows another combination of characteristics"
        if len(table) > 1
        else "Only one combination of characteristics is seen",
        subtitle=f"Initiatives by the exact set of characteristics that pages show: {'the ' + number(len(drawn)) + ' most frequent sets' if len(drawn) < len(table) else 'all sets'}; orange: selected ecosystems; "
        f"{number(int(drawn['initiatives'].sum()))} of {plural(len(seen), 'initiative')} drawn",
        source=source,
        note=f"{not_absent(data)} So a set is the least that is there."
        + (
            f" {number(single)} of the sets {'is' if single == 1 else 'are'} seen once: a single one tells nothing."
            if single
            else ""
        ),
        alt=f"Rows of dots joined by lines, one row for each set, with a bar for its initiatives. The longest bar, {number(int(first.initiatives))}, stands for: {first.combination.lower()}; "
        f"the shortest drawn for {number(int(drawn['initiatives'].min()))}.",
        draw=draw,
    )


@exhibit
def eleven_and_the_rest(data) -> Figure:
    """How the selected ecosystems differ from the rest of the scan."""
    source = data.cite("codings", "initiatives", "ecosystems")
    seen = _seen(data)
    names = _names(data)
    columns = {"group": "Group", **_INTERVAL}
    picked, rest = seen[seen["selected"]], seen[~seen["selected"]]
    if picked.empty or rest.empty:
        return nothing("There are not two groups to compare", source, **columns)
    a, b = _shares(picked, names).assign(group="the selected"), _shares(rest, names).assign(group="the rest")
    table = pd.concat([a, b], ignore_index=True)[list(columns)]
    pages = seen.index.to_series().map(data.initiative_sources["initiative_id"].value_counts()).fillna(0)
    gap = (a["percent"] - b["percent"]).set_axis(names.to_numpy())
    percent = table.set_index(["group", "characteristic"])["percent"].unstack()
    order = list(gap.sort_values(ascending=False, kind="stable").index)
    apart = [
        n
        for n, low, high in zip(a["characteristic"], a["low"], a["high"], strict=True)
        if low > b.set_index("characteristic")["high"][n] or high < b.set_index("characteristic")["low"][n]
    ]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.48 * len(order) + 0.7)
        for group, tint, off in ((b, "quiet", 0.15), (a, "warm", -0.15)):
            _dots(ax, np.arange(len(order)) + off, group.set_index("characteristic").loc[order].reset_index(), tint)
        _percent_axis(ax, order, layout)
        handles = [
            ax.plot([], [], "o", color=style.colour(t), label=n)[0]
            for t, n in (
                ("warm", f"the {'one' if len(picked) == 1 else len(picked)} selected"),
                ("quiet", "the other" if len(rest) == 1 else f"the other {len(rest)}"),
            )
        ]
        drawing.legend(handles=handles, loc="outside upper left", ncols=2, handletextpad=0.2, borderpad=0)
        return drawing

    top, one = order[0], len(picked) == 1
    here, there = (int(group.set_index("characteristic")["seen"][top]) for group in (a, b))
    if gap[top] <= 0:
        finding = (
            f"In no characteristic {'does the one selected' if one else f'do the {len(picked)} selected'} lead the rest"
        )
    else:
        lead = f"The widest lead of the {'one selected' if one else len(picked)} over the rest: {top.lower()}, "
        finding = lead + (
            f"seen there and in {part(there, len(rest), 'others', 'the ')}; "
            if one
            else f"{here} of {len(picked)} against {ratio(there, len(rest))}; "
        )
        finding += f"intervals stand apart in {_few(apart)}" if apart else "but all intervals overlap"
    return Figure(
        data=table,
        columns=columns,
        finding=finding,
        subtitle=f"Share of initiatives in which a page shows the characteristic: {len(picked)} selected and {plural(len(rest), 'other')}, with 95% intervals",
        source=source,
        note=f"{not_absent(data)} {'One case tells little, so its interval is wide' if one else f'{len(picked)} cases are few, so their intervals are wide'}. Pages read on average: {pages[picked.index].mean():.1f} for the selected, {pages[rest.index].mean():.1f} for the rest.",
        alt=f"Two dots for each characteristic, orange for the {'one' if one else len(picked)} selected, grey for the {'other' if len(rest) == 1 else f'other {len(rest)}'}, with lines for intervals. From the top: "
        + listing(
            f"{n} {number(percent.at['the selected', n])}% and {number(percent.at['the rest', n])}%"
            for n in [*order[:2], order[-1]]
        )
        + " at the foot.",
        draw=draw,
    )


@exhibit
def eleven_characteristics(data) -> Figure:
    """What is seen in each of the 11."""
    source = data.cite("codings", "ecosystems")
    names = _names(data)
    columns = {
        "ecosystem": "Ecosystem",
        "characteristic": "Characteristic",
        "reading": "Seen, denied by a page, or not seen",
    }
    eleven = data.eleven
    if eleven.empty:
        return nothing("No ecosystem is selected", source, **columns)
    present = data.codings.set_index(["initiative_id", "characteristic_id"])["present"]
    rows = [
        (e.short_name, names[c], {1: "seen", 0: "denied"}.get(present.get((e.initiative_id, c)), "not seen"))
        for e in eleven.itertuples()
        for c in names.index
    ]
    table = pd.DataFrame(rows, columns=list(columns))
    seen = table[table["reading"] == "seen"]
    per = seen["characteristic"].value_counts().reindex(list(names), fill_value=0)

    def draw(layout):
        people, things = list(eleven["short_name"]), list(names)
        drawing, ax = style.axes(layout, 0.3 * max(len(people), 4) + (1.25 if layout.narrow else 1.05))
        for r in table.itertuples():
            x, y = things.index(r.characteristic), people.index(r.ecosystem)
            if r.reading == "seen":
                ax.plot(x, y, "o", color=style.colour("main"), markersize=9)
            elif r.reading == "denied":
                ax.plot(x, y, "x", color=style.colour("warm"), markersize=8, markeredgewidth=2)
            else:
                ax.plot(x, y, "o", color="none", markeredgecolor=style.colour("coast"), markersize=9)
        ax.set_xlim(-0.6, len(things) - 0.4)
        ax.set_ylim(len(people) - 0.5, -0.6)
        ax.set_yticks(range(len(people)), [style.wrap(n, 18) if layout.narrow else n for n in people])
        ax.xaxis.tick_top()
        ax.set_xticks(
            range(len(things)), things, rotation=35 if not layout.narrow else 60, ha="left", rotation_mode="anchor"
        )
        ax.spines[:].set_visible(False)
        return drawing

    if len(eleven) == 1:
        finding = (
            f"Pages show {count(len(seen)) if len(seen) else 'none'} of the {count(len(names))} characteristics of {eleven['short_name'].iloc[0]}"
            + (f": {listing(n.lower() for n in seen['characteristic'])}" if 0 < len(seen) < 5 else "")
        )
    elif per.max() == per.min():
        finding = f"Of the {len(eleven)} ecosystems, {int(per.max())} show each of the characteristics"
    else:
        finding = f"Of the {len(eleven)} ecosystems, most show: {_few(per.index[per == per.max()])} ({int(per.max())}); fewest: {_few(per.index[per == per.min()])} ({int(per.min())})"
    return Figure(
        data=table,
        columns=columns,
        finding=finding,
        subtitle=f"What pages show of the {f'{len(eleven)} selected ecosystems' if len(eleven) > 1 else 'selected ecosystem'}: full circle seen, empty circle not seen, cross denied",
        source=source,
        note="Read from the scan's row of each ecosystem. Not seen does not mean absent.",
        alt=f"A grid of {plural(len(eleven), 'row')} and {len(names)} columns; {number(len(seen))} of {len(table)} circles are full. "
        f"Fullest columns: {listing(f'{n} {per[n]}' for n in per.sort_values(ascending=False, kind='stable').index[:3])}.",
        draw=draw,
    )


@exhibit
def eleven_gap_checked(data) -> Figure:
    """Whether the difference between the 11 and the rest survives when rows or pages are left out."""
    source = data.cite("codings", "initiatives", "ecosystems", "sources")
    names, scan = _names(data), data.scan.set_index("id")
    columns = {
        "check": "What is left out",
        "characteristic": "Characteristic",
        "selected": "Selected ecosystems compared, count",
        "rest": "Other initiatives compared, count",
        "gap": "Share among the selected minus share among the rest, percentage points",
    }
    own = data.sources.loc[data.sources["kind"] == "organisation or other site", "id"]
    sites = "readings from sites of organisations"
    sure = data.ecosystems.loc[data.ecosystems["confidence"] == "high", "initiative_id"]
    everything = pd.Series(True, index=scan.index)
    checks = [
        ("nothing", everything, data),
        ("rows below high confidence", scan["confidence"] == "high", data),
        ("ecosystems of medium confidence", ~scan["selected"] | scan.index.isin(sure), data),
        (sites, everything, data.replace(codings=data.codings[~data.codings["source_id"].isin(own)])),
        *((f"{_short(r)}", scan["region"] != r, data) for r in style.regions(data) if (scan["region"] == r).any()),
    ]
    rows = []
    for check, keep, tables in checks:
        seen = _seen(tables)[keep.to_numpy()]
        picked, rest = seen[seen["selected"]], seen[~seen["selected"]]
        if len(picked) and len(rest):
            rows += [
                (check, names[c], len(picked), len(rest), round(100 * float(picked[c].mean() - rest[c].mean()), 1))
                for c in names.index
            ]
    table = pd.DataFrame(rows, columns=list(columns))
    if table.empty or (table["check"] == "nothing").sum() == 0:
        return nothing("There are not two groups to compare", source, **columns)
    grid = table.pivot(index="characteristic", columns="check", values="gap")[
        list(dict.fromkeys(table["check"]))
    ].sort_values(["nothing"], ascending=False, kind="stable")
    ahead, behind = list(grid.index[(grid > 0).all(axis=1)]), list(grid.index[(grid < 0).all(axis=1)])
    signed = lambda v: f"{v:+.0f}".replace("-", "\N{MINUS SIGN}") if round(v) else "0"
    few, many = int(table["selected"].iloc[0]), int(table["rest"].iloc[0])

    def draw(layout):
        drawing, ax = style.axes(layout, 0.4 * len(grid) + (1.6 if layout.narrow else 0.9))
        others = [c for c in grid if c != "nothing"]
        places = np.arange(len(grid))
        ax.hlines(places, grid.min(axis=1), grid.max(axis=1), color=style.colour("rule"), linewidth=2)
        marks = {
            "rows below high confidence": ("s", "gold"),
            "ecosystems of medium confidence": ("D", "plum"),
            sites: ("^", "main"),
        }
        handles = [ax.plot(grid["nothing"], places, "o", color=style.colour("warm"), markersize=8, zorder=3)[0]]
        labels = ["nothing left out"]
        for c in others:
            mark, tint = marks.get(c, ("|", "quiet"))
            handle = ax.plot(
                grid[c],
                places,
                mark,
                color=style.colour(tint),
                markersize=8 if mark == "|" else 5.5,
                markeredgewidth=1.4 if mark == "|" else 0,
                zorder=4 if mark == "|" else 2,
            )[0]
            said = "without one region" if mark == "|" else f"without {c}"
            if said not in labels:
                handles.append(handle)
                labels.append(said)
        ax.axvline(0, color=style.colour("quiet"), linewidth=0.8, zorder=0)
        ax.set_yticks(places, [style.wrap(n, 17) if layout.narrow else n for n in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.5)
        ax.set_xlabel("percentage points, selected minus rest")
        ax.grid(axis="x")
        ax.xaxis.set_major_formatter(lambda v, _: signed(v) if v else "0")
        ax.spines[:].set_visible(False)
        drawing.legend(
            handles,
            labels,
            loc="outside upper left",
            ncols=1 if layout.narrow else 2,
            handletextpad=0.3,
            columnspacing=1.2,
            borderpad=0,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"Whatever is left out, more often seen in the selected: {_few(ahead) or 'nothing'}; less often: {_few(behind) or 'nothing'}"
        if ahead or behind
        else "No difference between the selected and the rest holds whatever is left out",
        subtitle=f"Gap between the {'one' if few == 1 else few} selected and the {'other' if many == 1 else f'{number(many)} others'} in percentage points, with all rows and in {plural(len(grid.columns) - 1, 'check')} that {'leaves' if len(grid.columns) == 2 else 'leave'} some out",
        source=source,
        note=f"Not seen does not mean absent. {f'In the smallest check {smallest} of the selected remain' if (smallest := int(table['selected'].min())) > 1 else 'One of the selected alone says little'}: read the direction, not the size."
        + (
            f" Without {sites} the lead in {grid.index[0].lower()} is {signed(grid[sites].iloc[0])} instead of {signed(grid['nothing'].iloc[0])}."
            if sites in grid and round(grid[sites].iloc[0]) != round(grid["nothing"].iloc[0])
            else ""
        ),
        alt="One row for each characteristic with a mark for each check, right of zero where the selected lead. With nothing left out: "
        + listing(f"{n} {signed(v)}" for n, v in grid["nothing"].items())
        + ".",
        draw=draw,
    )


def _short(region: str) -> str:
    return region.removesuffix(" and the Caribbean").removesuffix(" and the Pacific")


def selection_in_short(data) -> Prose:
    """The opening of the chapter: what sets the selected apart, and how far that holds."""
    if eleven_and_the_rest(data).data.empty:
        return prose(
            ":::{{div}} lead\nWhat do pages show of the initiatives? {finding}.\n:::",
            finding=characteristics_seen(data).finding,
        )
    checked = eleven_gap_checked(data)
    sure = ", and {medium} of them {are} on the list with medium confidence only" if data.report else ""
    medium = int((data.eleven["confidence"] == "medium").sum())
    return prose(
        """:::{{div}} lead
What do pages show of the initiatives, and what sets the selected ones apart? {finding}."""
        + ("\n{checked}. {n} {cases} few" + sure + "." if len(checked.data) else "")
        + "\n:::",
        finding=eleven_and_the_rest(data).finding,
        checked=checked.finding,
        n=capital(count(len(data.eleven))),
        cases="case is too" if len(data.eleven) == 1 else "cases are",
        medium=count(medium),
        are="is" if medium == 1 else "are",
    )


def basis_of(data) -> pd.DataFrame:
    """The selected ecosystems, the surest first, with a link to each chapter and why it is on the list."""
    table = data.eleven.sort_values(["confidence", "short_name"], ignore_index=True)
    return table.assign(
        ecosystem=pd.Series(
            [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()], dtype=object
        )
    )
