"""What may be done at every node: where it leads, what is forgotten, and why not. Pure."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.policy import Policy
from flow.definitions.vocabulary import PATH
from flow.engine.machine import begin
from flow.engine.values import Actor, Marking, Refusal, Rules, Transition
from flow.engine.verbs import GIVE_BACK, HOLD, MERGE, PAID, REOPEN, RESUME, TAKE_BACK, TO, decide, undoable, way_back
from flow.validation.flows import flow_of
from models.enums import CaseState, CloseReason
from tests.support.written_flows import drawn, fork, form, join, paying, person

CREATOR, OWNER, OTHER = 7, 1, 2
POLICY = Policy("小", "质检合格", 0, ())  # type: ignore[arg-type]


def notes(to: str, fact: str) -> dict[str, Any]:
    """A node whose yes puts a fact down, and whose no ends the case."""
    return person(同意={"去": to, "记": {fact: "是"}}, 驳回={"去": "完", "样式": "危险"})


LINE = {"甲": notes("乙", "甲说"), "乙": notes("丙", "乙说"), "丙": notes("完", "丙说")}
FORK = {
    "前": notes("叉", "前说"), "叉": fork("左", "右"),
    "左": notes("左二", "左说"), "左二": notes("合", "左二说"),
    "右": notes("右二", "右说"), "右二": notes("合", "右二说"),
    "合": join("后"), "后": notes("完", "后说"),
}  # fmt: skip
WAITING = {"甲": {**notes("候", "甲说")}, "候": paying("完")}
WAITING["甲"]["动作"]["同意"]["办"] = ["确认退款"]
ASKED = {"甲": form({"名": "责任", "填": "文本"}, to="乙"), "乙": notes("完", "乙说")}


class Walk:
    """A case on its way, with everybody owning everything."""

    def __init__(self, nodes: dict[str, Any], **facts: Any) -> None:
        self.rules = Rules(flow_of(drawn(nodes)), POLICY)
        self.stand = self._after(begin(self.rules, {"提交人": CREATOR, **facts}))

    def _after(self, moved: Transition) -> Marking:
        return Marking(moved.nodes, moved.facts, moved.state)

    def does(self, action: str, at: str = "", who: int = OWNER, to: str = "", **said: Any) -> Transition | Refusal:
        owns = frozenset({at} if at else self.stand.nodes)
        actor = Actor(who, f"员工{who}", owns=frozenset() if who == CREATOR else owns)
        answers = {TO: to} if to else {}
        moved = decide(self.rules, self.stand, action, actor, answers | said)
        if isinstance(moved, Transition):
            undo = undoable(self.stand, moved, actor)
            self.stand = replace(self._after(moved), undo=undo)
        return moved

    def goes(self, *steps: str) -> Walk:
        """``甲`` says yes; ``左 驳回`` says that."""
        for step in steps:
            at, _, action = step.partition(" ")
            moved = self.does(action or "同意", at)
            assert isinstance(moved, Transition), moved
        return self

    @property
    def said(self) -> set[str]:
        return {fact for fact in self.stand.facts if fact.endswith("说")}


# -- 退回 --------------------------------------------------------------------------------------------------------------

BACK = [
    # to the one before by default: what it and the later ones noted is forgotten
    (LINE, ["甲", "乙"], "丙", "", ("乙",), {"甲说"}),
    (LINE, ["甲", "乙"], "丙", "甲", ("甲",), set()),
    (LINE, ["甲"], "乙", "", ("甲",), set()),
    # within a branch the one beside it stands, and so does what it noted
    (FORK, ["前", "左", "右"], "左二", "", ("右二", "左"), {"前说", "右说"}),
    (FORK, ["前", "右", "左"], "左二", "", ("右二", "左"), {"前说", "右说"}),
    (FORK, ["前", "左", "右", "右二"], "左二", "左", ("左",), {"前说", "右说", "右二说"}),
    # before the fork: both branches are over, with all that they noted
    (FORK, ["前", "左", "右"], "左二", "前", ("前",), set()),
    # after the join
    (FORK, ["前", "左", "右", "左二", "右二"], "后", "前", ("前",), set()),
]


def back_to(name: str) -> dict[str, Any]:
    """The answer to where; nothing leaves it to the program."""
    return {TO: name} if name else {}


@pytest.mark.parametrize(("nodes", "way", "at", "to", "stands", "said"), BACK)
def test_a_case_is_given_back(
    nodes: Any, way: list[str], at: str, to: str, stands: tuple[str, ...], said: set[str]
) -> None:
    walk = Walk(nodes).goes(*way)
    moved = walk.does(GIVE_BACK, at, **back_to(to))
    assert isinstance(moved, Transition)
    assert (moved.nodes, walk.said) == (stands, said)
    assert at in moved.gone


@pytest.mark.parametrize(
    ("nodes", "way", "at", "to", "reason"),
    [
        (LINE, [], "甲", "", "甲不能退回，前面没有可退的节点"),
        (LINE, ["甲"], "乙", "丙", "乙不能退回丙，可以退到：甲"),
        (LINE, ["甲"], "乙", "哪里", "乙不能退回哪里，可以退到：甲"),
        # never into the branch beside
        (FORK, ["前", "左", "右"], "左二", "右", "左二不能退回右，可以退到：前、左"),
    ],
)
def test_it_is_not_given_back_to(nodes: Any, way: list[str], at: str, to: str, reason: str) -> None:
    assert Walk(nodes).goes(*way).does(GIVE_BACK, at, **back_to(to)) == Refusal(reason)


def test_a_node_may_refuse_to_give_back() -> None:
    nodes = {**LINE, "乙": {**LINE["乙"], "不许": ["退回"]}}
    assert Walk(nodes).goes("甲").does(GIVE_BACK) == Refusal("乙不许退回")


def test_paid_money_is_not_given_back() -> None:
    refused = Walk(LINE, **{PAID: True}).goes("甲").does(GIVE_BACK)
    assert refused == Refusal("款已退，不能退回；有差错请找财务")


def test_what_a_form_asked_is_forgotten_with_its_node() -> None:
    walk = Walk(ASKED)
    walk.does("同意", 责任="物流")
    assert walk.stand.facts["责任"] == "物流"
    walk.does(GIVE_BACK)
    assert "责任" not in walk.stand.facts
    assert isinstance(walk.does("同意"), Refusal), "it is asked again"


@given(st.lists(st.sampled_from(["同意", GIVE_BACK]), max_size=12))
def test_the_path_is_always_where_the_case_has_come_through(actions: list[str]) -> None:
    walk = Walk(LINE)
    for action in actions:
        if walk.stand.nodes:
            walk.does(action)
    at = walk.stand.nodes
    names = ["甲", "乙", "丙"]
    expected = names[: names.index(at[0]) + 1] if at else names
    assert walk.stand.facts[PATH] == expected
    assert walk.said == {f"{name}说" for name in (expected[:-1] if at else expected)}


def test_the_ways_back_leave_out_the_branch_beside() -> None:
    walk = Walk(FORK).goes("前", "左", "右")
    assert way_back(walk.rules, walk.stand, "右二") == ["前", "右"]


# -- 撤回 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nodes", "way", "last"),
    [(LINE, ["甲"], "乙"), (LINE, [], "甲"), (FORK, ["前", "左"], "右"), (FORK, ["前", "左", "右", "左二"], "右二")],
)
def test_the_last_decision_is_taken_back_whole(nodes: Any, way: list[str], last: str) -> None:
    walk = Walk(nodes).goes(*way)
    before = copy.deepcopy((set(walk.stand.nodes), dict(walk.stand.facts)))
    walk.goes(last)
    moved = walk.does(TAKE_BACK)
    assert isinstance(moved, Transition)
    assert (set(moved.nodes), dict(moved.facts)) == before
    assert (moved.entered, moved.prefers) == ((last,), {last: OWNER})


def test_a_giving_back_can_be_taken_back_too() -> None:
    walk = Walk(LINE).goes("甲")
    walk.does(GIVE_BACK)
    assert walk.does(TAKE_BACK).nodes == ("乙",)  # type: ignore[union-attr]


NOT_MINE = "上一步不是你办的，不能撤回；要改请用退回"
IS_FINAL = "上一步办了就收不回来，不能撤回；要改请用退回"


def test_only_whoever_decided_takes_it_back() -> None:
    assert Walk(LINE).goes("甲").does(TAKE_BACK, who=OTHER) == Refusal(NOT_MINE)


def test_it_is_taken_back_once() -> None:
    walk = Walk(LINE).goes("甲")
    walk.does(TAKE_BACK)
    assert walk.does(TAKE_BACK) == Refusal(IS_FINAL)


def test_a_pause_is_no_decision_to_take_back() -> None:
    walk = Walk(LINE).goes("甲")
    walk.does(HOLD, who=CREATOR)
    walk.does(RESUME, who=CREATOR)
    assert walk.does(TAKE_BACK) == Refusal(IS_FINAL)


def test_it_is_too_late_once_the_next_has_looked() -> None:
    walk = Walk(LINE).goes("甲")
    walk.stand = replace(walk.stand, seen="乙")
    assert walk.does(TAKE_BACK) == Refusal("下一步乙已经有人看过了，不能撤回；请对方用退回")


def test_what_booked_goods_or_money_is_not_taken_back() -> None:
    nodes = {**LINE, "甲": person(同意={"去": "乙", "办": ["登记收货"]})}
    assert Walk(nodes).goes("甲").does(TAKE_BACK) == Refusal(IS_FINAL)


def test_a_node_may_refuse_it() -> None:
    nodes = {**LINE, "甲": {**LINE["甲"], "不许": ["撤回"]}}
    assert Walk(nodes).goes("甲").does(TAKE_BACK) == Refusal("甲不许撤回")


# -- 挂起 and 恢复 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [OWNER, CREATOR])
def test_owner_and_creator_put_a_case_aside_and_take_it_up(who: int) -> None:
    walk = Walk(LINE)
    assert isinstance(walk.does(HOLD, who=who, 理由="等客户"), Transition)
    assert (walk.stand.state, walk.stand.facts[HOLD], walk.stand.nodes) == (CaseState.HELD, "等客户", ("甲",))
    assert walk.does("同意") == Refusal("这单已挂起，先回复“恢复 单号”再同意")
    assert walk.does(GIVE_BACK) == Refusal("这单已挂起，先回复“恢复 单号”再退回")
    walk.does(RESUME, who=who)
    assert (walk.stand.state, HOLD in walk.stand.facts) == (CaseState.OPEN, False)
    walk.goes("甲")


def stranger(walk: Walk, action: str) -> Transition | Refusal:
    return decide(walk.rules, walk.stand, action, Actor(9, "路人"), {})


def test_nobody_else_does() -> None:
    walk = Walk(LINE)
    assert stranger(walk, HOLD) == Refusal("甲不是你的待办")
    walk.does(HOLD)
    assert stranger(walk, RESUME) == Refusal("只有负责人、提交人和能管这单的上级能恢复")


def test_a_pause_is_neither_begun_nor_ended_twice() -> None:
    walk = Walk(LINE)
    assert walk.does(RESUME) == Refusal("这单没有挂起")
    walk.does(HOLD)
    assert walk.does(HOLD) == Refusal("这单已经挂起了")


@pytest.mark.parametrize("who", [OWNER, CREATOR])
def test_a_node_may_refuse_to_be_put_aside(who: int) -> None:
    nodes = {**LINE, "甲": {**LINE["甲"], "不许": ["挂起"]}}
    assert Walk(nodes).does(HOLD, who=who) == Refusal("甲不许挂起")


def test_what_waits_already_is_not_put_aside() -> None:
    """An answer from outside would take the case up again without a word."""
    refused = Walk(WAITING).goes("甲").does(HOLD, who=CREATOR)
    assert refused == Refusal("正在等店铺答复，不用挂起，等到了会自己往下走")


# -- 重开 and 合并 -----------------------------------------------------------------------------------------------------


def test_a_case_that_is_over_is_taken_up_at_the_node_that_the_flow_names() -> None:
    walk = Walk(LINE)
    walk.rules = Rules(flow_of(drawn(LINE, 重开={"到": "乙", "期限": "7天"})), POLICY)
    walk.stand = replace(walk.stand, facts={**walk.stand.facts, PAID: True})
    walk.goes("甲", "乙", "丙")
    moved = walk.does(REOPEN, who=CREATOR)
    assert isinstance(moved, Transition)
    assert (moved.nodes, moved.state) == (("乙",), CaseState.OPEN)
    assert walk.said == set(), "everything is decided anew"
    assert moved.facts[PAID] is True, "but money that has gone is gone"
    assert moved.facts[PATH] == ["乙"]


def test_what_is_not_over_is_not_reopened() -> None:
    assert Walk(LINE).does(REOPEN) == Refusal("这单还在处理中，不用重开")


def test_a_flow_without_the_word_reopens_nothing() -> None:
    assert Walk(LINE).goes("甲 驳回").does(REOPEN) == Refusal("流程小没有设重开，请新建一单")


@pytest.mark.parametrize("action", [GIVE_BACK, TAKE_BACK, HOLD, RESUME, MERGE])
def test_what_is_over_takes_no_other_verb(action: str) -> None:
    assert Walk(LINE).goes("甲 驳回").does(action) == Refusal("这单已完成，不用再处理")


def test_a_duplicate_ends_as_such() -> None:
    moved = Walk(FORK).goes("前", "左").does(MERGE, who=OTHER, 并入="R1")
    assert isinstance(moved, Transition)
    assert (moved.state, moved.close_reason) == (CaseState.CLOSED, CloseReason.DUPLICATE)
    assert (set(moved.gone), moved.steps[0].verdict) == ({"右", "左二"}, "已并入 R1")


@pytest.mark.parametrize(
    ("nodes", "way", "facts", "reason"),
    [
        (LINE, [], {"已收货": True}, "货已收到或款已退，不能并入别的单"),
        (LINE, [], {PAID: True}, "货已收到或款已退，不能并入别的单"),
        (WAITING, ["甲"], {}, "正在等店铺答复，现在不能合并"),
    ],
)
def test_what_has_gone_too_far_is_no_duplicate(nodes: Any, way: list[str], facts: Any, reason: str) -> None:
    assert Walk(nodes, **facts).goes(*way).does(MERGE, who=OTHER) == Refusal(reason)
