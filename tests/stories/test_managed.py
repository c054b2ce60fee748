"""What is said of many: colleagues' cases and tasks, figures, customers; listed or offered before it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, CaseState, CustomerEntry, Event, Leave, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import says, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, BOSS = "林晓", "王建国", "李敏"
LANTERN = "退货 536365 71053×1 质量问题"


# -- of colleagues -----------------------------------------------------------------------------------------------------


async def test_a_colleagues_cases_of_a_day_are_listed_before_they_are_withdrawn(desk: Stage) -> None:
    old = await submitted(desk)
    await desk.later(timedelta(days=1))
    new = await submitted(desk, LANTERN)
    listed = await says(desk, BOSS, "撤销林晓今天开的单")
    assert "批量撤单 1 单" in listed
    assert new in listed
    assert old not in listed
    assert await Case.filter(state=CaseState.OPEN).count() == 2
    await taps(desk, BOSS, "批量撤单")
    assert [case.no for case in await Case.filter(state=CaseState.CLOSED)] == [new]


async def test_what_i_have_just_opened_is_withdrawn_by_a_tap(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"撤单 {no}" in await says(desk, LIN, "撤了刚才开的单")


@pytest.mark.parametrize("words", ["撤销张三今天开的单", "把张三的都转给李敏"])
async def test_nobody_of_that_name_is_said_so(desk: Stage, words: str) -> None:
    await submitted(desk)
    assert "没有叫“张三”的员工，什么都没有做" in await says(desk, BOSS, words)


async def test_a_colleagues_tasks_are_listed_before_they_are_given_away(desk: Stage) -> None:
    await submitted(desk)
    assert "批量转交给李敏 1 单" in await says(desk, BOSS, "把王建国手上的单都转给李敏")
    await taps(desk, BOSS, "批量转交")
    assert (await Task.get(state=TaskState.OPEN).prefetch_related("owner")).owner.name == BOSS


async def test_a_colleague_who_is_late_is_hurried_by_a_tap(desk: Stage) -> None:
    await submitted(desk)
    await desk.later(timedelta(hours=30))
    assert "催办 王建国" in await says(desk, BOSS, "催一下王建国所有超时的")
    assert not await Event.filter(action="催办").exists()
    await says(desk, BOSS, "1")
    assert await Event.filter(action="催办").count() == 1


async def test_a_colleagues_leave_is_offered_in_the_same_week(desk: Stage) -> None:
    assert "代人请假 李敏 下周一 到 下周三 代理 王建国" in await says(
        desk, "赵卫东", "李敏出差，下周一到周三她的单给王建国"
    )
    await says(desk, "赵卫东", "1")
    leave = await Leave.get()
    assert (leave.ends_at - leave.starts_at).days == 2


async def test_what_is_not_mine_is_said_with_whose_it_is(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, LIN, f"转交 {no} 何佳")
    assert "在 王建国（客服审核） 手上" in told
    assert f"抄送 {no} 姓名" in told


async def test_cases_joined_by_and_are_merged(desk: Stage) -> None:
    one, other = await submitted(desk), await submitted(desk)
    assert f"{other} 已并入 {one}" in await says(desk, BOSS, f"合并{one}和{other}")


# -- figures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        (BOSS, "今天开了多少单", "2026-11-23：1 单"),
        (BOSS, "林晓今天开了几单", "提交人 林晓：1 单"),
        (LIN, "我今天开了几单", "你开的单"),
        (BOSS, "王建国手上还有几单", "负责人 王建国：1 单"),
        (BOSS, "本月驳回的单有哪些", "拒绝：没有你能看的单"),
        (WANG, "今天到期的有哪些", "待办 1 件"),
        ("钱芳", "退款失败了怎么办", "问退款 <单号>"),
    ],
)
async def test_questions_about_figures(desk: Stage, who: str, words: str, answer: str) -> None:
    await submitted(desk)
    assert answer in await says(desk, who, words)


# -- customers ---------------------------------------------------------------------------------------------------------


async def test_a_customer_is_refused_by_a_tap_and_let_in_again(desk: Stage) -> None:
    offered = await says(desk, BOSS, "客户13800001234拉黑，恶意退款")
    assert "名单 禁止 13800001234 恶意退款" in offered
    assert not await CustomerEntry.exists()
    await says(desk, BOSS, "1")
    assert (await CustomerEntry.get()).why == "恶意退款"
    assert "名单 移除 13800001234" in await says(desk, BOSS, "把13800001234移出黑名单")


async def test_who_may_not_refuse_customers_hears_who_may(desk: Stage) -> None:
    assert "你的角色不能用“名单”" in await says(desk, LIN, "把13800001234拉黑")


@pytest.mark.parametrize(
    "words",
    ["{no} 的客户拉黑，恶意退款", "把{no}这个客户拉黑 恶意退款", "{no}拉黑 恶意退款", "拉黑 {no} 的买家，恶意退款"],
)
async def test_a_customer_is_named_by_a_case_of_theirs(desk: Stage, words: str) -> None:
    no = await submitted(desk)
    assert f"名单 禁止 {no} 恶意退款" in await says(desk, BOSS, words.format(no=no))
    assert not await CustomerEntry.exists()
    told = await says(desk, BOSS, "1")
    entry = await CustomerEntry.get()
    assert (entry.customer, entry.why) == ("13800138000", "恶意退款")
    assert "13800138000" not in told
    assert "你的角色不能用“名单”" in await says(desk, LIN, words.format(no=no))
    assert "已从名单移除" in await says(desk, BOSS, f"名单 移除 {no}")


# -- words mistyped ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "words", "reading"),
    [
        (LIN, "推货 536365 71053×1 质量问题", "退货 536365 71053×1 质量问题"),
        (LIN, "退或536365 71053×1 质量问题", "退货 536365 71053×1 质量问题"),
        (LIN, "还货 536365 71053×1 质量问题", "换货 536365 71053×1 质量问题"),
        (WANG, "通意 {no}", "同意 {no}"),
    ],
)
async def test_a_mistyped_word_is_offered_and_left_out(desk: Stage, who: str, words: str, reading: str) -> None:
    no = await submitted(desk)
    offered = await says(desk, who, words.format(no=no))
    assert reading.format(no=no) in offered
    assert words.format(no=no) not in offered


async def test_the_shops_of_one_number_are_told_apart_on_the_buttons(desk: Stage) -> None:
    await sell("1001", {"AB-1": ("蓝牙音箱", 2, "24.95")}, shop="天猫")
    await sell("1001", {"AB-2": ("蓝牙耳机", 1, "30.00")}, shop="京东")
    card = await says(desk, LIN, "退货 1001 质量问题")
    assert "退货 天猫" in card
    assert "退货 京东" in card
