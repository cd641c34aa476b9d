"""What the tables say of the selected ecosystems side by side: a table in, a tidy table out."""

import pandas as pd

from ecosystems.analysis import characteristic_names, percent
from ecosystems.tables import cached

CLOSE = ("works with", "supports")
"""Ties of partners with whom joint work or support is known."""
LEVELS = ("city", "district", "state", "nation")
"""Levels of an authority, the nearest first."""
ROUTES = {
    "leads": "The state leads",
    "shares": "A town or district shares the table",
    "opens": "The state opens its doors",
    "helps": "The state lends a hand",
    "none": "No authority takes part",
}
"""Routes into policy, by the largest part that an authority of the country takes."""
_PARTS = ("governs", "hosts", "teaches", "pays", "studies", "links")  # the largest first
ROLES = {
    "pays": "Pay",
    "teaches": "Teach",
    "governs": "Govern",
    "hosts": "Open their doors",
    "studies": "Study it",
    "links": "Link it to others",
}
"""Parts that partners take, and what those do who take them."""
EVIDENCE = {
    "own claim": "own claim",
    "own count": "own count",
    "official record": "official record",
    "outside study without comparison": "outside study",
    "outside study with comparison": "study with comparison",
}
"""Kinds of evidence and what the rungs of the ladder are called, the weakest first."""


@cached
def close_partners(data) -> pd.DataFrame:
    """Partners that work with an ecosystem or support it, with its short name.

    Loose ties, memberships and prizes are left out. Whatever the book says of partners counts these.
    """
    partners = data.partners[data.partners["tie"].isin(CLOSE)]
    return partners.assign(ecosystem=partners["ecosystem_id"].map(data.ecosystems.set_index("id")["short_name"]))


def _route(authorities: pd.DataFrame) -> str:
    """The route of one ecosystem, from the roles and levels of its authorities."""
    governing = authorities.loc[authorities["role"] == "governs", "level"]
    if governing.isin(["state", "nation"]).any():
        return "leads"
    if len(governing):
        return "shares"
    return "opens" if (authorities["role"] == "hosts").any() else "helps" if len(authorities) else "none"


def routes(data) -> pd.DataFrame:
    """Which part the authorities of the country take in each ecosystem, level by level, the largest part first.

    Columns: ecosystem, route (one of `ROUTES`), level (one of `LEVELS`; missing where no authority is named), part (the
    largest role of an authority of this level), authorities (their names). Those of other countries, loose ties and
    prizes are left out.
    """
    public = close_partners(data)
    public = public[(public["type"] == "government") & public["level"].isin(LEVELS)]
    rows = []
    for name in data.eleven["short_name"]:
        own = public[public["ecosystem"] == name]
        for level in [level for level in LEVELS if (own["level"] == level).any()] or [None]:
            here = own[own["level"] == level]
            part = next((p for p in _PARTS if (here["role"] == p).any()), None)
            rows.append((name, _route(own), level, part, "; ".join(here["name"])))
    table = pd.DataFrame(rows, columns=["ecosystem", "route", "level", "part", "authorities"])
    order = table["route"].map(list(ROUTES).index)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def evidence(data) -> pd.DataFrame:
    """Which kinds of evidence on results are known for each ecosystem, the best supported first.

    Columns: ecosystem, rung (as `EVIDENCE` names it), facts (how many of this kind), reading: ``strongest`` (the kind
    that the table ecosystems gives, or else the strongest of its facts), ``also``, ``of a part`` (a stronger kind that
    is not about the ecosystem as such), ``none seen``.
    """
    kinds, eleven = list(EVIDENCE), data.eleven.set_index("id")
    facts = data.facts[data.facts["evidence"].isin(kinds)]
    if facts.empty:
        return pd.DataFrame(columns=["ecosystem", "rung", "facts", "reading"])
    grid = pd.crosstab(facts["ecosystem_id"], facts["evidence"]).reindex(eleven.index, columns=kinds, fill_value=0)
    top = (grid > 0).apply(lambda row: max((i for i, known in enumerate(row) if known), default=-1), axis=1)
    top = eleven["evidence"].map({kind: i for i, kind in enumerate(kinds)}).fillna(top).astype(int)
    rows = [
        (eleven.at[id, "short_name"], EVIDENCE[kind], int(grid.at[id, kind]), _reading(i, top[id], grid.at[id, kind]))
        for id in top.sort_values(ascending=False, kind="stable").index
        for i, kind in enumerate(kinds)
    ]
    return pd.DataFrame(rows, columns=["ecosystem", "rung", "facts", "reading"])


def _reading(rung: int, top: int, facts: int) -> str:
    if rung == top:
        return "strongest"
    return "none seen" if not facts else "also" if rung < top else "of a part"


def counts(data) -> pd.DataFrame:
    """One count of learners for each ecosystem, with what it counts, the largest first.

    Columns: ecosystem, about (``about``, ``almost``, ``more than`` or empty), learners (count; missing where none is
    known), counted (what exactly), year.
    """
    table = data.eleven.rename(
        columns={"short_name": "ecosystem", "reach": "learners", "reach_basis": "counted", "reach_year": "year"}
    )
    table = table.assign(about=table["reach_about"].fillna(""), counted=table["counted"].fillna("no count found"))
    table = table[["ecosystem", "about", "learners", "counted", "year"]]
    table = table.sort_values("learners", ascending=False, kind="stable", na_position="last", ignore_index=True)
    return table if table["learners"].notna().any() else table.iloc[:0]


def roles(data) -> pd.DataFrame:
    """Who does what: partners by their kind and by what they do, for all ecosystems together.

    Columns: type (kind of partner, the most frequent first), role (one of `ROLES`), partners (count, also zero). Loose
    ties and prizes are left out.
    """
    partners = close_partners(data).dropna(subset=["role"])
    grid = pd.crosstab(partners["type"], partners["role"]).reindex(columns=list(ROLES), fill_value=0)
    return _long(grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index])


def _long(grid: pd.DataFrame) -> pd.DataFrame:
    """Counts of partners in a grid, a row each."""
    names = [grid.index.name, grid.columns.name]
    return grid.stack().rename("partners").reset_index() if len(grid) else pd.DataFrame(columns=[*names, "partners"])


def partners_by_type(data) -> pd.DataFrame:
    """Close partners of each selected ecosystem, by their kind.

    Columns: ecosystem (in order of its name), type (the kind that most ecosystems have first), partners (count, also
    zero).
    """
    partners = close_partners(data)
    grid = pd.crosstab(partners["ecosystem"], partners["type"])
    grid = grid.reindex(data.eleven["short_name"].rename("ecosystem"), fill_value=0) if len(grid) else grid
    return _long(grid[(grid > 0).sum().sort_values(ascending=False, kind="stable").index])


def shown(data) -> pd.DataFrame:
    """What the facts of each ecosystem show of each characteristic.

    Columns: ecosystem, characteristic (the most frequent first), reading (``shown`` or ``not seen``), note (what the
    fact says; empty where nothing was seen).
    """
    coded = data.ecosystem_codings[data.ecosystem_codings["present"] == 1]
    names = characteristic_names(data)
    often = coded["characteristic_id"].value_counts().reindex(names.index, fill_value=0)
    names = names[often.sort_values(ascending=False, kind="stable").index]
    traits = pd.DataFrame({"key": names.index, "characteristic": names.to_numpy()})
    grid = data.eleven[["id", "short_name"]].merge(traits, how="cross")
    grid = grid.merge(coded, how="left", left_on=["id", "key"], right_on=["ecosystem_id", "characteristic_id"])
    grid["reading"] = grid["present"].map({1: "shown"}).astype(object).fillna("not seen")
    grid["note"] = grid["note"].fillna("")
    grid = grid.rename(columns={"short_name": "ecosystem"})[["ecosystem", "characteristic", "reading", "note"]]
    return grid if len(coded) else grid.iloc[:0]


def shown_and_rest(data) -> pd.DataFrame:
    """In what share of the ecosystems their facts show each characteristic, and in what share of the other initiatives
    a page does; where the ecosystems lead most, first.

    Columns: group (``the ecosystems``, ``the other initiatives``), characteristic, seen, of (counts), percent.
    """
    here, scan = shown(data), data.scan
    rest = set(scan.loc[~scan["selected"], "id"])
    if here.empty or not rest:
        return pd.DataFrame(columns=["group", "characteristic", "seen", "of", "percent"])
    coded = data.codings[(data.codings["present"] == 1) & data.codings["initiative_id"].isin(rest)]
    own = (here["reading"] == "shown").groupby(here["characteristic"], sort=False).sum()
    there = coded["characteristic_id"].map(characteristic_names(data)).value_counts().reindex(own.index, fill_value=0)
    lead = percent(own, len(data.eleven)) - percent(there, len(rest))
    rank = lead.sort_values(ascending=False, kind="stable").index
    groups = (("the ecosystems", own, len(data.eleven)), ("the other initiatives", there, len(rest)))
    parts = [
        pd.DataFrame({"group": group, "characteristic": rank, "seen": seen[rank].to_numpy(), "of": of})
        for group, seen, of in groups
    ]
    table = pd.concat(parts).sort_values(
        "characteristic", key=lambda c: c.map(rank.get_loc), kind="stable", ignore_index=True
    )
    return table.assign(percent=percent(table["seen"], table["of"]))
