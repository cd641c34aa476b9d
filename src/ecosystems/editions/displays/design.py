"""What folds or turns on the web, for the EPUB: it lies open, under its title; hidden code is left out."""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


def _component(node: nodes.Node) -> str:
    return node.get("design_component", "") if isinstance(node, nodes.Element) else ""


class Open(SphinxPostTransform):
    """Opens tabs and what is folded, before sphinx-design and MyST-NB make fields and buttons of them."""

    default_priority = 190
    builders = ("epub",)

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        for node in list(self.document.findall(nodes.container)):
            hidden = node.attributes.pop("hide_mode", "") if node.get("nb_element") == "cell_code" else ""
            if hidden in ("all", "input", "input+output"):
                node.children = [c for c in node if c.get("nb_element") != "cell_code_source"]
            if _component(node) in ("tab-item", "dropdown"):
                has_title = bool(node.children) and isinstance(node[0], nodes.rubric)
                title = [nodes.paragraph("", "", *node[0].children, classes=["panel-title"])] if has_title else []
                ids = [*node["ids"], *(node[0]["ids"] if has_title else ())]
                body = node.children[has_title:]
                node.replace_self(nodes.container("", *title, *body, ids=ids, classes=["panel"]))
        for node in list(self.document.findall(nodes.container)):
            if _component(node) in ("tab-set", "tab-content"):
                node.replace_self(nodes.container("", *node.children, ids=node["ids"]))
