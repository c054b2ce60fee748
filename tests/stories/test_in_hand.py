"""What is said of the work in hand without a button's word: its buttons are offered, and no word of it is lost.

A decision that is left open is offered to be put off; money is never paid a second time without that being said.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog
from tests.support.stage import START, sell
from tests.support.stories import (
    approved,
    inspected,
    news,
    play,
    received,
    says,
    stand,
    submitted,
    taps,
    the_cards_are_true,
)

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, ZHOU, XU, QIAN = "林晓", "王建国", "李敏", "周仓", "许静", "钱芳"
GOODS = {"85123A": ("白色心形烛台", 60, "2.55")}
LINE = "退货 536366 85123A×2 质量问题 外壳破裂"
STEPS = {"客服审核": submitted, "仓库收货": approved, "质检": received, "财务退款": inspected}


async def shop(desk: Stage, node: str, *, cases: int = 1) -> list[str]:
    await sell("536366", GOODS, mobile="13900139000", customer="C2", customer_name="韩梅梅")
    return [await STEPS[node](desk, LINE) for _ in range(cases)]


def filled(text: str, numbers: list[str]) -> str:
    for letter, no in zip("ABC", numbers, strict=False):
        text = text.replace(f"{{{letter}}}", no).replace(f"{{{letter}4}}", no[-4:])
    return text


ONE = {
    "客服审核": (
        (WANG, "老客户了，可以退", "同意 {A} 老客户了，可以退"),
        (WANG, "不同意，金额不对，应该退59", "驳回 {A} 金额不对，应该退59"),
        (WANG, "先放着，等客户发视频", "稍后 {A} 客户回复…挂起 {A} 先放着，等客户发视频"),
        (WANG, "明天上午再看", "稍后 {A} 明天上午"),
        (WANG, "如果客户补了照片就同意", "稍后 {A} 客户回复"),
        (WANG, "{A} 今天天气不错", "没看懂…同意 {A} 今天天气不错…评论 {A} 今天天气不错"),
        (WANG, "{A}为什么到我这", "因为 角色 客服组长"),
        (WANG, "{A}这客户退过几次", "{A} 退货 · 质量问题"),
        (LIN, "刚才那单撤了，客户说先不退", "哪一单？…撤单 {A} 刚才那单撤了"),
        (LIN, "{A4}客户不退了", "撤单 {A} 客户不退了"),
        (LIN, "催一下王组长", "催办 {A}"),
        (LIN, "{A4}改成1个", "确认修改：{A}…2 件 → 1 件"),
        (LIN, "{A}数量改成1个，备注一个坏的", "确认修改：{A}…2 件 → 1 件…一个坏的"),
        (WANG, "金额太高了，退3块吧", "驳回 {A} 金额太高了，退3块吧"),
        (WANG, "{A}这单让李敏批，我回避", "李敏"),
    ),
    "仓库收货": (
        (ZHOU, "箱子到了 完好", "确认收货 {A} 箱子到了 完好"),
        (ZHOU, "{A} 箱子是空的", "拒收 {A} 箱子是空的"),
        (ZHOU, "{A}不是我们家的货", "拒收 {A} 不是我们家的货"),
        (ZHOU, "里面没有底座", "配件缺失 {A} 里面没有底座"),
        (ZHOU, "{A4} 全收到了", "确认收货 85123A ×2…确认收货 {A} 全收到了"),
        (ZHOU, "收货，都齐了。", "没有写运单号…确认收货 {A} 都齐了"),
        (ZHOU, "签收了", "没有写运单号…确认收货 {A}"),
        (ZHOU, "转刘洋 {A} 在他那边", "{A} 已经是 刘洋 的待办"),
    ),
    "质检": (
        (XU, "都没问题入库吧", "合格入库 {A} 都没问题入库吧"),
        (XU, "{A4} 1件合格，1件外壳有划痕", "合格入库 85123A ×1；次品处理 85123A ×1"),
        (XU, "{A} 不是质量问题，客户自己摔的", "次品处理 {A} 不是质量问题"),
        (XU, "{A} 三个都合格", "1 合格入库 {A} 三个都合格"),
        (XU, "{A}先放一放，等配件", "稍后 {A} 明天"),
        (XU, "合格入库{A} 退款按8折", "“退款按8折”不会跟着合格入库一起办"),
    ),
    "财务退款": (
        (QIAN, "{A4}退了", "点“确认退款”店铺就付款 ¥5.10"),
        (QIAN, "已打款 支付宝转的 {A}", "店铺会再付一次 ¥5.10…1 评论 {A} 已打款 支付宝转的"),
        (QIAN, "微信转给客户了", "店铺会再付一次 ¥5.10"),
        (QIAN, "明天再退 {A4}", "稍后 {A} 明天"),
        (QIAN, "先别退，客户换了银行卡", "稍后 {A} 客户回复"),
    ),
}


@pytest.mark.parametrize("node", ONE)
async def test_plain_words_are_offered_as_the_buttons_they_speak_for(desk: Stage, node: str) -> None:
    numbers = await shop(desk, node)
    before, wrong = await stand(numbers[0]), {}
    for n, (name, typed, right) in enumerate(ONE[node]):
        place = "dingtalk" if n % 3 and desk.person(name).dingtalk else None  # few enough for WeCom's minute
        told = await says(desk, name, filled(typed, numbers), place)
        if not all(filled(part, numbers) in told for part in right.split("…")):
            wrong[f"{name}: {typed}"] = told[:300]
        await Dialog.all().update(expires_at=START)
    assert not wrong
    assert await stand(numbers[0]) == before, "nothing is done before it is tapped"


async def test_a_slip_is_no_reason_of_the_step_that_it_was(desk: Stage) -> None:
    [no] = await shop(desk, "客服审核")
    for said in ("误点了，恢复一下", "撤回"):
        await taps(desk, WANG, "驳回")
        assert f"撤回 {no}" in await says(desk, WANG, said)
        assert await stand(no) == "已关闭 拒绝", "it is asked first"
        await taps(desk, WANG, "1 撤回")
        assert await stand(no) == "处理中 客服审核"
    told = await says(desk, LIN, f"查 {no}")
    assert "驳回（" not in told, "it is no reason of the refusal"
    assert "撤回（误点了，恢复一下）" in told


async def test_a_parcel_is_found_by_its_last_figures_at_the_dock(desk: Stage) -> None:
    [no] = await shop(desk, "仓库收货")
    await says(desk, LIN, f"{no} 顺丰 SF7001234567890")
    assert "1 收货 SF7001234567890" in await says(desk, ZHOU, "顺丰7890到货")
    await taps(desk, ZHOU, "1 收货")
    assert no in news(desk, ZHOU)[-1]


async def test_each_case_gets_the_waybill_that_stands_behind_it(desk: Stage) -> None:
    one, two = await shop(desk, "仓库收货", cases=2)
    told = await says(desk, LIN, f"{one} SF7001234567890\n{two} 圆通 YT7001234567890")
    assert f"已登记：{one} 的退货包裹 SF7001234567890" in told
    assert f"已登记：{two} 的退货包裹 YT7001234567890" in told


async def test_a_button_that_was_offered_takes_the_words_it_was_offered_with(desk: Stage) -> None:
    [no] = await shop(desk, "质检")
    await says(desk, XU, "不是质量问题")
    await taps(desk, XU, "2 合格入库")
    assert await stand(no) != "处理中 质检"
    assert "不是质量问题" in await says(desk, LIN, f"查 {no}")


async def test_what_was_sent_back_goes_on_with_what_it_lacked(desk: Stage) -> None:
    [no] = await shop(desk, "客服审核")
    await says(desk, WANG, f"退回 {no} 提交人 缺序列号")
    assert "1 重新提交" in await says(desk, LIN, "序列号是LMP20260099，重新提交")
    await taps(desk, LIN, "1 重新提交")
    assert await stand(no) == "处理中 客服审核"
    assert "序列号是LMP20260099" in await says(desk, LIN, f"查 {no}")


async def test_what_was_said_goes_along_with_the_button_that_is_tapped(desk: Stage) -> None:
    [no] = await shop(desk, "仓库收货")
    await says(desk, ZHOU, f"{no} 箱子是空的")
    await taps(desk, ZHOU, "1 拒收")
    assert any("周仓 拒收：箱子是空的" in card for card in news(desk, WANG))
    assert "周仓 仓库收货 拒收（箱子是空的）" in await says(desk, LIN, f"查 {no}")
    await the_cards_are_true(desk)


TWO = (
    ("{A4} {B4} 都同意", ("处理中 金额审批", "处理中 金额审批"), ""),
    ("{A4}同意，{B4}驳回 照片不清", ("处理中 金额审批", "已关闭 拒绝"), ""),
    ("{A4}没问题 {B4}看不清照片", ("处理中 金额审批", "已关闭 拒绝"), "1 一起办"),
    ("{A4}和{B4}都没问题", ("处理中 金额审批", "处理中 金额审批"), "1 一起办"),
    ("除了{A4}其他都同意", ("处理中 客服审核", "处理中 金额审批"), "批量同意"),
)


@pytest.mark.parametrize(("typed", "right", "button"), TWO)
async def test_several_cases_by_their_last_digits(desk: Stage, typed: str, right: tuple[str, ...], button: str) -> None:
    numbers = await shop(desk, "客服审核", cases=2)
    await says(desk, WANG, filled(typed, numbers))
    if button:
        assert [await stand(no) for no in numbers] == ["处理中 客服审核"] * 2, "it is asked first"
        await taps(desk, WANG, button)
    assert tuple([await stand(no) for no in numbers]) == right


async def test_last_digits_that_several_cases_end_in_are_asked_about(desk: Stage) -> None:
    [one] = await shop(desk, "客服审核")
    await desk.later(timedelta(days=1))
    other = await submitted(desk, LINE)
    assert one[-4:] == other[-4:]
    assert f"尾号 {one[-4:]} 有 2 单，是哪一单？" in await says(desk, WANG, f"{one[-4:]}照片看不清")
    await taps(desk, WANG, "2 11-24")
    assert f"驳回 {other} 照片看不清" in news(desk, WANG)[-1]


async def test_several_counts_are_all_booked_by_one_tap(desk: Stage) -> None:
    numbers = await shop(desk, "质检", cases=2)
    assert "一起办" in await says(desk, XU, filled("{A4}合格 {B4}次品 屏幕碎了", numbers))
    await taps(desk, XU, "1 一起办")
    assert [(await Case.get(no=no)).facts["质检结果"] for no in numbers] == ["合格", "次品"]
    assert "次品处理（屏幕碎了）" in await says(desk, LIN, f"查 {numbers[1]}")


ANSWERS = (
    (("就退款吧", "给他2块吧"), "2.00", ""),
    (("不要退款", "取消"), "", "没有“不要退款”这一项"),
    (("退款 客户很急", "1.5元"), "1.50", ""),
)


@pytest.mark.parametrize(("said", "amount", "told"), ANSWERS)
async def test_answers_as_people_give_them(desk: Stage, said: tuple[str, ...], amount: str, told: str) -> None:
    await sell("536366", GOODS, mobile="13900139000", customer="C2", customer_name="韩梅梅")
    no = await submitted(desk, "补偿 536366 85123A×1 质量问题 掉色")
    await play(desk, "林晓 报审批")
    heard = "\n".join([await says(desk, LIN, words) for words in said])
    assert told in heard
    assert (await Case.get(no=no)).facts.get("补偿金额", "") == amount
    if "客户很急" in said[0]:
        assert "报审批（客户很急）" in await says(desk, LIN, f"查 {no}")


async def test_a_sentence_fills_the_form_of_the_only_task(desk: Stage) -> None:
    await sell("536366", GOODS, mobile="13900139000", customer="C2", customer_name="韩梅梅")
    no = await submitted(desk, "补偿 536366 85123A×1 质量问题 掉色")
    await says(desk, LIN, "赔2块退款，客户同意了")
    await taps(desk, LIN, "1 报审批")
    facts = (await Case.get(no=no)).facts
    assert (facts["补偿方式"], facts["补偿金额"]) == ("退款", "2.00")
    assert "客户同意了" in await says(desk, LIN, f"查 {no}")


async def test_a_question_is_left_by_a_clause_that_says_so(desk: Stage) -> None:
    await shop(desk, "仓库收货")
    await play(desk, "周仓 配件缺失")
    assert "好的，没有改动" in await says(desk, ZHOU, "没有缺，点错了")
