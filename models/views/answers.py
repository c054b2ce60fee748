"""An answer to a form in words: one value, several, or one for each product of a case. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_words(value: Any, titles: Mapping[str, str] | None = None) -> str:
    """``A``, ``甲、乙``, ``白色心形烛台 A、金属灯笼 D``: products by their ``titles``, else by SKU; "" for none."""
    if isinstance(value, dict):
        known = titles or {}
        return "、".join(f"{known.get(sku) or sku} {in_words(each)}" for sku, each in value.items())
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
