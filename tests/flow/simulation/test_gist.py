"""Rows with one gist go one way; roads and the times at their nodes come out of one text."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.definitions.flow_reader import read_flow
from flow.definitions.vocabulary import BESIDE, CALENDAR
from flow.engine.values import Rules
from flow.simulation import replay
from flow.simulation.calendar import OPENING, Season
from flow.simulation.gist import Gists, Reading, steps
from flow.simulation.memo import judged_by
from flow.simulation.past import OwnFlow, amounts, is_disputed, past_case
from flow.simulation.roads import MOMENTS, PART, TASK, Roads
from flow.validation.policies import parse_policy
from tests.flow.simulation.test_simulation import BY_FINDING, FORKED, PLAIN
from tests.support.sales import TZ
from tests.support.shipped import FLOW, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flow.simulation.past import Row

NOSY = parse_policy("""
政策: 什么都看
双人金额: 300
自动上限: {每单: 60}
自主额度: [{角色: 客服, 每单: 40, 每天: 500}]
审批表:
  - {规则: 外地, 区域: "西北|西南", 审批: 客服主管}
  - {规则: 夏天, 日期: "2026-07-01~2026-08-31", 金额: "<=80", 审批: 自动}
  - {规则: 好几件, 件数: ">=3", 审批: 运营总监}
  - {规则: 贵宾, 会员等级: 金卡|3, 审批: 自动, 退款时机: 审批通过}
  - {规则: 正好, 金额: "50", 审批: 财务}
  - {规则: 其余, 审批: 客服组长}
""")
ASKING = read_flow("""
流程: 问日期
开始: 看看
节点:
  看看:
    类型: 人工
    负责人: {角色: 客服}
    时限: 1天
    表单: [{名: 判责, 填: 单选, 选项: [人为, 没有]}]
    动作:
      好: {去: 审批, 记: {金额: 50}}
      不好: {去: 不退, 样式: 危险, 理由: 必填}
  审批: {类型: 人工, 负责人: {审批表: true}, 时限: 1天, 动作: {同意: {去: 付款}, 驳回: {去: 不退, 样式: 危险}}}
  付款: {类型: 自动, 办: [确认退款], 去: [{当: {差价: ">0"}, 去: 不退, 规则: 差}, {去: 完成, 规则: 退}]}
  完成: {类型: 结束, 状态: 已完成}
  不退: {类型: 结束, 状态: 已关闭, 原因: 拒绝}
""")
PAIRS = [
    (rules("standard"), rules("express")), (rules("express"), Rules(FLOW, NOSY)),
    (Rules(FORKED, NOSY), Rules(FORKED, BY_FINDING)), (Rules(ASKING, NOSY), rules("standard")),
    (Rules(ASKING, NOSY), Rules(FLOW, BY_FINDING)),
]  # fmt: skip
STRATEGY = {"路由": "仓库", "责任": "供应商", "次品": "协商"}
WAYS = ["", "客服审核 同意 金额审批 同意", "客服审核 驳回", "看看 好 审批 同意", "看看 不好", "验货 损坏 补证 已补"]
DAYS = ["2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01"]
YES_OR_NO = [True, False, None, "是", "否", ""]
FINALS: dict[str, list[Any]] = {
    "金额": ["0.01", "39.99", "40", "40.01", "49.99", "50", "50.01", "60.00", "60.01", "80", "80.01", "300.00",
           "300.01", "500.01", "5000.01", None],
    "件数": [1, 2, 3, "3", 3.0, True], "会员等级": ["金卡", "银卡", 3, "3", ["银卡", "金卡"], None],
    "风险客户": YES_OR_NO, "风险提示": YES_OR_NO, "已退款": YES_OR_NO, "已审批": YES_OR_NO, "次品": YES_OR_NO,
    "例外": YES_OR_NO, "质检结果": ["合格", "次品"], "缺件": ["滤网"], "扣款项": [[{"name": "滤网"}]],
    "区域": ["西北", "华东", None], "路由": ["质检部", "仓库", None], "判责": ["人为", None],
    "差价": ["0", "0.01", "-5", 3], BESIDE: ["0.00", "10.00", None], "自主额度": ["客服", "财务"],
    "拆分前金额": ["20", "900"], "名单": ["禁止", "重要"], "预填": [{"判责": "人为"}],
    "超自动上限": ["每天自动上限 ¥5"], "理由": ["", "旧了"], "责任方": ["物流", "商家"],
}  # fmt: skip
COLUMNS: dict[str, list[Any]] = {
    "region": ["西北", "华东"], "shop": ["京东"], "fen": [3000, 7000], "close_reason": [None, "拒绝"],
    "reopened": [0, 1], "submitted": [{"金额": "30.00"}, {"金额": "90.00"}], "flow_id": [None],
}  # fmt: skip
BASES: list[dict[str, Any]] = [
    {}, {"金额": "30.00"}, {"金额": "70.00"}, {"金额": "70.00", "自主额度": "客服"},
    {"金额": "60.00", "会员等级": "金卡"}, {"金额": "30.00", BESIDE: "10.00"},
    {"金额": "30.00", "质检结果": "次品", "风险客户": "是"},
]  # fmt: skip
OWN = {1: OwnFlow(FLOW), None: OwnFlow(None)}


def neighbours(base: dict[str, Any]) -> Iterator[tuple[Row, dict[str, Any]]]:
    """A case and all that say one thing otherwise, which is where a gist could go wrong."""
    yield PLAIN, base
    for fact, values in FINALS.items():
        yield from ((PLAIN, {**base, fact: value, "看不到": n}) for n, value in enumerate(values))
    for column, values in COLUMNS.items():
        yield from ((PLAIN._replace(**{column: value}), base) for value in values)


@pytest.mark.parametrize(("pair", "way"), [(0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 5), (3, 3), (3, 4), (4, 0)])
def test_rows_of_one_gist_go_one_way(pair: int, way: int) -> None:
    agree(*PAIRS[pair], [(*case, WAYS[way], {}) for base in BASES for case in neighbours(base)])


def test_rows_of_one_gist_were_opened_and_decided_on_alike_days() -> None:
    told = [{OPENING: day, "金额审批": later, "审批": later} for day in DAYS for later in DAYS]
    agree(*PAIRS[1], [(*case, way, days) for way in WAYS for days in told for case in [(PLAIN, BASES[2])]])


@settings(max_examples=20, deadline=None)
@given(
    pair=st.sampled_from(PAIRS),
    finals=st.lists(
        st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in FINALS.items()}),
        min_size=2, max_size=20,
    ),
    way=st.sampled_from(WAYS),
)  # fmt: skip
def test_rows_that_say_many_things_otherwise_do_too(pair: Any, finals: list[dict[str, Any]], way: str) -> None:
    agree(pair[0], pair[1], [(PLAIN, final, way, {}) for final in finals])


def agree(old: Rules, new: Rules, cases: Iterable[tuple[Row, dict[str, Any], str, dict[str, str]]]) -> None:
    """Whatever has one gist goes the way that the first of them went."""
    gists, roads, found = Gists([old, new], STRATEGY), Roads(), dict[bytes, Any]()
    for row, final, way, days in cases:
        road = roads.trip(text_of(way)).road
        straight = straight_on(old, new, (row, final), road.decisions, days)
        gist = gists.of(row, final, amounts(row, final), road, days)
        assert found.setdefault(gist, straight) == straight


def straight_on(old: Rules, new: Rules, case: tuple[Row, Any], decisions: Any, days: Any) -> Any:
    """What both rules make of a case, with nothing remembered."""
    row, final = case
    own = OWN[row.flow_id]
    past = past_case(row, final, decisions, own)
    past = Season(TZ).dated(past, days) if days else past
    facts = {**STRATEGY, **past.facts}
    outcomes = replay(old, facts, past.hints), replay(new, facts, past.hints)
    return outcomes, past.imported, is_disputed(row, final, decisions, own)


def text_of(way: str, *moments: str) -> str:
    """The text of the archive for ``node action node action``."""
    words = way.split()
    ways = TASK.join(PART.join(pair) for pair in zip(words[::2], words[1::2], strict=True))
    return f"{ways}{MOMENTS}{PART.join(moments or [''] * len(words))}" if words else ""


def test_what_no_rule_looks_at_makes_no_new_gist() -> None:
    gists, road = Gists([rules("standard"), rules("express")], STRATEGY), Roads().trip("").road
    told = [{"金额": f"600.{n:02}", "提交人": n, "商品": f"滤网{n}", "区域": f"第{n}区"} for n in range(100)]
    assert len({gists.of(PLAIN, each, amounts(PLAIN, each), road, {}) for each in told}) == 1


def test_the_steps_along_the_amounts_keep_what_is_equal_apart() -> None:
    assert steps([Decimal("50"), Decimal("0.005"), Decimal("50.00"), Decimal("-1.5")]) == [-150, -149, 1, 5000, 5001]


def test_values_that_a_condition_cannot_tell_apart_have_one_number() -> None:
    reading = Reading([cell for cell in judged_by([Rules(FLOW, NOSY)]) if cell.fact == "会员等级"])
    numbers = [reading.of(value) for value in ("金卡", 3, "3", ["银卡", "金卡"], "银卡", None, "", "['金卡']")]
    assert numbers == [0, 0, 0, 0, 1, 1, 1, 1]


# --- roads


def test_a_road_is_read_with_the_seconds_at_its_nodes() -> None:
    roads = Roads()
    first, last = "2026-07-01 08:00:00+00:00", "2026-07-01 10:00:00.5+00"
    text = text_of("客服审核 同意 金额审批 驳回", first, last, last, "")
    trip = roads.trip(text)
    assert trip.road.decisions == (("客服审核", "同意"), ("金额审批", "驳回"))
    assert trip.days() == {"客服审核": last}
    assert roads.trip(text).road is trip.road
    assert roads.dwell() == {"客服审核": 7200.5}
    assert roads.trip(None).road.decisions == ()


ENDS = ["2026-07-01 08:00:00+00:00", "2026-07-01 08:00:00.5+00:00", "2026-07-01 17:00:00+08:00", ""]


@pytest.mark.parametrize(("first", "second"), [*pairwise(ENDS), (ENDS[0], ENDS[0])])
def test_of_two_decisions_at_one_node_the_later_one_stands(first: str, second: str) -> None:
    """A task can be opened before another and closed after it: 加签, several owners."""
    since = "2026-07-01 00:00:00+00:00"
    trips = [
        Roads().trip(text_of("质检 次品处理 质检 合格入库", since, first, since, second)),
        Roads().trip(text_of("质检 合格入库 质检 次品处理", since, second, since, first)),
    ]
    same = first == second
    assert dict(trips[0].road.decisions)["质检"] == ("合格入库" if second else "次品处理")
    assert dict(trips[1].road.decisions)["质检"] == ("次品处理" if same or not second else "合格入库")
    assert list(trips[0].days()) == ["质检"]


def test_the_facts_of_the_calendar_are_told_by_their_days() -> None:
    gists, road = Gists([Rules(FLOW, NOSY)], ()), Roads().trip("").road
    seen = [gists.of(PLAIN, {}, (1, 1), road, {OPENING: day}) for day in ("2026-07-01", "2026-08-31", "2026-09-01")]
    assert seen[0] == seen[1] != seen[2]
    assert {"日期", "提交日期"} == CALENDAR
