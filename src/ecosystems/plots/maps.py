"""Maps: areas in shades of a measure, and points. One value gives the drawing and its interactive twin of the web."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from ecosystems import globe, maps, style
from ecosystems.plots.common import Plot, some, tell
from ecosystems.words import Link, listing, number, plural, short_region


class Mark(NamedTuple):
    """A point on a choropleth: where, name of a colour, and what a reader is told there (the name first)."""

    latitude: float
    longitude: float
    tint: str
    lines: tuple[str, ...]
    links: tuple[Link, ...] = ()


def _legend(entries: tuple[tuple[str, str], ...], layout: style.Layout) -> list[tuple[str, str]]:
    return [(tint, short_region(text) if layout.narrow else text) for tint, text in entries]


class _Map(Plot):
    """A plot that is an interactive map, too."""

    def document(self, table: pd.DataFrame, id: str, title: str) -> str:
        """The interactive map as an HTML document."""
        from ecosystems import atlas  # loads folium, which who only draws or reads does not need

        return atlas.document(id, title, legend=list(self.legend), **self._on_the_web(table))


@dataclass(frozen=True)
class Choropleth(_Map):
    """Countries in five shades of a measure in percent, those without a value hatched, with points on top.

    Parameters
    ----------
    value : str
        Column with the measure; the column ``iso3`` names the country. For the web a column ``lines`` tells its words.
    edges : tuple of float
        Four values at which a darker shade begins.
    land : maps.Ground
    unknown : dict of str to str
        ISO code to name of the countries that are looked at and have no value.
    marks : tuple of Mark
        Points.
    """

    value: str
    edges: tuple[float, ...]
    land: maps.Ground
    unknown: dict[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Pairs of colour and text."""
        first, *_, last = self.edges
        between = (f"{a}–{b}%" for a, b in pairwise(self.edges))
        labels = (f"under {first}%", *between, f"{last}% or more")
        return (*zip(maps.SCALE, labels, strict=True), ("none", "no value"))

    def _areas(self, table: pd.DataFrame) -> pd.DataFrame:
        known = table.assign(tint=maps.bins(table[self.value], list(self.edges)))
        lines = [[country, "no value"] for country in self.unknown.values()]
        unknown = pd.DataFrame({"iso3": list(self.unknown), "tint": pd.NA, "lines": lines}, dtype=object)
        return pd.concat([known.astype(object), unknown]).sort_values("iso3", kind="stable", ignore_index=True)

    def _points(self) -> pd.DataFrame:
        return pd.DataFrame(self.marks, columns=list(Mark._fields))

    def _on_the_web(self, table: pd.DataFrame) -> dict:
        points, areas = self._points(), self._areas(table)
        return {"points": points, "areas": areas, "extent": maps.window(self.land, points, areas)}

    def _draw(self, table, layout):
        shown = self._on_the_web(table)
        shown["points"] = shown["points"].assign(size=9 if layout.narrow else 18)
        return maps.world_map(self.land, layout, legend=_legend(self.legend, layout), **shown)

    def describe(self, table, units):
        ranked = table.sort_values([self.value, "iso3"], ascending=False)
        told = [f"{r.country} {tell(getattr(r, self.value), units.get(self.value), 1)}" for r in ranked.itertuples()]
        lowest = f"; the lowest: {told[-1]}" if len(told) > 4 else ""
        shades = f"A map in five shades, countries without a value hatched. The highest values: {listing(told[:4])}"
        return f"{shades}{lowest}."


@dataclass(frozen=True)
class PointMap(_Map):
    """A point for each row that has a place: columns ``latitude`` and ``longitude``.

    For the web, columns ``lines`` (texts, the name first) and ``links`` tell what a reader sees at a point; if there is
    a column ``initiatives``, a point stands for so many.

    Parameters
    ----------
    colour : str
        Column whose values `tints` gives colours.
    tints : dict of str to str
        Value to name of a colour.
    land : maps.Ground
    legend : tuple of (colour, text)
    name : str
        Column with names that stand beside the points in the wide layout, if any; a point without one has none.
    phones : bool
        In the narrow layout numbers stand there, and the legend has the names, or the one name does; else nothing.
    count : str
        Column with a count that the size of a point follows, if any.
    sizes : dict of str to float
        Value of `colour` to the size of its points in square points; larger ones lie above.
    areas : tuple of (ISO code, colour, name)
        Countries that stand out.
    close : bool
        Whether the web shows the same part of the world as the drawing, instead of all points.
    names : tuple of (name, longitude, latitude)
        Names of countries in the drawing.
    """

    colour: str
    tints: dict[str, str]
    land: maps.Ground
    legend: tuple[tuple[str, str], ...] = ()
    name: str = ""
    phones: bool = False
    count: str = ""
    sizes: dict[str, float] = field(default_factory=dict)
    areas: tuple[tuple[str, str, str], ...] = ()
    close: bool = False
    names: tuple[tuple[str, float, float], ...] = ()

    def _points(self, table: pd.DataFrame) -> pd.DataFrame:
        points = table.dropna(subset=["latitude", "longitude"])
        points = points.assign(tint=points[self.colour].map(self.tints).fillna("quiet"))
        if self.count:
            points["size"] = 6 + 150 * points[self.count] / points[self.count].max()
        if self.sizes:
            points["size"] = points[self.colour].map(self.sizes)
            points = points.sort_values("size", kind="stable")
        return points

    def _areas(self) -> pd.DataFrame | None:
        rows = [(iso3, tint, [country]) for iso3, tint, country in self.areas]
        return pd.DataFrame(rows, columns=["iso3", "tint", "lines"]) if rows else None

    def _draw(self, table, layout):
        points, labels = self._points(table), bool(self.name) and (self.phones or not layout.narrow)
        if labels:
            points["name"] = points[self.name]
        legend = _legend(self.legend, layout)
        named = points.index[points["name"].notna()] if labels else ()
        if len(named) > 1 and layout.narrow:
            legend += [("", f"{i} {points.at[row, 'name']}") for i, row in enumerate(named, 1)]
            points.loc[named, "name"] = [str(i) for i in range(1, len(named) + 1)]
        shown = {"labels": labels, "legend": legend, "names": self.names}
        return maps.world_map(self.land, layout, points=points, areas=self._areas(), **shown)

    def _on_the_web(self, table: pd.DataFrame) -> dict:
        points = self._points(table)
        points = points[::-1] if self.sizes else points  # on the web the first points lie above
        extent = maps.window(self.land, points)
        if len(points) and not self.close:  # one point alone shows where in the world it is
            placed = zip(points["latitude"], points["longitude"], strict=True)
            extent = globe.window(placed, margin=3 if len(points) > 1 else 12)
        return {"points": points, "areas": self._areas(), "extent": extent}

    def describe(self, table, units):
        points = self._points(table)
        counts = points.groupby(self.colour)[self.count].sum() if self.count else points[self.colour].value_counts()
        marks = plural(len(points), "circle" if self.count else "coloured point")
        larger = ", larger for more" if self.count else ""
        told = some(f"{value} {number(n)}" for value, n in counts.items())
        seen = f"A {'' if self.close else 'world '}map with {marks}{larger}: {told}."
        countries = table["country"].value_counts() if "country" in table and not self.count else []
        if len(countries) > 1 and countries.iloc[0] > 1:
            seen += f" The countries with most: {listing(f'{c} {n}' for c, n in countries.head(3).items())}."
        return seen
