"""How typstbook lays out pages, tables and covers."""

import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from typst_books import ROOT, SVG, build, outline_and_pages

from typstbook import tables
from typstbook.worker import to_move

LINES = "Some words that fill a line or two of the page, again and again until it is full of them. "


def test_neighbours_of_the_class_half_stand_side_by_side(tmp_path):
    half = "```{figure} a.svg\n:alt: A bar.\n:figclass: half\n\nFinding\n```\n\n"
    _app, warnings, typ = build(tmp_path, {"index.md": f"# A\n\n{half * 2}Text\n\n{half}", "a.svg": SVG})
    assert (
        warnings == ""
        and typ.count("exhibit(") == 3
        and re.search(r'#movable\("index:\d+", _ => beside\(wide: true, \[#exhibit', typ)
    )
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
    spots = [
        ["a", 1, 300, None],
        ["a!", 2, 250, height],
        following,
        ["b!", 3, 100, None],
        ["c", 3, 60, None],
        ["c!", 4, 400, None],
    ]
    assert to_move(spots, {}) == {"a": form}
    assert to_move(spots, {"a": "top"}) == ({"b": "top"} if following[1] == 2 else {})


def test_what_skips_a_page_moves_so_that_text_fills_that_page():
    """One that moved takes most of page 2: the next has no room below it, and only page 1 tells how much was left."""
    spots = [
        *(["a", 1, 200, None], ["a^", 2, 690, None], ["a?", 1, 200, None], ["a!", 1, 200, None]),
        *(["b", 1, 20, None], ["b!", 3, 300, None], ["c", 3, 100, None], ["c!", 3, 50, None]),
    ]
    assert to_move(spots, {"a": "top"}) == {"b": "top"}
    spots[5][1] = 2
    assert to_move(spots, {"a": "top"}) == {}, "there was room below it"


def test_what_moved_does_not_stand_above_its_own_heading():
    spots = [["a", 1, 120, None], ["a^", 2, 690, None], ["a?", 2, 80, None], ["b", 2, 60, None]]
    assert to_move(spots, {"a": "top"}) == {"a": "whole"} and to_move(spots, {"a": "whole"}) == {}
    spots[2][1] = 1
    assert to_move(spots, {"a": "top"}) == {}, "text fills the page before"


def test_a_profile_has_two_pages_and_its_notes_follow_the_last(tmp_path):
    """A section of the class ``right`` begins the right-hand page; those of the class ``notes`` follow all profiles."""
    profile = "# {0}\n\nLeft.\n\n{{.right}}\n## Then\n\nRight.\n\n{{.notes}}\n## Why {0}\n\nA reason.\n"
    pages = {f"{n.lower()}.md": profile.format(n) for n in ("One", "Two")}
    pages |= {"index.md": "# Root\n\n```{toctree}\nall\n```\n", "all.md": "# All\n\n```{toctree}\none\ntwo\n```\n"}
    app, warnings, _typ = build(tmp_path, pages, typst_chapters=True, typst_words={"notes": "Reasons"})
    assert warnings == ""
    with pikepdf.open(Path(app.outdir, "a-book.pdf")) as pdf:
        places = {page.objgen: n for n, page in enumerate((p.obj for p in pdf.pages), 1)}

        def outline(items):
            return [
                e
                for item in items
                for e in ((str(item.title), places[item.destination[0].objgen]), *outline(item.children))
            ]

        found = [
            (title, page)
            for title, page in outline(pdf.open_outline().root)
            if title not in ("Root", "Contents", "All")
        ]
    one = found[0][1]
    assert one % 2 == 0
    assert found == [
        ("One", one), ("Then", one + 1), ("Two", one + 2), ("Then", one + 3),
        ("Reasons", one + 4), ("One", one + 4), ("Why One", one + 4), ("Two", one + 4), ("Why Two", one + 4),
    ]  # fmt: skip
    assert outline_and_pages(Path(app.outdir, "parts", "one.pdf"))[1] == 3


def test_pages_bear_their_chapter_and_those_on_which_one_opens_do_not(tmp_path):
    long, spread = "# {0}\n\n" + "Words. " * 900 + "\n", "# Profile\n\nLeft.\n\n{.right}\n## Then\n\nRight.\n"
    pages = {
        "index.md": long.format("Root") + "\n```{toctree}\none\nprofile\ntwo\n```\n",
        "one.md": long.format("One") + "\n" + "More. " * 900,
        "profile.md": spread,
        "two.md": long.format("Two"),
    }
    app, warnings, _typ = build(tmp_path, pages)
    assert warnings == ""
    book = pypdfium2.PdfDocument(Path(app.outdir, "a-book.pdf"))
    texts = [page.get_textpage().get_text_bounded() for page in book]
    heads = [
        next(
            (n for n in ("Root", "One", "Profile", "Two") if re.match(rf"{n}\s+A book", t)),
            "opens" if t.strip() else "left over",
        )
        for t in texts
    ]
    assert heads == [
        *["opens"] * 3,
        "Root",
        "opens",
        "One",
        "One",
        "One",
        "left over",
        "opens",
        "Profile",
        "opens",
        "Two",
    ]  # cover and contents first
    left_over = book[heads.index("left over")].render(scale=0.1).to_numpy()
    assert len({tuple(c) for row in left_over for c in row} - {(255, 255, 255)}) > 0, (
        "a page left over is coloured, not blank"
    )


def test_text_fills_the_page_that_a_high_figure_left(tmp_path):
    """The figure stands in the source before the text, and in the book on the page after it."""
    high = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="500"><rect width="90" height="30"/></svg>'
    text = "Words. " * 150 + "\n\n"
    app, warnings, _typ = build(
        tmp_path,
        {"index.md": f"# A\n\n{text}{text}```{{figure}} a.svg\n:alt: A bar.\n\nFinding\n```\n\n{text}", "a.svg": high},
    )
    assert (
        warnings == "" and outline_and_pages(Path(app.outdir, "a-book.pdf"))[1] == 4
    )  # cover, contents, text, figure with the rest


def test_text_fills_the_page_that_the_first_figure_of_notes_left(tmp_path):
    """The title of these notes stays on the page of the notes before, with the text that follows the figure."""
    high = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="560"><rect width="90" height="30"/></svg>'
    first = "# One\n\nLeft.\n\n{.right}\n## Then\n\nRight.\n\n{.notes}\n## Why One\n\n" + "Reasons. " * 90 + "\n"
    second = (
        "# Two\n\nLeft.\n\n{.right}\n## Then\n\nRight.\n\n{.notes}\n## Why Two\n\n"
        "```{figure} a.svg\n:alt: A bar.\n\nFinding\n```\n\n" + "Words. " * 250 + "\n"
    )
    pages = {
        "index.md": "# Root\n\n```{toctree}\nall\n```\n",
        "all.md": "# All\n\n```{toctree}\none\ntwo\n```\n",
        "one.md": first,
        "two.md": second,
        "a.svg": high,
    }
    app, warnings, _typ = build(tmp_path, pages)
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(Path(app.outdir, "a-book.pdf"))]
    assert warnings == ""
    (notes,) = (n for n, text in enumerate(texts) if "Why One" in text)
    assert "Why Two" in texts[notes] and "Words." in texts[notes] and "Finding" in texts[notes + 1]


@pytest.mark.parametrize(("paragraphs", "pages", "tight"), [(17, 2, False), (19, 2, True), (22, 3, False)])
def test_no_chapter_ends_on_a_page_that_is_nearly_empty(paragraphs, pages, tight, tmp_path):
    """It is set a little tighter then; one with more on its last page is not."""
    text = "# Root\n\n" + "\n\n".join([LINES * 4] * paragraphs) + "\n"
    app, _warnings, _typ = build(tmp_path, {"index.md": text})
    with pypdfium2.PdfDocument(next(Path(app.outdir).glob("*.pdf"))) as pdf:
        assert len(pdf) - 2 == pages, "after the cover and the contents"
    assert (":tight" in Path(app.outdir, "settings-book.json").read_text("utf-8")) is tight


def test_the_page_before_a_part_says_its_message(tmp_path):
    other = "# Other\n\n:::{div} part-message\n**90%**\n\nof all children\n:::\n\nWords.\n"
    app, warnings, _typ = build(tmp_path, {"index.md": ROOT, "other.md": other})
    with pypdfium2.PdfDocument(next(Path(app.outdir).glob("*.pdf"))) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    before = next(n for n, text in enumerate(texts) if "A part" in text and "90%" in text)
    assert warnings == "" and "of all children" in texts[before]
    assert "Words." in texts[before + 1] and "90%" not in texts[before + 1]


def test_what_words_stand_on_is_in_the_margin(tmp_path):
    page = "# Root\n\n:::{div} noted\nWords of a chapter.\n\n{.sources}\nSource: a page.\n:::\n"
    app, warnings, _typ = build(tmp_path, {"index.md": page}, myst_enable_extensions=["colon_fence", "attrs_block"])
    with pypdfium2.PdfDocument(next(Path(app.outdir).glob("*.pdf"))) as pdf:
        text = pdf[len(pdf) - 1].get_textpage()
        (words, note) = (text.search(what).get_next() for what in ("Words", "Source"))
        left, top = zip(*(text.get_charbox(at)[::3] for at, _n in (words, note)), strict=True)
    assert warnings == "" and left[1] + 70 < left[0] and abs(top[0] - top[1]) < 6


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
        layout = tables.lay_out(
            [["Finding", "Sources"], *[[row, "one source"]] * 90, *[[row, "source " * 90]] * 10], 470, 700
        )
        assert layout.columns[0] > 0.4

    def test_many_columns_turn_the_page(self):
        layout = tables.lay_out([["Continent"] * 14], 470, 700)
        assert layout.landscape and sum(layout.columns) == pytest.approx(1, abs=0.01)

    def test_empty_cells(self):
        assert sum(tables.lay_out([["", ""], ["", ""]], 470, 700).columns) == pytest.approx(1, abs=0.01)


OTHER = {
    "index.md": "# Moor restoration\n\nHow peat grows *again*.\n\n```{toctree}\n:caption: Basics\nwater\n```\n",
    "water.md": "# Water\n\n**Level** and `flow`.\n\n```{figure} a.svg\n:alt: A bar.\n\nIt rises\n```\n\n"
    + "Words. " * 900,
    "a.svg": SVG,
}


LONGEST = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def test_another_book_needs_no_settings(tmp_path):
    """A Jupyter Book of another project that names no fonts is set with what is always there, without a warning."""
    (tmp_path / "book").mkdir()
    for name, text in OTHER.items():
        text = re.sub(r"```\{toctree\}.*?```", "", text, flags=re.S)
        (tmp_path / "book" / name).write_text(text, encoding="utf-8")
    (tmp_path / "book" / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nparts:\n- caption: Basics\n  chapters:\n  - file: water\n"
    )
    (tmp_path / "book" / "_config.yml").write_text(
        "title: Moor restoration\nsphinx: {extra_extensions: [typstbook]}\nexecute: {execute_notebooks: 'off'}\n"
    )
    (tmp_path / "no-fontpkg.py").write_text(NO_FONTS)
    command = [
        sys.executable,
        tmp_path / "no-fontpkg.py",
        "build",
        tmp_path / "book",
        "-W",
        "--keep-going",
        "--builder",
        "custom",
        "--custom-builder",
        "typst",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with pikepdf.open(tmp_path / "book" / "_build" / "typst" / "moor-restoration.pdf") as pdf:
        fonts = {
            re.sub(r"^/?[A-Z]{6}\+|-.*", "", str(o.FontName))
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        }
        assert fonts == {"LibertinusSerif", "DejaVuSansMono"}


NO_FONTS = """import importlib.metadata, sys
found = importlib.metadata.entry_points
importlib.metadata.entry_points = lambda **asked: () if asked.get("group") == "fontpkg.family" else found(**asked)
from jupyter_book.cli.main import main
main()
"""


@pytest.mark.parametrize("title", [LONGEST, f"{LONGEST} {LONGEST}", "A long title of many words " * 12, "x" * 300])
def test_a_title_stays_on_the_cover(tmp_path, title):
    app, warnings, _typ = build(tmp_path, OTHER, typst_title=title.strip(), typst_filename="a")
    assert warnings == ""
    with pypdfium2.PdfDocument(Path(app.outdir, "a.pdf")) as pdf:
        for page in (pdf[0], pdf[1]):
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_charbox(i) for i in range(text.count_chars()) if text.get_text_range(i, 1).strip()]
            assert boxes and max(right for _left, _bottom, right, _top in boxes) < width - 30
        cover = " ".join(pdf[0].get_textpage().get_text_bounded().split())
        assert re.sub(r"\W", "", title) in re.sub(r"\W", "", cover) and cover.endswith("Ada")
        sizes = [top - bottom for _left, bottom, _right, top in boxes]
        assert max(sizes) > 3


def test_a_long_table_keeps_names_whole_where_there_is_room():
    rows = [
        ["Table", "Unit", "Meaning"],
        *[["countries", "", "Short name in English. " * 3]] * 99,
        ["countries", "indicators.unit", "Its value."],
    ]
    layout = tables.lay_out(rows, 450, 700)
    assert layout.columns[1] * layout.width * 450 > tables.INSET + layout.size * 7


def test_a_long_line_of_code_without_blanks_stays_on_the_page(tmp_path):
    call = ".".join(f"step_{i}(value={i},kind='k')" for i in range(12))
    app, warnings, _ = build(
        tmp_path, {"index.md": f"# Root\n\n```python\nframe.{call}\n```\n\n```python\nshort.call(1)\n```\n"}
    )
    document = pypdfium2.PdfDocument(next((tmp_path / "out").glob("*.pdf")))
    for page in document:
        text = page.get_textpage()
        right = max(
            (text.get_charbox(i)[2] for i in range(text.count_chars()) if text.get_text_range(i, 1).strip()), default=0
        )
        assert right < page.get_width() - 30, right
    said = "".join(p.get_textpage().get_text_bounded() for p in document)
    assert f"frame.{call}" in re.sub(r"[\s\u200b]", "", said) and "short.call(1)" in said
