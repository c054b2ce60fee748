"""The fake shop pays a refund exactly once, whatever happens to the line; the SMS gateway sends one text per key."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.clock import Clock
from sandbox.faults import Faults, Trouble
from sandbox.notices import Sms
from sandbox.people import staff
from sandbox.shop import Shop, sign

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sandbox.world import World

KEY, SECRET = "desk", "s3cret"
START = datetime(2025, 3, 3, 9, tzinfo=UTC)  # far from the machine's time, which is good as well
REFUND = {"key": "R20261122-0007-T1", "order_no": "536365", "amount": "5.10", "reason": "质量问题"}
Client = TestClient[web.Request, web.Application]


class Desk:
    """A signing caller of the shop, and what stands behind it."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.world: World = staff().world(Clock(START))
        self.shop = Shop(self.world.clock, self.faults, key=KEY, secret=SECRET)
        self.sms = Sms(self.world, self.faults)
        app = web.Application()
        app.add_routes([*self.shop.routes(), *self.sms.routes()])
        self.client: Client = TestClient(TestServer(app))

    def headers(self, body: str, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(self.world.clock.seconds() if at is None else at))
        return {"X-Shop-Key": KEY, "X-Shop-Timestamp": timestamp, "X-Shop-Sign": sign(SECRET, timestamp, body)}

    async def pay(self, changed: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        body = json.dumps({**REFUND, **(changed or {})}, ensure_ascii=False)
        async with self.client.post("/shop/refunds", data=body.encode(), headers=self.headers(body)) as answer:
            return answer.status, await answer.json()

    async def ask(self, key: str) -> tuple[int, dict[str, Any]]:
        async with self.client.get(f"/shop/refunds/{key}", headers=self.headers("")) as answer:
            return answer.status, await answer.json()

    async def text(self, **changed: Any) -> int:
        body = {"to": "13800001234", "text": "您的退款已处理完成，请注意查收", "key": "n-1"} | changed
        async with self.client.post("/sms", json=body) as answer:
            return answer.status


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.client:
        yield desk


async def test_a_refund_is_paid_and_can_be_looked_up(desk: Desk) -> None:
    status, refund = await desk.pay()
    assert (status, refund["amount"], refund["status"]) == (200, "5.10", "success")
    assert await desk.ask(REFUND["key"]) == (200, refund)


async def test_nothing_is_known_of_a_key_before_it_was_paid(desk: Desk) -> None:
    assert (await desk.ask(REFUND["key"]))[0] == 404


async def test_the_same_key_and_content_pay_once(desk: Desk) -> None:
    first, second = await desk.pay(), await desk.pay({"reason": "换了说法"})
    assert first == second
    assert [refund.amount for refund in desk.shop.refunds] == [Decimal("5.10")]


@pytest.mark.parametrize("other", [{"amount": "5.11"}, {"order_no": "536366"}])
async def test_the_same_key_with_other_content_is_a_conflict(desk: Desk, other: dict[str, str]) -> None:
    await desk.pay()
    assert (await desk.pay(other))[0] == 409
    assert len(desk.shop.refunds) == 1


async def test_a_known_order_cannot_be_refunded_above_what_was_paid(desk: Desk) -> None:
    desk.shop.paid["536365"] = Decimal("12.00")
    assert (await desk.pay({"key": "T1", "amount": "10.00"}))[0] == 200
    assert await desk.pay({"key": "T2", "amount": "2.01"}) == (422, {"message": "订单 536365 最多还能退 2.00 元"})
    assert (await desk.pay({"key": "T3", "amount": "2.00"}))[0] == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "5.1"},  # one decimal
        {"amount": "-5.10"},  # taking money back
        {"amount": "0.00"},  # nothing
        {"amount": 5.1},  # a float
        {"key": ""},  # nobody's refund
        {"order_no": None},
    ],
)
async def test_malformed_refunds_are_refused(desk: Desk, changed: dict[str, Any]) -> None:
    assert (await desk.pay(changed))[0] == 400
    assert desk.shop.refunds == []


@pytest.mark.parametrize("body", ["", "[]", "{"])
async def test_a_body_that_is_no_object_is_refused(desk: Desk, body: str) -> None:
    async with desk.client.post("/shop/refunds", data=body.encode(), headers=desk.headers(body)) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Shop-Sign": "0" * 64},
        {"X-Shop-Sign": "签名"},  # not even ASCII
        {"X-Shop-Key": "somebody"},
        {"X-Shop-Timestamp": "1"},  # signed for another moment
        {"X-Shop-Timestamp": ""},
    ],
)
async def test_a_wrong_signature_moves_no_money(desk: Desk, forged: dict[str, str]) -> None:
    body = json.dumps(REFUND)
    async with desk.client.post("/shop/refunds", data=body, headers=desk.headers(body) | forged) as answer:
        assert answer.status == 401
    assert desk.shop.refunds == []


@pytest.mark.parametrize(
    ("late", "status"),
    [(-299, 200), (299, 200), (-301, 401), (302, 401)],  # five minutes either way, and a second for the road
)
async def test_a_signature_lives_five_minutes(desk: Desk, late: int, status: int) -> None:
    body = json.dumps(REFUND)
    headers = desk.headers(body, desk.world.clock.seconds() - late)
    async with desk.client.post("/shop/refunds", data=body, headers=headers) as answer:
        assert answer.status == status


async def test_the_machines_time_is_good_even_when_the_world_was_pushed_forward(desk: Desk) -> None:
    desk.world.clock.advance(timedelta(days=400))
    body = json.dumps(REFUND)
    async with desk.client.post("/shop/refunds", data=body, headers=desk.headers(body, time.time())) as answer:
        assert answer.status == 200


async def test_the_signature_is_the_published_formula() -> None:
    """Computed with ``printf '1700000000\\n{}' | openssl dgst -sha256 -hmac s3cret``."""
    assert sign("s3cret", "1700000000", "{}") == "8fde3fc329669f06247fe4286e1e3b28c9eec44ae28331115eeec2269cc1cfc8"


@pytest.mark.parametrize(("trouble", "status"), [("error", 500), ("rate_limit", 429)])
async def test_a_fault_before_the_effect_pays_nothing(desk: Desk, trouble: Trouble, status: int) -> None:
    desk.faults.arm(trouble, "/shop/refunds")
    assert (await desk.pay())[0] == status
    assert desk.shop.refunds == []


async def test_a_lost_answer_has_paid_and_the_retry_pays_nothing_more(desk: Desk) -> None:
    desk.faults.arm("drop", "/shop/refunds:after")
    with pytest.raises(aiohttp.ClientError):
        await desk.pay()
    assert (await desk.ask(REFUND["key"]))[0] == 200
    assert (await desk.pay())[0] == 200
    assert (len(desk.shop.refunds), desk.shop.calls["/shop/refunds"]) == (1, 2)


async def test_a_broken_line_pays_nothing(desk: Desk) -> None:
    desk.faults.arm("drop", "/shop/refunds")
    with pytest.raises(aiohttp.ClientError):
        await desk.pay()
    assert desk.shop.refunds == []


async def test_a_slow_shop_answers_in_the_end(desk: Desk) -> None:
    desk.faults.arm("delay", "/shop/refunds", seconds=0.05)
    before = time.monotonic()
    assert (await desk.pay())[0] == 200
    assert time.monotonic() - before >= 0.05


async def test_a_text_message_lands_on_the_phone_once_per_key(desk: Desk) -> None:
    assert [await desk.text(), await desk.text(), await desk.text(key="n-2")] == [200, 200, 200]
    shown = [item.body["content"] for item in desk.world.phone("sms", "13800001234")]
    assert shown == ["您的退款已处理完成，请注意查收"] * 2


async def test_a_text_message_that_was_sent_but_not_confirmed_is_not_sent_twice(desk: Desk) -> None:
    desk.faults.arm("error", "/sms:after")
    assert [await desk.text(), await desk.text()] == [504, 200]
    assert len(desk.world.phone("sms", "13800001234")) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"to": "12a"}, 400),  # no number
        ({"text": "字" * 501}, 400),  # longer than any gateway takes
        ({"text": " "}, 400),
        ({"key": 7}, 400),
    ],
)
async def test_text_messages_that_cannot_be_sent(desk: Desk, changed: dict[str, Any], status: int) -> None:
    assert await desk.text(**changed) == status
    assert desk.world.items == {}


async def test_another_text_under_a_used_key_is_a_conflict(desk: Desk) -> None:
    await desk.text()
    assert await desk.text(text="别的内容") == 409
