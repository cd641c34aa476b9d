"""Records that archives and catalogues read: how to cite, DataCite, RO-Crate. All of them say what ``datapackage.json`` says."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

from ecosystems.tables import Tables, measure

__all__ = ["citation", "crate", "datacite"]

MEDIA = {
    ".csv": "text/csv",
    ".epub": "application/epub+zip",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LISTED = ("*.html", "*.pdf", "*.epub", "*/*.html", "ecosystems/*.pdf", "data/*", "exhibits/*", "notebooks/**/*.ipynb")
NOT_LISTED = {"404.html", "search.html", "maps"}
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
    package, report = data.package, data.report
    record = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Executable report: tables, text and code"},
        "creators": [
            {"name": name, "nameType": "Organizational"} if report else {"name": name} for name in data.authors
        ],
        "titles": [{"title": title(data)}],
        "publisher": {"name": ", ".join(data.authors)},
        "publicationYear": package["created"][:4],
        "dates": [{"date": package["created"][:10], "dateType": "Issued"}],
        "language": "en",
        "version": package["version"],
        "subjects": [{"subject": word} for word in package.get("keywords", [])],
        "rightsList": [
            {
                "rights": x.get("title", x["name"]),
                "rightsUri": x["path"],
                "rightsIdentifier": x["name"],
                "rightsIdentifierScheme": "SPDX",
            }
            if x["name"] != "public-domain"
            else {"rights": x.get("title", x["name"]), "rightsUri": x["path"]}
            for x in licences(data)
        ],
        "descriptions": [{"description": package["description"], "descriptionType": "Abstract"}],
        "formats": sorted(set(MEDIA.values())),
    }
    if report:
        record["relatedItems"] = [
            {
                "relatedItemType": "Report",
                "relationType": "IsDerivedFrom",
                "titles": [{"title": f"{report['title']}: {report['subtitle']}"}],
                "creators": [
                    {"name": f"{family}, {given}", "nameType": "Personal", "givenName": given, "familyName": family}
                    for given, _, family in (name.rpartition(" ") for name in report["authors"])
                ],
                "publicationYear": report["date"][:4],
                "relatedItemIdentifier": {
                    "relatedItemIdentifier": package["sources"][0]["path"],
                    "relatedItemIdentifierType": "URL",
                },
            }
        ]
    return record


def crate(data: Tables, edition: Path) -> dict:
    """RO-Crate 1.2: every chapter, table, figure file and notebook of the edition, with licence; of files also size and hash."""
    package, report = data.package, data.report
    tables = {
        f"data/{r['path']}": r
        for r in json.loads((edition / "data" / "datapackage.json").read_text("utf-8"))["resources"]
    }
    names = {p.stem: json.loads(p.read_text("utf-8"))["title"] for p in sorted((edition / "exhibits").glob("*.json"))}
    own = package["licenses"][0]["path"]
    makers = [
        {
            "@id": f"#{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}",
            "@type": "Organization" if report else "Person",
            "name": name,
        }
        for name in data.authors
    ]
    files = []
    for path in sorted({p for pattern in LISTED for p in edition.glob(pattern) if p.is_file()}):
        where = path.relative_to(edition)
        if (
            NOT_LISTED & set(where.parts)
            or path.suffix == ".html"
            and 'http-equiv="refresh"' in path.read_text("utf-8")
        ):
            continue
        told, size = tables.get(where.as_posix(), {}), measure(path)
        # Pages are still finished after this: sizes are told of all other files.
        size = (
            {}
            if path.suffix == ".html"
            else {"contentSize": str(size["bytes"]), "sha256": size["hash"].removeprefix("sha256:")}
        )
        name = told.get("title") or names.get(path.stem) or _heading(path) or where.name
        files.append(
            {
                "@id": where.as_posix(),
                "@type": "File",
                "name": name,
                **({"description": told["description"]} if told else {}),
                "encodingFormat": MEDIA[path.suffix],
                **size,
                "license": [{"@id": x["path"]} for x in told["licenses"]] if told else {"@id": own},
            }
        )
    related = []
    if report:
        writers = [
            {"@id": f"#{name.lower().replace(' ', '-')}", "@type": "Person", "name": name} for name in report["authors"]
        ]
        related = [
            *writers,
            {
                "@id": package["sources"][0]["path"],
                "@type": "Report",
                "name": f"{report['title']}: {report['subtitle']}",
                "datePublished": report["date"],
                "author": [{"@id": w["@id"]} for w in writers],
            },
        ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title(data),
        "description": package["description"],
        "datePublished": package["created"][:10],
        "version": package["version"],
        "inLanguage": "en",
        "license": {"@id": own},
        "keywords": package.get("keywords", []),
        "creator": [{"@id": m["@id"]} for m in makers],
        "publisher": {"@id": makers[0]["@id"]},
        "creditText": citation(data),
        **({"isBasedOn": {"@id": package["sources"][0]["path"]}} if report else {}),
        "hasPart": [{"@id": f["@id"]} for f in files],
    }
    return {
        "@context": "https://w3id.org/ro/crate/1.2/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
                "about": {"@id": "./"},
            },
            root,
            *makers,
            *related,
            *(
                {"@id": x["path"], "@type": "CreativeWork", "name": x.get("title", x["name"]), "identifier": x["name"]}
                for x in licences(data)
            ),
            *files,
        ],
    }


def _heading(path: Path) -> str:
    """The title of a page or of a chapter's notebook."""
    if path.suffix == ".html":
        found = re.search(r"<h1>(.*?)</h1>", path.read_text("utf-8"), re.S)
        return unescape(re.sub(r"<a class=.*?</a>|<[^>]*>", "", found[1])).strip() if found else ""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return "".join(cells[0]["source"]).splitlines()[0].lstrip("# ") + ", notebook"
    return ""
