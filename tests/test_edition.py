"""The built edition, as a reader meets it: ``make test`` builds it first."""

import json
import posixpath
import re
import subprocess
import sys
import zipfile
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import nbformat
import pikepdf
import pytest
from volumes import annex

from ecosystems.tables import ROOT, read

pytestmark = pytest.mark.book

EDITION = ROOT / "_build" / "edition"
LOST = EDITION / "404.html"
PAGES = sorted(p for p in EDITION.rglob("*.html") if "maps" not in p.parts and p != LOST)
MAPS = sorted((EDITION / "maps").glob("*.html"))


VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
BLOCKS = {
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
}


class Page(HTMLParser):
    """Tags with their attributes, and ids; every element must end where it should."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.ids, self.text, self.open = [], set(), "", []
        self.feed(path.read_text("utf-8"))
        assert not self.open, f"never closed: {self.open}"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in line {self.getpos()[0]} closes {self.open[-1:]}"
        self.open.pop()

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute twice in line {self.getpos()[0]}"
        assert not (tag in BLOCKS and "p" in self.open), f"<{tag}> inside <p> in line {self.getpos()[0]}"
        assert not (tag in ("a", "button", "summary", "iframe") and {"a", "button"} & set(self.open)), (
            f"<{tag}> inside a link or button in line {self.getpos()[0]}"
        )
        if tag not in VOID:
            self.open.append(tag)
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if "id" in attrs:
            assert attrs["id"] not in self.ids, f"the id {attrs['id']} stands twice"
            self.ids.add(attrs["id"])

    def handle_data(self, data):
        self.text += data

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def name(path):
    return path.relative_to(EDITION).as_posix()


@pytest.fixture(scope="module")
def pages():
    return {p: Page(p) for p in [*PAGES, *MAPS]}


def chapters():
    return sorted((ROOT / "book").rglob("*.ipynb"))


def test_every_chapter_is_a_page():
    assert {name(p) for p in PAGES} == {
        c.relative_to(ROOT / "book").with_suffix(".html").as_posix() for c in chapters()
    } | {"search.html"}


def test_places_that_older_pages_lead_to_are_there_still(pages):
    for path in (p for p in PAGES if p.parent.name == "ecosystems"):
        assert {"why-it-is-on-the-list", f"why-{path.stem}"} <= pages[path].ids, path


@pytest.mark.parametrize("path", [*PAGES, *MAPS], ids=name)
def test_nothing_comes_from_another_host(path, pages):
    """Scripts, styles, pictures, frames and forms are the book's own; links may lead out."""
    for tag, attrs in pages[path].tags:
        for key in ("src", "href", "action", "data", "poster", "srcset"):
            if key in attrs and not (tag == "a" and key == "href"):
                assert not urlsplit(attrs[key]).netloc, (tag, attrs)


@pytest.mark.parametrize("path", [*PAGES, *MAPS], ids=name)
def test_no_script_or_style_inside_the_page(path, pages):
    text = path.read_text("utf-8")
    assert "Content-Security-Policy" in text and "unsafe" not in text.split("</head>")[0]
    assert not re.search(r'<script(?![^>]*\bsrc=)(?! type="application/(?:ld\+)?json")', text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_language_one_title_and_a_way_to_skip(path, pages):
    page = pages[path]
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert page.all("a")[0]["href"] == "#content" and "content" in page.ids
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False)), levels


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_link_inside_the_book_leads_somewhere(path, pages):
    for tag, key in (("a", "href"), ("link", "href"), ("script", "src"), ("iframe", "src"), ("img", "src")):
        for attrs in pages[path].all(tag):
            target = urlsplit(attrs.get(key, ""))
            if target.scheme or target.netloc:
                continue
            file = (path.parent / unquote(target.path)).resolve() if target.path else path
            assert file.is_file(), (attrs, file)
            if target.fragment and file.suffix == ".html":
                ids = pages[file].ids if file in pages else Page(file).ids
                assert unquote(target.fragment) in ids, attrs


def figures_of_chapters():
    """Ids of figures, in the order of the stored outputs."""
    return [
        re.match(r"Figure (\w+):", o["data"]["text/plain"])[1]
        for c in chapters()
        for cell in nbformat.read(c, 4).cells
        if cell.cell_type == "code"
        for o in cell.outputs
        if o.get("data", {}).get("text/plain", "").startswith("Figure ")
    ]


def test_every_figure_is_there_with_all_that_a_reader_can_take_along():
    figures = figures_of_chapters()
    assert len(figures) == len(set(figures)), "a figure stands twice in the book"
    assert len(figures) >= 30
    shown = {
        i for p in PAGES for i in re.findall(r'<figure class="exhibit[^"]*" id="fig-([\w-]+)"', p.read_text("utf-8"))
    }
    assert shown == {f.replace("_", "-") for f in figures}
    for slug in shown:
        for suffix in (".csv", ".json", ".svg", ".png"):
            assert (EDITION / "exhibits" / f"{slug}{suffix}").stat().st_size > 50
        described = json.loads((EDITION / "exhibits" / f"{slug}.json").read_text("utf-8"))
        header = (EDITION / "exhibits" / f"{slug}.csv").read_text("utf-8-sig").splitlines()[0].split(",")
        assert [f["name"] for f in described["schema"]["fields"]] == header
        assert described["sources"] and described["title"]
        picture = ElementTree.parse(EDITION / "exhibits" / f"{slug}.svg")
        assert picture.findtext("{http://www.w3.org/2000/svg}title") == described["alt"]
    pngs = {p.read_bytes() for p in (EDITION / "exhibits").glob("*.png")}
    assert len(pngs) > 0.9 * len(shown), "those of two ecosystems in one country may be alike, no others"


@pytest.mark.parametrize("path", [p for p in PAGES if 'class="exhibit' in p.read_text("utf-8")], ids=name)
def test_code_opens_the_analysis_and_the_function_and_leads_to_the_notebook(path):
    page = unescape(path.read_text("utf-8"))
    figures = re.findall(r'<figure class="exhibit.*?</figure>', page, re.S)
    for figure in figures:
        code = re.search(r"<details><summary>Code</summary>(.*?)</details>", figure, re.S)[1]
        analysis, *_, function = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", code, re.S)
        assert re.search(r"^charts\.\w+\(data, \w+\)$", analysis, re.M) and 'href="#notebook"' in code
        assert "@exhibit" in function and "def " in function
    run = re.search(r'id="notebook".*?</pre>', page, re.S)[0]
    package = re.search(r"pip install (\S+\.whl)", run)[1]
    notebook = re.search(r"jupyter lab ([^\s<]+)", run)[1]
    assert (EDITION / package).is_file() and f'{notebook}"' in run and (EDITION / notebook).is_file()


def test_alternative_texts_tell_what_is_seen():
    for path in (EDITION / "exhibits").glob("*.json"):
        figure = json.loads(path.read_text("utf-8"))
        alt = figure["alt"]
        assert 40 <= len(alt) <= 400, (path.name, len(alt), alt)
        assert not re.search(r"\.(png|svg|csv)\b|fig-|_", alt), alt
        assert alt not in (figure["title"], figure["description"]), path.name


def test_pages_are_light():
    import gzip

    def weight(file):
        return len(gzip.compress(file.read_bytes(), 6))

    for path in PAGES:
        page = Page(path)
        files = {
            (path.parent / a[k]).resolve()
            for tag, k in (("script", "src"), ("link", "href"))
            for a in page.all(tag)
            if k in a and a[k].endswith((".js", ".css"))
        }
        fonts = sum(f.stat().st_size for f in (EDITION / "_static" / "fonts").glob("*.woff2"))
        if path.name != "search.html":
            total = weight(path) + sum(weight(f) for f in files) + fonts
            assert total < 500_000, (path.name, total)


PRINTED = sorted([*EDITION.glob("*.pdf"), *EDITION.glob("pdf/**/*.pdf")])
BOOK, ANNEX = (EDITION / f"learning-ecosystems{name}.pdf" for name in ("", "-annex"))


def test_chapters_can_be_taken_along():
    assert {name(p) for p in PRINTED if "pdf/" in name(p)} == {
        f"pdf/{c.relative_to(ROOT / 'book').with_suffix('.pdf').as_posix()}"
        for c in chapters()
        if c.stem not in annex()
    }
    for chapter in annex():
        assert f'href="{ANNEX.name}">The data annex as PDF' in (EDITION / f"{chapter}.html").read_text("utf-8"), chapter
    assert {p for p in PRINTED if p.parent == EDITION} == {BOOK, ANNEX, EDITION / "summary.pdf"}
    assert BOOK.stat().st_size + ANNEX.stat().st_size < 10_000_000
    assert [p.name for p in PRINTED if p not in (BOOK, ANNEX) and p.stat().st_size > 1_000_000] == []
    with pikepdf.open(EDITION / "summary.pdf") as pdf:
        assert len(pdf.pages) == 2


def test_the_summary_passes_a_checker_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", EDITION / "summary.pdf"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def bookmarks(pdf):
    """Title and page of each bookmark."""
    number = {page.obj.objgen: n for n, page in enumerate(pdf.pages, 1)}

    def listed(items):
        return [
            b
            for item in items
            for b in ((" ".join(str(item.title).split()), number[item.destination[0].objgen]), *listed(item.children))
        ]

    return listed(pdf.open_outline().root)


def test_the_pdf_serves_those_who_do_not_see():
    """Figures have texts, tables heads, no heading skips a level, links say where they lead, all fonts are embedded."""
    alternatives, marks = [], set()
    for volume in (BOOK, ANNEX):
        with pikepdf.open(volume) as pdf:
            alternatives += serves(pdf)
            marks |= {title for title, _page in bookmarks(pdf)}
    assert len(alternatives) == len(figures_of_chapters()) and all(40 <= len(a) <= 400 for a in alternatives)
    titles = [
        next(c.source for c in nbformat.read(p, 4).cells if c.source.startswith("# "))[2:].splitlines()[0]
        for p in chapters()
    ]
    assert {*titles, "Index", "Contents"} <= marks


def serves(pdf):
    """Check one volume; the alternative texts of its figures."""
    assert pdf.Root.Lang == "en" and pdf.Root.MarkInfo.Marked
    described = pdf.open_metadata()
    assert described["xmp:CreateDate"][:10] == read().package["created"][:10], "the date is not that of the tables"
    assert (described["pdfuaid:part"], described["pdfaid:part"], described["pdfaid:conformance"]) == ("1", "2", "A")
    elements = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/StructElem"]
    kinds = Counter(str(e.S)[1:] for e in elements)
    assert kinds["Table"] == kinds["THead"] > 20 and kinds["TH"] >= 2 * kinds["Table"]
    assert all(
        str(a.get("/Contents", "")) for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"
    )
    fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
    assert fonts and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
    return [str(e.get("/Alt", "")) for e in elements if e.S == "/Figure"]


def test_each_profile_is_a_double_page_of_the_pdf():
    with pikepdf.open(BOOK) as pdf:
        found = dict(reversed(bookmarks(pdf)))  # a chapter stands before its notes
    starts = sorted(found[re.search(r"<h1>(.*?)<", p.read_text("utf-8"))[1]] for p in EDITION.glob("ecosystems/*.html"))
    assert (
        len(starts) == len(read().ecosystems)
        and starts == list(range(starts[0], starts[0] + 2 * len(starts), 2))
        and starts[0] % 2 == 0
    )


def test_the_pdf_has_the_figures_of_the_web_edition():
    """Same numbers, same findings, same drawings, and nothing that belongs to a screen."""
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "_build" / "typst" / "chapters").glob("*.typ"))
    web = dict(
        re.findall(
            r'<a class="number"[^>]*>(Figure [\d.]+)</a>(.*?)</figcaption>',
            "\n".join(p.read_text("utf-8") for p in PAGES),
        )
    )
    printed = dict(re.findall(r'exhibit\((?:form: form, )?number: "(Figure [\d.]+)", caption: \[#"(.*?)"\]', source))
    plain = {k: re.sub(r"\W", "", unescape(v)) for k, v in web.items()}
    assert {
        k: re.sub(r"\W", "", v.encode().decode("unicode_escape") if "\\u" in v else v) for k, v in printed.items()
    } == plain
    assert len(web) == len(figures_of_chapters())
    assert not re.search(r"<div|<iframe|srcdoc|<Styler|Notebook Trusted|at 0x[0-9a-f]{6}|Traceback|findfont", source)


def test_every_row_of_a_table_and_every_number_of_a_drawing_is_in_the_pdf():
    """In the file that readers get, as its text can be taken out."""
    import pypdfium2

    def plain(text):
        return re.sub(r"[\W_]", "", unescape(re.sub(r"<[^>]+>", " ", text)))

    def numbers(text):
        return Counter(re.findall(r"[−-]?\d[\d,.]*%?", text))

    printed = ""
    for volume in (BOOK, ANNEX):
        with pypdfium2.PdfDocument(volume) as pdf:
            printed += "\n".join(page.get_textpage().get_text_range() for page in pdf) + "\n"
    words = plain(printed.replace("\ufffe", ""))  # where a word is broken
    web = "\n".join(p.read_text("utf-8") for p in PAGES)
    rows = [
        row
        for table in re.findall(r"<table[^>]*exhibit-table.*?</table>", web, re.S)
        for row in re.findall(r"<tr.*?</tr>", table, re.S)
    ]
    assert len(rows) > 3000 and [row for row in rows if plain(row) not in words] == []
    figures = {
        number: re.findall(r"<svg.*?</svg>", figure, re.S)
        for figure in re.findall(r'<figure class="exhibit.*?</figure>', web, re.S)
        for number in re.findall(r'class="number"[^>]*>(Figure [\d.]+)<', figure)[:1]
    }
    places = dict(re.findall(r"\n(Figure [\d.]+)\r?\n(.*?)(?=\nFigure [\d.]+\r?\n|\Z)", printed, re.S))
    assert len(figures) == len(figures_of_chapters()) and figures.keys() <= places.keys()
    for number, forms in figures.items():  # printed wide or narrow
        drawn = [
            numbers(" ".join(unescape(re.sub(r"<[^>]+>", "", t)) for t in re.findall(r"<text.*?</text>", form, re.S)))
            for form in forms
        ]
        assert any(not form - numbers(places[number]) for form in drawn), (number, drawn, places[number])


def test_every_note_and_source_of_a_figure_is_in_all_three_editions():
    def plain(text):
        return re.sub(r"\W", "", unescape(re.sub(r"<[^>]+>", "", text)))

    figures = [
        (p.stem, f)
        for p in PAGES
        for f in re.findall(r'<figure class="exhibit.*?</figure>', p.read_text("utf-8"), re.S)
    ]
    notes = {(plain(n), stem) for stem, f in figures for n in re.findall(r'<p class="small">(.*?)</p>', f, re.S)}
    assert len(figures) == len(figures_of_chapters()) and len(notes) >= len(figures) / 2
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "_build" / "typst" / "chapters").glob("*.typ"))
    with zipfile.ZipFile(next(EDITION.glob("*.epub"))) as epub:
        pages = "\n".join(epub.read(n).decode() for n in epub.namelist() if n.endswith(".xhtml"))
    printed, epub = plain("".join(re.findall(r'#"((?:[^"\\]|\\.)*)"', source))), plain(pages)
    assert sorted(n for n, _ in notes if n not in printed) == []
    assert sorted(n for n, stem in notes if n not in epub and stem not in annex()) == []
    assert not re.search(r"<iframe|srcdoc|<Styler|Notebook Trusted|at 0x[0-9a-f]{6}|Traceback|findfont", pages)


def test_the_zip_has_no_dead_link():
    """Every link, picture, script, preview and style that a page or style sheet in it names is in the zip."""
    with zipfile.ZipFile(EDITION / "learning-ecosystems.zip") as archive:
        names = set(archive.namelist())
        texts = {n: archive.read(n).decode() for n in names if n.endswith((".html", ".css"))}
    named = [
        (page, unescape(address))
        for page, text in texts.items()
        for address in re.findall(
            r'url\("?(?!data:|#)([^")]+)"?\)' if page.endswith(".css")
            else r'<[^>]+\s(?:href|src|data-search)="([^"#][^"]*)"|<meta property="og:image" content="([^"]+)"', text
        )
        for address in ([address] if isinstance(address, str) else filter(None, address))
    ]  # fmt: skip
    own = [(page, urlsplit(a).path) for page, a in named if not urlsplit(a).scheme]
    targets = {(page, a): posixpath.normpath(f"{posixpath.dirname(page)}/{unquote(a)}") for page, a in own if a}
    assert len(own) > 2000 and {link for link, target in targets.items() if target not in names} == set()
