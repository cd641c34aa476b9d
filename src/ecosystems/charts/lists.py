"""Tables of words for the chapters: a row of the tables as a reader sees it, with links."""

from __future__ import annotations

import pandas as pd

from ecosystems import maps, portraits
from ecosystems.analysis import agreement, places
from ecosystems.charts import popups
from ecosystems.charts.openings import KINDS
from ecosystems.portraits import certainty
from ecosystems.tables import grouped
from ecosystems.words import Link, capital, day, listing, number, ratio

__all__ = [
    "agreement_of_readers",
    "basis",
    "changes",
    "coding_rule",
    "contradictions",
    "events",
    "frameworks",
    "funders_among_partners",
    "gallery",
    "initiatives",
    "key_numbers",
    "key_points",
    "marks",
    "organisations",
    "people",
    "postcards",
    "quoted_figures",
    "side_by_side",
    "sources",
    "studies",
    "unknowns",
]


EXPLORER = Link("all initiatives", "doc:book/explorer")


def frameworks(data) -> pd.DataFrame:
    """Frameworks by year, with a link to the page where each was seen."""
    table = data.frameworks.sort_values(["year", "title"], na_position="last", ignore_index=True)
    pages = data.sources.set_index("id")["url"]
    work = [Link(r.title, pages[r.source_id]) for r in table.itertuples()]
    return table.assign(
        work=pd.Series(work, dtype=object), authors=table["authors"].fillna(table["publisher"]).fillna("")
    )


def coding_rule(data) -> pd.DataFrame:
    """The characteristics in order, with the share of initiatives in which each is seen."""
    table = data.characteristics.sort_values("order", ignore_index=True, kind="stable")
    shown = data.codings[(data.codings["present"] == 1) & data.codings["initiative_id"].isin(data.initiatives["id"])]
    found = table["id"].map(shown.groupby("characteristic_id")["initiative_id"].nunique()).fillna(0)
    total = len(data.initiatives)
    told = [("all" if n == total else f"at least {ratio(n, total)}") if n else "none" for n in found]
    return table.assign(seen=told)


def funders_among_partners(data) -> str:
    """Which of those who paid for the report are partners of an ecosystem too, a sentence each."""
    payers = data.organisations.loc[data.organisations["part"] == "funder", "name"]
    close = places.close_partners(data)
    own = {name: list(close.loc[close["name"] == name, "ecosystem"]) for name in payers}
    return " ".join(
        f"{name}, which paid for the report, also works with {listing(of)}." for name, of in own.items() if of
    )


def marks(data) -> pd.DataFrame:
    """The marks of certainty, what each means, and how many facts carry it."""
    publisher = data.sources.set_index("id")["publisher"]
    facts = data.facts
    pages = [facts["source_id"].map(publisher).fillna(facts["source_id"]), facts["also_source_id"].map(publisher)]
    marked = pd.Series(
        [certainty(status, names).mark for status, *names in zip(facts["certainty"], *pages, strict=True)], dtype=object
    )
    meanings = {
        "●": "Confirmed by two sources that do not depend on each other",
        "": "From one source",
        "○": "Claimed by those who benefit, disputed, planned or inferred",
    }
    counts = marked.value_counts()
    rows = [(mark or "no mark", words, number(int(counts.get(mark, 0)))) for mark, words in meanings.items()]
    return pd.DataFrame(rows, columns=["mark", "words", "facts"])


def agreement_of_readers(data) -> pd.DataFrame:
    """How often two readers agreed on each characteristic, by the first rule and by the newest, with kappa."""
    table = agreement.agreement(data)
    first, newest = (table[table["rule"] == r].set_index("characteristic_id") for r in (1, table["rule"].max()))
    names = data.characteristics.sort_values("order", kind="stable").set_index("id")["name"]
    rows = [
        (
            name,
            number(first.at[i, "kappa"], 2) if i in first.index else "",
            f"{number(newest.at[i, 'percent'])}%",
            "{} ({} to {})".format(*(number(newest.at[i, c], 2) for c in ("kappa", "low", "high"))),
        )
        for i, name in names.items()
        if i in newest.index
    ]
    return pd.DataFrame(rows, columns=["name", "before", "agreed", "kappa"])


def quoted_figures(data) -> pd.DataFrame:
    """Figures quoted on pages about the report, with the page that quotes them and their origin."""
    pages = data.pages

    def link(i, text=None):
        return "" if pd.isna(i) else Link(text or pages[i].text, pages[i].url)

    table = data.quoted_figures
    return table.assign(
        where=pd.Series([link(i) for i in table["where_source_id"]], index=table.index, dtype=object),
        origin=pd.Series(
            [o if pd.isna(i) else link(i, o) for o, i in zip(table["origin"], table["origin_source_id"], strict=True)],
            index=table.index,
            dtype=object,
        ),
        remark=table["remark"].fillna(""),
    )


def basis(data) -> pd.DataFrame:
    """The selected ecosystems, the surest first, with a link to each chapter and why it is on the list."""
    table = data.eleven.sort_values(["confidence", "short_name"], ignore_index=True)
    return table.assign(
        ecosystem=pd.Series(
            [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()], dtype=object
        )
    )


def studies(data, table: pd.DataFrame) -> pd.DataFrame:
    """Studies in the order of `table`: work (linked), where, tried, found, caveat."""
    pages = data.study_sources.drop_duplicates("study_id").set_index("study_id")["source_id"].map(data.pages)
    years = ["" if pd.isna(y) else f", {y}" for y in table["year"]]
    work = [Link(title, pages[id].url) for id, title in zip(table["id"], table["work"], strict=True)]
    return table.assign(
        work=pd.Series(work, index=table.index, dtype=object),
        where=[f"{place}{year}" for place, year in zip(table["place"], years, strict=True)],
        found=table["finding"],
        caveat=table["caveat"].fillna(""),
    )


def postcards(data, table: pd.DataFrame) -> pd.DataFrame:
    """Initiatives as postcards: name (linked to a page), where and for whom, and what it does in one sentence."""
    pages = data.initiative_sources.drop_duplicates("initiative_id").set_index("initiative_id")["source_id"]
    pages = pages.map(data.pages)
    known = zip(table["id"], table["name"], strict=True)
    links = [Link(name, pages[id].url) if id in pages.index else name for id, name in known]
    return table.assign(
        name=pd.Series(links, index=table.index, dtype=object),
        where=[
            f"{popups.where(r)} · {r.learners}, {'in and out of school' if r.setting == 'both' else r.setting}"
            for r in table.itertuples()
        ],
    )


def key_points(data) -> pd.DataFrame:
    """The four key points in order, with the page that gives each."""
    table = data.key_points.sort_values("order", ignore_index=True, kind="stable")
    return table.assign(page=table["source_id"].map(data.pages))


def _subjects(data, about: pd.Series) -> list:
    """The programme by name; an ecosystem as a link to its chapter."""
    names = data.ecosystems.set_index("id")["short_name"]
    return [Link(names[a], f"doc:book/ecosystems/{a}") if a in names.index else a.capitalize() for a in about]


def key_numbers(data) -> pd.DataFrame:
    """The edition in numbers: what, value (text), where (link to a chapter)."""
    scan, eleven = data.scan, data.eleven
    them = "ecosystem" if len(eleven) == 1 else "ecosystems"
    rows = [
        (
            f"Initiative{'s' * (len(scan) != 1)} in the open scan",
            number(len(scan)),
            Link("The wider field", "doc:book/scan"),
        ),
        (
            "Countries of the scan" if scan["iso3"].nunique() != 1 else "Country of the scan",
            number(scan["iso3"].nunique()),
            Link("The wider field", "doc:book/scan"),
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
            number(places.close_partners(data)["name"].nunique()),
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


def people(data, part: str) -> pd.DataFrame:
    """People of the programme, or (``lead``) leads of the ecosystems."""
    people = data.people
    people = people[
        people["part"].str.contains("lead")
        if part == "lead"
        else people["part"].isin(["author", "research", "programme"])
    ]
    return people.assign(source=people["source_id"].map(data.pages)).fillna({"organisation": ""})


def organisations(data) -> pd.DataFrame:
    """Organisations of the programme with their part and a link."""
    table = data.organisations
    names = [
        Link(r.name_, r.website) if isinstance(r.website, str) else r.name_
        for r in table.rename(columns={"name": "name_"}).itertuples()
    ]
    return table.assign(
        name=pd.Series(names, index=table.index, dtype=object), source=table["source_id"].map(data.pages)
    )


def events(data) -> pd.DataFrame:
    """Events, the latest first, those without a date at the end."""
    table = data.events.sort_values(["date", "id"], ascending=[False, True], na_position="last")
    inferred = table["date_basis"].eq("inferred") if "date_basis" in table else pd.Series(False, index=table.index)
    when = [
        ("not dated" if pd.isna(d) else day(d)) + (" (inferred)" if i else "")
        for d, i in zip(table["date"], inferred, strict=True)
    ]
    return table.assign(when=when, source=table["source_id"].map(data.pages))


def unknowns(data) -> pd.DataFrame:
    """What was not found about any subject."""
    table = data.unknowns.sort_values(["about", "id"], key=lambda s: s.replace("programme", ""))
    return table.assign(about=pd.Series(_subjects(data, table["about"]), index=table.index, dtype=object))


def contradictions(data) -> pd.DataFrame:
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


def changes(data) -> pd.DataFrame:
    """Rows of the evidence that were merged, dropped or added."""
    table = data.scan_changes
    return table[~table["decision"].eq("coordinates removed")].fillna({"kept_id": ""})


def sources(data) -> pd.DataFrame:
    """Every page, by publisher."""
    table = data.sources.assign(publisher=lambda t: t["publisher"].fillna("Publisher not known"))
    table = table.sort_values(["publisher", "title", "id"], key=lambda s: s.str.casefold())
    pages = [Link(r.title if isinstance(r.title, str) else r.url, r.url) for r in table.itertuples()]
    return table.assign(page=pd.Series(pages, index=table.index, dtype=object))


def initiatives(data) -> pd.DataFrame:
    """All initiatives of the scan, by region, country and name, for the page where a reader searches them.

    Returns
    -------
    DataFrame
        What is shown: name (linked to its chapter if it is selected), where, whom, summary, seen, pages (links to every
        page that tells of it).
        What is chosen by: id, region, country, setting, learners and characteristic (names of those seen). Where it
        stands in an index: index; on the map of a long scan: cell.
    """
    names = data.characteristics.sort_values("order", kind="stable").set_index("id")["name"]
    shown = grouped(data.codings[data.codings["present"] == 1], "initiative_id", "characteristic_id")
    pages = grouped(
        data.initiative_sources.assign(page=data.initiative_sources["source_id"].map(data.pages)),
        "initiative_id",
        "page",
    )
    chapters = data.ecosystems.set_index("initiative_id")["id"]
    further = grouped(
        data.initiative_countries.assign(name=data.initiative_countries["iso3"].map(data.names)),
        "initiative_id",
        "name",
    )
    table = data.scan.sort_values(["region", "country", "name"], ignore_index=True).rename(columns={"name": "title"})
    seen = [[n for c, n in names.items() if c in shown.get(i, ())] for i in table["id"]]
    return pd.DataFrame(
        {
            "id": table["id"],
            "name": pd.Series(
                [
                    Link(f"{r.title} (selected)", f"doc:book/ecosystems/{chapters[r.id]}") if r.selected else r.title
                    for r in table.itertuples()
                ],
                dtype=object,
            ),
            "where": [
                (f"{r.place}, {r.country}" if isinstance(r.place, str) else r.country)
                + (f"; also in {listing(map(data.in_text, further[r.id]))}" if r.id in further else "")
                + ("" if pd.isna(r.founded) else f"; since {r.founded}")
                + ("" if pd.isna(r.ended) else f"; ended {r.ended}")
                for r in table.itertuples()
            ],
            "whom": table["learners"] + ", " + table["setting"].replace("both", "in and out of school"),
            "summary": table["summary"],
            "seen": [", ".join(n.lower() for n in row) or "none" for row in seen],
            "pages": pd.Series([pages.get(i, []) for i in table["id"]], dtype=object),
            "region": table["region"],
            "country": table["country"],
            "setting": table["setting"].replace("both", "in and out of school"),
            "learners": table["learners"],
            "characteristic": pd.Series(seen, dtype=object),
            "index": [f"{r.country}; {r.title.replace(';', ',')}" for r in table.itertuples()],
            "cell": maps.cells(table.dropna(subset=["latitude"])).reindex(table.index, fill_value=""),
        }
    )


def gallery(data) -> pd.DataFrame:
    """The selected ecosystems as their chapters follow, with a link to each: ecosystem, where, summary, since, whom."""
    table = data.eleven.sort_values("id", kind="stable", ignore_index=True)
    names = [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()]
    rows = [_card(data, r) for r in table.itertuples()]
    told = pd.DataFrame(rows, columns=["where", "summary", "since", "whom"], dtype=object)
    return told.assign(ecosystem=pd.Series(names, dtype=object))


def side_by_side(data) -> pd.DataFrame:
    """The selected ecosystems like for like: kind, ecosystem (a link), state (its part), evidence (the strongest)."""
    route = places.routes(data).drop_duplicates("ecosystem").set_index("ecosystem")["route"].map(places.ROUTES)
    order = data.eleven["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    table = data.eleven.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
    links = [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()]
    told = {
        "kind": table["kind"].fillna("").map(capital),
        "ecosystem": pd.Series(links, dtype=object),
        "state": table["short_name"].map(route),
        "evidence": table["evidence"].map(places.EVIDENCE).fillna("none seen").map(capital),
    }
    return pd.DataFrame(told)


def _card(data, row) -> tuple[str, str, str, str]:
    """Place, what it is, since when, for whom: of the portrait, else of the tables."""
    told = portraits.texts(data, row.id, "where")
    if told and len(parts := portraits.plain(told[0]).split(" · ")) == 3:
        place, since, whom = parts
        return place, portraits.plain(portraits.texts(data, row.id, "title")[0]), capital(since.strip()), whom.strip()
    since = f"Since {row.founded}" if pd.notna(row.founded) else ""
    return popups.where(row), row.summary, since, ""
