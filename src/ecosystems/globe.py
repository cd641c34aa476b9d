"""Places on the sphere: distances, outlines of countries, and the window of a map, which may cross the date line."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

RADIUS = 6371.0  # kilometres
Extent = tuple[float, float, float, float]
"""West, east, south, north in degrees. East is larger than west, and beyond 180 if the date line lies between them."""


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Distance along a great circle between two points in degrees (haversine formula)."""
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return float(2 * RADIUS * np.arcsin(np.sqrt(half)))


# -- outlines of countries ------------------------------------------------------------------------------------------


def lines(topology: dict) -> list[np.ndarray]:
    """Arcs of a TopoJSON topology, each an array (n, 2) of longitude and latitude.

    Method: TopoJSON specification 1.0, section 2.1.3, delta-encoded and quantised positions.
    """
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def rings(geometry: dict, arcs: list[np.ndarray]) -> list[np.ndarray]:
    """All rings of a polygon or of several, outer ones and holes, each an array (n, 2) of longitude and latitude."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    found = []
    for ring in (ring for polygon in polygons for ring in polygon):
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
        found.append(np.vstack([parts[0], *(part[1:] for part in parts[1:])]))
    return found


def vectors(degrees: np.ndarray) -> np.ndarray:
    """Points of longitude and latitude as unit vectors."""
    x, y = np.radians(np.asarray(degrees, float)).T
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])


@cache
def outlines(path: Path) -> dict[str, list[np.ndarray]]:
    """Rings of each country or area by ISO code, as unit vectors, of a TopoJSON file whose ids are these codes."""
    topology = json.loads(path.read_text("utf-8"))
    arcs = [vectors(arc) for arc in lines(topology)]
    return {shape["id"]: rings(shape, arcs) for shape in topology["objects"]["countries"]["geometries"]}


def off(points: np.ndarray, shape: list[np.ndarray]) -> np.ndarray:
    """Kilometres from points to a country, on the sphere; 0 inside it.

    Parameters
    ----------
    points : array (n, 2)
        Longitude and latitude, degrees.
    shape : list of array
        Rings of the country as unit vectors, see :func:`outlines`.
    """
    here = vectors(points)
    nearest = np.full(len(here), np.pi)
    for ring, least in _near(here, shape):
        for some in _parts(np.flatnonzero(least < nearest), ring):
            nearest[some] = np.minimum(nearest[some], _to_sides(here[some], ring))
    return np.where(inside(points, shape), 0.0, RADIUS * nearest)


def mainland(rings: list[np.ndarray]) -> list[np.ndarray]:
    """Those of a country's rings (longitude and latitude) that are within 30 degrees of longitude of the longest."""
    if not rings:
        return []
    centre = max(rings, key=len)[:, 0].mean()
    return [ring for ring in rings if abs((ring[:, 0].mean() - centre + 180) % 360 - 180) < 30]


def middle(shape: list[np.ndarray]) -> tuple[float, float]:
    """Latitude and longitude of the middle of a country's longest ring, degrees."""
    x, y, z = max(shape, key=len).mean(axis=0)
    return round(float(np.degrees(np.arctan2(z, np.hypot(x, y)))), 2), round(float(np.degrees(np.arctan2(y, x))), 2)


def inside(points: np.ndarray, shape: list[np.ndarray]) -> np.ndarray:
    """Whether points, as :func:`off` takes them, lie in a country: an odd number of its rings turns around them."""
    here = vectors(points)
    found = np.zeros(len(here), bool)
    for ring, least in _near(here, shape):
        for some in _parts(np.flatnonzero(least <= 0), ring):
            found[some] ^= _turns(here[some], ring)
    return found


def _near(here: np.ndarray, shape: list[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each ring, and the least angle that can lie between it and each point."""
    for ring in shape:
        middle = ring.mean(axis=0) / np.linalg.norm(ring.mean(axis=0))
        yield ring, _angle(here @ middle) - _angle((ring @ middle).min()) - 1e-9


def _parts(chosen: np.ndarray, ring: np.ndarray) -> list[np.ndarray]:
    """Numbers of points in parts that need little memory together with a ring."""
    return np.array_split(chosen, len(chosen) * len(ring) // 1_000_000 + 1) if len(chosen) else []


def _angle(cosine):
    return np.arccos(np.clip(cosine, -1, 1))


def _turns(points: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Whether a ring turns once around each point, as seen from there; it is less than a quarter of the globe away."""
    east = np.column_stack([-points[:, 1], points[:, 0], np.zeros(len(points))])
    east /= np.maximum(np.linalg.norm(east, axis=1, keepdims=True), 1e-12)
    bearing = np.arctan2(np.cross(points, east) @ ring.T, east @ ring.T)
    steps = (np.diff(bearing, axis=1) + np.pi) % (2 * np.pi) - np.pi
    return (np.abs(steps.sum(axis=1)) > np.pi) & ((points @ ring.T).max(axis=1) > 0)


def _to_sides(points: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """The angle from each point to the nearest corner of a ring, or side that it lies beside."""
    a, b = ring[:-1], ring[1:]
    nearest = _angle((points @ ring.T).max(axis=1))
    normal = np.cross(a, b)
    length = np.linalg.norm(normal, axis=1)
    a, b, normal = (v[length > 1e-12] for v in (a, b, normal))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    beside = (points @ np.cross(normal, a).T >= 0) & (points @ np.cross(b, normal).T >= 0)
    sides = np.where(beside, np.abs(np.arcsin(np.clip(points @ normal.T, -1, 1))), np.pi)
    return np.minimum(nearest, sides.min(axis=1, initial=np.pi))


# -- the window of a map --------------------------------------------------------------------------------------------


def window(
    points: Iterable[tuple[float, float]],
    *,
    least: Extent | None = None,
    margin: float = 0.0,
    rings: Iterable[np.ndarray] = (),
) -> Extent | None:
    """The smallest part of the world that holds all of what a map shows, on a circle: it may cross the date line.

    Parameters
    ----------
    points : pairs of latitude and longitude, degrees
        Missing ones count for nothing.
    least : west, east, south, north, optional
        What the map shows in any case.
    margin : float
        Degrees around each point.
    rings : arrays (n, 2) of longitude and latitude, optional
        Shapes that lie in the window as a whole, without a margin.

    Returns
    -------
    west, east, south, north, or None if there is nothing to show
        West is from -180 up to 180.
    """
    spans = [least] if least else []
    for latitude, longitude in points:
        if latitude == latitude and longitude == longitude:
            spans.append((longitude - margin, longitude + margin, latitude - margin, latitude + margin))
    for ring in rings:
        (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
        spans.append((west, east, south, north))
    if not spans:
        return None
    west, east = _on_circle([(float(s[0]), float(s[1])) for s in spans])
    return west, east, max(-90.0, float(min(s[2] for s in spans))), min(90.0, float(max(s[3] for s in spans)))


def _on_circle(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """West and east of the shortest arc that covers all arcs: what is left out is the widest gap between them."""
    turned = sorted((west - 360 * ((west + 180) // 360), east - west) for west, east in spans)
    reach, gaps = max(west + wide for west, wide in turned) - 360, []
    for west, wide in turned:
        gaps.append((west - reach, west))
        reach = max(reach, west + wide)
    gap, west = max(gaps)
    return (west, west + 360 - gap) if gap > 0 else (-180.0, 180.0)


def unrolled(longitude, west: float):
    """Longitudes as they follow each other to the east of `west`: from there up to 360 degrees more."""
    longitude = np.asarray(longitude, float)
    return longitude + 360 * np.ceil((west - longitude) / 360)


def around(ring: np.ndarray, sides: tuple[float, float]) -> list[np.ndarray]:
    """A ring of longitude and latitude wherever it touches west and east: as it is, or turned once around the globe."""
    west, east = sides
    low, high = ring[:, 0].min(), ring[:, 0].max()
    return [ring + [turn, 0] if turn else ring for turn in (-360, 0, 360) if high + turn > west and low + turn < east]
