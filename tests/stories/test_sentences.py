"""Sentences as staff type them, over the wire: each does the right thing, asks with buttons that work, or says why not.

Nothing is carried out with a word of it dropped.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models import Case, Dialog
from tests.support.stage import START, buttons, sell
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
    from collections.abc import Mapping

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, HE, WANG, LI, ZHOU, XU, QIAN, ZHAO = "林晓", "何佳", "王建国", "李敏", "周仓", "许静", "钱芳", "赵卫东"
LINE = "退货 536366 85123A×1 质量问题 外壳破裂"
WAYBILL = "SF1234567890"
GOODS = {"85123A": ("白色心形烛台", 60, "2.55"), "71053": ("金属灯笼", 60, "3.39")}
FEW = 5  #: cases of one shop: WeCom takes thirty messages a minute to one person


async def shop(desk: Stage) -> Mapping[str, str]:
    """A case at each node, by the letter that the tables have for it."""
    await sell("536366", GOODS, mobile="13900139000", customer="C2", customer_name="韩梅梅")
    found = {"{F}": await inspected(desk, LINE), "{Q}": await received(desk, LINE), "{W}": await approved(desk, LINE)}
    await says(desk, LIN, f"运单 {found['{W}']} {WAYBILL}")
    return found | {"{A}": await submitted(desk, LINE), "{B}": await submitted(desk, LINE)}


def filled(text: str, cases: Mapping[str, str]) -> str:
    for letter, no in cases.items():
        text = text.replace(letter, no).replace(letter.replace("}", "4}"), no[-4:])
    return text


async def answers(desk: Stage, cases: Mapping[str, str], rows: list[tuple[str, str, str]]) -> dict[str, str]:
    """The sentences whose answer is another than the table says, with what it was; on both platforms in turn."""
    wrong = {}
    for n, (name, typed, right) in enumerate(rows):
        place = "dingtalk" if n % 3 and desk.person(name).dingtalk else None  # few enough for WeCom's minute
        told = await says(desk, name, filled(typed, cases), place)
        if not all(filled(part, cases) in told for part in right.split("…")):
            wrong[f"{name}: {typed}"] = told[:300]
        await Dialog.all().update(expires_at=START)
    return wrong


CASE = "{A} 退货 · 质量问题"  #: the first line of the case
ASKS = "536365：退哪一件？"
HINT = "可以说："
FINDS = "{B} 退货"

LOOKING = [
    (LIN, "查 {A}", CASE),
    (LIN, "查{A}", CASE),
    (LIN, "查：{A}", CASE),
    (LIN, "查 {A}。", CASE),
    (LIN, "查询 {A}", CASE),
    (LIN, "查一下{A}谢谢", CASE),
    (LIN, "麻烦查下 {A}", CASE),
    (LIN, "{A}", CASE),
    (LIN, "{A}怎么样了", CASE),
    (LIN, "{A} 到哪了？", CASE),
    (LIN, "我要查一下{A}到哪了", CASE),
    (LIN, "请问{A}现在到哪一步了", CASE),
    (LIN, "{A}退了吗", CASE),
    (LIN, "{A}的进度", CASE),
    (LIN, "看看{A}", CASE),
    (LIN, "查 {A4}", CASE),
    (LIN, "{A4}", CASE),
    (LIN, "536366", FINDS),
    (LIN, "查536366", FINDS),
    (LIN, "订单536366什么情况", FINDS),
    (LIN, "查 +86 139-0013-9000", FINDS),
    (LIN, "139 0013 9000", FINDS),
    (LIN, "在吗，帮我查一下13900139000的单子", FINDS),
    (LIN, "查 9000", FINDS),
    (LIN, WAYBILL, "{W} 退货"),
    (LIN, f"查快递{WAYBILL}", "{W} 退货"),
    (LIN, "查 {A} {B}", "{A} 退货…{B} 退货"),
    (LIN, "{A}\n{B}", "{A} 退货…{B} 退货"),
    (LIN, "查 {A} 客户很急", "“客户很急”没看懂，什么都没有做"),
    (LIN, "{A}客户很急", "什么都没有做…催办 {A} 客户很急…查 {A}…评论 {A} 客户很急"),
    (LIN, "链接 {A} 张三", "“张三”没看懂，什么都没有做；请写成：链接 <单号>"),
    (LIN, "撤回 {A} 王建国", "“王建国”没看懂，什么都没有做"),
    (LIN, "待办 xyz", "“xyz”没看懂，什么都没有做；请写成：待办"),
    (LIN, "我的待办", "没有待办"),
    (LIN, "有什么要处理的吗", "没有待办"),
    (LIN, "取消", "现在没有在等你回答的问题"),
    (LIN, "谢谢", "不客气"),
    (LIN, "你好", "我是回旋镖"),
    (LIN, "今天有多少单", "什么都没有做…报表 指标 今天"),
    (LIN, "怎么退货", "写法：退货"),
    (LIN, "我要退货", "退货…536365 85123A×2"),
    (LIN, "帮助一下", "你可以说"),
    (LIN, "？", "你可以说"),
    (LIN, "怎么用", "你可以说"),
    (LIN, "帮助 催", "写法：催办"),
    (HE, "为什么{A}还没退款", CASE),
    (HE, "{A}谁在审", CASE),
    (HE, "{A}同意了吗", CASE),
    (HE, "我明天请假", "写法：请假"),
    (WANG, "还有多少单没审", "待办 2 件"),
    (WANG, "看下我的待办", "待办 2 件"),
    (WANG, "第一单", "{A} 退货"),
    (QIAN, "待退款", "待办 1 件"),
    (XU, "我要验货", "待办 1 件"),
    (HE, "blah blah", "没听懂这句话，什么都没有做。可以说："),
]

OPENING = [
    (LIN, "退货536365", ASKS),
    (LIN, "退货：536365", ASKS),
    (LIN, "退货 536365。", ASKS),
    (LIN, "536365 退货", ASKS),
    (LIN, "536365退货", ASKS),
    (LIN, "申请退货 536365", ASKS),
    (LIN, "麻烦帮我退货 536365 谢谢", ASKS),
    (LIN, "帮我退一下536365那个灯", "退货 536365"),
    (LIN, "536365的灯坏了要退", "退货 536365"),
    (LIN, "把536365退了", ASKS),
    (LIN, "536365要退货", ASKS),
    (LIN, "客户536365想换一个", "换货 536365"),
    (LIN, "换货536365", "换货 536365"),
    (LIN, "536365 漏发了 补发", "补发 536365"),
    (LIN, "退或 536365", "点一下才算…退货 536365"),
    (LIN, "536365退款", "点一下才算…退货 536365…仅退款 536365"),
    (HE, "536365 85123A 坏了", "退货 536365 85123A 坏了"),
    (HE, "客户13800138000要退货", "退货 536365"),
    (HE, "订单536365客户要退一个烛台，质量问题", "“一个烛台”＝白色心形烛台"),
    (HE, "退货 599999", "没有找到订单 599999"),
    (XU, "退货 536365", "你的角色不能用“退货”"),
    (
        LIN,
        "退货 536365 85123A×2 质量问题\n退货 536366 71053×1 质量问题",
        "白色心形烛台 ×2…退货 536366 71053×1 质量问题…前一单提交或取消以后接着问",
    ),
]

ASKED = [
    # a button by another name: this node's own buttons, never “不能”
    (XU, "通过 {Q}", "现在什么都没有做…合格入库 {Q}"),
    (XU, "{Q}合格", "现在什么都没有做…合格入库 {Q}"),
    (XU, "合格 {Q4}", "现在什么都没有做…合格入库 {Q}"),
    (XU, "{Q}验过了，没毛病", "现在什么都没有做…合格入库 {Q} …没毛病"),
    (XU, "同意 {Q}", "什么都没有做，请点卡片上的按钮…次品处理"),
    (QIAN, "退款 {F}", "现在什么都没有做…店铺就付款…确认退款 {F}"),
    (QIAN, "这单可以退款吗{F}", "什么都没有做，请点卡片上的按钮…确认退款"),
    (QIAN, "{F} 打款", "现在什么都没有做…确认退款 {F}"),
    (QIAN, "通过 {F}", "什么都没有做…确认退款 {F}"),
    (ZHOU, "{W} 收到了", "现在什么都没有做…确认收货 {W}"),
    (ZHOU, "退货 {W}", "你的角色不能用“退货”"),
    (WANG, "可以 {A}", "现在什么都没有做…同意 {A}"),
    (WANG, "{A}先别同意", "什么都没有做…稍后 {A} 明天…挂起 {A} 先别同意"),
    (WANG, "同意 {A}？", "什么都没有做，请点卡片上的按钮…同意"),
    (WANG, "{A}可以同意吗", "什么都没有做，请点卡片上的按钮…同意"),
    (WANG, "{A}同意吗", "什么都没有做，请点卡片上的按钮…同意"),
    (WANG, "{A} 不行", "现在什么都没有做…驳回 {A}"),
    (WANG, "确认收货 {A}", "这单现在在客服审核，不能确认收货…同意"),
    (WANG, "赵总让我问下{A}这个怎么弄", "什么都没有做，请点卡片上的按钮"),
    (WANG, "同意", "“同意”哪一单？…同意 {A}…同意 {B}"),
    (WANG, "好的", "“好的”哪一单？…同意 {A}"),
    (WANG, "同意 536366", "是哪一单？…同意 {A}…同意 {B}"),
    (WANG, "同意 3", "还没有给你列过待办，什么都没有做"),
    (WANG, "同意 9999", "没有尾号是 9999 的售后单，什么都没有做"),
    (LI, "同意 {A}", "客服审核不是你的待办，由 王建国 处理"),
    (LIN, "撤销 {A}", "点一下才算…撤单 {A}"),
    (LIN, "取消 {A}", "点一下才算…撤单 {A}"),
    (LIN, "把{A}撤了吧", "点一下才算…撤单 {A}"),
    (LIN, "{W}的运单号是SF77777777771", "没看懂…SF77777777771…查 {W}"),
    (HE, "请假明天到后天 代理孙悦", "请假 明天 到 后天 代理 孙悦"),
    (HE, "后天开始请三天假 孙悦代", "请假 后天 到 2026-11-27 代理 孙悦"),
    (HE, "取消我的请假", "你没有登记请假"),
    (LIN, "查一下五三六三六六的订单。", "找到 5 单：…{W} 退货"),
    (LIN, "补偿单怎么填", "写法：补偿 <订单号>"),
    (LI, "上个月和这个月退货原因对比", "请分开看…报表 退货原因 上个月…报表 退货原因 这个月"),
    (HE, "{A} 客户不要了，删除", "要点一下才算…查 {A}"),
    (WANG, "催一下", "催办"),
    (ZHAO, "自动通过提到80块", "点一下才写成改动，先看再发布，现在用的不变"),
]

DOCK = [
    (ZHOU, WAYBILL, f"收货：{WAYBILL}"),
    (ZHOU, f"收货{WAYBILL}", f"收货：{WAYBILL}"),
    (ZHOU, f"收货：{WAYBILL}。", f"收货：{WAYBILL}"),
    (ZHOU, f"{WAYBILL} 收货", f"收货：{WAYBILL}"),
    (ZHOU, f"{WAYBILL}到货", f"收货：{WAYBILL}"),
    (ZHOU, f"收到货了 {WAYBILL}", f"收货：{WAYBILL}"),
    (ZHOU, f"快递到了，{WAYBILL}", f"收货：{WAYBILL}"),
    (ZHOU, f"收货：{WAYBILL}，外箱破了", f"运单 {WAYBILL}：这样收货吗？…“外箱破了”要点一下才算，现在什么都没有做"),
    (ZHOU, "536366", "找到 3 单：…{W} 退货"),
    (ZHOU, "帮助", "仓库：运单 收货"),
]


@pytest.mark.parametrize("rows", [LOOKING, OPENING, ASKED, DOCK], ids=["looking", "opening", "asked", "dock"])
async def test_sentences_that_change_nothing(desk: Stage, rows: list[tuple[str, str, str]]) -> None:
    cases = await shop(desk)
    before = {no: await stand(no) for no in cases.values()}
    wrong = await answers(desk, cases, rows)
    assert not wrong
    assert {no: await stand(no) for no in cases.values()} == before
    assert await Case.all().count() == len(before), "nothing was opened"


REVIEW, DOCKED, CHECK, PAY = submitted, approved, received, inspected

DEEDS: list[tuple[Any, str, str, str]] = [
    (REVIEW, WANG, "同意{no}", "处理中 金额审批"),
    (REVIEW, WANG, "同意：{no}", "处理中 金额审批"),
    (REVIEW, WANG, "同意 {no}。", "处理中 金额审批"),
    (REVIEW, WANG, "{no} 同意", "处理中 金额审批"),
    (REVIEW, WANG, "{no} 同意吧", "处理中 金额审批"),
    (REVIEW, WANG, "{no}：同意", "处理中 金额审批"),
    (REVIEW, WANG, "请同意 {no} 谢谢", "处理中 金额审批"),
    (REVIEW, WANG, "同意 {tail}", "处理中 金额审批"),
    (REVIEW, WANG, "同意{tail}。", "处理中 金额审批"),
    (REVIEW, WANG, "通过 {no}", "处理中 金额审批"),
    (REVIEW, WANG, "批准{no}", "处理中 金额审批"),
    (REVIEW, WANG, "{no} 审核通过", "处理中 金额审批"),
    (REVIEW, WANG, "我同意 {no}", "处理中 金额审批"),
    (REVIEW, WANG, "把{no}转给李敏", "处理中 客服审核"),
    (REVIEW, WANG, "转交 {no} @李敏", "处理中 客服审核"),
    (REVIEW, WANG, "转交 {no} 给 李总", "处理中 客服审核"),
    (REVIEW, WANG, "转给李敏 {no}", "处理中 客服审核"),
    (DOCKED, ZHOU, "确认收货{no}", "处理中 质检"),
    (DOCKED, ZHOU, "{no} 确认收货。", "处理中 质检"),
    (CHECK, XU, "合格入库 {tail}", "处理中 财务退款"),
    (CHECK, XU, "{no}合格入库", "处理中 财务退款"),
    (PAY, QIAN, "确认退款{no}。", "已完成 完成"),
    (REVIEW, LIN, "撤单{no}", "已关闭 撤销 撤销"),
]


@pytest.mark.parametrize("start", range(0, len(DEEDS), FEW))
async def test_sentences_that_do_what_they_say(desk: Stage, start: int) -> None:
    await sell("536366", GOODS)
    wrong = {}
    for way, name, typed, right in DEEDS[start : start + FEW]:
        no = await way(desk, LINE)
        told = await says(desk, name, typed.format(no=no, tail=no[-4:]))
        if not (await stand(no)).startswith(right.split(" ")[0]) or right.split(" ")[-1] not in await stand(no):
            wrong[f"{name}: {typed}"] = f"{await stand(no)}：{told[:200]}"
    assert not wrong


# -- several at once ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["同意 {A}\n同意 {B}", "同意 {A} {B}", "同意 {A}、{B}", "同意 {A}和{B}", "{A} {B} 同意", "同意\n{A}\n{B}"]
)
async def test_several_cases_of_one_message_each_have_their_answer(desk: Stage, typed: str) -> None:
    a, b = await submitted(desk), await submitted(desk)
    told = await says(desk, WANG, typed.replace("{A}", a).replace("{B}", b))
    assert f"{a} 已同意" in told
    assert f"{b} 已同意" in told
    assert [await stand(a), await stand(b)] == ["处理中 金额审批"] * 2
    await the_cards_are_true(desk)


async def test_one_that_cannot_be_done_does_not_touch_the_others(desk: Stage) -> None:
    a, b = await submitted(desk), await submitted(desk)
    await play(desk, "王建国 同意")
    done, other = (a, b) if await stand(a) == "处理中 金额审批" else (b, a)
    told = await says(desk, WANG, f"同意 {a}\n同意 {b}\n查 {a} 快点\n待办")
    assert f"“同意 {done}”：" in told, "it is said which one was refused, and why"
    assert f"{other} 已同意" in told
    assert "“快点”没看懂，什么都没有做" in told
    assert "没有待办" in told
    await the_cards_are_true(desk)


async def test_a_note_of_several_lines_is_one_note(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"评论 {no} 客户说：\n1. 外箱破了\n2. 要加急")
    assert "评论（客户说： 1. 外箱破了 2. 要加急）" in await says(desk, WANG, f"查 {no}")


async def test_what_is_said_with_a_reminder_is_on_record(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已催 王建国" in await says(desk, LIN, f"催办 {no} 客户等着用，请快点")
    assert "催办（客户等着用，请快点）" in await says(desk, LIN, f"查 {no}")


# -- a place in the list -----------------------------------------------------------------------------------------------


async def test_a_place_in_the_list_that_one_was_shown(desk: Stage) -> None:
    a, b = await submitted(desk), await submitted(desk)
    assert a in (await says(desk, WANG, "待办")).split("2. ")[0]
    await says(desk, WANG, "同意 2")
    assert [await stand(a), await stand(b)] == ["处理中 客服审核", "处理中 金额审批"]
    assert "第 2 件" in await says(desk, WANG, "同意 2"), "it is no task of mine any more: nothing is done"
    assert "还没有给你列过待办" in await says(desk, LI, "同意 1"), "what others were shown means nothing to me"
    assert [await stand(a), await stand(b)] == ["处理中 客服审核", "处理中 金额审批"]


@pytest.mark.parametrize("words", ["合格入库 1", "合格入库 1件"])
async def test_a_number_that_may_be_a_count_of_goods_is_asked_about(desk: Stage, words: str) -> None:
    no = await received(desk)
    await says(desk, XU, "待办")
    told = await says(desk, XU, words)
    assert await stand(no) == "处理中 质检", told
    assert "几件货" in told or "哪一单" in told or "要点一下才算" in told


async def test_a_list_of_yesterday_is_asked_about(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, "待办")
    await desk.later(timedelta(hours=5))
    assert "5 小时前列的" in await says(desk, WANG, "同意 1")
    assert await stand(no) == "处理中 客服审核"
    await taps(desk, WANG, "1 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_last_digits_that_two_tasks_end_in_are_asked_about(desk: Stage) -> None:
    a, b = await submitted(desk), await submitted(desk)
    desk.honest = False
    await Case.filter(no=b).update(no=b.replace("-0002", "-10001"))
    assert "尾号 0001 有 2 单，是哪一单？" in await says(desk, WANG, "同意 0001")
    await taps(desk, WANG, "1 同意 0001")
    assert sorted([await stand(a), await stand(b.replace("-0002", "-10001"))]) == ["处理中 客服审核", "处理中 金额审批"]


# -- guesses -----------------------------------------------------------------------------------------------------------


async def test_a_guess_that_is_offered_works_when_it_is_tapped(desk: Stage) -> None:
    await says(desk, LIN, "536365退款")
    card = desk.card(desk.person(LIN), "2 仅退款")
    assert buttons(card) == ["1 退货", "2 仅退款", "3 查", "都不是"], "the order can be looked at too"
    await taps(desk, LIN, "2 仅退款")
    assert "仅退款 536365：退哪一件？" in news(desk, LIN)[-1]
    await the_cards_are_true(desk)


async def test_only_what_one_may_do_is_offered(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, "何佳", f"取消 {no}")
    assert f"查 {no}" in told
    assert "撤单" not in told, "it is not hers to take back"


async def test_none_of_them_is_an_answer(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, LIN, f"取消 {no}")
    assert "没有改动" in await taps(desk, LIN, "都不是")
    assert await stand(no) == "处理中 客服审核"
    await the_cards_are_true(desk)


async def test_a_question_that_is_open_takes_any_words_but_another_statement(desk: Stage) -> None:
    no = await approved(desk)
    await taps(desk, ZHOU, "配件缺失")
    assert "请回复“部件 金额”" in await says(desk, ZHOU, "快递 破了"), "other names of commands are words like any"
    assert f"{no} 退货" in await says(desk, ZHOU, f"查{no}")
    await says(desk, ZHOU, "滤网组件 3。")
    assert await stand(no) == "处理中 缺件协商"
