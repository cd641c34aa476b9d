"""What the annexes on data and corrections show."""

from __future__ import annotations

import pandas as pd
import yaml

from ecosystems.tables import ROOT
from ecosystems.words import Link, Prose, day, listing, plural, prose

__all__ = ["corrections", "downloads_of", "edits_of", "how_to_report", "records_of"]

FORMATS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "geojson": "GeoJSON"}


def downloads_of(data) -> pd.DataFrame:
    """The files in which the scan can be taken along, and for whom each is."""
    placed = plural(int(data.initiatives["latitude"].notna().sum()), "initiative")
    uses = {
        "scan.csv": ("CSV", "Any program; R and Python"),
        "scan.xlsx": ("Excel", "Excel, LibreOffice, Google Sheets; the dictionary is on a sheet of its own"),
        "scan.parquet": ("Parquet", "Python, R, DuckDB, Spark; types, units and meanings are in the file"),
        "scan.geojson": (
            "GeoJSON",
            f"QGIS and other map programs; only the {placed} whose place is known, with how far to trust each point",
        ),
        "scan-dictionary.csv": ("CSV", "What each column of these files means"),
        "datapackage.json": (
            "Data Package 2.0",
            "Programs that read the tables by their description: types, units, keys, licences, hashes",
        ),
    }
    return pd.DataFrame(
        [(Link(file, f"file:data/{file}"), *use) for file, use in uses.items()], columns=["file", "format", "use"]
    )


def records_of(data) -> pd.DataFrame:
    """Files that catalogues and archives read."""
    uses = {
        "data/datapackage.json": "Data Package 2.0: every table and column, with types, units, keys, licences, sizes and hashes",
        "ro-crate-metadata.json": "RO-Crate 1.2: every chapter, table, figure and notebook of this edition",
        "datacite.json": "DataCite 4.5: what an archive needs to register the edition; the identifier is added then",
        "data/exhibits.csv": "Every figure with its chapter, data, code and sources",
    }
    return pd.DataFrame([(Link(file, f"file:{file}"), use) for file, use in uses.items()], columns=["file", "use"])


def edits_of(data) -> pd.DataFrame:
    """What was changed in the tables since the first edition, the latest first."""
    table = data.edits.sort_values(["date", "id"], ascending=False, ignore_index=True)
    return table.assign(when=[day(d) for d in table["date"]])


def corrections(data) -> Prose:
    """How many corrections there were, in one paragraph."""
    made = data.edits[data.edits["kind"] == "correction"]
    if made.empty:
        return prose("No correction has been made up to version {version}.", version=data.package["version"])
    return prose(
        "{n} made up to version {version}, the last on {date}: {what}",
        n=plural(len(made), "correction was", "corrections were"),
        version=data.package["version"],
        date=day(made["date"].max()),
        what=listing(made.sort_values("date", kind="stable")["what"].tail(1)),
    )


def how_to_report(data) -> Prose:
    """Where a reader reports an error: the repository that ``_config.yml`` names, if it names one."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    if address := settings.get("edition_repository"):
        return prose(
            "Report an error as {issue}.",
            issue=Link("an issue in the project's repository", f"{address.rstrip('/')}/issues"),
        )
    return prose(
        "This copy of the book names no public address to write to. Whoever gave it to you can take a report, and so can anyone who keeps "
        "a copy of its repository: as an issue there, or as a change of the tables."
    )
