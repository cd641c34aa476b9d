"""Build the whole edition: check the tables, run the chapters, make every edition of the book.

Each step writes into its own working folder and puts what readers get into ``edition.new``; at the end
that becomes ``edition`` in one exchange. What fails or is killed on the way leaves the last good edition
as it was, and the next build clears up. One build at a time works in a build folder.
"""

from __future__ import annotations

import argparse
import ctypes
import datetime
import fcntl
import gc
import hashlib
import importlib
import json
import multiprocessing
import os
import re
import runpy
import shutil
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
KEPT = {
    "edition",
    "edition.old",
    "store",
    "home",
    "lock",
    "bench.csv",
}  # of a build folder, when the build before it did not end well
LITTLE = 4e9  # bytes of memory; the editions side by side take about 3 GB at most


fork = multiprocessing.get_context("fork")


class Failed(Exception):
    """A step cannot go on; the text says why."""


class Build(NamedTuple):
    """Where one build reads and writes, and how it tells of its progress."""

    data: Path
    folder: Path
    say: Callable[[str], None] = print

    @classmethod
    def of(cls, data: Path, output: Path | None = None) -> Build:
        """The build of the tables in `data`; the folder ``_build`` is the project's, or lies with the tables of another scan."""
        data = data.resolve()
        return cls(data, (output or (ROOT if data == DATA else data)).resolve() / "_build")

    @property
    def source(self) -> Path:
        """What Jupyter Book reads: the project, or what is made of it for another scan."""
        return ROOT if self.data == DATA else self.folder / "source"

    @property
    def fresh(self) -> Path:
        """The edition while it is made."""
        return self.folder / "edition.new"


Step = tuple[str, Callable[[Build], None]]


def digest(paths: Iterable[Path], *more: object) -> str:
    """One text that changes with the names and the content of these files."""
    state = hashlib.sha256(json.dumps(more).encode())
    for path in sorted(paths):
        state.update(f"\0{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def files(folder: Path, *without: str) -> Iterator[Path]:
    """All files below `folder`, without hidden ones and those in folders of these names."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in without or path.suffix in (".pyc", ".egg-info"):
            continue
        if path.is_dir():
            yield from files(path, *without)
        else:
            yield path


def packages() -> list[str]:
    """Every installed package with its version."""
    return [sys.version, *sorted(p.name for p in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))]


@contextmanager
def beside(*steps: Callable[[Build], None], build: Build) -> Iterator[list]:
    """Do these steps in processes of their own while the body runs; both must end well."""
    failures = fork.SimpleQueue()

    def one(step):
        try:
            step(build)
        except (Failed, OSError) as failure:
            failures.put(failure)
            sys.exit(1)

    children = [fork.Process(target=one, args=(step,)) for step in steps]
    for child in children:
        child.start()
    try:
        yield children
    finally:
        for child in children:
            child.join()
        if not failures.empty():
            raise failures.get()
    if any(child.exitcode for child in children):
        raise Failed("A process of the build ended before its work was done.")


def warm() -> None:
    """Import what Jupyter Book and the chapters need, once for all processes that are forked from this one."""
    import yaml
    from jupyter_book.config import get_default_sphinx_config
    from sphinx.application import builtin_extensions

    from ecosystems.editions import run

    run.warm()  # imports in a process of its own
    from ecosystems.editions import downloads  # noqa: F401

    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    for name in (
        "jupyter_book.cli.main",
        "jupyter_book.sphinx",
        "myst_nb.sphinx_ext",
        *builtin_extensions,
        *get_default_sphinx_config()["extensions"],
        *settings["sphinx"]["extra_extensions"],
    ):
        importlib.import_module(name)
    # Documents are millions of small objects: Python need not look through them, and what was imported, again and again for some to throw away.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def check_tables(build: Build) -> None:
    """Stop here if anything is wrong with the tables; what was found right is not checked again. Meanwhile, what later steps need is imported and read."""
    from ecosystems import tables

    found = digest(
        {*files(build.data, "_build"), *files(tables.OWN), *files(ROOT / "src" / "ecosystems", "editions")}, packages()
    )
    right = build.folder / "checked"

    def check(build: Build) -> None:
        from ecosystems import checks

        if problems := checks.check(build.data):
            raise Failed(
                "\n".join(
                    [
                        *map(str, problems),
                        f"{len(problems)} problem{'s' * (len(problems) > 1)} in the tables of {build.data}.",
                    ]
                )
            )
        right.write_text(found, "utf-8")

    changed = not right.exists() or right.read_text("utf-8") != found
    with beside(*[check] * changed, build=build):
        warm()


def run_chapters(build: Build) -> None:
    """Run the chapters whose results are not stored."""
    from ecosystems import tables
    from ecosystems.editions import chapters, run

    if build.source != ROOT:
        chapters.write(tables.read(build.data), build.source)
    for path in run.unlisted(build.source):
        build.say(f"{path} is in no table of contents (_toc.yml): it is neither run nor published.")
    try:
        found = [(p.relative_to(build.source).as_posix(), run.read_file(p)) for p in run.listed(build.source)]
        run.run(found, build.say)
    except (run.BrokenNotebook, run.ChapterFailed) as failure:
        raise Failed(str(failure)) from None


def web(build: Build) -> None:
    """The online book."""
    html = jupyter_book(build, "html")
    shutil.copytree(html, build.fresh, ignore=shutil.ignore_patterns(".buildinfo*", "objects.inv"), dirs_exist_ok=True)


def pdf(build: Build) -> None:
    """The PDFs of the book and its annex, one of each chapter, and the summary."""
    made = jupyter_book(build, "typst", "--builder", "custom", "--custom-builder", "typst")
    for volume in made.glob("*.pdf"):
        shutil.copy(volume, build.fresh)
    shutil.copy(made / "parts" / "summary.pdf", build.fresh)
    shutil.copytree(made / "parts" / "book", build.fresh / "pdf", dirs_exist_ok=True)


def epub(build: Build) -> None:
    """The EPUB."""
    shutil.copy(
        next(jupyter_book(build, "epub", "--builder", "custom", "--custom-builder", "epub").glob("*.epub")), build.fresh
    )


def take_along(build: Build) -> None:
    """What readers download: notebooks, tables, the scan in other formats."""
    from ecosystems import tables
    from ecosystems.editions import downloads

    downloads.write_notebooks(build.source, build.fresh)
    downloads.write_tables(tables.read(build.data), build.fresh)


def offline(build: Build) -> None:
    """The records that name all files, links to them, and the zip that is read without the internet; last, when all are there."""
    from ecosystems import tables
    from ecosystems.editions import downloads

    downloads.write_records(tables.read(build.data), build.fresh)
    downloads.finish_links(build.fresh)
    downloads.write_zip(build.fresh)


def spare() -> float:
    """Bytes of memory that this machine can give, or its container if that is less (Linux; elsewhere there is enough)."""
    try:
        found = [int(re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text("utf-8"))[1]) * 1024]
        for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines():
            _, kinds, group = line.split(":", 2)
            name = f"memory{group}/memory.limit_in_bytes" if kinds == "memory" else f"{group[1:]}/memory.max"
            limit = Path("/sys/fs/cgroup", name)
            if kinds in ("", "memory") and limit.is_file() and (text := limit.read_text("utf-8").strip()).isdigit():
                found.append(int(text))
    except (OSError, TypeError):
        return float("inf")
    return min(found)


def editions(build: Build) -> None:
    """The online book, whose making reads the chapters, beside what readers take along; then PDF and EPUB.

    With little memory they are made one after another.
    """
    pairs = [(web,), (take_along,), (pdf,), (epub,)] if spare() < LITTLE else [(web, take_along), (pdf, epub)]
    for pair in pairs:
        with beside(*pair, build=build):
            pass


STEPS: tuple[Step, ...] = (
    ("checking the tables", check_tables),
    ("running the chapters", run_chapters),
    ("making the editions, tables and notebooks to take along", editions),
    ("packing the book to read offline", offline),
)


def jupyter_book(build: Build, name: str, *options: str) -> Path:
    """Run Jupyter Book; returns the folder `name` that it wrote, or stops with what it complained of."""
    (build.folder / "unfinished").touch()
    log = build.folder / f"{name}.log"
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(build.source),
        "-W",
        "--keep-going",
        "--path-output",
        str(build.folder.parent),
        *options,
    ]
    child = fork.Process(target=_command, args=(command, log))
    child.start()
    child.join()
    code = child.exitcode
    if code:
        lines = log.read_text("utf-8", "replace").splitlines()
        problems = (
            [line for line in lines if any(w in line for w in ("WARNING", "ERROR", "rror:"))]
            if code > 0
            else [f"Its process was ended by signal {-code}; was there enough memory?"]
        )
        raise Failed(
            "\n".join(
                [*(problems or lines[-25:])[:25], f"The {name} edition was not built; all that was said is in {log}."]
            )
        )
    return build.folder / name


def _command(command: list[str], log: Path) -> None:
    """Run a command that is written in Python in this process, where much is imported already."""
    with log.open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(ROOT)
    sys.argv = command
    runpy.run_path(command[0], run_name="__main__")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the build folder; a second build waits for the first. The system frees the lock when the build and its children have ended."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(
                f"Another build (process {lock.read().strip() or 'unknown'}) works in {folder}; waiting until it has ended.",
                flush=True,
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _before_fork() -> None:
    global _parent, _main
    _parent, _main = os.getpid(), threading.current_thread() is threading.main_thread()


def _end_with_parent() -> None:
    """In a child process: end when its parent is killed, so that nothing writes on behind the next build.

    Linux does so by itself, but would also end a child with the thread that made it; those children look themselves.
    """
    if sys.platform == "linux" and _main:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != _parent:
            os._exit(1)
    elif not _main:
        threading.Thread(target=_look, args=(_parent,), daemon=True).start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def clear(folder: Path) -> None:
    """Remove what a build that did not end well left behind; its half-written pages must not pass for finished ones. Temporary files get an empty folder."""
    edition, old = folder / "edition", folder / "edition.old"
    if old.exists() and not edition.exists():  # stopped between two renames
        old.rename(edition)
    shutil.rmtree(old, ignore_errors=True)
    if (folder / "unfinished").exists():
        for path in folder.iterdir():
            if path.name not in KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for part in (folder / "store").glob("*/*.part"):
        part.unlink()
    for temporary in (folder / "edition.new", folder / "home" / "tmp"):
        shutil.rmtree(temporary, ignore_errors=True)
    (folder / "home" / "tmp").mkdir(parents=True, exist_ok=True)


def exchange(fresh: Path, edition: Path) -> None:
    """Put the folder `fresh` in the place of `edition`; readers see the one or the other, where the system can exchange two names."""
    old = edition.with_suffix(".old")
    try:
        swapped = (
            edition.exists() and ctypes.CDLL(None).renameat2(-100, bytes(fresh), -100, bytes(edition), 2) == 0
        )  # AT_FDCWD, RENAME_EXCHANGE
    except AttributeError:  # not Linux
        swapped = False
    if swapped:
        fresh.rename(old)
    else:
        if edition.exists():
            edition.rename(old)
        fresh.rename(edition)
    shutil.rmtree(old, ignore_errors=True)


def _listing(edition: Path) -> str:
    """Changes with every file of the edition that is not as it was made."""
    there = sorted(
        (p.relative_to(edition).as_posix(), p.stat().st_size, p.stat().st_mtime_ns)
        for p in edition.rglob("*")
        if p.is_file()
    )
    return hashlib.sha256(json.dumps(there).encode()).hexdigest()


def day(data: Path) -> str:
    """The date that files bear: that of the tables, in seconds since 1970; a fixed one if they tell none."""
    try:
        return str(
            int(
                datetime.datetime.fromisoformat(
                    json.loads((data / "datapackage.json").read_text("utf-8"))["created"][:10] + "T00:00+00:00"
                ).timestamp()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "1764547200"


def environment(build: Build) -> dict[str, str]:
    """What makes two builds of the same sources give the same bytes, and keeps what libraries store inside the build folder."""
    home = build.folder / "home"
    return {
        "ECOSYSTEMS_DATA": str(build.data),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or day(build.data),
        "MPLBACKEND": "agg",
        "LC_ALL": "C.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "IPYTHONDIR": str(home / "ipython"),
        "TMPDIR": str(home / "tmp"),
    }


def page(build: Build) -> None:
    """The online book alone, in the folder in which Jupyter Book writes it: for those who write. The last edition stays as it is."""
    begun = time.monotonic()
    with alone(build.folder):
        clear(build.folder)
        check_tables(build)
        run_chapters(build)
        jupyter_book(build, "html")
        (build.folder / "unfinished").unlink(missing_ok=True)
    print(f"The online book is there after {time.monotonic() - begun:.1f} s.", flush=True)


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
        edition, state = build.folder / "edition", build.folder / "state"
        inputs = digest(
            {*files(ROOT, "_build", "tests"), *files(build.data, "_build")},
            packages(),
            [s[0] for s in steps],
            {k: v for k, v in os.environ.items() if k.startswith(("ECOSYSTEMS_", "EDITION_", "SOURCE_DATE_"))},
        )
        if state.is_file() and state.read_text("utf-8") == f"{inputs} {_listing(edition)}":
            tell(len(steps) + 1, "nothing has changed since the last build; the edition is whole")
            return
        clear(build.folder)
        build.fresh.mkdir()
        for number, (title, step) in enumerate(steps, 1):
            tell(number, title)
            step(build._replace(say=lambda line, number=number: tell(number, line)))
        tell(len(steps) + 1, "putting the edition in place")
        exchange(build.fresh, edition)
        state.write_text(f"{inputs} {_listing(edition)}", "utf-8")
        (build.folder / "unfinished").unlink(missing_ok=True)
        tell(len(steps) + 1, "done")


def attempt(build: Build, work: Callable[[Build], None]) -> None:
    """Do `work`; any failure ends in one plain message and exit code 1."""
    os.environ.update(environment(build))
    os.register_at_fork(before=_before_fork, after_in_child=_end_with_parent)
    try:
        work(build)
    except (Failed, OSError, KeyboardInterrupt) as failure:
        if isinstance(failure, shutil.Error):  # many files at once; the first will do
            _, place, why = failure.args[0][0]
            failure = OSError(0, re.sub(r"^\[Errno \d+\] |: '.*", "", str(why)), place)
        said = (
            "Stopped."
            if isinstance(failure, KeyboardInterrupt)
            else f"{failure.filename or build.folder}: {failure.strerror}."
            if isinstance(failure, OSError)
            else failure
        )
        good = "The last good edition is unchanged." if (build.folder / "edition").exists() else "No edition was built."
        raise SystemExit(f"{said}\n{good}") from None


def main(steps: Iterable[Step] = STEPS) -> None:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("ECOSYSTEMS_DATA") or DATA),
        help="folder of the tables (default: data)",
    )
    arguments.add_argument(
        "--output",
        type=Path,
        help="folder in which _build is made (default: the project's, or that of another scan's tables)",
    )
    chosen = arguments.parse_args()
    build = Build.of(chosen.data, chosen.output)
    attempt(build, lambda build: run(build, steps))
    edition = build.folder / "edition"
    print(
        f"\nOnline book  {edition / 'index.html'}",
        *(f"PDF          {path}" for path in edition.glob("*.pdf")),
        sep="\n",
    )


if __name__ == "__main__":
    main()
