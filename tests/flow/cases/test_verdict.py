"""What stands on the actor's card after a step: what was done, how long it took, and who has the case next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flow.cases.verdict import verdict
from flow.people.owners import Owners
from flow.tasks.assignment import WorkItem
from models import Task, TaskState
from models.pipeline import session
from tests.flow.cases.test_decision import CHEN, NOW, WANG, ZHOU, decided, file_at

if TYPE_CHECKING:
    from flow.cases.case_file import CaseFile
    from models.views.case import Person, Verdict

EARLY = NOW - timedelta(minutes=5)


def told(file: CaseFile, who: Person | None, action: str, owner: Person | None = None, **more: Any) -> Verdict:
    """The verdict on the first task, with ``owner`` for every node that the step enters."""
    decision = decided(file, who, action, **more)
    own = file.tasks[0] if file.tasks else None
    nodes = [file.rules.flow.nodes[name] for name in decision.transition.entered]
    owners = Owners((owner,) if owner else (), "")
    return verdict(file, decision, own, [WorkItem(node, owners) for node in nodes])


def opened_early(*done: str) -> CaseFile:
    file = file_at(*done)
    file.tasks[0].opened_at = EARLY
    return file


def test_who_decided_what_and_who_has_it_next() -> None:
    found = told(opened_early(), WANG, "同意", CHEN)
    assert (found.actor, found.action, found.took_seconds) == ("王建国", "同意", 300.0)
    assert found.next_step == "金额审批 · 陈强"


@pytest.mark.parametrize(
    ("done", "who", "action", "said", "why", "may_add"),
    [
        (("同意",), CHEN, "退回", {"理由": "再看看"}, "再看看", False),  # it was given
        ((), WANG, "同意", {}, "", False),  # nobody wants to hear why
    ],
)
def test_the_reason(
    done: tuple[str, ...], who: Person, action: str, said: dict[str, str], why: str, may_add: bool
) -> None:
    found = told(file_at(*done), who, action, WANG, answers=said)
    assert (found.why, found.may_add) == (why, may_add)


@pytest.mark.parametrize(("reason", "may_add"), [("可填", True), ("", False)])
def test_whoever_gives_a_case_back_may_say_why_where_that_is_wanted(reason: str, may_add: bool) -> None:
    file = file_at("同意")
    amending = file.rules.flow.amending
    assert amending is not None
    flow = replace(file.rules.flow, amending=replace(amending, reason=reason))
    file = replace(file, rules=replace(file.rules, flow=flow))
    assert told(file, CHEN, "退回", WANG).may_add == may_add


def test_of_a_step_without_a_task_no_time_is_told() -> None:
    file = opened_early()
    found = verdict(file, decided(file, WANG, "挂起", answers={"理由": "等客户"}), None, [])
    assert (found.took_seconds, found.next_step) == (None, "客服审核 · 王建国")


def test_whoever_else_sits_at_the_node_keeps_it() -> None:
    """A case that is put aside stays where it is; who is gone, and whose task is over, has nothing of it."""
    file = file_at()
    more = [(WANG.id, TaskState.OPEN), (ZHOU.id, TaskState.OPEN), (99, TaskState.OPEN), (CHEN.id, TaskState.DONE)]
    file.tasks[1:] = [
        session.unsaved(Task, id=n, case_id=9, node="客服审核", owner_id=owner, opened_at=NOW, due_at=NOW, state=state)
        for n, (owner, state) in enumerate(more[1:], 2)
    ]
    assert told(file, WANG, "挂起", answers={"理由": "等客户"}).next_step == "客服审核 · 王建国、周敏"
