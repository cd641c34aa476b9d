"""Make a release of the edition that was built: check that it is complete and consistent, write checksums and SBOM.

``_build/release`` holds what is published: the editions, an SBOM (CycloneDX: every package that the build uses, with
hashes) and SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import vendor
import yaml
from fontTools.ttLib import TTFont

from ecosystems import checks

ROOT = Path(__file__).resolve().parents[1]
FILES = ("index.html", "search.html", "404.html", "search-index.js")
EDITIONS = ("*.pdf", "*.epub", "*.zip")


def whole(file: Path) -> bool:
    """Whether this PDF, EPUB or zip is there to its end."""
    return file.is_file() and (
        b"%%EOF" in file.read_bytes()[-1024:] if file.suffix == ".pdf" else zipfile.is_zipfile(file)
    )


def missing(edition: Path, project: Path = ROOT) -> list[str]:
    """What an edition lacks, one sentence each: pages, figures, editions, the search index."""
    if not (edition / "index.html").is_file():
        return [f"{edition}: there is no edition; run make book."]
    said = []
    toc = yaml.safe_load((project / "_toc.yml").read_text("utf-8"))
    chapters = [toc["root"], *re.findall(r"'file': '([^']+)'", str(toc["parts"]))]
    chapters += [
        p.relative_to(project).with_suffix("").as_posix()
        for g in re.findall(r"'glob': '([^']+)'", str(toc["parts"]))
        for p in sorted(project.glob(f"{g}.ipynb"))
    ]
    pages = {name: edition / f"{name.removeprefix('book/')}.html" for name in chapters}
    said += [
        f"{name}: the page is missing."
        for name, page in pages.items()
        if not (page.is_file() and "</html>" in page.read_text("utf-8")[-200:])
    ]
    said += [f"{name}: the file is missing." for name in FILES if not (edition / name).is_file()]
    offered = {
        (page.parent / link).resolve()
        for page in pages.values()
        if page.is_file()
        for link in re.findall(r'href="([^":#]+\.(?:pdf|epub|zip))"', page.read_text("utf-8"))
    }
    said += [
        f"{kind.removeprefix('*.').upper()}: no page offers this edition."
        for kind in EDITIONS
        if not any(f.match(kind) for f in offered)
    ]
    said += [
        f"{file.relative_to(edition.resolve())}: the file is missing or not whole."
        for file in sorted(offered)
        if not whole(file)
    ]
    stored = {
        m for name in chapters for m in re.findall(r'"Figure (\w+):', (project / f"{name}.ipynb").read_text("utf-8"))
    }
    shown = {
        i
        for page in pages.values()
        if page.is_file()
        for i in re.findall(r'<figure class="exhibit[^"]*" id="fig-([\w-]+)"', page.read_text("utf-8"))
    }
    said += [f"figure {name}: it is in no page." for name in sorted(stored) if name.replace("_", "-") not in shown]
    said += [
        f"figure {slug}: the file {slug}{end} is missing."
        for slug in sorted(shown)
        for end in (".csv", ".json", ".svg", ".png")
        if not (edition / "exhibits" / f"{slug}{end}").is_file()
    ]
    index = edition / "search-index.js"
    if index.is_file():
        text = index.read_text("utf-8")
        said += [
            f"{name}: the search does not find the page."
            for name, page in pages.items()
            if page.relative_to(edition).as_posix() not in text
        ]
    return said


def versions(project: Path = ROOT) -> list[str]:
    """Where the version and its date stand, if they do not say the same."""
    package = json.loads((project / "data" / "datapackage.json").read_text("utf-8"))
    citation = yaml.safe_load((project / "CITATION.cff").read_text("utf-8"))
    found = {
        "pyproject.toml": tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["version"],
        "data/datapackage.json": package["version"],
        "CITATION.cff": citation["version"],
    }
    log = project / "CHANGELOG.md"
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+)", log.read_text("utf-8"), re.M) if log.is_file() else None
    found["CHANGELOG.md"] = newest[1] if newest else "no version"
    said = (
        []
        if len(set(found.values())) == 1
        else ["The versions differ: " + ", ".join(f"{name} says {version}" for name, version in found.items()) + "."]
    )
    if str(citation["date-released"]) != package["created"][:10]:
        said.append(
            f"The dates differ: CITATION.cff says {citation['date-released']}, "
            f"data/datapackage.json says {package['created'][:10]}."
        )
    return said


def shipped() -> list[dict]:
    """What others made and pages hold themselves, as components of the SBOM: scripts of the maps, fonts."""

    def component(name: str, version: str, licence: str, *paths: Path, **more: str) -> dict:
        files = [
            {
                "type": "file",
                "name": p.relative_to(ROOT).as_posix(),
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(p.read_bytes()).hexdigest()}],
            }
            for p in paths
        ]
        return {
            "bom-ref": f"{name}@{version}",
            "type": "library",
            "name": name,
            "version": version,
            "licenses": [{"license": {"id": licence}}],
            "components": files,
            **more,
        }

    made = []
    for package, (folder, licence, files) in vendor.PACKAGES.items():
        name, version = package.split("@")
        made.append(
            component(
                name, version, licence, *(vendor.TARGET / folder / f for f in files.values()), purl=f"pkg:npm/{package}"
            )
        )
    fonts = sorted((ROOT / "src" / "ecosystems" / "fonts").glob("SourceSans3-*.ttf"))
    version = _version(fonts[0])
    pages = ROOT / "book" / "_static" / "fonts"
    made.append(component("source-sans", version, "OFL-1.1", *fonts, pages / "source-sans-3.woff2"))
    serif = re.search(r"^fontpkg-source-serif-4==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M)[1]
    made.append(component("source-serif", serif, "OFL-1.1", *sorted(pages.glob("source-serif-4*.woff2"))))
    for path in sorted((ROOT / "src" / "ecosystems" / "fonts").glob("Noto*.ttf")):
        made.append(component(path.stem.removesuffix("-Regular"), _version(path), "OFL-1.1", path))
    return made


def _version(font: Path) -> str:
    return re.search(r"\d[\d.]+", TTFont(font)["name"].getDebugName(5))[0]


def pinned() -> list[dict]:
    """Every package of ``requirements.txt`` with its hashes, as components of the SBOM."""
    made = []
    for name, version, hashes in re.findall(
        r"^([\w.-]+)==([^\s;]+)[^\\\n]*\\\n((?:    --hash=.*\n)+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M
    ):
        files = [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:(\w+)", hashes)]
        where = {"type": "distribution", "url": f"https://pypi.org/project/{name}/{version}/", "hashes": files}
        made.append(
            {
                "bom-ref": f"{name}@{version}",
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "externalReferences": [where],
            }
        )
    return made


def parts() -> dict:
    """The SBOM: all that the edition is built with, and what others made in it (CycloneDX 1.6).

    It has no date and no serial number, so that it is the same for the same project.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    subject = {
        "bom-ref": "edition",
        "type": "application",
        **{k: project[k] for k in ("name", "version", "description")},
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": subject},
        "components": [*pinned(), *shipped()],
    }


def write(edition: Path, folder: Path) -> None:
    """Write what is published into `folder`, in place of what was there."""
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for kind in EDITIONS:
        for file in edition.glob(kind):
            shutil.copy(file, fresh)
    (fresh / "sbom.cdx.json").write_text(json.dumps(parts(), indent=2) + "\n", "utf-8")
    sums = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in sorted(fresh.iterdir())]
    (fresh / "SHA256SUMS").write_text("".join(sums), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    edition = ROOT / "_build" / "edition"
    problems = [*map(str, checks.check(ROOT / "data")), *missing(edition), *versions()]
    if problems:
        sys.exit(
            "\n".join(
                [*problems, f"{len(problems)} reason{'s' * (len(problems) > 1)} not to release; nothing was written."]
            )
        )
    write(edition, ROOT / "_build" / "release")
    print(*sorted(p.name for p in (ROOT / "_build" / "release").iterdir()), "are in _build/release", sep="\n")
