"""Who is away: a leave is written down, open tasks change hands when it begins, a leaver's tasks find successors."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.directory import MEMBERS
from flow.errors import NotAllowed, PolicyRefused, StaleCase
from flow.leaves import standins
from flow.numbers import take
from flow.vacating import STAND_IN, SUCCEED, by_rule, fill, vacancy
from models import Leave, Member, Task, TaskState

if TYPE_CHECKING:
    from datetime import datetime

    from flow.desk import Desk
    from flow.directory import Directory
    from models.values import Person

BATCH = 100


async def write_down(
    desk: Desk, member: Person, delegate_name: str, since: datetime, until: datetime, by: tuple[Person, datetime]
) -> Leave:
    """A leave from ``since`` to ``until``, with who acts; in the caller's transaction.

    Raises NotFound for an unknown delegate, PolicyRefused for a time that cannot be, NotAllowed for somebody who is
    neither the member nor above them.
    """
    who, now = by
    people = await desk.staff.now()
    delegate = people.called(delegate_name)
    if delegate.id == member.id:
        raise PolicyRefused("不能代理自己，请另请一位")
    if until <= now or until <= since:
        raise PolicyRefused("结束的时间要在开始之后，也要在现在之后")
    if who.id not in {member.id, *(boss.id for boss in people.above(member.id))}:
        raise NotAllowed(f"只有 {member.name} 自己或上级能写{member.name}的请假")
    await Leave.filter(member_id=member.id, cancelled=False, starts_at__lt=until, ends_at__gt=since).update(
        cancelled=True
    )
    leave = await Leave.create(
        member_id=member.id, delegate_id=delegate.id, starts_at=since, ends_at=until, by_id=who.id
    )
    await take(MEMBERS)
    return leave


async def cancel(member: Person, now: datetime) -> int:
    """End my leaves, running and to come; how many there were."""
    ended = await Leave.filter(member_id=member.id, cancelled=False, ends_at__gt=now).update(cancelled=True)
    await take(MEMBERS)
    return ended


async def hand_round(desk: Desk, now: datetime) -> int:
    """Give the open tasks of whoever is away, or has left for good, to who acts for them; how many were given.

    A task that falls to somebody in the middle of their leave, as a seat kept for them does, is no exception.
    """
    return await _absent(desk, now) + await _leavers(desk, now)


async def _absent(desk: Desk, now: datetime) -> int:
    people = await desk.staff.now()
    acting = {away: people.by_id.get(one or 0) for away, one in standins(people.leaves, now).items()}
    there = [away for away, delegate in acting.items() if delegate and away in people.by_id]
    tasks = await Task.filter(owner_id__in=there, state=TaskState.OPEN).order_by("id").limit(BATCH) if there else []
    moved = 0
    for task in tasks:
        if delegate := acting[task.owner_id]:
            with suppress(StaleCase):  # decided, or handed on by another replica, while we looked
                moved += await _stood_in(desk, task, delegate, people.by_id[task.owner_id].name, now)
    return moved


async def _leavers(desk: Desk, now: datetime) -> int:
    """Tasks of members who are no longer active go by their node's rule, as if it were entered now."""
    gone = await Member.filter(active=False).values_list("id", flat=True)
    if not gone:
        return 0
    moved = 0
    people = await desk.staff.now()
    for task in await Task.filter(owner_id__in=list(gone), state=TaskState.OPEN).limit(BATCH):
        with suppress(StaleCase):
            moved += await _succeeded(desk, task, people, now)
    return moved


async def _succeeded(desk: Desk, task: Task, people: Directory, now: datetime) -> int:
    async with in_transaction():
        name = (await Member.get(id=task.owner_id)).name
        seat = await vacancy(desk, task, SUCCEED, name)
        return await fill(desk, seat, by_rule(desk, seat, people, now, frozenset()).people, now)


async def _stood_in(desk: Desk, task: Task, delegate: Person, name: str, now: datetime) -> int:
    async with in_transaction():
        return await fill(desk, await vacancy(desk, task, STAND_IN, name), [delegate], now)
