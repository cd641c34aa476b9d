"""Files to take along: the tables with their descriptor, the scan in other formats, the chapters as notebooks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
import pandas as pd

from ecosystems.editions import displays, exhibit_list, run
from ecosystems.editions.downloads import formats
from ecosystems.editions.downloads.crate import crate
from ecosystems.editions.downloads.records import citation, datacite
from ecosystems.editions.downloads.wheel import wheel, wheel_name
from ecosystems.figure import MIME, as_csv, shown_figure, shown_table
from ecosystems.scan_table import DICTIONARY, dictionary, fields, scan_table
from ecosystems.tables import Tables, measure

_EMPTY = "An empty cell means that no page read tells it. It never means zero or no."
_README = """# Chapters as notebooks

Each chapter holds its text, its analysis and its pictures. To change an analysis and run it again you need Python 3.11
or newer. In this folder, type:

    pip install {wheel} jupyterlab
    jupyter lab

The package brings the functions that chapters share. pip takes pandas, Matplotlib, folium and fonts from the internet;
after that nothing needs it. Chapters read the tables in the folder `data` beside this one: change a row there, and the
figures follow. Without that folder the package uses its own copy.
"""


def _shown(output: dict, alt: str) -> dict:
    """The forms of an output that Jupyter shows, whoever ran the notebook; of ours what they are made from."""
    data = dict(output["data"])
    whole, known = data.pop(MIME, None), data.pop(run.MAP, None)
    if whole and whole["kind"] != "prose":
        data["text/html"] = (shown_figure if whole["kind"] == "figure" else shown_table)(whole)
    if known:
        data["image/png"] = displays.map_png(known)
    if drawing := data.pop("image/svg+xml", None):  # of which Jupyter shows nothing where others ran the notebook
        data["text/html"] = f'<img alt="{escape(alt)}" src="data:image/svg+xml,{quote(drawing)}">'
    return data


def _named_files(path: Path, notebook: dict, book: Path) -> Iterator[Path]:
    """Files beside a chapter that its text or code names, such as pictures; no other chapters."""
    text = "\n".join(cell["source"] for cell in notebook["cells"])
    names = set(re.findall(r"[\w./-]+\.\w+", text))
    found = {(path.parent / name).resolve() for name in names if not name.endswith((".ipynb", ".md"))}
    yield from sorted(p for p in found if p.is_relative_to(book.resolve()) and p.is_file())


def write_notebooks(source: Path, edition: Path, base: str = "") -> None:
    """Write the chapters of the book in `source` into ``notebooks/`` of the edition, with all that they need to run.

    They hold what they show, pictures too; beside them lie the files that they name, and the package they import. Those
    who have one file alone are told `base`, the address of the online book, if it is known.
    """
    book, out = source / "book", edition / "notebooks"
    for path in run.listed(source):
        notebook = run.filled(path.read_text("utf-8"))
        target = out / path.relative_to(book).with_suffix(".ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        for cell in (c for c in notebook.cells if c.cell_type == "code"):
            if base and cell.id == "setup":
                cell.source = f"# The book is at {base}\n{cell.source}"
            for output in (o for o in cell.outputs if "data" in o):
                output.data = _shown(output, cell.metadata.get("alt", ""))
        target.write_text(nbformat.writes(notebook) + "\n", "utf-8")
        for file in _named_files(path, notebook, book):
            beside = out / file.relative_to(book.resolve())
            beside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, beside)
    (out / wheel_name()).write_bytes(wheel())
    (out / "README.md").write_text(_README.format(wheel=wheel_name()), "utf-8")


def _licences(data: Tables) -> list[dict]:
    return data.describe("initiatives").get("licenses", data.package["licenses"])


def _about(data: Tables) -> dict[str, str]:
    """What a file of the scan says of itself."""
    described = data.describe("initiatives")
    return {
        "title": described["title"],
        "description": " ".join(filter(None, [described["description"], _EMPTY, data.reconstructed("The scan is")])),
        "version": data.package["version"],
        "created": data.package["created"],
        "licence": ", ".join(x.get("title", x["name"]) for x in _licences(data)),
        "cite": citation(data),
    }


def write_tables(data: Tables, edition: Path) -> None:
    """Write the tables, and the scan in other formats, into ``data/`` of the edition."""
    out = edition / "data"
    out.mkdir(exist_ok=True)
    for resource in data.package["resources"]:
        shutil.copy(data.file(resource["name"]), out / resource["path"])
    table, meaning, about = scan_table(data), dictionary(data), _about(data)
    created = pd.Timestamp(data.package["created"]).tz_localize(None)
    sheets = {
        "scan": table,
        "dictionary": meaning,
        "about": pd.DataFrame(list(about.items()), columns=["what", "text"]),
    }
    (out / "scan.csv").write_text(as_csv(table), "utf-8")
    (out / "scan-dictionary.csv").write_text(as_csv(meaning), "utf-8")
    (out / "scan.xlsx").write_bytes(formats.excel(sheets, created, ", ".join(data.authors)))
    (out / "scan.parquet").write_bytes(formats.parquet(table, fields(data), about))
    (out / "scan.geojson").write_text(formats.geojson(table, about), "utf-8")


def _scan_resources(data: Tables) -> list[dict]:
    """The scan in its formats, and its dictionary, as resources of a data package."""
    about = _about(data)
    text = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    columns = [{"name": c, "type": "string", "title": c.capitalize(), "description": d} for c, d in DICTIONARY.items()]
    return [
        {
            "name": "scan",
            "type": "table",
            "path": "scan.csv",
            "title": f"{about['title']}, as one table",
            "description": about["description"],
            **text,
            "schema": {"fields": fields(data), "primaryKey": ["id"], "missingValues": [""]},
        },
        {
            "name": "scan-dictionary",
            "type": "table",
            "path": "scan-dictionary.csv",
            "title": "Dictionary of the scan as one table",
            "description": "One column of the scan as one table.",
            **text,
            "schema": {"fields": columns, "missingValues": [""]},
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


def _descriptor(data: Tables, out: Path) -> dict:
    """The data package of the folder `out`: the project's own, the scan in other formats, and the list of exhibits."""
    package, added = data.package, _scan_resources(data)
    if (out / exhibit_list.RESOURCE["path"]).exists():
        added.append(exhibit_list.RESOURCE)
    resources = [
        {**r, "licenses": r.get("licenses", _licences(data)), **measure(out / r["path"])}
        for r in [*package["resources"], *({**r, "derived": True} for r in added)]
    ]
    return {**package, "resources": resources}


def write_records(data: Tables, edition: Path) -> None:
    """Write the data package, DataCite and RO-Crate records; they name all other files, so call it when these exist."""

    def write(name: str, content: dict) -> None:
        (edition / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")

    write("data/datapackage.json", _descriptor(data, edition / "data"))
    write("datacite.json", datacite(data))
    write("ro-crate-metadata.json", crate(data, edition))
