"""Sentences of a day's work that were misread once: each is answered as meant, and nothing moves before a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog
from tests.support.stage import sell
from tests.support.stories import approved, news, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN, WANG, ZHOU, XU, QIAN, ZHAO, CHEN = "林晓", "王建国", "周仓", "许静", "钱芳", "赵卫东", "陈卓"
SHOP = {"85123A": ("白色心形烛台", 60, "2.55"), "71053": ("金属灯笼", 60, "3.39")}
BOARD = {"ZB-1": ("猫抓板", 3, "59.00"), "SZ-1": ("逗猫绳", 2, "15.00")}
LIGHT = {"TD-1": ("台灯", 2, "129.00"), "YK-1": ("遥控器", 1, "39.00")}
WAYBILL, RIGHT = "SF1234567890123", "SF1234567890124"

pytestmark = pytest.mark.homes("both")

#: said while a draft asks for the goods: what the answer has in it
ASIDE = [
    (f"顺丰单号刚才抄错一位 应该是{RIGHT}", "· 运单 {W} " + f"{RIGHT} 替换 {WAYBILL}"),
    ("把{T}的进度链接发我 我转客户", "· 链接 {W}"),
    ("{T}先别审 等客户补视频 周三再说", "· 挂起 {W} 先别审 等客户补视频 周三再说"),
]


async def _on_its_way(desk: Stage) -> str:
    no = await approved(desk, "退货 536365 85123A×2 质量问题 外壳破裂")
    await says(desk, LIN, f"运单 {no} {WAYBILL}")
    return no


@pytest.mark.parametrize(("typed", "right"), ASIDE)
async def test_an_order_of_another_case_is_read_while_a_draft_asks(desk: Stage, typed: str, right: str) -> None:
    await sell("880004", SHOP)
    no = await _on_its_way(desk)
    await says(desk, LIN, "退货 880004")
    told = await says(desk, LIN, typed.replace("{T}", no[-4:]))
    assert right.replace("{W}", no) in told
    assert "要办请照着打整句" in told, "a number would answer the draft"
    assert "还在等你回答（退货 880004）：退哪一件？" in told
    await says(desk, LIN, "1")
    assert "退几件？" in news(desk, LIN)[-1]


async def test_all_in_hand_is_given_away_while_a_part_is_asked_for(desk: Stage) -> None:
    await _on_its_way(desk)
    await taps(desk, ZHOU, "配件缺失")
    told = await says(desk, ZHOU, "我下班了 剩下的刘洋弄")
    assert "· 批量 转交 刘洋" in told
    assert "还在等你回答：缺什么、扣多少？" in told


GOODS = [
    ("两个烛台一个灯笼 880004 都是运输压坏的", {"85123A": 2, "71053": 1}, "物流损坏"),
    ("两个烛台一个灯笼", {"85123A": 2, "71053": 1}, ""),
    ("灯笼三个", {"71053": 3}, ""),
]


@pytest.mark.parametrize(("typed", "items", "kind"), GOODS)
async def test_goods_counted_in_words_answer_which_goods(
    desk: Stage, typed: str, items: dict[str, int], kind: str
) -> None:
    await sell("880004", SHOP)
    await says(desk, LIN, "换货 880004")
    await says(desk, LIN, typed)
    draft = await Dialog.filter(kind="draft").order_by("-id").first()
    assert draft is not None
    assert dict(map(tuple, draft.data["items"])) == items
    assert draft.data["return_type"] == kind


#: who says what where a case is with the dock, the inspector and finance; what the answer has in it
SAID = [
    (ZHOU, "收到了收到了", "1 确认收货 {dock}"),
    (ZHOU, "拒收，客户没写名字 面单都糊了", "1 拒收 {dock} 客户没写名字 面单都糊了"),
    (ZHOU, "顺丰尾号0123到了，就一个灯笼", f"1 收货 {WAYBILL} 就一个灯笼"),
    (ZHOU, "运单扫不出来 手输SF1234567890l23", f"1 收货 {WAYBILL}"),
    (XU, "灯能亮但是没原包装 算合格吗", "合格还是次品由你定，这里没有替你选"),
    (XU, "照片拍了传哪儿", "照片直接发到和我的单聊里"),
    (XU, "今天验了几件", "没有统计"),
    (ZHAO, "催一下财务", "催办 {money}"),
    (ZHAO, "韩梅梅拉黑 老退东西", "1 名单 禁止 C2 韩梅梅拉黑 老退东西"),
    (ZHAO, "把退货的都导出来 从十月一号到昨天", "1 导出 10月1号到昨天"),
    (CHEN, "客户要求删掉他所有资料 电话13912345678", "还没办完，退款和通知还要用这些资料"),
    (LIN, "给客户补十块钱算了 订单700001", "1 补偿 700001 10元"),
]


async def test_what_is_said_at_work_is_offered_as_meant(desk: Stage) -> None:
    await sell("700001", LIGHT, customer="C2", customer_name="韩梅梅", mobile="13912345678")
    await sell("700002", BOARD, customer="C3", customer_name="赵四", mobile="13700007890")
    numbers = {"dock": await _on_its_way(desk)}
    numbers["desk"] = await approved(desk, "退货 700001 TD-1×1 质量问题 不亮")
    numbers["money"] = await approved(desk, "退货 700002 ZB-1×1 质量问题 掉毛")
    for at in ("desk", "money"):
        await says(desk, ZHOU, f"确认收货 {numbers[at]}")
    await says(desk, XU, f"合格入库 {numbers['money']}")
    before, wrong = [await stand(no) for no in numbers.values()], {}
    for who, typed, right in SAID:
        await Dialog.all().delete()
        told = await says(desk, who, typed)
        if right.format(**numbers) not in told:
            wrong[typed] = told[:300]
    assert not wrong
    assert [await stand(no) for no in numbers.values()] == before
    assert await Case.all().count() == len(numbers)


async def test_a_wrong_verdict_is_answered_as_a_slip(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×1 质量问题")
    await says(desk, ZHOU, f"确认收货 {no}")
    await says(desk, XU, f"合格入库 {no}")
    assert "不能撤回；要改请用退回" in await says(desk, XU, "刚那个判错了 应该是次品")


async def test_a_reason_may_begin_with_the_number_of_its_own_case(desk: Stage) -> None:
    no = await _on_its_way(desk)
    await taps(desk, ZHOU, "拒收")
    assert f"{no} 已补上“仓库收货 拒收”的理由：寄来的不是灯笼是个碗" in await says(
        desk, ZHOU, f"{no[-4:]}寄来的不是灯笼是个碗"
    )


@pytest.mark.parametrize("typed", ["只退不寄 700001 遥控器 三十九", "补偿 700001 遥控器 10 质量问题"])
async def test_more_than_was_bought_is_asked_whether_it_is_money(desk: Stage, typed: str) -> None:
    await sell("700001", LIGHT)
    assert "是件数，还是金额？" in await says(desk, LIN, typed)


async def test_a_return_whose_goods_stay_is_a_refund_alone(desk: Stage) -> None:
    await sell("700001", LIGHT)
    assert "仅退款 · 订单 700001" in await says(desk, LIN, "只退不寄 700001 遥控器")


NOTES = [("700002 逗猫绳*2 换成蓝色的", "换成蓝色的"), ("700002 买了三个抓板 退一留二", "买了三个抓板 退一留二")]


@pytest.mark.parametrize(("typed", "note"), NOTES)
async def test_a_remark_loses_no_letter(desk: Stage, typed: str, note: str) -> None:
    await sell("700002", BOARD)
    await says(desk, LIN, typed)
    draft = await Dialog.filter(kind="draft").order_by("-id").first()
    assert draft is not None
    assert draft.data["note"] == note


async def test_all_that_is_left_is_counted_and_not_said_to_be_left_out(desk: Stage) -> None:
    await submitted(desk, "退货 536365 85123A×2 质量问题")
    assert "没有算进件数" not in await says(desk, LIN, "536365烛台剩下的全部退掉")
