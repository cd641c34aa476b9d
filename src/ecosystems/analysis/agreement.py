"""How far two readers of the same pages agree, and which characteristics may carry a headline by it."""

import math

import numpy as np
import pandas as pd

from ecosystems.tables import Tables

_Z = 1.959963984540054  # of a 95% interval


def kappa(both: int, first_only: int, second_only: int, neither: int) -> tuple[float, float, float]:
    """Cohen's kappa of two readers who answer yes or no, with its 95% interval.

    The interval is the asymptotic one by the standard error of Fleiss, Cohen and Everitt, Psychological Bulletin 72
    (1969), 323-327, and no wider than from -1 to 1.

    Parameters
    ----------
    both, first_only, second_only, neither : int
        How often both readers said yes, only one of them, or none.

    Returns
    -------
    tuple of float
        Kappa and the ends of its interval. All are NaN where both readers gave one and the same answer throughout:
        chance alone then explains the agreement.

    Raises
    ------
    ValueError
        If nothing was read.
    """
    n = both + first_only + second_only + neither
    if n == 0:
        raise ValueError("Agreement needs at least one initiative that both readers read.")
    p = np.array([[both, first_only], [second_only, neither]]) / n
    first, second = p.sum(axis=1), p.sum(axis=0)
    expected = float(first @ second)
    if math.isclose(expected, 1):
        return math.nan, math.nan, math.nan
    k = (float(p.trace()) - expected) / (1 - expected)
    agreed = p.diagonal() @ (1 - (first + second) * (1 - k)) ** 2
    differed = (1 - k) ** 2 * (p[[0, 1], [1, 0]] @ (second + first[::-1]) ** 2)
    variance = float(agreed + differed) - (k - expected * (1 - k)) ** 2
    half = _Z * math.sqrt(max(variance, 0) / n) / (1 - expected)
    return k, max(k - half, -1.0), min(k + half, 1.0)


def agreement(data: Tables) -> pd.DataFrame:
    """The table ``agreement`` with what follows from its counts.

    One row for each rule and characteristic, in the order of the table: its columns, then ``percent`` (initiatives on
    which the readers agree, percent), ``kappa``, ``low`` and ``high`` (95% interval of kappa).
    """
    table = data.agreement
    counts = ["both", "first_only", "second_only", "neither"]
    made = [kappa(*map(int, row)) for row in table[counts].itertuples(index=False)]
    percent = (table["both"] + table["neither"]) / table["initiatives"] * 100
    return table.assign(
        percent=percent.astype("float64"),
        **{name: [m[i] for m in made] for i, name in enumerate(("kappa", "low", "high"))},
    )


def readings(data: Tables) -> dict[str, float]:
    """What was read, by the newest rule.

    Returns
    -------
    dict
        ``rule`` (version), ``initiatives``, ``readings`` (of an initiative by a reader), ``cells`` (an initiative and
        a characteristic), ``agreed`` (cells on which both readers agree) and ``percent`` (their share); empty if the
        tables have no readings by two.
    """
    if data.agreement.empty:
        return {}
    table = data.agreement[data.agreement["rule"] == data.agreement["rule"].max()]
    initiatives, cells = int(table["initiatives"].max()), int(table["initiatives"].sum())
    agreed = int((table["both"] + table["neither"]).sum())
    return {
        "rule": int(table["rule"].max()),
        "initiatives": initiatives,
        "readings": 2 * initiatives,
        "cells": cells,
        "agreed": agreed,
        "percent": agreed / cells * 100,
    }
