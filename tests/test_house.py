"""How code and chapters are written here, as far as a program can tell: see CONTRIBUTING.md."""

import ast
import re
import statistics
from pathlib import Path

import nbformat
import pytest
from pybtex.database import parse_file

from ecosystems import tables
from ecosystems.editions import run
from ecosystems.tables import ROOT

MODULES = sorted(p for folder in ("src", "scripts", "tests") for p in (ROOT / folder).rglob("*.py"))
OURS = {p.relative_to(ROOT / "src").with_suffix("").parts[0] for p in (ROOT / "src").rglob("*.py")}
OURS |= {p.stem for p in (ROOT / "scripts").glob("*.py")}
HOOK = re.compile("_|visit_|depart_")  # private, or named and described by docutils
LENGTH, FUNCTION, LINE = 400, 60, 120  # lines, lines, characters
CHAPTERS = {p.relative_to(ROOT / "book").as_posix(): nbformat.read(p, 4) for p in run.listed(ROOT)}
CITED = re.compile(r"\[([^\]]*)\]\(references\.bib#([\w,]+)\)")
ONLY_MYST = re.compile(
    r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{.*|^:{3,}.*|^\([\w:-]+\)=.*|^:[\w-]+:.*"  # directives, places, options
    r"|^[ \t]*(?:%|\+\+\+).*|\{[\w:+.-]+\}`[^`]*`|\{\{.*?\}\}"  # comments, breaks, roles, substitutions
    r"|\{[.#][\w .#-]+\}|\]\((?:project|path|inv):[^)]*\)|\[\^[\w-]+\]|<\w+:[^>\s]*#[^>]*>",  # looks, links, notes
    re.M,
)


def private_imports(tree: ast.Module) -> list[str]:
    """Private names of other modules of ours: imported, or taken from a module that was imported."""
    modules, found = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {a.asname or a.name for a in node.names if a.name.partition(".")[0] in OURS}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            found += [f"{node.module}.{a.name}" for a in node.names if a.name.startswith("_")]
            modules |= {a.asname or a.name for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            if node.attr.startswith("_") and not node.attr.startswith("__"):
                found.append(f"{node.value.id}.{node.attr}")
    return found


def public(tree: ast.Module):
    """Public functions, classes and methods of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef) and not node.bases:  # else the base may describe the method
                yield from (m for m in node.body if isinstance(m, ast.FunctionDef) and not HOOK.match(m.name))


def faults(name: str, text: str) -> list[str]:
    """What a module breaks, one line each."""
    tree, lines, tests = ast.parse(text), text.splitlines(), name.startswith("tests/")
    found = [f"line {n}: {len(line)} characters" for n, line in enumerate(lines, 1) if len(line) > LINE]
    if tests:
        return found
    found += [f"{len(lines)} lines"] * (len(lines) > LENGTH)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (length := node.end_lineno - node.lineno + 1) > FUNCTION:
            found.append(f"{node.name}: {length} lines")
    found += [f"{node.name}: no docstring" for node in public(tree) if not ast.get_docstring(node)]
    found += [] if ast.get_docstring(tree) or not tree.body else ["no docstring"]
    return found + [f"{name}: a private name of another module" for name in private_imports(tree)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_are_short_and_say_what_they_are(path: Path):
    assert faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) == []


def test_each_fault_is_seen():
    text = "\n".join(
        [
            "from ecosystems import tables",
            "from ecosystems.words import _fields",
            "x = tables._package + '" + "y" * 120 + "'",
            "def long():",
            *["    x = 1"] * 60,
            "class Open:",
            "    def shut(self): ...",
            *["x = 1"] * 350,
        ]
    )
    assert [f.partition(": ")[0] for f in faults("src/a.py", text)] == [
        "line 3",
        "416 lines",
        "long",
        "long",
        "Open",
        "shut",
        "no docstring",
        "ecosystems.words._fields",
        "tables._package",
    ]


def test_figure_functions_are_short():
    """Half of them have at most 20 lines, none more than 40: what is counted stands in the analysis."""
    lengths = {}
    for path in sorted((ROOT / "src" / "ecosystems" / "charts").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("exhibit(" in ast.unparse(d) for d in node.decorator_list):
                lengths[node.name] = node.end_lineno - node.lineno + 1
    assert statistics.median(lengths.values()) <= 20
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def markdown(notebook):
    """What a notebook holds as Markdown, cells and stored results, each with the name of its cell."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.id, cell.source
        yield from ((cell.id, o.data["text/markdown"]) for o in cell.get("outputs", ()) if "text/markdown" in o.data)


@pytest.mark.parametrize("name", CHAPTERS)
def test_jupyter_and_code_hosts_show_a_chapter_as_plain_markdown(name):
    """What only MyST knows, they would show as it is typed."""
    assert [(id, m[0]) for id, text in markdown(CHAPTERS[name]) for m in ONLY_MYST.finditer(text)] == []


@pytest.mark.parametrize(
    "typed",
    [
        ":::{div} lead\nWho?\n:::", "```{exhibits}\n```", "(why-a)=\n## Why", "{numref}`tbl-a`", "{cite:p}`a2020`",
        ":name: sure", "{.story}\nA", "[1]{.mark}", "% todo", "+++", "{{ n }}", "[A](project:/book/a.ipynb)", "A[^1]",
    ],
)  # fmt: skip
def test_what_only_myst_knows_is_seen(typed):
    assert ONLY_MYST.search(typed)
    assert not ONLY_MYST.search(
        "# A\n\n**B** has 5% of [it](scan.ipynb#where): `x`, *y*.\n\n- C (d)\n\n| a | b |\n|---|:---|"
    )


def test_works_are_cited_by_name_and_year_as_the_book_sets_them():
    """Editions take the words from the entry, Jupyter from the chapter."""
    works, seen = parse_file(ROOT / "book" / "references.bib").entries, set()
    for notebook in CHAPTERS.values():
        for cell in (c for c in notebook.cells if c.cell_type == "markdown"):
            for words, keys in CITED.findall(cell.source):
                for key in keys.split(","):
                    first = " ".join(works[key].persons["author"][0].last_names).strip("{}")
                    assert f"{first}" in words and works[key].fields["year"] in words, words
                    seen.add(key)
    assert len(seen) == 8


@pytest.mark.parametrize("name", CHAPTERS)
def test_who_has_one_chapter_alone_is_told_of_which_book_it_is_and_how_it_runs(name):
    title, setup = CHAPTERS[name].cells[:2]
    assert title.source.startswith("# ") and setup.id == "setup"
    where, _, code = setup.source.partition("\n\n")
    assert tables.read().title in where and "README.md" in where and all(x.startswith("# ") for x in where.splitlines())
    assert re.match(r"(import|from) ", code) and "tables.read()" in code
