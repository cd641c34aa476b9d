"""Build the whole edition: check the tables, run the chapters, make the online book and the PDF.

The result is ``_build/edition``, exchanged by one rename at the end: what fails on the way leaves the
last good edition as it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
PDF = "learning-ecosystems.pdf"
STEPS = 5
# One fixed date: two builds of the same sources give the same bytes.
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1764547200"), "MPLBACKEND": "agg"}

_begun = time.monotonic()


def say(step: int, text: str) -> None:
    """One line of progress."""
    print(f"[{step}/{STEPS}] {time.monotonic() - _begun:5.1f} s  {text}", flush=True)


def jupyter_book(name: str, *options: str) -> None:
    """Run Jupyter Book; on failure show the end of what it said, and stop."""
    log = BUILD / f"{name}.log"
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run(
            [str(Path(sys.executable).with_name("jupyter-book")), "build", str(ROOT), "-W", "--keep-going", *options],
            cwd=ROOT, env=ENVIRONMENT, stdout=out, stderr=subprocess.STDOUT,
        ).returncode
    if code:
        lines = log.read_text("utf-8").splitlines()
        problems = [line for line in lines if any(w in line for w in ("WARNING", "ERROR", "rror:"))]
        print(*(problems or lines[-25:]), f"The {name} edition was not built; all that was said is in {log}. The last good edition is unchanged.", sep="\n")
        raise SystemExit(1)


def main() -> None:
    """All steps in order."""
    os.environ.update(ENVIRONMENT)
    BUILD.mkdir(exist_ok=True)

    from ecosystems import checks, tables

    say(1, "checking the tables")
    if problems := checks.check(tables.folder()):
        print(*problems, f"{len(problems)} problem{'s' * (len(problems) > 1)} in the tables; nothing was built.", sep="\n")
        raise SystemExit(1)

    say(2, "running the chapters")
    from ecosystems.editions import execution

    chapters = sorted((ROOT / "book").rglob("*.ipynb"))
    try:
        execution.run(
            [(p.relative_to(ROOT).as_posix(), nbformat.read(p, 4)) for p in chapters if ".ipynb_checkpoints" not in p.parts],
            lambda line: say(2, line),
        )
    except execution.ChapterFailed as failure:
        raise SystemExit(f"{failure}\nNothing was built; the last good edition is unchanged.") from None

    say(3, "making the online book")
    jupyter_book("html")
    say(4, "making the PDF")
    jupyter_book("pdf", "--builder", "custom", "--custom-builder", "typst")

    say(5, "putting the edition together")
    edition, fresh, old = BUILD / "edition", BUILD / "edition.new", BUILD / "edition.old"
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(BUILD / "html", fresh, ignore=shutil.ignore_patterns(".buildinfo*", "objects.inv"))
    shutil.copy(next((BUILD / "typst").glob("*.pdf")), fresh / PDF)
    if edition.exists():
        edition.rename(old)
    fresh.rename(edition)
    shutil.rmtree(old, ignore_errors=True)
    say(5, "done")
    print(f"\nOnline book  {edition / 'index.html'}\nPDF          {edition / PDF}")


if __name__ == "__main__":
    main()
