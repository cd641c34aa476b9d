"""No two chapters contradict each other on who wrote, leads and pays for the report, and on how many there are of what.

Read are the words of the chapters as they are stored, outputs included, with the README and the citation. A claim is
a phrase of a known form; where two places make it, they must make the same one, and the tables must agree. Left out
are the chapters whose matter is what pages and former versions say.
"""

import re
from collections import defaultdict

import nbformat
import pytest

from ecosystems import tables
from ecosystems.tables import OWN, ROOT
from ecosystems.words import count, number

pytestmark = pytest.mark.slow
DATA = tables.read(OWN)
OTHER_VOICES = ("contradictions", "corrections", "sources", "explorer", "data", "exhibits")
NAME = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+"
NUMBER = r"((?i:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten))"
NAMES = rf"({NAME}(?:(?:, | and |, and ){NAME})*)"
BODY = r"(?:the )?((?:[A-Z]\w+ ?)+)"
# What a chapter can claim, and the forms in which it does; each group of a form is a part of the claim.
FORMS = {
    "authors": [rf"\b[Tt]he report\b[^.|]*?\bby {NAMES}", rf"({NAME}) wrote (?:the report|it as)"],
    "how many authors": [rf"{NUMBER} people wrote its report", rf"report (?:has|by) {NUMBER} authors"],
    "funders": [
        rf"\b[Tt]he report\b[^|]{{0,400}}?\b(?:funded|supported|paid for|financed) by {BODY}",
        rf"page thanks {BODY}",
        rf"page[^.]{{0,20}} of 2022,?(?: also)? names {BODY}",
    ],
    "how many co-leads": [rf"{NUMBER} organisations lead the programme", rf"{NUMBER} co-leads"],
    "ecosystems": [
        rf"{NUMBER}(?: learning| selected)? ecosystems,? (?:in|from) [\d\w]+ countries",
        rf"presented {NUMBER} places",
        rf"[Ss]elected learning ecosystems \| {NUMBER}\b",
    ],
    "countries of the ecosystems": [
        rf"ecosystems,? (?:in|from) {NUMBER} countries",
        rf"[Tt]he 11 (?:work|stand|are) in {NUMBER} countries",
        rf"in {NUMBER} countries altogether",
        rf"Countries of the ecosystems \| {NUMBER}\b",
    ],
    "initiatives": [rf"(?:We found|among) {NUMBER} initiatives in", rf"Initiatives in the open scan \| {NUMBER}\b"],
    "countries of the scan": [
        rf"(?:We found|among) [\d,]+ initiatives in {NUMBER} countries",
        rf"Countries of the scan \| {NUMBER}\b",
    ],
    "partners": [
        rf"(?:work with|have) {NUMBER} partners",
        rf"\b{NUMBER} partners that work with",
        rf"Partners of the ecosystems \| {NUMBER}\b",
    ],
}


def _of(part):
    return set(DATA.organisations.loc[DATA.organisations["part"] == part, "name"])


TRUE = {
    "authors": set(DATA.people.loc[DATA.people["part"] == "author", "name"]),
    "how many authors": {count(int((DATA.people["part"] == "author").sum()))},
    "funders": _of("funder"),
    "how many co-leads": {count(len(_of("co-lead")))},
    "ecosystems": {number(len(DATA.eleven))},
    "countries of the ecosystems": {number(DATA.eleven["iso3"].nunique())},
    "initiatives": {number(len(DATA.scan))},
    "countries of the scan": {number(DATA.scan["iso3"].nunique())},
    "partners": {number(DATA.partners.query("tie in ('works with', 'supports')")["name"].nunique())},
}


def plain(text):
    """Words on one line, without links, emphasis and the marks of tables."""
    text = re.sub(r"\]\([^)]*\)|[*_`\[\]{}]", "", text)
    return re.sub(r"\s+", " ", text)


def words():
    """The words of each chapter, of the README and of the citation."""
    found = {name: plain((ROOT / name).read_text("utf-8")) for name in ("README.md", "CITATION.cff")}
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        if path.stem not in OTHER_VOICES:
            cells = nbformat.read(path, 4).cells
            told = [c.source for c in cells if c.cell_type == "markdown"]
            shown = [o.get("data", {}) for c in cells if c.cell_type == "code" for o in c.outputs]
            told += [d.get("text/plain", "") for d in shown]  # of tables all rows
            found[path.stem] = plain("\n".join(told))
    return found


def claims(texts):
    """What is claimed: by subject, each value with the places that claim it."""
    found = defaultdict(lambda: defaultdict(set))
    for place, text in texts.items():
        for subject, forms in FORMS.items():
            for form in forms:
                for match in re.finditer(form, text):
                    for value in re.split(r", and | and |, ", match[1].strip()):
                        found[subject][value.lower() if re.fullmatch(NUMBER, value) else value].add(place)
    return found


def disagreements(texts):
    """One line for each claim that the tables do not make."""
    return [
        f"{subject}: {', '.join(sorted(places))} says {value}; the tables say {', '.join(sorted(TRUE[subject]))}"
        for subject, values in claims(texts).items()
        for value, places in values.items()
        if value not in TRUE[subject]
    ]


TEXTS = words()


def test_chapters_agree_with_each_other_and_with_the_tables():
    assert disagreements(TEXTS) == []


@pytest.mark.parametrize("subject", FORMS)
def test_each_subject_is_told_whole(subject):
    """The forms still find what chapters say; nobody is left out who wrote or paid."""
    found = claims(TEXTS)[subject]
    assert set(found) == TRUE[subject], dict(found)
    if subject not in ("how many authors", "how many co-leads"):
        assert len(set().union(*found.values())) > 1, f"only one place tells the {subject}"


PLANTED = [
    ("authors", "In 2023 the report, by Jane Doe and Michael Stevenson, came out."),
    ("authors", "Valerie Hannon wrote the report with others."),
    ("how many authors", "Three people wrote its report."),
    ("funders", "The report was published in June 2023 and funded by the Gates Foundation."),
    ("how many co-leads", "Two organisations lead the programme."),
    ("ecosystems", "From it came 12 ecosystems in 10 countries."),
    ("countries of the ecosystems", "The 11 ecosystems, in 9 countries, began in different ways."),
    ("countries of the ecosystems", "The 11 work in nine countries."),
    ("initiatives", "We found 388 initiatives in 114 countries."),
    ("countries of the scan", "This edition sets them among 387 initiatives in 115 countries."),
    ("partners", "They work with 166 partners."),
]


@pytest.mark.parametrize("subject, sentence", PLANTED)
@pytest.mark.parametrize("place", ["context", "kepler-rwanda"])
def test_a_planted_contradiction_is_found(subject, sentence, place):
    found = disagreements({**TEXTS, place: f"{TEXTS[place]} {sentence}"})
    assert found and all(line.startswith(f"{subject}: {place} says") for line in found), found
