"""A batch comes out as it went in, unless somebody stands on it; then the refusal says who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flow.imports import ImportRefused, undo
from models import Case, CaseLine, Counter, Event, ImportBatch, Member, MemberRole, Order, OrderLine, Product, Task
from tests.support.importing import NOW, claimed, opened, orders, table, take_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tortoise.models import Model

RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SOLD = "536365,22632,HAND WARMER,3,2010-12-01 08:26:00,2.10,14527.0,United Kingdom"
BACK = "C536999,22632,HAND WARMER,-2,2010-12-31 20:00:00,2.10,14527.0,United Kingdom"
STAFF = "姓名,角色,企业微信,上级"
TABLES: tuple[type[Model], ...] = (Order, OrderLine, Product, Case, CaseLine, Event, Member, MemberRole)


@pytest.fixture
async def desk(sqlite: str) -> AsyncIterator[None]:
    async with opened(sqlite):
        yield


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[None]:
    """Each database in turn."""
    async with opened(database_url):
        yield


async def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables that imports write."""
    return {model.__name__: await model.all().order_by("id").values() for model in TABLES}


async def put(kind: str, path: Path) -> int:
    report = await take_in(kind, path)
    assert report.batch_id is not None
    return report.batch_id


async def test_orders_go_with_their_products_and_cases(engine: None, tmp_path: Path) -> None:
    before = await everything()
    batch = await put("orders", table(tmp_path, RETAIL, SOLD, BACK))
    assert await undo(batch, now=NOW) == {"订单": 1, "订单行": 1, "商品": 1, "售后单": 1}
    assert await everything() == before
    assert (await ImportBatch.get(id=batch)).undone_at == NOW


async def test_the_same_file_can_come_in_again(desk: None, tmp_path: Path) -> None:
    path = table(tmp_path, RETAIL, SOLD, BACK)
    await undo(await put("orders", path), now=NOW)
    assert (await take_in("orders", path)).good["售后单"] == 1
    assert (await Case.get()).no == "R20101231-0002"  # a number is never given twice


async def test_a_second_undo_says_so(desk: None, tmp_path: Path) -> None:
    batch = await put("orders", table(tmp_path, RETAIL, SOLD))
    await undo(batch, now=NOW)
    with pytest.raises(ImportRefused, match="已经撤销过了"):
        await undo(batch, now=NOW)


async def test_a_batch_that_there_is_not(desk: None) -> None:
    with pytest.raises(ImportRefused, match="没有批次 7"):
        await undo(7, now=NOW)


async def test_cases_give_their_units_back(engine: None, tmp_path: Path) -> None:
    await take_in("orders", table(tmp_path, RETAIL, SOLD, SOLD.replace(",3,", ",1,")))
    before = await everything()
    batch = await put("cases", table(tmp_path, RETAIL, BACK.replace("-2", "-4"), name="退货.csv"))
    assert await claimed() == [3, 1]
    assert await undo(batch, now=NOW) == {"售后单": 1}
    assert await everything() == before


async def refused(batch: int, words: str) -> None:
    """The batch cannot be undone, and nothing has changed."""
    before = await everything()
    with pytest.raises(ImportRefused, match=words):
        await undo(batch, now=NOW)
    assert await everything() == before
    assert (await ImportBatch.get(id=batch)).undone_at is None


async def test_orders_under_a_live_case_stay(engine: None, tmp_path: Path) -> None:
    batch = await put("orders", table(tmp_path, RETAIL, SOLD))
    order = await Order.get()
    await Case.create(no="R20261122-0001", kind="退货", order_id=order.id, opened_at=NOW)
    await refused(batch, f"R20261122-0001 用的是批次 {batch} 的订单")


async def test_orders_under_another_batchs_cases_stay(desk: None, tmp_path: Path) -> None:
    batch = await put("orders", table(tmp_path, RETAIL, SOLD))
    later = await put("cases", table(tmp_path, RETAIL, BACK, name="退货.csv"))
    await refused(batch, f"请先运行 undo-import {later}")


async def test_a_case_that_was_taken_up_again_stays(desk: None, tmp_path: Path) -> None:
    batch = await put("orders", table(tmp_path, RETAIL, SOLD, BACK))
    await Case.all().update(seq=2)
    await refused(batch, "R20101231-0001 导入以后有人处理过")


async def test_products_that_other_orders_name_stay(desk: None, tmp_path: Path) -> None:
    batch = await put("orders", orders(tmp_path, "A1,S1,杯子,2,2.5,2011-08-31,C9"))
    await put("orders", orders(tmp_path, "A2,S1,杯子,2,2.5,2011-08-31,C9"))
    assert await undo(batch, now=NOW) == {"订单": 1, "订单行": 1, "留下的商品": 1}
    assert (await Product.get()).sku == "S1"


async def test_changed_products_are_as_before(engine: None, tmp_path: Path) -> None:
    await put("products", table(tmp_path, "SKU,名称,可退", "S1,杯子,是"))
    before = await everything()
    batch = await put("products", table(tmp_path, "SKU,名称,可退", "S1,保温杯,否", "S2,盘子,"))
    assert await undo(batch, now=NOW) == {"商品": 1, "恢复的行": 1}
    assert await everything() == before


async def test_what_a_later_import_changed_waits_for_it(desk: None, tmp_path: Path) -> None:
    first = await put("products", table(tmp_path, "SKU,名称", "S1,杯子"))
    second = await put("products", table(tmp_path, "SKU,名称", "S1,保温杯"))
    await refused(first, f"请先运行 undo-import {second}")
    await undo(second, now=NOW)
    assert await undo(first, now=NOW) == {"商品": 1}


async def test_members_are_as_before(engine: None, tmp_path: Path) -> None:
    await put("members", table(tmp_path, STAFF, "李雷,客服,a,韩梅", "韩梅,客服主管,b,"))
    before = await everything()
    rows = ["李雷,财务,b,王五", "韩梅,客服主管,a,", "王五,财务,c,"]  # two swap accounts, one is new
    batch = await put("members", table(tmp_path, STAFF, *rows))
    assert await undo(batch, now=NOW) == {"成员": 1, "恢复的行": 2}
    assert without_ids(await everything()) == without_ids(before)
    assert (await Counter.get(name="members")).value == 3


def without_ids(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Roles are written anew, so their row ids differ."""
    roles = sorted((row["member_id"], row["role"]) for row in rows["MemberRole"])
    return rows | {"MemberRole": roles}


async def test_a_member_with_work_stays(desk: None, tmp_path: Path) -> None:
    batch = await put("members", table(tmp_path, STAFF, "李雷,客服,a,"))
    member = await Member.get()
    case = await Case.create(no="R20261122-0001", kind="退货", opened_at=NOW)
    await Task.create(case_id=case.id, node="审批", owner_id=member.id, opened_at=NOW, due_at=NOW)
    await refused(batch, "李雷 已经有待办")


async def test_a_manager_of_others_stays(desk: None, tmp_path: Path) -> None:
    batch = await put("members", table(tmp_path, STAFF, "韩梅,客服主管,b,"))
    await put("members", table(tmp_path, STAFF, "李雷,客服,a,韩梅"))
    await refused(batch, "韩梅 现在是 李雷 的上级")


async def test_an_unfinished_run_comes_out_too(desk: None, tmp_path: Path) -> None:
    batch = await put("orders", table(tmp_path, RETAIL, SOLD, BACK))
    await ImportBatch.filter(id=batch).update(counts={})
    assert (await undo(batch, now=NOW))["订单行"] == 1
