"""Right-to-left names in left-to-right text: where they begin and end, so that digits and brackets beside them stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["isolated", "runs"]

# Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours; forms of presentation; Adlam and others beyond.
_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_BRACKETS = {")": "(", "]": "[", "}": "{", "»": "«"}
_ENDS_NAME = ",;|·"  # between names of an English sentence; Arabic has commas of its own


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text into pieces of one direction: ``(piece, whether it runs from right to left)``.

    A text without any left-to-right letter is one piece, with its digits and brackets. Else a piece reaches from the
    first to the last right-to-left letter between left-to-right ones, with the brackets that it opens or closes.
    """
    if not _RIGHT.search(text):
        if text:
            yield text, False
        return
    kinds = [unicodedata.bidirectional(c) for c in text]
    if "L" not in kinds:
        yield text, True
        return
    done = 0
    for start, end in _stretches(text, kinds):
        start, end = _with_brackets(text, kinds, start, end)
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False


def isolated(text: str) -> str:
    """The text with marks around what runs from right to left, so that what stands beside it keeps its place."""
    return "".join(f"\u2067{piece}\u2069" if turned else piece for piece, turned in runs(text))


def _stretches(text: str, kinds: list[str]) -> Iterator[tuple[int, int]]:
    start = end = None
    for i, kind in enumerate(kinds):
        if kind in ("R", "AL"):
            start, end = i if start is None else start, i + 1
        elif kind == "NSM" and end == i:
            end = i + 1
        elif start is not None and (kind == "L" or text[i] in _ENDS_NAME):
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _with_brackets(text: str, kinds: list[str], start: int, end: int) -> tuple[int, int]:
    """A stretch with the closing bracket after it that it opens, and the opening one before it that it closes."""
    inside = text[start:end]
    for closing, opening in _BRACKETS.items():
        missing = inside.count(opening) - inside.count(closing)
        if missing > 0 and (place := text.find(closing, end)) >= 0 and "L" not in kinds[end:place]:
            end = place + 1
        elif missing < 0 and (place := text.rfind(opening, 0, start)) >= 0 and "L" not in kinds[place:start]:
            start = place
    return start, end
