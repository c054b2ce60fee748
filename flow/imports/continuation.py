"""Rows that go on with what stands above them: an order's number, buyer and time are often written once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Texts = dict[str, str]
MOMENT = "下单时间"


@dataclass(slots=True)
class Continuation:
    """What the rows of one file go on with. ``keys`` name an entry, ``shared`` is what all of its rows have alike.

    ``repeated`` may also be blank where a key is written again.
    """

    keys: tuple[str, ...]
    shared: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    above: Mapping[str, str] | None = None  #: of the entry that the last row was of; None where nobody knows
    count: int = 0  #: rows that went on without a key

    def settle(self, texts: Texts) -> None:
        """Fill what a row shares with the entry above it; a row that says otherwise somewhere is not of that entry."""
        above, first = self.above, self.keys[0]
        if texts.get(first) or any(texts.get(key) for key in self.keys):
            self.above = texts
            for name in self.repeated:
                if not texts[name] and above is not None and texts[first] == above[first]:
                    self._repeat(texts, above)
        elif above is None or any(texts[name] != above.get(name, "") for name in self.shared if texts.get(name)):
            self.above = None
        else:
            texts |= {name: above[name] for name in (*self.keys, *self.shared) if above.get(name)}
            self.count += 1

    def _repeat(self, texts: Texts, above: Mapping[str, str]) -> None:
        """Fill the blanks of a row that names the same entry again, unless it is another's of that name."""
        if all(not texts[name] or texts[name] == above[name] for name in self.repeated if name != MOMENT):
            texts |= {name: texts[name] or above[name] for name in self.repeated}

    def remarks(self) -> list[str]:
        """What an operator should know of it."""
        return [f"{self.count:,} 行的{self.keys[0]}空着，接着上一行的"] if self.count else []

    def lose(self) -> None:
        """A row cannot be read: nobody knows what those below it go on with."""
        self.above = None


def orders(names: Collection[str]) -> Continuation:
    """As 淘宝, 聚水潭 and 有赞 write orders of several lines: merged or blank cells under the first line.

    ``names`` are those that the file or the mapping gives.
    """
    shared = ("店铺", MOMENT, "客户", "客户姓名", "客户手机", "客户邮箱", "收货地址", "区域", "签收时间")
    return Continuation(("订单号",), shared, tuple(name for name in ("店铺", MOMENT) if name in names))


def cases() -> Continuation:
    """A case of several lines: nothing of who returned what and when stands in the further ones."""
    shared = ("店铺", "区域", "类型", "状态", "退货类型", "原因", "备注", "完成时间")
    return Continuation(("订单号", "客户", "单号", "申请时间"), shared)
