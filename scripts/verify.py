"""Build the edition twice and compare every byte: ``make verify``.

Two clones of the last commit are built in two folders, one after the other, under conditions that differ in all that
must not matter: time, time zone, language, hash seed, rights of new files, home folder, number of processors, and the
instructions of the processor that numpy and its linear algebra may use. Compared are all files of the edition and the
chapters with their outputs stored anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Runs a script on the first so many processors: their number, then the script.
BEGIN = """import os, runpy, sys
n = int(sys.argv[1])
if n and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:n])
sys.argv = sys.argv[2:]
sys.path[0] = "scripts"
runpy.run_path(sys.argv[0], run_name="__main__")
"""
COMPARED = ("_build/edition", "book")


def plain_processor() -> dict[str, str]:
    """Settings under which numpy and OpenBLAS compute as on an old processor."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return {
        "NPY_DISABLE_CPU_FEATURES": " ".join(f for f in __cpu_dispatch__ if __cpu_features__.get(f)),
        "OPENBLAS_CORETYPE": "Prescott",
        "OPENBLAS_NUM_THREADS": "1",
    }


def builds() -> dict[str, tuple[dict[str, str], int, int | None]]:
    """The two builds: folder, environment, umask, number of processors (None: all)."""
    first = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    second = {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "LANG": "es_PE.UTF-8", "PYTHONHASHSEED": "4242"}
    return {"first": (first, 0o022, None), "second folder/ä": ({**second, **plain_processor()}, 0o077, 1)}


def make(clone: Path, commit: str, environment: dict[str, str], umask: int, processors: int | None) -> None:
    """Clone the project at `commit` into `clone`, build it there and store the outputs of its chapters."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True, umask=umask)
    subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=clone, check=True, umask=umask)
    home = clone.parent / f"home of {clone.name}"
    home.mkdir(parents=True)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")}
    own = {"HOME": str(home), "PYTHONPATH": str(clone / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**kept, **environment, **own}
    begin = [sys.executable, "-c", BEGIN, str(processors or 0)]
    for script in ("build.py", "store_outputs.py"):
        subprocess.run([*begin, f"scripts/{script}"], cwd=clone, env=environment, umask=umask, check=True)


def differences(one: Path, two: Path) -> Iterator[str]:
    """One line for each file that is not the same in both folders, with the first place where it differs."""
    names = {p.relative_to(folder).as_posix() for folder in (one, two) for p in folder.rglob("*") if p.is_file()}
    for name in sorted(names):
        a, b = one / name, two / name
        if not (a.is_file() and b.is_file()):
            yield f"{name}: only in {(one if a.is_file() else two)}"
        elif (first := a.read_bytes()) != (second := b.read_bytes()):
            yield f"{name}: {_where(a, b, first, second)}"


def _where(a: Path, b: Path, first: bytes, second: bytes) -> str:
    if zipfile.is_zipfile(a) and zipfile.is_zipfile(b):
        with zipfile.ZipFile(a) as x, zipfile.ZipFile(b) as y:
            pairs = zip(x.infolist(), y.infolist(), strict=False)
            inside = [i.filename for i, j in pairs if (i.filename, i.CRC) != (j.filename, j.CRC)]
        if inside:
            return f"inside it differ {', '.join(inside[:5])}"
        return "its files are the same; their order, times or rights differ"
    at = next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), min(len(first), len(second)))
    said = [repr(content[max(0, at - 30) : at + 30].decode("utf-8", "replace")) for content in (first, second)]
    return f"line {first[:at].count(10) + 1}, byte {at}: {said[0]} and {said[1]}"


def main() -> None:
    """Both builds, the comparison, and what came of it."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()

    def git(*command: str) -> str:
        return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    if git("status", "--porcelain"):
        print("Compared is the last commit; what is changed since then is not in it.", flush=True)
    commit = git("rev-parse", "HEAD")
    work = Path(tempfile.mkdtemp(prefix="verify-"))
    clones = []
    for folder, settings in builds().items():
        variables = ", ".join(f"{k}={v}" for k, v in settings[0].items() if len(v) < 40)
        print(f"\n{folder}: {variables}, umask {settings[1]:03o}, processors {settings[2] or 'all'}", flush=True)
        clones.append(work / folder)
        make(clones[-1], commit, *settings)
    found = [f"{part}/{line}" for part in COMPARED for line in differences(clones[0] / part, clones[1] / part)]
    files = [p for part in COMPARED for p in (clones[0] / part).rglob("*") if p.is_file()]
    kinds = Counter(p.suffix.lstrip(".") or "other" for p in files)
    if stored := list(differences(ROOT / "book", clones[0] / "book")):
        print("", "Stored outputs that are not those of this build (make store renews them):", *stored, sep="\n")
    print(f"\nCompared: {', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}.")
    if found:
        count = f"{len(found)} of {len(files)} files differ between the two builds; both are kept in {work}:"
        sys.exit("\n".join([count, *found]))
    print(f"All {len(files)} files are the same in both builds, byte by byte.")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
