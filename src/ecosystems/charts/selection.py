"""From scan to selection: what pages show, and how the selected ecosystems differ from the rest."""

import pandas as pd

from ecosystems import style
from ecosystems.analysis import characteristic_names
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Dots, Grid
from ecosystems.words import FEW, agree, be, capital, count, listing, number, part, plural, quoted, ratio, share

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
    return listing(map(quoted, names)) if len(names) < 4 else f"{count(len(names))} characteristics"


def _often_and_seldom(table: pd.DataFrame) -> str:
    """Which characteristics are seen most and least often."""
    first, last = table.iloc[0], table.iloc[-1]
    share = part(first.seen, first.of, "initiative")
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
    denied = plural((data.codings["present"] == 0).sum(), "case")
    denials = (
        "No page denies a characteristic."
        if denied[0] == "0"
        else f"Pages deny a characteristic in {denied}{' only' * (len(data.scan) >= FEW)}."
    )
    return Figure(
        table,
        Dots("characteristic"),
        finding=_often_and_seldom(table),
        subtitle=f"Share of {plural(table['of'].iloc[0], 'initiative')} in which a page shows the characteristic, "
        "with 95% intervals",
        note=f"{not_absent(data)} {denials}",
    )


def _widest(table: pd.DataFrame, regions: list[str], widest: str) -> str:
    """In which characteristic regions differ most."""
    if len(regions) == 1:
        return f"Only one region is in the scan: {regions[0]}"
    row = table[table["characteristic"] == widest].set_index("region")
    if row["of"].min() < FEW:
        return "The regions have too few initiatives to be compared"
    if row["percent"].max() == row["percent"].min():
        return "Regions do not differ in what is seen"
    at = {r.Index: f"{number(r.percent)}% in {r.Index}" for r in row.itertuples()}
    return (
        f"Regions differ most in {quoted(widest)}, seen in {at[row['percent'].idxmax()]} "
        f"and {at[row['percent'].idxmin()]}"
    )


@exhibit(
    empty="No initiative is in the scan",
    cite=["codings", "initiatives", "countries"],
    columns={"region": "Region", **INTERVAL},
)
def characteristics_by_region(data, table) -> Figure:
    """The same shares in each region."""
    tints = style.regions(data, table["region"])
    sizes = table.groupby("region")["of"].first()
    by = table.groupby("characteristic", sort=False)
    names = list(characteristic_names(data))
    widest = (by["percent"].max() - by["percent"].min()).reindex(names).idxmax()
    return Figure(
        table,
        Dots("characteristic", "region", tints),
        finding=_widest(table, list(tints), widest),
        subtitle="Share of initiatives in which a page shows the characteristic, by region, with 95% intervals; "
        f"n = {listing(f'{number(sizes[r])} ({r})' for r in tints)}",
        note=f"{not_absent(data)} The comparison is of what pages say.",
    )


READINGS = {
    "not seen": {"marker": "o", "color": "none", "markeredgecolor": "coast", "markersize": 8},
    "shown": {"marker": "o", "color": "warm", "markersize": 10},
}


@exhibit(
    empty="No characteristic of an ecosystem is known",
    cite=["ecosystem_codings", "facts"],
    columns={
        "ecosystem": "Ecosystem",
        "characteristic": "Characteristic",
        "reading": "Shown by a fact, or not seen",
        "note": "What the fact says",
    },
)
def eleven_characteristics(data, table) -> Figure:
    """What the facts of each ecosystem show."""
    size = table["ecosystem"].nunique()
    per = (table["reading"] == "shown").groupby(table["characteristic"], sort=False).sum().astype(int)
    most, least = (list(per.index[per == end]) for end in (per.max(), per.min()))
    ends = f"{capital(few(most))} {be(len(most))} shown by {part(per.max(), size, 'ecosystem')}"
    return Figure(
        table,
        Grid("ecosystem", "characteristic", "reading", READINGS),
        finding=f"{ends}; {few(least)} by {count(per.min()) if per.min() else 'none'}"
        if per.max() > per.min()
        else ends,
        values={"all": size, **{name.lower().replace(" ", "_"): int(n) for name, n in per.items()}},
        subtitle="Full circle: a fact of the ecosystem shows it; empty circle: not seen",
        note="Not seen does not mean absent.",
    )


def _told(row: pd.Series, thing: str) -> str:
    """How many ecosystems, or other initiatives, show a characteristic."""
    if thing == "ecosystem":
        return f"{row.seen} of {row.of} ecosystems" if row.of > 1 else "the ecosystem"
    return f"{share(row.seen, row.of)} of the rest" if row.of >= FEW else part(row.seen, row.of, thing, the="the ")


@exhibit(
    empty="There are not two groups to compare",
    cite=["codings", "ecosystem_codings", "initiatives"],
    columns={
        "group": "Group",
        "characteristic": "Characteristic",
        "seen": INTERVAL["seen"],
        "of": INTERVAL["of"],
        "percent": "Share, percent",
    },
)
def eleven_and_the_rest(data, table) -> Figure:
    """How the ecosystems differ from the rest of the scan."""
    a, b = (table[table["group"] == g].set_index("characteristic") for g in table["group"].unique())
    picked, rest = int(a["of"].iloc[0]), int(b["of"].iloc[0])
    gap = a["percent"] - b["percent"]
    top = gap.index[0]
    lead = f"{quoted(top)} is shown by {_told(a.loc[top], 'ecosystem')}, and by {_told(b.loc[top], 'other initiative')}"
    ours = agree(picked, "ecosystem", f"{picked} ecosystems")
    return Figure(
        table,
        Dots(
            "characteristic",
            "group",
            {"the ecosystems": "warm", "the other initiatives": "quiet"},
            {
                "the ecosystems": f"the {ours}",
                "the other initiatives": f"the {agree(rest, 'other initiative', f'{number(rest)} other initiatives')}",
            },
        ),
        finding=lead
        if gap.iloc[0] > 0
        else f"In no characteristic {agree(picked, 'does the ecosystem lead', 'do the ecosystems lead')} the rest",
        values={"top": top, "seen": int(a.at[top, "seen"]), "all": picked,
                "rest": float(b.at[top, "percent"])},
        subtitle=f"Share of the {ours} whose facts show it, and of {plural(rest, 'other initiative')} of which a page "
        "does, percent",
        note="Not seen does not mean absent. "
        + (
            "Of the ecosystems we know dozens of facts, of the others a page or a few."
            if data.report
            else f"Of the {agree(picked, 'ecosystem')} more is read than of the others."
        ),
    )  # fmt: skip
