"""自动规则: which rules a trigger fires and what they say; every mistake in the file is told with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.automation import TRIGGERS, Rule, RuleAction, Trigger
from flow.definitions.automation_reader import MAX_NAME, MAX_RULES, MAX_TEXT, parse_rules
from flow.definitions.automation_text import sentence
from flow.definitions.business import CONFIG, business_of, shipped
from flow.definitions.conditions import When
from flow.engine.automation import RuleRun, filled, fired, noted, triggers_of
from flow.engine.machine import begin
from flow.errors import DefinitionError
from flow.publishing.release import check_bundle
from handlers.commands.automation import listed
from tests.support.shipped import BUSINESS, FLOW, Play, opening, rules

SHIPPED = shipped()
SUBMIT = Trigger("提交")
ALARM = RuleAction("告警", "管理群", "{单号}")


def rule(name: str = "一", what: str = "提交", *does: RuleAction, **more: Any) -> Rule:
    return Rule(name, what, does or (ALARM,), **more)


def when(**cells: str) -> When:
    return When.parse(cells)


def names(runs: tuple[RuleRun, ...]) -> list[str]:
    return [run.rule for run in runs]


# -- which fire --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "trigger", "facts", "fires"),
    [
        (rule(), SUBMIT, {}, True),
        (rule(), Trigger("完成"), {}, False),  # another trigger
        (rule(off=True), SUBMIT, {}, False),  # 停用
        (rule(when=when(金额=">5000")), SUBMIT, {"金额": "5000.00"}, False),
        (rule(when=when(金额=">5000")), SUBMIT, {"金额": "5000.01"}, True),
        (rule(when=when(金额=">5000", 区域="华东")), SUBMIT, {"金额": "6000"}, False),  # one of two
        (rule(what="办理"), Trigger("办理", "质检", "合格入库"), {}, True),  # any node, any action
        (rule(what="办理", node="质检"), Trigger("办理", "质检", "合格入库"), {}, True),
        (rule(what="办理", node="质检"), Trigger("办理", "财务退款", "驳回"), {}, False),
        (rule(what="办理", node="质检", action="次品处理"), Trigger("办理", "质检", "合格入库"), {}, False),
        (rule(what="办理", action="驳回"), Trigger("办理", "财务退款", "驳回"), {}, True),  # wherever it is done
        (rule(what="办理", when=when(动作="驳回|撤单")), Trigger("办理", "客服审核", "撤单"), {}, True),
    ],
)
def test_a_rule_fires_when_its_moment_and_all_its_cells_hold(
    row: Rule, trigger: Trigger, facts: dict[str, Any], fires: bool
) -> None:
    assert bool(fired([row], [trigger], facts)) == fires


def test_of_several_moments_the_one_that_holds_is_taken() -> None:
    entered = [Trigger("进入", "仓库收货"), Trigger("进入", "客服补证")]
    [run] = fired([rule(what="进入", when=when(节点="客服补证"))], entered, {})
    assert run.trigger == entered[1]


def test_a_rule_sees_what_those_above_it_have_noted_and_nothing_from_below() -> None:
    urgent = rule("紧急", "提交", RuleAction("记", notes={"紧急": "是"}))
    asks = rule("看紧急", "提交", when=when(紧急="是"))
    assert names(fired([urgent, asks], [SUBMIT], {})) == ["紧急", "看紧急"]
    assert names(fired([asks, urgent], [SUBMIT], {})) == ["紧急"]


def test_rules_that_set_each_other_off_end_after_one_pass() -> None:
    there = rule("去", "提交", RuleAction("记", notes={"红": "是", "绿": "否"}), when=when(红="否"))
    back = rule("回", "提交", RuleAction("记", notes={"红": "否", "绿": "是"}), when=when(红="是"))
    runs = fired([there, back], [SUBMIT], {})
    assert names(runs) == ["去", "回"]
    assert noted(runs) == {"红": "否", "绿": "是"}


cells = st.dictionaries(st.sampled_from(["甲", "乙"]), st.sampled_from(["是", "否", ""]), max_size=2)
some_rules = st.lists(
    st.builds(
        lambda name, what, asked, noted_down: Rule(
            name, what, (RuleAction("记", notes=noted_down),), when=When.parse(asked)
        ),
        st.text("一二三四", min_size=1, max_size=3), st.sampled_from(list(TRIGGERS)), cells, cells,
    ),
    max_size=8,
)  # fmt: skip
some_triggers = st.lists(st.builds(Trigger, st.sampled_from(list(TRIGGERS))), max_size=4)


@given(some_rules, some_triggers, cells)
def test_each_fires_at_most_once_in_order_and_nothing_given_is_changed(
    rows: list[Rule], triggers: list[Trigger], facts: dict[str, str]
) -> None:
    before = dict(facts)
    runs = fired(rows, triggers, facts)
    places = iter(rows)
    assert all(any(row.name == run.rule for row in places) for run in runs)
    assert {run.trigger for run in runs} <= set(triggers)
    assert facts == before


@given(some_rules, cells)
def test_nothing_happens_of_itself(rows: list[Rule], facts: dict[str, str]) -> None:
    assert fired(rows, [], facts) == ()


# -- what they say -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{金额} 元", "¥5.10"),
        ("{差价}、{维修报价} 元、{金额}元", "¥3.50、¥1,200.00、¥5.10"),  # a form asked for it in yuan
        ("{件数} 件，{运费} 元", "2 件，¥8.00"),  # the word behind it says so
        ("{风险客户}", "否"),
        ("{经过}", "客服审核、质检"),
        ("{没有的}", "无"),
        ("{空的}", "无"),
        ("{单号} {金额}", "{单号} ¥5.10"),  # the number comes when there is one
        ("没有空格", "没有空格"),
        ("{}{", "{}{"),
    ],
)
def test_a_text_is_filled_with_the_facts(text: str, said: str) -> None:
    facts = {"金额": "5.10", "风险客户": False, "经过": ["客服审核", "质检"], "空的": ""}
    facts |= {"差价": "3.5", "维修报价": "1200", "金额项": ["差价", "维修报价"], "件数": 2, "运费": "8"}
    assert filled(text, facts) == said


@given(st.text())
def test_a_fact_is_told_as_it_is_and_never_read_as_a_blank(value: str) -> None:
    assert filled("{备注}", {"备注": value, "单号": "R1"}) == (value or "无")


def test_the_number_is_put_in_last() -> None:
    assert filled(filled("{单号} {金额}", {"金额": "5.10"}), {"单号": "R1"}) == "R1 ¥5.10"


# -- what a step has brought about -------------------------------------------------------------------------------------


def brought(play: Play, *actions: str) -> list[tuple[str, str, str]]:
    for action in actions:
        last = play.does(action, "客服组长", "客服主管")
    return [(m.what, m.node, m.action) for m in triggers_of(last)]


def test_an_opening_enters_but_nobody_has_acted() -> None:
    opened = begin(rules(), opening("100.00"))
    assert triggers_of(opened, opening=True) == (Trigger("进入", "客服审核"),)


@pytest.mark.parametrize(
    ("actions", "happened"),
    [
        (["驳回"], [("办理", "客服审核", "驳回"), ("关闭", "", "")]),
        (["同意"], [("办理", "客服审核", "同意"), ("进入", "仓库收货", "")]),
        (
            ["同意", "配件缺失"],
            [("办理", "仓库收货", "配件缺失"), ("缺件", "仓库收货", "配件缺失"), ("进入", "缺件协商", "")],
        ),
        (["同意", "确认收货", "次品处理"], [("办理", "质检", "次品处理"), ("进入", "财务退款", "")]),
        (["同意", "确认收货", "合格入库", "确认退款", "退款成功"], [("办理", "退款中", "退款成功"), ("完成", "", "")]),
    ],
)
def test_a_step_is_told_by_what_came_of_it(actions: list[str], happened: list[tuple[str, str, str]]) -> None:
    assert brought(Play.open("standard", "100.00"), *actions) == happened


def test_a_rule_looks_at_the_messages_of_its_own_source() -> None:
    note = RuleAction("记", notes={"签收人": "{推送.签收人}", "次": 1})
    rows = [rule("一", "推送", note, source="顺丰"), rule("二", "推送", source="京东"), rule("三")]
    [run] = fired(rows, [Trigger("推送", source="顺丰")], {"推送.签收人": "张三"})
    assert (run.rule, noted([run])) == ("一", {"签收人": "张三", "次": 1})


# -- the shipped rules -------------------------------------------------------------------------------------------------


def submitted(**facts: Any) -> list[str]:
    return names(fired(BUSINESS.rules, [SUBMIT], facts))


def test_three_rules_ship() -> None:
    assert [row.name for row in BUSINESS.rules] == ["大额提醒", "连续退货", "次品告警"]
    assert check_bundle(SHIPPED).keys() >= {("rules", "rules"), ("calendar", "calendar")}


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"金额": "5000.00", "半年退货次数": 2}, []),
        ({"金额": "5000.01", "半年退货次数": 2}, ["大额提醒"]),
        ({"金额": "5.10", "半年退货次数": 3}, ["连续退货"]),
        ({"金额": "9999.00", "半年退货次数": 9}, ["大额提醒", "连续退货"]),
        ({"金额": "5.10"}, []),  # nobody knows how often
    ],
)
def test_large_and_repeated_returns_are_told_at_once(facts: dict[str, Any], fires: list[str]) -> None:
    assert submitted(**facts) == fires


def test_the_shipped_texts_have_no_blank_left() -> None:
    facts = opening("6000.00", 半年退货次数=4, 单号="R1", 提交人="林晓")
    triggers = [SUBMIT, Trigger("办理", "质检", "次品处理")]
    told = [do.text for run in fired(BUSINESS.rules, triggers, facts) for do in run.does]
    assert "大额提醒：林晓 提交了 R1（退货，质量问题），金额 见单聊" in told
    assert not any("{" in text or "无" in text for text in told)


def test_a_merchant_without_rules_has_none() -> None:
    bundle = {key: text for key, text in SHIPPED.items() if key[0] not in ("rules", "calendar")}
    assert (business_of(bundle).rules, business_of(bundle).quiet) == ((), None)


def test_rules_read_as_sentences() -> None:
    words = listed(BUSINESS.rules).splitlines()
    assert words[0] == "自动规则 3 条，从上往下："
    assert words[1].startswith("1. 大额提醒：提交时，如果 金额>5000，就 告警 管理群：大额提醒：{提交人} 提交了 {单号}")
    assert "就 记 风险客户=是；告警 风控群" in words[2]
    assert words[3].startswith("3. 次品告警：办理时（节点 质检，动作 次品处理），就 告警 管理群")
    assert sentence(rule(off=True)) == "一（已停用）：提交时，就 告警 管理群：{单号}"


# -- what is wrong with a file -----------------------------------------------------------------------------------------


def test_the_shipped_file_is_read() -> None:
    read = parse_rules((CONFIG / "rules.yaml").read_text(encoding="utf-8"))
    assert [sentence(row) for row in read] == [sentence(row) for row in BUSINESS.rules]


def row_of(text: str) -> str:
    return f"自动规则:\n  - {{{text}}}"


GOOD = "名: 甲, 当: 提交, 做: [{告警: 管理群, 说: 好}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("自动规则: []", ""),
        ("自动规则:", ""),
        (row_of(GOOD), ""),
        (row_of("名: 甲, 当: 办理, 节点: 质检, 动作: 次品处理, 停用: true, 做: [{记: {紧急: 是}}, {抄送: 财务}]"), ""),
        ("规则: []", "要有“自动规则”"),
        ("自动规则: [", "第 2 行第 1 列"),
        ("自动规则: 提交", "自动规则第 1 条 名：要有名字"),
        (row_of("当: 提交, 做: [{评论: 好}]"), "第 1 条 名：要有名字，最多 24 个字"),
        (row_of(GOOD.replace("甲", "甲" * (MAX_NAME + 1))), "名：要有名字，最多 24 个字"),
        (f"{row_of(GOOD)}\n  - {{{GOOD}}}", "“甲”有两条，名字不能一样"),
        (row_of(GOOD.replace("提交", "下单")), "“下单”不认识，可选 提交、办理、进入、超时、完成"),
        (row_of(f"{GOOD}, 来源: 顺丰"), "第 1 条“甲” 来源：当“提交”时不能写来源"),
        (row_of(GOOD.replace("提交", "推送")), "第 1 条“甲” 来源：“”不行，要写是谁推送的"),
        (row_of(f"{GOOD.replace('提交', '推送')}, 来源: 顺 丰"), "来源：“顺 丰”不行"),
        (row_of(f"{GOOD}, 时间: 每天 9:00"), "第 1 条“甲” 时间：只有当“定时”的规则有"),
        (row_of(GOOD.replace("提交", "定时")), "第 1 条“甲” 时间：“”看不懂，应像 每天 9:00"),
        (row_of(f"{GOOD.replace('提交', '定时')}, 时间: 每周八 9:00"), "时间：“每周八 9:00”看不懂"),
        (row_of(f"{GOOD}, 何时: 好"), "第 1 条“甲” 何时：不认识，可选 名、当、时间、节点、动作、来源、条件、做、停用"),
        (row_of(f"{GOOD}, 节点: 质检"), "第 1 条“甲” 节点：当“提交”时不能写节点"),
        (row_of(f"{GOOD.replace('提交', '进入')}, 动作: 同意"), "第 1 条“甲” 动作：当“进入”时不能写动作"),
        (row_of(f"{GOOD}, 条件: {{金额: '500~50'}}"), "第 1 条“甲” 条件：金额：范围 500~50 的左边比右边大"),
        (row_of(f"{GOOD}, 条件: 大额"), "第 1 条“甲” 条件：要写成"),
        (row_of("名: 甲, 当: 提交"), "第 1 条“甲” 做：要有一件以上的事，可选 告警、抄送、记、评论、通知负责人"),
        (row_of("名: 甲, 当: 提交, 做: [{退款: 全部}]"), "做第 1 件：要写一样：告警、抄送、记、评论、通知负责人"),
        (row_of("名: 甲, 当: 提交, 做: [{告警: 管理群, 抄送: 财务}]"), "做第 1 件：要写一样"),
        (row_of("名: 甲, 当: 提交, 做: [{告警: 管理群, 话: 好}]"), "做第 1 件：告警里的“话”不认识"),
        (row_of("名: 甲, 当: 提交, 做: [{评论: 好}, {告警: 管理群}]"), "做第 2 件：告警要写说什么"),
        (row_of("名: 甲, 当: 提交, 做: [{告警: '', 说: 好}]"), "做第 1 件：告警要写给哪个群"),
        (row_of("名: 甲, 当: 提交, 做: [{抄送: ''}]"), "做第 1 件：抄送要写给哪个角色"),
        (row_of("名: 甲, 当: 提交, 做: [{记: 紧急}]"), "做第 1 件：记要写成 {事实: 值}"),
        (row_of("名: 甲, 当: 提交, 做: [{记: {紧急: [是]}}]"), "做第 1 件：记要写成 {事实: 值}"),
        (row_of(f"名: 甲, 当: 提交, 做: [{{评论: {'好' * (MAX_TEXT + 1)}}}]"), "做第 1 件：有 301 个字，最多 300 个"),
        ("自动规则:\n" + "".join(f"  - {{{GOOD.replace('甲', str(n))}}}\n" for n in range(MAX_RULES + 1)), "有 101 条"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_told_with_its_place(text: str, said: str) -> None:
    assert said in "\n".join(problems_of(text)) if said else problems_of(text) == []


def problems_of(text: str) -> list[str]:
    try:
        parse_rules(text, "rules.yaml")
    except DefinitionError as refused:
        return [*refused.problems]
    return []


def test_all_that_is_wrong_is_told_at_once() -> None:
    first, second = "{名: 甲, 当: 下单, 做: [{告警: 管理群}]}", "{名: 乙, 当: 提交, 条件: {金额: '>五'}, 做: []}"
    assert len(problems_of(f"自动规则:\n  - {first}\n  - {second}")) == 4


# -- what does not exist around it -------------------------------------------------------------------------------------


def refused(text: str) -> str:
    """What publishing such a row says; nothing when it is taken."""
    try:
        check_bundle({**SHIPPED, ("rules", "rules"): row_of(text)})
    except DefinitionError as found:
        return "\n".join(found.problems)
    return ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("名: 甲, 当: 进入, 节点: 复检, 做: [{评论: 好}]", "自动规则“甲” 节点：没有节点“复检”，可选 分流、客服审核"),
        ("名: 甲, 当: 办理, 节点: 质检, 动作: 同意, 做: [{评论: 好}]", "自动规则“甲” 动作：质检没有“同意”，可选"),
        ("名: 甲, 当: 办理, 动作: 放行, 做: [{评论: 好}]", "自动规则“甲” 动作：哪个节点都没有“放行”"),
        ("名: 甲, 当: 办理, 节点: 质检, 动作: 退回, 做: [{评论: 好}]", ""),  # every node has it
        ("名: 甲, 当: 提交, 做: [{抄送: 老板}]", "自动规则“甲” 做：没有角色“老板”，可选"),
        ("名: 甲, 当: 提交, 条件: {天气: 晴}, 做: [{评论: 好}]", "自动规则“甲” 条件：没有事实“天气”"),
        ("名: 甲, 当: 提交, 做: [{评论: '{天气}'}]", "自动规则“甲” 做：“{天气}”没有这个事实"),
        ("名: 甲, 当: 关闭, 条件: {关闭原因: 拒绝}, 做: [{评论: '{单号} {办理人}'}]", ""),
        ("名: 甲, 当: 提交, 条件: {心情: 好}, 做: [{记: {心情: 差}}]", ""),  # a rule's own word
        ("名: 甲, 当: 提交, 做: [{记: {紧急: 是}}]", ""),  # anybody's to say
    ],
)
def test_a_name_that_nobody_knows_is_told_with_what_there_is(text: str, said: str) -> None:
    assert said in refused(text) if said else refused(text) == ""


KEPT = "金额 提交人 审批 已审批 已退款 质检结果 路由 责任 缺件 抄送人 半年退货次数 单号"


@pytest.mark.parametrize("fact", KEPT.split())
def test_a_rule_never_notes_what_something_else_keeps(fact: str) -> None:
    assert f"自动规则“甲” 做：不能记“{fact}”" in refused(f"名: 甲, 当: 提交, 做: [{{记: {{{fact}: 是}}}}]")


@pytest.mark.parametrize(
    ("said", "told"), [("是", ""), ("否", "“风险客户”只能记 是"), ("老客户", "“风险客户”只能记 是")]
)
def test_a_rule_may_flag_a_customer_and_never_clear_one(said: str, told: str) -> None:
    assert told in refused(f"名: 甲, 当: 提交, 做: [{{记: {{风险客户: {said}}}}}]")


@given(st.sampled_from(["紧急", "风险提示", "心情"]), st.sampled_from(list(FLOW.nodes)))
def test_what_a_rule_may_note_moves_no_case_by_itself(fact: str, node: str) -> None:
    play = Play.open("standard", "100.00")
    before = play.now
    play.knows(**noted(fired([rule("甲", "进入", RuleAction("记", notes={fact: "是"}))], [Trigger("进入", node)], {})))
    assert (play.now.nodes, play.now.state, play.now.steps) == (before.nodes, before.state, before.steps)
    assert play.does("同意").nodes == Play.open("standard", "100.00").does("同意").nodes
