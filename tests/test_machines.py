"""Other people's machines: line ends, umasks, ports, variables, disks. Each works, or is told in one sentence."""

import errno
import os
import re
import socket
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import build
import processes
import pytest
import workspace
from corrupted import of

from ecosystems.checks.fields import RESERVED
from ecosystems.editions import run
from ecosystems.editions.web import builder, hosting, metadata
from ecosystems.tables import ROOT

CHAPTER = next(iter(run.listed(ROOT)))


def git(*words, **options):
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True, **options).stdout


@pytest.fixture(scope="module")
def committed():
    return git("-C", str(ROOT), "ls-files", "-z").split("\0")[:-1]


# -- line ends ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_clone_with_line_ends_of_windows_has_the_same_bytes(tmp_path):
    clone = tmp_path / "clone"
    git("clone", "-q", "--no-hardlinks", "-c", "core.autocrlf=true", str(ROOT), str(clone))
    ends = [line.split()[:2] for line in git("-C", str(clone), "ls-files", "--eol").splitlines()]
    assert len(ends) > 300 and all(there == f"w/{stored.removeprefix('i/')}" for stored, there in ends)
    assert git("-C", str(clone), "status", "--porcelain") == ""


def test_a_chapter_saved_with_a_mark_and_line_ends_of_windows_is_the_same(tmp_path):
    for suffix, content in ((".ipynb", CHAPTER.read_bytes()), (".md", b"# A\n\n```{code-cell}\n1 + 1\n```\n")):
        plain, other = tmp_path / f"plain{suffix}", tmp_path / f"other{suffix}"
        plain.write_bytes(content)
        other.write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
        assert [c.source for c in run.read_file(other).cells] == [c.source for c in run.read_file(plain).cells]


# -- who may read ---------------------------------------------------------------------------------------------------


def test_a_strict_umask_publishes_files_that_everybody_may_read(tmp_path):
    fresh, before = tmp_path / "edition.new", os.umask(0o077)
    try:
        (fresh / "maps").mkdir(parents=True)
        (fresh / "maps" / "a.html").write_text("a")
    finally:
        os.umask(before)
    for _ in range(2):
        workspace.exchange(fresh, tmp_path / "edition")
        found = {p.name: p.stat().st_mode & 0o777 for p in [tmp_path / "edition", *(tmp_path / "edition").rglob("*")]}
        assert found == {"edition": 0o755, "maps": 0o755, "a.html": 0o644}
        (fresh / "maps").mkdir(parents=True)
        (fresh / "maps" / "a.html").write_text("b")


# -- ports ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy():
    """A port at which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("command", [["-m", "ecosystems.editions.web"], ["scripts/watch.py"]])
def test_a_busy_port_is_told_in_one_sentence_and_no_address_is_announced(busy, command, tmp_path):
    (tmp_path / "_build" / "edition").mkdir(parents=True)
    (tmp_path / "_build" / "edition" / "index.html").write_text("a")
    done = subprocess.run(
        [sys.executable, "scripts/guard.py", *command, str(busy)],
        cwd=ROOT, env={**os.environ, "ECOSYSTEMS_DATA": str(tmp_path)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = f"The book cannot be served at port {busy}: another program listens there. Choose another one: "
    assert done.returncode == 1 and done.stdout == "" and done.stderr == f"{said}make serve PORT={busy + 1}\n"


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "８０００", ""])
def test_a_port_that_is_none_is_told(text):
    with pytest.raises(ArgumentTypeError, match="it must be a whole number from 1 to 65535, such as 8001"):
        hosting.chosen_port(text)
    assert hosting.chosen_port("8001") == 8001


# -- variables of shared machines -----------------------------------------------------------------------------------

HARMFUL = {
    "PYTHONPATH": "/opt/shared", "PYTHONHOME": "/opt/python", "PYTHONSTARTUP": "/opt/start.py", "PYTHONSAFEPATH": "1",
    "PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error", "PYTHONUSERBASE": "/opt/user", "PYTHONINSPECT": "1",
    "PIP_USER": "1", "PIP_TARGET": "/opt/target", "PIP_PREFIX": "/opt/prefix", "PIP_ROOT": "/opt/root",
    "PIP_REQUIRE_HASHES": "1", "PIP_NO_DEPS": "1", "PIP_NO_BINARY": ":all:", "PIP_CONSTRAINT": "/opt/c.txt",
}  # fmt: skip
NEEDED = {"PIP_INDEX_URL": "https://example.org/simple", "HTTPS_PROXY": "http://example.org:3128", "PIP_CERT": "/c.pem"}


def test_variables_for_other_programs_do_not_reach_ours_and_those_of_the_network_do():
    rule = f"include {ROOT}/Makefile\nshow:\n\t@env\n"
    variables = {**os.environ, **HARMFUL, **NEEDED}
    shown = subprocess.run(
        ["make", "-f", "-", "show"], input=rule, env=variables, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    there = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    assert not HARMFUL.keys() & there.keys() and NEEDED.items() <= there.items() and there["PYTHONNOUSERSITE"] == "1"


@pytest.mark.slow
def test_packages_go_into_the_environment_even_where_a_setting_asks_for_the_home(tmp_path):
    (tmp_path / "pip.conf").write_text("[global]\nuser = true\nno-index = true\n")
    (command,) = re.findall(r"^pip = \$\(run\) (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    done = subprocess.run(
        [sys.executable, *command.split(), "--dry-run", "pip"],
        env={**os.environ, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and "user" not in done.stderr.lower(), done.stderr


# -- hosts ----------------------------------------------------------------------------------------------------------


def test_a_former_address_takes_the_place_on_the_page_along(chromium, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "_static").mkdir()
    (tmp_path / "old" / "a.html").write_text(metadata.redirect_page("old/a.html", "b.html"))
    (tmp_path / "b.html").write_text('<p id="place">b</p>')
    script = Path(builder.__file__).parent / "theme" / "static" / "moved.js"
    (tmp_path / "_static" / "moved.js").write_bytes(script.read_bytes())
    assert script.name in builder.STATIC, "it is published"
    for scripts, end in ((True, "b.html?x=1#place"), (False, "b.html")):
        context = chromium.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"file://{tmp_path}/old/a.html?x=1#place")
        page.wait_for_selector("#place", timeout=20_000)
        assert page.url.endswith(end)
        context.close()


@pytest.mark.book
def test_a_host_that_runs_jekyll_keeps_the_style():
    assert (hosting.EDITION / ".nojekyll").is_file() and (hosting.EDITION / "_static").is_dir()


# -- disks ----------------------------------------------------------------------------------------------------------


def faults(names):
    """Names of files that not every disk can hold side by side."""
    seen = {}
    for name in names:
        parts = Path(name).parts
        if seen.setdefault(name.casefold(), name) != name:
            yield f"{name} and {seen[name.casefold()]}"
        if len(name) > 150 or any(RESERVED.fullmatch(p) or re.search(r'[<>:"|?*\\]|[. ]$', p) for p in parts):
            yield name


def test_names_of_our_files_fit_on_every_disk(committed):
    assert list(faults(["a/Aux.csv", "b.csv", "B.csv", "a?.csv", "c/x."])) == [
        "a/Aux.csv",
        "B.csv and b.csv",
        "a?.csv",
        "c/x.",
    ]
    assert list(faults(committed)) == []
    assert not [name for name in committed if (ROOT / name).is_symlink()]


@pytest.mark.book
def test_names_of_published_files_fit_on_every_disk():
    names = [p.relative_to(hosting.EDITION).as_posix() for p in hosting.EDITION.rglob("*")]
    assert len(names) > 100 and list(faults(names)) == []
    assert not [p for p in hosting.EDITION.rglob("*") if p.is_symlink()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "id, said", [("aux", "Windows can have no file"), ("COM1", "Windows"), ("a" * 81, "at most 80")]
)
def test_an_id_after_which_no_file_can_be_named_is_refused(good, told, id, said):
    problems = told(of(good, "ecosystems", lambda r: True, id=id))
    assert any(p.table == "ecosystems" and p.column == "id" and said in p.right for p in problems)


def build_in(tmp_path, work):
    """What a failing build says."""
    before = dict(os.environ)
    try:
        with pytest.raises(SystemExit) as told:
            build.attempt(build.Build.of(tmp_path, tmp_path / "out"), work)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return str(told.value)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_checkout_that_cannot_be_written_is_told_with_the_way_out(tmp_path, monkeypatch, number):
    def refuse(self, *args, **options):
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(build, "end_children_with_parents", lambda: None)
    monkeypatch.setattr(Path, "mkdir", refuse)
    said = build_in(tmp_path, build.run)
    place = tmp_path / "out" / "_build"
    way = "Name a folder that can be written: .venv/bin/python scripts/build.py --output FOLDER"
    assert said == f"{place}: {os.strerror(number)}. {way}\nNo edition was built."


def test_a_build_that_makes_way_for_others_needs_no_right_to_come_first():
    """Who is not root may only give way further: ``nice make book`` must not end in an error."""
    code = """
import os, sys
sys.path.insert(0, sys.argv[1])
import processes

plain = os.nice

def nice(more):  # as Linux answers those who are not root
    if more < 0:
        raise PermissionError(1, "Operation not permitted")
    return plain(more)

def step(job):
    print(plain(0), flush=True)

os.nice = nice
os.nice(5)
processes.side_by_side(None, step, step)
"""
    made = subprocess.run([sys.executable, "-c", code, ROOT / "scripts"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    first, second = sorted(map(int, made.stdout.split()))
    assert second == min(first + 10, 19)


def test_a_system_without_shared_memory_makes_the_editions_one_by_one(tmp_path, monkeypatch):
    def without_semaphores(*args):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    made = []
    monkeypatch.setattr(processes, "ProcessPoolExecutor", without_semaphores)
    for step in ("pdf", "web", "epub"):
        monkeypatch.setattr(build, step, lambda _, step=step: made.append(step))
    build.all_editions(build.Build.of(tmp_path))
    assert made == ["pdf", "web", "epub"]
