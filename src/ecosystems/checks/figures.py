"""Rules of the country figures: they stand for a country or a group, and keep to what their unit allows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ecosystems.checks.problems import Fault, Frames, by_id

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


def _areas(data: Frames, name: str, *areas: str) -> Iterator[Fault]:
    """Values stand for a country or a group of countries."""
    table, known = data[name], {code for area in areas for code in data[area].iloc[:, 0]}
    for line in table.index[~table["iso3"].isin(known)]:
        yield name, line, "iso3", "it is neither a country of countries.csv nor a group of areas.csv"


def _limits(data: Frames, name: str, indicators: str) -> Iterator[Fault]:
    """No value is beyond what its unit allows."""
    table = data[name]
    unit, value = table["indicator_id"].map(by_id(data[indicators])["unit"]), table["value"]
    for known, (low, high) in _UNITS.items():
        limits = f"from {low} to {high}; what can be more has another unit" if high < np.inf else f"at least {low}"
        for line in table.index[(unit == known) & value.notna() & ~value.between(low, high)]:
            yield name, line, "value", f"in the unit {known} of indicators.csv it must be {limits}"
    for line in table.index[(unit == "persons") & (value % 1 > 0)]:
        yield name, line, "value", "persons are whole numbers; look for a separator of thousands"


def _apart(data: Frames, name: str, other: str) -> Iterator[Fault]:
    """All values of one indicator stand in one table, whose licence is theirs."""
    table, counts = data[name], data[other]["indicator_id"].value_counts()
    fewer = table["indicator_id"].map(counts).fillna(0) >= table.groupby("indicator_id")["value"].transform("size")
    for line in table.index[fewer]:
        yield name, line, "indicator_id", f"{other}.csv has the values of this indicator; move the row there"


_TABLES = ("country_figures", "country_figures_unesco")
# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    *((_areas, name, "countries", "areas") for name in _TABLES),
    *((_limits, name, "indicators") for name in _TABLES),
    *((_apart, *names) for names in (_TABLES, _TABLES[::-1])),
)
