"""A small scan that holds together, for tests that spoil it: ``told`` checks it with some files changed."""

import csv
import io
import json

import pandas as pd
import pytest

from ecosystems import checks, globe, maps, tables
from ecosystems.tables import ROOT

PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
SCHEMAS = {r["name"]: r["schema"] for r in PACKAGE["resources"] if "schema" in r}
NAMES = list(SCHEMAS)


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


def small_scan(*named):
    """Contents of a small scan that holds together, by file: some initiatives of ours and all that belongs to them.

    Those with the ids `named` are among them.
    """
    data = {n: pd.read_csv(ROOT / "data" / f"{n}.csv", dtype=str, keep_default_na=False) for n in NAMES}
    kept = {*data["ecosystems"]["initiative_id"], *data["initiatives"]["id"].head(25), *named}
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
    files |= {name: (ROOT / "data" / name).read_bytes() for name in ("outlines.json", "world.geojson")}
    files["datapackage.json"] = json.dumps(tables.without_measures(PACKAGE)).encode()
    return files


@pytest.fixture(scope="module")
def good():
    return small_scan()


@pytest.fixture(scope="module")
def small(good, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scan")
    for name, content in good.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def told(good, small):
    """Check the small scan with some files changed (None: removed); put them back afterwards."""
    changed = set()

    def check(files):
        maps._shapes.cache_clear()
        globe.outlines.cache_clear()
        for name, content in files.items():
            changed.add(name)
            (small / name).unlink() if content is None else (small / name).write_bytes(content)
        problems = checks.check(small)
        for p in map(str, problems):
            assert p.endswith(".") and p.isprintable() and len(p) < 700, p
        return problems

    yield check
    for name in changed:
        (small / name).write_bytes(good[name])


def of(good, table, row, **values):
    """A table with some values changed in the first row for which `row` holds; a function makes one of the old row."""
    header, *rows = parse(good[f"{table}.csv"].decode())
    hit = next(r for r in rows if row(dict(zip(header, r, strict=True))))
    old = dict(zip(header, hit, strict=True))
    for column, value in values.items():
        hit[header.index(column)] = value(old) if callable(value) else value
    return {f"{table}.csv": write([header, *rows]).encode()}


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
    "#REF!",
    "n/a",
    "Fundaci?n",
    "?frica",
    "x" * 5001,
    "x" * 1_000_000,
]
PLACES = ["", "no.such", "../../etc/passwd", "a/b", "a b", "a--b", "é", ".", "CON:", "{{ id }}", "%2e%2e"]
