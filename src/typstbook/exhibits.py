"""Figures, pictures, tables and formulas."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes

from typstbook import maths, tables
from typstbook.escape import literal, value, words

__all__ = ["Exhibits"]

_LENGTH = re.compile(r"([\d.]+)\s*(%|px|pt|em|cm|mm|in)?")
_POINTS = {"px": 0.75, "pt": 1, "em": 10, "cm": 28.35, "mm": 2.835, "in": 72, None: 0.75}


class Exhibits:
    """Methods of the translator for everything with a number, and pictures."""

    def numbered(self, node: nodes.Element, kind: str) -> str:
        """ "Figure 3", as ``numfig_format`` says, or "" if there are no numbers."""
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        found = next((numbers[i] for i in node["ids"] if i in numbers), None)
        if not found:
            return ""
        return (self.config.numfig_format.get(kind) or "%s").replace("%s", ".".join(map(str, found))).strip()

    # -- figures -------------------------------------------------------------------------------------------------

    def visit_figure(self, node: nodes.figure) -> None:
        caption = next((c for c in node if isinstance(c, nodes.caption)), None)
        legend = [c for part in node if isinstance(part, nodes.legend) for c in part]
        above = [c for c in legend if any(name.endswith("-subtitle") for name in c.get("classes", ()))]
        below = [c for c in legend if c not in above]
        drawing = [c for c in node if not isinstance(c, nodes.caption | nodes.legend)]
        places = self.anchors(node)
        wide, full = self.wide, all(self.width_of(c) is None for d in drawing for c in d.findall(nodes.image))
        small = wide and full and caption is not None and len(drawing) == 1 and "narrow" in drawing[0]
        with self.no_pages(), self.boxed():
            words = [self.content(caption) if caption else "[]", self.content(above), self.content(below)]
            body = self.content(drawing)
            if small:
                with self.halved():
                    body = f"narrow: {self.content(drawing)}, {body}"
        self.movable(
            f"exhibit(number: {literal(self.numbered(node, 'figure'))}, "
            f"caption: {words[0]}, above: {words[1]}, below: {words[2]}, "
            f"wide: {value(wide and full)}, places: [{places}], {body})",
            small,
        )

    def width_of(self, node: nodes.image) -> str | None:
        """Width as Typst writes it, or None: as wide as there is room."""
        match = _LENGTH.fullmatch(str(node.get("width") or "").strip())
        if match and match[2] == "%":
            return f"{min(float(match[1]), 100):g}%"
        if match:
            return f"{float(match[1]) * _POINTS[match[2]]:g}pt"
        return None

    def visit_image(self, node: nodes.image) -> None:
        # A drawing may come with a narrow twin.
        uri = node.get("narrow", node["uri"]) if self.half else node["uri"]
        path = Path(self.builder.srcdir, uri)
        name = self.builder.picture(uri, path)
        if name is None:
            self.warn("the picture %r cannot be printed: use SVG, PNG, JPEG, GIF or PDF", uri, node=node)
            raise nodes.SkipNode
        inline = (
            isinstance(node.parent, nodes.TextElement)
            and len(node.parent.children) > 1
            and not isinstance(node.parent, nodes.caption)
        )
        side = node.get("align") if node.get("align") in ("left", "center", "right") else "left"
        self.write(
            f"#picture({literal(name)}, alt: {self.alternative(node, uri)}, width: {self.width_of(node) or 'auto'}, "
            f"inline: {value(inline)}, align: {side})"
        )
        raise nodes.SkipNode

    def alternative(self, node: nodes.image, uri: str) -> str:
        """The alternative text as Typst code; ``none`` for a picture that only decorates."""
        alt = (node.get("alt") or "").strip()
        classes = node.get("classes", ())
        if "decorative" in classes or (not alt and any(c.startswith("sd-card-img") for c in classes)):
            return "none"
        if alt and alt not in (uri, node.get("candidates", {}).get("*")):
            return words(alt)
        figure = node.parent
        caption = (
            next((c.astext() for c in figure if isinstance(c, nodes.caption)), "")
            if isinstance(figure, nodes.figure)
            else ""
        )
        self.warn(
            "the picture %r has no alternative text: say what is seen in it, with :alt:", Path(uri).name, node=node
        )
        return literal(caption or Path(uri).stem)

    # -- tables --------------------------------------------------------------------------------------------------

    def visit_table(self, node: nodes.table) -> None:
        group = next((c for c in node if isinstance(c, nodes.tgroup)), None)
        if group is None:
            raise nodes.SkipNode
        title = next((c for c in node if isinstance(c, nodes.title)), None)
        count = int(group["cols"])
        head = [r for part in group if isinstance(part, nodes.thead) for r in part]
        body = [r for part in group if isinstance(part, nodes.tbody) for r in part]
        stubs = [bool(c.get("stub")) for c in group if isinstance(c, nodes.colspec)]
        texts = list(self._texts(head + body, count))
        room = self.builder.geometry
        layout = tables.lay_out(
            texts, room.full if self.wide else room.half if self.half else room.text * 0.9, room.turned
        )
        turned = layout.landscape and self.wide
        wide, places = self.wide, self.anchors(node)
        with self.no_pages():
            caption = self.content(title) if title else "[]"
            cells = {
                name: [
                    self._cell(entry, i, stubs, name == "head") for row in rows for i, entry in enumerate(row.children)
                ]
                for name, rows in (("head", head), ("body", body))
            }
        heads = f"table.header({', '.join(cells['head'])}), " if head else ""
        short = max((len(t) for row in texts for t in row), default=0) < 900
        self.block(
            f"#datatable(({', '.join(f'{c}fr' for c in layout.columns)},), "
            f"number: {literal(self.numbered(node, 'table'))}, caption: {caption}, heads: {len(head)}, "
            f"part: {layout.width * 100:g}%, size: {layout.size}pt, wide: {value(wide)}, turned: {value(turned)}, "
            f"whole-rows: {value(short)}, long: {value(len(body) > tables.LONG)}, places: [{places}], "
            f"{heads}\n{', '.join(cells['body'])})"
        )

    @staticmethod
    def _texts(rows: list[nodes.row], count: int) -> list[list[str]]:
        """The text in every place of the grid; cells over several columns count for none."""
        grid, taken = [], set()
        for y, row in enumerate(rows):
            line, x = [""] * count, 0
            for entry in row:
                while (x, y) in taken:
                    x += 1
                across, down = entry.get("morecols", 0) + 1, entry.get("morerows", 0) + 1
                taken |= {(x + i, y + j) for i in range(across) for j in range(down)}
                if across == 1 and x < count:
                    line[x] = max(entry.astext().split("\n"), key=len) if len(entry) > 1 else entry.astext()
                x += across
            grid.append(line)
        return grid or [[""] * count]

    def _cell(self, entry: nodes.entry, column: int, stubs: list[bool], head: bool) -> str:
        classes = entry.get("classes", ())
        options = ""
        if entry.get("morecols"):
            options += f"colspan: {entry['morecols'] + 1}, "
        if entry.get("morerows"):
            options += f"rowspan: {entry['morerows'] + 1}, "
        side = next(
            (c[5:] for c in classes if c in ("text-left", "text-center", "text-right")),
            "right" if "number" in classes else "",
        )
        if side:
            options += f"align: {side}, "
        body = self.inside(entry)
        if entry is entry.parent[0] and (places := self.anchors(entry.parent)):
            body = f"[{places}{body[1:-1]}]"
        if head or (column < len(stubs) and stubs[column]):
            body = f"[#strong{body}]" if body != "[]" else body
        return f"table.cell({options}{body})"

    # -- formulas ------------------------------------------------------------------------------------------------

    def _formula(self, node: nodes.Element, size: float, inline: bool) -> tuple[str, float] | None:
        """Name of the drawn formula and its depth below the line; None if it cannot be drawn."""
        tex = node.astext().strip()
        try:
            drawn = maths.draw(tex, size, self.builder.colours["ink"], inline)
        except maths.MathProblem as problem:
            self.warn("the formula %r cannot be drawn and is printed as code: %s", tex, problem, node=node)
            return None
        return self.builder.pictures.write(".svg", drawn.svg), drawn.depth

    def visit_math(self, node: nodes.math) -> None:
        drawn, tex = self._formula(node, 10, True), literal(node.astext().strip())
        self.write(f"#formula({literal(drawn[0])}, {drawn[1]:.2f}pt, {tex})" if drawn else f"#code({tex})")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        number = node.get("number")
        if self.config.math_numfig and self.config.numfig and node["ids"]:
            found = self.env.toc_fignumbers.get(self.docname, {}).get("displaymath", {}).get(node["ids"][0], ())
            number = ".".join(map(str, found)) or number
        drawn, tex = self._formula(node, 11, False), literal(node.astext().strip())
        if drawn is None:
            self.block(f"#listing({tex}, places: [{self.anchors(node)}])")
        number = literal(f"({number})" if number else "")
        self.block(f"#equation({literal(drawn[0])}, {tex}, {number}, places: [{self.anchors(node)}])")
