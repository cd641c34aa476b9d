"""Synthetic scans for measuring: the project's rows repeated with a seed until there are so many.

Never for publishing; title and names say what they are.
"""

from __future__ import annotations

import argparse
import errno
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from ecosystems import globe, tables
from ecosystems.figure import as_csv

SEED = 7
# What an ecosystem shares with its initiative.
SHARED = (
    "iso3 place latitude longitude precision founded founded_of ended reach reach_about reach_year reach_basis"
).split()


def grow(folder: Path, initiatives: int, ecosystems: int | None = None) -> None:
    """Make a folder of tables with so many initiatives and, if asked for, so many selected ones (each has a chapter).

    Rows beyond the project's own are copies under new names, each with a page of its own, and with places, years and
    characteristics of other rows of the same country.
    """
    chance, data = np.random.default_rng(SEED), tables.read(tables.OWN)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):  # perhaps somebody's only copy
        raise FileExistsError(errno.EEXIST, "it is not empty", str(folder))
    chosen = data.eleven if ecosystems is None else data.eleven.head(ecosystems)
    kept = data.initiatives[data.initiatives["id"].isin(data.ecosystems["initiative_id"])]
    rest = data.initiatives[~data.initiatives["id"].isin(kept["id"])]
    first = pd.concat([kept, rest.sample(min(len(rest), max(0, initiatives - len(kept))), random_state=SEED)])
    more = first.iloc[chance.integers(0, len(first), max(0, initiatives - len(first)))].reset_index(drop=True)
    number = pd.Series(range(1, len(more) + 1), more.index).astype(str)
    more = more.assign(
        base=more["id"],
        id=more["id"] + "-x" + number,
        name="Synthetic " + number + ": " + more["name"],
        place=more["place"] + " " + number,
        website=None,
    )
    _move(more, first, chance, globe.outlines(data.file("outlines")))
    table = pd.concat([first.assign(base=first["id"]), more], ignore_index=True)
    base = table[["id", "base"]].rename(columns={"id": "new"})

    grown = {"initiatives": table.drop(columns="base")}
    for name in ("initiative_countries", "codings", "initiative_sources"):  # of a copy: each row on the copy's own page
        rows = base.merge(getattr(data, name), left_on="base", right_on="initiative_id")
        if "source_id" in rows:
            rows.loc[rows["new"] != rows["base"], "source_id"] = "page-" + rows["new"]
        grown[name] = rows.assign(initiative_id=rows["new"]).drop(columns=["new", "base"]).drop_duplicates()
    pages = data.sources.iloc[chance.integers(0, len(data.sources), len(more))]
    pages = pages.assign(
        id=("page-" + more["id"]).to_numpy(),
        url=[f"https://synthetic.example.org/{i}" for i in more["id"]],
        title=[f"Synthetic page of {n}" for n in more["name"]],
        is_copy=0,
    )
    if ecosystems is not None:
        grown |= _chapters(data, chosen, ecosystems)
    _write(folder, data, grown, pages, set(table["id"]), initiatives)


def _write(folder: Path, data: tables.Tables, grown: dict, pages: pd.DataFrame, here: set[str], size: int) -> None:
    """Write all tables: those that are `grown`, others as the project has them, of the initiatives that are `here`."""
    package = json.loads((tables.OWN / "datapackage.json").read_text("utf-8"))
    everything = {
        r["name"]: grown.get(r["name"], getattr(data, r["name"]))
        for r in package["resources"]
        if r["path"].endswith(".csv") and r["name"] != "sources"
    }
    if size < len(data.initiatives):
        everything = {
            n: next((t[t[c].isin(here)] for c in ("initiative_id", "kept_id") if c in t), t)
            for n, t in everything.items()
        }
    used = data.sources[data.sources["id"].isin(tables.cited(everything.values()))]
    everything["sources"] = pd.concat([used, pages], ignore_index=True)
    for resource in package["resources"]:
        if resource["name"] in everything:
            (folder / resource["path"]).write_text(as_csv(everything[resource["name"]]), "utf-8")
        else:
            shutil.copy(data.file(resource["name"]), folder)
    package |= {"title": f"Synthetic scan of {size:,} rows: for measuring only", "version": "0.0.0"}
    (folder / "datapackage.json").write_text(json.dumps(tables.without_measures(package), indent=1), "utf-8")


def _chapters(data: tables.Tables, chosen: pd.DataFrame, number: int) -> dict[str, pd.DataFrame]:
    """The tables of the ecosystems for `number` of them."""
    names = ["ecosystems", "ecosystem_sources", "facts", "ecosystem_codings", "partners"]
    made = {n: [] for n in names}
    free = data.initiatives[~data.initiatives["id"].isin(data.ecosystems["initiative_id"])]
    initiatives = iter(free.to_dict("records"))
    for i in range(number):
        row, mark = chosen.iloc[i % len(chosen)], f"-x{i // len(chosen)}" if i >= len(chosen) else ""
        for n in names:
            rows = getattr(data, n)
            column = "id" if n == "ecosystems" else "ecosystem_id"
            rows = rows[rows[column] == row["id"]].copy()
            rows[column] += mark
            if mark and n == "ecosystems":
                of = next(initiatives)
                rows = rows.assign(
                    initiative_id=of["id"],
                    name=rows["name"] + f" (synthetic {mark[2:]})",
                    short_name=rows["short_name"].str.partition(" (")[0].str[:20] + f" {mark[2:]}",
                    now_iso3=None,
                    **{c: of[c] for c in SHARED},
                )
            elif mark and (key := next((c for c in ("id", "fact_id") if c in rows), "")):
                rows[key] = rows[key].str.replace(row["id"], row["id"] + mark, n=1, regex=False)
            made[n].append(rows)
    about = {
        n: t[t["about"].isin({"programme", *chosen["id"]})]
        for n, t in (("contradictions", data.contradictions), ("unknowns", data.unknowns))
    }
    claims = data.claims[data.claims["contradiction_id"].isin(about["contradictions"]["id"])]
    portraits = data.portraits[data.portraits["ecosystem_id"].isin(chosen["id"])]
    made = {n: pd.concat(rows, ignore_index=True) for n, rows in made.items()}
    return {**made, **about, "claims": claims, "portraits": portraits}


def _move(more: pd.DataFrame, first: pd.DataFrame, chance: np.random.Generator, shapes: dict) -> None:
    """Give rows with a place one between two real ones of their country, if it lies inside, and years of others."""
    spot = ["longitude", "latitude"]
    for iso3, group in more.dropna(subset=spot).groupby("iso3"):
        known = first.loc[first["iso3"] == iso3, spot].dropna().to_numpy(float)
        a, b = known[chance.integers(0, len(known), (2, len(group)))]
        share = chance.random((len(group), 1))
        points = np.round(a * share + b * (1 - share) + chance.normal(0, 0.15, a.shape), 3)
        outside = ~globe.inside(points, shapes[iso3]) if iso3 in shapes else np.full(len(points), True)
        points[outside] = a[outside]
        more.loc[group.index, spot] = points


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path, help="the new folder")
    arguments.add_argument("initiatives", type=int, help="how many")
    arguments.add_argument("ecosystems", type=int, nargs="?", help="how many (default: as many as the project has)")
    chosen = arguments.parse_args()
    if chosen.initiatives < 1:
        arguments.error(f"{chosen.initiatives} initiatives are no scan.")
    try:
        grow(chosen.folder, chosen.initiatives, chosen.ecosystems)
    except OSError as error:
        sys.exit(f"{error.filename}: a new folder cannot be made here ({error.strerror}).")
