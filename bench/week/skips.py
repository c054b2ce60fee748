"""A clock that several processes share and that skips the hours in which nothing is measured."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runtime.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PLACE = "BENCH_SKIPS"  #: key of the settings that names the file with the seconds that were skipped
_SECONDS = struct.Struct("d")


class Skips:
    """The one who skips."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(_SECONDS.pack(0.0))
        self._map, self.seconds = _mapped(path), 0.0

    def skip(self, by: timedelta) -> None:
        """Every clock on the file goes ahead at once."""
        self.seconds += by.total_seconds()
        _SECONDS.pack_into(self._map, 0, self.seconds)


def clock(environ: Mapping[str, str]) -> Clock | None:
    """The clock of a bot in a week; None where the settings name no file."""
    if PLACE not in environ:
        return None
    skipped = _reader(Path(environ[PLACE]))
    return Clock(lambda: datetime.now(UTC) + timedelta(seconds=skipped()), lambda: time.time() + skipped())


def _reader(path: Path) -> Callable[[], float]:
    mapped = _mapped(path)
    return lambda: float(_SECONDS.unpack_from(mapped)[0])


def _mapped(path: Path) -> mmap.mmap:
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), _SECONDS.size)
