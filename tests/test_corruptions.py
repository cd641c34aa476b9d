"""Bad tables are refused in one sentence: a battery over every table and column.

Corruptions of different tables and columns go into one folder: each must be told, whatever else is wrong. What cannot
be true, the descriptor with the files of the folder, and a search for what was forgotten are in the other
``test_corruptions_*.py``.
"""

import csv
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from corrupted import NAMES, NUMBERS, PLACES, SCHEMAS, TEXTS, parse, write

from ecosystems import checks, tables
from ecosystems.tables import ROOT

tried: dict[str, int] = {}

pytestmark = pytest.mark.slow


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
    "two marks": (lambda t: b"\xef\xbb\xbf" + t.encode("utf-8-sig"), "is not described"),
    "rows of commas": (
        lambda t: (t + "," * t.partition("\n")[0].count(",") + "\n,\n").encode(),
        "and so is 1 more; remove them",
    ),
    "the header again": (lambda t: (t + t.partition("\n")[0] + "\n").encode(), "this is the header again; remove it"),
    "an unfinished merge": (
        middle(lambda line: f"<<<<<<< HEAD\n{line}=======\n{line}>>>>>>> other\n"),
        "marks of an unfinished merge",
    ),
    "columns without a name": (columns(lambda r: [*r, "", ""]), "2 columns have no name; remove them"),
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
    "every row twice": (lambda t: (t + t.partition("\n")[2]).encode(), "stands in line 2 already"),
}


def with_a_row(rows):
    """The rows of a table; one that has none but its header gets one, so that there is something to spoil."""
    return rows if len(rows) > 1 else [*rows, ["initiatives"] * len(rows[0])]


@pytest.mark.parametrize("shift", range(len(FILES)))
def test_a_spoilt_file_is_refused(good, told, shift):
    """Every kind of damage to every table; all tables are damaged at once, each in another way."""
    kinds = list(FILES)
    chosen = {name: kinds[(shift + place) % len(kinds)] for place, name in enumerate(NAMES)}
    whole = {n: write(with_a_row(parse(good[f"{n}.csv"].decode()))) for n in chosen}
    problems = told({f"{n}.csv": FILES[kind][0](whole[n]) for n, kind in chosen.items()})
    for name, kind in chosen.items():
        said = FILES[kind][1]
        ours = [str(p) for p in problems if p.table.removesuffix(".csv") == name]
        assert any(s in p for p in ours for s in ([said] if isinstance(said, str) else said)), (name, kind, ours[:3])
        if kind not in ("missing",):
            assert any("line " in p or "the file is empty" in p for p in ours), (name, kind, ours[:3])
    tried[f"files {shift}"] = len(chosen)


def test_line_ends_of_other_systems_and_a_last_line_without_one_are_taken(good, told, small):
    before = {n: getattr(tables.read(small), n) for n in NAMES}
    for other in (
        lambda c: c.replace(b"\n", b"\r\n"),
        lambda c: c.rstrip(b"\n"),
        lambda c: b"\xef\xbb\xbf" + c.replace(b"\n", b"\r\n"),  # Excel's "CSV UTF-8"
        lambda c: write(parse(c.decode()), quoting=csv.QUOTE_ALL).encode(),
    ):
        assert told({f"{n}.csv": other(good[f"{n}.csv"]) for n in NAMES}) == []
        for name in NAMES:
            pd.testing.assert_frame_equal(getattr(tables.read(small), name), before[name])
        tried["line ends"] = 4 * len(NAMES)


# -- values ---------------------------------------------------------------------------------------------------------


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
    """The wrong values of each column, one after the other; columns are spoilt in different rows at once."""
    expected, files = [], {}
    for name, schema in SCHEMAS.items():
        rows = with_a_row(parse(good[f"{name}.csv"].decode()))
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
        rows[min(line, len(rows) - 1)][rows[0].index(key)] = "QQQ" if key.endswith("iso3") else "nobody-9"
    problems = told({f"{name}.csv": write(rows).encode()})
    for key in keys:
        assert any(p.table == name and key in p.column and "there is no such row in " in p.right for p in problems), (
            key,
            problems,
        )
    tried[f"links {name}"] = len(keys)


# -- size -----------------------------------------------------------------------------------------------------------


def test_a_million_wrong_rows_are_told_in_eleven_sentences(good, told):
    """All short and of a wrong length: no list of them is kept."""
    problems = told({"unknowns.csv": good["unknowns.csv"] + b"a,b\n" * 1_000_000})
    assert len(problems) == 11 and "999,990 more rows have the last problem of this kind" in str(problems[-1])


def test_a_file_beyond_all_measure_is_not_read(good, told, small):
    with (small / "facts.csv").open("ab") as file:
        file.truncate(checks.LARGEST + 1)  # takes no room on the disk
    problems = told({})
    assert any("facts.csv: the file has 100,000,001 bytes; at most 100,000,000 are read." == str(p) for p in problems)
    (small / "facts.csv").write_bytes(good["facts.csv"])


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
    assert "events.csv: the file is missing; " in run.stdout


def test_the_battery_is_as_large_as_the_documents_say(request):
    if len(request.session.items) < 100:
        pytest.skip("only some of the tests were chosen")
    assert sum(tried.values()) >= 200
    print(f"{sum(tried.values()):,} corruptions refused")
