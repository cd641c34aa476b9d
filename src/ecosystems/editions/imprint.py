"""Who, what, when and under which licence: said once, for the cover and imprint of the PDF."""

from __future__ import annotations

from ecosystems import tables
from ecosystems.words import day

__all__ = ["REPORT", "setup"]

REPORT = {
    "title": "Exploring local learning ecosystems in the Global South",
    "subtitle": "Pathways to thriving for every child",
    "date": "2023-06-29",
    "authors": ["Rosie Clayton", "Michael Stevenson"],
}


def _words(app, config) -> None:
    package = tables.read().package
    date = day(package["created"][:10])
    config.typst_cover = [
        "An open, executable edition of the report of 29 June 2023",
        f"Version {package['version']}, {date}",
    ]
    config.typst_imprint = [
        ["The report", "Exploring local learning ecosystems in the Global South: Pathways to thriving for every child, 29 June 2023. By Rosie Clayton and Michael Stevenson. "
         "With Dream a Dream, the Global Education Leaders' Partnership (GELP) and the Learning Planet Institute. Funded by Porticus."],
        ["This edition", "Built from public pages and open data, with every chart, map and number drawn from shared tables. It is not the report. The scan and the list of the 11 are an "
         "open reconstruction, not the authors' own lists."],
        ["Cite as", f"Contributors to the open edition ({package['created'][:4]}). {config.project}. Open edition, version {package['version']}."],
        ["Licences", "Text and own tables: CC BY 4.0. Code: MIT. Country figures keep the licences of their sources, which stand under each figure. Boundaries: Natural Earth, public domain."],
        ["Borders", "Borders, names and colours on maps help to find places and say nothing about legal status."],
        ["Data", f"Version {package['version']} of {date}. Each figure names its tables; the data dictionary describes them."],
    ]


def setup(app):
    """Sphinx's entry."""
    app.connect("config-inited", _words)
    return {"version": "1", "parallel_read_safe": True}
