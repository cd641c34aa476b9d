"""Stamp one chapter for each row of ``ecosystems.csv`` from one template; chapters whose row is gone are removed.

Nothing in these chapters is written by hand: change the tables or this template, and stamp again.
"""

from __future__ import annotations

import nbformat

from ecosystems import tables
from ecosystems.tables import ROOT

FOLDER = ROOT / "book" / "ecosystems"

SETUP = '''from ecosystems import charts, tables
from ecosystems.figure import Table

data = tables.read()
ecosystem = "{id}"'''

LEAD = "charts.ecosystem_lead(data, ecosystem)"
GLANCE = '''Table(charts.at_a_glance(data, ecosystem), "{name} at a glance.",
      {{"what": "What", "answer": "Answer"}}, id="glance_{key}")'''
FACTS = '''Table(charts.facts_of(data, ecosystem, {topics}), "{caption}",
      {{"topic": "Topic", "when": "Year", "statement": "Fact", "page": "Page"}}, id="{part}_{key}")'''
PARTNERS = '''Table(charts.partners_of(data, ecosystem), "What each partner does, by kind of partner.",
      {{"kind": "Kind", "name": "Partner", "relation": "What it does", "page": "Page"}}, id="partners_{key}")'''
READINGS = '''Table(charts.readings_of(data, ecosystem), "Which of the eight characteristics pages show.",
      {{"name": "Characteristic", "reading": "Reading", "note": "What the page says, in our words", "page": "Page"}}, id="readings_{key}")'''
CONTRADICTIONS = '''Table(charts.contradictions_about(data, ecosystem), "Where pages contradict each other.",
      {{"question": "Question", "claim": "What a page says", "page": "Page", "treatment": "In this book"}}, id="contradictions_{key}")'''
SOURCES = '''Table(charts.pages_of(data, ecosystem), "Pages on which this chapter stands.",
      {{"page": "Page", "publisher": "Publisher", "year": "Year"}}, id="pages_{key}")'''

STORY = ("milestone", "goal", "who", "how", "governance", "policy", "technology")
SCALE = ("scale", "finance", "evidence")


def cells(data: tables.Tables, row) -> list[nbformat.NotebookNode]:
    """The cells of one chapter; a section without anything to show is left out."""
    facts = data.facts[data.facts["ecosystem_id"] == row.id]
    made = []

    def text(id: str, source: str) -> None:
        made.append(nbformat.v4.new_markdown_cell(source, id=id))

    def code(id: str, source: str, **fields: str) -> None:
        source = source.format(id=row.id, key=row.id.replace("-", "_"), name=row.short_name, **fields) if "{" in source else source
        made.append(nbformat.v4.new_code_cell(source, id=id, metadata={"tags": ["hide-input"]}))

    text("title", f"# {row.name}")
    code("setup", SETUP)
    code("lead", LEAD)
    text("glance-title", "## At a glance")
    code("glance", GLANCE)
    text("place-title", "## Place")
    code("place", "charts.ecosystem_place(data, ecosystem)")
    # A country with two ecosystems has one figure, in the chapter that comes first.
    first = data.eleven.loc[data.eleven["iso3"] == row.iso3, "id"].iloc[0]
    if first == row.id:
        code("country", "charts.ecosystem_country(data, ecosystem)")
    else:
        text("country", f"{{numref}}`fig-ecosystem-country-{first}` shows where {row.country} stands among the countries of the Global South.")
    text("story-title", "## Story, and how it works")
    code("story", "charts.ecosystem_story(data, ecosystem)")
    if facts["topic"].isin(STORY).any():
        code("story-facts", FACTS, topics=", ".join(f'"{t}"' for t in STORY), caption="What is known of its aims, its way of working and its steps.", part="story")
    if (data.partners["ecosystem_id"] == row.id).any():
        text("partners-title", "## Partners")
        code("partners", "charts.ecosystem_partners(data, ecosystem)")
        code("partners-table", PARTNERS)
    if facts["topic"].isin(SCALE).any():
        text("scale-title", "## Scale, money and evidence\n\nNumbers count different things in different years. They are shown one by one, and never summed.")
        if ((facts["topic"] == "scale") & (facts["value"] > 0)).sum() > 1:
            code("scale", "charts.ecosystem_scale(data, ecosystem)")
        code("scale-facts", FACTS, topics=", ".join(f'"{t}"' for t in SCALE), caption="What is known of its size, its money and its effects.", part="scale")
    text("readings-title", "## Which characteristics are seen")
    code("readings", READINGS)
    if (data.contradictions["about"] == row.id).any():
        text("contradictions-title", "## Where pages disagree")
        code("contradictions", CONTRADICTIONS)
    text("sources-title", "## Sources")
    code("sources", SOURCES)
    text("limits-title", "## What this chapter cannot say")
    code("limits", "charts.ecosystem_limits(data, ecosystem)")
    return made


def stamp(data: tables.Tables | None = None, folder=FOLDER) -> list[str]:
    """Write the chapters into `folder`; outputs of unchanged cells are kept. Returns the names of changed files."""
    data = data or tables.read()
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for row in data.eleven.itertuples():
        path = folder / f"{row.id}.ipynb"
        old = nbformat.read(path, 4) if path.exists() else nbformat.v4.new_notebook()
        kept = {(c.id, c.source): (c.outputs, c.execution_count) for c in old.cells if c.cell_type == "code"}
        notebook = nbformat.v4.new_notebook(cells=cells(data, row))
        notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = kept.get((cell.id, cell.source), ([], None))
        text = nbformat.writes(notebook) + "\n"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path.name)
    for path in folder.glob("*.ipynb"):
        if path.stem not in set(data.ecosystems["id"]):
            path.unlink()
            changed.append(path.name)
    return changed


if __name__ == "__main__":
    names = stamp()
    print(f"{len(names)} chapters stamped anew" + "".join(f"\n  {n}" for n in names))
