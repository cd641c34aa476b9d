"""Pages of the maps that chapters make with folium; those of our own figures are in :mod:`.figure_files`."""

from __future__ import annotations

import html
from pathlib import Path

from ecosystems.editions.web.hosting import MAP_CSP

__all__ = ["page"]

_SCRIPT = Path(__file__).with_name("map.js")


def page(name: str, title: str, payload: str) -> tuple[str, str]:
    """The page of a map, and its script with the data."""
    vendor = "../_static/vendor/leaflet"
    document = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{MAP_CSP}">
<title>{html.escape(title)}</title>
<link rel="icon" href="../_static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{vendor}/leaflet.css">
<link rel="stylesheet" href="map.css">
<script src="{vendor}/leaflet.js"></script>
<script src="land.js"></script>
</head>
<body>
<a class="skip" href="#after">Skip the map</a>
<div class="folium-map" id="map"></div>
<p class="hidden" id="after" tabindex="-1">End of the map</p>
<script src="{name}.js"></script>
</body>
</html>
"""
    return document, f"window.MAP={payload};\n{_SCRIPT.read_text('utf-8')}"
