"""The scan as one tidy table, with a description of each of its columns."""

import pandas as pd

from ecosystems.tables import Tables, in_order

DICTIONARY = {
    "column": "Name of the column in the file.",
    "title": "Its name in words.",
    "type": "Type of its values.",
    "unit": "Unit of its numbers; 'no unit' for a number without one.",
    "meaning": "What it tells.",
    "values": "The values that may stand in it, if they are few.",
}
"""Columns of :func:`dictionary`."""


def fields(data: Tables) -> list[dict]:
    """The columns of :func:`scan_table` as Table Schema fields.

    Returns
    -------
    list of dict
        Each with name, type, title and description; numbers also with unit, and constraints where values are few.
    """
    country = {f["name"]: f for f in data.describe("countries")["schema"]["fields"]}
    described = [*data.describe("initiatives")["schema"]["fields"]]
    after = 1 + next(i for i, f in enumerate(described) if f["name"] == "iso3")
    named = {**country["name"], "name": "country", "title": "Country"}
    described[after:after] = [named, country["region"], country["subregion"]]
    where = "Codes of other countries where it works, with spaces between them; never where its learners come from."
    shown = "1: a page shows it; 0: a page denies it; empty: not seen, which is not absent."
    more = [
        ("other_countries", "string", "Other countries", where),
        ("selected", "integer", "Selected", "1: one of the selected ecosystems."),
        *(
            (_column(c.id), "integer", c.name, f"{c.question} {shown}")
            for c in in_order(data.characteristics).itertuples()
        ),
        ("pages", "string", "Pages", "Addresses of the pages that tell of it, with spaces between them."),
    ]
    flag = {"unit": "no unit", "constraints": {"enum": [0, 1]}}
    made = [dict(zip(("name", "type", "title", "description"), column, strict=True)) for column in more]
    return [*described, *(column | (flag if column["type"] == "integer" else {}) for column in made)]


def _column(characteristic: str) -> str:
    return f"shows_{characteristic.replace('-', '_')}"


def scan_table(data: Tables) -> pd.DataFrame:
    """The scan as one tidy table: a row for each initiative, with the columns of :func:`fields`."""
    table = data.scan.merge(data.countries[["iso3", "subregion"]], on="iso3", how="left").set_index("id", drop=False)
    table["selected"] = table["selected"].astype("Int64")
    table["other_countries"] = data.initiative_countries.groupby("initiative_id")["iso3"].agg(
        lambda codes: " ".join(sorted(codes))
    )
    seen = data.codings.pivot(index="initiative_id", columns="characteristic_id", values="present")
    seen = seen.reindex(columns=data.characteristics["id"]).astype("Int64")
    table[[*map(_column, seen)]] = seen.reindex(table.index)
    pages = pd.concat([data.initiative_sources, data.codings[["initiative_id", "source_id"]]]).drop_duplicates()
    pages = pages.merge(data.sources[["id", "url"]], left_on="source_id", right_on="id")
    table["pages"] = pages.groupby("initiative_id")["url"].agg(lambda urls: " ".join(sorted(set(urls))))
    return table[[f["name"] for f in fields(data)]].reset_index(drop=True)


def dictionary(data: Tables) -> pd.DataFrame:
    """What each column of the scan means: the columns of `DICTIONARY`."""
    table = pd.DataFrame(fields(data)).reindex(columns=["name", "title", "type", "unit", "description", "constraints"])
    few = [", ".join(map(str, c.get("enum", []))) if isinstance(c, dict) else "" for c in table["constraints"]]
    return table.assign(constraints=few).fillna("").set_axis(list(DICTIONARY), axis=1)
