"""A temporary file of plain values, for what is read once and needed again: memory stays flat."""

from __future__ import annotations

import marshal
import tempfile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class Spool:
    """Values of plain types (text, numbers, lists, tuples), read back in the order in which they were put."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the spool

    def put(self, value: Any) -> None:
        marshal.dump(value, self._file)

    def __iter__(self) -> Iterator[Any]:
        self._file.seek(0)
        while True:
            try:
                value = marshal.load(self._file)  # noqa: S302 - put there by ourselves
            except EOFError:
                return
            yield value

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
