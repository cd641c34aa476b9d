"""A book is set in gatherings of pages and then bound, as books are: Typst keeps all that it lays out, of a whole long book more than a small machine has.

What begins on a page of its own is a piece. Each is laid out once alone; that tells how many pages it takes and where its places are. Neighbours
form a gathering. It is set from the page on which it begins, and knows what stands in the other gatherings by the numbers of their pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Gathering", "Piece", "gather", "gone", "numbers"]

#: How many pages go into a gathering.
FULL = 40
#: The place behind all others, in what Typst tells of them.
END = "@end"


def gone(start: int) -> int:
    """How many pages stand before the first one until the gathering is bound; with them odd pages are odd for Typst too."""
    return 2 if start % 2 else 1


@dataclass(eq=False)
class Piece:
    """What begins on a page of its own.

    Attributes
    ----------
    name : str
    text : str
        Typst code.
    level : int
        Of its first heading.
    spread : bool
        Whether it begins on a left-hand page, behind a page left over if it must.
    defined, wanted : set of str
        Places in it, and places that it links to.
    entries : str
        What the contents list, as Typst code, if they are in it.
    places : dict
        What Typst told: place to (page from 1, points from the left, points from the top); ``END`` is on the last page.
    """

    name: str
    text: str
    level: int = 1
    spread: bool = False
    defined: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    entries: str = "()"
    places: dict[str, tuple[int, float, float]] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The page from which it is laid out alone."""
        return 2 if self.spread else 1


@dataclass
class Gathering:
    """Pieces that are set together; `start` and `places` are what is known by now, places counted from 1 at `start`."""

    pieces: list[Piece]
    start: int
    places: dict[str, tuple[int, float, float]]

    @property
    def pages(self) -> int:
        """How many it has."""
        return self.places[END][0]

    @property
    def elsewhere(self) -> set[str]:
        """Places that it links to and does not have."""
        return {name for piece in self.pieces for name in piece.wanted}.difference(
            *(piece.defined for piece in self.pieces)
        )


def gather(pieces: Iterable[Piece]) -> list[Gathering]:
    """Put neighbours together as long as they fit; what is longer stands alone."""
    found: list[Gathering] = []
    end = 0
    for piece in pieces:
        if not found or found[-1].pages + piece.places[END][0] > FULL:
            found.append(Gathering([], end + 1, {END: (0, 0, 0)}))
        last = found[-1]
        before = last.pages + (piece.spread and end % 2 == 0)  # a page left over
        last.pieces.append(piece)
        last.places |= {name: (before + page, x, y) for name, (page, x, y) in piece.places.items()}
        end = last.start + last.pages - 1
    return found


def numbers(gatherings: Iterable[Gathering]) -> dict[str, int]:
    """The page in the book of each place; sets where the gatherings begin."""
    found, start = {}, 1
    for gathering in gatherings:
        gathering.start = start
        found |= {name: start + page - 1 for name, (page, _x, _y) in gathering.places.items() if name != END}
        start += gathering.pages
    return found
