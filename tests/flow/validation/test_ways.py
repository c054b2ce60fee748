"""A flow on whose ways a case could be lost is refused, with the way spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.validation.flows import check, known_of
from tests.support.shipped import BUSINESS
from tests.support.written_flows import auto, drawn, fork, join, known_problems, paying, person, told, wait

if TYPE_CHECKING:
    from tests.support.written_flows import Node

TWO = {"甲": person(同意="合"), "乙": person(同意="合")}  #: two branches that meet
INNER = {
    "叉": fork("里", "乙"),
    "里": fork("甲", "丙", join="里合"),
    "甲": person(同意="里合"),
    "丙": person(同意="里合"),
}

ASKS = {**auto("乙"), "办": ["确认退款"]}  #: for the money, and waits at 乙


def answered(**actions: Any) -> Node:
    """A wait for the shop: where each of its answers leads."""
    return {**paying("完"), "动作": person(**actions)["动作"]}


SOUND: list[tuple[str, dict[str, Any]]] = [
    ("two branches meet", {"叉": fork("甲", "乙"), **TWO, "合": join("完")}),
    ("the first that comes goes on", {"叉": fork("甲", "乙"), **TWO, "合": join("完", "任一")}),
    ("a branch ends the case", {"叉": fork("甲", "乙"), **TWO, "甲": person(同意="合", 驳回="完"), "合": join("完")}),
    ("a branch goes back before the fork",
     {"始": person(同意="叉"), "叉": fork("甲", "乙"), **TWO, "甲": person(同意="合", 驳回="始"), "合": join("完")}),
    ("what comes behind the join goes back to the fork",
     {"叉": fork("甲", "乙"), **TWO, "合": join("后"), "后": person(同意="完", 驳回="叉")}),
    ("one fork inside another", {**INNER, "里合": join("合"), "乙": person(同意="合"), "合": join("完")}),
    ("out of the inner fork to the outer join",
     {**INNER, "甲": person(同意="里合", 驳回="合"), "里合": join("合"), "乙": person(同意="合"), "合": join("完")}),
    ("people may go round", {"甲": person(同意="乙"), "乙": person(同意="完", 驳回="甲")}),
    ("a circle that what it notes opens",
     {"甲": auto(({"已审": "是"}, "完"), "批"), "批": {**person(同意={"去": "甲", "记": {"已审": "是"}}),
      "负责人": {"审批表": True}, "回避": ["提交人"]}}),
    ("a fork again and again, but somebody acts in it",
     {"叉": fork("甲", "乙"), "合": join("看"),
      "甲": person(同意={"去": "合", "记": {"齐": "是"}}, 缺件={"去": "合", "记": {"齐": "否"}}),
      "乙": auto("合"), "看": auto(({"齐": "否"}, "叉"), "完")}),
    ("the shop says no, and somebody looks",
     {"甲": person(同意={"去": "乙", "办": ["确认退款"]}),
      "乙": answered(退款成功="完", 退款失败="甲")}),
    ("paid is noted, and leads out of the circle",
     {"批": person(同意="甲"), "甲": auto(({"已退款": "是"}, "完"), "款"), "款": ASKS,
      "乙": answered(退款成功={"去": "甲", "记": {"已退款": "是"}}, 退款失败="完")}),
    ("a node only for what is reopened", {"甲": person(同意="完"), "再": person(同意="甲")}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "nodes"), SOUND)
def test_a_sound_flow_is_left_in_peace(why: str, nodes: dict[str, Any]) -> None:
    more = {"重开": {"到": "再", "期限": "7天"}} if "再" in nodes else {}
    assert told(nodes, **more) == [], why


WAYS: list[tuple[dict[str, Any], str]] = [
    # nobody comes there
    ({"甲": person(同意="完"), "岛": person(同意="完")}, "节点“岛”：从开始走不到，没有一个节点通到它"),
    ({"甲": person(同意="完"), "岛": person(同意="屿"), "屿": person(同意="岛", 驳回="完")},
     "节点“屿”：从开始走不到，只有 岛 通到它，而那里也走不到"),
    # nothing comes after
    ({"甲": person(同意="完", 驳回="乙"), "乙": person(转交={"换人": True})},
     "节点“乙”：走不到任何结束：甲 → 乙，到这里就没有去处"),
    ({"甲": person(同意="完", 驳回="乙"), "乙": person(同意="丙"), "丙": wait("乙")},
     "节点“乙”：走不到任何结束：甲 → 乙，之后只在 乙 → 丙 → 乙 里打转"),
    # a circle without anybody
    ({"甲": auto("乙"), "乙": auto(({"类型": "换"}, "完"), "丙"), "丙": auto("甲")},
     "节点“甲”：自动节点绕成了圈，永远停不下来：甲 → 乙 → 丙 → 甲（类型 其他）"),
    ({"甲": auto(({"金额": "<=50"}, "完"), "乙"), "乙": auto(({"金额": ">50"}, "甲"), "完")},
     "自动节点绕成了圈，永远停不下来：甲 → 乙 → 甲（金额 50.01）"),
    # the shop says no, and is asked again at once
    ({"甲": ASKS, "乙": answered(退款成功="完", 退款失败="甲")},
     "一有答复就又绕回来，没有人来看，会没完没了：甲 → 乙 → 甲"),
    ({"甲": ASKS, "乙": answered(退款成功="甲", 退款失败="完")}, "一有答复就又绕回来"),
    ({"批": {**person(同意="甲"), "负责人": {"审批表": True}, "回避": ["提交人"]},
      "甲": auto(({"金额": ">5"}, "批"), "完")}, "绕成了圈"),  # an approval that passes by rule stops nobody
    ({"叉": fork("甲", "乙"), "甲": auto("合"), "乙": auto("合"), "合": join("看"),
      "看": auto(({"数": "1"}, "完"), "叉")}, "绕成了圈"),
    ({"叉": fork("甲", "乙"), "甲": auto("合"), "乙": person(同意="合"), "合": join("看", "任一"),
      "看": auto(({"数": "1"}, "完"), "叉")}, "绕成了圈"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "says"), WAYS)
def test_a_way_that_leads_nowhere_is_spelt(nodes: dict[str, Any], says: str) -> None:
    assert any(says in problem for problem in told(nodes)), told(nodes)


FORKS: list[tuple[dict[str, Any], str]] = [
    ({"叉": fork("甲"), "甲": person(同意="合"), "合": join("完")}, "节点“叉”：分叉至少要有两条分支"),
    ({"叉": fork("甲", "甲"), "甲": person(同意="合"), "合": join("完")}, "分叉至少要有两条分支"),
    ({"叉": fork("甲", "乙", join="完"), "甲": person(同意="完"), "乙": person(同意="完")},
     "汇合“完”不存在，或不是汇合节点"),
    ({"叉": fork("甲", "合"), "甲": person(同意="合"), "合": join("完")}, "分支“合”不能直接是汇合、结束或分叉自己"),
    ({"叉": fork("甲", "完"), "甲": person(同意="合"), "合": join("完")}, "分支“完”不能直接是汇合、结束或分叉自己"),
    ({"甲": person(同意="合"), "合": join("完")}, "节点“合”：没有分叉在这里汇合"),
    ({"叉": fork("叉二", "乙"), "叉二": fork("甲", "丙"), **TWO, "丙": person(同意="合"), "合": join("完")},
     "节点“合”：叉、叉二都在这里汇合"),
    # two tokens would come to one node
    ({"叉": fork("甲", "乙"), "甲": person(同意="丙"), "乙": person(同意="丙"), "丙": person(同意="合"),
      "合": join("完")}, "节点“叉”：两条分支没有汇合就走到了一起：叉 → 甲 → 丙，叉 → 乙 → 丙"),
    ({"叉": fork("甲", "乙"), "甲": person(同意="乙"), "乙": person(同意="合"), "合": join("完")},
     "两条分支没有汇合就走到了一起：叉 → 甲 → 乙，叉 → 乙"),
    ({"叉": fork("甲", "乙"), **TWO, "甲": person(同意="合", 驳回="后"), "合": join("后"), "后": person(同意="完")},
     "节点“叉”：分支绕过了汇合“合”：甲 → 后，而汇合之后也到这里：合 → 后"),
    ({"叉": fork("甲", "乙"), **TWO, "合": join("后"), "后": person(同意="完", 驳回="甲")},
     "分支绕过了汇合“合”：甲，而汇合之后也到这里：合 → 后 → 甲"),
    # from the side
    ({"始": person(同意="叉", 驳回="甲"), "叉": fork("甲", "乙"), **TWO, "合": join("完")},
     "节点“叉”：分支“甲”不经过分叉也走得到：始 → 甲"),
    ({"始": person(同意="叉", 驳回="合"), "叉": fork("甲", "乙"), **TWO, "合": join("完")},
     "节点“叉”：不在分支里也走得到汇合：始 → 合"),
    ({"叉": fork("甲", "乙"), **TWO, "甲": person(同意="合", 驳回="叉"), "合": join("完")},
     "节点“叉”：分支又回到了分叉自己：叉 → 甲 → 叉"),
    # one inside another
    ({**INNER, "乙": person(同意="合"), "里合": join("完"), "合": join("里二"), "里二": person(同意="里合")},
     "节点“里”：不在分支里也走得到汇合："),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "says"), FORKS)
def test_a_fork_that_does_not_meet_is_refused(nodes: dict[str, Any], says: str) -> None:
    assert any(says in problem for problem in told(nodes)), told(nodes)


# ---- joins that are never passed

ALWAYS_HIGH = {"始": person(同意={"去": "叉", "记": {"档": "高"}})}
EITHER = {"始": person(高={"去": "叉", "记": {"档": "高"}}, 低={"去": "叉", "记": {"档": "低"}})}
NEVER_MET: list[tuple[str, dict[str, Any], str]] = [
    ("by its arrows a branch only ends the case",
     {"叉": fork("甲", "乙"), **TWO, "甲": person(同意="完"), "合": join("完")},
     "节点“合”：要等分叉“叉”的全部分支，可是分支“甲”走不到这里：甲 → 完"),
    ("a branch only goes back before the fork",
     {"始": person(同意="叉", 驳回="完"), "叉": fork("甲", "乙"), **TWO, "甲": person(同意="丙"),
      "丙": person(同意="始"), "合": join("完")},
     "节点“合”：要等分叉“叉”的全部分支，可是分支“甲”走不到这里：甲 → 丙 → 始"),
    ("of those that one is enough for none comes",
     {"始": person(同意="叉", 驳回="合二"), "叉": fork("甲", "乙"), "甲": person(同意="完"), "乙": person(同意="完"),
      "合": join("完", "任一"), "合二": person(同意="完")},
     "节点“合”：分叉“叉”没有一条分支走得到这里：甲 → 完；乙 → 完"),
    ("whatever the amount is, it leaves",
     {"叉": fork("甲", "乙"), **TWO, "甲": auto(({"金额": ">=0"}, "完"), "合"), "合": join("完")},
     "节点“合”：要等分叉“叉”的全部分支，可是分支“甲”走不到这里：甲 → 完"),
    ("what was noted before sends it away",
     {**ALWAYS_HIGH, "叉": fork("甲", "乙"), **TWO, "甲": person(同意=[{"当": {"档": "高"}, "去": "完"}, {"去": "合"}]),
      "合": join("完")},
     "节点“合”：要等分叉“叉”的全部分支，可是分支“甲”走不到这里：甲 → 完"),
    ("it goes round and round until somebody ends it",
     {**ALWAYS_HIGH, "叉": fork("甲", "乙"), **TWO, "甲": person(同意="丙", 驳回="完"),
      "丙": auto(({"档": "高"}, "甲"), "合"), "合": join("完")},
     "节点“合”：要等分叉“叉”的全部分支，可是分支“甲”走不到这里：甲 → 完"),
    ("each comes, but never both in one case",
     {**EITHER, "叉": fork("甲", "乙"),
      "甲": person(同意=[{"当": {"档": "高"}, "去": "完"}, {"去": "合"}]),
      "乙": person(同意=[{"当": {"档": "低"}, "去": "完"}, {"去": "合"}]), "合": join("完")},
     "节点“合”：分叉“叉”的分支“甲”“乙”没有一张单能全部走到这里，它们的条件合不到一起"),
    ("none comes, by what is noted",
     {**ALWAYS_HIGH, "叉": fork("甲", "乙"), "甲": person(同意=[{"当": {"档": "高"}, "去": "完"}, {"去": "合"}]),
      "乙": person(同意=[{"当": {"档": "高"}, "去": "完"}, {"去": "合"}]), "合": join("完", "任一")},
     "节点“合”：分叉“叉”没有一条分支走得到这里：甲 → 完；乙 → 完"),
    ("nobody works beside a branch that is through by itself",
     {"叉": fork("甲", "乙"), "甲": auto("合"), "乙": person(同意="合"), "合": join("完", "任一")},
     "节点“合”：分支“甲”不用人办就到了，分支“乙”永远没有机会办"),
    ("the inner one of two",
     {**INNER, "甲": person(同意="完"), "里合": join("合"), "乙": person(同意="合"), "合": join("完", "任一")},
     "节点“里合”：要等分叉“里”的全部分支，可是分支“甲”走不到这里：甲 → 完"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "nodes", "says"), NEVER_MET)
def test_a_join_that_no_case_passes_is_refused(why: str, nodes: dict[str, Any], says: str) -> None:
    assert [problem for problem in told(nodes) if "从开始走不到" not in problem] == [says], why


MET: list[tuple[str, dict[str, Any]]] = [
    ("one is enough, and the other only ends the case",
     {"叉": fork("甲", "乙"), **TWO, "甲": person(同意="完"), "合": join("完", "任一")}),
    ("a branch that mostly leaves",
     {**EITHER, "叉": fork("甲", "乙"), **TWO, "甲": auto(({"档": "高"}, "完"), "合"), "合": join("完")}),
    ("a branch that is through by itself for some cases only",
     {**EITHER, "叉": fork("甲", "乙"), "甲": auto(({"档": "高"}, "合"), "丙"), "丙": person(同意="合"),
      "乙": person(同意="合"), "合": join("完", "任一")}),
    ("what the other branch notes lets it through",
     {**ALWAYS_HIGH, "叉": fork("甲", "乙"), "甲": person(同意=[{"当": {"档": "高"}, "去": "甲"}, {"去": "合"}]),
      "乙": person(同意={"去": "合", "记": {"档": "低"}}), "合": join("完")}),
    ("a fork behind a row for whatever nobody thought of",
     {"始": auto(({"金额": ">=0"}, "完"), "叉"), "叉": fork("甲", "乙"), **TWO, "合": join("完")}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "nodes"), MET)
def test_a_join_that_some_case_passes_is_left_in_peace(why: str, nodes: dict[str, Any]) -> None:
    assert told(nodes) == [], why


AROUND: list[tuple[dict[str, Any], str]] = [
    ({"重开": {"到": "甲", "期限": "7天"}}, "重开到的节点“甲”在分叉“叉”里，其他分支不会重开"),
    ({"重开": {"到": "完", "期限": "7天"}}, "重开到的节点“完”是结束"),
    ({"重开": {"到": "叉", "期限": "0天"}}, "重开的期限要大于 0"),
    ({"重开": {"到": "哪里", "期限": "7天"}}, "重开到的节点“哪里”不存在"),
    ({"撤单": "甲"}, "撤单去的节点“甲”要是结束节点"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "says"), AROUND)
def test_what_stands_around_the_nodes_is_checked(more: dict[str, Any], says: str) -> None:
    nodes = {"叉": fork("甲", "乙"), **TWO, "合": join("完")}
    assert any(says in problem for problem in told(nodes, **more)), told(nodes, **more)


# ---- the arrows lead to an end, but what is noted never does

NOTED: list[tuple[dict[str, Any], str]] = [
    ({"甲": person(同意={"去": "乙", "记": {"已看": "是"}}), "乙": auto(({"已看": "是"}, "丙"), "完"),
      "丙": wait("乙")},
     "节点“丙”：这样走就出不去了（已看 是）：甲 → 丙 → 丙"),
    ({"甲": {**person(同意="乙"), "表单": [{"名": "责任方", "填": "单选", "选项": ["商家", "客户"], "必填": True}]},
      "乙": auto(({"责任方": "商家"}, "完"), "丙"), "丙": wait("乙")},
     "节点“丙”：这样走就出不去了：甲 → 丙 → 丙"),
    # what one branch notes shuts the other in
    ({"叉": fork("甲", "乙"), "甲": person(同意=[{"当": {"档": "高"}, "去": "丙"}, {"去": "合"}]),
      "丙": person(同意="甲"), "乙": person(同意={"去": "合", "记": {"档": "高"}}), "合": join("完")},
     "节点“甲”：这样走就出不去了（档 高）：乙和甲 → 甲 → 丙 → 甲"),
    # the branch leaves the fork before the other can note anything
    ({"始": wait("叉"), "叉": fork("甲", "乙"), "甲": auto(({"已核": "否"}, "始"), "合"),
      "乙": person(同意={"去": "合", "记": {"已核": "是"}}), "合": join("完")},
     "节点“始”：这样走就出不去了：始 → 始"),
    # the other branch has noted something when the branch leaves the fork
    ({"始": person(同意="叉", 直接="后"), "叉": fork("甲", "乙"), "甲": person(同意="合", 驳回="后"),
      "乙": person(同意={"去": "乙二", "记": {"已核": "是"}}), "乙二": person(同意="合"), "合": join("完"),
      "后": auto(({"已核": "是"}, "困"), "完"), "困": wait("后")},
     "节点“困”：这样走就出不去了（已核 是）：始 → 乙和甲 → 乙二和甲 → 困 → 困"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "says"), NOTED)
def test_conditions_that_never_open_are_told(nodes: dict[str, Any], says: str) -> None:
    assert told(nodes) == [says]


def test_a_type_for_which_there_is_no_end_is_told() -> None:
    nodes = {"甲": person(同意="乙"), "乙": auto(({"类型": "质量问题"}, "完"), "甲")}
    assert told(nodes) == []
    assert known_problems(nodes) == ["节点“甲”：这样走就出不去了（类型 七天无理由）：甲 → 甲"]


def test_what_may_change_by_itself_may_open_the_way() -> None:
    nodes = {"甲": person(同意={"去": "乙", "办": "登记收货"}), "乙": auto(({"金额": "<=500"}, "完"), "甲")}
    assert known_problems(nodes) == []


def shop_problems(nodes: dict[str, Any]) -> list[str]:
    """What is wrong with a flow in the business that ships."""
    return [*check(flow_from(drawn(nodes)), known_of(BUSINESS))]


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        pytest.param({"金额": "<=500"}, "（金额 500.01）", id="nothing that is done changes the amount"),
        pytest.param({"区域": "华东"}, "（区域 其他）", id="an order stays where it was sent"),
        pytest.param({"风险客户": "否"}, "（风险客户 是）", id="a customer is looked at when the case is opened"),
        pytest.param({"已退款": "是"}, "", id="nothing ever says that the money has gone"),
        pytest.param({"缺件": "滤网"}, "", id="nobody asks for the missing part"),
        pytest.param({"实收件数": ">0"}, "", id="nobody counts"),
    ],
)
def test_what_never_changes_opens_nothing(when: dict[str, str], facts: str) -> None:
    nodes = {"甲": person(同意="乙"), "乙": auto((when, "完"), "甲")}
    assert shop_problems(nodes) == [f"节点“甲”：这样走就出不去了{facts}：甲 → 甲"]


def test_many_desks_side_by_side_are_followed_one_after_the_other() -> None:
    """Six branches of four: a million places in every order, some thirty in one."""
    heads = [f"路{n}" for n in range(6)]
    nodes = {"叉": fork(*heads)}
    for head in heads:
        for step in range(3):
            nodes[f"{head}{'续' * step}"] = person(同意=f"{head}{'续' * (step + 1)}")
        nodes[f"{head}续续续"] = person(同意="合")
    nodes |= {"合": join("审"), "审": person(同意={"去": "再审", "记": {"走了": "是"}})}
    trap = {**nodes, "再审": auto(({"走了": "否"}, "完"), "审")}
    assert [words.split("：")[:2] for words in shop_problems(trap)] == [["节点“审”", "这样走就出不去了（走了 是）"]]
    assert shop_problems({**nodes, "再审": auto(({"走了": "是"}, "完"), "审")}) == []
