"""The scan: where initiatives are, for whom, in which setting, how many learners, and in which language pages tell."""

from __future__ import annotations

import pandas as pd

from ecosystems import maps, style
from ecosystems.charts import popups
from ecosystems.figure import LONG, Figure, exhibit
from ecosystems.plots import Bars, LogPoints, Note, PointMap, StackedBars, land
from ecosystems.words import agree, capital, count, listing, number, part, plural, ratio

PLACE = "Latitude of a place of general knowledge, not an address, degrees"


def region_legend(data, regions: pd.Series) -> tuple[tuple[str, str], ...]:
    """Colour and name of those of the regions that occur, in their order."""
    return tuple((tint, r) for r, tint in style.regions(data).items() if r in set(regions))


def _spread(table: pd.DataFrame) -> str:
    """In how many countries places lie, and whether one of them has many."""
    counts = table["country"].value_counts()
    if len(counts) == 1:
        return f"Every initiative with a known place lies in {counts.index[0]}"
    most = int(counts.iloc[0])
    only = f"; no country has more than {number(most)} of the {number(len(table))}" if most > 1 else ", one in each"
    return f"Initiatives with a known place lie in {plural(len(counts), 'country', 'countries')}{only}"


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
    if len(table) > LONG:
        return _scan_cells(data, table)
    away = len(data.scan) - len(table)
    regions, countries = table["region"].value_counts(), table["country"].value_counts()
    only = f"only the country is known, and {agree(away, 'it has', 'they have')} no point"
    rest = f"; of the other{f' {number(away)}' if away > 1 else ''} {only}" if away else ""
    legend = region_legend(data, table["region"])
    return Figure(
        table.join(popups.initiatives(data), on="id"),
        PointMap("region", style.regions(data), land(data), legend),
        finding=_spread(table),
        values={"placed": len(table), "countries": len(countries), "most": int(countries.iloc[0])},
        subtitle=f"{number(len(table))} of {plural(len(data.scan), 'initiative')}{rest}",
        note=data.reconstructed("The scan is"),
        alt=f"A world map with {plural(len(table), 'point')} in {plural(len(legend), 'colour')}: "
        f"{listing(f'{number(int(n))} in {r}' for r, n in regions.items())}. The countries with most points: "
        f"{listing(f'{c} {n}' for c, n in countries.head(3).items())}.",
        map="Map of the initiatives of the open scan",
    )


def _scan_cells(data, placed: pd.DataFrame) -> Figure:
    """The map of a scan with more places than a page can hold: how many lie in each cell of a grid."""
    points = popups.cells(maps.gathered(placed))
    regions, top = placed["region"].value_counts(), points.loc[points["initiatives"].idxmax()]
    legend = region_legend(data, points["region"])
    away = number(len(data.scan) - len(placed))
    return Figure(
        points,
        PointMap("region", style.regions(data), land(data), legend, count="initiatives"),
        finding=f"Initiatives with a known place lie in {plural(placed['country'].nunique(), 'country', 'countries')}; "
        f"the fullest cell, in {top.country}, holds {number(int(top.initiatives))} of the {number(len(placed))}",
        subtitle=f"{number(len(placed))} of {plural(len(data.scan), 'initiative')}, counted in cells of two by two "
        f"degrees; of the other {away} only the country is known",
        note=data.reconstructed("The scan is"),
        alt=f"A world map with {plural(len(points), 'circle')}, larger for more initiatives: "
        f"{listing(f'{number(int(n))} initiatives in {r}' for r, n in regions.items())}.",
        map="Map of the initiatives of the open scan, counted in cells",
        columns={
            "country": "Country",
            "region": "Region",
            "latitude": "Latitude of the middle of the initiatives counted, degrees",
            "longitude": "Longitude, degrees",
            "initiatives": "Initiatives with a known place in the same country and cell of two by two degrees, count",
        },
    )


MOST = 20  # countries that are drawn


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
    drawn = table.head(MOST)
    ten = table.head(10)
    percent = lambda column: float(100 * ten[column].sum() / max(table[column].sum(), 1))
    most, least = drawn.loc[drawn["per_ten_million"].idxmax()], drawn.loc[drawn["per_ten_million"].idxmin()]
    told = listing(f"{r.country} {number(r.per_ten_million, 1)}" for r in drawn.head(6).itertuples())
    finding = f"{most.country} has {plural(int(most.initiatives), 'initiative')} in the scan"
    if len(table) > 10:
        finding = (
            f"The {count(len(ten))} countries with most children have {number(percent('children'))}% of the children "
            f"counted and {number(percent('initiatives'))}% of the initiatives"
        )
    where = "of the Global South" if data.report else "of the scan"
    return Figure(
        drawn,
        Bars(
            "country",
            "per_ten_million",
            "region",
            style.regions(data),
            row=0.24,
            rest=0.4,
            digits=1,
            notes=_none_found(drawn),
        ),
        finding=finding,
        values={"children": percent("children"), "found": percent("initiatives"), "countries": len(table)},
        subtitle=f"Initiatives for every ten million children under 15; {plural(len(drawn), 'country', 'countries')} "
        f"{where}, those with most children",
        note="How many are found follows what is written, and in which language, as much as what is there.",
        alt=f"Bars for the countries with most children, coloured by region: {told}. Longest: {most.country}; "
        f"shortest: {least.country} with {number(least.per_ten_million, 1)}.",
    )


def _none_found(table: pd.DataFrame) -> tuple[Note, ...]:
    """How many children live where none was found, in at most two rows between short bars."""
    values, longest = table["per_ten_million"].tolist(), table["per_ten_million"].max()
    short = [max(values[max(0, i - 1) : i + 2]) < 0.15 * longest for i in range(len(values))]
    rows = [i for i, r in enumerate(table.itertuples()) if r.initiatives == 0 and r.children >= 1 and short[i]]
    texts = (f"{number(table['children'].iloc[i])} million children, none found" for i in rows[:2])
    return tuple(Note(text, float(0.15 * longest), i, 16) for i, text in zip(rows, texts, strict=False))


SETTINGS = ("in school", "both", "out of school")


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
    counts = table.groupby("setting")["initiatives"].sum().reindex(SETTINGS, fill_value=0).astype(int)
    total, outside, inside = int(counts.sum()), int(counts["out of school"]), int(counts["in school"])
    groups = table.groupby("learners", sort=False)["initiatives"].sum()
    settings = [s for s in SETTINGS if counts[s]]
    tints = dict(zip(settings, ("main", "light", "gold"), strict=False))
    shares = (
        f"{part(outside, total, 'initiatives')} work out of school only, {ratio(inside, total) if inside else 'none'}"
    )
    return Figure(
        table.assign(group=[f"{g} ({groups[g]})" for g in table["learners"]]),
        StackedBars(
            "group",
            "setting",
            "percent",
            tints,
            percent=True,
            least=(7, 14),
            rest=(0.5, 0.5),
            columns=(len(settings), len(settings)),
            wrap=14,
        ),
        finding=f"{capital(shares)} in school only" if outside < total else "All initiatives work out of school only",
        values={"outside": 100 * outside / total, "inside": 100 * inside / total},
        subtitle=f"Where learners are met, percent of the initiatives for each group; {plural(total, 'initiative')}",
        note="An initiative names the one group that mainly learns in it, or says mixed; many serve others too.",
        alt=f"Stacked bars for {listing(f'{g} {number(int(n))}' for g, n in groups.items())}; "
        f"each is split into {listing(settings)}.",
    )


def _people(value: float) -> str:
    return f"{number(value / 1e6, 0 if value % 1e6 == 0 else 1)} million" if value >= 1e6 else number(value)


def _counted(table: pd.DataFrame) -> str:
    """From where to where counts run, and for how many it is known what they mean."""
    size, stated = len(table), int((table["reach_basis"].fillna("not stated") != "not stated").sum())
    low, high = _people(table["reach"].min()), _people(table["reach"].max())
    run = f"Counts of learners run from {low} to {high}" if size > 1 else f"The one count of learners is {low}"
    if not stated:
        none = f"for none of the {number(size)} is it" if size > 1 else "it is not"
        return f"{run}, and {none} known what exactly is counted"
    if stated < size:
        return f"{run}; for {number(stated)} of {number(size)} it is known what is counted"
    return f"{run}; {'for all of them ' if size > 1 else ''}it is known what is counted"


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
    tints = {r: tint for r, tint in style.regions(data).items() if r in set(table["region"])}
    many, yearless = len(table) > LONG, int(table["reach_year"].isna().sum())
    ends = table.groupby("region")["reach"].agg(["min", "max"]).reindex(list(tints)).map(_people)
    ranges = listing(f"{r} from {a} to {b}" if a != b else f"{r} {a}" for r, (a, b) in ends.iterrows())
    without = f". {'Without a year' if many else 'Empty circle: without a year'}, {number(yearless)} of them"
    marks = "Bands, higher where counts are more frequent," if many else "Circles"
    return Figure(
        table,
        LogPoints("reach", "region", tints, sure="reach_year"),
        finding=_counted(table),
        values={
            "counted": len(table),
            "of": len(data.scan),
            "least": number(table["reach"].min()),
            "most": _people(table["reach"].max()),
        },
        subtitle=f"Learners reached, as a page counts them, on a log scale; {number(len(table))} of "
        f"{plural(len(data.scan), 'initiative')}{without if yearless else ''}",
        note="The counts are yearly, cumulative, planned or indirect. They must not be summed, and they are not a "
        "rank.",
        alt=f"{marks} on a log scale in one row for each region: {ranges}. "
        f"A line marks the median, {number(table['reach'].median())}.",
    )


def _english(table: pd.DataFrame, english: pd.Series) -> str:
    """In which region most pages are in English, and in which fewest."""
    high, low = english.idxmax(), english.idxmin()
    if english[high] > english[low]:
        return (
            f"{number(english[high])}% of the pages on {high} are in English, {number(english[low])}% of those on {low}"
        )
    some, total = (int(t["pages"].sum()) for t in (table[table["language"] == "English"], table))
    return f"{capital(part(some, total, 'pages with a known language', 'the '))} are in English"


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
            dict(zip(order, ("main", "gold", "plum", "light", "warm", "rule"), strict=False)),
            percent=True,
            row=0.42,
            columns=(6, 3),
            wrap=20,
        ),
        finding=_english(table, english),
        values={r.lower().split()[0]: float(english.get(r, float("nan"))) for r in data.regions},
        subtitle=f"Pages on initiatives by language and region; {plural(int(table['pages'].sum()), 'page')} "
        "with a known language",
        note=f"{unread}Counts by country follow what was found and read.",
        alt="One bar for each region, split by language. English: "
        + listing(f"{number(v)}% in {r}" for r, v in english.items())
        + ".",
    )
