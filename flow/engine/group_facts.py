"""The facts of a case as a group may hear them: no customer is named, and no way to reach one. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.automation import ASKED_IN_YUAN, MONEY
from models.views.masks import hidden, surname, without_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping


#: facts by which somebody can be called or paid
_WAYS_TO = re.compile("账号|账户|卡号|手机|电话|邮箱|微信|地址|链接|^客户$")
_NAMES = re.compile("客户.*名|姓名|收件人|收款人|户名")
ALONE = "见单聊"  #: what a group reads in the place of an amount
YUAN = re.compile(r"¥[\d,]+(?:\.\d+)?")


def for_group(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a group may hear them, where nobody knows who reads along: no amount, of a customer but the surname.

    Numbers by which somebody can be called or paid are hidden in free words too.
    """
    money = MONEY | frozenset(facts.get(ASKED_IN_YUAN) or ())
    return {
        name: ALONE if name in money and value is not None else _aloud(name, value) for name, value in facts.items()
    }


def _aloud(name: str, value: Any) -> Any:
    if value and _WAYS_TO.search(name):
        return hidden(str(value))
    return surname(str(value)) if value and _NAMES.search(name) else _unnumbered(value)


def _unnumbered(value: Any) -> Any:
    if isinstance(value, str):
        return YUAN.sub(ALONE, without_numbers(value))
    return [_unnumbered(each) for each in value] if isinstance(value, list | tuple) else value
