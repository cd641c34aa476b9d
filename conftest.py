"""nbval runs the chapters: in kernels like those of the build, and only what the book lists.

It compares what stored chapters keep, which is text: drawings are in it as digests, and HTML is the same once more, for
Jupyter. Side by side
(``-n 2 --dist loadfile``) the cells of one chapter stay in one process.
"""

import os

from nbval.plugin import IPyNbFile

from ecosystems.editions import run
from ecosystems.tables import ROOT

os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = run.PROVISIONER


class _NotKept(tuple):
    """Parts of an output that are not compared: nbval's own, and every form that stored chapters do not keep."""

    def __contains__(self, key):
        return "/" in key and key not in run.TEXTS or super().__contains__(key)


_init = IPyNbFile.__init__


def __init__(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    self.skip_compare = _NotKept(self.skip_compare)
    self.sanitize_patterns[r" at 0x[0-9a-fA-F]+"] = ""  # addresses in memory differ in each run


IPyNbFile.__init__ = __init__


def pytest_ignore_collect(collection_path):
    """A notebook in ``book/`` that no table of contents lists is not part of the book."""
    return True if collection_path.suffix == ".ipynb" and collection_path in run.unlisted(ROOT) else None
