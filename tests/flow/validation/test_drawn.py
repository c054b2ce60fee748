"""Whatever flow is drawn: where nothing is said of it, no case of it is stranded; and checking is quick."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from flow.definitions.flow_reader import flow_from
from flow.engine.machine import MAX_HOPS
from flow.errors import DefinitionError
from flow.validation.flows import MAX_NODES, Known, check, flow_of, known_of
from tests.support.flows import definitions, explore
from tests.support.shipped import BUSINESS
from tests.support.written_flows import auto, drawn, fork, join, person, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flow.definitions.flow import Flow


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(definitions())
def test_no_case_of_a_flow_without_problems_is_ever_stranded(data: Mapping[str, Any]) -> None:
    flow = sound(data)
    explored = explore(flow, most=400)
    assert not explored.whole or (explored.stranded(), explored.unmet(flow)) == ([], [])


#: said of what becomes of a case on the way, and not of the drawing as such
ON_THE_WAY = ("这样走就出不去了", "走不到这里", "合不到一起")


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(definitions())
def test_a_flow_is_not_refused_for_nothing(data: Mapping[str, Any]) -> None:
    """Where only what happens on the way is told, some case does strand, or some join is never passed."""
    flow = flow_from(data)
    problems = check(flow, Known())
    if problems and all(any(words in problem for words in ON_THE_WAY) for problem in problems):
        explored = explore(flow, most=400)
        assert not explored.whole or explored.stranded() or explored.unmet(flow), problems


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(definitions())
def test_giving_back_makes_no_two_of_one_case(data: Mapping[str, Any]) -> None:
    assert explore(sound(data), back=True, most=300).markings


LEAVES = auto(({"金额": "<=500"}, "始"), "合")
AT_ONCE = [
    ("both branches leave the fork in one step", {"甲": LEAVES, "乙": LEAVES, "后": person(同意="完")}),
    ("one has come to the join when the other leaves", {"甲": auto("合"), "乙": LEAVES, "后": person(同意="完")}),
    ("one leaves before the other comes to the join", {"甲": LEAVES, "乙": auto("合"), "后": person(同意="完")}),
]


@pytest.mark.parametrize(("why", "nodes"), AT_ONCE)
def test_branches_that_leave_a_fork_at_once_leave_one_case(why: str, nodes: dict[str, Any]) -> None:
    around = {"始": person(同意="叉"), "叉": fork("甲", "乙"), "合": join("后")}
    assert explore(flow_of(drawn(around | nodes))).stranded() == [], why


def sound(data: Mapping[str, Any]) -> Flow:
    """The flow, where nothing is to be said of it; another is drawn where something is."""
    try:
        flow = flow_of(data)
    except DefinitionError:
        flow = None
    assume(flow is not None)
    assert flow is not None
    assume(check(flow, Known()) == [])
    return flow


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(definitions())
def test_every_sentence_is_chinese_and_names_its_place(data: Mapping[str, Any]) -> None:
    for problem in refusals(data):
        assert re.match(r"流程文件 (节点“.+”：|重开|撤单|开始|流程)", problem)
        assert re.findall(r"[A-Za-z]{2,}", problem.replace("true", "")) == []


def refusals(data: Mapping[str, Any]) -> Iterator[str]:
    try:
        flow_of(data)
    except DefinitionError as refused:
        yield from refused.problems


# ---- limits


def large(count: int) -> dict[str, Any]:
    """A chain of people who may each send the case back to the one before, and note something of it."""
    nodes: dict[str, Any] = {}
    for n in range(count):
        onward = f"站{n + 1}" if n + 1 < count else "完"
        said = {
            "去": [{"当": {f"事{n % 6}": "是"}, "去": f"站{max(n - 1, 0)}"}, {"去": onward}],
            "记": {f"事{n % 6}": "是"},
        }
        nodes[f"站{n}"] = person(同意=onward, 再看=said, 驳回=f"站{max(n - 1, 0)}")
    return nodes


def test_forty_nodes_that_hold_together_have_no_problem() -> None:
    assert check(flow_of(drawn(large(40))), known_of(BUSINESS)) == []


def test_a_flow_has_no_more_nodes_than_one_step_may_cross() -> None:
    assert MAX_NODES < MAX_HOPS
    assert f"流程有 {MAX_NODES + 1} 个节点" in told(large(MAX_NODES))[0]
