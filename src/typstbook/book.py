"""The order of a book: which document comes where, how deep, in which part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sphinx import addnodes
from sphinx.environment import BuildEnvironment

__all__ = ["Place", "places"]


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
