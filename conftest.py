"""nbval runs the chapters: in kernels like those of the build, and only what the book lists.

It compares what stored chapters keep, which is text: drawings are in it as digests, and HTML is the same once more, for
Jupyter.

``make test`` runs files side by side (``-n auto --dist loadfile``): the cells of one chapter stay in one process. Files
with slow tests come first, so that none of them begins when the other processes have nothing left to do.
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


def pytest_collection_modifyitems(items):
    """Slow files first, then the others, then chapters: they need a process in which no browser runs."""
    slow = {i.path for i in items if any(map(i.get_closest_marker, ("slow", "browser", "book")))}
    items.sort(key=lambda item: 2 if item.path.suffix == ".ipynb" else item.path not in slow)


def pytest_ignore_collect(collection_path):
    """A notebook in ``book/`` that no table of contents lists is not part of the book; nor are those of tests."""
    if collection_path.suffix != ".ipynb":
        return None
    return True if ROOT / "tests" in collection_path.parents or collection_path in run.unlisted(ROOT) else None
