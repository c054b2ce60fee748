"""Branches that run side by side: where they meet, what ends them, and the money that nobody may cut off. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow_reader import flow_from
from flow.definitions.policy import read_policy
from flow.definitions.vocabulary import PATH
from flow.engine.machine import begin, step
from flow.engine.values import Actor, Marking, Refusal, Rules, Step, Transition
from flow.engine.verbs import GIVE_BACK, TO, decide
from models.enums import CaseState
from tests.support.written_flows import auto, drawn, fork, form, join, paying, person, wait

POLICY = read_policy("政策: 小\n审批表:\n  - {规则: 主管, 审批: 客服主管}\n")
SYSTEM = Actor(None, "系统")


def rules(nodes: dict[str, Any]) -> Rules:
    return Rules(flow_from(drawn(nodes)), POLICY)


def owner(*nodes: str) -> Actor:
    return Actor(1, "经办", owns=frozenset(nodes))


def acts(nodes: dict[str, Any], at: str, action: str, *beside: str, **facts: Any) -> Transition | Refusal:
    own = rules(nodes)
    by_itself = own.flow.nodes[at].kind == "等待"
    actor = Actor(None, "系统", owns=frozenset({at})) if by_itself else owner(at)
    return step(own, Marking((*beside, at), facts), action, actor, {})


def moved(outcome: Transition | Refusal) -> Transition:
    assert isinstance(outcome, Transition), outcome
    return outcome


#: two branches of two nodes each; 出 can be come to without the fork, so that to go there is to leave it
PAIR = {
    "前": person(同意="叉", 绕="出"), "叉": fork("左", "右"),
    "左": person(同意="左二", 算了="出"), "左二": person(同意="合", 跳="右二"),
    "右": person(同意="右二"), "右二": person(同意="合"),
    "合": join("后"), "后": form(), "出": form(),
}  # fmt: skip
ANY = PAIR | {"合": join("后", "任一")}


def test_a_fork_opens_all_of_its_branches_and_says_which() -> None:
    done = moved(acts(PAIR, "前", "同意"))
    assert done.steps[1] == Step("叉", "左、右", by_system=True, rule="同时进行")
    assert (done.nodes, done.entered, set(done.gone)) == (("左", "右"), ("左", "右"), {"前"})
    assert done.facts == {PATH: ["左", "右"]}


MEETS = [
    # the flow, who comes to the join, who stands beside; where the case stands, what is new, what is over
    (PAIR, "左二", ("右",), ("右",), (), {"左二"}),  # it waits for the other branch, wherever in it that is
    (PAIR, "左二", ("右二",), ("右二",), (), {"左二"}),
    (PAIR, "左二", (), ("后",), ("后",), {"左二"}),
    (ANY, "左二", ("右",), ("后",), ("后",), {"左二", "右"}),  # the first to come ends the others
    (ANY, "左二", (), ("后",), ("后",), {"左二"}),
]


@pytest.mark.parametrize(("flow", "at", "beside", "nodes", "entered", "gone"), MEETS)
def test_branches_meet(flow: Any, at: str, beside: Any, nodes: Any, entered: Any, gone: set[str]) -> None:
    done = moved(acts(flow, at, "同意", *beside))
    assert (done.nodes, done.entered, set(done.gone)) == (nodes, entered, gone)
    assert [taken.node for taken in done.steps] == ([at, "合"] if entered else [at])


#: branches without anybody in them: all arrive within the one step
EMPTY = {
    "叉": fork("左", "右", "中"), "左": auto("合"), "右": auto("右二"), "右二": auto("合"), "中": auto("合"),
    "合": join("后"), "后": form(),
}  # fmt: skip


@pytest.mark.parametrize(
    ("flow", "crossed"),
    [
        (EMPTY, ["叉", "左", "右", "中", "右二", "合"]),  # it goes on once, with the last of them
        (EMPTY | {"合": join("后", "任一")}, ["叉", "左", "右", "中", "合"]),  # what is still on its way is over
    ],
)
def test_branches_that_nobody_stands_in_meet_at_once(flow: Any, crossed: list[str]) -> None:
    done = begin(rules(flow), {})
    assert [taken.node for taken in done.steps] == crossed
    assert (done.nodes, done.entered) == (("后",), ("后",))


def test_a_branch_that_is_crossed_at_once_does_not_pass_one_that_people_stand_in() -> None:
    flow = EMPTY | {"左": form(to="合")}
    assert begin(rules(flow), {}).nodes == ("左",)
    first = begin(rules(flow | {"合": join("后", "任一")}), {})
    assert (first.nodes, first.entered) == (("后",), ("后",)), "nobody gets a task that is over before it begins"


def test_whoever_leaves_the_fork_ends_the_branch_beside() -> None:
    done = moved(acts(PAIR, "左", "算了", "右"))
    assert (done.nodes, done.entered, set(done.gone)) == (("出",), ("出",), {"左", "右"})


def test_a_step_into_the_branch_beside_leaves_nothing() -> None:
    done = moved(acts(PAIR, "左二", "跳", "右"))
    assert (done.nodes, set(done.gone)) == (("右", "右二"), {"左二"})


#: a fork within a branch of another
NESTED = {
    "前": person(同意="外叉", 绕="己"),
    "外叉": fork("子", "丁", join="外合"), "子": person(同意="内叉", 绕="戊"), "丁": form(to="外合"),
    "内叉": fork("乙", "丙", join="内合"), "乙": person(同意="内合", 出内="戊", 全出="己"), "丙": form(to="内合"),
    "内合": join("戊"), "戊": form(to="外合"), "外合": join("庚"), "己": form(), "庚": form(),
}  # fmt: skip
LEAVES = [
    ("出内", ("丁", "戊"), {"乙", "丙"}),  # of the inner fork alone: the outer branch beside it runs on
    ("全出", ("己",), {"乙", "丙", "丁"}),
    ("同意", ("丙", "丁"), {"乙"}),
]


@pytest.mark.parametrize(("action", "nodes", "gone"), LEAVES)
def test_each_fork_that_is_left_is_over(action: str, nodes: tuple[str, ...], gone: set[str]) -> None:
    done = moved(acts(NESTED, "乙", action, "丙", "丁"))
    assert (done.nodes, set(done.gone)) == (nodes, gone)


def test_the_inner_join_waits_for_its_own_branches_only() -> None:
    assert moved(acts(NESTED, "乙", "同意", "丁")).nodes == ("丁", "戊")
    assert moved(acts(NESTED, "戊", "同意", "丁")).nodes == ("丁",)
    assert moved(acts(NESTED, "戊", "同意")).nodes == ("庚",)


@pytest.mark.parametrize("beside", [("右",), ()])
def test_an_end_within_a_branch_is_the_end_of_all(beside: tuple[str, ...]) -> None:
    done = moved(acts(PAIR | {"左": person(同意="左二", 算了="完")}, "左", "算了", *beside))
    assert (done.nodes, done.state, set(done.gone)) == ((), CaseState.DONE, {"左", *beside})


# -- money on its way --------------------------------------------------------------------------------------------------

MONEY = {
    "前": person(同意="叉", 绕="出"), "叉": fork("左", "右", "候"),
    "左": person(同意="合", 算了="出", 完="完"), "右": form(to="合"),
    "候": {"类型": "等待", "等": "店铺答复", "动作": {"退款成功": {"去": "出"}, "退款失败": {"去": "合"}}},
    "再候": paying("合") | {"等": "银行答复"}, "寄": wait("合"),
    "合": join("后"), "后": form(), "出": form(),
}  # fmt: skip
TWO = MONEY | {"叉": fork("左", "候", "再候")}
CUT_OFF = [
    # the flow, who does what, what stands beside; why not, "" for done
    (MONEY, "左", "算了", ("右",), ""),
    (MONEY, "左", "算了", ("候",), "正在等店铺答复，现在不能算了；有了答复再办"),
    (MONEY, "左", "完", ("候", "右"), "正在等店铺答复，现在不能完；有了答复再办"),
    (TWO, "左", "算了", ("候", "再候"), "正在等店铺答复、银行答复，现在不能算了；有了答复再办"),
    (MONEY, "左", "同意", ("候",), ""),  # within the fork nothing is cut off
    (MONEY | {"叉": fork("左", "寄")}, "左", "算了", ("寄",), ""),  # a parcel is no money
    (TWO, "候", "退款成功", ("左", "再候"), ""),  # the shop's own word goes where the flow says
    (TWO, "候", "退款失败", ("左", "再候"), ""),
]


@pytest.mark.parametrize(("flow", "at", "action", "beside", "reason"), CUT_OFF)
def test_nothing_but_the_shop_ends_a_wait_for_it(
    flow: Any, at: str, action: str, beside: tuple[str, ...], reason: str
) -> None:
    outcome = acts(flow, at, action, *beside)
    assert (outcome.reason if isinstance(outcome, Refusal) else "") == reason


def test_a_clock_beside_it_ends_no_wait_for_the_shop() -> None:
    """Of two waits only what the shop said of one may end the other."""
    late: dict[str, Any] = {"类型": "等待", "等": "店铺答复", "时限": "1天"}
    late["动作"] = {"退款成功": {"去": "合"}, "到时": {"去": "出"}}
    outcome = acts(TWO | {"候": late}, "候", "到时", "再候")
    assert outcome == Refusal("正在等银行答复，现在不能到时；有了答复再办")


def test_a_case_is_not_given_back_past_it_either() -> None:
    marking = Marking(("左", "候"), {PATH: ["前", "左"]})
    refused = decide(rules(MONEY), marking, GIVE_BACK, owner("左"), {TO: "前"})
    assert refused == Refusal("正在等店铺答复，现在不能退回；有了答复再办")
