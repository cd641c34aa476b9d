"""Rules on cells that must belong together: a column that was sorted or filled down alone moves them apart.

Only what rows say themselves is compared: an id with the content that it was made from, a year with the year in a
text, a page with the pages of its initiative.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.addresses import host
from ecosystems.checks.problems import ASKED, Fault, by_id, rule
from ecosystems.checks.wording import words
from ecosystems.tables import OWN

_YEAR = re.compile(r"(?<![\d.,])(?<!\d[/–-])((?:18|19|20)\d\d)(?:[/–-](\d{2}|\d{4}))?(?![\w,]*\d|[./–-]\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)()[/-](?:0?[1-9]|1[0-2])(?!\d)")  # with a month
_UPDATED = 2  # years for which a page is kept up after the year that it gives
# Before a year that is not the time of the statement itself.
_BESIDE = re.compile(r"\b(since|from|of|after|before|until|till|beg[ua]n in|ended in)( \w+)? $", re.IGNORECASE)
_LATE = re.compile(r"\b(late|end of|autumn|winter|november|december) $", re.IGNORECASE)


def _keys(values: pd.Series) -> list[str]:
    """Keys as they stand at the beginning of ids."""
    return ["" if pd.isna(v) else str(v).replace(".", "-") for v in values]


@rule("claims", column="contradiction_id")
@rule("edits", column="version")
@rule("facts", column="ecosystem_id")
@rule("partners", column="ecosystem_id")
def _owner(table: pd.DataFrame, column: str) -> Iterator[Fault]:
    """An id begins with the key of its own row's owner, if it begins with one."""
    owners = _keys(table[column])
    known = set(owners)
    for line, id, own in zip(table.index, table["id"], owners, strict=True):
        if own and isinstance(id, str) and not f"{id}-".startswith(f"{own}-"):
            parts = id.split("-")
            beginnings = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
            if other := next((b for b in beginnings if b in known), ""):
                yield line, column, f"the id begins with {other[:60]!r}; one of the two is of another row", ASKED


@rule("characteristics")
@rule("ecosystems", names=("name", "short_name", "organisation"))
@rule("events", names=("title",))
@rule("initiatives", names=("name", "organisation", "place"))
@rule("key_points")
@rule("organisations")
@rule("partners", owner="ecosystem_id")
@rule("people")
@rule("programme_page", names=("section",))
@rule("quoted_figures", names=("figure",))
@rule("studies", names=("work",))
def _name(table: pd.DataFrame, names: tuple[str, ...] = ("name",), owner: str = "") -> Iterator[Fault]:
    """An id that has no word of its own row's name is not made of words of another row's name."""
    owners = _keys(table[owner]) if owner else [""] * len(table)
    texts = table[[c for c in names if c in table]]
    said = [words(*row) for row in texts.itertuples(index=False)]
    having = defaultdict(list)
    for other in said:
        for word in other:
            having[word].append(other)
    for line, id, own, mine in zip(table.index, table["id"], owners, said, strict=True):
        if isinstance(id, str) and mine:
            of = words(id.removeprefix(own).replace("-", " "))
            if of and not of & mine and any(of <= other for other in min((having[w] for w in of), key=len)):
                right = "the words of the id stand in another row; look whether the column was sorted alone"
                yield line, texts.columns[0], right, ASKED


@rule("sources")
def _page(table: pd.DataFrame) -> Iterator[Fault]:
    """An id that is made from the host of another page is not that of this one."""
    hosts = table["url"].map(host, na_action="ignore").fillna("")
    known = {_made_from(h): h for h in hosts.unique()}
    for line, id, own in zip(table.index, table["id"], hosts, strict=True):
        if isinstance(id, str) and own:
            made = re.sub(r"-\d+$", "", id.lower())
            letters = re.sub(r"[^a-z0-9]", "", own)
            if made in known and not all(part in letters for part in made.split("-")):
                yield line, "url", f"by its id it is a page of {known[made]!r}; one of the two is of another row", ASKED


def _made_from(name: str) -> str:
    """What ids of pages on a host begin with."""
    labels = name.split(".")[:-1]
    while len(labels) > 1 and len(labels[-1]) <= 3:  # ac.za, com.br
        labels.pop()
    return "-".join(labels)


@rule("events", column="date", texts=["id", "title", "summary"])
@rule("facts", texts=["statement"])
@rule("frameworks", texts=["id"], said_by="the id")
@rule("sources", texts=["url"], said_by="the address", pattern=_IN_ADDRESS)
@rule("studies", texts=["id"], said_by="the id")
def _year(
    table: pd.DataFrame, texts: list[str], column: str = "year", said_by: str = "the text", pattern: re.Pattern = _YEAR
) -> Iterator[Fault]:
    """A row whose text tells one year is of that year."""
    said = [" ".join(t for t in row if isinstance(t, str)) for row in table[texts].itertuples(index=False)]
    for line, value, text in zip(table.index, table[column], said, strict=True):
        if pd.isna(value) or not (found := list(pattern.finditer(text))) or len({m[1] for m in found}) > 1:
            continue
        first, year = int(found[0][1]), int(str(value)[:4])
        before = [text[: m.start()] for m in found]
        last = int(found[0][1][: -len(found[0][2])] + found[0][2]) if found[0][2] else first
        if not first <= year <= last + any(map(_LATE.search, before)) and not any(map(_BESIDE.search, before)):
            yield line, column, f"{said_by} says {first}; correct one of them", ASKED


@rule("facts", "sources")
def _told_before(facts: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Fault]:
    """A page does not tell of years long after its own."""
    years = by_id(sources)["year"]
    late = (facts["year"] > facts["source_id"].map(years) + _UPDATED) & (facts["certainty"] != "planned")
    for line, page in facts.loc[late, "source_id"].items():
        yield line, "year", f"its page {page!r} is of {years[page]:g}; correct the year or the page", ASKED


@rule("countries")
def _country(countries: pd.DataFrame) -> Iterator[Fault]:
    """A country does not have the name that the project gives another one, and one name in sentences."""
    ours = pd.read_csv(OWN / "countries.csv", usecols=["iso3", "name"], keep_default_na=False)
    known = {code: frozenset(words(n)) for code, n in ours.itertuples(index=False)}
    codes = {said: code for code, said in known.items()}
    for line, iso3, country, in_text in countries.reindex(columns=["iso3", "name", "in_text"]).itertuples():
        if (said := frozenset(words(country))) != known.get(iso3) and (other := codes.get(said)):
            yield line, "name", f"the code of this country is {other}; correct one of them"
        if words(in_text) and not words(in_text) & words(country):
            yield line, "in_text", "it has no word of the name; correct one of them", ASKED


@rule("codings", "initiative_sources")
def _own_page(codings: pd.DataFrame, links: pd.DataFrame) -> Iterator[Fault]:
    """A reading stands on one of its own initiative's pages."""
    both = ["initiative_id", "source_id"]
    pages = pd.MultiIndex.from_frame(links[both])
    wrong = codings[both].notna().all(axis=1) & ~pd.MultiIndex.from_frame(codings[both]).isin(pages)
    right = "it is no page of this initiative; cite one that is, or add it to initiative_sources.csv"
    yield wrong, "source_id", right


@rule("initiatives", "initiative_sources", "sources")
def _website(initiatives: pd.DataFrame, links: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Fault]:
    """A website is not on a host of which one other initiative has pages, and this one none."""
    linked = links.dropna(subset=["initiative_id", "source_id"])
    hosts = linked["source_id"].map(by_id(sources)["url"].map(host, na_action="ignore"))
    of = linked["initiative_id"].groupby(hosts).agg(set).to_dict()
    for line, id, url, *names in initiatives[["id", "website", "name", "organisation"]].itertuples(name=None):
        if isinstance(url, str) and len(of.get(own := host(url), ())) == 1 and id not in of[own]:
            label = max(own.split("."), key=len)
            if label not in "".join(re.findall(r"\w", " ".join(map(str, names)).lower())):
                right = f"{min(of[own])[:60]!r} has pages of {own!r}, and this initiative has none"
                yield line, "website", f"{right}; look whether the column was sorted alone", ASKED


@rule("initiative_countries", "initiatives")
def _further(further: pd.DataFrame, initiatives: pd.DataFrame) -> Iterator[Fault]:
    """The further countries of an initiative are others than its own."""
    own = further["initiative_id"].map(by_id(initiatives)["iso3"])
    yield further["iso3"] == own, "iso3", "it is the country of the initiative itself; leave the row out"
