"""Pages as they are seen otherwise: forced colours, much larger, with more room between letters, without motion."""

import pytest

from ecosystems.editions.web import EDITION

pytestmark = pytest.mark.book

PAGES = sorted(p.relative_to(EDITION).as_posix() for p in EDITION.rglob("*.html") if p.parent.name != "maps")
# What a reader may ask of any text (WCAG 1.4.12); drawings are pictures.
SPACED = """*:not(svg *) {
  line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;
}
p { margin-bottom: 2em !important; }"""
# Text that a box which hides what is too much does not show whole.
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  if (e.closest('svg, .hidden, thead') || style.clipPath !== 'none' || !e.textContent.trim()) return false;
  if (![style.overflowX, style.overflowY].some(o => o === 'hidden' || o === 'clip')) return false;
  return e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
}).map(e => e.outerHTML.slice(0, 120))"""


def test_at_400_percent_with_more_room_between_letters_nothing_is_cut(open_page):
    """1280 pixels at 400% are 320; only tables and code may be moved sideways within their own boxes."""
    page, faults = open_page(width=320), []
    for path in PAGES:
        page.goto(page.base + path)
        page.evaluate(
            """css => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(css);
              document.adoptedStyleSheets = [sheet];
              document.querySelectorAll('details').forEach(d => d.open = true);
            }""",
            SPACED,
        )
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{path}: {wide} pixels wide"] * (wide > 320)
        faults += [f"{path}: cut: {cut}" for cut in page.evaluate(CUT)]
    assert not faults, "\n".join(faults)


KEYS = """() => [...document.querySelectorAll('.legend .key')].map(key => {
  const tint = key.className.replace('key ', '');
  const mark = document.querySelector(['pin', 'area', 'cluster'].map(kind => `.${kind}.${tint}`).join());
  const style = mark && getComputedStyle(mark, mark.matches('.pin') ? '::before' : null);
  return [tint, getComputedStyle(key).backgroundColor, !mark ? null : mark.matches('.area') ? style.fill :
    mark.matches('.cluster') ? style.borderColor : style.backgroundColor];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_keys_and_marks_of_maps_agree(scheme, open_page):
    page, compared = open_page(None), 0
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    for path in sorted((EDITION / "maps").glob("*.html")):
        page.goto(f"{page.base}maps/{path.name}")
        page.wait_for_selector(".area, .pin, .cluster")
        keys = page.evaluate(KEYS)
        assert len({colour for _tint, colour, _mark in keys}) == len(keys), (path.name, keys)
        for tint, key, mark in keys:
            assert mark in (None, key), (path.name, tint, key, mark)
            compared += mark is not None
    assert compared > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_a_drawing_keeps_its_colours_on_its_own_ground(scheme, open_page):
    page = open_page("shared.html")

    def colours():
        return page.evaluate(
            """() => [...document.querySelectorAll('.exhibit svg.w :is(text, path, use)')].slice(0, 500).map(e => {
              const style = getComputedStyle(e);
              return style.fill + style.stroke;
            })"""
        )

    page.emulate_media(color_scheme=scheme)
    usual = colours()
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    ground, ink = page.evaluate(
        """() => { const svg = document.querySelector('.exhibit svg.w');
          return [getComputedStyle(svg).backgroundColor, getComputedStyle(svg.querySelector('text')).fill]; }"""
    )
    assert colours() == usual and len(set(usual)) > 3
    light = {name: sum(map(int, colour[4:-1].split(","))) for name, colour in (("ground", ground), ("ink", ink))}
    assert abs(light["ground"] - light["ink"]) > 380, (ground, ink)


def test_maps_stand_still_for_those_who_want_no_motion(open_page):
    for motion, moves in (("reduce", False), ("no-preference", True)):
        page = open_page("maps/scan-map.html", reduced_motion=motion)
        page.wait_for_selector(".pin, .cluster")
        options = page.evaluate(
            "(() => { const o = Object.values(window).find(v => v instanceof L.Map).options; "
            "return [o.zoomAnimation, o.fadeAnimation, o.markerZoomAnimation]; })()"
        )
        assert options == [moves] * 3
