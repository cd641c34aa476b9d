"""Texts of drawings as outlines, shaped by the fonts of all scripts: they look the same where no font is.

Matplotlib shapes them (with HarfBuzz and SheenBidi), as it did when it measured them for the drawing.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from html import unescape
from unicodedata import combining

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from matplotlib.textpath import TextToPath

from ecosystems import letters
from typstbook.direction import runs

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_EM = 1000  # units in which glyphs are drawn
_GLYPHS: dict[str, tuple] = {}  # by name, each taken from its font once: a sixth of the time
_COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
ET.register_namespace("xlink", _LINK[1:-5])


def _font(text: str, weight: str) -> FT2Font:
    """The book's font of a weight, with those of other scripts of a text to fall back on."""
    wanted = (font_manager.FontProperties(family=[family], weight=weight) for family in letters.families(text))
    font = font_manager.get_font([font_manager.findfont(p, fallback_to_default=False) for p in wanted])
    font.set_size(_EM, 72)  # matplotlib has one of each, and sets its size for itself
    return font


def foreign(text: str) -> bool:
    """Whether a text has letters of other fonts, or marks of their own, which Typst cannot read out of a picture."""
    return not text.isascii() and (len(letters.families(text)) > 1 or any(map(combining, text)))


def _path(vertices, codes) -> str:
    """The outline of a glyph as SVG, in whole units."""
    parts, left = [], 0  # points of a curve that are to come
    for (x, y), code in zip(vertices, codes, strict=True):
        if code == Path.CLOSEPOLY:
            parts.append("Z")
            continue
        parts.append(f"{'' if left else _COMMANDS[code]}{x:.0f} {y:.0f}")
        left = left - 1 if left else {Path.CURVE3: 1, Path.CURVE4: 2}.get(code, 0)
    return " ".join(parts)


def _measured(text: str, weight: str) -> tuple[FT2Font, float]:
    """The font of a text of one direction, and the text's width in it, in units."""
    font = _font(text, weight)
    font.set_text(text, 0, flags=LoadFlags.NO_HINTING)
    return font, font.get_width_height()[0] / 64


def fixed(svg: str) -> str:
    """A drawing whose texts keep their width in any typeface, a tenth as long as one with outlines."""

    def text(match: re.Match) -> str:
        look = dict(re.findall(r'([\w-]+)="([^"]*)"', match[1]))
        weight, size = look.get("font-weight", "400"), float(look.get("font-size", "10").removesuffix("px"))
        width = sum(_measured(piece, weight)[1] for piece, _right_to_left in runs(unescape(match[2]))) * size / _EM
        return f'<text {match[1]} textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">{match[2]}</text>'

    return re.sub(r"<text ([^>]*)>([^<]{2,})</text>", text, svg)


def _set(text: str, weight: str, shapes: dict[str, str]) -> tuple[list[tuple[str, float, float]], float]:
    """Glyphs of a text with their places, and its width; each outline is stored once, in `shapes`."""
    used, start = [], 0.0
    for piece, _right_to_left in runs(text):
        font, width = _measured(piece, weight)
        placed, *_ = TextToPath().get_glyphs_with_font(font, piece, _GLYPHS)
        shapes |= {name: _outline_of(name) for name, *_ in placed if name not in shapes}
        used += [(name, start + x, y) for name, x, y, _scale in placed if shapes[name]]
        start += width
    return used, start


@cache
def _outline_of(name: str) -> str:
    return _path(*_GLYPHS[name])


def outline(root: ET.Element, prefix: str, chosen: Callable[[str], bool] = bool, link: str = _LINK) -> None:
    """Turn texts of an SVG document into groups of their glyphs, which keep the text as their label.

    Parameters
    ----------
    root : Element
        Of the document; changed in place.
    prefix : str
        Begins the id of each outline.
    chosen : callable
        Which texts; all if not given.
    link : str
        Name of the attribute that refers to an outline; old programs know that of XLink only.
    """
    shapes: dict[str, str] = {}
    for text in list(root.iter(f"{_SVG}text")):
        if text.text and chosen(text.text):
            _outline(text, prefix, shapes, link)
    if shapes:
        outlines = ET.Element(f"{_SVG}defs")
        for name, path in sorted(shapes.items()):
            if path:
                ET.SubElement(outlines, f"{_SVG}path", {"id": prefix + name, "d": path})
        root.insert(0, outlines)


def link_as_before(root: ET.Element) -> None:
    """Let all references be those of XLink, for old programs."""
    for element in root.iter():
        if "href" in element.attrib:
            element.set(_LINK, element.attrib.pop("href"))


def _outline(text: ET.Element, prefix: str, shapes: dict[str, str], link: str) -> None:
    weight = {"bold": "700"}.get(w := text.attrib.pop("font-weight", "400"), w)
    used, width = _set(text.text, weight, shapes)
    scale = float(text.attrib.pop("font-size").removesuffix("px")) / _EM
    start = {"end": -width, "middle": -width / 2}.get(text.attrib.pop("text-anchor", "start"), 0) * scale
    place = f"translate({text.attrib.pop('x', 0)} {text.attrib.pop('y', 0)})"
    text.set(
        "transform",
        f"{text.attrib.get('transform', '')} {place} translate({start:.2f} 0) scale({scale:.6f} {-scale:.6f})".strip(),
    )
    text.set("role", "img")  # which may have a label
    text.set("aria-label", text.text)
    text.tag, text.text = f"{_SVG}g", None
    for name, x, y in used:
        where = {a: f"{v:.0f}" for a, v in (("x", x), ("y", y)) if round(v)}
        ET.SubElement(text, f"{_SVG}use", {link: f"#{prefix}{name}", **where})
