"""The portrait of a selected ecosystem as the chapter shows it: story with marks, and the tables that belong to it."""

import pandas as pd

from ecosystems import portraits
from ecosystems.analysis.places import CLOSE, ROLES
from ecosystems.charts.profiles import one
from ecosystems.charts.told import rows
from ecosystems.tables import cached, in_order
from ecosystems.words import Prose, escape, listing

HEADS = {  # the story itself goes without
    "money": "Money.",
    "results": "Results.",
    "take": "What others can take from it (our view).",
    "open": "Still open.",
}
NBSP = "\N{NO-BREAK SPACE}"  # a mark does not leave its word
LISTS = ("take", "open")
APART = ("title", "where", "numbers", "event")  # parts that are not of the story
LEGEND = (
    "Numbers lead to the sources. No mark: one source; ● two independent sources; "
    "○ claimed, disputed, planned or inferred."
)
MARKS = ("○", "", "●")  # the weakest first
SURE = {"high": "confirmed by two sources", "medium": "inferred"}
NAMED = 3  # partners of one role that the short table names


@cached
def _status(data) -> dict[str, str]:
    """The certainty of each fact; what pages contradict is disputed. Whatever else a portrait cites is reported."""
    return data.facts.set_index("id")["certainty"].to_dict() | dict.fromkeys(data.contradictions["id"], "disputed")


@cached
def _publishers(data) -> dict[str, str]:
    """Who published each page, where that is known."""
    return data.sources.set_index("id")["publisher"].dropna().to_dict()


@cached
def _numbers(data, id: str) -> dict[str, int]:
    """The number of each source, by its first mention in the portrait."""
    support, paragraphs = rows(data), portraits.paragraphs(data, id)
    told = paragraphs.assign(told=paragraphs["part"].isin(APART)).sort_values("told", kind="stable")  # the story first
    pages = (p for text in told["text"] for r in portraits.references(text) if r in support for p in support[r][1])
    return {page: n for n, page in enumerate(dict.fromkeys(pages), 1)}


def _certainty(data, id: str, ids: tuple[str, ...]) -> tuple[portraits.Certainty, list[int]] | None:
    """The weakest certainty of what supports a clause, and the numbers of its sources; None without a source."""
    support, numbers, status = rows(data), _numbers(data, id), _status(data)
    found = {i: support[i][1] for i in ids if i in support and support[i][1]}
    if not found:
        return None
    known = _publishers(data)  # pages of unknown publishers do not confirm each other
    whose = {i: [known[p] for p in pages if p in known] or pages[:1] for i, pages in found.items()}
    whole = [portraits.certainty(status.get(i, "reported"), names) for i, names in whose.items()]
    weakest = min(whole, key=lambda c: MARKS.index(c.mark))
    return weakest, list(dict.fromkeys(numbers[p] for pages in found.values() for p in pages))


def _marked(data, id: str, text: str) -> str:
    """A text of the portrait as Markdown, each mark after the last of the clauses that it supports."""
    cut = [(clause, _certainty(data, id, ids)) for clause, ids in portraits.clauses(text)]
    words = ""
    for n, (clause, known) in enumerate(cut):
        words += (" " if clause[:1] == " " else "") + escape(clause)
        if known and (n + 1 == len(cut) or cut[n + 1][1] != known):
            sure, numbers = known
            links = f",{NBSP}".join(f'[{i}](#source-{id}-{i} "{sure.words}")' for i in numbers)
            words += f"{NBSP}[{f'{sure.mark}{NBSP}' if sure.mark else ''}{links}]{{.source-mark}}"
    return words


def opening(data, id: str) -> Prose:
    """The head of a portrait: title, where, since when and for whom, three numbers, and how sure its place is."""
    e = one(data, id)
    lines = [f"{{.story}}\n**{escape(portraits.texts(data, id, 'title')[0])}**"]
    lines += [f"{{.where}}\n{escape(portraits.plain(portraits.texts(data, id, 'where')[0]))}"]
    counts = [portraits.plain(text).partition("|") for text in portraits.texts(data, id, "numbers")]
    lines += ["{.counts}\n" + "\n".join(f"- **{escape(n)}** {escape(what)}" for n, _, what in counts)]
    if data.report:
        mark = "●" if e.confidence == "high" else "○"
        why = f"[{SURE[e.confidence]}](#why-it-is-on-the-list)"
        lines += [f"{{.badge}}\n{mark} Its place on our list of the {len(data.eleven)}: {why}"]
    return Prose(":::{div} lead compact\n" + "\n\n".join(lines) + "\n:::")


def story(data, id: str) -> Prose:
    """The story, from its opening to what is still open, with marks that lead to the sources."""
    paragraphs, rows = [], portraits.paragraphs(data, id)
    rows = rows[~rows["part"].isin(APART)]
    for _, texts in rows.groupby((rows["part"] != rows["part"].shift()).cumsum())["text"]:
        part = rows.at[texts.index[0], "part"]
        head = f"**{HEADS[part]}** " if part in HEADS else ""
        marked = [_marked(data, id, text) for text in texts]
        if part in LISTS:
            paragraphs.append(head.strip() + "\n\n" + "\n".join(f"- {text}" for text in marked))
        else:
            paragraphs += [head + marked[0], *marked[1:]]
    paragraphs.append(f"{{.marks}}\n{LEGEND}")
    return Prose("::::{div} columns\n" + "\n\n".join(paragraphs) + "\n::::")


def sources(data, id: str) -> pd.DataFrame:
    """The numbered sources of a portrait: id (the number), page, publisher, year."""
    numbers = _numbers(data, id)
    table = data.sources.set_index("id").loc[list(numbers)]
    return table.assign(id=[str(n) for n in numbers.values()], page=data.titled_pages.loc[table.index])


def listed(data, id: str) -> Prose:
    """Why an ecosystem is on the list of the selected, at an address that older pages lead to."""
    return Prose(f"{{#why-{id}}}\n{escape(one(data, id).basis)}")


def carriers(data, id: str) -> pd.DataFrame:
    """Partners by what they do, authorities first and with their level: role, partners."""
    table = data.partners[(data.partners["ecosystem_id"] == id) & data.partners["tie"].isin(CLOSE)]
    table = table.assign(authority=table["level"].isna()).sort_values(["authority", "name"], kind="stable")
    rows = []
    for role, title in ROLES.items():
        own = table[table["role"] == role]
        names = [
            f"{r.name} ({r.level})" if isinstance(r.level, str) and r.level not in r.name.lower() else r.name
            for r in own.itertuples(index=False)
        ]
        if more := names[NAMED:]:
            names = [*names[:NAMED], f"{len(more)} more"]
        if names:
            rows.append((title, listing(names)))
    return pd.DataFrame(rows, columns=["role", "partners"])


def traits(data, id: str) -> pd.DataFrame:
    """The characteristics with the sentence behind each: name, seen, note, page."""
    own = data.ecosystem_codings[data.ecosystem_codings["ecosystem_id"] == id]
    own = own.assign(page=own["fact_id"].map(data.facts.set_index("id")["source_id"]).map(data.pages))
    table = in_order(data.characteristics).merge(own, how="left", left_on="id", right_on="characteristic_id")
    return table.assign(seen=table["present"].map({1: "yes", 0: "no"}).fillna("not mentioned"))
