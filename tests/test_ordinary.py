"""A chapter as Jupyter Book's authors write it: the editions show all that docs/chapters.md lists, and nothing raw.

The book in ``tests/ordinary`` is built once.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import threading
import zipfile

import lxml.html
import nbformat
import pikepdf
import pypdfium2
import pytest
import yaml

from ecosystems.editions.downloads import dead_addresses
from ecosystems.editions.run import listed
from ecosystems.editions.web import serve
from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow

SOURCE = ROOT / "tests" / "ordinary"
# What must not be seen anywhere: addresses in memory, Markdown and TeX that was not read, what was not run.
RAW = re.compile(
    r"0x[0-9a-f]{5,}|:::|```|\{(?:math|figure|numref|eq|tab-set|grid|glue|include|cite)\}|\$[a-z]\^|\\frac|\\sum"
)
GONE = ("gone = ", "a cell that is nowhere", "said to nobody", "old thing", "Notebook Trusted", "SENTINEL")
SHOWN = (  # in each edition
    "Words with a tag that nobody knows.", "Two bars.", "A door with a caption.", "A note with",
    "A title of its own", "This is folded on the web.",
    "The tab of Ghana.", "What was folded.", "Body of the card.", "One.", "badge", "A button",
    "What stands in the margin.", "Beside the text.", "Nobody educates anybody.",
    "People and places among which children learn.", "The words of the footnote.", "Paulo Freire",
    "Its definition.", "☑ done", "New things.", "A listing with a caption", "A table with a name", "From a file",
    "Huari", "stands in a file that the chapter includes", "in a chapter.", "A styled table", "340.5",
    "printed text", "division by zero", "Words with", "hidden output", "hidden cell", "output without code",
    "as wide as there is room", "in the margin", "[1, 2]", "There are 460 children, 460 of them here.", "Figure 1",
    "Table 1", "money is money: $5 million and $6 million", "Here the chapter shows a plotly figure",
    "Here the chapter shows a widget", "Here the chapter shows a script", "The two bars, once more.",
    "matched their page in full",
)  # fmt: skip


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The folder of the finished edition; what the build said is in ``said.txt`` beside it."""
    folder = tmp_path_factory.mktemp("ordinary")
    code = "import sys, pathlib, ordinary_book as o; f = pathlib.Path(sys.argv[1]); s = o.prepare(f); "
    code += "plots = (s / 'book' / 'plots.ipynb').read_text().replace('Plots and maps', 'SENTINEL'); "
    code += "(s / 'book' / 'Untitled.ipynb').write_text(plots); o.main(f)"
    paths = os.pathsep.join(str(ROOT / name) for name in ("tests", "scripts"))
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    (folder / "said.txt").write_text(done.stdout, "utf-8")
    return folder / "_build" / "edition"


def words(html):
    """The text of a page."""
    root = lxml.html.document_fromstring(html)
    for element in root.xpath("//annotation | //script | //style"):
        element.drop_tree()
    return " ".join(root.text_content().split())


@pytest.fixture(scope="module")
def texts(edition):
    """The text of the online book, of the PDF and of the EPUB."""
    web = " ".join(words(p.read_bytes().decode()) for p in sorted(edition.glob("*.html")))
    pdf = pypdfium2.PdfDocument(edition / "learning-ecosystems.pdf")
    pages = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    with zipfile.ZipFile(edition / "learning-ecosystems.epub") as book:
        epub = " ".join(words(book.read(n)) for n in book.namelist() if n.endswith(".xhtml"))
    # A line of the PDF may end within a word.
    return {"web": web, "pdf": " ".join(re.sub("[\ufffe\u00ad]|-\r\n", "", pages).split()), "epub": epub}


@pytest.mark.parametrize("name", ["web", "pdf", "epub"])
def test_each_edition_shows_all_that_a_chapter_holds(texts, name):
    text = texts[name].replace("\u200b", "").replace("’", "'")
    assert not [part for part in SHOWN if part not in text]
    assert not [part for part in GONE if part in text]


@pytest.mark.parametrize("name", ["web", "pdf", "epub"])
def test_no_edition_shows_addresses_raw_directives_or_tex(texts, name):
    assert not RAW.findall(texts[name])


def test_nothing_of_a_chapter_outside_the_book_is_in_any_file(edition):
    for path in (p for p in edition.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert b"SENTINEL" not in content and b"Untitled" not in content, path
        if path.suffix in (".zip", ".epub"):
            with zipfile.ZipFile(path) as archive:
                assert not [n for n in archive.namelist() if b"SENTINEL" in archive.read(n) or "Untitled" in n]
    assert b" at 0x" not in b"".join(p.read_bytes() for p in edition.rglob("*.ipynb"))


def test_notebooks_hold_their_pictures_and_what_they_name_lies_beside_them(edition):
    notebooks = edition / "notebooks"
    for name in ("pictures/door.png", "listing.py", "table.csv"):
        assert (notebooks / name).read_bytes() == (SOURCE / "book" / name).read_bytes()
    assert list(notebooks.rglob("*.md")) == [notebooks / "README.md"]
    seen = [o for c in nbformat.read(notebooks / "plots.ipynb", 4).cells for o in c.get("outputs", []) if "data" in o]
    pictures = [o for o in seen if "image/png" in o.data or "data:image/svg+xml," in o.data.get("text/html", "")]
    assert len(pictures) >= 7 and not [o for o in seen if "image/svg+xml" in o.data]
    assert 'alt="A line that falls and rises."' in str(seen)
    table = nbformat.read(notebooks / "outputs.ipynb", 4)
    assert "<td>Huari</td>" in str([c.get("outputs") for c in table.cells])


def test_what_cannot_be_shown_is_told_with_chapter_cell_and_line(edition):
    said = (edition.parents[1] / "said.txt").read_text("utf-8")
    cells = (SOURCE / "book" / "outputs.md").read_text("utf-8").splitlines()
    line = {word: next(n for n, text in enumerate(cells) if word in text) for word in ("plotly", "model_id", "<script")}
    raw = 1 + (SOURCE / "book" / "text.md").read_text("utf-8").splitlines().index('<video src="film.mp4"></video>')
    plotly = "a plotly figure (application/vnd.plotly.v1+json) is shown in no edition; return a picture of it"
    for part in (
        f"outputs.md, code cell 21, line {line['plotly']}: {plotly}",
        f"outputs.md, code cell 22, line {line['model_id']}: a widget",
        f"outputs.md, code cell 23, line {line['<script']}: HTML that needs a script",
        "a script (application/javascript) is shown in no edition; show its result as a table, a picture or text.",
        f"text.md, line {raw}: <video> in raw HTML is shown in no edition; say it in Markdown.",
        f"text.md, line {raw + 2}: <blink> in raw HTML is shown in no edition",
        "outputs.md, code cell 3, line 26: the colours of a styled table are left out of every edition",
        "plots.ipynb, code cell 4: the picture has no alternative text",
        "plots.ipynb, code cell 9: of the map, HeatMap is shown in no edition",
    ):
        assert part in said, part


def test_tables_of_pandas_are_tables(edition):
    page = lxml.html.parse(edition / "outputs.html")
    table = page.xpath("//table[contains(@class, 'dataframe')]")[0]
    assert [e.text_content().strip() for e in table.xpath(".//thead//th")] == ["", "place", "children", "x"]
    first = [e.text_content().strip() for e in table.xpath(".//tbody/tr[1]/*")]
    assert first == ["0", "Huari", "120.0", "<b>"]
    assert table.xpath(".//tbody/tr[1]/th") and "number" in table.xpath(".//tbody/tr[1]/td[2]")[0].get("class")
    with zipfile.ZipFile(edition / "learning-ecosystems.epub") as book:
        assert b"340.5" in book.read("EPUB/outputs.xhtml") and b'<th class="head' in book.read("EPUB/outputs.xhtml")
    with pikepdf.open(edition / "learning-ecosystems.pdf") as pdf:
        kinds = {str(o.get("/S")) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/S" in o}
    assert {"/Table", "/TH", "/TD", "/Figure", "/Formula"} <= kinds


def test_formulas_are_mathml_with_their_numbers(edition):
    page = lxml.html.parse(edition / "text.html")
    assert len(page.xpath("//math")) == 4 and all(m.get("alttext") for m in page.xpath("//math"))
    label = page.xpath("//*[@id='equation-eq-growth']")[0]
    assert "(1)" in label.text_content() and page.xpath("//a[@href='#equation-eq-growth' and text()='(1)']")
    with zipfile.ZipFile(edition / "learning-ecosystems.epub") as book:
        assert book.read("EPUB/text.xhtml").count(b"<math ") == 4
        assert 'href="text.xhtml"' in (opf := book.read("EPUB/package.opf").decode()) and 'properties="mathml"' in opf


def test_pictures_have_alternative_texts_and_files(edition):
    for name in ("text.html", "plots.html"):
        for image in lxml.html.parse(edition / name).xpath("//img"):
            assert image.get("alt") and (edition / image.get("src")).is_file() and not image.get("style")
    found = {i.get("alt") for i in lxml.html.parse(edition / "plots.html").xpath("//img")}
    assert {
        "A line that rises from 1 to 3 and falls to 2.",
        "A map with a circle.",
        "A line that falls and rises.",
    } <= found


def test_ordinary_figures_stand_in_the_list_of_exhibits(edition):
    lines = (edition / "data" / "exhibits.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["1", "fig-door"], ["2", "fig-bars"], ["3", "spot_check"], ["4", "fig-glued"],
    ]  # fmt: skip


def test_a_folium_map_is_a_page_of_our_own_files_with_a_drawn_twin(edition):
    page = lxml.html.parse(edition / "plots.html")
    frame = page.xpath("//iframe")[0]
    document = (edition / frame.get("src")).read_text("utf-8")
    assert not re.search(r"https?://", document.replace("http-equiv", "")) and "style=" not in document
    script = (edition / frame.get("src")).with_suffix(".js").read_text("utf-8")
    given = json.loads(re.match(r"window\.MAP=(.*);\n", script)[1])
    kinds = [f["geometry"]["type"] for f in given["features"]]
    assert kinds == ["Point", "Point", "LineString", "Polygon"]
    assert given["features"][0]["properties"]["popup"] == ["Huari, Peru"]
    assert given["features"][1]["properties"]["popup"] == ["Kigali {{ 1 }}"]
    assert given["features"][3]["properties"]["tooltip"] == ["name: Square"]
    twin = (edition / frame.getparent().xpath(".//img")[0].get("src")).read_text("utf-8")
    assert twin.count("#dc143c") and "<!DOCTYPE" not in twin


def test_every_address_leads_somewhere_and_a_dead_one_is_told(edition, tmp_path):
    assert dead_addresses(edition) == []
    for name, text in {
        "index.html": '<a href="gone.html">a</a><a href="b.html#nowhere">b</a><a href="b.html#here">c</a>',
        "b.html": '<p id="here"></p><img src="_images/no.png"><a href="https://example.org/">x</a>',
        "old.html": '<meta http-equiv="refresh" content="0; url=away/new.html">',
        "404.html": '<a href="/book/b.html">b</a><a href="/book/c.html">c</a><a href="https://a.org/book/d.html">d</a>',
    }.items():
        (tmp_path / name).write_text(f"<html><body>{text}</body></html>", "utf-8")
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as book:
        book.writestr("EPUB/one.xhtml", '<html><a href="two.xhtml#x"/></html>')
        book.writestr("EPUB/two.xhtml", "<html/>")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a/b.html", '<html><img src="_images/no.png"></html>')
    told = "\n".join(dead_addresses(tmp_path, "https://a.org/book/"))
    dead = "gone.html b.html#nowhere _images/no.png away/new.html /book/c.html https://a.org/book/d.html"
    for link in dead.split():
        assert f"{link!r} leads to no" in told, link
    assert "a.epub: EPUB/one.xhtml, line 1: 'two.xhtml#x' leads to no place" in told
    assert "a.zip: b.html" in told and "#here" not in told and "'/book/b.html'" not in told


def test_pages_ask_no_other_host_and_are_light(edition, open_page):
    with serve(edition) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        for name in ("text.html", "outputs.html", "plots.html"):
            for width in (320, 1280):
                page = open_page(name, width=width, base=base)
                page.evaluate("scrollTo(0, document.body.scrollHeight)")
                page.wait_for_load_state("networkidle")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert len(gzip.compress((edition / name).read_bytes())) < 30_000
        frame = page.frame_locator("iframe >> nth=0")
        frame.locator(".pin").click()
        assert frame.locator(".leaflet-popup-content").inner_text() == "Huari, Peru"
        page = open_page("text.html", base=base)
        assert not page.get_by_text("The tab of Ghana.").is_visible()
        page.get_by_text("Ghana", exact=True).click()
        assert page.get_by_text("The tab of Ghana.").is_visible()
        server.shutdown()


def test_epubcheck_finds_nothing(edition, epubcheck):
    done = subprocess.run([*epubcheck, str(edition / "learning-ecosystems.epub")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_documentation_lists_what_the_chapters_use():
    listed_there = (ROOT / "docs" / "chapters.md").read_text("utf-8")
    used = "".join(p.read_text("utf-8") for p in listed(SOURCE))
    names = set(re.findall(r"\{([a-z][\w:-]*)\}[`\s\w]", used)) - {"code-cell", "lead-in"}
    names |= {t for p in listed(SOURCE) for t in re.findall(r":tags: \[([\w-]+)\]", p.read_text("utf-8"))}
    assert not [name for name in sorted(names) if f"{name}" not in listed_there]
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert "dollarmath" in settings["parse"]["myst_enable_extensions"]
    assert nbformat.read(SOURCE / "book" / "plots.ipynb", 4).cells
