"""The builder of the online book."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ExtensionError

from ecosystems import tables
from ecosystems.editions import typefaces
from ecosystems.editions.art import cover_art, place_art
from ecosystems.editions.displays import Maps
from ecosystems.editions.outputs import Figures, LongTables
from ecosystems.editions.pages import PageBuilder
from ecosystems.editions.web import explorer, hosting, metadata
from ecosystems.editions.web.exhibits import ornament
from ecosystems.editions.web.figure_files import write_figures
from ecosystems.editions.web.page import add_opening, preview_name
from ecosystems.editions.web.pictures import preview_pngs
from ecosystems.editions.web.templates import render
from ecosystems.editions.web.translator import Lead
from typstbook.store import Store

# Of _static; all else is brought by Sphinx and extensions for features that these pages do not have.
STATIC = {"ecosystems.css", "ecosystems.js", "explorer.js", "icon.svg", "letters.css", "moved.js"}
STATIC |= {"fonts", "letters", "previews", "vendor"}


class Builder(PageBuilder, StandaloneHTMLBuilder):
    """Sphinx's HTML builder with short addresses, an own search and files beside the pages.

    Pages are stored beside the output folder, so that only those are written whose content, or what they take
    from elsewhere, has changed; writing all 27 takes 3 s.
    """

    name = "html"
    search = False  # Sphinx's

    def init(self) -> None:
        """See Sphinx."""
        super().init()
        self.tables = tables.read()
        self.store = Store(Path(self.outdir).parent / "store")
        self.faces = list(typefaces.faces(self.tables, Path(self.srcdir, "book"), self.store))
        self.previews: dict[str, tuple[str, str, str]] = {}
        self.pictures: dict[str, dict[str, str]] = {}

    def get_outdated_docs(self) -> str:
        """What must be written is known only after chapters are read; see :meth:`write`."""
        return "pages that changed"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """See Sphinx; the not-found page is served at any address, so its links are absolute."""
        if from_ == "404":
            return f"{self.config.html_baseurl or '/'}{self.get_target_uri(to, typ)}"
        return super().get_relative_uri(from_, to, typ)

    def write(self, build_docnames, updated_docnames, method="update") -> None:
        """Write the pages that are not in the store, and copy the others from it.

        The list of exhibits is made from all chapters, and always written.
        """
        self.cover = cover_art(self.tables)
        self.cards = {r.id: ornament(place_art(self.tables, r)) for r in self.tables.eleven.itertuples()}
        keys = self.page_keys(self.cover, self.cards, bool(self.faces))
        missing = [
            docname
            for docname, key in keys.items()
            if "exhibits" in self.env.metadata[docname] or not self._restore(docname, key)
        ]
        super().write(missing, [], "specific")
        for docname in missing:
            html, pictures = Path(self.get_outfilename(docname)).read_text("utf-8"), self.pictures[docname]
            page = {"html": html, "preview": self.previews[docname], "pictures": pictures}
            self.store.put("pages", keys[docname], json.dumps(page).encode())

    def write_doc_serialized(self, docname: str, doctree) -> None:
        """See Sphinx; a stored page knows the pictures that it needs."""
        self.drop_drawings(doctree)
        super().write_doc_serialized(docname, doctree)
        uris = {image["uri"] for image in doctree.findall(nodes.image)}
        self.pictures[docname] = {uri: name for uri, name in self.images.items() if uri in uris}

    def write_doc(self, docname: str, doctree) -> None:
        """See Sphinx."""
        Lead.mark(doctree)
        super().write_doc(docname, doctree)

    def _restore(self, docname: str, key: str) -> bool:
        """Write a page from the store, if it is there."""
        if not (stored := self.store.find("pages", key)):
            return False
        page, path = json.loads(stored.read_bytes()), Path(self.get_outfilename(docname))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page["html"], "utf-8")
        self.previews[docname] = tuple(page["preview"])
        self.images |= page["pictures"]
        return True

    def add_page_context(self, pagename: str, context: dict, doctree) -> None:
        """Add to what the templates know what only this builder has."""
        context["letters"] = bool(self.faces)
        if doctree is not None:
            self.previews[pagename] = add_opening(self, pagename, context, doctree)
        elif pagename == "404":
            base = self.config.html_baseurl or "/"
            context["pathto"] = lambda target, resource=0: base + (target if resource else self.get_target_uri(target))

    # -- files beside the pages -----------------------------------------------------------------

    def write_files(self) -> None:
        """Write what stands beside the pages, and remove what does not belong to them, when extensions are done."""
        out, config = Path(self.outdir), self.config
        addresses = [self.get_target_uri(docname) for docname in sorted(self.env.found_docs)]
        self._remove_others(out)
        self._write_redirects(out, addresses)
        figures = [figure.payload for found in Figures.of(self.env).values() for figure in found]
        write_figures(figures, config.edition_imprint, self.tables, self.store, out)
        self._write_letters(out / "_static")
        self._write_maps(out / "maps")
        self._write_explorer(out)
        self._write_previews(out / "_static" / "previews")
        (out / "_headers").write_text(hosting.HEADERS, "utf-8")
        (out / ".nojekyll").touch()  # or a host that runs Jekyll leaves out _static
        (out / "robots.txt").write_text(metadata.robots(config.html_baseurl), "utf-8")
        (out / "sitemap.xml").unlink(missing_ok=True)
        if config.html_baseurl:
            sitemap = metadata.sitemap(config.html_baseurl, addresses, config.edition_imprint.date)
            (out / "sitemap.xml").write_text(sitemap, "utf-8")
        self.store.clear()

    def _write_letters(self, folder: Path) -> None:
        """Write the fonts for letters that the page fonts lack."""
        shutil.rmtree(folder / "letters", ignore_errors=True)
        (folder / "letters.css").write_text(typefaces.style_sheet(self.faces, "letters"), "utf-8")
        with (folder.parent / "maps" / "map.css").open("a", encoding="utf-8") as sheet:  # maps load no other
            sheet.write(typefaces.style_sheet(self.faces, "../_static/letters"))
        for face in self.faces:
            (folder / "letters").mkdir(exist_ok=True)
            (folder / "letters" / face.name).write_bytes(face.content)

    def _remove_others(self, out: Path) -> None:
        """Remove pages of chapters that are no more, former redirects, and what other extensions bring."""
        pages = {Path(self.get_outfilename(name)) for name in [*self.env.found_docs, "search", "404"]}
        for path in out.rglob("*.html"):
            if path not in pages and path.parent.name != "maps":
                path.unlink()
        names = set(self.images.values())
        for path in (out / "_images").glob("*"):  # of chapters that show it no longer
            if path.name not in names:
                path.unlink()
        for path in (out / "_static").iterdir():
            if path.name not in STATIC:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _write_redirects(self, out: Path, addresses: list[str]) -> None:
        for old, new in self.config.edition_redirects.items():
            if new not in addresses or old in addresses:
                raise ExtensionError(
                    f"edition_redirects in _config.yml: {old} leads to {new}; wanted: a former address to an address "
                    "of this book."
                )
            (out / old).parent.mkdir(parents=True, exist_ok=True)
            (out / old).write_text(metadata.redirect_page(old, new, self.config.html_baseurl), "utf-8")

    def _write_maps(self, folder: Path) -> None:
        """Write the maps that chapters make with folium beside those of figures."""
        script = Path(__file__).with_name("map.js").read_text("utf-8")
        for shown in (shown for found in Maps.of(self.env).values() for shown in found):
            payload = Path(self.srcdir, shown.file).read_text("utf-8")
            page = render("map.html", name=shown.name, title=shown.title, csp=hosting.MAP_CSP)
            (folder / f"{shown.name}.html").write_text(page, "utf-8")
            (folder / f"{shown.name}.js").write_text(f"window.MAP={payload};\n{script}", "utf-8")

    def _write_explorer(self, out: Path) -> None:
        """Write the parts of the long table, if there is one."""
        long_tables = [table for found in LongTables.of(self.env).values() for table in found]
        if long_tables:
            file, digest = long_tables[0]
            explorer.write(Path(self.srcdir, file).read_text("utf-8"), digest, out / "explorer")
        else:
            shutil.rmtree(out / "explorer", ignore_errors=True)

    def _write_previews(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        names, pages = [preview_name(docname) for docname in self.previews], list(self.previews.values())
        pngs = preview_pngs(self.config.edition_imprint.short_title, self.cover, pages, self.store)
        for name, png in zip(names, pngs, strict=True):
            (folder / f"{name}.png").write_bytes(png)
