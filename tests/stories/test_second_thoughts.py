"""A change of mind, a hand-over, a postponement: each is heard, keeps its words, and does nothing before a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog, Event, Refund
from tests.stories.test_in_hand import GOODS, LI, LIN, LINE, QIAN, STEPS, WANG, XU, ZHOU, filled
from tests.support.stage import START, sell
from tests.support.stories import news, received, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
LIU, ZHAO = "刘洋", "赵卫东"
SUM = "金额审批"


async def reviewed(desk: Stage, line: str = LINE) -> str:
    """Agreed to by the desk: the manager is to agree to the sum."""
    no = await submitted(desk, line)
    await says(desk, WANG, f"同意 {no}")
    return no


async def shop(desk: Stage, node: str, *, cases: int = 1) -> list[str]:
    await sell("536366", GOODS, mobile="13900139000", customer="C2", customer_name="韩梅梅")
    return [await (STEPS | {SUM: reviewed})[node](desk, LINE) for _ in range(cases)]


AGAIN = "同意 {A} 但是只给他两个里面的一个退"  #: is asked about, and waits for 照办

#: at the node of {A} and {B}: who says what, and what stands on the card; what stands behind ! does not
SAID = {
    "客服审核": (
        (WANG, "{A4}可以，{B4}照片看不清让林晓补一张", "同意 {A4}；退回 {B4}…照片看不清让林晓补一张…!驳回"),
        (WANG, "{A4}没问题，{B4}请林晓补个凭证", "同意 {A4}；退回 {B4} 林晓 补个凭证"),
        (WANG, "{A4}过，{B4}退给林晓重新填", "同意 {A4}；退回 {B4}"),
        (WANG, "{A4}批了，{B4}问问客户是不是要换货", "同意 {A4}；稍后 {B4} 客户回复…评论 {B} 问问客户是不是要换货"),
        (WANG, "{A4}行，{B4}得跟客户确认是不是要换", "同意 {A4}；稍后 {B4}"),
        (WANG, "一块以下的都批了，剩下的给李敏", "两件事…批量 转交 李敏"),
        (WANG, "一百块以下的都批了，剩下的驳回", "两件事…1 批量 同意"),
        (WANG, "超过一百的给李敏，其余都批了", "两件事…批量 同意"),
        (WANG, "{A4}别按质量问题，改成七天无理由再批", "1 退回…别按质量问题，改成七天无理由再批…!七天 别"),
        (WANG, "{A4}类型选错了，应该是七天无理由", "1 退回…评论"),
        (LIN, "{A4}的客户投诉到12315了，优先处理，今天必须退", "催办…评论…投诉到12315了，优先处理，今天必须退"),
        (LIN, "{A4}客户说要打12345，今天务必退", "催办…评论"),
    ),
    "金额审批": (
        (WANG, "{A4}我同意了，李敏不用看了", "现在等 李敏 办“金额审批”…评论 {A} 我同意了，李敏不用看了"),
        (WANG, "{A4}不用李敏审了，我批过了", "现在等 李敏 办“金额审批”"),
    ),
    "仓库收货": (
        (ZHOU, "{A4}刘洋你收一下", "“{A4}刘洋你收一下”：{A} 本来也在 刘洋 手上…1 评论 {A} 刘洋你收一下…!确认收货"),
        (ZHOU, "{A4}让刘洋收吧", "本来也在 刘洋 手上…1 评论…!确认收货"),
        (LIU, "{A4}这个放我这，周仓明天休息", "本来就在你手上…1 评论 {A} 这个放我这，周仓明天休息…!确认收货"),
        (ZHOU, "{A4}归我收，刘洋去盘点了", "本来就在你手上…1 评论…!确认收货"),
    ),
    "质检": (
        (XU, "{A4}今天测不完，能不能延到后天", "1 稍后 …今天测不完，能不能延到…评论"),
        (XU, "{A4}可以推迟到后天吗", "1 稍后 {A} 后天"),
        (XU, "{A4}改到后天测行不行", "1 稍后 {A} 后天"),
        (XU, "{A4}能不能宽限两天，今天看不完", "1 稍后 {A} 两天"),
    ),
    "财务退款": (
        (QIAN, "{A4}退，再补十块运费", "1 确认退款 {A} 再补十块运费…另外要给的钱这一步不付…店铺就付款"),
        (QIAN, "{A4}先退，运费后面再说", "1 稍后…确认退款 {A} 运费后面再说…店铺就付款"),
        (QIAN, "{A4}先退3块，剩下的下个月", "什么都没有付…评论 {A}…退回 {A}…先退3块，剩下的下个月"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("node", SAID)
async def test_what_is_said_is_on_the_card_and_nothing_is_done(desk: Stage, node: str) -> None:
    numbers = await shop(desk, node, cases=2)
    before, wrong = [await stand(no) for no in numbers], {}
    for who, typed, right in SAID[node]:
        told = await says(desk, who, filled(typed, numbers))
        for part in filled(right, numbers).split("…"):
            if (part.removeprefix("!") in told) == part.startswith("!"):
                wrong[f"{who}: {typed}"] = (part, told[:600])
        await Dialog.all().update(expires_at=START)
    assert not wrong
    assert [await stand(no) for no in numbers] == before
    assert not await Refund.exists()


# -- a step that stands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "刚才点错了，少一件",
        "哎{A4}点快了 货还没到呢",
        "手快了，{A4}还没到",
        "刚才{A4}按早了，包裹还没拆",
        "我刚才{A4}数错了，其实只有一件",
        "撤回 {A} 其实只有一件",
        "刚那个其实两个都在 另一个塞夹层了",
    ],
)
async def test_a_step_that_stands_keeps_what_was_said_of_it(desk: Stage, typed: str) -> None:
    no = await received(desk)
    typed = filled(typed, [no])
    told = await says(desk, ZHOU, typed)
    assert f"{no} 你的“确认收货”已经登记了货，不能撤回；要改请用退回，现在的负责人是 许静" in told
    await taps(desk, ZHOU, "1 评论")
    words = typed.removeprefix(f"撤回 {no} ")
    assert words in news(desk, XU)[-1]
    assert words in news(desk, LIN)[-1]
    assert await stand(no) == "处理中 质检"


async def test_a_step_that_moves_is_taken_back_with_the_sentence_as_it_was_typed(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"同意 {no}")
    said = f"刚才{no[-4:]}点错了，应该驳回的"
    await says(desk, WANG, said)
    assert await stand(no) == "处理中 金额审批", "by a tap"
    await taps(desk, WANG, "1 撤回")
    assert await stand(no) == "处理中 客服审核"
    assert (await Event.filter(action="撤回").get()).data["理由"] == said
    assert "驳回" in news(desk, WANG)[-2]


# -- while an answer is asked ------------------------------------------------------------------------------------------

MINDS = [
    ("那就先不同意，退回给林晓改成一个", "1 退回", "退给提交人"),
    ("算了，驳回吧，照片看不清", "1 驳回", "已关闭 拒绝"),
    ("还是算了，退给林晓改数量", "1 退回", "退给提交人"),
    ("转给李敏看看", "1 转交", "处理中 客服审核"),
]


@pytest.mark.parametrize(("typed", "button", "then"), MINDS)
async def test_a_change_of_mind_is_heard_while_an_answer_is_asked(
    desk: Stage, typed: str, button: str, then: str
) -> None:
    no, _ = await shop(desk, "客服审核", cases=2)
    await says(desk, WANG, filled(AGAIN, [no]))
    told = await says(desk, WANG, typed)
    assert f"{no} 还没有同意" in told
    assert await stand(no) == "处理中 客服审核"
    await taps(desk, WANG, button)
    case = await Case.get(no=no)
    assert then in (await stand(no), "退给提交人" if case.nodes != ["客服审核"] and case.state == "处理中" else "")


async def test_as_it_stands_takes_the_only_button_that_is_offered(desk: Stage) -> None:
    no, _ = await shop(desk, "金额审批", cases=2)
    await says(desk, LI, f"{no[-4:]}同意，运费客户自己出")
    assert await stand(no) == "处理中 金额审批"
    await says(desk, LI, "照办")
    assert await stand(no) == "处理中 仓库收货"


async def test_as_it_stands_with_one_case_asks_not_which(desk: Stage) -> None:
    [no] = await shop(desk, "金额审批")
    told = await says(desk, LI, "照办")
    assert "哪一单" not in told
    assert f"1 同意 {no}" in told
    assert await stand(no) == "处理中 金额审批"


# -- a change of the rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["刚才那条不要了，恢复原来的", "刚才写的那条规则还是算了", "那个改动先不发布了"])
async def test_a_draft_is_waved_off_by_the_button_that_drops_it(desk: Stage, typed: str) -> None:
    await says(desk, ZHAO, "流程 质检 时限 12小时")
    assert "1 作废" in await says(desk, ZHAO, typed)
    await taps(desk, ZHAO, "1 作废")
    assert "没有" in await says(desk, ZHAO, "看改动")


async def test_a_slip_in_a_button_is_no_reason(desk: Stage) -> None:
    no = await received(desk)
    await says(desk, XU, f"合格入哭{no[-4:]}")
    await taps(desk, XU, "1 合格入库")
    assert await stand(no) != "处理中 质检"
    assert not [event for event in await Event.all() if "哭" in str(event.data)]
