"""A figure carries its data, its words and its drawing, and none of them can be forged by the data."""

import json
import re
from html import escape
from urllib.parse import unquote

import pandas as pd
import pytest

from ecosystems import charts, figure, style, tables
from ecosystems.figure import Figure, Table, as_csv, exhibit
from ecosystems.plots import Bars
from ecosystems.tables import Citation
from ecosystems.words import Link


def bars(values=(3, 5), note=""):
    table = pd.DataFrame({"country": ["Kenya $$ $x_1$", "Peru <b>"], "initiatives": values})
    return Figure(
        table,
        Bars("country", "initiatives"),
        columns={"country": "Country", "initiatives": "Initiatives, count"},
        finding="Peru leads",
        subtitle="Initiatives by country",
        source=[Citation("This edition", "", "CC BY 4.0")],
        alt="Two bars, Peru longer than Kenya",
        note=note,
        id="test_bars",
    )


def plain(shown):
    return shown._repr_mimebundle_()["text/plain"]


def test_the_stored_text_changes_with_any_number():
    assert plain(bars()) == plain(bars())
    assert plain(bars()) != plain(bars((3, 6)))


def test_the_stored_text_changes_with_the_drawing_alone(monkeypatch):
    before = plain(bars())
    monkeypatch.setitem(style.COLOURS, "main", "#123456")
    assert plain(bars()) != before


def test_two_layouts_differ_in_width_and_share_no_id():
    p = bars().payload
    width = lambda s: float(s.split('viewBox="0 0 ')[1].split()[0])
    assert width(p["svg"]) > 2 * width(p["svg_narrow"]) * 0.9
    ids = [{part.split('"')[0] for part in p[k].split(' id="')[1:]} for k in ("svg", "svg_narrow")]
    assert not ids[0] & ids[1]


def test_the_drawing_is_plain_and_shows_hostile_text_as_text():
    svg = bars().payload["svg"]
    assert "Peru &lt;b&gt;" in svg and "Kenya $$ $x_1$" in svg
    assert not any(word in svg for word in ("style=", "<style", "<script", "<metadata", "http://www.w3.org/1999/xlink"))


@pytest.mark.parametrize("columns", [{"population": "Population, count"}, {"initiatives": "Initiatives"}])
def test_a_column_that_is_not_there_or_has_no_unit_is_refused(columns):
    with pytest.raises(ValueError, match=next(iter(columns))):
        Figure(pd.DataFrame({"initiatives": [1]}), Bars("initiatives", "initiatives"), columns=columns)


def test_a_drawing_sees_what_is_published_and_nothing_else():
    table = pd.DataFrame({"country": ["Peru"], "initiatives": [2], "lines": [["told on the map"]]})
    made = Figure(table, Bars("country", "initiatives"), columns=bars().columns, id="one")
    assert list(made.data) == ["country", "initiatives"] and made.csv == "country,initiatives\nPeru,2\n"
    assert made.seen == "One bar, with its value at its end: Peru 2."


def test_jupyter_shows_a_picture_and_the_editions_get_everything(monkeypatch):
    """A chapter that a reader saves holds no payload; a table is a table there."""
    table = Table(pd.DataFrame({"who": [Link("A", "https://a.org"), "<b>"]}), "Who.", {"who": "Who"}, "who")
    shown = [x._repr_mimebundle_() for x in (bars(note="Careful."), table)]
    assert all(set(bundle) == {"text/plain", "text/markdown", "text/html"} for bundle in shown)
    page, rows = (bundle["text/html"] for bundle in shown)
    assert "<strong>Peru leads.</strong>" in page and "Careful. Source: This edition" in page
    picture = unquote(re.search(r'<img alt="[^"]+" src="data:image/svg\+xml,([^"]+)"', page)[1])
    drawing = bars(note="Careful.").payload["svg"]
    assert re.sub(r' textLength="[\d.]+" lengthAdjust="\w+"', "", picture) == drawing
    (name,) = re.findall(r'textLength="([\d.]+)"[^>]*>Kenya', picture)
    assert 50 < float(name) < 70, "names keep their width in any typeface"
    assert '><a href="https://a.org">A</a></td>' in rows and 'left">&lt;b&gt;</td>' in rows
    monkeypatch.setenv("ECOSYSTEMS_EDITION", "1")
    bundles = [x._repr_mimebundle_() for x in (bars(note="Careful."), table)]
    assert all(set(bundle) == {"text/plain", "text/markdown", figure.MIME} for bundle in bundles)
    for kind in ("text/plain", "text/markdown"):
        assert [b[kind] for b in bundles] == [b[kind] for b in shown], "the stored text is the same"


def test_a_code_host_shows_words_of_a_figure_and_the_head_of_a_table():
    """No id and no digest, and no markup from the data."""
    said = bars(note="Careful.")._repr_mimebundle_()["text/markdown"]
    assert said.startswith("**Peru leads.**\n\n") and "\n\nCareful. Source: This edition" in said
    assert "test_bars" not in said and not re.search(r"[0-9a-f]{8}", said)
    assert (
        Figure(bars().table, bars().plot, "<b>", columns=bars().columns)
        ._repr_mimebundle_()["text/markdown"]
        .startswith("**\\<b\\>.**")
    )
    names = [Link("A | b", "https://a.org/x y"), [Link("C", "https://c.org"), Link("D", "doc:book/d")], *"efghijklmno"]
    table = Table(pd.DataFrame({"who": names, "n": range(13)}), "Who.", {"who": "Who", "n": "N"}, "who")
    lines = table._repr_mimebundle_()["text/markdown"].splitlines()
    assert lines[:4] == ["**Who.**", "", "| Who | N |", "| --- | --- |"]
    assert lines[4:6] == [r"| [A \| b](<https://a.org/x%20y>) | 0 |", "| [C](<https://c.org>), D | 1 |"]
    assert lines[-3:] == ["| n | 11 |", "", "1 more row."] and len(lines) == 18


def test_jupyter_shows_the_map_itself_and_the_notebook_stays_small(monkeypatch, tmp_path, chromium):
    """The map lies in a file that needs no other; where its frame is not allowed, the picture is seen."""
    monkeypatch.chdir(tmp_path)
    data = tables.read()
    shown = charts.scan_map(data, data.scan.dropna(subset=["latitude"]))._repr_mimebundle_()["text/html"]
    (frame,) = re.findall(r'<iframe src="([^"]+)"', shown)
    assert len(shown) < 300_000 and "data:image/svg+xml," in shown
    page, asked, wrong = chromium.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_content(
        f'<iframe sandbox="allow-scripts" srcdoc="{escape((tmp_path / frame).read_text("utf-8"))}"></iframe>'
    )
    page.frame_locator("iframe").locator(".leaflet-marker-icon").first.wait_for(timeout=60_000)
    assert not [a for a in asked if not a.startswith(("about:", "data:"))] and not wrong
    page.close()


def test_jupyter_shows_the_first_rows_of_a_long_table():
    table = Table(pd.DataFrame({"n": range(1000)}), "Many.", {"n": "Number"}, "many")
    page = table._repr_mimebundle_()["text/html"]
    assert page.count("<tr>") == 51 and "950 more rows" in page


def test_csv_cannot_start_a_formula():
    assert (
        as_csv(pd.DataFrame({"a": ["=1+1", "-x", "fine"], "n": [-1.5, None, 2]})) == "a,n\n'=1+1,-1.5\n'-x,\nfine,2.0\n"
    )


@pytest.fixture
def countries():
    """A figure function as the charts have them."""
    yield exhibit("No initiative is in the scan", ["initiatives"], bars().columns)(drawn)
    figure.EXHIBITS.pop("drawn")


def drawn(data, table):
    return Figure(table, Bars("country", "initiatives"), finding=f"{table['country'].iloc[0]} leads", subtitle="All")


def test_an_empty_table_says_why_there_is_nothing_to_show(countries):
    empty = countries(tables.read(), pd.DataFrame(columns=["country", "initiatives"]))
    assert "No initiative is in the scan" in plain(empty) and empty.source and empty.csv == "country,initiatives\n"
    # Broken into lines, still there.
    assert "Nothing to show" in empty.payload["svg_narrow"]


def test_an_exhibit_knows_its_code_and_what_it_stands_on(countries):
    made = countries(tables.read(), bars().table)
    assert made.id == "drawn" and made.code["path"] == "tests/test_figure.py"
    assert made.code["text"].startswith("def drawn") and made.columns == bars().columns
    assert made.source == tables.read().cite("initiatives") and made.finding == "Kenya $$ $x_1$ leads"


def test_a_table_keeps_links_and_marks_the_unknown():
    table = Table(
        pd.DataFrame({"who": [Link("A", "https://a.org"), "B"], "year": pd.array([2019, None], "Int64")}),
        "Who.",
        {"who": "Who", "year": "Year"},
        "who",
    )
    assert table.payload["rows"] == [[{"text": "A", "url": "https://a.org"}, "2019"], ["B", ""]]
    said = Table(pd.DataFrame({"founded": ["2019", "not known"]}), "When.", {"founded": "Founded"}, "when")
    assert said.payload["rows"] == [["2019"], ["not known"]], "words that say it are not a missing value"
    other = Table(
        pd.DataFrame({"who": [Link("A", "https://b.org"), "B"], "year": pd.array([2019, None], "Int64")}),
        "Who.",
        {"who": "Who", "year": "Year"},
        "who",
    )
    assert plain(table) != plain(other)
    json.dumps(table.payload)


def test_names_of_many_lines_do_not_cover_each_other():
    table = pd.DataFrame({"name": ["A name of so many words that it needs four lines on a phone"] * 3, "n": [1, 2, 3]})
    with style.apply(style.NARROW):
        drawing = Bars("name", "n").draw(table, style.NARROW)
        drawing.draw_without_rendering()
        boxes = [label.get_window_extent() for label in drawing.axes[0].get_yticklabels()]
    assert all(upper.y0 >= lower.y1 for upper, lower in zip(boxes, boxes[1:], strict=False))
