"""The table of natural wordings: how a phrase is found, what stays beside it, and that all of it names something."""

from __future__ import annotations

import pytest

from flow.definitions.vocabulary import LATER
from flow.errors import DefinitionError
from handlers.chat.wordings import Match, filled, marked, table_of, unmarked, wordings
from handlers.root import router
from tests.support.lexicons import SHIPPED

TABLE = table_of("""
旁: [这单, 吧, 的]
不算: [不用]
说法:
  - {办: ["转交 {单} {人} {话}"], 说: ["[让|请]{人}[来|]看"]}
  - {办: ["退回 {单} {人} {话}"], 说: ["叫{人}^[补|拍]"]}
  - {看: ["导出 {时间}"], 说: ["导出"], 旁: [给我]}
  - {办: ["停用规则 {词}"], 说: ["{词}先停掉", "停掉{词}"]}
  - {办: ["增加原因 {词} 像 {类型}"], 说: ["{词}算{类型}$"]}
""")


def best(text: str) -> Match:
    return TABLE.found(marked(text, [("李敏", "李敏")])[0], ("质量问题",))[0]


@pytest.mark.parametrize(
    ("text", "line", "left"),
    [
        ("让李敏来看", "转交 {单} {人} {话}", []),
        ("这单请李敏看吧", "转交 {单} {人} {话}", []),
        ("这单金额大,让李敏看", "转交 {单} {人} {话}", ["这单金额大"]),
        ("让李敏看照片", "转交 {单} {人} {话}", ["照片"]),
        ("我要让李敏看照片", "转交 {单} {人} {话}", ["我要让\ue000看照片"]),
        ("叫李敏补个视频", "退回 {单} {人} {话}", ["补个视频"]),
        ("导出这个月的", "导出 {时间}", ["这个月的"]),
        ("大额提醒先停掉", "停用规则 {词}", []),
        ("停掉大额提醒", "停用规则 {词}", []),
        ("色差算质量问题", "增加原因 {词} 像 {类型}", []),
    ],
)
def test_a_wording_is_found_with_what_stands_beside_it(text: str, line: str, left: list[str]) -> None:
    match = best(text)
    assert (match.wording.lines[0], TABLE.left(match)) == (line, left)


def test_a_statement_needs_what_it_cannot_do_without() -> None:
    assert filled("转交 {单} {人} {话}", {"单": "R1", "人": "李敏"}) == "转交 R1 李敏"
    assert filled("转交 {单} {人} {话}", {"单": "R1"}) == ""
    assert filled("导出 {时间}", {}) == "导出"
    assert best("停掉大额提醒").places == {"词": "大额提醒"}
    text, people = marked("让王组长看", [("王组长", "王建国")])
    assert unmarked(text, people) == "让王建国看"


@pytest.mark.parametrize(
    "text", ["说法: [{说: [好]}]\n旁: []\n不算: []", "说法: [{看: [查], 说: ['[好']}]\n旁: []\n不算: []", "说法: 1"]
)
def test_a_table_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="wordings"):
        table_of(text)


def test_every_wording_comes_to_a_command_or_a_button() -> None:
    known = {*router.commands, *SHIPPED.actions, LATER}
    for wording in wordings().wordings:
        assert {line.split()[0] for line in wording.lines} <= known, wording.lines
        assert set(wording.of) <= {"待办", "我开的", "没写单号"}
        assert not wording.looks or not {line.split()[0] for line in wording.lines} & set(SHIPPED.actions)
