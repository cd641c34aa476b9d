"""Analyses on small tables, with values computed by hand."""

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from ecosystems import analysis, globe, tables
from ecosystems.analysis import places

DATA = tables.read()


def scan(rows, codings=(), ecosystems=()):
    """Tables with these initiatives (id, country, setting), readings (initiative, characteristic, present, source) and
    ecosystems."""
    initiatives = pd.DataFrame(rows, columns=["id", "iso3", "setting"]).assign(name=lambda t: t["id"], reach=np.nan)
    initiatives["confidence"] = "high"
    coded = pd.DataFrame(codings, columns=["initiative_id", "characteristic_id", "present", "source_id"])
    chosen = pd.DataFrame(ecosystems, columns=["id", "initiative_id", "iso3", "short_name", "confidence"])
    return DATA.replace(
        initiatives=initiatives.astype({"reach": float}),
        codings=coded.astype({"present": "Int64"}),
        ecosystems=chosen.assign(founded=pd.array([pd.NA] * len(chosen), dtype="Int64"), founded_of=None),
        facts=DATA.facts.head(0),
        partners=DATA.partners.head(0),
    )


FOUR = [("a", "KEN", "in school"), ("b", "KEN", "both"), ("c", "PER", "out of school"), ("d", "PER", "out of school")]
SEEN = [
    ("a", "equity", 1, "s"),
    ("b", "equity", 1, "s"),
    ("c", "equity", 1, "s"),
    ("d", "equity", 0, "s"),
    ("a", "public-system", 1, "s"),
    ("a", "alliances", 1, "s"),
]
SMALL = scan(FOUR, SEEN, [("e", "a", "KEN", "E", "high")])
NOTHING = scan([])


def test_the_interval_of_wilson():
    low, high = analysis.wilson(5, 10)
    # p = 0.5, z = 1.96: middle 0.5, half width 1.96 sqrt(0.25 / 10 + 3.8416 / 400) / 1.38416
    assert (low, high) == (approx(23.66, abs=0.01), approx(76.34, abs=0.01))
    assert analysis.wilson(0, 20)[0] == approx(0) and analysis.wilson(20, 20)[1] == approx(100)
    assert np.isnan(analysis.wilson(0, 0)).all(), "of none no share is known"


def test_the_share_of_initiatives_in_which_a_characteristic_is_seen():
    table = analysis.characteristics_seen(SMALL)
    assert list(table) == ["characteristic", "seen", "of", "percent", "low", "high"] and set(table["of"]) == {4}
    first = table.iloc[0]
    assert (first["characteristic"], first["seen"], first["percent"]) == ("Equity first", 3, 75.0), "denied is not seen"
    assert table.set_index("characteristic").at["Alliances", "percent"] == 25.0
    assert analysis.characteristics_seen(NOTHING).empty


def test_the_same_shares_in_each_region():
    table = analysis.characteristics_by_region(SMALL).set_index(["region", "characteristic"])
    assert table.at[("Africa", "Equity first"), "percent"] == 100.0
    assert table.at[("Latin America and the Caribbean", "Equity first"), "percent"] == 50.0
    assert set(table["of"]) == {2} and table.index.get_level_values(1)[0] == "Equity first"
    assert analysis.characteristics_by_region(NOTHING).empty


def with_figures(rows):
    figures = pd.DataFrame(rows, columns=["iso3", "indicator_id", "year", "value"])
    return DATA.replace(country_figures=figures, country_figures_unesco=figures.head(0))


def test_values_from_before_the_limit_are_not_recent():
    data = with_figures([("KEN", "x", 2013, 1.0), ("PER", "x", 2014, 2.0), ("PER", "x", 2012, 9.0)])
    assert analysis.SINCE == 2014 and list(analysis.recent(data, "x")["value"]) == [2.0]


def test_children_of_regions_and_of_the_rest_of_the_world():
    data = with_figures(
        [
            *(("KEN", "pop_0_14", y, n) for y, n in ((2000, 10e6), (2020, 20e6))),
            *(("PER", "pop_0_14", y, 10e6) for y in (2000, 2020)),
            ("PER", "pop_0_14", 2010, 10e6),
            *(("WLD", "pop_0_14", y, 100e6) for y in (2000, 2010, 2020)),
        ]
    )
    table = analysis.children_by_region(data).set_index(["region", "year"])
    assert set(table.index.get_level_values("year")) == {2000, 2020}, "2010 lacks a country"
    assert table.at[("Africa", 2020), "children"] == 20.0 and table.at[("Africa", 2020), "percent"] == 20.0
    assert table.at[("Rest of the world", 2020), "children"] == 70.0 and table.at[("Africa", 2000), "countries"] == 1
    assert analysis.children_by_region(with_figures([])).empty


def test_partners_by_kind_leave_out_loose_ties():
    partners = DATA.partners.head(3).assign(
        ecosystem_id="e", type=["school", "school", "company"], tie=["works with", "supports", "loose"]
    )
    table = places.partners_by_type(SMALL.replace(partners=partners))
    assert [tuple(r) for r in table.to_numpy()] == [("E", "school", 2)] and places.partners_by_type(SMALL).empty


@pytest.mark.parametrize(("other", "distance"), [((0, 0), 0), ((0, 180), 20015), ((0, 1), 111.2), ((90, 0), 10007.5)])
def test_distance_on_the_globe(other, distance):
    assert globe.kilometres(0, 0, *other) == approx(distance, abs=0.5)
