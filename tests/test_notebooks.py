"""nbval reruns every chapter (see ``make test``); here: that it would notice, and that bad tables stop the build."""

import os
import shutil
import subprocess
import sys

import pytest

from ecosystems.tables import ROOT


@pytest.fixture
def tables(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path / "data"


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def run(tables, *command):
    return subprocess.run([sys.executable, *command], cwd=ROOT, env={**os.environ, "ECOSYSTEMS_DATA": str(tables)}, capture_output=True, text=True)


def test_nbval_fails_when_a_table_changes(tables):
    """One row less, and every cell that shows it differs from what is stored."""
    chapter = "book/method.ipynb"
    assert run(tables, "-m", "pytest", chapter).returncode == 0
    change(tables / "spot_check.csv", '"supported",54', '"supported",53')
    changed = run(tables, "-m", "pytest", chapter)
    assert changed.returncode == 1
    assert "Cell outputs differ" in changed.stdout and "53 of 67 rows" in changed.stdout


def test_bad_tables_stop_the_build_before_anything_is_made(tables):
    edition = ROOT / "_build" / "edition"
    before = {p: p.stat().st_mtime_ns for p in edition.rglob("*") if p.is_file()}
    change(tables / "facts.csv", ",kepler-rwanda,", ",keppler-rwanda,")
    run(tables, "scripts/describe_data.py")
    stopped = run(tables, "scripts/build.py")
    assert stopped.returncode == 1
    assert "facts.csv" in stopped.stdout and "'keppler-rwanda'" in stopped.stdout and "Traceback" not in stopped.stdout + stopped.stderr
    assert {p: p.stat().st_mtime_ns for p in edition.rglob("*") if p.is_file()} == before
