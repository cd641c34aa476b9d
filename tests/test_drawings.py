"""Drawings are stored by all that they are drawn from."""

import dataclasses
from pathlib import Path

import nbformat
import pytest
from figures import figure

from ecosystems import drawings, style, svg, tables
from ecosystems import figure as figures
from ecosystems.editions import run
from ecosystems.editions.run import execution
from ecosystems.figure import EXHIBITS
from typstbook.store import Store


@pytest.fixture
def draws(tmp_path, monkeypatch):
    """The drawings made since the last look; ``draws.state("code")`` says what they depend on besides their values."""
    made, draw = [], svg.draw

    def since():
        found = list(made)
        made.clear()
        return found

    def state(of):
        for name, value in drawings.setting(Store(tmp_path), tmp_path, of).items():
            monkeypatch.setenv(name, value)

    since.state = state
    state("code")
    monkeypatch.setattr(figures.svg, "draw", lambda drawing, prefix: made.append(prefix) or draw(drawing, prefix))
    return since


def checked(data=None):
    return figure("spot_check", data or tables.read())


def test_what_was_drawn_is_not_drawn_again(draws):
    first = [checked().drawing(layout) for layout in (style.WIDE, style.NARROW)]
    assert draws() == ["spot-check-w-", "spot-check-n-"]
    assert [checked().drawing(layout) for layout in (style.WIDE, style.NARROW)] == first and draws() == []
    assert first[0] != first[1]


def test_another_row_or_other_code_is_drawn_again(draws):
    data = tables.read()
    checked().drawing()
    fewer = checked(data.replace(spot_check=data.spot_check.iloc[1:]))
    assert fewer.drawing() != checked().drawing() and draws() == ["spot-check-w-"] * 2
    draws.state("other code")
    checked().drawing()
    assert draws() == ["spot-check-w-"]


def test_another_plot_of_the_same_table_counts(draws):
    made = checked()
    made.drawing()
    figures.replace(made, plot=dataclasses.replace(made.plot, row=0.5)).drawing()
    assert len(draws()) == 2
    figures.replace(made, finding="says something else").drawing()
    assert draws() == []


def test_what_a_cell_draws_itself_is_not_stored(draws):
    """It may read other variables of the chapter, which nobody knows."""
    own = figures.replace(checked(), plot=None, draw=lambda table, layout: style.canvas(layout, 1))
    own.drawing()
    own.drawing()
    assert len(draws()) == 2


def test_a_chapter_that_changes_settings_draws_with_them(tmp_path, monkeypatch):
    """A drawing of another chapter must not stand in for it."""
    monkeypatch.setattr(execution, "STORE", Store(tmp_path))
    change = "from ecosystems import analysis, charts, style, tables\n"
    book = {
        "plain": change,
        "colour": change + "style.COLOURS['main'] = '#123456'\n",
        "line": change + "import matplotlib; matplotlib.rcParams['font.size'] = 40\n",
    }
    cells = {
        name: nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(
                    f"{source}print(charts.spot_check(tables.read(), analysis.spot_check(tables.read())).drawing())"
                )
            ]
        )
        for name, source in book.items()
    }
    run.run(cells.items())
    drawn = {name: run.results(notebook)[0][0]["text"] for name, notebook in cells.items()}
    assert len(set(drawn.values())) >= 2 and drawn["colour"] != drawn["plain"]
    assert len(list(Path(tmp_path, "drawings").iterdir())) == 3


@pytest.mark.parametrize("name", sorted(EXHIBITS))
def test_every_drawing_of_the_book_is_stored(draws, name):
    """And no other row of a table costs one: what a drawing holds are values, never tables as a whole."""
    drawn = figure(name, tables.read()).drawing()
    assert len(draws()) == 1
    assert figure(name, tables.read()).drawing() == drawn and draws() == []
