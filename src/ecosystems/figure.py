"""Figures and tables as objects: data, words and drawing together, from one cell to every edition."""

from __future__ import annotations

import base64
import csv
import hashlib
import inspect
import io
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from pathlib import Path

import pandas as pd

from ecosystems import drawings, style, svg
from ecosystems.maps import BORDERS
from ecosystems.tables import ROOT, Citation
from ecosystems.words import Link, number

__all__ = ["EXHIBITS", "FORMULA", "MIME", "Explorer", "Figure", "Table", "exhibit", "nothing", "plain"]

MIME = "application/vnd.ecosystems+json"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # a cell that begins so, a spreadsheet may run
UNITS = {
    "count",
    "degrees",
    "million",
    "percent",
    "percent of GDP",
    "percentage points",
    "rank",
    "ratio",
    "see unit",
    "year",
    "years",
}
LONG, SHOWN = 2000, 300  # a table of more rows stands in a page with the first ones only; all are in a file
EXHIBITS: dict[str, Callable] = {}
"""Every figure function by its name, in the order in which the modules define them."""


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


def _shown_column(name: str, values: pd.Series) -> list[str]:
    return [str(int(v)) if _is_year(name) and not pd.isna(v) and not isinstance(v, str) else shown(v) for v in values]


def _unit(name: str, meaning: str) -> str:
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


@dataclass(frozen=True)
class Figure:
    """One figure: what it shows, what it says and how it is drawn.

    Parameters
    ----------
    data : pandas.DataFrame
        Exactly what is drawn.
    columns : dict of str to str
        Meaning of each column of `data`; that of a column of numbers ends with a comma and its unit, one of `UNITS`
        (``see unit``: the column ``unit`` of the same row tells it). Columns of years need none.
    finding : str
        What the reader learns: one sentence, computed, without a full stop at its end.
    subtitle : str
        Measure, unit, year, and how many are counted out of how many.
    source : list of Citation
        From :meth:`ecosystems.tables.Tables.cite`.
    alt : str
        What is seen, in 40 to 400 characters, computed.
    draw : callable
        Takes a :class:`ecosystems.style.Layout`, returns a matplotlib ``Figure``.
    note : str
        A limit that must be known here.
    map : callable, optional
        Returns the HTML document of the interactive map of the same data.
    """

    data: pd.DataFrame
    columns: dict[str, str]
    finding: str
    subtitle: str
    source: Sequence[Citation]
    alt: str
    draw: Callable
    note: str = ""
    map: Callable | None = None
    id: str = ""
    code: dict = field(default_factory=dict, compare=False)

    def __post_init__(self):
        if missing := [c for c in self.data.columns if c not in self.columns]:
            raise ValueError(f"figure {self.id}: no meaning given for the columns {', '.join(map(str, missing))}")
        for c in self.data.columns:
            if pd.api.types.is_numeric_dtype(self.data[c]) and _unit(c, self.columns[c]) not in UNITS:
                raise ValueError(
                    f"figure {self.id}: the meaning of column {c}, {self.columns[c]!r}, must end with a comma and one of the units {', '.join(sorted(UNITS))}"
                )

    @property
    def limits(self) -> str:
        """The note; under a map also what its borders mean."""
        return " ".join(filter(None, [self.note, BORDERS if self.map else ""]))

    @property
    def slug(self) -> str:
        """Its name in addresses and files."""
        return self.id.replace("_", "-")

    def drawing(self, layout: style.Layout = style.WIDE) -> str:
        """The drawing as SVG text."""
        name = f"{self.slug}-{layout.name[0]}-"

        def draw() -> str:
            with style.apply(layout):
                return svg.draw(self.draw(layout), name)

        return drawings.drawn(draw, self.draw, name, layout)

    @cached_property
    def csv(self) -> str:
        """What is drawn, as CSV."""
        return as_csv(self.data)

    @cached_property
    def payload(self) -> dict:
        """All that an edition needs, as plain JSON values."""
        return {
            "kind": "figure",
            "id": self.id,
            "slug": self.slug,
            "finding": self.finding,
            "subtitle": self.subtitle,
            "source": [c._asdict() for c in self.source],
            "note": self.limits,
            "alt": self.alt,
            "svg": self.drawing(style.WIDE),
            "svg_narrow": self.drawing(style.NARROW),
            "map": self.map() if self.map else None,
            "columns": [
                {"name": c, "title": self.columns[c], "type": "number", "unit": _unit(c, self.columns[c])}
                if pd.api.types.is_numeric_dtype(self.data[c])
                else {"name": c, "title": self.columns[c], "type": "string"}
                for c in self.data.columns
            ],
            "rows": [
                list(row)
                for row in zip(*(_shown_column(c, values) for c, values in head(self.data).items()), strict=True)
            ],
            **({"of": len(self.data)} if len(self.data) > LONG else {}),
            "csv": self.csv,
            "code": self.code,
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        p = self.payload
        return {
            MIME: p,
            "image/svg+xml": p["svg"],
            # What a stored notebook keeps, and what its test compares.
            "text/plain": "\n".join(
                [
                    f"Figure {self.id}: {self.finding}.",
                    self.subtitle,
                    *([self.limits] if self.limits else []),
                    f"Source: {'; '.join(map(str, self.source))}.",
                    f"Seen: {self.alt}",
                    f"Data {_digest(self.csv)} · drawing {_digest(p['svg'], p['svg_narrow'], p['map'] or '')}",
                ]
            ),
        }


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def nothing(reason: str, source: Sequence[Citation], **columns: str) -> Figure:
    """The figure of an empty table: says what is not there instead of failing or drawing zeros."""
    return Figure(
        data=pd.DataFrame(columns=list(columns)),
        columns=columns,
        finding=reason,
        subtitle="Nothing to show.",
        source=source,
        alt=f"An empty panel with the words: nothing to show. {reason}.",
        draw=lambda layout: style.nothing(layout, f"Nothing to show: {reason[:1].lower()}{reason[1:]}."),
    )


def exhibit(function: Callable) -> Callable:
    """Make a function that returns a :class:`Figure` one of the book's exhibits; its name is the figure's id."""
    lines, first = inspect.getsourcelines(function)
    path = Path(inspect.getsourcefile(function)).resolve()
    code = {
        "path": path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name,
        "first": first,
        "last": first + len(lines) - 1,
        "text": "".join(lines),
    }

    @wraps(function)
    def call(*args, **options) -> Figure:
        figure = function(*args, **options)
        suffix = "".join(f"_{v.replace('-', '_')}" for v in args[1:] if isinstance(v, str))
        return replace(figure, id=function.__name__ + suffix, code=code)

    if function.__name__ in EXHIBITS and EXHIBITS[function.__name__].__module__ != function.__module__:
        raise ValueError(f"two figure functions are called {function.__name__}")
    EXHIBITS[function.__name__] = call
    return call


def _cell(value: object, text: str) -> str | dict | list[dict]:
    if isinstance(value, list):
        return [{"text": v.text, "url": v.url} for v in value]
    return {"text": value.text, "url": value.url} if isinstance(value, Link) else "" if pd.isna(value) else text


def plain(cell: str | dict | list[dict]) -> str:
    """A cell of a table's payload as text."""
    return (
        cell
        if isinstance(cell, str)
        else ", ".join(c["text"] for c in cell)
        if isinstance(cell, list)
        else cell["text"]
    )


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
        How the web sets it: ``numbers`` (the second column large, one tile a row), ``cards`` (one card a row), or as a table.
    anchor : str
        If given, each row has the lasting address ``<anchor>-<id>``; `data` then has a column ``id``.
    whole : str
        A file of the edition with all rows. If given, a page shows the first rows of a long table, and leads to the file.
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
        cells = [
            [_cell(v, text) for v, text in zip(table[c], _shown_column(c, table[c]), strict=True)] for c in self.columns
        ]
        return [list(row) for row in zip(*cells, strict=True)]

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
        links = _digest(json.dumps(self.payload))
        return {
            MIME: {**self.payload, "look": self.look},
            "text/plain": "\n".join([f"Table {self.id}: {self.caption}", *text, f"Data {links}"]),
        }


@dataclass(frozen=True)
class Explorer(Table):
    """A table in which a reader searches and filters; without script, and in print, the whole table.

    Parameters
    ----------
    facets : dict of str to str
        Columns of `data` by which a reader chooses, and what each is called. A value may be a list: then all chosen ones must be in it.
    map : str
        Id of the map figure that shows the rows chosen; its points have the ids of the rows.
    index : str
        The column of `data` with the terms, each ``head; entry``, under which rows stand in the index of the printed book; no index if empty.

    `data` has a column ``id``; the row of ``id`` has the stable anchor ``i-<id>``. A long table has a column ``cell``, too: the point of the map that stands for the row.
    """

    facets: dict[str, str] = field(kw_only=True)
    map: str = field(kw_only=True)
    index: str = field(default="", kw_only=True)

    @cached_property
    def payload(self) -> dict:
        """All that an edition needs, as plain JSON values."""
        facets = [[v if isinstance(v, list) else [v] for v in self.data[c]] for c in self.facets]
        return {
            **super().payload,
            "explorer": {
                "map": self.map.replace("_", "-"),
                "facets": [
                    {
                        "name": c,
                        "title": title,
                        "many": any(isinstance(v, list) for v in self.data[c]),
                        "values": sorted({v for row in values for v in row}),
                    }
                    for (c, title), values in zip(self.facets.items(), facets, strict=True)
                ],
            },
            **({"index": list(self.first[self.index])} if self.index else {}),
            "anchors": [f"i-{i}" for i in self.first["id"]],
            "facets": [
                dict(zip(self.facets, row, strict=True))
                for _, row in zip(self.first["id"], zip(*facets, strict=True), strict=False)
            ],
            **({"rest": self._packed(facets)} if self.long else {}),
        }

    def _packed(self, facets: list[list]) -> str:
        """All rows, for the files that a page loads part by part, each a line of JSON: id, cells, cell of the map, facets. The first line names the facets."""
        lines = [
            json.dumps(list(self.facets)),
            *(
                json.dumps(row, ensure_ascii=False)
                for row in zip(
                    self.data["id"], self._rows(self.data), self.data["cell"], zip(*facets, strict=True), strict=True
                )
            ),
        ]
        return base64.b64encode(zlib.compress("\n".join([*lines, ""]).encode(), 3)).decode()
