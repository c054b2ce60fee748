"""Robot messages in the two forms that the platform takes: API samples and webhook JSON (dingtalk.md §2.1, §4.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.channels.base import told_apart
from bot.channels.dingtalk.text import BREAK, json_text, pieces, plain
from models.outside import one_line
from models.outside import plain as unlinked

if TYPE_CHECKING:
    from collections.abc import Collection

TITLE_CHARS = 40  #: what a conversation list shows of a markdown message


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: ``msgKey`` and the values of its ``msgParam``."""

    key: str
    param: dict[str, str] = field(repr=False)

    def sample(self) -> dict[str, str]:
        """As ``oToMessages/batchSend`` and ``groupMessages/send`` want it."""
        return {"msgKey": self.key, "msgParam": json_text(self.param)}

    def webhook(self) -> dict[str, Any] | None:
        """As a session webhook wants it; None when that cannot carry it (files)."""
        match self.key:
            case "sampleText":
                return {"msgtype": "text", "text": self.param}
            case "sampleMarkdown":
                return {"msgtype": "markdown", "markdown": self.param}
        return None


def texts(body: str, again: int = 0, links: Collection[str] = ()) -> list[Bubble]:
    """Plain words, in as many messages as they need; of addresses only ``links`` can be tapped."""
    shown = unlinked(body, links)
    return [Bubble("sampleText", {"content": told_apart(piece, again)}) for piece in pieces(shown)]


def markdown(title: str, text: str) -> Bubble:
    return Bubble("sampleMarkdown", {"title": plain(one_line(title))[:TITLE_CHARS], "text": text})


def image(media_id: str, name: str, caption: str) -> Bubble:
    """Picture and words in one message, which is one call instead of two."""
    lines = [line for line in plain(caption).split("\n") if line.strip()]
    title = lines[0] if lines else name
    return markdown(title, BREAK.join([f"![{plain(one_line(name))}]({media_id})", *lines]))


def attachment(media_id: str, name: str, kind: str) -> Bubble:
    return Bubble("sampleFile", {"mediaId": media_id, "fileName": plain(one_line(name)), "fileType": kind})
