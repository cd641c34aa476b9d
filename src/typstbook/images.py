"""Pictures, copied next to the Typst files under names that tell their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

__all__ = ["Pictures"]

_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))*)\)")


class Pictures:
    """The pictures of a book, in a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Attributes
    ----------
    used : dict
        Name of each picture that was asked for to the file that it was copied from, "" if it was drawn.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.used: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, path: Path) -> str:
        """Copy a picture; its new name. CSS variables in an SVG are replaced by their fallbacks, for Typst knows none."""
        data = self._plain(path)
        name = self.write(path.suffix.lower(), data)
        self.used[name] = str(path)
        return name

    def holds(self, name: str, file: str) -> bool:
        """Whether a picture is there, and still that of the file that it was copied from."""
        return (self.folder / name).is_file() and (
            not file
            or (Path(file).is_file() and name == self._name(Path(file).suffix.lower(), self._plain(Path(file))))
        )

    @staticmethod
    def _name(suffix: str, data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()[:16] + suffix

    @staticmethod
    def _plain(path: Path) -> bytes:
        data = path.read_bytes()
        if path.suffix.lower() == ".svg":
            text = data.decode("utf-8")
            while (plain := _VARIABLE.sub(lambda m: m[1].strip(), text)) != text:
                text = plain
            data = text.encode()
        return data

    def write(self, suffix: str, data: bytes) -> str:
        """Store a picture; its name."""
        name = self._name(suffix, data)
        self.used[name] = ""
        if not (self.folder / name).exists():
            part = self.folder / f"{name}.part"
            part.write_bytes(data)
            part.replace(self.folder / name)  # Typst may read it already
        return name
