"""Sentences that put nodes in, take them out, and set them side by side: cases go the way that was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.definitions.flow import END
from flow.edits import apply
from flow.engine.machine import begin
from flow.engine.values import Rules
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.validation.flows import flow_of, parse_flow
from flow.validation.policies import parse_policy
from tests.support.editing import BUNDLE, FLOW, said, words
from tests.support.flows import definitions, explore, troubles
from tests.support.shipped import Play, opening, worker

if TYPE_CHECKING:
    from collections.abc import Mapping

RECHECK = "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时"
ALBUM = ("flow", "抽样")

CHANGES: list[tuple[str, list[str]]] = [
    (RECHECK, ["质检 合格入库：改去 复检（原来去 审批或退款）", "增加节点 复检（质检员，4小时）"]),
    ("增加节点 复检 在质检之后 负责人 质检员",  # glued
     ["质检 合格入库：改去 复检（原来去 审批或退款）", "增加节点 复检（质检员，48小时）"]),
    (f"{RECHECK} 当 金额>1000", ["质检 合格入库：金额>1000 改去 复检", "增加节点 复检（质检员，4小时）"]),
    (f"{RECHECK} 当 金额 > 1,000元 且 类型=质量问题",
     ["质检 合格入库：金额>1000、类型=质量问题 改去 复检", "增加节点 复检（质检员，4小时）"]),
    ("增加节点 复检 在 质检 之后 负责人 团队 华东组", ["质检 合格入库：改去 复检（原来去 审批或退款）",
                                          "增加节点 复检（团队 华东组，48小时）"]),  # the limit of the node before
    ("增加节点 核对 在 退款时机 之后 负责人 财务 时限 1天",  # what passes by itself is followed too
     ["退款时机：改去 核对（原来去 自动退款、财务退款）", "增加节点 核对（财务，1天）"]),
    *((f"增加节点 复检 {said}", ["质检 合格入库：改去 复检（原来去 审批或退款）", "增加节点 复检（质检员，4小时）"])
      for said in (
        "在 质检 之后，负责人 质检员，时限4小时", "质检后 负责人 质检员 时限：四小时。",
        "在质检后面 负责人：质检员，时限 4h",
    )),
    ("增加节点 复检 在 质检 之后，负责人 质检员，当 金额大于1000，类型=质量问题",
     ["质检 合格入库：金额>1000、类型=质量问题 改去 复检", "增加节点 复检（质检员，48小时）"]),
    # ahead of a node: everything but what sends a case back to it
    ("增加节点 复核 在 金额审批 之前 负责人 客服主管",
     ["分流：免审金额不排队 改去 复核（原来去 金额审批）", "客服审核 同意：改去 复核（原来去 金额审批）",
      "增加节点 复核（客服主管，24小时）",
      "审批或退款：退款要审批 改去 复核（原来去 金额审批）"]),
    ("增加节点 初审 在 分流 前面 负责人 客服 时限 4小时", ["开始：分流 → 初审", "增加节点 初审（客服，4小时）"]),
    ("增加节点 拍照 在 质检 之前 负责人 质检员 当 金额>1000",
     ["仓库收货 确认收货：金额>1000 改去 拍照", "缺件协商 同意：金额>1000 改去 拍照", "增加节点 拍照（质检员，48小时）",
      "退款中 退款成功：已收货=是、金额>1000 改去 拍照"]),
    ("删除节点 客服审核",
     ["分流：先由客服审核 改去 金额审批（原来去 客服审核）", "删除节点 客服审核（客服组长，24小时）"]),
    ("增加分支 客服补证 与 客服审核 同时 负责人 客服",
     ["分流：先由客服审核 改去 客服补证分叉（原来去 客服审核）", "增加节点 客服补证分叉（分叉）",
      "客服审核 同意：改去 客服补证汇合（原来去 金额审批）", "增加节点 客服补证（客服，24小时）",
      "增加节点 客服补证汇合（汇合，全部）"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "told"), CHANGES)
def test_a_sentence_changes_what_it_says(sentence: str, told: list[str]) -> None:
    assert words(BUNDLE, said(sentence)) == told


REFUSED: list[tuple[str, str]] = [
    ("增加节点 复检 质检 负责人 质检员", "要写 在 哪个节点 之后（或 之前）"),
    ("增加节点 初审 在 分流 之前 负责人 客服 时限 4小时 当 金额>9", "“分流”是流程的开始，前面的节点不能带条件"),
    ("增加节点 拍照 在 质检 之前 负责人 质检员 当 已收货=否", "走到这里已经要看“已收货”（已收货=是）"),
    (f"{RECHECK} 当 金额>1000 或 类型=质量问题", "条件“金额>1000 或 类型=质量问题”里有“或”"),
    ("增加节点 复检", "例如：增加节点 复检 在 质检 之后"),
    ("增加节点 复检 在 质检 之后", "要写“复检”由谁负责"),
    ("增加节点 复检 在 质捡 之后 负责人 质检员", "是不是“质检”？"),
    ("增加节点 复检 在 质检 之后 负责人 质检圆", "是不是“质检员”？"),
    ("增加节点 复检 在 质检 之后 快 负责人 质检员", "“快”没有看懂"),
    ("增加节点 质检 在 仓库收货 之后 负责人 质检员", "已经有节点“质检”了"),
    ("增加节点 一二三四五六七八九十多 在 质检 之后 负责人 质检员", "要在 10 个字以内"),
    ("增加节点 复|检 在 质检 之后 负责人 质检员", "不能有 |"),
    ("增加节点 复检 在 完成 之后 负责人 质检员", "“完成”是结束节点"),
    ("增加节点 复检 在 退款时机 之后 负责人 质检员", "要写“复检”的时限"),  # nothing beside it has one
    (f"{RECHECK} 当 很贵", "条件“很贵”看不懂，应像 金额>1000"),
    (f"{RECHECK} 当 金额 500~50", "左边比右边大"),
    ("删除节点", "例如：删除节点 复检"),
    ("删除节点 复检", "没有节点“复检”"),
    ("删除节点 完成", "“完成”是结束"),
    ("删除节点 质检", "节点“次品去向”：从开始走不到"),
    ("删除节点 分流", "“分流”是流程的入口，它后面按条件有几条路"),
    # a refusal that came here would become an approval
    ("删除节点 金额审批", "“财务退款”的“驳回”通到“金额审批”，删掉后不能替人决定它去哪里"),
    ("增加分支 客服补证", "例如：增加分支 客服补证 与 仓库收货 同时"),
    ("增加分支 客服补证 与 分流 同时 负责人 客服 时限 1天", "只能与有人办或等待的节点同时进行"),
    ("增加分支 客服补证 与 完成 同时 负责人 客服 时限 1天", "只能与有人办或等待的节点同时进行"),
    ("增加分支 质检 与 仓库收货 同时 负责人 客服", "已经有节点“质检”了"),
]


@pytest.mark.parametrize(("sentence", "why"), REFUSED)
def test_what_is_not_done_is_said_with_the_way_out(sentence: str, why: str) -> None:
    with pytest.raises((PolicyRefused, NotFound)) as refused:
        said(sentence)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (RECHECK, "“次品处理”仍去 次品去向，不经过 复检"),
        ("增加节点 核对 在 退款时机 之后 负责人 财务 时限 1天", "同意再去 自动退款 或 财务退款"),
        ("增加节点 复核 在 金额审批 之前 负责人 客服主管", "“财务退款”的“驳回”仍直接去 金额审批，不经过 复核"),
    ],
)
def test_everywhere_a_case_goes_is_told(sentence: str, told: str) -> None:
    assert told in apply([sentence], BUNDLE, "退货", "express").said


def test_who_sent_a_case_on_gets_it_back() -> None:
    made = said("增加节点 核价 在 先退款 之前 负责人 财务 时限 1天")
    assert yamlfile.read(made[FLOW])["节点"]["核价"]["动作"]["驳回"]["去"] == "金额审批"


@pytest.mark.parametrize("side", ["同时进行", "并行", "一起"])
def test_side_by_side_in_other_words(side: str) -> None:
    plain = said("增加分支 客服补证 与 仓库收货 同时 负责人 客服")
    assert said(f"增加分支 客服补证 与 仓库收货 {side}，负责人 客服") == plain
    assert said("增加分支 客服补证 ‖ 仓库收货 负责人 客服") == plain


def test_a_fork_goes_with_its_branches_not_by_itself() -> None:
    forked = said("增加分支 客服补证 与 仓库收货 同时 负责人 客服")
    for name in ("客服补证分叉", "客服补证汇合"):
        with pytest.raises(PolicyRefused, match="请删除它的分支"):
            said(f"删除节点 {name}", texts=forked)


# ---- cases on their way through what was said


def played(texts: Mapping[tuple[str, str], str], amount: str) -> Play:
    rules = Rules(parse_flow(texts[FLOW]), parse_policy(texts["policy", "standard"]))
    now = begin(rules, opening(amount, "七天无理由"))
    return Play(rules, now, [*now.nodes])


def at_inspection(texts: Mapping[tuple[str, str], str], amount: str) -> Play:
    play = played(texts, amount)
    play.does("确认收货")
    assert play.node.name == "质检"
    return play


def test_a_case_comes_to_the_new_node_and_goes_on_or_back() -> None:
    play = at_inspection(said(RECHECK), "800")
    play.does("合格入库")
    assert play.node.name == "复检"
    play.does("驳回")
    assert play.node.name == "质检"
    play.does("合格入库")
    play.does("同意")
    assert play.node.name == "金额审批"


@pytest.mark.parametrize(("amount", "stop"), [("1000", "金额审批"), ("1000.01", "复检")])
def test_only_cases_that_meet_the_condition_come_to_it(amount: str, stop: str) -> None:
    play = at_inspection(said(f"{RECHECK} 当 金额>1000"), amount)
    play.does("合格入库")
    assert play.node.name == stop


def test_what_the_old_node_did_it_still_does() -> None:
    nodes = yamlfile.read(said(RECHECK)[FLOW])["节点"]
    assert nodes["质检"]["动作"]["合格入库"]["办"] == ["质检合格"]
    assert "办" not in nodes["复检"]["动作"]["同意"]


def test_both_branches_are_awaited() -> None:
    play = played(said("增加分支 客服补证 与 仓库收货 同时 负责人 客服"), "800")
    assert set(play.now.nodes) == {"仓库收货", "客服补证"}
    nodes = play.rules.flow.nodes
    play.tries("确认收货", worker(nodes["仓库收货"]))
    assert set(play.now.nodes) == {"客服补证"}
    play.tries("完成", worker(nodes["客服补证"]))
    assert [*play.now.nodes] == ["质检"]


# ---- what is put in can be taken out again

ASKING = ("财务退款", "自动退款")  #: from here a case goes straight to where the shop's answer is heard
PLACES = [name for name, node in yamlfile.read(BUNDLE[FLOW])["节点"].items() if node["类型"] != END]


@pytest.mark.parametrize("after", [name for name in PLACES if name not in ASKING])
@pytest.mark.parametrize("when", ["", " 当 金额>1000", " 当 风险客户=是"])
def test_a_node_that_was_put_in_can_be_taken_out(after: str, when: str) -> None:
    there = said(f"增加节点 复看 在 {after} 之后 负责人 客服 时限 2天{when}")
    back = said("删除节点 复看", texts=there)
    assert yamlfile.read(back[FLOW]) == yamlfile.read(BUNDLE[FLOW])


@pytest.mark.parametrize("after", ASKING)
def test_nothing_comes_between_asking_for_the_money_and_hearing_of_it(after: str) -> None:
    with pytest.raises(PolicyRefused, match="就要去一个等“退款成功”和“退款失败”的等待节点，不能直接去“复看”"):
        said(f"增加节点 复看 在 {after} 之后 负责人 客服 时限 2天")


@pytest.mark.parametrize("beside", ["客服审核", "金额审批", "仓库收货", "质检", "次品协商"])
def test_a_branch_that_was_added_can_be_taken_out(beside: str) -> None:
    one = said(f"增加分支 补证 与 {beside} 同时 负责人 客服")
    two = said(f"增加分支 拍照 与 {beside} 同时 负责人 客服", texts=one)
    back = said("删除节点 补证", "删除节点 拍照", texts=two)
    assert yamlfile.read(back[FLOW]) == yamlfile.read(BUNDLE[FLOW])


DRAWN = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def sound(flow: Any) -> bool:
    try:
        flow_of(flow)
    except DefinitionError:
        return False
    return True


@DRAWN
@given(definitions(depth=2), st.data())
def test_any_sentence_on_any_sound_flow_leaves_it_sound_or_is_refused(flow: Any, data: st.DataObject) -> None:
    assume(sound(flow))
    name = data.draw(st.sampled_from(sorted(flow["节点"])))
    sentence = data.draw(
        st.sampled_from([
            f"增加节点 新 在 {name} 之后 负责人 客服 时限 2天",
            f"增加节点 新 在 {name} 之后 负责人 客服 时限 2天 当 金额>500",
            f"增加节点 新 在 {name} 之前 负责人 客服 时限 2天",
            f"增加节点 新 在 {name} 之前 负责人 客服 时限 2天 当 金额>500",
            f"增加分支 新 与 {name} 同时 负责人 客服 时限 2天",
            f"删除节点 {name}",
        ])
    )  # fmt: skip
    texts = {**BUNDLE, ALBUM: yamlfile.write(flow)}
    verb, _, rest = sentence.partition(" ")
    try:
        made = said(f"{verb} 抽样 {rest}", texts=texts)
    except (PolicyRefused, NotFound):  # in words, never by a crash
        return
    after = explore(parse_flow(made[ALBUM]), most=200)
    assert [
        problem for marking in after.markings.values() for problem in troubles(parse_flow(made[ALBUM]), marking)
    ] == []
    assert not after.whole or after.stranded() == []
    if verb != "删除节点" and "之前" not in sentence:
        assert yamlfile.read(said("删除节点 抽样 新", texts=made)[ALBUM]) == flow


@pytest.mark.parametrize(
    ("sentence", "flow"),
    [
        ("增加节点 再问 在 联系快递 之后 负责人 客服", "拦截"),
        ("增加分支 拍照 与 联系快递 同时 负责人 客服", "拦截"),
        ("增加节点 再问 在 投诉 处理投诉 之后 负责人 客服", ""),
        ("增加节点 再问 在 处理投诉 之后 负责人 客服", "投诉"),
    ],
)
def test_the_node_says_which_flow_is_meant_where_only_one_has_it(sentence: str, flow: str) -> None:
    whole = shipped()
    if not flow:
        with pytest.raises((PolicyRefused, NotFound)):
            said(sentence, texts=whole)
        return
    made = said(sentence, texts=whole)
    assert [key for key in made if made[key] != whole.get(key)] == [("flow", flow)]
