"""Tables of words and paragraphs for the chapter of one selected ecosystem, and facts of one topic in all of them."""

from __future__ import annotations

import pandas as pd

from ecosystems.charts import popups
from ecosystems.charts.profiles import one
from ecosystems.tables import cached, in_order
from ecosystems.words import Link, Prose, capital, number, plural, prose

__all__ = [
    "at_a_glance",
    "contradictions_about",
    "facts",
    "limits",
    "opening",
    "pages_cited",
    "partners",
    "reach_of",
    "readings",
]

TOPICS = {
    "place": "The place",
    "goal": "Goal",
    "who": "For whom",
    "how": "How it works",
    "governance": "Who decides",
    "milestone": "Milestones",
    "scale": "Scale",
    "finance": "Money",
    "policy": "Policy",
    "technology": "Technology",
    "difficulty": "Difficulties",
    "lesson": "Lessons",
    "evidence": "Evidence",
}


def opening(data, id: str) -> Prose:
    """The opening of a chapter: what it is, why it was selected, and how sure that is where the selection is a
    reconstruction."""
    e = one(data, id)
    facts, partners = (int((table["ecosystem_id"] == id).sum()) for table in (data.facts, data.partners))
    held = [f"{plural(facts, 'fact')} with {'its page' if facts == 1 else 'their pages'}"] * (facts > 0) + [
        plural(partners, "partner")
    ] * (partners > 0)
    return prose(
        """:::{{div}} lead
{summary} {found}
:::

"""
        + (
            "That it is one of the {n} is our reconstruction, held with **{confidence} confidence**. "
            if data.report
            else ""
        )
        + "{basis}",
        n=len(data.eleven),
        summary=e.summary,
        found=f"This chapter holds {', and '.join(held)}." if held else "",
        confidence=e.confidence,
        basis=e.basis,
    )


def limits(data, id: str) -> Prose:
    """What was not found about an ecosystem, as a closing section."""
    e = one(data, id)
    missing = list(data.unknowns.loc[data.unknowns["about"] == id, "what"])
    for value, words, line in (
        (e.reach, ("learner", "reach"), "How many learners it reaches."),
        (e.founded, ("founded", "began"), "When it began."),
    ):
        if pd.isna(value) and not any(word in m for m in missing for word in words):  # the table may say it better
            missing.append(line)
    lines = "".join(f"\n- {{m{i}}}" for i in range(len(missing)))
    return prose(
        (f"Not found on the pages read:\n{lines}\n\n" if missing else "")
        + (
            "Only the opening of each page was read, mostly pages of the organisation itself or of the press. "
            if data.report
            else ""
        )
        + "What is not here may still be so.",
        **{f"m{i}": m for i, m in enumerate(missing)},
    )


WHOSE = {
    "initiative": "the initiative",
    "organisation": "the organisation",
    "unclear": "of the initiative or of the organisation: unclear",
}


def _since(row) -> str:
    """The founding year with whose year it is, and the year in which the work ended."""
    if pd.isna(row.founded):
        return "not known"
    until = f", until {row.ended}" if pd.notna(row.get("ended")) else ""
    return f"{row.founded} ({WHOSE.get(row.founded_of, WHOSE['unclear'])}){until}"


def reach_of(row) -> str:
    """Learners reached, never without basis and year."""
    if pd.isna(row.reach):
        return "not stated on the pages read"
    reach = number(int(row.reach))
    if isinstance(row.get("reach_about"), str):
        reach = f"{row.reach_about} {reach}"
    basis = f"{reach}, {row.reach_basis}" if isinstance(row.reach_basis, str) else reach
    return basis + (f" ({row.reach_year})" if not pd.isna(row.reach_year) and str(row.reach_year) not in basis else "")


def at_a_glance(data, id: str) -> pd.DataFrame:
    """The first things a reader asks, as rows of what and answer."""
    e = one(data, id)
    rows = [
        ("Organisation", e.organisation),
        ("Lead named in public pages", e.lead if isinstance(e.lead, str) else "not known"),
        ("Place", popups.where(e) if not pd.isna(e.latitude) else f"{popups.where(e)}, no single place known"),
        ("Since", _since(e)),
        ("Learners", reach_of(e)),
        (
            "Website",
            Link(e.website.split("//")[1].rstrip("/"), e.website) if isinstance(e.website, str) else "not known",
        ),
        *([("On our list of the selected with", f"{e.confidence} confidence")] if data.report else []),
        *([("Sources in brief", _sources_in_brief(pages))] if len(pages := pages_cited(data, id)) else []),
    ]
    return pd.DataFrame({"what": [r[0] for r in rows], "answer": pd.Series([r[1] for r in rows], dtype=object)})


def _sources_in_brief(pages: pd.DataFrame) -> str:
    """How many pages, whose most of them are, and of which years."""
    whose = sorted(pages["publisher"].value_counts().items(), key=lambda w: (-w[1], w[0].casefold()))
    years = pages["year"].dropna()
    return (
        plural(len(pages), "page")
        + (f" of {plural(len(whose), 'publisher')}" if whose else "")
        + (f", {years.min()} to {years.max()}" if years.nunique() > 1 else "")
        + (f"; most from {whose[0][0]} ({whose[0][1]})" if len(whose) > 1 and whose[0][1] > whose[1][1] else "")
    )


def _said(facts: pd.DataFrame) -> list[str]:
    """Statements, with their certainty where it is less than reported."""
    return [
        s if c == "reported" else f"{s} ({capital(c)}.)"
        for s, c in zip(facts["statement"], facts["certainty"], strict=True)
    ]


def facts(data, id: str, *topics: str) -> pd.DataFrame:
    """Facts on an ecosystem, of some topics or all: topic, when, statement, certainty, page."""
    facts = data.facts[data.facts["ecosystem_id"] == id]
    if topics:
        facts = facts[facts["topic"].isin(topics)]
    rank = {t: i for i, t in enumerate(TOPICS)}
    facts = facts.assign(rank=facts["topic"].map(rank)).sort_values(["rank", "year", "id"], na_position="last")
    return facts.assign(
        topic=facts["topic"].map(TOPICS).where(~facts["topic"].duplicated(), ""),
        when=["" if pd.isna(y) else str(y) for y in facts["year"]],
        statement=_said(facts),
        page=facts["source_id"].map(data.pages),
    )


def partners(data, id: str) -> pd.DataFrame:
    """Partners of an ecosystem, by kind: kind, name, relation, page."""
    table = data.partners[data.partners["ecosystem_id"] == id]
    table = table.assign(size=table["type"].map(table["type"].value_counts()))
    table = table.sort_values(["size", "type", "name"], ascending=[False, True, True])
    return table.assign(
        kind=table["type"].map(capital).where(~table["type"].duplicated(), ""),
        page=table["source_id"].map(data.pages),
    )


def readings(data, id: str) -> pd.DataFrame:
    """What is seen of the eight characteristics: name, reading, note, page."""
    own = data.codings[data.codings["initiative_id"] == one(data, id).initiative_id].dropna(subset=["present"])
    table = in_order(data.characteristics).merge(own, how="left", left_on="id", right_on="characteristic_id")
    reading = table["present"].map({1: "seen", 0: "denied"}).fillna("not seen")
    return table.assign(reading=reading, page=table["source_id"].map(data.pages).astype(object))


@cached
def contradictions_about(data, id: str) -> pd.DataFrame:
    """Claims that contradict each other about one ecosystem: question, claim, page, treatment."""
    table = data.claims.merge(
        data.contradictions[data.contradictions["about"] == id],
        left_on="contradiction_id",
        right_on="id",
        suffixes=("", "_q"),
    )
    table = table.sort_values(["contradiction_id", "id"], ignore_index=True)
    table = table.assign(page=table["source_id"].map(data.pages))
    table.loc[table["contradiction_id"].duplicated(), ["question", "treatment"]] = ""
    return table


@cached
def pages_cited(data, id: str) -> pd.DataFrame:
    """Every page on which the chapter of an ecosystem stands."""
    e = one(data, id)
    ids = set(data.ecosystem_sources.loc[data.ecosystem_sources["ecosystem_id"] == id, "source_id"])
    ids |= set(data.facts.loc[data.facts["ecosystem_id"] == id, "source_id"]) | set(
        data.partners.loc[data.partners["ecosystem_id"] == id, "source_id"]
    )
    ids |= set(data.codings.loc[data.codings["initiative_id"] == e.initiative_id, "source_id"].dropna())
    ids |= set(contradictions_about(data, id)["source_id"])
    table = data.sources[data.sources["id"].isin(ids)]
    table = table.sort_values(["publisher", "title"], key=lambda s: s.str.casefold(), ignore_index=True)
    return table.assign(page=table["id"].map(data.titled_pages))
