"""Maps: the drawn twin for print and the folium map for the web, from the same points and areas."""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import cache
from pathlib import Path

import branca.element
import folium
import numpy as np
import pandas as pd
from folium.elements import JSCSSMixin
from jinja2 import Template
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from ecosystems import style
from ecosystems.tables import Tables

__all__ = ["BORDERS", "SCALE", "atlas", "bins", "equal_earth", "frame", "land_script", "world", "world_map"]

BORDERS = (
    "Borders, names and colours help to find places and say nothing about legal status. Some boundaries are not settled, "
    "among them Jammu and Kashmir, Abyei, Western Sahara and the Falkland Islands (Malvinas). Boundaries: Natural Earth 1:110m."
)
SCALE = ("s1", "s2", "s3", "s4", "s5")
# What the whole book shows: the three continents of the scan.
EXTENT = (-112, 152, -54, 54)

# Everything from the book's own files, seen from a page in maps/.
_VENDOR = "../_static/vendor/"
folium.Map.default_js = [("leaflet", f"{_VENDOR}leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", f"{_VENDOR}leaflet/leaflet.css")]


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


def frame(data: Tables, least: tuple[float, float, float, float] = EXTENT) -> tuple[float, float, float, float]:
    """West, east, south, north of the maps: at least `least`, and more for a scan that has countries outside the Global South."""
    far = data.countries[(data.countries["global_south"] == 0) & data.countries["iso3"].isin(data.scan["iso3"])]
    x, y = far["capital_longitude"].dropna(), far["capital_latitude"].dropna()
    if x.empty or y.empty:
        return least
    west, east, south, north = least
    return max(-179, min(west, x.min() - 12)), min(180, max(east, x.max() + 12)), max(-60, min(south, y.min() - 8)), min(80, max(north, y.max() + 8))


def bins(values: pd.Series, edges: list[float]) -> pd.Series:
    """The step of :data:`SCALE` for each value: below ``edges[0]`` is ``s1``, from the last edge on ``s5``."""
    return values.map(lambda v: pd.NA if pd.isna(v) else SCALE[int(np.searchsorted(edges, v, side="right"))])


def world_map(
    data: Tables,
    layout: style.Layout,
    *,
    points: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    labels: bool = False,
    extent: tuple[float, float, float, float] | None = None,
    legend: list[tuple[str, str]] = (),
):
    """The drawn map.

    Parameters
    ----------
    points : DataFrame, optional
        latitude, longitude, tint (a colour name), and name if `labels`; optional size (points²).
    areas : DataFrame, optional
        iso3, tint; a missing tint is hatched: no data.
    extent : west, east, south, north in degrees; :func:`frame` if not given
    legend : pairs of colour name and text
    """
    west, east, south, north = extent or frame(data)
    centre = (west + east) / 2
    edge_x, _ = equal_earth([west, east], [0, 0], centre)
    _, edge_y = equal_earth([0, 0], [south, north], centre)
    width = layout.width
    height = width * (edge_y[1] - edge_y[0]) / (edge_x[1] - edge_x[0])
    rows = -(-len(legend) // (2 if layout.narrow else len(legend) or 1))
    drawing = style.canvas(layout, height + 0.26 * rows)
    drawing.set_layout_engine("none")
    ax = drawing.add_axes((0, 0.26 * rows / (height + 0.26 * rows), 1, height / (height + 0.26 * rows)))
    ax.set_axis_off()
    tints = dict(zip(areas["iso3"], areas["tint"], strict=True)) if areas is not None else {}
    groups: dict[str, list] = {}
    near = 0.5 / 72 / width * (edge_x[1] - edge_x[0])  # half a point on paper
    for iso3, rings in world(data).items():
        tint = tints.get(iso3, "land")
        key = "none" if pd.isna(tint) else tint
        groups.setdefault(key, []).extend(
            _thin(np.column_stack(equal_earth(r[:, 0], r[:, 1], centre)), near)
            for r in rings
            if r[:, 0].max() > west - 5 and r[:, 0].min() < east + 5
        )
    for key, rings in sorted(groups.items()):
        ax.add_collection(
            PolyCollection(
                rings,
                facecolor=style.colour("paper" if key == "none" else key),
                edgecolor=style.colour("coast" if key in ("land", "none") else "paper"),
                linewidth=0.4,
                hatch="//////" if key == "none" else None,
            )
        )
    if points is not None and len(points):
        x, y = equal_earth(points["longitude"], points["latitude"], centre)
        sizes = points["size"] if "size" in points else 42 if labels else 14 if layout.narrow else 20
        ax.scatter(x, y, s=sizes, c=[style.colour(t) for t in points["tint"]], edgecolor=style.colour("paper"), linewidth=0.5, zorder=3)
        if labels:
            _label(ax, x, y, list(points["name"]), layout)
    ax.set_xlim(*edge_x)
    ax.set_ylim(*edge_y)
    ax.set_aspect("equal")
    for i, (tint, text) in enumerate(legend):
        per_row = 2 if layout.narrow else len(legend)
        left = (i % per_row) / per_row
        top = (rows - i // per_row - 0.5) * 0.26 / (height + 0.26 * rows)
        hatched = tint == "none"
        drawing.add_artist(
            Rectangle(
                (left + 0.004, top - 0.05 / height), 0.14 / width, 0.1 / height,
                transform=drawing.transFigure, facecolor=style.colour("paper" if hatched else tint),
                edgecolor=style.colour("coast"), linewidth=0.4, hatch="//////" if hatched else None,
            )
        )
        drawing.text(left + 0.24 / width, top, text, va="center", fontsize=layout.size - 0.5)
    return drawing


def _thin(ring: np.ndarray, near: float) -> np.ndarray:
    """The ring without points that lie nearer than `near` to the one before: no eye sees them, every phone loads them."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if np.abs(point - kept[-1]).max() >= near:
            kept.append(point)
    return np.array([*kept, ring[-1]]) if len(kept) > 2 else ring


def _label(ax, x, y, names: list[str], layout: style.Layout) -> None:
    """Names beside their points, moved apart where they would cover each other."""
    taken: list[tuple[float, float, float]] = []
    step = 0.085 if not layout.narrow else 0.17
    for i in np.argsort(-np.asarray(y)):
        size = (0.042 if not layout.narrow else 0.088) * len(names[i]) * 0.82
        left = x[i] + size + 0.06 > ax.get_xlim()[1] and x[i] > 2
        for offset in (0, -step, step, -2 * step, 2 * step, -3 * step, 3 * step):
            start = x[i] - 0.05 - size if left else x[i] + 0.05
            spot = (start, start + size, y[i] + offset)
            if all(spot[1] < a or spot[0] > b or abs(spot[2] - c) > step * 0.9 for a, b, c in taken):
                break
        taken.append(spot)
        ax.annotate(
            names[i], (x[i], y[i]), (x[i] - 0.05 if left else x[i] + 0.05, spot[2]),
            ha="right" if left else "left", va="center", fontsize=layout.size - (1.5 if layout.narrow else 0.5),
            arrowprops={"arrowstyle": "-", "lw": 0.5, "color": style.colour("quiet"), "shrinkA": 0, "shrinkB": 2} if offset else None,
        )


class _Layer(JSCSSMixin, branca.element.MacroElement):
    """Land, areas and points of one map. Text reaches the page as text only, never as markup."""

    _template = Template(
        """
{% macro script(this, kwargs) %}
(function () {
  var map = {{ this._parent.get_name() }}, areas = {{ this.areas | tojson }}, points = {{ this.points | tojson }};
  map.setMinZoom(0); map.setMaxZoom(9);
  var touched = false;
  function fit() { if (!touched) map.fitBounds({{ this.bounds | tojson }}, { animate: false }); }
  ["pointerdown", "keydown"].forEach(function (e) { map.getContainer().addEventListener(e, function () { touched = true; }); });
  map.on("resize", fit);
  fit();
  function box(lines, url) {
    var div = document.createElement("div");
    lines.forEach(function (line, i) {
      var p = document.createElement(i ? "p" : "strong");
      p.textContent = line; div.appendChild(p);
    });
    if (url) {
      var a = document.createElement("a");
      a.href = url; a.target = "_top"; a.textContent = {{ this.link | tojson }}; div.appendChild(a);
    }
    return div;
  }
  L.geoJSON(window.LAND, {
    interactive: false,
    filter: function (f) { return !areas[f.properties.iso3]; },
    style: { className: "land" }
  }).addTo(map);
  L.geoJSON(window.LAND, {
    filter: function (f) { return !!areas[f.properties.iso3]; },
    style: function (f) { return { className: "area " + areas[f.properties.iso3][0] }; },
    onEachFeature: function (f, layer) { layer.bindTooltip(box(areas[f.properties.iso3][1]), { sticky: true }); }
  }).addTo(map);
  var group = {% if this.cluster %}L.markerClusterGroup({
    maxClusterRadius: 36, showCoverageOnHover: false,
    iconCreateFunction: function (c) {
      var span = document.createElement("span"); span.textContent = c.getChildCount();
      return L.divIcon({ html: span, className: "cluster", iconSize: [30, 30] });
    } }){% else %}L.layerGroup(){% endif %};
  points.forEach(function (p) {
    L.marker([p[0], p[1]], { title: p[3][0], icon: L.divIcon({ className: "pin " + p[2], iconSize: [14, 14] }) })
      .bindPopup(box(p[3], p[4]), { maxWidth: 260 }).addTo(group);
  });
  group.addTo(map);
})();
{% endmacro %}"""
    )

    def __init__(self, areas, points, link, cluster, bounds):
        super().__init__()
        self._name = "Layer"
        if cluster:
            self.default_js = [("markerclusterjs", f"{_VENDOR}markercluster/leaflet.markercluster.js")]
            self.default_css = [("markerclustercss", f"{_VENDOR}markercluster/MarkerCluster.css")]
        self.areas, self.points, self.link, self.cluster, self.bounds = areas, points, link, cluster, bounds


def _css() -> str:
    tints = "".join(f".pin.{n},.key.{n}{{background:{c}}}.area.{n}{{fill:{c}}}" for n, c in style.COLOURS.items())
    return (
        "html,body{margin:0;height:100%}body{display:flex;flex-direction:column}.folium-map{flex:1;min-height:0}"
        ".legend{display:flex;flex-wrap:wrap;gap:.15rem .8rem;margin:0;padding:.35rem .5rem;list-style:none;font:13px/1.4 system-ui,sans-serif}"
        f".key{{display:inline-block;width:.85em;height:.85em;margin-right:.35em;vertical-align:-.08em;border:1px solid {style.colour('coast')}}}.key.none{{border-style:dashed}}"
        f".leaflet-container{{height:100%;background:{style.colour('wash')};font:14px/1.35 system-ui,sans-serif}}"
        f".land{{fill:{style.colour('land')};fill-opacity:1;stroke:{style.colour('coast')};stroke-width:.6}}"
        f".area{{fill-opacity:1;stroke:{style.colour('paper')};stroke-width:.7}}.area.none{{fill:{style.colour('paper')};stroke:{style.colour('coast')};stroke-dasharray:3}}"
        ".pin{border:1.5px solid #fff;border-radius:50%;box-sizing:border-box}"
        f".cluster{{background:{style.colour('ink')};color:#fff;border-radius:50%;display:flex;align-items:center;justify-content:center;font-weight:600}}"
        ".pin:focus-visible,.cluster:focus-visible{outline:3px solid #c2541f;outline-offset:2px}"
        ".leaflet-popup-content p,.leaflet-tooltip p{margin:.35em 0 0}"
        "@media (prefers-color-scheme:dark){.legend{background:#1b2423;color:#e8ece9}.leaflet-container{background:#1b2423}.land{fill:#33403d;stroke:#56645f}.area{stroke:#1b2423}"
        ".leaflet-popup-content-wrapper,.leaflet-popup-tip,.leaflet-tooltip{background:#232e2c;color:#e8ece9}.leaflet-container a{color:#8fd0cb}}"
        f"{tints}"
    )


def atlas(
    name: str,
    title: str,
    *,
    points: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    link: str = "Read more",
    cluster: bool = True,
    extent: tuple[float, float, float, float] | None = None,
    legend: list[tuple[str, str]] = (),
) -> str:
    """The folium map as one HTML document that needs nothing but the book's own files.

    Parameters
    ----------
    name : str
        The figure's id; the map's element ids come from it, so that they are the same in every run.
    title : str
        What the map shows, for those who cannot see it.
    points : DataFrame, optional
        latitude, longitude, tint, lines (list of text: the name first), url (or missing).
    areas : DataFrame, optional
        iso3, tint (missing: no data), lines.
    extent : west, east, south, north in degrees, optional
        What the map shows first; all points or the world if not given.
    legend : pairs of colour name and text
    """
    counter = iter(range(10_000))
    real, branca.element.urandom = branca.element.urandom, lambda n: hashlib.sha256(f"{name}{next(counter)}".encode()).digest()[:n]
    try:
        chart = folium.Map(
            location=[8, 20], zoom_start=2, tiles=None, zoom_control=True, scrollWheelZoom=False, world_copy_jump=False,
            attributionControl=False, zoomSnap=0.25,
        )
        where = points.dropna(subset=["latitude", "longitude"]) if points is not None else pd.DataFrame()
        spots = [
            [round(float(r.latitude), 3), round(float(r.longitude), 3), r.tint, list(r.lines), None if pd.isna(r.url) else r.url]
            for r in where.itertuples()
        ]
        tinted = {r.iso3: ["none" if pd.isna(r.tint) else r.tint, list(r.lines)] for r in areas.itertuples()} if areas is not None else {}
        bounds = (
            [[extent[2], extent[0]], [extent[3], extent[1]]]
            if extent
            else [[float(where.latitude.min()) - 3, float(where.longitude.min()) - 3], [float(where.latitude.max()) + 3, float(where.longitude.max()) + 3]]
            if spots and not tinted
            else [[-50, -110], [52, 150]]
        )
        chart.add_child(_Layer(tinted, spots, link, cluster and bool(spots), bounds))
        page = chart.get_root()
        page.header.add_child(branca.element.Element(f"<style>{_css()}</style>"))
        page.header.add_child(branca.element.Element('<script src="land.js"></script>'))
        if legend:
            rows = "".join(f'<li><span class="key {tint}"></span>{html.escape(text)}</li>' for tint, text in legend)
            page.html.add_child(branca.element.Element(f'<ul class="legend">{rows}</ul>'))
        page.title = html.escape(title)
        text = re.sub(r"<html[^>]*>", '<html lang="en">', page.render(), count=1)
        # A reader may zoom the page that holds the map.
        return re.sub(r'<meta name="viewport"[^>]*>', '<meta name="viewport" content="width=device-width, initial-scale=1">', text)
    finally:
        branca.element.urandom = real


def land_script(data: Tables) -> str:
    """The script that all maps share: the world's shapes."""
    return "window.LAND=" + json.dumps(json.loads(data.file("world").read_text("utf-8")), separators=(",", ":")) + ";\n"
