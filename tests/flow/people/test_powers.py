"""Which roles decide over money, by what the rules say of them and not by their names."""

from __future__ import annotations

import pytest

from flow.definitions.assignments import Assignment
from flow.definitions.conditions import When
from flow.definitions.flow import HUMAN, Action, Flow, Level, Node, OwnerRule
from flow.people.powers import powers_of
from models.views.case import Person
from tests.support.shipped import BUSINESS, POLICIES

NO_MONEY = Action("收到")


def flow(node: Node) -> Flow:
    return Flow("试", node.name, {node.name: node})


def node(owner: OwnerRule, action: Action = NO_MONEY, **more: object) -> Node:
    return Node("办", HUMAN, owner=owner, actions={action.name: action}, **more)  # type: ignore[arg-type]


DECIDING = [
    (node(OwnerRule("仓管员")), set()),  # nobody is kept out, no money is asked for
    (node(OwnerRule("仓管员"), avoids=("提交人",)), {"仓管员"}),  # it approves
    (node(OwnerRule("仓管员"), Action("付", effects=("确认退款",))), {"仓管员"}),
    (node(OwnerRule("仓管员", fallback="操作员"), avoids=("提交人",)), {"仓管员", "操作员"}),
    (node(OwnerRule(by_policy=True, fallback="操作员")), {"操作员"}),  # the amount names the others
    (
        node(OwnerRule("仓管员"), avoids=("提交人",), levels=(Level("初"), Level("终", OwnerRule("质检员")))),
        {"仓管员", "质检员"},
    ),
    (node(OwnerRule(table="维修分派"), avoids=("提交人",)), {"维修主管"}),
]


@pytest.mark.parametrize(("one", "roles"), DECIDING)
def test_roles_that_decide_at_a_node(one: Node, roles: set[str]) -> None:
    ruling = {name for name, role in BUSINESS.matrix.roles.items() if {"发布", "回滚", "员工"} & role.commands.keys()}
    assert set(powers_of([flow(one)], [], BUSINESS).deciding) == roles | ruling | {"管理员"}


def test_roles_of_the_amount_table_decide() -> None:
    found = powers_of([], [POLICIES["express"]], BUSINESS)
    assert found.deciding["客服组长"] == "在政策 快速 的审批表里"
    assert "客服" not in found.deciding


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (Person(1, "周仓", frozenset({"仓管员"})), ""),
        (Person(1, "李敏", frozenset({"客服主管"})), "客服主管能发布、回滚或改员工"),
        (Person(1, "老张", frozenset({"仓管员"})), "流程里写着“人 老张”"),
        (Person(1, "周仓", frozenset({"仓管员"}), team="华东组"), "流程里写着“团队 华东组”"),
    ],
)
def test_why_a_change_of_somebody_concerns_money(person: Person, why: str) -> None:
    named = [flow(node(OwnerRule(person="老张"))), flow(node(OwnerRule(team="华东组")))]
    assert powers_of(named, [], BUSINESS).reason(person) == why


def test_where_a_role_is_named() -> None:
    one = node(OwnerRule("仓管员"), copies=("财务",))
    assert powers_of([flow(one)], [], BUSINESS).named == {"仓管员": ("试流程 办",), "财务": ("试流程 办（抄送）",)}


def test_a_table_s_rows_are_owners_too() -> None:
    row = Assignment("全部", When(), OwnerRule("操作员"))
    business = BUSINESS.__class__(BUSINESS.types, BUSINESS.matrix, {}, {}, {"表": (row,)})
    assert powers_of([flow(node(OwnerRule(table="表")))], [], business).named == {"操作员": ("试流程 办",)}
