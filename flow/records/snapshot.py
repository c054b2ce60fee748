"""How a case's rows stand in its chain after a step: state, amounts, lines, refunds, inspections, stock moves, parcels.

And who has it, and until when: the tasks that are open or held. One that is not there any more has ended with the step.

A column that is added later goes behind the others of its part: a record of before says nothing of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from flow.records import audit
from models import Case, CaseLine, Inspection, Parcel, Refund, StockMove, Task, TaskState
from models.pipeline import session

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from tortoise.models import Model

    from flow.engine.counting import Line

CASE, LINES, REFUNDS, INSPECTIONS, STOCK = "case", "lines", "refunds", "inspections", "stock"
PARCELS, TASKS = "parcels", "tasks"
ENDED = "ended"  #: of a case's rows: the tasks that are over, which have stood among the others once
WORDS, SNAPSHOT = "words", "snapshot"  #: commitments: customer, reason and note; the order as it was bought
FACTS = (
    "facts"  #: another: what forms and rules have said, by which amounts and owners are found, and what 撤回 restores
)
ROWS = (LINES, REFUNDS, INSPECTIONS, STOCK, PARCELS, TASKS)
LATER = frozenset({PARCELS, TASKS})  #: parts that records of before say nothing of


def _plain(value: Any) -> Any:
    return value


def _money(value: Any) -> str | None:
    return None if value is None else f"{value:.2f}"


def _price(value: Any) -> str | None:
    return None if value is None else f"{value:.6f}"


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


Column = tuple[str, "Callable[[Any], Any]", str]  #: name, how it is written, what people call it

CASE_COLUMNS: tuple[Column, ...] = (
    ("state", _word, "状态"), ("close_reason", _word, "关闭原因"), ("nodes", list, "节点"), ("amount", _money, "金额"),
    ("kind", _plain, "售后类型"), ("return_type", _plain, "退货类型"), ("shop", _plain, "店铺"),
    ("order_id", _plain, "订单"), ("order_no", _plain, "订单号"), ("flow_id", _plain, "流程版本"),
    ("policy_id", _plain, "政策版本"), ("creator_id", _plain, "提交人"), ("opened_at", _moment, "提交时间"),
    ("closed_at", _moment, "结束时间"), ("merged_into_id", _plain, "并入"), ("parent_id", _plain, "拆自"),
    ("resume_at", _moment, "恢复时间"),
)  # fmt: skip
LINE_COLUMNS: tuple[Column, ...] = (
    ("order_line_id", _plain, "订单行"), ("sku", _plain, "商品"), ("unit_price", _price, "单价"),
    ("paid", _money, "实付"), ("requested", _plain, "申请件数"), ("received", _plain, "实收件数"),
    ("accepted", _plain, "合格件数"), ("damaged", _plain, "次品件数"),
)  # fmt: skip
REFUND_COLUMNS: tuple[Column, ...] = (
    ("no", _plain, "单号"), ("amount", _money, "金额"), ("method", _plain, "方式"), ("deductions", list, "扣款"),
    ("state", _word, "状态"), ("confirmed_by", _plain, "确认人"), ("confirmed_at", _moment, "确认时间"),
    ("paid_at", _moment, "到账时间"), ("final_reference", _plain, "渠道流水"),
)  # fmt: skip
INSPECTION_COLUMNS: tuple[Column, ...] = (
    ("no", _plain, "单号"), ("result", _plain, "结果"), ("liability", _plain, "责任"), ("advice", _plain, "建议"),
    ("counts", list, "件数"), ("inspector_id", _plain, "质检人"), ("at", _moment, "时间"),
)  # fmt: skip
STOCK_COLUMNS: tuple[Column, ...] = (
    ("key", _plain, "单号"), ("sku", _plain, "商品"), ("zone", _plain, "库区"), ("quantity", _plain, "件数"),
    ("at", _moment, "时间"),
)  # fmt: skip
PARCEL_COLUMNS: tuple[Column, ...] = (
    ("waybill", _plain, "运单"), ("announced_at", _moment, "登记时间"), ("received_at", _moment, "签收时间"),
    ("refused", _plain, "拒收"), ("outbound", _plain, "寄出"),
)  # fmt: skip
TASK_COLUMNS: tuple[Column, ...] = (
    ("node", _plain, "节点"), ("visit", _plain, "第几次"), ("owner_id", _plain, "负责人"), ("for_id", _plain, "代谁"),
    ("level", _plain, "级"), ("added", _plain, "加签"), ("state", _word, "状态"),
    ("due_at", _moment, "时限"), ("remind_at", _moment, "提醒时间"), ("snoozed_until", _moment, "推迟到"),
    ("after_id", _plain, "排在谁后"),
)  # fmt: skip
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    CASE: CASE_COLUMNS, LINES: LINE_COLUMNS, REFUNDS: REFUND_COLUMNS, INSPECTIONS: INSPECTION_COLUMNS,
    STOCK: STOCK_COLUMNS, PARCELS: PARCEL_COLUMNS, TASKS: TASK_COLUMNS,
}  # fmt: skip
NAMES: Mapping[str, str] = {
    CASE: "售后单", LINES: "明细", REFUNDS: "退款", INSPECTIONS: "质检报告", STOCK: "库存流水",
    PARCELS: "包裹", TASKS: "待办",
    WORDS: "客户、原因或备注", SNAPSHOT: "下单时的订单内容", FACTS: "表单和规则说过的话",
}  # fmt: skip


def listed(part: str, rows: Iterable[Any]) -> list[list[Any]]:
    """Rows of a table, as the values of its columns; of the tasks those that somebody has."""
    if part == TASKS:
        return slots(row for row in rows if row.state in _HAD)
    return [[write(getattr(row, name)) for name, write, _ in COLUMNS[part]] for row in rows]


_HAD = (TaskState.OPEN, TaskState.HELD)


def slots(tasks: Iterable[Task], opens: Collection[int] = ()) -> list[list[Any]]:
    """Tasks as they stand in the chain; those of ``opens`` are about to be open."""
    rows = [
        [
            t.node, t.visit, t.owner_id, t.for_id, t.level, t.added, str(TaskState.OPEN if t.id in opens else t.state),
            _moment(t.due_at), _moment(t.remind_at), _moment(t.snoozed_until), t.after_id,
        ]
        for t in tasks
    ]  # fmt: skip
    return sorted(rows, key=audit.canonical)


def ended(tasks: Iterable[Task]) -> list[list[Any]]:
    """The tasks that are over, without how they stand."""
    return [row[:STATE] for row in slots(task for task in tasks if task.state not in _HAD)]


STATE, SNOOZED = (
    [name for name, _, _ in TASK_COLUMNS].index(name) for name in ("state", "snoozed_until")
)  #: places in a task's row


def as_said(part: str, said: Any, now: Any) -> Any:
    """What there is now, as far as a record that says ``said`` speaks of it.

    What somebody has put off comes back by itself, without a step.
    """
    if part == CASE:
        return {name: now.get(name) for name in said}
    rows = [row[: len(said[0])] if said else row for row in now]
    if part != TASKS or not rows or len(rows[0]) <= SNOOZED:
        return rows
    return [
        [*row[:SNOOZED], was[SNOOZED], *row[SNOOZED + 1 :]] if row[SNOOZED] is None and was else row
        for was, row in zip_longest(said, rows)
        if row is not None
    ]


def of_case(case: Case) -> dict[str, Any]:
    """The case's own columns."""
    return {
        "state": str(case.state.value), "close_reason": _word(case.close_reason), "nodes": case.nodes,
        "amount": f"{case.amount:.2f}", "kind": case.kind, "return_type": case.return_type, "shop": case.shop,
        "order_id": case.order_id, "order_no": case.order_no, "flow_id": case.flow_id, "policy_id": case.policy_id,
        "creator_id": case.creator_id, "opened_at": _moment(case.opened_at), "closed_at": _moment(case.closed_at),
        "merged_into_id": case.merged_into_id, "parent_id": case.parent_id, "resume_at": _moment(case.resume_at),
    }  # fmt: skip


def words_of(case: Any) -> list[str]:
    """What people wrote, and whose it is."""
    return [case.customer, case.reason, case.note, case.region]


def facts_of(case: Any) -> list[Any]:
    """What the next step goes by, and what the last one may be taken back to."""
    return [case.facts, case.undo]


def private(case: Case, salt: str) -> dict[str, str]:
    """Commitments to what may have to be erased."""
    return {
        WORDS: audit.commitment(audit.salt_of(salt, f"#{WORDS}"), words_of(case)),
        FACTS: audit.commitment(audit.salt_of(salt, f"#{FACTS}"), facts_of(case)),
    }


def quick(
    case: Case, lines: Iterable[CaseLine], counted: Mapping[int, Line], salt: str, had: list[list[Any]]
) -> dict[str, Any]:
    """The stand of a case whose rows are in memory, none of them to be read again; ``had`` are its ``slots``."""
    rows = []
    for line in lines:
        now = counted.get(line.id, line)
        rows.append([
            line.order_line_id, line.sku, f"{line.unit_price:.6f}", f"{line.paid:.2f}", line.requested,
            now.received, now.accepted, now.damaged,
        ])  # fmt: skip
    return {CASE: of_case(case), LINES: rows, TASKS: had, **private(case, salt)}


def at_first(case: Case, lines: Sequence[CaseLine], tasks: Sequence[Task], salt: str) -> dict[str, Any]:
    """The stand of a case that is being opened: it has nothing but lines and tasks, which are in memory."""
    return whole(case, {**dict.fromkeys(ROWS, ()), LINES: lines, TASKS: tasks}, salt)


def account_of(refund: Any) -> list[str]:
    return [refund.account]


def whole(case: Case, rows: Mapping[str, Sequence[Any]], salt: str) -> dict[str, Any]:
    """The stand of a case with everything that hangs on it."""
    stand: dict[str, Any] = {CASE: of_case(case)}
    for part in ROWS:
        stand[part] = listed(part, rows[part])
    accounts = [account_of(refund) for refund in rows[REFUNDS]]
    stand["accounts"] = [audit.commitment(audit.salt_of(salt, f"#account{n}"), each) for n, each in enumerate(accounts)]
    stand[SNAPSHOT] = audit.commitment(audit.salt_of(salt, f"#{SNAPSHOT}"), case.snapshot)
    return stand | private(case, salt)


_TABLES: tuple[tuple[str, Any], ...] = (
    (LINES, CaseLine), (REFUNDS, Refund), (INSPECTIONS, Inspection), (STOCK, StockMove),
    (PARCELS, Parcel), (TASKS, Task),
)  # fmt: skip


async def rows_of(case_id: int) -> dict[str, list[Any]]:
    """What hangs on a case, as the database has it now."""
    found = await session.batch(*(session.reading(model, "case_id = ? ORDER BY id", case_id) for _, model in _TABLES))
    return {part: session.to_models(model, outcome) for (part, model), outcome in zip(_TABLES, found, strict=True)}


async def among(model: type[Model], ids: Sequence[int], order: str) -> session.Outcome:
    """Rows of a table that belong to some cases."""
    marks = ", ".join("?" for _ in ids)
    return (await session.batch(session.reading(model, f"case_id IN ({marks}) ORDER BY {order}", *ids)))[0]


async def rows_among(ids: Sequence[int]) -> dict[int, dict[str, list[Any]]]:
    """As ``rows_of``, for several cases."""
    found: dict[int, dict[str, list[Any]]] = {case_id: {part: [] for part in ROWS} for case_id in ids}
    for part, model in _TABLES:
        for row in session.to_models(model, await among(model, ids, "id")):
            found[row.case_id][part].append(row)
    return found
