"""Texts that were spoilt on the way: read in a wrong encoding, computed wrongly, left by a merge."""

from __future__ import annotations

import re
import unicodedata

from ecosystems.checks.problems import Unreadable

_MERGE = re.compile(r"^(<{7}|>{7}|\|{7})( .*)?\r?$", re.MULTILINE)  # Git leaves it between two versions
SPREADSHEET_ERROR = re.compile(
    r"#[¡¿]?(REF|VALUE|DIV/0|NAME|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|ERROR|BEZUG|WERT|ZAHL|ÜBERLAUF|VALEUR|NOM|NOMBRE"
    r"|NUL|VALOR|NOME|NULO|NÚM)[!?]|#(N/[AD]|NV\b|GETTING_DATA)|\bErr:5[0-9]{2}\b"
)
"""What spreadsheets in English, French, German, Portuguese and Spanish show in place of a value."""
NO_VALUE = re.compile(
    r"n\.? ?[/.]? ?a\.?|null|none|nil|nan|[-–—?.…_*x]+|tb[acd]\.?|to ?do|missing|no data"
    r"|not (available|applicable|known)|#+|\(?(blank|empty|unknown)\)?|ditto|idem"
    r"|see above|(the )?same( as above)?|[ns][/.]?d\.?|sin datos?|sem dados|desconocid[oa]|inconnue?|test|asdf\w*"
    r"|true|false|vrai|faux|wahr|falsch|verdadeiro|verdadero|falso|loading(\.{3}|…)|[\"'“”„〃]+",
    re.IGNORECASE,
)
"""A whole cell that says that there is no value."""
ENTITY = re.compile(r"&(#[0-9]+|#x[0-9a-f]+|[a-z]{2,8}[0-9]?);", re.IGNORECASE)
"""A character as HTML writes it."""
ESCAPED = re.compile(r"\\(?:[nrt\"']|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")
"""A character as programs write it."""
ENCODED = re.compile(r"%(?:20|2[cf]|3a|[c-f][0-9a-f]%[89ab][0-9a-f])", re.IGNORECASE)
"""A character as addresses have it."""
ADDRESS = re.compile(r"(https?://|www\.)\S+|[\w.+-]+@[\w-]+(\.[\w-]+)+")
"""A whole cell that is the address of a page or a mailbox."""
MAIL = re.compile(r"@(?<=\w@)\w[\w-]*\.\w")
"""The address of a mailbox."""
PASTED = re.compile(
    r"\[(?:\d{1,3}|edit|citation needed|note \d+)\]|\]\(https?:|\*\*(?:\w|(?<=\w\*\*))"
    r"|~~\S|^#{1,6} |`[^`]+`|(?<!\w)_\w[^_]*_(?!\w)"
)
"""Marks of the page that a text was copied from, or of its markup."""
# How spreadsheets in English, French, German, Portuguese and Spanish write months.
_MONTH = (
    "(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|janv|févr|mars|avr|mai|juin|juil|août|déc|mär|mrz|okt|dez"
    r"|fev|abr|ago|set|out|ene|dic)\.?"
)
_DAY = r"(0?[1-9]|[12][0-9]|3[01])\.?"
DATE = re.compile(
    rf"{_DAY}[-/ ]{_MONTH}([-/ ]([0-9]{{2}}){{1,2}})?|{_MONTH}[-/][0-9]{{2}}|{_DAY}[-/]{_DAY}[-/]([0-9]{{2}}){{1,2}}"
    r"|(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ])?[0-9]{2}:[0-9]{2}:[0-9]{2}",
    re.IGNORECASE,
)
"""A whole cell that a spreadsheet has taken for a date or a time."""
NUMBER = re.compile(r"[2-5][0-9]{4}(\.[0-9]+)?|[0-9](\.[0-9]+)?E[-+]?[0-9]+|-?[0-9]{1,3}\.[0-9]{3,}", re.IGNORECASE)
"""A whole cell with the number of days that a spreadsheet makes of a date, a power of ten, or one of a point."""
PRINTED = re.compile("[\ufb00-\ufb06\uff10-\uff5a]")
"""Letters that a PDF joins (fi, fl), and letters and digits as wide as Chinese ones."""
UNFINISHED = re.compile(
    r"TODO(?<!\w....)\b|FIXME|XXX+\b|[Ll]orem ipsum|\?\?|[\[(](?i:(to be )?(check|verif|confirm|draft|tb[acd]\b))"
)
"""A note to oneself, or the text of a template."""
AGAIN = re.compile(r"\b(a|an|the|of|and|to|in|for|is|with|by) \1\b", re.IGNORECASE)
"""A small word that stands twice where two versions of a sentence were put together."""
_MISREAD = re.compile("[ÃÂ][\x80-\xbf]|â€|\ufffd")
_LOST = re.compile(r"""^["'(]*\?+[^\W\d]|[^\W\d]\?+[^\W\d]""")
_NO_BEGINNING, _NO_END = frozenset(",.;:)]"), frozenset(",;:([–-")
_PAIRS = ("()", "[]", "{}", "“”", "«»")
_MARKS = re.compile(r"[()\[\]{}“”«»\"]")
_LOOSE, _TWO_DOTS = re.compile(r" [.,](?<=\w .)(?= |$)"), re.compile(r"\.\.(?<!\...)(?!\.)")
_FOREIGN, _WORD = re.compile(r"[^\x00-\x7f]{2,}"), re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[/=&@]")


def decoded(content: bytes, what: str) -> str:
    """The text of a file of ours, with or without the mark with which Excel begins "CSV UTF-8".

    Raises
    ------
    Unreadable
        If it is none; `what` says what to save.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"the text is not UTF-8; save {what} in UTF-8", line) from None
    if mark := _MERGE.search(text):
        right = "marks of an unfinished merge stand here; keep one version and remove the marks"
        raise Unreadable(right, text.count("\n", 0, mark.start()) + 1)
    return text


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
    if text.isascii():
        return False
    alphabets = ({unicodedata.name(c, "").partition(" ")[0] for c in word} for word in _WORD.findall(text))
    return any(len(names & {"LATIN", "GREEK", "CYRILLIC"}) > 1 for names in alphabets)


def lost_letter(text: str) -> bool:
    """Whether a program that does not know a letter has put a question mark in its place."""
    return "?" in text and any(_LOST.search(w) for w in text.split() if not _ADDRESS.search(w))


def torn(text: str) -> bool:
    """Whether a text seems to lack a part: a bracket or quote stands alone, or a sign where no text has one."""
    if _MARKS.search(text):
        quotes = text.count('"')
        if quotes % 2 or any(text.count(opens) != text.count(closes) for opens, closes in _PAIRS):
            return True
        if '""' in text or quotes == 2 and text[0] == text[-1] == '"':
            return True
    ends = text[:1] in _NO_BEGINNING or text[-1:] in _NO_END
    return ends or bool(_LOOSE.search(text) or _TWO_DOTS.search(text))


def unaccented(text: str) -> str:
    """A text without accents; vowels of many scripts are marks, too, and stay."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(*texts: object) -> set[str]:
    """The words of names, without accents, case and small words."""
    letters = " ".join(t for t in texts if isinstance(t, str)).casefold()
    if not letters.isascii():
        plain = unaccented(letters)
        letters = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)
    return set(re.findall(r"[^\W_]+" if letters.isascii() else r"\S+", letters)) - {"the", "of", "and", "for", "in"}
