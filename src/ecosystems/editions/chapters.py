"""The chapters as the tables need them: what follows the tables is stamped, what they cannot fill is left out.

Stamped are one chapter for each row of ``ecosystems.csv``, from the cells in ``book/stamped.toml``, the titles that
hold a name or a number, and above the code of each chapter what book it is of and how it runs: nothing in these is
written by hand. A cell or a notebook whose metadata say ``"if": [...]`` needs what is named there: ``report`` (the
tables reconstruct one), a table with rows, one with more than so many (``table>1``), with more than so many values in a
column (``table.column>1``), or ``table[column=value]``.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path
from string import Template

import nbformat
import yaml

from ecosystems import charts, portraits, tables
from ecosystems.editions import run
from ecosystems.editions.imprint import selection_title
from ecosystems.tables import ROOT
from ecosystems.words import escape

BOOK = ROOT / "book"
_SCALE = {"scale", "finance", "evidence"}  # topics of facts
_CONDITION = re.compile(r"(\w+)(?:\[(\w+)=([^\]]+)\]|(?:\.(\w+))?>(\d+))?")


def _profile(template: dict, data: tables.Tables, row) -> list[nbformat.NotebookNode]:
    """The cells of the chapter of one ecosystem."""
    topics = set(data.facts.loc[data.facts["ecosystem_id"] == row.id, "topic"])
    there = {  # by the names that the template uses
        "report": data.report,
        "events": len(portraits.events(data, row.id)),
        "carriers": len(charts.portrait_text.carriers(data, row.id)),
        "partners": (data.partners["ecosystem_id"] == row.id).any(),
        "contradictions": (data.contradictions["about"] == row.id).any(),
        "pages": len(charts.profile_text.pages_cited(data, row.id)),
        "milestones": "milestone" in topics,
        "scale": topics & _SCALE,
        "story": topics - _SCALE - {"milestone"},
    }
    topics_in_order = ", ".join(map(_quoted, charts.profile_text.TOPICS))
    names = {"id": row.id, "key": row.id.replace("-", "_"), "topics": topics_in_order}
    words, code = {**names, "name": escape(row.name)}, {**names, "short_name": _quoted(row.short_name)[1:-1]}
    cells, begun = [], False
    for cell in template["portrait" if portraits.texts(data, row.id, "title") else "profile"]:
        if "if" in cell and not there[cell["if"]]:
            continue
        if "text" in cell:
            cells.append(nbformat.v4.new_markdown_cell(Template(cell["text"]).substitute(words), id=cell["id"]))
            continue
        tags = [tag for tag in cell.get("tags", []) if tag != "right" or not begun]
        begun = begun or "right" in tags
        source, metadata = Template(cell["code"]).substitute(code), {"tags": ["hide-input", *tags]}
        cells.append(nbformat.v4.new_code_cell(source, id=cell["id"], metadata=metadata))
    return cells


def _quoted(text: str) -> str:
    """A text as code has it, whatever is in it: JSON is Python here."""
    return json.dumps(text, ensure_ascii=False)


def _stamped() -> dict:
    return tomllib.loads((BOOK / "stamped.toml").read_text("utf-8"))


def chapters(data: tables.Tables) -> dict[str, nbformat.NotebookNode]:
    """Every chapter by its name in the book, with what follows the tables stamped anew."""
    template = _stamped()
    made = {path.stem: run.read_file(path) for path in run.listed(ROOT) if path.parent == BOOK}
    titles = {"index": data.title, "ecosystems": selection_title(data, "learning ecosystem")}
    for name, title in titles.items():
        made[name].cells[0].source = f"# {escape(title)}"
    for plain in [] if data.report else template["plain"]:
        next(c for c in made[plain["chapter"]].cells if c.id == plain["cell"]).source = plain["text"]
    for of in template["one"] if len(data.eleven) == 1 else ():
        cell = next(c for c in made[of["chapter"]].cells if c.id == of["cell"])
        cell.source = cell.source.replace(of["many"], of["text"])
    for row in data.eleven.itertuples():
        if not re.fullmatch(r"\w+(-\w+)*", row.id):
            right = "it must be of letters, digits and hyphens"
            raise ValueError(f"ecosystems.csv: the id {row.id!r} names a file; {right}")
        cells = _profile(template, data, row)
        made[f"ecosystems/{row.id}"] = nbformat.v4.new_notebook(cells=cells, metadata=made["index"].metadata)
    where = Template(template["where"]).substitute(title=" ".join(data.title.split()))
    for cell in (c for notebook in made.values() for c in notebook.cells if c.id == "setup"):
        cell.source = where + re.sub(r"\A(#.*\n)*\n*", "", cell.source)
    return made


def holds(data: tables.Tables, condition: str) -> bool:
    """Whether the tables have what a cell needs; `condition` is one entry of its ``"if"``."""
    name, column, values, counted, least = _CONDITION.fullmatch(condition).groups()
    if name == "report":
        return data.report is not None
    table = getattr(data, name)
    table = table if counted is None else table[counted].dropna().unique()
    if column is None:
        return len(table) > int(least or 0)
    return bool(table[column].astype(str).isin(values.split("|")).any())


def _shows(notebook: nbformat.NotebookNode) -> bool:
    """Whether cells of this chapter show something of the tables."""
    return any(c.cell_type == "code" and c.id != "setup" for c in notebook.cells)


def fitted(data: tables.Tables) -> dict[str, nbformat.NotebookNode]:
    """The chapters without the cells, chapters and links that these tables cannot fill; no outputs are in them."""
    made = chapters(data)
    for name, notebook in list(made.items()):
        showed = _shows(notebook)
        if not all(holds(data, x) for x in notebook.metadata.get("if", [])):
            del made[name]
            continue
        notebook.cells = [c for c in notebook.cells if all(holds(data, x) for x in c.metadata.get("if", []))]
        if showed and not _shows(notebook):
            del made[name]
    missing = "|".join(re.escape(p.stem) for p in run.listed(ROOT) if p.parent == BOOK and p.stem not in made)
    link = re.compile(rf"\[([^\]]+)\]\((?:{missing})\.ipynb(?:#[\w-]*)?\)") if missing else None
    for notebook in made.values():
        for cell in notebook.cells:
            cell.source = link.sub(r"\1", cell.source) if link else cell.source
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    return made


def toc(data: tables.Tables, names) -> dict:
    """The project's ``_toc.yml`` with the chapters `names` only, and captions that follow the tables."""
    whole = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    for part in whole["parts"]:
        part["chapters"] = [c for c in part["chapters"] if c["file"].removeprefix("book/") in names]
        if any("sections" in c for c in part["chapters"]):
            part["caption"] = selection_title(data)
    return {**whole, "parts": [p for p in whole["parts"] if p["chapters"]]}


def _put(path: Path, notebook: nbformat.NotebookNode) -> bool:
    """Write a chapter if it is not there as it is; whether it was written."""
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return True


def stamp(data: tables.Tables, folder: Path = BOOK) -> list[str]:
    """Renew what is stamped in the chapters of `folder`, with the outputs of unchanged cells; names of the changed."""
    changed, made = [], chapters(data)
    for name, notebook in made.items():
        path = folder / f"{name}.ipynb"
        old = nbformat.read(path, 4) if path.exists() else nbformat.v4.new_notebook()
        outputs = {(c.id, c.source): (c.outputs, c.execution_count) for c in old.cells if c.cell_type == "code"}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = outputs.get((cell.id, cell.source), ([], None))
        if _put(path, notebook):
            changed.append(name)
    for path in (folder / "ecosystems").glob("*.ipynb"):
        if f"ecosystems/{path.stem}" not in made:
            path.unlink()
            changed.append(f"ecosystems/{path.stem}")
    return changed


def write(data: tables.Tables, folder: Path) -> list[Path]:
    """A folder from which Jupyter Book makes the book of another scan; returns its chapters."""
    shutil.rmtree(folder, ignore_errors=True)
    made = fitted(data)
    paths = [folder / "book" / f"{name}.ipynb" for name in made]
    for path, notebook in zip(paths, made.values(), strict=True):
        _put(path, notebook)
    shutil.copytree(BOOK / "_static", folder / "book" / "_static")
    shutil.copy(BOOK / "references.bib", folder / "book")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    settings["sphinx"]["config"]["typst_extracts"]["summary"]["pieces"] = _stamped()["summary"]
    (folder / "_config.yml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), "utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc(data, made), sort_keys=False, allow_unicode=True), "utf-8")
    return paths


def own_tables() -> tables.Tables:
    """The tables of the project, of which its chapters are made.

    Raises
    ------
    SystemExit
        If others are asked for.
    """
    if tables.folder() != tables.OWN.resolve():
        sys.exit("The chapters of this folder are those of its own tables: leave DATA out.")
    return tables.read()


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    names = stamp(own_tables())
    print(f"{len(names)} chapters stamped anew" + "".join(f"\n  {n}" for n in names))
