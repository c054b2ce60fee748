"""Goods of which more is said to be on its way: what receiving them now comes to, and the other ways, on one card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.vocabulary import LATER
from handlers.chat import readings
from handlers.chat.spelling import asks
from handlers.sentences import in_hand
from handlers.sentences.hearing import COMMENT, LOOK, OFFERED, WHICH, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.chat.context import Reply
    from handlers.sentences.hearing import Hearing
    from models import Task

_TODAY = re.compile(r"今[天日]")


async def meant(hearing: Hearing, text: str, tasks: Sequence[Task]) -> Reply | None:
    """``就来了一个 还差一个``: to receive so many, a remark, the task put off; None for another text.

    What is put off stands first where a moment is said, or that it waits.
    """
    found = [] if asks(text) else [each for each in await readings.counted(hearing.ctx, text, tasks) if each.short]
    if not found:
        return None
    numbers = list(dict.fromkeys(each.reading.split()[1] for each in found))
    booked, kept = [each.reading for each in found][:OFFERED], [f"{COMMENT} {no} {text}" for no in numbers]
    off = _put_off(hearing, numbers[0], text) if len(numbers) == 1 else []
    waits = bool(off) and bool(in_hand.later(hearing, numbers[0], text))
    lead = f"“{short(text)}”要点一下才算，现在什么都没有做。{'；'.join(each.told for each in found[:OFFERED])}"
    lines = [*off, *booked, *kept] if waits else [*booked, *kept[:1], *off, *kept[1:]]
    return await hearing.offer(WHICH, lead, [*lines, *(f"{LOOK} {no}" for no in numbers)])


def _put_off(hearing: Hearing, no: str, text: str) -> list[str]:
    """The task put off with all that was said; 今天 says when the first goods came, and not when the others will."""
    line = next(iter(in_hand.put_off(hearing, no, _TODAY.sub("", text))), "")
    name, _, until, *_ = [*line.split(), "", "", ""]
    return [f"{LATER} {no} {until} {text}"] if name == LATER else []
