"""The demo's trade: a pet-device shop's products, its orders of the last ninety days, and the returns among them."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SEED, ORDERS, DAYS = 2026, 240, 90
RETURNED = 0.22  #: share of orders that came back
REASONS = (
    ("质量问题", "开机无反应", 30), ("质量问题", "出粮口卡住", 14), ("质量问题", "漏水", 12),
    ("七天无理由", "不想要了", 22), ("七天无理由", "尺寸不合适", 8),
    ("物流损坏", "外壳破裂", 16), ("物流损坏", "包装破损", 9), ("发货错误", "颜色发错", 11),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """A product; ``price`` in yuan, ``weight`` is how often it sells."""

    sku: str
    title: str
    category: str
    supplier: str
    price: str
    weight: int


GOODS = (
    Good("PF-100", "自动喂食器", "喂养设备", "宁波智宠", "329.00", 30),
    Good("LB-200", "智能猫砂机", "清洁设备", "深圳洁宠", "2880.00", 8),
    Good("FL-010", "滤网组件", "配件", "深圳洁宠", "35.00", 18),
    Good("WF-050", "宠物饮水机", "喂养设备", "宁波智宠", "159.00", 24),
    Good("CM-030", "宠物摄像头", "看护设备", "杭州瞳视", "269.00", 12),
    Good("TY-001", "逗猫棒", "玩具", "义乌乐宠", "9.90", 26),
    Good("LS-002", "牵引绳", "出行", "义乌乐宠", "49.90", 16),
    Good("SB-003", "猫抓板", "玩具", "义乌乐宠", "39.90", 20),
)
BUYERS = (
    ("K1001", "李女士", "13800001234", "华东"), ("K1002", "张先生", "13900005678", "华南"),
    ("K1003", "王女士", "13700002468", "华北"), ("K1004", "刘先生", "13600001357", "华东"),
    ("K1005", "陈女士", "13500008642", "西南"), ("K1006", "杨先生", "13400009753", "华南"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line of the demo."""

    no: str
    at: datetime
    buyer: tuple[str, str, str, str]
    good: Good
    units: int


def sales(now: datetime) -> list[Sale]:
    """The orders up to ``now``, oldest first: the same for the same moment."""
    chance = random.Random(SEED)  # noqa: S311  # a story, not a secret
    weights = [good.weight for good in GOODS]
    ages = sorted((chance.uniform(1, DAYS) for _ in range(ORDERS)), reverse=True)
    made = []
    for number, age in enumerate(ages, 1):
        at = (now - timedelta(days=age)).replace(microsecond=0)
        good = chance.choices(GOODS, weights)[0]
        units = chance.choice((1, 1, 1, 2, 3)) if len(good.price) < 6 else 1  # dear things sell one by one
        made.append(Sale(f"DD{at:%y%m%d}{number:04d}", at, chance.choice(BUYERS), good, units))
    return made


def _order_rows(now: datetime) -> Iterator[Mapping[str, object]]:
    for sale in sales(now):
        number, name, mobile, region = sale.buyer
        yield {
            "订单号": sale.no, "SKU": sale.good.sku, "商品": sale.good.title, "数量": sale.units,
            "单价": sale.good.price, "下单时间": f"{sale.at:%Y-%m-%d %H:%M:%S}", "客户": number, "客户姓名": name,
            "客户手机": mobile, "区域": region, "品类": sale.good.category, "供应商": sale.good.supplier,
            "签收时间": f"{sale.at + timedelta(days=3):%Y-%m-%d %H:%M:%S}",
        }  # fmt: skip


def _case_rows(now: datetime) -> Iterator[Mapping[str, object]]:
    chance = random.Random(SEED + 1)  # noqa: S311
    for sale in sales(now):
        asked = sale.at + timedelta(days=chance.uniform(4, 12))
        if chance.random() < RETURNED and asked < now - timedelta(days=3):
            kind, reason, _ = chance.choices(REASONS, [weight for *_, weight in REASONS])[0]
            closed = asked + timedelta(hours=chance.uniform(8, 60))
            yield {
                "订单号": sale.no, "SKU": sale.good.sku, "数量": 1, "类型": "退货", "退货类型": kind, "原因": reason,
                "申请时间": f"{asked:%Y-%m-%d %H:%M:%S}", "完成时间": f"{closed:%Y-%m-%d %H:%M:%S}",
                "客户": sale.buyer[0], "区域": sale.buyer[3], "退款金额": sale.good.price,
            }  # fmt: skip


def _product_rows() -> Iterator[Mapping[str, object]]:
    for good in GOODS:
        yield {
            "SKU": good.sku, "名称": good.title, "品类": good.category, "产品线": good.category,
            "供应商": good.supplier, "可退": "是",
        }  # fmt: skip


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    table = list(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


def write_products_csv(path: Path) -> Path:
    """The catalogue, as ``import products`` reads it."""
    return _write(path, _product_rows())


def write_orders_csv(path: Path, now: datetime) -> Path:
    """The orders, as ``import orders`` reads them; times are those of ``now``'s zone."""
    return _write(path, _order_rows(now))


def write_cases_csv(path: Path, now: datetime) -> Path:
    """The returns of the past, as ``import cases`` reads them."""
    return _write(path, _case_rows(now))
