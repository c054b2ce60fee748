"""What a field may be filled with before anybody answers: ``{运单号}``, a word about the case and its order. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flow.definitions.flow import CHOICE, DATE, FIELD_KINDS, MONEY, NUMBER, PHOTO, SERIAL, TEXT, WAYBILL

if TYPE_CHECKING:
    from collections.abc import Mapping

CUSTOMER, MOBILE, ADDRESS = "客户姓名", "客户手机", "收货地址"
CASE_NO, ORDER_NO, GOODS, PARCEL, SERIAL_NO, CREATOR = "单号", "订单号", "商品", "运单号", "序列号", "提交人"
NOW = "今天"
_SOURCE = re.compile(r"\{([^{}]+)\}")
_WORDS = frozenset({TEXT, CHOICE})
#: each source with the kinds of fields that it can answer
SOURCES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((CUSTOMER, MOBILE, ADDRESS, CASE_NO, ORDER_NO, GOODS, CREATOR), frozenset({TEXT})),
    **dict.fromkeys(("种类", "类型", "品类", "店铺", "区域", "仓库", "会员等级"), _WORDS),
    "金额": frozenset({MONEY, NUMBER, TEXT}),
    **dict.fromkeys(("件数", "签收天数"), frozenset({NUMBER, TEXT})),
    PARCEL: frozenset({WAYBILL, TEXT}),
    SERIAL_NO: frozenset({SERIAL, TEXT}),
    NOW: frozenset({DATE, TEXT}),
}
ANSWERED = frozenset(FIELD_KINDS) - {PHOTO}  #: kinds that can be known before: a picture is taken


def source_of(default: str) -> str:
    """``运单号`` of ``{运单号}``; "" where the default is an answer itself."""
    match = _SOURCE.fullmatch(default.strip())
    return match[1].strip() if match else ""


def written(source: str) -> str:
    """A source as a definition writes it."""
    return f"{{{source}}}"
