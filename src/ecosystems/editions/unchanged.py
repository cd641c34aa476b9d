"""What tells a builder that a chapter need not be written again: its own content, and what its pages take from elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sphinx.builders import Builder

from ecosystems import tables
from ecosystems.editions import execution

__all__ = ["elsewhere", "made_from"]


def _sha(*contents: bytes) -> str:
    """One digest of all."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(c).digest() for c in contents)).hexdigest()


def elsewhere(builder: Builder, *more: object) -> str:
    """Changes with all that pages take from outside their chapter: titles, order and numbers in the whole book, settings, tables, theme, code and environment; and with `more`."""
    env, std = builder.env, builder.env.get_domain("std")
    book = [
        {d: t.astext() for d, t in sorted(env.titles.items())}, env.toctree_includes, env.toc_fignumbers, env.toc_secnumbers,
        sorted(std.labels.items()), sorted(std.anonlabels.items()), {d: t.astext() for d, t in sorted(env.tocs.items())},
    ]  # fmt: skip
    files = [*Path(builder.srcdir).glob("_*.yml"), *Path(builder.srcdir, "book").rglob("*.bib")]
    files += [p for p in Path(__file__).parents[1].rglob("*") if p.is_file() and p.suffix != ".pyc"]
    # All else that is in the tables reaches a page through the results of its chapter.
    data = tables.read()
    book += [
        data.package,
        data.ecosystems.to_csv(),
        builder.config.html_baseurl,
        execution.digest("environment"),
        *more,
    ]
    return _sha(repr(book).encode(), *(p.read_bytes() for p in sorted(files)))


def made_from(builder: Builder, docname: str, elsewhere: str) -> str:
    """Changes with all that the pages of one chapter are made from."""
    return _sha(elsewhere.encode(), Path(builder.doctreedir, f"{docname}.doctree").read_bytes())
