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
from ecosystems.editions import run

ROOT = Path(__file__).resolve().parents[1]
FILES = ("index.html", "search.html", "404.html", "search-index.js")
_OFFERED = re.compile(r'href="([^":#]+\.(?:pdf|epub|zip))"')
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
    chapters = {p.relative_to(project).with_suffix("").as_posix(): p for p in run.listed(project)}
    pages = {name: edition / f"{name.removeprefix('book/')}.html" for name in chapters}
    texts = {name: page.read_text("utf-8") if page.is_file() else "" for name, page in pages.items()}
    index = edition / "search-index.js"
    searched = index.read_text("utf-8") if index.is_file() else ""
    links = [(pages[name].parent, link) for name in texts for link in re.findall(_OFFERED, texts[name])]
    offered = sorted({(folder / link).resolve() for folder, link in links})
    stored = {m for path in chapters.values() for m in re.findall(r'"Figure (\w+):', path.read_text("utf-8"))}
    shown = set(re.findall(r'<figure class="exhibit[^"]*" id="fig-([\w-]+)"', "".join(texts.values())))
    files = [f"{slug}{end}" for slug in sorted(shown) for end in (".csv", ".json", ".svg", ".png")]
    unoffered = [kind[2:].upper() for kind in EDITIONS if not any(f.match(kind) for f in offered)]
    unfound = [name for name in pages if searched and f"{name.removeprefix('book/')}.html" not in searched]
    lost = [f for f in files if not (edition / "exhibits" / f).is_file()]
    return [
        *(f"{name}: the page is missing." for name, text in texts.items() if "</html>" not in text[-200:]),
        *(f"{name}: the file is missing." for name in FILES if not (edition / name).is_file()),
        *(f"{kind}: no page offers this edition." for kind in unoffered),
        *(f"{f.relative_to(edition.resolve())}: the file is missing or not whole." for f in offered if not whole(f)),
        *(f"figure {name}: it is in no page." for name in sorted(stored) if name.replace("_", "-") not in shown),
        *(f"figure {Path(f).stem}: the file {f} is missing." for f in lost),
        *(f"{name}: the search does not find the page." for name in unfound),
    ]


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
    dates = {"CITATION.cff": str(citation["date-released"]), "data/datapackage.json": package["created"][:10]}
    return [
        f"The {what} differ: {', '.join(f'{name} says {value}' for name, value in said.items())}."
        for what, said in (("versions", found), ("dates", dates))
        if len(set(said.values())) > 1
    ]


def _component(name: str, version: str, **more: object) -> dict:
    return {"bom-ref": f"{name}@{version}", "type": "library", "name": name, "version": version, **more}


def _shipped(name: str, version: str, licence: str, *paths: Path, **more: str) -> dict:
    """What others made and pages hold themselves, with its files."""
    files = [
        {"type": "file", "name": p.relative_to(ROOT).as_posix(), "hashes": [{"alg": "SHA-256", "content": _sum(p)}]}
        for p in paths
    ]
    return _component(name, version, licenses=[{"license": {"id": licence}}], components=files, **more)


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _version(font: Path) -> str:
    return re.search(r"\d[\d.]+", TTFont(font)["name"].getDebugName(5))[0]


def shipped(requirements: str) -> list[dict]:
    """Scripts of the maps and fonts, as components of the SBOM."""
    made = []
    for package, (folder, licence, files) in vendor.PACKAGES.items():
        paths = (vendor.TARGET / folder / f for f in files.values())
        made.append(_shipped(*package.split("@"), licence, *paths, purl=f"pkg:npm/{package}"))
    drawings, pages = ROOT / "src" / "ecosystems" / "fonts", ROOT / "book" / "_static" / "fonts"
    sans = sorted(drawings.glob("SourceSans3-*.ttf"))
    made.append(_shipped("source-sans", _version(sans[0]), "OFL-1.1", *sans, pages / "source-sans-3.woff2"))
    serif = re.search(r"^fontpkg-source-serif-4==(\S+)", requirements, re.M)[1]
    made.append(_shipped("source-serif", serif, "OFL-1.1", *sorted(pages.glob("source-serif-4*.woff2"))))
    others = sorted(drawings.glob("Noto*.ttf"))
    return made + [_shipped(p.stem.removesuffix("-Regular"), _version(p), "OFL-1.1", p) for p in others]


def pinned(requirements: str) -> list[dict]:
    """Every package of ``requirements.txt`` with its hashes, as components of the SBOM."""
    made = []
    pins = r"^([\w.-]+)==([^\s;]+)[^\\\n]*\\\n((?:    --hash=.*\n)+)"
    for name, version, hashes in re.findall(pins, requirements, re.M):
        files = [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:(\w+)", hashes)]
        where = {"type": "distribution", "url": f"https://pypi.org/project/{name}/{version}/", "hashes": files}
        made.append(_component(name, version, purl=f"pkg:pypi/{name}@{version}", externalReferences=[where]))
    return made


def parts() -> dict:
    """The SBOM: all that the edition is built with, and what others made in it (CycloneDX 1.6).

    It has no date and no serial number, so that it is the same for the same project.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    about = {k: project[k] for k in ("name", "version", "description")}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"bom-ref": "edition", "type": "application", **about}},
        "components": [*pinned(requirements), *shipped(requirements)],
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
    sums = [f"{_sum(f)}  {f.name}\n" for f in sorted(fresh.iterdir())]
    (fresh / "SHA256SUMS").write_text("".join(sums), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    edition = ROOT / "_build" / "edition"
    problems = [*map(str, checks.check(ROOT / "data")), *missing(edition), *versions()]
    if problems:
        count = f"{len(problems)} reason{'s' * (len(problems) > 1)} not to release; nothing was written."
        sys.exit("\n".join([*problems, count]))
    write(edition, ROOT / "_build" / "release")
    print(*sorted(p.name for p in (ROOT / "_build" / "release").iterdir()), "are in _build/release", sep="\n")
