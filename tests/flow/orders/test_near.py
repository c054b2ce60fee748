"""Numbers like one that no shop has: every slip of a finger, and what is known by the words of a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.orders.near import near, of_mobile, orders_among, products_among, skus_of, variants
from models import Product
from models.database.connection import database
from tests.support.stage import START, sell


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("536366", "536365"),  # another key
        ("53636", "536365"),  # left out
        ("5366365", "536365"),  # typed twice
        ("563365", "536365"),  # two changed over
        ("A536365", "B536365"),
        ("A-36", "A-136"),
    ],
)
def test_one_slip_away(typed: str, meant: str) -> None:
    assert meant in variants(typed)


@pytest.mark.parametrize(("typed", "other"), [("536365", "536365"), ("536365", "536356-"), ("536365", "A36365")])
def test_no_slip_of_a_finger(typed: str, other: str) -> None:
    assert other not in variants(typed)


@given(st.text("0123456789ABCZ-", min_size=1, max_size=12))
def test_a_slip_can_be_slipped_back(no: str) -> None:
    found = variants(no)
    assert no not in found
    assert {len(each) - len(no) for each in found} == {-1, 0, 1}
    if not no.isdigit():  # letters come into no number of digits alone
        assert all(no in variants(each) for each in found if each and not each.isdigit())


async def test_what_is_known_by_the_words_of_a_sentence(database_url: str) -> None:
    async with database(database_url):
        for n, (no, mobile) in enumerate([("536365", "13800138000"), ("A-536366", "138 0013 8000"), ("9", "1")]):
            await sell(no, {f"s{n}": ("灯", 1, "1.00")}, mobile=mobile, ordered_at=START + timedelta(hours=n))
        await Product.create(sku="P1", title="灯")
        assert [order.no for order in await near("536356")] == ["536365"]  # two changed over
        assert [order.no for order in await near("A-5363")] == ["A-536366"]  # not typed to its end
        assert [await near(no) for no in ("53", "5" * 33, "777777")] == [[], [], []]
        assert [order.no for order in await of_mobile("13800138000")] == ["A-536366", "536365"]
        assert await of_mobile("13800138000", ["天猫"]) == []
        assert await orders_among(["退货", "a-536366", "536365", "536365"]) == ["536365", "A-536366"]
        assert await orders_among([]) == []
        assert [await skus_of(no) for no in ("536365", "a-536366", "404")] == [{"S0"}, {"S1"}, None]
        assert await products_among(["p1", "s0", "灯", "S0"]) == ["p1", "s0"]
        assert await products_among([]) == []
