"""The case that a quoted message is about, and the words of the reply without the quotation.

DingTalk brings what was quoted beside the text (``text.repliedMsg``, dingtalk.md §2.1). A WeCom app is sent the text
alone (D/90239): there is nothing to tell a reply by but a client that writes the quotation into the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO
from handlers.chat.spelling import numbered
from models import Case, SentCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx
    from handlers.chat.events import Message

_WRITTEN = re.compile(
    r"^\s*(?:这是一条引用/回复消息[：:]\s*)?[「“\"](?P<quoted>.*?)[」”\"]\s*\n\s*(?:[-—–]\s?){3,}\s*\n(?P<reply>.*)$",
    re.DOTALL,
)
_CASE = re.compile(rf"(?<![A-Za-z0-9]){CASE_NO}(?!\d)")


async def apart(ctx: Ctx, event: Message) -> tuple[str, str]:
    """The text that somebody wrote, and the number of the case that the quoted message is about; "" for none."""
    text, quoted = event.text, list(event.quoted)
    if match := _WRITTEN.match(text):
        text = match["reply"]
        quoted.append(match["quoted"])
    return text, await _case(ctx, quoted)


async def _case(ctx: Ctx, quoted: Sequence[str]) -> str:
    """The only case that the texts name, or that a card of theirs shows."""
    found = {no for text in quoted for no in _CASE.findall(numbered(text))}
    tokens = [text for text in quoted if 0 < len(text) <= 64]  # of the column
    cards = (
        await SentCard.filter(token__in=tokens, member_id=ctx.me.id).values_list("case_id", flat=True) if tokens else []
    )
    ids = [int(str(case_id)) for case_id in cards if case_id]
    found |= {case.no for case in await Case.filter(id__in=ids).only("id", "no")} if ids else set()
    return found.pop() if len(found) == 1 else ""
