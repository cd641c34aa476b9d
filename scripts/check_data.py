"""Check the tables and the chapters' files: ``python scripts/check_data.py [folder]``.

One sentence for each problem; exit code 1 if there is one.
"""

import sys
from pathlib import Path

from ecosystems import checks, tables
from ecosystems.editions import run

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else tables.folder()
    problems = [*checks.check(folder), *run.problems(tables.ROOT)]
    for problem in problems:
        print(problem)
    print(f"{folder}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    sys.exit(1 if problems else 0)
