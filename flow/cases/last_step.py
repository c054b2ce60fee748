"""Why the last step on a case can't be taken back, as the record has it: whose it was, and what it has booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.vocabulary import DEDUCT, MISSING, PAYS, RECEIVE
from flow.engine.verbs import VERBS
from models import Event
from models.views.case import ADDED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flow.desk import Desk
    from models import Case
    from models.views.case import Person

_MONEY = {PAYS, DEDUCT, "登记补偿"}
_GOODS = {RECEIVE, MISSING, "质检合格", "质检次品"}


async def why_final(desk: Desk, case: Case, who: Person) -> str:
    """The one reason why ``who`` can't take the last step back; "" where the record tells none."""
    steps = Event.filter(case_id=case.id, actor_id__not_isnull=True).exclude(node="").exclude(action=ADDED)
    step = await steps.order_by("-seq").first()
    if step is None:
        return "还没有人办过哪一步，没有能撤回的"
    if step.actor_id != who.id:
        return f"上一步“{step.action}”是 {step.actor} 办的，不是你，不能撤回"
    if step.action in VERBS:
        return f"上一步是“{step.action}”，不是决定，不能撤回"
    node = (await desk.rules(case.flow_id or 0, case.policy_id or 0)).flow.nodes.get(step.node)
    action = node.actions.get(step.action) if node else None
    booked = _booked(action.effects) if action else ""
    return f"你的“{step.action}”已经登记了{booked}，不能撤回" if booked else ""


def _booked(effects: Iterable[str]) -> str:
    found = set(effects)
    return "钱" if found & _MONEY else "货" if found & _GOODS else ""
