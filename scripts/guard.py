"""The last net around every command of the Makefile: what nobody foresaw ends in one message with the log's path.

``python scripts/guard.py scripts/build.py ...`` or ``python scripts/guard.py -m package.module ...`` runs a command
as Python itself would. What a command ends by itself, with a message and a code, passes through.
"""

from __future__ import annotations

import datetime
import errno
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path

DISK = {errno.EROFS, errno.ENOSPC, errno.EDQUOT}  # read-only, or full
ROOT = Path(__file__).resolve().parents[1]


def written(report: str) -> Path | None:
    """Write a report where the build keeps its logs, else among temporary files; None where nothing can be written."""
    for place in (ROOT / "_build", Path(tempfile.gettempdir())):
        try:
            place.mkdir(exist_ok=True)
            log = place / "error.log"
            log.write_text(report, "utf-8", "backslashreplace")
            return log
        except OSError:
            continue
    return None


def message(error: BaseException, command: list[str]) -> str:
    """One message on an error that the command did not foresee; all that is known of it goes into a log."""
    said = " ".join(str(error).split())
    what = f"{type(error).__name__}{f': {said}' if said else ''}"
    what = "".join(c if c.isprintable() else "?" for c in what if c != "\n")[:300]
    trace = "".join(traceback.format_exception(error))
    about = f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}\n{' '.join(command)}\nPython {sys.version}\n"
    log = written(f"{about}ECOSYSTEMS_DATA={os.environ.get('ECOSYSTEMS_DATA', '')}\n\n{trace}")
    told = f"All that is known of it is in {log}; please report it with that file." if log else trace
    return f"{' '.join(command)} stopped at something that it did not foresee ({what}). {told}"


def open_streams() -> None:
    """Let standard streams that are closed lead nowhere, or the next file would be opened under their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8"))


def run(command: list[str]) -> None:
    """Run a script, or a module after ``-m``, with its arguments."""
    open_streams()
    for stream in (sys.stdout, sys.stderr):  # of a terminal that does not know every letter
        stream.reconfigure(errors="backslashreplace")
    module = command[0] == "-m"
    name, *arguments = command[1:] if module else command
    sys.argv = [name, *arguments]
    try:
        try:
            if module:
                runpy.run_module(name, run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(name, run_name="__main__")
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        raise SystemExit("Stopped.") from None
    except BrokenPipeError:  # who read the output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno in DISK:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what waits to be printed is let go
            what = f"{error.filename}: the file" if error.filename else "What is printed, or a file,"
            raise SystemExit(f"{what} cannot be written ({error.strerror}).") from None
        if error.errno in (errno.EACCES, errno.EPERM) and error.filename:
            raise SystemExit(f"{error.filename}: {error.strerror}.") from None
        raise SystemExit(message(error, command)) from None
    except Exception as error:
        raise SystemExit(message(error, command)) from None


if __name__ == "__main__":
    if sys.argv[1:2] in (["-h"], ["--help"]):
        print(f"usage: guard.py command [argument ...]\n\n{__doc__}")
    elif len(sys.argv) < 2 or not (sys.argv[1] == "-m" and sys.argv[2:] or Path(sys.argv[1]).is_file()):
        print("Name the command that is to be run: a file, or -m and a module.", file=sys.stderr)
        sys.exit(2)
    else:
        run(sys.argv[1:])
