"""Runs the chapters, and keeps their results for as long as nothing that they depend on changes.

A result is stored under a key made of the chapter's code cells, all tables, the figure code and the
versions of the libraries that draw; so a change in one of these is never missed. Chapters run in
forked copies of one process that has already imported everything; none sees what another did.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import nbformat

from ecosystems.figure import MIME
from ecosystems.tables import ROOT, folder

__all__ = ["ChapterFailed", "key", "read", "results", "run", "setup"]

STORE = ROOT / "_build" / "chapters"


class ChapterFailed(Exception):
    """A cell of a chapter raised an error."""


@cache
def _ground() -> str:
    """What every chapter stands on: tables, figure code, versions."""
    state = hashlib.sha256()
    code = ROOT / "src" / "ecosystems"
    files = [p for p in code.rglob("*") if p.suffix in (".py", ".ttf") and "editions" not in p.parts]
    for path in sorted([*files, *folder().iterdir(), Path(__file__)]):
        if path.is_file():
            state.update(f"{path.name}\0".encode() + path.read_bytes())
    for package in ("folium", "ipython", "matplotlib", "networkx", "numpy", "pandas"):
        state.update(f"{package}={version(package)}".encode())
    return state.hexdigest()


def key(notebook: nbformat.NotebookNode) -> str:
    """The name under which a chapter's results are stored."""
    code = [c.source for c in notebook.cells if c.cell_type == "code"]
    return hashlib.sha256(json.dumps([code, _ground()]).encode()).hexdigest()[:24]


def _cells(job: tuple[str, list[str]]) -> list[list[dict]]:
    """Run code cells one after the other in this process; the outputs of each, in notebook format."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    name, sources = job
    os.chdir(ROOT / "book")
    shell = InteractiveShell.instance()
    results = []
    for number, source in enumerate(sources, 1):
        # What a cell returns and what it displays, in one list, in order.
        shell.display_pub = CapturingDisplayPublisher()
        shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=shell.display_pub.outputs)
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            result = shell.run_cell(source, store_history=True)
        if error := result.error_before_exec or result.error_in_exec:
            raise ChapterFailed(f"{name}, code cell {number} ({source.strip().splitlines()[-1][:70]}): {type(error).__name__}: {error}")
        if err.getvalue():  # a warning of a library has no place in a book
            raise ChapterFailed(f"{name}, code cell {number} ({source.strip().splitlines()[-1][:70]}) warns: {err.getvalue().strip().splitlines()[0]}")
        outputs = [{"output_type": "stream", "name": "stdout", "text": out.getvalue()}] if out.getvalue() else []
        outputs += [{"output_type": "display_data", "data": o["data"], "metadata": o["metadata"] or {}} for o in shell.display_pub.outputs]
        results.append(outputs)
    return results


def run(chapters: Iterable[tuple[str, nbformat.NotebookNode]], tell: Callable[[str], None] = lambda line: None) -> None:
    """Run the chapters whose results are not stored, and store them.

    Parameters
    ----------
    chapters : pairs of name and notebook
    tell : callable
        Called with one line for each chapter that has run.

    Raises
    ------
    ChapterFailed
        Names the chapter and the cell.
    """
    todo = {}
    for name, notebook in chapters:
        path = STORE / f"{key(notebook)}.json"
        if not path.exists():
            todo[path] = (name, [c.source for c in notebook.cells if c.cell_type == "code"])
    if not todo:
        return
    _warm()
    STORE.mkdir(parents=True, exist_ok=True)
    workers = min(len(todo), os.cpu_count() or 1)
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=1) as pool:
        jobs = pool.imap(_cells, todo.values())
        for number, (path, (name, _)) in enumerate(todo.items(), 1):
            results = jobs.next()
            part = path.with_suffix(".part")
            part.write_text(json.dumps(results), "utf-8")
            part.replace(path)
            tell(f"chapter {number} of {len(todo)}: {name}")


def _warm() -> None:
    """Import what the chapters import, so that the forked copies need not."""
    import IPython.core.interactiveshell  # noqa: F401
    from matplotlib.backends import backend_svg  # noqa: F401

    import ecosystems.charts  # noqa: F401
    import ecosystems.maps  # noqa: F401


def results(notebook: nbformat.NotebookNode) -> list[list[dict]]:
    """The outputs of each code cell, run first if they are not stored."""
    path = STORE / f"{key(notebook)}.json"
    if not path.exists():
        run([("chapter", notebook)])
    return json.loads(path.read_text("utf-8"))


def read(text: str) -> nbformat.NotebookNode:
    """Reads a chapter for the editions: its text, with the results of its cells as they are now."""
    notebook = nbformat.reads(text, 4)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for cell, outputs in zip(code, results(notebook) if code else [], strict=True):
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
        for output in cell.outputs:
            if MIME in output.get("data", {}):
                output.data = {MIME: output.data[MIME]}
    return notebook


def _outdated(app, env, added, changed, removed):
    """Chapters whose results are no longer those in the environment."""
    from sphinx.util import logging

    chapters = {n: nbformat.read(env.doc2path(n), 4) for n in sorted(env.found_docs) if env.doc2path(n).endswith(".ipynb")}
    run(chapters.items(), logging.getLogger(__name__).info)
    keys = {n: key(c) for n, c in chapters.items()}
    known = getattr(env, "chapter_keys", {})
    env.chapter_keys = keys
    return [n for n in keys if n in known and known[n] != keys[n]]


def setup(app):
    """Sphinx's entry."""
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True}
