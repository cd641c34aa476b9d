"""Drawings that are kept while chapters run: one is made again only when what it is drawn from changes."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from typstbook.store import Store, digest

# A kernel is another process: what runs chapters tells it by its environment. Where it is not set, in JupyterLab and
# in tests, nothing is kept.
SETTING = "ECOSYSTEMS_DRAWINGS"


def setting(store: Store, new: Path, state: str) -> dict[str, str]:
    """The environment of a kernel that takes drawings from `store` and puts those it makes into the folder `new`.

    Drawings move from there to the store once their chapter has been judged: what warned is drawn, and warns, again.
    `state` is the digest of what they depend on besides their own values: code, packages, and the chapter's cells,
    which may change settings of Matplotlib or of this package before they draw.
    """
    return {SETTING: json.dumps([str(store.folder), str(new), state])}


def drawn(make: Callable[[], str], *values: str) -> str:
    """What `make` draws, or what it drew of the same values before.

    Parameters
    ----------
    make : callable
        Returns an SVG document.
    *values : str
        All that the drawing depends on, besides code and settings.
    """
    if not (known := os.environ.get(SETTING)):
        return make()
    store, new, state = json.loads(known)
    key = digest(state, *values)
    if path := Store(Path(store)).find("drawings", key):
        return path.read_text("utf-8")
    return Store(Path(new)).get("drawings", key, lambda: make().encode()).decode()
