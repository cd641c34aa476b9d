"""The built EPUB, as a strict reading application meets it: ``make test`` builds it first."""

import posixpath
import re
import subprocess
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import unquote, urlsplit
from zipfile import ZIP_STORED, ZipFile

import accessibility
import pytest
import yaml

from ecosystems.editions.epub import fits, records
from ecosystems.editions.epub.drawings import outlined
from ecosystems.editions.web import EDITION
from ecosystems.tables import ROOT

pytestmark = pytest.mark.book

FILE = EDITION / "learning-ecosystems.epub"
X, OPS, OPF, SVG = (
    "{http://www.w3.org/1999/xhtml}",
    "{http://www.idpf.org/2007/ops}",
    "{http://www.idpf.org/2007/opf}",
    "{http://www.w3.org/2000/svg}",
)


@pytest.fixture(scope="module")
def book():
    """Path in the package -> bytes."""
    assert FILE.is_file(), "the book is not built: make book"
    with ZipFile(FILE) as archive:
        return {entry.removeprefix("EPUB/"): archive.read(entry) for entry in archive.namelist()}


@pytest.fixture(scope="module")
def pages(book):
    """Every page, read by a parser that forgives nothing."""
    return {path: ET.fromstring(data) for path, data in book.items() if path.endswith(".xhtml")}


@pytest.fixture(scope="module")
def package(book):
    return ET.fromstring(book["package.opf"])


def test_it_is_a_light_zip_that_says_first_what_it_is():
    with ZipFile(FILE) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == (
            "mimetype",
            ZIP_STORED,
            b"application/epub+zip",
        )
        assert len({entry.date_time for entry in archive.infolist()}) == 1
    assert FILE.stat().st_size <= 8_000_000


def test_every_file_is_in_the_manifest_and_every_one_is_used(book, pages, package):
    listed = {item.attrib["href"] for item in package.iter(f"{OPF}item")}
    assert listed == set(book) - {"mimetype", "META-INF/container.xml", "package.opf"}
    used = {"toc.ncx"} | {posixpath.normpath(u) for u in re.findall(r'url\("([^"]+)"\)', book["book.css"].decode())}
    for path, page in pages.items():
        for element in page.iter():
            for name in ("src", "href"):
                target = urlsplit(element.attrib.get(name, ""))
                if element.tag != f"{X}a" and name in element.attrib:
                    assert not target.scheme, f"{path} loads {element.attrib[name]}"
                if target.path and not target.scheme:
                    used.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target.path))))
    assert used == listed


def test_every_page_is_in_reading_order_once(pages, package):
    ids = {item.attrib["id"]: item.attrib["href"] for item in package.iter(f"{OPF}item")}
    spine = [ids[item.attrib["idref"]] for item in package.iter(f"{OPF}itemref")]
    assert sorted(spine) == sorted(pages)
    toc = next(nav for nav in pages["contents.xhtml"].iter(f"{X}nav") if nav.attrib[f"{OPS}type"] == "toc")
    listed = [a.attrib["href"] for a in toc.iter(f"{X}a") if "#" not in a.attrib["href"]]
    assert ["cover.xhtml", "title.xhtml", "contents.xhtml", *listed] == spine


def test_links_lead_somewhere_and_ids_are_unique(pages):
    ids = {path: [e.attrib["id"] for e in page.iter() if "id" in e.attrib] for path, page in pages.items()}
    for path, page in pages.items():
        assert len(ids[path]) == len(set(ids[path])), path
        for link in page.iter(f"{X}a"):
            target = urlsplit(link.attrib["href"])
            assert target.scheme in ("", "http", "https", "mailto"), link.attrib
            assert "".join(link.itertext()).strip() or link.find(f".//{X}img") is not None, (path, link.attrib)
            if not target.scheme:
                file = (
                    posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target.path)))
                    if target.path
                    else path
                )
                assert file in pages and (not target.fragment or unquote(target.fragment) in ids[file]), (
                    path,
                    link.attrib["href"],
                )


def test_pages_have_a_language_one_title_and_headings_in_order(pages):
    for path, page in pages.items():
        assert page.attrib["lang"] == page.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"
        levels = [int(e.tag[-1]) for e in page.iter() if re.fullmatch(rf"{X}h[1-6]", e.tag)]
        assert levels.count(1) == (path != "cover.xhtml"), path
        assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False)), (path, levels)


def test_pictures_tell_what_is_seen(book, pages):
    for page in pages.values():
        for picture in page.iter(f"{X}img"):
            assert len(picture.attrib["alt"]) >= 40
    for path, data in book.items():
        if path.endswith(".svg"):
            drawing = ET.fromstring(data)
            assert drawing.find(f"{SVG}title").text and not list(drawing.iter(f"{SVG}text")), path
            assert drawing.find(f"{SVG}rect").attrib["fill"] == "#ffffff", (
                f"{path} has no paper: on a dark page it cannot be read"
            )


def annex():
    """Chapters that the EPUB leaves to the online book and to the PDF of the data annex."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    return [name.removeprefix("book/") for name in settings["typst_volumes"]["annex"]["documents"]]


def volume_1():
    """The chapters of volume 1 as the web has them."""
    paths = [p for p in sorted(EDITION.rglob("*.html")) if p.parent.name in (EDITION.name, "ecosystems")]
    return "\n".join(p.read_text("utf-8") for p in paths if p.stem not in annex())


def test_it_holds_volume_1_and_names_the_chapters_of_the_annex(pages):
    assert not {f"{name}.xhtml" for name in annex()} & set(pages)
    assert "ecosystems/kepler-rwanda.xhtml" in pages and "method.xhtml" in pages
    titles = [
        re.search(r"<h1>(.*?)</?(?:h1|a)\b", (EDITION / f"{name}.html").read_text("utf-8"))[1] for name in annex()
    ]
    said = "".join(pages["title.xhtml"].itertext())
    assert all(unescape(title) in said for title in titles)


def test_it_has_the_figures_tables_and_words_of_the_web_edition(pages):
    def plain(text):
        return re.sub(r"\W", "", unescape(text))

    web = volume_1()
    expected = {k: plain(v) for k, v in re.findall(r'class="number"[^>]*>(Figure [\d.]+)</\w+>(.*?)</figcaption>', web)}
    found = {}
    for page in pages.values():
        for caption in page.iter(f"{X}figcaption"):
            number, finding = ("".join(e.itertext()) for e in caption)
            found[number] = plain(finding)
    assert len(found) >= 30 and found == expected
    text = plain("".join("".join(page.itertext()) for page in pages.values()))
    for note in re.findall(
        r'<p class="(?:small|subtitle)">(.*?)</p>',
        "".join(re.findall(r'<figure class="exhibit.*?</figure>', web, flags=re.S)),
    ):
        assert plain(re.sub("<.*?>", "", note)) in text, note
    captions = {plain(t) for t in re.findall(r'<span class="caption-text">(.*?)</span>', web)}
    assert len(captions) > 30 and all(caption in text for caption in captions)


def test_it_has_every_cell_of_a_table_and_every_letter_of_a_drawing_of_the_web_edition(book, pages):
    """A wide table is a list of records there, so cells are looked for one by one.

    Letters of drawings are outlines there, and are counted.
    """

    def plain(text):
        return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", text)))

    web = volume_1()
    text = plain("".join("".join(page.itertext()) for page in pages.values()))
    cells = {
        plain(cell)
        for table in re.findall(r"<table[^>]*exhibit-table.*?</table>", web, re.S)
        for cell in re.findall(r"<td.*?</td>", table, re.S)
    }
    assert len(cells) > 1000 and sorted(cell for cell in cells if cell not in text) == []
    drawings = dict(re.findall(r'<figure class="exhibit[^>]*id="fig-([^"]+)".*?(<svg class="n".*?</svg>)', web, re.S))
    assert {f"figures/{slug}.svg" for slug in drawings} == {
        path for path in book if path.startswith("figures/") and path.endswith(".svg")
    }
    for slug, drawing in drawings.items():
        texts = plain("".join(re.findall(r"<text.*?</text>", drawing, re.S)))
        labels = "".join(re.findall(r'<g [^>]*aria-label="([^"]*)"', book[f"figures/{slug}.svg"].decode()))
        assert plain(labels) == texts, slug


def test_nothing_of_a_screen_or_a_program_is_left(book):
    for path, data in book.items():
        if path.endswith((".xhtml", ".svg")):
            assert not re.search(
                rb"<script|<iframe|<form|<button|<details|srcdoc|javascript:|\sstyle=|\son[a-z]+=|<Styler|"
                rb"Make this Notebook|at 0x[0-9a-f]{6}|Traceback",
                data,
            ), path


def test_references_open_notes(pages):
    references = [
        (path, a) for path, page in pages.items() for a in page.iter(f"{X}a") if a.attrib.get(f"{OPS}type") == "noteref"
    ]
    assert references
    for path, reference in references:
        note = next(e for e in pages[path].iter() if e.attrib.get("id") == reference.attrib["href"][1:])
        assert note.attrib[f"{OPS}type"] == "footnote" and note.attrib["role"] == "doc-footnote"
        texts = ["".join(p.itertext()) for p in note.iter(f"{X}p")]
        assert len(texts[0]) > 40 and len(texts) == len(set(texts)), texts


def test_it_says_what_a_reader_with_a_disability_can_expect(package):
    said = {}
    for meta in package.iter(f"{OPF}meta"):
        said.setdefault(meta.attrib.get("property"), set()).add(meta.text)
    assert said["schema:accessMode"] == {"textual", "visual"}
    assert "textual" in said["schema:accessModeSufficient"]
    assert {"alternativeText", "structuralNavigation", "tableOfContents", "readingOrder"} <= said[
        "schema:accessibilityFeature"
    ]
    assert said["schema:accessibilityHazard"] == {"none"}
    assert len(said["schema:accessibilitySummary"].pop()) > 100


def test_epubcheck_finds_nothing(epubcheck):
    result = subprocess.run([*epubcheck, str(FILE)], capture_output=True, text=True)
    assert "0 fatals / 0 errors / 0 warnings" in result.stdout + result.stderr, (result.stdout + result.stderr)[-3000:]


def test_axe_finds_nothing(chromium, book, tmp_path):
    """On a phone."""
    with ZipFile(FILE) as archive:
        archive.extractall(tmp_path)
    with chromium.new_context(viewport={"width": 360, "height": 640}) as context:
        page = context.new_page()
        for path in sorted(p for p in book if p.endswith(".xhtml")):
            page.goto((tmp_path / "EPUB" / path).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{path} is wider than a phone"
            accessibility.prepare(page)
            accessibility.start(page)
            assert not (found := accessibility.violations(page)), (path, found)


def test_a_wide_table_becomes_records_and_a_narrow_one_stays():
    narrow = [["Year", "Count"], ["2019", "12"]]
    wide = [
        ["Kind", "Partner", "What it does"],
        ["NGO", "Aga Khan Foundation", "Trains teachers in all districts of two provinces"],
        ["NGO", "Porticus", ""],
    ]
    assert fits(narrow) and not fits(wide)
    assert records(wide[0], wide[1:]) == [
        (
            "NGO",
            [
                {
                    "ids": [],
                    "title": "Aga Khan Foundation",
                    "short": [],
                    "long": [("What it does", "Trains teachers in all districts of two provinces")],
                },
                {"ids": [], "title": "Porticus", "short": [], "long": []},
            ],
        )
    ]
    assert [group for group, _ in records(wide[0], wide[1:], ["Kenya", "Peru"])] == ["Kenya", "Peru"]
    assert records(["A", "B"], [["", "only this"]]) == [
        ("", [{"ids": [], "title": "only this", "short": [], "long": []}])
    ]


def test_text_in_drawings_needs_no_font():
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><text x="50" y="20" font-size="10px" '
        'text-anchor="middle" fill="#22302f">aá a</text>'
        '<text x="1" y="2" transform="rotate(-90 1 2)" font-weight="600" font-size="10px">b</text></svg>'
    )
    root = ET.fromstring(outlined(drawing, "What is seen"))
    assert not list(root.iter(f"{SVG}text")) and root.find(f"{SVG}title").text == "What is seen"
    outlines = {p.attrib["id"] for p in root.find(f"{SVG}defs")}
    uses = [u.attrib["{http://www.w3.org/1999/xlink}href"][1:] for u in root.iter(f"{SVG}use")]
    assert len(uses) == 4 and set(uses) == outlines and len(outlines) == 3
    middle, turned = root.findall(f"{SVG}g")
    assert re.match(r"translate\(50 20\) translate\(-\d", middle.attrib["transform"]) and turned.attrib[
        "transform"
    ].startswith("rotate(-90 1 2) translate(1 2)")
