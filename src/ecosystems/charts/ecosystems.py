"""The selected learning ecosystems: side by side, and one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import atlas, maps, style
from ecosystems.charts.scan import told_of, told_of_cells
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.tables import cached
from ecosystems.words import Link, Prose, capital, count, listing, number, part, plural, prose

__all__ = [
    "at_a_glance",
    "contradictions_about",
    "ecosystem_country",
    "ecosystem_lead",
    "ecosystem_limits",
    "ecosystem_partners",
    "ecosystem_place",
    "ecosystem_scale",
    "ecosystem_story",
    "ecosystems_in_short",
    "eleven_facts",
    "eleven_map",
    "eleven_since",
    "facts_across",
    "facts_of",
    "gallery",
    "partners_of",
    "pages_of",
    "readings_of",
    "told_of_eleven",
    "reach_of",
]

CROWD = 500  # of more points in one country a map counts them by cells
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
CERTAINTY = {"reported": "main", "disputed": "warm", "planned": "gold", "claimed": "light", "inferred": "plum"}


@cached
def _one(data, id: str) -> pd.Series:
    table = data.eleven.set_index("id", drop=False)
    if id not in table.index:
        raise KeyError(f"no ecosystem {id!r}; there are {', '.join(table.index)}")
    return table.loc[id]


def where_of(row) -> str:
    """Place and country, without saying the country twice."""
    if not isinstance(row.place, str):
        return row.country
    return row.place if row.place.startswith(row.country) else f"{row.place}, {row.country}"


def reach_of(row) -> str:
    """Learners reached, never without basis and year."""
    if pd.isna(row.reach):
        return "not stated on the pages read"
    reach = number(int(row.reach))
    if isinstance(row.get("reach_about"), str):
        reach = f"{row.reach_about} {reach}"
    basis = f"{reach}, {row.reach_basis}" if isinstance(row.reach_basis, str) else reach
    return basis + (f" ({row.reach_year})" if not pd.isna(row.reach_year) and str(row.reach_year) not in basis else "")


# Side by side


def _lines(row, name: str, seen: str) -> list[str]:
    """What is told of a selected ecosystem at its point: name, place, what it does, what pages show."""
    return [name, where_of(row), row.summary, seen]


def told_of_eleven(data) -> pd.DataFrame:
    """What a reader is told of each of the 11 at its point: seen, page, lines and links, as :func:`told_of` gives them for the scan, and a link to its chapter."""
    told = told_of(data)
    eleven = data.eleven.rename(columns={"name": "full"})
    return pd.DataFrame(
        {
            "seen": eleven["initiative_id"].map(told["seen"]).tolist(),
            "page": eleven["initiative_id"].map(told["page"]).tolist(),
            "lines": [_lines(r, r.full, told["lines"].get(r.initiative_id, [""])[-1]) for r in eleven.itertuples()],
            "links": [
                [Link("Its chapter", f"../ecosystems/{r.id}.html"), *told["links"].get(r.initiative_id, [])]
                for r in eleven.itertuples()
            ],
        },
        index=eleven["id"],
    )


def _points_told(drawn) -> str:
    """The points of the map by name and country; where that is too long for an alternative text, by country and number."""
    start = f"A world map with {plural(len(drawn), 'named point')}"
    named = f"{start}: {listing(f'{r.name} in {r.country}' for r in drawn.itertuples())}."
    if len(named) <= 400:
        return named
    by = drawn["country"].value_counts()
    told = [f"{n} in {c}" for c, n in by.head(12).items()]
    return f"{start}: {listing(told)}" + (
        f"; the others in {plural(len(by) - 12, 'more country', 'more countries')}." if len(by) > 12 else "."
    )


@exhibit
def eleven_map(data) -> Figure:
    """Where the 11 are, by name."""
    eleven = data.eleven
    source = data.cite("ecosystems")
    columns = {
        "short_name": "Short name",
        "name": "Ecosystem",
        "country": "Country",
        "place": "Place",
        "precision": "How far the place is known",
        "latitude": "Latitude, degrees",
        "longitude": "Longitude, degrees",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    }
    placed = eleven.dropna(subset=["latitude", "longitude"])
    if placed.empty:
        return nothing("No ecosystem has a known place", source, **columns)
    told = told_of_eleven(data)
    points = placed.assign(tint=placed["region"].map(style.regions(data))).join(told[["lines", "links"]], on="id")
    drawn = points.assign(name=points["short_name"])
    without = eleven[eleven["latitude"].isna()]
    by = eleven["region"].value_counts()
    parts = [f"{count(int(n))}{'' if i else ' is' if n == 1 else ' are'} in {r}" for i, (r, n) in enumerate(by.items())]
    legend = [(t, r) for r, t in style.regions(data).items() if r in set(placed["region"])]
    ground = maps.ground(data)
    return Figure(
        data=eleven.join(told[["seen", "page"]], on="id")[list(columns)],
        columns=columns,
        finding=f"The {len(eleven)} stand in {plural(eleven['iso3'].nunique(), 'country', 'countries')}: {listing(parts)}"
        if len(eleven) != 1
        else f"The one selected ecosystem stands in {eleven['country'].iloc[0]}",
        subtitle=(
            f"Places of the selected ecosystems by region: {len(placed)} of {len(eleven)}"
            if len(eleven) > 1
            else "The place of the selected ecosystem"
        )
        + (
            f"; without a known place, and so without a point: {listing(without['short_name'])}" if len(without) else ""
        ),
        source=source,
        note=data.reconstructed("The list of the selected is"),
        alt=_points_told(drawn),
        draw=lambda layout: maps.world_map(
            ground,
            layout,
            points=drawn,
            labels=not layout.narrow,
            legend=[(t, r if not layout.narrow else r.split(" and")[0]) for t, r in legend],
        ),
        map=lambda: atlas.document(
            "eleven_map", "Map of the selected learning ecosystems", points=points, legend=legend
        ),
    )


@exhibit
def eleven_since(data) -> Figure:
    """How old the 11 are, and when pages tell of them."""
    eleven = data.eleven
    source = data.cite("ecosystems", "facts")
    columns = {
        "ecosystem": "Ecosystem",
        "founded": "Year of founding",
        "founded_of": "Whose founding",
        "first": "First year of a dated fact",
        "last": "Last year of a dated fact",
    }
    dated = data.facts.dropna(subset=["year"]).groupby("ecosystem_id")["year"]
    table = eleven.assign(
        ecosystem=eleven["short_name"], first=eleven["id"].map(dated.min()), last=eleven["id"].map(dated.max())
    )[list(columns)]
    table = table.sort_values(["founded", "ecosystem"], na_position="last", ignore_index=True)
    known = table.dropna(subset=["founded"])
    if known.empty:
        return nothing("No ecosystem has a year of founding", source, **columns)
    spans = table.dropna(subset=["first"])

    def draw(layout):
        drawing, ax = style.axes(
            layout, (min(0.3, max(0.26, 3 / len(table))) if layout.narrow else 0.3) * len(table) + 0.45
        )
        low = 2000
        for i, r in enumerate(table.itertuples()):
            if not pd.isna(r.first):
                ax.plot(
                    [max(r.first, low), r.last],
                    [i, i],
                    color=style.colour("light"),
                    linewidth=5,
                    solid_capstyle="round",
                    zorder=1,
                )
            if not pd.isna(r.founded):
                filled = r.founded_of == "initiative"
                ax.plot(
                    max(r.founded, low),
                    i,
                    "o" if r.founded >= low else "<",
                    color=style.colour("warm" if filled else "paper"),
                    markeredgecolor=style.colour("warm"),
                    markeredgewidth=1.6,
                    markersize=8,
                    zorder=2,
                )
                if r.founded < low:
                    ax.text(
                        low + 0.5,
                        i - 0.33,
                        str(r.founded),
                        va="center",
                        color=style.colour("quiet"),
                        fontsize=layout.size - 1.5,
                    )
        ax.set_yticks(range(len(table)), [style.wrap(n, 18) if layout.narrow else n for n in table["ecosystem"]])
        ax.set_ylim(len(table) - 0.5, -0.6)
        ax.set_xlim(low - 0.7, int(spans["last"].max()) + 0.7 if len(spans) else 2026)
        ax.set_xticks(range(low, 2027, 10 if layout.narrow else 5))
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        return drawing

    youngest, oldest, young = known.iloc[-1], known.iloc[0], int((known["founded"] >= 2010).sum())
    return Figure(
        data=table,
        columns=columns,
        finding=f"{f'{young} of the' if young < len(known) else 'All'} {len(known)} with a known year began in 2010 or later"
        if young and len(known) > 1
        else f"{oldest.ecosystem} began in {oldest.founded}"
        if len(known) == 1
        else f"None of the {len(known)} with a known year began in 2010 or later",
        subtitle="Year of founding (full circle: of the initiative, empty: of its organisation) and the span of years that dated facts speak of (bar)"
        + (f"; {len(known)} of {len(table)} {'has' if len(known) == 1 else 'have'} a year" if len(table) > 1 else ""),
        source=source,
        note=data.reconstructed("The list of the selected is"),
        alt=f"One row for each ecosystem with a circle at its founding, {f'from {oldest.ecosystem} in {oldest.founded} to {youngest.ecosystem} in {youngest.founded}' if len(known) > 1 else f'for {oldest.ecosystem} in {oldest.founded}'}, and a bar for the years of its facts.",
        draw=draw,
    )


@exhibit
def eleven_facts(data) -> Figure:
    """What is known of each of the 11, and what is not."""
    source = data.cite("facts", "ecosystems")
    columns = {"ecosystem": "Ecosystem", "topic": "Topic", "facts": "Facts with a source, count"}
    eleven = data.eleven
    if eleven.empty or data.facts.empty:
        return nothing("No fact is known of any ecosystem", source, **columns)
    grid = pd.crosstab(data.facts["ecosystem_id"], data.facts["topic"]).reindex(
        index=eleven["id"], columns=list(TOPICS), fill_value=0
    )
    grid = grid.set_axis(eleven["short_name"].to_numpy(), axis=0).set_axis(list(TOPICS.values()), axis=1)
    table = grid.rename_axis(index="ecosystem", columns="topic").stack().rename("facts").reset_index()
    empty = (grid == 0).sum()
    rare, dense = empty.idxmax(), grid.sum().idxmax()
    unknown = list(empty.index[empty == len(grid)])
    lacking = (
        f"; on {listing((t.lower() for t in unknown), 'or') if len(unknown) < 4 else f'{count(len(unknown))} topics'} nothing was found"
        if unknown
        else f"; on {rare.lower()} nothing was found for {int(empty.max())} of the {len(grid)}"
        if empty.max()
        else ""
    )

    def draw(layout):
        drawing, ax = style.axes(layout, 0.31 * len(grid) + 1.0)
        shades = {0: None, 1: "s1", 2: "s2", 3: "s2", 4: "s3"}
        for i in range(len(grid)):
            for j in range(grid.shape[1]):
                n = int(grid.iloc[i, j])
                tint = shades.get(n, "s4" if n < 8 else "s5")
                ax.add_patch(style.tile(j, i, tint) if tint else style.hatched(j, i))
                if n:
                    ax.text(j, i, str(n), ha="center", va="center", color=style.on(tint), fontsize=layout.size - 1)
        ax.set_xlim(-0.55, grid.shape[1] - 0.45)
        ax.set_ylim(len(grid) - 0.45, -0.55)
        ax.set_yticks(range(len(grid)), [style.wrap(n, 16) if layout.narrow else n for n in grid.index])
        ax.xaxis.tick_top()
        ax.set_xticks(
            range(grid.shape[1]), grid.columns, rotation=55 if layout.narrow else 30, ha="left", rotation_mode="anchor"
        )
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{dense} takes {part(int(grid[dense].sum()), int(grid.to_numpy().sum()), 'facts', 'the ')}{lacking}",
        subtitle=f"Facts with a source, by ecosystem and topic; {plural(len(data.facts), 'fact')}. Hatched: nothing found on the pages read",
        source=source,
        note="The count tells how much was found, not how much there is.",
        alt=f"A grid of {plural(len(grid), 'ecosystem')} by {grid.shape[1]} topics. Darkest column: {dense} with {plural(int(grid[dense].sum()), 'fact')}; most hatched cells in {rare}, {int(empty.max())}. Most is known of {grid.sum(axis=1).idxmax()}, {plural(int(grid.sum(axis=1).max()), 'fact')}.",
        draw=draw,
    )


def ecosystems_in_short(data) -> Prose:
    """The opening of the chapter: how many, where, since when, and how sure."""
    sure = (
        """By our reconstruction {n}, in {countries}; {high} are on the list with high confidence, {medium} with
medium."""
        if data.report
        else "This scan selects {few}, in {countries}."
    )
    one = len(data.eleven) == 1
    return prose(
        """:::{{div}} lead
Which """
        + (
            "is the selected ecosystem?"
            if one
            else f"are the {'ecosystems that the report presents' if data.report else 'selected ecosystems'}, and how do they compare?"
        )
        + f""" {sure} {{since}}. {"It" if one else "Each"} has a chapter that tells what is known, page by page.
:::""",
        n=len(data.eleven),
        few=count(len(data.eleven)),
        countries=plural(data.eleven["iso3"].nunique(), "country", "countries")
        if data.eleven["iso3"].nunique() > 1
        else data.eleven["country"].iloc[0],
        since=eleven_since(data).finding,
        **data.eleven["confidence"].value_counts().reindex(["high", "medium"], fill_value=0).astype(int).to_dict(),
    )


def gallery(data) -> pd.DataFrame:
    """The 11 with a link to their chapters."""
    table = data.eleven
    names = [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()]
    return table.assign(ecosystem=pd.Series(names, dtype=object), where=[where_of(r) for r in table.itertuples()])


# One by one


def _kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance along a great circle (haversine formula)."""
    a, b, c, d = np.radians([lat1, lon1, lat2, lon2])
    return float(
        2 * 6371 * np.arcsin(np.sqrt(np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2))
    )


def _frame(shape: list[np.ndarray]) -> tuple[float, float, float, float]:
    """West, east, south, north around a country, at least 22 degrees wide, with the shape of a page."""
    largest = max(shape, key=len)
    points = np.vstack([r for r in shape if abs(r[:, 0].mean() - largest[:, 0].mean()) < 30])
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    half = max(11, (east - west) / 2 * 1.35, (north - south) / 2 * 1.3 * 2.2)
    return middle_x - half, middle_x + half, middle_y - half / 2.2, middle_y + half / 2.2


@exhibit
def ecosystem_place(data, id: str) -> Figure:
    """Where one ecosystem is."""
    e = _one(data, id)
    source = data.cite("ecosystems", "initiatives")
    others = data.scan[(data.scan["iso3"] == e.iso3) & (data.scan["id"] != e.initiative_id)]
    near = others.dropna(subset=["latitude", "longitude"])
    placed = not pd.isna(e.latitude)
    columns = {
        "name": "Initiative",
        "place": "Place",
        "latitude": "Latitude, degrees",
        "longitude": "Longitude, degrees",
        "role": "This ecosystem, or another initiative of the scan in the country",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    }
    told = told_of(data, e.iso3).reindex(columns=["lines", "links", "seen", "page"])
    rows = [
        (
            e["name"],
            e.place if isinstance(e.place, str) else e.country,
            e.latitude,
            e.longitude,
            "this ecosystem",
            e.summary,
            e.initiative_id,
        )
    ]
    rows += [
        (
            r.title,
            r.place if isinstance(r.place, str) else r.country,
            r.latitude,
            r.longitude,
            "other initiative",
            r.summary,
            r.id,
        )
        for r in others.rename(columns={"name": "title"}).itertuples()
    ]
    table = pd.DataFrame(
        rows, columns=["name", "place", "latitude", "longitude", "role", "summary", "initiative_id"]
    ).join(told, on="initiative_id")
    if isinstance(
        table.at[0, "lines"], list
    ):  # of the ecosystem itself, its own words, not those of its row in the scan
        table.at[0, "lines"] = _lines(e, e["name"], table.at[0, "lines"][-1])
    points = (
        table.dropna(subset=["latitude"])
        .assign(
            tint=lambda t: t["role"].map({"this ecosystem": "warm", "other initiative": "quiet"}),
            size=lambda t: t["role"].map({"this ecosystem": 70, "other initiative": 16}),
        )
        .sort_values("size", kind="stable")
    )
    if len(near) > CROWD:
        crowd = told_of_cells(maps.gathered(near, 0.5), "other initiative").assign(
            tint="quiet", size=lambda t: 10 + 60 * t["initiatives"] / t["initiatives"].max()
        )
        points = pd.concat([crowd, points[points["role"] == "this ecosystem"]]).fillna({"initiatives": 0})
    points["links"] = [known if isinstance(known, list) else [] for known in points["links"]]
    points["lines"] = [
        known if isinstance(known, list) else [name, place]
        for known, name, place in zip(points["lines"], points["name"], points["place"], strict=True)
    ]
    areas = pd.DataFrame({"iso3": [e.iso3], "tint": ["s1"], "lines": [[e.country]]})
    shape = maps.world(data).get(e.iso3)
    ground = maps.ground(data, _frame(shape) if shape else None)
    said = {
        "site": "The point is the site itself",
        "city": "The point stands for the town",
        "region": "The point stands for the area, and is rough",
        "country": "No place inside the country is known, so there is no point for it",
    }[e.precision]
    capital_city = data.countries.set_index("iso3").loc[e.iso3]
    away = _kilometres(e.latitude, e.longitude, capital_city["capital_latitude"], capital_city["capital_longitude"])
    if not placed:
        lead = f"No single place in {e.country} is known"
    elif away < 40:
        lead = f"{e.short_name} has its point in {'the area of ' if e.precision == 'region' else ''}the capital, {capital_city['capital']}"
    else:
        lead = f"{e.place}{',' if ',' in e.place else ''} lies about {number(round(away, -1))} km from the capital, {capital_city['capital']}"
    more = (
        f"the scan knows {plural(len(others), 'more initiative')} in {e.country}"
        if len(others)
        else f"the scan knows no other initiative in {e.country}"
    )

    def legend(layout):
        grey = (
            [("quiet", "others in the scan" if layout.narrow else "other initiatives of the scan")] if len(near) else []
        )
        return ([("warm", e.short_name)] if placed else []) + grey

    return Figure(
        data=table[list(columns)],
        columns=columns,
        finding=f"{lead}; {more}",
        subtitle=f"{said}"
        + (
            f"; {number(len(near))} of {plural(len(others), 'other initiative')} of the scan in {e.country} with a point"
            if len(others)
            else ""
        ),
        source=source,
        note="A point is a place of general knowledge, often of the office. It does not bound where learning takes place.",
        alt=f"A map of {e.country} and its neighbours. "
        + (
            f"A large orange point marks {e.short_name} at {e.place}"
            if placed
            else f"{e.short_name} has no point of its own"
        )
        + (
            f"; {'1 small grey point marks another initiative' if len(near) == 1 else f'{len(near)} small grey points mark other initiatives'} of the scan."
            if len(near)
            else "; no other initiative of the scan has a point there."
        ),
        draw=lambda layout: maps.world_map(ground, layout, points=points, areas=areas, legend=legend(layout)),
        map=lambda: atlas.document(
            f"ecosystem_place_{id}",
            f"Map of {e.short_name} and other initiatives in {e.country}",
            points=points[::-1],
            areas=areas,
            extent=ground.extent,
            legend=legend(style.WIDE),
        ),
    )


STANDING = (
    ("mys", "years of schooling of adults"),
    ("oos_rate_lower_sec", "out of school, lower secondary age"),
    ("learning_poverty", "10-year-olds who cannot read a simple text"),
    ("internet_users", "people online"),
    ("edu_exp_gdp", "public money for education, of GDP"),
    ("preprimary_1yr", "in organised learning a year before school"),
)


@exhibit
def ecosystem_country(data, id: str) -> Figure:
    """Where the country of an ecosystem stands in the Global South."""
    e = _one(data, id)
    units = data.indicators.set_index("id")["unit"]
    columns = {
        "measure": "Measure",
        "value": f"Value of {e.country}, see unit",
        "unit": "Unit",
        "year": "Year of the value",
        "rank": "Place from the lowest value up, rank",
        "of": "Countries and areas of the Global South with a value, count",
        "lowest": "Lowest value, see unit",
        "median": "Median, see unit",
        "highest": "Highest value, see unit",
    }
    rows, clouds = [], []
    for indicator, name in STANDING:
        values = data.latest(indicator)
        own = values[values["iso3"] == e.iso3]
        if len(values) < 2:
            continue
        v, year = (own["value"].iloc[0], own["year"].iloc[0]) if len(own) else (np.nan, pd.NA)
        rank = int((values["value"] < v).sum()) + 1 if len(own) else pd.NA
        rows.append(
            (
                name,
                v,
                units.get(indicator, ""),
                year,
                rank,
                len(values),
                values["value"].min(),
                float(values["value"].median()),
                values["value"].max(),
            )
        )
        clouds.append(values["value"].to_numpy())
    cited = data.cite(*(i for i, _ in STANDING if i in units.index))
    table = pd.DataFrame(rows, columns=list(columns))
    known = table.dropna(subset=["value"])
    if known.empty:
        return nothing(f"No figure is known for {e.country}", cited, **columns)
    distance = ((known["rank"].astype(float) - 1) / (known["of"] - 1) - 0.5).abs()
    recent = known["year"] >= known["year"].max() - 10  # an old value may stand in the drawing, but is no finding
    special = known.loc[distance[recent].idxmax()]
    side = "higher" if special["rank"] > special["of"] / 2 else "lower"
    beaten = int(special["rank"] - 1 if side == "higher" else special["of"] - special["rank"])
    rest = int(special["of"]) - 1

    def show(value, unit):
        return f"{number(value, 1)}{'%' if unit == '%' else ''}"

    def draw(layout):
        drawing, ax = style.axes(layout, (0.74 if layout.narrow else 0.5) * len(table) + 0.1)
        for i, (r, cloud) in enumerate(zip(table.itertuples(), clouds, strict=True)):
            width = (r.highest - r.lowest) or 1
            ax.plot(
                (cloud - r.lowest) / width,
                [i] * len(cloud),
                "|",
                color=style.colour("coast"),
                markersize=9,
                markeredgewidth=0.7,
            )
            ax.plot([(r.median - r.lowest) / width] * 2, [i - 0.24, i + 0.24], color=style.colour("ink"), linewidth=1.3)
            if r.value == r.value:
                x = (r.value - r.lowest) / width
                ax.plot(x, i, "o", color=style.colour("warm"), markersize=9, markeredgecolor=style.colour("paper"))
                ax.text(
                    x,
                    i - 0.3,
                    f"{show(r.value, r.unit)} ({r.year})",
                    ha="left" if x < 0.12 else "right" if x > 0.88 else "center",
                    va="bottom",
                    weight=600,
                    fontsize=layout.size - 0.5,
                )
            else:
                ax.text(0.5, i - 0.3, "no value", ha="center", va="bottom", color=style.colour("quiet"))
        ax.set_yticks(range(len(table)), [style.wrap(n, 16 if layout.narrow else 34) for n in table["measure"]])
        ax.set_ylim(len(table) - 0.5, -0.8)
        ax.set_xlim(-0.03, 1.03)
        ax.set_xticks([0, 1], ["lowest", "highest"])
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table.round(2),
        columns=columns,
        finding=f"{capital(special['measure'])}: the value of {e.country} is {side} than in {f'all {rest}' if beaten == rest else f'{beaten} of {rest}'} others",
        subtitle=f"{e.country} (orange) among the countries of the Global South (grey strokes; long stroke: median), latest value of each; every row has its own scale",
        source=cited,
        note="Values are of different years; surveys are rare. A country's mean says little about one place in it.",
        alt=f"Six rows of strokes, one for each measure, with an orange point for {e.country}: {listing(f'{r.measure} {show(r.value, r.unit)} in {r.year}' for r in known.head(4).itertuples())}."
        if len(table) == 6
        else f"{capital(count(len(table)))} rows of strokes with an orange point for {e.country} in {len(known)} of them.",
        draw=draw,
    )


@exhibit
def ecosystem_story(data, id: str) -> Figure:
    """When what is known of an ecosystem took place."""
    e = _one(data, id)
    source = data.cite("facts")
    columns = {
        "year": "Year that the fact speaks of",
        "topic": "Topic",
        "certainty": "How certain it is",
        "statement": "Fact",
    }
    facts = data.facts[data.facts["ecosystem_id"] == id]
    dated = facts.dropna(subset=["year"])
    if dated.empty:
        return nothing(f"No dated fact is known of {e.short_name}", source, **columns)
    topics = [t for t in TOPICS if t in set(dated["topic"])]
    table = dated.sort_values(["year", "topic"], ignore_index=True)[list(columns)]
    start = max(int(dated["year"].min()), 1995)
    per_year = dated["year"].value_counts()
    kinds = [c for c in CERTAINTY if c in set(dated["certainty"])]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.36 * len(topics) + 0.8)
        for i, topic in enumerate(topics):
            part = dated[dated["topic"] == topic].sort_values(["year", "certainty", "id"])
            n = part.groupby("year").cumcount()
            of = part["year"].map(part["year"].value_counts())
            y = i + (n - (of - 1) / 2) * np.minimum(0.2, 0.8 / of)
            x = part["year"].astype(float).clip(lower=start - 1)
            ax.scatter(
                x,
                y,
                s=34,
                c=[style.colour(CERTAINTY[c]) for c in part["certainty"]],
                edgecolor=style.colour("paper"),
                linewidth=0.6,
                zorder=2,
            )
        ax.set_yticks(range(len(topics)), [TOPICS[t] for t in topics])
        ax.set_ylim(len(topics) - 0.4, -0.6)
        last = int(dated["year"].max())
        step = max(1, -(-(last - start + 1) // (6 if layout.narrow else 12)))
        ax.set_xticks(range(start, last + 1, step))
        ax.set_xlim(start - 1.4 if dated["year"].min() < start else start - 0.6, last + 0.6)
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        handles = [ax.plot([], [], "o", color=style.colour(CERTAINTY[c]), label=c)[0] for c in kinds]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=len(kinds) if not layout.narrow else 3,
            handletextpad=0.1,
            columnspacing=1,
            borderpad=0,
        )
        return drawing

    years = (int(dated["year"].min()), int(dated["year"].max()))
    full = sorted(int(y) for y in per_year.index[per_year == per_year.max()])
    densest = (
        f"{listing(full)} {'has' if len(full) == 1 else 'have'} the most, {count(int(per_year.max()))}{'' if len(full) == 1 else ' each'}"
        if len(full) < 4
        else f"no year has more than {count(int(per_year.max()))}"
    )
    return Figure(
        data=table,
        columns=columns,
        finding=f"Public pages date {plural(len(dated), 'fact')} on {e.short_name} {f'between {years[0]} and {years[1]}' if years[0] < years[1] else f'in {years[0]}'}; {densest}",
        subtitle=f"Facts by year and topic, one point each; without a year: {number(len(facts) - len(dated))} of {plural(len(facts), 'fact')}",
        source=source,
        note="Reported: a page says so. Planned: a target or plan, not reached. Claimed: the claim of an effect. Disputed: another page differs."
        + (f" Facts before {start} stand at the left edge." if years[0] < start else ""),
        alt=f"Points in {count(len(topics))} rows ({listing(TOPICS[t].lower() for t in topics)}) from {years[0]} to {years[1]}; {densest}; {listing(f'{int((dated.certainty == c).sum())} {c}' for c in kinds)}.",
        draw=draw,
    )


# Shapes as well as colours, so that the ties differ in grey print.
TIES = {
    "works with": ("main", "works with it", "o"),
    "supports": ("gold", "supports it with money or otherwise", "s"),
    "network": ("plum", "a network it belongs to", "D"),
    "recognition": ("light", "gave a prize or fellowship", "^"),
    "loose": ("paper", "no joint work seen", "o"),
}


@exhibit
def ecosystem_partners(data, id: str) -> Figure:
    """Who works with an ecosystem."""
    e = _one(data, id)
    source = data.cite("partners")
    columns = {
        "type": "Kind of partner",
        "partner": "Partner",
        "tie": "How close the tie is",
        "relation": "What it does",
    }
    partners = data.partners[data.partners["ecosystem_id"] == id]
    if partners.empty:
        return nothing(f"No partner is known of {e.short_name}", source, **columns)
    order = partners["type"].value_counts()
    table = partners.assign(
        partner=partners["name"],
        place=partners["type"].map({t: i for i, t in enumerate(order.index)}),
        near=partners["tie"].map({t: i for i, t in enumerate(TIES)}),
    )
    table = table.sort_values(["place", "near", "partner"], ignore_index=True)

    def draw(layout):
        heads = table["type"].ne(table["type"].shift())
        lines = np.array([style.wrap(n, 42).count("\n") + 1 if layout.narrow else 1 for n in table["partner"]])
        y = (np.cumsum(lines) - lines / 2 + heads.cumsum() * (1.15 if layout.narrow else 0.45)).to_numpy()
        used, rows = [t for t in TIES if t in set(table["tie"])], y[-1] + 1.8
        # A profile has two pages in print: long lists stand closer.
        drawing, ax = style.axes(
            layout, rows * min(0.165, max(0.14, 3.1 / rows)) + 0.22 * len(used) if layout.narrow else 0.205 * rows
        )
        for at, r, head, high in zip(y, table.itertuples(), heads, lines, strict=True):
            if head and layout.narrow:
                ax.text(0, at - high / 2 - 0.55, capital(r.type), weight=600, va="center")
            elif head:
                ax.text(0.27, at, capital(r.type), weight=600, va="center", ha="right")
            x = 0.02 if layout.narrow else 0.305
            ax.plot(
                x,
                at,
                TIES[r.tie][2],
                markersize=6.5,
                color=style.colour(TIES[r.tie][0]),
                markeredgecolor=style.colour("quiet"),
                markeredgewidth=0.5,
            )
            ax.text(
                x + (0.04 if layout.narrow else 0.02),
                at,
                style.wrap(r.partner, 42) if layout.narrow else r.partner,
                va="center",
                linespacing=0.95,
                fontsize=layout.size - 0.3,
            )
        ax.set_xlim(0, 1)
        ax.set_ylim(y[-1] + 0.8, -0.7)
        ax.set_axis_off()
        handles = [
            ax.plot(
                [],
                [],
                TIES[t][2],
                color=style.colour(TIES[t][0]),
                markeredgecolor=style.colour("quiet"),
                markeredgewidth=0.5,
                label=TIES[t][1],
            )[0]
            for t in used
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=1 if layout.narrow else min(3, len(used)),
            handletextpad=0.1,
            columnspacing=1.2,
            borderpad=0,
        )
        return drawing

    close = int(partners["tie"].isin(["works with", "supports"]).sum())
    return Figure(
        data=table[list(columns)],
        columns=columns,
        finding=f"{plural(len(partners), 'partner')} of {'one kind' if len(order) == 1 else count(len(order)) + ' kinds'} {'is' if len(partners) == 1 else 'are'} known; {close if close < len(partners) else 'all'} {'works' if close == 1 else 'work'} with {e.short_name} or {'supports' if close == 1 else 'support'} it",
        subtitle=f"Partners of {e.short_name} by kind; colour and shape tell how close the tie is",
        source=source,
        note="Only partners that a public page names. A name that is missing may still be a partner.",
        alt=f"A list of {len(partners)} names in {count(len(order))} groups: {listing(f'{t} {n}' for t, n in order.items())}. Colours and shapes mark the tie; {listing(f'{int(n)} {t}' for t, n in partners['tie'].value_counts().items())}.",
        draw=draw,
    )


@exhibit
def ecosystem_scale(data, id: str) -> Figure:
    """What is counted of an ecosystem, one count at a time."""
    e = _one(data, id)
    source = data.cite("facts")
    columns = {
        "year": "Year of the count",
        "value": "Number in the fact, see unit",
        "unit": "What is counted",
        "certainty": "How certain it is",
        "statement": "Fact",
    }
    table = data.facts[
        (data.facts["ecosystem_id"] == id) & (data.facts["topic"] == "scale") & (data.facts["value"] > 0)
    ]
    if table.empty:
        return nothing(f"No count is known of {e.short_name}", source, **columns)
    table = table.assign(unit=table["unit"].fillna("")).sort_values(
        ["year", "value", "id"], ascending=[True, False, True], na_position="last", ignore_index=True
    )[list(columns)]
    undated = int(table["year"].isna().sum())
    kinds = [c for c in CERTAINTY if c in set(table["certainty"])]
    least, most = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.45)
        places = style.rows(
            ax,
            [style.wrap(r.unit, 20) if layout.narrow else r.unit for r in table.itertuples()],
            layout,
            least=0.28,
            rest=0.45,
        )
        low, high = np.log10(table["value"].min()), np.log10(table["value"].max())
        room = max(high - low, 0.5)
        for y, r in zip(places, table.itertuples(), strict=True):
            x, hollow = np.log10(r.value), r.certainty == "planned"
            ax.plot([low - room * 0.06, x], [y, y], color=style.colour("rule"), linewidth=1, zorder=1)
            ax.plot(
                x,
                y,
                "o",
                markersize=8,
                color=style.colour("paper" if hollow else CERTAINTY[r.certainty]),
                markeredgecolor=style.colour(CERTAINTY[r.certainty]),
                markeredgewidth=1.5,
                zorder=2,
            )
            when = "undated" if pd.isna(r.year) else f"in {r.year}"
            ax.text(
                x + room * (0.1 if layout.narrow else 0.03),
                y,
                f"{number(r.value, 0 if float(r.value).is_integer() else 1)} {when}",
                va="center",
            )
        ax.set_xlim(low - room * 0.06, high + room * (0.7 if layout.narrow else 0.22))
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        handles = [
            ax.plot(
                [],
                [],
                "o",
                color=style.colour("paper" if c == "planned" else CERTAINTY[c]),
                markeredgecolor=style.colour(CERTAINTY[c]),
                label=c,
            )[0]
            for c in kinds
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=len(kinds) if not layout.narrow else 3,
            handletextpad=0.1,
            columnspacing=1,
            borderpad=0,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=(
            f"Pages count {e.short_name} in {table['unit'].nunique()} units, from {number(least['value'])} {least['unit']} to {number(most['value'])} {most['unit']}"
            if table["unit"].nunique() > 1
            else f"Pages count {e.short_name} from {number(least['value'])} to {number(most['value'])} {most['unit']}".rstrip()
        )
        if len(table) > 1
        else f"Pages give one count of {e.short_name}: {number(most['value'])} {most['unit']}",
        subtitle=f"Facts on scale with a number, by year, on a log scale: {len(table)}"
        + (
            ", none of them with a year"
            if undated == len(table)
            else f", {count(undated)} of them without a year"
            if undated
            else ""
        ),
        source=source,
        note="Every row counts something else, and some contain others. They must not be summed, and they are no trend.",
        alt=f"{plural(len(table), 'row')}, each with a point on a log scale. "
        + (
            f"The largest is {number(most['value'])} {most['unit']}, the smallest {number(least['value'])} {least['unit']}. "
            if len(table) > 1
            else f"It stands at {number(most['value'])} {most['unit']}. "
        )
        + f"By certainty: {listing(f'{int((table.certainty == c).sum())} {c}' for c in kinds)}.",
        draw=draw,
    )


def at_a_glance(data, id: str) -> pd.DataFrame:
    """The first things a reader asks, as rows of what and answer."""
    e = _one(data, id)
    rows = [
        ("Organisation", e.organisation),
        ("Lead named in public pages", e.lead if isinstance(e.lead, str) else "not known"),
        ("Place", where_of(e) if not pd.isna(e.latitude) else f"{where_of(e)}, no single place known"),
        (
            "Since",
            "not known"
            if pd.isna(e.founded)
            else f"{e.founded} ({'the initiative' if e.founded_of == 'initiative' else 'the organisation' if e.founded_of == 'organisation' else 'of the initiative or of the organisation: unclear'})"
            + (f", until {e.ended}" if pd.notna(e.get("ended")) else ""),
        ),
        ("Learners", reach_of(e)),
        (
            "Website",
            Link(e.website.split("//")[1].rstrip("/"), e.website) if isinstance(e.website, str) else "not known",
        ),
        *([("On our list of the selected with", f"{e.confidence} confidence")] if data.report else []),
        *([("Sources in brief", _sources_in_brief(pages))] if len(pages := pages_of(data, id)) else []),
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


def facts_across(data, topic: str) -> pd.DataFrame:
    """Facts of one topic in all ecosystems: ecosystem (a link), when, statement, page."""
    names = data.eleven.set_index("id")["short_name"]
    facts = data.facts[(data.facts["topic"] == topic) & data.facts["ecosystem_id"].isin(names.index)]
    facts = facts.assign(name=facts["ecosystem_id"].map(names)).sort_values(
        ["name", "year", "id"], key=lambda v: v.str.casefold() if v.name == "name" else v, na_position="last"
    )
    links = [
        Link(r.name_, f"doc:book/ecosystems/{r.ecosystem_id}")
        for r in facts.rename(columns={"name": "name_"}).itertuples()
    ]
    return facts.assign(
        ecosystem=pd.Series(links, index=facts.index, dtype=object).where(~facts["ecosystem_id"].duplicated(), ""),
        when=["" if pd.isna(y) else str(y) for y in facts["year"]],
        statement=_said(facts),
        page=facts["source_id"].map(data.pages),
    )


def _said(facts: pd.DataFrame) -> list[str]:
    """Statements, with their certainty where it is less than reported."""
    return [
        s if c == "reported" else f"{s} ({capital(c)}.)"
        for s, c in zip(facts["statement"], facts["certainty"], strict=True)
    ]


def facts_of(data, id: str, *topics: str) -> pd.DataFrame:
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


def partners_of(data, id: str) -> pd.DataFrame:
    """Partners of an ecosystem, by kind: kind, name, relation, page."""
    table = data.partners[data.partners["ecosystem_id"] == id]
    table = table.assign(size=table["type"].map(table["type"].value_counts()))
    table = table.sort_values(["size", "type", "name"], ascending=[False, True, True])
    return table.assign(
        kind=table["type"].map(capital).where(~table["type"].duplicated(), ""),
        relation=table["relation"].fillna(""),
        page=table["source_id"].map(data.pages),
    )


def readings_of(data, id: str) -> pd.DataFrame:
    """What is seen of the eight characteristics: name, reading, note, page."""
    e = _one(data, id)
    own = data.codings[(data.codings["initiative_id"] == e.initiative_id) & data.codings["present"].notna()]
    own, pages = own.set_index("characteristic_id"), data.pages
    rows = []
    for c in data.characteristics.sort_values("order", kind="stable").itertuples():
        if c.id in own.index:
            r = own.loc[c.id]
            rows.append((c.name, "seen" if r["present"] == 1 else "denied", r["note"], pages.get(r["source_id"], "")))
        else:
            rows.append((c.name, "not seen", "", ""))
    return pd.DataFrame(
        {k: pd.Series([r[i] for r in rows], dtype=object) for i, k in enumerate(("name", "reading", "note", "page"))}
    )


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
def pages_of(data, id: str) -> pd.DataFrame:
    """Every page on which the chapter of an ecosystem stands."""
    e = _one(data, id)
    ids = set(data.ecosystem_sources.loc[data.ecosystem_sources["ecosystem_id"] == id, "source_id"])
    ids |= set(data.facts.loc[data.facts["ecosystem_id"] == id, "source_id"]) | set(
        data.partners.loc[data.partners["ecosystem_id"] == id, "source_id"]
    )
    ids |= set(data.codings.loc[data.codings["initiative_id"] == e.initiative_id, "source_id"])
    ids |= set(contradictions_about(data, id)["source_id"])
    table = data.sources[data.sources["id"].isin(ids)].sort_values(
        ["publisher", "title"], key=lambda s: s.str.casefold(), ignore_index=True
    )
    return table.assign(
        page=pd.Series(
            [Link(r.title if isinstance(r.title, str) else r.url, r.url) for r in table.itertuples()], dtype=object
        )
    )


def ecosystem_lead(data, id: str) -> Prose:
    """The opening of a chapter: what it is, why it was selected, and how sure that is where the selection is a reconstruction."""
    e = _one(data, id)
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


def ecosystem_limits(data, id: str) -> Prose:
    """What was not found about an ecosystem, as a closing section."""
    e = _one(data, id)
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
