"""An order as the lines of a file tell of it, and the amounts that stand on them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from models.fields import yuan

if TYPE_CHECKING:
    from datetime import datetime

    from flow.imports.order_rows import Head, OrderRow

EACH, WHOLE = "每行", "整单"  #: whose an amount is, as a mapping says it
NOTHING = Decimal(0)


@dataclass(slots=True)
class Sum:
    """An amount that may stand on each line of an order, or be the whole order's amount on each."""

    first: Decimal | None = None
    total: Decimal | None = NOTHING  # None once a line lacks it
    differs: bool = False
    more: Decimal = NOTHING  #: the largest after the first line's
    over: bool = False  #: whether a line has more than it costs, so that the amount cannot be its own

    def add(self, value: Decimal | None, most: Decimal | None = None) -> None:
        """Take in what a line says, which costs ``most`` and bears all freight of its order."""
        if value is None:
            self.total = None
            return
        late = self.first is not None or self.total is None
        if self.first is None:
            self.first = value
        self.differs |= value != self.first
        self.more = max(self.more, value) if late else self.more
        self.over |= most is not None and value > most
        self.total = None if self.total is None else self.total + value

    @property
    def stands_once(self) -> bool:
        """Whether it stands on the first line, and nothing on the others."""
        return self.differs and bool(self.first) and not self.more

    @property
    def kind(self) -> str:
        """Whose it is as far as this order tells; blank where it may be either."""
        if self.differs and not self.stands_once:
            return EACH
        return WHOLE if self.over else ""


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
    postage: Decimal = NOTHING  #: freight that was sold like goods

    def add(self, row: OrderRow) -> None:
        self.lines += 1
        self.units += row.quantity
        if row.paid is not None or row.discount is not None:
            listed, freight = yuan(row.price * row.quantity), row.head.freight or self.fields.freight or NOTHING
            self.paid.add(row.paid, listed + freight)
            self.discount.add(row.discount, listed)
        else:
            self.paid.total = self.discount.total = None
        if row.head.freight is not None:
            self.freight.add(row.head.freight)
        if self.fields is not row.head and self.fields != row.head:
            self.fields = self.fields.filled(row.head)

    def known(self) -> Head:
        """The fields; freight that its lines put differently is that of each, and the order's is their sum."""
        if self.postage:
            return self.fields._replace(freight=self.postage)
        return self.fields._replace(freight=self.freight.total) if self.freight.differs else self.fields

    def is_of_another(self, head: Head) -> bool:
        """Whether a row of this number is somebody else's: two shops count alike where no column tells them apart."""
        return bool(head.customer and self.fields.customer) and head.customer != self.fields.customer
