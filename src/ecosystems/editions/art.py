"""The edition's own ornament: the world as a grid of dots, drawn from the tables; for the cover, the cards and the preview pictures."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import typst
from matplotlib.path import Path as Outline

from ecosystems.maps import equal_earth, frame, world
from ecosystems.style import colour
from ecosystems.tables import Tables

__all__ = ["cover_art", "place_art", "previews"]

_DEEP, _DIM, _SAND, _WARM = "#0b4f52", "#1f6a6b", "#f4efe4", "#ee8350"


def _dots(
    data: Tables,
    west: float,
    east: float,
    latitude: float,
    size: tuple[int, int],
    inks: Mapping[str, str],
    places: Sequence[tuple[float, float]],
    big: float,
) -> str:
    """Land as dots on a grid of `size` (columns, rows) in an equal-area projection; `places` (longitude, latitude) as larger ones.

    `latitude` is the middle of the picture. One path for each ink; a country without an ink of its own is dim.
    """
    columns, rows = size
    centre = (west + east) / 2
    (left, right), _ = equal_earth([west, east], [0, 0], centre)
    reach = (east - west) / 2 / 0.58  # at the poles degrees are 0.587 times as wide as at the equator
    step = (right - left) / columns
    top = float(equal_earth(0, latitude, centre)[1]) + step * rows / 2
    x, y = np.meshgrid(left + step * (np.arange(columns) + 0.5), top - step * (np.arange(rows) + 0.5))
    grid = np.column_stack([x.ravel(), y.ravel()])
    paths: dict[str, np.ndarray] = {}
    for iso3, rings in world(data).items():
        inside = np.zeros(len(grid), bool)
        for degrees in rings:
            if not (
                abs(degrees[:, 0].mean() - centre) < 170
                and degrees[:, 0].min() < centre + reach
                and degrees[:, 0].max() > centre - reach
            ):
                continue
            ring = np.column_stack(equal_earth(degrees[:, 0], degrees[:, 1], centre))
            near = ((grid > ring.min(0)) & (grid < ring.max(0))).all(1)  # few of the grid
            inside[near] |= Outline(ring).contains_points(grid[near])
        ink = inks.get(iso3, _DIM)
        paths[ink] = paths.get(ink, False) | inside
    parts = []
    for ink, inside in paths.items():
        spots = [divmod(int(i), columns) for i in np.flatnonzero(inside)]
        if spots:
            d = "".join(f"M{c} {r}h0" for r, c in spots)
            parts.append(f'<path d="{d}" stroke="{ink}"/>')
    px, py = equal_earth([p[0] for p in places], [p[1] for p in places], centre)
    points = "".join(
        f'<circle cx="{(a - left) / step - 0.5:.1f}" cy="{(top - b) / step - 0.5:.1f}" r="{big}"/>'
        for a, b in zip(px, py, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-0.5 -0.5 {columns} {rows}" fill="none" stroke-width="0.62" stroke-linecap="round">'
        f'{"".join(parts)}<g fill="{_WARM}" stroke="{_DEEP}" stroke-width="{big / 5:.2f}">{points}</g></svg>'
    )


def _located(data: Tables):
    return data.eleven[data.eleven["latitude"].notna()]


def cover_art(data: Tables) -> str:
    """The world in dots for a dark ground: bright where the scan found initiatives, a point for each of the 11 with a known place."""
    bright = dict.fromkeys(data.scan["iso3"], "#5fa5a0")
    places = [(r.longitude, r.latitude) for r in _located(data).itertuples()]
    west, east, south, north = frame(data, (-118, 156, -54, 60))
    return _dots(data, west, east, (south + north) / 2, (84, 44), bright, places, 1.05)


def place_art(data: Tables, ecosystem) -> str:
    """One ecosystem's country among its neighbours in dots, and its place where it is known."""
    rings = world(data).get(ecosystem.iso3)
    if not rings:  # too small for the map
        return ""
    largest = max(rings, key=len)
    points = np.vstack([r for r in rings if abs(r[:, 0].mean() - largest[:, 0].mean()) < 30])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    half = max(
        9.0, (east - west) / 2 * 1.25, (north - south) / 2 * 1.15 * 1.35 * 2.4
    )  # 1.35: how much higher a degree is than wide
    middle = (west + east) / 2
    place = [] if ecosystem.latitude != ecosystem.latitude else [(ecosystem.longitude, ecosystem.latitude)]
    return _dots(
        data, middle - half, middle + half, (south + north) / 2, (48, 20), {ecosystem.iso3: "#8fc7c1"}, place, 0.95
    )


def previews(name: str, cover: str, pages: Sequence[tuple[str, str, str]]) -> list[bytes]:
    """Preview pictures (PNG, 1200 by 630) of a book with this `name` and `cover` (SVG), for pages given as (part, title, sentence)."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "art.svg").write_text(cover, "utf-8")
        main = Path(folder) / "main.typ"
        cards = [
            f"#card({json.dumps(part, ensure_ascii=False)}, {json.dumps(title, ensure_ascii=False)}, {json.dumps(sentence, ensure_ascii=False)})\n"
            for part, title, sentence in pages
        ]
        main.write_text(
            f'#set page(width: 600pt, height: 315pt, margin: 0pt, fill: rgb("{_DEEP}"))\n'
            f'#set text(font: "Source Sans 3", fill: rgb("{_SAND}"))\n'
            "#let card(part, title, sentence) = {\n"
            '  place(bottom + right, dx: 22pt, dy: 40pt, image("art.svg", width: 500pt))\n'
            f'  place(top + left, rect(width: 100%, height: 7pt, fill: rgb("{_WARM}")))\n'
            f'  place(top + left, dx: 34pt, dy: 34pt, box(width: 520pt, fill: rgb("{_DEEP}e0"), outset: 10pt, {{\n'
            f'    set par(leading: 0.5em)\n    block(below: 11pt, text(size: 14pt, weight: 600, fill: rgb("{colour("light")}"), part))\n'
            "    block(below: 13pt, text(size: if title.len() > 40 { 29pt } else { 36pt }, weight: 700, title))\n    block(text(size: 15pt, sentence))\n  }))\n"
            f'  place(bottom + left, dx: 34pt, dy: -18pt, box(fill: rgb("{_DEEP}e0"), outset: 6pt, text(size: 12pt, {json.dumps(f"{name} · open edition", ensure_ascii=False)})))\n'
            "}\n" + "#pagebreak()\n".join(cards),
            "utf-8",
        )
        pngs = typst.compile(
            str(main), format="png", ppi=144, ignore_system_fonts=True, font_paths=[str(files("ecosystems") / "fonts")]
        )
    return pngs if isinstance(pngs, list) else [pngs]
