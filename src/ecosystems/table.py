"""Tables of words and numbers as objects, and how values are shown: in pages, in CSV, in Jupyter."""

import base64
import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from html import escape

import pandas as pd

from ecosystems import words
from ecosystems.words import MIME, Link, address, for_editions, number

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a cell that begins so, a spreadsheet may run
GLANCE, STORED = 50, 12  # rows of a table that Jupyter shows, and that a stored notebook does
LONG, SHOWN = 2000, 300  # a table of more rows stands in a page with the first ones only; all are in a file


def head(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that a page holds: all, or the first of a long table."""
    return table if len(table) <= LONG else table.head(SHOWN)


def shown(value: object) -> str:
    """A table value as a reader sees it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Link | str):
        return str(value)
    if value is None or value is pd.NA or value != value:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not value.is_integer():
        return number(value, 1 if abs(value) >= 1 else 2)
    return number(int(value)) if isinstance(value, int | float) or hasattr(value, "__int__") else str(value)


def _is_year(name: str) -> bool:
    return name == "year" or name.endswith("_year") or name in ("founded", "ended", "first", "last")


def shown_column(name: str, values: pd.Series) -> list[str]:
    """The values of a column as a reader sees them; years without a thousands separator."""
    return [str(int(v)) if _is_year(name) and not pd.isna(v) and not isinstance(v, str) else shown(v) for v in values]


def unit(name: str, meaning: str) -> str:
    """The unit of a column of numbers: what stands after the last comma of its meaning."""
    return "year" if _is_year(name) else meaning.rpartition(", ")[2]


def as_csv(table: pd.DataFrame) -> str:
    """A table as CSV that a spreadsheet opens as text and numbers, never as formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow(
            "" if v is None or v is pd.NA or v != v else f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v
            for v in row
        )
    return out.getvalue()


def digest(*texts: str) -> str:
    """A short digest of texts, for what a stored notebook keeps in their place."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _cell(value: object, text: str) -> str | dict | list[dict]:
    if isinstance(value, list):
        return [asdict(v) for v in value]
    return asdict(value) if isinstance(value, Link) else "" if pd.isna(value) else text


def plain(cell: str | dict | list[dict], written: Callable[[str, str], str] = lambda text, url: text) -> str:
    """A cell of a table's payload as text, each of its links as `written`, which takes a text and an address."""
    if isinstance(cell, list):
        return ", ".join(plain(link, written) for link in cell)
    return written(cell, "") if isinstance(cell, str) else written(**cell)


def _web(url: str) -> str:
    """An address of the web; places in the book have no target in Jupyter and on code hosts."""
    return address(url) if "://" in url else ""


def as_html(text: str, url: str) -> str:
    """A text as HTML, with a link if it leads to the web."""
    return f'<a href="{escape(web)}">{escape(text)}</a>' if (web := _web(url)) else escape(text)


def shown_table(payload: dict) -> str:
    """The first rows of a table's payload, as Jupyter shows them, which sets words to the right if nobody says else."""
    sides = ["right" if c["type"] == "number" else "left" for c in payload["columns"]]

    def line(tag: str, cells: Iterable[str]) -> str:
        told = (f'<{tag} style="text-align: {s}">{c}</{tag}>' for s, c in zip(sides, cells, strict=True))
        return f"<tr>{''.join(told)}</tr>"

    rows = payload["rows"]
    lines = [line("th", (escape(c["title"]) for c in payload["columns"]))]
    lines += [line("td", (plain(cell, as_html) for cell in row)) for row in rows[:GLANCE]]
    more = f"<p>{words.plural(len(rows) - GLANCE, 'more row')}.</p>" if len(rows) > GLANCE else ""
    return f"<p><strong>{escape(payload['caption'])}</strong></p><table>{''.join(lines)}</table>{more}"


def as_markdown(text: str, url: str) -> str:
    """A text as Markdown, with a link if it leads to the web; other places are in editions only."""
    return f"[{words.escape(text)}](<{web}>)" if (web := _web(url)) else words.escape(text)


def stored_table(payload: dict) -> str:
    """Caption, head and first rows of a table's payload, as a code host shows them of a stored notebook."""
    rows = payload["rows"]
    lines = [[words.escape(c["title"]) for c in payload["columns"]], ["---"] * len(payload["columns"])]
    lines += [[plain(cell, as_markdown) for cell in row] for row in rows[:STORED]]
    more = f"\n\n{words.plural(len(rows) - STORED, 'more row')}." if len(rows) > STORED else ""
    return f"**{words.escape(payload['caption'])}**\n\n" + "\n".join(f"| {' | '.join(x)} |" for x in lines) + more


@dataclass(frozen=True)
class Table:
    """A table of words and numbers, real in every edition.

    Parameters
    ----------
    data : pandas.DataFrame
        What is shown, in order; a value may be a :class:`ecosystems.words.Link` or a list of them.
    caption : str
        What the table tells.
    columns : dict of str to str
        Heading of each column that is shown.
    id : str
        Its name; the label is ``tbl-<id>`` with hyphens.
    look : str
        How the web sets it: ``numbers`` (the second column large, one tile a row), ``cards`` (one card a row), or as a
        table.
    anchor : str
        If given, each row has the lasting address ``<anchor>-<id>``; `data` then has a column ``id``.
    whole : str
        A file of the edition with all rows. If given, a page shows the first rows of a long table, and leads to the
        file.
    """

    data: pd.DataFrame
    caption: str
    columns: dict[str, str]
    id: str
    look: str = ""
    anchor: str = ""
    whole: str = ""

    @property
    def long(self) -> bool:
        """Whether pages hold only the first rows."""
        return bool(self.whole) and len(self.data) > LONG

    @property
    def first(self) -> pd.DataFrame:
        """The rows that pages hold."""
        return head(self.data) if self.long else self.data

    def _rows(self, table: pd.DataFrame) -> list[list]:
        columns = [map(_cell, table[c], shown_column(c, table[c])) for c in self.columns]
        return [list(row) for row in zip(*columns, strict=True)]

    @cached_property
    def payload(self) -> dict:
        """All that an edition needs, as plain JSON values."""
        return {
            "kind": "table",
            "id": self.id,
            "caption": self.caption,
            "columns": [
                {"title": t, "type": "number" if pd.api.types.is_numeric_dtype(self.data[c]) else "string"}
                for c, t in self.columns.items()
            ],
            "rows": self._rows(self.first),
            **({"of": len(self.data), "whole": self.whole} if self.long else {}),
            **({"anchors": [f"{self.anchor}-{i}" for i in self.first["id"]]} if self.anchor else {}),
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = [" | ".join(self.columns.values())]
        text += [" | ".join(plain(c) for c in row) for row in self.payload["rows"]]
        links = digest(json.dumps(self.payload))
        text = "\n".join([f"Table {self.id}: {self.caption}", *text, f"Data {links}"])
        shown = {"text/html": shown_table(self.payload)}
        if for_editions():
            shown = {MIME: {**self.payload, "look": self.look}}
        return {"text/plain": text, "text/markdown": stored_table(self.payload), **shown}


@dataclass(frozen=True)
class Explorer(Table):
    """A table in which a reader searches and filters; without script, and in print, the whole table.

    Parameters
    ----------
    facets : dict of str to str
        Columns of `data` by which a reader chooses, and what each is called. A value may be a list: then all chosen
        ones must be in it.
    map : str
        Id of the map figure that shows the rows chosen; its points have the ids of the rows.
    index : str
        The column of `data` with the terms, each ``head; entry``, under which rows stand in the index of the printed
        book; no index if empty.

    `data` has a column ``id``; the row of ``id`` has the stable anchor ``i-<id>``. A long table has a column ``cell``,
    too: the point of the map that stands for the row.
    """

    facets: dict[str, str] = field(kw_only=True)
    map: str = field(kw_only=True)
    index: str = field(default="", kw_only=True)

    @cached_property
    def payload(self) -> dict:
        """All that an edition needs, as plain JSON values."""
        facets = [[v if isinstance(v, list) else [v] for v in self.data[c]] for c in self.facets]
        described = [
            {
                "name": c,
                "title": title,
                "many": any(isinstance(v, list) for v in self.data[c]),
                "values": sorted({v for row in values for v in row}),
            }
            for (c, title), values in zip(self.facets.items(), facets, strict=True)
        ]
        rows = [dict(zip(self.facets, row, strict=True)) for row in zip(*facets, strict=True)]
        return {
            **super().payload,
            "explorer": {"map": self.map.replace("_", "-"), "facets": described},
            **({"index": list(self.first[self.index])} if self.index else {}),
            "anchors": [f"i-{i}" for i in self.first["id"]],
            "facets": rows[: len(self.first)],
            **({"rest": self._packed(facets)} if self.long else {}),
        }

    def _packed(self, facets: list[list]) -> str:
        """All rows, for the files that a page loads part by part, each a line of JSON: id, cells, cell of the map,
        facets. The first line names the facets."""
        rows = zip(self.data["id"], self._rows(self.data), self.data["cell"], zip(*facets, strict=True), strict=True)
        lines = [json.dumps(list(self.facets)), *(json.dumps(row, ensure_ascii=False) for row in rows)]
        return base64.b64encode(zlib.compress("\n".join([*lines, ""]).encode(), 3)).decode()
