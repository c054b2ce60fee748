"""A slot whose owner is away: who may not take it, and with whom whoever takes it must rank. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow import HUMAN, Level, Node, OwnerRule
from flow.definitions.vocabulary import CREATOR, LEVELS, SIGNED
from flow.tasks.vacancies import STAND_IN, Vacancy
from models import Case, Task

AGENT, LEAD, BOSS = 7, 2, 1
BY_AMOUNT = OwnerRule(by_policy=True, fallback="客服主管")


def vacancy(node: Node, level: int = 0, **facts: Any) -> Vacancy:
    return Vacancy(Case(), Task(level=level), node, facts, STAND_IN, "王建国", {}, {})


@pytest.mark.parametrize(
    ("node", "facts", "out"),
    [
        (Node("质检", HUMAN, owner=OwnerRule("质检员")), {CREATOR: AGENT}, set()),
        (Node("质检", HUMAN, owner=OwnerRule("质检员"), avoids=(CREATOR,)), {CREATOR: AGENT}, {AGENT}),
        (Node("金额审批", HUMAN, owner=BY_AMOUNT), {CREATOR: AGENT}, {AGENT}),  # said or not
        # whoever has signed where all must agree signs no second time
        (
            Node("会审", HUMAN, owner=OwnerRule("客服"), all_must_agree=True), {SIGNED: {"会审": [LEAD, None]}},
            {LEAD},
        ),
        (Node("会审", HUMAN, owner=OwnerRule("客服")), {SIGNED: {"会审": [LEAD]}}, set()),  # one is enough there
        # nor whoever has judged at an earlier level
        (
            Node("复核", HUMAN, owner=OwnerRule("客服"), levels=(Level("初检"), Level("复检"))),
            {LEVELS: {"复核": {"现在": 1, "结论": [[0, "同意", BOSS]]}}}, {BOSS},
        ),
    ],
)  # fmt: skip
def test_who_may_not_take_it(node: Node, facts: dict[str, Any], out: set[int]) -> None:
    assert vacancy(node, **facts).out == out


@pytest.mark.parametrize(
    ("node", "level", "facts", "role"),
    [
        (Node("质检", HUMAN, owner=OwnerRule("质检员")), 0, {}, ""),  # anybody will do who has the task
        (Node("等货", HUMAN), 0, {}, ""),
        (Node("金额审批", HUMAN, owner=BY_AMOUNT), 0, {"审批": "运营总监"}, "运营总监"),
        (Node("金额审批", HUMAN, owner=BY_AMOUNT), 0, {"审批": "自动"}, "客服主管"),  # nobody is named: the fallback
        (
            Node("金额审批", HUMAN, owner=BY_AMOUNT, levels=(Level("初审"), Level("终审", OwnerRule("财务")))), 1,
            {"审批": "运营总监"}, "财务",
        ),
    ],
)  # fmt: skip
def test_the_tier_of_whoever_takes_it(node: Node, level: int, facts: dict[str, Any], role: str) -> None:
    assert vacancy(node, level, **facts).role == role
