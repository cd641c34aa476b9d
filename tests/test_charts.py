"""Every figure as its chapter makes it, on the real tables and on tables that are empty, short, long or full of
gaps."""

import re

import pandas as pd
import pytest
import synthetic
from figures import CELLS, PROFILES, figure

from ecosystems import charts, headlines, plots, tables
from ecosystems.figure import EXHIBITS
from ecosystems.table import unit

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error")]
DATA = tables.read()
NAMES = sorted(EXHIBITS)
FIXED = {"characteristics", "countries", "areas", "indicators"}
TABLES = [r["name"] for r in DATA.package["resources"] if "schema" in r and r["name"] not in FIXED]


def looks_right(made):
    payload = made.payload  # draws both layouts
    assert payload["svg"].startswith("<svg") and payload["svg_narrow"].startswith("<svg")
    assert len(payload["svg"]) > 200
    assert payload["finding"] and not payload["finding"].endswith(".")
    assert 40 <= len(payload["alt"]) <= 400, (len(payload["alt"]), payload["alt"])
    for text in (payload["finding"], payload["subtitle"], payload["note"], payload["alt"]):
        assert not re.search(r"\bnan\b|<NA>|\bNone\b(?! of the )|\binf\b|None of them$|  ", text), text
    return payload


def test_charts_offers_every_figure():
    assert all(getattr(charts, name) for name in NAMES)
    assert set(PROFILES) == {
        "ecosystem_place",
        "ecosystem_partners",
        "ecosystem_growth",
        "ecosystem_country",
        "ecosystem_evidence",
    }, "every other figure stands in a written chapter"
    assert set(CELLS) | set(PROFILES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_follows_from_table_plot_and_layout_alone(name):
    """So that it can be stored by them: a plot is a value, a function of its own is a module's and closes over
    nothing."""
    made, again = figure(name, DATA), figure(name, DATA)
    assert (made.plot is None) != (made.draw is None)
    if made.draw:
        assert made.draw.__closure__ is None and "<" not in made.draw.__qualname__
    else:
        assert made.plot == again.plot and repr(made.plot) == repr(again.plot) and " at 0x" not in repr(made.plot)
        units = {c: unit(c, title) for c, title in made.columns.items()}
        assert 40 <= len(made.plot.describe(made.data, units)) <= 400


def test_plots_of_all_kinds_are_in_the_book():
    used = {type(figure(name, DATA).plot).__name__ for name in NAMES} - {"NoneType"}
    kinds = {
        n for n in plots.__all__ if isinstance(getattr(plots, n), type) and issubclass(getattr(plots, n), plots.Plot)
    }
    assert used == kinds - {"Plot"}


@pytest.mark.parametrize("name", NAMES)
def test_on_the_real_tables(name):
    payload = looks_right(figure(name, DATA))
    assert payload["rows"], "a figure of the book shows something"
    assert len(payload["finding"]) <= 210
    # What is drawn is what is handed out: a changed table changes the file.
    assert payload["csv"].count("\n") >= len(payload["rows"])


@pytest.mark.parametrize("id", sorted(DATA.ecosystems["id"]))
@pytest.mark.parametrize("name", PROFILES)
def test_every_ecosystem(name, id):
    looks_right(figure(name, DATA, id))


@pytest.mark.parametrize("name", NAMES)
def test_on_empty_tables(name):
    """Nothing is known: the figure says so, and draws no zero."""
    empty = {t: getattr(DATA, t).iloc[:0] for t in TABLES if not (name in PROFILES and t == "ecosystems")}
    looks_right(figure(name, DATA.replace(**empty)))


def few_initiatives(number=1):
    """Tables of a scan with so few initiatives; one of them is the only ecosystem."""
    ecosystem = DATA.ecosystems[DATA.ecosystems["id"] == "kepler-rwanda"]
    chosen = DATA.initiatives["id"].isin(ecosystem["initiative_id"])
    initiative = pd.concat([DATA.initiatives[chosen], DATA.initiatives[~chosen].iloc[::40].head(number - 1)])
    cut = {"initiatives": initiative, "ecosystems": ecosystem}
    for name in TABLES:
        table = getattr(DATA, name)
        if "initiative_id" in table and name not in cut:
            cut[name] = table[table["initiative_id"].isin(initiative["id"])]
        elif "ecosystem_id" in table and name != "people":
            cut[name] = table[table["ecosystem_id"].isin(ecosystem["id"])].head(number)
        elif name not in cut and name not in ("sources", "country_figures", "country_figures_unesco"):
            cut[name] = table.head(number)
    return DATA.replace(**cut)


@pytest.mark.parametrize("number", [1, 9])
@pytest.mark.parametrize("name", NAMES)
def test_on_few_rows(name, number):
    looks_right(figure(name, few_initiatives(number)))


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grown")
    synthetic.grow(folder, 5000)
    return tables.read(folder)


@pytest.mark.parametrize("name", NAMES)
def test_on_thousands_of_rows(name, grown):
    made = figure(name, grown, grown.ecosystems["id"].iloc[0])
    payload = looks_right(made)
    assert max(len(payload["svg"]), len(payload["svg_narrow"]), len(payload["map"] or "")) < 700_000


def gaps():
    """All values that may be missing are missing."""
    cut = {}
    for name in TABLES:
        table = getattr(DATA, name).copy()
        for field in DATA.describe(name)["schema"]["fields"]:
            if not field.get("constraints", {}).get("required"):
                table[field["name"]] = (
                    pd.array([pd.NA] * len(table), dtype=table[field["name"]].dtype)
                    if str(table[field["name"]].dtype) != "float64"
                    else float("nan")
                )
        cut[name] = table
    return DATA.replace(**cut)


@pytest.mark.parametrize("name", NAMES)
def test_where_all_that_may_be_missing_is_missing(name):
    looks_right(figure(name, gaps()))


@pytest.mark.parametrize("region", sorted(DATA.scan["region"].unique()))
@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("scan_", "characteristics_", "glance", "public_"))])
def test_without_one_region(name, region):
    keep = DATA.scan.loc[DATA.scan["region"] != region, "id"]
    looks_right(figure(name, DATA.replace(initiatives=DATA.initiatives[DATA.initiatives["id"].isin(keep)])))


def test_findings_follow_the_tables(monkeypatch):
    """The computed ones: a headline written by hand holds for a range of values."""
    monkeypatch.setattr(headlines, "headline", lambda *_: None)
    fewer = DATA.replace(initiatives=DATA.initiatives.head(40))
    for name in ("glance_map", "scan_by_country", "characteristics_seen", "scan_by_learners"):
        assert figure(name, fewer).finding != figure(name, DATA).finding


def test_the_map_with_names_tells_whole_names_as_many_as_fit():
    assert figure("glance_map", DATA).seen.endswith("TAAP in Venezuela and University of Venda in South Africa.")
    long = DATA.replace(ecosystems=DATA.ecosystems.assign(short_name=DATA.ecosystems["short_name"] + " of learning"))
    said = figure("glance_map", long).seen
    assert re.search(r" of learning in \w+ and \d more\.$", said) and len(said) <= 400


def notes(name, data):
    return [note.text for note in figure(name, data).plot.notes]


def test_notes_inside_plots_say_what_the_tables_say():
    """And nothing where the tables say something else, as in a scan of one's own."""
    assert notes("scan_by_country", DATA) == ["218 million children, none found"]
    assert notes("out_of_school_children", DATA) == ["These three: 35% of all children counted here"]
    assert notes("reading_by_spending", DATA)[1] == "2.7 times the money of Viet Nam"
    assert notes("evidence_ladder", DATA) == ["the only one compared"]
    one = DATA.initiatives.head(1).assign(iso3="CHN")
    assert notes("scan_by_country", DATA.replace(initiatives=pd.concat([DATA.initiatives.iloc[1:], one]))) == []
    poor = DATA.country_figures
    poor = poor[(poor["iso3"] != "PAN") | (poor["indicator_id"] != "learning_poverty")]
    assert notes("reading_by_spending", DATA.replace(country_figures=poor)) == []
    claimed = DATA.ecosystems.assign(evidence="own claim")
    assert notes("evidence_ladder", DATA.replace(ecosystems=claimed)) == []
