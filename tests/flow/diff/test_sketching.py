"""A flow as boxes and arrows: the words in them, and the marks on what changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from flow.diff.sketch import sketch, sketch_difference, tier_words
from flow.errors import DefinitionError
from flow.validation.flows import flow_of, parse_flow
from flow.validation.policies import parse_policy
from models.views.sketch import ADDED, CHANGED, REMOVED, Arrow, Box, Sketch
from tests.support.editing import BUNDLE, FLOW, changed, said
from tests.support.flows import definitions

WHOLE = parse_flow(BUNDLE[FLOW])
POLICIES = {name: parse_policy(text) for (kind, name), text in BUNDLE.items() if kind == "policy"}
EVERYTHING: dict[str, Any] = {
    "流程": "全", "开始": "受理", "撤单": "撤销", "重开": {"到": "受理", "期限": "7天"},
    "节点": {
        "受理": {"类型": "人工", "负责人": {"角色": "客服", "同区域": True}, "时限": "2天",
               "会签": True, "抄送": ["客服主管"], "动作": {"同意": {"去": "同办"}, "转交": {"换人": True},
                         "驳回": {"去": "撤销", "样式": "危险"}, "作废": {"去": "撤销", "样式": "危险"}}},
        "同办": {"类型": "分叉", "分支": ["质检", "补证"], "汇合": "齐了"},
        "质检": {"类型": "人工", "负责人": {"人": "王建国"}, "时限": "90分钟",
               "分级": [{"名": "初检"}, {"名": "复检", "负责人": {"角色": "客服"}}],
               "表单": [{"名": "责任方", "填": "单选", "选项": ["商家", "客户"]}, {"名": "说法", "填": "文本"},
                      {"名": "成色", "填": "数字"}, {"名": "照片", "填": "照片"}],
               "动作": {"合格": {"去": [{"当": {"责任方": "商家"}, "去": "齐了"}, {"去": "齐了", "规则": "其余"}]}}},
        "补证": {"类型": "等待", "等": "客户回复", "时限": "3天", "动作": {"到时": {"去": "齐了"}}},
        "齐了": {"类型": "汇合", "等": "任一", "去": "退款"},
        "退款": {"类型": "自动", "办": ["通知客户"], "去": "完成"},
        "完成": {"类型": "结束", "状态": "已完成"},
        "撤销": {"类型": "结束", "状态": "已关闭", "原因": "撤销"},
    },
}  # fmt: skip


def drawn(flow: Any, policy: str = "") -> Sketch:
    return sketch(flow, POLICIES.get(policy), title="流程", subtitle="第 3 版")


def compared(*sentences: str) -> Sketch:
    """The whole flow before and after sentences."""
    return sketch_difference(WHOLE, parse_flow(said(*sentences)[FLOW]), title="改动", subtitle="")


def marked(made: Sketch) -> list[Box]:
    return [box for box in made.boxes if box.mark]


LINES: list[tuple[str, tuple[str, ...]]] = [
    ("受理", ("客服（同区域） · 48小时", "会签 · 抄送 客服主管", "7天内重开到这里")),
    ("同办", ()),
    ("质检", ("王建国 · 90分钟", "分级 初检→复检 · 填 责任方、说法、成色…")),
    ("补证", ("等客户回复 · 3天",)),
    ("齐了", ("任一办完就继续",)),
    ("退款", ("办 通知客户",)),
    ("完成", ("已完成",)),
    ("撤销", ("已关闭 · 撤销", "撤单到这里")),  # no arrow leads a withdrawn case here
]


@pytest.mark.parametrize(("name", "lines"), LINES)
def test_the_words_of_a_box(name: str, lines: tuple[str, ...]) -> None:
    box = next(box for box in drawn(flow_of(EVERYTHING)).boxes if box.name == name)
    assert (box.kind, box.lines) == (EVERYTHING["节点"][name]["类型"], lines)


ARROWS = [
    Arrow("受理", "同办", "同意"),
    Arrow("受理", "撤销", "驳回／作废", danger=True),  # two actions to one place share an arrow, 转交 has none
    Arrow("同办", "质检"),
    Arrow("同办", "补证"),
    Arrow("质检", "齐了", "合格（责任方=商家／其余）"),  # a rule's name, or else its conditions
    Arrow("补证", "齐了", "到时"),
    Arrow("齐了", "退款"),
    Arrow("退款", "完成"),
]


def test_arrows() -> None:
    assert list(drawn(flow_of(EVERYTHING)).arrows) == ARROWS


def test_an_arrow_is_dangerous_only_when_every_action_along_it_is() -> None:
    nodes = EVERYTHING["节点"]
    actions = {**nodes["受理"]["动作"], "作废": {"去": "撤销"}}
    milder = {**EVERYTHING, "节点": {**nodes, "受理": {**nodes["受理"], "动作": actions, "会签": False}}}
    assert Arrow("受理", "撤销", "驳回／作废") in drawn(flow_of(milder)).arrows


def test_approvers_stand_in_the_box_that_leaves_them_to_the_policy() -> None:
    def approval(policy: str) -> str:
        return next(box.lines[0] for box in drawn(WHOLE, policy).boxes if box.name == "金额审批")

    assert approval("express") == "≤50 自动 · ≤500 客服组长 · >500 运营总监 · 24小时"
    assert approval("") == "按审批表 · 24小时"


def test_of_many_tiers_the_first_are_told() -> None:
    rows = "".join(f"  - {{规则: 第{n}档, 金额: '<={n}', 审批: 客服}}\n" for n in range(1, 6))
    policy = parse_policy(f"政策: 多\n审批表:\n{rows}  - {{规则: 其余, 审批: 客服主管}}\n")
    assert tier_words(policy) == "≤1 客服 · ≤2 客服 · ≤3 客服 · ≤4 客服 · …"


def test_the_start_is_the_first_box() -> None:
    later = changed(FLOW, lambda flow: flow.update(节点=dict(reversed(flow["节点"].items()))))
    assert drawn(parse_flow(later[FLOW])).boxes[0].name == "分流"


MARKS: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("流程 质检 时限 4小时", [("质检", CHANGED, "原 48小时")]),
    ("流程 质检 负责人 财务", [("质检", CHANGED, "原 质检员")]),
    ("流程 质检 会签 是", [("质检", CHANGED, "新加 会签")]),
    ("流程 质检 标题 验货", [("质检", CHANGED, "改了标题")]),  # what no line shows is named
    ("流程 质检 否则 财务", [("质检", CHANGED, "改了负责人")]),
    ("增加节点 复检 在 质检 之后 负责人 质检员", [("复检", ADDED, "")]),
    ("删除节点 次品协商", [("次品协商", REMOVED, "")]),  # drawn where it was
    ("流程 财务退款 驳回 去 客服审核", []),  # only an arrow
]


@pytest.mark.parametrize(("sentence", "marks"), MARKS)
def test_marks_on_boxes(sentence: str, marks: list[tuple[str, str, str]]) -> None:
    made = compared(sentence)
    assert [(box.name, box.mark, box.note) for box in marked(made)] == marks


def test_marks_on_arrows() -> None:
    arrows = {(a.source, a.target): a.mark for a in compared("流程 财务退款 驳回 去 客服审核").arrows if a.mark}
    assert arrows == {("财务退款", "客服审核"): ADDED, ("财务退款", "金额审批"): REMOVED}


def test_an_arrow_that_says_something_else_has_changed() -> None:
    texts = changed(FLOW, lambda flow: flow["节点"]["分流"]["去"][2].update(规则="其余先审核"))
    made = sketch_difference(WHOLE, parse_flow(texts[FLOW]), title="改动", subtitle="")
    assert [arrow for arrow in made.arrows if arrow.mark] == [Arrow("分流", "客服审核", "其余先审核", CHANGED)]


def test_a_renamed_node_is_one_box_with_its_old_name() -> None:
    text = (
        BUNDLE[FLOW].replace("  质检:", "  验货:").replace("去: 质检,", "去: 验货,").replace("去: 质检}", "去: 验货}")
    )
    made = sketch_difference(WHOLE, parse_flow(text), title="改动", subtitle="")
    assert [(box.name, box.mark, box.note) for box in marked(made)] == [("验货", CHANGED, "原名 质检")]
    assert not any(arrow.mark for arrow in made.arrows)


def test_policies_may_differ_too() -> None:
    both = (POLICIES["standard"], POLICIES["express"])
    made = sketch_difference(WHOLE, WHOLE, title="改动", subtitle="", policies=both)
    assert [box.note for box in marked(made)] == ["原 ≤5000 客服主管 · >5000 销售经理"]


@settings(deadline=None, max_examples=50)
@given(definitions(), definitions())
def test_any_two_flows_can_be_compared(first: Any, second: Any) -> None:
    flows = []
    for data in (first, second):
        try:
            flows.append(flow_of(data))
        except DefinitionError:
            return
    old, new = flows
    same = sketch_difference(old, old, title="", subtitle="")
    assert (same.boxes, same.arrows) == (drawn(old).boxes, drawn(old).arrows)
    made = sketch_difference(old, new, title="", subtitle="")
    assert {box.name for box in made.boxes if box.mark != REMOVED} == set(new.nodes)
    kept = [(arrow.source, arrow.target) for arrow in made.arrows if arrow.mark != REMOVED]
    assert kept == [(arrow.source, arrow.target) for arrow in drawn(new).arrows]
    assert Sketch.of(made.data()) == made
