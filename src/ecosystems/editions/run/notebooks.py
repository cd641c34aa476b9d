"""Chapters as files: which there are, and reading them, notebooks and MyST Markdown alike."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from ecosystems.tables import as_committed

KERNEL = "python3"
_EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
_MERGE = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.M)


class BrokenNotebook(ValueError):
    """A chapter's file cannot be read; the text is one sentence with the line and what would be right."""


def _contents(source: Path) -> dict[str, Path | None]:
    """Each chapter that ``_toc.yml`` of the folder `source` names, in its order, with its file if that is there.

    Raises
    ------
    BrokenNotebook
        If the list cannot be read.
    """
    from sphinx_external_toc.parsing import FileItem, GlobItem, MalformedError, parse_toc_yaml

    try:
        site = parse_toc_yaml(source / "_toc.yml")
    except (MalformedError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BrokenNotebook(f"{source / '_toc.yml'}: {' '.join(str(error).split())}") from None

    def walk(name: str) -> Iterator[tuple[str, Path | None]]:
        files = (Path(f"{source / name}{suffix}") for suffix in ("", ".ipynb", ".md"))
        yield name, next((path for path in files if path.is_file()), None)
        for item in (item for tree in site[name].subtrees for item in tree.items) if name in site else ():
            if isinstance(item, GlobItem):
                yield from ((str(p), p) for p in sorted(source.glob(str(item))) if p.suffix in (".ipynb", ".md"))
            elif isinstance(item, FileItem):
                yield from walk(str(item))

    return dict(walk(site.root.docname))


def listed(source: Path) -> list[Path]:
    """Files of the chapters that ``_toc.yml`` of the folder `source` lists, in its order.

    Raises
    ------
    BrokenNotebook
        If the list cannot be read.
    """
    return list(dict.fromkeys(filter(None, _contents(source).values())))


def unlisted(source: Path) -> list[Path]:
    """Notebooks in ``book/`` of `source` that are in no table of contents: they are neither run nor published."""
    there = (p for p in (source / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    return sorted(set(there) - set(listed(source)))


def _line(text: str | bytes, position: int) -> int:
    return text[:position].count("\n" if isinstance(text, str) else b"\n") + 1


def _refuse_merge(text: str) -> None:
    if marks := _MERGE.search(text):
        line = _line(text, marks.start())
        raise BrokenNotebook(f"line {line}: a merge is unfinished here; choose one of the two sides.")


def parse(text: str, markdown: bool | None = None) -> NotebookNode:
    """A chapter from the text of its file: a notebook, or Markdown with ``{code-cell}``.

    Parameters
    ----------
    markdown : bool, optional
        Which of the two it is; if not given, what does not begin as JSON is Markdown.

    Raises
    ------
    BrokenNotebook
        Says the line and what is wrong there.
    """
    _refuse_merge(text)
    if not text.strip():
        raise BrokenNotebook(f"line 1: the file is empty; an empty notebook is {_EMPTY}.")
    if not text.lstrip().startswith("{") if markdown is None else markdown:
        from myst_nb.core.read import read_myst_markdown_notebook

        notebook = read_myst_markdown_notebook(text, add_source_map=True)
        notebook.metadata.setdefault("kernelspec", {"name": KERNEL, "display_name": "Python 3", "language": "python"})
        return notebook
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("nbformat") != 4:
            raise BrokenNotebook("line 1: not a notebook of format 4; save it anew in JupyterLab.")
        notebook = nbformat.v4.to_notebook(data)
        nbformat.validate(notebook)
    except json.JSONDecodeError as error:
        raise BrokenNotebook(f"line {error.lineno}: not JSON ({error.msg}); is the file cut off?") from None
    except nbformat.ValidationError as error:
        raise BrokenNotebook(f"line 1: not a notebook of format 4: {str(error).splitlines()[0]}.") from None
    spec = notebook.metadata.get("kernelspec", {})
    language = notebook.metadata.get("language_info", {}).get("name", spec.get("language", "python"))
    if spec.get("name", KERNEL) != KERNEL or language != "python":
        found = f"kernel {spec.get('name')!r}, language {language!r}"
        place = _line(text, max(0, text.find('"kernelspec"')))
        raise BrokenNotebook(f"line {place}: {found}; chapters run with kernel {KERNEL!r}, language 'python'.")
    return notebook


def _read(path: Path, parse: Callable[[str], object]) -> object:
    """What `parse` makes of the text of a file; errors name it."""
    content = as_committed(path.read_bytes())
    try:
        return parse(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        place = f"{path}, line {_line(content, error.start)}"
        raise BrokenNotebook(f"{place}: not UTF-8 (byte 0x{content[error.start]:02x}).") from None
    except BrokenNotebook as error:
        raise BrokenNotebook(f"{path}, {error}") from None


def read_file(path: Path) -> NotebookNode:
    """A chapter's file; errors name it.

    Raises
    ------
    BrokenNotebook
    """
    return _read(path, lambda text: parse(text, path.suffix == ".md"))


def _names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell makes, and those that it takes from cells before it; magics are passed over."""
    lines = [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in source.splitlines()]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return set(), set()
    made, taken = set(), set()
    for statement in tree.body:
        nodes = list(ast.walk(statement))
        names = [n for n in nodes if isinstance(n, ast.Name)]
        loops = [n.id for c in nodes if isinstance(c, ast.comprehension) for n in ast.walk(c.target) if n in names]
        taken |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - made - set(loops)
        made |= {n.id for n in names if isinstance(n.ctx, ast.Store)} - set(loops)
        made |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return made, taken


def analysis(cells: Sequence[NotebookNode], number: int) -> str:
    """The code cells of a chapter that lead to the result of cell `number`, itself the last.

    Of each name that a cell takes, the last cell before it that makes one counts, and so on. The cell that reads the
    tables, as each chapter has one, is left out.
    """
    names = [_names(cell.source) for cell in cells]
    wanted, found = set(names[number][1]), [cells[number].source]
    for (made, taken), cell in zip(names[number - 1 :: -1] if number else (), cells[number - 1 :: -1], strict=False):
        if made & wanted and not ("data" in made and "tables.read()" in cell.source):
            wanted = wanted - made | taken
            found.append(cell.source)
    return "\n\n".join(reversed(found))


def _settings(text: str) -> None:
    """Refuse settings that are not YAML."""
    _refuse_merge(text)
    try:
        settings = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BrokenNotebook(f"line {line}: not YAML ({error.problem}); compare the line before it.") from None
    except yaml.YAMLError as error:
        raise BrokenNotebook(f"line 1: not YAML ({' '.join(str(error).split())}).") from None
    if not isinstance(settings, dict):
        raise BrokenNotebook("line 1: settings are wanted, each as a line 'name: value'.")


def _references(text: str) -> None:
    """Refuse references that are not BibTeX."""
    from pybtex.database.input.bibtex import Parser
    from pybtex.exceptions import PybtexError

    _refuse_merge(text)
    try:
        Parser().parse_string(text)
    except PybtexError as error:
        said = " ".join(str(error).partition(": ")[2].split()) or error
        raise BrokenNotebook(f"line {getattr(error, 'lineno', None) or 1}: not BibTeX ({said}).") from None


def _said(path: Path, parse: Callable[[str], object] | None = None) -> list[str]:
    """One sentence on a file, a chapter if no `parse` is given, that is not there or cannot be read."""
    try:
        _read(path, parse) if parse else read_file(path)
    except BrokenNotebook as error:
        return [str(error)]
    except FileNotFoundError:
        return [f"{path}: there is no such file."]
    return []


def problems(source: Path) -> list[str]:
    """One sentence for each file of the book in `source` that cannot be read: settings, references and chapters."""
    config, contents = source / "_config.yml", source / "_toc.yml"
    found = _said(config, _settings)
    if not found:
        names = yaml.safe_load(config.read_text("utf-8")).get("bibtex_bibfiles") or []
        found = [said for name in names for said in _said(source / name, _references)]
    if broken := _said(contents, _settings):
        return [*found, *broken]
    try:
        chapters = _contents(source)
    except BrokenNotebook as error:
        return [*found, str(error)]
    wanted = "is there; wanted: a chapter's name without suffix."
    found += [f"{contents}: no file {n}.ipynb or {n}.md {wanted}" for n in sorted(chapters) if not chapters[n]]
    return found + [said for path in listed(source) for said in _said(path)]
