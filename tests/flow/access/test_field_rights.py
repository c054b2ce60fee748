"""Whose eyes do not see an answer of a form: 隐藏 at every node of each of their roles. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flow.access.field_rights import unseen, without
from flow.definitions.flow_reader import read_flow
from flow.engine.field_changes import FIELDS
from models.views.case import EventView
from tests.support.card_views import CASE, NOW

FLOW = read_flow(
    """
流程: 小
开始: 质检
节点:
  质检: {类型: 人工, 负责人: {角色: 质检员}, 表单: [{名: 外观, 填: 文本}, {名: 照片, 填: 照片}], 动作: {好: {去: 财务}}}
  财务: {类型: 人工, 负责人: {角色: 财务, 否则: 运营总监}, 字段: {照片: 隐藏, 外观: 隐藏}, 动作: {退: {去: 复核}}}
  复核: {类型: 人工, 负责人: {角色: 财务}, 字段: {外观: 只读}, 动作: {完: {去: 完}}}
  验货: {类型: 人工, 负责人: {角色: 质检员}, 字段: {照片: 隐藏}, 动作: {完: {去: 完}}}
  完: {类型: 结束, 状态: 已完成}
"""
)
#: roles, what they do not see
EYES = [
    ({"财务"}, {"照片"}),  # 外观 is shown at another node of theirs
    ({"财务", "客服"}, set()),  # the other role sees all
    ({"质检员"}, set()),  # who asks for it sees it, whatever another node of theirs hides
    ({"运营总监"}, set()),  # only stands in
    (set(), set()),
]


@pytest.mark.parametrize(("roles", "names"), EYES)
def test_whose_eyes_do_not_see_it(roles: set[str], names: set[str]) -> None:
    assert unseen(FLOW, roles) == names


def test_what_another_node_of_the_role_has_on_its_card_is_seen() -> None:
    again = replace(FLOW.nodes["复核"], shows=("照片",))
    assert unseen(replace(FLOW, nodes={**FLOW.nodes, "复核": again}), {"财务"}) == frozenset()


def test_a_flow_that_hides_nothing_hides_nothing() -> None:
    assert unseen(replace(FLOW, nodes={"质检": FLOW.nodes["质检"]}), {"财务"}) == frozenset()


def test_what_is_not_seen_is_nowhere_in_the_view() -> None:
    event = EventView(NOW, "许静", "质检", "好", {"照片": "照片 #1", "外观": "完好"})
    again = EventView(
        NOW, "钱芳", "财务", "更正", {FIELDS: {"照片": "照片 #2"}, "改前": "照片 照片 #1", "改后": "照片 照片 #2"}
    )
    facts = {**CASE.facts, "照片": "照片 #1", "外观": "完好"}
    whole = replace(CASE, asks=("外观", "照片"), facts=facts, events=(event, again))
    seen = without(whole, frozenset({"照片"}))
    assert "照片 #" not in str(seen)
    cleared = EventView(NOW, "钱芳", "财务", "更正", {FIELDS: {"外观": "完好"}, "改前": "外观 破损、照片 照片 #1"})
    assert "照片 #" not in str(without(replace(whole, events=(cleared,)), frozenset({"照片"}))), "it went with another"
    assert (seen.asks, seen.facts["外观"], seen.events[0].data) == (("外观",), "完好", {"外观": "完好"})
    assert without(whole, frozenset()) is whole
