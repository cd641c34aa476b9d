"""Where pages of the book are: chapters live in the folder ``book/``, which says nothing in addresses."""

from __future__ import annotations

from pathlib import Path

from sphinx.builders import Builder
from sphinx.util.osutil import os_path

__all__ = ["ShortPaths", "name_of", "up"]

_FOLDER = "book/"


def name_of(docname: str) -> str:
    """The name of a chapter in addresses."""
    return docname.removeprefix(_FOLDER)


def up(docname: str) -> str:
    """The way from a chapter's page to the folder of all pages."""
    return "../" * name_of(docname).count("/")


class ShortPaths(Builder):
    """For builders of HTML: addresses and files without the folder."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """See Sphinx."""
        return super().get_target_uri(name_of(docname), typ)

    def get_outfilename(self, pagename: str) -> str:
        """See Sphinx."""
        return str(Path(self.outdir) / (os_path(name_of(pagename)) + self.out_suffix))
