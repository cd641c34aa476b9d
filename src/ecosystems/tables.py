"""The report's tables, typed as ``data/datapackage.json`` describes them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ecosystems.letters import hidden
from ecosystems.words import Link

ROOT = Path(__file__).resolve().parents[2]
if INSTALLED := not (ROOT / "pyproject.toml").is_file():  # as a package, which holds what chapters read of the project
    ROOT = Path(__file__).resolve().with_name("project")
_DTYPES = {"integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}


class Citation(NamedTuple):
    """What a figure says of one of its sources."""

    text: str
    url: str = ""
    licence: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.licence})" if self.licence else self.text


def folder() -> Path:
    """Where the tables are: the folder that ``make ... DATA=`` names, or the project's ``data/``.

    Notebooks of an unpacked edition, which the installed package runs, use the tables that lie beside them.
    """
    if chosen := os.environ.get("ECOSYSTEMS_DATA"):
        return Path(chosen).resolve()
    here = Path.cwd()
    near = (p / "data" for p in (here, *here.parents)) if INSTALLED else ()
    return next((p for p in near if (p / "datapackage.json").is_file()), OWN).resolve()


# What every scan can stand on; a folder without one of these has the project's own.
REFERENCE = (
    "areas",
    "characteristics",
    "countries",
    "country_figures",
    "country_figures_unesco",
    "indicators",
    "outlines",
    "world",
)
OWN = ROOT / "data"


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table by its column ``order``."""
    return table.sort_values("order", kind="stable", ignore_index=True)


def cited(tables: Iterable[pd.DataFrame]) -> set[str]:
    """Ids of the pages on which rows of these tables stand."""
    return {key for table in tables for c in table if c.endswith("source_id") for key in table[c].dropna()}


def as_committed(content: bytes) -> bytes:
    """A text file as it is committed: line ends of Unix, and no mark at its beginning, which Excel writes."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def measure(path: Path, committed: bool = False) -> dict:
    """Bytes, hash and (of a table) rows of one file, as a data package states them for a resource.

    If asked for, those of the file as it is `committed`, whatever Git or Excel made of its line ends on this machine.
    """
    content = as_committed(path.read_bytes()) if committed else path.read_bytes()
    facts = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    if path.suffix == ".csv":
        facts["rowCount"] = sum(1 for _ in csv.reader(content.decode("utf-8-sig").splitlines(keepends=True))) - 1
    return facts


def without_measures(package: dict) -> dict:
    """A data package without bytes, hash and rows of its files, which change with every row."""
    resources = [{k: v for k, v in r.items() if k not in ("bytes", "hash", "rowCount")} for r in package["resources"]]
    return {**package, "resources": resources}


@cache
def _package(path: Path, changed: int) -> dict:
    package = without_measures(json.loads(path.read_text("utf-8-sig")))
    # An edition that was unpacked describes what was made of the tables, too.
    return {**package, "resources": [r for r in package["resources"] if not r.get("derived")]}


def _package_of(path: Path) -> dict:
    file = path / "datapackage.json"
    return _package(file, file.stat().st_mtime_ns)


def _printable(text: str) -> str:
    """Replace control and direction characters, which terminals and XML parsers act upon, by spaces."""
    places = hidden(text)
    return "".join(" " if i in places else c for i, c in enumerate(text)) if places else text


@lru_cache(64)
def _parsed(text: str, types: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """The table of a CSV file. Cached by content, so that a fork that reads a table again shares its memory."""
    types = dict(types)
    table = pd.read_csv(io.StringIO(text), dtype=types, keep_default_na=False, na_values=[""])
    # Most files need no cleaning, which one look at the whole text tells.
    if text.count("\n") != len(table) + 1 or not text.replace("\n", "").isprintable():
        for column in table.columns[[types[c] == "str" for c in table]]:
            table[column] = table[column].map(_printable, na_action="ignore").astype("str")
    return table


def cached(make: Callable) -> Callable:
    """Cache the result of a function of :class:`Tables` and further hashable arguments, per ``Tables`` object.

    A DataFrame or Series is returned as a copy, which shares memory until it is written to.
    """

    @wraps(make)
    def cached_or_made(data: Tables, *args):
        key = (make.__module__, make.__qualname__, *args)
        if key not in data._cache:
            data._cache[key] = make(data, *args)
        found = data._cache[key]
        return found.copy(deep=False) if isinstance(found, pd.DataFrame | pd.Series) else found

    return cached_or_made


def _links(texts: pd.Series, to: pd.DataFrame) -> pd.Series:
    """Links with these texts to the ``url`` of each row, by its ``id``."""
    return pd.Series(list(map(Link, texts, to["url"])), index=to["id"], dtype=object)


class Tables:
    """All tables of one data folder; ``data.initiatives`` is a :class:`pandas.DataFrame`.

    A table is read when first asked for. Texts are strings, whole numbers ``Int64``, other numbers
    ``float64``; what is not known is missing, never zero and never an empty text.
    """

    def __init__(self, path: Path | None = None, replaced: dict[str, pd.DataFrame] | None = None):
        self._path = Path(path or folder())
        self._tables: dict[str, pd.DataFrame] = dict(replaced or {})
        self._cache: dict[tuple, object] = {}

    @property
    def _described(self) -> dict[str, tuple[Path, dict]]:
        """Folder and description of each table: the folder's own, and the project's of what it leaves out."""
        return {r["name"]: (path, r) for path in (OWN, self._path) for r in _package_of(path)["resources"]}

    @property
    def package(self) -> dict:
        """The folder's ``datapackage.json`` without measures, with the project's tables of reference it leaves out."""
        own, described = _package_of(self._path), self._described.values()
        lent = [r for path, r in described if path != self._path and r["name"] in REFERENCE]
        return {**own, "resources": [*own["resources"], *lent]}

    @property
    def report(self) -> dict | None:
        """The published report that these tables reconstruct, by ``datapackage.json``; None for a scan of your own."""
        return self.package.get("report")

    @property
    def title(self) -> str:
        """The title of the book made from these tables."""
        return (self.report or self.package)["title"]

    @property
    def subtitle(self) -> str:
        """Its subtitle, or an empty text."""
        return (self.report or self.package).get("subtitle", "")

    @property
    def authors(self) -> list[str]:
        """Who made the edition: the contributors of ``datapackage.json``."""
        return [c["title"] for c in self.package.get("contributors", [])] or ["Authors not named"]

    @property
    def licence(self) -> str:
        """The licence of the folder's own tables and of the text."""
        return ", ".join(x.get("title", x["name"]) for x in self.package.get("licenses", [])) or "no licence given"

    @property
    def regions(self) -> list[str]:
        """Regions in order: of ``datapackage.json``, the scan's others by frequency, the rest of the Global South."""
        first, found = self.package.get("regions", []), self.scan["region"].value_counts().index
        return list(dict.fromkeys([*first, *found, *sorted(self.south["region"].dropna().unique())]))

    def reconstructed(self, subject: str) -> str:
        """A sentence that begins with `subject` (``"The scan is"``) if these tables reconstruct a report; else ""."""
        return f"{subject} an open reconstruction from public pages, not the authors' own." if self.report else ""

    def describe(self, name: str) -> dict:
        """What ``datapackage.json`` says of the table `name`; of a table that the folder leaves out, the project's.

        Raises
        ------
        AttributeError
            If there is no such table.
        """
        if name not in self._described:
            raise AttributeError(f"no table {name!r} in {self._path / 'datapackage.json'}")
        return self._described[name][1]

    def file(self, name: str) -> Path | None:
        """The file of a table or of the map; None if the folder leaves it out and the project has none to stand in."""
        resource, path = self.describe(name), self._described[name][0]
        return path / resource["path"] if path == self._path or name in REFERENCE else None

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._tables:
            types = {f["name"]: _DTYPES.get(f["type"], "str") for f in self.describe(name)["schema"]["fields"]}
            if file := self.file(name):
                text = unicodedata.normalize("NFC", file.read_text("utf-8-sig"))  # Excel begins with a mark
                self._tables[name] = _parsed(text, tuple(types.items()))
            else:  # a table that this scan does not have
                self._tables[name] = pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in types.items()})
        return self._tables[name].copy(deep=False)

    def replace(self, **tables: pd.DataFrame) -> Tables:
        """The same tables with some of them exchanged; what is written to these afterwards changes nothing here."""
        return Tables(self._path, {**self._tables, **{name: table.copy(deep=False) for name, table in tables.items()}})

    @property
    @cached
    def names(self) -> pd.Series:
        """Country names by ISO 3166 alpha-3 code."""
        return self.countries.set_index("iso3")["name"]

    @property
    @cached
    def _in_text(self) -> dict[str, str]:
        known = self.countries.reindex(columns=["name", "in_text"]).dropna()  # a table of one's own may have none
        return dict(known.itertuples(index=False))

    def in_text(self, country: str) -> str:
        """The name of a country as it stands in a sentence: ``the Philippines``."""
        return self._in_text.get(country, country)

    @property
    @cached
    def pages(self) -> pd.Series:
        """A :class:`Link` to each source, by id: the text is its publisher, else its title, else "page"."""
        return _links(self.sources["publisher"].fillna(self.sources["title"]).fillna("page"), self.sources)

    @property
    @cached
    def titled_pages(self) -> pd.Series:
        """The same, with its title, else its address."""
        return _links(self.sources["title"].fillna(self.sources["url"]), self.sources)

    @property
    @cached
    def chapters(self) -> pd.Series:
        """A :class:`Link` to the chapter of each selected ecosystem, by id: the text is its short name."""
        return _links(self.eleven["short_name"], self.eleven.assign(url="doc:book/ecosystems/" + self.eleven["id"]))

    def _placed(self, table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """The rows with ``country``, ``region`` and more columns of their country."""
        countries = self.countries.rename(columns={"name": "country"})[["iso3", "country", "region", *columns]]
        return table.merge(countries, on="iso3", how="left")

    @property
    @cached
    def scan(self) -> pd.DataFrame:
        """The scan, one row per initiative: ``initiatives`` with ``country``, ``region``, ``global_south``,
        ``selected``."""
        table = self._placed(self.initiatives, "global_south")
        return table.assign(selected=table["id"].isin(self.ecosystems["initiative_id"]))

    @property
    @cached
    def eleven(self) -> pd.DataFrame:
        """The selected ecosystems with ``country`` and ``region``, in order of their short name."""
        table = self._placed(self.ecosystems)
        return table.sort_values("short_name", key=lambda s: s.str.casefold(), ignore_index=True, kind="stable")

    @property
    @cached
    def south(self) -> pd.DataFrame:
        """The countries and areas of the Global South."""
        return self.countries[self.countries["global_south"] == 1]

    @property
    @cached
    def figures(self) -> pd.DataFrame:
        """All country figures, the share-alike ones of UNESCO too: iso3, indicator_id, year, value."""
        return pd.concat([self.country_figures, self.country_figures_unesco], ignore_index=True)

    @property
    @cached
    def _latest(self) -> pd.DataFrame:
        """The rows of :meth:`latest` for all indicators, with a column indicator_id."""
        table = self.figures.sort_values("year", kind="stable").drop_duplicates(["indicator_id", "iso3"], keep="last")
        countries = self.south[["iso3", "name", "region", "income_group"]]
        return countries.merge(table, on="iso3").sort_values(["value", "iso3"])

    def latest(self, indicator: str) -> pd.DataFrame:
        """The latest value of an indicator for each country of the Global South.

        Returns
        -------
        DataFrame
            iso3, name, region, income_group, year, value; sorted by value. Countries without a value are not in it.
        """
        table = self._latest[self._latest["indicator_id"] == indicator]
        return table.drop(columns="indicator_id").reset_index(drop=True)

    def cite(self, *names: str) -> list[Citation]:
        """The source line of a figure; of several tables, those without rows are left out.

        Parameters
        ----------
        *names : str
            Names of tables, or ids of indicators; an indicator is cited with its own organisation,
            dataset, version and licence.
        """
        found = []
        filled = [name for name in names if name not in self._described or len(getattr(self, name))]
        for name in filled or names:
            if name not in self._described and name in (known := self.indicators.set_index("id")).index:
                row = known.loc[name]
                found.append(Citation(f"{row.organisation}, {row.dataset}, {row.version}", row.url, row.licence))
                continue
            title, licences = self.describe(name)["title"].lower(), self.describe(name).get("licenses")
            licence = ", ".join(x["name"] for x in licences or self.package.get("licenses", []))
            text = f"This edition, {title}, version {self.package['version']}"
            found.append(Citation(text, "", licence.replace("CC-BY-4.0", "CC BY 4.0")))
        return list(dict.fromkeys(found))


def read(path: Path | None = None) -> Tables:
    """The tables of `path`, or of :func:`folder`."""
    return Tables(path)
