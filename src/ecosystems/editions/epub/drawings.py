"""Drawings that look the same in every reading application: text as outlines, on their own paper; and the cover."""

from __future__ import annotations

import json
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import typst

from ecosystems import letters, maps, outlines, style, svg
from ecosystems.tables import Tables
from typstbook.escape import value

_SVG = "{http://www.w3.org/2000/svg}"
_MARGIN = 6


def outlined(drawing: str, title: str) -> str:
    """A drawing as an SVG file that needs no font and no background.

    Parameters
    ----------
    drawing : str
        SVG from :func:`ecosystems.svg.draw`.
    title : str
        What is seen.

    Returns
    -------
    str
        An SVG document. Reading applications exchange fonts and darken pages; this one stays as it was drawn.
    """
    root = ET.fromstring(drawing)
    outlines.outline(root, "g-")
    outlines.link_as_before(root)
    width, height = (float(v) for v in root.attrib["viewBox"].split()[2:])
    box = [-_MARGIN, -_MARGIN, round(width + 2 * _MARGIN, 1), round(height + 2 * _MARGIN, 1)]
    root.attrib.pop("font-family", None)
    root.attrib.update(viewBox=" ".join(map(str, box)), width=str(box[2]), height=str(box[3]), role="img")
    paper = ET.Element(
        f"{_SVG}rect",
        dict(zip(("x", "y", "width", "height"), map(str, box), strict=True))
        | {"fill": style.colour("paper"), "rx": "3"},
    )
    heading = ET.Element(f"{_SVG}title")
    heading.text = title
    root[:0] = [heading, paper]
    return ET.tostring(root, "unicode").replace(" />", "/>")


def _cover_map(data: Tables) -> str:
    """The continents of the scan with a point for each of the 11 whose place is known, in the colours of the cover."""
    points = data.eleven.dropna(subset=["latitude"]).assign(tint="warm", size=90)
    layout = style.Layout("cover", 7.2, 9.5)
    with style.apply(layout):
        drawing = svg.draw(maps.world_map(maps.ground(data), layout, points=points), "cover")
    for name, shade in (("land", "#1c6467"), ("coast", "#0b4f52"), ("paper", "#0b4f52"), ("warm", "#f0a25e")):
        drawing = drawing.replace(f'"{style.colour(name)}"', f'"{shade}"')
    return drawing


def cover(title: str, subtitle: str, lines: list[str], data: Tables) -> bytes:
    """The cover as PNG, 1200 by 1800 points of light."""
    source = f"""
#set page(width: 400pt, height: 600pt, margin: (x: 32pt, top: 40pt, bottom: 26pt), fill: rgb("#0b4f52"))
#set text(font: {value(list(letters.FAMILIES))}, fill: white, hyphenate: false)
#set par(leading: 0.42em)
#let fitted(sizes, most, body) = layout(space => {{
  let fits = sizes.filter(s => measure(block(width: space.width, text(s, body))).height <= most)
  text(fits.at(0, default: sizes.last()), body)
}})
#fitted((39pt, 32pt, 26pt, 21pt, 17pt, 14pt, 10pt), 210pt, strong({json.dumps(title, ensure_ascii=False)}))
#v(4pt)
#fitted((17pt, 14pt, 11pt, 8pt), 70pt, {json.dumps(subtitle, ensure_ascii=False)})
#v(10pt)
#line(length: 44pt, stroke: 2pt + rgb("#f0a25e"))
#let map = image("map.svg", width: 400pt, height: 100%, fit: "contain")
#block(height: 1fr, width: 100%, pad(x: -32pt, align(center + horizon, map)))
#set par(leading: 0.6em)
#set text(fill: rgb("#cfe3e0"))
#fitted((11pt, 9pt, 7pt, 5pt), 90pt, {json.dumps(chr(10).join(lines), ensure_ascii=False)})
"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "map.svg").write_text(_cover_map(data), "utf-8")
        main = Path(folder) / "main.typ"
        main.write_text(source, "utf-8")
        return typst.compile(str(main), format="png", ppi=216, ignore_system_fonts=True, font_paths=letters.FOLDERS)
