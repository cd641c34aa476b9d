"""Names in the scripts and orthographies of all countries are set, found and told of, wherever they stand."""

import base64
import json
import re
import unicodedata
import warnings
import xml.etree.ElementTree as ET
import zlib

import pandas as pd
import pytest
import typst
from fontTools.ttLib import TTFont
from own_names import OWN_NAMES

from ecosystems import letters, outlines, style, svg, tables
from ecosystems.checks.texts import texts
from ecosystems.editions import typefaces
from ecosystems.editions.epub.drawings import outlined
from ecosystems.editions.pages import html
from ecosystems.editions.web import explorer
from ecosystems.figure import Figure
from ecosystems.plots import Bars
from ecosystems.tables import ROOT, Citation
from typstbook.direction import isolated, runs
from typstbook.escape import markup, value
from typstbook.store import Store

SVG = "{http://www.w3.org/2000/svg}"


def told(text):
    """What the check says of a name."""
    table = pd.DataFrame({"id": ["a"], "name": [text]}, index=[2], dtype=object)
    return [str(problem) for problem in texts({"initiatives": table}, set())]


@pytest.fixture(scope="module")
def figure():
    table = pd.DataFrame({"name": [f"{n} (12)" for n in OWN_NAMES.values()], "count": range(len(OWN_NAMES))})
    columns = {"name": "Name", "count": "Count, count"}
    made = Figure(table, Bars("name", "count"), columns=columns, finding="مدرسة (تونس) leads, 12 of 40", subtitle="All",
                  alt="A bar for each name", source=[Citation("Own", "", "CC BY 4.0")], id="own_names")  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return made.payload


def test_every_letter_of_the_tables_and_chapters_has_a_font():
    files = [*(ROOT / "data").glob("*.csv"), ROOT / "data" / "datapackage.json"]
    files += [*(ROOT / "book").rglob("*.ipynb"), *(ROOT / "book").glob("*.bib")]
    characters = "".join(sorted(set().union(*(path.read_text("utf-8") for path in files))))
    assert letters.wanted(characters).get("", set()) == set() and "é" in characters
    latin = {c for c in characters if c.isprintable() and ord(c) < 0x250}
    for path in (letters.FAMILIES[letters.TEXT].parent).glob("SourceSans3-*.ttf"):
        assert {c for c in latin if ord(c) not in TTFont(path).getBestCmap()} == set(), path.name


@pytest.mark.parametrize("country", OWN_NAMES)
def test_a_name_in_its_own_script_is_no_problem_and_is_kept_as_it_is(country):
    name = OWN_NAMES[country]
    assert told(name) == []
    assert not letters.hidden(name) and tables._printable(name) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ꦗꦮ", ["'ꦗ' (U+A997, javanese letter ja)", "script Javanese", "fonts-noto-core"]),
        ("ᠮᠣᠩᠭᠣᠯ", ["U+182E", "script Mongolian", "Noto Sans Mongolian"]),
        ("a\u200db", ["invisible"]),
        ("می\u200c", ["invisible"]),
        ("क\u200d", ["invisible"]),
        ("ශ\u200bව", ["invisible"]),
        ("مصر\u202e", ["invisible"]),
        ("\u200fمصر", ["invisible"]),
        ("a\u2067b", ["invisible"]),
    ],
)
def test_what_has_no_font_or_cannot_be_seen_is_told(text, said):
    assert len(told(text)) == 1 and all(part in told(text)[0] for part in said)


@pytest.mark.parametrize("text", ["ශ්‍රී", "می‌خواهم", "അവന്‍", "र्‍या", "ক্‌ষ"])
def test_a_joiner_that_spelling_needs_is_a_letter(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("Peru (12)", []),
        ("مدرسة (تونس) 12", ["مدرسة (تونس) 12"]),
        ("in مدرسة (تونس), القاهرة 12 and x", ["مدرسة (تونس)", "القاهرة"]),
        ("(تونس) مدرسة leads", ["(تونس) مدرسة"]),
        ("ߒߞߏ, 2 in Guinea", ["ߒߞߏ"]),
    ],
)
def test_names_from_right_to_left_are_set_apart_with_their_brackets(text, turned):
    assert [piece for piece, right in runs(text) if right] == turned
    assert "".join(piece for piece, _ in runs(text)) == text
    assert html(text).count("<bdi>") == len(turned) == isolated(text).count("\u2067") == isolated(text).count("\u2069")


def test_a_drawing_has_the_shape_of_every_name(figure):
    """Each glyph is one of a font that has it, none the box of a missing letter; the words stay as labels."""
    for drawing in (figure["svg"], figure["svg_narrow"]):
        root = ET.fromstring(drawing)
        outlines_by_id = {path.get("id") for path in root.iter(f"{SVG}path")}
        labels = [g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("role") == "img"]
        said = " ".join([*labels, *(t.text for t in root.iter(f"{SVG}text") if t.text)]).split()
        assert {word for name in OWN_NAMES.values() for word in name.split()} <= set(said)
        uses = [use.get("href")[1:] for use in root.iter(f"{SVG}use")]
        assert uses and set(uses) <= outlines_by_id and not any(use.endswith("-0") for use in uses)


def test_a_drawing_puts_digits_behind_the_name_that_they_follow():
    def middle(text):
        root = ET.fromstring(f'<svg xmlns="{SVG[1:-1]}"><text font-size="10px" x="0" y="0">{text}</text></svg>')
        outlines.outline(root, "g")
        places = [float(use.get("x", 0)) for use in root.iter(f"{SVG}use")]
        names = [use.get(outlines._LINK) for use in root.iter(f"{SVG}use")]
        arabic = [x for x, name in zip(places, names, strict=True) if "Arabic" in name]
        return max(arabic), [x for x, name in zip(places, names, strict=True) if "Source" in name]

    end, digits = middle("مدرسة (12) a")
    assert min(digits) > end


def test_shaping_joins_letters():
    """A conjunct is one glyph, the letters of an Arabic word have the forms of their places."""
    assert len(outlines._set("ক্ষ", "400", {})[0]) < len("ক্ষ")
    assert len({name for name, *_ in outlines._set("ععع", "400", {})[0]}) == 3
    assert outlines._set("ශ්‍රී", "400", {}) != outlines._set("ශ්රී", "400", {})


def test_names_are_cut_and_broken_between_letters():
    """No mark leaves its letter; where a script sets no spaces, a long name has lines, too."""
    for name in OWN_NAMES.values():
        for length in range(2, 9):
            short = style.cut(name, length).removesuffix("…")
            assert name.startswith(short) and len(short) <= length
            assert letters.clusters(name)[: len(letters.clusters(short))] == letters.clusters(short) or short != name
    lines = style.wrap("สาธารณรัฐประชาธิปไตยประชาชนลาวศูนย์การเรียนรู้", 18).split("\n")
    assert len(lines) == 3 and max(map(len, lines)) <= 18 and not any(unicodedata.combining(line[0]) for line in lines)
    assert style.wrap("a" * 40, 18) == "a" * 40


@pytest.mark.parametrize("asked", ["শিক্ষা", "교육", "教育", "การศึกษา", "مدرسة", "𞤆𞤵𞤤", "Ẹ̀kọ́", "می‌خواهد", "ශ්‍රී"])
def test_each_word_of_a_long_table_is_in_the_index(asked, tmp_path):
    """By its beginning, as the page asks for it; in scripts without spaces from any letter on."""
    names = [
        "ব্র্যাক শিক্ষা",
        "조선 교육",
        "中华教育",
        "ประเทศไทยการศึกษา",
        "مدرسة (تونس)",
        "𞤆𞤵𞤤𞤢𞤪",
        "Ẹ̀kọ́ ọ̀fẹ́",
        "ایران می‌خواهد",
        "ශ්‍රී ලංකා",
    ]
    rows = "".join(json.dumps(row) + "\n" for row in [[], *([str(i), [n], "", []] for i, n in enumerate(names))])
    explorer.write(base64.b64encode(zlib.compress(rows.encode())).decode(), "d", tmp_path)
    word = explorer.plain(asked)
    part = tmp_path / ("w" + "".join(f"{ord(c):x}-" for c in word[:2]) + ".js")
    entries = json.loads(re.search(r",(\[.*\])\);", part.read_text("utf-8"), re.S)[1])
    found = [int(gaps.split(",")[0]) - 1 for entry, gaps in entries if entry.startswith(word)]
    assert found == [next(i for i, name in enumerate(names) if asked in name)]


def test_files_to_take_along_carry_their_words_as_outlines(figure):
    from ecosystems.editions.web.pictures import figure_svg

    for drawing in (figure_svg(figure), outlined(figure["svg_narrow"], "What is seen")):
        root = ET.fromstring(drawing)
        assert not list(root.iter(f"{SVG}text"))
        assert any(g.get("aria-label", "").startswith("Orílẹ̀-èdè") for g in root.iter(f"{SVG}g"))
        linked = {use.get(outlines._LINK)[1:] for use in root.iter(f"{SVG}use")}
        assert linked <= {path.get("id") for path in root.iter(f"{SVG}path")}
    assert "aria-label" not in svg.draw(style.axes(style.WIDE, 1)[0], "x"), "what the typeface has stays text"


def test_a_pdf_for_screen_readers_has_every_name(figure, tmp_path):
    """PDF/UA refuses letters without a font, and shapes that cannot be read."""
    (tmp_path / "figure.svg").write_text(figure["svg"], "utf-8")
    lines = "\n\n".join(markup(f"{name} (12), read.") for name in OWN_NAMES.values())
    (tmp_path / "a.typ").write_text(
        f'#set document(title: "Names")\n#set text(lang: "en", font: {value(list(letters.FAMILIES))})\n'
        f'#image("figure.svg", width: 8cm, alt: "Bars")\n{lines}\n',
        "utf-8",
    )
    made = typst.compile(
        str(tmp_path / "a.typ"), format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True,
        font_paths=letters.FOLDERS,
    )  # fmt: skip
    assert made.startswith(b"%PDF")


def test_pages_get_the_letters_that_they_lack_and_no_others(tmp_path):
    (tmp_path / "a.md").write_text(" ".join(OWN_NAMES.values()), "utf-8")
    made = list(typefaces.faces(tables.read(), tmp_path, Store(tmp_path / "store")))
    assert sum(len(face.content) for face in made) < 400_000 and max(len(face.content) for face in made) < 40_000
    there = {code for face in made for code in face.characters}
    lacking = {c for name in OWN_NAMES.values() for c in name if ord(c) > 0x24F and not 0x1E00 <= ord(c) < 0x1F00}
    assert {c for c in lacking if ord(c) not in there and not 0x2B9 <= ord(c) < 0x32E} == set()
    for face in made:
        (tmp_path / face.name).write_bytes(face.content)
        assert set(face.characters) <= set(TTFont(tmp_path / face.name).getBestCmap())
        assert f'url("letters/{face.name}")' in typefaces.style_sheet(made, "letters")
    (tmp_path / "a.md").write_text("Núñez", "utf-8")
    again = list(typefaces.faces(tables.read(), tmp_path, Store(tmp_path / "store")))
    assert len(again) < len(made) and not json.dumps(typefaces.style_sheet(again, "x")).count("bengali")
