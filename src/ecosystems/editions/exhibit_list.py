"""The list of exhibits: each figure with its chapter, data, function and sources, as a table in the book and as ``data/exhibits.csv``.

It is made from the figures that the book really has, after all chapters are read; a chapter asks for it with ```` ```{exhibits} ````.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform

from ecosystems import tables
from ecosystems.editions.outputs import Payload, table_node
from ecosystems.figure import Table, as_csv
from ecosystems.words import Link

__all__ = ["RESOURCE", "rows", "setup"]

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
TOLD = ("id", "finding", "slug", "code", "source")  # of a figure's payload
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


def _short(source: str) -> str:
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


def _figures(env) -> dict[str, list[tuple[Payload, str]]]:
    """What the list tells of the figures of each chapter, and their ids; noted when the chapter is read, so that nobody loads all chapters for it."""
    if not hasattr(env, "exhibits"):
        env.exhibits = {}
    return env.exhibits


def _read(app, doctree: nodes.document) -> None:
    found = [(f["exhibit"], f["ids"][0]) for f in doctree.findall(nodes.figure) if "exhibit" in f]
    _figures(app.env)[app.env.docname] = [({k: payload[k] for k in TOLD}, id) for payload, id in found]


def rows(app) -> Iterator[dict]:
    """Each figure in the order of the book, with the columns of `COLUMNS`, and what they are made from as ``exhibit``."""
    env = app.env
    order, waiting = [], [app.config.root_doc]
    while waiting:
        order.append(waiting.pop(0))
        waiting[:0] = env.toctree_includes.get(order[-1], [])
    for docname in order:
        for payload, id in _figures(env).get(docname, ()):
            code, number = payload["code"], env.toc_fignumbers.get(docname, {}).get("figure", {}).get(id, ())
            yield {
                "figure": ".".join(map(str, number)),
                "id": payload["id"],
                "finding": payload["finding"],
                "chapter": env.titles[docname].astext(),
                "page": f"{docname.removeprefix('book/')}.html#fig-{payload['slug']}",
                "data": f"exhibits/{payload['slug']}.csv",
                "function": code["text"].partition("def ")[2].partition("(")[0],
                "code": code["path"],
                "first_line": code["first"],
                "last_line": code["last"],
                "sources": "; ".join(
                    s["text"] + (f" ({s['licence']})" if s["licence"] else "") for s in payload["source"]
                ),
                "exhibit": payload,
                "docname": docname,
            }


class List(SphinxPostTransform):
    """Puts the table in its place, before links are resolved."""

    default_priority = 5

    def run(self, **kwargs) -> None:
        for place in list(self.document.findall(exhibit_list)):
            place.replace_self(self.table(list(rows(self.app))))

    def table(self, figures: list[dict]) -> nodes.table:
        """The list as a table whose cells lead to the figure, its chapter, its data and its code."""
        repository, version = self.config.edition_repository.rstrip("/"), tables.read().package["version"]

        def code(f: dict) -> str | Link:
            lines = f"{Path(f['code']).name}, lines {f['first_line']} to {f['last_line']}"
            return (
                Link(lines, f"{repository}/blob/v{version}/{f['code']}#L{f['first_line']}-L{f['last_line']}")
                if repository
                else lines
            )

        columns = {
            "Figure": [f["figure"] for f in figures],
            "What it shows": [Link(f["finding"], f"ref:fig-{f['exhibit']['slug']}") for f in figures],
            "Chapter": [Link(f["chapter"], f"doc:{f['docname']}") for f in figures],
            "Data": [Link(Path(f["data"]).name, f"file:{f['data']}") for f in figures],
            "Code": [code(f) for f in figures],
            "Sources": ["; ".join(dict.fromkeys(_short(s["text"]) for s in f["exhibit"]["source"])) for f in figures],
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
        path.write_text(as_csv(pd.DataFrame(list(rows(app)), columns=list(COLUMNS))), "utf-8")


def setup(app):
    """Sphinx's entry."""
    app.add_config_value("edition_repository", "", "env", types=(str,))
    app.add_node(exhibit_list)
    app.add_directive("exhibits", Exhibits)
    app.add_post_transform(List)
    app.connect("doctree-read", _read)
    app.connect("env-purge-doc", lambda app, env, docname: _figures(env).pop(docname, None))
    app.connect(
        "env-merge-info",
        lambda app, env, docnames, other: _figures(env).update({d: _figures(other)[d] for d in docnames}),
    )
    # A figure that changed anywhere changes the list.
    app.connect("env-updated", lambda app, env: [d for d in sorted(env.found_docs) if "exhibits" in env.metadata[d]])
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True}
