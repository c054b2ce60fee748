"""One answer for each product: how people say it, what is refused, what a condition makes of it, and in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flow.definitions.conditions import parse
from flow.definitions.flow import CHOICE, NUMBER, TEXT, Field
from flow.engine.line_answers import Line, lacking, question, read
from flow.errors import PolicyRefused
from models.views.answers import in_words

TODAY = date(2026, 11, 23)
LINES = (Line("85123A", "白色心形烛台", 2), Line("71053", "金属灯笼", 1), Line("84406B", "猫抓板", 1))
GRADE = Field("质检等级", CHOICE, ("A", "B", "C", "D"), required=True)
SCORE = Field("评分", NUMBER, bounds="0~100")
STATE = Field("情况", TEXT)

#: what is said; the answers in the order of the products, "" for none yet
SAID: list[tuple[Field, str, str]] = [
    (GRADE, "1 A 2 B 3 D", "A B D"),
    (GRADE, "1A 2B 3D", "A B D"),
    (GRADE, "1:A，2:B，3:D", "A B D"),
    (GRADE, "1号是A、2号B、3.D", "A B D"),
    (GRADE, "都是A", "A A A"),
    (GRADE, "全部 B", "B B B"),
    (GRADE, "2 D 其余A", "A D A"),
    (GRADE, "2 D，其他都是 A", "A D A"),
    (GRADE, "1-2 A 3 C", "A A C"),
    (GRADE, "A B D", "A B D"),  # one after the other
    (GRADE, "85123A A 金属灯笼 B", "A B "),
    (GRADE, "71053 D", " D "),
    (GRADE, "1 A", "A  "),
    (SCORE, "1 90 2 85 3 100", "90 85 100"),
    (SCORE, "1:2 2:1 3:3", "2 1 3"),
    (SCORE, "都是80", "80 80 80"),
    (STATE, "1 破了 一角 2 完好 3 少螺丝", "破了_一角 完好 少螺丝"),
]


@pytest.mark.parametrize(("field", "text", "answers"), SAID)
def test_how_people_say_it(field: Field, text: str, answers: str) -> None:
    told = [each.replace("_", " ") for each in answers.split(" ")]
    expected = {line.sku: said for line, said in zip(LINES, told, strict=True) if said}
    assert read(field, text, LINES, TODAY) == expected


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        (GRADE, "1 E", "白色心形烛台：质检等级没有“E”这一项，可选：A、B、C、D"),
        (GRADE, "A B", "有 3 样，“A B”没看懂是哪一样的"),
        (GRADE, "9 A 1 B", "“9 A”没看懂是哪一样"),
        (SCORE, "都是120", "评分要在 0~100 之内"),
        (SCORE, "1 跳过", "白色心形烛台也要填评分"),
    ],
)
def test_what_is_no_answer(field: Field, text: str, why: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        read(field, text, LINES, TODAY)
    assert why in str(refused.value)


def test_of_one_product_the_answer_alone_is_enough() -> None:
    assert read(GRADE, "B", LINES[:1], TODAY) == {"85123A": "B"}
    assert read(STATE, "外壳 破了", LINES[:1], TODAY) == {"85123A": "外壳 破了"}


def test_what_is_asked_and_what_is_left() -> None:
    assert question(GRADE, LINES[:2], {"85123A": "A"}) == (
        "质检等级？\n1. 白色心形烛台 ×2：A\n2. 金属灯笼 ×1\n可填：A、B、C、D\n"
        "每样都要，请回复“1 A 2 B”，都一样就回复“都是A”"
    )
    assert lacking(LINES, {"71053"}) == ["1. 白色心形烛台", "3. 猫抓板"]


@pytest.mark.parametrize(
    ("cell", "value", "holds"),
    [
        ("D", {"85123A": "A", "71053": "D"}, True),  # any of them
        ("D", {"85123A": "A", "71053": "B"}, False),
        ("C|D", {"85123A": "C"}, True),
        ("<60", {"85123A": "90", "71053": "50"}, True),
        ("<60", {"85123A": "90"}, False),
        ("60~80", {"85123A": "70"}, True),
        ("D", {}, False),
    ],
)
def test_a_condition_holds_where_it_holds_of_any(cell: str, value: dict[str, Any], *, holds: bool) -> None:
    assert parse("质检等级", cell)({"质检等级": value}) is holds


def test_in_words_each_product_stands_by_its_name() -> None:
    titles = {line.sku: line.title for line in LINES}
    assert in_words({"85123A": "A", "71053": "D"}, titles) == "白色心形烛台 A、金属灯笼 D"
    assert [in_words(value) for value in (["甲", "乙"], True, False, None, "35.50")] == [
        "甲、乙",
        "是",
        "否",
        "",
        "35.50",
    ]
