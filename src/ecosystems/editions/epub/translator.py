"""XHTML of chapters."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urljoin

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from ecosystems.editions.displays import Formulas
from ecosystems.editions.epub.drawings import outlined
from ecosystems.editions.epub.records import fits, records
from ecosystems.editions.pages import Isolating, html, name_of, up
from ecosystems.words import address

ROWS = 60  # a figure's table with more rows than this is in its file alone


class Exhibit:
    """A figure in its chapter, and its numbers as a table in the annex."""

    def __init__(self, payload: dict, number: str, docname: str, id: str, chapter: str):
        self.payload, self.number, self.docname, self.id, self.chapter = payload, number, docname, id, chapter
        self.picture = f"figures/{payload['slug']}.svg"
        self.page = f"numbers/{Path(docname).name}.xhtml" if 0 < len(payload["rows"]) <= ROWS else ""

    def table(self) -> dict:
        """The figure's table: heads with the columns' names, what they mean, and rows or records."""
        columns = self.payload["columns"]
        heads = [c["name"].replace("_", " ") for c in columns]
        table = [heads, *([str(v) for v in row] for row in self.payload["rows"])]
        if fits(table):
            return {"columns": columns, "heads": heads, "rows": table[1:], "groups": None}
        return {
            "columns": columns,
            "heads": heads,
            "rows": None,
            "groups": records(*[[html(h) for h in heads], [[html(v) for v in r] for r in table[1:]]]),
        }


class Translator(Isolating, Formulas, HTML5Translator):
    """Pages as XHTML: figures as pictures, wide tables as lists, references as notes."""

    def starttag(self, node, tagname, suffix="\n", empty=False, **attributes):
        """Docutils' start tag; heads of columns say that they are."""
        if tagname == "th" and isinstance(node, nodes.entry) and isinstance(node.parent.parent, nodes.thead):
            attributes["scope"] = "col"
        return super().starttag(node, tagname, suffix, empty, **attributes)

    def _text(self, *parts) -> str:
        """Nodes as XHTML, a single paragraph without its own element."""
        start = len(self.body)
        for part in parts:
            for child in part.children if isinstance(part, nodes.paragraph | nodes.entry) else [part]:
                self.body.append(self._text(child)) if isinstance(child, nodes.paragraph) else child.walkabout(self)
        text = "".join(self.body[start:]).strip()
        del self.body[start:]
        return text

    def _number(self, node, kind: str) -> str:
        number = self.builder.fignumbers.get(kind, {}).get(node["ids"][0]) if node["ids"] else None
        return f"{kind.capitalize()} {'.'.join(map(str, number))}" if number else kind.capitalize()

    def visit_container(self, node):
        """A cell is no part of the book, only what it shows."""
        if {"cell", "cell_output"}.isdisjoint(node["classes"]):
            self.body.append(self.starttag(node, "div"))

    def depart_container(self, node):
        if {"cell", "cell_output"}.isdisjoint(node["classes"]):
            self.body.append("</div>\n")

    def visit_compound(self, node):
        if "toctree-wrapper" in node["classes"]:
            raise nodes.SkipNode  # the contents lead to the chapters
        super().visit_compound(node)

    def visit_figure(self, node):
        if "exhibit" not in node:
            return super().visit_figure(node)
        builder, docname = self.builder, self.builder.current_docname
        title = builder.env.titles[docname].astext()
        figure = Exhibit(node["exhibit"], self._number(node, "figure"), docname, node["ids"][0], title)
        builder.chapter.exhibits.append(figure)
        drawing = outlined(figure.payload["svg_narrow"], figure.payload["alt"])
        builder.chapter.pages[figure.picture] = f"{drawing}\n".encode()
        self.body.append(builder.package.render("figure.xhtml", figure=figure, up=up(docname), address=address))
        raise nodes.SkipNode

    def visit_colspec(self, node):
        node.parent.stubs.append(node.get("stub"))
        raise nodes.SkipNode

    def visit_table(self, node):
        group = node.next_node(nodes.tgroup)
        heads = [e for row in group.findall(nodes.row) if isinstance(row.parent, nodes.thead) for e in row]
        rows = [list(row) for row in group.findall(nodes.row) if isinstance(row.parent, nodes.tbody)]
        if (
            not heads
            or any(len(row) != len(heads) for row in rows)
            or fits([[e.astext() for e in row] for row in [heads, *rows]])
        ):
            return super().visit_table(node)
        title = node.next_node(nodes.title)
        lines = [row for row in group.findall(nodes.row) if isinstance(row.parent, nodes.tbody)]
        groups = (
            [row["facets"]["country"][0] for row in lines]
            if all("country" in row.get("facets", {}) for row in lines)
            else None
        )
        self.body.append(
            self.builder.package.render(
                "records.xhtml",
                id=(node["ids"] or [""])[0],
                number=self._number(node, "table"),
                caption=self._text(*title) if title else "",
                groups=records(
                    [self._text(e) for e in heads],
                    [[self._text(e) for e in row] for row in rows],
                    groups,
                    [row["ids"] for row in lines],
                ),
                level=min(self.section_level + 1, 6),
            )
        )
        raise nodes.SkipNode

    def visit_reference(self, node):
        note = self.builder.notes.of(node)
        if note is None:
            target = node.get("refuri") or f"#{node['refid']}"
            if online := self._online(node, target):  # what this book does not hold
                if not self.builder.config.html_baseurl:
                    self.body.append(escape(node.astext()))
                    raise nodes.SkipNode
                target = urljoin(self.builder.config.html_baseurl, online)
            title, language = self.builder.foreign.get(target, ("", ""))
            spoken = f' lang="{language}"' if title and node.astext()[:30] == title[:30] else ""
            self.body.append(f'<a{spoken} href="{escape(target)}">')
            return
        self._open_reference(note)

    def _online(self, node, target: str) -> str:
        """The address in the online book of what only that holds: its files, and chapters of the data annex."""
        if "edition-file" in node["classes"]:
            return target
        path, mark, place = target.partition("#")
        while path.startswith("../"):
            path = path[3:]
        docname = self.builder.elsewhere.get(path) if node.get("internal") else None
        return f"{name_of(docname)}.html{mark}{place}" if docname else ""

    def _open_reference(self, note: str, attributes: str = "") -> None:
        """Begin a link to a note of this chapter."""
        id = self.builder.notes.reference_id(note)
        self.body.append(f'<a epub:type="noteref" role="doc-noteref"{attributes} id="{id}" href="#{note}">')

    def visit_download_reference(self, node):
        """A file is beside the online book."""
        text = f'<span class="download">{escape(node.astext())}</span> (a file of the online book)'
        base = self.builder.config.html_baseurl
        if base and node.get("filename"):
            address = escape(urljoin(base, f"_downloads/{node['filename']}"))
            text = f'<a href="{address}">{escape(node.astext())}</a>'
        self.body.append(text)
        raise nodes.SkipNode

    def depart_reference(self, node):
        self.body.append("</a>")

    def visit_citation(self, node):
        """Without docutils' roles, of which readers of today know one no longer."""
        self.body.append(self.starttag(node, "div", CLASS="citation"))

    def depart_citation(self, node):
        self.body.append("</div>\n")

    def visit_footnote_reference(self, node):
        self._open_reference(node["refid"], ' class="mark"')

    def depart_footnote_reference(self, node):
        self.body.append("</a>")

    def visit_footnote(self, node):
        # An <aside> would vanish from the page where notes pop up; a reader who turns to the end should find them.
        self.body.append(f'<div epub:type="footnote" role="doc-footnote" class="note" id="{node["ids"][0]}">')

    def depart_footnote(self, node):
        note = node["ids"][0]
        self.body.append(f'<p><a role="doc-backlink" href="#{note}-1">Back to the text</a></p></div>\n')

    def visit_label(self, node):
        if isinstance(node.parent, nodes.footnote):
            raise nodes.SkipNode
        super().visit_label(node)
