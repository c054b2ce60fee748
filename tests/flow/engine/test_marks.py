"""When a case counts as answered, and when as worked on again: a table of single steps through the flow that ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from flow.definitions.vocabulary import PATH, SYSTEM
from flow.engine.milestones import MARKS, columns, firsts
from flow.engine.values import Actor, Marking, Step, Transition
from tests.support.sales import at
from tests.support.shipped import rules

if TYPE_CHECKING:
    from datetime import datetime

    from models import Case

NOW, EARLIER = at("2011-09-20"), at("2011-09-19")
AGENT, LEAD, NOBODY = Actor(1, "林晓"), Actor(2, "王建国"), Actor(None, SYSTEM)
REVIEW = ("客服审核",)
APPROVAL = ("客服审核", "金额审批")
STORE = ("客服审核", "金额审批", "仓库收货")


@dataclass
class Some:
    """As much of a case as is looked at."""

    creator_id: int | None = 1
    answered_at: datetime | None = None
    reworked_at: datetime | None = None
    undo: dict[str, Any] | None = None


def step(case: Some, path: tuple[str, ...], action: str, actor: Actor, *entered: str, undo: Any = None) -> Some:
    """The case after ``actor`` has done ``action`` at the last node of ``path``."""
    node = path[-1] if path else ""
    marking = Marking((node,), {PATH: list(path)}, undo=undo)
    taken = Step(node, action, actor.is_system)
    transition = Transition((taken,), node, entered, entered, {PATH: list(path)})
    found = firsts(cast("Case", case), rules().flow, marking, transition, actor)
    for name, value in columns(found, marking, transition, actor, NOW).items():
        setattr(case, name, value)
    return case


@pytest.mark.parametrize(
    ("path", "action", "actor", "entered", "answered", "reworked"),
    [
        (REVIEW, "同意", LEAD, "金额审批", True, False),
        (REVIEW, "同意", AGENT, "金额审批", False, False),  # whoever opened it answers nobody
        (APPROVAL, "退回", LEAD, "客服审核", True, True),
        (REVIEW, "挂起", LEAD, "", False, False),  # put aside is not decided
        (REVIEW, "恢复", LEAD, "", False, False),
        (REVIEW, "转交", LEAD, "", False, False),  # nor is handed on
        (("仓库收货",), "确认收货", LEAD, "质检", False, False),  # the goods were awaited, not an answer
        (("仓库收货", "质检"), "合格入库", LEAD, "财务退款", False, False),  # nor is it afterwards
        (STORE, "配件缺失", LEAD, "缺件协商", False, False),
        ((*STORE, "缺件协商"), "驳回", LEAD, "仓库收货", False, True),  # the warehouse again
        ((*STORE, "财务退款"), "退款失败", NOBODY, "财务退款", False, True),  # finance again, by the shop's word
        (STORE, "重开", AGENT, "客服审核", False, True),
        (("金额审批",), "重开", AGENT, "客服审核", False, True),  # although it had never been there
        (APPROVAL, "撤回", LEAD, "客服审核", False, False),  # a slip of the finger is nobody's work
    ],
)
def test_a_step_is_the_first_of_something(
    path: tuple[str, ...], action: str, actor: Actor, entered: str, answered: bool, reworked: bool
) -> None:
    case = step(Some(), path, action, actor, *filter(None, [entered]))
    assert (case.answered_at == NOW, case.reworked_at == NOW) == (answered, reworked)


def test_only_the_first_time_is_kept() -> None:
    case = step(Some(answered_at=EARLIER, reworked_at=EARLIER), APPROVAL, "退回", LEAD, "客服审核")
    assert (case.answered_at, case.reworked_at) == (EARLIER, EARLIER)
    assert case.undo is not None
    assert MARKS not in case.undo


def test_what_is_taken_back_was_never_so() -> None:
    case = step(Some(answered_at=EARLIER), APPROVAL, "退回", LEAD, "客服审核")
    assert case.reworked_at == NOW
    again = step(case, REVIEW, "撤回", LEAD, "金额审批", undo=case.undo)
    assert (again.answered_at, again.reworked_at) == (EARLIER, None)


def test_the_next_step_takes_nothing_off() -> None:
    case = step(Some(answered_at=EARLIER), APPROVAL, "退回", LEAD, "客服审核")
    assert step(case, REVIEW, "同意", LEAD, "金额审批", undo=case.undo).reworked_at == NOW
