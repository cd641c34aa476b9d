"""Maps that folium made: data for their pages, and drawn twins for print, EPUB and where no script runs."""

from __future__ import annotations

import base64
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from docutils import nodes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import is_color_like
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Ellipse

from ecosystems import globe, maps, style, tables
from ecosystems.editions.collector import ChapterNotes
from typstbook.store import digest

_WIDTH, _HIGHEST = 7.2, 6.0  # inches
_LEAFLET = "#3388ff"  # of what has no colour
# Colours of folium's icons as those of the book.
_TINTS = {"red": "warm", "orange": "gold", "purple": "plum", "darkred": "warm", "black": "ink", "gray": "quiet"}


class ChapterMap(NamedTuple):
    """A map of a chapter: its name, the file with its data from the source folder, and what is seen."""

    name: str
    file: str
    title: str


class Maps(ChapterNotes):
    """The maps of each chapter that are not our own figures."""

    attribute = "edition_maps"

    def collect(self, app, doctree: nodes.document) -> list[ChapterMap]:
        """The maps of a chapter."""
        images = (image for image in doctree.findall(nodes.image) if "map" in image)
        return [ChapterMap(i["map"]["name"], i["map"]["file"], i["alt"]) for i in images]


def map_node(payload: dict, write: Callable[[str, bytes], str], source: Path) -> nodes.image:
    """The drawn twin as a picture that knows its map.

    Parameters
    ----------
    payload : dict
        As :mod:`ecosystems.editions.run.maps` makes it: features, bounds.
    write : callable
        Writes a file, of which it gets suffix and content; returns its address.
    source : Path
        The folder to which addresses belong.
    """
    payload = _tinted(payload)
    data = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    image = nodes.image(uri=write(".svg", _draw(payload)))
    image["map"] = {"name": f"map-{digest(data)[:12]}", "file": write(".map", data.encode()).lstrip("/")}
    return image


def _tinted(payload: dict) -> dict:
    """Pins in the colours of the book, every other colour as its author set it."""
    for feature in payload["features"]:
        properties = feature["properties"]
        if properties.get("pin"):
            properties["tint"] = _TINTS.get(str(properties["style"].get("color")), "main")
    return payload


# -- the twin -------------------------------------------------------------------------------------------------------


def _colour(name: object, default: str) -> str:
    return str(name) if is_color_like(name) else default


def _rings(geometry: dict) -> Iterator[tuple[str, np.ndarray]]:
    """Kind (Point, LineString, Polygon) and coordinates of the parts of a geometry."""
    kind, coordinates = geometry["type"], geometry.get("coordinates", [])
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
    elif kind.startswith("Multi"):
        for part in coordinates:
            yield from _rings({"type": kind[5:], "coordinates": part})
    elif kind == "Polygon":
        yield kind, np.array(coordinates[0], float)[:, :2]
    else:
        yield kind, np.atleast_2d(np.array(coordinates, float))[:, :2]


def _extent(bounds: list | None) -> globe.Extent:
    """West, east, south, north with some land around what is shown."""
    if not bounds:
        return -118.0, 156.0, -54.0, 60.0
    (south, west), (north, east) = bounds
    around = max((east - west) / 4, (north - south) / 4, 6 if west < east else 14)  # a lone point needs a coast near it
    around_x = min(around, (360 - (east - west)) / 2)
    return west - around_x, east + around_x, max(-75, south - around), min(82, north + around)


def without_doctype(svg: bytes) -> bytes:
    """An SVG of Matplotlib without the address of its grammar, which an EPUB must not name."""
    return re.sub(rb"<!DOCTYPE[^>\[]*>\s*", b"", svg, count=1)


def map_png(payload: dict) -> str:
    """The drawn twin as PNG, as notebooks hold it."""
    return base64.b64encode(_draw(_tinted(payload), "png")).decode()


def _draw(payload: dict, form: str = "svg") -> bytes:
    """The map without text, as SVG it looks the same everywhere."""
    west, east, south, north = _extent(payload["bounds"])
    narrow = max(0.2, math.cos(math.radians((south + north) / 2)))  # degrees of longitude, in those of latitude
    reach = max(east - west, north - south) / 2  # a square map may show so much more at its sides
    height = min(_HIGHEST, max(2.4, _WIDTH * (north - south) / ((east - west) * narrow)))
    with mpl.rc_context({"svg.hashsalt": "map", "svg.fonttype": "path", "path.simplify": False}):
        drawing = Drawing(figsize=(_WIDTH, height))
        FigureCanvasSVG(drawing)
        ax = drawing.add_axes((0, 0, 1, 1), facecolor=style.colour("wash"))
        # What the picture is too wide or too high for shows more of the world.
        half = (
            max((east - west) / _WIDTH, (north - south) / height / narrow) / 2
        )  # degrees of longitude to half an inch
        x, y = (west + east) / 2, (south + north) / 2
        shown = {"xlim": (x - half * _WIDTH, x + half * _WIDTH)}
        shown["ylim"] = (y - half * height * narrow, y + half * height * narrow)
        ax.set(xticks=[], yticks=[], **shown)
        ax.spines[:].set_color(style.colour("coast"))
        for rings in maps.world(tables.read()).values():
            for ring in (r for whole in rings for r in globe.around(whole, (west - reach, east + reach))):
                if ring[:, 1].max() < south - reach or ring[:, 1].min() > north + reach:
                    continue  # too far away to be seen
                ax.fill(*ring.T, facecolor=style.colour("land"), edgecolor=style.colour("coast"), linewidth=0.5)
        for feature in payload["features"]:
            _draw_feature(ax, feature, west)
        out = io.BytesIO()
        names = ("Date", "Creator", "Format", "Type") if form == "svg" else ("Software",)
        drawing.savefig(out, format=form, metadata=dict.fromkeys(names))
    return without_doctype(out.getvalue()) if form == "svg" else out.getvalue()


def _draw_feature(ax, feature: dict, west: float) -> None:
    properties = feature["properties"]
    look = properties["style"]
    colour = _colour(look.get("color"), _LEAFLET)
    width = float(look.get("weight", 3)) * 0.6
    for kind, points in _rings(feature["geometry"]):
        points = np.column_stack([globe.unrolled(points[:, 0], west), points[:, 1]])
        if kind == "Point" and properties.get("pin"):
            ax.plot(*points.T, "o", color=style.colour(properties["tint"]), markersize=7, markeredgecolor="white")
        elif kind == "Point" and "metres" in properties:
            ax.add_patch(_circle(*points[0], properties["metres"], look, colour, width))
        elif kind == "Point":
            fill = _colour(look.get("fillColor"), colour) if look.get("fill", True) else "none"
            size = float(look.get("radius", 6)) * 1.2
            ax.plot(*points.T, "o", color=fill, alpha=0.7, markersize=size, markeredgecolor=colour)
        elif kind == "LineString":
            ax.plot(*points.T, color=colour, linewidth=width)
        else:
            ax.fill(*points.T, facecolor=_inside(look, colour), edgecolor=colour, linewidth=width)


def _inside(look: dict, colour: str) -> tuple[float, ...]:
    """The colour within a line, thin as Leaflet has it."""
    alpha = float(look.get("fillOpacity", 0.2)) if look.get("fill", True) else 0
    return mpl.colors.to_rgba(_colour(look.get("fillColor"), colour), alpha)


def _circle(lon: float, lat: float, metres: float, look: dict, colour: str, width: float) -> Ellipse:
    """A circle of so many metres on the ground, in degrees."""
    high = 2 * float(metres) / 111_320
    wide = high / max(0.2, math.cos(math.radians(lat)))
    return Ellipse((lon, lat), wide, high, facecolor=_inside(look, colour), edgecolor=colour, linewidth=width)
