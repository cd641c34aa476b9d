"""The online book: a light theme of its own, figures that a reader can check and take along, no other host."""

from __future__ import annotations

from pathlib import Path

from ecosystems.editions.web.builder import Builder
from ecosystems.editions.web.hosting import EDITION, serve
from ecosystems.editions.web.page import add_context
from ecosystems.editions.web.search import SearchSections, search_index
from ecosystems.editions.web.translator import Translator

__all__ = ["EDITION", "Builder", "Translator", "serve", "setup"]

THEME = "ecosystems"
_OTHER_THEMES = (  # extensions that Jupyter Book loads for features that the pages of web and EPUB do not have
    "pydata_sphinx_theme",
    "sphinx_book_theme",
    "sphinx_copybutton",
    "sphinx_thebe",
    "sphinx_togglebutton",
)


def _has_theme(app) -> bool:
    """Whether this builder makes pages with our theme: our own, or another one of HTML such as ``dirhtml``."""
    return getattr(getattr(app.builder, "theme", None), "name", "") == THEME


def _silence_others(app) -> None:
    if app.builder.format == "html":
        for listener in [*app.events.listeners["html-page-context"], *app.events.listeners["doctree-resolved"]]:
            if listener.handler.__module__.partition(".")[0] in _OTHER_THEMES:
                app.disconnect(listener.id)


def _add_context(app, pagename, templatename, context, doctree) -> None:
    if _has_theme(app):
        add_context(app, pagename, context, doctree)
        if isinstance(app.builder, Builder):
            app.builder.add_page_context(pagename, context, doctree)


def _pages_without_chapter(app):
    if isinstance(app.builder, Builder):
        yield "search", {"title": "Search", "display_toc": False}, "search.html"
        yield "404", {"title": "There is no such page", "display_toc": False}, "404.html"


def _finish(app, exception) -> None:
    if not exception and _has_theme(app):
        Path(app.outdir, "search-index.js").write_text(search_index(app), "utf-8")
        if isinstance(app.builder, Builder):
            app.builder.write_files()


def setup(app):
    """Sphinx's entry."""
    app.setup_extension("ecosystems.editions.imprint")
    app.setup_extension("ecosystems.editions.outputs")
    app.add_config_value("edition_redirects", {}, "html")
    app.add_html_theme(THEME, str(Path(__file__).parent / "theme"))
    app.add_builder(Builder, override=True)
    app.set_translator("html", Translator, override=True)
    app.add_env_collector(SearchSections)
    app.connect("builder-inited", _silence_others)
    app.connect("html-page-context", _add_context, priority=990)
    app.connect("html-collect-pages", _pages_without_chapter)
    app.connect("build-finished", _finish, priority=990)
    return {"version": "2", "env_version": 3, "parallel_read_safe": True}
