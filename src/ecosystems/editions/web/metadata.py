"""What search engines and other sites read: descriptions, structured data, sitemap, robots.txt, redirects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from posixpath import join, relpath

from ecosystems.editions.web.templates import render
from ecosystems.tables import Tables


def first_sentences(text: str, limit: int = 200) -> str:
    """The first whole sentences of `text`, as many as fit."""
    text = " ".join(text.split())
    whole = re.match(rf"(.{{40,{limit}}}[.?!])(?=\s|$)", text)
    return whole[1] if whole else text[:limit].rsplit(" ", 1)[0] + (" …" if len(text) > limit else "")


def structured_data(
    kind: str,
    title: str,
    description: str,
    address: str,
    data: Tables,
    exhibits: Iterable[Mapping] = (),
    base: str = "",
) -> str:
    """Structured data (schema.org, JSON-LD) of one page.

    Parameters
    ----------
    kind : str
        ``Report`` for the cover, ``Article`` for a chapter, ``Dataset`` for the data dictionary.
    address : str
        The page's address from the root of the book.
    data : Tables
        For title, authors, licence and the report that they reconstruct.
    exhibits : iterable of mappings
        The payloads of the page's figures; each is a dataset with its CSV.
    base : str
        Where the book is published; empty if that is not known.
    """
    package, report = data.package, data.report
    authors = [{"@type": "Organization" if report else "Person", "name": name} for name in data.authors]
    author = authors[0] if len(authors) == 1 else authors
    about = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": title,
        "headline": title,
        "description": description,
        "inLanguage": "en",
        "version": package["version"],
        "datePublished": package["created"][:10],
        "author": author,
        "publisher": author,
        **next(({"license": x["path"]} for x in package.get("licenses", [])[:1] if "path" in x), {}),
        "isAccessibleForFree": True,
    }
    if base:
        about["url"] = join(base, address)
    if kind != "Report":
        name = f"{data.title}, open edition"
        about["isPartOf"] = {"@type": "Report", "name": name, **({"url": base} if base else {})}
    elif report:
        about["isBasedOn"] = {
            "@type": "Report",
            "name": f"{report['title']}: {report['subtitle']}",
            "datePublished": report["date"],
            "author": [{"@type": "Person", "name": name} for name in report["authors"]],
        }
    parts = [_figure(figure, author, base) for figure in exhibits if base]
    if kind == "Dataset":
        about.update(name=package["title"], description=package.get("description", ""), creator=author)
        parts = _tables(package, author)
    if parts:
        about["hasPart"] = parts
    return json.dumps(about, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _tables(package: dict, author: dict | list[dict]) -> list[dict]:
    """The tables as data sets, if they are described at the length that search engines ask for."""
    found = [(r["title"], r.get("description") or r["title"]) for r in package["resources"] if "title" in r]
    return [
        {"@type": "Dataset", "name": title, "description": description, "creator": author}
        for title, description in found
        if len(description) >= 50
    ]


def _figure(figure: Mapping, author: dict | list[dict], base: str) -> dict:
    """A figure as a data set."""
    file = join(base, f"exhibits/{figure['slug']}.csv")
    return {
        "@type": "Dataset",
        "name": figure["finding"],
        "description": f"{figure['subtitle']}. {figure['alt']}",
        "creator": author,
        "isAccessibleForFree": True,
        "distribution": [{"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": file}],
    }


def sitemap(base: str, addresses: Iterable[str], date: str) -> str:
    """The list of all pages for search engines."""
    return render("sitemap.xml", base=base, addresses=addresses, date=date)


def robots(base: str) -> str:
    """Everything may be read; where the sitemap is."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {join(base, 'sitemap.xml')}\n" if base else "")


def redirect_page(old: str, new: str, base: str = "") -> str:
    """A page at a former address that leads to the present one; a script takes the place on the page along."""
    target, script = (relpath(p, old.rpartition("/")[0] or ".") for p in (new, "_static/moved.js"))
    return render("moved.html", new=new, target=target, script=script, base=base)
