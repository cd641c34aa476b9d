"""Chapters as files: which there are, and reading them, notebooks and MyST Markdown alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

__all__ = ["KERNEL", "BrokenNotebook", "listed", "parse", "problems", "read_file", "unlisted"]

KERNEL = "python3"
_EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
_MERGE = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.M)


class BrokenNotebook(ValueError):
    """A chapter's file cannot be read; the text is one sentence with the line and what would be right."""


def listed(source: Path) -> list[Path]:
    """Files of the chapters that ``_toc.yml`` of the folder `source` lists, in its order.

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

    def files(name: str) -> list[Path]:
        path = source / name
        return [path] if path.is_file() else [p for s in (".ipynb", ".md") if (p := Path(f"{path}{s}")).is_file()][:1]

    def walk(name: str) -> Iterator[Path]:
        yield from files(name)
        for item in (item for tree in site[name].subtrees for item in tree.items) if name in site else ():
            if isinstance(item, GlobItem):
                yield from (p for p in sorted(source.glob(str(item))) if p.suffix in (".ipynb", ".md"))
            elif isinstance(item, FileItem):
                yield from walk(str(item))

    return list(dict.fromkeys(walk(site.root.docname)))


def unlisted(source: Path) -> list[Path]:
    """Notebooks in ``book/`` of `source` that are in no table of contents: they are neither run nor published."""
    there = (p for p in (source / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    return sorted(set(there) - set(listed(source)))


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

    def line(position: int) -> int:
        return text.count("\n", 0, position) + 1

    if marks := _MERGE.search(text):
        raise BrokenNotebook(f"line {line(marks.start())}: a merge is unfinished here; choose one of the two sides.")
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
        place = line(max(0, text.find('"kernelspec"')))
        raise BrokenNotebook(f"line {place}: {found}; chapters run with kernel {KERNEL!r}, language 'python'.")
    return notebook


def read_file(path: Path) -> NotebookNode:
    """A chapter's file; errors name it.

    Raises
    ------
    BrokenNotebook
    """
    content = path.read_bytes()
    try:
        return parse(content.decode("utf-8"), path.suffix == ".md")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise BrokenNotebook(f"{path}, line {number}: not UTF-8 (byte 0x{content[error.start]:02x}).") from None
    except BrokenNotebook as error:
        raise BrokenNotebook(f"{path}, {error}") from None


def problems(source: Path) -> list[str]:
    """One sentence for each chapter of `source` that cannot be read, and for a table of contents that cannot."""
    found = []
    try:
        paths = listed(source)
    except BrokenNotebook as error:
        return [str(error)]
    for path in paths:
        try:
            read_file(path)
        except BrokenNotebook as error:
            found.append(str(error))
    return found
