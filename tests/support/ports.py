"""Ports for bots under test: no two of the tests that run side by side ask for the same one."""

from __future__ import annotations

import itertools
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, EACH = 21_000, 1_000  #: below those that the kernel gives out, which a connection of a neighbour may take
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_OWN = range(FIRST + _WORKER * EACH, FIRST + (_WORKER + 1) * EACH)
_NUMBERS: Iterator[int] = itertools.cycle(
    [*_OWN[os.getpid() % EACH :], *_OWN[: os.getpid() % EACH]]
)  #: another run begins elsewhere


def unused_port() -> int:
    """A port of this worker's own thousand that nobody listens on."""
    for port in itertools.islice(_NUMBERS, EACH):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if trial.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no port is free")
