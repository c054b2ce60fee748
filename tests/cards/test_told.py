"""What cards and lists say of answers, events and files, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards.case import history, listed, todo, told
from cards.documents import case_list
from cards.facts import answered
from models.enums import CaseState
from models.views.case import EventView
from models.views.papers import Roll
from tests.support.card_views import CASE, NOW, task


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "问：是"),
        (False, "问：否"),
        ("物流", "问：物流"),
        (["破损", "缺件"], "问：破损、缺件"),
        (3, "问：3"),
    ],
)
def test_an_answer_to_a_form_is_told_in_words(value: Any, words: str) -> None:
    assert answered(replace(CASE, asks=("问",), facts={"问": value})) == words


def test_an_answer_in_yuan_is_money() -> None:
    asked = replace(CASE, asks=("折价", "责任方"), yuan=frozenset({"折价"}), facts={"折价": "35.5", "责任方": "物流"})
    assert answered(asked) == "折价：¥35.50；责任方：物流"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, ""),
        ({"rule": "先由客服审核"}, "先由客服审核"),
        ({"件数": {"W1": 2, "W2": 1}}, "W1 ×2、W2 ×1"),
        ({"缺件": "滤网组件", "扣款": "35"}, "缺 滤网组件，扣款 ¥35.00"),
        ({"缺件": "滤网组件"}, ""),  # what it costs is not known yet
    ],
)
def test_what_an_event_says(data: dict[str, Any], words: str) -> None:
    assert told(EventView(NOW, "周仓", "仓库收货", "确认收货", data)) == words


def test_my_tasks_are_told_with_the_words_that_do_them() -> None:
    assert todo([], NOW).body == "没有待办，辛苦了"
    mine = replace(task("仓库收货", timedelta(hours=2)), title="收货：自动喂食器")
    lines = todo([(CASE, mine), (replace(CASE, state=CaseState.HELD), mine)], NOW).body.splitlines()
    assert (lines[0], lines[1], lines[4]) == (
        "待办 2 件，最急的在前：", "1. 收货：自动喂食器", "2. （已挂起）收货：自动喂食器",
    )  # fmt: skip
    assert lines[3] == f"   可回复：{'／'.join(action.name for action in mine.actions)} {CASE.no}"
    assert lines[6] == f"   可回复：恢复 {CASE.no}"


@pytest.mark.parametrize(("shops", "ends"), [(("天猫", "天猫"), ("", "")), (("天猫", ""), (" · 天猫", " · 没写店铺"))])
def test_of_several_shops_each_case_has_its_own(shops: tuple[str, str], ends: tuple[str, str]) -> None:
    lines = listed("两单：", [replace(CASE, shop=shop) for shop in shops]).body.splitlines()
    plain = listed("两单：", [CASE, CASE]).body.splitlines()
    assert lines == [plain[0], plain[1] + ends[0], plain[2] + ends[1], "回复 查 单号 看经过"]


@pytest.mark.parametrize(
    ("known", "others", "lines"),
    [
        ("", 0, []),
        ("半年 9 单退 1", 0, ["客户历史：半年 9 单退 1"]),
        ("半年 9 单退 1", 1, ["客户历史：开单时 半年 9 单退 1", "· R20261122-0007 "]),
        ("", 1, ["客户历史：", "· R20261122-0007 "]),
    ],
)
def test_what_else_came_back(known: str, others: int, lines: list[str]) -> None:
    found = history(replace(CASE, history=known), [CASE] * others, NOW).splitlines()
    assert len(found) == len(lines)
    assert all(line.startswith(begin) for line, begin in zip(found, lines, strict=True))


def roll(rows: int, *, cut: bool = False) -> Roll:
    return Roll("质量问题", ("单号",), (("R1",),) * rows, cut)


@pytest.mark.parametrize(
    ("rows", "cut", "words"),
    [
        (0, False, "质量问题：没有你能看的单，换个时间或筛选再试"),
        (2, False, ""),
        (2, True, "质量问题：单子太多，只导出了最新的 2 单；更早的请把时间写短，分几次导出"),
    ],
)
def test_what_a_file_can_not_say(rows: int, cut: bool, words: str) -> None:
    assert case_list.told(roll(rows, cut=cut)) == words


def test_a_file_says_in_its_name_what_is_in_it() -> None:
    assert case_list.file_name(roll(2)) == f"{case_list.SHEET} 质量问题 2 单.xlsx"
