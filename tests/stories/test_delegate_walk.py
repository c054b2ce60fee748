"""A delegate refuses, passes on and gives back with a reason, in a group and alone: the words and whose it was stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stories import group_news, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

GROUP = "cidAfterSales01"


async def test_a_delegate_decides_in_a_group_and_by_a_tap(desk: Stage) -> None:
    await says(desk, "王建国", "请假 今天 到 11-25 代理 李敏")
    refused, given, tapped = [await submitted(desk, f"退货 536365 {goods} 质量问题") for goods in
                              ("85123A×1", "71053×1", "85123A×2")]  # fmt: skip
    for words in (f"驳回 {refused} 照片看不出破损", f"转交 {given} 郑瑞 你熟这单"):
        await desk.sandbox.dingtalk.phones.say("li.min", f"@售后助手 {words}", group=GROUP)
        await desk.bot.settled()
    heard = "\n".join(group_news(desk, "售后群"))
    assert f"{refused} 已驳回（照片看不出破损）" in heard
    assert f"{given} 已转交 郑瑞（你熟这单）" in heard
    assert "驳回（照片看不出破损，代 王建国）" in await says(desk, "林晓", f"查 {refused}")
    assert "已退回补充资料（缺照片）" in await says(desk, "郑瑞", f"退回 {given} 提交人 缺照片")
    assert "补充资料" in await stand(given)
    await taps(desk, "李敏", "驳回")
    assert "的理由：超期了" in await says(desk, "李敏", "超期了")
    told = await says(desk, "林晓", f"查 {tapped}")
    assert "驳回（代 王建国）" in told
    assert "补理由（超期了）" in told
