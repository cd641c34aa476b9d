"""The build folder: one build at a time, one exchange of editions, and nothing left behind by what was killed."""

from __future__ import annotations

import ctypes
import datetime
import fcntl
import json
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from typstbook import store

# Of a build folder, when the build before it did not end well.
KEPT = {"edition", "edition.old", "store", "home", "lock"}


def digest(paths: Iterable[Path], *more: object) -> str:
    """Digest of the names and the content of these files, and of other values."""
    return store.digest(*more, *(part for path in sorted(paths) for part in (str(path), path)))


def files(folder: Path, *without: str) -> Iterator[Path]:
    """All files below `folder`, without hidden ones and those in folders of these names."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in without or path.suffix in (".pyc", ".egg-info"):
            continue
        if path.is_dir():
            yield from files(path, *without)
        else:
            yield path


def stamps(folder: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of change of every file below `folder`."""
    there = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(p.relative_to(folder).as_posix(), p.stat().st_size, p.stat().st_mtime_ns) for p in there]


def packages() -> list[str]:
    """Every installed package with its version."""
    return [sys.version, *sorted(p.name for p in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the build folder; a second build waits for the first.

    The system frees the lock when the build and its children have ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            print(f"Another build (process {holder}) works in {folder}; waiting until it has ended.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def clear(folder: Path) -> None:
    """Remove what a build that did not end well left: its half-written pages must not pass for finished ones."""
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
    """Put the folder `fresh` in the place of `edition`; where the system can, readers see the one or the other.

    Everybody may read the files, whatever umask the build has: a server is often another user.
    """
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    old = edition.with_suffix(".old")
    try:  # AT_FDCWD twice, RENAME_EXCHANGE
        swapped = edition.exists() and ctypes.CDLL(None).renameat2(-100, bytes(fresh), -100, bytes(edition), 2) == 0
    except AttributeError:  # not Linux
        swapped = False
    if swapped:
        fresh.rename(old)
    else:
        if edition.exists():
            edition.rename(old)
        fresh.rename(edition)
    shutil.rmtree(old, ignore_errors=True)


def day(data: Path) -> str:
    """The date that files bear: that of the tables, in seconds since 1970; a fixed one if they tell none."""
    try:
        created = json.loads((data / "datapackage.json").read_text("utf-8-sig"))["created"]
        return str(int(datetime.datetime.fromisoformat(f"{created[:10]}T00:00+00:00").timestamp()))
    except (OSError, ValueError, KeyError, TypeError):
        return "1764547200"


def environment(folder: Path, data: Path) -> dict[str, str]:
    """Variables that give the same bytes in each build, and keep what libraries store inside the build `folder`."""
    home = folder / "home"
    # lxml, which writes a spreadsheet among temporary files, reads %20 in a path as a space.
    temporary = tempfile.gettempdir() if "%" in str(home) else str(home / "tmp")
    return {
        "ECOSYSTEMS_DATA": str(data),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or day(data),
        "MPLBACKEND": "agg",
        "LC_ALL": "C.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "IPYTHONDIR": str(home / "ipython"),
        "TMPDIR": temporary,
    }
