"""Bad tables are refused in one sentence, or taken as what they are.

A battery over every table and column, and a search for what it forgot.

Corruptions of different tables and columns go into one folder: each must be told, whatever else is wrong.
"""

import csv
import io
import json
import shutil
import subprocess
import sys

import frictionless
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystems import checks, maps, tables
from ecosystems.tables import ROOT

PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
SCHEMAS = {r["name"]: r["schema"] for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(SCHEMAS)
tried: dict[str, int] = {}


def parse(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def write(rows, **form):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", **form).writerows(rows)
    return out.getvalue()


class Files(dict):
    """Contents by file name; not to be printed."""

    def __repr__(self):
        return f"{len(self)} files"


def small_scan():
    """Contents of a small scan that holds together, by file: some initiatives of ours and all that belongs to them."""
    data = {n: pd.read_csv(ROOT / "data" / f"{n}.csv", dtype=str, keep_default_na=False) for n in NAMES}
    kept = {*data["ecosystems"]["initiative_id"], *data["initiatives"]["id"].head(25)}
    for name, column in (
        ("initiatives", "id"),
        ("initiative_countries", "initiative_id"),
        ("initiative_sources", "initiative_id"),
        ("codings", "initiative_id"),
    ):
        data[name] = data[name][data[name][column].isin(kept)]
    data["scan_changes"] = data["scan_changes"][data["scan_changes"]["kept_id"].isin({"", *kept})]
    for name in ("country_figures", "country_figures_unesco"):
        data[name] = data[name].head(40)
    used = {key for n, table in data.items() for c in table if c.endswith("source_id") for key in table[c]}
    data["sources"] = data["sources"][data["sources"]["id"].isin(used)]
    files = Files(
        {f"{n}.csv": write([table.columns, *table.itertuples(index=False)]).encode() for n, table in data.items()}
    )
    files["world.geojson"] = (ROOT / "data" / "world.geojson").read_bytes()
    files["datapackage.json"] = json.dumps(tables.without_measures(PACKAGE)).encode()
    return files


@pytest.fixture(scope="module")
def good():
    return small_scan()


@pytest.fixture(scope="module")
def home(good, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scan")
    for name, content in good.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def told(good, home):
    """Check the small scan with some files changed (None: removed); put them back afterwards."""
    changed = set()

    def check(files):
        maps._shapes.cache_clear()
        for name, content in files.items():
            changed.add(name)
            (home / name).unlink() if content is None else (home / name).write_bytes(content)
        problems = checks.check(home)
        for p in map(str, problems):
            assert p.endswith(".") and p.isprintable() and len(p) < 700, p
        return problems

    yield check
    for name in changed:
        (home / name).write_bytes(good[name])


def test_the_small_scan_is_right(told):
    assert told({}) == []


# -- files ----------------------------------------------------------------------------------------------------------


def middle(change):
    """A corruption of one row in the middle of a table, as text."""

    def corrupt(text):
        lines = text.splitlines(keepends=True)
        lines[len(lines) // 2] = change(lines[len(lines) // 2])
        return "".join(lines).encode()

    return corrupt


def columns(change):
    return lambda text: write([change(row) for row in parse(text)]).encode()


FILES = {
    "missing": (lambda t: None, "the file is missing"),
    "empty": (lambda t: b"", "the file is empty"),
    "one line break": (lambda t: b"\n", "the file is empty"),
    "zeros": (lambda t: bytes(5000), "this is no header"),
    "UTF-16": (lambda t: t.encode("utf-16"), "the text is not UTF-8"),
    "Latin-1": (
        lambda t: middle(lambda line: line[:-1] + "é\n")(t).replace("é".encode(), b"\xe9"),
        "the text is not UTF-8",
    ),
    "mixed encodings": (lambda t: t.encode() + t.splitlines()[-1].encode() + b"\xc3\n", "the text is not UTF-8"),
    "BOM": (lambda t: t.encode("utf-8-sig"), "invisible mark (BOM)"),
    "semicolons": (lambda t: write(parse(t), delimiter=";").encode(), "separated by ';'"),
    "tabs": (lambda t: write(parse(t), delimiter="\t").encode(), r"separated by '\t'"),
    "an open quote": (middle(lambda line: '"' + line.replace('"', "")), ("the row cannot be read", "cells instead of")),
    "a column is missing": (columns(lambda r: r[:-1]), "is missing"),
    "a column stands twice": (columns(lambda r: [*r, r[-1]]), "stands twice"),
    "a column is renamed": (lambda t: b"x" + t.encode(), "is not described"),
    "columns are exchanged": (columns(lambda r: [r[1], r[0], *r[2:]]), "must stand in this order"),
    "no header": (lambda t: t.partition("\n")[2].encode(), "this is no header"),
    "a cell too many": (middle(lambda line: line[:-1] + ",more\n"), "cells instead of"),
    "a cell too few": (middle(lambda line: line.split(",")[0] + "\n"), "cells instead of"),
    "an empty line": (middle(lambda line: "\n" + line), "the line is empty"),
    "cut off": (lambda t: t.rstrip("\n")[: t.rstrip("\n").rindex("\n") + 3].encode(), "cells instead of"),
    "every row twice": (lambda t: (t + t.partition("\n")[2]).encode(), "stands in the"),
}


@pytest.mark.parametrize("shift", range(len(FILES)))
def test_a_spoilt_file_is_refused(good, told, shift):
    """Every kind of damage to every table; 26 tables are damaged at once, each in another way."""
    kinds = list(FILES)
    chosen = {name: kinds[(shift + place) % len(kinds)] for place, name in enumerate(NAMES)}
    problems = told({f"{n}.csv": FILES[kind][0](good[f"{n}.csv"].decode()) for n, kind in chosen.items()})
    for name, kind in chosen.items():
        said = FILES[kind][1]
        ours = [str(p) for p in problems if p.table.removesuffix(".csv") == name]
        assert any(s in p for p in ours for s in ([said] if isinstance(said, str) else said)), (name, kind, ours[:3])
        if kind not in ("missing",):
            assert any("line " in p or "the file is empty" in p for p in ours), (name, kind, ours[:3])
    tried[f"files {shift}"] = len(chosen)


def test_line_ends_of_other_systems_and_a_last_line_without_one_are_taken(good, told, home):
    before = {n: getattr(tables.read(home), n) for n in NAMES}
    for other in (
        lambda c: c.replace(b"\n", b"\r\n"),
        lambda c: c.rstrip(b"\n"),
        lambda c: write(parse(c.decode()), quoting=csv.QUOTE_ALL).encode(),
    ):
        assert told({f"{n}.csv": other(good[f"{n}.csv"]) for n in NAMES}) == []
        for name in NAMES:
            pd.testing.assert_frame_equal(getattr(tables.read(home), name), before[name])
        tried["line ends"] = 3 * len(NAMES)


# -- values ---------------------------------------------------------------------------------------------------------

NUMBERS = [
    "abc",
    "1,200",
    "1.200,5",
    "1 200",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "1e999",
    "１２",
    "0x10",
    "1_000",
    "true",
    "--",
    "12%",
    "²",
    "NULL",
    "1.",
    ".5",
    "+5",
]
TEXTS = [
    "a\u202eb",
    "a\u200bb",
    "\u2066a",
    "a\x00b",
    "\x1b[31mred",
    "a\nb",
    "a\rb",
    "a\u00adb",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\tx",
    "＝1",
    "<img src=x>",
    "</p>",
    "<!-- -->",
    "<script>",
    "Ã©",
    "â€™",
    "\ufffd",
    " a",
    "a ",
    "x" * 5001,
    "x" * 1_000_000,
]
PLACES = ["", "no.such", "../../etc/passwd", "a/b", "a b", "a--b", "é", ".", "CON:", "{{ id }}", "%2e%2e"]


def wrong(field):
    """Values that do not belong into a column; each with what may be said instead of it."""
    limits, kind = field.get("constraints", {}), field["type"]
    if limits.get("required"):
        yield "", "a value is needed"
    if kind in ("year", "integer", "number"):
        yield from ((v, "it must be ") for v in NUMBERS)
        if kind != "number":
            yield "1.5", "it must be "
        for limit in {"minimum", "maximum"} & limits.keys():
            yield (
                str(limits[limit] + (1 if limit == "maximum" else -1)),
                f"at {'most' if limit == 'maximum' else 'least'} {limits[limit]}",
            )
        return
    yield from ((v, "") for v in TEXTS if not (field["name"] in ("url", "website") and v in "+1-1@x"))
    if "enum" in limits:
        yield from ((v, "one of: ") for v in ("nonsense", limits["enum"][0].upper() + "!", limits["enum"][0] + "."))
    if "pattern" in limits:
        yield from ((v, "") for v in PLACES if v)
    if field["name"] in ("url", "website"):
        yield from (
            (v, "")
            for v in (
                "javascript:alert(1)",
                "ftp://a.org/x",
                "http://",
                "https://localhost/",
                "https://user:word@a.org/",
                "data:text/html,x",
                "//a.org",
                "www.a.org",
                "https://a.org/<b>",
                'https://a.org/"x',
                "https://[::1/",
            )
        )


ALL = {(name, f["name"]): list(wrong(f)) for name, schema in SCHEMAS.items() for f in schema["fields"]}


@pytest.mark.parametrize("number", range(max(map(len, ALL.values()))))
def test_a_wrong_value_is_refused(good, told, number):
    """The wrong values of each column of each table, in turn; columns are spoilt in different rows at once."""
    expected, files = [], {}
    for name, schema in SCHEMAS.items():
        rows = parse(good[f"{name}.csv"].decode())
        for place, field in enumerate(schema["fields"]):
            values = ALL[name, field["name"]]
            if number < len(values):
                value, said = values[number]
                line = 1 + place % (len(rows) - 1)
                if (name, line) in {e[:2] for e in expected} and len(rows) <= len(schema["fields"]):
                    continue  # more columns than rows: see below
                rows[line][place] = value
                expected.append((name, line, field["name"], value, said))
        files[f"{name}.csv"] = write(rows, quoting=csv.QUOTE_ALL).encode()
    problems = told(files)
    for name, _, column, value, said in expected:
        ours = [p for p in problems if p.table == name and column in p.column.split(", ")]
        hit = [p for p in ours if p.value == value and said in p.right and p.row.startswith("line ")]
        assert hit, (name, column, value[:50], [str(p)[:300] for p in ours])
    tried[f"values {number}"] = len(expected)


@pytest.mark.parametrize("name", [n for n, s in SCHEMAS.items() if s.get("foreignKeys")])
def test_a_link_to_a_row_that_is_not_there_is_refused(good, told, name):
    rows = parse(good[f"{name}.csv"].decode())
    keys = [k["fields"][0] for k in SCHEMAS[name]["foreignKeys"]]
    for line, key in enumerate(keys, 1):
        rows[min(line, len(rows) - 1)][rows[0].index(key)] = "QQQ" if key == "iso3" else "nobody-9"
    problems = told({f"{name}.csv": write(rows).encode()})
    for key in keys:
        assert any(p.table == name and key in p.column and "there is no such row in " in p.right for p in problems), (
            key,
            problems,
        )
    tried[f"links {name}"] = len(keys)


def of(good, table, row, **values):
    """A table with some values changed in the first row for which `row` holds."""
    header, *rows = parse(good[f"{table}.csv"].decode())
    hit = next(r for r in rows if row(dict(zip(header, r, strict=True))))
    for column, value in values.items():
        hit[header.index(column)] = value
    return {f"{table}.csv": write([header, *rows]).encode()}


def point(r):
    return r["precision"] != "country" and r["iso3"] in ("KEN", "IND", "COL")


def year(r):
    return r["founded_of"] == "initiative" and r["founded"] > "1990" and not r["ended"] and not r["reach"]


MEANINGS = {
    "swapped coordinates": (
        "initiatives",
        point,
        {"latitude": "77.2", "longitude": "28.6"},
        "latitude",
        ("outside", "not in"),
    ),
    "a minus too many": (
        "initiatives",
        lambda r: r["iso3"] == "IND" and r["latitude"],
        {"latitude": "-12.97"},
        "latitude",
        ("outside", "not in"),
    ),
    "a point in another country": (
        "initiatives",
        point,
        {"latitude": "48.85", "longitude": "2.35"},
        "latitude",
        ("lies in FRA",),
    ),
    "a point in the sea": (
        "initiatives",
        point,
        {"latitude": "0", "longitude": "-30"},
        "latitude",
        ("degrees outside",),
    ),
    "latitude beyond the pole": ("initiatives", point, {"latitude": "95"}, "latitude", ("at most 90",)),
    "longitude beyond the date line": ("initiatives", point, {"longitude": "-190"}, "longitude", ("at least -180",)),
    "half a point": ("initiatives", point, {"longitude": ""}, "longitude", ("both latitude and longitude",)),
    "a place without a point": (
        "initiatives",
        point,
        {"latitude": "", "longitude": ""},
        "latitude",
        ("needs coordinates",),
    ),
    "a country with a point": ("initiatives", point, {"precision": "country"}, "latitude", ("coordinates stay empty",)),
    "an unknown country": ("initiatives", point, {"iso3": "XKX"}, "iso3", ("there is no such row in countries.csv",)),
    "a country that the scan does not look at": (
        "initiatives",
        point,
        {"iso3": "ESP", "latitude": "40.4", "longitude": "-3.7"},
        "iso3",
        ("the scan looks at",),
    ),
    "an ecosystem elsewhere": (
        "ecosystems",
        lambda r: r["latitude"],
        {"latitude": "48.85", "longitude": "2.35"},
        "latitude",
        ("lies in FRA",),
    ),
    "a future year": ("initiatives", year, {"founded": "2999"}, "founded", ("it lies after", "at most")),
    "the year 0000": ("initiatives", year, {"founded": "0000"}, "founded", ("at least",)),
    "an end before the beginning": ("initiatives", year, {"ended": "1950"}, "ended", ("before the founding",)),
    "a year without its meaning": ("initiatives", year, {"founded_of": ""}, "founded_of", ("say whether the year",)),
    "a count without its meaning": ("initiatives", year, {"reach": "12"}, "reach_basis", ("say what the count means",)),
    "a year of a count that is not there": ("initiatives", year, {"reach_year": "2020"}, "reach", ("needs the count",)),
    "a negative count": ("initiatives", year, {"reach": "-12", "reach_basis": "not stated"}, "reach", ("at least",)),
    "a day that is not": ("events", lambda r: True, {"date": "2023-02-30"}, "date", ("no such date",)),
    "a month that is not": ("events", lambda r: True, {"date": "2023-13"}, "date", ("no such date",)),
    "an end before its beginning": (
        "events",
        lambda r: r["date"] > "2020",
        {"date_end": "2001-01-01"},
        "date_end",
        ("before the date",),
    ),
    "an initiative chosen twice": (
        "ecosystems",
        lambda r: r["id"] == "kepler-rwanda",
        {"initiative_id": "fundacion-taap"},
        "initiative_id",
        ("another ecosystem has the same",),
    ),
    "an address that differs in capitals": (
        "ecosystems",
        lambda r: r["id"] == "kepler-rwanda",
        {"id": "Fundacion-TAAP"},
        "id",
        ("another ecosystem has the same",),
    ),
    "an unknown characteristic": (
        "codings",
        lambda r: True,
        {"characteristic_id": "joy"},
        "characteristic_id",
        ("no such row in characteristics.csv",),
    ),
    "a coding of 2": ("codings", lambda r: True, {"present": "2"}, "present", ("one of: 0, 1",)),
    "a coding of 01": ("codings", lambda r: True, {"present": "01"}, "present", ("one of: 0, 1",)),
    "a page without address": ("sources", lambda r: True, {"url": ""}, "url", ("a value is needed",)),
    "a page that stands twice": ("sources", lambda r: True, {"url": None}, "url", ("must be unique",)),
    "an empty id": ("initiatives", lambda r: True, {"id": ""}, "id", ("a value is needed",)),
    "the id of another": (
        "initiatives",
        lambda r: r["id"] != "fundacion-taap",
        {"id": "fundacion-taap"},
        "id",
        ("unique",),
    ),
    "two spellings": (
        "partners",
        lambda r: r["name"] == "UNICEF",
        {"name": "unicef"},
        "name",
        ("another row spells it",),
    ),
    "a country without a name": ("country_figures", lambda r: True, {"iso3": "ZZZ"}, "iso3", ("neither a country",)),
    "a figure twice": (
        "country_figures",
        lambda r: True,
        {"iso3": None, "indicator_id": None, "year": None},
        "year",
        ("keys are unique",),
    ),
}


@pytest.mark.parametrize("case", MEANINGS)
def test_a_value_that_cannot_be_true_is_refused(good, told, case):
    table, row, values, column, said = MEANINGS[case]
    header, _, second, *_ = parse(good[f"{table}.csv"].decode())
    values = {c: second[header.index(c)] if v is None else v for c, v in values.items()}
    problems = told(of(good, table, row, **values))
    assert any(
        p.table == table and p.row.startswith("line ") and column in p.column and any(s in p.right for s in said)
        for p in problems
    ), problems
    tried[case] = 1


def test_twins_and_pages_that_nothing_stands_on_are_refused(good, told):
    initiatives, pages = good["initiatives.csv"].decode(), good["sources.csv"].decode()
    twin = parse(initiatives)[1]
    twin[0] = "twin"
    spare = ["spare-9", "https://example.org/", *[""] * (len(parse(pages)[0]) - 2)]
    problems = [
        str(p)
        for p in told(
            {
                "initiatives.csv": (initiatives + write([twin])).encode(),
                "sources.csv": (pages + write([spare])).encode(),
                "initiative_sources.csv": good["initiative_sources.csv"].split(b"\n")[0] + b"\n",
            }
        )
    ]
    for said in ("(twin), column name", "no row stands on this page", "no page supports it"):
        assert any(said in p for p in problems), (said, problems)


def package(change):
    described = json.loads(json.dumps(tables.without_measures(PACKAGE)))
    change(described, {r["name"]: r for r in described["resources"]})
    return json.dumps(described).encode()


DESCRIPTIONS = [
    None,
    b"",
    b"{",
    b"[]",
    b"null",
    b"3",
    b'"x"',
    b"{}",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b'{"resources": []}',
    package(lambda d, r: d.pop("created")),
    package(lambda d, r: d.update(created="soon")),
    package(lambda d, r: d.pop("title")),
    package(lambda d, r: d.update(resources={})),
    package(lambda d, r: r["facts"].update(path="../facts.csv")),
    package(lambda d, r: r["facts"].update(path="/etc/passwd")),
    package(lambda d, r: r["facts"].update(path=["facts.csv"])),
    package(lambda d, r: r["facts"].pop("path")),
    package(lambda d, r: r["facts"].pop("name")),
    package(lambda d, r: r["facts"].update(name="claims")),
    package(lambda d, r: r["facts"]["schema"].pop("fields")),
    package(lambda d, r: r["facts"]["schema"].update(fields=[])),
    package(lambda d, r: r["facts"]["schema"]["fields"].append(r["facts"]["schema"]["fields"][0])),
    package(lambda d, r: r["facts"]["schema"]["fields"][0].update(type="colour")),
    package(lambda d, r: r["facts"]["schema"]["fields"][0].update(constraints={"pattern": "("})),
    package(lambda d, r: r["facts"]["schema"]["fields"][0].update(constraints={"enum": 3})),
    package(lambda d, r: r["facts"]["schema"]["fields"][0].update(constraints={"minimum": "low"})),
    package(lambda d, r: r["facts"]["schema"]["fields"][0].update(constraints={"nice": True})),
    package(lambda d, r: r["facts"]["schema"].update(primaryKey=["nothing"])),
    package(lambda d, r: r["facts"]["schema"].update(primaryKey="id")),
    package(lambda d, r: r["facts"]["schema"]["foreignKeys"][0].update(fields=["nothing"])),
    package(lambda d, r: r["facts"]["schema"]["foreignKeys"][0]["reference"].update(fields=["nothing"])),
    package(lambda d, r: r["facts"]["schema"]["foreignKeys"][0].pop("reference")),
]


@pytest.mark.parametrize("number", range(len(DESCRIPTIONS)))
def test_a_description_that_does_not_hold_together_is_refused(told, number):
    (problem,) = told({"datapackage.json": DESCRIPTIONS[number]})
    assert str(problem).startswith("datapackage.json: ")
    tried[f"description {number}"] = 1


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
    ],
)
def test_a_map_that_is_none_is_refused(told, content):
    assert any(str(p).startswith("world.geojson: ") for p in told({"world.geojson": content}))


# -- size -----------------------------------------------------------------------------------------------------------


def test_a_million_wrong_rows_are_told_in_eleven_sentences(good, told):
    """All short and of a wrong length: no list of them is kept."""
    problems = told({"unknowns.csv": good["unknowns.csv"] + b"a,b\n" * 1_000_000})
    assert len(problems) == 11 and "999,990 more rows have the last problem of this kind" in str(problems[-1])


def test_a_file_beyond_all_measure_is_not_read(good, told, home):
    with (home / "facts.csv").open("ab") as file:
        file.truncate(checks.LARGEST + 1)  # takes no room on the disk
    problems = told({})
    assert any("facts.csv: the file has 100,000,001 bytes; at most 100,000,000 are read." == str(p) for p in problems)
    (home / "facts.csv").write_bytes(good["facts.csv"])


# -- what the list forgot -------------------------------------------------------------------------------------------

search = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def taken_as_it_is(home, files):
    """Every table is read with the values that stand in the file, and another program finds nothing wrong with it."""
    for name in (f.removesuffix(".csv") for f in files if f.endswith(".csv")):
        header, *rows = parse(files[f"{name}.csv"].decode())
        table = getattr(tables.read(home), name)
        for place, field in enumerate(SCHEMAS[name]["fields"]):
            read = table[field["name"]]
            for text, value in zip((r[place] for r in rows), read, strict=True):
                assert (
                    pd.isna(value)
                    if text == ""
                    else value == text
                    if field["type"] == "string"
                    else float(value) == float(text)
                ), (name, field["name"], text, value)
    report = frictionless.Package.from_descriptor(
        json.loads((home / "datapackage.json").read_text("utf-8")), basepath=str(home)
    ).validate()
    assert report.valid, report.flatten(["type", "note"])[:5]


@search
@given(name=st.sampled_from(NAMES), data=st.data())
def test_any_text_in_any_cell_is_refused_or_taken_as_it_is(good, home, name, data):
    rows = parse(good[f"{name}.csv"].decode())
    line, place = data.draw(st.integers(1, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    text = data.draw(
        st.one_of(
            st.text(max_size=20),
            st.from_regex(r"[-+]?[0-9., ]{1,8}([eE][-+]?[0-9]+)?"),
            st.sampled_from([*NUMBERS, *TEXTS[:-1], *PLACES]),
        )
    )
    rows[line][place] = text.encode("utf-8", "replace").decode()
    spoil(good, home, {f"{name}.csv": write(rows).encode()})


@search
@given(name=st.sampled_from([f"{n}.csv" for n in NAMES] + ["datapackage.json"]), data=st.data())
def test_any_bytes_anywhere_are_refused_or_taken_as_they_are(good, home, name, data):
    content = good[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 200)))
    new = data.draw(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xef\xbb\xbf", b'""', b"\n\n", b",,"]),
        )
    )
    spoil(good, home, {name: content[:start] + new + content[end:]})


def spoil(good, home, files):
    try:
        for name, content in files.items():
            (home / name).write_bytes(content)
        problems = [str(p) for p in checks.check(home)]
        assert all(p.endswith(".") and p.isprintable() and len(p) < 700 for p in problems), problems
        if not problems:
            taken_as_it_is(home, files)
    finally:
        for name in files:
            (home / name).write_bytes(good[name])


# -- the command, and the count -------------------------------------------------------------------------------------


def test_the_command_says_so_and_fails(tmp_path):
    """At today's size, as an editor runs it: exit code 1, sentences, no traceback."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    (folder / "facts.csv").write_bytes(b"\xff")
    (folder / "events.csv").unlink()
    run = subprocess.run(
        [sys.executable, "scripts/check_data.py", str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1 and run.stderr == ""
    assert "facts.csv, line 1: the text is not UTF-8; save the table as CSV in UTF-8.\n" in run.stdout
    assert "events.csv: the file is missing.\n" in run.stdout


def test_the_battery_is_as_large_as_the_documents_say(request):
    if len(request.session.items) < 100:
        pytest.skip("only some of the tests were chosen")
    assert sum(tried.values()) >= 200
    print(f"{sum(tried.values()):,} corruptions refused")
