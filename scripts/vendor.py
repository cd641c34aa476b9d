"""Fetch what the maps need from the npm registry into ``book/_static/vendor``, with its licences.

A maintainer's script, not a build step; needs npm. Only the files that pages load are kept.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "book" / "_static" / "vendor"
PACKAGES = {
    "leaflet@1.9.4": ("leaflet", {"dist/leaflet.js": "leaflet.js", "dist/leaflet.css": "leaflet.css", "LICENSE": "LICENSE"}),
    "leaflet.markercluster@1.5.3": (
        "markercluster",
        {"dist/leaflet.markercluster.js": "leaflet.markercluster.js", "dist/MarkerCluster.css": "MarkerCluster.css", "MIT-LICENCE.txt": "LICENSE"},
    ),
}

if __name__ == "__main__":
    for package, (folder, wanted) in PACKAGES.items():
        with tempfile.TemporaryDirectory() as work:
            name = subprocess.run(["npm", "pack", "--silent", package], cwd=work, check=True, capture_output=True, text=True).stdout.strip()
            with tarfile.open(Path(work) / name) as archive:
                for source, target in wanted.items():
                    content = archive.extractfile(f"package/{source}").read()
                    if target.endswith(".js"):  # the map for debuggers is not shipped
                        content = content.replace(b"//# sourceMappingURL=leaflet.js.map", b"").replace(b"//# sourceMappingURL=leaflet.markercluster.js.map", b"")
                    path = TARGET / folder / target
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                    print(f"{len(content) // 1024:4d} KB  {path.relative_to(TARGET.parents[2])}")
