"""Whatever came from outside leaves the bot as words: no link, no mention and no mark, in anything that is sent."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from models import Case, CaseState
from sandbox.shop import Odd
from tests.bot.test_customer_page import fetch
from tests.support.stage import buttons, menu, sell
from tests.support.stories import says
from tests.support.wiretap import Wiretap

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sandbox.world import Item
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

EVIL = '恶[看](http://evil.com/a)<a href="http://evil.com">点</a>![图](https://evil.com/b.png)'
CALLS = "找@all点evil.com看 @all <@all> <@linxiao> @林晓 **恶** `恶` ~~恶~~ www.evil.com mailto:a@evil.com dtmd://evil"
LINES = "\n# 恶\n> 恶\n---\n"


def goods(name: str) -> dict[str, tuple[str, int, str]]:
    return {"SKU-1": (f"{name}{EVIL}", 6, "150"), "SKU-2": (f"{name}二{CALLS}{LINES}恶", 6, "90")}


async def sold(no: str, at: int, **fields: str) -> None:
    """An order in which whoever wrote the shop's file has written as much as they like."""
    await sell(
        no, goods(f"灯{at}"), customer=f"C{at}", mobile=f"1380013800{at}", customer_name=f"恶{CALLS}"[:60],
        address=f"西湖区{EVIL}", region="华东[a](http://evil.com)", member_level="**恶**<@all>", **fields,
    )  # fmt: skip


#: the whole job, with words of everybody's own at every step of it
JOB = """
林晓: 退货 9001 SKU-1×2 质量问题 {evil}
林晓: 备注 {calls}
林晓 > 提交
林晓: 评论 {0} {evil} {calls}
王建国: 待办
王建国: 加签 {0} 何佳 {evil}
何佳: 同意 {0} {evil}
林晓: 催办 {0} {evil}
王建国: 挂起 {0} {evil}
王建国: 恢复 {0}
王建国: 同意 {0} {evil}
李敏: 待办
李敏: 驳回 {0} {evil}
李敏: 撤回 {0}
李敏: 同意 {0} {evil}
林晓: 运单 {0} SF7700990011
刘洋: 收货 SF7700990011
刘洋 > 配件缺失
刘洋: [芯](http://evil.com)<@all> 5
林晓 > 同意扣款
林晓 > 同意
刘洋 > 确认收货
许静: 待办
许静: 次品处理 {0} {calls}
许静: 合格入库 {0} {evil}
钱芳: 待办
钱芳 > 确认退款
钱芳: 查 {0}
钱芳 > 确认退款
林晓: 查 {0}
林晓: 链接 {0}
陈卓: 导出 {0}
陈卓: 导出 近30天
陈卓: 报表 SKU退货 近30天
陈卓: 审计 {0}
陈卓: 总览
"""
#: all else that takes words of its own, or says them back
TALK = """
林晓: 退货 9001 SKU-1×2 质量问题 {evil}
林晓 > 提交
林晓: 查 9001
林晓: 查 8001
林晓: {evil}
林晓: {calls}
林晓: 帮助 {evil}
林晓: 查 {evil}
林晓: 退货 {evil}
林晓: 退货 9001 {calls}
林晓: 取消
林晓: 反馈 {evil}
林晓: 抄送 {0} {evil}
林晓: 运单 {0} {evil}
王建国: 转交 {0} {evil}
王建国: 退回 {0} {evil}
王建国: 批量同意 备注={evil}
刘洋: 收货 {evil}
陈卓: 名单 禁止 13800138001 {evil}
陈卓: 名单
陈卓: 报表 {evil}
陈卓: 验真 {evil}
陈卓: 流程 {evil}
陈卓: 规则 {evil}
陈卓: 规则 为什么 {0}
陈卓: 请假 明天 到 后天 代理 {evil}
林晓: 换货 9001 SKU-2×1 质量问题 {calls}
林晓: 投诉 9001 {evil}
林晓: 维修 9001 SKU-2×1 {evil}
林晓: 导出 {evil}
"""


async def step(desk: Stage, line: str) -> None:
    """Say or tap; a card that is not there is none of this test's business."""
    name, sign, words = line.partition(" > ") if " > " in line else line.partition(": ")
    if ">" not in sign:
        await says(desk, name, words)
        return
    who = desk.person(name)
    cards = [item for item in desk.phone(who) if words in buttons(item) + menu(item)]
    if cards:
        await desk.tap(who, words, cards[-1])


async def sheets(desk: Stage) -> list[Worksheet]:
    """Of every workbook that stands on a phone."""
    books = [item for item in desk.sandbox.world.items.values() if str(item.body.get("name")).endswith(".xlsx")]
    assert books
    return [(await _book(desk, item)).worksheets[0] for item in books]


async def _book(desk: Stage, item: Item) -> Workbook:
    media = item.body["media_id"]
    if item.place.platform == "wecom":
        return load_workbook(io.BytesIO(desk.sandbox.wecom.desk.media.peek(media).data))
    return load_workbook(io.BytesIO(desk.sandbox.dingtalk.media(media)[0]))


async def walked(desk: Stage, lines: str) -> Wiretap:
    """Everything that was sent while these lines were said."""
    tap = Wiretap.on(desk.sandbox)
    refusal = json.dumps({"message": f"恶店铺{EVIL}{CALLS}"}, ensure_ascii=False)
    desk.sandbox.shop.answer(Odd(400, refusal), times=1)
    await sold("9001", 1)
    await sold("9002", 2)
    for line in lines.strip().splitlines():
        case = await Case.all().order_by("id").first()
        said = line.replace("{0}", case.no if case else "")
        await step(desk, said.replace("{evil}", EVIL).replace("{calls}", CALLS))
    return tap


async def test_no_word_of_a_whole_job_acts(desk: Stage) -> None:
    tap = await walked(desk, JOB)
    assert (await Case.get()).state is CaseState.DONE
    assert tap.acting((desk.bot.settings.public_url, desk.sandbox.url)) == []
    for kind in ("评论", "催办", "挂起", "驳回", "加签", "缺件", "恶店铺", "灯1恶"):
        assert any(kind in words for _, words in tap.words), kind
    [address] = {found for _, words in tap.words for found in re.findall(r"http://\S+/c/\S+", words)}
    _, html, _ = await fetch(address)
    assert "evil" in html
    assert '<a href="http://evil' not in html
    for sheet in await sheets(desk):
        cells = [cell for row in sheet for cell in row if "evil" in str(cell.value)]
        assert cells
        assert [cell.value for cell in cells if cell.hyperlink or cell.data_type == "f"] == []


async def test_no_word_that_is_said_back_acts(desk: Stage) -> None:
    tap = await walked(desk, TALK)
    assert tap.acting((desk.bot.settings.public_url, desk.sandbox.url)) == []
    for kind in ("名单", "没看懂", "没有叫", "退回", "没有规则"):
        assert any(kind in words and "evil" in words for _, words in tap.words), kind
