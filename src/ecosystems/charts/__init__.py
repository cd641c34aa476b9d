"""One short function for each figure of the book; a name is unique over all modules.

A figure function takes the tables and the tidy table that a chapter has computed, and returns a
:class:`ecosystems.figure.Figure`. :func:`ecosystems.figure.exhibit` registers it; here it is found by its name.
`lists` and `openings` make the tables of words and the computed paragraphs.
"""

from ecosystems.charts import (
    annexes,
    context,
    ecosystems,
    idea,
    lists,
    openings,
    parts,
    policy,
    portrait_figures,
    portrait_text,
    profile_text,
    profiles,
    programme,
    scan,
    selection,
    together,
    told,
    welcome,
)
from ecosystems.figure import EXHIBITS

__all__ = [
    "annexes",
    "context",
    "ecosystems",
    "idea",
    "lists",
    "openings",
    "parts",
    "policy",
    "portrait_figures",
    "portrait_text",
    "profile_text",
    "profiles",
    "programme",
    "scan",
    "selection",
    "together",
    "told",
    "welcome",
]

globals().update(EXHIBITS)
