"""What staff say beside the commands: questions at the dock, remarks, work that is asked for, goods that are parted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Case, Event, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import approved, news, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")

LIN, WANG, LI, ZHOU, ZHAO = "林晓", "王建国", "李敏", "周仓", "赵卫东"
BOTH = "退货 536365 85123A×2 71053×1 质量问题"

AT_THE_DOCK = [
    (ZHOU, "这个包裹是谁的", "发运单号、拍面单就知道是谁的"),
    (ZHOU, "这箱放哪", "合格的放待售区，次品放次品区"),
    (ZHOU, "少一件怎么办", "没到的不会退钱"),
    (ZHOU, "没有单号怎么收", "没有运单号也能收"),
    (ZHOU, "没单号的放哪", "没有运单号也能收"),
    (ZHOU, "多了一件怎么办", "不记进这一单"),
    (ZHOU, "包裹坏了怎么处理", "先拍照"),
    (LIN, "客户要50，能不能发券", "走补偿单：回复 补偿 订单号"),
    (WANG, "已阅", "看过不算办"),
    (WANG, "{no} 已阅", "看过不算办。{no} 没有动"),
]


async def test_a_question_at_the_dock_is_answered_and_moves_nothing(desk: Stage) -> None:
    no = await approved(desk)
    before, count = await stand(no), await Event.all().count()
    wrong = {}
    for name, typed, right in AT_THE_DOCK:
        if right.replace("{no}", no) not in (told := await says(desk, name, typed.replace("{no}", no))):
            wrong[typed] = told[:200]
    assert not wrong
    assert (await stand(no), await Event.all().count()) == (before, count)


REMARKS = [
    ("备注 {no} 客户说明天寄", "客户说明天寄"),
    ("{no}备注：周五上门", "周五上门"),
    ("备注{no}周五上门", "周五上门"),
    ("{no}备注周五上门", "周五上门"),
    ("{no} 记一下客户说周五上门", "客户说周五上门"),
    ("给{no}加个备注 客户周五在家", "客户周五在家"),
    ("备注下{no}客户急用", "客户急用"),
    ("{no}客户说周五在家，备注一下", "客户说周五在家"),
    ("{no} 备注写错了", "备注写错了"),
]


async def test_a_remark_without_a_blank_is_kept_without_the_word_that_asks_for_it(desk: Stage) -> None:
    no = await submitted(desk)
    wrong = {}
    for typed, kept in REMARKS:
        if f"已记下评论（{kept}）" not in (told := await says(desk, WANG, typed.replace("{no}", no))):
            wrong[typed] = told[:200]
    assert not wrong
    assert "点一下才算" in await says(desk, WANG, "备注客户周五上门")
    await taps(desk, WANG, "1 评论")
    assert "已记下评论（客户周五上门）" in "\n".join(news(desk, WANG)[-2:])


async def test_work_is_taken_over_where_that_is_allowed_and_else_it_is_said_why_not(desk: Stage) -> None:
    no = await submitted(desk)
    assert f"{no} 现在不是你的待办" in await says(desk, LIN, f"{no} 转给我来处理")
    assert f"{no} 本来就在你手上" in await says(desk, WANG, f"{no} 我来处理")
    assert f"转交 {no} 李敏" in await says(desk, LI, "转给我来处理")
    assert f"{no} 已转交 李敏" in await says(desk, LI, f"{no} 转给我来处理")
    owners = await Task.filter(case__no=no, state=TaskState.OPEN).prefetch_related("owner")
    assert [task.owner.name for task in owners] == [LI]


async def test_a_case_is_parted_in_words(desk: Stage) -> None:
    no = await submitted(desk, BOTH)
    assert "你的角色不能用“拆分”" in await says(desk, LIN, f"把{no}拆成两单，1退 2先不退")
    assert f"拆分 {no} 71053×1" in await says(desk, WANG, f"把{no}拆成两单，1退 2先不退")
    told = await says(desk, WANG, f"{no} 拆成两单")
    assert f"拆分 {no} 85123A×2" in told
    assert f"拆分 {no} 71053×1" in told
    assert f"拆分 {no} 71053×1" in await says(desk, WANG, f"{no}拆开，灯笼单独一单")
    assert "已拆成两单" in await says(desk, WANG, "1")
    cases = await Case.all().order_by("id").prefetch_related("lines")
    assert [[(line.sku, line.requested) for line in case.lines] for case in cases] == [[("85123A", 2)], [("71053", 1)]]


async def test_what_goes_back_and_what_stays_is_read_wherever_places_are_asked_for(desk: Stage) -> None:
    await sell("880002", {"HD-01": ("吊灯", 4, "120.00"), "TB-09": ("玻璃茶杯", 10, "15.00")})
    assert "现在没有在问哪一件" in await says(desk, LIN, "1退 2先不退")
    await says(desk, LIN, "退货 880002")
    assert "HD-01 吊灯" in await says(desk, LIN, "1退 2先不退"), "of a list the one that goes back is chosen"
    await says(desk, LIN, "取消")
    await says(desk, LIN, "退货 880002")
    assert "TB-09 玻璃茶杯" in await says(desk, LIN, "第一个不退")
    await says(desk, LIN, "取消")
    await says(desk, LIN, "退货 880002 HD-01×1 TB-09×2 质量问题")
    told = await says(desk, LIN, "1退，2先不退")
    assert "吊灯 ×1" in told
    assert "茶杯" not in told


async def test_an_answer_to_a_question_of_before_a_split_is_not_taken(desk: Stage) -> None:
    no = await approved(desk, "退货 536365 85123A×3 质量问题")
    assert "收到几件" in await says(desk, ZHOU, f"确认收货 {no} 收到几件")
    await says(desk, WANG, f"拆分 {no} 85123A×1")
    told = await says(desk, ZHOU, "2")
    assert f"{no} 问你以后变了：原来是 85123A ×3，现在是 85123A ×2" in told
    assert "刚才的回答“2”没有记" in told
    assert "处理中 仓库收货" in await stand(no)
    assert "缺什么、扣多少" in await says(desk, ZHOU, f"配件缺失 {no}")
    await says(desk, WANG, f"拆分 {no} 85123A×1")
    told = await says(desk, ZHOU, "遥控器 扣 1")
    assert "请照现在的再回答" in told
    assert "缺什么、扣多少" in told, "it is asked anew"
    assert "处理中 仓库收货" in await stand(no)
    await says(desk, ZHOU, "遥控器 扣 1")
    assert "处理中 缺件协商" in await stand(no)
