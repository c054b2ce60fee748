"""A role that somebody has no longer: their open tasks that came by it go to whoever has it now."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from flow.errors import StaleCase
from flow.people.duties import tier
from flow.tasks.assignment import rule_of
from flow.tasks.vacancies import by_rule, fill, vacancy_of
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from flow.desk import Desk
    from flow.tasks.vacancies import Vacancy

LOST = "角色调整"  #: what the record says


async def hand_on(desk: Desk, name: str, roles: Collection[str], now: datetime) -> int:
    """Give the open tasks that a member has by these roles to whom the rules name now; how many left their hands.

    A task that the rules would still give them, or that a colleague handed to them, stays.
    """
    people = await desk.staff.now()
    person = people.named(name)
    if person is None or not roles:
        return 0
    moved = 0
    for task in await Task.filter(owner_id=person.id, state=TaskState.OPEN).order_by("id"):
        with suppress(StaleCase):  # decided while we looked
            async with in_transaction():
                vacancy = await vacancy_of(desk, task, LOST, name)
                wanted = by_rule(desk, vacancy, people, now, frozenset()).people
                if _by_role(vacancy, roles) and person not in wanted:
                    await fill(desk, vacancy, wanted, now)
                    moved += not await Task.exists(id=task.id, owner_id=person.id, state=TaskState.OPEN)
    return moved


def _by_role(vacancy: Vacancy, roles: Collection[str]) -> bool:
    """Whether the task is one of these roles': by the rule's own, by its fallback, or by the tier of the amount."""
    rule = rule_of(vacancy.node, vacancy.task.level)
    if rule is None:
        return False
    return bool({rule.role, rule.fallback, tier(vacancy.node, rule, vacancy.facts)} & set(roles))
