"""Tables in the formats that other programs read: Parquet, Excel, GeoJSON. The same table gives the same bytes."""

from __future__ import annotations

import io
import json
import re
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

_ARROW = {"integer": pa.int64(), "year": pa.int64(), "number": pa.float64()}


def _rows(table: pd.DataFrame) -> list[list]:
    """Rows of plain Python values; None for what is missing."""
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def parquet(table: pd.DataFrame, fields: list[dict], about: dict[str, str]) -> bytes:
    """The table as Parquet; each column carries its meaning and unit, the file what `about` says."""
    schema = pa.schema(
        [
            pa.field(
                f["name"],
                _ARROW.get(f["type"], pa.string()),
                metadata={k: f[k] for k in ("title", "description", "unit") if k in f},
            )
            for f in fields
        ],
        about,
    )
    out = io.BytesIO()
    arrow = pa.Table.from_pandas(table, schema, preserve_index=False).replace_schema_metadata(about)
    pq.write_table(arrow, out, compression="zstd")
    return out.getvalue()


def _add_sheet(book: openpyxl.Workbook, name: str, table: pd.DataFrame) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "B2"
    rows = _rows(table)
    for i, column in enumerate(table.columns):
        longest = max([len(column), *(len(str(row[i])) for row in rows[:500] if row[i] is not None)])
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(max(longest + 2, 8), 60)

    def cell(value, **style):
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
        for key, look in style.items():
            setattr(made, key, look)
        return made

    wrapped = {"alignment": Alignment(vertical="top", wrap_text=True)}
    sheet.append([cell(c, font=Font(bold=True)) for c in table.columns])
    for row in rows:
        sheet.append([cell(v, **(wrapped if isinstance(v, str) and len(v) > 60 else {})) for v in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(rows) + 1}"


def excel(sheets: dict[str, pd.DataFrame], created: pd.Timestamp, author: str) -> bytes:
    """Tables as the sheets of one workbook; text stays text, whatever sign it begins with."""
    book = openpyxl.Workbook(write_only=True)
    for name, table in sheets.items():
        _add_sheet(book, name, table)
    book.properties.creator = author
    book.properties.created = created.to_pydatetime()
    out, fixed = io.BytesIO(), io.BytesIO()
    book.save(out)
    # openpyxl writes the time of saving into the properties and the archive, whatever the properties say.
    modified = rb"\g<1>" + created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(out) as saved, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in saved.namelist():
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", modified, content)
            again.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def geojson(table: pd.DataFrame, about: dict[str, str]) -> str:
    """Rows with a place as GeoJSON points, one a line, with all other columns as properties."""
    names = [c for c in table.columns if c not in ("latitude", "longitude")]
    features = []
    for values in _rows(table[table["latitude"].notna()]):
        row = dict(zip(table.columns, values, strict=True))
        feature = {
            "type": "Feature",
            "id": row["id"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {n: row[n] for n in names},
        }
        features.append(json.dumps(feature, ensure_ascii=False))
    head = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False)[:-1]
    return head + ', "features": [\n' + ",\n".join(features) + "\n]}\n"
