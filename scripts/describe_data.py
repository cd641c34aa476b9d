"""Renew ``datapackage.json`` of a scan: the tables that lie there, with bytes, hash and number of rows of each.

The check comes first: where it finds a problem, nothing is written and its sentences are told.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ecosystems import checks
from ecosystems.tables import folder, measure


def describe(path: Path) -> list[str]:
    """Renew the descriptor of a folder, if its tables pass the check.

    Returns
    -------
    list of str
        What was done, in lines.

    Raises
    ------
    ValueError
        If there are problems; its text has a line for each, and nothing was written.
    """
    package, changes, problems = checks.describe(path)
    if package is None:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)} in {path}; datapackage.json stays as it was."
        raise ValueError("\n".join([*map(str, problems), count]))
    for resource in package["resources"]:
        resource.pop("rowCount", None)  # its place is after the hash
        resource.update(measure(path / resource["path"], committed=True))
    descriptor = path / "datapackage.json"
    text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    if descriptor.read_bytes() == text.encode():
        return ["datapackage.json already says so"]
    descriptor.write_text(text, "utf-8", newline="\n")
    return [*changes, "datapackage.json renewed"]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=folder(), help="the tables (default: data)")
    chosen = arguments.parse_args().folder
    try:
        said = describe(chosen)
    except ValueError as problems:
        sys.exit(str(problems))
    except OSError as error:
        sys.exit(f"{error.filename}: the file cannot be written ({error.strerror}).")
    print(*said, sep="\n")
