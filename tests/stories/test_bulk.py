"""批量同意: many small yeses in one tap, each case for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog, Task, TaskState
from tests.support.own_flows import FORM, single, use
from tests.support.proof import chain_holds
from tests.support.stage import buttons, sell, text_of
from tests.support.stories import news, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")


async def three(desk: Stage) -> list[str]:
    """Returns of ¥5.10, ¥6.78 and ¥150.00 that wait for the group leader."""
    await sell("8", {"W1": ("猫砂机", 1, "150.00")})
    lines = ("退货 536365 85123A×2 质量问题", "退货 536365 71053×2 质量问题", "退货 8 质量问题")
    return [await submitted(desk, line) for line in lines]


async def nodes() -> list[str]:
    return [case.nodes[0] for case in await Case.all().order_by("id")]


async def all_is_well(desk: Stage) -> None:
    await the_cards_are_true(desk)
    assert all([await chain_holds(case) for case in await Case.all()])


async def test_the_list_offers_to_agree_to_all(desk: Stage) -> None:
    numbers = await three(desk)
    await says(desk, "王建国", "待办")
    card = desk.card(desk.person("王建国"), "批量同意")
    assert "批量同意 3 单（共 ¥161.88）" in text_of(card)
    assert all(no in text_of(card) for no in numbers)
    assert f"{numbers[2]} ¥150.00 客服审核" in text_of(card)
    await all_is_well(desk)


async def test_one_tap_agrees_to_all_and_says_what_came_of_each(desk: Stage) -> None:
    numbers = await three(desk)
    await says(desk, "王建国", "待办")
    card = await taps(desk, "王建国", "批量同意")
    assert "批量同意：3 单办好" in card
    assert "已同意 3 单" in card
    said = news(desk, "王建国")[-1]
    assert all(f"✓ {no} 已同意，现在：金额审批 · 李敏" in said for no in numbers)
    assert await nodes() == ["金额审批"] * 3
    await all_is_well(desk)


async def test_a_case_that_moved_meanwhile_is_only_its_own_failure(desk: Stage) -> None:
    numbers = await three(desk)
    await says(desk, "王建国", "待办")
    await says(desk, "林晓", f"撤单 {numbers[0]}")
    await says(desk, "林晓", f"挂起 {numbers[1]} 等客户")
    assert "批量同意：1 单办好，2 单没办成" in await taps(desk, "王建国", "批量同意")
    said = news(desk, "王建国")[-1].splitlines()
    assert said[1].startswith(f"✗ {numbers[0]} 这张卡片已经处理过了")
    assert said[2].startswith(f"✗ {numbers[1]} 这单已挂起，先回复“恢复 单号”再同意")
    assert said[3].startswith(f"✓ {numbers[2]} 已同意")
    assert [await stand(no) for no in numbers] == ["已关闭 撤销", "已挂起 客服审核", "处理中 金额审批"]
    await all_is_well(desk)


@pytest.mark.parametrize(
    ("words", "cases"),
    [
        ("批量同意", 3), ("批量同意 <=100", 2), ("批量同意 6~200", 2), ("批量同意 客服审核", 3),
        ("批量同意 退货 >100", 1),
    ],
)  # fmt: skip
async def test_words_say_which(desk: Stage, words: str, cases: int) -> None:
    await three(desk)
    assert f"批量同意 {cases} 单" in await says(desk, "王建国", words)
    await taps(desk, "王建国", "批量同意")
    assert (await nodes()).count("金额审批") == cases
    await all_is_well(desk)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("批量同意 >1000", "没有符合条件、只等你同意的待办"),
        ("批量同意 质检", "没有符合条件、只等你同意的待办"),
        ("批量同意 <=好", "金额：“<=好”看不懂"),
    ],
)
async def test_what_fits_nothing_is_said(desk: Stage, words: str, sentence: str) -> None:
    await three(desk)
    assert sentence in await says(desk, "王建国", words)
    assert not await Dialog.filter(kind="bulk").exists()


async def test_six_are_shown_and_the_rest_is_counted(desk: Stage) -> None:
    for n in range(8):
        await sell(f"10{n}", {f"W{n}": ("滤网", 1, "10.00")})
        await submitted(desk, f"退货 10{n} 质量问题")
    await says(desk, "王建国", "待办")
    card = text_of(desk.card(desk.person("王建国"), "批量同意"))
    assert "批量同意 8 单（共 ¥80.00）" in card
    assert "只列出前 6 单，等 8 单" in card
    assert card.count("R20261123-") == 6
    await taps(desk, "王建国", "批量同意")
    assert await nodes() == ["金额审批"] * 8
    await all_is_well(desk)


async def test_a_single_task_is_not_offered_as_many(desk: Stage) -> None:
    await submitted(desk)
    await says(desk, "王建国", "待办")
    assert not any("批量同意" in buttons(item) for item in desk.live(desk.person("王建国")))


async def test_what_asks_for_a_form_or_books_goods_is_done_one_by_one(desk: Stage) -> None:
    await use(desk, single(FORM))
    await submitted(desk)
    await use(desk, single(action="{去: 完成, 办: [登记收货]}"))
    await submitted(desk)
    await says(desk, "王建国", "待办")
    assert not any("批量同意" in buttons(item) for item in desk.live(desk.person("王建国")))
    assert "要填写内容的请逐单处理" in await says(desk, "王建国", "批量同意")


async def test_the_offer_is_declined(desk: Stage) -> None:
    await three(desk)
    await says(desk, "王建国", "待办")
    assert "已取消" in await taps(desk, "王建国", "取消")
    assert await nodes() == ["客服审核"] * 3
    await all_is_well(desk)


async def test_a_later_list_takes_the_place_of_the_one_before(desk: Stage) -> None:
    await three(desk)
    await says(desk, "王建国", "待办")
    await says(desk, "王建国", "待办")
    offers = [item for item in desk.live(desk.person("王建国")) if "批量同意" in buttons(item)]
    assert len(offers) == 1
    await all_is_well(desk)


async def test_a_list_does_not_end_what_somebody_is_being_asked(desk: Stage) -> None:
    numbers = await three(desk)
    await play(desk, "王建国 转交")
    await says(desk, "王建国", "待办")
    assert f"{numbers[2]} 已转交 李敏" in await says(desk, "王建国", "李敏")
    await all_is_well(desk)


async def test_other_words_are_no_answer(desk: Stage) -> None:
    await three(desk)
    await says(desk, "王建国", "待办")
    assert "哪一单？" in await says(desk, "王建国", "好的"), "which is asked, and nothing done"
    await taps(desk, "王建国", "批量同意")
    assert await nodes() == ["金额审批"] * 3


async def test_one_s_own_case_is_never_among_them(desk: Stage) -> None:
    first = await submitted(desk)
    second = await submitted(desk, "退货 536365 71053×2 质量问题", by="王建国")
    said = await says(desk, "王建国", "批量同意")
    assert ("批量同意 1 单（共 ¥5.10）" in said, first in said, second in said) == (True, True, False)


# -- the other words ---------------------------------------------------------------------------------------------------


async def test_many_are_refused_at_once(desk: Stage) -> None:
    numbers = await three(desk)
    told = await says(desk, "王建国", "批量驳回 <=100")
    assert "批量驳回 2 单（共 ¥11.88）" in told
    assert buttons(desk.card(desk.person("王建国"), "批量驳回")) == ["批量驳回", "取消"]
    assert "已驳回 2 单" in await taps(desk, "王建国", "批量驳回")
    assert [await stand(no) for no in numbers] == ["已关闭 拒绝", "已关闭 拒绝", "处理中 客服审核"]
    assert f"✓ {numbers[0]} 已驳回，现在：已关闭（拒绝）" in news(desk, "王建国")[-1]
    await all_is_well(desk)


async def test_many_are_given_to_somebody(desk: Stage) -> None:
    numbers = await three(desk)
    assert "批量转交给郑瑞 3 单（共 ¥161.88）" in await says(desk, "王建国", "批量转交 郑瑞")
    assert "批量转交：3 单办好" in await taps(desk, "王建国", "批量转交")
    assert all(f"✓ {no} 已转交 郑瑞" in news(desk, "王建国")[-1] for no in numbers)
    assert {task.owner.name for task in await Task.filter(state=TaskState.OPEN).prefetch_related("owner")} == {"郑瑞"}
    await all_is_well(desk)


async def test_a_superior_gives_what_one_has_to_another(desk: Stage) -> None:
    await three(desk)
    told = await says(desk, "李敏", "批量转交 林晓 从 王建国 <=100")
    assert "批量转交给林晓 2 单" in told
    await taps(desk, "李敏", "批量转交")
    assert news(desk, "李敏")[-1].count("提交人和经办人不能审批自己的单") == 2
    await says(desk, "李敏", "批量转交 郑瑞 从 王建国 <=100")
    assert "批量转交：2 单办好" in await taps(desk, "李敏", "批量转交")
    await all_is_well(desk)


async def test_an_agent_takes_many_back(desk: Stage) -> None:
    numbers = await three(desk)
    assert "批量撤单 2 单" in await says(desk, "林晓", "批量撤单 <=100")
    assert "已撤单 2 单" in await taps(desk, "林晓", "批量撤单")
    assert [await stand(no) for no in numbers] == ["已关闭 撤销", "已关闭 撤销", "处理中 客服审核"]
    await all_is_well(desk)


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("王建国", "批量", "请写成：批量同意、批量驳回"),
        ("王建国", "批量转交", "请写成：批量同意、批量驳回"),
        ("王建国", "批量转交 郑瑞 从 谁", "没有叫 谁 的员工"),
        ("王建国", "批量转交 郑瑞 从 李敏", "李敏没有符合条件、你能转交的待办"),
        ("王建国", "批量飞升", "没有符合条件、只等你飞升的待办"),
        ("王建国", "批量转交 张三", "没有叫 张三 的员工"),
        ("何佳", "批量撤单", "没有你开的、还能撤的单"),
        ("李敏", "批量同意", "没有符合条件、只等你同意的待办"),
    ],
)
async def test_what_cannot_be_done_to_many_is_said(desk: Stage, name: str, words: str, sentence: str) -> None:
    await three(desk)
    assert sentence in await says(desk, name, words)
    assert await nodes() == ["客服审核"] * 3
