"""Other systems: the shop that pays, the gateway and the mailbox that reach customers, and how each says no."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from config.settings import ShopSettings
from connectors.base import Payment, Refused, Unsure
from connectors.messengers import Mailbox, SmsGateway
from connectors.shops import ByHand, HttpShop
from sandbox.clock import Clock
from sandbox.people import staff
from sandbox.server import SHOP_KEY, SHOP_SIGNING, Sandbox, demo_dingtalk, demo_wecom
from tests.ports import unused_port

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
        assert first == second == await shop.find(PAYMENT.key)
        assert [refund.amount for refund in box.shop.refunds] == [Decimal("5.10")]


async def test_nothing_is_found_under_a_key_that_was_never_paid() -> None:
    async with outside() as (_, shop, _session):
        assert await shop.find("R1-T1") is None


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
        assert await shop.find(PAYMENT.key)
        assert len(box.shop.refunds) == 1


async def test_the_shop_says_no_in_its_own_words() -> None:
    async with outside() as (box, shop, _):
        box.shop.paid["536365"] = Decimal("1.00")
        with pytest.raises(Refused, match=r"最多还能退 1\.00 元"):
            await shop.refund(PAYMENT)


async def test_a_wrong_secret_pays_nothing() -> None:
    async with outside("wrong") as (box, shop, _):
        with pytest.raises(Refused, match="签名"):
            await shop.refund(PAYMENT)
        assert not box.shop.refunds


async def test_without_a_shop_finance_has_paid_by_hand() -> None:
    assert await ByHand().refund(PAYMENT) == "人工 R20261122-0007-T1"
    assert await ByHand().find(PAYMENT.key) is None


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
