"""A small Sphinx book with our figures and tables: what each builder makes of it, and what is written again."""

import json
import re
from io import StringIO

import pytest
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems import analysis, charts, tables
from ecosystems.editions import epub, outputs, web
from ecosystems.tables import OWN, ROOT

LEAD = (
    ".. container:: lead\n\n   What is shown? A figure, and a table with numbers that a reader can check, one by one.\n"
)
TABLE = {
    "kind": "table",
    "id": "t",
    "look": "",
    "caption": "A table.",
    "columns": [{"title": "Name", "type": "text"}, {"title": "Share", "type": "number"}],
    "rows": [["Someone's name", "1"], [{"text": "To the other", "url": "doc:book/two"}, "2"]],
}
BOOK = {
    "index": f"Root\n====\n\n{LEAD}\n.. toctree::\n   :caption: Part\n\n   book/one\n   book/two\n",
    "book/one": f"One\n===\n\n{LEAD}\nWords.\n\n.. ours::\n",
    "book/two": f"Two\n===\n\n{LEAD}\nPart\n----\n\nMore.\n",
}


@pytest.fixture(scope="module")
def payload():
    return charts.spot_check(tables.read(), analysis.spot_check(tables.read())).payload


@pytest.fixture
def make(tmp_path, payload, monkeypatch):
    """``make(builder, **settings)`` builds the book; returns the output folder and the names of what was written."""

    class Ours(Directive):
        def run(self):
            document = self.state.document
            figure = outputs.figure_node(payload, "/figure.svg")
            found = [figure, outputs.table_node(TABLE)]
            for node in found:
                document.note_explicit_target(node, node)
            return found

    source = tmp_path / "source"
    (source / "book").mkdir(parents=True)
    (source / "figure.svg").write_text(payload["svg"])

    def make(builder, *extensions, **settings):
        for name, text in BOOK.items():
            path = source / f"{name}.rst"
            text = text.replace("Words.", settings.get("words", "Words."))
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
        written, warnings = [], StringIO()
        config = {
            "extensions": ["ecosystems.editions.web", *extensions],
            "html_theme": "ecosystems",
            "html_static_path": [str(ROOT / "book" / "_static")],
            "html_copy_source": False,
            "html_use_index": False,
            "html_domain_indices": False,
            "root_doc": "index",
            "language": "en",
            "numfig": True,
            "html_baseurl": settings.get("address", ""),
        }
        if builder == "epub":
            config |= dict.fromkeys(("epub_copyright", "epub_identifier", "epub_uid"), "book")
            config["html_static_path"] = []  # Sphinx warns of licences beside fonts
        with docutils_namespace():
            app = Sphinx(source, None, tmp_path / builder, tmp_path / "trees", builder, config, StringIO(), warnings)
            app.add_directive("ours", Ours)
            write = app.builder.write_doc
            monkeypatch.setattr(app.builder, "write_doc", lambda name, tree: (written.append(name), write(name, tree)))
            app.build()
        assert app.statuscode == 0 and not warnings.getvalue(), warnings.getvalue()
        return tmp_path / builder, sorted(written)

    return make


def test_the_online_book_has_short_addresses_and_an_opening(make, payload):
    out, _ = make("html")
    page = (out / "one.html").read_text("utf-8")
    assert '<p class="question">What is shown?</p>' in page and page.count("<h1>One</h1>") == 1
    assert 'data-label="Share"' in page and payload["finding"] in page
    assert (out / "exhibits" / f"{payload['slug']}.csv").read_text("utf-8") == "\ufeff" + payload["csv"]
    sections = json.loads((out / "search-index.js").read_text("utf-8").removeprefix("window.SEARCH=").rstrip(";\n"))
    assert {s["u"] for s in sections} == {"index.html", "one.html", "two.html", "two.html#part"}
    assert any("Someone's name · To the other" in s["x"] for s in sections)


def test_the_page_for_what_is_not_there_has_whole_addresses(make):
    out, _ = make("html", address="https://example.org/book")
    page = (out / "404.html").read_text("utf-8")
    assert 'href="https://example.org/book/one.html"' in page and 'href="one.html"' not in page


@pytest.mark.parametrize("builder, page", [("dirhtml", "book/one/index.html"), ("singlehtml", "index.html")])
def test_other_builders_of_html_make_the_book_too(make, payload, builder, page):
    out, _ = make(builder)
    text = (out / page).read_text("utf-8")
    assert payload["finding"] in text and "Someone" in text and "What is shown?" in text
    assert "One</" in text and "Content-Security-Policy" in text


def test_the_epub_of_sphinx_is_made_too(make, payload):
    out, _ = make("epub")
    assert payload["finding"] in (out / "book" / "one.xhtml").read_text("utf-8")
    assert list(out.glob("*.epub"))


@pytest.mark.parametrize("builder, extensions", [("html", ()), ("epub", ("ecosystems.editions.epub",))])
def test_only_what_changed_is_written_again(make, tmp_path, monkeypatch, builder, extensions):
    name = {"html": "{}.html", "epub": "*.epub"}[builder]
    out, written = make(builder, *extensions)
    before = [path.read_bytes() for path in sorted(out.glob(name.format("*")))]
    assert written == ["book/one", "book/two", "index"]
    again = ["index"]  # Sphinx writes the root in each build
    assert make(builder, *extensions)[1] == again
    for path in out.glob(name.format("two")):
        path.unlink()  # a page that is gone comes from the store
    assert make(builder, *extensions)[1] == again
    assert [path.read_bytes() for path in sorted(out.glob(name.format("*")))] == before
    assert make(builder, *extensions, words="Other words.")[1] == ["book/one", *again]
    assert make(builder, *extensions, words="Other words.", address="https://example.org/")[1] == written
    data = tmp_path / "data"
    data.mkdir()
    for path in OWN.iterdir():
        data.joinpath(path.name).write_bytes(path.read_bytes())
    package = (data / "datapackage.json").read_text("utf-8")
    (data / "datapackage.json").write_text(
        re.sub(r'"version": "[0-9.]+"', '"version": "9.9.9"', package, count=1), "utf-8"
    )
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(data))
    assert make(builder, *extensions, words="Other words.", address="https://example.org/")[1] == written


def test_doors_lead_to_the_builders():
    assert web.Builder.name == "html" and epub.Builder.name == "epub"
