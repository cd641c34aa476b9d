"""Digests of what results and pages depend on."""

from __future__ import annotations

import platform
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from ecosystems import tables
from ecosystems.tables import ROOT
from typstbook.store import digest

if TYPE_CHECKING:
    from sphinx.builders import Builder

SOURCES = ROOT / "src"
_EDITIONS = SOURCES / "ecosystems" / "editions"


def digest_of_environment() -> str:
    """Digest of what all chapters depend on besides tables: code, fonts, Python and every installed package."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    packages = sorted(p.name for place in places for p in Path(place).glob("*.dist-info"))
    code = (p for p in SOURCES.rglob("*.py") if not p.is_relative_to(_EDITIONS) or p.is_relative_to(_EDITIONS / "run"))
    fonts = (SOURCES / "ecosystems" / "fonts").glob("*.ttf")
    return digest(sys.version, platform.machine(), packages, *sorted(code), *sorted(fonts))


def digest_of_book(builder: Builder, *more: object) -> str:
    """Digest of what the pages of a builder take from outside their chapter, and of `more`.

    These are titles, order and numbers of the whole book, settings, theme, code and environment. Of the tables only
    few are taken directly; all else in them reaches a page through the results of its chapter.
    """
    env, std, data = builder.env, builder.env.get_domain("std"), tables.read()
    book = [
        {d: t.astext() for d, t in sorted(env.titles.items())},
        {d: t.astext() for d, t in sorted(env.tocs.items())},
        [env.toctree_includes, env.toc_fignumbers, env.toc_secnumbers],
        [sorted(std.labels.items()), sorted(std.anonlabels.items())],
        [data.package, data.ecosystems.to_csv(), builder.config.html_baseurl],
        more,
    ]
    files = [*Path(builder.srcdir).glob("_*.yml"), *Path(builder.srcdir, "book").rglob("*.bib")]
    files += [p for p in (SOURCES / "ecosystems").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    return digest(repr(book), digest_of_environment(), *sorted(files))
