"""Which chapters stand in which volume."""

import yaml

from ecosystems.tables import ROOT


def annex():
    """Chapters that the EPUB leaves to the online book and to the PDF of the data annex."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    return [name.removeprefix("book/") for name in settings["typst_volumes"]["annex"]["documents"]]
