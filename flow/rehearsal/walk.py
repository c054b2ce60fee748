"""The steps of a rehearsal: its opening, a button, the passing of time; each decided as a real case's is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flow.cases import automation
from flow.cases.assessment import alone
from flow.cases.case_file import CaseFile
from flow.cases.command import Command
from flow.cases.decision import decide
from flow.cases.opening import SUBMIT, basis
from flow.cases.verdict import verdict
from flow.definitions.automation import OVERDUE, SUBMITTED, Trigger
from flow.definitions.flow import AUTOMATIC, FORK, JOIN
from flow.definitions.permissions import Scope
from flow.definitions.vocabulary import CREATOR, PAID, REFUSED, UNTIL
from flow.desk import heard_at
from flow.engine import waits
from flow.engine.automation import filled, fired, noted, triggers_of
from flow.engine.machine import begin
from flow.engine.signatures import spoken, standing_level
from flow.errors import NotAllowed
from flow.people.delegation import delegates
from flow.people.owners import AssignmentContext, resolve
from flow.records.events import described
from flow.rehearsal import effects
from flow.rehearsal.play import NUMBER, Play, Seat
from flow.tasks import slots
from flow.tasks.assignment import WorkItem, open_loads, rule_of
from models.enums import CaseState
from models.fields import yuan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from flow.cases.assessment import Assessment, Draft
    from flow.engine.automation import RuleRun
    from flow.engine.values import Rules, Transition
    from flow.orders.lookup import Portion
    from flow.people.directory import Directory
    from flow.rehearsal.rules import RehearsalDesk
    from models.views.case import Person, Verdict

NOT_PAID = "演练里店铺没有退成"
MOST = 100  #: things that one fast forward brings about


@dataclass(frozen=True, slots=True)
class Stage:
    """What a rehearsal takes place in."""

    desk: RehearsalDesk
    rules: Rules
    people: Directory
    loads: Mapping[int, int] = field(default_factory=dict)

    def owners_at(self, now: datetime) -> AssignmentContext:
        away = delegates(self.people.leaves, now) if self.people.leaves else {}
        return AssignmentContext(self.desk.business.tables, away, self.loads)


async def stage(desk: RehearsalDesk, flow: str, policy: str) -> Stage:
    """The stage of a flow under a policy. Reads, and writes nothing."""
    rules = await desk.rules(*desk.ids(flow, policy))
    return Stage(desk, rules, await desk.staff.now(), await open_loads())


def submitter(desk: RehearsalDesk, kind: str, player: Person, people: Directory) -> Person:
    """Who submits: the player where that is their own work, else somebody whose it is.

    An owner who submitted would be kept out of the very decisions that are to be seen.
    """
    matrix = desk.business.matrix
    able = [one for one in people.by_id.values() if matrix.may(one.roles, kind) is Scope.OWN]
    return next((one for one in able if one.id == player.id), able[0] if able else player)


# -- beginning ---------------------------------------------------------------------------------------------------------


async def opened(desk: RehearsalDesk, draft: Draft, assessment: Assessment, who: Person, now: datetime) -> Play:
    """A rehearsal of a draft that was judged. Raises NotAllowed where nobody could take it."""
    flow, policy = desk.names(*assessment.ids)
    house = await stage(desk, flow, policy)
    play = _blank(desk, (flow, policy), draft, assessment, who, now)
    runs = _at_submitting(house, play, who)
    play.facts |= noted(runs)
    facts = play.facts | await alone(desk, replace(assessment, facts=play.facts), who, now, taking=False)
    transition = begin(assessment.rules, facts)
    transition = replace(transition, facts=waits.timed(assessment.rules.flow, transition, now))
    play.put_down(now, {"actor": who.name, "action": SUBMIT}, passing=False)
    _moved(house, play, transition, transition.facts)
    _written(house, play, described(transition, None, {}), now)
    effects.note(play, desk.business, None, transition.steps)
    _seated(house, play, transition, now)
    more = fired(desk.business.rules, triggers_of(transition, opening=True), _look(house, play))
    _ruled(play, (*runs, *more))
    return play


def _blank(
    desk: RehearsalDesk, names: tuple[str, str], draft: Draft, assessment: Assessment, who: Person, now: datetime
) -> Play:
    """The case before its first step."""
    flow, policy = names
    order = assessment.bill.order
    return Play(
        run=0, rules=desk.about, texts=desk.kept(flow, policy), flow=flow, policy=policy, kind=draft.kind,
        return_type=assessment.kind.name, note=draft.note, order_no=order.no, shop=order.shop, creator_id=who.id,
        opened_at=now.isoformat(), basis=basis(assessment.bill, assessment.portions),
        lines=[_line(n, portion) for n, portion in enumerate(assessment.portions, 1)],
        facts=assessment.facts | {CREATOR: who.id}, amount=str(yuan(assessment.facts["金额"])),
    )  # fmt: skip


def _line(number: int, portion: Portion) -> dict[str, Any]:
    line = portion.line
    return {"id": number, "sku": line.sku, "title": line.title, "unit_price": str(line.unit_price),
            "paid": str(portion.paid), "requested": portion.units, "received": 0, "accepted": 0,
            "damaged": 0}  # fmt: skip


def _at_submitting(house: Stage, play: Play, who: Person) -> tuple[RuleRun, ...]:
    about = {"订单": play.order_no, "店铺": play.shop, "原因": play.note, "办理人": who.name}
    known = automation.known(play.facts, house.rules, house.people)
    return fired(house.desk.business.rules, (Trigger(SUBMITTED),), {**known, **about})


# -- going on ----------------------------------------------------------------------------------------------------------


def acted(house: Stage, play: Play, seat: Seat, action: str, answers: Mapping[str, Any], now: datetime) -> Verdict:
    """Whoever sits there takes an action; how it then stands.

    Raises as ``flow.cases.decision.decide`` does; then nothing has changed.
    """
    who = house.people.by_id.get(seat.owner_id)
    command = Command(0, action, who, now, answers, node=seat.node if who is None else "")
    file = CaseFile(
        play.case(),
        [one.task() for one in play.seats if one.owner_id],
        play.case_lines(),
        house.rules,
        house.people,
        house.desk.business,
    )
    decision = decide(file, command)
    own = next((task for task in file.tasks if slots.acted(task, decision.transition, who)), None)
    staffed = _staffed(house, {**decision.columns["facts"]}, decision.transition, now)
    _moved(house, play, decision.transition, decision.columns["facts"] | noted(decision.runs))
    play.undo, play.version = decision.columns.get("undo"), play.version + 1
    play.refund_error = NOT_PAID if action == REFUSED else "" if action == PAID else play.refund_error
    play.count(decision.count.lines)
    _written(house, play, described(decision.transition, who, decision.data), now)
    effects.note(play, house.desk.business, who, decision.transition.steps)
    _left(play, decision.transition)
    _take_seats(play, staffed, decision.transition, now)
    _ruled(play, decision.runs)
    return verdict(file, decision, own, staffed)


def _moved(house: Stage, play: Play, transition: Transition, facts: Mapping[str, Any]) -> None:
    play.state, play.nodes = transition.state.value, list(transition.nodes)
    play.close_reason = transition.close_reason.value if transition.close_reason else None
    play.facts, play.amount = dict(facts), str(yuan(facts.get("金额", play.amount)))


def _written(house: Stage, play: Play, events: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """The steps on the rehearsal's record; those of the system that only lead on are no news."""
    for event in events:
        node = house.rules.flow.nodes.get(event["node"])
        ways = node is not None and node.kind in (AUTOMATIC, FORK, JOIN) and not node.effects
        action = node.actions.get(event["action"]) if node else None
        told = {key: event[key] for key in ("actor", "node", "action", "data")}
        told["verdict"] = action.verdict if action else ""
        play.put_down(now, told, passing=event["actor_id"] is None and ways)


def _ruled(play: Play, runs: Iterable[RuleRun]) -> None:
    for run in runs:
        does = "；".join(filled(do.words(), {"单号": NUMBER}) for do in run.does)
        play.set_off.append(f"自动规则“{run.rule}”会：{does}")


def _look(house: Stage, play: Play) -> dict[str, Any]:
    return automation.look(play.case(), house.rules, house.people)


# -- whose turn it is --------------------------------------------------------------------------------------------------


def _seated(house: Stage, play: Play, transition: Transition, now: datetime) -> None:
    _take_seats(play, _staffed(house, play.facts, transition, now), transition, now)


def _staffed(house: Stage, facts: Mapping[str, Any], transition: Transition, now: datetime) -> list[WorkItem]:
    """The owners of every human node that was entered, or of its next level. Raises NotAllowed for nobody."""
    pending, nodes = transition.pending, house.rules.flow.nodes
    entered = [(nodes[name], standing_level(nodes[name], facts)[0]) for name in transition.entered]
    if pending is not None and pending.level is not None:
        entered = [(nodes[pending.node], pending.level)]
    said, items = {**facts, **house.rules.policy.facts(facts)}, []
    for node, level in entered:
        if node.owner is None:
            continue
        out = spoken(node, said)
        owners = resolve(node, said, house.people, house.owners_at(now), rule=rule_of(node, level), excluded=out)
        if not owners.people:
            raise NotAllowed(f"{owners.alarm}，这一步先不办")
        items.append(WorkItem(node, owners, level))
    return items


def _left(play: Play, transition: Transition) -> None:
    """Those whose turn is over with a step get up."""
    tasks = [seat.task() for seat in play.seats if seat.owner_id]
    gone = {task.id for task in slots.over(tasks, transition)}
    gone |= {seat.id for seat in play.seats if not seat.owner_id and seat.node in transition.gone}
    stays = {*transition.nodes} if transition.ends else {seat.node for seat in play.seats}
    play.seats = [seat for seat in play.seats if seat.id not in gone and seat.node in stays]


def _take_seats(play: Play, items: Iterable[WorkItem], transition: Transition, now: datetime) -> None:
    """The new owners, and the waits that somebody outside ends, sit down."""
    alarms = []
    for item in items:
        due = now + item.limit if item.limit else now
        alarms += [item.owners.alarm] if item.owners.alarm else []
        for person in item.owners.people:
            absent = item.owners.stands_for.get(person.id)
            _sit(play, Seat(0, item.node.name, person.id, now.isoformat(), due.isoformat(), item.owners.why, item.level,
                            absent))  # fmt: skip
    staffed = {seat.node for seat in play.seats}
    for name in transition.entered:
        if name not in staffed:
            until = (play.facts.get(UNTIL) or {}).get(name, "")
            _sit(play, Seat(0, name, 0, now.isoformat(), until or now.isoformat()))
    play.set_off += [f"管理员会收到告警：{alarm}" for alarm in alarms]


def _sit(play: Play, seat: Seat) -> None:
    play.seat_count += 1
    seat.id = play.seat_count
    play.seats.append(seat)


# -- the passing of time -----------------------------------------------------------------------------------------------


def next_moment(play: Play) -> datetime | None:
    """When something happens by itself next: a reminder, or the end of a wait. None where nothing does."""
    due = [seat.due for seat in play.seats if seat.owner_id and not seat.reminded]
    over = [datetime.fromisoformat(until) for until in (play.facts.get(UNTIL) or {}).values()]
    return min([*due, *over], default=None) if play.state != CaseState.HELD.value and not play.ended else None


def forwarded(house: Stage, play: Play, now: datetime, by: timedelta) -> list[str]:
    """Let time pass, with all that falls due meanwhile; what that was, a line each."""
    until, lines = now + by, []
    play.skipped += by.total_seconds()
    for _ in range(MOST):
        moment = next_moment(play)
        if moment is None or moment > until:
            break
        lines += _fallen_due(house, play, max(moment, now).astimezone(now.tzinfo))
    return lines


def _fallen_due(house: Stage, play: Play, moment: datetime) -> list[str]:
    """What happens at that moment: waits that are over, else reminders."""
    for name, action in waits.over(house.rules.flow, play.facts, moment):
        if seat := next((seat for seat in play.seats if seat.node == name), None):
            system = replace(seat, owner_id=0)
            acted(house, play, system, action, {}, moment)
            return [f"{moment:%m-%d %H:%M} {name}：{action}，系统自己往下走"]
    return [_reminded(house, play, seat, moment) for seat in play.seats
            if seat.owner_id and not seat.reminded and seat.due <= moment]  # fmt: skip


def _reminded(house: Stage, play: Play, seat: Seat, moment: datetime) -> str:
    seat.reminded = True
    owner, boss = house.people.by_id[seat.owner_id], house.people.manager_of(seat.owner_id)
    copied = f"，抄送上级 {boss.name}" if boss else "，他没有上级可抄送，会告警"
    heard = heard_at(house.desk, play.facts, moment)
    late = f"（免打扰，{heard:%m-%d %H:%M} 才发）" if heard > moment else ""
    _ruled(play, fired(house.desk.business.rules, (Trigger(OVERDUE, seat.node),), _look(house, play)))
    line = f"{moment:%m-%d %H:%M} {seat.node} 超时：提醒 {owner.name}{copied}{late}"
    play.set_off.append(line)
    return line
