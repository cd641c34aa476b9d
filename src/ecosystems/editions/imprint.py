"""Who, what, when and under which licence: said once, for the web edition, and for cover and imprint of the PDF.

All of it comes from the tables' ``datapackage.json``, so that a scan of one's own has its own title and authors.
"""

from __future__ import annotations

from importlib.resources import files

from ecosystems import tables
from ecosystems.editions import art
from ecosystems.words import day, listing, plural

__all__ = ["called", "edition", "said", "setup"]


def edition(data: tables.Tables) -> str:
    """The edition as citations name it."""
    return f"{data.title}, open edition, version {data.package['version']}"


def called(data: tables.Tables, kind: str = "ecosystem") -> str:
    """The selected ecosystems by their number: ``The 11 ecosystems``; an empty text if there are none."""
    return (
        ""
        if data.ecosystems.empty
        else f"The {plural(len(data.ecosystems), kind) if len(data.ecosystems) > 1 else f'selected {kind}'}"
    )


def said(data: tables.Tables) -> str:
    """What a reader of any page must know of the edition."""
    return " ".join(
        filter(
            None,
            [
                "An open, executable edition.",
                data.reconstructed("The scan and the list of the selected ecosystems are"),
            ],
        )
    )


def licences(data: tables.Tables) -> str:
    """The licences in one line."""
    return f"Text and own tables: {data.licence}. Code: MIT. Country figures keep the licences of their sources."


def _words(app, config) -> None:
    data = tables.read()
    package, report, date = data.package, data.report, day(data.package["created"][:10])
    config.project = config.html_title = config.typst_title = data.title
    config.author, config.typst_authors = listing(data.authors), data.authors
    config.typst_subtitle = data.subtitle
    config.typst_font_paths = [str(files("ecosystems") / "fonts")]
    config.typst_description = (
        f"An open, executable edition of the report of {day(report['date'])}"
        if report
        else package.get("description", "")
    )
    if not report:
        config.typst_filename = package["name"]
        config.typst_keywords = package.get("keywords", [])
    config.edition_pdf = f"{config.typst_filename}.pdf"
    config.typst_cover = [
        *([f"An open, executable edition of the report of {day(report['date'])}"] if report else []),
        f"Version {package['version']}, {date}",
    ]
    config.typst_imprint = [
        *(
            [
                [
                    "The report",
                    f"{report['title']}: {report['subtitle']}, {day(report['date'])}. By {listing(report['authors'])}. With {listing(report['with'])}. Funded by {report['funder']}.",
                ]
            ]
            if report
            else []
        ),
        [
            "This edition",
            "Built from public pages and open data, with every chart, map and number drawn from shared tables."
            + (
                f" It is not the report. {data.reconstructed('The scan and the list of the selected ecosystems are')}"
                if report
                else ""
            ),
        ],
        [
            "Cite as",
            f"{listing(data.authors)} ({package['created'][:4]}). {data.title}. Open edition, version {package['version']}.",
        ],
    ]
    config.typst_closing = [
        [
            "Version",
            f"{package['version']} of {date}, which is also the date of the data. Each figure names its tables; the data dictionary describes them.",
        ],
        ["Licences", f"{licences(data)} These stand under each figure. Boundaries: Natural Earth, public domain."],
        ["Borders", "Borders, names and colours on maps help to find places and say nothing about legal status."],
        [
            "Online",
            config.html_baseurl
            or "This copy was built without a public address. The page index.html in its folder opens the online edition, with the data of every figure.",
        ],
    ]


def _map(app) -> None:
    """The map on the cover; only print needs it."""
    if app.builder.name == "typst":
        app.config.typst_cover_image = art.cover_art(tables.read())


def setup(app):
    """Sphinx's entry."""
    app.connect("config-inited", _words)
    app.connect("builder-inited", _map)
    return {"version": "2", "parallel_read_safe": True}
