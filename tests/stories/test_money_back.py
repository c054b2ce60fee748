"""今天一共退出去多少钱: the sum, its time, its shops, and nobody hears it who may see no amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stage import sell
from tests.support.stories import inspected, play, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LI, LIN, ZHOU, FANG = "李敏", "林晓", "周仓", "钱芳"
TODAY, MONTH = "今天（2026-11-23）", "本月（2026-11-01 到 2026-11-23）"

ASKED = [
    ("今天一共退出去多少钱", f"{TODAY}退出去 ¥63.10：2 笔，2 单"),
    ("这个月退了多少钱", f"{MONTH}退出去 ¥63.10：2 笔，2 单"),
    ("退款合计", f"{TODAY}退出去 ¥63.10"),
    ("昨天退款总额", "昨天（2026-11-22）退出去 ¥0.00：0 笔"),
    ("天猫旗舰店今天退了多少钱", "今天（2026-11-23，店铺 天猫旗舰店）退出去 ¥58.00：1 笔"),
    ("今天换货退了多少钱", "类型 换货）退出去 ¥0.00"),
    ("12-1到12-5退了多少钱", "2025-12-01 到 2025-12-05）退出去 ¥0.00"),
    ("林晓今天退了多少钱", "“林晓”没看懂，没有算进去；今天（2026-11-23）退出去 ¥63.10"),
    ("双十一退了多少钱", "请写日期"),
]


async def test_the_sum_of_a_time(desk: Stage) -> None:
    await inspected(desk)
    await play(desk, f"{FANG} 确认退款")
    await sell("800100", {"QY-02": ("牵引绳", 4, "58.00")}, shop="天猫旗舰店")
    await inspected(desk, "退货 800100 QY-02×1 质量问题 破了")
    await play(desk, f"{FANG} 确认退款")
    await submitted(desk)
    wrong = {typed: told for typed, right in ASKED if right not in (told := await says(desk, LI, typed))}
    assert not wrong


async def test_who_may_see_no_amounts_hears_none(desk: Stage) -> None:
    told = await says(desk, ZHOU, "今天一共退出去多少钱")
    assert "你的角色看不到" in told
    assert "¥" not in told


async def test_a_case_that_is_named_is_looked_up(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 退货" in await says(desk, LIN, f"{no} 退了多少钱")
