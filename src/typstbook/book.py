"""The order of a book: which document comes where, how deep, in which part and in which volume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

__all__ = ["Place", "Volume", "places", "volumes"]

KEYS = {"title", "label", "filename", "documents", "parts", "endnotes"}


@dataclass(frozen=True)
class Place:
    """Where a document stands.

    Attributes
    ----------
    docname : str
    level : int
        Level of its title as a heading; chapters in parts are one below their part.
    part, inside : str
        Caption of the part that begins before this document, and of the one in which it is, or "".
    above : tuple of str
        The documents above it; none for a chapter.
    """

    docname: str
    level: int
    part: str = ""
    inside: str = ""
    above: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """0 for a chapter, 1 for a page below it and so on."""
        return len(self.above)


def places(env: BuildEnvironment, root: str) -> list[Place]:
    """All documents of the table of contents in reading order, the root first."""
    found, seen = [Place(root, 1)], {root}

    def walk(docnames: list[str], level: int, begins: str, inside: str, above: tuple[str, ...]) -> Iterator[Place]:
        for docname in docnames:
            if docname in seen or docname not in env.all_docs:
                continue
            seen.add(docname)
            yield Place(docname, level, begins, inside, above)
            begins = ""
            yield from walk(env.toctree_includes.get(docname, []), level + 1, "", inside, (*above, docname))

    for tree in env.get_doctree(root).findall(addnodes.toctree):
        caption = tree.get("caption") or ""
        found += walk(tree["includefiles"], 2 if caption else 1, caption, caption, ())
    return found


@dataclass(frozen=True)
class Volume:
    """A PDF of some documents of the book.

    Attributes
    ----------
    name : str
    title : str
        Its own, "" if it has that of the book.
    label : str
        How other volumes name it before the number of a page.
    filename : str
    places : tuple of Place
        Its documents; the level is that in this volume.
    endnotes : bool
        Whether the endnotes of all volumes stand in this one.
    """

    name: str
    title: str
    label: str
    filename: str
    places: tuple[Place, ...]
    endnotes: bool


def volumes(order: list[Place], settings: Mapping[str, Mapping], filename: str) -> list[Volume]:
    """Distribute the documents of a book.

    Parameters
    ----------
    order : list of Place
        All documents in reading order.
    settings : mapping
        ``typst_volumes``: name to a mapping with the keys ``documents`` (names, each with the documents below it) or
        ``parts`` (captions), ``title``, ``label``, ``filename`` and ``endnotes``, all optional. What no volume names is
        in the first one that names nothing.
    filename : str
        Of that volume, without its suffix; the others add their name.

    Returns
    -------
    list of Volume
        Those that have documents; one of all documents without settings.

    Raises
    ------
    sphinx.errors.ConfigError
        If a volume has another key.
    """
    settings = settings or {"book": {}}
    for name, volume in settings.items():
        if unknown := set(volume) - KEYS:
            raise ConfigError(f"typst_volumes: {name}: {min(unknown)!r} is none of {', '.join(sorted(KEYS))}.")
    rest = next((name for name, volume in settings.items() if not {"documents", "parts"} & set(volume)), None)
    if rest is None:
        raise ConfigError("typst_volumes: one volume must name neither documents nor parts; it takes what is left.")

    def owner(place: Place) -> str:
        for name, volume in settings.items():
            if {*volume.get("documents", ())} & {*place.above, place.docname} or place.inside in volume.get(
                "parts", ()
            ):
                return name
        return rest

    found = []
    for number, (name, volume) in enumerate(settings.items(), 1):
        own = [place for place in order if owner(place) == name]
        if own:
            title, label = volume.get("title", ""), volume.get("label", f"volume {number}")
            file = volume.get("filename") or (filename if name == rest else f"{filename}-{name}")
            single = len({place.inside for place in own}) == 1  # then the volume needs no page for its part
            own = tuple(_levelled([replace(place, part="") for place in own] if single else own))
            file = f"{file.removesuffix('.pdf')}.pdf"
            found.append(Volume(name, title, label, file, own, volume.get("endnotes", False)))
    return found


def _levelled(order: list[Place]) -> Iterator[Place]:
    """The documents with their levels in a volume: what belongs to a part that begins elsewhere is not below it."""
    begun = ""
    for place in order:
        begun = place.part or begun
        yield replace(place, level=1 + (begun != "" and place.inside == begun) + place.depth)
