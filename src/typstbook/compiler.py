"""Has Typst set files in a process of its own, unless the store has what they give."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from sphinx.errors import SphinxError
from sphinx.util import logging

from typstbook import worker
from typstbook.store import Store, digest

__all__ = ["Compiler", "TypstProblem"]

log = logging.getLogger(__name__)


class TypstProblem(SphinxError):
    """Typst refuses the book."""

    category = "PDF"


class Compiler:
    """Sets the files of one volume, in the order in which they are submitted, while the caller goes on.

    One process for all of them, because Typst lays out only once what several files share. It starts with the first
    file that is not in the store, and ends with `close` or with this process.

    Parameters
    ----------
    name : str
        Of the volume.
    root : Path
        Typst reads nothing outside.
    fonts : list of str
        Folders.
    standards : list of str
        That PDFs follow, as Typst names them.
    store : Store
    template : str
        Digest of what all files are set with besides their own text: the template, and the content of the fonts.
    """

    def __init__(self, name: str, root: Path, fonts: list[str], standards: list[str], store: Store, template: str):
        date = os.environ.get("SOURCE_DATE_EPOCH", "")
        self._start = {
            "name": name,
            "root": str(root),
            "fonts": fonts,
            "standards": standards,
            "timestamp": int(date) if date.isdigit() else None,
        }
        self._root, self._store = root, store
        self._inputs = [template, version("typst"), *standards, date or datetime.date.today().isoformat()]
        self._inputs.append(digest(Path(worker.__file__)))
        self._queue = ThreadPoolExecutor(1)
        self._process: subprocess.Popen | None = None

    def moves(self, name: str, text: str, settings: dict, inputs: Iterable[str] = ()) -> Future[dict[str, str]]:
        """What has to move in a file: name to form (see ``worker.to_move``).

        Parameters
        ----------
        name : str
            Of the file.
        text : str
            Its Typst code.
        settings : dict
            What the template reads; ``this`` in it is of this file alone.
        inputs : iterable of str
            Digests of what the code includes.
        """
        return self._queue.submit(self._found, "moves", "floats", name, text, settings, *inputs)

    def pages(self, name: str, text: str, settings: dict, inputs: Iterable[str] = ()) -> Future[dict[str, int]]:
        """The page of each place in a file; parameters as for `moves`."""
        return self._queue.submit(self._found, "pages", "pages", name, text, settings, *inputs)

    def write(self, output: Path, name: str, text: str, settings: dict, inputs: Iterable[str] = ()) -> Future[None]:
        """Write the PDF `output`; other parameters as for `moves`. What is there stays until the new one is whole."""
        return self._queue.submit(self._written, output, name, text, settings, *inputs)

    def forget(self) -> None:
        """Go on in a new process, when all before is done.

        What Typst remembers of chapters alone spares a volume 1 s of 15, and takes 250 MB (measured).
        """
        self._queue.submit(self._end)

    def close(self) -> None:
        """Drop what is not begun, and end the process."""
        if process := self._process:
            process.kill()
        self._queue.shutdown(cancel_futures=True)
        self._end()

    def _end(self) -> None:
        if process := self._process:
            self._process = None
            process.kill()
            process.wait()
            with suppress(BrokenPipeError):  # what was not read yet
                process.stdin.close()
            process.stdout.close()

    def _found(self, do: str, what: str, name: str, text: str, settings: dict, *inputs: str) -> dict:
        key = digest(do, text, settings, inputs, self._inputs)
        if path := self._store.find("layout", key):
            return json.loads(path.read_bytes())
        found = self._answer(do, name, text, settings)[what]
        self._store.put("layout", key, json.dumps(found).encode())
        return found

    def _written(self, output: Path, name: str, text: str, settings: dict, *inputs: str) -> None:
        key = digest("pdf", text, settings, inputs, self._inputs)
        output.parent.mkdir(parents=True, exist_ok=True)
        fresh = output.with_suffix(".fresh")
        if path := self._store.find("pdf", key):
            fresh.write_bytes(path.read_bytes())
        else:
            warnings = self._answer("write", name, text, settings, output=str(fresh))["warnings"]
            for warning in warnings:
                log.warning("Typst, on %s: %s", name, warning, type="typst")
            if not warnings:  # who is warned is warned again
                self._store.put("pdf", key, fresh.read_bytes())
        fresh.replace(output)

    def _answer(self, do: str, name: str, text: str, settings: dict, **more: str) -> dict:
        main = name.replace("/", "--") + ".typ"
        (self._root / main).write_text(text, encoding="utf-8")
        if not self._process:
            self._process = subprocess.Popen(
                [sys.executable, "-P", worker.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            self._send(self._start)
        self._send({"do": do, "main": main, "settings": settings, **more})
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
            raise TypstProblem(f"The process that sets {name} ended {how}; was there enough memory?")
        answer = json.loads(line)
        if "error" in answer:
            raise TypstProblem(f"Typst cannot set {name}: {answer['error']}")
        return answer

    def _send(self, order: dict) -> None:
        with suppress(BrokenPipeError):  # it may have ended; then there is no answer
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
