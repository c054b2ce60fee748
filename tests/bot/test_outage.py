"""Every call that the walk makes, failing at every step: it is made again, and what it does is done once."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Outbox, Refund, RefundState, WorkState
from tests.support.proof import NOTICE, done_once, paid_once
from tests.support.stage import START, sell, stage, text_of
from tests.support.stories import LAMP
from tests.support.walk import A_WHILE, QUICK, Walk, calm, nobody_lost_anything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.faults import Trouble
    from tests.support.stage import Stage

SEND, UPDATE, TOKEN = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card", "/cgi-bin/gettoken"
CREATE, REDRAW = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
TO_PEOPLE, TO_SESSION = "/v1.0/robot/oToMessages/batchSend", "/robot/sendBySession"
REFUND, SMS = "/shop/refunds", "/sms"

WECOM_DAYS = [
    pytest.param([("token_expired", SEND)], id="the token dies before a message"),
    pytest.param([("token_expired", UPDATE)], id="the token dies before an update"),
    pytest.param([("token_expired", SEND), ("error", TOKEN)], id="and no other is to be had at once"),
    pytest.param([("rate_limit", SEND), ("rate_limit", UPDATE)], id="45009 until the next minute"),
    pytest.param([("error", SEND), ("error", UPDATE)], id="-1: busy"),
    pytest.param([("error", f"{SEND}:500"), ("error", f"{UPDATE}:500")], id="HTTP 500"),
    pytest.param([("drop", SEND), ("drop", UPDATE)], id="the line breaks before the effect"),
    pytest.param([("drop", f"{SEND}:after")], id="the message is out, its answer is lost"),
]
DINGTALK_DAYS = [
    pytest.param([("token_expired", CREATE)], id="the token dies before a card"),
    pytest.param([("token_expired", REDRAW), ("token_expired", TO_PEOPLE)], id="the token dies before the rest"),
    pytest.param([("rate_limit", CREATE), ("rate_limit", REDRAW), ("rate_limit", TO_PEOPLE)], id="too fast"),
    pytest.param([("error", CREATE), ("error", REDRAW), ("error", TO_PEOPLE)], id="500"),
    pytest.param([("error", TO_SESSION)], id="500 of the session webhook"),
    pytest.param([("drop", CREATE), ("drop", REDRAW), ("drop", TO_SESSION)], id="the line breaks before the effect"),
    pytest.param([("drop", f"{CREATE}:after"), ("drop", f"{REDRAW}:after")], id="cards without an answer"),
    pytest.param([("error", f"{CREATE}:after"), ("error", f"{REDRAW}:after")], id="cards answered with 504"),
    pytest.param([("drop", f"{TO_PEOPLE}:after"), ("drop", f"{TO_SESSION}:after")], id="words without an answer"),
]
SHOP_DAYS = [
    pytest.param([("drop", REFUND)], id="the shop cannot be reached"),
    pytest.param([("error", REFUND)], id="the shop answers 500"),
    pytest.param([("rate_limit", REFUND)], id="the shop answers 429"),
    pytest.param([("drop", f"{REFUND}:after")], id="paid, and the answer is lost"),
    pytest.param([("error", f"{REFUND}:after")], id="paid, and the answer is 504"),
    pytest.param([("drop", f"{REFUND}:after"), ("error", f"{REFUND}/*")], id="paid, and the query fails too"),
    pytest.param([("drop", SMS)], id="the SMS gateway cannot be reached"),
    pytest.param([("drop", f"{SMS}:after")], id="the SMS is out, its answer is lost"),
    pytest.param([("error", SMS)], id="the SMS gateway answers 500"),
]


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[Stage]:
    async with stage(sqlite, QUICK) as found:
        await sell("536365", LAMP)
        yield found


@pytest.mark.parametrize("troubles", WECOM_DAYS)
async def test_wecom_fails_at_every_step(desk: Stage, troubles: list[tuple[Trouble, str]]) -> None:
    await Walk(desk, "wecom", tuple(troubles)).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


@pytest.mark.parametrize("troubles", DINGTALK_DAYS)
async def test_dingtalk_fails_at_every_step(desk: Stage, troubles: list[tuple[Trouble, str]]) -> None:
    await Walk(desk, "dingtalk", tuple(troubles)).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


@pytest.mark.parametrize("troubles", SHOP_DAYS)
async def test_the_shop_or_the_sms_gateway_fails(desk: Stage, troubles: list[tuple[Trouble, str]]) -> None:
    await Walk(desk, "wecom", tuple(troubles)).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


async def test_a_lost_update_whose_code_is_spent_is_the_only_thing_that_may_stand(desk: Stage) -> None:
    """The code of a WeCom card works once, so an update whose answer is lost can't be made again; it was made."""
    await Walk(desk, "wecom", (("drop", f"{UPDATE}:after"),)).all()
    await done_once(desk.sandbox)
    assert not any(desk.live(person) for person in desk.sandbox.world.people)


async def test_the_stream_breaks_under_a_message_and_under_a_tap(desk: Stage) -> None:
    walk = Walk(desk, "dingtalk")
    await walk.settle_in()
    walk.troubles = (("disconnect", "push:dingtalk"),)
    await walk.opened()
    assert await Event.filter(action="提交").count() == 1
    assert len(desk.live(desk.person("王建国"))) == 1
    assert desk.sandbox.dingtalk.lost == []


# -- money -------------------------------------------------------------------------------------------------------------


async def test_a_lost_answer_is_asked_for_and_not_paid_again(desk: Stage) -> None:
    no = await Walk(desk, "wecom", (("drop", f"{REFUND}:after"),)).all()
    calls = desk.sandbox.shop.calls
    assert (calls[REFUND], calls[f"{REFUND}/{no}-T1"]) == (1, 1)
    await paid_once(desk.sandbox, await Case.get())


async def test_what_the_shop_refuses_is_back_with_finance_and_works_the_second_time(desk: Stage) -> None:
    desk.sandbox.shop.paid["536365"] = Decimal("1.00")
    await Walk(desk, "wecom").all()
    qian = desk.person("钱芳")
    assert (await Refund.get()).state is RefundState.REFUSED
    assert desk.sandbox.shop.refunds == []
    again = desk.card(qian, "确认退款")
    assert (await Refund.get()).error in text_of(again), "the card says why"
    desk.sandbox.shop.paid["536365"] = Decimal("100.00")
    await desk.tap(qian, "确认退款", again)
    await calm(desk)
    await paid_once(desk.sandbox, await Case.get())
    assert [item.body["content"] for item in desk.sandbox.world.phone("sms", "13800138000")] == [NOTICE]


# -- too much at once --------------------------------------------------------------------------------------------------


async def test_more_than_thirty_messages_a_minute_are_spread_over_time(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "limits.aio.storage.memory.time.time", lambda: time.monotonic() + (desk.clock.now() - START).total_seconds()
    )
    lin = desk.person("林晓")
    for number in range(45):
        await desk.sandbox.wecom.phones.say("linxiao", f"查 0000{number:02}")
    await desk.bot.settled()
    held = await Outbox.filter(state=WorkState.NEW).count()
    assert held >= 15
    await desk.later(A_WHILE)
    await calm(desk)
    answers = [text_of(item) for item in desk.phone(lin) if item.sender == "bot"]
    assert (len(answers), len(set(answers))) == (45, 45)
    assert desk.sandbox.wecom.dropped == []
