"""Text of a table is never executed or interpreted.

A scan whose every text carries attacks builds, and in Chromium nothing of it runs. The check of the tables, which
would refuse most of it, is left out for this purpose here, and can be left out nowhere else.
"""

import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import threading
import xml.etree.ElementTree as xml
import zipfile

import pandas as pd
import pytest
from corrupted import SCHEMAS, small_scan

from ecosystems import atlas, tables
from ecosystems.charts.told import _TABLES as TOLD
from ecosystems.editions import chapters
from ecosystems.editions.web import serve
from ecosystems.tables import OWN, ROOT

pytestmark = pytest.mark.slow

ATTACKS = [
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<script>alert(1)</script>",
    "</title></style></script></textarea>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "' onmouseover='alert(1)", '" onfocus="alert(1)" autofocus="', "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "<http://evil.example>",
    "{{ 7*7 }}", "{% raw %}", "${7*7}", "{eval}`7*7`", "{download}`/etc/passwd`", "{raw}`html`", "{numref}`nothing`",
    "[@nobody]", "{cite}`nobody`", "``` {include} /etc/passwd", "\n```{include} /etc/passwd\n```\n",
    "\n:::{raw} html\n<b>\n:::\n",
    "\n# Title\n", "`", "```", "~~~", "$x$", "$$", "\\(x\\)", "|", "***", "__", "[^1]", "[x]: http://evil.example",
    "]]>", "<!--", "-->", "<![CDATA[", "&lt;script&gt;", "&#106;", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1",
    "\x1b[31m", "\x1b]0;x\x07", "\x00", "\u202e", "\u2028", "#eval(\"7\")", '#read("/etc/passwd")',
    "#set page(fill: red)", "*/", "//", "/*", "@label", "<label>", "\\", "\\u{7}", "%s%n", "{0.__class__}", "{self}",
    "__import__('os').system('touch /tmp/owned')", "'; DROP TABLE x;--", "../../../../etc/passwd",
]  # fmt: skip
MARK = "Zqx"  # at the beginning of every text, so that it is seen that it arrives
CODES = {"iso3", "language", "region", "subregion", "code", "income_group"}


def hostile(folder):
    """The small scan, each free text replaced by a mark, what it was and three attacks; addresses and most keys too.

    Texts are cut, but not those in which the book's own paragraphs find their numbers; initiatives they name stay.
    """
    turn = iter(range(10**9))
    written = [*(ROOT / "book").glob("*.ipynb"), *(ROOT / "src" / "ecosystems" / "charts").glob("*.py")]
    words = {word for path in written for word in re.findall(r"[\w-]+", path.read_text("utf-8"))}
    for name, content in small_scan(*words.intersection(tables.read().initiatives["id"])).items():
        (folder / name).write_bytes((OWN / name).read_bytes() if name.startswith("country_figures") else content)
    for name, schema in SCHEMAS.items():
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        keys = {*schema.get("primaryKey", []), *(k["fields"][0] for k in schema.get("foreignKeys", []))}
        for field in schema["fields"]:
            column, limits = field["name"], field.get("constraints", {})
            if column in ("source_id", "also_source_id", "where_source_id", "origin_source_id") or (name, column) == (
                "sources",
                "id",
            ):
                table[column] = [f"../../../tmp/<b>{v}" if v else v for v in table[column]]
            elif column in ("url", "website"):
                table[column] = [
                    v
                    and (
                        "javascript:alert(1)//" + v
                        if next(turn) % 2
                        else f'https://example.org/"><img src=x onerror=alert(1)>#{next(turn)}'
                    )
                    for v in table[column]
                ]
            elif (
                field["type"] == "string"
                and column not in keys | CODES
                and "enum" not in limits
                and "pattern" not in limits
                and name not in ("areas", "countries", "characteristics")
                and not column.endswith("id")
                and column not in ("unit", "topic", "kind", "about", "licence")
            ):
                length = None if column in TOLD.get(name, ()) else 30
                table[column] = [
                    v
                    and f"{MARK} {v[:length]} {ATTACKS[next(turn) % len(ATTACKS)]} "
                    f"{ATTACKS[next(turn) % len(ATTACKS)]} {ATTACKS[next(turn) % len(ATTACKS)]}"
                    for v in table[column]
                ]
        table.to_csv(folder / f"{name}.csv", index=False)
    return next(turn)


@pytest.fixture(scope="module")
def made(tmp_path_factory, make_book):
    """The editions of the hostile scan."""
    folder = tmp_path_factory.mktemp("outer") / "inner" / "scan"
    folder.mkdir(parents=True)
    hostile(folder)
    make_book(folder, "check_tables")
    assert [p.name for p in folder.parent.iterdir()] == ["scan"] and [
        p.name for p in folder.parent.parent.iterdir()
    ] == ["inner"]
    return folder / "_build" / "edition"


def test_an_id_never_leads_out_of_the_build(tmp_path):
    """The ids of ecosystems are names of files: one that is no plain name is refused, tables checked or not."""
    data = tables.read()
    rows = data.ecosystems.copy()
    rows.loc[0, "id"] = "../../escaped"
    with pytest.raises(ValueError, match="escaped"):
        chapters.write(data.replace(ecosystems=rows), tmp_path / "deep" / "source")
    assert not list(tmp_path.rglob("*escaped*"))


def test_no_text_is_a_template_of_a_map():
    """Folium reads the script that it made as a template once more."""
    rows = pd.DataFrame(
        {
            "latitude": 1.0,
            "longitude": 2.0,
            "tint": "warm",
            "lines": [ATTACKS] * 2,
            "links": [[]] * 2,
            "iso3": ["KEN", "IND"],
        }
    )
    legend = [("warm", text) for text in ATTACKS]
    document = atlas.document("attacked", "A map", extent=(-20, 60, -30, 30), points=rows, areas=rows, legend=legend)
    areas, points = (
        json.JSONDecoder().raw_decode(document.partition(start)[2])[0] for start in ("areas = ", 'id="points">')
    )
    assert points[0][3] == points[1][3] == areas["KEN"][1] == ATTACKS
    assert all(f"</span>{html.escape(text).replace('{', '&#123;')}</li>" in document for text in ATTACKS)


def test_nothing_runs_in_any_page(made, chromium):
    with serve(made) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/"
        context = chromium.new_context(service_workers="block")
        page, wrong, pages = (
            context.new_page(),
            [],
            sorted(p.relative_to(made).as_posix() for p in made.rglob("*.html")),
        )
        page.on("dialog", lambda d: (wrong.append(f"dialog {d.message}"), d.dismiss()))
        page.on(
            "request",
            lambda r: wrong.append(f"request {r.url}") if not r.url.startswith((base, "data:", "blob:")) else None,
        )
        page.on("pageerror", lambda e: wrong.append(f"error {e}"))
        page.on(
            "console",
            lambda m: (
                wrong.append(f"console {m.text} {m.location}")
                if m.type == "error" and not m.location["url"].endswith("/favicon.ico")
                else None
            ),
        )
        for name in pages:
            page.goto(base + name, wait_until="load")
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            wrong += [
                f"{name}: {x}"
                for x in page.evaluate(
                    "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a => "
                    "/^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value) && ['href', 'src', 'action', "
                    "'xlink:href'].includes(a.name)).map(a => e.tagName + ' ' + a.name + '=' + a.value))"
                )
            ]
            assert page.title() and page.evaluate(
                "!document.querySelector('img[src=x], svg[onload], iframe[srcdoc]')"
            ), (name, page.title())
        page.goto(base + "search.html")
        page.fill("main input[type=search], input[type=search]", MARK)
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-hits] a")
        page.goto(base + "scan.html")
        for marker in page.query_selector_all("iframe")[:2]:
            marker.scroll_into_view_if_needed()  # maps load when they are near
            if inner := marker.content_frame():
                inner.wait_for_selector(".leaflet-interactive, .leaflet-marker-icon", state="attached")
                for point in inner.query_selector_all(".leaflet-interactive, .leaflet-marker-icon")[:5]:
                    point.dispatch_event("click")
        context.close()
        server.shutdown()
    assert not wrong, wrong[:10]


def test_pages_are_whole_and_text_arrives_as_text(made):
    for path in made.rglob("*.html"):
        page = path.read_text("utf-8")
        assert page.rstrip().endswith("</html>") and page.count("<main") == page.count("</main>") <= 1, path.name
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", page), path.name
    scan = html.unescape((made / "scan.html").read_text("utf-8"))
    assert scan.count(MARK) > 50
    for attack in (
        "<img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "${7*7}",
        "{eval}`7*7`",
        "[x](javascript:alert(1))",
        '#eval("7")',
        "]]>",
    ):
        assert attack in "".join(
            html.unescape(re.sub(r"<[^>]*>", "", p.read_text("utf-8"))) for p in made.rglob("*.html")
        ), attack


def test_drawings_tables_and_descriptions_are_what_they_say(made):
    for path in made.rglob("*.svg"):
        for node in xml.parse(path).iter():
            assert not node.tag.endswith(("script", "foreignObject")) and not any(
                k.lower().startswith("on") or ("javascript:" in v and k != "aria-label") for k, v in node.attrib.items()
            ), path.name
    for path in (made / "exhibits").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))):
            assert not any(re.match(r"[=+@\t\r]|-(?![\d.])", cell) for cell in row), (path.name, row)
    for path in made.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    assert not os.path.exists("/tmp/owned")


def test_print_editions_show_it_as_text(made):
    if shutil.which("pdftotext"):
        text = "".join(
            subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True).stdout
            for path in made.glob("*.pdf")
        )
        plain = re.sub(r"\s+", "", text)
        assert plain.count(MARK) > 50 and "root:" not in text
        for attack in ('#eval("7")', '#read("/etc/passwd")', "{{7*7}}", "<script>alert(1)</script>"):
            assert re.sub(r"\s+", "", attack) in plain.replace("“", '"').replace("”", '"'), attack
    assert len(list(made.glob("*.epub"))) == 1
    for book in made.glob("*.epub"):
        with zipfile.ZipFile(book) as archive:
            for name in archive.namelist():
                assert not name.startswith(("/", "..")) and "/../" not in name
                if name.endswith((".xhtml", ".opf", ".ncx", ".svg")):
                    for node in xml.fromstring(archive.read(name)).iter():
                        assert not str(node.tag).endswith("}script") and not any(
                            k.lower().startswith("on") or v.strip().lower().startswith("javascript:")
                            for k, v in node.attrib.items()
                        ), name
