"""The chapters of the ecosystems: stamped from the tables, the same each time, never by hand."""

import nbformat
import pytest

from ecosystems import charts, tables
from ecosystems.editions import chapters as stamping

DATA = tables.read()
PLAIN = DATA.replace(portraits=DATA.portraits.head(0))  # profiles without portraits


def sources(path):
    return {c.id: c.source for c in nbformat.read(path, 4).cells}


def without(table, column, value):
    return table[table[column] != value]


def test_stamping_twice_changes_nothing_and_keeps_outputs(tmp_path):
    stamping.stamp(DATA, tmp_path)
    path = tmp_path / "ecosystems" / "kepler-rwanda.ipynb"
    chapter = nbformat.read(path, 4)
    cell = next(c for c in chapter.cells if c.id == "story")
    cell.outputs = [nbformat.v4.new_output("stream", text="kept")]
    path.write_text(nbformat.writes(chapter) + "\n", "utf-8")
    assert stamping.stamp(DATA, tmp_path) == []
    assert "kept" in path.read_text("utf-8")


def test_chapters_follow_their_rows(tmp_path):
    stamping.stamp(DATA, tmp_path)
    eleven = without(DATA.ecosystems, "id", "fundacion-taap").copy()
    eleven.loc[eleven["id"] == "kepler-rwanda", "name"] = "Kepler College"
    changed = stamping.stamp(DATA.replace(ecosystems=eleven), tmp_path)
    assert set(changed) == {"ecosystems", "ecosystems/fundacion-taap", "ecosystems/kepler-rwanda"}
    assert not (tmp_path / "ecosystems" / "fundacion-taap.ipynb").exists()
    assert sources(tmp_path / "ecosystems" / "kepler-rwanda.ipynb")["title"] == "# Kepler College"


@pytest.mark.parametrize(("table", "column", "cells"), [
    ("partners", "ecosystem_id", {"partners-title", "partners", "partners-table-title", "partners-table"}),
    ("contradictions", "about", {"contradictions-title", "contradictions"}),
    ("facts", "ecosystem_id",
     {"milestones-title", "milestones", "story-title", "story-facts", "scale-title", "scale-facts"}),
])  # fmt: skip
def test_a_section_without_anything_to_show_is_left_out(tmp_path, table, column, cells):
    stamping.stamp(PLAIN, tmp_path)
    path = tmp_path / "ecosystems" / "kepler-rwanda.ipynb"
    before = set(sources(path))
    stamping.stamp(PLAIN.replace(**{table: without(getattr(DATA, table), column, "kepler-rwanda")}), tmp_path)
    assert before - set(sources(path)) == cells


def test_a_portrait_takes_the_place_of_facts_and_without_one_they_stand_in(tmp_path):
    one = DATA.replace(portraits=DATA.portraits[DATA.portraits["ecosystem_id"] == "kepler-rwanda"])
    stamping.stamp(one, tmp_path)
    told, bare = (sources(tmp_path / "ecosystems" / f"{i}.ipynb") for i in ("kepler-rwanda", "fundacion-taap"))
    assert {"story", "growth", "sources", "facts"} <= told.keys() and "glance" not in told
    assert {"glance", "story-facts", "partners"} <= bare.keys() and not {"story", "growth"} & bare.keys()


@pytest.mark.parametrize("id", sorted(DATA.ecosystems["id"]))
def test_a_chapter_says_how_sure_it_is_and_names_every_page(id):
    row = DATA.ecosystems.set_index("id").loc[id]
    lead = charts.profile_text.opening(DATA, id).text
    assert "our reconstruction" in lead and f"**{row.confidence} confidence**" in lead
    pages = set(charts.profile_text.pages_cited(DATA, id)["id"])
    assert set(DATA.facts.loc[DATA.facts["ecosystem_id"] == id, "source_id"]) <= pages
    assert set(DATA.partners.loc[DATA.partners["ecosystem_id"] == id, "source_id"]) <= pages
    # A number of learners never stands without what it counts.
    learners = charts.profile_text.at_a_glance(DATA, id).set_index("what")["answer"]["Learners"]
    assert learners == "not stated on the pages read" or "," in learners and any(c.isalpha() for c in learners)


def test_without_place_year_and_reach():
    """What is not known is said, not drawn and not guessed."""
    bare = DATA.ecosystems.copy()
    bare.loc[
        bare["id"] == "kepler-rwanda",
        ["place", "latitude", "longitude", "founded", "founded_of", "reach", "lead", "website"],
    ] = None
    bare.loc[bare["id"] == "kepler-rwanda", "precision"] = "country"
    data = PLAIN.replace(ecosystems=bare)
    answers = dict(charts.profile_text.at_a_glance(data, "kepler-rwanda").to_numpy())
    assert answers["Place"] == "Rwanda, no single place known" and answers["Since"] == "not known"
    assert charts.ecosystem_place(data, "kepler-rwanda").finding.startswith("No single place in Rwanda is known")
    assert charts.ecosystem_place(data, "kepler-rwanda").data.iloc[0][["latitude", "longitude"]].isna().all()
    assert "When it began" in charts.profile_text.limits(data, "kepler-rwanda").text
    doubled = [
        i
        for i in tables.read().ecosystems["id"]
        if charts.profile_text.limits(tables.read(), i).text.count("learners") > 1
    ]
    assert doubled == [], "what the table tells is told once more"
