"""One step of a case: who may take it, what it still wants to know, what goes on record, where it leads. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from flow.definitions.flow import Field
from flow.definitions.flow_reader import flow_from
from flow.definitions.policy import read_policy
from flow.definitions.vocabulary import LEVELS, PATH, SIGNED
from flow.engine.machine import BY_HAND, begin, step
from flow.engine.partial_refunds import MAKE_GOOD, PREFILLED
from flow.engine.values import Actor, Marking, Refusal, Rules, Slot, Step, Transition
from flow.errors import PolicyRefused
from models.enums import CaseState, CloseReason
from tests.support.written_flows import auto, drawn, form, paying, person, wait

POLICY = read_policy(
    "政策: 小\n审批表:\n  - {规则: 小额, 金额: '<=50', 审批: 自动}\n  - {规则: 主管, 审批: 客服主管}\n"
)
SYSTEM = Actor(None, "系统")
NO = {"去": "完", "样式": "危险"}


def rules(nodes: dict[str, Any], **more: Any) -> Rules:
    """Flows as they were published, sound or not: a step must know what to do in each."""
    return Rules(flow_from(drawn(nodes, **more)), POLICY)


def owner(*nodes: str, who: int = 1, roles: frozenset[str] = frozenset()) -> Actor:
    return Actor(who, f"员工{who}", roles, frozenset(nodes))


def stand(*nodes: str, **facts: Any) -> Marking:
    return Marking(nodes, facts)


def moved(outcome: Transition | Refusal) -> Transition:
    assert isinstance(outcome, Transition), outcome
    return outcome


# -- who may -----------------------------------------------------------------------------------------------------------

PLAIN = {
    "甲": person(同意="候", 驳回=NO) | {"表单": [{"名": "责任", "填": "文本"}]}, "候": paying("完"),
    "左": person(同意="完"), "右": person(同意="候", 到时={"去": "完", "满": "3天"}),
}  # fmt: skip
WHO_MAY_NOT = [
    (("甲",), CaseState.DONE, "同意", owner("甲"), "这单已完成，不用再处理"),
    (("甲",), CaseState.CLOSED, "同意", SYSTEM, "这单已关闭，不用再处理"),
    (("左", "右"), CaseState.OPEN, "驳回", owner("左"), "这单现在在左、右，不能驳回"),
    (("左",), CaseState.HELD, "同意", owner("左"), "这单已挂起，先回复“恢复 单号”再同意"),
    (("左", "右"), CaseState.OPEN, "同意", owner("甲"), "左不是你的待办"),  # owns neither
    (("左",), CaseState.OPEN, "同意", SYSTEM, "左不是你的待办"),  # the system is nobody's deputy
    (("左",), CaseState.OPEN, "同意", Actor(None, "系统", owns=frozenset({"左"})), "左不是你的待办"),
    (("候",), CaseState.OPEN, "退款成功", owner("候"), "候不是你的待办"),  # the shop's to say
    (("候",), CaseState.OPEN, "退款成功", Actor(None, "系统", owns=frozenset({"右"})), "候不是你的待办"),
    (("右",), CaseState.OPEN, "到时", owner("右"), "到时不用点，时间到了系统自己会办"),
]


@pytest.mark.parametrize(("nodes", "state", "action", "actor", "reason"), WHO_MAY_NOT)
def test_it_is_not_for_everybody(
    nodes: tuple[str, ...], state: CaseState, action: str, actor: Actor, reason: str
) -> None:
    assert step(rules(PLAIN), Marking(nodes, {}, state), action, actor, {}) == Refusal(reason)


WHO_MAY = [
    (("左", "右"), CaseState.OPEN, "同意", owner("右"), "右"),  # of two, the one whose task is one's own
    (("左", "右"), CaseState.OPEN, "同意", owner("右", "左"), "左"),  # of two of one's own, the first
    (("候",), CaseState.OPEN, "退款成功", SYSTEM, "候"),
    (("候",), CaseState.OPEN, "退款成功", Actor(None, "系统", owns=frozenset({"候"})), "候"),
    (("候",), CaseState.HELD, "退款失败", SYSTEM, "候"),  # a pause holds no answer back
    (("左", "右"), CaseState.OPEN, "到时", SYSTEM, "右"),
]


@pytest.mark.parametrize(("nodes", "state", "action", "actor", "left"), WHO_MAY)
def test_it_is_for(nodes: tuple[str, ...], state: CaseState, action: str, actor: Actor, left: str) -> None:
    assert moved(step(rules(PLAIN), Marking(nodes, {}, state), action, actor, {})).left == left


# -- what it wants to know ---------------------------------------------------------------------------------------------

ASKING = {"甲": person(同意={"去": "完", "问": {"缺件": "缺什么？", "扣款": "扣多少？"}}, 驳回=NO)}
ASKING["甲"]["表单"] = [{"名": "责任", "填": "文本"}, {"名": "备注", "填": "文本", "动作": ["驳回"]}]
DUTY, REMARK = Field("责任", "文本"), Field("备注", "文本", actions=("驳回",))
WHAT, HOW_MUCH = {"缺件": "缺什么？"}, {"扣款": "扣多少？"}
WANTED = [
    ("同意", {}, {}, WHAT | HOW_MUCH, (DUTY,)),
    ("同意", {}, {"扣款": "5"}, WHAT, (DUTY,)),
    ("同意", {"缺件": "滤网"}, {"扣款": "5"}, WHAT, (DUTY,)),  # what an action asks is asked each time
    ("同意", {}, {"责任": "商家"}, WHAT | HOW_MUCH, ()),
    ("同意", {"责任": "商家"}, {}, WHAT | HOW_MUCH, ()),  # another of the signers filled it in
    ("同意", {}, {"缺件": None, "扣款": "5"}, {}, (DUTY,)),  # left out is an answer
    ("驳回", {}, {}, {}, (REMARK,)),
]


@pytest.mark.parametrize(("action", "facts", "answers", "missing", "fields"), WANTED)
def test_what_is_still_wanted(action: str, facts: Any, answers: Any, missing: Any, fields: Any) -> None:
    outcome = step(rules(ASKING), stand("甲", **facts), action, owner("甲"), answers)
    assert outcome == Refusal("还差一项", missing, fields)


def test_what_was_answered_is_known_of_the_case() -> None:
    answers = {"缺件": "滤网", "扣款": "5", "责任": "商家"}
    done = moved(step(rules(ASKING), stand("甲", 金额="9"), "同意", owner("甲"), answers))
    assert done.facts == {"金额": "9", **answers}


WHY = {"理由": "照片不清"}
REASONS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, False),  # it belongs to the step
    ({"问": {"理由": "为什么？"}}, {}, True),  # unless the action asks for it
    ({}, {"表单": [{"名": "理由", "填": "文本"}, {"名": "备注", "填": "文本"}]}, True),  # or the form
]


@pytest.mark.parametrize(("action", "node", "kept"), REASONS)
def test_a_reason_is_a_fact_where_the_flow_asks_for_one(action: Any, node: Any, kept: bool) -> None:
    own = rules({"甲": person(同意={"去": "完"} | action) | node})
    done = moved(step(own, stand("甲"), "同意", owner("甲"), WHY | {"备注": ""}))
    assert ("理由" in done.facts, done.facts["备注"]) == (kept, "")


@pytest.mark.parametrize(
    ("said", "actor", "asked"),
    [
        ({}, owner("甲"), True), ({"理由": ""}, owner("甲"), True),
        (WHY, owner("甲"), False), ({}, SYSTEM, False),  # the clock gives no reasons
    ],
)  # fmt: skip
def test_a_reason_that_must_be_given(said: Any, actor: Actor, asked: bool) -> None:
    late = {"去": "完", "满": "3天", "理由": "必填"}
    own = rules({"甲": person(同意={"去": "完", "理由": "必填"}, 到时=late, 可={"去": "完", "理由": "可填"})})
    action = "到时" if actor.is_system else "同意"
    outcome = step(own, stand("甲"), action, actor, said)
    assert (outcome == Refusal("还差理由", {"理由": f"{action}要写理由，请直接回复一句"})) is asked
    assert isinstance(step(own, stand("甲"), "可", owner("甲"), {}), Transition), "there it may be added afterwards"


# -- what goes on record -----------------------------------------------------------------------------------------------


def test_a_step_is_on_record_with_what_it_does() -> None:
    yes = {"去": "乙", "办": ["登记收货", "通知客户"], "记": {"质检结果": "合格"}, "结果": "已同意"}
    own = rules({"甲": person(同意=yes, 驳回=NO), "乙": person(同意="完")})
    done = moved(step(own, stand("甲", 金额="9"), "同意", owner("甲"), {}))
    assert done.steps == (Step("甲", "同意", False, "", ("登记收货", "通知客户"), "已同意"),)
    assert (done.left, done.nodes, done.entered, set(done.gone)) == ("甲", ("乙",), ("乙",), {"甲"})
    assert done.facts == {"金额": "9", "质检结果": "合格", PATH: ["乙"]}
    refused = moved(step(own, stand("甲"), "驳回", owner("甲"), {}))
    assert refused.steps == (Step("甲", "驳回", verdict="驳回"),), "a button without a result says its own name"


def test_the_answer_to_a_wait_is_the_system_s() -> None:
    done = moved(step(rules(PLAIN), stand("候"), "退款成功", SYSTEM, {}))
    assert done.steps == (Step("候", "退款成功", by_system=True, verdict="退款成功"),)


def test_handing_over_moves_nothing_and_remembers_what_was_said() -> None:
    hand = {"换人": True, "办": ["通知客户"], "记": {"转过": True}}
    own = rules({"甲": person(同意="完", 转交=hand) | {"会签": True}})  # whose other signers have no say in it
    slots = (Slot(5, "甲", 1), Slot(6, "甲", 2))
    done = moved(step(own, Marking(("甲",), {"金额": "9"}, slots=slots), "转交", owner("甲"), {"给": "何佳"}))
    assert done.steps == (Step("甲", "转交", effects=("通知客户",), verdict="转交"),)
    assert (done.left, done.nodes, done.entered, done.pending) == ("", ("甲",), (), None)
    assert done.facts == {"金额": "9", "给": "何佳", "转过": True}


JOINT = {
    "甲": person(同意={"去": "完", "结果": "已同意"}, 驳回=NO) | {"会签": True, "表单": [{"名": "责任", "填": "文本"}]}
}
LEVELLED = {
    "甲": person(同意="完", 驳回=NO)
    | {"分级": [{"名": "初检"}, {"名": "复检"}], "表单": [{"名": "责任", "填": "文本"}]}
}


def test_one_signature_of_two_stays_with_the_seat_that_gave_it() -> None:
    marking = Marking(("甲",), {}, CaseState.OPEN, (Slot(5, "甲", 1), Slot(6, "甲", 2)))
    done = moved(step(rules(JOINT), marking, "同意", owner("甲"), {"责任": "商家"}))
    assert done.steps == (Step("甲", "同意", False, verdict="已同意"),)
    assert (done.left, done.nodes, done.entered, done.slot) == ("", ("甲",), (), 5)
    assert done.facts == {"责任": "商家", SIGNED: {"甲": [1]}}, "the next signer need not fill it in again"
    assert done.pending is not None


def test_the_next_level_fills_the_form_in_itself() -> None:
    done = moved(step(rules(LEVELLED), stand("甲", 金额="9"), "同意", owner("甲"), {"责任": "商家"}))
    assert done.facts == {"金额": "9", LEVELS: {"甲": {"现在": 1, "结论": [[0, "同意", 1]]}}}
    assert (done.slot, done.state) == (None, CaseState.OPEN)


def test_the_clock_waits_for_no_signature() -> None:
    own = rules({"甲": JOINT["甲"] | person(同意="完", 到时={"去": "完", "满": "3天"}) | {"会签": True}})
    marking = Marking(("甲",), {}, slots=(Slot(5, "甲", 1), Slot(6, "甲", 2)))
    assert moved(step(own, marking, "到时", SYSTEM, {})).state is CaseState.DONE


@pytest.mark.parametrize(("action", "stays"), [("同意", True), ("驳回", True)])
def test_each_choice_of_a_level_is_looked_at_by_the_next(action: str, stays: bool) -> None:
    done = moved(step(rules(LEVELLED), stand("甲"), action, owner("甲"), {"责任": "商家"}))
    assert (done.pending is not None) is stays


def test_a_seat_before_a_level_signs_within_it_whatever_it_says() -> None:
    marking = Marking(("甲",), {}, slots=(Slot(5, "甲", 1, held=True, after=6), Slot(6, "甲", 2, added=True)))
    for action in ("同意", "驳回"):
        done = moved(step(rules(LEVELLED), marking, action, owner("甲", who=2), {"责任": "商家"}))
        assert done.pending
        assert (done.pending.opens, done.pending.level) == ((5,), None)


# -- where it leads ----------------------------------------------------------------------------------------------------

ENDS = {
    "甲": person(好="完", 坏="关", 空="空"), "关": {"类型": "结束", "状态": "已关闭", "原因": "拒绝"},
    "空": {"类型": "结束", "状态": "已完成"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("action", "state", "reason"),
    [("好", CaseState.DONE, None), ("坏", CaseState.CLOSED, CloseReason.REFUSED), ("空", CaseState.DONE, None)],
)
def test_an_end_says_how_it_ended(action: str, state: CaseState, reason: CloseReason | None) -> None:
    done = moved(step(rules(ENDS), stand("甲"), action, owner("甲"), {}))
    assert (done.nodes, done.entered, done.state, done.close_reason) == ((), (), state, reason)
    assert (done.left, set(done.gone)) == ("甲", {"甲"})


def test_a_case_begins_at_the_start_or_where_it_is_put() -> None:
    own = rules({"甲": person(同意="乙"), "乙": person(同意="完")})
    known = {"金额": "9"}
    first, second = begin(own, known), begin(own, known, at="乙")
    assert (first.steps, first.left, first.nodes, first.entered, first.gone) == ((), "", ("甲",), ("甲",), frozenset())
    assert (second.nodes, second.facts) == (("乙",), {"金额": "9", PATH: ["乙"]})
    assert known == {"金额": "9"}, "what was given is left alone"


def test_the_first_branch_that_holds_is_taken_by_its_rule() -> None:
    ways = {
        "类型": "自动",
        "办": ["通知客户"],
        "去": [{"当": {"审批": "自动"}, "去": "乙", "规则": "小额"}, {"去": "丙"}],
    }
    own = rules({"甲": person(同意={"去": "路", "记": {"金额": "50"}}), "路": ways, "乙": form(), "丙": form()})
    done = moved(step(own, stand("甲", 金额="51"), "同意", owner("甲"), {}))
    assert done.nodes == ("乙",), "what the step notes counts at once, also in what the policy says"
    assert done.steps[1] == Step("路", "乙", True, "小额", ("通知客户",))
    assert begin(own, {"金额": "51"}, at="路").nodes == ("丙",)


def test_no_more_nodes_are_crossed_than_any_flow_has() -> None:
    long = {f"路{n}": auto(f"路{n + 1}") for n in range(254)}
    assert begin(rules(long | {"路254": form()}), {}).nodes == ("路254",)
    with pytest.raises(RuntimeError, match=r"^flow '小' crosses more than 256 nodes from ''$"):
        begin(rules(long | {"路254": auto("路0")}), {})


# -- coming to a node --------------------------------------------------------------------------------------------------

AGAIN = {"甲": form({"名": "成色", "填": "文本"}, to="乙"), "乙": person(同意="丙"), "丙": person(退="甲", 同意="丙")}
COMES = [
    # where, what is known, the path then, and what else is known then
    ("甲", {}, ["甲"], {}),
    ("甲", {PATH: []}, ["甲"], {}),
    ("乙", {PATH: ["甲"]}, ["甲", "乙"], {}),
    ("甲", {PATH: ["甲", "乙", "丙"]}, ["甲"], {}),
    ("乙", {PATH: ["甲", "乙", "丙"]}, ["甲", "乙"], {}),
    # what an earlier visit filled in is asked again, of this form only
    ("甲", {"成色": "九成", "别的": "是"}, ["甲"], {"别的": "是"}),
    ("乙", {"成色": "九成"}, ["乙"], {"成色": "九成"}),
    # what is known before anybody asks stands there as if it had been answered, once
    ("甲", {PREFILLED: {"成色": "九成"}}, ["甲"], {"成色": "九成"}),
    ("甲", {PREFILLED: {"成色": "九成", MAKE_GOOD: "5"}}, ["甲"], {"成色": "九成", PREFILLED: {MAKE_GOOD: "5"}}),
    ("甲", {PREFILLED: {MAKE_GOOD: "5"}, "成色": "八成"}, ["甲"], {PREFILLED: {MAKE_GOOD: "5"}}),
    ("乙", {PREFILLED: {"成色": "九成"}}, ["乙"], {PREFILLED: {"成色": "九成"}}),
    # levels and signatures of an earlier visit are over, those of other nodes are not
    ("甲", {LEVELS: {"甲": {"现在": 1}, "乙": {"现在": 1}}}, ["甲"], {LEVELS: {"乙": {"现在": 1}}}),
    ("甲", {SIGNED: {"甲": [1], "乙": [2]}}, ["甲"], {SIGNED: {"乙": [2]}}),
    ("甲", {SIGNED: {"甲": [1]}, LEVELS: {"甲": {"现在": 1}}}, ["甲"], {SIGNED: {}, LEVELS: {}}),
]


@pytest.mark.parametrize(("at", "known", "path", "then"), COMES)
def test_a_case_comes_to_a_node(at: str, known: dict[str, Any], path: list[str], then: dict[str, Any]) -> None:
    done = begin(rules(AGAIN), known, at=at)
    assert done.facts == {PATH: path, **then}
    assert (done.nodes, done.entered) == ((at,), (at,))


def test_a_wait_is_no_station_of_the_path() -> None:
    done = begin(rules({"甲": form(to="候"), "候": wait("完")}), {PATH: ["甲"], "责任": "商家"}, at="候")
    assert (done.nodes, done.facts) == (("候",), {PATH: ["甲"], "责任": "商家"})


def test_the_node_that_is_left_and_come_to_again_is_over_and_begun() -> None:
    done = moved(step(rules(AGAIN), stand("丙", **{PATH: ["甲", "丙"]}), "同意", owner("丙"), {}))
    assert (done.nodes, done.entered, set(done.gone), done.facts[PATH]) == (("丙",), ("丙",), {"丙"}, ["甲", "丙"])


# -- money that the system may not pay ---------------------------------------------------------------------------------

BY_TABLE = {"类型": "人工", "负责人": {"审批表": True, "否则": "客服"}, "时限": "1天"}
PAYING = {
    "甲": person(同意="付", 到时={"去": "候", "满": "3天", "办": ["确认退款"], "结果": "付了"}),
    "付": {"类型": "自动", "办": ["确认退款"], "去": "候"},
    "审": BY_TABLE | {"动作": {"同意": {"去": "候", "办": ["确认退款"], "记": {"审": "过"}}}},
    "候": paying("完"),
}  # fmt: skip
NOBODY = PAYING | {"审": person(同意="候")}
RISK = {"风险客户": True, "金额": "30"}


def test_where_the_clock_would_pay_a_customer_at_risk_a_person_is_asked() -> None:
    done = moved(step(rules(PAYING), stand("甲", **RISK), "到时", SYSTEM, {"给": "系统"}))
    assert done.steps == (Step("甲", "到时", True, BY_HAND, verdict="付了"),), "nothing is paid"
    assert (done.left, done.nodes, set(done.gone)) == ("甲", ("审",), {"甲"})
    assert done.facts == {**RISK, "给": "系统", PATH: ["审"]}
    anybody = moved(step(rules(PAYING), stand("甲", 金额="30"), "到时", SYSTEM, {}))
    assert anybody.steps == (Step("甲", "到时", True, effects=("确认退款",), verdict="付了"),)


def test_where_a_node_would_pay_one_a_person_is_asked() -> None:
    done = begin(rules(PAYING), RISK, at="付")
    assert (done.steps, done.nodes) == ((Step("付", "审", True, BY_HAND),), ("审",))
    paid = begin(rules(PAYING), {"金额": "30"}, at="付")
    assert (paid.steps, paid.nodes) == ((Step("付", "候", True, "", ("确认退款",)),), ("候",))


def test_where_nobody_could_be_asked_it_is_said() -> None:
    with pytest.raises(PolicyRefused) as refused:
        step(rules(NOBODY), stand("甲", **RISK), "到时", SYSTEM, {})
    words = "风险客户的款系统不能自己退，流程小里又没有人审批，请先改流程"
    assert str(refused.value) == words


def test_what_needs_nobody_is_crossed_by_its_first_button() -> None:
    done = begin(rules(PAYING), {"金额": "30"}, at="审")
    assert done.steps == (Step("审", "同意", True, "小额", ("确认退款",)),)
    assert (done.nodes, done.facts) == (("候",), {"金额": "30", "审": "过"})
    at_risk = begin(rules(PAYING), RISK, at="审")
    assert (at_risk.steps, at_risk.nodes) == ((), ("审",))


SAME = {
    "一": BY_TABLE
    | {"动作": {"同意": {"去": "二"}, "补": {"去": "二", "办": ["登记补偿"]}, "否": {"去": "二", "样式": "危险"}}},
    "二": BY_TABLE | {"同人免审": True, "动作": {"同意": {"去": "付"}}},
    "付": {"类型": "自动", "办": ["确认退款"], "去": "候"}, "候": paying("完"),
}  # fmt: skip
LEAD = frozenset({"客服主管"})
AGREED = [
    # what was done at the first, by whom, whether it stands for the second too
    ("同意", owner("一", roles=LEAD), True),
    ("同意", owner("一"), False),
    ("否", owner("一", roles=LEAD), False),  # a no is no agreement
    ("补", owner("一", roles=LEAD), False),  # nor is a sum that one has put down oneself
]


@pytest.mark.parametrize(("action", "actor", "stands"), AGREED)
@pytest.mark.parametrize("known", [{}, {"风险客户": True}])
def test_whoever_has_just_agreed_is_not_asked_again(action: str, actor: Actor, stands: bool, known: Any) -> None:
    done = moved(step(rules(SAME), stand("一", 金额="99", **known), action, actor, {}))
    assert done.nodes == (("候",) if stands else ("二",)), "a customer at risk included: a person looked"


def test_an_agreement_elsewhere_stands_for_the_table_but_not_for_the_money_of_one_at_risk() -> None:
    flow = SAME | {"一": person(同意="二")}
    done = moved(step(rules(flow), stand("一", 金额="99", 风险客户=True), "同意", owner("一", roles=LEAD), {}))
    assert done.nodes == ("候",), "who stands for the table has decided on the money"
    pays = flow | {"二": BY_TABLE | {"同人免审": True, "动作": {"同意": {"去": "候", "办": ["确认退款"]}}}}
    held = moved(step(rules(pays), stand("一", 金额="99", 风险客户=True), "同意", owner("一", roles=LEAD), {}))
    assert (held.nodes, held.steps[-1].effects) == (("二",), ()), "the button itself pays, which is for a person"


def test_a_level_more_looks_where_the_table_passes_the_first() -> None:
    node = BY_TABLE | {"分级": [{"名": "初审"}, {"名": "复审"}], "动作": {"同意": {"去": "完", "办": ["通知客户"]}}}
    done = begin(rules({"甲": node}), {"金额": "30", LEVELS: {"乙": {"现在": 1}}})
    assert done.steps == (Step("甲", "同意", True, "小额"),), "what the button does waits for the last level"
    assert done.facts[LEVELS] == {"乙": {"现在": 1}, "甲": {"现在": 1, "结论": [[0, "同意", None]]}}
    assert (done.nodes, done.entered) == (("甲",), ("甲",))
    nodes = {"前": person(同意="甲"), "甲": node}
    after = moved(step(rules(nodes), stand("前", 金额="30"), "同意", owner("前"), {}))
    assert after.facts[LEVELS]["甲"]["结论"] == [[0, "同意", None]], "it was the table, not who agreed before"
