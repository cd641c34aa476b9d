"""A command of the Makefile never ends in a traceback: what nobody foresaw is one message with the log's path."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import guard
import pytest

from ecosystems.tables import ROOT


def run(*command, cwd=ROOT):
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "guard.py"), *map(str, command)],
        cwd=cwd, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture
def script(tmp_path):
    def write(text):
        path = tmp_path / "command.py"
        path.write_text(text, "utf-8")
        return path

    return write


def test_the_unforeseen_is_one_message_with_the_path_of_a_log(script):
    made = run(script("print('begun', flush=True)\nraise KeyError('first\\nsecond \\x1b[31m')"), "one")
    assert made.returncode == 1 and made.stdout == "begun\n" and "Traceback" not in made.stderr
    (line,) = made.stderr.splitlines()
    log = Path(re.search(r"All that is known of it is in (\S+);", line)[1])
    assert "KeyError" in line and "did not foresee" in line and line.isprintable()
    known = log.read_text("utf-8")
    assert "Traceback" in known and "command.py one" in known


@pytest.mark.parametrize(
    "text, code, said",
    [
        ("import sys; sys.exit('Plain words.')", 1, "Plain words.\n"),
        ("raise SystemExit(3)", 3, ""),
        ("raise KeyboardInterrupt", 1, "Stopped.\n"),
        ("import sys; assert sys.argv[1:] == ['a b', '--c'], sys.argv; assert __name__ == '__main__'", 0, ""),
    ],
)
def test_what_a_command_ends_by_itself_passes(script, text, code, said):
    made = run(script(text), "a b", "--c")
    assert (made.returncode, made.stderr) == (code, said)


@pytest.mark.parametrize(
    "number, said",
    [
        ("EROFS", "the file cannot be written (No way)"),
        ("ENOSPC", "the file cannot be written (No way)"),
        ("EACCES", "No way"),
    ],
)
def test_a_file_that_cannot_be_written_or_read_is_told(script, number, said):
    made = run(script(f"import errno; raise OSError(errno.{number}, 'No way', '/data/x.csv')"))
    assert (made.returncode, made.stderr) == (1, f"/data/x.csv: {said}.\n")


@pytest.mark.parametrize(
    "to, code, said",
    [
        (">/dev/full", 1, "What is printed, or a file, cannot be written (No space left on device).\n"),
        (">&-", 0, ""),
        ("<&- >&- 2>&-", 0, ""),
        ("| true", 1, ""),
    ],
)
@pytest.mark.parametrize("buffered", ["", "1"])
def test_where_nothing_can_be_printed_a_sentence_is_all(script, tmp_path, monkeypatch, to, code, said, buffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", buffered)
    path = script("from pathlib import Path\nwith Path(__file__).with_suffix('.out').open('w') as file:\n"
                  "    import time; time.sleep(0.3); print('told'); file.write('kept')")  # fmt: skip
    command = f"set -o pipefail; '{sys.executable}' '{ROOT / 'scripts' / 'guard.py'}' '{path}' {to}"
    made = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (made.returncode, made.stderr) == (code, said)
    assert code or path.with_suffix(".out").read_text("utf-8") == "kept"


def test_a_synthetic_scan_takes_nobody_s_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "only.csv").touch()
    made = run("scripts/synthetic.py", tmp_path / "mine", 5)
    assert (made.returncode, made.stderr.count("\n")) == (1, 1) and "a new folder cannot be made" in made.stderr
    assert (tmp_path / "mine" / "only.csv").exists()


@pytest.mark.parametrize("script", ["refresh_world_bank", "refresh_unesco"])
def test_figures_are_renewed_in_no_folder_without_tables(script, tmp_path):
    made = run(f"scripts/{script}.py", "--data", tmp_path / "nowhere")
    assert made.returncode == 1 and made.stderr.startswith(f"{tmp_path}/nowhere is no folder of tables")


def test_a_terminal_that_does_not_know_a_letter_shows_its_number(script, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    made = run(script("import sys; print('Áncash ব'); sys.exit('Fundación')"))
    assert (made.returncode, made.stdout, made.stderr) == (1, "\\xc1ncash \\u09ac\n", "Fundaci\\xf3n\n")


def test_processes_of_a_command_find_its_functions(script):
    text = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

def double(x):
    return 2 * x

if __name__ == "__main__":
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        print(pool.submit(double, 4).result())
"""
    assert run(script(text)).stdout == "8\n"


def test_where_no_log_can_be_written_the_message_has_all(monkeypatch, tmp_path):
    place = tmp_path / "file"
    place.write_text("", "utf-8")
    monkeypatch.setattr(guard, "ROOT", place)
    monkeypatch.setattr(guard.tempfile, "gettempdir", lambda: str(place / "no"))
    try:
        raise ValueError("odd")
    except ValueError as error:
        said = guard.message(error, ["scripts/x.py"])
    assert "ValueError: odd" in said and "Traceback" in said


def test_every_command_of_the_makefile_is_guarded():
    for line in (ROOT / "Makefile").read_text("utf-8").splitlines():
        if line.startswith("\t") and ("scripts/" in line or "-m ecosystems" in line):
            assert "$(guarded) " in line, line


@pytest.mark.parametrize("folder", ["no/such/place", "README.md", ""])
def test_a_folder_that_is_none_is_told_in_one_sentence(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSYSTEMS_DATA", folder or str(tmp_path))
    for command in ("check_data", "describe_data"):
        made = run(f"scripts/{command}.py")
        assert made.returncode == 1 and "datapackage.json: the file " in made.stdout + made.stderr
        assert "Traceback" not in made.stderr and "did not foresee" not in made.stderr


@pytest.mark.parametrize("command", [["-m", "ecosystems.editions.chapters"], ["scripts/store_outputs.py"]])
def test_the_project_s_chapters_are_never_those_of_another_scan(command, monkeypatch, tmp_path):
    monkeypatch.setenv("ECOSYSTEMS_DATA", str(tmp_path))
    made = run(*command)
    assert (made.returncode, made.stderr.strip()) == (
        1,
        "The chapters of this folder are those of its own tables: leave DATA out.",
    )


@pytest.mark.parametrize(
    "folder, code, said",
    [("-x", 2, "begins with a hyphen"), (str(ROOT / "data" / "mine"), 1, "lies among the project's own tables")],
)
def test_a_scan_is_not_begun_where_nobody_wants_it(folder, code, said):
    made = run("scripts/new_scan.py", folder)
    assert made.returncode == code and said in made.stderr and not (ROOT / folder).exists()


def test_a_scan_begins_at_home_and_is_named_as_a_shell_needs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    made = run("scripts/new_scan.py", "~/my scan")
    assert made.returncode == 0 and (tmp_path / "my scan" / "initiatives.csv").is_file()
    assert f"make book DATA='{tmp_path}/my scan'" in made.stdout


def test_a_build_of_a_folder_that_is_none_leaves_none(tmp_path):
    made = run("scripts/build.py", "--data", tmp_path / "nowhere")
    assert made.returncode == 1 and "there is no such folder" in made.stderr and not (tmp_path / "nowhere").exists()
    (tmp_path / "initiatives.csv").touch()
    made = run("scripts/build.py", "--data", tmp_path / "initiatives.csv")
    assert made.returncode == 1 and made.stderr.endswith("initiatives.csv: a file, and no folder.\n")


def test_a_name_of_a_folder_that_a_command_would_not_hear_is_refused():
    made = subprocess.run(["make", "-n", "check", "DIR=my-scan"], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 2 and "DIR is for make scan; here it is DATA=my-scan" in made.stderr


SCRIPTS = [p for p in sorted((ROOT / "scripts").glob("*.py")) if "if __name__" in p.read_text("utf-8")]


def ended(monkeypatch, script, *arguments):
    monkeypatch.setattr(sys, "argv", [str(script), *arguments])
    monkeypatch.syspath_prepend(str(script.parent))
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(script), run_name="__main__")
    return stopped.value.code


@pytest.mark.parametrize("arguments", [["--help"], [], ["-m"], ["no-such.py"]])
def test_the_net_itself_needs_a_command(arguments):
    made = run(*arguments)
    if arguments == ["--help"]:
        assert made.returncode == 0 and made.stdout.startswith("usage: guard.py")
    else:
        assert (made.returncode, made.stderr.count("\n")) == (2, 1) and made.stderr.startswith("Name the command")


@pytest.mark.parametrize("script", [p for p in SCRIPTS if p.name != "guard.py"], ids=lambda p: p.stem)
def test_every_script_says_what_it_does_and_refuses_what_it_does_not_know(script, monkeypatch, capsys):
    assert ended(monkeypatch, script, "--help") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: {script.name}") and len(said.splitlines()) > 3
    assert ended(monkeypatch, script, "one", "two", "three", "four", "--five") == 2
    assert re.search(rf"{script.name}: error: .*\n\Z", capsys.readouterr().err)


@pytest.mark.parametrize("script", ["check_data", "describe_data"])
def test_a_folder_that_is_named_is_the_one_that_is_checked(script, monkeypatch, capsys):
    code = ended(monkeypatch, ROOT / "scripts" / f"{script}.py", "nowhere")
    assert "the file is missing in nowhere" in f"{code} {capsys.readouterr().out}"
