"""What is said with an action is kept: for the next one, in 查, for the submitter; or asked about before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.business import CONFIG
from models import Case, OrderLine
from tests.support.own_flows import FORM, single, use
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
TWO = "退货 536365 85123A×3 71053×2 质量问题"  # ¥7.65 and ¥6.78


async def amount(no: str) -> str:
    return f"{(await Case.get(no=no)).amount:.2f}"


async def counts(no: str, part: str = "received") -> dict[str, int]:
    case = await Case.get(no=no)
    return {line.sku: getattr(line, part) for line in await case.lines.all().order_by("id")}


# -- a reason is kept --------------------------------------------------------------------------------------------------


async def test_why_somebody_refuses_is_heard_by_whoever_asked(desk: Stage) -> None:
    no = await submitted(desk)
    said = await says(desk, "王建国", f"驳回 {no} 照片看不出破损")
    assert said.endswith(f"{no} 已驳回（照片看不出破损），现在：已关闭（拒绝）")
    assert "客服审核：王建国 驳回：照片看不出破损" in news(desk, "林晓")[-1]
    assert "王建国 客服审核 驳回（照片看不出破损）" in await says(desk, "林晓", f"查 {no}")
    assert any("理由：照片看不出破损" in card for card in news(desk, "王建国")), "the record on the card says it too"


async def test_what_is_said_with_a_yes_stands_on_the_next_card(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"同意 {no} 客户已补图")
    assert "王建国 同意：客户已补图" in news(desk, "李敏")[-1]
    long = "客户是老会员 麻烦仓库收到以后先拍外箱再拆箱 有问题马上找我"
    await says(desk, "李敏", f"同意 {no} {long}")
    assert f"李敏 同意：{long}" in news(desk, "周仓")[-1]
    await says(desk, "周仓", f"拒收 {no} 外箱湿了")
    assert "周仓 拒收：外箱湿了" in news(desk, "王建国")[-1], "whatever rows the node shows"
    assert (await Case.get(no=no)).facts.get("理由") is None, "it belongs to the step, not to the case"


async def test_what_finance_says_is_kept(desk: Stage) -> None:
    no = await inspected(desk)
    assert "已确认退款（已走支付宝）" in await says(desk, "钱芳", f"确认退款 {no} 已走支付宝")
    assert "钱芳 财务退款 确认退款（已走支付宝）" in await says(desk, "林晓", f"查 {no}")


async def test_a_tap_is_done_at_once_and_a_reason_may_follow(desk: Stage) -> None:
    no = await submitted(desk)
    assert "补一句 回复理由" in await taps(desk, "王建国", "驳回")
    assert await stand(no) == "已关闭 拒绝"
    assert "已补上“客服审核 驳回”的理由：照片看不出破损" in await says(desk, "王建国", "照片看不出破损")
    assert "补理由：照片看不出破损" in news(desk, "林晓")[-1]
    assert "补理由（照片看不出破损）" in await says(desk, "林晓", f"查 {no}")
    assert "没听懂" in await says(desk, "王建国", "今天天气不错"), "one answer is one reason"
    assert "已补上" in await says(desk, "王建国", f"理由 {no} 客户同意换货")


@pytest.mark.parametrize("then", [(), ("都不是",)])
async def test_a_reason_may_follow_though_something_was_guessed_at_in_between(
    desk: Stage, then: tuple[str, ...]
) -> None:
    await submitted(desk)
    await taps(desk, "王建国", "驳回")
    assert "都不是" in await says(desk, "王建国", "推货 536365 71053×1 质量问题")
    for words in then:
        await says(desk, "王建国", words)
    assert "已补上“客服审核 驳回”的理由：照片看不出破损" in await says(desk, "王建国", "照片看不出破损")


async def test_a_reason_that_follows_reaches_the_card_of_the_next_one(desk: Stage) -> None:
    await approved(desk)
    await play(desk, "周仓 拒收")
    await says(desk, "周仓", "外箱湿了")
    assert any("周仓 拒收：外箱湿了" in card for card in news(desk, "王建国"))
    await the_cards_are_true(desk)


async def test_where_the_flow_requires_a_reason_it_is_asked_for_first(desk: Stage) -> None:
    text = (CONFIG / "flows" / "退货.yaml").read_text(encoding="utf-8")
    await use(desk, text.replace("理由: 可填", "理由: 必填"))
    no = await submitted(desk)
    await taps(desk, "王建国", "驳回")
    assert "驳回要写理由，请直接回复一句" in news(desk, "王建国")[-1]
    assert await stand(no) == "处理中 客服审核"
    assert "没有改动" in await says(desk, "王建国", "取消")
    assert "驳回要写理由" in await says(desk, "王建国", f"驳回 {no}")
    assert "已驳回（照片看不出破损）" in await says(desk, "王建国", "照片看不出破损")
    assert "驳回：照片看不出破损" in news(desk, "林晓")[-1]


async def test_words_that_answer_the_form_are_its_answers(desk: Stage) -> None:
    await use(desk, single(FORM))
    no = await submitted(desk)
    assert "外观照？" in await says(desk, "王建国", f"同意 {no} 物流 折价:35.5")
    await says(desk, "王建国", "取消")
    assert await stand(no) == "处理中 " + "、".join((await Case.get(no=no)).nodes)


async def test_a_missing_part_is_named_at_once(desk: Stage) -> None:
    no = await approved(desk)
    assert "配件缺失（" not in await says(desk, "周仓", f"配件缺失 {no} 底座 2")
    assert "缺件：底座 扣 ¥2.00" in news(desk, "林晓")[-1]
    await play(desk, "林晓 同意")
    assert await amount(no) == "3.10"
    assert "缺 底座，扣款 ¥2.00" in await says(desk, "林晓", f"查 {no}")


async def test_a_part_that_is_not_understood_is_asked_for_and_kept(desk: Stage) -> None:
    no = await approved(desk)
    assert "“底座不见了”没看懂" in await says(desk, "周仓", f"配件缺失 {no} 底座不见了")
    await says(desk, "周仓", "底座 2")
    assert "底座不见了" in await says(desk, "林晓", f"查 {no}")


# -- counts in words ---------------------------------------------------------------------------------------------------

CAME = [
    ("只收到85123A两件", {"85123A": 2, "71053": 0}, "5.10"), ("85123A x2", {"85123A": 2, "71053": 0}, "5.10"),
    ("2×85123A", {"85123A": 2, "71053": 0}, "5.10"), ("都到了", {"85123A": 3, "71053": 2}, "14.43"),
    ("全部", {"85123A": 3, "71053": 2}, "14.43"), ("缺一个灯", {"85123A": 3, "71053": 1}, "11.04"),
    ("85123A两个，其他没到", {"85123A": 2, "71053": 0}, "5.10"),
]  # fmt: skip


@pytest.mark.homes("both")
@pytest.mark.parametrize(("words", "units", "refund"), CAME)
async def test_as_many_are_received_as_are_said(desk: Stage, words: str, units: dict[str, int], refund: str) -> None:
    no = await approved(desk, TWO)
    assert "已收货" in await says(desk, "周仓", f"确认收货 {no} {words}")
    assert (await counts(no), await amount(no)) == (units, refund)


async def test_of_what_is_not_said_it_is_asked_before_anything_is_done(desk: Stage) -> None:
    no = await approved(desk, TWO)
    assert "71053 金属灯笼（申请退 2 件）收到几件？" in await says(desk, "周仓", f"确认收货 {no} 85123A两个 外箱湿了")
    assert await stand(no) == "处理中 仓库收货"
    assert "请回复 0 到 2 的件数" in await says(desk, "周仓", "三个")
    assert "85123A ×2、71053 ×1；85123A两个 外箱湿了" in await says(desk, "周仓", "一个")
    assert (await counts(no), await amount(no)) == ({"85123A": 2, "71053": 1}, "8.49")
    assert "¥8.49" in news(desk, "林晓")[-1], "why it is less"
    assert "¥" not in news(desk, "许静")[-1], "the bench sees no amounts"
    assert "外箱湿了" in news(desk, "许静")[-1]


async def test_what_cannot_be_counted_is_asked_about_and_kept(desk: Stage) -> None:
    no = await approved(desk)
    assert "“几个”没看懂" in await says(desk, "周仓", f"确认收货 {no} 几个")
    assert "已收货" in await says(desk, "周仓", "2")
    assert await counts(no) == {"85123A": 2}


async def test_what_is_good_is_told_from_what_is_not(desk: Stage) -> None:
    no = await received(desk)
    assert "合格入库（85123A ×1；1件合格，其他破了）" in await says(desk, "许静", f"合格入库 {no} 1件合格，其他破了")
    assert (await counts(no, "accepted"), await counts(no, "damaged")) == ({"85123A": 1}, {"85123A": 1})


async def test_goods_that_are_all_damaged_are_not_taken_for_good(desk: Stage) -> None:
    no = await received(desk)
    assert "合格几件？" in await says(desk, "许静", f"合格入库 {no} 全部破损")
    await says(desk, "许静", "取消")
    assert await stand(no) == "处理中 质检"


# -- what is more than a remark ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["只退20元", "转给李敏", "跟上次 R20261122-0099 一样"])
async def test_a_decision_that_the_action_does_not_take_is_asked_about(desk: Stage, words: str) -> None:
    no = await submitted(desk)
    assert "回复“照办”" in await says(desk, "王建国", f"同意 {no} {words}")
    assert await stand(no) == "处理中 客服审核"
    assert "还没有办" in await says(desk, "王建国", "什么意思")
    assert f"已同意（{words}）" in await says(desk, "王建国", "照办")
    assert f"同意：{words}" in news(desk, "李敏")[-1]


async def test_an_amount_that_is_the_cases_own_is_a_remark(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已同意（5.10元没问题 两件都退）" in await says(desk, "王建国", f"同意 {no} 5.10元没问题 两件都退")


async def test_several_cases_have_an_answer_each(desk: Stage) -> None:
    one, two = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题")
    said = await says(desk, "王建国", f"同意 {one}、{two} R20261122-0099 材料齐了")
    assert f"{one} 已同意（材料齐了）" in said
    assert f"{two} 已同意（材料齐了）" in said
    assert "“同意 R20261122-0099 材料齐了”：没有找到售后单 R20261122-0099" in said


# -- to somebody else --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["李敏 看不懂", "@李敏，看不懂", "给李敏 看不懂", "看不懂 李敏"])
async def test_what_is_said_goes_with_the_task(desk: Stage, words: str) -> None:
    no = await submitted(desk)
    assert f"{no} 已转交 李敏（看不懂）" in await says(desk, "王建国", f"转交 {no} {words}")
    assert "王建国 转交给你：看不懂" in news(desk, "李敏")[-1]
    assert "转交（看不懂，转给 李敏）" in await says(desk, "林晓", f"查 {no}")


async def test_a_tap_on_hand_over_takes_name_and_words(desk: Stage) -> None:
    await submitted(desk)
    await play(desk, "王建国 转交")
    await says(desk, "王建国", "李敏 你来审吧")
    assert "转交给你：你来审吧" in news(desk, "李敏")[-1]


async def test_two_names_are_asked_about(desk: Stage) -> None:
    no = await submitted(desk)
    assert "转交一次只能给一个人" in await says(desk, "王建国", f"转交 {no} 李敏 赵卫东 你们看")
    assert await stand(no) == "处理中 客服审核"


async def test_who_asked_for_a_signature_and_why_is_on_its_card(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "王建国", f"加签 {no} 李敏 帮看下发票")
    assert "王建国 请你先签：帮看下发票" in news(desk, "李敏")[-1]


# -- back --------------------------------------------------------------------------------------------------------------


async def test_a_case_goes_back_to_whoever_submitted_it(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已退回补充资料（缺照片）" in await says(desk, "王建国", f"退回 {no} 缺照片")
    card = news(desk, "林晓")[-1]
    assert "王建国 退回：缺照片" in card
    assert "重新提交" in card
    await the_cards_are_true(desk)
    await says(desk, "林晓", f"重新提交 {no} 照片补好了")
    assert await stand(no) == "处理中 客服审核"
    assert "林晓 重新提交：照片补好了" in news(desk, "王建国")[-1]
    await play(desk, "王建国 同意")
    await says(desk, "李敏", f"退回 {no} 给林晓，金额不对")
    assert await stand(no) == "处理中 补充资料"
    assert "已撤单（客户不退了）" in await says(desk, "林晓", f"撤单 {no} 客户不退了")
    assert [line.claimed for line in await OrderLine.all()] == [0, 0]


async def test_whoever_is_named_gets_it_back(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert "已退回客服审核（金额不对）" in await says(desk, "李敏", f"退回 {no} 王建国 金额不对")
    assert "李敏 退回：金额不对" in news(desk, "王建国")[-1]


async def test_goods_in_the_house_do_not_go_back_to_the_submitter(desk: Stage) -> None:
    no = await received(desk)
    assert "货已收到，不能退给提交人改" in await says(desk, "许静", f"退回 {no} 提交人 数量不对")
    assert await stand(no) == "处理中 质检"


async def test_a_refusal_by_mistake_is_taken_back(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert [line.claimed for line in await OrderLine.all()] == [0, 0]
    assert f"{no} 已撤回驳回（点错了），现在：客服审核" in await says(desk, "王建国", f"撤回 {no} 点错了")
    assert [line.claimed for line in await OrderLine.all()] == [2, 0]
    assert "王建国 撤回：点错了" in news(desk, "林晓")[-1]
    await the_cards_are_true(desk)
    await play(desk, "王建国 同意")
    assert await stand(no) == "处理中 金额审批"


async def test_a_refusal_is_not_taken_back_when_the_goods_are_another_cases(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    await submitted(desk, "退货 536365 85123A×6 质量问题")
    assert "85123A 已经被别的售后单占用，不能撤回" in await says(desk, "王建国", f"撤回 {no}")
    assert await stand(no) == "已关闭 拒绝"


async def test_nobody_else_takes_a_refusal_back(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert "不在你能撤回的范围" in await says(desk, "李敏", f"撤回 {no}")
    assert "上一步“驳回”是 王建国 办的，不是你" in await says(desk, "陈卓", f"撤回 {no}")


# -- the other verbs ---------------------------------------------------------------------------------------------------


async def test_the_moment_of_a_pause_is_told_from_what_it_waits_for(desk: Stage) -> None:
    no = await submitted(desk)
    assert "已挂起（到 11-25 09:00，等客户寄回）" in await says(desk, "王建国", f"挂起 {no} 2天 等客户寄回")
    assert (await Case.get(no=no)).resume_at is not None
    assert "已恢复（客户寄了）" in await says(desk, "王建国", f"恢复 {no} 客户寄了")
    assert "恢复（客户寄了）" in await says(desk, "林晓", f"查 {no}")


async def test_who_hurries_or_copies_somebody_says_why(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 已催 王建国（客户催得急）" in await says(desk, "林晓", f"催办 {no} 客户催得急")
    assert "催办：客户催得急" in news(desk, "王建国")[-1]
    assert f"{no} 已抄送 李敏、赵卫东（帮看一下）" in await says(desk, "林晓", f"抄送 {no} 李敏、赵卫东 帮看一下")
    assert "没有叫 查无此人 的员工" in await says(desk, "林晓", f"抄送 {no} 李敏、查无此人")


async def test_part_of_a_case_is_not_withdrawn_in_silence(desk: Stage) -> None:
    no = await submitted(desk, TWO)
    assert "“85123A 一件”不会跟着撤单一起办" in await says(desk, "林晓", f"撤单 {no} 85123A 一件")
    assert await stand(no) == "处理中 客服审核"


async def test_many_are_refused_with_one_reason(desk: Stage) -> None:
    one = await submitted(desk)
    await submitted(desk, "退货 536365 71053×1 质量问题")
    assert "理由：照片看不清" in await says(desk, "王建国", "批量驳回 <=100 理由 照片看不清")
    await play(desk, "王建国 批量驳回")
    assert "驳回（照片看不清）" in await says(desk, "林晓", f"查 {one}")
