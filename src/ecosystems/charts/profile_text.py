"""Tables of words and paragraphs for the chapter of one selected ecosystem, and facts of one topic in all of them."""

import pandas as pd

from ecosystems.charts import lists, popups
from ecosystems.charts.profiles import one
from ecosystems.tables import cached, in_order
from ecosystems.words import Link, Prose, agree, capital, number, plural, prose

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
    counts = [int((table["ecosystem_id"] == id).sum()) for table in (data.facts, data.partners)]
    facts = f"{plural(counts[0], 'fact')} with {agree(counts[0], 'its page', 'their pages')}"
    held = [text for n, text in zip(counts, (facts, plural(counts[1], "partner")), strict=True) if n]
    sure = "That it is one of the {n} is our reconstruction, held with **{confidence} confidence**. "
    return prose(
        f":::{{{{div}}}} lead\n{{summary}} {{found}}\n:::\n\n{sure if data.report else ''}{{basis}}",
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
    read = "Only the opening of each page was read, mostly pages of the organisation itself or of the press. "
    return prose(
        (f"Not found on the pages read:\n{lines}\n\n" if missing else "")
        + read * bool(data.report)
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
    reach = number(row.reach)
    if isinstance(row.get("reach_about"), str):
        reach = f"{row.reach_about} {reach}"
    basis = f"{reach}, {row.reach_basis}" if isinstance(row.reach_basis, str) else reach
    return basis + (f" ({row.reach_year})" if not pd.isna(row.reach_year) and str(row.reach_year) not in basis else "")


def at_a_glance(data, id: str) -> pd.DataFrame:
    """The first things a reader asks, as rows of what and answer."""
    e, pages = one(data, id), pages_cited(data, id)
    website = Link(e.website.split("//")[1].rstrip("/"), e.website) if isinstance(e.website, str) else "not known"
    rows = [
        ("Organisation", e.organisation),
        ("Lead named in public pages", e.lead if isinstance(e.lead, str) else "not known"),
        ("Place", popups.where(e) + ", no single place known" * pd.isna(e.latitude)),
        ("Since", _since(e)),
        ("Learners", reach_of(e)),
        ("Website", website),
    ]
    if data.report:
        rows.append(("On our list of the selected with", f"{e.confidence} confidence"))
    if len(pages):
        rows.append(("Sources in brief", _sources_in_brief(pages)))
    return pd.DataFrame(rows, columns=["what", "answer"])


def _sources_in_brief(pages: pd.DataFrame) -> str:
    """How many pages, whose most of them are, and of which years."""
    whose = sorted(pages["publisher"].value_counts().items(), key=lambda w: (-w[1], w[0].casefold()))
    years, brief = pages["year"].dropna(), plural(len(pages), "page")
    if whose:
        brief += f" of {plural(len(whose), 'publisher')}"
    if years.nunique() > 1:
        brief += f", {years.min()} to {years.max()}"
    if len(whose) > 1 and whose[0][1] > whose[1][1]:
        brief += f"; most from {whose[0][0]} ({whose[0][1]})"
    return brief


def facts(data, id: str, *topics: str) -> pd.DataFrame:
    """Facts on an ecosystem, of some topics or all: topic, when, statement, certainty, page."""
    facts, order = data.facts[data.facts["ecosystem_id"] == id], list(TOPICS)
    if topics:
        facts = facts[facts["topic"].isin(topics)]
    facts = facts.assign(rank=facts["topic"].map(order.index)).sort_values(["rank", "year", "id"], na_position="last")
    doubt = facts["certainty"].map(lambda c: "" if c == "reported" else f" ({capital(c)}.)")
    return facts.assign(
        topic=facts["topic"].map(TOPICS).where(~facts["topic"].duplicated(), ""),
        when=["" if pd.isna(y) else str(y) for y in facts["year"]],
        statement=facts["statement"] + doubt,
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


def contradictions_about(data, id: str) -> pd.DataFrame:
    """Claims that contradict each other about one ecosystem: question, claim, page, treatment."""
    table = lists.claims(data)
    return table[table["about"] == id]


@cached
def pages_cited(data, id: str) -> pd.DataFrame:
    """Every page on which the chapter of an ecosystem stands."""
    own = [t[t["ecosystem_id"] == id] for t in (data.ecosystem_sources, data.facts, data.partners)]
    own += [data.codings[data.codings["initiative_id"] == one(data, id).initiative_id], contradictions_about(data, id)]
    ids = pd.concat([table["source_id"] for table in own])
    table = data.sources[data.sources["id"].isin(ids)]
    table = table.sort_values(["publisher", "title"], key=lambda s: s.str.casefold(), ignore_index=True)
    return table.assign(page=table["id"].map(data.titled_pages))
