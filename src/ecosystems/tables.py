"""The report's tables, typed as ``data/datapackage.json`` describes them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ecosystems.letters import hidden
from ecosystems.words import Link

__all__ = [
    "OWN",
    "Citation",
    "Tables",
    "as_committed",
    "cached",
    "folder",
    "in_order",
    "measure",
    "read",
    "without_measures",
]

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


def as_committed(content: bytes) -> bytes:
    """A text file as it is committed: line ends of Unix, and no mark at its beginning, which Excel writes."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def measure(path: Path, committed: bool = False) -> dict:
    """Bytes, hash and (of a table) rows of one file, as a data package states them for a resource.

    Parameters
    ----------
    path : Path
    committed : bool
        Measure the file as it is committed, whatever Git or Excel made of its line ends on this machine.
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


def _resources(path: Path) -> dict[str, dict]:
    return {r["name"]: r for r in _package_of(path)["resources"]}


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
    def package(self) -> dict:
        """The folder's ``datapackage.json`` without measures, with the project's tables of reference it leaves out."""
        own = _package_of(self._path)
        there = {r["name"] for r in own["resources"]}
        return {
            **own,
            "resources": [
                *own["resources"],
                *(r for n, r in _resources(OWN).items() if n in REFERENCE and n not in there),
            ],
        }

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
        south = self.countries.loc[self.countries["global_south"] == 1, "region"]
        return list(
            dict.fromkeys(
                [
                    *self.package.get("regions", []),
                    *self.scan["region"].dropna().value_counts().index,
                    *sorted(south.dropna().unique()),
                ]
            )
        )

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
        for resources in (_resources(self._path), _resources(OWN)):
            if name in resources:
                return resources[name]
        raise AttributeError(f"no table {name!r} in {self._path / 'datapackage.json'}")

    def file(self, name: str) -> Path | None:
        """The file of a table or of the map; None if the folder leaves it out and the project has none to stand in."""
        own = _resources(self._path)
        if name not in own and name not in REFERENCE:
            return None
        return (self._path if name in own else OWN) / self.describe(name)["path"]

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
        table = self.countries
        known = table.dropna(subset="in_text") if "in_text" in table else table.iloc[:0]  # not in a table of one's own
        return dict(zip(known["name"], known.get("in_text", []), strict=True))

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

    @property
    @cached
    def scan(self) -> pd.DataFrame:
        """The scan, one row per initiative: ``initiatives`` with ``country``, ``region``, ``global_south``,
        ``selected``."""
        countries = self.countries[["iso3", "name", "region", "global_south"]].rename(columns={"name": "country"})
        table = self.initiatives.merge(countries, on="iso3", how="left")
        table["selected"] = table["id"].isin(self.ecosystems["initiative_id"])
        return table

    @property
    @cached
    def eleven(self) -> pd.DataFrame:
        """The selected ecosystems with ``country`` and ``region``, in order of their short name."""
        table = self.ecosystems.merge(
            self.countries[["iso3", "name", "region"]].rename(columns={"name": "country"}), on="iso3", how="left"
        )
        return table.sort_values("short_name", key=lambda s: s.str.casefold(), ignore_index=True, kind="stable")

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
        countries = self.countries.loc[self.countries["global_south"] == 1, ["iso3", "name", "region", "income_group"]]
        return countries.merge(table, on="iso3").sort_values(["value", "iso3"])

    def latest(self, indicator: str) -> pd.DataFrame:
        """The latest value of an indicator for each country of the Global South.

        Returns
        -------
        DataFrame
            iso3, name, region, income_group, year, value; sorted by value. Countries without a value are not in it.
        """
        table = self._latest
        return table.loc[
            table["indicator_id"] == indicator, ["iso3", "name", "region", "income_group", "year", "value"]
        ].reset_index(drop=True)

    def cite(self, *names: str) -> list[Citation]:
        """The source line of a figure.

        Parameters
        ----------
        *names : str
            Names of tables, or ids of indicators; an indicator is cited with its own organisation,
            dataset, version and licence.
        """
        indicators = (
            self.indicators.set_index("id")
            if set(names) - {r["name"] for r in self.package["resources"]} - _resources(OWN).keys()
            else None
        )
        found = []
        for name in names:
            if indicators is not None and name in indicators.index:
                row = indicators.loc[name]
                found.append(Citation(f"{row.organisation}, {row.dataset}, {row.version}", row.url, row.licence))
            else:
                resource = self.describe(name)
                licence = ", ".join(
                    x["name"].replace("CC-BY-4.0", "CC BY 4.0")
                    for x in resource.get("licenses", self.package.get("licenses", []))
                )
                found.append(
                    Citation(
                        f"This edition, {resource['title'].lower()}, version {self.package['version']}", "", licence
                    )
                )
        return list(dict.fromkeys(found))


def read(path: Path | None = None) -> Tables:
    """The tables of `path`, or of :func:`folder`."""
    return Tables(path)
