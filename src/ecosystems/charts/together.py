"""The selected ecosystems side by side: how well results are known, one count each, and who does what."""

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.analysis import places
from ecosystems.analysis.places import EVIDENCE
from ecosystems.charts.scan import counts_run
from ecosystems.figure import Figure, exhibit
from ecosystems.plots import Grid, Note, common
from ecosystems.words import agree, capital, count, have, listing, number, part, plural

_READINGS = {
    "none seen": {"marker": "o", "color": "none", "markeredgecolor": "rule", "markersize": 7},
    "also": {"marker": "o", "color": "none", "markeredgecolor": "warm", "markersize": 10, "markeredgewidth": 2},
    "of a part": {"marker": "s", "color": "none", "markeredgecolor": "quiet", "markersize": 8, "markeredgewidth": 1.4},
    "strongest": {"marker": "o", "color": "warm", "markersize": 12},
}
RUNGS = list(EVIDENCE.values())
COMPARED, OWN = RUNGS[-1], RUNGS[:2]


@exhibit(
    empty="No evidence on results is known",
    cite=["facts"],
    columns={
        "ecosystem": "Ecosystem",
        "rung": "Kind of evidence, from weak to strong",
        "facts": "Facts of this kind, count",
        "reading": "Strongest, also known, of a part only (of something else, or at second hand), or none seen",
    },
)
def evidence_ladder(data, table) -> Figure:
    """How well the results of each ecosystem are known."""
    size = table["ecosystem"].nunique()
    top = table[table["reading"] == "strongest"].set_index("ecosystem")["rung"]
    compared, own = int((top == COMPARED).sum()), int(top.isin(OWN).sum())
    return Figure(
        table,
        Grid("ecosystem", "rung", "reading", _READINGS, notes=_only_one(table, top)),
        finding=f"An outside study that compares is known for {part(compared, size, 'ecosystem', the='the ')}; "
        f"{count(own)} {have(own)} only counts and claims of their own",
        values={"own": own, "alone": capital(count(own)), "compared": compared, "all": size},
        subtitle="Kinds of evidence on results, from weak (left) to strong; full circle: the strongest, ring: also "
        "known, square: of something else, or at second hand",
        note="A square is, for example, a study of a rule of the state, or one that only the ecosystem tells of.",
    )


def _only_one(table: pd.DataFrame, top: pd.Series) -> tuple[Note, ...]:
    """Beside the one ecosystem that outsiders compared, if it is the only one."""
    rungs, compared = list(table["rung"].unique()), list(top.index[top == COMPARED])
    if len(compared) != 1 or len(top) < 2 or rungs[-1] != COMPARED:
        return ()
    row = list(table["ecosystem"].unique()).index(compared[0])
    return (Note("the only one compared", len(rungs) - 1, row, 12, phones=False, width=10),)


def draw_counts(table: pd.DataFrame, layout: style.Layout):
    """A row for each ecosystem: a point on a log scale, and under it in words what it counts."""
    drawing, ax = style.axes(layout, (0.92 if layout.narrow else 0.52) * len(table) + 0.2)
    known = common.on_log(table["learners"].dropna().astype(float))
    table = table.assign(place=known)
    low = 10 ** np.floor(np.log10(known.min()))
    for y, r in enumerate(table.itertuples()):
        year = "" if pd.isna(r.year) else f" ({r.year})"
        ax.plot([low, known.max() * 1.5], [y, y], color=style.colour("rule"), linewidth=0.7, zorder=0)
        text = style.cut(f"{r.counted}{year}", 90)
        if layout.narrow:  # all words over the whole width
            ax.text(low, y - 0.14, style.cut(r.ecosystem, 50), va="bottom")
            text = style.wrap(text, 56)
        look = {"color": style.colour("quiet"), "fontsize": layout.size - 1, "linespacing": 1.1}
        ax.text(low, y + (0.12 if layout.narrow else 0.24), text, va="top", **look)
        if not pd.isna(r.learners):
            ax.plot(r.place, y, "o", color=style.colour("warm"), markersize=9)
            right = r.place > max(known.max() / 30, low * 3)
            at = (-8, 0) if right else (8, 0)
            paper = {"facecolor": style.colour("paper"), "edgecolor": "none", "pad": 0.6}
            look = {"ha": "right" if right else "left", "va": "center", "weight": 600, "bbox": paper, "zorder": 1}
            text = f"{r.about} {number(int(r.learners))}".strip()
            ax.annotate(text, (r.place, y), at, textcoords="offset points", **look)
    ax.set_xscale("log")
    ax.set_xlim(low, known.max() * 1.7)
    ax.set_xticks([])
    ax.minorticks_off()
    names = [style.cut(n, 34) for n in table["ecosystem"]]
    ax.set_yticks(*([[]] if layout.narrow else [range(len(table)), names]))
    ax.set_ylim(len(table) - 0.3, -0.5)
    return drawing


@exhibit(
    empty="No count of learners is known",
    cite=["ecosystems"],
    columns={
        "ecosystem": "Ecosystem",
        "about": "How exact the count is said to be",
        "learners": "Learners, count",
        "counted": "What exactly is counted",
        "year": "Year of the count",
    },
)
def one_count_each(data, table) -> Figure:
    """One count of learners for each ecosystem, with what it counts."""
    known = table.dropna(subset=["learners"])
    first, last = known.iloc[0], known.iloc[-1]
    without = table.loc[table["learners"].isna(), "ecosystem"]
    rest = f"; no count was found for {listing(without)}" if len(without) else ""
    told = listing(f"{r.ecosystem} {number(r.learners)}" for r in known.head(7).itertuples())
    more = ", and others" if len(known) > 7 else ""
    return Figure(
        table,
        draw=draw_counts,
        finding=counts_run(len(known), number(last.learners), number(first.learners)),
        values={"known": len(known), "kinds": known["counted"].nunique(), "least": int(last.learners),
                "most": int(first.learners)},
        subtitle=f"Learners of each ecosystem on a log scale, with what is counted and in which year{rest}",
        note="These counts cannot be added or ranked"
        + (": some are of one day, some of many years, one is a hope." if data.report else "."),
        alt=f"A point for {agree(len(known), 'one ecosystem', f'each of {len(known)} ecosystems')} on a log scale: "
        f"{told}{more}.",
    )  # fmt: skip


@exhibit(
    empty="No partner that works with an ecosystem or supports it has a part that is known",
    cite=["partners"],
    columns={"type": "Kind of partner", "role": "What it does", "partners": "Partners, count"},
)
def who_does_what(data, table) -> Figure:
    """What partners of each kind do."""
    grid = table.pivot(index="type", columns="role", values="partners")
    grid = grid.loc[table["type"].unique(), table["role"].unique()]
    first = {role: (grid[role] == grid[role].max()) & (grid[role] > 0) for role in grid}
    leading = {role: str(grid.index[top][0]) if top.sum() == 1 else "" for role, top in first.items()}
    told = listing(f"{kind} {role} ({int(grid.at[kind, role])})" for role, kind in leading.items() if kind)
    hosts = list(grid["hosts"].sort_values(ascending=False, kind="stable").index[:2])
    partners = int(table["partners"].sum())
    return Figure(
        table,
        Grid("type", "role", "partners", peaks=True),
        finding=f"Which kind of partner most often does what: {told}"
        if told
        else "No kind of partner stands out in what it does",
        values={**leading, "hosts": listing(hosts)},
        subtitle=f"{plural(partners, 'partnership')} of the ecosystems{_only_planned(data)}, by kind of partner and "
        "main part; dark: the kind that most often takes it",
        note="One part for each partner: what its page stresses most.",
    )  # fmt: skip


def _only_planned(data) -> str:
    """How many of the close partners are known from a planned agreement alone, as an aside; "" if none is."""
    partners = places.close_partners(data)
    planned = int(partners["relation"].str.contains("memorandum planned", na=False).sum())
    return f" ({count(planned)} of them with no more than a planned agreement)" if planned else ""


def with_trait(data, characteristic: str) -> str:
    """In how many of the ecosystems their facts show a characteristic, as a word."""
    coded = data.ecosystem_codings.query("present == 1 and characteristic_id == @characteristic")
    return count(coded["ecosystem_id"].nunique())


def roles_in_words(table: pd.DataFrame) -> str:
    """Who pays, who teaches, who studies, who most often opens its doors and who is in charge."""
    grid = table.pivot(index="type", columns="role", values="partners")
    kinds = {"NGO": "NGOs", "foundation or fund": "Foundations"}
    kinds |= {"university or research": "Universities", "government": "Authorities"}
    most = {role: str(grid[role].idxmax()) for role in ("pays", "teaches", "studies")}
    most = {role: kinds.get(kind, f"partners of the kind {kind}") for role, kind in most.items()}
    doors, charge = (grid[role] if role in grid else grid.iloc[:, 0] * 0 for role in ("hosts", "governs"))
    doors, charge = ((int(row.sum()), int(row.get("government", 0))) for row in (doors, charge))
    return (
        f"{most['pays']} pay most often, {most['teaches']} teach, and {most['studies'].lower()} study. Of the "
        f"{count(doors[0])} partners that give rooms, schools or people, {count(doors[1])} are authorities. Of the "
        f"{count(charge[0])} partners in charge of a part of the work, {count(charge[1])} are."
    )
