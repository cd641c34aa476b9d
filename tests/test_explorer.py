"""The page where a reader searches all initiatives, from a folder and behind a server."""

import csv
import io

import pytest

from ecosystems import charts, tables
from ecosystems.editions.web import EDITION

pytestmark = pytest.mark.book

LISTED = charts.lists.initiatives(tables.read())


@pytest.fixture(params=["folder", "server"])
def base(request, site):
    return EDITION.as_uri() if request.param == "folder" else site


def said(page):
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => setTimeout(() => setTimeout(done))))"
    )  # rows follow what was chosen by a frame
    return int(page.inner_text(".said").split()[0])


def test_table_map_address_and_download_follow_the_choice(open_page, base):
    page = open_page("explorer.html", base=base)
    assert said(page) == len(LISTED) and page.locator("tbody tr").count() == 50
    country = LISTED["country"].value_counts().index[0]
    page.select_option("[name=country]", country)
    page.check("[name=characteristic] >> nth=0")
    trait = page.get_attribute("[name=characteristic] >> nth=0", "value")
    wanted = LISTED[(LISTED["country"] == country) & LISTED["characteristic"].map(lambda c: trait in c)]
    assert said(page) == len(wanted) == page.locator("tbody tr").count() > 0
    placed = tables.read().initiatives.set_index("id").loc[wanted["id"], "latitude"].notna().sum()
    frame = page.frame_locator(".choose iframe")
    page.locator(".choose iframe").scroll_into_view_if_needed()
    frame.locator(".pin, .cluster").first.wait_for()
    page.wait_for_timeout(900)
    shown = frame.locator(".pin").count() + sum(int(t.split()[0]) for t in frame.locator(".cluster").all_inner_texts())
    assert shown == placed
    with page.expect_download() as got:
        page.click("[data-csv]")
    rows = list(csv.reader(io.StringIO(open(got.value.path(), encoding="utf-8-sig", newline="").read())))
    assert {r[0] for r in rows[1:]} == set(wanted["id"])
    shared = open_page(page.url.removeprefix(base + "/"), base=base)
    assert said(shared) == len(wanted) and shared.input_value("[name=country]") == country
    page.click("text=Show all")
    assert said(page) == len(LISTED) and "#" not in page.url


def test_words_are_found_without_their_accents(open_page):
    page = open_page("explorer.html")
    page.fill(".choose [name=q]", "ensena peru")
    assert 0 < said(page) < 10


def test_a_row_has_an_address_with_its_sources_one_tap_away(open_page):
    row = LISTED.iloc[-1]
    page = open_page(f"explorer.html#i-{row['id']}")
    assert said(page) == 1
    assert page.locator(f"tr#i-{row['id']} a[href^=http]").count() == len(row["pages"])


def test_without_script_the_whole_table_is_there(open_page):
    page = open_page("explorer.html", java_script_enabled=False)
    assert page.locator("tbody tr:visible").count() == len(LISTED)
    assert not page.locator(".choose").is_visible()


def test_maps_follow_the_page_into_the_dark(open_page, base):
    page = open_page("explorer.html", base=base)
    page.locator(".choose iframe").scroll_into_view_if_needed()
    land = page.frame_locator(".choose iframe").locator(".land").first
    land.wait_for()
    before = land.evaluate("e => getComputedStyle(e).fill")
    page.click("button.shade")
    page.wait_for_timeout(500)
    assert land.evaluate("e => getComputedStyle(e).fill") != before


def test_print_shows_the_drawing_and_every_row(open_page):
    page = open_page("scan.html")
    page.emulate_media(media="print")
    assert page.locator("#fig-scan-map .drawing").is_visible() and not page.locator("#fig-scan-map iframe").is_visible()
    page = open_page("explorer.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("tbody tr").count() == len(LISTED)
