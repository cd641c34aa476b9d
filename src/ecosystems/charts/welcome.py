"""The four messages of the welcome page in small figures, and the map on which the selected ecosystems have names."""

from __future__ import annotations

from ecosystems import maps, style
from ecosystems.charts.context import GROUPS, INCOME_TINTS, span
from ecosystems.charts.popups import in_countries
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Bars, Lines, PointMap
from ecosystems.plots.common import some
from ecosystems.words import agree, capital, count, listing, number, part, plural, quoted


@exhibit(
    empty="No initiative has a known place",
    cite=["ecosystems", "initiatives"],
    columns={
        "name": "Name",
        "kind": "Whether it is one of the selected ecosystems",
        "country": "Country",
        "latitude": "Latitude of a place of general knowledge; of a whole country its middle, degrees",
        "longitude": "Longitude, degrees",
        "precision": "How far the place is known",
        "initiatives": "Initiatives or ecosystems at this point, count",
    },
)
def glance_map(data, table) -> Figure:
    """Where the selected ecosystems are, by name, and around them the initiatives of the scan."""
    ours, rest = (table[table["kind"] == k] for k in ("ecosystem", "initiative"))
    whole, others = ours.loc[ours["precision"] == "country", "name"], int(rest["initiatives"].sum())
    legend, where, points, whose = [], [], [], []
    if len(ours):
        legend.append(("warm", "an ecosystem"))
        where.append(f"{plural(len(ours), 'ecosystem')} in {in_countries(data, ours)}")
        points.append(f"{plural(len(ours), 'orange point')} with {agree(len(ours), 'its name', 'their names')}")
        whose.append("the ecosystems")
    if len(rest):
        other = "other " * bool(where)
        legend.append(("quiet", f"an{other or ' '}initiative"))
        where.append(f"{plural(others, f'{other}initiative')} in {in_countries(data, rest)}")
        points.insert(0, plural(len(rest), "small grey point"))
        whose.append("the initiatives")
    named = some((f"{n} in {data.in_text(c)}" for n, c in zip(ours["name"], ours["country"], strict=True)), 315)
    return Figure(
        table.assign(name=table["name"].where(table["kind"] == "ecosystem")),
        PointMap(
            "kind",
            {"initiative": "quiet", "ecosystem": "warm"},
            maps.ground(data),
            tuple(legend),
            name="name",
            phones=True,
            sizes={"initiative": style.size(len(rest), 8, 24), "ecosystem": 46},
        ),
        finding=capital(", among ".join(where)),
        values={"ecosystems": len(ours), "countries": ours["country"].nunique(), "others": others},
        subtitle=f"Places of {listing(whose)} whose place is known"
        + (f"; in the middle of {agree(len(whole), 'its', 'their')} country: {listing(whole)}" if len(whole) else ""),
        alt=f"A world map with {listing(points)}{f': {named}' if named else ''}.",
    )


@exhibit(
    empty="No rate of young people out of school is known",
    cite=["oos_rate_lower_sec"],
    columns={"group": "Income group of countries", "year": "Year", "value": "Out of school, percent"},
)
def teens_out_of_school(data, table) -> Figure:
    """Young teenagers out of school by income of their country."""
    at = table.pivot(index="group", columns="year", values="value")
    poorest = next(g for g in GROUPS.values() if g in at.index)
    low = at.loc[poorest].dropna()
    return Figure(
        table,
        Lines("year", "value", "group", INCOME_TINTS),
        finding=f"In {poorest.lower()} countries {number(low.iloc[-1])}% of young teenagers are out of school",
        values={"now": float(low.iloc[-1]), "before": float(low.get(2012, float("nan"))), "poorest": poorest},
        subtitle=f"Children of lower secondary age out of school, percent, {span(table['year'])}",
    )


@exhibit(
    empty="No ecosystem was read for its characteristics",
    cite=["ecosystem_codings"],
    columns={"characteristic": "Characteristic", "ecosystems": "Ecosystems whose facts show it, count"},
)
def ways_of_the_ecosystems(data, table) -> Figure:
    """What the facts of the selected ecosystems show most often, and least."""
    n, top, last = len(data.ecosystems), table.iloc[0], table.iloc[-1]
    return Figure(
        table,
        Bars("characteristic", "ecosystems", first=True, row=0.27),
        finding=f"{quoted(top.characteristic)} is shown by {part(top.ecosystems, n, 'ecosystem', the='the ')}, "
        f"{quoted(last.characteristic)} by {count(int(last.ecosystems)) if last.ecosystems else 'none'}",
        values={"top": top.characteristic, "most": int(top.ecosystems), "of": n},
        subtitle=f"Ecosystems whose facts show each characteristic, of {n}",
    )


@exhibit(
    empty="No initiative has a setting",
    cite=["initiatives", "codings"],
    columns={
        "setting": "Where learning happens",
        "percent": "Share that works with the public system, percent",
        "state": "Whether a page shows work with the public system",
        "initiatives": "Initiatives that work with it, count",
        "of": "Initiatives, count",
    },
)
def state_by_setting(data, table) -> Figure:
    """How often initiatives work with the public system, in school and outside."""
    share = [f"{number(r.percent)}% {r.setting.lower()}" for r in table.itertuples()]
    at = table.set_index("setting")["percent"]
    return Figure(
        table,
        Bars("setting", "percent", first=True, row=0.26),
        finding=f"Initiatives that work with the public system: {listing(share)}",
        values={"school": float(at.get("In school only", 0)), "outside": float(at.get("Out of school only", 0))},
        subtitle=f"Share of {plural(int(table['of'].sum()), 'initiative')} that work with the public system, percent",
    )


@exhibit(
    empty="No fact on results is known",
    cite=["ecosystems"],
    columns={"evidence": "Strongest evidence about the ecosystem", "ecosystems": "Ecosystems, count"},
)
def evidence_of_the_ecosystems(data, table) -> Figure:
    """How strong the evidence for the selected ecosystems is."""
    n, best = len(data.ecosystems), table.iloc[0]
    compared = int(best.ecosystems)
    return Figure(
        table,
        Bars("evidence", "ecosystems", first=True, row=0.26, size=44),
        finding=f"A {best.evidence} is known for {part(compared, n, 'ecosystem', the='the ')}",
        values={"compared": compared, "compared_word": count(compared), "of": n},
        subtitle=f"Strongest evidence about each of {plural(n, 'ecosystem')}",
        note="Left out: studies of a method that it shares with others, and studies known from its own words alone.",
    )
