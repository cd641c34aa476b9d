"""What points and keys of maps look like: of any number, in print and on a screen, with colours and without."""

import logging
import re

import numpy as np
import pandas as pd
import pytest
from figures import figure

from ecosystems import atlas, globe, maps, plots, style, tables
from ecosystems.editions.displays.maps import map_png

DATA = tables.read()
REGIONS = ["Africa", "Asia and the Pacific", "Latin America and the Caribbean"]
LAYOUTS = pytest.mark.parametrize("layout", [style.WIDE, style.NARROW], ids=["wide", "narrow"])


def drawn(plot, table, layout):
    """The axes of a map, and its keys."""
    with style.apply(layout):
        drawing = plot.draw(table, layout)
    return drawing.axes[0], [a for a in drawing.artists if hasattr(a, "get_marker")]


def scan(*places, **options):
    """A map of initiatives by region: (region, latitude, longitude)."""
    table = pd.DataFrame(places, columns=["region", "latitude", "longitude"])
    tints = style.regions(DATA)
    legend = tuple((tints[r], r) for r in dict.fromkeys(table["region"]))
    table = table.assign(name="x", lines=[["x"]] * len(table), links=[[]] * len(table))
    return plots.PointMap("region", tints, maps.ground(DATA), legend, **options), table


def dots(ax):
    """Place, size and outline of each point that is drawn."""
    found = [c for c in ax.collections if len(c.get_sizes())]
    return [(*at, c.get_sizes()[0], len(c.get_paths()[0].vertices)) for c in found for at in c.get_offsets()]


@LAYOUTS
def test_regions_differ_in_form_and_keys_have_the_form_of_their_points(layout):
    plot, table = scan(*zip(REGIONS, (0, 20, -10), (30, 80, -60), strict=True))
    ax, keys = drawn(plot, table, layout)
    assert len({tuple(map(tuple, c.get_paths()[0].vertices)) for c in ax.collections if len(c.get_sizes())}) == 3
    assert [k.get_marker() for k in keys] == ["o", "s", "D"]
    page = plot.document(table, "a", "b")
    for look in ("plum", "main square", "gold diamond"):
        assert f'"{look}"' in page and f'class="key point {look}"' in page
    assert all(f".{name}{{--form:" in atlas.style_sheet() for name in ("square", "diamond", "up", "down"))


def test_every_colour_of_a_region_has_another_form():
    tints = {*style.regions(DATA).values(), "light", "ink"}  # of three regions, and of two more
    assert len({style.form(tint) for tint in tints}) == 5


@LAYOUTS
@pytest.mark.parametrize("number", [1, 3, 9])
def test_few_points_are_no_specks(number, layout):
    plot, table = scan(*[("Africa", n, 2 * n) for n in range(number)])
    ax, (key,) = drawn(plot, table, layout)
    assert min(size for *_, size, _ in dots(ax)) >= 36 and key.get_markersize() >= 6
    many, table = scan(*[("Africa", n / 10, n / 5) for n in range(300)])
    assert min(size for *_, size, _ in dots(drawn(many, table, layout)[0])) >= 14


@LAYOUTS
def test_points_at_one_place_are_each_seen_if_they_are_few(layout):
    plot, table = scan(*[("Africa", -1.29, 36.82)] * 9, ("Africa", -1.3, 36.9))
    found = np.array([dot[:2] for dot in dots(drawn(plot, table, layout)[0])])
    away = [np.hypot(*(a - b)) for i, a in enumerate(found) for b in found[:i]]
    wide = maps.equal_earth([-112, 152], [0, 0])[0]
    point = (wide[1] - wide[0]) / layout.width / 72
    assert min(away) >= 0.8 * 6 * point, "points of 36 square points and more lie beside each other"
    assert max(away) < 40 * point


def test_a_small_point_under_a_large_one_stands_beside_it():
    plot, table = scan(("Africa", 0, 30), ("Asia and the Pacific", 0, 30))
    plot = plots.PointMap("region", {"Africa": "warm"}, plot.land, sizes={"Africa": 70, REGIONS[1]: 16})
    (a, *_), (b, *_) = dots(drawn(plot, table, style.WIDE)[0])
    assert a != b


def test_a_shaded_map_is_no_wider_than_what_has_a_value():
    shown = figure("learning_poverty_map", DATA)
    plot = shown.plot
    west, east, south, north = maps.window(plot.land, plot._points(), plot._areas(shown.table))
    assert east - west < 275, "no value lies in the Pacific, which would make all countries a tenth smaller"
    for iso3 in set(shown.table["iso3"]) & set(plot.land.shapes):
        for ring in plot.land.shapes[iso3]:
            assert globe.unrolled(ring[:, 0].min(), west) + np.ptp(ring[:, 0]) <= east + 1e-6, iso3
            assert south <= ring[:, 1].min() and ring[:, 1].max() <= north, iso3
    bounds = re.search(r"home = \[\[(.*?), (.*?)\], \[(.*?), (.*?)\]\];", plot.document(shown.table, "a", "b"))
    assert [float(v) for v in bounds.groups()] == [south, west, north, east]


@pytest.mark.parametrize("bounds", [[[0, 0], [1, 100]], [[0, 0], [40, 2]], [[10, 10], [10, 10]], None], ids=str)
def test_the_twin_of_a_chapter_s_map_is_drawn_without_a_message(bounds, caplog):
    with caplog.at_level(logging.WARNING):
        map_png({"features": [], "bounds": bounds})
    assert not caplog.records
