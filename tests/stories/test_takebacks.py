"""A button's word with words that take it back, put it off or are another case's: nothing is done, it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog, Event, Refund
from tests.stories.test_in_hand import LI, LIN, LINE, QIAN, WANG, XU, ZHOU, filled, shop
from tests.support.stage import START, sell
from tests.support.stories import approved, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

#: what is typed, and the first of the buttons that are offered
ASKED = {
    "客服审核": (
        (WANG, "同意 {A} 再看看", "1 稍后 {A} 明天 再看看"),
        (WANG, "同意 {A} 是不可能的", "1 驳回 {A} 是不可能的"),
        (WANG, "{A}同意不了", "1 驳回 {A} 同意不了"),
        (WANG, "同意 {A} 缺照片", "1 驳回 {A} 缺照片"),
        (WANG, "同意 {A4}，{B4}等等", "1 同意 {A4}；稍后 {B4}…“一起办”就是同意 {A4}、稍后 {B4}"),
        (WANG, "同意 {A}，{B} 先别动", "1 同意 {A4}；稍后 {B4}"),
        (WANG, "同意{A4}，{B4}缺照片", "同意 {A4}、退回 {B4}…驳回 {B} 缺照片"),
        (WANG, "同意{A4}，不是{B4}", "0002 不是…“一起办”就是同意 {A4}、稍后 {B4}…查 {B}"),
        (WANG, "批了{A4}，{B4}我再琢磨琢磨", "“一起办”就是同意 {A4}、稍后 {B4}"),
        (WANG, "同意{A4}，{B4}跟上次那单一样", "“一起办”就是同意 {A4}"),
        (WANG, "同意 {A} 前提是客户先寄回", "1 稍后 {A}"),
        (WANG, "准了 {A} 等财务回话", "1 稍后 {A} 明天 等财务回话"),
        (WANG, "{A}看情况再定", "1 稍后 {A} 明天 看情况再定"),
        (WANG, "同意 {A} 和 {B} 里的第一个", "1 同意 {A}"),
        (WANG, "同意 {A} 和 {B} 当中的第二个", "1 同意 {B}"),
        (WANG, "{A4}同意 {B4}等一下", "1 同意 {A4}；稍后 {B4}"),
        (WANG, "除了{B4}都同意", "批量同意 1 单…{A}"),
        (WANG, "驳回 {A} 还是同意吧", "1 同意 {A} 还是同意吧"),
        (LIN, "撤单 {A} 还是不撤了", "1 评论 {A} 还是不撤了"),
        (LIN, "撤单{A4}，{B4}留着", "“一起办”就是撤单 {A4}、评论 {B4}"),
        (WANG, "{A4}不给退 都超一个月了 客户自己摔的", "1 驳回 {A} 都超一个月了"),
        (WANG, "{A4} {B4}都别批 等我回来", "1 稍后 {A4} 明天 别批 等我回来；稍后 {B4}"),
        (WANG, "{A4}给李敏 {B4}给何佳", "1 转交 {A4} 李敏；转交 {B4} 何佳"),
        (WANG, "{A4}给李敏看一下 {B4}我同意", "1 转交 {A4} 李敏；同意 {B4}"),
        (WANG, "@李敏 你看下这单能不能批 {A}", "1 转交 {A} 李敏"),
        (WANG, "{A}同意退款，货不用寄回来了", "照样等货寄回来…1 评论 {A}…2 退回 {A} 提交人…同意 {A} 货不用寄回来了"),
        (WANG, "同意{A4}，货给客户留着吧不用寄", "照样等货寄回来…2 退回 {A} 提交人"),
        (WANG, "{A}同意，不过货就别寄回来了", "照样等货寄回来…2 退回 {A} 提交人"),
        (WANG, "{A}可以退，不用客户寄回了", "点了照样等货寄回来"),
    ),
    "仓库收货": (
        (ZHOU, "确认收货 {A} 没到", "1 稍后 {A} 明天 没到"),
        (ZHOU, "确认收货 {A} 明天", "1 稍后 {A} 明天"),
        (ZHOU, "确认收货{A4}，{B4}没到", "1 确认收货 {A4}；稍后"),
        (ZHOU, "确认收货{A4}，{B4}明天去取", "“一起办”就是确认收货 {A4}、稍后 {B4}"),
        (ZHOU, "确认收货 {A} 包裹还在快递站", "1 稍后 {A} 明天"),
        (ZHOU, "收到{A4}，{B4}没见着", "“一起办”就是确认收货 {A4}、稍后 {B4}"),
        (ZHOU, "{A4}收到了，{B4}还在路上", "1 确认收货 {A4}；评论"),
        (ZHOU, "{A}快递丢件了", "1 稍后 {A} 明天 快递丢件了"),
        (ZHOU, "确认收货 {A} 有一件是别人家的货", "1 评论 {A}…2 退回 {A} 提交人"),
        (ZHOU, "{A}一台是我们的，一台是别的牌子的", "不是这一单的货不算收到、合格或次品的件数…1 评论 {A}"),
        (ZHOU, "{A}打开是空箱子", "1 拒收 {A}"),
    ),
    "质检": (
        (XU, "合格入库 {A} 待定", "1 稍后 {A} 明天 待定"),
        (XU, "合格入库{A4}，{B4}待定", "1 合格入库 {A4}；稍后"),
        (XU, "合格入库{A4}，{B4}还要测", "“一起办”就是合格入库 {A4}、稍后 {B4}"),
        (XU, "{A}没法判断，先挂着", "1 稍后 {A} 明天"),
        (XU, "合格入库 {A} 有划痕", "1 次品处理 {A} 有划痕"),
        (XU, "{A}有一个不是我们家的，序列号对不上", "退款照单子上的金额…1 退回 {A} 仓库收货 有一个不是我…评论 {A}"),
        (XU, "次品处理 {A} 有一个不是我们家的", "金额照单子上的办，不会跟着改…退回 {A} 仓库收货"),
        (XU, "{A}这台序列号跟出库的不一样", "1 退回 {A} 仓库收货"),
        (XU, "{A}配件少了个适配器，扣客户15块", "不会跟着这句话少退…1 退回"),
        (XU, "次品处理{A} 配件少了个适配器，扣客户15块", "金额照单子上的办，不会跟着改…2 退回"),
        (XU, "{A}用过的痕迹很明显，要折旧扣20%", "不会跟着这句话少退…1 退回"),
        (XU, "{A}不是质量问题，是客户自己摔的，不应该全额退", "不会跟着这句话少退…1 退回 {A} 金额审批"),
        (XU, "合格入库 {A} 但是少退10块", "金额照单子上的办，不会跟着改"),
    ),
    "财务退款": (
        (QIAN, "{A4}先打了3 剩下2块1下周一", "钱已经在别处付过？…单子上和说的 ¥3 不一样…1 评论"),
        (QIAN, "{A4}转给客户60了", "单子上和说的 ¥60 不一样…1 评论"),
        (QIAN, "确认退款 {A} 再等等", "1 稍后 {A} 明天 再等等"),
        (QIAN, "确认退款 {A} 先别动", "1 稍后 {A} 明天 先别动"),
        (QIAN, "确认退款 {A} 等客户回复", "1 稍后 {A} 客户回复"),
        (QIAN, "确认退款{A4}，{B4}等等", "1 确认退款 {A4}；稍后"),
        (QIAN, "确认退款 {A}，{B}先不退", "1 确认退款 {A4}；稍后"),
        (QIAN, "确认退款 {A} 支付宝转过了", "1 评论 {A} 支付宝转过了"),
        (QIAN, "确认退款 {A} {B} 先别动", "“一起办”就是稍后 {A4}、稍后 {B4}…2 确认退款 {A}"),
        (QIAN, "确认退款{A4}、{B4}，后一个等质检", "“一起办”就是确认退款 {A4}、稍后 {B4}"),
        (QIAN, "确认退款 {A}，{B}那笔有争议", "1 确认退款 {A4}；稍后"),
        (QIAN, "{B4}先留着，剩下的都打款", "1 确认退款 {A}…查 {B}"),
        (QIAN, "退款 {A} 别退", "1 稍后 {A} 明天 别退…5 确认退款 {A} 别退"),
        (QIAN, "除了{B4}都退", "1 确认退款 {A}…查 {B}"),
        (QIAN, "{B4}别退，其他都退", "1 确认退款 {A}…查 {B}"),
        (QIAN, "{A4}退，{B4}缓一下", "1 确认退款 {A4}；稍后"),
        (QIAN, "退款前先让李敏再看一眼 {A}", "1 加签 {A} 李敏"),
    ),
}


@pytest.mark.parametrize("node", ASKED)
async def test_what_takes_a_button_back_is_asked_about(desk: Stage, node: str) -> None:
    numbers = await shop(desk, node, cases=2)
    before, wrong = [await stand(no) for no in numbers], {}
    for n, (name, typed, right) in enumerate(ASKED[node]):
        place = "dingtalk" if n % 3 and desk.person(name).dingtalk else None  # few enough for WeCom's minute
        told = await says(desk, name, filled(typed, numbers), place)
        if not all(filled(part, numbers) in told for part in right.split("…")):
            wrong[f"{name}: {typed}"] = told[:400]
        await Dialog.all().update(expires_at=START)
    assert not wrong
    assert [await stand(no) for no in numbers] == before, "nothing is done before it is tapped"
    assert not await Refund.exists()


#: all but those that are named, in any order: what the card offers, and words that no button of it has
LEFT_OUT = {
    "财务退款": (
        ("确认退款 除了{B4}", "1 一起办…确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("全部确认退款，不包括{B4}", "1 一起办…确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("都退 除了{B4}", "1 一起办…确认退款 {A4}、确认退款 {C4}…2 确认退款 {A}…3 确认退款 {C}…查 {B}"),
        ("都打款 除了{B}", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("都退了吧，{B4}除外", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("{B4}别退，其他都退", "确认退款 {A4}、确认退款 {C4}…稍后 {B}…查 {B}"),
        ("其他都退 {B4}别退", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("都退，别退{B4}", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("三个都确认退款，{B4}等我下午核对完再退", "确认退款 {A4}、确认退款 {C4}…稍后 {B} 下午"),
        ("确认退款，除了{B4}和{C4}", "1 确认退款 {A}…查 {B}…查 {C}"),
        ("都退\n除了{B4}", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("{B4}留着其他的退款", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("其他几单都退款，{B4}金额不对", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("退款，但是{B4}不要退款", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("退款所有，{B4}不要", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("退款，{B4}先别", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("把除了{B4}的都退款了", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("都弄一下，除了{B4}", "没看懂，什么都没有做…1 查 {B}"),
        ("退款 不含{B}", "确认退款 {A4}、确认退款 {C4}…查 {B}"),
        ("{A4}和{B4}都退，{B4}先等等", "“一起办”就是确认退款 {A4}、稍后 {B4}"),
    ),
    "客服审核": (
        ("都同意 除了{B4}", "批量同意 2 单…{A}…{C}"),
        ("{B4}不同意，其他都同意", "“一起办”就是同意 {A4}、同意 {C4}、驳回 {B4}"),
        ("都过，{B4}除外", "批量同意 2 单…{A}…{C}"),
        ("全批了，{B4}留着", "批量同意 2 单…{A}…{C}"),
        ("{B4}驳回没照片，其他都同意", "“一起办”就是同意 {A4}、同意 {C4}、驳回 {B4}"),
        ("都同意，就{B4}不同意", "“一起办”就是同意 {A4}、同意 {C4}、驳回 {B4}"),
        ("同意 除{B4}", "批量同意 2 单…{A}…{C}"),
        ("都驳回，除了{B4}", "批量驳回 2 单…{A}…{C}"),
        ("同意{A4}，除了{B4}", "1 同意 {A}"),
        ("同意{A4}和{B4}，{B4}要等林晓补照片", "“一起办”就是同意 {A4}、退回 {B4}"),
        ("{A4}和{B4}都同意，{B4}先等照片", "“一起办”就是同意 {A4}、稍后 {B4}"),
        ("{A4} {B4}同意，{B4}先等照片", "“一起办”就是同意 {A4}、稍后 {B4}"),
    ),
}


@pytest.mark.parametrize("node", LEFT_OUT)
async def test_a_case_that_is_left_out_is_never_the_buttons_own(desk: Stage, node: str) -> None:
    numbers = await shop(desk, node, cases=3)
    name = QIAN if node == "财务退款" else WANG
    button = "确认退款" if node == "财务退款" else "同意"
    before, wrong = [await stand(no) for no in numbers], {}
    for n, (typed, right) in enumerate(LEFT_OUT[node]):
        place = "dingtalk" if n % 3 and desk.person(name).dingtalk else None
        told = await says(desk, name, filled(typed, numbers), place)
        for no in ("{B}", "{B4}"):
            if filled(f"{button} {no}", numbers) in told:
                wrong[typed] = told[:500]
        if not all(filled(part, numbers) in told for part in right.split("…")):
            wrong[typed] = told[:500]
        await Dialog.all().update(expires_at=START)
    assert not wrong
    assert [await stand(no) for no in numbers] == before, "nothing is done before it is tapped"
    assert not await Refund.exists()


async def test_all_but_one_are_paid_by_one_tap(desk: Stage) -> None:
    one, two, three = await shop(desk, "财务退款", cases=3)
    await says(desk, QIAN, f"都退 除了{two[-4:]}")
    await taps(desk, QIAN, "1 一起办")
    paid = {refund.case_id for refund in await Refund.all()}
    assert paid == {case.id for case in await Case.filter(no__in=(one, three))}
    assert await stand(two) == "处理中 财务退款"


async def test_each_place_of_the_list_has_its_own_button(desk: Stage) -> None:
    """The words behind the second are of it alone."""
    every = await shop(desk, "客服审核", cases=9)
    for typed in ("第一个同意 第二个驳回 没照片", "同意1 驳回2 没照片", "同意{A4} 驳回{B4} 没照片"):
        one, two, *every = every
        await says(desk, WANG, "待办")
        await says(desk, WANG, filled(typed, [one, two]))
        assert (await stand(one), (await stand(two)).split()[0]) == ("处理中 金额审批", "已关闭"), typed
        assert "没照片" not in await says(desk, LIN, f"查 {one}")
        assert "没照片" in await says(desk, LIN, f"查 {two}")
    await says(desk, WANG, "待办")
    for typed in ("都同意 除了第二个", "第二个先不动，其他都同意"):
        told = await says(desk, WANG, typed)
        assert [no in told for no in every] == [True, False, True], told


async def test_the_words_behind_a_bare_refusal_are_its_reason(desk: Stage) -> None:
    for name, node in ((WANG, "客服审核"), (LI, "金额审批")):
        no = (await shop(desk, node))[0] if name == WANG else await submitted(desk, LINE)
        if name == LI:
            await taps(desk, WANG, "同意")
        assert f"1 驳回 {no}" in await says(desk, name, "驳回")
        told = await says(desk, name, "超过七天了客户还拆了包装")
        assert f"1 驳回 {no} 超过七天了客户还拆了包装" in told, told
        assert "七天 超过" not in told
        await taps(desk, name, "1 驳回")
        assert (await stand(no)).split()[0] == "已关闭"
        assert "超过七天了客户还拆了包装" in await says(desk, LIN, f"查 {no}")


async def test_a_box_that_is_crushed_around_whole_goods_is_not_refused(desk: Stage) -> None:
    [no] = await shop(desk, "仓库收货")
    for typed in (
        "{A4}箱子压扁了 里面东西没事 收了",
        "外箱破了但是货没问题 收下",
        "{A}外包装破损，里面没事",
    ):
        told = await says(desk, ZHOU, filled(typed, [no]))
        assert f"1 确认收货 {no} " in told, told
    for typed in ("{A4}箱子压扁了", "{A4}箱子压扁了 客户没事"):
        assert "1 拒收" in await says(desk, ZHOU, filled(typed, [no]))
    assert await stand(no) == "处理中 仓库收货"


@pytest.mark.parametrize(
    "said", ["盒子都压扁了 灯没事", "箱子破了，不过灯没坏", "包装湿了 灯好的", "外箱烂了，里面的灯没问题"]
)
async def test_a_box_that_is_crushed_around_goods_by_their_name_is_received(desk: Stage, said: str) -> None:
    await sell("700001", {"TL-01": ("护眼台灯", 2, "59.00")})
    no = await approved(desk, "退货 700001 TL-01×2 质量问题 不亮")
    assert f"1 确认收货 {no} " in await says(desk, ZHOU, f"{no[-4:]}{said}")
    await taps(desk, ZHOU, "1 确认收货")
    assert (await Event.get(case__no=no, action="确认收货")).data["理由"] == said


@pytest.mark.parametrize(
    "said", ["外壳都刮花了 其他没问题", "灯罩划伤了 别的都好", "底座掉漆 其余正常", "底座磕瘪了 剩下的没问题"]
)
async def test_a_defect_beside_what_is_fine_is_a_defect(desk: Stage, said: str) -> None:
    [no] = await shop(desk, "质检")
    assert f"1 次品处理 {no} " in await says(desk, XU, f"{no[-4:]}{said}")
    await taps(desk, XU, "1 次品处理")
    assert (await Event.get(case__no=no, action="次品处理")).data["理由"] == said


async def test_what_is_put_off_keeps_what_was_said(desk: Stage) -> None:
    [no] = await shop(desk, "客服审核")
    await says(desk, WANG, f"同意 {no} 等客户补视频")
    await taps(desk, WANG, "1 稍后")
    assert "等客户补视频" in await says(desk, LIN, f"查 {no}")
    await the_cards_are_true(desk)


async def test_who_chooses_the_button_all_the_same_is_asked_no_more(desk: Stage) -> None:
    [no] = await shop(desk, "客服审核")
    assert "5 同意" in await says(desk, WANG, f"同意 {no} 超期")
    await taps(desk, WANG, "5 同意")
    assert await stand(no) == "处理中 金额审批"
    assert "超期" in await says(desk, LIN, f"查 {no}")


async def test_a_real_reason_costs_no_second_tap(desk: Stage) -> None:
    one, two, three = await shop(desk, "客服审核", cases=3)
    assert f"{one} 已同意（客户很急）" in await says(desk, WANG, f"同意 {one} 客户很急")
    assert f"{two} 已驳回（照片看不出破损）" in await says(desk, WANG, f"驳回 {two} 照片看不出破损")
    assert f"{three} 已同意（客户不同意换货）" in await says(desk, WANG, f"同意 {three} 客户不同意换货")
    told = await says(desk, LI, f"同意 {one} 没照片，已核实")
    assert f"{one} 已同意（没照片，已核实）" in told, told


async def test_each_of_two_cases_gets_its_own_words(desk: Stage) -> None:
    one, two = await shop(desk, "财务退款", cases=2)
    await says(desk, QIAN, f"确认退款 {one}，{two}先别退")
    await taps(desk, QIAN, "1 一起办")
    assert [refund.case_id for refund in await Refund.all()] == [(await Case.get(no=one)).id]
    assert await stand(two) == "处理中 财务退款"
    assert "先别退" in await says(desk, LIN, f"查 {two}")
