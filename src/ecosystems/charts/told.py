"""Paragraphs about named places and people: each statement has a row of the tables, each number is in such a row."""

from ecosystems.checks.numbers import numbers, values
from ecosystems.portraits import clauses, plain, references
from ecosystems.tables import cached
from ecosystems.words import Link, Prose, prose
from ecosystems.words import lead as opening

# Tables whose rows a mark can name, and in which columns they say what they say.
_TABLES = {
    "facts": ("statement", "value", "year"),
    "partners": ("name", "relation"),
    "studies": ("year", "place", "tried", "method", "finding", "effect", "caveat"),
    "organisations": ("name", "summary", "work"),
    "people": ("name", "role", "organisation"),
    "events": ("date", "title", "summary", "place"),
    "programme_page": ("section", "summary"),
    "initiatives": ("name", "organisation", "place", "summary", "founded"),
    "contradictions": ("question", "treatment"),
}
_PAGES = {
    "studies": ("study_sources", "study_id"),
    "initiatives": ("initiative_sources", "initiative_id"),
    "contradictions": ("claims", "contradiction_id"),
}


@cached
def rows(data) -> dict[str, tuple[list, list[str]]]:
    """What a mark can name: the cells in which its row says something, and the ids of its pages."""
    known = {}
    for name, columns in _TABLES.items():
        table = getattr(data, name)
        for id, *cells in table[["id", *columns]].itertuples(index=False):
            known.setdefault(id, ([], []))[0].extend(cells)
        pages = [table.reindex(columns=["id", "source_id"]), table.reindex(columns=["id", "also_source_id"])]
        if name in _PAGES:
            other, key = _PAGES[name]
            pages = [getattr(data, other)[[key, "source_id"]]]
        for id, page in (row for p in pages for row in p.dropna().itertuples(index=False)):
            known.get(id, ([], []))[1].append(page)
    return known


def told(data, text: str, lead: bool = False, **fields: object) -> Prose:
    """A paragraph with marks: ``[fact-id]`` right after what it supports; its pages are listed at the end.

    Parameters
    ----------
    text : str
        MyST Markdown with marks, each one or more ids of rows in square brackets, and with ``{fields}``.
    lead : bool
        Whether it opens the chapter.
    **fields
        As :func:`ecosystems.words.prose` takes them: what the tables compute. A link to the chapter of an ecosystem has
        its id as its field: ``{kepler_rwanda}``.

    Raises
    ------
    ValueError
        If a mark names no row, or a number in the text is in none of the rows marked.
    """
    known, ids = rows(data), references(text)
    if missing := [id for id in ids if id not in known]:
        raise ValueError(f"told: no row is called {', '.join(missing)}")
    allowed = values(cell for id in ids for cell in known[id][0])
    for number, meant in numbers(plain(text)).items():
        if not meant & allowed:
            raise ValueError(f"told: none of {', '.join(ids)} has the number {number}")
    pages = list(dict.fromkeys(data.pages[page] for id in ids for page in known[id][1][:1]))
    links = {f"page{i}": page for i, page in enumerate(_first_of_each(pages))}
    listed = f"*({', '.join(f'{{{name}}}' for name in links)})*" if links else ""
    names = {id.replace("-", "_"): link for id, link in data.chapters.items()}
    body = "".join(clause for clause, _ in clauses(text)).rstrip()
    apart = "\n\n" if body.rpartition("\n\n")[2].startswith("- ") else " "  # after a list they stand by themselves
    return (opening if lead else prose)(f"{body}{apart}{listed}", **{**names, **links, **fields})


def _first_of_each(pages: list[Link]) -> list[Link]:
    """One page of each publisher."""
    return list({page.text: page for page in reversed(pages)}.values())[::-1]
