"""Counts what importing the sample data must give, straight from the CSV and without the importer's code.

``python -m tests.independent_counts FILE`` prints the numbers of docs/data.md.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GOODS = re.compile(r"\d{5}[A-Z]*|DCGS\w+|GIFT_\d+_\d+|PADS")


def lines(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the file as dictionaries, stripped, codes in capitals."""
    unpack = lzma.open if path.suffix == ".xz" else open
    with unpack(path, "rt", encoding="utf-8", newline="") as file:
        for raw in csv.DictReader(file):
            row = {name: value.strip() for name, value in raw.items()}
            yield row | {"StockCode": row["StockCode"].upper()}


def sort_of(row: dict[str, str]) -> str:
    """What a line is: 订单行, 退货行, or why it is neither."""
    goods = GOODS.fullmatch(row["StockCode"]) is not None
    match row["InvoiceNo"][0]:
        case "A":
            return "是调整行"
        case "C" if not goods:
            return "退货行：不是商品"
        case "C":
            return "退货行" if row["CustomerID"] else "退货行：无客户号"
    if not goods:
        return "不是商品"
    if int(row["Quantity"]) <= 0:
        return "数量不是正数"
    return "订单行" if cents(row) > 0 else "单价不是正数"


def cents(row: dict[str, str]) -> int:
    """What the whole line costs in whole cents: the unit may cost less than one."""
    amount = Decimal(row["UnitPrice"]) * abs(int(row["Quantity"]))
    return int(amount.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def settle(sold: list[dict[str, str]], returned: list[dict[str, str]]) -> tuple[list[dict[str, str]], Counter[str]]:
    """The returns that find a purchase, walking back over the customer's earlier orders of that product."""
    first_seen: dict[str, str] = {}
    left: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in sold:
        first_seen.setdefault(row["InvoiceNo"], row["InvoiceDate"])
        left[row["CustomerID"], row["StockCode"]][row["InvoiceNo"]] += int(row["Quantity"])
    found, lost = [], Counter[str]()
    for row in sorted(returned, key=lambda row: row["InvoiceDate"]):
        orders = left.get((row["CustomerID"], row["StockCode"]), {})
        earlier = sorted((first_seen[no], no) for no in orders if first_seen[no] < row["InvoiceDate"])
        units = -int(row["Quantity"])
        enough = [no for _, no in earlier if orders[no] >= units]
        if enough:
            orders[enough[-1]] -= units
            found.append(row)
        else:
            lost["退货行：买过但剩余数量不够" if earlier else "退货行：此前没有买过"] += 1
    return found, lost


def counts(path: Path) -> dict[str, dict[str, int]]:
    """What goes in, what does not by reason, and the sums that the tables must show."""
    sorts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in lines(path):
        sorts[sort_of(row)].append(row)
    sold = sorts.pop("订单行")
    found, lost = settle(sold, sorts.pop("退货行"))
    good = {
        "订单行": len(sold),
        "订单": len({row["InvoiceNo"] for row in sold}),
        "新商品": len({row["StockCode"] for row in sold}),
        "售后单": len(found),
    }
    sums = {
        "售出件数": sum(int(row["Quantity"]) for row in sold),
        "售出分": sum(cents(row) for row in sold),
        "退回件数": -sum(int(row["Quantity"]) for row in found),
        "退款分": sum(cents(row) for row in found),
    }
    bad = {name: len(rows) for name, rows in sorts.items()} | dict(lost)
    return {"导入": good, "没有导入": bad, "合计": sums}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(counts(Path(sys.argv[1])), ensure_ascii=False, indent=2) + "\n")
