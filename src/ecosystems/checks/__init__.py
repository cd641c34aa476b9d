"""Checks of the tables: :mod:`.schema` compares them with ``datapackage.json``, :mod:`.rules` has what that cannot say.

Each problem is one sentence: table, line and key, column, value, what would be right. All problems are
told at once: a table that cannot be read hides only what depends on it.
"""

from __future__ import annotations

from pathlib import Path

from ecosystems.checks import rules, schema
from ecosystems.checks.schema import LARGEST, Problem
from ecosystems.tables import OWN

__all__ = ["LARGEST", "Problem", "check"]

LENT = {"areas", "characteristics", "countries", "indicators"}  # tables to which those of a scan of one's own refer


def check(path: Path) -> list[Problem]:
    """Check all tables of one folder.

    Parameters
    ----------
    path : Path
        A folder with ``datapackage.json`` and the files that it describes.

    Returns
    -------
    list of Problem
        All problems; empty if there are none. Of many alike the first are listed and the others counted.
    """
    path = Path(path)
    try:
        package = schema.describe(path)
    except schema.BadDescription as error:
        return [Problem("datapackage.json", "", "", None, str(error))]
    own, found = package.resources, schema.Collector()
    frames = {name: schema.read(path, resource, found) for name, resource in own.items()}
    lent = {}
    if path.resolve() != OWN:  # what the folder leaves out and others of its tables refer to
        lent = {n: r for n, r in schema.describe(OWN).resources.items() if n in LENT - own.keys()}
        frames |= {name: schema.read(OWN, resource, schema.Collector()) for name, resource in lent.items()}
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    for name in own.keys() & frames.keys():
        found.add(schema.keys(name, frames, own[name]["schema"], lent))
    wrong = frozenset(found.rows)  # what is wrong already is not judged by what its values mean
    for rule, *needed in rules.RULES:
        if set(needed) <= frames.keys():
            found.add(rule(frames, *needed), wrong)
    found.add(rules.texts({n: f for n, f in frames.items() if n in own}))
    found.add(rules.future(frames, package.year), wrong)
    if frames.keys() >= {n for n, r in own.items() if "schema" in r}:
        found.add(rules.unused(frames))
    found.add(rules.places(path, frames, package.regions), wrong)
    return found.problems()
