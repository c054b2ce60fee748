"""Bad days of the WeCom API: tokens, faults, refusals, and what the bot says about them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.channels.base import Meter, Rejected, Retryable
from bot.channels.wecom.errors import SOON, NeedsAdmin, RobotGone, errcode, failure
from bot.channels.wecom.parts import Words, send_in_turn
from bot.channels.wecom.wire import Call, Wire
from bot.store.memory import MemoryStore
from bot.store.redis import RedisStore
from cards.types import Text
from tests.support.wecom_desk import AGENT, CORP, SECRET, desk, nothing_spent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.channels.wecom.parts import Part
    from tests.support.wecom_desk import Desk

SEND, GETTOKEN = "/cgi-bin/message/send", "/cgi-bin/gettoken"
TOKEN_KEY = f"wecom:token:{CORP}:{AGENT}"


@pytest.fixture
async def here() -> AsyncIterator[Desk]:
    async with desk() as running:
        yield running


async def say(here: Desk, words: str = "你好") -> None:
    await here.channel.send("lin", Text(words))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what the channel does on its own after ``start``."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - ``problem`` has no event to wait for
            await asyncio.sleep(0.01)


async def test_one_token_serves_everybody(here: Desk) -> None:
    await asyncio.gather(*(say(here, f"第 {n} 条") for n in range(8)))
    assert (here.metered[GETTOKEN], here.metered[SEND]) == (1, 8)


async def test_two_processes_share_a_token() -> None:
    store = MemoryStore()
    await store.set(TOKEN_KEY, "fetched by another process", 60)
    async with desk(store=store) as here:
        await say(here)
        assert (here.metered[GETTOKEN], here.metered[SEND]) == (1, 2), "used, found to be invalid, replaced"
        assert await store.get(TOKEN_KEY) != "fetched by another process"
        assert await store.get(f"{TOKEN_KEY}:lock") is None


async def test_a_process_waits_for_the_one_that_fetches() -> None:
    store = MemoryStore()
    await store.add(f"{TOKEN_KEY}:lock", "1", 0.3)
    async with desk(store=store) as here:
        waiting = asyncio.create_task(say(here))
        await asyncio.sleep(0.1)
        assert here.metered[GETTOKEN] == 0
        await waiting
        assert here.metered[GETTOKEN] == 1


async def test_a_token_that_dies_early_is_fetched_once_more(here: Desk) -> None:
    await say(here)
    here.arm("token_expired", SEND)
    await say(here, "还在吗")
    assert (here.metered[GETTOKEN], here.metered[SEND], len(here.phone("lin"))) == (2, 3, 2)


async def test_a_token_that_dies_again_and_again_is_not_chased(here: Desk) -> None:
    here.arm("token_expired", SEND, times=-1)
    with pytest.raises(Retryable):
        await say(here)
    assert (here.metered[GETTOKEN], here.metered[SEND]) == (2, 2)


@pytest.mark.parametrize(
    ("trouble", "api", "after"),
    [
        pytest.param("error", SEND, SOON, id="-1: busy"),
        pytest.param("error", f"{SEND}:500", SOON, id="HTTP 500"),
        pytest.param("drop", SEND, SOON, id="the connection breaks"),
        pytest.param("rate_limit", SEND, 60, id="45009: until the next minute"),
        pytest.param("error", GETTOKEN, SOON, id="no token to be had"),
    ],
)
async def test_what_passes_is_tried_later(here: Desk, trouble: str, api: str, after: float) -> None:
    here.arm(trouble, api)
    with pytest.raises(Retryable) as refused:
        await say(here)
    assert refused.value.retry_after == after
    await say(here)
    assert len(here.phone("lin")) == 1


async def test_a_silent_platform_does_not_hold_us(here: Desk) -> None:
    here.arm("delay", GETTOKEN, seconds=0.5)
    url = here.base + GETTOKEN
    async with ClientSession() as session:
        wire = Wire(session, Meter(lambda *_: None, nothing_spent))
        wire.deadline = 0.1
        with pytest.raises(Retryable, match="连不上企业微信（TimeoutError）"):
            await wire.ask(Call(GETTOKEN, url))


async def test_a_wrong_secret_is_said_in_words_and_not_hammered() -> None:
    async with desk(secret="wrong") as here:
        await here.channel.start()
        await until(lambda: here.channel.problem is not None)
        for _ in range(3):
            with pytest.raises(Retryable, match="更新 WECOM_SECRET"):
                await say(here)
        assert "更新 WECOM_SECRET" in (here.channel.problem or "")
        assert here.metered[GETTOKEN] == 1


async def test_the_problem_goes_when_the_network_is_back(here: Desk) -> None:
    here.arm("error", f"{GETTOKEN}:500")
    await here.channel.start()
    await until(lambda: here.channel.problem == "企业微信回答 HTTP 500")
    await say(here)
    assert here.channel.problem is None


async def test_one_refused_message_is_no_problem_of_the_channel(here: Desk) -> None:
    with pytest.raises(Rejected):
        await here.channel.send("ghost", Text("你好"))
    assert here.channel.problem is None


async def test_a_token_is_there_before_the_first_message(here: Desk) -> None:
    await here.channel.start()
    await until(lambda: here.metered[GETTOKEN] == 1)
    await say(here)
    assert (here.channel.problem, here.metered[GETTOKEN]) == (None, 1)


async def test_logs_carry_no_secret_and_no_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = MemoryStore()
    async with desk(store=store) as here:
        here.arm("drop", SEND)
        for userid in ("lin", "ghost"):
            with pytest.raises((Retryable, Rejected)):
                await here.channel.send(userid, Text("机密内容"))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    secret = (SECRET, await store.get(TOKEN_KEY) or "", "机密内容")
    assert ours
    assert not [line for line in ours for word in secret if word in line]


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        pytest.param(-1, Retryable, "稍后再试", id="busy"),
        pytest.param(45033, Retryable, "稍后再试", id="concurrency"),
        pytest.param(42001, Retryable, "稍后再试", id="a token that died twice"),
        pytest.param(40013, NeedsAdmin, "WECOM_CORP_ID", id="another corp"),
        pytest.param(40056, NeedsAdmin, "WECOM_AGENT_ID", id="another app"),
        pytest.param(43012, NeedsAdmin, "/wecom/callback", id="no callback"),
        pytest.param(48006, NeedsAdmin, "重新启用", id="taken back for disuse"),
        pytest.param(60020, NeedsAdmin, "IP 203.0.113.7 不在企业可信 IP", id="our address, as WeCom sees it"),
        pytest.param(93000, RobotGone, "WECOM_GROUP_WEBHOOKS", id="robot removed"),
        pytest.param(60111, Rejected, "没有这个成员", id="unknown person"),
        pytest.param(81013, Rejected, "可见范围", id="nobody in sight"),
        pytest.param(45002, Rejected, "太长", id="too long"),
        pytest.param(99999, Rejected, "99999", id="a code nobody has heard of"),
    ],
)
def test_each_code_says_who_must_act(code: int, kind: type[Exception], says: str) -> None:
    hint = "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at https://open.example"
    found = failure(SEND, {"errcode": code, "errmsg": hint})
    assert type(found) is kind
    assert says in str(found)


def test_an_errcode_that_is_no_number_is_not_success() -> None:
    with pytest.raises(Retryable):
        errcode({"errcode": "oops"})


async def test_without_the_shared_store_everything_waits() -> None:
    async with desk(store=RedisStore("redis://127.0.0.1:1/0")) as here:
        with pytest.raises(Retryable, match="共享存储连不上"):
            await say(here)
        with pytest.raises(Retryable, match="共享存储连不上"):
            await here.channel.contacts()
    assert here.metered == {}


async def test_a_broken_off_send_goes_on_where_it_stopped() -> None:
    said: list[Part] = []
    weak = [None, Retryable("busy"), None, None]

    async def send(part: Part) -> None:
        if trouble := weak.pop(0):
            raise trouble
        said.append(part)

    parts, store = [Words("text", word) for word in ("一", "二", "三")], MemoryStore()
    with pytest.raises(Retryable):
        await send_in_turn(store, "lin", parts, send)
    await send_in_turn(store, "lin", parts, send)
    assert said == parts
