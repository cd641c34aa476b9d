"""The built book in Chromium, as readers meet it."""

from ecosystems.editions.hosting import EDITION

PAGES = sorted(p.relative_to(EDITION).as_posix() for p in EDITION.rglob("*.html"))


def test_a_reader_finds_a_word(open_page):
    page = open_page("index.html")
    page.fill("input[type=search]", "Huari")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-hits] a")
    assert "Huari" in page.inner_text("[data-hits]")
