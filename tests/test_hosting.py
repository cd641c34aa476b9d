"""What a host needs: headers, addresses that stay, structured data, one zip."""

import json
import os
import re

from ecosystems import tables
from ecosystems.editions import findable, hosting
from ecosystems.tables import ROOT

BASE = "https://example.org/book/"


def test_the_container_sends_the_headers_that_the_book_names():
    conf = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    sent = dict(re.findall(r'add_header ([\w-]+) "(.*)" always;', conf))
    named = dict(re.findall(r"^  ([\w-]+): (.*)$", hosting.HEADERS.split("/_static")[0], flags=re.M))
    assert named.pop("Cache-Control") == "no-cache" and sent == named
    assert "unsafe" not in named["Content-Security-Policy"]


def test_a_former_address_leads_to_the_present_one():
    page = findable.redirect_page("old/chapter.html", "scan.html", BASE)
    assert (
        'content="0; url=../scan.html"' in page
        and '<a href="../scan.html">' in page
        and f'<link rel="canonical" href="{BASE}scan.html">' in page
    )


def test_the_sitemap_and_robots_name_whole_addresses_only():
    text = findable.sitemap(BASE, ["index.html", "ecosystems/a.html"], "2026-11-24")
    assert re.findall("<loc>(.*?)</loc>", text) == [BASE, f"{BASE}ecosystems/a.html"]
    assert findable.robots(BASE).endswith(f"Sitemap: {BASE}sitemap.xml\n") and "Sitemap" not in findable.robots("")


def test_structured_data_tells_what_each_page_is():
    data = tables.read()
    figure = {
        "finding": "A < B",
        "subtitle": "Counts of what was found, by year",
        "alt": "Two bars, the second higher than the first.",
        "slug": "two-bars",
    }
    for kind in ("Report", "Article", "Dataset"):
        text = findable.structured(kind, "Title", "What it tells.", "scan.html", data, [figure], BASE)
        told = json.loads(text)
        assert "<" not in text, "it could end the script element"
        assert told["@type"] == kind and told["@context"] == "https://schema.org" and told["url"] == f"{BASE}scan.html"
        assert {"name", "description", "author", "license", "datePublished", "version"} <= set(told)
    article = json.loads(findable.structured("Article", "Title", "What it tells.", "scan.html", data, [figure], BASE))
    assert article["hasPart"][0]["distribution"][0]["contentUrl"] == f"{BASE}exhibits/two-bars.csv"
    assert article["isPartOf"]["@type"] == "Report"


def test_links_to_files_that_were_not_made_go_and_others_tell_their_size(tmp_path):
    page = '<ul><li><a data-file="size" href="book.pdf">PDF</a></li><li><a data-file="size" href="book.epub">EPUB</a></li></ul><a data-file="plain" download href="book.pdf">PDF</a>'
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "book.pdf").write_bytes(b"%" * 2_340_000)
    hosting.complete(tmp_path)
    assert (tmp_path / "index.html").read_text() == (
        '<ul><li><a href="book.pdf">PDF <span class="size">2.3 MB</span></a></li></ul><a download href="book.pdf">PDF</a>'
    )


def test_the_zip_has_the_same_bytes_whenever_it_is_made(tmp_path):
    (tmp_path / "index.html").write_text("<p>Book</p>")
    (tmp_path / "scan.csv").write_text("id\n1\n")
    (tmp_path / "book.pdf").write_text("%")
    hosting.complete(tmp_path)
    first = (tmp_path / hosting.ZIP).read_bytes()
    os.utime(tmp_path / "index.html", (1e9, 1e9))
    hosting.complete(tmp_path)
    assert (tmp_path / hosting.ZIP).read_bytes() == first
    (tmp_path / "book.pdf").unlink()
    hosting.pack(tmp_path, tmp_path.with_suffix(".zip"))
    (tmp_path / "book.pdf").write_text("%")
    hosting.complete(tmp_path, tmp_path.with_suffix(".zip"))
    assert (tmp_path / hosting.ZIP).read_bytes() == first
