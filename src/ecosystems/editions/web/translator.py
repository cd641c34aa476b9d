"""HTML of chapters: figures and tables as this edition shows them, and a chapter's opening apart from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from ecosystems.editions.displays import Formulas
from ecosystems.editions.pages import Isolating, html, up
from ecosystems.editions.web.exhibits import exhibit_html
from ecosystems.editions.web.templates import render


@dataclass
class Opening:
    """What the page's template sets at the head of a chapter: HTML before its title, and its lead."""

    before: str = ""
    lead: str = ""


class Lead(nodes.General, nodes.Element):
    """The paragraphs with which a chapter opens; a container would be sphinx-design's to write."""

    @classmethod
    def mark(cls, doctree: nodes.document) -> None:
        """Replace the first container of a chapter that has the class ``lead``."""
        for node in doctree.findall(nodes.container):
            if "lead" in node["classes"]:
                return node.replace_self(cls("", *node.children))


class Translator(Isolating, Formulas, HTML5Translator):
    """HTML without inline style, so that the page's security policy can refuse it.

    The title of a chapter and its lead are not in the body; the template takes them from ``opening``.
    """

    def __init__(self, *args):
        super().__init__(*args)
        self.opening: Opening | None = None
        self._column_titles: list[str] = []

    def starttag(self, node, tagname, suffix="\n", empty=False, **attributes):
        """Docutils' start tag with attributes of this edition."""
        if isinstance(node, nodes.row):
            attributes |= {f"data-{name}": "|".join(values) for name, values in node.get("facets", {}).items()}
        elif tagname == "td" and isinstance(node, nodes.entry):  # on phones a row becomes a card
            column = node.parent.index(node)
            if isinstance(node.parent.parent, nodes.tbody) and column < len(self._column_titles):
                attributes["data-label"] = self._column_titles[column]
        elif isinstance(node, nodes.image):
            attributes |= {"width": node["pixels"]} if "pixels" in node else {}
            attributes |= {"loading": "lazy"} if "map" in node else {}  # not loaded where the map itself is seen
        elif isinstance(node, nodes.reference) and "source-mark" in node.parent.get("classes", ()):
            attributes["aria-label"] = f"Source {node.astext()}, {node.get('reftitle', '')}"
        elif isinstance(node, nodes.citation):
            attributes["role"] = "listitem"  # docutils' role is deprecated
        elif attributes.get("ROLE") == "heading":  # of the parts in the table of contents; it would need a level
            del attributes["ROLE"]
        return super().starttag(node, tagname, suffix, empty, **attributes)

    def visit_title(self, node):
        """The title of a chapter begins its opening."""
        if self.section_level == 1 and not self.opening and isinstance(node.parent, nodes.section):
            self.opening = Opening("".join(self.body).strip())
            self.body.clear()
            raise nodes.SkipNode
        folded = _folds(node.parent)
        self.body.append('<details class="fold"><summary>' if folded else "")
        super().visit_title(node)

    def depart_title(self, node):
        """A section that folds opens at its title."""
        super().depart_title(node)
        self.body.append("</summary>\n" if _folds(node.parent) else "")

    def depart_section(self, node):
        """See :meth:`visit_title`."""
        self.body.append("</details>\n" if _folds(node) else "")
        super().depart_section(node)

    def visit_Lead(self, node):
        """The lead belongs to the opening."""
        start = len(self.body)
        for child in _with_question(node).children:
            child.walkabout(self)
        self.opening.lead = "".join(self.body[start:]).strip()
        del self.body[start:]
        raise nodes.SkipNode

    def visit_colspec(self, node):
        """No widths: docutils would write them as styles."""
        node.parent.stubs.append(node.get("stub"))
        raise nodes.SkipNode

    def visit_table(self, node):
        """A table that is wider than the page can be moved by keyboard."""
        title, head = node.next_node(nodes.title), node.next_node(nodes.thead)
        name = title.astext() if title else "Table"
        self._column_titles = [e.astext() for e in head.next_node(nodes.row)] if head else []
        if "explorer" in node:
            title = f"Map of what is chosen: {name}"
            self.body.append(render("explorer.html", explorer=node["explorer"], up=self._up(), map_title=title))
        self.body.append(f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">\n')
        super().visit_table(node)

    def depart_table(self, node):
        """See :meth:`visit_table`."""
        super().depart_table(node)
        self.body.append("</div>\n")

    def visit_literal_block(self, node):
        """Code that is wider than a phone can be moved by keyboard; Pygments has no option for its ``<pre>``."""
        start = len(self.body)
        try:
            super().visit_literal_block(node)
        finally:  # it raises SkipNode
            self.body[start:] = [part.replace("<pre>", '<pre tabindex="0">', 1) for part in self.body[start:]]

    def visit_entry(self, node):
        """A card of an ecosystem shows its place."""
        super().visit_entry(node)
        link = node.next_node(nodes.reference)
        if link is not None and link.get("refuri") and "cards" in node.parent.parent.parent.parent["classes"]:
            self.body.append(self.builder.cards.get(Path(link["refuri"]).stem, ""))

    def _up(self) -> str:
        return up(self.builder.current_docname)

    def visit_image(self, node):
        """A map is a page of its own in a frame; where no script runs, its picture is seen."""
        if pixels := _pixels(node.attributes.pop("width", "")):
            node["pixels"] = pixels
        for name in ("height", "scale"):  # docutils would write styles; a picture keeps its shape
            node.attributes.pop(name, None)
        if "map" not in node:
            return super().visit_image(node)
        self.body.append(self.starttag(node, "div", CLASS="map chapter-map"))
        self.body.append('<div class="drawing">')
        super().visit_image(node)
        source = f"{self._up()}maps/{node['map']['name']}.html"
        title = escape(f"Map: {node['alt']}")
        self.body.append(f'</div><iframe src="{source}" title="{title}" loading="lazy"></iframe></div>')

    def visit_admonition(self, node, name=""):
        """A box of the class ``dropdown`` is folded."""
        if "dropdown" not in node["classes"]:
            return super().visit_admonition(node, name)
        self.body.append(self.starttag(node, "details", CLASS="admonition"))
        title = node.next_node(nodes.title)
        self.body.append(f'<summary class="admonition-title">{html(title.astext())}</summary>')
        node.remove(title)

    def depart_admonition(self, node=None):
        """See :meth:`visit_admonition`."""
        folded = node is not None and "dropdown" in node.get("classes", ())
        self.body.append("</details>\n" if folded else "</div>\n")

    def visit_figure(self, node):
        """Our figures with all that stands under them."""
        if "exhibit" not in node:
            return super().visit_figure(node)
        label, docname = node["ids"][0], self.builder.current_docname
        number = self.builder.fignumbers.get("figure", {}).get(label)
        name = f"Figure {'.'.join(map(str, number))}" if number else "Figure"
        place = f"{self.config.html_baseurl}{self.builder.get_target_uri(docname)}#{label}"
        self.body.append(exhibit_html(node["exhibit"], label, name, self._up(), place, self.config.edition_imprint))
        raise nodes.SkipNode


def _pixels(width: object) -> str:
    """A width in pixels, of which text has 752; "" if it cannot be told."""
    match = re.fullmatch(r"([\d.]+)\s*(%|px|pt|em|cm|mm|in)?", str(width).strip())
    units = {"%": 7.52, "px": 1, "pt": 4 / 3, "em": 16, "cm": 37.8, "mm": 3.78, "in": 96, None: 1}
    return str(round(float(match[1]) * units[match[2]])) if match else ""


def _folds(section: nodes.Node) -> bool:
    """Whether a section is one of the notes of a profile: its first cell has the tag ``notes``."""
    if not isinstance(section, nodes.section) or not section.next_node(nodes.title):
        return False
    cell = next((c for c in section.findall(nodes.container) if c.get("nb_element") == "cell_code"), None)
    return cell is not None and "tag_notes" in cell["classes"] and isinstance(section.parent, nodes.section)


def _with_question(lead: Lead) -> Lead:
    """A copy of a lead in which a question at its beginning is a paragraph of its own."""
    lead = lead.deepcopy()
    paragraph = lead.children[0] if lead.children else None
    if isinstance(paragraph, nodes.paragraph) and paragraph.children and isinstance(paragraph[0], nodes.Text):
        if found := re.match(r"(.*?\?)\s(.*)", paragraph[0], re.S):
            paragraph[0] = nodes.Text(found[2])
            lead.insert(0, nodes.paragraph("", found[1], classes=["question"]))
    return lead
