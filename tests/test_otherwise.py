"""Pages as they are seen otherwise: forced colours, much larger, with more room between letters, without motion."""

import pandas as pd
import pytest

from ecosystems import atlas, maps, tables
from ecosystems.editions.web import EDITION
from ecosystems.plots import PointMap

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
  const classes = [...key.classList].filter(c => c !== 'key' && c !== 'point').map(c => '.' + c).join('');
  const mark = document.querySelector(['.pin', '.area', '.cluster'].map(kind => kind + classes).join());
  const form = e => getComputedStyle(e).getPropertyValue('--form');
  const part = mark && (mark.matches('.pin') ? '::after' : mark.matches('.diamond, .up, .down') ? '::before' : null);
  const style = mark && getComputedStyle(mark, part);
  return [classes, getComputedStyle(key).backgroundColor, key.matches('.point') ? form(key) : '', !mark ? null :
    mark.matches('.area') ? style.fill : mark.matches('.cluster') && !part ? style.borderColor : style.backgroundColor,
    mark && !mark.matches('.area') ? form(mark) : ''];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_forced_colours_keys_and_marks_of_maps_agree(scheme, open_page):
    page, compared = open_page(None), 0
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    for path in sorted((EDITION / "maps").glob("*.html")):
        page.goto(f"{page.base}maps/{path.name}")
        page.wait_for_selector(".area, .pin, .cluster")
        keys = page.evaluate(KEYS)
        assert len({colour for _tint, colour, *_ in keys}) == len(keys), (path.name, keys)
        for tint, key, key_form, mark, mark_form in keys:
            assert mark in (None, key), (path.name, tint, key, mark)
            assert mark is None or not key_form or key_form == mark_form, (path.name, tint, key_form, mark_form)
            compared += mark is not None
        if path.name == "scan-map.html":
            assert len({form for _tint, _key, form, *_ in keys}) == len(keys) == 3, (path.name, keys)
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


HIDDEN = """() => {
  const box = e => e.getBoundingClientRect(), map = box(document.querySelector('.leaflet-container'));
  const buttons = box(document.querySelector('.leaflet-control'));
  return [...document.querySelectorAll('.pin, .cluster')].map(box).filter(r =>
    r.left < map.left - 4 || r.right > map.right + 4 || r.top < map.top || r.bottom > map.bottom ||
    (r.left < buttons.right - 4 && r.right > buttons.left + 4 &&
     r.top < buttons.bottom - 4 && r.bottom > buttons.top + 4)).length;
}"""
FEW = {  # region, latitude, longitude; a point would lie under the buttons wherever these always stand
    "three": [("Africa", -1.3, 36.8), ("Asia and the Pacific", 18.5, 73.9), ("Latin America", -8.1, -34.9)],
    "two": [("Africa", 18.5, -17.1), ("Africa", -18.9, 47.5)],
}


@pytest.mark.parametrize("name", ["scan-map", "learning-poverty-map", "out-of-school-map", *FEW])
def test_a_map_shows_all_its_points_on_a_phone_at_first(name, open_page, tmp_path):
    """None is cut by the edge or lies under the buttons, not to speak of beyond them."""
    page = open_page(None)
    address = f"{page.base}maps/{name}.html"
    if name in FEW:
        table = pd.DataFrame(FEW[name], columns=["region", "latitude", "longitude"])
        table = table.assign(lines=[["a place"]] * len(table), links=[[]] * len(table))
        plot = PointMap("region", {"Africa": "plum"}, maps.ground(tables.read()))
        (tmp_path / "map.html").write_text(atlas.whole(plot.document(table, "few", "A map")), "utf-8")
        address = (tmp_path / "map.html").as_uri()
    for width in (290, 345, 690):
        page.set_viewport_size({"width": width, "height": 240 if width < 600 else 430})
        page.goto(address)
        page.wait_for_selector(".pin, .cluster")
        assert not page.evaluate(HIDDEN), (name, width)
