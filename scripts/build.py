"""Build the whole edition: check the tables, run the chapters, make every edition of the book.

Each step writes into its own working folder and puts what readers get into ``edition.new``; at the end
that becomes ``edition`` in one exchange. What fails or is killed on the way leaves the last good edition
as it was, and the next build clears up. One build at a time works in a build folder.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
KEPT = {"edition", "edition.old", "chapters", "home", "lock"}  # of a build folder, when the build before it did not end well


class Failed(Exception):
    """A step cannot go on; the text says why."""


class Build(NamedTuple):
    """Where one build reads and writes, and how it tells of its progress."""

    data: Path
    folder: Path
    say: Callable[[str], None] = print

    @property
    def source(self) -> Path:
        """What Jupyter Book reads: the project, or what is made of it for another scan."""
        return ROOT if self.data == DATA else self.folder / "source"

    @property
    def fresh(self) -> Path:
        """The edition while it is made."""
        return self.folder / "edition.new"


Step = tuple[str, Callable[[Build], None]]


def check_tables(build: Build) -> None:
    """Stop here if anything is wrong with the tables."""
    from ecosystems import checks

    if problems := checks.check(build.data):
        raise Failed("\n".join([*map(str, problems), f"{len(problems)} problem{'s' * (len(problems) > 1)} in the tables of {build.data}."]))


def run_chapters(build: Build) -> None:
    """Run the chapters whose results are not stored."""
    import nbformat

    from ecosystems import tables
    from ecosystems.editions import chapters, execution

    if build.source != ROOT:
        chapters.write(tables.read(build.data), build.source)
    paths = sorted(p for p in (build.source / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    try:
        execution.run([(p.relative_to(build.source).as_posix(), nbformat.read(p, 4)) for p in paths], build.say)
    except execution.ChapterFailed as failure:
        raise Failed(str(failure)) from None


def web(build: Build) -> None:
    """The online book."""
    html = jupyter_book(build, "html")
    shutil.copytree(html, build.fresh, ignore=shutil.ignore_patterns(".buildinfo*", "objects.inv"), dirs_exist_ok=True)


def pdf(build: Build) -> None:
    """The PDF."""
    made = jupyter_book(build, "typst", "--builder", "custom", "--custom-builder", "typst").glob("*.pdf")
    shutil.copy(max(made, key=lambda p: p.stat().st_mtime), build.fresh)


def offline(build: Build) -> None:
    """Links to what was made, and the zip that is read without the internet; last, when all files are there."""
    from ecosystems.editions import hosting

    hosting.complete(build.fresh)


STEPS: tuple[Step, ...] = (
    ("checking the tables", check_tables),
    ("running the chapters", run_chapters),
    ("making the online book", web),
    ("making the PDF", pdf),
    ("packing the book to read offline", offline),
)


def jupyter_book(build: Build, name: str, *options: str) -> Path:
    """Run Jupyter Book; returns the folder `name` that it wrote, or stops with what it complained of."""
    (build.folder / "unfinished").touch()
    log = build.folder / f"{name}.log"
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run(
            [str(Path(sys.executable).with_name("jupyter-book")), "build", str(build.source), "-W", "--keep-going", "--path-output", str(build.folder.parent), *options],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, close_fds=False, preexec_fn=lambda: None,  # the lock is handed on; with preexec_fn the hooks of fork run
        ).returncode
    if code:
        lines = log.read_text("utf-8", "replace").splitlines()
        problems = [line for line in lines if any(w in line for w in ("WARNING", "ERROR", "rror:"))]
        raise Failed("\n".join([*(problems or lines[-25:])[:25], f"The {name} edition was not built; all that was said is in {log}."]))
    return build.folder / name


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the build folder; a second build waits for the first. The system frees the lock when the build and its children have ended."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(f"Another build (process {lock.read().strip() or 'unknown'}) works in {folder}; waiting until it has ended.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _before_fork() -> None:
    global _parent
    _parent = os.getpid() if threading.current_thread() is threading.main_thread() else 0


def _end_with_parent() -> None:
    """In a child process: end when its parent is killed, so that nothing writes on behind the next build (Linux).

    Linux would also end a child with the thread that made it; those children are left to notice by themselves.
    """
    if sys.platform == "linux" and _parent:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != _parent:
            os._exit(1)


def clear(folder: Path) -> None:
    """Remove what a build that did not end well left behind; its half-written pages must not pass for finished ones."""
    edition, old = folder / "edition", folder / "edition.old"
    if old.exists() and not edition.exists():  # stopped between two renames
        old.rename(edition)
    shutil.rmtree(old, ignore_errors=True)
    if (folder / "unfinished").exists():
        for path in folder.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for part in (folder / "chapters").glob("*.part"):
        part.unlink()
    shutil.rmtree(folder / "edition.new", ignore_errors=True)


def exchange(fresh: Path, edition: Path) -> None:
    """Put the folder `fresh` in the place of `edition`; readers see the one or the other, where the system can exchange two names."""
    old = edition.with_suffix(".old")
    try:
        swapped = edition.exists() and ctypes.CDLL(None).renameat2(-100, bytes(fresh), -100, bytes(edition), 2) == 0  # AT_FDCWD, RENAME_EXCHANGE
    except AttributeError:  # not Linux
        swapped = False
    if swapped:
        fresh.rename(old)
    else:
        if edition.exists():
            edition.rename(old)
        fresh.rename(edition)
    shutil.rmtree(old, ignore_errors=True)


def environment(build: Build) -> dict[str, str]:
    """What makes two builds of the same sources give the same bytes, and keeps what libraries store inside the build folder."""
    home = build.folder / "home"
    return {
        "ECOSYSTEMS_DATA": str(build.data), "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1764547200"),
        "MPLBACKEND": "agg", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "TZ": "UTC",
        "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config"), "MPLCONFIGDIR": str(home / "matplotlib"), "IPYTHONDIR": str(home / "ipython"),
    }


def run(build: Build, steps: Iterable[Step] = STEPS) -> None:
    """All steps in order, then the exchange.

    Raises
    ------
    Failed
        If a step cannot go on; the last good edition is then unchanged.
    """
    steps, begun = tuple(steps), time.monotonic()

    def tell(number: int, text: str) -> None:
        print(f"[{number}/{len(steps) + 1}] {time.monotonic() - begun:5.1f} s  {text}", flush=True)

    with alone(build.folder):
        clear(build.folder)
        (build.folder / "home").mkdir(exist_ok=True)
        build.fresh.mkdir()
        for number, (title, step) in enumerate(steps, 1):
            tell(number, title)
            step(build._replace(say=lambda line, number=number: tell(number, line)))
        tell(len(steps) + 1, "putting the edition in place")
        exchange(build.fresh, build.folder / "edition")
        (build.folder / "unfinished").unlink(missing_ok=True)
        tell(len(steps) + 1, "done")


def main(steps: Iterable[Step] = STEPS) -> None:
    """The command; any failure ends in one plain message and exit code 1."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--data", type=Path, default=Path(os.environ.get("ECOSYSTEMS_DATA") or DATA), help="folder of the tables (default: data)")
    arguments.add_argument("--output", type=Path, help="folder in which _build is made (default: the project's, or that of another scan's tables)")
    chosen = arguments.parse_args()
    data = chosen.data.resolve()
    build = Build(data, (chosen.output or (ROOT if data == DATA else data)).resolve() / "_build")
    os.environ.update(environment(build))
    os.register_at_fork(before=_before_fork, after_in_child=_end_with_parent)
    try:
        run(build, steps)
    except (Failed, OSError, KeyboardInterrupt) as failure:
        said = "Stopped." if isinstance(failure, KeyboardInterrupt) else f"{failure.filename or build.folder}: {failure.strerror}." if isinstance(failure, OSError) else failure
        good = "The last good edition is unchanged." if (build.folder / "edition").exists() else "No edition was built."
        raise SystemExit(f"{said}\n{good}") from None
    edition = build.folder / "edition"
    print(f"\nOnline book  {edition / 'index.html'}\nPDF          {next(edition.glob('*.pdf'))}")


if __name__ == "__main__":
    main()
