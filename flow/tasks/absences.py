"""Who is away: a leave is written down, open tasks change hands when it begins, a leaver's tasks find successors."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.definitions.business import FLOW, POLICY
from flow.errors import NotAllowed, PolicyRefused, StaleCase
from flow.people.delegation import Absence, delegates, parts_left, stretches
from flow.people.directory import MEMBERS
from flow.people.duties import ranks
from flow.records import outbox, register
from flow.records.sequences import take
from flow.tasks.vacancies import STAND_IN, SUCCEED, by_rule, fill, vacancy_of
from models import Definition, Leave, Member, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flow.desk import Desk
    from flow.people.directory import Directory
    from models.views.case import By, Person

BATCH = 100


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which ``delegate`` acts for somebody."""

    since: datetime
    until: datetime
    delegate: str


@dataclass(frozen=True, slots=True)
class Written:
    """A leave that was written down, and what whoever wrote it has to know of it."""

    leave: Leave
    replaced: tuple[Span, ...] = ()  #: earlier leaves of the same member that it overlaps
    kept: tuple[Span, ...] = ()  #: what of them still holds
    elsewhere: tuple[Span, ...] = ()  #: when the delegate is away too, and who acts then; "" for nobody


async def write_down(
    desk: Desk, member: Person, delegate_name: str, since: datetime, until: datetime, by: By[Person]
) -> Written:
    """A leave from ``since`` to ``until``, with who acts; in the caller's transaction. Every delegate hears of it.

    Of an earlier leave that it overlaps the rest still holds. Raises NotFound for an unknown delegate, PolicyRefused
    for a time that cannot be, NotAllowed for somebody who is neither the member nor above them.
    """
    who, now = by.who, by.at
    people = await desk.staff.now()
    delegate = people.called(delegate_name)
    if delegate.id == member.id:
        raise PolicyRefused("不能代理自己，请另请一位")
    if until <= now or until <= since:
        raise PolicyRefused("结束的时间要在开始之后，也要在现在之后")
    if who.id not in {member.id, *(boss.id for boss in people.above(member.id))}:
        raise NotAllowed(f"只有 {member.name} 自己或上级能写{member.name}的请假")
    running = Leave.filter(member_id=member.id, cancelled=False)
    before = await running.filter(starts_at__lt=until, ends_at__gt=since).order_by("id")
    kept = [part for old in before for part in await _shortened(old, since, until, now)]
    leave = await Leave.create(
        member_id=member.id, delegate_id=delegate.id, starts_at=since, ends_at=until, by_id=who.id
    )
    await register.enter(register.LEAVES, [each.id for each in (*before, *kept, leave)], now)
    await take(MEMBERS)
    await _tell(desk, member, [leave, *before], now, gone=False)
    people = await desk.staff.now()
    replaced = tuple(_span(old.starts_at, old.ends_at, old.delegate_id, people) for old in before)
    rest = tuple(_span(part.starts_at, part.ends_at, part.delegate_id, people) for part in kept)
    return Written(leave, replaced, rest, _elsewhere(leave, people))


async def _shortened(old: Leave, since: datetime, until: datetime, now: datetime) -> list[Leave]:
    """Take the time between off an earlier leave; what is left of it and not over, as rows of their own."""
    away = Absence(old.member_id, old.delegate_id, old.starts_at, old.ends_at)
    await Leave.filter(id=old.id).update(cancelled=True)
    return [
        await Leave.create(
            member_id=old.member_id, delegate_id=old.delegate_id, starts_at=begin, ends_at=end, by_id=old.by_id
        )
        for begin, end in parts_left(away, since, until)
        if end > now
    ]


async def undelegated(desk: Desk, member: Person, delegate: Person) -> tuple[str, ...]:
    """The roles of the amount tables by which a member approves, and their delegate does not rank."""
    people = await desk.staff.now()
    known = await Definition.filter(active=True, kind__in=(FLOW, POLICY)).order_by("id").values("id", "kind")
    flows = [row["id"] for row in known if row["kind"] == FLOW][:1]
    policies = [(await desk.rules(flow, row["id"])).policy for flow in flows for row in known if row["kind"] == POLICY]
    roles = dict.fromkeys(tier.approver for policy in policies for tier in policy.tiers)
    return tuple(role for role in roles if role in member.roles and not ranks(role, people, member.id, delegate.id))


def _span(since: datetime, until: datetime, delegate: int | None, people: Directory) -> Span:
    person = people.by_id.get(delegate or 0)
    return Span(since, until, person.name if person else "")


def _elsewhere(leave: Leave, people: Directory) -> tuple[Span, ...]:
    """The parts of a leave in which somebody else than its delegate acts, as that one is away too."""
    away = Absence(leave.member_id, leave.delegate_id, leave.starts_at, leave.ends_at)
    found = stretches(people.leaves, away)
    return tuple(_span(s.since, s.until, s.acting, people) for s in found if s.acting != leave.delegate_id)


async def _tell(desk: Desk, member: Person, changed: Sequence[Leave], now: datetime, *, gone: bool) -> None:
    """Whoever acts, or was to, hears when they act now; the member too where somebody else has written it."""
    newest = changed[0]
    running = Leave.filter(member_id=member.id, cancelled=False, ends_at__gt=now).order_by("starts_at")
    times: dict[int, list[str]] = {leave.delegate_id: [] for leave in changed}
    for leave in await running:
        if leave.delegate_id in times:
            times[leave.delegate_id].append(_between(leave, desk))
    rows = []
    for delegate, spans in times.items():
        verb = "取消了请假" if gone else "请假"
        words = f"{member.name} {verb}，" + (f"{'、'.join(spans)} 由你代理" if spans else "不用你代理了")
        rows.append(outbox.tell(f"leave:{newest.id}:{gone}:m{delegate}", delegate, now, outbox.WORDS, text=words))
    if not gone and newest.by_id != member.id:
        words = f"已替你登记请假：{_between(newest, desk)}"
        rows.append(outbox.tell(f"leave:{newest.id}:own", member.id, now, outbox.WORDS, text=words))
    await outbox.put(rows)


def _between(leave: Leave, desk: Desk) -> str:
    first, last = (moment.astimezone(desk.zone) for moment in (leave.starts_at, leave.ends_at))
    return f"{first:%m-%d %H:%M} 到 {last:%m-%d %H:%M}"


async def cancel(desk: Desk, member: Person, now: datetime) -> int:
    """End my leaves, running and to come; how many there were. Whoever was to act hears of it."""
    found = await Leave.filter(member_id=member.id, cancelled=False, ends_at__gt=now).order_by("-id")
    await Leave.filter(id__in=[leave.id for leave in found]).update(cancelled=True)
    await register.enter(register.LEAVES, [leave.id for leave in found], now)
    await take(MEMBERS)
    if found:
        await _tell(desk, member, found, now, gone=True)
    return len(found)


async def hand_round(desk: Desk, now: datetime) -> int:
    """Give the open tasks of whoever is away, or has left for good, to who acts for them; how many were given.

    A task that falls to somebody in the middle of their leave, as a slot kept for them does, is no exception.
    """
    return await _absent(desk, now) + await _leavers(desk, now)


async def _absent(desk: Desk, now: datetime) -> int:
    people = await desk.staff.now()
    acting = {away: people.by_id.get(one or 0) for away, one in delegates(people.leaves, now).items()}
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
        vacancy = await vacancy_of(desk, task, SUCCEED, name)
        return await fill(desk, vacancy, by_rule(desk, vacancy, people, now, frozenset()).people, now)


async def _stood_in(desk: Desk, task: Task, delegate: Person, name: str, now: datetime) -> int:
    async with in_transaction():
        return await fill(desk, await vacancy_of(desk, task, STAND_IN, name), [delegate], now)
