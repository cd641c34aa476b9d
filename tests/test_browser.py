"""The built book in Chromium, as readers meet it."""

import pytest

from ecosystems.editions.web import EDITION

pytestmark = pytest.mark.book

PAGES = sorted(p.relative_to(EDITION).as_posix() for p in EDITION.rglob("*.html") if p.parent.name != "maps")


# Looks


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
def test_nothing_is_cut_off_at_the_side(width, open_page):
    page = open_page(width=width)
    for path in PAGES:
        page.goto(page.base + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_one_tap_leads_to_everything(open_page):
    page = open_page("ecosystems/ensena-peru.html", width=320)
    page.locator("summary", has_text="Use").click()
    for name in ("Contents", "Stories", "Explore", "Data", "How we know", "EPUB", "Notebook", "How to cite"):
        link = page.get_by_role("navigation", name="This book").get_by_role("link", name=name, exact=True)
        box = link.bounding_box()
        assert box and box["y"] < 800 and box["height"] >= 24, name
    page.get_by_role("link", name="Contents").click()
    assert page.get_by_role("link", name="What the ecosystems share").is_visible()
    assert page.evaluate("document.elementFromPoint(160, 400).closest('.chapters') !== null"), (
        "contents cover the page on a phone"
    )
    page.keyboard.press("Escape")
    assert page.evaluate("document.elementFromPoint(160, 400).closest('.chapters') === null")


def test_on_a_phone_portraits_are_half_as_long_as_in_version_0_1(open_page):
    for portrait in ("jacobs-foundation-ghana", "life-skills-collaborative"):  # the longest
        page = open_page(f"ecosystems/{portrait}.html", width=375)
        page.evaluate("document.fonts.ready")  # lines of one font among those of another may be longer for a moment
        assert page.evaluate("document.documentElement.scrollHeight") < 16_575 / 2


def test_the_choice_of_a_dark_page_reaches_figures_and_maps_and_stays(open_page):
    page = open_page(
        "scan.html", color_scheme="null"
    )  # a scheme set by the test would hide the page's own from the map
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Change to a dark page").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert page.evaluate("getComputedStyle(document.querySelector('.drawing text')).fill") != "rgb(34, 48, 47)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.drawing text')).fill") == "rgb(34, 48, 47)", (
        "on paper every drawing is a light one"
    )
    page.emulate_media(media="screen")
    frame = page.query_selector("iframe")
    frame.scroll_into_view_if_needed()
    land = frame.content_frame()
    land.wait_for_selector(".leaflet-container")
    assert land.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"), "the map stays light on a dark page"


# Frames out of sight are drawn at a slower pace: what moved there could stay half-way, on paper too.
ASTRAY = """() => {
  const map = Object.values(window).find(v => v instanceof L.Map), astray = [];
  const frame = map.getContainer().getBoundingClientRect();
  map.eachLayer(layer => {
    if (!layer._icon) return;
    const box = layer._icon.getBoundingClientRect(), point = map.latLngToContainerPoint(layer.getLatLng());
    const x = (box.left + box.right) / 2 - frame.left, y = (box.top + box.bottom) / 2 - frame.top;
    astray.push(Math.hypot(x - point.x, y - point.y));
  });
  return astray;
}"""


def test_points_of_a_map_stand_where_they_belong_at_once(open_page):
    page = open_page("maps/scan-map.html", width=300)
    page.set_viewport_size({"width": 780, "height": 440})
    astray = page.evaluate(ASTRAY)
    assert len(astray) >= 3 and max(astray) < 2


def test_groups_of_points_do_not_hide_the_shades_of_small_countries(open_page):
    page = open_page("maps/out-of-school-map.html", width=375)
    page.wait_for_selector(".cluster")
    drawn = page.evaluate(
        """[...document.querySelectorAll('.cluster')].map(c =>
        [getComputedStyle(c).backgroundColor, parseFloat(getComputedStyle(c, '::before').width), c.offsetWidth])"""
    )
    for ground, width, room in drawn:
        assert ground == "rgba(0, 0, 0, 0)" and width < 16 and room >= 24, (ground, width, room)


def test_names_on_cards_stay_on_their_cards(open_page):
    page = open_page("scan.html", width=375)
    over = page.evaluate(
        """[...document.querySelectorAll('.cards td:first-child a')].filter(a =>
        [...a.getClientRects()].some(r => r.right > a.closest('tr').getBoundingClientRect().right - 8))
        .map(a => a.textContent)"""
    )
    assert over == []


# Finding


def test_a_reader_finds_a_word(open_page):
    page = open_page("index.html")
    page.fill("input[type=search]", "Huari")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-hits] a")
    assert "Huari" in page.inner_text("[data-hits]")


def test_an_address_that_is_not_there_leads_on_at_any_depth(open_page):
    page = open_page("no/such/page.html", strict=False)
    assert "There is no such page" in page.inner_text("h1")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Source Sans 3"'), (
        "no style sheet"
    )
    page.get_by_role("navigation", name="Chapters").get_by_role("link", name="The wider field", exact=True).click()
    assert page.inner_text("h1").startswith("The wider field")


# Access


def test_motion_only_for_those_who_want_it(open_page):
    page = open_page("index.html", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_first_key_skips_to_the_text_and_is_seen(open_page):
    page = open_page("scan.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate(
        "document.activeElement.getBoundingClientRect().left >= 0 && "
        "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
    )
