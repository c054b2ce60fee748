"""演练: a whole case alone on one's own phone, through the draft where there is one; nothing of the shop changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog, Event, Order, Outbox, Refund, StockMove, Task
from tests.support.owners import rows_of_everything
from tests.support.stage import buttons, text_of
from tests.support.stories import news, says, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
LINE = "演练 536365 85123A×2 质量问题 外壳破裂"
OWNER, SECOND = "李敏", "赵卫东"
#: every button of the way to the end, and whose card it is on
WAY = (
    ("同意", "王建国"),
    ("同意", "李敏"),
    ("确认收货", "周仓"),
    ("合格入库", "许静"),
    ("确认退款", "钱芳"),
    ("退款成功", "系统"),
)


def card_of(desk: Stage, name: str) -> str:
    """The newest live card on somebody's phone."""
    return text_of(desk.live(desk.person(name))[-1])


async def business() -> dict[str, object]:
    """Every row but those that say what was said and heard, and what the bot waits for."""
    rows = await rows_of_everything()
    return {name: found for name, found in rows.items() if name != "Dialog"}


async def _agreed(desk: Stage) -> None:
    """Up to where goods are awaited."""
    for _ in range(2):
        await says(desk, OWNER, "演练 同意")


async def test_a_whole_case_is_played_and_nothing_of_it_is_kept(desk: Stage) -> None:
    before = await business()
    others = {name: len(news(desk, name)) for name in ("王建国", "周仓", "许静", "钱芳", "林晓")}
    begun = await says(desk, OWNER, LINE)
    assert "按现在用的规则走" in begun
    assert "由 林晓 提交" in begun
    for button, owner in WAY:
        assert f"【演练】{owner}" in card_of(desk, OWNER)
        assert "【演练】" in await taps(desk, OWNER, button)
    ended = desk.last(desk.person(OWNER))
    for words in (
        "走完了：退货 536365",
        "退款：¥5.10，退给客户",
        "白色心形烛台 ×2 进待售区",
        "告诉客户：“",
        "钱芳 确认退款",
    ):
        assert words in ended
    assert await business() == before
    assert {name: len(news(desk, name)) for name in others} == others
    assert not desk.live(desk.person(OWNER))
    assert not await Outbox.filter(kind__in=("refund", "notice", "group")).exists()


async def test_it_goes_through_ones_own_draft_and_says_so(desk: Stage) -> None:
    await says(desk, OWNER, "流程 客服审核 负责人 客服主管")
    drafted = await says(desk, OWNER, "演练 随便 300元")
    assert "按你的草稿走（退货流程，1 处改动）" in drafted
    assert "【演练】李敏的卡片：审核" in drafted
    published = await says(desk, OWNER, "演练 现行 随便 300元")
    assert "按现在用的规则走" in published
    assert "【演练】王建国" in published
    assert "按现在用的规则走" in await says(desk, SECOND, "演练 随便 300元"), "a draft is its author's"


async def test_it_keeps_to_the_draft_with_which_it_began(desk: Stage) -> None:
    await says(desk, OWNER, "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时")
    await says(desk, OWNER, "演练 随便 300元")
    await says(desk, OWNER, "作废")
    for button in ("同意", "同意", "确认收货", "合格入库"):
        await says(desk, OWNER, f"演练 {button}")
    assert "复检" in await says(desk, OWNER, "演练")


async def test_it_survives_a_restart(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    await _agreed(desk)
    await desk.restart()
    assert "已收货" in await taps(desk, OWNER, "确认收货")
    assert "质检" in await says(desk, OWNER, "演练")


async def test_two_people_do_not_meet(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    await says(desk, SECOND, "演练 随便 60元")
    await says(desk, SECOND, "演练 同意")
    assert "现在轮到：客服审核 王建国" in await says(desk, OWNER, "演练")
    assert "演练已结束" in await says(desk, SECOND, "演练 结束")
    assert "现在轮到：客服审核 王建国" in await says(desk, OWNER, "演练")


async def test_time_goes_by_at_a_word(desk: Stage) -> None:
    before = await business()
    await says(desk, OWNER, LINE)
    late = await says(desk, OWNER, "演练 快进 1天")
    assert "客服审核 超时：提醒 王建国，抄送上级 李敏" in late
    assert "没有事到期" in await says(desk, OWNER, "演练 快进 1小时")
    await _agreed(desk)
    assert "到时，系统自己往下走" in await says(desk, OWNER, "演练 快进 31天")
    ended = desk.last(desk.person(OWNER))
    assert "已关闭（超期）" in ended
    assert "1 天" in ended
    await desk.later(timedelta(days=2))
    assert await business() == before, "nor does the world's clock know of it"


async def test_a_question_is_asked_and_its_answer_is_played_on(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    await _agreed(desk)
    await taps(desk, OWNER, "配件缺失")
    assert "【演练】缺什么" in desk.last(desk.person(OWNER))
    assert "部件 金额" in await says(desk, OWNER, "不知道呀")
    assert "还在" in await says(desk, OWNER, "取消")
    await taps(desk, OWNER, "配件缺失")
    told = await says(desk, OWNER, "滤网组件 1")
    assert "告警群会收到：缺件 滤网组件" in told
    assert "【演练】林晓的卡片：缺件：滤网组件 扣 ¥1.00" in told
    await taps(desk, OWNER, "同意")
    for button in ("合格入库", "确认退款", "退款成功"):
        await taps(desk, OWNER, button)
    assert "退款：¥4.10，退给客户" in desk.last(desk.person(OWNER))


async def test_a_refund_that_fails_comes_back_to_finance(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    for button in ("同意", "同意", "确认收货", "合格入库", "确认退款", "退款失败"):
        await taps(desk, OWNER, button)
    assert "上次退款没有成功" in card_of(desk, OWNER)
    assert "店铺没有退成" in await says(desk, OWNER, "演练 结束")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("演练 abc123", "没有找到订单 abc123"),
        ("演练 536365 85123A×99 质量问题", "最多还能退 6 件"),
        ("演练 536365 XYZ9×1 质量问题", "没有商品 XYZ9"),
        ("演练 退货", "要演练哪个订单"),
        ("演练 随便 0元", "大于 0，最多"),
        ("演练 快进 1天", "现在没有演练"),
        ("演练 结束", "现在没有演练"),
    ],
)
async def test_what_cannot_be_rehearsed_is_said_in_a_sentence(desk: Stage, words: str, answer: str) -> None:
    assert answer in await says(desk, OWNER, words)
    assert not await Case.exists()


async def test_what_is_open_is_asked_at_a_tap(desk: Stage) -> None:
    assert "退哪一件" in await says(desk, OWNER, "演练 536365")
    assert "是什么原因" in await says(desk, OWNER, "演练 536365 85123A×1")
    await taps(desk, OWNER, "发货错误")
    assert "【演练】王建国的卡片" in card_of(desk, OWNER)
    assert "一个人走完一张单" in await says(desk, SECOND, "演练")
    await taps(desk, SECOND, "换货 随便")
    assert "换货（假订单）" in "\n".join(news(desk, SECOND))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("演练 合格入库", "客服审核没有“合格入库”，能点的有：同意"),
        ("演练 转交 王建国", "演练里不用转交"),
        ("演练 挂起", "演练里不用挂起"),
        ("演练 快进 很久", "快进多久没看懂"),
        ("演练 撤单", "已关闭（撤销）"),
    ],
)
async def test_words_beside_the_buttons(desk: Stage, words: str, answer: str) -> None:
    await says(desk, OWNER, LINE)
    assert answer in await says(desk, OWNER, words)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("开始演练", "一个人走完一张单"),
        ("演练 开始", "一个人走完一张单"),
        ("我想演练一下", "一个人走完一张单"),
        ("演练一下换货", "换货（假订单）"),
        ("教我用", "上手 1/8"),
        ("结束演练", "现在没有演练"),
        ("不演了", "现在没有演练"),
    ],
)
async def test_it_is_asked_for_in_ones_own_words(desk: Stage, words: str, answer: str) -> None:
    """And whoever asks is offered no button that decides a real case."""
    await says(desk, "林晓", "退货 536365 85123A×2 质量问题")
    await taps(desk, "林晓", "提交")
    assert answer in await says(desk, OWNER, words)


async def test_a_step_is_taken_back_and_given_back(desk: Stage) -> None:
    await says(desk, OWNER, "演练 随便 300元")
    await says(desk, OWNER, "演练 同意")
    assert "现在轮到：客服审核 王建国" in await says(desk, OWNER, "演练 撤回")
    await says(desk, OWNER, "演练 同意")
    assert "现在轮到：补充资料 林晓" in await says(desk, OWNER, "演练 退回 补充资料")
    assert "现在轮到：补充资料 林晓" in await says(desk, OWNER, "演练")


async def test_a_card_whose_step_is_over_does_nothing(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    old = desk.live(desk.person(OWNER))[-1]
    await says(desk, OWNER, "演练 同意")
    assert buttons(desk.sandbox.world.items[old.id]) == []
    await says(desk, OWNER, LINE)
    assert "上一场演练（退货 536365，走到金额审批）没走完" in "\n".join(news(desk, OWNER))
    assert len(desk.live(desk.person(OWNER))) == 1


async def test_counts_that_are_typed_change_the_refund(desk: Stage) -> None:
    await says(desk, OWNER, LINE)
    await _agreed(desk)
    assert "看不出每样几件" in await says(desk, OWNER, "演练 确认收货 9件")
    await says(desk, OWNER, "演练 确认收货 85123A×1")
    await says(desk, OWNER, "演练 合格入库")
    assert "退款：¥2.55" in card_of(desk, OWNER)


async def test_what_stands_in_the_books_is_counted_and_not_touched(desk: Stage) -> None:
    """A rehearsal beside a real case of the same order weighs it, and the case does not notice."""
    await says(desk, "林晓", "退货 536365 85123A×2 质量问题")
    await taps(desk, "林晓", "提交")
    before = await business()
    await says(desk, OWNER, LINE)
    await taps(desk, OWNER, "同意")
    after = await business()
    assert after == before
    assert [await model.all().count() for model in (Case, Refund, StockMove)] == [1, 0, 0]
    assert await Event.all().count() == len(before["Event"])  # type: ignore[arg-type]
    assert await Task.all().count() == len(before["Task"])  # type: ignore[arg-type]


async def test_a_keeper_rehearses_without_seeing_what_is_not_his(desk: Stage) -> None:
    assert "真的订单要能开退货单的人才能用" in await says(desk, "周仓", LINE)
    assert "【演练】王建国的卡片：审核：退货" in await says(desk, "周仓", "演练 随便")
    for button in ("同意", "同意", "确认收货", "合格入库", "确认退款", "退款成功"):
        await says(desk, "周仓", f"演练 {button}")
    ended = desk.last(desk.person("周仓"))
    assert "退款：¥***，退给客户" in ended
    assert "100.00" not in "\n".join(news(desk, "周仓"))


async def test_nothing_of_the_customer_is_in_what_is_kept(desk: Stage) -> None:
    await Order.filter(no="536365").update(address="杭州市西湖区 1 号")
    await says(desk, OWNER, LINE)
    kept = str((await Dialog.get(kind="rehearsal")).data)
    for personal in ("李雷", "13800138000", "西湖区"):
        assert personal not in kept
