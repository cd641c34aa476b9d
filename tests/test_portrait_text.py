"""What a reader sees of a portrait: each mark leads to a source with that number, and says how sure it is."""

import re

import pytest

from ecosystems import portraits, tables
from ecosystems.charts import portrait_text

DATA = tables.read()
IDS = sorted(DATA.portraits["ecosystem_id"].unique())


@pytest.mark.parametrize("id", IDS)
def test_every_mark_leads_to_a_numbered_source_that_a_fact_of_it_has(id):
    story, table = portrait_text.story(DATA, id).text, portrait_text.sources(DATA, id)
    marks = re.findall(rf'\[(\d+)\]\(#source-{id}-(\d+) "([^"]+)"\)', story)
    assert marks and all(shown == target and words for shown, target, words in marks)
    assert {n for n, *_ in marks} <= set(table["id"])
    assert list(table["id"]) == [str(n) for n in range(1, len(table) + 1)], "numbered without a gap"
    first = list(dict.fromkeys(int(n) for n, *_ in marks))
    assert first == sorted(first), "numbers rise with the text"


@pytest.mark.parametrize("id", IDS)
def test_the_story_has_all_words_of_its_paragraphs_and_no_id(id):
    story = re.sub(r"\s\[(?:[●○]\s)?\[\d.*?\]\{\.source-mark\}", "", portrait_text.story(DATA, id).text)
    rows = portraits.paragraphs(DATA, id)
    for text in rows.loc[~rows["part"].isin(portrait_text.APART), "text"]:
        assert portraits.plain(text).strip()[:60] in story.replace("\\", "")
    assert not re.search(rf"{id}-\d\d", story)


def test_a_clause_is_as_sure_as_the_weakest_of_its_facts():
    facts = DATA.facts.assign(certainty="reported", also_source_id=None)
    facts.loc[facts["id"] == "kepler-rwanda-07", "certainty"] = "claimed"
    rows = DATA.portraits[DATA.portraits["ecosystem_id"] == "kepler-rwanda"].head(2)
    rows = rows.assign(part=["how", "who"], text=["A. [kepler-rwanda-07 kepler-rwanda-08]", "B. [kepler-rwanda-08]"])
    story = portrait_text.story(DATA.replace(facts=facts, portraits=rows), "kepler-rwanda").text
    assert re.search(r"A\.\s\[○\s.*claimed", story) and re.search(r"B\.\s\[\[\d+\]\([^]]*from one source", story)


def test_pages_whose_publisher_nobody_knows_do_not_confirm_each_other():
    """A fact with two of them is from one source, and its portrait is told all the same."""
    facts = DATA.facts.assign(certainty="reported")
    two = facts[(facts["ecosystem_id"] == "kepler-rwanda") & facts["also_source_id"].notna()].iloc[0]
    pages = [two["source_id"], two["also_source_id"]]
    rows = DATA.portraits[DATA.portraits["ecosystem_id"] == "kepler-rwanda"].head(1)
    rows = rows.assign(part="how", text=f"A. [{two['id']}]")
    for unknown, words in ((pages[:0], "confirmed by two sources"), (pages[1:], "from one"), (pages, "from one")):
        publisher = DATA.sources["publisher"].mask(DATA.sources["id"].isin(unknown))
        data = DATA.replace(facts=facts, portraits=rows, sources=DATA.sources.assign(publisher=publisher))
        assert words in portrait_text.story(data, "kepler-rwanda").text


@pytest.mark.parametrize("id", IDS)
def test_the_head_of_a_portrait_says_how_sure_its_place_is(id):
    head = portrait_text.opening(DATA, id).text
    sure = DATA.ecosystems.set_index("id").at[id, "confidence"] == "high"
    assert ("confirmed by two sources" in head) == sure and ("○" in head) != sure
    assert head.count("\n- **") == 3 and "](#why-it-is-on-the-list)" in head


def test_who_carries_it_names_the_level_of_authorities_and_not_those_with_loose_ties():
    table = portrait_text.carriers(DATA, "friendship-bangladesh").set_index("role")["partners"]
    assert "Directorate of Secondary and Higher Education, Bangladesh (nation)" in table["Link it to others"]
    loose = DATA.partners[DATA.partners["tie"] == "loose"]
    for row in loose.itertuples():
        assert row.name not in " ".join(portrait_text.carriers(DATA, row.ecosystem_id)["partners"])
