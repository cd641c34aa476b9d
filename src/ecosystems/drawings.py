"""Drawings that are kept while chapters run: one is made again only when what it is drawn from changes."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pandas as pd

from typstbook.store import Store, digest

__all__ = ["SETTING", "drawn", "setting"]

# A kernel is another process: what runs chapters tells it by its environment. Where it is not set, in JupyterLab and
# in tests, nothing is kept.
SETTING = "ECOSYSTEMS_DRAWINGS"


def setting(store: Store, new: Path, state: str) -> dict[str, str]:
    """The environment of a kernel that takes drawings from `store` and puts those it makes into the folder `new`.

    Drawings move from there to the store once their chapter has been judged: what warned is drawn, and warns, again.
    `state` is the digest of what they depend on besides their own values: code, packages, and the chapter's cells,
    which may change settings of Matplotlib or of this package before they draw.
    """
    return {SETTING: json.dumps([str(store.folder), str(new), state])}


class _Unknown(Exception):
    """A value by which a drawing cannot be known again."""


def _values(value: object) -> object:
    """A value as :func:`digest` takes it; a function stands for the values it holds, for its code is in the state."""
    if isinstance(value, FunctionType):
        if not value.__module__.startswith("ecosystems."):
            raise _Unknown  # of a cell, which may read other variables of the chapter
        held = [_values(cell.cell_contents) for cell in value.__closure__ or ()]
        return [value.__module__, value.__qualname__, held, _values(value.__defaults__), _values(value.__kwdefaults__)]
    if isinstance(value, pd.DataFrame | pd.Series):
        return [value.to_csv(), [repr(t) for t in pd.DataFrame(value).dtypes], type(value).__name__]
    if isinstance(value, dict):
        return ["dict", [[_values(k), _values(v)] for k, v in value.items()]]
    if isinstance(value, list | tuple):
        return [_values(v) for v in value]
    if isinstance(value, str | int | float | None):
        return [type(value).__name__, str(value)]
    try:
        return pickle.dumps(value).hex()
    except (pickle.PicklingError, AttributeError, TypeError):
        raise _Unknown from None


def drawn(make: Callable[[], str], *values: object) -> str:
    """What `make` draws, or what it drew of the same values before.

    Parameters
    ----------
    make : callable
        Returns an SVG document.
    *values : object
        All that the drawing depends on, besides code and settings. Functions count with the values they hold.
    """
    if not (known := os.environ.get(SETTING)):
        return make()
    store, new, state = json.loads(known)
    try:
        key = digest(state, _values(values))
    except _Unknown:
        return make()
    if path := Store(Path(store)).find("drawings", key):
        return path.read_text("utf-8")
    return Store(Path(new)).get("drawings", key, lambda: make().encode()).decode()
