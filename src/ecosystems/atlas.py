"""The folium map of a figure, for the web; :mod:`ecosystems.maps` draws its twin for print."""

from __future__ import annotations

import hashlib
import html
import json
import re

import branca.element
import folium
import pandas as pd
from folium.elements import JSCSSMixin
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps

from ecosystems import style
from ecosystems.tables import Tables
from ecosystems.words import address

__all__ = ["document", "land_script", "style_sheet"]

# Everything from the book's own files, seen from a page in maps/.
_VENDOR = "../_static/vendor/"
folium.Map.default_js = [("leaflet", f"{_VENDOR}leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", f"{_VENDOR}leaflet/leaflet.css")]


def _inert(value) -> str:
    """A value as JSON for folium's script. Folium reads what it made as a template once more: no text may open a tag of it."""
    return re.sub(r"\{(?=[{%#])", r"\\u007b", htmlsafe_json_dumps(value, sort_keys=True))


class _Layer(JSCSSMixin, branca.element.MacroElement):
    """Land, areas and points of one map. Text reaches the page as text only, never as markup."""

    _template = Template(
        """
{% macro script(this, kwargs) %}
(function () {
  var map = {{ this._parent.get_name() }}, areas = {{ this.areas }}, home = {{ this.bounds }};
  var points = JSON.parse(document.getElementById("points").textContent);
  var touched = false, opener = null, shown = null, frame = map.getContainer();
  map.setMinZoom(0); map.setMaxZoom(9);
  function fit() { if (!touched) { map.closePopup(); map.fitBounds(home, { animate: false }); } }
  ["pointerdown", "keydown"].forEach(function (e) { frame.addEventListener(e, function () { touched = true; }); });
  map.on("resize", fit);
  fit();
  // Beside the buttons for the scale, however narrow the map is.
  var roomy = { maxWidth: Math.min(260, Math.max(140, window.innerWidth - 100)), autoPanPaddingTopLeft: [6, 6], autoPanPaddingBottomRight: [50, 6] };
  function box(lines, links) {
    var div = document.createElement("div");
    lines.forEach(function (line, i) {
      var p = document.createElement(i ? "p" : "strong");
      p.textContent = line; div.appendChild(p);
    });
    (links || []).forEach(function (link) {
      var a = document.createElement("a"), p = document.createElement("p");
      a.href = link[1]; a.target = "_top"; a.textContent = link[0]; p.appendChild(a); div.appendChild(p);
    });
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
    onEachFeature: function (f, layer) {
      var lines = areas[f.properties.iso3][1];
      layer.bindTooltip(box(lines), { sticky: true }).bindPopup(box(lines), roomy);
      layer.on("add", function () {
        var path = layer.getElement();
        path.setAttribute("tabindex", "0"); path.setAttribute("role", "button"); path.setAttribute("aria-label", lines.join(", "));
      });
    }
  }).addTo(map);
  // A finger must hit one point and not its neighbour. A group stands where its first point is: such places are never nearer to each other
  // than the radius, and at the thirds of a zoom that a map stops at they are drawn nearer by a fifth at most.
  var centre = L.MarkerCluster.prototype._recalculateBounds, valued = Object.keys(areas).length > 1;
  L.MarkerCluster.prototype._recalculateBounds = function () { centre.call(this); this._latlng = this._cLatLng; };
  var group = L.markerClusterGroup({
    maxClusterRadius: 45, showCoverageOnHover: false, removeOutsideVisibleBounds: false, animate: false, chunkedLoading: true, chunkInterval: 60,
    iconCreateFunction: function (c) {
      var span = document.createElement("span"), more = document.createElement("span"), inside = c.getAllChildMarkers();
      var count = inside.reduce(function (sum, m) { return sum + m.many; }, 0);
      span.textContent = valued ? "+" : short(count); // beside areas that stand for values a number would be taken for one
      more.textContent = (valued ? count : "") + " points here, open to see them"; more.className = "hidden"; span.appendChild(more);
      var tints = new Set(inside.map(function (m) { return m.options.tint; }));
      if (tints.size > 1) tints.delete("quiet");
      return L.divIcon({ html: span, className: "cluster " + (tints.size === 1 ? tints.values().next().value : ""), iconSize: size(valued ? 0 : count) });
    } });
  function size(count) { return count > 99 ? [32, 32] : [26, 26]; }
  function short(count) { return count > 9999 ? Math.round(count / 1000) + "k" : count; }
  // A point may stand for many; it says for how many.
  function tell(m, many) {
    var text = document.createElement("span");
    text.textContent = short(many);
    m.many = many || 1;
    return m.setIcon(L.divIcon(many ? { html: text, className: "cluster " + m.options.tint, iconSize: size(many), popupAnchor: [0, -12] } : { className: "pin " + m.options.tint, iconSize: [24, 24], popupAnchor: [0, -12] }));
  }
  var markers = points.map(function (p) { return tell(L.marker([p[0], p[1]], { title: p[3][0], tint: p[2] }), p[6] || 0).bindPopup(box(p[3], p[4]), roomy); });
  group.addLayers(markers);
  group.addTo(map);

  // What lies half below an open box could not be hit: it waits until the box is closed.
  function cover() {
    var over = shown && shown.getBoundingClientRect();
    frame.querySelectorAll(".leaflet-marker-icon").forEach(function (icon) {
      var r = icon.getBoundingClientRect();
      icon.classList.toggle("under", !!shown && icon !== opener && r.right > over.left && r.left < over.right && r.bottom > over.top && r.top < over.bottom);
    });
  }
  group.on("animationend", cover);

  // By keyboard: Tab to a point, Enter opens it and goes into it, Escape closes it and goes back.
  map.on("popupopen", function (e) {
    var source = e.popup._source;
    shown = e.popup.getElement();
    opener = source && source.getElement && source.getElement();
    shown.setAttribute("role", "dialog"); shown.setAttribute("aria-label", shown.querySelector("strong").textContent);
    cover();
    if (opener && opener === document.activeElement) { shown.tabIndex = -1; shown.focus({ preventScroll: true }); }
  });
  map.on("popupclose", function (e) {
    shown = null;
    cover();
    if (opener && e.popup.getElement().contains(document.activeElement)) opener.focus();
  });
  frame.addEventListener("keydown", function (e) {
    if (e.key === "Escape") map.closePopup();
  });
  // A page that holds the map can say which points it shows.
  window.addEventListener("message", function (e) {
    if (e.source !== window.parent || !e.data || !Array.isArray(e.data.show)) return;
    var wanted = new Set(e.data.show), kept = markers.filter(function (m, i) { return wanted.has(points[i][5]); });
    if (e.data.counts) markers.forEach(function (m, i) { if (wanted.has(points[i][5])) tell(m, e.data.counts[points[i][5]]); });
    map.closePopup(); group.clearLayers(); group.addLayers(kept);
    if (kept.length && kept.length < markers.length) map.fitBounds(L.latLngBounds(kept.map(function (m) { return m.getLatLng(); })).pad(0.2), { maxZoom: 5, animate: false });
    else map.fitBounds(home, { animate: false });
  });
  if (window.parent !== window) window.parent.postMessage({ map: "ready" }, "*");
})();
{% endmacro %}"""
    )

    default_js = [("markerclusterjs", f"{_VENDOR}markercluster/leaflet.markercluster.js")]
    default_css = [("markerclustercss", f"{_VENDOR}markercluster/MarkerCluster.css")]

    def __init__(self, areas, bounds):
        super().__init__()
        self._name = "Layer"
        self.areas, self.bounds = map(_inert, (areas, bounds))


def style_sheet() -> str:
    """The style sheet that all maps share; colours light and dark are those of the drawings."""
    light, dark = ("".join(f"--c-{n}:{c};" for n, c in tints.items()) for tints in (style.COLOURS, style.DARK))
    dark += "--pop:#232e2c;--link:#8fd0cb;--ring:#f0a37c;color-scheme:dark;"
    return (
        "\n".join(
            [
                f":root{{{light}--pop:#fff;--link:#0b5f61;--ring:#a9451a;color-scheme:light}}",
                f':root[data-shade="dark"]{{{dark}}}',
                f'@media (prefers-color-scheme:dark){{:root:not([data-shade="light"]){{{dark}}}}}',
                "html,body{margin:0;height:100%}body{display:flex;flex-direction:column;background:var(--c-paper);color:var(--c-ink);font:14px/1.35 system-ui,sans-serif}",
                ".folium-map{position:relative;flex:1;min-height:0}body .leaflet-container{height:100%;background:var(--c-wash);font:inherit}",
                ".legend{display:flex;flex-wrap:wrap;gap:.15rem .8rem;margin:0;padding:.35rem .5rem;list-style:none;font-size:13px}",
                ".key{display:inline-block;width:.85em;height:.85em;margin-right:.35em;vertical-align:-.08em;border:1px solid var(--c-coast)}.key.none{border-style:dashed}",
                ".skip{position:absolute;left:-100vw}.skip:focus{left:50px;top:8px;z-index:9999;padding:.3rem .6rem;background:var(--pop);color:var(--link)}",
                ".hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}",
                ".land{fill:var(--c-land);fill-opacity:1;stroke:var(--c-coast);stroke-width:.6}",
                ".area{fill-opacity:1;stroke:var(--c-paper);stroke-width:.7}.area.none{fill:var(--c-paper);stroke:var(--c-coast);stroke-dasharray:3}",
                ".pin{border-radius:50%}.pin::before{content:'';position:absolute;inset:5px;box-sizing:border-box;border:1.5px solid var(--c-paper);border-radius:50%}.under{visibility:hidden}",  # drawn smaller than a finger needs
                "body .cluster{background:var(--c-ink);color:var(--c-paper);border:3px solid var(--c-ink);border-radius:50%;box-sizing:border-box;display:flex;align-items:center;justify-content:center;font-weight:600}",
                ".pin:focus-visible,.cluster:focus-visible{outline:3px solid var(--ring);outline-offset:2px}.area:focus-visible{outline:0;stroke:var(--ring);stroke-width:3}",
                "body :is(.leaflet-popup-content-wrapper,.leaflet-popup-tip,.leaflet-tooltip){background:var(--pop);color:var(--c-ink)}body .leaflet-container a{color:var(--link)}body .leaflet-popup-content a{display:inline-block;padding:.2em 0}",
                ".leaflet-popup-content{max-height:max(5.5rem,calc(100vh - 9.5rem));overflow-y:auto}",  # an open box never pushes its point out of a small map
                "body :is(.leaflet-popup-content,.leaflet-tooltip) p{margin:.35em 0 0}body .leaflet-bar a{background:var(--pop)}",
                *(
                    f".pin.{n}::before,.key.{n}{{background:var(--c-{n})}}.area.{n}{{fill:var(--c-{n})}}body .cluster.{n}{{border-color:var(--c-{n})}}"
                    for n in style.COLOURS
                ),
            ]
        )
        + "\n"
    )


def document(
    name: str,
    title: str,
    *,
    points: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
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
        latitude, longitude, tint, lines (list of text: the name first), links (list of Link), id where a page chooses among them, and
        initiatives where a point stands for so many.
    areas : DataFrame, optional
        iso3, tint (missing: no data), lines.
    extent : west, east, south, north in degrees, optional
        What the map shows first; all points or the world if not given.
    legend : pairs of colour name and text
    """
    counter = iter(range(10_000))
    real, branca.element.urandom = (
        branca.element.urandom,
        lambda n: hashlib.sha256(f"{name}{next(counter)}".encode()).digest()[:n],
    )
    try:
        chart = folium.Map(
            # On a map of the world the buttons stand where the Global South is not.
            location=[8, 20],
            zoom_start=2,
            tiles=None,
            zoom_control="topright",
            scrollWheelZoom=False,
            world_copy_jump=False,
            attributionControl=False,
            zoomSnap=1 / 3,
        )
        where = points.dropna(subset=["latitude", "longitude"]) if points is not None else pd.DataFrame()
        spots = [
            [
                round(float(r.latitude), 3),
                round(float(r.longitude), 3),
                r.tint,
                list(r.lines),
                [[a.text, address(a.url)] for a in r.links if address(a.url)],
                getattr(r, "id", ""),
                *([int(r.initiatives)] if "initiatives" in where else []),
            ]
            for r in where.itertuples()
        ]
        tinted = (
            {r.iso3: ["none" if pd.isna(r.tint) else r.tint, list(r.lines)] for r in areas.itertuples()}
            if areas is not None
            else {}
        )
        around = 3 if len(spots) > 1 else 12  # degrees: one point alone shows where in the world it is
        bounds = (
            [[extent[2], extent[0]], [extent[3], extent[1]]]
            if extent
            else [
                [float(where.latitude.min()) - around, float(where.longitude.min()) - around],
                [float(where.latitude.max()) + around, float(where.longitude.max()) + around],
            ]
            if spots and not tinted
            else [[-50, -110], [52, 150]]
        )
        chart.add_child(_Layer(tinted, bounds))
        page = chart.get_root()
        page.header.add_child(branca.element.Element('<link rel="stylesheet" href="map.css">'))
        page.header.add_child(branca.element.Element('<script src="land.js"></script>'))
        rows = "".join(
            f'<li><span class="key {tint}"></span>{html.escape(text)}</li>' for tint, text in legend
        ).replace("{", "&#123;")  # a template too
        page.html.add_child(branca.element.Element(f'<ul class="legend">{rows}</ul>' if legend else ""))
        page.html.add_child(
            branca.element.Element(f'<script type="application/json" id="points">{_inert(spots)}</script>')
        )  # data is parsed, not run
        page.title = html.escape(title)
        text = re.sub(r"<html[^>]*>", '<html lang="en">', page.render(), count=1)
        text = re.sub(
            r"<body[^>]*>", lambda m: f'{m[0]}\n<a class="skip" href="#after">Skip the map</a>', text, count=1
        )
        text = text.replace("</body>", '<p class="hidden" id="after" tabindex="-1">End of the map</p>\n</body>', 1)
        # A reader may zoom the page that holds the map.
        return re.sub(
            r'<meta name="viewport"[^>]*>', '<meta name="viewport" content="width=device-width, initial-scale=1">', text
        )
    finally:
        branca.element.urandom = real


def land_script(data: Tables) -> str:
    """The script that all maps share: the world's shapes, and the page's choice of light or dark."""
    shapes = json.dumps(json.loads(data.file("world").read_text("utf-8")), separators=(",", ":"))
    return (
        f"window.LAND={shapes};\n"
        + """(function () {
  function shade() {
    try { document.documentElement.dataset.shade = localStorage.getItem("shade") || ""; } catch (e) { /* then as the system has it */ }
  }
  window.addEventListener("storage", shade);
  shade();
})();
"""
    )
