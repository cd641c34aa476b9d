"""What cells show that is not a figure or table of our own: plots, tables of pandas, maps of folium, HTML, text."""

from ecosystems.editions.displays.choice import FORMS, Choose, ConvertHtml, Notices, unshown
from ecosystems.editions.displays.design import Open
from ecosystems.editions.displays.glue import Glue
from ecosystems.editions.displays.maps import Maps, map_png
from ecosystems.editions.displays.mathml import Formulas
from ecosystems.editions.displays.renderer import Renderer

__all__ = ["FORMS", "Formulas", "Maps", "Notices", "Renderer", "map_png", "setup"]


def _tell(app, exception) -> None:
    """Tell authors what was noted in their chapters, in every build: nothing of it ends the build."""
    from sphinx.util import logging

    if exception is None and app.builder.name == "html":
        for docname, found in sorted(Notices.of(app.env).items()):
            for notice in found if docname in app.env.found_docs else ():
                logging.getLogger(__name__).info("note: %s", notice)


def setup(app):
    """Sphinx's entry."""
    app.add_env_collector(Notices)
    app.add_env_collector(Maps)
    app.add_transform(Choose)
    app.add_transform(ConvertHtml)
    app.add_post_transform(Glue)
    app.add_post_transform(Open)
    app.add_node(unshown)
    app.connect("build-finished", _tell)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
