"""From pages to a site: what a host must send with them, the zip for reading without the internet, and a local server."""

from __future__ import annotations

import gzip
import os
import re
import sys
import zipfile
from collections.abc import Iterable
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ecosystems.tables import ROOT

__all__ = ["CSP", "EDITION", "HEADERS", "ZIP", "complete", "pack", "serve"]

EDITION = ROOT / "_build" / "edition"
ZIP = "learning-ecosystems.zip"
PACKED = (".html", ".css", ".js", ".svg", ".json", ".ipynb", ".csv", ".xml", ".txt")
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
_ALWAYS = {
    "Content-Security-Policy": f"{CSP}; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Netlify, Cloudflare Pages and others read this from a file named _headers; the container's nginx.conf says the same.
HEADERS = (
    "/*\n"
    + "".join(f"  {name}: {value}\n" for name, value in _ALWAYS.items())
    + "  Cache-Control: no-cache\n"
    + "".join(
        f"/_static/{name}/*\n  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n"
        for name in ("fonts", "vendor")
    )
)


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 950_000 else f"{max(1, round(size / 1000))} KB"


def complete(folder: Path, begun: Path | None = None) -> None:
    """Finish the edition in `folder` when all its files are there.

    Links to files of other editions (marked ``data-file``) get the size of their file, or go when there is none. Then everything is put into one zip,
    the one that :func:`pack` has `begun` or a new one; it has the same bytes each time.
    """

    gone = "\0"

    def link(page: Path, match: re.Match) -> str:
        mark, attributes, href, text = match.groups()
        whole = re.match(r"https?:|/", href)  # the not-found page has whole addresses
        file = folder / href.rpartition("/")[2] if whole else page.parent / href
        if not file.is_file() and file.name != ZIP:
            return gone
        size = f' <span class="size">{_size(file)}</span>' if mark == "size" and file.name != ZIP else ""
        return f'<a{attributes}href="{href}">{text}{size}</a>'

    for page in sorted(folder.rglob("*.html")):
        text = page.read_text("utf-8")
        done = re.sub(
            r'<a data-file="(\w+)"( (?:[^>]*? )?)href="([^"]*)">(.*?)</a>', partial(link, page), text, flags=re.S
        )
        if done != text:
            page.write_text(re.sub(f"<li>{gone}</li>|{gone}", "", done) if gone in done else done, "utf-8")
    if begun:
        begun.replace(folder / ZIP)
    else:
        pack(folder, folder / ZIP)
    _add(folder, folder / ZIP, "a", (path for path in _zipped(folder) if _last(path)))


def pack(folder: Path, begun: Path) -> None:
    """Begin the zip of the edition in `folder` with all that will not change any more, while other files are still made."""
    _add(folder, begun, "w", (path for path in _zipped(folder) if not _last(path)))


def _zipped(folder: Path) -> list[Path]:
    """What goes into the zip: the book, without what only hosts need."""
    found = (
        p
        for p in folder.rglob("*")
        if p.is_file()
        and p.name not in (ZIP, "_headers", "robots.txt", "sitemap.xml", "404.html")
        and p.parent.name != "previews"
    )
    return sorted(found)


def _last(path: Path) -> bool:
    """Whether a file is finished when all others are: pages tell the sizes of books, records name all files."""
    return path.suffix in (".html", ".pdf", ".epub") or path.name in (
        "datapackage.json",
        "datacite.json",
        "ro-crate-metadata.json",
    )


def _add(folder: Path, zipped: Path, mode: str, paths: Iterable[Path]) -> None:
    with zipfile.ZipFile(zipped, mode, zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"learning-ecosystems/{path.relative_to(folder).as_posix()}")
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            entry.compress_type = (
                zipfile.ZIP_STORED
                if path.suffix in (".png", ".woff2", ".epub", ".pdf", ".xlsx")
                else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, path.read_bytes())


@cache
def _gzipped(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    """Files with compression, the headers that a host must send and the book's own page for what is not there."""

    def __init__(self, *args, folders: tuple[Path, ...], **options):
        self.folders = folders
        super().__init__(*args, **options)

    protocol_version = "HTTP/1.1"
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".woff2": "font/woff2",
        ".epub": "application/epub+zip",
        ".ipynb": "application/x-ipynb+json",
    }

    def log_message(self, *args):
        pass

    def do_GET(self):
        status = 200
        for folder in self.folders:  # the first one that has the file
            self.directory = str(folder)
            path = Path(self.translate_path(self.path))
            if path.is_dir():
                path /= "index.html"
            if path.is_file():
                break
        if not path.is_file():
            path, status = Path(self.directory) / "404.html", 404
        if not path.is_file():
            return self.send_error(404)
        stamp = path.stat().st_mtime_ns
        tag = f'"{stamp:x}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            return self.end_headers()
        packed = path.suffix in PACKED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = _gzipped(path, stamp) if packed else path.read_bytes()
        self.send_response(status)
        self.send_header(
            "Content-Type",
            self.guess_type(path) + ("; charset=utf-8" if path.suffix in (".html", ".csv", ".txt") else ""),
        )
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("ETag", tag)
        self.send_header(
            "Cache-Control",
            "public, max-age=31536000, immutable"
            if self.path.startswith(("/_static/fonts/", "/_static/vendor/"))
            else "no-cache",
        )
        for name, value in _ALWAYS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(*folders: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of `folders` (of the edition) on this machine alone, ready for ``serve_forever``; port 0 takes a free one. The first folder that has a file gives it."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, folders=folders or (EDITION,)))


if __name__ == "__main__":
    data = os.environ.get("ECOSYSTEMS_DATA")
    edition = Path(data, "_build", "edition") if data else EDITION
    if not (edition / "index.html").is_file():
        sys.exit(f"{edition} holds no book yet; make it with: make book{f' DATA={data}' if data else ''}")
    with serve(edition, port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
