"""等待: a case that waits goes on when what it waits for has come, or when the time is up, and says until when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from flow.tasks.handover import drop
from models import Case, CaseState, Refund, Task
from tests.support.own_flows import paid_again, paid_beside, raced, use, waiting
from tests.support.proof import chain_holds
from tests.support.published import prefer
from tests.support.stage import buttons
from tests.support.stories import approved, group_news, news, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Home, Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

WAYBILL, DAY = "SF1234567890", timedelta(days=1)


async def waits(desk: Stage) -> str:
    """A case that waits for its parcel."""
    await use(desk, waiting())
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 等寄回"
    return no


async def all_is_well(desk: Stage, no: str) -> None:
    await the_cards_are_true(desk)
    assert await chain_holds(await Case.get(no=no))


async def test_a_waybill_ends_the_wait(desk: Stage) -> None:
    no = await waits(desk)
    assert "在等：客户寄回，最晚到 11-30 09:00" in await says(desk, "林晓", f"查 {no}")
    await says(desk, "林晓", f"运单 {no} {WAYBILL}")
    assert await stand(no) == "处理中 收货"
    assert f"收货 {WAYBILL}" in news(desk, "周仓")[-1]
    await all_is_well(desk, no)
    await desk.later(8 * DAY)
    assert await stand(no) == "处理中 收货", "the wait is over, and with it its time"


async def test_who_does_not_send_is_closed_when_the_time_is_up(desk: Stage) -> None:
    no = await waits(desk)
    await desk.later(7 * DAY - timedelta(minutes=1))
    assert await stand(no) == "处理中 等寄回"
    await desk.later(timedelta(minutes=1))
    assert await stand(no) == "已关闭 超期"
    assert "系统 等寄回 到时" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


async def test_who_has_sent_before_is_not_waited_for(desk: Stage) -> None:
    await use(desk, waiting())
    no = await submitted(desk)
    await says(desk, "林晓", f"运单 {no} {WAYBILL}")
    await play(desk, "王建国 同意")
    await desk.later(timedelta(seconds=1))
    assert await stand(no) == "处理中 收货"


async def test_a_wait_stands_still_while_its_case_is_put_aside(desk: Stage) -> None:
    no = await waits(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户回国")
    await desk.later(30 * DAY)
    assert await stand(no) == "已挂起 等寄回"
    await says(desk, "林晓", f"恢复 {no}")
    await desk.later(6 * DAY)
    assert await stand(no) == "处理中 等寄回"
    await desk.later(DAY)
    assert await stand(no) == "已关闭 超期"


async def test_a_waybill_that_comes_meanwhile_counts_afterwards(desk: Stage) -> None:
    no = await waits(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户回国")
    await says(desk, "林晓", f"运单 {no} {WAYBILL}")
    assert await stand(no) == "已挂起 等寄回"
    await says(desk, "林晓", f"恢复 {no}")
    await desk.later(timedelta(seconds=1))
    assert await stand(no) == "处理中 收货"
    await all_is_well(desk, no)


async def test_a_wait_is_not_forgotten_over_a_restart(desk: Stage) -> None:
    no = await waits(desk)
    await desk.restart()
    await desk.later(7 * DAY)
    assert await stand(no) == "已关闭 超期"


async def test_two_waits_side_by_side_end_each_at_its_own_time(desk: Stage) -> None:
    await use(desk, raced())
    no = await submitted(desk)
    await desk.later(DAY)
    assert await stand(no) == "处理中 等两天"
    await desk.later(DAY)
    assert await stand(no) == "处理中 看一看"
    assert (await Case.get(no=no)).facts["谁先到"] == "两天"
    assert await Task.all().count() == 1
    await all_is_well(desk, no)


async def test_a_customer_who_changes_their_mind_is_let_go(desk: Stage) -> None:
    no = await waits(desk)
    assert "已关闭（撤销）" in await says(desk, "林晓", f"撤单 {no}")
    assert await stand(no) == "已关闭 撤销"
    await desk.later(8 * DAY)
    assert await stand(no) == "已关闭 撤销"


# -- people who have so long, and no more ------------------------------------------------------------------------------


async def test_who_never_sends_the_goods_is_closed_after_thirty_days(desk: Stage, home: Home) -> None:
    no = await approved(desk)
    assert "最晚到 12-23 09:00，到时自动：一直没寄来" in await says(desk, "林晓", f"查 {no}")
    await desk.later(30 * DAY - timedelta(minutes=1))
    assert await stand(no) == "处理中 仓库收货"
    await desk.later(timedelta(minutes=1))
    assert await stand(no) == "已关闭 超期"
    assert f"{no} 仓库收货：系统 到时" in news(desk, "林晓")[-1]
    assert "已关闭（超期）" in await says(desk, "林晓", f"查 {no}")
    assert await chain_holds(await Case.get(no=no))
    if home == "dingtalk":  # WeCom redraws no card that is over 72 h old (D/94888): a tap tells how it stands
        assert any("已关闭（超期）" in card for card in news(desk, "周仓"))
        assert not desk.live(desk.person("周仓"))


async def test_a_parcel_that_is_lost_on_its_way_is_asked_after(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "林晓", f"运单 {no} {WAYBILL}")
    await desk.later(30 * DAY)
    assert await stand(no) == "处理中 未寄处理"
    await play(desk, "王建国 再等等")
    assert await stand(no) == "处理中 仓库收货"
    await desk.later(30 * DAY)
    await play(desk, "王建国 关闭")
    assert await stand(no) == "已关闭 超期"


async def test_money_that_went_first_is_not_forgotten(desk: Stage) -> None:
    await prefer("express")
    no = await submitted(desk)  # ¥5.10: paid at once
    assert await stand(no) == "处理中 仓库收货"
    await desk.later(30 * DAY)
    assert await stand(no) == "处理中 未寄处理"
    await play(desk, "王建国 关闭")
    assert await stand(no) == "已关闭 超期"
    assert await Refund.all().count() == 1
    assert await chain_holds(await Case.get(no=no))


async def test_time_put_aside_is_not_counted(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "林晓", f"挂起 {no} 等客户回国")
    await desk.later(40 * DAY)
    await says(desk, "林晓", f"恢复 {no}")
    await desk.later(29 * DAY)
    assert await stand(no) == "处理中 仓库收货"
    await desk.later(DAY)
    assert await stand(no) == "已关闭 超期"


async def test_nobody_but_the_clock_says_that_the_time_is_up(desk: Stage) -> None:
    no = await approved(desk)
    assert "到时" not in buttons(desk.card(desk.person("周仓"), "确认收货"))
    assert "到时不用点，时间到了系统自己会办" in await says(desk, "周仓", f"到时 {no}")
    assert await stand(no) == "处理中 仓库收货"


async def test_whoever_gets_it_back_has_the_whole_time_again(desk: Stage) -> None:
    no = await approved(desk)
    await desk.later(20 * DAY)
    await play(desk, "周仓 拒收", "王建国 驳回")
    await desk.later(20 * DAY)
    assert await stand(no) == "处理中 仓库收货"
    await desk.later(10 * DAY)
    assert await stand(no) == "已关闭 超期"


# -- a refund that nobody waits for any more ---------------------------------------------------------------------------


async def paying_beside(desk: Stage) -> str:
    """The shop does not answer yet, and the money is on its way beside the supervisor's look."""
    await use(desk, paid_beside())
    desk.sandbox.faults.arm("error", "/shop/refunds*", times=-1)
    no = await submitted(desk)
    assert await stand(no) == "处理中 主管看 退款中"
    return no


@pytest.mark.parametrize("button", ["同意", "驳回"])
async def test_money_on_its_way_is_not_cut_off(desk: Stage, button: str) -> None:
    """Neither by the branch that would be first, nor by one that ends the case."""
    no = await paying_beside(desk)
    await taps(desk, "李敏", button)
    assert f"正在等店铺答复，现在不能{button}；有了答复再办" in news(desk, "李敏")[-1]
    assert await stand(no) == "处理中 主管看 退款中"
    desk.sandbox.faults.clear()
    await desk.later(timedelta(hours=1))
    assert await stand(no) == "已完成"
    assert (await Refund.get()).state == "已退款"
    await all_is_well(desk, no)


async def test_money_that_is_asked_for_again_is_answered_and_not_paid_twice(desk: Stage) -> None:
    """After 重开, or where a flow confirms the refund at two nodes."""
    await use(desk, paid_again())
    no = await submitted(desk)
    assert await stand(no) == "处理中 主管看"
    await play(desk, "李敏 再退")
    assert await stand(no) == "已完成"
    await says(desk, "李敏", f"重开 {no} 客户说没收到")
    await play(desk, "赵卫东 再退")
    assert await stand(no) == "已完成"
    assert [refund.state for refund in await Refund.all()] == ["已退款"]
    assert len(desk.sandbox.shop.refunds) == 1
    assert (await says(desk, "林晓", f"查 {no}")).count("早已退过，没有再退") == 2
    await all_is_well(desk, no)


async def ended_beside(desk: Stage) -> str:
    """Such a case as it could be ended before that was refused: nobody waits for the answer any more."""
    no = await paying_beside(desk)
    case = await Case.get(no=no)
    await drop(case, await Task.get(case_id=case.id), desk.clock.now())
    desk.honest = False
    await Case.filter(id=case.id).update(state=CaseState.DONE, nodes=[])
    desk.sandbox.faults.clear()
    return no


async def test_money_that_comes_late_counts_as_paid(desk: Stage) -> None:
    no = await ended_beside(desk)
    await desk.later(timedelta(hours=1))
    assert ((await Refund.get()).state, (await Case.get(no=no)).facts["已退款"]) == ("已退款", True)
    assert "系统 退款成功" in await says(desk, "林晓", f"查 {no}")
    await all_is_well(desk, no)


async def test_a_refusal_that_comes_late_is_told_to_the_managers(desk: Stage) -> None:
    no = await ended_beside(desk)
    desk.sandbox.shop.paid["536365"] = Decimal("1.00")
    await desk.later(timedelta(hours=1))
    assert (await Refund.get()).state == "退款失败"
    assert f"{no} 的退款 {no}-T1 没有成功" in group_news(desk, "管理群")[-1]
    await all_is_well(desk, no)
