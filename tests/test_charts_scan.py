"""Findings of the scan and the selection follow the tables, and say nothing that one row makes wrong."""

import re

import numpy as np
import pytest
from figures import figure
from test_charts import few_initiatives

from ecosystems import charts, style, tables
from ecosystems.figure import EXHIBITS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error")]

DATA = tables.read()
NAMES = [n for n in EXHIBITS if n.startswith(("scan_", "characteristics_", "eleven_and", "eleven_ch"))]


def first(table, **values):
    """The tables with every row of one of them changed."""
    return DATA.replace(**{table: getattr(DATA, table).assign(**values)})


def kept(share):
    """The tables with a part of the scan."""
    return DATA.replace(initiatives=DATA.initiatives.iloc[: int(len(DATA.initiatives) * share)])


@pytest.mark.parametrize(
    "name, changed",
    [
        ("scan_map", kept(0.5)),
        ("scan_by_country", kept(0.5)),
        ("scan_by_learners", first("initiatives", setting="in school")),
        ("scan_reach", first("initiatives", reach=500)),
        ("scan_by_language", first("sources", language="en")),
        ("characteristics_seen", DATA.replace(codings=DATA.codings.head(300))),
        ("characteristics_by_region", DATA.replace(codings=DATA.codings.head(300))),
        ("eleven_and_the_rest", DATA.replace(ecosystem_codings=DATA.ecosystem_codings.tail(20))),
        ("eleven_characteristics", DATA.replace(ecosystem_codings=DATA.ecosystem_codings.tail(20))),
    ],
)
def test_findings_follow_a_changed_table(name, changed):
    before, after = figure(name, DATA), figure(name, changed)
    assert before.finding != after.finding
    assert before.seen != after.seen


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [DATA, kept(0.2), few_initiatives()], ids=["all", "a fifth", "one"])
def test_numbers_and_nouns_agree(name, data):
    made = figure(name, data)
    for text in (made.finding, made.subtitle, made.seen):
        assert not re.search(
            r"(?<![\d.,])1 (?!of\b)(initiatives|pages|points|works|readings|countries|colours|pairs)\b|\+0 |−0\b|\.0 "
            r"million",
            text,
        ), text
    assert len(made.finding) <= 150, made.finding


@pytest.mark.parametrize(
    "name",
    [n for n in NAMES if n.startswith(("characteristics_seen", "characteristics_by_region", "eleven_and"))],
)
def test_what_is_not_seen_is_never_called_absent(name):
    assert "Not seen does not mean absent" in figure(name, DATA).note


def test_every_point_lies_inside_the_drawing():
    far = DATA.initiatives.copy()
    row = far.index[far["longitude"].notna()][0]
    far.loc[row, "longitude"] = -170.0
    made = figure("scan_map", DATA.replace(initiatives=far))
    with style.apply(style.WIDE):
        ax = made.plot.draw(made.table, style.WIDE).axes[0]
    x, y = np.vstack([points.get_offsets() for points in ax.collections if len(points.get_offsets()) > 1]).T
    assert len(x) == len(made.table) and ((x > ax.get_xlim()[0]) & (x < ax.get_xlim()[1])).all()
    assert ((y > ax.get_ylim()[0]) & (y < ax.get_ylim()[1])).all()


def test_the_explorer_holds_every_initiative_once():
    listed = charts.lists.initiatives(DATA)
    assert len(listed) == len(DATA.initiatives)
    assert sum("(selected)" in str(n) for n in listed["name"]) == len(DATA.ecosystems)
