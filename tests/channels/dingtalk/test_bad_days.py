"""The platform's bad days: tokens that end, rates, a month that is used up, silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.base import Retryable
from bot.channels.dingtalk.errors import SOON, Unsure
from cards.types import Text
from sandbox.dingtalk import Limits
from tests.support.dingtalk_bot import Bot, stream_bot, texts

SEND = "/v1.0/robot/oToMessages/batchSend"
TOKEN = "/v1.0/oauth2/accessToken"


async def test_one_token_serves_everybody(bot: Bot) -> None:
    await asyncio.gather(*(bot.channel.send("lin", Text(f"第 {n} 句")) for n in range(8)))
    assert (bot.desk.fake.calls[TOKEN], len(texts(bot))) == (1, 8)


async def test_a_token_that_ended_midway_is_fetched_once_for_all(bot: Bot) -> None:
    await bot.channel.send("lin", Text("一"))
    bot.desk.faults.arm("token_expired", SEND)
    await asyncio.gather(*(bot.channel.send("lin", Text(f"第 {n} 句")) for n in range(8)))
    assert (bot.desk.fake.calls[TOKEN], len(texts(bot))) == (2, 9)


async def test_a_token_near_its_end_is_fetched_early(bot: Bot) -> None:
    await bot.channel.send("lin", Text("一"))
    bot.desk.world.clock.advance(timedelta(seconds=7200 - 299))
    await bot.channel.send("lin", Text("二"))
    assert (bot.desk.fake.calls[TOKEN], bot.desk.fake.calls[SEND]) == (2, 2)


async def test_a_token_that_is_refused_again_and_again_ends_in_retryable(bot: Bot) -> None:
    bot.desk.faults.arm("token_expired", SEND, times=5)
    with pytest.raises(Retryable):
        await bot.channel.send("lin", Text("一"))
    assert bot.desk.fake.calls[SEND] == 2


async def test_a_wrong_secret_is_reported_and_not_hammered() -> None:
    async with stream_bot(client_secret="wrong") as bot:
        for _ in range(5):
            with pytest.raises(Retryable, match="DINGTALK_CLIENT_SECRET"):
                await bot.channel.send("lin", Text("一"))
        assert (bot.desk.fake.calls[TOKEN], "DINGTALK_CLIENT_SECRET" in str(bot.channel.problem)) == (1, True)


async def test_a_burst_waits_and_never_exceeds_the_rate(bot: Bot) -> None:
    await asyncio.gather(*(bot.channel.send("lin", Text(f"第 {n} 句")) for n in range(30)))
    assert (len(texts(bot)), bot.desk.fake.calls[SEND]) == (30, 30)  # none was refused and sent again


async def test_a_month_that_is_used_up_is_a_problem_until_it_is_over() -> None:
    async with stream_bot(Limits(monthly_calls=1)) as bot:
        await bot.channel.send("lin", Text("一"))
        with pytest.raises(Retryable) as refused:
            await bot.channel.send("lin", Text("二"))
        assert (refused.value.retry_after, "专业版" in str(bot.channel.problem)) == (3600, True)
        bot.desk.world.clock.advance(timedelta(days=31))
        await bot.channel.send("lin", Text("三"))
        assert bot.channel.problem is None


@pytest.mark.parametrize(
    ("trouble", "where", "error"),
    [
        ("rate_limit", SEND, Retryable),  # 403 QpsLimitForAppkeyAndApi
        ("error", SEND, Retryable),  # 500 system.error
        ("error", SEND + ":after", Unsure),  # 504
        ("drop", SEND, Unsure),
        ("error", TOKEN, Retryable),
    ],
)
async def test_troubles_of_the_platform_are_worth_a_retry(
    bot: Bot, trouble: Any, where: str, error: type[Retryable]
) -> None:
    bot.desk.faults.arm(trouble, where)
    with pytest.raises(Retryable) as raised:
        await bot.channel.send("lin", Text("早上好"))
    assert isinstance(raised.value, error)
    assert raised.value.retry_after <= SOON, "what is over in a moment keeps nobody waiting for longer"
    await bot.channel.send("lin", Text("早上好"))
    assert "早上好" in texts(bot)
