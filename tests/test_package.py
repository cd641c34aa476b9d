"""What travels with the edition: the descriptor, how to cite, licences, and the scan in other programs' formats."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import frictionless
import jsonschema
import pytest
import yaml

from ecosystems import tables
from ecosystems.tables import ROOT

SCHEMAS = Path(__file__).with_name("schemas")


def breaches(record, schema, kind=jsonschema.Draft7Validator):
    """Where a record breaks the schema of its standard."""
    rules = json.loads((SCHEMAS / schema).read_text("utf-8"))
    return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in kind(rules, format_checker=jsonschema.FormatChecker()).iter_errors(record)]


def gaps(package):
    """What a reader of the tables would miss in their descriptor."""
    missing = [f"package: {k}" for k in ("name", "title", "description", "version", "created", "licenses", "contributors", "sources") if not package.get(k)]
    missing += [f"contributor {c['title']}: roles" for c in package["contributors"] if not c.get("roles")]
    for resource in package["resources"]:
        missing += [f"{resource['name']}: {k}" for k in ("title", "description", "licenses", "mediatype", "bytes", "hash") if not resource.get(k)]
        for field in resource.get("schema", {}).get("fields", []):
            wanted = ["title", "description", *(["unit"] if field["type"] in ("number", "integer") else [])]
            missing += [f"{resource['name']}.{field['name']}: {k}" for k in wanted if not field.get(k)]
    return missing


@pytest.fixture(scope="module")
def package():
    return json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))


def test_the_descriptor_is_valid_and_complete(package):
    assert breaches(package, "datapackage-2.0.json") == []
    assert list(frictionless.Package.metadata_validate(package)) == []
    assert gaps(package) == []


@pytest.mark.parametrize("name, key", [("name", "description"), ("latitude", "unit"), ("reach", "unit")])
def test_a_column_without_meaning_or_unit_is_missed(package, name, key):
    package = copy.deepcopy(package)
    table = next(r for r in package["resources"] if r["name"] == "initiatives")
    del next(f for f in table["schema"]["fields"] if f["name"] == name)[key]
    assert gaps(package) == [f"initiatives.{name}: {key}"]


def test_the_citation_file_is_valid_and_names_only_people_of_the_report(package):
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert breaches(cff, "cff-1.2.0.json") == []
    assert (cff["version"], cff["date-released"]) == (package["version"], package["created"][:10])
    assert [a["name"] for a in cff["authors"]] == [c["title"] for c in package["contributors"]]
    [report] = cff["references"]
    assert [f"{a['given-names']} {a['family-names']}" for a in report["authors"]] == package["report"]["authors"]
    assert report["title"] == f"{package['report']['title']}: {package['report']['subtitle']}" and report["date-published"] == package["report"]["date"]


def test_every_file_has_its_licence():
    run = subprocess.run([sys.executable, "-m", "reuse", "--root", ROOT, "lint", "--quiet"], capture_output=True, text=True)
    assert run.returncode == 0, subprocess.run([sys.executable, "-m", "reuse", "--root", ROOT, "lint", "--lines"], capture_output=True, text=True).stdout


def test_licences_of_tables_are_told_alike():
    """REUSE.toml and the descriptor name the same licence for each table; only UNESCO's asks to share alike."""
    import tomllib

    notes = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    named = {p: a["SPDX-License-Identifier"] for a in notes for p in ([a["path"]] if isinstance(a["path"], str) else a["path"])}
    for resource in tables.read().package["resources"]:
        told = {x["name"] for x in resource["licenses"]}
        file = set(named.get(f"data/{resource['path']}", named["data/**"]).split(" AND "))
        assert told == file or (resource["name"] == "world" and told == {"public-domain"}), resource["name"]
        assert ("CC-BY-SA-3.0-IGO" in told) == (resource["name"] == "country_figures_unesco")
