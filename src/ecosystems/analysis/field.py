"""What the tables say of the wider field of initiatives: a table in, a tidy table out."""

from __future__ import annotations

import pandas as pd

from ecosystems.analysis import PUBLIC_SYSTEM, percent, seen
from ecosystems.tables import cached

SETTINGS = {"in school": "In school only", "both": "In and out of school", "out of school": "Out of school only"}
STATE = {True: "with the state", False: "state not mentioned"}
LEARNERS = ("early childhood", "children", "adolescents", "youth", "families", "teachers", "mixed")
"""Groups of learners, from the youngest."""


@cached
def _public(data) -> pd.DataFrame:
    """The scan with ``public``: whether a page shows work with the public system; empty if nothing is coded."""
    found = seen(data).reindex(columns=[PUBLIC_SYSTEM]).dropna()[PUBLIC_SYSTEM]
    scan = data.scan[data.scan["id"].isin(found.index)].dropna(subset=["setting"])
    return scan.assign(public=scan["id"].map(found))


def public_by_setting(data) -> pd.DataFrame:
    """In how many initiatives a page shows work with the public system, by setting.

    Columns: setting (as `SETTINGS` names it), state (``with the state``, ``state not mentioned``), initiatives (count),
    of (initiatives in this setting), percent.
    """
    scan = _public(data)
    if scan.empty:
        return pd.DataFrame(columns=["setting", "state", "initiatives", "of", "percent"])
    grid = pd.crosstab(scan["setting"], scan["public"]).reindex(columns=[True, False], fill_value=0)
    grid = grid.loc[[s for s in SETTINGS if s in grid.index]].rename(index=SETTINGS, columns=STATE)
    of = grid.sum(axis=1)
    table = grid.rename_axis(index="setting", columns="state").stack().rename("initiatives").reset_index()
    table["of"] = table["setting"].map(of)
    return table.assign(percent=percent(table["initiatives"], table["of"]))


def reach_by_setting(data) -> pd.DataFrame:
    """Counts of learners, by setting and by whether a page shows work with the public system.

    Columns: name, group (setting and state), setting, state, reach (count of learners), reach_year; one row an
    initiative with a count, settings and groups in their order.
    """
    scan = _public(data).dropna(subset=["reach"]).astype({"reach": float})
    scan = scan.assign(setting=scan["setting"].map(SETTINGS), state=scan["public"].map(STATE))
    scan["group"] = [f"{setting}, {state}" for setting, state in zip(scan["setting"], scan["state"], strict=True)]
    order = [f"{setting}, {state}" for setting in SETTINGS.values() for state in STATE.values()]
    scan = scan.assign(rank=scan["group"].map(order.index)).sort_values(["rank", "name"], kind="stable")
    return scan[["name", "group", "setting", "state", "reach", "reach_year"]].reset_index(drop=True)


def children_and_initiatives(data) -> pd.DataFrame:
    """Children under 15 and initiatives in each country of the Global South, or of a scan of one's own; most children
    first.

    Columns: iso3, country, in_text (its name in a sentence), region, children (million, latest year), initiatives
    (count, also zero), per_ten_million (initiatives per ten million children). Countries without a count of children
    are left out.
    """
    children = data.latest("pop_0_14").rename(columns={"name": "country"})
    table = children.assign(children=children["value"] / 1e6)
    table["initiatives"] = table["iso3"].map(data.scan["iso3"].value_counts()).fillna(0).astype(int)
    table["per_ten_million"] = (10 * table["initiatives"] / table["children"]).astype(float).round(2)
    table["children"] = table["children"].astype(float).round(2)
    table = table if data.report else table[table["initiatives"] > 0]
    table = table.sort_values(["value", "iso3"], ascending=[False, True], ignore_index=True)
    table["in_text"] = table["country"].map(data.in_text)
    columns = ["iso3", "country", "in_text", "region", "year", "children", "initiatives", "per_ten_million"]
    return table[columns] if len(data.scan) else table.iloc[:0][columns]


def thin(table: pd.DataFrame) -> dict[str, object]:
    """Values for the words on where the scan is thin: the country with most children of those without an initiative,
    and, of those with ten initiatives or more, the one where they are densest."""
    empty, many = table[table["initiatives"] == 0], table[table["initiatives"] >= 10]
    most = table.loc[(many if len(many) else table)["per_ten_million"].idxmax()]
    first = empty.iloc[0] if len(empty) else most
    return {
        "empty": len(empty),
        "none": first.in_text,
        "none_children": f"{first.children:.0f} million",
        "most": most.in_text,
        "most_children": f"{most.children:.0f} million",
        "found": int(most.initiatives),
        "n": len(table),
    }


def postcards(data) -> pd.DataFrame:
    """A few initiatives chosen by a rule, so that no editor picks the prettiest.

    For each region and each group of learners: of those with high confidence and a known place that are not among the
    selected, in a country that has no card yet, the one of which pages show most characteristics; of equals, the first
    by id.

    The rows of the scan that were chosen, in the order of regions and `LEARNERS`.
    """
    shown = data.codings.loc[data.codings["present"] == 1, "initiative_id"].value_counts()
    scan = data.scan[(data.scan["confidence"] == "high") & ~data.scan["selected"] & data.scan["place"].notna()]
    scan = scan.assign(shown=scan["id"].map(shown).fillna(0))
    scan = scan.sort_values(["shown", "id"], ascending=[False, True], kind="stable")
    chosen: list[int] = []
    for region in data.regions:
        for learners in LEARNERS:
            free = scan[(scan["region"] == region) & (scan["learners"] == learners)]
            free = free[~free["iso3"].isin(scan.loc[chosen, "iso3"])]
            chosen += list(free.index[:1])
    return scan.loc[chosen].reset_index(drop=True)
