"""The press: a process of its own that compiles Typst files to PDF.

Typst keeps all it ever laid out in memory until its process ends. A process of its own gives that memory back, and several can
work side by side. The order comes as JSON on standard input, the answer as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

__all__ = ["Press", "to_move"]

HOLE = 90.0  # points; what may stay empty at the foot of a page
PASSES = 24


class Press:
    """Sets PDFs in a process of its own, while the caller does something else.

    Parameters
    ----------
    jobs : list of dict
        ``main`` (Typst file, relative to `root`), ``settings`` (JSON file that the template reads), ``output`` (PDF; none if empty), and
        ``floats`` (a dict: what stands small or at the top of the next page; measured if not given).
    root : Path
        Typst reads nothing outside.
    font_paths, standards : list of str
    timestamp : int or None
        Seconds since 1970 for the date in the PDF.
    """

    def __init__(self, jobs: list[dict], root: Path, font_paths: list[str], standards: list[str], timestamp: int | None = None):
        order = {"jobs": jobs, "root": str(root), "fonts": font_paths, "standards": standards, "timestamp": timestamp}
        self._process = subprocess.Popen([sys.executable, "-c", "from typstbook import press; press.main()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()  # and left open: that it closes tells the press that nobody waits for it any more

    def results(self) -> list[dict]:
        """Wait; for each job its ``floats`` (dict), ``warnings`` (list of str) and its ``error`` (str, empty if there is none)."""
        text = self._process.stdout.read()
        self._process.stdout.close()
        self._process.stdin.close()
        if self._process.wait():
            return [{"floats": {}, "warnings": [], "error": f"Typst ended with code {self._process.returncode}; is there enough memory?"}]
        return json.loads(text)


def to_move(spots: list[list], decided: dict[str, str], hole: float = HOLE) -> dict[str, str]:
    """The first thing that left a hole before it, and what becomes of it: ``{name: "small"}``, ``"top"`` or ``"whole"``; empty if there is none.

    Small, if it then fits into the hole and too little text follows to fill it; else it moves to the top of the next page. But if the next
    figure follows at once, nothing would fill the hole, and it stays where it is.

    Parameters
    ----------
    spots : list of [name, page, points left below, height]
        In reading order, one for the place before each movable thing, and one, its name ending in "!", for its end;
        there the height says how high it would be if it were small, None if it cannot be.
    decided : dict
        What was found before.
    hole : float
        What may stay empty at the foot of a page, in points.
    """
    ends = {name[:-1]: (i, page, left, height) for i, (name, page, left, height) in enumerate(spots) if name.endswith("!")}
    for name, page, left, _height in spots:
        i, end, below, height = ends.get(name, (0, page, 0, None))
        if end > page and left > hole and decided.get(name, "small") == "small":
            following = next((spot for spot in spots[i + 1 :] if spot[0] in ends), None)
            text = 0 if following is None else below - following[2] if following[1] == end else below
            fits = height and height < left and text < 0.7 * left
            return {name: "small" if fits else "whole" if following and text < 15 else "top"}
    return {}


def _settle(main: str, inputs: dict[str, str], **world) -> dict[str, str]:
    """Find what has to move, one thing a pass, because each move changes what follows."""
    import typst

    floats: dict[str, str] = {}
    for _pass in range(PASSES):
        spots = typst.query(main, "<typstbook-spot>", field="value", sys_inputs={**inputs, "measuring": "yes", "floats": json.dumps(floats)}, **world)
        found = to_move(json.loads(spots), floats)
        if not found:
            break
        floats |= found
    return floats


def _press(order: dict) -> list[dict]:
    import typst

    world = {"root": order["root"], "font_paths": typst.Fonts(include_system_fonts=False, font_paths=order["fonts"]), "ignore_system_fonts": True}
    return [_job(order, job, **world) for job in order["jobs"]]


def _job(order: dict, job: dict, **world) -> dict:
    import pikepdf
    import typst

    main, inputs = str(Path(order["root"], job["main"])), {"settings": job["settings"]}
    stamp = {} if order["timestamp"] is None else {"timestamp": order["timestamp"]}
    result = {"floats": job.get("floats", {}), "warnings": [], "error": ""}
    try:
        if "floats" not in job:
            result["floats"] = _settle(main, inputs, **world)
        if job["output"]:
            _, warnings = typst.compile_with_warnings(
                main, output=job["output"], format="pdf", sys_inputs={**inputs, "floats": json.dumps(result["floats"])}, pdf_standards=order["standards"], **world, **stamp
            )
            result["warnings"] = [w.diagnostic or w.message for w in warnings]
    except typst.TypstError as problem:
        return {**result, "error": f"{problem.message}\n{problem.diagnostic}"}
    if job["output"]:
        # Typst writes the structure for assistive technology as it is; packed, it is a fifth of that.
        output = Path(job["output"])
        packed = output.with_suffix(".packed")
        with pikepdf.open(output) as pdf:
            pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
        packed.replace(output)
    return result


def main() -> None:
    """The other process; it ends with the one that started it, however that ended."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()
    json.dump(_press(order), sys.stdout)
