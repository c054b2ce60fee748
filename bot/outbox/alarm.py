"""Tells the administrators' group what is wrong with the bot itself, once, and once when it is over.

Straight through the channel, not by the outbox: what is wrong may be the database, or the worker of the outbox.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.channels.base import ChannelError
from cards.types import Text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

    from cards.types import Content

log = structlog.get_logger("alarm")

LOOK = 3.0  #: seconds between looks; what goes wrong together is told together
CALM = 30.0  #: seconds without a trouble before it is told to be over
SLOW = 60.0  #: seconds that a connection may be away before it is told: platforms hang up every few hours
AGAIN = 30.0  #: seconds before a telling that failed is tried again
BEGUN, OVER = "机器人出了问题，正在自己重试：", "机器人的这些问题已经过去："


@dataclass(slots=True)
class Alarm:
    """``troubles`` gives what is wrong now, by name, in Chinese; ``say`` raises ChannelError when nobody heard it."""

    troubles: Callable[[], Mapping[str, str]]
    say: Callable[[Content], Awaitable[None]]
    slow: Collection[str] = ()  #: troubles that are told only when they last
    now: Callable[[], float] = time.monotonic
    _since: dict[str, float] = field(default_factory=dict)
    _told: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, float] = field(default_factory=dict)
    _silent_until: float = 0.0

    async def look(self) -> None:
        """Tell of what is new and of what is over."""
        now, present = self.now(), self.troubles()
        self._seen |= dict.fromkeys(present, now)
        self._since = {name: self._since.get(name, now) for name in present}
        if now < self._silent_until:
            return
        begun = {name: words for name, words in present.items() if name not in self._told and self._lasts(name, now)}
        over = [name for name in self._told if now - self._seen[name] >= CALM]
        parts = [_listed(BEGUN, begun.values())] if begun else []
        parts += [_listed(OVER, [self._told[name] for name in over])] if over else []
        if parts and await self._heard("\n".join(parts)):
            self._told = {name: words for name, words in (self._told | begun).items() if name not in over}

    def _lasts(self, name: str, now: float) -> bool:
        return name not in self.slow or now - self._since[name] >= SLOW

    async def _heard(self, words: str) -> bool:
        log.warning("alarm", words=words)
        try:
            await self.say(Text(words))
        except ChannelError as error:
            log.warning("alarm not heard", reason=str(error))
            self._silent_until = self.now() + AGAIN
            return False
        return True


def _listed(head: str, lines: Iterable[str]) -> str:
    return "\n".join([head, *(f"· {line}" for line in lines)])
