"""Newer country figures from their sources: fetched, compared with the tables, checked, written together or not at all.

Only a maintainer's script uses this; no build does. Countries with an ecosystem, and groups of countries, have every
year since 2000; other countries have their latest year.
"""

import argparse
import datetime
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from ecosystems import checks
from ecosystems.tables import OWN, Tables, measure

SINCE = 2000
MIN_COVERAGE = 0.9  # share of an indicator's countries that an answer must have; fewer means that it is wrong
TIMEOUT = (10, 60)  # seconds to connect, and to answer


class SourceFailed(Exception):
    """A source cannot be used; the text says why, in one sentence."""


class Answer(NamedTuple):
    """What a source says now: values (iso3, indicator_id, year, value), and the version (year, month) by indicator."""

    values: pd.DataFrame
    versions: dict[str, str]


def session() -> requests.Session:
    """A session that tries again, with growing pauses, when a server is busy or a line breaks."""
    made = requests.Session()
    retry = Retry(total=4, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=("GET",))
    for scheme in ("https://", "http://"):
        made.mount(scheme, HTTPAdapter(max_retries=retry))
    made.headers["Accept"] = "application/json"
    return made


def get(line: requests.Session, url: str, **query: object) -> dict | list:
    """The JSON at an address.

    Raises
    ------
    SourceFailed
        If there is no answer in time, or it is not JSON.
    """
    try:
        answer = line.get(url, params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()
    except requests.exceptions.JSONDecodeError:
        raise SourceFailed(f"{url} answered with something that is not JSON.") from None
    except requests.HTTPError as error:
        raise SourceFailed(f"{url} answered {error.response.status_code} ({error.response.reason}).") from None
    except requests.exceptions.ProxyError:
        right = "the proxy of this machine does not answer; look at HTTPS_PROXY"
        raise SourceFailed(f"{url} was not reached: {right}.") from None
    except requests.RequestException as error:
        raise SourceFailed(f"{url} did not answer ({type(error).__name__}); is there a way to the internet?") from None


def codes(data: Tables, dataset: str) -> dict[str, str]:
    """The source's code of each indicator of a dataset, by our id: what follows the comma in ``indicators.dataset``."""
    table = data.indicators[data.indicators["dataset"].str.startswith(f"{dataset}, ")]
    return dict(zip(table["id"], table["dataset"].str.rpartition(", ")[2], strict=True))


def chosen(data: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """The values that go into the tables: every year of countries with an ecosystem and of groups, else the latest."""
    groups = set(data.areas["code"])
    values = values[(values["year"] >= SINCE) & values["iso3"].isin(groups | set(data.countries["iso3"]))]
    whole = values["iso3"].isin(groups | set(data.ecosystems["iso3"]))
    latest = values.groupby(["indicator_id", "iso3"])["year"].transform("max") == values["year"]
    return values[whole | latest].sort_values(["indicator_id", "iso3", "year"], ignore_index=True)


def _as_text(values: pd.Series, as_before: pd.Series) -> list[str]:
    """Numbers as text, with as many decimals as the table had."""
    digits = max([len(v.partition(".")[2]) for v in as_before], default=2)
    return [f"{v:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{v:.0f}" for v in values]


def _fewer(indicator: str, old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Of which countries or years an indicator's new values are too few to be right, or an empty text."""
    lost = set(old["iso3"]) - set(new["iso3"])
    if len(lost) > (1 - MIN_COVERAGE) * (count := old["iso3"].nunique()):
        first = ", ".join(sorted(lost)[:5])
        return f"{indicator}: {len(lost)} of {count} countries and groups have no value any more ({first} ...)."
    if new["year"].max() < old["year"].astype(int).max():
        return f"{indicator}: the newest year is {new['year'].max()}, and the table has {old['year'].max()} already."
    return ""


def renew(folder: Path, name: str, answer: Answer) -> list[str]:
    """Put a source's values into the table `name` of `folder`; returns what changed, in words.

    Raises
    ------
    SourceFailed
        If the values cannot be right, or the tables would not pass their check; then no file is touched.
    """
    data = Tables(folder)
    old = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    new, changes, parts = chosen(data, answer.values), [], []
    for indicator in answer.versions:
        before, after = old[old["indicator_id"] == indicator], new[new["indicator_id"] == indicator]
        if problem := _fewer(indicator, before, after):
            raise SourceFailed(problem)
        after = after.assign(value=_as_text(after["value"], before["value"]), year=after["year"].astype(str))
        parts.append(after[["iso3", "indicator_id", "year", "value"]])
        was, now = (t.set_index(["iso3", "year"])["value"] for t in (before, after))
        both = was.index.intersection(now.index)
        count = len(now) - len(both), len(was) - len(both), (was[both] != now[both]).sum()
        if any(count):
            counts = "{} new, {} gone, {} revised".format(*count)
            years = f"newest year {after['year'].max()} (was {before['year'].max()})"
            changes.append(f"{indicator}: {years}; values: {counts}")
    if not changes:
        return []
    table = pd.concat([old[~old["indicator_id"].isin(answer.versions)], *parts]).sort_values(
        ["indicator_id", "iso3", "year"], kind="stable", ignore_index=True
    )
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        trial = Path(place) / "data"
        shutil.copytree(folder, trial)
        table.to_csv(trial / f"{name}.csv", index=False, lineterminator="\n")
        _tell_versions(trial, data, name, answer.versions)
        if problems := checks.check(trial):
            count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
            raise SourceFailed(f"The tables would have {count}, first: {problems[0]}")
        for file in (f"{name}.csv", "indicators.csv", "datapackage.json"):
            (trial / file).replace(folder / file)
    return changes


def _tell_versions(folder: Path, data: Tables, name: str, versions: dict[str, str]) -> None:
    """Write the new versions into ``indicators.csv`` and the descriptor, with sizes and hashes."""
    indicators = pd.read_csv(folder / "indicators.csv", dtype=str, keep_default_na=False)
    indicators["version"] = [versions.get(i, v) for i, v in zip(indicators["id"], indicators["version"], strict=True)]
    indicators.to_csv(folder / "indicators.csv", index=False, lineterminator="\n")
    named = data.indicators[data.indicators["id"].isin(versions)]
    titles = {f"{r.organisation}, {r.dataset}": versions[r.id] for r in named.itertuples()}
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        for source in resource.get("sources", []):
            if resource["name"] == name and source["title"] in titles:
                source["version"] = titles[source["title"]]
        if resource["name"] in (name, "indicators"):
            resource.update(measure(folder / resource["path"]))
    (folder / "datapackage.json").write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(name: str, ask: Callable[[requests.Session, Tables], Answer], arguments: list[str] | None = None) -> None:
    """A script's command: ask the source, renew the table `name`, say what changed; exit code 1 if that fails."""
    parser = argparse.ArgumentParser(description=f"Renew {name}.csv from its source.")
    parser.add_argument("--data", type=Path, default=OWN, help="folder of the tables (default: data)")
    folder = parser.parse_args(arguments).data.resolve()
    try:
        if not (folder / "datapackage.json").is_file():
            raise SourceFailed(f"{folder} is no folder of tables: it has no datapackage.json.")
        changes = renew(folder, name, ask(session(), Tables(folder)))
    except SourceFailed as failure:
        raise SystemExit(f"{failure}\n{name}.csv is as it was.") from None
    print(*(changes or [f"{name}.csv says what the source says; nothing was changed."]), sep="\n")
    if changes:
        row = f"{datetime.date.today()}, newer figures, {name}"
        print(f"Written to {folder}. Add a row to edits.csv ({row}), then make describe and make check.")
