"""Has Typst set files in a process of its own, unless the store has what they give."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from sphinx.errors import SphinxError
from sphinx.util import logging

from typstbook import worker
from typstbook.assembly import File
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
    settings : dict
        What the template reads, besides what is of one file alone.
    template : str
        Digest of what all files are set with besides: the template, and the content of the fonts.
    """

    def __init__(
        self,
        name: str,
        root: Path,
        fonts: list[str],
        standards: list[str],
        store: Store,
        settings: dict,
        template: str,
    ):
        date = os.environ.get("SOURCE_DATE_EPOCH", "")
        self._start = {
            "name": name,
            "root": str(root),
            "fonts": fonts,
            "standards": standards,
            "timestamp": int(date) if date.isdigit() else None,
        }
        self._root, self._store, self._settings = root, store, settings
        self._inputs = [template, version("typst"), *standards, date or datetime.date.today().isoformat()]
        self._inputs.append(digest(Path(worker.__file__)))
        self._queue = ThreadPoolExecutor(1)
        self._process: subprocess.Popen | None = None

    def submit(self, do: str, file: File, output: Path | None = None) -> Future:
        """Have a file set.

        Parameters
        ----------
        do : str
            What is asked for: ``moves``, name to form of what has to move in it (see ``worker.to_move``); ``pages``,
            the page of each of its places; ``write``, the PDF `output`: what is there stays until the new one is whole.
        file : File
        output : Path, optional
        """
        return self._queue.submit(self._written if output else self._told, do, file, output)

    def forget(self) -> None:
        """End the process when all before is done; what comes after is set by a new one.

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

    def _key(self, do: str, file: File) -> str:
        return digest(do, file.text, file.this, file.inputs, self._settings, self._inputs)

    def _told(self, do: str, file: File, _output: None) -> dict:
        key = self._key(do, file)
        told = self._store.get("layout", key, lambda: json.dumps(self._answer(do, file)).encode())
        return json.loads(told)

    def _written(self, do: str, file: File, output: Path) -> None:
        key, fresh = self._key(do, file), output.with_suffix(".fresh")
        output.parent.mkdir(parents=True, exist_ok=True)
        if path := self._store.find("pdf", key):
            fresh.write_bytes(path.read_bytes())
        else:
            warnings = self._answer(do, file, output=str(fresh))
            for warning in warnings:
                log.warning("Typst, on %s: %s", file.name, warning, type="typst")
            if not warnings:  # who is warned is warned again
                self._store.put("pdf", key, fresh.read_bytes())
        fresh.replace(output)

    def _answer(self, do: str, file: File, **more: str) -> dict | list:
        main = file.name.replace("/", "--") + ".typ"
        (self._root / main).write_text(file.text, encoding="utf-8")
        if not self._process:
            self._process = subprocess.Popen(
                [sys.executable, "-P", worker.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            self._send(self._start)
        self._send({"do": do, "main": main, "settings": {**self._settings, "this": file.this}, **more})
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
            raise TypstProblem(f"The process that sets {file.name} ended {how}; was there enough memory?")
        answer = json.loads(line)
        if "error" in answer:
            raise TypstProblem(f"Typst cannot set {file.name}: {answer['error']}")
        return answer["told"]

    def _send(self, order: dict) -> None:
        with suppress(BrokenPipeError):  # it may have ended; then there is no answer
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
