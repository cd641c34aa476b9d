"""A Sphinx builder that turns a whole Jupyter Book into a PDF, or into several volumes, set by Typst.

Add ``typstbook`` to the extensions and run
``jupyter-book build . --builder custom --custom-builder typst``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

__version__ = "0.1.0"

#: What of a notebook's output is printed, the best first.
MIME_TYPES = (
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "application/pdf",
    "text/markdown",
    "text/latex",
    "text/plain",
)


def _prefer_print(app: Sphinx, config: Config) -> None:
    """Tell MyST-NB what this builder can show; it drops every output of a builder it does not know."""
    if "nb_mime_priority_overrides" in config:
        ours = [("typst", mime, 10 * i) for i, mime in enumerate(MIME_TYPES, 1)]
        config.nb_mime_priority_overrides = [*ours, *(config.nb_mime_priority_overrides or ())]


def setup(app: Sphinx) -> dict:
    """Register the builder and its settings."""
    from typstbook.builder import TypstBuilder  # the store serves where no Sphinx is

    app.add_builder(TypstBuilder)
    for name, default, kinds in (
        ("typst_title", "", (str,)),
        ("typst_subtitle", "", (str,)),
        ("typst_authors", (), (list, tuple)),
        ("typst_description", "", (str,)),
        ("typst_keywords", (), (list, tuple)),
        ("typst_cover", (), (list, tuple)),
        ("typst_cover_image", "", (str,)),
        ("typst_imprint", (), (list, tuple)),
        ("typst_closing", (), (list, tuple)),
        ("typst_fonts", {}, (dict,)),
        ("typst_font_paths", (), (list, tuple)),
        ("typst_colours", {}, (dict,)),
        ("typst_paper", "a4", (str,)),
        ("typst_filename", "", (str,)),
        ("typst_pdf_standards", ("ua-1",), (list, tuple)),
        ("typst_template", "", (str,)),
        ("typst_contents_depth", 1, (int,)),
        ("typst_page_references", True, (bool,)),
        ("typst_volumes", {}, (dict,)),
        ("typst_chapters", False, (bool, list)),
        ("typst_extracts", {}, (dict,)),
        ("typst_online", "", (str,)),
        ("typst_words", {}, (dict,)),
    ):
        app.add_config_value(name, default, "", kinds)
    app.connect("config-inited", _prefer_print, priority=100)
    return {"version": __version__, "parallel_read_safe": True}
