"""Chapters run alone, afresh exactly when something they stand on changes, and fail with their name."""

import json
import os
import shutil

import nbformat
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems.editions import execution
from ecosystems.figure import MIME
from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow


def chapter(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch, request):
    if "project" in request.fixturenames:
        return
    monkeypatch.setattr(execution, "STORE", tmp_path / "store")
    return tmp_path / "store"


def test_outputs_come_in_the_notebook_format():
    returned, printed, shown = execution.results(chapter("1 + 1", "print('a')", "display(2); 3"))
    assert returned == [{"output_type": "display_data", "data": {"text/plain": "2"}, "metadata": {}}]
    assert printed == [{"output_type": "stream", "name": "stdout", "text": "a\n"}]
    assert [o["data"]["text/plain"] for o in shown] == ["2", "3"]


def test_one_chapter_does_not_see_another():
    """Names, settings of libraries, changed tables of this project: gone with the chapter, also in the process that runs the next."""
    careless = (
        "secret = 1",
        "import os, matplotlib; matplotlib.rcParams['font.size'] = 99; os.environ['SECRET'] = '1'; os.chdir('/')",
        "from ecosystems import style, words; style.COLOURS.clear(); words.number = None",
    )
    curious = chapter(
        "import os, matplotlib; from ecosystems import style, words\n"
        "'secret' in globals(), 'SECRET' in os.environ, matplotlib.rcParams['font.size'] == 99, os.getcwd() == '/', not style.COLOURS, words.number is None"
    )
    execution.run(
        [("careless", chapter(*careless)), ("another", chapter(*careless, "2")), ("a third", chapter(*careless, "3"))]
    )
    ((output,),) = execution.results(curious)
    assert output["data"]["text/plain"] == str((False,) * 6)
    with pytest.raises(execution.ChapterFailed, match="secret"):
        execution.results(chapter("secret"))


def test_a_dask_cluster_gives_the_same_results_and_tells_the_same_failures(store, monkeypatch):
    from distributed import LocalCluster

    book = [("here", chapter("from ecosystems import charts, tables\ncharts.spot_check(tables.read())"))]
    here = execution.run(book)["here"]
    stored = here.read_text("utf-8")
    here.unlink()
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=None
    ) as cluster:
        monkeypatch.setenv("ECOSYSTEMS_DASK", cluster.scheduler_address)
        assert execution.run(book)["here"] == here and here.read_text("utf-8") == stored
        with pytest.raises(execution.ChapterFailed, match="broken, code cell 1, line 1 fails"):
            execution.run([("broken", chapter("1 / 0"))])


def test_results_that_no_build_has_used_for_days_are_removed(store):
    execution.run([("one", chapter("1")), ("two", chapter("2"))])
    for path in store.iterdir():
        os.utime(path, (0, 0))
    execution.run([("one", chapter("1")), ("three", chapter("3"))])
    left = [json.loads(p.read_text("utf-8").splitlines()[1])[0][0]["data"]["text/plain"] for p in store.iterdir()]
    assert sorted(left) == ["1", "3"]


@pytest.mark.parametrize(
    ("cell", "line", "said"),
    [
        ("a = 1\na / 0\na", 2, "ZeroDivisionError: division by zero"),
        ("def half(a):\n    return a / 0\n\nhalf(1)", 2, "ZeroDivisionError: division by zero"),
        (
            "class Ill:\n    def _repr_mimebundle_(self, **_):\n        return 1 / 0\n\nIll()",
            3,
            "ZeroDivisionError: division by zero",
        ),
        ("a = 1\nif a\n    1", 2, "SyntaxError: expected ':'"),
        (
            "from ecosystems import charts, tables\ncharts.ecosystem_place(tables.read(), 'nowhere')",
            2,
            "in src/ecosystems/charts/ecosystems.py, line ",
        ),
        ("raise ValueError('a\\x1b[31mb\\n' * 50)", 1, "ValueError: ab\nab\n..."),
        (
            "import sys  # pytest hears warnings before they are written\nsys.stderr.write('<ipython-input-2-1f>:2: UserWarning: old thing')",
            2,
            "UserWarning: old thing",
        ),
        ("print('x' * 3)\n" * 40 + "f(" + "1" * 9999, 41, "SyntaxError"),
    ],
)
def test_a_failing_cell_is_told_in_ten_lines_and_nothing_is_stored(store, cell, line, said):
    with pytest.raises(execution.ChapterFailed) as failure:
        execution.run([("book/scan.ipynb", chapter("1", cell))])
    told = str(failure.value)
    assert told.startswith(f"book/scan.ipynb, code cell 2, line {line} ") and said in told, told
    assert f"\n  > {line:3}  {cell.splitlines()[line - 1][:110]}\n" in told, told
    assert len(told.splitlines()) <= 10 and max(map(len, told.splitlines())) <= 250 and "\x1b" not in told
    assert not store.exists()


USES = "from ecosystems import charts, maps, tables\ndata = tables.read()\n"
BOOK = {
    "checked": chapter(USES + "charts.spot_check(data)"),
    "dictionary": chapter(USES + "charts.columns_of(data)"),
    "eleven": chapter(USES + "charts.ecosystem_place(data, 'kepler-rwanda')"),
    "setting": chapter(USES + "charts.public_by_setting(data).finding"),
    "world": chapter(USES + "len(maps.world(data))"),
    "words": chapter("from ecosystems import words\nwords.number(1234)"),
    "every": chapter("from ecosystems.figure import EXHIBITS\nlen(EXHIBITS)"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the tables and the code, and a book whose results are stored."""
    root = tmp_path_factory.mktemp("project")
    for name in ("data", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "book").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECOSYSTEMS_DATA", str(root / "data"))
        for name, value in {
            "ROOT": root,
            "SOURCES": root / "src",
            "STORE": root / "store",
            "_imported": {root / p.relative_to(ROOT): d for p, d in execution._imported.items()},
        }.items():
            patch.setattr(execution, name, value)
        execution._environment.cache_clear()
        execution.run(BOOK.items())
        yield root
    execution._environment.cache_clear()


def outdated():
    execution._environment.cache_clear()
    return {name for name, notebook in BOOK.items() if not execution.find(notebook)}


@pytest.mark.parametrize(
    ("file", "runs"),
    [
        ("data/spot_check.csv", {"checked"}),
        ("data/codings.csv", {"eleven", "setting"}),
        ("data/world.geojson", {"eleven", "world"}),
        ("data/events.csv", set()),
        ("src/ecosystems/charts/programme.py", {"checked", "dictionary", "every"}),
        (
            "src/ecosystems/charts/scan.py",
            {"checked", "dictionary", "eleven", "every"},
        ),  # ecosystems imports from it, and programme from that
        ("src/ecosystems/charts/context.py", {"setting", "every"}),  # policy imports from it
        ("src/ecosystems/maps.py", set(BOOK) - {"words"}),
        ("src/ecosystems/atlas.py", set(BOOK) - {"words", "world"}),
        ("src/ecosystems/words.py", set(BOOK)),
        ("src/ecosystems/fonts/SourceSans3-Bold.ttf", set(BOOK)),
        ("src/ecosystems/editions/web.py", set()),
    ],
)
def test_a_change_runs_exactly_the_chapters_that_use_it(project, file, runs):
    path = project / file
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        assert outdated() == runs
    finally:
        path.write_bytes(before)
    assert outdated() == set()


def test_what_is_said_of_a_table_counts_but_its_size_does_not(project):
    path = project / "data" / "datapackage.json"
    before = path.read_text("utf-8")
    package = json.loads(before)
    package["resources"][0]["bytes"] += 1
    path.write_text(json.dumps(package), "utf-8")
    assert outdated() == set()
    package["version"] = "99.0"
    path.write_text(json.dumps(package), "utf-8")
    assert outdated() == set(BOOK) - {"words", "every"}
    path.write_text(before, "utf-8")


def test_another_package_runs_every_chapter(project, monkeypatch):
    monkeypatch.setattr(execution.sys, "version", "99")
    assert outdated() == set(BOOK)


def test_prose_does_not_matter_but_code_does(project):
    assert outdated() == set()
    notebook = chapter(*[c.source for c in BOOK["words"].cells])
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Title"))
    assert execution.find(notebook)
    notebook.cells[1].source += "\n"
    assert not execution.find(notebook)


def test_editions_get_our_outputs_without_the_copies():
    notebook = chapter("from ecosystems import charts, tables\ncharts.spot_check(tables.read())")
    (output,) = execution.read(nbformat.writes(notebook)).cells[0].outputs
    assert set(output["data"]) == {MIME}
    assert execution.payload(output["data"][MIME])["id"] == "spot_check"


def test_jupyter_book_alone_shows_our_outputs_too(tmp_path):
    notebook = chapter("1")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Title"))
    table = {
        "kind": "table",
        "id": "t",
        "look": "",
        "caption": "A table.",
        "columns": [{"title": "A", "type": "text"}],
        "rows": [["cell"]],
    }
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", {MIME: table, "text/plain": "words"})]
    nbformat.write(notebook, tmp_path / "index.ipynb")
    with docutils_namespace():
        app = Sphinx(
            tmp_path,
            None,
            tmp_path / "out",
            tmp_path / "trees",
            "text",
            {"extensions": ["myst_nb", "ecosystems.editions.outputs"], "nb_execution_mode": "off"},
            status=None,
            warning=None,
        )
        app.build()
        shown = app.env.get_and_resolve_doctree("index", app.builder)
    assert [row.astext() for row in shown.findall(nodes.row)] == ["A", "cell"]


def test_a_warning_of_a_library_stops_the_build():
    with pytest.raises(execution.ChapterFailed, match="warns:\nold thing"):
        execution.results(chapter("import sys; print('old thing', file=sys.stderr)"))
