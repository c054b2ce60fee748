"""Turns what handlers say into outbox rows, in the transaction that did the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import content
from cards.types import Text
from flow import queue
from handlers.context import CaseList, CasePapers, Chart, Drawing, Invitation, Named, Simulating, Workbook
from handlers.events import Message

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.context import Ctx, Reply, Say
    from handlers.events import Event, Labels
    from models import Outbox


def _way(event_id: str, place: int) -> str:
    return f"reply:{event_id}:{place}"[:191]


async def queue_says(reply: Reply, ctx: Ctx, event_id: str) -> None:
    """One row per thing to say, to the chat that the event came from."""
    rows = [_row(say, ctx, _way(event_id, place)) for place, say in enumerate(reply.says)]
    if ctx.chat and any(row.kind == "named" for row in rows):  # a card that asks somebody is for them alone
        rows.append(_row(Text(f"{ctx.me.name}，卡片发到你和我的单聊里了"), ctx, _way(event_id, len(rows))))
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
    if isinstance(say, Invitation):
        return queue.row("invitation", key, ctx.at, member_id=ctx.me.id, case_id=say.case_id, payload=to)
    if isinstance(say, CasePapers | CaseList):
        return _cases_row(say, ctx, key)
    if isinstance(say, Chart):
        return queue.row("chart", key, ctx.at, member_id=ctx.me.id, payload=to | {"words": list(say.words)})
    return queue.row("reply", key, ctx.at, member_id=ctx.me.id, payload=to | {"face": content.pack(say)})


def _cases_row(say: CasePapers | CaseList, ctx: Ctx, key: str) -> Outbox:
    """A file is for the asker alone, whatever chat the question came from."""
    alone: dict[str, Any] = {"platform": ctx.platform}
    if isinstance(say, CasePapers):
        return queue.row("papers", key, ctx.at, member_id=ctx.me.id, case_id=say.case_id, payload=alone)
    kind, to = ("case_list", alone) if say.as_file else ("case_lines", alone | {"chat": ctx.chat})
    return queue.row(kind, key, ctx.at, member_id=ctx.me.id, payload=to | {"words": list(say.words)})


async def say_to_stranger(event: Event | Labels, words: str, now: datetime) -> None:
    """A sentence to somebody who may not be a member."""
    payload = {
        "platform": event.platform, "userid": event.userid, "face": content.pack(Text(words)),
        "chat": event.chat if isinstance(event, Message) else None,
    }  # fmt: skip
    await queue.put([queue.row("reply", _way(event.event_id, 99), now, payload=payload)])
