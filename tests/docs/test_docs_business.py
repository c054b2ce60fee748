"""What the business handbook says of flows, conditions and policies is what the engine reads."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cards.facts import known
from flow.definitions import flow as definition
from flow.definitions import policy
from flow.definitions.business import CONFIG
from flow.definitions.conditions import parse
from flow.definitions.vocabulary import EFFECTS
from flow.edits.rules import OPTIONAL
from tests.support.documents import read, spans, tables
from tests.support.shipped import BUSINESS, POLICIES, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOK = read("docs/business.md")
FLOW: dict[str, Any] = yaml.safe_load((CONFIG / "flows" / "退货.yaml").read_text(encoding="utf-8"))
FLOWS: list[dict[str, Any]] = [yaml.safe_load(each.read_text(encoding="utf-8")) for each in CONFIG.glob("flows/*.yaml")]
NODES = list(FLOW["节点"].values())
ACTIONS = [action for node in NODES for action in node.get("动作", {}).values()]


def explained(header: str) -> set[str]:
    """The words of the first column of a table."""
    return {span for row in tables(BOOK, header) for span in spans(row[0])}


def branches(holders: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for holder in holders:
        if isinstance(holder.get("去"), list):
            yield from holder["去"]


@pytest.mark.parametrize(
    ("header", "used"),
    [
        ("文件的键", FLOWS),
        ("节点的键", NODES),
        ("动作的键", ACTIONS),
        ("去向的键", [*branches(NODES), *branches(ACTIONS)]),
        ("负责人的键", [node["负责人"] for node in NODES if "负责人" in node]),
    ],
)
def test_every_key_that_the_flow_uses_is_explained(header: str, used: list[dict[str, Any]]) -> None:
    assert explained(header) == {key for each in used for key in each}


def test_every_fact_of_a_condition_is_explained() -> None:
    asked = {fact for branch in [*branches(NODES), *branches(ACTIONS)] for fact in branch.get("当", {})}
    told = {cell.fact for each in POLICIES.values() for tier in each.tiers for cell in tier.when.cells}
    stored = {fact for action in ACTIONS for fact in action.get("记", {})}
    assert asked | told | stored | set(opening("1.00")) - {"提交人"} <= explained("事实")


def test_every_effect_and_row_is_explained() -> None:
    assert explained("办") == set(EFFECTS)
    assert explained("行") == set(known())


def test_every_kind_of_node_is_named() -> None:
    usable = explained("类型")
    assert usable == set(definition.KINDS) - {definition.FORK, definition.JOIN}
    assert set(definition.KINDS) <= set(spans(BOOK))


def test_every_key_of_policies_and_types_is_explained() -> None:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (CONFIG / "policies").glob("*.yaml")]
    shipped = {key for each in files for key in each}
    types = yaml.safe_load((CONFIG / "reasons.yaml").read_text(encoding="utf-8"))["退货类型"]
    words = {span for row in tables(BOOK, "键") for span in spans(row[0])}
    assert words == shipped | set(OPTIONAL) | {"算式"} | {key for each in types.values() for key in each}
    assert set(policy.TRIGGERS) | set(BUSINESS.zones) - {"合格"} - {"次品"} <= set(spans(BOOK))


@pytest.mark.parametrize(("amount", "standard", "express"), tables(BOOK, "金额", "`standard`"))
def test_an_amount_falls_where_the_table_says(amount: str, standard: str, express: str) -> None:
    facts = opening(amount)
    assert POLICIES["standard"].facts(facts)["审批"] == standard
    assert POLICIES["express"].facts(facts)["审批"] == express


@pytest.mark.parametrize("row", tables(BOOK, "写法", "意思"), ids=lambda row: row[0])
def test_a_condition_means_what_the_table_says(row: list[str]) -> None:
    cell = parse("事实", (spans(row[0]) or [""])[0])
    assert cell({"事实": fact(row[2])})
    assert not row[3] or not cell({"事实": fact(row[3])})


def fact(text: str) -> object:
    """A table's example as the engine has it: an amount, yes or no, or a word."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return {"是": True, "否": False}.get(text, text)
