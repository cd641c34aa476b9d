"""Call-outs, quotations, code, notebook cells, and the components of sphinx-design."""

from __future__ import annotations

import re
from functools import partialmethod

from docutils import nodes
from sphinx.locale import admonitionlabels

from typstbook.escape import literal, value

__all__ = ["Components"]

KINDS = ("note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error", "seealso")


def _component(node: nodes.Node) -> str:
    return node.get("design_component", "") if isinstance(node, nodes.Element) else ""


class Components:
    """Methods of the translator for everything in a box."""

    # -- call-outs -----------------------------------------------------------------------------------------------

    def callout(self, node: nodes.Element, kind: str) -> None:
        """A coloured box with a title."""
        children = list(node.children)
        title = f"[#{literal(str(admonitionlabels.get(kind, '')))}]"
        if children and isinstance(children[0], nodes.title | nodes.rubric):
            title = self.inside(children.pop(0))
        whole, places = value(len(node.astext()) < 1500), self.anchors(node)
        self.block(f"#callout({literal(kind)}, {title}, whole: {whole}, places: [{places}]){self.inside(children)}")

    def visit_admonition(self, node: nodes.Element) -> None:
        self.callout(node, next((c for c in node["classes"] if c in KINDS), "note"))

    def visit_topic(self, node: nodes.Element) -> None:
        # A list of the chapter's sections: the book's own contents have them.
        if "contents" in node["classes"]:
            raise nodes.SkipNode
        self.callout(node, "plain")

    visit_sidebar = visit_topic

    def visit_versionmodified(self, node: nodes.Element) -> None:
        self.block(f'#callout("plain", [], places: [{self.anchors(node)}]){self.inside(node)}')

    for _kind in KINDS:
        locals()[f"visit_{_kind}"] = partialmethod(callout, kind=_kind)
    component_aside = partialmethod(callout, kind="plain")

    # -- quotations ----------------------------------------------------------------------------------------------

    def visit_block_quote(self, node: nodes.block_quote) -> None:
        by = [c for c in node if isinstance(c, nodes.attribution)]
        body = self.inside(c for c in node if c not in by)
        style = next((c for c in node["classes"] if c in ("epigraph", "pull-quote", "highlights")), "quote")
        attribution = f", by: {self.inside(by[0])}" if by else ""
        self.block(f"{self.anchors(node)}#quotation({literal(style)}{attribution}){body}")

    # -- code ----------------------------------------------------------------------------------------------------

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        classes = node["classes"]
        if "stderr" in classes:
            raise nodes.SkipNode
        language = str(node.get("language", "")).replace("ipython3", "python").replace("ipython", "python")
        if language in ("default", "none", "myst-ansi", "ipythontb") or not re.fullmatch(r"[\w+#-]+", language):
            language = "txt"
        function = "result" if "output" in classes else "listing"
        self.block(f"#{function}({literal(node.astext())}, lang: {literal(language)}, places: [{self.anchors(node)}])")

    visit_doctest_block = visit_literal_block

    # -- containers ----------------------------------------------------------------------------------------------

    def visit_container(self, node: nodes.container) -> None:
        """Cells of notebooks, wrapped code, components by name; any other container only passes its children on."""
        if node.get("nb_element") == "cell_code_source":
            cell = node.parent  # paper cannot be unfolded: hidden code is left out, hidden results are shown
            hidden = cell.get("hide_mode", "") in ("all", "input", "input+output")
            if hidden or "tag_remove-input" in cell.get("classes", ()):
                raise nodes.SkipNode
        if node.get("literal_block"):
            caption = next((c for c in node if isinstance(c, nodes.caption)), None)
            rest = self.content(c for c in node if c is not caption)
            number = self.numbered(node, "code-block")
            self.block(
                f"{self.anchors(node)}#titled({literal(number)}, {self.content(caption) if caption else '[]'}){rest}"
            )
        name = "component_" + _component(node).replace("-", "_")
        if hasattr(self, name):
            getattr(self, name)(node)
        if "lead" in node["classes"]:
            compact = value("compact" in node["classes"])
            self.block(f"{self.anchors(node)}#lead(compact: {compact}){self.content(node)}")
        if "columns" in node["classes"]:
            self.block(f"{self.anchors(node)}#two-columns{self.inside(node)}")
        if "part-message" in node["classes"]:  # stands on the page before the part
            self.written.part_message = self.inside(node)
            raise nodes.SkipNode
        if "noted" in node["classes"] and self.wide:
            text, note = (self.inside([child]) for child in node)
            self.block(f"{self.anchors(node)}#noted({text}, {note})")
        if "margin" in node["classes"]:
            self.callout(node, "plain")
        if self.spoken(node, "[]"):
            self.block(f"{self.anchors(node)}{self.spoken(node, self.content(node))}")
        self.write(self.anchors(node))

    def depart_container(self, node: nodes.container) -> None:
        pass

    def component_grid_row(self, node: nodes.container) -> None:
        """Cards side by side, at most three."""
        items = [c for c in node if isinstance(c, nodes.Element)]
        columns = self._columns(node, items)
        cells = ""
        for item in items:
            inner = list(item.children) if _component(item) == "grid-item" else [item]
            if len(inner) == 1 and _component(inner[0]) == "card":
                cells += f"(card: true, body: {self.card(inner[0])}), "
            else:
                cells += f"(card: false, body: {self.inside(inner)}), "
        self.block(f"#cards({columns}, wide: {value(self.wide)}, {cells})")

    component_card_carousel = component_grid_row  # paper does not scroll

    @staticmethod
    def _columns(node: nodes.Element, items: list[nodes.Element]) -> int:
        def asked(element, pattern):
            found = re.findall(pattern, " ".join(element.get("classes", ())))
            return max((int(n) for n in found), default=0)

        columns = asked(node, r"sd-row-cols-(?:\w\w-)?(\d+)")
        if not columns and items:
            share = max(asked(items[0], r"sd-col-(?:md|lg)-(\d+)"), 1)
            columns = 12 // share if share > 1 else len(items)
        # Four do not fit beside each other, but two by two they do.
        columns = 2 if columns == 4 else min(columns, 3)
        return max(1, min(columns, len(items)))

    def component_card(self, node: nodes.container) -> None:
        """A card alone."""
        self.block(f"#cards(1, wide: false, (card: true, body: {self.card(node)}))")

    def card(self, node: nodes.container) -> str:
        """The content of a card as a Typst block; its title carries the link."""
        link = next((r for r in node.findall(nodes.reference) if "sd-stretched-link" in r["classes"]), None)
        title = next((c for c in node.findall(nodes.container) if _component(c) == "card-title"), None)
        before, self.card_link = getattr(self, "card_link", None), link
        body = self.inside(node)
        self.card_link = before
        if link is not None and title is None:
            text = self.inside(list(link.children))
            body = f"[{body[1:-1]}\n\n{self.link(link, text, self.config.typst_page_references)}]"
        return f"[{self.anchors(node)}{body[1:-1]}]"

    def component_card_title(self, node: nodes.container) -> None:
        """The title of a card, with the link of the whole card if it has one."""
        body = self.inside(node)
        if getattr(self, "card_link", None) is not None:
            body = f"[{self.link(self.card_link, body, self.config.typst_page_references)}]"
        self.block(f"#cardtitle{body}")

    def _boxed(self, function: str, node: nodes.container) -> None:
        self.block(f"#{function}{self.inside(node)}")

    component_card_header = partialmethod(_boxed, "cardheader")
    component_card_footer = partialmethod(_boxed, "cardfooter")

    def component_tab_item(self, node: nodes.container) -> None:
        """A tab or something folded: open, under its title."""
        children = list(node.children)
        title = self.inside(children.pop(0)) if children and isinstance(children[0], nodes.rubric) else "[]"
        places = self.anchors(node, *([node[0]] if title != "[]" else []))
        self.block(f"#panel(title: {title}, places: [{places}]){self.inside(children)}")

    component_dropdown = component_tab_item

    def visit_sd_badge(self, node: nodes.Element) -> None:
        colour = next(
            (c.rsplit("-", 1)[1] for c in node["classes"] if re.match(r"sd-(bg|outline-text)-", c)), "primary"
        )
        self.write(f"#badge({literal(colour)}){self.content(node)}")
        raise nodes.SkipNode
