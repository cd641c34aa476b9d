"""The comparison of two builds finds what differs, and says where; ``make verify`` makes the builds."""

import re
import zipfile

import pytest
import verify

from ecosystems.tables import ROOT


@pytest.fixture
def two(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "maps").mkdir(parents=True)
        (tmp_path / name / "maps" / "same.html").write_text("<p>the same</p>", "utf-8")
    return tmp_path / "one", tmp_path / "two"


def packed(path, content, date):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("page.html", date), content)


def test_same_folders_have_no_difference(two):
    assert list(verify.differences(*two)) == []


def test_each_kind_of_difference_is_told_with_its_place(two):
    one, two = two
    (one / "only.csv").write_text("a\n", "utf-8")
    (one / "page.html").write_text("<p>\nid 0x7f01\n</p>", "utf-8")
    (two / "page.html").write_text("<p>\nid 0x8e55\n</p>", "utf-8")
    packed(one / "content.zip", "old", (2026, 1, 1, 0, 0, 0))
    packed(two / "content.zip", "new", (2026, 1, 1, 0, 0, 0))
    packed(one / "times.epub", "same", (2026, 1, 1, 0, 0, 0))
    packed(two / "times.epub", "same", (2026, 1, 1, 0, 0, 8))
    said = dict(line.split(": ", 1) for line in verify.differences(one, two))
    assert said.keys() == {"only.csv", "page.html", "content.zip", "times.epub"}
    assert said["only.csv"] == f"only in {one}"
    assert said["page.html"].startswith("line 2") and "0x7f01" in said["page.html"] and "0x8e55" in said["page.html"]
    assert "page.html" in said["content.zip"] and "times" in said["times.epub"]


def test_the_two_builds_differ_in_all_that_must_not_matter():
    (one, mask, all_processors), (two, other_mask, few) = verify.builds().values()
    assert (
        all(one[k] != two[k] for k in ("TZ", "LC_ALL", "PYTHONHASHSEED"))
        and mask != other_mask
        and all_processors is None
        and few == 1
    )
    assert two["OPENBLAS_CORETYPE"] and "NPY_DISABLE_CPU_FEATURES" in two


def test_sorts_by_one_column_are_stable():
    """Numpy's quicksort puts equal values in another order on another processor; found by ``make verify``."""
    found = [
        f"{path.name}: {call}"
        for path in (ROOT / "src" / "ecosystems").rglob("*.py")
        for call in re.findall(
            r"(?:\.sort_values|argsort)\((?!\[)[^\[\]()]*(?:\([^()]*\))?[^\[\]()]*\)", path.read_text("utf-8")
        )
        if "stable" not in call
    ]
    assert not found, found
