"""Checks of ``datapackage.json`` and of the tables that it describes; :mod:`.rules` has what no description can say.

Each problem is one sentence: table, line and key, column, value, what would be right. All problems are
told at once: a table that cannot be read hides only what depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from ecosystems.checks import descriptor, edits, files, places, rules, schema, texts, twins
from ecosystems.checks.problems import Collector, Frames, Problem, each
from ecosystems.checks.schema import LARGEST
from ecosystems.tables import OWN

__all__ = ["LARGEST", "Problem", "check", "describe"]

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
    description, problems = descriptor.read(path)
    return [*problems, *(_tables(path, description) if description else [])]


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
    description, problems = descriptor.read(path)
    if not description:
        return None, [], problems
    package, changes = files.renewed(path, description.package)
    problems = [*problems, *_tables(path, descriptor.described(package))]
    return (None if problems else package), changes, problems


def _tables(path: Path, package: descriptor.Description) -> list[Problem]:
    own, found = package.resources, Collector()
    found.add(files.problems(path, package.package))
    frames = {name: schema.read(path, resource, found) for name, resource in own.items()}
    lent = {}
    if path.resolve() != OWN:  # what the folder leaves out and others of its tables refer to
        projects, _ = descriptor.read(OWN)
        lent = {n: r for n, r in projects.resources.items() if n in LENT - own.keys()} if projects else {}
        frames |= {name: schema.read(OWN, resource, Collector()) for name, resource in lent.items()}
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    for name in own.keys() & frames.keys():
        found.add(schema.keys(name, frames, own[name]["schema"], lent))
    if "answers" in frames.keys() & own.keys():
        keys = frames["answers"][["table", "row", "column"]].itertuples(index=False, name=None)
        found.answers = dict(zip(keys, frames["answers"].index, strict=True))
    wrong = frozenset(found.rows)  # what is wrong already is not judged by what its values mean
    for rule, *needed in rules.RULES:
        if set(needed) <= frames.keys():
            found.add(_judged(rule, needed, frames, *needed), wrong)
    ours = {n: f for n, f in frames.items() if n in own}
    listed = {(n, f["name"]) for n in ours for f in own[n]["schema"]["fields"] if "enum" in f.get("constraints", {})}
    found.add(texts.texts(ours, listed))
    found.add(twins.pasted(ours, own), wrong)
    found.add(_judged(rules.future, ["events"], frames, package.year), wrong)
    if "edits" in ours:
        found.add(_judged(edits.problems, ["edits"], ours, package.package), wrong)
    if frames.keys() >= {n for n, r in own.items() if "schema" in r}:
        found.add(rules.unused(frames))
    placed = ("initiatives", "ecosystems", "countries")
    found.add(_judged(places.places, placed, frames, path, package.regions), wrong)
    found.add(_judged(rules.regions, placed, frames, package.regions))
    if "initiatives" in frames:
        found.add(rules.examples(frames, package.package.get("description")))
    if (answers := ours.get("answers")) is not None:
        unasked = answers.index.isin(found.unasked())
        right = "it answers no question; remove it"
        found.add(each("answers", answers, pd.Series(unasked, answers.index), "row", right))
    return found.problems()


def _judged(rule: Callable, tables: Iterable[str], frames: Frames, *more: object) -> list[Problem]:
    """What a rule finds; if it cannot do without a column that one of its tables lacks, that this is so."""
    try:
        return list(rule(frames, *more))
    except KeyError as error:
        said = set(re.findall(r"\w+", str(error)))
        for name in tables:
            for column in sorted(files.known_columns(name) & said - set(frames.get(name, ()))):
                right = "the table has no such column, and the book needs it; what is not known stays empty"
                return [Problem(name, "line 1", column, None, right)]
        raise
