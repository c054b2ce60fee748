"""What ends a wait by itself, and when: a table of nodes, and the clock of a case that was put aside. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.definitions.vocabulary import ON_ITS_WAY, UNTIL
from flow.engine.values import Transition
from flow.engine.waits import first_over, goes_by_itself, hears_of_refund, over, timed
from tests.support.written_flows import drawn, paying, person, wait

if TYPE_CHECKING:
    from flow.definitions.flow import Flow, Node

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NODES: dict[str, Any] = {
    "人": person(同意="完"),
    "限": person(同意="完", 到时={"去": "完", "满": "3天"}),
    "候": wait("完"),  # a day
    "件": wait("完") | {"动作": {"登记运单": {"去": "完"}, "到时": {"去": "完"}}},
    "单": {"类型": "等待", "等": "运单", "时限": "1天", "动作": {"登记运单": {"去": "完"}}},
    "款": paying("完") | {"时限": "1天"},
    "拒": {"类型": "等待", "等": "店铺答复", "时限": "1天", "动作": {"退款失败": {"去": "完"}, "到时": {"去": "完"}}},
    "点": person(退款成功="完"),
}
FLOW: Flow = flow_from(drawn(NODES))


def node(name: str) -> Node:
    return FLOW.nodes[name]


@pytest.mark.parametrize(
    ("name", "action", "by_itself"),
    [
        ("人", "同意", False),
        ("限", "同意", False),
        ("限", "到时", True),
        ("候", "到时", True),
        ("款", "退款成功", True),
    ],
)
def test_what_the_program_does_by_itself(name: str, action: str, by_itself: bool) -> None:
    assert goes_by_itself(node(name), action) is by_itself


@pytest.mark.parametrize(
    ("name", "hears"),
    [("款", True), ("拒", True), ("候", False), ("件", False), ("人", False), ("点", False)],  # a button is no answer
)
def test_which_waits_are_for_the_shop(name: str, hears: bool) -> None:
    assert hears_of_refund(node(name)) is hears


def at(name: str, *, entered: bool = False, away: timedelta = timedelta(0), **facts: Any) -> dict[str, Any]:
    """The facts of a step after which the case stands at a node, newly or as before."""
    moved = Transition((), "", (name,), (name,) if entered else (), {"金额": "9", **facts})
    return timed(FLOW, moved, NOW, away)


def until(moment: datetime, *names: str) -> dict[str, Any]:
    return {UNTIL: {name: moment.isoformat() for name in names}}


LIMITS = [
    ("人", {}, None),  # people have no end
    ("限", {}, 3 * DAY),  # unless the flow gives them one
    ("候", {}, DAY),
    ("件", {}, DAY),
    ("件", {ON_ITS_WAY: True}, 0 * DAY),  # what it waits for has been said already
    ("候", {ON_ITS_WAY: True}, DAY),  # which this one does not wait for
    ("单", {}, None),  # nothing of it is for the clock to say
    ("单", {ON_ITS_WAY: True}, 0 * DAY),
    ("款", {}, None),  # money may be on its way for as long as it likes
    ("拒", {}, None),
    ("款", {ON_ITS_WAY: True}, None),
]


@pytest.mark.parametrize(("name", "facts", "limit"), LIMITS)
@pytest.mark.parametrize("entered", [True, False])
def test_a_wait_is_over(name: str, facts: Any, limit: timedelta | None, entered: bool) -> None:
    told = {} if limit is None else until(NOW + limit, name)
    assert at(name, entered=entered, **facts) == {"金额": "9", **facts, **told}


STAYS = [
    # whether it was entered now, how long the case was put aside, what was known; when it is over
    (False, 0 * DAY, NOW + 5 * DAY, NOW + 5 * DAY),  # nothing else that happens begins it anew
    (False, 2 * DAY, NOW - DAY, NOW + DAY),  # the time that the case was put aside does not count
    (True, 2 * DAY, NOW + 5 * DAY, NOW + 3 * DAY),  # come to again it begins again
]


@pytest.mark.parametrize(("entered", "away", "before", "then"), STAYS)
def test_a_wait_that_runs_goes_on(entered: bool, away: timedelta, before: datetime, then: datetime) -> None:
    assert at("限", entered=entered, away=away, **until(before, "限", "候")) == {"金额": "9", **until(then, "限")}


def test_a_waybill_ends_a_wait_for_it_that_runs() -> None:
    known = {ON_ITS_WAY: True, **until(NOW + DAY, "件")}
    assert at("件", away=2 * DAY, **known)[UNTIL] == {"件": NOW.isoformat()}


def test_a_case_that_waits_for_nothing_any_more_keeps_no_moment() -> None:
    known = {"金额": "9", **until(NOW, "候")}
    assert timed(FLOW, Transition((), "", (), (), known), NOW) == {"金额": "9"}
    assert known == {"金额": "9", **until(NOW, "候")}, "what was given is left alone"


def test_each_node_has_its_own_end_whatever_stands_beside() -> None:
    moved = Transition((), "", ("人", "款", "候", "限"), ("候",), {})
    assert timed(FLOW, moved, NOW) == {
        UNTIL: {"候": (NOW + DAY).isoformat(), "限": (NOW + 3 * DAY).isoformat()},
    }


def test_the_first_of_several_ends_is_looked_for() -> None:
    both = {UNTIL: {"限": (NOW + 3 * DAY).isoformat(), "候": (NOW + DAY).isoformat()}}
    assert first_over(both) == NOW + DAY
    nothing: list[dict[str, Any]] = [{}, {UNTIL: {}}, {UNTIL: None}]
    assert [first_over(known) for known in nothing] == [None] * 3


OVER = [
    ("候", NOW, {}, [("候", "到时")]),  # on the moment
    ("候", NOW - DAY, {}, [("候", "到时")]),
    ("候", NOW + timedelta(seconds=1), {}, []),
    ("限", NOW, {}, [("限", "到时")]),
    ("件", NOW, {}, [("件", "到时")]),
    ("件", NOW, {ON_ITS_WAY: True}, [("件", "登记运单")]),  # the parcel, not the time
    ("候", NOW, {ON_ITS_WAY: True}, [("候", "到时")]),
]


@pytest.mark.parametrize(("name", "moment", "facts", "found"), OVER)
def test_what_is_over_now(name: str, moment: datetime, facts: Any, found: list[tuple[str, str]]) -> None:
    assert over(FLOW, {**facts, **until(moment, name)}, NOW) == found


def test_of_several_waits_those_are_told_that_are_over() -> None:
    known = {UNTIL: {"候": NOW.isoformat(), "限": (NOW + DAY).isoformat(), "件": NOW.isoformat()}}
    assert over(FLOW, known, NOW) == [("候", "到时"), ("件", "到时")]
    assert [over(FLOW, known, NOW) for known in ({}, {UNTIL: None})] == [[], []]
