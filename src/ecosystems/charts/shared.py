"""What the 11 ecosystems share: partners, kinds of partners, size, and how certain it all is."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.charts.ecosystems import CERTAINTY
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import Prose, capital, count, listing, number, part, plural, prose, share

__all__ = [
    "facts_certainty",
    "partners_by_type",
    "partners_network",
    "points_of",
    "points_seen",
    "scale_counts",
    "shared_in_short",
]

RING = 30, 12  # ecosystems, and shared partners, that a ring can show


def _partners(data) -> pd.DataFrame:
    names = data.ecosystems.set_index("id")["short_name"]
    return data.partners.assign(ecosystem=data.partners["ecosystem_id"].map(names))


def _shared_bars(data, table: pd.DataFrame, columns: dict[str, str]) -> Figure:
    """The partners that most ecosystems name, where they are too many for a ring."""
    named = table.groupby("partner")["ecosystem"].nunique().sort_values(ascending=False, kind="stable")
    shared, top = int((named > 1).sum()), named.head(20)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.26 * len(top) + 0.2)
        style.bars(ax, [style.cut(n, 60) for n in top.index], top, layout=layout)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(count(shared))} of {plural(len(named), 'partner')} {'is' if shared == 1 else 'are'} named by more than one ecosystem, most often {style.cut(top.index[0], 60)}"
        if shared
        else f"No partner of {number(len(named))} is named by more than one ecosystem",
        subtitle=f"Partners that public pages name for the {len(data.eleven)} ecosystems, by the number of ecosystems; {'all' if len(top) == len(named) else f'the first {len(top)} of {number(len(named))}'}",
        source=data.cite("partners"),
        note="Ecosystems may share partners that no page names.",
        alt=f"Bars for {plural(len(top), 'partner')}, from {style.cut(top.index[0], 80)} with {plural(int(top.iloc[0]), 'ecosystem')} to {style.cut(top.index[-1], 80)} with {int(top.iloc[-1])}.",
        draw=draw,
    )


@exhibit
def partners_network(data) -> Figure:
    """Which partners connect the ecosystems."""
    source = data.cite("partners")
    columns = {
        "ecosystem": "Ecosystem",
        "partner": "Partner",
        "shared": "Whether another ecosystem names the same partner",
    }
    partners = _partners(data)
    if partners.empty or len(data.eleven) < 2:
        return nothing(
            "No partner is known" if partners.empty else "One ecosystem alone can share no partner", source, **columns
        )
    graph = nx.Graph()
    graph.add_nodes_from(("e", n) for n in data.eleven["short_name"])
    graph.add_edges_from(
        (("e", r.ecosystem), ("p", r.partner)) for r in partners.assign(partner=partners["name"]).itertuples()
    )
    shared = sorted(n for kind, n in graph if kind == "p" and graph.degree((kind, n)) > 1)
    groups = sorted(map(sorted, nx.connected_components(graph)), key=lambda g: (-sum(k == "e" for k, _ in g), g[0]))
    joined = [g for g in groups if sum(k == "e" for k, _ in g) > 1]
    tied = sorted(n for g in joined for k, n in g if k == "e")
    table = partners.assign(
        partner=partners["name"], shared=partners["name"].isin(shared).map({True: "yes", False: "no"})
    )[list(columns)]
    table = table.sort_values(["ecosystem", "partner"], ignore_index=True)
    if len(data.eleven) > RING[0] or len(shared) > RING[1]:
        return _shared_bars(data, table, columns)

    def draw(layout):
        # Ecosystems on a ring, those that share partners side by side; partners fan out, shared ones stand inside.
        order = [n for g in groups for k, n in g if k == "e"]
        angle = {n: np.pi / 2 - 2 * np.pi * i / len(order) for i, n in enumerate(order)}
        drawing, ax = style.axes(layout, layout.width * (0.98 if layout.narrow else 0.72))
        ring = 1.0
        place = {n: (ring * np.cos(a), ring * np.sin(a)) for n, a in angle.items()}
        inner = {}
        for s in shared:
            of = [place[n] for _, n in graph[("p", s)]]
            x, y = np.mean(of, axis=0)
            inner[s] = (x * 0.5, y * 0.5)
        gap, last = 0.28 if layout.narrow else 0.16, np.inf
        for s in sorted(inner, key=lambda n: -inner[n][1]):  # names must not cover each other
            inner[s] = (inner[s][0], min(inner[s][1], last - gap))
            last = inner[s][1]
        for s, (x, y) in inner.items():
            for _, n in graph[("p", s)]:
                ax.plot([x, place[n][0]], [y, place[n][1]], color=style.colour("warm"), linewidth=1.4, zorder=1)
        for n, a in angle.items():
            own = sorted(p for _, p in graph[("e", n)] if p not in shared)
            spread = min(2 * np.pi / len(order) * 0.86, 0.07 * max(1, len(own)))
            for i, _ in enumerate(own):
                b = a + (spread * (i / max(1, len(own) - 1) - 0.5) if len(own) > 1 else 0)
                r = ring + 0.26 + 0.07 * (i % 2)
                ax.plot(
                    [place[n][0], r * np.cos(b)],
                    [place[n][1], r * np.sin(b)],
                    color=style.colour("rule"),
                    linewidth=0.7,
                    zorder=0,
                )
                ax.plot(
                    r * np.cos(b),
                    r * np.sin(b),
                    "o",
                    markersize=3.4 if layout.narrow else 4.2,
                    color=style.colour("light"),
                    zorder=1,
                )
            ax.plot(*place[n], "o", markersize=10 if layout.narrow else 12, color=style.colour("main"), zorder=2)
            far = ring + (0.52 if 0.3 < abs(np.cos(a)) < 0.9 else 0.42)
            ax.text(
                far * np.cos(a),
                far * np.sin(a),
                style.wrap(n, 12),
                ha="center" if abs(np.cos(a)) < 0.3 else "left" if np.cos(a) > 0 else "right",
                va="center" if abs(np.cos(a)) >= 0.3 else "bottom" if np.sin(a) > 0 else "top",
                fontsize=layout.size - (1 if layout.narrow else 0),
                linespacing=0.95,
            )
        for s, (x, y) in inner.items():
            ax.plot(x, y, "o", markersize=8, color=style.colour("warm"), zorder=3)
            right = x < 0  # lines go outwards, so the name stands on the side of the centre
            ax.text(
                x + (0.09 if right else -0.09),
                y,
                s,
                ha="left" if right else "right",
                va="center",
                weight=600,
                fontsize=layout.size - 0.5,
                zorder=3,
            )
        wide = 2.2 if layout.narrow else 2.5
        ax.set_xlim(-wide, wide)
        ax.set_ylim(-1.75, 1.75) if not layout.narrow else ax.set_ylim(-2.0, 2.0)
        ax.set_aspect("equal")
        ax.set_axis_off()
        return drawing

    total = partners["name"].nunique()
    return Figure(
        data=table,
        columns=columns,
        finding=f"Only {plural(len(shared), 'partner')} of {number(total)} {'is' if len(shared) == 1 else 'are'} named by more than one ecosystem: {listing(shared)}"
        if shared
        else f"No partner of {number(total)} is named by more than one ecosystem",
        subtitle=f"Partners that public pages name for the {len(data.eleven)} ecosystems; orange: shared by two or more",
        source=source,
        note="Ecosystems may share partners that no page names.",
        alt=f"A ring of {len(data.eleven)} ecosystems, each with a fan of partners outside. "
        + (
            f"Inside stand {count(len(shared))} orange points, {listing(shared)}, with lines to {listing(tied)}; the others are tied to none."
            if shared
            else "No line leads from one to another."
        ),
        draw=draw,
    )


@exhibit
def partners_by_type(data) -> Figure:
    """Kinds of partners of each ecosystem."""
    source = data.cite("partners")
    columns = {
        "ecosystem": "Ecosystem",
        "type": "Kind of partner",
        "partners": "Partners with whom joint work or support is known, count",
    }
    partners = _partners(data)
    partners = partners[partners["tie"] != "loose"]
    if partners.empty:
        return nothing("No partner is known", source, **columns)
    grid = pd.crosstab(partners["ecosystem"], partners["type"]).reindex(data.eleven["short_name"], fill_value=0)
    grid = grid[(grid > 0).sum().sort_values(ascending=False, kind="stable").index]
    table = grid.rename_axis(index="ecosystem", columns="type").stack().rename("partners").reset_index()
    everywhere = (grid > 0).sum()
    top = everywhere.index[0]
    largest, rarest = int(grid.to_numpy().max()), everywhere.index[everywhere == everywhere.min()]

    def draw(layout):
        drawing, ax = style.axes(layout, 0.31 * len(grid) + (1.45 if layout.narrow else 1.15))
        for i in range(len(grid)):
            for j in range(grid.shape[1]):
                n = int(grid.iloc[i, j])
                if n:
                    ax.scatter(
                        j,
                        i,
                        s=(34 if layout.narrow else 60)
                        + 330 * (n - 1) / max(1, largest - 1) * (0.5 if layout.narrow else 1),
                        color=style.colour("main" if grid.columns[j] == top else "light"),
                    )
                    ax.text(
                        j,
                        i,
                        str(n),
                        ha="center",
                        va="center",
                        fontsize=layout.size - 1.5,
                        color=style.on("main" if grid.columns[j] == top else "light"),
                    )
        ax.set_xlim(-0.6, grid.shape[1] - 0.4)
        ax.set_ylim(len(grid) - 0.4, -0.7)
        ax.set_yticks(range(len(grid)), [style.wrap(n, 16) if layout.narrow else n for n in grid.index])
        ax.xaxis.tick_top()
        ax.set_xticks(
            range(grid.shape[1]), grid.columns, rotation=58 if layout.narrow else 30, ha="left", rotation_mode="anchor"
        )
        ax.spines[:].set_visible(False)
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(top)} is the most widespread kind of partner, in {int(everywhere.iloc[0])} of {len(grid)} ecosystems"
        + (f"; the rarest is {listing(rarest, 'or')}" if len(rarest) < len(everywhere) else ""),
        subtitle=f"Partners by ecosystem and kind, counting {number(len(partners))} with whom joint work or support is known",
        source=source,
        note="An empty place means that no page names one. Some pages list all partners, others only the largest.",
        alt=f"A grid of circles, {len(grid)} ecosystems by {grid.shape[1]} kinds of partner, larger for more partners. Filled in most rows: {listing(f'{t} in {int(n)}' for t, n in everywhere.head(3).items())}.",
        draw=draw,
    )


@exhibit
def scale_counts(data) -> Figure:
    """How large pages say the ecosystems are."""
    source = data.cite("facts")
    columns = {
        "ecosystem": "Ecosystem",
        "year": "Year",
        "value": "Number in the fact, see unit",
        "unit": "What is counted",
        "certainty": "How certain it is",
        "statement": "Fact",
    }
    names = data.ecosystems.set_index("id")["short_name"]
    people = "people|children|students|teachers|learners|young|graduates|pupils|adolescents|volunteers|families|mothers|educators|participants|leaders|members|residents|facilitators"
    facts = data.facts[
        (data.facts["topic"] == "scale")
        & (data.facts["value"] > 0)
        & data.facts["unit"].fillna("").str.contains(people)
    ]
    if facts.empty:
        return nothing("No number of people is known of any ecosystem", source, **columns)
    table = facts.assign(ecosystem=facts["ecosystem_id"].map(names))[list(columns)].sort_values(
        ["ecosystem", "value"], ignore_index=True
    )
    order = list(table.groupby("ecosystem")["value"].max().sort_values(ascending=False, kind="stable").index)
    planned = int((table["certainty"] == "planned").sum())

    def draw(layout):
        drawing, ax = style.axes(layout, 0.32 * len(order) + 0.75)
        for r in table.itertuples():
            hollow = r.certainty == "planned"
            ax.plot(
                r.value,
                order.index(r.ecosystem),
                "o",
                markersize=7,
                color=style.colour("paper" if hollow else CERTAINTY[r.certainty]),
                markeredgecolor=style.colour("gold" if hollow else "paper"),
                markeredgewidth=1.4 if hollow else 0.6,
                alpha=0.9,
            )
        ax.set_xscale("log")
        ax.set_yticks(range(len(order)), [style.wrap(n, 16) if layout.narrow else n for n in order])
        ax.set_ylim(len(order) - 0.5, -0.6)
        ticks = [10**k for k in range(1, 8) if table["value"].min() / 4 <= 10**k <= table["value"].max() * 4]
        ticks = ticks[::2] if layout.narrow else ticks
        ax.set_xticks(ticks, [number(t) if t < 1_000_000 else f"{t // 1_000_000} million" for t in ticks])
        ax.minorticks_off()
        ax.grid(axis="x")
        ax.spines[:].set_visible(False)
        used = [c for c in CERTAINTY if c in set(table["certainty"])]
        handles = [
            ax.plot(
                [],
                [],
                "o",
                color=style.colour("paper" if c == "planned" else CERTAINTY[c]),
                markeredgecolor=style.colour("gold" if c == "planned" else CERTAINTY[c]),
                label=c,
            )[0]
            for c in used
        ]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=3 if layout.narrow else 5,
            handletextpad=0.1,
            columnspacing=1,
            borderpad=0,
        )
        return drawing

    most = table.loc[table["value"].idxmax()]
    spread = table.groupby("ecosystem")["value"].agg(lambda v: v.max() / v.min())
    wide = int((spread >= 100).sum())
    widest, factor = spread.idxmax(), 10 ** int(np.log10(spread.max()))
    return Figure(
        data=table,
        columns=columns,
        finding=(
            f"Counts of people range from {number(table['value'].min())} to {number(table['value'].max())}"
            if len(table) > 1
            else f"The one count of people is {number(most.value)}"
        )
        + (
            f"; within {widest} alone they differ by a factor of more than {number(factor)}"
            if spread.max() > factor >= 10
            else ""
        ),
        subtitle=f"People whom facts on scale count, on a log scale: {plural(len(table), 'count')} of {plural(len(order), 'ecosystem')}"
        + (f", {count(planned)} of them planned (hollow)" if planned else ""),
        source=source,
        note=f"Each point counts something else{': pupils of one class, teachers trained, people reached over 18 years' if data.report else ''}. They must not be summed or ranked; the table says what each counts.",
        alt=f"Points on a log scale, {f'one row for each of {len(order)} ecosystems' if len(order) > 1 else 'in one row'}. The largest is {number(most.value)} {most.unit} at {most.ecosystem}."
        + (
            f" In {count(wide)} {'row' if wide == 1 else 'rows'} the largest is at least 100 times the smallest."
            if wide
            else ""
        ),
        draw=draw,
    )


@exhibit
def facts_certainty(data) -> Figure:
    """How certain the facts are."""
    source = data.cite("facts")
    columns = {"ecosystem": "Ecosystem", "certainty": "How certain the fact is", "facts": "Facts, count"}
    if data.facts.empty:
        return nothing("No fact is known", source, **columns)
    names = data.ecosystems.set_index("id")["short_name"]
    grid = pd.crosstab(data.facts["ecosystem_id"].map(names), data.facts["certainty"]).reindex(
        columns=[c for c in CERTAINTY if c in set(data.facts["certainty"])], fill_value=0
    )
    grid = grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    table = grid.rename_axis(index="ecosystem", columns="certainty").stack().rename("facts").reset_index()
    disputed = grid["disputed"] if "disputed" in grid else pd.Series(0, index=grid.index)

    def draw(layout):
        drawing, ax = style.axes(layout, 0.3 * len(grid) + (0.7 if layout.narrow else 0.45))
        left = np.zeros(len(grid))
        for c in grid.columns:
            values = grid[c].to_numpy()
            ax.barh(range(len(grid)), values, left=left, height=0.68, color=style.colour(CERTAINTY[c]))
            for i, (v, at) in enumerate(zip(values, left, strict=True)):
                if v >= 2:
                    ax.text(at + v / 2, i, str(v), ha="center", va="center", color=style.on(CERTAINTY[c]))
            left += values
        ax.set_yticks(range(len(grid)), [style.wrap(n, 16) if layout.narrow else n for n in grid.index])
        ax.set_ylim(len(grid) - 0.5, -0.5)
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        handles = [ax.barh([0], [0], color=style.colour(CERTAINTY[c]), label=c) for c in grid.columns]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=3 if layout.narrow else 5,
            handlelength=0.8,
            columnspacing=1,
            borderpad=0,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"Another page disputes {part(int(disputed.sum()), len(data.facts), 'facts', 'the ')}; {listing(disputed.index[disputed == disputed.max()])} {'has' if (disputed == disputed.max()).sum() == 1 else 'have'} the most, {count(int(disputed.max()))}"
        if disputed.sum()
        else "No fact is disputed by another page",
        subtitle=f"Facts by ecosystem and certainty; {plural(len(data.facts), 'fact')}",
        source=source,
        note="Reported: a page says so, and no other page that was read contradicts it. That is not proof.",
        alt=(
            f"Stacked bars for {len(grid)} ecosystems, from {grid.index[0]} with {plural(int(grid.sum(axis=1).iloc[0]), 'fact')} to {grid.index[-1]} with {int(grid.sum(axis=1).iloc[-1])}"
            if len(grid) > 1
            else f"A stacked bar for {grid.index[0]} with {plural(len(data.facts), 'fact')}"
        )
        + f". In all {listing(f'{int(n)} {c}' for c, n in grid.sum().items())}.",
        draw=draw,
    )


def shared_in_short(data) -> Prose:
    """The opening of the chapter: what the ecosystems have in common, as far as tables tell."""
    finding = partners_network(data).finding
    points = (
        """The report sums up what they share in {points} points; the tables of this book
can show three of them in part, and do not measure trust."""
        if data.report and len(data.key_points)
        else ""
    )
    return prose(
        """:::{{div}} lead
What {do} {places} in {countries} have in common? """
        + ("Hardly a partner: {finding}. " if finding.startswith(("Only", "No")) else "{finding}. ")
        + points
        + "\n:::",
        do="does" if len(data.eleven) == 1 else "do",
        places=plural(len(data.eleven), "place"),
        countries=plural(data.eleven["iso3"].nunique(), "country", "countries"),
        finding=finding[:1].lower() + finding[1:] if finding.startswith(("Only", "No")) else finding,
        points=count(len(data.key_points)),
    )


def points_of(data) -> pd.DataFrame:
    """The four key points in order, with the page that gives each."""
    table = data.key_points.sort_values("order", ignore_index=True, kind="stable")
    return table.assign(page=table["source_id"].map(data.pages))


def points_seen(data) -> Prose:
    """What the tables can say on each of the four points, and what they cannot."""
    scan, eleven = data.scan, data.eleven
    seen = data.codings[data.codings["present"] == 1]

    def shares(characteristic: str) -> dict[str, str]:
        ids = set(seen.loc[seen["characteristic_id"] == characteristic, "initiative_id"])
        rest = scan[~scan["selected"]]
        here, there = int(eleven["initiative_id"].isin(ids).sum()), int(rest["id"].isin(ids).sum())
        return {
            f"{characteristic}_here": f"{number(here)} of the {len(eleven)}",
            f"{characteristic}_rest": share(there, len(rest)),
        }

    partners = data.partners[(data.partners["tie"] != "loose") & data.partners["ecosystem_id"].isin(eleven["id"])]
    kinds = partners.groupby("ecosystem_id")["type"].nunique().reindex(eleven["id"], fill_value=0)
    public = partners.loc[partners["type"] == "government", "ecosystem_id"].nunique()
    with_topic = {
        t: data.facts.loc[data.facts["topic"] == t, "ecosystem_id"].nunique() for t in ("evidence", "technology")
    }
    return prose(
        """**Thriving.** Pages show thriving as an aim of its own for {thriving_here}, and for {thriving_rest} of the rest of the scan. It is mostly the organisation's own
word. {{numref}}`tbl-goals` gives the aim of each in one sentence.

**Trust.** No column of these tables measures trust. The nearest thing is whether people of the place start, run or carry the work: pages show it for {community_here}, and for
{community_rest} of the rest. That is a condition of trust at best.

**Alliances.** Pages show that organisations of different kinds share the work for {alliances_here}, and for {alliances_rest} of the rest. Each ecosystem has partners of {kinds} with whom
joint work or support is known; {public} of the {n} have a public authority among them ({{numref}}`fig-partners-by-type`).

**Data.** The wording of this point was not seen, so it is not known which data are meant. Facts on evidence were found for {evidence} of the {n} ({{numref}}`tbl-evidence-across`), facts on
technology for {technology}.""",
        **shares("thriving"),
        **shares("community"),
        **shares("alliances"),
        kinds=f"{count(int(kinds.min()))} to {count(int(kinds.max()))} kinds"
        if len(kinds) and kinds.min() < kinds.max()
        else plural(int(kinds.max()) if len(kinds) else 0, "kind"),
        public=public,
        n=len(eleven),
        **with_topic,
    )
