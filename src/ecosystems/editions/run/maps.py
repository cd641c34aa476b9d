"""An extension of the kernels that run chapters: a folium map shows itself as data, from which editions draw it.

Folium's own page loads tiles and scripts from other hosts, has another name for everything in each run, and cannot be
printed. JupyterLab goes on to show that page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import lxml.html

from ecosystems import globe

MAP = "application/vnd.ecosystems.map+json"
_WITHOUT_SHAPE = {"TileLayer", "LayerControl", "Icon", "Popup", "Tooltip", "FitBounds", "Fullscreen", "FitOverlays"}
_STYLE = ("color", "fill", "fillColor", "fillOpacity", "opacity", "weight", "radius")


def _lines(markup: str) -> list[str]:
    """The text of HTML, a line for each block."""
    if not markup.strip():
        return []
    root = lxml.html.fragment_fromstring(markup, create_parent="div")
    for element in root.iter("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"):
        element.tail = "\n" + (element.tail or "")
    return [line for line in (" ".join(t.split()) for t in root.text_content().splitlines()) if line]


def _said(element, properties: dict | None = None) -> dict[str, list[str]]:
    """What a place says when it is pointed at or opened; for features of GeoJSON that names their `properties`."""
    said = {}
    for child in element._children.values():
        kind = type(child).__name__
        if kind == "Popup":
            said["popup"] = _lines("".join(part.render() for part in child.html._children.values()))
        elif kind == "Tooltip":
            said["tooltip"] = _lines(str(child.text))
        elif kind in ("GeoJsonPopup", "GeoJsonTooltip"):
            names = zip(child.aliases or child.fields, child.fields, strict=True)
            said[kind.removeprefix("GeoJson").lower()] = [f"{a}: {(properties or {}).get(f, '')}" for a, f in names]
    return said


def _feature(geometry: dict, style: dict, **more: object) -> dict:
    style = {name: style[name] for name in _STYLE if style.get(name) is not None}
    return {"type": "Feature", "geometry": geometry, "properties": {"style": style, **more}}


def _shape(kind: str, locations: list) -> dict:
    return {"type": kind, "coordinates": locations}


def _turned(locations: list) -> list:
    """Longitude before latitude, as in GeoJSON, at any depth."""
    if isinstance(locations[0], int | float):
        return [round(float(locations[1]), 5), round(float(locations[0]), 5)]
    return [_turned(part) for part in locations]


def _ring(points: list) -> list:
    return points if points[0] == points[-1] else [*points, points[0]]


def _features(element, left_out: set[str]) -> Iterator[dict]:
    """The shapes of an element and of what is in it; names of those that are not known go to `left_out`."""
    kind = type(element).__name__
    if kind == "Marker":
        icon = next((c for c in element._children.values() if type(c).__name__ == "Icon"), None)
        colour = icon.options.get("marker_color") or icon.options.get("markerColor") if icon else "blue"
        yield _feature(_shape("Point", _turned(element.location)), {"color": colour}, pin=True, **_said(element))
    elif kind in ("CircleMarker", "Circle"):
        more = {"metres": element.options["radius"]} if kind == "Circle" else {}
        yield _feature(_shape("Point", _turned(element.location)), element.options, **more, **_said(element))
    elif kind in ("PolyLine", "Polygon", "Rectangle"):
        locations = element.locations
        nested = not isinstance(locations[0][0], int | float)
        if kind == "PolyLine":
            shape = _shape("MultiLineString" if nested else "LineString", _turned(locations))
        else:
            shape = _shape("Polygon", [_ring(_turned(r)) for r in (locations if nested else [locations])])
        yield _feature(shape, element.options, **_said(element))
    elif kind in ("GeoJson", "Choropleth"):
        if kind == "Choropleth" and getattr(element, "color_scale", None) is not None:
            left_out.add("the scale of colours of a Choropleth")
        layer = element.geojson if kind == "Choropleth" else element
        for feature in layer.data["features"] if "features" in layer.data else [layer.data]:
            style = layer.style_function(feature) if layer.style else {}
            yield _feature(feature["geometry"], style, **_said(layer, feature.get("properties")))
    elif kind in ("Map", "FeatureGroup", "MarkerCluster", "FeatureGroupSubGroup"):
        for child in element._children.values():
            yield from _features(child, left_out)
    elif kind not in _WITHOUT_SHAPE and not kind.startswith(("GeoJson", "Element", "ColorMap", "LinearColormap")):
        left_out.add(kind)


def _map(shown) -> dict:
    """A map as data: GeoJSON, the bounds of its shapes, and the names of layers that are not known."""
    left_out: set[str] = set()
    features = list(_features(shown, left_out))
    points = [p for f in features for p in _points(f["geometry"]["coordinates"])]
    location, zoom = shown.location, float(shown.options.get("zoom") or 2)
    bounds = None
    if points:  # across the date line, if that is shorter
        west, east, south, north = globe.window((latitude, longitude) for longitude, latitude in points)
        bounds = [[south, west], [north, east]]
    elif location:
        reach = 180 / 2**zoom
        bounds = [[location[0] - reach / 2, location[1] - reach], [location[0] + reach / 2, location[1] + reach]]
    found = {"features": features, "bounds": bounds, "left_out": sorted(left_out)}
    return {MAP: json.loads(json.dumps(found, default=float)), "text/plain": "A folium map"}


def _points(coordinates: list) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
    else:
        for part in coordinates:
            yield from _points(part)


def load_ipython_extension(shell) -> None:
    """See IPython."""
    formatter = shell.display_formatter
    formatter.mimebundle_formatter.for_type_by_name("folium.folium", "Map", _map)
    formatter.formatters["text/html"].for_type_by_name("folium.folium", "Map", lambda shown: None)
