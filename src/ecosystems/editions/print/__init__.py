"""The printed book: settings of :mod:`typstbook` for this edition."""

from __future__ import annotations

from ecosystems import letters, tables
from ecosystems.editions.art import cover_art

__all__ = ["setup"]


def _configure(app, config) -> None:
    """Set title page, cover and last page from the imprint."""
    imprint = config.edition_imprint
    config.typst_title, config.typst_subtitle = imprint.title, imprint.subtitle
    config.typst_authors, config.typst_keywords = list(imprint.authors), list(imprint.keywords)
    config.typst_description, config.typst_filename = imprint.description, imprint.filename
    config.typst_cover = list(imprint.cover)
    config.typst_imprint = [list(entry) for entry in imprint.front]
    config.typst_closing = [list(entry) for entry in imprint.closing]
    config.typst_font_paths = letters.FOLDERS
    others = list(letters.FAMILIES)
    config.typst_fonts = {"text": ["Source Serif 4", *others], "heading": others, "mono": ["DejaVu Sans Mono", *others]}
    if tables.read().report is None:  # the words about the brief are of the report's own edition
        config.typst_extracts = {
            name: {**extract, "title": imprint.title, "subtitle": imprint.subtitle}
            for name, extract in config.typst_extracts.items()
        }


def _draw_cover(app) -> None:
    if app.builder.name == "typst":
        app.config.typst_cover_image = cover_art(tables.read())


def setup(app):
    """Sphinx's entry."""
    app.setup_extension("ecosystems.editions.imprint")
    app.connect("config-inited", _configure, priority=200)
    app.connect("builder-inited", _draw_cover)
    return {"version": "1", "parallel_read_safe": True}
