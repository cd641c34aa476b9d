"""Rules of the tables on the selected ecosystems: evidence has a kind, an authority a level, a reading its own fact.

A rule gets the tables by name and the names of those that it looks at. It yields faults, of which :mod:`.rules` makes
sentences. A scan whose tables do not have a column that a rule looks at is not judged by it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.numbers import supports
from ecosystems.checks.problems import ASKED, Fault, Frames, by_id
from ecosystems.checks.wording import words


def _kind_of_evidence(data: Frames, facts: str) -> Iterator[Fault]:
    """A fact of the topic evidence says what kind of evidence it is."""
    table = data[facts]
    if "evidence" in table:
        for line in table.index[(table["topic"] == "evidence") & table["evidence"].isna()]:
            yield (
                facts,
                line,
                "evidence",
                "say what kind of evidence it is, from 'own claim' to a study with comparison",
            )


def _level_of_authority(data: Frames, partners: str) -> Iterator[Fault]:
    """A government has a level, and nobody else has one."""
    table = data[partners]
    if "level" in table:
        government, has = table["type"] == "government", table["level"].notna()
        for line in table.index[government & ~has]:
            yield (
                partners,
                line,
                "level",
                "say of which level the authority is: city, district, state, nation or abroad",
            )
        for line in table.index[~government & has]:
            yield partners, line, "level", "only a partner of the type government has a level; leave it empty"


def _own_fact(data: Frames, codings: str, facts: str) -> Iterator[Fault]:
    """A characteristic of an ecosystem stands on a fact of the same ecosystem."""
    table, owner = data[codings], by_id(data[facts])["ecosystem_id"]
    of = table["fact_id"].map(owner)
    for line in table.index[of.notna() & (of != table["ecosystem_id"])]:
        yield codings, line, "fact_id", "the fact is of another ecosystem; cite one of its own"


def _strongest(data: Frames, ecosystems: str, facts: str) -> Iterator[Fault]:
    """The strongest evidence about an ecosystem is of a kind that one of its facts has."""
    table, known = data[ecosystems], data[facts]
    if "evidence" in table and "evidence" in known:
        kinds = known.dropna(subset=["evidence"]).groupby("ecosystem_id")["evidence"].agg(set)
        for line, id, evidence in zip(table.index, table["id"], table["evidence"], strict=True):
            if pd.notna(evidence) and evidence not in kinds.get(id, ()):
                yield ecosystems, line, "evidence", "no fact of it has evidence of this kind; leave it empty"


def _effect(data: Frames, studies: str) -> Iterator[Fault]:
    """A study that found no effect has none."""
    table = data[studies]
    for line in table.index[(table["result"] == "null") & (table["effect"].fillna(0) != 0)]:
        yield studies, line, "effect", "the result is null; its effect is 0, or empty"


def _value(data: Frames, facts: str) -> Iterator[Fault]:
    """The value of a fact is a number that its statement says, or that follows from those it says."""
    table = data[facts]
    for line in table.index[table["value"].notna() & table["statement"].notna()]:
        if not supports(table.at[line, "statement"], float(table.at[line, "value"])):
            right = "the statement says another number; correct one of them, leave the value empty"
            yield facts, line, "value", right, ASKED


def _initiative(data: Frames, ecosystems: str, initiatives: str) -> Iterator[Fault]:
    """An ecosystem lies in a country of its initiative; under a like name they have one founding and one count."""
    table, known = data[ecosystems], by_id(data[initiatives])
    further = data.get("initiative_countries", pd.DataFrame(columns=["initiative_id", "iso3"]))
    countries = further.groupby("initiative_id")["iso3"].agg(set)
    for line, row in table[table["initiative_id"].isin(known.index)].iterrows():
        id, of = row["initiative_id"], known.loc[row["initiative_id"]]
        if row["iso3"] != of["iso3"] and pd.notna(of["iso3"]) and row["iso3"] not in countries.get(id, ()):
            yield ecosystems, line, "iso3", f"its initiative {id[:60]!r} is in {of['iso3']}; correct one of them", ASKED
        if not words(row["name"]) & words(of["name"]):
            continue  # a unit of its own, such as a university of which the scan has a camp
        for column, where in (("founded", "founded_of"), ("reach", "reach_year")):
            if pd.notna(row[column]) and pd.notna(of[column]) and row[column] != of[column] and row[where] == of[where]:
                right = f"its initiative {id[:60]!r} has {of[column]:.15g}; correct one of them"
                yield ecosystems, line, column, right, ASKED


def _partner(data: Frames, partners: str, ecosystems: str) -> Iterator[Fault]:
    """A partner is somebody else."""
    table, known = data[partners], by_id(data[ecosystems])
    own = {id: [words(n) for n in names] for id, *names in known[["name", "short_name", "organisation"]].itertuples()}
    for line, of, partner in table[["ecosystem_id", "name"]].dropna().itertuples():
        if (said := words(partner)) and said in own.get(of, ()):
            yield partners, line, "name", "this is the ecosystem itself; name its partner, or remove the row", ASKED


def _lead(data: Frames, people: str, ecosystems: str) -> Iterator[Fault]:
    """Who leads an ecosystem is named there."""
    table, leads = data[people], by_id(data[ecosystems])["lead"].dropna()
    for line, of, part, person in table[["ecosystem_id", "part", "name"]].dropna().itertuples():
        if part == "lead of an ecosystem" and of in leads and not words(person) <= words(leads[of]):
            right = f"ecosystems.csv names {leads[of][:60]!r} as the lead; correct one of them"
            yield people, line, "name", right, ASKED


# Each rule with the tables it needs; without one of them it does not apply.
RULES = (
    (_kind_of_evidence, "facts"),
    (_level_of_authority, "partners"),
    (_own_fact, "ecosystem_codings", "facts"),
    (_strongest, "ecosystems", "facts"),
    (_effect, "studies"),
    (_value, "facts"),
    (_initiative, "ecosystems", "initiatives"),
    (_partner, "partners", "ecosystems"),
    (_lead, "people", "ecosystems"),
)
