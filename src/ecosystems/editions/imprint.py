"""Title, authors, dates and licences of the edition: one value, which the web, the PDF and the EPUB take.

All of it comes from the tables' ``datapackage.json``, so that a scan of one's own has its own title and authors.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from ecosystems import tables
from ecosystems.words import day, listing, plural

FILENAME = "learning-ecosystems"  # of the files of the report's own edition
NO_ADDRESS = (
    "This copy was built without a public address. The page index.html in its folder opens the online edition, "
    "with data, picture and code of every figure."
)


@dataclass(frozen=True)
class Imprint:
    """What the edition says of itself.

    Attributes
    ----------
    title, subtitle, description : str
        Of the book; subtitle and description may be empty.
    short_title : str
        Name of the site, at the head of each page and on its preview picture.
    authors, keywords : tuple of str
    licence, licences : str
        The licence of text and own tables; one sentence on the licences of text, tables, code and country figures.
    version : str
    created : str
        When version and data were made, as ISO 8601 date and time.
    statement : str
        What a reader of any page must know: that this is an open edition, and what is reconstructed.
    selection : str
        Title of the selected ecosystems, such as ``The 11 ecosystems``; empty if there are none.
    address : str
        Where the book is published, with a slash at its end; empty if it is not known.
    filename : str
        Name of PDF and EPUB, without suffix.
    cover : tuple of str
        Lines on the cover.
    front, closing : tuple of (label, text)
        Entries of the title page and of the last page.
    """

    title: str
    subtitle: str
    short_title: str
    description: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    licence: str
    licences: str
    version: str
    created: str
    statement: str
    selection: str
    address: str
    filename: str
    cover: tuple[str, ...]
    front: tuple[tuple[str, str], ...]
    closing: tuple[tuple[str, str], ...]

    @property
    def year(self) -> str:
        """Year of the version."""
        return self.created[:4]

    @property
    def date(self) -> str:
        """Day of the version and of its data, as ISO 8601."""
        return self.created[:10]

    @property
    def edition(self) -> str:
        """The edition as citations of its figures name it."""
        return f"{self.title}, open edition, version {self.version}"

    @classmethod
    def of(cls, data: tables.Tables, address: str = "") -> Imprint:
        """The imprint of the book that is made from these tables and published at `address`."""
        package, report = data.package, data.report
        date = day(package["created"][:10])
        open_edition = f"An open, executable edition of the report of {day(report['date'])}" if report else ""
        licences = (
            f"Text and own tables: {data.licence}. Code: MIT. Country figures keep the licences of their sources."
        )
        reconstructed = data.reconstructed("The scan and the list of the selected ecosystems are")
        return cls(
            title=data.title,
            subtitle=data.subtitle,
            short_title=package["title"].split(":")[0],
            description=open_edition or package.get("description", ""),
            authors=tuple(data.authors),
            keywords=tuple(package.get("keywords", ())),
            licence=data.licence,
            licences=licences,
            version=package["version"],
            created=package["created"],
            statement=" ".join(filter(None, ["An open, executable edition.", reconstructed])),
            selection=selection_title(data),
            address=address,
            filename=FILENAME if report else package["name"],
            cover=tuple(filter(None, [open_edition, f"Version {package['version']}, {date}"])),
            front=_front(data, reconstructed),
            closing=_closing(f"{package['version']} of {date}", licences, address),
        )


def _front(data: tables.Tables, reconstructed: str) -> tuple[tuple[str, str], ...]:
    """Entries of the title page."""
    package, report = data.package, data.report
    entries = []
    if report:
        authors = f"By {listing(report['authors'])}. With {listing(report['with'])}. Funded by {report['funder']}."
        text = f"{report['title']}: {report['subtitle']}, {day(report['date'])}. {authors}"
        entries.append(("The report", text))
    text = "Built from public pages and open data, with every chart, map and number drawn from shared tables."
    entries.append(("This edition", f"{text} It is not the report. {reconstructed}" if report else text))
    cite = f"{listing(data.authors)} ({package['created'][:4]}). {data.title}. Open edition, version"
    entries.append(("Cite as", f"{cite} {package['version']}."))
    numbers = (
        "A figure or table has one number in all editions and volumes. A number that is missing here is in the other"
    )
    entries.append(("Numbers", f"{numbers} volume or online."))
    return tuple(entries)


def _closing(version: str, licences: str, address: str) -> tuple[tuple[str, str], ...]:
    """Entries of the last page."""
    return (
        (
            "Version",
            f"{version}, which is also the date of the data. Each figure names its tables; the data dictionary "
            "describes them.",
        ),
        ("Licences", f"{licences} These stand under each figure. Boundaries: Natural Earth, public domain."),
        ("Borders", "Borders, names and colours on maps help to find places and say nothing about legal status."),
        ("Online", f"{address} There are data, picture and code of every figure." if address else NO_ADDRESS),
    )


def selection_title(data: tables.Tables, kind: str = "ecosystem") -> str:
    """The selected ecosystems by their number: ``The 11 ecosystems``; an empty text if there are none."""
    number = len(data.ecosystems)
    if not number:
        return ""
    return f"The {plural(number, kind) if number > 1 else f'selected {kind}'}"


def published(configured: str) -> str:
    """The address where the book will be published, with a slash; "" if nobody has said it.

    ``EDITION_URL`` tells it to a build on a host; else it is `configured`, ``html_baseurl`` of _config.yml.
    """
    address = os.environ.get("EDITION_URL", configured).rstrip("/")
    return f"{address}/" if address else ""


def _configure(app, config) -> None:
    """Set what Sphinx's own builders say of the book, and the imprint that ours take."""
    config.html_baseurl = published(config.html_baseurl)
    config.edition_imprint = imprint = Imprint.of(tables.read(), config.html_baseurl)
    config.project = config.html_title = imprint.title
    config.author = listing(imprint.authors)
    config.version = config.version or imprint.version


def setup(app):
    """Sphinx's entry."""
    app.add_config_value("edition_imprint", None, "", types=(Imprint,))
    app.connect("config-inited", _configure, priority=100)
    return {"version": "3", "parallel_read_safe": True}
