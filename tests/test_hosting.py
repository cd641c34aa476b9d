"""What a host needs: headers, addresses that stay, structured data, one zip."""

import json
import os
import re
import subprocess
import threading
import zipfile
from urllib.request import urlopen

from ecosystems import tables
from ecosystems.editions import downloads
from ecosystems.editions.web import hosting, metadata
from ecosystems.tables import ROOT

BASE = "https://example.org/book/"


def test_the_container_sends_the_headers_that_the_book_names(tmp_path):
    (tmp_path / "_headers").write_text(hosting.HEADERS)
    command = re.search(r"^RUN (sed .*_headers) >", (ROOT / "deploy" / "Containerfile").read_text("utf-8"), flags=re.M)[
        1
    ]
    command = command.replace("/usr/share/nginx/html", str(tmp_path))
    made = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    sent = dict(re.findall(r'^add_header ([\w-]+) "([^"]*)" always;$', made, flags=re.M))
    named = dict(re.findall(r"^  ([\w-]+): (.*)$", hosting.HEADERS.split("/_static")[0], flags=re.M))
    assert named.pop("Cache-Control") == "no-cache" and sent == named and len(made.splitlines()) == len(named) > 5
    assert "unsafe" not in named["Content-Security-Policy"]
    conf = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    assert "include /etc/nginx/headers.conf;" in conf and "Content-Security-Policy" not in conf


def test_the_local_server_sends_them_too(tmp_path):
    (tmp_path / "index.html").write_text("<p>Book</p>")
    with hosting.serve(tmp_path) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
            headers = dict(answer.headers)
        server.shutdown()
    for line in hosting.HEADERS.split("/_static")[0].splitlines()[1:]:
        name, _, value = line.strip().partition(": ")
        assert headers[name] == value


def test_a_former_address_leads_to_the_present_one():
    page = metadata.redirect_page("old/chapter.html", "scan.html", BASE)
    assert (
        'content="0; url=../scan.html"' in page
        and '<a href="../scan.html">' in page
        and f'<link rel="canonical" href="{BASE}scan.html">' in page
    )


def test_the_sitemap_and_robots_name_whole_addresses_only():
    text = metadata.sitemap(BASE, ["index.html", "ecosystems/a.html"], "2026-11-24")
    assert re.findall("<loc>(.*?)</loc>", text) == [BASE, f"{BASE}ecosystems/a.html"]
    assert metadata.robots(BASE).endswith(f"Sitemap: {BASE}sitemap.xml\n") and "Sitemap" not in metadata.robots("")


def test_structured_data_tells_what_each_page_is():
    data = tables.read()
    figure = {
        "finding": "A < B",
        "subtitle": "Counts of what was found, by year",
        "alt": "Two bars, the second higher than the first.",
        "slug": "two-bars",
    }
    for kind in ("Report", "Article", "Dataset"):
        text = metadata.structured_data(kind, "Title", "What it tells.", "scan.html", data, [figure], BASE)
        told = json.loads(text)
        assert "<" not in text, "it could end the script element"
        assert told["@type"] == kind and told["@context"] == "https://schema.org" and told["url"] == f"{BASE}scan.html"
        assert {"name", "description", "author", "license", "datePublished", "version"} <= set(told)
    article = json.loads(
        metadata.structured_data("Article", "Title", "What it tells.", "scan.html", data, [figure], BASE)
    )
    assert article["hasPart"][0]["distribution"][0]["contentUrl"] == f"{BASE}exhibits/two-bars.csv"
    assert article["isPartOf"]["@type"] == "Report"


def test_links_to_files_that_were_not_made_go_and_others_tell_their_size(tmp_path):
    page = (
        '<ul><li><a data-file="size" href="book.pdf">PDF</a></li><li><a data-file="size" '
        'href="book.epub">EPUB</a></li></ul><a data-file="plain" download href="book.pdf">PDF</a>'
    )
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "book.pdf").write_bytes(b"%" * 2_340_000)
    downloads.finish_links(tmp_path, "book.zip")
    assert (tmp_path / "index.html").read_text() == (
        '<ul><li><a href="book.pdf">PDF <span class="size">2.3 MB</span></a></li></ul><a download '
        'href="book.pdf">PDF</a>'
    )


def test_the_zip_has_the_same_bytes_whenever_it_is_made(tmp_path):
    (tmp_path / "index.html").write_text("<p>Book</p>")
    (tmp_path / "scan.csv").write_text("id\n1\n")
    (tmp_path / "book.pdf").write_text("%")
    downloads.write_zip(tmp_path, "my-scan.zip")
    first = (tmp_path / "my-scan.zip").read_bytes()
    os.utime(tmp_path / "index.html", (1e9, 1e9))
    downloads.write_zip(tmp_path, "my-scan.zip")
    assert (tmp_path / "my-scan.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "my-scan.zip") as archive:
        assert archive.namelist() == [f"my-scan/{name}" for name in ("book.pdf", "index.html", "scan.csv")]
