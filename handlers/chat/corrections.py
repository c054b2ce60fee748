"""What is to be different about a return, as people say it: ``数量 1``, ``改成3个``, ``类型 质量问题``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.edits.quantities import NUMERAL
from flow.engine.partial_refunds import WHOLE
from handlers.chat import drafts, parse, rewording
from handlers.chat.quantities import MEASURE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flow.orders.lookup import Choice

CORRECT = "改"
_TO = "改成|改为|换成|变成|调成|调为|设成|写成|是|为|:"
_START = re.compile(r"^(?:请|麻烦|帮我|把)?(?:修改|更正|改)(?:一下)?(?:成|为)?\s*")
_COUNT = re.compile(
    rf"(?:退货|退)?(?:数量|件数|个数)(?:填|写|报|搞|弄|输)?(?:错|不对)?了?[,\s]*(?:应该|应|该)?\s*(?:{_TO})*\s*(?P<number>\d{{1,9}}|{NUMERAL})(?![\d.])\s?{MEASURE}?"
)
_TURNED = re.compile(r"(?<=\S)\s*(?:改成|改为|换成|变成|调成|→|->)\s*")
_NOTED = re.compile(
    rf"^(?:再|另外|也|还要)*(?:加|添|写|补)?(?:个|一个|一条|一句|上)?{drafts.NOTE}(?:里|上|中)?(?:再|多|也)*(?:加|写(?!成)|添|补|记)?"
    r"(?:上|一句|一条|一下|个|说)*\s*[:,]?\s*(?=\S)"
)
_NOTED_BEHIND = re.compile(rf"[,;。\s]+{drafts.NOTE}(?=[^\s:,是为改换变写])")  #: 数量改成3个,备注三个都坏
_ADDED = re.compile(
    r"^(?:再|另外|也|还要|还)*(?:加|补|添|写)(?:上|个)?(?:一句话|一句|句话|句|一段|个说明|一条说明|说明)(?:说|写)?\s*[:,]?\s*(?=\S)"
)  #: 加一句 客户急
_PAYING = re.compile(r"退款(?=只|就|改|一共|总共)")  #: 退款只退100
_ANEW = re.compile(rf"{drafts.NOTE}\s*(?:改成|改为|换成|变成|写成)")
#: 备注是 老客户, 备注改成老客户; in 备注 是老客户 the verb is said of the customer
_WHOLE_NOTE = re.compile(rf"{drafts.NOTE}(?:\s*(?:改成|改为|换成|变成|写成|:)|[是为](?=[\s:,]))[:,]?\s*")


@dataclass(frozen=True, slots=True)
class Correction:
    """What is said anew; None, or nothing, where it stays as it was."""

    items: tuple[tuple[str, int], ...] = ()  #: products with their new count, 0 for one that is left out
    units: int | None = None  #: a count without its product
    everything: bool = False
    return_type: str = ""
    note: str | None = None
    remark: str = ""  #: to be added to the note
    replaces: bool = False  #: the note takes the place of the one before
    wish: str | None = None  #: yuan, a percentage, or "" for what the goods cost
    unread: str = ""  #: what nobody can place; then none of it is to be done

    @property
    def is_empty(self) -> bool:
        return self == Correction(unread=self.unread)

    def noted(self, before: str, *, adding: bool = False) -> str:
        """The note that comes of it; ``adding`` to the one before, where it isn't to take that one's place."""
        kept = before if self.note is None or (adding and not self.replaces) else ""
        parts = dict.fromkeys(part for part in (kept, self.note, self.remark) if part)
        return "，".join(parts)[: parse.MAX_NOTE]


def read(
    text: str, choices: Sequence[Choice], types: Mapping[str, str], items: Sequence[tuple[str, int]] = ()
) -> Correction:
    """The correction that a text says of a return with ``items``; what is no part of one is in ``unread``."""
    if changed := rewording.swapped(text, choices, dict(items)):
        return Correction(tuple(changed.items()))
    plain, remark = rewording.reworded(_START.sub("", text.strip(" ,;。!、").removeprefix("的")), choices, dict(items))
    plain = _ADDED.sub(f"{drafts.NOTE} ", plain)
    plain = _NOTED_BEHIND.sub(f" {drafts.NOTE} ", plain)
    replaces = bool(_ANEW.search(plain))
    plain = _WHOLE_NOTE.sub(f"{drafts.NOTE} ", _PAYING.sub("", plain))
    plain = _NOTED.sub(f"{drafts.NOTE} ", plain)
    head, note = drafts.before_note(plain.split())  # the note stays as it was typed
    counted = _COUNT.sub(lambda match: f" {match['number']}件 ", " ".join(head))
    said = _TURNED.sub(" ", counted).split()
    typed = drafts.read(said, choices, types)
    units = [count for _, count in typed.items if count is not None]
    strange = [typed.note] if typed.note and not typed.asks else []
    standing = dict(items)
    strange += [word for word in typed.kept if not set(typed.stays) <= set(standing)]
    strange += [*typed.unknown, *typed.unclear, *(name for name, _, _ in typed.between)]
    if len(typed.types) > 1 or len(typed.units) > 1 or len(typed.asks) > 1 or len(units) < len(typed.items):
        strange = strange or [text]
    wish = typed.asks[0].wish if typed.asks else None
    goods = {**dict(typed.items), **{sku: 0 for sku in typed.stays if sku in standing}}
    return Correction(
        tuple((sku, count) for sku, count in goods.items() if count is not None),
        typed.units[0] if typed.units else None, typed.everything, typed.types[0] if typed.types else "",
        note[: parse.MAX_NOTE] if drafts.NOTE in plain else None, remark, replaces, "" if wish == WHOLE else wish,
        " ".join(strange),
    )  # fmt: skip
