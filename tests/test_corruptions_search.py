"""A search for what the batteries of corruptions forgot."""

import json
import unicodedata

import frictionless
import pandas as pd
import pytest
from corrupted import NAMES, NUMBERS, PLACES, SCHEMAS, TEXTS, parse, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystems import checks, tables

search = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

pytestmark = pytest.mark.slow


def taken_as_it_is(small, files):
    """Every table is read with the values that stand in the file, and another program finds nothing wrong with it."""
    for name in (f.removesuffix(".csv") for f in files if f.endswith(".csv")):
        header, *rows = parse(files[f"{name}.csv"].decode("utf-8-sig"))
        table = getattr(tables.read(small), name)
        for place, field in enumerate(SCHEMAS[name]["fields"]):
            read = table[field["name"]]
            for text, value in zip((r[place] for r in rows), read, strict=True):
                assert (
                    pd.isna(value)
                    if text == ""
                    else value == unicodedata.normalize("NFC", text)
                    if field["type"] == "string"
                    else float(value) == float(text)
                ), (name, field["name"], text, value)
    report = frictionless.Package.from_descriptor(
        json.loads((small / "datapackage.json").read_text("utf-8-sig")), basepath=str(small)
    ).validate()
    assert report.valid, report.flatten(["type", "note"])[:5]


@search
@given(name=st.sampled_from(NAMES), data=st.data())
def test_any_text_in_any_cell_is_refused_or_taken_as_it_is(good, small, name, data):
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
    spoil(good, small, {f"{name}.csv": write(rows).encode()})


@search
@given(name=st.sampled_from([f"{n}.csv" for n in NAMES] + ["datapackage.json"]), data=st.data())
def test_any_bytes_anywhere_are_refused_or_taken_as_they_are(good, small, name, data):
    content = good[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 200)))
    new = data.draw(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xef\xbb\xbf", b'""', b"\n\n", b",,"]),
        )
    )
    spoil(good, small, {name: content[:start] + new + content[end:]})


def spoil(good, small, files):
    try:
        for name, content in files.items():
            (small / name).write_bytes(content)
        problems = [str(p) for p in checks.check(small)]
        assert all(p.endswith(".") and p.isprintable() and len(p) < 700 for p in problems), problems
        if not problems:
            taken_as_it_is(small, files)
    finally:
        for name in files:
            (small / name).write_bytes(good[name])
