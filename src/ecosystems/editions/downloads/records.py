"""How to cite the edition, its licences, and the DataCite record, all from ``datapackage.json``."""

from __future__ import annotations

from ecosystems.tables import Tables

MEDIA = {  # media types by suffix
    ".csv": "text/csv",
    ".epub": "application/epub+zip",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".whl": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MIT = {"name": "MIT", "title": "MIT License", "path": "https://spdx.org/licenses/MIT.html"}


def title(data: Tables) -> str:
    """The edition's title; that of a reconstructed report says that this is not the report."""
    return f"{data.title}: open edition" if data.report else data.title


def citation(data: Tables) -> str:
    """How to cite the edition, in one line."""
    return (
        f"{', '.join(data.authors)} ({data.package['created'][:4]}). {title(data)}. Version {data.package['version']}."
    )


def licences(data: Tables) -> list[dict]:
    """Every licence of the edition once: text and tables first, code, then those of other people's tables."""
    package = data.package
    found = {
        x["name"]: x
        for x in [*package["licenses"], MIT, *(x for r in package["resources"] for x in r.get("licenses", []))]
    }
    return list(found.values())


def datacite(data: Tables) -> dict:
    """DataCite 4.5 metadata, ready but for the identifier, which an archive gives when it registers the edition."""
    package = data.package
    related = {"relatedItems": [_report(data)]} if data.report else {}
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Executable report: tables, text and code"},
        "creators": [
            {"name": name, "nameType": "Organizational"} if data.report else {"name": name} for name in data.authors
        ],
        "titles": [{"title": title(data)}],
        "publisher": {"name": ", ".join(data.authors)},
        "publicationYear": package["created"][:4],
        "dates": [{"date": package["created"][:10], "dateType": "Issued"}],
        "language": "en",
        "version": package["version"],
        "subjects": [{"subject": word} for word in package.get("keywords", [])],
        "rightsList": [_rights(x) for x in licences(data)],
        "descriptions": [{"description": package["description"], "descriptionType": "Abstract"}],
        "formats": sorted(set(MEDIA.values())),
        **related,
    }


def _rights(licence: dict) -> dict:
    rights = {"rights": licence.get("title", licence["name"]), "rightsUri": licence["path"]}
    if licence["name"] == "public-domain":
        return rights
    return {**rights, "rightsIdentifier": licence["name"], "rightsIdentifierScheme": "SPDX"}


def _report(data: Tables) -> dict:
    """The report that the tables reconstruct."""
    report = data.report
    names = (name.rpartition(" ") for name in report["authors"])
    return {
        "relatedItemType": "Report",
        "relationType": "IsDerivedFrom",
        "titles": [{"title": f"{report['title']}: {report['subtitle']}"}],
        "creators": [
            {"name": f"{family}, {given}", "nameType": "Personal", "givenName": given, "familyName": family}
            for given, _, family in names
        ],
        "publicationYear": report["date"][:4],
        "relatedItemIdentifier": {
            "relatedItemIdentifier": data.package["sources"][0]["path"],
            "relatedItemIdentifierType": "URL",
        },
    }
