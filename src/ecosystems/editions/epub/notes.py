"""Notes at the end of a chapter: its footnotes, and the works that it cites."""

from __future__ import annotations

import re
from collections import Counter

from docutils import nodes
from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform


class Notes:
    """The works that the book cites, and where the chapter that is being written refers to them."""

    def __init__(self, builder):
        self._cited: dict[str, nodes.Element] = {}  # address in the bibliography -> its note
        self._addresses: dict[str, str] = {}  # id of a note -> address in the bibliography
        self._references: Counter[str] = Counter()
        if "cite" in builder.env.domains:
            for citation in builder.env.get_domain("cite").citations:
                note = nodes.footnote("", BibliographyTransform.backend.paragraph(citation.formatted_entry))
                node_text_transform(note)  # as in the bibliography: addresses become links
                page = builder.get_target_uri(citation.bibliography_key.docname)
                self._cited[f"{page}#{citation.citation_id}"] = note

    def of(self, reference: nodes.reference) -> str | None:
        """The id of the note that a reference to a cited work opens, or None."""
        target = reference.get("refuri", "")
        while target.startswith("../"):
            target = target[3:]
        if not reference.get("internal") or target not in self._cited:
            return None
        note = "note-" + re.sub(r"\W+", "-", target.partition("#")[2])
        self._addresses[note] = target
        return note

    def reference_id(self, note: str) -> str:
        """The id of the next reference to a note in this chapter."""
        self._references[note] += 1
        return f"{note}-{self._references[note]}"

    def gather(self, doctree: nodes.document) -> None:
        """Put the notes of a chapter at its end."""
        self._references.clear()
        notes = list(doctree.findall(nodes.footnote))
        rules = [t for t in doctree.findall(nodes.transition) if "footnotes" in t["classes"]]
        for node in [*notes, *rules]:
            node.parent.remove(node)
        for note in dict.fromkeys(filter(None, map(self.of, list(doctree.findall(nodes.reference))))):
            text = self._cited[self._addresses[note]].deepcopy()
            text["ids"] = [note]
            notes.append(text)
        if notes:
            chapter = doctree.next_node(nodes.section)
            chapter += nodes.section("", nodes.title("", "Notes"), *notes, ids=["notes"], classes=["notes"])
