"""Several signatures on one node: who still has to sign, in what order, and level by level. Pure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.definitions.flow_reader import flow_from
from flow.definitions.policy import Policy
from flow.definitions.vocabulary import LEVELS, SIGNED, VOTES
from flow.engine.machine import begin
from flow.engine.signatures import ballot, but_one, level_gate, quorum, slot_gate, spoken
from flow.engine.values import Actor, Marking, Refusal, Rules, Slot, Transition
from flow.engine.verbs import decide
from flow.validation.flows import flow_of
from tests.support.written_flows import drawn, person

POLICY = Policy("小", "质检合格", 0, ())  # type: ignore[arg-type]
SOME: dict[str, Any] = {"甲": person(同意="完", 驳回={"去": "完", "样式": "危险"}, 转交={"换人": True})}
ALL = {"甲": SOME["甲"] | {"会签": True}}
CHECKS = {"甲": SOME["甲"] | {"分级": [{"名": "初检"}, {"名": "复检"}, {"名": "终审", "当": {"分歧": "是"}}]}}


def rules(nodes: dict[str, Any]) -> Rules:
    return Rules(flow_of(drawn(nodes)), POLICY)


def slots(*lines: str) -> tuple[Slot, ...]:
    """``1`` is an open slot of member 1; ``2<1`` is held until 1 has signed; ``+3`` was added."""
    found = []
    for line in lines:
        name, _, after = line.removeprefix("+").partition("<")
        held = int(after) if after else None
        found.append(Slot(int(name), "甲", int(name), held=bool(after), after=held, added=line.startswith("+")))
    return tuple(found)


def chooses(nodes: dict[str, Any], who: int, action: str, *marking: str, **facts: Any) -> Transition | Refusal:
    stand = Marking(("甲",), facts, slots=slots(*marking))
    return decide(rules(nodes), stand, action, Actor(who, f"员工{who}", owns=frozenset({"甲"})), {})


GATES = [
    # one of several is enough
    (SOME, 1, ["1"], None),
    (SOME, 1, ["1", "2"], None),
    # all of them: until the last has signed
    (ALL, 1, ["1"], None),
    (ALL, 1, ["1", "2"], ((), ())),
    (ALL, 1, ["1", "2", "3"], ((), ())),
    # whoever was put after an owner signs when that one has; the owner's colleagues are no longer asked
    (SOME, 1, ["1", "+2<1"], ((), (2,))),
    (SOME, 1, ["1", "3", "+2<1"], ((3,), (2,))),
    # whoever was put before an owner opens that owner's slot; the colleagues stay
    (SOME, 2, ["1<2", "+2"], ((), (1,))),
    (SOME, 2, ["1<2", "3", "+2"], ((), (1,))),
    # a colleague for whom nobody waits decides alone
    (SOME, 3, ["1<2", "+2", "3"], None),
    # a chain: the second follower is kept while the first signs
    (SOME, 1, ["1", "+2<1", "+3<2"], ((), (2,))),
    (SOME, 2, ["+2", "+3<2"], ((), (3,))),
    # all must agree, and one has somebody behind
    (ALL, 1, ["1", "2", "+3<1"], ((), (3,))),
]


@pytest.mark.parametrize(("nodes", "who", "marking", "stay"), GATES)
def test_who_still_has_to_sign(nodes: Any, who: int, marking: list[str], stay: Any) -> None:
    there = slots(*marking)
    gate = slot_gate(rules(nodes).flow.nodes["甲"], there, next(slot for slot in there if slot.id == who), {})
    assert (gate and (gate.closes, gate.opens)) == stay


@given(st.permutations([1, 2, 3, 4]))
def test_a_joint_signature_moves_with_the_last_in_any_order(order: list[int]) -> None:
    left = list(order)
    for who in order:
        moved = chooses(ALL, who, "同意", *map(str, left))
        assert isinstance(moved, Transition)
        assert (moved.pending is None, moved.nodes) == ((True, ()) if left == [who] else (False, ("甲",)))
        left.remove(who)


def test_who_has_signed_is_remembered_until_the_case_comes_again() -> None:
    facts: dict[str, Any] = {}
    for who, left in ((3, "123"), (1, "12")):
        moved = chooses(ALL, who, "同意", *left, **facts)
        assert isinstance(moved, Transition)
        facts = dict(moved.facts)
    node = rules(ALL).flow.nodes["甲"]
    assert facts[SIGNED] == {"甲": [3, 1]}
    assert spoken(node, facts) == frozenset({1, 3})
    assert spoken(node, begin(rules(ALL), facts).facts) == frozenset()


def test_where_one_is_enough_nobody_is_remembered() -> None:
    moved = chooses(SOME, 1, "同意", "1", "+2<1")
    assert isinstance(moved, Transition)
    assert SIGNED not in moved.facts


@pytest.mark.parametrize("nodes", [SOME, ALL])
def test_one_no_ends_it_for_all(nodes: Any) -> None:
    moved = chooses(nodes, 1, "驳回", "1", "2", "+3<1")
    assert isinstance(moved, Transition)
    assert (moved.nodes, set(moved.gone)) == ((), {"甲"})


def test_a_held_seat_cannot_act() -> None:
    held = Marking(("甲",), {}, slots=slots("1<2", "+2"))
    refused = decide(rules(SOME), held, "同意", Actor(1, "员工1"), {})
    assert refused == Refusal("甲不是你的待办")


# -- levels ------------------------------------------------------------------------------------------------------------


def through(*choices: str, nodes: dict[str, Any] = CHECKS) -> list[tuple[str, int | None]]:
    """Where the case is after each choice, each by another member: node and level, or the level None when it moved."""
    facts: dict[str, Any] = {}
    places: list[tuple[str, int | None]] = []
    for who, choice in enumerate(choices, 1):
        moved = chooses(nodes, who, choice, str(who), **facts)
        assert isinstance(moved, Transition)
        facts = dict(moved.facts)
        places.append(("、".join(moved.nodes), moved.pending.level if moved.pending else None))
    return places


LEVEL_WAYS = [
    # the first two always look; the third only when they differ, and its word counts
    (["同意", "同意"], [("甲", 1), ("", None)]),
    (["驳回", "驳回"], [("甲", 1), ("", None)]),
    (["同意", "驳回", "同意"], [("甲", 1), ("甲", 2), ("", None)]),
    (["驳回", "同意", "驳回"], [("甲", 1), ("甲", 2), ("", None)]),
]


@pytest.mark.parametrize(("choices", "places"), LEVEL_WAYS)
def test_the_levels_look_one_after_the_other(choices: list[str], places: list[Any]) -> None:
    assert through(*choices) == places


STRICT = {"甲": SOME["甲"] | {"分级": [{"名": "初检"}, {"名": "复检"}], "驳回即止": True}}
STRICT_WAYS = [
    # a refusal at any level is the last word; to agree is not
    (["驳回"], [("", None)]),
    (["同意", "驳回"], [("甲", 1), ("", None)]),
    (["同意", "同意"], [("甲", 1), ("", None)]),
]


@pytest.mark.parametrize(("choices", "places"), STRICT_WAYS)
def test_in_a_strict_chain_one_refusal_ends_it(choices: list[str], places: list[Any]) -> None:
    assert through(*choices, nodes=STRICT) == places


def test_in_a_strict_chain_a_refusal_waits_for_nobody_who_was_added() -> None:
    moved = chooses(STRICT, 1, "驳回", "1", "+2<1")
    assert isinstance(moved, Transition)
    assert (moved.pending, moved.nodes) == (None, ())


def test_a_level_keeps_who_said_what() -> None:
    moved = chooses(CHECKS, 7, "同意", "7")
    assert isinstance(moved, Transition)
    assert moved.facts[LEVELS] == {"甲": {"现在": 1, "结论": [[0, "同意", 7]]}}


def test_a_condition_of_a_level_may_read_any_fact() -> None:
    levels = [{"名": "初检"}, {"名": "终审", "当": {"金额": ">1000"}}]
    node = rules({"甲": SOME["甲"] | {"分级": levels}}).flow.nodes["甲"]
    assert level_gate(node, "同意", 1, {"金额": "1000.00"}) is None
    after = level_gate(node, "同意", 1, {"金额": "1000.01"})
    assert after is not None
    assert after.level == 1


def test_somebody_put_before_a_level_signs_within_it() -> None:
    moved = chooses(CHECKS, 2, "同意", "1<2", "+2")
    assert isinstance(moved, Transition)
    assert moved.pending is not None
    assert (moved.pending.level, moved.pending.opens) == (None, (1,))


CHAIN = slots("1", "2", "3<1", "4<3", "+5", "6<2")  # 3 signs when 1 has, 4 when 3 has, 6 when 2 has; 5 was added


def test_whoever_waits_behind_a_signature_stays_and_the_rest_go() -> None:
    node = rules(SOME).flow.nodes["甲"]
    stay = slot_gate(node, CHAIN, CHAIN[0], {})
    assert stay
    assert (stay.node, stay.closes, stay.opens) == ("甲", (2, 6), (3,))
    last = slot_gate(rules(ALL).flow.nodes["甲"], CHAIN, CHAIN[1], {})
    assert last
    assert (last.node, last.closes, last.opens) == ("甲", (), (6,))


def test_of_two_behind_one_signature_both_open_and_keep_those_behind_them() -> None:
    there = slots("1", "+2<1", "+3<1", "+4<2", "+5<3", "+6<5", "7", "8<7")
    stay = slot_gate(rules(SOME).flow.nodes["甲"], there, there[0], {})
    assert stay
    assert (stay.closes, stay.opens) == ((7, 8), (2, 3))


FOUR = {
    "甲": SOME["甲"] | {"分级": [{"名": "初检"}, {"名": "复检"}, {"名": "三检"}, {"名": "终审", "当": {"分歧": "是"}}]}
}


@pytest.mark.parametrize(
    ("before", "now", "level"),
    [
        (["同意", "驳回"], "驳回", None),  # the last two agree, whatever the first said
        (["同意", "驳回"], "同意", 3),
        (["驳回", "驳回"], "同意", 3),
        (["驳回", "驳回"], "驳回", None),
    ],
)
def test_the_last_two_of_three_levels_differ(before: list[str], now: str, level: int | None) -> None:
    facts = {LEVELS: {"甲": {"现在": 2, "结论": [[n, each, n] for n, each in enumerate(before)]}}}
    found = level_gate(flow_from(drawn(FOUR)).nodes["甲"], now, 3, facts)
    assert (found.level if found else None) == level


def test_a_level_remembers_what_other_nodes_have_and_what_was_said_last() -> None:
    node = rules(CHECKS).flow.nodes["甲"]
    elsewhere = {"乙": {"现在": 1, "结论": [[0, "同意", 7]]}}
    stay = level_gate(node, "驳回", 2, {LEVELS: elsewhere | {"甲": {"现在": 1, "结论": [[0, "同意", 1]]}}})
    assert stay
    assert (stay.node, stay.level) == ("甲", 2)
    assert (stay.facts or {})[LEVELS] == elsewhere | {
        "甲": {"现在": 2, "结论": [[0, "同意", 1], [1, "驳回", 2]]},
    }  # fmt: skip
    for said, level in ((["同意", "驳回"], 2), (["驳回", "驳回"], None)):  # the last two agree: nobody needs to look
        found = level_gate(node, said[1], 3, {LEVELS: {"甲": {"现在": 1, "结论": [[0, said[0], 1]]}}})
        assert (found.level if found else None) == level


def test_whoever_has_judged_or_signed_is_done() -> None:
    levels, all_of_them, one = (rules(each).flow.nodes["甲"] for each in (CHECKS, ALL, SOME))
    facts = {LEVELS: {"甲": {"现在": 2, "结论": [[0, "同意", 1], [1, "驳回", None]]}}, SIGNED: {"甲": [4]}}
    assert [spoken(node, facts) for node in (levels, all_of_them, one)] == [{1, 4}, {4}, frozenset()], (
        "a level may have had several who signed"
    )


# -- so many of them ---------------------------------------------------------------------------------------------------

TWO = {"甲": SOME["甲"] | {"同意人数": 2}}
STRICT_TWO = {"甲": TWO["甲"] | {"驳回即止": True}}
TWO_LEVELS = {
    "甲": SOME["甲"] | {"同意人数": 2, "分级": [{"名": "初检"}, {"名": "复检", "同意人数": 3}]},
}

#: who acts, what, the slots there, the votes before; then what closes and opens while the case stays, None: it moves on
VOTE_WAYS = [
    # any two of three: the first stays, the second ends it
    (TWO, 1, "同意", ["1", "2", "3"], [], [], ((), ())),
    (TWO, 2, "同意", ["2", "3"], [1], [], None),
    # one refusal of three leaves two who can agree; the second does not
    (TWO, 1, "驳回", ["1", "2", "3"], [], [], ((), ())),
    (TWO, 2, "驳回", ["2", "3"], [], [1], None),
    (TWO, 2, "驳回", ["2", "3"], [1], [], ((), ())),
    (TWO, 3, "驳回", ["3"], [1], [2], None),
    # of two each is needed
    (TWO, 1, "驳回", ["1", "2"], [], [], None),
    # 驳回即止: the first refusal ends it, an agreement does not
    (STRICT_TWO, 1, "驳回", ["1", "2", "3"], [], [], None),
    (STRICT_TWO, 1, "同意", ["1", "2", "3"], [], [], ((), ())),
    # who was added is asked beside them and counts for nobody
    (TWO, 4, "同意", ["1<4", "+4", "2", "3"], [], [], ((), (1,))),
    (TWO, 4, "驳回", ["1<4", "+4", "2", "3"], [], [], None),
    # whoever was put behind one who has agreed has to sign, the owners left do not
    (TWO, 1, "同意", ["1", "+4<1", "2", "3"], [], [], ((), (4,))),
    (TWO, 2, "同意", ["2", "3", "+4"], [1], [], ((3,), ())),
    (TWO, 2, "同意", ["2", "+4<2", "3"], [1], [], ((3,), (4,))),
    (TWO, 4, "同意", ["+4"], [1, 2], [], None),
    # whoever was put before an owner is not needed without them
    (TWO, 2, "同意", ["2", "3<4", "+4"], [1], [], None),
    # the follower of one who refuses goes with them
    (TWO, 1, "驳回", ["1", "+4<1", "2", "3"], [], [], ((4,), ())),
    # levels: each has its own number, and its own votes
    (TWO_LEVELS, 1, "同意", ["1", "2", "3"], [], [], ((), ())),
]


@pytest.mark.parametrize(("nodes", "who", "action", "there", "agreed", "refused", "stay"), VOTE_WAYS)
def test_so_many_of_the_owners_end_it(  # the columns of the table
    nodes: Any, who: int, action: str, there: list[str], agreed: list[int], refused: list[int], stay: Any
) -> None:
    facts = {VOTES: {"甲": {"同意": agreed, "驳回": refused}, "乙": {"同意": [9], "驳回": []}}}
    moved = chooses(nodes, who, action, *there, **facts)
    assert isinstance(moved, Transition)
    gate = moved.pending
    assert (gate and (gate.closes, gate.opens)) == stay
    assert moved.nodes == (("甲",) if stay is not None else ())
    assert moved.facts[VOTES]["乙"] == {"同意": [9], "驳回": []}, "what is counted elsewhere stands"
    counted = [who] if stay is not None and who < 4 else []
    now = {
        "同意": agreed + (counted if action == "同意" else []),
        "驳回": refused + (counted if action == "驳回" else []),
    }
    assert moved.facts[VOTES]["甲"] == now


@given(st.permutations([1, 2, 3, 4, 5]), st.integers(1, 5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_any_order_ends_as_soon_as_it_is_known(order: list[int], needed: int, yes: list[bool]) -> None:
    nodes = {"甲": SOME["甲"] | {"同意人数": needed}}
    facts: dict[str, Any] = {}
    left, agreed = list(order), 0
    for who, agrees in zip(order, yes, strict=True):
        moved = chooses(nodes, who, "同意" if agrees else "驳回", *map(str, left), **facts)
        assert isinstance(moved, Transition)
        left.remove(who)
        agreed += agrees
        over = agreed >= needed or agreed + len(left) < needed if needed > 1 else True
        assert (moved.nodes == ()) == over
        if over:
            return
        facts = dict(moved.facts)
        assert spoken(rules(nodes).flow.nodes["甲"], facts) == set(order) - set(left), "nobody signs twice"
    raise AssertionError("never decided")


def test_the_number_of_a_level_of_a_row_and_of_the_node() -> None:
    by_table = {"负责人": {"审批表": True}, "回避": ["提交人"]}
    node = {name: rules({"甲": SOME["甲"] | body}).flow.nodes["甲"] for name, body in {
        "plain": {}, "two": {"同意人数": 2}, "all": {"会签": True}, "table": by_table,
        "table of two": by_table | {"同意人数": 2}, "levels": TWO_LEVELS["甲"],
    }.items()}  # fmt: skip
    second = {LEVELS: {"甲": {"现在": 1, "结论": [[0, "同意", 1]]}}}
    found = {
        "plain": quorum(node["plain"], {"同意人数": 3}), "two": quorum(node["two"], {}), "all": quorum(node["all"], {}),
        "table": quorum(node["table"], {"同意人数": 3}), "no row": quorum(node["table"], {}),
        "the higher": quorum(node["table of two"], {"同意人数": 3}), "node": quorum(node["table of two"], {}),
        "first": quorum(node["levels"], {}), "second": quorum(node["levels"], second),
    }  # fmt: skip
    assert found == {
        "plain": 1, "two": 2, "all": None, "table": 3, "no row": 1, "the higher": 3, "node": 2, "first": 2, "second": 3,
    }  # fmt: skip


def test_each_level_counts_its_own_votes_and_nobody_signs_two() -> None:
    facts: dict[str, Any] = {}
    pending = None
    for who, left in ((1, "123"), (2, "23")):
        moved = chooses(TWO_LEVELS, who, "同意", *left, **facts)
        assert isinstance(moved, Transition)
        facts, pending = dict(moved.facts), moved.pending
    assert pending
    assert (pending.level, facts[VOTES]) == (1, {})
    assert spoken(rules(TWO_LEVELS).flow.nodes["甲"], facts) == {1, 2}


def test_of_all_who_must_sign_a_level_one_refusal_is_its_word() -> None:
    both = {"甲": CHECKS["甲"] | {"会签": True}}
    moved = chooses(both, 1, "驳回", "1", "2")
    assert isinstance(moved, Transition)
    assert moved.pending
    assert (moved.pending.level, moved.facts[LEVELS]["甲"]["结论"]) == (1, [[0, "驳回", 1]])


def test_a_slot_that_is_filled_is_the_only_one_missing() -> None:
    node = rules(TWO).flow.nodes["甲"]
    votes = ballot(node, but_one(node, {VOTES: {"甲": {"同意": [], "驳回": [1]}}}))
    assert votes
    assert votes.missing == 1
    assert but_one(rules(SOME).flow.nodes["甲"], {"金额": "1"}) == {"金额": "1"}


def test_votes_are_cast_anew_when_the_case_comes_again() -> None:
    facts = {VOTES: {"甲": {"同意": [1], "驳回": []}}, SIGNED: {"甲": [1]}}
    assert begin(rules(TWO), facts).facts[VOTES] == {}
