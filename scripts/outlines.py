"""Make ``data/outlines.json`` from Natural Earth 1:10m, as the npm package world-atlas ships it.

A maintainer's script, not a build step; needs npm. It is a selection for the check of places: lines are thinned to
about three kilometres, and islets beside larger land of the same country are left out. The package knows countries by
their number; the package of ``boundaries.py`` has the letters to it. Another version: change PACKAGE.
"""

from __future__ import annotations

import argparse
import json

import boundaries
import numpy as np

from ecosystems.globe import lines

PACKAGE, MEMBER = "world-atlas@2.0.2", "package/countries-10m.json"
TARGET = boundaries.DATA / "outlines.json"
STEP, NEAR = 0.01, 0.03  # degrees: between two places on the grid of the file; by which a line may be moved
ISLET, BESIDE = 0.15, 0.3  # degrees: the size of an islet, and how near larger land is
NUMBERED = {"292": "GIB", "581": "UMI"}
NAMED = {"Kosovo": "XKX", "Somaliland": "SOM", "N. Cyprus": "CYP"}  # as in the boundaries that are drawn
WHOLE = {"ESH", "UKR"}  # as the UN counts them; where that is not settled a place may lie in two countries
# Parts that the package counts with a country and that have a code of their own: west, east, south, north.
PARTS = {
    ("FRA", "GUF"): (-55, -51, 2, 6),
    ("FRA", "GLP"): (-62, -60.9, 15.8, 16.6),
    ("FRA", "MTQ"): (-61.3, -60.7, 14.3, 15),
    ("FRA", "REU"): (55, 56, -21.5, -20.8),
    ("FRA", "MYT"): (45, 45.4, -13.1, -12.6),
    ("NLD", "BES"): (-69, -62, 12, 18),
    ("NZL", "TKL"): (-173, -171, -10, -8),
    ("NOR", "BVT"): (3, 4, -55, -54),
}


def thin(line: np.ndarray) -> np.ndarray:
    """A line without the points that lie within `NEAR` of what is left (Ramer, Douglas and Peucker)."""
    kept, todo = {0, len(line) - 1}, [(0, len(line) - 1)]
    while todo:
        i, j = todo.pop()
        inner, side = line[i + 1 : j] - line[i], line[j] - line[i]
        if not len(inner):
            continue
        length = np.hypot(*side)
        away = abs(inner @ [side[1], -side[0]]) / length if length else np.hypot(*inner.T)
        if away.max() > NEAR:
            k = i + 1 + int(away.argmax())
            kept.add(k)
            todo += [(i, k), (k, j)]
    return line[sorted(kept)]


def joined(topology: dict, other: dict, letters: dict[str, str]) -> tuple[list[dict], list[np.ndarray]]:
    """Shapes of a topology, those of `WHOLE` from another one, and the arcs of both: those of the other one follow."""
    arcs = lines(topology)

    def moved(part):
        return [moved(p) for p in part] if isinstance(part, list) else part + len(arcs) * (1 if part >= 0 else -1)

    own = [s for s in topology["objects"]["countries"]["geometries"] if letters.get(s.get("id")) not in WHOLE]
    theirs = [s for s in other["objects"]["countries"]["geometries"] if s["properties"].get("a3") in WHOLE]
    return [*own, *({**s, "arcs": moved(s["arcs"])} for s in theirs)], [*arcs, *lines(other)]


def codes(atlas: dict) -> dict[str, str]:
    """Letters by number of countries, from the package of the drawn boundaries."""
    shapes = [s for s in atlas["objects"]["countries"]["geometries"] if s["properties"].get("a3") != "ATC"]
    return {s["id"]: s["properties"]["a3"] for s in shapes} | NUMBERED


def countries(shapes: list[dict], arcs: list[np.ndarray], letters: dict[str, str]) -> dict[str, list]:
    """Polygons, each a list of rings of numbers of arcs, by ISO code."""
    found: dict[str, list] = {}
    for shape in shapes:
        code = letters.get(shape.get("id")) or NAMED.get(shape["properties"]["name"])
        if not code or code in boundaries.LEFT_OUT:
            continue
        for polygon in boundaries.polygons(shape):
            found.setdefault(_part(code, arcs[polygon[0][0]][0]), []).append(polygon)
    return {code: _without_islets(found[code], arcs) for code in sorted(found)}


def _part(code: str, point: np.ndarray) -> str:
    for (whole, part), (west, east, south, north) in PARTS.items():
        if code == whole and west <= point[0] <= east and south <= point[1] <= north:
            return part
    return code


def _without_islets(polygons: list, arcs: list[np.ndarray]) -> list:
    """Polygons without those that are small and lie beside larger ones, or beside small ones that are kept."""

    def outer(polygon):
        return np.vstack([arcs[i if i >= 0 else ~i] for i in polygon[0]])

    kept, points = [], np.empty((0, 2))
    for polygon in sorted(polygons, key=lambda p: -np.ptp(outer(p), axis=0).max()):
        ring = outer(polygon)
        if np.ptp(ring, axis=0).max() < ISLET and len(points) and np.abs(points - ring[0]).max(axis=1).min() < BESIDE:
            continue
        kept.append(polygon)
        points = np.vstack([points, ring])
    return kept


def packed(found: dict[str, list], arcs: list[np.ndarray]) -> dict:
    """A topology of the arcs that are used, thinned and on the grid of the file."""
    place: dict[int, int] = {}  # in the order of their first use

    def number(i: int) -> int:
        own = place.setdefault(max(i, ~i), len(place))
        return own if i >= 0 else ~own

    shapes = [
        {"type": "MultiPolygon", "id": code, "arcs": [[[number(i) for i in ring] for ring in p] for p in polygons]}
        for code, polygons in found.items()
    ]
    objects = {"countries": {"type": "GeometryCollection", "geometries": shapes}}
    transform = {"scale": [STEP, STEP], "translate": [0, 0]}
    return {"type": "Topology", "transform": transform, "objects": objects, "arcs": [_steps(arcs[i]) for i in place]}


def _steps(arc: np.ndarray) -> list:
    """An arc as the steps from point to point on the grid; one that is closed keeps two points between its ends."""
    line = thin(arc)
    if (arc[0] == arc[-1]).all() and len(line) < 4:
        far = int(np.hypot(*(arc - arc[0]).T).argmax())
        side = arc[far] - arc[0]
        line = arc[[0, *sorted({far, int(abs((arc - arc[0]) @ [side[1], -side[0]]).argmax())}), -1]]
    grid = np.rint(line / STEP).astype(int)
    moved = np.r_[True, (np.diff(grid, axis=0) != 0).any(axis=1)]
    grid = grid[moved] if moved.sum() > 3 else grid
    return np.diff(grid, axis=0, prepend=[[0, 0]]).tolist()


def written(topology: dict) -> str:
    """Renew the outlines."""

    def codes_of(topology):
        return {s["id"] for s in topology["objects"]["countries"]["geometries"]}

    before = codes_of(json.loads(TARGET.read_text("utf-8"))) if TARGET.exists() else set()
    arcs = ",\n".join(json.dumps(arc, separators=(",", ":")) for arc in topology["arcs"])
    head = json.dumps({**topology, "arcs": []}, separators=(",", ":")).removesuffix("]}")
    return boundaries.renew(PACKAGE, TARGET, f"{head}\n{arcs}\n]}}\n", codes_of(topology), before)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    drawn = boundaries.fetch(member="package/world/50m.json")
    letters = codes(drawn)
    shapes, arcs = joined(boundaries.fetch(PACKAGE, MEMBER), drawn, letters)
    print(written(packed(countries(shapes, arcs, letters), arcs)))
