"""Whether points lie where their rows say; what only an editor can know is asked, and answered in ``answers.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ecosystems import globe
from ecosystems.checks.problems import Frames, Problem, each, row_key, row_label, shorten
from ecosystems.maps import world
from ecosystems.tables import Tables

BORDER = 5.0  # kilometres: so exact are outlines, and places that are given to a hundredth of a degree
SHORE = 50.0  # kilometres: so far from land lie islets without an outline, and boats
WATERS = 400.0  # kilometres: no country's waters reach further than 200 sea miles
AROUND = 300.0  # kilometres around the capital, for a country without an outline


def places(data: Frames, path: Path, scope: list[str] | None) -> Iterator[Problem]:
    """Points lie in their country or its waters; only places have points; the scan keeps to the regions in `scope`."""
    data_of, shapes = Tables(path), {}
    for name, read, said in (
        ("world", world, "it must be GeoJSON, each feature a polygon with the property iso3"),
        (
            "outlines",
            lambda t: globe.outlines(t.file("outlines")),
            "it must be TopoJSON, each country with its code as id",
        ),
    ):
        try:
            shapes[name] = read(data_of)
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            yield Problem(data_of.describe(name)["path"], "", "", None, f"{said} ({shorten(error)})")
    if len(shapes) < 2 or "countries" not in data:
        return
    countries = data["countries"].drop_duplicates("iso3").set_index("iso3")
    scope = [region for region in scope or [] if region in set(countries["region"])]
    for name in {"initiatives", "ecosystems"} & data.keys():
        table = data[name][data[name]["iso3"].isin(countries.index)]
        if scope:
            outside = ~table["iso3"].map(countries["region"]).isin(scope)
            yield from each(name, table, outside, "iso3", f"the scan looks at {'; '.join(scope)} only")
        yield from _coordinates(name, table)
        yield from _abroad(name, table, countries, shapes["outlines"])
        yield from _one_place(name, table, countries)
    yield from _capitals(data["countries"], shapes["outlines"])


def _coordinates(name: str, table: pd.DataFrame) -> Iterator[Problem]:
    """A row has both coordinates, or none and the precision 'country'."""
    has, only_country = table[["latitude", "longitude"]].notna(), table["precision"] == "country"
    for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
        yield from each(name, table, has[one] & ~has[other], other, "a point needs both latitude and longitude")
    for wrong, right in (
        (has["latitude"] & only_country, "with the precision 'country' the coordinates stay empty"),
        (
            ~has["latitude"] & ~has["longitude"] & ~only_country,
            "a precision other than 'country' needs coordinates; use 'country' if only the country is known",
        ),
    ):
        yield from each(name, table, wrong, "latitude", right)


def _one_place(name: str, table: pd.DataFrame, countries: pd.DataFrame) -> Iterator[Problem]:
    """Places of one name in one country are one place, the capital among them."""
    columns = ["capital", "capital_latitude", "capital_longitude"]
    first = {(iso3, city): (point, "the capital") for iso3, city, *point in countries[columns].dropna().itertuples()}
    columns = ["iso3", "place", "latitude", "longitude"]
    for line, iso3, place, *point in (
        table[table["precision"].isin(["site", "city"])].reindex(columns=columns).dropna().itertuples(name=None)
    ):
        there, which = first.setdefault((iso3, place), (point, row_label(table, line)))
        if (away := globe.kilometres(*point, *there)) > SHORE:
            right = f"the point lies about {away:,.0f} km from {which} of this name; correct place or point"
            yield Problem(name, row_label(table, line), "place", place, right, row_key(table, line))


def _capitals(countries: pd.DataFrame, shapes: dict) -> Iterator[Problem]:
    """A capital lies in the circle around its country."""
    columns = ["iso3", "capital_longitude", "capital_latitude"]
    for line, iso3, *point in countries[countries["iso3"].isin(shapes)][columns].dropna().itertuples(name=None):
        outline = np.concatenate(shapes[iso3])
        middle = outline.mean(axis=0) / np.linalg.norm(outline.mean(axis=0))
        angles = np.arccos(np.clip([globe.vectors([point])[0] @ middle, (outline @ middle).min()], -1, 1))
        if (away := globe.RADIUS * (angles[0] - angles[1])) > SHORE:
            right = f"the capital lies at least {away:,.0f} km outside {iso3}; check sign, order and country"
            value = f"{point[1]:g}, {point[0]:g}"
            yield Problem("countries", row_label(countries, line), "capital_latitude", value, right, iso3)


def _abroad(name: str, table: pd.DataFrame, countries: pd.DataFrame, shapes: dict) -> Iterator[Problem]:
    """A point lies in its country or near its shore; beyond all waters it is wrong, and in between it is asked."""
    for iso3, group in table[table[["latitude", "longitude"]].notna().all(axis=1)].groupby("iso3"):
        points = group[["longitude", "latitude"]].to_numpy(float)
        if iso3 in shapes:
            away = globe.off(points, shapes[iso3])
        else:  # a country of the editor's own table: its capital is all that is known of its place
            city = countries.loc[iso3, ["capital_longitude", "capital_latitude"]].to_numpy(float)
            away = np.nan_to_num(np.maximum(globe.off(points, [globe.vectors([city, city])]) - AROUND, 0))
        doubtful = np.flatnonzero(away > BORDER)
        where = pd.Series(index=doubtful, dtype=object)
        for other in shapes.keys() - {iso3} if len(doubtful) else ():
            where[globe.inside(points[doubtful], shapes[other])] = f"in {other}, "
        for i in doubtful:
            if not (other := where.fillna("")[i]) and away[i] <= SHORE:
                continue
            value, line = f"{points[i][1]:g}, {points[i][0]:g}", group.index[i]
            found = f"the point lies {other}about {away[i]:,.0f} km outside {iso3}"
            right = f"{found}; check sign, order and country" if away[i] > WATERS else f"{found}; correct it"
            asked = "" if away[i] > WATERS else row_key(table, line)
            yield Problem(name, row_label(table, line), "latitude", value, right, asked)
