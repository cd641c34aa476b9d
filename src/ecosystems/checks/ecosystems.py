"""Rules of the tables on the selected ecosystems: evidence has a kind, an authority a level, a reading its own fact.

A scan whose tables do not have a column that a rule looks at is not judged by it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ecosystems.checks.numbers import supports
from ecosystems.checks.problems import ASKED, Fault, by_id, rule
from ecosystems.checks.wording import words


@rule("facts")
def _kind_of_evidence(facts: pd.DataFrame) -> Iterator[Fault]:
    """A fact of the topic evidence says what kind of evidence it is."""
    if "evidence" in facts:
        right = "say what kind of evidence it is, from 'own claim' to a study with comparison"
        yield (facts["topic"] == "evidence") & facts["evidence"].isna(), "evidence", right


@rule("partners")
def _level_of_authority(partners: pd.DataFrame) -> Iterator[Fault]:
    """A government has a level, and nobody else has one."""
    if "level" in partners:
        government, has = partners["type"] == "government", partners["level"].notna()
        right = "say of which level the authority is: city, district, state, nation or abroad"
        yield government & ~has, "level", right
        yield ~government & has, "level", "only a partner of the type government has a level; leave it empty"


@rule("ecosystem_codings", "facts")
def _own_fact(codings: pd.DataFrame, facts: pd.DataFrame) -> Iterator[Fault]:
    """A characteristic of an ecosystem stands on a fact of the same ecosystem."""
    of = codings["fact_id"].map(by_id(facts)["ecosystem_id"])
    wrong = of.notna() & (of != codings["ecosystem_id"])
    yield wrong, "fact_id", "the fact is of another ecosystem; cite one of its own"


@rule("ecosystems", "facts")
def _strongest(ecosystems: pd.DataFrame, facts: pd.DataFrame) -> Iterator[Fault]:
    """The strongest evidence about an ecosystem is of a kind that one of its facts has."""
    if "evidence" in ecosystems and "evidence" in facts:
        known = set(facts[["ecosystem_id", "evidence"]].itertuples(index=False, name=None))
        for line, *kind in ecosystems[["id", "evidence"]].dropna().itertuples(name=None):
            if tuple(kind) not in known:
                yield line, "evidence", "no fact of it has evidence of this kind; leave it empty"


@rule("studies")
def _effect(studies: pd.DataFrame) -> Iterator[Fault]:
    """A study that found no effect has none."""
    wrong = (studies["result"] == "null") & (studies["effect"].fillna(0) != 0)
    yield wrong, "effect", "the result is null; its effect is 0, or empty"


@rule("facts")
def _value(facts: pd.DataFrame) -> Iterator[Fault]:
    """The value of a fact is a number that its statement says, or that follows from those it says."""
    right = "the statement says another number; correct one of them, leave the value empty"
    for line, statement, value in facts[["statement", "value"]].dropna().itertuples(name=None):
        if not supports(statement, float(value)):
            yield line, "value", right, ASKED


@rule("ecosystems", "initiatives", "initiative_countries")
def _initiative(ecosystems: pd.DataFrame, initiatives: pd.DataFrame, further: pd.DataFrame) -> Iterator[Fault]:
    """An ecosystem lies in a country of its initiative; under a like name they have one founding and one count."""
    known, countries = by_id(initiatives), further.groupby("initiative_id")["iso3"].agg(set)
    for line, row in ecosystems[ecosystems["initiative_id"].isin(known.index)].iterrows():
        id, of = row["initiative_id"], known.loc[row["initiative_id"]]
        if row["iso3"] != of["iso3"] and pd.notna(of["iso3"]) and row["iso3"] not in countries.get(id, ()):
            yield line, "iso3", f"its initiative {id[:60]!r} is in {of['iso3']}; correct one of them", ASKED
        if not words(row["name"]) & words(of["name"]):
            continue  # a unit of its own, such as a university of which the scan has a camp
        for column, where in (("founded", "founded_of"), ("reach", "reach_year")):
            if pd.notna(row[column]) and pd.notna(of[column]) and row[column] != of[column] and row[where] == of[where]:
                yield line, column, f"its initiative {id[:60]!r} has {of[column]:.15g}; correct one of them", ASKED


@rule("partners", "ecosystems")
def _partner(partners: pd.DataFrame, ecosystems: pd.DataFrame) -> Iterator[Fault]:
    """A partner is somebody else."""
    names = by_id(ecosystems)[["name", "short_name", "organisation"]]
    own = {id: [words(n) for n in of] for id, *of in names.itertuples()}
    for line, of, partner in partners[["ecosystem_id", "name"]].dropna().itertuples():
        if (said := words(partner)) and said in own.get(of, ()):
            yield line, "name", "this is the ecosystem itself; name its partner, or remove the row", ASKED


@rule("people", "ecosystems")
def _lead(people: pd.DataFrame, ecosystems: pd.DataFrame) -> Iterator[Fault]:
    """Who leads an ecosystem is named there."""
    leads = by_id(ecosystems)["lead"].dropna()
    for line, of, part, person in people[["ecosystem_id", "part", "name"]].dropna().itertuples():
        if part == "lead of an ecosystem" and of in leads and not words(person) <= words(leads[of]):
            yield line, "name", f"ecosystems.csv names {leads[of][:60]!r} as the lead; correct one of them", ASKED
