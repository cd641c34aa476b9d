"""The edition's ornament: the world as a grid of dots, for covers, cards and previews. All of it is SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.path import Path as Outline

from ecosystems import globe
from ecosystems.maps import equal_earth, world
from ecosystems.tables import Tables

DEEP, _DIM, SAND, WARM = "#0b4f52", "#1f6a6b", "#f4efe4", "#ee8350"


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
    """Land as dots on a grid of `size` (columns, rows) in an equal-area projection, one path for each ink; of a country
    with an ink that lies between the dots, the dot next to its capital.

    `latitude` is the middle of the picture, `inks` are by ISO 3166 alpha-3 code, and `places` (longitude, latitude) are
    circles of radius `big`, in widths of a column.
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
    small = dict(inks)
    for iso3, rings in world(data).items():
        inside = np.zeros(len(grid), bool)
        for degrees in rings:
            for turned in globe.around(degrees, (centre - reach, centre + reach)):
                if abs(turned[:, 0].mean() - centre) >= 180:
                    continue  # the far side
                ring = np.column_stack(equal_earth(turned[:, 0], turned[:, 1], centre))
                near = ((grid > ring.min(0)) & (grid < ring.max(0))).all(1)  # few of the grid
                inside[near] |= Outline(ring).contains_points(grid[near])
        ink = inks.get(iso3, _DIM)
        paths[ink] = paths.get(ink, False) | inside
        if inside.any():
            small.pop(iso3, None)
    for row in data.countries[data.countries["iso3"].isin(small)].dropna(subset=["capital_longitude"]).itertuples():
        at = equal_earth(globe.unrolled([row.capital_longitude], west), [row.capital_latitude], centre)
        away = np.hypot(*(grid - np.ravel(at)).T)
        paths[small[row.iso3]] = paths.get(small[row.iso3], False) | ((away == away.min()) & (away < step))
    px, py = equal_earth(globe.unrolled([p[0] for p in places], west), [p[1] for p in places], centre)
    points = "".join(
        f'<circle cx="{(a - left) / step - 0.5:.1f}" cy="{(top - b) / step - 0.5:.1f}" r="{big}"/>'
        for a, b in zip(px, py, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-0.5 -0.5 {columns} {rows}" fill="none" '
        'stroke-width="0.62" stroke-linecap="round">'
        f'{_drawn(paths, columns)}<g fill="{WARM}" stroke="{DEEP}" stroke-width="{big / 5:.2f}">{points}</g></svg>'
    )


def _drawn(paths: Mapping[str, np.ndarray], columns: int) -> str:
    """Dots of each ink, as one path."""
    parts = []
    for ink, inside in paths.items():
        spots = [divmod(int(i), columns) for i in np.flatnonzero(inside)]
        if spots:
            d = "".join(f"M{c} {r}h0" for r, c in spots)
            parts.append(f'<path d="{d}" stroke="{ink}"/>')
    return "".join(parts)


def _located(data: Tables):
    return data.eleven[data.eleven["latitude"].notna()]


def cover_art(data: Tables) -> str:
    """The world for a dark ground: bright where the scan has initiatives, a circle for each of the 11."""
    bright = dict.fromkeys(data.scan["iso3"], "#5fa5a0")
    places = [(r.longitude, r.latitude) for r in _located(data).itertuples()]
    far = data.countries[data.countries["iso3"].isin(data.scan["iso3"])]
    shown = [(r.capital_latitude, r.capital_longitude) for r in far.itertuples()] + [p[::-1] for p in places]
    west, east, south, north = globe.window(shown, least=(-118, 156, -54, 60), margin=6)
    return _dots(data, west, east, (south + north) / 2, (84, 44), bright, places, 1.05)


def place_art(data: Tables, ecosystem) -> str:
    """A selected ecosystem's country among its neighbours, with its place; "" if it is too small for the map."""
    rings = world(data).get(ecosystem.iso3)
    if not rings:
        return ""
    place = [] if ecosystem.latitude != ecosystem.latitude else [(ecosystem.longitude, ecosystem.latitude)]
    west, east, south, north = globe.window([p[::-1] for p in place], rings=globe.mainland(rings))
    # A degree is 1.35 times as high as wide.
    half = max(9.0, (east - west) / 2 * 1.25, (north - south) / 2 * 1.15 * 1.35 * 2.4)
    middle = (west + east) / 2
    return _dots(
        data, middle - half, middle + half, (south + north) / 2, (48, 20), {ecosystem.iso3: "#8fc7c1"}, place, 0.95
    )
