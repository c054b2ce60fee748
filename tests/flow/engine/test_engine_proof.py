"""The machine proves itself in the database: flows drawn at random, deeds at random, and what must hold after each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from flow.cases.advance import advance
from flow.cases.assessment import Draft
from flow.cases.command import Asks, Command
from flow.cases.opening import open_case
from flow.definitions import flow as d
from flow.definitions.business import FLOW
from flow.definitions.vocabulary import COUNTERSIGN, HAND_OVER, TIME_UP, UNTIL
from flow.definitions.yamlfile import write
from flow.desk import Desk
from flow.engine.signatures import spoken
from flow.engine.verbs import GIVE_BACK, HOLD, RESUME, TAKE_BACK, VERBS
from flow.engine.waits import goes_by_itself
from flow.errors import DefinitionError, FlowError
from flow.people.directory import MEMBERS
from flow.publishing.release import publish_shipped
from flow.records.sequences import take
from flow.tasks.absences import hand_round, write_down
from flow.tasks.handover import Handing, countersign, hand_over, my_task
from flow.validation.flows import flow_of
from flow.versions import publish
from models import Case, CaseState, Event, Leave, Member, MemberRole, Outbox, Task, TaskState
from models.database.connection import database
from models.views.case import By
from tests.support.flows import definitions
from tests.support.proof import chain_holds
from tests.support.stage import sell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from models.views.case import Person

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ROLES = ("客服", "客服", "客服组长", "客服主管", "运营总监", "财务", "仓管员", "质检员", "管理员")
FINISHED = (CaseState.DONE, CaseState.CLOSED)
ANSWERS: Mapping[str, Any] = {
    d.TEXT: "好", d.NUMBER: "70", d.MONEY: "3.50", d.DATE: "2026-11-24", d.SERIAL: "SN12345", d.PHOTO: "照片 #1",
}  # fmt: skip
SAID = {"理由": "等", "挂起于": NOW.isoformat()}
AWAY, GONE = "请假", "离职"
WORDS = (*VERBS, COUNTERSIGN, HAND_OVER, GIVE_BACK, TAKE_BACK, HOLD, RESUME, AWAY, AWAY, GONE)
MOVES = st.builds(lambda *drawn: Move(*drawn), st.integers(0, 99), st.integers(0, 999), st.integers(0, 999))
WALKS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Desk]:
    """A database with the shipped business, a staff of every role, and one order to return again and again."""
    async with database(database_url):
        await publish_shipped("standard", NOW)
        for n, role in enumerate(ROLES, 1):
            member = await Member.create(name=f"员工{n}", wecom=f"u{n}", manager_id=None)
            await MemberRole.create(member=member, role=role)
        await take(MEMBERS)
        yield Desk(ZoneInfo("Asia/Shanghai"))


def _answers(fields: tuple[d.Field, ...], pick: int) -> dict[str, Any]:
    return {
        field.name: field.options[pick % len(field.options)] if field.options else ANSWERS[field.kind]
        for field in fields
    }


@dataclass(frozen=True)
class Move:
    """One thing that somebody tries, drawn at random: what kind of thing, which of them, and by whom."""

    kind: int
    what: int
    who: int

    def verb(self, actions: list[str]) -> str:
        """A button six times out of ten, else one of the words that every case knows."""
        if self.kind < 60:
            return actions[self.what % len(actions)]
        return WORDS[self.what % len(WORDS)]


async def _acted(desk: Desk, case: Case, people: list[Person], move: Move, now: datetime) -> str:
    """Somebody does something, or is refused; what was tried."""
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    nodes = [rules.flow.nodes[name] for name in case.nodes]
    actions = [a.name for node in nodes for a in node.actions.values() if not a.hands_over]
    tasks = await Task.filter(case_id=case.id, state=TaskState.OPEN)
    owners = [p for p in people if any(task.owner_id == p.id for task in tasks)]
    crowd = [*owners * 8, *(p for p in people if case.undo and p.id == case.undo["by"]), *people]
    who = crowd[move.who % len(crowd)]
    tried = move.verb(actions or ["同意"])
    waited = next((node.name for node in nodes if tried in node.actions and goes_by_itself(node, tried)), "")
    try:
        if tried in (AWAY, GONE):
            await _leaves(desk, who, people[move.what % len(people)], tried, now)
            return tried
        async with in_transaction():
            if tried in (COUNTERSIGN, HAND_OVER):
                task, to = await my_task(desk, case.no, who), people[move.what % len(people)]
                await (countersign if tried == COUNTERSIGN else hand_over)(desk, task, Handing(to.name, who, now))
            else:
                await _advanced(
                    desk, Command(case.id, tried, None if waited else who, now, dict(SAID), node=waited), move.what
                )
    except FlowError:
        return f"拒绝{tried}"
    return tried


async def _leaves(desk: Desk, who: Person, delegate: Person, how: str, now: datetime) -> None:
    """For three hours, or for good; an administrator stays, so that there is somebody for what is left."""
    if how == GONE and "管理员" not in who.roles:
        await Member.filter(id=who.id).update(active=False)
        await take(MEMBERS)
    elif how == AWAY:
        async with in_transaction():
            await write_down(desk, who, delegate.name, now, now + timedelta(hours=3), By(who, now))
    await hand_round(desk, now)


async def _advanced(desk: Desk, command: Command, pick: int) -> None:
    """Do it, with the answers that it asks for first."""
    try:
        await advance(desk, command)
    except Asks as asks:
        told = dict.fromkeys(asks.questions, "滤网") | {"扣款": "0.00"} | _answers(asks.fields, pick)
        await advance(desk, replace(command, answers={**command.answers, **told}))


async def _sound(case_id: int, desk: Desk) -> Case:
    """Everything that must hold of a case between two commands."""
    case = await Case.get(id=case_id)
    rules = await desk.rules(case.flow_id or 0, case.policy_id or 0)
    events = await Event.filter(case_id=case.id).order_by("seq")
    tasks = await Task.filter(case_id=case.id)
    alive = [task for task in tasks if task.state in (TaskState.OPEN, TaskState.HELD)]
    gone = {member.id for member in await Member.filter(active=False)}
    assert case.seq == len(events), "no state without an event"
    beside = {*rules.flow.beside(case.nodes)}
    assert (case.state in FINISHED) == ({*case.nodes} == beside), "only side branches outlive a case"
    assert (case.state in FINISHED) == (case.closed_at is not None)
    assert len(set(case.nodes)) == len(case.nodes)
    for name in case.nodes:
        node, here = rules.flow.nodes[name], [task for task in alive if task.node == name]
        assert node.kind in (d.HUMAN, d.WAIT)
        if node.kind == d.HUMAN:
            _manned(node, here, case, gone)
            assert (name in case.facts.get(UNTIL, {})) == (TIME_UP in node.actions), "people have so long, and no more"
        else:
            assert node.waits_for
            assert name in case.facts[UNTIL], "a wait ends by itself"
            assert case.state is CaseState.HELD or case.resume_at
    assert {task.node for task in alive} <= set(case.nodes), "no task where the case does not stand"
    shown = set(await Outbox.filter(case_id=case.id, kind="card").values_list("member_id", flat=True))
    assert {task.owner_id for task in alive if task.state is TaskState.OPEN} <= shown, "every owner gets a card"
    return case


def _manned(node: d.Node, here: list[Task], case: Case, gone: set[int]) -> None:
    """What must hold of the slots at a node."""
    owners = [task.owner_id for task in here]
    assert any(task.state is TaskState.OPEN for task in here), f"nobody can act at {node.name}"
    assert all(task.owner_id and task.due_at for task in here)
    assert len(set(owners)) == len(owners), "nobody is asked twice at a node"
    assert not spoken(node, case.facts) & set(owners), "nobody signs twice"
    assert not any(task.owner_id in gone for task in here if task.state is TaskState.OPEN), "a leaver's task"


@WALKS
@given(definitions(), st.lists(MOVES, min_size=12, max_size=40), st.booleans())
async def test_whatever_people_do_a_case_is_never_lost(
    shop: Desk, raw: Mapping[str, Any], moves: list[Move], dear: bool
) -> None:
    assume(len(raw["节点"]) > 6)  # smaller ones end before anything can happen
    try:
        flow_of(dict(raw))
    except DefinitionError:
        assume(False)
    case_id, people = await _opened(shop, raw, "900.00" if dear else "9.90")
    now = NOW
    told: tuple[dict[str, Any], int] = {}, 0
    for move in moves:
        now += timedelta(minutes=7)
        case = await _sound(case_id, shop)
        stand: dict[str, Any] = {"state": case.state, "nodes": case.nodes, "facts": case.facts}
        assert stand == told[0] or case.seq > told[1], "no state without an event"
        told = stand, case.seq
        if not case.goes_on:
            break
        await _acted(shop, case, people, move, now)
    assert await chain_holds(await _sound(case_id, shop))


async def _opened(desk: Desk, raw: Mapping[str, Any], price: str) -> tuple[int, list[Person]]:
    """A fresh case in a flow just published, and who there is to act on it."""

    await Member.all().update(active=True)
    await Leave.all().update(cancelled=True)
    await take(MEMBERS)
    text = write({**raw, "流程": "退货"})
    async with in_transaction():
        await publish({(FLOW, "退货"): text}, "测试", NOW)
    number = await take("order")
    await sell(f"T{number}", {"A": ("杯子", 1, price)})
    people = list((await desk.staff.now()).by_id.values())
    agent = next(person for person in people if "客服" in person.roles)
    async with in_transaction():
        case, _ = await open_case(desk, Draft("退货", f"T{number}", (("A", 1),), "质量问题"), agent, NOW)
    return case.id, people
