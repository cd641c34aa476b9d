"""Analyses that are too long for a chapter or serve several: a table in, a tidy table out; nothing is drawn or worded.

All functions are pure. A table that cannot be made (no rows to count, no two groups to compare) comes back empty.
"""

import numpy as np
import pandas as pd

from ecosystems.tables import cached, in_order

SINCE = 2014  # older values say little of today: they are left out, and counted where that matters
PUBLIC_SYSTEM = "public-system"


# -- shares ---------------------------------------------------------------------------------------------------------


def wilson(seen, total, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a share (95% for the `z` given), in percent.

    Parameters
    ----------
    seen, total : array of float
        How many of how many; of none, the interval is not known.

    Notes
    -----
    Method: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    https://doi.org/10.1080/01621459.1927.10502953.
    """
    seen, total = np.asarray(seen, float), np.asarray(total, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = seen / total
        middle = (p + z * z / (2 * total)) / (1 + z * z / total)
        half = z * np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)) / (1 + z * z / total)
    return 100 * (middle - half), 100 * (middle + half)


def percent(part: pd.Series, whole) -> pd.Series:
    """Shares in percent, to two decimals: with one, 7.49 would be 7% in a sentence and 8% in a figure."""
    return (100 * part / whole).astype(float).round(2)


# -- characteristics that pages show --------------------------------------------------------------------------------


def characteristic_names(data) -> pd.Series:
    """Names of the characteristics by id, in their order."""
    return in_order(data.characteristics).set_index("id")["name"]


@cached
def seen(data) -> pd.DataFrame:
    """What pages show: one row an initiative, one column a characteristic (by id), with ``region`` and ``selected``.

    True means that a page shows it; False that none does, which does not mean that it is absent.
    """
    shown = data.codings[data.codings["present"] == 1]
    table = pd.crosstab(shown["initiative_id"], shown["characteristic_id"]).astype(bool)
    scan = data.scan.set_index("id")[["region", "selected"]]
    table = table.reindex(index=scan.index, columns=characteristic_names(data).index, fill_value=False)
    return scan.join(table.fillna(False).astype(bool))


def _shares(data, *groups: str) -> pd.DataFrame:
    """The columns of :func:`characteristics_seen` for all initiatives, or for each group of them."""
    names = characteristic_names(data)
    found = seen(data).melt(groups, list(names.index), "characteristic", "shown")
    found["characteristic"] = found["characteristic"].map(names)
    table = found.groupby([*groups, "characteristic"], sort=False)["shown"].agg(seen="sum", of="size").reset_index()
    low, high = wilson(table["seen"], table["of"])
    return table.assign(percent=percent(table["seen"], table["of"]), low=np.round(low, 1), high=np.round(high, 1))


def characteristics_seen(data) -> pd.DataFrame:
    """In what share of all initiatives a page shows each characteristic, the most frequent first.

    Columns: characteristic, seen and of (counts of initiatives), percent, low and high (its 95% interval).
    """
    return _shares(data).sort_values(["percent", "characteristic"], ascending=[False, True], ignore_index=True)


def characteristics_by_region(data) -> pd.DataFrame:
    """The same for each region: region and the columns of :func:`characteristics_seen`, by the mean of the regions."""
    table = _shares(data, "region").sort_values("region", kind="stable")
    means = table.groupby("characteristic", sort=False)["percent"].mean().sort_values(ascending=False, kind="stable")
    return table.sort_values(
        "characteristic", key=lambda c: c.map(means.index.get_loc), kind="stable", ignore_index=True
    )


# -- country figures ------------------------------------------------------------------------------------------------


def recent(data, indicator: str) -> pd.DataFrame:
    """Latest values of the countries of the Global South as :meth:`ecosystems.tables.Tables.latest` gives them, from
    `SINCE` on."""
    values = data.latest(indicator)
    return values[values["year"] >= SINCE]


def children_by_region(data) -> pd.DataFrame:
    """Children under 15 in the regions of the Global South and in the rest of the world.

    Columns: year (those with a value for most countries), region, children (million), percent (of the world's
    children), countries (how many have a value; none for the rest of the world, which is what is left of the world).
    """
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_0_14"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures.merge(data.south[["iso3", "region"]], on="iso3")
    full = south.groupby("year")["iso3"].nunique()
    years = [y for y in full.index if full[y] == full.max() and y in world.index]
    table = south[south["year"].isin(years)].groupby(["year", "region"], as_index=False)
    table = table.agg(children=("value", "sum"), countries=("iso3", "nunique"))
    rest = pd.DataFrame({"year": years, "region": "Rest of the world", "countries": 0})
    rest["children"] = [world[y] - table.loc[table["year"] == y, "children"].sum() for y in years]
    table = pd.concat([table, rest], ignore_index=True) if years else table
    table["percent"] = percent(table["children"], table["year"].map(world))
    table["children"] = (table["children"] / 1e6).astype(float).round(1)
    return table.sort_values(["region", "year"], ignore_index=True)


def spot_check(data) -> pd.DataFrame:
    """Rows compared with the page that they cite, in all rounds together: outcome, rows."""
    return data.spot_check.groupby("outcome", sort=False, as_index=False)["rows"].sum()
