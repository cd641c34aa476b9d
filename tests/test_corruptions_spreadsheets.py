"""What spreadsheets and those who edit in them do to cells, columns and rows is told in one sentence."""

import json

import pandas as pd
import pytest
from corrupted import of, parse, write

from ecosystems.checks.texts import texts

DATE = "it looks like a value that a spreadsheet took for a date or a number"
LEFT = "a bracket, a quote or a sign is left over"
COPIED = "it has marks of the page it was copied from"
NOTE = "it looks like a note to oneself"
NOTHING = "this is no value; what is not known stays empty"
ADDRESS = "it is an address, which has a column of its own"

# -- texts ----------------------------------------------------------------------------------------------------------

TEXTS = {
    "title": {
        **dict.fromkeys(
            ("04-Mar", "Mar-04", "ene-04", "04/mar/2021", "4. Mrz", "3/4/2021", "2021-03-04 00:00:00"), DATE
        ),
        **dict.fromkeys(("45213", "45213.5", "1.2E+06", "14.639"), DATE),
        "One line.\\nAnother.": "it has a character as programs write it",
        "A\\tb": "it has a character as programs write it",
        "Educaci%C3%B3n": "it has a letter as addresses write it",
        "For%20all": "it has a letter as addresses write it",
        "Education&nbsp;now": "it holds a character as HTML writes it",
        "EducaciÃ³n": "it looks like text read in a wrong encoding",
        **dict.fromkeys(("https://a.org/x", "www.a.org", "info@a.org"), ADDRESS),
        "Write to info@a.org": "it has the address of a mailbox",
        **dict.fromkeys(
            ("A school.[12]", "See [it](https://a.org)", "A **great** school", "A ~~poor~~ school"), COPIED
        ),
        **dict.fromkeys(("# A school", "A _great_ school", "A `great` school"), COPIED),
        **dict.fromkeys(("Kepler [check]", "Kepler (to be checked)", "Kepler ??"), NOTE),
        **dict.fromkeys(
            ("#NV", "#¡REF!", "#¿NOMBRE?", "#NOM?", "#VALEUR!", "Err:508"), "a spreadsheet could not compute it"
        ),
        **dict.fromkeys(("A school of of Kenya", "The the school"), "a small word stands twice"),
        **dict.fromkeys(("FALSE", "Wahr", "VERDADERO", "Loading..."), NOTHING),
        **dict.fromkeys(("unknown", "ditto", "s/d", "n.d.", "sin datos", '"', "idem"), NOTHING),
        **dict.fromkeys(("A school (for", "A school,", '"Kepler', '"Kepler"', "A school .", "A school.."), LEFT),
        **dict.fromkeys(('""A"" school', "A «school", "L'«école» autonome»"), LEFT),
        "Oﬃce": "it has letters as printers",
        "Ｋepler": "it has letters as printers",
    },
    "url": {
        **dict.fromkeys(
            (
                "https://www.google.com/url?sa=t&url=https://a.org",
                "https://www.google.co.ke/search?q=kepler",
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.org",
                "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.org",
                "https://bit.ly/3x",
            ),
            "it leads to a page by a search, a mail or a short address",
        ),
        **dict.fromkeys(("https://a.org/x)", "https://a.org/x.", "https://a.org/x…"), "the sign at its end"),
    },
    "language": dict.fromkeys(("ge", "jp", "uq"), "no language has this code in ISO 639-1"),
    "question": {"It is so.": "it is no question"},
}
RIGHT = {
    "title": (
        "4 March 2021", "March 2004", "1984", "2030", "12-15", "Section 3/4", "100% of 5", "Scroll.in", "A@home",
        "Réalisations : éducation", "Wait...", "Kids' (and others') rights", "Do it (now)!", "Mar", "Sept 11",
        "The “new” way", "Ante todo, leer", "MÉTODO", "XXXIV Congreso", '"A" and "B"', "He said \"so\"",
        "#MeToo!", "#1 school", "Version 2.0", "snake_case_name", "O`Neill", "L'«école» autonome", "Bora Bora",
        "False friends", "!Khwa ttu",
    ),
    "url": (
        "https://a.org/x_(y)", "https://a.org/x...", "https://about.google/x/", "https://m.facebook.com/kepler",
        "https://a.org/google.com/url?x=y",
    ),
    "language": ("es", "ka", "ja", "rw", "tl", "he", "quc"),
    "question": ("Is it so?", "هل هذا صحيح؟"),
}  # fmt: skip


def of_text(column, text):
    return [str(p) for p in texts({"t": pd.DataFrame({"key": ["a"], column: [text]}, [2], dtype=object)}, set())]


@pytest.mark.parametrize("column, text", [(c, t) for c, said in TEXTS.items() for t in said])
def test_a_text_that_a_program_or_a_hand_spoilt_is_told(column, text):
    (problem,) = of_text(column, text)
    assert problem.startswith(f"t.csv, line 2 (a), column {column} is ") and TEXTS[column][text] in problem


@pytest.mark.parametrize("column, text", [(c, t) for c, right in RIGHT.items() for t in right])
def test_a_text_that_only_looks_so_is_taken(column, text):
    assert of_text(column, text) == []


def test_a_key_of_digits_is_no_date():
    assert of_text("source_id", "45213") == [] and of_text("source_id", "Mar-04")


# -- one row --------------------------------------------------------------------------------------------------------


def one(**values):
    return lambda r: all(r[c] == v for c, v in values.items())


def current(r):
    return r["id"] == "0-2-0-ecosystem-rows"


def told_of(words, column="what"):
    return lambda r: r[column].replace(*words)


def has(*columns):
    return lambda r: all(r[c] for c in columns)


ROWS = {
    "a share of 180%": (
        "country_figures", lambda r: True, {"indicator_id": "urban_share", "value": "180"},
        "value", "in the unit % of indicators.csv it must be from 0 to 100",
    ),
    "a negative number of children": (
        "country_figures", lambda r: True, {"indicator_id": "pop_0_14", "value": "-5"},
        "value", "in the unit persons of indicators.csv it must be at least 0",
    ),
    "a point for thousands": (
        "country_figures", lambda r: True, {"indicator_id": "pop_0_14", "value": "1.234"},
        "value", "persons are whole numbers; look for a separator of thousands",
    ),
    "a value in the table of another licence": (
        "country_figures_unesco", lambda r: True, {"indicator_id": "eys"},
        "indicator_id", "country_figures.csv has the values of this indicator",
    ),
    "a year 2203": ("country_figures", lambda r: True, {"year": "2203"}, "year", "it must be at most 2026"),
    "an event in 2203": ("events", lambda r: True, {"date": "2203"}, "date", "it lies more than 10 years after 2026"),
    "another country than the initiative": (
        "ecosystems", one(id="kepler-rwanda"), {"iso3": "UGA", "latitude": "", "longitude": "", "precision": "country"},
        "iso3", "its initiative 'kepler-kiziba' is in RWA",
    ),
    "another founding than the initiative": (
        "ecosystems", one(id="kepler-rwanda"), {"founded": "2009"},
        "founded", "its initiative 'kepler-kiziba' has 2013",
    ),
    "another reach than the initiative": (
        "ecosystems", one(id="life-skills-collaborative"), {"reach": "1600000"},
        "reach", "its initiative 'life-skills-collaborative-india' has 160000",
    ),
    "two ecosystems of one name": (
        "ecosystems", one(id="fundacion-taap"), {"name": "KEPLER"}, "name", "has the same name; keep one of them",
    ),
    "two ecosystems of one short name": (
        "ecosystems", one(id="fundacion-taap"), {"short_name": "Kepler"},
        "short_name", "has the same short_name; keep one of them",
    ),
    "another lead": (
        "ecosystems", one(id="kepler-rwanda"), {"lead": "Runa Khan"},
        "name", "ecosystems.csv names 'Runa Khan' as the lead",
    ),
    "a partner that is the ecosystem": (
        "partners", one(ecosystem_id="kepler-rwanda"), {"name": "Kepler"}, "name", "this is the ecosystem itself",
    ),
    "a partner of two types": (
        "partners", one(name="UNICEF"), {"type": "NGO"}, "type", "has the same partner as 'NGO'",
    ),
    "another year than the statement": (
        "facts", lambda r: r["year"] == "2019" and "In 2019" in r["statement"], {"year": "2012"},
        "year", "the text says 2019",
    ),
    "another year than the page": (
        "facts", one(id="centro-lemann-sobral-26"), {"year": "2025", "source_id": "educacao-estadao-2"},
        "year", "its page 'educacao-estadao-2' is of 2014",
    ),
    "another year than the title": (
        "events", one(id="month-of-events"), {"date": "2011", "title": "A month of events in 2024"},
        "date", "the text says 2024",
    ),
    "another year than the id": ("studies", one(id="educo-1999"), {"year": "2009"}, "year", "the id says 1999"),
    "another year than the address": (
        "sources", lambda r: "/2019/" in r["url"] and r["year"] == "2019",
        {"year": "2003", "url": "https://a.org/2019/05/x"},
        "year", "the address says 2019",
    ),
    "an edit of tomorrow": ("edits", current, {"date": "2299-01-01"}, "date", "it lies in the future"),
    "an edit of a later version": (
        "edits", current, {"version": "9.0.0"}, "version", "datapackage.json has the version",
    ),
    "an edit under another version": ("edits", current, {"version": "0.1.0"}, "version", "the id begins with '0-2-0'"),
    "an edit of no table": ("edits", current, {"tables": "ecosystem"}, "tables", "there is no table 'ecosystem'"),
    "an edit with commas": ("edits", current, {"tables": "facts, people"}, "tables", "names are separated by '; '"),
    "an edit of no row": (
        "edits", current, {"what": told_of(("kepler-rwanda", "kepler-rwnda"))},
        "what", "there is no row 'kepler-rwnda'; 'kepler-rwanda' is one",
    ),
    "an edit of no column": (
        "edits", current, {"what": told_of(("(column now_iso3)", "(column nowiso3)"))},
        "what", "there is no column or table 'nowiso3'",
    ),
    "an edit of a mistyped column": (
        "edits", current, {"what": told_of(("reach_about", "reach_abuot"))},
        "what", "there is no column or table 'reach_abuot'",
    ),
    "a value without its unit": ("facts", has("value"), {"unit": ""}, "unit", "a value needs its unit"),
    "a unit without its value": ("facts", has("value"), {"value": ""}, "value", "a unit needs its value"),
    "a statement in the unit": (
        "facts", has("value"), {"unit": lambda r: r["statement"] * 3, "statement": lambda r: r["unit"]},
        "unit", "at most 60 characters",
    ),
    "the first page again": (
        "facts", lambda r: True, {"also_source_id": lambda r: r["source_id"]},
        "also_source_id", "it is the same as source_id",
    ),
    "a page of another initiative": (
        "codings", lambda r: True, {"source_id": "learning-planet-1"}, "source_id", "it is no page of this initiative",
    ),
    "a host of another page": (
        "sources", one(id="learning-planet-1"), {"url": "https://kepler.org/x"},
        "url", "by its id it is a page of 'learning-planet.org'",
    ),
    "a founding in 1905, of a year that was shown as a day": (
        "initiatives", has("founded"), {"founded": "1905"}, "founded", "years that they take for days",
    ),
    "a founding in 1900": ("initiatives", has("founded"), {"founded": "1900"}, "founded", "for an empty cell"),
    "a count after the end": (
        "initiatives", has("reach_year", "founded"), {"ended": lambda r: str(int(r["reach_year"]) - 1), "founded": ""},
        "reach_year", "it lies after the end",
    ),
    "founded under ended": (
        "initiatives", has("founded"), {"founded": "", "ended": lambda r: r["founded"]},
        "founded", "founded_of is given and needs the year",
    ),
    "a capital at another place": (
        "initiatives", lambda r: r["iso3"] == "IND" and r["latitude"],
        {"place": "New Delhi", "latitude": "12.97", "longitude": "77.59", "precision": "city"},
        "place", "km from the capital of this name",
    ),
    "its own country again": (
        "initiative_countries", lambda r: True, {"iso3": None}, "iso3", "it is the country of the initiative itself",
    ),
    "the code of a neighbour": ("countries", one(iso3="NER"), {"name": "Nigeria"}, "name", "this country is NGA"),
    "another name in sentences": (
        "countries", one(iso3="PHL"), {"in_text": "the Gambia"}, "in_text", "it has no word of the name",
    ),
    "a capital elsewhere": (
        "countries", one(iso3="KEN"), {"capital_latitude": "36.8", "capital_longitude": "-1.3"},
        "capital_latitude", "km outside KEN",
    ),
    "a place in the order twice": ("key_points", one(order="3"), {"order": "1"}, "order", "in line 2 already"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_contradicts_itself_or_another_is_told(good, told, case):
    table, row, values, column, said = ROWS[case]
    if case == "its own country again":
        home = {r[0]: r[3] for r in parse(good["initiatives.csv"].decode())}
        values = {"iso3": lambda r: home[r["initiative_id"]]}
    problems = [p for p in told(of(good, table, row, **values)) if said in p.right]
    assert problems and all(p.column == column and p.row.startswith("line ") for p in problems), problems


@pytest.mark.slow
def test_a_question_that_nobody_answers_is_told(good, told):
    header, first, *rows = parse(good["claims.csv"].decode())
    kept = [header, *(r for r in rows if r[1] != first[1])]
    assert any(
        "no claim answers it" in p.right and p.value == first[1] for p in told({"claims.csv": write(kept).encode()})
    )


@pytest.mark.slow
def test_the_edits_of_other_tables_may_have_later_versions(good, told):
    package = json.loads(good["datapackage.json"]) | {"version": "0.0.1"}
    assert [p for p in told({"datapackage.json": json.dumps(package).encode()}) if p.table == "edits"] == []


# -- one column sorted or filled down alone -------------------------------------------------------------------------

MOVED = {
    "claims": ["contradiction_id"],
    "codings": ["source_id"],
    "countries": ["name", "capital_latitude"],
    "ecosystems": ["initiative_id"],
    "edits": ["version"],
    "events": ["title"],
    "facts": ["id", "ecosystem_id", "statement", "year"],
    "initiatives": ["name", "iso3", "website"],
    "organisations": ["name"],
    "partners": ["id", "name"],
    "people": ["name"],
    "quoted_figures": ["figure"],
    "sources": ["id", "url"],
    "studies": ["year"],
}


@pytest.mark.slow
@pytest.mark.parametrize("table, column", [(t, c) for t, columns in MOVED.items() for c in columns])
def test_a_column_that_was_moved_alone_is_told(good, told, table, column):
    header, *rows = parse(good[f"{table}.csv"].decode())
    place = header.index(column)
    for row, value in zip(rows, [rows[-1][place], *(r[place] for r in rows[:-1])], strict=True):
        row[place] = value
    assert [p for p in told({f"{table}.csv": write([header, *rows]).encode()}) if p.table == table]


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, column", [("initiatives", "founded"), ("events", "date"), ("edits", "what"), ("codings", "present")]
)
def test_a_column_that_a_rule_needs_and_the_table_lacks_is_told(good, told, table, column):
    rows = parse(good[f"{table}.csv"].decode())
    place, package = rows[0].index(column), json.loads(good["datapackage.json"])
    schema = next(r["schema"] for r in package["resources"] if r["name"] == table)
    schema["fields"] = [f for f in schema["fields"] if f["name"] != column]
    without = write([r[:place] + r[place + 1 :] for r in rows]).encode()
    problems = [str(p) for p in told({f"{table}.csv": without, "datapackage.json": json.dumps(package).encode()})]
    assert any(p.startswith(f"{table}.csv, line 1, column {column}: the table has no such column") for p in problems)
