"""What people really did, over the wire, is what a replay of it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.flow import HUMAN
from flow.definitions.identities import NODE, REASON, ROLE, one
from flow.definitions.renaming import applied
from flow.simulation import Outcome, replay, simulate
from flow.simulation.archive import Archive
from flow.simulation.past import past_case, stated
from flow.stats import parse_period
from flow.versions import active_texts, publish
from models import Case, Task, TaskState
from tests.support.sales import TZ
from tests.support.stories import NO_REASON, finish, play, submitted

if TYPE_CHECKING:
    from datetime import datetime

    from flow.definitions.business import Bundle
    from tests.support.stage import Stage

JOURNEYS = [
    ("standard", ()),
    ("standard", ("周仓 确认收货", "许静 次品处理", "王建国 驳回")),
    ("express", ()),
]


@pytest.mark.parametrize(("preset", "steps"), JOURNEYS)
async def test_a_case_that_was_lived_through_replays_as_it_was(
    desk: Stage, preset: str, steps: tuple[str, ...]
) -> None:
    """Over the wire: the stops of the replay are the nodes at which people really decided."""
    texts = await active_texts()
    if preset != "standard":
        await publish({("preset", "preset"): preset}, "测试", desk.clock.now())
    no = await submitted(desk, NO_REASON)
    await play(desk, *steps)
    await finish(desk, no)
    now = desk.clock.now().astimezone(TZ)
    archive = Archive("退货", parse_period("今天", now, TZ).window(TZ))
    await archive.count()
    [(row, trip)] = [each async for piece in archive.pieces() for each in piece]
    case = past_case(row, stated(row.facts), trip.road.decisions, archive.flows[row.flow_id])
    lived = await Task.filter(case__no=no, state=TaskState.DONE).order_by("closed_at", "id")
    rules = await desk.bot.desk.rules(*await _kept(no))
    outcome = replay(rules, case.facts, case.hints)
    assert isinstance(outcome, Outcome)
    people = [stop for stop in outcome.path if rules.flow.nodes[stop].kind == HUMAN]
    assert people == [task.node for task in lived]
    ended = await Case.get(no=no)
    assert outcome.end == f"{ended.state}{ended.close_reason or ''}"
    await _nothing_changes(texts, preset, now)


async def _nothing_changes(texts: Bundle, preset: str, now: datetime) -> None:
    """The same rules send the case the same way, and so do those that only have other names."""
    today = parse_period("今天", now, TZ)
    sim = await simulate(texts, texts, "退货", preset, today, now=now)
    assert (sim.compared, sim.changed) == (1, 0)
    same = await simulate(texts, {**texts, **_renamed(texts)}, "退货", preset, today, now=now)
    assert (same.compared, same.changed) == (1, 0)
    assert (same.load, same.unseen) == (sim.load, sim.unseen)


def _renamed(texts: Bundle) -> Bundle:
    """Every node at which people decide, and the type, under another name; policies and rules follow."""
    found = dict(texts)
    names = [one(NODE, name, f"{name}乙", "退货") for name in ("客服审核", "金额审批", "仓库收货", "质检", "财务退款")]
    for each in (*names, one(REASON, "七天无理由", "随便退"), one(ROLE, "客服主管", "总管")):
        found |= applied(found, each)
    return found


async def _kept(no: str) -> tuple[int, int]:
    case = await Case.get(no=no)
    return case.flow_id or 0, case.policy_id or 0
