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
    depth : int
        0 for a chapter, 1 for a page below it and so on.
    level : int
        Level of its title as a heading; chapters in parts are one below their part.
    part : str
        Caption of the part that begins before this document, or "".
    """

    docname: str
    depth: int
    level: int
    part: str = ""


def places(env: BuildEnvironment, root: str) -> list[Place]:
    """All documents of the table of contents in reading order, the root first."""
    trees = list(env.get_doctree(root).findall(addnodes.toctree))
    parts = any(tree.get("caption") for tree in trees)
    found, seen = [Place(root, 0, 1)], {root}

    def walk(docnames: list[str], depth: int, level: int, part: str) -> Iterator[Place]:
        for docname in docnames:
            if docname in seen or docname not in env.all_docs:
                continue
            seen.add(docname)
            yield Place(docname, depth, level, part)
            part = ""
            yield from walk(env.toctree_includes.get(docname, []), depth + 1, level + 1, "")

    for tree in trees:
        caption = tree.get("caption") or ""
        found += walk(tree["includefiles"], 0, 2 if parts and caption else 1, caption)
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
    owner, part, above = {}, "", []
    part_of = {}
    for place in order:
        part = place.part or ("" if place.depth == 0 and place.level == 1 else part)
        above = [*above[: place.depth], place.docname]
        part_of[place.docname] = part
        owner[place.docname] = next(
            (n for n, v in settings.items() if {*v.get("documents", ())} & {*above} or part in v.get("parts", ())),
            rest,
        )
    found = []
    for number, (name, volume) in enumerate(settings.items(), 1):
        own = [place for place in order if owner[place.docname] == name]
        if own:
            title, label = volume.get("title", ""), volume.get("label", f"volume {number}")
            file = volume.get("filename") or (filename if name == rest else f"{filename}-{name}")
            single = len({part_of[place.docname] for place in own}) == 1  # then the volume needs no page for its part
            own = tuple(_levelled([replace(place, part="") for place in own] if single else own, part_of))
            file = f"{file.removesuffix('.pdf')}.pdf"
            found.append(Volume(name, title, label, file, own, volume.get("endnotes", False)))
    return found


def _levelled(order: list[Place], part_of: Mapping[str, str]) -> Iterator[Place]:
    """The documents with their levels in a volume: what belongs to a part that begins elsewhere is not below it."""
    begun = ""
    for place in order:
        begun = place.part or begun
        inside = begun != "" and part_of[place.docname] == begun
        yield replace(place, level=1 + inside + place.depth)
