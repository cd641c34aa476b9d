"""Renew the World Development Indicators in ``country_figures.csv`` from the World Bank's Indicators API, version 2.

A maintainer's script, not a build step. Figures of UN DESA, UNDP and the Human Capital Index in the same table are
left alone:
their publishers offer files, and no such interface.
"""

from __future__ import annotations

import datetime

import pandas as pd
import requests

from ecosystems.refresh import SINCE, Answer, SourceFailed, codes, get, main
from ecosystems.tables import Tables

ADDRESS = "https://api.worldbank.org/v2/country/all/indicator"


def ask(line: requests.Session, data: Tables, address: str = ADDRESS) -> Answer:
    """The values of every World Development Indicator that ``indicators.csv`` names, page by page."""
    rows, versions = [], {}
    for indicator, code in codes(data, "World Development Indicators").items():
        page, pages = 1, 1
        while page <= pages:
            answer = get(
                line,
                f"{address}/{code}",
                format="json",
                date=f"{SINCE}:{datetime.date.today().year}",
                per_page=1000,
                page=page,
            )
            if not (isinstance(answer, list) and len(answer) == 2 and isinstance(answer[1], list)):
                raise SourceFailed(f"The World Bank has no values for {code}: {str(answer)[:200]}")
            head, records = answer
            pages, page, versions[indicator] = int(head["pages"]), page + 1, head["lastupdated"][:7]
            rows += [
                (r["countryiso3code"], indicator, int(r["date"]), float(r["value"]))
                for r in records
                if r["value"] is not None
            ]
    return Answer(pd.DataFrame(rows, columns=["iso3", "indicator_id", "year", "value"]), versions)


if __name__ == "__main__":
    main("country_figures", ask)
