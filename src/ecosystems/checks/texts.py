"""Tests of the texts in all columns: nothing acts as a formula or as markup, is hidden, or was spoilt on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ecosystems import letters
from ecosystems.checks import wording
from ecosystems.checks.addresses import DETOUR, public
from ecosystems.checks.problems import ASKED, Frames, Problem, told

SUMMARY, LONGEST = 300, 5000  # characters
CUT = 255  # characters that a cell of old spreadsheets and databases holds
# Codes of two letters in ISO 639-1.
_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja
jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so
sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
""".split()
Test = tuple[Callable[[str], object], str] | tuple[Callable[[str], object], str, str]
"""What finds a fault, what would be right, and :data:`ASKED` if the text may be right all the same."""

MANGLED = "it looks like a value that a spreadsheet took for a date or a number; type it into a cell of the type text"
_ANY: list[Test] = [
    (letters.hidden, "it holds an invisible character or a line break; type the text again"),
    (wording.misread, "it looks like text read in a wrong encoding; type the text again"),
    (wording.ENTITY.search, "it holds a character as HTML writes it, such as &amp;; type the character"),
    (lambda t: len(t) > LONGEST, f"it has more than {LONGEST:,} characters; look for a missing quote"),
]
_ADDRESSES: list[Test] = [
    (lambda t: not public(t), "it must be an address on a public host, without a user name"),
    (DETOUR.match, "it leads to a page by a search, a mail or a short address; give the page's own address"),
    (re.compile(r"[;,|]https?://").search, "it holds two addresses; each page has a row of its own"),
    (
        re.compile(r"[,;\"'…]$|(?<!\.)\.$|^[^(]*\)$").search,
        "the sign at its end belongs to the text around it; remove it",
        ASKED,
    ),
]
_TEXTS: list[Test] = [
    (
        re.compile(r"[=+\-@\t\r＝＋－＠]").match,
        "a spreadsheet would run it as a formula; it must not begin with = + - @ or a tab",
    ),
    (re.compile(r"</?\s*[a-zA-Z!]").search, "it looks like HTML; write plain text"),
    (lambda t: t != t.strip(), "it begins or ends with a space"),
    (wording.SPREADSHEET_ERROR.search, "a spreadsheet could not compute it; type the value"),
    (
        wording.lost_letter,
        "a question mark stands in the place of a letter that was lost; type the text again",
        ASKED,
    ),
    (lambda t: "  " in t, "it holds two spaces in a row; one is enough"),
    (wording.mixed_letters, "a word mixes letters of two alphabets that look alike; type it again", ASKED),
    (wording.UNFINISHED.search, "it looks like a note to oneself or the text of a template; finish it", ASKED),
    (lambda t: len(t) == CUT and t[-1].isalnum(), "the text was cut at 255 characters; write it out", ASKED),
    (wording.DATE.fullmatch, MANGLED, ASKED),
    (
        wording.ADDRESS.fullmatch,
        "it is an address, which has a column of its own; write the text, or leave it empty",
        ASKED,
    ),
    (wording.MAIL.search, "it has the address of a mailbox, which is nobody's to publish; leave it out", ASKED),
    (wording.PASTED.search, "it has marks of the page it was copied from, such as [1]; remove them", ASKED),
    (wording.ENCODED.search, "it has a letter as addresses write it, such as %C3%B3; type the letter"),
    (wording.ESCAPED.search, "it has a character as programs write it, such as \\n; type the character, or a space"),
    (
        wording.PRINTED.search,
        "it has letters as printers and keyboards of other scripts join or widen them; type them",
        ASKED,
    ),
    (wording.AGAIN.search, "a small word stands twice; read the sentence again", ASKED),
    (wording.torn, "a bracket, a quote or a sign is left over; look whether the text is whole", ASKED),
]
_VALUES: list[Test] = [
    (wording.NO_VALUE.fullmatch, "this is no value; what is not known stays empty", ASKED),
]
_NO_KEYS: list[Test] = [(wording.NUMBER.fullmatch, MANGLED, ASKED)]
_COLUMNS: dict[str, list[Test]] = {
    "question": [(lambda t: not set("?？؟՞;") & set(t), "it is no question; end it with a question mark", ASKED)],
    "language": [
        (
            lambda t: len(t) == 2 and t not in _LANGUAGES,
            "no language has this code in ISO 639-1, such as ka for Georgian; the code of a country is another one",
        )
    ],
    "summary": [(lambda t: len(t) > SUMMARY, f"it has more than {SUMMARY} characters; make it shorter")],
}


def _fault(text: str, tests: list[Test]) -> list[str]:
    found = next((said for find, *said in tests if find(text)), None)
    return found or ([said] if (said := letters.lacking(text)) else [])


def spoilt(text: str, address: bool = False) -> list[str]:
    """What would be right instead of a text outside the tables; nothing if it is right."""
    return _fault(text, [test for test in (*_ANY, *(_ADDRESSES if address else _TEXTS)) if ASKED not in test])


def texts(data: Frames, listed: set[tuple[str, str]]) -> Iterator[Problem]:
    """Faults of texts, the first of each cell; columns in `listed` may hold any of their values, such as ``null``."""
    for name, table in data.items():
        for column in table.columns[table.dtypes == object]:  # noqa: E721 (a column of dtypes)
            kind = _ADDRESSES if column in ("url", "website") else _TEXTS
            more = [*_COLUMNS.get(column, []), *([] if column.endswith("id") else _NO_KEYS)]
            tests = [*_ANY, *([] if (name, column) in listed else _VALUES), *kind, *more]
            faults = {text: _fault(text, tests) for text in table[column].dropna().unique()}
            wrong = {text: fault for text, fault in faults.items() if fault}
            lines = table.index[table[column].isin(wrong)] if wrong else ()
            yield from told(name, table, ((line, column, *wrong[table.at[line, column]]) for line in lines))
