"""Matplotlib drawings as small, plain SVG: text as text, if the typeface has it; two decimals, no style sheets."""

import io
import re
import xml.etree.ElementTree as ET

from matplotlib.figure import Figure as Drawing

from ecosystems import outlines
from ecosystems.style import COLOURS

_NS = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.\d+")
ET.register_namespace("", _NS[1:-1])


def _round(text: str, digits: int = 1) -> str:
    """Round all decimal numbers in a text."""
    return _NUMBER.sub(lambda m: f"{float(m[0]):.{digits}f}".rstrip("0").rstrip(".") or "0", text)


def _present(element: ET.Element) -> None:
    """Turn a style attribute into presentation attributes: the page's security policy refuses styles."""
    for rule in filter(None, (r.strip() for r in element.attrib.pop("style", "").split(";"))):
        name, _, value = (p.strip() for p in rule.partition(":"))
        if name == "font":
            # '600 9.5px "Source Sans 3", ...' -> its parts
            size = re.search(r"([\d.]+)px\s+(.*)", value)
            if weight := re.search(r"\b([1-9]00|bold)\b", value[: size.start()]):
                element.set("font-weight", weight[1])
            if "italic" in value[: size.start()]:
                element.set("font-style", "italic")
            element.set("font-size", size[1])
        elif name != "font-family" and not (name == "text-anchor" and value == "start"):
            element.set(name, _round(value, 2))


def draw(drawing: Drawing, prefix: str) -> str:
    """A drawing as SVG text.

    Parameters
    ----------
    drawing : matplotlib.figure.Figure
    prefix : str
        Begins every id, so that two drawings can stand in one page.

    Returns
    -------
    str
        One ``<svg>`` element with ``viewBox``, without XML declaration; the same bytes for the same drawing.
    """
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ET.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_NS}metadata", f"{_NS}style") or (
                child.tag == f"{_NS}defs" and all(c.tag == f"{_NS}style" for c in child)
            ):
                parent.remove(child)
    used = set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, "unicode"))) | {
        e.attrib[_LINK][1:] for e in root.iter() if _LINK in e.attrib
    }
    # Matplotlib names a path by a hash of all its digits, the last of which differ between processors; numbers do not.
    ids = dict.fromkeys(e.attrib["id"] for e in root.iter() if e.attrib.get("id") in used)
    ids = {old: f"{prefix}{i}" for i, old in enumerate(ids)}
    for element in root.iter():
        _present(element)
        if new := ids.get(element.attrib.pop("id", "")):
            element.set("id", new)
        if _LINK in element.attrib:
            element.set("href", f"#{ids[element.attrib.pop(_LINK)[1:]]}")
        for name, value in list(element.attrib.items()):
            value = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{ids[m[1]]})", value)
            if name in ("d", "x", "y", "cx", "cy", "points", "transform", "width", "height"):
                value = re.sub(r"\s+", " ", _round(value, 2 if name == "transform" else 1)).strip()
            element.set(name, value)
        if element.attrib.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        for text in ("text", "tail"):
            if not (getattr(element, text) or "").strip():
                setattr(element, text, None)
    for parent in list(root.iter()):
        for child in list(parent):
            blank = child.tag == f"{_NS}path" and child.attrib.get("fill") == "none" and "stroke" not in child.attrib
            if blank or (child.tag == f"{_NS}g" and len(child) == 0):
                parent.remove(child)
    *_, width, height = root.attrib["viewBox"].split()
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "font-family": "'Source Sans 3', 'Noto Sans', sans-serif",
        "stroke-linejoin": "round",
        "width": width,
        "height": height,
    }
    outlines.outline(root, f"{prefix}t", outlines.foreign, "href")
    return ET.tostring(root, "unicode").replace(" />", "/>")


def themed(svg: str) -> str:
    """The drawing for a web page: named colours become variables that a dark page exchanges."""
    for name, value in COLOURS.items():
        svg = re.sub(rf'"{value}"', f'"var(--c-{name},{value})"', svg, flags=re.I)
    return svg
