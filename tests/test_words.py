"""Numbers and text as readers see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ecosystems.words import MIME, Link, Prose, address, day, escape, listing, number, plural, prose, share


@pytest.mark.parametrize(
    "said, expected",
    [
        (number(1234567), "1,234,567"),
        (number(2.5), "3"),
        (number(-3.25, 1), "\N{MINUS SIGN}3.2"),
        (number(float("nan")), "not known"),
        (plural(1, "country", "countries"), "1 country"),
        (plural(1204, "initiative"), "1,204 initiatives"),
        (share(1, 1000), "less than 1%"),
        (share(387, 388), "more than 99%"),
        (share(0, 10), "0%"),
        (share(1, 0), "not known"),
        (listing(["a", "b", "c"]), "a, b and c"),
        (listing([]), ""),
        (day("2023-06-29"), "29 June 2023"),
        (day("2024-01"), "January 2024"),
        (day("2021"), "2021"),
    ],
)
def test_said_as_a_reader_expects(said, expected):
    assert said == expected


def test_prose_names_the_missing_field():
    with pytest.raises(KeyError, match="total"):
        prose("{total} rows")


def test_prose_links_chapters_and_pages():
    text = prose("{a} and {b}", a=Link("Scan", "doc:book/scan"), b=Link("a page", "https://example.org/x y")).text
    assert text == "[Scan](project:/book/scan.ipynb) and [a page](<https://example.org/x%20y>)"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/é?a=%20b&c#d", "https://example.org/é?a=%20b&c#d"),
        (
            ' https://example.org/"><img src=x>|{1}[2] 5% ',
            "https://example.org/%22%3E%3Cimg%20src=x%3E%7C%7B1%7D%5B2%5D%205%25",
        ),
        ('https://a"b.org/', ""),
        ("javascript:alert(1)", ""),
        ("//evil.example/", ""),
    ],
)
def test_an_address_holds_nothing_that_no_address_may_hold(url, safe):
    assert address(url) == safe


@given(st.text(min_size=1))
def test_a_value_from_a_table_never_becomes_markup(value):
    """Whatever stands in a table shows as the same words: no tag, emphasis, link or code comes of it."""
    tokens = MarkdownIt("commonmark").enable("table").parse(prose("Said: {v} end", v=value).text)
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {c.type for c in tokens[1].children} <= {"text", "text_special", "softbreak"}


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", "{cite:t}`x`", "![x](http://a)", "$x$", "1. one", "- a", "# big", "a: b\n---"],
)
def test_hostile_values_stay_words(value):
    tokens = MarkdownIt("commonmark").parse(escape(value))
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {c.type for c in tokens[1].children} <= {"text", "text_special"}


@pytest.mark.parametrize(
    "text, shown",
    [
        (":::{div} lead\nWho *learns*?\n\nAll.\n:::\n\nMore.", "Who *learns*?\n\nAll.\n\nMore."),
        ("::::{div} columns\nOne.\n::::", "One."),
        (":::{admonition} How sure\nQuite.\n:::", "**How sure**\n\nQuite."),
        (":::{admonition} How sure\n:name: sure\n\nQuite.\n:::", "**How sure**\n\n\nQuite."),
        ("{.story}\n**A school**\n\n{#why-a}\nIt moves.", "**A school**\n\nIt moves."),
        ('It moved. [○ [1](#source-a-1 "claimed"), [2](#b)]{.source-mark}', "It moved. [○ 1, 2]"),
        ("[A \\[b\\]](project:/book/a.ipynb)", "A \\[b\\]"),
        (
            "See [all](project:/book/explorer.ipynb) and [a page](<https://a.org>).",
            "See all and [a page](<https://a.org>).",
        ),
        ("More read ({numref}`fig-reading-by-spending`).", "More read (*reading by spending*)."),
        ("{term}`PTA <association>` and {abbr}`NGO`", "PTA and NGO"),
    ],
)
def test_prose_is_plain_markdown_in_jupyter_and_whole_in_the_editions(monkeypatch, text, shown):
    assert Prose(text)._repr_mimebundle_() == {"text/markdown": shown, "text/plain": shown}
    monkeypatch.setenv("ECOSYSTEMS_EDITION", "1")
    assert Prose(text)._repr_mimebundle_()[MIME]["text"] == text


def test_jupyter_shows_other_words_where_a_directive_would_show_nothing():
    assert Prose("```{exhibits}\n```", "A list.")._repr_mimebundle_()["text/markdown"] == "A list."
