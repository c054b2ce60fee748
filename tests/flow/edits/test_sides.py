"""Sentences that begin a side branch, and take it out again: the flow is sound, and the case goes its old way. Pure."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.edits.commands import VERBS
from flow.edits.synonyms import canonical
from flow.errors import NotFound, PolicyRefused
from flow.validation.flows import parse_flow
from tests.support.editing import BUNDLE, FLOW, changed, said, words

ASIDE = "增加分支 退供应商 在 质检 次品处理 之后 自己结束 负责人 仓管员 时限 3天"
ADDED = [
    "增加节点 退供应商分叉（分叉，旁支 退供应商）",
    "增加节点 退供应商（仓管员，3天）",
    "增加节点 退供应商结束（结束）",
]
MADE = ["质检 次品处理：改去 退供应商分叉（原来去 次品去向）", *ADDED]
CHANGES = [
    (ASIDE, MADE),
    (f"{ASIDE} 当 责任=供应商", ["质检 次品处理：责任=供应商 改去 退供应商分叉", *ADDED]),
    (f"{ASIDE} 关闭时 结束", [MADE[0], "增加节点 退供应商分叉（分叉，旁支 退供应商，关闭时 结束）", *ADDED[1:]]),
    *((f"增加分支 退供应商{place}，负责人 仓管员，时限 3天", MADE) for place in (
        " 从 质检 次品处理 之后 自己结束", " 在 质检的次品处理 之后另开 单独结束", "在质检 次品处理后 自己办完",
        " 质检 次品处理 以后 不等它", " 在 质检 次品处理 后面 作为旁支",
    )),
    ("增加分支 退供应商 在 次品去向 之后 自己结束 负责人 仓管员 时限 3天",
     [*ADDED, "次品去向：改去 退供应商分叉（原来去 次品协商、审批或退款）"]),
]  # fmt: skip


def test_it_may_be_called_what_it_is() -> None:
    plain = canonical("加一条旁支 退供应商 在 质检 次品处理 之后 负责人 仓管员 时限 3天", VERBS)
    assert said(plain) == said(ASIDE)
    assert said(canonical(ASIDE.replace("增加分支", "增加旁支"), VERBS)) == said(ASIDE)
    assert said(canonical(ASIDE.replace("增加分支", "旁支").replace("自己结束 ", ""), VERBS)) == said(ASIDE)
    assert canonical("删除旁支 退供应商", VERBS) == "删除节点 退供应商"


@pytest.mark.parametrize(("sentence", "told"), CHANGES)
def test_a_sentence_begins_a_side_branch(sentence: str, told: list[str]) -> None:
    texts = said(sentence)
    assert sorted(words(BUNDLE, texts)) == sorted(told)
    flow = parse_flow(texts[FLOW])
    assert {*flow.sides} == {"退供应商"}
    assert flow.aside["退供应商"] == {"退供应商", "退供应商结束"}


def test_a_node_s_every_good_action_leads_to_it() -> None:
    nodes = yamlfile.read(said("增加分支 回访 在 客服审核 之后 自己结束 负责人 客服")[FLOW])["节点"]
    assert nodes["客服审核"]["动作"]["同意"]["去"] == "回访分叉"
    assert nodes["回访分叉"]["去"] == "金额审批"
    assert nodes["回访"]["时限"] == nodes["客服审核"]["时限"]


def test_a_button_that_one_node_alone_has_need_not_name_it() -> None:
    only = said("增加分支 退供应商 在 驳回拒收 之后 自己结束 负责人 仓管员 时限 3天", texts=_with("驳回拒收"))
    assert parse_flow(only[FLOW]).sides


def _with(name: str) -> dict[tuple[str, str], str]:
    def put(data: dict) -> None:  # type: ignore[type-arg]
        actions = data["节点"]["拒收处理"]["动作"]
        actions[name] = actions.pop("驳回")

    return changed(FLOW, put)


REFUSED = [
    ("增加分支 退供应商 在 同意 之后 自己结束 负责人 仓管员", PolicyRefused,
     "“同意”是几个节点的按钮，请写上哪个节点：客服审核 同意"),
    ("增加分支 退供应商 在 完成 之后 自己结束 负责人 仓管员", PolicyRefused, "“完成”不往下走，后面不能开旁支"),
    ("增加分支 退供应商 在 天上 之后 自己结束 负责人 仓管员", NotFound, "没有节点“天上”"),
    ("增加分支 退供应商 在 质检 天上 之后 自己结束 负责人 仓管员", NotFound, "没有按钮“天上”"),
    ("增加分支 质检 在 客服审核 之后 自己结束 负责人 仓管员", PolicyRefused, "已经有节点“质检”了"),
    (f"{ASIDE} 关闭时 再说", NotFound, "关闭时"),
    (f"{ASIDE} 随便什么 当 责任=供应商", PolicyRefused, "3天 随便什么"),
    ("增加分支 退供应商 在 质检 之后 自己结束 随便什么", PolicyRefused, "“随便什么”没有看懂"),
    ("增加分支 退供应商 在 质检 之后 自己结束", PolicyRefused, "要写“退供应商”由谁负责"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "kind", "why"), REFUSED)
def test_what_is_not_clear_is_asked_back(sentence: str, kind: type[Exception], why: str) -> None:
    with pytest.raises(kind, match=why):
        said(sentence)


@pytest.mark.parametrize("sentence", [ASIDE, f"{ASIDE} 当 责任=供应商", f"{ASIDE} 关闭时 结束"])
def test_taken_out_again_the_flow_is_what_it_was(sentence: str) -> None:
    assert words(BUNDLE, said("删除节点 退供应商", texts=said(sentence))) == []


def test_a_step_more_is_put_into_it_and_taken_out() -> None:
    more = said("增加节点 供应商确认 在 退供应商 之后 负责人 财务", texts=said(ASIDE))
    assert parse_flow(more[FLOW]).aside["供应商确认"] == {"退供应商", "供应商确认", "退供应商结束"}
    assert words(said(ASIDE), said("删除节点 供应商确认", texts=more)) == []
    first = said("增加节点 拍照 在 退供应商 之前 负责人 仓管员 时限 1天", texts=said(ASIDE))
    assert {*parse_flow(first[FLOW]).sides} == {"拍照"}
    assert {*parse_flow(said("删除节点 拍照", texts=first)[FLOW]).sides} == {"退供应商"}


def test_of_two_at_one_fork_the_other_stays() -> None:
    def put(data: dict) -> None:  # type: ignore[type-arg]
        data["节点"]["退供应商分叉"]["旁支"].append("拍照")
        data["节点"]["拍照"] = {**data["节点"]["退供应商"], "动作": {"完成": {"去": "拍完"}}}
        data["节点"]["拍完"] = {"类型": "结束"}

    both = changed(FLOW, put, said(ASIDE))
    assert {*parse_flow(both[FLOW]).sides} == {"退供应商", "拍照"}
    assert {*parse_flow(said("删除节点 退供应商", texts=both)[FLOW]).sides} == {"拍照"}


def test_what_becomes_of_it_is_said_later_too() -> None:
    texts = said("流程 退供应商分叉 关闭时 结束", texts=said(ASIDE))
    assert parse_flow(texts[FLOW]).stopping == {"退供应商", "退供应商结束"}
    with pytest.raises(PolicyRefused, match="只有分叉节点有“关闭时”"):
        said("流程 质检 关闭时 结束")
