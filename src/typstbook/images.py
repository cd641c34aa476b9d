"""Pictures, copied next to the Typst files under names that tell their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

__all__ = ["Pictures"]

_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))*)\)")


class Pictures:
    """The pictures of a book, in a folder, which is made if it is not there."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, path: Path) -> str:
        """Copy a picture; its new name. CSS variables in an SVG become their fallbacks, for Typst knows none."""
        data = path.read_bytes()
        if path.suffix.lower() == ".svg":
            text = data.decode("utf-8")
            while (plain := _VARIABLE.sub(lambda m: m[1].strip(), text)) != text:
                text = plain
            data = text.encode()
        return self.write(path.suffix.lower(), data)

    def write(self, suffix: str, data: bytes) -> str:
        """Store a picture; its name."""
        name = hashlib.sha256(data).hexdigest()[:16] + suffix
        if not (self.folder / name).exists():
            part = self.folder / f"{name}.part"
            part.write_bytes(data)
            part.replace(self.folder / name)  # Typst may read it already
        return name
