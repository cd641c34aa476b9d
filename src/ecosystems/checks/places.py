"""Whether points lie where their rows say; what only an editor can know is asked, and answered in ``answers.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ecosystems import globe
from ecosystems.checks.problems import ASKED, Fault, Frames, Problem, row_label, shorten, told
from ecosystems.maps import world
from ecosystems.tables import Tables

BORDER = 5.0  # kilometres: so exact are outlines, and places that are given to a hundredth of a degree
SHORE = 50.0  # kilometres: so far from land lie islets without an outline, and boats
WATERS = 400.0  # kilometres: no country's waters reach further than 200 sea miles
AROUND = 300.0  # kilometres around the capital, for a country without an outline


def places(data: Frames, path: Path, scope: object) -> Iterator[Problem]:
    """Points lie in their country or its waters; only places have points; the scan keeps to the regions in `scope`."""
    data_of, shapes = Tables(path), {}
    for name, read, form in (
        ("world", world, "GeoJSON, each feature a polygon with the property iso3"),
        ("outlines", lambda t: globe.outlines(t.file("outlines")), "TopoJSON, each country with its code as id"),
    ):
        try:
            shapes[name] = read(data_of)
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            yield Problem(data_of.describe(name)["path"], "", "", None, f"it must be {form} ({shorten(error)})")
    if "countries" not in data:
        return
    countries = data["countries"].drop_duplicates("iso3").set_index("iso3")
    known = set(countries["region"].dropna())
    scope = [region for region in scope if isinstance(region, str)] if isinstance(scope, list) and known else []
    for region in scope:
        if region not in known:
            right = f"no country of countries.csv lies in it; the regions are {', '.join(sorted(known))[:300]}"
            yield Problem("datapackage.json", "", "regions", region, right)
    if len(shapes) < 2:
        return
    scope = [region for region in scope if region in known]
    for name in {"initiatives", "ecosystems"} & data.keys():
        table = data[name][data[name]["iso3"].isin(countries.index)]
        if scope:
            outside = ~table["iso3"].map(countries["region"]).isin(scope)
            yield from told(name, table, [(outside, "iso3", f"the scan looks at {'; '.join(scope)} only")])
        for faults in (
            _coordinates(table),
            _abroad(table, countries, shapes["outlines"]),
            _one_place(table, countries),
        ):
            yield from told(name, table, faults)
    yield from told("countries", data["countries"], _capitals(data["countries"], shapes["outlines"]))


def _coordinates(table: pd.DataFrame) -> Iterator[Fault]:
    """A row has both coordinates, or none and the precision 'country'."""
    latitude, longitude = table["latitude"].notna(), table["longitude"].notna()
    only_country = table["precision"] == "country"
    yield latitude & ~longitude, "longitude", "a point needs both latitude and longitude"
    yield longitude & ~latitude, "latitude", "a point needs both latitude and longitude"
    yield latitude & only_country, "latitude", "with the precision 'country' the coordinates stay empty"
    right = "a precision other than 'country' needs coordinates; use 'country' if only the country is known"
    yield ~latitude & ~longitude & ~only_country, "latitude", right


def _one_place(table: pd.DataFrame, countries: pd.DataFrame) -> Iterator[Fault]:
    """Places of one name in one country are one place, the capital among them."""
    columns = ["capital", "capital_latitude", "capital_longitude"]
    first = {(iso3, city): (point, "the capital") for iso3, city, *point in countries[columns].dropna().itertuples()}
    near = table[table["precision"].isin(["site", "city"])]
    columns = ["iso3", "place", "latitude", "longitude"]
    for line, iso3, place, *point in near.reindex(columns=columns).dropna().itertuples(name=None):
        there, which = first.setdefault((iso3, place), (point, row_label(table, line)))
        if (away := globe.kilometres(*point, *there)) > SHORE:
            right = f"the point lies about {away:,.0f} km from {which} of this name; correct place or point"
            yield line, "place", right, ASKED


def _capitals(countries: pd.DataFrame, shapes: dict) -> Iterator[Fault]:
    """A capital lies in the circle around its country."""
    columns = ["iso3", "capital_longitude", "capital_latitude"]
    for line, iso3, *point in countries[countries["iso3"].isin(shapes)][columns].dropna().itertuples(name=None):
        outline = np.concatenate(shapes[iso3])
        middle = outline.mean(axis=0) / np.linalg.norm(outline.mean(axis=0))
        angles = np.arccos(np.clip([globe.vectors([point])[0] @ middle, (outline @ middle).min()], -1, 1))
        if (away := globe.RADIUS * (angles[0] - angles[1])) > SHORE:
            where = f"with the longitude {point[0]:g} the capital lies at least {away:,.0f} km outside {iso3}"
            yield line, "capital_latitude", f"{where}; check sign, order and country", ASKED


def _abroad(table: pd.DataFrame, countries: pd.DataFrame, shapes: dict) -> Iterator[Fault]:
    """A point lies in its country or near its shore; beyond all waters it is wrong, and in between it is asked."""
    for iso3, group in table[table[["latitude", "longitude"]].notna().all(axis=1)].groupby("iso3"):
        points = group[["longitude", "latitude"]].to_numpy(float)
        if iso3 in shapes:
            away = globe.off(points, shapes[iso3])
        else:  # a country of the editor's own table: its capital is all that is known of its place
            city = countries.loc[iso3, ["capital_longitude", "capital_latitude"]].to_numpy(float)
            away = np.nan_to_num(np.maximum(globe.off(points, [globe.vectors([city, city])]) - AROUND, 0))
        doubtful = np.flatnonzero(away > BORDER)
        where = pd.Series("", index=doubtful)
        for other in shapes.keys() - {iso3} if len(doubtful) else ():
            where[globe.inside(points[doubtful], shapes[other])] = f"in {other}, "
        for i in doubtful:
            if where[i] or away[i] > SHORE:
                right = f"with the longitude {points[i][0]:g} it lies {where[i]}about {away[i]:,.0f} km outside {iso3}"
                if away[i] > WATERS:
                    yield group.index[i], "latitude", f"{right}; check sign, order and country"
                else:
                    yield group.index[i], "latitude", f"{right}; correct it", ASKED
