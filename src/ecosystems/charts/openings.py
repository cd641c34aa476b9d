"""Computed paragraphs: the openings of chapters, and what follows the tables elsewhere in them."""

import pandas as pd

from ecosystems import analysis
from ecosystems.analysis import places
from ecosystems.charts import annexes
from ecosystems.charts import policy as policies
from ecosystems.charts import scan as scans
from ecosystems.charts import selection as selections
from ecosystems.charts.popups import in_countries
from ecosystems.charts.profiles import far
from ecosystems.charts.told import told
from ecosystems.words import (
    Prose,
    agree,
    be,
    capital,
    count,
    day,
    lead,
    listing,
    number,
    part,
    plural,
    prose,
    share,
)


def index(data) -> Prose:
    """The opening of the book: the report that the scan reconstructs, or what the scan is about."""
    report = data.report
    fields = {"initiatives": plural(len(data.scan), "initiative"), "countries": in_countries(data, data.scan)}
    if report:
        return lead(
            """
On {date} a report presented {ecosystems} places in the Global South where learning is everyone's work. This
open edition tells their stories, sets them among {initiatives} in {countries}, and lets you check every number. It is
for those who teach, who run schools or a town, who advise a ministry, who give money, and who do research.""",
            date=day(report["date"]),
            ecosystems=report["ecosystems"],
            **fields,
        )
    return lead(
        """
{description} The scan has {initiatives} in {countries}, {each} its source, and every figure is
drawn from tables that you can check, keep and replace.""",
        description=data.package.get("description", ""),
        each=agree(len(data.scan), "with", "each with"),
        **fields,
    )


def method(data) -> Prose:
    """How much was read; for a scan of one's own also what its descriptor says of the way it was made."""
    read, pages = data.initiative_sources["source_id"].nunique(), plural(len(data.sources), "public page")
    told = data.package.get("method") or (
        "" if data.report else "The scan gives no account of how its initiatives were looked for and chosen."
    )
    return prose(
        "The scan has {initiatives}. What it says of {them} comes from {pages}. {told}",
        them=agree(len(data.initiatives), "it", "them"),
        initiatives=plural(len(data.initiatives), "initiative"),
        pages=f"{number(read)} of the {pages} cited here" if read < len(data.sources) else pages,
        told=told,
    )


def spot_checks(data) -> Prose:
    """What comparisons of random entries with their pages showed, and how many entries to expect imprecise."""
    found = analysis.spot_check(data).set_index("outcome")["rows"]
    whole, partly, wrong, page, source = (
        found.get(o, 0) for o in ("supported", "supported in part", "contradicted", "page not found again", "no source")
    )
    total, n = found.sum(), data.spot_check["round"].nunique()
    one_in = count(round(total / max(total - whole, 1)))
    careful = f" Expect about one entry in {one_in} to be imprecise or to have lost its page."
    return prose(
        """{times} we drew entries at random and compared them with their pages, {total} in all. {whole} matched in
full, {part} in part, and {wrong}. {lost}"""
        + (careful if whole < total else ""),
        times={1: "Once", 2: "Twice"}.get(n, f"{count(n)} times"),
        total=total,
        whole=capital(number(whole)),
        part=partly,
        lost=_lost(page, source),
        wrong=f"{count(wrong)} {agree(wrong, 'was', 'were')} contradicted" if wrong else "none was contradicted",
    )


def _lost(page: int, source: int) -> str:
    """What became of the entries that could not be compared with a page."""
    gone = [f"{count(page)} had lost {agree(page, 'its', 'their')} page"] * bool(page)
    none = [f"{count(source)} had none and {agree(source, 'was', 'were')} dropped"] * bool(source)
    return f"{capital(listing(gone + none))}." if gone + none else ""


def sources(data) -> Prose:
    """The opening of the chapter: how many pages, whose datasets, how many copies."""
    pages, copies = len(data.sources), int(data.sources["is_copy"].sum())
    text = "What does this book stand on? On {pages}"
    if (data.scan["global_south"] == 1).any():  # country figures are of the Global South
        text += " and on the datasets of {orgs}"
    if copies:
        text += ". {copies} of the pages {are} of an original that was not found elsewhere"
    elif pages:
        text += agree(pages, ". The page is not known to be a copy", ". None of the pages is known to be a copy")
    return lead(
        f"{text}.",
        pages=plural(pages, "public page"),
        copies=capital(count(copies)),
        are=agree(copies, "is a copy", "are copies"),
        orgs=listing(sorted(annexes.indicators(data)["organisation"].unique())),
    )


def what_is_an_ecosystem(data) -> Prose:
    """The opening of the chapter: the idea in one sentence."""
    return lead("""
A learning ecosystem is a place where school does not carry learning alone: families, firms, officials, universities and
neighbours share the work, and children learn from all of them.""")


def out_of_school_pace(data, group: str = "LIC") -> dict[str, object]:
    """Out-of-school rates of a group of countries, by default the low-income ones, at lower secondary age.

    They are those at the start, in the middle and at the end of the series, with a judgement.
    """
    figures = data.figures[data.figures["indicator_id"] == "oos_rate_lower_sec"]
    rates = figures[figures["iso3"] == group].set_index("year")["value"].sort_index()
    if rates.empty:
        return {**dict.fromkeys("xaybzc", "not known"), "judgement": "Whether it gets better is not known."}
    (x, a), (y, b), (z, c) = ((rates.index[i], rates.iloc[i]) for i in (0, len(rates) // 2, -1))
    if a <= b:
        judgement = "There is no progress."
    elif c >= b > 0:
        judgement = "Progress has stalled."
    else:
        slower = (b - c) / max(z - y, 1) < (a - b) / max(y - x, 1) / 2
        judgement = "Progress has slowed." if slower else "Progress goes on."
    told = {"x": str(x), "a": number(a), "y": str(y), "b": number(b), "z": str(z), "c": number(c)}
    return {"judgement": judgement, **told}


def share_of_south(data) -> dict[str, object]:
    """The share of the Global South in the world's people and children, percent, in the last year of the population
    table."""
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_total"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures[figures["iso3"].isin(data.south["iso3"])]
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
    """The opening of the chapter: three places that the report's scan has, or how many initiatives one's own has."""
    if data.report:
        return told(
            data,
            """Young neighbours in Luanda turned books under a tree into a free library
[cazenga-community-library-angola]. Young women in Bishkek learn to code and solder for their country's first
satellite [kyrgyz-space-program]. On high pastures nearby a yurt becomes a school for the summer
[jailoo-development-centres]. We found {n} initiatives in {countries} countries in which more than a school, or others
than a school, carry the learning. Of these, {outside} work entirely outside school.""",
            lead=True,
            **field_told(data),
        )
    scan, where = data.scan, in_countries(data, data.scan)
    regions, settings = scan["region"].value_counts(), scans.scan_by_learners(data, by_learners).finding
    if scan["iso3"].nunique() > 1:
        split = listing(f"{number(n)} in {r}" for r, n in regions.items())
        where += f": {split}" if len(regions) > 1 else f", all in {regions.index[0]}"
    return lead(
        "The scan has {n} in {where}. {setting}.",
        n=plural(len(scan), "initiative"),
        where=where,
        setting=f"It{settings.removeprefix('The one initiative')}" if len(scan) == 1 else settings,
    )


def field_told(data) -> dict[str, object]:
    """Values for the words on the wider field: how many, in how many countries, how many without a count or a place."""
    scan = data.scan
    outside = int((scan["setting"] == "out of school").sum())
    return {
        "n": number(len(scan)),
        "countries": scan["iso3"].nunique(),
        "outside": share(outside, len(scan)),
        "uncounted": share(int(scan["reach"].isna().sum()), len(scan)),
        "placeless": int(scan["latitude"].isna().sum()),
        "ours": capital(count((scan["selected"] & scan["latitude"].notna()).sum())),
    }


def outside_told(data) -> dict[str, str]:
    """How many initiatives meet at least partly outside school, and how many show learning beyond it by the rule."""
    beyond, partly = (
        analysis.seen(data)["beyond-school"].sum(),
        data.scan["setting"].isin(["out of school", "both"]).sum(),
    )
    return {"outside": share(partly, len(data.scan)), "beyond": share(beyond, len(data.scan))}


def selection(data) -> Prose:
    """The opening of the chapter: what sets the ecosystems apart, or what pages show of the initiatives."""
    compared = places.shown_and_rest(data)
    if compared.empty:
        return lead(
            "What do pages show of the initiatives? {finding}.",
            finding=selections.characteristics_seen(data, analysis.characteristics_seen(data)).finding,
        )
    return lead(
        """
What sets {these} apart? {finding}. With so few cases this is a lead to follow, and not a result.""",
        these=f"these {len(data.eleven)}" if len(data.eleven) > 1 else "the selected ecosystem",
        finding=selections.eleven_and_the_rest(data, compared).finding,
    )


def ecosystems(data) -> Prose:
    """The opening of the chapter: how they began, how many, where."""
    size = len(data.eleven)
    if not data.report:
        return lead(
            "This scan selects {few} {ecosystems}, in {where}. {each} with what is known of it.",
            few=count(size),
            ecosystems=agree(size, "ecosystem"),
            where=in_countries(data, data.eleven),
            each=agree(size, "It has a chapter", "Each has a chapter"),
        )
    return lead(
        """
A foundation begun for victims of landmines now helps young people lead in their towns. A city opened its school day
with a lesson on happiness, until a new government ended it. A university works with traditional councils and their
villages. The {n} ecosystems, in {countries}, began in different ways; in each of them people and organisations of
different kinds share the work.""",
        n=size,
        countries=plural(data.eleven["iso3"].nunique(), "country"),
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
        links = {f"k{k}n{i}": data.chapters[id] for i, id in enumerate(own["id"])}
        fields |= links
        if links:
            paragraphs.append(f"**{capital(kind)}.** {sentence} {listing(f'{{{name}}}' for name in links)}.")
    return prose("\n\n".join(paragraphs), **fields)


def shared(data) -> Prose:
    """The opening of the chapter: what the ecosystems have in common, as far as tables show it."""
    partners = places.close_partners(data)
    named = partners.groupby("name")["ecosystem_id"].nunique()
    common = sorted(named.index[named > 1], key=str)
    size = len(common)
    few = f"only {count(size)} of them {be(size)} found in more than one place" if size else "none is found twice"
    few += f" ({listing(common)})" if 0 < size < 6 else ""
    kinds = partners.groupby("ecosystem_id")["type"].nunique().reindex(data.eleven["id"], fill_value=0)
    public = partners.loc[partners["type"] == "government", "ecosystem_id"].nunique()
    if not data.report:
        if named.empty:
            size = len(data.partners)
            told = f"; {agree(size, 'one is', f'{count(size)} are')} named, and {far(data.partners)}" if size else ""
            return lead(
                "No partner is known to work with the {n} ecosystems or to support them{told}.",
                n=len(data.eleven),
                told=told,
            )
        return lead(
            """
The {n} ecosystems have {all} between them; {few}. A public authority is a partner in {at_work}.
""",
            n=len(data.eleven),
            all=plural(len(named), "partner"),
            few=few,
            at_work=part(public, len(data.eleven), "ecosystem", the="the "),
        )
    return lead(
        """
These {n} places grew up far from each other. They have {all} partners, and {few}. What they share is a way of
working: a public authority has a part in {public}, and each place joins partners of {kinds}.""",
        n=len(data.eleven),
        all=number(len(named)),
        few=few,
        public="all of them" if public == len(data.eleven) else count(public),
        kinds=f"{count(kinds.min())} to {count(kinds.max())} kinds"
        if kinds.min() < kinds.max()
        else plural(kinds.max(), "kind"),
    )


def policy(data, routes: pd.DataFrame, by_setting: pd.DataFrame) -> Prose:
    """The opening of the chapter: with how many ecosystems an authority works, and where that is seen in the scan."""
    values = policies.routes_told(routes)
    gap = policies.gap_in_words(by_setting)
    if not data.report:
        return lead(
            "A public authority takes part in {ecosystems}. {found}.",
            found=f"In the whole scan, {gap}" if gap else policies.public_by_setting(data, by_setting).finding,
            **values,
        )
    return lead(
        """
Can a good example become policy? In {some} of these places somebody from the state already takes part, from a town
hall to a ministry. In the wider field the door is the school gate: {gap}.""",
        gap=gap,
        **values,
    )
