"""What the figures on context and policy say follows the country figures, and does not say more than they do."""

import pandas as pd
import pytest
from figures import figure

from ecosystems import analysis, tables

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error")]

DATA = tables.read()
FIGURES = [
    "children_by_region",
    "learning_poverty_map",
    "out_of_school_by_income",
    "out_of_school_children",
    "out_of_school_map",
    "reading_by_income",
    "reading_by_spending",
    "schooling_and_learning",
    "teens_out_of_school",
]


def with_figures(change):
    """The tables with changed country figures."""
    return DATA.replace(
        country_figures=change(DATA.country_figures), country_figures_unesco=change(DATA.country_figures_unesco)
    )


def one_value(figures):
    """One country and one year for each indicator, and no aggregate."""
    return figures[figures["iso3"] == "PER"].sort_values("year").groupby("indicator_id", as_index=False).tail(1)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.iloc[:0],
        lambda f: f.head(1),
        one_value,
        lambda f: f[f["iso3"] != "LIC"],
        lambda f: f[~f["iso3"].isin(["WLD"])],
        lambda f: f[f["year"] < 2010],
    ],
    ids=["empty", "one row", "one country", "a group missing", "no world", "all old"],
)
def test_gaps_in_the_country_figures_are_told_and_drawn(name, change):
    payload = figure(name, with_figures(change)).payload
    assert payload["finding"] and 40 <= len(payload["alt"]) <= 400
    assert not any(
        word in payload["finding"] + payload["subtitle"] + payload["alt"] + payload["note"]
        for word in ("nan", "<NA>", "  ")
    )


@pytest.mark.parametrize(
    ("name", "indicator"),
    [
        ("children_by_region", "pop_0_14"),
        ("learning_poverty_map", "learning_poverty"),
        ("reading_by_income", "learning_poverty"),
        ("reading_by_spending", "edu_exp_gdp"),
        ("out_of_school_children", "oos_children_primary_r2024"),
        ("out_of_school_map", "oos_rate_lower_sec"),
        ("out_of_school_by_income", "oos_rate_upper_sec"),
        ("schooling_and_learning", "lays"),
        ("teens_out_of_school", "oos_rate_lower_sec"),
    ],
)
def test_a_finding_follows_a_changed_number(name, indicator):
    def change(figures):
        ours = (figures["indicator_id"] == indicator) & (figures["iso3"] != "WLD")
        odd = figures["iso3"].map(lambda i: sum(map(ord, i)) % 2 == 0)
        return figures.assign(value=figures["value"].mask(ours & odd, figures["value"] * 0.3))

    before, after = figure(name, DATA), figure(name, with_figures(change))
    assert (before.finding, before.seen) != (after.finding, after.seen)
    assert before.csv != after.csv


def test_no_value_from_before_the_limit_is_drawn_as_of_today():
    for name in ("learning_poverty_map", "out_of_school_map", "reading_by_income"):
        assert figure(name, DATA).data["year"].min() >= analysis.SINCE


def test_the_note_counts_what_is_left_out():
    old = with_figures(
        lambda f: f.assign(year=f["year"].mask((f["indicator_id"] == "learning_poverty") & (f["iso3"] == "PER"), 2005))
    )
    left_out = [int(figure("learning_poverty_map", d).note.split(" value")[0].split()[-1]) for d in (DATA, old)]
    assert left_out[1] == left_out[0] + 1


def test_children_of_all_regions_make_up_the_world():
    table = figure("children_by_region", DATA).data
    assert table.groupby("year")["percent"].sum().sub(100).abs().max() < 0.3


def test_the_map_reaches_the_web_with_the_same_values():
    page = figure("out_of_school_map", DATA).payload["map"]
    row = figure("out_of_school_map", DATA).data.query("iso3 == 'NER'").iloc[0]
    assert "Niger" in page and f"({row.year})" in page


def test_work_with_the_public_system_counts_each_initiative_once():
    table = figure("public_by_setting", DATA).data
    assert table["initiatives"].sum() == len(DATA.initiatives)
    twice = pd.concat([DATA.codings, DATA.codings], ignore_index=True)
    assert figure("public_by_setting", DATA.replace(codings=twice)).finding == figure("public_by_setting", DATA).finding
