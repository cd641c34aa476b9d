"""Maps as they are drawn, for print; from the same points and areas :mod:`ecosystems.atlas` makes those of the web."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ecosystems import globe, style
from ecosystems.tables import Tables
from typstbook.store import digest

BORDERS = (
    "Borders, names and colours help to find places and say nothing about legal status. Some boundaries are not "
    "settled, among them Jammu and Kashmir, Abyei, Western Sahara and the Falkland Islands (Malvinas). "
    "Boundaries: Natural Earth 1:110m."
)
SCALE = ("s1", "s2", "s3", "s4", "s5")
KEY = 0.26  # inches, height of one row of a legend
# What the whole book shows at least: the three continents of the scan.
EXTENT = (-112, 152, -54, 54)
MARGIN = 2.0  # degrees around a point
FEW = 36  # so many points have room to stand beside each other where they would cover each other


@cache
def _shapes(path: Path) -> dict[str, list[np.ndarray]]:
    shapes: dict[str, list[np.ndarray]] = {}
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        shapes.setdefault(feature["properties"]["iso3"], []).extend(np.array(p[0], float) for p in polygons)
    return shapes


def world(data: Tables) -> dict[str, list[np.ndarray]]:
    """Outer rings of every country or area by ISO code; each ring is an array (n, 2) of longitude and latitude."""
    return _shapes(data.file("world"))


def equal_earth(longitude, latitude, centre: float = 20.0):
    """Project degrees to the plane with equal areas.

    Method: Šavrič, Patterson and Jenny (2019), "The Equal Earth map projection",
    https://doi.org/10.1080/13658816.2018.1504949.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    lam = np.radians(np.asarray(longitude, float) - centre)
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(np.asarray(latitude, float))))
    x = 2 * np.sqrt(3) * lam * np.cos(t) / (3 * (9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1))
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    # Processors differ in the last bit of sine and cosine; a drawing must not.
    return np.round(x, 9), np.round(y, 9)


def bins(values: pd.Series, edges: list[float]) -> pd.Series:
    """The step of :data:`SCALE` for each value: below ``edges[0]`` is ``s1``, from the last edge on ``s5``."""
    return values.map(lambda v: pd.NA if pd.isna(v) else SCALE[int(np.searchsorted(edges, v, side="right"))])


def shade(tint: str) -> bool:
    """Whether a colour of a legend is that of areas, and not of points."""
    return tint in (*SCALE, "none")


def cells(placed: pd.DataFrame, degrees: float = 2.0) -> pd.Series:
    """The cell of a grid in which each row lies: its country and the cell's place, as one name."""
    return placed["iso3"].str.cat(
        [(placed[c] // degrees).astype(int).astype(str) for c in ("latitude", "longitude")], sep="_"
    )


def gathered(placed: pd.DataFrame, degrees: float = 2.0) -> pd.DataFrame:
    """One row for each cell of :func:`cells`.

    Columns: id, iso3, country, region, latitude and longitude (the mean of its rows, degrees), initiatives (how many).
    """
    grouped = placed.assign(id=cells(placed, degrees)).groupby("id")
    found = grouped.agg(
        iso3=("iso3", "first"),
        country=("country", "first"),
        region=("region", "first"),
        latitude=("latitude", "mean"),
        longitude=("longitude", "mean"),
        initiatives=("id", "size"),
    )
    return (
        found.round({"latitude": 2, "longitude": 2})
        .sort_values(["region", "country", "latitude", "longitude"])
        .reset_index()
    )


@dataclass(frozen=True)
class Ground:
    """What a map stands on: the part of the world that it shows at least, and the boundaries, compared by digest."""

    extent: globe.Extent
    digest: str
    shapes: dict[str, list[np.ndarray]] = field(repr=False, compare=False)


def ground(data: Tables, extent: globe.Extent = EXTENT) -> Ground:
    """The boundaries of the tables as :func:`world` gives them, and what a map shows of the world at least."""
    return Ground(extent, digest(data.file("world")), world(data))


def window(ground: Ground, points: pd.DataFrame | None = None, areas: pd.DataFrame | None = None) -> globe.Extent:
    """The part of the world that a map shows, on paper and on a screen: that of `ground`, all points, and all areas
    that have a value."""
    placed = [] if points is None else zip(points["latitude"], points["longitude"], strict=True)
    valued = [] if areas is None else areas.loc[areas["tint"].notna(), "iso3"]
    rings = [ring for iso3 in valued for ring in ground.shapes.get(iso3, ())]
    return globe.window(placed, least=ground.extent, margin=MARGIN, rings=rings)


def world_map(
    ground: Ground,
    layout: style.Layout,
    *,
    points: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    labels: bool = False,
    legend: list[tuple[str, str]] = (),
    names: Sequence[tuple[str, float, float]] = (),
    extent: globe.Extent | None = None,
):
    """The drawn map.

    Parameters
    ----------
    points : DataFrame, optional
        latitude, longitude, tint (a colour name), and name if `labels` (missing: none); optional size (points²).
    areas : DataFrame, optional
        iso3, tint; a missing tint is hatched: no data.
    legend : pairs of colour name (empty: none) and text
    names : (name, longitude, latitude)
        Of countries, in quiet letters.
    extent : west, east, south, north, optional
        What is shown; :func:`window` around the points if not given.
    """
    west, east, south, north = extent = extent or window(ground, points)
    centre = (west + east) / 2
    edge_x, _ = equal_earth([west, east], [0, 0], centre)
    _, edge_y = equal_earth([0, 0], [south, north], centre)
    height = layout.width * (edge_y[1] - edge_y[0]) / (edge_x[1] - edge_x[0])
    foot = KEY * -(-len(legend) // (2 if layout.narrow else len(legend) or 1))  # inches below the map
    drawing = style.canvas(layout, height + foot)
    drawing.set_layout_engine("none")
    ax = drawing.add_axes((0, foot / (height + foot), 1, height / (height + foot)))
    ax.set_axis_off()
    near = 0.5 / 72 / layout.width * (edge_x[1] - edge_x[0])  # half a point on paper
    _land(ax, ground.shapes, areas, extent, near)
    for name, longitude, latitude in names:
        x, y = equal_earth(globe.unrolled([longitude], west), [latitude], centre)
        quiet = {"color": style.colour("quiet"), "fontsize": layout.size - 1.5, "clip_on": True}
        ax.text(x[0], y[0], style.wrap(name, 12), ha="center", va="center", **quiet)
    some = points is not None and len(points) > 0
    if some:
        x, y = equal_earth(globe.unrolled(points["longitude"], west), points["latitude"], centre)
        if "size" not in points:  # it follows how many they are
            usual = style.size(len(points), *((14, 36) if layout.narrow else (20, 60)))
            points = points.assign(size=42.0 if labels else usual)
        if len(points) <= FEW:
            x, y = _apart(x, y, points["size"].to_numpy(float), 2 * near)
        # Matplotlib writes the outline of points of one size and form only once.
        for tint, size in dict.fromkeys(zip(points["tint"], points["size"], strict=True)):
            own = ((points["tint"] == tint) & (points["size"] == size)).to_numpy()
            ax.scatter(x[own], y[own], zorder=3, **_look(tint, size))
    ax.set(xlim=edge_x, ylim=edge_y, aspect="equal")
    if labels and some:
        told = points["name"].notna().to_numpy()
        _label(ax, x[told], y[told], list(points.loc[told, "name"]), layout)
    _legend(drawing, legend, points.groupby("tint")["size"].max() if some else {}, layout, height, foot)
    return drawing


def _apart(x: np.ndarray, y: np.ndarray, sizes: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray]:
    """Where points stand so that each is seen: those that a larger one, or an earlier one as large, would cover stand
    around it, from its left on. `unit` is a typographic point, in the units of `x` and `y`.
    """
    spots, radii = np.column_stack([x, y]), np.sqrt(sizes) / 2 * unit
    first = list(np.argsort(-sizes, kind="stable"))
    while first:
        own = first.pop(0)
        under = [i for i in first if np.hypot(*(spots[i] - spots[own])) < radii[own] / 2]
        for k, i in enumerate(under):
            ring = int(np.pi * (radii[own] / radii[i] + 1))  # so many stand around it
            off = radii[own] + radii[i] * (1 + 2 * (k // ring))
            turn = np.pi + 2 * np.pi / ring * ((k % ring + 1) // 2) * (-1) ** k
            spots[i] = spots[own] + off * np.array([np.cos(turn), np.sin(turn)])
        first = [i for i in first if i not in under]
    return spots[:, 0], spots[:, 1]


def _look(tint: str, size: float) -> dict:
    """Options of points of one colour and size, and so of one form."""
    form = style.form(tint)
    paper = {"edgecolor": style.colour("paper"), "linewidth": 0.5}
    return {"s": size * form.size, "marker": form.marker, "facecolor": style.colour(tint), **paper}


def _land(ax, shapes: dict, areas: pd.DataFrame | None, extent: globe.Extent, near: float) -> None:
    """Land, each area in its tint; points of a border that are nearer to each other than `near` are left out."""
    west, east, *_ = extent
    tints = dict(zip(areas["iso3"], areas["tint"], strict=True)) if areas is not None else {}
    groups: dict[str, list] = {}
    for iso3, rings in shapes.items():
        tint = tints.get(iso3, "land")
        groups.setdefault("none" if pd.isna(tint) else tint, []).extend(
            _thin(np.column_stack(equal_earth(r[:, 0], r[:, 1], (west + east) / 2)), near)
            for ring in rings
            for r in globe.around(ring, (west - 5, east + 5))
        )
    for key, rings in sorted(groups.items()):
        edge = style.colour("coast" if key in ("land", "none") else "paper")
        ax.add_collection(PolyCollection(rings, edgecolor=edge, **_shade(key)))


def _legend(
    drawing, legend: list[tuple[str, str]], sizes: dict[str, float], layout: style.Layout, height: float, foot: float
) -> None:
    """Keys below a map of this `height`, in the `foot` of the drawing (inches): one row, or two a row for phones.

    The key of areas is a rectangle; that of points is such a point, of the size that `sizes` gives for its colour.
    """
    per_row, width = 2 if layout.narrow else len(legend), layout.width
    for i, (tint, text) in enumerate(legend):
        left = (i % per_row) / per_row
        top = (foot - (i // per_row + 0.5) * KEY) / (height + foot)
        drawing.text(left + (0.24 if tint else 0.02) / width, top, text, va="center", fontsize=layout.size - 0.5)
        if shade(tint):
            place = (left + 0.004, top - 0.05 / height), 0.14 / width, 0.1 / height
            look = {**_shade(tint), "edgecolor": style.colour("coast"), "transform": drawing.transFigure}
            drawing.add_artist(Rectangle(*place, **look))
        elif tint:
            form, size = style.form(tint), min(49, max(16, sizes.get(tint, 36)))
            look = {"color": style.colour(tint), "markeredgewidth": 0, "markersize": (size * form.size) ** 0.5}
            at = left + 0.004 + 0.07 / width
            drawing.add_artist(Line2D([at], [top], marker=form.marker, linestyle="none", **look))


def _shade(tint: str) -> dict:
    """How areas of a tint are filled; those without a value are hatched."""
    look = {"facecolor": "paper", "hatch": "//////"} if tint == "none" else {"facecolor": tint}
    return {**look, "facecolor": style.colour(look["facecolor"]), "linewidth": 0.4}


def _thin(ring: np.ndarray, near: float) -> np.ndarray:
    """The ring without points nearer than `near` to the one before: nobody sees them, and every phone loads them."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if np.abs(point - kept[-1]).max() >= near:
            kept.append(point)
    return np.array([*kept, ring[-1]]) if len(kept) > 2 else ring


def _label(ax, x, y, names: list[str], layout: style.Layout) -> None:
    """Names beside their points, moved apart where they would cover each other."""
    taken: list[tuple[float, float, float]] = []
    west, east = ax.get_xlim()
    point = (east - west) / layout.width / 72  # of type, in units of the map
    size, step = layout.size - (1.5 if layout.narrow else 0.5), 11 * point
    for i in np.argsort(-np.asarray(y), kind="stable"):
        wide = 0.5 * size * point * len(names[i])
        left = x[i] + wide + 8 * point > east and x[i] > (west + east) / 2
        for offset in (0, -step, step, -2 * step, 2 * step, -3 * step, 3 * step):
            start = x[i] - 6.5 * point - wide if left else x[i] + 6.5 * point
            spot = (start, start + wide, y[i] + offset)
            if all(spot[1] < a or spot[0] > b or abs(spot[2] - c) > step * 0.9 for a, b, c in taken):
                break
        taken.append(spot)
        ax.annotate(
            names[i],
            (x[i], y[i]),
            (x[i] + (-6.5 if left else 6.5) * point, spot[2]),
            ha="right" if left else "left",
            va="center",
            fontsize=size,
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": style.colour("quiet"), "shrinkA": 0, "shrinkB": 2}
            if offset
            else None,
        )
