"""A rule of 自动规则 as it is printed is a sentence that can be typed: it makes the same rule again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions import schedules, yamlfile
from flow.definitions.automation import TRIGGERS, Rule, RuleAction
from flow.definitions.automation_reader import parse_rules
from flow.definitions.automation_text import sentence
from flow.definitions.business import shipped
from flow.definitions.conditions import When
from flow.edits import apply
from flow.errors import PolicyRefused
from handlers.chat import parse

KEY = ("rules", "rules")
BARE = {key: text for key, text in shipped().items() if key != KEY}
SHIPPED = parse_rules(shipped()[KEY])


def typed(rule: Rule, *, through_a_chat: bool = False) -> Rule:
    """What comes of typing the rule as it is printed."""
    words = sentence(rule).split()
    if through_a_chat:
        words = parse.words(parse.normalise(" ".join(words)))
    [found] = parse_rules(apply(["增加规则", *words], BARE, "退货", "standard").texts[KEY])
    return found


def facts(rule: Rule) -> tuple[object, ...]:
    """A rule without the functions of its cells, by which no two are equal."""
    cells = tuple((cell.fact, cell.text) for cell in rule.when.cells)
    return rule.name, rule.what, rule.node, rule.action, cells, rule.does, rule.off, rule.schedule, rule.source


@pytest.mark.parametrize("rule", SHIPPED, ids=[rule.name for rule in SHIPPED])
def test_the_shipped_rules_can_be_typed(rule: Rule) -> None:
    assert facts(typed(rule)) == facts(rule)


@pytest.mark.parametrize("rule", SHIPPED, ids=[rule.name for rule in SHIPPED])
def test_a_chat_changes_the_width_of_signs_and_nothing_else(rule: Rule) -> None:
    found = typed(rule, through_a_chat=True)
    assert facts(found)[:5] == facts(rule)[:5]
    assert [parse.normalise(do.words()) for do in found.does] == [parse.normalise(do.words()) for do in rule.does]


PARTS = ("大额：", "{单号}", "{金额} 元", "，", "；", "请", "先看", "如果 问起", "就 说好", "紧急=是", "、")
texts = (
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=6)
    .map(lambda parts: " ".join("".join(parts).split()))
    .filter(lambda text: text[0] not in "：，；、")
)
deeds = st.one_of(
    st.builds(RuleAction, st.just("告警"), st.sampled_from(["管理群", "风控群"]), texts),
    st.builds(RuleAction, st.just("抄送"), st.sampled_from(["财务", "运营总监"]), st.one_of(st.just(""), texts)),
    st.builds(RuleAction, st.sampled_from(["评论", "通知负责人"]), text=texts),
    st.dictionaries(
        st.sampled_from(["紧急", "风险提示"]), st.sampled_from(["是", "半年内 3 次以上", "高"]), min_size=1
    ).map(lambda notes: RuleAction("记", notes=notes)),
)
cells = st.dictionaries(
    st.sampled_from(["金额", "类型", "风险客户"]),
    st.sampled_from([">5000", "50~500", "<=3.5", "质量问题|物流损坏", "是"]),
)
places = st.sampled_from([
    ("提交", "", ""), ("办理", "质检", "次品处理"), ("办理", "", "驳回"), ("办理", "质检", ""), ("进入", "质检", ""),
    ("定时", "质检", ""), *((what, "", "") for what in TRIGGERS),
])  # fmt: skip
rules = st.builds(
    lambda name, place, does, asked, off, time: Rule(
        name, place[0], tuple(does), place[1], place[2], When.parse(asked), off,
        schedules.read(time) if place[0] == "定时" else None, "顺丰" if place[0] == "推送" else "",
    ),
    st.sampled_from(["大额提醒", "次品", "VIP加急2"]), places, st.lists(deeds, min_size=1, max_size=3), cells,
    st.booleans(), st.sampled_from([*schedules.EXAMPLES, "每周日 18:30", "每月 31 号 0:05"]),
)  # fmt: skip


@given(rules)
def test_any_rule_that_is_printed_can_be_typed(rule: Rule) -> None:
    assert facts(typed(rule)) == facts(rule)


def test_what_is_typed_is_written_as_people_write_it() -> None:
    edit = apply(["增加规则", "次品 当 办理 节点 质检 就 抄送 财务；记 紧急=是"], BARE, "退货", "standard")
    assert yamlfile.read(edit.texts[KEY])["自动规则"] == [
        {"名": "次品", "当": "办理", "节点": "质检", "做": [{"抄送": "财务"}, {"记": {"紧急": "是"}}]}
    ]


@pytest.mark.parametrize("words", ["每周一 8:30", "时间 每周一 8:30", "改成 每周一早上8点半"])
def test_the_time_of_a_rule_is_changed_by_its_name(words: str) -> None:
    texts = apply(["增加规则", *["催寄", "每天", "9:00", "就", "评论", "请寄回"]], BARE, "退货", "standard").texts
    edit = apply(["规则", "催寄", *words.split()], {**BARE, **texts}, "退货", "standard")
    [row] = yamlfile.read(edit.texts[KEY])["自动规则"]
    assert (row["当"], row["时间"]) == ("定时", "每周一 08:30")


def test_a_rule_that_looks_at_what_happens_has_no_time_to_change() -> None:
    with pytest.raises(PolicyRefused, match="“大额提醒”是提交时看的，没有时间"):
        apply(["规则", "大额提醒", "每天", "9:00"], shipped(), "退货", "standard")
