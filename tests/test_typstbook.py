"""The PDF builder, with small books of its own."""

import json
import re
import subprocess
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

from typstbook import compiler, tables
from typstbook.book import places
from typstbook.compiler import Compiler, TypstProblem
from typstbook.escape import literal, markup, value
from typstbook.store import Store
from typstbook.worker import to_move

FONTS = Path(__file__).parents[1] / "src" / "ecosystems" / "fonts"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40">'
    '<rect width="90" height="30" fill="var(--c-a,#123456)"/></svg>'
)
HOSTILE = (
    '#import "x": * #panic("no") *b* _u_ $x^2$ @ref <lab> \\ \\\\ // c /* d */ ~ -- `raw` [a] {b} = h + e / t: 1. "q"'
)
LONG = "a" * 90 + "/" + "b" * 90


def build(folder: Path, pages: dict[str, str], fresh: bool = True, **settings):
    """Build a book, if not `fresh` from what Sphinx knows of it; the application, its warnings, and all Typst code."""
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
        # Sphinx shares its default between books of one process.
        "source_suffix": {".rst": "restructuredtext", ".md": "markdown"},
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

Words *soft*, **loud**, `code`, {{sub}}`2`, a [link](https://example.org), {{bdg-primary}}`badge`,
a note[^n] twice[^n], $a^2$. See {{numref}}`fig-a`.

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
    """Pictures have a text, tables heads, headings skip no level, links say where they lead, chapters have bookmarks."""
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
        r'exhibit\(number: "Fig\. 1", caption: \[#"The finding of the figure"\], '
        r'above: \[#"What is measured"\], below: \[#"Source: nobody\."\]',
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
    text = f"# {escaped}\n\n{escaped}\n\n- {escaped}\n\n> {escaped}\n\n"
    text += f"```\n{HOSTILE}\n```\n\n:::{{note}}\n{escaped}\n:::\n\n"
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
        "class D(Directive):\n    has_content = True\n    def run(self):\n        n = strange()\n"
        "        self.state.nested_parse(self.content, 0, n)\n"
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
    other = "# Other\n\n:::{div} lead\nIt is so.\n:::\n\nBack to [](index.md).\n\n"
    other += "```{figure} a.svg\n:name: fig-b\n:alt: A bar.\n\nFinding\n```\n"
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
    main = Path(book[0][0].outdir, "book.typ").read_text()
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


def described(path):
    """All of a PDF that a reader meets: texts, links, bookmarks, page labels, the structure and what it refers to."""
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
            "texts": texts, "links": links, "titles": titles(pdf.open_outline().root), "labels": labels,
            "ids": len(ids), "about": [said["dc:title"], said["pdfuaid:part"]],
            "tags": [(name, str(e.get("/T", "")), str(e.get("/Alt", "")), heads(e)) for name, e in tags],
        }  # fmt: skip


VOLUMES = {
    "first": {"label": "the book"},
    "more": {"title": "More of it", "label": "the annex", "documents": ["two"], "endnotes": True},
}
TABLE = """
```{list-table} Values
:header-rows: 1

* - Name
  - Value
* - a
  - 1
```
"""
TWO_VOLUMES = {
    "index.md": """# Root

See [](two.md) and {ref}`values`. {index}`word`

```{toctree}
:caption: A part
one
profile
```

```{toctree}
:caption: Another
two
three
```
""",
    "one.md": f"""# One

Back to [](index.md).[^a]

[^a]: First.
{TABLE}
## Below

### Deep

Words.
""",
    "profile.md": """# Profile

Left, see [](one.md).

{.right}
## Then

Right.[^p]

[^p]: A note.

{.notes}
## Why

A reason: [](#values), [](one.md).
""",
    "two.md": f"""# Two

(values)=
## Values

A note,[^b] and the [profile](profile.md). {{index}}`value`

[^b]: Second.
{TABLE}
""",
    "three.md": "# Three\n\nThe last.\n",
}


def test_volumes_hold_the_book_and_name_each_others_pages(tmp_path):
    """Each has its own bookmarks, labels, tags and index; what stands in the other is named by page and file."""
    options = {"typst_contents_depth": 3, "typst_volumes": VOLUMES, "typst_chapters": True}
    app, warnings, _typ = build(tmp_path, TWO_VOLUMES, typst_pdf_standards=["a-2a", "ua-1"], **options)
    assert warnings == ""
    assert {p.name for p in Path(app.outdir).glob("*.pdf")} == {"a-book.pdf", "a-book-more.pdf"}
    one, two = (described(Path(app.outdir, name)) for name in ("a-book.pdf", "a-book-more.pdf"))
    assert one["about"] == ["A book", "1"] and two["about"] == ["More of it – A book", "1"]

    def titles(items):
        return [(title, titles(below)) for title, _page, below in items]

    assert titles(one["titles"]) == [
        ("Contents", []),
        ("Root", []),
        ("A part", [("One", [("Below", [("Deep", [])])]), ("Profile", [("Then", [])])]),
        ("Three", []),  # its part begins in the other volume
        ("Index", []),
    ]
    assert titles(two["titles"]) == [
        ("Contents", []),
        ("Notes", [("Profile", [("Why", [])])]),
        ("Two", [("Values", [])]),
        ("Index", []),
    ]
    texts = [[" ".join(text.replace("\xa0", " ").split()) for text in found["texts"]] for found in (one, two)]
    starts = [{title: page for title, page, _below in found["titles"]} for found in (one, two)]
    where = starts[1]["Two"]
    root, notes = texts[0][starts[0]["Root"] - 1], texts[1][starts[1]["Notes"] - 1]
    assert f"See Two (the annex, p. {where}) and Values (the annex, p. {where})." in root
    assert (starts[0]["Root"], f"a-book-more.pdf#page={where}") in one["links"]
    profile = next(page for page, text in enumerate(texts[0], 1) if "Left, see One (p." in text)
    assert f"Notes (the annex, p. {starts[1]['Notes']})" in texts[0][profile - 1] and profile % 2 == 0
    chapter_one = next(page for page, text in enumerate(texts[0], 1) if "Back to Root (p." in text)
    assert f"A reason: Values (p. {where}), One (the book, p. {chapter_one})." in notes
    assert (starts[1]["Notes"], f"a-book.pdf#page={chapter_one}") in two["links"]
    indexes = [found[start["Index"] - 1] for found, start in zip(texts, starts, strict=True)]
    assert f"word, {starts[0]['Root']}" in indexes[0] and "value" not in indexes[0]
    assert f"value, {where}" in indexes[1] and "word" not in indexes[1]
    for found, ids in ((one, 2 + 2), (two, 2 + 1)):
        assert found["labels"] == [str(n + 1) for n in range(len(found["texts"]))]
        assert found["ids"] == ids, "heads of tables, and notes"
        assert [a for tag in found["tags"] if tag[0] == "TD" for a in tag[3]], "cells name their heads"
        levels = [int(tag[0][1]) for tag in found["tags"] if re.fullmatch("H[1-6]", tag[0])]
        assert levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))
    alone = described(Path(app.outdir, "parts", "profile.pdf"))
    assert [link for _page, link in alone["links"] if str(link).startswith("a-book")] == []


def test_a_volume_takes_parts_and_what_stands_below_a_document(tmp_path):
    pages = {
        "index.md": "# Root\n\n```{toctree}\n:caption: A part\none\n```\n\n```{toctree}\n:caption: Another\ntwo\n```\n",
        "one.md": "# One\n\n```{toctree}\nbelow\n```\n",
        "below.md": "# Below\n",
        "two.md": "# Two\n",
    }
    asked = {
        "a": {},
        "b": {"parts": ["Another"], "filename": "second"},
        "c": {"documents": ["one"]},
        "d": {"documents": ["no"]},
    }
    app, warnings, _typ = build(tmp_path, pages, typst_volumes=asked)
    marks = {p.name: outline_and_pages(p)[0] for p in Path(app.outdir).glob("*.pdf")}
    assert warnings == ""
    assert marks == {
        "a-book.pdf": ["Contents", "Root"],
        "second.pdf": ["Contents", "Two"],
        "a-book-c.pdf": ["Contents", "One"],
    }
    with pytest.raises(SphinxError, match="typst_volumes: a: 'name' is none of documents, endnotes"):
        build(tmp_path, pages, typst_volumes={"a": {"name": "x"}})
    with pytest.raises(SphinxError, match="typst_volumes: one volume must name neither documents nor parts"):
        build(tmp_path, pages, typst_volumes={"a": {"documents": ["one"]}})


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
    picture = "\n\n```{figure} a.svg\n:alt: A bar.\n\nFinding\n```\n"
    pages = {
        "index.md": ROOT,
        "other.md": f"# Other\n\nWords.{picture}",
        "last.md": "# Last\n\n[](index.md)\n",
        "a.svg": SVG,
    }
    pages["index.md"] += "\nMore in [](last.md).\n\n```{toctree}\nlast\n```\n"
    options = {"typst_chapters": True, "typst_volumes": {"a": {}, "b": {"documents": ["last"]}}}

    def pdfs(folder):
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in (folder / "out").rglob("*.pdf")}

    made, answer = [], Compiler._answer

    def heard(self, do, name, *more, **most):
        made.append(f"{do} {name}")
        return answer(self, do, name, *more, **most)

    monkeypatch.setattr(Compiler, "_answer", heard)

    def again(**settings):
        made.clear()
        build(tmp_path / "1", pages, **options, **settings)
        found = sorted(made)
        build(tmp_path / "2", pages, **options, **settings)
        assert pdfs(tmp_path / "1") == pdfs(tmp_path / "2"), "what was stored differs from what is made anew"
        return found

    build(tmp_path / "1", pages, **options)
    assert sorted(set(made)) == [
        "moves trial/other",
        "pages a", "pages b",
        "write a", "write b", "write part/index", "write part/last", "write part/other",
    ]  # fmt: skip
    assert again() == []
    pages["other.md"] += "More.\n"
    assert again() == ["moves trial/other", "pages a", "pages a", "write a", "write part/other"]
    pages["a.svg"] = SVG.replace("90", "80")
    assert again() == ["moves trial/other", "pages a", "pages a", "write a", "write part/other"]
    (tmp_path / "1" / "out" / "parts" / "index.pdf").unlink()
    assert again() == [] and (tmp_path / "1" / "out" / "parts" / "index.pdf").is_file()
    pages["index.md"] = pages["index.md"].replace(
        "Hello.", "Hello.\n" * 200
    )  # moves a page that the other volume names
    assert {"write a", "write part/index"} <= {*again()}
    assert len(again(typst_subtitle="Another")) == 10


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


def test_an_early_end_of_typst_is_told_and_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "python").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "a.pdf").write_text("the last good one")
    typst = Compiler("a", tmp_path, [], [], Store(tmp_path / "store"), "")
    with pytest.raises(TypstProblem, match="The process that sets a ended by signal SIGKILL; was there enough memory?"):
        typst.write(tmp_path / "a.pdf", "a", "", {}).result()
    typst.close()
    assert (tmp_path / "a.pdf").read_text() == "the last good one"


def test_what_typst_refuses_is_told_and_the_last_pdf_stays(tmp_path):
    pages = {"index.md": "# A\n", "own.typ": "#let closing() = []\n"}
    build(tmp_path, pages, typst_template="own.typ")
    before = (tmp_path / "out" / "a-book.pdf").read_bytes()
    pages["own.typ"] = '#let closing() = panic("so it is")\n'
    with pytest.raises(SphinxError, match="(?s)Typst cannot set book: .*so it is"):
        build(tmp_path, pages, typst_template="own.typ")
    assert (tmp_path / "out" / "a-book.pdf").read_bytes() == before


def test_no_process_outlives_the_builder(tmp_path, monkeypatch):
    started, popen = [], compiler.subprocess.Popen
    monkeypatch.setattr(compiler.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    build(tmp_path, {"index.md": ROOT, "other.md": "# Other\n"})
    assert started and all(process.poll() is not None for process in started)


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
