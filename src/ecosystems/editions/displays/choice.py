"""Which of the forms of an output the editions show, and what is said of one that none can show.

Web, PDF and EPUB show the same form; what is interactive on the web has a static twin in the same node.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ecosystems.editions.collector import ChapterNotes
from ecosystems.editions.displays import html
from ecosystems.editions.run import MAP
from ecosystems.figure import MIME

#: Forms of an output from the best to the plainest: ours, maps, tables and other HTML, pictures, text.
FORMS = (
    MIME,
    MAP,
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/markdown",
    "text/latex",
    "text/plain",
)
# Live forms: what it is, and what to do instead. The first pattern that is found in the MIME type holds.
_LIVE = (
    (r"plotly", "a plotly figure", 'return a picture of it: Image(figure.to_image(format="png")), with an alt text'),
    (r"vega", "an Altair chart", "save it as a picture (package vl-convert) and show that with an alt text"),
    (r"bokeh|holoviews", "a Bokeh plot", "draw it with Matplotlib, or show a picture of it with an alt text"),
    (r"widget", "a widget", "show what it shows for one or a few values, as a table or a plot"),
    (r"javascript", "a script", "show its result as a table, a picture or text"),
    (r"application/pdf", "a page of PDF", "show it as SVG or PNG"),
    (r"text/html", "HTML that needs a script or another host", "show a table, a picture or text"),
    (r"text/latex", "LaTeX that is no formula", "write a table with pandas, or text as Markdown"),
    (r"", "an output", "show a table, a picture or text as well"),
)


class Notices(ChapterNotes):
    """What an author should know of places in each chapter, a sentence each."""

    attribute = "edition_notices"

    def collect(self, app, doctree: nodes.document) -> list[str]:
        """What was noted while the chapter was read."""
        return doctree.attributes.get("notices", [])


class unshown(nodes.General, nodes.Element):
    """Stands for a form that no edition can show; ``form`` is its MIME type."""


def note(document: nodes.document, place: str, text: str) -> None:
    """Note something for the author."""
    document.attributes.setdefault("notices", []).append(f"{place}: {text}")


def place_of(document: nodes.document, cell: int | None = None, line: int | None = None) -> str:
    """Chapter, code cell and line as authors count them; MyST-NB counts the lines of notebooks in ten thousands."""
    parts = [document.settings.env.doc2path(document.settings.env.docname, base=False)]
    if cell is not None:
        parts.append(f"code cell {cell}")
    if line and line < 10_000:
        parts.append(f"line {line}")
    return ", ".join(parts)


def _live(forms: list[str]) -> tuple[str, str, str]:
    """Of some forms that cannot be shown the telling one: its MIME type, what it is, what to do instead."""
    for pattern, what, instead in _LIVE:
        for form in forms:
            if re.search(pattern, form):
                return form, what, instead
    raise AssertionError("the last pattern is found everywhere")


class Choose(SphinxTransform):
    """Leaves of each output the form that is shown; where there is none, a sentence says so."""

    default_priority = 8  # before anything looks at what is in the forms

    def apply(self) -> None:
        """See docutils."""
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") == "mime_bundle":
                self._choose(bundle)

    def _choose(self, bundle: nodes.container) -> None:
        forms = {part["mime_type"]: part for part in bundle}
        dead = [form for form, part in forms.items() if any(isinstance(n, unshown) for n in part)]
        # The text beside a live form is its name in Python, and shows nothing.
        useful = [f for f in FORMS if f in forms and f not in dead and not (dead and f == "text/plain")]
        if useful:
            return bundle.replace_self(forms[useful[0]].children)
        form, what, instead = _live(dead or list(forms))
        cell = bundle.parent
        while cell is not None and cell.get("nb_element") != "cell_code":
            cell = cell.parent
        place = cell is not None and cell["cell_metadata"].get("place") or place_of(self.document)
        note(self.document, place, f"{what} ({form}) is shown in no edition; {instead}.")
        sentence = f"Here the chapter shows {what} when it runs in Jupyter. It cannot be shown in this edition."
        bundle.replace_self(nodes.paragraph("", sentence, classes=["not-shown"]))


class ConvertHtml(SphinxTransform):
    """Raw HTML in the text of chapters becomes nodes, for every edition."""

    default_priority = 9

    def apply(self) -> None:
        """See docutils."""
        for raw in list(self.document.findall(nodes.raw)):
            if "html" not in raw.get("format", "").split() or raw.parent is None:
                continue
            if isinstance(raw.parent, nodes.TextElement):
                self._inline(raw)
            else:
                self._block(raw)

    def _left_out(self, raw: nodes.raw, found: list[str]) -> None:
        place = place_of(self.document, line=raw.line or getattr(raw.parent, "line", None))
        for what in found:
            note(self.document, place, f"{what} in raw HTML is shown in no edition; say it in Markdown.")

    def _block(self, raw: nodes.raw) -> None:
        made, left_out = html.convert(raw.astext(), lambda suffix, content: "")
        self._left_out(raw, left_out)
        raw.parent.replace(raw, made)

    def _inline(self, raw: nodes.raw) -> None:
        """Begin and end of an element stand apart in a line of Markdown; what is between becomes its content."""
        parent = raw.parent
        begin = re.fullmatch(r"<(\w+)(?:\s[^>]*)?>", raw.astext().strip())
        if re.match(r"<br\b|<!--", raw.astext().strip()):
            return
        if 'type="checkbox"' in raw.astext():  # of a list of tasks
            return parent.replace(raw, nodes.Text("☑ " if "checked=" in raw.astext() else "☐ "))
        kind = html.INLINE.get(begin[1].lower()) if begin else None
        after = parent.index(raw) + 1
        ends = (
            i
            for i in range(after, len(parent))
            if begin and parent[i].astext().strip().lower() == f"</{begin[1]}>".lower()
        )
        end = next(ends, None)
        if kind is None or end is None:
            if begin:
                self._left_out(raw, [f"<{begin[1]}>"])
            parent.remove(raw)
            return
        inner = parent.children[after:end]
        parent[end].parent = None  # it is not looked at again
        text = "".join(n.astext() for n in inner)
        made = nodes.literal(text, text) if kind is nodes.literal else kind("", "", *inner)
        parent.children[after - 1 : end + 1] = []
        parent.insert(after - 1, made)
