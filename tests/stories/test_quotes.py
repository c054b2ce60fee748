"""What comes along with words: a quoted card, a mention in rich text, a voice that nobody could hear; on every wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.support.stage import sell, stage
from tests.support.stories import LAMP, group_news, news, on, says, stand, submitted, the_cards_are_true

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.world import Item
    from tests.support.stage import Stage

GROUP = "cidAfterSales01"
WANG = "wang.jianguo"


@pytest.fixture(params=["stream", "http"])
async def ding(request: pytest.FixtureRequest, ready: str) -> AsyncIterator[Stage]:
    """A shop that is on DingTalk alone, by each of its transports."""
    mode: Literal["stream", "http"] = request.param
    async with stage(ready, mode=mode, home="dingtalk") as found:
        await sell("536365", LAMP)
        yield found


def the_card(desk: Stage, name: str, no: str) -> Item:
    return next(
        item for item in reversed(desk.phone(desk.person(name))) if item.kind == "card" and no in str(item.body)
    )


async def replies(desk: Stage, quoted: Item, words: str) -> str:
    await desk.sandbox.dingtalk.phones.reply(WANG, quoted, words)
    await desk.bot.settled()
    return news(desk, "王建国")[-1]


@pytest.mark.parametrize("words", ["同意", "同意。", "通过", "同意吧", "好，同意"])
async def test_a_reply_that_quotes_a_card_is_about_its_case(ding: Stage, words: str) -> None:
    a, b = await submitted(ding), await submitted(ding)
    told = await replies(ding, the_card(ding, "王建国", a), words)
    if words == "好，同意":
        assert f"1 同意 {a}" in told, "two readings: it is asked"
        assert [await stand(a), await stand(b)] == ["处理中 客服审核"] * 2
        return
    assert f"{a} 已同意" in told
    assert [await stand(a), await stand(b)] == ["处理中 金额审批", "处理中 客服审核"]
    await the_cards_are_true(ding)


async def test_other_words_in_a_quoting_reply_are_about_it_too(ding: Stage) -> None:
    a, b = await submitted(ding), await submitted(ding)
    card = the_card(ding, "王建国", a)
    assert f"{a} 退货" in await replies(ding, card, "到哪了")
    assert f"{a} 已记下评论" in await replies(ding, card, "评论 照片不清楚")
    assert f"{b} 已同意" in await replies(ding, card, f"同意 {b}"), "a number in the reply is the number"
    assert await stand(a) == "处理中 客服审核"


async def test_a_quotation_that_is_written_into_the_text(ding: Stage) -> None:
    a, _ = await submitted(ding), await submitted(ding)
    await says(ding, "王建国", f"「回旋镖：审核：退货 {a}」\n- - - - - - - - -\n同意")
    assert await stand(a) == "处理中 金额审批"


RUNS = [
    ["@回旋镖", "待办"],  # glued to the next run
    ["@回旋镖", " 待办"],
    ["@回旋镖 待办"],
    ["@回旋 镖", "待办"],  # a name with a blank
    ["@回旋 镖", " 待办"],
    ["@回旋 镖 待办"],
    ["待办", "@回旋镖"],
]


@pytest.mark.parametrize("runs", RUNS, ids=" | ".join)
async def test_rich_text_is_read_like_text(ding: Stage, runs: list[str]) -> None:
    await ding.sandbox.dingtalk.phones.say_rich(WANG, runs, group=GROUP)
    await ding.bot.settled()
    assert "没有待办，辛苦了" in "\n".join(group_news(ding, "售后群") + news(ding, "王建国"))


async def test_a_colleague_who_is_mentioned_is_meant(ding: Stage) -> None:
    no = await submitted(ding)
    runs = ["@回旋镖", f" 转交 {no} ", "@敏姐"]
    await ding.sandbox.dingtalk.phones.say_rich(WANG, runs, group=GROUP, colleagues=["li.min"])
    await ding.bot.settled()
    assert f"{no} 已转交 李敏" in "\n".join(group_news(ding, "售后群") + news(ding, "王建国"))


@pytest.mark.parametrize(("heard", "told"), [("待办。", "没有待办"), (None, "没有听清"), ("", "没有听清")])
async def test_a_voice_is_what_was_heard_or_nothing(ding: Stage, heard: str | None, told: str) -> None:
    await ding.sandbox.dingtalk.phones.send_voice(WANG, heard)
    await ding.bot.settled()
    assert told in news(ding, "王建国")[-1]


async def test_a_group_hears_commands_without_blanks(ding: Stage) -> None:
    no = await submitted(ding)
    await on(ding, "dingtalk", "王建国")
    await ding.sandbox.dingtalk.phones.say(WANG, f"@回旋镖 {no}同意。", group=GROUP)
    await ding.bot.settled()
    assert await stand(no) == "处理中 金额审批"
