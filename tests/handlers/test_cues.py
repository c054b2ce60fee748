"""The table of cues: what the words of a sentence count, and that all of it names something and nothing pays."""

from __future__ import annotations

import pytest

from flow.definitions.business import FLOW, shipped
from flow.definitions.flow_reader import read_flow
from flow.definitions.vocabulary import LATER
from flow.errors import DefinitionError
from handlers.chat.cues import DECIDED, IN_HAND, OPENED, cues, cues_of
from handlers.root import router
from tests.support.lexicons import SHIPPED

TABLE = cues_of("""
够: 3
不算不: [能不能, 要不要]
怎么: [怎么]
业务: [单]
认得: []
线索:
  - {办: ["催办 {单} {全}"], 单: [我开的], 听: {3: [快点], 2: [急, 很急], 1: [客户]}}
  - {办: ["流程 {流程} {节点} 时限 {限}"], 要: [节点, 限], 听: {3: [超过…没人], 2: [时限]}}
  - {办: ["批量 同意"], 没: [人], 净: 是, 听: {3: [都过]}}
""")
NOES = ("不", "不要", "别", "能不")


@pytest.mark.parametrize(
    ("text", "first", "score"),
    [
        ("快点审", "催办 {单} {全}", 3),
        ("客户很急", "催办 {单} {全}", 3),  # the longer word counts, and not 急 within it once more
        ("客户急得很急", "催办 {单} {全}", 5),  # each word once
        ("快点快点", "催办 {单} {全}", 3),
        ("急", "", 0),  # too little
        ("别快点", "", 0),  # said not to be
        ("能不能快点", "催办 {单} {全}", 3),  # asks, and denies nothing
        ("超过一天没人弄", "流程 {流程} {节点} 时限 {限}", 3),  # a gap within one clause
        ("超过一天了,没人弄", "", 0),
        ("两单都过", "批量 同意", 3),
    ],
)
def test_the_words_of_a_sentence_speak_for_statements(text: str, first: str, score: int) -> None:
    found = TABLE.heard(text, NOES)
    assert [(each, cue.lines[0]) for each, cue in found[:1]] == ([(score, first)] if first else [])


@pytest.mark.parametrize(
    ("cue", "told"),
    [
        ('{办: ["催办 {单}"], 听: {3: [急]}, 旁: [x]}', "旁"),
        ('{办: ["催办 {某}"], 听: {3: [急]}}', "某"),
        ('{办: ["催办 {单}"], 要: [某], 听: {3: [急]}}', "某"),
        ('{办: ["催办 {单}"], 答: 好}', "不认识"),
        ('{办: ["催办 {单}"], 听: {多: [急]}}', "读不出来"),
        ("{办: [], 听: {3: [急]}}", "不认识"),
    ],
)
def test_a_table_with_a_slip_in_it_is_refused_by_name(cue: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        cues_of(f"够: 3\n不算不: []\n怎么: []\n业务: []\n认得: []\n线索:\n  - {cue}")


def test_every_cue_comes_to_a_command_or_a_button_and_none_to_one_that_pays_or_consents() -> None:
    known = {*router.commands, *SHIPPED.actions, LATER}
    flows = [read_flow(text, name) for (kind, name), text in shipped().items() if kind == FLOW]
    paying = {
        action.name
        for flow in flows
        for node in flow.nodes.values()
        for action in node.buttons
        if any("退款" in effect or "付" in effect for effect in action.effects)
    }
    for cue in cues().cues:
        names = {line.split()[0] for line in cue.lines}
        assert names <= known, cue.lines
        assert not names & {*paying, "同意", "确认收货", "合格入库"}, cue.lines
        assert set(cue.of) <= {IN_HAND, OPENED, DECIDED}, cue.lines
        assert cue.words, cue.lines
