"""The PDF builder, with small books of its own."""

import json
import pickle
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

from typstbook import builder, gatherings, kept, press, tables
from typstbook.book import places
from typstbook.escape import literal, markup, value
from typstbook.press import to_move

pytestmark = pytest.mark.slow

FONTS = Path(__file__).parents[1] / "src" / "ecosystems" / "fonts"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40"><rect width="90" height="30" fill="var(--c-a,#123456)"/></svg>'
HOSTILE = (
    '#import "x": * #panic("no") *b* _u_ $x^2$ @ref <lab> \\ \\\\ // c /* d */ ~ -- `raw` [a] {b} = h + e / t: 1. "q"'
)
LONG = "a" * 90 + "/" + "b" * 90


def build(folder: Path, pages: dict[str, str], fresh: bool = True, **settings):
    """Build a book, if not `fresh` from what Sphinx knows of it; the application, its warnings and the Typst text of all chapters."""
    source = folder / "source"
    source.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if fresh or not (source / name).is_file() or (source / name).read_text("utf-8") != text:
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
            source,
            None,
            folder / "out",
            folder / "trees",
            "typst",
            confoverrides={**config, **settings},
            status=StringIO(),
            warning=warnings,
            freshenv=fresh,
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
    first = build(
        folder / "1",
        pages,
        typst_cover=["Version 1"],
        typst_imprint=[["Licence", "CC BY 4.0 https://example.org."], HOSTILE],
    )
    second = build(
        folder / "2",
        pages,
        typst_cover=["Version 1"],
        typst_imprint=[["Licence", "CC BY 4.0 https://example.org."], HOSTILE],
    )
    monkey.undo()
    return first, second


def test_whole_book_without_a_warning(book):
    (_app, warnings, typ), _ = book
    assert [w for w in warnings.splitlines() if "Non-consecutive header" not in w] == []
    for words in (
        "The finding.",
        "The note.",
        "Unfolded",
        "In the tab",
        "Wise words",
        "Its caption",
        "Meaning",
        "What is measured",
    ):
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

        assert [
            t
            for t in titles(pdf.open_outline().root)
            if t in ("Root", "A part", "A chapter", "Lists", "Below", "Index")
        ] == ["Root", "A part", "A chapter", "Lists", "Below", "Index"]


def test_every_font_is_in_the_file(book):
    with pikepdf.open(Path(book[0][0].outdir, "a-book.pdf")) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
        assert {"SourceSans3", "NotoSansArabic", "NotoSansDevanagari"} <= {
            re.sub(r"^/?[A-Z]{6}\+|-.*", "", str(f.FontName)) for f in fonts
        }


def test_footnote_stands_once_and_is_referred_to_twice(book):
    typ = book[0][2]
    assert typ.count("#footnote[") == 1 and typ.count("#footnote(label(") == 1


def test_subtitle_above_and_source_below_a_figure(book):
    typ = book[0][2]
    assert re.search(
        r'exhibit\(number: "Fig\. 1", caption: \[#"The finding of the figure"\], above: \[#"What is measured"\], below: \[#"Source: nobody\."\]',
        typ,
    )


def test_order_depth_and_parts(book):
    app = book[0][0]
    assert [(p.docname, p.depth, p.level, p.part) for p in places(app.env, "index")] == [
        ("index", 0, 1, ""), ("other", 0, 2, "A part"), ("other/below", 1, 3, ""),
    ]  # fmt: skip


def test_css_variables_in_drawings_become_their_fallback(book):
    drawings = [p.read_text() for p in Path(book[0][0].outdir, "pictures").glob("*.svg")]
    assert any("#123456" in d for d in drawings) and not any("var(" in d for d in drawings)


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        '"; #panic("x")',
        "a\\",
        "\\u{41}",
        "x\u202eevil\u2066",
        "\x00\x1b[0m",
        "]#[",
        "العربية",
        LONG,
        " ",
        "//",
        "*/",
    ],
)
def test_hostile_text_is_only_text(text, tmp_path):
    """Typst reads back, as plain text, exactly what went in, without what cannot be printed."""
    (tmp_path / "a.typ").write_text(
        f"[{markup(text)}] [#metadata(({value({'k': [text, 1, None, True]})}).k.first())<m>]", encoding="utf-8"
    )
    found = json.loads(typst.query(str(tmp_path / "a.typ"), "<m>", field="value", one=True))
    assert found == re.sub("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", "", text)
    assert "\u202e" not in literal(text)


def test_hostile_text_in_every_place_of_a_book(tmp_path):
    escaped = re.sub(r"([\\#*_$@<>`\[\]{}~/+=|\"-])", r"\\\1", HOSTILE)
    text = f"# {escaped}\n\n{escaped}\n\n- {escaped}\n\n> {escaped}\n\n```\n{HOSTILE}\n```\n\n:::{{note}}\n{escaped}\n:::\n\n"
    text += f"| {escaped} | b |\n|--|--|\n| {escaped} | {LONG} |\n\n[a](javascript:alert(1)) \u202eback\u202c"
    app, warnings, typ = build(
        tmp_path, {"index.md": text}, typst_title=HOSTILE, typst_filename="x", typst_cover=[HOSTILE]
    )
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
    _app, warnings, typ = build(
        tmp_path,
        {"index.md": "# A\n\n```{strange}\nKept words.\n```\n"},
        extensions=["myst_parser", "typstbook", "strange_nodes"],
    )
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
    app, warnings, _typ = build(
        tmp_path, {"index.md": ROOT, "other.md": other, "a.svg": SVG}, typst_chapters=True, typst_extracts=extracts
    )
    parts = Path(app.outdir, "parts")
    assert warnings == "" and {p.name for p in parts.glob("*.pdf")} == {"index.pdf", "other.pdf", "short.pdf"}
    short = Path(app.outdir, "extract--short.typ").read_text()
    assert '#abstract("Other", [#"It is so."])' in short and 'number: "Fig. 1"' in short
    assert outline_and_pages(parts / "short.pdf") == (["In short"], 1)


def test_an_extract_of_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(SphinxError, match="nothing of what 'short' names is in the book: other, fig-none"):
        build(
            tmp_path,
            {"index.md": ROOT, "other.md": "# Other\n"},
            typst_extracts={"short": {"pieces": [["other", "fig-none"]]}},
        )


def test_index_leads_to_the_pages_of_its_terms(book):
    main = "".join(p.read_text() for p in Path(book[0][0].outdir).glob("gathering--*.typ"))
    assert re.search(r'#index-pages\(\(\("W", \(\("word", \("other#index-0", \), \(\), \), \), \), \)\)', main)


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


def test_what_moved_does_not_stand_above_its_own_heading():
    spots = [["a", 1, 120, None], ["a^", 2, 690, None], ["a?", 2, 80, None], ["b", 2, 60, None]]
    assert to_move(spots, {"a": "top"}) == {"a": "whole"} and to_move(spots, {"a": "whole"}) == {}
    spots[2][1] = 1
    assert to_move(spots, {"a": "top"}) == {}, "text fills the page before"


@pytest.mark.parametrize("together", [16, 1])
def test_a_profile_has_two_pages_and_its_notes_come_behind_the_last(tmp_path, monkeypatch, together):
    """A section of the class ``right`` begins the right-hand page; sections of the class ``notes`` stand together, behind all profiles."""
    profile = "# {0}\n\nLeft.\n\n{{.right}}\n## Then\n\nRight.\n\n{{.notes}}\n## Why {0}\n\nA reason.\n"
    pages = {f"{n.lower()}.md": profile.format(n) for n in ("One", "Two")}
    pages |= {"index.md": "# Root\n\n```{toctree}\nall\n```\n", "all.md": "# All\n\n```{toctree}\none\ntwo\n```\n"}
    monkeypatch.setattr(builder, "NOTES", together)  # of many documents they are not one piece
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
        ("Reasons", one + 4), ("One", one + 4), ("Why One", one + 4), ("Two", one + 4 + (together == 1)), ("Why Two", one + 4 + (together == 1)),
    ]  # fmt: skip
    assert outline_and_pages(Path(app.outdir, "parts", "one.pdf"))[1] == 3


def described(path):
    """All of a PDF that a reader meets: texts, links, bookmarks, page labels, and the structure with the texts and heads it refers to."""
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]
    with pikepdf.open(path) as pdf:
        number = {page.obj.objgen: n for n, page in enumerate(pdf.pages, 1)}
        notes = [(n, a) for n, page in enumerate(pdf.pages, 1) for a in page.get("/Annots", [])]
        links = [
            (
                n,
                str(a.A.URI)
                if "/A" in a
                else (number[a.Dest[0].objgen], *(round(float(x)) for x in a.Dest[2:4]), str(a.Contents)),
            )
            for n, a in notes
        ]

        def titles(items):
            return [(item.title, number[item.destination[0].objgen], titles(item.children)) for item in items]

        tree = pdf.Root.StructTreeRoot
        entries = dict(zip(map(int, list(tree.ParentTree.Nums)[::2]), list(tree.ParentTree.Nums)[1::2], strict=True))
        tags = structure(tree, [])
        known = {e.objgen for _name, e in tags}
        for page in pdf.pages:
            assert {e.objgen for e in entries[int(page.obj.StructParents)] if e is not None} <= known, (
                "a page's parts are not in the structure"
            )
            for note in page.get("/Annots", []):
                link = entries[int(note.StructParent)]
                assert link.objgen in known and any(
                    isinstance(kid, pikepdf.Dictionary) and kid.get("/Obj", kid).objgen == note.objgen for kid in link.K
                )
        assert all(e.Pg.objgen in number for _name, e in tags if "/Pg" in e), (
            "a part of the structure is on a page that is gone"
        )
        ids = (
            dict(zip(map(str, list(tree.IDTree.Names)[::2]), list(tree.IDTree.Names)[1::2], strict=True))
            if "/IDTree" in tree
            else {}
        )
        assert list(ids) == sorted(ids) and all(str(e.ID) == i and e.objgen in known for i, e in ids.items())

        place = {e.objgen: n for n, (_name, e) in enumerate(tags)}

        def heads(cell):
            attributes = cell.get("/A", pikepdf.Array())
            return [
                place[ids[str(head)].objgen]
                for a in (attributes if isinstance(attributes, pikepdf.Array) else [attributes])
                for head in a.get("/Headers", [])
            ]

        labels = [page.label for page in pdf.pages]
        said = pdf.open_metadata()
        return {
            "texts": texts, "links": links, "titles": titles(pdf.open_outline().root), "labels": labels, "ids": len(ids), "about": [said["dc:title"], said["pdfuaid:part"]],
            "tags": [(name, str(e.get("/T", "")), str(e.get("/Alt", "")), heads(e)) for name, e in tags],
        }  # fmt: skip


def test_a_book_bound_of_many_gatherings_is_the_book_set_in_one_go(tmp_path, monkeypatch):
    """With gatherings of at least one page, each document is one: page numbers, links both ways, index, structure, table heads and bookmarks are the same."""
    table = "```{list-table} Values\n:header-rows: 1\n\n* - Name\n  - Value\n* - a\n  - 1\n```\n\n"
    long = "\n\n".join("Words and words. " * 60 + f"{{index}}`word{i}`" for i in range(4))
    spread = "# Profile\n\nLeft, see [](one.md).\n\n{.right}\n## Then\n\nRight.[^p]\n\n[^p]: A note.\n\n{.notes}\n## Why\n\nA reason: [](#values).\n"
    pages = {
        "index.md": f"# Root\n\nSee [](two.md) and {{ref}}`values`.\n\n{long}\n\n```{{toctree}}\n:caption: A part\none\nprofile\n```\n\n```{{toctree}}\n:caption: Another\ntwo\n```\n",
        "one.md": f"# One\n\nBack to [](index.md).[^a]\n\n[^a]: First.\n\n{table}{long}\n\n## Below\n\n### Deep\n\nWords.\n",
        "profile.md": spread,
        "two.md": f"# Two\n\n(values)=\n## Values\n\nA note,[^b] and the [profile](profile.md).\n\n[^b]: Second.\n\n{table}\n",
    }
    found = {}
    for full in (1, 1000):
        monkeypatch.setattr(gatherings, "FULL", full)
        app, warnings, _typ = build(tmp_path / str(full), pages, typst_contents_depth=3)
        assert warnings == ""
        found[full] = described(Path(app.outdir, "a-book.pdf"))
        assert len(list(Path(app.outdir, "unbound").glob("@*.pdf"))) == (7 if full == 1 else 1)
    for what in found[1]:
        assert found[1][what] == found[1000][what], what
    book = found[1]
    assert book["labels"] == [str(n + 1) for n in range(len(book["texts"]))] and book["ids"] == 7, (
        "four heads, three notes"
    )
    pages_of = {title: page for title, page, _below in book["titles"][-1][2] + book["titles"][-2][2]}
    assert f"Two (p. {pages_of['Two']})" in " ".join(book["texts"][2].replace("\xa0", " ").split()), (
        "from the first gathering to the last"
    )
    assert any(
        links[0] == 3 and links[1][0] == pages_of["Two"] for links in book["links"] if not isinstance(links[1], str)
    )
    assert [a for tag in book["tags"] if tag[0] == "TD" for a in tag[3]], "cells name their heads"


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
        "# Two\n\nLeft.\n\n{.right}\n## Then\n\nRight.\n\n{.notes}\n## Why Two\n\n```{figure} a.svg\n:alt: A bar.\n\nFinding\n```\n\n"
        + "Words. " * 250
        + "\n"
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


def test_only_what_changed_is_set_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    pages, options = (
        {"index.md": ROOT, "other.md": "# Other\n\nWords.\n"},
        {"typst_filename": "a", "typst_chapters": True},
    )

    def pdfs(folder):
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in (folder / "out").rglob("*.pdf")}

    build(tmp_path / "1", pages, **options)
    made, set_ = [], press.Press.set
    monkeypatch.setattr(
        press.Press, "set", lambda self, jobs: made.extend(job["name"] for job in jobs) or set_(self, jobs)
    )
    build(tmp_path / "1", pages, **options)
    assert made == []
    pages["other.md"] += "More.\n"
    build(tmp_path / "1", pages, **options)
    assert sorted(made) == ["gathering/0", "part/other", "piece/other"]
    build(tmp_path / "2", pages, **options)
    assert pdfs(tmp_path / "1") == pdfs(tmp_path / "2"), "what was kept differs from what is made anew"
    made.clear()
    (tmp_path / "1" / "out" / "parts" / "index.pdf").unlink()
    build(tmp_path / "1", pages, **options)
    assert made == [] and (tmp_path / "1" / "out" / "parts" / "index.pdf").is_file()
    build(tmp_path / "1", pages, typst_subtitle="Another", **options)
    assert sorted(made) == [
        "gathering/0",
        "part/index",
        "part/other",
        "piece/@back",
        "piece/@front",
        "piece/index",
        "piece/other",
    ]
    # Gatherings are set in advance with what was; a longer chapter moves those behind it.
    monkeypatch.setattr(gatherings, "FULL", 1)
    for text in ("# Other\n\nWords.\n", "# Other\n" + "\nWords.\n" * 300, "# Other\n\nFew words.\n"):
        pages["other.md"] = text
        build(tmp_path / "1", pages, **options)
        build(tmp_path / "2", pages, **options)
        assert pdfs(tmp_path / "1") == pdfs(tmp_path / "2")


def test_the_press_that_measured_a_long_piece_sets_it_and_the_book_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    monkeypatch.setattr(gatherings, "FULL", 1)
    monkeypatch.setattr(builder, "FULL", 0)  # no press is used again only because it has time
    pages, books = {"index.md": ROOT, "other.md": "# Other\n\n" + "Words and [more](index.md).\n\n" * 90}, []
    did, set_ = {}, press.Press.set
    monkeypatch.setattr(
        press.Press,
        "set",
        lambda self, jobs: did.setdefault(self, []).extend(job["name"] for job in jobs) or set_(self, jobs),
    )
    for long, alone in ((10**9, False), (1000, True)):
        did.clear()
        monkeypatch.setattr(builder, "LONG", long)
        app, warnings, _typ = build(tmp_path / str(long), pages, typst_filename="a", typst_chapters=True)
        assert warnings == ""
        books.append(Path(app.outdir, "a.pdf").read_bytes())
        assert (["piece/other", "part/other", "gathering/2"] in did.values()) is alone, did.values()
        assert all(p._process.poll() is not None for p in did), "a press still runs"
    assert books[0] == books[1]


def test_a_document_that_is_no_more_leaves_no_pdf(tmp_path):
    pages = {"index.md": "# Root\n\n```{toctree}\none\ntwo\n```\n", "one.md": "# One\n", "two.md": "# Two\n"}
    build(tmp_path, pages, typst_chapters=True)
    for path in tmp_path.rglob("two.md"):
        path.unlink()
    del pages["two.md"]
    pages["index.md"] = pages["index.md"].replace("two\n", "")
    app, _warnings, _typ = build(tmp_path, pages, typst_chapters=True)
    assert sorted(p.name for p in Path(app.outdir, "parts").rglob("*.pdf")) == ["index.pdf", "one.pdf"]


def test_what_typst_warns_of_is_new_in_the_book_when_it_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    pages = {
        "index.md": ROOT,
        "other.md": "# Other\n\n[One](https://example.org) word.\n",
        "own.typ": '#let weblink(address, body) = link(address, text(font: "No such font", body))\n',
    }
    for word in ("word", "name"):
        pages["other.md"] = pages["other.md"].replace("word", word)
        app, warnings, _typ = build(tmp_path, pages, typst_filename="a", typst_template="own.typ")
        assert "unknown font family" in warnings
        with pypdfium2.PdfDocument(Path(app.outdir, "a.pdf")) as pdf:
            assert f"One {word}." in " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def test_only_what_changed_is_written_again(tmp_path, monkeypatch):
    """A document is written again when it, what it takes from others, its pictures or the settings change; who was warned is warned again."""
    written, write = [], builder.TypstBuilder._write
    monkeypatch.setattr(
        builder.TypstBuilder, "_write", lambda self, place: written.append(place.docname) or write(self, place)
    )
    picture = "\n\n```{figure} a.svg\n:alt: A bar.\n\nFinding\n```\n"
    pages = {
        "index.md": "# Root\n\nSee [](two.md).\n\n```{toctree}\none\ntwo\n```\n",
        "one.md": f"# One\n\nWords.{picture}",
        "two.md": "# Two\n\nWords.\n",
        "a.svg": SVG,
    }

    def again(**settings):
        written.clear()
        app, warnings, typ = build(tmp_path / "1", pages, fresh=False, **settings)
        found = sorted(written)
        anew = build(tmp_path / "2", pages, **settings)
        assert typ == anew[2], "what was kept differs from what is made anew"
        return found, warnings

    again()
    assert again() == ([], "")
    pages["one.md"] = pages["one.md"].replace("Words.", "Other words.")
    assert again() == (["one"], "")
    pages["two.md"] = "# Another title\n\nWords.\n"
    assert again() == (["index", "one", "two"], "")
    pages["a.svg"] = SVG.replace("90", "80")
    assert again() == (["one"], "")
    for path in (tmp_path / "1" / "out" / "pictures").iterdir():
        path.unlink()
    assert again() == (["one"], "")
    assert again(typst_page_references=False) == (["index", "one", "two"], "")
    pages["two.md"] += "\n```{figure} a.svg\n\nNo text for those who do not see it\n```\n"
    assert "two" in again(typst_page_references=False)[0]
    found, warnings = again(typst_page_references=False)
    assert found == ["two"] and "alternative text" in warnings


def test_what_is_kept_of_a_class_that_is_no_more_is_only_made_anew(tmp_path):
    file = tmp_path / "a"
    kept.keep(file, "before", [1])
    assert kept.kept(file, "before") == [1]
    file.write_bytes(pickle.dumps("before") + b"cno.such.module\nThing\n.")
    assert kept.kept(file, "now") is None and not file.exists()


def test_a_press_that_dies_is_told_and_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "python").write_text("#!/bin/sh\nexit 137\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with press.Press(tmp_path) as started:
        (answer,) = started.set([{"main": "a.typ", "settings": {}, "output": ""}])
    assert answer["error"] == "Typst ended with code 137; is there enough memory?"


def test_a_long_table_keeps_names_whole_where_there_is_room():
    rows = [
        ["Table", "Unit", "Meaning"],
        *[["countries", "", "Short name in English. " * 3]] * 99,
        ["countries", "indicators.unit", "Its value."],
    ]
    layout = tables.lay_out(rows, 450, 700)
    assert layout.columns[1] * layout.width * 450 > tables.INSET + layout.size * 7
