"""What cells return, as document nodes that every edition understands.

A :class:`~ecosystems.figure.Figure` becomes an ordinary, numbered figure with caption and legend; a
:class:`~ecosystems.figure.Table` an ordinary table. The web edition finds the whole figure in the
node's ``exhibit`` attribute and makes more of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from ecosystems.editions.collector import ChapterNotes
from ecosystems.editions.run import listed
from ecosystems.figure import MIME, plain
from ecosystems.tables import ROOT
from ecosystems.words import address
from typstbook.store import digest


class FigureNote(NamedTuple):
    """A figure of a chapter: its label and its payload."""

    label: str
    payload: dict


class PlainFigure(NamedTuple):
    """A figure of a chapter that is not ours, such as a picture or an ordinary plot with a caption."""

    label: str
    caption: str


class PlainFigures(ChapterNotes):
    """The other figures of each chapter, which have a number too, as :class:`PlainFigure`."""

    attribute = "edition_plain_figures"

    def collect(self, app, doctree: nodes.document) -> list[PlainFigure]:
        """Figures with a caption and a name."""
        plain = (f for f in doctree.findall(nodes.figure) if "exhibit" not in f and f["ids"])
        captions = ((f["ids"][0], f.next_node(nodes.caption)) for f in plain)
        return [PlainFigure(label, caption.astext()) for label, caption in captions if caption is not None]


class Figures(ChapterNotes):
    """The figures of each chapter as :class:`FigureNote`."""

    attribute = "edition_figures"

    def collect(self, app, doctree: nodes.document) -> list[FigureNote]:
        """The figures of a chapter in order."""
        return [FigureNote(f["ids"][0], f["exhibit"]) for f in doctree.findall(nodes.figure) if "exhibit" in f]


class LongTables(ChapterNotes):
    """Tables of which pages hold the first rows only: file with all rows, from the source folder, and its digest."""

    attribute = "edition_long_tables"

    def collect(self, app, doctree: nodes.document) -> list[tuple[str, str]]:
        """The long tables of a chapter."""
        return [t["rest"] for t in doctree.findall(nodes.table) if "rest" in t]


class Renderer:
    """MyST-NB's plugin for our outputs."""

    mime_priority_overrides = (("*", MIME, 1),)

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Nodes for one output, or None for an output that is not ours."""
        if data.mime_type != MIME:
            return None
        payload = json.loads(data.content) if isinstance(data.content, str) else data.content
        if payload["kind"] == "prose":
            text = replace(data, mime_type="text/markdown", content=payload["text"])
            return renderer.render_markdown_inline(text) if inline else renderer.render_markdown(text)
        if inline:
            return None
        document = renderer.renderer.document
        node = _table(renderer, payload) if payload["kind"] == "table" else _figure(renderer, payload)
        node.line, node.source = data.line, document["source"]
        document.note_explicit_target(node, node)
        if not (terms := payload.get("index")):
            return [node]
        entries = [("single", t, a, "", None) for t, a in zip(terms, payload["anchors"], strict=True)]
        return [addnodes.index(entries=entries), node]


def _table(renderer, payload: dict) -> nodes.table:
    document = renderer.renderer.document
    missing = {f"book/{p.stem}" for p in listed(ROOT)} - document.settings.env.found_docs
    node = table_node(payload, missing)
    if rows := payload.get("rest"):  # all rows of a long table
        file = renderer.write_file([f"{payload['id']}.rest"], rows.encode(), overwrite=True)
        node["rest"] = file.lstrip("/"), digest(rows)
    for row in node.findall(nodes.row):
        if row["names"]:
            document.note_explicit_target(row, row)
    return node


def _figure(renderer, payload: dict) -> nodes.figure:
    slug = payload["slug"]
    uri, narrow = (
        renderer.write_file([f"{slug}{suffix}.svg"], payload[key].encode(), overwrite=True)
        for suffix, key in (("", "svg"), ("-narrow", "svg_narrow"))
    )
    node = figure_node(payload, uri)
    node[0]["narrow"] = narrow.lstrip("/")  # for a column of the printed page
    return node


def _link(text: str, url: str) -> nodes.Node:
    """A text with a link, if a reader may be sent to `url`."""
    return nodes.reference("", text, refuri=address(url)) if address(url) else nodes.Text(text)


def figure_node(payload: dict, uri: str) -> nodes.figure:
    """A figure with image, caption (the finding) and legend (subtitle, note, source)."""
    label = f"fig-{payload['slug']}"
    caption = nodes.caption(payload["finding"], payload["finding"])
    legend = nodes.legend()
    legend += nodes.paragraph("", payload["subtitle"], classes=["exhibit-subtitle"])
    if payload["note"]:
        legend += nodes.paragraph("", payload["note"], classes=["exhibit-note"])
    source = nodes.paragraph("", "Source: ", classes=["exhibit-source"])
    for i, cited in enumerate(payload["source"]):
        source += nodes.Text("; " if i else "")
        source += _link(cited["text"], cited["url"])
        source += nodes.Text(f" ({cited['licence']})" if cited["licence"] else "")
    source += nodes.Text(".")
    legend += source
    figure = nodes.figure(
        "", nodes.image(uri=uri, alt=payload["alt"]), caption, legend, classes=["exhibit"], names=[label]
    )
    figure["exhibit"] = payload
    return figure


def _links(value, missing: set[str]) -> list[str | dict]:
    """What is in a cell, words and links; links to `missing` chapters as words only."""
    return [
        link["text"] if isinstance(link, dict) and link["url"].removeprefix("doc:") in missing else link
        for link in (value if isinstance(value, list) else [value])
    ]


def _leads_inside(links: list[str | dict]) -> bool:
    """Whether a cell has links to places in the book."""
    return any(isinstance(link, dict) and link["url"].startswith(("doc:", "ref:")) for link in links)


def cell_text(links: list[str | dict]) -> str:
    """The text of a cell that is not yet a node."""
    return "; ".join(link if isinstance(link, str) else link["text"] for link in links)


def _cell(links: list[str | dict]) -> nodes.paragraph:
    paragraph = nodes.paragraph()
    for i, link in enumerate(links):
        paragraph += nodes.Text("; " if i else "")
        if isinstance(link, str):
            paragraph += nodes.Text(link)
        elif link["url"].startswith(("doc:", "ref:")):
            kind, _colon, target = link["url"].partition(":")
            paragraph += addnodes.pending_xref(
                "",
                nodes.inline("", link["text"]),
                refdomain="std",
                reftype=kind,
                reftarget="/" * (kind == "doc") + target,
                refexplicit=True,
                refwarn=True,
            )
        elif link["url"].startswith("file:"):  # of the edition; from pages that stand beside its first page
            paragraph += nodes.reference("", link["text"], refuri=link["url"][5:], classes=["edition-file"])
        else:
            paragraph += _link(link["text"], link["url"])
    return paragraph


def _add_cells(document: nodes.document, only_inside: bool = False) -> None:
    """Make the cells of rows; with `only_inside`, of those rows that have links to places in the book."""
    for body in list(document.findall(nodes.tbody)):  # a list, as the tree grows meanwhile
        for row in body:
            if "cells" in row and (not only_inside or any(map(_leads_inside, row["cells"]))):
                heads = body.parent.next_node(nodes.thead)[0]
                row.extend(
                    nodes.entry("", _cell(links), classes=head["classes"][:])
                    for links, head in zip(row.attributes.pop("cells"), heads, strict=True)
                )


class AddLinkedCells(SphinxPostTransform):
    """Adds the cells of rows with links to places in the book, before these are resolved."""

    default_priority = 6

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        _add_cells(self.document, only_inside=True)


class AddCells(SphinxPostTransform):
    """Adds the remaining cells after all other transforms, which thus have far fewer nodes to visit.

    Links are collected for a check later, at priority 800.
    """

    default_priority = 790

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        _add_cells(self.document)


def table_node(payload: dict, missing: set[str] = frozenset()) -> nodes.table:
    """A table with a title, a head and rows, whose cells :class:`AddLinkedCells` and :class:`AddCells` add.

    Columns of numbers have the class ``number``. Links to `missing` chapters become words.
    """
    columns, rows = payload["columns"], payload["rows"]

    def longest(i):
        return max([len(c["title"]) for c in columns[i : i + 1]] + [len(plain(r[i])) for r in rows])

    group = nodes.tgroup(
        "", *(nodes.colspec(colwidth=min(longest(i), 60)) for i in range(len(columns))), cols=len(columns)
    )
    heads = (
        nodes.entry("", nodes.paragraph("", c["title"]), classes=["number"] if c["type"] == "number" else [])
        for c in columns
    )
    group += nodes.thead("", nodes.row("", *heads))
    marks = [{"names": [a]} for a in payload["anchors"]] if "anchors" in payload else [{}] * len(rows)
    if "explorer" in payload:
        marks = [{**mark, "facets": f} for mark, f in zip(marks, payload["facets"], strict=True)]
    group += nodes.tbody(
        "", *(nodes.row("", cells=[_links(v, missing) for v in r], **mark) for r, mark in zip(rows, marks, strict=True))
    )
    title = nodes.title("", payload["caption"])
    if "whole" in payload:  # a long table
        title += nodes.Text(f" These are the first {len(rows):,} of {payload['of']:,} rows; all are in ")
        title += nodes.reference("", Path(payload["whole"]).name, refuri=payload["whole"], classes=["edition-file"])
        title += nodes.Text(".")
    table = nodes.table(
        "",
        title,
        group,
        classes=["exhibit-table", *filter(None, [payload["look"]])],
        names=[f"tbl-{payload['id'].replace('_', '-')}"],
    )
    if "explorer" in payload:
        table["explorer"] = {**payload["explorer"], **{k: payload[k] for k in ("of", "whole") if k in payload}}
    return table


class SetSourcesApart(SphinxTransform):
    """Makes the pages in brackets at the end of words told from the tables a paragraph of the class ``sources``.

    With its words it is in a container of the class ``noted``: editions set it into their margin, if they have one.
    """

    default_priority = 700

    def apply(self, **kwargs) -> None:
        """See Sphinx."""
        for paragraph in list(self.document.findall(nodes.paragraph)):
            told = [child for child in paragraph if child.astext().strip()]
            pages = list(told[-1].findall(nodes.reference)) if told and isinstance(told[-1], nodes.emphasis) else []
            if not pages or not re.fullmatch(r"\(.*\)", told[-1].astext(), re.S):
                continue
            sources = nodes.paragraph("", f"Source{'s' * (len(pages) > 1)}: ", classes=["sources"])
            for i, page in enumerate(pages):
                sources += [nodes.Text("; " if i else ""), page]
            sources += nodes.Text(".")
            paragraph.children[paragraph.index(told[-1]) :] = []
            if "lead" in paragraph.parent["classes"]:
                paragraph.parent.insert(paragraph.parent.index(paragraph) + 1, sources)
            elif len(told) > 1:
                noted = nodes.container("", classes=["noted"])
                paragraph.replace_self(noted)
                noted += [paragraph, sources]
            else:
                paragraph.replace_self(sources)


class DropPartMessages(SphinxPostTransform):
    """What the page before a part says is for paper, where such a page is."""

    builders = ("html", "epub")
    default_priority = 5

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        for node in [n for n in self.document.findall(nodes.container) if "part-message" in n["classes"]]:
            node.parent.remove(node)


def setup(app):
    """Sphinx's entry."""
    app.add_transform(SetSourcesApart)
    app.add_post_transform(DropPartMessages)
    app.add_env_collector(Figures)
    app.add_env_collector(PlainFigures)
    app.add_env_collector(LongTables)
    app.add_post_transform(AddLinkedCells)
    app.add_post_transform(AddCells)
    return {"version": "2", "env_version": 3, "parallel_read_safe": True}
