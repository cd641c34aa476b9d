"""Runs the chapters, and keeps their results for as long as nothing that they used changes.

While a chapter runs, it is noted which files it opens and which modules of this project it touches. To these come
what the modules import, and the environment: Python, the installed packages, the fonts. A stored result is used as
long as all of this is still the same. Chapters run in forked copies of one process that has already imported
everything; none sees what another did.
"""

from __future__ import annotations

import ast
import hashlib
import json
import multiprocessing
import os
import pickle
import platform
import re
import subprocess
import sys
import sysconfig
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path
from types import FunctionType, ModuleType

import nbformat

from ecosystems import tables
from ecosystems.editions import drawn
from ecosystems.figure import EXHIBITS, MIME
from ecosystems.tables import ROOT, folder, unmeasured

__all__ = ["ChapterFailed", "find", "opened", "payload", "read", "ready", "results", "run", "setup", "stored", "warm"]

STORE = ROOT / "_build" / "chapters"
SOURCES = ROOT / "src"
TABLES = "tables:"
KEPT = ("text/plain", "text/markdown")  # of a result, in a stored chapter
UNUSED = 2 * 24 * 3600  # seconds after which a result that no build has used is removed
GATHERS = "ecosystems.charts"  # every figure function under one name


class ChapterFailed(Exception):
    """A cell of a chapter raised an error."""


# -- what a chapter stands on ---------------------------------------------------------------------------------------


def _sha(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()[:24]


@cache
def _environment() -> str:
    """Python, every installed package with its version, the fonts, and how chapters are run."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    packages = sorted(p.name for place in places for p in Path(place).glob("*.dist-info"))
    files = [*sorted((SOURCES / "ecosystems" / "fonts").glob("*.ttf")), Path(__file__), Path(drawn.__file__)]
    return _sha(json.dumps([sys.version, platform.machine(), packages, *(_sha(p.read_bytes()) for p in files)]))


@lru_cache(4096)
def _content(path: Path, changed: int, size: int) -> str:
    content = path.read_bytes()
    # Measures of the tables stand in their description too, but no chapter can see them there.
    return _sha(json.dumps(unmeasured(json.loads(content)))) if path.name == "datapackage.json" else _sha(content)


def digest(name: str) -> str:
    """What a thing is now: ``environment``, ``tables:...`` in the folder of the tables, another file of the project; "" if it is not there."""
    if name == "environment":
        return _environment()
    path = folder() / name.removeprefix(TABLES) if name.startswith(TABLES) else ROOT / name
    if not path.is_file():
        return ""
    state = path.stat()
    return _content(path, state.st_mtime_ns, state.st_size)


@cache
def _source(module: str) -> Path | None:
    path = SOURCES.joinpath(*module.split("."))
    return next((p for p in (path / "__init__.py", path.with_suffix(".py")) if p.is_file()), None)


def _figure_modules() -> list[str]:
    return [f"{GATHERS}.{p.stem}" for p in _source(GATHERS).parent.glob("*.py") if p.stem != "__init__"]


@cache
def _needs(path: Path) -> list[str]:
    """What a module of the project imports, by name."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
    return found


def closure(modules: Iterable[str]) -> set[Path]:
    """Files of these modules of the project and of all that they import, directly or not."""
    found: dict[str, Path] = {}
    todo = list(modules)
    while todo:
        name = todo.pop()
        path = _source(name)
        if name in found or not path:
            continue
        found[name] = path
        if name == GATHERS:  # which of them are used is noted one by one
            continue
        imported = _needs(path)
        todo += imported + (_figure_modules() if "ecosystems.figure.EXHIBITS" in imported else [])
    return set(found.values())


_imported = {p: _sha(p.read_bytes()) for p in SOURCES.rglob("*.py")}
"""Modules as they are in this process, whatever becomes of their files."""


class Used:
    """Notes what this process uses, from now to its end."""

    def __init__(self):
        self.modules: set[str] = set()
        self.files: dict[str, str] = {}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "ecosystems":
                for value in list(vars(module).values()):
                    if (
                        hasattr(value, "cache_clear")
                        and value.__module__ == name
                        and value not in (_content, _environment, _needs, _source, tables._parsed)
                    ):
                        value.cache_clear()  # what was read before this copy was made counts as well
                module.__class__ = self._watched()
        self.before = set(sys.modules)
        sys.addaudithook(self._hear)

    def _watched(used) -> type:
        class Watched(ModuleType):
            def __getattribute__(self, name):
                value = super().__getattribute__(name)
                if not name.startswith("__"):
                    module = super().__getattribute__("__name__")
                    used.modules.add(module)
                    if isinstance(value, ModuleType):
                        used.modules.add(value.__name__)
                    elif module == GATHERS or value is EXHIBITS:
                        used.modules.update(
                            [value.__module__] if isinstance(value, FunctionType | type) else _figure_modules()
                        )
                return value

        return Watched

    def _hear(self, event: str, arguments: tuple) -> None:
        if (
            event == "open"
            and isinstance(arguments[0], str | bytes | os.PathLike)
            and not set(arguments[1] or "r") & set("wax+")
        ):
            path = Path(os.path.abspath(os.fsdecode(arguments[0])))
            for place, prefix in ((folder(), TABLES), (ROOT, "")):
                if path.is_relative_to(place):
                    name = prefix + path.relative_to(place).as_posix()
                    if name not in self.files and name.partition("/")[0] not in ("src", "_build", ".venv", ".git"):
                        self.files[name] = ""  # reading it for its digest is heard too
                        self.files[name] = digest(name)
                    return

    def names(self) -> dict[str, str]:
        """Everything used, with what it was."""
        new = [m for n, m in sys.modules.items() if n not in self.before]
        files = closure([*self.modules, *(m.__name__ for m in new)])
        return {
            "environment": _environment(),
            **self.files,
            **{p.relative_to(ROOT).as_posix(): _imported.get(p, "") for p in files},
        }


# -- running --------------------------------------------------------------------------------------------------------


@lru_cache(4096)
def _notebook(path: Path, changed: int, size: int) -> nbformat.NotebookNode:
    return nbformat.read(path, 4)


def opened(path: Path) -> nbformat.NotebookNode:
    """A chapter's file, read once for all copies of this process; nobody writes to it."""
    state = path.stat()
    return _notebook(path, state.st_mtime_ns, state.st_size)


def _code(notebook: nbformat.NotebookNode) -> list[str]:
    return [c.source for c in notebook.cells if c.cell_type == "code"]


def find(notebook: nbformat.NotebookNode) -> Path | None:
    """The stored result of a chapter: a file of two lines, what was used and the outputs; None if there is none that still holds."""
    for path in STORE.glob(f"{_sha(json.dumps(_code(notebook)))}-*.json"):
        with path.open(encoding="utf-8") as lines:
            if all(digest(name) == was for name, was in json.loads(next(lines)).items()):
                os.utime(path)  # in use
                return path
    return None


def _keep(sources: list[str], used: dict[str, str], outputs: list[list[dict]]) -> Path:
    """Store a result; the second part of its name changes with the outputs, and with nothing else."""
    lines = [json.dumps(used, sort_keys=True), json.dumps(outputs)]
    STORE.mkdir(parents=True, exist_ok=True)
    path = STORE / f"{_sha(json.dumps(sources))}-{_sha(lines[0])}-{_sha(lines[1])}.json"
    part = path.with_suffix(".part")
    part.write_text("\n".join(lines) + "\n", "utf-8")
    part.replace(path)
    for old in STORE.glob("*.json"):
        if old.stat().st_mtime < time.time() - UNUSED:
            old.unlink(missing_ok=True)
    return path


def _plain(text: str) -> str:
    """At most three short lines, without what a terminal would obey."""
    lines = [re.sub(r"\x1b\[[\d;]*m|[\0-\x1f\x7f-\x9f]", "", line)[:200] for line in text.strip().splitlines()]
    return "\n".join(lines[:2] + ["..."] * (len(lines) > 2))


def _place(name: str, number: int, source: str, line: int, said: str) -> str:
    """Chapter, cell and line, with the lines around it."""
    lines = source.splitlines()
    around = [
        f"  {'>' if n == line else ' '} {n:3}  {lines[n - 1][:110]}\n"
        for n in range(max(1, line - 1), min(len(lines), line + 1) + 1)
        if line
    ]
    return f"{name}, code cell {number}{f', line {line}' if line else ''} {said}:\n{''.join(around)}"


def _complaint(name: str, number: int, source: str, error: Exception) -> str:
    """What went wrong where, in ten lines: in the cell, and in this project's code if the cell called it."""
    frames = [(f.filename, f.lineno, f.name) for f in traceback.extract_tb(error.__traceback__)]
    inside = [lineno for file, lineno, _ in frames if file.startswith("<ipython-input") or "ipykernel" in file]
    line = error.lineno if isinstance(error, SyntaxError) and not inside else inside[-1] if inside else 0
    code = [
        f"in {Path(file).relative_to(ROOT)}, line {lineno}, {function}\n"
        for file, lineno, function in frames
        if Path(file).is_relative_to(SOURCES)
    ]
    return (
        _place(name, number, source, line or 0, "fails")
        + "".join(code[-1:])
        + _plain(f"{type(error).__name__}: {error}")
    )


def _cells(job: tuple[str, list[str]]) -> tuple[dict[str, str], list[list[dict]]]:
    """Run code cells one after the other in this process; what they used, and the outputs of each in notebook format."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    name, sources = job
    os.environ["ECOSYSTEMS_DATA"] = str(folder())  # wherever the cells go
    os.environ["ECOSYSTEMS_EDITION"] = "1"  # figures and tables give all that an edition needs
    os.chdir(ROOT / "book")
    shell = _shell()
    sys.modules["__main__"] = shell.user_module
    # IPython prints an error of what is displayed, and goes on.
    unshown: list[Exception] = []
    shell.showtraceback = lambda exc_tuple=None, **_: unshown.append((exc_tuple or sys.exc_info())[1])
    drawn.keep(
        _environment()
        + "".join(
            was
            for path, was in sorted(_imported.items())
            if not path.is_relative_to(SOURCES / "ecosystems" / "editions")
        )
    )
    used = Used()
    results = []
    for number, source in enumerate(sources, 1):
        # What a cell returns and what it displays, in one list, in order.
        shell.display_pub = CapturingDisplayPublisher()
        shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=shell.display_pub.outputs)
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            result = shell.run_cell(source, store_history=True)
        if error := result.error_before_exec or result.error_in_exec or (unshown and unshown[0]):
            raise ChapterFailed(_complaint(name, number, source, error))
        if err.getvalue():  # a warning of a library has no place in a book
            line = re.match(r"<ipython-input\S*?>:(\d+)", err.getvalue())
            raise ChapterFailed(
                _place(name, number, source, int(line[1]) if line else 0, "warns") + _plain(err.getvalue())
            )
        outputs = [{"output_type": "stream", "name": "stdout", "text": out.getvalue()}] if out.getvalue() else []
        outputs += [
            {"output_type": "display_data", "data": o["data"], "metadata": o["metadata"] or {}}
            for o in shell.display_pub.outputs
        ]
        results.append(outputs)
    return used.names(), results


def _elsewhere(job: tuple[str, list[str], str]) -> tuple[dict[str, str], list[list[dict]]]:
    """The same in a process of its own, wherever this is called: on a worker of a Dask cluster."""
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import _answer; _answer()"],
        input=pickle.dumps(job),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise ChapterFailed(f"{job[0]} was not run: {_plain(done.stderr.decode('utf-8', 'replace')[-500:])}")
    result = pickle.loads(done.stdout)
    if isinstance(result, ChapterFailed):
        raise result
    return result


def _answer() -> None:
    """Run the chapter that is asked for: name, cells and the folder of its tables."""
    name, cells, os.environ["ECOSYSTEMS_DATA"] = pickle.load(sys.stdin.buffer)
    out, sys.stdout = sys.stdout.buffer, sys.stderr
    warm()
    try:
        answer = _cells((name, cells))
    except ChapterFailed as failure:
        answer = failure
    out.write(pickle.dumps(answer))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _runner(number: int) -> Iterator[Callable]:
    """What runs jobs and gives their results in order: processes forked from this one or, with ``ECOSYSTEMS_DASK``, the cluster at that address."""
    if address := os.environ.get("ECOSYSTEMS_DASK"):
        from distributed import Client

        with Client(address) as client:
            yield lambda jobs: (
                f.result() for f in client.map(_elsewhere, [(*job, str(folder())) for job in jobs], pure=False)
            )
    else:
        with multiprocessing.get_context("fork").Pool(min(number, processors()), maxtasksperchild=1) as pool:
            yield lambda jobs: pool.imap(_cells, jobs)


def run(
    chapters: Iterable[tuple[str, nbformat.NotebookNode]], tell: Callable[[str], None] = lambda line: None
) -> dict[str, Path]:
    """Run the chapters that have no stored result, and store it.

    Parameters
    ----------
    chapters : pairs of name and notebook
    tell : callable
        Called with one line for each chapter that has run.

    Returns
    -------
    dict
        Name to file with the result, for all of `chapters`.

    Raises
    ------
    ChapterFailed
        Names the chapter and the cell.
    """
    chapters = dict(chapters)
    found = {name: find(notebook) for name, notebook in chapters.items()}
    todo = [(name, _code(chapters[name])) for name, path in found.items() if not path]
    if not todo:
        return found
    warm()
    ready()
    with _runner(len(todo)) as runner:
        for number, ((name, sources), result) in enumerate(zip(todo, runner(todo), strict=True), 1):
            found[name] = _keep(sources, *result)
            tell(f"chapter {number} of {len(todo)}: {name}")
    drawn.clear()
    return found


def _shell():
    """The shell in which cells run, made once for all copies of this process."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    main, path = sys.modules["__main__"], sys.path[:]
    shell = InteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}})
    )  # nobody recalls what a chapter said
    sys.modules["__main__"], sys.path[:] = main, path  # the shell puts its own there
    return shell


def warm() -> None:
    """Import what the chapters import, so that the forked copies need not."""
    import IPython.core.completerlib  # noqa: F401
    import pandas as pd
    import pandas.core.reshape.reshape
    from matplotlib.backends import backend_svg  # noqa: F401

    import ecosystems.charts  # noqa: F401

    pd.set_option(
        "display.max_columns", 20
    )  # as in a Jupyter kernel, which nbval uses: pandas takes this for a terminal
    _shell()


def ready() -> None:
    """Parse the modules of this project and the tables, once for all copies of this process; each chapter still opens the files that it uses."""
    for path in _imported:
        _needs(path)
    drawn.held()
    data = tables.read()
    for resource in data.package["resources"]:
        if resource["path"].endswith(".csv"):
            getattr(data, resource["name"])
    for name in tables.DERIVED:
        getattr(data, name)


def results(notebook: nbformat.NotebookNode) -> list[list[dict]]:
    """The outputs of each code cell, run first if they are not stored."""
    return json.loads(run([("chapter", notebook)])["chapter"].read_text("utf-8").splitlines()[1])


_payloads: list[dict] = []


def payload(number: int) -> dict:
    """What a cell of the chapter that was read last returned for the editions."""
    return _payloads[number]


def read(text: str) -> nbformat.NotebookNode:
    """Reads a chapter for the editions: its text, with the results of its cells as they are now.

    Instead of a payload it holds the number under which :func:`payload` has it: notebooks are copied, checked and written on their way, and payloads are large.
    """
    notebook = nbformat.reads(text, 4)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    _payloads.clear()
    for cell, outputs in zip(code, results(notebook) if code else [], strict=True):
        for output in outputs:
            if MIME in output.get("data", {}):
                _payloads.append(output["data"][MIME])
                output["data"] = {MIME: len(_payloads) - 1}
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
    return notebook


def stored(text: str) -> str:
    """A chapter's file with the results of its cells as text. Drawings are not kept: they are large, and the digest in the text changes with them."""
    notebook = nbformat.reads(text, 4)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for number, (cell, outputs) in enumerate(zip(code, results(notebook) if code else [], strict=True), 1):
        cell.execution_count = number  # without it nbval takes the cell for one that never ran
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
        for output in cell.outputs:
            if "data" in output:
                output.data = {k: v for k, v in output.data.items() if k in KEPT}
    return nbformat.writes(notebook) + "\n"


def _outdated(app, env, added, changed, removed):
    """Chapters whose results are no longer those in the environment."""
    from sphinx.util import logging

    chapters = {n: opened(Path(env.doc2path(n))) for n in sorted(env.found_docs) if env.doc2path(n).endswith(".ipynb")}
    found = run(chapters.items(), logging.getLogger(__name__).info)
    # What turns results into documents counts as well.
    readers = _sha(
        "".join(
            [
                _environment(),
                app.config.html_baseurl,
                *sorted(env.found_docs),
                *(_sha(p.read_bytes()) for p in sorted(Path(__file__).parent.glob("*.py"))),
            ]
        )
    )
    results = {n: f"{path.stem.rpartition('-')[2]} {readers}" for n, path in found.items()}
    known = getattr(env, "chapter_results", {})
    env.chapter_results = results
    return [n for n in results if n in env.all_docs and known.get(n) != results[n]]


def setup(app):
    """Sphinx's entry."""
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True}
