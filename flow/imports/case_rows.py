"""Rows of a table of historical cases, checked one by one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.imports import continuation
from flow.imports.columns import Columns
from flow.imports.mapping import ENDS
from flow.imports.order_rows import RETURN, ReturnRow
from flow.imports.report import BadRow
from flow.imports.values import BadValue, moments, money, units
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from flow.imports.mapping import Kind, Mapping
    from flow.imports.table import Row, Table


class CaseReader:
    """Reads rows by a mapping bound to a header."""

    def __init__(self, mapping: Mapping, header: Sequence[str], tz: tzinfo) -> None:
        self._kinds, self._states = mapping.kinds, mapping.states
        self._columns = Columns(mapping, header)
        self._moment = moments(mapping.dates, tz)
        self._has_state = "状态" in self._columns.names
        self.above = continuation.cases()

    def remarks(self) -> list[str]:
        """What an operator should know of how the rows were read."""
        said = [] if self._has_state else ["文件没有 状态 列，每一行都当作已完成"]
        return [*self._columns.remarks(), *self.above.remarks(), *said]

    def read(self, row: Row) -> ReturnRow | BadRow:
        """What the row tells. The first thing wrong with it is the reason."""
        texts: dict[str, str] = {}
        try:
            texts = self._columns.texts(row)
            self.above.settle(texts)
            return self._case(row.line, texts)
        except BadValue as error:
            if not texts:
                self.above.lose()
            return BadRow(row.line, error.reason, error.fix, None, self._columns.filled(row, texts))

    def check_codes(self, table: Table) -> None:
        """Raises ImportRefused for a column of codes that a spreadsheet has shortened."""
        self._columns.check_codes(table)

    def _case(self, line: int, texts: dict[str, str]) -> ReturnRow:
        get = texts.get
        if not texts["SKU"]:
            raise BadValue("没有SKU", "补上商品编码")
        if not get("订单号") and not get("客户"):
            raise BadValue(f"{RETURN}无客户号", "补上订单号或客户号，才能对上原来的购买")
        quantity = units("数量", texts["数量"])
        if quantity <= 0:
            raise BadValue("数量不是正数", "写退回的件数，例如 2")
        kind = self._kind(get("类型", ""))
        ended = self._ended(texts["状态"]) if self._has_state else None
        opened = self._moment("申请时间", texts["申请时间"])
        closed = self._moment("完成时间", done) if (done := get("完成时间")) else opened
        if closed < opened:
            raise BadValue("完成时间早于申请时间", "核对两个时间")
        amount = money("退款金额", text) if (text := get("退款金额")) else None
        if amount is not None and amount < 0:
            raise BadValue("退款金额小于零", "核对退款金额")
        return ReturnRow(
            line, get("店铺", ""), get("单号", ""), get("订单号", ""), get("客户", ""), texts["SKU"], quantity, amount,
            opened, closed, kind.name, kind.claims and not ended, get("退货类型", ""), get("原因", ""),
            get("备注", ""), get("区域", ""), ended,
        )  # fmt: skip

    def _ended(self, state: str) -> CloseReason | None:
        """Why the case came to nothing; None where it was carried out. Raises BadValue while it is open, or unknown."""
        if not state:
            raise BadValue("没有状态", "补上状态：已完成、已拒绝还是已撤销，三者占用的件数不一样")
        end = self._states.get(state, state)
        if end == CaseState.OPEN:
            raise BadValue(
                f"还没有办完（{state[:16]}）", "历史售后单只收办完的：在原来的系统办完再导入，或在聊天里重新提交"
            )
        if end not in ENDS:
            known = "、".join(ENDS)
            raise BadValue(f"不认识的状态 {state[:16]}", f"在映射的 售后状态 里写明它是 {known} 里的哪一种")
        return None if end == CaseState.DONE else CloseReason(end)

    def _kind(self, text: str) -> Kind:
        kind = text or next(iter(self._kinds))
        if kind not in self._kinds:
            known = "、".join(dict.fromkeys(kind.name for kind in self._kinds.values()))
            raise BadValue(f"不认识的类型 {kind[:16]}", f"类型写成 {known} 之一，或在映射的 售后类型 里写明它是哪一种")
        return self._kinds[kind]
