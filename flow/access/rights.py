"""Who may do to a case what no task of theirs asks for, and what they hear where they may not even know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.access.lookup import ensure_in_scope, ensure_known, reaches, unseen
from flow.access.permissions import ensure_may
from flow.engine.field_changes import PUT_RIGHT
from flow.engine.verbs import CORRECT, HOLD, RESUME, VERBS, WITHDRAW
from flow.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from flow.desk import Desk
    from flow.engine.values import Rules
    from models import Case
    from models.views.case import Person

_BEYOND = (HOLD, RESUME, WITHDRAW, CORRECT)  #: done to others' cases by whoever's role reaches them
#: done by whoever opened the case, or has a task there that lets them, whatever their role
_SUBMITTERS = (WITHDRAW, CORRECT, PUT_RIGHT)


async def may_beyond(desk: Desk, case: Case, rules: Rules, action: str, who: Person | None) -> bool:
    """Whether ``who`` may do one of VERBS to a case that is others'; whatever a button carried, the role decides.

    Raises Unseen or NotAllowed where they may not do it to this one at all. What a node's task decides is no matter of
    the role's commands; a case is withdrawn and corrected by whoever opened it, whatever their role.
    """
    own = any(action in rules.flow.nodes[name].actions for name in case.nodes)
    if who is None or action not in VERBS or own:
        return False
    if action not in _SUBMITTERS:
        ensure_may(desk.business.matrix, who, action, await desk.staff.now())
        await ensure_in_scope(desk, case.id, who, action, named=False)
    return action in _BEYOND and await reaches(desk, case.id, who, action)


async def no_case(desk: Desk, action: str, who: Person | None) -> NotFound:
    """What somebody hears of a case that there is not: the same as of one that they may not know of."""
    if who is None:
        return NotFound("这张售后单已经不在了")
    if action in VERBS and action not in _SUBMITTERS:
        ensure_may(desk.business.matrix, who, action, await desk.staff.now())
    return await unseen(desk, who)


async def ensure_may_hear(desk: Desk, case: Case, owners: Collection[int], who: Person | None) -> None:
    """Raises Unseen where not even a refusal may tell somebody that there is such a case; its owners know."""
    if who and who.id not in {case.creator_id, *owners}:
        await ensure_known(desk, case.id, who)
