"""自动规则 试: what each rule would make of a case as it stands, or what is short of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flow.definitions import schedules
from flow.definitions.automation import Rule, RuleAction
from flow.definitions.conditions import When
from flow.engine.automation import tried
from tests.support.shipped import FLOW

ALARM = RuleAction("告警", "管理群", "{单号}")


def rule(name: str = "一", what: str = "提交", **more: Any) -> Rule:
    return Rule(name, what, (ALARM,), **more)


def when(**cells: str) -> When:
    return When.parse(cells)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (rule(when=when(金额=">5000")), "金额 是 100，要 >5000"),
        (rule(when=when(紧急="是")), "紧急 是 无，要 是"),
        (rule(off=True), "已停用"),
        (rule(what="进入", node="复检"), "这单的流程没有节点“复检”"),
        (rule(), ""),
    ],
)
def test_a_trial_says_what_would_happen_or_what_is_short(row: Rule, why: str) -> None:
    [trial] = tried([row], {"金额": "100", "单号": "R1"}, FLOW.nodes, {})
    assert trial.why == why
    assert (trial.run is None) == bool(why)
    assert trial.run is None or trial.run.does[0].text == "R1"


WAITED = RuleAction("评论", text="{单号} 停了 {停留天数} 天")
TIMED = Rule("催", "定时", (WAITED,), schedule=schedules.read("每天 9:00"))


@pytest.mark.parametrize(
    ("row", "stood", "why"),
    [
        (replace(TIMED, when=when(停留天数=">7")), {"质检": 8}, ""),
        (replace(TIMED, when=when(停留天数=">7")), {"质检": 7}, "停留天数 是 7，要 >7"),
        (replace(TIMED, when=when(停留天数=">7", 节点="质检")), {"仓库收货": 9, "质检": 8}, ""),  # of two one is enough
        (replace(TIMED, when=when(节点="质检")), {"仓库收货": 9}, "节点 是 仓库收货，要 质检"),
        (replace(TIMED, node="质检"), {"质检": 0}, ""),
        (replace(TIMED, node="质检"), {"仓库收货": 9}, "这单现在在“仓库收货”，不在“质检”"),
        (replace(TIMED, off=True, node="质检"), {"仓库收货": 9}, "已停用"),
        (TIMED, {}, "这单已经结束，定时的规则只看在办的单"),
    ],
)
def test_a_trial_of_a_rule_with_a_time_asks_where_the_case_stands(row: Rule, stood: dict[str, int], why: str) -> None:
    nodes = {node: {"停留天数": days} for node, days in stood.items()}
    [trial] = tried([row], {"单号": "R1"}, FLOW.nodes, nodes)
    assert (trial.why, trial.rule) == (why, row)
    assert (trial.run is None) == bool(why)
    if trial.run:
        assert trial.run.does[0].text == f"R1 停了 {max(stood.values()) if row.node else [*stood.values()][-1]} 天"
