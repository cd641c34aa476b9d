"""Formulas as SVG, drawn by matplotlib's mathtext: Typst cannot read TeX."""

from __future__ import annotations

import hashlib
import io
import re

__all__ = ["Formula", "MathProblem", "draw"]

_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(?:align|aligned|equation|gather|gathered|split|multline)\*?\}")


class MathProblem(ValueError):
    """mathtext cannot draw the formula."""


class Formula:
    """A drawn line of a formula: ``svg`` text, ``name`` of its file, ``depth`` below the line of text (points)."""

    def __init__(self, svg: bytes, depth: float):
        self.svg, self.depth = svg, depth
        self.name = f"math-{hashlib.sha256(svg).hexdigest()[:12]}.svg"


def _line(tex: str, size: float, colour: str) -> Formula:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    with rc_context({"svg.hashsalt": "formula", "mathtext.fontset": "stix"}):
        font = FontProperties(size=size)
        try:
            width, height, depth, *_ = MathTextParser("path").parse(f"${tex}$", dpi=72, prop=font)
        except ValueError as problem:
            raise MathProblem(str(problem).strip().splitlines()[-1]) from None
        figure = Figure(figsize=(max(width, 1) / 72, max(height, 1) / 72))
        FigureCanvasSVG(figure)
        figure.text(0, depth / max(height, 1), f"${tex}$", fontproperties=font, color=colour)
        out = io.BytesIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return Formula(out.getvalue(), depth)


def draw(tex: str, size: float, colour: str) -> list[Formula]:
    """Draw a formula.

    Parameters
    ----------
    tex : str
        TeX as in the source; environments that only align lines are taken apart.
    size : float
        Type size in points.
    colour : str

    Returns
    -------
    list of Formula
        One for each line.

    Raises
    ------
    MathProblem
        With mathtext's own words.
    """
    lines = re.split(r"\\\\(?:\[[^\]]*\])?", _ENVIRONMENT.sub("", tex))
    lines = [re.sub(r"(?<!\\)&|\\(?:nonumber|notag)\b|\\label\{[^}]*\}", " ", line) for line in lines]
    lines = [re.sub(r"\s+", " ", line).strip() for line in lines]
    return [_line(line, size, colour) for line in lines if line]
