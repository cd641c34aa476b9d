"""The window of a map, on a circle: whatever a figure shows lies in it, on paper and on a screen."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from figures import figure
from pytest import approx

from ecosystems import globe, maps, style, tables
from ecosystems.editions import art
from ecosystems.editions.displays.maps import map_node
from ecosystems.editions.run.maps import _map
from ecosystems.tables import ROOT

DATA = tables.read()
CITIES = DATA.countries.dropna(subset=["capital_latitude"]).set_index("iso3")
FAR = ["FJI", "KIR", "WSM", "TON", "PYF", "TUV", "MDV", "NZL", "CHL", "RUS"]  # at the edges, or never drawn


@pytest.mark.parametrize(
    ("longitudes", "west", "east"),
    [
        ([10, 20, 30], 10, 30),
        ([178, -178], 178, 182),
        ([170, -157, 177], 170, 203),
        ([-170, 100], 100, 190),
        ([0], 0, 0),
        ([-180, 180], -180, -180),
    ],
)
def test_the_window_is_the_shortest_way_around_all_points(longitudes, west, east):
    assert globe.window([(0, x) for x in longitudes]) == (west, east, 0, 0)
    assert globe.window([(0, x) for x in reversed(longitudes)]) == (west, east, 0, 0)


def test_a_window_grows_on_the_side_that_is_nearer_and_never_beyond_the_globe():
    assert globe.window([(0, 178)], least=(-112, 152, -54, 54)) == (-112, 178, -54, 54)
    assert globe.window([(60, -130)], least=(-112, 152, -54, 54), margin=2) == (-132, 152, -54, 62)
    assert globe.window([(0, x) for x in range(-180, 180, 5)], margin=3) == (-180, 180, -3, 3)
    assert globe.window([(89, 0), (float("nan"), 50)], margin=3) == (-3, 3, 86, 90)
    assert globe.window([]) is None


def test_rings_and_longitudes_follow_each_other_across_the_date_line():
    ring = np.array([[-180.0, 0], [-178, 0], [-178, 1], [-180, 0]])
    (turned,) = globe.around(ring, (170, 190))
    assert turned[:, 0].min() == 180 and globe.around(ring, (0, 10)) == []
    assert globe.unrolled([-170, 175, 10], 170).tolist() == [190, 175, 370]


def chosen(iso3):
    """The tables with one selected ecosystem, in the capital of a country; nothing else has a place."""
    city = CITIES.loc[iso3]
    spot = {"iso3": iso3, "latitude": city["capital_latitude"], "longitude": city["capital_longitude"]}
    one = DATA.ecosystems[DATA.ecosystems["id"] == "kepler-rwanda"].assign(
        **spot, precision="city", place=city["capital"]
    )
    rest = DATA.initiatives[DATA.initiatives["id"].isin(one["initiative_id"])].assign(**spot)
    return DATA.replace(ecosystems=one, initiatives=rest)


def on_screen(shown):
    """Points of an interactive map, and its bounds."""
    page = shown.plot.document(shown.table, "a", "b")
    points = json.loads(re.search(r'id="points">(.*?)</script>', page, re.S)[1])
    (south, west), (north, east) = json.loads(re.search(r"home = (\[\[.*?\]\]);", page)[1])
    return [p[:2] for p in points], (west, east, south, north)


@pytest.mark.slow
@pytest.mark.parametrize("first", "ABCDEFGHIJKLMNOPQRSTUVWYZ")
def test_an_ecosystem_in_each_capital_is_seen_on_its_map(first):
    for iso3 in CITIES.index[CITIES.index.str.startswith(first)]:
        data = chosen(iso3)
        points, (west, east, south, north) = on_screen(figure("ecosystem_place", data))
        ((latitude, longitude),) = points
        assert west < longitude < east <= west + 360 and south < latitude < north, iso3


@pytest.mark.slow
@pytest.mark.parametrize("iso3", [c for c in FAR if c in CITIES.index])
def test_paper_shows_the_same_point(iso3):
    data = chosen(iso3)
    for name in ("ecosystem_place", "glance_map"):
        shown = figure(name, data)
        for layout in (style.WIDE, style.NARROW):
            with style.apply(layout):
                ax = shown.plot.draw(shown.table, layout).axes[0]
            (x, y) = ax.collections[-1].get_offsets()[-1]
            assert ax.get_xlim()[0] < x < ax.get_xlim()[1] and ax.get_ylim()[0] < y < ax.get_ylim()[1], (
                name,
                layout.name,
            )


def test_the_map_of_a_portrait_names_its_place_in_both_layouts():
    shown = figure("ecosystem_place", DATA, "ensena-peru")
    for layout in (style.WIDE, style.NARROW):
        with style.apply(layout):
            ax = shown.plot.draw(shown.table, layout).axes[0]
        assert "Huari" in [text.get_text() for text in ax.texts], layout.name
    assert "the town, Huari" in shown.subtitle


@pytest.mark.parametrize("iso3", ["FJI", "CHL", "IDN"])
def test_the_ornament_of_a_page_shows_its_place(iso3):
    for latitude, longitude in (
        (CITIES.at[iso3, "capital_latitude"], CITIES.at[iso3, "capital_longitude"]),
        (-27.1, -109.4),
    ):
        if iso3 != "CHL" and longitude == -109.4:
            continue
        made = art.place_art(DATA, pd.Series({"iso3": iso3, "latitude": latitude, "longitude": longitude}))
        columns, rows = map(int, re.search(r'viewBox="-0.5 -0.5 (\d+) (\d+)"', made).groups())
        x, y = map(float, re.search(r'cx="([-\d.]+)" cy="([-\d.]+)"', made).groups())
        assert 0 <= x <= columns and 0 <= y <= rows


@pytest.mark.parametrize("iso3", ["VUT", "TUV", "MDV", "BRB", "GHA"])
def test_the_ornament_of_the_cover_shows_small_islands(iso3, monkeypatch):
    monkeypatch.setattr(tables.Tables, "scan", DATA.scan[DATA.scan["iso3"] == "GHA"].assign(iso3=iso3))
    monkeypatch.setattr(tables.Tables, "eleven", DATA.eleven.iloc[:0])
    (bright,) = re.findall(r'<path d="([^"]+)" stroke="#5fa5a0"/>', art.cover_art(DATA))
    assert (bright.count("M") == 1) == (iso3 != "GHA")


def test_every_country_of_a_shaded_map_is_drawn():
    shown = figure("out_of_school_map", DATA)
    window = maps.window(shown.plot.land, shown.plot._points(), shown.plot._areas(shown.table))
    marked = {mark.lines[0] for mark in shown.plot.marks}
    drawn = shown.table[shown.table["iso3"].isin(shown.plot.land.shapes)]
    assert set(shown.table["country"]) == marked | set(drawn["country"]), "each has a shape or a point"
    for mark in shown.plot.marks:
        assert window[0] < globe.unrolled(mark.longitude, window[0]) < window[1]
    for iso3 in drawn["iso3"]:
        for ring in shown.plot.land.shapes[iso3]:
            assert globe.unrolled(ring[:, 0].min(), window[0]) + np.ptp(ring[:, 0]) <= window[1] + 1e-6, iso3


def test_a_map_of_a_chapter_that_crosses_the_date_line_is_small():
    import folium

    shown = folium.Map()
    for latitude, longitude in ((-18.1, 178.4), (-13.8, -171.8)):
        folium.Marker([latitude, longitude]).add_to(shown)
    (payload,) = [v for k, v in _map(shown).items() if k != "text/plain"]
    assert payload["bounds"] == [[-18.1, 178.4], [-13.8, approx(188.2)]]
    written = {}
    map_node(payload, lambda suffix, content: written.setdefault(suffix, content) and suffix, ROOT)
    dots = [float(x) for x in re.findall(rb'<use [^>]*x="([\d.]+)"', written[".svg"])]
    assert len(dots) == 2 and 100 < max(dots) - min(dots) < 518.4, "both lie in the drawing, which is 518.4 points wide"
