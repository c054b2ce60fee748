"""Sending against the fake platform: cards, words, pictures and files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.base import CardRef, Contact, Rejected, Retryable
from bot.channels.dingtalk.errors import Unsure
from bot.channels.dingtalk.namespace import digest
from cards.types import File, Image, Text
from handlers.chat.events import Media, Message, ReplyTo
from tests.peers.dingtalk.desk import GROUP
from tests.support.dingtalk_bot import APPROVAL, PNG, RECORD, Bot, texts

CREATE = "/v1.0/card/instances/createAndDeliver"
SEND, UPLOAD = "/v1.0/robot/oToMessages/batchSend", "/media/upload"


async def a_reply(bot: Bot, text: str = "待办", group: str | None = None) -> ReplyTo:
    """Where to answer what somebody has just said."""
    await bot.online()
    await bot.desk.fake.phones.say("lin", f"@回旋镖 {text}" if group else text, group=group)
    message = bot.inbox.events[-1]
    assert isinstance(message, Message)
    assert message.reply
    return message.reply


# -- cards -------------------------------------------------------------------------------------------------------------


async def test_a_card_stands_on_the_phone(bot: Bot) -> None:
    item = await bot.approval()
    assert [(b["text"], b["color"]) for b in item.body["params"]["buttons"]] == [
        ("同意", "blue"), ("转交", "gray"), ("驳回", "red"),
    ]  # fmt: skip
    assert (item.body["params"]["title"], item.state["dead"]) == (APPROVAL.title, False)


async def test_a_card_sent_again_shows_nothing_twice(bot: Bot) -> None:
    bot.desk.faults.arm("drop", CREATE + ":after")
    with pytest.raises(Unsure):
        await bot.approval()
    await bot.approval()
    assert len(bot.cards()) == 1


async def test_an_update_redraws_the_card(bot: Bot) -> None:
    item = await bot.approval()
    await bot.channel.update(CardRef("t-1", "lin"), RECORD)
    now = bot.desk.world.items[item.id]
    assert (now.body["params"]["title"], now.state["dead"], now.state["revision"]) == (RECORD.title, True, 2)
    assert "**已同意**" in now.body["params"]["markdown"]


async def test_an_update_of_no_card_is_rejected(bot: Bot) -> None:
    with pytest.raises(Rejected, match="卡片不存在"):
        await bot.channel.update(CardRef("t-9", "lin"), RECORD)


async def test_a_card_that_no_place_got_is_rejected(bot: Bot) -> None:
    with pytest.raises(Rejected, match="deliverResults 卡片没有送达：userId is invalid"):
        await bot.approval(userid="nobody")


async def test_a_card_without_a_token_is_shown_as_words(bot: Bot) -> None:
    await bot.channel.send("lin", RECORD)
    [item] = bot.desk.shown("lin", "markdown")
    assert (item.body["title"], "R20261122-0007" in item.body["text"], bot.cards()) == (RECORD.title, True, [])


# -- words -------------------------------------------------------------------------------------------------------------


async def test_an_answer_in_time_costs_no_call(bot: Bot) -> None:
    reply = await a_reply(bot)
    await bot.channel.send("lin", Text("没有待办"), reply=reply)
    assert (texts(bot), bot.desk.fake.counted, bot.metered["sessionWebhook"]) == (["没有待办"], 0, 1)


async def test_an_answer_in_a_group_goes_to_the_group(bot: Bot) -> None:
    reply = await a_reply(bot, group=GROUP)
    await bot.channel.send_group(GROUP, Text("没有待办"), reply=reply)
    assert (texts(bot, GROUP), bot.desk.fake.counted) == (["没有待办"], 0)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (timedelta(minutes=89, seconds=30), "within the margin of a minute"),
        (timedelta(hours=3), "over"),
    ],
)
async def test_a_late_answer_goes_through_the_api(bot: Bot, after: timedelta, why: str) -> None:
    reply = await a_reply(bot)
    bot.desk.world.clock.advance(after)
    await bot.channel.send("lin", Text("没有待办"), reply=reply)
    assert (texts(bot), bot.metered["sessionWebhook"], bot.counted[SEND]) == (["没有待办"], 0, 1), why


async def test_a_session_that_the_platform_ended_is_no_loss(bot: Bot) -> None:
    await bot.online()
    reply = ReplyTo(bot.desk.url + "/robot/sendBySession?session=gone", datetime(2099, 1, 1, tzinfo=UTC))
    await bot.channel.send("lin", Text("没有待办"), reply=reply)
    assert (texts(bot), bot.counted[SEND]) == (["没有待办"], 1)


@pytest.mark.parametrize("trouble", ["drop", "error"])
async def test_an_answer_that_nobody_confirmed_is_tried_again(bot: Bot, trouble: Any) -> None:
    reply = await a_reply(bot)
    bot.desk.faults.arm(trouble, "/robot/sendBySession:after")
    with pytest.raises(Retryable):
        await bot.channel.send("lin", Text("没有待办"), reply=reply)
    assert bot.counted[SEND] == 0


async def test_a_session_elsewhere_is_not_called(bot: Bot) -> None:
    reply = ReplyTo("http://127.0.0.1:9/robot/sendBySession?session=x", datetime(2099, 1, 1, tzinfo=UTC))
    await bot.channel.send("lin", Text("没有待办"), reply=reply)
    assert (texts(bot), bot.metered["sessionWebhook"]) == (["没有待办"], 0)


async def test_a_group_is_known_by_its_configured_name(bot: Bot) -> None:
    await bot.channel.send_group("风控群", Text("超时 3 单"))
    assert texts(bot, GROUP) == ["超时 3 单"]


async def test_a_long_text_is_cut_at_line_ends_and_whole(bot: Bot) -> None:
    body = "\n".join(f"{n:04} 一行三十个字的内容一行三十个字的内容一行三十个字的内容" for n in range(400))
    await bot.channel.send("lin", Text(body))
    assert ("\n".join(texts(bot)), len(texts(bot))) == (body, 3)


async def test_twenty_people_are_told_in_one_call_and_who_was_not_is_named(bot: Bot) -> None:
    bot.desk.fake.robot.flow_controlled.add("wang")
    crowd = ["lin", "wang", *(f"u{n}" for n in range(bot.channel.circular.at_once - 3)), "zhao"]
    failed = await bot.channel.circular.send(crowd, Text("早上好"))
    assert (texts(bot), texts(bot, "zhao"), bot.counted[SEND]) == (["早上好"], ["早上好"], 1)
    assert (type(failed.pop("wang")), len(failed)) == (Retryable, 17)
    assert {type(error) for error in failed.values()} == {Rejected}


async def test_somebody_unknown_is_rejected(bot: Bot) -> None:
    with pytest.raises(Rejected, match="通讯录"):
        await bot.channel.send("nobody", Text("早上好"))


async def test_after_two_silences_a_text_is_given_up(bot: Bot) -> None:
    bot.desk.faults.arm("drop", SEND + ":after", times=2)
    with pytest.raises(Unsure):
        await bot.channel.send("lin", Text("早上好"))
    with pytest.raises(Rejected, match="unsure"):
        await bot.channel.send("lin", Text("早上好"))
    assert texts(bot) == ["早上好"] * 2  # at least once


# -- pictures and files ------------------------------------------------------------------------------------------------


async def test_a_picture_and_its_words_are_one_message_and_uploaded_once(bot: Bot) -> None:
    for userid in ("lin", "wang"):
        await bot.channel.send(userid, Image(PNG, "退货原因.png", "共 312 件\n截至 14:00"))
    [item] = bot.desk.shown("lin", "markdown")
    media_id = item.body["text"].partition("](")[2].partition(")")[0]
    assert bot.desk.fake.media(media_id)[0] == PNG
    assert (item.body["title"], "截至 14:00" in item.body["text"]) == ("共 312 件", True)
    assert (bot.counted[UPLOAD], bot.counted[SEND]) == (1, 2)


async def test_a_file_is_sent(bot: Bot) -> None:
    data = bytes(3 * 1024 * 1024)
    await bot.channel.send("lin", File(data, "导出.xlsx"))
    [item] = bot.desk.shown("lin", "file")
    assert (item.body["name"], bot.desk.fake.media(item.body["media_id"])[0] == data) == ("导出.xlsx", True)


async def test_a_file_goes_through_the_api_even_as_an_answer(bot: Bot) -> None:
    reply = await a_reply(bot)
    await bot.channel.send("lin", File(b"PK..", "导出.xlsx"), reply=reply)
    assert (len(bot.desk.shown("lin", "file")), bot.metered["sessionWebhook"]) == (1, 0)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (File(b"a,b", "导出.csv"), "file_type"),  # not among the types of sampleFile
        (File(b"", "空.xlsx"), "40006"),
        (File(bytes(20 * 1024 * 1024 + 1), "大.zip"), "40006"),
    ],
)
async def test_a_file_that_dingtalk_would_not_take_costs_no_call(bot: Bot, file: File, code: str) -> None:
    with pytest.raises(Rejected, match=code):
        await bot.channel.send("lin", file)
    assert bot.desk.fake.counted == 0


async def test_an_upload_that_the_platform_forgot_is_made_anew(bot: Bot) -> None:
    file = File(b"PK..", "导出.xlsx")
    await bot.store.set(f"dingtalk:media:{digest('file', file.name, file.data)}", "@lADgone", 60)
    with pytest.raises(Retryable, match="素材"):
        await bot.channel.send("lin", file)
    await bot.channel.send("lin", file)
    assert (len(bot.desk.shown("lin", "file")), bot.counted[UPLOAD]) == (1, 1)


async def test_a_picture_that_the_platform_forgot_is_made_anew_for_a_group(bot: Bot) -> None:
    await bot.store.set(f"dingtalk:media:{digest('file', '导出.xlsx', b'PK..')}", "@lADgone", 60)
    with pytest.raises(Retryable, match="素材"):
        await bot.channel.send_group("风控群", File(b"PK..", "导出.xlsx"))
    await bot.channel.send_group("风控群", File(b"PK..", "导出.xlsx"))
    assert len(bot.desk.shown(GROUP, "file")) == 1


async def test_what_somebody_sent_is_downloaded(bot: Bot) -> None:
    await bot.online()
    await bot.desk.fake.phones.send_picture("lin", PNG)
    [message] = bot.inbox.events
    assert isinstance(message, Message)
    assert await bot.channel.download(message.media[0]) == PNG


async def test_a_download_that_expired_is_rejected(bot: Bot) -> None:
    with pytest.raises(Rejected, match="过期"):
        await bot.channel.download(Media("image", "no-such-code"))


async def test_a_download_over_twenty_megabytes_is_rejected(bot: Bot) -> None:
    await bot.online()
    await bot.desk.fake.phones.send_picture("lin", bytes(20 * 1024 * 1024 + 1))
    [message] = bot.inbox.events
    assert isinstance(message, Message)
    with pytest.raises(Rejected, match="20 MB"):
        await bot.channel.download(message.media[0])


async def test_what_we_meter_is_what_the_platform_counts(bot: Bot) -> None:
    reply = await a_reply(bot)
    await bot.approval()
    await bot.channel.update(CardRef("t-1", "lin"), RECORD)
    await bot.channel.send("lin", Image(PNG, "图.png"))
    await bot.channel.send("lin", Text("好"), reply=reply)
    await bot.channel.contacts()
    assert (sum(bot.counted.values()), bot.desk.fake.counted) == (4, 4)


async def test_contacts_know_their_managers(bot: Bot) -> None:
    people = {person.userid: person for person in await bot.channel.contacts()}
    assert people["lin"] == Contact("lin", "林晓", "wang")
    assert (people["wang"].manager, people["zhao"].manager, set(people)) == ("zhao", None, {"lin", "wang", "zhao"})
