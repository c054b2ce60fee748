"""Several things in one message: what is late, longest first, and what waited over the quiet hours, by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.digest import AT_ONCE, MAX_CASES, PAID, WAITED, Late, at_stake, digest
from cards.greeting import greeting, stranger
from cards.types import Text
from tests.support.card_views import CASE, NOW, task

ONE = Late(CASE, replace(task("仓库收货", timedelta(hours=-2)), title="收货：自动喂食器"))
TWO = Late(
    replace(CASE, id=8, no="R20261122-0008"), replace(task("质检", timedelta(hours=-5)), title="质检：自动喂食器")
)
FIRST = "· 质检：自动喂食器 ¥364.00 · R20261122-0008 · 已超时 5 时"
THEN = "· 收货：自动喂食器 ¥364.00 · R20261122-0007 · 已超时 2 时"


@pytest.mark.parametrize(
    ("late", "lines"),
    [
        ([ONE, TWO], ["超时提醒：你有 2 件待办超时，涉及 ¥728.00：", FIRST, THEN, "回复 待办 逐件办"]),
        (
            [replace(ONE, copied=True), replace(TWO, copied=True)],
            ["抄送：你的人有 2 件待办超时，涉及 ¥728.00：", FIRST.replace("· ", "· 周仓 ", 1),
             THEN.replace("· ", "· 周仓 ", 1), "回复 总览 看谁手上多少"],
        ),
        (
            [replace(ONE, by="林晓", why="客户在催"), replace(TWO, by="林晓", why="客户在催")],
            ["林晓 催办（客户在催）：你有 2 件待办超时，涉及 ¥728.00：", FIRST, THEN, "回复 待办 逐件办"],
        ),
        (
            [replace(ONE, by="林晓")],
            ["林晓 催办：你有 1 件待办超时，涉及 ¥364.00：", THEN, "回复 待办 逐件办"],
        ),
    ],
)  # fmt: skip
def test_the_longest_late_comes_first(late: list[Late], lines: list[str]) -> None:
    assert digest(late, [], NOW).body.splitlines() == lines


@pytest.mark.parametrize(("copied", "begins"), [(False, "超时提醒："), (True, "抄送：周仓的待办")])
def test_one_alone_stays_as_it_is(copied: bool, begins: str) -> None:
    assert digest([replace(ONE, copied=copied)], [], NOW).body.startswith(begins)


def test_more_than_a_message_holds_are_counted() -> None:
    body = digest([ONE] * (MAX_CASES + 2), [], NOW).body
    assert (body.count("\n· "), "……还有 2 件" in body) == (MAX_CASES, True)
    said = [(n, Text(f"R20261122-{n:04} 有消息")) for n in range(MAX_CASES + 1)]
    assert digest([], said, NOW).body.endswith("……还有 1 单，回复 待办 看全部")


@pytest.mark.parametrize(
    ("said", "head", "body"),
    [
        ([(7, Text("R20261122-0007 已收货"))], WAITED, "R20261122-0007 已收货"),
        (
            [
                (7, Text("R20261122-0007 已收货")),
                (8, Text("R20261122-0008 已退款")),
                (7, Text("R20261122-0007 待质检")),
            ],
            WAITED,
            "免打扰时间里有 2 单有消息：\n· R20261122-0007 已收货，待质检\n· R20261122-0008 已退款",
        ),
        (  # a line that is said again stands where it was last said
            [
                (7, Text("R20261122-0007 待质检")),
                (7, Text("R20261122-0007 已收货")),
                (7, Text("R20261122-0007 待质检")),
            ],
            AT_ONCE,
            "有 1 单有消息：\n· R20261122-0007 已收货，待质检",
        ),
    ],
)
def test_what_was_said_of_one_case_is_one_line(said: list[tuple[int, Text]], head: str, body: str) -> None:
    assert digest([], said, NOW, head).body == body


@pytest.mark.parametrize(
    ("cases", "sum_"),
    [
        ([CASE, CASE], "364.00"),  # each once
        ([replace(CASE, facts={PAID: True})], "0"),
        ([CASE, replace(CASE, id=8, amount=None)], "None"),  # the reader may not see amounts
    ],
)
def test_money_that_still_waits(cases: list[object], sum_: str) -> None:
    assert str(at_stake(cases)) == sum_  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("roles", "waiting", "first", "lines"),
    [
        (
            ["客服"], (0, None), [],
            ["林晓（客服），我是回旋镖，售后的事在这里说一句就办。", "现在没有等你办的事", "还能说什么，回复“帮助”"],
        ),
        (
            [], (3, (CASE, ONE.task)), ["退货 订单号", "待办"],
            ["林晓（还没有角色，请管理员加上），我是回旋镖，售后的事在这里说一句就办。",
             "3 件待办 · 最急：收货：自动喂食器（R20261122-0007），已超时 2 时（11-22 12:03 到期）",
             "可以先说：退货 订单号；待办。还能说什么，回复“帮助”"],
        ),
    ],
)  # fmt: skip
def test_who_opens_the_chat_is_greeted(roles: list[str], waiting: tuple, first: list[str], lines: list[str]) -> None:  # type: ignore[type-arg]
    assert greeting("林晓", roles, waiting, first, NOW).body.splitlines() == lines


@pytest.mark.parametrize(
    ("keepers", "account", "words"),
    [
        ([], "", "你还没有登记为员工，请找 管理员 登记；登记好再来说一句"),
        (["赵倩", "李敏"], "lin", "你还没有登记为员工，请找 赵倩、李敏 登记，报上你的账号 lin；登记好再来说一句"),
    ],
)
def test_a_stranger_hears_whom_to_turn_to(keepers: list[str], account: str, words: str) -> None:
    assert stranger(keepers, account).body == words
