"""Differences between two definitions, in the words in which a business owner would tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from flow.definitions import yamlfile
from flow.definitions.references import renamed
from flow.diff.differences import ADDED, CHANGED, REMOVED, differences
from flow.diff.tree import keyed, merged_order, plain
from tests.support.editing import (
    BUNDLE,
    FLOW,
    NOTICES,
    PLACES,
    POLICY,
    REASONS,
    ROLES,
    TABLES,
    changed,
    put,
    said,
    values,
    words,
)
from tests.support.flows import definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.editing import Place

AGAIN = {
    "类型": "人工",
    "负责人": {"角色": "质检员", "否则": "财务"},
    "时限": "4小时",
    "动作": {"同意": {"去": "完成"}},
}


def turned(actions: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """The same buttons in their places, some under another name."""
    return {names.get(name, name): body for name, body in actions.items()}


def nodes(change: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda flow: change(flow["节点"])


CHANGES: list[tuple[tuple[str, str], Callable[[Any], object], list[str]]] = [
    (FLOW, nodes(lambda n: n["质检"].update(时限="4小时")), ["质检 时限：48小时 → 4小时"]),
    (FLOW, nodes(lambda n: n["质检"].update(抄送=["客服主管", "财务"])), ["质检 抄送：没有 → 客服主管、财务"]),
    (FLOW, nodes(lambda n: n["质检"].update(会签=True)), ["质检 会签：否 → 是"]),  # not written is off
    (FLOW, nodes(lambda n: n["金额审批"].update(同人免审=False)), ["金额审批 同人免审：是 → 否"]),
    (FLOW, nodes(lambda n: n.update(复检=AGAIN)), ["增加节点 复检（质检员，4小时）"]),
    (FLOW, nodes(lambda n: n.pop("撤销")), ["删除节点 撤销（结束，已关闭，撤销）"]),
    (FLOW, nodes(lambda n: n["质检"].update(负责人={"团队": "华东组", "派法": "轮流"})),
     ["质检 负责人：质检员（否则 仓管员） → 团队 华东组（轮流）"]),
    (FLOW, nodes(lambda n: n["质检"].update(负责人={"分派表": "维修分派"})),
     ["质检 负责人：质检员（否则 仓管员） → 分派表 维修分派"]),
    (FLOW, nodes(lambda n: n["质检"].update(负责人={"提交人上级": True})),
     ["质检 负责人：质检员（否则 仓管员） → 提交人上级"]),
    (FLOW, nodes(lambda n: n["质检"]["动作"]["合格入库"].update(去="完成")),
     ["质检 合格入库：改去 完成（原来去 审批或退款）"]),
    (FLOW, nodes(lambda n: n["质检"]["动作"]["合格入库"].update(去=[{"当": {"金额": ">1000"}, "去": "完成"},
                                                            {"去": "审批或退款"}])),
     ["质检 合格入库：金额>1000 改去 完成"]),  # the way that was there stays
    (FLOW, nodes(lambda n: n["金额审批"]["动作"]["同意"]["去"].insert(0, {"当": {"金额": ">1000"}, "去": "完成"})),
     ["金额审批 同意：金额>1000 改去 完成"]),
    (FLOW, nodes(lambda n: n["金额审批"]["动作"]["同意"]["去"].pop(0)), ["金额审批 同意：已质检=是 不再去 退款时机"]),
    (FLOW, nodes(lambda n: n["金额审批"]["动作"]["同意"]["去"][1].update(去="完成")),
     ["金额审批 同意：等货寄回 改去 完成（原来去 先退款）"]),
    (FLOW, nodes(lambda n: n["金额审批"]["动作"]["同意"]["去"][0].update(当={"金额": "50~500"})),
     ["金额审批 同意 货已验过 条件：已质检=是 → 金额=50~500"]),
    (FLOW, nodes(lambda n: n["分流"]["去"].reverse()),
     ["分流：顺序改为 先由客服审核、无理由退货直接等待收货、免审金额不排队"]),  # the first that fits decides
    (FLOW, nodes(lambda n: n["分流"].update(去="客服审核")),
     ["分流：改去 客服审核（原来去 金额审批、仓库收货、客服审核）"]),
    (FLOW, nodes(lambda n: n["质检"]["动作"].update(拍照={"去": "完成"})), ["质检 增加动作 拍照（去 完成）"]),
    (FLOW, nodes(lambda n: n["客服审核"]["动作"].pop("转交")), ["客服审核 删除动作 转交"]),
    (FLOW, nodes(lambda n: n["客服审核"].update(动作=turned(n["客服审核"]["动作"], 同意="通过"))),
     ["客服审核 动作 同意 改名为 通过"]),
    (FLOW, nodes(lambda n: n["客服审核"].update(动作=dict(reversed(n["客服审核"]["动作"].items())))),
     ["客服审核 动作：顺序改为 驳回、转交、同意"]),  # the first button is the one that the system presses
    (FLOW, nodes(lambda n: n["仓库收货"]["动作"]["确认收货"]["记"].update(已点数="是")),
     ["仓库收货 确认收货 增加记 已点数（是）"]),
    (FLOW, nodes(lambda n: n["质检"].update(表单=[{"名": "责任方", "填": "单选", "选项": ["商家", "客户"]}])),
     ["质检 增加表单项 责任方（填 单选，选项 商家、客户）"]),
    (FLOW, nodes(lambda n: n["质检"].update(分级=[{"名": "初检"}, {"名": "复检", "当": {"金额": ">1000"}}])),
     ["质检 增加分级 初检", "质检 增加分级 复检（当 金额>1000）"]),
    (FLOW, lambda f: f.update(重开={"到": "客服审核", "期限": "7天"}), ["重开：没有 → 到 客服审核，期限 7天"]),
    (FLOW, lambda f: f.update(开始="客服审核"), ["开始：分流 → 客服审核"]),
    (POLICY, lambda p: p["审批表"][0].update(金额="<=80"), ["审批表 小额自动通过 金额：<=50 → <=80"]),
    (POLICY, lambda p: p["审批表"][0].pop("退款时机"), ["审批表 小额自动通过 退款时机：审批通过 → 没有"]),
    (POLICY, lambda p: p["审批表"][1].update(规则="组长"), ["审批表 组长审批 改名为 组长"]),
    (POLICY, lambda p: p["审批表"].insert(1, {"规则": "熟客", "金额": "<=100", "审批": "客服"}),
     ["审批表 增加 熟客（金额<=100，审批 客服）"]),
    (POLICY, lambda p: p.update(双人金额=2000), ["双人金额：1000 → 2000"]),
    (POLICY, lambda p: p.update(自主额度=[{"角色": "客服", "每单": 30}]), ["自主额度 增加 客服（每单 30）"]),
    (REASONS, lambda r: r["退货类型"].update(色差={"流程": "退货"}), ["增加退货类型 色差"]),
    (REASONS, lambda r: r["退货类型"].update(质量问题=r["退货类型"].pop("质量问题")),
     ["退货类型：顺序改为 七天无理由、发货错误、物流损坏、质量问题"]),
    (REASONS, lambda r: r["退货类型"]["质量问题"].update(次品="协商"), ["质量问题 次品：退款 → 协商"]),
    (REASONS, lambda r: r["退货类型"]["质量问题"].update(别名=[]), ["质量问题 别名：质量、坏了、故障 → 没有"]),
    (ROLES, lambda r: r["角色"]["质检员"]["能"].update(报表="本人"), ["质检员 可用 报表（本人）"]),
    (ROLES, lambda r: r["角色"]["客服"]["能"].update(报表="本人"), ["客服 可用 报表：全部 → 本人"]),
    (ROLES, lambda r: r["角色"]["客服"]["能"].pop("话术"), ["客服 不再可用 话术"]),
    (ROLES, lambda r: r["角色"]["客服"]["看"].update(客户手机="全"), ["客服 看 客户手机：尾号 → 全"]),
    (ROLES, lambda r: r["角色"].update(店长={"能": {"查": "店铺"}}), ["增加角色 店长"]),
    (NOTICES, lambda n: n["通知"].update(已完成退款="钱已退"),
     ["通知 已完成退款：您的退款已处理完成，请注意查收 → 钱已退"]),
    (TABLES, lambda a: a["分派表"]["维修分派"][1].update(派给={"角色": "维修主管"}),
     ["分派表 维修分派 其余维修 派给：维修主管（同区域，轮流） → 维修主管"]),
    (TABLES, lambda a: a["分派表"]["维修分派"].pop(0),
     ["分派表 维修分派 删除 华东紧急维修（种类 维修，紧急 是，区域 华东，派给 华东维修主管）"]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "change", "told"), CHANGES, ids=[told[0][:24] for _, _, told in CHANGES])
def test_words(key: tuple[str, str], change: Callable[[Any], object], told: list[str]) -> None:
    assert words(BUNDLE, changed(key, change)) == told


def test_a_renamed_node_is_one_change_wherever_it_is_named() -> None:
    new = changed(FLOW, lambda flow: flow.update(renamed(flow, {"质检": "验货"})))
    assert words(BUNDLE, new) == ["节点 质检 改名为 验货"]
    new = changed(FLOW, nodes(lambda n: n["验货"].update(时限="4小时")), new)
    assert words(BUNDLE, new) == ["节点 质检 改名为 验货", "验货 时限：48小时 → 4小时"]


def test_a_node_that_came_for_another_is_no_renamed_one() -> None:
    def change(all_nodes: Any) -> None:
        del all_nodes["次品协商"]
        all_nodes["复检"] = AGAIN

    told = words(BUNDLE, changed(FLOW, nodes(change)))
    assert told == ["删除节点 次品协商（客服组长，24小时）", "增加节点 复检（质检员，4小时）"]


def test_changes_are_told_in_the_order_of_the_flow_before_what_stands_around_it() -> None:
    new = said("通知 已完成退款 钱已退", "规则 双人金额 2000", "流程 财务退款 时限 1天", "流程 客服审核 时限 1天")
    places = [change.place for change in differences(BUNDLE, new)]
    assert places == ["客服审核 时限", "财务退款 时限", "双人金额", "通知 已完成退款"]


def test_whole_texts_come_and_go() -> None:
    fewer = {key: text for key, text in BUNDLE.items() if key != POLICY}
    assert [(c.words, c.mark) for c in differences(fewer, BUNDLE)] == [("增加政策 express", ADDED)]
    assert [(c.words, c.mark) for c in differences(BUNDLE, fewer)] == [("删除政策 express", REMOVED)]


def test_with_several_policies_each_is_named() -> None:
    new = said("规则 双人金额 2000", "规则 standard 双人金额 3000")
    assert words(BUNDLE, new) == ["政策 express：双人金额：1000 → 2000", "政策 standard：双人金额：1000 → 3000"]


@pytest.mark.parametrize(
    ("sentence", "mark"),
    [
        ("流程 质检 时限 4小时", CHANGED),
        ("流程 质检 会签 是", CHANGED),  # a quality that was not written is still a quality
        ("增加原因 色差 像 质量问题", ADDED),
        ("删除原因 物流损坏", REMOVED),
    ],
)
def test_marks(sentence: str, mark: str) -> None:
    assert [change.mark for change in differences(BUNDLE, said(sentence))] == [mark]


@settings(max_examples=25, deadline=None)
@given(values())
def test_equal_bundles_do_not_differ_however_they_are_laid_out(new: Mapping[Place, Any]) -> None:
    texts = put(new)
    laid_out = {key: yamlfile.write(yamlfile.read(text)) for key, text in texts.items()}
    assert differences(texts, texts) == []
    assert differences(texts, laid_out) == []


@settings(max_examples=25, deadline=None)
@given(values())
def test_each_changed_place_is_told_once_and_no_other(new: Mapping[Place, Any]) -> None:
    found = differences(BUNDLE, put(new))
    assert len(found) == len({change.place for change in found}) == len(new)
    assert {(change.kind, change.name) for change in found} == {key for key, _ in new}


OPPOSITE = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}


@settings(max_examples=25, deadline=None)
@given(values())
def test_going_back_is_the_same_the_other_way_round(new: Mapping[Place, Any]) -> None:
    there, back = differences(BUNDLE, put(new)), differences(put(new), BUNDLE)
    assert {(c.place, OPPOSITE[c.mark]) for c in there} == {(c.place, c.mark) for c in back}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(map(str, place[1])))
def test_both_values_are_told_at_every_place(place: Place) -> None:
    change = differences(BUNDLE, put({place: PLACES[place][0]}))[0]
    assert change.words.startswith(("增加", change.place.split(" ")[0]))


@given(definitions())
def test_a_tree_holds_all_that_a_definition_says(flow: Mapping[str, Any]) -> None:
    assert plain(keyed(flow)) == flow


@pytest.mark.parametrize("key", BUNDLE)
def test_the_trees_of_what_ships_hold_all_too(key: tuple[str, str]) -> None:
    written = yamlfile.read(BUNDLE[key])
    assert plain(keyed(written)) == written


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("甲乙丙", "甲乙丙", "甲乙丙"),
        ("甲丙", "甲乙丙", "甲乙丙"),  # what is only in the second stands where it stood there
        ("丙", "甲乙丙", "甲乙丙"),
        ("甲丁丙", "甲乙丙", "甲乙丁丙"),
        ("丙甲", "甲乙丙", "丙甲乙"),  # the order of the first counts
        ("", "甲乙", "甲乙"),
    ],
)
def test_weaving(first: str, second: str, order: str) -> None:
    assert "".join(merged_order(first, second)) == order
