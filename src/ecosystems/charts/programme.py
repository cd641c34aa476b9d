"""The report at a glance, its programme, and what this edition stands on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems.analysis import wilson
from ecosystems.charts import popups
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Bars, Choropleth, Columns, Mark, StackedBars, Timeline, land
from ecosystems.words import FEW, agree, capital, count, listing, number, part, plural

NOT_SEEN = "Characteristics that a page shows; what is not named was not seen"
IN_COUNTRY = {  # column of the published table: that of the ecosystems, and its meaning
    "ecosystems": ("name", "Selected ecosystems in it"),
    "places": ("place", "Their places"),
    "summaries": ("summary", "What they do"),
    "seen": ("seen", NOT_SEEN),
    "pages": ("page", "Pages that tell of them"),
}


def _with_selected(data, table: pd.DataFrame) -> pd.DataFrame:
    """Countries with what is told of each on the web, and with the selected ecosystems in them."""
    eleven = data.eleven.join(popups.selected(data)[["seen", "page"]], on="id")
    eleven["place"] = [popups.where(r) for r in data.eleven.itertuples()]
    joined = lambda texts: "; ".join(t for t in texts if isinstance(t, str) and t)
    here = {name: eleven.groupby("iso3")[column].agg(joined) for name, (column, _) in IN_COUNTRY.items()}
    lines = [[r.country, plural(r.initiatives, "initiative")] for r in table.itertuples()]
    return table.assign(lines=lines, **{name: table["iso3"].map(texts).astype(object) for name, texts in here.items()})


def _stand(table: pd.DataFrame, eleven: pd.DataFrame) -> str:
    """How many countries the scan reaches, and in how many the selected are."""
    if len(table) == 1:
        return f"The scan stays in {table['country'].iloc[0]}"
    reach = f"The scan reaches {len(table)} countries"
    if eleven.empty:
        return reach
    one = "the one selected ecosystem stands in one of them"
    return f"{reach}; " + agree(
        len(eleven), one, f"the {len(eleven)} ecosystems stand in {eleven['iso3'].nunique()} of them"
    )


def _marks(data) -> tuple[Mark, ...]:
    """The selected ecosystems that have a place."""
    points = data.eleven.dropna(subset=["latitude"]).join(popups.selected(data)[["lines", "links"]], on="id")
    return tuple(Mark(r.latitude, r.longitude, "warm", tuple(r.lines), tuple(r.links)) for r in points.itertuples())


@exhibit(
    empty="No initiative is in the scan",
    cite=["initiatives", "ecosystems"],
    columns={
        "iso3": "Country code, ISO 3166 alpha-3",
        "country": "Country",
        "region": "Region",
        "initiatives": "Initiatives of the scan whose main country this is, count",
        **{name: meaning for name, (_, meaning) in IN_COUNTRY.items()},
    },
)
def glance_map(data, table) -> Figure:
    """Where the scan looked, and where the selected are."""
    eleven, marks, most = data.eleven, _marks(data), table.iloc[0]
    unplaced = f" ({count(len(eleven) - len(marks))} without a known place)" if len(marks) < len(eleven) else ""
    places = f", and the {agree(len(eleven), 'place', 'places')} of the selected "
    places += agree(len(eleven), "ecosystem", "ecosystems")
    darkest = f"{most.country} is darkest with {number(most.initiatives)} initiatives"
    points = agree(
        len(marks),
        "One orange point marks the selected ecosystem",
        f"{len(marks)} orange points mark the selected ecosystems",
    )
    where = listing(sorted(eleven.loc[eleven["latitude"].notna(), "country"].unique()))
    labels = ("1", "2–3", "4–7", "8–15", "16 or more")
    return Figure(
        _with_selected(data, table),
        Choropleth("initiatives", (2, 4, 8, 16), labels, land(data), {}, marks, (36, 22), (("warm", "selected"),)),
        finding=_stand(table, eleven),
        subtitle=f"Initiatives by main country, {number(int(table['initiatives'].sum()))} in all"
        f"{places if len(eleven) else ''}{unplaced}",
        note=data.reconstructed("Both lists are"),
        alt="A world map in five shades of green. "
        f"{darkest if most.initiatives > 1 else 'Each country has one initiative'}. "
        + (f"{points} in {where}." if marks else "No ecosystem has a point."),
        map="Map of the scan's countries and of the selected ecosystems",
    )


@exhibit(
    empty="No event has a date",
    cite=["events"],
    columns={"date": "Date, as exact as it is known", "title": "Event", "kind": "Kind of event"},
)
def programme_timeline(data, table) -> Figure:
    """What happened when in the programme."""
    plot = Timeline("date", "kind")
    years = plot.years(table).astype(int)
    first, last, busiest = years.min(), years.max(), years.value_counts()
    undated = len(data.events) - len(table)
    more = f", {count(undated)} more without a date" if undated else ""
    kinds = listing(table["kind"].value_counts().index)
    return Figure(
        table,
        plot,
        finding=f"{number(int(busiest.iloc[0]))} of the {len(table)} dated events fall in {busiest.index[0]}",
        subtitle=f"Events, publications and grants that public pages date, {first} to {last}; one point each{more}",
        note="Where only a year is known, the point stands in the middle of that year.",
        alt=f"Points on a time line from {first} to {last}, in one row for each kind: {kinds}. "
        f"They are densest in {busiest.index[0]}.",
    )


@exhibit(
    empty="No row was compared with its page",
    cite=["spot_check"],
    columns={"outcome": "What the comparison showed", "rows": "Rows, count"},
)
def spot_check(data, table) -> Figure:
    """How far a sample of rows agrees with its pages."""
    rows = table.set_index("outcome")["rows"]
    total, whole, partly = (int(n) for n in (rows.sum(), rows.get("supported", 0), rows.get("supported in part", 0)))
    low, high = np.round(wilson(whole, total)).astype(int)
    careful = f"About one row in {count(round(total / partly))} may need a more careful word. " if partly else ""
    return Figure(
        table,
        Bars("outcome", "rows", first=True, row=0.32, rest=0.1, size=40),
        finding=f"In a random sample, {number(whole)} of {number(total)} rows were fully supported by their page",
        subtitle=f"Rows compared with the page that they cite, {number(total)} in all; 95% interval of the supported "
        f"share: {low}% to {high}%",
        note=f"{careful}Rows found to be only partly supported were corrected.",
        alt=f"Bars for what the comparison of {number(total)} rows showed: "
        f"{listing(f'{outcome} {number(int(n))}' for outcome, n in rows.items())}.",
    )


PUBLISHERS = {  # kind of page: who publishes it
    "organisation or other site": "organisations and other sites",
    "press": "press",
    "directory or award": "directories and awards",
}
OTHERS = "officials, research and others"


@exhibit(
    empty="No characteristic is seen",
    cite=["codings", "sources"],
    columns={
        "characteristic": "Characteristic",
        "publisher": "Who publishes the page",
        "readings": "Readings, count",
        "percent": "Share of the characteristic's readings, percent",
    },
)
def characteristics_by_source(data, table) -> Figure:
    """Who says that a characteristic is there."""
    own, press = (table[table["publisher"] == p].set_index("characteristic") for p in list(PUBLISHERS.values())[:2])
    total, sizes = int(table["readings"].sum()), table.groupby("characteristic", sort=False)["readings"].sum()
    first, ends = press.iloc[0], press.iloc[sorted({0, min(1, len(press) - 1), len(press) - 1})]
    most = f"; the press gives at most {number(first.percent)}%, for {press.index[0].lower()}"
    low, high = own["percent"].min(), own["percent"].max()
    return Figure(
        table,
        StackedBars(
            "characteristic",
            "publisher",
            "percent",
            dict(zip((*PUBLISHERS.values(), OTHERS), ("light", "main", "gold", "rule"), strict=True)),
            percent=True,
            least=(9, 9),
            row=0.34,
            rest=(0.5, 0.95),
        ),
        finding=f"{capital(part(int(own['readings'].sum()), total, 'readings'))} stand on pages of organisations and "
        "other sites" + (most if press["readings"].any() and sizes.min() >= FEW else ""),
        subtitle="Readings of a characteristic by who publishes the page, in percent; "
        f"{plural(total, 'reading')} of the open scan",
        note="What an organisation says of itself is kinder than what others say."
        + (" Kinds of publishers were sorted by name and address, with some error." if data.report else ""),
        alt="One bar for each characteristic, split by publisher. Press: "
        f"{listing(f'{number(v)}% for {n.lower()}' for n, v in ends['percent'].items())}. Organisations and other "
        f"sites: {f'{number(low)}% to ' if low < high else ''}{number(high)}%.",
    )


@exhibit(
    empty="No contradiction is known",
    cite=["contradictions", "claims"],
    columns={
        "subject": "What the sources speak of",
        "questions": "Questions on which sources disagree, count",
        "claims": "Different claims, count",
    },
)
def contradictions_by_subject(data, table) -> Figure:
    """Where sources disagree."""
    top, rest = table.iloc[0], len(table) - 6
    bars = listing(f"{r.subject} {number(r.questions)}" for r in table.head(6).itertuples())
    return Figure(
        table,
        Bars("subject", "questions", beside=("claims", "claim")),
        finding=f"Public pages disagree on {plural(int(table['questions'].sum()), 'question')}, "
        f"{number(int(top.questions))} of them about: {top.subject}",
        subtitle="Questions to which sources give different answers, by what they are about",
        alt=f"Bars from longest to shortest: {bars}{f', and {count(rest)} more subjects' if rest > 0 else ''}.",
    )


@exhibit(
    empty="No source is known",
    cite=["sources"],
    columns={"kind": "Who publishes the page", "pages": "Pages, count"},
)
def sources_by_kind(data, table) -> Figure:
    """Who says what this edition repeats."""
    total, top, rest = int(table["pages"].sum()), table.iloc[0], len(table) - 5
    bars = listing(f"{r.kind} {number(r.pages)}" for r in table.head(5).itertuples())
    noun = agree(table["pages"].head(5).iloc[-1], "page", "pages")
    return Figure(
        table,
        Bars("kind", "pages", first=True),
        finding=f"{capital(part(int(top.pages), total, 'pages cited', 'the '))} are of one kind: {top.kind}",
        subtitle=f"Pages cited in this edition by kind of publisher, {number(total)} in all",
        note="Organisations mostly speak well of themselves."
        + (" Equity and thriving are likely overstated." if data.report else ""),
        alt=f"Bars from longest to shortest: {bars} {noun}{f'; {count(rest)} more kinds below' if rest > 0 else ''}.",
    )


OLD = 2020


@exhibit(
    empty="No source has a year",
    cite=["sources"],
    columns={"year": "Year of the page; the first stands for all before it, too", "pages": "Pages, count"},
)
def sources_by_year(data, table) -> Figure:
    """How old the pages are."""
    total, old = int(table["pages"].sum()), int(table.loc[table["year"] < OLD, "pages"].sum())
    peak, first, last = table.loc[table["pages"].idxmax()], int(table["year"].min()), int(table["year"].max())
    return Figure(
        table,
        Columns("year", "pages"),
        finding=f"{capital(part(old, total, 'dated pages', 'the '))} were written before {OLD}",
        subtitle=f"Pages cited by their year: {number(total)} of {number(len(data.sources))} "
        f"{agree(total, 'carries', 'carry')} one",
        alt=f"Columns for each year from {first} to {last}. The tallest is {int(peak.year)} with "
        f"{plural(int(peak.pages), 'page')}; {plural(old, 'page')} {agree(old, 'lies', 'lie')} before {OLD}.",
    )
