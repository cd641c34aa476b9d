"""The 11 learning ecosystems: side by side, and one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import maps, style
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import Link, Prose, capital, count, listing, number, plural, prose

__all__ = [
    "at_a_glance",
    "contradictions_about",
    "ecosystem_country",
    "ecosystem_lead",
    "ecosystem_limits",
    "ecosystem_partners",
    "ecosystem_place",
    "ecosystem_story",
    "eleven_facts",
    "eleven_map",
    "eleven_since",
    "facts_of",
    "gallery",
    "pages_of",
    "readings_of",
    "reach_of",
]

TOPICS = {
    "goal": "Goal", "who": "For whom", "how": "How it works", "governance": "Who decides", "milestone": "Milestones", "scale": "Scale",
    "finance": "Money", "policy": "Policy", "technology": "Technology", "evidence": "Evidence",
}
CERTAINTY = {"reported": "main", "disputed": "warm", "planned": "gold", "claimed": "light", "inferred": "plum"}
OURS = "The list of the 11 is an open reconstruction from public pages, not the authors' own."


def _one(data, id: str):
    table = data.eleven.set_index("id", drop=False)
    if id not in table.index:
        raise KeyError(f"no ecosystem {id!r}; there are {', '.join(table.index)}")
    return table.loc[id]


def reach_of(row) -> str:
    """Learners reached, never without basis and year."""
    if pd.isna(row.reach):
        return "not stated on the pages read"
    basis = f"{number(int(row.reach))}, {row.reach_basis}" if isinstance(row.reach_basis, str) else number(int(row.reach))
    return basis + (f" ({row.reach_year})" if not pd.isna(row.reach_year) and str(row.reach_year) not in basis else "")


# Side by side


@exhibit
def eleven_map(data) -> Figure:
    """Where the 11 are, by name."""
    eleven = data.eleven
    source = data.cite("ecosystems")
    columns = {"name": "Ecosystem", "country": "Country", "place": "Place", "precision": "How far the place is known", "latitude": "Latitude, degrees", "longitude": "Longitude, degrees"}
    placed = eleven.dropna(subset=["latitude", "longitude"])
    if placed.empty:
        return nothing("No ecosystem has a known place", source, **columns)
    points = placed.assign(tint=placed["region"].map(style.REGIONS), url="../ecosystems/" + placed["id"] + ".html")
    points["lines"] = [[r.full, f"{r.place}, {r.country}", r.summary] for r in points.assign(full=points["name"]).itertuples()]
    drawn = points.assign(name=points["short_name"])
    without = eleven[eleven["latitude"].isna()]
    by = eleven["region"].value_counts()
    legend = [(t, r) for r, t in style.REGIONS.items() if r in set(placed["region"])]
    return Figure(
        data=eleven.assign(name=eleven["short_name"])[list(columns)],
        columns=columns,
        finding=f"The {len(eleven)} stand in {plural(eleven['iso3'].nunique(), 'country', 'countries')}: {listing(f'{count(int(n))} in {r}' for r, n in by.items())}",
        subtitle=f"Places of the selected ecosystems; {listing(without['short_name']) or 'none'} {'work' if len(without) > 1 else 'works'} across a country and {'have' if len(without) > 1 else 'has'} no point",
        source=source,
        note=OURS,
        alt=f"A world map with {len(placed)} named points: {listing(f'{r.name} in {r.country}' for r in drawn.itertuples())}."[:400],
        draw=lambda layout: maps.world_map(data, layout, points=drawn, labels=not layout.narrow, legend=[(t, r if not layout.narrow else r.split(' and')[0]) for t, r in legend]),
        map=lambda: maps.atlas("eleven_map", "Map of the selected learning ecosystems", points=points, cluster=False, link="Read its chapter"),
    )


@exhibit
def eleven_since(data) -> Figure:
    """How old the 11 are, and when pages tell of them."""
    eleven = data.eleven
    source = data.cite("ecosystems", "facts")
    columns = {"ecosystem": "Ecosystem", "founded": "Year of founding", "founded_of": "Whose founding", "first": "First year of a dated fact", "last": "Last year of a dated fact"}
    dated = data.facts.dropna(subset=["year"]).groupby("ecosystem_id")["year"]
    table = eleven.assign(ecosystem=eleven["short_name"], first=eleven["id"].map(dated.min()), last=eleven["id"].map(dated.max()))[list(columns)]
    table = table.sort_values(["founded", "ecosystem"], na_position="last", ignore_index=True)
    known = table.dropna(subset=["founded"])
    if known.empty:
        return nothing("No ecosystem has a year of founding", source, **columns)
    spans = table.dropna(subset=["first"])

    def draw(layout):
        drawing, ax = style.axes(layout, 0.3 * len(table) + 0.45)
        low = 2000
        for i, r in enumerate(table.itertuples()):
            if not pd.isna(r.first):
                ax.plot([max(r.first, low), r.last], [i, i], color=style.colour("light"), linewidth=5, solid_capstyle="round", zorder=1)
            if not pd.isna(r.founded):
                filled = r.founded_of == "initiative"
                ax.plot(max(r.founded, low), i, "o" if r.founded >= low else "<", color=style.colour("warm" if filled else "paper"), markeredgecolor=style.colour("warm"), markeredgewidth=1.6, markersize=8, zorder=2)
                if r.founded < low:
                    ax.text(low + 0.5, i - 0.33, str(r.founded), va="center", color=style.colour("quiet"), fontsize=layout.size - 1.5)
        ax.set_yticks(range(len(table)), [style.wrap(n, 18) if layout.narrow else n for n in table["ecosystem"]])
        ax.set_ylim(len(table) - 0.5, -0.6)
        ax.set_xlim(low - 0.7, int(spans["last"].max()) + 0.7 if len(spans) else 2026)
        ax.set_xticks(range(low, 2027, 10 if layout.narrow else 5))
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        return drawing

    youngest, oldest = known.iloc[-1], known.iloc[0]
    return Figure(
        data=table,
        columns=columns,
        finding=f"{plural(int((known['founded'] >= 2010).sum()), 'of the ' + str(len(known)) + ' with a known year', 'of the ' + str(len(known)) + ' with a known year')} began in 2010 or later",
        subtitle=f"Year of founding (full circle: of the initiative, empty: of its organisation) and the span of years that dated facts speak of (bar); {len(known)} of {len(table)} have a year",
        source=source,
        note=OURS,
        alt=f"One row for each ecosystem with a circle at its founding, from {oldest.ecosystem} in {oldest.founded} to {youngest.ecosystem} in {youngest.founded}, and a bar for the years of its facts.",
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
    grid = pd.crosstab(data.facts["ecosystem_id"], data.facts["topic"]).reindex(index=eleven["id"], columns=list(TOPICS), fill_value=0)
    grid = grid.set_axis(eleven["short_name"].to_numpy(), axis=0).set_axis(list(TOPICS.values()), axis=1)
    table = grid.rename_axis(index="ecosystem", columns="topic").stack().rename("facts").reset_index()
    empty = (grid == 0).sum()
    rare = empty.idxmax()

    def draw(layout):
        drawing, ax = style.axes(layout, 0.31 * len(grid) + 1.0)
        shades = {0: None, 1: "s1", 2: "s2", 3: "s2", 4: "s3"}
        for i in range(len(grid)):
            for j in range(grid.shape[1]):
                n = int(grid.iloc[i, j])
                tint = shades.get(n, "s4" if n < 8 else "s5")
                ax.add_patch(style.tile(j, i, tint) if tint else style.hatched(j, i))
                if n:
                    ax.text(j, i, str(n), ha="center", va="center", color=style.colour("paper" if tint in ("s4", "s5") else "ink"), fontsize=layout.size - 1)
        ax.set_xlim(-0.55, grid.shape[1] - 0.45)
        ax.set_ylim(len(grid) - 0.45, -0.55)
        ax.set_yticks(range(len(grid)), [style.wrap(n, 16) if layout.narrow else n for n in grid.index])
        ax.xaxis.tick_top()
        ax.set_xticks(range(grid.shape[1]), grid.columns, rotation=55 if layout.narrow else 30, ha="left", rotation_mode="anchor")
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"Most facts tell of scale; on {rare.lower()} nothing was found for {int(empty.max())} of the {len(grid)}",
        subtitle=f"Facts with a source, by ecosystem and topic; {number(len(data.facts))} facts. Hatched: nothing found on the pages read",
        source=source,
        note="The count tells how much was found, not how much there is.",
        alt=f"A grid of {len(grid)} ecosystems by {grid.shape[1]} topics. Darkest column: {grid.sum().idxmax()} with {int(grid.sum().max())} facts; most hatched cells in {rare}, {int(empty.max())}. Most is known of {grid.sum(axis=1).idxmax()}, {int(grid.sum(axis=1).max())} facts.",
        draw=draw,
    )


def gallery(data) -> pd.DataFrame:
    """The 11 with a link to their chapters."""
    table = data.eleven
    names = [Link(r.short_name, f"doc:book/ecosystems/{r.id}") for r in table.itertuples()]
    where = [f"{r.place}, {r.country}" if isinstance(r.place, str) and r.place != r.country else r.country for r in table.itertuples()]
    return table.assign(ecosystem=pd.Series(names, dtype=object), where=where)


# One by one


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
    columns = {"name": "Initiative", "place": "Place", "latitude": "Latitude, degrees", "longitude": "Longitude, degrees", "role": "This ecosystem, or another initiative of the scan in the country"}
    rows = [(e.short_name, e.place if isinstance(e.place, str) else e.country, e.latitude, e.longitude, "this ecosystem")]
    rows += [(r.name_, r.place if isinstance(r.place, str) else r.country, r.latitude, r.longitude, "other initiative") for r in others.rename(columns={"name": "name_"}).itertuples()]
    table = pd.DataFrame(rows, columns=list(columns))
    points = table.dropna(subset=["latitude"]).assign(
        tint=lambda t: t["role"].map({"this ecosystem": "warm", "other initiative": "quiet"}), url=None, size=lambda t: t["role"].map({"this ecosystem": 70, "other initiative": 16})
    ).sort_values("size")
    points["lines"] = [[r.name_, str(r.place)] for r in points.rename(columns={"name": "name_"}).itertuples()]
    areas = pd.DataFrame({"iso3": [e.iso3], "tint": ["s1"], "lines": [[e.country]]})
    shape = maps.world(data).get(e.iso3)
    extent = _frame(shape) if shape else maps.EXTENT
    said = {"site": "known to the site", "city": "known to the city", "region": "known roughly", "country": "not known: it works across the country"}[e.precision]
    where = f"{e.place}, {e.country}" if isinstance(e.place, str) and e.place != e.country else e.country
    legend = ([("warm", e.short_name)] if placed else []) + ([("quiet", "other initiatives of the scan")] if len(near) else [])
    return Figure(
        data=table,
        columns=columns,
        finding=f"{e.short_name} works {'in' if placed else 'across'} {where}; the scan knows {plural(len(others), 'more initiative')} in the country" if len(others) else f"{e.short_name} is the only initiative of the scan in {e.country}",
        subtitle=f"The place is {said}; {number(len(near))} of {number(len(others))} other initiatives of the scan in {e.country} have a point" if len(others) else f"The place is {said}",
        source=source,
        alt=f"A map of {e.country} and its neighbours. " + (f"A large orange point marks {e.short_name} in {e.place}; " if placed else f"{e.short_name} has no point of its own; ") + f"{number(len(near))} small grey points mark other initiatives of the scan.",
        draw=lambda layout: maps.world_map(data, layout, points=points, areas=areas, extent=extent, legend=legend),
        map=lambda: maps.atlas(f"ecosystem_place_{id}", f"Map of {e.short_name} and other initiatives in {e.country}", points=points, cluster=False),
    )


STANDING = (
    ("mys", "years of schooling of adults"),
    ("oos_rate_lower_sec", "out of school, lower secondary age"),
    ("learning_poverty", "10-year-olds who cannot read a simple text"),
    ("internet_users", "people online"),
    ("edu_exp_gdp", "public money for education, of GDP"),
    ("gini", "inequality of income (Gini)"),
)


@exhibit
def ecosystem_country(data, id: str) -> Figure:
    """Where the country of an ecosystem stands in the Global South."""
    e = _one(data, id)
    units = data.indicators.set_index("id")["unit"]
    columns = {
        "measure": "Measure", "value": f"Value of {e.country}", "unit": "Unit", "year": "Year of the value", "rank": "Place from the lowest value up",
        "of": "Countries and areas of the Global South with a value", "lowest": "Lowest value", "median": "Median", "highest": "Highest value",
    }
    rows, clouds = [], []
    for indicator, name in STANDING:
        values = data.latest(indicator)
        own = values[values["iso3"] == e.iso3]
        if len(values) < 2:
            continue
        v, year = (own["value"].iloc[0], own["year"].iloc[0]) if len(own) else (np.nan, pd.NA)
        rank = int((values["value"] < v).sum()) + 1 if len(own) else pd.NA
        rows.append((name, v, units.get(indicator, ""), year, rank, len(values), values["value"].min(), float(values["value"].median()), values["value"].max()))
        clouds.append(values["value"].to_numpy())
    cited = data.cite(*(i for i, _ in STANDING if i in units.index))
    table = pd.DataFrame(rows, columns=list(columns))
    known = table.dropna(subset=["value"])
    if known.empty:
        return nothing(f"No figure is known for {e.country}", cited, **columns)
    distance = ((known["rank"].astype(float) - 1) / (known["of"] - 1) - 0.5).abs()
    special = known.loc[distance.idxmax()]
    side = "higher" if special["rank"] > special["of"] / 2 else "lower"
    beaten = special["rank"] - 1 if side == "higher" else special["of"] - special["rank"]

    def show(value, unit):
        return f"{number(value, 1)}{'%' if unit == '%' else ''}"

    def draw(layout):
        drawing, ax = style.axes(layout, (0.62 if layout.narrow else 0.44) * len(table) + 0.1)
        for i, (r, cloud) in enumerate(zip(table.itertuples(), clouds, strict=True)):
            width = (r.highest - r.lowest) or 1
            ax.plot((cloud - r.lowest) / width, [i] * len(cloud), "|", color=style.colour("coast"), markersize=9, markeredgewidth=0.7)
            ax.plot([(r.median - r.lowest) / width] * 2, [i - 0.24, i + 0.24], color=style.colour("ink"), linewidth=1.3)
            if r.value == r.value:
                x = (r.value - r.lowest) / width
                ax.plot(x, i, "o", color=style.colour("warm"), markersize=9, markeredgecolor=style.colour("paper"))
                ax.text(x, i - 0.3, f"{show(r.value, r.unit)} ({r.year})", ha="left" if x < 0.12 else "right" if x > 0.88 else "center", va="bottom", weight=600, fontsize=layout.size - 0.5)
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
        finding=f"{capital(special['measure'])}: the value of {e.country} is {side} than in {int(beaten)} of {int(special['of'])} countries",
        subtitle=f"{e.country} (orange) among the countries of the Global South (grey strokes; long stroke: median), latest value of each; every row has its own scale",
        source=cited,
        note="Values are of different years; surveys are rare. A country's mean says little about one place in it.",
        alt=f"Six rows of strokes, one for each measure, with an orange point for {e.country}: {listing(f'{r.measure} {show(r.value, r.unit)} in {r.year}' for r in known.head(4).itertuples())}."
        if len(table) == 6 else f"{capital(count(len(table)))} rows of strokes with an orange point for {e.country} in {len(known)} of them.",
        draw=draw,
    )


@exhibit
def ecosystem_story(data, id: str) -> Figure:
    """When what is known of an ecosystem took place."""
    e = _one(data, id)
    source = data.cite("facts")
    columns = {"year": "Year that the fact speaks of", "topic": "Topic", "certainty": "How certain it is", "statement": "Fact"}
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
            ax.scatter(x, y, s=34, c=[style.colour(CERTAINTY[c]) for c in part["certainty"]], edgecolor=style.colour("paper"), linewidth=0.6, zorder=2)
        ax.set_yticks(range(len(topics)), [TOPICS[t] for t in topics])
        ax.set_ylim(len(topics) - 0.4, -0.6)
        last = int(dated["year"].max())
        step = max(1, -(-(last - start + 1) // (6 if layout.narrow else 12)))
        ax.set_xticks(range(start, last + 1, step))
        ax.set_xlim(start - 1.4 if dated["year"].min() < start else start - 0.6, last + 0.6)
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        handles = [ax.plot([], [], "o", color=style.colour(CERTAINTY[c]), label=c)[0] for c in kinds]
        drawing.legend(handles=handles, loc="outside upper left", ncols=len(kinds) if not layout.narrow else 3, handletextpad=0.1, columnspacing=1, borderpad=0)
        return drawing

    years = (int(dated["year"].min()), int(dated["year"].max()))
    return Figure(
        data=table,
        columns=columns,
        finding=f"Public pages date {plural(len(dated), 'fact')} on {e.short_name} between {years[0]} and {years[1]}, most of them in {int(per_year.index[0])}",
        subtitle=f"Facts by year and topic, one point each; {number(len(facts) - len(dated))} of {number(len(facts))} facts have no year",
        source=source,
        note="Reported: a page says so. Planned: a target or plan, not reached. Claimed: the claim of an effect. Disputed: another page differs."
        + (f" Facts before {start} stand at the left edge." if years[0] < start else ""),
        alt=f"Points in {count(len(topics))} rows ({listing(TOPICS[t].lower() for t in topics)}) from {years[0]} to {years[1]}; densest in {int(per_year.index[0])} with {int(per_year.iloc[0])} facts; {listing(f'{int((dated.certainty == c).sum())} {c}' for c in kinds)}.",
        draw=draw,
    )


TIES = {"works with": ("main", "works with it"), "supports": ("gold", "supports it with money or otherwise"), "network": ("plum", "a network it belongs to"), "recognition": ("light", "gave a prize or fellowship"), "loose": ("rule", "no joint work seen")}


@exhibit
def ecosystem_partners(data, id: str) -> Figure:
    """Who works with an ecosystem."""
    e = _one(data, id)
    source = data.cite("partners")
    columns = {"type": "Kind of partner", "partner": "Partner", "tie": "How close the tie is", "relation": "What it does"}
    partners = data.partners[data.partners["ecosystem_id"] == id]
    if partners.empty:
        return nothing(f"No partner is known of {e.short_name}", source, **columns)
    order = partners["type"].value_counts()
    table = partners.assign(partner=partners["name"], place=partners["type"].map({t: i for i, t in enumerate(order.index)}), near=partners["tie"].map({t: i for i, t in enumerate(TIES)}))
    table = table.sort_values(["place", "near", "partner"], ignore_index=True)

    def draw(layout):
        heads = table["type"].ne(table["type"].shift())
        y = (np.arange(len(table)) + heads.cumsum() * (0.95 if layout.narrow else 0.45)).to_numpy()
        drawing, ax = style.axes(layout, 0.205 * (y[-1] + 1.8))
        for at, r, head in zip(y, table.itertuples(), heads, strict=True):
            if head and layout.narrow:
                ax.text(0, at - 0.95, capital(r.type), weight=600, va="center")
            elif head:
                ax.text(0.27, at, capital(r.type), weight=600, va="center", ha="right")
            x = 0.02 if layout.narrow else 0.305
            ax.plot(x, at, "o", markersize=6.5, color=style.colour(TIES[r.tie][0]), markeredgecolor=style.colour("quiet"), markeredgewidth=0.5)
            ax.text(x + (0.04 if layout.narrow else 0.02), at, r.partner if len(r.partner) < (46 if layout.narrow else 80) else r.partner[: 44 if layout.narrow else 78] + "…", va="center", fontsize=layout.size - 0.3)
        ax.set_xlim(0, 1)
        ax.set_ylim(y[-1] + 0.8, -0.7)
        ax.set_axis_off()
        used = [t for t in TIES if t in set(table["tie"])]
        handles = [ax.plot([], [], "o", color=style.colour(TIES[t][0]), markeredgecolor=style.colour("quiet"), markeredgewidth=0.5, label=TIES[t][1])[0] for t in used]
        drawing.legend(handles=handles, loc="outside upper left", ncols=1 if layout.narrow else min(3, len(used)), handletextpad=0.1, columnspacing=1.2, borderpad=0)
        return drawing

    close = int(partners["tie"].isin(["works with", "supports"]).sum())
    return Figure(
        data=table[list(columns)],
        columns=columns,
        finding=f"{plural(len(partners), 'partner')} of {count(len(order)) if len(order) > 1 else 'one'} {'kinds are' if len(order) > 1 else 'kind is'} known; {close if close < len(partners) else 'all'} work with {e.short_name} or support it",
        subtitle=f"Partners of {e.short_name} by kind, coloured by how close the tie is",
        source=source,
        note="Only partners that a public page names. A name that is missing may still be a partner.",
        alt=f"A list of {len(partners)} names in {count(len(order))} groups: {listing(f'{t} {n}' for t, n in order.items())}. Colours mark the tie; {listing(f'{int(n)} {t}' for t, n in partners['tie'].value_counts().items())}.",
        draw=draw,
    )


def at_a_glance(data, id: str) -> pd.DataFrame:
    """The first things a reader asks, as rows of what and answer."""
    e = _one(data, id)
    rows = [
        ("Organisation", e.organisation),
        ("Lead named in public pages", e.lead if isinstance(e.lead, str) else "not known"),
        ("Place", f"{e.place}, {e.country}" if isinstance(e.place, str) and e.place != e.country else f"{e.country} (no single place)"),
        ("Since", "not known" if pd.isna(e.founded) else f"{e.founded} ({'the initiative' if e.founded_of == 'initiative' else 'the organisation'})"),
        ("Learners", reach_of(e)),
        ("Website", Link(e.website.split("//")[1].rstrip("/"), e.website) if isinstance(e.website, str) else "not known"),
        ("On the list with", f"{e.confidence} confidence"),
    ]
    return pd.DataFrame({"what": [r[0] for r in rows], "answer": pd.Series([r[1] for r in rows], dtype=object)})


def _page(data, ids: pd.Series) -> pd.Series:
    sources = data.sources.set_index("id")
    return pd.Series([Link(sources["publisher"].fillna("page")[i], sources.at[i, "url"]) for i in ids], index=ids.index, dtype=object)


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
        statement=[s if c == "reported" else f"{s} ({capital(c)}.)" for s, c in zip(facts["statement"], facts["certainty"], strict=True)],
        page=_page(data, facts["source_id"]),
    )


def readings_of(data, id: str) -> pd.DataFrame:
    """What is seen of the eight characteristics: name, reading, note, page."""
    e = _one(data, id)
    own = data.codings[data.codings["initiative_id"] == e.initiative_id].set_index("characteristic_id")
    sources = data.sources.set_index("id")
    rows = []
    for c in data.characteristics.sort_values("order").itertuples():
        if c.id in own.index:
            r = own.loc[c.id]
            rows.append((c.name, "seen" if r["present"] == 1 else "denied", r["note"], Link(sources["publisher"].fillna("page")[r["source_id"]], sources.at[r["source_id"], "url"])))
        else:
            rows.append((c.name, "not seen", "", ""))
    return pd.DataFrame({k: pd.Series([r[i] for r in rows], dtype=object) for i, k in enumerate(("name", "reading", "note", "page"))})


def contradictions_about(data, id: str) -> pd.DataFrame:
    """Claims that contradict each other about one ecosystem: question, claim, page, treatment."""
    table = data.claims.merge(data.contradictions[data.contradictions["about"] == id], left_on="contradiction_id", right_on="id", suffixes=("", "_q"))
    table = table.sort_values(["contradiction_id", "id"], ignore_index=True)
    table = table.assign(page=_page(data, table["source_id"]))
    table.loc[table["contradiction_id"].duplicated(), ["question", "treatment"]] = ""
    return table


def pages_of(data, id: str) -> pd.DataFrame:
    """Every page on which the chapter of an ecosystem stands."""
    e = _one(data, id)
    ids = set(data.ecosystem_sources.loc[data.ecosystem_sources["ecosystem_id"] == id, "source_id"])
    ids |= set(data.facts.loc[data.facts["ecosystem_id"] == id, "source_id"]) | set(data.partners.loc[data.partners["ecosystem_id"] == id, "source_id"])
    ids |= set(data.codings.loc[data.codings["initiative_id"] == e.initiative_id, "source_id"])
    table = data.sources[data.sources["id"].isin(ids)].sort_values(["publisher", "title"], key=lambda s: s.str.casefold(), ignore_index=True)
    return table.assign(page=pd.Series([Link(r.title if isinstance(r.title, str) else r.url, r.url) for r in table.itertuples()], dtype=object))


def ecosystem_lead(data, id: str) -> Prose:
    """The opening of a chapter: what it is, and how sure it is that it is one of the 11."""
    e = _one(data, id)
    facts = data.facts[data.facts["ecosystem_id"] == id]
    return prose(
        """:::{{div}} lead
{summary} {found}
:::

It is one of the 11 with **{confidence} confidence**. {basis}""",
        summary=e.summary,
        found=f"This chapter holds {plural(len(facts), 'fact')} with their pages, and {plural(int((data.partners['ecosystem_id'] == id).sum()), 'partner')}.",
        confidence=e.confidence,
        basis=e.basis,
    )


def ecosystem_limits(data, id: str) -> Prose:
    """What was not found about an ecosystem, as a closing section."""
    e = _one(data, id)
    missing = list(data.unknowns.loc[data.unknowns["about"] == id, "what"])
    if pd.isna(e.reach):
        missing.append("How many learners it reaches.")
    if pd.isna(e.founded):
        missing.append("When it began.")
    lines = "".join(f"\n- {{m{i}}}" for i in range(len(missing)))
    return prose(
        (f"Not found on the pages read:\n{lines}\n\n" if missing else "")
        + "Only the opening of each page was read, mostly pages of the organisation itself or of the press. What is not here may still be so.",
        **{f"m{i}": m for i, m in enumerate(missing)},
    )
