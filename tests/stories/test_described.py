"""Several things in one message of an approver: cases told by what they are, places of the list, conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Dialog
from tests.stories.test_nearest import LI, LIN, QIAN, WANG, ZHAO, _as_numbered, opened
from tests.support.stories import news, offered, says, stand, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

#: R1 ¥5.10, 烛台, order 536365; R2 ¥118.00, 台灯, order 700001 of 赵七: both wait for 王建国
ALL_BUT = [
    ("都同意 除了536365那个", ["R2"]),
    ("536365那个先别动，剩下的通过", ["R2"]),
    ("除了赵七的都同意", ["R1"]),
    ("超过100的先放着 其他都同意", ["R1"]),
    ("超过一百的先放着，其他都同意", ["R1"]),
    ("100以下的先留着 其余都过", ["R2"]),
    ("除了台灯其他都过", ["R1"]),
    ("台灯那单先别批，另一单同意", ["R1"]),
]
#: who, what is typed; the first that is offered, "" for none; a part of the answer
ASKED = [
    (WANG, "100以下的同意，超过100的驳回 太贵了", "同意 R1 ； 驳回 R2 太贵了", "“100以下的同意，超过100的驳回 太贵了”"),
    (WANG, "烛台同意 台灯驳回 说不清哪里坏", "同意 R1 ； 驳回 R2 说不清哪里坏", ""),
    (WANG, "0001驳回 照片糊，其他都同意", "同意 R2 ； 驳回 R1 照片糊", "“一起办”就是同意 0002、驳回 0001"),
    (WANG, "台灯那单驳回 照片糊，剩下的都过", "同意 R1 ； 驳回 R2 照片糊", ""),
    (WANG, "超过1000的先放着 其他都同意", "待办", "没有“超过1000的”，什么都没有做"),
    (WANG, "钱七的驳回 没有照片，其他同意", "待办", "没有“钱七的”，什么都没有做"),
    (WANG, "0001、0002同意，0002再等等", "同意 R1 ； 稍后 R2 明天 再等等", ""),
    (WANG, "同意0001 0002，驳回0002", "", "“0002，驳回”和“同意”对不上"),
    (WANG, "1通过 2驳回 说不清哪里坏", "", "还没有给你列过待办，什么都没有做"),
    (WANG, "这单是谁提的 问下他照片呢", "评论 R1 这单是谁提的，问下他照片呢", "退回提交人"),
    (WANG, "晓晓那单催一下", "催办 R6", ""),
    (WANG, "晓晓的单我接手", "查 提交人=林晓", "林晓没有符合条件、你能转交的待办"),
    (LI, "这单可以退 但运费让客人出", "评论 R3 这单可以退 但运费让客人出", "运费单上写的是商家承担，也不会跟着改"),
    (LI, "驳回吧 超过七天了", "驳回 R3 超过七天了", ""),
    (LI, "台灯最近退的是不是有点多 看下原因", "报表 退货原因 SKU=TL-01", ""),
    (LI, "何佳离职了 他的单都转给林晓", "查 提交人=何佳", "何佳没有符合条件、你能转交的待办"),
    (
        LI,
        "我下周一到周三休年假，审批都给王哥，超过500的给赵总",
        "请假 下周一 到 下周三 代理 王建国",
        "“超过500的给赵总”记不下",
    ),
    (LI, "明天请假 单子给王建国 退款的给钱芳", "请假 明天 到 明天 代理 王建国", "“退款的给钱芳”记不下"),
    (QIAN, "请两天假 我不在的时候给何佳", "请假 今天 到 明天 代理 何佳", "没说从哪天起"),
    (QIAN, "这个月一共退出去多少 按原因分一下", "报表 退货原因 本月", "金额没有分开的图"),
    (ZHAO, "哪个客服退的最多", "总览", "每个人办了多少没有统计"),
    (ZHAO, "质量问题的退货时间延长到15天", "", "质量问题没有按天数限制的规矩，多少天都能提"),
    (ZHAO, "把质量问题从7天改成15天", "", "质量问题没有按天数限制的规矩"),
    (ZHAO, "物流损坏的不用寄回来了 直接退款", "规则", "货不用回来的一单开“仅退款”"),
    (ZHAO, "金额审批改成超过三百才要", "增加行 审批表 300元以内自动通过 审批 自动 当 金额<=300", ""),
    (LIN, "有没有超时的单", "", "你开的单里没有超时的"),
    (LIN, "李七的两单都要退 700004一个", "", "“李七的两单都”没有算进件数和金额"),
]


async def test_all_but_those_that_are_described_are_listed_and_nothing_moves(desk: Stage) -> None:
    numbers = await opened(desk)
    before, wrong = [await stand(no) for no in numbers], []
    for typed, right in ALL_BUT:
        await Dialog.all().delete()
        await says(desk, WANG, typed)
        wait = await Dialog.get_or_none(kind="bulk")
        ids = [case_id for case_id, _ in wait.data["items"]] if wait else []
        found = [case.no for case in await Case.filter(id__in=ids).order_by("id")]
        if found != [_as_numbered(no, numbers) for no in right]:
            wrong.append(f"{typed}: {found}")
    assert not wrong, "\n".join(wrong)
    assert [await stand(no) for no in numbers] == before


async def test_what_only_some_of_a_message_can_be_done_of_is_asked(desk: Stage) -> None:
    numbers = await opened(desk)
    before, wrong = [await stand(no) for no in numbers], []
    for who, typed, first, part in ASKED:
        await Dialog.all().delete()
        count = len(news(desk, who))
        await says(desk, who, typed)
        answer, readings = "\n".join(news(desk, who)[count:]), await offered()
        if (first and readings[:1] != [_as_numbered(first, numbers)]) or part not in answer:
            wrong.append(f"{who} {typed}: {readings} / {answer[:160]}")
    assert not wrong, "\n".join(wrong)
    assert [await stand(no) for no in numbers] == before


@pytest.mark.parametrize("typed", ["1通过 2驳回 说不清哪里坏", "1、批了，2打回 说不清哪里坏"])
async def test_places_of_the_list_are_decided_each_with_its_own_words(desk: Stage, typed: str) -> None:
    numbers = await opened(desk)
    await says(desk, WANG, "待办")
    await says(desk, WANG, typed)
    if await offered():
        await taps(desk, WANG, "1 一起办")
    assert [await stand(no) for no in numbers[:2]] == ["处理中 金额审批", "已关闭 拒绝"]
    assert "说不清哪里坏" in await says(desk, LIN, f"查 {numbers[1]}")
    assert "说不清哪里坏" not in await says(desk, LIN, f"查 {numbers[0]}")


async def test_a_remark_behind_several_cases_is_of_the_one_that_is_named_again(desk: Stage) -> None:
    numbers = await opened(desk)
    await says(desk, WANG, "0001 0002都同意，0002备注客户是老客户快点")
    assert [await stand(no) for no in numbers[:2]] == ["处理中 金额审批"] * 2
    assert "客户是老客户快点" in await says(desk, LIN, f"查 {numbers[1]}")
    assert "老客户" not in await says(desk, LIN, f"查 {numbers[0]}")


async def test_a_colleagues_work_is_asked_for_by_its_number(desk: Stage) -> None:
    numbers = await opened(desk)
    await says(desk, ZHAO, "把0003要过来我批")
    await says(desk, ZHAO, f"同意 {numbers[2]}")
    assert await stand(numbers[2]) == "处理中 仓库收货"
