"""没人管的单: an open case that nobody has to act on and that waits for nothing. There should be none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.expressions import Subquery

from flow.definitions.flow import WAIT
from flow.definitions.vocabulary import UNTIL
from flow.engine.waits import hears_of_refund
from flow.records import outbox
from models import Case, CaseState, Refund, RefundState, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk

PAGE = 200  #: cases read at once
MAX_NAMED = 10
SILENCE = timedelta(days=1)  #: after which a shop that has not answered is worth a word


async def orphans(desk: Desk, now: datetime) -> list[str]:
    """Numbers of the open cases that would lie for ever, the oldest first."""
    found: list[str] = []
    busy = Task.filter(state=TaskState.OPEN).values("case_id")
    idle = Case.filter(state=CaseState.OPEN).exclude(id__in=Subquery(busy)).order_by("id")
    last = 0
    while cases := await idle.filter(id__gt=last).limit(PAGE):
        found += [case.no for case in cases if not await _waits(desk, case, now)]
        last = cases[-1].id
    return found


async def _waits(desk: Desk, case: Case, now: datetime) -> bool:
    """Whether something will take the case on: a moment that is written down, or the answer to a refund under way."""
    if case.facts.get(UNTIL) or case.resume_at:
        return True
    nodes = (await desk.rules(case.flow_id, case.policy_id or 0)).flow.nodes if case.flow_id else {}
    here = [nodes[name] for name in case.nodes if name in nodes and nodes[name].kind == WAIT]
    if not any(hears_of_refund(node) for node in here):
        return False
    sending = Refund.filter(case_id=case.id, state=RefundState.SENDING, confirmed_at__gt=now - SILENCE)
    return await sending.exists()


async def tell_of_orphans(desk: Desk, now: datetime) -> int:
    """A word to the managers' group about cases that nobody has, once a day; how many there are."""
    found = await orphans(desk, now)
    if found:
        more = f" 等 {len(found)} 单" if len(found) > MAX_NAMED else ""
        words = f"有单子没人管，也不在等什么：{'、'.join(found[:MAX_NAMED])}{more}。请管理员查一下，转交或撤单"
        await outbox.put([outbox.alert(f"orphans:{now.astimezone(desk.zone):%Y%m%d}", now, words)])
    return len(found)
