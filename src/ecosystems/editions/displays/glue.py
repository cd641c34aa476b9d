"""Values that another chapter keeps (``{glue}`` with ``:doc:``), as tables and pictures that every edition shows."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from docutils import nodes
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.ext.glue.utils import PendingGlueReference
from sphinx.transforms.post_transforms import SphinxPostTransform

from ecosystems.editions.displays import html
from ecosystems.editions.displays.choice import FORMS
from typstbook.store import digest

_SUFFIXES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}


class Glue(SphinxPostTransform):
    """Puts in what MyST-NB would put in as raw HTML, or as a picture that it does not write."""

    default_priority = 4  # before MyST-NB's own, which text is left to

    def run(self, **kwargs) -> None:
        """See Sphinx."""
        for place in list(self.document.findall(PendingGlueReference)):
            output = read_glue_cache(self.env.mystnb_config.output_folder, place.refdoc).get(place.key)
            if place.gtype == "text" or not output:
                continue
            data = output["data"]
            form = next((f for f in FORMS if f in data), "")
            if form == "text/html" and (made := html.convert(data[form], self._write)[0]):
                place.replace_self(made)
            elif form in _SUFFIXES:
                content = data[form].encode() if form.endswith("xml") else base64.b64decode(data[form])
                uri = self._write(_SUFFIXES[form], content)
                self.env.images.add_file(self.env.docname, uri)
                alt = output.get("metadata", {}).get("alt") or "A picture without a description."
                place.replace_self(nodes.image(uri=uri, alt=alt, candidates={"*": uri}))

    def _write(self, suffix: str, content: bytes) -> str:
        """Write a picture beside the others; its address from the source folder."""
        path = Path(self.env.mystnb_config.output_folder, f"{digest(content)[:16]}{suffix}")
        path.write_bytes(content)
        return Path(os.path.relpath(path.resolve(), Path(self.env.srcdir).resolve())).as_posix()
