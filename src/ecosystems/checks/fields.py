"""What ``datapackage.json`` says of files, fields and keys must hold together before a table can be checked by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, also with an ending."""
TEXT = r".*\S.*"
# Narrower than what Python reads as a number: pandas, R and spreadsheets agree on these.
KINDS = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 1200, without separators"),
    "year": (re.compile(r"[0-9]{4}"), "a year of four digits"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?"), "a number such as 1234.5, without separators"),
}
Place = tuple[str | int, ...]
Fault = tuple[Place, str]
# What a column can be limited by, of which types, and what would be right.
LIMITS = {
    **dict.fromkeys(("required", "unique"), ((bool,), "it must be true or false")),
    "enum": ((list,), "it must be a list of values"),
    "pattern": ((str,), "it must be a regular expression"),
    **dict.fromkeys(("minimum", "maximum", "maxLength"), ((int, float), "it must be a number")),
}


def columns(resource: dict) -> list[str]:
    """Names of the columns of a described table; none of another file."""
    return [f["name"] for f in resource.get("schema", {"fields": []})["fields"]]


def faults(package: dict) -> Iterator[Fault]:
    """Faults that leave a table without a description: where, and what would be right."""
    resources = package.get("resources")
    if not isinstance(resources, list) or not resources:
        yield ("resources",), "it must be a list with an entry for each file"
        return
    sound, names, paths = {}, set(), set()
    for number, resource in enumerate(resources):
        place = ("resources", number)
        if not isinstance(resource, dict):
            yield place, "an entry must be keys with values, in braces"
            continue
        found = list(_resource(resource, place))
        name, path = resource.get("name"), resource.get("path")
        for key, value, seen in (("name", name, names), ("path", path, paths)):
            if isinstance(value, str):
                if value.casefold() in seen:
                    found.append(((*place, key), f"another entry has the same {key}; remove one"))
                seen.add(value.casefold())
        yield from found
        if not found:
            sound[name] = (place, resource)
    for place, resource in sound.values():
        yield from _keys(resource.get("schema", {}), place, columns(resource), {n: r for n, (_, r) in sound.items()})


def needed(of: object, place: Place, *texts: tuple[str, str, str]) -> Iterator[Fault]:
    """Keys that hold no text of the form that they need: each with the form, and what would be right."""
    for key, form, right in texts:
        value = of.get(key) if isinstance(of, dict) else None
        if not isinstance(value, str) or not re.fullmatch(form, value, re.DOTALL):
            yield (*place, key), right


def _resource(resource: dict, place: Place) -> Iterator[Fault]:
    yield from needed(
        resource,
        place,
        ("name", r"[\w-]+", "a name is needed, of letters, digits and hyphens"),
        ("path", r"[\w-]+(\.[\w-]+)*", "it must be the plain name of a file in this folder"),
        ("title", TEXT, "a title is needed, which sources of figures name"),
        ("description", TEXT, "a sentence is needed that says what the file holds"),
    )
    if RESERVED.fullmatch(str(resource.get("path"))):
        yield (*place, "path"), "Windows can have no file of this name"
    if not str(resource.get("path")).endswith(".csv") and "schema" not in resource:
        return
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list) or not fields:
        yield (*place, "schema"), "a table needs fields, each with a name of its own"
        return
    names = set()
    for number, field in enumerate(fields):
        there = (*place, "schema", "fields", number)
        if not isinstance(field, dict) or not isinstance(field.get("name"), str) or not field["name"]:
            yield there, "a field needs a name"
        elif field["name"] in names:
            yield there, "another field has the same name"
        else:
            names.add(field["name"])
            yield from _field(field, there)


def _field(field: dict, place: Place) -> Iterator[Fault]:
    if field.get("type") not in ("string", *KINDS):
        yield (*place, "type"), f"it must be one of: string, {', '.join(KINDS)}"
    said = "the data dictionary needs the {} of each field"
    yield from needed(field, place, *((key, TEXT, said.format(key)) for key in ("title", "description")))
    limits = field.get("constraints", {})
    if not isinstance(limits, dict):
        yield (*place, "constraints"), "it must be keys with values, in braces"
        return
    for limit, value in limits.items():
        kinds, right = LIMITS.get(limit, ((), f"it must be one of: {', '.join(LIMITS)}"))
        sound = type(value) in kinds and value != []
        try:
            re.compile(value if limit == "pattern" and sound else "")
        except re.error:
            sound = False
        if not sound:
            yield (*place, "constraints", limit), right


def _keys(schema: dict, place: Place, names: list[str], resources: dict[str, dict]) -> Iterator[Fault]:
    own, foreign = schema.get("primaryKey", []), schema.get("foreignKeys", [])
    if not isinstance(own, list) or not set(map(str, own)) <= set(names):
        yield (*place, "schema", "primaryKey"), "it must be a list of columns of this table"
    if not isinstance(foreign, list):
        yield (*place, "schema", "foreignKeys"), "it must be a list"
        return
    for number, key in enumerate(foreign):
        there = (*place, "schema", "foreignKeys", number)
        try:
            (column,), (other,) = key["fields"], key["reference"]["fields"]
            to = key["reference"]["resource"]
            known = column in names and (to not in resources or other in columns(resources[to]))
            lists = isinstance(key["fields"], list) and isinstance(key["reference"]["fields"], list)
            sound = known and lists and isinstance(to, str)
        except (KeyError, TypeError, ValueError):
            sound = False
        if not sound:
            yield there, "a key must lead from one column of this table to one column of another"
