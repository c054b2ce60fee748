"""自动规则 with a time: each of their moments is a row, and each case under way is looked at once for it.

The row says how far it has got, and is moved on in the transaction that does something to a case: a process that dies
goes on where it stood, and of two replicas one has each case. After a standstill only the newest moment is made up for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from flow.cases.automation import Around, carry_out, seen_now, set_off
from flow.definitions.automation import AGE, SCHEDULED, STOOD, Trigger
from flow.errors import NotFound
from flow.records import outbox
from flow.records.gathering import Gathering
from flow.records.locks import lock_cases
from models import Case, CaseState, Definition, RuleTurn, Task, WorkState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flow.definitions.automation import Rule
    from flow.desk import Desk
    from flow.engine.automation import RuleRun

RULES = "rules"
PAGE = 200  #: cases that are read at once
AT_ONCE = 100  #: firings of one rule in one tick
MOST = 500  #: firings of one rule for one of its moments
FAILURES = 3  #: in a row, after which a rule is left alone
MAX_ERROR = 255  #: characters that are kept of what went wrong


async def begin(desk: Desk, now: datetime) -> None:
    """Put down the newest moment of each rule that has come since the rules were published."""
    timed = [rule for rule in (await desk.fresh()).rules if rule.schedule and not rule.off]
    published = await Definition.filter(kind=RULES, active=True).first() if timed else None
    for rule in timed if published else ():
        due = rule.schedule.last_due(now) if rule.schedule else now
        if published and due > published.published_at and not await _is_begun(rule.name, due, published.version):
            await _put_down(rule.name, due, published.version)


async def _is_begun(rule: str, due: datetime, version: int) -> bool:
    """Whether its row is there, or the rule is left alone since it failed under this version."""
    if await RuleTurn.exists(rule=rule, due_at=due):
        return True
    last = await RuleTurn.filter(rule=rule).order_by("-due_at").first()
    return last is not None and last.state is WorkState.FAILED and last.version == version


async def _put_down(rule: str, due: datetime, version: int) -> None:
    try:
        async with in_transaction():
            await RuleTurn.create(rule=rule, due_at=due, version=version)
    except IntegrityError:
        return  # another replica was first


async def waiting() -> list[RuleTurn]:
    """The moments that have come and are not through, the oldest first."""
    return await RuleTurn.filter(state=WorkState.NEW).order_by("due_at", "id")


async def go_through(desk: Desk, turn: RuleTurn, now: datetime) -> int:
    """Go on through the cases; how often the rule fired. What goes wrong is the caller's to put down by ``failed``."""
    rule = next((each for each in (await desk.fresh()).rules if each.name == turn.rule and each.schedule), None)
    if rule is None or rule.off:
        await _end(turn)  # it was taken away, or is out of use
        return 0
    gathering = Gathering(now)
    walk = _Walk(rule, turn, Around(desk, await desk.staff.now(), now, turn.version), gathering)
    try:
        while walk.fired < AT_ONCE and await walk.page():
            pass
    finally:
        await gathering.release()
    return walk.fired


async def failed(turn: RuleTurn, why: str, now: datetime) -> None:
    """Put down that a rule could not go on; after several times in a row it is left alone, and that is told."""
    why = why[:MAX_ERROR]
    async with in_transaction():
        await RuleTurn.filter(id=turn.id).update(failures=F("failures") + 1, error=why)
        halted = await RuleTurn.filter(id=turn.id, state=WorkState.NEW, failures__gte=FAILURES).update(
            state=WorkState.FAILED
        )
        if halted:
            text = (
                f"自动规则“{turn.rule}”连续失败 {FAILURES} 次，已经停下，别的规则照常：{why}。"
                f"改好再发布就接着用；不用改就回复 自动规则 重试 {turn.rule}"
            )
            await outbox.put([outbox.alert(f"halted:{turn.id}:{turn.version}", now, text)])


async def again(name: str) -> None:
    """Let a rule that is left alone go on where it stood. Raises NotFound for one that is not."""
    last = await RuleTurn.filter(rule=name).order_by("-due_at").first()
    if last is None or last.state is not WorkState.FAILED:
        raise NotFound(f"自动规则“{name}”没有停下，不用重试")
    await RuleTurn.filter(id=last.id).update(state=WorkState.NEW, failures=0, error="")


async def halted(version: int) -> dict[str, str]:
    """The rules that are left alone under this version of the rules, and why."""
    rows = await RuleTurn.filter(state=WorkState.FAILED, version=version).order_by("due_at")
    return {row.rule: row.error for row in rows}


async def stood(cases: Sequence[Case], now: datetime) -> dict[int, dict[str, dict[str, Any]]]:
    """Of each case: the nodes at which it stands, and since how many days of the merchant's calendar.

    At a node where nobody has a task it stands since the last one was done.
    """
    rows = await Task.filter(case_id__in=[case.id for case in cases]).order_by("id")
    of: dict[int, list[Task]] = {}
    for task in rows:
        of.setdefault(task.case_id, []).append(task)
    return {case.id: {node: _days(case, node, of.get(case.id, []), now) for node in case.nodes} for case in cases}


def _days(case: Case, node: str, tasks: Sequence[Task], now: datetime) -> dict[str, Any]:
    here = [task for task in tasks if task.node == node]
    visit = max((task.visit for task in here), default=0)
    since = min((task.opened_at for task in here if task.visit == visit), default=None)
    since = since or max((task.closed_at for task in tasks if task.closed_at), default=case.opened_at)
    return {STOOD: _between(since, now), AGE: _between(case.opened_at, now)}


def _between(since: datetime, now: datetime) -> int:
    return (now.date() - since.astimezone(now.tzinfo).date()).days


async def runs_of(
    rule: Rule, case: Case, around: Around, nodes: Mapping[str, Mapping[str, Any]]
) -> tuple[RuleRun, ...]:
    """What a rule with a time does to a case that stands at ``nodes``: at the first where it fires, and once."""
    seen, flow = await seen_now(case, around)
    present = around.desk.business.present
    for node, more in nodes.items():
        trigger = Trigger(SCHEDULED, node)
        if runs := set_off((rule,), present, flow, (trigger,), ({**seen, **more}, case.opened_at)):
            return runs
    return ()


async def _end(turn: RuleTurn) -> None:
    await RuleTurn.filter(id=turn.id, state=WorkState.NEW).update(state=WorkState.DONE)


@dataclass(slots=True)
class _Walk:
    """One rule on its way through the cases, in one tick."""

    rule: Rule
    turn: RuleTurn
    around: Around
    gathering: Gathering
    fired: int = 0

    async def page(self) -> bool:
        """The next cases; whether there are more to come. Not where another replica goes on with them."""
        turn = await RuleTurn.get(id=self.turn.id)
        if turn.state is not WorkState.NEW:
            return False
        cases = await Case.filter(id__gt=turn.after_id, state=CaseState.OPEN).order_by("id").limit(PAGE)
        nodes = await stood(cases, self.around.now)
        before = self.fired
        for case in cases:
            if not await runs_of(self.rule, case, self.around, nodes[case.id]):
                continue
            if turn.fired + self.fired - before >= MOST:
                await self._too_many(turn)
                return False
            if self.fired >= AT_ONCE or not await self._one(case.id):
                return False
        return await self._through(turn, cases)

    async def _through(self, turn: RuleTurn, cases: Sequence[Case]) -> bool:
        """Past cases of which none is left to fire on."""
        if len(cases) < PAGE:
            await _end(turn)
            return False
        last = cases[-1].id
        await RuleTurn.filter(id=turn.id, after_id__lt=last).update(after_id=last)
        return True

    async def _one(self, case_id: int) -> bool:
        """Fire on one case, as it stands under its lock; False where another replica has it."""
        async with in_transaction():
            await lock_cases(case_id)
            row = RuleTurn.filter(id=self.turn.id, state=WorkState.NEW, after_id__lt=case_id)
            if not await row.update(after_id=case_id, failures=0):
                return False
            case = await Case.get(id=case_id)
            nodes = (await stood([case], self.around.now))[case_id]
            runs = await runs_of(self.rule, case, self.around, nodes)
            if case.state is not CaseState.OPEN or not runs:
                return True
            await RuleTurn.filter(id=self.turn.id).update(fired=F("fired") + 1)
            rows = await carry_out(case, runs, self.around)
            await outbox.put(await self.gathering.gathered(rows))
        self.fired += 1
        return True

    async def _too_many(self, turn: RuleTurn) -> None:
        async with in_transaction():
            await _end(turn)
            text = (
                f"自动规则“{turn.rule}”这一次符合的超过 {MOST} 单，只办了开得最早的 {MOST} 单，其余等下一次；"
                "请看看条件是不是太宽"
            )
            await outbox.put([outbox.alert(f"many:{turn.id}", self.around.now, text)])
