"""Runs the chapters: which there are, how they are executed, and where their results are stored."""

from ecosystems.editions.run.digests import digest_of_book, digest_of_environment
from ecosystems.editions.run.execution import (
    STORE,
    TEXTS,
    ChapterFailed,
    filled,
    processors,
    read,
    results,
    run,
    setup,
    warm,
)
from ecosystems.editions.run.kernels import NAME as PROVISIONER
from ecosystems.editions.run.kernels import stop as cool
from ecosystems.editions.run.maps import MAP
from ecosystems.editions.run.notebooks import BrokenNotebook, listed, parse, problems, read_file, unlisted

__all__ = [
    "MAP",
    "PROVISIONER",
    "STORE",
    "TEXTS",
    "BrokenNotebook",
    "ChapterFailed",
    "cool",
    "digest_of_book",
    "digest_of_environment",
    "filled",
    "listed",
    "parse",
    "problems",
    "processors",
    "read",
    "read_file",
    "results",
    "run",
    "setup",
    "unlisted",
    "warm",
]
