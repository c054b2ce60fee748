"""At the dock: a waybill is typed, scanned or unknown, and nothing is received by guessing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Parcel
from tests.support.page import JPEG
from tests.support.stage import buttons
from tests.support.stories import NO_REASON, approved, news, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

NUMBER = "SF1234567890"
LANTERN = "退货 536365 71053×1 七天无理由"


async def announced(desk: Stage) -> str:
    """A return on its way under NUMBER."""
    no = await submitted(desk, NO_REASON)
    await says(desk, "林晓", f"运单 {no} {NUMBER}")
    return no


async def scan(desk: Stage, result: str, kind: str) -> str:
    """周仓 scans with WeCom's own menu, which DingTalk has not: there he photographs the label (test_labels.py)."""
    before = len(news(desk, "周仓"))
    await desk.sandbox.wecom.phones.scan("zhoucang", "scan", result, kind)
    await desk.bot.settled()
    return "\n".join(news(desk, "周仓")[before:])


# -- a number that is known --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [NUMBER, "sf1234567890", "ＳＦ１２３４５６７８９０"])
async def test_a_waybill_opens_the_card_of_its_case(desk: Stage, typed: str) -> None:
    no = await announced(desk)
    card = await says(desk, "周仓", f"收货 {typed}")
    for words in (f"收货：{NUMBER} · 2 件", no, "应收 白色心形烛台 ×2", f"运单 {NUMBER}"):
        assert words in card
    await the_cards_are_true(desk)


async def test_both_cards_of_one_parcel_become_the_record(desk: Stage) -> None:
    await announced(desk)
    await says(desk, "周仓", f"收货 {NUMBER}")
    await play(desk, "周仓 确认收货")
    assert desk.live(desk.person("周仓")) == []
    await the_cards_are_true(desk)


async def test_the_keeper_never_sees_the_customer(desk: Stage) -> None:
    await announced(desk)
    assert "李" not in await says(desk, "周仓", f"收货 {NUMBER}")


@pytest.mark.homes("both")
@pytest.mark.parametrize(
    ("result", "kind"),
    [
        pytest.param(f"CODE_128,{NUMBER}", "barcode", id="the bars of a label"),
        pytest.param(NUMBER, "qrcode", id="a square code"),
    ],
)
async def test_a_scan_means_what_typing_means(desk: Stage, result: str, kind: str) -> None:
    no = await announced(desk)
    card = await scan(desk, result, kind)
    assert f"收货：{NUMBER} · 2 件" in card
    assert no in card
    await play(desk, "周仓 确认收货")
    assert await stand(no) == "处理中 质检"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("收货", "没有读到运单号", id="no number"),
        pytest.param("收货 12", "“12”不是运单号，没有收货。运单号是 6 到 40 位字母数字", id="too short for one"),
        pytest.param("运单 R20261123-0001", "请写成：运单 单号 运单号", id="nothing to announce"),
        pytest.param("运单 R20261123-0001 R20261123-0001", "请写成：运单 单号 运单号", id="a case is no waybill"),
        pytest.param("运单 R20261123-0099 SF1234567890", "没有找到售后单 R20261123-0099", id="no such case"),
    ],
)
async def test_what_can_not_be_is_said(desk: Stage, line: str, sentence: str) -> None:
    assert sentence in await says(desk, "周仓", line)


async def test_a_parcel_is_received_once(desk: Stage) -> None:
    no = await announced(desk)
    await says(desk, "周仓", f"收货 {NUMBER}")
    await play(desk, "周仓 确认收货")
    assert f"运单 {NUMBER} 已经收过货了，是 {no}" in await says(desk, "刘洋", f"收货 {NUMBER}")


async def test_a_parcel_whose_return_is_not_approved_waits(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"运单 {no} {NUMBER}")
    told = await says(desk, "周仓", f"收货 {NUMBER}")
    assert f"运单 {NUMBER} 是 {no}，现在在客服审核，由 王建国 处理" in told
    assert await stand(no) == "处理中 客服审核"


async def test_an_agent_does_not_receive(desk: Stage) -> None:
    await announced(desk)
    assert "你的角色不能用“收货”，可以找：仓管员、操作员、管理员" in await says(desk, "林晓", f"收货 {NUMBER}")


# -- a number that is not ----------------------------------------------------------------------------------------------


async def test_an_unknown_parcel_is_given_to_a_case_by_the_keeper(desk: Stage) -> None:
    first, second = await submitted(desk, NO_REASON), await submitted(desk, LANTERN)
    asked = await says(desk, "周仓", f"收货 {NUMBER}")
    for words in ("没有登记过，是哪一单？回复序号", f"1. {first} 白色心形烛台 ×2", f"2. {second} 金属灯笼 ×1"):
        assert words in asked
    card = await says(desk, "周仓", "2")
    assert f"收货：{NUMBER} · 1 件" in card
    assert second in card
    await the_cards_are_true(desk)


async def test_who_gives_a_parcel_to_a_case_is_sent_one_card(desk: Stage) -> None:
    await approved(desk)
    await says(desk, "周仓", f"收货 {NUMBER}")
    before = len(news(desk, "周仓"))
    await says(desk, "周仓", "1")
    assert sum(f"收货：{NUMBER}" in words for words in news(desk, "周仓")[before:]) == 1
    await play(desk, "周仓 确认收货")
    await the_cards_are_true(desk)


async def test_the_parcel_that_was_given_away_is_on_record(desk: Stage) -> None:
    no = await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"收货 {NUMBER}")
    await says(desk, "周仓", "1")
    event = await Event.filter(case__no=no, action="登记运单").get()
    assert (event.actor, event.data) == ("周仓", {"运单": NUMBER})


async def test_an_unknown_parcel_can_be_left(desk: Stage) -> None:
    await submitted(desk, NO_REASON)
    await says(desk, "周仓", f"收货 {NUMBER}")
    assert "请回复" in await says(desk, "周仓", "9")
    assert f"好的，运单 {NUMBER} 没有收货" in await says(desk, "周仓", "取消")
    assert await Parcel.all().count() == 0
    assert "没有第 1 件" in await says(desk, "周仓", "1")


#: what is said with an unknown parcel, the answer to which case it is, and all of that on a button there
CARRIED = [
    ("到了，里面是空箱子", "嗯，就是这个，空的", "1 拒收 {no} 里面是空箱子，空的"),
    ("到了，里面是空箱子", "1", "1 拒收 {no} 里面是空箱子"),
    ("里面装的是石头", "第一个，全是石头", "1 拒收 {no} 里面装的是石头"),
    ("收到一件，另一件没到", "就是这单", "1 确认收货 {no} 收到一件"),
    ("外箱压扁了，里面两个没事", "1。", "1 确认收货 {no} 外箱压扁了"),
    ("有一件是别人家的货", "对", "1 评论 {no} 有一件是别人家的货"),
]


@pytest.mark.parametrize(("words", "answer", "button"), CARRIED)
async def test_what_was_said_of_an_unknown_parcel_goes_along_to_its_case(
    desk: Stage, words: str, answer: str, button: str
) -> None:
    no = await approved(desk)
    asked = await says(desk, "周仓", f"{NUMBER} {words}")
    assert "还没有记，选了哪一单再问怎么办" in asked
    told = await says(desk, "周仓", answer)
    assert f"收货：{NUMBER}" in told
    assert button.format(no=no) in told, told
    assert await stand(no) == "处理中 仓库收货"
    await taps(desk, "周仓", "都不是")
    await the_cards_are_true(desk)


#: more is still to come: what is said at the dock, and the ways that stand beside the button
AWAITED = [
    ("{no} 就来了一个 还差一个", "评论 {no} 就来了一个 还差一个"),
    ("{no} 分两个包裹 今天先到了一个", "稍后 {no} 明天 分两个包裹 今天先到了一个"),
    ("{no} 收到一个，还有一个没到", "评论 {no} 收到一个，还有一个没到"),
    ("到了一个 剩下的还在路上", "稍后 {no} 明天 到了一个 剩下的还在路上"),
    (f"{NUMBER} 到了一个 还差一个", "评论 {no} 到了一个 还差一个"),
    ("确认收货 {no} 到了一个 还差一个", "评论 {no} 到了一个 还差一个"),
]


@pytest.mark.parametrize(("typed", "beside"), AWAITED)
async def test_goods_of_which_more_is_to_come_are_received_by_whoever_has_read_what_that_costs(
    desk: Stage, typed: str, beside: str
) -> None:
    no = await announced(desk)
    told = await says(desk, "周仓", typed.format(no=no))
    assert "确认收货 85123A ×1：点了收货就结束，退款只退收到的；后到的要等这单退回来才能再收" in told, told
    offered = "".join(buttons(desk.card(desk.person("周仓"), "都不是")))
    assert [name in offered for name in ("确认收货", beside.split()[0])] == [True, True], told
    assert beside.format(no=no)[:26] in told, told
    assert (await stand(no), (await Case.get(no=no)).amount) == ("处理中 仓库收货", Decimal("5.10"))
    words = beside.format(no=no).removeprefix(f"评论 {no} ").removeprefix(f"稍后 {no} 明天 ")
    await taps(desk, "周仓", next(each for each in buttons(desk.card(desk.person("周仓"), "都不是")) if "确认" in each))
    assert (await stand(no), (await Case.get(no=no)).amount) == ("处理中 质检", Decimal("2.55"))
    assert words in (await Event.get(case__no=no, action="确认收货")).data["理由"]


async def test_who_sees_money_reads_the_new_sum_before_the_goods_are_received(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "周仓", f"转交 {no} 赵卫东 今天盘点")
    told = await says(desk, "赵卫东", f"{no} 就来了一个 还差一个")
    assert "退款从 ¥5.10 变成 ¥2.55" in told, told


async def test_a_part_that_is_not_counted_is_asked_for_with_what_that_costs(desk: Stage) -> None:
    no = await approved(desk)
    await says(desk, "周仓", f"{no} 先到了一部分")
    await taps(desk, "周仓", "1 确认收货")
    assert "“先到了一部分”没看懂。报了件数收货就结束，没收到的不退款" in news(desk, "周仓")[-1]
    assert await stand(no) == "处理中 仓库收货"


async def test_an_unknown_parcel_is_never_the_only_case_in_hand(desk: Stage) -> None:
    no = await approved(desk)
    asked = await says(desk, "周仓", "78901234567890 这个中通的拆开是别人家的东西，不是我们的货")
    assert f"运单 78901234567890 没有登记过，是哪一单？回复序号或单号：\n1. {no}" in asked
    told = await says(desk, "周仓", "取消")
    assert "没有收货；“这个中通的拆开是别人家的东西，不是我们的货”没有记到任何一单" in told
    assert (await stand(no), await Parcel.all().count()) == ("处理中 仓库收货", 0)


async def test_another_unknown_parcel_is_no_answer_to_the_one_before(desk: Stage) -> None:
    await approved(desk)
    await says(desk, "周仓", f"{NUMBER} 里面装的是石头")
    assert "运单 80012345678901 没有登记过，是哪一单？" in await says(desk, "周仓", "80012345678901 这个不是我们家的件")


async def test_an_unknown_parcel_when_nothing_is_awaited(desk: Stage) -> None:
    told = await says(desk, "周仓", f"收货 {NUMBER}")
    assert f"运单 {NUMBER} 没有登记过，也没有等你收货的售后单，请找客服核对" in told


@pytest.mark.homes("both")
async def test_an_unknown_scan_asks_too(desk: Stage) -> None:
    await submitted(desk, NO_REASON)
    assert "是哪一单？" in await scan(desk, "CODE_128,YT9876543210", "barcode")


# -- announcing --------------------------------------------------------------------------------------------------------


async def test_a_number_announced_twice_is_one_parcel(desk: Stage) -> None:
    no = await announced(desk)
    assert f"已登记：{no}" in await says(desk, "孙悦", f"运单 {no} {NUMBER}")
    assert await Parcel.filter(waybill=NUMBER).count() == 1


async def test_a_number_belongs_to_one_case(desk: Stage) -> None:
    first, second = await announced(desk), await submitted(desk, LANTERN)
    told = await says(desk, "林晓", f"运单 {second} {NUMBER}")
    assert f"运单 {NUMBER} 已登记在 {first}，请核对运单号" in told


async def test_the_newest_number_of_a_case_is_on_its_card(desk: Stage) -> None:
    no = await announced(desk)
    await says(desk, "林晓", f"运单 {no} YT9876543210")
    assert "收货：YT9876543210 · 2 件" in await says(desk, "周仓", "收货 YT9876543210")
    told = await says(desk, "林晓", f"查 {no}")
    assert [f"登记运单（运单 {each}）" in told for each in (NUMBER, "YT9876543210")] == [True, True]


async def test_who_agrees_reads_everybody_who_may_receive(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 同意")
    assert "现在：仓库收货 · 周仓、刘洋" in await says(desk, "李敏", f"同意 {no}")
    assert "下一步 仓库收货 · 周仓、刘洋" in " ".join(news(desk, "李敏"))


async def test_a_finished_case_takes_no_more_parcels(desk: Stage) -> None:
    no = await submitted(desk)
    await play(desk, "王建国 驳回")
    assert f"{no} 已关闭，不用再登记运单" in await says(desk, "林晓", f"运单 {no} {NUMBER}")


async def test_a_number_may_be_announced_before_the_approval(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, "林晓", f"运单 {no} {NUMBER}")
    await play(desk, "王建国 同意", "李敏 同意")
    assert f"收货：{NUMBER} · 2 件" in news(desk, "周仓")[-1]
    assert await approved(desk, "退货 536365 71053×1 质量问题")


async def test_a_photo_that_cannot_be_fetched_is_said_to_be_so(desk: Stage) -> None:
    await announced(desk)
    for fetching in ("/cgi-bin/media/get", "/v1.0/robot/messageFiles/download"):
        desk.sandbox.faults.arm("error", fetching, times=-1)
    await desk.photograph(desk.person("周仓"), JPEG)
    for _ in range(3):
        await desk.bot.settled()
        await desk.later(timedelta(seconds=10))
    assert "没有取到你发的图片或文件" in news(desk, "周仓")[-1]
    assert "没有改动任何单据" in news(desk, "周仓")[-1]
