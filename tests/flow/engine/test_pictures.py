"""Several pictures in one field: how many, what is said meanwhile, how a sentence says it, what the check refuses."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.flow import PHOTO, Field
from flow.edits import apply
from flow.engine import forms, pictures
from flow.errors import FlowError
from handlers.chat.pictures import finished
from tests.support.editing import BUNDLE, FLOW

FIVE = [[f"照片 #{n}", str(n)] for n in range(1, 6)]


@pytest.mark.parametrize(
    ("count", "span"),
    [("3~9", (3, 9)), (">=3", (3, 20)), ("<=9", (1, 9)), ("3", (3, 3)), ("三", None), ("", None), ("3~", None)],
)
def test_how_many(count: str, span: tuple[int, int] | None) -> None:
    assert pictures.bounds(count) == span


@pytest.mark.parametrize(
    ("taken", "fewest", "most", "said"),
    [
        (2, 3, 9, "收到 2 张，还要 1 张；发完回复“好了”"),
        (3, 3, 9, "收到 3 张，最多还能发 6 张；发完回复“好了”"),
        (9, 3, 9, "收到 9 张，够 9 张了；发完回复“好了”"),
    ],
)
def test_what_is_counted_aloud(taken: int, fewest: int, most: int, said: str) -> None:
    assert pictures.so_far(taken, fewest, most) == said


@pytest.mark.parametrize(
    ("count", "asked"),
    [("3~9", "要 3 到 9 张"), ("<=9", "要 1 张，最多 9 张"), ("4", "要 4 张")],
)
def test_what_is_asked(count: str, asked: str) -> None:
    field = Field("照", PHOTO, required=True, count=count)
    assert forms.question(field) == f"照？\n请发照片，{asked}，一张一张发就行，发完回复“好了”"


#: what is said; how many pictures there are; whether they are required; the answer, or why there is none
ENDS: list[tuple[str, int, bool, Any]] = [
    ("好了", 3, True, ["照片 #1", "照片 #2", "照片 #3"]),
    ("发完了。", 5, True, [name for name, _ in FIVE]),
    ("好了", 2, True, "至少要 3 张，现在 2 张，还差 1 张"),
    ("好了", 0, False, "至少要 3 张，现在 0 张，还差 3 张"),
    ("跳过", 2, False, None),
    ("跳过", 3, True, "一定要有，不能跳过"),
    ("外壳破了", 2, True, "收到 2 张，还要 1 张；发完回复“好了”"),
    ("外壳破了", 0, True, "请发照片，要 3 到 9 张"),
]


@pytest.mark.parametrize(("text", "taken", "required", "answer"), ENDS)
def test_the_word_that_ends_it(text: str, taken: int, required: bool, answer: Any) -> None:
    field = Field("照", PHOTO, required=required, count="3~9")
    if not isinstance(answer, str):
        assert finished(field, FIVE[:taken], text) == answer
        return
    with pytest.raises(FlowError) as refused:
        finished(field, FIVE[:taken], text)
    assert answer in str(refused.value)


def last(sentence: str) -> dict[str, Any]:
    texts = {**BUNDLE, **apply(sentence.split(), BUNDLE, "退货", "express").texts}
    field: dict[str, Any] = yamlfile.read(texts[FLOW])["节点"]["质检"]["表单"][-1]
    return field


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("照片 3~9 张 必填", "3~9"),
        ("照片 3~9张 必填", "3~9"),
        ("照片 3到9张 必填", "3~9"),
        ("照片 3张到9张 必填", "3~9"),
        ("照片 至少 3 张 必填", ">=3"),
        ("照片 3张以上 必填", ">=3"),
        ("照片 最多9张 必填", "<=9"),
        ("照片 4 张 必填", "4"),
        ("照片 必填 张数 3~9", "3~9"),
        ("照片 必填；流程 质检 全景 张数 3到9张", "3~9"),
        ("照片 3~9 张 必填；流程 质检 全景 张数 无", None),
    ],
)
def test_a_sentence_says_it(words: str, count: str | None) -> None:
    expected = {"名": "全景", "填": "照片", "必填": True, "张数": count}
    assert last(f"增加字段 质检 全景 {words}") == {key: value for key, value in expected.items() if value is not None}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("文本 张数 3~9", "填文本，不能有张数，只有照片可以有"),
        ("照片 9~3 张", "的张数“9~3”要在 1 到 20 之间，少的在前"),
        ("照片 3~50 张", "要在 1 到 20 之间"),
        ("照片 张数 许多", "的张数“许多”看不懂，应像 3~9、>=3、<=9"),
    ],
)
def test_what_no_field_can_have(words: str, why: str) -> None:
    with pytest.raises(FlowError) as refused:
        last(f"增加字段 质检 全景 {words}")
    assert why in str(refused.value)


def test_the_answer_tells_how_many() -> None:
    told = apply(["增加字段", "质检", "全景", "照片", "3~9", "张", "必填"], BUNDLE, "退货", "express").said
    assert told == "流程 退货：质检 办理时要填 全景（照片，必填，要 3 到 9 张）"
