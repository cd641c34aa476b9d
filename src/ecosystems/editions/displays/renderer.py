"""MyST-NB's renderer with what it lacks: tables, maps and HTML as nodes, alternative texts, words for what is live."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer

from ecosystems.editions.displays import html
from ecosystems.editions.displays.choice import note, place_of, unshown
from ecosystems.editions.displays.maps import map_node, without_doctype
from ecosystems.editions.run import MAP
from typstbook.store import digest

_FORMULAS = r"align|aligned|equation|gather|gathered|split|multline|cases|array|\w*matrix"
_TABULAR = re.compile(rf"\\begin\{{(?!(?:{_FORMULAS})\*?\}})")


class Renderer(NbElementRenderer):
    """See MyST-NB; entry point ``ecosystems`` of ``myst_nb.renderers``."""

    def _locate(self, data: MimeData) -> None:
        """Note chapter, the number that Jupyter shows for the cell, and line, for what looks at the cell later."""
        if data.cell_index is not None:
            notebook = self.renderer.nb_client.notebook
            number = sum(cell.cell_type == "code" for cell in notebook.cells[: data.cell_index + 1])
            lines = notebook.metadata.get("source_map")  # of Markdown
            line = lines[data.cell_index] if lines else None
            data.cell_metadata["place"] = place_of(self.renderer.document, number, line)

    def _note(self, data: MimeData, text: str) -> None:
        """Note something for the author, with the place of an output."""
        document = self.renderer.document
        note(document, data.cell_metadata.get("place") or place_of(document), text)

    def _write(self, suffix: str, content: bytes) -> str:
        return self.write_file([f"{digest(content)[:16]}{suffix}"], content, exists_ok=True)

    def render_mime_type(self, data: MimeData) -> list[nodes.Element]:
        """See MyST-NB."""
        self._locate(data)
        return self._map(data) if data.mime_type == MAP else super().render_mime_type(data)

    def render_unhandled(self, data: MimeData) -> list[nodes.Element]:
        """A form that is not known."""
        return [unshown(form=data.mime_type)]

    render_javascript = render_widget_view = render_unhandled

    def render_text_latex(self, data: MimeData) -> list[nodes.Element]:
        """A formula; tables and text in LaTeX are none."""
        return self.render_unhandled(data) if _TABULAR.search(data.string) else super().render_text_latex(data)

    def render_text_html(self, data: MimeData) -> list[nodes.Element]:
        """HTML as nodes."""
        made, left_out = html.convert(data.string, self._write)
        if not made:
            return self.render_unhandled(data)
        for what in left_out:
            self._note(data, f"{what} in HTML is shown in no edition; say it in words.")
        if re.search(r"#T_\w+ \{|background-color|bar\(", data.string) and "<style" in data.string:
            text = "the colours of a styled table are left out of every edition"
            text += "; say in a column or in words what they mean."
            self._note(data, text)
        return made

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """A picture with an alternative text."""
        if data.mime_type == "application/pdf":
            return self.render_unhandled(data)
        if data.mime_type == "image/svg+xml":
            data.content = without_doctype(data.string.encode()).decode()
        (image,) = super().render_image(data)
        self._describe(image, data)
        return [image]

    def _describe(self, image: nodes.image, data: MimeData) -> None:
        """The alternative text that the author gives, or a caption; without one the author is told."""
        given = data.cell_metadata.get("alt") or data.output_metadata.get(data.mime_type, {}).get("alt")
        if alt := image.get("alt") or given:
            image["alt"] = alt
            return
        figure = self.renderer.get_cell_level_config("render_figure_options", data.cell_metadata, line=data.line)
        how = 'give the cell the metadata {"alt": "what is seen"}'
        self._note(data, f"the picture has no alternative text; {how}.")
        image["alt"] = (figure or {}).get("caption") or "A picture without a description."

    def _map(self, data: MimeData) -> list[nodes.Element]:
        payload = json.loads(data.content) if isinstance(data.content, str) else data.content
        if payload["left_out"]:
            text = (
                f"of the map, {', '.join(payload['left_out'])} is shown in no edition; draw it with markers or GeoJson."
            )
            self._note(data, text)
        image = map_node(payload, self._write, Path(self.renderer.sphinx_env.srcdir))
        self._describe(image, data)
        return [image]
