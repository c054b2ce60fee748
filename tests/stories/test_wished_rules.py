"""A rule that is wished for from the chat: offered by a tap, a draft when it is taken, in force when published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Proposal
from tests.support.stories import news, says, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

ZHAO, WANG = "赵卫东", "王建国"
OFFERED = [
    ("超过200的都要主管看", "1 增加级别", "金额审批 金额>200 时再由 客服主管 看"),
    ("50块以下直接退吧", "1 50元以内自动…", "审批表增加 50元以内自动通过"),
    ("质量问题80以内自动通过", "1 增加行", "（金额≤80，类型 质量问题，审批 自动）"),
    ("家电类200以内直接退不用审", "1 增加行", "（金额≤200，品类 家电，审批 自动）"),
    ("把小额自动通过改成80", "1 规则", "小额自动通过 金额：≤50 → ≤80"),
    ("质检超时改成12小时", "1 流程", "质检 时限 改为 12小时"),
]


async def test_what_is_offered_works_when_it_is_taken(desk: Stage) -> None:
    wrong = {}
    for typed, button, done in OFFERED:
        told = await says(desk, ZHAO, typed)
        assert "现在用的不变" in told, told
        assert not await Proposal.filter(state="草稿").exists()
        await taps(desk, ZHAO, button)
        if done not in (seen := "\n".join(news(desk, ZHAO)[-5:])):
            wrong[typed] = seen[:300]
        await says(desk, ZHAO, "作废")
    assert not wrong
    assert "“上海”没看懂" in await says(desk, ZHAO, "上海的200以内自动通过")
    assert not await Proposal.filter(state="草稿").exists()
    assert "本来就是这样，没有改动" in await says(desk, ZHAO, "退款超过1000要两个人签")


async def test_who_may_not_change_rules_is_told_who_may(desk: Stage) -> None:
    told = await says(desk, WANG, "超过200的都要主管看")
    assert "是改规矩，你的角色不能改，什么都没有做；可以找：客服主管 李敏、运营总监 赵卫东" in told
