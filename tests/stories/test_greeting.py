"""Opening the chat: three lines once a day, whatever the platform pushes; strangers hear whom to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Outbox
from sandbox.world import Person
from tests.support.stage import text_of
from tests.support.stories import news, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

ALL = "还能说什么，回复“帮助”"


async def opens(desk: Stage, userid: str) -> None:
    """WeCom tells the app each time that somebody opens it (D/90240); DingTalk tells nothing of the kind."""
    await desk.sandbox.wecom.phones.enter(userid)
    await desk.bot.settled()


# WeCom's own events: marked "both", for a shop on DingTalk alone has none of them.


@pytest.mark.homes("both")
async def test_opening_the_app_says_who_what_waits_and_what_to_type_in_three_lines(desk: Stage) -> None:
    no = await submitted(desk)
    await desk.later(timedelta(hours=1))
    await opens(desk, "wangjianguo")
    assert news(desk, "王建国")[-1].split("\n") == [
        "王建国（客服组长），我是回旋镖，售后的事在这里说一句就办。",
        f"1 件待办 · 最急：审核：退货 ¥5.10（{no}），11-24 09:00 前",
        f"可以先说：待办；总览。{ALL}",
    ]


@pytest.mark.homes("both")
async def test_it_is_said_once_a_day_however_often_the_app_is_opened(desk: Stage) -> None:
    for _ in range(3):
        await opens(desk, "hejia")
    assert len(news(desk, "何佳")) == 1
    await desk.restart()
    await opens(desk, "hejia")
    assert len(news(desk, "何佳")) == 1, "it is remembered over a restart"
    await desk.later(timedelta(days=1))
    await opens(desk, "hejia")
    assert len(news(desk, "何佳")) == 2


@pytest.mark.homes("both")
async def test_two_replicas_that_hear_of_one_opening_greet_once(desk: Stage) -> None:
    await opens(desk, "hejia")
    [row] = await Outbox.filter(kind="greeting")
    assert row.key == f"greeting:m{row.member_id}:20261123", "the key is unique, so the second replica inserts nothing"


@pytest.mark.homes("both")
async def test_who_has_nothing_to_do_is_told_so_and_what_to_begin_with(desk: Stage) -> None:
    await opens(desk, "hejia")
    assert news(desk, "何佳")[-1].split("\n")[1:] == [
        "现在没有等你办的事",
        f"可以先说：退货 <订单号> <商品>×<数量> <原因>；我的单。{ALL}",
    ]


@pytest.mark.homes("both")
async def test_what_is_put_aside_is_not_the_most_urgent(desk: Stage) -> None:
    first = await submitted(desk)
    await desk.later(timedelta(hours=1))
    second = await submitted(desk, "退货 536365 71053×1 质量问题")
    await says(desk, "李敏", f"挂起 {first} 等客户回话")
    await opens(desk, "wangjianguo")
    assert f"2 件待办 · 最急：审核：退货 ¥3.39（{second}）" in news(desk, "王建国")[-1]


@pytest.mark.homes("both")
async def test_who_may_not_see_amounts_does_not_hear_of_them_here_either(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 七天无理由")
    await opens(desk, "zhoucang")
    assert "¥" not in news(desk, "周仓")[-1]
    assert "1 件待办 · 最急：收货：" in news(desk, "周仓")[-1]


@pytest.mark.homes("both")
async def test_a_stranger_who_opens_the_app_hears_once_a_day_whom_to_ask(desk: Stage) -> None:
    desk.sandbox.world.people.append(Person("新来的", (), "newcomer"))
    for _ in range(3):
        await opens(desk, "newcomer")
    told = "你还没有登记为员工，请找 管理员 陈卓 登记，报上你的账号 newcomer；登记好再来说一句"
    assert [text_of(item) for item in desk.phone(desk.person("新来的"))] == [told]


@pytest.mark.parametrize("words", ["你好", "早上好！", "在吗", "hello"])
async def test_who_says_hello_is_greeted_each_time(desk: Stage, words: str) -> None:
    for _ in range(2):
        assert ALL in await says(desk, "林晓", words)


async def test_each_role_is_told_what_to_begin_with(desk: Stage) -> None:
    for name, begin in (("黄磊", "收货 <运单号>；待办"), ("钱芳", "待办；查 <订单号或手机尾号>"), ("许静", "待办。")):
        assert f"可以先说：{begin}" in await says(desk, name, "你好")
