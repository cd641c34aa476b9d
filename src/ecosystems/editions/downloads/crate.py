"""The RO-Crate record: every chapter, table, figure file and notebook of the edition."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

from ecosystems.editions.downloads.records import MEDIA, MIT, citation, licences, title
from ecosystems.tables import Tables, measure

_LISTED = ("*.html", "*.pdf", "*.epub", "*/*.html", "ecosystems/*.pdf", "data/*", "exhibits/*", "notebooks/**/*.*")
_NOT_LISTED = {"404.html", "search.html", "maps"}


def crate(data: Tables, edition: Path) -> dict:
    """RO-Crate 1.2 metadata of the edition; files are listed with licence, and all but pages with size and hash."""
    package = data.package
    own = package["licenses"][0]["path"]
    kind = "Organization" if data.report else "Person"
    makers = [
        {"@id": f"#{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}", "@type": kind, "name": name}
        for name in data.authors
    ]
    files = _files(edition, own)
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
        **({"isBasedOn": {"@id": package["sources"][0]["path"]}} if data.report else {}),
        "hasPart": [{"@id": f["@id"]} for f in files],
    }
    record = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": "./"},
    }
    works = (
        {"@id": x["path"], "@type": "CreativeWork", "name": x.get("title", x["name"]), "identifier": x["name"]}
        for x in licences(data)
    )
    return {
        "@context": "https://w3id.org/ro/crate/1.2/context",
        "@graph": [record, root, *makers, *_report(data), *works, *files],
    }


def _report(data: Tables) -> list[dict]:
    """The report that the tables reconstruct, after its authors; nothing for a scan of one's own."""
    report = data.report
    if not report:
        return []
    authors = [
        {"@id": f"#{name.lower().replace(' ', '-')}", "@type": "Person", "name": name} for name in report["authors"]
    ]
    return [
        *authors,
        {
            "@id": data.package["sources"][0]["path"],
            "@type": "Report",
            "name": f"{report['title']}: {report['subtitle']}",
            "datePublished": report["date"],
            "author": [{"@id": author["@id"]} for author in authors],
        },
    ]


def _files(edition: Path, licence: str) -> list[dict]:
    """Every listed file; `licence` is that of files which no resource of the data package describes."""
    package = json.loads((edition / "data" / "datapackage.json").read_text("utf-8"))
    described = {f"data/{r['path']}": r for r in package["resources"]}
    figures = {p.stem: json.loads(p.read_text("utf-8"))["title"] for p in sorted((edition / "exhibits").glob("*.json"))}
    files = []
    for path in sorted({p for pattern in _LISTED for p in edition.glob(pattern) if p.is_file()}):
        name, page = path.relative_to(edition), path.suffix == ".html"
        if _NOT_LISTED & set(name.parts) or page and 'http-equiv="refresh"' in path.read_text("utf-8"):
            continue
        own = MIT["path"] if path.suffix == ".whl" else licence
        resource, measured = described.get(name.as_posix(), {}), measure(path)
        size = {"contentSize": str(measured["bytes"]), "sha256": measured["hash"].removeprefix("sha256:")}
        files.append(
            {
                "@id": name.as_posix(),
                "@type": "File",
                "name": resource.get("title") or figures.get(path.stem) or _heading(path) or path.name,
                **({"description": resource["description"]} if resource else {}),
                "encodingFormat": MEDIA.get(path.suffix, "application/octet-stream"),
                **({} if page else size),  # links in pages are finished after this
                "license": [{"@id": x["path"]} for x in resource["licenses"]] if resource else {"@id": own},
            }
        )
    return files


def _heading(path: Path) -> str:
    """The title of a page or of a chapter's notebook; of a page by its finished HTML, the only place where it is."""
    if path.suffix == ".html":
        found = re.search(r"<h1>(.*?)</h1>", path.read_text("utf-8"), re.S)
        return unescape(re.sub(r"<a class=.*?</a>|<[^>]*>", "", found[1])).strip() if found else ""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return "".join(cells[0]["source"]).splitlines()[0].lstrip("# ") + ", notebook"
    return ""
