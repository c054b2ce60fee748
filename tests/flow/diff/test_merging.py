"""Two people change the same definitions: what goes together is put together, what clashes is told with all sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.definitions import yamlfile
from flow.diff.merge import three_way
from tests.support.editing import BUNDLE, FLOW, PLACES, POLICY, REASONS, changed, data, put, said, values, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.editing import Place

TEN = settings(max_examples=25, deadline=None)

CLASHES: list[tuple[str, str, list[str]]] = [
    ("流程 质检 时限 4小时", "流程 质检 时限 8小时", ["质检 时限：原来 48小时，你改成 4小时，李敏 已改成 8小时"]),
    ("流程 质检 会签 是", "流程 质检 会签 是", []),  # both the same
    ("流程 质检 时限 4小时", "流程 质检 标题 验：{商品}", []),  # one node, two qualities
    ("流程 质检 时限 4小时", "流程 财务退款 时限 4小时", []),
    ("流程 质检 抄送 客服主管", "流程 质检 抄送 财务", []),  # each adds somebody
    ("规则 自动通过 50→80", "规则 组长审批 审批 客服主管", []),
    ("规则 自动通过 50→80", "规则 自动通过 50→60",
     ["审批表 小额自动通过 金额：原来 <=50，你改成 <=80，李敏 已改成 <=60"]),
    ("规则 双人金额 2000", "规则 退款时机 审批通过", []),
    ("流程 质检 负责人 仓管员", "流程 质检 否则 财务",
     ["质检 负责人：原来 质检员（否则 仓管员），你改成 仓管员（否则 仓管员），"
      "李敏 已改成 质检员（否则 财务）"]),  # one rule
    ("增加原因 色差 像 质量问题", "增加原因 少件 像 发货错误", []),
    ("增加原因 色差 像 质量问题", "增加原因 色差 像 质量问题", []),
    ("增加原因 色差 像 质量问题", "增加原因 色差 像 七天无理由",
     ["色差：你和李敏都增加了，你的和李敏的不同：路由：质检部 → 仓库、责任：供应商 → 客户、运费：商家 → 客户"]),
    ("删除原因 物流损坏", "增加原因 色差 像 质量问题", []),
    ("增加节点 复检 在 质检 之后 负责人 质检员", "流程 质检 时限 4小时", []),
    ("增加节点 复检 在 质检 之后 负责人 质检员", "增加节点 拍照 在 客服审核 之后 负责人 客服", []),
    ("增加节点 复检 在 质检 之后 负责人 质检员", "流程 质检 合格入库 去 金额审批",
     ["质检 合格入库：原来 审批或退款，你改成 复检，李敏 已改成 金额审批"]),
    ("增加节点 复检 在 质检 之后 负责人 质检员 当 金额>1000", "增加节点 拍照 在 质检 之后 负责人 客服 当 件数>5", []),
    ("通知 已完成退款 钱已退", "通知 配件缺失 缺{缺件}", []),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs", "told"), CLASHES)
def test_clashes(mine: str, theirs: str, told: list[str]) -> None:
    merged = three_way(BUNDLE, said(mine), said(theirs), who="李敏")
    assert [conflict.words for conflict in merged.conflicts] == told


@pytest.mark.parametrize(("mine", "theirs"), [(mine, theirs) for mine, theirs, told in CLASHES if not told])
def test_what_goes_together_is_what_both_would_have_said_one_after_the_other(mine: str, theirs: str) -> None:
    merged = three_way(BUNDLE, said(mine), said(theirs))
    assert {*words(BUNDLE, said(mine)), *words(BUNDLE, said(theirs))} >= {
        line for line in words(BUNDLE, merged.texts) if "抄送" not in line
    }
    assert merged.texts.keys() == BUNDLE.keys()


def test_lists_of_words_take_from_both_what_they_added_and_took_away() -> None:
    base = said("流程 质检 抄送 客服主管、财务")
    mine, theirs = (
        said("流程 质检 抄送 财务、客服", texts=base),
        said("流程 质检 抄送 客服主管、财务、仓管员", texts=base),
    )
    merged = three_way(base, mine, theirs)
    assert yamlfile.read(merged.texts[FLOW])["节点"]["质检"]["抄送"] == ["财务", "仓管员", "客服"]


def test_a_node_deleted_here_and_changed_there_is_told() -> None:
    mine, theirs = said("删除节点 次品协商"), said("流程 次品协商 时限 8小时")
    told = [conflict.words for conflict in three_way(BUNDLE, mine, theirs, who="李敏").conflicts]
    assert told == ["次品协商：你删掉了，李敏 已改了 时限：24小时 → 8小时"]
    told = [conflict.words for conflict in three_way(BUNDLE, theirs, mine, who="李敏").conflicts]
    assert told == ["次品协商：你改了 时限：24小时 → 8小时，李敏 已删掉了"]


def test_a_node_deleted_here_and_led_to_there_is_told_though_no_place_clashes() -> None:
    mine, theirs = said("删除节点 次品协商"), said("流程 缺件协商 同意 去 次品协商")
    conflict = three_way(BUNDLE, mine, theirs, who="李敏").conflicts[0]
    assert conflict.words.startswith("你的改动和李敏的改动合在一起不成立：退货 节点“缺件协商”")


def test_rows_put_in_another_order_by_both_are_told() -> None:
    def moved(place: int) -> Callable[[Any], object]:
        return lambda flow: flow["节点"]["分流"]["去"].insert(place, flow["节点"]["分流"]["去"].pop(0))

    mine, theirs = changed(FLOW, moved(1)), changed(FLOW, moved(2))
    assert [conflict.place for conflict in three_way(BUNDLE, mine, theirs).conflicts] == ["分流 顺序"]
    assert three_way(BUNDLE, mine, said("流程 质检 时限 4小时")).conflicts == []


def test_buttons_put_in_another_order_stay_so_whatever_the_other_did() -> None:
    def turned(flow: Any) -> None:
        flow["节点"]["客服审核"]["动作"] = dict(reversed(flow["节点"]["客服审核"]["动作"].items()))

    mine = changed(FLOW, turned)
    merged = three_way(BUNDLE, mine, said("流程 客服审核 同意 去 仓库收货"))
    assert merged.conflicts == []
    actions = yamlfile.read(merged.texts[FLOW])["节点"]["客服审核"]["动作"]
    assert list(actions) == ["驳回", "转交", "同意"]
    assert actions["同意"]["去"] == "仓库收货"


def test_a_row_stands_where_its_author_put_it() -> None:
    def added(place: int, rule: str) -> Callable[[Any], object]:
        row = {"规则": rule, "金额": "<=5", "审批": "客服"}
        return lambda policy: policy["审批表"].insert(place, row)

    merged = three_way(BUNDLE, changed(POLICY, added(0, "最小")), changed(POLICY, added(2, "中间")))
    rules = [row["规则"] for row in yamlfile.read(merged.texts[POLICY])["审批表"]]
    assert rules == ["最小", "小额自动通过", "组长审批", "中间", "总监审批"]


def test_a_whole_text_may_come_go_or_clash() -> None:
    fewer = {key: text for key, text in BUNDLE.items() if key != POLICY}
    theirs = said("规则 双人金额 2000")
    assert three_way(fewer, BUNDLE, fewer).texts == BUNDLE
    assert three_way(BUNDLE, fewer, BUNDLE).texts == fewer
    merged = three_way(BUNDLE, fewer, theirs, who="李敏")
    assert merged.texts == theirs  # what is published already stands
    assert [conflict.words for conflict in merged.conflicts] == ["express：你删掉了，李敏 已改了"]


def test_an_empty_text_is_one_that_is_not_there() -> None:
    assert three_way({REASONS: ""}, {REASONS: "退货类型: {}\n"}, {REASONS: ""}).texts == {REASONS: "退货类型: {}\n"}


@TEN
@given(values())
def test_one_side_alone_is_taken_as_it_is(new: Mapping[Place, Any]) -> None:
    changed_texts = put(new)
    for mine, theirs in ((changed_texts, BUNDLE), (BUNDLE, changed_texts), (changed_texts, changed_texts)):
        merged = three_way(BUNDLE, mine, theirs)
        assert (merged.texts, merged.conflicts) == (changed_texts, [])


@TEN
@given(values(), st.sets(st.sampled_from(list(PLACES))))
def test_disjoint_changes_never_clash_and_are_all_there(new: Mapping[Place, Any], places: set[Place]) -> None:
    mine = {place: value for place, value in new.items() if place in places}
    theirs = {place: value for place, value in new.items() if place not in places}
    merged = three_way(BUNDLE, put(mine), put(theirs))
    assert merged.conflicts == []
    assert data(merged.texts) == data(put({**mine, **theirs}))


@TEN
@given(values(), values())
def test_only_places_that_both_changed_otherwise_clash(mine: Mapping[Place, Any], theirs: Mapping[Place, Any]) -> None:
    merged = three_way(BUNDLE, put(mine), put(theirs))
    both = {place for place in mine if place in theirs and mine[place] != theirs[place]}
    assert len(merged.conflicts) == len(both)
    assert data(merged.texts) == data(put({**mine, **theirs}))  # at a clash theirs stands
