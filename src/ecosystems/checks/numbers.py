"""Numbers that a text says, in digits and in words, and whether a value follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

import pandas as pd

_SCALES = {"hundred": 1e2, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "crore": 1e7, "billion": 1e9}
_SCALE = rf"(?: ({'|'.join(_SCALES)}))?"
_NUMBER = re.compile(rf"(?<![\w.])(\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}(?:\.\d+)?|\d+(?:\.\d+)?){_SCALE}")
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_SPELLED = re.compile(rf"\b({'|'.join(_WORDS)})\b{_SCALE}", re.IGNORECASE)
# What words say besides, as a count or in percent.
_MEANT = {
    "one once a an only single sole": (1,),
    "none nobody nothing no never without": (0,),
    "all every everybody everyone whole each": (100,),
    "half halved": (50, 0.5),
    "third thirds": (3, 33, 67),
    "quarter quarters fourth": (4, 25, 75),
    "twice second doubled double both pair": (2, 100),
    "thrice tripled treble": (3, 200),
    "dozen dozens": (12,),
    "hundred hundreds": (100,),
    "thousand thousands": (1000,),
}
_MEANT = {word: meant for words, meant in _MEANT.items() for word in words.split()}
for _words, _numbers in (
    ("thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty", range(13, 21)),
    ("thirty forty fifty sixty seventy eighty ninety", range(30, 100, 10)),
):
    _MEANT |= {word: (number,) for word, number in zip(_words.split(), _numbers, strict=True)}
_ORDINALS = (
    "fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
    "eighteenth nineteenth twentieth"
)
_MEANT |= {word: (number, 100 / number) for number, word in enumerate(_ORDINALS.split(), 5)}
_FRACTION = {"fifths": 5, "sixths": 6, "sevenths": 7, "eighths": 8, "ninths": 9, "tenths": 10}


def numbers(text: str) -> dict[str, set[float]]:
    """Numbers in a text as they are written, each with the values it may mean; words from two to twelve count too."""
    said = [(m, float(m[1].replace(",", ""))) for m in _NUMBER.finditer(text)]
    said += [(m, float(_WORDS.index(m[1].lower()) + 2)) for m in _SPELLED.finditer(text)]
    return {m[0]: {value, round(value * _SCALES.get((m[2] or "").lower(), 1), 2)} for m, value in said}


def values(cells: Iterable[object]) -> set[float]:
    """All values that numbers in these cells of tables may mean."""
    found = set()
    for cell in cells:
        if isinstance(cell, str):
            found = found.union(*numbers(cell).values())
        elif pd.notna(cell):
            found.add(float(cell))
    return found


def supports(text: str, value: float) -> bool:
    """Whether a text says a value, or numbers from which it follows; a text without numbers supports any value.

    It follows as a share in percent (two in five), as the sum or the difference of two numbers (160 schools and 160
    others), or as the days from one to another.
    """
    said = values([text])
    if value in said or round(abs(value), 2) in {round(v, 2) for v in said}:
        return True
    words = re.findall(r"\w+", text.lower())
    meant = {float(m) for w in words for m in _MEANT.get(w, ())}
    fractions = {_FRACTION[w] for w in words if w in _FRACTION}
    shares = {100 * a / b for a in said | {1.0} for b in (said | fractions) if b}
    counts = sorted(said | ({1.0} if "one" in words else set()))
    spans = {n for a, b in combinations(counts, 2) for n in (a + b, b - a, b - a + 1)}
    spans |= {2 * v for v in said if text.count(f"{v:,.0f}") > 1}
    if any(abs(value - v) < 1e-6 for v in meant | spans) or any(abs(value - s) <= 0.5 for s in shares):
        return True
    return not {v for v in said if not 1900 <= v <= 2100}  # years alone say nothing of the value
