"""How the PDF builder writes documents, with small books of its own."""

import json
import re
from pathlib import Path

import pikepdf
import pytest
import typst
from sphinx.errors import SphinxError
from typst_books import ROOT, SVG, build, structure

from typstbook.book import places
from typstbook.escape import literal, markup, value

HOSTILE = (
    '#import "x": * #panic("no") *b* _u_ $x^2$ @ref <lab> \\ \\\\ // c /* d */ ~ -- `raw` [a] {b} = h + e / t: 1. "q"'
)


LONG = "a" * 90 + "/" + "b" * 90


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


def test_structure_serves_those_who_do_not_see(book):
    """Pictures have a text, tables heads, headings skip no level, links tell where they lead, each chapter a mark."""
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


def test_index_leads_to_the_pages_of_its_terms(book):
    main = Path(book[0][0].outdir, "book.typ").read_text()
    assert re.search(r'#index-pages\(\(\("W", \(\("word", \("other#index-0", \), \(\), \), \), \), \)\)', main)
