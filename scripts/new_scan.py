"""Start a scan of your own: ``make scan DIR=my-scan`` makes a folder with the tables, three example rows and a guide.

The example rows are real ones of the project's open scan, with their pages; they show what a row needs, and are
there to be replaced.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import shlex
import sys
import textwrap
from pathlib import Path

from ecosystems import tables
from ecosystems.checks import files
from ecosystems.checks.rules import STARTED
from ecosystems.figure import as_csv
from ecosystems.words import listing

TABLES = (
    "initiatives initiative_sources initiative_countries codings ecosystems ecosystem_sources facts partners sources "
    "answers"
).split()
SECOND = ("reader_1", "reader_2", "reason")  # of codings, if two read; a scan begins with one reader
EXAMPLES = ("kepler-rwanda",)  # the selected among the example rows
ROWS = 3
ONE_READER = (
    "One characteristic of one initiative, as a page shows or denies it. No row: not seen, which is not absent."
)
NBSP = "\N{NO-BREAK SPACE}"
SHOWN = "1: a page shows it; 0: a page denies it."

GUIDE = """# {name}: a scan of your own

This folder holds a scan of learning initiatives. `make book DATA={folder}`, run in the project's folder, makes the
whole report from it: the figures, the text, a chapter for each selected ecosystem, the lists and the PDF. They are
then in `{folder}/_build/edition`; the project's own book stays as it is.

The rows that are here now are examples: {examples}.
They come from the project's open scan (CC BY 4.0). Look at them, then put your own in their place. The first line of
each file names its columns, and stays. "The tables" below says of each column what it holds, whether it is needed, and
which values it takes.

## Step by step

1. In `datapackage.json`, at its top, change `title` and `description`, and name who made the scan by a line under
   them such as `"contributors": [{{"title": "Your name", "roles": ["creator"]}}],`. Write under `method` in a few
   sentences how initiatives were looked for and chosen. `licenses` is the licence of your tables.
2. Write one row for each page that you read into `sources.csv`. Every other row refers to its page by the page's
   `id`, which you make up: `river-trust-1`.
3. Write one row for each initiative into `initiatives.csv`, and its pages into `initiative_sources.csv`. What is not
   known stays empty. Some values come in pairs: a year `founded` with `founded_of`, a count `reach` with `reach_basis`,
   `latitude` and `longitude` with a `precision` other than `country`.
4. Write into `codings.csv` which characteristics a page shows (1) or denies (0). What no page tells has no row. If two
   people read, blind to each other, add the columns `reader_1`, `reader_2` and `reason` as the project has them;
   `present` is then the settled value.
5. Write the ones that you select into `ecosystems.csv`: one, two or twenty. Each gets a chapter.
   `ecosystem_sources.csv`, `facts.csv` and `partners.csv` fill it.
6. Run `make describe DATA={folder}`. It checks the tables first: what does not fit is told in one sentence with table,
   line, column and value. Where the check can only ask, a row of `answers.csv` with table, first cell of the row and
   column says why the value is right. When nothing is left to tell, it writes into `datapackage.json` which tables
   there are, and their sizes. `make check DATA={folder}` checks and writes nothing.
7. Run `make book DATA={folder}`: one or two minutes. Its last lines name every edition: the online book, the PDFs, the
   EPUB, and a zip to read offline. `make serve DATA={folder}` shows the online book.

Tables may be saved by Excel as "CSV UTF-8", and from any system; "CSV" alone loses letters. Commas separate cells, and
numbers have a decimal point. Where the system is set to a decimal comma, Excel writes semicolons and decimal commas:
first set the decimal symbol to `.` and the list separator to `,` in the system's region settings.

## What you may leave out, and what you may bring

- A table may have no rows, or be removed if no other table refers to it; `make describe` then takes it out of
  `datapackage.json`. What needs it is left out of the report, or says that nothing is known.
- More tables can be added as the project has them (events, people, organisations, contradictions, unknowns and
  others): copy the file's first line from the project's folder `data`, write your rows, and run `make describe`, which
  adds the description.
- Countries, country figures, the map and the eight characteristics are the project's. For other countries, regions or
  characteristics, put a `countries.csv` or `characteristics.csv` of your own here, with its description; the regions
  that are allowed stand in that description. Its column `in_text` holds the form of a name that stands in a sentence
  ("the Netherlands"), where that is another one.
- Regions and their order follow your rows; with `"regions": ["...", "..."]` in `datapackage.json` you set the order,
  and rows elsewhere are refused.

## The characteristics

{characteristics}

The project's `data/characteristics.csv` has the whole rule: when each counts as shown, and what is not enough.

## The tables

{described}
"""


def rows(data: tables.Tables) -> dict:
    """The example rows of each table: whole initiatives, and all that they refer to."""
    first = [data.ecosystems.set_index("id").at[e, "initiative_id"] for e in EXAMPLES]
    others = data.scan[
        ~data.scan["selected"] & data.scan["latitude"].notna() & data.scan["website"].notna()
    ].drop_duplicates("region")["id"]
    ids = [*first, *others][:ROWS]
    taken = {
        "answers": data.answers.iloc[:0],
        "initiatives": data.initiatives[data.initiatives["id"].isin(ids)],
        "ecosystems": data.ecosystems[data.ecosystems["id"].isin(EXAMPLES)].assign(
            basis="Example row: here stands why it was selected."
        ),
    }
    for name in TABLES:
        table = getattr(data, name)
        for column, wanted in (("initiative_id", ids), ("ecosystem_id", EXAMPLES)):
            if name not in taken and column in table:
                taken[name] = table[table[column].isin(wanted)]
    taken["codings"] = taken["codings"].dropna(subset="present").drop(columns=list(SECOND))
    return {**taken, "sources": data.sources[data.sources["id"].isin(tables.cited(taken.values()))]}


def _filled(text: str, begin: str = "") -> str:
    """A paragraph or an entry of a list, in lines that a text editor shows whole."""
    whole = re.sub(r"`[^`]*`", lambda value: value[0].replace(" ", NBSP), text)  # a value is not broken
    lines = textwrap.fill(whole, 118, initial_indent=begin, subsequent_indent=" " * len(begin), break_on_hyphens=False)
    return lines.replace(NBSP, " ")


def _column(field: dict) -> str:
    """What the guide says of a column."""
    limits = field.get("constraints", {})
    values = f" One of: {', '.join(f'`{v}`' for v in limits['enum'])}." if "enum" in limits else ""
    example = f" Such as `{field['example']}`." if "example" in field else ""
    needed = " (needed)" if limits.get("required") else ""
    return _filled(f"`{field['name']}`{needed}: {field['description']}{values}{example}", "- ")


def described(resources: list[dict]) -> str:
    """What the guide says of the tables, in the order in which they are filled: the pages come first."""
    return "\n\n".join(
        "\n".join([f"### `{r['path']}`", "", _filled(r["description"]), "", *map(_column, r["schema"]["fields"])])
        for r in sorted(resources, key=lambda r: r["name"] != "sources")
    )


def start(folder: Path) -> None:
    """Make the folder of a new scan.

    Raises
    ------
    FileExistsError
        If the folder is there and holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already and not empty; a new scan needs a new folder.")
    data = tables.read(tables.OWN)
    taken = rows(data)
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        (folder / data.describe(name)["path"]).write_text(as_csv(taken[name]), "utf-8")
    resources = json.loads(json.dumps([data.describe(name) for name in TABLES]))
    codings = resources[TABLES.index("codings")]
    codings["description"] = ONE_READER
    fields = [f for f in codings["schema"]["fields"] if f["name"] not in SECOND]
    codings["schema"]["fields"] = [f | {"description": SHOWN} if f["name"] == "present" else f for f in fields]
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "scan"
    examples = listing(taken["initiatives"]["name"])
    package = {
        "$schema": data.package["$schema"],
        "name": name,
        "title": "Scan" if name == "scan" else f"Scan {folder.resolve().name}",
        "description": f"{STARTED} from the open scan of the project: {examples}.",
        "method": "",
        "version": "0.1.0",
        "created": f"{datetime.date.today()}T00:00:00Z",
        "licenses": data.package["licenses"],
        "resources": resources,
    }
    package, _ = files.renewed(folder, package)
    (folder / "datapackage.json").write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "README.md").write_text(
        GUIDE.format(
            name=folder.resolve().name,
            folder=shlex.quote(str(folder)),
            examples=examples,
            characteristics="\n".join(
                _filled(f"`{r.id}`: {r.name}. {r.question}", "- ")
                for r in tables.in_order(data.characteristics).itertuples()
            ),
            described=described(package["resources"]),
        ),
        "utf-8",
    )
    (folder / ".gitignore").write_text("_build/\n", "utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", default="", help="the new folder")
    chosen, others = arguments.parse_known_args()
    if others:
        arguments.error(f"{others[0]}: a scan has one folder, and a name that begins with a hyphen is no name for it.")
    if not chosen.folder.strip():
        arguments.error("Name the new folder: make scan DIR=my-scan")
    folder = Path(chosen.folder).expanduser()
    if folder.resolve().is_relative_to(tables.OWN):
        sys.exit(f"{folder} lies among the project's own tables; a scan needs a folder of its own.")
    try:
        start(folder)
    except OSError as error:
        sys.exit(str(error))
    print(f"{folder} holds three example rows and a guide, README.md. Try: make book DATA={shlex.quote(str(folder))}")
