"""Measure the page where a reader searches all initiatives, with the rows of the built book and with 5,000, on a slowed processor.

    .venv/bin/python scripts/measure_explorer.py [rows] [slowdown]

Rows and points of the built page are repeated under new ids until there are enough. Told are the milliseconds until the page is ready, and from an
input to the next picture on the screen. Chromium is needed (``CHROMIUM`` names it).
"""

import json
import os
import re
import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from ecosystems.editions.hosting import EDITION

MEASURE = """async (change) => {
  const form = document.querySelector('.choose'), start = performance.now();
  for (const [name, value] of Object.entries(change)) {
    form.elements[name].value = value;
    form.elements[name].dispatchEvent(new Event('input', { bubbles: true }));
  }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""


def enlarge(folder: Path, rows: int) -> None:
    """Copy the built book to `folder` with so many rows in the explorer and their points on its map."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(EDITION, folder, ignore=shutil.ignore_patterns("exhibits", "*.pdf", "*.zip", "*.epub"))
    page = folder / "explorer.html"
    text = page.read_text("utf-8")
    found = re.findall(r'<tr role="row" data-.*?</tr>', text, re.S)
    again = [re.sub(r'id="i-([^"]*)"', rf'id="i-\1-{i}"', found[i % len(found)], count=1) for i in range(len(found), rows)]
    page.write_text(text.replace("</tbody>", "\n".join(again) + "</tbody>", 1), "utf-8")
    chart = folder / "maps" / "scan-map.html"
    text = chart.read_text("utf-8")
    points = json.loads(re.search(r'id="points">(.*?)</script>', text, re.S)[1])
    ids = [re.search(r'id="i-([^"]*)"', r)[1] for r in again]
    places = {p[5]: p for p in points}
    points += [[*places[base][:5], i] for i in ids if (base := i.rpartition("-")[0]) in places]
    chart.write_text(re.sub(r'(?<=id="points">).*?(?=</script>)', lambda m: json.dumps(points), text, count=1, flags=re.S), "utf-8")


def measure(folder: Path, slowdown: float) -> None:
    """Open the page, choose, and tell how long it took."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.goto((folder / "explorer.html").as_uri())
        ready = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        said = page.inner_text(".said")
        page.wait_for_timeout(3000)
        country = page.get_attribute(".choose select[name=country] option >> nth=30", "value") or page.inner_text(".choose select[name=country] option >> nth=30")
        taken = []
        for change in [{"q": w} for w in ("s", "sc", "sch", "school", "school government", "")] + [{"country": country}, {"country": ""}]:
            taken.append(page.evaluate(MEASURE, change))
            page.wait_for_timeout(1500)
        print(f"{said}: ready after {ready:.0f} ms; input to picture median {statistics.median(taken):.0f} ms, worst {max(taken):.0f} ms ({slowdown:g} times slower processor)")
        browser.close()


if __name__ == "__main__":
    rows, slowdown = int(sys.argv[1]) if len(sys.argv) > 1 else 5000, float(sys.argv[2]) if len(sys.argv) > 2 else 4
    work = EDITION.parent / "measure"
    for count in (0, rows):
        enlarge(work, count)
        measure(work, slowdown)
    shutil.rmtree(work)
