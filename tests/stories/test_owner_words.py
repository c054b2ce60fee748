"""Owners say their rules and people without a command: offered by a tap, told as it stands, and nothing else done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Member, Proposal
from tests.support.stories import offered, says

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

OWNER, ADMIN = "赵卫东", "陈卓"


async def test_a_sentence_is_offered_and_becomes_a_draft_by_a_tap(desk: Stage) -> None:
    assert "点一下才写成改动" in await says(desk, OWNER, "质检给48小时太长了改一天吧")
    assert await offered() == ["流程 退货 质检 时限 1天"]
    assert not await Proposal.exists()
    assert "质检 时限：48小时 → 1天" in await says(desk, OWNER, "1")
    assert "质检 时限：48小时 → 1天" in await says(desk, OWNER, "草稿")
    await says(desk, OWNER, "把草稿删了")
    assert await offered() == ["作废"]


async def test_what_is_only_named_or_half_understood_is_told_as_it_stands(desk: Stage) -> None:
    told = await says(desk, OWNER, "质检")
    assert "“质检”（退货）：负责人 质检员" in told
    assert "流程 质检 时限 24小时" in told
    assert "“心情”没看懂" in await says(desk, OWNER, "质检看心情改成一天")
    assert "退款时机 审批通过" in await says(desk, OWNER, "退款能不能快一点")
    assert not await Proposal.exists()


async def test_people_change_by_a_tap_and_questions_are_answered(desk: Stage) -> None:
    assert "钱芳：财务" in await says(desk, ADMIN, "谁是财务")
    assert "还要写他的企业微信或钉钉账号" in await says(desk, ADMIN, "来了个新同事叫李四，做客服")
    await says(desk, ADMIN, "林晓升客服组长了")
    assert await offered() == ["员工 林晓 加角色 客服组长", "员工 林晓 加角色 客服组长 去角色 客服"]
    assert "已改" in await says(desk, ADMIN, "把林晓的钉钉号改成 lx88")
    assert await Member.filter(name="林晓", dingtalk="lx88").exists()


async def test_words_to_customers_stay_as_typed(desk: Stage) -> None:
    typed = "亲～您的退款“已经到账”啦！！  请查收：）"
    await says(desk, OWNER, f"通知 已完成退款 {typed}")
    [proposal] = await Proposal.all()
    assert typed in str(proposal.items)


@pytest.mark.parametrize("amount", ["-5元", "0元", "五块八毛元", "九千万元"])
async def test_a_rehearsal_is_of_an_amount_that_there_is(desk: Stage, amount: str) -> None:
    told = await says(desk, OWNER, f"演练 随便 {amount}")
    assert "没有开始" in told
    assert "1,000,000.00" in await says(desk, OWNER, "演练 随便 一百万元")
