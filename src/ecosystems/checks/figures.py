"""Rules of the country figures: they stand for a country or a group, and keep to what their unit allows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ecosystems.checks.problems import Fault, by_id, rule

# Units of indicators with the least and the largest value that they allow; others are not judged.
_UNITS = {
    **{"%": (0, 100), "0-1": (0, 1), "0-100": (0, 100), "score": (0, 1000), "years": (0, 120)},
    **dict.fromkeys(("intl$", "per100", "persons"), (0, np.inf)),
}


@rule("country_figures", "countries", "areas")
@rule("country_figures_unesco", "countries", "areas")
def _areas(table: pd.DataFrame, countries: pd.DataFrame, areas: pd.DataFrame) -> Iterator[Fault]:
    """Values stand for a country or a group of countries."""
    right = "it is neither a country of countries.csv nor a group of areas.csv"
    yield ~table["iso3"].isin({*countries["iso3"], *areas["code"]}), "iso3", right


@rule("country_figures", "indicators")
@rule("country_figures_unesco", "indicators")
def _limits(table: pd.DataFrame, indicators: pd.DataFrame) -> Iterator[Fault]:
    """No value is beyond what its unit allows."""
    unit, value = table["indicator_id"].map(by_id(indicators)["unit"]), table["value"]
    for known, (low, high) in _UNITS.items():
        limits = f"from {low} to {high}; what can be more has another unit" if high < np.inf else f"at least {low}"
        wrong = (unit == known) & value.notna() & ~value.between(low, high)
        yield wrong, "value", f"in the unit {known} of indicators.csv it must be {limits}"
    yield (unit == "persons") & (value % 1 > 0), "value", "persons are whole numbers; look for a separator of thousands"


@rule("country_figures", "country_figures_unesco", name="country_figures_unesco")
@rule("country_figures_unesco", "country_figures", name="country_figures")
def _apart(table: pd.DataFrame, other: pd.DataFrame, name: str) -> Iterator[Fault]:
    """All values of one indicator stand in one table, whose licence is theirs."""
    there = table["indicator_id"].map(other["indicator_id"].value_counts()).fillna(0)
    fewer = there >= table.groupby("indicator_id")["value"].transform("size")
    yield fewer, "indicator_id", f"{name}.csv has the values of this indicator; move the row there"
