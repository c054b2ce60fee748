"""Every way in which a case comes about by somebody, by every way in which its money could come into their hands."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from models import Case, Member, Refund, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import LAMP, news, role, says, stand, submitted, taps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.stage import Stage

MINUTES = timedelta(minutes=2)
OWN, CHANGED = "提交人和经办人不能", "改过内容的人不能"
LINE, LONG = ("退货 {order} 85123A×2 质量问题 外壳破裂", "退货 {order} 85123A×2,71053×1 质量问题 外壳破裂")


async def go_on(desk: Stage, no: str) -> str:
    """Up to the money, whoever has it on the way."""
    for button in ("同意", "同意", "确认收货", "合格入库"):
        if "财务退款" in await stand(no):
            break
        task = await Task.filter(case__no=no, state=TaskState.OPEN).prefetch_related("owner").first()
        if task and task.node == "财务退款":
            break
        assert task, await stand(no)
        await says(desk, task.owner.name, f"{button} {no}")
    assert "财务退款" in await stand(no)
    return no


async def opened(desk: Stage, who: str, order: str) -> str:
    await role(who, "客服", "财务")
    return await go_on(desk, await submitted(desk, LINE.format(order=order), by=who))


async def reopened(desk: Stage, who: str, order: str) -> str:
    no = await submitted(desk, LINE.format(order=order))
    await says(desk, "王建国", f"驳回 {no} 照片看不清")
    await role(who, "客服主管")
    await says(desk, who, f"重开 {no} 客户补了照片")
    await role(who, "财务")
    return await go_on(desk, no)


async def changed(desk: Stage, who: str, order: str) -> str:
    no = await submitted(desk, LINE.format(order=order))
    await role(who, "客服主管")
    await says(desk, who, f"改 {no} 数量 1")
    await taps(desk, who, "确认修改")
    await role(who, "财务")
    return await go_on(desk, no)


async def followed(desk: Stage, who: str, order: str) -> str:
    await role(who, "客服", "财务")
    await submitted(desk, f"投诉 {order} 85123A×1 商品投诉 外壳破裂", by=who)
    await role(who, "财务")
    await taps(desk, "王建国", "转退货")
    await says(desk, "王建国", "质量问题")
    return await go_on(desk, (await Case.all().order_by("-id").first()).no)  # type: ignore[union-attr]


async def merged(desk: Stage, who: str, order: str) -> str:
    keep = await submitted(desk, LINE.format(order=order))
    await role(who, "客服", "财务")
    await desk.later(MINUTES)
    twin = await submitted(desk, LINE.format(order=order), by=who)
    assert "已并入" in await says(desk, "王建国", f"合并 {keep} {twin}")
    return await go_on(desk, keep)


async def divided(desk: Stage, who: str, order: str) -> str:
    await submitted(desk, LONG.format(order=order))
    no = (await Case.all().order_by("-id").first()).no  # type: ignore[union-attr]
    await role(who, "客服主管")
    assert "拆" in await says(desk, who, f"拆分 {no} 71053×1")
    await role(who, "财务")
    return await go_on(desk, (await Case.all().order_by("-id").first()).no)  # type: ignore[union-attr]


WAYS: dict[Callable[[Stage, str, str], Awaitable[str]], str] = {
    opened: OWN, reopened: OWN, changed: CHANGED, followed: OWN, merged: OWN, divided: OWN,
}  # fmt: skip


async def seated(no: str, who: str, absent: str | None = None) -> None:
    """The task is theirs, as an earlier version, or somebody's hand in the database, has left it."""
    for_id = (await Member.get(name=absent)).id if absent else None
    mine = Task.filter(case__no=no, state=TaskState.OPEN)
    await mine.update(owner_id=(await Member.get(name=who)).id, for_id=for_id)


async def tries(desk: Stage, no: str, who: str) -> list[tuple[str, str]]:
    """Each way to the money, and what whoever tries it hears."""
    other = "钱芳" if who != "钱芳" else "赵卫东"
    await seated(no, other)
    said = [(f"转交 {who}", await says(desk, other, f"转交 {no} {who}"))]
    said += [(f"{side}加签", await says(desk, other, f"加签 {no} {who} {side}")) for side in ("前", "后")]
    await desk.later(MINUTES)
    said.append(("从别人转交", await says(desk, "赵卫东", f"转交 {no} {who} 从 {other}")))
    await seated(no, who)
    said.append(("确认退款", await says(desk, who, f"确认退款 {no}")))
    said.append(("驳回", await says(desk, who, f"驳回 {no} 不退了")))
    await seated(no, who, absent=other)
    said.append(("代", await says(desk, who, f"确认退款 {no}")))
    await says(desk, who, "批量确认退款")
    assert not await Refund.filter(case__no=no).exists(), "by 批量"
    await seated(no, other)
    await says(desk, "赵卫东", f"代人请假 {other} 今天 到 11-25 代理 {who}")
    await says(desk, who, f"确认退款 {no}")
    assert not await Refund.filter(case__no=no).exists(), "by a leave"
    await says(desk, other, "销假")
    return said


async def test_nobody_confirms_the_refund_of_what_they_brought_about_by_any_way(desk: Stage) -> None:
    desk.honest = False  # seats that no version of today gives
    wrong = []
    for (order, (way, why)), who in zip(enumerate(WAYS.items(), 540001), cycle(("何佳", "孙悦", "郑瑞")), strict=False):
        await sell(str(order), LAMP)
        await desk.later(MINUTES)  # WeCom lets a person have thirty messages a minute
        no = await way(desk, who, str(order))
        await desk.later(MINUTES)
        await role(who, "财务")
        said = await tries(desk, no, who)
        wrong += [f"{way.__name__} × {how}: {words}" for how, words in said if words and why not in words]
        wrong += [f"{way.__name__} × money"] if await Refund.filter(case__no=no).exists() else []
        await role(who, "客服")
        await seated(no, "钱芳")
        await says(desk, "钱芳", f"确认退款 {no}")
        assert await Refund.filter(case__no=no).exists(), (way.__name__, news(desk, "钱芳")[-1])
    assert wrong == []
