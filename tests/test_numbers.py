"""Numbers typed into prose are true.

Each is bound to the tables, to a row that says so, or is declared to count nothing in them.

Looked at are all words of the chapters, of computed paragraphs and captions, of the README and of what describes the
package. A number that no phrase below covers fails, and so does a bound one that the tables give otherwise.
"""

import ast
import re
import tomllib

import nbformat
import pytest
import yaml

from ecosystems import tables
from ecosystems.analysis import places
from ecosystems.charts import idea
from ecosystems.tables import OWN, ROOT
from ecosystems.words import count, day

DATA = tables.read(OWN)
REPORT = DATA.report
NUMBER = re.compile(
    r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)*%?|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|"
    r"hundred|thousand|million|half)\b",
    re.I,
)
CITED = r"\[[^\]]*\]\(references\.bib#[^)]*\)"  # tests/test_house.py compares works cited with their entries
CODE = re.compile(rf"{CITED}|\{{[\w:]+\}}`[^`]*`|`[^`]*`|\]\([^)]*\)|```.*?```|https?://\S+", re.S)
SPELLED = "zero one two three four five six seven eight nine ten eleven twelve".split()


def event(id):
    return DATA.events.set_index("id").loc[id]


def months(first, last):
    (a, b), (c, d) = (map(int, x.split("-")[:2]) for x in (first, last))
    return 12 * (c - a) + d - b


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHON = PROJECT["requires-python"]
N = len(DATA.eleven)
FESTIVAL = event("festival-2024")
# What the tables give: when they change, the phrase changes, and the text must follow.
COMPUTED = [
    day(REPORT["date"]), f"over {REPORT['initiatives']} initiatives", f"list of over {REPORT['initiatives']}",
    f"the {N}", f"{count(len(places.ROUTES) - 1)} routes",
    f"Of the {count(len(DATA.key_points))} points",
    f"know {count(int((DATA.key_points['certainty'] == 'stated').sum()))} in its own terms", f"Which {N} does",
    f"{count(len(DATA.characteristics))} characteristics, {count(len(DATA.characteristics))} examples",
    f"come from {count(idea.examples(DATA)['where'].nunique())} of the {N}",
    f"{count(months(event('first-consultation')['date'], REPORT['date']))} months before the report",
    f"LearningPlanet Festival {FESTIVAL['date'][:4]}",
    f"CC BY {next(x for x in DATA.package['licenses'] if x['name'].startswith('CC-BY-4'))['name'][-3:]}",
    f"CC-BY-{DATA.package['licenses'][0]['name'][-3:]}",
    f"Data Package, version {DATA.package['$schema'].split('/')[-2][0]}", f"version: {DATA.package['version']}",
    f"Python {PYTHON[2:]}",
    f"date-released: \"{DATA.package['created'][:10]}\"", f"date-published: \"{REPORT['date']}\"",
]  # fmt: skip
# What one row says: the phrase, the table and the row whose words hold the same number.
SOURCED = [
    ("about a hundred years", "quoted_figures", "hundred-years"),
    ("None of their nine cases", "events", "emerging-models"),
    ("85% of the world", "quoted_figures", "global-south-85-percent"),
    ("In 2016 Kepler taught in two rooms", "facts", "kepler-rwanda-36"),
    ("index of 2005. Twelve years later", "facts", "centro-lemann-sobral-30"),
    ("distinguish three kinds", "frameworks", "hannon2019"),
    ("a page of 2022 also names Dubai Cares", "organisations", "dubai-cares"),
]  # fmt: skip
# Ways of speaking, rules of our own method and settings of tools: they count nothing that is in a table.
OTHER = [
    "two builds give", "about its first 2,000 characters", "developing regions in May 2022",
    "In half of the", "ten-year-olds", "under 15", "from about 12 to 15", "half the promise", "Three places",
    "Four messages", "A degree in two borrowed rooms", "two readers", "Two marks",
    "Two pages of one publisher", "Two people", "two by two", "from 0 to 1", "From 0.6 on agreement",
    "The same three questions", "95% interval",
    "Two commands", "about 870 MB", "about 300 MB", "cff-version: 1.2.0",
]  # fmt: skip


def templates(code):
    """Words typed in calls of prose() and Table(), as they stand there."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("prose", "Table"):
            yield from (
                x.value
                for a in call.args
                for x in ast.walk(a)
                if isinstance(x, ast.Constant) and isinstance(x.value, str) and " " in x.value
            )


def typed():
    """All words typed by hand, with the place where they stand."""
    for path in sorted((ROOT / "book").glob("*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            if cell.id != "title":  # stamped
                for text in [cell.source] if cell.cell_type == "markdown" else templates(cell.source):
                    yield f"{path.stem}, cell {cell.id}", text
    for path in sorted((ROOT / "src" / "ecosystems").rglob("*.py")):
        for text in templates(path.read_text("utf-8")):
            yield path.name, text
    for name in ("README.md", "_toc.yml", "CITATION.cff"):
        yield name, (ROOT / name).read_text("utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    yield "_config.yml", config["title"]
    yield "pyproject.toml", PROJECT["description"]
    yield "datapackage.json", f"{DATA.package['title']} {DATA.package['description']}"


def pattern(phrase):
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, phrase.split())) + r"(?![\w%]|[.,]\d)", re.I)


PHRASES = [pattern(p) for p in [*COMPUTED, *(p for p, _, _ in SOURCED), *OTHER]]


def unbound(place, text):
    """Numbers in `text` that no phrase covers."""
    text = CODE.sub(lambda m: " " * len(m[0]), text)
    covered = [m.span() for p in PHRASES for m in p.finditer(text)]
    return [
        f"{place}: {' '.join(text[max(0, m.start() - 30) : m.end() + 30].split())!r}"
        for m in NUMBER.finditer(text)
        if not any(a <= m.start() and m.end() <= b for a, b in covered)
    ]


def test_every_typed_number_is_bound():
    found = [line for place, text in typed() for line in unbound(place, text)]
    assert not found, "compute these from the tables, or bind them in tests/test_numbers.py:\n" + "\n".join(found)


def test_a_row_says_so():
    for phrase, table, id in SOURCED:
        row = getattr(DATA, table).set_index("id").loc[id]
        said = {
            SPELLED[int(w)] if w.isdigit() and int(w) < len(SPELLED) else w
            for w in re.findall(r"\w+", " ".join(row.dropna().astype(str)).lower().replace("hundred", "100"))
        }
        for number in NUMBER.findall(phrase.lower().replace("a hundred", "100")):
            assert number.rstrip("%") in said, f"{phrase!r}: {table}.csv, row {id} does not say {number}"


def test_no_phrase_is_left_over():
    texts = [CODE.sub(" ", text) for _, text in typed()]
    left = [p.pattern for p in PHRASES if not any(p.search(t) for t in texts)]
    assert not left, left


def test_the_package_has_the_version_of_the_data():
    assert PROJECT["version"] == DATA.package["version"]


@pytest.mark.parametrize("planted", [
    "The report was published on 28 June 2023.", "It scanned over 200 initiatives.", "the 12 selected ecosystems",
    "studied 13 of them", "five key points", "It took about 17 months.",
    "The scan holds 388 initiatives in 90 countries.", "Twelve partners are shared.", "Half of them began before 2010.",
    "CC BY 3.0", "Python 3.9 or newer",
])  # fmt: skip
def test_a_planted_number_is_found(planted):
    assert unbound("planted", planted)
