"""Run the chapters and keep their text outputs in ``book/*.ipynb``, for readers of the notebooks and for nbval.

Drawings are not kept: they are large, and the digest in the text changes with them.
"""

from pathlib import Path

import nbformat

from ecosystems.editions import execution
from ecosystems.tables import ROOT

KEPT = ("text/plain", "text/markdown")


def store(path: Path) -> bool:
    """Renew the outputs in one notebook; True if that changed it."""
    before = path.read_text("utf-8")
    stored = nbformat.reads(before, 4)
    fresh = nbformat.reads(before, 4)
    results = iter(execution.results(fresh))
    code = [c for c in stored.cells if c.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number  # without it nbval takes the cell for one that never ran
        cell.outputs = [nbformat.from_dict(o) for o in next(results)]
        for output in cell.outputs:
            if "data" in output:
                output.data = {k: v for k, v in output.data.items() if k in KEPT}
    after = nbformat.writes(stored) + "\n"
    if after != before:
        path.write_text(after, "utf-8")
    return after != before


if __name__ == "__main__":
    chapters = sorted((ROOT / "book").rglob("*.ipynb"))
    execution.run([(str(p.relative_to(ROOT)), nbformat.read(p, 4)) for p in chapters], print)
    changed = [str(p.relative_to(ROOT)) for p in chapters if store(p)]
    print(f"{len(changed)} of {len(chapters)} chapters changed", *changed, sep="\n  ")
