"""我的单, lists by people and day, and 总览: what a manager sees of everybody's work, within their own scope."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.overview import overview as card_of
from cards.types import Card
from models import Case, Event
from models.views.case import Burden, Overview
from tests.support.stage import buttons
from tests.support.stories import approved, finish, inspected, news, play, role, says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

BOSS = "李敏"
LANTERN = "退货 536365 71053×1 质量问题"
DAY = timedelta(hours=24, minutes=1)


def last(desk: Stage, name: str) -> str:
    """The newest words, without the marks that DingTalk puts around what is urgent."""
    return news(desk, name)[-1].translate({ord(mark): None for mark in "【】"})


# -- 我的单 ------------------------------------------------------------------------------------------------------------


async def test_my_cases_are_those_that_i_opened_with_the_open_ones_first(desk: Stage) -> None:
    done = await inspected(desk)
    await finish(desk, done)
    mine = await submitted(desk, LANTERN)
    await role("孙悦", "客服")
    theirs = await submitted(desk, "退货 536365 71053×2 质量问题", by="孙悦")
    told = await says(desk, "林晓", "我的单")
    assert told.split("\n")[:3] == [
        "你开的单（结束的只算近30天）：2 单，处理中 1 · 已完成 1",
        f"1. {mine} 退货 ¥3.39 处理中 · 客服审核（王建国）",
        f"2. {done} 退货 ¥5.10 已完成，已退款 ¥5.10",
    ]
    assert theirs not in told


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("处理中", [1]),
        ("已完成", [0]),
        ("今天", [0, 1]),
        ("昨天", []),
        ("退货", [0, 1]),
        ("536365", [0, 1]),
        ("订单=536365 处理中", [1]),
        ("状态=已完成 本周", [0]),
        ("维修", []),
    ],
)
async def test_my_cases_can_be_narrowed(desk: Stage, asked: str, found: list[int]) -> None:
    done = await inspected(desk)
    await finish(desk, done)
    numbers = [done, await submitted(desk, LANTERN)]
    told = await says(desk, "林晓", f"我的单 {asked}")
    assert [n for n, no in enumerate(numbers) if no in told] == found
    assert found or told == f"没有你开的单：{asked}"


async def test_who_has_opened_nothing_is_told_so(desk: Stage) -> None:
    assert await says(desk, "孙悦", "我的单") == "你没有在办的单，近30天也没有结束的"


# -- lists by people and day -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("提交人=林晓", [0, 1]),
        ("提交人=林晓 本周", [0, 1]),
        ("提交人=林晓 昨天", []),
        ("提交人=孙悦", [2]),
        ("开单人=林晓、孙悦", [0, 1, 2]),
        ("负责人=王建国", [1, 2]),
        ("负责人=李敏", [0]),
        ("处理人=我", [0]),
        ("负责人=王建国 提交人=孙悦", [2]),
        ("今天", [0, 1, 2]),
        ("今天 处理中", [0, 1, 2]),
        ("昨天", []),
        ("今天 订单=536365 提交人=林晓", [0, 1]),
        ("提交时间=今天 提交人=林晓", [0, 1]),
    ],
)
async def test_cases_are_listed_by_who_opened_them_who_has_them_and_when(
    desk: Stage, asked: str, found: list[int]
) -> None:
    first = await submitted(desk)
    await play(desk, "王建国 同意")
    numbers = [first, await submitted(desk, LANTERN)]
    numbers.append(await submitted(desk, "退货 536365 71053×2 质量问题", by="孙悦"))
    told = await says(desk, BOSS, f"查 {asked}")
    assert [n for n, no in enumerate(numbers) if no in told] == found
    assert f"{len(found)} 单" in told or "没有你能看的单" in told


async def test_who_has_something_for_long_still_has_it(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(timedelta(days=60))
    assert no in await says(desk, BOSS, "查 负责人=王建国")
    assert no in await says(desk, "林晓", "我的单")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("查 提交人=林小", "没有叫“林小”的员工，是不是“林晓”？"),
        ("查 负责人=张三丰", "没有叫“张三丰”的员工，请写全名"),
        ("我的单 天气=晴", "没有“天气”这个筛选，可以用："),
        ("我的单 办得慢的", "没看懂“办得慢的”"),
    ],
)
async def test_who_and_what_is_not_known_is_said_to_be_unknown(desk: Stage, asked: str, told: str) -> None:
    await submitted(desk)
    assert told in await says(desk, "王建国", asked)


async def test_what_is_out_of_reach_is_in_no_list_and_no_count(desk: Stage) -> None:
    no = await submitted(desk)
    await role("周仓", "操作员")
    for asked in ("查 提交人=林晓", "查 今天", "查 负责人=王建国"):
        told = await says(desk, "周仓", asked)
        assert (no in told, "没有你能看的单" in told) == (False, True)


# -- 总览 --------------------------------------------------------------------------------------------------------------


async def four_late_and_a_repair(desk: Stage) -> list[str]:
    """Two late with 王建国, one with 李敏 in time, and a repair that is no money."""
    lines = ["退货 536365 85123A×1 质量问题", LANTERN]
    numbers = [await submitted(desk, line) for line in lines]
    await desk.later(DAY)
    numbers.append(await approved_by_the_first(desk))
    numbers.append(await submitted(desk, "维修 536365 71053×1 保外维修 不亮"))
    return numbers


async def approved_by_the_first(desk: Stage) -> str:
    no = await submitted(desk, "退货 536365 85123A×2 质量问题")
    await says(desk, "王建国", f"同意 {no}")
    return no


async def test_the_overview_is_one_card_with_who_holds_what_how_late_and_how_much(desk: Stage) -> None:
    await four_late_and_a_repair(desk)
    await says(desk, BOSS, "总览")
    told = last(desk, BOSS)
    assert "总览：4 单 4 件待办，超时 2 件，¥11.04" in told
    assert "客服审核 2（超时 2）" in told
    assert "3 件 超时 2 最久 1 分 ¥5.94" in told, "the repair is no money"
    assert "李敏 1 件 ¥5.10" in told
    card = desk.card(desk.person(BOSS), "催 王建国")
    assert buttons(card) == ["催 王建国", "看 王建国", "看 李敏"]


@pytest.mark.parametrize("words", ["总览", "团队", "谁手上多少"])
async def test_it_goes_by_three_names(desk: Stage, words: str) -> None:
    await submitted(desk)
    await says(desk, BOSS, words)
    assert "总览：1 单 1 件待办，没有超时，¥5.10" in last(desk, BOSS)


async def test_hurrying_somebody_sends_them_one_message_and_is_on_record(desk: Stage) -> None:
    numbers = await four_late_and_a_repair(desk)
    await says(desk, BOSS, "总览")
    before = len(news(desk, "王建国"))
    await taps(desk, BOSS, "催 王建国")
    [told] = news(desk, "王建国")[before:]
    assert told.startswith("李敏 催办：你有 2 件待办超时，涉及 ¥5.94：")
    assert all(no in told for no in numbers[:2])
    assert "已催 王建国：2 件超时的合成一条发过去了" in last(desk, BOSS)
    assert await Event.filter(action="催办").count() == 2
    await taps(desk, BOSS, "催 王建国")
    assert "没有再催 王建国；2 件一小时内已经催过，没有再催" in last(desk, BOSS)
    assert len(news(desk, "王建国")) == before + 1


@pytest.mark.parametrize("words", ["催办 王建国 客户等着用", "催办 王建国：客户等着用", "催办 @王建国 客户等着用"])
async def test_words_go_with_hurrying_somebody(desk: Stage, words: str) -> None:
    numbers = await four_late_and_a_repair(desk)
    said = await says(desk, BOSS, words)
    assert "已催 王建国：2 件超时的合成一条发过去了（客户等着用）" in said
    assert news(desk, "王建国")[-1].startswith("李敏 催办（客户等着用）：你有 2 件待办超时，涉及 ¥5.94：")
    assert "催办（客户等着用）" in await says(desk, BOSS, f"查 {numbers[0]}")


async def test_looking_at_somebody_lists_what_they_have(desk: Stage) -> None:
    numbers = await four_late_and_a_repair(desk)
    await says(desk, BOSS, "总览")
    await taps(desk, BOSS, "看 王建国")
    told = last(desk, BOSS)
    assert [no in told for no in numbers] == [True, True, False, True]
    assert numbers[0] in await says(desk, BOSS, "总览 王建国")


async def test_what_is_put_aside_is_not_late(desk: Stage) -> None:
    numbers = await four_late_and_a_repair(desk)
    await says(desk, BOSS, f"挂起 {numbers[0]} 等客户回话")
    await says(desk, BOSS, "总览")
    assert "3 件 超时 1 最久 1 分 挂起 1 ¥5.94" in last(desk, BOSS)


async def test_what_was_paid_already_is_no_money_that_waits(desk: Stage) -> None:
    no, desk.honest = await approved(desk), False
    await Case.filter(no=no).update(facts={**(await Case.get(no=no)).facts, "已退款": True})
    await says(desk, BOSS, "总览")
    assert "¥" not in last(desk, BOSS)


async def test_a_leader_sees_their_team_and_nobody_counts_more(desk: Stage) -> None:
    """马宏伟 leads the repairs: of what 林晓 has opened he may see nothing."""
    await submitted(desk)
    await says(desk, "马宏伟", "总览")
    assert last(desk, "马宏伟") == "现在没有在办的待办"
    await says(desk, "王建国", "总览")
    assert "总览：1 单 1 件待办" in last(desk, "王建国")


async def test_a_keeper_sees_counts_and_no_money(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 七天无理由")
    await says(desk, "周仓", "总览")
    assert "仓库收货 2" in last(desk, "周仓")
    assert "¥" not in last(desk, "周仓")


async def test_who_may_not_is_told_who_may(desk: Stage) -> None:
    assert "你的角色不能用“总览”，可以找：" in await says(desk, "林晓", "总览")
    assert "你没有" not in await says(desk, "林晓", "催办 王建国")
    assert "王建国 没有你能催的超时待办" in last(desk, "林晓")


async def test_with_nobody_of_that_name_it_says_how_to_ask(desk: Stage) -> None:
    assert "没有叫 张三 的员工。请写成：总览，或 总览 姓名" in await says(desk, BOSS, "总览 张三")


async def test_an_old_overview_acts_on_what_is_late_now(desk: Stage) -> None:
    numbers = await four_late_and_a_repair(desk)
    await says(desk, BOSS, "总览")
    old = desk.card(desk.person(BOSS), "催 王建国")
    for no in numbers[:2]:
        await says(desk, "王建国", f"同意 {no}")
    await desk.tap(desk.person(BOSS), "催 王建国", old)
    assert "王建国 没有你能催的超时待办" in last(desk, BOSS)


burdens = st.builds(
    Burden, st.text("王李周吴郑赵欧阳司马", min_size=2, max_size=12), st.integers(1, 99_999), st.integers(0, 99_999),
    st.integers(0, 999), st.timedeltas(timedelta(0), timedelta(days=400)),
    st.none() | st.decimals(0, 10**9, places=2).map(Decimal),
)  # fmt: skip


@given(st.lists(burdens, min_size=1, max_size=40, unique_by=lambda each: each.name), st.lists(burdens, max_size=30))
def test_the_card_fits_whatever_there_is_to_say_and_nobody_is_left_out(
    people: list[Burden], nodes: list[Burden]
) -> None:
    total = Burden("", sum(each.tasks for each in people), 3, 0, timedelta(0), Decimal("1.00"))
    card = card_of(Overview(tuple(people), tuple(nodes), total, 9))
    assert isinstance(card, Card)
    assert len(card.facts) == min(len(people), 6)
    shown = sum(int(fact.value.split(" 件")[0].split()[-1]) for fact in card.facts)
    assert shown == total.tasks
