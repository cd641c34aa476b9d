"""HTML as document nodes, so that every edition shows it: tables of pandas, and what authors write by hand.

What has no place on paper (scripts, frames, fields of forms) is left out, and named for a message to the author.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from itertools import groupby

import lxml.html
from docutils import nodes

#: Elements in a line of text, and the kind of node that stands for each.
INLINE = {
    "b": nodes.strong,
    "strong": nodes.strong,
    "i": nodes.emphasis,
    "em": nodes.emphasis,
    "cite": nodes.emphasis,
    "var": nodes.emphasis,
    "dfn": nodes.emphasis,
    "code": nodes.literal,
    "kbd": nodes.literal,
    "samp": nodes.literal,
    "tt": nodes.literal,
    "sub": nodes.subscript,
    "sup": nodes.superscript,
    **dict.fromkeys(
        ("span", "u", "s", "small", "mark", "abbr", "font", "label", "q", "del", "ins", "bdi"), nodes.inline
    ),
}
_LISTS = {"ul": nodes.bullet_list, "ol": nodes.enumerated_list, "li": nodes.list_item, "blockquote": nodes.block_quote}
# They show nothing.
_SILENT = {"style", "link", "meta", "title", "head", "colgroup", "col", "hr", "template", "noscript"}
_LEFT_OUT = {
    "script": "a script",
    "iframe": "a frame with another page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "video": "a film",
    "audio": "a sound",
    "canvas": "a drawing by script",
    "svg": "a drawing in HTML",
    **dict.fromkeys(("form", "input", "button", "select", "textarea", "progress", "meter"), "a field of a form"),
}
_NUMBER = re.compile(r"[-+−]?[\d.,\s]*\d(e[-+]?\d+)?\s*%?|nan|NaN|inf|…|\.\.\.|")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,(.*)", re.S)


def convert(html: str, write: Callable[[str, bytes], str]) -> tuple[list[nodes.Node], list[str]]:
    """Convert a fragment of HTML.

    Parameters
    ----------
    html : str
    write : callable
        Writes a picture, of which it gets suffix and content; returns its address.

    Returns
    -------
    (list of Node, list of str)
        Nodes, and the names of what was left out of them.
    """
    converter = _Converter(write)
    found = converter.blocks(lxml.html.fragment_fromstring(html, create_parent="div")) if html.strip() else []
    return found, list(dict.fromkeys(converter.left_out))


class _Converter:
    def __init__(self, write: Callable[[str, bytes], str]):
        self.write = write
        self.left_out: list[str] = []

    # -- blocks ------------------------------------------------------------------------------------------------------

    def blocks(self, parent: lxml.html.HtmlElement) -> list[nodes.Node]:
        """What is in an element, text between blocks as paragraphs."""
        found: list[nodes.Node] = []
        line: list[nodes.Node] = []

        def end_line() -> None:
            if any(n.astext().strip() or isinstance(n, nodes.image) for n in line):
                found.append(nodes.paragraph("", "", *line))
            line.clear()

        line += self.words(parent.text)
        for child in parent:
            if not isinstance(child.tag, str):  # a comment
                pass
            elif child.tag in INLINE or child.tag in ("a", "br", "img"):
                line += self.inline(child)
            else:
                end_line()
                found += self.block(child)
            line += self.words(child.tail)
        end_line()
        return found

    def _skipped(self, tag: str) -> bool:
        """Whether nothing of an element is shown; what a reader would miss is noted."""
        if tag in _LEFT_OUT:
            self.left_out.append(_LEFT_OUT[tag])
        return tag in _LEFT_OUT or tag in _SILENT

    def block(self, element: lxml.html.HtmlElement) -> list[nodes.Node]:
        """One element that stands for itself."""
        tag = element.tag
        if self._skipped(tag):
            return []
        if tag == "table":
            return self.table(element)
        if tag == "pre":
            return [nodes.literal_block(text := element.text_content(), text, language="none")]
        if re.fullmatch("h[1-6]|summary|legend|figcaption|dt", tag):
            return [nodes.rubric("", "", *self.inlines(element))]
        if tag in _LISTS:
            items = self.blocks(element)
            if tag in ("ul", "ol"):
                items = [i if isinstance(i, nodes.list_item) else nodes.list_item("", i) for i in items]
            return [_LISTS[tag]("", *items)] if items else []
        return self.blocks(element)

    # -- words -------------------------------------------------------------------------------------------------------

    @staticmethod
    def words(text: str | None) -> list[nodes.Node]:
        """Text with single spaces."""
        return [nodes.Text(re.sub(r"\s+", " ", text))] if text else []

    def inlines(self, element: lxml.html.HtmlElement) -> list[nodes.Node]:
        """What is in an element, as parts of one line."""
        found = self.words(element.text)
        for child in element:
            if isinstance(child.tag, str):
                found += self.inline(child)
            found += self.words(child.tail)
        return found

    def inline(self, element: lxml.html.HtmlElement) -> list[nodes.Node]:
        """One element as a part of a line."""
        tag = element.tag
        if self._skipped(tag):
            return []
        if tag == "br":
            return [nodes.raw("", "<br />", format="html")]
        if tag == "img":
            return self.image(element)
        inner = self.inlines(element)
        if tag == "a" and re.match(r"https?:|mailto:", element.get("href", "")):
            return [nodes.reference("", "", *inner, refuri=element.get("href"))]
        if kind := INLINE.get(tag):
            text = "".join(n.astext() for n in inner)
            return [nodes.literal(text, text) if kind is nodes.literal else kind("", "", *inner)]
        return inner

    def image(self, element: lxml.html.HtmlElement) -> list[nodes.Node]:
        """A picture that is in the HTML itself or beside the chapter; one of another host would be asked there."""
        source = element.get("src", "")
        if match := _PICTURE.fullmatch(source):
            source = self.write("." + match[1].partition("+")[0].replace("jpeg", "jpg"), base64.b64decode(match[2]))
        elif ":" in source or source.startswith("//") or not source:
            self.left_out.append("a picture of another host")
            return self.words(element.get("alt"))
        return [nodes.image(uri=source, alt=element.get("alt") or "A picture without a description.")]

    # -- tables ------------------------------------------------------------------------------------------------------

    def table(self, element: lxml.html.HtmlElement) -> list[nodes.Node]:
        """A table; a cell that spans rows is repeated in each, so that every row can be read alone."""
        rows = element.xpath("./thead/tr | ./tbody/tr | ./tfoot/tr | ./tr")
        heads = [r for r in rows if r.getparent().tag == "thead"]
        if not heads and rows and all(cell.tag == "th" for cell in rows[0]):
            heads = rows[:1]
        grid = [row for row in self._spread(rows) if row]
        if not grid:
            return []
        width = max(map(len, grid))
        for row in grid:
            row += [lxml.html.Element("td") for _ in range(width - len(row))]
        head, body = grid[: len(heads)], grid[len(heads) :]
        columns = list(zip(*body, strict=True)) or [()] * width
        stubs = [bool(column) and all(cell.tag == "th" for cell in column) for column in columns]
        numbers = [all(_NUMBER.fullmatch(cell.text_content().strip()) for cell in column) for column in columns]
        group = nodes.tgroup("", cols=width)
        group += [nodes.colspec("", colwidth=10, **({"stub": 1} if stub else {})) for stub in stubs]
        if head:
            group += nodes.thead("", *(self._row(row, numbers) for row in head))
        empty = [lxml.html.Element("td") for _ in range(width)]
        group += nodes.tbody("", *(self._row(row, numbers) for row in body or [empty]))
        caption = element.find("caption")
        title = [nodes.title("", "", *self.inlines(caption))] if caption is not None else []
        return [nodes.table("", *title, group, classes=["exhibit-table", "dataframe"])]

    @staticmethod
    def _spread(rows: Iterable[lxml.html.HtmlElement]) -> list[list[lxml.html.HtmlElement]]:
        """The cell in each column of each row; one that spans several stands in all of them."""
        grid, below = [], {}
        for row in rows:
            line, cells = [], [c for c in row if c.tag in ("td", "th")]
            while cells or len(line) in below:
                column = len(line)
                if column in below:
                    cell, span, left = below.pop(column)
                else:
                    cell = cells.pop(0)
                    span, left = int(cell.get("colspan") or 1), int(cell.get("rowspan") or 1)
                if left > 1:
                    below[column] = cell, span, left - 1
                line += [cell] * span
            grid.append(line)
        return grid

    def _row(self, row: list[lxml.html.HtmlElement], numbers: list[bool]) -> nodes.row:
        line, column = nodes.row(""), 0
        for cell, places in groupby(row):
            span = len(list(places))
            entry = nodes.entry("", *(self.blocks(cell) or [nodes.paragraph()]))
            if span > 1:
                entry["morecols"] = span - 1
            elif numbers[column]:
                entry["classes"].append("number")
            line += entry
            column += span
        return line
