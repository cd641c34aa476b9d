"""Pictures that Typst draws as PNG (it needs no browser): figures with their words, and previews of pages."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path

from ecosystems import letters, outlines
from ecosystems.editions.art import DEEP, SAND, WARM
from ecosystems.style import COLOURS, colour, wrap
from typstbook.escape import literal, value
from typstbook.store import Store, digest

_WIDTH, _MARGIN = 518.4, 14.0
_PPI = 144
_BATCH = 20  # pictures that one process draws: Typst keeps all it drew in memory until its process ends
_CARD = Path(__file__).parent / "theme" / "card.typ"
_COMPILE = """
import sys, typst
typst.compile("main.typ", output="{p}.png", format="png", ppi=float(sys.argv[1]), ignore_system_fonts=True,
              font_paths=sys.argv[2:])
"""


def _words(figure: dict) -> tuple[list[tuple[str, int]], list[str]]:
    """Lines above the drawing, with their weights, and lines below it."""
    head = [(line, 600) for line in wrap(f"{figure['finding']}.", 84).splitlines()]
    head += [(line, 400) for line in wrap(figure["subtitle"], 108).splitlines()]
    source = "; ".join(s["text"] + (f" ({s['licence']})" if s["licence"] else "") for s in figure["source"])
    foot = [*wrap(figure["note"], 134).splitlines(), *wrap(f"Source: {source}.", 134).splitlines()]
    return head, [line for line in foot if line]


def figure_svg(figure: dict) -> str:
    """A figure's payload as one SVG picture: its finding above the drawing, note and source below it.

    Words are outlines: programs that lack the typeface, and know no ``textLength``, would cut wider letters off.
    """
    head, foot = _words(figure)
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', figure["svg"])[1])
    y, parts = _MARGIN, []
    for text, weight in head:
        size = 13 if weight == 600 else 10.5
        y += size * 1.32
        parts.append(
            f'<text x="{_MARGIN}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{COLOURS["ink"]}">'
            f"{escape(text)}</text>"
        )
    y += 8
    parts.append(f'<g transform="translate({_MARGIN} {y:.1f})">{figure["svg"]}</g>')
    y += height + 4
    for text in foot:
        y += 11
        parts.append(f'<text x="{_MARGIN}" y="{y:.1f}" font-size="8.5" fill="{COLOURS["quiet"]}">{escape(text)}</text>')
    width, total = _WIDTH + 2 * _MARGIN, y + _MARGIN
    root = ET.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{total:.1f}" '
        f'viewBox="0 0 {width:.1f} {total:.1f}" role="img">'
        f"<title>{escape(figure['alt'])}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>'
    )
    outlines.outline(root, "g-")
    outlines.link_as_before(root)
    return ET.tostring(root, "unicode").replace(" />", "/>") + "\n"


def _compile(source: str, pages: int, svgs: Sequence[str]) -> list[bytes]:
    """Compile a Typst source, for which ``0.svg`` and so on are there, to one PNG a page."""
    with tempfile.TemporaryDirectory() as folder:
        for i, svg in enumerate(svgs):
            Path(folder, f"{i}.svg").write_text(svg, "utf-8")
        Path(folder, "main.typ").write_text(source, "utf-8")
        command = [sys.executable, "-c", _COMPILE, str(_PPI), *letters.FOLDERS]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Typst could not draw the pictures: {done.stderr.strip()[-500:] or done.returncode}")
        return [Path(folder, f"{i + 1}.png").read_bytes() for i in range(pages)]


@cache
def _environment() -> str:
    return digest(version("typst"), _PPI, *sorted(letters.FAMILIES.values()))


def _stored(store: Store, kind: str, contents: list, draw: Callable[[list], list[bytes]]) -> list[bytes]:
    """A PNG of each of `contents`; `draw` makes those that are not in the store, in batches."""
    keys = [digest(_environment(), content) for content in contents]
    missing = list({k: c for k, c in zip(keys, contents, strict=True) if not store.find(kind, k)}.items())
    for i in range(0, len(missing), _BATCH):
        batch = missing[i : i + _BATCH]
        for (key, _), png in zip(batch, draw([content for _, content in batch]), strict=True):
            store.put(kind, key, png)
    return [store.find(kind, key).read_bytes() for key in keys]


def figure_pngs(svgs: list[str], store: Store) -> list[bytes]:
    """Pictures made by :func:`figure_svg` as PNG."""

    def draw(svgs: list[str]) -> list[bytes]:
        images = (f'#image("{i}.svg", width: {_WIDTH + 2 * _MARGIN}pt)\n' for i in range(len(svgs)))
        source = "#set page(width: auto, height: auto, margin: 0pt)\n" + "#pagebreak()\n".join(images)
        return _compile(source, len(svgs), svgs)

    return _stored(store, "pictures", svgs, draw)


def preview_pngs(name: str, cover: str, pages: list[tuple[str, str, str]], store: Store) -> list[bytes]:
    """Previews that other sites show of pages, 1200 by 630 pixels.

    Parameters
    ----------
    name, cover : str
        Of the book; the cover is SVG.
    pages : list of (part, title, sentence)
    """

    inks = {"deep": DEEP, "sand": SAND, "warm": WARM, "light": colour("light")}
    given = {"inks": inks, "fonts": list(letters.FAMILIES), "name": f"{name} · open edition"}
    card = "".join(f"#let {what} = {value(of)}\n" for what, of in given.items()) + _CARD.read_text("utf-8")

    def draw(contents: list[list]) -> list[bytes]:
        cards = (f"#card({', '.join(map(literal, page))})\n" for _, _, page in contents)
        return _compile(card + "#pagebreak()\n".join(cards), len(contents), [cover])

    return _stored(store, "previews", [[card, cover, list(page)] for page in pages], draw)
