"""Checks of ``datapackage.json`` and of the tables that it describes; :mod:`.rules` has what no description can say.

Each problem is one sentence: table, line and key, column, value, what would be right. All problems are
told at once: a table that cannot be read hides only what depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ecosystems.checks import (  # noqa: F401 (some of them only add rules)
    belonging,
    descriptor,
    ecosystems,
    files,
    places,
    portraits,
    rules,
    schema,
    texts,
    twins,
)
from ecosystems.checks.problems import RULES, Collector, Frames, Problem, told
from ecosystems.checks.schema import LARGEST
from ecosystems.tables import OWN

__all__ = ["LARGEST", "Problem", "check", "describe"]

LENT = {"areas", "characteristics", "countries", "indicators"}  # tables to which those of a scan of one's own refer


def check(path: Path) -> list[Problem]:
    """All problems of a folder with ``datapackage.json`` and the files that it describes.

    Of many alike the first are listed and the others counted.
    """
    path = Path(path)
    package, problems = descriptor.read(path)
    return [*problems, *(_tables(path, package) if package else [])]


def describe(path: Path) -> tuple[dict | None, list[str], list[Problem]]:
    """Describe the tables that lie in a folder, if they pass the check.

    Returns
    -------
    package : dict or None
        What ``datapackage.json`` should say, without measures; None if there are problems.
    changes : list of str
        Which tables were added and taken out, in words.
    problems : list of Problem
    """
    path = Path(path)
    package, problems = descriptor.read(path)
    if not package:
        return None, [], problems
    package, changes = files.renewed(path, package)
    problems = [*problems, *_tables(path, package)]
    return (None if problems else package), changes, problems


def _tables(path: Path, package: dict) -> list[Problem]:
    own, found = {r["name"]: r for r in package["resources"]}, Collector()
    found.add(files.problems(path, package))
    frames = {name: schema.read(path, resource, found) for name, resource in own.items()}
    lent = {}
    if path.resolve() != OWN:  # what the folder leaves out and others of its tables refer to
        projects, _ = descriptor.read(OWN)
        lent = {r["name"]: r for r in (projects or {}).get("resources", []) if r["name"] in LENT - own.keys()}
        frames |= {name: schema.read(OWN, resource, Collector()) for name, resource in lent.items()}
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    ours = {name: frame for name, frame in frames.items() if name in own}
    for name in ours:
        found.add(schema.keys(name, frames, own[name]["schema"], lent))
    if "answers" in ours:
        keys = ours["answers"][["table", "row", "column"]].itertuples(index=False, name=None)
        found.answers = dict(zip(keys, ours["answers"].index, strict=True))
    wrong = frozenset(found.rows)  # what is wrong already is not judged by what its values mean
    judged = {"initiative_countries": pd.DataFrame(columns=["initiative_id", "iso3"]), **frames}
    for rule, names in RULES:
        if set(names) <= judged.keys():
            faults = rule(*(judged[name] for name in names))
            found.add(_judged(told(names[0], judged[names[0]], faults), names, frames), wrong)
    listed = {(n, f["name"]) for n in ours for f in own[n]["schema"]["fields"] if "enum" in f.get("constraints", {})}
    found.add(texts.texts(ours, listed))
    found.add(twins.pasted(ours, package), wrong)
    found.add(rules.future(ours, package), wrong)
    if "edits" in ours:
        found.add(_judged(told("edits", ours["edits"], rules.edits(ours, package)), ["edits"], ours), wrong)
    found.add(rules.unused(ours, package))
    placed = places.places(frames, path, package.get("regions"))
    found.add(_judged(placed, ["initiatives", "ecosystems", "countries"], frames), wrong)
    found.add(rules.examples(ours, package))
    if (answers := ours.get("answers")) is not None:
        found.add(told("answers", answers, [(i, "row", "it answers no question; remove it") for i in found.unasked()]))
    return found.problems()


def _judged(problems: Iterable[Problem], tables: Iterable[str], frames: Frames) -> list[Problem]:
    """What a rule finds; if it cannot do without a column that one of its tables lacks, that this is so."""
    try:
        return list(problems)
    except KeyError as error:
        said = set(re.findall(r"\w+", str(error)))
        for name in tables:
            for column in sorted(files.known_columns(name) & said - set(frames.get(name, ()))):
                right = "the table has no such column, and the book needs it; what is not known stays empty"
                return [Problem(name, "line 1", column, None, right)]
        raise
