"""``make store`` says in words what changed, and nbval would fail on each such change."""

import re

import nbformat
import pytest
import store_outputs as store

from ecosystems import analysis, charts, tables
from ecosystems.figure import Table
from ecosystems.words import prose

DATA = tables.read()


def text(shown):
    return shown._repr_mimebundle_()["text/plain"]


def test_a_figure_that_says_something_else():
    fewer = DATA.replace(
        spot_check=DATA.spot_check.assign(
            rows=DATA.spot_check["rows"].mask(DATA.spot_check["outcome"] == "supported", 25)
        )
    )
    a, b = charts.spot_check(DATA, analysis.spot_check(DATA)), charts.spot_check(fewer, analysis.spot_check(fewer))
    said = store.told("spot-check", text(a), text(b), a.csv, b.csv)
    assert said.startswith("Figure spot_check: says now: Of [112 -> 87] entries drawn at")
    assert "its data: 1 row changed" in said and "supported | [75 -> 50]" in said


def test_a_drawing_that_changed_alone():
    before = text(charts.spot_check(DATA, analysis.spot_check(DATA)))
    after = re.sub(r"drawing \w+", "drawing 0123456789abcdef", before)
    assert store.told("spot-check", before, after) == "Figure spot_check: the drawing only"


def test_a_table_with_other_rows():
    rows = charts.lists.key_numbers(DATA)
    columns = {"what": "What", "value": "How many"}
    changed = rows.assign(value=rows["value"].mask(rows["what"] == "Countries of the scan", "1")).iloc[:-1]
    said = store.told(
        "key-numbers", text(Table(rows, "Numbers.", columns, "n")), text(Table(changed, "Numbers.", columns, "n"))
    )
    assert said.startswith("Table n: 1 row changed and 1 row removed") and f"[{rows['value'].iloc[1]} -> 1]" in said


def test_a_paragraph_with_another_number_and_what_is_new_or_gone():
    a, b = (text(prose("The scan holds {n} initiatives, each with its source.", n=n)) for n in (387, 1388))
    assert store.told("lead", a, b) == "cell lead: The scan holds [387 -> 1,388] initiatives, each with"
    assert (
        store.told("spot-check", "", text(charts.spot_check(DATA, analysis.spot_check(DATA))))
        == "Figure spot_check: new"
    )
    assert store.told("lead", a, "") == "cell lead: gone"


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    cells = [
        nbformat.v4.new_code_cell(
            "x", id="x", outputs=[nbformat.v4.new_output("display_data", {"text/plain": "one"})], execution_count=1
        )
    ]
    path = tmp_path / "chapter.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)) + "\n", "utf-8")
    return path


def test_what_is_kept_is_text_and_changes_only_with_it(chapter, monkeypatch):
    shown = {"text/plain": "two", "image/svg+xml": "<svg/>", store.MIME: {"slug": "x"}}
    monkeypatch.setattr(
        store.run, "results", lambda notebook: [[{"output_type": "display_data", "data": shown, "metadata": {}}]]
    )
    assert store.store(chapter) == ["cell x: [one -> two]"]
    assert nbformat.read(chapter, 4).cells[0].outputs[0].data == {"text/plain": "two"}
    assert store.store(chapter) is None


def test_a_data_frame_is_kept_as_a_table_and_other_html_is_not(chapter, monkeypatch):
    frame = '<table border="1" class="dataframe"></table>'
    shown = [{"text/plain": "a", "text/html": html} for html in (frame, "<iframe></iframe>")]
    outputs = [{"output_type": "display_data", "data": data, "metadata": {}} for data in shown]
    monkeypatch.setattr(store.run, "results", lambda notebook: [outputs])
    store.store(chapter)
    kept = nbformat.read(chapter, 4).cells[0].outputs
    assert [o.data for o in kept] == [{"text/plain": "a", "text/html": frame}, {"text/plain": "a"}]
