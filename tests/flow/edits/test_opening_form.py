"""增加字段 提交 …: what is asked before a case is one, by sentence and by the sheet, told and checked."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions import yamlfile
from flow.edits import apply
from flow.edits.wishes import wishes
from flow.edits.working_copy import Book
from flow.errors import FlowError
from tests.support.editing import BUNDLE, FLOW, said, words

CHANNEL = "增加字段 提交 购买渠道 单选 直播间|店铺|门店 必填"


def flow(sentences: str) -> dict[str, Any]:
    texts = {**BUNDLE, **apply(sentences.split(), BUNDLE, "退货", "express").texts}
    found: dict[str, Any] = yamlfile.read(texts[FLOW])
    return found


#: sentences, and what is asked then but for the field's name, kind and options; None: nothing at all
SAID: list[tuple[str, list[dict[str, Any]] | None]] = [
    (CHANNEL, [{"必填": True}]),
    (f"{CHANNEL}；增加字段 提交 主播 文本 当 购买渠道=直播间", [{"必填": True}, {"当": {"购买渠道": "直播间"}}]),
    (f"{CHANNEL}；流程 提交 购买渠道 必填 否", [{}]),
    (f"{CHANNEL}；流程 提交 购买渠道 默认 门店", [{"必填": True, "默认": "门店"}]),
    (f"{CHANNEL}；流程 退货 提交 购买渠道 问 在哪里买的？", [{"必填": True, "问": "在哪里买的？"}]),
    (f"{CHANNEL}；删除字段 提交 购买渠道", None),
]


@pytest.mark.parametrize(("sentences", "asked"), SAID)
def test_a_sentence_sets_it(sentences: str, asked: list[dict[str, Any]] | None) -> None:
    data = flow(sentences)
    assert "提交" not in data["节点"]
    form = data.get("提交表单")
    told = form and [{key: item[key] for key in item if key not in ("名", "填", "选项")} for item in form]
    assert told == asked


@pytest.mark.parametrize(
    ("sentences", "why"),
    [
        (f"{CHANNEL}；流程 提交 时限 4小时", "提交不是节点，没有“时限”"),
        (f"{CHANNEL}；增加字段 提交 购买渠道 文本", "已经有字段“购买渠道”了"),
        ("增加字段 提交 凭证 照片", "提交的时候还没有单，照片请放到后面的节点填"),
        ("增加字段 质检 外观 文本；增加字段 提交 外观 文本", "在节点“质检”又问一次"),
        ("增加字段 提交 缺件 文本", "同名"),
        ("增加字段 提交 主播 文本 当 质检结果=合格", "才填，这里还不知道"),
        (f"{CHANNEL} 在 同意", "同意"),
    ],
)
def test_what_cannot_be(sentences: str, why: str) -> None:
    with pytest.raises(FlowError) as refused:
        apply(sentences.split(), BUNDLE, "退货", "express")
    assert why in str(refused.value)


def test_it_is_told_and_named_in_plain_words() -> None:
    new = said(CHANNEL)
    assert words(BUNDLE, new) == ["提交表单 增加 购买渠道（填 单选，选项 直播间、店铺、门店，必填 是）"]
    assert words(new, said("流程 提交 购买渠道 必填 否", texts=new)) == ["提交表单 购买渠道 必填：是 → 否"]
    assert apply(CHANNEL.split(), BUNDLE, "退货", "express").said == (
        "流程 退货：提交 开单前要填 购买渠道（单选，必填）"
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("开单的时候要选购买渠道，直播间、店铺、门店", CHANNEL),
        ("提交要填主播姓名，必填", "增加字段 提交 主播姓名 文本 必填"),
        ("退货提交前要问客户发票号，选填", "增加字段 退货 提交 发票号 文本"),
        ("提交要写理由", ""),
        ("提交前要主管审批", ""),
        ("质检要拍3到9张照片", "增加字段 质检 照片 照片 必填 张数 3~9"),
        ("质检要拍照片，至少 3 张", "增加字段 质检 照片 照片 必填 张数 >=3"),
    ],
)
def test_what_is_wished(text: str, meant: str) -> None:
    found = [*wishes(text, Book(BUNDLE, "退货", "express"))]
    assert (meant in found) if meant else not any("提交" in each for each in found), found


def test_a_wish_finds_it() -> None:
    texts = {**BUNDLE, **apply(CHANNEL.split(), BUNDLE, "退货", "express").texts}
    assert "流程 提交 购买渠道 默认 门店" in [*wishes("购买渠道默认门店", Book(texts, "退货", "express"))]
