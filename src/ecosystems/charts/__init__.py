"""One short function for each figure of the book; a name is unique over all modules.

A figure function takes the tables and the tidy table that a chapter has computed, and returns a
:class:`ecosystems.figure.Figure`. :func:`ecosystems.figure.exhibit` registers it; here it is found by its name.
`lists` and `openings` make the tables of words and the computed paragraphs.
"""

from importlib import import_module
from pkgutil import iter_modules

from ecosystems.figure import EXHIBITS

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
globals().update(EXHIBITS)
