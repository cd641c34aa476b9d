"""True places pass, on islands and at borders; what no place can explain is refused; the rest is asked and answered."""

import pandas as pd
import pytest
from corrupted import of, parse, write

from ecosystems import globe, tables
from ecosystems.checks import problems as told_in
from ecosystems.checks.places import places

pytestmark = pytest.mark.slow
DATA = tables.read()
CITIES = DATA.countries.dropna(subset=["capital_latitude"])
# Latitude and longitude of the centre of each place, degrees.
TRUE = {
    "Malabo": ("GNQ", 3.752, 8.774), "Annobón": ("GNQ", -1.432, 5.633), "Port Blair": ("IND", 11.667, 92.75),
    "Kavaratti": ("IND", 10.567, 72.642), "Kiritimati": ("KIR", 1.87, -157.43), "Banaba": ("KIR", -0.86, 169.53),
    "Suva": ("FJI", -18.14, 178.44), "Rotuma": ("FJI", -12.5, 177.07), "Taveuni": ("FJI", -16.8, -179.97),
    "Malé": ("MDV", 4.175, 73.509), "Addu": ("MDV", -0.69, 73.15), "Funafuti": ("TUV", -8.52, 179.2),
    "Moroni": ("COM", -11.7, 43.255), "Praia": ("CPV", 14.93, -23.51), "Port Louis": ("MUS", -20.16, 57.5),
    "Rodrigues": ("MUS", -19.68, 63.42), "Agaléga": ("MUS", -10.4, 56.6), "Victoria": ("SYC", -4.62, 55.45),
    "Bridgetown": ("BRB", 13.1, -59.61), "Hanga Roa": ("CHL", -27.15, -109.43), "San Andrés": ("COL", 12.58, -81.7),
    "Leticia": ("COL", -4.215, -69.94), "Fernando de Noronha": ("BRA", -3.85, -32.42), "Socotra": ("YEM", 12.65, 54.02),
    "Likoma": ("MWI", -12.07, 34.73), "Cabinda": ("AGO", -5.55, 12.2), "Oecusse": ("TLS", -9.2, 124.36),
    "Goma": ("COD", -1.68, 29.23), "Maseru": ("LSO", -29.31, 27.48), "Laayoune": ("ESH", 27.15, -13.2),
    "Gaza": ("PSE", 31.5, 34.46), "Nukuʻalofa": ("TON", -21.14, -175.2), "Puerto Ayora": ("ECU", -0.74, -90.31),
    "Fakaofo": ("TKL", -9.38, -171.25), "Kralendijk": ("BES", 12.15, -68.27), "Saint-Denis": ("REU", -20.88, 55.45),
}  # fmt: skip


def said(*rows):
    """Problems of points: (country, latitude, longitude) each."""
    table = pd.DataFrame(rows, columns=["iso3", "latitude", "longitude"]).assign(precision="city")
    table.insert(0, "id", [f"row-{i}" for i in table.index])
    return list(places({"countries": DATA.countries, "initiatives": table}, tables.OWN, None))


@pytest.mark.parametrize("place", TRUE)
def test_a_true_place_passes(place):
    assert said(TRUE[place]) == []


def test_each_capital_lies_in_its_country():
    rows = [(r.iso3, r.capital_latitude, r.capital_longitude) for r in CITIES.itertuples()]
    assert len(rows) > 180 and said(*rows) == []


def test_every_country_has_an_outline():
    outlines = globe.outlines(DATA.file("outlines"))
    assert set(DATA.countries["iso3"]) <= outlines.keys()


@pytest.mark.parametrize(
    "row, found",
    [
        (("KEN", -1.29, -36.82), "outside KEN; check sign"),
        (("KEN", 36.82, -1.29), "outside KEN; check sign"),
        (("FJI", -18.14, -178.44 + 20), "outside FJI; check sign"),
        (("BRA", 48.85, 2.35), "lies in FRA, about"),
        (("KEN", 0.35, 32.58), "lies in UGA, about 1"),  # Kampala
        (("CPV", 16.0, -20.0), "outside CPV; correct it, or say in answers.csv why it is right."),
        (("ESH", 27.5, -8.0), "lies in DZA, about 67 km outside ESH; correct it, or say in answers.csv"),  # the camps
    ],
)
def test_other_points_are_refused_or_asked(row, found):
    (problem,) = said(row)
    assert found in str(problem) and (problem.asked == "row-0") == ("answers.csv" in str(problem))


def test_a_country_of_an_own_table_is_judged_by_its_capital():
    own = DATA.countries.head(1).assign(iso3="QQQ", capital_latitude=0.0, capital_longitude=0.0)
    table = pd.DataFrame(
        {"id": ["a", "b"], "iso3": "QQQ", "latitude": [2.0, 50.0], "longitude": 0.0, "precision": "city"}
    )
    (problem,) = places({"countries": own, "initiatives": table}, tables.OWN, None)
    assert problem.row == "line 1 (b)" and "outside QQQ" in problem.right


# -- answers --------------------------------------------------------------------------------------------------------


def answered(good, *rows):
    return {"answers.csv": good["answers.csv"] + write(rows).encode()}


@pytest.mark.slow
def test_an_answer_of_the_editor_stands_against_a_question_and_only_while_it_is_asked(good, told):
    point = lambda r: r["iso3"] == "IND" and r["latitude"]
    away = of(good, "initiatives", point, latitude="27.7", longitude="85.32")  # Kathmandu
    (problem,) = told(away)
    answer = ["initiatives", problem.asked, "latitude", "Its school for children of migrants stands across the border."]
    assert "lies in NPL" in problem.right and "or say in answers.csv why it is right." in str(problem)
    assert told({**away, **answered(good, answer)}) == []
    (other,) = told({**away, **answered(good, [answer[0], answer[1], "place", answer[3]])})
    assert other == problem, "an answer to another question"
    (left,) = told({**of(good, "initiatives", point), **answered(good, answer)})
    assert left.table == "answers" and left.right == "it answers no question; remove it"
    (without,) = told({**away, **answered(good, [*answer[:3], ""])})
    assert without.table == "answers" and without.column == "answer" and "a value is needed" in without.right


@pytest.mark.slow
@pytest.mark.parametrize(
    "table, column, value",
    [("initiatives", "organisation", "None"), ("initiatives", "organisation", "Wh?t"), ("facts", "value", "987654321")],
)
def test_what_may_be_right_all_the_same_can_be_answered(good, told, table, column, value):
    changed = of(good, table, lambda r: table != "facts" or r["value"] and r["topic"] == "scale", **{column: value})
    (problem,) = [p for p in told(changed) if p.table == table]
    assert problem.asked == parse(changed[f"{table}.csv"].decode())[int(problem.row.split()[1]) - 1][0]
    assert told({**changed, **answered(good, [table, problem.asked, column, "So it is called on its page."])}) == []


def test_a_sentence_says_once_how_to_answer():
    problem = told_in.Problem("facts", "line 2 (a)", "value", "3", "correct it.", "a")
    assert (
        str(problem) == "facts.csv, line 2 (a), column value is '3'; correct it, or say in answers.csv why it is right."
    )
