"""How the neutral card looks on WeCom, and what long or hostile words turn into."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Rejected
from bot.channels.wecom.cards import to_markdown, to_send, to_update
from bot.channels.wecom.text import split
from bot.channels.wecom.xml import document
from cards.types import Button, Card, Fact, Select
from sandbox.wecom.camel import card_from_xml
from sandbox.wecom.spec import Mode
from sandbox.wecom.validate import check_card
from tests.support.wecom_desk import APPROVAL, RECORD

GOLDEN_APPROVAL = {
    "card_type": "button_interaction",
    "source": {"desc": "售后中心", "desc_color": 2},
    "main_title": {"title": "审批：退款 ¥2,880.00"},
    "sub_title_text": "质量问题 · 开机无反应",
    "horizontal_content_list": [
        {"keyname": "单号", "value": "R20261122-0007"},
        {"keyname": "时限", "value": "已超时 2 小时 10 分"},
    ],
    "task_id": "rt-7-1",
    "button_selection": {
        "question_key": "opinion",
        "title": "意见",
        "option_list": [{"id": "ok", "text": "符合政策"}, {"id": "no", "text": "不符合政策"}],
        "selected_id": "ok",
    },
    "button_list": [
        {"text": "同意", "style": 1, "key": "a:7:1"},
        {"text": "转交", "style": 3, "key": "t:7:1"},
        {"text": "驳回", "style": 4, "key": "r:7:1"},
    ],
}
GOLDEN_RECORD = (
    "<xml><TemplateCard><CardType><![CDATA[button_interaction]]></CardType>"
    "<Source><Desc><![CDATA[售后中心]]></Desc><DescColor>0</DescColor></Source>"
    "<MainTitle><Title><![CDATA[已同意：退款 ¥2,880.00]]></Title></MainTitle>"
    "<SubTitleText><![CDATA[赵总监 今天 14:03 · 用时 12 分 ]]]]><![CDATA[> ＜b>]]></SubTitleText>"
    "<HorizontalContentList><KeyName><![CDATA[单号]]></KeyName>"
    "<Value><![CDATA[R20261122-0007]]></Value></HorizontalContentList>"
    "<ButtonSelection><QuestionKey><![CDATA[opinion]]></QuestionKey><Title><![CDATA[意见]]></Title>"
    "<OptionList><Id><![CDATA[ok]]></Id><Text><![CDATA[符合政策]]></Text></OptionList>"
    "<OptionList><Id><![CDATA[no]]></Id><Text><![CDATA[不符合政策]]></Text></OptionList>"
    "<SelectedId><![CDATA[ok]]></SelectedId><Disable>true</Disable></ButtonSelection>"
    "<ButtonList><Text><![CDATA[已同意]]></Text><Style>3</Style><Key><![CDATA[done]]></Key></ButtonList>"
    "<ReplaceText><![CDATA[已同意]]></ReplaceText></TemplateCard></xml>"
)

MENU = (Button("为什么是我", "w:7:1"), Button("看流程", "f:7:1"))
GOLDEN_MENU = {
    "desc": "更多",
    "action_list": [{"text": "为什么是我", "key": "w:7:1"}, {"text": "看流程", "key": "f:7:1"}],
}

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)


def test_the_approval_card() -> None:
    assert to_send(APPROVAL, "rt-7-1") == GOLDEN_APPROVAL


def test_the_approval_card_with_a_menu() -> None:
    assert to_send(replace(APPROVAL, menu=MENU), "rt-7-1") == GOLDEN_APPROVAL | {"action_menu": GOLDEN_MENU}


def test_a_redrawn_card_keeps_its_menu_in_both_forms() -> None:
    redrawn = to_update(replace(APPROVAL, menu=MENU))
    node = ElementTree.fromstring(document({"template_card": redrawn})).find("TemplateCard")
    assert node is not None
    assert card_from_xml(node)["action_menu"] == redrawn["action_menu"] == GOLDEN_MENU


def test_a_record_keeps_no_menu() -> None:
    assert to_update(replace(RECORD, menu=MENU)) == to_update(RECORD)
    assert "action_menu" not in to_send(replace(RECORD, menu=MENU), "rt-7-1")


def test_the_record_as_a_passive_reply() -> None:
    assert document({"template_card": to_update(RECORD)}) == GOLDEN_RECORD


def test_the_xml_says_what_the_json_says() -> None:
    node = ElementTree.fromstring(GOLDEN_RECORD).find("TemplateCard")
    assert node is not None
    assert card_from_xml(node) == to_update(RECORD)


@pytest.mark.parametrize("token", ["", "退货-7", "a:b", "a.b", "x" * 129])
def test_a_token_must_be_a_task_id(token: str) -> None:
    with pytest.raises(Rejected):
        to_send(APPROVAL, token)


def test_a_record_without_a_verdict_is_grey_all_the_same() -> None:
    assert to_update(Card("已撤单"))["replace_text"] == "已处理"


def test_a_live_card_is_redrawn_live() -> None:
    redrawn = to_update(APPROVAL)
    assert "replace_text" not in redrawn
    assert "disable" not in redrawn["button_selection"]


def test_a_record_in_words() -> None:
    late = Card("李** 的退货", "第一行\n第二行", (Fact("时限", "超时 2 小时", alert=True),), verdict="已关闭")
    assert to_markdown(late).splitlines() == [
        "**李＊＊ 的退货**",
        "> 第一行",
        "> 第二行",
        '> 时限：<font color="warning">超时 2 小时</font>',
        "已关闭",
    ]


OPTIONS = st.lists(words.map(lambda text: text[:16]), min_size=1, max_size=10).map(
    lambda texts: tuple((f"id:{n}", text) for n, text in enumerate(texts))
)
cards = st.builds(
    Card,
    title=words.map(lambda text: text[:36]),
    lead=words.map(lambda text: text[:112]),
    facts=st.lists(
        st.builds(Fact, words.map(lambda text: text[:5]), words.map(lambda text: text[:30]), alert=st.booleans()),
        max_size=6,
    ).map(tuple),
    buttons=st.lists(words.map(lambda text: text[:10]), max_size=6).map(
        lambda texts: tuple(Button(text, f"key:{n}") for n, text in enumerate(texts))
    ),
    select=st.none() | st.builds(Select, words.map(lambda text: text[:99]), st.text(max_size=13), OPTIONS),
    verdict=st.text(max_size=10),
    menu=st.lists(words.map(lambda text: text[:10]), max_size=3).map(
        lambda texts: tuple(Button(text, f"entry:{n}") for n, text in enumerate(texts))
    ),
)


@given(cards)
def test_any_card_passes_the_platforms_check(card: Card) -> None:
    check_card(to_send(card, "t"), Mode())
    check_card(to_update(card), Mode(updating=True))


@given(cards)
def test_any_card_fits_into_a_markdown_message(card: Card) -> None:
    assert len(to_markdown(card).encode()) <= 2048


@given(st.text())
def test_any_text_survives_in_xml(text: str) -> None:
    root = ElementTree.fromstring(document({"content": text}))
    kept = "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char in "\n\t" or char >= " ")
    assert (root.findtext("Content") or "") == kept.replace("\ufffe", "").replace("\uffff", "")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("短", ["短"], id="short"),
        pytest.param("一二\n三四", ["一二", "三四"], id="cut at the line's end"),
        pytest.param("一二三四五", ["一二三", "四五"], id="a line that is too long"),
        pytest.param("一\n二\n三四", ["一\n二", "三四"], id="as many lines as fit"),
        pytest.param("😀😀😀", ["😀😀", "😀"], id="never within a character"),
        pytest.param("一\n\n\n\n\n\n\n\n\n\n二", ["一", "二"], id="blank pieces are left out"),
        pytest.param("", [""], id="nothing: the platform refuses it"),
    ],
)
def test_long_text_is_split(text: str, pieces: list[str]) -> None:
    assert split(text, 9) == pieces


@given(st.text(min_size=1), st.integers(4, 40))
def test_nothing_but_line_ends_is_lost_in_splitting(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(len(piece.encode()) <= most for piece in pieces) or not text.strip()
    assert "".join("".join(pieces).split()) == "".join(text.split())
