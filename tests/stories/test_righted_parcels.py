"""Waybills that are said in a sentence: two are two, and a mistyped one is put right and not joined by a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Parcel, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import approved, finish, says, stand, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, ZHOU = "林晓", "周仓"
OLD, NEW = "SF1234567890", "SF1234567899"


async def waybills() -> list[tuple[str, bool]]:
    return list(await Parcel.all().order_by("id").values_list("waybill", "outbound"))


@pytest.mark.parametrize(
    "typed", ["运单 {no} SF1234567890 和 YT9876543210123", "{no} 客户分两个包裹寄 SF1234567890 YT9876543210123"]
)
async def test_two_waybills_of_one_sentence_are_both_registered(desk: Stage, typed: str) -> None:
    no = await approved(desk)
    told = await says(desk, LIN, typed.replace("{no}", no))
    if "点一个" in told:
        await taps(desk, LIN, "1 运单")
    assert await waybills() == [(OLD, False), ("YT9876543210123", False)]


RIGHTED = [
    "{no} 单号打错了 应该是 SF1234567899",
    "单号打错了 应该是SF1234567899",
    "运单写错了，不是SF1234567890，是SF1234567899",
    "{no} 运单改成 SF1234567899",
]


@pytest.mark.parametrize("typed", RIGHTED)
async def test_a_mistyped_waybill_is_put_right_by_a_tap(desk: Stage, typed: str) -> None:
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} {OLD}")
    assert f"替换 {OLD}" in await says(desk, LIN, typed.replace("{no}", no))
    assert await waybills() == [(OLD, False)]
    await says(desk, LIN, "1")
    assert await waybills() == [(NEW, False)]
    assert (await Event.get(action="更正运单")).data == {"原来": OLD, "运单": NEW}
    assert NEW in await says(desk, ZHOU, f"收货 {NEW}")


async def test_a_further_waybill_says_that_there_was_one(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} {OLD}")
    told = await says(desk, LIN, f"运单 {no} {NEW}")
    assert f"回复 运单 {no} {NEW} 替换 {OLD}" in told
    assert len(await waybills()) == 2


async def test_what_is_in_the_house_or_is_not_there_stays_as_it_is(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} {OLD}")
    assert f"没有运单 {NEW}" in await says(desk, LIN, f"运单 {no} YT9876543210123 替换 {NEW}")
    assert "请写成" in await says(desk, LIN, f"运单 {no} {NEW} 替换")
    await says(desk, ZHOU, f"确认收货 {no}")
    assert "已经到过仓库" in await says(desk, LIN, f"运单 {no} {NEW} 替换 {OLD}")
    assert await waybills() == [(OLD, False)]


async def test_what_was_sent_to_the_customer_is_put_right_as_well(desk: Stage) -> None:
    await sell("800100", {"QY-02": ("牵引绳", 4, "58.00")})
    await says(desk, LIN, "补发 800100 QY-02×1 发货错误 漏发")
    await taps(desk, LIN, "提交")
    case = await Case.get()
    for _ in range(6):
        if "寄出新件" in case.nodes or "寄出" in "".join(case.nodes):
            break
        await finish_one(desk, case)
        await case.refresh_from_db()
    await says(desk, ZHOU, f"已寄出 {case.no} {OLD}")
    assert await waybills() == [(OLD, True)]
    assert "请告诉客户" in await says(desk, LIN, f"运单 {case.no} {NEW} 替换 {OLD}")
    assert await waybills() == [(NEW, True)]
    await case.refresh_from_db()
    assert OLD not in str(case.facts)


async def finish_one(desk: Stage, case: Case) -> None:
    """The likely button of whoever the case waits for."""
    task = await Task.filter(case=case, state=TaskState.OPEN).order_by("id").prefetch_related("owner").first()
    assert task is not None, await stand(case.no)
    await taps(desk, task.owner.name, "同意")


async def test_an_ended_case_keeps_its_parcels(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, LIN, f"运单 {no} {OLD}")
    await finish(desk, no)
    assert "已经到过仓库" in await says(desk, LIN, f"运单 {no} {NEW} 替换 {OLD}")
