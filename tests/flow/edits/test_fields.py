"""Fields of forms by sentence: when they are asked, when they must be, what is offered, who sees and changes them."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.diff.differences import differences
from flow.edits import apply
from flow.edits.synonyms import as_edit
from flow.edits.wishes import wishes
from flow.edits.working_copy import Book
from flow.errors import FlowError
from tests.support.editing import BUNDLE, FLOW

LOOK = "增加字段 质检 外观 单选 完好|破损 必填"
PHOTO = f"{LOOK}；增加字段 质检 缺陷照片 照片 当 外观=破损 必填"


def texts(sentences: str) -> dict[tuple[str, str], str]:
    return {**BUNDLE, **apply(sentences.split(), BUNDLE, "退货", "express").texts}


def node(sentences: str, name: str = "质检") -> dict[str, Any]:
    found: dict[str, Any] = yamlfile.read(texts(sentences)[FLOW])["节点"][name]
    return found


def last(sentences: str) -> dict[str, Any]:
    field: dict[str, Any] = node(sentences)["表单"][-1]
    return {key: value for key, value in field.items() if key not in ("名", "填", "选项")}


#: a sentence, and what the last field of 质检 has then
FIELDS: list[tuple[str, dict[str, Any]]] = [
    (PHOTO, {"当": {"外观": "破损"}, "必填": True}),
    (f"{LOOK}；增加字段 质检 照 照片 必填 当 外观=破损", {"必填当": {"外观": "破损"}}),  # that is when it must be
    (f"{LOOK}；增加字段 质检 照 照片 显示当 外观 = 破损", {"当": {"外观": "破损"}}),
    ("增加字段 质检 照 照片 只在 品类=家电 且 金额>500", {"当": {"品类": "家电", "金额": ">500"}}),
    ("增加字段 质检 照 照片 必填当 类型=质量问题|物流损坏 问 哪里坏了？",
     {"必填当": {"类型": "质量问题|物流损坏"}, "问": "哪里坏了？"}),
    (f"{LOOK} 默认 完好", {"必填": True, "默认": "完好"}),
    (f"{LOOK} 每样", {"必填": True, "每样": True}),
    (f"{LOOK} 每个商品都填", {"必填": True, "每样": True}),
    (f"{LOOK}；流程 质检 外观 每样 是", {"必填": True, "每样": True}),
    (f"{LOOK} 每样；流程 质检 外观 每样 否", {"必填": True}),
    ("增加字段 质检 手机 文本 默认 客户的手机", {"默认": "{客户手机}"}),
    ("增加字段 质检 寄到 文本 默认 订单的收货地址", {"默认": "{收货地址}"}),
    ("增加字段 质检 号 序列号 默认 {序列号}", {"默认": "{序列号}"}),
    (f"{LOOK}；增加字段 质检 像 文本 默认 外观", {"默认": "{外观}"}),  # as 订单号, and not that word
    (f"{LOOK}；增加字段 质检 像 文本；流程 质检 像 默认 外观", {"默认": "{外观}"}),
    (f"{LOOK}；增加字段 质检 像 单选 外观|内里 默认 外观", {"默认": "外观"}),  # an option of its own
    ("增加字段 质检 备注二 文本 默认 外箱 完好", {"默认": "外箱 完好"}),
    (f"{PHOTO}；流程 质检 缺陷照片 当 外观=完好", {"当": {"外观": "完好"}, "必填": True}),
    (f"{PHOTO}；流程 质检 缺陷照片 当 无", {"必填": True}),
    (f"{PHOTO}；流程 质检 缺陷照片 必填 否", {"当": {"外观": "破损"}}),
    (f"{PHOTO}；流程 质检 缺陷照片 选填 是", {"当": {"外观": "破损"}}),
    (f"{PHOTO}；流程 质检 缺陷照片 必填当 金额>500", {"当": {"外观": "破损"}, "必填当": {"金额": ">500"}}),
    (f"{PHOTO}；流程 质检 缺陷照片 必填当 金额>500；流程 质检 缺陷照片 必填 是",
     {"当": {"外观": "破损"}, "必填": True}),
    (f"{PHOTO}；流程 质检 缺陷照片 问 拍清楚，谢谢", {"当": {"外观": "破损"}, "必填": True, "问": "拍清楚，谢谢"}),
    (f"{PHOTO}；流程 质检 缺陷照片 在 次品处理；流程 质检 外观 在 次品处理",
     {"当": {"外观": "破损"}, "必填": True, "动作": ["次品处理"]}),
    (f"{LOOK} 默认 完好；流程 质检 外观 默认 无", {"必填": True}),
    ("增加字段 质检 分 数字 默认 80；流程 质检 分 范围 0~100", {"默认": "80", "范围": "0~100"}),
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "field"), FIELDS)
def test_a_sentence_sets_a_field(sentences: str, field: dict[str, Any]) -> None:
    assert last(sentences) == field


def test_the_options_of_a_field_can_be_said_anew() -> None:
    assert node(f"{LOOK}；流程 质检 外观 选项 完好|破损|其他|完好")["表单"][0]["选项"] == ["完好", "破损", "其他"]


#: a sentence, and the rights of 财务退款 then
RIGHTS = [
    (f"{PHOTO}；流程 财务退款 缺陷照片 隐藏", {"缺陷照片": "隐藏"}),
    (f"{PHOTO}；流程 财务退款 缺陷照片 看不到；流程 财务退款 外观 可以改", {"缺陷照片": "隐藏", "外观": "可改"}),
    (f"{PHOTO}；流程 财务退款 字段 缺陷照片 隐藏、外观 只读", {"缺陷照片": "隐藏", "外观": "只读"}),
    (f"{PHOTO}；流程 财务退款 字段 缺陷照片=隐藏；流程 财务退款 字段 外观 只读", {"缺陷照片": "隐藏", "外观": "只读"}),
    (f"{PHOTO}；流程 财务退款 外观 可改；流程 财务退款 外观 照常", None),
    (f"{PHOTO}；流程 财务退款 外观 可改；流程 财务退款 字段 外观 无", None),
    (f"{PHOTO}；流程 财务退款 外观 可改；流程 财务退款 字段 无", None),
]


@pytest.mark.parametrize(("sentences", "rights"), RIGHTS)
def test_a_sentence_sets_what_a_node_does_with_an_earlier_field(sentences: str, rights: dict[str, str] | None) -> None:
    assert node(sentences, "财务退款").get("字段") == rights


#: a sentence, and what is answered
REFUSED = [
    ("增加字段 质检 照 照片 当 外观=破损 必填", "条件里的“外观”没有人知道"),
    (f"{LOOK} 默认 坏", "表单“外观”的默认“坏”不是它能填的：可选 完好、破损"),
    (f"{LOOK}；流程 质检 外观 必填 当 金额>500", "什么时候必填，请写 必填当 金额>500"),
    (f"{LOOK}；流程 质检 外观 默认", "要写把“外观”的默认改成什么，去掉就写 无"),
    (f"{PHOTO}；流程 财务退款 字段 缺陷照片", "字段要写名字和 隐藏、只读、可改 里的一样"),
    (f"{PHOTO}；流程 财务退款 字段 缺陷照片 藏着", "没有字段“藏着”"),
    (f"{PHOTO}；流程 财务退款 字段 颜色 隐藏", "字段“颜色”没有一张表单问，可选 外观、缺陷照片"),
    (f"{LOOK}；流程 质检 外观", "质检 的 外观 现在是：单选，必填。能改的有：流程 质检 外观 默认 …"),
    (f"{LOOK}；流程 质检 默认 完好", "“默认”要写是哪一栏，质检 填的有：外观，例如：流程 质检 外观 默认 完好"),
    ("流程 质检 默认 完好", "“质检”没有“默认”这一样"),
    (f"{LOOK} 当 甲=1 或 乙=2", "同一样的“或”写成"),
]


@pytest.mark.parametrize(("sentences", "why"), REFUSED)
def test_what_cannot_be_is_refused_with_the_way_out(sentences: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        apply(sentences.split(), BUNDLE, "退货", "express")


#: a sentence, and how the change reads
TOLD = [
    (LOOK, "质检 增加表单项 外观（填 单选，选项 完好、破损，必填 是）"),
    ("增加字段 质检 照 照片 必填当 金额>500", "质检 增加表单项 照（填 照片，必填当 金额>500）"),
    (f"{PHOTO}；流程 质检 缺陷照片 当 外观=完好", "质检 缺陷照片 当：外观=破损 → 外观=完好"),
    (f"{PHOTO}；流程 质检 外观 默认 完好", "质检 外观 默认：没有 → 完好"),
    (f"{PHOTO}；流程 质检 缺陷照片 必填当 金额>500", "质检 缺陷照片 必填当：没有 → 金额>500"),
    (f"{PHOTO}；流程 财务退款 缺陷照片 隐藏", "财务退款 缺陷照片：照常 → 隐藏"),
]


@pytest.mark.parametrize(("sentences", "words"), TOLD)
def test_a_change_reads_as_people_say_it(sentences: str, words: str) -> None:
    before = texts(sentences.rpartition("；")[0]) if "；" in sentences else BUNDLE
    assert words in [change.words for change in differences(before, texts(sentences))]


def test_a_right_to_one_field_is_not_that_to_another_under_a_new_name() -> None:
    old, new = (texts(f"{PHOTO}；流程 财务退款 {name} 隐藏") for name in ("缺陷照片", "外观"))
    assert {change.words for change in differences(old, new)} == {
        "财务退款 缺陷照片：隐藏 → 照常", "财务退款 外观：照常 → 隐藏",
    }  # fmt: skip


SAID = [
    (f"{LOOK} 默认 完好", "质检 办理时要填 外观（单选，必填，默认 完好）"),
    ("增加字段 质检 照 照片 当 金额>500", "质检 办理时要填 照（照片，金额>500 时才问）"),
    ("增加字段 质检 照 照片 必填当 金额>500", "照（照片，金额>500 时必填，别的时候可以不填）"),
    ("增加字段 质检 手机 文本 默认 客户手机", "手机（文本，默认 这单的客户手机）"),
]


@pytest.mark.parametrize(("sentence", "words"), SAID)
def test_what_was_understood_is_said(sentence: str, words: str) -> None:
    assert words in apply(sentence.split(), BUNDLE, "退货", "express").said


#: what people say, and the edit that it may be
WISHED = [
    ("质检的外观默认破损", "流程 质检 外观 默认 破损"),
    ("外观默认是完好", "流程 质检 外观 默认 完好"),
    ("质检 外观 默认填完好", "流程 质检 外观 默认 完好"),
    ("外观改成选填", "流程 质检 外观 必填 否"),
    ("缺陷照片不能为空", "流程 质检 缺陷照片 必填 是"),
    ("金额超过500缺陷照片必填", "流程 质检 缺陷照片 必填当 金额>500"),
    ("金额500以上的缺陷照片必须填", "流程 质检 缺陷照片 必填当 金额>=500"),
    ("外观完好的时候才要填缺陷照片", "流程 质检 缺陷照片 当 外观=完好"),
    ("缺陷照片只有外观破损才填", "流程 质检 缺陷照片 当 外观=破损"),
    ("财务看不到缺陷照片", "流程 财务退款 缺陷照片 隐藏"),
    ("缺陷照片别让财务看", ""),
    ("不让看缺陷照片 财务退款", "流程 财务退款 缺陷照片 隐藏"),
    ("财务可以改外观", "流程 财务退款 外观 可改"),
    ("财务只能看外观", "流程 财务退款 外观 只读"),
    ("质检默认破损", "流程 质检 外观 默认 破损"),
    ("质检默认很好", ""),
    ("外观很重要", ""),
    ("客服看不到颜色", ""),
]


@pytest.mark.parametrize(("text", "edit"), WISHED)
def test_what_is_wished_of_a_field(text: str, edit: str) -> None:
    found = wishes(text, Book(texts(PHOTO), "退货", "express"))
    assert (found[0] if found else "") == edit


@pytest.mark.parametrize("text", ["质检 外观 默认 完好", "财务退款 缺陷照片 隐藏", "质检 缺陷照片 必填 否"])
def test_an_edit_of_a_field_needs_no_verb(text: str) -> None:
    assert as_edit(text, Book(texts(PHOTO), "退货", "express")) == f"流程 {text}"
