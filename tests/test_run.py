"""Chapters run as in Jupyter, alone, afresh when something they may depend on changes, and fail with their name."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import nbformat
import pandas as pd
import psutil
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from ecosystems import tables
from ecosystems.editions import run
from ecosystems.editions.run import digests, execution, kernels, notebooks
from ecosystems.figure import MIME
from ecosystems.tables import ROOT
from typstbook.store import Store

pytestmark = pytest.mark.slow

FIGURE = (
    "from ecosystems import analysis, charts, tables\n"
    "charts.spot_check(tables.read(), analysis.spot_check(tables.read()))"
)


def chapter(*sources, tags=()):
    cells = [nbformat.v4.new_code_cell(s) for s in sources]
    cells[-1].metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "STORE", Store(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of the tables, which chapters read."""
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(tmp_path / "data"))
    return shutil.copytree(tables.OWN, tmp_path / "data")


def text(outputs):
    return ["".join(o.get("text", "") or o["data"]["text/plain"]) for cell in outputs for o in cell]


def test_outputs_come_in_the_notebook_format():
    returned, printed, shown = run.results(chapter("1 + 1", "print('a')", "display(2); 3"))
    assert returned == [{"output_type": "display_data", "data": {"text/plain": "2"}, "metadata": {}}]
    assert printed == [{"output_type": "stream", "name": "stdout", "text": "a\n"}]
    assert [o["data"]["text/plain"] for o in shown] == ["2", "3"]


def test_cells_may_do_what_they_may_in_jupyter():
    plot, frame, pool, magic, shell, folder = run.results(
        chapter(
            "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
            "import pandas as pd\npd.DataFrame({'a': [1]})",
            "from concurrent.futures import ProcessPoolExecutor\n"
            "with ProcessPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [-1, -2])))",
            "%matplotlib inline\n%precision 2\n",
            "!echo a shell",
            "import os; print(os.path.basename(os.getcwd()))",
        )
    )
    assert "image/png" in plot[0]["data"] and "text/html" in frame[0]["data"]
    assert pool[0]["text"] == "[1, 2]\n" and magic[0]["data"]["text/plain"] == "'%.2f'"
    assert shell[0]["text"].split() == ["a", "shell"] and folder[0]["text"] == "book\n"


def test_tags_are_heard():
    (error,) = run.results(chapter("1 / 0", tags=["raises-exception"]))
    assert error[0]["output_type"] == "error" and error[0]["ename"] == "ZeroDivisionError"
    ((warning,),) = run.results(chapter("import warnings; warnings.warn('old thing')", tags=["remove-stderr"]))
    assert warning["name"] == "stderr"
    skipped = chapter("1 / 0", tags=["skip-execution"])
    skipped.cells[0].outputs = [nbformat.v4.new_output("stream", text="as it was")]
    assert run.read(nbformat.writes(skipped)).cells[0].outputs[0].text == "as it was"


def test_chapters_run_where_a_loop_runs_already():
    async def run_one():
        return run.results(chapter("1"))

    with ThreadPoolExecutor(1) as thread:  # in this one a browser's loop may run
        assert text(thread.submit(asyncio.run, run_one()).result()) == ["1"]


def test_one_chapter_does_not_see_another():
    """Names, settings of libraries, changed tables of this project: gone with the chapter."""
    careless = (
        "secret = 1",
        "import os, matplotlib; matplotlib.rcParams['font.size'] = 99; os.environ['SECRET'] = '1'; os.chdir('/')",
        "from ecosystems import style, words; style.COLOURS.clear(); words.number = None",
    )
    curious = (
        "import os, matplotlib; from ecosystems import style, words\n"
        "'secret' in globals(), 'SECRET' in os.environ, matplotlib.rcParams['font.size'] == 99, os.getcwd() == '/',"
        " not style.COLOURS, words.number is None"
    )
    run.run([("careless", chapter(*careless)), ("another", chapter(*careless, "2"))])
    assert text(run.results(chapter(curious))) == [str((False,) * 6)]
    with pytest.raises(run.ChapterFailed, match="secret"):
        run.results(chapter("secret"))


@pytest.mark.parametrize(
    ("cell", "line", "said"),
    [
        ("a = 1\na / 0\na", 2, "ZeroDivisionError: division by zero"),
        ("def half(a):\n    return a / 0\n\nhalf(1)", 2, "ZeroDivisionError: division by zero"),
        ("class Ill:\n    def _repr_mimebundle_(self, **_):\n        return 1 / 0\n\nIll()", 3, "ZeroDivisionError"),
        ("a = 1\nif a\n    1", 2, "SyntaxError: expected ':'"),
        (
            "from ecosystems import analysis, charts, tables\ncharts.ecosystem_place(tables.read(), 'nowhere')",
            2,
            "in src/ecosystems/charts/profiles.py, line ",
        ),
        ("raise ValueError('a\\x1b[31mb\\n' * 50)", 1, "ValueError: a"),
        ("import warnings\nwarnings.warn('old thing')", 2, "UserWarning: old thing"),
        ("print('x' * 3)\n" * 40 + "f(" + "1" * 9999, 41, "SyntaxError"),
    ],
)
def test_a_failing_cell_is_told_in_ten_lines_and_nothing_is_stored(store, cell, line, said):
    for _ in range(2):  # the same input gives the same answer
        with pytest.raises(run.ChapterFailed) as failure:
            run.run([("book/scan.ipynb", chapter("1", cell))])
        told = str(failure.value)
        assert told.startswith(f"book/scan.ipynb, code cell 2, line {line} ") and said in told, told
        assert f"\n  > {line:3}  {cell.splitlines()[line - 1][:110]}\n" in told, told
        assert len(told.splitlines()) <= 10 and max(map(len, told.splitlines())) <= 250 and "\x1b" not in told
        assert not list(store.glob("*/*"))


def test_a_kernel_that_ends_is_told():
    with pytest.raises(run.ChapterFailed, match="book/a.ipynb was not run: Kernel died"):
        run.run([("book/a.ipynb", chapter("import os; os._exit(1)"))])


def test_no_kernel_outlives_its_chapter(tmp_path):
    pids = tmp_path / "pids"
    note = f"import os, time\nwith open({str(pids)!r}, 'a') as file:\n    print(os.getpid(), file=file)\n"
    with pytest.raises(run.ChapterFailed):
        run.run([("long", chapter(f"{note}time.sleep(900)")), ("bad", chapter(f"{note}time.sleep(1)", "1 / 0"))])
    run.results(chapter(note))
    assert not [pid for pid in pids.read_text("utf-8").split() if psutil.pid_exists(int(pid))]


STOPPED = """
import sys
import nbformat
from pathlib import Path
from ecosystems.editions import run
from ecosystems.editions.run import execution
from typstbook.store import Store
execution.STORE = Store(Path(sys.argv[1]))
run.warm()
print("begun", flush=True)
cells = [nbformat.v4.new_code_cell(f"import time; open({sys.argv[2]!r}, 'w').close(); time.sleep(900)")]
run.run([(name, nbformat.v4.new_notebook(cells=cells)) for name in "ab"])
"""


@pytest.mark.parametrize("when", ["what chapters need is imported", "chapters run"])
def test_ctrl_c_stops_chapters_with_one_message(tmp_path, when):
    (tmp_path / "stopped.py").write_text(STOPPED, "utf-8")
    command = [
        sys.executable,
        ROOT / "scripts" / "guard.py",
        tmp_path / "stopped.py",
        tmp_path / "store",
        tmp_path / "on",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as build:
        assert build.stdout.readline() == "begun\n"
        time.sleep(0.7)  # the import takes some two seconds
        while when == "chapters run" and not (tmp_path / "on").exists():
            time.sleep(0.05)
        os.killpg(build.pid, signal.SIGINT)  # as a terminal does, to all processes of the command
        assert build.communicate(timeout=60)[1] == "Stopped.\n" and build.returncode == 1


def test_when_chapters_have_run_what_they_import_is_given_back():
    for number in range(2):
        asked = f"import os; print(os.getppid())  # {os.getpid()}, {number}"
        imported = int(run.results(chapter(asked))[0][0]["text"])
        assert psutil.pid_exists(imported)
        run.cool()
        assert not psutil.pid_exists(imported)


def test_what_has_ended_before_its_time_is_given_back_too():
    run.cool()
    kernels.start("a")
    (warm,) = [process for (pid, _), process in kernels._started.items() if pid == os.getpid()]
    warm.kill()
    warm.wait()
    with pytest.raises(RuntimeError, match="what chapters import"):
        kernels.Kernel("a", [], {}, None)
    run.cool()
    assert run.results(chapter("print(1)"))[0][0]["text"] == "1\n"


def test_a_drawing_that_warns_warns_each_time(data):
    """It must not come from the store in silence when its chapter runs again."""
    warns = (
        "import warnings\nfrom ecosystems import analysis, charts, style, tables, svg\nplain = svg.draw\n"
        "def draw(*a):\n    warnings.warn('a letter is missing')\n    return plain(*a)\n"
        "svg.draw = draw\ncharts.spot_check(tables.read(), analysis.spot_check(tables.read()))"
    )
    for _ in range(2):
        with pytest.raises(run.ChapterFailed, match="a letter is missing"):
            run.results(chapter(warns))


def test_a_cluster_gives_the_same_bytes_and_tells_the_same_failures(store, monkeypatch):
    from distributed import LocalCluster

    book = [("one", chapter(FIGURE)), ("two", chapter("print(2)"))]
    here = {name: path.read_bytes() for name, path in run.run(book).items()}
    shutil.rmtree(store)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        monkeypatch.setenv("ECOSYSTEMS_DASK", cluster.scheduler_address)
        assert {name: path.read_bytes() for name, path in run.run(book).items()} == here
        with pytest.raises(run.ChapterFailed, match="broken, code cell 1, line 1 fails"):
            run.run([("broken", chapter("1 / 0"))])


def test_a_changed_file_of_any_kind_is_read_again(data):
    """Files that are read by code in C, and a listing: nothing of it can be traced, and nothing needs to be."""
    reads = chapter(
        "import os, sqlite3\nimport pandas as pd\nfrom ecosystems.tables import folder",
        "print(pd.read_parquet(folder() / 'a.parquet')['a'].tolist())",
        "print(sqlite3.connect(folder() / 'a.sqlite').execute('select a from a').fetchall())",
        "print(sorted(p.name for p in (folder() / 'more').iterdir()))",
    )

    def write(number):
        pd.DataFrame({"a": [number]}).to_parquet(data / "a.parquet")
        with sqlite3.connect(data / "a.sqlite") as base:
            base.execute("create table if not exists a (a)")
            base.execute("delete from a")
            base.execute("insert into a values (?)", [number])
        base.close()
        (data / "more").mkdir(exist_ok=True)
        (data / "more" / f"{number}.txt").touch()

    write(1)
    assert text(run.results(reads)) == ["[1]\n", "[(1,)]\n", "['1.txt']\n"]
    write(2)
    assert text(run.results(reads)) == ["[2]\n", "[(2,)]\n", "['1.txt', '2.txt']\n"]
    (data / "more" / "2.txt").rename(data / "more" / "3.txt")
    assert text(run.results(reads))[-1] == "['1.txt', '3.txt']\n"


def test_tags_of_a_markdown_cell_make_of_it_a_lead_or_a_box():
    cells = [nbformat.v4.new_markdown_cell(f"Text {t}.", metadata={"tags": [t]}) for t in ("lead", "box", "half")]
    read = run.read(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    assert [c.source for c in read.cells] == [
        ":::{div} lead\nText lead.\n:::", ":::{note}\nText box.\n:::", "Text half.",
    ]  # fmt: skip


def stored(notebook):
    key, _ = execution._keys([c for c in notebook.cells if c.cell_type == "code"], execution._shared())
    return execution.STORE.find("chapters", key)


def test_a_result_holds_until_something_it_may_depend_on_changes(data, monkeypatch, tmp_path):
    notebook = chapter("1")
    run.results(notebook)
    assert stored(notebook)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Prose does not matter"))
    notebook.cells[1].metadata["tags"] = ["hide-input"]
    assert stored(notebook)
    for change in ("source", "tags", "table"):
        changed = nbformat.from_dict(json.loads(nbformat.writes(notebook)))
        changed.cells[1].source = "1"
        if change == "source":
            changed.cells[1].source += "\n2"
        elif change == "tags":
            changed.cells[1].metadata["tags"] = ["raises-exception"]
        else:
            (data / "events.csv").write_text((data / "events.csv").read_text("utf-8") + "\n", "utf-8")
        assert not stored(changed), change


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("charts/scan.py", True),
        ("words.py", True),
        ("fonts/SourceSans3-Bold.ttf", True),
        ("editions/run/kernels.py", True),
        ("editions/web/page.py", False),
    ],
)
def test_code_and_fonts_count_but_not_that_of_the_editions(tmp_path, monkeypatch, file, counts):
    copy = shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digests, "SOURCES", copy)
    monkeypatch.setattr(digests, "_EDITIONS", copy / "ecosystems" / "editions")
    before = run.digest_of_environment()
    path = copy / "ecosystems" / file
    path.write_bytes(path.read_bytes() + b"\n")
    assert (run.digest_of_environment() != before) == counts
    before = run.digest_of_environment()
    monkeypatch.setattr(digests.sys, "version", "99")
    assert run.digest_of_environment() != before


def test_what_is_saved_while_chapters_run_counts(data):
    """The result of a chapter that ran beside a change is not stored for either state of the tables."""
    file = data / "more.txt"
    file.write_text("1", "utf-8")
    reads = chapter("from ecosystems.tables import folder\nfile = folder() / 'more.txt'\nwas = file.read_text()", "was")
    late = chapter(
        "from ecosystems.tables import folder\nfile = folder() / 'more.txt'\n"
        "if file.read_text() != '2':\n    file.write_text('2')"
    )
    found = run.run([("reads", reads), ("late", late)])
    assert text(json.loads(found["reads"].read_text("utf-8"))) == ["'2'"]


def test_results_that_no_build_has_used_for_days_are_removed(store):
    run.run([("one", chapter("1")), ("two", chapter("2"))])
    for path in store.glob("*/*"):
        os.utime(path, (0, 0))
    run.run([("one", chapter("1")), ("three", chapter("3"))])
    left = [text(json.loads(p.read_text("utf-8"))) for p in store.glob("chapters/*")]
    assert sorted(left) == [["1"], ["3"]]


def test_editions_get_our_outputs_without_the_copies():
    (output,) = run.read(nbformat.writes(chapter(FIGURE))).cells[0].outputs
    assert set(output["data"]) == {MIME} and output["data"][MIME]["id"] == "spot_check"


def test_the_analysis_of_a_figure_is_the_cells_that_lead_to_it():
    """Of a name made twice the last one counts; what a cell makes for itself, and what reads the tables, does not."""
    cells = chapter(
        "import math\ndata = tables.read()",
        "%config x = 1\nrows = [1]",
        "rows = [2]\nlimit = 1",
        "kept = [r for r in rows if r > limit]",
        "rows = [3]\nother = rows",
        "charts.some(data, kept)",
    ).cells
    assert notebooks.analysis(cells, 5).split("\n\n") == [cells[i].source for i in (2, 3, 5)]
    assert notebooks.analysis(cells, 4) == cells[4].source and notebooks.analysis(cells, 0) == cells[0].source
    (output,) = run.read(nbformat.writes(chapter(f"n = 2\n{FIGURE}"))).cells[0].outputs
    assert output["data"][MIME]["code"]["analysis"] == f"n = 2\n{FIGURE}"


MARKDOWN = """---
file_format: mystnb
---

# A chapter

Words.

:::{note}
A note.
:::

```{code-cell}
---
tags: [hide-input]
---
print("a chapter " + "in Markdown")
```
"""


def test_a_chapter_in_markdown_is_run():
    notebook = run.read(MARKDOWN)
    assert [c.cell_type for c in notebook.cells] == ["markdown", "code"] and ":::{note}" in notebook.cells[0].source
    assert notebook.cells[1].outputs[0].text == "a chapter in Markdown\n"


def page(folder, name, content, **config):
    """The document that Sphinx makes of one file."""
    folder.mkdir()
    (folder / name).write_text(content, "utf-8")
    config = {"extensions": ["myst_nb", "ecosystems.editions.outputs"], "nb_execution_mode": "off", **config}
    with docutils_namespace():
        app = Sphinx(folder, None, folder / "out", folder / "trees", "text", config, status=None, warning=None)
        app.build()
        return app.env.get_and_resolve_doctree("index", app.builder)


def test_jupyter_book_alone_shows_our_outputs_too(tmp_path):
    notebook = chapter("1")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Title"))
    table = {"kind": "table", "id": "t", "look": "", "caption": "A table.", "rows": [["cell"]]}
    table["columns"] = [{"title": "A", "type": "text"}]
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", {MIME: table, "text/plain": "words"})]
    shown = page(tmp_path / "book", "index.ipynb", nbformat.writes(notebook))
    assert [row.astext() for row in shown.findall(nodes.row)] == ["A", "cell"]


def test_a_page_without_code_stays_the_page_it_is(tmp_path):
    """MyST-NB asks the reader of Markdown chapters for all Markdown pages."""
    words = (
        "---\nauthor: A. B.\n---\n\n# Title\n\nWords[^1], {ref}`part`.\n\n(part)=\n## Part\n\n- a\n- b\n\n[^1]: Note.\n"
    )
    plain = page(tmp_path / "plain", "index.md", words)
    formats = {".md": ["ecosystems.editions.run.read", {}, False]}
    assert page(tmp_path / "read", "index.md", words, nb_custom_formats=formats).pformat() == plain.pformat().replace(
        str(tmp_path / "plain"), str(tmp_path / "read")
    )


def test_a_figure_may_move_to_a_chapter_that_is_read_earlier(tmp_path):
    """Sphinx would tell a duplicate label, and each build would fail until everything is built anew."""
    pages = {"index": "# Index\n\n```{toctree}\none\ntwo\n```\n", "one": "# One\n", "two": "# Two\n"}
    label = "\n(fig-moved)=\n## Moved\n"
    for holder in ("two", "one"):
        for name, words in pages.items():
            (tmp_path / f"{name}.md").write_text(words + label * (name == holder), "utf-8")
        warnings, folders = StringIO(), (tmp_path, None, tmp_path / "out", tmp_path / "trees")
        config = {"extensions": ["myst_nb", "ecosystems.editions.run"], "nb_execution_mode": "off"}
        with docutils_namespace():
            app = Sphinx(*folders, "dummy", config, status=None, warning=warnings)
            app.build()
        assert not warnings.getvalue()
        assert app.env.get_domain("std").anonlabels["fig-moved"][0] == holder


@pytest.fixture
def book(tmp_path):
    """A small book: a first page, a chapter, and one that is found by its folder."""
    (tmp_path / "source" / "book" / "more").mkdir(parents=True)
    source = tmp_path / "source"
    toc = "format: jb-book\nroot: book/index\nchapters:\n- file: book/one\n- glob: book/more/*\n"
    (source / "_toc.yml").write_text(toc, "utf-8")
    (source / "_config.yml").write_text("title: A book\n", "utf-8")
    (source / "book" / "index.md").write_text("# Index\n", "utf-8")
    for name in ("one", "more/two", "Untitled"):
        nbformat.write(chapter(f"'{name}'"), source / "book" / f"{name}.ipynb")
    return source


def test_chapters_are_those_of_the_table_of_contents(book):
    names = ["index.md", "one.ipynb", "more/two.ipynb"]
    assert [p.relative_to(book / "book").as_posix() for p in run.listed(book)] == names
    assert [p.name for p in run.unlisted(book)] == ["Untitled.ipynb"] and run.problems(book) == []


def test_a_notebook_outside_the_book_is_named_and_stands_nowhere(book, tmp_path, monkeypatch, capsys):
    import build as script

    from ecosystems.editions import downloads

    (book / "_toc.yml").write_text("format: jb-book\nroot: book/one\n", "utf-8")
    monkeypatch.setattr(script.Build, "source", book)
    nbformat.write(chapter("raise ValueError('sentinel')"), book / "book" / "Untitled.ipynb")
    monkeypatch.setattr(script, "ROOT", book)
    script.run_chapters(script.Build.of(tables.OWN))
    said = capsys.readouterr().out
    assert "Untitled.ipynb is in no table of contents" in said and "chapter 1 of 1: book/one.ipynb" in said
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="setup")]), book / "book" / "one.ipynb"
    )
    downloads.write_notebooks(book, tmp_path / "edition", "https://a.org/book/")
    (told,) = nbformat.read(tmp_path / "edition" / "notebooks" / "one.ipynb", 4).cells
    assert told.source == "# The book is at https://a.org/book/\n1"
    assert [p.name for p in (tmp_path / "edition").rglob("*.ipynb")] == ["one.ipynb"]


GOOD = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="one")]))
HALF = GOOD[: len(GOOD) // 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace(' "cells"', '<<<<<<< HEAD\n "cells"').encode(), "line 2: a merge is unfinished here"),
        (HALF.encode(), f"line {len(HALF.splitlines())}: not JSON"),
        (b"", "line 1: the file is empty"),
        (GOOD.replace("1", "caf\xe9").encode("latin-1"), "line 10: not UTF-8 (byte 0xe9)"),
        (b"{}", "line 1: not a notebook of format 4"),
        (b"[]", "line 1: not a notebook of format 4"),
        (b"# Words", "line 1: not JSON"),
        (
            GOOD.replace(
                '"metadata": {},\n "nbf', '"metadata": {"kernelspec": {"name": "ir", "display_name": "R"}},\n "nbf'
            ).encode(),
            "kernel 'ir', language 'python'; chapters run with kernel 'python3'",
        ),
        (
            GOOD.replace('"metadata": {},\n "nbf', '"metadata": {"language_info": {"name": "R"}},\n "nbf').encode(),
            "language 'R'; chapters run with kernel 'python3', language 'python'",
        ),
    ],
    ids=["merge", "cut", "empty", "encoding", "not a notebook", "not an object", "words", "kernel", "language"],
)
def test_a_broken_file_is_told_in_one_sentence(book, content, said):
    file = book / "book" / "one.ipynb"
    file.write_bytes(content)
    (problem,) = run.problems(book)
    assert problem.startswith(f"{file}, line ") and said in problem and "\n" not in problem, problem


def test_a_broken_table_of_contents_is_told_in_one_sentence(book):
    (book / "_toc.yml").write_text(textwrap.dedent("root: [book/index\nchapters: 1"), "utf-8")
    (problem,) = run.problems(book)
    assert problem.startswith(f"{book / '_toc.yml'}, line 2: not YAML") and "\n" not in problem


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("_config.yml", b"title: a\n<<<<<<< HEAD\n", "line 2: a merge is unfinished here"),
        ("_config.yml", b"title: [a\nb: 1", "line 2: not YAML"),
        ("_config.yml", b"", "line 1: settings are wanted"),
        ("_config.yml", "title: caf\xe9".encode("latin-1"), "line 1: not UTF-8 (byte 0xe9)"),
        ("_toc.yml", b"<<<<<<< HEAD\nformat: jb-book", "line 1: a merge is unfinished here"),
        ("_toc.yml", b"", "line 1: settings are wanted"),
        ("_toc.yml", b"format: jb-book\nroot: book/index\nchapters:\n- file: book/gone\n", "no file book/gone.ipynb"),
        ("book/references.bib", b"@book{a,\n title = {A},\n", "line 3: not BibTeX"),
        ("book/references.bib", b"@book{a,\n=======\n}", "line 2: a merge is unfinished here"),
        ("book/references.bib", b"\n\xe9", "line 2: not UTF-8 (byte 0xe9)"),
    ],
)
def test_broken_settings_and_references_are_told_in_one_sentence(book, name, content, said):
    (book / "_config.yml").write_text("bibtex_bibfiles: [book/references.bib]\n", "utf-8")
    (book / "book" / "references.bib").write_text("@book{a, title = {A}}\n", "utf-8")
    assert run.problems(book) == []
    (book / name).write_bytes(content)
    (problem,) = run.problems(book)
    assert problem.startswith(str(book / name)) and said in problem and "\n" not in problem, problem
