"""What country figures say of schooling, learning and money: a table in, a tidy table out."""

import numpy as np
import pandas as pd

from ecosystems import globe
from ecosystems.analysis import percent, recent

COUNTED = 2023  # later numbers of people are projections
READING = ["iso3", "country", "region", "value", "year", "income", "per_child", "expected", "beyond", "ecosystem"]
FULL_SCORE = 625  # a test score that counts a year of school as a full year of learning (Human Capital Index)


def rank_correlation(a: pd.Series, b: pd.Series, given: pd.Series | None = None) -> float:
    """Spearman's rank correlation of two measures; with `given`, the partial one, which holds a third measure fixed.

    Notes
    -----
    Method: Pearson's correlation of ranks; the partial correlation of first order from the three pairs.
    """
    r = pd.DataFrame({"a": a, "b": b, "c": a if given is None else given}).astype(float).rank().corr()
    ab, ac, bc = r.loc["a", "b"], r.loc["a", "c"], r.loc["b", "c"]
    return float(ab if given is None else (ab - ac * bc) / np.sqrt((1 - ac**2) * (1 - bc**2)))


def schooling(data) -> pd.DataFrame:
    """Years that a child can expect to be in school, and what they are worth in years of learning, of one source.

    The source publishes learning-adjusted years: expected years times the country's test score over `FULL_SCORE`. The
    expected years follow from these two.

    Columns: iso3, country, region, year, score, expected, learned and lost (years), by name.
    """
    learned, score = data.latest("lays"), data.latest("hlo")[["iso3", "value"]]
    table = learned.merge(score.rename(columns={"value": "score"}), on="iso3")
    table = table.rename(columns={"name": "country", "value": "learned"})
    table["expected"] = (table["learned"] * FULL_SCORE / table["score"]).round(1)
    table["lost"] = (table["expected"] - table["learned"]).round(1)
    columns = ["iso3", "country", "region", "year", "score", "expected", "learned", "lost"]
    return table[columns].sort_values("country", kind="stable", ignore_index=True)


def reading_and_income(data) -> pd.DataFrame:
    """Learning poverty beside income and public spending per child, for countries with a recent survey of reading.

    Spending per child is the public spending on education (share of GDP) times income per person times persons per
    child under 15. Gross national income stands for GDP, whose value per person the tables do not have.

    Columns: iso3, country, region, value (learning poverty, percent), year, income (international dollars a person),
    per_child (international dollars a year, missing where spending is not known), expected (percent, by the
    least-squares line on the logarithm of income), beyond (points above or below it), ecosystem (yes or no).
    """
    table = recent(data, "learning_poverty").rename(columns={"name": "country"})
    for indicator, column in (("gni_pc_ppp", "income"), ("edu_exp_gdp", "spent")):
        values = recent(data, indicator)[["iso3", "value"]].rename(columns={"value": column})
        table = table.merge(values, on="iso3", how="left" if column == "spent" else "inner")
    if table.empty:
        return pd.DataFrame(columns=READING)
    table["per_child"] = (table["spent"] / 100 * table["income"] * table["iso3"].map(_persons(data))).round()
    logs = np.log(table["income"].astype(float))
    fit = np.polyfit(logs, table["value"], 1) if table["income"].nunique() > 1 else [0, table["value"].mean()]
    table["expected"] = np.polyval(fit, logs).round(1)
    table["beyond"] = (table["value"] - table["expected"]).round(1)
    table["ecosystem"] = table["iso3"].isin(data.ecosystems["iso3"]).map({True: "yes", False: "no"})
    return table[READING].round({"value": 1}).sort_values("country", kind="stable", ignore_index=True)


def _persons(data) -> dict[str, float]:
    """Persons for each child under 15, by country, in the last year that is no projection and has both numbers."""
    people = data.figures[data.figures["indicator_id"].isin(["pop_total", "pop_0_14"])]
    people = people[people["year"] <= COUNTED].pivot(index=["iso3", "year"], columns="indicator_id", values="value")
    people = people.reindex(columns=["pop_total", "pop_0_14"]).dropna().sort_index()
    ratio = (people["pop_total"] / people["pop_0_14"]).groupby(level="iso3").last()
    return ratio.astype(float).to_dict()


def out_of_school_children(data) -> pd.DataFrame:
    """Children of primary age out of school, in numbers, the most first; all of one release.

    Columns: country, region, year, children (million), percent (of all children counted here).
    """
    table = recent(data, "oos_children_primary_r2024").rename(columns={"name": "country"})
    table = table.sort_values(["value", "iso3"], ascending=[False, True], ignore_index=True)
    table["percent"] = percent(table["value"], table["value"].sum())
    table["children"] = (table["value"] / 1e6).round(2)
    return table[["country", "region", "year", "children", "percent"]]


def placed(data, table: pd.DataFrame) -> pd.DataFrame:
    """Countries of a table with the point of their capital, or of their middle where there is none."""
    table, outlines = table.copy(), globe.outlines(data.file("outlines"))
    for i in table.index[table["capital_latitude"].isna()]:
        if shape := outlines.get(table.at[i, "iso3"]):
            table.loc[i, ["capital_latitude", "capital_longitude"]] = globe.middle(shape)
    return table.dropna(subset=["capital_latitude"])
