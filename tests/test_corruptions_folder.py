"""The descriptor is data, too: what it must hold, and how it and the files of its folder are kept together."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata

import describe_data
import new_scan
import pytest
from corrupted import PACKAGE

from ecosystems import checks, tables
from ecosystems.tables import OWN, ROOT, as_committed, measure

pytestmark = pytest.mark.slow


def package(change):
    """The project's descriptor with one change."""
    described = json.loads(json.dumps(tables.without_measures(PACKAGE)))
    change(described, {r["name"]: r for r in described["resources"]})
    return json.dumps(described, indent=1).encode()


def field(**values):
    return package(lambda d, r: r["facts"]["schema"]["fields"][0].update(values))


def schema(**values):
    return package(lambda d, r: r["facts"]["schema"].update(values))


def key(**values):
    return package(lambda d, r: r["facts"]["schema"]["foreignKeys"][0].update(values))


def top(**values):
    return package(lambda d, r: d.update(values))


def without(name):
    return package(lambda d, r: d.pop(name))


PLACE = "key resources, facts"
DESCRIPTIONS = {  # each with the beginning and a part of its sentence
    "missing": (None, "datapackage.json: ", "the file is missing"),
    "empty": (b"", "line 1: ", "it must be JSON"),
    "cut off": (b"{", "line 1: ", "it must be JSON"),
    "a comma is missing": (b'{\n"name": "a"\n"title": "b"}', "line 3: ", "look for a comma"),
    "a list": (b"[]", "datapackage.json: ", "it must be JSON: keys with values"),
    "nothing": (b"null", "datapackage.json: ", "it must be JSON"),
    "no number": (b'{"a": NaN}', "datapackage.json: ", "NaN is no number"),
    "another encoding": (b'{\n"\xff', "line 2: ", "not UTF-8"),
    "too deep": (b"[" * 100_000, "datapackage.json: ", "it must be JSON"),
    "an unfinished merge": (b'{\n<<<<<<< HEAD\n"a": 1', "line 2: ", "unfinished merge"),
    "a key twice": (top(name="a-b").replace(b'{', b'{\n"name": "first",', 1), "line 4, key name ", "stands twice"),
    "no day": (without("created"), "datapackage.json, key created: ", "a day and a time"),
    "a day of another form": (top(created="2026/11/30"), "line ", "such as '2026-11-30T00:00:00Z'"),
    "no such day": (top(created="2026-02-30T00:00:00Z"), "line ", "no such day"),
    "no title": (without("title"), "datapackage.json, key title: ", "the title of the book is needed"),
    "an empty title": (top(title=" "), "line 4, key title ", "the title of the book is needed"),
    "a title without end": (top(title="word " * 70 + "end"), "line 4, key title ", "more than 300"),
    "a title that turns": (top(title="A \u202egnirts"), "line 4, key title ", "invisible character"),
    "a formula": (top(title="=1+1"), "line 4, key title ", "formula"),
    "a control character": (top(description="a\x07b"), "line 5, key description ", "invisible"),
    "markup": (top(description="<b>x</b>"), "line 5, key description ", "HTML"),
    "misread": (top(description="Fundaci\u00c3\u00b3n"), "line 5, key description ", "encoding"),
    "no description": (without("description"), "datapackage.json, key description: ", "what the tables hold"),
    "a name that is a path": (top(name="../../x"), "line 3, key name ", "files are named after it"),
    "a version in words": (top(version="new"), "line ", "such as '0.1.0'"),
    "no licence": (without("licenses"), "datapackage.json, key licenses: ", "a licence of the tables is needed"),
    "a licence without page": (top(licenses=[{"name": "CC-BY-4.0"}]), "line ", "a licence needs it"),
    "nobody": (top(contributors=[]), "line ", "nobody is named"),
    "a contributor without title": (
        top(contributors=[{"title": "A"}, {"email": "a@b.org"}]), "line ", "each contributor needs a title"),
    "a contributor who turns": (
        top(contributors=[{"title": "A\u202eb"}]), "line ", "key contributors, entry 1, title"),
    "a contributor twice": (top(contributors=[{"title": "A"}, {"title": "A"}]), "line ", "entry 2, title"),
    "keywords": (top(keywords="learning"), "line ", "it must be a list in square brackets"),
    "a region that is none": (top(regions=["Atlantis"]), "json, key regions ", "no country of countries.csv"),
    "regions": (top(regions="Africa"), "line ", "a list of names of regions"),
    "a report without authors": (
        package(lambda d, r: d["report"].update(authors=[])), "line ", "a list of names"),
    "a page that nobody can open": (
        top(homepage="http://localhost/x"), "line ", "an address on a public host"),
    "no files": (top(resources=[]), "line ", "an entry for each file"),
    "files by name": (top(resources={}), "line ", "an entry for each file"),
    "a file elsewhere": (package(lambda d, r: r["facts"].update(path="../facts.csv")), "line ", PLACE),
    "an absolute file": (package(lambda d, r: r["facts"].update(path="/etc/passwd")), "line ", PLACE),
    "many files": (package(lambda d, r: r["facts"].update(path=["facts.csv"])), "line ", PLACE),
    "no file": (package(lambda d, r: r["facts"].pop("path")), "line ", PLACE),
    "no name": (package(lambda d, r: r["facts"].pop("name")), "line ", "a name is needed"),
    "a name twice": (package(lambda d, r: r["facts"].update(name="claims")), "line ", "the same name"),
    "a file without title": (package(lambda d, r: r["facts"].pop("title")), "line ", "a title is needed"),
    "no fields": (package(lambda d, r: r["facts"]["schema"].pop("fields")), "line ", "needs fields"),
    "fields are none": (schema(fields=[]), "line ", "needs fields"),
    "a field twice": (
        package(lambda d, r: r["facts"]["schema"]["fields"].append(r["facts"]["schema"]["fields"][0])),
        "line ", "another field has the same name"),
    "a type": (field(type="colour"), "line ", f"{PLACE}, schema, fields, id, type is 'colour'"),
    "a field without meaning": (field(description=""), "line ", "the data dictionary needs"),
    "a pattern": (field(constraints={"pattern": "("}), "line ", "a regular expression"),
    "a list of values": (field(constraints={"enum": 3}), "line ", "a list of values"),
    "a minimum": (field(constraints={"minimum": "low"}), "line ", "it must be a number"),
    "a limit": (field(constraints={"nice": True}), "line ", "it must be one of: required"),
    "a key of no column": (schema(primaryKey=["nothing"]), "line ", "a list of columns"),
    "a key that is no list": (schema(primaryKey="id"), "line ", "a list of columns"),
    "a link from nothing": (key(fields=["nothing"]), "line ", "a key must lead from"),
    "a link to no column": (
        key(reference={"resource": "ecosystems", "fields": ["no"]}), "line ", "a key must lead from"),
    "a link to nothing": (
        package(lambda d, r: r["facts"]["schema"]["foreignKeys"][0].pop("reference")),
        "line ", "a key must lead from"),
    "bytes in words": (package(lambda d, r: r["facts"].update(bytes="many")), "line ", "a whole number"),
}  # fmt: skip


@pytest.mark.parametrize("case", DESCRIPTIONS)
def test_a_description_that_does_not_hold_together_is_refused(told, case):
    content, begins, part = DESCRIPTIONS[case]
    problems = [str(p) for p in told({"datapackage.json": content})]
    assert any(
        p.startswith(("datapackage.json: ", "datapackage.json, ")) and begins in p and part in p for p in problems
    ), problems
    assert len(problems) <= 3, "one fault is not told in many sentences"


def test_a_descriptor_with_a_mark_at_its_beginning_is_taken(told, good):
    assert told({"datapackage.json": b"\xef\xbb\xbf" + good["datapackage.json"].replace(b"\n", b"\r\n")}) == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"features": [{}]}',
        b'{"features": [{"properties": {"iso3": "KEN"}, "geometry": null}]}',
        b"\xff",
        b'{"features": 3}',
        b'{"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [], "objects": {"countries": 3}}',
    ],
)
def test_a_map_that_is_none_is_refused(told, content):
    for name in ("world.geojson", "outlines.json"):
        assert any(str(p).startswith(f"{name}: ") for p in told({name: content}))


# -- files and their descriptions -----------------------------------------------------------------------------------


@pytest.fixture
def scan(tmp_path):
    """A new scan that is described."""
    folder = tmp_path / "scan"
    new_scan.start(folder)
    describe_data.describe(folder)
    return folder


def said(folder):
    return [str(p) for p in checks.check(folder)]


@pytest.mark.parametrize(
    "name, sentence",
    [
        (
            "events.csv",
            "events.csv: the file is not described, so nothing of it is read; run make describe, which adds it.",
        ),
        ("initiatives (1).csv", "nothing of this copy is read; move what was changed in it into initiatives.csv"),
        ("Copy of facts.csv", "move what was changed in it into facts.csv"),
        ("facts - Copy (2).csv", "move what was changed in it into facts.csv"),
        ("facts_old.csv", "move what was changed in it into facts.csv"),
        ("datapackage (1).json", "move what was changed in it into datapackage.json"),
        ("initiative.csv", "name it initiatives.csv, describe it in datapackage.json, or remove it"),
        ("rainfall.csv", "give it the name of a table, describe it in datapackage.json, or remove it"),
        ("Events.csv", "because of its capitals; its name must be events.csv"),
        ("scan.xlsx", "a workbook is not read; save its sheet as CSV in UTF-8"),
    ],
)
def test_a_file_that_nobody_reads_is_told(scan, name, sentence):
    (scan / name).write_text("id\n", "utf-8")
    (problem,) = said(scan)
    assert problem.startswith(f"{name}: ") and sentence in problem


def test_files_that_are_no_tables_are_left_alone(scan):
    for name in ("README.txt", ".~lock.facts.csv#", "~$facts.csv", "notes.md", ".facts.csv.swp"):
        (scan / name).write_text("x", "utf-8")
    assert said(scan) == []


def test_a_table_that_may_be_left_out_is_taken_out_by_describing(scan):
    (scan / "initiative_countries.csv").unlink()
    (problem,) = said(scan)
    assert problem == (
        "initiative_countries.csv: the file is missing; put it back, or run make describe, "
        "which takes it out of datapackage.json."
    )
    assert describe_data.describe(scan) == ["initiative_countries.csv is taken out", "datapackage.json renewed"]
    assert said(scan) == [] and tables.read(scan).initiative_countries.empty
    shutil.copy(OWN / "events.csv", scan)
    (scan / "events.csv").write_text((scan / "events.csv").read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    (problem,) = said(scan)
    assert "run make describe, which adds it" in problem
    assert describe_data.describe(scan) == ["events.csv is added", "datapackage.json renewed"]
    assert said(scan) == [] and describe_data.describe(scan) == ["datapackage.json already says so"]


def test_a_table_to_which_others_refer_cannot_be_left_out(scan):
    (scan / "ecosystems.csv").unlink()
    before = (scan / "datapackage.json").read_bytes()
    assert any(
        "ecosystems.csv: the file is missing; ecosystem_sources.csv and 2 more cannot do without it" in p
        for p in said(scan)
    )
    with pytest.raises(ValueError, match="cannot do without it"):
        describe_data.describe(scan)
    assert (scan / "datapackage.json").read_bytes() == before
    for name in ("ecosystem_sources", "facts", "partners"):
        (scan / f"{name}.csv").unlink()
    with pytest.raises(ValueError, match="no row stands on this page"):
        describe_data.describe(scan)


def test_describing_refuses_in_the_sentences_of_the_check(scan):
    before = (scan / "datapackage.json").read_bytes()
    for content, sentence in (
        (b"id\xff\n", "facts.csv, line 1: the text is not UTF-8"),
        (b"id,topic\n", "facts.csv, line 1: the column ecosystem_id is missing"),
        ((scan / "facts.csv").read_bytes().replace(b",reported,", b",rumoured,", 1), "column certainty is 'rumoured'"),
    ):
        (scan / "facts.csv").write_bytes(content)
        run = subprocess.run(
            [sys.executable, "scripts/guard.py", "scripts/describe_data.py"],
            env={**os.environ, "ECOSYSTEMS_DATA": str(scan)}, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == 1 and run.stdout == "" and sentence in run.stderr and "Traceback" not in run.stderr
        assert "datapackage.json stays as it was." in run.stderr
        assert (scan / "datapackage.json").read_bytes() == before


def test_a_table_that_lost_half_of_its_rows_is_told_and_a_short_one_is_not(scan):
    package = json.loads((scan / "datapackage.json").read_text("utf-8"))
    codings = next(r for r in package["resources"] if r["name"] == "codings")
    rows = codings["rowCount"]
    for before, told in ((2 * rows + 20, True), (2 * rows, False), (max(19, rows), False)):
        codings["rowCount"] = before
        (scan / "datapackage.json").write_text(json.dumps(package), "utf-8")
        right = f"the table had {before:,} rows when it was described and has {rows:,} now; put them back, or set"
        assert any(right in p for p in said(scan)) == told, (before, rows)


def test_an_empty_table_that_had_rows_is_told_until_its_count_says_so(scan):
    header = (scan / "codings.csv").read_text("utf-8").partition("\n")[0]
    (scan / "codings.csv").write_text(header + "\n", "utf-8")
    (problem,) = said(scan)
    assert "rows when it was described and has none now; put them back, or set rowCount to 0" in problem
    with pytest.raises(ValueError, match="has none now"):
        describe_data.describe(scan)
    package = json.loads((scan / "datapackage.json").read_text("utf-8"))
    next(r for r in package["resources"] if r["name"] == "codings")["rowCount"] = 0
    (scan / "datapackage.json").write_text(json.dumps(package), "utf-8")
    describe_data.describe(scan)
    assert said(scan) == []


def test_line_ends_of_windows_and_the_mark_of_excel_change_no_hash(scan):
    """A clone with ``core.autocrlf=true`` has no problem, and describing it there writes what others have, too."""
    before = (scan / "datapackage.json").read_bytes()
    for path in scan.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert said(scan) == [] and describe_data.describe(scan) == ["datapackage.json already says so"]
    assert (scan / "datapackage.json").read_bytes() == before
    facts = scan / "facts.csv"
    assert measure(facts)["bytes"] > measure(facts, committed=True)["bytes"] == len(as_committed(facts.read_bytes()))
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text("utf-8").splitlines()


def test_a_name_is_the_same_however_its_letters_are_composed(scan):
    before = tables.read(scan)
    for path in scan.glob("*.csv"):
        path.write_text(unicodedata.normalize("NFD", path.read_text("utf-8")), "utf-8")
    describe_data.describe(scan)
    assert said(scan) == []
    assert tables.read(scan).facts.equals(before.facts) and tables.read(scan).partners.equals(before.partners)
