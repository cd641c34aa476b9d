"""Serve the book, and make it again whenever one of its files is saved. Readers of the page reload it themselves: pages have no script for that."""

from __future__ import annotations

import os
import sys
import time

import build

PORT = 8000


def serve(folder) -> None:
    """Serve the edition until this process ends."""
    from ecosystems.editions import hosting

    hosting.serve(folder, PORT).serve_forever()


def main() -> None:
    """Look twice a second; builds start from this process, where everything is imported already."""
    made = build.Build(build.DATA, build.ROOT / "_build")
    os.environ.update(build.environment(made))
    code = build.digest({*build.files(build.ROOT / "src"), *build.files(build.ROOT / "scripts")}, build.packages())
    build.warm()
    server = build.fork.Process(target=serve, args=(made.folder / "edition",), daemon=True)
    server.start()
    print(f"The book is at http://127.0.0.1:{PORT}/ (stop with Ctrl+C)", flush=True)
    seen = ""
    while True:
        if build.digest({*build.files(build.ROOT / "src"), *build.files(build.ROOT / "scripts")}, build.packages()) != code:
            server.kill()
            server.join()
            os.execv(sys.executable, [sys.executable, *sys.argv])  # changed code is imported anew
        now = build.digest(set(build.files(build.ROOT, "_build", "tests")))
        if now != seen:
            seen = now
            child = build.fork.Process(target=build.main)
            child.start()
            child.join()
        time.sleep(0.5)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
