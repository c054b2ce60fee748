"""What may be done at every node, whatever the flow says of it: 撤单, 退回, 撤回, 挂起, 恢复, 重开, 合并. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flow.definitions.flow import REASON, REQUIRED
from flow.definitions.vocabulary import CREATOR, HANDLERS, LET_GO, PATH
from flow.engine.field_changes import PUT_RIGHT, put_right
from flow.engine.machine import Execution, as_ended, begin, cut_off, gone_at_end, over, step, travel
from flow.engine.requesters import handled_by
from flow.engine.values import Marking, Refusal, Step, Transition
from flow.engine.waits import hears_of_refund
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flow.engine.values import Actor, Rules

    Verb = Callable[[Rules, Marking, Actor, Mapping[str, Any]], Transition | Refusal]

CORRECT, FRESH = "改", "新事实"  #: the verb, and its answer: what is known of the corrected case when it begins
WITHDRAW, GIVE_BACK, TAKE_BACK, HOLD, RESUME, REOPEN, MERGE = "撤单", "退回", "撤回", "挂起", "恢复", "重开", "合并"
TO, WHY, INTO = "退回到", REASON, "并入"  #: answers of 退回, 挂起 and 合并
PAID = "已退款"
SINCE = "挂起于"  #: answer and fact: when a case was put aside, ISO 8601
#: 办 that 撤回 can undo, each with the 办 that does so; "" where taking the facts back is all
UNDONE_BY = {"登记拒收": "取消拒收", "取消拒收": "登记拒收", "取消扣款": ""}
FINAL = "上一步办了就收不回来，不能撤回"  #: of a step that did more than move the case
NOT_YOURS = "上一步不是你办的，不能撤回"


def decide(
    rules: Rules, marking: Marking, action: str, actor: Actor, answers: Mapping[str, Any]
) -> Transition | Refusal:
    """What ``actor`` doing ``action`` comes to: one of the verbs of this module, or an action of the node."""
    verb = VERBS.get(action)
    if verb is None or _is_nodes_own(rules, marking, action):
        return step(rules, marking, action, actor, answers)
    if marking.state.ended and not _outlives(rules, marking, action, actor):
        return Refusal(over(rules.flow, marking))
    outcome = verb(rules, marking, actor, answers)
    return as_ended(outcome, marking) if action == GIVE_BACK else outcome


def _outlives(rules: Rules, marking: Marking, action: str, actor: Actor) -> bool:
    """Whether a verb has a meaning for a case that has ended: it is taken up again, or a side branch goes back."""
    if action == GIVE_BACK:
        return bool(actor.owns & {*rules.flow.beside(marking.nodes)})
    return action == REOPEN or (action == TAKE_BACK and marking.undo is not None)


def _is_nodes_own(rules: Rules, marking: Marking, action: str) -> bool:
    return any(action in rules.flow.nodes[name].actions for name in marking.nodes)


def _withdraw(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    end = rules.flow.nodes.get(rules.flow.withdraw_to)
    if not (actor.is_system or actor.beyond or actor.id == marking.facts.get(CREATOR)):
        return Refusal("只有提交人和能管这单的上级能撤单")
    if waits := _waits(rules, marking):
        return Refusal(f"正在等{'、'.join(waits)}，现在不能撤单")
    if end is None or marking.facts.get("已收货") or marking.facts.get(PAID):
        return Refusal("货已收到或款已退，不能撤单")
    here, state = _main(rules, marking)[0], end.state or CaseState.CLOSED
    return _closed(rules, marking, Step(here, WITHDRAW, verdict="已撤单"), state, end.close_reason)


def _closed(rules: Rules, marking: Marking, taken: Step, state: CaseState, reason: CloseReason | None) -> Transition:
    """The case ended where it stands, with the side branches that end with it."""
    gone = gone_at_end(rules.flow, state)
    left = tuple(name for name in marking.nodes if name not in gone)
    over = frozenset(marking.nodes) - {*left}
    return Transition((taken,), taken.node, left, (), marking.facts, state, reason, over)


def _main(rules: Rules, marking: Marking) -> list[str]:
    """Where the case itself stands, and not what goes on beside it."""
    return [name for name in marking.nodes if name not in rules.flow.aside]


def _give_back(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """To a node that the case has come through: what that node and the later ones noted is forgotten, money is not."""
    here = next((name for name in marking.nodes if name in actor.owns), "")
    if refusal := _bound(rules, marking, here, GIVE_BACK):
        return refusal
    if hears_of_refund(rules.flow.nodes[here]):
        return Refusal(f"正在等{rules.flow.nodes[here].waits_for}，现在不能退回")
    places, apart = way_back(rules, marking, here), here in rules.flow.aside
    amending = None if apart else rules.flow.amending
    submitter = amending.to if amending else ""
    asked = submitter if answers.get(TO) == CREATOR else str(answers.get(TO) or "")
    to = asked or (places[-1] if places else submitter)
    able = [*places, *([f"{CREATOR}（{submitter}）"] if submitter not in ("", here, *places) else [])]
    if not to or to == here or to not in (*places, submitter):
        ways = f"可以退到：{'、'.join(able)}" if able else "前面没有可退的节点"
        return Refusal(f"{here}不能退回{to}，{ways}")
    if marking.facts.get(PAID) and not apart:
        return Refusal("款已退，不能退回；有差错请找财务")
    if amending and to == amending.to:
        if marking.facts.get("已收货"):
            return Refusal(f"货已收到，不能退给{CREATOR}改，可以退到：{'、'.join(places)}")
        if amending.reason == REQUIRED and not answers.get(WHY):
            return Refusal("还差理由", {WHY: f"要{CREATOR}改什么？请直接回复一句"})
    facts = forget(rules, marking.facts, to if to in places else "") | marking.days
    execution = Execution(rules, facts, [name for name in marking.nodes if name != here])
    execution.took(Step(here, GIVE_BACK, verdict=f"已退回{to}"), {})
    execution.todo.append((here, to))
    outcome = travel(execution, here, marking.nodes)
    return cut_off(outcome, marking, rules.flow.nodes[here], rules.flow) or outcome


def way_back(rules: Rules, marking: Marking, here: str) -> list[str]:
    """The human nodes before ``here`` to which the case may be given back; sibling branches are not among them."""
    path = list(marking.facts.get(PATH) or [])
    before = path[: path.index(here)] if here in path else path
    strange = _beside(rules, here)
    return [name for name in before if name not in strange]


def _beside(rules: Rules, here: str) -> frozenset[str]:
    """The nodes of the branches that run beside the one of ``here``; of a side branch all others do."""
    flow = rules.flow
    branches = [branch for fork in flow.around.get(here, ()) for branch in flow.forks[fork]] + [*flow.sides.values()]
    others = flow.nodes.keys() - flow.aside[here] if here in flow.aside else ()
    return frozenset(others).union(*(branch for branch in branches if here not in branch))


def forget(rules: Rules, facts: Mapping[str, Any], since: str) -> dict[str, Any]:
    """The facts without what was noted at ``since`` and at the nodes come through after it.

    What branches beside that of ``since`` have noted stands.
    """
    path = list(facts.get(PATH) or [])
    first = path.index(since) if since in path else 0
    beside = _beside(rules, since)
    undone = [name for name in path[first:] if name not in beside]
    kept = _without(facts, _noted(rules, undone))
    return kept | {PATH: [name for n, name in enumerate(path) if n < first or name in beside]}


def _noted(rules: Rules, names: Iterable[str]) -> set[str]:
    """The facts that actions and forms of these nodes put down."""
    nodes = [rules.flow.nodes[name] for name in names]
    noted = {fact for node in nodes for action in node.actions.values() for fact in action.sets}
    return noted | {asked.name for node in nodes for asked in node.form}


def _without(facts: Mapping[str, Any], noted: set[str]) -> dict[str, Any]:
    """The facts but for those; that money has gone is never forgotten."""
    return {fact: value for fact, value in facts.items() if fact not in noted or fact == PAID}


def undoable(marking: Marking, transition: Transition, actor: Actor) -> dict[str, Any] | None:
    """What 撤回 needs to undo a step that is about to be written; None for what did more than move the case."""
    first = transition.steps[0]
    if first.action in VERBS and first.action != GIVE_BACK:
        return None
    if actor.is_system or transition.state is CaseState.DONE or transition.pending or transition.after_end:
        return None
    done = [effect for step in transition.steps for effect in step.effects]
    if any(effect not in UNDONE_BY for effect in done):
        return None
    undoes = [UNDONE_BY[effect] for effect in reversed(done) if UNDONE_BY[effect]]
    return {"by": actor.id, "node": first.node, "action": first.action, "nodes": list(marking.nodes),
            "facts": dict(marking.facts), "alone": _alone(marking), "effects": undoes}  # fmt: skip


def _alone(marking: Marking) -> dict[str, int]:
    """Who had a node to themselves: a fresh turn of 轮流 must not give it to somebody else."""
    owners: dict[str, set[int]] = {}
    for slot in marking.slots:
        owners.setdefault(slot.node, set()).add(slot.owner)
    return {node: next(iter(all_of)) for node, all_of in owners.items() if len(all_of) == 1}


def _take_back(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """My last decision, until the next owner has looked at what it led to; whom it sent away has work again."""
    was = marking.undo
    if marking.state is CaseState.HELD:
        return Refusal("这单已挂起，先回复“恢复 单号”再撤回")
    if was is None:
        return Refusal(f"{FINAL}；要改请用退回")
    if was["by"] != actor.id:
        return Refusal(f"{NOT_YOURS}；要改请用退回")
    if TAKE_BACK in rules.flow.nodes[was["node"]].forbids:
        return Refusal(f"{was['node']}不许撤回")
    if marking.seen:
        return Refusal(f"下一步{marking.seen}已经有人看过了，不能撤回；请对方用退回")
    back = tuple(name for name in was["nodes"] if name == was["node"] or name not in marking.nodes)
    if any(hears_of_refund(rules.flow.nodes[name]) for name in back):
        return Refusal("退款已经在路上，不能撤回；要改请用退回")
    taken = Step(was["node"], TAKE_BACK, effects=tuple(was.get("effects", ())), verdict=f"已撤回{was['action']}")
    gone = frozenset(name for name in marking.nodes if name not in was["nodes"] or name == was["node"])
    alone = {name: owner for name, owner in was.get("alone", {}).items() if name in back}
    prefers = alone | ({was["node"]: actor.id} if actor.id is not None else {})
    return Transition((taken,), "", tuple(was["nodes"]), back, was["facts"], gone=gone, prefers=prefers)


def _merge(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """End a duplicate: what it asked for is another case's business."""
    if marking.facts.get("已收货") or marking.facts.get(PAID):
        return Refusal("货已收到或款已退，不能并入别的单")
    if waits := _waits(rules, marking):
        return Refusal(f"正在等{'、'.join(waits)}，现在不能合并")
    if not answers.get(INTO):
        return Refusal("要并到哪一单？请写成：合并 留下的单号 并掉的单号")
    taken = Step(_main(rules, marking)[0], MERGE, verdict=f"已并入 {answers[INTO]}")
    return _closed(rules, marking, taken, CaseState.CLOSED, CloseReason.DUPLICATE)


def _hold(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    here = next((name for name in marking.nodes if name in actor.owns), "")
    if not here and (actor.beyond or actor.id == marking.facts.get(CREATOR)):
        here = _main(rules, marking)[0]
    if refusal := _bound(rules, marking, here, HOLD):
        return refusal
    if marking.state is CaseState.HELD:
        return Refusal("这单已经挂起了")
    if waits := _waits(rules, marking):
        return Refusal(f"正在等{'、'.join(waits)}，不用挂起，等到了会自己往下走")
    taken = Step(here, HOLD, verdict="已挂起")
    facts = {**marking.facts, HOLD: answers.get(WHY, ""), SINCE: answers.get(SINCE)}
    return Transition((taken,), "", marking.nodes, (), facts, CaseState.HELD)


def _resume(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    owns = any(name in actor.owns for name in marking.nodes)
    if marking.state is not CaseState.HELD:
        return Refusal("这单没有挂起")
    if not (actor.is_system or owns or actor.beyond or actor.id == marking.facts.get(CREATOR)):
        return Refusal("只有负责人、提交人和能管这单的上级能恢复")
    facts = {fact: value for fact, value in marking.facts.items() if fact not in (HOLD, SINCE)}
    return Transition(
        (Step(_main(rules, marking)[0], RESUME, actor.is_system, verdict="已恢复"),), "", marking.nodes, (), facts
    )


def _reopen(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """Take a closed case up again at the node that the flow names; money that was paid stays paid."""
    again = rules.flow.reopening
    if not marking.state.ended:
        return Refusal("这单还在处理中，不用重开")
    if again is None:
        return Refusal(f"流程{rules.flow.name}没有设重开，请新建一单")
    facts = _afresh(rules, marking, {LET_GO})
    if actor.id is not None and (handlers := handled_by(facts, [actor.id])):
        facts[HANDLERS] = handlers
    return _begun(rules, marking, facts, Step("", REOPEN, verdict="已重开"), at=again.to)


def _afresh(rules: Rules, marking: Marking, forgotten: set[str]) -> dict[str, Any]:
    """The facts with which a case begins again: without what its nodes noted, but for branches under way beside it."""
    kept = frozenset().union(*(rules.flow.aside[name] for name in rules.flow.beside(marking.nodes)))
    noted = _noted(rules, rules.flow.nodes.keys() - kept) | forgotten
    path = [name for name in marking.facts.get(PATH) or () if name in kept]
    return {**_without(marking.facts, noted), PATH: path, **marking.days}


def _begun(rules: Rules, marking: Marking, facts: Mapping[str, Any], taken: Step, at: str = "") -> Transition:
    """The case begun again, beside the side branches that are under way."""
    fresh = begin(rules, facts, at, beside=rules.flow.beside(marking.nodes))
    gone = frozenset(marking.nodes) - {*fresh.nodes} | {*fresh.entered} & {*marking.nodes}
    return replace(fresh, steps=(taken, *fresh.steps), left="", gone=gone)


def _correct(rules: Rules, marking: Marking, actor: Actor, answers: Mapping[str, Any]) -> Transition | Refusal:
    """Begin again with other goods, type or amount: what was agreed to was something else."""
    if not (actor.beyond or actor.id == marking.facts.get(CREATOR)):
        return Refusal("只有提交人和能管这单的上级能改")
    if marking.state is CaseState.HELD:
        return Refusal("这单已挂起，先回复“恢复 单号”再改")
    if waits := _waits(rules, marking):
        return Refusal(f"正在等{'、'.join(waits)}，现在不能改")
    if marking.facts.get("已收货") or marking.facts.get(PAID):
        return Refusal("货已收到或款已退，不能再改；有差错请用退回，或另开一单")
    if FRESH not in answers:
        return Refusal("要改什么？请写成：改 单号 数量 1")
    facts = {**_afresh(rules, marking, set()), **answers[FRESH], **marking.days}
    return _begun(rules, marking, facts, Step(_main(rules, marking)[0], CORRECT, verdict="已修改"))


def _waits(rules: Rules, marking: Marking) -> list[str]:
    """What the case waits for while its money is on the way, which nobody may cross."""
    return [node.waits_for for name in marking.nodes if hears_of_refund(node := rules.flow.nodes[name])]


def _bound(rules: Rules, marking: Marking, here: str, verb: str) -> Refusal | None:
    """Only an owner may, at a node that permits it, while the case is not put aside."""
    if not here:
        return Refusal(f"{marking.nodes[0] if marking.nodes else '这单'}不是你的待办")
    if verb in rules.flow.nodes[here].forbids:
        return Refusal(f"{here}不许{verb}")
    if marking.state is CaseState.HELD and verb != HOLD:
        return Refusal(f"这单已挂起，先回复“恢复 单号”再{verb}")
    return None


VERBS: Mapping[str, Verb] = {
    WITHDRAW: _withdraw, GIVE_BACK: _give_back, TAKE_BACK: _take_back, HOLD: _hold, RESUME: _resume,
    REOPEN: _reopen, MERGE: _merge, CORRECT: _correct, PUT_RIGHT: put_right,
}  # fmt: skip
