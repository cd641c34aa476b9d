"""What the edition holds for other programs: the scan as one table in four formats, all tables with their descriptor, and records for archives."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ecosystems import tables
from ecosystems.editions import exhibit_list, records, run
from ecosystems.figure import as_csv
from ecosystems.tables import Tables, measure

__all__ = ["dictionary", "fields", "notebooks", "record", "scan", "write"]

ARROW = {"integer": pa.int64(), "year": pa.int64(), "number": pa.float64()}
EMPTY = "An empty cell means that no page read tells it. It never means zero or no."


def fields(data: Tables) -> list[dict]:
    """The columns of the scan as one table, as Table Schema fields: name, type, title, description, unit of a number, allowed values."""
    country = {f["name"]: f for f in data.describe("countries")["schema"]["fields"]}
    described = [*data.describe("initiatives")["schema"]["fields"]]
    after = 1 + next(i for i, f in enumerate(described) if f["name"] == "iso3")
    described[after:after] = [
        {**country["name"], "name": "country", "title": "Country"},
        country["region"],
        country["subregion"],
    ]
    return [
        *described,
        {
            "name": "other_countries",
            "type": "string",
            "title": "Other countries",
            "description": "Codes of other countries where it works, with spaces between them; never where its learners come from.",
        },
        {
            "name": "selected",
            "type": "integer",
            "title": "Selected",
            "description": "1: one of the selected ecosystems.",
            "unit": "no unit",
            "constraints": {"enum": [0, 1]},
        },
        *(
            {
                "name": _shows(c.id),
                "type": "integer",
                "title": c.name,
                "unit": "no unit",
                "constraints": {"enum": [0, 1]},
                "description": f"{c.question} 1: a page shows it; 0: a page denies it; empty: not seen, which is not absent.",
            }
            for c in data.characteristics.sort_values("order", kind="stable").itertuples()
        ),
        {
            "name": "pages",
            "type": "string",
            "title": "Pages",
            "description": "Addresses of the pages that tell of it, with spaces between them.",
        },
    ]


def _shows(characteristic: str) -> str:
    return f"shows_{characteristic.replace('-', '_')}"


def scan(data: Tables) -> pd.DataFrame:
    """The scan as one tidy table: a row for each initiative, with the columns of :func:`fields`."""
    table = data.scan.merge(data.countries[["iso3", "subregion"]], on="iso3", how="left").set_index("id", drop=False)
    table["selected"] = table["selected"].astype("Int64")
    table["other_countries"] = data.initiative_countries.groupby("initiative_id")["iso3"].agg(
        lambda codes: " ".join(sorted(codes))
    )
    seen = data.codings.pivot(index="initiative_id", columns="characteristic_id", values="present")
    for characteristic in data.characteristics["id"]:
        table[_shows(characteristic)] = (
            seen[characteristic].astype("Int64") if characteristic in seen else pd.array([pd.NA] * len(table), "Int64")
        )
    pages = pd.concat([data.initiative_sources, data.codings[["initiative_id", "source_id"]]]).drop_duplicates()
    pages = pages.merge(data.sources[["id", "url"]], left_on="source_id", right_on="id")
    table["pages"] = pages.groupby("initiative_id")["url"].agg(lambda urls: " ".join(sorted(set(urls))))
    return table[[f["name"] for f in fields(data)]].reset_index(drop=True)


def dictionary(data: Tables) -> pd.DataFrame:
    """What each column of the scan means: column, title, type, unit, meaning, values."""
    rows = [
        (
            f["name"],
            f["title"],
            f["type"],
            f.get("unit", ""),
            f["description"],
            ", ".join(map(str, f.get("constraints", {}).get("enum", []))),
        )
        for f in fields(data)
    ]
    return pd.DataFrame(rows, columns=["column", "title", "type", "unit", "meaning", "values"])


def _plain(table: pd.DataFrame) -> list[list]:
    """Rows of plain Python values; None for what is missing."""
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def parquet(table: pd.DataFrame, columns: list[dict], about: dict[str, str]) -> bytes:
    """The table as Parquet; each column carries its meaning and unit, the file what `about` says."""
    schema = pa.schema(
        [
            pa.field(
                c["name"],
                ARROW.get(c["type"], pa.string()),
                metadata={k: c[k] for k in ("title", "description", "unit") if k in c},
            )
            for c in columns
        ],
        about,
    )
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_pandas(table, schema, preserve_index=False).replace_schema_metadata(about),
        out,
        compression="zstd",
    )
    return out.getvalue()


def excel(sheets: dict[str, pd.DataFrame], created: pd.Timestamp, author: str) -> bytes:
    """Tables as the sheets of one workbook; text stays text, whatever sign it begins with. The same tables give the same bytes."""
    book = openpyxl.Workbook(write_only=True)
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        rows = _plain(table)
        for i, column in enumerate(table.columns):
            longest = max([len(column), *(len(str(row[i])) for row in rows[:500] if row[i] is not None)])
            sheet.column_dimensions[get_column_letter(i + 1)].width = min(max(longest + 2, 8), 60)

        def cell(value, sheet=sheet, **style):
            made = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                made.data_type = "s"  # never a formula
            for key, look in style.items():
                setattr(made, key, look)
            return made

        sheet.append([cell(c, font=Font(bold=True)) for c in table.columns])
        for row in rows:
            sheet.append(
                [
                    cell(v, alignment=Alignment(vertical="top", wrap_text=True))
                    if isinstance(v, str) and len(v) > 60
                    else cell(v)
                    for v in row
                ]
            )
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(rows) + 1}"
    book.properties.creator = author
    book.properties.created = created.to_pydatetime()
    out, fixed = io.BytesIO(), io.BytesIO()
    book.save(out)
    # The library writes the time of saving into the properties and the archive.
    with zipfile.ZipFile(out) as saved, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in saved.namelist():
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*",
                    rb"\g<1>" + created.strftime("%Y-%m-%dT%H:%M:%SZ").encode(),
                    content,
                )
            again.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def geojson(table: pd.DataFrame, about: dict[str, str]) -> str:
    """Rows with a place as GeoJSON points, one on a line, with all other columns; `precision` says how far to trust each point."""
    placed = table[table["latitude"].notna()]
    names = [c for c in table.columns if c not in ("latitude", "longitude")]
    features = [
        json.dumps(
            {
                "type": "Feature",
                "id": row["id"],
                "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
                "properties": {n: row[n] for n in names},
            },
            ensure_ascii=False,
        )
        for row in (dict(zip(table.columns, values, strict=True)) for values in _plain(placed))
    ]
    head = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False)[:-1]
    return head + ', "features": [\n' + ",\n".join(features) + "\n]}\n"


def notebooks(source: Path, edition: Path) -> None:
    """Write each chapter of the book in `source`, with its results as text, into ``notebooks/`` of the edition."""
    for path in run.listed(source):
        target = edition / "notebooks" / path.relative_to(source / "book").with_suffix(".ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(run.stored(path.read_text("utf-8")), "utf-8")


def _licences(data: Tables) -> list[dict]:
    return data.describe("initiatives").get("licenses", data.package["licenses"])


def _about(data: Tables) -> dict[str, str]:
    """What a file of the scan says of itself."""
    told = data.describe("initiatives")
    return {
        "title": told["title"],
        "description": " ".join(filter(None, [told["description"], EMPTY, data.reconstructed("The scan is")])),
        "version": data.package["version"],
        "created": data.package["created"],
        "licence": ", ".join(x.get("title", x["name"]) for x in _licences(data)),
        "cite": records.citation(data),
    }


def write(edition: Path) -> None:
    """Write the tables, and the scan in other formats, into ``data/`` of the edition that is being made. Two runs on the same tables write the same bytes."""
    data, out = tables.read(), edition / "data"
    out.mkdir(exist_ok=True)
    for resource in data.package["resources"]:
        shutil.copy(data.file(resource["name"]), out / resource["path"])
    table, meaning, about = scan(data), dictionary(data), _about(data)
    created = pd.Timestamp(data.package["created"]).tz_localize(None)
    sheets = {
        "scan": table,
        "dictionary": meaning,
        "about": pd.DataFrame(list(about.items()), columns=["what", "text"]),
    }
    (out / "scan.csv").write_text(as_csv(table), "utf-8")
    (out / "scan-dictionary.csv").write_text(as_csv(meaning), "utf-8")
    (out / "scan.xlsx").write_bytes(excel(sheets, created, ", ".join(data.authors)))
    (out / "scan.parquet").write_bytes(parquet(table, fields(data), about))
    (out / "scan.geojson").write_text(geojson(table, about), "utf-8")


def _descriptor(data: Tables, out: Path) -> dict:
    """The data package of the folder `out`: the project's own, the scan in other formats, and the list of exhibits if it is there."""
    package, about = data.package, _about(data)
    added = [
        {
            "name": "scan",
            "type": "table",
            "path": "scan.csv",
            "title": f"{about['title']}, as one table",
            "description": about["description"],
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {"fields": fields(data), "primaryKey": ["id"], "missingValues": [""]},
        },
        {
            "name": "scan-dictionary",
            "type": "table",
            "path": "scan-dictionary.csv",
            "title": "Dictionary of the scan as one table",
            "description": "One column of the scan as one table.",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": c, "type": "string", "title": c.capitalize(), "description": d}
                    for c, d in DICTIONARY.items()
                ],
                "missingValues": [""],
            },
        },
        {
            "name": "scan-excel",
            "path": "scan.xlsx",
            "title": "The scan as a workbook",
            "description": "The scan as one table, its dictionary, and what it is, on three sheets.",
            "format": "xlsx",
            "mediatype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        },
        {
            "name": "scan-parquet",
            "path": "scan.parquet",
            "title": "The scan as Parquet",
            "description": "The scan as one table; each column carries its meaning and unit.",
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
        },
        {
            "name": "scan-geojson",
            "path": "scan.geojson",
            "title": "The scan as points",
            "description": "Initiatives whose place is known; precision says how far to trust each point.",
            "format": "geojson",
            "mediatype": "application/geo+json",
            "encoding": "utf-8",
        },
    ]
    if (out / exhibit_list.RESOURCE["path"]).exists():
        added.append(exhibit_list.RESOURCE)
    return {
        **package,
        "resources": [
            {**r, "licenses": r.get("licenses", _licences(data)), **measure(out / r["path"])}
            for r in [*package["resources"], *added]
        ],
    }


def record(edition: Path) -> None:
    """Write the records: the data package, and those for archives. They name all other files, and so come when these are there."""
    data = tables.read()

    def put(name: str, content: dict) -> None:
        (edition / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")

    put("data/datapackage.json", _descriptor(data, edition / "data"))
    put("datacite.json", records.datacite(data))
    put("ro-crate-metadata.json", records.crate(data, edition))


DICTIONARY = {
    "column": "Name of the column in the file.",
    "title": "Its name in words.",
    "type": "Type of its values.",
    "unit": "Unit of its numbers; 'no unit' for a number without one.",
    "meaning": "What it tells.",
    "values": "The values that may stand in it, if they are few.",
}
