"""What a reader is told at a point of a map."""

from __future__ import annotations

from urllib.parse import quote

import pandas as pd

from ecosystems.analysis import characteristic_names
from ecosystems.tables import cached, grouped
from ecosystems.words import Link, plural

__all__ = ["cells", "in_countries", "initiatives", "where"]


def where(row) -> str:
    """Place and country, without saying the country twice."""
    if not isinstance(row.place, str):
        return row.country
    return row.place if row.place.startswith(row.country) else f"{row.place}, {row.country}"


def in_countries(data, table: pd.DataFrame) -> str:
    """In how many countries the rows lie; of one, its name."""
    names = table["country"].dropna().unique()
    return data.in_text(names[0]) if len(names) == 1 else plural(len(names), "country", "countries")


@cached
def initiatives(data, country: str = "") -> pd.DataFrame:
    """Pop-up texts and links of each initiative, or of those of one country if its code is given.

    Returns
    -------
    DataFrame
        By initiative: seen (names of the characteristics that a page shows), page (address of a page that tells of it),
        lines (name, place, what it does, characteristics) and links (to the page, and to its row among all
        initiatives).
    """
    names = characteristic_names(data)
    table = data.scan.set_index("id")
    codings, sources = data.codings[data.codings["present"] == 1], data.initiative_sources
    if country:
        table = table[table["iso3"] == country].copy()
        codings, sources = (rows[rows["initiative_id"].isin(table.index)] for rows in (codings, sources))
    shown = grouped(codings, "initiative_id", "characteristic_id")
    pages = sources.drop_duplicates("initiative_id").set_index("initiative_id")["source_id"].map(data.pages)
    table["seen"] = [", ".join(n.lower() for c, n in names.items() if c in shown.get(i, ())) for i in table.index]
    table["page"] = table.index.map(pages.map(lambda page: page.url))
    publishers = table.index.map(pages.map(lambda page: page.text))
    table["lines"] = [
        [
            r.name,
            f"{r.place}, {r.country}" if isinstance(r.place, str) else r.country,
            r.summary,
            f"Seen: {r.seen}." if r.seen else "No characteristic seen.",
        ]
        for r in table.reset_index(names="key").itertuples()
    ]
    table["links"] = [
        [
            *([Link(f"Source: {publisher}", page)] if isinstance(page, str) else []),
            Link("All that is known of it", f"../explorer.html#i-{i}"),
        ]
        for i, page, publisher in zip(table.index, table["page"], publishers, strict=True)
    ]
    return table[["seen", "page", "lines", "links"]].astype(object)


def cells(points: pd.DataFrame, noun: str = "initiative") -> pd.DataFrame:
    """The points of :func:`ecosystems.maps.gathered` with lines (how many, where) and links (to these among all)."""
    lines = [
        [plural(int(r.initiatives), noun), f"{r.country}, near {r.latitude:.1f}, {r.longitude:.1f}"]
        for r in points.itertuples()
    ]
    links = [[Link(f"Initiatives in {c}", f"../explorer.html#country={quote(c)}")] for c in points["country"]]
    return points.assign(lines=lines, links=links)


def own_lines(row, name: str, seen: str) -> list[str]:
    """Texts for a selected ecosystem: name, place, what it does, what pages show."""
    return [name, where(row), row.summary, seen]
