"""A shop with a past: any number of orders and five times as many cases, made by the database itself from one of each.

Three orders to a customer, five cases to an order over two years, nearly all finished, with their lines, tasks, events,
parcels and refunds. What a measured order is, is the same at every size: who bought it, what came back of it and when.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tortoise import connections
from tortoise.transactions import in_transaction

from bench import cast
from bench.cases import POLICY
from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from models import Case, CaseLine, CaseState, Event, Member, Order, OrderLine, Outbox, RefundState, Task
from models.database.connection import database, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from tortoise.models import Model

    from sandbox.world import Person

CASES = 5  #: to an order
CARDS = 8  #: of as many cases one still has its card: those of the last three months
ORDERS = 3  #: to a customer
AT_ONCE = 50_000  #: rows of one statement
DAYS = 700  #: since the first case
SMALL = 1_000  #: orders that every shop has, and of which alone something is measured
OPEN = 2_000  #: cases under way at most: what a day brings does not grow with the years
HANDS = 40  #: people among whom the open tasks are
NOS = "B%07d"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Crowd:
    """How big a shop is, and where its rows begin."""

    orders: int
    is_sqlite: bool
    now: datetime
    pattern: Case
    order: Order
    goods: OrderLine
    rows: dict[type[Model], list[int]]  #: ids of the pattern's own rows

    @property
    def cases(self) -> int:
        return self.orders * CASES

    @property
    def open(self) -> int:
        return min(OPEN, self.cases // 10)

    @property
    def per_day(self) -> int:
        return -(-self.cases // DAYS)

    def those(self, model: type[Model]) -> str:
        """The condition by which the pattern's own rows are found."""
        return f"p.id IN ({', '.join(map(str, self.rows[model]))})"

    def ago(self, days: str) -> str:
        """The moment that many days before now, as SQL."""
        if self.is_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000+00:00', '{self.now:%Y-%m-%d %H:%M:%S}', -({days}) || ' days')"
        return f"timestamptz '{self.now.isoformat()}' - ({days}) * interval '1 day'"

    def day(self, days: str) -> str:
        """The same day as a case number has it."""
        if self.is_sqlite:
            return f"strftime('%Y%m%d', '{self.now:%Y-%m-%d}', -({days}) || ' days')"
        return f"to_char(date '{self.now:%Y-%m-%d}' - ({days}), 'YYYYMMDD')"


def order_no(number: int) -> str:
    """The number of a measured order: below ``SMALL``, and of nobody who has a case under way."""
    return NOS % number


def tail(number: int) -> str:
    """The last digits of whoever has bought a measured order; nobody else's end so."""
    return str(9000 + number // ORDERS)


def shared_tail(number: int) -> str:
    """The last digits of as many customers as there are nine thousands of them, and of no case."""
    return str(8000 + number)


def is_shared(number: int, orders: int) -> bool:
    """Whether a shop of that size has anybody with ``shared_tail(number)``."""
    return orders // ORDERS > int(shared_tail(number))


async def found(url: str, orders: int, staff: Sequence[Person]) -> None:
    """Migrate an empty database, hire, and fill it."""
    await migrate(url)
    async with database(url):
        await publish_shipped(POLICY, datetime.now(UTC))
        await cast.hire(staff)
        await fill(orders)


async def fill(orders: int) -> None:
    """Put a past into the open database, which has a staff and nothing else."""
    now = datetime.now(UTC)
    crowd = await _opened(orders, now)
    hands = [(await Member.create(name=f"同事{n}")).id for n in range(HANDS)]
    async with _bare(crowd):
        await _write(crowd, hands[0])
    if not crowd.is_sqlite:  # as its autovacuum does by itself; nothing does so on SQLite
        await connections.get("default").execute_script("VACUUM ANALYZE")


@asynccontextmanager
async def _bare(crowd: Crowd) -> AsyncIterator[None]:
    """Without indexes and without a look at each reference for the block: what is filled anew needs neither."""
    connection = connections.get("default")
    asked = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL" if crowd.is_sqlite else
        "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )  # fmt: skip
    kept = await connection.execute_query_dict(asked)
    for index in kept:
        await connection.execute_script(f'DROP INDEX "{index["name"]}"')
    if crowd.is_sqlite:
        await connection.execute_script("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        if crowd.is_sqlite:
            await connection.execute_script("PRAGMA foreign_keys = ON")
        for index in kept:
            await connection.execute_script(index["sql"])


async def _write(crowd: Crowd, hand: int) -> None:
    connection = connections.get("default")
    for table, count, statements in _plans(crowd, hand):
        for first in range(0, count, AT_ONCE):
            numbers = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {{last}})"
            numbers = numbers.format(last=min(first + AT_ONCE, count) - 1)
            async with in_transaction() as inside:
                if not crowd.is_sqlite:
                    await inside.execute_script("SET LOCAL session_replication_role = replica")
                for statement in statements:
                    await inside.execute_script(statement.format(numbers=numbers))
        if not crowd.is_sqlite:
            top = f"(SELECT max(id) FROM {table})"
            await connection.execute_query(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {top})")


async def _opened(orders: int, now: datetime) -> Crowd:
    """Open one case as the bot does: the pattern of all; what it wanted to say is taken back."""
    desk = Desk(ZONE)
    ordered = now - timedelta(days=9)
    order = await Order.create(
        id=1, no="B", customer="K", customer_name="李雷", mobile="13100000000", ordered_at=ordered
    )
    goods = await OrderLine.create(
        id=1, order=order, sku=cast.SKU, title="白色心形烛台", quantity=60, unit_price=Decimal("2.55")
    )
    [agent, *_] = (person for person in (await desk.staff.now()).by_id.values() if "客服" in person.roles)
    async with in_transaction():
        case, _ = await open_case(desk, Draft("退货", "B", ((cast.SKU, 1),), "质量问题", "外壳破裂"), agent, now)
        await Outbox.all().delete()
    is_sqlite = connections.get("default").capabilities.dialect == "sqlite"
    rows: dict[type[Model], list[int]] = {
        model: [row.pk for row in await model.filter(case_id=case.id).order_by("id")]
        for model in (CaseLine, Task, Event)
    }
    return Crowd(orders, is_sqlite, now, await Case.get(id=case.id), order, goods, rows)


def _copies(model: type[Model], where: str, changes: dict[str, str]) -> str:
    """Copies of one row, a few columns changed, as many as there are numbers."""
    table = model._meta.db_table
    columns = [column for name, column in model._meta.fields_db_projection.items() if name != "id" or "id" in changes]
    values = ", ".join(changes.get(column, f'p."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) {{numbers}} SELECT {values} FROM {table} p CROSS JOIN n WHERE {where}"


def _plans(crowd: Crowd, hand: int) -> Iterator[tuple[str, int, list[str]]]:
    """Table by table: how many numbers there are, and the statements for some of them."""
    buyer = f"(i / {ORDERS})"
    small = SMALL // ORDERS + 1
    end = f"CASE WHEN {buyer} < {small} THEN 9000 + {buyer} ELSE {buyer} % 9000 END"
    mobile = f"CAST(13000000000 + CAST({buyer} / 9000 AS BIGINT) * 10000 + {end} AS VARCHAR(32))"
    yield "shop_order", crowd.orders, [
        _copies(Order, f"p.id = {crowd.order.id}", {
            "id": "i + 10", "no": _no("i"), "customer": _customer("i"), "mobile": mobile,
            "ordered_at": crowd.ago(f"CASE WHEN i < {SMALL} THEN 9 ELSE 9 + i % {DAYS} END"),
        })
    ]  # fmt: skip
    yield (
        "order_line",
        crowd.orders,
        [_copies(OrderLine, f"p.id = {crowd.goods.id}", {"id": "i + 10", "order_id": "i + 10", "claimed": str(CASES)})],
    )
    yield from _case_plans(crowd, hand)


def _no(number: str) -> str:
    return f"'B' || substr(CAST(10000000 + {number} AS VARCHAR(32)), 2)"


def _customer(number: str) -> str:
    return f"'K' || CAST({number} / {ORDERS} AS VARCHAR(32))"


def _case_plans(crowd: Crowd, hand: int) -> Iterator[tuple[str, int, list[str]]]:
    count, over, running = crowd.cases, f"i < {crowd.cases - crowd.open}", f"i >= {crowd.cases - crowd.open}"
    old = f"{DAYS} - i / {crowd.per_day}"  # days ago
    no = f"'R' || {crowd.day(old)} || '-' || substr(CAST(10001 + i % {crowd.per_day} AS VARCHAR(32)), 2)"
    order, case = f"i % {crowd.orders}", {"case_id": "i + 10"}
    named = {
        "id": "i + 10", "no": no, "order_id": f"{order} + 10", "order_no": _no(f"({order})"),
        "customer": _customer(f"({order})"), "opened_at": crowd.ago(old),
    }  # fmt: skip
    closed = {"state": f"'{CaseState.DONE}'", "nodes": "'[]'", "closed_at": crowd.ago(f"{old} - 1")}
    pattern = f"p.id = {crowd.pattern.id}"
    cases = [_copies(Case, f"{pattern} AND {over}", named | closed), _copies(Case, f"{pattern} AND {running}", named)]
    yield "return_case", count, cases
    yield "case_line", count, [_copies(CaseLine, crowd.those(CaseLine), case | {"order_line_id": f"{order} + 10"})]
    yield "case_event", count, [_copies(Event, crowd.those(Event), case)]
    done = {"state": "'done'", "closed_at": crowd.ago(f"{old} - 1"), "remind_at": "NULL", "action": "'同意'"}
    hands, mine = {"owner_id": f"{hand} + i % {HANDS}"}, crowd.those(Task)
    tasks = [_copies(Task, f"{mine} AND {over}", case | hands | done | {"visit": str(visit)}) for visit in (1, 2)]
    yield "task", count, [*tasks, _copies(Task, f"{mine} AND {running}", case | hands)]
    for table, where, columns in (
        ("parcel", over, _parcel(crowd.ago(old))),
        ("refund", over, _refund(no, crowd.ago(old))),
        ("sent_card", f"i >= {count - count // CARDS}", _card(hands["owner_id"], crowd.ago(old))),
    ):
        yield table, count, [_made(table, columns | case, where)]


def _made(table: str, columns: dict[str, str], where: str) -> str:
    """Rows without a pattern."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) {{numbers}} SELECT {values} FROM n WHERE {where}"


def _parcel(at: str) -> dict[str, str]:
    return {"waybill": "'SF' || CAST(10000000000 + i AS VARCHAR(32))", "announced_at": at, "received_at": at}


def _refund(no: str, at: str) -> dict[str, str]:
    return {
        "no": f"{no} || '-T1'", "state": f"'{RefundState.PAID}'", "amount": "153", "deductions": "'[]'",
        "confirmed_at": at, "paid_at": at,
    }  # fmt: skip


def _card(owner: str, at: str) -> dict[str, str]:
    return {
        "token": "'past-' || CAST(i AS VARCHAR(32))", "platform": "'wecom'", "userid": "'past'", "member_id": owner,
        "name": "'task'", "live": "FALSE", "sent_at": at,
    }  # fmt: skip
