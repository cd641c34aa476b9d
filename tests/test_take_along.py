"""Notebooks to take along: they hold their pictures, and run from the unpacked zip, without the repository."""

import json
import os
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib.metadata import packages_distributions, requires
from urllib.parse import unquote

import nbformat
import pytest

from ecosystems.editions import run
from ecosystems.editions.downloads import wheel_name
from ecosystems.tables import ROOT

pytestmark = [pytest.mark.book, pytest.mark.slow]

EDITION = ROOT / "_build" / "edition"
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
where = "import ecosystems, ecosystems.tables as t; (ecosystems.__file__, t.folder())"
notebook.cells.append(nbformat.v4.new_code_cell(where))
NotebookClient(notebook, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(notebook, sys.argv[3])
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder of the zip, and that of the package in it."""
    place = tmp_path_factory.mktemp("reader")
    with zipfile.ZipFile(EDITION / "learning-ecosystems.zip") as archive:
        archive.extractall(place)
    folder = place / "learning-ecosystems"
    with zipfile.ZipFile(folder / "notebooks" / wheel_name()) as archive:
        archive.extractall(place / "package")
    return folder, place / "package"


def execute(notebook, package, out):
    """Run a notebook with the package alone; returns its outputs and what the last cell tells."""
    hidden = ("ECOSYSTEMS_", "JUPYTER_DEFAULT", "EDITION_", "SOURCE_DATE")
    env = {k: v for k, v in os.environ.items() if not k.startswith(hidden)} | {"PYTHONPATH": str(package)}
    command = [sys.executable, "-P", "-c", EXECUTE, str(notebook), str(notebook.parent), str(out)]
    done = subprocess.run(command, cwd=out.parent, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    *cells, last = texts(out)
    return cells, "".join(last)


def texts(path):
    cells = nbformat.read(path, 4).cells
    return [[o.get("data", {}).get("text/plain") for o in c.outputs] for c in cells if c.cell_type == "code"]


@pytest.mark.parametrize("name", ["data", "ecosystems/kepler-rwanda", "scan"])
def test_a_notebook_runs_without_the_repository_and_says_the_same(unpacked, tmp_path, name):
    folder, package = unpacked
    notebook = folder / "notebooks" / f"{name}.ipynb"
    found, used = execute(notebook, package, tmp_path / "out.ipynb")
    assert str(package) in used and str(folder / "data") in used, used
    assert found == texts(notebook)


def test_a_changed_row_changes_the_notebook_and_without_tables_the_package_has_its_own(unpacked, tmp_path):
    folder, package = unpacked
    alone = tmp_path / "alone" / "index.ipynb"
    alone.parent.mkdir()
    alone.write_bytes((folder / "notebooks" / "index.ipynb").read_bytes())
    found, used = execute(alone, package, tmp_path / "out.ipynb")
    assert found == texts(alone) and str(package / "ecosystems" / "project" / "data") in used
    tables = tmp_path / "alone" / "data"
    (folder / "data").rename(tables)
    try:
        rows = (tables / "initiatives.csv").read_text("utf-8").splitlines(keepends=True)
        (tables / "initiatives.csv").write_text("".join(rows[:-1]), "utf-8")
        found, _ = execute(alone, package, tmp_path / "out.ipynb")
        assert f"{len(rows) - 2} initiatives" in str(found)
    finally:
        tables.rename(folder / "data")


def test_the_package_names_what_chapters_import():
    with zipfile.ZipFile(EDITION / "notebooks" / wheel_name()) as archive:
        about = Parser().parsestr(archive.read(next(n for n in archive.namelist() if n.endswith("/METADATA"))).decode())
    known, installed = packages_distributions(), {"ecosystems"}
    ask = [re.match(r"[\w-]+", n)[0] for n in about.get_all("Requires-Dist")]
    while ask:  # those that are named, and what these need
        if (name := ask.pop().lower().replace("_", "-")) not in installed:
            installed.add(name)
            ask += [re.match(r"[\w-]+", n)[0] for n in requires(name) or () if "extra ==" not in n and ";" not in n]
    others = [m for m, of in known.items() if not installed & {d.lower().replace("_", "-") for d in of}]
    assert {"sphinx", "nbformat", "typst"} <= set(others)
    code = f"import sys; sys.modules |= dict.fromkeys({others}); import ecosystems.charts, ecosystems.atlas"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1000:]


def test_notebooks_hold_pictures_for_those_who_do_not_run_them():
    """No form that Jupyter hides in a notebook of others: no script, no drawing outside a picture, no frame."""
    seen = 0
    for path in run.listed(ROOT):
        notebook = EDITION / "notebooks" / path.relative_to(ROOT / "book").with_suffix(".ipynb")
        assert notebook.stat().st_size < 600_000, path
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
            for data in (o["data"] for o in cell.get("outputs", []) if "data" in o):
                said = "".join(data.get("text/plain", ""))
                shown = "".join(data.get("text/html", ""))
                assert not set(data) & {"image/svg+xml", "application/javascript"} and not any(
                    "ecosystems" in k for k in data
                )
                assert not re.search(r"<(svg|script|iframe)\b", shown)
                if said.startswith("Figure "):
                    (picture,) = re.findall(r'<img alt="[^"]+" src="data:image/svg\+xml,([^"]+)"', shown)
                    seen += unquote(picture).startswith("<svg") and said.partition(": ")[2][:20] in shown.replace(
                        "&#x27;", "'"
                    )
    assert seen == len(list((EDITION / "exhibits").glob("*.svg")))
