"""The first reading of an order file: whole orders, products and returns, the lines go to a spool."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.order_rows import Head, OrderRow, ReturnRow
from flow.imports.report import BadRow
from models.fields import fen, micro

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from datetime import datetime

    from flow.imports.spool import Spool

SOURCE_LENGTH = 96  # of Case.source
SHOWN_ALIKE = 8
HALF = "同一张订单里有读不了的行"
TWO_BUYERS = "一个订单号下有两个客户"


class Sold(NamedTuple):
    """An order line as the spool keeps it: the number of its order in the file, its price as kept, amounts in 分."""

    order: int
    sku: str
    title: str
    quantity: int
    price: int
    paid: int | None
    discount: int | None
    serial: str
    row: int  # of the file


@dataclass(slots=True)
class Sum:
    """An amount that may stand on each line of an order, or be the whole order's amount on each."""

    first: Decimal | None = None
    total: Decimal | None = Decimal(0)  # None once a line lacks it
    differs: bool = False

    def add(self, value: Decimal | None) -> None:
        if self.first is None:
            self.first = value
        self.differs |= value is not None and value != self.first
        self.total = None if value is None or self.total is None else self.total + value


@dataclass(slots=True)
class OrderHead:
    """An order as its lines tell of it; each field comes from the first line that has it."""

    number: int  # among the orders of the file, from 0
    shop: str
    no: str
    ordered_at: datetime
    fields: Head
    lines: int = 0
    units: int = 0
    paid: Sum = field(default_factory=Sum)
    discount: Sum = field(default_factory=Sum)
    freight: Sum = field(default_factory=Sum)

    def add(self, row: OrderRow) -> None:
        self.lines += 1
        self.units += row.quantity
        self.paid.add(row.paid)
        self.discount.add(row.discount)
        if row.head.freight is not None:
            self.freight.add(row.head.freight)
        if self.fields is not row.head and self.fields != row.head:
            self.fields = self.fields.filled(row.head)

    def known(self) -> Head:
        """The fields; freight that its lines put differently is that of each, and the order's is their sum."""
        return self.fields._replace(freight=self.freight.total) if self.freight.differs else self.fields

    def is_of_another(self, head: Head) -> bool:
        """Whether a row of this number is somebody else's: two shops count alike where no column tells them apart."""
        return bool(head.customer and self.fields.customer) and head.customer != self.fields.customer


@dataclass(slots=True)
class ProductFacts:
    """What the order lines say of one product."""

    titles: Counter[str] = field(default_factory=Counter)
    category: str = ""
    supplier: str = ""

    def add(self, row: OrderRow) -> None:
        self.titles[row.title] += 1
        self.category = self.category or row.category
        self.supplier = self.supplier or row.supplier

    def take_back(self, title: str) -> bool:
        """Forget one line; whether it was the last."""
        self.titles -= Counter([title])
        return not self.titles

    def title(self, not_titles: re.Pattern[str] | None) -> str:
        """The most frequent description, the longest of equals; a stock-keeper's note only for want of others."""
        named = [title for title in self.titles if title]
        sane = [title for title in named if not (not_titles and not_titles.search(title))]
        return max(sane or named, key=lambda title: (self.titles[title], len(title), title), default="")


@dataclass(slots=True)
class Scan:
    """What the first reading has found so far."""

    spool: Spool
    heads: dict[tuple[str, str], OrderHead] = field(default_factory=dict)
    products: dict[str, ProductFacts] = field(default_factory=dict)
    returns: list[tuple[str, ReturnRow]] = field(default_factory=list)  # with the source that names each for good
    bad: list[BadRow] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)  # numbers of the orders of which a line is bad
    alike: list[int] = field(default_factory=list)  # rows that say word for word what another of their order says
    _seen: Counter[str] = field(default_factory=Counter)
    _said: set[int] = field(default_factory=set)

    def add(self, found: list[OrderRow | ReturnRow | BadRow]) -> None:
        """Take in what some rows were read as."""
        sold = []
        for read in found:
            if isinstance(read, OrderRow):
                sold.append(self._sold(read))
                self._check_buyer(read)
            elif isinstance(read, ReturnRow):
                self.returns.append((self._source(read), read))
            else:
                self.bad.append(read)
        self.spool.put(sold)

    def settle(self) -> None:
        """Half an order is no order: those of which a line cannot be read stay out with all of their lines."""
        told = {row.line for row in self.bad}
        causes = {row.order: row.line for row in reversed(self.bad) if row.order in self.heads}
        numbers = {self.heads[key].number: line for key, line in causes.items() if key}
        self.refused = set(numbers)
        for line in (line for some in self.lines() for line in some) if numbers else ():
            if (cause := numbers.get(line.order)) is None:
                continue
            if line.row not in told:
                fix = f"改好第 {cause} 行，把这张订单的各行一起导入：订单不能只进一半"
                self.bad.append(BadRow(line.row, HALF, fix))
            if self.products[line.sku].take_back(line.title):
                del self.products[line.sku]

    def lines(self) -> Iterator[list[Sold]]:
        """The order lines again, as many at a time as were taken in."""
        for some in self.spool:
            yield [Sold._make(line) for line in some]

    def _sold(self, row: OrderRow) -> tuple[object, ...]:
        key = (row.shop, row.no)
        head = self.heads.get(key)
        if head is None:
            head = self.heads[key] = OrderHead(len(self.heads), *key, row.ordered_at, row.head)
        head.add(row)
        product = self.products.get(row.sku)
        if product is None:
            product = self.products[row.sku] = ProductFacts()
        product.add(row)
        paid, discount = (None if each is None else fen(each) for each in (row.paid, row.discount))
        told = (head.number, row.sku, row.title, row.quantity, micro(row.price), paid, discount, row.serial)
        before = len(self._said)
        self._said.add(hash(told))
        if len(self._said) == before:
            self.alike.append(row.line)
        return (*told, row.line)

    def remarks(self) -> list[str]:
        """What may have been exported twice: it stays, for an order may well have the same line twice."""
        if not self.alike:
            return []
        lines = "、".join(map(str, self.alike[:SHOWN_ALIKE])) + (" 等" if len(self.alike) > SHOWN_ALIKE else "")
        return [
            f"{len(self.alike):,} 行和同一张订单的另一行一模一样（第 {lines} 行），照样各算一行；"
            "要是导出时重复了，撤销这一批，删掉重复的再导入"
        ]

    def _check_buyer(self, row: OrderRow) -> None:
        """Two orders under one number are never one: neither goes in before somebody has told them apart."""
        head = self.heads[row.shop, row.no]
        if head.is_of_another(row.head):
            buyers = f"前面是 {head.fields.customer} 的，这一行是 {row.head.customer} 的"
            fix = f"{row.no} 在{buyers}；补上店铺列，或核对订单号"
            self.bad.append(BadRow(row.line, TWO_BUYERS, fix, (row.shop, row.no)))

    def _source(self, row: ReturnRow) -> str:
        """The same name whenever the same return is imported, wherever it stands in the file."""
        named = row.no or f"{row.order_no}/{row.customer}/{row.opened_at.isoformat()}"
        name = f"{row.shop}/{named}/{row.sku}"
        self._seen[name] += 1
        source = f"{name}/{self._seen[name]}"
        return source if len(source) <= SOURCE_LENGTH else hashlib.sha256(source.encode()).hexdigest()

    def per_line(self, said: str | None) -> bool:
        """Whether amounts belong to each line: as the mapping says, else when one order has differing ones."""
        if said:
            return said == "每行"
        return any(head.paid.differs or head.discount.differs for head in self.heads.values())
