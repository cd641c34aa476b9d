"""Make the fonts of drawings (TTF) and pages (WOFF2) from the variable fonts of fontpkg wheels.

A maintainer's script, not a build step. It needs two packages that the book itself does not:
``pip install brotli fontpkg-source-sans-3``. (Remove the latter again before building the PDF: Typst
would take the variable font for drawings, and set them in its thinnest weight.) Scripts that no wheel has come
from Debian: ``apt-get download fonts-noto-core``, ``dpkg-deb -x fonts-noto-core_*.deb noto``, and
``scripts/fonts.py noto``; a new one is named in ``ecosystems.letters``, too.
"""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from ecosystems.letters import DRAWN_ONLY, FAMILIES

ROOT = Path(__file__).resolve().parents[1]
DRAWINGS = ROOT / "src" / "ecosystems" / "fonts"
PAGES = ROOT / "book" / "_static" / "fonts"
# Latin with its extensions (those of Vietnam and Igbo too), letters of breath and tone, marks, punctuation,
# currency, arrows, minus.
CHARACTERS = [
    *range(0x20, 0x250),
    *range(0x2B9, 0x2BD),
    *range(0x300, 0x32E),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2060),
    0x20AC,
    0x2116,
    0x2122,
    *range(0x2190, 0x219A),
    0x2212,
    0x2248,
    0x2260,
    0x2264,
    0x2265,
]
DRAWN = [*CHARACTERS, *(code for part in DRAWN_ONLY for code in part)]
SANS, SERIF = "fontpkg_source_sans_3/SourceSans3", "fontpkg_source_serif_4/SourceSerif4"


def source(name: str) -> TTFont:
    """A variable font from its wheel."""
    package, file = name.split("/")
    return TTFont(files(package) / "files" / file, recalcTimestamp=False)


def without_hints(source: Path, target: Path) -> None:
    """Copy a font without instructions for coarse screens, which are a third of it."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], name_IDs=["*"], hinting=False, notdef_outline=True)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=font.getBestCmap())
    worker.subset(font)
    font.save(target)


def reduced(font: TTFont, characters: list[int], **axes) -> TTFont:
    """The font at fixed places on its axes, or on a part of them, with these characters only."""
    options = subset.Options(
        layout_features=["kern", "liga", "mark", "mkmk", "ccmp", "locl", "lnum", "tnum"], name_IDs=["*"], hinting=False
    )
    worker = subset.Subsetter(options)
    worker.populate(unicodes=characters)
    worker.subset(font)
    font = instantiateVariableFont(font, axes, updateFontNames=all(not isinstance(v, tuple) for v in axes.values()))
    return font


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("noto", nargs="?", type=Path, help="folder of the package fonts-noto-core, unpacked")
    noto = arguments.parse_args().noto
    for folder in (DRAWINGS, PAGES):
        folder.mkdir(parents=True, exist_ok=True)
    # One file for each weight: what rasterises SVG does not move along the axes of a variable font.
    for file, weight, name in (
        ("", 400, "Regular"),
        ("", 600, "SemiBold"),
        ("", 700, "Bold"),
        ("-Italic", 400, "Italic"),
    ):
        reduced(source(f"{SANS}{file}[wght].ttf"), DRAWN, wght=weight).save(DRAWINGS / f"SourceSans3-{name}.ttf")
    for file, name, axes in (
        (f"{SANS}[wght].ttf", "source-sans-3", {"wght": (400, 700)}),
        (f"{SERIF}[opsz,wght].ttf", "source-serif-4", {"opsz": 14, "wght": (400, 700)}),
        (f"{SERIF}-Italic[opsz,wght].ttf", "source-serif-4-italic", {"opsz": 14, "wght": 400}),
    ):
        font = reduced(source(file), CHARACTERS, **axes)
        font.flavor = "woff2"
        font.save(PAGES / f"{name}.woff2")
    for path in FAMILIES.values():
        if noto and path.parent == DRAWINGS and path.name.startswith("Noto"):
            without_hints(next(noto.rglob(path.name)), path)
    for path in sorted([*DRAWINGS.glob("*.ttf"), *PAGES.glob("*.woff2")]):
        print(f"{path.stat().st_size // 1024:4d} KB  {path.relative_to(ROOT)}")
