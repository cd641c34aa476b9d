"""Small books for the tests of typstbook, and what is in a PDF."""

import re
from io import StringIO
from pathlib import Path

import manimgx_fonts
import pikepdf
import pypdfium2
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

FONTS = Path(__file__).parents[1] / "src" / "ecosystems" / "fonts"
OTHERS = Path(manimgx_fonts.__file__).parent


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40">'
    '<rect width="90" height="30" fill="var(--c-a,#123456)"/></svg>'
)


def build(folder: Path, pages: dict[str, str], **settings):
    """Build a book; the application, its warnings, and the Typst code of all chapters."""
    source = folder / "source"
    source.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    warnings = StringIO()
    config = {
        "project": "A book", "author": "Ada", "numfig": True, "language": "en",
        "typst_font_paths": [str(FONTS), str(OTHERS)],
        "extensions": ["myst_parser", "sphinx_design", "typstbook"],
        # Sphinx shares its default between books of one process.
        "source_suffix": {".rst": "restructuredtext", ".md": "markdown"},
        "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath", "attrs_block"],
    }  # fmt: skip
    with docutils_namespace():
        app = Sphinx(
            source,
            None,
            folder / "out",
            folder / "trees",
            "typst",
            confoverrides={**config, **settings},
            status=StringIO(),
            warning=warnings,
            freshenv=True,
        )
        app.build()
    typ = "".join(p.read_text("utf-8") for p in sorted((folder / "out" / "chapters").glob("*.typ")))
    return app, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()), typ


ROOT = "# Root\n\nHello.\n\n```{toctree}\n:caption: A part\nother\n```\n"


def structure(element, tags):
    """All structure elements in reading order: (tag, element)."""
    for kid in element.get("/K", []) if isinstance(element.get("/K"), pikepdf.Array) else [element.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            tags.append((str(kid.S)[1:], kid))
            structure(kid, tags)
    return tags


def outline_and_pages(path):
    """Titles of the outline, and the number of pages."""
    with pikepdf.open(path) as pdf:
        return [str(item.title) for item in pdf.open_outline().root], len(pdf.pages)


def described(path):
    """All of a PDF that a reader meets: texts, links, bookmarks, page labels, the structure and what it refers to."""
    texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]
    with pikepdf.open(path) as pdf:
        number = {page.obj.objgen: n for n, page in enumerate(pdf.pages, 1)}
        notes = [(n, a) for n, page in enumerate(pdf.pages, 1) for a in page.get("/Annots", [])]
        links = [
            (
                n,
                str(a.A.URI)
                if "/A" in a
                else (number[a.Dest[0].objgen], *(round(float(x)) for x in a.Dest[2:4]), str(a.Contents)),
            )
            for n, a in notes
        ]

        def titles(items):
            return [(item.title, number[item.destination[0].objgen], titles(item.children)) for item in items]

        tree = pdf.Root.StructTreeRoot
        entries = dict(zip(map(int, list(tree.ParentTree.Nums)[::2]), list(tree.ParentTree.Nums)[1::2], strict=True))
        tags = structure(tree, [])
        known = {e.objgen for _name, e in tags}
        for page in pdf.pages:
            assert {e.objgen for e in entries[int(page.obj.StructParents)] if e is not None} <= known, (
                "a page's parts are not in the structure"
            )
            for note in page.get("/Annots", []):
                link = entries[int(note.StructParent)]
                assert link.objgen in known and any(
                    isinstance(kid, pikepdf.Dictionary) and kid.get("/Obj", kid).objgen == note.objgen for kid in link.K
                )
        assert all(e.Pg.objgen in number for _name, e in tags if "/Pg" in e), (
            "a part of the structure is on a page that is gone"
        )
        ids = (
            dict(zip(map(str, list(tree.IDTree.Names)[::2]), list(tree.IDTree.Names)[1::2], strict=True))
            if "/IDTree" in tree
            else {}
        )
        assert list(ids) == sorted(ids) and all(str(e.ID) == i and e.objgen in known for i, e in ids.items())

        place = {e.objgen: n for n, (_name, e) in enumerate(tags)}

        def heads(cell):
            attributes = cell.get("/A", pikepdf.Array())
            return [
                place[ids[str(head)].objgen]
                for a in (attributes if isinstance(attributes, pikepdf.Array) else [attributes])
                for head in a.get("/Headers", [])
            ]

        labels = [page.label for page in pdf.pages]
        said = pdf.open_metadata()
        return {
            "texts": texts, "links": links, "titles": titles(pdf.open_outline().root), "labels": labels,
            "ids": len(ids), "about": [said["dc:title"], said["pdfuaid:part"]],
            "tags": [(name, str(e.get("/T", "")), str(e.get("/Alt", "")), heads(e)) for name, e in tags],
        }  # fmt: skip
