"""Which PDFs typstbook makes, when it makes them again, and what it says if it cannot."""

import re
import sys
from pathlib import Path

import pypdfium2
import pytest
from sphinx.errors import SphinxError
from typst_books import ROOT, SVG, build, described, outline_and_pages

from typstbook import compiler
from typstbook.assembly import File
from typstbook.compiler import Compiler, TypstProblem
from typstbook.store import Store


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
    assert 'kind: "message", title: "Other", words: [#"It is so."]' in short and 'number: "Fig. 1"' in short
    assert outline_and_pages(parts / "short.pdf") == (["In short"], 1)


def test_an_extract_can_be_made_of_sections(tmp_path):
    other = "# Other\n\nBefore.\n\n## A message\n\nIt is so.\n\n"
    other += "```{figure} a.svg\n:name: fig-b\n:alt: A bar.\n\nFinding\n```\n\n"
    other += "## To do\n\nBegin here.\n\n**A school**\n\n- Go on there.\n\n**A city**\n\nCome back to [](index.md).\n\n"
    other += "## Sure\n\n:::{admonition} How sure\n:name: sure\nQuite.\n:::\n"
    extract = {"title": "In short", "subtitle": "All of it.", "sections": True, "pages": 2}
    extract["pieces"] = [["other", "fig-b"], ["other", "to-do"], ["other", "sure"]]
    pages = {"index.md": ROOT, "other.md": other, "a.svg": SVG}
    app, warnings, _typ = build(
        tmp_path,
        pages,
        typst_extracts={"short": extract},
        typst_volumes={"first": {"label": "the book"}, "more": {"documents": ["other"]}},
    )
    short = Path(app.outdir, "extract--short.typ").read_text()
    assert warnings == "" and 'title: "A message", words: [#"It is so."' in short and "Before." not in short
    assert 'kind: "box", title: "How sure", words: [#"Quite."]' in short and '#extract("All of it."' in short
    with pypdfium2.PdfDocument(Path(app.outdir, "parts", "short.pdf")) as pdf:
        first, second = (page.get_textpage().get_text_range() for page in pdf)
    assert "A message" in first and all(word in second for word in ("To do", "A school", "Go on", "Quite"))
    assert re.search(r"Come back to Root \(the book, p. \d", second), "where in the book to read on"


@pytest.mark.parametrize(("sentences", "pages", "told"), [(20, 1, False), (110, 1, False), (400, 2, True)])
def test_type_of_an_extract_shrinks_until_it_fits_and_if_it_does_not_the_build_says_so(
    sentences, pages, told, tmp_path
):
    other = "# Other\n\n## A message\n\n" + "It is so, again and again. " * sentences + "\n\n"
    other += "```{figure} a.svg\n:name: fig-b\n:alt: A bar.\n\nFinding\n```\n"
    extract = {"title": "In short", "sections": True, "pages": 1, "pieces": [["other", "fig-b"]]}
    app, _warnings, _typ = build(
        tmp_path, {"index.md": ROOT, "other.md": other, "a.svg": SVG}, typst_extracts={"short": extract}
    )
    with pypdfium2.PdfDocument(Path(app.outdir, "parts", "short.pdf")) as pdf:
        assert len(pdf) == pages
    said = f"note: short.pdf has {pages} pages; wanted are at most 1."
    assert (said in app._status.getvalue()) is told


def test_an_extract_of_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(SphinxError, match="nothing of what 'short' names is in the book: other, fig-none"):
        build(
            tmp_path,
            {"index.md": ROOT, "other.md": "# Other\n"},
            typst_extracts={"short": {"pieces": [["other", "fig-none"]]}},
        )


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

    def heard(self, do, file, **more):
        made.append(f"{do} {file.name}")
        return answer(self, do, file, **more)

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
        "moves trial/index", "moves trial/last", "moves trial/other",
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
    assert len(again(typst_subtitle="Another")) == 12


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
    typst = Compiler("a", tmp_path, [], [], Store(tmp_path / "store"), {}, "")
    with pytest.raises(TypstProblem, match="The process that sets a ended by signal SIGKILL; was there enough memory?"):
        typst.submit("write", File("a", "", {}, []), tmp_path / "a.pdf").result()
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
