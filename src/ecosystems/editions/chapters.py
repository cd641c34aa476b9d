"""The chapters as the tables need them: what follows the tables is stamped, what they cannot fill is left out.

Stamped are one chapter for each row of ``ecosystems.csv`` and the titles that hold a name or a number: nothing in these
is written by hand. A cell or a notebook whose metadata say ``"if": [...]`` needs what is named there: ``report`` (the
tables reconstruct one), a table with rows, one with more than so many (``table>1``), with more than so many values in a
column (``table.column>1``), or ``table[column=value]``.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import yaml

from ecosystems import charts, portraits, tables
from ecosystems.editions import run
from ecosystems.editions.imprint import selection_title
from ecosystems.tables import ROOT
from ecosystems.words import escape

__all__ = ["chapters", "fitted", "holds", "own_tables", "stamp", "toc", "write"]

BOOK = ROOT / "book"
_CONDITION = re.compile(r"(\w+)(?:\[(\w+)=([^\]]+)\]|(?:\.(\w+))?>(\d+))?")

# What stands in the place of words that are true of the report's own scan, by chapter and cell.
_PLAIN = {
    ("index", "use"): """## What you can do here

**Take a chart along**: under each figure are its data, its picture, its code and how to cite it. **Find** a country
among [all initiatives](explorer.ipynb). **Rerun** it: every chapter is a notebook, and the tables are in
[Data](data.ipynb). **Correct** it: [Corrections](corrections.ipynb) says how.""",
    ("scan", "title"): "# The scan",
    ("practice-to-policy", "routes-title"): "## The part of the state",
    ("practice-to-policy", "setting-title"): "## In school and outside",
    ("method", "reproduce"): """## How to reproduce it

Every chapter runs offline from the tables. Libraries are pinned with their hashes, dates are fixed, and two builds give
the same bytes. [Exhibits](exhibits.ipynb) leads from each figure to its data, its code and its sources.

## How to correct it

Tables are plain CSV. Add the page to `sources.csv`, the initiative to `initiatives.csv`, its pages to
`initiative_sources.csv` and what they show to `codings.csv`; then build the book again. What does not fit is told in
one sentence with table, row, column and value. [Corrections](corrections.ipynb) says how to report an error.""",
}

_SUMMARY = [  # what of a scan of one's own is printed alone, on a few pages
    ["book/index", "fig-glance-map"],
    ["book/scan", "fig-scan-by-learners"],
    ["book/practice-to-policy", "fig-public-by-setting"],
    ["book/selection", "fig-characteristics-seen"],
]

SETUP = '''from ecosystems import charts, tables
from ecosystems.figure import Table

data = tables.read()
ecosystem = "{id}"'''

LEAD = "charts.profile_text.opening(data, ecosystem)"
GLANCE = """Table(charts.profile_text.at_a_glance(data, ecosystem), {caption},
      {{"what": "What", "answer": "Answer"}}, id="glance_{key}")"""
FACTS = """Table(charts.profile_text.facts(data, ecosystem, {topics}), "{caption}",
      {{"topic": "Topic", "when": "Year", "statement": "Fact", "page": "Page"}}, id="{part}_{key}")"""
MILESTONES = """Table(charts.profile_text.facts(data, ecosystem, "milestone"), "What happened when.",
      {{"when": "Year", "statement": "Milestone", "page": "Page"}}, id="milestones_{key}")"""
PARTNERS = """Table(charts.profile_text.partners(data, ecosystem), "What each partner does, by kind of partner.",
      {{"kind": "Kind", "name": "Partner", "relation": "What it does", "page": "Page"}}, id="partners_{key}")"""
READINGS = (
    """Table(charts.profile_text.readings(data, ecosystem), "Which of the characteristics pages show.",
      {{"name": "Characteristic", "reading": "Reading", "note": "What the page says, in our words", "page": "Page"}}"""
    """, id="readings_{key}")"""
)
CONTRADICTIONS = (
    """Table(charts.profile_text.contradictions_about(data, ecosystem), "Where pages contradict each other.",
      {{"question": "Question", "claim": "What a page says", "page": "Page", "treatment": "In this book"}}"""
    """, id="contradictions_{key}")"""
)
SOURCES = """Table(charts.profile_text.pages_cited(data, ecosystem), "Pages on which this chapter stands.",
      {{"page": "Page", "publisher": "Publisher", "year": "Year"}}, id="pages_{key}")"""

CARRIERS = """Table(charts.portrait_text.carriers(data, ecosystem), {caption},
      {{"role": "Role", "partners": "Partners"}}, id="carriers_{key}", look="plain")"""
NUMBERED = """Table(charts.portrait_text.sources(data, ecosystem), "Sources of the portrait, by number.",
      {{"id": "Number", "page": "Page", "publisher": "Publisher", "year": "Year"}}, id="numbered_{key}",
      look="plain", anchor=f"source-{{ecosystem}}")"""
TRAITS = """Table(charts.portrait_text.traits(data, ecosystem), "The characteristics, and the sentence behind each.",
      {{"name": "Characteristic", "seen": "Seen", "note": "What is behind it", "page": "Page"}},
      id="traits_{key}", look="plain")"""
EVERY_FACT = """Table(charts.profile_text.facts(data, ecosystem, {topics}), "{caption}",
      {{"topic": "Topic", "when": "Year", "statement": "Fact", "page": "Page"}}, id="{part}_{key}", look="plain")"""

STORY = ("place", "goal", "who", "how", "governance", "policy", "technology", "difficulty", "lesson")
SCALE = ("scale", "finance", "evidence")
SCALE_TITLE = (
    "## Scale, money and evidence\n\n"
    "Numbers count different things in different years. They are shown one by one, and never summed."
)


def _literal(text: str) -> str:
    """A text as code has it, whatever is in it: JSON is Python here."""
    return json.dumps(text, ensure_ascii=False)


class _Chapter:
    """The cells of the chapter of one ecosystem; a section without anything to show is left out.

    In print, neighbours tagged ``half`` stand side by side; the chapter opens with a left and a ``right`` page;
    ``notes`` stand behind all profiles.
    """

    def __init__(self, data: tables.Tables, row):
        self.data, self.row = data, row
        self.facts = data.facts[data.facts["ecosystem_id"] == row.id]
        self.partners = (data.partners["ecosystem_id"] == row.id).any()
        self.cells: list[nbformat.NotebookNode] = []
        if portraits.texts(data, row.id, "title"):
            self._portrait()
            self._portrait_notes()
        else:
            self._opening()
            self._story()
            self._notes()

    def _text(self, id: str, source: str) -> None:
        self.cells.append(nbformat.v4.new_markdown_cell(source, id=id))

    def _code(self, id: str, source: str, *tags: str, **fields: str) -> None:
        if "{" in source:
            source = source.format(id=self.row.id, key=self.row.id.replace("-", "_"), **fields)
        self.cells.append(nbformat.v4.new_code_cell(source, id=id, metadata={"tags": ["hide-input", *tags]}))

    def _facts(self, part: str, topics: tuple[str, ...], caption: str, *tags: str) -> None:
        quoted = ", ".join(f'"{t}"' for t in topics)
        self._code(f"{part}-facts", FACTS, *tags, topics=quoted, caption=caption, part=part)

    def _portrait(self) -> None:
        """A double page: the story on its left, on its right what is drawn."""
        data, id = self.data, self.row.id
        self._text("title", f"# {escape(self.row.name)}")
        self._code("setup", SETUP)
        self._code("lead", "charts.portrait_text.opening(data, ecosystem)")
        self._code("story", "charts.portrait_text.story(data, ecosystem)")
        right = ["right"]
        self._text("shown-title", "## How it grew, who carries it, and where")
        if len(portraits.events(data, id)):
            self._code("growth", "charts.ecosystem_growth(data, ecosystem)", *right)
            right = []
        if len(charts.portrait_text.carriers(data, id)):
            self._code(
                "carriers", CARRIERS, *right, "half", caption=_literal(f"Who does what in {self.row.short_name}.")
            )
            right = []
        self._code("place", "charts.ecosystem_place(data, ecosystem)", *right, "half")
        self._code("evidence", "charts.ecosystem_evidence(data, ecosystem)", "half")
        self._code("country", "charts.ecosystem_country(data, ecosystem)", "half")

    def _portrait_notes(self) -> None:
        """All that is behind a portrait: folded on the web, in print behind all profiles."""
        data, id = self.data, self.row.id
        self._text("sources-title", "## Numbered sources")
        self._code("sources", NUMBERED, "notes")
        if data.report:
            self._text("listed-title", f"(why-{id})=\n## Why it is on the list")
            self._code("listed", "charts.portrait_text.listed(data, ecosystem)", "notes")
        self._text("facts-title", "## All facts")
        topics = tuple(charts.profile_text.TOPICS)
        quoted = ", ".join(f'"{t}"' for t in topics)
        self._code("facts", EVERY_FACT, "notes", topics=quoted, caption="All facts, by topic.", part="facts")
        if self.partners:
            self._text("partners-title", "## All partners")
            self._code("partners", PARTNERS, "notes")
        self._text("traits-title", "## Characteristics")
        self._code("traits", TRAITS, "notes")
        if (data.contradictions["about"] == id).any():
            self._text("contradictions-title", "## Where pages disagree")
            self._code("contradictions", CONTRADICTIONS, "notes")
        self._text("pages-title", "## All pages")
        self._code("pages", SOURCES, "notes")

    def _opening(self) -> None:
        self._text("title", f"# {escape(self.row.name)}")
        self._code("setup", SETUP)
        self._code("lead", LEAD)
        self._text("glance-title", "## At a glance")
        self._code("glance", GLANCE, "half", caption=_literal(f"{self.row.short_name} at a glance."))
        self._code("place", "charts.ecosystem_place(data, ecosystem)", "half")
        right = ["right"]
        if (self.facts["topic"] == "milestone").any():
            self._text("milestones-title", "## Milestones")
            self._code("milestones", MILESTONES, *right)
            right = []
        if self.partners:
            self._text("partners-title", "## Partners")
            self._code("partners", "charts.ecosystem_partners(data, ecosystem)", *right)

    def _story(self) -> None:
        if self.facts["topic"].isin(STORY).any():
            self._text("story-title", "## Story, and how it works")
            self._facts("story", STORY, "What is known of its aims and its way of working.", "notes")

    def _notes(self) -> None:
        data, row = self.data, self.row
        if self.partners:
            self._text("partners-table-title", "## What each partner does")
            self._code("partners-table", PARTNERS, "notes")
        if self.facts["topic"].isin(SCALE).any():
            self._text("scale-title", SCALE_TITLE)
            self._facts("scale", SCALE, "What is known of its size, its money and its effects.", "notes")
        self._text("readings-title", "## Which characteristics are seen")
        self._code("readings", READINGS, "notes")
        if (data.contradictions["about"] == row.id).any():
            self._text("contradictions-title", "## Where pages disagree")
            self._code("contradictions", CONTRADICTIONS, "notes")
        if len(charts.profile_text.pages_cited(data, row.id)):
            self._text("sources-title", "## Sources")
            self._code("sources", SOURCES, "notes")
        self._text("limits-title", "## What this chapter cannot say")
        self._code("limits", "charts.profile_text.limits(data, ecosystem)", "notes")


def chapters(data: tables.Tables) -> dict[str, nbformat.NotebookNode]:
    """Every chapter by its name in the book, with what follows the tables stamped anew."""
    made = {path.stem: run.read_file(path) for path in run.listed(ROOT) if path.parent == BOOK}
    titles = {"index": data.title, "ecosystems": selection_title(data, "learning ecosystem")}
    for name, title in titles.items():
        made[name].cells[0].source = f"# {escape(title)}"
    for (name, cell), source in {} if data.report else _PLAIN.items():
        next(c for c in made[name].cells if c.id == cell).source = source
    for row in data.eleven.itertuples():
        if not re.fullmatch(r"\w+(-\w+)*", row.id):
            raise ValueError(
                f"ecosystems.csv: the id {row.id!r} names a file; it must be of letters, digits and hyphens"
            )
        made[f"ecosystems/{row.id}"] = nbformat.v4.new_notebook(
            cells=_Chapter(data, row).cells, metadata=made["index"].metadata
        )
    return made


def holds(data: tables.Tables, condition: str) -> bool:
    """Whether the tables have what a cell needs; `condition` is one entry of its ``"if"``."""
    name, column, values, counted, least = _CONDITION.fullmatch(condition).groups()
    if name == "report":
        return data.report is not None
    table = getattr(data, name)
    table = table if counted is None else table[counted].dropna().unique()
    return (
        len(table) > int(least or 0)
        if column is None
        else bool(table[column].astype(str).isin(values.split("|")).any())
    )


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


def _text(notebook: nbformat.NotebookNode) -> str:
    return nbformat.writes(notebook) + "\n"


def stamp(data: tables.Tables, folder: Path = BOOK) -> list[str]:
    """Renew what is stamped in the chapters of `folder`, with the outputs of unchanged cells.

    Returns
    -------
    list of str
        Names of changed chapters.
    """
    changed = []
    made = chapters(data)
    for name, notebook in made.items():
        path = folder / f"{name}.ipynb"
        old = nbformat.read(path, 4) if path.exists() else nbformat.v4.new_notebook()
        outputs = {(c.id, c.source): (c.outputs, c.execution_count) for c in old.cells if c.cell_type == "code"}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = outputs.get((cell.id, cell.source), ([], None))
        if not path.exists() or path.read_text("utf-8") != _text(notebook):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_text(notebook), "utf-8")
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
    for name, notebook in made.items():
        path = folder / "book" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(notebook), "utf-8")
    shutil.copytree(BOOK / "_static", folder / "book" / "_static")
    shutil.copy(BOOK / "references.bib", folder / "book")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    settings["sphinx"]["config"]["typst_extracts"]["summary"]["pieces"] = _SUMMARY
    (folder / "_config.yml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), "utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc(data, made), sort_keys=False, allow_unicode=True), "utf-8")
    return [folder / "book" / f"{name}.ipynb" for name in made]


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
