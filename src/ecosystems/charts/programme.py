"""The report at a glance, its programme, and what this edition stands on."""

import numpy as np

from ecosystems.analysis import wilson
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Bars, Columns, Timeline
from ecosystems.words import agree, capital, number, part, plural


@exhibit(
    empty="No event has a date",
    cite=["events"],
    columns={"date": "Date, as exact as it is known", "title": "Event", "kind": "Kind of event"},
)
def programme_timeline(data, table) -> Figure:
    """What happened when in the programme."""
    plot = Timeline("date", "title")
    years = plot.years(table).astype(int)
    first, last = int(years.min()), int(years.max())
    return Figure(
        table,
        plot,
        finding=f"{plural(len(table), 'step')} of the programme between {first} and {last}",
        values={"first": first, "last": last},
        subtitle=f"Milestones, meetings and publications of the programme with a date, {first} to {last}",
        note="Where only a year is known, the point stands in the middle of that year.",
    )


@exhibit(
    empty="No row was compared with its page",
    cite=["spot_check"],
    columns={"outcome": "What the comparison showed", "rows": "Rows, count"},
)
def spot_check(data, table) -> Figure:
    """How far a sample of rows agrees with its pages."""
    rows = table.set_index("outcome")["rows"]
    total, whole = int(rows.sum()), int(rows.get("supported", 0))
    low, high = np.round(wilson(whole, total)).astype(int)
    return Figure(
        table,
        Bars("outcome", "rows", first=True, row=0.32, rest=0.1, size=40),
        finding=f"In a random sample, {number(whole)} of {number(total)} entries matched their page in full",
        values={"total": total, "whole": whole, "wrong": int(rows.get("contradicted", 0))},
        subtitle=f"Entries compared with the page that they cite, {number(total)} in all; 95% interval of the share "
        f"that matched: {low}% to {high}%",
    )


@exhibit(
    empty="No initiative has a page",
    cite=["codings", "initiative_sources"],
    columns={
        "pages": "Pages of the initiative that were read",
        "initiatives": "Initiatives, count",
        "characteristics": "Characteristics that an initiative shows, mean, ratio",
    },
)
def reading_depth(data, table) -> Figure:
    """How what is found depends on how much was read."""
    first, last = table.iloc[0], table.iloc[-1]
    return Figure(
        table,
        Bars("pages", "characteristics", beside=("initiatives", "initiative"), row=0.32, digits=1),
        finding=f"{capital(first.pages)} of the one initiative {agree(int(first.pages[0]), 'shows', 'show')} "
        f"{number(first.characteristics)} of {plural(len(data.characteristics), 'characteristic')}"
        if table["initiatives"].sum() == 1
        else f"From {first.pages} we find {number(first.characteristics, 1)} of "
        f"{plural(len(data.characteristics), 'characteristic')} on average"
        + (f", from {last.pages} {number(last.characteristics, 1)}" if len(table) > 1 else ""),
        values={
            "few": number(first.characteristics, 1),
            "many": number(last.characteristics, 1),
            "more": float(last.characteristics - first.characteristics),
            "ends": f"{first.pages}, {last.pages}",
        },
        subtitle=f"{'Mean number' if table['initiatives'].max() > 1 else 'Number'} of {len(data.characteristics)} "
        f"characteristics shown, by pages read; "
        f"{plural(table['initiatives'].sum(), 'initiative')}",
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
    top = table.iloc[0]
    return Figure(
        table,
        Bars("subject", "questions", beside=("claims", "claim")),
        finding=f"Public pages disagree on {plural(table['questions'].sum(), 'question')}, "
        + (f"{number(top.questions)} of them about: {top.subject}" if len(table) > 1 else f"about: {top.subject}"),
        subtitle="Questions to which sources give different answers, by what they are about",
    )


@exhibit(
    empty="No source is known",
    cite=["sources"],
    columns={"kind": "Who publishes the page", "pages": "Pages, count"},
)
def sources_by_kind(data, table) -> Figure:
    """Who says what this edition repeats."""
    total, top = int(table["pages"].sum()), table.iloc[0]
    most = part(top.pages, total, "page cited", "pages cited", "the ", ("is", "are"))
    own = table["kind"].eq("organisation or other site").any()
    return Figure(
        table,
        Bars("kind", "pages", first=True),
        finding=f"{capital(most)} of one kind: {top.kind}",
        subtitle=f"Pages cited in this edition by kind of publisher, {number(total)} in all",
        note="Organisations mostly speak well of themselves." * bool(own)
        + (" Equity and thriving are likely overstated." if data.report else ""),
    )


OLD = 2020
EARLIEST = 2005  # in the table this year stands for all before it, too
YEARS = {"year": "Year of the page", "pages": "Pages, count"}


@exhibit(
    empty="No source has a year",
    cite=["sources"],
    columns=YEARS,
)
def sources_by_year(data, table) -> Figure:
    """How old the pages are."""
    total, old = int(table["pages"].sum()), int(table.loc[table["year"] < OLD, "pages"].sum())
    first = int(table["year"].min())
    return Figure(
        table,
        Columns("year", "pages", open=EARLIEST),
        finding=f"{capital(part(old, total, 'dated page', the='the ', verb=('was', 'were')))} written before {OLD}",
        subtitle=f"Pages cited by their year: {number(total)} of {number(len(data.sources))} "
        f"{agree(total, 'carries', 'carry')} one"
        if total < len(data.sources)
        else f"Pages cited by their year, {number(total)} in all",
        columns=YEARS | {"year": YEARS["year"] + "; the first stands for all before it, too" * (first == EARLIEST)},
    )
