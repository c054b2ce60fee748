"""What every channel offers, and what it needs from the rest of the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from aiohttp import web

    from cards.types import Card, Content
    from handlers.chat.events import Event, Media, ReplyTo, Tap

#: before words whose earlier sending got no answer: no platform can be asked whether a message has arrived
REPEATED = "（第 {} 次发送，前面的可能已收到）\n"


class ChannelError(Exception):
    """A delivery did not happen."""


class Retryable(ChannelError):
    """Try again after ``retry_after`` seconds: busy, rate limit, timeout, token."""

    def __init__(self, reason: str, retry_after: float = 1.0) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


def told_apart(words: str, again: int) -> str:
    """Words that may have come before, so that whoever reads them knows; ``again`` is how often they were sent."""
    return REPEATED.format(again + 1) + words if again else words


class InDoubt(Retryable):
    """The line broke, or the answer cannot be read: it may have been done all the same."""


class Rejected(ChannelError):
    """The platform will not take this, now or later. ``code`` is its own, ``reason`` ours, in Chinese."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code} {reason}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivered card; ``code`` is WeCom's response_code: one use, 72 h (D/94888), else empty."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class CardRef:
    """A card that stands on a phone."""

    token: str
    userid: str
    code: str = ""
    code_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A member as the platform's address book has them."""

    userid: str
    name: str
    manager: str | None = None  #: userid of the direct manager, or of the department's leader
    active: bool = True


class Intake(Protocol):
    """The door of the bot that channels knock at."""

    async def accept(self, event: Event) -> None:
        """Take an event in. When this returns, it is stored and may be acknowledged; a duplicate returns too."""

    async def tap(self, tap: Tap) -> Card | None:
        """Decide a tap in one transaction and give the card to show to whoever tapped; None leaves it unchanged."""

    async def missed(self, tap: Tap, face: Card | None, after: float = 0.0) -> None:
        """The answer to a tap did not reach the platform in time: ``face`` is drawn by a call, ``after`` seconds."""


class Circular(Protocol):
    """How a platform takes one message for several people in one call."""

    at_once: int  #: people of one call, at most

    async def send(self, userids: Sequence[str], content: Content, again: int = 0) -> dict[str, ChannelError]:
        """Who did not get it, and why: Rejected or Retryable. ``again`` as in a channel.

        Raises them, too, when the content itself could not be prepared.
        """


class Channel(Protocol):
    """A platform. Every method raises Retryable or Rejected when the platform did not do it."""

    platform: str

    def routes(self) -> list[web.RouteDef]:
        """The callbacks it listens on; none in stream mode."""

    async def start(self) -> None:
        """Begin to listen. Returns at once; trouble shows in ``problem``."""

    async def stop(self) -> None:
        """Close what ``start`` opened."""

    @property
    def problem(self) -> str | None:
        """Why nothing would come through now, in Chinese for ``/readyz``; None when all is well."""

    @property
    def circular(self) -> Circular | None:
        """The way to tell several people the same; None where each of them takes a call anyway."""

    async def send(
        self, userid: str, content: Content, *, token: str = "", reply: ReplyTo | None = None, again: int = 0
    ) -> Sent:
        """Deliver to one person's 1:1 chat. ``token`` names a live card and makes a repeated send harmless.

        ``again``: how many attempts before this one may have come through; words then say so, see ``told_apart``.
        """

    async def send_group(self, group: str, content: Content, *, reply: ReplyTo | None = None, again: int = 0) -> None:
        """Deliver to a group: a configured group's name, or the chat id that a message came from."""

    async def update(self, card: CardRef, content: Card) -> None:
        """Redraw a card that stands on a phone."""

    async def download(self, media: Media) -> bytes:
        """Fetch what a message carried. Raises Rejected when it is gone or over 20 MB."""

    async def contacts(self) -> list[Contact]:
        """The platform's address book, as far as the app may see it."""


@dataclass(slots=True)
class Meter:
    """Counts platform calls; ``counted`` ones stand against DingTalk's monthly quota (KB 1431)."""

    add: Callable[[str, str, bool], None]  #: (platform, api, counted)
    spent: Callable[[str], Awaitable[int]]  #: platform -> counted calls of this month
