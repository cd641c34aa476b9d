"""Results kept on disk for the next build, each under a digest of all that it depends on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

__all__ = ["Store", "digest"]

UNUSED = 2 * 24 * 3600  # seconds after which a result that no build has asked for is removed


def digest(*parts: object) -> str:
    """Digest of values that JSON can hold, of bytes, and of the content of files.

    Parameters
    ----------
    *parts : object
        A ``Path`` counts with its name and content.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    state = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = [part.name, hashlib.sha256(part.read_bytes()).hexdigest()]
        if isinstance(part, bytes):
            part = hashlib.sha256(part).hexdigest()
        state.update(json.dumps(part, sort_keys=True, ensure_ascii=False).encode() + b"\0")
    return state.hexdigest()[:32]


class Store:
    """A folder of results: one file each, ``<kind>/<key>``.

    A file is written beside its place and renamed, so that a build that is killed, or one that works at the same
    time, never leaves half a result. Errors are the caller's: a result is judged before it is stored.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def find(self, kind: str, key: str) -> Path | None:
        """The file of a result, marked as used; None if there is none."""
        path = self.folder / kind / key
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def put(self, kind: str, key: str, content: bytes) -> Path:
        """Store a result; returns its file."""
        path = self.folder / kind / key
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(part, path)
        return path

    def get(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """The stored result, or what `make` returns, which is stored."""
        if path := self.find(kind, key):
            return path.read_bytes()
        content = make()
        self.put(kind, key, content)
        return content

    def clear(self) -> None:
        """Remove results that no build has asked for lately; others may be writing meanwhile."""
        for path in self.folder.glob("*/*"):
            with suppress(FileNotFoundError):  # renamed by another process
                if path.stat().st_mtime < time.time() - UNUSED:
                    path.unlink()
