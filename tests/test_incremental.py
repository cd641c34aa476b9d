"""What has not changed is not made again, and what has is: pictures, documents, pages, PDFs."""

import pickle
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems import charts, tables
from ecosystems.editions import epub, outputs, pictures, web


@pytest.fixture(scope="module")
def figures():
    data = tables.read()
    return [charts.spot_check(data).payload, charts.scan_by_precision(data).payload]


def test_only_pictures_of_changed_drawings_are_made(figures, tmp_path, monkeypatch):
    made, drawn = [], pictures._drawn
    monkeypatch.setattr(pictures, "_drawn", lambda svgs, ppi: made.append(len(svgs)) or drawn(svgs, ppi))
    first, second = pictures.pictures_png(figures, tmp_path)
    assert pictures.pictures_png(figures, tmp_path) == [first, second] and made == [2]
    was = first.read_bytes(), second.read_bytes()
    changed = {**figures[1], "finding": "Another finding"}
    again, other = pictures.pictures_png([figures[0], changed], tmp_path)
    assert again.read_bytes() == was[0] and other.read_bytes() != was[1] and made == [2, 1]
    assert len(list(tmp_path.iterdir())) == 2, "the picture that no figure has any more is gone"
    assert pictures.pictures_png([changed], tmp_path, [first.name]) == [other] and made == [2, 1]
    assert set(tmp_path.iterdir()) == {first, other}, "that of a figure which is not looked at stays"


def test_each_of_many_pictures_is_that_of_its_figure(figures, tmp_path):
    many = [{**figures[0], "finding": f"Finding {i}"} for i in range(pictures._RUN + 2)]
    drawn = [path.read_bytes() for path in pictures.pictures_png(many, tmp_path / "all")]
    assert len(set(drawn)) == len(many)
    for i in (1, 10, pictures._RUN):
        (one,) = pictures.pictures_png([many[i]], tmp_path / "one")
        assert one.read_bytes() == drawn[i]


def test_documents_stay_small_and_change_with_their_figures(figures, tmp_path):
    payload = outputs.Payload(tmp_path / "a.json", figures[0])
    stored = pickle.dumps(payload)
    assert len(stored) < 1000 < len(figures[0]["svg"])
    assert dict(pickle.loads(stored)) == figures[0]
    assert pickle.dumps(outputs.Payload(tmp_path / "a.json", {**figures[0], "note": "Another note."})) != stored


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


@pytest.fixture
def site(tmp_path):
    """The online book's builder with two chapters, as far as it decides what to write."""
    (tmp_path / "trees").mkdir()
    (tmp_path / "book").mkdir()
    for name, text in {
        "_config.yml": "a: 1",
        "_toc.yml": "b",
        "trees/one.doctree": "one",
        "trees/two.doctree": "two",
    }.items():
        (tmp_path / name).write_text(text)
    builder = web.Builder.__new__(web.Builder)
    builder.outdir, builder.doctreedir, builder.srcdir, builder.out_suffix = (
        tmp_path,
        tmp_path / "trees",
        tmp_path,
        ".html",
    )
    builder.config = SimpleNamespace(html_baseurl="")
    title = SimpleNamespace(astext=lambda: "Title")
    std = SimpleNamespace(labels={}, anonlabels={})
    builder.env = SimpleNamespace(
        found_docs={"one", "two"},
        titles={"one": title, "two": title},
        tocs={},
        toctree_includes={},
        toc_fignumbers={"two": {"figure": {"fig": (1,)}}},
        toc_secnumbers={},
        get_domain=lambda name: std,
    )

    def build():
        found = set(builder.outdated())
        for name in found:
            (tmp_path / f"{name}.html").write_text("page")
        builder.keys.write_text(web.json.dumps({name: {"made": made} for name, made in builder.made.items()}))
        return found

    assert build() == {"one", "two"}
    assert build() == set()
    return builder, build, tmp_path


def test_a_changed_chapter_is_one_page(site):
    _, build, folder = site
    (folder / "trees" / "one.doctree").write_text("changed")
    assert build() == {"one"}
    (folder / "two.html").unlink()
    assert build() == {"two"}


def test_a_new_number_title_or_setting_is_every_page(site):
    builder, build, folder = site
    builder.env.toc_fignumbers["two"]["figure"]["fig"] = (2,)
    assert build() == {"one", "two"}
    builder.env.titles["two"] = SimpleNamespace(astext=lambda: "Another title")
    assert build() == {"one", "two"}
    (folder / "_config.yml").write_text("a: 2")
    assert build() == {"one", "two"}


@pytest.mark.parametrize(
    ("table", "old", "new", "pages"),
    [
        ("codings.csv", ",1,", ",0,", set()),  # chapters show it, and their results change with it
        ("initiatives.csv", ",PHL,", ",ISL,", {"one", "two"}),  # the cover shows the countries
        ("ecosystems.csv", "e", "a", {"one", "two"}),
        ("datapackage.json", "0.1.0", "0.1.1", {"one", "two"}),
    ],
)
def test_pages_are_made_anew_for_what_they_take_from_tables_themselves(
    site, tmp_path, monkeypatch, table, old, new, pages
):
    _, build, _ = site
    data = shutil.copytree(tables.OWN, tmp_path / "data")
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(data))
    assert build() == set()
    text = (data / table).read_text("utf-8")
    head, rest = ("", text) if table.endswith(".json") else (text[: text.index("\n")], text[text.index("\n") :])
    (data / table).write_text(head + rest.replace(old, new), "utf-8")
    assert build() == pages
    assert build() == set()


def test_a_build_that_did_not_end_counts_for_nothing(site):
    builder, build, _ = site
    builder.outdated()
    assert build() == {"one", "two"}


@pytest.fixture
def phone(tmp_path, monkeypatch):
    """The EPUB's builder with a chapter, one with a picture and the list of exhibits, as far as it decides what to write."""
    (tmp_path / "trees").mkdir()
    for name in ("one", "pictured", "list"):
        (tmp_path / "trees" / f"{name}.doctree").write_text(name)
    title, std = SimpleNamespace(astext=lambda: "Title"), SimpleNamespace(labels={}, anonlabels={})
    written = []

    def write(self, docnames):
        (name,) = docnames
        written.append(name)
        content = (tmp_path / "trees" / f"{name}.doctree").read_text()
        self.chapter.pages[f"{name}.xhtml"], self.chapter.exhibits = content.encode(), [f"exhibit of {content}"]
        self.chapter.sections, self.chapter.opening = [(content, "", [])], f"{content}?"
        if name == "pictured":
            self.images["a.png"] = "a.png"

    monkeypatch.setattr(epub.Epub3Builder, "_write_serial", write)

    def build(**env):
        builder = epub.Builder.__new__(epub.Builder)
        builder.outdir, builder.doctreedir, builder.srcdir, builder.config = (
            tmp_path,
            tmp_path / "trees",
            tmp_path,
            SimpleNamespace(html_baseurl=""),
        )
        builder.foreign = env.pop("foreign", {})
        found = {
            "titles": {"one": title},
            "tocs": {},
            "toctree_includes": {},
            "toc_fignumbers": {},
            "toc_secnumbers": {},
            "get_domain": lambda name: std,
            **env,
        }
        builder.env = SimpleNamespace(metadata={"one": {}, "pictured": {}, "list": {"exhibits": True}}, **found)
        builder.pages, builder.exhibits, builder.sections, builder.openings, builder.images = {}, [], {}, {}, {}
        written.clear()
        builder._write_serial(["list", "one", "pictured"])
        return list(written), builder

    return build, tmp_path


def test_a_chapter_of_the_epub_is_written_again_when_what_it_is_made_from_changes(phone):
    build, folder = phone
    assert build()[0] == ["list", "one", "pictured"]
    written, builder = build()
    assert written == ["list"], "it is made from all chapters"
    assert builder.pages == {f"{n}.xhtml": n.encode() for n in ("list", "one", "pictured")} and builder.images == {
        "a.png": "a.png"
    }
    assert (
        builder.exhibits == [f"exhibit of {n}" for n in ("list", "one", "pictured")]
        and builder.openings["one"] == "one?"
        and builder.sections["one"] == [("one", "", [])]
    )
    (folder / "trees" / "one.doctree").write_text("changed")
    written, builder = build()
    assert written == ["list", "one"] and builder.pages["one.xhtml"] == b"changed"
    assert build(toc_fignumbers={"one": {"figure": {"fig": (2,)}}})[0] == ["list", "one", "pictured"], "a new number"
    assert build(foreign={"https://example.org": ("Titre", "fr")})[0] == ["list", "one", "pictured"], (
        "a page in another language"
    )


def test_a_build_loads_folium_only_to_write_maps():
    """Every edition loads all extensions when it starts; the PDF and the EPUB have drawn maps alone."""
    extensions = yaml.safe_load((tables.ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["extra_extensions"]
    subprocess.run(
        [sys.executable, "-c", f"import sys, {', '.join(extensions)}; sys.exit('folium' in sys.modules)"], check=True
    )
