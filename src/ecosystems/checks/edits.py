"""Rules of the table edits: what it names is there, and what it tells of has happened."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator

from ecosystems.checks.fields import columns
from ecosystems.checks.problems import ASKED, Fault, Frames

ALIKE = 0.85  # so alike is a name that was mistyped; others may be words, or of rows that are gone
_ID = re.compile(r"(?<![\w-])\w+(?:-\w+)+(?![\w-])")
_COLUMN = re.compile(r"(?<![\w-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w-])|(?<=\(column )\w+|(?<=\(columns )\w+")


def edits(data: Frames, package: dict) -> Iterator[Fault]:
    """Edits name tables, columns and rows that are there, and lie before tomorrow and in no later version."""
    table, described = data["edits"], {r["name"]: r for r in package["resources"]}
    names = {*described, *(c for r in described.values() for c in columns(r))}
    ids = {n: [*frame["id"].dropna()] for n, frame in data.items() if "id" in frame}
    known = {id for of in ids.values() for id in of}
    known |= {i for what in table.loc[table["kind"] == "removal", "what"].dropna() for i in _ID.findall(what)}
    # The clock of an editor in the east is a day ahead.
    today = str(datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1))

    made = str(package.get("version"))
    own = made in set(table["version"])  # else it is the history of other tables, such as those that these began with
    for line, version, date, tables, what in table[["version", "date", "tables", "what"]].fillna("").itertuples():
        if own and _number(version) > _number(made):
            yield line, "version", f"datapackage.json has the version {made}; renew one of them"
        if date > max(today, str(package.get("created"))[:10]):
            yield line, "date", "it lies in the future"
        if version != made:
            continue  # of what older editions name much is gone
        named = tables.split("; ")
        for name in sorted({*named} - {"all", "", *described}):
            yield line, "tables", f"there is no table {name[:60]!r}; names are separated by '; '", ASKED
        for name in sorted({*_COLUMN.findall(what)} - names):
            yield line, "what", f"there is no column or table {name[:60]!r}", ASKED
        there = [id for name in named for id in ids.get(name, [])]
        for id in sorted({*_ID.findall(what)} - known):
            close = difflib.get_close_matches(id, there, 1, ALIKE)
            if close and close[0].rstrip("0123456789") != id.rstrip("0123456789"):
                yield line, "what", f"there is no row {id[:60]!r}; {close[0][:60]!r} is one", ASKED


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
