"""The process that runs Typst for one volume: it sets one file after another, and lays out once what they share.

Jobs come as lines of JSON on standard input, answers as lines of JSON on standard output. This file is run by its path,
because the package imports Sphinx.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path

__all__ = ["pack", "ragged", "to_move"]

HOLE = 90.0  # points; what may stay empty at the foot of a page
PASSES = 24  # moves in one file
TAIL = 470.0  # points; a last page of which so much stays empty is nearly empty
LONG = 12  # pages of a document that ends as it ends: each try would set all of them again
TIGHTER = ("1", "2", "3")  # how tight a document can be set; see ``tightened`` in the template


def to_move(spots: list[list], decided: dict[str, str], hole: float = HOLE) -> dict[str, str]:
    """The first thing that left a hole before it, and what becomes of it.

    Small, if it then fits into the hole and too little text follows to fill it; else it moves to the top of the next
    page. But if the next figure follows at once, nothing would fill the hole, and it stays where it is; so does what
    would stand above its own heading, because that had no room on the page before either. What skips a whole page,
    because one that moved takes most of it, leaves a hole there.

    Parameters
    ----------
    spots : list of [name, page, points left below, height]
        In reading order, one for the place before each movable thing, and one, its name ending in "!", for its end;
        there the height says how high it would be if it were small, None if it cannot be. What moved has one, its
        name ending in "^", where it stands, and one, its name ending in "?", where it would have stood.
    decided : dict
        What was found before.
    hole : float
        What may stay empty at the foot of a page, in points.

    Returns
    -------
    dict
        ``{name: "small"}``, ``"top"`` or ``"whole"``; empty if nothing has to move.
    """
    moved, left_behind = ({name[:-1]: page for name, page, *_ in spots if name.endswith(sign)} for sign in "^?")
    for name, page in moved.items():
        if decided.get(name) == "top" and left_behind[name] == page:
            return {name: "whole"}
    spots = [spot for spot in spots if not spot[0].endswith(("^", "?", "$"))]
    ends = {
        name[:-1]: (i, page, left, height) for i, (name, page, left, height) in enumerate(spots) if name.endswith("!")
    }
    for name, page, left, _height in spots:
        i, end, below, height = ends.get(name, (0, page, 0, None))
        if end > page and (left > hole or end > page + 1) and decided.get(name, "small") == "small":
            following = next((spot for spot in spots[i + 1 :] if spot[0] in ends), None)
            text = 0 if following is None else below - following[2] if following[1] == end else below
            fits = height and height < left and text < 0.7 * left
            return {name: "small" if fits else "whole" if following and text < 15 else "top"}
    return {}


def ragged(spots: list[list], tail: float = TAIL) -> str:
    """The document that is not `LONG` and whose last page is nearly empty; else "".

    It is found by the spot at its end, whose name ends in "$".
    """
    ends = (spot for spot in spots if spot[0].endswith("$"))
    return next((name[:-1] for name, page, left, *_ in ends if 1 < page <= LONG and left > tail), "")


def pack(pdf: Path) -> None:
    """Compress the structure for assistive technology, which Typst writes as it is: it is two thirds of a file."""
    from pikepdf import ObjectStreamMode, Pdf

    packed = pdf.with_suffix(".packed")
    with Pdf.open(pdf) as opened:
        opened.save(packed, object_stream_mode=ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
    packed.replace(pdf)


class Typst:
    """Sets files below a root.

    All files have one file of settings: Typst remembers layouts together with the input of its process.
    """

    def __init__(self, name: str, root: str, fonts: list[str], standards: list[str], timestamp: int | None):
        import typst

        self.typst, self.root, self.settings = typst, Path(root), f"settings-{name}.json"
        self.world = {
            "sys_inputs": {"settings": self.settings},
            "root": root,
            "font_paths": typst.Fonts(include_system_fonts=False, font_paths=fonts),
            "ignore_system_fonts": True,
        }
        self.pdf = {"format": "pdf", "pdf_standards": standards}
        if timestamp is not None:
            self.pdf["timestamp"] = timestamp

    def _main(self, job: dict) -> str:
        """The file that a job is about, for which the settings are written."""
        text = json.dumps(job["settings"], ensure_ascii=False, indent=1)
        (self.root / self.settings).write_text(text, encoding="utf-8")
        return str(self.root / job["main"])

    def _found(self, job: dict) -> dict:
        """Lay out a file; what the end of it tells of its places and spots."""
        return json.loads(self.typst.query(self._main(job), "<typstbook-found>", field="value", one=True, **self.world))

    def moves(self, job: dict) -> dict[str, str]:
        """What has to move, and how tight a document has to be set so that its last page is not nearly empty.

        If the tightest leaves such a page too, it is set as others are.
        """
        floats, name = self._settled(job, {})
        for step in TIGHTER if name else ():
            tight, still = self._settled(job, {f"{name}:tight": step})
            if not still:
                return tight
        return floats

    def _settled(self, job: dict, moved: dict[str, str]) -> tuple[dict[str, str], str]:
        """What has to move, found one thing a pass, because each move changes what follows; and `ragged` for it."""
        job["settings"]["this"]["floats"] = moved
        for _pass in range(PASSES):
            spots = self._found(job)["spots"]
            found = to_move(spots, moved)
            if not found:
                break
            moved |= found
        return moved, ragged(spots)

    def pages(self, job: dict) -> dict[str, int]:
        """The page of each place."""
        return dict(self._found(job)["places"])

    def write(self, job: dict) -> list[str]:
        """Write the PDF; what Typst warns of."""
        _, told = self.typst.compile_with_warnings(self._main(job), output=job["output"], **self.world, **self.pdf)
        pack(Path(job["output"]))
        return [warning.diagnostic or warning.message for warning in told]

    def answer(self, job: dict) -> dict:
        """Do what a job asks for; what Typst refuses is an answer too."""
        try:
            return {"told": getattr(self, job["do"])(job)}
        except RuntimeError as problem:  # its own TypstError is one, and says more; a query raises a plain one
            return {"error": getattr(problem, "diagnostic", "") or str(problem)}


def _listen(jobs: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    os._exit(0)  # whoever started this process has ended, however that was: nobody waits for an answer


def main() -> None:
    """Work until standard input ends."""
    jobs = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    typst = Typst(**jobs.get())
    while True:
        print(json.dumps(typst.answer(jobs.get())), flush=True)


if __name__ == "__main__":
    main()
