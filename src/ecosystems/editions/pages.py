"""What the builders of web and EPUB share: addresses of pages, and the keys under which pages are stored.

Chapters live in the folder ``book/``, which says nothing in addresses.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util.osutil import os_path

from ecosystems.editions.run import digest_of_book
from typstbook.direction import runs
from typstbook.store import digest

_FOLDER = "book/"


def name_of(docname: str) -> str:
    """The name of a chapter in addresses."""
    return docname.removeprefix(_FOLDER)


def up(docname: str) -> str:
    """The way from a chapter's page to the folder of all pages."""
    return "../" * name_of(docname).count("/")


def html(text: str) -> str:
    """A text in a page: escaped, and names from right to left set apart, so that they turn nothing beside them."""
    return "".join(f"<bdi>{escape(piece)}</bdi>" if turned else escape(piece) for piece, turned in runs(str(text)))


class Isolating:
    """Method of translators of HTML for all running text."""

    def visit_Text(self, node: nodes.Text) -> None:
        """See docutils."""
        start = len(self.body)
        super().visit_Text(node)
        if not self.protect_literal_text and any(turned for _, turned in runs(node.astext())):
            self.body[start:] = [html(node.astext())]


class PageBuilder(Builder):
    """Base of builders that write a page for each chapter."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """See Sphinx."""
        return super().get_target_uri(name_of(docname), typ)

    def get_outfilename(self, pagename: str) -> str:
        """See Sphinx."""
        return str(Path(self.outdir) / (os_path(name_of(pagename)) + self.out_suffix))

    def drop_drawings(self, doctree: nodes.document) -> None:
        """Take the pictures out of our figures, which are made from their payload; others are files beside pages."""
        for figure in doctree.findall(nodes.figure):
            if "exhibit" in figure:
                figure.children = [c for c in figure if not isinstance(c, nodes.image)]

    def page_keys(self, *shared: object) -> dict[str, str]:
        """Digest of all that the page of each chapter is made from; what all pages take from elsewhere is `shared`."""
        book = digest_of_book(self, *shared)
        return {d: digest(book, Path(self.doctreedir, f"{d}.doctree")) for d in sorted(self.env.found_docs)}
