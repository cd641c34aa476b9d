"""Values kept in files for the next build, each under a digest of what it was made from."""

from __future__ import annotations

import pickle
from pathlib import Path

__all__ = ["keep", "kept"]


def kept(file: Path, made_from: str) -> object | None:
    """The value in a file, if it was made from the same; else None, and the file goes. A value made from something else is not looked at: its class may be no more."""
    if file.is_file():
        with file.open("rb") as stream:
            if pickle.load(stream) == made_from:
                return pickle.load(stream)
    file.unlink(missing_ok=True)
    return None


def keep(file: Path, made_from: str, value: object) -> None:
    """Put a value into a file."""
    with file.open("wb") as stream:
        pickle.dump(made_from, stream)
        pickle.dump(value, stream)
