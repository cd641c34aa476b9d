"""What the theme's templates know of a page."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes

from ecosystems.editions.downloads import wheel_name
from ecosystems.editions.pages import name_of
from ecosystems.editions.web.exhibits import ornament
from ecosystems.editions.web.hosting import CSP
from ecosystems.editions.web.metadata import first_sentences, structured_data
from ecosystems.words import day


class Place(NamedTuple):
    """Where a chapter stands: its part, the part's place in the book, and the line above its title."""

    part: str = ""
    order: int = 0
    eyebrow: str = ""


def places(env, root: str) -> dict[str, Place]:
    """The place of every chapter, from the table of contents; `root` is the first chapter."""
    found, chapter = {root: Place(eyebrow="An open, executable edition")}, 0
    toctrees = list(env.tocs[root].findall(addnodes.toctree))
    for order, toctree in enumerate(toctrees, 1):
        part = toctree["caption"] or ""
        annex = order == len(toctrees)
        for n, (_, docname) in enumerate(toctree["entries"], 1):
            chapter += not annex
            found[docname] = Place(part, order, f"{part} · {f'annex {n}' if annex else f'chapter {chapter}'}")
            sections = env.toctree_includes.get(docname, [])
            for m, section in enumerate(sections, 1):
                found[section] = Place(part, order, f"{part} · {m} of {len(sections)}")
    return found


def add_context(app, pagename: str, context: dict, doctree: nodes.document | None) -> None:
    """Add what the layout of every page needs; it works with any builder of HTML that has this theme."""
    config, builder = app.config, app.builder
    base, imprint = config.html_baseurl, config.edition_imprint
    brand, *more = textwrap.wrap(imprint.short_title, 26)
    explorer = "book/explorer"
    context.update(
        script_files=[],
        css_files=[],
        imprint=imprint,
        data_date=day(imprint.date),
        csp=CSP,
        place=places(app.env, config.root_doc).get(pagename, Place()),
        description="",
        structured="",
        wheel=wheel_name(),
        pageurl="",
        base=base,
        chapter=name_of(pagename),
        brand=brand,
        brand_more=" ".join(more),
        explorer=explorer if explorer in app.env.found_docs else "",
    )
    if doctree is None:
        return
    if base:
        context["pageurl"] = base + builder.get_target_uri(pagename).removesuffix("index.html")
    context["description"] = first_sentences(_first_paragraph(doctree))
    context["display_toc"] = len(list(doctree.findall(nodes.section))) > 2


def _first_paragraph(doctree: nodes.document) -> str:
    return next((p.astext() for p in doctree.findall(nodes.paragraph) if len(p.astext()) > 80), "")


def add_opening(builder, pagename: str, context: dict, doctree: nodes.document) -> tuple[str, str, str]:
    """Add a chapter's head, structured data and preview, which only our own builder has.

    Returns
    -------
    (part, title, sentence)
        What the preview picture says.
    """
    config, data = builder.config, builder.tables
    context["opening"] = builder.docwriter.visitor.opening
    figures = [f["exhibit"] for f in doctree.findall(nodes.figure) if "exhibit" in f]
    root, dictionary = pagename == config.root_doc, pagename == "book/data"
    context["structured"] = structured_data(
        "Report" if root else "Dataset" if dictionary else "Article",
        title := builder.env.titles[pagename].astext(),
        context["description"],
        builder.get_target_uri(pagename),
        data,
        figures,
        config.html_baseurl,
    )
    context["preview"] = f"_static/previews/{preview_name(pagename)}.png"
    context["annex"] = pagename in getattr(config, "typst_volumes", {}).get("annex", {}).get("documents", ())
    context["pdf"] = (
        f"{config.edition_imprint.filename}-annex.pdf" if context["annex"] else f"pdf/{name_of(pagename)}.pdf"
    )
    if root:
        placed = data.eleven["latitude"].notna().sum()
        alt = (
            f"A map in dots: the countries of the scan are bright, and {placed} orange points mark the ecosystems with "
            "a known place."
        )
        context["art"] = ornament(builder.cover, alt)
    elif Path(pagename).name in builder.cards:
        context["art"] = builder.cards[Path(pagename).name]
    return context["place"].eyebrow, title, first_sentences(_first_paragraph(doctree), 150)


def preview_name(docname: str) -> str:
    """The name of a page's preview picture, without suffix."""
    return name_of(docname).replace("/", "-")
