"""Rows of an order file, checked one by one: an order line, a return line, or a row with a reason. Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from flow.imports import continuation
from flow.imports.columns import Columns
from flow.imports.report import BadRow
from flow.imports.unread import Unread
from flow.imports.values import CACHE, BadValue, moments, money, price, units
from models.fields import MILLIONTH, PRICE_PLACES, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo
    from decimal import Decimal

    from flow.imports.mapping import Mapping, RowMark
    from flow.imports.table import Row, Table
    from models.enums import CloseReason

NOT_A_PRODUCT = "邮费、折扣、手工单这类编码不用导入；真是商品就把编码加进映射的 商品编码"
NOT_GOODS = "不是商品"
RETURN = "退货行："  # begins every reason that keeps a return from becoming a case
TOTAL = "是合计行"
EXAMPLE = "是示例行"
UNSOLD = "没有成交"
REFUNDED = "已经退过款"
NOTE = "是说明行"
SEVERAL_SKUS = "一格里有几个商品编码"
SEVERAL = "一格里有几个订单号"
SEVERAL_GOODS = "一格里有几个SKU"
PARTLY = "店里退过一部分"
EXAMPLES = ("示例", "样例", "例:", "例如")  # an order number of a template
_BETWEEN_GOODS = re.compile(r"[,、;|\s]\s*")
_BETWEEN = (re.compile(r"[,、;|]\s*"), re.compile(r"(?<=.{6})[\s/]+(?=.{6})"))  #: what stands between two numbers
_PAUSE = re.compile(r"[,;、|\n]\s*")
_BETWEEN_CODES = (_PAUSE, re.compile(r"[/+\s]+"))  #: the latter may be a part of one code, of goods sold as a set
_COUNTED = re.compile(r"\s*[xX*×]\s*\d{1,4}$")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9._-]+")
_NUMBERED = re.compile(r"\d")
_SHORT = re.compile(r"[,、;|/\s]+")  #: between short ones: X3/X4, which SO/2026/0001 and PO 12345 are not
_NAMED = re.compile(r"(\D*[^\d\W]\D*)\d+")  #: a number with letters before it
_PAGE = re.compile(r"第 *\d+ *页.*|共 *\d+ *[页条单].*|page +\d+.*", re.IGNORECASE)  #: the foot of a printed page
_TOTALS = re.compile(r"(?:合计|总计|小计|共计|汇总|本页)|.*(?:合计|总计|小计):?$")
#: why a row is no line of an order at all; any other reason means that a line of the order cannot be read
NO_LINES = frozenset({NOT_GOODS, "数量不是正数", "单价不是正数", "是调整行", TOTAL, EXAMPLE, UNSOLD, REFUNDED, NOTE})
SHOWN_STATES = 12
NO_CUSTOMER = "补上客户号才能对上原来的购买"


class Head(NamedTuple):
    """What a row says of its whole order; blank where the file does not say."""

    customer: str = ""
    customer_name: str = ""
    mobile: str = ""
    email: str = ""
    address: str = ""
    region: str = ""
    delivered_at: datetime | None = None
    freight: Decimal | None = None

    def filled(self, later: Head) -> Head:
        """This, with what a later row knows where this one does not."""
        return Head(
            self.customer or later.customer, self.customer_name or later.customer_name, self.mobile or later.mobile,
            self.email or later.email, self.address or later.address, self.region or later.region,
            self.delivered_at or later.delivered_at, later.freight if self.freight is None else self.freight,
        )  # fmt: skip


HEAD = ("客户", "客户姓名", "客户手机", "客户邮箱", "收货地址", "区域", "签收时间", "运费")  # in the order of Head


class OrderRow(NamedTuple):
    """One line of an order. Money in yuan, ``ordered_at`` in UTC."""

    line: int
    shop: str
    no: str
    sku: str
    title: str
    quantity: int
    price: Decimal
    ordered_at: datetime
    head: Head
    paid: Decimal | None = None
    discount: Decimal | None = None
    serial: str = ""
    category: str = ""
    supplier: str = ""


class ReturnRow(NamedTuple):
    """One line that tells of a return: what, how many, by whom. ``order_no`` is blank when the file does not say."""

    line: int
    shop: str
    no: str
    order_no: str
    customer: str
    sku: str
    quantity: int
    amount: Decimal | None  # None: the price of the purchase decides
    opened_at: datetime
    closed_at: datetime
    kind: str = "退货"
    claims: bool = True
    return_type: str = ""
    reason: str = ""
    note: str = ""
    region: str = ""
    ended: CloseReason | None = None  # why it came to nothing; None: it was carried out


class _Spoiling(BadValue):
    """What a row says of its whole order, so that the other rows are not what the customer has bought or paid."""


class OrderReader:
    """Reads rows by a mapping bound to a header."""

    def __init__(self, mapping: Mapping, header: Sequence[str], tz: tzinfo) -> None:
        self._mapping = mapping
        self._columns = Columns(mapping, header)
        self._moment = moments(mapping.dates, tz)
        self._head = _heads(self._moment)
        self.above = continuation.orders(self._columns.names)
        self._unread = Unread(mapping, header, self._columns.places)
        self.sold_as: set[str] = set()  #: states of the orders that were taken for sold
        self.kept_as: set[str] = set()  #: states of refunds that were taken for none

    def remarks(self) -> list[str]:
        """What an operator should know of how the rows were read."""
        taken = (("当成已成交的订单状态", self.sold_as), ("当成没有退过款的退款状态", self.kept_as))
        said = [f"{what}：{_some(states)}" for what, states in taken if states]
        return [*self._columns.remarks(), *self.above.remarks(), *said]

    def read(self, row: Row) -> OrderRow | ReturnRow | BadRow:
        """What the row is. The first thing wrong with it is the reason."""
        texts: dict[str, str] = {}
        try:
            texts = self._columns.texts(row)
            if not texts["SKU"] and _is_total(row):
                raise BadValue(TOTAL, "合计不是订单，不用导入")
            if not texts["SKU"] and _is_note(row):
                raise BadValue(NOTE, "只有一格字，不是订单，不用导入")
            _check_single(texts["订单号"])
            self.above.settle(texts)
            if not texts["订单号"]:
                raise BadValue("没有订单号", "补上订单号")
            if texts["订单号"].startswith(EXAMPLES):
                raise BadValue(EXAMPLE, "模板里的示例不是订单，不用导入")
            if _marked(self._mapping.adjustments, texts):
                raise BadValue("是调整行", "坏账之类的调整不是订单，不用导入")
            if _marked(self._mapping.returns, texts):
                return self._return(row.line, texts)
            return self._order(row, texts)
        except BadValue as error:
            return self._bad(row, texts, error)

    def check_codes(self, table: Table) -> None:
        """Raises ImportRefused for a column of codes that a spreadsheet has shortened."""
        self._columns.check_codes(table)

    def _bad(self, row: Row, texts: dict[str, str], error: BadValue) -> BadRow:
        """The row with what it was a line of, for half an order is no order."""
        if not texts:
            known = self._columns.readable(row)
            texts = dict.fromkeys(self._columns.names, "") | known
            if row.problem:
                texts["订单号"] = texts["订单号"] or (self.above.above or {}).get("订单号", "")
            if row.problem or "订单号" not in known:
                self.above.lose()
            else:
                self.above.settle(texts)
        no, freight = texts["订单号"], self._freight(error, texts)
        spoils = error.reason not in NO_LINES and not error.reason.startswith(RETURN)
        spoils = spoils or (isinstance(error, _Spoiling) and self._mapping.returns is None)
        order = (texts.get("店铺", ""), no) if no and (spoils or freight is not None) else None
        return BadRow(row.line, error.reason, error.fix, order, self._columns.filled(row, texts), freight)

    def _freight(self, error: BadValue, texts: dict[str, str]) -> Decimal | None:
        """What a row that sells freight like goods comes to; None for another, or where it has a payment of its own."""
        pattern = self._mapping.freight
        if error.reason != NOT_GOODS or pattern is None or not _found(pattern, texts["SKU"]):
            return None
        try:
            amount = yuan(price("单价", texts.get("单价", "")) * units("数量", texts["数量"]))
            return None if _amount("实付金额", texts) == amount or amount <= 0 else amount
        except BadValue:
            return None

    def _check_sold(self, state: str) -> None:
        """Raises BadValue for an order that came to nothing: of it nothing can be returned, and nothing refunded."""
        self._check_part("订单状态", state)
        if self._mapping.unsold and _found(self._mapping.unsold, state):
            fix = f"订单状态是 {state[:16]} 的没有可退的，不用导入；不是这样就改映射里的 未成交"
            raise BadValue(UNSOLD, fix)
        self.sold_as.add(state)

    def _check_money(self, refund: str, currency: str) -> None:
        """Raises BadValue for goods whose money has gone back already, and for money that is not yuan."""
        mapping = self._mapping
        self._check_part("退款状态", refund)
        if refund and mapping.refunded and _found(mapping.refunded, refund):
            raise BadValue(REFUNDED, f"退款状态是 {refund[:16]} 的没有可退的，不用导入；不是这样就改映射里的 已退款")
        if refund:
            self.kept_as.add(refund)
        if currency and mapping.currencies and not _found(mapping.currencies, currency):
            raise BadValue(f"币种是 {currency[:16]}", "金额都按人民币记，先换算成人民币再导入")

    def _check_part(self, name: str, state: str) -> None:
        """Raises BadValue for goods of which the shop has refunded a part, and nobody here knows how much is left."""
        if self._mapping.partly and _found(self._mapping.partly, state):
            fix = f"{name}是 {state[:16]}；把数量和实付金额改成还没退的，这一格改成没退过的说法，再导入"
            raise BadValue(PARTLY, fix)

    def _order(self, row: Row, texts: dict[str, str]) -> OrderRow:
        if state := texts.get("订单状态"):
            self._check_sold(state)
        self._check_money(texts.get("退款状态", ""), texts.get("币种", ""))
        self._check_product(texts["SKU"])
        if self._unread.looks:
            self._unread.check(row.cells, texts)
        ordered_at = self._moment("下单时间", texts["下单时间"])
        quantity = units("数量", texts["数量"])
        if quantity <= 0:
            _refuse_none(quantity)
        get = texts.get
        _check_off(texts)
        unit_price = _unit_price(get("单价", ""), get("每行总价", ""), quantity)
        return OrderRow(
            row.line, get("店铺", ""), texts["订单号"], texts["SKU"], get("商品", ""), quantity, unit_price, ordered_at,
            self._head(tuple(map(texts.get, HEAD))), _amount("实付金额", texts), _off("优惠分摊", texts),
            get("序列号", ""), get("品类", ""), get("供应商", ""),
        )  # fmt: skip

    def _check_product(self, sku: str) -> None:
        if not sku:
            raise BadValue("没有SKU", "补上商品编码")
        _check_one_product(sku)
        if self._mapping.product and not _found(self._mapping.product, sku):
            raise BadValue(NOT_GOODS, NOT_A_PRODUCT)
        _check_one(sku)

    def _return(self, line: int, texts: dict[str, str]) -> ReturnRow:
        try:
            return self._return_row(line, texts)
        except BadValue as error:
            raise BadValue(f"{RETURN}{error.reason}", error.fix) from error

    def _return_row(self, line: int, texts: dict[str, str]) -> ReturnRow:
        self._check_product(texts["SKU"])
        if not texts.get("客户"):
            raise BadValue("无客户号", NO_CUSTOMER)
        at = self._moment("下单时间", texts["下单时间"])
        quantity, each = units("数量", texts["数量"]), price("单价", texts["单价"])
        if quantity >= 0 or each <= 0:
            raise BadValue("数量不是负数或单价不是正数", "退货行的数量写成负数，单价写成正数")
        return ReturnRow(
            line, texts.get("店铺", ""), texts["订单号"], "", texts["客户"], texts["SKU"], -quantity,
            yuan(-quantity * each), at, at,
            region=texts.get("区域", ""), reason=texts.get("原因", ""), note=texts.get("备注", ""),
        )  # fmt: skip


def _is_note(row: Row) -> bool:
    """A line below the table that is no row of it: one cell, which names something: 制表人：小王."""
    filled = [cell for cell in row.cells if cell]
    return len(filled) == 1 and (":" in filled[0] or bool(_PAGE.fullmatch(filled[0]))) and not row.merged


def _refuse_none(quantity: int) -> NoReturn:
    """Raises BadValue for a row without units; fewer than none are a return, if its order has sold some."""
    fix = "库存调整不用导入；退货请在映射里写明 退货行"
    if quantity == 0:
        raise BadValue("数量不是正数", fix)
    raise _Spoiling("数量不是正数", f"{fix}；订单里已经退过的，从买的那一行减掉再导入")


def _check_off(texts: dict[str, str]) -> None:
    """Raises BadValue for money that a row takes off its order, which says nowhere else what was paid."""
    text = texts.get("单价") or texts.get("每行总价") or ""
    if text[:1] == "-" and not (texts.get("实付金额") or texts.get("优惠分摊")) and price("单价", text) < 0:
        raise _Spoiling("单价不是正数", "优惠不是商品：这张订单写上 实付金额 或 优惠分摊，再导入")


@lru_cache(CACHE)
def _codes(sku: str) -> tuple[str, ...]:
    """The codes in a cell: several where they are named alike, as S1;S2 are and 红;M is not."""
    parts = tuple(part for part in _BETWEEN_GOODS.split(sku) if part)
    return parts if len(parts) > 1 and _are_named_alike(parts) else (sku,)


def _check_one(sku: str) -> None:
    """Raises BadValue for a cell with several codes: how many of each, and at which price, cannot be told."""
    if len(parts := _codes(sku)) > 1:
        raise BadValue(SEVERAL_GOODS, f"{' 和 '.join(parts[:3])} 各写一行，每行写清自己的件数和单价")


def _some(states: set[str]) -> str:
    found = sorted(states)
    more = f" 等 {len(found)} 种" if len(found) > SHOWN_STATES else ""
    return f"{'、'.join(found[:SHOWN_STATES])}{more}"


def _check_single(no: str) -> None:
    """Raises BadValue for a cell with several numbers: which of them the goods are of cannot be told."""
    for separator in (*_BETWEEN, _SHORT):
        parts = [part for part in separator.split(no) if part]
        if len(parts) > 1 and (_are_named_alike(parts) if separator is _SHORT else _are_of_one_length(parts)):
            raise BadValue(SEVERAL, f"{' 和 '.join(parts[:3])} 各写一行，每行写清自己的商品和件数")


def _check_one_product(sku: str) -> None:
    """Raises BadValue for a cell with several products: how many of which were bought for what cannot be told."""
    for separator in _BETWEEN_CODES:
        parts = [part for part in separator.split(sku) if part]
        codes = [_COUNTED.sub("", part) for part in parts]
        if len(parts) > 1 and all(map(_CODE.fullmatch, codes)) and (separator is _PAUSE or _look_alike(codes)):
            raise BadValue(SEVERAL_SKUS, f"{' 和 '.join(codes[:3])} 各写一行，每行写清自己的数量和单价，订单号照样写")


def _look_alike(codes: Sequence[str]) -> bool:
    return _are_named_alike(codes) or _are_of_one_length(codes)


def _are_of_one_length(parts: Sequence[str]) -> bool:
    return len({len(part) for part in parts}) == 1 and all(map(_NUMBERED.search, parts))


def _are_named_alike(parts: Sequence[str]) -> bool:
    """Whether the same letters stand before the digits of each."""
    found = [_NAMED.fullmatch(part) for part in parts]
    return all(found) and len({match[1] for match in found if match}) == 1


def _is_total(row: Row) -> bool:
    return any(map(_TOTALS.match, row.cells))


@lru_cache(CACHE)
def _unit_price(text: str, whole: str, quantity: int) -> Decimal:
    """The price of a unit as finely as it is kept, of ``whole`` for the line where the file has no price.

    Raises BadValue where the line would come to another amount.
    """
    exact = price("每行总价", whole) / quantity if whole and not text else price("单价", text)
    kept = exact.quantize(MILLIONTH, ROUND_HALF_UP)
    if yuan(kept * quantity) != yuan(exact * quantity):
        raise BadValue(f"单价的小数超过 {PRICE_PLACES} 位", "按这一行的总价核对单价，再写短")
    if yuan(kept * quantity) <= 0:
        raise BadValue("单价不是正数", "补上成交单价，赠品不能退")
    return kept


@lru_cache(CACHE)
def _found(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def _heads(moment: Callable[[str, str], datetime]) -> Callable[[tuple[str | None, ...]], Head]:
    """A reader of the texts named by ``HEAD``; the lines of an order share one result."""

    @lru_cache(CACHE)
    def head(texts: tuple[str | None, ...]) -> Head:
        customer, name, mobile, email, address, region, delivered, freight = (text or "" for text in texts)
        delivered_at = moment("签收时间", delivered) if delivered else None
        return Head(customer, name, mobile, email, address, region, delivered_at, _amount("运费", {"运费": freight}))

    return head


def _marked(mark: RowMark | None, texts: dict[str, str]) -> bool:
    return mark is not None and _found(mark.pattern, texts.get(mark.column, ""))


def _amount(name: str, texts: dict[str, str]) -> Decimal | None:
    """An optional amount. Raises BadValue when it is there and no amount, or below zero."""
    value = _signed(name, texts)
    if value is not None and value < 0:
        raise BadValue(f"{name}小于零", f"核对{name}")
    return value


def _off(name: str, texts: dict[str, str]) -> Decimal | None:
    """An optional amount that is taken off: shops write five off as 5.00 and as -5.00."""
    value = _signed(name, texts)
    return None if value is None else abs(value)


def _signed(name: str, texts: dict[str, str]) -> Decimal | None:
    text = texts.get(name)
    return money(name, text) if text else None
