"""Codes of languages and countries, as Unicode's CLDR knows them. The package takes time: only what needs it asks."""

from __future__ import annotations

from functools import cache

__all__ = ["countries", "languages"]


@cache
def languages() -> frozenset[str]:
    """Codes of languages, among them all of ISO 639-1."""
    from babel import Locale

    return frozenset(Locale("en").languages)


@cache
def countries() -> dict[str, str]:
    """English names of countries and areas by ISO 3166-1 alpha-3."""
    from babel import Locale
    from babel.core import get_global

    names = Locale("en").territories
    codes = {code: others[0] for code, others in get_global("territory_aliases").items() if len(code) == 3}
    return {code: names[other] for code, other in codes.items() if code.isalpha() and other in names}
