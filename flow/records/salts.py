"""Salts of the chain, drawn afresh: without them what an event commits to can be guessed at."""

from __future__ import annotations

import os

from flow.records.audit import SALT


def new_salt() -> str:
    """Hex digits that nobody can guess."""
    return os.urandom(SALT // 2).hex()


def new_salts(count: int) -> list[str]:
    """Several at once: asking the kernel costs more than the salts."""
    found = os.urandom(SALT // 2 * count).hex()
    return [found[n : n + SALT] for n in range(0, len(found), SALT)]
