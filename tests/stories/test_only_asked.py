"""Questions, and wishes for a list: whoever holds a case, no button is offered that pays, receives or decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Dialog, Event, Refund
from tests.stories.test_nearest import opened
from tests.support.stories import news, offered, says, stand

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

LIN, WANG, LI, ZHOU, XU, QIAN, ZHAO = "林晓", "王建国", "李敏", "周仓", "许静", "钱芳", "赵卫东"
DECIDING = {"同意", "驳回", "确认收货", "配件缺失", "拒收", "合格入库", "次品处理", "确认退款"}
ASKED = [
    "这个月超过一百的退款列个表给我，按店铺", "本月退款列个清单发我", "把退款的单子列出来", "今天的退款拉个表",
    "退款超过两天没打的有哪些", "退款还有几笔没付", "哪些可以退", "能退的有哪几单", "退错了能追回来吗",
    "退款什么时候到账", "这单可以退吗", "这个能不能同意", "同意了会怎样", "是不是要我同意", "驳回要写什么",
    "谁能驳回", "驳回的有多少", "合格率是多少", "次品怎么处理", "次品有几个", "合格的有哪些", "这批货完好吗",
    "坏的有几件", "今天还有几个件没到", "货到了没有", "收到几件了", "收货的排个名", "哪些收货了还没验",
    "拒收怎么办", "拒收的单列一下", "缺配件怎么收", "缺件的有哪些", "按商品统计一下退款",
    "上个月退款按原因排个名", "质检不合格的按品类列个表", "上周同意的单子导出来", "退款明细发我",
    "付款清单给我", "已退款的名单给我", "这周批了几单", "今天退了多少钱", "谁批的", "为什么要我批",
    "什么时候能退款", "退款为什么还没到", "多少钱要退", "打款了吗", "能打款吗", "要不要收下", "该不该驳回",
    "超期的能退吗", "这个月次品统计一下",
]  # fmt: skip


def _decides(line: str) -> bool:
    heads = [part.split() for part in line.split(" ； ")]
    return any(head[head[0] == "批量"] in DECIDING for head in heads)


@pytest.mark.parametrize("who", [WANG, LI, ZHOU, XU, QIAN])
async def test_who_asks_is_offered_no_decision(desk: Stage, who: str) -> None:
    numbers = await opened(desk)
    at_rest = [[await stand(no) for no in numbers], await Event.all().count(), await Refund.all().count()]
    wrong = {}
    for typed in ASKED:
        await Dialog.all().delete()
        await says(desk, who, typed)
        if found := [line for line in await offered() if _decides(line)]:
            wrong[typed] = found
    assert len(ASKED) >= 50
    assert not wrong
    assert [[await stand(no) for no in numbers], await Event.all().count(), await Refund.all().count()] == at_rest


SHOWN = [
    (ZHAO, "上个月质量问题退货按商品排个名，只看护眼台灯", "下面是 报表 SKU退货 上个月 退货类型=质量问题 SKU=TL-01"),
    (ZHAO, "今年退货原因占比", "下面是 报表 退货原因 今年"),
    (
        QIAN,
        "这个月超过一百的退款列个表给我，按店铺",
        "“超过一百，按店铺”做不到，没有算进去；不能按金额筛；不能按店铺分开",
    ),
    (QIAN, "这个月超过一百的退款列个表给我，按店铺", "最接近的是 导出 这个月"),
    (QIAN, "拉一张本月退货明细给我，只要质量问题", "下面是 导出 本月 退货类型=质量问题"),
    (LIN, "我今天开的列个表", "下面是 我的单 今天"),
    (ZHAO, "这个季度质检不合格率多少，按品类", "质检合格率、次品率没有统计，图也不能按品类、店铺、人分开"),
    (ZHAO, "上周和这周的退款金额对比一下", "上周（2026-11-16 到 2026-11-22）退出去 ¥0.00"),
    (ZHAO, "上周和这周的退款金额对比一下", "本周（2026-11-23）退出去 ¥0.00"),
    (QIAN, "退款超过两天没打的有哪些", "不能按放了多久来筛；下面是等你办的"),
    (QIAN, "退错了能追回来吗", "店铺确认退成功的钱这里追不回来"),
    (ZHOU, "今天还有几个件没到", "没到的就是还等着收货的；哪天到没有人登记"),
    (ZHOU, "还有几箱没到货", "没到的就是还等着收货的"),
    (
        ZHAO,
        "0003我同意了，李敏不用看了",
        "{3} 现在等 李敏 办“金额审批”，这一步不会因为别人同意了就省掉",
    ),
    (ZHAO, "给王建国说一声，今天下班前把手上的都处理了", "催办 {1} 今天下班前把手上的都处理了"),
    (ZHAO, "0006的客户投诉到12315了，优先处理，今天必须退", "催办 {6} 客户投诉到12315了，优先处理，今天必须退"),
]


async def test_figures_and_lists_are_shown_as_near_as_they_are_and_the_rest_is_said(desk: Stage) -> None:
    numbers = await opened(desk)
    wrong = {}
    for who, typed, right in SHOWN:
        await Dialog.all().delete()
        before = len(news(desk, who))
        await says(desk, who, typed)
        told = "\n".join([*news(desk, who)[before:], *await offered()])
        if right.format("", *numbers) not in told:
            wrong[typed] = told[:300]
    assert not wrong


async def test_a_chart_that_there_is_not_is_never_offered(desk: Stage) -> None:
    await says(desk, ZHAO, "上周和这周的满意指数对比一下")
    assert not [line for line in await offered() if "满意指数" in line]
    assert "没看懂“满意指数”" in await says(desk, ZHAO, "报表 满意指数 上周")
