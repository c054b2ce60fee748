"""What the check says of side branches: that they end, and by themselves, and leave the case alone. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.validation.partial_order import Beside
from flow.validation.soundness import explore
from flow.validation.state_space import ENDED, space_of
from tests.support.written_flows import ALONE, END, auto, beside, drawn, fork, join, paying, person, told

SOUND: dict[str, Any] = {
    "验": person(好="完", 坏="叉"), "叉": beside("退", "寄"), "退": person(同意="完", 再验="验"),
    "寄": person(寄出="认"), "认": person(收下="旁完", 不收="寄"), "旁完": ALONE,
}  # fmt: skip


def noting(to: str, **facts: str) -> dict[str, Any]:
    return {"去": to, "记": facts}


READS = person(同意=[{"当": {"收下": "是"}, "去": "验"}, {"去": "完"}])
ASKS = {**person(同意="完"), "表单": [{"名": "收下", "填": "文本"}]}
WRONG: list[tuple[dict[str, Any], str]] = [
    # where it leads
    ({"认": person(收下="验")}, "节点“认”：旁支要走到自己的结束，这里走回了单子自己的路：寄 → 认 → 验"),
    ({"认": person(收下="完")}, "这里走回了单子自己的路：寄 → 认 → 完；请给它一个单独的结束（不写状态）"),
    ({"认": person(不收="寄")}, "节点“寄”：走不到任何结束"),
    ({"退": person(同意="完", 看="认")}, "节点“寄”：旁支要走到自己的结束，这里走回了单子自己的路：寄"),
    ({"退": person(同意="旁完", 再验="验")}, "单子自己的路：寄 → 认 → 旁完"),
    ({"叉": beside("退", "旁完")}, "节点“叉”：旁支“旁完”不能一开始就是结束，要有事做"),
    ({"叉": beside("退", "没有")}, "节点“叉”：旁支的节点“没有”不存在"),
    ({"旁完": END}, "请给它一个什么都不写的结束"),
    # the fork itself
    ({"叉": beside("退", "寄", "寄")}, "节点“叉”：同一条旁支写了两遍"),
    ({"叉": {"类型": "分叉", "旁支": ["寄"]}}, "节点“叉”：分叉节点的最后一条去向不能带条件，否则可能没有去处"),
    ({"叉": beside("退", "寄") | {"分支": ["退", "验"], "汇合": "完"}},
     "旁支没有人等，“分支”和“汇合”请写在另一个分叉里"),
    ({"叉": {"类型": "分叉", "去": "退", "关闭时": "结束"}}, "节点“叉”：分叉有“旁支”才写“去”"),
    ({"叉": beside("退", "寄", 关闭时="再说")}, "节点“叉”：关闭时“再说”不认识，可写 继续、结束"),
    ({"退": person(同意="二叉"), "二叉": beside("完", "寄", 关闭时="结束")},
     "节点“二叉”：旁支“寄”在 叉、二叉 里“关闭时”写得不一样，要一样"),
    ({"退": person(同意="二叉"), "二叉": beside("完", "认")}, "旁支“寄”和“认”都走到这里"),
    ({"认": person(收下="二叉"), "二叉": beside("旁完", "拍"), "拍": person(好="拍完"), "拍完": ALONE},
     "节点“二叉”：旁支“寄”里不能再开旁支"),
    # what only the case itself may do
    ({"认": person(收下={"去": "旁完", "办": ["确认退款"]})}, "节点“认”：旁支“寄”里不能办“确认退款”"),
    ({"认": {"类型": "自动", "办": ["通知客户"], "去": "旁完"}}, "节点“认”：旁支“寄”里不能办“通知客户”"),
    ({"认": {**person(收下="旁完"), "负责人": {"审批表": True}, "回避": ["提交人"]}},
     "节点“认”：旁支“寄”里不能按审批表找人"),
    ({"认": person(收下=noting("旁完", 已审批="是"))}, "节点“认”：旁支“寄”里的“已审批”单子自己也要用"),
    ({"认": person(收下=noting("旁完", 已退款="是"))}, "旁支“寄”里的“已退款”单子自己也要用"),
    ({"认": person(收下=noting("旁完", 收下="是")), "退": READS}, "旁支“寄”里的“收下”单子自己也要用"),
    ({"认": person(收下=noting("旁完", 收下="是")),
      "退": {**person(同意="完"), "表单": [{"名": "说法", "填": "文本", "当": {"收下": "是"}}]}},
     "“收下”单子自己也要用"),
    ({"认": person(收下=noting("旁完", 收下="是")),
      "退": {**person(同意="完"), "分级": [{"名": "一"}, {"名": "二", "当": {"收下": "是"}}]}}, "“收下”单子自己也要用"),
    ({"认": {**person(收下="旁完"), "表单": [{"名": "收下", "填": "文本"}]}, "退": ASKS}, "“收下”单子自己也要用"),
]  # fmt: skip


def test_this_one_is_sound() -> None:
    assert told(SOUND, 重开={"到": "验", "期限": "7天"}) == []


@pytest.mark.parametrize(("nodes", "words"), WRONG)
def test_what_is_wrong_with_one(nodes: dict[str, Any], words: str) -> None:
    found = told(SOUND | nodes)
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"重开": {"到": "寄", "期限": "7天"}}, "重开到的节点“寄”在旁支里"),
        ({"退回": {"到": "认"}}, "退回到的节点“认”在旁支里"),
        ({"撤单": "旁完"}, "撤单去的节点“旁完”在旁支里"),
        ({"开始": "寄"}, "旁支要走到自己的结束，这里走回了单子自己的路：寄"),
    ],
)
def test_a_case_comes_in_on_its_own_way(more: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in told(SOUND, **more))


def test_two_forks_may_begin_the_same_one() -> None:
    assert told(SOUND | {"退": person(同意="二叉"), "二叉": beside("完", "寄")}) == []


def test_the_facts_of_the_case_may_decide_where_it_goes() -> None:
    """The case settles them; only what the branch settles must not decide on the case."""
    seen = SOUND | {
        "验": person(好="完", 坏=noting("叉", 贵重="是"), 差=noting("叉", 贵重="否")),
        "寄": auto(({"贵重": "是"}, "认"), "旁完"),
    }
    assert told(seen | {"认": person(收下="旁完")}) == []


STUCK = SOUND | {
    "寄": person(寄出=noting("认", 收下="否")),
    "认": person(收下=[{"当": {"收下": "是"}, "去": "旁完"}, {"去": "寄"}]),
}


def test_one_that_can_never_end_is_found() -> None:
    assert any("收下" in problem or "出不去" in problem for problem in told(STUCK)), told(STUCK)


def test_a_row_in_it_that_never_comes_up_is_found() -> None:
    dead = SOUND | {"寄": auto(({"金额": "<=500"}, "认"), ({"金额": "<=100"}, "旁完"), "旁完")}
    assert any("永远轮不到" in problem for problem in told(dead))


def test_the_money_is_watched_beside_it_as_without_it() -> None:
    money = {
        "叉": beside("财务", "寄"), "财务": person(付={"去": "付款中", "办": ["确认退款"]}), "付款中": paying("完"),
        "寄": person(寄出="旁完"), "旁完": ALONE,
    }  # fmt: skip
    assert told(money) == []


def chain(start: str, count: int, end: str) -> dict[str, Any]:
    names = [start, *(f"{start}{n}" for n in range(1, count)), end]
    return {name: person(同意=names[n + 1]) for n, name in enumerate(names[:-1])}


def test_what_does_not_touch_the_case_is_followed_by_itself() -> None:
    """Else every place of the branch would be looked at with every place of the case."""
    flow = flow_from(
        drawn({"叉": beside("甲", "寄"), **chain("甲", 20, "完"), **chain("寄", 20, "旁完"), "旁完": ALONE})
    )
    parents, _ = explore(space_of(flow, None, frozenset()))
    assert len(parents) <= 41
    assert ENDED in parents


def test_but_what_reads_what_the_case_notes_is_not() -> None:
    nodes = {
        "叉": beside("甲", "寄"),
        "甲": person(好=noting("乙", 贵="是"), 坏=noting("乙", 贵="否")),
        "乙": person(同意="完"),
        "寄": person(寄出=[{"当": {"贵": "是"}, "去": "认"}, {"去": "旁完"}]),
        "认": person(收下="旁完"),
        "旁完": ALONE,
    }
    flow = flow_from(drawn(nodes))
    assert Beside(flow, frozenset({"贵"})).first(frozenset({"甲", "寄"})) == ("寄", "甲")
    assert Beside(flow, frozenset()).first(frozenset({"甲", "寄"})) == ("寄",)


def test_a_branch_of_a_fork_may_begin_one_and_the_join_does_not_wait_for_it() -> None:
    nodes = {
        "叉": fork("左", "右"), "左": person(同意="旁"), "旁": beside("合", "寄"), "右": person(同意="合"),
        "合": join("后"), "后": person(同意="完"), "寄": person(寄出="旁完"), "旁完": ALONE,
    }  # fmt: skip
    assert told(nodes) == []


def test_a_fork_within_one_meets_within_it() -> None:
    nodes = SOUND | {
        "寄": fork("装", "单"), "装": person(好="合"), "单": person(好="合"), "合": join("认"),
    }  # fmt: skip
    assert told(nodes) == []
