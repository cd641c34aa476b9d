"""Drawings are kept by all that they are drawn from."""

import inspect
import io
import shutil

import matplotlib
import pytest

from ecosystems import charts, figure, style, svg, tables
from ecosystems.editions import drawn
from ecosystems.figure import EXHIBITS

pytestmark = pytest.mark.slow

NAMES = sorted(EXHIBITS)


@pytest.fixture
def draws(tmp_path, monkeypatch):
    """The drawings made since the last look; the store is empty at first."""
    made, draw = [], svg.draw
    monkeypatch.setattr(drawn, "STORE", tmp_path / "drawings")
    monkeypatch.setattr(figure, "kept", figure.kept)
    monkeypatch.setattr(figure.svg, "draw", lambda drawing, prefix: made.append(prefix) or draw(drawing, prefix))
    drawn.keep("code")

    def since():
        found = list(made)
        made.clear()
        return found

    return since


def checked(data=None):
    return charts.spot_check(data or tables.read())


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
        assert kept == svg.draw(made.draw(style.WIDE), "spot-check-w-")


def test_a_function_that_holds_tables_counts_with_all_of_them(draws, tmp_path):
    folder = shutil.copytree(tables.OWN, tmp_path / "data")

    def made():
        data = tables.read(folder)
        return figure.replace(checked(data), draw=lambda layout: style.nothing(layout, str(len(data.events))))

    made().drawing()
    made().drawing()
    assert len(draws()) == 1
    (folder / "events.csv").write_text(
        (folder / "events.csv").read_text("utf-8").rpartition("\n")[0].rpartition("\n")[0] + "\n", "utf-8"
    )
    made().drawing()
    assert len(draws()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_drawing_of_the_book_holds_tables(name):
    """So that a row which does not show in a drawing does not cost one."""

    class Pickler(drawn._Pickler):
        def persistent_id(self, value):
            assert not isinstance(value, tables.Tables), f"{name} draws from tables; it should get values"
            return super().persistent_id(value)

    function = EXHIBITS[name]
    made = function(tables.read(), *(["kepler-rwanda"] if len(inspect.signature(function).parameters) > 1 else []))
    Pickler(io.BytesIO()).dump(made.draw)


def test_what_no_build_has_used_goes(draws, monkeypatch):
    checked().drawing()
    drawn.clear()
    assert len(list(drawn.STORE.iterdir())) == 1
    monkeypatch.setattr(drawn, "UNUSED", -1)
    drawn.clear()
    assert not list(drawn.STORE.iterdir())
