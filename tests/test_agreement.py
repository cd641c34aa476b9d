"""How far two readers agree, by hand and of the tables."""

import math

import pandas as pd
import pytest

from ecosystems import tables
from ecosystems.analysis import agreement

DATA = tables.read(tables.OWN)


def test_kappa_by_hand():
    """Of 50: observed 0.7, expected 0.5 * 0.6 + 0.5 * 0.4; variance (0.10972 + 0.10188 - 0.01) / 50 / 0.25."""
    k, low, high = agreement.kappa(20, 5, 10, 15)
    assert k == pytest.approx(0.4)
    assert (low, high) == pytest.approx((0.15109, 0.64891), abs=1e-5)


@pytest.mark.parametrize(
    "counts, right",
    [
        ((30, 0, 0, 20), 1),
        ((0, 25, 25, 0), -1),
        ((25, 25, 25, 25), 0),
        ((45, 5, 5, 45), 0.8),
        ((5, 0, 5, 90), 0.6428571),
    ],
)
def test_kappa_of_simple_cases(counts, right):
    k, low, high = agreement.kappa(*counts)
    assert k == pytest.approx(right)
    assert -1 <= low <= k <= high <= 1


def test_one_answer_throughout_tells_nothing_and_nothing_read_is_refused():
    assert all(map(math.isnan, agreement.kappa(0, 0, 0, 40)))
    with pytest.raises(ValueError, match="at least one initiative"):
        agreement.kappa(0, 0, 0, 0)


def test_the_table_of_agreement():
    table = agreement.agreement(DATA).set_index(["rule", "characteristic_id"])
    assert table.at[(1, "alliances"), "kappa"] == pytest.approx(0.45, abs=0.005)
    assert table.at[(1, "alliances"), "percent"] == pytest.approx(72)
    assert table.at[(1, "community"), "kappa"] == pytest.approx(0.89, abs=0.005)
    first, second = table["kappa"].xs(1), table["kappa"].xs(2)
    assert (second > first.reindex(second.index)).all(), "the sharper rule is read more alike"
    shown = DATA.codings[["reader_1", "reader_2"]] == "shown"
    cells = pd.crosstab(DATA.codings["characteristic_id"], [shown["reader_1"], shown["reader_2"]])
    for column, answers in {"both": (True, True), "first_only": (True, False), "second_only": (False, True)}.items():
        assert cells[answers].to_dict() == table.xs(2)[column].to_dict(), "the counts are those of the codings"
    assert set(table.xs(2)["initiatives"]) == {len(DATA.initiatives)}


def test_a_characteristic_that_is_read_differently_carries_no_headline():
    """The method promises it: below a kappa of 0.6 none does. Of the first rule four did not reach it."""
    kappa = agreement.agreement(DATA).set_index(["rule", "characteristic_id"])["kappa"]
    assert set(kappa.xs(1)[kappa.xs(1) < 0.6].index) == {"thriving", "agency", "public-system", "alliances"}
    assert set(kappa.xs(2).index) == set(DATA.characteristics["id"]) and (kappa.xs(2) >= 0.6).all()


def test_what_was_read():
    made = agreement.readings(DATA)
    differ = (DATA.codings["reader_1"] != DATA.codings["reader_2"]).sum()
    assert made["initiatives"] == len(DATA.initiatives) and made["readings"] == 2 * made["initiatives"]
    assert made["cells"] == made["initiatives"] * len(DATA.characteristics)
    assert made["cells"] - made["agreed"] == differ == DATA.codings["reason"].notna().sum()
    assert made["percent"] == pytest.approx(100 * (1 - differ / made["cells"]))
    assert agreement.readings(DATA.replace(agreement=DATA.agreement.head(0))) == {}


def test_a_settled_coding_has_two_readings_and_a_difference_a_short_reason():
    codings = DATA.codings
    assert codings[["reader_1", "reader_2"]].notna().all(axis=None)
    words = codings["reason"].dropna().str.split().str.len()
    assert words.between(3, 12).all()
    assert codings["note"].notna().all()
    own = pd.merge(codings.dropna(subset="source_id"), DATA.initiative_sources, how="left", indicator=True)
    assert (own["_merge"] == "both").all(), "a coding stands on a page of its own initiative"
