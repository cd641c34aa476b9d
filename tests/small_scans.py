"""Small scans, each made up around one thing that few rows, other places or a long descriptor bring with them.

``SCANS`` has one function a scan; each takes a new folder and returns it, ready to be checked and built.
"""

import ast
import html
import json
import os
import re

import describe_data
import new_scan
import pandas as pd

from ecosystems.editions import chapters
from ecosystems.figure import Figure, Table, as_csv
from ecosystems.table import plain
from ecosystems.tables import OWN, read
from ecosystems.words import Prose, capital

PLACES = {
    "KEN": ("Nairobi", -1.29, 36.82),
    "IND": ("Pune", 18.52, 73.86),
    "PHL": ("Manila", 14.6, 120.98),
    "GMB": ("Banjul", 13.45, -16.58),
    "USA": ("Detroit", 42.33, -83.05),
    "GBR": ("Leeds", 53.8, -1.55),
    "ARE": ("Dubai", 25.2, 55.27),
    "WSM": ("Apia", -13.83, -171.77),
    "MDV": ("Malé", 4.18, 73.51),
    "BRA": ("Recife", -8.05, -34.9),
}
TITLES = [f"Person number {n} of the {w} Institute" for n, w in enumerate(["Northern", "Southern", "Coastal"] * 4, 1)]


def scan(
    folder,
    initiatives,
    selected=0,
    shown="half",
    facts=3,
    partners=3,
    tie="works with",
    also=None,
    more=None,
    **package,
):
    """A folder with these rows.

    Parameters
    ----------
    initiatives : list of (str, dict)
        Country code and the columns that matter; a country that `PLACES` does not have, or ``precision="country"``,
        has no point.
    selected : int
        How many of them are ecosystems, the first ones.
    shown : str
        Whether pages show the characteristics of an initiative: ``all``, ``half``, ``none``, ``denied``.
    facts, partners : int
        Of each ecosystem.
    tie : str
        Of each partner.
    also : dict, optional
        Number of an initiative to the other countries in which it works.
    more : dict, optional
        Further tables: name to rows.
    **package
        Keys of the descriptor.
    """
    new_scan.start(folder)
    rows = {name: [] for name in new_scan.TABLES}
    characteristics = list(read(OWN).characteristics["id"])
    for n, (iso3, columns) in enumerate(initiatives, 1):
        place, latitude, longitude = PLACES.get(iso3, (None, None, None))
        row = {
            "id": f"idea-{n}",
            "name": f"Idea {n}",
            "iso3": iso3,
            "place": place,
            "latitude": latitude,
            "longitude": longitude,
            "precision": "city" if place else "country",
            "setting": "both",
            "learners": "children",
            "summary": f"Made up for a test, number {n}.",
            "confidence": "high",
            **columns,
        }
        if "reach" in row:
            row.setdefault("reach_basis", "yearly")
        if row["precision"] == "country":
            row |= {"place": None, "latitude": None, "longitude": None}
        rows["initiatives"].append(row)
        rows["sources"].append(
            {
                "id": f"page-{n}",
                "url": f"https://example.org/{n}",
                "title": f"Page {n}",
                "publisher": "Example",
                "year": 2024,
                "language": columns.get("language", "en"),
                "kind": "press",
                "is_copy": 0,
            }
        )
        rows["initiative_sources"].append({"initiative_id": row["id"], "source_id": f"page-{n}"})
        rows["initiative_countries"] += [{"initiative_id": row["id"], "iso3": i} for i in (also or {}).get(n, ())]
        seen = {"all": characteristics, "denied": characteristics, "none": [], "half": characteristics[n % 2 :: 2]}[
            shown
        ]
        rows["codings"] += [
            {
                "initiative_id": row["id"],
                "characteristic_id": c,
                "present": int(shown != "denied"),
                "note": "A page says so.",
                "source_id": f"page-{n}",
            }
            for c in seen
        ]
    for n, row in enumerate(rows["initiatives"][:selected], 1):
        shared = ("iso3", "place", "latitude", "longitude", "precision", "reach", "reach_year", "reach_basis")
        rows["ecosystems"].append(
            {
                **{k: row.get(k) for k in shared},
                "id": f"place-{n}",
                "initiative_id": row["id"],
                "name": f"Learning in place {n}",
                "short_name": f"Place {n}",
                "organisation": "Nobody",
                "summary": f"A place made up for a test, number {n}.",
                "confidence": "high",
                "basis": "It is the example.",
                "evidence": "own count" if facts > 1 else None,
            }
        )
        rows["ecosystem_sources"].append({"ecosystem_id": f"place-{n}", "source_id": f"page-{n}"})
        topics = ["goal", "evidence", "scale", "how", "milestone", "finance"][:facts]
        rows["facts"] += [
            {
                "id": f"place-{n}-{k}",
                "ecosystem_id": f"place-{n}",
                "topic": t,
                "statement": f"Made up, {k}.",
                "year": 2020,
                "certainty": "reported",
                "source_id": f"page-{n}",
                "evidence": "own count" if t == "evidence" else None,
            }
            for k, t in enumerate(topics, 10)
        ]
        kinds = ["government", "NGO", "community"][:partners]
        rows["partners"] += [
            {
                "id": f"place-{n}-p{k}",
                "ecosystem_id": f"place-{n}",
                "name": f"{capital(t)} in place {n}",
                "type": t,
                "role": "hosts",
                "tie": tie,
                "level": "city" if t == "government" else None,
                "country": row["iso3"],
                "iso3": row["iso3"],
                "relation": "Helps.",
                "source_id": f"page-{n}",
            }
            for k, t in enumerate(kinds, 1)
        ]
    descriptor = folder / "datapackage.json"
    described = json.loads(descriptor.read_text("utf-8"))
    own = {r["name"]: r for r in read(OWN).package["resources"]}
    rows |= more or {}
    for name, made in rows.items():
        resource = next((r for r in described["resources"] if r["name"] == name), own[name])
        if name == "countries":  # of one's own, with its own regions
            resource = json.loads(json.dumps(resource))
            next(f for f in resource["schema"]["fields"] if f["name"] == "region")["constraints"].pop("enum")
            described["resources"].append(resource)
        columns = [f["name"] for f in resource["schema"]["fields"]]
        made = [{k: v for k, v in row.items() if k in columns} for row in made]
        (folder / resource["path"]).write_text(as_csv(pd.DataFrame(made, columns=columns, dtype=object)), "utf-8")
    described |= {"title": "A small scan", "description": "Made up for a test.", "method": "By hand.", **package}
    descriptor.write_text(json.dumps(described), "utf-8")
    describe_data.describe(folder)
    return folder


def _example(folder):
    """What ``make scan`` makes."""
    new_scan.start(folder)
    return folder


def _own_countries():
    """Four countries of two regions of one's own; the boundaries have no Malta and no Åland."""
    named = [
        ("NOR", "Norway", "North", "Oslo", 59.91, 10.75),
        ("NZL", "New Zealand", "South", "Wellington", -41.29, 174.78),
        ("MLT", "Malta", "South", "Valletta", 35.9, 14.51),
        ("ALA", "Åland", "North", "Mariehamn", 60.1, 19.94),
    ]
    keys = ("iso3", "name", "region", "capital", "capital_latitude", "capital_longitude")
    zeros = dict.fromkeys(("global_south", "ldc", "lldc", "sids"), 0)
    return [{**dict(zip(keys, row, strict=True)), "subregion": row[2], **zeros} for row in named]


def _elsewhere(folder):
    rows = _own_countries()
    found = [
        (
            r["iso3"],
            {
                "place": r["capital"],
                "latitude": r["capital_latitude"],
                "longitude": r["capital_longitude"],
                "precision": "city",
                "setting": "in school",
            },
        )
        for r in rows
    ]
    return scan(folder, found, 2, more={"countries": rows}, regions=["South", "North"])


def _told(folder):
    """One ecosystem with all tables that fill a chapter, among nine initiatives."""
    found = [
        ("KEN", {"reach": 1000, "reach_year": 2024, "founded": 2010, "founded_of": "initiative"}),
        ("IND", {}),
        ("PHL", {}),
    ]
    found += [
        ("KEN", {"setting": s, "learners": g}) for s in ("in school", "out of school") for g in ("youth", "teachers")
    ]
    found += [("USA", {"reach": 10}), ("GMB", {"precision": "country"})]
    more = {
        "ecosystem_codings": [
            {
                "ecosystem_id": "place-1",
                "characteristic_id": "equity",
                "present": 1,
                "note": "It says so.",
                "fact_id": "place-1-10",
            }
        ],
        "unknowns": [{"id": "who-pays", "about": "place-1", "what": "Who pays."}],
        "edits": [
            {
                "id": "0-1-0-first",
                "version": "0.1.0",
                "date": "2026-11-30",
                "kind": "first edition",
                "tables": "all",
                "what": "The tables are published for the first time.",
            }
        ],
        "contradictions": [
            {"id": "since", "about": "place-1", "question": "Since when?", "treatment": "Both are told."}
        ],
        "claims": [
            {"id": f"since-{n}", "contradiction_id": "since", "claim": f"Since {2000 + n}.", "source_id": "page-1"}
            for n in (1, 2)
        ],
    }
    return scan(folder, found, 1, facts=6, more=more)


def _long(folder):
    title = "What children learn with farmers, nurses, librarians and engineers in the places where they live"
    people = [{"title": name, "roles": ["creator"]} for name in TITLES]
    return scan(
        folder,
        [("KEN", {}), ("PHL", {})],
        1,
        title=f"{title}: a scan of two valleys, two cities and one island",
        description=" ".join(["Made up for a test, and long."] * 12),
        contributors=people,
    )


SCANS = {
    "example": _example,
    "one initiative": lambda f: scan(f, [("KEN", {"reach": 1000})], partners=0, facts=0),
    "one, selected": lambda f: scan(f, [("PHL", {"reach": 1000, "reach_year": 2024})], 1, facts=1, partners=1),
    "none selected": lambda f: scan(f, [("KEN", {}), ("USA", {"precision": "country"}), ("GMB", {})]),
    "two, all shown": lambda f: scan(f, [("ARE", {}), ("GBR", {})], 2, shown="all", facts=6),
    "nothing shown": lambda f: scan(f, [("USA", {}), ("GMB", {}), ("MDV", {})], 2, shown="none", facts=0, partners=0),
    "all denied": lambda f: scan(
        f, [("PHL", {"setting": "out of school"}), ("PHL", {"setting": "out of school"})], 1, shown="denied"
    ),
    "ten, alike": lambda f: scan(f, [("IND", {"reach": 100, "reach_year": 2020})] * 10, 2),
    "many places": lambda f: scan(
        f, [("WSM", {}), ("BRA", {"precision": "country"}), ("PHL", {})], 1, also={1: ["GMB", "USA", "PHL"], 3: ["MDV"]}
    ),
    "prizes only": lambda f: scan(
        f,
        [("KEN", {"reach": 0, "reach_year": 2024}), ("IND", {"reach": 5000}), ("BRA", {"language": "pt"})],
        2,
        tie="recognition",
    ),
    "nobody yet": lambda f: scan(f, [("KEN", {"reach": 0, "reach_basis": "planned"}), ("PHL", {"reach": 0})], 2),
    "elsewhere": _elsewhere,
    "nine and one": _told,
    "long title": _long,
}
"""What is special about a scan, and how it is made."""


def words(folder, drawn=False):
    """All words of the chapters of a scan: (chapter, cell, kind, text).

    Kinds are ``words``, ``finding``, ``alt``, ``cell`` (of a table) and, of what is drawn, ``drawn``. The environment
    must name the folder: chapters read it there.
    """
    assert os.environ["ECOSYSTEMS_DATA"] == str(folder)
    for name, notebook in chapters.fitted(read(folder)).items():
        space = {}
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                yield name, cell.id, "words", cell.source
                continue
            *lines, last = ast.parse(cell.source).body
            value = isinstance(last, ast.Expr)
            exec(compile(ast.Module(lines if value else [*lines, last], []), cell.id, "exec"), space)
            made = eval(compile(ast.Expression(last.value), cell.id, "eval"), space) if value else None
            for kind, text in _told(made, drawn):
                yield name, cell.id, kind, text


def _told(made, drawn):
    if isinstance(made, Prose):
        yield "finding", made.text
    elif isinstance(made, Figure):
        yield from (("finding", made.finding), ("words", made.subtitle), ("words", made.note), ("alt", made.seen))
        yield from (("words", str(c)) for c in made.source)
        yield from (("words", title) for title in made.columns.values())
        if drawn:
            texts = re.findall(r"<text[^>]*>([^<]*)<", made.drawing())
            yield from (("drawn", html.unescape(text)) for text in texts)
    elif isinstance(made, Table):
        yield "words", made.caption
        yield from (("words", title) for title in made.columns.values())
        yield from (("cell", plain(cell)) for row in made.payload["rows"] for cell in row)
