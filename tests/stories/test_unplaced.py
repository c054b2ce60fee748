"""Decisions, counts and questions that fit nothing at once: said to be none, offered, or answered by the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog
from tests.support.stage import START, sell
from tests.support.stories import approved, news, received, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

LIN, HE, WANG, LI, ZHOU, XU, QIAN, ZHAO = "林晓", "何佳", "王建国", "李敏", "周仓", "许静", "钱芳", "赵卫东"
SHOP = {"85123A": ("白色心形烛台", 60, "2.55"), "71053": ("金属灯笼", 60, "3.39")}

NOTHING = [
    (LIN, "全部合格", "没有等你合格入库的待办，什么都没有做"),
    (ZHAO, "全部合格", "没有等你合格入库的待办，什么都没有做"),
    (ZHOU, "同意，客户是老主顾了", "没有等你同意的待办，什么都没有做"),
    (ZHOU, "一个好的一个灯座裂了", "没有等你收货、验货的待办，什么都没有做"),
    (LIN, "收到了", "没有等你确认收货的待办，什么都没有做"),
    (LIN, "同意", "没有等你同意的待办，什么都没有做"),
    (QIAN, "付过了", "没有等你确认退款的待办，什么都没有做"),
    (LIN, "收到", "好的"),
]

QUESTIONS = [
    (ZHAO, "今天要退多少钱", "总览"),
    (LI, "明天有几个包裹要来", "包裹哪天到没有人登记，不知道…待办"),
    (ZHAO, "上周质量问题退了几单", "指标 · 上周 · 质量问题"),
    (ZHAO, "質量問題上個月退了幾單", "指标 · 上月 · 质量问题"),
    (ZHAO, "上星期退货情况咋样", "指标 · 上周"),
    (LI, "本周退货率多少", "退货率趋势 · 本周"),
    (ZHAO, "现在还有多少单没办完", "没有在办的待办"),
    (ZHAO, "仓库那边怎么样", "没写是哪一单；下面是总览"),
    (ZHAO, "王建国今天批了几单", "每个人办了多少没有统计…总览"),
    (QIAN, "本月退了多少钱", "本月（2026-11-01 到 2026-11-23）退出去 ¥0.00：0 笔，0 单…还没确认的不在里面"),
    (ZHAO, "客户满意度怎么样", "满意度还没有记"),
    (ZHAO, "给我发个日报", "日报周报还不会自己做…报表 指标 今天"),
    (ZHAO, "今年比去年退得多吗", "“今年比去年退得多吗”没看懂，什么都没有做…报表 退货率趋势"),
    (XU, "我要验的有哪些", "没有待办"),
    (QIAN, "今天要退几笔", "没有待办"),
    (LI, "上月退货单导出", "2026-10-01~2026-10-31 · 退货：没有你能看的单"),
    (LI, "给我导一份上月的退货清单", "2026-10-01~2026-10-31 · 退货：没有你能看的单"),
    (LIN, "退货单导出", "你的角色不能用“导出”，可以找"),
    (WANG, "下周三下午 到 下周三下午", "是要请假吗？…请假 下周三下午 到 下周三下午 代理 <姓名>"),
    (WANG, "我下午不在，找李敏代一下", "请假 今天下午 到 今天下午 代理 李敏"),
    (ZHOU, "周仓明天休息，刘洋顶", "请假 明天 到 明天 代理 刘洋"),
]


@pytest.mark.parametrize("rows", [NOTHING, QUESTIONS], ids=["nothing to act upon", "questions"])
async def test_what_fits_nothing_has_an_answer(desk: Stage, rows: list[tuple[str, str, str]]) -> None:
    wrong = {}
    for name, typed, right in rows:
        before = len(news(desk, name))
        await says(desk, name, typed)
        told = "\n".join(news(desk, name)[before:])
        if not all(part in told for part in right.split("…")) or "没听懂" in told:
            wrong[f"{name}: {typed}"] = told[:300]
        await Dialog.all().update(expires_at=START)
    assert not wrong
    assert await Case.all().count() == 0


async def test_a_decision_with_a_remark_is_offered_for_the_tasks_it_fits(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"同意 {no} 客户是老主顾了" in await says(desk, WANG, "同意，客户是老主顾了")
    await taps(desk, WANG, "1 同意")
    assert "客户是老主顾了" in await says(desk, LIN, f"查 {no}")
    assert await stand(no) == "处理中 金额审批"


async def test_goods_that_cannot_be_counted_show_the_task_that_they_may_be_about(desk: Stage) -> None:
    no = await received(desk, "退货 536365 85123A×1 质量问题")
    assert f"合格入库 {no} 一个好的一个灯座裂了" in await says(desk, XU, "一个好的一个灯座裂了")
    assert f"次品处理 {no} 灯罩有裂纹" in await says(desk, XU, "灯罩有裂纹")
    assert await stand(no) == "处理中 质检"


@pytest.mark.parametrize(
    "typed", ["{no} 可以，同意", "可以 {no} 同意", "同意退款 {no}", "{no} 同意退货", "第一个同意，理由充分"]
)
async def test_what_says_the_button_twice_presses_it_once(desk: Stage, typed: str) -> None:
    no = await submitted(desk)
    await says(desk, WANG, "待办")
    await says(desk, WANG, typed.format(no=no))
    assert await stand(no) == "处理中 金额审批"


async def test_places_of_a_list_are_decided_each_by_itself(desk: Stage) -> None:
    a, b = await submitted(desk), await submitted(desk)
    await says(desk, WANG, "待办")
    told = await says(desk, WANG, "第一个同意，第二个驳回，照片太糊了")
    assert f"{b} 已驳回（照片太糊了）" in told
    assert [await stand(a), await stand(b)] == ["处理中 金额审批", "已关闭 拒绝"]


async def test_each_product_with_its_own_verb_and_count(desk: Stage) -> None:
    await sell("880004", SHOP)
    no = await approved(desk, "退货 880004 85123A×1 71053×3 质量问题")
    told = await says(desk, ZHOU, f"{no} 85123A收到1件 71053收到2件")
    assert "确认收货 85123A ×1、71053 ×2" in told
    await taps(desk, ZHOU, "1 确认收货")
    assert await stand(no) == "处理中 质检"


async def test_who_signs_next_is_named_behind_a_countersignature(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"加签 {no} 李敏")
    assert f"{no} 已同意，现在：客服审核 · 王建国" in await says(desk, LI, f"同意 {no}")


# -- customers by their names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["查 张三", "查张三", "查詢 張三"])
async def test_cases_are_found_by_the_name_of_the_customer(desk: Stage, typed: str) -> None:
    await sell("880004", SHOP, customer_name="张三")
    answer = await says(desk, HE, typed)
    assert "880004" in answer
    assert "还没有售后单" in answer
    await Dialog.all().update(expires_at=START)
    no = await submitted(desk, "退货 880004 71053×1 质量问题")
    assert no in await says(desk, HE, typed)


# -- drafts ------------------------------------------------------------------------------------------------------------


async def test_an_amount_inside_a_clause_is_asked_for(desk: Stage) -> None:
    await sell("880003", {"HD-01": ("吊灯", 1, "120.00")})
    await says(desk, LIN, "880003 客户说降价了要求退差价10元")
    await says(desk, LIN, "质量问题")
    assert "补偿 ¥10.00" in news(desk, LIN)[-1]
    await taps(desk, LIN, "提交")
    assert (await Case.get(order_no="880003")).note == "客户说降价了要求退差价10元"


async def test_a_count_behind_the_verb_is_of_its_product(desk: Stage) -> None:
    await sell("880004", SHOP)
    await says(desk, LIN, "880004这个客户退三个灯笼，说是买多了用不上")
    await says(desk, LIN, "质量问题")
    await taps(desk, LIN, "提交")
    case = await Case.get(order_no="880004").prefetch_related("lines")
    assert [(line.sku, line.requested) for line in case.lines] == [("71053", 3)]
    assert case.note == "说是买多了用不上"
