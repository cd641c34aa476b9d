"""Serve the book, and make it again whenever one of its files is saved; the reader reloads the page.

A save makes the online book. The other editions follow when nothing has been saved for a while.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import build

QUIET = 20  # seconds


def main() -> None:
    """Look twice a second; builds start from this process, where everything is imported already."""
    from ecosystems.editions.web import hosting

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    served = "where the book is served (default: %(default)s)"
    arguments.add_argument("port", nargs="?", type=hosting.chosen_port, default=hosting.PORT, help=served)
    port = arguments.parse_args().port
    made = build.Build.of(Path(os.environ.get("ECOSYSTEMS_DATA") or build.DATA))
    # Pages as they are made, and what only a whole edition has; nothing is announced before it listens.
    book = hosting.listening(made.folder / "html", made.folder / "edition", port=port)
    os.environ.update(build.environment(made.folder, made.data))

    def code() -> str:
        return build.digest({*build.files(build.ROOT / "src"), *build.files(build.ROOT / "scripts")}, build.packages())

    imported = code()
    build.warm()
    server = build.fork.Process(target=book.serve_forever, daemon=True)
    server.start()
    print(f"The book is at http://127.0.0.1:{port}/ (stop with Ctrl+C)", flush=True)
    seen, saved, waits = "", 0.0, False
    while True:
        if code() != imported:
            server.kill()
            server.join()
            os.execv(sys.executable, [sys.executable, *sys.argv])  # changed code is imported anew
        now = build.digest({*build.files(build.ROOT, "_build", "tests"), *build.files(made.data, "_build")})
        work = build.page if now != seen else build.run if waits and time.monotonic() - saved > QUIET else None
        if work:
            saved, waits, seen = time.monotonic(), now != seen, now
            child = build.fork.Process(target=build.attempt, args=(made, work))
            child.start()
            child.join()
        time.sleep(0.5)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
