"""What only a file could say, said in the chat, published by a second person, and seen at work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, StockMove, Task, TaskState
from tests.support.owners import publish
from tests.support.stage import buttons
from tests.support.stories import inspected, news, play, received, role, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
ADMIN, DIRECTOR = "陈卓", "赵卫东"


async def test_what_stands_beside_flows_is_shown_set_and_in_force(desk: Stage) -> None:
    assert "免打扰：22:00 到 08:00，紧急照发" in await says(desk, ADMIN, "设置")
    await publish(desk, ADMIN, DIRECTOR, "库区 合格 改成 A区", "设置 紧急用语 加 老板催")
    told = await says(desk, ADMIN, "设置")
    assert "库区：合格 A区，次品 次品区" in told
    assert "紧急用语：紧急、加急、老板催" in told
    await inspected(desk)
    assert [move.zone async for move in StockMove.all()] == ["A区"]
    await submitted(desk, "退货 536365 71053×1 质量问题 老板催")
    [newest] = await Case.all().order_by("-id").limit(1)
    assert newest.facts["紧急"] is True


async def test_quiet_hours_that_are_said_hold_back_what_can_wait(desk: Stage) -> None:
    await publish(desk, ADMIN, DIRECTOR, "免打扰改成早上9点到晚上8点")
    await submitted(desk)
    heard = len(news(desk, "林晓"))
    await play(desk, "王建国 同意")
    assert len(news(desk, "林晓")) == heard
    await desk.later(timedelta(hours=12))
    assert len(news(desk, "林晓")) > heard


async def test_a_button_that_is_added_is_on_the_card_and_leads_there(desk: Stage) -> None:
    told = await says(desk, ADMIN, "增加按钮 质检 再收一次 去 仓库收货 结果 请仓库再收 记 已收货=否")
    assert "质检 增加动作 再收一次" in told
    await says(desk, ADMIN, "发布")
    await taps(desk, DIRECTOR, "发布")
    no = await received(desk)
    card = desk.card(desk.person("许静"), "再收一次")
    assert "合格入库" in buttons(card)
    await taps(desk, "许静", "再收一次")
    assert await stand(no) == "处理中 仓库收货"


async def test_a_table_of_work_that_is_said_gives_it_to_whom_it_says(desk: Stage) -> None:
    await role("何佳", "客服", "质检员")
    await publish(
        desk,
        ADMIN,
        DIRECTOR,
        "增加行 分派表 审核分派 灯给何佳 派给 人 何佳 当 类型=质量问题",
        "增加行 审核分派 其余 派给 客服组长",
        "流程 客服审核 负责人 分派表 审核分派",
    )
    await submitted(desk)
    assert [t.owner.name for t in await Task.filter(state=TaskState.OPEN).prefetch_related("owner")] == ["何佳"]
    assert "永远轮不到" in await says(desk, ADMIN, "移动行 审核分派 灯给何佳 在 最后")  # behind the row that fits all
    await publish(desk, ADMIN, DIRECTOR, "删除行 审核分派 灯给何佳")
    await submitted(desk, "退货 536365 71053×1 质量问题 碎了")
    [newest] = await Task.filter(state=TaskState.OPEN).order_by("-id").limit(1).prefetch_related("owner")
    assert newest.owner.name == "王建国"


async def test_a_role_that_is_made_and_given_may_do_what_it_says(desk: Stage) -> None:
    await publish(desk, ADMIN, DIRECTOR, "新建角色 仓库主管 照 仓管员", "角色 仓库主管 能 导出 仓库")
    assert "已改" in await says(desk, ADMIN, "员工 周仓 加角色 仓库主管")
    assert "写法：导出" in await says(desk, "周仓", "帮助 导出")
