"""Kinds of plot: compared by value, drawn for two layouts, described in words."""

import dataclasses

import pandas as pd
import pytest

from ecosystems import maps, plots, style, tables

DATA = tables.read()
COUNTRIES = pd.DataFrame(
    {"country": ["Peru", "Kenya", "India", "Chad"], "region": ["A", "B", "B", "A"], "initiatives": [9, 4, 4, 1]}
)
BARS = plots.Bars("country", "initiatives", "region", {"A": "main", "B": "gold"}, top=2)


def texts(plot, table, layout=style.WIDE):
    """What is written in a drawing."""
    with style.apply(layout):
        drawing = plot.draw(table, layout)
        drawing.draw_without_rendering()
    axes = [t.get_text() for ax in drawing.axes for t in [*ax.texts, *ax.get_yticklabels(), *ax.get_xticklabels()]]
    legends = [legend for legend in [*drawing.legends, *(ax.get_legend() for ax in drawing.axes)] if legend]
    return [*axes, *(t.get_text() for legend in legends for t in legend.get_texts())]


def test_a_plot_is_a_value():
    again = plots.Bars("country", "initiatives", "region", {"A": "main", "B": "gold"}, top=2)
    assert again == plots.Bars(**vars(again)) and repr(again) == repr(BARS) and again == BARS
    assert dataclasses.replace(BARS, top=3) != BARS
    with pytest.raises(dataclasses.FrozenInstanceError):
        BARS.top = 3


def test_bars_of_the_same_length_are_all_drawn_or_none():
    assert list(BARS.shown(COUNTRIES)["country"]) == ["Peru", "Kenya", "India"]
    said = texts(BARS, COUNTRIES)
    assert {"Peru", "Kenya", "India", "9", "4", "A", "B"} <= set(said) and "Chad" not in said
    units = {"initiatives": "million"}
    assert (
        BARS.describe(COUNTRIES, units)
        == "Bars from longest to shortest: Peru 9 million, Kenya 4 million and India 4 million."
    )
    assert BARS.describe(COUNTRIES[3:], {}) == "One bar, with its value at its end: Chad 1."


def test_notes_stand_inside_the_plot_and_only_where_there_is_room():
    noted = dataclasses.replace(BARS, notes=(plots.Note("as many as all others", 9, 0, phones=False),))
    assert noted != BARS and "notes=(Note(" in repr(noted)
    assert "as many as all others" in texts(noted, COUNTRIES)
    assert "as many as all others" not in " ".join(texts(noted, COUNTRIES, style.NARROW))


def test_names_of_regions_are_short_on_phones_only():
    long = "Latin America and the Caribbean"
    table = pd.DataFrame({"region": [long], "part": ["x"], "share": [100.0]})
    plot = plots.StackedBars("region", "part", "share", {"x": "main", "y": "gold"})
    assert "Latin America" in texts(plot, table, style.NARROW)
    wide = texts(plot, table)
    assert "Latin America and the\nCaribbean" in wide and "100%" in wide and "y" not in wide, "no part, no entry"


def test_small_parts_have_no_number_and_missing_ones_no_width():
    table = pd.DataFrame({"who": ["a", "a", "b"], "part": ["x", "y", "x"], "n": [3, 20, 30]})
    plot = plots.StackedBars("who", "part", "n", {"x": "main", "y": "gold"}, least=(5, 5))
    said = texts(plot, table)
    assert "20%" in said and "30%" in said and "3%" not in said
    assert plot.describe(table, {}) == "2 bars, each split into x and y. X: a 3% and b 30%."
    assert plot.describe(table[2:], {}) == "One bar, for b, split into its parts: x 30%."


def test_many_counts_are_a_band_and_few_are_points():
    plot = plots.LogPoints("reach", "group", {"g": "main"})
    few = pd.DataFrame({"reach": [10.0, 100.0, 1000.0], "group": "g"})
    many = pd.concat([few] * 1000, ignore_index=True)
    with style.apply(style.WIDE):
        points, band = plot.draw(few, style.WIDE).axes[0], plot.draw(many, style.WIDE).axes[0]
    assert len(points.lines) > len(band.lines) and len(band.collections) == 1
    assert any("100" in t for t in texts(plot, few)), "the middle count"


@pytest.mark.parametrize("layout", [style.WIDE, style.NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("counts", [[0, 40, 40_000], [0, 0], [3, 3, 0]], ids=str)
def test_zero_has_a_place_of_its_own_on_a_log_scale(counts, layout):
    plot = plots.LogPoints("reach", "group", {"a": "main", "b": "gold"})
    table = pd.DataFrame({"reach": map(float, counts), "group": ["a", "b", "a"][: len(counts)]})
    assert texts(plot, table, layout).count("0") == 1
    with style.apply(layout):
        ax = plot.draw(table, layout).axes[0]
    low, high = ax.get_xlim()
    dots = sorted(x for line in ax.lines if line.get_marker() == "o" for x in line.get_xdata())
    assert len(dots) == len(counts) and low <= dots[0] and dots[-1] <= high
    assert dots.count(dots[0]) == counts.count(0), "left of all others"


@pytest.mark.parametrize("layout", [style.WIDE, style.NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("counts", [[360, 1440], [3, 12], [2000, 90_000], [20_000, 200_000], [70, 5_000_000]], ids=str)
def test_a_log_scale_names_at_least_two_values(counts, layout):
    """One alone does not tell how far apart things are."""
    plot = plots.LogPoints("reach", "group", {"a": "main"}, medians=False)
    table = pd.DataFrame({"reach": map(float, counts), "group": "a"})
    with style.apply(layout):
        ax = plot.draw(table, layout).axes[0]
    low, high = ax.get_xlim()
    assert sum(low <= tick <= high for tick in ax.get_xticks()) >= 2, ax.get_xticks()


def test_one_count_has_no_median():
    one = pd.DataFrame({"reach": [500.0], "group": "g"})
    for medians in (True, False):
        assert not [
            t for t in texts(plots.LogPoints("reach", "group", {"g": "main"}, medians=medians), one) if "med" in t
        ]


def test_few_counts_are_larger_points_than_many():
    plot, dots = plots.LogPoints("reach", "group", {"g": "main"}), []
    for number in (3, 300):
        table = pd.DataFrame({"reach": [10.0 * (n + 1) for n in range(number)], "group": "g"})
        with style.apply(style.WIDE):
            dots.append(next(a.get_markersize() for a in plot.draw(table, style.WIDE).axes[0].lines))
    assert dots[0] >= 6 > dots[1] >= 4


def test_few_years_are_all_named_and_their_columns_are_no_walls():
    plot = plots.Columns("year", "pages", open=2005)
    table = pd.DataFrame({"year": [2023, 2024], "pages": [2, 1]})
    assert {"2023", "2024"} <= set(texts(plot, table)) and not [t for t in texts(plot, table) if "before" in t]
    assert "2005 or\nbefore" in texts(plot, pd.DataFrame({"year": [2005, 2024], "pages": [2, 1]}))
    with style.apply(style.WIDE):
        ax = plot.draw(table, style.WIDE).axes[0]
    assert 0.78 < (ax.get_xlim()[1] - ax.get_xlim()[0]) / 6


def test_a_legend_leaves_room_for_few_bars():
    table = COUNTRIES.assign(region=["A", "B", "C", "C"], initiatives=[1, 2, 3, 4])
    plot = plots.Bars("country", "initiatives", "region", {"A": "main", "B": "gold", "C": "plum"}, row=0.24)
    with style.apply(style.NARROW):
        drawing = plot.draw(table, style.NARROW)
        drawing.draw_without_rendering()
    names = [label.get_window_extent() for label in drawing.axes[0].get_yticklabels()]
    assert all(upper.y0 >= lower.y1 - 2 for upper, lower in zip(names, names[1:], strict=False)), names


def test_dates_of_any_precision_have_their_place():
    table = pd.DataFrame({"date": ["2020", "2021-03", "2022-12-31"], "name": ["a", "b", "a"]})
    years = plots.Timeline("date", "name").years(table)
    assert years[0] == 2020.5 and 2021.16 < years[1] < 2021.25 and 2022.99 < years[2] < 2023.01


def test_a_map_shows_countries_without_a_value_and_its_twin_says_so():
    table = pd.DataFrame({"iso3": ["PER"], "country": ["Peru"], "value": [50.0], "lines": [["Peru", "50%"]]})
    ground = maps.ground(DATA)
    plot = plots.Choropleth("value", (20, 40, 60, 80), ground, {"KEN": "Kenya"})
    assert plot == dataclasses.replace(plot, land=maps.ground(DATA)) and "array" not in repr(plot)
    page = plot.document(table, "a_map", "A map")
    assert "50%" in page and "Kenya" in page and "no value" in page
    with style.apply(style.NARROW):
        assert plot.draw(table, style.NARROW).axes[0].collections


def test_points_without_a_place_are_on_no_map():
    table = pd.DataFrame(
        {"name": ["here", "nowhere"], "latitude": [1.0, None], "longitude": [2.0, None], "role": "x"}
    ).assign(lines=[["here"], ["nowhere"]], links=[[], []])
    plot = plots.PointMap("role", {"x": "warm"}, maps.ground(DATA), name="name")
    assert "here" in texts(plot, table) and "nowhere" not in texts(plot, table)
    assert "nowhere" not in plot.document(table, "a_map", "A map")
    assert plot.describe(table, {}) == "A world map with 1 coloured point: x 1."


@pytest.mark.filterwarnings("error")
def test_points_above_one_place_have_no_line_to_be_far_from():
    plot = plots.Scatter("x", "y", "name", "marked", line=True)
    table = pd.DataFrame({"x": 100.0, "y": [10.0, 40.0, 70.0], "name": ["a", "b", "c"], "marked": "no"})
    assert "line" not in plot.describe(table, {}) and plot.describe(table, {}).startswith("3 points, ")
    assert "Furthest below the line: " in plot.describe(table.assign(x=[100.0, 200.0, 300.0]), {})


def test_a_description_names_as_many_as_it_has_room_for():
    assert plots.common.some(["Peru", "Kenya", "India"], 14) == "Peru, Kenya and 1 more"
    assert plots.common.some(["A name that has no room"], 5) == "A name that has no room"
