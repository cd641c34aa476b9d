"""nbval reruns every chapter (see ``make test``); here: that it would notice, and that bad tables stop the build."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

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
    path = tmp_path / "planted.ipynb"
    path.write_text(nbformat.writes(notebook), "utf-8")
    ran = run(
        ROOT / "data",
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-c",
        "pyproject.toml",
        "--rootdir",
        str(ROOT),
        "-rA",
        str(path),
    )
    failed = {int(n) for n in re.findall(r"^FAILED .*Cell (\d+)", ran.stdout, flags=re.M)}
    assert failed == {list(PLANTED).index(name) + 1 for name in PLANTED if name != "untouched"}, ran.stdout[-3000:]


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
