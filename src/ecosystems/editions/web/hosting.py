"""What a host must send with the pages, and a server on this machine that sends the same."""

from __future__ import annotations

import argparse
import errno
import gzip
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ecosystems.tables import ROOT

EDITION = ROOT / "_build" / "edition"
PORT = "8000"
_COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".ipynb", ".csv", ".xml", ".txt")
_UNCHANGING = ("fonts", "letters", "vendor")  # folders in _static whose files never change under their names
_FOREVER = "public, max-age=31536000, immutable"
_OWN_FILES = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
MAP_CSP = f"{_OWN_FILES}; font-src 'self'; base-uri 'none'"
CSP = f"{_OWN_FILES}; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
_SECURITY = {
    "Content-Security-Policy": f"{CSP}; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Netlify, Cloudflare Pages and others read this from a file named _headers; deploy/Containerfile makes nginx's from it.
HEADERS = (
    "/*\n"
    + "".join(f"  {name}: {value}\n" for name, value in _SECURITY.items())
    + "  Cache-Control: no-cache\n"
    + "".join(f"/_static/{name}/*\n  ! Cache-Control\n  Cache-Control: {_FOREVER}\n" for name in _UNCHANGING)
)


class _Handler(SimpleHTTPRequestHandler):
    """Files with compression, the headers that a host must send and the book's own page for what is not there."""

    protocol_version = "HTTP/1.1"
    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".woff": "font/woff",
        ".woff2": "font/woff2",
        ".epub": "application/epub+zip",
        ".ipynb": "application/x-ipynb+json",
    }

    def __init__(self, *args, folders: tuple[Path, ...], **options):
        self.folders = folders
        super().__init__(*args, **options)

    def log_message(self, *args):
        pass

    def _file(self) -> Path:
        """The file of this request in the first folder that has it."""
        for folder in self.folders:
            self.directory = str(folder)
            path = Path(self.translate_path(self.path))
            if path.is_dir():
                path /= "index.html"
            if path.is_file():
                break
        return path

    def do_GET(self):
        path, status = self._file(), 200
        if not path.is_file():
            path, status = Path(self.directory) / "404.html", 404
        if not path.is_file():
            return self.send_error(404)
        tag = f'"{path.stat().st_mtime_ns:x}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            return self.end_headers()
        compressed = path.suffix in _COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(path.read_bytes(), 6, mtime=0) if compressed else path.read_bytes()
        charset = "; charset=utf-8" if path.suffix in (".html", ".csv", ".txt") else ""
        unchanging = self.path.startswith(tuple(f"/_static/{name}/" for name in _UNCHANGING))
        headers = {
            "Content-Type": self.guess_type(path) + charset,
            "Content-Length": str(len(body)),
            **({"Content-Encoding": "gzip"} if compressed else {}),
            "ETag": tag,
            "Cache-Control": _FOREVER if unchanging else "no-cache",
            **_SECURITY,
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(*folders: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server on this machine alone, ready for ``serve_forever``.

    Parameters
    ----------
    *folders : Path
        The first one that has a file gives it; without any, the edition.
    port : int
        0 takes a free one.
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, folders=folders or (EDITION,)))


def listening(*folders: Path, port: int) -> ThreadingHTTPServer:
    """The same at a port of a reader's choice; a sentence ends the program if it cannot be had."""
    try:
        return serve(*folders, port=port)
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        why = "another program listens there" if busy else f"the system does not allow it ({error.strerror})"
        sys.exit(f"The book cannot be served at port {port}: {why}. Choose another one: make serve PORT={port + 1}")


def chosen_port(text: str) -> int:
    """The number of a port as it is typed.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is none.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"PORT is {text!r}; it must be a whole number from 1 to 65535, such as 8001.")
    return int(text)


def main() -> None:
    """Serve the edition until Ctrl+C."""
    arguments = argparse.ArgumentParser(description="Serve the edition, as a host would.")
    arguments.add_argument("port", nargs="?", type=chosen_port, default=PORT, help="default: %(default)s")
    port = arguments.parse_args().port
    data = os.environ.get("ECOSYSTEMS_DATA")
    edition = Path(data, "_build", "edition") if data else EDITION
    if not (edition / "index.html").is_file():
        sys.exit(f"{edition} holds no book yet; make it with: make book{f' DATA={data}' if data else ''}")
    with listening(edition, port=port) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
