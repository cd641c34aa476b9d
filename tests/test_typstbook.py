"""The PDF builder, with small books of its own."""

import json
import re
import sys
from io import StringIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from typstbook import builder, tables
from typstbook.book import places
from typstbook.escape import literal, markup, value
from typstbook.press import to_move

FONTS = Path(__file__).parents[1] / "src" / "ecosystems" / "fonts"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40"><rect width="90" height="30" fill="var(--c-a,#123456)"/></svg>'
HOSTILE = '#import "x": * #panic("no") *b* _u_ $x^2$ @ref <lab> \\ \\\\ // c /* d */ ~ -- `raw` [a] {b} = h + e / t: 1. "q"'
LONG = "a" * 90 + "/" + "b" * 90


def build(folder: Path, pages: dict[str, str], **settings):
    """Build a book; the application, its warnings and the Typst text of all chapters."""
    source = folder / "source"
    source.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    warnings = StringIO()
    config = {
        "project": "A book", "author": "Ada", "numfig": True, "typst_font_paths": [str(FONTS)], "language": "en",
        "extensions": ["myst_parser", "sphinx_design", "typstbook"],
        "source_suffix": {".rst": "restructuredtext", ".md": "markdown"},  # Sphinx shares its default between books of one process
        "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath", "attrs_block"],
    }  # fmt: skip
    with docutils_namespace():
        app = Sphinx(
            source, None, folder / "out", folder / "trees", "typst", confoverrides={**config, **settings}, status=StringIO(), warning=warnings, freshenv=True
        )
        app.build()
    typ = "".join(p.read_text("utf-8") for p in sorted((folder / "out" / "chapters").glob("*.typ")))
    return app, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()), typ


EVERYTHING = f"""# A chapter

:::{{div}} lead
The finding.
:::

Words *soft*, **loud**, `code`, {{sub}}`2`, a [link](https://example.org), {{bdg-primary}}`badge`, a note[^n] twice[^n], $a^2$. See {{numref}}`fig-a`.

[^n]: The note.

```{{figure}} a.svg
:name: fig-a
:alt: A bar.

The finding of the figure

{{.exhibit-subtitle}}
What is measured

{{.exhibit-source}}
Source: nobody.
```

## Lists

- one
  - two

1. three

Term
: Meaning

> Quoted

:::{{note}}
A note.
:::

::::{{grid}} 2
:::{{grid-item-card}} Card
:link: other
:link-type: doc
Text
:::
:::{{grid-item-card}} Second
Text
:::
::::

::::{{tab-set}}
:::{{tab-item}} Tab
In the tab
:::
::::

:::{{dropdown}} Folded
Unfolded
:::

```{{list-table}} Its caption
:header-rows: 1
:name: tbl-a

* - Head
  - Number
* - {LONG}
  - 
```

```python
x = 1
```

$$
\\frac{{a}}{{b}}
$$ (eq-a)

See {{eq}}`eq-a` and {{ref}}`here`.

<div>HTML</div>

% a comment

```{{eval-rst}}
.. only:: html

   never printed

.. index:: word

| line
| block

.. epigraph::

   Wise words

   -- Somebody
```

(here)=
## Last

Arabic العربية, Hindi हिन्दी, Núñez.
"""
ROOT = "# Root\n\nHello.\n\n```{toctree}\n:caption: A part\nother\n```\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book with every kind of node, built twice."""
    folder = tmp_path_factory.mktemp("book")
    pages = {"index.md": ROOT, "other.md": EVERYTHING, "a.svg": SVG, "other/below.md": "# Below\n\n### Odd\n"}
    pages["other.md"] += "\n```{toctree}\nother/below\n```\n"
    monkey = pytest.MonkeyPatch()
    monkey.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = build(folder / "1", pages, typst_cover=["Version 1"], typst_imprint=[["Licence", "CC BY 4.0 https://example.org."], HOSTILE])
    second = build(folder / "2", pages, typst_cover=["Version 1"], typst_imprint=[["Licence", "CC BY 4.0 https://example.org."], HOSTILE])
    monkey.undo()
    return first, second


def test_whole_book_without_a_warning(book):
    (_app, warnings, typ), _ = book
    assert [w for w in warnings.splitlines() if "Non-consecutive header" not in w] == []
    for words in ("The finding.", "The note.", "Unfolded", "In the tab", "Wise words", "Its caption", "Meaning", "What is measured"):
        assert words in typ
    for words in ("never printed", "HTML", "a comment", "var(--"):
        assert words not in typ


def test_two_builds_give_the_same_bytes(book):
    one, two = (Path(app.outdir, "a-book.pdf").read_bytes() for app, *_ in book)
    assert one[:5] == b"%PDF-" and one == two


def test_pdf_is_tagged_and_says_its_standard_title_and_language(book):
    with pikepdf.open(Path(book[0][0].outdir, "a-book.pdf")) as pdf:
        described = pdf.open_metadata()
        assert described["pdfuaid:part"] == "1" and described["dc:title"] == "A book"
        assert pdf.Root.MarkInfo.Marked and pdf.Root.Lang == "en" and pdf.Root.ViewerPreferences.DisplayDocTitle


def structure(element, tags):
    """All structure elements in reading order: (tag, element)."""
    for kid in element.get("/K", []) if isinstance(element.get("/K"), pikepdf.Array) else [element.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            tags.append((str(kid.S)[1:], kid))
            structure(kid, tags)
    return tags


def test_structure_serves_those_who_do_not_see(book):
    """Pictures have a text, tables heads, headings skip no level, links say where they lead, the outline has every chapter."""
    with pikepdf.open(Path(book[0][0].outdir, "a-book.pdf")) as pdf:
        tags = structure(pdf.Root.StructTreeRoot, [])
        names = [name for name, _ in tags]
        figures = [e for name, e in tags if name == "Figure"]
        assert figures and all(str(e.Alt) for e in figures)
        assert names.count("Table") == names.count("THead") == 1 and "TH" in names
        levels = [int(n[1]) for n in names if re.fullmatch("H[1-6]", n)]
        assert levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))
        links = [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
        assert links and all(str(a.Contents) for a in links)

        def titles(items):
            return [t for item in items for t in (item.title, *titles(item.children))]

        assert [t for t in titles(pdf.open_outline().root) if t in ("Root", "A part", "A chapter", "Lists", "Below", "Index")] == ["Root", "A part", "A chapter", "Lists", "Below", "Index"]


def test_every_font_is_in_the_file(book):
    with pikepdf.open(Path(book[0][0].outdir, "a-book.pdf")) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
        assert {"SourceSans3", "NotoSansArabic", "NotoSansDevanagari"} <= {re.sub(r"^/?[A-Z]{6}\+|-.*", "", str(f.FontName)) for f in fonts}


def test_footnote_stands_once_and_is_referred_to_twice(book):
    typ = book[0][2]
    assert typ.count("#footnote[") == 1 and typ.count("#footnote(label(") == 1


def test_subtitle_above_and_source_below_a_figure(book):
    typ = book[0][2]
    assert re.search(r'exhibit\(number: "Fig\. 1", caption: \[#"The finding of the figure"\], above: \[#"What is measured"\], below: \[#"Source: nobody\."\]', typ)


def test_order_depth_and_parts(book):
    app = book[0][0]
    assert [(p.docname, p.depth, p.level, p.part) for p in places(app.env, "index")] == [
        ("index", 0, 1, ""), ("other", 0, 2, "A part"), ("other/below", 1, 3, ""),
    ]  # fmt: skip


def test_css_variables_in_drawings_become_their_fallback(book):
    drawings = [p.read_text() for p in Path(book[0][0].outdir, "pictures").glob("*.svg")]
    assert any("#123456" in d for d in drawings) and not any("var(" in d for d in drawings)


@pytest.mark.parametrize("text", [HOSTILE, '"; #panic("x")', "a\\", "\\u{41}", "x\u202eevil\u2066", "\x00\x1b[0m", "]#[", "العربية", LONG, " ", "//", "*/"])
def test_hostile_text_is_only_text(text, tmp_path):
    """Typst reads back, as plain text, exactly what went in, without what cannot be printed."""
    (tmp_path / "a.typ").write_text(f"[{markup(text)}] [#metadata(({value({'k': [text, 1, None, True]})}).k.first())<m>]", encoding="utf-8")
    found = json.loads(typst.query(str(tmp_path / "a.typ"), "<m>", field="value", one=True))
    assert found == re.sub("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", "", text)
    assert "\u202e" not in literal(text)


def test_hostile_text_in_every_place_of_a_book(tmp_path):
    escaped = re.sub(r"([\\#*_$@<>`\[\]{}~/+=|\"-])", r"\\\1", HOSTILE)
    text = f"# {escaped}\n\n{escaped}\n\n- {escaped}\n\n> {escaped}\n\n```\n{HOSTILE}\n```\n\n:::{{note}}\n{escaped}\n:::\n\n"
    text += f"| {escaped} | b |\n|--|--|\n| {escaped} | {LONG} |\n\n[a](javascript:alert(1)) \u202eback\u202c"
    app, warnings, typ = build(tmp_path, {"index.md": text}, typst_title=HOSTILE, typst_filename="x", typst_cover=[HOSTILE])
    assert Path(app.outdir, "x.pdf").exists()
    assert 'link("javascript' not in typ and "\u202e" not in typ
    assert "Typst" not in warnings


def test_missing_alternative_text_is_told_with_file_and_line(tmp_path):
    _app, warnings, _typ = build(tmp_path, {"index.md": "# A\n\n![](a.svg)\n", "a.svg": SVG})
    assert re.search(r"index\.md:3: WARNING: the picture 'a\.svg' has no alternative text", warnings)


def test_unknown_node_is_told_and_its_text_kept(tmp_path):
    extension = tmp_path / "strange_nodes.py"
    extension.write_text(
        "from docutils import nodes\nfrom docutils.parsers.rst import Directive\n"
        "class strange(nodes.General, nodes.Element): pass\n"
        "class D(Directive):\n    has_content = True\n    def run(self):\n        n = strange()\n        self.state.nested_parse(self.content, 0, n)\n"
        "        n.line, n.source = self.lineno, self.state.document['source']\n        return [n]\n"
        "def setup(app):\n    app.add_directive('strange', D)\n"
    )
    monkey = pytest.MonkeyPatch()
    monkey.syspath_prepend(str(tmp_path))
    _app, warnings, typ = build(tmp_path, {"index.md": "# A\n\n```{strange}\nKept words.\n```\n"}, extensions=["myst_parser", "typstbook", "strange_nodes"])
    monkey.undo()
    assert re.search(r"index\.md:\d+: WARNING: typstbook cannot set a 'strange' node", warnings)
    assert "Kept words." in typ


def test_a_formula_that_cannot_be_drawn_is_told(tmp_path):
    _app, warnings, typ = build(tmp_path, {"index.md": "# A\n\nAs $\\nosuchthing{x}$ says.\n"})
    assert "cannot be drawn" in warnings and "nosuchthing" in typ


def test_a_font_that_is_not_there_is_told(tmp_path):
    _app, warnings, _typ = build(tmp_path, {"index.md": "# A\n"}, typst_fonts={"heading": "No Such Sans"})
    assert "the font 'No Such Sans' (typst_fonts: heading) is not there" in warnings


def test_an_unknown_paper_is_refused(tmp_path):
    with pytest.raises(SphinxError, match="typst_paper is 'b9'; it can be a4"):
        build(tmp_path, {"index.md": "# A\n"}, typst_paper="b9")


def outline_and_pages(path):
    """Titles of the outline, and the number of pages."""
    with pikepdf.open(path) as pdf:
        return [str(item.title) for item in pdf.open_outline().root], len(pdf.pages)


def test_chapters_and_extracts_are_pdfs_of_their_own(tmp_path):
    other = "# Other\n\n:::{div} lead\nIt is so.\n:::\n\nBack to [](index.md).\n\n```{figure} a.svg\n:name: fig-b\n:alt: A bar.\n\nFinding\n```\n"
    extracts = {"short": {"title": "In short", "pieces": [["other", "fig-b"]]}}
    app, warnings, _typ = build(tmp_path, {"index.md": ROOT, "other.md": other, "a.svg": SVG}, typst_chapters=True, typst_extracts=extracts)
    parts = Path(app.outdir, "parts")
    assert warnings == "" and {p.name for p in parts.glob("*.pdf")} == {"index.pdf", "other.pdf", "short.pdf"}
    short = Path(app.outdir, "extract--short.typ").read_text()
    assert '#abstract("Other", [#"It is so."])' in short and 'number: "Fig. 1"' in short
    assert outline_and_pages(parts / "short.pdf") == (["In short"], 1)


def test_an_extract_of_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(SphinxError, match="nothing of what 'short' names is in the book: other, fig-none"):
        build(tmp_path, {"index.md": ROOT, "other.md": "# Other\n"}, typst_extracts={"short": {"pieces": [["other", "fig-none"]]}})


def test_index_leads_to_the_pages_of_its_terms(book):
    main = Path(book[0][0].outdir, "book.typ").read_text()
    assert re.search(r'#index-pages\(\(\("W", \(\("word", \("other#index-0", \), \(\), \), \), \), \)\)', main)


def test_neighbours_of_the_class_half_stand_side_by_side(tmp_path):
    half = "```{figure} a.svg\n:alt: A bar.\n:figclass: half\n\nFinding\n```\n\n"
    _app, warnings, typ = build(tmp_path, {"index.md": f"# A\n\n{half * 2}Text\n\n{half}", "a.svg": SVG})
    assert warnings == "" and typ.count("exhibit(") == 3 and re.search(r'#movable\("index:\d+", _ => beside\(wide: true, \[#exhibit', typ)
    assert typ.count("#movable(") == 2


@pytest.mark.parametrize(
    ("following", "height", "form"),
    [
        (["b", 3, 20, None], 250, "top"),  # text fills the hole
        (["b", 2, 180, None], 250, "small"),  # too little text for that
        (["b", 2, 180, None], 310, "top"),  # it would not fit
        (["b", 2, 245, None], 310, "whole"),  # the next figure follows at once
    ],
)
def test_what_leaves_a_hole_moves_or_becomes_small(following, height, form):
    spots = [["a", 1, 300, None], ["a!", 2, 250, height], following, ["b!", 3, 100, None], ["c", 3, 60, None], ["c!", 4, 400, None]]
    assert to_move(spots, {}) == {"a": form}
    assert to_move(spots, {"a": "top"}) == ({"b": "top"} if following[1] == 2 else {})


def test_a_profile_has_two_pages_and_its_notes_come_behind_the_last(tmp_path):
    """A section of the class ``right`` begins the right-hand page; sections of the class ``notes`` stand together, behind all profiles."""
    profile = "# {0}\n\nLeft.\n\n{{.right}}\n## Then\n\nRight.\n\n{{.notes}}\n## Why {0}\n\nA reason.\n"
    pages = {f"{n.lower()}.md": profile.format(n) for n in ("One", "Two")}
    pages |= {"index.md": "# Root\n\n```{toctree}\nall\n```\n", "all.md": "# All\n\n```{toctree}\none\ntwo\n```\n"}
    app, warnings, _typ = build(tmp_path, pages, typst_chapters=True, typst_words={"notes": "Reasons"})
    assert warnings == ""
    with pikepdf.open(Path(app.outdir, "a-book.pdf")) as pdf:
        places = {page.objgen: n for n, page in enumerate((p.obj for p in pdf.pages), 1)}

        def outline(items):
            return [e for item in items for e in ((str(item.title), places[item.destination[0].objgen]), *outline(item.children))]

        found = [(title, page) for title, page in outline(pdf.open_outline().root) if title not in ("Root", "Contents", "All")]
    one = found[0][1]
    assert one % 2 == 0
    assert found == [
        ("One", one), ("Then", one + 1), ("Two", one + 2), ("Then", one + 3),
        ("Reasons", one + 4), ("One", one + 4), ("Why One", one + 4), ("Two", one + 4), ("Why Two", one + 4),
    ]  # fmt: skip
    assert outline_and_pages(Path(app.outdir, "parts", "one.pdf"))[1] == 3


def test_pages_bear_their_chapter_and_those_on_which_one_opens_do_not(tmp_path):
    long, spread = "# {0}\n\n" + "Words. " * 900 + "\n", "# Profile\n\nLeft.\n\n{.right}\n## Then\n\nRight.\n"
    pages = {"index.md": long.format("Root") + "\n```{toctree}\none\nprofile\ntwo\n```\n", "one.md": long.format("One") + "\n" + "More. " * 900, "profile.md": spread, "two.md": long.format("Two")}
    app, warnings, _typ = build(tmp_path, pages)
    assert warnings == ""
    book = pypdfium2.PdfDocument(Path(app.outdir, "a-book.pdf"))
    texts = [page.get_textpage().get_text_bounded() for page in book]
    heads = [next((n for n in ("Root", "One", "Profile", "Two") if re.match(rf"{n}\s+A book", t)), "opens" if t.strip() else "left over") for t in texts]
    assert heads == [*["opens"] * 3, "Root", "opens", "One", "One", "One", "left over", "opens", "Profile", "opens", "Two"]  # cover and contents first
    left_over = book[heads.index("left over")].render(scale=0.1).to_numpy()
    assert len({tuple(c) for row in left_over for c in row} - {(255, 255, 255)}) > 0, "a page left over is coloured, not blank"


def test_text_fills_the_page_that_a_high_figure_left(tmp_path):
    """The figure stands in the source before the text, and in the book on the page after it."""
    high = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="500"><rect width="90" height="30"/></svg>'
    text = "Words. " * 150 + "\n\n"
    app, warnings, _typ = build(tmp_path, {"index.md": f"# A\n\n{text}{text}```{{figure}} a.svg\n:alt: A bar.\n\nFinding\n```\n\n{text}", "a.svg": high})
    assert warnings == "" and outline_and_pages(Path(app.outdir, "a-book.pdf"))[1] == 4  # cover, contents, text, figure with the rest


def test_us_letter(tmp_path):
    app, warnings, _typ = build(tmp_path, {"index.md": "# A\n"}, typst_paper="us-letter")
    with pikepdf.open(Path(app.outdir, "a-book.pdf")) as pdf:
        assert warnings == "" and [float(n) for n in pdf.pages[-1].MediaBox] == [0, 0, 612, 792]


def test_own_template_replaces_a_function(tmp_path):
    (tmp_path / "own.typ").write_text("#let cover() = page[#title(meta.title)]\n")
    app, warnings, _typ = build(tmp_path, {"index.md": "# A\n"}, typst_template=str(tmp_path / "own.typ"))
    assert warnings == "" and "let cover" in Path(app.outdir, "template.typ").read_text()


class TestTables:
    """Column widths."""

    def test_short_columns_do_not_fill_the_page(self):
        layout = tables.lay_out([["a", "b"], ["1", "2"]], 470, 700)
        assert layout.width < 0.7 and layout.size == 8.6 and not layout.landscape

    def test_the_long_column_is_the_widest(self):
        layout = tables.lay_out([["Country", "Text", "Year"], ["Kenya", "word " * 60, "2020"]], 470, 700)
        assert layout.columns[1] > 0.6 and layout.width > 0.99

    def test_a_few_very_long_cells_do_not_starve_the_other_columns(self):
        row = "A finding of about the length that findings have here, or longer"
        layout = tables.lay_out([["Finding", "Sources"], *[[row, "one source"]] * 90, *[[row, "source " * 90]] * 10], 470, 700)
        assert layout.columns[0] > 0.4

    def test_many_columns_turn_the_page(self):
        layout = tables.lay_out([["Continent"] * 14], 470, 700)
        assert layout.landscape and sum(layout.columns) == pytest.approx(1, abs=0.01)

    def test_empty_cells(self):
        assert sum(tables.lay_out([["", ""], ["", ""]], 470, 700).columns) == pytest.approx(1, abs=0.01)


def test_only_what_changed_is_set_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    pages, options = {"index.md": ROOT, "other.md": "# Other\n\nWords.\n"}, {"typst_filename": "a", "typst_chapters": True}

    def pdfs(folder):
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in (folder / "out").rglob("*.pdf")}

    build(tmp_path / "1", pages, **options)
    made, press = [], builder.press
    monkeypatch.setattr(builder, "press", lambda job, *a: made.append(job["name"]) or press(job, *a))
    build(tmp_path / "1", pages, **options)
    assert made == []
    pages["other.md"] += "More.\n"
    build(tmp_path / "1", pages, **options)
    assert sorted(made) == ["a.pdf", "parts/other.pdf"]
    build(tmp_path / "2", pages, **options)
    assert pdfs(tmp_path / "1") == pdfs(tmp_path / "2"), "what was kept differs from what is made anew"
    made.clear()
    (tmp_path / "1" / "out" / "parts" / "index.pdf").unlink()
    build(tmp_path / "1", pages, **options)
    assert made == ["parts/index.pdf"] and (tmp_path / "1" / "out" / "parts" / "index.pdf").is_file()
    build(tmp_path / "1", pages, typst_subtitle="Another", **options)
    assert sorted(made[1:]) == ["a.pdf", "parts/index.pdf", "parts/other.pdf"]


def test_a_press_that_dies_is_told_and_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "python").write_text("#!/bin/sh\nexit 137\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    answer = builder.press({"main": "a.typ", "settings": "", "output": ""}, tmp_path, [], [])
    assert answer["error"] == "Typst ended with code 137; is there enough memory?"


def test_a_long_table_keeps_names_whole_where_there_is_room():
    rows = [["Table", "Unit", "Meaning"], *[["countries", "", "Short name in English. " * 3]] * 99, ["countries", "indicators.unit", "Its value."]]
    layout = tables.lay_out(rows, 450, 700)
    assert layout.columns[1] * layout.width * 450 > tables.INSET + layout.size * 7
