"""Build the whole edition: check the tables, run the chapters, make every edition of the book.

Each step writes into its own working folder and puts what readers get into ``edition.new``; at the end
that becomes ``edition`` in one exchange. What fails or is killed on the way leaves the last good edition
as it was, and the next build clears up. One build at a time works in a build folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from processes import ROOT, Failed, end_children_with_parents, in_words, jupyter_book, side_by_side, warm
from workspace import alone, clear, digest, environment, exchange, files, packages, stamps

DATA = ROOT / "data"


@dataclass(frozen=True)
class Build:
    """Where one build reads and writes, and how it reports progress."""

    data: Path
    folder: Path
    step: str = ""
    begun: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, data: Path, output: Path | None = None) -> Build:
        """The build of the tables in `data`; ``_build`` is the project's, or beside the tables of another scan."""
        data = data.resolve()
        return cls(data, (output or (ROOT if data == DATA else data)).resolve() / "_build")

    @property
    def source(self) -> Path:
        """What Jupyter Book reads: the project, or what is made of it for another scan."""
        return ROOT if self.data == DATA else self.folder / "source"

    @property
    def fresh(self) -> Path:
        """The edition while it is made."""
        return self.folder / "edition.new"

    def say(self, text: str) -> None:
        """Print a line of progress."""
        print(f"{self.step}{time.monotonic() - self.begun:5.1f} s  {text}", flush=True)

    def jupyter_book(self, builder: str) -> Path:
        """Have Jupyter Book run a builder, see :func:`processes.jupyter_book`; the folder that it wrote."""
        for note in jupyter_book(self.source, self.folder, builder):
            self.say(note)
        return self.folder / builder


Step = tuple[str, Callable[[Build], None]]


# -- steps ----------------------------------------------------------------------------------------------------------


def check_tables(build: Build) -> None:
    """Stop here if a file of the book cannot be read, or anything is wrong with the tables."""
    from ecosystems import checks
    from ecosystems.editions import run as runner

    if unreadable := runner.problems(ROOT):
        raise Failed("\n".join(unreadable))
    warm()
    if problems := checks.check(build.data):
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)} in the tables of {build.data}."
        raise Failed("\n".join([*map(str, problems), count]))


def run_chapters(build: Build) -> None:
    """Run the chapters whose results are not stored."""
    from ecosystems import tables
    from ecosystems.editions import chapters
    from ecosystems.editions import run as runner

    if build.source != ROOT:
        chapters.write(tables.read(build.data), build.source)
    for path in runner.unlisted(build.source):
        build.say(f"{path} is in no table of contents (_toc.yml): it is neither run nor published.")
    try:
        found = [(p.relative_to(build.source).as_posix(), runner.read_file(p)) for p in runner.listed(build.source)]
        runner.run(found, build.say)
        runner.cool()  # 220 MB that no edition needs
    except (runner.BrokenNotebook, runner.ChapterFailed) as failure:
        raise Failed(str(failure)) from None


def read(build: Build) -> None:
    """What Sphinx reads of the chapters, from which all editions are written."""
    build.jupyter_book("read")


def web(build: Build) -> None:
    """The online book."""
    html, private = build.jupyter_book("html"), shutil.ignore_patterns(".buildinfo*", "objects.inv")
    shutil.copytree(html, build.fresh, ignore=private, dirs_exist_ok=True)


def pdf(build: Build) -> None:
    """The PDFs of the book and its annex, one of each chapter, and the summary."""
    made = build.jupyter_book("typst")
    for volume in made.glob("*.pdf"):
        shutil.copy(volume, build.fresh)
    shutil.copy(made / "parts" / "summary.pdf", build.fresh)
    shutil.copytree(made / "parts" / "book", build.fresh / "pdf", dirs_exist_ok=True)


def epub(build: Build) -> None:
    """The EPUB."""
    made = build.jupyter_book("epub")
    shutil.copy(next(made.glob("*.epub")), build.fresh)


def downloads(build: Build) -> None:
    """What readers download: notebooks, tables, the scan in other formats."""
    from ecosystems import tables
    from ecosystems.editions import downloads

    downloads.write_notebooks(build.source, build.fresh, _base(build))
    downloads.write_tables(tables.read(build.data), build.fresh)


def read_and_take_along(build: Build) -> None:
    """What needs nothing but the chapters' results."""
    side_by_side(build, read, downloads)


def all_editions(build: Build) -> None:
    """What is written from what Sphinx read; what takes longest first."""
    side_by_side(build, pdf, web, epub)


def offline(build: Build) -> None:
    """The records that name all files, links to them, and the zip that is read without the internet."""
    from ecosystems import tables
    from ecosystems.editions import downloads
    from ecosystems.editions.imprint import Imprint

    data = tables.read(build.data)
    zipped = f"{Imprint.of(data).filename}.zip"
    downloads.write_records(data, build.fresh)
    downloads.finish_links(build.fresh, zipped)
    downloads.write_zip(build.fresh, zipped)


def _base(build: Build) -> str:
    """The address where the edition will be published; "" if nobody has said it."""
    import yaml

    from ecosystems.editions import imprint

    settings = yaml.safe_load((build.source / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    return imprint.published(settings.get("html_baseurl", ""))


def addresses(build: Build) -> None:
    """Stop here if an address inside the edition leads nowhere."""
    from ecosystems.editions import downloads

    if dead := downloads.dead_addresses(build.fresh, _base(build)):
        count = f"{len(dead)} address{'es' * (len(dead) > 1)} in the edition lead{'s' * (len(dead) == 1)} nowhere."
        raise Failed("\n".join([*dead[:25], count]))


STEPS: tuple[Step, ...] = (
    ("checking the tables", check_tables),
    ("running the chapters", run_chapters),
    ("reading the chapters; making tables and notebooks to take along", read_and_take_along),
    ("making the online book, the PDF and the EPUB", all_editions),
    ("packing the book to read offline", offline),
    ("following every address inside the edition", addresses),
)


# -- one build ------------------------------------------------------------------------------------------------------


def _state(build: Build, steps: Iterable[Step]) -> str:
    """Digest of all that the edition is made from, and of the edition as it lies there."""
    chosen = ("ECOSYSTEMS_", "EDITION_", "SOURCE_DATE_")
    variables = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith(chosen))
    inputs = {*files(ROOT, "_build", "tests"), *files(build.data, "_build")}
    return digest(inputs, packages(), [title for title, _ in steps], variables, stamps(build.folder / "edition"))


def page(build: Build) -> None:
    """The online book alone, in the folder in which Jupyter Book writes it, for those who write."""
    with alone(build.folder):
        clear(build.folder)
        check_tables(build)
        run_chapters(build)
        build.jupyter_book("html")
        (build.folder / "unfinished").unlink(missing_ok=True)
    build.say("the online book is there")


def run(build: Build, steps: Iterable[Step] = STEPS) -> None:
    """All steps in order, then the exchange.

    Raises
    ------
    Failed
        If a step cannot go on; the last good edition is then unchanged.
    """
    steps = tuple(steps)
    with alone(build.folder):
        edition, state, last = build.folder / "edition", build.folder / "state", f"[{len(steps) + 1}/{len(steps) + 1}] "
        if state.is_file() and state.read_text("utf-8") == _state(build, steps):
            return replace(build, step=last).say("nothing has changed since the last build; the edition is whole")
        clear(build.folder)
        build.fresh.mkdir()
        for number, (title, step) in enumerate(steps, 1):
            numbered = replace(build, step=f"[{number}/{len(steps) + 1}] ")
            numbered.say(title)
            step(numbered)
        replace(build, step=last).say("putting the edition in place")
        exchange(build.fresh, edition)
        state.write_text(_state(build, steps), "utf-8")
        (build.folder / "unfinished").unlink(missing_ok=True)
        replace(build, step=last).say("done")


def attempt(build: Build, work: Callable[[Build], None]) -> None:
    """Do `work`; any failure ends in one plain message and exit code 1."""
    os.environ.update(environment(build.folder, build.data))
    end_children_with_parents()
    try:
        return work(build)
    except (Failed, KeyboardInterrupt, OSError) as failure:
        good = (build.folder / "edition").exists()
        end = "The last good edition is unchanged." if good else "No edition was built."
        raise SystemExit(f"{in_words(failure, build.folder)}\n{end}") from None


def editions(folder: Path) -> list[str]:
    """A line for each edition that lies in the folder of a build."""
    kinds = {"Online book": "index.html", "PDF": "*.pdf", "EPUB": "*.epub", "To read offline": "*.zip"}
    return [f"{kind:<17}{path}" for kind, name in kinds.items() for path in sorted(folder.glob(name))]


def main(steps: Iterable[Step] = STEPS) -> None:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = Path(os.environ.get("ECOSYSTEMS_DATA") or DATA)
    arguments.add_argument("--data", type=Path, default=data, help="folder of the tables (default: data)")
    place = "folder in which _build is made (default: the project's, or that of another scan's tables)"
    arguments.add_argument("--output", type=Path, help=place)
    chosen = arguments.parse_args()
    if not chosen.data.is_dir():
        sys.exit(f"{chosen.data}: {'a file, and no' if chosen.data.exists() else 'there is no such'} folder.")
    build = Build.of(chosen.data, chosen.output)
    attempt(build, lambda build: run(build, steps))
    print("", *editions(build.folder / "edition"), sep="\n")


if __name__ == "__main__":
    main()
