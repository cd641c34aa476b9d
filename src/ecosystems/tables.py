"""The report's tables, typed as ``data/datapackage.json`` describes them."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

__all__ = ["Citation", "Tables", "folder", "read"]

ROOT = Path(__file__).resolve().parents[2]
_DTYPES = {"integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}


class Citation(NamedTuple):
    """What a figure says of one of its sources."""

    text: str
    url: str = ""
    licence: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.licence})" if self.licence else self.text


def folder() -> Path:
    """Where the tables are: the folder that ``ECOSYSTEMS_DATA`` names, or the project's ``data/``."""
    return Path(os.environ.get("ECOSYSTEMS_DATA") or ROOT / "data")


@cache
def _package(path: Path) -> dict:
    return json.loads((path / "datapackage.json").read_text("utf-8"))


class Tables:
    """All tables of one data folder; ``data.initiatives`` is a :class:`pandas.DataFrame`.

    A table is read when first asked for. Texts are strings, whole numbers ``Int64``, other numbers
    ``float64``; what is not known is missing, never zero and never an empty text.
    """

    def __init__(self, path: Path | None = None, replaced: dict[str, pd.DataFrame] | None = None):
        self._path = Path(path or folder())
        self._tables: dict[str, pd.DataFrame] = dict(replaced or {})

    @property
    def package(self) -> dict:
        """The folder's ``datapackage.json``."""
        return _package(self._path)

    def describe(self, name: str) -> dict:
        """What ``datapackage.json`` says of the table `name`.

        Raises
        ------
        AttributeError
            If there is no such table.
        """
        for resource in self.package["resources"]:
            if resource["name"] == name:
                return resource
        raise AttributeError(f"no table {name!r} in {self._path / 'datapackage.json'}")

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._tables:
            resource = self.describe(name)
            types = {f["name"]: _DTYPES.get(f["type"], "str") for f in resource["schema"]["fields"]}
            self._tables[name] = pd.read_csv(
                self._path / resource["path"], dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8"
            )
        return self._tables[name]

    def replace(self, **tables: pd.DataFrame) -> Tables:
        """The same tables with some of them exchanged."""
        return Tables(self._path, {**self._tables, **tables})

    @property
    def names(self) -> pd.Series:
        """Country names by ISO 3166 alpha-3 code."""
        return self.countries.set_index("iso3")["name"]

    @property
    def scan(self) -> pd.DataFrame:
        """The scan, one row per initiative: ``initiatives`` with ``country``, ``region``, ``selected``."""
        table = self.initiatives.merge(
            self.countries[["iso3", "name", "region"]].rename(columns={"name": "country"}), on="iso3", how="left"
        )
        table["selected"] = table["id"].isin(self.ecosystems["initiative_id"])
        return table

    @property
    def eleven(self) -> pd.DataFrame:
        """The selected ecosystems with ``country`` and ``region``, in order of their short name."""
        table = self.ecosystems.merge(
            self.countries[["iso3", "name", "region"]].rename(columns={"name": "country"}), on="iso3", how="left"
        )
        return table.sort_values("short_name", key=lambda s: s.str.casefold(), ignore_index=True)

    @property
    def figures(self) -> pd.DataFrame:
        """All country figures, the share-alike ones of UNESCO too: iso3, indicator_id, year, value."""
        return pd.concat([self.country_figures, self.country_figures_unesco], ignore_index=True)

    def latest(self, indicator: str, until: int | None = None) -> pd.DataFrame:
        """The latest value of an indicator for each country of the Global South.

        Returns
        -------
        DataFrame
            iso3, name, region, income_group, year, value; sorted by value. Countries without a value are not in it.
        """
        table = self.figures
        table = table[table["indicator_id"] == indicator]
        if until is not None:
            table = table[table["year"] <= until]
        table = table.sort_values("year").groupby("iso3", as_index=False).tail(1)
        countries = self.countries.loc[self.countries["global_south"] == 1, ["iso3", "name", "region", "income_group"]]
        return countries.merge(table[["iso3", "year", "value"]], on="iso3").sort_values(["value", "iso3"], ignore_index=True)

    def cite(self, *names: str) -> list[Citation]:
        """The source line of a figure.

        Parameters
        ----------
        *names : str
            Names of tables, or ids of indicators; an indicator is cited with its own organisation,
            dataset, version and licence.
        """
        indicators = self.indicators.set_index("id") if set(names) - {r["name"] for r in self.package["resources"]} else None
        found = []
        for name in names:
            if indicators is not None and name in indicators.index:
                row = indicators.loc[name]
                found.append(Citation(f"{row.organisation}, {row.dataset}, {row.version}", row.url, row.licence))
            else:
                resource = self.describe(name)
                licence = ", ".join(x["name"].replace("CC-BY-4.0", "CC BY 4.0") for x in resource.get("licenses", self.package["licenses"]))
                found.append(Citation(f"This edition, {resource['title'].lower()}, version {self.package['version']}", "", licence))
        return list(dict.fromkeys(found))


def read(path: Path | None = None) -> Tables:
    """The tables of `path`, or of :func:`folder`."""
    return Tables(path)
