"""A field that is never asked, a default that is no answer, a right that cannot be kept: refused, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from flow.validation.flows import flow_of
from flow.validation.state_space import after, beginnings, space_of
from tests.support.written_flows import auto, drawn, fork, join, known_problems, person, told

LOOK = {"名": "外观", "填": "单选", "选项": ["完好", "破损"], "必填": True}
PHOTO = {"名": "照片", "填": "照片", "必填": True, "当": {"外观": "破损"}}


def asking(*fields: dict[str, Any], to: str = "完", **more: Any) -> dict[str, Any]:
    return {**person(同意=to), "表单": [{"名": "说明", "填": "文本"} | field for field in fields], **more}


#: a form, and what is said of it; "" where it is sound
FORMS: list[tuple[list[dict[str, Any]], str]] = [
    ([LOOK, PHOTO], ""),
    ([PHOTO, LOOK], ""),  # the order does not matter: what hangs on an answer is asked after it
    ([{"当": {"金额": ">500", "类型": "质量问题"}}], ""),
    ([{"必填当": {"金额": ">500"}}], ""),
    ([{"当": {"天气": "晴"}}], "表单“说明”：条件里的“天气”没有人知道"),
    ([{"必填当": {"天气": "晴"}}], "表单“说明”：条件里的“天气”没有人知道"),
    ([LOOK, {**PHOTO, "当": {"外观": "坏"}}], "条件里的“外观”不会是“坏”，可选 完好、破损"),
    ([LOOK, {**PHOTO, "当": {"类型": "质量问体"}}], "条件里的“类型”不会是“质量问体”"),
    ([{**LOOK, "当": {"外观": "完好"}}], "表单“外观”的条件绕成了圈：外观 → 外观"),
    ([{"名": "甲", "当": {"乙": "1"}}, {"名": "乙", "当": {"丙": "1"}}, {"名": "丙", "必填当": {"甲": "1"}}],
     "绕成了圈：甲 → 乙 → 丙 → 甲"),
    ([{"必填": True, "当": {"金额": "<0"}}], "表单“说明”必填，可是永远不会问：金额<0 什么时候都不成立"),
    ([{"当": {"金额": "<0"}}], "表单“说明”永远不会问"),
    ([LOOK, PHOTO, {"当": {"照片": "有"}}], "条件里的“照片”是照片，不能用在条件里"),
    ([LOOK | {"当": {"金额": ">500"}}, PHOTO | {"当": {"外观": "破损", "金额": "<100"}}],
     "表单“照片”必填，可是永远不会问：外观=破损、金额<100、金额>500 什么时候都不成立"),
    ([{"必填当": {"金额": "<0"}}], "表单“说明”永远不会必填：金额<0"),
    ([{"必填": True, "必填当": {"金额": ">5"}}], "又写了必填，又写了必填当，请只写一样"),
    ([LOOK | {"动作": ["驳回"]}, PHOTO | {"动作": ["同意"]}], "它的条件要先有“外观”的答案，可是没有一个动作两样都问"),
    ([{"名": "补偿金额", "填": "金额", "当": {"金额": ">5"}}], "程序要用它的答案，每次都要问，不能带条件"),
    ([LOOK | {"默认": "完好"}], ""),
    ([LOOK | {"每样": True}, PHOTO], ""),
    ([LOOK | {"每样": True}, PHOTO | {"当": {"外观": "坏"}}], "条件里的“外观”不会是“坏”，可选 完好、破损"),
    ([{"填": "照片", "每样": True}], "填照片，不能每样填一次，可以的有 文本、数字、金额、日期、单选、序列号"),
    ([LOOK | {"默认": "坏"}], "表单“外观”的默认“坏”不是它能填的：可选 完好、破损"),
    ([{"填": "数字", "范围": "0~100", "默认": "200"}], "的默认“200”不是它能填的：要填数字，0~100"),
    ([{"填": "日期", "默认": "今天"}], ""),
    ([{"填": "日期", "默认": "某天"}], "的默认“某天”不是它能填的：要填日期"),
    ([{"填": "照片", "默认": "好"}], "填照片，不能有默认，每次都要拍"),
    ([{"默认": "{收货地址}"}], ""),
    ([{"填": "序列号", "默认": "{序列号}"}], ""),
    ([{"填": "日期", "默认": "{金额}"}], "填日期，默认不能是“金额”"),
    ([{"默认": "{星座}"}], "的默认里的“星座”不认识，可选 客户姓名、客户手机、收货地址"),
    ([{"默认": "{说明}"}], "的默认里的“说明”不认识"),  # its own answer is not known before
    ([LOOK, {"默认": "{外观}"}], ""),
    ([LOOK, {"填": "数字", "默认": "{外观}"}], "填数字，默认不能是“外观”，那里填的是单选"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "says"), FORMS)
def test_a_field_that_is_never_asked_or_never_filled(form: list[dict[str, Any]], says: str) -> None:
    node = {**asking(*form), "动作": {"同意": {"去": "完"}, "驳回": {"去": "完", "样式": "危险"}}}
    found = known_problems({"甲": node}) if not told({"甲": node}) else told({"甲": node})
    assert any(says in problem for problem in found) if says else found == [], found
    assert all(problem.startswith("节点“甲”：") for problem in found), found


def test_an_answer_of_a_later_node_is_not_known_yet() -> None:
    nodes = {"甲": asking(PHOTO, to="乙"), "乙": asking(LOOK)}
    assert told(nodes) == ["节点“甲”：表单“照片”的条件里的“外观”要到后面的“乙”才填，这里还不知道"]
    assert told({"乙": asking(LOOK, to="甲"), "甲": asking(PHOTO)}) == []
    again = {"甲": asking(PHOTO, to="乙"), "乙": {**person(同意="完", 再看="甲"), "表单": [LOOK]}}
    assert told(again) == [], "there is a way back to it"


def test_an_answer_of_a_branch_beside_may_be_there() -> None:
    nodes = {"分": fork("甲", "乙"), "甲": asking(PHOTO, to="合"), "乙": asking(LOOK, to="合"), "合": join("完")}
    assert told(nodes) == []


def test_of_several_who_sign_one_may_have_answered_for_the_others() -> None:
    node = {**asking(LOOK | {"动作": ["驳回"]}, PHOTO | {"动作": ["同意"]}), "会签": True}
    node["动作"] = {"同意": {"去": "完"}, "驳回": {"去": "完", "样式": "危险"}}
    assert told({"甲": node}) == []


RIGHTS: list[tuple[dict[str, Any], str]] = [
    ({"字段": {"外观": "隐藏"}}, ""),
    ({"字段": {"外观": "只读"}}, ""),
    ({"字段": {"外观": "可改"}}, ""),
    ({"字段": {"颜色": "隐藏"}}, "字段“颜色”没有一张表单问，可选 外观、寄回、照片"),
    ({"字段": {"说明": "隐藏"}, "表单": [{"名": "说明", "填": "文本"}]}, "字段“说明”就是这个节点自己问的，不用写隐藏"),
    ({"字段": {"外观": "隐藏"}, "显示": ["外观"]}, "字段“外观”又写了隐藏，又写在“显示”里"),
    ({"字段": {"外观": "隐藏"}, "负责人": {"人": "王建国"}}, "字段“外观”隐藏，负责人要写成一个角色"),
    ({"字段": {"照片": "可改"}}, "字段“照片”程序已经用过它的答案，不能在这里改；要改请退回“甲”"),
    ({"字段": {"寄回": "可改"}}, "字段“寄回”程序已经用过它的答案"),
    ({"字段": {"寄回": "隐藏"}}, "字段“寄回”是寄给客户的包裹，单子和客户的进度页都写着它，不能隐藏"),
    ({"字段": {"外观": "看看"}}, "字段“外观: 看看”不认识，可选 隐藏、只读、可改"),
    ({"字段": ["外观"]}, "字段要写成 {缺陷照片: 隐藏}"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "says"), RIGHTS)
def test_a_right_that_cannot_be_kept(more: dict[str, Any], says: str) -> None:
    first = asking(LOOK, PHOTO, {"名": "寄回", "填": "运单"}, to="乙")
    found = told({"甲": first, "乙": {**person(同意="完"), **more}})
    assert any(says in problem for problem in found) if says else found == [], found


def ways(nodes: dict[str, Any]) -> set[tuple[str, str]]:
    """Every arrow that some case may go."""
    space = space_of(flow_of(drawn(nodes)), None, frozenset())
    todo, seen = [*beginnings(space)], set()
    while todo:
        place = todo.pop()
        if place not in seen:
            seen.add(place)
            todo += after(space, place)
    return space.taken


#: the condition of a required choice, what the case is known to be, and whether a case may go on without an answer
SURE: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"金额": ">500"}, True),
    ({"外观": "破损"}, True),
    ({"外观": "破损|完好"}, False),  # one of the two it always is
]


@pytest.mark.parametrize(("when", "unanswered"), SURE)
def test_what_is_asked_only_sometimes_is_sometimes_no_answer(when: dict[str, Any], *, unanswered: bool) -> None:
    who = {"名": "责任", "填": "单选", "选项": ["商家", "物流"], "必填": True} | ({"当": when} if when else {})
    nodes = {"甲": asking(LOOK, who, to="乙"), "乙": auto(({"责任": "否"}, "没人"), "完"), "没人": person(同意="完")}
    assert (("乙", "没人") in ways(nodes)) is unanswered


def test_what_is_hidden_is_no_answer() -> None:
    hidden = {"名": "责任", "填": "单选", "选项": ["商家", "物流"], "当": {"外观": "破损"}}
    rows = auto(({"外观": "完好", "责任": "商家"}, "没人"), "完")
    assert ("乙", "没人") not in ways({"甲": asking(LOOK, hidden, to="乙"), "乙": rows, "没人": person(同意="完")})
