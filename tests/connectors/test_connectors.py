"""Other systems: the shop that pays, the gateway and the mailbox that reach customers, and how each says no."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from config.settings import ShopSettings
from connectors.base import Conflict, Payment, Receipt, Refused, Unsure
from connectors.messengers import Mailbox, SmsGateway
from connectors.shops import ByHand, HttpShop
from sandbox.clock import Clock
from sandbox.people import staff
from sandbox.server import SHOP_KEY, SHOP_SIGNING, Sandbox, demo_dingtalk, demo_wecom
from sandbox.shop import Odd
from tests.support.ports import unused_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aiosmtpd.smtp import Envelope

PAYMENT = Payment("R20261122-0007-T1", "536365", Decimal("5.10"), "外壳破裂")
NOTICE = "您的退款已处理完成，请注意查收"


@asynccontextmanager
async def outside(secret: str = SHOP_SIGNING) -> AsyncIterator[tuple[Sandbox, HttpShop, aiohttp.ClientSession]]:
    """The sandbox, and a shop connector that points at it."""
    clock = Clock()
    nowhere = "http://127.0.0.1:9"
    box = Sandbox(staff().world(clock), wecom_app=demo_wecom(nowhere), dingtalk_app=demo_dingtalk(nowhere))
    await box.start()
    settings = ShopSettings(api_base=f"{box.url}/shop", api_key=SHOP_KEY, api_secret=SecretStr(secret))
    try:
        async with aiohttp.ClientSession() as session:
            yield box, HttpShop(settings, session, lambda: clock.now().timestamp()), session
    finally:
        await box.close()


async def test_a_refund_is_paid_once_however_often_it_is_asked_for() -> None:
    async with outside() as (box, shop, _):
        first, second = await shop.refund(PAYMENT), await shop.refund(PAYMENT)
        assert first == second == await shop.find(PAYMENT)
        assert (first.amount, first.order_no, first.settled) == (PAYMENT.amount, PAYMENT.order_no, True)
        assert [refund.amount for refund in box.shop.refunds] == [Decimal("5.10")]


async def test_nothing_is_found_under_a_key_that_was_never_paid() -> None:
    async with outside() as (_, shop, _session):
        assert await shop.find(PAYMENT) is None


@pytest.mark.parametrize("trouble", ["drop", "error", "rate_limit"])
async def test_no_clear_answer_is_unsure(trouble: Any) -> None:
    async with outside() as (box, shop, _):
        box.faults.arm(trouble, "/shop/refunds*")
        with pytest.raises(Unsure):
            await shop.refund(PAYMENT)


async def test_a_lost_answer_is_found_by_asking() -> None:
    async with outside() as (box, shop, _):
        box.faults.arm("drop", "/shop/refunds:after")
        with pytest.raises(Unsure):
            await shop.refund(PAYMENT)
        assert await shop.find(PAYMENT)
        assert len(box.shop.refunds) == 1


async def test_the_shop_says_no_in_its_own_words() -> None:
    async with outside() as (box, shop, _):
        box.shop.paid["536365"] = Decimal("1.00")
        with pytest.raises(Refused, match=r"最多还能退 1\.00 元"):
            await shop.refund(PAYMENT)


PAGE = "<html><body>502 Bad Gateway</body></html>"
GOOD = {
    "refund_no": "SR1", "key": PAYMENT.key, "order_no": PAYMENT.order_no, "amount": "5.10", "status": "success",
}  # fmt: skip


def said(**changed: Any) -> str:
    """The right answer, but for some fields; None leaves one out."""
    return json.dumps({name: value for name, value in {**GOOD, **changed}.items() if value is not None})


def twice(name: str, value: str) -> str:
    """The right answer, which has said something else before."""
    return f'{{"{name}": {value}, {said()[1:]}'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(Odd(201, said()), Unsure, id="created"),
        pytest.param(Odd(202, said()), Unsure, id="accepted"),
        pytest.param(Odd(204), Unsure, id="no content"),
        pytest.param(Odd(302, PAGE, headers={"Location": "/shop/refunds/x"}), Unsure, id="a redirect"),
        pytest.param(Odd(307, "", headers={"Location": "/shop/refunds"}), Unsure, id="a redirect that repeats it"),
        pytest.param(Odd(404, '{"message": "没有"}'), Unsure, id="no such page"),
        pytest.param(Odd(405, '{"message": "不行"}'), Unsure, id="no such method"),
        pytest.param(Odd(408, '{"message": "超时"}'), Unsure, id="timed out"),
        pytest.param(Odd(413, PAGE), Unsure, id="a proxy's no"),
        pytest.param(Odd(425, '{"message": "太早"}'), Unsure, id="too early"),
        pytest.param(Odd(429, '{"message": "太快"}'), Unsure, id="too many"),
        pytest.param(Odd(499, ""), Unsure, id="hung up"),
        pytest.param(Odd(503, '{"message": "维护"}'), Unsure, id="maintenance"),
        pytest.param(Odd(400, PAGE), Unsure, id="a page in place of a no"),
        pytest.param(Odd(401, PAGE), Unsure, id="a page that wants a password"),
        pytest.param(Odd(403, '{"error": "forbidden"}'), Unsure, id="a gateway's no"),
        pytest.param(Odd(422, "{}"), Unsure, id="a no without a word"),
        pytest.param(Odd(409, PAGE), Unsure, id="a page in place of a conflict"),
        pytest.param(Odd(200, PAGE), Unsure, id="a page"),
        pytest.param(Odd(200, ""), Unsure, id="nothing"),
        pytest.param(Odd(200, "null"), Unsure, id="null"),
        pytest.param(Odd(200, "[]"), Unsure, id="a list"),
        pytest.param(Odd(200, "[" * 20_000), Unsure, id="a list without an end"),
        pytest.param(Odd(200, said() + " " * 70_000), Unsure, id="more than an answer can be"),
        pytest.param(Odd(200, said(status=None)), Unsure, id="no status"),
        pytest.param(Odd(200, said(status="SUCCESS")), Unsure, id="another word"),
        pytest.param(Odd(200, said(status="pending")), Unsure, id="a word that we do not know"),
        pytest.param(Odd(200, said(amount=None)), Unsure, id="no amount"),
        pytest.param(Odd(200, said(amount="五块一")), Unsure, id="no number"),
        pytest.param(Odd(200, said(amount="-5.10")), Unsure, id="below zero"),
        pytest.param(Odd(200, said(amount=True)), Unsure, id="no amount at all"),
        pytest.param(Odd(200, said().replace('"5.10"', "NaN")), Unsure, id="not a number"),
        pytest.param(Odd(200, said().replace('"5.10"', "1e999999999")), Unsure, id="a number without an end"),
        pytest.param(Odd(200, said(order_no=None)), Unsure, id="no order"),
        pytest.param(Odd(200, said(refund_no=None)), Unsure, id="no number of theirs"),
        pytest.param(Odd(200, said(key="R20261122-0008-T1")), Unsure, id="another refund"),
        pytest.param(Odd(200, said(key=None)), Unsure, id="no key"),
        pytest.param(Odd(409, '{"message": "already refunded 1.00"}'), Conflict, id="used for something else"),
        pytest.param(Odd(200, said(status="failed", message="余额不足")), Refused, id="failed"),
        pytest.param(Odd(400, '{"message": "缺少 amount"}'), Refused, id="malformed"),
        pytest.param(Odd(403, '{"message": "没有权限"}'), Refused, id="forbidden"),
        pytest.param(Odd(422, '{"message": "超过实付"}'), Refused, id="too much"),
        pytest.param(Odd(422, said(message="超过实付", status="failed")), Refused, id="a no that says so twice"),
        pytest.param(Odd(422, said(message="重复提交")), Unsure, id="a no with a refund that was paid"),
        pytest.param(Odd(400, said(message="处理中", status="processing")), Unsure, id="a no with one under way"),
        pytest.param(Odd(403, said(message="x", status="成功")), Unsure, id="a no with a word that we do not know"),
        pytest.param(Odd(422, '{"message": "\\u0000"}'), Unsure, id="a no without a word that can be seen"),
        pytest.param(Odd(200, twice("status", '"failed"')), Unsure, id="failed and paid"),
        pytest.param(Odd(200, twice("amount", '"510"')), Unsure, id="two amounts"),
        pytest.param(Odd(200, twice("amount", '"5.10"')), Unsure, id="one amount twice"),
        pytest.param(Odd(200, twice("key", '"R1-T1"')), Unsure, id="two keys"),
        pytest.param(Odd(200, said(more=[1]).replace("[1]", '{"a": 1, "a": 2}')), Unsure, id="twice, further in"),
        pytest.param(Odd(200, said().replace('"5.10"', "-5.10")), Unsure, id="a number below zero"),
        pytest.param(Odd(200, said().replace('"5.10"', "5.101")), Unsure, id="a tenth of a fen"),
        pytest.param(Odd(200, said().replace('"5.10"', "1e-999999999")), Unsure, id="next to nothing"),
        pytest.param(Odd(200, said().replace('"5.10"', "1e9")), Unsure, id="more than anybody pays"),
        pytest.param(Odd(200, said().replace('"5.10"', "9" * 5000)), Unsure, id="more digits than are read"),
        pytest.param(Odd(200, said(amount="５.１０")), Unsure, id="wide digits"),
        pytest.param(Odd(200, said(amount="¥5.10")), Unsure, id="a sign of money"),
        pytest.param(Odd(200, said(amount="5.10 元")), Unsure, id="a unit"),
        pytest.param(Odd(200, said(amount="5,10")), Unsure, id="a comma"),
        pytest.param(Odd(200, said(amount=["5.10"])), Unsure, id="a list of amounts"),
        pytest.param(Odd(200, said(status=["success"])), Unsure, id="a list of words"),
        pytest.param(Odd(200, said(order_no=536365)), Unsure, id="an order as a number"),
        pytest.param(Odd(200, json.dumps({"data": GOOD})), Unsure, id="a refund within something else"),
        pytest.param(Odd(200, json.dumps([GOOD])), Unsure, id="a list of refunds"),
        pytest.param(Odd(206, said()), Unsure, id="a part"),
        pytest.param(Odd(200, said() + said()), Unsure, id="two answers"),
    ],
)
async def test_what_an_answer_to_a_payment_means(answer: Odd, error: type[Exception]) -> None:
    async with outside() as (box, shop, _):
        box.shop.answer(answer)
        with pytest.raises(error):
            await shop.refund(PAYMENT)


@pytest.mark.parametrize("amount", [510, "510", "5.11", 5.11, 0, "0.00", 999999999], ids=repr)
async def test_another_amount_is_read_as_it_stands(amount: Any) -> None:
    """In fen, say, or nothing: whoever asked compares it."""
    async with outside() as (box, shop, _):
        box.shop.answer(Odd(200, said(amount=amount)))
        receipt = await shop.refund(PAYMENT)
        assert receipt.amount == Decimal(str(amount))
        assert "店铺记的金额是" in receipt.differs(PAYMENT)


@pytest.mark.parametrize("odd", ["SR\0001", "SR\ud8001", "SR\u202e1"], ids=ascii)
async def test_what_no_database_holds_is_left_out_of_what_a_shop_says(odd: str) -> None:
    async with outside() as (box, shop, _):
        box.shop.answer(Odd(200, said(refund_no=odd)))
        assert (await shop.refund(PAYMENT)).reference == "SR1"
        box.shop.answer(Odd(422, json.dumps({"message": f"超过{odd}"})))
        with pytest.raises(Refused, match=r"^超过SR1$"):
            await shop.refund(PAYMENT)


@pytest.mark.parametrize("amount", ["5.10", "5.1", 5.1], ids=repr)
async def test_an_amount_is_read_as_a_number_whatever_its_zeros(amount: Any) -> None:
    async with outside() as (box, shop, _):
        box.shop.answer(Odd(200, said(amount=amount)))
        assert await shop.refund(PAYMENT) == Receipt("SR1", "536365", PAYMENT.amount)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Odd(404, PAGE), id="a proxy's 404"),
        pytest.param(Odd(404, "{}"), id="a framework's 404"),
        pytest.param(Odd(401, '{"message": "签名不对"}'), id="not let in"),
        pytest.param(Odd(302, "", headers={"Location": "/login"}), id="sent elsewhere"),
        pytest.param(Odd(410, '{"message": "没有"}'), id="gone"),
    ],
)
async def test_a_query_that_is_not_answered_is_not_a_no(answer: Odd) -> None:
    async with outside() as (box, shop, _):
        box.shop.answer(answer, method="GET")
        with pytest.raises(Unsure):
            await shop.find(PAYMENT)


async def test_what_is_on_its_way_is_not_settled() -> None:
    async with outside() as (box, shop, _):
        box.shop.rule(status="processing")
        assert not (await shop.refund(PAYMENT)).settled
        box.shop.settle(PAYMENT.key, status="failed")
        with pytest.raises(Refused):
            await shop.find(PAYMENT)
        box.shop.rule()
        assert (await shop.refund(PAYMENT)).settled, "the same key may try again"


@pytest.mark.parametrize(
    ("receipt", "words"),
    [
        (Receipt("SR1", "536365", Decimal("1.00")), "店铺记的金额是 ¥1.00，请退的是 ¥5.10"),
        (Receipt("SR1", "536366", Decimal("5.10")), "店铺记的是另一张订单 536366"),
        (Receipt("SR1", "536365", Decimal("5.1")), ""),
    ],
)
def test_what_was_paid_is_compared_with_what_was_asked_for(receipt: Receipt, words: str) -> None:
    assert receipt.differs(PAYMENT) == words


async def test_a_wrong_secret_pays_nothing() -> None:
    async with outside("wrong") as (box, shop, _):
        with pytest.raises(Refused, match="签名"):
            await shop.refund(PAYMENT)
        assert not box.shop.refunds


async def test_without_a_shop_finance_has_paid_by_hand() -> None:
    assert await ByHand().refund(PAYMENT) == Receipt("人工 R20261122-0007-T1", "536365", PAYMENT.amount)
    assert await ByHand().find(PAYMENT) is None


async def test_an_sms_arrives_once_under_its_key() -> None:
    async with outside() as (box, _, session):
        gateway = SmsGateway(SecretStr(f"{box.url}/sms"), session)
        await gateway.send("13800001234", NOTICE, "k1")
        await gateway.send("13800001234", NOTICE, "k1")
        assert [item.body["content"] for item in box.world.phone("sms", "13800001234")] == [NOTICE]


@pytest.mark.parametrize(("to", "trouble", "error"), [("none", None, Refused), ("13800001234", "error", Unsure)])
async def test_an_sms_that_did_not_go_says_so(to: str, trouble: Any, error: type[Exception]) -> None:
    async with outside() as (box, _, session):
        if trouble:
            box.faults.arm(trouble, "/sms")
        with pytest.raises(error):
            await SmsGateway(SecretStr(f"{box.url}/sms"), session).send(to, NOTICE, "k1")


class Postman:
    """An SMTP server's handler that keeps what comes, and refuses one address."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Postman, Mailbox]]:
    """A mail server on a free port and a mailbox that sends through it."""
    postman = Postman()
    port = unused_port()
    server = Controller(postman, hostname="127.0.0.1", port=port)
    server.start()
    yield postman, Mailbox(SecretStr(f"smtp://127.0.0.1:{port}?from=desk@example.com"))
    server.stop()


async def test_a_mail_carries_the_words_and_its_key(post: tuple[Postman, Mailbox]) -> None:
    postman, mailbox = post
    await mailbox.send("li@example.com", NOTICE, "notice:R1")
    [mail] = postman.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("desk@example.com", ["li@example.com"])
    assert b"notice:R1".hex() in mail.content.decode()  # type: ignore[union-attr]


async def test_a_refused_address_is_a_clear_no(post: tuple[Postman, Mailbox]) -> None:
    with pytest.raises(Refused):
        await post[1].send("nobody@example.com", NOTICE, "k")


async def test_a_mail_server_that_is_away_is_unsure() -> None:
    with pytest.raises(Unsure):
        await Mailbox(SecretStr("smtp://127.0.0.1:9")).send("li@example.com", NOTICE, "k")
