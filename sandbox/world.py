"""Who is there and what stands on each phone: the one state that every fake server and the page share."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from sandbox.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Platform = Literal["wecom", "dingtalk", "sms"]
Kind = Literal["text", "markdown", "image", "file", "voice", "card", "notice"]


@dataclass(frozen=True, slots=True)
class Person:
    """One human of the demo; on one platform, both, or neither (a customer)."""

    name: str
    roles: tuple[str, ...] = ()
    wecom: str | None = None
    dingtalk: str | None = None
    manager: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A chat as one phone sees it: 1:1 with the bot (``chat`` is the userid or mobile) or a group (its id)."""

    platform: Platform
    chat: str
    group: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One bubble. ``body`` is what the platform got on the wire; ``state`` is what the client has made of it since."""

    id: int
    place: Place
    kind: Kind
    sender: str  #: "bot", or the userid of who typed it
    at: datetime
    body: dict[str, Any]
    state: dict[str, Any] = field(default_factory=dict)  #: e.g. {"revision": 2, "dead": True}


class World:
    """People, groups and phones, with a feed of every change."""

    def __init__(
        self, people: Iterable[Person] = (), groups: dict[str, str] | None = None, clock: Clock | None = None
    ) -> None:
        self.clock = clock or Clock()
        self.people = list(people)
        self.groups = dict(groups or {})  #: group id -> its name
        self.items: dict[int, Item] = {}
        self._ids = itertools.count(1)
        self._feeds: set[asyncio.Queue[Item]] = set()

    def person(self, platform: Platform, userid: str) -> Person | None:
        """WeCom compares userids without case (platforms/wecom.md §4.1), DingTalk with it."""
        fold = str.lower if platform == "wecom" else str
        known = (p for p in self.people if getattr(p, platform, None))
        return next((p for p in known if fold(getattr(p, platform)) == fold(userid)), None)

    def put(self, place: Place, kind: Kind, body: dict[str, Any], *, sender: str = "bot", **state: Any) -> Item:
        item = Item(next(self._ids), place, kind, sender, self.clock.now(), body, state)
        self.items[item.id] = item
        self._tell(item)
        return item

    def change(self, item_id: int, *, body: dict[str, Any] | None = None, **state: Any) -> Item:
        """The client redraws a bubble: a new body, new state, or both."""
        old = self.items[item_id]
        item = replace(old, body=old.body if body is None else body, state=old.state | state)
        self.items[item_id] = item
        self._tell(item)
        return item

    def phone(self, platform: Platform, chat: str) -> list[Item]:
        """What one chat shows, oldest first."""
        return [i for i in self.items.values() if i.place.platform == platform and i.place.chat == chat]

    def subscribe(self) -> asyncio.Queue[Item]:
        feed: asyncio.Queue[Item] = asyncio.Queue()
        self._feeds.add(feed)
        return feed

    def unsubscribe(self, feed: asyncio.Queue[Item]) -> None:
        self._feeds.discard(feed)

    def _tell(self, item: Item) -> None:
        for feed in self._feeds:
            feed.put_nowait(item)
