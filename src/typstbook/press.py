"""The press: a process of its own that compiles one Typst file to PDF.

Typst keeps all it ever laid out in memory until its process ends. A process for each file gives that memory back, and several can
work side by side. The order comes as JSON on standard input, the answer as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

__all__ = ["press", "to_move"]

HOLE = 90.0  # points; what may stay empty at the foot of a page
PASSES = 24


def press(job: dict, root: Path, font_paths: list[str], standards: list[str], timestamp: int | None = None) -> dict:
    """Set one PDF in a process of its own, and wait for it.

    Parameters
    ----------
    job : dict
        ``main`` (Typst file, relative to `root`), ``settings`` (JSON file that the template reads), ``output`` (PDF; none if empty), and
        ``floats`` (a dict: what stands small or at the top of the next page; measured if not given).
    root : Path
        Typst reads nothing outside.
    font_paths, standards : list of str
    timestamp : int or None
        Seconds since 1970 for the date in the PDF.

    Returns
    -------
    dict
        ``floats`` (dict), ``warnings`` (list of str) and ``error`` (str, empty if there is none).
    """
    order = {"job": job, "root": str(root), "fonts": font_paths, "standards": standards, "timestamp": timestamp}
    # This file and not its package, which imports Sphinx.
    process = subprocess.Popen([sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    with suppress(BrokenPipeError):  # it may have ended already
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()  # and left open: that it closes tells the press that nobody waits for it any more
    answer = process.stdout.read()
    process.stdout.close()
    with suppress(BrokenPipeError):
        process.stdin.close()
    if process.wait():
        return {"floats": {}, "warnings": [], "error": f"Typst ended with code {process.returncode}; is there enough memory?"}
    return json.loads(answer)


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


def _press(order: dict) -> dict:
    import pikepdf
    import typst

    job, world = order["job"], {"root": order["root"], "font_paths": typst.Fonts(include_system_fonts=False, font_paths=order["fonts"]), "ignore_system_fonts": True}
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


if __name__ == "__main__":
    main()
