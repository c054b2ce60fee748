"""Files that a command writes: whole, or not there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Where to write what is to stand at ``target``: beside it, so that a full disk leaves no half, and the old stands.

    A pipe or a device is written to as it is; a folder is refused by whoever writes to it.
    """
    if target.exists() and not target.is_file():
        yield target
        return
    part = target.with_name(f"{target.stem}.part{target.suffix}")
    try:
        yield part
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
