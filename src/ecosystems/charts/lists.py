"""Tables of words for the chapters: a row of the tables as a reader sees it, with links."""

import pandas as pd

from ecosystems import analysis, maps, portraits
from ecosystems.analysis import agreement, characteristic_names, places
from ecosystems.charts import popups
from ecosystems.charts.openings import KINDS
from ecosystems.charts.scan import SETTINGS
from ecosystems.portraits import certainty
from ecosystems.tables import in_order
from ecosystems.words import Link, agree, capital, day, listing, number, ratio

EXPLORER = Link("all initiatives", "doc:book/explorer")


def frameworks(data) -> pd.DataFrame:
    """Frameworks by year, with a link to the page where each was seen."""
    table = data.frameworks.sort_values(["year", "title"], na_position="last", ignore_index=True)
    work = list(map(Link, table["title"], table["source_id"].map(data.sources.set_index("id")["url"])))
    return table.assign(work=work, authors=table["authors"].fillna(table["publisher"]))


def coding_rule(data) -> pd.DataFrame:
    """The characteristics in order, with the share of initiatives in which each is seen."""
    table, total = in_order(data.characteristics), len(data.initiatives)
    found = analysis.seen(data)[table["id"]].sum()
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
    marked = [certainty(status, names).mark for status, *names in zip(facts["certainty"], *pages, strict=True)]
    meanings = {
        "●": "Confirmed by two sources that do not depend on each other",
        "": "From one source",
        "○": "Claimed by those who benefit, disputed, planned or inferred",
    }
    rows = [(mark or "no mark", words, number(marked.count(mark))) for mark, words in meanings.items()]
    return pd.DataFrame(rows, columns=["mark", "words", "facts"])


def agreement_of_readers(data) -> pd.DataFrame:
    """How often two readers agreed on each characteristic, by the first rule and by the newest, with kappa."""
    table = agreement.agreement(data)
    first, newest = (table[table["rule"] == r].set_index("characteristic_id") for r in (1, table["rule"].max()))
    rows = [
        (
            name,
            number(first.at[i, "kappa"], 2) if i in first.index else "",
            f"{number(newest.at[i, 'percent'])}%",
            "{} ({} to {})".format(*(number(newest.at[i, c], 2) for c in ("kappa", "low", "high"))),
        )
        for i, name in characteristic_names(data).items()
        if i in newest.index
    ]
    return pd.DataFrame(rows, columns=["name", "before", "agreed", "kappa"])


def quoted_figures(data) -> pd.DataFrame:
    """Figures quoted on pages about the report, with the page that quotes them and their origin."""
    table, pages = data.quoted_figures, data.pages
    known = zip(table["origin"], table["origin_source_id"], strict=True)
    origin = [text if pd.isna(page) else Link(text, pages[page].url) for text, page in known]
    return table.assign(where=table["where_source_id"].map(pages), origin=origin)


def basis(data) -> pd.DataFrame:
    """The selected ecosystems, the surest first, with a link to each chapter and why it is on the list."""
    table = data.eleven.sort_values(["confidence", "short_name"], ignore_index=True)
    return table.assign(ecosystem=table["id"].map(data.chapters))


def studies(data, table: pd.DataFrame) -> pd.DataFrame:
    """Studies in the order of `table`: work (linked), where, tried, found, caveat."""
    pages = popups.first_pages(data, data.study_sources)
    return table.assign(
        work=[Link(title, pages[id].url) for id, title in zip(table["id"], table["work"], strict=True)],
        where=[f"{r.place}{'' if pd.isna(r.year) else f', {r.year}'}" for r in table.itertuples()],
        found=table["finding"],
    )


def postcards(data, table: pd.DataFrame) -> pd.DataFrame:
    """Initiatives as postcards: name (linked to a page), where and for whom, and what it does in one sentence."""
    pages = popups.first_pages(data, data.initiative_sources)
    known = zip(table["id"], table["name"], strict=True)
    return table.assign(
        name=[Link(name, pages[id].url) if id in pages.index else name for id, name in known],
        where=[f"{popups.where(r)} · {r.learners}, {SETTINGS[r.setting]}" for r in table.itertuples()],
    )


def _subjects(data, about: pd.Series) -> list:
    """The programme by name; an ecosystem as a link to its chapter."""
    return [data.chapters.get(a, a.capitalize()) for a in about]


def key_numbers(data) -> pd.DataFrame:
    """The edition in numbers: what, value (text), where (link to a chapter)."""
    scan, eleven = data.scan, data.eleven
    here, there = scan["iso3"].nunique(), eleven["iso3"].nunique()
    them = agree(len(eleven), "ecosystem")
    the_scan = Link("The wider field" if data.report else "The scan", "doc:book/scan")
    selection = Link("From scan to selection", "doc:book/selection")
    chapters = Link("The ecosystems", "doc:book/ecosystems")
    compared = Link("What they share", "doc:book/shared")
    sure = int((eleven["confidence"] == "high").sum()) if data.report else 0
    rows = [
        (f"{agree(len(scan), 'Initiative')} in the open scan", len(scan), the_scan),
        (f"{agree(here, 'Country')} of the scan", here, the_scan),
        ("Characteristics read from pages", int((data.codings["present"] == 1).sum()), selection),
        (f"Selected learning {them}", len(eleven), chapters),
        ("of which with high confidence", sure, selection),
        (f"{agree(there, 'Country')} of the {them}", there, chapters),
        (
            f"Partners of the {them}",
            places.close_partners(data)["name"].nunique(),
            compared if len(eleven) > 1 else Link("The ecosystem", chapters.url),
        ),
        ("Public pages cited", len(data.sources), Link("Sources", "doc:book/sources")),
        (
            "Questions on which pages disagree",
            len(data.contradictions),
            Link("Contradictions", "doc:book/contradictions"),
        ),
    ]
    return pd.DataFrame([(what, number(n), where) for what, n, where in rows if n], columns=["what", "value", "where"])


def people(data, part: str) -> pd.DataFrame:
    """People with this part in the programme, such as ``lead``: of an ecosystem."""
    people = data.people[data.people["part"].str.contains(part)]
    return people.assign(source=people["source_id"].map(data.pages))


def events(data) -> pd.DataFrame:
    """Events, the latest first, those without a date at the end."""
    table = data.events.sort_values(["date", "id"], ascending=[False, True], na_position="last")
    when = [
        ("not dated" if pd.isna(r.date) else day(r.date)) + " (inferred)" * (r.date_basis == "inferred")
        for r in table.reindex(columns=["date", "date_basis"]).itertuples()
    ]
    return table.assign(when=when, source=table["source_id"].map(data.pages))


def _by_subject(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Rows by what they are about, the programme first, then by `keys`."""
    return table.sort_values(["about", *keys], key=lambda s: s.replace("programme", ""), ignore_index=True)


def unknowns(data) -> pd.DataFrame:
    """What was not found about any subject."""
    table = _by_subject(data.unknowns, "id")
    return table.assign(about=_subjects(data, table["about"]))


def claims(data) -> pd.DataFrame:
    """Claims that contradict each other, by question, which stands with its treatment in the first of its rows only."""
    table = data.claims.merge(data.contradictions, left_on="contradiction_id", right_on="id", suffixes=("", "_q"))
    table = table.sort_values(["contradiction_id", "id"], ignore_index=True)
    table.loc[table["contradiction_id"].duplicated(), ["question", "treatment"]] = ""
    return table.assign(page=table["source_id"].map(data.pages))


def contradictions(data) -> pd.DataFrame:
    """One row for each claim; subject, question and treatment stand in the first of its rows only."""
    table = _by_subject(claims(data), "contradiction_id", "id")
    about = pd.Series(_subjects(data, table["about"]), dtype=object).mask(table["contradiction_id"].duplicated(), "")
    return table.assign(about=about, source=table["page"])


def changes(data) -> pd.DataFrame:
    """Rows of the evidence that were merged, dropped or added."""
    return data.scan_changes[~data.scan_changes["decision"].eq("coordinates removed")]


def sources(data) -> pd.DataFrame:
    """Every page, by publisher."""
    table = data.sources.assign(publisher=lambda t: t["publisher"].fillna("Publisher not known"))
    table = table.sort_values(["publisher", "title", "id"], key=lambda s: s.str.casefold())
    return table.assign(page=table["id"].map(data.titled_pages))


def initiatives(data) -> pd.DataFrame:
    """All initiatives of the scan, by region, country and name, for the page where a reader searches them.

    What is shown: name (linked to its chapter if it is selected), where, whom, summary, seen, pages (links to every
    page that tells of it). What is chosen by: id, region, country, setting, learners and characteristic (names of those
    seen). Where it stands in an index: index; on the map of a long scan: cell.
    """
    names, pages = characteristic_names(data), data.initiative_sources["source_id"].map(data.pages)
    pages = pages.groupby(data.initiative_sources["initiative_id"]).agg(list)
    further = data.initiative_countries["iso3"].map(data.names).map(data.in_text)
    further = further.groupby(data.initiative_countries["initiative_id"]).agg(listing)
    selected = data.ecosystems.set_index("initiative_id")["id"].map(data.chapters)
    table = data.scan.sort_values(["region", "country", "name"], ignore_index=True).rename(columns={"name": "title"})
    table["setting"] = table["setting"].map(SETTINGS)
    seen = [list(names[row]) for row in analysis.seen(data).loc[table["id"], names.index].to_numpy()]
    return table.assign(
        name=[Link(f"{r.title} (selected)", selected[r.id].url) if r.selected else r.title for r in table.itertuples()],
        where=[
            (f"{r.place}, {r.country}" if isinstance(r.place, str) else r.country)
            + (f"; also in {further[r.id]}" if r.id in further else "")
            + ("" if pd.isna(r.founded) else f"; since {r.founded}")
            + ("" if pd.isna(r.ended) else f"; ended {r.ended}")
            for r in table.itertuples()
        ],
        whom=table["learners"] + ", " + table["setting"],
        seen=[", ".join(n.lower() for n in row) or "none" for row in seen],
        pages=[pages.get(i, []) for i in table["id"]],
        characteristic=seen,
        index=[f"{r.country}; {r.title.replace(';', ',')}" for r in table.itertuples()],
        cell=maps.cells(table.dropna(subset=["latitude"])).reindex(table.index, fill_value=""),
    )


def gallery(data) -> pd.DataFrame:
    """The selected ecosystems as their chapters follow, with a link to each: ecosystem, where, summary, since, whom."""
    rows = [(data.chapters[r.id], *_card(data, r)) for r in data.eleven.sort_values("id", kind="stable").itertuples()]
    return pd.DataFrame(rows, columns=["ecosystem", "where", "summary", "since", "whom"])


def side_by_side(data) -> pd.DataFrame:
    """The selected ecosystems like for like: kind, ecosystem (a link), state (its part), evidence (the strongest)."""
    route = places.routes(data).drop_duplicates("ecosystem").set_index("ecosystem")["route"].map(places.ROUTES)
    order = data.eleven["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    table = data.eleven.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
    told = {
        "kind": table["kind"].fillna("").map(capital),
        "ecosystem": table["id"].map(data.chapters),
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
    its = data.initiatives[data.initiatives["id"] == row.initiative_id]
    whom = "".join(f"{r.learners}, {SETTINGS[r.setting]}" for r in its.itertuples())
    return popups.where(row), row.summary, since, whom
