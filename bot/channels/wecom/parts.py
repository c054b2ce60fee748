"""One thing to say as the platform messages that it takes, sent in turn and resumed where a send broke off."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.base import told_apart
from bot.channels.wecom.cards import to_markdown
from bot.channels.wecom.text import TEXT_BYTES, split
from bot.channels.wecom.wire import Upload
from cards.types import Card, File, Image, Text
from models.outside import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from bot.store.base import Store
    from cards.types import Content

RESUME_SECONDS = 3600.0  #: how long a broken-off send is remembered


@dataclass(frozen=True, slots=True)
class Words:
    """A text or markdown message, short enough to be shown whole."""

    msgtype: str
    body: str = field(repr=False)


Part = Words | Upload


def parts_of(content: Content) -> list[Part]:
    """A card is told in words here; one with live buttons is no part."""
    match content:
        case Card():
            return [Words("markdown", to_markdown(content))]
        case Text():
            return _texts(content.body, content.links)
        case Image():
            caption = _texts(content.caption) if content.caption else []
            return [Upload("image", content.png, content.name), *caption]
        case File():
            return [Upload("file", content.data, content.name)]


async def send_in_turn(
    store: Store, receiver: str, parts: Sequence[Part], send: Callable[[Part], Awaitable[None]]
) -> None:
    """Send every part; when one fails, the next attempt with the same parts begins with that one."""
    if len(parts) == 1:
        await send(parts[0])
        return
    key = _progress_key(receiver, parts)
    done = int(await store.get(key) or 0)
    for number, part in enumerate(parts[done:], done + 1):
        await send(part)
        await store.set(key, str(number), RESUME_SECONDS)
    await store.delete(key)


def _texts(body: str, links: Collection[str] = ()) -> list[Part]:
    """What the platform shows as words: an ``<a href>`` in them would be a link (D/90236)."""
    return [Words("text", piece) for piece in split(plain(body, links), TEXT_BYTES - len(told_apart("", 99).encode()))]


def _progress_key(receiver: str, parts: Sequence[Part]) -> str:
    digest = hashlib.sha256(receiver.encode())
    for part in parts:
        digest.update(part.data if isinstance(part, Upload) else part.body.encode())
    return f"wecom:parts:{digest.hexdigest()}"
