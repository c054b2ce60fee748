"""A template that DingTalk refuses: an action card of the robot stands in, and its buttons are messages."""

from __future__ import annotations

import pytest

from bot.channels.base import CardRef, Rejected
from cards.types import Button, Card
from config.settings import PUBLIC_CARD_TEMPLATE
from tests.peers.dingtalk.desk import until
from tests.support.dingtalk_bot import RECORD, Bot

CREATE, UPDATE = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
SEND = "/v1.0/robot/oToMessages/batchSend"


async def test_a_refused_template_is_stood_in_for_by_an_action_card(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    item = await bot.approval()
    assert [b["text"] for b in item.body["params"]["buttons"]] == ["同意", "转交", "驳回"]
    await bot.approval("t-2")
    assert (bot.desk.fake.calls[CREATE], bot.desk.fake.calls[SEND]) == (1, 2)  # the refusal is remembered


async def test_a_tap_on_a_stand_in_is_a_tap_and_answered_for_nothing(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    bot.inbox.card = RECORD
    await bot.online()
    item = await bot.approval()
    counted = bot.desk.fake.counted
    await bot.desk.fake.phones.tap(item.id, "驳回")
    await until(lambda: bool(bot.desk.shown("lin", "markdown")))
    [tap], [shown] = bot.inbox.taps, bot.desk.shown("lin", "markdown")
    assert (tap.token, tap.payload, tap.userid) == ("t-1", "r:7:1", "lin")
    assert (shown.body["title"], bot.desk.fake.counted, bot.inbox.texts) == (RECORD.title, counted, [])


async def test_a_stand_in_is_neither_redrawn_nor_sent_again(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    await bot.approval()
    await bot.channel.update(CardRef("t-1", "lin"), RECORD)
    await bot.approval()
    assert (bot.desk.fake.calls[UPDATE], bot.desk.fake.calls[SEND], len(bot.cards())) == (0, 1, 1)


async def test_a_stand_in_for_nobody_is_rejected(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    with pytest.raises(Rejected, match="通讯录"):
        await bot.approval(userid="nobody")


async def test_a_tap_whose_answer_does_not_arrive_is_done(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.desk.fake.cards.templates.clear()
    bot.inbox.card = RECORD
    await bot.online()
    item = await bot.approval()
    bot.desk.faults.arm("drop", "/robot/sendBySession")
    await bot.desk.fake.phones.tap(item.id, "同意")
    await until(lambda: "not delivered" in caplog.text)
    assert (len(bot.inbox.taps), bot.desk.fake.lost) == (1, [])


async def test_a_template_that_works_again_is_used_again(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    await bot.approval()
    await bot.store.delete("dingtalk:template-refused")  # as ten minutes do
    bot.desk.fake.cards.templates.add(PUBLIC_CARD_TEMPLATE)
    assert (await bot.approval("t-2")).body["template"] != "actionCard"


@pytest.mark.parametrize(
    ("text", "why"),
    [("同意 #t-404:0", "no such card"), ("同意 #t-1:7", "no such button"), ("同意 R20261122-0007", "typed")],
)
async def test_what_no_button_sent_is_a_message(bot: Bot, text: str, why: str) -> None:
    bot.desk.fake.cards.templates.clear()
    await bot.approval()
    await bot.online()
    await bot.desk.fake.phones.say("lin", text)
    assert (bot.inbox.texts, bot.inbox.taps) == ([text], []), why


async def test_a_card_too_full_for_an_action_card_keeps_every_button(bot: Bot) -> None:
    bot.desk.fake.cards.templates.clear()
    await bot.online()
    buttons = tuple(Button(f"第{n}", f"p{n}") for n in range(6))
    await bot.channel.send("lin", Card("六个选择", buttons=buttons), token="t-6")
    [item] = bot.cards()
    assert len(item.body["params"]["buttons"]) == 5
    assert "[第5](dtmd://dingtalkclient/sendMessage?content=" in item.body["params"]["markdown"]
