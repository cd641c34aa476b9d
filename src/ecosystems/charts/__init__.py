"""One function for each figure of the book; a name is unique over all modules."""

from ecosystems.charts.programme import *
from ecosystems.charts.selection import *
from ecosystems.charts.scan import *
from ecosystems.charts.characteristics import *
from ecosystems.charts.ecosystems import *
from ecosystems.charts.shared import *
from ecosystems.charts.context import *
from ecosystems.charts.policy import *
from ecosystems.charts.annexes import *
