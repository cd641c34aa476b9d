"""The build's promise: whatever fails or is killed, readers have a whole edition, and the next build finishes.

The pipeline of ``scripts/build.py`` runs here in processes of its own, with steps that take milliseconds.
"""

import fcntl
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import bench
import build
import pytest

from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow

PAGES, KILLS = 12, 20

# In place of Jupyter Book: like Sphinx it leaves pages alone that are there already, and writes a page in pieces.
BOOK = """#!{python}
import os, sys, time
from pathlib import Path
html = Path(sys.argv[sys.argv.index("--path-output") + 1], "_build", "html")
html.mkdir(exist_ok=True)
for number in range({pages}):
    page = html / f"{{number}}.html"
    if not page.exists():
        with page.open("w") as out:
            for part in "<html>", "x" * 5000, "</html>":
                out.write(part)
                out.flush()
                time.sleep(0.004)
    if number == 3 and "STALL" in os.environ:
        page.write_text("<html>xx")
        time.sleep(600)
"""

DRIVER = """
import shutil, sys, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
sys.path.insert(0, {scripts!r})
import build
from processes import fork

def one(path):
    time.sleep(0.005)
    part = path.with_suffix(".part")
    part.write_text("result")
    part.replace(path)

def chapters(made):
    store = made.folder / "store" / "chapters"
    store.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2, fork) as pool:
        list(pool.map(one, [store / f"{{n}}.json" for n in range(8)]))

def failing(made):
    raise build.Failed("Chapter 3 fails.")

def filling(made):
    (made.fresh / "large.bin").write_bytes(bytes(50_000_000))

def copying(made):
    shutil.copytree(made.folder.parent / "large", made.fresh / "large")

{body}
"""
STEPS = 'build.main((("chapters", chapters), ("book", build.web)))'


@pytest.fixture
def start(tmp_path):
    """Start a build of the small book in a process of its own; what it says is piped."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "jupyter-book").write_text(BOOK.format(python=sys.executable, pages=PAGES))
    (tools / "jupyter-book").chmod(0o755)

    def begin(body=STEPS, **options):
        code = DRIVER.format(scripts=str(ROOT / "scripts"), body=f"sys.executable = {str(tools / 'python')!r}\n{body}")
        return subprocess.Popen(
            [sys.executable, "-c", code, "--output", str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    return begin


def finish(process):
    said = process.communicate(timeout=60)[0]
    return process.returncode, said


def whole(edition: Path) -> bool:
    """All pages are there, and none ends in the middle."""
    return sorted(p.name for p in edition.iterdir()) == sorted(f"{n}.html" for n in range(PAGES)) and all(
        p.read_text("utf-8").endswith("</html>") for p in edition.iterdir()
    )


def held(folder: Path, patience: float = 0.0) -> bool:
    """Whether a process holds the build folder."""
    until = time.monotonic() + patience
    with (folder / "lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return False
            except BlockingIOError:
                if time.monotonic() > until:
                    return True
                time.sleep(0.002)


def test_a_build_killed_at_any_moment_leaves_a_whole_edition_and_no_lock(start, tmp_path):
    code, said = finish(start())
    assert code == 0, said
    folder, cut, moments = tmp_path / "_build", 0, random.Random(2023)
    for number in range(KILLS):
        for path in [folder / "state", *(folder / "html").glob("*.html")]:  # something is to be done, as after a change
            path.unlink(missing_ok=True)
        process = start()
        time.sleep(moments.uniform(0.05, 0.5))
        process.send_signal((signal.SIGTERM, signal.SIGKILL)[number % 2])
        code, said = finish(process)
        cut += code < 0
        assert whole(folder / "edition"), (number, said)
        assert not held(folder, patience=2), (number, said)  # the system ends the children right after their parent
    assert cut > KILLS / 2, "most builds were killed before they had ended"
    code, said = finish(start())
    assert code == 0 and "waiting" not in said, said
    assert whole(folder / "edition")
    assert {p.name for p in folder.iterdir()} == {"edition", "home", "html", "html.log", "lock", "state", "store"}
    assert not list((folder / "store").glob("*/*.part"))


def test_a_page_cut_in_the_middle_is_made_anew(start, tmp_path):
    """Sphinx takes a page for finished when it is newer than its source, however it ends.

    And no child lives on to write more.
    """
    process = start(env={**os.environ, "STALL": "1"})
    html = tmp_path / "_build" / "html"
    while not (html / "3.html").exists():
        time.sleep(0.001)
    process.kill()
    finish(process)
    assert not held(tmp_path / "_build", patience=5), "a child of the killed build lives on"
    assert not (tmp_path / "_build" / "edition").exists()
    assert finish(start())[0] == 0
    assert whole(tmp_path / "_build" / "edition")


def test_typst_ends_with_the_build_that_started_it(start, tmp_path):
    """Typst sets the PDF in a process that knows nothing of locks: it could write during the next build."""
    (tmp_path / "long.typ").write_text(
        "#let work(n) = for i in range(9999) { for j in range(9999) { let _ = calc.sin(i * j + n) } }\n"
        "#for n in range(9999) { work(n) }"
    )
    process = start(f"""
sys.executable = {sys.executable!r}
from typstbook.compiler import Compiler
from typstbook.store import Store
print("started", flush=True)
folder = Path({str(tmp_path)!r})
text = (folder / "long.typ").read_text()
Compiler("long", folder, [], [], Store(folder), "").write(folder / "long.pdf", "long", text, {{}}).result()
""")
    assert process.stdout.readline() == "started\n"
    time.sleep(1)  # Typst is at work then
    process.kill()
    finish(process)  # reads what is said until the last process that could say something has ended


def test_an_edition_that_never_ends_ends_with_its_build(start, tmp_path):
    process = start("""
def hanging(made):
    __import__("os").write(1, b"hanging\\n")
    time.sleep(600)

build.pdf = build.web = hanging
build.main((("editions", build.all_editions),))""")
    assert [process.stdout.readline().strip()[-7:] for _ in range(3)][1:] == ["hanging", "hanging"]
    process.kill()
    finish(process)
    assert not held(tmp_path / "_build", patience=5)


def test_with_one_job_one_edition_is_made_after_the_other(start, tmp_path):
    steps = """
def step(made):
    print("begun", flush=True)
    time.sleep(0.3)
    print("ended", flush=True)

build.pdf = build.web = build.epub = step
build.main((("editions", build.all_editions),))"""
    said = finish(start(steps, env={**os.environ, "BUILD_JOBS": "1"}))[1]
    assert [word for word in said.split() if word in ("begun", "ended")] == ["begun", "ended"] * 3
    (tmp_path / "_build" / "state").unlink()
    code, said = finish(start(steps, env={**os.environ, "BUILD_JOBS": "many"}))
    assert code == 1 and "BUILD_JOBS is 'many'; it must be a whole number" in said


def test_an_edition_whose_process_is_killed_ends_the_build(start):
    code, said = finish(
        start("""
def killed(made):
    __import__("os").kill(__import__("os").getpid(), 9)

build.pdf = build.web = build.epub = killed
build.main((("editions", build.all_editions),))""")
    )
    assert code == 1 and "was there enough memory?" in said and "Traceback" not in said


def test_two_builds_at_once_do_not_mix(start, tmp_path):
    first, second = start(), start()
    results = [finish(first), finish(second)]
    assert [code for code, _ in results] == [0, 0], results
    assert sum("Another build (process" in said for _, said in results) == 1
    assert whole(tmp_path / "_build" / "edition")


def limit():
    """Writing stops as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


@pytest.mark.parametrize(
    "broken, said, options",
    [
        ("failing", "Chapter 3 fails.", {}),
        *((way, "File too large.", {"preexec_fn": limit}) for way in ("filling", "copying")),
    ],
)
def test_a_failing_step_and_a_full_disk_leave_the_last_good_edition(start, tmp_path, broken, said, options):
    assert finish(start())[0] == 0
    (tmp_path / "large").mkdir()
    with (tmp_path / "large" / "file").open("wb") as file:
        file.truncate(50_000_000)
    edition = tmp_path / "_build" / "edition"
    before = {p: p.read_bytes() for p in edition.iterdir()}
    code, output = finish(
        start(f'build.main((("chapters", chapters), ("book", build.web), ("broken", {broken})))', **options)
    )
    assert code == 1
    assert output.endswith(f"{said}\nThe last good edition is unchanged.\n") and "Traceback" not in output
    assert {p: p.read_bytes() for p in edition.iterdir()} == before
    assert finish(start())[0] == 0
    assert whole(edition)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two names at once")
def test_readers_see_the_old_or_the_new_edition_at_any_moment(tmp_path):
    edition, fresh, ended, seen = tmp_path / "edition", tmp_path / "edition.new", threading.Event(), set()

    def look():
        while not ended.is_set():
            seen.add((edition / "index.html").read_text())

    for number in range(300):
        fresh.mkdir()
        (fresh / "index.html").write_text(f"edition {number}")
        build.exchange(fresh, edition)
        if number == 0:
            reader = threading.Thread(target=look)
            reader.start()
    assert reader.is_alive(), "the reader missed the edition"
    ended.set()
    reader.join()
    assert len(seen) > 5 and all(text.startswith("edition ") for text in seen)


def test_an_edition_lost_between_two_renames_comes_back(tmp_path):
    """Where names cannot be exchanged, a kill between two renames leaves no edition; the next build puts it back."""
    (tmp_path / "edition.old").mkdir()
    (tmp_path / "edition.old" / "index.html").write_text("good")
    build.clear(tmp_path)
    assert (tmp_path / "edition" / "index.html").read_text() == "good"


def test_what_was_measured_of_other_parts_stays():
    def row(part, measure, value):
        return f"| {part} | {measure} | {value} s |  |  | 1 May 2026 |"

    page = "Text.\n<!-- bench -->\n\n<!-- end of bench -->\nMore.\n"
    for part, measure, value in (
        ("growth", "100 rows", 1),
        ("edits", "a row", 2),
        ("edits", "all", 3),
        ("growth", "9", 4),
    ):
        page = bench.renewed(page, part, [row(part, measure, value)], "here")
    assert [line for line in page.splitlines() if line.endswith("2026 |")] == [
        row("edits", "all", 3),
        row("growth", "100 rows", 1),
        row("growth", "9", 4),
    ]
    assert page.startswith("Text.\n") and page.endswith("\n- growth: here.\n<!-- end of bench -->\nMore.\n")
