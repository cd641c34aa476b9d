"""Paragraphs, words, links and lists."""

from __future__ import annotations

import re
from functools import partialmethod
from urllib.parse import urljoin

from docutils import nodes
from sphinx.util.logging import get_node_location

from typstbook.escape import literal, markup, value, words

__all__ = ["INTERNAL", "Text", "key"]

#: Begins the address of another document of the book.
INTERNAL = "typst:"
_SAFE = re.compile(r"(?:https?|mailto|ftp|doi):", re.I)
# Classes Sphinx and MyST give to links a reader of paper would like to have a page number with.
_PAGE_CLASSES = {"std-ref", "std-doc", "std-numref", "doc", "xref"}


def key(docname: str, target: str = "") -> str:
    """The name of a place in the book."""
    return f"{docname}#{target}"


class Text:
    """Methods of the translator for running text."""

    # -- paragraphs and words ------------------------------------------------------------------------------------

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        body = self.content(node)
        if body == "[]" and not node.get("ids"):
            raise nodes.SkipNode
        places = self.anchors(node)
        if "lead" in node["classes"]:
            self.block(f"{places}#lead{body}")
        if "sources" in node["classes"]:
            self.block(f"{places}#sources{body}")
        self.block(places + self.spoken(node, body))

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

    visit_emphasis = visit_title_reference = visit_literal_emphasis = partialmethod(_call, "emph")
    visit_strong = visit_literal_strong = partialmethod(_call, "strong")
    visit_superscript, visit_subscript = partialmethod(_call, "super"), partialmethod(_call, "sub")

    def visit_abbreviation(self, node: nodes.Element) -> None:
        self.write(self.content(node)[1:-1])
        if node.get("explanation"):
            self.write(markup(f" ({node['explanation']})"))
        raise nodes.SkipNode

    def visit_inline(self, node: nodes.Element) -> None:
        body = self.content(node)
        if body != "[]" or node.get("ids"):
            if "source-mark" in node["classes"]:
                body = f"[#source-mark{body}]"
            self.write(self.anchors(node) + self.spoken(node, body))
        raise nodes.SkipNode

    visit_generated = visit_PassthroughTextElement = visit_inline

    def visit_literal(self, node: nodes.Element) -> None:
        text = node.astext()
        if text:
            self.write(f"#code({words(text)})" if text.strip() else markup(" "))
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
        # The file is not in the book; where an address of the online book is known, it is there.
        body, online = self.content(node), self.config.typst_online
        where = f"{online.rstrip('/')}/_downloads/{node['filename']}" if online and node.get("filename") else ""
        self.write(
            f"#weblink({literal(where)}){body}" if where else body[1:-1] + markup(" (a file of the online book)")
        )
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

    def _list(self, node: nodes.Element, function: str, options: str = "") -> None:
        items = [c for c in node if isinstance(c, nodes.list_item)]
        bodies = "".join(f"[{self.anchors(item)}{self.inside(item)[1:-1]}], " for item in items)
        tight = all(len(item) <= 1 and len(item.astext()) < 90 for item in node)
        self.block(f"{self.anchors(node)}#{function}(tight: {value(tight)}, {options}{bodies})")

    def visit_bullet_list(self, node: nodes.Element) -> None:
        self._list(node, "bullets")

    def visit_enumerated_list(self, node: nodes.Element) -> None:
        styles = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
        pattern = (node.get("prefix") or "") + styles.get(node.get("enumtype"), "1") + (node.get("suffix") or ".")
        self._list(node, "numbers", f"start: {node.get('start') or 1}, pattern: {literal(pattern)}, ")

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
