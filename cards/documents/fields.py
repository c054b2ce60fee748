"""What a print template may ask for: the names of its places for each paper, and what a case puts there.

It is what the shipped papers show, to the same reader: what they may not see is ``***`` here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cards.case import told
from cards.words import called, money
from models.views.papers import APPLICATION, INSPECTION, REFUND, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from models.views.case import EventView, LineView
    from models.views.papers import Checked, InspectionPaper, Papers, RefundPaper

    Entries = Mapping[str, Entry]
    Rows = Mapping[str, Sequence[Entries]]

NONE = "无"
ORIGINAL = "原路退回"
ASKED = "填写"  #: ``{填写:颜色}`` is what the form has asked for as 颜色
GOODS, DEDUCTIONS, EVENTS = "商品", "扣款", "经过"
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper of one case: what goes into its places, and into its rows."""

    no: str  #: of the report or the refund, else of the case
    plain: Entries
    rows: Mapping[str, Sequence[Entries]]


@dataclass(frozen=True, slots=True)
class _Of:
    """The case that a paper is about."""

    papers: Papers
    anchor: str = ""

    def at(self, moment: datetime | None) -> Entry:
        if moment is None:
            return Entry("")
        here = moment.astimezone(self.papers.made_at.tzinfo)
        return Entry(f"{here:%Y-%m-%d %H:%M}", here)


_CASE: Mapping[str, Callable[[_Of], Entry]] = {
    "单号": lambda of: Entry(of.papers.case.no),
    "状态": lambda of: Entry(of.papers.case.stand),
    "种类": lambda of: Entry(of.papers.case.kind),
    "类型": lambda of: Entry(of.papers.case.return_type),
    "订单": lambda of: Entry(of.papers.case.order_no),
    "店铺": lambda of: Entry(of.papers.shop),
    "区域": lambda of: Entry(of.papers.region),
    "客户姓名": lambda of: Entry(called(of.papers.case)),
    "客户手机": lambda of: Entry(of.papers.case.mobile),
    "客户历史": lambda of: Entry(of.papers.case.history),
    "原因": lambda of: Entry(of.papers.case.note or of.papers.case.reason),
    "金额": lambda of: _yuan(of.papers.case.amount),
    "运单": lambda of: Entry(of.papers.case.waybill),
    "提交人": lambda of: Entry(of.papers.case.creator),
    "提交时间": lambda of: of.at(of.papers.case.opened_at),
    "完成时间": lambda of: of.at(of.papers.case.closed_at),
    "商品件数": lambda of: _units(sum(line.requested for line in of.papers.case.lines)),
    "质检报告单号": lambda of: Entry("、".join(each.no for each in of.papers.inspections)),
    "退款单号": lambda of: Entry("、".join(each.no for each in of.papers.refunds)),
    "导出人": lambda of: Entry(of.papers.made_by),
    "导出时间": lambda of: of.at(of.papers.made_at),
    "审计锚": lambda of: Entry(of.anchor),
}
_REPORT: Mapping[str, Callable[[_Of, InspectionPaper], Entry]] = {
    "质检报告单号": lambda of, it: Entry(it.no),
    "质检结果": lambda of, it: Entry(it.result),
    "责任方": lambda of, it: Entry(it.liability),
    "处理建议": lambda of, it: Entry(it.advice),
    "质检人": lambda of, it: Entry(it.inspector),
    "质检时间": lambda of, it: of.at(it.at),
    "合格件数": lambda of, it: _units(sum(goods.accepted for goods in it.goods)),
    "次品件数": lambda of, it: _units(sum(goods.damaged for goods in it.goods)),
}
_REFUND: Mapping[str, Callable[[_Of, RefundPaper], Entry]] = {
    "退款单号": lambda of, it: Entry(it.no),
    "退款状态": lambda of, it: Entry(it.state),
    "退款金额": lambda of, it: _yuan(it.amount),
    "退款方式": lambda of, it: Entry(it.method),
    "收款账号": lambda of, it: Entry(it.account or ("原付款账号" if it.method == ORIGINAL else "")),
    "渠道流水": lambda of, it: Entry(it.reference),
    "确认人": lambda of, it: Entry(it.confirmed_by),
    "确认时间": lambda of, it: of.at(it.confirmed_at),
    "到账时间": lambda of, it: of.at(it.paid_at),
    "扣款": lambda of, it: Entry("、".join(f"{name} {money(cost)}" for name, cost in it.deductions) or NONE),
    "扣款合计": lambda of, it: _yuan(sum((cost for _, cost in it.deductions), NOTHING)),
    "失败原因": lambda of, it: Entry(it.error),
}

_LINE: Mapping[str, Callable[[LineView], Entry]] = {
    "编号": lambda line: Entry(line.sku),
    "名称": lambda line: Entry(line.title),
    "数量": lambda line: _units(line.requested),
    "实付": lambda line: _yuan(line.paid),
    "实收": lambda line: _units(line.received),
    "合格": lambda line: _units(line.accepted),
    "次品": lambda line: _units(line.damaged),
}
_CHECKED: Mapping[str, Callable[[Checked], Entry]] = {
    "编号": lambda goods: Entry(goods.sku),
    "名称": lambda goods: Entry(goods.title),
    "数量": lambda goods: _units(goods.accepted + goods.damaged),
    "合格": lambda goods: _units(goods.accepted),
    "次品": lambda goods: _units(goods.damaged),
}
_EVENT = ("时间", "办理人", "事项", "说明")
_NAMED, _SAID, _COST = "名称", "内容", "金额"
NUMBER = "序号"  #: of a row that repeats
#: paper -> what its rows repeat for -> the names of their places
ROWS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    APPLICATION: {GOODS: (NUMBER, *_LINE), ASKED: (NUMBER, _NAMED, _SAID), EVENTS: (NUMBER, *_EVENT)},
    INSPECTION: {GOODS: (NUMBER, *_CHECKED), ASKED: (NUMBER, _NAMED, _SAID)},
    REFUND: {GOODS: (NUMBER, *_LINE), DEDUCTIONS: (NUMBER, _NAMED, _COST), ASKED: (NUMBER, _NAMED, _SAID)},
}
#: the names of the places of a paper that stand for themselves
OF_PAPER: Mapping[str, tuple[str, ...]] = {
    APPLICATION: (*_CASE,), INSPECTION: tuple(dict.fromkeys([*_CASE, *_REPORT])),
    REFUND: tuple(dict.fromkeys([*_CASE, *_REFUND])),
}  # fmt: skip
_ALSO = {
    "客户": "客户姓名", "姓名": "客户姓名", "手机": "客户手机", "手机号": "客户手机", "订单号": "订单",
    "运单号": "运单", "打印人": "导出人", "打印时间": "导出时间", "退货单号": "单号", "申请单号": "单号",
    "退货原因": "原因",
}  # fmt: skip
ALIASES: Mapping[str, Mapping[str, str]] = {
    APPLICATION: _ALSO, INSPECTION: {**_ALSO, "报告单号": "质检报告单号", "结果": "质检结果"}, REFUND: _ALSO,
}  # fmt: skip
ROW_ALIASES = {"商品编号": "编号", "商品名称": "名称", "申请": "数量", "件数": "数量", "申请数量": "数量"}


def sheets_of(papers: Papers, paper: str, anchor: str = "") -> list[Sheet]:
    """Everything that a case has of one paper: the application once, each report, each refund."""
    of = _Of(papers, anchor)
    plain = {name: say(of) for name, say in _CASE.items()} | _answers(papers)
    if paper == INSPECTION:
        return [_report(of, each, plain) for each in papers.inspections]
    if paper == REFUND:
        return [_refund(of, each, plain) for each in papers.refunds]
    happened = [_happened(of, event) for event in papers.case.events if not event.passing]
    rows: Rows = {GOODS: _lines(papers), EVENTS: happened, ASKED: _filled_in(papers)}
    return [_sheet(paper, papers.case.no, plain, rows)]


def _answers(papers: Papers) -> dict[str, Entry]:
    """By every name that a field has or ever had: a template outlives a new name."""
    said = {name: Entry(words) for name, words in papers.answers}
    also = {other: said[name] for other, name in papers.other_names.items() if name in said}
    return {f"{ASKED}:{name}": entry for name, entry in (also | said).items()}


def _report(of: _Of, each: InspectionPaper, plain: Entries) -> Sheet:
    goods = [{name: say(checked) for name, say in _CHECKED.items()} for checked in each.goods]
    own = {name: say(of, each) for name, say in _REPORT.items()}
    return _sheet(INSPECTION, each.no, {**plain, **own}, {GOODS: goods, ASKED: _filled_in(of.papers)})


def _refund(of: _Of, each: RefundPaper, plain: Entries) -> Sheet:
    costs = [{_NAMED: Entry(name), _COST: _yuan(cost)} for name, cost in each.deductions]
    own = {name: say(of, each) for name, say in _REFUND.items()}
    rows: Rows = {GOODS: _lines(of.papers), DEDUCTIONS: costs, ASKED: _filled_in(of.papers)}
    return _sheet(REFUND, each.no, {**plain, **own}, rows)


def _sheet(paper: str, no: str, plain: Entries, rows: Rows) -> Sheet:
    """With every other name by which the same may be asked for."""
    also = {other: plain[name] for other, name in ALIASES[paper].items()}
    numbered = {group: [_numbered(n, row) for n, row in enumerate(of, 1)] for group, of in rows.items()}
    return Sheet(no, {**plain, **also}, numbered)


def _filled_in(papers: Papers) -> list[Entries]:
    return [{_NAMED: Entry(name), _SAID: Entry(words)} for name, words in papers.answers]


def _lines(papers: Papers) -> list[Entries]:
    return [{name: say(line) for name, say in _LINE.items()} for line in papers.case.lines]


def _numbered(n: int, row: Entries) -> Entries:
    also = {other: row[name] for other, name in ROW_ALIASES.items() if name in row}
    return {NUMBER: _units(n), **row, **also}


def _happened(of: _Of, event: EventView) -> dict[str, Entry]:
    said = (of.at(event.at), Entry(event.actor), Entry(f"{event.node} {event.action}".strip()), Entry(told(event)))
    return dict(zip(_EVENT, said, strict=True))


def _yuan(amount: Decimal | None) -> Entry:
    return Entry(money(amount), amount)


def _units(count: int) -> Entry:
    return Entry(str(count), count)
