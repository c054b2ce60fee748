"""A button that pays as it stands, and words by which it should not: asked in every order of the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event
from tests.support.stage import buttons, sell
from tests.support.stories import approved, inspected, offered, play, received, says, stand, submitted, taps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, ZHOU, XU, FANG = "林晓", "王建国", "李敏", "周仓", "许静", "钱芳"
TYPED = [
    pytest.param(submitted, WANG, "同意 {no} 但运费客户出", id="behind the case"),
    pytest.param(submitted, WANG, "{no} 同意 不过运费客户出", id="the case first"),
    pytest.param(submitted, WANG, "{no} 同意，不过运费客户出", id="a comma"),
    pytest.param(submitted, WANG, "同意{no}，条件是客户先寄回", id="glued"),
    pytest.param(submitted, WANG, "通过 {no} 扣掉赠品", id="another name"),
    pytest.param(submitted, WANG, "同意，但是运费客户出", id="no case"),
    pytest.param(submitted, WANG, "可以，但运费客户出", id="no case, another name"),
    pytest.param(submitted, WANG, "同意 {no} 客户说要换货", id="another kind"),
    pytest.param(submitted, WANG, "同意 {no} 李敏同意了我才同意", id="behind a colleague"),
    pytest.param(submitted, WANG, "同意 {no} 分两次付", id="in parts"),
    pytest.param(received, XU, "合格入库 {no} 不过要扣10块折旧", id="at the bench"),
    pytest.param(received, XU, "合格入库 {no} 1件 第2件没看", id="not looked at"),
    pytest.param(received, XU, "合格入库 {no} 两件都破了", id="goods against the button"),
    pytest.param(received, XU, "次品处理 {no} 客户自己摔的 不退钱", id="the bench decides no money"),
    pytest.param(inspected, FANG, "确认退款 {no} 但运费不退", id="at finance"),
    pytest.param(inspected, FANG, "确认退款 {no} 打到公司账上", id="another payee"),
    pytest.param(inspected, FANG, "确认退款 {no} 明晚十二点以后退", id="at night"),
    pytest.param(inspected, FANG, "确认退款 {no} 12月31号退", id="on a day"),
    pytest.param(inspected, FANG, "确认退款 {no} 国庆后打", id="behind a feast"),
    pytest.param(approved, ZHOU, "拒收 {no} 只收好的一件", id="refused in part"),
]


@pytest.mark.parametrize(("way", "name", "typed"), TYPED)
async def test_nothing_is_done_before_it_is_asked(
    desk: Stage, way: Callable[[Stage], Awaitable[str]], name: str, typed: str
) -> None:
    no = await way(desk)
    before, count = await stand(no), await Event.all().count()
    asked = await says(desk, name, typed.replace("{no}", no))
    assert "什么都没有做" in asked or "照办" in asked
    assert (await stand(no), await Event.all().count(), desk.sandbox.shop.refunds) == (before, count, [])


async def test_a_place_in_the_list_and_the_last_digits_are_asked_too(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, "待办")
    assert "金额照单子上的办" in await says(desk, WANG, "同意 1 但运费客户出")
    assert "金额照单子上的办" in await says(desk, WANG, f"同意 {no[-4:]} 但运费客户出")
    assert await stand(no) == "处理中 客服审核"


async def test_it_may_be_kept_given_back_or_done_all_the_same(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"同意 {no} 但运费客户出")
    card = desk.live(desk.person(WANG))[-1]
    assert [each.split()[-1] for each in buttons(card)] == ["评论", "退回", "同意", "查", "都不是"]
    await taps(desk, WANG, "3 同意")
    assert await stand(no) == "处理中 金额审批"
    assert (await Event.filter(action="同意").order_by("-id").first()).data["理由"] == "但运费客户出"  # type: ignore[union-attr]


async def agreed(desk: Stage, line: str) -> str:
    no = await submitted(desk, line)
    await says(desk, WANG, f"同意 {no}")
    return no


#: who has the case, what they say of its two lamps for 118 in all, and what is offered first
LOWERED = [
    (submitted, WANG, "{t}同意 按一个退", "改 {no} 数量 1"),
    (submitted, WANG, "同意 {no} 只退1件", "改 {no} 数量 1"),
    (submitted, WANG, "{t}退一个就行", "改 {no} 数量 1"),
    (submitted, WANG, "{t}少退一个", "改 {no} 数量 1"),
    (submitted, WANG, "{t}同意 扣掉20运费", "改 {no} 金额 98"),
    (submitted, WANG, "{t}可以退 但最多退80", "评论 {no} 可以退 但最多退80 ； 改 {no} 金额 80"),
    (agreed, LI, "{t}最多退一百", "改 {no} 金额 100"),
    (agreed, LI, "最多退一百", "改 {no} 金额 100"),
    (agreed, LI, "{t} 灯罩少了 扣18再退", "评论 {no} 灯罩少了 扣18再退 ； 改 {no} 金额 100"),
    (agreed, LI, "{t}只退一个的钱", "评论 {no} 只退一个的钱 ； 改 {no} 金额 59"),
    (agreed, LI, "{t}等客户回话 扣18再退", "稍后 {no} 客户回复 等客户回话 扣18再退"),
    (agreed, LI, "{t}最多退118", "评论 {no} 最多退118"),
    (received, XU, "{t} 扣18再退", "退回 {no} 金额审批 扣18再退"),
    (inspected, FANG, "{t}只退109 扣9块运费", "退回 {no} 金额审批 只退109 扣9块运费"),
    (inspected, FANG, "确认退款 {no} 扣9块再退", "退回 {no} 金额审批 扣9块再退"),
    (inspected, FANG, "{t}灯罩少了 扣18再退", "退回 {no} 金额审批 灯罩少了 扣18再退"),
    (inspected, FANG, "{t}少退9块", "退回 {no} 金额审批 少退9块"),
    (submitted, WANG, "{t}只能退其中一个", "改 {no} 数量 1"),
    (submitted, WANG, "{t}给客户退80算了", "评论 {no} 给客户退80算了 ； 改 {no} 金额 80"),
    (submitted, WANG, "{t} 扣客户10块运费 其余照退", "评论 {no} 扣客户10块运费 其余照退 ； 改 {no} 金额 108"),
    (inspected, FANG, "最多退五十", "退回 {no} 金额审批 最多退五十"),
]


@pytest.mark.parametrize(("way", "who", "typed", "first"), LOWERED)
async def test_a_smaller_sum_is_offered_where_it_can_be_had(
    desk: Stage, way: Callable[[Stage, str], Awaitable[str]], who: str, typed: str, first: str
) -> None:
    no = await lamps(desk, way)
    before = await stand(no)
    told = await says(desk, who, typed.replace("{no}", no).replace("{t}", no[-4:]))
    assert (await offered())[0] == first.replace("{no}", no), told
    assert "什么都没有做" in told
    assert await stand(no) == before


async def test_the_correction_is_made_by_whoever_asks_for_it(desk: Stage) -> None:
    no = await lamps(desk, submitted)
    assert "就照单子上的 ¥118.00 办" in await says(desk, WANG, f"{no[-4:]}同意 按一个退")
    await taps(desk, WANG, "1 改")
    await taps(desk, WANG, "确认修改")
    assert (await Case.get(no=no)).amount == 59


async def test_what_goes_back_from_finance_can_be_lowered_there(desk: Stage) -> None:
    no = await lamps(desk, inspected)
    assert f"要少退先退回金额审批，那里或上级回复“改 {no} 金额 109”" in await says(
        desk, FANG, f"{no[-4:]}只退109 扣9块运费"
    )
    await taps(desk, FANG, "1 退回")
    assert await stand(no) == "处理中 金额审批"
    await says(desk, LI, f"改 {no} 金额 109")
    await taps(desk, LI, "确认修改")
    assert (await Case.get(no=no)).amount == 109
    assert desk.sandbox.shop.refunds == []


async def lamps(desk: Stage, way: Callable[[Stage, str], Awaitable[str]]) -> str:
    await sell("700002", {"TL-01": ("护眼台灯", 4, "59")}, mobile="13600001352", customer="C7", customer_name="钱七")
    return await way(desk, "退货 700002 TL-01×2 质量问题 不亮")


async def test_many_at_once_take_no_terms(desk: Stage) -> None:
    no = await submitted(desk)
    await sell("800100", {"QY-02": ("牵引绳", 4, "58.00")})
    await submitted(desk, "退货 800100 QY-02×1 质量问题 破了")
    assert "不会跟着批量同意一起办" in await says(desk, WANG, "批量同意 理由 但运费客户出")
    assert "不会跟着批量驳回一起办" in await says(desk, WANG, "批量驳回 理由 还是同意吧")
    assert "理由：照片看不清" in await says(desk, WANG, "批量驳回 理由 照片看不清")
    assert await stand(no) == "处理中 客服审核"


AFTERWARDS = [("算了 还是同意", True), ("还是等客户补照片吧", True), ("还是退吧", True), ("照片看不清", False)]


@pytest.mark.parametrize(("words", "contrary"), AFTERWARDS)
async def test_a_reason_behind_the_tap_is_read_as_one_in_the_same_line(
    desk: Stage,
    words: str,
    contrary: bool,
) -> None:
    no = await submitted(desk)
    await play(desk, f"{WANG} 驳回")
    told = await says(desk, WANG, words)
    assert ("没有当作理由" in told) is contrary
    assert await Event.filter(action="补理由").exists() is not contrary
    if contrary:
        await taps(desk, WANG, "1 撤回")
        assert await stand(no) == "处理中 客服审核"


async def test_what_the_case_says_itself_is_no_other_sum(desk: Stage) -> None:
    """七天无理由: the customer bears the freight, and to say so once more is a remark."""
    await submitted(desk)
    await Case.all().update(facts={**(await Case.get()).facts, "运费": "客户"})
    desk.honest = False
    no = (await Case.get()).no
    assert "已同意（运费客户出）" in await says(desk, WANG, f"同意 {no} 运费客户出")
