"""Headlines written by hand, each guarded by what the tables say.

``book/headlines.toml`` has one table a figure function: ``headline``, at most 14 words with ``{fields}``, and ``when``,
what must be true of the figure's values for these words to be right: a number within ``[low, high]``, or an equal text.
If one of them is not, or for a scan of one's own, the sentence that the figure computes stands in.
"""

import tomllib
from functools import cache
from numbers import Real
from pathlib import Path

from ecosystems.tables import ROOT
from ecosystems.words import number

FILE = ROOT / "book" / "headlines.toml"
WORDS = 14


@cache
def _read(path: Path, changed: int) -> dict[str, dict]:
    entries = tomllib.loads(path.read_text("utf-8"))
    for name, entry in entries.items():
        if set(entry) != {"headline", "when"} or not entry["when"]:
            raise ValueError(f"{path.name}: [{name}] must have a headline and at least one condition in when")
    return entries


def read(path: Path = FILE) -> dict[str, dict]:
    """The entries by the name of their figure function, each with ``headline`` and ``when``."""
    return _read(path, path.stat().st_mtime_ns)


def holds(condition: object, value: object) -> bool:
    """Whether a value is within ``[low, high]``, both ends included, or equals any other condition."""
    if isinstance(condition, list):
        return isinstance(value, Real) and condition[0] <= value <= condition[1]
    return condition == value


def headline(name: str, values: dict[str, object], data, path: Path = FILE) -> str | None:
    """The headline of a figure, if one is written, the tables reconstruct the report and every condition is true.

    Parameters
    ----------
    name : str
        Of the figure function.
    values : dict of str to number or str
        What the figure computed; numbers are written whole, with separators.

    Raises
    ------
    ValueError
        If the entry asks for a value that the figure does not give.
    """
    entry = read(path).get(name)
    if entry is None or data.report is None:
        return None
    try:
        if not all(holds(condition, values[key]) for key, condition in entry["when"].items()):
            return None
        written = {k: number(v) if isinstance(v, Real) else v for k, v in values.items()}
        return entry["headline"].format_map(written)
    except KeyError as missing:
        given = ", ".join(values) or "none"
        raise ValueError(
            f"{path.name}: [{name}] asks for the value {missing.args[0]}; its figure gives {given}"
        ) from None
