"""Takes an imported batch out again: what it made goes, what it changed is as before."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from flow.imports import members
from flow.imports.bulk_writes import execute, many, query
from flow.imports.report import KINDS, ImportRefused, silent
from flow.people.directory import MEMBERS
from flow.records import register
from flow.records.access_log import UNDONE, put_down, ranges
from flow.records.sequences import take
from models import Case, CaseState, Event, ImportBatch, Member, Product, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flow.imports.report import Progress

Place = tuple[str, int]  # table and row id
MODELS = {"product": Product, "member": Member}


async def undo(batch_id: int, *, now: datetime, progress: Progress = silent) -> dict[str, int]:
    """Take a batch out again; how much of what went.

    Raises ImportRefused, and changes nothing, when there is no such batch, it is out already, a later import has
    changed the same rows, or something live stands on what it brought.
    """
    batch = await ImportBatch.get_or_none(id=batch_id)
    if batch is None:
        raise ImportRefused(f"没有批次 {batch_id}")
    if batch.cleared_at:
        raise ImportRefused(f"批次 {batch_id} 是太久以前导入的，原来的样子已经按 KEEP_IMPORTS 清掉，不能再撤销")
    try:
        async with in_transaction():
            await _claim(batch, now)
            await _check_later(batch)
            gone = await _TAKE_OUT[batch.kind](batch, progress, now)
            gone["恢复的行"] = await _restore(batch, now)
    except IntegrityError as error:
        raise ImportRefused(f"批次 {batch_id} 导入的内容已经有人在用，不能撤销") from error
    return {name: count for name, count in gone.items() if count}


async def _claim(batch: ImportBatch, now: datetime) -> None:
    """Of two who undo the same batch one does it."""
    if not await ImportBatch.filter(id=batch.id, undone_at=None).update(undone_at=now):
        raise ImportRefused(f"批次 {batch.id}（{KINDS[batch.kind]}，{batch.file}）已经撤销过了，不用再撤")


async def _check_later(batch: ImportBatch) -> None:
    """A later import has kept, as its own before, rows that this one made or changed: it must go first."""
    mine = _places(batch)
    for table, model in MODELS.items():
        mine |= {(table, row["id"]) for row in await model.filter(batch_id=batch.id).values("id")}
    for later in await ImportBatch.filter(id__gt=batch.id, undone_at=None).order_by("-id"):
        if mine & _places(later):
            raise ImportRefused(f"批次 {later.id} 后来又改过同样的{KINDS[later.kind]}，请先运行 undo-import {later.id}")


def _places(batch: ImportBatch) -> set[Place]:
    return {(item["table"], item["row"]["id"]) for item in batch.before}


async def _take_out_cases(batch: ImportBatch, progress: Progress, now: datetime) -> Counter[str]:
    """In the order of ``flow.records.locks``: the cases first, then the lines that they hold units of."""
    await Case.filter(batch_id=batch.id).order_by("id").select_for_update().only("id")
    moved = await Case.filter(
        ~Q(state__in=(CaseState.DONE, CaseState.CLOSED)) | Q(seq__gt=1), batch_id=batch.id
    ).first()
    if moved:
        raise ImportRefused(f"售后单 {moved.no} 导入以后有人处理过，批次 {batch.id} 不能撤销")
    await many("UPDATE order_line SET claimed = claimed - ? WHERE id = ?", await _claims(batch.id))
    cases = await Case.filter(batch_id=batch.id).values_list("no", flat=True)
    if cases:
        await put_down(UNDONE, None, {"批次": batch.id, "缺号": _by_day([str(no) for no in cases])}, now)
    for table in ("case_event", "case_line"):
        await execute(f"DELETE FROM {table} WHERE case_id IN (SELECT id FROM return_case WHERE batch_id = ?)", batch.id)  # noqa: S608
    await execute("DELETE FROM return_case WHERE batch_id = ?", batch.id)
    progress("撤销售后单", len(cases), None)
    return Counter({"售后单": len(cases)})


def _by_day(numbers: Sequence[str]) -> dict[str, list[list[int]]]:
    """The numbers that will be missing, for the audit: by day, in ranges."""
    days: dict[str, list[int]] = defaultdict(list)
    for no in numbers:
        day, _, number = no.removeprefix("R").partition("-")
        days[day].append(int(number))
    return {day: ranges(found) for day, found in days.items()}


async def _claims(batch_id: int) -> list[tuple[int, int]]:
    rows = await query(
        "SELECT l.requested, l.order_line_id FROM case_line l JOIN return_case c ON c.id = l.case_id "
        "WHERE c.batch_id = ? AND l.order_line_id IS NOT NULL ORDER BY l.order_line_id",
        batch_id,
    )
    return [(row["requested"], row["order_line_id"]) for row in rows]


async def _take_out_orders(batch: ImportBatch, progress: Progress, now: datetime) -> Counter[str]:
    await _check_orders(batch)
    gone = await _take_out_cases(batch, progress, now)
    gone["订单行"] = await execute("DELETE FROM order_line WHERE batch_id = ?", batch.id)
    progress("撤销订单行", gone["订单行"], None)
    gone["订单"] = await execute("DELETE FROM shop_order WHERE batch_id = ?", batch.id)
    return gone + await _take_out_products(batch, progress, now)


async def _check_orders(batch: ImportBatch) -> None:
    """Nothing but the batch's own cases may stand on its orders."""
    standing = await query(
        "SELECT c.no, c.batch_id FROM return_case c JOIN shop_order o ON o.id = c.order_id "
        "WHERE o.batch_id = ? AND (c.batch_id IS NULL OR c.batch_id <> ?) ORDER BY c.id LIMIT 1",
        batch.id, batch.id,
    )  # fmt: skip
    if not standing:
        return
    no, other = standing[0]["no"], standing[0]["batch_id"]
    advice = f"请先运行 undo-import {other}" if other else "这些订单要留着"
    raise ImportRefused(f"售后单 {no} 用的是批次 {batch.id} 的订单，不能撤销，{advice}")


async def _take_out_products(batch: ImportBatch, progress: Progress, now: datetime) -> Counter[str]:
    """Products that order lines still name stay."""
    gone = await execute(
        "DELETE FROM product WHERE batch_id = ? AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.sku = product.sku)",
        batch.id,
    )
    progress("撤销商品", gone, None)
    return Counter({"商品": gone, "留下的商品": await Product.filter(batch_id=batch.id).count()})


async def _take_out_members(batch: ImportBatch, progress: Progress, now: datetime) -> Counter[str]:
    made = await Member.filter(batch_id=batch.id)
    ids = [member.id for member in made]
    for member in made:
        used = await Task.filter(owner_id=member.id).exists() or await Event.filter(actor_id=member.id).exists()
        leads = await Member.filter(manager_id=member.id).exclude(id__in=ids).first()
        if used:
            raise ImportRefused(f"{member.name} 已经有待办或办过事，批次 {batch.id} 不能撤销；离职的人请停用")
        if leads and leads.id not in {place for _, place in _places(batch)}:
            raise ImportRefused(f"{member.name} 现在是 {leads.name} 的上级，请先改 {leads.name} 的上级")
    await Member.filter(id__in=ids).delete()
    await register.enter(register.MEMBERS, ids, now)
    progress("撤销成员", len(made), None)
    if made or batch.before:
        await take(MEMBERS)
    return Counter({"成员": len(made)})


async def _restore(batch: ImportBatch, now: datetime) -> int:
    rows = [item["row"] for item in batch.before]
    if batch.kind == "members":
        await _restore_members(rows)
        await register.enter(register.MEMBERS, [row["id"] for row in rows], now)
    else:
        for row in rows:
            await Product.filter(id=row["id"]).update(**{name: row[name] for name in row if name != "id"})
    return len(rows)


async def _restore_members(rows: list[dict[str, Any]]) -> None:
    await members.release_accounts(row["name"] for row in rows)
    for row in rows:
        await Member.filter(id=row["id"]).update(**{name: row[name] for name in members.KEPT})
        await members.set_roles(row["id"], row["roles"])


_TAKE_OUT = {
    "orders": _take_out_orders, "cases": _take_out_cases, "products": _take_out_products, "members": _take_out_members,
}  # fmt: skip
