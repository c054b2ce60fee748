"""What hostile people have typed into titles, names, notes and answers is words on every phone, page and file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from models import Product
from sandbox.shop import Odd
from tests.support.stage import sell
from tests.support.stories import received, says, taps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

EVIL = (
    '[点](http://evil.example/x) <@all> @所有人 <script>e()</script> <font color="red">e</font> '
    '=HYPERLINK("http://evil.example")'
)
LINES = "甲\n# 标题\n> 引用\n---\n**粗**"
#: what a client would act on, were it in any text of the bot's
ACTS = re.compile(
    r"\]\(http|https?://evil|evil\.example|<@|<script|<font color=\"?red|(?<![\w.+-])@(?:所有人|all)|\*\*粗"
    r"|(?:^|\n)# 标题"
)
PEOPLE = ("林晓", "王建国", "李敏", "周仓", "许静", "钱芳", "陈卓", "赵卫东")
QUESTIONS = (
    "查 {no}", "查 777777", "查 8000", "待办", "我的单", "流水 {no}", "为什么是我 {no}", "规则 为什么 {no}",
    "链接 {no}", "评论 {no} {evil}", "单据 {no}", "清单", "导出", "验真 {no}", "审计", "概况", "报表 退货原因",
    "报表 商品退货率", "流程 退货", "名单", "{evil}", "退货 777777 {evil}", "合并 {no} {evil}", "催 {no} {evil}",
    "请假 明天 {evil}", "转交 {no} {evil}",
)  # fmt: skip


def strings(value: Any) -> Iterator[str]:
    """Every text within a message, those in JSON within it too."""
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value
        if value[:1] in "{[":
            try:
                yield from strings(json.loads(value))
            except ValueError:
                return


def shown(desk: Stage) -> Iterator[tuple[str, str]]:
    """Everything that the bot has put onto any phone and into any group, as the platform got it."""
    for item in desk.sandbox.world.items.values():
        if item.sender == "bot":
            yield from ((f"{item.place.platform} {item.kind}", text) for text in strings(item.body))


def acting(texts: Iterator[tuple[str, str]]) -> list[str]:
    found = [(where, text, match) for where, text in texts if (match := ACTS.search(text))]
    return [f"{where}: {text[max(match.start() - 40, 0) : match.end() + 40]!r}" for where, text, match in found]


async def hostile_shop(desk: Stage) -> None:
    goods = {"85123A": (f"{EVIL}\n{LINES}"[:255], 6, "2.55"), "71053": (LINES, 6, "3.39")}
    await sell("777777", goods, customer_name=EVIL[:60], address=EVIL[:200], region=EVIL[:30])
    await Product.create(sku="85123A", title=EVIL[:250], category=EVIL[:30])


async def test_on_every_phone_in_every_group_and_on_the_customers_page(desk: Stage) -> None:
    await hostile_shop(desk)
    no = await received(desk, f"退货 777777 85123A×2 质量问题 {EVIL}")
    await says(desk, "林晓", f"退货 777777 71053×1 质量问题 {EVIL} {LINES}")
    await taps(desk, "林晓", "提交")
    await taps(desk, "王建国", "驳回")
    for question in QUESTIONS:
        for name in PEOPLE[:3] + PEOPLE[-2:]:
            await says(desk, name, question.format(no=no, evil=EVIL))
    await taps(desk, "许静", "合格入库")
    desk.sandbox.shop.answer(Odd(422, json.dumps({"code": "refused", "message": EVIL})))
    await taps(desk, "钱芳", "确认退款")
    await says(desk, "钱芳", f"查 {no}")
    assert len(list(shown(desk))) > 200
    assert acting(shown(desk)) == []
    assert desk.sandbox.wecom.problems + desk.sandbox.dingtalk.problems == []
