"""Every figure, on the real tables and on tables that are empty, short or full of gaps."""

import inspect
import re

import pandas as pd
import pytest

from ecosystems import charts, tables
from ecosystems.figure import EXHIBITS

pytestmark = pytest.mark.slow

DATA = tables.read()
NAMES = sorted(EXHIBITS)
FIXED = {"characteristics", "countries", "areas", "indicators"}
TABLES = [r["name"] for r in DATA.package["resources"] if "schema" in r and r["name"] not in FIXED]


def figure(name, data, ecosystem="kepler-rwanda"):
    function = EXHIBITS[name]
    return function(data, *([ecosystem] if len(inspect.signature(function).parameters) > 1 else []))


def looks_right(made):
    payload = made.payload  # draws both layouts
    assert payload["svg"].startswith("<svg") and payload["svg_narrow"].startswith("<svg")
    assert len(payload["svg"]) > 200
    assert payload["finding"] and not payload["finding"].endswith(".")
    assert 40 <= len(payload["alt"]) <= 400, (len(payload["alt"]), payload["alt"])
    for text in (payload["finding"], payload["subtitle"], payload["note"], payload["alt"]):
        assert not re.search(r"\bnan\b|<NA>|\bNone\b(?! of the )|\binf\b|None of them$|  ", text), text
    return payload


def test_charts_offers_every_figure():
    assert all(getattr(charts, name) for name in NAMES)
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_on_the_real_tables(name):
    payload = looks_right(figure(name, DATA))
    assert payload["rows"], "a figure of the book shows something"
    assert len(payload["finding"]) <= 210
    # What is drawn is what is handed out: a changed table changes the file.
    assert payload["csv"].count("\n") >= len(payload["rows"])


@pytest.mark.parametrize("id", sorted(DATA.ecosystems["id"]))
@pytest.mark.parametrize("name", [n for n in NAMES if len(inspect.signature(EXHIBITS[n]).parameters) > 1])
def test_every_ecosystem(name, id):
    looks_right(figure(name, DATA, id))


@pytest.mark.parametrize("name", NAMES)
def test_on_empty_tables(name):
    """Nothing is known: the figure says so, and draws no zero."""
    needs_one = len(inspect.signature(EXHIBITS[name]).parameters) > 1
    empty = {t: getattr(DATA, t).iloc[:0] for t in TABLES if not (needs_one and t == "ecosystems")}
    looks_right(figure(name, DATA.replace(**empty)))


def one_initiative():
    """Tables of a scan with a single initiative, which is the only ecosystem."""
    ecosystem = DATA.ecosystems[DATA.ecosystems["id"] == "kepler-rwanda"]
    initiative = DATA.initiatives[DATA.initiatives["id"].isin(ecosystem["initiative_id"])]
    cut = {"initiatives": initiative, "ecosystems": ecosystem}
    for name in TABLES:
        table = getattr(DATA, name)
        if "initiative_id" in table and name not in cut:
            cut[name] = table[table["initiative_id"].isin(initiative["id"])]
        elif "ecosystem_id" in table and name != "people":
            cut[name] = table[table["ecosystem_id"].isin(ecosystem["id"])].head(1)
        elif name not in cut and name not in ("sources", "country_figures", "country_figures_unesco"):
            cut[name] = table.head(1)
    return DATA.replace(**cut)


@pytest.mark.parametrize("name", NAMES)
def test_on_one_row(name):
    looks_right(figure(name, one_initiative()))


def gaps():
    """All values that may be missing are missing."""
    cut = {}
    for name in TABLES:
        table = getattr(DATA, name).copy()
        for field in DATA.describe(name)["schema"]["fields"]:
            if not field.get("constraints", {}).get("required"):
                table[field["name"]] = (
                    pd.array([pd.NA] * len(table), dtype=table[field["name"]].dtype)
                    if str(table[field["name"]].dtype) != "float64"
                    else float("nan")
                )
        cut[name] = table
    return DATA.replace(**cut)


@pytest.mark.parametrize("name", NAMES)
def test_where_all_that_may_be_missing_is_missing(name):
    looks_right(figure(name, gaps()))


@pytest.mark.parametrize("region", sorted(DATA.scan["region"].unique()))
@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("scan_", "characteristics_", "glance", "public_"))])
def test_without_one_region(name, region):
    keep = DATA.scan.loc[DATA.scan["region"] != region, "id"]
    looks_right(figure(name, DATA.replace(initiatives=DATA.initiatives[DATA.initiatives["id"].isin(keep)])))


def test_findings_follow_the_tables():
    fewer = DATA.replace(initiatives=DATA.initiatives.head(40))
    for name in ("glance_map", "scan_by_country", "characteristics_seen", "scan_by_founding"):
        assert figure(name, fewer).finding != figure(name, DATA).finding
