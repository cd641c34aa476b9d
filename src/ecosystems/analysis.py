"""Analyses that are too long for a chapter or serve several: a table in, a tidy table out; nothing is drawn or worded.

All functions are pure. A table that cannot be made (no rows to count, no two groups to compare) comes back empty.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems.tables import cached
from ecosystems.words import short_region

__all__ = [
    "INTERVAL",
    "OWN_SITES",
    "PUBLIC_SYSTEM",
    "SINCE",
    "add_shares",
    "characteristic_names",
    "characteristics_by_region",
    "characteristics_seen",
    "children_by_region",
    "gaps_when_left_out",
    "learning_by_class",
    "partners_by_type",
    "public_and_other_characteristics",
    "public_by_setting",
    "public_spending",
    "reach_and_public_system",
    "readings_by_publisher",
    "recent",
    "seen",
    "selected_and_the_rest",
    "spot_check",
    "wilson",
]

SINCE = 2014  # older values say little of today: they are left out, and counted where that matters
PUBLIC_SYSTEM = "public-system"
OWN_SITES = "readings from sites of organisations"
INTERVAL = ["characteristic", "seen", "of", "percent", "low", "high"]


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


def add_shares(table: pd.DataFrame) -> pd.DataFrame:
    """The table with ``percent`` (``seen`` in ``of``) and its 95% interval, ``low`` and ``high``, to one decimal."""
    low, high = wilson(table["seen"], table["of"])
    percent = 100 * table["seen"] / table["of"].clip(lower=1)
    return table.assign(percent=percent.astype(float).round(1), low=np.round(low, 1), high=np.round(high, 1))


# -- characteristics that pages show --------------------------------------------------------------------------------


def characteristic_names(data) -> pd.Series:
    """Names of the characteristics by id, in their order."""
    return data.characteristics.sort_values("order", kind="stable").set_index("id")["name"]


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


def _shares(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """The columns of `INTERVAL` for rows of :func:`seen`; no row if there are none."""
    if table.empty:
        return pd.DataFrame(columns=INTERVAL)
    counts = [int(table[c].sum()) for c in names.index]
    return add_shares(pd.DataFrame({"characteristic": names.to_numpy(), "seen": counts, "of": len(table)}))


def _by_group(groups: dict[str, pd.DataFrame], names: pd.Series) -> pd.DataFrame:
    """`INTERVAL` for each group, with a column ``group``."""
    parts = [_shares(rows, names).assign(group=group) for group, rows in groups.items()]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*INTERVAL, "group"])


def _ordered(table: pd.DataFrame, order: pd.Series) -> pd.DataFrame:
    """The table with its characteristics by falling values of `order`, groups as they stand."""
    rank = order.sort_values(ascending=False, kind="stable").index
    table = table.assign(rank=table["characteristic"].map({name: i for i, name in enumerate(rank)}))
    return table.sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")


def _two_groups(a: pd.DataFrame, b: pd.DataFrame, labels: tuple[str, str], names: pd.Series) -> pd.DataFrame:
    """Two groups of rows of :func:`seen` compared, where the first leads most at the top; empty without both."""
    if a.empty or b.empty:
        return pd.DataFrame(columns=["group", *INTERVAL])
    table = _by_group({labels[0]: a, labels[1]: b}, names)
    percent = table.pivot(index="characteristic", columns="group", values="percent").reindex(names.to_numpy())
    table = _ordered(table, percent[labels[0]] - percent[labels[1]])
    return table[["group", *INTERVAL]]


def characteristics_seen(data) -> pd.DataFrame:
    """In what share of all initiatives a page shows each characteristic, the most frequent first.

    Returns
    -------
    DataFrame
        characteristic, seen and of (counts of initiatives), percent, low, high.
    """
    table = _shares(seen(data), characteristic_names(data))
    return table.sort_values(["percent", "characteristic"], ascending=[False, True], ignore_index=True)


def characteristics_by_region(data) -> pd.DataFrame:
    """The same for each region: region and the columns of :func:`characteristics_seen`, by the mean of the regions."""
    found = seen(data)
    table = _by_group(dict(list(found.groupby("region"))), characteristic_names(data)).rename(
        columns={"group": "region"}
    )
    means = table.groupby("characteristic")["percent"].mean().reindex(characteristic_names(data).to_numpy())
    return _ordered(table, means)[["region", *INTERVAL]]


def selected_and_the_rest(data) -> pd.DataFrame:
    """What pages show of the selected ecosystems and of the rest of the scan, the widest lead of the selected first.

    Returns
    -------
    DataFrame
        group (``the selected``, ``the rest``), characteristic, seen, of, percent, low, high.
    """
    found = seen(data)
    labels = ("the selected", "the rest")
    return _two_groups(found[found["selected"]], found[~found["selected"]], labels, characteristic_names(data))


def gaps_when_left_out(data) -> pd.DataFrame:
    """Whether the difference between the selected and the rest holds when rows or pages are left out.

    Returns
    -------
    DataFrame
        check (what is left out, ``nothing`` first, the regions one by one), characteristic, selected and rest (counts
        of initiatives compared),
        gap (share of the selected minus share of the rest, percentage points).
    """
    names, scan = characteristic_names(data), data.scan.set_index("id")
    own = data.sources.loc[data.sources["kind"] == "organisation or other site", "id"]
    sure = data.ecosystems.loc[data.ecosystems["confidence"] == "high", "initiative_id"]
    everything = pd.Series(True, index=scan.index)
    checks = [
        ("nothing", everything, data),
        ("rows below high confidence", scan["confidence"] == "high", data),
        ("ecosystems of medium confidence", ~scan["selected"] | scan.index.isin(sure), data),
        (OWN_SITES, everything, data.replace(codings=data.codings[~data.codings["source_id"].isin(own)])),
        *((short_region(r), scan["region"] != r, data) for r in data.regions if (scan["region"] == r).any()),
    ]
    rows = []
    for check, keep, tables in checks:
        found = seen(tables)[keep.to_numpy()]
        picked, rest = found[found["selected"]], found[~found["selected"]]
        if len(picked) and len(rest):
            gaps = (100 * (picked[c].mean() - rest[c].mean()) for c in names.index)
            rows += [(check, n, len(picked), len(rest), round(float(g), 1)) for n, g in zip(names, gaps, strict=True)]
    table = pd.DataFrame(rows, columns=["check", "characteristic", "selected", "rest", "gap"])
    whole = table[table["check"] == "nothing"].set_index("characteristic")["gap"]
    return _ordered(table, whole) if len(whole) else table.iloc[:0]


# -- the public system ----------------------------------------------------------------------------------------------


def public_by_setting(data) -> pd.DataFrame:
    """In what share of initiatives a page shows work with the public system, by setting and region.

    Returns
    -------
    DataFrame
        setting, region, seen and of (counts of initiatives), percent, low, high.
    """
    found = seen(data)
    found = found.assign(setting=found.index.map(data.initiatives.set_index("id")["setting"]))
    found = found.dropna(subset=["setting", "region"])
    if found.empty or PUBLIC_SYSTEM not in found:
        return pd.DataFrame(columns=["setting", "region", *INTERVAL[1:]])
    counts = found.groupby(["setting", "region"])[PUBLIC_SYSTEM].agg(seen="sum", of="size")
    return add_shares(counts.reset_index())


def public_and_other_characteristics(data) -> pd.DataFrame:
    """What pages show of initiatives with and without a page that shows work with the public system.

    Returns
    -------
    DataFrame
        group (``seen``, ``not seen``: the public system), characteristic, seen, of, percent, low, high.
    """
    found, names = seen(data), characteristic_names(data)
    if PUBLIC_SYSTEM not in found:
        return pd.DataFrame(columns=["group", *INTERVAL])
    inside = found[PUBLIC_SYSTEM]
    return _two_groups(found[inside], found[~inside], ("seen", "not seen"), names.drop(PUBLIC_SYSTEM))


def reach_and_public_system(data) -> pd.DataFrame:
    """Initiatives of which a page counts the learners, with and without a page that shows work with the public system.

    Returns
    -------
    DataFrame
        name, group (``seen``, ``not seen``: the public system), reach (count of learners), reach_year.
    """
    counted = data.scan[data.scan["reach"].fillna(0) > 0].astype({"reach": float})
    found = seen(data)
    if PUBLIC_SYSTEM not in found:
        return pd.DataFrame(columns=["name", "group", "reach", "reach_year"])
    group = counted["id"].map(found[PUBLIC_SYSTEM]).map({True: "seen", False: "not seen"})
    table = counted.assign(group=group.astype(object)).sort_values(["group", "name"], ignore_index=True)
    return table[["name", "group", "reach", "reach_year"]]


def public_spending(data) -> pd.DataFrame:
    """Public money for education in the countries of the ecosystems, the highest share of GDP first.

    Returns
    -------
    DataFrame
        country, of_gdp (percent of GDP) with gdp_year, of_budget (percent of public spending) with budget_year; latest
        values from `SINCE` on, missing where there is none. Empty if no country has a share of GDP.
    """
    table = pd.DataFrame({"iso3": pd.Series(sorted(set(data.ecosystems["iso3"])), dtype="str")})
    table["country"] = table["iso3"].map(data.names)
    for indicator, value, year in (
        ("edu_exp_gdp", "of_gdp", "gdp_year"),
        ("edu_exp_gov", "of_budget", "budget_year"),
    ):
        latest = recent(data, indicator)[["iso3", "value", "year"]].rename(columns={"value": value, "year": year})
        table = table.merge(latest, on="iso3", how="left")
    table = table.sort_values("of_gdp", ascending=False, kind="stable", ignore_index=True).drop(columns="iso3")
    return table.round({"of_gdp": 1, "of_budget": 1}) if table["of_gdp"].notna().any() else table.iloc[:0]


# -- country figures ------------------------------------------------------------------------------------------------


def recent(data, indicator: str) -> pd.DataFrame:
    """Latest values of the countries of the Global South as :meth:`ecosystems.tables.Tables.latest` gives them, from
    `SINCE` on."""
    values = data.latest(indicator)
    return values[values["year"] >= SINCE]


def learning_by_class(data, indicator: str, edges: list[float], labels: list[str]) -> pd.DataFrame:
    """Learning poverty of each country, with the class of another measure.

    Parameters
    ----------
    indicator : str
        The other measure.
    edges : list of float
        Where the second class and those after it begin.
    labels : list of str
        The classes from the lowest up, one more than `edges`.

    Returns
    -------
    DataFrame
        country, region, group (class), other and other_year (the other measure), value (learning poverty, percent) and
        year, ecosystem (yes or no); both measures from `SINCE` on.
    """
    other = recent(data, indicator).rename(columns={"value": "other", "year": "other_year", "name": "country"})
    table = other.merge(recent(data, "learning_poverty")[["iso3", "value", "year"]], on="iso3")
    table["group"] = [labels[int(np.searchsorted(edges, v, side="right"))] for v in table["other"]]
    table["ecosystem"] = table["iso3"].isin(data.ecosystems["iso3"]).map({True: "yes", False: "no"})
    table = table[["country", "region", "group", "other", "other_year", "value", "year", "ecosystem"]]
    return table.sort_values("country", ignore_index=True, kind="stable")


def children_by_region(data) -> pd.DataFrame:
    """Children under 15 in the regions of the Global South and in the rest of the world.

    Returns
    -------
    DataFrame
        year (those with a value for most countries), region, children (million), percent (of the world's children),
        countries (how many have a value; none for the rest of the world, which is what is left of the world).
    """
    figures = data.country_figures[data.country_figures["indicator_id"] == "pop_0_14"]
    world = figures[figures["iso3"] == "WLD"].set_index("year")["value"]
    south = figures.merge(data.countries.loc[data.countries["global_south"] == 1, ["iso3", "region"]], on="iso3")
    full = south.groupby("year")["iso3"].nunique()
    years = [y for y in full.index if full[y] == full.max() and y in world.index]
    table = south[south["year"].isin(years)].groupby(["year", "region"], as_index=False)
    table = table.agg(children=("value", "sum"), countries=("iso3", "nunique"))
    rest = pd.DataFrame({"year": years, "region": "Rest of the world", "countries": 0})
    rest["children"] = [world[y] - table.loc[table["year"] == y, "children"].sum() for y in years]
    table = pd.concat([table, rest], ignore_index=True) if years else table
    table["percent"] = (100 * table["children"] / table["year"].map(world)).astype(float).round(1)
    table["children"] = (table["children"] / 1e6).astype(float).round(1)
    return table.sort_values(["region", "year"], ignore_index=True)


def partners_by_type(data) -> pd.DataFrame:
    """Partners of each selected ecosystem with whom joint work or support is known, by their kind.

    Returns
    -------
    DataFrame
        ecosystem (in order of its name), type (the kind that most ecosystems have first), partners (count, also zero).
    """
    partners = data.partners[data.partners["tie"] != "loose"]
    partners = partners.assign(ecosystem=partners["ecosystem_id"].map(data.ecosystems.set_index("id")["short_name"]))
    if partners.empty:
        return pd.DataFrame(columns=["ecosystem", "type", "partners"])
    grid = pd.crosstab(partners["ecosystem"], partners["type"]).reindex(data.eleven["short_name"], fill_value=0)
    grid = grid[(grid > 0).sum().sort_values(ascending=False, kind="stable").index]
    return grid.rename_axis(index="ecosystem", columns="type").stack().rename("partners").reset_index()


def readings_by_publisher(data, publishers: dict[str, str], others: str) -> pd.DataFrame:
    """Who publishes the pages that show each characteristic; where the second kind of publisher has most, first.

    Parameters
    ----------
    publishers : dict of str to str
        Kind of page to the name of its publishers, in order.
    others : str
        Name of all other kinds.

    Returns
    -------
    DataFrame
        characteristic, publisher, readings (count, also zero), percent (of the characteristic's readings).
    """
    shown = data.codings[(data.codings["present"] == 1) & data.codings["source_id"].notna()]
    names = {**publishers, "": others}
    kind = shown["source_id"].map(data.sources.set_index("id")["kind"]).map(publishers).fillna(others)
    if shown.empty:
        return pd.DataFrame(columns=["characteristic", "publisher", "readings", "percent"])
    grid = pd.crosstab(shown["characteristic_id"].map(characteristic_names(data)), kind)
    grid = grid.reindex(columns=list(names.values()), fill_value=0)
    parts = grid.div(grid.sum(axis=1), axis=0) * 100
    order = parts.sort_values(list(names.values())[1], ascending=False, kind="stable").index
    table = grid.loc[order].rename_axis(index="characteristic", columns="publisher").stack().rename("readings")
    return table.reset_index().assign(percent=parts.loc[order].stack().round(1).to_numpy())


def spot_check(data) -> pd.DataFrame:
    """Rows compared with the page that they cite, in all rounds together: outcome, rows."""
    return data.spot_check.groupby("outcome", sort=False, as_index=False)["rows"].sum()
