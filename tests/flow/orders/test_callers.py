"""Numbers found by their ends and beginnings, whichever way they were written, on either engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flow.definitions.phones import phone
from flow.orders.callers import orders_at, orders_of
from flow.orders.near import near
from models import Case, Order, tails
from models.database.connection import database

AT = datetime(2026, 11, 22, tzinfo=UTC)

STORED = (
    "13800138000", "138-0013-8000", "138 0013 8000", "+86 138 0013 8000", "+8613800138000", "0086-138-0013-8000",
    "13800138000-1234", "138-0013-8000-1234", "13800138000转1234", "138 0013 8000 转 1234", "13800138000,1234",
    "13800138000#1234", "13800138000ext.1234", "13800138000 转分机 1234",
    "17012345678", "13800138001", "138****8000", "010-12345678", "010-12348000-12", "",
)  # fmt: skip


def whose(digits: str) -> set[str]:
    """Those that end with these digits before any extension."""
    return {stored for stored in STORED if (found := phone(stored)) and found.digits.endswith(digits)}


ASKED = {
    "8000": whose("8000"),
    "1234": {stored for stored in STORED if stored.endswith("1234")},
    "5678": {"17012345678", "010-12345678"},
    "0013": set[str](),  # in the middle of a number
    "13800138000": whose("13800138000"),
    "13800138000-1234": whose("13800138000"),  # an order without the extension may be theirs
}


async def test_an_order_is_found_by_its_phone_however_that_was_written(database_url: str) -> None:
    async with database(database_url):
        await Order.bulk_create(Order(no=f"N{n}", mobile=mobile, ordered_at=AT) for n, mobile in enumerate(STORED))
        for words, stored in ASKED.items():
            asked = phone(words)
            assert asked
            found = await Order.filter(id__in=await orders_of(asked)).values_list("mobile", flat=True)
            assert {str(mobile) for mobile in found} == stored, words
        exactly = await Order.filter(id__in=await orders_at("13800138000-1234")).values_list("mobile", flat=True)
        assert {phone(str(mobile)) for mobile in exactly} == {phone("13800138000-1234")}
        assert await orders_at("李雷") == []


async def test_a_case_is_found_by_the_last_four_digits_of_its_number(database_url: str) -> None:
    async with database(database_url):
        for no in ("R20261121-0007", "R20261122-0007", "R20261122-10007", "R20261122-0008"):
            await Case.create(no=no, kind="退货", opened_at=AT)
        found = await Case.filter(id__in=await tails.cases_by_serial("0007", 10)).order_by("id")
        assert [case.no for case in found] == ["R20261121-0007", "R20261122-0007"]


async def test_an_order_that_is_not_typed_to_its_end_is_guessed(database_url: str) -> None:
    async with database(database_url):
        for n, no in enumerate(("A-5363651", "A-5363652", "A-53637", "B-5363651", "A_5363653")):
            await Order.create(no=no, ordered_at=AT + timedelta(hours=n))
        assert [order.no for order in await near("a-5363")] == ["A-53637", "A-5363652", "A-5363651"]
        assert [order.no for order in await near("a-5363", {"天猫"})] == []
