"""The scan: where initiatives are, for whom, in which setting, how many learners, and in which language pages tell."""

import pandas as pd

from ecosystems import maps, style
from ecosystems.analysis import field
from ecosystems.charts import popups
from ecosystems.figure import LONG, Figure, exhibit
from ecosystems.plots import Bars, LogPoints, Note, PointMap, StackedBars
from ecosystems.words import FEW, agree, be, capital, every, have, listing, number, part, plural, ratio

PLACE = "Latitude of a place of general knowledge, not an address, degrees"


def region_legend(data, regions: pd.Series) -> tuple[tuple[str, str], ...]:
    """Colour and name of those of the regions that occur, in their order."""
    return tuple((tint, r) for r, tint in style.regions(data, regions).items())


def _spread(data, table: pd.DataFrame) -> str:
    """In how many countries places lie, and whether one of them has many."""
    counts = table["country"].value_counts()
    if len(counts) == 1:
        whole = "The one" if len(table) == 1 else "Every"
        return f"{whole} initiative with a known place lies in {data.in_text(counts.index[0])}"
    most = int(counts.iloc[0])
    only = f"; no country has more than {number(most)} of the {number(len(table))}" if most > 1 else ", one in each"
    return f"Initiatives with a known place lie in {plural(len(counts), 'country')}{only}"


@exhibit(
    empty="No initiative has a known place",
    cite=["initiatives", "codings"],
    columns={
        "name": "Initiative",
        "country": "Country",
        "place": "Place",
        "region": "Region",
        "latitude": PLACE,
        "longitude": "Longitude, degrees",
        "precision": "How far the place can be trusted",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    },
)
def scan_map(data, table) -> Figure:
    """Every initiative with a known place; of very many, how many lie in each cell of a grid."""
    many, countries = len(table) > LONG, table["country"].value_counts()
    return Figure(
        popups.cells(maps.gathered(table)) if many else table.join(popups.initiatives(data), on="id"),
        PointMap(
            "region",
            style.regions(data),
            maps.ground(data),
            region_legend(data, table["region"]),
            count="initiatives" if many else "",
        ),
        finding=_spread(data, table),
        values={"placed": len(table), "countries": len(countries), "most": int(countries.iloc[0])},
        subtitle=_placed(len(table), len(data.scan)) + "; a circle counts those in a cell of two by two degrees" * many,
        note=data.reconstructed("The scan is"),
        map="Map of the initiatives of the open scan",
        columns=CELLS if many else {},
    )


CELLS = {
    "country": "Country",
    "region": "Region",
    "latitude": "Latitude of the middle of the initiatives counted, degrees",
    "longitude": "Longitude, degrees",
    "initiatives": "Initiatives with a known place in the same country and cell of two by two degrees, count",
}


def _placed(placed: int, total: int) -> str:
    """Of how many initiatives the place is known, and what is known of the others."""
    if placed == total:
        return capital(every(total, "initiative"))
    away = total - placed
    only = f"only the country is known, and {agree(away, 'it has', 'they have')} no point"
    return f"{number(placed)} of {plural(total, 'initiative')}; of the other{f' {number(away)}' * (away > 1)} {only}"


MOST = 20  # countries that are drawn
COMPARED = 4  # of fewer countries no two are compared


def _thinly(data, table: pd.DataFrame) -> str:
    """How many initiatives there are for the children of a few countries."""
    if len(table) >= COMPARED:
        at = table.set_index("country")["per_ten_million"]
        most, least = data.in_text(at.idxmax()), data.in_text(at.idxmin())
        return f"For its children {most} has most initiatives in the scan, and {least} fewest"
    children, where = table["children"].sum(), listing(data.in_text(c) for c in table["country"])
    found = f"{have(len(table))} {plural(table['initiatives'].sum(), 'initiative')} in the scan"
    return f"{capital(where)} {found} for {number(children, 0 if children >= 10 else 1)} million children under 15"


@exhibit(
    empty="No country of the scan has a count of children",
    cite=["initiatives", "countries", "pop_0_14"],
    columns={
        "country": "Country",
        "region": "Region",
        "children": "Children under 15, million",
        "year": "Year of the count",
        "initiatives": "Initiatives whose main country this is, count",
        "per_ten_million": "Initiatives for every ten million children, ratio",
    },
)
def scan_by_country(data, table) -> Figure:
    """How many initiatives were found for every ten million children."""
    drawn, ten = table.head(MOST), table.head(10)
    children, found = (
        float(100 * ten[column].sum() / max(table[column].sum(), 1)) for column in ("children", "initiatives")
    )
    digits = 2 if drawn.loc[drawn["initiatives"] > 0, "per_ten_million"].min() < 0.05 else 1
    finding = _thinly(data, table)
    if len(table) > 10:
        finding = f"The 10 countries with most children have {number(children)}% of the children counted and "
        finding += f"{number(found)}% of the initiatives"
    where = "of the Global South" if data.report else "of the scan"
    which = ", those with most children" if len(drawn) < len(table) else ""
    return Figure(
        drawn,
        Bars(
            "country",
            "per_ten_million",
            "region",
            style.regions(data),
            row=0.24,
            rest=0.4,
            digits=digits,
            notes=_none_found(drawn),
        ),
        finding=finding,
        values={"children": children, "found": found},
        subtitle=f"Initiatives for every ten million children under 15; {plural(len(drawn), 'country')} {where}{which}",
        note="How many are found follows what is written, and in which language, as much as what is there.",
    )


SETTINGS = {"in school": "in school", "both": "in and out of school", "out of school": "out of school"}


def _settings(counts: pd.Series) -> str:
    """How many initiatives work out of school only and in school only; where all do alike, how they do."""
    total = int(counts.sum())
    for setting, words in field.SETTINGS.items():
        if counts[setting] == total:
            return f"{capital(part(total, total, 'initiative', verb=('works', 'work')))} {words.lower()}"
    outside, inside = int(counts["out of school"]), int(counts["in school"])
    works = part(outside, total, "initiative", verb=("works", "work"))
    return f"{capital(works)} out of school only, {ratio(inside, total) if inside else 'none'} in school only"


def _none_found(table: pd.DataFrame) -> tuple[Note, ...]:
    """How many children live where none was found, in at most two rows between short bars."""
    values, longest = table["per_ten_million"].tolist(), table["per_ten_million"].max()
    rows = [
        (i, f"{number(r.children)} million children, none found")
        for i, r in enumerate(table.itertuples())
        if r.initiatives == 0 and r.children >= 1 and max(values[max(0, i - 1) : i + 2]) < 0.15 * longest
    ]
    return tuple(Note(text, float(0.15 * longest), i, 16) for i, text in rows[:2])


@exhibit(
    empty="No initiative is in the scan",
    cite=["initiatives"],
    columns={
        "learners": "Who mainly learns",
        "setting": "Where",
        "initiatives": "Initiatives, count",
        "percent": "Share of the group's initiatives, percent",
        "group": "Who mainly learns, and how many initiatives",
    },
)
def scan_by_learners(data, table) -> Figure:
    """For whom, and in which setting."""
    counts = table.groupby("setting")["initiatives"].sum().reindex(list(SETTINGS), fill_value=0).astype(int)
    total = int(counts.sum())
    groups = table.groupby("learners", sort=False)["initiatives"].sum()
    settings = [words for s, words in SETTINGS.items() if counts[s]]
    tints = dict(zip(settings, ("s2", "s3", "s5"), strict=False))
    return Figure(
        table.assign(group=[f"{g} ({groups[g]})" for g in table["learners"]], setting=table["setting"].map(SETTINGS)),
        StackedBars(
            "group",
            "setting",
            "percent",
            tints,
            least=(7, 14),
            rest=(0.5, 0.5),
            columns=(len(settings), len(settings)),
            wrap=14,
        ),
        finding=_settings(counts),
        values={"outside": 100 * int(counts["out of school"]) / total},
        subtitle=f"Where learners are met, percent of the initiatives for each group; {plural(total, 'initiative')}",
        note="An initiative names the one group that mainly learns in it, or says mixed; many serve others too.",
    )


def _people(value: float) -> str:
    return f"{number(value / 1e6, 0 if value % 1e6 == 0 else 1)} million" if value >= 1e6 else number(value)


def counts_run(size: int, low: str, high: str) -> str:
    """From where to where so many counts of learners run."""
    same = f"{capital(every(size, 'count'))} of learners {be(size)} {low}"
    return same if low == high else f"Counts of learners run from {low} to {high}"


def _counted(table: pd.DataFrame) -> str:
    """From where to where counts run, and for how many it is known what they mean."""
    size, stated = len(table), int((table["reach_basis"].fillna("not stated") != "not stated").sum())
    run = counts_run(size, _people(table["reach"].min()), _people(table["reach"].max()))
    if not stated:
        none = f"for none of the {number(size)} is it" if size > 1 else "it is not"
        return f"{run}, and {none} known what exactly is counted"
    if stated < size:
        return f"{run}; for {number(stated)} of {number(size)} it is known what is counted"
    of = {1: "", 2: "for both of them "}.get(size, "for all of them ")
    return f"{run}, and {of}it is known what is counted"


@exhibit(
    empty="No page counts the learners of an initiative",
    cite=["initiatives"],
    columns={
        "name": "Initiative",
        "country": "Country",
        "region": "Region",
        "reach": "Learners reached as a page counts them, count",
        "reach_year": "Year of the count",
        "reach_basis": "What the count means",
    },
)
def scan_reach(data, table) -> Figure:
    """How many learners pages count."""
    tints = style.regions(data, table["region"])
    yearless = int(table["reach_year"].isna().sum())
    without = (
        f". {'Without a year' if len(table) > LONG else 'Empty circle: without a year'}, {number(yearless)} of them"
    )
    without = without if len(table) > 1 else ", without a year"
    size = f"{number(len(table))} of {plural(len(data.scan), 'initiative')}"
    size = size if len(table) < len(data.scan) else every(len(table), "initiative")
    return Figure(
        table,
        LogPoints("reach", "region", tints, sure="reach_year"),
        finding=_counted(table),
        values={
            "counted": len(table),
            "least": number(table["reach"].min()),
            "most": _people(table["reach"].max()),
        },
        subtitle=f"Learners reached, as a page counts them, on a log scale; {size}{without if yearless else ''}",
        note=_not_summed(table),
    )


def _not_summed(table: pd.DataFrame) -> str:
    """What the counts mean, and that they are neither added nor ranked."""
    if len(table) == 1:
        return ""
    known = set(table["reach_basis"])
    kinds = [k for k in ("yearly", "at one time", "cumulative", "planned", "indirect") if k in known]
    mean = f"The counts are {listing(kinds, 'or')}. " if len(kinds) > 1 else ""
    return f"{mean}{'They' if mean else 'The counts'} must not be summed, and they are not a rank."


def _english(table: pd.DataFrame, english: pd.Series) -> str:
    """In which region most pages are in English, and in which fewest."""
    high, low = english.idxmax(), english.idxmin()
    sizes = table.groupby("region")["pages"].sum()
    if english[high] > english[low] and sizes.min() < FEW:
        some = table[table["language"] == "English"].set_index("region")["pages"].reindex(sizes.index, fill_value=0)
        told = lambda r, *verb: part(int(some[r]), int(sizes[r]), f"page on {r}", f"pages on {r}", "the ", *verb)
        return f"{capital(told(high, ('is', 'are')))} in English, and {told(low)}"
    if english[high] > english[low]:
        told = f"{number(english[high])}% of the pages on {high} are in English"
        return f"{told}, {number(english[low])}% of those on {low}"
    some, total = table.loc[table["language"] == "English", "pages"].sum(), table["pages"].sum()
    pages = ("page with a known language", "pages with a known language")
    return f"{capital(part(some, total, *pages, 'the ', ('is', 'are')))} in English"


LANGUAGES = ("English", "Spanish", "French", "Portuguese", "Indonesian", "other")


@exhibit(
    empty="No page of an initiative has a language",
    cite=["initiative_sources", "sources", "countries"],
    columns={
        "region": "Region",
        "language": "Language of the page",
        "pages": "Pages, count",
        "percent": "Share of the region's pages, percent",
    },
)
def scan_by_language(data, table) -> Figure:
    """In which language initiatives are told of."""
    table = table.sort_values("region", key=lambda r: r.map(list(style.regions(data)).index), kind="stable")
    order = [n for n in LANGUAGES if n in set(table["language"])]
    english = table[table["language"] == "English"].set_index("region")["percent"]
    english = english.reindex(table["region"].unique(), fill_value=0.0)
    unread = "What is written in languages that are not named here was hardly found. " if data.report else ""
    return Figure(
        table,
        StackedBars(
            "region",
            "language",
            "percent",
            dict(zip(order, ("s5", "s3", "quiet", "s2", "ink", "rule"), strict=False)),
            row=0.42,
            columns=(6, 3),
            wrap=20,
        ),
        finding=_english(table, english),
        values={r.lower().split()[0]: float(english.get(r, float("nan"))) for r in data.regions},
        subtitle=f"Pages on initiatives by language and region; {plural(table['pages'].sum(), 'page')} "
        "with a known language",
        note=f"{unread}Counts by country follow what was found and read.",
    )
