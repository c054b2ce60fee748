"""The first reading of an order file: whole orders, products and returns, the lines go to a spool."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flow.imports.amounts import NONE, UNCLEAR, Amounts, amounts, told
from flow.imports.order_head import OrderHead
from flow.imports.order_rows import OrderRow, ReturnRow
from flow.imports.report import BadRow
from models.fields import fen, micro

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

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


def _spoils(row: BadRow) -> bool:
    """Whether its order cannot go in for it; freight is no line of an order."""
    return row.freight is None


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
    amounts: Amounts = NONE
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

    def settle(self, said: str | None, *, parted: bool) -> None:
        """Half an order is no order: those of which a line cannot be read stay out with all of their lines.

        So do those whose amounts may be their lines' or the whole order's; ``said`` and ``parted`` as in ``amounts``.
        """
        self._set_freight()
        self.amounts = amounts(self.heads.values(), said, parted=parted)
        listed = {row.line for row in self.bad}
        causes = {row.order: row.line for row in reversed(self.bad) if _spoils(row) and row.order in self.heads}
        fixes = {
            self.heads[key].number: (HALF, f"改好第 {line} 行，把这张订单的各行一起导入：订单不能只进一半")
            for key, line in causes.items()
            if key
        }
        fixes = {number: (UNCLEAR, told(words)) for number, words in self.amounts.unclear.items()} | fixes
        self.refused = set(fixes)
        for line in (line for some in self.lines() for line in some) if fixes else ():
            if line.order not in fixes:
                continue
            if line.row not in listed:
                self.bad.append(BadRow(line.row, *fixes[line.order]))
            if self.products[line.sku].take_back(line.title):
                del self.products[line.sku]

    def _set_freight(self) -> None:
        """Freight that was sold like goods is the order's, where no column says another."""
        for row in self.bad:
            head = self.heads.get(row.order or ("", "")) if row.freight else None
            if head and row.freight and not head.freight.first:
                head.postage += row.freight

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
