"""Tables for the opening of the book: places with names, characteristics and evidence of the selected ecosystems."""

import numpy as np
import pandas as pd

from ecosystems import maps
from ecosystems.analysis import characteristic_names, compare, seen
from ecosystems.analysis.places import EVIDENCE, shown
from ecosystems.table import LONG
from ecosystems.words import plural


def named_places(data) -> pd.DataFrame:
    """The selected ecosystems and the other initiatives with a known place.

    An ecosystem that works across a country, and has no place, stands in the middle of the country's largest part.

    Columns: name, kind (initiative, ecosystem), country, latitude, longitude, precision, initiatives (count: of very
    many, a point stands for those of its cell); the ecosystems last.
    """
    columns = ["name", "kind", "country", "latitude", "longitude", "precision", "initiatives"]
    rest = data.scan[~data.scan["selected"]].dropna(subset=["latitude", "longitude"]).assign(initiatives=1)
    if len(rest) > LONG:
        rest = maps.gathered(rest).assign(name="several initiatives", precision="cell of two by two degrees")
    rest = rest.assign(kind="initiative")
    ours = data.eleven.assign(
        name=data.eleven["short_name"].str.replace(r" \(.*\)$", "", regex=True), kind="ecosystem", initiatives=1
    )
    shapes = maps.world(data)
    for i, row in ours[ours["latitude"].isna()].iterrows():
        if rings := shapes.get(row["iso3"]):
            ours.loc[i, ["longitude", "latitude"]] = _middle(max(rings, key=len)).round(1)
    return pd.concat([rest[columns], ours.dropna(subset=["latitude"])[columns]], ignore_index=True)


def _middle(ring: np.ndarray) -> np.ndarray:
    """Centroid of a ring of longitude and latitude (shoelace formula, in the plane of degrees)."""
    x, y = ring.T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    return np.array([((x[:-1] + x[1:]) * cross).sum(), ((y[:-1] + y[1:]) * cross).sum()]) / (3 * cross.sum())


def characteristics_of_ecosystems(data) -> pd.DataFrame:
    """In how many of the selected ecosystems facts show each characteristic, the most frequent first.

    Columns: characteristic, ecosystems (count, also zero).
    """
    here = shown(data)
    counts = (here["reading"] == "shown").groupby(here["characteristic"], sort=False).sum()
    return counts.rename("ecosystems").reset_index()


def best_evidence(data) -> pd.DataFrame:
    """How many ecosystems have each kind of evidence as the strongest about them, as their table says.

    Columns: evidence (as :data:`.places.EVIDENCE` names it, the strongest first), ecosystems (count, also zero); empty
    if no ecosystem has a kind.
    """
    counts = compare.evidence(data)["rung"].value_counts().reindex(list(EVIDENCE.values())[::-1], fill_value=0)
    table = counts.rename_axis("evidence").reset_index(name="ecosystems")
    return table if table["ecosystems"].any() else table.iloc[:0]


def reading_depth(data) -> pd.DataFrame:
    """How many characteristics an initiative shows on average, by how many of its pages were read.

    Columns: pages (text; four and more are one group), initiatives (count), characteristics (mean number); empty if
    nothing was read.
    """
    traits = seen(data)[characteristic_names(data).index].sum(axis=1)
    pages = data.initiative_sources.groupby("initiative_id")["source_id"].nunique()
    pages = pages.reindex(traits.index).dropna().clip(upper=4).astype(int)
    table = traits.loc[pages.index].groupby(pages).agg(["size", "mean"]).reset_index()
    table.columns = ["pages", "initiatives", "characteristics"]
    names = {n: plural(n, "page") + " or more" * (n == 4) for n in table["pages"]}
    return table.assign(pages=table["pages"].map(names), characteristics=table["characteristics"].round(1))
