"""Figures as objects: data, plot and words together, from one cell to every edition."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from html import escape
from pathlib import Path
from textwrap import dedent
from urllib.parse import quote

import pandas as pd

from ecosystems import drawings, headlines, outlines, style, svg, words
from ecosystems.plots import Plot
from ecosystems.table import (
    LONG,
    MIME,
    SHOWN,
    Explorer,
    Table,
    as_csv,
    as_html,
    as_markdown,
    digest,
    for_editions,
    head,
    plain,
    shown_column,
    shown_table,
    unit,
)
from ecosystems.tables import ROOT, Citation

__all__ = [
    "EXHIBITS",
    "LONG",
    "MIME",
    "SHOWN",
    "UNITS",
    "Explorer",
    "Figure",
    "Table",
    "as_csv",
    "exhibit",
    "plain",
    "shown_figure",
    "shown_table",
    "stored_figure",
]

UNITS = {
    "count",
    "degrees",
    "international dollars",
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
EXHIBITS: dict[str, Callable] = {}
"""Every figure function by its name, in the order in which the modules define them."""


@dataclass(frozen=True)
class Figure:
    """One figure: a tidy table, the plot that draws it, and what it says.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a mark. The columns that `columns` names are published, and are all that a drawing sees; others serve
        the interactive map (what is told at a point).
    plot : ecosystems.plots.Plot, optional
        The kind of plot, as a value.
    finding : str
        What the reader learns: one sentence, computed, without a full stop at its end.
    values : dict of str to number or str
        What a headline written by hand needs, as :mod:`ecosystems.headlines` takes it.
    subtitle : str
        Measure, unit, year, and how many are counted out of how many.
    alt : str
        What is seen, in 40 to 400 characters, computed; if empty, what the plot says of itself.
    note : str
        A limit that must be known here.
    map : str
        Title of the interactive map, if the plot is a map.
    draw : callable, optional
        Instead of `plot`, for what is one of a kind: a function of a module that takes the published table and a
        :class:`ecosystems.style.Layout` and returns a matplotlib ``Figure``.
    columns : dict of str to str
        Meaning of each published column; that of a column of numbers ends with a comma and its unit, one of `UNITS`
        (``see unit``: the column ``unit`` of the same row tells it). Columns of years need none.
    source : list of Citation
        From :meth:`ecosystems.tables.Tables.cite`.
    """

    table: pd.DataFrame
    plot: Plot | None = None
    finding: str = ""
    subtitle: str = ""
    alt: str = ""
    note: str = ""
    map: str = ""
    draw: Callable[[pd.DataFrame, style.Layout], object] | None = None
    columns: dict[str, str] = field(default_factory=dict)
    source: Sequence[Citation] = ()
    values: dict[str, object] = field(default_factory=dict)
    id: str = ""
    code: dict = field(default_factory=dict, compare=False)

    def __post_init__(self):
        if missing := [c for c in self.columns if c not in self.table]:
            raise ValueError(f"figure {self.id}: its table has no column {', '.join(missing)}")
        for c, meaning in self.columns.items():
            if pd.api.types.is_numeric_dtype(self.table[c]) and unit(c, meaning) not in UNITS:
                raise ValueError(
                    f"figure {self.id}: the meaning of column {c}, {meaning!r}, must end with a comma "
                    f"and one of the units {', '.join(sorted(UNITS))}"
                )

    @cached_property
    def data(self) -> pd.DataFrame:
        """What is drawn and published."""
        return self.table[list(self.columns)].reset_index(drop=True)

    @property
    def seen(self) -> str:
        """The alternative text."""
        units = {c: unit(c, meaning) for c, meaning in self.columns.items()}
        return style.cut(self.alt or self.plot.describe(self.data, units), 400)

    @property
    def slug(self) -> str:
        """Its name in addresses and files."""
        return self.id.replace("_", "-")

    def drawing(self, layout: style.Layout = style.WIDE) -> str:
        """The drawing as SVG text."""
        name = f"{self.slug}-{layout.name[0]}-"

        def draw() -> str:
            with style.apply(layout, self.csv):
                return svg.draw((self.draw or self.plot.draw)(self.data, layout), name)

        if self.draw and not self.draw.__module__.startswith("ecosystems."):
            return draw()  # a cell's own function may read other variables of its chapter
        made_by = f"{self.draw.__module__}.{self.draw.__qualname__}" if self.draw else repr(self.plot)
        return drawings.drawn(draw, made_by, self.csv, name, repr(layout))

    @cached_property
    def csv(self) -> str:
        """What is drawn, as CSV."""
        return as_csv(self.data)

    @cached_property
    def payload(self) -> dict:
        """All that an edition needs, as plain JSON values."""
        rows = zip(*(shown_column(c, values) for c, values in head(self.data).items()), strict=True)
        columns = [{"name": c, "title": title, "type": "string"} for c, title in self.columns.items()]
        for column in columns:
            if pd.api.types.is_numeric_dtype(self.data[column["name"]]):
                column |= {"type": "number", "unit": unit(column["name"], column["title"])}
        return {
            "kind": "figure",
            "id": self.id,
            "slug": self.slug,
            "finding": self.finding,
            "subtitle": self.subtitle,
            "source": [c._asdict() for c in self.source],
            "note": self.note,
            "alt": self.seen,
            "svg": self.drawing(style.WIDE),
            "svg_narrow": self.drawing(style.NARROW),
            "map": self.plot.document(self.table, self.id, self.map) if self.map else None,
            "columns": columns,
            "rows": list(map(list, rows)),
            **({"of": len(self.data)} if len(self.data) > LONG else {}),
            "csv": self.csv,
            "code": self.code,
        }

    def _frame(self) -> str:
        """The interactive map, from a file beside the notebook, which thus stays small; the picture lies under it.

        Jupyter shows the frame to those who ran the cell, and leaves it out for others.
        """
        from ecosystems import atlas  # it loads folium

        file = Path("_build", f"{self.slug}.html")
        try:
            file.parent.mkdir(exist_ok=True)
            file.write_text(atlas.whole(self.payload["map"]), "utf-8")
        except OSError:  # a folder in which nobody may write
            return ""
        place = "position: absolute; inset: 0; width: 100%; height: 100%; border: 0"
        return f'<iframe src="{file.as_posix()}" title="{escape(self.map)}" style="{place}"></iframe>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        p = self.payload
        # What a stored notebook keeps, and what its test compares.
        lines = [
            f"Figure {self.id}: {self.finding}.",
            self.subtitle,
            *filter(None, [self.note]),
            f"Source: {'; '.join(map(str, self.source))}.",
            f"Seen: {self.seen}",
            f"Data {digest(self.csv)} · drawing {digest(p['svg'], p['svg_narrow'], p['map'] or '')}",
        ]
        shown = {MIME: p} if for_editions() else {"text/html": shown_figure(p, self._frame() if self.map else "")}
        return {"text/plain": "\n".join(lines), "text/markdown": stored_figure(p), **shown}


def shown_figure(payload: Mapping, frame: str = "") -> str:
    """Headline, subtitle, picture, note and source, as Jupyter shows them.

    The drawing is a picture: of drawings in the page Jupyter leaves only the words, if others ran the notebook.
    """
    drawing = quote(outlines.fixed(payload["svg"]), safe=" =:;/,.()'-")  # shorter than base64
    return (
        f"<figure><figcaption><strong>{escape(payload['finding'])}.</strong><br>{escape(payload['subtitle'])}"
        f'</figcaption><div style="position: relative; width: fit-content; background: white">'
        f'<img alt="{escape(payload["alt"])}" src="data:image/svg+xml,{drawing}">{frame}</div>'
        f"<small>{escape(payload['note'])} Source: {_sources(payload, as_html)}.</small></figure>"
    )


def _sources(payload: Mapping, written: Callable[[str, str], str]) -> str:
    """The sources of a figure, each with its licence."""
    licensed = [f" ({written(s['licence'], '')})" if s["licence"] else "" for s in payload["source"]]
    return "; ".join(written(s["text"], s["url"]) + end for s, end in zip(payload["source"], licensed, strict=True))


def stored_figure(payload: Mapping) -> str:
    """Headline, subtitle, what is seen, note and source, as a code host shows them of a stored notebook."""
    headline, subtitle, seen, note = (words.escape(payload[k]) for k in ("finding", "subtitle", "alt", "note"))
    return "\n\n".join(
        [f"**{headline}.**", subtitle, f"*{seen}*", f"{note} Source: {_sources(payload, as_markdown)}.".strip()]
    )


@dataclass(frozen=True)
class _Nothing(Plot):
    """A panel that says why there is nothing to show."""

    reason: str

    def _draw(self, table, layout):
        drawing, text = style.canvas(layout, 1.1), f"Nothing to show: {self.reason[:1].lower()}{self.reason[1:]}."
        look = {"ha": "center", "va": "center", "color": style.colour("quiet")}
        drawing.text(0.5, 0.5, style.wrap(text, 40 if layout.narrow else 90), **look)
        return drawing

    def describe(self, table, units):
        return f"An empty panel with the words: nothing to show. {self.reason}."


def exhibit(empty: str, cite: Sequence[str], columns: dict[str, str], table: Callable | None = None) -> Callable:
    """Make a function that returns a :class:`Figure` one of the book's exhibits; its name is the figure's id.

    The function gets the tables, the tidy table and what else the caller gives. For an empty table it is not called:
    the figure then says `empty`, here and nowhere else.

    Parameters
    ----------
    empty : str
        What an empty table means: a sentence without its full stop.
    cite : sequence of str
        What the figure stands on, as :meth:`ecosystems.tables.Tables.cite` takes it.
    columns : dict of str to str
        Meaning of the published columns, as in :class:`Figure`; the function can give others.
    table : callable, optional
        Makes the tidy table from the tables and what else the caller gives, if the caller does not give it.
    """

    def decorate(function: Callable) -> Callable:
        lines, first = inspect.getsourcelines(function)
        path = Path(inspect.getsourcefile(function)).resolve()
        code = {
            "path": path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name,
            "first": first,
            "last": first + len(lines) - 1,
            "text": "".join(lines),
            "table": dedent(inspect.getsource(table)).strip(" ,\n") if table else "",
        }

        @wraps(function)
        def call(data, *given) -> Figure:
            tidy, *rest = (table(data, *given), *given) if table else given
            if len(tidy):
                figure = function(data, tidy, *rest)
            else:  # says what is not there instead of failing or drawing zeros
                nothing = pd.DataFrame(columns=list(columns))
                figure = Figure(nothing, _Nothing(empty), finding=empty, subtitle="Nothing to show.")
            return replace(
                figure,
                id=function.__name__ + "".join(f"_{v.replace('-', '_')}" for v in rest if isinstance(v, str)),
                code=code,
                finding=(figure.values and headlines.headline(function.__name__, figure.values, data))
                or figure.finding,
                columns=figure.columns or columns,
                source=figure.source or data.cite(*cite),
            )

        if function.__name__ in EXHIBITS and EXHIBITS[function.__name__].__module__ != function.__module__:
            raise ValueError(f"two figure functions are called {function.__name__}")
        call.cite = tuple(cite)
        EXHIBITS[function.__name__] = call
        return call

    return decorate
