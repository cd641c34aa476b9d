"""Every page of the built book against the bars: weight, access, valid HTML, no other host, reading from the zip.

How soon pages are there and answer is measured by ``make bench ONLY=readers``.
"""

import subprocess
import zipfile
from pathlib import Path

import accessibility
import pytest
from accessibility import ALL, COLOURS

from ecosystems.editions.web import EDITION

pytestmark = pytest.mark.book

PAGES = sorted(p.relative_to(EDITION).as_posix() for p in EDITION.rglob("*.html") if p.parent.name != "maps")
BATCHES = [PAGES[i : i + 4] for i in range(0, len(PAGES), 4)]  # pages that are looked at side by side
# Opened as readers use them.
USED = {"search.html": "search.html?q=learning", "explorer.html": "explorer.html#q=school"}
BARS = {"KB": 250, "script KB": 120, "requests": 20, "CLS": 0.1}
MORE = {
    "search.html": {"KB": 300, "script KB": 170}
}  # the index of all words is a script, so that it works from a folder
OPEN = """(document.querySelector('.pin') || document.querySelector('.area, .cluster'))
  .dispatchEvent(new MouseEvent('click', { bubbles: true }))"""
# What lies under the buttons of a map, a reader moves from there.
UNDER = """for (const icon of document.querySelectorAll('.leaflet-marker-icon')) {
  const a = icon.getBoundingClientRect();
  const under = [...document.querySelectorAll('.leaflet-control')].some(control => {
    const b = control.getBoundingClientRect();
    return a.right > b.left && a.left < b.right && a.bottom > b.top && a.top < b.bottom;
  });
  icon.style.visibility = under ? 'hidden' : '';
}"""
SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) shifted += e.value; }))
  .observe({ type: 'layout-shift', buffered: true });"""


class Wire:
    """What came over the line for a page and the frames in it."""

    def __init__(self, page):
        self.kind, self.size = {}, {}
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", lambda e: self.kind.setdefault(e["requestId"], e["type"]))
        line.on("Network.loadingFinished", lambda e: self.size.setdefault(e["requestId"], e["encodedDataLength"]))

    def measures(self):
        came = {i: size / 1000 for i, size in self.size.items() if size}  # the rest was in the cache
        return {
            "KB": sum(came.values()),
            "script KB": sum(size for i, size in came.items() if self.kind[i] == "Script"),
            "requests": len(came),
        }


@pytest.mark.parametrize("paths", BATCHES, ids=lambda paths: paths[0])
def test_pages_are_light_and_open_to_all(paths, open_page):
    """With all maps loaded and all that opens opened: few bytes and requests, and nothing for axe.

    At 320 and 1280 pixels, light and dark.
    """
    pages, faults, measured = {}, [], {}
    for path in paths:
        pages[path] = page = open_page(None)
        page.add_init_script(SHIFTS)
        wire = Wire(page)
        page.goto(page.base + USED.get(path, path))
        for frame in page.query_selector_all("iframe"):
            frame.scroll_into_view_if_needed()
            frame.content_frame().wait_for_selector(".area, .pin, .cluster")
        measured[path] = {**wire.measures(), "CLS": page.evaluate("shifted")}
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        accessibility.prepare(page)
    same = ["svg.w", "svg.n", "iframe"]  # drawings and maps have the same colours at any width
    for width, scheme, without, rules in (
        (1280, "light", [], ALL),
        (1280, "dark", same, COLOURS),
        (320, "dark", [], ALL),
        (320, "light", same, COLOURS),
    ):
        for page in pages.values():
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # maps follow the size of the window
        for page in pages.values():
            for frame in page.frames[1:]:
                frame.evaluate(OPEN)
        page.wait_for_timeout(600)  # a map that comes nearer is at rest then
        for page in pages.values():
            for frame in page.frames[1:]:
                frame.evaluate(UNDER)
            accessibility.start(page, rules, without)
        faults += [
            f"{path} at {width}, {scheme}: {fault}"
            for path, page in pages.items()
            for fault in accessibility.violations(page)
        ]
    for path in paths:
        bars = BARS | MORE.get(path, {"KB": 500} if pages[path].locator(".exhibit, .choose").count() else {})
        faults += [f"{path}: {name} {measured[path][name]:.2f}" for name in bars if measured[path][name] > bars[name]]
    assert not faults, "\n".join(faults)


def test_the_nu_checker_finds_no_error(nu):
    done = subprocess.run([*nu, "--errors-only", *sorted(EDITION.rglob("*.html"))], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:3000]


def test_the_zip_is_the_whole_book_by_double_click(open_page, tmp_path):
    """Search, a map that opens, the explorer and files to take along, all from a folder; PDF and EPUB are in it."""
    assert (EDITION / "learning-ecosystems.zip").stat().st_size < 25_000_000
    with zipfile.ZipFile(EDITION / "learning-ecosystems.zip") as archive:
        archive.extractall(tmp_path)
    folder = next(tmp_path.iterdir())
    page = open_page("index.html", base=folder.as_uri())
    page.fill("input[type=search]", "kepler")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-hits] a")
    page.click("[data-rows]")
    page.get_by_text("of 387 initiatives").wait_for()
    page.locator("tbody tr >> nth=9").wait_for(state="detached")
    assert "Kepler" in page.inner_text("tbody tr >> nth=0")
    page.goto((folder / "scan.html").as_uri())
    page.locator(".exhibit iframe").first.scroll_into_view_if_needed()
    chart = page.frame_locator(".exhibit iframe >> nth=0")
    chart.locator(".pin").first.press("Enter")
    chart.locator(".leaflet-popup-content strong").wait_for()
    with page.expect_download() as got:
        page.click(".tools a[href$='.csv'] >> nth=0")
    assert Path(got.value.path()).read_bytes() == (folder / "exhibits" / got.value.suggested_filename).read_bytes()
    page.locator("summary", has_text="Use").click()
    for kind in ("PDF of the book", "EPUB"):
        link = page.get_by_role("navigation", name="This book").get_by_role("link", name=kind, exact=True)
        assert (folder / link.get_attribute("href")).stat().st_size > 1_000_000
