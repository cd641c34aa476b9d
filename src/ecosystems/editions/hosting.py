"""What a host of the built book needs: a local server that behaves like one."""

from __future__ import annotations

import gzip
import re
import sys
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ecosystems.tables import ROOT

__all__ = ["serve"]

EDITION = ROOT / "_build" / "edition"
PACKED = (".html", ".css", ".js", ".svg", ".json", ".csv", ".xml", ".txt", ".webmanifest")


@cache
def _gzipped(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    """Files with compression, the headers of ``_headers`` and the book's own page for what is not there."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".woff2": "font/woff2", ".epub": "application/epub+zip", ".parquet": "application/octet-stream"}

    def log_message(self, *args):
        pass

    def do_GET(self):  # noqa: N802
        path, status = Path(self.translate_path(self.path)), 200
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            path, status = Path(self.directory) / "404.html", 404
        if not path.is_file():
            return self.send_error(404)
        packed = path.suffix in PACKED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = _gzipped(path, path.stat().st_mtime_ns) if packed else path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(path) + ("; charset=utf-8" if path.suffix in (".html", ".csv", ".txt") else ""))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in _headers(Path(self.directory)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _headers(folder: Path) -> list[tuple[str, str]]:
    """The headers for all addresses in a folder's ``_headers`` file."""
    file = folder / "_headers"
    if not file.is_file():
        return []
    everywhere = re.search(r"^/\*\n((?:[ \t]+.+\n?)+)", file.read_text("utf-8"), flags=re.M)
    return [tuple(p.strip() for p in line.split(":", 1)) for line in everywhere[1].splitlines()] if everywhere else []


def serve(folder: Path = EDITION, port: int = 0) -> ThreadingHTTPServer:
    """A server of `folder` on this machine alone, ready for ``serve_forever``; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder)))


if __name__ == "__main__":
    if not (EDITION / "index.html").is_file():
        sys.exit(f"{EDITION} holds no book yet; make it with: make book")
    with serve(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
