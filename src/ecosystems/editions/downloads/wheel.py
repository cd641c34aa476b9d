"""The package that chapters import, as a wheel: with it a notebook runs where no repository is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path

from ecosystems.editions.run import STORE
from ecosystems.tables import OWN, ROOT
from typstbook.store import digest

_PROJECT = ("_config.yml", "book/headlines.toml", "book/_static/vendor")  # what chapters read, and the tables
_BUILD = "from setuptools.build_meta import build_wheel; build_wheel('made')"


@cache
def wheel_name() -> str:
    """The file's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def _files() -> dict[str, Path]:
    """What the wheel is built from, by its place: the code, and what chapters read of the project."""
    found = [ROOT / "pyproject.toml", ROOT / "LICENSE", *(ROOT / "src").rglob("*")]
    read = [p for name in _PROJECT for p in ((ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name])]
    files = {p.relative_to(ROOT).as_posix(): p for p in found}
    files |= {f"src/ecosystems/project/{p.relative_to(ROOT).as_posix()}": p for p in [*read, *OWN.glob("*.*")]}
    return {
        name: p
        for name, p in sorted(files.items())
        if p.is_file() and p.suffix != ".pyc" and ".egg-info" not in p.parent.name
    }


def _build(files: dict[str, Path]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o644)  # which the wheel records
        command = [sys.executable, "-c", _BUILD]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, umask=0o022)
        if done.returncode:
            raise RuntimeError(f"The package of the notebooks was not built: {done.stderr.strip()[-500:]}")
        return Path(folder, "made", wheel_name()).read_bytes()


def wheel() -> bytes:
    """The wheel; built anew when a file of it has changed."""
    files = _files()
    return STORE.get("wheels", digest(list(files), *files.values()), lambda: _build(files))
