"""Less than the goods cost, because it was asked for: what is paid, and how it is shared out. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.flow_reader import flow_from
from flow.definitions.freight import FREIGHT, WITH_ALL
from flow.engine.partial_refunds import (
    MAKE_GOOD,
    ONLY,
    PREFILLED,
    asked_for,
    divided,
    good_of,
    share,
    wish_of,
    wished,
)
from flow.errors import PolicyRefused
from models.fields import yuan
from tests.support.written_flows import drawn, form, person

AMOUNT, TOTAL = "金额", Decimal("54.00")


@pytest.mark.parametrize(
    ("wish", "amount"),
    [("20", "20.00"), ("50%", "27.00"), ("100%", "54.00"), ("54", "54.00"), ("0.01", "0.01"), ("33.3%", "17.98"),
     ("0", None), ("54.01", None), ("101%", None), ("0%", None)],
)  # fmt: skip
def test_what_was_asked_for(wish: str, amount: str | None) -> None:
    if amount:
        assert wished(TOTAL, wish) == Decimal(amount)
        return
    with pytest.raises(PolicyRefused, match=r"^这几件商品实付 ¥54\.00，要在 0 到它之间，不能是 ¥"):
        wished(TOTAL, wish)


BACK = {"甲": person(同意="乙"), "乙": form({"名": "成色"})}
GOOD = {"甲": person(同意="乙"), "乙": form({"名": "成色"}, {"名": MAKE_GOOD, "填": "金额"})}
WORTHLESS = {"预计退款": False}  #: of a flow in which no money goes back


@pytest.mark.parametrize(
    ("nodes", "more", "wish", "facts"),
    [
        (BACK, {}, "20", {ONLY: ["20.00", "54.00"], AMOUNT: "20.00"}),
        (BACK, {}, "50%", {ONLY: ["27.00", "54.00"], AMOUNT: "27.00"}),
        (BACK, {}, "54", {}),  # all of it is no wish
        (BACK, {}, "", {}),
        (BACK, WORTHLESS, "20", {}),  # an exchange pays nothing
        (GOOD, {}, "20", {PREFILLED: {MAKE_GOOD: "20.00"}, AMOUNT: "20.00"}),  # it stands in the form that asks
        (GOOD, {}, "54", {PREFILLED: {MAKE_GOOD: "54.00"}, AMOUNT: "54.00"}),
        (GOOD, WORTHLESS, "20", {PREFILLED: {MAKE_GOOD: "20.00"}, AMOUNT: "20.00"}),
    ],
)
def test_a_wish_as_facts(nodes: Any, more: dict[str, Any], wish: str, facts: dict[str, Any]) -> None:
    assert asked_for(flow_from(drawn(nodes, **more)), TOTAL, wish) == facts


def test_a_wish_for_more_than_the_goods_cost_is_refused_in_every_flow() -> None:
    for nodes in (BACK, GOOD):
        with pytest.raises(PolicyRefused, match=r"不能是 ¥54\.01"):
            asked_for(flow_from(drawn(nodes)), TOTAL, "54.01")


@pytest.mark.parametrize(
    ("facts", "wish", "good"),
    [
        ({}, "", ""),
        ({ONLY: ["20.00", "54.00"]}, "20.00", ""),
        ({MAKE_GOOD: "8.00"}, "8.00", "8.00"),
        ({PREFILLED: {MAKE_GOOD: "9.00"}}, "9.00", "9.00"),
        ({PREFILLED: {}}, "", ""),
    ],
)
def test_the_wish_a_case_was_opened_with(facts: dict[str, Any], wish: str, good: str) -> None:
    assert (wish_of(facts), good_of(facts)) == (wish, good)


@pytest.mark.parametrize(
    ("facts", "stays", "goes"),
    [
        ({AMOUNT: "54.00"}, {AMOUNT: "36.00"}, {AMOUNT: "18.00"}),
        (
            {AMOUNT: "27.00", ONLY: ["27.00", "54.00"]},
            {AMOUNT: "18.00", ONLY: ["18.00", "36.00"]}, {AMOUNT: "9.00", ONLY: ["9.00", "18.00"]},
        ),
        (
            {AMOUNT: "6.00", MAKE_GOOD: "6.00"},
            {AMOUNT: "4.00", MAKE_GOOD: "4.00"}, {AMOUNT: "2.00", MAKE_GOOD: "2.00"},
        ),
        (  # made good beside a refund of the goods
            {AMOUNT: "54.00", MAKE_GOOD: "6.00"},
            {AMOUNT: "36.00", MAKE_GOOD: "4.00"}, {AMOUNT: "18.00", MAKE_GOOD: "2.00"},
        ),
        (  # the freight stays where it is
            {AMOUNT: "69.00", FREIGHT: "15.00"}, {AMOUNT: "51.00"}, {AMOUNT: "18.00", FREIGHT: None, WITH_ALL: None},
        ),
    ],
)  # fmt: skip
def test_a_case_that_is_split(facts: dict[str, Any], stays: dict[str, Any], goes: dict[str, Any]) -> None:
    assert divided(TOTAL, Decimal("18.00"), facts) == (stays, goes)


@given(st.integers(1, 99999), st.data())
def test_what_is_divided_adds_up(cost_fen: int, data: st.DataObject) -> None:
    cost = Decimal(cost_fen) / 100
    taken = Decimal(data.draw(st.integers(0, cost_fen))) / 100
    asked = Decimal(data.draw(st.integers(1, cost_fen))) / 100
    stays, goes = divided(cost, taken, {AMOUNT: str(asked), ONLY: [str(asked), str(cost)]})
    assert yuan(stays[AMOUNT]) + yuan(goes[AMOUNT]) == asked
    assert sum(yuan(each[ONLY][0]) for each in (stays, goes)) == asked
    assert share(cost, {ONLY: [str(asked), str(cost)]}) == asked
    assert share(cost, {}) == cost
