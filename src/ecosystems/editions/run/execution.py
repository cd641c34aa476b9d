"""Runs chapters as Jupyter runs them, and stores their results.

A result holds as long as one digest of everything a chapter may depend on is the same: its cells, every file of the
data folder and of ``book/``, the code, the fonts, Python and the installed packages. Nothing is traced.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import re
import tempfile
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from ecosystems import drawings
from ecosystems.editions.run import kernels, notebooks
from ecosystems.editions.run.digests import SOURCES, digest_of_environment
from ecosystems.figure import MIME
from ecosystems.tables import OWN, ROOT, folder
from typstbook.store import Store, digest

STORE = Store(ROOT / "_build" / "store")
TEXTS = ("text/plain", "text/markdown")  # what a stored notebook keeps of a result
_SAID = {"text", "evalue", "traceback", *TEXTS, "text/html"}  # parts of an output that are words
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}")
HEARD = {"raises-exception", "remove-stderr", "skip-execution"}  # tags on which a result depends

BOXES = {"lead": "{div} lead", "box": "{note}"}  # tags of Markdown cells, and what editions make of them

Outputs = list[list[dict]]
"""The outputs of each code cell, in notebook format."""


class ChapterFailed(Exception):
    """A cell of a chapter raised an error or warned; the text says where."""


# -- what a result depends on ---------------------------------------------------------------------------------------


def _shared() -> tuple[str, str, str]:
    """Digests of what chapters share: the code, that with every file they may read, that with what drawings read."""
    code = digest_of_environment()
    files = {
        path.relative_to(place).as_posix(): path
        for place in dict.fromkeys([ROOT / "book", OWN, folder()])  # a scan may stand on tables of this project
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and "_build" not in path.relative_to(place).parts
    }
    maps = [p for p in files.values() if p.suffix == ".geojson"]  # borders are read while a map is drawn
    return code, digest(code, list(files), *files.values()), digest(code, *maps)


def _keys(cells: list[NotebookNode], shared: tuple[str, str, str]) -> tuple[str, str]:
    """Digests of all on which the results of code cells depend, and of what their drawings share."""
    sources = [[c.source, sorted(HEARD & {*c.metadata.get("tags", [])})] for c in cells]
    return digest(shared[1], sources), digest(shared[2], sources)


# -- running --------------------------------------------------------------------------------------------------------


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if c.cell_type == "code"]


def _plain(text: str) -> str:
    """At most three short lines, without what a terminal would obey."""
    lines = [re.sub(r"[\0-\x1f\x7f-\x9f]", "", line)[:200] for line in text.strip().splitlines()]
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


def _judge(name: str, number: int, cell: NotebookNode) -> None:
    """Refuse the outputs of a cell that fails, or warns: a warning of a library has no place in a book."""
    tags = cell.metadata.get("tags", [])
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in tags:
            trace = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output.traceback))
            lines = re.findall(r"^\s*(?:Cell In\[\d+\]|File \S*ipykernel_\S+), line (\d+)", trace, re.M)
            frames = re.findall(r"^File (\S+):(\d+), in ([\w.]+)", trace, re.M)
            ours = [(p, *f[1:]) for f in frames if (p := Path(f[0]).expanduser()).is_relative_to(SOURCES)]
            code = [f"in {p.relative_to(ROOT)}, line {n}, {function}\n" for p, n, function in ours[-1:]]
            raise ChapterFailed(
                _place(name, number, cell.source, int(lines[-1]) if lines else 0, "fails")
                + "".join(code)
                + _plain(f"{output.ename}: {output.evalue}")
            )
        if output.output_type == "stream" and output.name == "stderr" and "remove-stderr" not in tags:
            own = re.match(r"\S*ipykernel_\S+?:(\d+): ", output.text)
            text = output.text[own.end() :] if own else output.text
            more = (
                "\ndocs/chapters.md says how plots get fonts for other scripts." if "missing from font" in text else ""
            )
            place = _place(name, number, cell.source, int(own[1]) if own else 0, "warns")
            raise ChapterFailed(place + _plain(text) + more)


async def _execute(name: str, cells: list[NotebookNode], code: str, **env: str) -> Outputs:
    """The outputs of code cells, run one after the other in a kernel of their own with these variables."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.source, metadata=c.metadata) for c in cells])
    manager = AsyncKernelManager(kernel_name=notebooks.KERNEL, kernel_spec_manager=KernelSpecManager())
    manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": kernels.NAME, "config": {"code": code}}
    client = NotebookClient(
        notebook,
        km=manager,
        resources={"metadata": {"path": ROOT / "book"}},
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
        on_cell_executed=lambda cell, cell_index, execute_reply: _judge(name, cell_index + 1, cell),
    )
    try:
        env = {k: v for k, v in {**os.environ, **env}.items() if k != "MPLBACKEND"}
        env["ECOSYSTEMS_EDITION"] = "1"  # figures and tables give all that an edition needs
        await client.async_execute(env=env, cleanup_kc=True)
    except RuntimeError as error:  # also of a kernel that does not start
        if asyncio.current_task().cancelling():  # the build is stopped, which nbclient takes for the end of the kernel
            raise asyncio.CancelledError from None
        raise ChapterFailed(f"{name} was not run: {_plain(str(error))}. Was there enough memory?") from None
    finally:  # nbclient leaves this behind when it is stopped, and it fails for a kernel that has ended
        atexit.unregister(client._cleanup_kernel)
    return [[_as_displayed(output) for output in cell.outputs] for cell in notebook.cells]


def _without_addresses(value: object) -> object:
    """Text without addresses in memory, as of ``<Line2D at 0x7f...>``: they differ in each run, and say nothing."""
    if isinstance(value, str):
        return _ADDRESS.sub("", value)
    return list(map(_without_addresses, value)) if isinstance(value, list) else value


def _as_displayed(output: NotebookNode) -> dict:
    """What a cell returns, like what it displays: the number of its execution means nothing in a book."""
    for part in (output, output.get("data", {})):
        part.update({k: _without_addresses(v) for k, v in part.items() if k in _SAID})
    if output.output_type == "execute_result":
        output.output_type = "display_data"
        del output["execution_count"]
    return output


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Job(NamedTuple):
    """A chapter to run: its code cells, the digest of the code, the key of the result, the digest for drawings."""

    name: str
    cells: list[NotebookNode]
    code: str
    key: str
    drawn: str


def _put(job: _Job, outputs: Outputs) -> None:
    STORE.put("chapters", job.key, json.dumps(outputs).encode())


async def _execute_here(jobs: list[_Job], done: Callable[[str], None]) -> None:
    """Run chapters side by side; the first failure ends it."""
    free = asyncio.Semaphore(3 * processors())  # a kernel waits for most of its short life

    async def one(job: _Job) -> None:
        async with free:
            with tempfile.TemporaryDirectory() as new:
                kept = drawings.setting(STORE, Path(new), job.drawn)
                outputs = await _execute(job.name, job.cells, job.code, ECOSYSTEMS_DATA=str(folder()), **kept)
                for path in Path(new).glob("drawings/*"):
                    STORE.put("drawings", path.name, path.read_bytes())
            _put(job, outputs)
            done(job.name)

    await asyncio.gather(*map(one, jobs))


class _Loop(asyncio.SelectorEventLoop):
    def add_signal_handler(self, *_: object) -> None:
        """Leave signals to the build: nbclient would end one kernel for them, and go on."""
        raise RuntimeError("signals are handled elsewhere")


def _run(work: Coroutine) -> object:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)


def _wait(work: Coroutine) -> None:
    """Run to its end what is asynchronous, in a thread if this one is busy so, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        _run(work)
    else:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(_run, work).result()


def _execute_there(job: _Job, data: str) -> Outputs:
    """Run one chapter on a worker of a Dask cluster, which has this project and the tables at the same places."""
    return _run(_execute(job.name, job.cells, job.code, ECOSYSTEMS_DATA=data))


def _execute_on_cluster(address: str, jobs: list[_Job], done: Callable[[str], None]) -> None:
    from distributed import Client, as_completed

    with Client(address) as client:
        asked = {client.submit(_execute_there, job, str(folder()), pure=False): job for job in jobs}
        for future in as_completed(asked):
            _put(asked[future], future.result())
            done(asked[future].name)


def run(
    chapters: Iterable[tuple[str, NotebookNode]], tell: Callable[[str], None] = lambda line: None
) -> dict[str, Path]:
    """Run the chapters that have no stored result: here, or on the Dask cluster at the address ``ECOSYSTEMS_DASK``.

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
    shared, chapters = _shared(), list(chapters)
    cells = {name: _code(notebook) for name, notebook in chapters}
    keys = {name: _keys(cells[name], shared) for name in cells}
    jobs = [_Job(n, cells[n], shared[0], *keys[n]) for n in cells if not STORE.find("chapters", keys[n][0])]
    number = count(1)

    def done(name: str) -> None:
        tell(f"chapter {next(number)} of {len(jobs)}: {name}")

    if jobs and (address := os.environ.get("ECOSYSTEMS_DASK")):
        _execute_on_cluster(address, jobs, done)
    elif jobs:
        _wait(_execute_here(jobs, done))
    if jobs and _shared() != shared:  # a file was saved meanwhile: what has run may be of either state
        for job in jobs:
            (STORE.folder / "chapters" / job.key).unlink(missing_ok=True)
        return run(chapters, tell)
    if jobs:  # each edition asks for each chapter, and then nothing is new
        STORE.clear()
    return {name: STORE.find("chapters", key) for name, (key, _) in keys.items()}


def warm() -> None:
    """Begin to import what chapters need, for the chapters that this process runs later."""
    kernels.start(digest_of_environment())


# -- results --------------------------------------------------------------------------------------------------------


def results(notebook: NotebookNode, name: str = "chapter") -> Outputs:
    """The outputs of each code cell, run first if they are not stored."""
    return json.loads(run([(name, notebook)])[name].read_text("utf-8"))


def _filled(notebook: NotebookNode) -> NotebookNode:
    """A chapter with the results of its cells; those that are skipped keep what the file holds."""
    code = _code(notebook)
    for cell, outputs in zip(code, results(notebook) if code else [], strict=True):
        if "skip-execution" not in cell.metadata.get("tags", []):
            cell.outputs = [nbformat.from_dict(o) for o in outputs]
    return notebook


def read(text: str) -> NotebookNode:
    """Reads a chapter for MyST-NB (``nb_custom_formats``): its text, with the results of its cells as they are now."""
    notebook = _filled(notebooks.parse(text))
    notebook.metadata.setdefault("language_info", {"name": "python", "pygments_lexer": "ipython3"})
    for cell in (c for c in notebook.cells if c.cell_type == "markdown"):
        # A citation leads to the file of references in Jupyter, and in editions to the list that they make of it.
        cell.source = re.sub(r"\]\([^()\s]+\.bib#", "](#", cell.source)
        for tag in BOXES.keys() & {*cell.metadata.get("tags", [])}:
            cell.source = f":::{BOXES[tag]}\n{cell.source}\n:::"
    code = _code(notebook)
    for number, cell in enumerate(code):
        for output in cell.outputs:
            if whole := output.get("data", {}).get(MIME):
                if "code" in whole:
                    whole["code"]["analysis"] = notebooks.analysis(code, number)
                output.data = {MIME: whole}  # not the copies for other programs
    return notebook


def filled(text: str) -> NotebookNode:
    """A chapter from the text of its file, with numbered cells and all forms of their results."""
    notebook = _filled(notebooks.parse(text))
    for number, cell in enumerate(_code(notebook), 1):
        cell.execution_count = number  # without it nbval takes the cell for one that never ran
    return notebook


def _outdated(app, env, added, changed, removed):
    """Chapters whose results are no longer those in Sphinx's environment."""
    from sphinx.util import logging

    paths = {name: Path(env.doc2path(name)) for name in sorted(env.found_docs)}
    chapters = {name: notebooks.read_file(path) for name, path in paths.items() if path.suffix in (".ipynb", ".md")}
    found = run([(n, c) for n, c in chapters.items() if _code(c)], logging.getLogger(__name__).info)
    # What turns results into documents counts as well.
    editions = sorted(Path(__file__).parents[1].rglob("*.py"))
    readers = digest(digest_of_environment(), app.config.html_baseurl, sorted(env.found_docs), *editions)
    results = {name: digest(readers, path.read_bytes()) for name, path in found.items()}
    known = getattr(env, "chapter_results", {})
    env.chapter_results = results
    return [n for n in results if n in env.all_docs and known.get(n) != results[n]]


def _forget(app, env, names):
    """Clears all documents that are read again before the first of them is: a figure may have moved between chapters.

    Sphinx does so when it reads in parallel; else the later chapter still holds the label, and the build fails.
    """
    for name in names:
        app.emit("env-purge-doc", env, name)
        env.clear_doc(name)


def setup(app):
    """Sphinx's entry."""
    from sphinx.builders.dummy import DummyBuilder

    class Reader(DummyBuilder):
        """Reads the chapters once, for the builders that then write editions side by side."""

        name = "read"

        def get_outdated_docs(self) -> set[str]:
            """See Sphinx."""
            return set()

        def write(self, *args: object) -> None:
            """Write nothing."""

    app.add_builder(Reader)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-before-read-docs", _forget)
    return {"version": "1", "parallel_read_safe": True}
