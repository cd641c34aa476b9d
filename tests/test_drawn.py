"""Drawings are kept by all that they are drawn from."""

import matplotlib
import pytest
from figures import figure

from ecosystems import figure as figures
from ecosystems import style, svg, tables
from ecosystems.editions import drawn


@pytest.fixture
def draws(tmp_path, monkeypatch):
    """The drawings made since the last look; the store is empty at first."""
    made, draw = [], svg.draw
    monkeypatch.setattr(drawn, "STORE", tmp_path / "drawings")
    monkeypatch.setattr(figures, "kept", figures.kept)
    monkeypatch.setattr(figures.svg, "draw", lambda drawing, prefix: made.append(prefix) or draw(drawing, prefix))
    drawn.keep("code")

    def since():
        found = list(made)
        made.clear()
        return found

    return since


def checked(data=None):
    return figure("spot_check", data or tables.read())


def test_what_was_drawn_is_not_drawn_again(draws):
    first = [checked().drawing(layout) for layout in (style.WIDE, style.NARROW)]
    assert draws() == ["spot-check-w-", "spot-check-n-"]
    assert [checked().drawing(layout) for layout in (style.WIDE, style.NARROW)] == first and draws() == []
    assert first[0] != first[1]


def _another_row(monkeypatch):
    table = tables.read().spot_check
    return tables.read().replace(spot_check=table.iloc[1:])


@pytest.mark.parametrize(
    "change",
    [
        _another_row,
        lambda patch: patch.setitem(style.COLOURS, "main", "#123456"),
        lambda patch: patch.setattr(style, "wrap", lambda text, width: text.upper()),
        lambda patch: patch.setitem(matplotlib.rcParams, "lines.linewidth", 9.0),
        lambda patch: drawn.keep("other code"),
    ],
)
def test_it_is_drawn_again_when_anything_it_is_drawn_from_changes(draws, monkeypatch, change):
    checked().drawing()
    assert len(draws()) == 1
    data = change(monkeypatch)
    made = checked(data if isinstance(data, tables.Tables) else None)
    kept = made.drawing()
    assert len(draws()) == 1
    with style.apply(style.WIDE):
        assert kept == svg.draw(made._drawer(style.WIDE), "spot-check-w-")


def test_what_no_build_has_used_goes(draws, monkeypatch):
    checked().drawing()
    drawn.clear()
    assert len(list(drawn.STORE.iterdir())) == 1
    monkeypatch.setattr(drawn, "UNUSED", -1)
    drawn.clear()
    assert not list(drawn.STORE.iterdir())
