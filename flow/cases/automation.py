"""Carries out what 自动规则 do, in the transaction of the event that fired them: facts, events, and who must hear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flow.access.scope import LOOK_UP
from flow.definitions.automation import (
    ACTION,
    ALERT,
    ASKED_IN_YUAN,
    BY,
    NODE,
    NUMBER,
    OWNERS,
    PUSHED,
    REASON,
    SCHEDULED,
    SOURCE,
    WORTH,
)
from flow.definitions.flow import MONEY
from flow.definitions.permissions import AMOUNT, FIELDS, Scope
from flow.definitions.vocabulary import COMMENT, COPIED, COPY, CREATOR, LAST_RESORT, SYSTEM, TODAY
from flow.desk import heard_at
from flow.engine.automation import filled, fired, noted
from flow.engine.opening_facts import today_of
from flow.records import outbox
from flow.records.events import SEALED, chain, settle_whole
from flow.views.case import pays
from models import Event, Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from flow.definitions.automation import Rule, Trigger
    from flow.definitions.flow import Flow
    from flow.definitions.present import Present
    from flow.desk import Desk
    from flow.engine.automation import RuleRun
    from flow.engine.values import Rules
    from flow.people.directory import Directory
    from models import Case, CaseState, CloseReason, Outbox

    Facts = Mapping[str, Any]

FIRED = "自动规则"  #: action of the event that names the rule
_NAMED = (CREATOR, "质检人")  #: facts that hold a member's id, told by name


def set_off(
    rules: Iterable[Rule], present: Present, flow: Flow, triggers: Sequence[Trigger], about: tuple[Facts, datetime]
) -> tuple[RuleRun, ...]:
    """The rules that fire, which speak by the names of today, of a case that keeps those of its version.

    ``about``: the facts of the case, and when it was opened.
    """
    facts, opened = about
    if not present.any_ids:
        return fired(rules, triggers, facts)
    named = [replace(trigger, node=present.node(flow, trigger.node)) for trigger in triggers]
    runs = fired(rules, named, present.facts(flow, facts, opened))
    return tuple(
        replace(run, does=tuple(replace(do, notes=present.kept(flow, do.notes)) for do in run.does)) for run in runs
    )


@dataclass(frozen=True, slots=True)
class Around:
    """Who there is and what the trigger is, while a transaction is open."""

    desk: Desk
    people: Directory
    now: datetime
    version: int = 0  #: of the rules, where a rule fires by itself


@dataclass(frozen=True, slots=True)
class Fired:
    """Rules that have fired, and are written down."""

    runs: tuple[RuleRun, ...]
    around: Around

    def __len__(self) -> int:
        return len(self.runs)

    def rows(self, case: Case, tasks: Iterable[Task]) -> list[Outbox]:
        """Who must hear of it, the owners of ``tasks`` among them, once the case stands under its new version.

        The keys hold case, version and rule, so that nothing is said twice.
        """
        owners = {task.owner_id for task in tasks if task.state is TaskState.OPEN}
        first = case.seq - len(self.runs) + 1
        found = [_rows(case, run, seq, owners, self.around) for seq, run in enumerate(self.runs, first)]
        return [row for rows in found for row in rows]


def look(case: Case, rules: Rules, people: Directory, by: str = SYSTEM) -> dict[str, Any]:
    """All that rules may ask and say of a case as it stands."""
    return asked(case, known(case.facts, rules, people), case.state, case.close_reason, by)


def asked(case: Case, seen: Mapping[str, Any], state: CaseState, reason: CloseReason | None, by: str) -> dict[str, Any]:
    """The same of a case that ``by`` has put into a state, and of which ``seen`` is ``known``."""
    about = {"订单": case.order_no, "店铺": case.shop, "原因": case.reason, "状态": str(state)}
    return {**seen, **about, NUMBER: case.no, BY: by, REASON: str(reason or "")}


def known(facts: Mapping[str, Any], rules: Rules, people: Directory) -> dict[str, Any]:
    """The facts with what the policy says of them, and members by name.

    The amount of a case that pays its customer nothing is what its goods are worth, and no money: a repair of ¥6,000
    is no large refund.
    """
    names = {fact: who.name for fact in _NAMED if (who := people.by_id.get(facts.get(fact) or 0))}
    asked = [field.name for node in rules.flow.forms for field in node.form if field.kind == MONEY]
    seen = {**facts, **rules.policy.facts(facts), **names, WORTH: facts.get(AMOUNT), ASKED_IN_YUAN: asked}
    return seen if pays(rules.flow, facts) else {**seen, AMOUNT: None}


def write_down(case: Case, runs: tuple[RuleRun, ...], around: Around) -> tuple[list[Event], Fired]:
    """The events of the rules, unsaved; puts what they note into ``case.facts`` and moves its chain along."""
    notes = noted(runs) | _copied(case, runs, around.people)
    if notes:
        case.facts = {**case.facts, **notes}
    return chain(case, [_event(case, run, around.version) for run in runs], around.now), Fired(runs, around)


def _event(case: Case, run: RuleRun, version: int) -> dict[str, Any]:
    trigger, number = run.trigger, {NUMBER: case.no}
    does = [filled(do.words(), number) for do in run.does]
    said = filled(run.told(COMMENT, OWNERS, COPY), number)
    data = {
        "rule": run.rule,
        "当": trigger.what,
        NODE: trigger.node,
        ACTION: trigger.action,
        "做": does,
        "说": said,
        "版": version,
        SOURCE: trigger.source,
    }
    kept = {key: value for key, value in data.items() if value}
    return {"actor_id": None, "actor": SYSTEM, "action": FIRED, "node": "", "data": kept}


def _copied(case: Case, runs: Iterable[RuleRun], people: Directory) -> dict[str, list[int]]:
    """The members who from now on hear of every decision on the case."""
    more = {one for run in runs for one in _with_roles(run, people)}
    return {COPIED: sorted({*case.facts.get(COPIED, ()), *more})} if more else {}


def _with_roles(run: RuleRun, people: Directory) -> set[int]:
    return {person.id for do in run.does if do.kind == COPY for person in people.with_role(do.to)}


def _rows(case: Case, run: RuleRun, seq: int, owners: Collection[int], around: Around) -> list[Outbox]:
    key = f"rule:{case.no}:v{case.version}:{run.rule}"
    if run.trigger.what in (SCHEDULED, PUSHED):  # the next time the case may stand where it stood
        key += f":{seq}"
    alerts = [(n, do) for n, do in enumerate(run.does) if do.kind == ALERT]
    told = [outbox.alert(f"{key}:{n}", around.now, filled(do.text, {NUMBER: case.no}), do.to) for n, do in alerts]
    told += [
        outbox.tell(f"{key}:{n}:m{one}", one, around.now, outbox.WORDS, text=filled(do.alone, {NUMBER: case.no}))
        for n, do in alerts if do.alone
        for one in _managers(around)
    ]  # fmt: skip
    at = heard_at(around.desk, case.facts, around.now)
    return told + [
        outbox.tell(f"{key}:m{one}", one, around.now, "turn", run_at=at, case_id=case.id, seq=seq)
        for one in sorted(_hearers(case, run, owners, around.people))
    ]


def _managers(around: Around) -> list[int]:
    """Who reads alone what a group is not told: administrators, from whom nothing of any case is hidden."""
    matrix = around.desk.business.matrix
    return [
        one.id for one in around.people.with_role(LAST_RESORT)
        if Scope.ALL in matrix.reach(one.roles, LOOK_UP)
        and all(matrix.sees(one.roles, name) == ways[-1] for name, ways in FIELDS.items())
    ]  # fmt: skip


def _hearers(case: Case, run: RuleRun, owners: Collection[int], people: Directory) -> set[int]:
    kinds = {do.kind for do in run.does}
    hear = _with_roles(run, people)
    hear |= set(owners) if kinds & {OWNERS, COMMENT} else set()
    hear |= {case.creator_id or 0, *case.facts.get(COPIED, ())} if COMMENT in kinds else set()
    return hear - {0}


async def fire(case: Case, trigger: Trigger, around: Around) -> list[Outbox]:
    """Fire what a trigger fires that did not move the case; who must hear of it. The caller holds the case."""
    seen, flow = await seen_now(case, around)
    business = around.desk.business
    runs = set_off(business.rules, business.present, flow, (trigger,), (seen, case.opened_at))
    return await carry_out(case, runs, around)


async def seen_now(case: Case, around: Around) -> tuple[dict[str, Any], Flow]:
    """All that rules may ask and say of a case today, and the version of the flow that it keeps."""
    rules = await around.desk.rules(case.flow_id or 0, case.policy_id or 0)
    return look(case, rules, around.people) | {TODAY: today_of(around.now, around.desk.zone)}, rules.flow


async def carry_out(case: Case, runs: tuple[RuleRun, ...], around: Around) -> list[Outbox]:
    """Do what rules do that did not move the case; who must hear of it. The caller holds the case."""
    if not runs:
        return []
    events, told = write_down(case, runs, around)
    if case.undo:
        case.undo = {**case.undo, "facts": {**case.undo["facts"], **_kept(case, runs)}}
    await settle_whole(case, events[-1])
    await Event.bulk_create(events)
    await case.save(update_fields=["facts", "undo", *SEALED])
    return told.rows(case, await Task.filter(case_id=case.id, state=TaskState.OPEN))


def _kept(case: Case, runs: Collection[RuleRun]) -> dict[str, Any]:
    """What a decision that is taken back later must leave in place."""
    names = {*noted(runs), *([COPIED] if COPIED in case.facts else [])}
    return {name: case.facts[name] for name in names}
