"""Chapters run alone, afresh when something they stand on changes, and fail with their name."""

import nbformat
import pytest

from ecosystems.editions import execution
from ecosystems.figure import MIME


def chapter(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "STORE", tmp_path)
    yield tmp_path
    execution._ground.cache_clear()


def test_outputs_come_in_the_notebook_format():
    returned, printed, shown = execution.results(chapter("1 + 1", "print('a')", "display(2); 3"))
    assert returned == [{"output_type": "display_data", "data": {"text/plain": "2"}, "metadata": {}}]
    assert printed == [{"output_type": "stream", "name": "stdout", "text": "a\n"}]
    assert [o["data"]["text/plain"] for o in shown] == ["2", "3"]


def test_one_chapter_does_not_see_another():
    execution.results(chapter("secret = 1"))
    with pytest.raises(execution.ChapterFailed, match="secret"):
        execution.results(chapter("secret"))


def test_a_failing_cell_is_named_and_nothing_is_stored(store):
    with pytest.raises(execution.ChapterFailed, match=r"scan, code cell 2 \(1 / 0\): ZeroDivisionError"):
        execution.run([("scan", chapter("1", "1 / 0"))])
    assert not list(store.iterdir())


def test_a_result_is_used_again_until_a_table_changes(tmp_path, store, monkeypatch):
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "a.csv").write_text("a\n1\n")
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(tables))
    execution._ground.cache_clear()
    first = execution.key(chapter("1"))
    assert execution.key(chapter("1")) == first != execution.key(chapter("2"))
    (tables / "a.csv").write_text("a\n2\n")
    execution._ground.cache_clear()
    assert execution.key(chapter("1")) != first


def test_editions_get_our_outputs_without_the_copies():
    notebook = chapter("from ecosystems import charts, tables\ncharts.spot_check(tables.read())")
    (output,) = execution.read(nbformat.writes(notebook)).cells[0].outputs
    assert set(output["data"]) == {MIME}


def test_a_warning_of_a_library_stops_the_build():
    with pytest.raises(execution.ChapterFailed, match="warns: .*old thing"):
        execution.results(chapter("import sys; print('old thing', file=sys.stderr)"))
