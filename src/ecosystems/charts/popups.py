"""What a reader is told at a point of a map."""

from urllib.parse import quote

import pandas as pd

from ecosystems.analysis import characteristic_names, seen
from ecosystems.tables import cached
from ecosystems.words import Link, plural


def where(row) -> str:
    """Place and country, without saying the country twice."""
    if not isinstance(row.place, str):
        return row.country
    return row.place if row.place.startswith(row.country) else f"{row.place}, {row.country}"


def first_pages(data, of: pd.DataFrame) -> pd.Series:
    """A link to the first page of each thing, by its id, which is the first column of a table with ``source_id``."""
    return of.drop_duplicates(of.columns[0]).set_index(of.columns[0])["source_id"].map(data.pages)


def in_countries(data, table: pd.DataFrame) -> str:
    """In how many countries the rows lie; of one, its name."""
    names = table["country"].dropna().unique()
    return data.in_text(names[0]) if len(names) == 1 else plural(len(names), "country")


@cached
def initiatives(data) -> pd.DataFrame:
    """Pop-up texts and links of each initiative.

    By initiative: seen (names of the characteristics that a page shows), page (address of a page that tells of it),
    lines (name, place, what it does, characteristics) and links (to the page, and to its row among all initiatives).
    """
    table, names = data.scan, characteristic_names(data).str.lower()
    pages = first_pages(data, data.initiative_sources).to_dict()
    rows = []
    for r, has in zip(table.itertuples(), seen(data).loc[table["id"], names.index].to_numpy(), strict=True):
        page, listed = pages.get(r.id), ", ".join(names.array[has])
        place = f"{r.place}, {r.country}" if isinstance(r.place, str) else r.country
        lines = [r.name, place, r.summary, f"Seen: {listed}." if listed else "No characteristic seen."]
        links = [Link(f"Source: {page.text}", page.url)] if page else []
        links.append(Link("All that is known of it", f"../explorer.html#i-{r.id}"))
        rows.append((listed, page.url if page else None, lines, links))
    return pd.DataFrame(rows, index=table["id"], columns=["seen", "page", "lines", "links"], dtype=object)


def cells(points: pd.DataFrame, noun: str = "initiative") -> pd.DataFrame:
    """The points of :func:`ecosystems.maps.gathered` with lines (how many, where) and links (to these among all)."""
    lines = [
        [plural(r.initiatives, noun), f"{r.country}, near {r.latitude:.1f}, {r.longitude:.1f}"]
        for r in points.itertuples()
    ]
    links = [[Link(f"Initiatives in {c}", f"../explorer.html#country={quote(c)}")] for c in points["country"]]
    return points.assign(lines=lines, links=links)
