"""The report at a glance, its programme, and what this edition stands on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import atlas, maps, style
from ecosystems.charts.ecosystems import told_of_eleven, where_of
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import Link, Prose, capital, count, day, escape, listing, number, part, plural, prose

__all__ = [
    "changes_of",
    "columns_of",
    "contradictions_by_subject",
    "contradictions_of",
    "events_of",
    "findings",
    "glance_map",
    "how_to_cite",
    "indicators_of",
    "key_numbers",
    "method",
    "organisations_of",
    "people_of",
    "programme_timeline",
    "rows_of_the_scan",
    "sources_by_kind",
    "sources_by_year",
    "sources_in_short",
    "sources_of",
    "spot_check",
    "tables_of",
    "unknowns_of",
    "unknowns_table",
    "welcome",
]


@exhibit
def glance_map(data) -> Figure:
    """Where the scan looked, and where the selected are."""
    scan, eleven = data.scan, data.eleven
    source = data.cite("initiatives", "ecosystems")
    if scan.empty:
        return nothing("No initiative is in the scan", source, country="Country", initiatives="Initiatives")
    edges = [2, 4, 8, 16]
    areas = scan.groupby(["iso3", "country", "region"], as_index=False).size().rename(columns={"size": "initiatives"})
    told = told_of_eleven(data)
    here = (
        eleven.join(told[["seen", "page"]], on="id")
        .assign(place=[where_of(r) for r in eleven.itertuples()])
        .groupby("iso3")
    )
    more = {
        "ecosystems": ("name", "Selected ecosystems in it"),
        "places": ("place", "Their places"),
        "summaries": ("summary", "What they do"),
        "seen": ("seen", "Characteristics that a page shows; what is not named was not seen"),
        "pages": ("page", "Pages that tell of them"),
    }
    for name, (column, _) in more.items():
        areas[name] = (
            areas["iso3"]
            .map(here[column].agg(lambda texts: "; ".join(t for t in texts if isinstance(t, str) and t)))
            .astype(object)
        )
    areas = areas.sort_values(["initiatives", "country"], ascending=[False, True], ignore_index=True)
    areas["tint"] = maps.bins(areas["initiatives"], edges)
    areas["lines"] = [[r.country, plural(r.initiatives, "initiative")] for r in areas.itertuples()]
    points = eleven.dropna(subset=["latitude"]).assign(tint="warm").join(told[["lines", "links"]], on="id")
    unplaced, ground = len(eleven) - len(points), maps.ground(data)
    most, noun = areas.iloc[0], "initiative"
    legend = [(s, t) for s, t in zip(maps.SCALE, ("1", "2–3", "4–7", "8–15", "16 or more"), strict=True)] + [
        ("warm", "selected")
    ]
    return Figure(
        data=areas[["iso3", "country", "region", "initiatives", *more]],
        columns={
            "iso3": "Country code, ISO 3166 alpha-3",
            "country": "Country",
            "region": "Region",
            "initiatives": "Initiatives of the scan whose main country this is, count",
            **{name: meaning for name, (_, meaning) in more.items()},
        },
        finding=(
            f"The scan reaches {plural(len(areas), 'country', 'countries')}"
            if len(areas) > 1
            else f"The scan stays in {most.country}"
        )
        + (
            ""
            if eleven.empty or len(areas) == 1
            else f"; {f'the {len(eleven)} ecosystems stand' if len(eleven) > 1 else 'the one selected ecosystem stands'} in {eleven['iso3'].nunique() if len(eleven) > 1 else 'one'} of them"
        ),
        subtitle=f"Initiatives by main country, {number(len(scan))} in all"
        + (
            ""
            if eleven.empty
            else ", and the places of the selected ecosystems"
            if len(eleven) > 1
            else ", and the place of the selected ecosystem"
        )
        + (f" ({count(unplaced)} without a known place)" if unplaced else ""),
        source=source,
        note=data.reconstructed("Both lists are"),
        alt=f"A world map in five shades of green. {f'{most.country} is darkest with {plural(int(most.initiatives), noun)}' if most.initiatives > 1 else 'Each country has one initiative'}. "
        + (
            "No ecosystem has a point."
            if points.empty
            else f"{f'{len(points)} orange points mark the selected ecosystems' if len(points) > 1 else 'One orange point marks the selected ecosystem'} in {listing(sorted(points['country'].unique()))}."
        ),
        draw=lambda layout: maps.world_map(
            ground,
            layout,
            areas=areas,
            points=points.assign(name=points["short_name"], size=36 if not layout.narrow else 22),
            legend=legend,
        ),
        map=lambda: atlas.document(
            "glance_map",
            "Map of the scan's countries and of the selected ecosystems",
            areas=areas,
            points=points,
            legend=legend,
            extent=None if ground.extent == maps.EXTENT else ground.extent,
        ),
    )


def _years(dates: pd.Series) -> pd.Series:
    """Dates of any precision as decimal years; a bare year stands in its middle."""
    parts = dates.str.split("-", expand=True).reindex(columns=range(3)).apply(pd.to_numeric)
    return parts[0] + ((parts[1] - 1) / 12 + parts[2].fillna(15) / 372).fillna(0.5)


@exhibit
def programme_timeline(data) -> Figure:
    """What happened when in the programme."""
    events = data.events.dropna(subset=["date"]).sort_values(["date", "id"], ignore_index=True)
    undated = len(data.events) - len(events)
    source = data.cite("events")
    if events.empty:
        return nothing("No event has a date", source, date="Date", title="Event")
    at = _years(events["date"])
    kinds = list(events["kind"].value_counts().index)
    tints = dict(zip(kinds, ["main", "warm", "gold", "plum", "light", "quiet", "ink"] * 3, strict=False))
    by_year = at.astype(int).value_counts()
    busiest = int(by_year.index[0])

    def draw(layout):
        drawing, ax = style.axes(layout, 0.36 * len(kinds) + 0.6)
        for i, kind in enumerate(kinds):
            x = at[events["kind"] == kind]
            ax.plot(
                x,
                [i] * len(x),
                "o",
                ms=8,
                color=style.colour(tints[kind]),
                mec=style.colour("paper"),
                mew=0.7,
                alpha=0.9,
            )
        ax.set_yticks(range(len(kinds)), [style.wrap(k, 16 if layout.narrow else 40) for k in kinds])
        ax.set_ylim(len(kinds) - 0.5, -0.5)
        years = range(int(at.min()), int(at.max()) + 2)
        ticks = [y for y in years if y % (4 if layout.narrow else 2) == 0]
        ax.set_xticks(ticks, [str(y) for y in ticks])
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=events[["date", "title", "kind"]],
        columns={"date": "Date, as exact as it is known", "title": "Event", "kind": "Kind of event"},
        finding=f"{number(int(by_year.iloc[0]))} of the {len(events)} dated events fall in {busiest}",
        subtitle=f"Events, publications and grants that public pages date, {int(at.min())} to {int(at.max())}; one point each"
        + (f", {count(undated)} more without a date" if undated else ""),
        source=source,
        note="Where only a year is known, the point stands in the middle of that year.",
        alt=f"Points on a time line from {int(at.min())} to {int(at.max())}, in one row for each kind: {listing(kinds)}. "
        f"They are densest in {busiest}.",
        draw=draw,
    )


@exhibit
def sources_by_kind(data) -> Figure:
    """Who says what this edition repeats."""
    table = data.sources
    cited = data.cite("sources")
    if table.empty:
        return nothing("No source is known", cited, kind="Kind", pages="Pages")
    kinds = table["kind"].fillna("not known").value_counts().rename_axis("kind").reset_index(name="pages")
    kinds = kinds.sort_values(["pages", "kind"], ascending=[False, True], ignore_index=True)
    top = kinds.iloc[0]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.3 * len(kinds) + 0.15)
        style.bars(ax, kinds["kind"], kinds["pages"], layout=layout, colours=["main"] + ["light"] * (len(kinds) - 1))
        return drawing

    return Figure(
        data=kinds,
        columns={"kind": "Who publishes the page", "pages": "Pages, count"},
        finding=f"{capital(part(int(top.pages), len(table), 'pages cited', 'the '))} are of one kind: {top.kind}",
        subtitle=f"Pages cited in this edition by kind of publisher, {number(len(table))} in all",
        source=cited,
        note="Organisations mostly speak well of themselves."
        + (" Equity and thriving are likely overstated." if data.report else ""),
        alt=f"Bars from longest to shortest: {listing(f'{r.kind} {number(r.pages)}' for r in kinds.head(5).itertuples())} {'page' if kinds['pages'].head(5).iloc[-1] == 1 else 'pages'}"
        + (f"; {count(len(kinds) - 5)} more kinds below." if len(kinds) > 5 else "."),
        draw=draw,
    )


@exhibit
def sources_by_year(data) -> Figure:
    """How old the pages are."""
    table = data.sources
    cited = data.cite("sources")
    dated = table.dropna(subset=["year"])
    if dated.empty:
        return nothing("No source has a year", cited, year="Year", pages="Pages")
    first = 2005
    years = dated["year"].astype(int).clip(lower=first)
    counts = (
        years.value_counts()
        .reindex(range(first, int(years.max()) + 1), fill_value=0)
        .rename_axis("year")
        .reset_index(name="pages")
    )
    old = int((years < 2020).sum())

    def draw(layout):
        drawing, ax = style.axes(layout, 1.9)
        ax.bar(counts["year"], counts["pages"], width=0.78, color=style.colour("main"))
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        peak = counts.loc[counts["pages"].idxmax()]
        ax.text(peak.year, peak.pages, f" {number(int(peak.pages))}", ha="center", va="bottom")
        ticks = [t for t in range(first, int(counts["year"].max()) + 1) if t % 5 == 0]
        ax.set_xticks(ticks, [f"{t} or\nbefore" if t == first else str(t) for t in ticks])
        ax.margins(y=0.14)
        return drawing

    return Figure(
        data=counts,
        columns={"year": f"Year of the page; {first} stands for {first} and before", "pages": "Pages, count"},
        finding=f"{capital(part(old, len(dated), 'dated pages', 'the '))} were written before 2020",
        subtitle=f"Pages cited by their year: {number(len(dated))} of {number(len(table))} {'carries' if len(dated) == 1 else 'carry'} one",
        source=cited,
        alt=f"Columns for each year from {first} to {int(counts['year'].max())}. The tallest is {int(counts.loc[counts['pages'].idxmax(), 'year'])} "
        f"with {plural(int(counts['pages'].max()), 'page')}; {plural(old, 'page')} {'lies' if old == 1 else 'lie'} before 2020.",
        draw=draw,
    )


@exhibit
def rows_of_the_scan(data) -> Figure:
    """What became of the rows that were collected."""
    changes = data.scan_changes
    source = data.cite("scan_changes", "initiatives")
    if data.initiatives.empty:
        return nothing("No initiative is in the scan", source, step="What became of them", rows="Rows")
    gone = int(changes["decision"].isin(["merged", "dropped"]).sum())
    added = int(changes["decision"].eq("added").sum())
    total = len(data.initiatives) - added + gone
    touched = changes.loc[~changes["decision"].isin(["added"]), "former_id"].nunique()
    said = {
        "matched": "matched with a selected ecosystem",
        "coordinates removed": "lost their point on the map: only the country is known",
        "merged": "merged with another row",
        "dropped": "dropped",
        "renamed": "renamed",
        "added": "added",
    }
    counts = changes["decision"].value_counts()
    table = pd.DataFrame(
        [
            ("rows collected", total),
            ("carried over as they were", total - touched),
            *((said.get(d, d), int(n)) for d, n in counts.items()),
        ],
        columns=["step", "rows"],
    )
    pointless = int(counts.get("coordinates removed", 0))

    def draw(layout):
        drawing, ax = style.axes(layout, (0.4 if layout.narrow else 0.32) * len(table) + 0.1)
        style.bars(
            ax,
            table["step"],
            table["rows"].astype(float),
            layout=layout,
            colours=["main"] + ["light"] * (len(table) - 1),
            size=40,
        )
        return drawing

    kept = (
        f"Of {number(total)} rows collected, {number(gone)} left the scan"
        if gone
        else f"All {number(total)} rows collected are in the scan"
    )
    return Figure(
        data=table,
        columns={"step": "What became of them; a row can appear twice", "rows": "Rows, count"},
        finding=f"{kept}; {number(pointless)} have no point on the map",
        subtitle="Rows of the evidence and what became of them; a row that was matched can also have lost its point",
        source=source,
        note="No initiative stands twice: names, websites, pages and places were compared within and between the regional lists.",
        alt=f"Bars: {listing(f'{r.step} {number(r.rows)}' for r in table.itertuples())}.",
        draw=draw,
    )


@exhibit
def spot_check(data) -> Figure:
    """How far a sample of rows agrees with its pages."""
    table = data.spot_check.groupby("outcome", sort=False, as_index=False)["rows"].sum()
    source = data.cite("spot_check")
    total = int(table["rows"].sum()) if len(table) else 0
    if not total:
        return nothing("No row was compared with its page", source, outcome="Outcome", rows="Rows")
    whole = int(table.loc[table["outcome"] == "supported", "rows"].sum())
    partly = int(table.loc[table["outcome"] == "supported in part", "rows"].sum())
    p, z = whole / total, 1.96
    middle, half = (
        (p + z * z / (2 * total)) / (1 + z * z / total),
        z * np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)) / (1 + z * z / total),
    )
    low, high = round(100 * (middle - half)), round(100 * (middle + half))

    def draw(layout):
        drawing, ax = style.axes(layout, 0.32 * len(table) + 0.1)
        style.bars(
            ax,
            table["outcome"],
            table["rows"].astype(float),
            layout=layout,
            colours=["main"] + ["light"] * (len(table) - 1),
            size=40,
        )
        return drawing

    return Figure(
        data=table,
        columns={"outcome": "What the comparison showed", "rows": "Rows, count"},
        finding=f"In a random sample, {number(whole)} of {number(total)} rows were fully supported by their page",
        subtitle=f"Rows compared with the page that they cite, {number(total)} in all; 95% interval of the supported share: {low}% to {high}%",
        source=source,
        note=(f"Expect one entry in {count(round(total / partly))} to be imprecise. " if partly else "")
        + "Rows found to be only partly supported were corrected.",
        alt=f"Bars for what the comparison of {number(total)} rows showed: {listing(f'{r.outcome} {number(int(r.rows))}' for r in table.itertuples())}.",
        draw=draw,
    )


@exhibit
def contradictions_by_subject(data) -> Figure:
    """Where sources disagree."""
    claims = data.claims.groupby("contradiction_id").size()
    table = data.contradictions.assign(claims=lambda t: t["id"].map(claims).fillna(0).astype(int))
    source = data.cite("contradictions", "claims")
    if table.empty:
        return nothing("No contradiction is known", source, subject="Subject", questions="Questions", claims="Claims")
    names = data.ecosystems.set_index("id")["short_name"]
    table["subject"] = table["about"].map(lambda a: names.get(a, a.capitalize()))
    counts = table.groupby("subject", as_index=False).agg(questions=("id", "size"), claims=("claims", "sum"))
    counts = counts.sort_values(["questions", "subject"], ascending=[False, True], ignore_index=True)
    top = counts.iloc[0]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.3 * len(counts) + 0.15)
        style.bars(
            ax,
            counts["subject"],
            counts["questions"].astype(float),
            layout=layout,
            labels=[
                f"{r.questions}  ({plural(r.claims, 'claim')})" if not layout.narrow else str(r.questions)
                for r in counts.itertuples()
            ],
        )
        return drawing

    return Figure(
        data=counts,
        columns={
            "subject": "What the sources speak of",
            "questions": "Questions on which sources disagree, count",
            "claims": "Different claims, count",
        },
        finding=f"Public pages disagree on {plural(len(table), 'question')}, {number(int(top.questions))} of them about: {top.subject}",
        subtitle="Questions to which sources give different answers, by what they are about",
        source=source,
        alt=f"Bars from longest to shortest: {listing(f'{r.subject} {number(r.questions)}' for r in counts.head(6).itertuples())}"
        + (f", and {count(len(counts) - 6)} more subjects." if len(counts) > 6 else "."),
        draw=draw,
    )


def findings(data, *functions) -> Prose:
    """A list of findings, each with the number of its figure; a figure that shows nothing has none."""
    figures = [figure for function in functions if len((figure := function(data)).data)]
    return Prose("\n".join(f"- {escape(f.finding)} ({{numref}}`fig-{f.slug}`)." for f in figures))


def welcome(data) -> Prose:
    """The opening of the book: the report that the scan reconstructs, or what the scan is about."""
    report = data.report
    opening = (
        """Where in the Global South is learning a task that a whole place shares, and what is known of it? On {date} a report presented {ecosystems} local learning
ecosystems after a scan of over {scanned} initiatives in Africa, Asia and Latin America. This edition rebuilds that scan in the open: {initiatives} in {countries}, each with its source,
and every figure drawn from tables that you can check, keep and replace."""
        if report
        else """{description} The scan holds {initiatives} in {countries}, each with its source, and every figure is drawn from tables that you can check, keep and replace."""
    )
    facts = (
        {"date": day(report["date"]), "ecosystems": report["ecosystems"], "scanned": report["initiatives"]}
        if report
        else {"description": data.package.get("description", "")}
    )
    return prose(
        f":::{{{{div}}}} lead\n{opening}\n:::",
        initiatives=plural(len(data.scan), "initiative"),
        countries=plural(data.scan["iso3"].nunique(), "country", "countries"),
        **facts,
    )


def how_to_cite(data) -> Prose:
    """How to cite the report, where there is one, and this edition."""
    report, package = data.report, data.package
    said = """This edition: {authors}, *{title}*, open edition, version {version}, {date}. Text and own tables: {licence}. Country figures keep the licences of their sources,
see [the data dictionary](data.ipynb)."""
    facts = {}
    if report:
        said = (
            """The report: *{title}: {subtitle}* ({published}), by {writers}, with {makers}, funded by {funder}.

"""
            + said
        )
        facts = {
            "subtitle": report["subtitle"],
            "published": day(report["date"]),
            "writers": listing(report["authors"]),
            "makers": listing(report["with"]),
            "funder": report["funder"],
        }
    return prose(
        said,
        title=data.title,
        authors=listing(data.authors),
        version=package["version"],
        date=day(package["created"][:10]),
        licence=data.licence,
        **facts,
    )


def method(data) -> Prose:
    """What the scan stands on in numbers; for a scan of one's own also what its descriptor says of the way it was made."""
    told = data.package.get("method") or (
        "" if data.report else "The scan gives no account of how its initiatives were looked for and chosen."
    )
    return prose(
        "{initiatives} stand on {pages}, from which {readings} of {characteristics} were taken. {told}",
        initiatives=plural(len(data.initiatives), "initiative"),
        pages=plural(data.initiative_sources["source_id"].nunique(), "page"),
        readings=plural(int(data.codings["present"].notna().sum()), "reading"),
        characteristics=plural(len(data.characteristics), "characteristic"),
        told=told,
    )


# Tables of words for the chapters of the programme and the annexes.


def _subjects(data, about: pd.Series) -> list:
    """The programme by name; an ecosystem as a link to its chapter."""
    names = data.ecosystems.set_index("id")["short_name"]
    return [Link(names[a], f"doc:book/ecosystems/{a}") if a in names.index else a.capitalize() for a in about]


def key_numbers(data) -> pd.DataFrame:
    """The edition in numbers: what, value (text), where (link to a chapter)."""
    scan, eleven = data.scan, data.eleven
    them = "ecosystem" if len(eleven) == 1 else "ecosystems"
    rows = [
        (f"Initiative{'s' * (len(scan) != 1)} in the open scan", number(len(scan)), Link("The scan", "doc:book/scan")),
        (
            "Countries of the scan" if scan["iso3"].nunique() != 1 else "Country of the scan",
            number(scan["iso3"].nunique()),
            Link("The scan", "doc:book/scan"),
        ),
        (
            "Characteristics read from pages",
            number(int((data.codings["present"] == 1).sum())),
            Link("From scan to selection", "doc:book/selection"),
        ),
        (f"Selected learning {them}", number(len(eleven)), Link("The ecosystems", "doc:book/ecosystems")),
        *(
            [
                (
                    "of which with high confidence",
                    number(int((eleven["confidence"] == "high").sum())),
                    Link("From scan to selection", "doc:book/selection"),
                )
            ]
            if data.report
            else []
        ),
        (
            f"{'Country' if eleven['iso3'].nunique() == 1 else 'Countries'} of the {them}",
            number(eleven["iso3"].nunique()),
            Link("The ecosystems", "doc:book/ecosystems"),
        ),
        (
            f"Partners of the {them}",
            number(data.partners["name"].nunique()),
            Link("What they share", "doc:book/shared")
            if len(eleven) > 1
            else Link("The ecosystem", "doc:book/ecosystems"),
        ),
        ("Public pages cited", number(len(data.sources)), Link("Sources", "doc:book/sources")),
        (
            "Questions on which pages disagree",
            number(len(data.contradictions)),
            Link("Contradictions", "doc:book/contradictions"),
        ),
    ]
    return pd.DataFrame([r for r in rows if r[1] != "0"], columns=["what", "value", "where"])


def people_of(data, part: str) -> pd.DataFrame:
    """People of the programme, or (``lead``) leads of the ecosystems."""
    people = data.people
    people = people[
        people["part"].str.contains("lead")
        if part == "lead"
        else people["part"].isin(["author", "research", "programme"])
    ]
    return people.assign(source=people["source_id"].map(data.pages)).fillna({"organisation": ""})


def organisations_of(data) -> pd.DataFrame:
    """Organisations of the programme with their part and a link."""
    table = data.organisations
    names = [
        Link(r.name_, r.website) if isinstance(r.website, str) else r.name_
        for r in table.rename(columns={"name": "name_"}).itertuples()
    ]
    return table.assign(
        name=pd.Series(names, index=table.index, dtype=object), source=table["source_id"].map(data.pages)
    )


def events_of(data) -> pd.DataFrame:
    """Events, the latest first, those without a date at the end."""
    table = data.events.sort_values(["date", "id"], ascending=[False, True], na_position="last")
    inferred = table["date_basis"].eq("inferred") if "date_basis" in table else pd.Series(False, index=table.index)
    when = [
        ("not dated" if pd.isna(d) else day(d)) + (" (inferred)" if i else "")
        for d, i in zip(table["date"], inferred, strict=True)
    ]
    return table.assign(when=when, source=table["source_id"].map(data.pages))


def unknowns_of(data, about: str) -> list[str]:
    """What was not found about one subject."""
    return list(data.unknowns.loc[data.unknowns["about"] == about, "what"])


def unknowns_table(data) -> pd.DataFrame:
    """What was not found about any subject."""
    table = data.unknowns.sort_values(["about", "id"], key=lambda s: s.replace("programme", ""))
    return table.assign(about=pd.Series(_subjects(data, table["about"]), index=table.index, dtype=object))


def contradictions_of(data) -> pd.DataFrame:
    """One row for each claim; the question and the treatment stand in the first of its rows only."""
    table = data.claims.merge(
        data.contradictions, left_on="contradiction_id", right_on="id", suffixes=("", "_question")
    )
    table = table.sort_values(
        ["about", "contradiction_id", "id"], key=lambda s: s.replace("programme", ""), ignore_index=True
    )
    table = table.assign(
        about=pd.Series(_subjects(data, table["about"]), index=table.index, dtype=object),
        source=table["source_id"].map(data.pages),
    )
    table.loc[table["contradiction_id"].duplicated(), ["about", "question", "treatment"]] = ""
    return table


def changes_of(data) -> pd.DataFrame:
    """Rows of the evidence that were merged, dropped or added."""
    table = data.scan_changes
    return table[~table["decision"].eq("coordinates removed")].fillna({"kept_id": ""})


def indicators_of(data) -> pd.DataFrame:
    """Indicators with a link to their dataset."""
    table = data.indicators.sort_values("name", kind="stable")
    return table.assign(
        dataset=pd.Series([Link(r.dataset, r.url) for r in table.itertuples()], index=table.index, dtype=object)
    )


def sources_in_short(data) -> Prose:
    """The opening of the chapter: how many pages, whose datasets, how many copies."""
    pages, copies = len(data.sources), int(data.sources["is_copy"].sum())
    if copies:
        kept = "{copies} of the pages {are} of an original that was not found elsewhere."
    else:
        kept = "None of the pages is known to be a copy." if pages else ""
    return prose(
        """:::{{div}} lead
What does this book stand on? On {pages} and on the datasets of {orgs}. """
        + kept
        + "\n:::",
        pages=plural(pages, "public page"),
        copies=capital(count(copies)),
        are="is a copy" if copies == 1 else "are copies",
        orgs=listing(sorted(data.indicators["organisation"].unique())),
    )


def sources_of(data) -> pd.DataFrame:
    """Every page, by publisher."""
    table = data.sources.assign(publisher=lambda t: t["publisher"].fillna("Publisher not known"))
    table = table.sort_values(["publisher", "title", "id"], key=lambda s: s.str.casefold())
    pages = [Link(r.title if isinstance(r.title, str) else r.url, r.url) for r in table.itertuples()]
    return table.assign(page=pd.Series(pages, index=table.index, dtype=object))


def tables_of(data) -> pd.DataFrame:
    """The tables of the data package."""
    rows = []
    for resource in data.package["resources"]:
        licence = ", ".join(x.get("title", x["name"]) for x in resource.get("licenses", data.package["licenses"]))
        if "schema" in resource:
            size = len(getattr(data, resource["name"])), len(resource["schema"]["fields"])
            rows.append(
                (
                    Link(resource["name"], f"file:data/{resource['path']}"),
                    resource["title"],
                    *map(number, size),
                    licence,
                )
            )
        else:
            rows.append((Link(resource["name"], f"file:data/{resource['path']}"), resource["title"], "", "", licence))
    return pd.DataFrame(rows, columns=["name", "title", "rows", "columns", "licence"])


def columns_of(data) -> pd.DataFrame:
    """Every column of every table."""
    rows = [
        (resource["name"], field["name"], field["type"], field.get("unit", ""), field.get("description", ""))
        for resource in data.package["resources"]
        for field in resource.get("schema", {}).get("fields", [])
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "description"])
