"""Who gets a task: the rule, the ways out when the rule finds nobody, and the refusal when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.flow import HUMAN, Node, OwnerRule
from flow.definitions.vocabulary import VOTES
from flow.desk import Desk
from flow.engine.machine import begin
from flow.errors import NotAllowed
from flow.people.directory import Directory
from flow.people.duties import excluded_by_duty
from flow.people.owners import AssignmentContext, resolve
from flow.tasks.assignment import staffed
from models.views.case import Person
from tests.support.shipped import FLOW, POLICIES, PRESETS, ROLES, opening, rules

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BOSS, LEAD, LEAD_TOO, AGENT, FINANCE, ADMIN = 1, 2, 3, 7, 8, 9


def person(number: int, name: str, *roles: str, manager: int | None = None) -> Person:
    return Person(number, name, frozenset(roles), manager_id=manager)


STAFF = (
    person(BOSS, "李敏", "客服主管"),
    person(LEAD, "王建国", "客服组长", manager=BOSS),
    person(LEAD_TOO, "赵组", "客服组长", manager=BOSS),
    person(AGENT, "林晓", "客服", manager=LEAD),
    person(FINANCE, "钱芳", "财务", manager=BOSS),
    person(ADMIN, "陈管", "管理员"),
)


def staff(*without: int) -> Directory:
    return Directory.of(one for one in STAFF if one.id not in without)


def node(role: str | None = "客服组长", *avoids: str, **rule: Any) -> Node:
    return Node("审核", HUMAN, owner=OwnerRule(role, **rule), avoids=avoids)


CASES: list[tuple[Node, dict[str, Any], tuple[int, ...], list[int], str]] = [
    # the rule holds
    (node(), {}, (), [LEAD, LEAD_TOO], "角色 客服组长"),
    (node("客服组长", "提交人"), {"提交人": AGENT}, (), [LEAD, LEAD_TOO], "角色 客服组长"),
    # nobody decides on what they asked for
    (node("客服组长", "提交人"), {"提交人": LEAD}, (), [LEAD_TOO], "角色 客服组长"),
    # nobody of that role: the named fallback
    (node(fallback="客服主管"), {}, (LEAD, LEAD_TOO), [BOSS], "没有可用的客服组长，转给客服主管"),
    # the sole one is the creator: fallback, and without one the creator's manager
    (node("客服组长", "提交人", fallback="客服主管"), {"提交人": LEAD}, (LEAD_TOO,), [BOSS], "转给客服主管"),
    (node("客服组长", "提交人"), {"提交人": LEAD}, (LEAD_TOO,), [BOSS], "转给上级"),
    # the manager is who asked as well: an administrator
    (node("客服主管", "提交人"), {"提交人": BOSS}, (), [ADMIN], "转给管理员"),
    (node("销售经理"), {}, (), [ADMIN], "没有可用的销售经理，转给管理员"),
    # nobody at all
    (node("销售经理"), {}, (ADMIN,), [], "没有销售经理"),
    # the preferred person first, whatever their role
    (node("客服", prefer="提交人"), {"提交人": LEAD}, (), [LEAD], "提交人"),
    (node("客服", prefer="提交人"), {"提交人": 404}, (), [AGENT], "角色 客服"),  # has left
    (node("客服", prefer="提交人"), {}, (), [AGENT], "角色 客服"),  # imported: nobody typed it
    (node("客服组长", "提交人", prefer="提交人"), {"提交人": LEAD}, (), [LEAD_TOO], "角色 客服组长"),  # may not
    # the amount table names the role, and its rule
    (node(None, by_policy=True), {"审批": "客服主管", "审批规则": "主管审批"}, (), [BOSS], "主管审批：客服主管"),
    # who inspected does not pay where two must decide, and may where one is enough
    (node("财务", "质检人"), {"质检人": FINANCE, "双人": True}, (), [BOSS], "转给上级"),
    (node("财务", "质检人"), {"质检人": FINANCE, "双人": False}, (), [FINANCE], "角色 财务"),
]


@pytest.mark.parametrize(("rule", "facts", "away", "people", "why"), CASES)
def test_who_gets_it(rule: Node, facts: dict[str, Any], away: tuple[int, ...], people: list[int], why: str) -> None:
    owners = resolve(rule, facts, staff(*away))
    assert [one.id for one in owners.people] == people
    assert why in owners.why


@pytest.mark.parametrize(("rule", "facts", "away", "people", "why"), CASES)
def test_whoever_stands_in_is_told_of(
    rule: Node, facts: dict[str, Any], away: tuple[int, ...], people: list[int], why: str
) -> None:
    owners = resolve(rule, facts, staff(*away))
    by_rule = owners.why.startswith(("角色", "提交人", "主管审批"))
    assert bool(owners.alarm) != by_rule
    assert by_rule or "审核没有" in owners.alarm


def test_the_alarm_names_who_it_went_to() -> None:
    assert resolve(node(fallback="客服主管"), {}, staff(LEAD, LEAD_TOO)).alarm == "审核没有可用的客服组长，转给了李敏"
    assert "请导入角色为销售经理的员工" in resolve(node("销售经理"), {}, staff(ADMIN)).alarm


@pytest.mark.parametrize(
    ("role", "decided", "away", "people"),
    [
        ("客服主管", (BOSS,), (), [ADMIN]),  # not the creator's manager, who is below the one who decided
        ("客服组长", (LEAD, LEAD_TOO), (), [BOSS]),
        ("客服组长", (LEAD, LEAD_TOO, BOSS), (), [ADMIN]),
        ("财务", (FINANCE,), (BOSS,), [ADMIN]),
    ],
)
def test_a_second_look_never_falls_to_somebody_below(
    role: str, decided: tuple[int, ...], away: tuple[int, ...], people: list[int]
) -> None:
    """The creator and whoever decided before are kept out; the place to fill is that of whoever decided."""
    owners = resolve(node(role, "提交人"), {"提交人": AGENT}, staff(*away), excluded=frozenset(decided))
    assert [one.id for one in owners.people] == people


def test_a_node_without_an_owner_rule_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="owner rule"):
        resolve(Node("退款中", HUMAN), {}, staff())


@pytest.mark.parametrize(
    ("facts", "out"),
    [
        ({}, set()),
        ({"提交人": AGENT}, {AGENT}),
        ({"提交人": None, "质检人": FINANCE}, set()),  # an inspector counts only where two decide
        ({"提交人": AGENT, "质检人": FINANCE, "双人": True}, {AGENT, FINANCE}),
    ],
)
def test_who_is_kept_out(facts: dict[str, Any], out: set[int]) -> None:
    assert excluded_by_duty(node("财务", "提交人", "质检人"), facts) == out


# ---- on the shipped flow


async def test_a_return_that_nobody_could_take_is_refused_not_lost() -> None:
    started = begin(rules(), opening("329.00"))
    with pytest.raises(NotAllowed, match="客服组长"):
        await staffed(Desk(ZoneInfo("Asia/Shanghai")), started, rules(), Directory.of(()), NOW)


def test_the_approver_of_an_amount_is_who_the_table_says() -> None:
    facts = opening("329.00") | POLICIES["standard"].facts({"金额": "329.00"})
    owners = resolve(FLOW.nodes["金额审批"], facts, staff())
    assert ([one.name for one in owners.people], owners.why) == (["李敏"], "主管审批：客服主管")


def test_the_agent_who_typed_it_talks_about_the_missing_part() -> None:
    owners = resolve(FLOW.nodes["缺件协商"], {"提交人": AGENT}, staff())
    assert [one.name for one in owners.people] == ["林晓"]


PEOPLE = st.lists(st.tuples(st.sets(st.sampled_from(sorted(ROLES)), max_size=3), st.integers(0, 9)), max_size=9).map(
    lambda rows: Directory.of(
        Person(n, f"员工{n}", frozenset(roles), manager_id=boss) for n, (roles, boss) in enumerate(rows, 1)
    )
)
APPROVALS = [node for node in FLOW.nodes.values() if node.avoids]


@given(PEOPLE, st.integers(1, 9), st.integers(1, 9), st.booleans(), st.sampled_from(PRESETS))
def test_nobody_approves_their_own_nor_pays_what_they_inspected(
    people: Directory, creator: int, inspector: int, big: bool, preset: str
) -> None:
    amount = "1000.01" if big else "1000.00"
    facts = opening(amount) | POLICIES[preset].facts({"金额": amount}) | {"提交人": creator, "质检人": inspector}
    for each in APPROVALS:
        chosen = {one.id for one in resolve(each, facts, people).people}
        assert not ("提交人" in each.avoids and creator in chosen)
        assert not ("质检人" in each.avoids and big and inspector in chosen)


# ---- the directory


def test_people_are_found_by_what_is_known_of_them() -> None:
    lin = Person(1, "林晓", frozenset({"客服", "客服组长"}), "lin", "u1", None)
    people = Directory.of([lin])
    assert people.find("wecom", "LIN") is people.find("dingtalk", "u1") is people.named("林晓") is lin
    assert people.find("dingtalk", "U1") is None  # DingTalk's ids know capitals
    assert people.with_role("客服") == people.with_role("客服组长") == (lin,)
    assert people.with_role(None) == ()


def test_managers() -> None:
    assert staff().manager_of(AGENT) == STAFF[1]
    assert [staff().manager_of(number) for number in (BOSS, None, 404)] == [None, None, None]


def signed_by(quorum: int, *names: int, without: tuple[int, ...] = (), **rule: Any) -> Any:
    """Who is asked at a node where so many must agree, and ``names`` have."""
    there = replace(node(**rule), quorum=quorum)
    facts = {VOTES: {"审核": {"同意": list(names), "驳回": []}}}
    return resolve(there, facts, staff(*without), excluded=frozenset(names))


@pytest.mark.parametrize(
    ("quorum", "agreed", "without", "asked", "alarm"),
    [
        (2, (), (), [LEAD, LEAD_TOO], ""),
        # one has signed: the other is enough
        (2, (LEAD,), (), [LEAD_TOO], ""),
        # too few: just so many more, of the fallback, of the line of managers, at last an administrator
        (2, (), (LEAD_TOO,), [LEAD, FINANCE], "审核要 2 个人同意，客服组长现在只有 王建国 能签，另请了 钱芳"),
        (3, (), (), [LEAD, LEAD_TOO, FINANCE], "另请了 钱芳"),
        (4, (), (), [LEAD, LEAD_TOO, FINANCE, BOSS], "另请了 钱芳、李敏"),
        (5, (), (), [LEAD, LEAD_TOO, FINANCE, BOSS, ADMIN], "另请了 钱芳、李敏、陈管"),
        # nobody of the role at all: the fallback, and more where that is too few
        (2, (), (LEAD, LEAD_TOO), [FINANCE, BOSS], "审核没有可用的客服组长，转给了钱芳；审核要 2 个人同意"),
        # never fewer than must sign, and never in silence
        (6, (), (), [], "审核要 6 个人同意，客服组长现在只有 王建国、赵组 能签，别的审批人、上级和管理员也不够"),
    ],
)
def test_as_many_are_asked_as_must_sign(
    quorum: int, agreed: tuple[int, ...], without: tuple[int, ...], asked: list[int], alarm: str
) -> None:
    found = signed_by(quorum, *agreed, without=without, fallback="财务")
    assert [one.id for one in found.people] == asked, found
    assert (alarm in found.alarm) if alarm else not found.alarm


def test_so_many_are_never_dealt_to_one() -> None:
    for dealing in ("轮流", "最少待办"):
        assert [one.id for one in signed_by(2, dealing=dealing).people] == [LEAD, LEAD_TOO]


def test_whoever_is_asked_beside_them_may_be_away() -> None:
    there = replace(node(fallback="财务"), quorum=2)
    away = AssignmentContext(away={FINANCE: ADMIN})
    found = resolve(there, {}, staff(LEAD_TOO), away)
    assert ([one.id for one in found.people], dict(found.stands_for)) == ([LEAD, ADMIN], {ADMIN: FINANCE})
