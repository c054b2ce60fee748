"""Turns what handlers say into outbox rows, in the transaction that did the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cards import content
from cards.types import Text
from flow.records import outbox
from handlers.chat.context import (
    CaseList,
    CasePapers,
    Chart,
    Drawing,
    Greeting,
    Invitation,
    Named,
    Simulating,
    TemplateKit,
    Workbook,
)
from handlers.chat.events import Joined, Message
from models.views.masks import is_personal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from handlers.chat.context import Ctx, Reply, Say
    from handlers.chat.events import Event, Labels
    from models import Outbox


ALONE = (
    CaseList,
    CasePapers,
    Invitation,
    Named,
    TemplateKit,
    Workbook,
)  #: files, signed links, cards that ask: never in a group
CUSTOMER = "客户"  #: filter of a chart that names one
ASIDE = "{}，已私下发给你，请看和我的单聊"
LATE = "{}，要私下发给你，现在还没送到，会接着试"


def _about_somebody(say: Say) -> bool:
    """Whether it is for one reader, whatever command has brought it: a chart of one customer is, and an amount."""
    if isinstance(say, Text):
        return bool(say.links) or is_personal(say.body)
    return isinstance(say, ALONE) or (isinstance(say, Chart) and any(CUSTOMER in word for word in say.words))


def _aside(rows: Sequence[Outbox], ctx: Ctx, key: str) -> Outbox:
    """What the group hears after ``rows``, as they will have fared by then."""
    said = {name: content.pack(Text(words.format(ctx.me.name))) for name, words in (("face", ASIDE), ("late", LATE))}
    payload = {"platform": ctx.platform, "chat": ctx.chat, "after": [row.key for row in rows], **said}
    aside = outbox.row("aside", key, ctx.at, member_id=ctx.me.id, payload=payload)
    aside.lane = max((row.lane for row in rows), key=lambda lane: lane.startswith(outbox.ASIDE))
    return aside


def _way(event_id: str, place: int) -> str:
    return f"reply:{event_id}:{place}"[:191]


async def queue_says(reply: Reply, ctx: Ctx, event_id: str) -> None:
    """One row per thing to say: to whoever asked, or to the group in which they asked, for what all may read there.

    A group is told that somebody was answered alone, when that has happened.
    """
    rows = [_row(say, ctx, _key(say, ctx, event_id, place), reply) for place, say in enumerate(reply.says)]
    if apart := [row for row in rows if "asked_in" in row.payload]:
        rows.append(_aside(apart, ctx, _way(event_id, len(rows))))
    await outbox.put(rows)


def _key(say: Say, ctx: Ctx, event_id: str, place: int) -> str:
    """A greeting that nobody asked for is said once a day, however often and wherever the chat is opened."""
    if isinstance(say, Greeting) and say.unasked:
        return f"greeting:m{ctx.me.id}:{ctx.at:%Y%m%d}"
    return _way(event_id, place)


def _row(say: Say, ctx: Ctx, key: str, reply: Reply) -> Outbox:
    alone = ctx.chat is not None and (reply.alone or _about_somebody(say))
    where = {"chat": None, "asked_in": ctx.chat} if alone else {"chat": ctx.chat}
    kind, what = _PACKED.get(type(say), _as_it_is)(say, ctx)
    payload = {"platform": ctx.platform, **where, **what}
    return outbox.row(kind, key, ctx.at, member_id=ctx.me.id, case_id=getattr(say, "case_id", None), payload=payload)


def _as_it_is(say: Any, ctx: Ctx) -> tuple[str, dict[str, Any]]:
    return "reply", {"face": content.pack(say)}


def _named(say: Named, ctx: Ctx) -> tuple[str, dict[str, Any]]:
    return "named", {"token": say.token, "name": say.name, "task": say.task_id, "face": content.pack(say.card)}


def _simulating(say: Simulating, ctx: Ctx) -> tuple[str, dict[str, Any]]:
    to = ctx.me.userid(ctx.platform)
    return "simulate", {"proposal": say.proposal_id, "period": list(say.period), "userid": to}


#: what stands in a row for what is made when it is sent: kind and payload
_PACKED: Mapping[type, Callable[[Any, Ctx], tuple[str, dict[str, Any]]]] = {
    Named: _named,
    Simulating: _simulating,
    Drawing: lambda say, ctx: ("drawing", {"data": say.data, "name": say.name, "caption": say.caption}),
    Workbook: lambda say, ctx: ("workbook", {"flow": say.flow, "policy": say.policy}),
    Invitation: lambda say, ctx: ("invitation", {}),
    TemplateKit: lambda say, ctx: ("workbook", {"paper": say.paper}),
    CasePapers: lambda say, ctx: ("papers", {"paper": say.paper, "digest": say.digest} if say.paper else {}),
    CaseList: lambda say, ctx: (say.form, {"words": list(say.words)}),
    Chart: lambda say, ctx: ("chart", {"words": list(say.words)}),
    Greeting: lambda say, ctx: ("greeting", {}),
}


async def say_to_stranger(event: Event | Labels, words: Text, now: datetime) -> None:
    """Words to somebody who may not be a member; whoever only opens the chat hears them once a day."""
    payload = {
        "platform": event.platform, "userid": event.userid, "face": content.pack(words),
        "chat": event.chat if isinstance(event, Message) else None,
    }  # fmt: skip
    today = f"stranger:{event.platform}:{event.userid}:{now:%Y%m%d}"[:191]
    key = today if isinstance(event, Joined) else _way(event.event_id, 99)
    await outbox.put([outbox.row("reply", key, now, payload=payload)])
