"""Where the fonts are: packages of the ``fontpkg`` family, and folders the user names."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

__all__ = ["families", "folders"]


def folders(configured: list[str], base: Path) -> list[str]:
    """Folders with fonts: those configured (relative to ``base``), then every installed ``fontpkg-*``."""
    found = [str((base / p).resolve()) for p in configured]
    for point in sorted(entry_points(group="fontpkg.family"), key=lambda p: p.name):
        spec = find_spec(point.module)
        if spec and spec.origin:
            found.append(str(Path(spec.origin).parent / "files"))
    return found


def families(paths: list[str]) -> list[str]:
    """Names of the families that can be used, those inside the Typst wheel included."""
    import typst

    return sorted(typst.Fonts(include_system_fonts=False, font_paths=paths).families())
