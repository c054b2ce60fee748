"""Who approves how much: both shipped policies at every edge of their tables, and small money that waits for nobody."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Task, TaskState
from tests.support.stage import sell, stage
from tests.support.stories import finish, news, on, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stage import Stage

WANG, LI, WU, ZHAO = "王建国", "李敏", "吴强", "赵卫东"
AMOUNTS = [
    pytest.param("express", "9.90", [], "小额自动通过", id="9.90 does not queue"),
    pytest.param("express", "50.00", [], "小额自动通过", id="50 still passes by itself"),
    pytest.param("express", "50.01", [WANG], "组长审批", id="a cent more is the group leader's, asked once"),
    pytest.param("express", "500.00", [WANG], "组长审批", id="500 still is"),
    pytest.param("express", "500.01", [WANG, ZHAO], "总监审批", id="a cent more is the director's"),
    pytest.param("express", "2880.00", [WANG, ZHAO], "总监审批", id="2880 is the director's"),
    pytest.param("standard", "4999.99", [WANG, LI], "主管审批", id="under 5000 is the supervisor's"),
    pytest.param("standard", "5000.00", [WANG, LI], "主管审批", id="5000 still is"),
    pytest.param("standard", "5000.01", [WANG, WU], "经理审批", id="a cent more is the sales manager's"),
]
SMALL = "退货 1 质量问题"


@asynccontextmanager
async def sold(url: str, policy: str, amount: str) -> AsyncIterator[Stage]:
    """A shop under ``policy`` that has sold one thing for ``amount``."""
    async with stage(url, POLICY=policy) as desk:
        await sell("1", {"W1": ("自动喂食器", 1, amount)})
        yield desk


async def agree(desk: Stage) -> list[str]:
    """Who is asked to agree before the warehouse is, in order; each does."""
    asked = []
    before = {"node__in": ["客服审核", "金额审批"], "state": TaskState.OPEN}
    while tasks := await Task.filter(**before).prefetch_related("owner"):
        asked.append(tasks[0].owner.name)
        await taps(desk, asked[-1], "同意")
    return asked


CALLED = {"standard": "标准", "express": "快速"}


@pytest.mark.parametrize(("policy", "amount", "asked", "rule"), AMOUNTS)
async def test_who_must_agree(sqlite: str, policy: str, amount: str, asked: list[str], rule: str) -> None:
    async with sold(sqlite, policy, amount) as desk:
        no = await submitted(desk, SMALL)
        assert await agree(desk) == asked
        assert await stand(no) == "处理中 仓库收货"
        assert f"金额档：{rule}（政策 {CALLED[policy]}）" in await says(desk, "李敏", f"规则 为什么 {no}")
        if len(asked) < 2:
            assert f"{rule}）" in await says(desk, "林晓", f"查 {no}"), "what went by itself is on record with its rule"


@pytest.mark.parametrize(("policy", "amount", "asked", "rule"), AMOUNTS)
async def test_the_draft_says_beforehand_who_will(
    sqlite: str, policy: str, amount: str, asked: list[str], rule: str
) -> None:
    roles = {WANG: "客服组长", LI: "客服主管", WU: "销售经理", ZHAO: "运营总监"}
    async with sold(sqlite, policy, amount) as desk:
        draft = await says(desk, "林晓", SMALL)
        assert f"预计退款 ¥{Decimal(amount):,.2f}" in draft
        assert f"审批 {roles[asked[-1]] if asked else '自动'}（" in draft


async def test_small_money_goes_at_once_and_the_goods_are_still_checked(sqlite: str) -> None:
    async with sold(sqlite, "express", "9.90") as desk:
        no = await submitted(desk, SMALL)
        assert [str(refund.amount) for refund in desk.sandbox.shop.refunds] == ["9.90"]
        await the_cards_are_true(desk)
        assert await finish(desk, no) == ["周仓 仓库收货", "许静 质检"]
        assert await stand(no) == "已完成"
        assert len(desk.sandbox.shop.refunds) == 1


async def test_the_system_that_passes_small_money_signs_with_its_rule(sqlite: str) -> None:
    async with sold(sqlite, "express", "9.90") as desk:
        told = await says(desk, "林晓", f"查 {await submitted(desk, SMALL)}")
        assert "系统 金额审批 同意（小额自动通过）" in told
        assert "系统 已通知客户" in told


async def test_the_creator_of_small_money_hears_that_it_is_paid(sqlite: str) -> None:
    async with sold(sqlite, "express", "9.90") as desk:
        await submitted(desk, SMALL)
        assert "已退款 ¥9.90" in news(desk, "林晓")[-1]


async def test_who_reviewed_is_not_asked_again_for_the_money(sqlite: str) -> None:
    async with sold(sqlite, "express", "500.00") as desk:
        await submitted(desk, SMALL)
        assert "下一步 仓库收货 · 周仓" in await taps(desk, WANG, "同意")
        assert desk.live(desk.person(WANG)) == []


async def test_a_director_s_approval_is_not_the_group_leader_s_to_give(sqlite: str) -> None:
    async with sold(sqlite, "express", "2880.00") as desk:
        no = await submitted(desk, SMALL)
        await play(desk, f"{WANG} 同意")
        assert "由 赵卫东 处理" in await says(desk, WANG, f"同意 {no}")
        assert await stand(no) == "处理中 金额审批"


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
async def test_the_director_reads_what_the_customer_bought_and_sent_back(sqlite: str, platform: str) -> None:
    async with sold(sqlite, "express", "2880.00") as desk:
        await sell("2", {"W2": ("滤网", 2, "19.90")})
        await on(desk, platform, ZHAO)
        await finish(desk, await submitted(desk, "退货 2 W2×1 质量问题"))
        await submitted(desk, SMALL)
        await play(desk, f"{WANG} 同意")
        assert "购买历史 2 单 ¥2,919.80 · 退 1 单 50%" in news(desk, ZHAO)[-1]
