"""The figures of the book as its chapters make them, on any tables: the analysis cell first, then the figure's own."""

import re

import nbformat
import pandas as pd

from ecosystems import analysis, charts, compare
from ecosystems.figure import EXHIBITS, Figure
from ecosystems.tables import ROOT

_CALL = re.compile(r"charts\.(\w+)\(data, \w+\)")


def _cells() -> dict[str, tuple[str, str]]:
    """Figure to its analysis cell and its own cell, of the written chapters."""
    found = {}
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        cells = {c.id: c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"}
        for id, source in cells.items():
            call = _CALL.fullmatch(source.strip())
            if call and call[1] in EXHIBITS:
                found[call[1]] = cells[f"{id}-data"], source
    return found


CELLS = _cells()
PROFILES = [name for name in EXHIBITS if name not in CELLS]
"""Figures of the chapters of single ecosystems, which make their own tables."""


def figure(name: str, data, ecosystem: str = "kepler-rwanda") -> Figure:
    """One figure of the book, made from `data`."""
    if name in PROFILES:
        return EXHIBITS[name](data, ecosystem)
    table, call = CELLS[name]
    space = {"analysis": analysis, "charts": charts, "compare": compare, "pd": pd, "data": data}
    exec(table, space)
    return eval(call, space)
