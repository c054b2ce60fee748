"""The case that a quoted message is about, and the words of the reply without the quotation.

DingTalk brings what was quoted beside the text (``text.repliedMsg``, dingtalk.md §2.1). A WeCom app is sent the text
alone (D/90239): there is nothing to tell a reply by but a client that writes the quotation into the text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from flow.definitions.patterns import CASE_NO
from handlers.chat import parse
from handlers.chat.spelling import is_number, numbered
from handlers.chat.statements import Statement, spread_out
from models import Case, SentCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Ctx
    from handlers.chat.events import Message
    from handlers.chat.lexicon import Lexicon

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


def completed(statement: Statement, about_case: str, lexicon: Lexicon) -> Statement:
    """With the case of the message that was quoted, where a statement names none."""
    words = spread_out(statement.words)
    if about_case and not any(parse.is_case_no(word) for word in words):
        takes_case = words and (words[0] in lexicon.about_cases | {"查"} or lexicon.is_button(words[0]))
        if takes_case and not (len(words) > 1 and is_number(words[1]) and words[0] in lexicon.each):
            return Statement(f"{statement.text} {about_case}", (words[0], about_case, *words[1:]))
        if not words or words[0] not in lexicon.commands:
            return Statement(f"{about_case} {statement.text}", (about_case, *words))
    return replace(statement, words=words)
