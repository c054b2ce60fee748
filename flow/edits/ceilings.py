"""规则 自动上限 每单 300: how far the system decides alone. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flow.definitions.business import POLICY
from flow.definitions.ceiling import AMOUNTS, KEY, PARTS, PER_CUSTOMER, PER_DAY, WITHIN, spelt, yuan
from flow.edits.quantities import AMOUNT, digits, ended
from flow.edits.sentence import amount
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.sentence import Sentence
    from flow.edits.working_copy import Book, Data, Edit

EXAMPLE = f"规则 {KEY} 每单 300"
NO_LIMIT = ("不限", "全部", "无", "没有", "取消", "去掉")
_PART = re.compile(r"(?P<part>每单|每天|每日|客户天数|天数|每个?客户|每人)")
_NAMED = {"每日": PER_DAY, "天数": WITHIN, "每个客户": PER_CUSTOMER, "每人": PER_CUSTOMER}
_TURNED = re.compile(r"^[\s=:]*(?:从|由)?(?:改成|改为|提高?到|提高至|降低?到|降至|调到|设为|不超过|最多)?\s*")
_CHANGE = re.compile(rf"^(?P<old>{AMOUNT})\s*(?:→|-+>|=+>|到|改成|改为|提高?到|降低?到)\s*(?P<new>{AMOUNT})$")
_ONE = re.compile(rf"^{AMOUNT}$")


def is_meant(sentence: Sentence) -> bool:
    """Whether a sentence is about the ceiling."""
    return sentence.text.startswith(KEY)


def edit(sentence: Sentence, policy: str, data: Data, book: Book) -> Edit:
    """Set one part or several; 不限 takes a part away. Raises PolicyRefused for what is no amount, or no part."""
    now: dict[str, Any] = dict(data.get(KEY) or {})
    pieces = _PART.split(ended(sentence.text.removeprefix(KEY).strip(" 的,:")))
    if len(pieces) < 3 or pieces[0].strip():
        raise PolicyRefused(f"{KEY}要写明哪一样（{'、'.join(PARTS)}）和多少，例如：{EXAMPLE}；{_so_far(now)}")
    told = []
    for named, said in zip(pieces[1::2], pieces[2::2], strict=True):
        part = _NAMED.get(named, named)
        was, value = now.get(part), _value(part, said.strip(" ,;、天"), now.get(part))
        if value is None:
            now.pop(part, None)
        else:
            now[part] = value
        told.append(f"{part} {spelt(part, was)} → {spelt(part, value)}")
    fresh = {**data, KEY: {part: now[part] for part in PARTS if part in now}}
    if not fresh[KEY].keys() & {*AMOUNTS}:
        del fresh[KEY]
    return book.write(POLICY, policy, fresh, f"政策 {book.title(policy)}：{KEY} {'，'.join(told)}")


def _value(part: str, said: str, was: Any) -> int | str | None:
    if said in NO_LIMIT:
        return None
    text = _TURNED.sub("", said)
    if match := _CHANGE.match(text):
        if was is None or amount(digits(match["old"])) != amount(str(was)):
            raise PolicyRefused(f"{KEY} {part} 现在是 {spelt(part, was)}，不是 {match['old']}")
        text = match["new"]
    if not _ONE.match(text):
        what = "天数" if part == WITHIN else "金额"
        raise PolicyRefused(f"“{said}”不是{what}，{KEY}要写成数字，例如：{EXAMPLE}；不要这一样的上限写 不限")
    value = amount(text)
    if part != WITHIN and (value <= 0 or value != round(value, 2)):
        raise PolicyRefused(
            f"“{said}”不行：{KEY} {part}要大于 0，最多到分，例如：{EXAMPLE}；不要系统自己办就删掉自动通过的行"
        )
    return int(value) if value == value.to_integral_value() else yuan(value)


def _so_far(now: Data) -> str:
    return f"现在 {'，'.join(f'{part} {value}' for part, value in now.items())}" if now else "现在没有写"
