"""Portraits: marks in a text, the mark of a fact, and what the check refuses, with tables of a few rows."""

import pandas as pd
import pytest

from ecosystems import portraits
from ecosystems.checks.problems import RULES
from ecosystems.tables import Tables

WORDS = "The teacher is a neighbour and moves with everyone else. [river-01]"


def tables(*paragraphs, stands_on=None):
    """One ecosystem with two facts, another with one, and a portrait of the first."""
    rows = [
        ("title", "A school that moves"),
        ("where", "Bangladesh [ecosystem.place]"),
        *[("numbers", "60 | schools (2024) [river-02]")] * 3,
        *[p if isinstance(p, tuple) else ("how", p) for p in paragraphs],
    ]
    frame = pd.DataFrame(
        [("river", "en", n, part, text) for n, (part, text) in enumerate(rows, 1)],
        columns=["ecosystem_id", "language", "order", "part", "text"],
        index=range(2, len(rows) + 2),
    )
    frame["stands_on"] = [" ".join(portraits.references(t)) or None for t in frame["text"]]
    if stands_on is not None:
        frame.loc[frame.index[-1], "stands_on"] = stands_on
    statements = {
        "river-01": (
            "river",
            "Teachers come from the same communities, so that they can move when the island erodes.",
            None,
            2015,
        ),
        "river-02": ("river", "Friendship ran 60 schools; two of them had 1.5 million visitors.", 60, 2024),
        "camp-01": ("camp", "A campus opened in the camp.", None, 2015),
    }
    return {
        "portraits": frame,
        "facts": pd.DataFrame(
            [(id, *row) for id, row in statements.items()],
            columns=["id", "ecosystem_id", "statement", "value", "year"],
        ),
        "contradictions": pd.DataFrame(
            [("count", "river", "How many schools?", "Both.")], columns=["id", "about", "question", "treatment"]
        ),
        "claims": pd.DataFrame(
            [("count-1", "count", "It has 84 schools.")], columns=["id", "contradiction_id", "claim"]
        ),
        "unknowns": pd.DataFrame([("budget", "river", "The budget.")], columns=["id", "about", "what"]),
        "partners": pd.DataFrame(
            [("river-fund", "river", "A fund", "Pays")], columns=["id", "ecosystem_id", "name", "relation"]
        ),
        "ecosystems": pd.DataFrame(
            [("river", 2002, "Bangladesh", 23.7, 90.4), ("camp", 2013, "Rwanda", -1.9, 30.0)],
            columns=["id", "founded", "place", "latitude", "longitude"],
        ),
    }


def faults(data):
    judged = [(rule, names) for rule, names in RULES if names[0] == "portraits"]
    return [("portraits", *fault) for rule, names in judged for fault in rule(*(data[name] for name in names))]


@pytest.mark.parametrize(
    "paragraph",
    [
        WORDS,
        "It had 60 schools in 2024. [river-02]",
        "Sources differ: one gives 84. [count] Two things were paid. [river-fund river-02]",
        "It was founded in 2002 [ecosystem.founded] and has one partner. [river-fund]",
        "Some 1,500,000 visitors came. [river-02]",
        ("take", "Take on the neighbour."),
        ("open", "What does it cost? [budget]"),
    ],
)
def test_a_paragraph_that_its_facts_support_is_taken(paragraph):
    assert faults(tables(paragraph)) == []


@pytest.mark.parametrize(
    "paragraph, right",
    [
        ("Teachers move. [river-99]", "there is no fact, contradiction, unknown or partner river-99"),
        ("A campus opened. [camp-01]", "camp-01 belongs to camp; cite a fact of river"),
        (
            "Nothing is known of it. [ecosystem.budget]",
            "there is no fact, contradiction, unknown or partner ecosystem.budget",
        ),
        ("It had 61 schools. [river-02]", "none of its facts has the number 61"),
        ("It had 60 schools in 2019. [river-02]", "none of its facts has the number 2019"),
        ("Seven teachers moved. [river-01]", "none of its facts has the number Seven"),
        ("It had 60 schools. [river-01]", "none of its facts has the number 60"),
        ("Teachers move with the school.", "no fact supports this paragraph"),
        (("take", "Build 61 of them."), "none of its facts has the number 61"),
        (("title", "A school that moves with the river and all of its people too"), "it has 13 words"),
        ("word " * 111 + "[river-01]", "it has 111 words; a paragraph of this part has at most 110"),
    ],
)
def test_a_paragraph_is_refused(paragraph, right):
    found = faults(tables(paragraph))
    assert found
    table, line, column, said = found[0]
    assert (table, line) == ("portraits", 7)
    assert column == "text" or "title" in said
    assert any(right in fault[3] for fault in found), found


def test_events_are_a_year_and_what_happened_and_there_are_four_to_six():
    event = ("event", "2024 | It ran 60 schools [river-02]")
    assert faults(tables(WORDS, *[event] * 4)) == []
    assert faults(tables(WORDS, *[event] * 3))[0][3] == "the portrait of river has 3 named events; it needs 4 to 6"
    found = faults(tables(WORDS, *[event] * 3, ("event", "It ran 60 schools [river-02]")))
    assert any("an event is a year and what happened" in f[3] for f in found)


def test_an_id_is_told_once_however_often_it_is_marked():
    (fault,) = faults(tables("Teachers move. [river-99] So do pupils. [river-99 river-01]"))
    assert "river-99" in fault[3]


@pytest.mark.parametrize("stands_on", ["", "river-02", "river-02 river-01"])
def test_the_ids_beside_a_text_are_those_in_it(stands_on):
    ((_, line, column, right),) = faults(tables(WORDS, stands_on=stands_on))
    assert (line, column) == (7, "stands_on")
    assert right.endswith("where river-01 belongs")


def test_what_a_scan_of_ones_own_leaves_out_is_not_asked_for():
    data = tables(WORDS)
    data["ecosystems"] = data["ecosystems"].drop(columns=["latitude", "longitude"])
    data["facts"] = data["facts"].drop(columns=["value", "year"])
    assert [f[3] for f in faults(data)] == 3 * ["none of its facts has the number 2024; cite the one that does"]


def test_a_portrait_ends_before_the_reader_does():
    assert faults(tables(*["word " * 100 + "[river-01]"] * 6)) == []
    ((_, line, _, right),) = faults(tables(*["word " * 101 + "[river-01]"] * 6))
    assert line == 12 and "has 606 words; at most 600" in right


def test_a_portrait_has_a_title_and_three_numbers():
    data = tables(WORDS)
    data["portraits"] = data["portraits"].drop([2, 4])
    assert [f[3] for f in faults(data)] == [
        "the portrait of river has 0 rows of the part title; it needs 1",
        "the portrait of river has 2 rows of the part numbers; it needs 3",
    ]


def test_a_fact_is_said_in_other_words():
    copied = "Teachers come from the same communities, so that they can move. [river-01]"
    assert faults(tables(copied, copied)) == []
    ((_, line, _, right),) = faults(tables(copied, copied, copied))
    assert line == 9 and "'teachers come from the same communities so that'" in right


def test_a_text_is_cut_at_its_marks():
    text = "It moves, [a-1 a-2] and so do they. [b] All of it"
    assert portraits.clauses(text) == [("It moves,", ("a-1", "a-2")), (" and so do they.", ("b",)), (" All of it", ())]
    assert portraits.plain(text) == "It moves, and so do they. All of it"
    assert portraits.references(text + " [b a-1]") == ["a-1", "a-2", "b"]
    assert portraits.clauses("") == []


@pytest.mark.parametrize(
    "status, publishers, mark, words",
    [
        ("reported", ["A paper", "A ministry"], "●", "confirmed by two sources"),
        ("reported", ["A paper", "A paper", None], "", "from one source"),
        ("claimed", ["A paper", "A ministry"], "○", "claimed, and checked by nobody else"),
        ("inferred", ["A paper"], "○", "inferred from what sources say"),
        ("disputed", ["A paper"], "○", "disputed: sources differ"),
        ("planned", ["A paper"], "○", "planned; it may not have been done"),
    ],
)
def test_a_fact_has_a_mark_unless_one_source_reports_it(status, publishers, mark, words):
    assert portraits.certainty(status, publishers) == (mark, words)


def test_no_mark_without_a_page_or_for_another_certainty():
    with pytest.raises(ValueError, match="page with a publisher"):
        portraits.certainty("reported", [None])
    with pytest.raises(ValueError, match="'rumoured' is no certainty"):
        portraits.certainty("rumoured", ["A paper"])


def test_each_ecosystem_has_a_portrait():
    data = Tables()
    assert set(data.portraits["ecosystem_id"]) == set(data.ecosystems["id"])
    assert (data.portraits.groupby("ecosystem_id")["part"].nunique() == 13).all()
