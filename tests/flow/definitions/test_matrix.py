"""Every node × action × actor of the shipped flow: allowed, or refused in words. Grows with the definition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flow.definitions import flow as d
from flow.engine.values import Actor, Marking, Refusal
from flow.engine.verbs import WITHDRAW, decide
from flow.engine.waits import goes_by_itself
from tests.support.shipped import BUSINESS, CREATOR, FLOW, MISSING, ROLES, SYSTEM_ACTOR, opening, rules

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCE = re.compile(r"[\u4e00-\u9fff，、]{4,}")
STATIONS = [node for node in FLOW.nodes.values() if node.kind in (d.HUMAN, d.WAIT)]
ACTIONS = [*dict.fromkeys(name for node in STATIONS for name in node.actions), WITHDRAW, "起飞"]
ACTORS: dict[str, Callable[[d.Node], Actor]] = {
    "负责人": lambda node: Actor(1, "经办", _roles(node), frozenset({node.name})),
    "同角色的别人": lambda node: Actor(2, "同事", _roles(node)),
    "别处的负责人": lambda node: Actor(3, "邻座", ROLES, frozenset(FLOW.nodes) - {node.name}),
    "提交人": lambda node: Actor(CREATOR, "小林", frozenset({"客服"})),
    "系统": lambda node: SYSTEM_ACTOR,
    "管理员": lambda node: Actor(4, "管理员", frozenset({"管理员"})),
    "外人": lambda node: Actor(5, "路人"),
}


def _roles(node: d.Node) -> frozenset[str]:
    return frozenset({node.owner.role}) if node.owner and node.owner.role else frozenset({"客服主管"})


def may(node: d.Node, action: str, who: str) -> bool:
    """The whole rule: the owner of the task acts, the system answers a wait and knows the time, the creator may
    take it back.
    """
    if action == WITHDRAW:
        return node.kind == d.HUMAN and who in ("提交人", "系统")
    decider = "系统" if goes_by_itself(node, action) else "负责人"
    return action in node.actions and who == decider


@pytest.mark.parametrize("node", STATIONS, ids=lambda node: node.name)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ACTORS)
def test_who_may_do_what_where(node: d.Node, action: str, who: str) -> None:
    marking = Marking((node.name,), opening("329.00"))
    outcome = decide(rules(), marking, action, ACTORS[who](node), MISSING)
    assert (not isinstance(outcome, Refusal)) == may(node, action, who)
    assert not isinstance(outcome, Refusal) or SENTENCE.search(outcome.reason)


@pytest.mark.parametrize("node", STATIONS, ids=lambda node: node.name)
def test_a_refusal_says_where_the_case_is(node: d.Node) -> None:
    outcome = decide(rules(), Marking((node.name,), opening("329.00")), "起飞", ACTORS["负责人"](node), {})
    assert outcome == Refusal(f"这单现在在{node.name}，不能起飞")


@pytest.mark.parametrize("node", STATIONS, ids=lambda node: node.name)
def test_every_node_is_left_by_its_own_actions_only(node: d.Node) -> None:
    for action in node.actions.values():
        outcome = decide(
            rules(), Marking((node.name,), opening("329.00")), action.name, _decider(node, action.name), MISSING
        )
        assert not isinstance(outcome, Refusal)
        assert outcome.steps[0].node == node.name
        assert (outcome.left == "") == action.hands_over


def _decider(node: d.Node, action: str) -> Actor:
    return ACTORS["系统" if goes_by_itself(node, action) else "负责人"](node)


def test_of_two_branches_the_owner_acts_on_his_own() -> None:
    """The same button stands at two nodes: the task decides which one is meant."""
    marking = Marking(("客服审核", "拒收处理"), opening("329.00"))
    outcome = decide(rules(), marking, "驳回", ACTORS["负责人"](FLOW.nodes["拒收处理"]), {})
    assert not isinstance(outcome, Refusal)
    assert outcome.left == "拒收处理"
    assert outcome.nodes == ("客服审核", "仓库收货")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_everybody_can_see_their_work(role: str) -> None:
    assert role in BUSINESS.permissions["待办"]
    assert role in BUSINESS.permissions["查"]


@pytest.mark.parametrize("role", ["仓管员", "质检员", "财务", "维修主管", "操作员", "风控专员"])
def test_only_the_service_desk_opens_returns(role: str) -> None:
    assert role not in BUSINESS.permissions["退货"]


@pytest.mark.parametrize("role", ["客服", "财务", "质检员", "销售经理", "运营总监"])
def test_only_the_dock_scans_parcels_in(role: str) -> None:
    assert role not in BUSINESS.permissions["收货"]


def test_the_twelve_roles_are_there() -> None:
    named = "管理员 客服 客服组长 客服主管 销售经理 运营总监 风控专员 仓管员 质检员 财务 维修主管 操作员"
    assert set(named.split()) == ROLES
