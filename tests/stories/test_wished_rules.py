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
    ("收货时限改成三天，质检半天", "1 一起办", "2. 流程 退货：质检 时限 改为 12小时"),
    ("退货期限改成十五天", "1 规则", "超过无理由期 签收天数：>7 → >15"),
    ("超过五百的退款通知我一下", "1 超500元退款…", "就 抄送 运营总监：{单号} 确认退款 {金额} 元"),
    ("财务退款超过24小时提醒钱芳和我", "1 增加规则", "（超时时（节点 财务退款），就 抄送 运营总监"),
    ("质检要拍照，加一个必填的照片", "1 增加字段", "质检 办理时要填 照片（照片，必填）"),
    ("内衣不能退", "1 增加行", "内衣不退（品类 内衣，结果 拒绝"),
    ("收到货就退款，不用等质检", "1 规则", "退款时机：质检合格 → 包裹匹配"),
    ("出了次品告诉财务", "1 增加规则", "动作 次品处理），就 抄送 财务"),
    ("质检以后让许静来做", "1 流程", "质检 负责人 改为 人 许静"),
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
    assert "本来就是这样（规则 双人金额 1000），没有要改的" in await says(desk, ZHAO, "退款超过1000要两个人签")


async def test_who_hears_of_it_and_what_is_so_already_is_said_with_the_wish(desk: Stage) -> None:
    told = await says(desk, ZHAO, "财务退款超过24小时提醒钱芳和我")
    assert "“财务退款”时限本来就是 24小时，超时本来就提醒负责人（财务，钱芳 在里面）" in told
    assert "抄送按角色：运营总监 现在是 赵卫东" in told
    told = await says(desk, ZHAO, "财务退款超过24小时提醒钱芳")
    assert "钱芳 在里面），没有要改的" in told
    assert "退款时机所有的单都一样，不能只管“质量问题”" in await says(desk, ZHAO, "质量问题的收到货就退款")


async def test_policies_are_called_by_their_names(desk: Stage) -> None:
    assert "政策：快速、标准（新单用 标准）" in await says(desk, ZHAO, "流程")
    assert "政策 标准（第 1 版）" in await says(desk, ZHAO, "规则")
    told = await says(desk, ZHAO, "规则 自动通过 80")
    assert "政策 标准 里没有规则“自动通过”" in told
    assert "政策 快速 里有，请写：规则 快速 自动通过 …" in told


async def test_who_may_not_change_rules_is_told_who_may(desk: Stage) -> None:
    told = await says(desk, WANG, "超过200的都要主管看")
    assert "是改规矩，你的角色不能改，什么都没有做；可以找：客服主管 李敏、运营总监 赵卫东" in told
