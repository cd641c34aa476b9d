"""The folium map of a figure, for the web; :mod:`ecosystems.maps` draws its twin for print."""

import hashlib
import html
import itertools
import json
import re
from pathlib import Path

import branca.element
import folium
import pandas as pd
from folium.elements import JSCSSMixin
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps

from ecosystems import globe, maps, style
from ecosystems.tables import ROOT, Tables, read
from ecosystems.words import address

# Everything from the book's own files, seen from a page in maps/.
_VENDOR = "../_static/vendor/"
folium.Map.default_js = [("leaflet", f"{_VENDOR}leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", f"{_VENDOR}leaflet/leaflet.css")]


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _inert(value) -> str:
    """A value as JSON for folium's script. Folium renders its own output as Jinja again, so no text may open a tag."""
    return re.sub(r"\{(?=[{%#])", r"\\u007b", htmlsafe_json_dumps(value, sort_keys=True))


class _Layer(JSCSSMixin, branca.element.MacroElement):
    """Land, areas and points of one map. Text reaches the page as text only, never as markup."""

    # Each map has the script in it, and a page may have several: they do without its remarks.
    _script = re.sub(r"^ *//.*\n", "", _read("atlas.js"), flags=re.M)
    _template = Template(f"\n{{% macro script(this, kwargs) %}}\n{_script}{{% endmacro %}}")
    default_js = [("markerclusterjs", f"{_VENDOR}markercluster/leaflet.markercluster.js")]
    default_css = [("markerclustercss", f"{_VENDOR}markercluster/MarkerCluster.css")]

    def __init__(self, areas, bounds):
        super().__init__()
        self._name = "Layer"
        self.areas, self.bounds = map(_inert, (areas, bounds))


def style_sheet() -> str:
    """The style sheet that all maps share; colours light and dark are those of the drawings.

    Pins are drawn smaller than a finger needs, and an open pop-up never pushes its point out of a small map.
    """
    light, dark = ("".join(f"--c-{n}:{c};" for n, c in tints.items()) for tints in (style.COLOURS, style.DARK))
    # In the dark the ground is quieter and groups are no brighter than it: what stands out are points and areas.
    dark += "--pop:#232e2c;--link:#8fd0cb;--ring:#f0a37c;--sea:#141a19;--shore:#3f4c49;--many:#161d1c;--number:#e6ebe7;"
    dark += "--own:#161d1c;"
    light += "--pop:#fff;--link:#0b5f61;--ring:#a9451a;--sea:var(--c-wash);--shore:var(--c-coast);"
    light += "--many:var(--c-ink);--number:var(--c-paper);--own:#fff;"
    roots = (
        f":root{{{light}color-scheme:light}}\n"
        f':root[data-shade="dark"]{{{dark}color-scheme:dark}}\n'
        f'@media (prefers-color-scheme:dark){{:root:not([data-shade="light"]){{{dark}color-scheme:dark}}}}\n'
    )
    tints = "".join(f".{n}{{--tint:var(--c-{n})}}\n" for n in style.COLOURS)
    return roots + _read("atlas.css") + tints


def document(
    name: str,
    title: str,
    *,
    extent: globe.Extent,
    points: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    legend: list[tuple[str, str]] = (),
) -> str:
    """The folium map as one HTML document that needs nothing but the book's own files.

    Parameters
    ----------
    name : str
        The figure's id; the map's element ids come from it, so that they are the same in every run.
    title : str
        What the map shows, for those who cannot see it.
    extent : west, east, south, north in degrees
        What the map shows first.
    points : DataFrame, optional
        latitude, longitude, tint, lines (list of text: the name first), links (list of Link), id where a page chooses
        among them, and initiatives where a point stands for so many.
    areas : DataFrame, optional
        iso3, tint (missing: no data), lines.
    legend : pairs of colour name and text
    """
    counter = itertools.count()
    # Folium names elements at random; these names are the same in every run.
    real, branca.element.urandom = (
        branca.element.urandom,
        lambda n: hashlib.sha256(f"{name}{next(counter)}".encode()).digest()[:n],
    )
    try:
        placed = points.dropna(subset=["latitude", "longitude"]) if points is not None else pd.DataFrame()
        west, east, south, north = extent
        if len(placed):
            placed = placed.assign(longitude=globe.unrolled(placed["longitude"], west))
        return _html(title, _points(placed), _areas(areas), [[south, west], [north, east]], legend)
    finally:
        branca.element.urandom = real


def _points(placed: pd.DataFrame) -> list[list]:
    """Points as the script reads them: latitude, longitude, tint, lines, links, id, and how many one stands for."""
    return [
        [
            round(float(r.latitude), 3),
            round(float(r.longitude), 3),
            _look(r.tint),
            list(r.lines),
            [[a.text, address(a.url)] for a in r.links if address(a.url)],
            getattr(r, "id", ""),
            *([int(r.initiatives)] if "initiatives" in placed else []),
        ]
        for r in placed.itertuples()
    ]


def _look(tint: str) -> str:
    """Classes of a point: its colour, and its form if that is no circle."""
    form = style.form(tint)
    return tint if form.marker == "o" else f"{tint} {form.name}"


def _key(tint: str) -> str:
    """Classes of a key, which has the form of what it explains."""
    return tint if maps.shade(tint) else f"point {_look(tint)}"


def _areas(table: pd.DataFrame | None) -> dict[str, list]:
    """Tint and lines by ISO code."""
    rows = [] if table is None else table.itertuples()
    return {r.iso3: ["none" if pd.isna(r.tint) else r.tint, list(r.lines)] for r in rows}


def _html(title: str, points: list[list], areas: dict, bounds: list, legend: list[tuple[str, str]]) -> str:
    chart = folium.Map(
        location=[8, 20],
        zoom_start=2,
        tiles=None,
        scrollWheelZoom=False,
        world_copy_jump=False,
        attributionControl=False,
        zoomSnap=1 / 6,
    )
    chart.add_child(_Layer(areas, bounds))
    page, element = chart.get_root(), branca.element.Element
    page.header.add_child(element('<link rel="stylesheet" href="map.css">'))
    rows = "".join(f'<li><span class="key {_key(tint)}"></span>{html.escape(text)}</li>' for tint, text in legend)
    rows = rows.replace("{", "&#123;")  # folium takes it for a template
    page.html.add_child(element(f'<ul class="legend">{rows}</ul>' if legend else ""))
    # Data is parsed, not run.
    page.html.add_child(element(f'<script type="application/json" id="points">{_inert(points)}</script>'))
    page.title = html.escape(title)
    text = re.sub(r"<html[^>]*>", '<html lang="en">', page.render(), count=1)
    text = re.sub(r"<body[^>]*>", lambda m: f'{m[0]}\n<a class="skip" href="#after">Skip the map</a>', text, count=1)
    text = text.replace("</head>", '<script src="land.js"></script>\n</head>', 1)  # after Leaflet, which it sets up
    text = text.replace("</body>", '<p class="hidden" id="after" tabindex="-1">End of the map</p>\n</body>', 1)
    # A reader may zoom the page that holds the map.
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return re.sub(r'<meta name="viewport"[^>]*>', viewport, text)


def land_script(data: Tables) -> str:
    """The script that all maps share: the world's shapes, and the page's choice of light or dark."""
    shapes = json.dumps(json.loads(data.file("world").read_text("utf-8")), separators=(",", ":"))
    return f"window.LAND={shapes};\n{_read('shade.js')}"


def whole(page: str) -> str:
    """The page of a map with all its files in it, for Jupyter, which gives a page in a frame no other file."""
    made = {"map.css": style_sheet, "land.js": lambda: land_script(read())}

    def content(name: str) -> str:
        return made[name]() if name in made else (ROOT / "book" / name.removeprefix("../")).read_text("utf-8")

    page = re.sub(r'<link rel="stylesheet" href="([^"]+)"/?>', lambda m: f"<style>{content(m[1])}</style>", page)
    return re.sub(r'<script src="([^"]+)"></script>', lambda m: f"<script>{content(m[1])}</script>", page)
