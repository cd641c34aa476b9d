"""Pictures that Matplotlib and others write, as every edition takes them."""

from __future__ import annotations

import re

__all__ = ["without_doctype"]


def without_doctype(svg: bytes) -> bytes:
    """An SVG without the address of its grammar, which an EPUB must not name."""
    return re.sub(rb"<!DOCTYPE[^>\[]*>\s*", b"", svg, count=1)
