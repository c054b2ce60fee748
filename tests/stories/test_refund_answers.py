"""What a shop answers to a refund, and what becomes of the case, its units, finance, the managers and the customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.outbox.worker import ATTEMPTS
from flow.views.customer import progress_of
from models import Case, CaseState, Event, OrderLine, Outbox, Refund, RefundState, Task, TaskState
from sandbox.shop import Odd
from tests.support.proof import MOBILE, NOTICE, chain_holds
from tests.support.stories import group_news, inspected, news, play, says, stand, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

PAGE = "<html><body>Bad Gateway</body></html>"
WAITS, BACK, DONE = "处理中 退款中", "处理中 财务退款", "已完成"
SENDING, UNCLEAR, REFUSED, PAID = RefundState.SENDING, RefundState.UNCLEAR, RefundState.REFUSED, RefundState.PAID
#: what would end a case, or make it another one, with whoever may do it otherwise
WAYS_OUT = (
    ("林晓", "撤单 {no}"), ("李敏", "撤单 {no}"), ("李敏", "合并 {other} {no}"), ("李敏", "拆分 {no} 85123A×1"),
    ("林晓", "改 {no} 数量 1"), ("钱芳", "退回 {no} 客服审核"), ("钱芳", "退回 {no}"), ("钱芳", "驳回 {no}"),
    ("钱芳", "加签 {no} 赵卫东"), ("钱芳", "挂起 {no} 2天"), ("李敏", "挂起 {no} 2天"), ("钱芳", "撤回 {no}"),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What the shop does, and what comes of it at once."""

    rule: dict[str, Any] = field(default_factory=dict)
    odd: Odd | None = None
    state: RefundState = SENDING
    stands: str = WAITS
    paid: int = 0  #: refunds that have left the shop
    hint: str = ""  #: what finance reads


ANSWERS = {
    "paid": Answer(state=PAID, stands=DONE, paid=1),
    "processing": Answer({"status": "processing"}),
    "failed": Answer({"status": "failed"}, state=REFUSED, stands=BACK, hint="店铺说这笔退款失败了"),
    "another amount": Answer({"amount": Decimal("1.00")}, state=UNCLEAR, paid=1, hint="店铺记的金额是 ¥1.00"),
    "too little is on its way": Answer(
        {"status": "processing", "amount": Decimal("1.00")}, state=UNCLEAR, hint="¥1.00"
    ),
    "another order": Answer({"order_no": "700001"}, state=UNCLEAR, paid=1, hint="另一张订单 700001"),
    "used before": Answer(
        odd=Odd(409, '{"message": "already refunded 1.00"}'), state=UNCLEAR, hint="already refunded 1.00"
    ),
    "a clear no": Answer(odd=Odd(422, '{"message": "超过实付"}'), state=REFUSED, stands=BACK, hint="超过实付"),
    "created, and paid": Answer(odd=Odd(201, "{}", pays=True), paid=1),
    "accepted, not paid": Answer(odd=Odd(202, "{}")),
    "timed out": Answer(odd=Odd(408, "{}", pays=True), paid=1),
    "a proxy's page": Answer(odd=Odd(403, PAGE, pays=True), paid=1),
    "half an answer": Answer(odd=Odd(200, '{"refund_no": "SR1"', pays=True), paid=1),
    "sent elsewhere": Answer(odd=Odd(302, headers={"Location": "/login"})),
    "broken": Answer(odd=Odd(502, PAGE, pays=True), paid=1),
}


async def confirmed(desk: Stage, answer: Answer) -> str:
    """Finance has tapped, and the shop has answered once."""
    no = await inspected(desk)
    desk.sandbox.shop.rule(**answer.rule)
    if answer.odd:
        desk.sandbox.shop.answer(answer.odd)
    await play(desk, "钱芳 确认退款")
    return no


async def silent(desk: Stage) -> None:
    """So long that the bot gives up asking by itself."""
    for _ in range(ATTEMPTS):
        await desk.later(timedelta(minutes=6))


async def lookers(no: str) -> list[str]:
    tasks = Task.filter(case__no=no, node="退款中", state=TaskState.OPEN).prefetch_related("owner")
    return [task.owner.name for task in await tasks]


def texts(desk: Stage) -> list[str]:
    """What the customer has been told."""
    return [item.body["content"] for item in desk.sandbox.world.phone("sms", MOBILE)]


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_an_answer_does(desk: Stage, name: str) -> None:
    answer = ANSWERS[name]
    no = await confirmed(desk, answer)
    refund = await Refund.get()
    assert (refund.state, await stand(no)) == (answer.state, answer.stands), refund.error
    assert len(desk.sandbox.shop.refunds) == answer.paid
    assert (await OrderLine.get(sku="85123A")).claimed == 2, "the units are the case's"
    assert texts(desk) == ([NOTICE] if answer.state is PAID else []), "the customer hears when it is sure"
    assert await lookers(no) == (["钱芳"] if answer.state is UNCLEAR else [])
    assert any(no in words for words in group_news(desk, "管理群")) is (answer.state in (UNCLEAR, REFUSED))
    assert "1.00" not in " ".join(group_news(desk, "管理群")), "amounts are nobody's in a group"
    assert answer.hint in news(desk, "钱芳")[-1]
    if answer.state is not PAID:
        assert "退款失败" not in await says(desk, "林晓", f"查 {no}") or answer.state is REFUSED
    assert await chain_holds(await Case.get(no=no))
    await the_cards_are_true(desk)


UNSURE = [name for name, answer in ANSWERS.items() if answer.state is SENDING and name != "processing"]


@pytest.mark.homes("both")
@pytest.mark.parametrize("name", UNSURE)
async def test_what_is_no_answer_is_asked_again_and_paid_once(desk: Stage, name: str) -> None:
    no = await confirmed(desk, ANSWERS[name])
    await desk.later(timedelta(minutes=1))
    assert (await stand(no), (await Refund.get()).state) == (DONE, PAID)
    assert [refund.amount for refund in desk.sandbox.shop.refunds] == [Decimal("5.10")]
    assert texts(desk) == [NOTICE]


async def test_money_on_its_way_arrives(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["processing"])
    await silent(desk)
    assert await lookers(no) == ["钱芳"]
    assert "核对退款：¥5.10" in news(desk, "钱芳")[-1]
    assert "SR00000001" in news(desk, "钱芳")[-1], "the shop's number, to look it up"
    desk.sandbox.shop.settle(f"{no}-T1", status="success")
    await taps(desk, "钱芳", "问退款")
    assert "店铺已经退款，流水 SR00000001" in "\n".join(news(desk, "钱芳"))
    assert (await stand(no), await lookers(no), texts(desk)) == (DONE, [], [NOTICE])
    await the_cards_are_true(desk)


@pytest.mark.homes("both")
async def test_money_on_its_way_fails_after_all(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["processing"])
    desk.sandbox.shop.settle(f"{no}-T1", status="failed")
    await desk.later(timedelta(minutes=1))
    assert await stand(no) == BACK
    desk.sandbox.shop.rule()
    await play(desk, "钱芳 确认退款")
    assert (await stand(no), texts(desk)) == (DONE, [NOTICE])
    assert [refund.key for refund in desk.sandbox.shop.refunds] == [f"{no}-T1"]


@pytest.mark.homes("both")
@pytest.mark.parametrize("given_up", [False, True], ids=["while it is asked", "when it is given up"])
async def test_nothing_ends_a_case_whose_money_may_be_on_its_way(desk: Stage, given_up: bool) -> None:
    other = await inspected(desk)
    await play(desk, "钱芳 驳回")
    no = await confirmed(desk, ANSWERS["processing"])
    await (silent(desk) if given_up else desk.later(timedelta(seconds=1)))
    before = await Case.get(no=no)
    for name, words in WAYS_OUT:
        said = await says(desk, name, words.format(no=no, other=other))
        after = await Case.get(no=no)
        assert (after.nodes, after.state, after.amount) == (before.nodes, CaseState.OPEN, before.amount), (words, said)
    assert (await Refund.get(case__no=no)).amount == Decimal("5.10")
    assert (await OrderLine.get(sku="85123A")).claimed == 4
    desk.sandbox.shop.settle(f"{no}-T1", status="success")
    await (says(desk, "钱芳", f"问退款 {no}") if given_up else desk.later(timedelta(minutes=10)))
    assert await stand(no) == DONE


@pytest.mark.homes("both")
async def test_a_shop_that_stays_away_is_asked_on_by_itself(desk: Stage) -> None:
    desk.sandbox.faults.arm("error", "/shop/refunds*", times=-1)
    no = await confirmed(desk, Answer())
    await silent(desk)
    assert (await stand(no), (await Refund.get()).state, await lookers(no)) == (WAITS, UNCLEAR, ["钱芳"])
    assert [words for words in group_news(desk, "管理群") if "还不知道退没退，已转给 钱芳 核对" in words]
    for _ in range(3):
        await desk.later(timedelta(hours=9))
    assert await stand(no) == WAITS
    desk.sandbox.faults.clear()
    await desk.later(timedelta(hours=25))
    assert (await stand(no), len(desk.sandbox.shop.refunds)) == (DONE, 1)


@pytest.mark.homes("both")
async def test_whoever_had_the_shop_asked_hears_that_it_still_does_not_know(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["another amount"])
    await says(desk, "钱芳", f"问退款 {no}")
    assert "店铺的回答和请退的对不上：店铺记的金额是 ¥1.00" in news(desk, "钱芳")[-1]
    desk.sandbox.faults.arm("error", "/shop/refunds*", times=-1)
    await says(desk, "钱芳", f"问退款 {no}")
    assert "店铺还是没有说清" in news(desk, "钱芳")[-1]
    assert (await stand(no), await lookers(no)) == (WAITS, ["钱芳"])
    assert not await Outbox.filter(kind="refund", run_at__gt=desk.clock.now()).exists(), "a person asks from now on"


@pytest.mark.homes("both")
async def test_what_the_shop_has_mended_is_found_by_asking(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["another amount"])
    desk.sandbox.shop.settle(f"{no}-T1", amount=Decimal("5.10"))
    await says(desk, "钱芳", f"问退款 {no[-4:]}")
    assert (await stand(no), (await Refund.get()).reference) == (DONE, "SR00000001")


async def test_what_no_shop_will_ever_say_is_settled_by_whoever_has_looked(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["used before"])
    assert "请回复：核实退款" in (await taps(desk, "钱芳", "核实退款")) + news(desk, "钱芳")[-1]
    assert "不像店铺的退款流水号" in await says(desk, "钱芳", f"核实退款 {no} 好")
    assert await stand(no) == WAITS
    assert "已记为退款成功，流水 SR9" in await says(desk, "钱芳", f"核实退款 {no} SR99")
    assert (await stand(no), (await Refund.get()).reference, texts(desk)) == (DONE, "SR99", [NOTICE])
    event = await Event.get(action="核实退款")
    assert (event.actor, event.data["渠道流水"]) == ("钱芳", "SR99")
    await the_cards_are_true(desk)


@pytest.mark.homes("both")
@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("林晓", "问退款 {no}", "是你开的单，不能自己问退款，由 钱芳 核对"),
        ("林晓", "核实退款 {no} SR99", "是你开的单，不能自己核实退款，由 钱芳 核对"),
        ("许静", "问退款 {no}", "不能由你问退款，由 钱芳 核对"),
        ("周仓", "核实退款 {no} SR99", "不能由你核实退款，由 钱芳 核对"),
        ("钱芳", "核实退款 {no} SR99", "还在等店铺答复，先回复 问退款"),
        ("钱芳", "问退款 R20200101-0001", "没有找到售后单"),
    ],
)
async def test_who_may_ask_and_settle(desk: Stage, name: str, words: str, sentence: str) -> None:
    no = await confirmed(desk, ANSWERS["processing"])
    assert sentence in await says(desk, name, words.format(no=no))
    assert (await stand(no), (await Refund.get()).state) == (WAITS, SENDING)


@pytest.mark.homes("both")
async def test_a_case_without_a_refund_under_way_has_nothing_to_ask(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["paid"])
    assert "没有在等店铺答复的退款，不用问退款" in await says(desk, "钱芳", f"问退款 {no}")
    assert len(desk.sandbox.shop.refunds) == 1


@pytest.mark.homes("both")
async def test_looking_it_up_is_a_task_like_any_other(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["another amount"])
    assert "核对退款：¥5.10" in await says(desk, "钱芳", "待办")
    assert "· 退款中：你" in await says(desk, "钱芳", f"为什么是我 {no}")
    assert "不是你的待办，由 系统 处理" in await says(desk, "钱芳", f"退款成功 {no}")
    assert "提交人和经办人不能" in await says(desk, "钱芳", f"转交 {no} 林晓")
    await desk.later(timedelta(hours=25))
    assert any("超时" in words for words in news(desk, "钱芳"))
    await says(desk, "钱芳", f"转交 {no} 赵卫东")
    assert await lookers(no) == ["赵卫东"]
    desk.sandbox.shop.settle(f"{no}-T1", amount=Decimal("5.10"))
    await taps(desk, "赵卫东", "问退款")
    assert (await stand(no), await lookers(no)) == (DONE, [])
    await the_cards_are_true(desk)


@pytest.mark.homes("both")
async def test_a_customer_is_told_no_more_than_that_it_is_under_way(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["another amount"])
    progress = await progress_of(desk.bot.desk, (await Case.get(no=no)).id, desk.clock.now())
    assert progress
    assert progress.payback
    assert (progress.stage, progress.payback.amount, progress.payback.paid_at) == ("退款中", Decimal("5.10"), None)


@pytest.mark.homes("both")
async def test_the_tap_that_confirmed_may_be_heard_twice_and_the_amount_stays(desk: Stage) -> None:
    no = await confirmed(desk, ANSWERS["processing"])
    desk.honest = False
    await Case.filter(no=no).update(facts={**(await Case.get(no=no)).facts, "金额": "2.55"})
    await says(desk, "钱芳", f"确认退款 {no}")
    assert (await Refund.get()).amount == Decimal("5.10")
    desk.sandbox.shop.settle(f"{no}-T1", status="success")
    await desk.later(timedelta(minutes=1))
    assert [refund.amount for refund in desk.sandbox.shop.refunds] == [Decimal("5.10")]
