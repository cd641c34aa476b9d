"""The pictures that a reader takes along: each drawing with its finding above and its source below."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from ecosystems.style import COLOURS, wrap

__all__ = ["picture_svg", "pictures_png"]

_WIDTH, _MARGIN = 518.4, 14.0
_FONTS = files("ecosystems") / "fonts"
_RUN = 20  # pictures that one process draws
_DRAW = "import sys, typst; typst.compile('main.typ', output='{p}.png', format='png', ppi=float(sys.argv[1]), ignore_system_fonts=True, font_paths=[sys.argv[2]])"


def _lines(figure: dict) -> tuple[list[tuple[str, int]], list[str]]:
    head = [(line, 600) for line in wrap(f"{figure['finding']}.", 84).splitlines()]
    head += [(line, 400) for line in wrap(figure["subtitle"], 108).splitlines()]
    source = "; ".join(s["text"] + (f" ({s['licence']})" if s["licence"] else "") for s in figure["source"])
    foot = [*wrap(figure["note"], 134).splitlines(), *wrap(f"Source: {source}.", 134).splitlines()]
    return head, [line for line in foot if line]


def picture_svg(figure: dict) -> str:
    """A figure's payload as one SVG picture with its words inside."""
    from html import escape

    head, foot = _lines(figure)
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', figure["svg"])[1])
    y, parts = _MARGIN, []
    for text, weight in head:
        size = 13 if weight == 600 else 10.5
        y += size * 1.32
        parts.append(
            f'<text x="{_MARGIN}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{COLOURS["ink"]}">{escape(text)}</text>'
        )
    y += 8
    parts.append(f'<g transform="translate({_MARGIN} {y:.1f})">{figure["svg"]}</g>')
    y += height + 4
    for text in foot:
        y += 11
        parts.append(f'<text x="{_MARGIN}" y="{y:.1f}" font-size="8.5" fill="{COLOURS["quiet"]}">{escape(text)}</text>')
    width, total = _WIDTH + 2 * _MARGIN, y + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{total:.1f}" viewBox="0 0 {width:.1f} {total:.1f}" '
        f'font-family="&apos;Source Sans 3&apos;, sans-serif" role="img"><title>{escape(figure["alt"])}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _drawn(svgs: list[str], ppi: float) -> list[bytes]:
    """Draw in a process of its own: Typst keeps all it drew until its process ends."""
    with tempfile.TemporaryDirectory() as folder:
        for i, svg in enumerate(svgs):
            Path(folder, f"{i}.svg").write_text(svg, "utf-8")
        Path(folder, "main.typ").write_text(
            "#set page(width: auto, height: auto, margin: 0pt)\n"
            + "#pagebreak()\n".join(f'#image("{i}.svg", width: {_WIDTH + 2 * _MARGIN}pt)\n' for i in range(len(svgs))),
            "utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-c", _DRAW, str(ppi), str(_FONTS)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"Typst could not draw the pictures: {done.stderr.strip()[-500:] or done.returncode}")
        return [Path(folder, f"{i + 1}.png").read_bytes() for i in range(len(svgs))]


def pictures_png(figures: list[dict], store: Path, others: Iterable[str] = (), ppi: float = 144) -> list[Path]:
    """The same pictures as PNG, in the folder `store`; those not there are drawn by Typst (which has its own rasteriser: no browser needed).

    Pictures that neither these figures have nor `others` names are removed.
    """
    ground = repr(
        [
            version("typst"),
            ppi,
            [hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(Path(str(_FONTS)).glob("*.ttf"))],
        ]
    )
    svgs = [picture_svg(figure) for figure in figures]
    paths = [store / f"{hashlib.sha256((ground + svg).encode()).hexdigest()[:24]}.png" for svg in svgs]
    todo = list({path: svg for path, svg in zip(paths, svgs, strict=True) if not path.is_file()}.items())
    store.mkdir(parents=True, exist_ok=True)
    for i in range(0, len(todo), _RUN):
        part = todo[i : i + _RUN]
        for (path, _), png in zip(part, _drawn([svg for _, svg in part], ppi), strict=True):
            fresh = path.with_suffix(".part")
            fresh.write_bytes(png)
            fresh.replace(path)
    for path in set(store.glob("*")) - set(paths) - {store / name for name in others}:
        path.unlink()
    return paths
