"""Files and their descriptions together: what is missing, what lies there and is not read, what describing changes."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ecosystems.checks.descriptor import FILE
from ecosystems.checks.fields import columns
from ecosystems.checks.problems import Problem
from ecosystems.tables import OWN, REFERENCE, without_measures

_TABLES, _SHEETS = (".csv", ".tsv", ".geojson"), (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
# How programs and people call a second version of a file.
_COPY = re.compile(
    r"^(copy of |copia de |copie de |kopie von )|[ _.-]*(\([0-9]+\)|copy|copia|copie|kopie|old|new|final|backup"
    r"|bak|edited|v?[0-9]+)$",
    re.IGNORECASE,
)


def _known() -> dict[str, dict]:
    """The project's own descriptions, by the name of the file."""
    package = without_measures(json.loads((OWN / FILE).read_text("utf-8")))
    return {r["path"]: r for r in package["resources"]}


def known_columns(table: str) -> set[str]:
    """The columns of a table in the project's own description."""
    return set(columns(_known().get(f"{table}.csv", {})))


def _there(folder: Path) -> dict[str, str]:
    """Names of the files in a folder, by what they have in common on all kinds of disks."""
    names = (p.name for p in sorted(folder.iterdir()) if p.is_file() and not p.name.startswith((".", "~$")))
    return {unicodedata.normalize("NFC", name).casefold(): name for name in names}


def _needed(folder: Path, resources: list[dict]) -> dict[str, list[str]]:
    """Tables to which tables that are there refer, with these; what the project can lend is not needed."""
    found: dict[str, list[str]] = {}
    for resource in resources:
        if (folder / resource["path"]).exists():
            for key in resource.get("schema", {}).get("foreignKeys", []):
                other = key["reference"]["resource"]
                if other not in REFERENCE and resource["path"] not in found.setdefault(other, []):
                    found[other].append(resource["path"])
    return found


def _lost(folder: Path, resources: list[dict]) -> list[dict]:
    """The descriptions of files that are not there."""
    there = _there(folder)
    return [r for r in resources if not (folder / r["path"]).exists() and r["path"].casefold() not in there]


def problems(folder: Path, package: dict) -> Iterator[Problem]:
    """Described files that are missing, and files that nobody reads; each sentence says what to do."""
    there, resources = _there(folder), package["resources"]
    paths, needed, known = {r["path"] for r in resources}, _needed(folder, resources), _known()
    for resource in _lost(folder, resources):
        right = "put it back, or run make describe, which takes it out of datapackage.json"
        if users := needed.get(resource["name"]):
            more = f" and {len(users) - 1} more" if len(users) > 1 else ""
            right = f"{users[0]}{more} cannot do without it; put it back, or remove those, too"
        yield Problem(resource["path"], "", "", None, f"the file is missing; {right}")
    for plain, name in there.items():
        if name not in paths and name != FILE and (right := _unread(plain, name, {*paths, *known}, known)):
            yield Problem(name if "." in name else f"{name}.", "", "", None, right)


def _unread(plain: str, name: str, tables: set[str], known: dict[str, dict]) -> str:
    """What to do with a file that is not described; an empty text if it is none of a table."""
    stem, dot, ending = plain.rpartition(".")
    suffix, original = dot + ending, stem
    while (shorter := _COPY.sub("", original)) != original and shorter:
        original = shorter
    copied = original != stem and f"{original}{suffix}"
    if copied and copied in {FILE, *tables}:
        return f"nothing of this copy is read; move what was changed in it into {copied}, and remove it"
    if suffix in _SHEETS:
        return "a workbook is not read; save its sheet as CSV in UTF-8, under the name of a table"
    if suffix not in _TABLES:
        return ""
    if name in known:
        return "the file is not described, so nothing of it is read; run make describe, which adds it"
    if plain in tables:
        return f"nothing of it is read, because of its capitals; its name must be {plain}"
    close = difflib.get_close_matches(plain, tables, 1, 0.75)
    name_it = f"name it {close[0]}" if close else "give it the name of a table"
    return (
        f"the file is not described, so nothing of it is read; {name_it}, describe it in datapackage.json, or remove it"
    )


def renewed(folder: Path, package: dict) -> tuple[dict, list[str]]:
    """A package without measures that describes the tables in a folder.

    Tables that the project knows are added; tables that are not there are taken out, if none that is there refers to
    them, and with them the keys that led there.

    Returns
    -------
    package : dict
        Only the number of rows is kept of each table, so that a check can tell that a table lost all of them.
    changes : list of str
        What was added and taken out, in words.
    """
    known, resources = _known(), package["resources"]
    rows = {r["name"]: r["rowCount"] for r in resources if "rowCount" in r}
    needed = _needed(folder, resources)
    gone = [r for r in _lost(folder, resources) if r["name"] not in needed]
    resources = [r for r in resources if r not in gone]
    there = {r[key] for r in resources for key in ("path", "name")}
    added = [r for r in known.values() if not there & {r["path"], r["name"]} and (folder / r["path"]).is_file()]
    changes = [*(f"{r['path']} is taken out" for r in gone), *(f"{r['path']} is added" for r in added)]
    resources, fresh = [*resources, *added], {r["name"] for r in added}
    resources = [_linked(r, known, {r["name"] for r in resources}, fresh) for r in resources]
    described = without_measures({**package, "resources": resources})
    for resource in described["resources"]:
        if resource["name"] in rows:
            resource["rowCount"] = rows[resource["name"]]
    return described, changes


def _linked(resource: dict, known: dict[str, dict], names: set[str], fresh: set[str]) -> dict:
    """A described table with keys that lead to tables that are there or that the project lends."""
    if not (schema := resource.get("schema")):
        return resource
    keys = [k for k in schema.get("foreignKeys", []) if k["reference"]["resource"] in {"", *names, *REFERENCE}]
    columns = {f["name"] for f in schema["fields"]}
    for key in known.get(resource["path"], {}).get("schema", {}).get("foreignKeys", []):
        if key not in keys and key["reference"]["resource"] in fresh and set(key["fields"]) <= columns:
            keys.append(key)
    if keys == schema.get("foreignKeys", []):
        return resource
    without = {k: v for k, v in schema.items() if k != "foreignKeys"}  # the Data Package schema knows no empty list
    return {**resource, "schema": {**without, **({"foreignKeys": keys} if keys else {})}}
