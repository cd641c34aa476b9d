"""The selected ecosystems and the wider field on tables of a few rows; paragraphs with marks."""

import numpy as np
import pandas as pd
import pytest
from figures import figure

from ecosystems import tables
from ecosystems.analysis import field, places
from ecosystems.charts import idea, lists
from ecosystems.charts.told import told

DATA = tables.read()
EMPTY = ("ecosystems", "partners", "facts", "codings", "initiatives", "ecosystem_codings")
NOTHING = DATA.replace(**{name: getattr(DATA, name).iloc[:0] for name in EMPTY})


def ecosystems(*names):
    """So many ecosystems with the names given as id and short name."""
    rows = DATA.ecosystems.head(len(names))
    return rows.assign(id=list(names), short_name=[n.upper() for n in names])


def partners(*rows):
    """Public authorities: ecosystem, level, tie, role."""
    table = pd.DataFrame(rows, columns=["ecosystem_id", "level", "tie", "role"])
    return table.assign(id="", name="authority", type="government", relation="", source_id="")


def test_the_largest_part_of_an_authority_gives_the_route():
    data = DATA.replace(
        ecosystems=ecosystems("a", "b", "c", "d", "e"),
        partners=partners(
            ("a", "city", "works with", "hosts"), ("a", "nation", "works with", "governs"),
            ("b", "district", "supports", "governs"), ("b", "state", "works with", "hosts"),
            ("c", "state", "works with", "hosts"), ("c", "state", "works with", "teaches"),
            ("d", "nation", "supports", "pays"), ("d", "nation", "loose", "governs"),
            ("e", "abroad", "supports", "pays"),
        ),
    )  # fmt: skip
    table = places.routes(data)
    assert dict(zip(table["ecosystem"], table["route"], strict=True)) == {
        "A": "leads", "B": "shares", "C": "opens", "D": "helps", "E": "none"
    }  # fmt: skip
    a = table[table["ecosystem"] == "A"]
    assert list(a["level"]) == ["city", "nation"] and list(a["part"]) == ["hosts", "governs"]
    assert table.loc[table["ecosystem"] == "C", "part"].item() == "hosts", "the larger of two parts at a level"
    assert places.routes(NOTHING).empty


def test_the_strongest_kind_of_evidence_is_marked():
    facts = DATA.facts.head(4).assign(
        ecosystem_id=["a", "a", "b", "b"],
        evidence=["own claim", "outside study with comparison", "own count", "no result seen"],
    )
    both = ecosystems("a", "b").assign(evidence=["own claim", None])
    table = places.evidence(DATA.replace(ecosystems=both, facts=facts))
    read = table.set_index(["ecosystem", "rung"])["reading"]
    assert read["A", "own claim"] == "strongest" and read["A", "study with comparison"] == "of a part"
    assert read["B", "own count"] == "strongest" and (read["B"] == "none seen").sum() == 4
    assert list(dict.fromkeys(table["ecosystem"])) == ["B", "A"], "the best supported first"


def test_roles_leave_out_loose_ties():
    rows = partners(("a", "city", "works with", "hosts"), ("a", "city", "loose", "pays"))
    table = places.roles(DATA.replace(ecosystems=ecosystems("a"), partners=rows))
    assert table["partners"].sum() == 1 and set(table["role"]) == set(places.ROLES)


def test_the_ecosystems_beside_the_rest():
    first, second = DATA.characteristics.sort_values("order")["name"].head(2)
    ids = DATA.characteristics.sort_values("order")["id"].tolist()
    initiatives = DATA.initiatives.head(3).assign(id=["x", "y", "z"])
    data = DATA.replace(
        ecosystems=ecosystems("a").assign(initiative_id="x"),
        initiatives=initiatives,
        ecosystem_codings=DATA.ecosystem_codings.head(1).assign(ecosystem_id="a", characteristic_id=ids[1], present=1),
        codings=DATA.codings.head(2).assign(initiative_id=["x", "y"], characteristic_id=[ids[0], ids[0]], present=1),
    )
    table = places.shown_and_rest(data).set_index(["group", "characteristic"])["percent"]
    assert table["the ecosystems", second] == 100.0 and table["the ecosystems", first] == 0.0
    assert table["the other initiatives", first] == 50.0, "the row of the ecosystem itself is not in the rest"
    assert table.index.get_level_values(1)[0] == second, "where the ecosystems lead most"


def few():
    """Four initiatives: two in school, two out of school; one of each with the state."""
    rows = DATA.initiatives.head(4).assign(
        id=list("pqrs"), name=list("pqrs"), setting=["in school", "in school", "out of school", "out of school"],
        reach=[100.0, np.nan, 30.0, 0.0], reach_year=2020,
    )  # fmt: skip
    coded = DATA.codings.head(2).assign(initiative_id=["p", "r"], characteristic_id="public-system", present=1)
    return DATA.replace(initiatives=rows, codings=coded, ecosystems=DATA.ecosystems.iloc[:0])


def test_work_with_the_state_by_setting():
    table = field.public_by_setting(few()).set_index(["setting", "state"])["percent"]
    assert table["In school only", "with the state"] == 50.0 and len(table) == 4
    assert field.public_by_setting(NOTHING).empty


def test_counts_of_learners_by_setting_and_state():
    table = field.reach_by_setting(few())
    state = "with the state", "state not mentioned"
    assert list(table["group"]) == [f"In school only, {state[0]}", *(f"Out of school only, {s}" for s in state)]
    assert list(table["reach"]) == [100.0, 30.0, 0.0], "a missing count is left out, a count of zero is not"
    assert field.reach_by_setting(NOTHING).empty


def test_a_country_without_an_initiative_is_counted_as_none():
    figures = pd.DataFrame([("KEN", "pop_0_14", 2020, 20e6), ("CHN", "pop_0_14", 2020, 200e6)],
                           columns=["iso3", "indicator_id", "year", "value"])  # fmt: skip
    initiatives = DATA.initiatives.head(3).assign(iso3="KEN")
    table = field.children_and_initiatives(
        DATA.replace(country_figures=figures, country_figures_unesco=figures.head(0), initiatives=initiatives)
    ).set_index("iso3")
    assert table.at["KEN", "per_ten_million"] == 1.5 and table.at["CHN", "initiatives"] == 0
    assert list(table.index) == ["CHN", "KEN"], "most children first"


def test_postcards_are_of_other_countries_and_of_high_confidence():
    cards = field.postcards(DATA)
    assert 12 <= len(cards) <= 24 and cards["iso3"].is_unique and set(cards["confidence"]) == {"high"}
    assert not cards["selected"].any() and set(cards["region"]) == set(DATA.regions)
    assert not cards.duplicated(["region", "learners"]).any()


def test_a_paragraph_lists_its_pages_and_has_no_mark_left():
    text = told(DATA, "By 2020 the class was in 1,030 schools [delhi-government-15]. See {kepler_rwanda}.").text
    assert "1,030 schools." in text and "[delhi" not in text and "](<http" in text
    assert "[Kepler](project:/book/ecosystems/kepler-rwanda.ipynb)" in text


def test_pages_stand_apart_after_a_list_and_close_an_opening():
    listed = told(DATA, "**A**\n\n- It was in 1,030 schools [delhi-government-15].").text
    assert "1,030 schools.\n\n*([" in listed
    opening = told(DATA, "It was in 1,030 schools [delhi-government-15].", lead=True).text
    assert opening.startswith(":::{div} lead\nIt was in 1,030 schools. *([") and opening.endswith(")*\n:::")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("By 2020 it was in 1,031 schools [delhi-government-15].", "none of delhi-government-15 has the number 1,031"),
        ("It was in nine states [delhi-government-15].", "has the number nine"),
        ("It ended [delhi-government-999].", "no row is called delhi-government-999"),
    ],
)
def test_a_number_that_no_marked_row_has_stops_the_chapter(text, said):
    with pytest.raises(ValueError, match=said):
        told(DATA, text)


# Examples, and the ecosystems side by side


def test_each_characteristic_is_told_by_a_fact_of_another_ecosystem():
    table = idea.examples(DATA)
    whose = [link.url.rpartition("/")[2] for link in table["where"]]
    assert len(table) == len(set(whose)) == 8
    facts = DATA.facts.set_index("statement")["ecosystem_id"]
    assert [facts[said] for said in table["example"]] == whose
    decide = table.set_index("name").at["Learners decide", "example"]
    assert "Pupils" in decide, "learners are children here, not heads of schools"


def test_without_these_ecosystems_the_examples_come_from_others():
    rest = DATA.ecosystems[DATA.ecosystems["id"].isin(["kepler-rwanda", "centro-lemann-sobral"])]
    coded = DATA.ecosystem_codings[DATA.ecosystem_codings["ecosystem_id"].isin(rest["id"])]
    table = idea.examples(DATA.replace(ecosystems=rest, ecosystem_codings=coded))
    assert {link.url.rpartition("/")[2] for link in table["where"]} == set(rest["id"])


def test_side_by_side_each_ecosystem_has_one_row_and_kinds_stand_together():
    table = lists.side_by_side(DATA)
    assert len(table) == len(DATA.ecosystems) and table.notna().all(axis=None)
    kinds = table["kind"].to_list()
    assert len(set(kinds)) == 1 + sum(a != b for a, b in zip(kinds, kinds[1:], strict=False))


def test_partnerships_that_are_only_planned_are_said_to_be():
    planned = DATA.partners["relation"].str.contains("memorandum planned", na=False).sum()
    assert (
        planned == 6 and "six of them with no more than a planned agreement" in figure("who_does_what", DATA).subtitle
    )
    done = DATA.partners.assign(relation="Works with it")
    assert "planned" not in figure("who_does_what", DATA.replace(partners=done)).subtitle
