"""What must hold for a figure to be worth printing: every acknowledged tap is on the disk, once, and nothing failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DURABLE = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2"},
    "postgres": {"fsync": "on", "synchronous_commit": "on"},
}  #: a power cut takes nothing that was committed


class Dishonest(AssertionError):
    """The run measured something else than it says; the message says what."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of the database that taps leave, or what the load has counted."""

    inbox: int
    events: int
    outbox: int


def check_durable(engine: str, said: Mapping[str, str]) -> None:
    """Raises Dishonest when a server writes with less than full durability."""
    wanted = DURABLE[engine]
    if dict(said) != wanted:
        raise Dishonest(f"{engine} 的持久性应是 {wanted}，实际是 {dict(said)}")


def check_rows(acknowledged: int, rows: Tally, errors: int) -> None:
    """Raises Dishonest unless every acknowledged tap left its inbox row, its event, and words for the outbox."""
    if errors:
        raise Dishonest(f"有 {errors} 次点按没有得到应有的答复")
    if not acknowledged == rows.inbox == rows.events or rows.outbox < acknowledged:
        raise Dishonest(f"答复了 {acknowledged} 次，库里却是 {rows}")
