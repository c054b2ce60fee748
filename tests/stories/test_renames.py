"""A node, a field, a role and a return type are called otherwise while a case is on its way: all goes on whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import AuditEntry, Case, Event, MemberRole
from tests.support.owners import publish
from tests.support.stories import group_news, news, play, received, says, stand

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
ADMIN, DIRECTOR, INSPECTOR = "陈卓", "赵卫东", "许静"
FIELD = "增加字段 质检 缺陷等级 单选 轻微|严重 必填 在 次品处理"
RULE = "增加规则 严重次品 当 办理（节点 质检，动作 次品处理） 如果 缺陷等级=严重 就 告警 管理群 {单号} {缺陷等级}"
NAMES = "流程 质检 改名 品检；改名 字段 缺陷等级 瑕疵等级；角色 质检员 改名 品检员；改名 原因 质量问题 品质问题"


async def test_the_case_under_way_keeps_its_names_and_all_that_counts_takes_both_for_one(desk: Stage) -> None:
    await publish(desk, ADMIN, DIRECTOR, FIELD, RULE)
    old = await received(desk)
    await publish(desk, ADMIN, DIRECTOR, NAMES)
    assert [row.role async for row in MemberRole.filter(member__name=INSPECTOR)] == ["品检员"]
    assert "角色 质检员 改名为 品检员" in str([entry.data async for entry in AuditEntry.all()])
    assert await stand(old) == "处理中 质检"
    await inspected_badly(desk, old, "缺陷等级")
    new = await received(desk, "退货 536365 71053×1 品质问题 裂了")
    assert await stand(new) == "处理中 品检"
    await inspected_badly(desk, new, "瑕疵等级")
    for no in (old, new):  # the rule speaks by the new names, and sees the old case as well
        assert any(f"{no} 严重" in words for words in group_news(desk, "管理群"))
        assert "没有被改动过" in await says(desk, DIRECTOR, f"验真 {no}")
    for words in ("瑕疵等级=严重", "缺陷等级=严重", "退货类型=品质问题", "退货类型=质量问题"):
        assert ": 2 单".replace(": ", "：") in await says(desk, DIRECTOR, f"查 {words} 全部"), words
    assert "品质问题 3 件 100.0%" in await says(desk, DIRECTOR, "报表 退货原因 本月")
    assert (await Case.get(no=old)).return_type == "质量问题"  # nothing was written over
    assert await Event.filter(case__no=old, node="质检").exists()


async def inspected_badly(desk: Stage, no: str, field: str) -> None:
    assert f"{field}？" in await says(desk, INSPECTOR, f"次品处理 {no}")
    await says(desk, INSPECTOR, "严重")


async def test_taken_back_everybody_has_their_role_again(desk: Stage) -> None:
    await publish(desk, ADMIN, DIRECTOR, NAMES.replace("改名 字段 缺陷等级 瑕疵等级；", ""))
    no = await received(desk, "退货 536365 85123A×2 品质问题 裂了")
    assert "已回滚" in await says(desk, DIRECTOR, "回滚")
    assert [row.role async for row in MemberRole.filter(member__name=INSPECTOR)] == ["质检员"]
    await play(desk, f"{INSPECTOR} 合格入库")
    assert await stand(no) == "处理中 财务退款"
    assert "质量问题 2 件 100.0%" in await says(desk, DIRECTOR, "报表 退货原因 本月")


async def test_somebody_elses_draft_follows_what_is_published_first(desk: Stage) -> None:
    """It was made of the node under its old name, and of the type."""
    await says(desk, "李敏", "流程 质检 时限 4小时；增加行 承担 质量的 运费 商家 当 类型=质量问题")
    await publish(desk, ADMIN, DIRECTOR, "流程 质检 改名 品检；改名 原因 质量问题 品质问题")
    told = await says(desk, "李敏", "流程 财务退款 时限 8小时")
    assert "品检 时限：48小时 → 4小时" in told
    assert "承担 增加 质量的（类型 品质问题" in told
    assert "别人先发布了" not in told
    assert any("品检" in words for words in news(desk, "李敏"))
