"""The book for phones: a Sphinx builder that makes one EPUB 3 file of its chapters.

``jupyter-book build . --builder custom --custom-builder epub``. Pages stay plain: no script, nothing from
another host, no colour behind the text, so that a reader's own colours and sizes hold. What is too wide for
a phone (most tables) becomes a list when the book is made, and not by a rule that a reading application
may ignore. ``edition_epub_without`` in ``_config.yml`` names the documents that it leaves to the other editions.
"""

from __future__ import annotations

from ecosystems.editions.epub.builder import Builder, configure
from ecosystems.editions.epub.records import fits, records

__all__ = ["Builder", "fits", "records", "setup"]


def setup(app):
    """Sphinx's entry."""
    app.setup_extension("ecosystems.editions.imprint")
    app.add_builder(Builder, override=True)
    app.add_config_value("edition_epub_without", [], "env", types=(list,))
    app.connect("config-inited", configure, priority=110)
    return {"version": "2", "parallel_read_safe": True}
