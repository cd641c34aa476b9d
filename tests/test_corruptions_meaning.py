"""What cannot be true of a row, or of two, is told in one sentence."""

import pytest
from corrupted import of, parse, write

from ecosystems.checks.addresses import public, same_page
from ecosystems.editions.web import templates

pytestmark = pytest.mark.slow


def point(r):
    return r["precision"] != "country" and r["iso3"] in ("KEN", "IND", "COL")


def year(r):
    return r["founded_of"] == "initiative" and r["founded"] > "1990" and not r["ended"] and not r["reach"]


MEANINGS = {
    "swapped coordinates": (
        "initiatives",
        point,
        {"latitude": "77.2", "longitude": "28.6"},
        "latitude",
        ("outside", "not in"),
    ),
    "a minus too many": (
        "initiatives",
        lambda r: r["iso3"] == "IND" and r["latitude"],
        {"latitude": "-12.97"},
        "latitude",
        ("outside", "not in"),
    ),
    "a point in another country": (
        "initiatives",
        point,
        {"latitude": "48.85", "longitude": "2.35"},
        "latitude",
        ("lies in FRA",),
    ),
    "a point in the sea": (
        "initiatives",
        point,
        {"latitude": "0", "longitude": "-30"},
        "latitude",
        ("km outside",),
    ),
    "latitude beyond the pole": ("initiatives", point, {"latitude": "95"}, "latitude", ("at most 90",)),
    "longitude beyond the date line": ("initiatives", point, {"longitude": "-190"}, "longitude", ("at least -180",)),
    "half a point": ("initiatives", point, {"longitude": ""}, "longitude", ("both latitude and longitude",)),
    "a place without a point": (
        "initiatives",
        point,
        {"latitude": "", "longitude": ""},
        "latitude",
        ("needs coordinates",),
    ),
    "a country with a point": ("initiatives", point, {"precision": "country"}, "latitude", ("coordinates stay empty",)),
    "an unknown country": ("initiatives", point, {"iso3": "XKX"}, "iso3", ("there is no such row in countries.csv",)),
    "a country that the scan does not look at": (
        "initiatives",
        point,
        {"iso3": "ESP", "latitude": "40.4", "longitude": "-3.7"},
        "iso3",
        ("the scan looks at",),
    ),
    "an ecosystem elsewhere": (
        "ecosystems",
        lambda r: r["latitude"],
        {"latitude": "48.85", "longitude": "2.35"},
        "latitude",
        ("lies in FRA",),
    ),
    "a future year": ("initiatives", year, {"founded": "2999"}, "founded", ("it lies after", "at most")),
    "the year 0000": ("initiatives", year, {"founded": "0000"}, "founded", ("at least",)),
    "an end before the beginning": ("initiatives", year, {"ended": "1950"}, "ended", ("before the founding",)),
    "a year without its meaning": ("initiatives", year, {"founded_of": ""}, "founded_of", ("say whether the year",)),
    "a count without its meaning": ("initiatives", year, {"reach": "12"}, "reach_basis", ("say what the count means",)),
    "a year of a count that is not there": ("initiatives", year, {"reach_year": "2020"}, "reach", ("needs the count",)),
    "a negative count": ("initiatives", year, {"reach": "-12", "reach_basis": "not stated"}, "reach", ("at least",)),
    "a day that is not": ("events", lambda r: True, {"date": "2023-02-30"}, "date", ("no such date",)),
    "a month that is not": ("events", lambda r: True, {"date": "2023-13"}, "date", ("no such date",)),
    "an end before its beginning": (
        "events",
        lambda r: r["date"] > "2020",
        {"date_end": "2001-01-01"},
        "date_end",
        ("before the date",),
    ),
    "an initiative chosen twice": (
        "ecosystems",
        lambda r: r["id"] == "kepler-rwanda",
        {"initiative_id": "fundacion-taap"},
        "initiative_id",
        ("another ecosystem has the same",),
    ),
    "an address that differs in capitals": (
        "ecosystems",
        lambda r: r["id"] == "kepler-rwanda",
        {"id": "Fundacion-TAAP"},
        "id",
        ("another ecosystem has the same",),
    ),
    "an unknown characteristic": (
        "codings",
        lambda r: True,
        {"characteristic_id": "joy"},
        "characteristic_id",
        ("no such row in characteristics.csv",),
    ),
    "a coding of 2": ("codings", lambda r: True, {"present": "2"}, "present", ("one of: 0, 1",)),
    "a coding of 01": ("codings", lambda r: True, {"present": "01"}, "present", ("one of: 0, 1",)),
    "a page without address": ("sources", lambda r: True, {"url": ""}, "url", ("a value is needed",)),
    "a page that stands twice": ("sources", lambda r: True, {"url": None}, "url", ("must be unique",)),
    "an empty id": ("initiatives", lambda r: True, {"id": ""}, "id", ("a value is needed",)),
    "the id of another": (
        "initiatives",
        lambda r: r["id"] != "fundacion-taap",
        {"id": "fundacion-taap"},
        "id",
        ("unique",),
    ),
    "two spellings": (
        "partners",
        lambda r: r["name"] == "UNICEF",
        {"name": "unicef"},
        "name",
        ("another row spells it",),
    ),
    "a country without a name": ("country_figures", lambda r: True, {"iso3": "ZZZ"}, "iso3", ("neither a country",)),
    "a figure twice": (
        "country_figures",
        lambda r: True,
        {"iso3": None, "indicator_id": None, "year": None},
        "year",
        ("this key stands in line ", "keys are unique"),
    ),
}


@pytest.mark.parametrize("case", MEANINGS)
def test_a_value_that_cannot_be_true_is_refused(good, told, case):
    table, row, values, column, said = MEANINGS[case]
    header, _, second, *_ = parse(good[f"{table}.csv"].decode())
    values = {c: second[header.index(c)] if v is None else v for c, v in values.items()}
    problems = told(of(good, table, row, **values))
    assert any(
        p.table == table and p.row.startswith("line ") and column in p.column and any(s in p.right for s in said)
        for p in problems
    ), problems


def test_twins_and_pages_that_nothing_stands_on_are_refused(good, told):
    initiatives, pages = good["initiatives.csv"].decode(), good["sources.csv"].decode()
    twin = parse(initiatives)[1]
    twin[0] = "twin"
    spare = ["spare-9", "https://example.org/", *[""] * (len(parse(pages)[0]) - 2)]
    problems = [
        str(p)
        for p in told(
            {
                "initiatives.csv": (initiatives + write([twin])).encode(),
                "sources.csv": (pages + write([spare])).encode(),
                "initiative_sources.csv": good["initiative_sources.csv"].split(b"\n")[0] + b"\n",
            }
        )
    ]
    for said in ("(twin), column name", "no row stands on this page", "no page supports it"):
        assert any(said in p for p in problems), (said, problems)


# -- what editors do to tables --------------------------------------------------------------------------------------


def again(good, table, row=lambda r: True, **values):
    """A table with one of its rows pasted once more, some values changed."""
    header, *rows = parse(good[f"{table}.csv"].decode())
    pasted = dict(zip(header, next(r for r in rows if row(dict(zip(header, r, strict=True)))), strict=True)) | values
    return {f"{table}.csv": write([header, *rows, [pasted[c] for c in header]]).encode()}


PASTED = {
    "facts": ("the same statement and ecosystem_id", {"id": "kepler-rwanda-999", "source_id": "learning-planet-1"}),
    "partners": ("the same name and ecosystem_id", {"id": "kepler-rwanda-partner-999"}),
    "events": ("the same title and date", {"id": "again-999"}),
    "people": ("the same name", {"id": "again-999"}),
    "organisations": ("the same name", {"id": "again-999"}),
    "claims": ("the same cells in all other columns", {"id": "again-999"}),
    "unknowns": ("the same what and about", {"id": "again-999"}),
    "contradictions": ("the same question and about", {"id": "again-999"}),
    "quoted_figures": ("the same figure", {"id": "again-999"}),
    "studies": ("the same cells in all other columns", {"id": "again-999"}),
    "initiatives": ("the same name and iso3", {"id": "again-999"}),
    "key_points": ("the same summary", {"id": "again-999", "order": "99"}),
}


@pytest.mark.parametrize("table", PASTED)
def test_the_same_row_under_another_id_is_told_once(good, told, table):
    said, values = PASTED[table]
    problems = told(again(good, table, **values))
    mine = [p for p in problems if p.table == table and f"{said}; keep one of them" in p.right]
    assert len(mine) == 1 and f"({values['id']})" in mine[0].row and mine[0].right.startswith("line 2 (")


TWINS = {
    "the name of another": ({"iso3": "KEN"}, "the same summary and name"),
    "the page of another": ({"name": "Another name"}, "the same website and iso3 and place"),
    "the page of another, elsewhere": ({"name": "Another name", "place": "Elsewhere"}, "the same summary and website"),
    "the words of another": ({"name": "Another name", "website": ""}, ""),
}


@pytest.mark.parametrize("case", TWINS)
def test_words_alone_make_no_twin_of_an_initiative(good, told, case):
    values, said = TWINS[case]
    row = lambda r: r["website"] and r["place"] and r["iso3"] != "KEN"
    problems = told(again(good, "initiatives", row, id="again-999", **values))
    mine = [p for p in problems if "keep one of them" in p.right]
    assert len(mine) == bool(said) and all(said in p.right for p in mine)


SPOILT = {
    "#REF!": "a spreadsheet could not compute it; type the value",
    "see #N/A here": "a spreadsheet could not compute it; type the value",
    "n/a": "this is no value; what is not known stays empty",
    "N.A.": "this is no value; what is not known stays empty",
    "none": "this is no value; what is not known stays empty",
    "TBD": "this is no value; what is not known stays empty",
    "--": "this is no value; what is not known stays empty",
    "???": "this is no value; what is not known stays empty",
    "Fundaci?n": "a question mark stands in the place of a letter that was lost; type the text again",
    "Fundaci??n": "a question mark stands in the place of a letter that was lost; type the text again",
    "of ?frica": "a question mark stands in the place of a letter that was lost; type the text again",
    "Education &amp; Work": "it holds a character as HTML writes it",
    "Fundaci&oacute;n": "it holds a character as HTML writes it",
    "Caf&#233;": "it holds a character as HTML writes it",
    "Two  spaces": "it holds two spaces in a row",
    "Fund\u0430ci\u00f3n": "a word mixes letters of two alphabets that look alike",  # a Cyrillic a
    "TODO: ask them": "it looks like a note to oneself",
    "Lorem ipsum dolor": "it looks like a note to oneself",
    "word " * 50 + "words": "the text was cut at 255 characters",
    "पढ़ना".encode()[:9].decode("cp1252", "ignore"): "it looks like text read in a wrong encoding",
    "تعليم".encode().decode("cp1252", "ignore"): "it looks like text read in a wrong encoding",
    "школа".encode().decode("latin-1"): "invisible character",
}


@pytest.mark.parametrize("text", SPOILT)
def test_a_spoilt_text_is_told_once(good, told, text):
    problems = [p for p in told(of(good, "initiatives", lambda r: True, organisation=text)) if p.table == "initiatives"]
    (problem,) = [p for p in problems if p.column == "organisation"]
    assert problem.value == text and (SPOILT[text] in problem.right or text == "--" and "formula" in problem.right)


@pytest.mark.parametrize(
    "text",
    [
        "What is it? A school",
        "Why? (no one knows)",
        "See https://a.org/x?y=z",
        "No. 5",
        "Nil Nu",
        "R&D; AT&T",
        "«CAFÉ»",
        "ÉCOLE Nº 5",
        "Школа Kepler",
        "Ευρώπη",
        "Xxenia",
        "word " * 50 + "wordy.",
        "Àéîõü",
        "Đại học Huế",
    ],
)
def test_a_text_that_only_looks_spoilt_is_taken(good, told, text):
    assert told(of(good, "initiatives", lambda r: True, organisation=text)) == []


@pytest.mark.parametrize(
    "other",
    ["{}/", "{}?utm_source=x&utm_medium=mail", "{}?fbclid=abc", "{}#top", "http://{}", "https://www.{}"],
)
def test_a_page_under_two_addresses_is_told(good, told, other):
    plain = lambda r: r["url"].startswith("https://") and not set("?#") & set(r["url"]) and "//www." not in r["url"]
    header, *rows = parse(good["sources.csv"].decode())
    url = next(r for r in (dict(zip(header, row, strict=True)) for row in rows) if plain(r))["url"]
    changed = other.format(url.removeprefix("https://") if "://" in other else url.rstrip("/"))
    problems = told(again(good, "sources", plain, id="again-999", url=changed))
    (problem,) = [p for p in problems if "has the same url; keep one of them" in p.right]
    assert problem.table == "sources" and problem.value == changed


def test_pages_that_differ_in_more_are_two_pages():
    assert same_page("https://a.org/x?id=1") != same_page("https://a.org/x?id=2")
    assert same_page("https://a.org/#/one") != same_page("https://a.org/#/two")
    assert same_page("https://a.org/x") != same_page("https://a.org/X") and same_page("https://A.org") == "a.org"
    assert same_page("https://a.org:8443/") != same_page("https://a.org/")


NO_PAGE = (
    "http://127.0.0.1/", "http://127.1/x", "http://2130706433/", "http://0x7f.0.0.1/", "https://10.0.0.8/x",
    "https://192.168.1.1/", "https://172.20.0.1/", "https://169.254.1.1/", "https://100.64.0.1/", "https://0.0.0.0/",
    "https://[::1]/", "https://[fe80::1]/", "https://[fd00::1]/", "https://256.1.1.1/", "https://1.2.3/",
    "https://intranet/", "https://server.local/", "https://a.localhost/", "https://x.internal/", "https://nas.lan/",
    "https://a..org/", "https://.org/", "https://-a.org/", "https://a-.org/", "https://a.org:99999/",
    "https://a.org:port/", f"https://{'a' * 64}.org/", "https://a.org:0/", "https://user@a.org/", "https://a,b.org/",
)  # fmt: skip


@pytest.mark.parametrize("url", NO_PAGE)
def test_an_address_that_nobody_can_open_is_refused(url):
    assert not public(url)


@pytest.mark.parametrize("tail, said", [(";https://b.org/", "it holds two addresses"), (",", "the sign at its end")])
def test_an_address_with_more_than_an_address_is_told(good, told, tail, said):
    (problem,) = told(of(good, "initiatives", lambda r: True, website=f"https://a.org/x{tail}"))
    assert (problem.column, problem.value) == ("website", f"https://a.org/x{tail}") and said in problem.right
    assert (
        told(of(good, "initiatives", lambda r: True, website="https://web.archive.org/web/2020/https://a.org/")) == []
    )


def test_such_an_address_is_told_with_its_row_and_others_are_taken(good, told):
    (problem,) = told(of(good, "initiatives", lambda r: True, website="http://192.168.1.1/"))
    assert (problem.column, problem.value) == ("website", "http://192.168.1.1/") and "a public host" in problem.right
    for url in (
        "https://8.8.8.8/",
        "https://a.org:8443/x",
        "https://münchen.de/",
        "https://a_b.blogspot.com",
        "http://a.org.",
    ):
        assert public(url), url


def test_a_text_that_begins_with_an_address_stays_the_text():
    rows = [["https://a.org/x says <so>"], ["https://a.org/x"]]
    figure = {"finding": "F", "columns": [{"title": "T", "type": "text"}], "rows": rows}
    made = templates.render("table.html", figure=figure)
    assert '<td class="text">https://a.org/x says &lt;so&gt;</td>' in made
    assert '<td class="text"><a href="https://a.org/x">a.org</a></td>' in made


@pytest.mark.parametrize(
    "statement, right, wrong",
    [
        ("It reached 1,200 children in 2019.", 1200, 12000),
        ("It reached 1.2 million children.", 1_200_000, 1_200),
        ("Two in five could not read.", 40, 60),
        ("Half of the 30 pupils came.", 50, 70),
        ("It followed 160 schools with the programme and 160 without.", 320, 200),
        ("Seven of 10 teachers stayed.", 70, 75),
        ("The second of 40 cities joined.", 2, 4),
        ("Two hundred schools joined.", 200, 20),
        ("Three thousand five hundred pupils came.", 3500, 350),
        ("It reaches 3 lakh children.", 300_000, 30_000),
        ("It reaches 1,50,000 children.", 150_000, 50_000),
    ],
)
def test_a_value_that_is_not_the_number_of_its_statement_is_told(good, told, statement, right, wrong):
    row, said = lambda r: r["value"] and r["topic"] == "scale", {"statement": statement, "year": ""}
    assert not [p for p in told(of(good, "facts", row, **said, value=str(right))) if p.table == "facts"]
    problems = told(of(good, "facts", row, **said, value=str(wrong)))
    (problem,) = [p for p in problems if p.table == "facts"]
    assert (problem.column, problem.value) == (
        "value",
        str(wrong),
    ) and "the statement says another number" in problem.right
