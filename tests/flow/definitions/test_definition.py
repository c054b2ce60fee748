"""A flow is read into what it says, or refused with a sentence that names the node."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from typing import Any

import pytest
import yaml

from cards.facts import known
from cards.types import BUTTON_CHARS, MAX_BUTTONS, MAX_FACTS
from flow.definitions import flow as d
from flow.definitions.vocabulary import EFFECTS
from flow.errors import DefinitionError
from flow.validation.flows import ACTION_CHARS, MAX_ACTIONS, MAX_ROWS, check, known_of, parse_flow
from models.enums import CaseState, CloseReason
from tests.support.shipped import BUSINESS, FLOW, ROLES

SMALL: dict[str, Any] = {
    "流程": "小流程", "开始": "分拣", "撤单": "撤销",
    "节点": {
        "分拣": {"类型": "自动", "去": [{"当": {"金额": "<=50"}, "去": "完成", "规则": "小额"}, {"去": "审核"}]},
        "审核": {
            "类型": "人工", "负责人": {"角色": "客服"}, "时限": "2天", "显示": ["单号"],
            "动作": {"同意": {"去": "等款", "办": "通知客户"}, "驳回": {"去": "撤销"}},
        },
        "等款": {"类型": "等待", "等": "付款渠道", "时限": "30分钟", "动作": {"到时": {"去": "完成"}}},
        "完成": {"类型": "结束", "状态": "已完成"},
        "撤销": {"类型": "结束", "状态": "已关闭", "原因": "撤销"},
    },
}  # fmt: skip
GONE = object()


def changed(path: str, value: Any) -> str:
    """The small flow as YAML with one place changed, or taken away."""
    data = copy.deepcopy(SMALL)
    *way, last = path.split(".")
    place: Any = data
    for key in way:
        place = place[int(key) if isinstance(place, list) else key]
    if value is GONE:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


BROKEN: list[tuple[str, Any, str]] = [
    ("节点.审核.动作.同意.去", "别处", "节点“审核”：去的节点“别处”不存在"),  # a mistyped target
    ("节点.分拣.去.0.去", "别处", "节点“分拣”：去的节点“别处”不存在"),
    ("开始", "别处", "开始节点“别处”不存在"),
    ("撤单", "别处", "撤单去的节点“别处”不存在"),
    ("节点.分拣.去", [{"当": {"金额": "<=50"}, "去": "审核"}], "节点“分拣”：自动节点的最后一条去向"),  # may fit none
    ("节点.审核.动作.同意.去", [{"当": {"金额": "<=50"}, "去": "完成"}], "节点“审核”：动作“同意”的最后一条去向不能"),
    ("节点.审核.动作.同意", {}, "节点“审核”：动作“同意”的最后一条去向"),  # leads nowhere
    ("节点.孤岛", {"类型": "结束", "状态": "已完成"}, "节点“孤岛”：从开始走不到"),  # nobody gets there
    ("节点.等款.动作.到时.去", "等款", "节点“等款”：走不到任何结束：分拣 → 审核 → 等款，之后只在"),  # a dead end
    ("节点.审核.负责人", GONE, "节点“审核”：人工节点要有负责人、时限和动作"),
    ("节点.审核.时限", GONE, "节点“审核”：人工节点要有负责人、时限和动作"),
    ("节点.审核.动作", {}, "节点“审核”：人工节点要有负责人、时限和动作"),
    ("节点.审核.负责人", {"否则": "客服主管"}, "节点“审核”：负责人要写“角色”"),
    ("节点.审核.负责人", "客服", "节点“审核”："),  # a word where a key and a value belong
    ("节点.审核.时限", "两天", "节点“审核”：时限“两天”看不懂，应像 24小时"),
    ("节点.审核.时限", 24, "节点“审核”：时限“24”看不懂"),  # of what?
    ("节点.审核.时限", "99999999999天", "节点“审核”：时限"),  # past the end of the calendar
    ("节点.审核.时限", "0小时", "节点“审核”：时限要大于 0"),  # late before it begins
    ("节点.分拣.去.0.当", {"金额": "500~50"}, "节点“分拣”：金额：范围 500~50 的左边比右边大"),
    ("节点.分拣.去.0.当", {"金额": "=<50"}, "节点“分拣”：金额：“=<50”看不懂"),
    ("节点.分拣.去.0", {"当": {"金额": "<=50"}}, "节点“分拣”：缺少“去”"),
    ("节点.审核.类型", "手工", "节点“审核”：类型“手工”不认识，可选 人工、自动、等待"),
    ("节点.审核.类型", GONE, "节点“审核”：缺少“类型”"),
    ("节点.审核", None, "节点“审核”：写法不对"),  # a name and nothing under it
    ("节点.审核.动作", ["同意"], "节点“审核”：动作要写成 名字: {去: 节点}，一个动作一行"),  # no list
    ("节点.完成.状态", GONE, "节点“完成”：结束节点要写状态"),
    ("节点.完成.状态", "好了", "节点“完成”：状态“好了”不认识，可选 处理中"),
    ("节点.撤销.原因", "不想退", "节点“撤销”：原因“不想退”不认识，可选 拒绝、撤销"),
    ("节点.等款.等", GONE, "节点“等款”：等待节点要写“等”什么"),
    ("节点.分拣.去.1.去", "分拣", "节点“分拣”：自动节点绕成了圈"),  # would never stop
    ("节点.审核.动作.同意并且马上就去退款吧", {"去": "完成"}, "名字要在 10 个字以内"),  # no phone shows it whole
    ("节点.审核.动作.同|意", {"去": "完成"}, "不能有 |"),  # the sign between the parts of a payload
    ("节点.审核.显示", ["单号"] * 7, "节点“审核”：一张卡片最多 6 个动作、6 行显示"),
    ("节点.审核.动作", {f"动作{n}": {"去": "撤销"} for n in range(7)}, "最多 6 个动作"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "says"), BROKEN)
def test_a_broken_flow_is_refused_with_its_place(path: str, value: Any, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_flow(changed(path, value), "我的.yaml")
    assert any(says in problem for problem in refused.value.problems), refused.value.problems
    assert all(problem.startswith("我的.yaml ") for problem in refused.value.problems)


@pytest.mark.parametrize(("path", "value", "says"), BROKEN)
def test_the_sentences_are_for_the_owner_of_the_process(path: str, value: Any, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_flow(changed(path, value), "我的流程")
    assert re.findall(r"[A-Za-z]{2,}", str(refused.value).replace("true", "")) == []


NO_FLOW = ["", "- 一\n- 二", "流程: 小流程", "只是文字", "流程: a\n开始: b\n节点: [c]", "流程: a\n开始: b\n节点:"]


@pytest.mark.parametrize("text", NO_FLOW)
def test_what_is_no_flow_at_all_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="要有“流程”“开始”“节点”三项"):
        parse_flow(text)


def test_what_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(DefinitionError, match=r"第 \d 行"):
        parse_flow("流程: 小流程\n开始: [")


def test_every_unreadable_node_is_told_at_once_and_no_other() -> None:
    data = yaml.safe_load(changed("节点.审核.时限", "两天"))
    data["节点"]["等款"]["时限"] = "一会儿"
    with pytest.raises(DefinitionError) as refused:
        parse_flow(yaml.safe_dump(data, allow_unicode=True))
    assert len(refused.value.problems) == 2


def test_a_good_flow_is_read_as_written() -> None:
    flow = parse_flow(yaml.safe_dump(SMALL, allow_unicode=True, sort_keys=False))
    node = flow.nodes["审核"]
    assert (flow.name, flow.start, flow.withdraw_to) == ("小流程", "分拣", "撤销")
    assert (node.kind, node.limit, node.title) == (d.HUMAN, timedelta(days=2), "审核")
    assert node.actions["同意"].effects == ("通知客户",)  # one name needs no list
    assert flow.nodes["撤销"].close_reason is CloseReason.WITHDRAWN
    assert flow.nodes["完成"].state is CaseState.DONE


@pytest.mark.parametrize(
    ("text", "limit"),
    [("30分钟", timedelta(minutes=30)), ("24 小时", timedelta(hours=24)), ("15天", timedelta(days=15))],
)
def test_a_limit(text: str, limit: timedelta) -> None:
    assert parse_flow(changed("节点.审核.时限", text)).nodes["审核"].limit == limit


def test_what_an_action_notes_is_yes_no_or_words() -> None:
    flow = parse_flow(changed("节点.审核.动作.同意.记", {"已审批": "是", "已质检": "否", "结果": "合格", "次数": 2}))
    assert flow.nodes["审核"].actions["同意"].sets == {"已审批": True, "已质检": False, "结果": "合格", "次数": 2}


# ---- the shipped flow speaks only of what there is

SHIPPED_ACTIONS = [action for node in FLOW.nodes.values() for action in node.actions.values()]


def test_the_shipped_flow_names_known_effects() -> None:
    said = [node.effects for node in FLOW.nodes.values()] + [action.effects for action in SHIPPED_ACTIONS]
    assert {name for effects in said for name in effects} <= set(EFFECTS)


def test_the_shipped_flow_names_known_roles() -> None:
    owners = [node.owner for node in FLOW.nodes.values() if node.owner]
    assert {role for owner in owners for role in (owner.role, owner.fallback) if role} <= ROLES


def test_the_shipped_flow_speaks_only_of_what_the_shipped_files_name() -> None:
    assert check(FLOW, known_of(BUSINESS)) == []


def test_the_shipped_flow_shows_known_rows() -> None:
    assert {name for node in FLOW.nodes.values() for name in node.shows} <= known()


def test_types_name_the_shipped_flow() -> None:
    assert FLOW.name in {flow for kind in BUSINESS.types.values() for flow in kind.flows}


def test_every_harmful_button_comes_last() -> None:
    for node in FLOW.nodes.values():
        danger = [action.danger for action in node.buttons]
        assert danger == sorted(danger), node.name


def test_the_check_knows_the_limits_of_a_card() -> None:
    assert (MAX_ACTIONS, MAX_ROWS, ACTION_CHARS) == (MAX_BUTTONS, MAX_FACTS, BUTTON_CHARS)


def test_the_seven_stations_of_the_main_road() -> None:
    road = "客服审核 金额审批 仓库收货 质检 财务退款 退款中 完成"
    assert [name for name in FLOW.nodes if name in road.split()] == road.split()
