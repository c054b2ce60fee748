"""What a report can't do, said to whoever asked for it."""

from __future__ import annotations


class StatsError(ValueError):
    """A report can't be made; the message is one Chinese sentence that names what would work."""
