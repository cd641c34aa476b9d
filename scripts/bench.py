"""Measure the build, edits, and how both the build and the pages grow: ``make bench``, or ``make bench ONLY=edits``.

Everything runs in a clone of the last commit, in a folder of its own. Figures go into the table in ``docs/speed.md``,
where those of parts that were not measured stay. ``growth``, ``chapters`` and ``readers`` need Chromium (``CHROMIUM``
names it).
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import build
import yaml
from bench_pages import Row, chromium, load, slow_readers, visit
from processes import ROOT, fork, warm
from workspace import environment

from ecosystems.editions.run import processors
from ecosystems.words import day

PAGE = ROOT / "docs" / "speed.md"
HEAD = ("| part | measure | value | bar | met | measured |", "| --- | --- | --: | --- | --- | --- |")
ROWS = [int(n) for n in os.environ.get("ROWS", "100,1000,10000,100000").split(",")]
CHAPTERS = [int(n) for n in os.environ.get("CHAPTERS", "17,50,200").split(",")]
FIRST = "import sys; sys.path.insert(0, 'scripts'); import bench; bench.inside(sys.argv[1])"


def seconds(work: Callable, *arguments) -> float:
    """How long `work` takes in a process forked from this one, as a build that `make watch` starts."""
    child, begun = fork.Process(target=work, args=arguments), time.monotonic()
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"{work} failed")
    return time.monotonic() - begun


def whole(*options: str, data: Path | None = None) -> None:
    """``make book`` in this clone."""
    environment = {**os.environ, **({"ECOSYSTEMS_DATA": str(data)} if data else {})}
    subprocess.run(
        [sys.executable, "scripts/build.py", *options], check=True, stdout=subprocess.DEVNULL, env=environment
    )


def clean() -> Iterator[Row]:
    """All editions from a clean clone, and what plain Jupyter Book needs for the online book and the PDF."""
    begun = time.monotonic()
    whole()
    ours = time.monotonic() - begun
    yield "clean build of all editions", ours, "s", ""
    yield "plain jupyter-book, HTML with cache, then the PDF", (slow := plain()), "s", ""
    yield "plain jupyter-book to the clean build of all editions", slow / ours, "times", ">= 3"


def plain() -> float:
    """Seconds for the same book with Jupyter Book's own execution and cache, then the same builder of the PDF.

    It is made beside the clone: within it, the notebooks of the cache would be taken for chapters.
    """
    file = Path("_config.yml")
    kept = file.read_text("utf-8")
    settings = yaml.safe_load(kept)
    settings["execute"] = {"execute_notebooks": "cache", "timeout": 600}
    settings["sphinx"]["extra_extensions"].remove("ecosystems.editions.run")
    del settings["sphinx"]["config"]["nb_custom_formats"]
    file.write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    begun = time.monotonic()
    for options in ([], ["--builder", "custom", "--custom-builder", "typst"]):
        with open("plain.log", "w", encoding="utf-8") as log:
            subprocess.run(
                [Path(sys.executable).with_name("jupyter-book"), "build", ".", "--path-output", "../plain", *options],
                stdout=log,
                stderr=log,
                check=True,
            )
    file.write_text(kept, "utf-8")
    return time.monotonic() - begun


def _replaced(text: str, old: str, new: str) -> str:
    """The text with other words; without a change there is nothing to measure."""
    if old not in text:
        raise SystemExit(f"bench: {old!r} is no longer in the book; change other words.")
    return text.replace(old, new)


def edits() -> Iterator[Row]:
    """What a change costs when the book is there: one sentence, one row, nothing."""
    made = build.Build.of(build.DATA)
    os.environ.update(environment(made.folder, made.data))
    if not (made.folder / "edition").exists():
        whole()
    warm()
    chapter, table = Path("book/explorer.ipynb"), Path("data/initiatives.csv")
    text = chapter.read_text("utf-8")
    chapter.write_text(_replaced(text, "all must be seen", "all must be there"), "utf-8")
    yield "one sentence, its page (make watch)", seconds(build.page, made), "s", "<= 5"
    yield "the same, all editions after it", seconds(build.run, made), "s", ""
    rows = table.read_text("utf-8")
    table.write_text(_replaced(rows, "University unit helping", "University unit that helps"), "utf-8")
    subprocess.run([sys.executable, "scripts/describe_data.py"], check=True, stdout=subprocess.DEVNULL)
    yield "one row of the scan, all editions", seconds(build.run, made), "s", "<= 15"
    begun = time.monotonic()
    whole()
    yield "nothing changed", time.monotonic() - begun, "s", "<= 2"


class Memory(threading.Thread):
    """The most memory that this process and its children held together, shared pages counted once."""

    most, ended = 0.0, False

    def run(self) -> None:
        import psutil

        while not self.ended:
            held = 0
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    held += process.memory_full_info().pss
            self.most = max(self.most, held / 2**20)
            time.sleep(1)


def grown(folder: Path, *size: int) -> Iterator[Row]:
    """Build a synthetic scan and visit it."""
    subprocess.run([sys.executable, "scripts/synthetic.py", str(folder), *map(str, size)], check=True)
    memory, begun = Memory(daemon=True), time.monotonic()
    memory.start()
    whole(data=folder)
    taken, memory.ended = time.monotonic() - begun, True
    yield "clean build of all editions", taken, "s", ""
    yield "peak memory of all processes", memory.most, "MB", "<= 2000"
    yield from visit(folder / "_build" / "edition")
    shutil.rmtree(folder)


def growth() -> Iterator[Row]:
    """So many initiatives."""
    times = []
    for n in ROWS:
        for measure, value, unit, bar in grown(Path("grown").resolve(), n):
            times += [value] * (unit == "s")
            yield f"{n:,} initiatives: {measure}", value, unit, bar
    for (few, a), (many, b) in pairwise(zip(ROWS, times, strict=True)):
        yield f"time for {many / few:g} times the rows ({many:,})", b / a, "times", f"<= {many / few:g}"


def chapters() -> Iterator[Row]:
    """So many chapters: one for each selected ecosystem, and 16 others."""
    for n in CHAPTERS:
        for measure, value, unit, bar in grown(Path("grown").resolve(), 387, n - 16):
            if "explorer" not in measure and "map" not in measure:
                yield f"{n} chapters: {measure}", value, unit, bar


def readers() -> Iterator[Row]:
    """What readers load from the edition that was built last, and what a million of them a day need."""
    edition = Path(os.environ["BENCH_EDITION"])
    yield from visit(edition)
    yield from slow_readers(edition)
    with chromium(edition) as (browser, base):
        page = browser.new_page()
        weights = [load(page, base + name) for name in ("index.html", "scan.html", "ecosystems/kepler-rwanda.html")]
    yield "one reader: welcome page, the scan, one ecosystem, nothing stored before", sum(weights) / 1e6, "MB", ""
    yield "a million such readers a day", sum(weights) / 1e6, "TB a day", ""
    yield "a million such readers a day, mean rate", sum(weights) * 1e6 * 8 / 86400 / 1e6, "Mbit/s", ""


PARTS = {"clean": clean, "edits": edits, "growth": growth, "chapters": chapters, "readers": readers}


def inside(part: str) -> None:
    """Measure one part in this clone; prints a row of the table for each of its figures."""
    for measure, value, unit, bar in PARTS[part]():
        shown = f"{value:.3g}" if value < 100 else f"{value:.0f}"
        today = day(datetime.date.today())
        print(f"| {part} | {measure} | {shown} {unit} | {bar} | {held(shown, bar)} | {today} |", flush=True)


def machine() -> str:
    """Processor, memory and system in a few words."""
    import psutil

    about = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", about.read_text()) if about.is_file() else None
    memory = psutil.virtual_memory().total / 2**30
    processor = f"{model[1] if model else platform.processor()}, {processors()} processors, {memory:.0f} GiB"
    load = f"load {psutil.getloadavg()[0]:.1f} at the start"
    return f"{processor}, {platform.system()}, Python {platform.python_version()}, {load}"


def held(value: str, bar: str) -> str:
    """Whether a bar is met."""
    if not bar:
        return ""
    sign, limit = bar.split()
    return "yes" if (float(value) <= float(limit) if sign == "<=" else float(value) >= float(limit)) else "no"


def measured(part: str, clone: Path) -> tuple[list[str], int]:
    """Rows of the table with what is measured of one part in a clone of the last commit; 0 if it came to its end."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {"PYTHONPATH": str(clone / "src"), "BENCH_EDITION": str(ROOT / "_build" / "edition")}
    command, rows = [sys.executable, "-c", FIRST, part], []
    with subprocess.Popen(
        command, cwd=clone, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as run:
        for line in run.stdout:
            print(line, end="", flush=True)
            rows += [line.rstrip()] * line.startswith(f"| {part} |")
    shutil.rmtree(clone)
    return rows, run.returncode


def renewed(text: str, part: str, rows: list[str], where: str) -> str:
    """The page with other rows of one part; sizes that were not measured this time stay."""
    before, begin, rest = text.partition("<!-- bench -->\n")
    table, end, after = rest.partition("\n<!-- end of bench -->")
    new = {row.split(" | ")[1] for row in rows}
    known = []
    for row in table.splitlines():
        of, measure = [*row.removeprefix("| ").split(" | "), ""][:2]
        if of in PARTS and (of != part or part in ("growth", "chapters") and measure not in new):
            known.append(row)
    known = sorted([*known, *rows], key=lambda row: [*PARTS].index(row.split(" | ")[0][2:]))
    machines = {**dict(re.findall(r"^- (\w+): (.*)", table, re.M)), part: f"{where}."}
    about = [f"- {p}: {machines[p]}" for p in PARTS if p in machines]
    return before + begin + "\n".join([*HEAD, *known, "", *about]) + end + after


def main() -> None:
    """Measure the parts that are named, all if none is."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    wanted = [p for p in re.split(r"[\s,]+", os.environ.get("ONLY", "")) if p] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"{', '.join(unknown)}: no such part; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for part in wanted:
            where = machine()
            print(f"{part}: {PARTS[part].__doc__.splitlines()[0]} ({where})", flush=True)
            rows, failed = measured(part, Path(work, part))
            PAGE.write_text(renewed(PAGE.read_text("utf-8"), part, rows, where), "utf-8")
            if failed:
                sys.exit(f"The part {part} did not end.")


if __name__ == "__main__":
    main()
