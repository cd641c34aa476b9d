"""Computed paragraphs: the openings of chapters, and what follows the tables elsewhere in them."""

from __future__ import annotations

import pandas as pd

from ecosystems import analysis
from ecosystems.charts import policy as policies
from ecosystems.charts import scan as scans
from ecosystems.charts import selection as selections
from ecosystems.figure import Figure
from ecosystems.words import (
    FEW,
    Link,
    Prose,
    be,
    capital,
    count,
    day,
    escape,
    listing,
    number,
    plural,
    prose,
    share,
)

__all__ = [
    "ecosystems",
    "findings",
    "index",
    "key_points_in_tables",
    "method",
    "out_of_school_pace",
    "policy",
    "scan",
    "selection",
    "share_of_south",
    "shared",
    "sources",
    "what_is_an_ecosystem",
]


def index(data) -> Prose:
    """The opening of the book: the report that the scan reconstructs, or what the scan is about."""
    report = data.report
    opening = (
        """Where in the Global South is learning a task that a whole place shares, and what is known of it? On {date} a
report presented {ecosystems} local learning ecosystems after a scan of over {scanned} initiatives in Africa, Asia and
Latin America. This edition rebuilds that scan in the open: {initiatives} in {countries}, each with its source, and
every figure drawn from tables that you can check, keep and replace."""
        if report
        else """{description} The scan holds {initiatives} in {countries}, each with its source, and every figure is
drawn from tables that you can check, keep and replace."""
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


def findings(*figures: Figure) -> Prose:
    """A list of findings, each with the number of its figure; a figure that shows nothing has none."""
    shown = [figure for figure in figures if len(figure.data)]
    return Prose("\n".join(f"- {escape(f.finding)} ({{numref}}`fig-{f.slug}`)." for f in shown))


def method(data) -> Prose:
    """What the scan stands on in numbers; for a scan of one's own also what its descriptor says of the way it was
    made."""
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


def sources(data) -> Prose:
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


def what_is_an_ecosystem(data) -> Prose:
    """The opening of the chapter: the idea, and how pages are read by it."""
    works = """The {n} works listed here define it, order its kinds or name its aim. Their definitions differ, and
several share one core: schools do not carry learning alone, but with people and organisations around them. """
    return prose(
        """:::{{div}} lead
What makes a place a learning ecosystem, and how can one tell from a page? """
        + (works if len(data.frameworks) else "")
        + """To read pages by it, this edition breaks the idea into {c} characteristics, with a written rule for each.
{often}.
:::""",
        n=number(len(data.frameworks)),
        c=count(len(data.characteristics)),
        often=selections.characteristics_seen(data, analysis.characteristics_seen(data)).finding,
    )


def out_of_school_pace(data) -> dict[str, object]:
    """Out-of-school rates of low-income countries at lower secondary age: at the start, in the middle and at the end of
    the series, with a judgement."""
    rates = (
        data.figures[(data.figures["iso3"] == "LIC") & (data.figures["indicator_id"] == "oos_rate_lower_sec")]
        .set_index("year")["value"]
        .sort_index()
    )
    if rates.empty:
        return dict.fromkeys(("x", "a", "y", "b", "z", "c"), "not known") | {
            "judgement": "Whether it gets better is not known."
        }
    (x, a), (y, b), (z, c) = ((rates.index[i], rates.iloc[i]) for i in (0, len(rates) // 2, -1))
    slower = (b - c) / max(z - y, 1) < (a - b) / max(y - x, 1) / 2
    judgement = (
        "It gets no better any more."
        if c >= b > 0 and a > b
        else "Progress has slowed."
        if slower and a > b
        else "Progress goes on."
        if a > b
        else "There is no progress."
    )
    return {
        "judgement": judgement,
        "x": str(x),
        "a": number(a),
        "y": str(y),
        "b": number(b),
        "z": str(z),
        "c": number(c),
    }


def share_of_south(data) -> dict[str, object]:
    """The share of the Global South in the world's people and children, percent, in the last year of the population
    table."""
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_total"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures[figures["iso3"].isin(data.countries.loc[data.countries["global_south"] == 1, "iso3"])]
    full = south.groupby("year")["iso3"].nunique()
    year = max(y for y in full.index if full[y] == full.max())
    rest = analysis.children_by_region(data).query("region == 'Rest of the world'")["percent"]
    return {
        "n": int(full[year]),
        "year": str(year),
        "people": number(100 * south.loc[south["year"] == year, "value"].sum() / world[year]),
        "children": number(100 - rest.iloc[-1]),
    }


def scan(data, by_learners: pd.DataFrame) -> Prose:
    """The opening of the chapter: how many, where, in which setting, and of how many the learners are counted."""
    scan = data.scan
    unread = int(scan["reach"].isna().sum())
    counted = (
        "For each of them a page counts the learners"
        if not unread
        else f"For {'all' if unread == len(scan) else share(unread, len(scan)) if len(scan) >= FEW else unread} of "
        "them no page that was read counts the learners"
    )
    return prose(
        """:::{{div}} lead
Where are the initiatives, and for whom? The scan holds {n} of them in {countries}: {regions}. {setting}. {counted}.
:::""",
        n=number(len(scan)),
        countries=plural(scan["iso3"].nunique(), "country", "countries"),
        regions=listing(f"{number(int(n))} in {r}" for r, n in scan["region"].value_counts().items()),
        setting=scans.scan_by_learners(data, by_learners).finding if len(by_learners) else "",
        counted=counted,
    )


def selection(data) -> Prose:
    """The opening of the chapter: what sets the selected apart, and how far that holds."""
    differ = selections.eleven_and_the_rest(data, analysis.selected_and_the_rest(data))
    if differ.data.empty:
        return prose(
            ":::{{div}} lead\nWhat do pages show of the initiatives? {finding}.\n:::",
            finding=selections.characteristics_seen(data, analysis.characteristics_seen(data)).finding,
        )
    checked = selections.eleven_gap_checked(data, analysis.gaps_when_left_out(data))
    sure = ", and {medium} of them {are} on the list with medium confidence only" if data.report else ""
    medium = int((data.eleven["confidence"] == "medium").sum())
    return prose(
        """:::{{div}} lead
What do pages show of the initiatives, and what sets the selected ones apart? {finding}."""
        + ("\n{checked}. {n} {cases} few" + sure + "." if len(checked.data) else "")
        + "\n:::",
        finding=differ.finding,
        checked=checked.finding,
        n=capital(count(len(data.eleven))),
        cases="case is too" if len(data.eleven) == 1 else "cases are",
        medium=count(medium),
        are="is" if medium == 1 else "are",
    )


def ecosystems(data) -> Prose:
    """The opening of the chapter: how they began, how many, where."""
    size, few = len(data.eleven), count(len(data.eleven))
    countries = plural(data.eleven["iso3"].nunique(), "country", "countries")
    if not data.report:
        where = countries if data.eleven["iso3"].nunique() > 1 else data.eleven["country"].iloc[0]
        each = "It has a chapter" if size == 1 else "Each has a chapter"
        return prose(
            """:::{{div}} lead
This scan selects {few}, in {where}. {each} with what is known of it.
:::""",
            few=few,
            where=where,
            each=each,
        )
    return prose(
        """:::{{div}} lead
A foundation begun for victims of landmines now helps young people lead in their towns. A city opened its school day
with a lesson on happiness, until a new government ended it. A university works with traditional councils and their
villages. The {n} ecosystems, in {countries}, began in different ways; in each of them people and organisations of
different kinds share the work.
:::""",
        n=size,
        countries=countries,
    )


KINDS = {
    "the state changes itself": "Here a government puts a new idea into its own schools, and it may last only as long "
    "as somebody in office wants it.",
    "training those who run schools": "These work with mayors, heads, teachers and officials first, so that many "
    "schools can change at once.",
    "learning where school does not reach": "On river islands and in a refugee camp the question is plainer: is there "
    "a teacher, a room and a way on?",
    "place and peace": "A town, a village or a valley comes first: children and youths learn by mending what divides "
    "or empties the place that they live in.",
}


def kinds(data) -> Prose:
    """The kinds of ecosystem, one sentence each, with those that belong to it."""
    paragraphs, fields = [], {}
    for k, (kind, sentence) in enumerate(KINDS.items()):
        own = data.eleven[data.eleven["kind"] == kind]
        names = [f"{{k{k}n{i}}}" for i in range(len(own))]
        fields |= {
            f"k{k}n{i}": Link(r.short_name, f"doc:book/ecosystems/{r.id}") for i, r in enumerate(own.itertuples())
        }
        if names:
            paragraphs.append(f"**{capital(kind)}.** {sentence} {listing(names)}.")
    return prose("\n\n".join(paragraphs), **fields)


def shared(data) -> Prose:
    """The opening of the chapter: what the ecosystems have in common, as far as tables tell."""
    named = data.partners.groupby("name")["ecosystem_id"].nunique()
    common = sorted(named.index[named > 1], key=str)
    finding = f"No partner of {number(len(named))} is named by more than one ecosystem"
    if common:
        some = listing(common) if len(common) < 6 else f"{listing(common[:5])} among them"
        few = f"Only {plural(len(common), 'partner')} of {number(len(named))} {be(len(common))} named"
        finding = f"{few} by more than one ecosystem: {some}"
    points = (
        """The report sums up what they share in {points} points; the tables of this book can show three of them in
part, and do not measure trust."""
        if data.report and len(data.key_points)
        else ""
    )
    return prose(
        """:::{{div}} lead
What {do} {places} in {countries} have in common? """
        + ("Hardly a partner: {finding}. " if finding.startswith(("Only", "No")) else "{finding}. ")
        + points
        + "\n:::",
        do="does" if len(data.eleven) == 1 else "do",
        places=plural(len(data.eleven), "place"),
        countries=plural(data.eleven["iso3"].nunique(), "country", "countries"),
        finding=finding[:1].lower() + finding[1:] if finding.startswith(("Only", "No")) else finding,
        points=count(len(data.key_points)),
    )


def key_points_in_tables(data) -> Prose:
    """What the tables can say on each of the four points, and what they cannot."""
    scan, eleven = data.scan, data.eleven
    seen = data.codings[data.codings["present"] == 1]

    def shares(characteristic: str) -> dict[str, str]:
        ids = set(seen.loc[seen["characteristic_id"] == characteristic, "initiative_id"])
        rest = scan[~scan["selected"]]
        here, there = int(eleven["initiative_id"].isin(ids).sum()), int(rest["id"].isin(ids).sum())
        return {
            f"{characteristic}_here": f"{number(here)} of the {len(eleven)}",
            f"{characteristic}_rest": share(there, len(rest)),
        }

    partners = data.partners[(data.partners["tie"] != "loose") & data.partners["ecosystem_id"].isin(eleven["id"])]
    kinds = partners.groupby("ecosystem_id")["type"].nunique().reindex(eleven["id"], fill_value=0)
    public = partners.loc[partners["type"] == "government", "ecosystem_id"].nunique()
    with_topic = {
        t: data.facts.loc[data.facts["topic"] == t, "ecosystem_id"].nunique() for t in ("evidence", "technology")
    }
    return prose(
        """**Thriving.** Pages show thriving as an aim of its own for {thriving_here}, and for {thriving_rest} of the
rest of the scan. It is mostly the organisation's own word. {{numref}}`tbl-goals` gives the aim of each in one sentence.

**Trust.** No column of these tables measures trust. The nearest thing is whether people of the place start, run or
carry the work: pages show it for {community_here}, and for {community_rest} of the rest. That is a condition of trust
at best.

**Alliances.** Pages show that organisations of different kinds share the work for {alliances_here}, and for
{alliances_rest} of the rest. Each ecosystem has partners of {kinds} with whom joint work or support is known; {public}
of the {n} have a public authority among them ({{numref}}`fig-partners-by-type`).

**Data.** The wording of this point was not seen, so it is not known which data are meant. Facts on evidence were found
for {evidence} of the {n} ({{numref}}`tbl-evidence-across`), facts on technology for {technology}.""",
        **shares("thriving"),
        **shares("community"),
        **shares("alliances"),
        kinds=f"{count(int(kinds.min()))} to {count(int(kinds.max()))} kinds"
        if len(kinds) and kinds.min() < kinds.max()
        else plural(int(kinds.max()) if len(kinds) else 0, "kind"),
        public=public,
        n=len(eleven),
        **with_topic,
    )


def policy(data) -> Prose:
    """The opening of the chapter: with how many of the selected public authorities work, and what is seen with the
    public system."""
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
        setting=policies.public_by_setting(data, analysis.public_by_setting(data)).finding,
        other=policies.public_and_other_characteristics(data, analysis.public_and_other_characteristics(data)).finding,
    )
