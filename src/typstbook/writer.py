"""From a document's nodes to Typst code: the frame, running text, lists and notes.

Every element becomes a call of a function of the template; see ``escape`` for why text is harmless. Figures and
tables are in ``exhibits``, call-outs, cards and notebook cells in ``components``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxTranslator

from typstbook.book import Place
from typstbook.components import Components
from typstbook.escape import literal, markup, value
from typstbook.exhibits import Exhibits
from typstbook.text import Text, key

__all__ = ["Translator", "Written"]

log = logging.getLogger(__name__)


def _has(node: nodes.Node, name: str) -> bool:
    """Whether a node has the class, as a notebook's cell the tag, or as a section its first cell the tag."""
    if isinstance(node, nodes.section):
        cell = next((c for c in node.findall(nodes.container) if c.get("nb_element") == "cell_code"), node)
        return name in node["classes"] or f"tag_{name}" in cell["classes"]
    return isinstance(node, nodes.Element) and not {name, f"tag_{name}"}.isdisjoint(node.get("classes", ()))


def _is_half(node: nodes.Node) -> bool:
    return _has(node, "half") and not isinstance(node, nodes.section)


@dataclass
class Written:
    """What is known of a document when it is written; its nodes are not kept.

    Attributes
    ----------
    place : Place
        Where the document stands in its volume.
    spread : bool
        Whether it opens on a left-hand page.
    defined, defined_in_notes : set of str
        Places in the document, and in its endnotes.
    wanted : dict
        Places that were linked to, and file and line of the first link.
    code : str
        Typst code of the document without its endnotes.
    notes : str
        Typst code of the endnotes: sections of the class ``notes``. It may use the variables ``level``, that of their
        document, and ``deeper``, how many levels they are below that.
    before_notes : str
        Typst code of the name of the spot at the first heading of the notes; it may have to stand before their title.
    part_message : str
        Typst code of what the page before the part says that begins with this document.
    """

    place: Place
    spread: bool = False
    defined: set[str] = field(default_factory=set)
    defined_in_notes: set[str] = field(default_factory=set)
    wanted: dict[str, str | None] = field(default_factory=dict)
    code: str = ""
    notes: str = ""
    before_notes: str = "none"
    part_message: str = "none"

    @property
    def docname(self) -> str:
        """The name of the document that is written."""
        return self.place.docname


class Translator(Exhibits, Components, Text, SphinxTranslator):
    """Writes one document.

    Parameters
    ----------
    document : docutils.nodes.document
        With all references resolved.
    builder : typstbook.builder.TypstBuilder
    place : Place
        Where the document stands in the book.

    Attributes
    ----------
    written : Written
    """

    def __init__(self, document: nodes.document, builder, place: Place):
        super().__init__(document, builder)
        self.place, self.docname = place, place.docname
        self.written = Written(place)
        self.env = builder.env
        self.out: list[str] = []
        self.in_notes = False
        self.pointed = not any(_has(s, "notes") for s in document.findall(nodes.section))
        self.rank = -1
        self.depth_of_boxes = 0
        self.half = False
        self.marks = 0
        self.mark_of_title = ""
        self.beside: set[int] = set()
        self.titled = False
        self.plain = 0
        self.footnotes = {i: note for note in document.findall(nodes.footnote) for i in note["ids"]}
        self.noted: set[str] = set()

    # -- tools ---------------------------------------------------------------------------------------------------

    def write(self, code: str) -> None:
        """Add Typst code."""
        self.out.append(code)

    def block(self, code: str) -> None:
        """Add a call that stands for itself, and leave its node."""
        self.write(f"\n{code}\n\n")
        if self.wide:
            self.mark_of_title = ""
        raise nodes.SkipNode

    def content(self, children: Iterable[nodes.Node]) -> str:
        """Typst code of some nodes, as a content block in brackets."""
        before, self.out = self.out, []
        for child in list(children):
            child.walkabout(self)
        code, self.out = "".join(self.out).strip(), before
        return f"[{code}]"

    @contextmanager
    def boxed(self) -> Iterator[None]:
        """Within: nothing may reach into the margin or turn the page."""
        self.depth_of_boxes += 1
        yield
        self.depth_of_boxes -= 1

    def inside(self, children: Iterable[nodes.Node]) -> str:
        """``content`` of something that is drawn as a box or a cell."""
        with self.boxed():
            return self.content(children)

    def mark(self) -> str:
        """A new name, as Typst code, for a spot whose place on the page Typst tells."""
        self.marks += 1
        name = literal(f"{self.docname}:{self.marks}")
        return f'{name} + "@" * deeper' if self.in_notes else name

    def movable(self, code: str, small: bool = False) -> None:
        """Add a call that may stand at the top of the next page, or if it can be `small` take less room.

        So it leaves no hole on this page. The hole is measured from the end of what stands before it, or before its
        heading. A call that can be small takes a named argument ``form``.
        """
        if not self.wide:
            self.block(f"#{code}")
        name = self.mark_of_title or self.mark()
        mark = "" if self.mark_of_title else f"#mark({name})"
        call = f"small: true, form => {code.replace('(', '(form: form, ', 1)}" if small else f"_ => {code}"
        self.block(f"{mark}#movable({name}, {call})")

    @contextmanager
    def halved(self) -> Iterator[None]:
        """Within: half of the width, and drawings made for it where there are any."""
        before, self.half = self.half, True
        with self.boxed():
            yield
        self.half = before

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Set neighbours of the class ``half`` (of notebook cells: the tag) side by side."""
        if id(node) in self.beside:
            raise nodes.SkipNode
        if _is_half(node) and not self.half:
            row = [node, *takewhile(_is_half, node.parent[node.parent.index(node) + 1 :])]
            if len(row) > 1:
                self.beside |= {id(n) for n in row}
                with self.halved():
                    cells = []
                    for child in row:
                        self.beside.discard(id(child))
                        cells.append(self.content([child]))
                        self.beside.add(id(child))
                self.movable(f"beside(wide: {value(self.wide)}, {', '.join(cells)})")
        super().dispatch_visit(node)

    @property
    def wide(self) -> bool:
        """Whether there is a margin to reach into."""
        return not self.depth_of_boxes

    def anchors(self, *found: nodes.Node) -> str:
        """Make the ids of nodes known as places."""
        code = ""
        for node in found:
            for target in node.get("ids", ()):
                name = key(self.docname, target)
                if name not in self.written.defined | self.written.defined_in_notes:
                    (self.written.defined_in_notes if self.in_notes else self.written.defined).add(name)
                    code += f"#anchor({literal(name)})"
        return code

    def warn(self, message: str, *arguments, node: nodes.Node) -> None:
        """A Sphinx warning that names file and line."""
        log.warning(message, *arguments, location=self.located(node), type="typst")

    @staticmethod
    def located(node: nodes.Node) -> nodes.Node:
        """The node, or what it is in: what stands within a line often has no line number of its own."""
        while node.parent is not None and not (node.line and node.source):
            node = node.parent
        return node

    def spoken(self, node: nodes.Element, code: str) -> str:
        """A content block, marked with the language that a class like ``lang-hi`` gives; bare without one."""
        for name in node.get("classes", ()):
            if match := re.fullmatch(r"lang-([a-z]{2,3})(?:-([a-z]{2}))?", name):
                region = f", region: {literal(match[2])}" if match[2] else ""
                return f"#text(lang: {literal(match[1])}{region}){code}"
        return code[1:-1]

    # -- the frame -----------------------------------------------------------------------------------------------

    def visit_document(self, node: nodes.document) -> None:
        name = key(self.docname)
        self.written.defined.add(name)
        if not any(isinstance(child, nodes.section) for child in node):
            self.write(f"#untitled({value(self.place.depth)})#anchor({literal(name)})\n")

    def depart_document(self, node: nodes.Element) -> None:
        pass

    def visit_section(self, node: nodes.section) -> None:
        if self.rank >= 0 and not self.in_notes and _has(node, "notes"):
            self.mark_of_title, self.in_notes = "", True
            self.written.notes += self.content([node])[1:-1] + "\n"
            self.mark_of_title, self.in_notes = "", False
            raise nodes.SkipNode
        self.rank += 1

    def depart_section(self, node: nodes.section) -> None:
        self.rank -= 1

    def number_of(self, section: nodes.section) -> str:
        """The section's number, if the table of contents asks for numbers."""
        numbers = self.env.toc_secnumbers.get(self.docname, {})
        found = next((numbers[f"#{i}"] for i in section["ids"] if f"#{i}" in numbers), None)
        if found is None and not self.titled:
            found = numbers.get("")
        return ".".join(map(str, found or ()))

    def visit_title(self, node: nodes.title) -> None:
        section = node.parent
        if not isinstance(section, nodes.section):
            self.block(f"#rubric{self.content(node)}")
        number = self.number_of(section)
        places = self.anchors(section)
        with self.no_pages():
            title = self.content(node)
        if self.rank == 0 and not self.titled:
            self.titled = True
            places = f"#anchor({literal(key(self.docname))})" + places
            self.written.spread = any(_has(s, "right") for s in section.findall(nodes.section))
            self.block(
                f"#chapter({self.place.level}, {self.place.depth}, {literal(number)}, {literal(node.astext())}, "
                f"kicker: {literal(self.builder.kicker(self.place))}, "
                f"spread: {value(self.written.spread)}, places: [{places}]){title}"
            )
        rank = max(self.rank, 1)
        mark = self.mark_of_title or self.mark()
        before = "" if self.mark_of_title else f"#mark({mark})"
        if self.in_notes and self.written.before_notes == "none":
            self.written.before_notes = mark.replace("deeper", "1")
        if _has(section, "right") and not self.in_notes:
            before = f"{self.see_notes()}#right-page()\n{before}"
        level = f"level + {rank} + deeper, {rank} + deeper" if self.in_notes else f"{self.place.level + rank}, {rank}"
        self.write(f"\n{before}#section({level}, {literal(number)}, places: [{places}]){title}\n\n")
        self.mark_of_title = mark
        raise nodes.SkipNode

    def see_notes(self) -> str:
        """Where the notes are, once: on the left of two pages, or at the end."""
        before, self.pointed = self.pointed, True
        return "" if before else f"#see-notes({literal(key(self.docname, '@notes'))})\n"

    @contextmanager
    def no_pages(self) -> Iterator[None]:
        """Within: links come without page numbers."""
        self.plain += 1
        yield
        self.plain -= 1

    def visit_subtitle(self, node: nodes.Element) -> None:
        self.block(f"#rubric{self.content(node)}")

    def visit_rubric(self, node: nodes.Element) -> None:
        # Sphinx leaves an empty heading where footnotes stood.
        if "footnotes" in node["classes"] or node.astext() == "Footnotes":
            raise nodes.SkipNode
        self.block(f"{self.anchors(node)}#rubric{self.content(node)}")

    def visit_transition(self, node: nodes.Element) -> None:
        if "footnotes" in node["classes"]:
            raise nodes.SkipNode
        self.block("#separator()")

    # -- what stands around text and passes through --------------------------------------------------------------

    def _through(self, node: nodes.Element) -> None:
        self.write(self.anchors(node))

    def _leave(self, node: nodes.Element) -> None:
        pass

    for _name in (
        "compound",
        "glossary",
        "acks",
        "only",
        "bibliography",
        "desc",
        "definition",
        "list_item",
        "start_of_file",
        "decoration",
    ):
        locals()[f"visit_{_name}"], locals()[f"depart_{_name}"] = _through, _leave

    def visit_centered(self, node: nodes.Element) -> None:
        self.block(f"#align(center){self.content(node)}")

    def visit_desc_signature(self, node: nodes.Element) -> None:
        self.block(f"{self.anchors(node)}#signature({literal(node.astext())})")

    def visit_desc_content(self, node: nodes.Element) -> None:
        self.block(f"#panel{self.inside(node)}")

    # -- what is not printed -------------------------------------------------------------------------------------

    def _skip(self, node: nodes.Node) -> None:
        raise nodes.SkipNode

    for _name in (
        "comment", "substitution_definition", "toctree", "index", "meta", "label", "colspec", "system_message",
        "pending", "highlightlang", "tabular_col_spec", "sd_icon", "fontawesome",
        "header", "footer", "nb_error", "HiddenCellNode",
        "citation_reference",
    ):  # fmt: skip
        locals()[f"visit_{_name}"] = _skip

    def visit_raw(self, node: nodes.raw) -> None:
        if re.match(r"<br\b", node.astext()):
            self.write("#linebreak()")
        raise nodes.SkipNode

    def visit_problematic(self, node: nodes.Element) -> None:
        # Sphinx has already warned of it.
        self.write(markup(node.astext()))
        raise nodes.SkipNode

    # -- what is not known ---------------------------------------------------------------------------------------

    def unknown_visit(self, node: nodes.Node) -> None:
        self.warn("typstbook cannot set a %r node; only its text is printed", node.__class__.__name__, node=node)
        self.write(self.anchors(node) if isinstance(node, nodes.Element) else "")
        if isinstance(node, nodes.Element) and not node.children and node.get("text"):
            self.write(markup(str(node["text"])))

    def unknown_departure(self, node: nodes.Node) -> None:
        pass
