"""The index of the search: the sections of all chapters, with their texts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from docutils import nodes

from ecosystems.editions.collector import ChapterNotes
from ecosystems.editions.outputs import cell_text

LONG, LONGEST = (
    300,
    5000,
)  # rows: from the first on, only the head of a row is in the index; from the second on, nothing


class SearchSections(ChapterNotes):
    """The sections of each chapter as (title, anchor, text)."""

    attribute = "search_sections"

    def collect(self, app, doctree: nodes.document) -> list[tuple[str, str, str]]:
        """Sections of a chapter, the first without an anchor. What a chapter repeats stands where it comes first."""
        sections, said = [], set()
        for section in doctree.findall(nodes.section):
            texts = [t for t in dict.fromkeys(" ".join(text.split()) for text in _texts(section)) if t not in said]
            said.update(texts)
            anchor = "" if isinstance(section.parent, nodes.document) else f"#{section['ids'][0]}"
            sections.append((section.next_node(nodes.title).astext(), anchor, " · ".join(texts)))
        return sections


def _texts(section: nodes.section) -> Iterator[str]:
    """Texts of a section that a reader may look for, without those of the sections below it."""
    for child in section.children:
        if isinstance(child, nodes.section | nodes.title):
            continue
        for node in child.findall(nodes.Element):
            if isinstance(node, nodes.row) and "cells" in node:
                yield from _searched_cells(map(cell_text, node["cells"]), len(node.parent))
            elif isinstance(node, nodes.paragraph | nodes.caption | nodes.title | nodes.term):
                if isinstance(node.parent, nodes.entry):
                    row = node.parent.parent
                    if row.index(node.parent) == 0 or len(row.parent) < LONG:
                        yield from _searched_cells([_words(node)], len(row.parent))
                elif "exhibit-source" not in node["classes"] and (words := _words(node)):
                    yield words


def _words(node: nodes.Element) -> str:
    """Text of a node without the marks that lead to sources."""
    return "".join(
        _words(child) if isinstance(child, nodes.Element) else child.astext()
        for child in node.children
        if not isinstance(child, nodes.Element) or "source-mark" not in child["classes"]
    ).strip()


def _searched_cells(texts, rows: int) -> Iterator[str]:
    """Cells worth finding: no years and codes; of a long table what heads each row, as it has a search of its own."""
    for column, text in enumerate(texts):
        if len(text) > 4 and (rows < LONG or column == 0 and rows < LONGEST):
            yield text


def search_index(app) -> str:
    """A script with all sections, each with t (chapter), s (section), u (address) and x (text)."""
    sections = [
        {
            "t": app.env.titles[docname].astext(),
            "s": title,
            "u": app.builder.get_target_uri(docname) + anchor,
            "x": text,
        }
        for docname, found in sorted(SearchSections.of(app.env).items())
        for title, anchor, text in found
    ]
    return f"window.SEARCH={json.dumps(sections, ensure_ascii=False, separators=(',', ':'))};\n"
