"""What cells return, as document nodes that every edition understands.

A :class:`~ecosystems.figure.Figure` becomes an ordinary, numbered figure with caption and legend; a
:class:`~ecosystems.figure.Table` an ordinary table. The web edition finds the whole figure in the
node's ``exhibit`` attribute and makes more of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ecosystems.editions.run import listed
from ecosystems.figure import MIME, plain
from ecosystems.tables import ROOT
from ecosystems.words import address

__all__ = ["Payload", "Renderer", "figure_node", "fill", "setup", "table_node"]


class Payload(Mapping):
    """A figure's payload, kept in a file beside the drawing: documents hold its name alone and stay small."""

    def __init__(self, path: Path, payload: dict):
        content = json.dumps(payload, ensure_ascii=False)
        self.path, self.digest = (
            path,
            hashlib.sha256(content.encode()).hexdigest(),
        )  # a document changes with its figures
        path.write_text(content, "utf-8")

    def __getitem__(self, name: str):
        return _read(self.path, self.digest)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_read(self.path, self.digest))

    def __len__(self) -> int:
        return len(_read(self.path, self.digest))


@lru_cache(32)
def _read(path: Path, digest: str) -> dict:
    return json.loads(path.read_text("utf-8"))


class Renderer:
    """MyST-NB's plugin for our outputs."""

    mime_priority_overrides = (("*", MIME, 1),)

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Nodes for one output, or None for an output that is not ours."""
        if data.mime_type != MIME or inline:
            return None
        payload = json.loads(data.content) if isinstance(data.content, str) else data.content
        document = renderer.renderer.document
        if payload["kind"] == "table":
            # Chapters that this scan has nothing for.
            gone = {f"book/{p.stem}" for p in listed(ROOT)} - document.settings.env.found_docs
            node = table_node(payload, gone)
            if rest := payload.get("rest"):
                node["rest"] = (
                    renderer.write_file([f"{payload['id']}.rest"], rest.encode(), overwrite=True).lstrip("/"),
                    hashlib.sha256(rest.encode()).hexdigest(),
                )
            for row in node.findall(nodes.row):
                if row["names"]:
                    document.note_explicit_target(row, row)
        else:
            uri = renderer.write_file([f"{payload['slug']}.svg"], payload["svg"].encode(), overwrite=True)
            env = renderer.renderer.sphinx_env
            drawing = Path(document.settings.env.srcdir, uri.lstrip("/")).resolve()
            node = figure_node(
                Payload(drawing.with_suffix(".json"), payload),
                uri,
                f"{env.config.html_baseurl}{env.docname.removeprefix('book/')}.html#fig-{payload['slug']}",
            )
            narrow = renderer.write_file(
                [f"{payload['slug']}-narrow.svg"], payload["svg_narrow"].encode(), overwrite=True
            )
            node[0]["narrow"] = narrow.lstrip("/")  # for a column of the printed page
        node.line, node.source = data.line, document["source"]
        document.note_explicit_target(node, node)
        if terms := payload.get("index"):
            return [
                addnodes.index(
                    entries=[
                        ("single", term, anchor, "", None)
                        for term, anchor in zip(terms, payload["anchors"], strict=True)
                    ]
                ),
                node,
            ]
        return [node]


def figure_node(payload: Mapping, uri: str, place: str) -> nodes.figure:
    """A figure with image, caption (the finding) and legend (subtitle, note, source, and its `place` in the online book)."""
    label = f"fig-{payload['slug']}"
    caption = nodes.caption(payload["finding"], payload["finding"])
    legend = nodes.legend()
    legend += nodes.paragraph("", payload["subtitle"], classes=["exhibit-subtitle"])
    if payload["note"]:
        legend += nodes.paragraph("", payload["note"], classes=["exhibit-note"])
    source = nodes.paragraph("", "Source: ", classes=["exhibit-source"])
    for i, cited in enumerate(payload["source"]):
        source += nodes.Text("; " if i else "")
        source += (
            nodes.reference("", cited["text"], refuri=address(cited["url"]))
            if address(cited["url"])
            else nodes.Text(cited["text"])
        )
        source += nodes.Text(f" ({cited['licence']})" if cited["licence"] else "")
    source += nodes.Text(".")
    legend += source
    files = nodes.paragraph("", "Data, picture and code: ", classes=["exhibit-files"])
    files += (
        nodes.reference("", place.partition("://")[2], refuri=place)
        if "://" in place
        else nodes.Text(f"{place} in the online book")
    )
    legend += files
    figure = nodes.figure(
        "", nodes.image(uri=uri, alt=payload["alt"]), caption, legend, classes=["exhibit"], names=[label]
    )
    figure["exhibit"] = payload
    return figure


def _links(value, gone: set[str]) -> list[str | dict]:
    """What is in a cell, words and links; those to the chapters `gone` as words only."""
    links = value if isinstance(value, list) else [value]
    return [
        link["text"] if isinstance(link, dict) and link["url"].removeprefix("doc:") in gone else link for link in links
    ]


def _inside(links: list[str | dict]) -> bool:
    """Whether a cell has links to places in the book."""
    return any(isinstance(link, dict) and link["url"].startswith(("doc:", "ref:")) for link in links)


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
            paragraph += (
                nodes.reference("", link["text"], refuri=address(link["url"]))
                if address(link["url"])
                else nodes.Text(link["text"])
            )
    return paragraph


def fill(document: nodes.document, all_of_them: bool = True) -> None:
    """Put the cells into the rows of tables; or into those rows alone that have links to places in the book."""
    for body in list(document.findall(nodes.tbody)):  # and not in what is put in
        for row in body:
            if "cells" in row and (all_of_them or any(map(_inside, row["cells"]))):
                heads = body.parent.next_node(nodes.thead)[0]
                row.extend(
                    nodes.entry("", _cell(links), classes=head["classes"][:])
                    for links, head in zip(row.attributes.pop("cells"), heads, strict=True)
                )


class Linked(SphinxPostTransform):
    """Fills the rows that have links to places in the book, before these are resolved."""

    default_priority = 6

    def run(self, **kwargs) -> None:
        fill(self.document, all_of_them=False)


class Rest(SphinxPostTransform):
    """Fills the other rows late, for most nodes of a book are cells and the transforms before need not look through them; but before links are collected for a check (800)."""

    default_priority = 790

    def run(self, **kwargs) -> None:
        fill(self.document)


def table_node(payload: dict, gone: set[str] = frozenset()) -> nodes.table:
    """A table with a title, a head and rows, whose cells :func:`fill` puts in; columns of numbers have the class ``number``; rows stand in
    the index under their terms; links to the chapters `gone` are words only."""
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
        "", *(nodes.row("", cells=[_links(v, gone) for v in r], **mark) for r, mark in zip(rows, marks, strict=True))
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


def setup(app):
    """Sphinx's entry."""
    app.add_post_transform(Linked)
    app.add_post_transform(Rest)
    return {"version": "1", "parallel_read_safe": True}
