"""What a learning ecosystem is: frameworks, and the eight characteristics by which pages are read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystems import style
from ecosystems.charts.selection import characteristics_seen
from ecosystems.figure import Figure, exhibit, nothing
from ecosystems.words import FEW, Link, Prose, capital, count, listing, number, part, plural, prose, ratio

__all__ = ["characteristics_by_source", "frameworks_by_year", "frameworks_of", "idea", "rule_of"]


@exhibit
def frameworks_by_year(data) -> Figure:
    """Works that define or order learning ecosystems, in time."""
    source = data.cite("frameworks")
    columns = {"year": "Year of publication", "publisher": "Publisher", "title": "Work"}
    table = data.frameworks.dropna(subset=["year"]).sort_values(["year", "title"], ignore_index=True)
    if table.empty:
        return nothing("No framework has a year", source, **columns)
    undated = len(data.frameworks) - len(table)
    before = int((table["year"] < 2023).sum())
    ours = table["id"].eq("learningplanet2023")

    def draw(layout):
        drawing, ax = style.axes(layout, (0.36 if layout.narrow else 0.27) * len(table) + 0.3)
        for i, r in enumerate(table.itertuples()):
            ax.plot(0, i, "o", color=style.colour("warm" if ours[i] else "main"), markersize=7)
            ax.text(
                -0.035,
                i,
                str(r.year) if not i or table["year"][i - 1] != r.year else "",
                ha="right",
                va="center",
                weight=600,
            )
            short = style.cut(r.title.split(":")[0] if len(r.title) > 80 else r.title, 80)
            publisher = style.cut(str(r.publisher).split(",")[0].replace(" Institution", ""), 40)
            ax.text(
                0.035,
                i,
                style.wrap(short, 44) if layout.narrow else f"{short}  ·  {publisher}",
                va="center",
                fontsize=layout.size - (1 if layout.narrow else 0),
                weight=600 if ours[i] else 400,
            )
        ax.plot([0, 0], [0, len(table) - 1], color=style.colour("rule"), zorder=0)
        ax.set_xlim(-0.22 if layout.narrow else -0.1, 1.15)
        ax.set_ylim(len(table) - 0.4, -0.6)
        ax.set_axis_off()
        return drawing

    return Figure(
        data=table[list(columns)],
        columns=columns,
        finding=f"{number(before)} of {plural(len(table), 'dated work')} came before the report of 2023, the first of them in {table['year'].min()}"
        if before
        else "No dated work came before the report of 2023",
        subtitle=f"Works on learning ecosystems and their aim, by year; {number(undated)} without a year left out",
        source=source,
        note="The list holds what was found, not all that was written.",
        alt=f"A line of {plural(len(table), 'work')} from {table['year'].min()} to {table['year'].max()}, one below the other{', the report of 2023 marked' if ours.any() else ''}. "
        f"First: {table['title'].iloc[0]}; last: {table['title'].iloc[-1]}.",
        draw=draw,
    )


@exhibit
def characteristics_by_source(data) -> Figure:
    """Who says that a characteristic is there."""
    source = data.cite("codings", "sources")
    columns = {
        "characteristic": "Characteristic",
        "publisher": "Who publishes the page",
        "readings": "Readings, count",
        "percent": "Share of the characteristic's readings, percent",
    }
    named = data.codings["source_id"].notna()  # of the others the readers' notes do not tell the page
    shown = data.codings[(data.codings["present"] == 1) & named].merge(
        data.sources[["id", "kind"]], left_on="source_id", right_on="id", how="left"
    )
    if shown.empty:
        return nothing("No characteristic is seen", source, **columns)
    names = data.characteristics.set_index("id")["name"]
    group = {
        "organisation or other site": "organisations and other sites",
        "press": "press",
        "directory or award": "directories and awards",
    }
    shown["publisher"] = shown["kind"].map(group).fillna("officials, research and others")
    order = [*group.values(), "officials, research and others"]
    grid = pd.crosstab(shown["characteristic_id"].map(names), shown["publisher"]).reindex(columns=order, fill_value=0)
    parts = grid.div(grid.sum(axis=1), axis=0) * 100
    parts = parts.sort_values("press", ascending=False, kind="stable")
    grid = grid.loc[parts.index]
    table = grid.rename_axis(index="characteristic", columns="publisher").stack().rename("readings").reset_index()
    table["percent"] = parts.stack().round(1).to_numpy()
    own = int(grid[order[0]].sum())
    tints = dict(zip(order, ("light", "main", "gold", "rule"), strict=True))

    def draw(layout):
        drawing, ax = style.axes(layout, 0.34 * len(parts) + (0.95 if layout.narrow else 0.5))
        left = np.zeros(len(parts))
        for name in order:
            values = parts[name].to_numpy()
            ax.barh(range(len(parts)), values, left=left, height=0.7, color=style.colour(tints[name]))
            for i, (v, at) in enumerate(zip(values, left, strict=True)):
                if v >= 9:
                    ax.text(at + v / 2, i, f"{number(v)}%", ha="center", va="center", color=style.on(tints[name]))
            left += values
        ax.set_yticks(range(len(parts)), [style.wrap(n, 17) if layout.narrow else n for n in parts.index])
        ax.set_ylim(len(parts) - 0.5, -0.5)
        ax.set_xlim(0, 100)
        ax.set_xticks([])
        ax.spines[:].set_visible(False)
        handles = [ax.barh([0], [0], color=style.colour(tints[n]), label=n) for n in order]
        drawing.legend(
            handles=handles,
            loc="outside upper left",
            ncols=1 if layout.narrow else 4,
            handlelength=0.8,
            columnspacing=1,
            borderpad=0,
        )
        return drawing

    return Figure(
        data=table,
        columns=columns,
        finding=f"{capital(part(own, len(shown), 'readings'))} stand on pages of organisations and other sites"
        + (
            f"; the press gives at most {number(parts['press'].iloc[0])}%, for {parts.index[0].lower()}"
            if grid["press"].any() and grid.sum(axis=1).min() >= FEW
            else ""
        ),
        subtitle=f"Readings of a characteristic by who publishes the page, in percent; {plural(len(shown), 'reading')} of the open scan",
        source=source,
        note="What an organisation says of itself is kinder than what others say."
        + (" Kinds of publishers were sorted by name and address, with some error." if data.report else ""),
        alt="One bar for each characteristic, split by publisher. Press: "
        + listing(f"{number(parts['press'][n])}% for {n.lower()}" for n in [*parts.index[:2], parts.index[-1]])
        + f". Organisations and other sites: {f'{number(parts[order[0]].min())}% to ' if parts[order[0]].min() < parts[order[0]].max() else ''}{number(parts[order[0]].max())}%.",
        draw=draw,
    )


def idea(data) -> Prose:
    """The opening of the chapter: the idea, and how pages are read by it."""
    works = """The {n} works listed here define it, order its kinds or name its aim. Their definitions differ, and
several share one core: schools do not carry learning alone, but with people and organisations around them. """
    return prose(
        """:::{{div}} lead
What makes a place a learning ecosystem, and how can one tell from a page? """
        + (works if len(data.frameworks) else "")
        + """To read pages by it, this edition breaks the idea into
{c} characteristics, with a written rule for each. {often}.
:::""",
        n=number(len(data.frameworks)),
        c=count(len(data.characteristics)),
        often=characteristics_seen(data).finding,
    )


def frameworks_of(data) -> pd.DataFrame:
    """Frameworks by year, with a link to the page where each was seen."""
    table = data.frameworks.sort_values(["year", "title"], na_position="last", ignore_index=True)
    pages = data.sources.set_index("id")["url"]
    work = [Link(r.title, pages[r.source_id]) for r in table.itertuples()]
    return table.assign(
        work=pd.Series(work, dtype=object), authors=table["authors"].fillna(table["publisher"]).fillna("")
    )


def rule_of(data) -> pd.DataFrame:
    """The characteristics in order, with the share of initiatives in which each is seen."""
    table = data.characteristics.sort_values("order", ignore_index=True, kind="stable")
    shown = data.codings[(data.codings["present"] == 1) & data.codings["initiative_id"].isin(data.initiatives["id"])]
    found = table["id"].map(shown.groupby("characteristic_id")["initiative_id"].nunique()).fillna(0)
    return table.assign(seen=[f"at least {ratio(n, len(data.initiatives))}" if n else "none" for n in found])
