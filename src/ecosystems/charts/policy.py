"""From practice to policy: routes, the gap outside school, reach, what studies found, money for each child."""

import re
import textwrap

import pandas as pd

from ecosystems import style
from ecosystems.analysis.countries import rank_correlation
from ecosystems.analysis.field import SETTINGS, STATE
from ecosystems.analysis.places import LEVELS, ROUTES
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import LogPoints, StackedBars
from ecosystems.plots.common import legend
from ecosystems.words import FEW, capital, count, listing, number, part, plural, share

# Part of an authority: size and colour of its mark, and what the legend says; all other parts look alike.
_PARTS = {"governs": (11, "warm", "governs"), "hosts": (8, "gold", "hosts")}
_OTHER = (7, "paper", "teaches, pays, studies or links")


def draw_routes(table: pd.DataFrame, layout: style.Layout):
    """A lane for each route with its ecosystems, and a mark where an authority of a level takes part."""
    lanes = [(route, part["ecosystem"].unique()) for route, part in table.groupby("route", sort=False)]
    rows = [row for route, names in lanes for row in ((route, ""), *((route, name) for name in names))]
    drawing, ax = style.axes(layout, 1)
    names = [style.wrap(name or ROUTES[route], 21 if layout.narrow else 44) for route, name in rows]
    places = style.rows(ax, names, layout, 0.29, 1.4 if layout.narrow else 0.8)
    edge, drawn = style.colour("warm"), set()
    for y, label, (_, name) in zip(places, ax.get_yticklabels(), rows, strict=True):
        if not name:
            ax.axhline(y - 0.16, color=style.colour("rule"), linewidth=0.8)
            label.set(fontweight=600, color=style.colour("main"))
        own = table[(table["ecosystem"] == name) & table["level"].notna()]
        for level, role in zip(own["level"], own["part"], strict=True):
            size, face, _ = mark = _PARTS.get(role, _OTHER)
            look = {"marker": "o", "markersize": size, "markerfacecolor": style.colour(face)}
            ax.plot(LEVELS.index(level), y, color=edge, **look)
            drawn.add(mark)
    ax.set_xlim(-0.5, len(LEVELS) - 0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(LEVELS)), LEVELS, fontsize=layout.size - layout.narrow)
    entries = {
        text: {"marker": "o", "color": edge, "markersize": size, "markerfacecolor": style.colour(face)}
        for size, face, text in sorted(drawn, reverse=True)
    }
    if entries:
        legend(drawing, ax, entries, 1 if layout.narrow else 3, handletextpad=0.8)
    return drawing


@exhibit(
    empty="No ecosystem is selected",
    cite=["partners", "ecosystems"],
    columns={
        "ecosystem": "Ecosystem",
        "route": "Route: leads, shares (a city or district governs), opens (hosts), helps (any other part), none",
        "level": "Level of the authorities",
        "part": "The largest part that one of them takes",
        "authorities": "Authorities of this level",
    },
)
def four_routes(data, table) -> Figure:
    """Which part the state takes in each ecosystem."""
    first = table.drop_duplicates("ecosystem")
    values = routes_told(table)
    told = [f"{ROUTES[r].lower()}, {listing(part['ecosystem'])}" for r, part in first.groupby("route", sort=False)]
    return Figure(
        table,
        draw=draw_routes,
        finding=f"A public authority takes part in {values['ecosystems']}",
        values={"with_state": values["with_state"], "all": len(first), "led": values["leads"]},
        subtitle="Authorities of the country that work with or support each ecosystem, by their level and their "
        "largest part",
        note="The routes are ours: the largest part that an authority takes decides. Authorities of other countries "
        "are left out.",
        alt=f"A lane for each route, marks by level of the authority. {capital('; '.join(told))}.",
    )


def _key(setting: str) -> str:
    """A setting as the name of a headline's value."""
    return setting.lower().replace(" ", "_")


@exhibit(
    empty="No initiative is in the scan",
    cite=["codings", "initiatives"],
    columns={
        "setting": "Where learning takes place",
        "state": "Whether a page shows work with the public system",
        "initiatives": "Initiatives, count",
        "of": "Initiatives in this setting, count",
        "percent": "Share of the setting's initiatives, percent",
    },
)
def public_by_setting(data, table) -> Figure:
    """Where work with the public system is seen."""
    yes = table[table["state"] == STATE[True]].set_index("setting")
    seen, total = int(yes["initiatives"].sum()), int(yes["of"].sum())
    finding = f"{capital(part(seen, total, 'initiative', verb=('works', 'work')))} with the public system"
    drawn = set(table.loc[table["initiatives"] > 0, "state"])
    tints = {s: tint for s, tint in {STATE[True]: "main", STATE[False]: "rule"}.items() if s in drawn}
    return Figure(
        table,
        StackedBars("setting", "state", "percent", tints, row=0.5, columns=(2, 1), wrap=14),
        finding=capital(gap_in_words(table)) or (finding if seen else "No page shows work with the public system"),
        values={_key(s): float(yes["percent"].get(s, float("nan"))) for s in SETTINGS.values()},
        subtitle="Share of initiatives in which a page shows work with the public system, by setting; "
        f"{plural(total, 'initiative')}",
    )


@exhibit(
    empty="No page counts the learners of an initiative",
    cite=["codings", "initiatives"],
    columns={
        "name": "Initiative",
        "setting": "Where learning takes place",
        "state": "Whether a page shows work with the public system",
        "group": "Setting and state",
        "reach": "Learners reached as a page counts them, count",
        "reach_year": "Year of the count",
    },
)
def reach_by_setting(data, table) -> Figure:
    """How many learners are counted with and without the state, setting by setting."""
    size, middle = table["group"].value_counts(), table.groupby("group", sort=False)["reach"].median()
    both = pd.crosstab(table["setting"], table["state"]).reindex(columns=list(STATE.values()), fill_value=0).min(axis=1)
    both = both.reindex(table["setting"].unique()) >= COUNTED
    pairs = {s: tuple(float(middle[f"{s}, {state}"]) for state in STATE.values()) for s in both.index[both]}
    compared = [f"{number(a)} against {number(b)} {s.lower()}" for s, (a, b) in pairs.items()]
    finding = f"Typical counts of learners, with and without the state: {listing(compared)}"
    tints = {g: "main" if g.endswith(STATE[True]) else "quiet" for g in middle.index}
    return Figure(
        table,
        LogPoints("reach", "group", tints, {g: f"{g} ({size[g]})" for g in middle.index}, medians=True),
        finding=finding if pairs else "Too few counts to compare initiatives with and without the state",
        values={
            _key(s): round(pairs[s][0] / pairs[s][1], 1) if s in pairs else float("nan") for s in SETTINGS.values()
        },
        subtitle="Learners as a page counts them, on a log scale, by setting and by whether work with the state is "
        f"mentioned; {plural(len(table), 'initiative')} with a count",
        note="A programme in state schools counts all their pupils, a club counts those who come.",
    )


COUNTED = 5  # of fewer counts no typical one is told


_RESULTS = {"gain": "main", "mixed": "s3", "null": "quiet", "not measured": "coast"}
_AXIS = "standard deviations"


def _label(row, layout: style.Layout) -> str:
    """Place, year and what was tried, short enough for its row: the first clause of it, the table tells all."""
    year = "" if pd.isna(row.year) else f" {row.year}"
    text = f"{re.split('[,:]', row.place)[0]}{year}: {re.split('[,:;]', row.tried)[0]}"
    text = textwrap.shorten(text, 108, placeholder="…")
    return style.wrap(text, 27 if layout.narrow else 48)


def draw_studies(table: pd.DataFrame, layout: style.Layout):
    """A row for each study: a bar to its effect where that is in standard deviations, else the result in words."""
    drawing, ax = style.axes(layout, 1)
    places = style.rows(ax, [_label(r, layout) for r in table.itertuples()], layout, 0.36, 0.55)
    ax.tick_params(axis="y", labelsize=layout.size - 1)
    gap = 0.07 if layout.narrow else 0.03
    for y, r in zip(places, table.itertuples(), strict=True):
        tint = style.colour(_RESULTS[r.result])
        if r.effect_unit == _AXIS:
            ax.plot([0, r.effect], [y, y], color=tint, linewidth=3, solid_capstyle="butt")
            ax.plot(r.effect, y, "o", color=tint, markersize=8)
            of = "" if layout.narrow or pd.isna(r.effect_of) else f": {r.effect_of}"
            text, at = f"{number(r.effect, 2)}{of}" if r.effect else "0: no effect", r.effect + gap
        else:
            told = "" if pd.isna(r.effect) else f": {number(r.effect)} {r.effect_unit}"
            text, at = f"{r.result}{told}", gap / 2  # no mark: there is no number to place
        text = style.wrap(text, 22 if layout.narrow else 26 if at > 0.5 else 40)
        ax.text(at, y, text, va="center", fontsize=layout.size - 1)
    ax.set_xlim(-0.05, 1.05)
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8])
    ax.set_xlabel(_AXIS)
    ax.grid(axis="x")
    present = [r for r in _RESULTS if r in set(table["result"])]
    entries = {r: {"marker": "o", "color": style.colour(_RESULTS[r]), "markersize": 8} for r in present}
    legend(drawing, ax, entries, 2 if layout.narrow else 4, handletextpad=0.8)
    return drawing


@exhibit(
    empty="No study is listed",
    cite=["studies"],
    columns={
        "place": "Where",
        "year": "Year of the work",
        "tried": "What was tried",
        "design": "Design of the study",
        "result": "What it found: gain, mixed, null, not measured",
        "effect": "Effect where one is given, see unit",
        "effect_unit": "Unit of the effect",
        "effect_of": "What the effect is on",
        "finding": "Finding in our words",
        "caveat": "Caveat",
    },
)
def effects_of_studies(data, table) -> Figure:
    """What studies of local and community approaches found."""
    kinds = table["result"].value_counts().reindex(list(_RESULTS), fill_value=0)
    drawn = table[table["effect_unit"] == _AXIS]
    best = drawn.loc[drawn["effect"].idxmax()] if drawn["effect"].notna().any() else None
    told = listing(f"{count(n)} {r}" for r, n in kinds.items() if n)
    longest = (
        "" if best is None else f" The longest bar, {number(best.effect, 2)}, is for {best.effect_of} ({best.place})."
    )
    return Figure(
        table,
        draw=draw_studies,
        finding=f"Of {plural(len(table), 'study')} of local approaches "
        f"{count(kinds['gain'])} found a gain; results: {told}",
        values={
            "studies": len(table),
            "mixed": int(kinds["mixed"]),
            "null": int(kinds["null"]),
            "gains": capital(count(kinds["gain"])),
        },
        subtitle=f"Effect on learning in standard deviations where the study gives one ({len(drawn)} of {len(table)}), "
        "else the result in words",
        note="The effect drawn is the largest or clearest that the work names; tests, ages and lengths differ, so bars "
        "are no rank.",
        alt=f"A row for each of {plural(len(table), 'study')}, by what it found: {told}.{longest}",
    )  # fmt: skip


def money_told(table: pd.DataFrame) -> dict[str, object]:
    """Values for the words on money: correlations over the countries with both measures."""
    table = table.dropna(subset=["per_child"])
    given = rank_correlation(table["per_child"], table["value"], table["income"])
    return {
        "rank": number(rank_correlation(table["per_child"], table["value"]), 2),
        "given": number(given, 2),
        "income": number(rank_correlation(table["income"], table["value"]), 2),
        "n": len(table),
        "judged": "the link all but disappears" if abs(given) < 0.2 else "a link remains",
    }


def cost_of_a_learner(data, cost: str, learners: str) -> str:
    """What a learner costs, by division of the values of two facts."""
    value = data.facts.set_index("id")["value"].astype(float)
    return number(value[cost] / value[learners])


def routes_told(table: pd.DataFrame) -> dict[str, object]:
    """Values for the opening: with how many ecosystems an authority works, and how many take each route."""
    first = table.drop_duplicates("ecosystem")["route"]
    n, acts = len(first), int((first != "none").sum())
    return {
        "some": f"all {number(n)}" if acts == n else f"{number(acts)} of the {number(n)}",
        "ecosystems": part(acts, n, "ecosystem", the="the "),
        "n": n,
        "with_state": acts,
        **{r: count((first == r).sum()) for r in ROUTES},
    }


def gap_in_words(table: pd.DataFrame) -> str:
    """The largest and the smallest share of initiatives that work with the state, by setting."""
    yes = table[table["state"] == STATE[True]].set_index("setting")
    if yes.empty or yes["percent"].max() == yes["percent"].min() or yes["of"].min() < FEW:
        return ""
    top, low = yes["percent"].idxmax(), yes["percent"].idxmin()
    shares = [share(yes.at[s, "initiatives"], yes.at[s, "of"]) for s in (top, low)]
    return f"of initiatives {top.lower()}, {shares[0]} work with the state; of those {low.lower()}, {shares[1]}"
