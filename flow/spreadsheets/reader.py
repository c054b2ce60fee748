"""An open workbook and the rows of its sheets; whatever breaks on the way is Damaged."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from flow.spreadsheets.door import DAMAGED, Damaged
from flow.spreadsheets.scanner import Book, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Reader:
    """A workbook that ``door.check`` has let in, until ``close``."""

    def __init__(self, file: Path | IO[bytes]) -> None:
        """Raises Damaged."""
        with _damage():
            self._archive = zipfile.ZipFile(file)
        try:
            with _damage():
                self.book = Book.of(self._archive)
        except Damaged:
            self._archive.close()
            raise

    @property
    def names(self) -> list[str]:
        """The sheets in their order."""
        return list(self.book.sheets)

    @contextmanager
    def sheet(self, name: str) -> Iterator[Sheet]:
        """The rows of a sheet, read as they are asked for. Raises Damaged, for what is done with them too."""
        with _damage(), self._archive.open(self.book.sheets[name]) as file:
            yield Sheet(self.book, file)

    def close(self) -> None:
        self._archive.close()


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise Damaged from error
