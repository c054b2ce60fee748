"""Robot messages in the two forms that the platform takes: API samples and webhook JSON (dingtalk.md §2.1, §4.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.channels.base import told_apart
from bot.channels.dingtalk.text import BREAK, json_text, pieces, plain

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


def texts(body: str, again: int = 0) -> list[Bubble]:
    """Plain words, in as many messages as they need."""
    return [Bubble("sampleText", {"content": told_apart(piece, again)}) for piece in pieces(body)]


def markdown(title: str, text: str) -> Bubble:
    return Bubble("sampleMarkdown", {"title": title[:TITLE_CHARS], "text": text})


def image(media_id: str, name: str, caption: str) -> Bubble:
    """Picture and words in one message, which is one call instead of two."""
    lines = [plain(line) for line in caption.split("\n") if line.strip()]
    title = lines[0] if lines else name
    return markdown(title, BREAK.join([f"![{plain(name)}]({media_id})", *lines]))


def attachment(media_id: str, name: str, kind: str) -> Bubble:
    return Bubble("sampleFile", {"mediaId": media_id, "fileName": name, "fileType": kind})
