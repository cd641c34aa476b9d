"""A release lacks nothing, and all that names its version says the same; otherwise it is refused."""

import hashlib
import json
import shutil

import pytest
import release
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ecosystems.tables import ROOT

EDITION = ROOT / "_build" / "edition"


@pytest.fixture
def edition(tmp_path):
    """The built edition, as far as a release looks at it."""
    copy = shutil.copytree(
        EDITION, tmp_path / "edition", ignore=shutil.ignore_patterns("*.zip", "*.pdf", "*.epub", "_static", "*.ipynb")
    )
    for file in (f for kind in release.EDITIONS for f in EDITION.rglob(kind)):
        (copy / file.relative_to(EDITION)).parent.mkdir(parents=True, exist_ok=True)
        (copy / file.relative_to(EDITION)).write_bytes(b"%%EOF" if file.suffix == ".pdf" else b"PK\5\6" + bytes(18))
    return copy


@pytest.mark.book
@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("scan.html", "book/scan: the page is missing."),
        ("ecosystems/kepler-rwanda.html", "book/ecosystems/kepler-rwanda: the page is missing."),
        ("exhibits/scan-by-country.csv", "figure scan-by-country: the file scan-by-country.csv is missing."),
        *(
            (name, f"{name}: the file is missing or not whole.")
            for name in (
                "learning-ecosystems.pdf",
                "learning-ecosystems-annex.pdf",
                "learning-ecosystems.epub",
                "learning-ecosystems.zip",
                "summary.pdf",
                "pdf/ecosystems/kepler-rwanda.pdf",
            )
        ),
        ("search-index.js", "search-index.js: the file is missing."),
    ],
)
def test_a_release_without_a_part_is_refused(edition, gone, said):
    assert release.missing(edition) == []
    (edition / gone).unlink()
    assert said in release.missing(edition)


@pytest.mark.book
def test_half_a_page_a_page_that_search_misses_and_a_lost_figure_are_seen(edition):
    page = edition / "method.html"
    page.write_text(page.read_text("utf-8")[:-300], "utf-8")
    scan = edition / "scan.html"
    scan.write_text(scan.read_text("utf-8").replace('id="fig-scan-by-country"', 'id="fig-other"'), "utf-8")
    book = edition / "learning-ecosystems.epub"
    book.write_bytes(book.read_bytes()[:-4])
    index = edition / "search-index.js"
    index.write_text(index.read_text("utf-8").replace("shared.html", "other.html"), "utf-8")
    said = release.missing(edition)
    for expected in (
        "book/method: the page is missing.",
        "figure scan_by_country: it is in no page.",
        "book/shared: the search does not find the page.",
        "learning-ecosystems.epub: the file is missing or not whole.",
    ):
        assert expected in said


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("pyproject.toml", "CITATION.cff", "data/datapackage.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    version = json.loads((tmp_path / "data" / "datapackage.json").read_text("utf-8"))["version"]
    (tmp_path / "CHANGELOG.md").write_text(f"# Changes\n\n## {version}\n\n## 0.0.1\n", "utf-8")
    return tmp_path


def test_versions_agree_here(project):
    assert release.versions(project) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pyproject.toml", 'version = "', 'version = "9'),
        ("CITATION.cff", "\nversion: ", "\nversion: 9"),
        ("CITATION.cff", 'date-released: "20', 'date-released: "19'),
        ("data/datapackage.json", '"version": "0', '"version": "90'),
        ("CHANGELOG.md", "## ", "## 9"),
        ("CHANGELOG.md", "## ", "### "),
    ],
)
def test_versions_that_differ_are_refused(project, file, old, new):
    text = (project / file).read_text("utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), "utf-8")
    (said,) = release.versions(project)
    assert file in said and "differ" in said


@pytest.mark.book
def test_what_is_published_has_checksums_and_a_list_of_parts(edition, tmp_path):
    folder = tmp_path / "release"
    release.write(edition, folder)
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    assert sums.keys() == {
        "learning-ecosystems.epub",
        "learning-ecosystems.pdf",
        "learning-ecosystems-annex.pdf",
        "learning-ecosystems.zip",
        "summary.pdf",
        "sbom.cdx.json",
    }
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    bill = json.loads((folder / "sbom.cdx.json").read_text("utf-8"))
    parts = {p["name"]: p for p in bill["components"]}
    pinned = [
        line.split("==")[0]
        for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    ]
    shipped = {"leaflet", "leaflet.markercluster", "source-sans", "source-serif"}
    shipped |= {p.stem.removesuffix("-Regular") for p in (ROOT / "src" / "ecosystems" / "fonts").glob("Noto*.ttf")}
    assert parts.keys() == {*pinned, *shipped}
    assert all(reference["hashes"] for name in pinned for reference in parts[name]["externalReferences"])
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    listed = {ROOT / file["name"] for name in shipped for file in parts[name]["components"]}
    static = ROOT / "book" / "_static"
    assert {
        p
        for folder in (static / "vendor", static / "fonts", ROOT / "src" / "ecosystems" / "fonts")
        for p in folder.rglob("*.*")
        if p.suffix != ".txt"
    } == {p for p in listed if p.suffix}
    release.write(edition, tmp_path / "again")
    assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (folder / "SHA256SUMS").read_bytes()
