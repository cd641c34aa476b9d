"""A scan of one's own: one of ``make scan``, and one that shares no row, region or title with the project's."""

import json
import random
import re
import shutil
from collections import Counter

import nbformat
import new_scan
import pandas as pd
import pytest
import yaml

from ecosystems import checks, tables
from ecosystems.editions import chapters
from ecosystems.figure import as_csv
from ecosystems.tables import OWN, ROOT

pytestmark = pytest.mark.slow

CAPITALS = {
    "NOR": ("Norway", "North", "Oslo", 59.91, 10.75),
    "FIN": ("Finland", "North", "Helsinki", 60.17, 24.94),
    "PRT": ("Portugal", "South", "Lisbon", 38.72, -9.14),
    "GRC": ("Greece", "South", "Athens", 37.98, 23.73),
    "NZL": ("New Zealand", "Far away", "Wellington", -41.29, 174.78),
    "CAN": ("Canada", "Far away, too", "Ottawa", 45.42, -75.7),
}


def foreign(folder):
    """Synthetic rows from one seed, in four other regions; half of what may be missing is, and so are most tables."""
    chance = random.Random(7)
    maybe = lambda value: value if chance.random() < 0.5 else None
    new_scan.start(folder)
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    reference = {r["name"]: r for r in tables.read(OWN).package["resources"]}
    kept = [r for r in package["resources"] if r["name"] not in ("partners", "initiative_countries")]
    countries = json.loads(
        json.dumps({k: v for k, v in reference["countries"].items() if k not in ("hash", "bytes", "rowCount")})
    )
    next(f for f in countries["schema"]["fields"] if f["name"] == "region")["constraints"] = {"required": True}
    rows = {
        "countries": [
            {
                "iso3": i,
                "name": n,
                "region": r,
                "subregion": r,
                "global_south": 0,
                "capital": c,
                "capital_latitude": y,
                "capital_longitude": x,
                "ldc": 0,
                "lldc": 0,
                "sids": 0,
            }
            for i, (n, r, c, y, x) in CAPITALS.items()
        ],
        "sources": [
            {
                "id": f"page-{n}",
                "url": f"https://example.org/{n}",
                "title": maybe(f"Example page {n}"),
                "kind": chance.choice(["press", "government"]),
                "is_copy": 0,
            }
            for n in range(1, 15)
        ],
        "initiatives": [],
        "initiative_sources": [],
        "codings": [],
        "ecosystem_sources": [],
    }
    for n in range(1, 15):
        iso3 = chance.choice(list(CAPITALS)) if n > 6 else list(CAPITALS)[n - 1]
        placed = chance.random() < 0.6
        rows["initiatives"].append(
            {
                "id": f"example-{n}",
                "name": f"Example initiative {n} *of* {{x}} & $y$",
                "iso3": iso3,
                "precision": "city" if placed else "country",
                "place": CAPITALS[iso3][2] if placed else None,
                "latitude": CAPITALS[iso3][3] if placed else None,
                "longitude": CAPITALS[iso3][4] if placed else None,
                "setting": chance.choice(["both", "in school", "out of school"]),
                "learners": chance.choice(["children", "youth"]),
                "summary": f"Made up for a test, number {n}.",
                "confidence": "high",
                **({"reach": chance.randint(5, 9000), "reach_basis": "yearly"} if chance.random() < 0.5 else {}),
                **({"founded": chance.randint(1950, 2020), "founded_of": "unclear"} if chance.random() < 0.5 else {}),
            }
        )
        rows["initiative_sources"].append({"initiative_id": f"example-{n}", "source_id": f"page-{n}"})
        rows["codings"] += [
            {"initiative_id": f"example-{n}", "characteristic_id": c, "present": 1, "source_id": f"page-{n}"}
            for c in ("equity", "alliances", "public-system")
            if chance.random() < 0.5
        ]
    rows["ecosystems"] = [
        {
            **{k: rows["initiatives"][i][k] for k in ("iso3", "place", "latitude", "longitude", "precision")},
            "id": f"selected-{i}",
            "initiative_id": f"example-{i + 1}",
            "name": f"Example ecosystem {i}",
            "short_name": f"Example {i}",
            "organisation": "Nobody",
            "summary": "Made up for a test.",
            "confidence": "high",
            "basis": "It is the example.",
        }
        for i in (0, 2)
    ]
    rows["ecosystem_sources"] = [{"ecosystem_id": e["id"], "source_id": "page-1"} for e in rows["ecosystems"]]
    rows["facts"] = [
        {
            "id": f"fact-{n}",
            "ecosystem_id": "selected-0",
            "topic": t,
            "statement": f"Made up, {n}.",
            "certainty": "reported",
            "source_id": "page-2",
            **({"value": n, "unit": "children"} if t == "scale" else {}),
        }
        for n, t in enumerate(["goal", "scale", "scale"], 10)
    ]
    for name, made in rows.items():
        described = {**reference, **{r["name"]: r for r in [*kept, countries]}}[name]
        columns = [f["name"] for f in described["schema"]["fields"]]
        (folder / f"{name}.csv").write_text(as_csv(pd.DataFrame(made, columns=columns, dtype=object)), "utf-8")
    for name in ("partners", "initiative_countries"):
        (folder / f"{name}.csv").unlink()
    package |= {
        "title": "Learning in cold and warm places: an example",
        "description": "Made up for a test.",
        "contributors": [{"title": "Ada Example"}, {"title": "Bo Example"}],
        "resources": [*kept, countries],
    }
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return foreign(tmp_path_factory.mktemp("scan") / "cold-and-warm")


def test_a_new_scan_is_right_from_the_start_and_says_what_it_holds(tmp_path):
    folder = tmp_path / "My Scan"
    new_scan.start(folder)
    assert [str(p) for p in checks.check(folder)] == []
    data = tables.read(folder)
    own = tables.read(OWN)
    assert len(data.initiatives) == 3 and set(data.initiatives["id"]) <= set(own.initiatives["id"])
    assert len(data.ecosystems) == 1 and "Example row" in data.ecosystems["basis"].iloc[0]
    assert data.report is None and data.events.empty and list(data.events) == list(own.events)
    guide = (folder / "README.md").read_text("utf-8")
    assert all(name in guide for name in data.initiatives["name"]) and f"make book DATA='{folder}'" in guide
    with pytest.raises(FileExistsError, match="not empty"):
        new_scan.start(folder)


def test_own_rows_are_not_called_examples(tmp_path):
    """Who changes all rows and forgets the description would publish a false sentence on the first page."""
    folder = tmp_path / "scan"
    new_scan.start(folder)
    table = folder / "initiatives.csv"
    table.write_text(table.read_text("utf-8").replace("African Leadership Academy", "Another Academy"), "utf-8")
    (problem,) = checks.check(folder)
    assert "description" in str(problem) and "say in a sentence what your scan is about" in str(problem)


def test_the_guide_is_enough_to_fill_the_tables(tmp_path):
    """All columns, which are needed, all values that they take, and the characteristics stand in it."""
    folder = tmp_path / "scan"
    new_scan.start(folder)
    guide = (folder / "README.md").read_text("utf-8")
    for resource in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]:
        section = " ".join(guide.partition(f"### `{resource['path']}`")[2].partition("###")[0].split())
        for field in resource["schema"]["fields"]:
            limits = field.get("constraints", {})
            entry = section.partition(f"- `{field['name']}`")[2].partition(" - `")[0]
            assert entry and ("(needed)" in entry) == bool(limits.get("required")), (resource["name"], field["name"])
            assert all(f"`{value}`" in entry for value in limits.get("enum", [])), entry
    assert all(f"- `{id}`: " in guide for id in tables.read(OWN).characteristics["id"])
    assert guide.index("### `sources.csv`") < guide.index("### `initiatives.csv`")


def test_a_scan_that_shares_no_row_passes_the_check_and_one_wrong_key_does_not(other, tmp_path):
    assert [str(p) for p in checks.check(other)] == []
    copy = shutil.copytree(other, tmp_path / "copy")
    (copy / "codings.csv").write_text(
        (copy / "codings.csv").read_text("utf-8").replace(",equity,", ",equality,", 1), "utf-8"
    )
    assert any("'equality'" in str(p) and "characteristics.csv" in str(p) for p in checks.check(copy))


def test_chapters_that_have_nothing_to_say_stay_away(other):
    data = tables.read(other)
    made = chapters.fitted(data)
    assert {"programme", "contradictions"} & made.keys() == set()
    assert {
        "index",
        "scan",
        "selection",
        "ecosystems",
        "method",
        "corrections",
        "exhibits",
        "ecosystems/selected-0",
        "ecosystems/selected-2",
    } <= made.keys()
    assert set(data.regions) == {"North", "South", "Far away", "Far away, too"} and "context" not in made
    captions = {p["caption"]: [c["file"] for c in p["chapters"]] for p in chapters.toc(data, made)["parts"]}
    assert "The 2 ecosystems" in captions and not [
        f for files in captions.values() for f in files if f.removeprefix("book/") not in made
    ]


def test_our_own_chapters_lose_nothing_and_hold_what_is_stamped():
    data = tables.read(OWN)
    fitted = chapters.fitted(data)
    for name, notebook in chapters.chapters(data).items():
        stored = nbformat.read(ROOT / "book" / f"{name}.ipynb", 4)
        assert [(c.id, c.source) for c in stored.cells] == [(c.id, c.source) for c in notebook.cells], (
            f"{name}: run make stamp"
        )
        assert [c.id for c in fitted[name].cells] == [c.id for c in notebook.cells]
    assert chapters.toc(data, fitted) == yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))


def test_the_whole_online_book_of_another_scan(other, make_book):
    """Without a warning, with its own title, authors, regions and chapters, and without a word of our report."""
    make_book(other)
    edition = other / "_build" / "edition"
    pages = {
        p.relative_to(edition).as_posix(): re.sub(
            r"<svg.*?</svg>|<details.*?</details>", "", p.read_text("utf-8"), flags=re.S
        )
        for p in edition.rglob("*.html")
        if "maps" not in p.parts
    }
    assert {"ecosystems/selected-0.html", "ecosystems/selected-2.html"} <= pages.keys() and not {
        "programme.html",
        "contradictions.html",
    } & pages.keys()
    assert (
        "<h1>Learning in cold and warm places: an example" in pages["index.html"]
        and "Ada Example and Bo Example" in pages["index.html"]
    )
    data = tables.read(other)
    chosen = re.search(r'<select name="region">(.*?)</select>', pages["explorer.html"])[1]
    assert sorted(re.findall(r"<option>(.*?)</option>", chosen)) == ["Far away", "Far away, too", "North", "South"]
    assert Counter(re.findall(r'<tr [^>]*data-region="(.*?)"', pages["explorer.html"])) == Counter(data.scan["region"])
    for name in data.scan["name"]:
        assert name.replace("&", "&amp;") in pages["explorer.html"]
    name = data.package["name"]
    assert {f"{name}.{form}" for form in ("pdf", "epub", "zip")} <= {path.name for path in edition.iterdir()}
    listed = pd.read_csv(edition / "data" / "exhibits.csv", dtype=str)
    assert set(listed["id"]) and all(f'href="{page}"' in pages["exhibits.html"] for page in listed["page"]), (
        "the list of exhibits lacks a figure"
    )
    for name, page in pages.items():
        main = page[page.index("<main") : page.index("</main>")]
        assert not re.search(
            r"Porticus|Clayton|29 June 2023|the 11\b|reconstruction|Dream a Dream|Latin America|\bnan\b", main
        ), (name, re.findall(r".{60}(?:Porticus|Clayton|the 11\b|reconstruction|Latin America|\bnan\b).{40}", main))
