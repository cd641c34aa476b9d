"""From a document's nodes to Typst code: the frame, running text, lists and notes.

Every element becomes a call of a function in ``template.typ``; see ``escape`` for why text is harmless. Figures and
tables are in ``exhibits``, call-outs, cards and notebook cells in ``components``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from urllib.parse import urljoin

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxTranslator
from sphinx.util.logging import get_node_location

from typstbook.book import Place
from typstbook.components import Components
from typstbook.escape import literal, markup, value
from typstbook.exhibits import Exhibits

__all__ = ["INTERNAL", "Translator", "Written", "key"]

log = logging.getLogger(__name__)

#: Begins the address of another document of the book.
INTERNAL = "typst:"
_SAFE = re.compile(r"(?:https?|mailto|ftp|doi):", re.I)
# Classes Sphinx and MyST give to links a reader of paper would like to have a page number with.
_PAGE_CLASSES = {"std-ref", "std-doc", "std-numref", "doc", "xref"}


def _has(node: nodes.Node, name: str) -> bool:
    """Whether a node has the class, as a notebook's cell the tag, or as a section its first cell the tag."""
    if isinstance(node, nodes.section):
        cell = next((c for c in node.findall(nodes.container) if c.get("nb_element") == "cell_code"), node)
        return name in node["classes"] or f"tag_{name}" in cell["classes"]
    return isinstance(node, nodes.Element) and not {name, f"tag_{name}"}.isdisjoint(node.get("classes", ()))


def _is_half(node: nodes.Node) -> bool:
    return _has(node, "half") and not isinstance(node, nodes.section)


def key(docname: str, target: str = "") -> str:
    """The name of a place in the book."""
    return f"{docname}#{target}"


@dataclass
class Written:
    """What is known of a document when it is written; its nodes are not kept.

    Attributes
    ----------
    place : Place
        Where the document stands in the book.
    spread : bool
        Whether it opens on a left-hand page.
    headings : list of (int, str, str, str)
        Rank (0 for the document's title), place, number and Typst code of each title outside of the notes.
    defined, behind : set of str
        Places that were made, and those of them that are in the notes.
    wanted : dict
        Places that were linked to, and file and line of the first link.
    has_notes : bool
    before_notes : str
        Typst code of the name of the spot at the first heading of the notes, which may have to stand before their title.
    pictures : dict
        Name of each picture to the file that it was copied from, "" if it was drawn.
    """

    place: Place
    spread: bool = False
    headings: list[tuple[int, str, str, str]] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    behind: set[str] = field(default_factory=set)
    wanted: dict[str, str | None] = field(default_factory=dict)
    has_notes: bool = False
    before_notes: str = "none"
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def docname(self) -> str:
        return self.place.docname


class Translator(Exhibits, Components, SphinxTranslator):
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
    notes : list of str
        Sections of the class ``notes``: they stand behind the last neighbour of their document. They may use the variable ``deeper``.
    """

    def __init__(self, document: nodes.document, builder, place: Place):
        super().__init__(document, builder)
        self.place, self.docname = place, place.docname
        self.written = Written(place)
        self.env = builder.env
        self.out: list[str] = []
        self.notes: list[str] = []
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
        """Add a call that may stand at the top of the next page, or if it can be `small` take less room, instead of leaving a hole on this one.

        The hole is measured from the end of what stands before it, or before its heading. A call that can be small takes a named argument ``form``.
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
                if name not in self.written.defined:
                    self.written.defined.add(name)
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
        """Mark a language given by a class like ``lang-hi``."""
        for name in node.get("classes", ()):
            if match := re.fullmatch(r"lang-([a-z]{2,3})(?:-([a-z]{2}))?", name):
                region = f", region: {literal(match[2])}" if match[2] else ""
                return f"#text(lang: {literal(match[1])}{region}){code}"
        return f"#{code}"

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
            self.written.has_notes = True
            self.notes.append(self.content([node])[1:-1])
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
            self.written.headings.append((0, key(self.docname), number, title))
            places = f"#anchor({literal(key(self.docname))})" + places
            self.written.spread = any(_has(s, "right") for s in section.findall(nodes.section))
            self.block(
                f"#chapter({self.place.level}, {self.place.depth}, {literal(number)}, {literal(node.astext())}, kicker: {literal(self.builder.kicker(self.place))}, "
                f"spread: {value(self.written.spread)}, places: [{places}]){title}"
            )
        rank = max(self.rank, 1)
        if not self.in_notes and section["ids"]:
            self.written.headings.append((rank, key(self.docname, section["ids"][0]), number, title))
        mark = self.mark_of_title or self.mark()
        before = "" if self.mark_of_title else f"#mark({mark})"
        if self.in_notes and self.written.before_notes == "none":
            self.written.before_notes = mark.replace("deeper", "1")
        if _has(section, "right") and not self.in_notes:
            before = f"{self.see_notes()}#right-page()\n{before}"
        deeper = " + deeper" * self.in_notes
        self.write(
            f"\n{before}#section({self.place.level + rank}{deeper}, {rank}{deeper}, {literal(number)}, places: [{places}]){title}\n\n"
        )
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

    # -- paragraphs and words ------------------------------------------------------------------------------------

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        body = self.content(node)
        if body == "[]" and not node.get("ids"):
            raise nodes.SkipNode
        places = self.anchors(node)
        if "lead" in node["classes"]:
            self.block(f"{places}#lead{body}")
        spoken = self.spoken(node, body)
        self.block(places + (spoken[2:-1] if spoken[1] == "[" else spoken))

    def visit_Text(self, node: nodes.Text) -> None:
        self.write(markup(node.astext()))

    def depart_Text(self, node: nodes.Text) -> None:
        pass

    def _call(self, function: str, node: nodes.Element) -> None:
        """Wrap the children of an inline node in a function."""
        body = self.content(node)
        if body != "[]":
            self.write(f"{self.anchors(node)}#{function}{body}")
        raise nodes.SkipNode

    def visit_emphasis(self, node: nodes.Element) -> None:
        self._call("emph", node)

    visit_title_reference = visit_literal_emphasis = visit_emphasis

    def visit_strong(self, node: nodes.Element) -> None:
        self._call("strong", node)

    visit_literal_strong = visit_strong

    def visit_superscript(self, node: nodes.Element) -> None:
        self._call("super", node)

    def visit_subscript(self, node: nodes.Element) -> None:
        self._call("sub", node)

    def visit_abbreviation(self, node: nodes.Element) -> None:
        self.write(self.content(node)[1:-1])
        if node.get("explanation"):
            self.write(markup(f" ({node['explanation']})"))
        raise nodes.SkipNode

    def visit_inline(self, node: nodes.Element) -> None:
        body = self.content(node)
        if body != "[]" or node.get("ids"):
            spoken = self.spoken(node, body)
            # Without a language the brackets would only be in the way.
            self.write(self.anchors(node) + (spoken[2:-1] if spoken[1] == "[" else spoken))
        raise nodes.SkipNode

    visit_generated = visit_PassthroughTextElement = visit_inline

    def visit_literal(self, node: nodes.Element) -> None:
        text = node.astext()
        if text:
            self.write(f"#code({markup(text)[1:]})" if text.strip() else markup(" "))
        raise nodes.SkipNode

    def visit_target(self, node: nodes.Element) -> None:
        self.write(self.anchors(node) + self.content(node)[1:-1])
        raise nodes.SkipNode

    def visit_sd_line_break(self, node: nodes.Element) -> None:
        self.write("#linebreak()")
        raise nodes.SkipNode

    # -- links ---------------------------------------------------------------------------------------------------

    def address(self, node: nodes.reference) -> tuple[str, str]:
        """What a link leads to: ("place" | "web" | "", its name or address)."""
        if node.get("refid"):
            return "place", key(self.docname, node["refid"])
        uri = node.get("refuri", "")
        if uri.startswith(INTERNAL):
            docname, _, target = uri[len(INTERNAL) :].partition("#")
            return "place", key(docname, target)
        if _SAFE.match(uri):
            return "web", uri
        if uri and self.config.typst_online and ":" not in uri.split("/")[0]:
            return "web", urljoin(f"{self.config.typst_online.rstrip('/')}/{self.docname}", uri)
        return "", ""

    def link(self, node: nodes.reference, body: str, page: bool = False) -> str:
        """Typst code of a link around a content block; the bare content if it leads nowhere a reader could go."""
        kind, where = self.address(node)
        if body == "[]" or not kind:
            return body[1:-1]
        if kind == "place":
            if where not in self.written.wanted:
                self.written.wanted[where] = get_node_location(self.located(node))
            return f"#xref({literal(where)}, page: {value(page)}){body}"
        return f"#weblink({literal(where)}){body}"

    def visit_reference(self, node: nodes.reference) -> None:
        if "sd-hide-link-text" in node["classes"]:  # the link of a whole card
            raise nodes.SkipNode
        classes = {c for child in node.findall(nodes.inline) for c in child["classes"]}
        named = isinstance(node, nodes.reference) and type(node).__name__ == "number_reference"
        page = (named or bool(classes & _PAGE_CLASSES)) and "eq" not in classes
        body = self.content(node)
        self.write(self.link(node, body, page and not self.plain and self.config.typst_page_references))
        raise nodes.SkipNode

    def visit_download_reference(self, node: nodes.Element) -> None:
        self.write(self.content(node)[1:-1])
        raise nodes.SkipNode

    def visit_footnote_reference(self, node: nodes.Element) -> None:
        target = node.get("refid")
        note = self.footnotes.get(target)
        if note is None:
            self.warn("footnote %s is not in this document", node.astext(), node=node)
            raise nodes.SkipNode
        label = literal("note:" + key(self.docname, target))
        if target in self.noted:
            self.write(f"#footnote(label({label}))")
        else:
            self.noted.add(target)
            body = self.inside(c for c in note if not isinstance(c, nodes.label))
            self.write(f"#footnote{body}#label({label})")
        raise nodes.SkipNode

    def visit_footnote(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.citation) -> None:
        label = next((c.astext() for c in node if isinstance(c, nodes.label)), "")
        if str(getattr(self.config, "bibtex_reference_style", "label")).startswith("author_year"):
            label = ""
        with self.no_pages():
            body = self.content(c for c in node if not isinstance(c, nodes.label))
        self.block(f"#citation({literal(label)}, places: [{self.anchors(node)}]){body}")

    # -- lists ---------------------------------------------------------------------------------------------------

    def _items(self, node: nodes.Element) -> str:
        items = [c for c in node if isinstance(c, nodes.list_item)]
        return "".join(f"[{self.anchors(item)}{self.inside(item)[1:-1]}], " for item in items)

    def visit_bullet_list(self, node: nodes.Element) -> None:
        tight = all(len(item) <= 1 and len(item.astext()) < 90 for item in node)
        self.block(f"{self.anchors(node)}#bullets(tight: {value(tight)}, {self._items(node)})")

    def visit_enumerated_list(self, node: nodes.Element) -> None:
        style = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}.get(
            node.get("enumtype"), "1"
        )
        pattern = (node.get("prefix") or "") + style + (node.get("suffix") or ".")
        tight = all(len(item) <= 1 and len(item.astext()) < 90 for item in node)
        start = node.get("start") or 1
        self.block(
            f"{self.anchors(node)}#numbers(tight: {value(tight)}, start: {start}, pattern: {literal(pattern)}, {self._items(node)})"
        )

    def visit_definition_list(self, node: nodes.Element) -> None:
        items = ""
        for item in node:
            terms = [c for c in item if isinstance(c, nodes.term)]
            notes = [c for c in item if isinstance(c, nodes.classifier)]
            bodies = [c for c in item if isinstance(c, nodes.definition)]
            places = self.anchors(item, *terms)
            term = "#linebreak()".join(self.content(t)[1:-1] for t in terms)
            term += "".join(f" #classifier{self.content(n)}" for n in notes)
            items += f"([{places}{term}], {self.inside(c for b in bodies for c in b)}), "
        self.block(f"{self.anchors(node)}#definitions({items})")

    def visit_field_list(self, node: nodes.Element) -> None:
        items = "".join(f"({self.content(field[0])}, {self.inside(field[1])}), " for field in node)
        self.block(f"#definitions({items})")

    visit_docinfo = visit_field_list

    def visit_option_list(self, node: nodes.Element) -> None:
        items = "".join(f"([#code({literal(item[0].astext())})], {self.inside(item[1])}), " for item in node)
        self.block(f"#definitions({items})")

    def visit_line_block(self, node: nodes.Element) -> None:
        inner = isinstance(node.parent, nodes.line_block)
        lines = []
        for line in node:
            body = self.content([line]) if isinstance(line, nodes.line_block) else self.content(line)
            lines.append(body[1:-1])
        code = f"#lines(inner: {value(inner)})[{'#linebreak()'.join(lines)}]"
        self.block(self.anchors(node) + code)

    def visit_hlist(self, node: nodes.Element) -> None:
        for column in node:
            for child in column:
                child.walkabout(self)
        raise nodes.SkipNode

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
        "raw", "comment", "substitution_definition", "toctree", "index", "meta", "label", "colspec", "system_message", "pending",
        "highlightlang", "tabular_col_spec", "sd_icon", "fontawesome", "header", "footer", "nb_error", "HideCodeCellNode",
        "citation_reference",
    ):  # fmt: skip
        locals()[f"visit_{_name}"] = _skip

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
