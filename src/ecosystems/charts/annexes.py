"""What the annexes tell: initiatives, contradictions, sources, data, corrections; and how to cite the edition."""

import pandas as pd
import yaml

from ecosystems.charts.popups import in_countries
from ecosystems.figure import EXHIBITS
from ecosystems.tables import ROOT
from ecosystems.words import Link, Prose, agree, day, lead, listing, number, plural, prose


def downloads(data) -> pd.DataFrame:
    """The files in which the scan can be taken along, and for whom each is."""
    placed = int(data.initiatives["latitude"].notna().sum())
    placed = agree(placed, "one initiative", plural(placed, "initiative"))
    uses = {
        "scan.csv": ("CSV", "Any program; R and Python"),
        "scan.xlsx": ("Excel", "Excel, LibreOffice, Google Sheets; the dictionary is on a sheet of its own"),
        "scan.parquet": ("Parquet", "Python, R, DuckDB, Spark; types, units and meanings are in the file"),
        "scan.geojson": (
            "GeoJSON",
            f"QGIS and other map programs; only the {placed} whose place is known, with how far to trust each point",
        ),
        "scan-dictionary.csv": ("CSV", "What each column of these files means"),
        "datapackage.json": (
            "Data Package 2.0",
            "Programs that read the tables by their description: types, units, keys, licences, hashes",
        ),
    }
    rows = [(Link(file, f"file:data/{file}"), *use) for file, use in uses.items()]
    return pd.DataFrame(rows, columns=["file", "format", "use"])


def records(data) -> pd.DataFrame:
    """Files that catalogues and archives read."""
    uses = {
        "data/datapackage.json": "Data Package 2.0: every table and column, with types, units, keys, licences, sizes "
        "and hashes",
        "ro-crate-metadata.json": "RO-Crate 1.2: every chapter, table, figure and notebook of this edition",
        "datacite.json": "DataCite 4.5: what an archive needs to register the edition; the identifier is added then",
        "data/exhibits.csv": "Every figure with its chapter, data, code and sources",
    }
    return pd.DataFrame([(Link(file, f"file:{file}"), use) for file, use in uses.items()], columns=["file", "use"])


def edits(data) -> pd.DataFrame:
    """What was changed in the tables since the first edition, the latest first."""
    table = data.edits.sort_values(["date", "id"], ascending=False, ignore_index=True)
    return table.assign(when=[day(d) for d in table["date"]])


def tables(data) -> pd.DataFrame:
    """The tables of the data package."""
    rows = []
    for r in data.package["resources"]:
        licence = ", ".join(x.get("title", x["name"]) for x in r.get("licenses", data.package["licenses"]))
        size = "schema" in r and (number(len(getattr(data, r["name"]))), number(len(r["schema"]["fields"])))
        rows.append((Link(r["name"], f"file:data/{r['path']}"), r["title"], *(size or ("", "")), licence))
    return pd.DataFrame(rows, columns=["name", "title", "rows", "columns", "licence"])


def columns(data) -> pd.DataFrame:
    """Every column of every table."""
    rows = [
        (resource["name"], field["name"], field["type"], field.get("unit", ""), field.get("description", ""))
        for resource in data.package["resources"]
        for field in resource.get("schema", {}).get("fields", [])
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "description"])


def how_to_cite(data) -> Prose:
    """How to cite the report, where there is one, and this edition."""
    report, package = data.report, data.package
    said = """This edition: {authors}, *{title}*, open edition, version {version}, {date}. Text and own tables:
{licence}. Country figures keep the licences of their sources, see [the data dictionary](data.ipynb)."""
    facts = {}
    if report:
        whole = "The report: *{title}: {subtitle}* ({published}), by {writers}, with {makers}, funded by {funder}.\n\n"
        said = whole + said
        facts = {
            "subtitle": report["subtitle"],
            "published": day(report["date"]),
            "writers": listing(report["authors"]),
            "makers": listing(report["with"]),
            "funder": report["funder"],
        }
    return prose(
        said,
        title=data.title,
        authors=listing(data.authors),
        version=package["version"],
        date=day(package["created"][:10]),
        licence=data.licence,
        **facts,
    )


def corrections(data) -> Prose:
    """How many corrections there were, in one paragraph."""
    made = data.edits[data.edits["kind"] == "correction"]
    if made.empty:
        return prose("No correction has been made up to version {version}.", version=data.package["version"])
    return prose(
        "{n} made up to version {version}, the last on {date}: {what}",
        n=plural(len(made), "correction was", "corrections were"),
        version=data.package["version"],
        date=day(made["date"].max()),
        what=listing(made.sort_values("date", kind="stable")["what"].tail(1)),
    )


def how_to_report(data) -> Prose:
    """Where a reader reports an error: the repository that ``_config.yml`` names, if it names one."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    if address := settings.get("edition_repository"):
        return prose(
            "Report an error as {issue}.",
            issue=Link("an issue in the project's repository", f"{address.rstrip('/')}/issues"),
        )
    return prose(
        "This copy of the book names no public address to write to. Whoever gave it to you can take a report, and so "
        "can anyone who keeps a copy of its repository: as an issue there, or as a change of the tables."
    )


def explorer(data) -> Prose:
    """The opening of the list of all initiatives."""
    n = len(data.scan)
    return lead(
        """
Which initiative works where, for whom, and what do pages show of it? Here {all}, in {countries}, with every page that
{they} on.""",
        all={1: "is the only one", 2: "are both"}.get(n, f"are all {number(n)}"),
        countries=in_countries(data, data.scan),
        they=agree(n, "it stands", "they stand"),
    )


def exhibits(data) -> Prose:
    """The list of exhibits: an edition makes it of the figures that its chapters hold, Jupyter of their functions."""
    rows = [
        (f.__doc__.splitlines()[0], f"`{f.__module__.removeprefix('ecosystems.')}.{n}`") for n, f in EXHIBITS.items()
    ]
    table = "\n".join(f"| {what} | {function} |" for what, function in rows)
    return Prose("```{exhibits}\n```", f"| What a figure shows | Function that draws it |\n| --- | --- |\n{table}")


def references(file: str) -> Prose:
    """The works that the book cites, of which editions make a list, and `file`, which holds them."""
    return Prose(
        "```{bibliography}\n:all:\n```",
        f"The works that the book cites are in [{file}]({file}), in BibTeX; online, in print and on e-readers they are "
        "listed here.",
    )


def contradictions(data) -> Prose:
    """The opening of the chapter on contradictions."""
    n, programme = len(data.contradictions), (data.contradictions["about"] == "programme").any()
    small = "Most differences are small, but some change what one would print. This" if data.report else "This"
    return lead(
        """
Do public pages agree about {what}? Not always: they give different answers to {n}. {small} book shows {them} instead of
choosing in silence.""",
        what="the programme and its ecosystems" if programme else "the ecosystems",
        n=plural(n, "question"),
        small=small,
        them=agree(n, "the difference", "the differences") if not data.report else "them",
    )


def indicators(data) -> pd.DataFrame:
    """The indicators on which figures of the book stand, with a link to their dataset."""
    cited = {i for exhibit in EXHIBITS.values() for i in exhibit.cite}
    table = data.indicators[data.indicators["id"].isin(cited)].sort_values("name", kind="stable")
    return table.assign(dataset=list(map(Link, table["dataset"], table["url"])))
