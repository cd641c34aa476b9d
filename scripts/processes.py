"""The processes of a build: Jupyter Book in one of its own, editions side by side, and what failed in words."""

from __future__ import annotations

import ctypes
import errno
import gc
import importlib
import multiprocessing
import os
import re
import runpy
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
fork = multiprocessing.get_context("fork")
Job = TypeVar("Job")


class Failed(Exception):
    """A step cannot go on; the text says why."""


def warm() -> None:
    """Import what Jupyter Book and the chapters need, once for all processes that are forked from this one."""
    import yaml
    from jupyter_book.config import get_default_sphinx_config
    from sphinx.application import builtin_extensions

    from ecosystems.editions import run as runner

    runner.warm()  # imports in a process of its own
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    for name in (
        "ecosystems.editions.downloads",
        "jupyter_book.cli.main",
        "jupyter_book.sphinx",
        "myst_nb.sphinx_ext",
        *builtin_extensions,
        *get_default_sphinx_config()["extensions"],
        *settings["sphinx"]["extra_extensions"],
        "typstbook.builder",
    ):
        importlib.import_module(name)
    gc.freeze()  # what was imported stays; a collector that looks through it again would copy its memory in each fork


def jupyter_book(source: Path, folder: Path, builder: str) -> list[str]:
    """Run Jupyter Book.

    Parameters
    ----------
    source, folder : Path
        Of the project, and of the build, where it writes into a folder with the builder's name.
    builder : str
        ``html``, which is its own, or one that Sphinx knows.

    Returns
    -------
    list of str
        Notes on what no edition shows as its author wrote it.

    Raises
    ------
    Failed
        With what it complained of; warnings too.
    """
    (folder / "unfinished").touch()
    log, program = folder / f"{builder}.log", str(Path(sys.executable).with_name("jupyter-book"))
    custom = () if builder == "html" else ("--builder", "custom", "--custom-builder", builder)
    command = [program, "build", str(source), "-W", "--keep-going", "--path-output", str(folder.parent), *custom]
    child = fork.Process(target=_command, args=(command, log))
    child.start()
    child.join()
    said = log.read_text("utf-8", "replace")
    if code := child.exitcode:
        # What Sphinx says comes before the traceback of the command, which ends with an error without words.
        before = re.split(r"^(?:Process Fork|Traceback)", said, maxsplit=1, flags=re.M)[0]
        lines = [line for line in before.splitlines() if line.strip()]
        problems = [line for line in lines if any(w in line for w in ("WARNING", "ERROR", "rror:"))] or lines[-5:]
        if code < 0:
            problems = [f"Its process was ended by signal {-code}; was there enough memory?"]
        end = f"The {builder} edition was not built; all that was said is in {log}."
        raise Failed("\n".join([*problems[:25], end]))
    return [line for line in said.splitlines() if line.startswith("note: ")]


def _command(command: list[str], log: Path) -> None:
    """Run a command that is written in Python in this process, where much is imported already."""
    with log.open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(ROOT)
    sys.argv = command
    gc.set_threshold(50_000, 20)  # looking through Sphinx's trees for what is unused takes a tenth of its time
    runpy.run_path(command[0], run_name="__main__")


def side_by_side(job: Job, *steps: Callable[[Job], None]) -> None:
    """Take all steps in processes; the first, on whose end all wait, has more of the processors: 0.3 s of 7.

    ``BUILD_JOBS`` says how many are taken at a time: 2 if it is not set, 1 where memory is little.
    """
    jobs = os.environ.get("BUILD_JOBS") or "2"
    if not re.fullmatch("[1-9][0-9]?", jobs):
        raise Failed(f"BUILD_JOBS is {jobs!r}; it must be a whole number from 1 to 99.")
    try:
        pool = ProcessPoolExecutor(int(jobs), fork)
    except OSError:  # the system has no semaphores: /dev/shm is missing, or nobody may write there
        for step in steps:
            step(job)
        return
    try:
        with pool:
            for taken in [pool.submit(steps[0], job), *(pool.submit(_making_way, step, job) for step in steps[1:])]:
                taken.result()
    except BrokenProcessPool:
        raise Failed("A process of the build was ended by another; was there enough memory?") from None


def _making_way(step: Callable[[Job], None], job: Job) -> None:
    os.nice(10)
    step(job)


def end_children_with_parents() -> None:
    """From now on Linux ends each forked process when its parent ends, so that no orphan writes into the next build.

    Only processes that a main thread forks: Linux would end the others already when the thread that forked them ends.
    """
    parent = main = None

    def before() -> None:
        nonlocal parent, main
        parent, main = os.getpid(), threading.current_thread() is threading.main_thread()

    def child() -> None:
        if main:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:  # it ended before that
                os._exit(1)

    if sys.platform == "linux":
        os.register_at_fork(before=before, after_in_child=child)


def in_words(failure: BaseException, folder: Path) -> str:
    """What ended a build in `folder`: a step that failed, the reader, or the system."""
    match failure:
        case KeyboardInterrupt():
            return "Stopped."
        case BrokenPipeError():
            return "Stopped: nobody reads any more how it goes on."
        case shutil.Error():  # many files at once; the first will do
            _, place, why = failure.args[0][0]
            why = re.sub(r"^\[Errno \d+\] |: '.*", "", str(why))
            return f"{place}: {why}."
        case OSError():
            said = f"{failure.filename or folder}: {failure.strerror}."
            if failure.errno in (errno.EROFS, errno.EACCES, errno.EPERM) and not folder.exists():
                said += " Name a folder that can be written: .venv/bin/python scripts/build.py --output FOLDER"
            return said
    return str(failure)
