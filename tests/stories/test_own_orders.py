"""A case of mine named by its order, its customer or its sum: decided as if its number had been typed, or asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models import Dialog, Event, Refund, Task, TaskState
from tests.stories.test_nearest import opened
from tests.support.stories import offered, says, stand, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, ZHOU, XU, QIAN = "林晓", "王建国", "李敏", "周仓", "许静", "钱芳"
_CASE = re.compile(r"R([1-6])(?!\d)")  #: R1 and R2 wait for 王建国, R3 for 李敏, R4 for 周仓, R5 for 许静, R6 for 钱芳

#: who says what, the case that it is said of, where that stands then, and a part of the answer
DONE = [
    (WANG, "700001那单同意", 2, "处理中 金额审批", "已同意"),
    (WANG, "536365驳回 照片看不清", 1, "已关闭 拒绝", "已驳回（照片看不清）"),
    (LI, "1352准了", 3, "处理中 仓库收货", "已同意"),
    (ZHOU, "700003拒收 箱子压扁", 4, "处理中 拒收处理", "已拒收（箱子压扁）"),
    (XU, "700004合格入库", 5, "处理中 财务退款", "合格入库"),
    (QIAN, "700003确认退款", 6, "已完成", "已确认退款"),
]
#: what is offered first; nothing moves
OFFERED = [
    (WANG, "536365这个我看过了没问题给过", "同意 R1 我看过了没问题给过"),
    (WANG, "700001可以的 批吧", "同意 R2 可以的"),
    (WANG, "驳了吧700001 图糊得看不见", "驳回 R2 图糊得看不见"),
    (WANG, "700001那个先别批等客户补图", "稍后 R2 客户回复 先别批等客户补图"),
    (WANG, "700001给敏姐定吧我拿不准", "转交 R2 李敏 定吧我拿不准"),
    (WANG, "赵七那单同意", "同意 R2"),
    (WANG, "118那单同意", "同意 R2"),
    (WANG, "5.1块的那单先放放", "稍后 R1 明天 先放放"),
    (LI, "700002不批 超预算了", "驳回 R3 超预算了"),
    (LI, "700002叫王建国再看眼", "加签 R3 王建国 看眼"),
    (LI, "钱七这单金额再核一下 我觉得多了", "稍后 R3 明天 金额再核一下 我觉得多了"),
    (LI, "118块的那笔先不批 等王建国回来说", "评论 R3 先不批，等王建国回来说"),
    (LI, "700002 118 行吧", "评论 R3 118 行吧"),
    (ZHOU, "700003先不收 等刘洋来看", "评论 R4 先不收 等刘洋来看"),
    (ZHOU, "0004少灯罩 别的齐的", "配件缺失 R4 少灯罩，别的齐的"),
    (ZHOU, "700003收到了", "确认收货 R4"),
    (ZHOU, "700003收到两件 有一件盒子瘪了", "确认收货 R4 收到两件，有一件盒子瘪了"),
    (ZHOU, "700003收了 1台", "确认收货 R4 收了 1台"),
    (ZHOU, "700003说是今天到 影子都没有", "评论 R4 说是今天到 影子都没有"),
    (ZHOU, "把孙七那单拒了 空盒", "拒收 R4 拒了，空盒"),
    (XU, "700004两台都好的", "合格入库 R5 两台都好的"),
    (XU, "700004一好一坏", "合格入库 R5 一好一坏"),
    (XU, "700004是次品 屏幕裂了", "次品处理 R5 是次品，屏幕裂了"),
    (XU, "700004 ok", "合格入库 R5"),
    (XU, "700004通电没反应", "次品处理 R5 通电没反应"),
    (XU, "700004测不出毛病 先放着", "稍后 R5 明天 测不出毛病 先放着"),
    (XU, "李七那单少了根电源线 扣10块", "退回 R5 仓库收货 少了根电源线 扣10块"),
    (QIAN, "700003打钱", "确认退款 R6"),
    (QIAN, "700003打款吧", "确认退款 R6"),
    (QIAN, "59那笔可以了 打吧", "确认退款 R6 可以了"),
    (QIAN, "0006可以打了", "确认退款 R6 可以打了"),
    (QIAN, "0006打款吧", "确认退款 R6"),
    (QIAN, "700003先别打 账号不对", "稍后 R6 明天 先别打 账号不对"),
    (QIAN, "59的那笔打过了啊", "评论 R6 打过了啊"),
    (QIAN, "孙七那笔我昨天微信转过了", "评论 R6 我昨天微信转过了"),
    # of a customer's case that is another's, the words go with it all the same
    (WANG, "钱七那单先放放 明天下午再弄", "挂起 R3 先放放 明天下午再弄"),
    (ZHOU, "李七那单少了根电源线 扣10块", "查 R5"),
]
#: nobody's case of mine: whose it is, and no case is opened for it
OF_OTHERS = [
    (WANG, "700003同意", ["没有等你“同意”的", "R6 现在在财务退款（钱芳）", "R4 现在在仓库收货（周仓"]),
    (WANG, "同意 700003", ["没有等你“同意”的", "R6 现在在财务退款（钱芳）"]),
    (WANG, "700002 通过", ["没有等你", "R3 现在在金额审批（李敏）"]),
    (ZHOU, "700001拒收 箱子压扁", ["没有等你“拒收”的", "没有你能看的、还在办的售后单"]),
    (XU, "700003合格入库", ["没有等你“合格入库”的"]),
    (ZHOU, "700003拒收，700004拒收", ["700004 的单没有等你“拒收”的"]),
    (QIAN, "118那笔打掉", ["等你办的没有 ¥118.00 的", "R6 是 ¥59.00"]),
]
#: the order is meant, as ever
OF_THE_ORDER = [
    (WANG, "700001", "R2"),
    (WANG, "700001批了没", "R2"),
    (WANG, "查700001", "R2"),
    (WANG, "700001退货 TL-01×1 质量问题 不亮", "确认退货"),
    (LI, "钱七那单", "查 700002"),
]


def _numbered(text: str, numbers: list[str]) -> str:
    return _CASE.sub(lambda match: numbers[int(match[1]) - 1], text)


async def test_an_order_ahead_of_a_button_is_my_case_of_it(desk: Stage) -> None:
    numbers, wrong = await opened(desk), {}
    for who, words, at, stands, told in DONE:
        answer = await says(desk, who, words)
        if (found := await stand(numbers[at - 1])) != stands or told not in answer:
            wrong[f"{who}: {words}"] = (found, answer[:300])
    assert not wrong


@pytest.mark.parametrize("table", [OFFERED, OF_OTHERS, OF_THE_ORDER], ids=["offered", "of others", "of the order"])
async def test_what_is_said_of_it_is_carried_along_and_nothing_moves(
    desk: Stage, table: list[tuple[str, str, str | list[str]]]
) -> None:
    numbers = await opened(desk)
    before, wrong = [await stand(no) for no in numbers], {}
    for who, words, right in table:
        answer = await says(desk, who, words)
        readings = await offered()
        expected = [_numbered(each, numbers) for each in ([right] if isinstance(right, str) else right)]
        first = readings[:1] if table is OFFERED else [answer]
        if not all(any(each == found if table is OFFERED else each in found for found in first) for each in expected):
            wrong[f"{who}: {words}"] = (readings, answer[:300])
        if table is OF_OTHERS and any(reading.startswith(("退货", "换货")) for reading in readings):
            wrong[f"{who}: {words}"] = (readings, answer[:300])
        await Dialog.all().delete()
    assert not wrong
    assert [await stand(no) for no in numbers] == before
    assert not await Refund.all().count()


async def test_two_of_one_order_in_hand_are_asked_about(desk: Stage) -> None:
    first, second = await submitted(desk), await submitted(desk, "退货 536365 71053×1 质量问题 破裂")
    events = await Event.all().count()
    answer = await says(desk, WANG, "536365驳回 照片看不清")
    assert "536365 有 2 单等你办" in answer
    assert sorted(await offered()) == [f"驳回 {no} 照片看不清" for no in sorted((first, second))]
    assert await Event.all().count() == events
    await says(desk, WANG, "1")
    assert await Task.filter(owner__name=WANG, state=TaskState.OPEN).count() == 1
