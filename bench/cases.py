"""Cases that wait for their first approval, made many at a time after the pattern of one that was really opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tortoise import connections
from tortoise.transactions import in_transaction

from bench import cast
from cards.payload import Act
from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from flow.records import snapshot
from flow.records.events import chain, settle
from flow.records.outbox import task_token
from models import Case, CaseLine, Event, Order, OrderLine, Outbox, SentCard, Task
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    from tortoise.models import Model

    M = TypeVar("M", bound=Model)

ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = 500  #: cases in one transaction
POLICY = "standard"
AGREE = "同意"


@dataclass(frozen=True, slots=True)
class Target:
    """A live card on a phone, and the button of it that decides."""

    token: str
    payload: str
    userid: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The rows of one case as ``open_case`` wrote them."""

    order: Order
    goods: OrderLine
    case: Case
    lines: list[CaseLine]
    events: list[Event]
    task: Task


async def prepare(url: str, platform: str, count: int) -> list[Target]:
    """Migrate an empty database and put ``count`` cases into it, each with its live card on ``platform``."""
    await migrate(url)
    async with database(url):
        now = datetime.now(UTC)
        await publish_shipped(POLICY, now)
        staff = cast.people(1)
        await cast.hire(staff)
        pattern = await _opened(now)
        userid = str(getattr(cast.with_role(staff, cast.LEAD), platform))
        first = pattern.case.id + 1
        targets: list[Target] = []
        for start in range(first, first + count, AT_ONCE):
            ids = range(start, min(start + AT_ONCE, first + count))
            targets += await _copied(pattern, ids, platform, userid)
        await _settle()
        return targets


async def _settle() -> None:
    """Let PostgreSQL number on from the ids that we gave, and plan for the rows that there are."""
    connection = connections.get("default")
    if connection.capabilities.dialect == "postgres":
        for table in ("return_case", "task", "shop_order", "order_line"):
            last = f"(SELECT max(id) FROM {table})"
            await connection.execute_query(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
    await connection.execute_query("ANALYZE")


async def _opened(now: datetime) -> _Pattern:
    """Open one case as the bot does; what it wanted to say is taken back."""
    desk = Desk(ZONE)
    [no] = await cast.sell(1)
    [agent] = (person for person in (await desk.staff.now()).by_id.values() if "客服" in person.roles)
    draft = Draft("退货", no, ((cast.SKU, 1),), "质量问题", "外壳破裂")
    async with in_transaction():
        case, _ = await open_case(desk, draft, agent, now)
        await Outbox.all().delete()
    lines, events = await CaseLine.filter(case_id=case.id), await Event.filter(case_id=case.id).order_by("seq")
    order, goods = await Order.get(no=no), await OrderLine.get(order__no=no)
    return _Pattern(order, goods, case, lines, events, await Task.get(case_id=case.id))


async def _copied(pattern: _Pattern, ids: Iterable[int], platform: str, userid: str) -> list[Target]:
    """Write some copies in one transaction; what to tap."""
    cases = [_case(pattern.case, case_id) for case_id in ids]  # each is settled by its events
    goods = {case.id: [_copy(line, case_id=case.id, order_line_id=case.id) for line in pattern.lines] for case in cases}
    tasks = [_copy(pattern.task, id=case.id, case_id=case.id) for case in cases]
    events = [
        event for case, task in zip(cases, tasks, strict=True) for event in _events(pattern, case, goods[case.id], task)
    ]
    cards = [_card(case, task, platform, userid) for case, task in zip(cases, tasks, strict=True)]
    async with in_transaction():
        await Order.bulk_create(_copy(pattern.order, id=case.id, **_bought(case)) for case in cases)
        await OrderLine.bulk_create(_copy(pattern.goods, id=case.id, order_id=case.id) for case in cases)
        await Case.bulk_create(cases)
        await CaseLine.bulk_create(line for lines in goods.values() for line in lines)
        await Event.bulk_create(events)
        await Task.bulk_create(tasks)
        await SentCard.bulk_create(cards)
    return [Target(card.token, Act(card.case_id or 0, 1, AGREE).pack(), userid) for card in cards]


def _case(pattern: Case, case_id: int) -> Case:
    stem = pattern.no.rpartition("-")[0]
    ordered = {"order_id": case_id, "order_no": f"{pattern.order_no}-{case_id}", "customer": f"B{case_id}"}
    return _copy(pattern, id=case_id, no=f"{stem}-{case_id:06d}", seq=0, chain="", **ordered)


def _bought(case: Case) -> dict[str, Any]:
    """An order of its own for each case: what an order's cases come to is added up at every decision."""
    return {"no": case.order_no, "customer": case.customer}


def _events(pattern: _Pattern, case: Case, lines: list[CaseLine], task: Task) -> list[Event]:
    names = ("actor_id", "actor", "action", "node", "data")
    steps = [{name: getattr(event, name) for name in names} for event in pattern.events]
    events = chain(case, steps, pattern.case.opened_at)
    rows = {**dict.fromkeys(snapshot.ROWS, ()), snapshot.LINES: lines, snapshot.TASKS: [task]}
    settle(case, events[-1], snapshot.whole(case, rows, events[-1].salt))
    return events


def _card(case: Case, task: Task, platform: str, userid: str) -> SentCard:
    return SentCard(
        token=task_token(case.no, task), platform=platform, userid=userid, member_id=task.owner_id, name="task",
        case_id=case.id, task_id=task.id, sent_at=case.opened_at,
    )  # fmt: skip


def _copy(row: M, **changes: Any) -> M:
    """A new unsaved row like ``row``; its own id is left to the database unless one is given."""
    names = [name for name in row._meta.db_fields if name != "id"]
    return type(row)(**{name: getattr(row, name) for name in names} | changes)
