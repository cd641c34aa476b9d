"""Builds the book in ``tests/ordinary``, which uses all that a chapter may use: ``python ordinary_book.py folder``."""

import shutil
import sys
from pathlib import Path

import build
import yaml

from ecosystems.editions import run as runner

SOURCE = Path(__file__).with_name("ordinary")
OF_THIS_BOOK = ("typst_volumes", "typst_words")  # settings that name its chapters


class Small(build.Build):
    """A build of the chapters in its folder's ``source``, with this project's tables and settings."""

    @property
    def source(self):
        return self.folder.parent / "source"


def prepare(folder: Path) -> Path:
    """A copy of the book as Jupyter Book reads it, with this project's settings."""
    source = Path(shutil.copytree(SOURCE, folder / "source"))
    settings = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    for name in OF_THIS_BOOK:
        del settings["sphinx"]["config"][name]
    settings["sphinx"]["config"]["typst_extracts"]["summary"]["pieces"] = [["book/plots", "fig-spot-check"]]
    (source / "_config.yml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    for name in ("fonts", "vendor"):
        shutil.copytree(build.ROOT / "book" / "_static" / name, source / "book" / "_static" / name)
    return source


def chapters(made: build.Build) -> None:
    """Run the chapters, as the build of this book does."""
    found = [(p.relative_to(made.source).as_posix(), runner.read_file(p)) for p in runner.listed(made.source)]
    try:
        runner.run(found, made.say)
    except (runner.BrokenNotebook, runner.ChapterFailed) as failure:
        raise build.Failed(str(failure)) from None


def main(folder: Path) -> None:
    """Build all editions of the book in ``folder/source``, which is prepared if it is not there."""
    if not (folder / "source").exists():
        prepare(folder)
    made = Small(build.DATA, folder / "_build")
    steps = ("running the chapters", chapters), *build.STEPS[2:]
    build.attempt(made, lambda made: (build.warm(), build.run(made, steps)))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
