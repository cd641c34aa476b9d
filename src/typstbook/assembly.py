"""Typst code of whole files: volumes, chapters that stand alone, and extracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sphinx.builders import Builder
from sphinx.environment.adapters.indexentries import IndexEntries

from typstbook.book import Place, Volume
from typstbook.escape import Code, literal, value, words
from typstbook.store import digest
from typstbook.text import INTERNAL, key
from typstbook.writer import Written

__all__ = ["Assembly", "File", "chapter_file", "notes_file"]

GUESS = 100  # a page number until it is known
Pages = Mapping[str, Mapping[str, int]]  # of each volume, the page of each place


class File(NamedTuple):
    """What Typst sets.

    Attributes
    ----------
    name : str
    text : str
        Typst code.
    this : dict
        What the template is told of this file alone.
    inputs : list of str
        Digests of what the code includes.
    """

    name: str
    text: str
    this: dict
    inputs: list[str]


def chapter_file(docname: str) -> str:
    """Where the Typst code of a document is."""
    return f"chapters/{docname.replace('/', '--')}.typ"


def notes_file(docname: str) -> str:
    """Where that of its endnotes is."""
    return chapter_file(f"{docname}--notes")


def file(name: str, body: str, written: Iterable[Written] = (), elsewhere: dict | None = None, **this) -> File:
    """A file of some written documents; `elsewhere` says where the places are that it links to and does not have."""
    return File(
        name,
        f'#import "template.typ": *\n#show: book\n{body}#ends()\n',
        {
            "title": "",
            "elsewhere": elsewhere or {},
            "floats": {},
            "single": False,
            "shift": 0,
            "chapter-title": "",
            "extract": False,
            **this,
        },
        [digest(t.code, t.notes) for t in written],
    )


class Assembly:
    """Knows all documents of a book and puts them together.

    Parameters
    ----------
    builder : sphinx.builders.Builder
        Its environment has the titles and the index.
    order : list of Place
        All documents in reading order.
    volumes : list of Volume

    Attributes
    ----------
    written : dict
        Name of each document that is written to what is known of it.
    """

    def __init__(self, builder: Builder, order: list[Place], volumes: list[Volume]):
        self.builder, self.env, self.order, self.volumes = builder, builder.env, order, volumes
        self.volume_of = {place.docname: volume for volume in volumes for place in volume.places}
        self.endnotes = next((volume for volume in volumes if volume.endnotes), None)
        self.written: dict[str, Written] = {}

    def title(self, docname: str) -> str:
        """The title of a document."""
        return self.env.titles[docname].astext()

    # -- single documents ----------------------------------------------------------------------------------------

    def trial(self, t: Written) -> File:
        """A document as it stands in its volume, to find what has to move. Its pages are not known."""
        before = "#pagebreak()\n" if t.spread else ""  # opens on an even page
        own = self.volume_of[t.docname]
        return self._trial(own, f"trial/{t.docname}", before + self._include(t), [t], t.defined)

    def trial_of_notes(self, group: list[Written]) -> File:
        """The same of endnotes that stand together."""
        own, name = self.notes_volume(group[0]), f"trial/{group[0].docname}@notes"
        return self._trial(own, name, self._notes(group, own), group, self._places_in_notes(group))

    def _trial(self, own: Volume, name: str, body: str, written: list[Written], defined: set[str]) -> File:
        elsewhere = {}
        for target in sorted({*self._wanted(written)} - defined):
            docname = target.partition("#")[0]
            there = self.volume_of.get(docname, own)
            if self.endnotes and target == key(docname, "@notes"):
                there = self.endnotes
            elsewhere[target] = ["" if there is own else there.label, GUESS, ""]
        return file(name, body, written, elsewhere)

    def chapter(self, t: Written, floats: dict[str, str]) -> File:
        """A document as a PDF of its own, with its endnotes."""
        defined = {*t.defined, *t.defined_in_notes, key(t.docname, "@notes")}
        notes = self._notes([t], self.volume_of[t.docname]) if t.notes else ""
        return file(
            f"part/{t.docname}",
            self._include(t) + notes + "#origin()\n",
            [t],
            dict.fromkeys(sorted({*t.wanted} - defined)),
            floats=floats,
            single=True,
            shift=t.place.level - 1,
            **{"chapter-title": self.title(t.docname)},
        )

    def extract(self, name: str, title: str, body: str, wanted: Iterable[str], pages: Pages) -> File:
        """A short PDF of what `body` takes from documents; its links name the pages of volumes that are known."""
        elsewhere, there = {}, self.defined()
        for target in sorted(wanted):
            volume = there.get(target)
            page = pages.get(volume.name, {}).get(target) if volume else None
            elsewhere[target] = page and [volume.label, page, volume.filename]
        return file(f"extract/{name}", body, (), elsewhere, single=True, extract=True, **{"chapter-title": title})

    @staticmethod
    def _include(t: Written) -> str:
        return f"#include {literal(chapter_file(t.docname))}\n"

    def _wanted(self, written: list[Written]) -> set[str]:
        """Places that documents link to; those with endnotes say where these are."""
        return {name for t in written for name in (*t.wanted, *[key(t.docname, "@notes")] * bool(t.notes))}

    # -- endnotes ------------------------------------------------------------------------------------------------

    def notes_volume(self, t: Written) -> Volume:
        """The volume in which the endnotes of a document stand."""
        return self.endnotes or self.volume_of[t.docname]

    def groups(self, part: list[Place]) -> dict[str, list[Written]]:
        """Written documents whose endnotes stand together, by the name of the one that they follow.

        It is the last of neighbours that are not above the first.
        """
        found, waiting, last = {}, [], ""
        for place in [*part, None]:
            if waiting and (place is None or place.depth < waiting[0].place.depth):
                found[last], waiting = waiting, []
            if place is not None:
                t = self.written[place.docname]
                waiting, last = waiting + [t] * bool(t.notes), t.docname
        return found

    def parts(self) -> list[list[Place]]:
        """The documents, those of each part of the book together."""
        found: list[list[Place]] = [[]]
        for place in self.order:
            if place.part:
                found.append([])
            found[-1].append(place)
        return found

    @staticmethod
    def _places_in_notes(group: list[Written]) -> set[str]:
        named = {key(group[0].docname, "@all-notes"), *(key(t.docname, "@notes") for t in group)}
        return named.union(*(t.defined_in_notes for t in group))

    def _notes(self, group: list[Written], volume: Volume) -> str:
        """The endnotes of some documents, under one title. In another volume than these they are a chapter."""
        place = group[0].place
        own = self.volume_of[place.docname] is volume
        level, depth = (place.level, place.depth) if own else (1, 0)
        imports, chapters = "", ""
        for i, t in enumerate(group):
            imports += f"#import {literal(notes_file(t.docname))} as notes-{i}\n"
            name, title = literal(key(t.docname, "@notes")), literal(self.title(t.docname))
            chapters += f", ({name}, {title}, notes-{i}.notes, {t.before_notes})"
        kicker, name = self.builder.kicker(place), key(place.docname, "@all-notes")
        return f"{imports}#notes-of({level}, {depth}, {literal(kicker)}, {literal(name)}{chapters})\n"

    # -- volumes -------------------------------------------------------------------------------------------------

    def defined(self) -> dict[str, Volume]:
        """Every place of the book, and the volume in which it is."""
        found = {}
        for t in self.written.values():
            found |= dict.fromkeys([*t.defined, key(t.docname, "@part")], self.volume_of[t.docname])
            if t.notes:
                found |= dict.fromkeys(self._places_in_notes([t]), self.notes_volume(t))
        return found

    def volume(self, volume: Volume, floats: dict[str, str], pages: Pages) -> File:
        """A volume.

        Parameters
        ----------
        volume : Volume
        floats : dict
            What has to move in it.
        pages : mapping
            Name of each volume to the page of each of its places, as far as they are known.
        """
        groups = {name: group for part in self.parts() for name, group in self.groups(part).items()}
        places = {place.docname: place for place in volume.places}
        body, written = "#cover()\n#imprint()\n#contents()\n", []
        for place in self.order:
            docname, group = place.docname, groups.get(place.docname)
            if docname in places:
                written.append(self.written[docname])
                body += self._part_page(volume, places[docname]) + self._include(self.written[docname])
            if group and self.notes_volume(group[0]) is volume:
                written += group
                body += self._notes(group, volume)
        there = self.defined()
        body += self._index({name for name, where in there.items() if where is volume}) + "#closing()\n"
        elsewhere = {}
        for name in sorted(self._wanted(written)):
            where = there.get(name)
            if where is None:
                elsewhere[name] = None
            elif where is not volume:
                elsewhere[name] = [where.label, pages.get(where.name, {}).get(name, GUESS), where.filename]
        return file(volume.name, body, written, elsewhere, floats=floats, title=volume.title)

    def _part_page(self, volume: Volume, place: Place) -> str:
        """The page before the first document of a part, which lists its chapters."""
        if not place.part:
            return ""
        names = []
        for other in volume.places[volume.places.index(place) :]:
            if other is not place and (other.part or other.level == 1):
                break
            if other.depth == 0:
                names.append([key(other.docname), self.title(other.docname)])
        title, name, message = place.part, key(place.docname, "@part"), self.written[place.docname].part_message
        return f"#part({literal(title)}, {literal(name)}, {value(names)}, message: {message})\n"

    def _index(self, defined: set[str]) -> str:
        """Sphinx's index of what is `defined` in a volume, or "" if nothing there is indexed."""

        def places(links: list) -> list[str]:
            targets = [uri.removeprefix(INTERNAL).partition("#") for _main, uri in links if uri]
            return list(
                dict.fromkeys(key(docname, target) for docname, _, target in targets if key(docname, target) in defined)
            )

        groups = []
        for letter, entries in IndexEntries(self.env).create_index(self.builder):
            terms = []
            for name, (links, subs, _key) in entries:
                own = places(links)
                below = [[Code(words(sub)), found] for sub, sub_links in subs if (found := places(sub_links))]
                if own or below:
                    terms.append([Code(words(name)), own, below])
            if terms:
                groups.append([Code(words(letter)), terms])
        return f"#index-pages({value(groups)})\n" if groups else ""
