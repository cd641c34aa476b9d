"""``datapackage.json`` is data, too: it is checked by the Data Package schema, and by what the editions need of it.

Each fault is a place in the file, such as ``("contributors", 0, "title")``, and a sentence on what would be right.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ecosystems.checks.fields import RESERVED, TEXT, Fault, Place, needed
from ecosystems.checks.fields import faults as faults_of_resources
from ecosystems.checks.problems import Problem, Unreadable
from ecosystems.checks.schema import content_of
from ecosystems.checks.texts import spoilt
from ecosystems.checks.wording import decoded

FILE = "datapackage.json"
LONGEST_TITLE = 300  # characters
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_TYPES = {
    "string": "a text in quotes",
    "array": "a list in square brackets",
    "object": "keys with values, in braces",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_NEEDED = (
    (
        "name",
        rf"(?=.{{1,80}}$)(?!(?i:{RESERVED.pattern})$)[a-z0-9]+([._-][a-z0-9]+)*",
        "files are named after it: it must be short, of lower-case letters, digits and hyphens, such as 'my-scan'",
    ),
    ("title", TEXT, "the title of the book is needed here"),
    ("description", TEXT, "a sentence is needed here that says what the tables hold"),
    ("version", r"[0-9]+(\.[0-9]+){1,3}([.+-][0-9A-Za-z.-]{1,30})?", "it must be a version such as '0.1.0'"),
    (
        "created",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
        "it must be a day and a time such as '2026-11-30T00:00:00Z'",
    ),
)
_LICENCE = {"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}


def read(folder: Path) -> tuple[dict | None, list[Problem]]:
    """Read and check ``datapackage.json`` of a folder.

    Returns
    -------
    dict or None
        None if the tables cannot be checked by it.
    list of Problem
    """
    try:
        return _read(content_of(folder / FILE))
    except FileNotFoundError:
        return None, [Problem(FILE, "", "", None, f"the file is missing in {folder}; it describes every table")]
    except Unreadable as error:
        return None, [error.problem(FILE)]


@lru_cache(8)  # validation takes half a second, and whoever checks a scan reads the project's own as well
def _read(content: bytes) -> tuple[dict | None, list[Problem]]:
    text = decoded(content, "it")
    try:
        package = json.loads(text, parse_constant=_no_number)
        if not isinstance(package, dict):
            raise TypeError
    except json.JSONDecodeError as error:
        right = f"it must be JSON ({error.msg.lower()}); look for a comma, quote or bracket here or in the line before"
        raise Unreadable(right, error.lineno) from None
    except (ValueError, TypeError, RecursionError) as error:
        more = f" ({error})" if type(error) is ValueError else ""
        raise Unreadable(f"it must be JSON: keys with values, in braces{more}") from None
    lines, twice = _lines(text)
    unusable = list(faults_of_resources(package))
    found: dict[Place, str] = {}
    for place, right in [*unusable, *_faults(package), *((p, "this key stands twice; remove one") for p in twice)]:
        found.setdefault(place, right)
    for place, right in _by_schema(package):
        if not any(place[: len(p)] == p or p[: len(place)] == place for p in found):
            found[place] = right
    problems = [_problem(package, lines, place, right) for place, right in found.items()]
    return None if unusable else package, problems


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _lines(text: str) -> tuple[dict[Place, int], list[Place]]:
    """The line of each key and of each entry of a list in a text that is JSON, and the keys that stand twice."""
    found: dict[Place, int] = {}
    twice, path, line, last, begins = [], [], 1, 0, False
    for match in _TOKEN.finditer(text):
        token, line, last = match[0], line + text.count("\n", last, match.start()), match.start()
        if token in "}]":
            path.pop()
            begins = False
        elif token == ",":
            begins = True
            if isinstance(path[-1], int):
                path[-1] += 1
        elif token != ":":
            if begins:
                key = not isinstance(path[-1], int)
                if key:
                    path[-1] = json.loads(token)
                if tuple(path) in found:
                    twice.append(tuple(path))
                found[tuple(path)], begins = line, False
                if key:
                    continue
            if token in "{[":
                path.append("" if token == "{" else 0)
                begins = True
    return found, twice


def _problem(package: dict, lines: dict[Place, int], place: Place, right: str) -> Problem:
    """The sentence: where in the file, under which key, and the value if it is a single one."""
    at = next((lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in lines), 0)
    value, words = package, []
    for number, key in enumerate(place):
        there = isinstance(value, dict) and key in value or isinstance(value, list) and isinstance(key, int)
        value = value[key] if there else None
        if isinstance(key, int):
            named = isinstance(value, dict) and place[number - 1] in ("resources", "fields")
            name = value.get("name") if named else None
            key = name if isinstance(name, str) and name else f"entry {key + 1}"
        words.append(key[:60])
    single = isinstance(value, str | int | float) and not isinstance(value, bool)
    shown = str(value) if single else None
    return Problem(FILE, f"line {at}" if at else "", ", ".join(words), shown, right)


def _faults(package: dict) -> Iterator[Fault]:
    """What the editions need that the Data Package schema leaves open."""
    yield from needed(package, (), *_NEEDED)
    if len(str(package.get("title"))) > LONGEST_TITLE:
        yield ("title",), f"it has more than {LONGEST_TITLE} characters; what is more belongs into description"
    try:
        datetime.datetime.fromisoformat(str(package.get("created")))
    except ValueError:
        yield ("created",), "there is no such day or time; write one such as '2026-11-30T00:00:00Z'"
    yield from _texts(package, ())
    if not package.get("licenses"):
        yield ("licenses",), f"a licence of the tables is needed, such as [{json.dumps(_LICENCE)}]"
    yield from _licences(package, ())
    for number, resource in enumerate(_listed(package.get("resources"))):
        yield from _licences(resource, ("resources", number))
    yield from _people(package.get("contributors"))
    yield from _regions(package.get("regions"))
    if "report" in package:
        yield from _report(package)


def _listed(value: object) -> list:
    return value if isinstance(value, list) else []


def _licences(of: object, place: Place) -> Iterator[Fault]:
    parts = [(key, TEXT, f"a licence needs it, such as {_LICENCE[key]!r}") for key in ("name", "path")]
    for number, licence in enumerate(_listed(of.get("licenses") if isinstance(of, dict) else None)):
        yield from needed(licence, (*place, "licenses", number), *parts)


def _people(people: object) -> Iterator[Fault]:
    if people == []:
        example = '{"title": "Your name", "roles": ["creator"]}'
        yield ("contributors",), f"nobody is named; write who made the scan, such as [{example}], or remove the key"
    names, right = set(), "each contributor needs a title, which is the name of the person or organisation"
    for number, person in enumerate(_listed(people)):
        place = ("contributors", number)
        if fault := next(needed(person, place, ("title", TEXT, right)), None):
            yield fault
        elif (name := person["title"]) in names:
            yield (*place, "title"), "this contributor stands in the list already; remove one"
        elif len(name) > LONGEST_TITLE:
            yield (*place, "title"), f"it has more than {LONGEST_TITLE} characters; give each contributor an entry"
        else:
            names.add(name)


def _regions(regions: object) -> Iterator[Fault]:
    if regions is not None and not (isinstance(regions, list) and all(isinstance(r, str) and r for r in regions)):
        yield ("regions",), "it must be a list of names of regions, as countries.csv has them"
    elif regions and len(set(regions)) < len(regions):
        yield ("regions",), "a region stands in the list twice; remove one"


def _report(package: dict) -> Iterator[Fault]:
    """What the book says of the report that its tables reconstruct."""
    report, day = package["report"], r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    texts = [(key, TEXT, "it must be a text") for key in ("title", "subtitle", "funder")]
    yield from needed(report, ("report",), *texts, ("date", day, "it must be a day such as '2023-06-29'"))
    for key in ("authors", "with"):
        names = report.get(key) if isinstance(report, dict) else None
        if not _listed(names) or not all(isinstance(name, str) for name in names):
            yield ("report", key), "it must be a list of names"
    first = next(iter(_listed(package.get("sources"))), None)
    yield from needed(
        first, ("sources",), ("path", TEXT, "the first source must be the page of the report, with its path")
    )


def _texts(value: object, place: Place) -> Iterator[Fault]:
    """No text hides characters, turns its line, is misread or is markup; an address leads to a public host."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("example", "constraints", "missingValues", "$schema"):
                yield from _texts(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))
    elif isinstance(value, str) and value:
        address = place[-1] == "homepage" or place[-1] == "path" and "resources" not in place[-3:-1]
        for right in spoilt(value, address):
            yield place, right


@cache
def _validator():
    import jsonschema  # takes time; only a descriptor that was not seen before needs it

    return jsonschema.Draft7Validator(json.loads(Path(__file__).with_name("datapackage-2.0.json").read_text("utf-8")))


def _by_schema(package: dict) -> Iterator[Fault]:
    for error in _validator().iter_errors(package):
        while error.context:  # of several forms, the one that fits best
            branches: dict[object, list] = {}
            for inner in error.context:
                branches.setdefault(inner.schema_path[0], []).append(inner)
            error = min(branches.values(), key=lambda e: ("type" in e[0].relative_path, len(e)))[0]
        place, limit = tuple(error.absolute_path), error.validator_value
        if error.validator == "required":
            yield (*place, next(k for k in limit if k not in error.instance)), "a value is needed here"
        elif error.validator == "type":
            kinds = [limit] if isinstance(limit, str) else limit
            yield place, f"it must be {' or '.join(_TYPES.get(kind, kind) for kind in kinds)}"
        elif error.validator in ("minItems", "minProperties"):
            yield place, "it is empty; fill it, or remove the key"
        elif error.validator == "enum":
            yield place, f"it must be one of: {', '.join(map(str, limit))[:300]}"
        else:
            yield place, f"it does not keep to the Data Package schema ({error.validator}: {str(limit)[:100]})"
