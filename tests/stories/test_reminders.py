"""Who lets a task lie is reminded, and their manager hears of it, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Event, Task
from tests.support.stage import sell, stage, text_of
from tests.support.stories import NO_REASON, group_news, news, play, says, submitted, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

ALMOST, MORE = timedelta(hours=23, minutes=59), timedelta(minutes=2)


def reminders(desk: Stage, name: str) -> list[str]:
    return [words for words in news(desk, name) if words.startswith(("超时提醒", "抄送"))]


async def test_a_minute_before_the_limit_nobody_is_told(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(ALMOST)
    assert reminders(desk, "王建国") == reminders(desk, "李敏") == []


async def test_a_minute_after_it_the_owner_and_the_manager_are_told(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(ALMOST)
    await desk.later(MORE)
    [to_owner], [to_manager] = reminders(desk, "王建国"), reminders(desk, "李敏")
    for words in ("超时提醒：审核：退货 ¥5.10", no, "已超时 1 分", f"可回复：同意 {no}"):
        assert words in to_owner
    for words in ("抄送：王建国的待办已超时 1 分", no, "停在客服审核"):
        assert words in to_manager


async def test_everybody_is_told_once(desk: Stage) -> None:
    await submitted(desk)
    for step in (ALMOST, MORE, MORE, timedelta(hours=30)):
        await desk.later(step)
    assert (len(reminders(desk, "王建国")), len(reminders(desk, "李敏"))) == (1, 1)


async def test_the_reminder_is_on_record(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(ALMOST + MORE)
    event = await Event.filter(action="超时提醒").get()
    assert (event.actor, event.node, event.data) == ("系统", "客服审核", {"抄送": "李敏"})
    assert "系统 客服审核 超时提醒" in await says(desk, "林晓", f"查 {no}")


async def test_who_decides_in_time_hears_nothing(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(timedelta(hours=23))
    await play(desk, "王建国 同意")
    await desk.later(timedelta(hours=2))
    assert reminders(desk, "王建国") == reminders(desk, "李敏") == []


async def test_the_next_desk_has_its_own_limit(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(timedelta(hours=23))
    await play(desk, "王建国 同意")
    await desk.later(ALMOST + MORE)
    assert "抄送：李敏的待办已超时" in reminders(desk, "赵卫东")[0]


async def test_who_has_no_manager_is_told_and_the_managers_group_too(sqlite: str) -> None:
    async with stage(sqlite, POLICY="express") as desk:
        await sell("1", {"W1": ("自动喂食器", 1, "2880.00")})
        no = await submitted(desk, "退货 1 质量问题")
        await play(desk, "王建国 同意")
        await desk.later(ALMOST + MORE)
        assert len(reminders(desk, "赵卫东")) == 1
        assert group_news(desk, "管理群") == [f"{no} 金额审批超时，赵卫东没有上级可抄送"]


async def test_both_keepers_are_reminded_and_each_manager_once(desk: Stage) -> None:
    await submitted(desk, NO_REASON)
    await desk.later(timedelta(days=15, minutes=1))
    assert [len(reminders(desk, name)) for name in ("周仓", "刘洋", "赵卫东")] == [1, 1, 1]
    both = reminders(desk, "周仓")[0]
    assert ("你有 1 件待办超时" in both, "你的人有 1 件待办超时" in both) == (True, True), "周仓 is 刘洋's manager"


async def test_who_is_handed_a_late_task_is_reminded_of_it(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(ALMOST + MORE)
    await says(desk, "王建国", f"转交 {no} 郑瑞")
    await desk.later(MORE)
    assert "已超时" in reminders(desk, "郑瑞")[0]


# -- what is late says so ----------------------------------------------------------------------------------------------


async def test_what_is_late_says_so_wherever_it_is_shown(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(timedelta(hours=26, minutes=10))
    assert "已超时 2 时 10 分" in await says(desk, "王建国", "待办")
    assert "时限：客服审核 王建国 已超时 2 时 10 分" in await says(desk, "林晓", f"查 {no}")


async def test_a_card_that_is_called_for_when_it_is_late_says_so(desk: Stage) -> None:
    no = await submitted(desk, NO_REASON)
    await says(desk, "林晓", f"运单 {no} SF1234567890")
    await desk.later(timedelta(days=16, minutes=5))
    assert "已超时 1 天" in await says(desk, "周仓", "收货 SF1234567890")
    await the_cards_are_true(desk)


async def test_a_late_task_is_decided_like_any_other(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(timedelta(days=2, hours=5))
    await play(desk, "王建国 同意")
    assert any("用时 2 天 5 时" in words for words in news(desk, "王建国"))
    await the_cards_are_true(desk)


async def test_the_record_of_a_late_task_names_who_decided_it(desk: Stage) -> None:
    await submitted(desk, NO_REASON)
    await desk.later(timedelta(days=15, minutes=1))
    await play(desk, "周仓 确认收货")
    assert "处理 周仓 12-08 09:01" in news(desk, "刘洋")[0]


# -- the card on the phone ---------------------------------------------------------------------------------------------


async def test_the_card_on_the_phone_says_that_it_is_late(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(ALMOST)
    assert "还剩 1 分" not in (card := asked_of(desk, "王建国")), card
    await desk.later(MORE)
    assert "已超时（11-24 09:00 到期）" in asked_of(desk, "王建国"), "no span: it stands there for hours"
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    assert "已同意" in "".join(news(desk, "王建国"))
    await the_cards_are_true(desk)


async def test_at_night_only_a_card_that_is_redrawn_in_silence_is(desk: Stage, home: Home) -> None:
    """WeCom's card can only give way to a fresh one, which rings; DingTalk's is redrawn where it is."""
    await desk.later(timedelta(hours=14, minutes=30))
    await submitted(desk)
    await desk.later(ALMOST + MORE)
    assert ("已超时（" if home == "dingtalk" else "时限 11-24 23:30 前") in asked_of(desk, "王建国")
    await desk.later(timedelta(hours=9))
    assert "已超时" in asked_of(desk, "王建国")
    await the_cards_are_true(desk)


@pytest.mark.homes("both")
async def test_a_card_too_old_to_be_redrawn_still_acts_beside_the_fresh_one(desk: Stage) -> None:
    """WeCom's code for a card is good for 72 hours (D/94888)."""
    await submitted(desk, NO_REASON)
    await desk.later(timedelta(days=15, minutes=1))
    assert ["已超时" in text_of(card) for card in desk.live(desk.person("周仓"))] == [False, True]
    await the_cards_are_true(desk)
    await desk.tap(desk.person("周仓"), "确认收货", desk.live(desk.person("周仓"))[0])
    assert "已收货" in news(desk, "周仓")[0]


def asked_of(desk: Stage, name: str) -> str:
    """The one card that waits for somebody, as it reads now."""
    [card] = desk.live(desk.person(name))
    return text_of(card)


# -- many at once make one message -------------------------------------------------------------------------------------


async def four(desk: Stage) -> list[str]:
    """Four cases that wait for 王建国, opened within a moment."""
    lines = ["退货 536365 85123A×1 质量问题", "退货 536365 71053×1 质量问题", "退货 536365 85123A×2 质量问题"]
    return [await submitted(desk, line) for line in (*lines, "退货 536365 71053×2 质量问题")]


async def test_four_overdue_tasks_make_one_message_each_for_owner_and_manager(desk: Stage) -> None:
    numbers = await four(desk)
    before = {name: len(news(desk, name)) for name in ("王建国", "李敏")}
    await desk.later(ALMOST + MORE)
    [to_owner], [to_manager] = reminders(desk, "王建国"), reminders(desk, "李敏")
    assert [len(news(desk, name)) - before[name] for name in before] == [1, 1], "no card rings beside it"
    assert to_owner.startswith("超时提醒：你有 4 件待办超时，涉及 ¥17.82：\n· 审核：退货 ¥2.55 · ")
    assert to_manager.startswith("抄送：你的人有 4 件待办超时，涉及 ¥17.82：\n· 王建国 审核：退货 ¥2.55 · ")
    for no in numbers:
        assert f"{no} · 已超时 1 分" in to_owner
        assert f"{no} · 已超时 1 分" in to_manager
    await the_cards_are_true(desk)


async def test_what_passes_its_limit_in_the_next_minutes_is_told_together(desk: Stage) -> None:
    opened = []
    for line in ("85123A×1", "71053×1", "85123A×2", "71053×2"):
        opened.append(await submitted(desk, f"退货 536365 {line} 质量问题"))
        await desk.later(timedelta(minutes=1))
    await desk.later(ALMOST - timedelta(minutes=3))
    for _ in range(16):
        await desk.later(timedelta(minutes=1))
    first, rest = reminders(desk, "王建国")
    assert opened[0] in first
    assert "你有 3 件待办超时" in rest
    assert all(no in rest for no in opened[1:])
    assert len(reminders(desk, "李敏")) == 2


async def test_a_repair_is_no_money_in_the_sum(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 质量问题")
    repair = await submitted(desk, "维修 536365 71053×1 保外维修 不亮")
    owner = await Task.filter(case__no=repair, state="open").prefetch_related("owner").first()
    assert owner
    await desk.later(timedelta(days=30))
    told = "\n".join(
        words for name in ("王建国", owner.owner.name, "李敏", "赵卫东") for words in reminders(desk, name)
    )
    assert repair in told
    assert "¥3.39" not in told


async def test_who_has_no_manager_makes_one_alert_of_all_that_is_late(sqlite: str) -> None:
    async with stage(sqlite, POLICY="express") as desk:
        await sell("1", {"W1": ("自动喂食器", 1, "2880.00"), "W2": ("自动喂食器二", 1, "2880.00")})
        numbers = [await submitted(desk, f"退货 1 {sku} 质量问题") for sku in ("W1", "W2")]
        await play(desk, "王建国 同意", "王建国 同意")
        await desk.later(ALMOST + MORE)
        [told] = group_news(desk, "管理群")
        assert sorted(told.split("\n")) == [f"{no} 金额审批超时，赵卫东没有上级可抄送" for no in numbers]


async def test_what_was_put_aside_over_night_is_not_called_late_in_the_morning(desk: Stage) -> None:
    await desk.later(timedelta(hours=13, minutes=30))
    no = await submitted(desk)
    await desk.later(ALMOST + MORE)
    await says(desk, "李敏", f"挂起 {no} 等客户回话")
    await desk.later(timedelta(hours=10))
    assert reminders(desk, "王建国") == []
