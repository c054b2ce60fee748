"""What lives as long as the process: the garbage collector is kept from looking through it."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def lifelong() -> Iterator[None]:
    """For imports: modules, classes and patterns are never garbage.

    Looking through them while they come in is a tenth of a start, and again and again afterwards a part of every tap.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()
