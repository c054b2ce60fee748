"""The small pure tables of the engine: whose word a case follows, why its clock stands, what a group may hear. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.choices import Choices
from flow.definitions.flow import Action
from flow.definitions.flow_reader import flow_from
from flow.definitions.vocabulary import CHANGERS, CREATOR, HANDLERS
from flow.engine.group_facts import for_group
from flow.engine.inquiry import ASK, SETTLE, station
from flow.engine.opening_facts import (
    History,
    Item,
    awaited,
    customer_facts,
    in_transit,
    on_its_way,
    said,
    shared,
)
from flow.engine.requesters import asked, changed_by, handled_by
from flow.engine.standstill import stopped
from flow.engine.values import Actor, Slot
from models import CaseState, Order
from tests.support.written_flows import drawn, paying, person, wait

if TYPE_CHECKING:
    from models import Case, Task

HERE = ZoneInfo("Asia/Shanghai")

# -- whose slot, whose word --------------------------------------------------------------------------------------------

SLOTS = (Slot(1, "甲", 7, held=True), Slot(2, "乙", 7), Slot(3, "甲", 8), Slot(4, "甲", 7), Slot(5, "甲", 7))


@pytest.mark.parametrize(
    ("who", "node", "slot"),
    [(7, "甲", 4), (7, "乙", 2), (8, "甲", 3), (8, "乙", None), (9, "甲", None)],  # open, one's own, the first
)
def test_a_slot_is_somebody_s(who: int, node: str, slot: int | None) -> None:
    found = Actor(who, "员工").slot(node, SLOTS)
    assert (found.id if found else None) == slot


def test_only_the_system_has_no_number() -> None:
    assert [Actor(who, "谁").is_system for who in (None, 0, 7)] == [True, False, False]


REQUESTERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, set()),
    ({CREATOR: None}, set()),  # it came by itself
    ({CREATOR: 7}, {7}),
    ({CREATOR: 7, CHANGERS: [8], HANDLERS: [9, 8]}, {7, 8, 9}),
    ({CHANGERS: None, HANDLERS: [9]}, {9}),
    ({CREATOR: 0}, {0}),
]


@pytest.mark.parametrize(("facts", "members"), REQUESTERS)
def test_by_whose_word_a_case_asks(facts: dict[str, Any], members: set[int]) -> None:
    assert asked(facts) == members


HANDLED: list[tuple[dict[str, Any], list[int], list[int]]] = [
    ({}, [], []),
    ({}, [9, 8], [8, 9]),
    ({HANDLERS: [9]}, [8, 9], [8, 9]),
    ({HANDLERS: [9], CREATOR: 8}, [8], [9]),  # the submitter is kept out anyway
    ({HANDLERS: None, CREATOR: None}, [8], [8]),
]


@pytest.mark.parametrize(("facts", "members", "handlers"), HANDLED)
def test_who_has_taken_it_up_again(facts: dict[str, Any], members: list[int], handlers: list[int]) -> None:
    assert handled_by(facts, members) == handlers


CHANGED: list[tuple[dict[str, Any], int, list[int]]] = [
    ({}, 8, [8]),
    ({CHANGERS: [9]}, 8, [9, 8]),  # in the order in which they did
    ({CHANGERS: [9, 8]}, 9, [9, 8]),
    ({CREATOR: 8, CHANGERS: [9]}, 8, [9]),
    ({CREATOR: 8, CHANGERS: None}, 8, []),
]


@pytest.mark.parametrize(("facts", "member", "changers"), CHANGED)
def test_who_has_changed_it(facts: dict[str, Any], member: int, changers: list[int]) -> None:
    assert changed_by(facts, member) == changers


# -- why a clock stands still ------------------------------------------------------------------------------------------

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning here


@dataclass
class Some:
    """As much of a case and of a task as is looked at."""

    state: CaseState = CaseState.OPEN
    facts: dict[str, Any] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    snoozed_for: str = ""


STILL: list[tuple[Some, str | None]] = [
    (Some(), None),
    (Some(facts={"挂起": "等", "挂起于": TEN.isoformat()}), None),  # it was, and is no more
    (Some(CaseState.HELD, {"挂起": "等客户寄回", "挂起于": TEN.isoformat()}), "11-23 10:00 起，等客户寄回"),
    (Some(CaseState.HELD, {"挂起于": TEN.isoformat()}), "11-23 10:00 起"),
    (Some(CaseState.HELD, {"挂起": "等客户寄回"}), "等客户寄回"),  # held before that was noted
    (Some(CaseState.HELD, {"挂起": None, "挂起于": None}), ""),
    (Some(CaseState.HELD, {"挂起": "等"}, TEN), "等"),
    (Some(snoozed_until=TEN), "稍后，11-23 10:00 再看"),
    (Some(snoozed_until=TEN, snoozed_for="客户回复"), "等客户回复，最晚 11-23 10:00 再看"),
]


@pytest.mark.parametrize(("some", "words"), STILL)
def test_why_a_deadline_stands_still(some: Some, words: str | None) -> None:
    assert stopped(cast("Case", some), cast("Task", some), HERE) == words


# -- what a group may hear ---------------------------------------------------------------------------------------------

HEARD: list[tuple[str, Any, Any]] = [
    ("金额", "329.00", "见单聊"),
    ("金额", None, None),  # there is none, which is no secret
    ("金额", 0, "见单聊"),
    ("差价", "5", "见单聊"),  # a form asked for it in yuan
    ("件数", "5", "5"),
    ("支付账号", "zhang@example.com", "***"),
    ("收款账户", "", ""),
    ("手机", None, None),
    ("客户", "张三", "***"),
    ("客户备注", "张三急用", "张三急用"),
    ("客户姓名", "张三", "张**"),
    ("收件人", "欧阳锋", "欧**"),
    ("收款人", "", ""),
    ("原因", "客户 13800138000 退了 ¥1,234.50 和 ¥5", "客户 *** 退了 见单聊 和 见单聊"),
    ("原因", ["付了 ¥5", 3, ["打 13800138000"]], ["付了 见单聊", 3, ["打 ***"]]),
    ("原因", ("付了 ¥5",), ["付了 见单聊"]),
    ("风险客户", True, True),
]


@pytest.mark.parametrize(("name", "value", "heard"), HEARD)
def test_what_a_group_hears(name: str, value: Any, heard: Any) -> None:
    assert for_group({name: value, "金额项": ["差价"]})[name] == heard


def test_every_fact_is_told_somehow() -> None:
    assert for_group({}) == {}
    assert for_group({"金额": "5", "件数": 2, "金额项": None}) == {"金额": "见单聊", "件数": 2, "金额项": None}


@given(st.integers(0, 10**7), st.integers(0, 99), st.text("好退款 "))
def test_no_amount_is_ever_told_aloud(yuan: int, fen: int, words: str) -> None:
    heard = for_group({"原因": f"{words}¥{yuan:,}.{fen:02}{words}"})["原因"]
    assert heard == f"{words}见单聊{words}"


# -- 核对退款 ----------------------------------------------------------------------------------------------------------

MONEY = {
    "甲": person(同意="付"),
    "付": person(确认退款={"去": "候", "办": ["确认退款"]})
    | {"负责人": {"角色": "财务"}, "时限": "4小时", "显示": ["金额"], "回避": ["质检人", "提交人"]},
    "候": paying("完") | {"动作": {"退款成功": {"去": "完"}, "退款失败": {"去": "付"}}, "不许": ["转交"]},
    "寄": wait("完"),
}


def asked_at(nodes: dict[str, Any], name: str = "候") -> Any:
    return station(flow_from(drawn(nodes)), name)


def test_a_node_that_hears_nothing_of_money_is_itself() -> None:
    flow = flow_from(drawn(MONEY))
    assert [station(flow, name) for name in ("甲", "寄")] == [flow.nodes["甲"], flow.nodes["寄"]]


def test_an_answer_that_does_not_come_is_looked_up_by_whoever_confirms_refunds() -> None:
    node = asked_at(MONEY)
    assert (node.name, node.title, node.hint) == ("候", "核对退款：{退款额}", "{退款不明}")
    assert (node.owner.role, node.limit, node.shows, node.form) == ("财务", timedelta(hours=4), ("金额",), ())
    assert node.avoids == ("提交人", "质检人"), "who asked for it does not settle it"
    assert node.forbids == ("转交", "加签", "退回", "挂起")
    assert node.actions == {ASK: Action(ASK, ()), SETTLE: Action(SETTLE, ())}


WHO_LOOKS: list[tuple[dict[str, Any], str]] = [
    ({}, "财务"),
    # whoever gets it back where the shop refuses it, before those who may pay
    ({"候": paying("完") | {"动作": {"退款成功": {"去": "完"}, "退款失败": {"去": "甲"}}}}, "客服"),
    # a wait that no refusal leads away from
    ({"候": paying("完") | {"动作": {"退款成功": {"去": "完"}}}}, "财务"),
    # back to no person: whoever pays
    ({"候": paying("完")}, "财务"),
    # and where no person does, whoever is there for the rest
    ({"付": {"类型": "自动", "办": ["确认退款"], "去": "候"}}, "管理员"),
]


@pytest.mark.parametrize(("more", "role"), WHO_LOOKS)
def test_to_whom_it_falls(more: dict[str, Any], role: str) -> None:
    assert asked_at(MONEY | more).owner.role == role


def test_where_nobody_confirms_the_wait_says_how_long() -> None:
    nodes = MONEY | {"付": {"类型": "自动", "办": ["确认退款"], "去": "候"}, "候": MONEY["候"] | {"时限": "6小时"}}
    node = asked_at(nodes)
    assert (node.limit, node.shows, node.avoids) == (timedelta(hours=6), (), ("提交人",))


# -- what is known at the beginning ------------------------------------------------------------------------------------


def order(**more: Any) -> Order:
    return Order(**{"no": "7", "shop": "旗舰店", "region": "华东", "member_level": "金卡", "ordered_at": TEN, **more})


BOUGHT: list[tuple[History | None, dict[str, Any]]] = [
    (None, {"半年退货次数": "", "半年订单数": "", "半年消费": "", "客户历史": ""}),  # not known, which is not 0
    (
        History(0, Decimal(0), 0),
        {"半年退货次数": 0, "半年订单数": 0, "半年消费": "0.00", "客户历史": ""},
    ),
    (
        History(5, Decimal("1234.5"), 2),
        {"半年退货次数": 2, "半年订单数": 5, "半年消费": "1234.50", "客户历史": "半年 5 单退 2"},
    ),
    (
        History(0, Decimal(0), 1),  # bought before that half year
        {"半年退货次数": 1, "半年订单数": 0, "半年消费": "0.00", "客户历史": "半年 0 单退 1"},
    ),
    (
        History(3, Decimal(9), 0),
        {"半年退货次数": 0, "半年订单数": 3, "半年消费": "9.00", "客户历史": "半年 3 单退 0"},
    ),
]


@pytest.mark.parametrize(("before", "facts"), BOUGHT)
def test_what_is_known_of_whoever_bought(before: History | None, facts: dict[str, Any]) -> None:
    known = {"店铺": "旗舰店", "区域": "华东", "会员等级": "金卡", "名单": "关注"}
    assert customer_facts(order(), "关注", before) == known | facts


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("more", "now", "is_on_its_way"),
    [
        ({}, TEN + 3 * DAY - timedelta(seconds=1), True),
        ({}, TEN + 3 * DAY, False),  # three days after it was ordered it is as good as there
        ({"delivered_at": TEN + DAY}, TEN + 2 * DAY, False),
        ({"delivered_at": TEN + 5 * DAY}, TEN + 4 * DAY, True),  # the shop knows better
    ],
)
def test_goods_are_on_their_way(more: Any, now: datetime, is_on_its_way: bool) -> None:
    choices = Choices(transit_days=3)
    assert in_transit(order(**more), choices, now) is is_on_its_way
    assert on_its_way(order(**more), choices, now) == {"未签收": is_on_its_way}


def test_a_product_is_known_by_four_facts() -> None:
    assert Item("滤网").facts() == {"商品": "滤网", "品类": "", "供应商": "", "不可退": False}
    known = Item("滤网", "耗材", "甲厂", returnable=False)
    assert known.facts() == {"商品": "滤网", "品类": "耗材", "供应商": "甲厂", "不可退": True}
    assert shared(iter([known, Item("滤芯", "耗材", "乙厂")])) == {"品类": "耗材", "供应商": "", "不可退": True}
    assert shared([known, Item("滤杯", "配件", "甲厂")]) == {"品类": "", "供应商": "甲厂", "不可退": True}


def test_what_an_agent_reads_of_the_days() -> None:
    assert awaited(order(ordered_at=datetime(2026, 11, 22, 17, 0, tzinfo=UTC)), HERE) == "11-23 下单，还没签收"
    guess = "（没有签收时间，按下单时间推算）"
    assert said({"未签收": True, "签收推算": False}) == "还没签收"
    assert said({"未签收": True, "签收推算": True}) == f"还没签收{guess}"
    assert said({"未签收": False, "签收天数": 6}) == "签收第 6 天"
