"""A node, an owner, a form or a row that could strand a case is refused, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cards.facts import known
from flow.validation.flows import Known
from flow.validation.forms import PLACEHOLDERS
from flow.validation.surroundings import KEPT, SHOWN
from flow.views.case import _fill
from tests.support.card_views import CASE
from tests.support.written_flows import END, auto, form, known_problems, person, told, wait

if TYPE_CHECKING:
    from tests.support.written_flows import Node

MISPLACED: list[tuple[Node, str]] = [
    ({**END, "去": "甲"}, "结束节点不能写“去”，只有自动、汇合、分叉节点可以"),  # it would look like a way on
    ({**END, "状态": "处理中"}, "结束节点的状态不能是“处理中”，可选 已完成、已关闭"),  # open, with nobody
    ({**END, "状态": "已挂起"}, "结束节点的状态不能是“已挂起”"),
    ({**auto("完"), "动作": {"同意": {"去": "完"}}}, "自动节点不能写“动作”，只有人工、等待节点可以"),
    ({**wait("完"), "表单": [{"名": "责任", "填": "文本"}]}, "等待节点不能写“表单”"),
    ({**person(同意="完"), "去": "完"}, "人工节点不能写“去”"),
    ({**wait("完"), "时限": "0小时"}, "时限要大于 0"),
    ({"类型": "结束", "状态": "已关闭"}, "已关闭要写“原因”，可选 拒绝、撤销、超期、重复"),
    ({**person(同意="完", 补签="完"), "会签": True}, "会签要大家点同一个，可是有 同意、补签"),
    ({**person(同意="完"), "驳回即止": True}, "“驳回即止”管的是分级和同意人数，这里都没有"),
    (
        {**person(同意="完"), "驳回即止": True, "分级": [{"名": "初审"}, {"名": "复审"}]},
        "“驳回即止”要有一个 样式: 危险 的动作",
    ),
    ({**person(同意="完"), "会签": True, "负责人": {"角色": "客服", "派法": "轮流"}}, "会签要几个人都签，派法“轮流”"),
    ({**person(同意="完", 补签="完"), "同意人数": 2}, "同意人数 2 要大家点同一个，可是有 同意、补签"),
    ({**person(同意="完"), "同意人数": 2, "会签": True}, "会签是每个人都要同意，同意人数是其中几个，只能写一样"),
    ({**person(同意="完"), "同意人数": 2, "负责人": {"人": "何佳"}}, "同意人数 2 比负责人多，负责人只有何佳一个人"),
    ({**person(同意="完"), "同意人数": 2, "负责人": {"提交人上级": True}}, "同意人数 2 比负责人多，负责人只有提"),
    ({**person(同意="完"), "同意人数": 2, "负责人": {"角色": "客服", "派法": "轮流"}}, "同意人数 2，派法“轮流”却只派"),
    ({**person(同意="完"), "同意人数": 2, "负责人": {"角色": "客服", "首选": "提交人"}}, "同意人数 2，首选“提交人”却"),
    ({**person(同意="完"), "同意人数": 0}, "同意人数“0”要是 1 或更大的整数"),
    ({**person(同意="完"), "同意人数": "两"}, "同意人数“两”要是 1 或更大的整数"),
    (
        {**person(同意="完"), "分级": [{"名": "初审"}, {"名": "复审", "同意人数": 2, "负责人": {"人": "何佳"}}]},
        "分级“复审”：同意人数 2 比负责人多，负责人只有何佳一个人",
    ),
    (person(同意="完", 转交={"换人": True, "去": "完"}), "动作“转交”的换人不离开节点，不能写“去”"),
    (person(恢复="完"), "动作“恢复”的名字和每个节点都有的动作相同"),  # a case put aside could not be taken up
    ({**person(同意="完"), "不许": ["退回", "发呆"]}, "不许“发呆”不认识，可选 转交、加签"),
    ({**person(同意="完"), "标题": "退 {金额} 给 {谁}"}, "标题里的“{谁}”没有内容可填，可选 "),
    ({**person(同意="完"), "说明": "{话术}{骰子}"}, "说明里的“{骰子}”没有内容可填"),
    (person(同意={"去": "完", "记": {"提交人": "老王"}}), "动作“同意”的“提交人”由程序记，动作不能记它"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "says"), MISPLACED)
def test_what_the_engine_would_pass_over_is_refused(node: Node, says: str) -> None:
    found = told({"始": person(同意="甲", 驳回="完"), "甲": node})
    assert any(f"节点“甲”：{says}" in problem for problem in found), found


FIELDS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"填": "涂鸦"}], "表单“责任”的填法“涂鸦”不认识，可选 文本、数字"),
    ([{"填": "单选"}], "的选项要有 2 到 10 个，现在有 0 个"),
    ([{"填": "单选", "选项": ["甲"]}], "的选项要有 2 到 10 个，现在有 1 个"),
    ([{"填": "多选", "选项": [f"第{n}个" for n in range(11)]}], "现在有 11 个"),
    ([{"填": "单选", "选项": ["甲", "甲"]}], "有相同的选项"),
    ([{"填": "单选", "选项": ["甲", "一二三四五六七八九十一二三四五六七"]}], "要在 16 个字以内"),
    ([{"填": "单选", "选项": ["甲", "乙|丙"]}], "不能有 |"),  # a condition reads it as two words
    ([{"填": "单选", "选项": ["甲", "跳过"]}], "也不能叫“跳过”"),
    ([{"填": "文本", "选项": ["甲", "乙"]}], "填文本，不能有选项"),
    ([{"填": "文本", "范围": "0~100"}], "填文本，不能有范围"),
    ([{"填": "数字", "范围": "100~0"}], "的范围“100~0”看不懂，应像 0~100"),
    ([{"填": "数字", "范围": "很大"}], "的范围“很大”看不懂"),
    ([{"动作": ["驳回"]}], "的动作“驳回”不存在，可选 同意"),
    ([{"名": "提交人"}], "表单“提交人”和程序自己记的同名"),
    ([{"名": "已退款"}], "表单“已退款”和程序自己记的同名"),
    ([{"名": "备注"}], "表单“备注”和程序自己显示的同名"),
    ([{}, {}], "表单“责任”写了两次"),
]  # fmt: skip


def test_what_a_card_shows_by_itself_no_form_asks_for() -> None:
    assert known() <= KEPT | SHOWN


@pytest.mark.parametrize(("fields", "says"), FIELDS)
def test_a_form_that_cannot_be_answered_is_refused(fields: list[dict[str, Any]], says: str) -> None:
    found = told({"甲": form(*fields)})
    assert any(says in problem for problem in found), found


@pytest.mark.parametrize("bounds", ["0~100", ">0", "≤5000"])
def test_a_form_with_bounds_is_fine(bounds: str) -> None:
    assert told({"甲": form({"填": "数字", "范围": bounds})}) == []


LEVEL = {"名": "初检"}
OWNED: list[tuple[Node, str]] = [
    ({"负责人": {"角色": "客服", "团队": "华东组"}}, "负责人要写“角色”，或“审批表: true”"),
    ({"负责人": {"角色": "客服", "派法": "抓阄"}}, "派法“抓阄”不认识，可选 全部、轮流"),
    ({"负责人": {"角色": "客服", "首选": "客户"}}, "首选“客户”不是一个人，可选 "),
    ({"负责人": {"审批表": True}}, "按审批表决定的节点要写“回避: [提交人]”，自己不能批自己的单"),
    ({"回避": ["老板"]}, "回避“老板”不认识，可选 "),
    ({"负责人": {"审批表": True}, "回避": ["提交人"], "动作": {"转交": {"换人": True}, "同意": {"去": "完"}}},
     "第一个动作“转交”免审时由系统代做"),
    ({"分级": [LEVEL]}, "分级要有 2 到 3 级，现在有 1 级"),
    ({"分级": [LEVEL | {"名": f"{n}检"} for n in range(4)]}, "分级要有 2 到 3 级，现在有 4 级"),
    ({"分级": [LEVEL, LEVEL]}, "每一级的名字不能相同"),
    ({"分级": [LEVEL | {"当": {"金额": ">500"}}, {"名": "复检"}]}, "第一级“初检”不能带条件"),
    ({"分级": [LEVEL, {"名": "复检", "时限": "0天"}]}, "分级“复检”的时限要大于 0"),
    ({"分级": [LEVEL, {"名": "复检", "负责人": {"派法": "全部"}}]}, "分级“复检”的负责人要写“角色”"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "says"), OWNED)
def test_an_owner_rule_that_names_nobody_is_refused(more: Node, says: str) -> None:
    found = told({"甲": {**person(同意="完"), **more}})
    assert any(f"节点“甲”：{says}" in problem for problem in found), found


STRANGERS: list[tuple[Node, str]] = [
    ({"负责人": {"角色": "客户"}}, "角色“客户”不存在，可选 客服、客服组长"),
    ({"负责人": {"角色": "客服组长"}}, "角色“客服组长”现在没有人"),
    ({"负责人": {"角色": "客服", "否则": "客服组长"}}, "否则的角色“客服组长”现在没有人"),
    ({"负责人": {"人": "王建军"}}, "负责人“王建军”不在员工名单里"),
    ({"负责人": {"团队": "华北组"}}, "团队“华北组”里没有员工"),
    ({"负责人": {"分派表": "客服分派"}}, "分派表“客服分派”不存在，可选 维修分派"),
    ({"抄送": ["老板"]}, "抄送的角色“老板”不存在"),
    ({"分级": [LEVEL, {"名": "复检", "负责人": {"人": "李四"}}]}, "分级“复检”的负责人“李四”不在员工名单里"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "says"), STRANGERS)
def test_an_owner_whom_nobody_knows_is_refused(more: Node, says: str) -> None:
    nodes = {"甲": {**person(同意="完"), **more}}
    assert told(nodes) == []
    assert any(f"节点“甲”：{says}" in problem for problem in known_problems(nodes)), known_problems(nodes)


@pytest.mark.parametrize("owner", [{"人": "王建国"}, {"团队": "华东组"}, {"分派表": "维修分派"}, {"提交人上级": True}])
def test_an_owner_who_is_known_is_fine(owner: Node) -> None:
    assert known_problems({"甲": {**person(同意="完"), "负责人": owner}}) == []


CHOICE = [{"名": "责任方", "填": "单选", "选项": ["商家", "客户"]}]
ROWS: list[tuple[dict[str, Any], str]] = [
    ({"甲": auto(({"金额": "<=500"}, "完"), ({"金额": "<=50"}, "完"), "完")},
     "节点“甲”：第 2 条去向（去完）永远轮不到：第 1 条去向（去完）已经包含它"),
    ({"甲": auto("完", ({"金额": "<=50"}, "完"), "完")}, "第 2 条去向（去完）永远轮不到"),
    ({"甲": auto("完", "完")}, "第 2 条去向（去完）永远轮不到：第 1 条"),
    ({"甲": auto(({"金额": "<0"}, "完"), "完")}, "第 1 条去向（去完）的条件什么时候都不成立：金额 <0"),
    ({"甲": person(同意=[{"当": {"紧急": "是"}, "去": "完"}, {"当": {"紧急": "否"}, "去": "完", "规则": "不急"},
                       {"当": {"金额": ">5"}, "去": "完", "规则": "贵"}, {"去": "完"}])},
     "动作“同意”的第 3 条去向（贵）永远轮不到：第 1 条去向（去完）、第 2 条去向（不急）已经包含它"),
    ({"甲": {**person(同意="乙"), "表单": CHOICE}, "乙": auto(({"责任方": "快递"}, "完"), "完")},
     "节点“乙”：第 1 条去向（去完）：条件里的“责任方”不会是“快递”，可选 商家、客户"),
    ({"甲": {**person(同意="乙"), "表单": [CHOICE[0] | {"填": "多选"}]}, "乙": auto(({"责任方": "商家"}, "完"), "完")},
     "节点“乙”：第 1 条去向（去完）：“责任方”可以选几个，不能用在条件里"),
    ({"甲": {**person(同意="乙"), "表单": [{"名": "成色", "填": "数字", "范围": "0~100"}]},
      "乙": auto(({"成色": ">100"}, "完"), "完")}, "的条件什么时候都不成立：成色 >100"),
    ({"甲": {**person(同意="完"), "分级": [LEVEL, {"名": "复检", "当": {"金额": "<0"}}]}},
     "分级“复检”的条件什么时候都不成立"),
    ({"甲": auto(({"分歧": "是"}, "完"), "完")}, "条件里的“分歧”没有人知道"),  # known only while levels run
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "says"), ROWS)
def test_a_row_that_never_counts_is_told(nodes: dict[str, Any], says: str) -> None:
    assert any(says in problem for problem in told(nodes)), told(nodes)


def test_a_last_row_for_whatever_nobody_thought_of_is_wanted() -> None:
    assert told({"甲": auto(({"紧急": "是"}, "完"), ({"紧急": "否"}, "完"), "完")}) == []


WORDS: list[tuple[dict[str, Any], str]] = [
    ({"甲": auto(({"类型": "质量问体"}, "完"), "完")}, "条件里的“类型”不会是“质量问体”，可选 七天无理由、质量问题"),
    ({"甲": auto(({"天气": "晴"}, "完"), "完")}, "条件里的“天气”没有人知道：没有表单填它，也没有动作记它或问它"),
    ({"甲": {**person(同意="完"), "分级": [LEVEL, {"名": "复检", "当": {"天气": "晴"}}]}}, "条件里的“天气”没有人知道"),
    ({"甲": person(同意={"去": "乙", "记": {"结论": "好"}}), "乙": auto(({"结论": "坏"}, "完"), "完")},
     "条件里的“结论”不会是“坏”，可选 好"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "says"), WORDS)
def test_a_condition_on_what_nobody_knows_is_told(nodes: dict[str, Any], says: str) -> None:
    assert told(nodes) == []
    assert any(says in problem for problem in known_problems(nodes)), known_problems(nodes)


def test_a_fact_that_somebody_knows_may_be_asked() -> None:
    nodes = {"甲": auto(({"天气": "晴"}, "完"), "完")}
    assert known_problems(nodes, Known(facts=frozenset({"天气"}))) == []


def test_every_placeholder_is_one_that_the_card_fills() -> None:
    template = "".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
    assert not set("{}") & set(_fill(template, CASE))
