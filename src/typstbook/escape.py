"""Text and values as Typst code.

No text of the book is ever written as Typst markup. It goes into string literals, where ``#``, ``*``, ``$``,
``@`` or ``//`` mean nothing, so that there is nothing to forget when escaping.
"""

from __future__ import annotations

import re

from typstbook.direction import isolated

__all__ = ["Code", "clean", "literal", "markup", "value", "words"]

# Control characters, and the invisible ones that change the direction of what follows or have no glyph.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SPACE = re.compile(r"[ \t\r\n]+")
_LONG = re.compile(r"[^\s\u200b]{19,}")
_BREAK_AFTER = re.compile(r"(?<=[/._\-?&=:,;@])(?=\w)|(?<=[a-z])(?=[A-Z])")


def clean(text: str) -> str:
    """Text without characters that cannot be printed."""
    return _UNPRINTABLE.sub("", text)


def literal(text: str) -> str:
    """Text as a Typst string literal, quotes included."""
    return _quoted(clean(text))


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _breakable(match: re.Match) -> str:
    """Let a very long word (an address, a token) break: at punctuation, else every 12 characters."""
    parts = _BREAK_AFTER.sub("\u200b", match[0]).split("\u200b")
    # Letters beyond Latin join and combine: cutting them would change how they look.
    return "\u200b".join(
        re.sub(r"(\w{12})(?=\w{4})", "\\1\u200b", p) if len(p) > 24 and p.isascii() else p for p in parts
    )


def words(text: str) -> str:
    """Running text as a string literal: long words can break, and names from right to left turn nothing beside them."""
    return _quoted(isolated(_LONG.sub(_breakable, _SPACE.sub(" ", clean(text)))))


def markup(text: str) -> str:
    """Running text, for use inside a Typst content block."""
    return f"#{words(text)}" if clean(text) else ""


class Code(str):
    """What is Typst code already."""


def value(thing) -> str:
    """A Python value as Typst code: None, bool, number, str, list or dict."""
    if isinstance(thing, Code):
        return thing
    if thing is None or isinstance(thing, bool):
        return {None: "none", True: "true", False: "false"}[thing]
    if isinstance(thing, int | float):
        return str(thing)
    if isinstance(thing, str):
        return literal(thing)
    if isinstance(thing, dict):
        return "(" + ("".join(f"{literal(k)}: {value(v)}, " for k, v in thing.items()) or ":") + ")"
    return "(" + "".join(f"{value(v)}, " for v in thing) + ")"
