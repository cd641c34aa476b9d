"""Pages printed from a browser: nothing of a table is cut, word by word."""

import re

import pypdfium2
import pytest

from ecosystems.editions.web import EDITION

pytestmark = pytest.mark.book

# Of tables that look like cards or tiles the heads are for those who listen.
CELLS = """[...document.querySelectorAll('main .exhibit-table :is(th, td, caption)')]
  .filter(cell => !cell.closest(':is(.cards, .numbers) thead')).map(cell => cell.textContent)"""
PAGES = sorted(p.relative_to(EDITION).as_posix() for p in EDITION.rglob("*.html") if p.parent.name != "maps")
TABLES = [path for path in PAGES if "exhibit-table" in (EDITION / path).read_text("utf-8")]


def plain(text):
    return re.sub(r"[\W_\ufffe]", "", text)


def printed(page, **options):
    """The text within the pages of the PDF that the browser makes."""
    with pypdfium2.PdfDocument(page.pdf(**options)) as pdf:
        return plain("".join(sheet.get_textpage().get_text_bounded() for sheet in pdf))


@pytest.mark.parametrize("path", TABLES)
def test_no_word_of_a_table_is_lost_on_paper(path, open_page):
    page = open_page(path)
    if page.locator(".choose").count():
        page.locator(".scroll.ready").wait_for()
    page.emulate_media(media="print")
    paper, cells = printed(page, format="A4"), page.evaluate(CELLS)
    lost = [cell for cell in cells if plain(cell) not in paper]
    assert len(cells) > 10 and not lost, (len(lost), len(cells), lost[:5])
