"""Names that changed: which thing each stands for, then and now, and where a new one has to be put."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import business_of, shipped
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import (
    FIELD,
    NODE,
    REASON,
    ROLE,
    Renames,
    doubled,
    identities_of,
    names_by_id,
    one,
    renames_between,
)
from flow.definitions.present import Eras, Present
from flow.definitions.renaming import applied, completed
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = shipped()
FLOW, RULES, REASONS, ROLES = ("flow", "退货"), ("rules", "rules"), ("reasons", "reasons"), ("roles", "roles")
START = datetime(2026, 11, 23, tzinfo=UTC)
WITH_FIELD = """
自动规则:
- 名: 严重
  当: 办理
  节点: 质检
  条件: {等级: 重, 类型: 质量问题, 审批: 质检员}
  做: [{抄送: 质检员, 说: '{等级}！'}, {记: {等级: 轻}}]
"""


def named(bundle: Mapping[tuple[str, str], str], *names: Renames) -> dict[tuple[str, str], str]:
    found = dict(bundle)
    for each in names:
        found |= applied(found, each)
    return found


def with_field(name: str = "等级", node: str = "质检") -> dict[tuple[str, str], str]:
    data = yamlfile.read(SHIPPED[FLOW])
    data["节点"][node]["表单"] = [{"名": name, "填": "单选", "选项": ["轻", "重"]}]
    return {**SHIPPED, FLOW: yamlfile.write(data), RULES: WITH_FIELD}


def rule(bundle: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    found: dict[str, Any] = yamlfile.read(bundle[RULES])["自动规则"][0]
    return found


# -- ids ---------------------------------------------------------------------------------------------------------------


def test_a_name_is_its_own_id_until_it_changes_and_again_when_it_comes_back() -> None:
    there = named(SHIPPED, one(NODE, "质检", "品检", "退货"))
    assert yamlfile.read(there[FLOW])["节点"]["品检"]["编号"] == "质检"
    assert renames_between(SHIPPED, there).nodes == {"退货": {"质检": "品检"}}
    back = named(there, one(NODE, "品检", "质检", "退货"))
    assert "编号" not in back[FLOW]
    assert not renames_between(SHIPPED, back)
    assert renames_between(there, back).nodes == {"退货": {"品检": "质检"}}


def test_two_that_change_their_names_for_each_other_are_told_apart() -> None:
    """By a third name, as a person has to say it."""
    steps = [("客服", "甲"), ("财务", "客服"), ("甲", "财务")]
    there = named(SHIPPED, *(one(ROLE, old, new) for old, new in steps))
    assert renames_between(SHIPPED, there).roles == {"客服": "财务", "财务": "客服"}
    assert business_of(there).matrix.roles.keys() == business_of(SHIPPED).matrix.roles.keys()


def test_what_only_came_and_went_is_no_new_name() -> None:
    """Without an id in common one was taken out and another put in."""
    text = SHIPPED[REASONS].replace("质量问题:", "品质问题:")
    assert not renames_between(SHIPPED, {**SHIPPED, REASONS: text})


def test_an_id_that_is_written_is_that_ones_whatever_else_is_called_so() -> None:
    assert names_by_id({"质检": "质检", "品检": "质检"}) == {"质检": "品检"}
    assert list(doubled([("质检", "质检"), ("品检", "质检"), ("收货", "收货")])) == [("质检", "品检", "质检")]


@pytest.mark.parametrize(
    ("key", "path", "told"),
    [
        (ROLES, ("角色", "财务"), "编号“客服”和角色“客服”的一样"),
        (REASONS, ("退货类型", "物流损坏"), "编号“客服”"),
    ],
)
def test_two_with_one_id_are_refused(key: tuple[str, str], path: tuple[str, str], told: str) -> None:
    data = yamlfile.read(SHIPPED[key])
    first = next(iter(data[path[0]])) if key == REASONS else "客服"
    data[path[0]][path[1]]["编号"] = first
    with pytest.raises(DefinitionError, match=told.replace("客服", first)):
        business_of({**SHIPPED, key: yamlfile.write(data)})


# -- names put in place ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place", "now"),
    [
        (one(NODE, "质检", "品检", "退货"), ("节点",), "质检|品检"),  # other flows have a 质检 of their own
        (one(FIELD, "等级", "程度"), ("条件",), {"程度": "重", "类型": "质量问题", "审批": "质检员"}),
        (one(FIELD, "等级", "程度"), ("做", 0, "说"), "{程度}！"),
        (one(FIELD, "等级", "程度"), ("做", 1), {"记": {"程度": "轻"}}),
        (one(ROLE, "质检员", "品检员"), ("做", 0, "抄送"), "品检员"),
        (one(ROLE, "质检员", "品检员"), ("条件", "审批"), "品检员"),
        (one(REASON, "质量问题", "品质问题"), ("条件", "类型"), "品质问题"),
    ],
)
def test_a_rule_follows_a_new_name(name: Renames, place: tuple[Any, ...], now: Any) -> None:
    found: Any = rule(named(with_field(), name))
    for part in place:
        found = found[part]
    assert found == now


def test_a_rule_that_named_both_names_one_when_the_last_flow_follows() -> None:
    flows = [name for kind, name in SHIPPED if kind == "flow" and "\n  质检:" in SHIPPED[kind, name]]
    there = named(with_field(), *(one(NODE, "质检", "品检", flow) for flow in flows))
    assert rule(there)["节点"] == "品检"


def test_every_text_that_names_a_role_follows() -> None:
    policy = yamlfile.read(SHIPPED["policy", "standard"])
    policy["资格"] = [{"规则": "看", "结果": "例外", "可例外": ["客服主管"], "签收天数": ">7"}]
    policy["自主额度"] = [{"角色": "客服主管", "每单": 5, "每天": 9}]
    before = {**SHIPPED, ("policy", "standard"): yamlfile.write(policy)}
    after = named(before, one(ROLE, "客服主管", "总管"))
    for key, text in after.items():
        assert "客服主管" not in str(yamlfile.read(text)).replace("'编号': '客服主管'", ""), key
    business_of(after)


def test_questions_whose_options_are_return_types_follow() -> None:
    after = named(SHIPPED, one(REASON, "质量问题", "品质问题"))
    assert "质量问题" not in str(yamlfile.read(after["flow", "投诉"]))


def test_what_a_change_leaves_alone_follows_and_what_it_brings_gets_an_id_of_its_own() -> None:
    data = yamlfile.read(named(SHIPPED, one(REASON, "质量问题", "品质问题"))[REASONS])
    data["退货类型"]["质量问题"] = {**data["退货类型"]["物流损坏"], "别名": []}
    data["退货类型"]["品质问题"]["别名"] = []
    there = completed(SHIPPED, {REASONS: yamlfile.write(data)})
    assert ("flow", "投诉") in there
    types = yamlfile.read(there[REASONS])["退货类型"]
    assert (types["品质问题"]["编号"], types["质量问题"]["编号"]) == ("质量问题", "质量问题（2）")
    business_of({**SHIPPED, **there})


def test_a_new_field_that_is_called_as_another_was_is_another() -> None:
    active = with_field()
    there = named(active, one(FIELD, "等级", "程度"))
    data = yamlfile.read(there[FLOW])
    data["节点"]["仓库收货"]["表单"] = [{"名": "等级", "填": "文本"}]
    found = completed(active, {**there, FLOW: yamlfile.write(data)})
    assert identities_of({**there, **found}).fields.items() >= {"程度": "等级", "等级": "等级（2）"}.items()


def test_texts_without_ids_are_left_as_they_are() -> None:
    assert completed(SHIPPED, {RULES: WITH_FIELD}) == {RULES: WITH_FIELD}


# -- then and now ------------------------------------------------------------------------------------------------------

THEN = {"甲": "甲", "乙": "乙"}
ERAS = Eras(
    (
        (START, THEN),
        (START + timedelta(days=1), {"丙": "甲", "乙": "乙"}),
        (START + timedelta(days=2), {"丙": "甲", "甲": "甲（2）", "丁": "乙"}),
    ),
    {"丙": "甲", "甲": "甲（2）", "丁": "乙"},
)


@pytest.mark.parametrize(
    ("name", "days", "now"),
    [
        ("甲", 0, "丙"),  # as it was called before
        ("甲", 2, "甲"),  # the new one of that name
        ("丙", 1, "丙"),
        ("乙", 1, "丁"),
        ("甲", -9, "丙"),  # before the first version its names hold
        ("丙", 0, "丙"),  # old papers that came in later
        ("乙", None, "丁"),  # nobody knows when: the last that was called so
        ("戊", 1, "戊"),  # never one of them
        ("", 1, ""),
    ],
)
def test_a_name_in_an_old_row_is_todays_by_its_day(name: str, days: int | None, now: str) -> None:
    assert ERAS.called(name, None if days is None else START + timedelta(days=days)) == now


@pytest.mark.parametrize(("name", "days", "then"), [("丙", 0, "甲"), ("丁", 1, "乙"), ("甲", 0, "甲"), ("丁", 2, "丁")])
def test_a_name_of_today_is_written_into_an_old_row_as_it_was(name: str, days: int, then: str) -> None:
    assert ERAS.kept(name, START + timedelta(days=days)) == then


def test_without_a_new_name_everything_is_called_as_it_is() -> None:
    assert Eras().called("甲", START) == Eras().kept("甲", START) == "甲"
    assert (Eras().spans(), Eras().moved(START)) == ([], {})


def test_the_facts_of_a_case_by_todays_names() -> None:
    """Two fields that changed their names for each other's keep what was answered to each."""
    data = yamlfile.read(SHIPPED[FLOW])
    data["节点"]["质检"]["表单"] = [{"名": "一", "填": "文本"}, {"名": "二", "填": "文本"}]
    old = {**SHIPPED, FLOW: yamlfile.write(data)}
    steps = [("一", "三"), ("二", "一"), ("三", "二")]
    new = named(old, *(one(FIELD, was, now) for was, now in steps), one(NODE, "质检", "品检", "退货"))
    present = Present(identities_of(new), any_ids=True, types=ERAS)
    flow = read_flow(old[FLOW], "退货")
    facts = {"一": "1", "二": "2", "类型": "甲", "经过": ["客服审核", "质检"], "金额项": ["一"], "金额": "9"}
    assert present.facts(flow, facts, START) == {
        "一": "2", "二": "1", "类型": "丙", "经过": ["客服审核", "品检"], "金额项": ["二"], "金额": "9",
    }  # fmt: skip
    assert present.node(flow, "质检") == "品检"
    assert present.kept(flow, {"一": "x", "紧急": "是"}) == {"二": "x", "紧急": "是"}
    assert Present().facts(flow, facts) is facts


@pytest.mark.parametrize(
    ("key", "text", "name", "now"),
    [
        (
            ("assignments", "assignments"),
            "分派表:\n  表: [{规则: 一, 类型: 甲|乙, 派给: {角色: 丙, 否则: 丙, 首选: 提交人}}]",
            one(REASON, "甲", "丁"),
            "类型: 丁|乙",
        ),
        (
            ("assignments", "assignments"),
            "分派表:\n  表: [{规则: 一, 派给: {角色: 丙, 否则: 丙}}]",
            one(ROLE, "丙", "丁"),
            "角色: 丁, 否则: 丁",
        ),
        (("policy", "p"), "政策: p\n退运费: {类型: 甲}\n审批表: []", one(REASON, "甲", "丁"), "退运费: {类型: 丁}"),
        (("policy", "p"), "政策: p\n资格: [{规则: 一, 说明: '{甲}的不退'}]", one(FIELD, "甲", "丁"), "{丁}的不退"),
        (
            ("rules", "rules"),
            "# 甲\n自动规则: [{名: 甲, 条件: {经过: 甲}, 做: []}]",
            one(NODE, "甲", "丁", "f"),
            "经过: 丁",
        ),
    ],
)
def test_the_tables_around_the_flows_follow(key: tuple[str, str], text: str, name: Renames, now: str) -> None:
    assert now in applied({key: text}, name)[key]


@pytest.mark.parametrize(
    "text", ["甲", "[甲]", "自动规则: 甲", "自动规则: [甲]", "分派表: 甲", "退货类型: 甲", "节点: {甲: 甲}"]
)
def test_what_nobody_can_read_has_no_names_and_stays(text: str) -> None:
    for key in (RULES, REASONS, ("assignments", "assignments")):
        assert applied({key: text}, one(REASON, "甲", "乙")) == {}
        assert identities_of({key: text}).reasons.keys() <= {"甲"}
    assert identities_of({FLOW: "节点: [", REASONS: "甲"}).nodes == {"退货": {}}


def test_what_a_later_node_may_do_with_a_field_follows() -> None:
    data = yamlfile.read(with_field()[FLOW])
    data["节点"]["财务退款"]["字段"] = {"等级": "隐藏"}
    after = named({**with_field(), FLOW: yamlfile.write(data)}, one(FIELD, "等级", "程度"))
    assert yamlfile.read(after[FLOW])["节点"]["财务退款"]["字段"] == {"程度": "隐藏"}


def test_roles_of_a_version_are_called_as_today() -> None:
    assert ERAS.moved(START) == {"甲": "丙", "乙": "丁"}
    assert ERAS.moved(START + timedelta(days=2)) == {}
