"""A chart comes as a picture and as the same numbers in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from flow.stats import answer, parse_report
from tests.stage import text_of
from tests.stories import play, says, submitted

if TYPE_CHECKING:
    from sandbox.world import Item
    from tests.stage import Stage

LIN = "林晓"
PNG = b"\x89PNG\r\n\x1a\n"
LINK = re.compile(r"!\[[^]]*\]\((\S+)\)")
CHARTS = ["退货原因", "退货率趋势"]


async def some_returns(desk: Stage) -> None:
    """Three units for a fault, one without a reason, and one that was refused."""
    await submitted(desk, "退货 536365 85123A×3 质量问题")
    await submitted(desk, "退货 536365 71053×1 七天无理由")
    await submitted(desk, "退货 536365 71053×1 发货错误")
    await play(desk, "王建国 驳回")


async def asked(desk: Stage, words: str) -> list[Item]:
    """What comes onto 林晓's phone for a report."""
    return await desk.say(desk.person(LIN), f"报表 {words}")


def picture(desk: Stage, items: list[Item]) -> bytes:
    """The bytes of the only picture among them, as the phone loads them: DingTalk's stands above its words."""
    bodies = [(item.body.get("media_id"), *LINK.findall(text_of(item))) for item in items]
    [media_id] = [each for body in bodies for each in body if each]
    place: Any = desk.sandbox.wecom if items[0].place.platform == "wecom" else desk.sandbox.dingtalk.phones
    data: bytes = place.media(media_id)[0]
    return data


async def numbers(desk: Stage, words: str) -> list[tuple[str, float]]:
    """The points of the same report as the statistics have them."""
    now = desk.clock.now().astimezone(desk.bot.desk.zone)
    request = parse_report(words.split(), now, desk.bot.desk.zone)
    assert request is not None
    data = (await answer(request, now=now, tz=desk.bot.desk.zone)).data()
    return [(label, value) for series in data["series"] for label, value in series["points"] if value]


def spoken(items: list[Item]) -> str:
    return "\n".join(text_of(item) for item in items)


@pytest.mark.homes("both", "dingtalk")
@pytest.mark.parametrize("chart", CHARTS)
async def test_a_chart_comes_as_a_picture(desk: Stage, chart: str) -> None:
    await some_returns(desk)
    assert picture(desk, await asked(desk, chart)).startswith(PNG)


@pytest.mark.parametrize("chart", CHARTS)
async def test_the_same_numbers_come_in_words(desk: Stage, chart: str) -> None:
    await some_returns(desk)
    told = spoken(await asked(desk, f"{chart} 本月 按月"))
    counted = await numbers(desk, f"{chart} 本月 按月")
    assert counted
    for label, value in counted:
        assert any(label in line and f"{value:g}" in line for line in told.split("\n")), (label, value, told)


async def test_the_reasons_are_counted_in_units(desk: Stage) -> None:
    await some_returns(desk)
    told = spoken(await asked(desk, "退货原因 今天"))
    assert "质量问题 3 件" in told
    assert "七天无理由 1 件" in told


async def test_without_a_word_the_charts_are_listed(desk: Stage) -> None:
    told = await says(desk, LIN, "报表")
    for chart in CHARTS:
        assert f"· {chart}：" in told


async def test_a_chart_that_there_is_not_is_said(desk: Stage) -> None:
    assert "没看懂“天气”" in await says(desk, LIN, "报表 天气")


async def test_nothing_to_count_is_said_in_the_picture_and_in_words(desk: Stage) -> None:
    items = await asked(desk, "退货原因 今天")
    assert picture(desk, items).startswith(PNG)
    assert "还没有任何售后单" in spoken(items)


async def test_who_may_not_see_reports_is_told_who_may(desk: Stage) -> None:
    assert "你的角色不能用“报表”" in await says(desk, "周仓", "报表 退货原因")
