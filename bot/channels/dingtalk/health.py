"""What is wrong with the channel now, each trouble under the name of who noticed it."""

from __future__ import annotations


class Health:
    """Sentences in Chinese for ``/readyz``; they never carry a token, a ticket or an address."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    def note(self, source: str, sentence: str) -> None:
        self._now[source] = sentence

    def clear(self, source: str) -> None:
        self._now.pop(source, None)

    @property
    def summary(self) -> str | None:
        return "；".join(self._now.values()) or None
