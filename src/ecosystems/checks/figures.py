"""Rules of the country figures: they stand for a country or a group, and keep to what their unit allows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ecosystems.checks.problems import Frames, Problem, each

__all__ = ["RULES"]

# Units of indicators with the least and the largest value that they allow; others are not judged.
_UNITS = {
    "%": (0, 100),
    "0-1": (0, 1),
    "0-100": (0, 100),
    "intl$": (0, np.inf),
    "per100": (0, np.inf),
    "persons": (0, np.inf),
    "score": (0, 1000),
    "years": (0, 120),
}
_WHOLE = {"persons"}


def _areas(data: Frames, name: str, *areas: str) -> Iterator[Problem]:
    """Values stand for a country or a group of countries."""
    table, known = data[name], {code for area in areas for code in data[area].iloc[:, 0]}
    right = "it is neither a country of countries.csv nor a group of areas.csv"
    yield from each(name, table, ~table["iso3"].isin(known), "iso3", right)


def _limits(data: Frames, name: str, indicators: str) -> Iterator[Problem]:
    """No value is beyond what its unit allows."""
    table, units = data[name], data[indicators].drop_duplicates("id").set_index("id")["unit"]
    unit, value = table["indicator_id"].map(units), table["value"]
    for known, (low, high) in _UNITS.items():
        limits = f"from {low} to {high}; what can be more has another unit" if high < np.inf else f"at least {low}"
        wrong = (unit == known) & value.notna() & ~value.between(low, high)
        yield from each(name, table, wrong, "value", f"in the unit {known} of indicators.csv it must be {limits}")
    right = "persons are whole numbers; look for a separator of thousands"
    yield from each(name, table, unit.isin(_WHOLE) & (value % 1 > 0), "value", right)


def _apart(data: Frames, name: str, other: str) -> Iterator[Problem]:
    """All values of one indicator stand in one table, whose licence is theirs."""
    table, counts = data[name], data[other]["indicator_id"].value_counts()
    fewer = table["indicator_id"].map(counts).fillna(0) >= table.groupby("indicator_id")["value"].transform("size")
    yield from each(
        name, table, fewer, "indicator_id", f"{other}.csv has the values of this indicator; move the row there"
    )


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    (_areas, "country_figures", "countries", "areas"),
    (_areas, "country_figures_unesco", "countries", "areas"),
    (_limits, "country_figures", "indicators"),
    (_limits, "country_figures_unesco", "indicators"),
    (_apart, "country_figures", "country_figures_unesco"),
    (_apart, "country_figures_unesco", "country_figures"),
)
