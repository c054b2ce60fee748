"""What comes onto the phones, by the case that it is about and the chat that it stands in, for whoever waits for it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.walker import CASE_NO, is_live, token_of
from sandbox.dingtalk.card_checks import is_live as is_pressable
from sandbox.wecom.copies import buttons as wecom_buttons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.world import Item, Place, World

Key = tuple[str, ...]
Words = tuple[str, str, str]  #: platform, chat, what stands in the bubble
GROUPS = "群"
RECENT = 60  #: bubbles of a chat that are looked at


def chat_of(place: Place) -> Key:
    return place.platform, place.chat


def words_of(item: Item) -> str:
    return json.dumps(item.body, ensure_ascii=False, sort_keys=True)


def offered(item: Item) -> set[str]:
    """The words on the buttons that can be tapped."""
    if not is_live(item):
        return set()
    if item.place.platform == "wecom":
        return set(wecom_buttons(item.body))
    return {str(each.get("text")) for each in item.body["params"]["buttons"] if is_pressable(each)}


@dataclass(slots=True)
class Watch:
    """Also puts down what the platforms have shown: texts by chat and words, cards by chat and name."""

    world: World
    texts: Counter[Words] = field(default_factory=Counter)  #: those of all groups under ``GROUPS``
    cards: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _shown: defaultdict[Key, dict[int, Item]] = field(default_factory=lambda: defaultdict(dict))
    _waiting: defaultdict[Key, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))
    _put_down: set[int] = field(default_factory=set)

    async def run(self) -> None:
        """For as long as anybody looks."""
        feed = self.world.subscribe()
        try:
            while True:
                self._note(await feed.get())
        finally:
            self.world.unsubscribe(feed)

    def items(self, key: Key) -> list[Item]:
        """What stands there, as it is now, the oldest first."""
        return list(self._shown[key].values())

    async def until(self, key: Key, fits: Callable[[Item], bool], patience: float) -> Item:
        """The newest bubble that fits, waiting for one. Raises TimeoutError."""
        news = asyncio.Event()
        self._waiting[key].add(news)
        try:
            async with asyncio.timeout(patience):
                while True:
                    news.clear()
                    if found := next((item for item in reversed(self.items(key)) if fits(item)), None):
                        return found
                    await news.wait()
        finally:
            self._waiting[key].discard(news)

    def forget(self, case: str) -> None:
        """Nobody waits for anything of this case any more."""
        self._shown.pop((case,), None)
        self._waiting.pop((case,), None)

    def sweep(self) -> None:
        """Take what was said off the phones: it is put down, and nobody scrolls up."""
        for item in [item for item in self.world.items.values() if item.kind in ("text", "markdown", "notice")]:
            del self.world.items[item.id]

    def _note(self, item: Item) -> None:
        self._put(item)
        for key in self._keys(item):
            shown = self._shown[key]
            shown[item.id] = item
            if len(key) > 1 and len(shown) > RECENT:
                del shown[next(iter(shown))]
            for news in self._waiting[key]:
                news.set()

    def _keys(self, item: Item) -> Iterator[Key]:
        yield chat_of(item.place)
        if item.kind == "card" and (found := CASE_NO.match(token_of(item))):
            yield (found[0],)

    def _put(self, item: Item) -> None:
        if item.sender != "bot" or item.id in self._put_down:
            return
        self._put_down.add(item.id)
        if item.kind == "card":
            self.cards[item.place.platform, item.place.chat, token_of(item)] += 1
        else:
            chat = GROUPS if item.place.group else item.place.chat
            self.texts[item.place.platform, chat, words_of(item)] += 1
