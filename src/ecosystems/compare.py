"""The selected ecosystems like for like: what is known of results, one count each, who does what, named events.

As in :mod:`.analysis`, a table in, a tidy table out; without what it needs, a table comes back empty.
"""

from __future__ import annotations

import pandas as pd

from ecosystems import portraits
from ecosystems.analysis import SINCE, recent

__all__ = ["MEASURES", "RUNGS", "SINCE", "country_measures", "events", "evidence", "one_count", "roles"]

RUNGS = {
    "outside study with comparison": "study with comparison",
    "outside study without comparison": "outside study",
    "official record": "official record",
    "own count": "count of its own",
    "own claim": "claim of its own",
    "no result seen": "no result seen",
}
"""Kinds of evidence in the tables, the strongest first, and their short names."""

ROLES = ["pays", "teaches", "governs", "hosts", "studies", "links"]
CLOSE = ("works with", "supports")

# The same three for every country. Of a share that is out of school the rest is in school.
MEASURES = {
    "oos_rate_lower_sec": "Young teenagers in school",
    "learning_poverty": "Ten-year-olds who cannot read a simple text",
    "internet_users": "People online",
}
REST = ("oos_rate_lower_sec",)


def evidence(data) -> pd.DataFrame:
    """The strongest evidence about each ecosystem, the strongest first.

    Returns
    -------
    DataFrame
        ecosystem (short name), rung (short name of :data:`RUNGS`), id.
    """
    order = list(RUNGS)
    known = data.eleven[data.eleven["evidence"].isin(order)]
    known = known.assign(place=known["evidence"].map(order.index), rung=known["evidence"].map(RUNGS))
    known = known.sort_values("place", kind="stable", ignore_index=True)
    return known.rename(columns={"short_name": "ecosystem"})[["ecosystem", "rung", "id"]]


def one_count(data) -> pd.DataFrame:
    """One count of each ecosystem with what it counts, the largest first, those without a count at the end.

    Returns
    -------
    DataFrame
        ecosystem, reach (count, missing where no page has one), about (such as ``about``, may be missing), basis, year.
    """
    table = data.eleven.sort_values("reach", ascending=False, kind="stable", ignore_index=True)
    names = {"short_name": "ecosystem", "reach_about": "about", "reach_basis": "basis"}
    table = table.rename(columns={**names, "reach_year": "year"})
    return table[["ecosystem", "reach", "about", "basis", "year"]] if table["reach"].notna().any() else table.iloc[:0]


def roles(data) -> pd.DataFrame:
    """How many partners of each kind do what, over all ecosystems; partners with whom joint work or support is known.

    Returns
    -------
    DataFrame
        type (the most frequent first), role, partners (count, zero included).
    """
    known = data.partners[data.partners["tie"].isin(CLOSE)].dropna(subset=["type", "role"])
    counts = known.groupby(["type", "role"]).size()
    kinds = known["type"].value_counts().index
    every = pd.MultiIndex.from_product([kinds, ROLES], names=["type", "role"])
    return counts.reindex(every, fill_value=0).reset_index(name="partners")


def events(data) -> pd.DataFrame:
    """The named events of all portraits: ecosystem, year, event; the ecosystem that began first at the top."""
    tables = [portraits.events(data, r.id).assign(ecosystem=r.short_name) for r in data.eleven.itertuples()]
    table = pd.concat([t for t in tables if len(t)] or [pd.DataFrame(columns=["ecosystem", "year", "event"])])
    first = table.groupby("ecosystem")["year"].transform("min")
    table = table.assign(first=first).sort_values(["first", "ecosystem", "year"], kind="stable", ignore_index=True)
    return table[["ecosystem", "year", "event"]]


def country_measures(data, iso3: str) -> pd.DataFrame:
    """Three measures of a country beside the typical country of the Global South.

    Returns
    -------
    DataFrame
        measure, percent and year (missing without a value since :data:`.analysis.SINCE`), typical (median of the
        countries with a value, percent).
    """
    rows = []
    for indicator, measure in MEASURES.items():
        values = recent(data, indicator).set_index("iso3")
        shares = (100 - values["value"] if indicator in REST else values["value"]).astype(float)
        own = (round(shares[iso3], 1), values["year"][iso3]) if iso3 in shares.index else (None, None)
        rows.append((measure, *own, round(shares.median(), 1)))
    table = pd.DataFrame(rows, columns=["measure", "percent", "year", "typical"])
    table = table.astype({"percent": float, "typical": float, "year": "Int64"})
    return table if table["typical"].notna().any() else table.iloc[:0]
