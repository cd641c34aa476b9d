"""The selected ecosystems like for like: what is known of results, named events, country measures.

As in :mod:`.analysis`, a table in, a tidy table out; without what it needs, a table comes back empty.
"""

import pandas as pd

from ecosystems import portraits
from ecosystems.analysis import recent
from ecosystems.analysis.places import EVIDENCE

RUNGS = {**dict(reversed(EVIDENCE.items())), "no result seen": "no result seen"}
"""Kinds of evidence in the tables, the strongest first, and their short names."""


# The same three for every country. Of a share that is out of school the rest is in school.
MEASURES = {
    "oos_rate_lower_sec": "Young teenagers in school",
    "learning_poverty": "Ten-year-olds who cannot read a simple text",
    "internet_users": "People online",
}


def evidence(data) -> pd.DataFrame:
    """The strongest evidence about each ecosystem, the strongest first.

    Columns: ecosystem (short name), rung (short name of :data:`RUNGS`), id.
    """
    order = list(RUNGS)
    known = data.eleven[data.eleven["evidence"].isin(order)]
    known = known.assign(place=known["evidence"].map(order.index), rung=known["evidence"].map(RUNGS))
    known = known.sort_values("place", kind="stable", ignore_index=True)
    return known.rename(columns={"short_name": "ecosystem"})[["ecosystem", "rung", "id"]]


def events(data) -> pd.DataFrame:
    """The named events of all portraits: ecosystem, year, event; the ecosystem that began first at the top."""
    tables = [portraits.events(data, r.id).assign(ecosystem=r.short_name) for r in data.eleven.itertuples()]
    table = pd.concat([t for t in tables if len(t)] or [pd.DataFrame(columns=["ecosystem", "year", "event"])])
    first = table.groupby("ecosystem")["year"].transform("min")
    table = table.assign(first=first).sort_values(["first", "ecosystem", "year"], kind="stable", ignore_index=True)
    return table[["ecosystem", "year", "event"]]


def country_measures(data, iso3: str) -> pd.DataFrame:
    """Three measures of a country beside the typical country of the Global South.

    Columns: measure, percent and year (missing without a value since :data:`.analysis.SINCE`), typical (median of the
    countries with a value, percent).
    """
    rows = []
    for indicator, measure in MEASURES.items():
        values = recent(data, indicator).set_index("iso3")
        shares = (100 - values["value"] if indicator.startswith("oos_") else values["value"]).astype(float)
        own = (round(shares[iso3], 1), values["year"][iso3]) if iso3 in shares.index else (None, None)
        rows.append((measure, *own, round(shares.median(), 1)))
    table = pd.DataFrame(rows, columns=["measure", "percent", "year", "typical"])
    table = table.astype({"percent": float, "typical": float, "year": "Int64"})
    return table if table["typical"].notna().any() else table.iloc[:0]
