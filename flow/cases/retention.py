"""What nobody works on any more is taken away after its time, a few rows at once, so that nobody ever waits for it.

What is still needed stays, however old: rows of a case that is open or whose money may be on its way, cards that
something can be done on, events that a platform may bring again, words that would be said a second time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from flow.cases.photos import take_away
from flow.definitions.patterns import CASE_NO
from models import (
    Case,
    CaseState,
    Dialog,
    HookCall,
    ImportBatch,
    Inbox,
    Outbox,
    Photo,
    Refund,
    RefundState,
    Refusal,
    SentCard,
    Task,
    TaskState,
    WorkState,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import datetime

    from tortoise.models import Model

    Take = Callable[[Sequence[Any], datetime], Awaitable[list[int]]]

STEP = 200  #: rows that are looked at in one go
_OVER = (WorkState.DONE, WorkState.FAILED)
_UNDER_WAY = (CaseState.OPEN, CaseState.HELD)
_WAITING = (TaskState.OPEN, TaskState.HELD)
_CASE_NO = re.compile(CASE_NO)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a walk through a table is: the last row that was looked at, None at its end, and what is gone."""

    last: int | None
    gone: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A table whose rows go: ``age`` is the column of their moment, ``spare`` picks those of some old rows that go."""

    model: type[Model]
    age: str
    spare: Take
    needs: tuple[str, ...] = ()  #: further columns that ``spare`` reads


async def step(rule: Rule, after: int, before: datetime, now: datetime) -> Step:
    """Look at the next rows of a table and take away those from before that nobody needs, in their own transaction.

    The walk ends at the first row that is young: rows stand in the order in which they came.
    """
    columns = ("id", rule.age, *rule.needs)
    rows = await rule.model.filter(id__gt=after).order_by("id").limit(STEP).only(*columns)
    old = [row for row in rows if getattr(row, rule.age) < before]
    ids = await rule.spare(old, before) if old else []
    if ids:
        async with in_transaction():  # another replica may walk the same way: each takes what the other does not hold
            held = await rule.model.filter(id__in=ids).order_by("id").select_for_update(skip_locked=True).only(*columns)
            gone = [row.pk for row in held]
            await rule.model.filter(id__in=gone).delete()
            await take_away((row for row in held if isinstance(row, Photo)), str(ids[0]), now)
        ids = gone
    finished = len(rows) < STEP or (rule.age != "expires_at" and len(old) < len(rows))
    return Step(None if finished else rows[-1].pk, len(ids))


async def _needed(case_ids: Collection[int | None], before: datetime) -> set[int]:
    """Cases that are open, have ended lately, or whose money may still be on its way."""
    ids = [each for each in set(case_ids) if each is not None]
    if not ids:
        return set()
    lately = Q(state__in=_UNDER_WAY) | Q(closed_at=None) | Q(closed_at__gte=before)
    cases = await Case.filter(lately | Q(resume_at__isnull=False), id__in=ids).only("id")
    tasks = Task.filter(case_id__in=ids, state__in=_WAITING)  # of a side branch that has outlived its case
    money = Refund.filter(case_id__in=ids).exclude(state__in=(RefundState.PAID, RefundState.REFUSED))
    waiting = {task.case_id for task in await tasks.only("id", "case_id")}
    return {case.id for case in cases} | {refund.case_id for refund in await money.only("id", "case_id")} | waiting


async def _events(rows: Sequence[Inbox], _: datetime) -> list[int]:
    return [row.id for row in rows if row.state in _OVER]


async def _said(rows: Sequence[Outbox], before: datetime) -> list[int]:
    over = [row for row in rows if row.state in _OVER]
    named = {row.id: found[0] for row in over if row.case_id is None and (found := _CASE_NO.findall(row.key))}
    ids: dict[str, int] = dict(await Case.filter(no__in=set(named.values())).values_list("no", "id")) if named else {}
    about = {row.id: row.case_id or ids.get(named.get(row.id, "")) for row in over}
    needed = await _needed(about.values(), before)
    return [row.id for row in over if about[row.id] not in needed]


async def _cards(rows: Sequence[SentCard], before: datetime) -> list[int]:
    needed = await _needed([row.case_id for row in rows], before)
    tasks = Task.filter(id__in=[row.task_id for row in rows if row.task_id], state__in=_WAITING)
    waiting = {task.id for task in await tasks.only("id")}
    return [row.id for row in rows if row.case_id not in needed and row.task_id not in waiting]


async def _all(rows: Sequence[Model], _: datetime) -> list[int]:
    return [row.pk for row in rows]


async def _pictures(rows: Sequence[Photo], before: datetime) -> list[int]:
    needed = await _needed([row.case_id for row in rows], before)
    return [row.id for row in rows if row.case_id not in needed]


#: by the name of the setting that says for how long: ``KEEP_INBOX`` and so on
RULES = {
    "inbox": Rule(Inbox, "received_at", _events, ("state",)),
    "outbox": Rule(Outbox, "created_at", _said, ("state", "case_id", "key")),
    "cards": Rule(SentCard, "sent_at", _cards, ("case_id", "task_id")),
    "dialogs": Rule(Dialog, "expires_at", _all),
    "refusals": Rule(Refusal, "at", _all),
    "hooks": Rule(HookCall, "at", _all),
    "photos": Rule(Photo, "at", _pictures, ("case_id", "place", "digest")),
}


async def forget_befores(before: datetime) -> int:
    """Drop what imports of so long ago have kept for being undone; how many of them. They can't be undone any more."""
    found = ImportBatch.filter(started_at__lt=before, cleared_at=None).order_by("id").limit(1)
    ids = await found.values_list("id", flat=True)
    return await ImportBatch.filter(id__in=ids).update(before=[], cleared_at=before) if ids else 0


def cutoff(now: datetime, days: int) -> datetime | None:
    """Before when something is old; None for what is kept for good."""
    return now - timedelta(days=days) if days else None
