"""A mapping bound to one header: rows become texts by name, as the mapping wants them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from flow.imports.names import AMOUNTS, MOMENTS, PHONE, is_code
from flow.imports.phones import phone
from flow.imports.report import UNREADABLE, ImportRefused
from flow.imports.values import CACHE, BadValue
from flow.imports.workbook import UNCOMPUTED
from flow.spreadsheets.places import column_letters
from models import Case, CaseLine, Member, Order, OrderLine, Product

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Mapping as Dict

    from tortoise.models import Model

    from flow.imports.mapping import Mapping
    from flow.imports.table import Row, Table

_KEPT_IN: dict[str, tuple[type[Model], str]] = {
    "订单号": (Order, "no"), "SKU": (OrderLine, "sku"), "商品": (OrderLine, "title"), "客户": (Order, "customer"),
    "客户姓名": (Order, "customer_name"), "客户手机": (Order, "mobile"), "客户邮箱": (Order, "email"),
    "收货地址": (Order, "address"), "区域": (Order, "region"), "品类": (Product, "category"),
    "供应商": (Product, "supplier"), "店铺": (Order, "shop"), "序列号": (OrderLine, "serial"), "单号": (Order, "no"),
    "退货类型": (Case, "return_type"), "原因": (Case, "reason"), "备注": (Case, "note"), "姓名": (Member, "name"),
    "企业微信": (Member, "wecom"), "钉钉": (Member, "dingtalk"), "上级": (Member, "name"), "团队": (Member, "team"),
    "名称": (CaseLine, "title"), "产品线": (Product, "line"),
}  # fmt: skip
BLANKS = frozenset(
    {
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "无",
        "暂无",
        "N/A",
        "n/a",
        "null",
        "NULL",
        "(null)",
        "None",
        "\\N",
        "nan",
        "NaN",
        "NaT",
        "<NA>",
        "undefined",
    }
)
#: as exports write a moment that never came: the first day of a database, of Unix in Greenwich or China, of a sheet
_NEVER = re.compile(
    r"[未没待尚][\u4e00-\u9fff]{1,4}|"
    r"(?:0000|0001|1899|1900|1970)[-/.](?:0?0|0?1|12)[-/.](?:0?0|0?1|30|31)"
    r"(?:[ T]0?[08]:00(?::00(?:\.0+)?)?Z?)?|0+(?:\.0+)?|00:00:00"
)
AS_TEXT = "把这一列设成文本再导出"
TO_15_DIGITS = 15  # digits that a spreadsheet keeps of a number
UNLIKELY = 0.004  # how seldom chance may be the cause before a column counts as spoilt
SHOWN_LINES = 5

_POWER = re.compile(r"[+-]?\d(\.\d+)?E\+\d+|[+-]?\d\.\d+E\d+", re.IGNORECASE)
_FLOAT = re.compile(r"(\d{4,15})\.0")  #: a number as a program wrote it that took the column for fractions
_LONG_FLOAT = re.compile(r"\d{16,}\.0+")
_DAY = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d\d"
)
_FAULT = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|#{3,}")


def _limits() -> dict[str, int]:
    """How many characters the tables keep of each name."""
    fields = {name: model._meta.fields_map[field] for name, (model, field) in _KEPT_IN.items()}
    return {name: int(getattr(field, "max_length")) for name, field in fields.items()}  # noqa: B009 - CharField only


LIMITS = _limits()


@dataclass(slots=True)
class _Long:
    """Codes of a column with more digits than a spreadsheet keeps."""

    expected: float = 0.0  # how many of them should, by chance, end in zeros from the sixteenth digit on
    zeroed: set[str] = field(default_factory=set)  # those that do

    def add(self, text: str) -> None:
        if len(text) > TO_15_DIGITS and text.isdecimal():
            self.expected += 10.0 ** (TO_15_DIGITS - len(text))
            if not text[TO_15_DIGITS:].strip("0"):
                self.zeroed.add(text)

    def spoilt(self) -> bool:
        """Whether so many are no chance: a Poisson variable would seldom come to it."""
        seen = len(self.zeroed)
        if seen <= self.expected:
            return False
        return seen * math.log(self.expected) - self.expected - math.lgamma(seen + 1) <= math.log(UNLIKELY)


class Columns:
    """Picks the texts of a row by name."""

    def __init__(self, mapping: Mapping, header: Sequence[str], several: frozenset[str] = frozenset()) -> None:
        """``several`` are the names whose cells hold lists, and so have no limit as a whole."""
        places = mapping.positions(header)
        self.names = frozenset(places) | frozenset(mapping.constants)
        self.places = places
        self._nevers: dict[str, set[str]] = {name: set() for name in places if name in MOMENTS}
        self._long = {name: _Long() for name in places if is_code(name)}
        limits = {name: limit for name, limit in LIMITS.items() if name not in several}
        prepare = _Preparing(mapping, limits, self._long, self._nevers)
        self._readers = tuple(
            (name, place, prepare.reader(name, _called(place, header[place]))) for name, place in places.items()
        )
        self._constants: Dict[str, str] = mapping.constants

    def remarks(self) -> list[str]:
        """What was written for moments that never came."""
        found = ((name, sorted(texts)) for name, texts in self._nevers.items() if texts)
        return [f"{name}写成 {'、'.join(texts)} 的，当作没有" for name, texts in found]

    def texts(self, row: Row) -> dict[str, str]:
        """Name to text; constants fill what is blank.

        Raises BadValue for a row that cannot be used at all, or a text that would not fit.
        """
        if row.problem:
            raise BadValue(UNREADABLE, f"{row.problem}，改成和表头一样的普通内容")
        cells = row.cells
        if row.shown or row.merged:
            cells = self._settled(row)
        texts = {name: prepare(cells[place]) for name, place, prepare in self._readers}
        for name, constant in self._constants.items():
            texts[name] = texts.get(name) or constant
        return texts

    def _settled(self, row: Row) -> list[str]:
        """The cells with codes as their format shows them, and what is shared with the row above; never an amount."""
        cells = list(row.cells)
        for name, place in self.places.items():
            if name in self._long:
                cells[place] = row.shown.get(place, cells[place])
            if name not in AMOUNTS and not cells[place]:
                cells[place] = row.merged.get(place, "")
        return cells

    def readable(self, row: Row) -> dict[str, str]:
        """As ``texts``, of a row with which something is wrong: what can be read of it."""
        cells = self._settled(row) if len(row.cells) >= max(self.places.values()) + 1 else row.cells
        texts = dict(self._constants)
        for name, place, prepare in self._readers:
            if place < len(cells):
                try:
                    texts[name] = prepare(cells[place]) or texts.get(name, "")
                except BadValue:
                    continue
        return texts

    def filled(self, row: Row, texts: Dict[str, str]) -> tuple[tuple[int, str], ...]:
        """What blank cells of a row stood for, as far as it is no amount."""
        blank = ((self.places[name], text) for name, text in texts.items() if name in self.places)
        return tuple((place, text) for place, text in blank if text and not any(row.cells[place : place + 1]))

    def check_codes(self, table: Table) -> None:
        """Raises ImportRefused for a column of codes that a spreadsheet has shortened: two of them may be one now."""
        for name, codes in self._long.items():
            if codes.spoilt():
                place = self.places[name]
                lines = [str(row.line) for row in table.rows() if row.cells[place : place + 1] and
                         row.cells[place] in codes.zeroed]  # fmt: skip
                told = "、".join(lines[:SHOWN_LINES]) + (" 等" if len(lines) > SHOWN_LINES else "")
                raise ImportRefused(
                    f"{table.name} 的 {_called(place, table.header[place])}（{name}）第 {told} 行，"
                    f"第 15 位以后全是 0：表格软件只留得住 15 位，不同的{name}会变成同一个。{AS_TEXT}，什么都没有导入"
                )


def _called(place: int, heading: str) -> str:
    return f"{column_letters(place + 1)} 列“{heading}”"


@dataclass(frozen=True, slots=True)
class _Preparing:
    """What is done to the texts of each column."""

    mapping: Mapping
    limits: Dict[str, int]
    long: Dict[str, _Long]
    nevers: Dict[str, set[str]]

    def reader(self, name: str, called: str) -> Callable[[str], str]:
        """How a text of a column is read: blank signs are blank, what a spreadsheet has spoilt is refused."""
        removed, upper = self.mapping.removed.get(name), name in self.mapping.upper
        limit, codes, nevers = self.limits.get(name), self.long.get(name), self.nevers.get(name)

        @lru_cache(CACHE)
        def prepare(text: str) -> str:
            if text in BLANKS or (nevers is not None and _NEVER.fullmatch(text)):
                if nevers is not None:
                    nevers.add(text)
                return ""
            _check_whole(name, called, text)
            if removed:
                text = removed.sub("", text).strip()
            if upper:
                text = text.upper()
            if codes:
                text = _checked_code(name, called, text)
                codes.add(text)
            if limit and len(text) > limit:
                raise BadValue(f"{name}太长", f"{name}最多 {limit} 个字")
            return _phone(text) if name == PHONE and text else text

        return prepare


def _check_whole(name: str, called: str, text: str) -> None:
    """Raises BadValue for what is no content at all."""
    if text.startswith("#") and (text == UNCOMPUTED or _FAULT.fullmatch(text)):
        what = "公式，文件里没有它的结果" if text == UNCOMPUTED else f"出错的值 {text}"
        raise BadValue(f"{name}是{what}", f"{called}改成普通内容（复制，选择性粘贴为值）")
    if "\ufffd" in text:
        raise BadValue(f"{name}里有乱码", f"{called}有认不出的字符，改正后再导入")


def _checked_code(name: str, called: str, text: str) -> str:
    """A code, also of ``1001.0``. Raises BadValue for one that a spreadsheet took for a number, a day or a formula."""
    if _POWER.fullmatch(text) or _LONG_FLOAT.fullmatch(text):
        raise BadValue(f"{name}被表格软件改成了数字", f"{called}的数字丢了后面几位，{AS_TEXT}")
    if _DAY.fullmatch(text):
        raise BadValue(f"{name}被表格软件改成了日期", f"{called}{AS_TEXT}")
    if text.startswith("=") and len(text) > 1:
        raise BadValue(f"{name}是公式", f"{called}改成公式算出来的字")
    whole = _FLOAT.fullmatch(text)
    return whole[1] if whole else text


def _phone(text: str) -> str:
    if (number := phone(text)) is None:
        raise BadValue("手机号认不出", "写成 13800138000、17012345678-1234（带分机）或 021-12345678，没有就空着")
    return number
