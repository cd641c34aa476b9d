"""Every figure of the book, as its chapters hold it.

Its words are those that the data give, its drawings light, legible and safe to read in grey.
"""

import gzip
import io
import itertools
import json
import re

import nbformat
import numpy as np
import pandas as pd
import pytest

from ecosystems import style, tables
from ecosystems.editions import run
from ecosystems.editions.web import EDITION
from ecosystems.figure import MIME, UNITS
from ecosystems.tables import ROOT

pytestmark = pytest.mark.slow

NUMBER = re.compile(r"(?<![\w.,])[−-]?\d[\d,]*(?:\.\d+)?")
SVGS = ("svg", "svg_narrow")


@pytest.fixture(scope="module")
def figures():
    """What every figure of every chapter hands to the editions."""
    chapters = [
        nbformat.read(p, 4) for p in sorted((ROOT / "book").rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts
    ]
    outputs = itertools.chain.from_iterable(itertools.chain.from_iterable(run.results(c) for c in chapters))
    found = [o["data"][MIME] for o in outputs if MIME in o.get("data", {})]
    return [p for p in found if p["kind"] == "figure"]


def numbers(text):
    return {float(n.replace(",", "").replace("−", "-")) for n in NUMBER.findall(text)}


def rounded(values):
    """Numbers as texts may say them: with up to two decimals, plain or in millions."""
    return {float(f"{v * scale + 1e-9:.{digits}f}") for v in values for digits in (0, 1, 2) for scale in (1, 1e-6)}


def given(payload):
    """Every number that the figure's data give, in sets, those first that are found soonest.

    Cells, counts, and sums, ends, middles and shares of the whole and of each group.
    """
    yield numbers(" ".join(itertools.chain.from_iterable(payload["rows"])))
    yield numbers(" ".join(re.findall(r"<text[^>]*>([^<]*)<", payload["svg"])))
    table = pd.read_csv(io.StringIO(payload["csv"]))
    yield {float(len(table)), float(len(table.columns))}
    columns = [c for c in table if pd.api.types.is_numeric_dtype(table[c])]
    for c in columns:
        yield rounded(table[c].fillna(0).cumsum().astype(float))
    names = [c for c in table if table[c].nunique() <= 60]
    pairs = [list(p) for p in itertools.combinations(names, 2) if table[p[0]].nunique() * table[p[1]].nunique() <= 200]
    for by in [[], *([n] for n in names), *pairs]:
        parts = [part for _, part in table.groupby(by, dropna=False)] if by else [table]
        yield {float(len(parts)), *(float(len(part)) for part in parts)}
        yield rounded(100 * len(part) / len(table) for part in parts)
        for part in parts:
            for count in (part.nunique(), part.notna().sum(), part.isna().sum()):
                yield set(count.astype(float))
            for c in columns:
                values = part[c].dropna()
                if len(values):
                    share = 100 * values.sum() / (table[c].sum() or 1)
                    yield rounded((values.sum(), values.min(), values.max(), values.median(), share))


def not_given(alt, payload):
    """Numbers of a text that the figure's data do not give; it stops to look when all are found."""
    wrong = numbers(alt)
    for found in given(payload):
        wrong -= found
        if not wrong:
            break
    return wrong


def faults(payload):
    """What is wrong with a figure's alternative text."""
    alt = payload["alt"]
    plain = re.sub(r"\W+", " ", alt).strip().lower()
    if not 40 <= len(alt) <= 400:
        yield f"{len(alt)} characters"
    if re.search(r"\.(png|svg|csv|html?)\b|\bfig-|\btbl-|\w_\w|^(image|picture|figure|chart|graph)\b", alt, re.I):
        yield "a file name or a label"
    for said in ("finding", "subtitle", "note"):
        if (caption := re.sub(r"\W+", " ", payload[said]).strip().lower()) and (
            plain == caption or (len(caption) > 30 and caption in plain)
        ):
            yield f"repeats the {said}"
    if wrong := not_given(alt, payload):
        yield f"numbers that the data do not give: {sorted(wrong)}"


def test_alternative_texts_tell_what_is_seen_with_numbers_that_the_data_give(figures):
    assert len(figures) >= 50
    assert not {f"{p['id']}: {fault} in {p['alt']!r}" for p in figures for fault in faults(p)}


def test_the_check_of_alternative_texts_refuses_what_it_should(figures):
    good = next(p for p in figures if p["id"] == "scan_by_country")
    most = next(n for n in NUMBER.findall(good["alt"]))
    for alt in (
        "scan-by-country.svg",
        "Chart fig-scan-by-country of initiatives by country",
        good["finding"] + ".",
        good["subtitle"],
        "Bars.",
        good["alt"].replace(most, "4711", 1),
    ):
        assert list(faults({**good, "alt": alt})), alt


def test_every_figure_has_measure_unit_source_and_licence(figures):
    assert len({p["id"] for p in figures}) == len(figures)
    for p in figures:
        assert (
            p["finding"] and p["subtitle"] and p["source"] and all(s["text"] and s["licence"] for s in p["source"])
        ), p["id"]
        assert all(c["unit"] in UNITS for c in p["columns"] if c["type"] == "number"), p["id"]


def test_drawings_are_light_and_plain(figures):
    known = {c.lower() for c in style.COLOURS.values()} | {"none"}
    for p in figures:
        for svg in (p[k] for k in SVGS):
            assert len(gzip.compress(svg.encode())) <= 60_000, p["id"]
            assert "<text" in svg or "Nothing" in p["subtitle"], p["id"]
            assert not re.search(r'\sd="[^"]*\.\d\d', svg), f"{p['id']}: a path with more than one decimal"
            assert not re.search(r"style=|<style|<script|<image|href=\"(?!#)", svg), p["id"]
            assert {c.lower() for c in re.findall(r'(?:fill|stroke)="(#\w+|none)"', svg)} <= known, p["id"]


def test_numbers_in_drawings_have_separators_and_real_minus_signs(figures):
    for p in figures:
        for text in itertools.chain.from_iterable(re.findall(r"<text[^>]*>([^<]*)<", p[k]) for k in SVGS):
            assert not re.search(r"(^|[\s(])-\d", text), (p["id"], text)
            assert not [n for n in re.findall(r"(?<![\d,.])\d{4,}(?![\d,])", text) if not 1800 <= int(n) <= 2100], (
                p["id"],
                text,
            )


def test_drawings_are_legible_on_a_phone_and_on_paper(figures):
    """A drawing fills a phone's 288 px, and about 453 pt of an A4 page."""
    for p in figures:
        for svg, room, least in ((p["svg_narrow"], 288, 8.5), (p["svg"], 453, 6.5)):
            width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
            sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)', svg)]
            assert all(s * room / width >= least for s in sizes), (p["id"], min(sizes), width)


@pytest.mark.book
@pytest.mark.parametrize("path", sorted((EDITION / "maps").glob("*.html")), ids=lambda p: p.stem)
def test_a_map_is_light_and_has_title_and_language(path):
    own = sum(len(gzip.compress(path.with_suffix(s).read_bytes())) for s in (".html", ".js"))
    assert own <= 60_000, own
    page = path.read_text("utf-8")
    assert '<html lang="en">' in page and re.search(r"<title>.{10,}</title>", page)


def on_map(payload):
    """The points of a figure's map: latitude, longitude, colour, lines, links, id."""
    return json.loads(re.search(r'id="points">(.*?)</script>', payload["map"], re.S)[1])


def test_the_table_beside_a_map_carries_what_its_points_tell(figures):
    maps = [p for p in figures if p["map"] and on_map(p)]
    assert {"scan_map", "ecosystem_place_kepler_rwanda"} <= {p["id"] for p in maps}
    for p in maps:
        told = " ".join(itertools.chain.from_iterable(p["rows"]))
        for _, _, _, (name, *lines), links, _ in on_map(p):
            facts = [
                name,
                *(
                    part
                    for line in lines
                    for part in re.split(r", |[%()]+", re.sub(r"^Seen: |^No characteristic seen|\.$", "", line))
                ),
            ]
            assert not [fact for fact in facts if fact.strip().removesuffix(".0") not in told], (p["id"], name)
            assert not [url for _, url in links if "://" in url and url not in told], (p["id"], name)


def test_what_only_has_a_country_has_no_point(figures):
    scan = tables.read().scan
    vague = set(scan.loc[scan["precision"] == "country", "id"])
    drawn = {point[5] for p in figures if p["id"] == "scan_map" for point in on_map(p)}
    assert vague and drawn and not vague & drawn


# -- colours ---------------------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB: https://doi.org/10.1109/TVCG.2009.113
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = (
        np.array(
            [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
        )
        @ rgb
        / [0.95047, 1, 1.08883]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a, b):
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


SIDE_BY_SIDE = [
    ("warm", "main"),
    ("warm", "gold"),
    ("main", "gold"),
    ("main", "light"),
    ("light", "gold"),
    ("gold", "plum"),
    ("plum", "light"),
    ("warm", "quiet"),
    ("light", "warm"),
]


@pytest.mark.parametrize("pair", SIDE_BY_SIDE, ids="-".join)
@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("tints", [style.COLOURS, style.DARK], ids=["light", "dark"])
def test_colours_side_by_side_differ_for_the_colour_blind(tints, kind, pair):
    a, b = (lab(np.clip(np.array(BLINDNESS[kind]) @ linear(tints[n]), 0, 1)) for n in pair)
    assert np.linalg.norm(a - b) >= 12


@pytest.mark.parametrize("pair", SIDE_BY_SIDE, ids="-".join)
def test_colours_side_by_side_differ_in_grey_print(pair):
    a, b = (lab(linear(style.COLOURS[n]))[0] for n in pair)
    assert abs(a - b) >= 6


TEXT = {
    n: next(name for name, value in style.COLOURS.items() if value == style.on(n))
    for n in ("main", "light", "gold", "plum", "warm", "wash", "s1", "s2", "s3", "s4", "s5")
}


@pytest.mark.parametrize("tints", [style.COLOURS, style.DARK], ids=["light", "dark"])
def test_contrast_and_scale(tints):
    assert all(contrast(tints[n], tints["paper"]) >= 4.5 for n in ("ink", "quiet", "warm", "main", "plum"))
    # Numbers stand on these; on a dark page a light tint is a middle one, and no text reaches more on it.
    assert all(
        contrast(tints.get(on, style.COLOURS[on]), tints[n]) >= (3.3 if n in ("light", "s3") else 4.5)
        for n, on in TEXT.items()
    )
    steps = [lab(linear(tints[n]))[0] for n in ("s1", "s2", "s3", "s4", "s5")]
    apart = np.diff(steps)
    assert (apart > 9).all() or (apart < -9).all()


def test_pages_and_drawings_have_the_same_dark_colours():
    css = (ROOT / "src/ecosystems/editions/web/theme/static/ecosystems.css").read_text("utf-8")
    for name, value in style.DARK.items():
        assert set(re.findall(rf"--c-{name}: (#\w+)", css)) - {style.COLOURS[name]} == {value}, name
