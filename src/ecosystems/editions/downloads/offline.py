"""The book to read offline: links to the files of other editions, and one zip of everything."""

from __future__ import annotations

import re
import zipfile
from functools import partial
from pathlib import Path

_FOR_HOSTS = (".nojekyll", "_headers", "robots.txt", "sitemap.xml", "404.html")
_COMPRESSED = (".png", ".woff", ".woff2", ".epub", ".pdf", ".whl", ".xlsx")
# A link to the zip itself, and pictures for sites that show previews of a page.
_DEAD = rb'<li><a [^>]*href="[^"]*%s"[^>]*>[^<]*</a></li>\s*|<meta property="og:image[^>]*>\s*'
# Finished pages are searched because PDF and EPUB are made after them; the template writes links in this form only.
_LINK = re.compile(r'<a data-file="(\w+)"( (?:[^>]*? )?)href="([^"]*)">(.*?)</a>', flags=re.S)


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 950_000 else f"{max(1, round(size / 1000))} KB"


def finish_links(edition: Path, zipped: str) -> None:
    """Give links marked ``data-file`` the size of their file, and remove those whose file was not made.

    Call it when all files but the zip are there, whose name is `zipped`.
    """
    missing = "\0"

    def link(page: Path, match: re.Match) -> str:
        mark, attributes, href, text = match.groups()
        absolute = re.match(r"https?:|/", href)  # as on the not-found page
        file = edition / href.rpartition("/")[2] if absolute else page.parent / href
        if file.name == zipped:
            return f'<a{attributes}href="{href}">{text}</a>'
        if not file.is_file():
            return missing
        size = f' <span class="size">{_size(file)}</span>' if mark == "size" else ""
        return f'<a{attributes}href="{href}">{text}{size}</a>'

    for page in sorted(edition.rglob("*.html")):
        text = page.read_text("utf-8")
        finished = _LINK.sub(partial(link, page), text)
        if finished != text:
            page.write_text(re.sub(f"<li>{missing}</li>|{missing}", "", finished), "utf-8")


def write_zip(edition: Path, zipped: str) -> None:
    """Write the zip `zipped` of the edition, without what only hosts need, and without links to itself.

    The same files give the same bytes.
    """
    dead = re.compile(_DEAD % re.escape(zipped.encode()))
    paths = sorted(
        path
        for path in edition.rglob("*")
        if path.is_file() and path.name not in (*_FOR_HOSTS, zipped) and path.parent.name != "previews"
    )
    with zipfile.ZipFile(edition / zipped, "w") as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{Path(zipped).stem}/{path.relative_to(edition).as_posix()}")
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            compressed = path.suffix in _COMPRESSED
            entry.compress_type = zipfile.ZIP_STORED if compressed else zipfile.ZIP_DEFLATED
            content = path.read_bytes()
            content = dead.sub(b"", content) if path.suffix == ".html" else content
            archive.writestr(entry, content, compresslevel=4)  # as by default takes twice the time for 1% less
