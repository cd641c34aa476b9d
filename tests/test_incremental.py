"""What has not changed is not made again, and what has is: pictures, documents, pages, PDFs."""

import subprocess
import sys

import pytest
import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from figures import figure
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems import tables
from ecosystems.editions import outputs
from ecosystems.editions.web import pictures
from typstbook.store import Store


@pytest.fixture(scope="module")
def figures():
    data = tables.read()
    return [figure("spot_check", data).payload, figure("scan_by_learners", data).payload]


def test_only_pictures_of_changed_drawings_are_made(figures, tmp_path, monkeypatch):
    made, compiled = [], pictures._compile
    monkeypatch.setattr(
        pictures, "_compile", lambda source, pages, svgs: made.append(pages) or compiled(source, pages, svgs)
    )
    store, svgs = Store(tmp_path), [pictures.figure_svg(figure) for figure in figures]
    was = pictures.figure_pngs(svgs, store)
    assert pictures.figure_pngs(svgs, store) == was and made == [2]
    changed = pictures.figure_svg({**figures[1], "finding": "Another finding"})
    again, other = pictures.figure_pngs([svgs[0], changed], store)
    assert again == was[0] and other != was[1] and made == [2, 1]


def test_each_of_many_pictures_is_that_of_its_figure(figures, tmp_path):
    svgs = [pictures.figure_svg({**figures[0], "finding": f"Finding {i}"}) for i in range(pictures._BATCH + 2)]
    drawn = pictures.figure_pngs(svgs, Store(tmp_path / "all"))
    assert len(set(drawn)) == len(svgs)
    for i in (1, 10, pictures._BATCH):
        assert pictures.figure_pngs([svgs[i]], Store(tmp_path / "one")) == [drawn[i]]


def test_a_preview_is_made_again_only_when_its_page_says_something_else(tmp_path, monkeypatch):
    made, compiled = [], pictures._compile
    monkeypatch.setattr(
        pictures, "_compile", lambda source, pages, svgs: made.append(pages) or compiled(source, pages, svgs)
    )
    cover, store = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', Store(tmp_path)
    pages = [("Part", "One", "A sentence."), ("Part", "Two", "A sentence.")]
    one, two = pictures.preview_pngs("Book", cover, pages, store)
    assert one != two and pictures.preview_pngs("Book", cover, pages, store) == [one, two] and made == [2]
    assert pictures.preview_pngs("Book", cover, [*pages, ("Part", "Three", "More.")], store)[:2] == [one, two]
    assert made == [2, 1]
    assert pictures.preview_pngs("Another book", cover, pages, store) != [one, two]


def test_cells_stand_in_the_book_and_not_in_what_sphinx_has_read(tmp_path):
    """Nearly all nodes of the book would be cells, and each of some forty transforms looks at every node."""
    links = [
        {"text": "One", "url": "doc:index"},
        {"text": "Gone", "url": "doc:gone"},
        {"text": "Out", "url": "https://example.org/"},
    ]
    payload = {
        "id": "t",
        "look": "",
        "caption": "A table.",
        "columns": [{"title": "A", "type": "text"}, {"title": "B", "type": "number"}],
        "rows": [["it's", "1"], [links, "2"]],
    }

    class Read(Directive):
        def run(self):
            return [outputs.table_node(payload, {"gone"})]

    (tmp_path / "index.rst").write_text("Title\n=====\n\n.. read::\n", "utf-8")
    with docutils_namespace():
        app = Sphinx(
            tmp_path,
            None,
            tmp_path / "out",
            tmp_path / "trees",
            "dummy",
            {"extensions": ["ecosystems.editions.outputs"]},
            status=None,
            warning=None,
        )
        app.add_directive("read", Read)
        app.build()
        assert [len(row) for row in app.env.get_doctree("index").findall(nodes.row)] == [2, 0, 0]
        book = app.env.get_and_resolve_doctree("index", app.builder)
    head, first, second = book.findall(nodes.row)
    assert [[e.astext() for e in row] for row in (head, first, second)] == [
        ["A", "B"],
        ["it's", "1"],
        ["One; Gone; Out", "2"],
    ]
    assert [e["classes"] for e in first] == [[], ["number"]]
    assert [(r.astext(), r["refuri"]) for r in second.findall(nodes.reference)] == [
        ("One", ""),
        ("Out", "https://example.org/"),
    ]


def test_a_build_loads_folium_only_to_write_maps():
    """Every edition loads all extensions when it starts; the PDF and the EPUB have drawn maps alone."""
    extensions = yaml.safe_load((tables.ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["extra_extensions"]
    subprocess.run(
        [sys.executable, "-c", f"import sys, {', '.join(extensions)}; sys.exit('folium' in sys.modules)"], check=True
    )
