"""The figures of the book as its chapters make them, on any tables: the analysis cell first, then the figure's own."""

import re

import nbformat

from ecosystems.charts import EXHIBITS
from ecosystems.figure import Figure
from ecosystems.tables import ROOT

_CALL = re.compile(r"charts\.(\w+)\(data, \w+\)")


def _cells() -> dict[str, tuple[str, str, str]]:
    """Figure to the imports, the analysis cell and the figure's own cell of its chapter."""
    found = {}
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        cells = {c.id: c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"}
        for id, source in cells.items():
            call = _CALL.fullmatch(source.strip())
            if call and call[1] in EXHIBITS:
                found[call[1]] = cells["setup"], cells[f"{id}-data"], source
    return found


CELLS = _cells()
PROFILES = [name for name in EXHIBITS if name not in CELLS]
"""Figures of the chapters of single ecosystems, which make their own tables."""


def figure(name: str, data, ecosystem: str = "kepler-rwanda") -> Figure:
    """One figure of the book, made from `data`."""
    if name in PROFILES:
        return EXHIBITS[name](data, ecosystem)
    setup, table, call = CELLS[name]
    space: dict = {}
    exec(setup, space)
    space["data"] = data
    exec(table, space)
    return eval(call, space)
