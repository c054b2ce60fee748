"""Another flow as a part of this one: copied under names of its own, kept up by a sentence, taken out whole. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.flow import AUTOMATIC, END
from flow.definitions.identities import identities_of, renames_between
from flow.errors import NotFound, PolicyRefused
from flow.validation.cautions import cautions
from flow.validation.flows import parse_flow
from models.enums import CaseState
from tests.support.editing import BUNDLE, FLOW, said, words

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPPLIER = ("flow", "退供应商")
TEXT = """
流程: 退供应商
开始: 寄出
预计退款: 否
节点:
  供应商确认:
    类型: 人工
    负责人: {角色: 财务}
    时限: 10天
    动作: {收下: {去: 完成, 记: {供应商收下: 是}}, 不收: {去: 寄出, 样式: 危险}}
  寄出:
    类型: 人工
    负责人: {角色: 仓管员}
    时限: 3天
    动作: {寄出: {去: 供应商确认}, 不寄了: {去: 不寄, 样式: 危险}}
  完成: {类型: 结束, 状态: 已完成}
  不寄: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
  撤: {类型: 结束, 状态: 已关闭, 原因: 撤销}
撤单: 撤
"""
BOTH = {**BUNDLE, SUPPLIER: TEXT}
ASIDE = "增加分支 退供 在 质检 次品处理 之后 自己结束 照 流程 退供应商 当 责任=供应商"
INLINE = "增加节点 退供 在 质检 之后 照 退供应商 当 责任=供应商"
PART = {"退供·寄出", "退供·供应商确认", "退供·完成", "退供·不寄"}


def test_it_is_a_side_branch_with_all_its_ends() -> None:
    flow = parse_flow(said(ASIDE, texts=BOTH)[FLOW])
    assert flow.sides == {"退供·寄出": PART}
    assert {flow.nodes[name].state for name in PART} == {None}
    assert flow.parts == {"退供": "退供应商"}
    assert flow.nodes["退供·寄出"].actions["寄出"].branches[0].to == "退供·供应商确认"


def test_or_the_case_goes_through_it() -> None:
    """What it has noted is known behind it, and a refusal in it is no way on."""
    flow = parse_flow(said(INLINE, texts=BOTH)[FLOW])
    first = flow.nodes["质检"].actions["合格入库"].branches
    assert [(row.to, bool(row.when.cells)) for row in first] == [("退供·寄出", True), ("审批或退款", False)]
    done, shut = flow.nodes["退供·完成"], flow.nodes["退供·不寄"]
    assert (done.kind, done.branches[0].to, done.branches[0].rule) == (AUTOMATIC, "审批或退款", "退供完成")
    assert (shut.kind, shut.state) == (END, CaseState.CLOSED)
    assert flow.nodes["退供·供应商确认"].actions["收下"].sets == {"供应商收下": True}


def test_where_it_may_fail_and_the_case_goes_on_that_is_said() -> None:
    flow = parse_flow(said(f"{INLINE} 关闭时 继续", texts=BOTH)[FLOW])
    assert (flow.nodes["退供·不寄"].kind, flow.nodes["退供·不寄"].branches[0].rule) == (AUTOMATIC, "退供不寄")


@pytest.mark.parametrize("sentence", [ASIDE, INLINE, f"{INLINE} 关闭时 继续", INLINE.partition(" 当")[0]])
def test_taken_out_again_the_flow_is_what_it_was(sentence: str) -> None:
    assert words(BOTH, said("删除节点 退供", texts=said(sentence, texts=BOTH))) == []


FIRST = "增加节点 退供应商 拍照 在 寄出 之前 负责人 仓管员 时限 1天"


@pytest.mark.parametrize("sentence", [ASIDE, INLINE, f"{INLINE} 关闭时 继续"])
def test_it_follows_the_flow_it_was_copied_from_when_that_is_said(sentence: str) -> None:
    before = said(sentence, texts=BOTH)
    later = said("流程 退供应商 供应商确认 时限 4天", FIRST, texts=before)
    assert later[FLOW] == before[FLOW], "by itself it stays as it was"
    fresh = said("流程 退货 子流程 退供", texts=later)
    flow, old = parse_flow(fresh[FLOW]), parse_flow(before[FLOW])
    assert flow.nodes.keys() - old.nodes.keys() == {"退供·拍照"}
    assert flow.nodes["退供·供应商确认"].limit != old.nodes["退供·供应商确认"].limit
    assert flow.nodes["退供·不寄"] == old.nodes["退供·不寄"]
    assert "退供·拍照" in {to for node in flow.nodes.values() for to in node.targets()}


def test_who_changes_the_other_flow_hears_of_its_copies() -> None:
    before = said(INLINE, texts=BOTH)
    later = said("流程 退供应商 供应商确认 时限 4天", texts=before)
    told = "退供应商流程 流程“退货”里的“退供”照的是它，不跟着改；要跟着改再写 流程 退货 子流程 退供"
    assert told in cautions(before, later, [SUPPLIER])[SUPPLIER]
    both = said("流程 退货 子流程 退供", texts=later)
    assert SUPPLIER not in cautions(before, both, [SUPPLIER, FLOW])


REFUSED = [
    ("增加节点 退供 在 质检 之后 照 退货", PolicyRefused, "不能装进它自己"),
    ("增加分支 退供 在 质检 之后 自己结束 照 流程 没有", NotFound, "没有流程“没有”"),
    ("增加节点 退供 在 质检 之前 照 退供应商", PolicyRefused, "只能放在一个节点之后"),
    ("增加节点 复检 在 质检 之后 负责人 质检员 关闭时 继续", PolicyRefused, "照另一条流程时才写的"),
    ("流程 退货 子流程 天上", NotFound, "没有子流程“天上”"),
    (f"{ASIDE}；增加分支 退供 在 质检 合格入库 之后 自己结束 照 流程 退供应商", PolicyRefused, "已经有“退供”这一段了"),
]


@pytest.mark.parametrize(("sentence", "kind", "why"), REFUSED)
def test_what_cannot_be(sentence: str, kind: type[Exception], why: str) -> None:
    with pytest.raises(kind, match=why):
        said(sentence, texts=BOTH)


def test_what_is_wrong_in_it_is_said_with_its_place() -> None:
    pays = {**BOTH, SUPPLIER: TEXT.replace("收下: {去: 完成,", "收下: {去: 完成, 办: [通知客户],")}
    with pytest.raises(PolicyRefused, match="节点“退供·供应商确认”：旁支“退供·寄出”里不能办“通知客户”"):
        said(ASIDE, texts=pays)


def test_a_name_that_gets_too_long_is_refused() -> None:
    long = {**BOTH, SUPPLIER: TEXT.replace("供应商确认", "供应商" * 9)}
    with pytest.raises(PolicyRefused, match="超过 32 个字"):
        said(ASIDE.replace("退供 ", "退给供应商的货 "), texts=long)


def test_a_part_without_nodes_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="子流程“退供”没有节点"):
        said("流程 质检 时限 4小时", texts={**BOTH, FLOW: f"{BOTH[FLOW]}\n子流程: {{退供: 退供应商}}\n"})


# ---- and new names

RENAMED = ("改名 节点 退供应商 供应商确认 厂家确认", "改名 节点 退供应商 不寄 没寄")


def ids(texts: dict[tuple[str, str], str]) -> Mapping[str, str]:
    return identities_of(texts).nodes["退货"]


def test_a_copy_of_a_renamed_node_takes_nobody_elses_id() -> None:
    """The other flow's 质检 is called otherwise, and this one has a 质检 too."""
    texts = {**BOTH, SUPPLIER: TEXT.replace("供应商确认", "质检")}
    later = said("改名 节点 退供应商 质检 品检", texts=texts)
    fresh = said(ASIDE, texts=later)
    assert (ids(fresh)["质检"], ids(fresh)["退供·品检"]) == ("质检", "退供·质检")
    again = said("流程 退货 子流程 退供", texts=said("改名 节点 退供应商 质检 品检", texts=said(ASIDE, texts=texts)))
    assert (ids(again)["质检"], ids(again)["退供·品检"]) == ("质检", "退供·质检")


@pytest.mark.parametrize("sentence", [ASIDE, INLINE, f"{INLINE} 关闭时 继续"])
def test_it_follows_the_new_names_of_the_other_flow(sentence: str) -> None:
    before = said(sentence, texts=BOTH)
    fresh = said("流程 退货 子流程 退供", texts=said(*RENAMED, texts=before))
    assert renames_between(before, fresh).nodes["退货"] == {
        "退供·供应商确认": "退供·厂家确认",
        "退供·不寄": "退供·没寄",
    }
    flow, old = parse_flow(fresh[FLOW]), parse_flow(before[FLOW])
    assert flow.nodes["退供·没寄"].kind == old.nodes["退供·不寄"].kind


@pytest.mark.parametrize("sentence", [ASIDE, INLINE, f"{INLINE} 关闭时 继续"])
@pytest.mark.parametrize("node", ["退供·寄出", "退供·供应商确认", "退供·不寄"])
def test_what_is_called_otherwise_here_keeps_its_name_and_goes_with_the_rest(sentence: str, node: str) -> None:
    before = said(f"改名 节点 退货 {node} 我们的叫法", texts=said(sentence, texts=BOTH))
    fresh = said("流程 退货 子流程 退供", texts=said("流程 退供应商 供应商确认 时限 4天", FIRST, texts=before))
    flow, old = parse_flow(fresh[FLOW]), parse_flow(before[FLOW])
    assert flow.nodes.keys() - old.nodes.keys() == {"退供·拍照"}
    assert flow.nodes["我们的叫法"].id == node
    assert words(BOTH, said("删除节点 退供", texts=before)) == []
