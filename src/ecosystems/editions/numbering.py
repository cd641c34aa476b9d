"""The numbers of figures, without loading every chapter: Sphinx does so for each edition, though most of a chapter says nothing of numbers.

When a chapter is read, its outline is kept in Sphinx's environment; figures are counted in these outlines.
"""

from __future__ import annotations

from docutils import nodes
from pybtex.backends.plaintext import Backend
from pybtex.plugin import register_plugin
from sphinx import addnodes
from sphinx.environment.collectors.toctree import TocTreeCollector

__all__ = ["setup"]

KEPT = ("ids", "entries", "numbered", "literal_block")  # attributes that Sphinx asks for when it counts


class _Outlines:
    """Sphinx's environment, with the outline of a document in its place."""

    def __init__(self, env):
        self.__dict__["env"] = env

    def __getattr__(self, name: str) -> object:
        return getattr(self.env, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.env, name, value)

    def get_doctree(self, docname: str) -> nodes.document:
        return self.env.outlines[docname]


def _outline(node: nodes.Element, std) -> list[nodes.Element]:
    """What in a node says where figures stand: sections, tables of contents, and what has a caption, with it."""
    found = []
    for child in node.children:
        if isinstance(child, nodes.Element):
            inside = _outline(child, std)
            numbered = std.get_enumerable_node_type(child) and std.get_numfig_title(child)
            if numbered or isinstance(child, nodes.section | addnodes.toctree):
                outline = type(child)("", **{name: child[name] for name in KEPT if name in child})
                outline += (
                    [nodes.caption("", numbered)] * bool(numbered)
                    + [nodes.literal_block() for c in child.children if isinstance(c, nodes.literal_block)]
                    + inside
                )
                inside = [outline]
            found += inside
    return found


def _read(app, doctree: nodes.document) -> None:
    app.env.outlines[app.env.docname] = nodes.container("", *_outline(doctree, app.env.get_domain("std")))


def _begin(app, env, docnames: list[str]) -> None:
    """Figures are counted in the outlines. If no chapter is read again, their numbers stay, and so do the citations."""
    if not hasattr(env, "outlines"):
        env.outlines = {}
    for listener in [*app.events.listeners["env-get-updated"], *app.events.listeners["env-updated"]]:
        counts = isinstance(getattr(listener.handler, "__self__", None), TocTreeCollector)
        if counts or listener.handler.__module__ == "sphinxcontrib.bibtex" and not (docnames or app.gone):
            app.disconnect(listener.id)
        if counts and (docnames or app.gone):
            app.connect("env-get-updated", lambda app, env, count=listener.handler: count(app, _Outlines(env)))


def _gone(app, env, added, changed, removed):
    app.gone = removed
    return ()


def setup(app):
    """Sphinx's entry."""
    register_plugin(
        "pybtex.backends", "plaintext", Backend, force=True
    )  # or each citation looks for it in all installed packages
    app.connect("env-get-outdated", _gone)
    app.connect("env-before-read-docs", _begin)
    app.connect("doctree-read", _read)
    app.connect("env-purge-doc", lambda app, env, docname: getattr(env, "outlines", {}).pop(docname, None))
    app.connect(
        "env-merge-info",
        lambda app, env, docnames, other: env.outlines.update({d: other.outlines[d] for d in docnames}),
    )
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
