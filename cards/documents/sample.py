"""A print template to begin with: every place of a paper in a plain sheet, for its owner to arrange and dress."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from cards.documents.fields import OF_PAPER, ROWS

if TYPE_CHECKING:
    from cards.documents.papers import Page

_WIDE = 8  #: columns of the page
_SPANS = {3: (1, 2, 5), 5: (1, 2, 1, 2, 2), 6: (1, 2, 2, 1, 1, 1), 8: (1, 1, 1, 1, 1, 1, 1, 1)}


def sample(paper: str) -> bytes:
    """The workbook, with the name of each place beside it."""
    from openpyxl import Workbook  # heavy: see ``cells``

    from cards.documents.papers import Page, fit

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = paper
    page = Page(sheet)
    page.title(paper)
    page.facts(*((name, f"{{{name}}}") for name in OF_PAPER[paper]))
    for group, names in ROWS[paper].items():
        _rows(page, group, names)
    fit(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(page: Page, group: str, names: tuple[str, ...]) -> None:
    page.heading(group)
    spans = _SPANS.get(len(names), (*(1,) * (len(names) - 1), _WIDE + 1 - len(names)))
    page.table(spans, names, [[f"{{{group}.{name}}}" for name in names]])
