"""Run the chapters and keep their text outputs in ``book/*.ipynb``, for readers of the notebooks and for nbval.

What changed is said in words: which figure, table or paragraph, and what it said before and says now. Drawings are
not kept: they are large, and the digest in the text changes with them. Those who read a notebook without running it see
figures and tables as Markdown, and data frames as HTML.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

import nbformat

from ecosystems.editions import run
from ecosystems.editions.chapters import own_tables
from ecosystems.figure import MIME
from ecosystems.tables import ROOT
from ecosystems.words import listing, plural

SHOWN = 4  # places or rows of one change that are told one by one
_FIGURE = re.compile(r"Figure (\w+): (.*?)\nData (\w+) · drawing (\w+)", re.S)
_TABLE = re.compile(r"Table (\w+): (.*?)\nData (\w+)", re.S)


def words(before: str, after: str) -> str:
    """What differs between two texts, each place with the words around it."""
    a, b = before.split(), after.split()
    join = " ".join
    places = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            change = f"[{join(a[i:j]) or 'nothing'} -> {join(b[k:m]) or 'nothing'}]"
            places.append(f"{join(a[max(0, i - 3) : i])} {change} {join(a[j : j + 3])}".strip())
    more = [f"and {plural(len(places) - SHOWN, 'more place')}"] if len(places) > SHOWN else []
    return "; ".join([*places[:SHOWN], *more])


def rows(before: Iterable[str], after: Iterable[str]) -> str:
    """How many rows of a table came, went or changed, and the first of them."""
    was, now = Counter(before), Counter(after)
    gone, new = list((was - now).elements()), list((now - was).elements())
    changed = min(len(gone), len(new))
    counts = {"changed": changed, "added": len(new) - changed, "removed": len(gone) - changed}
    counts = [plural(n, f"row {what}", f"rows {what}") for what, n in counts.items() if n > 0]
    pairs = [
        *(words(a, b) for a, b in zip(gone, new, strict=False)),
        *(f"+ {r}" for r in new[changed:]),
        *(f"- {r}" for r in gone[changed:]),
    ]
    return "\n      ".join([listing(counts) or "the same rows in another order, or other links", *pairs[:SHOWN]])


def told(cell: str, before: str, after: str, old_csv: str = "", new_csv: str = "") -> str:
    """One change of one output in words; `old_csv` and `new_csv` are the figure's data, where they are known."""
    if not before or not after:
        name = re.match(r"((?:Figure|Table) \w+)", before or after)
        return f"{name[1] if name else f'cell {cell}'}: {'gone' if before else 'new'}"
    if (a := _FIGURE.match(before)) and (b := _FIGURE.match(after)):
        parts = [f"says now: {words(a[2], b[2])}"] if a[2] != b[2] else []
        if a[3] != b[3]:
            tables = [map(" | ".join, csv.reader(io.StringIO(t))) for t in (old_csv, new_csv) if t]
            parts.append(f"its data: {rows(*tables)}" if len(tables) == 2 else "its data changed")
        return f"Figure {b[1]}: {'; '.join(parts) or 'the drawing only'}"
    if (a := _TABLE.match(before)) and (b := _TABLE.match(after)):
        return f"Table {b[1]}: {rows(a[2].splitlines(), b[2].splitlines())}"
    return f"cell {cell}: {words(before, after)}"


def _text(output: dict) -> str:
    text = output.get("data", {}).get("text/plain", output.get("text", ""))
    return "".join(text)


def store(path: Path, exhibits: Path = ROOT / "_build" / "edition" / "exhibits") -> list[str] | None:
    """Renew the outputs in one notebook; what changed in words, or None if nothing did.

    Parameters
    ----------
    exhibits : Path
        CSV files of the edition built last: what the figures' data were before.
    """
    before = path.read_text("utf-8")
    notebook = nbformat.reads(before, 4)
    results = iter(run.results(notebook))
    said = []
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        cell.execution_count = number  # without it nbval takes the cell for one that never ran
        old, fresh = cell.outputs, [nbformat.from_dict(o) for o in next(results)]
        for i in range(max(len(old), len(fresh))):
            was, now = (_text(o[i]) if i < len(o) else "" for o in (old, fresh))
            if was != now:
                payload = fresh[i].get("data", {}).get(MIME, {}) if i < len(fresh) else {}
                file = exhibits / f"{payload.get('slug')}.csv"
                data = file.read_text("utf-8-sig") if file.is_file() else ""
                said.append(told(cell.id, was, now, data, payload.get("csv", "")))
        for output in fresh:
            if "data" in output:
                frame = 'class="dataframe"' in output.data.get("text/html", "")
                output.data = {k: v for k, v in output.data.items() if k in run.TEXTS or frame and k == "text/html"}
        cell.outputs = fresh
    after = nbformat.writes(notebook) + "\n"
    if after == before:
        return None
    path.write_text(after, "utf-8")
    return said


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    own_tables()
    chapters = [p for p in run.listed(ROOT) if p.suffix == ".ipynb"]
    run.run([(str(p.relative_to(ROOT)), run.read_file(p)) for p in chapters], print)
    changes = {str(p.relative_to(ROOT)): said for p in chapters if (said := store(p)) is not None}
    print(f"{len(changes)} of {len(chapters)} chapters changed")
    for name, said in changes.items():
        lines = said or ["the order of its cells or what is kept beside the outputs"]
        print(f"  {name}", *(f"    {line}" for line in lines), sep="\n")
