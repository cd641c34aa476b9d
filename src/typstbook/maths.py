"""Formulas as SVG: Typst cannot read TeX."""

from __future__ import annotations

import hashlib
import re

__all__ = ["Formula", "MathProblem", "draw", "plain"]

_ALIGNED = re.compile(r"\\(begin|end)\{(?:align|aligned|gather|gathered|split|multline|eqnarray|flalign)\*?\}")
_NOT_DRAWN = re.compile(r"\\(?:nonumber|notag)\b|\\label\{[^}]*\}")


class MathProblem(ValueError):
    """The formula cannot be drawn."""


class Formula:
    """A drawn formula: ``svg`` text, ``name`` of its file, ``depth`` below the line of text (points)."""

    def __init__(self, svg: bytes, depth: float):
        self.svg, self.depth = svg, depth
        self.name = f"math-{hashlib.sha256(svg).hexdigest()[:12]}.svg"


def plain(tex: str) -> str:
    """TeX of a formula as libraries know it: without labels and numbers, and aligned lines said to be so in one way."""
    tex = " ".join(_NOT_DRAWN.sub("", tex).split())
    tex = _ALIGNED.sub(r"\\\1{align*}", re.sub(r"\\(begin|end)\{equation\*?\}", "", tex)).strip()
    return rf"\begin{{align*}}{tex}\end{{align*}}" if "\\\\" in tex and "\\begin" not in tex else tex


def draw(tex: str, size: float, colour: str, inline: bool = False) -> Formula:
    """Draw a formula.

    Parameters
    ----------
    tex : str
        TeX as in the source.
    size : float
        Type size in points.
    colour : str
    inline : bool
        Whether it stands in a line of text.

    Raises
    ------
    MathProblem
        Says which command is not known.
    """
    import ziamath
    from latex2mathml.converter import convert

    tex = plain(tex)
    try:
        if unknown := re.search(r">(\\[A-Za-z]+)", convert(tex)):
            raise MathProblem(f"unknown command {unknown[1]}")
        drawn = ziamath.Latex(tex, size=size, color=colour, inline=inline)
        svg = drawn.svg()
    except MathProblem:
        raise
    except Exception as problem:  # the libraries raise a dozen kinds, and the parser of XML its own
        raise MathProblem(str(problem).splitlines()[0] if str(problem) else type(problem).__name__) from None
    top, height = (float(v) for v in re.search(r'viewBox="\S+ (\S+) \S+ (\S+)"', svg).groups())
    svg = re.sub(r'(<svg\b[^>]*?width="[\d.]+)(" height="[\d.]+)"', r'\1pt\2pt"', svg, count=1)
    return Formula(svg.encode(), max(0.0, top + height))
