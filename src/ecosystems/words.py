"""Numbers and lists as plain English, and computed prose for the chapters."""

import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from urllib.parse import quote, urlsplit

MIME = "application/vnd.ecosystems+json"  # of what only the editions show
FEW = 20  # of fewer than so many things a share in percent would say more than is known
_SMALL = "no one two three four five six seven eight nine".split()
MONTHS = "January February March April May June July August September October November December".split()
# Characters that MyST Markdown would read as markup, wherever they stand.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$^@&])")
_LEADING = re.compile(r"^(\d*)([-+=:.)])")  # markup only where a line begins: lists, fences, underlines

_NO_ADDRESS = re.compile(r"""[\x00-\x20"<>\\^`{|}\[\]\x7f]|%(?![0-9A-Fa-f]{2})""")


@dataclass(frozen=True)
class Link:
    """A linked text.

    `url` is a web address, ``doc:`` and the name of a chapter, ``ref:`` and a label, or ``file:`` and a file of the
    edition.
    """

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


def address(url: object) -> str:
    """The address if it is a page of the web or of this book, else an empty text: a table must not add scripts.

    Characters that no address may hold are percent-encoded.
    """
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    web = parts.scheme in ("http", "https") and parts.netloc
    if not web and (parts.scheme or parts.netloc) or _NO_ADDRESS.search(parts.netloc):
        return ""
    return _NO_ADDRESS.sub(lambda m: quote(m[0]), url.strip())


def for_editions() -> bool:
    """Whether the editions run the chapter: only they need all that a figure holds, which can be a megabyte."""
    return os.environ.get("ECOSYSTEMS_EDITION") == "1"


def _without_directives(text: str) -> str:
    """Markdown of the editions as Jupyter and code hosts can show it: what only MyST knows is words, or goes."""
    text = re.sub(r"^:{3,}\{(?!div)[\w-]+\} *(.+)$", r"**\1**\n", text, flags=re.M)  # a box, by its title
    text = re.sub(r"^(:{3,}.*|:[a-z-]+:.*|\{[.#][\w .#-]+\})\n?", "", text, flags=re.M).strip()  # marks, options, looks
    text = re.sub(r"(?<!!)\[((?:\\.|[^][\\])*)\]\((?:project:|#)[^)]*\)", r"\1", text)  # places that only editions have
    text = re.sub(r"(?<=\])\{\.[\w-]+\}", "", text)
    text = re.sub(r"\{numref\}`(?:fig|tbl)-([^`]*)`", lambda m: f"*{m[1].replace('-', ' ')}*", text)
    return re.sub(r"\{[a-z:]+\}`([^`<]*?)(?: *<[^`]*>)?`", r"\1", text)


class Prose:
    """What a cell tells: MyST Markdown for the editions, plain Markdown for Jupyter and the stored notebook.

    Parameters
    ----------
    text : str
        What editions show.
    shown : str
        What Jupyter shows, where that is not the same text without what only MyST knows: for a directive that only a
        whole book can fill.
    """

    def __init__(self, text: str, shown: str = ""):
        self.text, self.shown = text, shown

    def _repr_mimebundle_(self, include=None, exclude=None):
        said = self.shown or _without_directives(self.text)
        whole = {MIME: {"kind": "prose", "text": self.text}} if for_editions() else {}
        return {"text/markdown": said, "text/plain": said, **whole}


def escape(text: object) -> str:
    """Text from a table, made inert for MyST Markdown."""
    return _LEADING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", " ".join(str(text).split())))


def _markdown(value: object) -> str:
    if isinstance(value, Link):
        if value.url.startswith("doc:"):
            return f"[{escape(value.text)}](project:/{value.url[4:]}.ipynb)"
        if value.url.startswith("ref:"):
            return f"{{numref}}`{value.url[4:]}`"
        web = re.sub(r"[<>\s\\]", "", address(value.url))
        return f"[{escape(value.text)}](<{web}>)" if "://" in web else escape(value.text)
    return escape(value)


def prose(template: str, **values: object) -> Prose:
    """A paragraph whose numbers and names are computed.

    Parameters
    ----------
    template : str
        MyST Markdown with ``{name}`` fields. Write ``{{`` for a literal brace.
    **values
        What stands in the fields. Text is escaped, so that a table cannot add markup; whole
        numbers get thousands separators; :class:`Link` becomes a link.

    Raises
    ------
    KeyError
        If a field has no value.
    """
    shown = {
        k: _markdown(number(int(v)) if isinstance(v, Integral) and not isinstance(v, bool) else v)
        for k, v in values.items()
    }
    try:
        return Prose(template.strip().format_map(shown))
    except KeyError as missing:
        raise KeyError(f"prose: no value given for {{{missing.args[0]}}}") from None


def lead(template: str, **values: object) -> Prose:
    """The opening of a chapter, as :func:`prose` computes it."""
    return prose(f":::{{{{div}}}} lead\n{template.strip()}\n:::", **values)


def number(value: float, digits: int = 0) -> str:
    """``1234.5`` as ``1,234`` (or with `digits` decimals), with a real minus sign."""
    if value is None or value != value:
        return "not known"
    if digits == 0 and not isinstance(value, int):
        value = math.floor(float(value) + 0.5)
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def count(value: int) -> str:
    """A count in running text: words to nine, digits from ten."""
    return _SMALL[value] if 0 <= value < 10 else number(value)


def agree(count: int, one: str, many: str = "") -> str:
    """The form of a word that goes with a count: ``agree(1, "lies", "lie")`` is ``lies``; of a regular noun ``agree(2,
    "country")`` is ``countries``."""
    if count == 1 or many:
        return one if count == 1 else many
    return f"{one[:-1]}ies" if re.search("[^aeiou]y$", one) else f"{one}s"


def plural(value: int, one: str, many: str = "") -> str:
    """``1 initiative``, ``1,204 initiatives``."""
    return f"{number(value)} {agree(value, one, many)}"


def share(part: float, whole: float) -> str:
    """A share in whole percent, honest at both ends: never 0% for some, never 100% for not all."""
    if not whole:
        return "not known"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "less than 1%"
    if 99 < percent < 100:
        return "more than 99%"
    return f"{number(percent)}%"


def ratio(some: int, whole: int) -> str:
    """A share as :func:`share` tells it, or of few things their count: ``2 of 3``."""
    return share(some, whole) if whole >= FEW else f"{number(some)} of {number(whole)}"


def part(some: int, whole: int, one: str, many: str = "", the: str = "", verb: tuple[str, str] | None = None) -> str:
    """Some of all things: ``33% of initiatives``, ``2 of 3 initiatives``, ``all initiatives``, ``none of the ...``.

    Parameters
    ----------
    some, whole : int
    one, many : str
        What they are, one and many of them.
    the : str
        What stands before the whole, such as ``the`` and a blank.
    verb : (str, str), optional
        What one does and what many do; the form that fits is added.
    """
    many = many or agree(2, one)
    if whole == 1:
        told = f"the one {one}" if some else f"no {one}"
    elif some in (0, whole):
        told = f"{'both' if whole == 2 else 'all'} {many}" if some else f"none of the {many}"
    elif whole >= FEW:
        told = f"{share(some, whole)} of {the}{many}"
    else:
        told = f"{number(some)} of {the}{number(whole)} {many}"
    single = whole == 1 or some == 1 and whole < FEW
    return f"{told} {verb[0 if single else 1]}" if verb else told


def every(count: int, thing: str) -> str:
    """All of so many things: ``the one ecosystem``, ``both ecosystems``, ``all 11 ecosystems``."""
    things = agree(2, thing)
    return {1: f"the one {thing}", 2: f"both {things}"}.get(count, f"all {number(count)} {things}")


def listing(items: Iterable[object], last: str = "and") -> str:
    """``a, b and c``."""
    names = [str(i) for i in items]
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def quoted(name: object) -> str:
    """A name that is no noun, such as ``Learners decide``, as it stands in a running sentence."""
    return f"“{name}”"


def day(date: object) -> str:
    """``2023-06-29`` as ``29 June 2023``; ``2024-01`` as ``January 2024``."""
    year, *rest = str(date).split("-")
    return " ".join([*(str(int(d)) for d in rest[1:]), *(MONTHS[int(m) - 1] for m in rest[:1]), year])


def capital(text: str) -> str:
    """The text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


# -- grammar for none, one and many, and short names ---------------------------------------------------------------

_SHORT = {"Latin America and the Caribbean": "Latin America", "Asia and the Pacific": "Asia, Pacific"}


def be(count: int) -> str:
    """``is`` or ``are``."""
    return agree(count, "is", "are")


def have(count: int) -> str:
    """``has`` or ``have``."""
    return agree(count, "has", "have")


def short_region(name: str) -> str:
    """A region's name as short as drawings for phones need it; any other text as it is."""
    return _SHORT.get(name, name)
