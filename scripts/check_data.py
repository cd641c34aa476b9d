"""Check the tables and the chapters' files.

One sentence for each problem; exit code 1 if there is one.
"""

import argparse
import sys
from pathlib import Path

from ecosystems import checks, tables
from ecosystems.editions import run

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=tables.folder(), help="the tables (default: data)")
    folder = arguments.parse_args().folder
    problems = [*checks.check(folder), *run.problems(tables.ROOT)]
    for problem in problems:
        print(problem)
    print(f"{folder}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    sys.exit(1 if problems else 0)
