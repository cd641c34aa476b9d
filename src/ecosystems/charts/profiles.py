"""The figures of one selected ecosystem: where it is, and who works with it."""

import numpy as np
import pandas as pd

from ecosystems import globe, maps, portraits, style
from ecosystems.analysis.places import CLOSE
from ecosystems.charts import popups
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import PointMap
from ecosystems.plots.common import legend
from ecosystems.tables import cached
from ecosystems.words import agree, be, capital, count, listing, number, part, plural

SHAPE = 2.0  # width of a map, in degrees, to its height: two pages hold it with all that stands beside it
CROWD = 500  # of more points in one country a map counts them by cells


def _others(data, id: str) -> pd.DataFrame:
    """The other initiatives of the country of an ecosystem."""
    e = one(data, id)
    return data.scan[(data.scan["iso3"] == e.iso3) & (data.scan["id"] != e.initiative_id)]


@cached
def one(data, id: str) -> pd.Series:
    """The row of one selected ecosystem."""
    table = data.eleven.set_index("id", drop=False)
    if id not in table.index:
        raise KeyError(f"no ecosystem {id!r}; there are {', '.join(table.index)}")
    return table.loc[id]


OWN, OTHER = "this ecosystem", "other initiative"


def _place(data, id: str) -> pd.DataFrame:
    """The ecosystem (first) and the other initiatives of its country; of very many, how many lie in each cell of a
    grid.

    Columns: name, place, latitude, longitude (degrees, missing where no place is known), role, spot (the name that
    stands beside the first), summary, seen and page; for the map lines and links.
    """
    e, others = one(data, id), _others(data, id)
    own = e.to_frame().T.rename(columns={"id": "chapter", "initiative_id": "id"}).assign(role=OWN)
    table = pd.concat([own, others.assign(role=OTHER)], ignore_index=True).join(popups.initiatives(data), on="id")
    table["place"] = table["place"].fillna(table["country"])
    table["spot"] = table["place"].str.split(r", | \(", regex=True).str[0].where(table.index == 0)
    if isinstance(known := table.at[0, "lines"], list):  # it has a row in the scan
        table.at[0, "lines"] = [e["name"], popups.where(e), e.summary, known[-1]]  # its own words
    else:
        table.at[0, "lines"], table.at[0, "links"] = [e["name"], table.at[0, "place"]], []
    placed = others.dropna(subset=["latitude", "longitude"])
    if len(placed) > CROWD:
        crowd = popups.cells(maps.gathered(placed, 0.5), OTHER)
        crowd = crowd.assign(role=OTHER, name=[lines[0] for lines in crowd["lines"]], place=crowd["country"])
        table = pd.concat([table.head(1), crowd], ignore_index=True).fillna({"initiatives": 0})
    return table.astype({"latitude": float, "longitude": float})


def _frame(data, iso3: str, points: pd.DataFrame) -> globe.Extent:
    """Around a country and all points of its map, at least 20 degrees wide."""
    city = data.countries.set_index("iso3").loc[iso3]
    placed = [*zip(points["latitude"], points["longitude"], strict=True)]
    rings = globe.mainland(maps.world(data).get(iso3, []))
    if not rings:
        placed.append((city["capital_latitude"], city["capital_longitude"]))
    if not (whole := globe.window(placed, rings=rings)):
        return maps.EXTENT
    west, east, south, north = whole
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    half = min(180, max(10, (east - west) / 2 * 1.35, (north - south) / 2 * 1.2 * SHAPE))
    return middle_x - half, middle_x + half, middle_y - half / SHAPE, middle_y + half / SHAPE


def _neighbours(data, own: str, frame: globe.Extent) -> tuple[tuple[str, float, float], ...]:
    """Other countries whose largest part lies in the frame: name, longitude and latitude of its middle, degrees."""
    west, east, south, north = frame
    found = []
    for iso3, rings in maps.world(data).items():
        ring = max(rings, key=len)
        (left, bottom), (right, top) = ring.min(axis=0), ring.max(axis=0)
        x, y = float(globe.unrolled((left + right) / 2, west)), float(bottom + top) / 2
        wide, high = east - west, north - south
        inside = west + wide / 12 < x < east - wide / 12 and south + high / 9 < y < north - high / 9
        if inside and iso3 != own and right - left > wide / 9 and iso3 in data.names.index:
            found.append((data.names[iso3], round(x, 2), round(y, 2)))
    return tuple(sorted(found))


def _lies(data, e: pd.Series) -> str:
    """Where the ecosystem is, as seen from the capital."""
    if pd.isna(e.latitude):
        return f"No single place in {data.in_text(e.country)} is known"
    city = data.countries.set_index("iso3").loc[e.iso3]
    away = globe.kilometres(e.latitude, e.longitude, city["capital_latitude"], city["capital_longitude"])
    if away < 40:
        area = "the area of " if e.precision == "region" else ""
        return f"{e.short_name} has its point in {area}the capital, {city['capital']}"
    comma = "," if "," in e.place else ""
    return f"{e.place}{comma} lies about {number(round(away, -1))} km from the capital, {city['capital']}"


PRECISION = {
    "site": "The orange point is the site itself",
    "city": "The orange point stands for the town, {spot}",
    "region": "The orange point stands roughly for the area of {spot}",
    "country": "No place inside the country is known, so there is no point for it",
}


@exhibit(
    empty="No place is known",
    cite=["ecosystems", "initiatives"],
    columns={
        "name": "Initiative",
        "place": "Place",
        "latitude": "Latitude, degrees",
        "longitude": "Longitude, degrees",
        "role": "This ecosystem, or another initiative of the scan in the country",
        "spot": "What stands beside the point",
        "summary": "What it does",
        "seen": "Characteristics that a page shows; what is not named was not seen",
        "page": "A page that tells of it",
    },
    table=_place,
)
def ecosystem_place(data, table, id: str) -> Figure:
    """Where one ecosystem is."""
    e, works, others = one(data, id), portraits.place(data, id), _others(data, id)
    near, placed = int(others[["latitude", "longitude"]].notna().all(axis=1).sum()), not pd.isna(e.latitude)
    extent, drawn, country = _frame(data, e.iso3, table), e.iso3 in maps.world(data), data.in_text(e.country)
    names = _neighbours(data, e.iso3 if placed else "", extent)
    legend = [("warm", e.short_name)] * placed
    legend += [("quiet", agree(near, "another in the scan", "others in the scan"))] * (near > 0)
    known = plural(len(others), "more initiative") if len(others) else "no other initiative"
    return Figure(
        table,
        PointMap(
            "role",
            {OWN: "warm", OTHER: "quiet"},
            maps.ground(data, extent),
            () if works else tuple(legend),
            name="spot",
            phones=True,
            sizes={OWN: 70, OTHER: 16},
            areas=((e.iso3, "s1", e.country),) if drawn else (),
            close=True,
            names=names,
        ),
        finding=f"{e.short_name}: {works}" if works else f"{_lies(data, e)}; the scan knows {known} in {country}",
        subtitle=PRECISION[e.precision].format(spot=table.at[0, "spot"])
        + _points(country, len(others), near, bool(works)),
        note="" if works else GENERAL,
        alt=_seen(e, country, near, placed, drawn),
        map=f"Map of {e.short_name} and other initiatives in {country}",
    )


GENERAL = "A point is a place of general knowledge, often of the office. It does not bound where learning takes place."


def _points(country: str, others: int, near: int, told: bool) -> str:
    """What points of others a map has, after what its own point is; `told` if people and places are named already."""
    if told:
        small = agree(near, "the small point is another initiative", "small points are other initiatives")
        return f"; {small} of the scan" if near else ""
    here = (f"other initiative{s} of the scan in {country}" for s in ("", "s"))
    return f"; {part(near, others, *here, verb=('has', 'have'))} a point" if others else ""


def _seen(e, country: str, near: int, placed: bool, drawn: bool) -> str:
    """The alternative text of a map: the large point and the small ones."""
    large = f"A large orange point marks {e.short_name} at {e.place}"
    own = large if placed else f"{e.short_name} has no point of its own"
    one, many = "1 small grey point marks another initiative", f"{near} small grey points mark other initiatives"
    rest = f"{agree(near, one, many)} of the scan" if near else "no other initiative of the scan has a point there"
    small = f"the waters of {country}, which is too small to be drawn"
    return f"A map of {f'{country} and its neighbours' if drawn else small}. {own}; {rest}."


# Shapes as well as colours, so that the ties differ in grey print.
TIES = {
    "works with": ("main", "works with it", "o"),
    "supports": ("gold", "supports it with money or otherwise", "s"),
    "network": ("plum", "a network it belongs to", "D"),
    "recognition": ("light", "gave a prize or fellowship", "^"),
    "loose": ("paper", "no joint work seen", "o"),
}


_FAR = {
    "recognition": ("gave a prize or fellowship",) * 2,
    "network": ("is a network", "are networks"),
    "loose": ("shows no joint work", "show no joint work"),
}


def far(partners: pd.DataFrame) -> str:
    """What partners are of whom none works with an ecosystem or supports it, as the end of a sentence."""
    size, ties = len(partners), partners["tie"].value_counts()
    if len(ties) == 1:
        who = {1: "it", 2: "both"}.get(size, "all")
        return f"{who} {agree(size, *_FAR[ties.index[0]])}"
    return listing(f"{count(int(n))} {agree(n, *_FAR[tie])}" for tie, n in ties.items())


def _partners(data, id: str) -> pd.DataFrame:
    """Partners of an ecosystem: type, partner, tie, relation; the most frequent kinds and the closest ties first."""
    partners = data.partners[data.partners["ecosystem_id"] == id].rename(columns={"name": "partner"})
    kinds = {t: i for i, t in enumerate(partners["type"].value_counts().index)}
    ties = {t: i for i, t in enumerate(TIES)}
    order = partners.assign(kind=partners["type"].map(kinds), near=partners["tie"].map(ties))
    return order.sort_values(["kind", "near", "partner"], ignore_index=True)


def draw_partners(table: pd.DataFrame, layout: style.Layout):
    """A list of names by kind, each with a mark that tells how close the tie is."""
    narrow, kinds = layout.narrow, table["type"]
    names = [style.wrap(n, 42) if narrow else n for n in table["partner"]]
    heads = kinds.ne(kinds.shift())
    lines = np.array([n.count("\n") + 1 for n in names]) if narrow else np.ones(len(names))
    y = (np.cumsum(lines) - lines / 2 + heads.cumsum() * (1.15 if narrow else 0.45)).to_numpy()
    used, rows = [t for t in TIES if t in set(table["tie"])], y[-1] + 1.8
    # A profile has two pages in print: long lists stand closer.
    height = rows * min(0.165, max(0.14, 3.1 / rows)) + 0.22 * len(used) if narrow else 0.205 * rows
    drawing, ax = style.axes(layout, height)
    edge = {"markeredgecolor": style.colour("quiet"), "markeredgewidth": 0.5}
    x, gap = (0.02, 0.04) if narrow else (0.305, 0.02)
    for at, name, tie, kind, head, high in zip(y, names, table["tie"], kinds, heads, lines, strict=True):
        if head:
            place = (0, at - high / 2 - 0.55) if narrow else (0.27, at)
            ax.text(*place, capital(kind), weight=600, va="center", ha="left" if narrow else "right")
        tint, _, mark = TIES[tie]
        ax.plot(x, at, mark, markersize=6.5, color=style.colour(tint), **edge)
        ax.text(x + gap, at, name, va="center", linespacing=0.95, fontsize=layout.size - 0.3)
    ax.set_xlim(0, 1)
    ax.set_ylim(y[-1] + 0.8, -0.7)
    ax.set_axis_off()
    marks = (TIES[t] for t in used)
    entries = {said: {"marker": mark, "color": style.colour(tint), **edge} for tint, said, mark in marks}
    legend(drawing, ax, entries, 1 if narrow else 3, handletextpad=0.1, columnspacing=1.2)
    return drawing


@exhibit(
    empty="No partner is known",
    cite=["partners"],
    columns={
        "type": "Kind of partner",
        "partner": "Partner",
        "tie": "How close the tie is",
        "relation": "What it does",
    },
    table=_partners,
)
def ecosystem_partners(data, table, id: str) -> Figure:
    """Who works with an ecosystem."""
    name, size = one(data, id).short_name, len(table)
    kinds, ties = table["type"].value_counts(), table["tie"].value_counts()
    close = int(ties.reindex(CLOSE).sum())
    who = "it" if close == size == 1 else "all" if close == size else close
    works = f"{who} {agree(close, 'works', 'work')} with {name} or {agree(close, 'supports', 'support')} it"
    of = agree(len(kinds), "one kind", f"{count(len(kinds))} kinds")
    return Figure(
        table,
        draw=draw_partners,
        finding=f"{plural(size, 'partner')} of {of} {be(size)} known; {works if close else far(table)}",
        subtitle=f"Partners of {name} by kind; colour and shape tell how close the tie is",
        note="Only partners that a public page names. A name that is missing may still be a partner.",
        alt=f"A list of {plural(size, 'name')} in {count(len(kinds))} {agree(len(kinds), 'group', 'groups')}: "
        f"{listing(f'{t} {n}' for t, n in kinds.items())}. "
        f"Colours and shapes mark the tie; {listing(f'{t}: {int(n)}' for t, n in ties.items())}.",
    )
