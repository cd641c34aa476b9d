"""Headlines written by hand hold only while the data say so."""

import copy

import pytest
from figures import CELLS, figure

from ecosystems import headlines, tables

DATA = tables.read()
ENTRIES = headlines.read()
FIGURES = {name: figure(name, DATA) for name in ENTRIES if name in CELLS}


def without(condition, value):
    """A value that just misses a condition."""
    if isinstance(condition, list):
        return condition[1] + 1 if isinstance(value, int) else condition[1] + 0.1
    return f"other than {condition}" if isinstance(condition, str) else condition + 1


def test_every_headline_belongs_to_a_figure_of_a_chapter():
    assert FIGURES.keys() == ENTRIES.keys()


@pytest.mark.parametrize("name", FIGURES)
def test_a_headline_is_in_force_today_and_short(name):
    said = headlines.headline(name, FIGURES[name].values, DATA)
    assert said and FIGURES[name].finding == said
    assert len(said.split()) <= headlines.WORDS and not said.endswith(".") and "{" not in said


CONDITIONS = [(name, key) for name, entry in ENTRIES.items() for key in entry["when"]]


@pytest.mark.parametrize(("name", "key"), CONDITIONS)
def test_each_condition_that_fails_takes_the_headline_away(name, key):
    values = copy.copy(FIGURES[name].values)
    values[key] = without(ENTRIES[name]["when"][key], values[key])
    assert headlines.headline(name, values, DATA) is None


def test_the_computed_sentence_stands_in_when_the_tables_change():
    figures = DATA.country_figures
    grown = (figures["indicator_id"] == "pop_0_14") & (figures["iso3"] == "CHN") & (figures["year"] == 2025)
    more = DATA.replace(country_figures=figures.assign(value=figures["value"].mask(grown, figures["value"] * 3)))
    said = figure("children_by_region", more).finding
    assert said != figure("children_by_region", DATA).finding and "only Africa" not in said
    assert said.startswith(f"{round(100 - figure('children_by_region', more).data['percent'].iloc[-1])}% of the world")


def test_a_scan_of_ones_own_has_computed_sentences(monkeypatch):
    monkeypatch.setattr(tables.Tables, "report", None)
    assert headlines.headline("children_by_region", FIGURES["children_by_region"].values, DATA) is None


def test_a_field_that_a_figure_does_not_give_is_told_in_one_sentence(tmp_path):
    file = tmp_path / "headlines.toml"
    file.write_text('[spot_check]\nheadline = "{share} matched"\nwhen = {whole = [0, 9]}\n')
    with pytest.raises(ValueError, match=r"\[spot_check\] asks for the value share; its figure gives whole"):
        headlines.headline("spot_check", {"whole": 5}, DATA, file)
    file.write_text('[spot_check]\nheadline = "All matched"\n')
    with pytest.raises(ValueError, match="at least one condition"):
        headlines.read(file)
