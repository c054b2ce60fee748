"""Values in cells: what is written reads back as the same value, and what people type reads as they mean it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.conditions import CellError
from flow.workbook.file import text_of
from flow.workbook.forms import FORM
from flow.workbook.owners import LEVELS, OWNER
from flow.workbook.tables import merged
from flow.workbook.values import (
    AMOUNT,
    ASKS,
    CONDITIONS,
    LIMIT,
    NAMES,
    PROSE,
    SWITCHES,
    WORD,
    YES_NO,
    condition,
    one_of,
)
from flow.workbook.words import escaped, has_control, joined, meant, names, parted, storable, unescaped
from tests.support.workbook_values import CONDITION_ROWS, FIELDS, LINES, OWNERS, WORDS

if TYPE_CHECKING:
    from flow.workbook.tables import Codec


ROUND_TRIPS: list[tuple[Codec, st.SearchStrategy[Any]]] = [
    (NAMES, st.lists(WORDS, min_size=1, max_size=5)),
    (CONDITIONS, CONDITION_ROWS),
    (SWITCHES, st.dictionaries(WORDS, WORDS, min_size=1, max_size=3)),
    (ASKS, st.dictionaries(WORDS, LINES, min_size=1, max_size=3)),
    (OWNER, OWNERS),
    (LEVELS, st.lists(st.fixed_dictionaries({"名": WORDS}, optional={"负责人": OWNERS, "当": CONDITION_ROWS}),
                      min_size=1, max_size=3, unique_by=lambda level: level["名"])),
    (FORM, st.lists(FIELDS, min_size=1, max_size=3, unique_by=lambda field: field["名"])),
    (PROSE, LINES),
    (WORD, WORDS),
    (AMOUNT, st.integers(0, 10**8)),
    (LIMIT, st.sampled_from(["24小时", "30分钟", "7天"])),
    (YES_NO, st.booleans()),
]  # fmt: skip


@given(st.data())
def test_what_is_written_reads_back_the_same(data: st.DataObject) -> None:
    codec, values = data.draw(st.sampled_from(ROUND_TRIPS))
    value = data.draw(values)
    shown = codec.show(value)
    read = codec.read(storable(shown))
    if codec is OWNER:  # 派法 has a column of its own
        value = {key: item for key, item in value.items() if key != "派法"}
    assert read == value, shown


TYPED: list[tuple[Codec, str, Any]] = [
    (NAMES, "单号、商品，客户;时限", ["单号", "商品", "客户", "时限"]),  # any list mark
    (NAMES, "单号、、 商品 ", ["单号", "商品"]),  # blanks are nothing
    (CONDITIONS, "金额＞１０００；类型＝甲｜乙", {"金额": ">1000", "类型": "甲|乙"}),  # full-width
    (CONDITIONS, "金额 >= 50\n已质检: 是", {"金额": ">=50", "已质检": "是"}),  # a line each, a colon for a sign
    (CONDITIONS, "金额=50~500；", {"金额": "50~500"}),  # a mark too many
    (SWITCHES, "已质检=是；质检结果：合格", {"已质检": "是", "质检结果": "合格"}),
    (ASKS, "缺件=缺什么、扣多少？例如 a=b", {"缺件": "缺什么、扣多少？例如 a=b"}),  # prose keeps its marks
    (OWNER, "角色：客服组长，否则=客服主管", {"角色": "客服组长", "否则": "客服主管"}),
    (OWNER, "审批表；否则 运营总监", {"审批表": True, "否则": "运营总监"}),
    (OWNER, "提交人上级；同区域；同品类", {"提交人上级": True, "同区域": True, "同品类": True}),
    (OWNER, "分派表 维修分派", {"分派表": "维修分派"}),
    (OWNER, "角色 客服；区域 华东；派法 轮流", {"角色": "客服", "区域": "华东", "派法": "轮流"}),
    (LEVELS, "初检|角色 质检员\n复检｜角色 质检主管；同仓库｜金额>1000；类型=甲|乙", [
        {"名": "初检", "负责人": {"角色": "质检员"}},
        {"名": "复检", "负责人": {"角色": "质检主管", "同仓库": True}, "当": {"金额": ">1000", "类型": "甲|乙"}},
    ]),
    (LEVELS, "初检\n终检｜｜分歧=是", [{"名": "初检"}, {"名": "终检", "当": {"分歧": "是"}}]),
    (FORM, "责任方｜单选｜必填｜商家、客户｜动作=合格入库、次品处理", [
        {"名": "责任方", "填": "单选", "必填": True, "选项": ["商家", "客户"], "动作": ["合格入库", "次品处理"]},
    ]),
    (FORM, "折旧 | 金额 | 问=扣多少？ | 范围=0~100\n照片|照片", [
        {"名": "折旧", "填": "金额", "问": "扣多少？", "范围": "0~100"}, {"名": "照片", "填": "照片"},
    ]),
    (LIMIT, "２４ 小时", "24小时"),
    (AMOUNT, "¥1,000.00", 1000),
    (AMOUNT, "1000.50元", "1000.50"),  # exact, never a float
    (YES_NO, "✓", True),
    (YES_NO, "否", False),
    (WORD, " 质检　部 ", "质检 部"),
    (condition("金额"), "＜＝５０", "<=50"),
]  # fmt: skip


@pytest.mark.parametrize(("codec", "typed", "value"), TYPED)
def test_what_people_type(codec: Codec, typed: str, value: Any) -> None:
    assert codec.read(typed) == value


WRONG: list[tuple[Codec, str, str]] = [
    (CONDITIONS, "金额", "应像 金额>1000"),
    (CONDITIONS, ">1000", "应像 金额>1000"),  # of what?
    (CONDITIONS, "金额=500~50", "左边比右边大"),
    (SWITCHES, "=是", "应像 已质检=是"),
    (ASKS, "缺什么？", "应像 缺件=缺什么"),
    (OWNER, "角色 客服；角色 财务", "“角色”写了两次"),
    (OWNER, "团对 华东组", "是不是“团队”？"),
    (OWNER, "人", "“人”后面要写名字"),
    (LEVELS, "｜角色 质检员", "没有名字"),
    (LEVELS, "初检｜角色 质检员｜4小时", "请写到“时限”表里"),
    (LEVELS, "初检｜4小时", "请写到“时限”表里"),
    (FORM, "责任方｜单选｜甲｜乙", "选项写了两次"),
    (FORM, "责任方｜单选｜选择=甲", "“选择”不认识，是不是“选项”？"),
    (FORM, "责任方｜必填", "填法“必填”不认识"),
    (FORM, "甲｜文本\n甲｜数字", "“甲”写了两次"),
    (LIMIT, "一天", "应像 24小时"),
    (AMOUNT, "-5", "不是金额"),
    (AMOUNT, "五十", "不是金额"),
    (YES_NO, "可能", "写 是 或空着"),
    (one_of(("人工", "自动")), "手工", "是不是“人工”？可选 人工、自动"),
    (condition("金额"), "50元以下", ""),  # a word like any other
    (condition("金额"), ">五十", "“>五十”看不懂"),
]


@pytest.mark.parametrize(("codec", "typed", "words"), WRONG)
def test_what_nobody_can_mean(codec: Codec, typed: str, words: str) -> None:
    if not words:
        assert codec.read(typed) == typed
        return
    with pytest.raises(CellError) as error:
        codec.read(typed)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (50.0, "50"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (12, "12"),
        (True, "是"),
        (False, "否"),
        ("  退货\r\n单 ", "退货\n单"),
        ("一_x000D_\n二", "一\n二"),  # how some programs write a line end
    ],
)
def test_a_cell_as_a_person_would_have_typed_it(value: Any, text: str) -> None:
    assert text_of(value) == text


@given(st.lists(WORDS, min_size=1), st.sampled_from(["、，,；;\n", "；;\n", "｜|", "\n"]))
def test_escaped_texts_stay_whole(texts: list[str], separators: str) -> None:
    cell = separators[0].join(escaped(text, separators) for text in texts)
    assert [unescaped(part) for part in parted(cell, separators)] == texts
    assert names(joined(texts)) == texts


@given(st.text(max_size=60))
def test_what_is_stored_has_no_control_characters_and_stays(text: str) -> None:
    stored = storable(text)
    assert not has_control(stored)
    assert storable(stored) == stored


@given(
    st.dictionaries(st.sampled_from("甲乙丙丁"), st.one_of(st.none(), st.integers()), max_size=4),
    st.dictionaries(st.sampled_from("甲乙戊"), st.one_of(st.none(), st.integers()), max_size=3),
)
def test_merging_keeps_what_the_sheets_do_not_show(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = merged(old, new)
    assert merged(old, old) == old
    assert list(found) == [key for key in old if key in found] + [key for key in new if key in found and key not in old]
    for key in {*old, *new}:
        said = new.get(key, old.get(key))
        assert found.get(key) == said if said is not None else found.get(key) is None


@pytest.mark.parametrize(
    ("word", "known", "words"),
    [
        ("复捡", ["复检", "质检"], "，是不是“复检”？"),
        ("完全不同", ["复检"], ""),
        ("x", [], ""),
    ],
)
def test_a_wrong_word_may_have_meant_another(word: str, known: list[str], words: str) -> None:
    assert meant(word, known) == words
