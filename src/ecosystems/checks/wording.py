"""Texts that were spoilt on the way: read in a wrong encoding, computed wrongly, left by a merge."""

from __future__ import annotations

import re

__all__ = ["MERGE", "NO_VALUE", "SPREADSHEET_ERROR", "lost_letter", "misread"]

MERGE = re.compile(r"^(<{7}|>{7}|\|{7})( .*)?\r?$", re.MULTILINE)
"""A line that Git leaves where two versions could not be merged."""
SPREADSHEET_ERROR = re.compile(
    r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA|ERROR!|BEZUG!|WERT!)"
)
NO_VALUE = re.compile(
    r"n\.? ?[/.]? ?a\.?|null|none|nil|nan|[-–—?.…_*x]+|tb[acd]\.?|to ?do|missing|no data"
    r"|not (available|applicable|known)|#+|\(?(blank|empty)\)?",
    re.IGNORECASE,
)
"""A whole cell that says that there is no value."""
_MISREAD = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd")
_LOST = re.compile(r"""^["'(]*\?+[^\W\d]|[^\W\d]\?+[^\W\d]""")
_ADDRESS = re.compile(r"[/=&@]")


def misread(text: str) -> bool:
    """Whether a text looks like UTF-8 that was read in another encoding."""
    return bool(_MISREAD.search(text))


def lost_letter(text: str) -> bool:
    """Whether a program that does not know a letter has put a question mark in its place."""
    return "?" in text and any(_LOST.search(w) for w in text.split() if not _ADDRESS.search(w))
