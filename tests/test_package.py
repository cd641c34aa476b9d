"""What travels with the edition: the descriptor, how to cite, licences, and the scan in other programs' formats."""

import copy
import hashlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import frictionless
import jsonschema
import nbformat
import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest
import yaml

from ecosystems import checks, scan_table, tables
from ecosystems.editions import downloads
from ecosystems.editions.downloads import formats
from ecosystems.figure import as_csv
from ecosystems.tables import ROOT

EDITION = ROOT / "_build" / "edition"

SCHEMAS = Path(__file__).with_name("schemas")


def breaches(record, schema, kind=jsonschema.Draft7Validator):
    """Where a record breaks the schema of its standard."""
    folder = Path(checks.__file__).parent if schema.startswith("datapackage") else SCHEMAS
    rules = json.loads((folder / schema).read_text("utf-8"))
    return [
        f"{'/'.join(map(str, e.path))}: {e.message}"
        for e in kind(rules, format_checker=jsonschema.FormatChecker()).iter_errors(record)
    ]


def gaps(package):
    """What a reader of the tables would miss in their descriptor."""
    missing = [
        f"package: {k}"
        for k in ("name", "title", "description", "version", "created", "licenses", "contributors", "sources")
        if not package.get(k)
    ]
    missing += [f"contributor {c['title']}: roles" for c in package["contributors"] if not c.get("roles")]
    for resource in package["resources"]:
        missing += [
            f"{resource['name']}: {k}"
            for k in ("title", "description", "licenses", "mediatype", "bytes", "hash")
            if not resource.get(k)
        ]
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
    assert (
        report["title"] == f"{package['report']['title']}: {package['report']['subtitle']}"
        and report["date-published"] == package["report"]["date"]
    )


def test_every_file_has_its_licence():
    run = subprocess.run(
        [sys.executable, "-m", "reuse", "--root", ROOT, "lint", "--quiet"], capture_output=True, text=True
    )
    assert run.returncode == 0, subprocess.run(
        [sys.executable, "-m", "reuse", "--root", ROOT, "lint", "--lines"], capture_output=True, text=True
    ).stdout


def test_licences_of_tables_are_told_alike():
    """REUSE.toml and the descriptor name the same licence for each table; only UNESCO's asks to share alike."""
    import tomllib

    notes = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    named = {
        p: a["SPDX-License-Identifier"]
        for a in notes
        for p in ([a["path"]] if isinstance(a["path"], str) else a["path"])
    }
    for resource in tables.read().package["resources"]:
        told = {x["name"] for x in resource["licenses"]}
        file = set(named.get(f"data/{resource['path']}", named["data/**"]).split(" AND "))
        assert told == file or (resource["name"] in ("world", "outlines") and told == {"public-domain"}), resource[
            "name"
        ]
        assert ("CC-BY-SA-3.0-IGO" in told) == (resource["name"] == "country_figures_unesco")


# -- the scan as one table ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edition")
    downloads.write_tables(tables.read(), folder)
    downloads.write_records(tables.read(), folder)
    return folder


def test_two_runs_write_the_same_bytes(out, tmp_path):
    downloads.write_tables(tables.read(), tmp_path)
    downloads.write_records(tables.read(), tmp_path)
    files = [p.relative_to(out) for p in out.rglob("*") if p.is_file()]
    assert len(files) > 30 and [f for f in files if (out / f).read_bytes() != (tmp_path / f).read_bytes()] == []


def test_csv_excel_and_parquet_hold_the_same_rows(out):
    data = tables.read()
    csv = pd.read_csv(out / "data" / "scan.csv", keep_default_na=False, na_values=[""])
    assert list(csv["id"]) == list(data.initiatives["id"]) and csv["selected"].sum() == len(data.ecosystems)
    texts = [f["name"] for f in scan_table.fields(data) if f["type"] == "string"]
    for other in (
        pd.read_excel(out / "data" / "scan.xlsx", keep_default_na=False, na_values=[""]),
        pd.read_parquet(out / "data" / "scan.parquet"),
    ):
        assert list(other.columns) == list(csv.columns)
        for column in csv:
            a, b = csv[column], other[column]
            assert (a.isna() == b.isna()).all(), column
            assert (
                (a.dropna() == b.dropna()).all()
                if column in texts
                else (a.dropna().astype(float) == b.dropna().astype(float)).all()
            ), column
    shown = csv[[c for c in csv if c.startswith("shows_")]].stack()
    assert shown.value_counts().to_dict() == data.codings["present"].astype(float).value_counts().to_dict()


def test_every_column_of_the_scan_says_what_it_means_in_each_format(out):
    words = pd.read_csv(out / "data" / "scan-dictionary.csv").set_index("column")["meaning"]
    sheet = pd.read_excel(out / "data" / "scan.xlsx", sheet_name="dictionary").set_index("column")["meaning"]
    schema = pyarrow.parquet.read_schema(out / "data" / "scan.parquet")
    header = (out / "data" / "scan.csv").read_text("utf-8").splitlines()[0].split(",")
    assert header == list(words.index) == list(sheet.index) == schema.names
    assert all(w == sheet[c] == schema.field(c).metadata[b"description"].decode() for c, w in words.items())
    assert schema.metadata[b"licence"] == b"CC BY 4.0" and b"reconstruction" in schema.metadata[b"description"]


def test_points_are_those_with_a_place_and_say_how_far_to_trust_them(out):
    points = json.loads((out / "data" / "scan.geojson").read_text("utf-8"))["features"]
    placed = tables.read().initiatives.dropna(subset="latitude").set_index("id")
    assert [p["id"] for p in points] == list(placed.index)
    for p in points:
        assert p["geometry"] == {
            "type": "Point",
            "coordinates": [placed.at[p["id"], "longitude"], placed.at[p["id"], "latitude"]],
        }
        assert p["properties"]["precision"] in ("site", "city", "region")


def test_a_spreadsheet_runs_nothing():
    table = pd.DataFrame({"name": ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "plain"], "count": [-1, 2, 3, 4, 5]})
    book = openpyxl.load_workbook(io.BytesIO(formats.excel({"t": table}, pd.Timestamp("2026-11-24"), "us")))
    assert [(c.data_type, c.value) for c in book["t"]["A"][1:]] == [("s", v) for v in table["name"]]
    assert as_csv(table).splitlines()[1:] == ["'=HYPERLINK(1),-1", "'+1,2", "'-1,3", "'@SUM(1),4", "plain,5"]


def test_the_record_for_archives_is_valid_and_names_the_authors_of_the_report_apart():
    record = downloads.datacite(tables.read())
    assert breaches(record, "datacite-4.5.json", jsonschema.Draft201909Validator) == []
    assert [c["name"] for c in record["creators"]] == ["Contributors to the open edition"]
    assert [c["name"] for c in record["relatedItems"][0]["creators"]] == ["Clayton, Rosie", "Stevenson, Michael"]
    assert "CC-BY-SA-3.0-IGO" in [r.get("rightsIdentifier") for r in record["rightsList"]]


# -- in the built edition -------------------------------------------------------------------------------------------


@pytest.mark.book
def test_the_edition_describes_all_its_tables():
    package = json.loads((EDITION / "data" / "datapackage.json").read_text("utf-8"))
    assert breaches(package, "datapackage-2.0.json") == [] and gaps(package) == []
    files = {p.name for p in (EDITION / "data").iterdir()} - {"datapackage.json"}
    assert files == {r["path"] for r in package["resources"]}
    for resource in package["resources"]:
        assert (
            resource["hash"]
            == f"sha256:{hashlib.sha256((EDITION / 'data' / resource['path']).read_bytes()).hexdigest()}"
        )


@pytest.mark.book
def test_the_crate_names_every_chapter_table_figure_and_notebook():
    graph = {e["@id"]: e for e in json.loads((EDITION / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]}
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    parts = {p["@id"] for p in graph["./"]["hasPart"]}
    chapters = [
        p.relative_to(ROOT / "book").with_suffix("")
        for p in (ROOT / "book").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    ]
    wanted = {f"{c}.html" for c in chapters} | {f"notebooks/{c}.ipynb" for c in chapters}
    wanted |= {
        p.relative_to(EDITION).as_posix() for folder in ("data", "exhibits") for p in (EDITION / folder).iterdir()
    }
    assert wanted <= parts
    for part in parts:
        file = EDITION / part
        assert file.is_file() and all(
            x["@id"] in graph
            for x in ([graph[part]["license"]] if isinstance(graph[part]["license"], dict) else graph[part]["license"])
        )
        if "sha256" in graph[part]:
            assert graph[part]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest(), part


@pytest.mark.book
def test_the_list_of_exhibits_leads_to_each_figure_its_data_and_its_code():
    listed = pd.read_csv(EDITION / "data" / "exhibits.csv", dtype=str)
    assert {i.replace("_", "-") for i in listed["id"]} == {p.stem for p in (EDITION / "exhibits").glob("*.svg")}
    page = (EDITION / "exhibits.html").read_text("utf-8")
    for row in listed.itertuples():
        path, _, label = row.page.partition("#")
        assert (
            f'id="{label}"' in (EDITION / path).read_text("utf-8")
            and f'href="{row.page}"' in page
            and f'href="{row.data}"' in page
        )
        lines = (ROOT / row.code).read_text("utf-8").splitlines()[int(row.first_line) - 1 : int(row.last_line)]
        assert any(line.startswith(f"def {row.function}(") for line in lines) and (EDITION / row.data).is_file()


@pytest.mark.book
def test_the_lines_for_python_on_the_data_page_run(monkeypatch):
    monkeypatch.chdir(EDITION / "data")
    text = "\n".join(c.source for c in nbformat.read(ROOT / "book" / "data.ipynb", 4).cells)
    [code] = re.findall(r"```python\n(.*?)```", text, re.S)
    names = {}
    exec(code, names)
    assert len(names["outside"]) > 0 and len(names["typed"]) == len(names["scan"]) == len(tables.read().initiatives)
