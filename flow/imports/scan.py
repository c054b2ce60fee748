"""The first reading of an order file: whole orders, products and returns, without keeping the lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from flow.imports.report import BadRow
from flow.imports.rows import Head, OrderRow, ReturnRow

if TYPE_CHECKING:
    import re
    from datetime import datetime

SOURCE_LENGTH = 96  # of Case.source


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

    shop: str
    no: str
    ordered_at: datetime
    fields: Head
    lines: int = 0
    paid: Sum = field(default_factory=Sum)
    discount: Sum = field(default_factory=Sum)

    def add(self, row: OrderRow) -> None:
        self.lines += 1
        self.paid.add(row.paid)
        self.discount.add(row.discount)
        if self.fields is not row.head and self.fields != row.head:
            self.fields = Head(*(b if a in ("", None) else a for a, b in zip(self.fields, row.head, strict=True)))


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

    def title(self, not_titles: re.Pattern[str] | None) -> str:
        """The most frequent description, the longest of equals; a stock-keeper's note only when there is nothing else."""
        named = [title for title in self.titles if title]
        sane = [title for title in named if not (not_titles and not_titles.search(title))]
        return max(sane or named, key=lambda title: (self.titles[title], len(title), title), default="")


@dataclass(slots=True)
class Scan:
    """What the first reading has found so far."""

    heads: dict[tuple[str, str], OrderHead] = field(default_factory=dict)
    products: dict[str, ProductFacts] = field(default_factory=dict)
    returns: list[tuple[str, ReturnRow]] = field(default_factory=list)  # with the source that names each for good
    bad: list[BadRow] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    def add(self, read: OrderRow | ReturnRow | BadRow) -> None:
        if isinstance(read, OrderRow):
            self._add_order(read)
        elif isinstance(read, ReturnRow):
            self._add_return(read)
        else:
            self.bad.append(read)

    def _add_order(self, row: OrderRow) -> None:
        key = (row.shop, row.no)
        head = self.heads.get(key)
        if head is None:
            head = self.heads[key] = OrderHead(row.shop, row.no, row.ordered_at, row.head)
        head.add(row)
        product = self.products.get(row.sku)
        if product is None:
            product = self.products[row.sku] = ProductFacts()
        product.add(row)

    def _add_return(self, row: ReturnRow) -> None:
        named = row.no or f"{row.order_no}/{row.customer}/{row.opened_at.isoformat()}"
        name = f"{row.shop}/{named}/{row.sku}"
        self._seen[name] += 1
        source = f"{name}/{self._seen[name]}"
        if len(source) > SOURCE_LENGTH:
            source = hashlib.sha256(source.encode()).hexdigest()
        self.returns.append((source, row))

    def per_line(self, said: str | None) -> bool:
        """Whether amounts belong to each line: as the mapping says, else when one order has differing ones."""
        if said:
            return said == "每行"
        return any(head.paid.differs or head.discount.differs for head in self.heads.values())
