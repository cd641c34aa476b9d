"""The selected ecosystems like for like, on tables of a few rows, with values counted by hand."""

import pandas as pd

from ecosystems import tables
from ecosystems.analysis import compare

DATA = tables.read()
THREE = DATA.ecosystems.head(3).assign(
    id=["a", "b", "c"],
    short_name=["A", "B", "C"],
    evidence=["own claim", "outside study without comparison", None],
    reach=pd.array([10, None, 300], dtype="Int64"),
)
PARTNERS = pd.DataFrame(
    [("a", "company", "pays", "supports"), ("b", "company", "pays", "works with"),
     ("b", "NGO", "teaches", "works with"), ("b", "NGO", "pays", "loose")],
    columns=["ecosystem_id", "type", "role", "tie"],
)  # fmt: skip
EVENTS = pd.DataFrame(
    [("a", 1, "event", "2011 | A second step [a-01]"), ("a", 2, "event", "2009 | A first step [a-02]"),
     ("b", 1, "event", "2001 | A school [b-01]"), ("b", 2, "title", "A story"),
     ("b", 3, "where", "Two towns [b-01] · since 2001 · children")],
    columns=["ecosystem_id", "order", "part", "text"],
).assign(language="en")  # fmt: skip
SMALL = DATA.replace(ecosystems=THREE, partners=PARTNERS, portraits=EVENTS)


def test_the_strongest_evidence_stands_first_and_what_has_none_is_left_out():
    assert compare.evidence(SMALL)[["ecosystem", "rung"]].to_numpy().tolist() == [
        ["B", "outside study"],
        ["A", "own claim"],
    ]


def test_events_of_all_in_the_order_of_their_first_ones():
    assert compare.events(SMALL).to_numpy().tolist() == [
        ["B", 2001, "A school"],
        ["A", 2009, "A first step"],
        ["A", 2011, "A second step"],
    ]


def test_measures_of_a_country_beside_the_median():
    figures = pd.DataFrame(
        [("PER", "oos_rate_lower_sec", 2020, 4.0), ("KEN", "oos_rate_lower_sec", 2020, 10.0),
         ("PER", "internet_users", 2009, 30.0), ("KEN", "internet_users", 2021, 50.0)],
        columns=["iso3", "indicator_id", "year", "value"],
    ).astype({"year": "Int64"})  # fmt: skip
    data = DATA.replace(country_figures=figures, country_figures_unesco=figures.head(0))
    table = compare.country_measures(data, "PER").set_index("measure")
    school = table.loc["Young teenagers in school"]
    assert (school["percent"], school["typical"], school["year"]) == (96.0, 93.0, 2020)
    assert pd.isna(table.at["People online", "percent"]) and table.at["People online", "typical"] == 50.0
