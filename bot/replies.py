"""Turns what handlers say into outbox rows, in the transaction that did the work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import content
from cards.types import Text
from flow import queue
from handlers.context import CaseList, CasePapers, Chart, Drawing, Invitation, Named, Simulating, Workbook
from handlers.events import Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.context import Ctx, Reply, Say
    from handlers.events import Event
    from models import Outbox


ALONE = (CaseList, CasePapers, Invitation, Named, Workbook)  #: files, signed links, cards that ask: never in a group
CUSTOMER = "客户"  #: filter of a chart that names one
ASIDE = "{}，已私下发给你，请看和我的单聊"
LATE = "{}，要私下发给你，现在还没送到，会接着试"


def _about_somebody(say: Say) -> bool:
    """Whether it is for one reader, whatever command has brought it: a chart of one customer is."""
    return isinstance(say, ALONE) or (isinstance(say, Chart) and any(CUSTOMER in word for word in say.words))


def _aside(rows: Sequence[Outbox], ctx: Ctx, key: str) -> Outbox:
    """What the group hears after ``rows``, as they will have fared by then."""
    said = {name: content.pack(Text(words.format(ctx.me.name))) for name, words in (("face", ASIDE), ("late", LATE))}
    payload = {"platform": ctx.platform, "chat": ctx.chat, "after": [row.key for row in rows], **said}
    return queue.row("aside", key, ctx.at, member_id=ctx.me.id, payload=payload)


def _way(event_id: str, place: int) -> str:
    return f"reply:{event_id}:{place}"[:191]


async def queue_says(reply: Reply, ctx: Ctx, event_id: str) -> None:
    """One row per thing to say: to whoever asked, or to the group in which they asked, for what all may read there.

    A group is told that somebody was answered alone, when that has happened.
    """
    alone = [reply.alone or _about_somebody(say) for say in reply.says]
    rows = [
        _row(say, replace(ctx, chat=None) if apart else ctx, _way(event_id, place))
        for place, (say, apart) in enumerate(zip(reply.says, alone, strict=True))
    ]
    if ctx.chat and any(alone):
        for row in rows:
            row.payload = {**row.payload, "asked_in": ctx.chat}
        rows.append(_aside(rows, ctx, _way(event_id, len(rows))))
    await queue.put(rows)


def _row(say: Say, ctx: Ctx, key: str) -> Outbox:
    to: dict[str, Any] = {"platform": ctx.platform, "chat": ctx.chat}
    if isinstance(say, Named):
        payload = to | {"token": say.token, "name": say.name, "task": say.task_id, "face": content.pack(say.card)}
        return queue.row("named", key, ctx.at, member_id=ctx.me.id, case_id=say.case_id, payload=payload)
    if isinstance(say, Drawing):
        payload = to | {"data": say.data, "name": say.name, "caption": say.caption}
        return queue.row("drawing", key, ctx.at, member_id=ctx.me.id, payload=payload)
    if isinstance(say, Workbook):
        payload = to | {"flow": say.flow, "policy": say.policy}
        return queue.row("workbook", key, ctx.at, member_id=ctx.me.id, payload=payload)
    if isinstance(say, Simulating):
        payload = to | {
            "proposal": say.proposal_id, "period": list(say.period), "userid": ctx.me.userid(ctx.platform),
        }  # fmt: skip
        return queue.row("simulate", key, ctx.at, member_id=ctx.me.id, payload=payload)
    if isinstance(say, Invitation | CasePapers):
        kind = "invitation" if isinstance(say, Invitation) else "papers"
        return queue.row(kind, key, ctx.at, member_id=ctx.me.id, case_id=say.case_id, payload=to)
    if isinstance(say, CaseList):
        kind = "case_list" if say.as_file else "case_lines"
        return queue.row(kind, key, ctx.at, member_id=ctx.me.id, payload=to | {"words": list(say.words)})
    if isinstance(say, Chart):
        return queue.row("chart", key, ctx.at, member_id=ctx.me.id, payload=to | {"words": list(say.words)})
    return queue.row("reply", key, ctx.at, member_id=ctx.me.id, payload=to | {"face": content.pack(say)})


async def say_to_stranger(event: Event, words: str, now: datetime) -> None:
    """A sentence to somebody who may not be a member."""
    payload = {
        "platform": event.platform, "userid": event.userid, "face": content.pack(Text(words)),
        "chat": event.chat if isinstance(event, Message) else None,
    }  # fmt: skip
    await queue.put([queue.row("reply", _way(event.event_id, 99), now, payload=payload)])
