"""Changes whose moment has come, against the database alone: one replica does it, once, and only what was agreed to."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.publishing import schedule
from flow.publishing.schedule import Schedule
from flow.publishing.turns import take_turns
from flow.versions import active_texts
from models import Definition, Outbox
from models.enums import ProposalState as State
from tests.flow.publishing.test_proposals import CHEN, LI, business, limit, proposed, published
from tests.support.stage import START

if TYPE_CHECKING:
    from models import Proposal

__all__ = ["business"]
DAY = timedelta(days=1)
DUE, UNTIL = START + DAY, START + 2 * DAY


async def timed(*edits: str, until: bool = True) -> Proposal:
    """A change of 李敏's that 陈卓 has agreed to."""
    proposal = await proposed(LI, *edits)
    async with in_transaction():
        await schedule.put(proposal, LI, Schedule(DUE, UNTIL if until else None))
    await published(proposal, CHEN)
    assert proposal.state is State.TIMED
    return proposal


async def test_nothing_happens_before_its_moment(business: None) -> None:
    before = await active_texts()
    await timed("流程 质检 时限 4小时")
    assert await take_turns(DUE - timedelta(seconds=1)) == 0
    assert await active_texts() == before


async def test_of_two_replicas_in_one_instant_one_does_it(business: None) -> None:
    proposal = await timed("流程 质检 时限 4小时")
    assert sum(await asyncio.gather(take_turns(DUE), take_turns(DUE))) == 1
    assert await limit("质检") == "4小时"
    assert sum(await asyncio.gather(take_turns(UNTIL), take_turns(UNTIL))) == 1
    await proposal.refresh_from_db()
    assert proposal.state is State.UNDONE
    assert await Definition.filter(kind="flow", name="退货").count() == 3
    assert await take_turns(UNTIL + DAY) == 0
    told = await Outbox.filter(key__startswith=f"turn:{proposal.id}:").values_list("member_id", flat=True)
    assert sorted(told) == [LI.id, LI.id, CHEN.id, CHEN.id]


async def test_both_moments_that_passed_while_nobody_was_there_are_made_up_for(business: None) -> None:
    before = await limit("质检")
    proposal = await timed("流程 质检 时限 4小时")
    assert await take_turns(UNTIL + DAY) == 2
    await proposal.refresh_from_db()
    assert (proposal.state, await limit("质检")) == (State.UNDONE, before)


async def test_a_flow_that_is_new_for_a_while_goes_again(business: None) -> None:
    before = await active_texts()
    proposal = await timed("增加规则 超大额 当 提交 如果 金额>10000 就 评论 超大额")
    await take_turns(DUE)
    assert await active_texts() != before
    await take_turns(UNTIL)
    await proposal.refresh_from_db()
    assert proposal.state is State.UNDONE
    assert await active_texts() == before
