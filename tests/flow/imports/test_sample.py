"""The sample data gives the numbers of docs/data.md, as a program counts them that knows nothing of the importer."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tortoise.functions import Sum

from models import Case, CaseLine, Counter, Event, Order, OrderLine, Product
from models.fields import fen
from tests import ROOT
from tests.support.importing import SAMPLE, opened, take_in
from tests.support.independent_counts import counts

if TYPE_CHECKING:
    from flow.imports import ImportReport

NAME = "online-retail-2010-12_2011-08.csv.xz"
WHOLE = Path(os.environ.get("ONLINE_RETAIL") or ROOT.parent / "shared" / "data" / NAME)
#: as docs/data.md has them
STATED = {
    "导入": {"订单行": 311_539, "订单": 12_383, "新商品": 3_526, "售后单": 4_418},
    "没有导入": {
        "不是商品": 1_522, "数量不是正数": 925, "单价不是正数": 869, "退货行：此前没有买过": 861,
        "退货行：不是商品": 393, "退货行：无客户号": 126, "退货行：买过但剩余数量不够": 49, "是调整行": 3,
    },
    "合计": {"售出件数": 3_322_089, "售出分": 606_168_489, "退回件数": 125_938, "退款分": 19_468_932},
}  # fmt: skip
whole = pytest.mark.skipif(not WHOLE.is_file(), reason=f"没有 {NAME}：用 ONLINE_RETAIL 给出它的位置才能跑全量核对")


def said(report: ImportReport) -> dict[str, dict[str, int]]:
    """A report in the form of the independent counts."""
    return {"导入": report.good, "没有导入": {reason: len(rows) for reason, rows in report.reasons().items()}}


async def sums() -> dict[str, int]:
    """What the tables add up to."""
    sold = [fen(line.quantity * line.unit_price) for line in await OrderLine.all().only("quantity", "unit_price")]
    units = await OrderLine.annotate(sold=Sum("quantity"), claimed=Sum("claimed")).values("sold", "claimed")
    refunds = [fen(case.amount) for case in await Case.all().only("amount")]
    return {
        "售出件数": units[0]["sold"], "售出分": sum(sold), "退回件数": units[0]["claimed"], "退款分": sum(refunds),
    }  # fmt: skip


async def test_the_cut_sample_gives_what_the_other_program_counts(database_url: str) -> None:
    async with opened(database_url):
        report = await take_in("orders", SAMPLE)
        assert said(report) | {"合计": await sums()} == counts(SAMPLE)


async def test_a_dry_run_and_a_second_run_of_the_cut_sample(sqlite: str) -> None:
    async with opened(sqlite):
        dry = await take_in("orders", SAMPLE, dry_run=True)
        wet = await take_in("orders", SAMPLE)
        again = await take_in("orders", SAMPLE)
        assert (wet.good, wet.bad) == (dry.good, dry.bad)
        assert again.good == {"已存在订单": 56, "已存在订单行": 122, "已存在售后单": 40}
        assert again.bad == wet.bad


async def test_orders_first_and_returns_afterwards_give_the_same_cases(sqlite: str) -> None:
    async with opened(sqlite):
        await take_in("orders", SAMPLE)
        first = await Case.all().order_by("source").values_list("source", "order_no", "amount")
        again = await take_in("cases", SAMPLE)
        assert again.good == {"跳过的订单行": 149, "已存在售后单": len(first)}


async def test_the_cut_sample_has_every_kind_of_dirt() -> None:
    found = counts(SAMPLE)
    assert set(found["没有导入"]) == set(STATED["没有导入"])
    assert min(found["没有导入"].values()) > 0


async def test_a_code_in_small_letters_is_the_same_product(sqlite: str) -> None:
    async with opened(sqlite):
        await take_in("orders", SAMPLE)
        assert await Product.filter(sku="85123A").count() == 1
        assert [p.sku for p in await Product.all() if p.sku != p.sku.upper()] == []


async def test_no_note_of_a_stock_keeper_is_a_title(sqlite: str) -> None:
    async with opened(sqlite):
        await take_in("orders", SAMPLE)
        titles = [p.title for p in await Product.all()]
        assert [title for title in titles if "?" in title or title.islower()] == []


@whole
def test_the_other_program_counts_what_the_docs_state() -> None:
    assert counts(WHOLE) == STATED


@whole
async def test_the_whole_file_imports_to_the_stated_numbers(sqlite: str) -> None:
    async with opened(sqlite):
        report = await take_in("orders", WHOLE)
        assert said(report) | {"合计": await sums()} == STATED
        await check_whole()


async def check_whole() -> None:
    """What must hold between the rows, whatever the numbers are."""
    assert await Case.all().count() == await Event.all().count() == 4_418
    assert fen((await CaseLine.annotate(paid=Sum("paid")).values("paid"))[0]["paid"]) == STATED["合计"]["退款分"]
    assert [line.id for line in await OrderLine.filter(claimed__gt=0) if line.claimed > line.quantity] == []
    assert await Order.filter(customer__contains=".").count() == 0
    days = await Counter.filter(name__startswith="case:").annotate(all=Sum("value")).values("all")
    assert days[0]["all"] == 4_418


def test_the_docs_state_these_numbers() -> None:
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\S+) \| ([\d,]+) \|", text, re.MULTILINE))
    stated = {name: count for part in STATED.values() for name, count in part.items()}
    assert {name: int(rows[name].replace(",", "")) for name in stated} == stated
