"""What came from outside, at every exit: no link, no mention, no mark, and to a reader the words that were typed."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.channels.dingtalk import actioncard, messages
from bot.channels.dingtalk import cards as dingtalk
from bot.channels.wecom import cards as wecom
from bot.channels.wecom.parts import parts_of
from cards.content import pack, unpack
from cards.documents.cells import put
from cards.types import Button, Card, Fact, Select, Text
from models.accounts import is_account
from models.formulas import inert
from models.outside import all_visible, one_line, page, plain, unmarked, visible

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = [
    "[看](http://a)", "![图](http://a/b.png)", "<a href=x>看</a>", "<a atId=lin>林</a>", "<@lin>", "<@all>",
    "@all 请看",
    "@13800138000", "@林晓 看", "**粗**", "__粗__", "_斜_", "~~删~~", "# 标题", "> 引用", "- 一项", "+ 一项", "`代码`",
    "```\n代码\n```", "=1+1", "+86 1", "-1", "---", "===", "| 甲 | 乙 |", "&lt;b&gt;", "&#60;b&#62;", "\\*不粗\\*",
    "<font color=\"warning\">红</font>", "<script>x</script>", "http://a.example/看", "https://evil.com",
    "www.evil.com",
    "请看@all快看", "找@林晓", "点开evil.com看", "在www.evil.com里", "李雷@evil.com", "写给mailto:a@b.com", "见http://a.cn吧",
    "evil.com/x", "mailto:a@b.com", "dtmd://dingtalkclient/sendMessage?content=同意", "上一行\n# 下一行\n---\n> 引",
    "先看\u202e倒过来\u202c", "零\u200b宽\u200d字\ufeff", "响\u0007铃\u0000", "制\t表", "]]><x>", '"引号"', "a#quot;b",
    "$x^2$",
]  # fmt: skip
CARD = Card("售后", buttons=(Button("同意", "a1|1|1|同意"),))
#: what a client acts on: tags and mentions, links in either form, bare addresses, entities, marks
TAG = re.compile(r"<(?:[A-Za-z/!@?])")
ADDRESS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|(?<![A-Za-z0-9])www\.|mailto:"
    r"|(?<![A-Za-z0-9_.-])(?<![A-Za-z0-9_.+-]@)[A-Za-z0-9-]+\.(?:com|cn)(?![A-Za-z0-9_-])"
)
MENTION = re.compile(r"(?<![A-Za-z0-9_.+-])@\w")
MARK = re.compile(r"[*`\[\]#\\~|>]|&#?\w+;|(?<![^\W_])_|_(?![^\W_])|^[ ]*[-+] |^[ ]*[-=]{2,}[ ]*$", re.MULTILINE)


def read(text: str) -> str:
    """A text as somebody reads it: full-width twins are the signs they stand for, blanks are blanks."""
    seen = unicodedata.normalize("NFKC", visible(text))
    return " ".join(seen.split())


def _wecom_text(text: str) -> str:
    [part] = parts_of(Text(text))
    return part.body  # type: ignore[union-attr]


def _template(text: str) -> dict[str, Any]:
    select = Select("k", text[:13], (("1", text[:16] or "x"),))
    facts, buttons = (Fact("备注", text[:30]),), _pressed(text).buttons
    return wecom.to_send(Card(text[:36], text, facts=facts, buttons=buttons, select=select, source=text), "t1")


def _record(text: str) -> dict[str, Any]:
    return wecom.to_update(Card("售后", verdict=text[:10]))


def _pressed(text: str) -> Card:
    return Card("售后", buttons=(Button(text[:10], "a1|1|1|同意"),))


def _buttons(text: str) -> list[dict[str, Any]]:
    return list(json.loads(dingtalk.params(_pressed(text))[dingtalk.FULL])["msgButtons"])


def _preview(text: str) -> str:
    space = dingtalk.robot_space(Card(text[:36]), "lin", "r")
    return str(space["imRobotOpenSpaceModel"]["lastMessageI18n"]["ZH_CN"])


def _dingtalk_card(text: str) -> str:
    return dingtalk.params(Card("售后", text, buttons=CARD.buttons))["markdown"]


def _fact(text: str) -> str:
    return dingtalk.params(Card("售后", facts=(Fact("备注", text[:30]),)))["markdown"].removeprefix("**备注** ")


PLAIN: dict[str, Callable[[str], str]] = {
    "企业微信 文字": _wecom_text,
    "企业微信 卡片正文": lambda text: _template(text)["sub_title_text"],
    "企业微信 卡片标题": lambda text: _template(text)["main_title"]["title"],
    "企业微信 卡片行": lambda text: _template(text)["horizontal_content_list"][0]["value"],
    "企业微信 下拉": lambda text: _template(text)["button_selection"]["option_list"][0]["text"],
    "企业微信 卡片按钮": lambda text: _template(text)["button_list"][0]["text"],
    "企业微信 卡片结果": lambda text: _record(text)["replace_text"],
    "企业微信 卡片来源": lambda text: _template(text)["source"]["desc"],
    "企业微信 下拉标题": lambda text: _template(text)["button_selection"]["title"],
    "钉钉 文字": lambda text: "\n".join(bubble.param["content"] for bubble in messages.texts(text)),
    "补件话术": lambda text: plain(one_line(text)),
}
MARKDOWN: dict[str, Callable[[str], str]] = {
    "钉钉 卡片标题": lambda text: dingtalk.params(Card(text[:36]))["title"],
    "钉钉 卡片来源": lambda text: dingtalk.params(Card("售后", source=text))["tips"],
    "钉钉 卡片按钮": lambda text: _buttons(text)[0]["text"],
    "钉钉 卡片预览": lambda text: _preview(text),
    "钉钉 ActionCard 标题": lambda text: actioncard.bubble(Card(text[:36]), "t").param["title"],
    "钉钉 ActionCard 按钮": lambda text: actioncard.bubble(_pressed(text), "t").param["singleTitle"],
    "钉钉 图注标题": lambda text: messages.image("m", text[:30], "").param["title"],
    "钉钉 文件名": lambda text: messages.attachment("m", text, "xlsx").param["fileName"],
    "企业微信 markdown": lambda text: (
        wecom.to_markdown(Card("售后", text)).removeprefix("**售后**\n")[2:].replace("\n> ", "\n")
    ),
    "钉钉 卡片": _dingtalk_card,
    "钉钉 卡片行": _fact,
    "钉钉 ActionCard": lambda text: (
        actioncard.bubble(Card("售后", text), "t").param["text"].removeprefix("#### 售后  \n  \n")
    ),
    "钉钉 图注": lambda text: messages.image("m", "图", text).param["text"].removeprefix("![图](m)").strip(),
}
SHORT = {
    "企业微信 卡片按钮": 10, "企业微信 卡片结果": 10, "企业微信 下拉标题": 13, "钉钉 卡片标题": 36, "钉钉 卡片按钮": 10,
    "钉钉 卡片预览": 36, "钉钉 ActionCard 标题": 36, "钉钉 ActionCard 按钮": 10, "钉钉 图注标题": 30,
"企业微信 卡片标题": 36, "企业微信 卡片行": 30, "企业微信 下拉": 16, "钉钉 卡片行": 30,
}  # fmt: skip


@pytest.mark.parametrize("name", [*PLAIN, *MARKDOWN])
@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_a_message_shows_the_words_that_were_typed(name: str, sample: str) -> None:
    shown = (PLAIN | MARKDOWN)[name](sample)
    assert read(shown) == read(sample[: SHORT.get(name, 999)])
    assert not TAG.search(shown)
    assert not ADDRESS.search(shown)
    assert not MENTION.search(shown)
    assert shown == visible(shown) or name == "钉钉 卡片"
    assert name in PLAIN or not MARK.search(shown.replace("  \n  ", "\n"))


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_pages_sheets_and_pictures_show_the_words_that_were_typed(sample: str) -> None:
    assert "<" not in page(sample)
    cell = Workbook().create_sheet()["A1"]
    put(cell, sample)
    assert (cell.data_type, read(str(cell.value))) == ("s", read(sample))
    assert read(inert(sample).removeprefix("'")) == read(sample)
    assert not inert(sample).lstrip().startswith(("=", "+", "-", "@"))
    assert all_visible({"series": [{"name": sample}]}) == {"series": [{"name": visible(sample)}]}


def test_an_address_of_ours_is_a_link_and_no_other() -> None:
    ours = "https://boomerang.example/c/12.AbC"
    said = Text(f"给客户：\n{ours}\n不要点 https://boomerang.example.evil.com/c/1", (ours,))
    for shown in (_wecom_text_of(said), messages.texts(said.body, 0, said.links)[0].param["content"]):
        assert ours in shown
        assert ADDRESS.findall(shown.replace(ours, "")) == []
    assert unpack(pack(said)) == said


def _wecom_text_of(said: Text) -> str:
    return parts_of(said)[0].body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "words",
    [
        "a@b.com",
        "batch <=100",
        "3 < 4 > 2",
        "尾号 8000",
        "¥1,234.50",
        "SKU_85123A",
        "👨‍👩‍👧 一家",
        "10:30",
        "第 1. 条",
        "2011-08-31",
    ],
)
def test_harmless_words_stand_as_they_are_in_a_text(words: str) -> None:
    assert _wecom_text(words) == words
    assert messages.texts(words)[0].param["content"] == words


@given(st.text())
def test_nothing_acts_and_nothing_is_lost(text: str) -> None:
    for shown in (plain(text), unmarked(text)):
        assert not TAG.search(shown)
        assert not re.search(r"[A-Za-z]://", shown)
        assert read(shown) == read(text)
    assert not re.search(r"[*`\[\]#\\~|<>]", unmarked(text))


@given(st.text())
def test_what_was_made_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert unmarked(unmarked(text)) == unmarked(text)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("lin.xiao", True), ("LinXiao_01-a@corp", True), ("manager4220", True), ("林晓", True), ("@all", False),
        ("@ALL", False),
        ("a|b", False), ("lin xiao", False), ("a,b", False), ("a;b", False), ("", False), ("lin\u200b", False),
        ("x" * 65, False),
    ],
)  # fmt: skip
def test_an_account_is_one_persons(name: str, is_one: bool) -> None:
    assert is_account(name) == is_one


@pytest.mark.parametrize("exit_", [visible, plain, unmarked], ids=lambda exit_: exit_.__name__)
def test_a_text_that_takes_the_short_way_takes_none_that_the_long_one_would_mend(exit_: Callable[[str], str]) -> None:
    """Beside a sign that sends the whole text the long way every character becomes what it becomes alone."""
    long_way = "\t&amp;"  # a tab, and what would be an entity
    beyond = exit_(long_way)
    odd = [char for char in map(chr, range(0x3000)) if char.strip() and not char.isalnum()]
    assert [char for char in odd if exit_(f"客{char}户{long_way}") != exit_(f"客{char}户") + beyond] == []
