"""The tables are right, and each kind of mistake is told in one sentence that an editor understands."""

import csv
import shutil

import pytest

from ecosystems import checks, tables
from ecosystems.tables import ROOT

DATA = ROOT / "data"


@pytest.fixture
def copy(tmp_path):
    """A copy of the tables, without sizes and hashes, so that a test can change a row."""
    import json

    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        for name in ("bytes", "hash", "rowCount"):
            resource.pop(name, None)
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return folder


def change(folder, table, column, value, row=0):
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if callable(row):
        row = next(i for i, r in enumerate(rows) if row(r))
    rows[row][column] = value(rows[row][column]) if callable(value) else value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows[row]


def said(folder):
    return [str(p) for p in checks.check(folder)]


def test_the_tables_have_no_problem():
    assert said(DATA) == []


def placed(r):
    return r["precision"] == "city" and r["iso3"] == "KEN"


def governs(r):
    return r["type"] == "government"


def proves(r):
    return r["topic"] == "evidence"


def agreed(r):
    return r["reader_1"] == r["reader_2"] == "shown"


def dated(r):
    return r["founded"] > "2000" and r["founded_of"] == "initiative"


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, column, value, row, fragments",
    [
        (
            "initiatives",
            "founded",
            "early",
            dated,
            ["initiatives.csv", "column founded", "'early'", "year of four digits"],
        ),
        ("initiatives", "name", "", 3, ["initiatives.csv", "line 5", "column name", "is empty", "a value is needed"]),
        ("initiatives", "setting", "at sea", 0, ["'at sea'", "one of:", "out of school"]),
        ("initiatives", "iso3", "XXX", 0, ["'XXX'", "there is no such row in countries.csv"]),
        ("initiatives", "iso3", "Kenya", 0, ["'Kenya'", "write 'KEN', its iso3 in countries.csv"]),
        ("initiatives", "iso3", "ken", 0, ["'ken'", "write 'KEN', its iso3 in countries.csv"]),
        ("initiatives", "website", "javascript:alert(1)", 0, ["column website", "it must look like"]),
        ("initiatives", "latitude", "51.5", placed, ["km outside KEN", "check sign, order and country"]),
        ("initiatives", "precision", "country", placed, ["the coordinates stay empty"]),
        ("initiatives", "ended", "1999", dated, ["column ended", "before the founding"]),
        ("initiatives", "name", "=HYPERLINK(1)", 0, ["a spreadsheet would run it as a formula"]),
        ("initiatives", "summary", "<script>alert(1)</script>", 0, ["it looks like HTML"]),
        ("initiatives", "summary", "Hidden \u202e text.", 0, ["invisible character"]),
        (
            "codings",
            "source_id",
            "no-such-page",
            0,
            ["codings.csv", "'no-such-page'", "there is no such row in sources.csv"],
        ),
        ("codings", "present", "2", 0, ["column present", "one of: 0, 1"]),
        ("codings", "reader_2", "maybe", 0, ["column reader_2", "'maybe'", "one of: shown, denied, not seen"]),
        ("codings", "reader_1", "", 0, ["codings.csv", "line 2", "reader_1", "is empty", "needs two readings"]),
        ("codings", "present", "0", agreed, ["column present", "'0'", "both readers say shown", "is then 1"]),
        ("codings", "present", "", agreed, ["column present", "is empty", "both readers say shown"]),
        ("codings", "reason", "", lambda r: r["reason"], ["column reason", "is empty", "say why it was settled so"]),
        ("codings", "reason", "Why not.", agreed, ["'Why not.'", "the readers agree; leave it empty"]),
        ("agreement", "neither", "1", 0, ["agreement.csv", "line 2", "initiatives", "must be the sum of both"]),
        (
            "ecosystems",
            "initiative_id",
            "nobody",
            0,
            ["ecosystems.csv", "'nobody'", "there is no such row in initiatives.csv"],
        ),
        ("ecosystems", "initiative_id", "fundacion-taap", 0, ["another ecosystem has the same"]),
        ("country_figures", "iso3", "XYZ", 0, ["neither a country of countries.csv nor a group"]),
        ("contradictions", "about", "nobody", 0, ["'programme' or the id of an ecosystem"]),
        ("partners", "name", lambda n: "unicef", lambda r: r["name"] == "UNICEF", ["another row spells it"]),
        (
            "partners",
            "role",
            "cheers",
            0,
            ["partners.csv", "line 2", "column role", "'cheers'", "one of: pays, teaches"],
        ),
        ("partners", "level", "village", governs, ["column level", "'village'", "one of: city, district, state"]),
        ("partners", "level", "", governs, ["column level", "is empty", "of which level the authority is"]),
        (
            "partners",
            "level",
            "city",
            lambda r: r["type"] == "NGO",
            ["'city'", "only a partner of the type government"],
        ),
        ("facts", "evidence", "", proves, ["facts.csv", "column evidence", "is empty", "what kind of evidence it is"]),
        ("facts", "evidence", "hearsay", proves, ["'hearsay'", "one of: no result seen, own claim, own count"]),
        ("facts", "topic", "gossip", 0, ["'gossip'", "one of: difficulty, evidence"]),
        (
            "ecosystem_codings",
            "fact_id",
            "kepler-rwanda-02",
            0,
            [
                "ecosystem_codings.csv",
                "line 2",
                "'kepler-rwanda-02'",
                "the fact is of another ecosystem; cite one of its own",
            ],
        ),
        ("ecosystem_codings", "fact_id", "nothing", 0, ["'nothing'", "there is no such row in facts.csv"]),
        (
            "ecosystems",
            "evidence",
            "outside study with comparison",
            lambda r: r["id"] == "fundacion-taap",
            ["column evidence", "no fact of it has evidence of this kind"],
        ),
        ("ecosystems", "kind", "a club", 0, ["column kind", "'a club'", "one of: the state changes itself"]),
        ("ecosystems", "now_iso3", lambda _: "VEN", lambda r: r["iso3"] == "VEN", ["'VEN'", "the same as iso3"]),
        ("initiatives", "reach_about", "about", lambda r: not r["reach"], ["reach is empty", "reach_about is given"]),
        ("studies", "result", "success", 0, ["studies.csv", "'success'", "one of: gain, mixed, null, loss"]),
        ("studies", "effect_unit", "", lambda r: r["effect"], ["column effect_unit", "is empty", "needs its unit"]),
        ("studies", "effect", "0.2", lambda r: r["result"] == "null", ["'0.2'", "the result is null"]),
    ],
)
def test_a_mistake_is_told_in_one_sentence(copy, table, column, value, row, fragments):
    change(copy, table, column, value, row)
    problems = said(copy)
    assert problems, "the mistake was not seen"
    assert any(all(f in p for f in fragments) for p in problems), problems
    assert all(p.endswith(".") and "\n" not in p for p in problems)


def test_what_has_not_the_form_of_a_code_is_not_looked_for(copy):
    """Else a scan of one's own would be told to bring a countries.csv for a slip."""
    change(copy, "initiatives", "iso3", "QQ", 0)
    problems = [p for p in said(copy) if "'QQ'" in p]
    assert len(problems) == 1 and "it must look like" in problems[0], problems


def test_a_page_that_nothing_stands_on(copy):
    with (copy / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("spare-1,https://example.org/,Spare,,,,press,0,\n")
    assert any("spare-1" in p and "no row stands on this page" in p for p in said(copy))


def test_readings_by_one_reader_need_a_value_and_no_second_reader(copy):
    path = copy / "codings.csv"
    rows = [dict(r, reader_1="", reader_2="", reason="") for r in csv.DictReader(path.open(encoding="utf-8"))]
    rows = [r for r in rows if r["present"]]
    rows[0]["present"] = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    problems = [p for p in said(copy) if p.startswith("codings.csv")]
    assert len(problems) == 1 and "line 2" in problems[0] and "what is not seen has no row" in problems[0]


def test_an_initiative_without_a_page(copy):
    path = copy / "initiative_sources.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    first = lines[1].split(",")[0]
    path.write_text("".join(line for line in lines if not line.startswith(f"{first},")), "utf-8")
    assert any(first in p and "no page supports it" in p for p in said(copy))


def test_a_study_without_a_page(copy):
    path = copy / "study_sources.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("educo-1999,")), "utf-8")
    assert any("studies.csv" in p and "educo-1999" in p and "add a row to study_sources.csv" in p for p in said(copy))


def test_the_same_initiative_twice(copy):
    path = copy / "initiatives.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1].replace(lines[1].split(",")[0], "twin", 1)]), "utf-8")
    assert any("twin" in p and "the same name and iso3" in p for p in said(copy))


@pytest.mark.parametrize(
    "break_it, fragment",
    [
        (lambda f: (f / "facts.csv").unlink(), "facts.csv: the file is missing"),
        (lambda f: (f / "facts.csv").write_bytes(b"id,x\xff\n"), "not UTF-8"),
        (lambda f: (f / "facts.csv").write_text("id,topic\n", "utf-8"), "the column statement is missing"),
        (
            lambda f: (f / "facts.csv").write_text((f / "facts.csv").read_text("utf-8") + "a,b\n", "utf-8"),
            "the row has 2 cells instead of",
        ),
        (lambda f: (f / "datapackage.json").unlink(), "the file is missing"),
        (lambda f: (f / "datapackage.json").write_text("{", "utf-8"), "it must be JSON"),
    ],
)
def test_a_broken_file_is_told_without_a_traceback(copy, break_it, fragment):
    break_it(copy)
    assert any(fragment in p for p in said(copy)), said(copy)


def test_a_table_changed_behind_the_descriptor(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    change(tmp_path / "data", "facts", "statement", lambda s: s + " Changed.")
    assert said(tmp_path / "data") == ["facts.csv: the table was changed since it was described; run make describe."]


def test_what_must_hold_of_the_eleven():
    data = tables.read(DATA)
    assert set(data.ecosystem_codings["ecosystem_id"]) == set(data.ecosystems["id"]), "each is read from its own facts"
    assert set(data.ecosystems["id"]) == set(data.facts["ecosystem_id"]) == set(data.partners["ecosystem_id"])
    assert (data.ecosystems["name"] == data.ecosystems["short_name"]).all(), "one name for each"
    present = r"\b(?:lasts|takes place|is offered|take the happiness class)\b"
    told = data.facts[(data.facts["ecosystem_id"] == "delhi-government") & (data.facts["year"] < 2025)]
    assert not told["statement"].str.contains(present).any(), "what has ended is told in the past tense"


def test_who_made_the_report_is_told_once():
    data = tables.read(DATA)
    authors = data.people[data.people["part"] == "author"]
    assert set(authors["name"]) == set(data.report["authors"])
    assert list(data.organisations.loc[data.organisations["part"] == "co-lead", "source_id"].unique()) == [
        "learning-planet-1"
    ]
    for name in data.organisations.loc[data.organisations["part"] == "funder", "name"]:
        assert name in data.report["funder"], f"{name} is a funder, and the report does not say so"


def test_tables_made_of_others_follow_what_they_are_made_of():
    data = tables.read()
    changed = data.initiatives.assign(name="Changed")
    first = data.replace(initiatives=changed)
    assert set(first.scan["name"]) == {"Changed"} != set(data.scan["name"])
    changed["name"] = "Changed again"
    assert set(first.scan["name"]) == {"Changed"}, "what is written to a table later is not in it"
    assert set(data.replace(initiatives=changed).scan["name"]) == {"Changed again"}
    own = data.scan
    own["name"] = "Written"
    assert "Written" not in set(data.scan["name"])
