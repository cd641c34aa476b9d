"""Rules on cells that must belong together: a column that was sorted or filled down alone moves them apart.

Only what rows say themselves is compared: an id with the content that it was made from, a year with the year in a
text, a page with the pages of its initiative.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pandas as pd

from ecosystems.checks.addresses import host
from ecosystems.checks.problems import ASKED, Fault, Frames, by_id
from ecosystems.checks.wording import words
from ecosystems.tables import OWN

# Tables whose ids begin with the key of their owner, or with their version, and the column that has it.
_OWNERS = {"claims": "contradiction_id", "edits": "version", "facts": "ecosystem_id", "partners": "ecosystem_id"}
# Tables whose ids are made from names; the columns of names, the first of which is told.
_NAMES = {
    "characteristics": ["name"],
    "ecosystems": ["name", "short_name", "organisation"],
    "events": ["title"],
    "initiatives": ["name", "organisation", "place"],
    "key_points": ["name"],
    "organisations": ["name"],
    "partners": ["name"],
    "people": ["name"],
    "programme_page": ["section"],
    "quoted_figures": ["figure"],
    "studies": ["work"],
}
_YEAR = re.compile(r"(?<![\d.,])(?<!\d[/–-])((?:18|19|20)\d\d)(?:[/–-](\d{2}|\d{4}))?(?![\w,]*\d|[./–-]\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)()[/-](?:0?[1-9]|1[0-2])(?!\d)")  # with a month
# Columns with the year of a row, and the texts that may say it.
_YEARS = {
    "events": ("date", ["id", "title", "summary"], "the text", _YEAR),
    "facts": ("year", ["statement"], "the text", _YEAR),
    "frameworks": ("year", ["id"], "the id", _YEAR),
    "sources": ("year", ["url"], "the address", _IN_ADDRESS),
    "studies": ("year", ["id"], "the id", _YEAR),
}
_UPDATED = 2  # years for which a page is kept up after the year that it gives
# Before a year that is not the time of the statement itself.
_BESIDE = re.compile(r"\b(since|from|of|after|before|until|till|beg[ua]n in|ended in)( \w+)? $", re.IGNORECASE)
_LATE = re.compile(r"\b(late|end of|autumn|winter|november|december) $", re.IGNORECASE)


def _keys(values: Iterable[object]) -> list[str]:
    """Keys as they stand at the beginning of ids."""
    return ["" if pd.isna(v) else str(v).replace(".", "-") for v in values]


def _owner(data: Frames, name: str) -> Iterator[Fault]:
    """An id begins with the key of its own row's owner, if it begins with one."""
    table, column = data[name], _OWNERS[name]
    owners = _keys(table[column])
    known = set(owners)
    for line, id, own in zip(table.index, table["id"], owners, strict=True):
        if own and isinstance(id, str) and not f"{id}-".startswith(f"{own}-"):
            parts = id.split("-")
            beginnings = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
            if other := next((b for b in beginnings if b in known), ""):
                right = f"the id begins with {other[:60]!r}; one of the two is of another row"
                yield name, line, column, right, ASKED


def _name(data: Frames, name: str) -> Iterator[Fault]:
    """An id that has no word of its own row's name is not made of words of another row's name."""
    table = data[name]
    texts = table[[c for c in _NAMES[name] if c in table]]
    owners = _keys(table[_OWNERS[name]]) if name in _OWNERS else [""] * len(table)
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
                yield name, line, texts.columns[0], right, ASKED


def _page(data: Frames, name: str) -> Iterator[Fault]:
    """An id that is made from the host of another page is not that of this one."""
    table = data[name]
    hosts = table["url"].map(host, na_action="ignore").fillna("")
    known = {_made_from(h): h for h in hosts.unique()}
    for line, id, own in zip(table.index, table["id"], hosts, strict=True):
        if isinstance(id, str) and own:
            made = re.sub(r"-\d+$", "", id.lower())
            letters = re.sub(r"[^a-z0-9]", "", own)
            if made in known and not all(part in letters for part in made.split("-")):
                right = f"by its id it is a page of {known[made]!r}; one of the two is of another row"
                yield name, line, "url", right, ASKED


def _made_from(name: str) -> str:
    """What ids of pages on a host begin with."""
    labels = name.split(".")[:-1]
    while len(labels) > 1 and len(labels[-1]) <= 3:  # ac.za, com.br
        labels.pop()
    return "-".join(labels)


def _year(data: Frames, name: str) -> Iterator[Fault]:
    """A row whose text tells one year is of that year."""
    table, (column, texts, said_by, pattern) = data[name], _YEARS[name]
    said = [" ".join(t for t in row if isinstance(t, str)) for row in table[texts].itertuples(index=False)]
    for line, value, text in zip(table.index, table[column], said, strict=True):
        if pd.isna(value) or not (found := list(pattern.finditer(text))) or len({m[1] for m in found}) > 1:
            continue
        first, year = int(found[0][1]), int(str(value)[:4])
        before = [text[: m.start()] for m in found]
        last = int(found[0][1][: -len(found[0][2])] + found[0][2]) if found[0][2] else first
        if not first <= year <= last + any(map(_LATE.search, before)) and not any(map(_BESIDE.search, before)):
            yield name, line, column, f"{said_by} says {first}; correct one of them", ASKED


def _told_before(data: Frames, name: str, sources: str) -> Iterator[Fault]:
    """A page does not tell of years long after its own."""
    table, years = data[name], by_id(data[sources])["year"]
    late = (table["year"] > table["source_id"].map(years) + _UPDATED) & (table["certainty"] != "planned")
    for line in table.index[late]:
        said = f"its page {str(table.at[line, 'source_id'])!r} is of {years[table.at[line, 'source_id']]:g}"
        yield name, line, "year", f"{said}; correct the year or the page", ASKED


def _country(data: Frames, name: str) -> Iterator[Fault]:
    """A country does not have the name that the project gives another one, and one name in sentences."""
    ours = pd.read_csv(OWN / "countries.csv", usecols=["iso3", "name"], keep_default_na=False)
    known = {code: frozenset(words(n)) for code, n in ours.itertuples(index=False)}
    codes = {said: code for code, said in known.items()}
    for line, iso3, country, in_text in data[name].reindex(columns=["iso3", "name", "in_text"]).itertuples():
        if (said := frozenset(words(country))) != known.get(iso3) and (other := codes.get(said)):
            yield name, line, "name", f"the code of this country is {other}; correct one of them"
        if words(in_text) and not words(in_text) & words(country):
            yield name, line, "in_text", "it has no word of the name; correct one of them", ASKED


def _own_page(data: Frames, name: str, links: str) -> Iterator[Fault]:
    """A reading stands on one of its own initiative's pages."""
    table, pages = data[name], set(data[links][["initiative_id", "source_id"]].itertuples(index=False, name=None))
    for line, *page in table[["initiative_id", "source_id"]].dropna().itertuples(name=None):
        if tuple(page) not in pages:
            right = f"it is no page of this initiative; cite one that is, or add it to {links}.csv"
            yield name, line, "source_id", right


def _website(data: Frames, name: str, links: str, sources: str) -> Iterator[Fault]:
    """A website is not on a host of which one other initiative has pages, and this one none."""
    table, pages = data[name], by_id(data[sources])["url"]
    linked = data[links].dropna(subset=["initiative_id", "source_id"])
    hosts = linked["source_id"].map(pages.map(host, na_action="ignore"))
    of = linked["initiative_id"].groupby(hosts).agg(set).to_dict()
    for line, id, url, *names in table[["id", "website", "name", "organisation"]].itertuples(name=None):
        if isinstance(url, str) and len(of.get(own := host(url), ())) == 1 and id not in of[own]:
            label = max(own.split("."), key=len)
            if label not in "".join(re.findall(r"\w", " ".join(map(str, names)).lower())):
                right = f"{min(of[own])[:60]!r} has pages of {own!r}, and this initiative has none"
                yield name, line, "website", f"{right}; look whether the column was sorted alone", ASKED


def _further(data: Frames, name: str, initiatives: str) -> Iterator[Fault]:
    """The further countries of an initiative are others than its own."""
    table, own = data[name], by_id(data[initiatives])["iso3"]
    for line in table.index[table["iso3"] == table["initiative_id"].map(own)]:
        yield name, line, "iso3", "it is the country of the initiative itself; leave the row out"


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    *((_owner, name) for name in _OWNERS),
    *((_name, name) for name in _NAMES),
    *((_year, name) for name in _YEARS),
    (_page, "sources"),
    (_told_before, "facts", "sources"),
    (_country, "countries"),
    (_own_page, "codings", "initiative_sources"),
    (_website, "initiatives", "initiative_sources", "sources"),
    (_further, "initiative_countries", "initiatives"),
)
