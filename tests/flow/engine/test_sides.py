"""Side branches: they begin beside a case, outlive it, and change nothing that the case itself comes to. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.definitions.vocabulary import CREATOR, PATH
from flow.engine.automation import triggers_of
from flow.engine.machine import begin, step
from flow.engine.values import Actor, Marking, Refusal, Rules, Step, Transition
from flow.engine.verbs import CORRECT, FRESH, GIVE_BACK, INTO, MERGE, REOPEN, TAKE_BACK, TO, WITHDRAW, decide, undoable
from models.enums import CaseState, CloseReason
from tests.flow.engine.test_forks import POLICY
from tests.support.written_flows import ALONE, auto, beside, drawn, fork, form, join, paying, person, told

DONE, CLOSED, OPEN = CaseState.DONE, CaseState.CLOSED, CaseState.OPEN
SHUT = {"类型": "结束", "状态": "已关闭", "原因": "拒绝"}
WITHDRAWN = {"类型": "结束", "状态": "已关闭", "原因": "撤销"}

#: 验 begins 寄 → 认 beside 退, which may go back before the fork
SUPPLIER: dict[str, Any] = {
    "验": person(好="完", 坏="叉"), "叉": beside("退", "寄"), "退": person(同意="完", 不退="拒", 再验="验"),
    "寄": person(寄出="认"), "认": person(收下="旁完", 不收="寄"), "旁完": ALONE, "拒": SHUT, "撤": WITHDRAWN,
}  # fmt: skip
STOPS = SUPPLIER | {"叉": beside("退", "寄", 关闭时="结束")}
MORE: dict[str, Any] = {"撤单": "撤", "重开": {"到": "验", "期限": "7天"}, "退回": {"到": "验"}}
AGENT = 7


def rules(nodes: dict[str, Any]) -> Rules:
    return Rules(flow_from(drawn(nodes, **MORE)), POLICY)


def acts(nodes: dict[str, Any], marking: Marking, action: str, at: str, **answers: Any) -> Transition | Refusal:
    who = Actor(1, "经办", owns=frozenset({at}), beyond=at == "")
    return decide(rules(nodes), marking, action, who, answers)


def moved(outcome: Transition | Refusal) -> Transition:
    assert isinstance(outcome, Transition), outcome
    return outcome


def stands(*nodes: str, state: Any = OPEN, **facts: Any) -> Marking:
    reason = CloseReason.REFUSED if state is CLOSED else None
    return Marking(nodes, {CREATOR: AGENT, **facts}, state, close_reason=reason)


def test_these_flows_are_sound() -> None:
    assert [told(nodes, **MORE) for nodes in (SUPPLIER, STOPS)] == [[], []]


def test_a_side_branch_begins_and_the_case_goes_on() -> None:
    done = moved(acts(SUPPLIER, stands("验"), "坏", "验"))
    assert (done.nodes, done.entered, set(done.gone)) == (("退", "寄"), ("退", "寄"), {"验"})
    assert done.steps[1:] == (
        Step("叉", "退", by_system=True),
        Step("叉", "寄", by_system=True, rule="旁支，自己结束"),
    )
    assert done.facts[PATH] == ["退", "寄"]


MOVES = [
    # the flow, where it stands and how, what is done at which node; where it then stands, what is new, how
    (SUPPLIER, stands("退", "寄"), "同意", "退", ("寄",), (), DONE),  # the case ends, the branch goes on
    (SUPPLIER, stands("退", "寄"), "不退", "退", ("寄",), (), CLOSED),
    (STOPS, stands("退", "寄"), "同意", "退", ("寄",), (), DONE),  # 关闭时 is not when it is completed
    (STOPS, stands("退", "寄"), "不退", "退", (), (), CLOSED),
    (SUPPLIER, stands("退", "寄"), "寄出", "寄", ("退", "认"), ("认",), OPEN),
    (SUPPLIER, stands("退", "认"), "收下", "认", ("退",), (), OPEN),  # its end ends nothing else
    (SUPPLIER, stands("寄", state=DONE), "寄出", "寄", ("认",), ("认",), DONE),
    (SUPPLIER, stands("认", state=DONE), "不收", "认", ("寄",), ("寄",), DONE),
    (SUPPLIER, stands("认", state=CLOSED), "收下", "认", (), (), CLOSED),
    (SUPPLIER, stands("退", "寄"), "再验", "退", ("验", "寄"), ("验",), OPEN),
    (SUPPLIER, stands("验", "认"), "坏", "验", ("退", "认"), ("退",), OPEN),  # one under way is not begun again
    (SUPPLIER, stands("验"), "坏", "验", ("退", "寄"), ("退", "寄"), OPEN),  # one that has ended is
]


@pytest.mark.parametrize(("flow", "at", "action", "node", "nodes", "entered", "state"), MOVES)
def test_where_it_then_stands(
    flow: Any, at: Marking, action: str, node: str, nodes: Any, entered: Any, state: CaseState
) -> None:
    done = moved(acts(flow, at, action, node))
    assert (done.nodes, done.entered, done.state) == (nodes, entered, state)
    assert set(done.gone) == {*at.nodes} - {*nodes}


def test_what_is_done_after_the_end_is_no_second_end() -> None:
    ends = moved(acts(SUPPLIER, stands("退", "寄"), "不退", "退"))
    later = moved(acts(SUPPLIER, stands("认", state=CLOSED), "收下", "认"))
    assert (ends.ends, later.ends, later.after_end) == (True, False, True)
    assert later.close_reason is CloseReason.REFUSED
    assert [t.what for t in triggers_of(ends)] == ["办理", "关闭"]
    assert [t.what for t in triggers_of(later)] == ["办理"]
    who = Actor(1, "经办")
    assert undoable(stands("退", "寄"), ends, who) is not None
    assert undoable(stands("认", state=CLOSED), later, who) is None


def test_a_hand_over_and_a_further_signature_leave_the_end_as_it_is() -> None:
    joint = SUPPLIER | {"寄": person(寄出="认", 转交={"换人": True})}
    assert moved(acts(joint, stands("寄", state=CLOSED), "转交", "寄")).close_reason is CloseReason.REFUSED


REFUSED = [
    (stands("寄", state=DONE), "同意", "退", "这单已完成，只有旁支 寄 还在办"),
    (stands(state=DONE), "寄出", "寄", "这单已完成，不用再处理"),
    (stands("退", state=DONE), "同意", "退", "这单已完成，不用再处理"),  # of a version in which it was no side branch
    (stands("寄", state=DONE), "寄出", "退", "寄不是你的待办"),
    (stands("寄", state=DONE), WITHDRAW, "", "这单已完成，只有旁支 寄 还在办"),
    (stands("寄", state=DONE), GIVE_BACK, "", "这单已完成，只有旁支 寄 还在办"),
    (stands("退", "认", **{PATH: ["验", "退", "寄", "认"]}), GIVE_BACK, "认", "可以退到：寄"),
]


@pytest.mark.parametrize(("at", "action", "node", "words"), REFUSED)
def test_what_an_ended_case_refuses(at: Marking, action: str, node: str, words: str) -> None:
    outcome = acts(SUPPLIER, at, action, node, **({TO: "验"} if action == GIVE_BACK else {}))
    assert isinstance(outcome, Refusal)
    assert words in outcome.reason


PASSED = ["验", "退", "寄", "认"]


def test_who_gives_back_in_a_side_branch_moves_it_alone() -> None:
    for state in (OPEN, DONE):
        at = stands(*(["退"] if state is OPEN else []), "认", state=state, **{PATH: PASSED, "已退款": True})
        done = moved(acts(SUPPLIER, at, GIVE_BACK, "认"))
        assert (done.nodes[-1], done.entered, done.state) == ("寄", ("寄",), state)
        assert done.facts[PATH] == ["验", "退", "寄"]


def test_nor_is_it_given_back_from_outside() -> None:
    at = stands("退", "认", **{PATH: ["验", "寄", "退", "认"]})
    done = moved(acts(SUPPLIER, at, GIVE_BACK, "退"))
    assert (done.nodes, done.facts[PATH]) == (("验", "认"), ["寄", "认", "验"])
    refused = acts(SUPPLIER, at, GIVE_BACK, "退", **{TO: "寄"})
    assert isinstance(refused, Refusal)


NOTED = SUPPLIER | {
    "验": person(好="完", 坏={"去": "叉", "记": {"已验": "是"}}),
    "寄": {**person(寄出="认"), "表单": [{"名": "运单号", "填": "文本"}]},
}
WRITTEN = {"已验": True, "运单号": "SF1", PATH: PASSED}


@pytest.mark.parametrize("nodes", [SUPPLIER, STOPS])
def test_a_withdrawal_says_what_becomes_of_it(nodes: Any) -> None:
    for action, answers in ((WITHDRAW, {}), (MERGE, {INTO: "R1"})):
        done = moved(acts(nodes, stands("退", "寄"), action, "", **answers))
        left = ("寄",) if nodes is SUPPLIER else ()
        assert (done.nodes, done.state, set(done.gone), done.left) == (left, CLOSED, {"退", "寄"} - {*left}, "退")


@pytest.mark.parametrize(
    ("action", "at"), [(REOPEN, stands("认", state=DONE, **WRITTEN)), (CORRECT, stands("退", "认", **WRITTEN))]
)
def test_a_case_that_begins_again_keeps_what_is_under_way_beside_it(action: str, at: Marking) -> None:
    done = moved(acts(NOTED, at, action, "", **{FRESH: {"件数": 1}}))
    assert (done.nodes, done.entered, done.state) == (("验", "认"), ("验",), OPEN)
    assert done.facts[PATH] == ["寄", "认", "验"]
    assert (done.facts.get("已验"), done.facts["运单号"]) == (None, "SF1")


def test_one_that_has_ended_is_forgotten_with_the_rest() -> None:
    done = moved(acts(NOTED, stands(state=DONE, **WRITTEN), REOPEN, ""))
    assert (done.nodes, "运单号" in done.facts, done.facts[PATH]) == (("验",), False, ["验"])


def test_taking_back_what_closed_the_case_revives_what_went_with_it() -> None:
    at = stands("退", "认")
    done = moved(acts(STOPS, at, "不退", "退"))
    undo = undoable(at, done, Actor(1, "经办"))
    back = moved(acts(STOPS, Marking(done.nodes, done.facts, CLOSED, undo=undo), TAKE_BACK, ""))
    assert (back.nodes, back.entered, back.state) == (("退", "认"), ("退", "认"), OPEN)


#: one branch of a fork begins it: nobody waits for it, and nobody ends it who leaves the fork
NESTED: dict[str, Any] = {
    "叉": fork("左", "右"), "左": person(同意="旁"), "旁": beside("合", "寄"), "右": person(同意="合", 算了="完"),
    "合": join("后"), "后": form(), "寄": person(寄出="旁完"), "旁完": ALONE,
}  # fmt: skip
IN_A_BRANCH = [
    (stands("左", "右"), "同意", "左", ("右", "寄"), OPEN),
    (stands("右", "寄"), "同意", "右", ("后", "寄"), OPEN),
    (stands("右", "寄"), "算了", "右", ("寄",), DONE),
    (stands("右", "寄"), "寄出", "寄", ("右",), OPEN),
]


@pytest.mark.parametrize(("at", "action", "node", "nodes", "state"), IN_A_BRANCH)
def test_one_that_begins_in_a_branch(at: Marking, action: str, node: str, nodes: Any, state: CaseState) -> None:
    assert told(NESTED) == []
    done = moved(step(Rules(flow_from(drawn(NESTED)), POLICY), at, action, Actor(1, "", owns=frozenset({node})), {}))
    assert (done.nodes, done.state) == (nodes, state)


def test_a_join_in_a_branch_that_needs_nobody_does_not_wait_for_it_either() -> None:
    quick = NESTED | {"左": auto("旁"), "右": auto("合")}
    begun = begin(Rules(flow_from(drawn(quick)), POLICY), {})
    assert begun.nodes == ("后", "寄")


def test_a_case_that_ends_at_once_leaves_what_it_has_begun() -> None:
    quick = {"叉": beside("完", "寄"), "寄": person(寄出="旁完"), "旁完": ALONE}
    begun = begin(Rules(flow_from(drawn(quick)), POLICY), {})
    assert (begun.nodes, begun.entered, begun.state) == (("寄",), ("寄",), DONE)


def test_money_on_its_way_is_not_cut_off_by_what_goes_on_beside_it() -> None:
    money = {"叉": beside("付", "寄"), "付": paying("完"), "寄": person(寄出="旁完"), "旁完": ALONE}
    own = Rules(flow_from(drawn(money)), POLICY)
    done = moved(step(own, stands("付", "寄"), "寄出", Actor(1, "", owns=frozenset({"寄"})), {}))
    assert (done.nodes, done.state) == (("付",), OPEN)
