"""The press: a process of its own that compiles Typst files to PDF, or binds PDFs.

Typst keeps all it ever laid out in memory until its process ends. A process for a few files gives that memory back, and several can
work side by side. Orders come as lines of JSON on standard input, answers as lines of JSON on standard output.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

__all__ = ["Press", "to_move"]

HOLE = 90.0  # points; what may stay empty at the foot of a page
PASSES = 24


class Press:
    """A process of its own, until it is closed. What it has set before it sets again in a sixth of the time.

    Parameters
    ----------
    root : Path
        Typst reads nothing outside.
    font_paths, standards : list of str
    timestamp : int or None
        Seconds since 1970 for the date in the PDF.

    Attributes
    ----------
    pages : int
        How many it has set, counted by who gives the orders; it keeps them all in memory.
    """

    def __init__(
        self, root: Path = Path(), font_paths: list[str] = (), standards: list[str] = (), timestamp: int | None = None
    ):
        self._world = {
            "root": str(root),
            "fonts": list(font_paths),
            "standards": list(standards),
            "timestamp": timestamp,
        }
        self.pages = 0
        # This file and not its package, which imports Sphinx.
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Press:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def set(self, jobs: list[dict]) -> list[dict]:
        """Set some files, one after the other, and wait for them.

        Parameters
        ----------
        jobs : list of dict
            Each with ``main`` (Typst file, relative to the root), ``settings`` (dict that the template reads; ``this`` in it is of this file alone) and ``output``
            (PDF; none if empty: what has to move is then found, also for the files after it).

        Returns
        -------
        list of dict
            For each: ``floats`` (dict), ``places`` (dict: place to page, points from the left and from the top), ``warnings`` (list of str)
            and ``error`` (str, empty if there is none).
        """
        answer = self._ask({**self._world, "jobs": jobs})
        return (
            answer
            if isinstance(answer, list)
            else [{"floats": {}, "places": {}, "warnings": [], "error": answer}] * len(jobs)
        )

    def add(self, path: str, gone: int) -> None:
        """Add a PDF to those that will be bound, without its first pages (see ``typstbook.binding.Binding.add``). Nobody waits for it."""
        self._order({"add": [path, gone]})

    def bind(self, order: dict) -> str:
        """Bind what was added, as ``typstbook.binding.Binding.finish`` takes it. What went wrong, or ""."""
        return self._ask({"bind": order})

    def close(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _order(self, order: dict) -> None:
        with suppress(BrokenPipeError):  # it may have ended already
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def _ask(self, order: dict) -> list[dict] | str:
        """The answer to an order; if there is none, why."""
        self._order(order)
        answer = self._process.stdout.readline()
        return (
            json.loads(answer) if answer else f"Typst ended with code {self._process.wait()}; is there enough memory?"
        )


def to_move(spots: list[list], decided: dict[str, str], hole: float = HOLE) -> dict[str, str]:
    """The first thing that left a hole before it, and what becomes of it: ``{name: "small"}``, ``"top"`` or ``"whole"``; empty if there is none.

    Small, if it then fits into the hole and too little text follows to fill it; else it moves to the top of the next page. But if the next
    figure follows at once, nothing would fill the hole, and it stays where it is; so does what would stand above its own heading, because
    that had no room on the page before either.

    Parameters
    ----------
    spots : list of [name, page, points left below, height]
        In reading order, one for the place before each movable thing, and one, its name ending in "!", for its end;
        there the height says how high it would be if it were small, None if it cannot be. What moved has one, its name ending in "^",
        where it stands, and one, its name ending in "?", where it would have stood.
    decided : dict
        What was found before.
    hole : float
        What may stay empty at the foot of a page, in points.
    """
    moved, left_behind = ({name[:-1]: page for name, page, *_ in spots if name.endswith(sign)} for sign in "^?")
    for name, page in moved.items():
        if decided.get(name) == "top" and left_behind[name] == page:
            return {name: "whole"}
    spots = [spot for spot in spots if not spot[0].endswith(("^", "?"))]
    ends = {
        name[:-1]: (i, page, left, height) for i, (name, page, left, height) in enumerate(spots) if name.endswith("!")
    }
    for name, page, left, _height in spots:
        i, end, below, height = ends.get(name, (0, page, 0, None))
        if end > page and left > hole and decided.get(name, "small") == "small":
            following = next((spot for spot in spots[i + 1 :] if spot[0] in ends), None)
            text = 0 if following is None else below - following[2] if following[1] == end else below
            fits = height and height < left and text < 0.7 * left
            return {name: "small" if fits else "whole" if following and text < 15 else "top"}
    return {}


class _Typst:
    """Typst, with one file of settings for all jobs: it keeps what it laid out under all that it was given, and two settings would come in any order."""

    def __init__(self, order: dict):
        import typst

        self.root = Path(order["root"])
        self.given = Path(order["jobs"][0]["main"]).with_suffix(".json")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=order["fonts"])
        self.world = {
            "sys_inputs": {"settings": str(self.given)},
            "root": order["root"],
            "font_paths": fonts,
            "ignore_system_fonts": True,
        }
        self.pdf = {
            "format": "pdf",
            "pdf_standards": order["standards"],
            **({} if order["timestamp"] is None else {"timestamp": order["timestamp"]}),
        }

    def found(self, job: dict, floats: dict[str, str]) -> dict[str, list]:
        """What the end of a file tells of its places and spots."""
        import typst

        settings = {**job["settings"], "this": {**job["settings"]["this"], "floats": floats}}
        (self.root / self.given).write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")
        return json.loads(
            typst.query(str(self.root / job["main"]), "<typstbook-found>", field="value", one=True, **self.world)
        )

    def set(self, job: dict, floats: dict[str, str]) -> dict:
        """Set one file; without an output find what has to move, one thing a pass, because each move changes what follows."""
        import typst

        floats, warnings = job["settings"]["this"]["floats"] or floats, []
        try:
            found = self.found(job, floats)
            for _pass in range(PASSES if not job["output"] else 0):
                moved = to_move(found["spots"], floats)
                if not moved:
                    break
                floats = {**floats, **moved}
                found = self.found(job, floats)
            if job["output"]:
                _, told = typst.compile_with_warnings(
                    str(self.root / job["main"]), output=job["output"], **self.world, **self.pdf
                )
                warnings = [w.diagnostic or w.message for w in told]
        except typst.TypstError as problem:
            return {"floats": floats, "places": {}, "warnings": [], "error": f"{problem.message}\n{problem.diagnostic}"}
        return {
            "floats": floats,
            "places": {name: place for name, *place in found["places"]},
            "warnings": warnings,
            "error": "",
        }

    def answer(self, jobs: list[dict]) -> list[dict]:
        """Set some files; what moves in one moves in those after it."""
        results = []
        for job in jobs:
            results.append(self.set(job, results[-1]["floats"] if results else {}))
        return results


def _listen(orders: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    os._exit(0)  # nobody waits for an answer any more; who started this process may have ended, however that was


def main() -> None:
    """The other process."""
    orders, typst, binding = queue.SimpleQueue(), None, None
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    sys.path.append(str(Path(__file__).parent))
    while True:
        order = orders.get()
        if "add" in order:
            from binding import Binding  # a neighbour of this file, and dear

            binding = binding or Binding()
            binding.add(*order["add"])
            continue
        if "bind" in order:
            binding.finish(**order["bind"])
            answer, binding = "", None
        else:
            typst = typst or _Typst(order)
            answer = typst.answer(order["jobs"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
