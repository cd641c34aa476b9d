"""Kinds of plot as values.

A plot is frozen, is compared by value, and holds what a drawing needs besides its table: which columns, which colours.
``draw(table, layout)`` gives the drawing, ``describe(table)`` what is seen in it. One value serves the web (light and
dark), print, the narrow twin for phones and the store of drawings, whose key it is part of.
"""

from ecosystems.plots.bars import Bars, Columns, StackedBars
from ecosystems.plots.common import Note, Plot
from ecosystems.plots.dots import Dots, Dumbbells, Grid, LogPoints, Timeline
from ecosystems.plots.lines import LinePanels, Lines
from ecosystems.plots.maps import Choropleth, Mark, PointMap
from ecosystems.plots.scatter import Scatter

__all__ = [
    "Bars",
    "Choropleth",
    "Columns",
    "Dots",
    "Dumbbells",
    "Grid",
    "LinePanels",
    "Lines",
    "LogPoints",
    "Mark",
    "Note",
    "Plot",
    "PointMap",
    "Scatter",
    "StackedBars",
    "Timeline",
]
