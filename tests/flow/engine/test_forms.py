"""How a form asks and reads: every kind of field, good answers, bad ones, and what may be left out. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions import flow as d
from flow.definitions.flow import Action, Field
from flow.engine import forms
from flow.errors import PolicyRefused

TODAY = date(2026, 11, 23)
OPTIONS = ("客户", "物流", "商家")


def field(kind: str, **more: Any) -> Field:
    options = OPTIONS if kind in (d.CHOICE, d.CHOICES) else ()
    return Field("责任", kind, options, **{"required": True, **more})


GOOD = [
    (d.TEXT, " 外壳破裂 ", "外壳破裂"),
    (d.TEXT, "好" * 200, "好" * 200),
    (d.NUMBER, "12", "12"),
    (d.NUMBER, "-0.5", "-0.5"),
    (d.MONEY, "35", "35.00"),
    (d.MONEY, "¥35.5", "35.50"),
    (d.MONEY, "35.50元", "35.50"),
    (d.MONEY, "1,234.50", "1234.50"),
    (d.DATE, "今天", "2026-11-23"),
    (d.DATE, "昨天", "2026-11-22"),
    (d.DATE, "11-20", "2026-11-20"),
    (d.DATE, "2025年12月1日", "2025-12-01"),
    (d.CHOICE, "物流", "物流"),
    (d.CHOICE, "2", "物流"),
    (d.CHOICES, "商家 1", ["客户", "商家"]),  # in the form's own order, whatever was said first
    (d.CHOICES, "1、2、2", ["客户", "物流"]),
    (d.SERIAL, "sn-20 26/01", "SN-2026/01"),
    (d.WAYBILL, "sf 1234 5678 90", "SF1234567890"),
]


@pytest.mark.parametrize(("kind", "said", "kept"), GOOD)
def test_an_answer_is_kept_as(kind: str, said: str, kept: Any) -> None:
    assert forms.read(field(kind), said, TODAY) == kept


BAD = [
    (d.TEXT, "好" * 201, "责任最多 200 个字，现在有 201 个"),
    (d.NUMBER, "十二", "责任“十二”不是数"),
    (d.NUMBER, "1" + "0" * 12, "不是数"),
    (d.MONEY, "35.505", "不是金额，最多两位小数"),
    (d.MONEY, "-1", "不是金额"),
    (d.MONEY, "NaN", "不是数"),
    (d.DATE, "2-30", "没有2月30日这一天"),
    (d.DATE, "2-29", "是 2024-02-29 还是 2028-02-29？请把年份也写上"),
    (d.DATE, "改天", "不是日期"),
    (d.CHOICE, "仓库", "责任没有“仓库”这一项，可选：客户、物流、商家"),
    (d.CHOICE, "4", "没有“4”这一项"),
    (d.CHOICES, "1 9", "没有“9”这一项"),
    (d.CHOICES, "、", "可选几个"),
    (d.SERIAL, "坏", "不像序列号：4 到 40 位字母、数字、短横"),
    (d.SERIAL, "A1", "不像序列号"),
    (d.PHOTO, "拍了", "责任要一张照片，请直接发图片"),
    (d.WAYBILL, "顺丰", "责任“顺丰”不像运单号：6 到 40 位字母、数字、短横，例如 SF1234567890"),
    (d.TEXT, "  ", "责任？"),  # nothing said: the question again
]


@pytest.mark.parametrize(("kind", "said", "sentence"), BAD)
def test_what_is_no_answer_is_said(kind: str, said: str, sentence: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        forms.read(field(kind), said, TODAY)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("said", "fits"), [("0", True), ("100", True), ("-0.01", False), ("100.01", False)], ids=lambda each: str(each)
)
def test_a_number_is_within_its_bounds(said: str, fits: bool) -> None:
    bounded = field(d.NUMBER, bounds="0~100")
    if fits:
        assert forms.read(bounded, said, TODAY) == said
    else:
        with pytest.raises(PolicyRefused, match="要在 0~100 之内"):
            forms.read(bounded, said, TODAY)


@pytest.mark.parametrize(("kind", "said"), [(d.NUMBER, "120"), (d.MONEY, "120元")])
def test_what_is_out_of_bounds_is_said_as_it_was_typed(kind: str, said: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        forms.read(field(kind, bounds="0~100"), said, TODAY)
    assert str(refused.value) == f"责任要在 0~100 之内，{said} 不行"


WHEN = [
    # the name of a field, or else its question, says whether a day without a year has been or is to come
    ("购买日期", "", "12-30", "2025-12-30"),
    ("预约日期", "", "11-20", "2027-11-20"),
    ("日期", "什么时候签收的？", "12-30", "2025-12-30"),
    ("日期", "什么时候上门？", "11-20", "2027-11-20"),
    ("购买日期", "什么时候上门？", "12-30", "2025-12-30"),  # the name before the question
    ("日期", "", "12-30", "2026-12-30"),  # neither: the nearer, of this year
]


@pytest.mark.parametrize(("name", "question", "said", "day"), WHEN)
def test_a_day_without_a_year_is_read_by_what_it_is_for(name: str, question: str, said: str, day: str) -> None:
    assert forms.read(Field(name, d.DATE, question=question), said, TODAY) == day


@pytest.mark.parametrize("kind", d.FIELD_KINDS)
def test_what_is_optional_may_be_left_out(kind: str) -> None:
    assert forms.read(field(kind, required=False), "跳过", TODAY) is None
    assert "没有就回复“跳过”" in forms.question(field(kind, required=False))


@pytest.mark.parametrize("kind", [kind for kind in d.FIELD_KINDS if kind != d.TEXT])
def test_what_is_required_may_not(kind: str) -> None:
    assert "跳过" not in forms.question(field(kind))
    with pytest.raises(PolicyRefused):
        forms.read(field(kind), "跳过", TODAY)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_of_money_comes_back_to_the_cent(amount: Decimal) -> None:
    assert Decimal(forms.read(field(d.MONEY), str(amount), TODAY)) == amount


QUESTIONS = [
    (field(d.CHOICE, question="谁的责任？"), "谁的责任？\n1. 客户　2. 物流　3. 商家\n请回复序号或文字"),
    (field(d.CHOICES), "责任？\n1. 客户　2. 物流　3. 商家\n可选几个，序号用空格隔开"),
    (
        field(d.CHOICE, required=False),
        "责任？\n1. 客户　2. 物流　3. 商家\n请回复序号或文字；没有就回复“跳过”",
    ),
    (field(d.NUMBER, bounds="0~100"), "责任？\n请回复一个数（0~100）"),
    (field(d.PHOTO, required=False), "责任？\n请发一张照片；没有就回复“跳过”"),
]


@pytest.mark.parametrize(("asked", "words"), QUESTIONS)
def test_the_question_says_how_to_answer(asked: Field, words: str) -> None:
    assert forms.question(asked) == words


def test_only_choices_of_the_form_come_from_a_drop_down() -> None:
    form = [field(d.CHOICE), Field("备注", d.TEXT)]
    said = {"责任": "物流", "备注": "夹带", "金额": "0.01"}
    assert forms.chosen(form, said) == {"责任": "物流"}
    assert forms.chosen(form, {"责任": "仓库"}) == {}


def test_the_drop_down_is_the_first_choice() -> None:
    found = forms.drop_down([Field("备注", d.TEXT), field(d.CHOICE)], {})
    assert found == field(d.CHOICE)
    options = forms.options_of(field(d.CHOICE))
    assert [text for _, text in options] == ["请选择", *OPTIONS], "untouched it says nothing"
    assert forms.chosen([field(d.CHOICE)], {"责任": options[0][0]}) == {}
    assert forms.drop_down([Field("备注", d.TEXT)], {}) is None


WANTED = [
    # asked for every action, but not for a harmful one or a hand-over
    ((), Action("同意", ()), True),
    ((), Action("驳回", (), danger=True), False),
    ((), Action("转交", (), hands_over=True), False),
    # or for those that it names, whatever they are
    (("驳回",), Action("驳回", (), danger=True), True),
    (("驳回",), Action("同意", ()), False),
]


@pytest.mark.parametrize(("actions", "action", "wanted"), WANTED)
def test_a_field_is_wanted_for(actions: tuple[str, ...], action: Action, wanted: bool) -> None:
    assert field(d.TEXT, actions=actions).wanted_for(action) is wanted
