"""What the printed page before each part says: one number, and what it counts."""

from ecosystems.analysis import field
from ecosystems.charts.openings import share_of_south
from ecosystems.words import Prose, agree, number, plural, prose


def _message(value: str, words: str, **fields: object) -> Prose:
    return prose(f":::{{{{div}}}} part-message\n**{value}**\n\n{words}\n:::", **fields)


def idea(data) -> Prose:
    """Where the world's children live."""
    return _message("{n}%", "of the world's children live in the Global South", n=share_of_south(data)["children"])


def ecosystems(data) -> Prose:
    """How many places there are, and in how many countries."""
    return _message(
        "{n}",
        "{places} in {countries}, {each} a story of its own",
        n=len(data.ecosystems),
        places=agree(len(data.ecosystems), "place"),
        each=agree(len(data.ecosystems), "with", "each with"),
        countries=plural(data.ecosystems["iso3"].nunique(), "country"),
    )


def what_follows(data) -> Prose:
    """How often initiatives work with the public system, out of school and in it."""
    table = field.public_by_setting(data)
    at = table[table["state"] == field.STATE[True]].set_index("setting")["percent"]
    return _message(
        "{out}%",
        "of the initiatives outside school work with the public system; in school {school}% do",
        out=number(at.get("Out of school only", 0)),
        school=number(at.get("In school only", 0)),
    )


def method(data) -> Prose:
    """On how many pages the scan stands."""
    return _message(
        "{pages}",
        "{named} {initiatives}, each with its address",
        pages=(pages := data.initiative_sources["source_id"].nunique()),
        named=f"{agree(pages, 'public page')} behind",
        initiatives=plural(len(data.initiatives), "initiative"),
    )
