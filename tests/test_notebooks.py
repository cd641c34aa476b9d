"""nbval reruns every chapter (see ``make test``); here: that it would notice, and that bad tables stop the build."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pandas as pd
import pytest

from ecosystems.editions import run as run_chapter
from ecosystems.editions.run import results
from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def tables(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path / "data"


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def run(tables, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "ECOSYSTEMS_DATA": str(tables), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


SETUP = """from ecosystems import analysis, charts, tables
from ecosystems.figure import Table
from ecosystems.words import prose

data = tables.read()"""
CHECK = "charts.spot_check(data, analysis.spot_check(data))"
PLANTED = {  # cell: what stands in it, what the stored output says, what is planted there
    "finding": (CHECK, r"Of 112 entries", "Of 111 entries"),
    "alt": (CHECK, r"Seen: Bars", "Seen: Dots"),
    "data": (CHECK, r"Data \w{4}", "Data 0000"),
    "drawing": (CHECK, r"drawing \w{4}", "drawing 0000"),
    "table": (
        'Table(data.spot_check, "Sample.", {"outcome": "Outcome", "rows": "Rows"}, id="sample")',
        r"supported \| 54",
        "supported | 53",
    ),
    "prose": ('prose("{n} rows", n=len(data.spot_check))', r"\d+ rows", "99 rows"),
    "analysis": ('data.spot_check[["outcome", "rows"]].head(2)', r"54", "53"),
    "untouched": (CHECK, "", ""),
}


def test_nbval_fails_on_each_kind_of_change_and_on_nothing_else(tmp_path):
    """A finding, an alternative text, the digests of data and drawing, cells of a table and of an analysis, prose."""
    v4 = nbformat.v4
    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell(SETUP, id="setup"),
            *(v4.new_code_cell(source, id=name) for name, (source, _, _) in PLANTED.items()),
        ]
    )
    for number, (cell, outputs) in enumerate(zip(notebook.cells, results(notebook), strict=True), 1):
        cell.execution_count, cell.outputs = number, [nbformat.from_dict(o) for o in outputs]
        _, old, new = PLANTED.get(cell.id, ("", "", ""))
        for output in cell.outputs:
            output.data = {
                kind: re.sub(old, new, output.data[kind]) if old else output.data[kind]
                for kind in ("text/plain", "text/markdown")
                if kind in output.data
            }
    assert failed(tmp_path, notebook, ROOT / "data") == set(PLANTED) - {"untouched"}


def failed(folder, notebook, tables):
    """The cells of a notebook in which nbval, run as ``make test`` runs it, finds something else than is stored."""
    path = folder / "planted.ipynb"
    path.write_text(nbformat.writes(notebook), "utf-8")
    options = ("-p", "conftest", "-c", "pyproject.toml", "--rootdir", str(ROOT), "-rA")
    ran = run(tables, "-m", "pytest", *options, str(path))
    assert "passed" in ran.stdout, ran.stdout[-3000:]
    cells = [c.id for c in notebook.cells if c.cell_type == "code"]
    return {cells[int(n)] for n in re.findall(r"^FAILED .*Cell (\d+)", ran.stdout, flags=re.M)}


CHAPTER = {
    "setup": SETUP,
    "counted": 'counted = data.scan[data.scan["reach"].fillna(0) > 0].astype({"reach": float})\nlen(counted)',
    "reach": "charts.scan_reach(data, counted)",
    "checked": "checked = analysis.spot_check(data)\nchecked",
    "spot-check": "charts.spot_check(data, checked)",
}


@pytest.fixture(scope="module")
def chapter():
    """An analysis and its figure, and others that have nothing to do with them, as a chapter stores them."""
    v4 = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source, id=name) for name, source in CHAPTER.items()])
    stored = run_chapter.filled(nbformat.writes(notebook))
    for output in (o for c in stored.cells for o in c.outputs):
        output.data = {kind: text for kind, text in output.data.items() if kind in run_chapter.TEXTS}
    return stored


def test_a_changed_row_fails_the_analysis_and_the_figure_of_its_table(chapter, tables, tmp_path):
    rows = pd.read_csv(tables / "initiatives.csv", dtype=str, keep_default_na=False)
    rows.loc[rows.index[rows["reach"] != ""][0], "reach"] = ""
    rows.to_csv(tables / "initiatives.csv", index=False)
    assert failed(tmp_path, chapter, tables) == {"counted", "reach"}


@pytest.mark.parametrize(
    "cell, old, new, wanted",
    [
        ("counted", "> 0", "> 5000", {"counted", "reach"}),
        (
            "setup",
            "data =",
            'from ecosystems import style\nstyle.COLOURS["main"] = "#123456"\ndata =',
            {"reach", "spot-check"},
        ),
    ],
    ids=["a threshold", "a colour"],
)
def test_a_change_in_a_chapter_fails_where_it_shows(chapter, tmp_path, cell, old, new, wanted):
    """A threshold its table and its figure; a colour the drawings alone, whose tables are the same."""
    changed = nbformat.from_dict(chapter)
    planted = next(c for c in changed.cells if c.id == cell)
    assert old in planted.source
    planted.source = planted.source.replace(old, new)
    assert failed(tmp_path, changed, ROOT / "data") == wanted


def test_bad_tables_stop_the_build_before_anything_is_made(tables):
    edition = ROOT / "_build" / "edition"
    before = {p: p.stat().st_mtime_ns for p in edition.rglob("*") if p.is_file()}
    change(tables / "facts.csv", ",kepler-rwanda,", ",keppler-rwanda,")
    run(tables, "scripts/describe_data.py")
    stopped = run(tables, "scripts/build.py")
    assert stopped.returncode == 1
    said = stopped.stdout + stopped.stderr
    assert "facts.csv" in said and "'keppler-rwanda'" in said and "Traceback" not in said
    assert not (tables / "_build" / "edition").exists()
    assert {p: p.stat().st_mtime_ns for p in edition.rglob("*") if p.is_file()} == before
