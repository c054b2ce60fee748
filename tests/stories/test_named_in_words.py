"""Colleagues by a part of their name, cases by their goods or customer, and a leave as it is spoken: who is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models import Dialog, Event, Task, TaskState
from tests.support.stage import sell
from tests.support.stories import news, offered, play, says, stand, submitted, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

LIN, WANG, LI, ZHOU, ZHAO = "林晓", "王建国", "李敏", "周仓", "赵卫东"
_CASE = re.compile(r"R([1-3])(?!\d)")
DESK_LAMP = {"TD-1": ("台灯", 2, "129")}
SCRATCHER = {"ZB-1": ("猫抓板", 3, "59")}

#: who says what; the first button, else "=" and all of them, "!" and what is none, "?" and a part of the answer
SAID = [
    # R1 白色心形烛台 waits for 王建国, R2 台灯 of 韩梅梅 at the inspection, R3 猫抓板 of 赵四 for 李敏
    (ZHAO, "建国手上的都给李敏 他请假了", "批量 转交 李敏 从 王建国"),
    (ZHAO, "建国手上的都给李敏 他请假了", "!代人请假 李敏 今天 到 今天 代理 赵卫东"),
    (LI, "0003退给建国重新审，数量对不上", "退回 R3 王建国 重新审，数量对不上"),
    (WANG, "0001就给敏姐吧她熟", "转交 R1 李敏 就给敏姐吧她熟"),
    (LIN, "台灯那个客户说不退了想修", "=评论 R2 台灯那个客户说不退了想修|查 R2"),
    (LIN, "台灯那个客户说不退了想修", "?R2 货已收到或款已退，不能撤单"),
    (LIN, "抓板那个客户不退了", "=撤单 R3"),
    (LIN, "客户催台灯的钱", "=催办 R2"),
    (LIN, "赵四那个抓板多退了么", "?R3 退货"),
    (WANG, "我明儿下午出差到礼拜五，手上的给李敏代一下", "=请假 明天下午 到 礼拜五 代理 李敏"),
    (WANG, "我明天下午出差到周五，手上的给李敏代一下", "=请假 明天下午 到 周五 代理 李敏"),
    (WANG, "我后儿歇班 敏姐顶", "=请假 后天 到 后天 代理 李敏"),
    (ZHAO, "王建国从后天起歇三天 李敏顶", "=代人请假 王建国 后天 到 2026-11-27 代理 李敏"),
    (WANG, "林晓提的全部通过，别人的先别动", "批量 同意 提交人=林晓"),
    (WANG, "0001这单要是不超过五块就批，超过的话转李敏", "转交 R1 李敏 要是不超过五块就批，超过的话转李敏"),
    (WANG, "0001这单要是不超过五块就批，超过的话转李敏", "?现在什么都没有做"),
    (ZHAO, "这个礼拜和上个礼拜比 退货多了还是少了", "报表 指标 这个礼拜"),
    (WANG, "同意0001 但是只同意退一个，另外一个不认", "评论 R1 但是只同意退一个，另外一个不认 ； 改 R1 数量 1"),
    (WANG, "同意0001 但是只同意退一个，另外一个不认", "!驳回 R1 但是只同意退一个，另外一个不认"),
    (WANG, "0001金额大的要李敏再签一下", "加签 R1 李敏 金额大的要李敏再签一下"),
    (LI, "0003同意 另外0002也同意", "同意 R3"),
    (LI, "0003同意 另外0002也同意", "?R2 不在你手上，不会动"),
]


async def opened(desk: Stage) -> list[str]:
    """A case with the approver, one at the inspection, and one with the second approver, each of another customer."""
    await sell("700001", DESK_LAMP, customer="C2", customer_name="韩梅梅", mobile="13912345678")
    await sell("700002", SCRATCHER, customer="C3", customer_name="赵四", mobile="13700007890")
    lines = [
        "退货 536365 85123A×2 质量问题 外壳破裂",
        "退货 700001 台灯×1 质量问题 不亮",
        "退货 700002 猫抓板×2 质量问题 掉毛",
    ]
    numbers = [await submitted(desk, line) for line in lines]
    for who, button in ((WANG, "同意"), (LI, "同意"), (ZHOU, "确认收货")):
        await says(desk, who, f"{button} {numbers[1]}")
    await says(desk, WANG, f"同意 {numbers[2]}")
    return numbers


def _right(mark: str, wanted: str, readings: list[str], answer: str) -> bool:
    ways = {"=": readings == wanted.split("|"), "!": wanted not in readings, "?": wanted in answer}
    return ways.get(mark, readings[:1] == [wanted])


async def test_who_and_what_is_meant_is_offered_and_nothing_else(desk: Stage) -> None:
    numbers = await opened(desk)
    before, wrong = [*[await stand(no) for no in numbers], await Event.all().count()], []
    for who, words, expected in SAID:
        await Dialog.all().delete()
        count = len(news(desk, who))
        await says(desk, who, words)
        answer, readings = "\n".join(news(desk, who)[count:]), await offered()
        wanted = _CASE.sub(lambda match: numbers[int(match[1]) - 1], expected.lstrip("=!?"))
        if not _right(expected[0], wanted, readings, answer):
            wrong.append(f"{who} {words}: {expected} / {readings} / {answer[:160]}")
    assert not wrong, "\n".join(wrong)
    assert [*[await stand(no) for no in numbers], await Event.all().count()] == before


@pytest.mark.parametrize("answer", ["敏姐", "就给敏姐吧她熟", "李敏", "给李敏 这单她熟"])
async def test_a_case_to_be_handed_over_asks_whom_and_hears_a_familiar_name(desk: Stage, answer: str) -> None:
    await submitted(desk)
    assert "转交给谁？请回复姓名" in await says(desk, WANG, "转交 0001")
    assert "已转交 李敏" in await says(desk, WANG, answer)
    assert [task.owner.name for task in await Task.filter(state=TaskState.OPEN).prefetch_related("owner")] == [LI]


async def test_a_name_that_nobody_has_is_asked_again(desk: Stage) -> None:
    no = await submitted(desk)
    await says(desk, WANG, f"转交 {no}")
    assert "没有叫 小张 的员工" in await says(desk, WANG, "小张")
    assert await stand(no) == "处理中 客服审核"


async def test_all_of_one_colleague_are_agreed_to_and_no_others(desk: Stage) -> None:
    await sell("700001", DESK_LAMP, customer="C2", customer_name="韩梅梅", mobile="13912345678")
    hers, his = await submitted(desk), await submitted(desk, "退货 700001 台灯×1 质量问题 不亮", "何佳")
    await says(desk, WANG, "林晓提的全部通过，别人的先别动")
    await taps(desk, WANG, "1 批量")
    await play(desk, f"{WANG} 批量同意")
    assert [await stand(no) for no in (hers, his)] == ["处理中 金额审批", "处理中 客服审核"]
