"""Formulas as MathML, for the web and the EPUB: no script, no font, and readable aloud."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from docutils import nodes
from sphinx.util import logging

from typstbook import maths

_log = logging.getLogger(__name__)


@lru_cache(256)
def _mathml(tex: str, display: str) -> str:
    from latex2mathml.converter import convert

    return convert(tex, display=display)


class Formulas:
    """Methods of translators of HTML."""

    def _formula(self, node: nodes.Element, display: str) -> str:
        tex = node.astext().strip()
        try:
            made = _mathml(maths.plain(tex), display)
            problem = re.search(r">(\\[A-Za-z]+)", made)
        except Exception as failure:  # the library has a dozen kinds of its own
            problem, made = [None, type(failure).__name__], ""
        if problem:
            message = "the formula %r is not understood (%s) and stands as code: write it with simpler TeX"
            _log.warning(message, tex, problem[1], location=node)
            return f"<code>{escape(tex)}</code>"
        alternative = escape(" ".join(tex.split()), quote=True)
        return made.replace("<math ", f'<math alttext="{alternative}" ', 1)

    def visit_math(self, node: nodes.math) -> None:
        """A formula in a line."""
        self.body.append(self._formula(node, "inline"))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        """A formula that stands alone, with its number."""
        self.body.append(self.starttag(node, "div", CLASS="formula"))
        self.body.append(self._formula(node, "block"))
        if node.get("number"):
            self.body.append(f'<span class="equation-number">({node["number"]})</span>')
        self.body.append("</div>\n")
        raise nodes.SkipNode
