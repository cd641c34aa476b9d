"""Texts that were spoilt on the way: read in a wrong encoding, computed wrongly, left by a merge."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "ENTITY",
    "MERGE",
    "NO_VALUE",
    "SPREADSHEET_ERROR",
    "UNFINISHED",
    "cut_off",
    "lost_letter",
    "misread",
    "mixed_letters",
]

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
ENTITY = re.compile(r"&(#[0-9]+|#x[0-9a-f]+|[a-z]{2,8}[0-9]?);", re.IGNORECASE)
"""A character as HTML writes it."""
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX+)\b|lorem ipsum", re.IGNORECASE)
"""A note to oneself, or the text of a template."""
_CUT = 255  # characters that a cell of old spreadsheets and databases holds
_MISREAD = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd")
_LOST = re.compile(r"""^["'(]*\?+[^\W\d]|[^\W\d]\?+[^\W\d]""")
_FOREIGN, _WORD = re.compile(r"[^\x00-\x7f]{2,}"), re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[/=&@]")


def misread(text: str) -> bool:
    """Whether a text looks like UTF-8 that was read in another encoding, of whatever alphabet."""
    if text.isascii():
        return False
    return bool(_MISREAD.search(text)) or any(map(_other_text, _FOREIGN.findall(text)))


def _other_text(run: str) -> bool:
    """Whether letters that follow each other are bytes of Windows' Latin letters that make other letters as UTF-8."""
    try:
        meant = b"".join(c.encode("latin-1" if c < "\xa0" else "cp1252") for c in run).decode("utf-8")
    except UnicodeError:
        return False
    return len(meant) > 1 or len(run) > 2


def mixed_letters(text: str) -> bool:
    """Whether a word mixes letters of alphabets that look alike, so that no search finds it."""
    return not text.isascii() and any(len(set(map(_alphabet, word)) - {""}) > 1 for word in _WORD.findall(text))


def _alphabet(letter: str) -> str:
    """Which of the alphabets that look alike a letter belongs to."""
    name = unicodedata.name(letter, "").partition(" ")[0]
    return name if name in ("LATIN", "GREEK", "CYRILLIC") else ""


def cut_off(text: str) -> bool:
    """Whether a text ends at the limit of old spreadsheets, and not with the end of a sentence."""
    return len(text) == _CUT and text[-1].isalnum()


def lost_letter(text: str) -> bool:
    """Whether a program that does not know a letter has put a question mark in its place."""
    return "?" in text and any(_LOST.search(w) for w in text.split() if not _ADDRESS.search(w))
