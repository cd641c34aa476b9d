"""Letters of all scripts: the fonts that have them, and which invisible characters spelling needs.

Drawings, pages, PDF and EPUB take their letters from these fonts, so what has none of them is a fault of a table.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools import unicodedata as scripts
from fontTools.ttLib import TTFont

_OWN = Path(str(files("ecosystems"))) / "fonts"
_NOTO, _CJK = (Path(str(files(package))) for package in ("manimgx_fonts", "noto_cjk_sans_otc"))
FOLDERS = [str(folder) for folder in (_OWN, _NOTO, _CJK)]
"""Where fonts are, besides those of the `fontpkg` family."""

TEXT = "Source Sans 3"
"""What drawings and tables are set in."""

_NOTO_SCRIPTS = (
    "Arabic Armenian Bengali Devanagari Ethiopic Georgian Gujarati Gurmukhi Hebrew Kannada Khmer Lao Malayalam Myanmar "
    "Oriya Sinhala Tamil Telugu Thai"
).split()
_OWN_SCRIPTS = ("Adlam", "MeeteiMayek", "NKo", "Ol Chiki", "Thaana", "Tifinagh", "Vai")
DRAWN_ONLY = (range(0x250, 0x2B0), range(0x370, 0x530))
"""Letters of phonetics, Greek and Cyrillic, which the fonts of drawings have and those of pages have not."""
FAMILIES: dict[str, Path] = {
    TEXT: _OWN / "SourceSans3-Regular.ttf",
    "Noto Sans": _NOTO / "NotoSans[wght].ttf",
    **{f"Noto Sans {script}": _NOTO / f"NotoSans{script}[wght].ttf" for script in _NOTO_SCRIPTS},
    **{f"Noto Sans {script}": _OWN / f"NotoSans{script.replace(' ', '')}-Regular.ttf" for script in _OWN_SCRIPTS},
    "Noto Serif Tibetan": _OWN / "NotoSerifTibetan-Regular.ttf",
    "Noto Sans CJK SC": _CJK / "NotoSansCJK-Regular.ttc",
    "Noto Sans Symbols": _NOTO / "NotoSansSymbols[wght].ttf",
    "Noto Emoji": _NOTO / "NotoEmoji[wght].ttf",
}
"""Families and their files; a letter is taken from the first that has it."""

_JOINERS = "\u200c\u200d"
_UNSPACED = {"Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"}
# Scripts in whose spelling a joiner changes what is read.
_JOINING = {
    "Arab", "Syrc", "Mong", "Nkoo", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh",
}  # fmt: skip


def opened(family: str) -> TTFont:
    """The font of a family; of a collection the face with the family's name."""
    path = FAMILIES[family]
    for number in range(20):
        font = TTFont(path, lazy=True, recalcTimestamp=False, fontNumber=number)
        if path.suffix != ".ttc" or font["name"].getBestFamilyName() == family:
            return font
        font.close()
    raise LookupError(f"{path.name} has no face of {family}")


@cache
def characters(family: str) -> frozenset[int]:
    """The characters that a family has."""
    with opened(family) as font:
        return frozenset(font.getBestCmap())


def wanted(text: Iterable[str]) -> dict[str, set[str]]:
    """The characters of a text by the first family that has them; under an empty name those that none has."""
    found: dict[str, set[str]] = {}
    left = {c for c in text if c.isprintable() and c != " "}
    for family in FAMILIES:
        if not left:
            break
        if here := {c for c in left if ord(c) in characters(family)}:
            found[family] = here
            left -= here
    return found | ({"": left} if left else {})


def families(text: str) -> list[str]:
    """The families that a text needs, the book's own first: each more costs a drawing time."""
    if text.isascii():
        return [TEXT]
    needed = wanted(text)
    return [TEXT, *(family for family in FAMILIES if family in needed and family != TEXT)]


def lacking(text: str) -> str:
    """What to say of the first character of a text that no font has; an empty text if there is none."""
    if text.isascii() or not (left := wanted(text).get("")):
        return ""
    first = next(c for c in text if c in left)
    script = scripts.script_name(scripts.script(first)).replace("_", " ")
    name = unicodedata.name(first, "").lower()
    return (
        f"no font of the book has {first!r} (U+{ord(first):04X}{f', {name}' if name else ''}), of the script {script}; "
        f"a font such as Noto Sans {script} (package fonts-noto-core of Debian) can be added by scripts/fonts.py"
    )


def clusters(text: str) -> list[str]:
    """A text in pieces that can stand on different lines: a letter with its marks and with what is joined to it."""
    found: list[str] = []
    for c in text:
        marks = unicodedata.category(c)[0] == "M" or c in _JOINERS
        joined = found and (found[-1][-1] in _JOINERS or unicodedata.combining(found[-1][-1]) == 9)
        if found and (marks or joined):
            found[-1] += c
        else:
            found.append(c)
    return found


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters of a script that needs it, or ends a word after a virama."""
    before, after = text[:place].rstrip(_JOINERS)[-1:], text[place + 1 :].lstrip(_JOINERS)[:1]
    if not before or unicodedata.category(before)[0] not in "LM" or _script(before) not in _JOINING:
        return False
    if after and unicodedata.category(after)[0] in "LM":
        return _script(after) == _script(before)
    return unicodedata.combining(before) == 9


def unspaced(text: str) -> bool:
    """Whether a text has letters of a script that sets no spaces between words."""
    return not text.isascii() and any(scripts.script(c) in _UNSPACED for c in text)


def _script(character: str) -> str:
    """The script of a letter; that of a mark which several share is the first of them."""
    script = scripts.script(character)
    return sorted(scripts.script_extension(character))[0] if script in ("Zinh", "Zyyy") else script


def hidden(text: str) -> set[int]:
    """The places of what cannot be seen in a text, besides joiners that spelling needs."""
    if text.isprintable():
        return set()
    return {i for i, c in enumerate(text) if not c.isprintable() and not (c in _JOINERS and _joins(text, i))}
