"""Analyses of country figures and of the opening of the book, by values worked out by hand."""

import pandas as pd
import pytest

from ecosystems import tables
from ecosystems.analysis import countries, overview

DATA = tables.read()


def figures(*rows):
    """The tables with these country figures alone: (iso3, indicator, year, value)."""
    table = pd.DataFrame(rows, columns=["iso3", "indicator_id", "year", "value"])
    return DATA.replace(country_figures=table, country_figures_unesco=table.iloc[:0])


def test_rank_correlation_counts_ranks_alone():
    a, b = pd.Series([1, 2, 3, 4]), pd.Series([1, 100, 10, 1000])
    assert countries.rank_correlation(a, b) == pytest.approx(0.8)  # 1 - 6 * (1 + 1) / (4 * 15)
    assert countries.rank_correlation(a, -b) == pytest.approx(-0.8)


def test_a_partial_rank_correlation_takes_the_third_measure_out():
    a, b, c = pd.Series([1, 2, 3, 4]), pd.Series([1, 3, 2, 4]), pd.Series([2, 1, 3, 4])
    # Pairs: 0.8, 0.8 and 0.4; (0.8 - 0.8 * 0.4) / sqrt((1 - 0.64) * (1 - 0.16))
    assert countries.rank_correlation(a, b, c) == pytest.approx(0.48 / (0.36 * 0.84) ** 0.5)


def test_expected_years_follow_from_learned_years_and_score():
    table = countries.schooling(
        figures(("ZAF", "lays", 2020, 5.6), ("ZAF", "hlo", 2020, 343), ("PER", "lays", 2020, 8))
    )
    assert table[["iso3", "expected", "learned", "lost"]].values.tolist() == [["ZAF", 10.2, 5.6, 4.6]]


def test_spending_per_child_is_shared_out_among_the_children():
    made = figures(
        ("PER", "learning_poverty", 2019, 44),
        ("PER", "gni_pc_ppp", 2024, 10000),
        ("PER", "edu_exp_gdp", 2022, 4),
        ("PER", "pop_total", 2019, 40),
        ("PER", "pop_0_14", 2019, 10),
    )
    row = countries.reading_and_income(made).iloc[0]
    assert row["per_child"] == 1600  # 4% of 10,000 for each of four persons a child


def test_numbers_out_of_school_are_of_recent_years_with_the_most_first():
    key = "oos_children_primary_r2024"
    table = countries.out_of_school_children(
        figures(("PER", key, 2020, 3e6), ("IND", key, 2023, 1e6), ("TZA", key, 2009, 9e6))
    )
    assert table[["country", "children", "percent"]].values.tolist() == [["Peru", 3.0, 75.0], ["India", 1.0, 25.0]]


def test_an_ecosystem_without_a_place_stands_inside_its_country():
    places = overview.named_places(DATA)
    ours = places[places["kind"] == "ecosystem"].set_index("name")
    assert len(ours) == len(DATA.ecosystems)
    ghana = ours.loc["Communities of Excellence"]
    assert 4.7 < ghana["latitude"] < 11.2 and -3.3 < ghana["longitude"] < 1.2


def test_each_ecosystem_counts_once_with_its_strongest_evidence():
    three = DATA.ecosystems.head(3).assign(evidence=["own claim", "own claim", "no result seen"])
    found = overview.best_evidence(DATA.replace(ecosystems=three)).values.tolist()
    assert found[0] == ["study with comparison", 0] and found[-1] == ["own claim", 2] and len(found) == 5


def test_reading_depth_counts_pages_once_and_joins_the_many():
    first, second = DATA.initiatives["id"].head(2)
    pages = pd.DataFrame(
        {"initiative_id": [first, first, *[second] * 5], "source_id": ["p", "p", "a", "b", "c", "d", "e"]}
    )
    shown = pd.DataFrame(
        {"initiative_id": [second, second], "characteristic_id": ["equity", "agency"], "present": [1, 1]}
    )
    data = DATA.replace(initiatives=DATA.initiatives.head(2), initiative_sources=pages, codings=shown)
    assert overview.reading_depth(data).values.tolist() == [["1 page", 1, 0.0], ["4 pages or more", 1, 2.0]]
