"""Colours, type and layout of all drawings: the only place that knows them."""

import textwrap
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure as Drawing

from ecosystems import letters

# Name -> hex. On the web a colour is the variable --c-<name>, so that the dark page can exchange it.
# The first three regions differ in lightness too (grey print) and pass the common colour-blindness simulations.
COLOURS = {
    "ink": "#22302f",
    "quiet": "#5c6967",
    "rule": "#cfd6d2",
    "wash": "#eef0ea",
    "land": "#e3e6dc",
    "coast": "#b4bcb4",
    "paper": "#ffffff",
    "main": "#0f6b6d",
    "light": "#a8cfcb",
    "warm": "#c2541f",
    "gold": "#d9a227",
    "plum": "#5d3572",
    "deep": "#22302e",  # text on gold, which stays light on a dark page
    # Five steps of one scale, light to dark.
    "s1": "#dfece6",
    "s2": "#afcfc8",
    "s3": "#74aba8",
    "s4": "#357f82",
    "s5": "#0a4a4e",
}
# What a dark page shows in their place.
DARK = {
    "ink": "#e6ebe7",
    "quiet": "#a9b5b1",
    "rule": "#3b4745",
    "wash": "#212b29",
    "land": "#303c39",
    "coast": "#5b6a66",
    "paper": "#1c2524",
    "main": "#4fb3ad",
    "light": "#3f7f7b",
    "warm": "#ee8350",
    "gold": "#e3b64a",
    "plum": "#b795c6",
    "s1": "#24413f",
    "s2": "#2f5f5d",
    "s3": "#42888a",
    "s4": "#6bb7b4",
    "s5": "#b5e5de",
}


@dataclass(frozen=True)
class Layout:
    """A drawing's width in inches and its type size in points."""

    name: str
    width: float
    size: float

    @property
    def narrow(self) -> bool:
        """Whether this is the drawing for phones."""
        return self.name == "narrow"


WIDE = Layout("wide", 7.2, 9.5)
NARROW = Layout("narrow", 3.5, 9.5)


def colour(name: str) -> str:
    """The hex value of a named colour."""
    return COLOURS[name]


def on(name: str) -> str:
    """The hex value of text that stands on a named colour, legible on the light and on the dark page."""
    return COLOURS[
        "deep" if name == "gold" else "paper" if name in ("main", "plum", "warm", "quiet", "s4", "s5") else "ink"
    ]


def regions(data, among=None) -> dict[str, str]:
    """Colour names by region, in the order of the tables, of all or of those `among` these; from the sixth on regions
    share a quiet one."""
    tints = ("plum", "main", "gold", "light", "ink")  # orange is for the selected ecosystems alone
    known, wanted = data.regions, set(data.regions if among is None else among)
    tinted = zip_longest(known, tints[: len(known)], fillvalue="quiet")
    return {region: tint for region, tint in tinted if region in wanted}


class Form(NamedTuple):
    """The outline of a point: its name, Matplotlib's marker, and its size to that of a circle which looks as large."""

    name: str
    marker: str
    size: float


_CIRCLE = Form("", "o", 1)
# Points of a region have a form as well as a colour, so that they differ in grey print and to every eye.
_FORMS = {
    "main": Form("square", "s", 0.8),
    "gold": Form("diamond", "D", 0.8),
    "light": Form("up", "^", 1.3),
    "ink": Form("down", "v", 1.3),
}


def form(tint: str) -> Form:
    """The form of the points of a map that have this colour."""
    return _FORMS.get(tint, _CIRCLE)


def size(count: int, least: float, most: float) -> float:
    """How large each of so many points is: a dozen have room for `most`, and none is smaller than `least`."""
    return round(min(most, max(least, most * 12 / max(count, 1))), 1)


def _register() -> None:
    manager, own = font_manager.fontManager, sorted((Path(__file__).parent / "fonts").glob("SourceSans3-*.ttf"))
    for path in own:
        manager.addfont(path)
    first = len(manager.ttflist)
    for path in set(letters.FAMILIES.values()) - set(own):
        manager.addfont(path)
    # Other scripts have one weight in drawings: matplotlib would say so each time that bold is asked for.
    others = [replace(font, weight=weight) for font in manager.ttflist[first:] for weight in (600, 700)]
    manager.ttflist.extend(others)


_register()


def apply(layout: Layout, text: str = ""):
    """Context in which matplotlib draws for this layout, with fonts for the letters of `text`."""
    ink, quiet, rule = COLOURS["ink"], COLOURS["quiet"], COLOURS["rule"]
    settings = {
        "font.family": letters.families(text),
        "font.size": layout.size,
        "text.color": ink,
        "text.parse_math": False,  # a $ in a table is a $
        "axes.edgecolor": rule,
        "axes.labelcolor": quiet,
        "axes.labelsize": layout.size,
        "axes.titlesize": layout.size,
        "axes.titleweight": 600,
        "axes.titlelocation": "left",
        **{f"axes.spines.{side}": False for side in ("left", "right", "top", "bottom")},
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "axes.grid": False,
        "grid.color": rule,
        "grid.linewidth": 0.6,
        "hatch.color": COLOURS["coast"],
        "hatch.linewidth": 0.6,
        "legend.borderpad": 0,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.solid_capstyle": "round",
        "xtick.color": quiet,
        "ytick.color": ink,
        "xtick.labelcolor": quiet,
        "ytick.labelcolor": ink,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.labelsize": layout.size - 0.5,
        "ytick.labelsize": layout.size,
        "savefig.transparent": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "ecosystems",
        "figure.constrained_layout.use": True,
    }
    return mpl.rc_context(settings)


def canvas(layout: Layout, height: float) -> Drawing:
    """An empty drawing as wide as the layout and `height` inches high."""
    return Drawing(figsize=(layout.width, height))


def axes(layout: Layout, height: float):
    """A drawing with one pair of axes: ``(drawing, axes)``."""
    drawing = canvas(layout, height)
    return drawing, drawing.add_subplot()


def wrap(text: str, width: int) -> str:
    """Text broken into lines of at most about `width` characters; between letters only where no spaces are set."""
    lines = textwrap.wrap(text, width, break_long_words=False) or [text]
    return "\n".join(part for line in lines for part in _parts(line, width))


def _parts(line: str, width: int) -> list[str]:
    if len(line) <= width or not letters.unspaced(line):
        return [line]
    pieces, parts = letters.clusters(line), [""]
    for piece in pieces:
        if parts[-1] and len(parts[-1]) + len(piece) > width:
            parts.append("")
        parts[-1] += piece
    return parts


def cut(text: str, length: int) -> str:
    """At most `length` characters of the text: a drawing has room for no more, its table tells all."""
    if len(text) <= length:
        return text
    kept = ""
    for piece in letters.clusters(text):
        if len(kept) + len(piece) >= length:
            break
        kept += piece
    return f"{kept.rstrip()}…"


def row_height(name: str, layout: Layout) -> float:
    """How high a row with this name has to be, in inches."""
    return ((name.count("\n") + 1) * 1.45 * layout.size + 1) / 72


def rows(ax, names: list[str], layout: Layout, least: float, rest: float) -> list[float]:
    """Set names beside rows from the top down, each as high as its name needs; where the middle of each row is.

    Parameters
    ----------
    least, rest : float
        Height of a row with one line, and of all that is no row, in inches.
    """
    heights = np.array([max(least, row_height(n, layout)) for n in names])
    places = list(np.cumsum(heights) - heights / 2)
    ax.set_yticks(places, names)
    ax.set_ylim(heights.sum(), 0)
    ax.figure.set_size_inches(ax.figure.get_size_inches()[0], heights.sum() + rest)
    return places
