"""Bad days on the wire: twice, late, out of order, expired, limited, broken off; and still everything happens once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models import Event, StockMove
from tests.support.proof import done_once, rows, token_of
from tests.support.stage import buttons, sell, stage, text_of, until
from tests.support.stories import LAMP, LINE
from tests.support.walk import PLATFORMS, QUICK, Walk, calm, key_of, nobody_lost_anything
from tests.support.wire import stream_tap, wecom_tap, wecom_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.faults import Trouble
    from tests.support.stage import Stage


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[Stage]:
    async with stage(sqlite, QUICK) as found:
        await sell("536365", LAMP)
        yield found


# -- twice and out of order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("trouble", ["duplicate", "delay"])
async def test_whatever_happens_to_pushes_each_thing_happens_once(desk: Stage, platform: str, trouble: Trouble) -> None:
    await Walk(desk, platform, ((trouble, f"push:{platform}"),)).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


async def test_every_first_delivery_lost_on_wecom_comes_again(desk: Stage) -> None:
    await Walk(desk, "wecom", (("drop", "push:wecom"), ("duplicate", "push:wecom"))).all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)


async def test_a_message_lost_on_dingtalk_comes_again(desk: Stage) -> None:
    desk.sandbox.faults.arm("drop", "push:dingtalk")
    lin = desk.person("林晓")
    await desk.say(lin, LINE, "dingtalk")
    await until(lambda: bool(desk.live(lin)))
    await desk.tap(lin, "提交")
    assert (await rows())["Case"] == 1
    assert desk.sandbox.dingtalk.lost == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_overtaken_messages_are_both_answered(desk: Stage, platform: str) -> None:
    lin = desk.person("林晓")
    desk.sandbox.faults.arm("reorder", f"push:{platform}")
    await desk.say(lin, "查 000001", platform)
    await desk.say(lin, "待办", platform)
    await until(lambda: any("没有找到 000001" in text_of(item) for item in desk.phone(lin)))
    assert any("没有待办" in text_of(item) for item in desk.phone(lin))


async def test_an_overtaken_tap_finds_the_case_decided(desk: Stage) -> None:
    await Walk(desk, "wecom").opened()
    wang = desk.person("王建国")
    desk.sandbox.faults.arm("reorder", "push:wecom")
    first, _ = await desk.tap(wang, "驳回"), await desk.tap(wang, "同意")
    assert "已同意" in text_of(desk.sandbox.world.items[first.id])
    assert [event.action for event in await Event.filter(action__in=["同意", "驳回"])] == ["同意"]


# -- in the same instant -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_double_tap_decides_once(desk: Stage, platform: str) -> None:
    walk = Walk(desk, platform)
    await walk.settle_in()
    await walk.opened()
    wang = desk.person("王建国")
    card = desk.card(wang, "同意")
    twice = await asyncio.gather(desk.tap(wang, "同意", card), desk.tap(wang, "同意", card))
    assert "已同意" in text_of(twice[1])
    assert await Event.filter(action="同意").count() == 1
    assert len(desk.live(desk.person("李敏"))) == 1


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_double_tap_on_a_draft_leaves_the_number_of_the_case(desk: Stage, platform: str) -> None:
    lin = desk.person("林晓")
    await desk.say(lin, LINE, platform)
    card = desk.card(lin, "提交")
    await asyncio.gather(desk.tap(lin, "提交", card), desk.tap(lin, "提交", card))
    assert (await rows())["Case"] == 1
    assert "R20261123-0001" in text_of(desk.sandbox.world.items[card.id])


async def test_two_keepers_in_the_same_instant_receive_once(database_url: str) -> None:
    async with stage(database_url) as desk:
        for number in range(3):
            await sell(f"{number}", LAMP)
            await received_by_both(desk, f"{number}")
        assert [move.quantity for move in await StockMove.all()] == [2, 2, 2]


async def received_by_both(desk: Stage, order: str) -> None:
    """周仓 on WeCom and 刘洋 on DingTalk tap 确认收货 at once; both read afterwards who it was."""
    await desk.say(desk.person("林晓"), LINE.replace("536365", order))
    for name, button in (("林晓", "提交"), ("王建国", "同意"), ("李敏", "同意")):
        await desk.tap(desk.person(name), button)
    both = [desk.person("周仓"), desk.person("刘洋")]
    mine = [desk.card(keeper, "确认收货") for keeper in both]
    await asyncio.gather(*(desk.tap(who, "确认收货", item) for who, item in zip(both, mine, strict=True)))
    await calm(desk)
    event = await Event.filter(action="确认收货").order_by("-id").first()
    assert event
    assert await Event.filter(action="确认收货", case_id=event.case_id).count() == 1
    for item in mine:
        shown = desk.sandbox.world.items[item.id]
        assert buttons(shown) == []
        assert f"{event.actor} " in text_of(shown)
    await desk.tap(desk.person("许静"), "合格入库")


# -- again, after a restart --------------------------------------------------------------------------------------------


async def test_a_wecom_tap_delivered_again_after_a_restart_changes_nothing(desk: Stage) -> None:
    await Walk(desk, "wecom").opened()
    card = desk.card(desk.person("王建国"), "同意")
    letter = wecom_tap(desk, "wangjianguo", token_of(card), key_of(card, "同意"))
    first, _ = await letter.to(desk)
    before = await rows()
    await desk.restart()
    again, answer = await letter.to(desk)
    assert (first, again, await rows()) == (200, 200, before)
    assert "Encrypt" in answer, "the phone gets the record that the lost answer held"


async def test_a_dingtalk_tap_delivered_again_after_a_restart_changes_nothing(desk: Stage) -> None:
    walk = Walk(desk, "dingtalk")
    await walk.settle_in()
    await walk.opened()
    card = desk.card(desk.person("王建国"), "同意")
    tap = ("wang.jianguo", token_of(card), key_of(card, "同意"), "the-same-push")
    first = await stream_tap(desk, *tap)
    before = await rows()
    await desk.restart()
    again = await stream_tap(desk, *tap)
    assert (again.data, await rows()) == (first.data, before)


async def test_a_message_delivered_again_after_a_restart_is_answered_once(desk: Stage) -> None:
    letter = wecom_text(desk, "linxiao", "查 000001")
    await letter.to(desk)
    await desk.restart()
    await letter.to(desk)
    assert len(desk.phone(desk.person("林晓"))) == 1


async def test_a_restart_between_every_two_steps_loses_nothing(desk: Stage) -> None:
    walk = Walk(desk, "wecom", restarts=True)
    await walk.all()
    await done_once(desk.sandbox)
    await nobody_lost_anything(desk)
