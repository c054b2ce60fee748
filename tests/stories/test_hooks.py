"""``POST /api/v1/hooks/<name>``: another system tells of a case; what it may not, and that it is done once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.outbox.keyring import open_keyring
from bot.outbox.links import HOOKS
from bot.web.hooks import MAX_BODY, key_of, signature
from flow.cases import pushes
from models import Case, Event, HookCall
from tests.stories.test_owner_file import OWNER, SECOND
from tests.support.owners import publish
from tests.support.stories import approved, group_news, news, play, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
RULE = (
    "增加规则 签收 当 推送 来源 顺丰 如果 推送.状态=签收 就 记 签收人={推送.签收人}；"
    "评论 顺丰说 {推送.签收人} 签收了；告警 管理群 {单号} 已签收"
)


async def ruled(desk: Stage) -> str:
    """The rule is published; the key of its sender."""
    place = desk.home(desk.person("李敏"))[0]
    await publish(desk, OWNER[place], SECOND[place], RULE)
    ring = await open_keyring(desk.bot.settings, desk.clock.now())
    return key_of(ring.of(HOOKS)[0], "顺丰")


async def sent(desk: Stage, key: str, body: Any, once: str = "1", **other: Any) -> tuple[int, dict[str, Any]]:
    """Send it signed; status and answer. ``other``: name, stamp, sign, and headers that are to be left out."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    stamp = str(other.get("stamp", int(desk.clock.now().timestamp())))
    headers = {"X-Timestamp": stamp, "X-Signature": other.get("sign") or signature(key, f"{stamp}.".encode() + data)}
    headers |= {"Idempotency-Key": once} if once else {}
    url = f"{desk.bot.settings.public_url}/api/v1/hooks/{other.get('name', '顺丰')}"
    async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=headers) as answer:
        found = answer.status, json.loads(await answer.text())
    await desk.bot.settled()
    return found


async def test_a_courier_s_message_is_a_comment_a_fact_and_an_alert(desk: Stage) -> None:
    no = await approved(desk)
    key = await ruled(desk)
    said = {"单号": no, "状态": "签收", "签收人": "张三"}
    told = {"单号": no, "状态": "处理中", "触发": ["签收"]}
    assert await sent(desk, key, said) == (200, told)
    assert await sent(desk, key, said) == (200, told), "sent again it is answered so again"
    assert (await sent(desk, key, {**said, "状态": "在途"}, "2"))[1]["触发"] == []
    [run] = await Event.filter(action="自动规则")
    assert (run.data["rule"], run.data["来源"], run.data["当"]) == ("签收", "顺丰", "推送")
    assert (await Case.get(no=no)).facts["签收人"] == "张三"
    assert any("顺丰说 张三 签收了" in each for each in news(desk, "周仓"))
    assert [line for line in group_news(desk, "管理群") if f"{no} 已签收" in line]
    assert "· 签收（推送时（来源 顺丰））：不会，推送.状态 是 无，要 签收" in await says(
        desk, "李敏", f"自动规则 试 {no}"
    )


async def test_what_is_not_taken_is_said_and_does_nothing(desk: Stage) -> None:
    no = await submitted(desk)
    key = await ruled(desk)
    said = {"单号": no, "状态": "签收"}
    now = int(desk.clock.now().timestamp())
    for status, words, answer in [
        (401, "签名不对或过期", await sent(desk, "别的", said)),
        (401, "签名不对或过期", await sent(desk, key, said, stamp=now - 301)),
        (401, "签名不对或过期", await sent(desk, key, said, stamp="昨天".encode().hex())),
        (401, "签名不对或过期", await sent(desk, key, said, name="京东")),
        (400, "要有 Idempotency-Key", await sent(desk, key, said, "")),
        (400, "内容要是一个 JSON 对象", await sent(desk, key, [1])),
        (400, "内容要是一个 JSON 对象", await sent(desk, key, b"{")),
        (400, "里还有列表或对象", await sent(desk, key, {"单号": no, "货": [1]})),
        (404, "要有字段“单号”“运单”或“订单号”", await sent(desk, key, {"状态": "签收"})),
        (404, "没有这样的单", await sent(desk, key, {"运单": "SF0"})),
        (413, "内容超过 64 KB", await sent(desk, key, b"0" * (MAX_BODY + 1))),
    ]:
        assert (answer[0], words in answer[1]["detail"], answer[1]["status"]) == (status, True, status), answer
    assert (await sent(desk, key, said))[0] == 200
    assert (await sent(desk, key, {**said, "签收人": "李四"}))[0] == 409
    assert await HookCall.all().count() == 1


@pytest.mark.homes("both")  # nothing of it is said on a phone
async def test_the_same_message_twice_at_one_instant_is_done_once_and_many_are_too_many(desk: Stage) -> None:
    no = await approved(desk)
    key = await ruled(desk)
    said = {"订单号": "536365", "状态": "签收", "签收人": "张三"}
    both = await asyncio.gather(*(sent(desk, key, said) for _ in range(2)))
    assert {status for status, _ in both} <= {200, 409}
    assert await Event.filter(action="自动规则").count() == 1
    now = desk.clock.now()
    await HookCall.bulk_create(
        HookCall(name="顺丰", key=f"旧{n}", digest="", at=now, answer={}) for n in range(pushes.MOST)
    )
    assert (await sent(desk, key, said, "3"))[0] == 429
    await HookCall.exclude(key="1").delete()
    await play(desk, "周仓 确认收货", "许静 合格入库", "钱芳 确认退款")
    assert (await sent(desk, key, {**said, "单号": no}, "4"))[1]["触发"] == [], "it is over"
