"""SQLite serves one bot: a second one that starts on the same file is told so."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models.database.connection import DatabaseError, sqlite_path

if TYPE_CHECKING:
    from collections.abc import Iterator


class Taken(DatabaseError):
    """A bot works on the file."""


@contextmanager
def only_bot(url: str) -> Iterator[None]:
    """Hold the file's lock while the bot runs; nothing to hold on PostgreSQL. The kernel frees it when we die.

    Raises Taken when another bot holds it.
    """
    path = sqlite_path(url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(path.suffix + ".lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            words = f"{path} 已经有一个机器人在用。SQLite 只能一个进程使用；要开多个请改用 PostgreSQL 和 Redis"
            raise Taken(words) from error
        yield
