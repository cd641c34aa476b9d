"""Renew ``country_figures_unesco.csv`` from the public API of the UNESCO Institute for Statistics.

A maintainer's script, not a build step. Numbers and rates of one release belong together, so all indicators are
renewed at once;
and as their licence asks to share alike, they go to this table and to no other.
"""

from __future__ import annotations

import re

import pandas as pd
import requests

from ecosystems.refresh import SINCE, Answer, SourceFailed, codes, get, main
from ecosystems.tables import Tables
from ecosystems.words import MONTHS

ADDRESS = "https://api.uis.unesco.org/api/public"
GROUPS = {
    "World": "WLD",
    "High income countries": "HIC",
    "Upper middle income countries": "UMC",
    "Lower middle income countries": "LMC",
    "Low income countries": "LIC",
}


def release(line: requests.Session, address: str) -> tuple[str, str]:
    """The version that the interface answers with, and the month of its data on education."""
    told = get(line, f"{address}/versions/default")
    try:
        status = next(t for t in told["themeDataStatus"] if t["theme"] == "EDUCATION")
        # A release keeps its name ("September 2024 Data Release") when single values are corrected later.
        if named := re.search(rf"({'|'.join(MONTHS)}) (\d{{4}})", status.get("description") or ""):
            return told["version"], f"{named[2]}-{MONTHS.index(named[1]) + 1:02}"
        return told["version"], str(pd.Timestamp(status["lastUpdate"]))[:7]
    except (KeyError, TypeError, StopIteration, ValueError):
        right = f"does not tell the date of its data: {str(told)[:200]}"
        raise SourceFailed(f"The UNESCO Institute for Statistics {right}") from None


def ask(line: requests.Session, data: Tables, address: str = ADDRESS) -> Answer:
    """The values of every indicator of UNESCO that ``indicators.csv`` names, all of one release."""
    version, month = release(line, address)
    units = get(line, f"{address}/definitions/geounits", version=version)
    areas = {u["id"]: u["id"] for u in units if u["type"] == "NATIONAL"}
    for name, code in GROUPS.items():
        found = [u["id"] for u in units if u["type"] == "REGIONAL" and u["name"] == name]
        if len(found) > 1:  # several lists of regions have a world; that of the SDGs is the institute's own
            found = [i for i in found if i.startswith(f"{'SDG' if code == 'WLD' else 'WB'}: ")]
        if len(found) != 1:
            raise SourceFailed(
                f"The UNESCO Institute for Statistics has {len(found)} groups called {name!r}; "
                f"say in GROUPS which one is {code}."
            )
        areas[found[0]] = code
    rows, versions = [], {}
    for indicator, code in codes(data, "SDG 4 indicators").items():
        answer = get(line, f"{address}/data/indicators", indicator=code, start=SINCE, version=version)
        if not (isinstance(answer, dict) and answer.get("records")):
            raise SourceFailed(f"The UNESCO Institute for Statistics has no values for {code}: {str(answer)[:200]}")
        versions[indicator] = month
        rows += [
            (areas[r["geoUnit"]], indicator, int(r["year"]), float(r["value"]))
            for r in answer["records"]
            if r["geoUnit"] in areas and r["value"] is not None
        ]
    return Answer(pd.DataFrame(rows, columns=["iso3", "indicator_id", "year", "value"]), versions)


if __name__ == "__main__":
    main("country_figures_unesco", ask)
