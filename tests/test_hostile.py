"""A small book made from tables full of hostile text, read in Chromium: the text is shown, and never runs."""

import csv
import io
import shutil
from io import StringIO

import nbformat
import pandas as pd
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems.tables import ROOT

TAGS = (
    '<img src=x onerror="window.hacked=1"> </script><script>window.hacked=1</script> `${window.hacked=1}` '
    "'O''Brien' {{7*7}} \\2 <b>"
)
RUNS = "javascript:window.hacked=1"
FORMULA = '=HYPERLINK("https://evil.example","x")'
CELLS = {
    "index": [
        'charts.scan_map(data, data.scan.dropna(subset=["latitude"]))',
        'Table(charts.lists.initiatives(data).head(3), "Three", {"name": "Name", "summary": "What", "pages": "Pages"}, '
        'id="three")',
    ],
    "explorer": [
        'Explorer(charts.lists.initiatives(data), "All initiatives.", {"name": "Initiative", "where": "Where", "whom": '
        '"For whom", "summary": "What", "seen": "Seen", "pages": "Pages"},'
        ' id="explorer", facets={"country": "Country", "region": "Region", "characteristic": "A page shows"}, '
        'map="scan_map")'
    ],
}


def small_book(folder, data, monkeypatch):
    """The web edition of a book of two chapters, on the tables of `data`; the folder that holds it."""
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(data))
    source = folder / "source"
    source.mkdir()
    setup = "from ecosystems import charts, tables\nfrom ecosystems.figure import Explorer, Table\ndata = tables.read()"
    for name, cells in CELLS.items():
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_markdown_cell(f"# {name.title()}"), *map(nbformat.v4.new_code_cell, [setup, *cells])]
        )
        if name == "index":
            book.cells.append(nbformat.v4.new_markdown_cell("```{toctree}\nexplorer\n```"))
        nbformat.write(book, source / f"{name}.ipynb")
    config = {
        "project": "Small", "language": "en", "numfig": True, "html_theme": "ecosystems",
        "html_static_path": [str(ROOT / "book" / "_static")], "root_doc": "index",
        "extensions": ["myst_nb", "ecosystems.editions.run", "ecosystems.editions.outputs", "ecosystems.editions.web"],
        "nb_execution_mode": "off", "nb_remove_code_source": True,
        "nb_custom_formats": {".ipynb": ["ecosystems.editions.run.read", {}, False]}, "html_copy_source": False,
        "html_use_index": False, "html_domain_indices": False,
    }  # fmt: skip
    with docutils_namespace():
        app = Sphinx(
            source,
            None,
            folder / "out",
            folder / "trees",
            "html",
            confoverrides=config,
            status=StringIO(),
            warning=StringIO(),
            freshenv=True,
        )
        app.build()
        assert app.statuscode == 0, app._warning.getvalue()
    return folder / "out"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "data", folder / "data")
    rows = pd.read_csv(folder / "data" / "initiatives.csv", dtype=str, keep_default_na=False)
    rows = pd.concat([rows[rows["latitude"] != ""].head(6), rows[rows["latitude"] == ""].head(1)])
    rows["name"] = [f"{i} {TAGS}" for i in range(7)]
    rows.iloc[0, rows.columns.get_loc("name")] = FORMULA
    rows["summary"] = TAGS
    rows["place"] = [p and FORMULA + TAGS for p in rows["place"]]
    rows.to_csv(folder / "data" / "initiatives.csv", index=False)
    sources = pd.read_csv(folder / "data" / "sources.csv", dtype=str, keep_default_na=False)
    sources.assign(url=RUNS, title=TAGS, publisher=TAGS).to_csv(folder / "data" / "sources.csv", index=False)
    countries = pd.read_csv(folder / "data" / "countries.csv", dtype=str, keep_default_na=False)
    countries.assign(name=[f"{n} {TAGS}" for n in countries["name"]]).to_csv(
        folder / "data" / "countries.csv", index=False
    )
    with pytest.MonkeyPatch.context() as patch:
        return small_book(folder, folder / "data", patch)


def unharmed(page):
    """No script of a table ran in any frame, nothing of it is an element or a link that runs."""
    for frame in page.frames:
        assert frame.evaluate("window.hacked") is None
        assert frame.evaluate("document.querySelectorAll('img[src=x], [onerror]').length") == 0
        assert (
            frame.evaluate("[...document.querySelectorAll('a')].filter(a => a.protocol === 'javascript:').length") == 0
        )


def test_figure_table_and_popup_show_hostile_text_as_text(book, open_page):
    page = open_page("index.html", base=book.as_uri())
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe")
    frame.locator(".pin, .cluster").first.wait_for()
    while frame.locator(".cluster").count():
        frame.locator(".cluster").first.press("Enter")
        page.wait_for_timeout(400)
    for pin in frame.locator(".pin").all()[:3]:
        pin.press("Enter")
        shown = frame.locator(".leaflet-popup-content")
        shown.wait_for()
        assert "<img src=x" in shown.inner_text() and "Seen" in shown.inner_text()
        assert shown.locator("a").count() == 1, "the way to its row, and no link that runs"
        page.keyboard.press("Escape")
        shown.wait_for(state="detached")
    page.locator("figure summary", has_text="Table").click()
    assert (
        "<img src=x" in page.locator("figure table").inner_text()
        and "<img src=x" in page.locator(".exhibit-table").inner_text()
    )
    unharmed(page)


def test_explorer_shows_finds_and_hands_out_hostile_text_as_text(book, open_page):
    page = open_page("explorer.html", base=book.as_uri())
    assert "7 of 7" in page.inner_text(".said")
    assert "<img src=x" in page.inner_text("tbody")
    page.fill(".choose [name=q]", "<img onerror")
    assert "7 of 7" in page.inner_text(".said")
    with page.expect_download() as got:
        page.click("[data-csv]")
    rows = list(csv.reader(io.StringIO(open(got.value.path(), encoding="utf-8-sig", newline="").read())))
    assert len(rows) == 8 and not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@"))]
    assert "'" + FORMULA in {row[1] for row in rows}
    page.goto(f"{book.as_uri()}/explorer.html#q={TAGS[:30]}&country=%3Cscript%3E")
    unharmed(page)


def test_files_hold_hostile_text_as_text(book):
    text = (book / "exhibits" / "scan-map.csv").read_text("utf-8-sig")
    cells = [c for row in csv.reader(io.StringIO(text)) for c in row]
    assert "'" + FORMULA in cells and not [c for c in cells if c.startswith("=")]
    assert "<img" not in (book / "exhibits" / "scan-map.svg").read_text("utf-8")


def test_by_keyboard_a_point_opens_and_closes(book, open_page):
    page = open_page("maps/scan-map.html", base=book.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className"))
        if "pin" in seen[-1]:
            break
        if "cluster" in seen[-1]:
            page.keyboard.press("Enter")
            page.wait_for_timeout(500)
    assert "pin" in seen[-1], seen
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "dialog"
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-popup-content").count() == 0 or page.wait_for_timeout(400) is None
    assert "pin" in page.evaluate("document.activeElement.className")
