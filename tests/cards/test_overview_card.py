"""总览 as its reader sees it: who has most on hand, what is late, what it is worth, and whom to hurry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cards.overview import NOBODY, overview
from cards.types import Card, Text
from models.views.case import Burden, Overview
from tests.support.card_views import seen

NOTHING = Burden("", 0, 0, 0, timedelta(0), None)
LATE = Burden("王建国", 5, 2, 0, timedelta(days=3, hours=2), Decimal("1234.00"))
HELD = Burden("李敏", 2, 0, 1, timedelta(0), None)


def told(*people: Burden, nodes: tuple[Burden, ...] = (), total: Burden | None = None) -> str:
    whole = total or replace(NOTHING, tasks=sum(each.tasks for each in people))
    card = overview(Overview(people, nodes, whole, 4))
    assert isinstance(card, Card)
    return seen(card)


def test_with_nothing_on_hand_it_is_one_sentence() -> None:
    assert overview(Overview((), (), NOTHING, 0)) == Text(NOBODY)


@pytest.mark.parametrize(
    ("total", "title"),
    [
        (replace(NOTHING, tasks=7), "总览：4 单 7 件待办，没有超时"),
        (replace(NOTHING, tasks=7, late=2), "总览：4 单 7 件待办，超时 2 件"),
        (replace(NOTHING, tasks=7, money=Decimal("1234")), "总览：4 单 7 件待办，没有超时，¥1,234.00"),
    ],
)
def test_the_title_sums_it_up(total: Burden, title: str) -> None:
    assert told(HELD, total=total).splitlines()[0] == title


@pytest.mark.parametrize(
    ("who", "row"),
    [
        (LATE, "王建国 5 件 超时 2 最久 3 天 2 时 ¥1,234.00 !"),
        (HELD, "李敏 2 件 挂起 1"),
        (replace(HELD, held=0), "李敏 2 件"),
        (replace(LATE, held=12), "王建国 5 件 超时 2 最久 3 天 2 时 ¥1,234.00 !"),  # what is put aside gives way first
        (replace(LATE, money=Decimal("123456789.00")), "王建国 5 件 超时 2 ¥123,456,789.00 !"),  # then how long
        (replace(LATE, tasks=555555, late=333333, money=Decimal("1234567890")), "王建国 555555 件 ¥1,234,567,890.00 !"),
    ],
)
def test_a_row_keeps_its_money_whole(who: Burden, row: str) -> None:
    assert row in told(who).splitlines()


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ((), ""),
        ((replace(LATE, name="客服审核"), replace(HELD, name="质检")), "客服审核 5（超时 2） · 质检 2"),
        (tuple(replace(HELD, name=f"{n:030}") for n in range(9)), "其他"),
        ((replace(HELD, name="长" * 300),), ""),
    ],
)
def test_nodes_stand_in_the_lead_as_far_as_there_is_room(nodes: tuple[Burden, ...], words: str) -> None:
    card = overview(Overview((HELD,), nodes, HELD, 4))
    assert isinstance(card, Card)
    assert words in card.lead
    assert bool(words) == bool(card.lead)


@pytest.mark.parametrize(("late", "rest"), [(0, "其他 2 人 2 件"), (1, "其他 2 人 2 件 超时 2 !")])
def test_who_does_not_fit_is_summed_up(late: int, rest: str) -> None:
    crowd = [Burden(f"人{n}", 1, late, 0, timedelta(hours=1), None) for n in range(7)]
    shown = told(*crowd).splitlines()
    assert rest in shown
    assert [line for line in shown if line.startswith(("人5", "人6"))] == []


@pytest.mark.parametrize(
    ("people", "buttons"),
    [
        ((LATE, HELD), "[催 王建国*] [看 王建国] [看 李敏]"),
        ((HELD, LATE), "[看 李敏] [催 王建国] [看 王建国]"),
        ((replace(LATE, name="一个名字长得按钮上放不下的人"), HELD), "[看 李敏]"),  # is looked up by typing
    ],
)
def test_the_latest_are_hurried_by_one_tap(people: tuple[Burden, ...], buttons: str) -> None:
    assert told(*people).splitlines()[-1] == buttons
