"""A mapping bound to one header: rows become texts by name, as the mapping wants them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flow.imports.values import CACHE, BadValue
from models import Case, CaseLine, Member, Order, OrderLine, Product

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Mapping as Dict

    from tortoise.models import Model

    from flow.imports.mapping import Mapping
    from flow.imports.table import Row

_KEPT_IN: dict[str, tuple[type[Model], str]] = {
    "订单号": (Order, "no"), "SKU": (OrderLine, "sku"), "商品": (OrderLine, "title"), "客户": (Order, "customer"),
    "客户姓名": (Order, "customer_name"), "客户手机": (Order, "mobile"), "客户邮箱": (Order, "email"),
    "收货地址": (Order, "address"), "区域": (Order, "region"), "品类": (Product, "category"),
    "供应商": (Product, "supplier"), "店铺": (Order, "shop"), "序列号": (OrderLine, "serial"), "单号": (Order, "no"),
    "退货类型": (Case, "return_type"), "原因": (Case, "reason"), "备注": (Case, "note"), "姓名": (Member, "name"),
    "企业微信": (Member, "wecom"), "钉钉": (Member, "dingtalk"), "上级": (Member, "name"), "团队": (Member, "team"),
    "名称": (CaseLine, "title"), "产品线": (Product, "line"),
}  # fmt: skip


def _limits() -> dict[str, int]:
    """How many characters the tables keep of each name."""
    fields = {name: model._meta.fields_map[field] for name, (model, field) in _KEPT_IN.items()}
    return {name: int(getattr(field, "max_length")) for name, field in fields.items()}  # noqa: B009 - CharField only


LIMITS = _limits()


class Columns:
    """Picks the texts of a row by name."""

    def __init__(self, mapping: Mapping, header: Sequence[str], several: frozenset[str] = frozenset()) -> None:
        """``several`` are the names whose cells hold lists, and so have no limit as a whole."""
        self.names = frozenset(mapping.positions(header)) | frozenset(mapping.constants)
        limits = {name: limit for name, limit in LIMITS.items() if name not in several}
        self._places = tuple(
            (name, place, _preparer(name, mapping, limits.get(name)))
            for name, place in mapping.positions(header).items()
        )
        self._constants: Dict[str, str] = mapping.constants

    def texts(self, row: Row) -> dict[str, str]:
        """Name to text; constants fill what is blank.

        Raises BadValue for a row that cannot be used at all, or a text that would not fit.
        """
        if row.problem:
            raise BadValue("这一行读不了", f"{row.problem}，改成和表头一样的普通内容")
        cells = row.cells
        texts = {name: prepare(cells[place]) for name, place, prepare in self._places}
        for name, constant in self._constants.items():
            texts[name] = texts.get(name) or constant
        return texts


def _preparer(name: str, mapping: Mapping, limit: int | None) -> Callable[[str], str]:
    """What a mapping does to the texts of one column."""
    removed, upper = mapping.removed.get(name), name in mapping.upper

    @lru_cache(CACHE)
    def prepare(text: str) -> str:
        if removed:
            text = removed.sub("", text).strip()
        if upper:
            text = text.upper()
        if limit and len(text) > limit:
            raise BadValue(f"{name}太长", f"{name}最多 {limit} 个字")
        return text

    return prepare
