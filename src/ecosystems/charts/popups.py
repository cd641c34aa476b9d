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


def in_countries(data, table: pd.DataFrame) -> str:
    """In how many countries the rows lie; of one, its name."""
    names = table["country"].dropna().unique()
    return data.in_text(names[0]) if len(names) == 1 else plural(len(names), "country", "countries")


@cached
def initiatives(data) -> pd.DataFrame:
    """Pop-up texts and links of each initiative.

    Returns
    -------
    DataFrame
        By initiative: seen (names of the characteristics that a page shows), page (address of a page that tells of it),
        lines (name, place, what it does, characteristics) and links (to the page, and to its row among all
        initiatives).
    """
    table, names = data.scan, characteristic_names(data).str.lower()
    pages = data.initiative_sources.drop_duplicates("initiative_id").set_index("initiative_id")["source_id"]
    pages = pages.map(data.pages).to_dict()
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


def own_lines(row, name: str, seen: str) -> list[str]:
    """Texts for a selected ecosystem: name, place, what it does, what pages show."""
    return [name, where(row), row.summary, seen]
