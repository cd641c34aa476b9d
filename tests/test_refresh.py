"""Newer figures: what a source answers is taken whole or not at all.

The recordings are shaped after the interfaces' documentation.
"""

import importlib
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boundaries
import pandas as pd
import pytest
import refresh_world_bank

from ecosystems import checks, refresh
from ecosystems.tables import ROOT, Tables

pytestmark = pytest.mark.slow

RECORDED = Path(__file__).with_name("recordings")


@pytest.fixture
def server():
    """A server that gives one answer after the other: a status, or what a function of path and query returns."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            self.server.asked.append(parts.path)
            status, body = self.server.answer(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *args):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.url = [], f"http://127.0.0.1:{made.server_port}"
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()


@pytest.fixture
def folder(tmp_path):
    """The tables, with one indicator of each source for the few countries of the recordings."""
    target = shutil.copytree(ROOT / "data", tmp_path / "data")
    for name, indicator, dataset in (
        ("country_figures", "internet_users", "World Development"),
        ("country_figures_unesco", "oos_rate_primary", "SDG 4"),
    ):
        table = pd.read_csv(target / f"{name}.csv", dtype=str, keep_default_na=False)
        table = table[(table["indicator_id"] == indicator) & table["iso3"].isin(["KEN", "RWA", "GHA", "WLD"])]
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
        indicators = pd.read_csv(target / "indicators.csv", dtype=str, keep_default_na=False)
        indicators = indicators[~indicators["dataset"].str.startswith(dataset) | (indicators["id"] == indicator)]
        indicators.to_csv(target / "indicators.csv", index=False, lineterminator="\n")
    package = json.loads((target / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        resource.update(refresh.measure(target / resource["path"]))
    (target / "datapackage.json").write_text(json.dumps(package, indent=1), "utf-8")
    return target


def world_bank(change=lambda records: None):
    pages = json.loads((RECORDED / "world_bank.json").read_text("utf-8"))["pages"]
    change(pages[0][1])
    return lambda path, query: (200, pages[int(query["page"]) - 1])


def unesco(change=lambda recorded: None):
    recorded = json.loads((RECORDED / "unesco.json").read_text("utf-8"))
    change(recorded)
    return lambda path, query: (200, next(v for k, v in recorded.items() if path.endswith(k)))


def state(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def renewed(folder, name, source, server):
    return refresh.renew(
        folder, name, importlib.import_module(source).ask(refresh.session(), Tables(folder), server.url)
    )


@pytest.mark.parametrize(
    "source, name, answer",
    [("refresh_world_bank", "country_figures", world_bank), ("refresh_unesco", "country_figures_unesco", unesco)],
)
def test_the_same_answer_changes_nothing(folder, server, source, name, answer):
    before, server.answer = state(folder), answer()
    assert renewed(folder, name, source, server) == [] and state(folder) == before


def test_a_newer_year_is_written_and_told(folder, server):
    def newer(records):
        records[0].update(value=75.44, date="2025")  # Ghana: a year that the table does not have

    server.answer = world_bank(newer)
    assert renewed(folder, "country_figures", "refresh_world_bank", server) == [
        "internet_users: newest year 2025 (was 2024); values: 1 new, 0 gone, 0 revised"
    ]
    table = pd.read_csv(folder / "country_figures.csv", dtype=str)
    assert ["GHA", "internet_users", "2025", "75.4"] in table.to_numpy().tolist()
    assert Tables(folder).indicators.set_index("id").at["internet_users", "version"] == "2026-01"
    assert checks.check(folder) == []


def test_share_alike_figures_go_to_their_own_table_only(folder, server):
    before = state(folder)

    def newer(recorded):
        recorded["data/indicators"]["records"].append(
            {
                "indicatorId": "ROFST.1.CP",
                "geoUnit": "SDG: World",
                "year": 2025,
                "value": 9.87,
                "magnitude": None,
                "qualifier": None,
            }
        )

    server.answer = unesco(newer)
    assert renewed(folder, "country_figures_unesco", "refresh_unesco", server) == [
        "oos_rate_primary: newest year 2025 (was 2023); values: 1 new, 0 gone, 0 revised"
    ]
    assert Tables(folder).indicators.set_index("id").at["oos_rate_primary", "version"] == "2026-02", (
        "the release is called after its month, whenever it was corrected last"
    )
    assert "WLD,oos_rate_primary,2025,9.9\n" in (folder / "country_figures_unesco.csv").read_text("utf-8")
    after = state(folder)
    assert {n for n in after if after[n] != before[n]} == {
        "country_figures_unesco.csv",
        "indicators.csv",
        "datapackage.json",
    }


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda records: records[1].update(value=840.0), "it must be from 0 to 100"),
        (lambda records: records.__delitem__(slice(None)), "countries and groups have no value any more"),
        (
            lambda records: [r.update(value=None) for r in records if r["countryiso3code"] == "GHA"],
            "countries and groups have no value any more",
        ),
    ],
)
def test_an_answer_that_cannot_be_right_leaves_the_tables_as_they_were(folder, server, change, said):
    before, server.answer = state(folder), world_bank(change)
    with pytest.raises(refresh.SourceFailed, match=said):
        renewed(folder, "country_figures", "refresh_world_bank", server)
    assert state(folder) == before


def test_a_group_that_the_source_calls_otherwise_is_told(folder, server):
    server.answer = unesco(lambda recorded: recorded["definitions/geounits"].pop())
    with pytest.raises(refresh.SourceFailed, match="say in GROUPS which one is LIC"):
        renewed(folder, "country_figures_unesco", "refresh_unesco", server)


def test_a_source_that_refuses_or_speaks_otherwise_is_told_in_one_sentence(folder, server):
    error = json.loads((RECORDED / "world_bank.json").read_text("utf-8"))["error"]
    for answer, said in (((200, error), "not valid"), ((200, b"<html>"), "not JSON"), ((404, b""), "404")):
        server.answer = lambda path, query, answer=answer: answer
        with pytest.raises(refresh.SourceFailed, match=said):
            renewed(folder, "country_figures", "refresh_world_bank", server)


def test_a_busy_server_is_asked_again(server):
    answers = iter([(503, b""), (429, b""), (200, {"ok": 1})])
    server.answer = lambda path, query: next(answers)
    line = refresh.session()
    for adapter in line.adapters.values():
        adapter.max_retries.backoff_factor = 0
    assert refresh.get(line, server.url) == {"ok": 1} and len(server.asked) == 3


def test_a_proxy_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    line = refresh.session()
    for adapter in line.adapters.values():
        adapter.max_retries = refresh.Retry(0)
    with pytest.raises(refresh.SourceFailed, match="the proxy of this machine does not answer; look at HTTPS_PROXY"):
        refresh.get(line, "https://example.org/")


def test_without_a_network_the_script_says_so_and_changes_nothing(folder, monkeypatch):
    before = state(folder)
    line = refresh.session()
    for adapter in line.adapters.values():
        adapter.max_retries = refresh.Retry(0)
    monkeypatch.setattr(refresh, "session", lambda: line)
    with pytest.raises(SystemExit, match=r"did not answer \(ConnectionError\).*\ncountry_figures.csv is as it was"):
        refresh.main(
            "country_figures",
            lambda line, data: refresh_world_bank.ask(line, data, "http://127.0.0.1:9"),
            ["--data", str(folder)],
        )
    assert state(folder) == before


def test_a_map_that_lost_a_country_is_not_written(tmp_path):
    shape = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[0, 0], [1, 0], [0, 1], [-1, -1]]],
        "objects": {"countries": {"geometries": [{"type": "Polygon", "properties": {"a3": "KEN"}, "arcs": [[0]]}]}},
    }
    target = tmp_path / "world.geojson"
    assert "new: KEN" in boundaries.written(boundaries.features(shape), target)
    before = target.read_bytes()
    assert "nothing was changed" in boundaries.written(boundaries.features(shape), target)
    shape["objects"]["countries"]["geometries"][0]["properties"]["a3"] = "RWA"
    with pytest.raises(SystemExit, match="no shape any more for KEN"):
        boundaries.written(boundaries.features(shape), target)
    assert target.read_bytes() == before
