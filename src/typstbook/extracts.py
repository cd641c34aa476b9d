"""What an extract takes from a document: a figure with the words around it, a box, or a section of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from docutils import nodes

__all__ = ["Piece", "box", "message", "steps"]


@dataclass
class Piece:
    """What stands together.

    Attributes
    ----------
    kind : str
        ``message``, words and what shows them; ``steps``, groups of what to do; or ``box``.
    title : str
        May be empty.
    words, shown : list of nodes
    groups : list of (title, nodes)
    """

    kind: str
    title: str
    words: list[nodes.Node] = field(default_factory=list)
    shown: list[nodes.Node] = field(default_factory=list)
    groups: list[tuple[str, list[nodes.Node]]] = field(default_factory=list)


def message(exhibits: list[nodes.Element], opening: tuple[str, list[nodes.Node]] | None = None) -> Piece:
    """Exhibits with title and words of the section that is theirs alone, or with those given as `opening`."""
    if opening:
        return Piece("message", *opening, exhibits)
    section = exhibits[0].parent
    while not isinstance(section, nodes.section):
        section = section.parent
    shared = sum(isinstance(n, nodes.figure) for n in section.findall(nodes.figure)) > len(exhibits)
    return Piece("message", *(("", []) if shared else (section[0].astext(), list(_paragraphs(section)))), exhibits)


def box(admonition: nodes.Element) -> Piece:
    """A box; one of a kind, such as a note, has no title of its own."""
    title = [child for child in admonition[:1] if isinstance(child, nodes.title)]
    return Piece("box", "".join(child.astext() for child in title), admonition[len(title) :])


def steps(section: nodes.section) -> Piece:
    """A section whose paragraphs in bold begin groups; what stands before the first of them are its words."""
    piece = Piece("steps", section[0].astext())
    for node in _flow(section):
        bold = node.next_node(nodes.strong) if isinstance(node, nodes.paragraph) else None
        if bold is not None and bold.astext() == node.astext().strip():
            piece.groups.append((node.astext(), []))
        else:
            (piece.groups[-1][1] if piece.groups else piece.words).append(node)
    return piece


def _flow(node: nodes.Element) -> Iterator[nodes.Node]:
    """What stands in a section itself, out of the cells of its notebook."""
    for child in node.children:
        if isinstance(child, nodes.container):
            yield from _flow(child)
        elif not isinstance(child, nodes.section | nodes.title):
            yield child


def _paragraphs(section: nodes.section) -> Iterator[nodes.Node]:
    for node in section.findall(nodes.paragraph):
        above = node.parent
        while above is not section and not isinstance(above, nodes.figure | nodes.table):
            above = above.parent
        if above is section:
            yield node
