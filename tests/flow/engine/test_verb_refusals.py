"""The verbs once more, word for word: what each refuses, what goes on record, what it leaves alone. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.definitions.policy import read_policy
from flow.definitions.vocabulary import CREATOR, HANDLERS, LET_GO, PATH
from flow.engine.values import Actor, Marking, Refusal, Rules, Slot, Step, Transition
from flow.engine.verbs import (
    CORRECT,
    FRESH,
    GIVE_BACK,
    HOLD,
    INTO,
    MERGE,
    PAID,
    REOPEN,
    RESUME,
    SINCE,
    TAKE_BACK,
    TO,
    WHY,
    WITHDRAW,
    decide,
    forget,
    undoable,
)
from models.enums import CaseState, CloseReason
from tests.support.written_flows import auto, drawn, fork, form, join, paying, person

POLICY = read_policy("政策: 小\n审批表:\n  - {规则: 主管, 审批: 客服主管}\n")
NODES: dict[str, Any] = {
    "甲": person(同意={"去": "乙", "记": {"甲说": True}}, 驳回="撤"),
    "乙": form({"名": "成色"}, to="丙"),
    "丙": person(同意="候", 驳回="撤"),
    "候": paying("完") | {"时限": "1天"},
    "改": person(重新提交="甲"),
    "撤": {"类型": "结束", "状态": "已关闭", "原因": "撤销"},
}
MORE: dict[str, Any] = {"撤单": "撤", "重开": {"到": "乙", "期限": "7天"}, "退回": {"到": "改", "理由": "必填"}}
ME, SYSTEM = 7, Actor(None, "系统")
MINE, BOSS, STRANGER = Actor(ME, "林晓"), Actor(9, "上级", beyond=True), Actor(8, "路人")
KNOWN = {CREATOR: ME, "金额": "9"}


def rules(nodes: dict[str, Any] = NODES, **more: Any) -> Rules:
    return Rules(flow_from(drawn(nodes, **(more or MORE))), POLICY)


def owner(*nodes: str) -> Actor:
    return Actor(1, "员工", owns=frozenset(nodes))


def at(*nodes: str, state: CaseState = CaseState.OPEN, known: Any = None, undo: Any = None, seen: str = "") -> Marking:
    return Marking(nodes, {**KNOWN, **(known or {})}, state, undo=undo, seen=seen)


def moved(outcome: Transition | Refusal) -> Transition:
    assert isinstance(outcome, Transition), outcome
    return outcome


HELD, OVER = CaseState.HELD, CaseState.CLOSED
TO_AMEND = "可以退到：甲、提交人（改）"
GONE = "货已收到或款已退"
REFUSED: list[tuple[str, Marking, Actor, dict[str, Any], str]] = [
    (WITHDRAW, at("甲"), STRANGER, {}, "只有提交人和能管这单的上级能撤单"),
    (WITHDRAW, at("甲"), owner("甲"), {}, "只有提交人和能管这单的上级能撤单"),  # an owner has 驳回
    (WITHDRAW, at("候"), MINE, {}, "正在等店铺答复，现在不能撤单"),
    (WITHDRAW, at("甲", known={"已收货": True}), MINE, {}, f"{GONE}，不能撤单"),
    (WITHDRAW, at("甲", known={PAID: True}), BOSS, {}, f"{GONE}，不能撤单"),
    (WITHDRAW, at("甲", state=OVER), MINE, {}, "这单已关闭，不用再处理"),
    (GIVE_BACK, at("乙"), STRANGER, {}, "乙不是你的待办"),
    (GIVE_BACK, at(), STRANGER, {}, "这单不是你的待办"),  # stands nowhere
    (GIVE_BACK, at("乙"), MINE, {}, "乙不是你的待办"),  # who asked does not judge
    (GIVE_BACK, at("候"), owner("候"), {}, "正在等店铺答复，现在不能退回"),
    (GIVE_BACK, at("乙", known={PATH: ["甲", "乙"]}), owner("乙"), {TO: "丙"}, f"乙不能退回丙，{TO_AMEND}"),
    (GIVE_BACK, at("乙"), owner("乙"), {TO: "甲"}, "乙不能退回甲，可以退到：提交人（改）"),
    (GIVE_BACK, at("改", known={PATH: ["改"]}), owner("改"), {}, "改不能退回改，前面没有可退的节点"),
    (GIVE_BACK, at("丙", known={PATH: ["改", "丙"]}), owner("丙"), {TO: "甲"}, "丙不能退回甲，可以退到：改"),
    (GIVE_BACK, at("乙", known={PATH: ["甲"], PAID: True}), owner("乙"), {}, "款已退，不能退回；有差错请找财务"),
    (
        GIVE_BACK, at("丙", known={PATH: ["甲", "乙"], "已收货": True}), owner("丙"), {TO: CREATOR},
        "货已收到，不能退给提交人改，可以退到：甲、乙",
    ),
    (TAKE_BACK, at("乙", state=HELD), owner("乙"), {}, "这单已挂起，先回复“恢复 单号”再撤回"),
    (MERGE, at("甲", known={"已收货": True}), MINE, {INTO: "R1"}, f"{GONE}，不能并入别的单"),
    (MERGE, at("甲", known={PAID: True}), MINE, {INTO: "R1"}, f"{GONE}，不能并入别的单"),
    (MERGE, at("候"), MINE, {INTO: "R1"}, "正在等店铺答复，现在不能合并"),
    (MERGE, at("甲"), MINE, {}, "要并到哪一单？请写成：合并 留下的单号 并掉的单号"),
    (MERGE, at("甲"), MINE, {INTO: ""}, "要并到哪一单？请写成：合并 留下的单号 并掉的单号"),
    (HOLD, at("甲", "丙"), STRANGER, {}, "甲不是你的待办"),
    (HOLD, at("甲", state=HELD), owner("甲"), {}, "这单已经挂起了"),
    (HOLD, at("丙", "候"), owner("丙"), {}, "正在等店铺答复，不用挂起，等到了会自己往下走"),
    (RESUME, at("甲"), owner("甲"), {}, "这单没有挂起"),
    (RESUME, at("甲", state=HELD), STRANGER, {}, "只有负责人、提交人和能管这单的上级能恢复"),
    (RESUME, at("甲", state=HELD), owner("乙"), {}, "只有负责人、提交人和能管这单的上级能恢复"),
    (REOPEN, at("甲"), MINE, {}, "这单还在处理中，不用重开"),
    (REOPEN, at("甲", state=HELD), MINE, {}, "这单还在处理中，不用重开"),
    (CORRECT, at("甲"), STRANGER, {FRESH: {}}, "只有提交人和能管这单的上级能改"),
    (CORRECT, at("甲"), owner("甲"), {FRESH: {}}, "只有提交人和能管这单的上级能改"),
    (CORRECT, at("甲"), SYSTEM, {FRESH: {}}, "只有提交人和能管这单的上级能改"),
    (CORRECT, at("甲", state=HELD), MINE, {FRESH: {}}, "这单已挂起，先回复“恢复 单号”再改"),
    (CORRECT, at("候"), MINE, {FRESH: {}}, "正在等店铺答复，现在不能改"),
    (CORRECT, at("甲", known={"已收货": True}), MINE, {FRESH: {}}, f"{GONE}，不能再改；有差错请用退回，或另开一单"),
    (CORRECT, at("甲", known={PAID: True}), MINE, {FRESH: {}}, f"{GONE}，不能再改；有差错请用退回，或另开一单"),
    (CORRECT, at("甲"), MINE, {}, "要改什么？请写成：改 单号 数量 1"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "marking", "actor", "answers", "reason"), REFUSED)
def test_it_is_refused_in_these_words(
    verb: str, marking: Marking, actor: Actor, answers: dict[str, Any], reason: str
) -> None:
    assert decide(rules(), marking, verb, actor, answers) == Refusal(reason)


WAITS_OF_TWO = {
    "叉": fork("候", "再候"),
    "候": paying("合"),
    "再候": paying("合") | {"等": "银行答复"},
    "合": join("完"),
}


@pytest.mark.parametrize("verb", [WITHDRAW, MERGE, HOLD, CORRECT])
def test_all_answers_that_are_waited_for_are_named(verb: str) -> None:
    outcome = decide(rules(WAITS_OF_TWO), at("候", "再候"), verb, replace(MINE, owns=frozenset({"候"})), {INTO: "R1"})
    assert isinstance(outcome, Refusal)
    assert outcome.reason.startswith("正在等店铺答复、银行答复，")


def test_a_verb_that_stands_at_the_node_itself_is_the_node_s() -> None:
    nodes = NODES | {"甲": person(挂起="丙", 同意="乙")}
    assert moved(decide(rules(nodes), at("甲"), HOLD, owner("甲"), {})).nodes == ("丙",)
    assert decide(rules(nodes), at("乙", "甲"), HOLD, MINE, {}) == Refusal("甲不是你的待办")


# -- 撤单 and 合并 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", [MINE, BOSS, SYSTEM])
def test_a_case_is_withdrawn(actor: Actor) -> None:
    marking = at("甲", "丙")
    done = moved(decide(rules(), marking, WITHDRAW, actor, {}))
    assert done == Transition(
        (Step("甲", WITHDRAW, verdict="已撤单"),), "甲", (), (), marking.facts, CaseState.CLOSED,
        CloseReason.WITHDRAWN, frozenset({"甲", "丙"}),
    )  # fmt: skip


def test_a_flow_that_names_no_end_for_it_withdraws_nothing() -> None:
    assert isinstance(decide(rules(撤单=""), at("甲"), WITHDRAW, MINE, {}), Refusal)
    assert moved(decide(rules(撤单="完"), at("甲"), WITHDRAW, MINE, {})).state is CaseState.DONE
    own = rules()
    end = replace(own.flow.nodes["撤"], state=None)
    unsaid = replace(own, flow=replace(own.flow, nodes={**own.flow.nodes, "撤": end}))
    assert moved(decide(unsaid, at("甲"), WITHDRAW, MINE, {})).state is CaseState.CLOSED, "where the flow says nothing"


def test_a_duplicate_ends_where_it_stands() -> None:
    marking = at("甲", "丙")
    assert moved(decide(rules(), marking, MERGE, STRANGER, {INTO: "R1"})) == Transition(
        (Step("甲", MERGE, verdict="已并入 R1"),), "甲", (), (), marking.facts, CaseState.CLOSED,
        CloseReason.DUPLICATE, frozenset({"甲", "丙"}),
    )  # fmt: skip


# -- 退回 --------------------------------------------------------------------------------------------------------------


def test_giving_back_is_on_record_and_begins_the_node_anew() -> None:
    marking = at("丙", known={PATH: ["甲", "乙", "丙"], "甲说": True, "成色": "九成"})
    done = moved(decide(rules(), marking, GIVE_BACK, owner("丙"), {}))
    assert done.steps == (Step("丙", GIVE_BACK, verdict="已退回乙"),)
    assert (done.left, done.nodes, done.entered, set(done.gone)) == ("丙", ("乙",), ("乙",), {"丙"})
    assert done.facts == {**KNOWN, PATH: ["甲", "乙"], "甲说": True}, "what the later ones noted is forgotten"


def test_to_the_submitter_everything_is_forgotten() -> None:
    marking = at("丙", known={PATH: ["甲", "乙", "丙"], "甲说": True, "成色": "九成"})
    done = moved(decide(rules(), marking, GIVE_BACK, owner("丙"), {TO: CREATOR, WHY: "缺照片"}))
    assert (done.nodes, done.facts) == (("改",), {**KNOWN, PATH: ["改"]})
    asked = decide(rules(), marking, GIVE_BACK, owner("丙"), {TO: "改"})
    assert asked == Refusal("还差理由", {WHY: "要提交人改什么？请直接回复一句"})


def test_where_the_flow_wants_no_reason_none_is_asked() -> None:
    may = rules(NODES, 退回={"到": "改"})
    assert moved(decide(may, at("甲"), GIVE_BACK, owner("甲"), {})).nodes == ("改",)


def test_a_flow_without_an_amending_node_gives_back_to_no_submitter() -> None:
    none = rules(NODES, 撤单="撤")
    refused = decide(none, at("乙", known={PATH: ["甲", "乙"]}), GIVE_BACK, owner("乙"), {TO: CREATOR})
    assert isinstance(refused, Transition), "it goes to the one before, as nobody else can be meant"
    assert decide(none, at("甲"), GIVE_BACK, owner("甲"), {TO: CREATOR}) == Refusal("甲不能退回，前面没有可退的节点")


def test_of_two_nodes_the_one_that_is_one_s_own_is_given_back() -> None:
    marking = at("候", "丙", known={PATH: ["甲", "丙"]})
    done = moved(decide(rules(), marking, GIVE_BACK, owner("丙"), {}))
    assert (done.left, done.nodes) == ("丙", ("候", "甲"))


@pytest.mark.parametrize(
    ("path", "since", "left"),
    [
        (["甲", "乙", "丙"], "乙", ["甲"]),
        (["甲", "乙", "丙"], "甲", []),
        (["甲", "乙", "丙"], "改", []),  # where the case has never been: all of it
        (["甲"], "", []),
        (None, "甲", []),
    ],
)
def test_what_came_after_is_forgotten(path: list[str] | None, since: str, left: list[str]) -> None:
    facts = {PATH: path, "甲说": True, PAID: True, "成色": "九成"}
    kept = forget(rules(), facts, since)
    assert kept[PATH] == left
    assert ("甲说" in kept, kept[PAID]) == ("甲" in left or path is None or path == [], True)


# -- 撤回 --------------------------------------------------------------------------------------------------------------


def undo(**more: Any) -> dict[str, Any]:
    was = {"by": 1, "node": "甲", "action": "同意", "nodes": ["甲", "丙"], "facts": {"金额": "8"}}
    return {**was, "alone": {"甲": 5, "丙": 6}, "effects": ["取消拒收"], **more}


NOT_MINE = "上一步不是你办的，不能撤回；要改请用退回"
IS_FINAL = "上一步办了就收不回来，不能撤回；要改请用退回"


def test_a_decision_is_taken_back_with_what_it_did() -> None:
    done = moved(decide(rules(), at("乙", "丙", undo=undo()), TAKE_BACK, owner(), {}))
    assert done.steps == (Step("甲", TAKE_BACK, effects=("取消拒收",), verdict="已撤回同意"),)
    assert (done.left, done.nodes, done.entered, set(done.gone)) == ("", ("甲", "丙"), ("甲",), {"乙"})
    assert (done.facts, done.prefers) == ({"金额": "8"}, {"甲": 1}), "who decided gets it back, whoever had it alone"


def test_whom_it_sent_away_has_work_again() -> None:
    done = moved(decide(rules(), at("乙", undo=undo()), TAKE_BACK, owner(), {}))
    assert (done.entered, done.prefers) == (("甲", "丙"), {"甲": 1, "丙": 6})
    stays = moved(decide(rules(), at("甲", "丙", undo=undo()), TAKE_BACK, owner(), {}))
    assert (stays.entered, set(stays.gone)) == (("甲",), {"甲"}), "come to again it begins anew"


def test_an_end_is_taken_back_too() -> None:
    before = {name: value for name, value in undo(nodes=["甲"]).items() if name not in ("alone", "effects")}
    done = moved(decide(rules(), at(state=OVER, undo=before), TAKE_BACK, owner(), {}))
    assert (done.nodes, done.state, done.steps[0].effects, done.prefers) == (("甲",), CaseState.OPEN, (), {"甲": 1})
    assert decide(rules(), at(state=OVER, undo=before), MERGE, owner(), {}) == Refusal("这单已关闭，不用再处理")
    assert decide(rules(), at(state=OVER), TAKE_BACK, owner(), {}) == Refusal("这单已关闭，不用再处理")


def test_the_clock_s_own_step_is_given_back_to_nobody() -> None:
    done = moved(decide(rules(), at("乙", "丙", undo=undo(by=None)), TAKE_BACK, SYSTEM, {}))
    assert done.prefers == {"甲": 5}


TAKEN_BACK_NOT = [
    (at("乙"), IS_FINAL),
    (at("乙", undo=undo(by=2)), NOT_MINE),
    (at("乙", undo=undo(), seen="乙"), "下一步乙已经有人看过了，不能撤回；请对方用退回"),
    (at("乙", undo=undo(nodes=["甲", "候"])), "退款已经在路上，不能撤回；要改请用退回"),
]


@pytest.mark.parametrize(("marking", "reason"), TAKEN_BACK_NOT)
def test_it_is_too_late(marking: Marking, reason: str) -> None:
    assert decide(rules(), marking, TAKE_BACK, owner(), {}) == Refusal(reason)


def test_a_wait_that_still_runs_is_no_hindrance() -> None:
    done = moved(decide(rules(), at("乙", "候", undo=undo(nodes=["甲", "候"])), TAKE_BACK, owner(), {}))
    assert done.entered == ("甲",)


SLOTS = (Slot(1, "甲", 5), Slot(2, "乙", 6), Slot(3, "乙", 7), Slot(4, "丙", 8), Slot(5, "丙", 8))
STEP = Step("甲", "同意", effects=("登记拒收",))
UNDOABLE: list[tuple[Step, dict[str, Any], Actor, Any]] = [
    # what was done, what came of it, by whom; what undoes it, None where nothing does
    (STEP, {}, owner(), ["取消拒收"]),
    (replace(STEP, effects=()), {}, owner(), []),
    (replace(STEP, effects=("取消拒收",)), {}, owner(), ["登记拒收"]),
    (replace(STEP, effects=("取消扣款",)), {}, owner(), []),  # the facts are all of it
    (replace(STEP, effects=("登记拒收", "取消扣款", "取消拒收")), {}, owner(), ["登记拒收", "取消拒收"]),  # last first
    (replace(STEP, effects=("登记拒收", "登记收货")), {}, owner(), None),
    (replace(STEP, action=GIVE_BACK), {}, owner(), ["取消拒收"]),
    (replace(STEP, action=HOLD), {}, owner(), None),
    (STEP, {}, SYSTEM, None),
    (STEP, {"state": CaseState.DONE}, owner(), None),  # the customer has been told
    (STEP, {"state": CaseState.CLOSED}, owner(), ["取消拒收"]),
]


@pytest.mark.parametrize(("step", "more", "actor", "effects"), UNDOABLE)
def test_what_can_be_taken_back(step: Step, more: dict[str, Any], actor: Actor, effects: Any) -> None:
    marking = Marking(("甲", "丙"), KNOWN, slots=SLOTS)
    found = undoable(marking, Transition((step,), "甲", ("乙",), ("乙",), {}, **more), actor)
    if effects is None:
        assert found is None
        return
    assert found == {
        "by": 1, "node": "甲", "action": step.action, "nodes": ["甲", "丙"], "facts": KNOWN,
        "alone": {"甲": 5, "丙": 8}, "effects": effects,
    }  # fmt: skip


# -- 挂起, 恢复, 重开, 改 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "node"), [(MINE, "甲"), (BOSS, "甲"), (owner("丙"), "丙"), (owner("丙", "甲"), "甲")]
)
def test_a_case_is_put_aside(actor: Actor, node: str) -> None:
    done = moved(decide(rules(), at("甲", "丙"), HOLD, actor, {WHY: "等客户", SINCE: "2026-11-23T10:00:00+08:00"}))
    assert done == Transition(
        (Step(node, HOLD, verdict="已挂起"),), "", ("甲", "丙"), (),
        {**KNOWN, HOLD: "等客户", SINCE: "2026-11-23T10:00:00+08:00"}, HELD,
    )  # fmt: skip
    assert moved(decide(rules(), at("甲"), HOLD, MINE, {})).facts == {**KNOWN, HOLD: "", SINCE: None}


@pytest.mark.parametrize(("actor", "by_system"), [(MINE, False), (BOSS, False), (owner("丙"), False), (SYSTEM, True)])
def test_a_case_is_taken_up_again(actor: Actor, by_system: bool) -> None:
    done = moved(decide(rules(), at("甲", "丙", state=HELD, known={HOLD: "等", SINCE: "x"}), RESUME, actor, {}))
    assert done == Transition((Step("甲", RESUME, by_system, verdict="已恢复"),), "", ("甲", "丙"), (), KNOWN)


ENDED = at(state=OVER, known={PATH: ["甲", "丙"], "甲说": True, PAID: True, LET_GO: True, "成色": "九成"})


@pytest.mark.parametrize(
    ("actor", "handlers"), [(MINE, {}), (owner(), {HANDLERS: [1]}), (SYSTEM, {})]
)  # whoever takes it up asks for it too
def test_a_case_is_reopened(actor: Actor, handlers: dict[str, Any]) -> None:
    done = moved(decide(rules(), ENDED, REOPEN, actor, {}))
    assert done == Transition(
        (Step("", REOPEN, verdict="已重开"),), "", ("乙",), ("乙",), {**KNOWN, PAID: True, **handlers, PATH: ["乙"]}
    )
    assert moved(decide(rules(), replace(ENDED, state=CaseState.DONE), REOPEN, actor, {})) == done


def test_what_is_crossed_at_once_is_on_record_behind_it() -> None:
    nodes = NODES | {"乙": auto("完"), "甲": auto("完")}
    again = moved(decide(rules(nodes), ENDED, REOPEN, MINE, {}))
    assert ([step.node for step in again.steps], again.state) == (["", "乙"], CaseState.DONE)
    fresh = moved(decide(rules(nodes), at("丙"), CORRECT, MINE, {FRESH: {}}))
    assert ([step.node for step in fresh.steps], fresh.state) == (["丙", "甲"], CaseState.DONE)
    nodes |= {"乙": auto("撤"), "甲": auto("撤")}
    for verb, marking in ((REOPEN, ENDED), (CORRECT, at("丙"))):
        done = moved(decide(rules(nodes), marking, verb, MINE, {FRESH: {}}))
        assert (done.state, done.close_reason) == (CaseState.CLOSED, CloseReason.WITHDRAWN)


@pytest.mark.parametrize("actor", [MINE, BOSS])
def test_a_case_is_corrected_and_begins_again(actor: Actor) -> None:
    marking = at("乙", "丙", known={PATH: ["甲", "乙"], "甲说": True, "成色": "九成", "别的": "是"})
    done = moved(decide(rules(), marking, CORRECT, actor, {FRESH: {"金额": "5"}}))
    assert done == Transition(
        (Step("乙", CORRECT, verdict="已修改"),), "", ("甲",), ("甲",),
        {CREATOR: ME, "金额": "5", "别的": "是", PATH: ["甲"]}, gone=frozenset({"乙", "丙"}),
    )  # fmt: skip
