"""Messages and cards from the bot to people, over the wire against the fake WeCom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import CardRef, Rejected, Retryable
from cards.types import File, Image, Text
from handlers.chat.events import Media, Message
from tests.support.wecom_desk import APPROVAL, PNG, RECORD, START, Desk, desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SEND, UPDATE = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card"


@pytest.fixture
async def here() -> AsyncIterator[Desk]:
    async with desk() as running:
        yield running
        assert running.wecom.problems == []
        assert running.wecom.dropped == []


async def sent_card(here: Desk, userid: str = "lin", token: str = "rt-7-1") -> CardRef:
    sent = await here.channel.send(userid, APPROVAL, token=token)
    return CardRef(token, userid, sent.code, here.wecom.desk.world.clock.now())


async def test_a_card_reaches_its_person(here: Desk) -> None:
    ref = await sent_card(here, "WANGWU")
    card = here.last("WangWu")
    assert card.body["main_title"] == {"title": APPROVAL.title}
    assert (card.state["task_id"], card.state["dead"], bool(ref.code)) == ("rt-7-1", False, True)


async def test_a_card_sent_again_stays_one_card(here: Desk) -> None:
    await sent_card(here)
    again = await here.channel.send("lin", APPROVAL, token="rt-7-1")
    assert (again.code, len(here.phone("lin"))) == ("", 1)


async def test_a_lost_answer_is_safe_to_repeat(here: Desk) -> None:
    here.arm("drop", f"{SEND}:after")
    with pytest.raises(Retryable):
        await sent_card(here)
    assert (await sent_card(here)).code == ""
    assert len(here.phone("lin")) == 1


async def test_a_token_that_is_no_task_id_is_not_taken_for_delivered(here: Desk) -> None:
    with pytest.raises(Rejected, match="42014"):
        await here.channel.send("lin", APPROVAL, token="退货:7")
    assert here.metered[SEND] == 0


async def test_a_record_is_told_in_words(here: Desk) -> None:
    await here.channel.send("lin", RECORD)
    assert here.last("lin").kind == "markdown"
    assert here.last("lin").body["content"].startswith("**已同意：退款 ¥2,880.00**\n> 赵总监")


async def test_an_update_redraws_and_greys(here: Desk) -> None:
    await here.channel.update(await sent_card(here), RECORD)
    card = here.last("lin")
    assert (card.state["dead"], card.body["replace_text"]) == (True, "已同意")
    assert card.body["button_selection"]["disable"] is True


async def test_a_tappers_code_redraws_the_next_time(here: Desk) -> None:
    await sent_card(here)
    here.inbox.card = replace(APPROVAL, title="审批：退款 ¥1.00")
    await here.phones.tap(here.last("lin").id, "转交")
    tap, now = here.inbox.taps[0], here.wecom.desk.world.clock.now()
    await here.channel.update(CardRef(tap.token, "lin", tap.code, now), RECORD)
    assert here.last("lin").body["main_title"]["title"] == RECORD.title


async def test_a_code_works_once(here: Desk) -> None:
    ref = await sent_card(here)
    await here.channel.update(ref, RECORD)
    with pytest.raises(Rejected, match="stale"):
        await here.channel.update(ref, RECORD)


@pytest.mark.parametrize(
    "ref",
    [
        pytest.param(CardRef("rt-7-1", "lin", "", START), id="sent twice, so the code is lost"),
        pytest.param(CardRef("rt-7-1", "lin", "RC", None), id="nobody knows how old it is"),
    ],
)
async def test_without_a_code_nothing_is_asked(here: Desk, ref: CardRef) -> None:
    with pytest.raises(Rejected, match="stale"):
        await here.channel.update(ref, RECORD)
    assert here.metered[UPDATE] == 0


async def test_after_72_hours_a_card_is_stale(here: Desk) -> None:
    ref = await sent_card(here)
    here.later(hours=72)
    with pytest.raises(Rejected, match="stale"):
        await here.channel.update(ref, RECORD)
    assert here.metered[UPDATE] == 0


async def test_somebody_who_never_got_the_card_cannot_be_updated(here: Desk) -> None:
    with pytest.raises(Rejected, match="stale"):
        await here.channel.update(replace(await sent_card(here), userid="zhao"), RECORD)


async def test_a_long_text_comes_whole_and_in_order(here: Desk) -> None:
    lines = [f"第 {n} 行：{'退货' * 20}" for n in range(60)]
    await here.channel.send("lin", Text("\n".join(lines)))
    bubbles = [item.body["content"] for item in here.phone("lin")]
    assert "\n".join(bubbles).split("\n") == lines
    assert max(len(bubble.encode()) for bubble in bubbles) <= 2048


async def test_a_picture_and_its_words(here: Desk) -> None:
    await here.channel.send("lin", Image(PNG, "chart.png", "共 312 件"))
    picture, words = here.phone("lin")
    assert here.wecom.media(picture.body["media_id"]) == (PNG, "image/png")
    assert words.body["content"] == "共 312 件"


async def test_the_same_picture_is_uploaded_once_in_three_days(here: Desk) -> None:
    for userid in ("lin", "zhao"):
        await here.channel.send(userid, Image(PNG, "chart.png"))
    assert here.metered["/cgi-bin/media/upload"] == 1
    here.later(days=3)
    await here.channel.send("lin", Image(PNG, "chart.png"))
    assert here.metered["/cgi-bin/media/upload"] == 2


async def test_a_file_keeps_its_name(here: Desk) -> None:
    for name in ('退货 "7".xlsx', "同样的内容.xlsx"):
        await here.channel.send("lin", File(b"PK" * 10, name))
    stored = [here.wecom.desk.media.peek(item.body["media_id"]) for item in here.phone("lin")]
    assert [media.filename for media in stored] == ['退货 "7".xlsx', "同样的内容.xlsx"]
    assert stored[0].data == b"PK" * 10


@pytest.mark.parametrize("content", [Text("你好"), APPROVAL, Image(PNG, "a.png")], ids=["text", "card", "image"])
async def test_somebody_out_of_sight_is_refused(here: Desk, content: Text) -> None:
    with pytest.raises(Rejected, match="81013 接收人不在应用可见范围内"):
        await here.channel.send("ghost", content, token="rt-9")


async def test_the_thirty_first_message_of_a_minute_waits(here: Desk) -> None:
    for number in range(30):
        await here.channel.send("lin", Text(f"提醒 {number}"))
    with pytest.raises(Retryable) as refused:
        await here.channel.send("LIN", Text("再来一条"))
    assert 0 < refused.value.retry_after <= 70
    await here.channel.send("zhao", Text("别人不受影响"))
    assert (here.metered[SEND], len(here.phone("lin"))) == (31, 30)


async def test_what_somebody_sent_can_be_fetched(here: Desk) -> None:
    await here.phones.send_image("lin", PNG)
    (message,) = here.inbox.events
    assert isinstance(message, Message)
    assert await here.channel.download(message.media[0]) == PNG


async def test_what_is_gone_can_not_be_fetched(here: Desk) -> None:
    with pytest.raises(Rejected, match="文件已过期"):
        await here.channel.download(Media("image", "MEDIA-none"))


async def test_contacts_know_their_managers(here: Desk) -> None:
    found = {each.userid: each for each in await here.channel.contacts()}
    assert {userid: each.manager for userid, each in found.items()} == {"wangwu": None, "lin": "wangwu", "zhao": None}
    assert all(each.active for each in found.values())


async def test_every_call_is_metered(here: Desk) -> None:
    await here.channel.send("lin", Image(PNG, "a.png"))
    await here.channel.contacts()
    assert here.metered == here.wecom.calls
