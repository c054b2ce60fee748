"""What agents say of returns and corrections, managers of figures, and owners of rules: the right thing is offered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog, Event, Refund
from tests.stories.test_nearest import opened
from tests.support.stories import news, offered, says, stand, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

_CASE = re.compile(r"R([1-6])(?!\d)")
LIN, HE, LI, ZHAO, CHEN = "林晓", "何佳", "李敏", "赵卫东", "陈卓"
#: who says what; the statement that is offered first, else "~" and one that is among them, "=" and a part of the answer
Rows = list[tuple[str, str, str]]
OF_CASES: Rows = [
    (LIN, "0001客户说是坏了三个不是两个 帮我改下", "改 R1 数量 3"),
    (LIN, "0001客户说烛台也要退3个 一共5个", "改 R1 数量 5"),
    (LIN, "0002客户只想退一个了 另一个留着", "改 R2 数量 1"),
    (LIN, "0001再加一个灯笼一起退", "改 R1 再加一个灯笼"),
    (LIN, "0001把烛台改成灯笼", "改 R1 灯笼×2 烛台不退"),
    (LIN, "0001原因写错了 是发错货 不是质量问题", "改 R1 类型 发货错误"),
    (LIN, "0003其实是发货错误 原因改一下", "改 R3 类型 发货错误"),
    (LIN, "0001客户改主意了 要换不要退", "撤单 R1 客户改主意了 要换不要退 ； 换货 536365 85123A×2 质量问题"),
    (LIN, "0002别退了改维修", "撤单 R2 别退了改维修 ； 维修 700001 TL-01×2"),
    (LIN, "0001两个都坏了 客户还要赔15块误工费", "补偿 536365 备注 补15元，两个都坏了 客户还要赔15块误工费"),
    (LIN, "0006退款账户换成支付宝13800001234", "评论 R6 退款账户换成支付宝13800001234"),
    (LIN, "0001和0002先别审 客户在考虑", "挂起 R1 先别审 客户在考虑 ； 挂起 R2 先别审 客户在考虑"),
    (LIN, "0004 0006是同一个客户 合一起行不", "=“合并”可以找：客服组长 王建国"),
]
OF_ORDERS: Rows = [
    (LIN, "536365灯笼别退货了 补他5块", "补偿 536365 灯笼 备注 补5元，灯笼别退货了 补他5块"),
    (LIN, "700003客户说不退了 改成便宜20块就行", "~补偿 700003 备注 补20元，客户说不退了 改成便宜20块就行"),
    (
        LIN,
        "700004灯不退了 给他返15块",
        "撤单 R5 灯不退了 给他返15块 ； 补偿 700004 备注 补15元，灯不退了 给他返15块",
    ),
    (LIN, "700001的灯客户想留着 补20就算了", "~补偿 700001 备注 补20元，灯客户想留着 补20就算了"),
    (LIN, "700002先退两个，运费补8块", "退货 700002 先退两个"),
    (LIN, "700002先退两个，运费补8块", "~补偿 700002 备注 补8元，先退两个，运费补8块"),
    (LIN, "700004退一台换一台", "退货 700004 一件"),
    (LIN, "700004退一台换一台", "~换货 700004 一件"),
    (LIN, "700002别退了", "撤单 R3 别退了"),
    (HE, "赵七说灯亮了 不换了不退了 700001 麻烦取消", "评论 R2 赵七说灯亮了 不换了不退了 麻烦取消"),
    (HE, "700004客户打电话来骂人 先给个说法", "~评论 R5 客户打电话来骂人 先给个说法"),
    (LIN, "700003再补发一个插头 别退了", "~补发 700003 再补发一个插头"),
    (HE, "钱七的台灯到哪步了", "查 700002"),
    (HE, "李七退的货你们收到没有啊", "查 700004"),
    (HE, "李七一共买了几台灯", "查 700004"),
    (HE, "536365这单还能退不 烛台", "=白色心形烛台 买了 6 件，还能退 4 件"),
    (LIN, "700001买了几台 啥时候买的", "=2026-11-14 下单：护眼台灯 买了 4 件，还能退 2 件"),
    (LIN, "还少一台呢", "~评论 R6 还少一台呢"),
]
OF_FIGURES: Rows = [
    (ZHAO, "这礼拜台灯怎么退这么多", "=下面是 报表 退货原因 这礼拜 SKU=TL-01"),
    (ZHAO, "上周台灯退了多少台", "=下面是 报表 指标 上周 SKU=TL-01"),
    (ZHAO, "台灯这个月啥原因退的", "=下面是 报表 退货原因 这个月 SKU=TL-01"),
    (LI, "灯笼最近退货率是不是高了", "=下面是 报表 退货率趋势 SKU=71053"),
    (LI, "维修这个月多少单", "=下面是 报表 指标 这个月 类型=维修"),
    (LI, "烛台这个月坏得多的是哪家 退了几个", "=没看懂，没有算进去；下面是 报表 指标 这个月 SKU=85123A"),
    (LI, "林晓和何佳谁开单多", "查 提交人=林晓"),
    (LI, "林晓和何佳谁开单多", "~查 提交人=何佳"),
    (LI, "仓库这周收了多少件 验了多少件", "=下面是 报表 指标 这周"),
    (ZHAO, "超过3天没动的单拉给我", "总览"),
    (ZHAO, "退款最多的5个客户是谁", "=客户没有排名"),
    (ZHAO, "这周补偿花了多少 上周呢", "导出 这周 类型=补偿"),
    (ZHAO, "这周补偿花了多少 上周呢", "~报表 指标 上周 类型=补偿"),
]
OF_RULES: Rows = [
    (ZHAO, "补偿超过30块要李敏批", "增加级别 补偿 金额审批 客服主管 当 金额>30"),
    (ZHAO, "质检完了再给组长看一眼", "增加节点 客服组长复核 在 质检 之后 负责人 客服组长 时限 24小时"),
    (
        ZHAO,
        "谁驳回了就通知管理群",
        "~增加规则 驳回告知 当 办理 节点 金额审批 动作 驳回 就 告警 管理群 {单号} 金额审批 驳回",
    ),
    (ZHAO, "仓库收货之前再加一步", "=叫什么、谁来办还没有说，什么都没有改。请照这样写，换成要的：增加节点"),
    (CHEN, "流程 财务退款 之后 加一个 回访 三天", "=增加节点 回访 在 财务退款 之后"),
    (ZHAO, "新增退货原因 颜色不符 算质量问题", "增加原因 颜色不符 像 质量问题"),
    (ZHAO, "原因里添一个 尺寸不符 按七天无理由走", "增加原因 尺寸不符 像 七天无理由"),
    (ZHAO, "最多赔一半", "=没有封顶的规矩"),
    (ZHAO, "打八折", "=没有封顶的规矩"),
    (ZHAO, "驳回的单24小时内客户没回音就关掉", "=驳回的单当场就关了"),
    (ZHAO, "无理由退货客户出运费 质量问题我们出", "=运费谁出跟着退货原因走"),
    (ZHAO, "夜里十点以后别给仓库发消息", "=免打扰的时间所有人一样"),
    (ZHAO, "家电类保修期改成一年 其他不变", "=当 类型=保修维修 且 签收天数>365 且 品类=家电"),
    (ZHAO, "流程 完成 时限 2天", "=“完成”是结束节点"),
    (ZHAO, "还少一台呢", "=没写是哪一单"),
]
GROUPS = {"cases": OF_CASES, "orders": OF_ORDERS, "figures": OF_FIGURES, "rules": OF_RULES}


def _numbered(text: str, numbers: list[str]) -> str:
    return _CASE.sub(lambda match: numbers[int(match[1]) - 1], text)


@pytest.mark.parametrize("group", GROUPS)
async def test_what_is_said_is_offered_or_answered_and_nothing_moves(desk: Stage, group: str) -> None:
    numbers = await opened(desk)
    before, wrong = [await Event.all().count(), await Refund.all().count(), await Case.all().count()], []
    for who, words, right in GROUPS[group]:
        await Dialog.all().delete()
        count = len(news(desk, who))
        await says(desk, who, words)
        answer = "\n".join(news(desk, who)[count:])
        readings, expected = await offered(), _numbered(right.lstrip("~="), numbers)
        found = {"~": expected in readings, "=": expected in answer}.get(right[0], readings[:1] == [expected])
        if not found:
            wrong.append(f"{who} {words}: {right} / {readings} / {answer[:120]}")
    assert not wrong, "\n".join(wrong)
    assert [await Event.all().count(), await Refund.all().count(), await Case.all().count()] == before


async def test_two_kinds_of_one_order_are_opened_one_after_the_other(desk: Stage) -> None:
    await opened(desk)
    for words, later in (
        ("536365烛台退两个 灯笼换一个", "换货 536365 灯笼"),
        ("536365 补发灯笼2个 烛台退2个", "退货 536365 烛台"),
    ):
        await Dialog.all().delete()
        assert "还有 1 单等着" in (told := await says(desk, LIN, words)), told
        assert later in told


async def test_the_name_of_the_customer_counts_no_goods(desk: Stage) -> None:
    await opened(desk)
    told = await says(desk, HE, "赵七 700001 台灯不亮 退1台 她说 买来就这样")
    assert "护眼台灯 ×1" in told
    assert "写了七" not in told


async def test_another_kind_takes_the_place_of_the_case_by_one_tap(desk: Stage) -> None:
    [first, *_] = await opened(desk)
    await says(desk, LIN, "0001客户改主意了 要换不要退")
    await taps(desk, LIN, "1 一起办")
    assert await stand(first) == "已关闭 撤销"
    assert "确认换货" in news(desk, LIN)[-1]
    await taps(desk, LIN, "提交")
    case = (await Case.all().order_by("-id").limit(1))[0]
    assert (case.kind, case.order_no, case.return_type) == ("换货", "536365", "质量问题")
