"""The scan: where initiatives are, since when, for whom, in which setting, and how much is known."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
import pandas as pd

from ecosystems import atlas, maps, style
from ecosystems.figure import LONG, Figure, exhibit, nothing
from ecosystems.tables import cached, grouped
from ecosystems.words import FEW, Link, Prose, capital, count, listing, number, part, plural, prose, ratio, share

__all__ = [
    "explorer",
    "scan_by_country",
    "scan_by_founding",
    "scan_by_language",
    "scan_by_learners",
    "scan_by_pages",
    "scan_by_precision",
    "scan_in_short",
    "scan_map",
    "scan_reach",
    "told_of",
]

# Reaches further east than other maps of the book: the scan holds islands of the Pacific.
FRAME = (-112, 180, -54, 54)


def _short(region: str) -> str:
    return {"Latin America and the Caribbean": "Latin America", "Asia and the Pacific": "Asia, Pacific"}.get(
        region, region
    )


@cached
def told_of(data, country: str = "") -> pd.DataFrame:
    """What a reader is told of an initiative at a point of a map; of those of one country if its code is given.

    Returns
    -------
    DataFrame
        By initiative: seen (names of the characteristics that a page shows), page (address of a page that tells of it), lines (name, place, what it
        does, characteristics) and links (to the page, and to its row among all initiatives).
    """
    names = data.characteristics.sort_values("order", kind="stable").set_index("id")["name"]
    table = data.scan.set_index("id")
    codings, sources = data.codings[data.codings["present"] == 1], data.initiative_sources
    if country:
        table = table[table["iso3"] == country].copy()
        codings, sources = (rows[rows["initiative_id"].isin(table.index)] for rows in (codings, sources))
    shown = grouped(codings, "initiative_id", "characteristic_id")
    pages = sources.drop_duplicates("initiative_id").set_index("initiative_id")["source_id"].map(data.pages)
    table["seen"] = [", ".join(n.lower() for c, n in names.items() if c in shown.get(i, ())) for i in table.index]
    table["page"] = table.index.map(pages.map(lambda page: page.url))
    publishers = table.index.map(pages.map(lambda page: page.text))
    table["lines"] = [
        [
            r.name,
            f"{r.place}, {r.country}" if isinstance(r.place, str) else r.country,
            r.summary,
            f"Seen: {r.seen}." if r.seen else "No characteristic seen.",
        ]
        for r in table.reset_index(names="key").itertuples()
    ]
    table["links"] = [
        [
            *([Link(f"Source: {publisher}", page)] if isinstance(page, str) else []),
            Link("All that is known of it", f"../explorer.html#i-{i}"),
        ]
        for i, page, publisher in zip(table.index, table["page"], publishers, strict=True)
    ]
    return table[["seen", "page", "lines", "links"]].astype(object)


def told_of_cells(points: pd.DataFrame, noun: str = "initiative") -> pd.DataFrame:
    """Points of :func:`ecosystems.maps.gathered`, with what a reader is told at each: lines (how many, where) and links (to these in the list of all)."""
    return points.assign(
        lines=[
            [plural(int(r.initiatives), noun), f"{r.country}, near {r.latitude:.1f}, {r.longitude:.1f}"]
            for r in points.itertuples()
        ],
        links=[[Link(f"Initiatives in {c}", f"../explorer.html#country={quote(c)}")] for c in points["country"]],
    )


@exhibit
def scan_map(data) -> Figure:
    """Every initiative with a known place."""
    scan = data.scan
    source = data.cite("initiatives", "codings")
    columns = {
        "name": "Initiative",
        "country": "Country",
        "place": "Place",
        "region": "Region",
        "latitude": "Latitude of a place of general knowledge, not an address, degrees",
        "longitude": "Longitude, degrees",
        "precision": "How far the place can be trusted",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    }
    placed = scan.dropna(subset=["latitude", "longitude"])
    if placed.empty:
        return nothing("No initiative has a known place", source, **columns)
    if len(placed) > LONG:
        return _scan_cells(data, placed)
    told = told_of(data)
    points = placed.assign(tint=placed["region"].map(style.regions(data)).fillna("quiet")).join(
        told[["lines", "links", "seen", "page"]], on="id"
    )
    by_country = placed["country"].value_counts()
    ground, dots = maps.ground(data, maps.frame(data, FRAME)), points[["latitude", "longitude", "tint"]]
    west, east, south, north = ground.extent
    inside = placed["longitude"].between(west, east) & placed["latitude"].between(south, north)
    outside = [
        f"{name} ({country})" for name, country in placed.loc[~inside, ["name", "country"]].itertuples(index=False)
    ]
    table = points[list(columns)].sort_values(["region", "country", "name"], ignore_index=True)
    by = placed["region"].value_counts()
    legend = [(t, _short(r)) for r, t in style.regions(data).items() if r in by]
    return Figure(
        data=table,
        columns=columns,
        finding=f"Initiatives with a known place lie in {plural(len(by_country), 'country', 'countries')}"
        + (
            f"; no country has more than {number(int(by_country.iloc[0]))} of the {number(len(placed))}"
            if by_country.iloc[0] > 1
            else ", one in each"
        )
        if len(by_country) > 1
        else f"Every initiative with a known place lies in {by_country.index[0]}",
        subtitle=f"{number(len(placed))} of {plural(len(scan), 'initiative')}"
        + (
            f"; of the other {number(away)} only the country is known, and they have no point"
            if (away := len(scan) - len(placed)) > 1
            else "; of the other only the country is known, and it has no point"
            if away
            else ""
        ),
        source=source,
        note=" ".join(
            filter(
                None,
                [
                    data.reconstructed("The scan is"),
                    f"Beyond the edge of the drawing: {listing(outside)}." if outside else "",
                ],
            )
        ),
        alt=f"A world map with {plural(int(inside.sum()), 'point')} in {plural(len(legend), 'colour')}: {listing(f'{number(int(n))} in {r}' for r, n in placed.loc[inside, 'region'].value_counts().items())}. "
        f"The countries with most points: {listing(f'{c} {n}' for c, n in by_country.head(3).items())}.",
        draw=lambda layout: maps.world_map(ground, layout, points=dots, legend=legend),
        map=lambda: atlas.document("scan_map", "Map of the initiatives of the open scan", points=points, legend=legend),
    )


def _scan_cells(data, placed: pd.DataFrame) -> Figure:
    """The map of a scan with more places than a page can hold: how many lie in each cell of a grid."""
    columns = {
        "country": "Country",
        "region": "Region",
        "latitude": "Latitude of the middle of the initiatives counted, degrees",
        "longitude": "Longitude, degrees",
        "initiatives": "Initiatives with a known place in the same country and in the same cell of two by two degrees, count",
    }
    points = told_of_cells(maps.gathered(placed))
    legend = [(t, _short(r)) for r, t in style.regions(data).items() if r in set(points["region"])]
    points["tint"] = points["region"].map(style.regions(data)).fillna("quiet")
    points["size"] = 6 + 150 * points["initiatives"] / points["initiatives"].max()
    by, top = placed["region"].value_counts(), points.loc[points["initiatives"].idxmax()]
    ground = maps.ground(data, maps.frame(data, FRAME))
    return Figure(
        data=points[list(columns)],
        columns=columns,
        finding=f"Initiatives with a known place lie in {plural(placed['country'].nunique(), 'country', 'countries')}; the fullest cell, in {top.country}, holds {number(int(top.initiatives))} of the {number(len(placed))}",
        subtitle=f"{number(len(placed))} of {plural(len(data.scan), 'initiative')}, counted in cells of two by two degrees; of the other {number(len(data.scan) - len(placed))} only the country is known",
        source=data.cite("initiatives"),
        note=data.reconstructed("The scan is"),
        alt=f"A world map with {plural(len(points), 'circle')}, larger for more initiatives: {listing(f'{number(int(n))} initiatives in {r}' for r, n in by.items())}.",
        draw=lambda layout: maps.world_map(ground, layout, points=points, legend=legend),
        map=lambda: atlas.document(
            "scan_map", "Map of the initiatives of the open scan, counted in cells", points=points, legend=legend
        ),
    )


@exhibit
def scan_by_country(data) -> Figure:
    """Countries with most initiatives."""
    scan = data.scan
    source = data.cite("initiatives", "countries")
    columns = {"country": "Country", "region": "Region", "initiatives": "Initiatives whose main country this is, count"}
    if scan.empty:
        return nothing("No initiative is in the scan", source, **columns)
    table = scan.groupby(["country", "region"], as_index=False).size().rename(columns={"size": "initiatives"})
    table = table.sort_values(["initiatives", "country"], ascending=[False, True], ignore_index=True)
    # Countries with the same count are all shown or all left out.
    first = lambda n: table[table["initiatives"] >= table["initiatives"].iloc[min(n, len(table)) - 1]]
    top, single, most = first(15), int((table["initiatives"] == 1).sum()), int(table["initiatives"].max())
    leaders = first(3)["country"]
    if len(table) == 1:
        finding = f"{'All initiatives are' if most > 1 else 'The one initiative is'} in {leaders.iloc[0]}"
    elif most == 1:
        finding = f"Each of the {number(len(table))} countries has one initiative"
    else:
        few, only = 1 < len(leaders) < 6 and len(leaders) < len(table), f"{number(single)} of {number(len(table))}"
        finding = (
            f"{listing(leaders)} have most initiatives"
            if few
            else f"No country has more than {plural(most, 'initiative')}"
        )
        finding += (
            f"; {only}{' countries' if few else ''} {'has' if single == 1 else 'have'} only one" if single else ""
        )

    tints = style.regions(data)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.24 * len(top) + 0.4)
        style.bars(
            ax,
            top["country"],
            top["initiatives"],
            layout=layout,
            colours=[tints.get(r, "quiet") for r in top["region"]],
        )
        present = [r for r in tints if r in set(table["region"])]
        handles = [
            ax.barh([0], [0], color=style.colour(tints[r]), label=_short(r) if layout.narrow else r) for r in present
        ]
        if len(top) > 5:  # the last bars leave room
            ax.legend(handles=handles, loc="lower right", handlelength=0.8, borderpad=0)
        else:
            drawing.legend(
                handles=handles,
                loc="outside upper left",
                ncols=1 if layout.narrow else 3,
                handlelength=0.8,
                borderpad=0,
            )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=finding,
        subtitle=f"Initiatives by main country{f': countries with {number(least)} or more' if (least := int(top['initiatives'].min())) > 1 else ''}; {plural(len(scan), 'initiative')} in {plural(len(table), 'country', 'countries')}",
        source=source,
        note="How many are found depends on what is written, and in which language, as much as on what is there.",
        alt=f"Bars from longest to shortest, coloured by region. The longest: {listing(f'{r.country} {r.initiatives}' for r in top.head(6).itertuples())}; "
        f"the shortest drawn has {top['initiatives'].min()}.",
        draw=draw,
    )


@exhibit
def scan_by_founding(data) -> Figure:
    """Since when."""
    scan = data.scan
    source = data.cite("initiatives")
    columns = {
        "years": "Years of founding",
        "year_of": "Whose founding the year is",
        "initiatives": "Initiatives, count",
    }
    dated = scan.dropna(subset=["founded"])
    if dated.empty:
        return nothing("No initiative has a year of founding", source, **columns)
    start = 1980
    five = (dated["founded"].astype(int) // 5 * 5).clip(lower=start - 5)
    kinds = ["initiative", "organisation", "unclear"]
    grid = pd.crosstab(five, dated["founded_of"]).reindex(
        index=range(start - 5, int(five.max()) + 5, 5), columns=kinds, fill_value=0
    )
    span = [f"to {start - 1}" if y < start else f"{y}–{str(y + 4)[2:]}" for y in grid.index]
    table = (
        grid.set_axis(pd.Index(span, name="years"))
        .stack()
        .rename("initiatives")
        .rename_axis(["years", "year_of"])
        .reset_index()
    )
    total = grid.sum(axis=1)
    peak = span[int(np.argmax(total))]
    since = int((dated["founded"] >= 2010).sum())
    own = int(dated["founded_of"].eq("initiative").sum())
    ended = int(scan["ended"].notna().sum())
    latest = listing(f"{number(int(n))} in {s}" for s, n in list(zip(span, total, strict=True))[-3:])
    largest = (
        f"; the largest group is {peak if peak[0].isdigit() else f'before {start}'}"
        if (total == total.max()).sum() == 1
        else ""
    )

    def draw(layout):
        drawing, ax = style.axes(layout, 2.3)
        low = np.zeros(len(grid))
        for kind, tint in zip(kinds, ("main", "gold", "light"), strict=True):
            ax.bar(range(len(grid)), grid[kind], bottom=low, width=0.78, color=style.colour(tint))
            low += grid[kind].to_numpy()
        for i, n in enumerate(total):
            if n:
                ax.text(i, n, number(int(n)), ha="center", va="bottom")
        ax.set_xticks(range(len(grid)), [s if (not layout.narrow or i % 2 == 0) else "" for i, s in enumerate(span)])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        ax.margins(y=0.13)
        k = 0
        for kind, tint, said in (
            ("initiative", "main", "year of the initiative"),
            ("organisation", "gold", "year of the organisation"),
            ("unclear", "light", "unclear whose year"),
        ):
            if grid[kind].sum():
                ax.text(
                    0.0,
                    0.92 - 0.11 * k,
                    said,
                    color=style.colour("quiet" if tint == "light" else tint),
                    transform=ax.transAxes,
                    weight=600,
                )
                k += 1
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(part(since, len(dated), 'known years of founding', 'the '))} lie in 2010 or later{largest}"
        if len(dated) > 1
        else f"The one known year of founding is {int(dated['founded'].iloc[0])}",
        subtitle=f"Initiatives by the year of founding that a page gives, in steps of five years; {number(len(dated))} of {plural(len(scan), 'initiative')} {'has' if len(dated) == 1 else 'have'} one",
        source=source,
        note=(
            f"Only for {number(own)} of the {number(len(dated))} is the year known to be the initiative's own; others can be its organisation's."
            if 0 < own < len(dated)
            else "Each year is the initiative's own."
            if own
            else "No year is known to be the initiative's own; it can be its organisation's."
        )
        + (f" {capital(count(ended))} {'is' if ended == 1 else 'are'} known to have ended." if ended else ""),
        alt=f"One column for each five years, the highest {number(int(total.max()))} in {peak}; the last: {latest}. The part known to be the initiative's own year is {number(own)} in all.",
        draw=draw,
    )


@exhibit
def scan_by_learners(data) -> Figure:
    """For whom, and in which setting."""
    scan = data.scan
    source = data.cite("initiatives")
    columns = {"learners": "Who mainly learns", "setting": "Where", "initiatives": "Initiatives, count"}
    if scan.empty:
        return nothing("No initiative is in the scan", source, **columns)
    settings = [s for s in ("in school", "both", "out of school") if s in set(scan["setting"])]
    grid = pd.crosstab(scan["learners"], scan["setting"]).reindex(columns=settings, fill_value=0)
    grid = grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    table = grid.stack().rename("initiatives").reset_index()
    outside, inside = (int(scan["setting"].eq(s).sum()) for s in ("out of school", "in school"))

    def draw(layout):
        drawing, ax = style.axes(layout, 0.36 * len(grid) + 0.5)
        left = np.zeros(len(grid))
        for setting, tint in zip(settings, ("main", "light", "gold"), strict=False):
            values = grid[setting].to_numpy()
            ax.barh(range(len(grid)), values, left=left, height=0.68, color=style.colour(tint))
            for i, (v, at) in enumerate(zip(values, left, strict=True)):
                if v >= (12 if layout.narrow else 6):
                    ax.text(at + v / 2, i, str(v), ha="center", va="center", color=style.on(tint))
            left += values
        ax.set_yticks(range(len(grid)), [style.wrap(n, 14) if layout.narrow else n for n in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.9)
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        handles = [
            ax.barh([0], [0], color=style.colour(t), label=s)
            for s, t in zip(settings, ("main", "light", "gold"), strict=False)
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=len(settings),
            handlelength=0.8,
            columnspacing=1.2,
            borderpad=0,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(part(outside, len(scan), 'initiatives'))} work out of school only, {ratio(inside, len(scan)) if inside else 'none'} in school only"
        if outside < len(scan)
        else "All initiatives work out of school only",
        subtitle=f"Initiatives by their main learners and their setting; {plural(len(scan), 'initiative')}",
        source=source,
        note="A row names the one group that mainly learns in it, or says mixed; many serve others too.",
        alt=f"Stacked bars for {listing(f'{g} {number(int(n))}' for g, n in grid.sum(axis=1).items())}; each is split into {listing(settings)}.",
        draw=draw,
    )


@exhibit
def scan_reach(data) -> Figure:
    """How many learners pages count."""
    scan = data.scan
    source = data.cite("initiatives")
    columns = {
        "name": "Initiative",
        "country": "Country",
        "reach": "Learners reached as a page counts them, count",
        "reach_year": "Year of the count",
        "reach_basis": "What the count means",
    }
    known = scan[scan["reach"].fillna(0) > 0].copy()
    if known.empty:
        return nothing("No page counts the learners of an initiative", source, **columns)
    known["reach"] = known["reach"].astype(float)
    table = known[list(columns)].sort_values(["name"], ignore_index=True)
    middle = float(known["reach"].median())
    many = len(known) > LONG
    yearless = int(known["reach_year"].isna().sum())
    stated = int((known["reach_basis"].fillna("not stated") != "not stated").sum())
    tints = {r: tint for r, tint in style.regions(data).items() if r in set(known["region"])}
    regions = list(tints)
    shown = lambda v: f"{number(v / 1e6, 0 if v % 1e6 == 0 else 1)} million" if v >= 1e6 else number(v)
    low, high = shown(known["reach"].min()), shown(known["reach"].max())
    ends = known.groupby("region")["reach"].agg(["min", "max"])
    ranges = listing(
        f"{r} from {shown(a)} to {shown(b)}" if a < b else f"{r} {shown(a)}" for r in regions for a, b in [ends.loc[r]]
    )
    run = f"Counts of learners run from {low} to {high}" if len(known) > 1 else f"The one count of learners is {low}"

    def draw(layout):
        drawing, ax = style.axes(layout, 0.62 * len(regions) + 0.55)
        for k, region in enumerate(regions):
            part = known[known["region"] == region].sort_values(["reach", "id"])
            values = part["reach"].to_numpy()
            tint, dated = style.colour(tints[region]), part["reach_year"].notna().to_numpy()
            if many:
                style.swell(ax, values, k, tint)
                continue
            # Neighbours on the log axis stand above each other, in a fixed order.
            steps = pd.Series(np.floor(np.log10(values) * (8 if layout.narrow else 14)))
            rank = steps.groupby(steps).cumcount() - steps.map(steps.value_counts()).sub(1) / 2
            heights = k + rank.to_numpy() * (0.9 / max(7, steps.value_counts().max()))
            ax.plot(values[dated], heights[dated], "o", markersize=4.4, color=tint, alpha=0.8, markeredgewidth=0)
            ax.plot(
                values[~dated],
                heights[~dated],
                "o",
                markersize=3.8,
                color="none",
                markeredgecolor=tint,
                markeredgewidth=1,
            )
        ax.axvline(middle, color=style.colour("quiet"), linewidth=0.8)
        ax.text(middle, -0.72, f" middle count {number(middle)}", color=style.colour("quiet"), va="center")
        ax.set_xscale("log")
        ax.set_yticks(range(len(regions)), [style.wrap(_short(r) if layout.narrow else r, 20) for r in regions])
        ax.set_ylim(len(regions) - 0.45, -0.9)
        ticks = [
            t
            for t in (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
            if known["reach"].min() / 3 < t < known["reach"].max() * 3
        ]
        if layout.narrow:
            ticks = ticks[::2]
        ax.set_xticks(ticks, [number(t) if t < 1_000_000 else f"{t // 1_000_000} million" for t in ticks])
        ax.minorticks_off()
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{run}, and {f'for none of the {number(len(known))} is it' if len(known) > 1 else 'it is not'} known what exactly is counted"
        if not stated
        else f"{run}; for {number(stated)} of {number(len(known))} it is known what is counted"
        if stated < len(known)
        else f"{run}; {'for all of them ' if len(known) > 1 else ''}it is known what is counted",
        subtitle=f"Learners reached, as a page counts them, on a log scale; {number(len(known))} of {plural(len(scan), 'initiative')}"
        + (
            f". {'Without a year' if many else 'Empty circle: without a year'}, {number(yearless)} of them"
            if yearless
            else ""
        ),
        source=source,
        note="The counts are yearly, cumulative, planned or indirect. They must not be summed, and they are not a rank.",
        alt=f"{'Bands, higher where counts are more frequent,' if many else 'Circles'} on a log scale in one row for each region: {ranges}. A line marks the middle count, {number(middle)}.",
        draw=draw,
    )


@exhibit
def scan_by_precision(data) -> Figure:
    """How well places are known."""
    scan = data.scan
    source = data.cite("initiatives")
    columns = {
        "region": "Region",
        "precision": "How far the place is known",
        "initiatives": "Initiatives, count",
        "percent": "Share of the region's initiatives, percent",
    }
    if scan.empty:
        return nothing("No initiative is in the scan", source, **columns)
    kinds = ["site", "city", "region", "country"]
    grid = pd.crosstab(scan["region"], scan["precision"]).reindex(columns=kinds, fill_value=0)
    grid = grid.reindex([r for r in style.regions(data) if r in grid.index])
    parts = grid.div(grid.sum(axis=1), axis=0) * 100
    table = (
        grid.stack().rename("initiatives").reset_index().merge(parts.stack().round(1).rename("percent").reset_index())
    )
    fine, rough = int(scan["precision"].isin(["site", "city"]).sum()), int(scan["precision"].eq("country").sum())

    def draw(layout):
        drawing, ax = style.axes(layout, 0.42 * len(grid) + 0.5)
        left = np.zeros(len(grid))
        for kind, tint in zip(kinds, ("s5", "s4", "s2", "paper"), strict=True):
            values = parts[kind].to_numpy()
            ax.barh(
                range(len(grid)),
                values,
                left=left,
                height=0.66,
                color=style.colour(tint),
                edgecolor=style.colour("coast" if kind == "country" else tint),
                hatch="/////" if kind == "country" else None,
                linewidth=0.5,
            )
            for i, (v, at) in enumerate(zip(values, left, strict=True)):
                if v >= 9:
                    ax.text(
                        at + v / 2,
                        i,
                        f"{number(v)}%",
                        ha="center",
                        va="center",
                        color=style.on(tint),
                        bbox={"facecolor": style.colour("paper"), "edgecolor": "none", "pad": 1}
                        if kind == "country"
                        else None,
                    )
            left += values
        ax.set_yticks(range(len(grid)), [style.wrap(_short(r) if layout.narrow else r, 20) for r in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.5)
        ax.set_xticks([])
        ax.set_xlim(0, 100)
        ax.spines[:].set_visible(False)
        said = ("site", "city", "region", "country only")
        handles = [
            ax.barh(
                [0],
                [0],
                color=style.colour(t),
                edgecolor=style.colour("coast"),
                hatch="/////" if t == "paper" else None,
                label=s,
                linewidth=0.5,
            )
            for s, t in zip(said, ("s5", "s4", "s2", "paper"), strict=True)
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=4,
            handlelength=0.9,
            columnspacing=0.9,
            borderpad=0,
            handletextpad=0.4,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"For {part(fine, len(scan), 'initiatives')} {'the place is' if fine else 'is the place'} known to the city or better"
        + (f"; for {ratio(rough, len(scan))} only the country" if rough else ""),
        subtitle=f"Share of initiatives by how well their place is known, by region; {plural(len(scan), 'initiative')}",
        source=source,
        note="Coordinates are places of general knowledge, not addresses. Hatched: no point on any map.",
        alt="One bar for each region, split into site, city, region and country only. Country only makes up "
        + listing(f"{number(parts.at[r, 'country'])}% in {r}" for r in grid.index)
        + ".",
        draw=draw,
    )


@exhibit
def scan_by_pages(data) -> Figure:
    """How many pages an initiative stands on, and how sure its row is."""
    scan = data.scan
    source = data.cite("initiatives", "initiative_sources")
    columns = {
        "pages": "Pages that tell of the initiative, count",
        "confidence": "How sure the row is as a whole",
        "initiatives": "Initiatives, count",
    }
    if scan.empty:
        return nothing("No initiative is in the scan", source, **columns)
    kinds = ["high", "medium", "low"]
    pages = scan["id"].map(data.initiative_sources["initiative_id"].value_counts()).fillna(0).astype(int)
    steps = range(int(pages.min()), int(pages.max()) + 1)
    grid = (
        pd.crosstab(pages, scan["confidence"])
        .reindex(index=steps, columns=kinds, fill_value=0)
        .rename_axis(index="pages", columns="confidence")
    )
    total = grid.sum(axis=1)
    table = grid.stack().rename("initiatives").reset_index()
    one, sure = int((pages <= 1).sum()), int((scan["confidence"] == "high").sum())

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * len(grid) + 0.8)
        left = np.zeros(len(grid))
        for kind, tint in zip(kinds, ("main", "light", "warm"), strict=True):
            ax.barh(range(len(grid)), grid[kind], left=left, height=0.7, color=style.colour(tint))
            left += grid[kind].to_numpy()
        for i, n in enumerate(total):
            ax.text(n + max(total) * 0.012, i, number(int(n)), va="center")
        ax.set_yticks(range(len(grid)), [plural(k, "page") for k in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.5)
        ax.set_xlim(0, max(total) * 1.1)
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        handles = [
            ax.barh([0], [0], color=style.colour(t), label=k)
            for k, t in zip(kinds, ("main", "light", "warm"), strict=True)
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=3,
            handlelength=0.8,
            columnspacing=1.2,
            borderpad=0,
            title="confidence of the row",
            alignment="left",
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(part(one, len(scan), 'initiatives'))} stand on one page alone; {part(sure, len(scan), 'rows')} have high confidence",
        subtitle=f"Initiatives by the number of pages that tell of them and by the confidence of the row; {plural(len(scan), 'initiative')}",
        source=source,
        note="Pages of one organisation count one by one, so several pages are not always several witnesses.",
        alt="One bar for each number of pages: "
        + listing(f"{number(int(n))} with {plural(int(k), 'page')}" for k, n in total.items())
        + f". Each is split by confidence: {listing(f'{k} {number(int(grid[k].sum()))}' for k in kinds)} in all.",
        draw=draw,
    )


@exhibit
def scan_by_language(data) -> Figure:
    """In which language initiatives are told of."""
    source = data.cite("initiative_sources", "sources", "countries")
    columns = {
        "region": "Region",
        "language": "Language of the page",
        "pages": "Pages, count",
        "percent": "Share of the region's pages, percent",
    }
    names = {"en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese", "id": "Indonesian"}
    pages = data.initiative_sources.merge(data.scan[["id", "region"]], left_on="initiative_id", right_on="id").drop(
        columns="id"
    )
    pages = (
        pages.merge(data.sources[["id", "language"]], left_on="source_id", right_on="id")
        .drop_duplicates(["region", "source_id"])
        .dropna(subset=["language"])
    )
    if pages.empty:
        return nothing("No page of an initiative has a language", source, **columns)
    pages["language"] = pages["language"].map(names).fillna("other")
    grid = pd.crosstab(pages["region"], pages["language"])
    grid = grid.reindex([r for r in style.regions(data) if r in grid.index])
    order = [c for c in [*names.values(), "other"] if c in grid]
    grid = grid[order]
    parts = grid.div(grid.sum(axis=1), axis=0) * 100
    table = grid.stack().rename("pages").reset_index().merge(parts.stack().round(1).rename("percent").reset_index())
    table = table[table["pages"] > 0].reset_index(drop=True)
    english = parts["English"] if "English" in parts else pd.Series(0.0, index=parts.index)
    tints = dict(zip(order, ("main", "gold", "plum", "light", "warm", "rule"), strict=False))

    def draw(layout):
        drawing, ax = style.axes(layout, 0.42 * len(grid) + (0.75 if layout.narrow else 0.5))
        left = np.zeros(len(grid))
        for language in order:
            values = parts[language].to_numpy()
            ax.barh(range(len(grid)), values, left=left, height=0.66, color=style.colour(tints[language]))
            for i, (v, at) in enumerate(zip(values, left, strict=True)):
                if v >= 8:
                    ax.text(at + v / 2, i, f"{number(v)}%", ha="center", va="center", color=style.on(tints[language]))
            left += values
        ax.set_yticks(range(len(grid)), [style.wrap(_short(r) if layout.narrow else r, 20) for r in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.5)
        ax.set_xticks([])
        ax.set_xlim(0, 100)
        ax.spines[:].set_visible(False)
        handles = [ax.barh([0], [0], color=style.colour(tints[n]), label=n) for n in order]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=3 if layout.narrow else 6,
            handlelength=0.8,
            columnspacing=1,
            borderpad=0,
            handletextpad=0.4,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{number(english.max())}% of the pages on {english.idxmax()} are in English, {number(english.min())}% of those on {english.idxmin()}"
        if english.max() > english.min()
        else f"{capital(part(int(grid['English'].sum()) if 'English' in grid else 0, int(grid.to_numpy().sum()), 'pages with a known language', 'the '))} are in English",
        subtitle=f"Pages on initiatives by language and region; {plural(len(pages), 'page')} with a known language",
        source=source,
        note=("What is written in languages that are not named here was hardly found. " if data.report else "")
        + "Counts by country follow what was found and read.",
        alt="One bar for each region, split by language. English: "
        + listing(f"{number(english[r])}% in {r}" for r in grid.index)
        + ".",
        draw=draw,
    )


def scan_in_short(data) -> Prose:
    """The opening of the chapter: how many, where, in which setting, and of how many the learners are counted."""
    scan = data.scan
    unread = int(scan["reach"].isna().sum())
    counted = (
        "For each of them a page counts the learners"
        if not unread
        else f"For {'all' if unread == len(scan) else share(unread, len(scan)) if len(scan) >= FEW else unread} of them no page that was read counts the learners"
    )
    return prose(
        """:::{{div}} lead
Where are the initiatives, since when, for whom? The scan holds {n} of them in {countries}: {regions}. {setting}.
{counted}.
:::""",
        n=number(len(scan)),
        countries=plural(scan["iso3"].nunique(), "country", "countries"),
        regions=listing(f"{number(int(n))} in {r}" for r, n in scan["region"].value_counts().items()),
        setting=scan_by_learners(data).finding,
        counted=counted,
    )


def explorer(data) -> pd.DataFrame:
    """All initiatives of the scan, by region, country and name, for the page where a reader searches them.

    Returns
    -------
    DataFrame
        What is shown: name (linked to its chapter if it is selected), where, whom, summary, seen, pages (links to every page that tells of it).
        What is chosen by: id, region, country, setting, learners and characteristic (names of those seen). Where it stands in an index: index; on the map of a long scan: cell.
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
                + (f"; also in {listing(further[r.id])}" if r.id in further else "")
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
