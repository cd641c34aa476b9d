"""A scan of thousands of rows: pages stay small, and every row is still found."""

import json
import re
import shutil
import warnings
from html import escape

import figures
import pytest
import synthetic

from ecosystems import charts, checks, style, tables
from ecosystems.editions.web import explorer, templates
from ecosystems.figure import LONG, SHOWN, Explorer, Table
from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow

ROWS = 5000
COLUMNS = {"name": "Initiative", "where": "Where", "summary": "What it does", "pages": "Pages"}
FACETS = {"country": "Country", "learners": "Mainly for", "characteristic": "A page shows"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grown")
    synthetic.grow(folder, ROWS)
    return tables.read(folder)


@pytest.fixture(scope="module")
def listed(data):
    return charts.lists.initiatives(data)


@pytest.fixture(scope="module")
def payload(listed):
    return Explorer(
        listed,
        "All initiatives.",
        COLUMNS,
        id="explorer",
        facets=FACETS,
        map="scan_map",
        index="index",
        whole="data/scan.csv",
    ).payload


@pytest.mark.parametrize("selected", [1, 120])
def test_a_synthetic_scan_with_few_or_many_chapters_passes_the_check(tmp_path, selected):
    synthetic.grow(tmp_path / "scan", 387, selected)
    assert checks.check(tmp_path / "scan") == []
    scan = tables.read(tmp_path / "scan")
    assert len(scan.ecosystems) == selected
    with warnings.catch_warnings(action="error"):  # of a drawing that has no room
        assert figures.figure("partners_by_type", scan).drawing(style.NARROW)


def test_pages_hold_the_first_rows_and_lead_to_the_file_with_all(data, payload):
    assert (
        len(payload["rows"]) == len(payload["anchors"]) == len(payload["index"]) == SHOWN
        and payload["of"] == ROWS
        and payload["whole"] == "data/scan.csv"
    )
    assert len(json.dumps({k: v for k, v in payload.items() if k != "rest"})) < 500_000
    pages = Table(
        charts.lists.sources(data),
        "Pages.",
        {"page": "Page", "year": "Year"},
        id="pages",
        anchor="s",
        whole="data/sources.csv",
    ).payload
    assert len(pages["rows"]) == len(pages["anchors"]) == SHOWN and pages["of"] == len(data.sources) > LONG


def test_the_map_counts_by_cells_and_loses_no_initiative(data, listed):
    made = figures.figure("scan_map", data)
    placed = data.scan["latitude"].notna()
    assert made.data["initiatives"].sum() == placed.sum() > LONG > len(made.data)
    assert max(map(len, (made.payload["svg"], made.payload["map"]))) < 600_000
    assert (listed["cell"] != "").sum() == placed.sum()


def test_every_row_is_found_from_a_folder(payload, listed, open_page, tmp_path):
    digest = "1" * 64
    explorer.write(payload["rest"], digest, tmp_path / "explorer")
    heads = "".join(f"<th>{escape(c['title'])}</th>" for c in payload["columns"])
    rows = "".join(
        f'<tr id="{a}">' + "".join(f"<td>{escape(str(c))}</td>" for c in r) + "</tr>"
        for a, r in zip(payload["anchors"], payload["rows"], strict=True)
    )
    (tmp_path / "_static").mkdir()
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "scan-map.html").write_text("<title>Map</title>")
    shutil.copy(
        ROOT / "src" / "ecosystems" / "editions" / "web" / "theme" / "static" / "explorer.js", tmp_path / "_static"
    )
    facets = {**payload["explorer"], "of": payload["of"], "whole": payload["whole"]}
    form = templates.render("explorer.html", explorer=facets, up="", map_title="Map")
    (tmp_path / "explorer.html").write_text(
        f'<meta charset="utf-8"><section>{form}<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>'
        f"{rows}</tbody></table></div></section>",
        "utf-8",
    )
    page = open_page("explorer.html", base=tmp_path.as_uri())

    def said(expected):
        page.wait_for_function(
            "wanted => document.querySelector('.said').textContent.startsWith(wanted + ' of 5,000')",
            arg=f"{expected:,}",
        )
        return page.locator("tbody tr").evaluate_all("rows => rows.map(r => r.id.slice(2))")

    assert said(ROWS) == list(listed["id"][:20])
    assert not [a for a in page.asked if "/explorer/" in a], "what nobody asked for is not loaded"
    seen = listed[listed["characteristic"].map(len) > 0].iloc[-1]  # of some rows the pages show no characteristic
    country, trait = seen["country"], seen["characteristic"][0]
    page.select_option("[name=country]", country)
    page.check(f'[name=characteristic][value="{trait}"]')
    wanted = listed[(listed["country"] == country) & listed["characteristic"].map(lambda c: trait in c)]
    assert said(len(wanted)) == list(wanted["id"][:20])
    texts = listed[["name", "where", "summary"]].astype(str).agg(" ".join, axis=1) + listed["pages"].map(
        lambda pages: " ".join(p.text for p in pages)
    )
    words = texts.map(lambda t: re.findall(r"[^\W_]+", explorer.plain(t)))
    page.click("[type=reset]")
    page.fill("[name=q]", "Schóol comm")
    wanted = listed[words.map(lambda found: all(any(w.startswith(x) for w in found) for x in ("school", "comm")))]
    assert said(len(wanted)) == list(wanted["id"][:20]) and len(wanted)
    page.goto(f"{tmp_path.as_uri()}/explorer.html#i-{listed['id'].iloc[-1]}")
    assert said(1) == [listed["id"].iloc[-1]]
    with page.expect_download() as got:
        page.click("[data-csv]")
    assert listed["id"].iloc[-1] in open(got.value.path(), encoding="utf-8-sig").read()
