"""Measure the build, edits, and how both the build and the pages grow: ``make bench``, or ``make bench ONLY=edits``.

Everything runs in a clone of the last commit, in a folder of its own. Figures go to ``_build/bench.csv``, where those
of parts that were not measured stay, and as a table into ``docs/speed.md``. ``growth``, ``chapters`` and ``readers``
need Chromium (``CHROMIUM`` names it).
"""

from __future__ import annotations

import argparse
import csv
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
from pathlib import Path

import build
import yaml
from bench_pages import Row, chromium, load, slow_readers, visit

ROOT = build.ROOT
CSV, PAGE = ROOT / "_build" / "bench.csv", ROOT / "docs" / "speed.md"
COLUMNS = ("part", "measure", "value", "unit", "bar", "date", "machine")
ROWS = [int(n) for n in os.environ.get("ROWS", "100,1000,10000,100000").split(",")]
CHAPTERS = [int(n) for n in os.environ.get("CHAPTERS", "17,50,200").split(",")]
FIRST = "import sys; sys.path.insert(0, 'scripts'); import bench; bench.inside(sys.argv[1])"
PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def seconds(work: Callable, *arguments) -> float:
    """How long `work` takes in a process forked from this one, as a build that `make watch` starts."""
    child, begun = build.fork.Process(target=work, args=arguments), time.monotonic()
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
    os.environ.update(build.environment(made.folder, made.data))
    if not (made.folder / "edition").exists():
        whole()
    build.warm()
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
                try:
                    held += int(
                        re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process.pid}/smaps_rollup").read_text(), re.M)[1]
                    )
                except (OSError, TypeError, psutil.Error):
                    continue
            self.most = max(self.most, held / 1024)
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
    for (few, a), (many, b) in zip(
        zip(ROWS, times, strict=True), list(zip(ROWS, times, strict=True))[1:], strict=False
    ):
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
    """Measure one part in this clone; its figures go to the file ``_build/bench.csv``, one by one."""
    Path("_build").mkdir(exist_ok=True)  # a file elsewhere would be a change of the project
    with open("_build/bench.csv", "w", encoding="utf-8", newline="") as out:
        for measure, value, unit, bar in PARTS[part]():
            csv.writer(out).writerow([part, measure, f"{value:.3g}" if value < 100 else f"{value:.0f}", unit, bar])
            out.flush()
            print(f"  {measure:62} {value:10,.2f} {unit:6} {bar}", flush=True)


def machine() -> str:
    """Processor, memory and system in a few words."""
    about = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", about.read_text()) if about.is_file() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    processor = f"{model[1] if model else platform.processor()}, {PROCESSORS} processors, {memory:.0f} GiB"
    return f"{processor}, {platform.system()}, Python {platform.python_version()}, load {load:.1f} at the start"


def held(value: str, bar: str) -> str:
    """Whether a bar is met."""
    if not bar:
        return ""
    sign, limit = bar.split()
    return "yes" if (float(value) <= float(limit) if sign == "<=" else float(value) >= float(limit)) else "no"


def main() -> None:
    """Measure the parts that are named, all if none is."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    wanted = [p for p in re.split(r"[\s,]+", os.environ.get("ONLY", "")) if p] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"{', '.join(unknown)}: no such part; there are {', '.join(PARTS)}")
    known = list(csv.DictReader(CSV.open(encoding="utf-8"))) if CSV.is_file() else []
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for part in wanted:
            today, where, clone = datetime.date.today(), machine(), Path(work, part)
            print(f"{part}: {PARTS[part].__doc__.splitlines()[0]} ({where})", flush=True)
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            ended = subprocess.run(
                [sys.executable, "-c", FIRST, part],
                cwd=clone,
                env={**os.environ, "PYTHONPATH": str(clone / "src"), "BENCH_EDITION": str(ROOT / "_build" / "edition")},
                check=False,
            )
            with open(clone / "_build" / "bench.csv", encoding="utf-8", newline="") as figures:
                new = [
                    dict(zip(COLUMNS, [*row, f"{today.day} {today:%B %Y}", where], strict=True))
                    for row in csv.reader(figures)
                ]
            measured = {r["measure"] for r in new}
            known = [
                r
                for r in known
                if r["part"] != part or (r["measure"] not in measured and part in ("growth", "chapters"))
            ] + new
            CSV.parent.mkdir(exist_ok=True)
            with CSV.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(known)
            shutil.rmtree(clone)
            if ended.returncode:
                sys.exit(f"The part {part} did not end.")
    order = {p: i for i, p in enumerate(PARTS)}
    known.sort(key=lambda r: order[r["part"]])
    lines = ["| part | measure | value | bar | met | measured |", "| --- | --- | --: | --- | --- | --- |"]
    lines += [
        f"| {part} | {measure} | {value} {unit} | {bar} | {held(value, bar)} | {date} |"
        for part, measure, value, unit, bar, date, _ in ([r[c] for c in COLUMNS] for r in known)
    ]
    about = "\n".join(
        f"- {p}: {next(r['machine'] for r in known if r['part'] == p)}."
        for p in order
        if any(r["part"] == p for r in known)
    )
    text = PAGE.read_text("utf-8")
    table = "\n".join([*lines, "", about])
    PAGE.write_text(
        re.sub(r"(<!-- bench -->\n).*?(\n<!-- end of bench -->)", lambda m: m[1] + table + m[2], text, flags=re.S),
        "utf-8",
    )


if __name__ == "__main__":
    main()
