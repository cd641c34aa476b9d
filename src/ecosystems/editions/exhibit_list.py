"""The list of exhibits: each figure with chapter, data, function and sources, in the book and as ``data/exhibits.csv``.

It is made from the figures that the book has, after all chapters are read; a chapter asks for it with the directive
```` ```{exhibits} ````.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform

from ecosystems.editions.outputs import Figures, PlainFigures, table_node
from ecosystems.figure import Table, as_csv
from ecosystems.words import Link

COLUMNS = {
    "figure": "Number of the figure in this edition.",
    "id": "Name of the figure: its function, its label in the book and its files.",
    "finding": "What it shows, in one sentence.",
    "chapter": "Title of the chapter.",
    "page": "Address of the figure, from the first page of the edition.",
    "data": "File with exactly what is drawn.",
    "function": "Function that draws it.",
    "code": "File of that function.",
    "first_line": "Line on which it begins.",
    "last_line": "Line on which it ends.",
    "sources": "What it stands on, with licences.",
}
RESOURCE = {
    "name": "exhibits",
    "type": "table",
    "path": "exhibits.csv",
    "title": "Exhibits",
    "description": "One figure of the book, with its chapter, data, code and sources.",
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "schema": {
        "fields": [
            {
                "name": c,
                "type": "integer" if c.endswith("_line") else "string",
                "title": c.replace("_", " ").capitalize(),
                "description": d,
                **({"unit": "line"} if c.endswith("_line") else {}),
            }
            for c, d in COLUMNS.items()
        ],
        "primaryKey": ["id"],
        "missingValues": [""],
    },
}


def _short_source(source: str) -> str:
    """A source without its version and the code of its series: "This edition, facts, version 1.0" is "facts"."""
    parts = source.split(", ")[:-1]
    return (
        ", ".join(p for p in parts if p != "This edition" and not re.fullmatch(r"[A-Z0-9]+([._][A-Z0-9]+)+", p))
        or source
    )


class exhibit_list(nodes.General, nodes.Element):
    """Stands where the list will be."""


class Exhibits(Directive):
    """```` ```{exhibits} ````: the list of all figures of the book."""

    def run(self) -> list[nodes.Node]:
        env = self.state.document.settings.env
        env.metadata[env.docname]["exhibits"] = True
        return [exhibit_list()]


def rows(app) -> Iterator[dict]:
    """Each figure in the order of the book: the columns of `COLUMNS`, ``docname``, ``label`` and ``cited`` sources.

    Figures that are not ours, such as pictures, have a caption, a number and a page, and nothing more.
    """
    env = app.env
    order, waiting = [], [app.config.root_doc]
    while waiting:
        order.append(waiting.pop(0))
        waiting[:0] = env.toctree_includes.get(order[-1], [])
    for docname in order:
        numbers = env.toc_fignumbers.get(docname, {}).get("figure", {})
        chapter, page = env.titles[docname].astext(), f"{docname.removeprefix('book/')}.html"
        ours = {note.label: note.payload for note in Figures.of(env).get(docname, ())}
        others = dict(PlainFigures.of(env).get(docname, ()))
        for label in sorted(ours.keys() | others.keys(), key=lambda label: numbers.get(label, ())):
            number = ".".join(map(str, numbers.get(label, ())))
            where = {
                "figure": number,
                "chapter": chapter,
                "page": f"{page}#{label}",
                "docname": docname,
                "label": label,
            }
            if label in others:
                yield {**dict.fromkeys(COLUMNS), **where, "id": label, "finding": others[label], "cited": []}
                continue
            figure = ours[label]
            code, slug = figure["code"], figure["slug"]
            sources = (s["text"] + (f" ({s['licence']})" if s["licence"] else "") for s in figure["source"])
            yield {
                **where,
                "id": figure["id"],
                "finding": figure["finding"],
                "data": f"exhibits/{slug}.csv",
                "function": code["text"].partition("def ")[2].partition("(")[0],
                "code": code["path"],
                "first_line": code["first"],
                "last_line": code["last"],
                "sources": "; ".join(sources),
                "cited": [s["text"] for s in figure["source"]],
            }


class InsertList(SphinxPostTransform):
    """Puts the table in its place, before links are resolved."""

    default_priority = 5

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        for place in list(self.document.findall(exhibit_list)):
            place.replace_self(self.table(list(rows(self.app))))

    def table(self, figures: list[dict]) -> nodes.table:
        """The list as a table whose cells lead to the figure, its chapter, its data and its code."""
        repository = self.config.edition_repository.rstrip("/")
        address = f"{repository}/blob/v{self.config.edition_imprint.version}" if repository else ""

        def code(f: dict) -> str | Link:
            if not f["code"]:
                return ""
            first, last = f["first_line"], f["last_line"]
            text = f"{Path(f['code']).name}, lines {first} to {last}"
            return Link(text, f"{address}/{f['code']}#L{first}-L{last}") if repository else text

        columns = {
            "Figure": [f["figure"] for f in figures],
            "What it shows": [Link(f["finding"], f"ref:{f['label']}") for f in figures],
            "Chapter": [Link(f["chapter"], f"doc:{f['docname']}") for f in figures],
            "Data": [Link(Path(f["data"]).name, f"file:{f['data']}") if f["data"] else "" for f in figures],
            "Code": [code(f) for f in figures],
            "Sources": ["; ".join(dict.fromkeys(map(_short_source, f["cited"]))) for f in figures],
        }
        shown = Table(
            pd.DataFrame(columns, dtype=object),
            "Every figure, with its data, code and sources.",
            {c: c for c in columns},
            id="exhibits",
        )
        node = table_node({**shown.payload, "look": shown.look})
        self.document.note_explicit_target(node, node)
        return node


def _write(app, exception) -> None:
    if exception is None and app.builder.name == "html":
        path = Path(app.outdir) / "data" / RESOURCE["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_csv(pd.DataFrame(rows(app), columns=list(COLUMNS))), "utf-8")


def setup(app):
    """Sphinx's entry."""
    app.setup_extension("ecosystems.editions.imprint")
    app.setup_extension("ecosystems.editions.outputs")
    app.add_config_value("edition_repository", "", "env", types=(str,))
    app.add_node(exhibit_list)
    app.add_directive("exhibits", Exhibits)
    app.add_post_transform(InsertList)
    # A figure that changed anywhere changes the list.
    app.connect("env-updated", lambda app, env: [d for d in sorted(env.found_docs) if "exhibits" in env.metadata[d]])
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True}
