"""Keeps drawings: one is made again only when what it is drawn from is another.

A drawing is a function and the values in it. Both are pickled, and their digest, with that of the settings and values that modules hold, of this project's code
and of the environment, is the name under which the drawing is kept. What a function reads while it draws would not be in it: tables as a whole therefore count
with all that is in their folder.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType

import cloudpickle
import matplotlib
import pandas as pd
from pandas.api.extensions import ExtensionDtype

from ecosystems import figure
from ecosystems.tables import ROOT, Tables

__all__ = ["clear", "held", "keep"]

STORE = ROOT / "_build" / "drawings"
# What draws; it is imported wherever chapters run, while other modules of the project are there or not.
DRAWING = tuple(f"ecosystems.{name}" for name in ("charts", "figure", "maps", "style", "svg", "words"))
UNUSED = 2 * 24 * 3600  # seconds after which a drawing that no build has used is removed


class _Pickler(cloudpickle.Pickler):
    def persistent_id(self, value: object) -> str | None:
        if isinstance(value, Tables):
            return "".join(
                hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(Path(value._path).iterdir()) if p.is_file()
            )
        if isinstance(value, ModuleType):
            return value.__name__  # its code is in what the drawing stands on
        if isinstance(value, ExtensionDtype) and not isinstance(value, pd.CategoricalDtype):
            return str(value)  # pandas notes more in it as it is used
        return None


def _plain(value: object) -> object:
    """A value of a module, the same for the same content; of functions of modules the name, for their code counts in another way."""
    if callable(value) and getattr(value, "__module__", "__main__") != "__main__":
        return f"{value.__module__}.{getattr(value, '__qualname__', type(value).__qualname__)}"
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


_texts: dict[int, tuple[object, str]] = {}
"""What was said of values that do not change: by their place in memory, which is theirs as long as they are held here."""


def _text(value: object) -> str:
    known = _texts.get(id(value))
    if known:
        return known[1]
    text = repr(_plain(value))
    if " at 0x" in text:  # not its place in memory
        return f"{text} {_pickled(value)}"
    if isinstance(value, FunctionType | BuiltinFunctionType | type | ModuleType | str | int | float | None):
        _texts[id(value)] = value, text
    return text


def held() -> str:
    """What a cell may have changed before it draws: Matplotlib's settings, and the values of the modules that draw."""
    settings = {
        k: v for k, v in dict.items(matplotlib.rcParams) if k != "interactive" and not k.startswith("backend")
    }  # of windows, and looking at them would open one
    found = [repr(settings)]
    for name in sorted(n for n in sys.modules if n.startswith(DRAWING)):
        found += [
            f"{name}.{key} {_text(value)}"
            for key, value in sorted(vars(sys.modules[name]).items())
            if not key.startswith("__")
        ]
    return "\n".join(found)


def _pickled(value: object) -> bytes:
    given = io.BytesIO()
    _Pickler(given).dump(value)
    return given.getvalue()


def keep(standing_on: str) -> None:
    """From now on, in this process: take drawings from the store, and put new ones there.

    Parameters
    ----------
    standing_on : str
        What changes with the code and the environment that draw.
    """
    last: list = [None, b""]  # both layouts of a figure come from one function

    def kept(function: Callable, name: str, draw: Callable[[], str]) -> str:
        if last[0] is not function:
            last[:] = function, held().encode() + _pickled(function)
        path = STORE / f"{hashlib.sha256(f'{standing_on} {name} '.encode() + last[1]).hexdigest()[:32]}.svg"
        if path.is_file():
            os.utime(path)  # in use
            return path.read_text("utf-8")
        drawing = draw()
        STORE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(drawing, "utf-8")
        part.replace(path)
        return drawing

    figure.kept = kept


def clear() -> None:
    """Remove what no build has used for some days."""
    for old in STORE.glob("*.svg"):
        if old.stat().st_mtime < time.time() - UNUSED:
            old.unlink(missing_ok=True)
